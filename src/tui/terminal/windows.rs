//! The terminal of systems that are not Unix, by crossterm's events. It compiles; nobody has used it yet.
//!
//! Crossterm cannot be woken from another thread there, so that waiting is done in short slices: this is the one place
//! where the idle program wakes up. There are no signals to stop and go on; Ctrl-C comes as a key.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crossterm::event::{DisableMouseCapture, EnableMouseCapture, Event, KeyEventKind, poll, read};
use ratatui::buffer::Buffer;
use ratatui::layout::Position;

use super::output::Output;
use super::{ScreenLink, TerminalInput, TerminalSettings, modes, title_of, usable_size};
use crate::domain::text::CleanText;
use crate::os::program::ProgramError;
use crate::os::terminal_program::run_with_terminal;

/// A waker is seen after this time at the latest.
const SLICE: Duration = Duration::from_millis(50);

/// Events are collected for so long before they are handled: a storm of events makes one frame, not a hundred.
const TAKING: Duration = Duration::from_millis(8);

/// Ends the terminal thread's waiting, from any thread.
#[derive(Clone)]
pub struct WindowsWaker(Arc<AtomicBool>);

impl WindowsWaker {
    pub fn wake(&self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// The terminal in the reader's hands. Dropping it gives it back as it was.
pub struct WindowsScreen {
    output: Output,
    waker: WindowsWaker,
    mouse: bool,
    ascii_text: bool,
    title: CleanText,
    is_lost: bool,
}

impl WindowsScreen {
    pub fn enter(settings: TerminalSettings) -> io::Result<WindowsScreen> {
        if !io::IsTerminal::is_terminal(&io::stdout()) {
            return Err(io::Error::other("standard output is not a terminal"));
        }
        let title = crate::domain::text::clean("Gleaner");
        modes::enter(settings.mouse, &title)?;
        capture_mouse(settings.mouse)?;
        let output = Output::new(usable_size(crossterm::terminal::size().ok())).in_ascii(settings.ascii_text);
        let TerminalSettings { mouse, ascii_text, .. } = settings;
        Ok(WindowsScreen { output, waker: WindowsWaker(Arc::default()), mouse, ascii_text, title, is_lost: false })
    }

    pub fn size(&self) -> (u16, u16) {
        self.output.columns_and_rows()
    }

    /// A cell's columns and rows of pixels: not known here.
    pub fn cell(&self) -> Option<(u16, u16)> {
        None
    }

    pub fn waker(&self) -> WindowsWaker {
        self.waker.clone()
    }

    /// Blocks until there is input or the deadline is over, and adds what is there. Adds nothing only at the deadline.
    pub fn wait(&mut self, deadline: Option<Instant>, into: &mut Vec<TerminalInput>) -> io::Result<()> {
        let before = into.len();
        loop {
            if self.waker.0.swap(false, Ordering::SeqCst) {
                into.push(TerminalInput::Woken);
            }
            if std::mem::take(&mut self.is_lost) {
                into.push(TerminalInput::Hangup);
            }
            let now = Instant::now();
            let is_over = into.len() > before || deadline.is_some_and(|deadline| now >= deadline);
            let left = deadline.map_or(SLICE, |deadline| deadline.saturating_duration_since(now).min(SLICE));
            if poll(if is_over { Duration::ZERO } else { left })? {
                self.take_events(now + TAKING, into)?;
            }
            if is_over || into.len() > before {
                return Ok(());
            }
        }
    }

    fn take_events(&mut self, until: Instant, into: &mut Vec<TerminalInput>) -> io::Result<()> {
        loop {
            match read()? {
                Event::Key(key) if key.kind != KeyEventKind::Release => into.push(TerminalInput::Key(key)),
                Event::Mouse(event) => into.push(TerminalInput::Mouse(event)),
                Event::Paste(text) => into.push(TerminalInput::Paste(text)),
                Event::Resize(columns, rows) => {
                    let size = usable_size(Some((columns, rows)));
                    self.output.set_size(size);
                    into.push(TerminalInput::Resize(size.0, size.1));
                }
                Event::Key(_) | Event::FocusGained | Event::FocusLost => {}
            }
            if Instant::now() >= until || !poll(Duration::ZERO)? {
                return Ok(());
            }
        }
    }

    /// The console's colours are not asked for: crossterm would take the answer for keys.
    #[expect(clippy::unused_self, clippy::unnecessary_wraps)]
    pub fn await_colors(&mut self, _: &mut Vec<TerminalInput>) -> io::Result<()> {
        Ok(())
    }

    /// Draws a frame into an empty buffer and writes what differs from the last one.
    pub fn draw(&mut self, view: impl FnOnce(&mut Buffer) -> Option<Position>) {
        if modes::in_force() {
            self.is_lost |= self.output.draw(view).is_err();
        }
    }

    /// The hyperlinks of the next frame, in the order of their rows.
    pub fn set_links(&mut self, links: Vec<ScreenLink>) {
        self.output.set_links(links);
    }

    pub fn redraw_all(&mut self) {
        self.output.forget();
    }

    pub fn set_mouse(&mut self, on: bool) {
        if self.mouse != on {
            self.mouse = on;
            self.send(modes::mouse(on));
            self.is_lost |= capture_mouse(on).is_err();
        }
    }

    pub fn set_title(&mut self, title: &CleanText) {
        let title = title_of(title, self.ascii_text);
        if self.title != title {
            self.send(&modes::title(&title));
            self.title = title;
        }
    }

    pub fn copy(&mut self, text: &str) {
        self.send(&modes::clipboard(text));
    }

    fn send(&mut self, sequence: &str) {
        if modes::in_force() {
            self.is_lost |= write_all(sequence.as_bytes()).is_err();
        }
    }

    /// There is no shell to come back to: everything is only drawn anew.
    pub fn suspend(&mut self) -> io::Result<()> {
        self.redraw_all();
        Ok(())
    }

    /// Lends the terminal to a program until it ends.
    pub fn lend(&mut self, argv: &[String], input: Option<Vec<u8>>) -> Result<(), ProgramError> {
        modes::leave();
        let ended = run_with_terminal(argv, input, || {});
        if let Err(error) = modes::enter(self.mouse, &self.title) {
            tracing::error!(%error, "the terminal could not be taken back");
        }
        self.output.set_size(usable_size(crossterm::terminal::size().ok()));
        ended
    }
}

impl Drop for WindowsScreen {
    fn drop(&mut self) {
        // The console would go on reporting the mouse to the shell.
        let _ = capture_mouse(false);
        modes::leave();
    }
}

/// The console's own mode, beside the sequences that terminals know.
fn capture_mouse(on: bool) -> io::Result<()> {
    let mut out = io::stdout();
    if on { crossterm::execute!(out, EnableMouseCapture) } else { crossterm::execute!(out, DisableMouseCapture) }
}

pub(in crate::tui::terminal) fn write_all(bytes: &[u8]) -> io::Result<()> {
    let mut out = io::stdout();
    out.write_all(bytes)?;
    out.flush()
}
