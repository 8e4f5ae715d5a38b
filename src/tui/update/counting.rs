//! Counts: `5j` is five down, `12G` the twelfth article.

use super::browsing;
use crate::tui::geometry::Pane;
use crate::tui::keymap::{Action, Key};
use crate::tui::message::Effect;
use crate::tui::model::Model;

/// No list is moved along by more at once.
const MOST: u32 = 99_999;

/// Takes a digit of a count. Whether it was one.
pub(super) fn digit(model: &mut Model, key: Key) -> bool {
    let Some(digit) = key.typed().and_then(|c| c.to_digit(10)) else { return false };
    if digit == 0 && model.count.is_none() || model.settings.keymap.look_up(key, model.focus).is_some() {
        return false;
    }
    let count = model.count.unwrap_or(0).saturating_mul(10).saturating_add(digit).min(MOST);
    model.count = Some(count);
    model.show_status(count.to_string());
    true
}

/// Does an action so many times, as far as that means anything.
pub(super) fn act(model: &mut Model, action: Action, count: u32) -> Vec<Effect> {
    let by = count as isize;
    match (action, model.focus) {
        (Action::MoveDown, Pane::List) => browsing::move_by(model, by),
        (Action::MoveUp, Pane::List) => browsing::move_by(model, -by),
        (Action::MoveDown, Pane::Sections) => browsing::choose_section(model, model.section_cursor.saturating_add_signed(by)),
        (Action::MoveUp, Pane::Sections) => browsing::choose_section(model, model.section_cursor.saturating_add_signed(-by)),
        (Action::Top | Action::Bottom, Pane::Sections) => browsing::choose_section(model, count as usize - 1),
        (Action::Top | Action::Bottom, Pane::List) => browsing::go_to(model, count as usize - 1),
        (Action::PageDown | Action::PageUp | Action::HalfDown | Action::HalfUp, _) => {
            (0..count.min(100)).flat_map(|_| super::act(model, action)).collect()
        }
        _ => super::act(model, action),
    }
}
