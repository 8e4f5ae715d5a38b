//! The sections and the list: moving, filtering, marking, and what opens from them.

use std::collections::{HashMap, HashSet};

use super::{mark, reading, searching};
use crate::domain::query::Query;
use crate::store::{ArticleId, Headline, ListOrder, Section, SectionRow, Stretch};
use crate::tui::MarkRead;
use crate::tui::geometry::Pane;
use crate::tui::keymap::Action;
use crate::tui::list::{AROUND, ListPane};
use crate::tui::message::{Effect, Mark};
use crate::tui::model::{Arrival, Model};
use crate::work::listing::STRETCH;

pub(super) fn arrived(model: &mut Model, stretch: Stretch, rows: Vec<Headline>, is_last: bool) -> Vec<Effect> {
    // It came too late: a search took the list's place.
    if model.list.finding.is_some() {
        return Vec::new();
    }
    if rows.is_empty() && matches!(stretch, Stretch::From(_)) && model.stay.is_none() {
        model.show_status("nothing is older: the end of the list");
        return vec![more(model, Stretch::Last)];
    }
    if matches!(stretch, Stretch::First | Stretch::Last | Stretch::From(_)) {
        model.left.rows.append(&mut model.list.rows);
    }
    model.list.take(stretch, rows, is_last);
    if stretch == Stretch::First {
        model.list.known = articles_of(model);
        count_above(model);
    }
    let stay = model.stay.take();
    if let Some((id, offset)) = model.keep.take() {
        let found = model.list.put_on(id);
        if let Some(row) = stay.filter(|_| !found) {
            model.list.insert(row);
        }
        if model.list.selected().is_some_and(|row| row.id == id) {
            model.list.top = model.list.cursor.saturating_sub(offset);
        }
    }
    settle(model)
}

/// After the cursor moved: keeps it on the screen, asks for more rows, shows the article beside.
pub(super) fn settle(model: &mut Model) -> Vec<Effect> {
    let visible = model.visible_headlines();
    model.list.keep_in_view(visible);
    let mut effects = preview(model);
    if let Some(stretch) = model.list.lacks(visible) {
        effects.push(more(model, stretch));
    } else if model.list.wants().is_some() {
        effects.push(Effect::Afterwards(vec![Effect::FillList]));
    }
    effects.extend(searching::wanted(model));
    effects
}

/// The rows that the screen waits for, and a whole stretch where an article is to be found in it.
pub(super) fn more(model: &Model, stretch: Stretch) -> Effect {
    let limit = match stretch {
        Stretch::First if model.keep.is_some() => STRETCH,
        Stretch::Before(_) if model.list.rows.len() >= model.visible_headlines() => AROUND,
        _ => model.visible_headlines() + AROUND,
    };
    rows(model, stretch, limit.min(STRETCH))
}

fn rows(model: &Model, stretch: Stretch, limit: usize) -> Effect {
    let (section, mut filter) = model.list.scope();
    if model.hides_read && model.list.finding.is_none() && section != Section::Unread {
        filter = Query::is(crate::domain::query::MarkCondition::Unread).and(&filter);
    }
    Effect::LoadHeadlines { section, filter, order: model.list.order, stretch, limit }
}

/// More rows ahead of the cursor.
pub(super) fn fill(model: &Model) -> Vec<Effect> {
    model.list.wants().map(|stretch| rows(model, stretch, STRETCH)).into_iter().collect()
}

/// Loads the selected article into the reading pane beside the list, if there is one.
pub(super) fn preview(model: &mut Model) -> Vec<Effect> {
    if !model.geometry.shows(Pane::Page) || model.focus == Pane::Page {
        return Vec::new();
    }
    match model.list.selected().map(|row| row.id) {
        Some(id) => load(model, id, Arrival::Preview),
        None => {
            let effects = reading::leave(model);
            model.page = None;
            effects
        }
    }
}

pub(super) fn load(model: &mut Model, id: ArticleId, arrival: Arrival) -> Vec<Effect> {
    model.hit = searching::hit_of(model);
    if arrival == Arrival::Preview && model.page.as_ref().is_some_and(|page| page.article.id == id) {
        searching::show_hit(model);
        return Vec::new();
    }
    model.awaited = Some((id, arrival));
    model.place = None;
    let mut effects = reading::leave(model);
    effects.push(Effect::LoadArticle(id));
    effects
}

/// Goes into the selected article.
pub(super) fn open(model: &mut Model, arrival: Arrival) -> Vec<Effect> {
    let Some(id) = model.list.selected().map(|row| row.id) else {
        model.show_status("there is no article here");
        return Vec::new();
    };
    if model.page.as_ref().is_some_and(|page| page.article.id == id) {
        model.hit = searching::hit_of(model);
        let effects = reading::opened(model, arrival);
        searching::show_hit(model);
        return effects;
    }
    load(model, id, arrival)
}

pub(super) fn move_by(model: &mut Model, by: isize) -> Vec<Effect> {
    let left = model.list.selected().filter(|row| !row.read).map(|row| row.id);
    if !model.list.move_by(by) {
        if by < 0 && model.list.above > 0 {
            return show_above(model, true);
        }
        model.show_status(if by > 0 { "the end of the list" } else { "the beginning of the list" });
    } else if by > 0 && model.settings.list.mark_read == MarkRead::OnScroll {
        let mut effects = left.map_or_else(Vec::new, |id| mark(model, vec![id], Mark::Read(true), Mark::Read(false)));
        effects.extend(settle(model));
        return effects;
    }
    settle(model)
}

pub(super) fn edge(model: &mut Model, end: bool) -> Vec<Effect> {
    if !end && model.list.above > 0 {
        return show_above(model, false);
    }
    let there = if end { model.list.at_end } else { model.list.at_start };
    if there {
        model.list.put(if end { usize::MAX } else { 0 });
        return settle(model);
    }
    vec![more(model, if end { Stretch::Last } else { Stretch::First })]
}

/// Moves the list's view; the cursor stays where it is.
pub(super) fn scroll(model: &mut Model, by: isize) -> Vec<Effect> {
    let visible = model.visible_headlines();
    let last = model.list.rows.len().saturating_sub(visible);
    model.list.top = model.list.top.saturating_add_signed(by).min(last);
    model.list.lacks(visible).map(|stretch| more(model, stretch)).into_iter().collect()
}

/// The article of a number, from 0, as far as the list is in memory.
pub(super) fn go_to(model: &mut Model, at: usize) -> Vec<Effect> {
    if model.list.at_start && at < model.list.rows.len() {
        model.list.put(at);
        return settle(model);
    }
    if model.list.at_start && model.list.at_end {
        model.list.put(usize::MAX);
        model.show_status("the end of the list");
        return settle(model);
    }
    // Rows are loaded ahead of the cursor, a window at a time.
    model.list.put(usize::MAX);
    model.show_status(format!("article {} is further down: this is as far as the list is loaded", at + 1));
    settle(model)
}

/// `J` and `K`: another article; the reading goes on where the keys are.
pub(super) fn go_by(model: &mut Model, by: isize) -> Vec<Effect> {
    if !model.list.move_by(by) {
        model.show_status(if by > 0 { "the last article of the list" } else { "the first article of the list" });
        return Vec::new();
    }
    follow(model)
}

fn follow(model: &mut Model) -> Vec<Effect> {
    let mut effects = settle(model);
    if model.focus == Pane::Page {
        effects.extend(open(model, Arrival::Open));
    }
    effects
}

pub(super) fn next_unread(model: &mut Model, forward: bool) -> Vec<Effect> {
    if let Some(at) = model.list.next_unread(forward) {
        model.list.put(at);
        return follow(model);
    }
    if model.list.is_waiting {
        model.show_status("still looking");
        return Vec::new();
    }
    let Some(key) = model.list.edge(forward).filter(|_| !model.list.is_whole()) else { return no_unread(model) };
    vec![Effect::LoadNextUnread { section: model.list.section.clone(), filter: model.list.query(), key, forward }]
}

/// The next unread article beyond the window: the list goes to where it is.
pub(super) fn next_unread_arrived(model: &mut Model, row: Option<Headline>) -> Vec<Effect> {
    // It came too late: a search took the list's place.
    if model.list.finding.is_some() {
        return Vec::new();
    }
    model.list.is_waiting = false;
    let selected = model.list.selected().map(|row| row.id);
    let Some(row) = row.filter(|row| selected != Some(row.id)) else { return no_unread(model) };
    if model.list.put_on(row.id) {
        return follow(model);
    }
    model.keep = Some((row.id, 0));
    let mut effects = vec![more(model, Stretch::From(row.key()))];
    if model.focus == Pane::Page {
        effects.extend(load(model, row.id, Arrival::Open));
    }
    effects
}

fn no_unread(model: &mut Model) -> Vec<Effect> {
    let top = model.settings.keymap.hint(Action::Top);
    model.show_status(match model.list.above {
        0 => "nothing unread in this list".to_owned(),
        n => format!("nothing unread in this list; {n} came meanwhile ({top} shows them)"),
    });
    Vec::new()
}

pub(super) fn choose_section(model: &mut Model, at: usize) -> Vec<Effect> {
    let at = at.min(model.sections.len().saturating_sub(1));
    if at == model.section_cursor {
        model.show_status("there are no more sections");
        return Vec::new();
    }
    show_section(model, at)
}

pub(super) fn show_section(model: &mut Model, at: usize) -> Vec<Effect> {
    model.put_section_cursor(at);
    let section = model.sections[at].section.clone();
    let order = order_of(model, &section);
    let before = std::mem::replace(&mut model.list, ListPane::new(section, order));
    model.left.rows = before.rows;
    vec![Effect::RenewSections, more(model, Stretch::First)]
}

/// The order in which a section opens: the list's, but the newest first is the front page where the section has one.
pub(super) fn order_of(model: &Model, section: &Section) -> ListOrder {
    let has_front = has_front(model, section);
    match model.list.order {
        ListOrder::Newest if has_front => ListOrder::Front,
        ListOrder::Front if !has_front => ListOrder::Newest,
        order => order,
    }
}

fn has_front(model: &Model, section: &Section) -> bool {
    model.all_sections.iter().any(|row| row.section == *section && row.has_front)
}

/// Shows or hides what is in the folder under the cursor.
pub(super) fn fold(model: &mut Model) -> Vec<Effect> {
    let Section::Folder(folder) = &model.list.section else {
        model.show_status("this is not a folder");
        return Vec::new();
    };
    let folder = folder.clone();
    if !model.folded.remove(&folder) {
        model.folded.insert(folder);
    }
    model.show_sections();
    Vec::new()
}

pub(super) fn set_filter(model: &mut Model, filter: String) -> Vec<Effect> {
    model.list.filter = filter;
    vec![more(model, Stretch::First)]
}

pub(super) fn next_order(model: &mut Model) -> Vec<Effect> {
    if model.list.finding.is_some() {
        return searching::next_order(model);
    }
    if model.list.is_recommended() {
        model.show_status("what is recommended stands in the order of how well it fits");
        return Vec::new();
    }
    let has_front = has_front(model, &model.list.section);
    let orders: Vec<ListOrder> = ListOrder::ALL.into_iter().filter(|order| has_front || *order != ListOrder::Front).collect();
    let at = orders.iter().position(|order| *order == model.list.order).unwrap_or(0);
    model.list.order = orders[(at + 1) % orders.len()];
    model.show_status(format!("the list: {}", model.list.order.label()));
    model.keep = None;
    vec![more(model, Stretch::First)]
}

/// Others wrote, or a fetch: what is in the list stays where it is with its marks as they are now, and what came is told
/// as a count. There is nothing to keep still in an empty list, until the reader does something with what came.
pub(super) fn reload(model: &mut Model) -> Vec<Effect> {
    let mut effects = vec![Effect::LoadRules, Effect::LoadSections];
    model.list.is_filling |= model.list.rows.is_empty() && model.list.finding.is_none();
    if model.list.is_filling {
        effects.push(more(model, Stretch::First));
    }
    let page = model.stored_page().map(|page| page.article.id);
    let mut marked: Vec<ArticleId> = model.list.rows.iter().map(|row| row.id).chain(page).collect();
    marked.sort_unstable();
    marked.dedup();
    effects.push(Effect::LoadMarks(marked));
    effects
}

/// The rows that still exist, in their current state.
pub(super) fn renew_all(model: &mut Model, of: &[ArticleId], rows: Vec<Headline>) -> Vec<Effect> {
    let there: HashSet<ArticleId> = rows.iter().map(|row| row.id).collect();
    let rows: HashMap<ArticleId, Headline> = rows.into_iter().map(|row| (row.id, row)).collect();
    let mut effects = Vec::new();
    if let Some(row) = model.page.as_ref().and_then(|page| rows.get(&page.article.id)) {
        renew(model, row);
        // Comments that another copy of the program has stored.
        let known = model.page.as_ref().map_or(0, |page| page.article.discussions.iter().map(|head| head.comments).sum());
        effects.extend((row.comments != known).then_some(Effect::LoadHeads(row.id)));
    }
    for known in &mut model.list.rows {
        if let Some(row) = rows.get(&known.id) {
            *known = row.clone();
        }
    }
    let gone: Vec<ArticleId> = of.iter().copied().filter(|id| !there.contains(id)).collect();
    for id in &gone {
        model.list.remove(*id);
    }
    if !gone.is_empty() {
        effects.extend(settle(model));
    }
    effects
}

/// The section of a tag stays while it is shown, though nothing has the tag any more.
pub(super) fn keep_section(model: &mut Model) {
    if let (Section::Tag(tag), None) = (&model.list.section, model.section_row()) {
        let row = SectionRow::of_tag(tag.clone());
        let is_source = |row: &SectionRow| matches!(row.section, Section::Source(_) | Section::Folder(_));
        let at = model.all_sections.iter().position(is_source).unwrap_or(model.all_sections.len());
        model.all_sections.insert(at, row);
    }
}

/// How many articles there are of the kind that the section shows, were they new; none where that is not what it shows.
fn articles_of(model: &Model) -> Option<u64> {
    let counting = match &model.list.section {
        Section::Unread => &Section::All,
        Section::Starred | Section::Watched | Section::Tag(_) | Section::Recommended => return None,
        section => section,
    };
    model.all_sections.iter().find(|row| row.section == *counting).map(|row| row.total)
}

/// Counts what came since the list was asked for from its beginning.
pub(super) fn count_above(model: &mut Model) {
    let now = articles_of(model).unwrap_or(0);
    model.list.known = model.list.known.map(|known| known.min(now));
    let narrowed = !model.list.filter.is_empty();
    model.list.above = model.list.known.filter(|_| !narrowed).map_or(0, |known| now - known);
}

/// The list from its beginning, with what came meanwhile; the cursor stays on its article, or goes to the first.
fn show_above(model: &mut Model, keeps: bool) -> Vec<Effect> {
    let selected = model.list.selected().filter(|_| keeps).map(|row| row.id);
    model.keep = selected.map(|id| (id, 0));
    vec![Effect::LoadSections, more(model, Stretch::First)]
}

/// Into the list from the sections: it is asked for anew if anything came.
pub(super) fn enter(model: &mut Model) -> Vec<Effect> {
    if model.list.above > 0 { show_above(model, false) } else { preview(model) }
}

/// A headline as it is now, in the list and on the page.
pub(super) fn renew(model: &mut Model, row: &Headline) {
    let differs = |article: &crate::store::StoredArticle| {
        (article.read, article.starred, article.watched, article.own_rating)
            != (row.read, row.starred, row.watched, row.own_rating)
            || (&article.tags, &article.note) != (&row.tags, &row.note)
    };
    if let Some(page) = model.page.as_mut().filter(|page| page.article.id == row.id && differs(&page.article)) {
        page.keeping_place(|page| {
            page.article.read = row.read;
            page.article.starred = row.starred;
            page.article.watched = row.watched;
            page.article.own_rating = row.own_rating;
            page.article.tags.clone_from(&row.tags);
            page.article.note.clone_from(&row.note);
        });
    }
    for known in model.list.rows_of(row.id) {
        *known = row.clone();
    }
}

pub(super) fn remove(model: &mut Model, id: ArticleId) -> Vec<Effect> {
    model.list.remove(id);
    settle(model)
}
