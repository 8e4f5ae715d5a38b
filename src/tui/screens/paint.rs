//! Strokes that every screen uses.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Modifier, Style};
use ratatui::symbols::border;
use ratatui::symbols::merge::MergeStrategy;
use ratatui::widgets::{Block, Borders, Clear, Widget};

use crate::domain::text::{Emphasis, is_narrow, prefix, width};
use crate::tui::input::Input;
use crate::tui::model::Model;
use crate::tui::page::SpanLook;
use crate::tui::theme::{Role, Theme};

/// Writes stretch after stretch on one line, and never past its end.
pub(super) struct Pen<'a> {
    theme: &'a Theme,
    ascii: bool,
    buffer: &'a mut Buffer,
    area: Rect,
    x: u16,
    /// The look of the cursor's row, in place of the colours of what stands on it.
    bar: Option<Style>,
}

impl<'a> Pen<'a> {
    /// On the first line of an area.
    pub(super) fn new(model: &'a Model, buffer: &'a mut Buffer, area: Rect) -> Pen<'a> {
        let area = area.intersection(buffer.area);
        Pen { theme: &model.settings.theme, ascii: model.settings.ascii, buffer, area, x: area.x, bar: None }
    }

    /// On a row of a list: a mark tells the cursor's also without colour.
    pub(super) fn row(model: &'a Model, buffer: &'a mut Buffer, area: Rect, at_cursor: bool, has_keys: bool) -> Pen<'a> {
        let theme = &model.settings.theme;
        let bar = match (at_cursor, has_keys) {
            (true, true) => Some(theme.style(Role::Cursor)),
            (true, false) => Some(theme.style(Role::CursorAway)),
            _ => None,
        };
        let mut pen = Pen::new(model, buffer, area).bar(bar);
        pen.cursor(at_cursor);
        pen
    }

    pub(super) fn cursor(&mut self, at_cursor: bool) {
        let mark = match (at_cursor, self.ascii) {
            (true, true) => ">",
            (true, false) => "▌",
            _ => " ",
        };
        self.text(mark, Role::Focus);
    }

    pub(super) fn bar(mut self, bar: Option<Style>) -> Pen<'a> {
        self.bar = bar;
        self
    }

    fn look(&self, look: SpanLook) -> Style {
        let style = styled(self.theme, look);
        let Some(bar) = self.bar else { return style };
        // Reversed, each colour of the letters would be a colour of the bar.
        let weight = style.add_modifier - Modifier::DIM - Modifier::REVERSED;
        Style::new().add_modifier(weight).patch(bar)
    }

    pub(super) fn room(&self) -> usize {
        usize::from(self.area.right().saturating_sub(self.x))
    }

    pub(super) fn text(&mut self, text: &str, look: impl Into<SpanLook>) {
        let style = self.look(look.into());
        self.styled(text, style);
    }

    pub(super) fn styled(&mut self, text: &str, style: Style) {
        if self.area.is_empty() || self.room() == 0 {
            return;
        }
        if is_narrow(text) {
            let start = self.buffer.index_of(self.x, self.area.y);
            let end = start + self.room();
            let cells = &mut self.buffer.content[start..end];
            let mut letters = text.char_indices().map(|(at, c)| &text[at..at + c.len_utf8()]);
            for (cell, letter) in cells.iter_mut().zip(&mut letters) {
                cell.set_symbol(letter).set_style(style);
                self.x += 1;
            }
            return;
        }
        let (x, _) = self.buffer.set_stringn(self.x, self.area.y, text, self.room(), style);
        self.x = x;
    }

    /// With a style laid over.
    pub(super) fn laid(&mut self, text: &str, look: impl Into<SpanLook>, over: Style) {
        let style = self.look(look.into()).patch(over);
        self.styled(text, style);
    }

    pub(super) fn dots(&mut self, look: impl Into<SpanLook>) {
        self.text(if self.ascii { "~" } else { "…" }, look);
    }

    /// The text, cut with an ellipsis where there is no room for all of it.
    pub(super) fn fitting(&mut self, text: &str, look: impl Into<SpanLook>) {
        // No more of a long text is looked at than there is room for.
        let columns = prefix(text, self.room().saturating_add(1)).1;
        self.field(text, columns, look);
    }

    /// The text, cut with an ellipsis where it does not fit in `columns`, and blank up to there.
    pub(super) fn field(&mut self, text: &str, columns: usize, look: impl Into<SpanLook>) {
        let columns = columns.min(self.room());
        let look = look.into();
        let (fitting, wide) = prefix(text, columns);
        if fitting.len() == text.len() {
            self.text(text, look);
            self.text(&" ".repeat(columns - wide), look);
            return;
        }
        let dots = if self.ascii { "~" } else { "…" };
        let (kept, used) = prefix(text, columns.saturating_sub(1));
        self.text(kept, look);
        self.text(if columns > 0 { dots } else { "" }, look);
        self.text(&" ".repeat(columns.saturating_sub(used + 1)), look);
    }

    /// An input; where it is longer than the line, the part around its caret. Gives the caret's place.
    pub(super) fn input(&mut self, input: &Input) -> Position {
        let room = self.room().saturating_sub(1);
        let mut start = 0;
        while width(&input.text[start..input.caret]) > room {
            start += input.text[start..].chars().next().map_or(1, char::len_utf8);
        }
        let caret = self.x + width(&input.text[start..input.caret]) as u16;
        self.text(&input.text[start..], Role::Text);
        Position::new(caret.min(self.area.right().saturating_sub(1)), self.area.y)
    }
}

pub(super) fn styled(theme: &Theme, look: SpanLook) -> Style {
    let Emphasis { strong, emphatic, code, struck } = look.emphasis;
    let mut style = theme.style(look.role);
    for (wanted, modifier) in [(strong, Modifier::BOLD), (emphatic, Modifier::ITALIC), (struck, Modifier::CROSSED_OUT)] {
        if wanted {
            style = style.add_modifier(modifier);
        }
    }
    if code && look.role == Role::Text { theme.style(Role::Code).patch(style) } else { style }
}

const ASCII: border::Set<'static> = border::Set {
    top_left: "+",
    top_right: "+",
    bottom_left: "+",
    bottom_right: "+",
    vertical_left: "|",
    vertical_right: "|",
    horizontal_top: "-",
    horizontal_bottom: "-",
};

/// A pane's border with its title, and at its right end how far the pane is; the pane that has the keys says so by weight,
/// not by colour alone.
pub(super) fn border(model: &Model, buffer: &mut Buffer, area: Rect, (title, position): (&str, &str), focused: bool) {
    let theme = &model.settings.theme;
    let set = match (model.settings.ascii, focused) {
        (true, _) => ASCII,
        (false, true) => border::THICK,
        (false, false) => border::PLAIN,
    };
    let role = if focused { Role::Focus } else { Role::Border };
    let merged = if model.settings.ascii { MergeStrategy::Replace } else { MergeStrategy::Exact };
    // Strip by strip: a block lays its style over all that it surrounds.
    let block = Block::new().border_set(set).merge_borders(merged).border_style(theme.style(role));
    let (right, bottom) = (area.right().saturating_sub(1), area.bottom().saturating_sub(1));
    let column = Rect { y: area.y + 1, width: 1, height: area.height.saturating_sub(2), ..area };
    let sides = Borders::LEFT | Borders::RIGHT;
    for (borders, strip) in [
        (Borders::TOP | sides, Rect { height: 1, ..area }),
        (Borders::LEFT, column),
        (Borders::RIGHT, Rect { x: right, ..column }),
        (Borders::BOTTOM | sides, Rect { y: bottom, height: 1, ..area }),
    ] {
        block.clone().borders(borders).render(strip, buffer);
    }
    let line = Rect { x: area.x + 1, width: area.width.saturating_sub(2), height: 1, ..area };
    let mut pen = Pen::new(model, buffer, line);
    if !title.is_empty() {
        let marker = if focused && model.settings.ascii { "*" } else { " " };
        let room = pen.room().saturating_sub(2);
        pen.text(marker, role);
        pen.field(title, room.min(width(title)), role);
        pen.text(" ", role);
    }
    let wanted = width(position) + 3;
    if !position.is_empty() && pen.room() >= wanted {
        let right = Rect { x: line.right() - wanted as u16, width: wanted as u16, ..line };
        Pen::new(model, buffer, right).text(&format!(" {position} "), role);
    }
}

/// A box in the middle of the screen, at most as large as it.
pub(super) fn middle(screen: Rect, columns: usize, rows: usize) -> Rect {
    let columns = (columns as u16).min(screen.width);
    let rows = (rows as u16).min(screen.height);
    Rect::new((screen.width - columns) / 2, (screen.height - rows) / 2, columns, rows)
}

pub(super) fn open_box(model: &Model, buffer: &mut Buffer, area: Rect, title: &str) -> Rect {
    Clear.render(area, buffer);
    buffer.set_style(area, model.settings.theme.style(Role::Text));
    border(model, buffer, area, (title, ""), true);
    Rect {
        x: area.x + 2.min(area.width),
        y: area.y + 1.min(area.height),
        width: area.width.saturating_sub(4),
        height: area.height.saturating_sub(2),
    }
}
