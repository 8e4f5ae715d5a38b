//! Marking a whole list read: what is told at once, while it goes on, and at its end.

use super::list::show_mark;
use crate::store::ArticleId;
use crate::tui::keymap::Action;
use crate::tui::message::{Effect, Mark};
use crate::tui::model::{Model, Undo};

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
