//! A choice of the feeds that a page offers.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::paint::{Pen, middle, open_box};
use crate::domain::text::{CleanText, width};
use crate::store::subscriptions::shown;
use crate::tui::keymap::Action;
use crate::tui::model::Model;
use crate::tui::theme::Role;

/// Titles with their addresses, each on two lines.
pub(super) fn draw(model: &Model, buffer: &mut Buffer, offers: &[(CleanText, String)], selected: usize) {
    const ROWS: usize = 2;
    let widest = offers.iter().map(|(title, address)| width(title).max(width(&shown(address)) + 2)).max().unwrap_or(0);
    let area = middle(model.geometry.screen, (widest + 8).max(40), offers.len() * ROWS + 3);
    let inner = open_box(model, buffer, area, &format!("This page offers {} feeds", offers.len()));
    let visible = (usize::from(inner.height).saturating_sub(1) / ROWS).max(1);
    let first = (selected + 1).saturating_sub(visible);
    for (n, (title, address)) in offers.iter().enumerate().skip(first).take(visible) {
        let y = inner.y + ((n - first) * ROWS) as u16;
        let mut pen = Pen::row(model, buffer, Rect { y, height: 1, ..inner }, n == selected, true);
        let room = pen.room();
        pen.field(title, room, Role::Title);
        if y + 1 < inner.bottom() {
            let mut pen = Pen::new(model, buffer, Rect { y: y + 1, height: 1, ..inner });
            pen.text("   ", Role::Text);
            pen.fitting(&shown(address), Role::Dim);
        }
    }
    let foot = Rect { y: inner.bottom().saturating_sub(1), height: 1, ..inner };
    let hint = model.settings.keymap.hint(Action::Enter);
    Pen::new(model, buffer, foot).fitting(&format!("{hint} adds it  esc closes"), Role::Dim);
}
