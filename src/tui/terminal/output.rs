//! Output to the terminal: one frame in one write, inside a synchronized update, and nothing if nothing changed.
//!
//! Ratatui's buffers say what shall stand where. Its own way from there to the terminal takes as long as all the rest of
//! a key, and asks the terminal where its cursor is (the answer would come between the keys). Here a row of letters that
//! are one column wide everywhere is compared cell by cell; only other rows go by ratatui's comparison.

use std::io;

use ratatui::buffer::{Buffer, Cell, CellDiffOption};
use ratatui::layout::{Position, Rect};
use ratatui::style::{Color, Modifier};
use unicode_width::UnicodeWidthStr;

use super::hyperlinks::{CLOSE, ScreenLink, link_at, links_of_row, unknown_where_links_differ};
use super::system::write_all;
use crate::domain::text::{is_narrow, to_ascii};

/// Room for a frame; a larger one makes it grow.
const ROOM: usize = 64 * 1024;

// DEC's private mode 2026: a terminal that knows it shows nothing of a frame before its end.
const BEGIN: &[u8] = b"\x1b[?2026h";
const END: &[u8] = b"\x1b[?2026l";
// ECMA-48's ED, and SGR without anything; DEC's private mode 25.
const CLEAR: &[u8] = b"\x1b[0m\x1b[2J";
const PLAIN: &[u8] = b"\x1b[0m";
const SHOW_CURSOR: &[u8] = b"\x1b[?25h";
const HIDE_CURSOR: &[u8] = b"\x1b[?25l";

/// The cells that the terminal shows, and the writer that changes them.
pub(super) struct Output {
    /// None: nothing is known of it.
    shown: Option<Buffer>,
    /// Empty between two frames.
    next: Buffer,
    /// The hyperlinks that the terminal shows, and those of the next frame.
    shown_links: Vec<ScreenLink>,
    next_links: Vec<ScreenLink>,
    frame: Vec<u8>,
    cursor: Option<Position>,
    /// True if the terminal takes ASCII only.
    is_ascii: bool,
}

impl Output {
    pub(super) fn new(size: (u16, u16)) -> Output {
        let next = Buffer::empty(Rect::new(0, 0, size.0, size.1));
        Output {
            shown: None,
            next,
            shown_links: Vec::new(),
            next_links: Vec::new(),
            frame: Vec::with_capacity(ROOM),
            cursor: None,
            is_ascii: false,
        }
    }

    /// For a terminal that takes ASCII only, if it does.
    pub(super) fn in_ascii(self, is_ascii: bool) -> Output {
        Output { is_ascii, ..self }
    }

    pub(super) fn columns_and_rows(&self) -> (u16, u16) {
        (self.next.area.width, self.next.area.height)
    }

    pub(super) fn set_size(&mut self, size: (u16, u16)) {
        let is_ascii = self.is_ascii;
        *self = Output { frame: std::mem::take(&mut self.frame), is_ascii, ..Output::new(size) };
    }

    /// The next frame is written from nothing: something else has written to the terminal.
    pub(super) fn forget(&mut self) {
        self.shown = None;
    }

    /// The hyperlinks of the next frame, in the order of their rows.
    pub(super) fn set_links(&mut self, links: Vec<ScreenLink>) {
        self.next_links = links;
    }

    /// Writes what makes the terminal show what `view` draws into an empty buffer; `view` gives where the cursor stands,
    /// if it is to be seen.
    pub(super) fn draw(&mut self, view: impl FnOnce(&mut Buffer) -> Option<Position>) -> io::Result<()> {
        self.compose(view);
        let written = if self.frame.len() > BEGIN.len() {
            self.frame.extend_from_slice(END);
            write_all(&self.frame)
        } else {
            Ok(())
        };
        self.turn();
        written
    }

    /// Makes room for the next frame; after the writing, which somebody waits for.
    fn turn(&mut self) {
        let mut empty = self.shown.take().unwrap_or_else(|| Buffer::empty(self.next.area));
        empty.reset();
        self.shown_links = std::mem::take(&mut self.next_links);
        self.shown = Some(std::mem::replace(&mut self.next, empty));
    }

    fn compose(&mut self, view: impl FnOnce(&mut Buffer) -> Option<Position>) {
        let cursor = view(&mut self.next);
        if self.is_ascii {
            write_in_ascii(&mut self.next);
        }
        self.frame.clear();
        self.frame.extend_from_slice(BEGIN);
        if self.shown.is_none() {
            self.frame.extend_from_slice(CLEAR);
            self.frame.extend_from_slice(HIDE_CURSOR);
            self.cursor = None;
            self.shown_links.clear();
        }
        let begin = self.frame.len();
        let mut ink = CellInk { frame: &mut self.frame, at: None, look: CellLook::default(), links: &[], open: None };
        let width = usize::from(self.next.area.width).max(1);
        let blank = vec![Cell::EMPTY; width];
        for (y, next) in (0..).zip(self.next.content.chunks(width)) {
            let shown = self.shown.as_ref().map_or(&*blank, |shown| &shown.content[usize::from(y) * width..][..width]);
            ink.links = links_of_row(&self.next_links, y);
            let unknown = unknown_where_links_differ(shown, links_of_row(&self.shown_links, y), ink.links);
            ink.row(y, unknown.as_deref().unwrap_or(shown), next);
            ink.close_link();
        }
        ink.end();
        let is_moved = self.frame.len() > begin;
        let was_shown = self.cursor.is_some();
        if let Some(at) = cursor.filter(|_| is_moved || cursor != self.cursor) {
            move_to(&mut self.frame, at.x, at.y);
        }
        if cursor.is_some() != was_shown {
            self.frame.extend_from_slice(if was_shown { HIDE_CURSOR } else { SHOW_CURSOR });
        }
        self.cursor = cursor;
    }
}

/// Each letter by those of ASCII that stand for it, in the same cells.
fn write_in_ascii(buffer: &mut Buffer) {
    let width = usize::from(buffer.area.width).max(1);
    for row in buffer.content.chunks_mut(width) {
        for x in 0..row.len() {
            if row[x].symbol().is_ascii() || row[x].diff_option != CellDiffOption::None {
                continue;
            }
            let letters = to_ascii(row[x].symbol());
            for (cell, letter) in row[x..].iter_mut().zip(letters.chars()) {
                cell.set_char(letter);
            }
        }
    }
}

/// The terminal's content here is unknown, so the cell is always drawn again.
fn unknown() -> Cell {
    let mut cell = Cell::new("\u{e000}");
    cell.modifier = Modifier::all();
    cell
}

/// How a cell looks, but for its letter.
#[derive(Clone, Copy, PartialEq, Eq)]
struct CellLook {
    fg: Color,
    bg: Color,
    underline: Color,
    modifier: Modifier,
}

impl Default for CellLook {
    fn default() -> CellLook {
        CellLook::of(&Cell::EMPTY)
    }
}

impl CellLook {
    fn of(cell: &Cell) -> CellLook {
        CellLook { fg: cell.fg, bg: cell.bg, underline: cell.underline_color, modifier: cell.modifier }
    }

    /// True if a blank looks the same.
    fn is_same_on_blanks(self, other: CellLook) -> bool {
        let seen =
            Modifier::REVERSED | Modifier::UNDERLINED | Modifier::CROSSED_OUT | Modifier::SLOW_BLINK | Modifier::RAPID_BLINK;
        self.bg == other.bg && !(self.modifier | other.modifier).intersects(seen)
    }
}

/// Writes cells, and between them only what moves the cursor or changes the look.
struct CellInk<'a> {
    frame: &'a mut Vec<u8>,
    /// Where the terminal's cursor stands, if that is known.
    at: Option<(u16, u16)>,
    look: CellLook,
    /// The hyperlinks of the row, and the one that is open: none is at the end of a row.
    links: &'a [ScreenLink],
    open: Option<&'a ScreenLink>,
}

impl<'a> CellInk<'a> {
    fn row(&mut self, y: u16, shown: &[Cell], next: &[Cell]) {
        let (begin, at, look, open) = (self.frame.len(), self.at, self.look, self.open);
        for (x, (old, new)) in (0..).zip(shown.iter().zip(next)) {
            if is_same(old, new) {
                continue;
            }
            if !is_plain(old) || !is_plain(new) {
                self.frame.truncate(begin);
                (self.at, self.look, self.open) = (at, look, open);
                self.unsure_row(y, shown, next);
                return;
            }
            self.cell(x, y, new, 1);
        }
    }

    /// A row with letters of several columns, or of which terminals disagree how many: what stands behind such a letter
    /// is put where it belongs, and what a narrower one would leave bare is blanked first. A wider one spills over what
    /// stands behind it, which may not have changed: where one comes or goes, the rest of the row is written anew.
    fn unsure_row(&mut self, y: u16, shown: &[Cell], next: &[Cell]) {
        let area = Rect::new(0, y, next.len() as u16, 1);
        let row = |cells: &[Cell]| Buffer { area, content: cells.to_vec() };
        let (mut shown, next) = (row(shown), row(next));
        let mut cells = shown.content.iter().zip(&next.content);
        let spilt = cells.position(|(old, new)| !(is_same(old, new) || (is_sure(old) && is_sure(new))));
        if let Some(from) = spilt {
            shown.content[from..].fill(unknown());
        }
        for (x, y, cell) in shown.diff_iter(&next) {
            let columns = match cell.diff_option {
                CellDiffOption::ForcedWidth(columns) => columns.get(),
                // As the comparison counts them: what it passes over is blanked here.
                _ => cell.symbol().width() as u16,
            };
            if is_sure(cell) {
                self.cell(x, y, cell, columns);
                continue;
            }
            let mut blank = cell.clone();
            blank.set_symbol(" ");
            for x in x..x.saturating_add(columns).min(area.width) {
                self.cell(x, y, &blank, 1);
            }
            self.at = None;
            self.cell(x, y, cell, columns);
            self.at = None;
        }
    }

    fn cell(&mut self, x: u16, y: u16, cell: &Cell, columns: u16) {
        if self.at != Some((x, y)) {
            move_to(self.frame, x, y);
        }
        let look = CellLook::of(cell);
        if look != self.look && !(cell.symbol() == " " && look.is_same_on_blanks(self.look)) {
            self.look = look;
            self.put_on(look);
        }
        if self.open.is_some() || !self.links.is_empty() {
            self.follow_link(x);
        }
        match *cell.symbol().as_bytes() {
            [letter] => self.frame.push(letter),
            ref letters => self.frame.extend_from_slice(letters),
        }
        self.at = Some((x.saturating_add(columns), y));
    }

    /// Opens the hyperlink of a column, or closes the one before it.
    fn follow_link(&mut self, column: u16) {
        let link: Option<&'a ScreenLink> = link_at(self.links, column);
        let is_open = match (link, self.open) {
            (Some(link), Some(open)) => link.leads_as(open),
            (link, open) => link.is_none() && open.is_none(),
        };
        if is_open {
            return;
        }
        let opening = link.and_then(ScreenLink::opening);
        match &opening {
            Some(opening) => self.frame.extend_from_slice(opening.as_bytes()),
            None => self.close_link(),
        }
        self.open = link.filter(|_| opening.is_some());
    }

    fn close_link(&mut self) {
        if self.open.take().is_some() {
            self.frame.extend_from_slice(CLOSE.as_bytes());
        }
    }

    /// All of a look at once (ECMA-48's SGR; colours by number as xterm has them, and underlines' as kitty).
    fn put_on(&mut self, look: CellLook) {
        self.frame.extend_from_slice(b"\x1b[0");
        for (n, modifier) in (1..).zip(MODIFIERS) {
            if look.modifier.contains(modifier) {
                self.frame.push(b';');
                number(self.frame, n);
            }
        }
        for (what, color) in [(38, look.fg), (48, look.bg), (58, look.underline)] {
            let (kind, values): (u16, &[u8]) = match color {
                Color::Reset => continue,
                Color::Rgb(red, green, blue) => (2, &[red, green, blue]),
                color => (5, &[color_number(color)]),
            };
            for value in [what, kind].into_iter().chain(values.iter().map(|value| u16::from(*value))) {
                self.frame.push(b';');
                number(self.frame, value);
            }
        }
        self.frame.push(b'm');
    }

    fn end(self) {
        if self.look != CellLook::default() {
            self.frame.extend_from_slice(PLAIN);
        }
    }
}

/// By their numbers in SGR, from 1.
const MODIFIERS: [Modifier; 9] = [
    Modifier::BOLD,
    Modifier::DIM,
    Modifier::ITALIC,
    Modifier::UNDERLINED,
    Modifier::SLOW_BLINK,
    Modifier::RAPID_BLINK,
    Modifier::REVERSED,
    Modifier::HIDDEN,
    Modifier::CROSSED_OUT,
];

/// A named colour's number among the terminal's 256.
fn color_number(color: Color) -> u8 {
    match color {
        Color::Indexed(number) => number,
        Color::Reset | Color::Rgb(..) | Color::Black => 0,
        Color::Red => 1,
        Color::Green => 2,
        Color::Yellow => 3,
        Color::Blue => 4,
        Color::Magenta => 5,
        Color::Cyan => 6,
        Color::Gray => 7,
        Color::DarkGray => 8,
        Color::LightRed => 9,
        Color::LightGreen => 10,
        Color::LightYellow => 11,
        Color::LightBlue => 12,
        Color::LightMagenta => 13,
        Color::LightCyan => 14,
        Color::White => 15,
    }
}

/// CUP of ECMA-48, which counts from 1.
fn move_to(frame: &mut Vec<u8>, x: u16, y: u16) {
    frame.extend_from_slice(b"\x1b[");
    number(frame, y.saturating_add(1));
    frame.push(b';');
    number(frame, x.saturating_add(1));
    frame.push(b'H');
}

fn number(frame: &mut Vec<u8>, number: u16) {
    let mut unit = if number < 10 { 1 } else { 10 };
    while number / unit >= 10 {
        unit *= 10;
    }
    while unit > 0 {
        frame.push(b'0' + (number / unit % 10) as u8);
        unit /= 10;
    }
}

/// As `==` of cells, but as they are seen, and quick enough to be asked of every cell of a frame.
#[inline]
fn is_same(one: &Cell, other: &Cell) -> bool {
    let (a, b) = (one.symbol().as_bytes(), other.symbol().as_bytes());
    a.len() == b.len()
        && a.first() == b.first()
        && (a.len() == 1 || a == b)
        && one.diff_option == other.diff_option
        && (CellLook::of(one) == CellLook::of(other) || (a == b" " && CellLook::of(one).is_same_on_blanks(CellLook::of(other))))
}

/// One column wide, and nothing but a letter.
fn is_plain(cell: &Cell) -> bool {
    let symbol = cell.symbol();
    cell.diff_option == CellDiffOption::None && (symbol.len() == 1 || is_narrow(symbol))
}

/// True if the number of columns that the cell takes is known: one told its own is part of a picture.
fn is_sure(cell: &Cell) -> bool {
    matches!(cell.diff_option, CellDiffOption::ForcedWidth(_)) || has_sure_width(cell.symbol())
}

/// True if every terminal gives the letter the same number of columns: no clusters of several characters, no emoji, no
/// scripts whose letters join.
fn has_sure_width(symbol: &str) -> bool {
    let mut characters = symbol.chars();
    let (first, more) = (characters.next(), characters.next());
    more.is_none()
        && (is_narrow(symbol)
            || matches!(
                first.unwrap_or(' '),
                '\u{3001}'..='\u{3029}' | '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30ff}' | '\u{ff01}'..='\u{ff60}'
                    | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}'
            ))
}

#[cfg(test)]
mod tests;
