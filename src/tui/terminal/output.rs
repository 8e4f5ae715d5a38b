//! What is written: one frame in one piece, inside a synchronized update, and nothing at all if nothing changed.

use std::io;

use crossterm::queue;
use crossterm::terminal::{BeginSynchronizedUpdate, EndSynchronizedUpdate};
use ratatui::backend::{Backend, ClearType, CrosstermBackend, WindowSize};
use ratatui::buffer::Cell;
use ratatui::layout::{Position, Size};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;

/// Room for a frame; a larger one makes it grow.
const ROOM: usize = 64 * 1024;

/// Ratatui's way to the terminal: crossterm's, but it never asks the terminal anything (its answers would come between
/// the keys), keeps the frame until it is whole, and does not write what changes nothing.
pub(super) struct Output {
    frame: Vec<u8>,
    /// Where the frame's content begins, behind the start of the synchronized update.
    content: usize,
    size: (u16, u16),
    cursor: Option<Position>,
}

impl Output {
    pub(super) fn new(size: (u16, u16)) -> Output {
        Output { frame: Vec::with_capacity(ROOM), content: 0, size, cursor: None }
    }

    pub(super) fn columns_and_rows(&self) -> (u16, u16) {
        self.size
    }

    pub(super) fn set_size(&mut self, size: (u16, u16)) {
        self.size = size;
    }

    pub(super) fn begin_frame(&mut self) {
        self.frame.clear();
        // Writing to memory does not fail.
        let _ = queue!(self.frame, BeginSynchronizedUpdate);
        self.content = self.frame.len();
    }

    /// Writes the frame, unless there is nothing in it.
    pub(super) fn end_frame(&mut self) -> io::Result<()> {
        if self.frame.len() == self.content {
            return Ok(());
        }
        queue!(self.frame, EndSynchronizedUpdate)?;
        write_all(&self.frame)
    }

    /// The cursor may be anywhere and in view: it is hidden until a frame shows it.
    pub(super) fn forget_cursor(&mut self) {
        self.cursor = None;
        let _ = self.crossterm().hide_cursor();
    }

    fn crossterm(&mut self) -> CrosstermBackend<&mut Vec<u8>> {
        CrosstermBackend::new(&mut self.frame)
    }
}

impl Backend for Output {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        let mut changed = content.peekable();
        if changed.peek().is_none() {
            return Ok(());
        }
        self.crossterm().draw(changed)?;
        // The cells moved it.
        if self.cursor.is_some() {
            self.cursor = Some(Position::new(u16::MAX, u16::MAX));
        }
        Ok(())
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        if self.cursor.take().is_some() { self.crossterm().hide_cursor() } else { Ok(()) }
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        if self.cursor.is_some() {
            return Ok(());
        }
        self.cursor = Some(Position::new(u16::MAX, u16::MAX));
        self.crossterm().show_cursor()
    }

    fn get_cursor_position(&mut self) -> io::Result<Position> {
        Ok(self.cursor.unwrap_or_default())
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        let position = position.into();
        if self.cursor == Some(position) {
            return Ok(());
        }
        if self.cursor.is_some() {
            self.cursor = Some(position);
        }
        self.crossterm().set_cursor_position(position)
    }

    fn clear(&mut self) -> io::Result<()> {
        self.clear_region(ClearType::All)
    }

    fn clear_region(&mut self, region: ClearType) -> io::Result<()> {
        self.crossterm().clear_region(region)
    }

    fn size(&self) -> io::Result<Size> {
        Ok(Size::new(self.size.0, self.size.1))
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        Ok(WindowSize { columns_rows: Size::new(self.size.0, self.size.1), pixels: Size::default() })
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Writes to the terminal, past the standard library's own buffer.
pub(super) fn write_all(mut bytes: &[u8]) -> io::Result<()> {
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

#[cfg(test)]
mod tests {
    use ratatui::layout::Rect;
    use ratatui::{Frame, Terminal, TerminalOptions, Viewport};

    use super::*;

    /// What a frame writes, made readable.
    fn written(terminal: &mut Terminal<Output>, view: impl FnOnce(&mut Frame<'_>)) -> String {
        terminal.backend_mut().begin_frame();
        terminal.draw(view).unwrap();
        let output = terminal.backend();
        String::from_utf8_lossy(&output.frame[output.content..]).replace('\x1b', "␛")
    }

    fn terminal() -> Terminal<Output> {
        let viewport = Viewport::Fixed(Rect::new(0, 0, 10, 3));
        Terminal::with_options(Output::new((10, 3)), TerminalOptions { viewport }).unwrap()
    }

    #[test]
    fn an_unchanged_frame_writes_nothing() {
        let mut terminal = terminal();
        let first = written(&mut terminal, |frame| frame.render_widget("gleaner", frame.area()));
        assert!(first.starts_with("␛[1;1Hgleaner"), "{first}");
        assert_eq!(written(&mut terminal, |frame| frame.render_widget("gleaner", frame.area())), "");
    }

    #[test]
    fn the_cursor_is_written_when_it_changes_only() {
        let mut terminal = terminal();
        let at = |frame: &mut Frame<'_>| frame.set_cursor_position((3, 1));
        assert_eq!(written(&mut terminal, at), "␛[?25h␛[2;4H");
        assert_eq!(written(&mut terminal, at), "");
        assert_eq!(written(&mut terminal, |_| {}), "␛[?25l");
        assert_eq!(written(&mut terminal, |_| {}), "");
    }

    #[test]
    fn clearing_asks_the_terminal_nothing() {
        let mut terminal = terminal();
        terminal.clear().unwrap();
        let all = written(&mut terminal, |frame| frame.render_widget("a", frame.area()));
        assert!(all.contains('a') && !all.contains("6n"), "{all}");
    }
}
