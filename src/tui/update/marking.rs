//! Marking a whole list read: what is told at once, while it goes on, and at its end.

use super::marks::show_mark;
use crate::store::ArticleId;
use crate::tui::keymap::{Action, Key};
use crate::tui::message::{Effect, Mark};
use crate::tui::model::{Model, Overlay, Undo};

/// More than this is asked about: an undo does not outlast the reader.
const ASKED_FROM: u64 = 100;

/// `A`: at once, or after a question where there are many.
pub(super) fn ask_all(model: &mut Model) -> Vec<Effect> {
    let unread = model.section_row().map_or(0, |row| row.unread);
    let is_whole = model.list.finding.is_none() && model.list.filter.is_empty();
    if is_whole && unread > ASKED_FROM && !model.is_marking {
        model.overlay = Overlay::MarkingAll(unread);
        return Vec::new();
    }
    mark_all_read(model)
}

/// The answer to that.
pub(super) fn answered(model: &mut Model, key: Key, action: Option<Action>) -> Vec<Effect> {
    if key.typed() == Some('y') || action == Some(Action::MarkAllRead) {
        return mark_all_read(model);
    }
    model.say("nothing was marked");
    Vec::new()
}

/// The article under the cursor and all above or below it.
pub(super) fn mark_beyond(model: &mut Model, below: bool) -> Vec<Effect> {
    let cursor = model.list.cursor;
    let rows = if below { model.list.rows.get(cursor..) } else { model.list.rows.get(..=cursor) };
    let rows = rows.unwrap_or_default();
    let ids: Vec<ArticleId> = rows.iter().filter(|row| !row.read).map(|row| row.id).collect();
    let is_whole = if below { model.list.at_end } else { model.list.at_start };
    let edge = if below { model.list.rows.last() } else { model.list.rows.first() }.map(crate::store::Headline::key);
    let (section, filter) = model.list.scope();
    if let Some(key) = edge.filter(|_| !is_whole && !model.list.is_ranked()) {
        return vec![Effect::MarkBeyond { section, filter, key, below, ids }, Effect::LoadSections];
    }
    let mut effects = vec![Effect::SetMark { ids: ids.clone(), mark: Mark::Read(true) }];
    effects.extend(marked_read(model, ids));
    effects.push(Effect::LoadSections);
    effects
}

pub(super) fn mark_all_read(model: &mut Model) -> Vec<Effect> {
    let (section, filter) = model.list.scope();
    if model.list.is_recommended() {
        let ids: Vec<ArticleId> = model.list.rows.iter().filter(|row| !row.read).map(|row| row.id).collect();
        let mut effects = vec![Effect::SetMark { ids: ids.clone(), mark: Mark::Read(true) }, Effect::LoadSections];
        effects.extend(marked_read(model, ids));
        return effects;
    }
    if model.is_marking {
        model.say("articles are still being marked");
        return Vec::new();
    }
    // What is on the screen is told at once, however many there are.
    let shown: Vec<ArticleId> = model.list.rows.iter().filter(|row| !row.read).map(|row| row.id).collect();
    show_mark(model, &shown, &Mark::Read(true));
    let filter_text = model.list.scope_text();
    vec![Effect::MarkAllRead { section, filter, filter_text }, Effect::LoadSections]
}

/// Many articles are being marked; so many are by now.
pub(super) fn marking(model: &mut Model, marked: usize, read: bool) -> Vec<Effect> {
    let stop = model.settings.keymap.hint(Action::Back);
    let how = if read { "read" } else { "unread" };
    model.is_marking = true;
    model.say(format!("{marked} articles marked {how} so far ({stop} stops)"));
    Vec::new()
}

pub(super) fn marked_unread(model: &mut Model, marked: usize) -> Vec<Effect> {
    model.is_marking = false;
    model.say(format!("{marked} articles unread again"));
    vec![Effect::LoadMarks(model.list.rows.iter().map(|row| row.id).collect())]
}

pub(super) fn marked_read(model: &mut Model, ids: Vec<ArticleId>) -> Vec<Effect> {
    let undo = model.settings.keymap.hint(Action::Undo);
    model.say(match ids.len() {
        0 => "all were read already".to_owned(),
        1 => format!("1 article marked read ({undo} undoes it)"),
        n => format!("{n} articles marked read ({undo} undoes it)"),
    });
    if !ids.is_empty() {
        show_mark(model, &ids, &Mark::Read(true));
        model.can_undo(Undo::Marks { ids, back: Mark::Read(false) });
    }
    // If it was stopped, some of what is on the screen is unread.
    let was_marking = std::mem::take(&mut model.is_marking);
    let shown = || Effect::LoadMarks(model.list.rows.iter().map(|row| row.id).collect());
    was_marking.then(shown).into_iter().collect()
}
