//! What is written: one frame in one piece, inside a synchronized update, and nothing at all if nothing changed.

use std::io;

use crossterm::queue;
use crossterm::terminal::{BeginSynchronizedUpdate, EndSynchronizedUpdate};
use ratatui::backend::{Backend, ClearType, CrosstermBackend, WindowSize};
use ratatui::buffer::{Cell, CellDiffOption};
use ratatui::layout::{Position, Size};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;

use crate::domain::text::width;

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
        // Terminals disagree on the width of some letters: what stands behind one is put where it belongs, and what a
        // narrower one would leave bare is blanked first.
        while changed.peek().is_some() {
            let sure = std::iter::from_fn(|| changed.next_if(|(_, _, cell)| is_sure(cell)));
            self.crossterm().draw(sure)?;
            if let Some((x, y, cell)) = changed.next_if(|(_, _, cell)| !is_sure(cell)) {
                let mut blank = cell.clone();
                blank.set_symbol(" ");
                let end = x.saturating_add(width(cell.symbol()) as u16).min(self.size.0);
                self.crossterm().draw((x..end).map(|x| (x, y, &blank)))?;
                self.crossterm().draw(std::iter::once((x, y, cell)))?;
            }
        }
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

/// Whether it is known how many columns the cell takes: one told its own is part of a picture.
fn is_sure(cell: &Cell) -> bool {
    matches!(cell.diff_option, CellDiffOption::ForcedWidth(_)) || has_sure_width(cell.symbol())
}

/// Whether every terminal gives the letter the same number of columns: no clusters of several characters, no emoji, no
/// scripts whose letters join.
fn has_sure_width(symbol: &str) -> bool {
    let mut characters = symbol.chars();
    let (first, more) = (characters.next(), characters.next());
    more.is_none()
        && matches!(
            first.unwrap_or(' '),
            ' '..='~' | '\u{a0}'..='\u{2ff}' | '\u{370}'..='\u{482}' | '\u{48a}'..='\u{52f}' | '★'
                | '\u{2010}'..='\u{2027}' | '\u{2190}'..='\u{22ff}' | '\u{2500}'..='\u{25ff}'
                | '\u{3001}'..='\u{3029}' | '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30ff}' | '\u{ff01}'..='\u{ff60}'
                | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}'
        )
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
    fn what_follows_a_letter_of_unsure_width_is_placed() {
        let mut terminal = terminal();
        let all = written(&mut terminal, |frame| frame.render_widget("a👩‍🌾b漢c", frame.area()));
        assert_eq!(
            all,
            "␛[1;1Ha␛[39m␛[49m␛[59m␛[0m␛[1;2H  ␛[39m␛[49m␛[59m␛[0m␛[1;2H👩‍🌾␛[39m␛[49m␛[59m␛[0m␛[1;4Hb漢␛[1;7Hc␛[39m␛[49m␛[59m␛[0m"
        );
    }

    /// Pictures come as cells that hold whole sequences, by every way that terminals have.
    #[test]
    fn a_picture_is_written_once_and_blanks_nothing_beside_it() {
        use crate::work::pictures::{Room, Way, draw};
        use ratatui_image::sliced::SlicedImage;
        let mut file = io::Cursor::new(Vec::new());
        image::DynamicImage::new_rgb8(20, 20).write_to(&mut file, image::ImageFormat::Png).unwrap();
        for (way, sequence) in [(Way::Kitty, "␛_Gq=2,"), (Way::Iterm2, "␛[2X␛]1337;File"), (Way::Sixel, "␛[2X␛P")] {
            let drawn = draw(file.get_ref(), Room { way, columns: 8, rows: 2, cell: Some((10, 20)) }).unwrap();
            let view = |frame: &mut Frame<'_>| {
                frame.render_widget("a", frame.area());
                let area = Rect { x: 1, width: 8, ..frame.area() };
                frame.render_widget(SlicedImage::new(drawn.protocol(), (0, 0).into()), area);
                frame.render_widget("b", Rect { x: 9, ..frame.area() });
            };
            let mut terminal = terminal();
            let first = written(&mut terminal, view);
            assert!(first.contains(sequence) && first.contains("␛[1;10H"), "{way:?}: {first}");
            let again = written(&mut terminal, view);
            assert!(again.len() < 200, "{way:?}: {again}");
            assert!(written(&mut terminal, |frame| frame.render_widget("a", frame.area())).contains("  "), "{way:?}: it goes");
        }
    }

    #[test]
    fn clearing_asks_the_terminal_nothing() {
        let mut terminal = terminal();
        terminal.clear().unwrap();
        let all = written(&mut terminal, |frame| frame.render_widget("a", frame.area()));
        assert!(all.contains('a') && !all.contains("6n"), "{all}");
    }
}
