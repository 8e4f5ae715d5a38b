//! Marking a whole list read, and removing what the keep rules let go: what is told at once, while it goes on, and at its end.

use super::marks::show_mark;
use crate::store::{ArticleId, Headline, ListKey, RANKED};
use crate::tui::keymap::{Action, Key};
use crate::tui::list::ListPane;
use crate::tui::message::{Effect, Mark, MarkRange};
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
    model.show_status("nothing was marked");
    Vec::new()
}

/// The article under the cursor and all above or below it.
pub(super) fn mark_beyond(model: &mut Model, below: bool) -> Vec<Effect> {
    if is_still_marking(model) {
        return Vec::new();
    }
    let cursor = model.list.cursor;
    let rows = if below { model.list.rows.get(cursor..) } else { model.list.rows.get(..=cursor) };
    let ids: Vec<ArticleId> = rows.unwrap_or_default().iter().filter(|row| !row.read).map(|row| row.id).collect();
    let Some((after, until)) = beyond_memory(&model.list, below) else { return mark_in_memory(model, ids) };
    // The rows on the screen change at once, however many there are beyond it.
    show_mark(model, &ids, &Mark::Read(true));
    vec![mark_range(model, after, until, ids), Effect::LoadSections]
}

/// Between which keys the rest of the list lies above or below what is in memory; none if there is no more.
fn beyond_memory(list: &ListPane, below: bool) -> Option<(Option<ListKey>, Option<ListKey>)> {
    let edge = if below { list.rows.last() } else { list.rows.first() }.map(Headline::key);
    match (list.is_ranked(), below) {
        (false, true) if !list.at_end => Some((edge, None)),
        (false, false) if !list.at_start => Some((None, edge)),
        // Only the oldest are in memory: what is newer stands below them.
        (true, true) if list.is_oldest_first() && list.rows.len() >= RANKED => Some((None, edge)),
        _ => None,
    }
}

fn mark_in_memory(model: &mut Model, ids: Vec<ArticleId>) -> Vec<Effect> {
    let mut effects = vec![Effect::SetMark { ids: ids.clone(), mark: Mark::Read(true) }, Effect::LoadSections];
    effects.extend(marked_read(model, ids));
    effects
}

fn mark_range(model: &Model, after: Option<ListKey>, until: Option<ListKey>, ids: Vec<ArticleId>) -> Effect {
    let (section, filter) = model.list.scope();
    let filter_text = model.list.scope_text();
    Effect::MarkRange { range: Box::new(MarkRange { section, filter, filter_text, after, until }), ids }
}

/// Says so, too.
pub(super) fn is_still_marking(model: &mut Model) -> bool {
    if model.is_marking {
        let stop = model.settings.keymap.hint(Action::Back);
        model.show_status(format!("articles are still being marked ({stop} stops)"));
    }
    model.is_marking
}

pub(super) fn mark_all_read(model: &mut Model) -> Vec<Effect> {
    let shown: Vec<ArticleId> = model.list.rows.iter().filter(|row| !row.read).map(|row| row.id).collect();
    if model.list.is_recommended() {
        return mark_in_memory(model, shown);
    }
    if is_still_marking(model) {
        return Vec::new();
    }
    // The rows on the screen are marked at once, however many there are.
    show_mark(model, &shown, &Mark::Read(true));
    vec![mark_range(model, None, None, Vec::new()), Effect::LoadSections]
}

/// Many articles are being marked; so many are by now.
pub(super) fn marking(model: &mut Model, marked: usize, read: bool) -> Vec<Effect> {
    let stop = model.settings.keymap.hint(Action::Back);
    let how = if read { "read" } else { "unread" };
    model.is_marking = true;
    model.show_status(format!("{marked} articles marked {how} so far ({stop} stops)"));
    Vec::new()
}

/// Esc: stops what goes on beside the keys.
pub(super) fn stop(model: &mut Model) -> Option<Effect> {
    let stop = match (model.is_marking, model.is_cleaning) {
        (true, _) => Effect::StopMarking,
        (false, true) => Effect::StopCleaning,
        (false, false) => return None,
    };
    model.show_status("stopping");
    Some(stop)
}

/// The keep rules have removed so many articles by now. A few go without a word.
pub(super) fn cleaning(model: &mut Model, removed: u64, is_over: bool) -> Vec<Effect> {
    model.is_cleaning = !is_over && removed > ASKED_FROM;
    let stop = model.settings.keymap.hint(Action::Back);
    match is_over {
        _ if removed <= ASKED_FROM => {}
        true => model.show_status(format!("{removed} articles removed by your keep rules")),
        false => model.show_status(format!("{removed} articles removed by your keep rules so far ({stop} stops)")),
    }
    Vec::new()
}

pub(super) fn marked_unread(model: &mut Model, marked: usize) -> Vec<Effect> {
    model.is_marking = false;
    model.show_status(format!("{marked} articles unread again"));
    vec![Effect::LoadMarks(model.list.rows.iter().map(|row| row.id).collect())]
}

pub(super) fn marked_read(model: &mut Model, ids: Vec<ArticleId>) -> Vec<Effect> {
    let undo = model.settings.keymap.hint(Action::Undo);
    model.show_status(match ids.len() {
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
