//! A source with what can be edited of it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::paint::{Pen, middle, open_box};
use crate::store::subscriptions::Subscription;
use crate::tui::keymap::Action;
use crate::tui::layout::wrap;
use crate::tui::model::{Field, Model};
use crate::tui::theme::Role;
use crate::tui::update::FIELDS;

/// Columns of the fields' names.
const NAMES: usize = 12;

pub(super) fn draw(model: &Model, buffer: &mut Buffer, source: &Subscription, selected: usize) {
    let screen = model.geometry.screen;
    let columns = usize::from(screen.width).saturating_sub(2).min(80);
    let hint = model.settings.keymap.hint(Action::Enter);
    let foot = format!(
        "{hint} edits, esc closes. Headers, cookies and passwords are set in the configuration, under [[sources]], since only \
         there nobody else can read them."
    );
    let foot = wrap(&foot, columns.saturating_sub(4).max(1));
    let area = middle(screen, columns, FIELDS.len() + foot.len() + 3);
    let inner = open_box(model, buffer, area, &format!("Edit {}", source.title));
    let first = (selected + 1).saturating_sub(usize::from(inner.height).max(1));
    let mut y = inner.y;
    for (n, field) in FIELDS.into_iter().enumerate().skip(first) {
        if y >= inner.bottom() {
            return;
        }
        let mut pen = Pen::row(model, buffer, Rect { y, height: 1, ..inner }, n == selected, true);
        pen.field(field.name(), NAMES, Role::Dim);
        pen.text(" ", Role::Text);
        let value = field.value(source);
        if value.is_empty() {
            pen.fitting(unset(field), Role::Dim);
        } else {
            pen.fitting(&value, Role::Text);
        }
        y += 1;
    }
    for line in foot {
        y += 1;
        if y < inner.bottom() {
            Pen::new(model, buffer, Rect { y, height: 1, ..inner }).fitting(line, Role::Dim);
        }
    }
}

/// The meaning of an empty field.
fn unset(field: Field) -> &'static str {
    match field {
        Field::Folder => "none",
        _ => "as in the configuration",
    }
}
