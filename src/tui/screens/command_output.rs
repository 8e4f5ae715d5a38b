//! A program's output, over the panes.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::paint::{Pen, middle, open_box};
use crate::domain::text::{CleanText, width};
use crate::tui::keymap::Action;
use crate::tui::model::Model;
use crate::tui::theme::Role;

pub(super) fn draw(model: &Model, buffer: &mut Buffer, title: &str, lines: &[CleanText], scroll: usize) {
    let widest = lines.iter().map(|line| width(line)).max().unwrap_or(0).max(40);
    let inner = open_box(model, buffer, middle(model.geometry.screen, widest + 4, lines.len() + 3), title);
    let shown = usize::from(inner.height).saturating_sub(1);
    let first = scroll.min(lines.len().saturating_sub(shown));
    for (n, line) in lines.iter().skip(first).take(shown).enumerate() {
        let mut pen = Pen::new(model, buffer, Rect { y: inner.y + n as u16, height: 1, ..inner });
        let room = pen.room();
        pen.field(line, room, Role::Text);
    }
    let hint = |action| model.settings.keymap.hint(action);
    let foot = Rect { y: inner.bottom().saturating_sub(1), height: 1, ..inner };
    let last = (first + shown).min(lines.len());
    let scrolls = if lines.len() > shown {
        format!("{}-{last} of {}  {} {} scroll  ", first + 1, lines.len(), hint(Action::MoveDown), hint(Action::MoveUp))
    } else {
        String::new()
    };
    Pen::new(model, buffer, foot).fitting(&format!("{scrolls}any other key closes"), Role::Dim);
}
