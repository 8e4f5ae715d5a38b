//! The terminal of Unix systems.
//!
//! Waiting is one `poll` over the keyboard, a pipe that workers and signals write to, and the next deadline; with
//! nothing due it blocks, so that idle means idle. The bytes of the keyboard are read and decoded here and not by
//! crossterm: its `read` spins when the terminal goes away (in the middle of a paste just as well as before it), and
//! blocks inside a sequence that was cut in two. Crossterm's events, commands and raw mode are what the rest sees.

mod signals;
mod suspend;

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::{Duration, Instant};

use ratatui::buffer::Buffer;
use ratatui::layout::Position;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use rustix::termios::{isatty, tcgetwinsize, ttyname};

use super::decode::Decoder;
use super::operating_system_command::ASK_COLORS;
use super::output::Output;
use super::{ScreenLink, TerminalInput, TerminalSettings, modes, title_of, usable_size};
use crate::domain::text::CleanText;
pub use signals::UnixWaker;
use signals::{Signal, Signals};

/// Events are collected for so long before they are handled: a storm of events makes one frame, not a hundred.
const TAKING: Duration = Duration::from_millis(8);

/// The first frame waits for the terminal's colours no longer than this. A later answer changes the colours when it comes.
const AWAIT_COLORS: Duration = Duration::from_millis(30);

/// Read at once; the kernel gives at most 4 KiB of a terminal's bytes.
const CHUNK: usize = 4096;

/// The terminal in the reader's hands. Dropping it gives it back as it was.
pub struct UnixScreen {
    output: Output,
    keyboard: Keyboard,
    decoder: Decoder,
    /// When the terminal was asked for its colours, if it was.
    asked: Instant,
    signals: Signals,
    mouse: bool,
    ascii_text: bool,
    title: CleanText,
    /// The size may have changed.
    measure: bool,
    connection: Connection,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Connection {
    There,
    /// Found out, but not yet told.
    Lost,
    Gone,
}

impl UnixScreen {
    /// Takes the terminal: raw mode, alternate screen, bracketed paste, unambiguous keys where they are known, hidden
    /// cursor, title. Fails where there is no terminal.
    pub fn enter(settings: TerminalSettings) -> io::Result<UnixScreen> {
        if !isatty(rustix::stdio::stdout()) {
            return Err(io::Error::other("standard output is not a terminal"));
        }
        let keyboard = Keyboard::open()?;
        let signals = Signals::register()?;
        let output = Output::new(ask_size(&keyboard)).in_ascii(settings.ascii_text);
        let title = crate::domain::text::clean("Gleaner");
        modes::enter(settings.mouse, &title)?;
        let mut decoder = Decoder::default();
        if settings.colors && write_all(ASK_COLORS.as_bytes()).is_ok() {
            decoder.await_colors();
        }
        Ok(UnixScreen {
            output,
            keyboard,
            decoder,
            asked: Instant::now(),
            signals,
            mouse: settings.mouse,
            ascii_text: settings.ascii_text,
            title,
            measure: false,
            connection: Connection::There,
        })
    }

    /// Columns and rows, as the last [`TerminalInput::Resize`] said.
    pub fn size(&self) -> (u16, u16) {
        self.output.columns_and_rows()
    }

    /// A cell's columns and rows of pixels, where the terminal tells.
    pub fn cell(&self) -> Option<(u16, u16)> {
        let size = tcgetwinsize(rustix::stdio::stdout()).ok()?;
        let (columns, rows) = (size.ws_xpixel.checked_div(size.ws_col)?, size.ws_ypixel.checked_div(size.ws_row)?);
        (columns > 0 && rows > 0).then_some((columns, rows))
    }

    /// Something that ends [`wait`](UnixScreen::wait) from any thread.
    pub fn waker(&self) -> UnixWaker {
        self.signals.waker()
    }

    /// Blocks until there is input or the deadline is over, and adds what is there. Adds nothing only at the deadline.
    pub fn wait(&mut self, deadline: Option<Instant>, into: &mut Vec<TerminalInput>) -> io::Result<()> {
        let before = into.len();
        loop {
            if self.connection == Connection::Lost {
                self.connection = Connection::Gone;
                into.push(TerminalInput::Hangup);
                return Ok(());
            }
            self.tell_size(into);
            if into.len() > before {
                return Ok(());
            }
            let until = [deadline, self.decoder.deadline()].into_iter().flatten().min();
            let ready = self.look(until)?;
            if ready.pipe {
                self.heed_signals(into)?;
            }
            if ready.keyboard {
                self.take_keys(into)?;
            }
            let now = Instant::now();
            self.decoder.expire(now, into);
            if into.len() > before || deadline.is_some_and(|deadline| now >= deadline) {
                return Ok(());
            }
        }
    }

    /// Waits until the terminal has told its colours, or shortly; adds what else came.
    pub fn await_colors(&mut self, into: &mut Vec<TerminalInput>) -> io::Result<()> {
        let deadline = self.asked + AWAIT_COLORS;
        while self.decoder.awaits_colors() && self.connection == Connection::There && Instant::now() < deadline {
            let ready = self.look(Some(deadline))?;
            if ready.pipe {
                self.heed_signals(into)?;
            }
            if ready.keyboard {
                self.take_keys(into)?;
            }
        }
        Ok(())
    }

    /// Draws a frame into an empty buffer and writes what differs from the last one, in one piece; the view gives where
    /// the cursor stands, if it is to be seen. A terminal that can no longer be written to is no error here: the next
    /// [`wait`](UnixScreen::wait) tells of it.
    pub fn draw(&mut self, view: impl FnOnce(&mut Buffer) -> Option<Position>) {
        if modes::in_force() {
            let sent = self.output.draw(view);
            self.note_loss(&sent);
        }
    }

    /// The hyperlinks of the next frame, in the order of their rows.
    pub fn set_links(&mut self, links: Vec<ScreenLink>) {
        self.output.set_links(links);
    }

    /// The next frame is drawn from nothing: something else has written to the terminal.
    pub fn redraw_all(&mut self) {
        self.output.forget();
    }

    /// True if clicks, drags and the wheel are reported; when off, the terminal's own selection works.
    pub fn set_mouse(&mut self, on: bool) {
        if self.mouse != on {
            self.mouse = on;
            self.send(modes::mouse(on));
        }
    }

    pub fn set_title(&mut self, title: &CleanText) {
        let title = title_of(title, self.ascii_text);
        if self.title != title {
            self.send(&modes::title(&title));
            self.title = title;
        }
    }

    /// Puts a text on the clipboard of the terminal's own machine (OSC 52); a terminal that may not or cannot ignores it.
    pub fn copy(&mut self, text: &str) {
        self.send(&modes::clipboard(text));
    }

    fn send(&mut self, sequence: &str) {
        if modes::in_force() {
            let sent = write_all(sequence.as_bytes());
            self.note_loss(&sent);
        }
    }

    fn note_loss(&mut self, sent: &io::Result<()>) {
        if sent.is_err() && self.connection == Connection::There {
            self.connection = Connection::Lost;
        }
    }

    fn look(&mut self, until: Option<Instant>) -> io::Result<Ready> {
        let pipe = PollFd::new(self.signals.pipe(), PollFlags::IN);
        if self.connection != Connection::There {
            let ready = wait_for(&mut [pipe], until)?;
            return Ok(Ready { keyboard: false, pipe: ready.first().is_some_and(|flags| !flags.is_empty()) });
        }
        let ready = wait_for(&mut [pipe, PollFd::new(&self.keyboard, PollFlags::IN)], until)?;
        let (pipe, keyboard) = (ready[0], ready[1]);
        if keyboard.intersects(PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL) {
            self.connection = Connection::Lost;
            return Ok(Ready { keyboard: false, pipe: !pipe.is_empty() });
        }
        Ok(Ready { keyboard: keyboard.contains(PollFlags::IN), pipe: !pipe.is_empty() })
    }

    /// Takes the keyboard's bytes; it is known that there are some.
    fn take_keys(&mut self, into: &mut Vec<TerminalInput>) -> io::Result<()> {
        let began = Instant::now();
        let mut now = began;
        let mut chunk = [0; CHUNK];
        loop {
            match rustix::io::read(&self.keyboard, &mut chunk) {
                Ok(0) | Err(Errno::IO) => {
                    self.connection = Connection::Lost;
                    return Ok(());
                }
                Ok(read) => self.decoder.feed(&chunk[..read], now, into),
                Err(Errno::INTR | Errno::AGAIN) => {}
                Err(error) => return Err(error.into()),
            }
            now = Instant::now();
            if now - began >= TAKING || !self.look(Some(now))?.keyboard {
                return Ok(());
            }
        }
    }

    fn heed_signals(&mut self, into: &mut Vec<TerminalInput>) -> io::Result<()> {
        if self.signals.drain() {
            into.push(TerminalInput::Woken);
        }
        if self.signals.take(Signal::Hangup) && self.connection != Connection::Gone {
            self.connection = Connection::Lost;
        }
        if self.signals.take(Signal::Terminate) | self.signals.take(Signal::Interrupt) {
            into.push(TerminalInput::Terminate);
            // To come back to a terminal that may be another's by now, only to leave it, would stop the program.
            return Ok(());
        }
        if self.signals.take(Signal::Stop) {
            self.suspend()?;
            into.push(TerminalInput::Continued);
        } else if self.signals.take(Signal::Continue) {
            self.come_back()?;
            into.push(TerminalInput::Continued);
        }
        self.measure |= self.signals.take(Signal::Resize);
        self.tell_size(into);
        Ok(())
    }

    /// Takes over the terminal's size if it may have changed. Only here, so that a frame is always of the size that was told.
    fn tell_size(&mut self, into: &mut Vec<TerminalInput>) {
        if std::mem::take(&mut self.measure) {
            let size = ask_size(&self.keyboard);
            // Even if it is the old one again: the terminal went through another and may have lost what it showed.
            self.output.set_size(size);
            into.push(TerminalInput::Resize(size.0, size.1));
        }
    }
}

impl Drop for UnixScreen {
    fn drop(&mut self) {
        modes::leave();
    }
}

/// The bytes that can be read without waiting.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Ready {
    keyboard: bool,
    pipe: bool,
}

/// The sources that are ready, once one is or the time is over.
fn wait_for(of: &mut [PollFd<'_>], until: Option<Instant>) -> io::Result<Vec<PollFlags>> {
    loop {
        let left = until.map(|until| until.saturating_duration_since(Instant::now()));
        let timeout = left.and_then(|left| Timespec::try_from(left).ok());
        match poll(of, timeout.as_ref()) {
            Ok(_) => return Ok(of.iter().map(PollFd::revents).collect()),
            Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// Where keys come from: standard input, or the terminal behind it when data comes from there.
enum Keyboard {
    Standard(io::Stdin),
    Opened(OwnedFd),
}

impl Keyboard {
    fn open() -> io::Result<Keyboard> {
        let stdin = io::stdin();
        if isatty(&stdin) {
            return Ok(Keyboard::Standard(stdin));
        }
        // By its own name where that is known: macOS cannot poll `/dev/tty`.
        let named =
            [rustix::stdio::stdout(), rustix::stdio::stderr()].into_iter().filter_map(|output| ttyname(output, []).ok());
        let mut devices = named.chain([c"/dev/tty".to_owned()]);
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
        let opened = devices.find_map(|device| rustix::fs::open(device, flags, Mode::empty()).ok());
        opened.map(Keyboard::Opened).ok_or_else(|| io::Error::other("no terminal to read keys from"))
    }
}

impl AsFd for Keyboard {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match self {
            Keyboard::Standard(stdin) => stdin.as_fd(),
            Keyboard::Opened(device) => device.as_fd(),
        }
    }
}

fn ask_size(keyboard: &Keyboard) -> (u16, u16) {
    let measured = [rustix::stdio::stdout(), keyboard.as_fd()]
        .into_iter()
        .filter_map(|device| tcgetwinsize(device).ok())
        .map(|size| (size.ws_col, size.ws_row))
        .find(|&(columns, rows)| columns > 0 && rows > 0);
    usable_size(measured)
}

/// Writes to the terminal, past the standard library's own buffer.
pub(in crate::tui::terminal) fn write_all(mut bytes: &[u8]) -> io::Result<()> {
    let stdout = rustix::stdio::stdout();
    while !bytes.is_empty() {
        match rustix::io::write(stdout, bytes) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(written) => bytes = &bytes[written..],
            Err(Errno::INTR) => {}
            // Whoever started us has left the terminal without blocking.
            Err(Errno::AGAIN) => drop(poll(&mut [PollFd::new(&stdout, PollFlags::OUT)], None)),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}
