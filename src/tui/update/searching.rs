//! `S`: searching the store, with hits as one types; saved searches; jumping to a date.

use super::browsing;
use crate::domain::query::parse;
use crate::domain::time::Timestamp;
use crate::store::{ArticleId, By, Found, ListKey, SearchId, Section, Stretch};
use crate::tui::dates;
use crate::tui::finding::{Before, FindState, HITS};
use crate::tui::geometry::Pane;
use crate::tui::input::Input;
use crate::tui::keymap::{Action, Key};
use crate::tui::list::ListPane;
use crate::tui::message::Effect;
use crate::tui::model::{Arrival, Model, Overlay, Prompt, SoughtHit};
use crate::tui::page::{HitMove, HitTarget};
use crossterm::event::KeyCode;

/// Begins a search, or goes on typing the one that is live.
pub(super) fn open(model: &mut Model) -> Vec<Effect> {
    if model.list.finding.is_none() {
        let page = model.page.as_ref().filter(|_| model.focus == Pane::Page);
        let page = page.map(|page| (page.article.id, page.place(true)));
        let list = std::mem::take(&mut model.list);
        let (section, order) = (list.section.clone(), list.order);
        model.list = ListPane { section, order, at_start: true, at_end: true, ..ListPane::default() };
        model.list.finding = Some(FindState::new(Before { list, focus: model.focus, page }));
    }
    let text = model.list.finding.as_ref().map_or(String::new(), |finding| finding.text.clone());
    prompt(model, Prompt::Find, Input::of(&text));
    model.set_focus(Pane::List);
    Vec::new()
}

fn prompt(model: &mut Model, prompt: Prompt, input: Input) {
    model.overlay = Overlay::Prompt { prompt, input };
}

/// Ends the search and goes back to where the reader was.
pub(super) fn end(model: &mut Model) -> Vec<Effect> {
    let Some(finding) = model.list.finding.take() else { return Vec::new() };
    if let Some(page) = &mut model.page {
        page.end_query_search();
    }
    let Before { list, focus, page } = *finding.before;
    model.list = list;
    // Its articles may have been marked among the hits.
    let known = model.list.rows.iter().map(|row| row.id).collect();
    let mut effects = vec![Effect::StopFinding, Effect::LoadMarks(known)];
    if std::mem::take(&mut model.list.is_waiting) {
        effects.push(browsing::more(model, Stretch::First));
    }
    match page {
        Some((id, _)) if model.page.as_ref().is_some_and(|page| page.article.id == id && page.opened) => {
            model.set_focus(Pane::Page);
        }
        Some((id, place)) => {
            effects.extend(browsing::load(model, id, Arrival::Open));
            model.place = Some(place);
        }
        None => {
            model.set_focus(focus);
            effects.extend(browsing::preview(model));
        }
    }
    effects
}

/// A key while one of the prompts is open.
pub(super) fn press(model: &mut Model, what: Prompt, mut input: Input, key: Key, action: Option<Action>) -> Vec<Effect> {
    match (what, key.code) {
        (Prompt::Find, KeyCode::Esc) => end(model),
        (_, KeyCode::Esc) => Vec::new(),
        (Prompt::Find, KeyCode::Enter) => entered(model, input),
        (Prompt::Name, KeyCode::Enter) => save(model, &input.text),
        (Prompt::Date, KeyCode::Enter) => jump(model, &input.text),
        (Prompt::Find, KeyCode::Down | KeyCode::Up) => {
            prompt(model, what, input);
            browsing::move_by(model, if key.code == KeyCode::Down { 1 } else { -1 })
        }
        (Prompt::Find, _) if action == Some(Action::SaveSearch) && key.typed().is_none() => ask_name(model),
        _ => {
            input.edit(key);
            prompt(model, what, input);
            typed(model)
        }
    }
}

/// The text of the prompt may have changed: a search follows it.
pub(super) fn typed(model: &mut Model) -> Vec<Effect> {
    let Overlay::Prompt { prompt: Prompt::Find, input } = &model.overlay else { return Vec::new() };
    let text = input.text.clone();
    match &mut model.list.finding {
        Some(finding) if finding.text != text => {
            (finding.text, finding.is_typed, finding.by) = (text, true, By::Date);
            run(model)
        }
        _ => Vec::new(),
    }
}

/// Enter: the hits of the whole words, those that fit best first.
fn entered(model: &mut Model, input: Input) -> Vec<Effect> {
    let Some(finding) = &mut model.list.finding else { return Vec::new() };
    if finding.text.trim().is_empty() {
        return end(model);
    }
    (finding.is_typed, finding.by) = (false, By::Fit);
    let effects = run(model);
    if model.list.finding.as_ref().is_some_and(|finding| finding.wrong.is_some()) {
        prompt(model, Prompt::Find, input);
    }
    effects
}

/// The other order.
pub(super) fn next_order(model: &mut Model) -> Vec<Effect> {
    if let Some(finding) = &mut model.list.finding {
        finding.by = if finding.by == By::Fit { By::Date } else { By::Fit };
    }
    run(model)
}

/// Asks for the hits of what is typed.
fn run(model: &mut Model) -> Vec<Effect> {
    let Some(finding) = &mut model.list.finding else { return Vec::new() };
    finding.wrong = parse(&finding.text).err();
    finding.limit = HITS;
    if finding.wrong.is_some() {
        return Vec::new();
    }
    (model.list.cursor, model.list.top) = (0, 0);
    if finding.query().is_none() {
        finding.clear();
        model.list.rows.clear();
        return vec![Effect::StopFinding];
    }
    ask(model)
}

fn ask(model: &mut Model) -> Vec<Effect> {
    let Some(finding) = &mut model.list.finding else { return Vec::new() };
    let Some(query) = finding.query() else { return Vec::new() };
    finding.is_waiting = true;
    vec![Effect::Find { query, by: finding.by, limit: finding.limit }]
}

pub(super) fn arrived(model: &mut Model, found: Option<Found>) -> Vec<Effect> {
    let Some(finding) = &mut model.list.finding else { return Vec::new() };
    let Some(found) = found else {
        finding.is_waiting = false;
        return Vec::new();
    };
    // A word that is nowhere whole may be the beginning of one, as it was when it was typed.
    if found.hits.is_empty() && !finding.is_typed {
        finding.is_typed = true;
        return ask(model);
    }
    model.list.rows = finding.take(found);
    model.list.put(model.list.cursor);
    browsing::settle(model)
}

/// More hits, if the cursor is near the last of them.
pub(super) fn wanted(model: &mut Model) -> Vec<Effect> {
    let cursor = model.list.cursor;
    let Some(finding) = &mut model.list.finding else { return Vec::new() };
    match finding.wants(cursor) {
        Some(limit) => {
            finding.limit = limit;
            ask(model)
        }
        None => Vec::new(),
    }
}

/// Asks for the name under which the search is to be saved.
pub(super) fn ask_name(model: &mut Model) -> Vec<Effect> {
    let Some(finding) = &model.list.finding else {
        let search = model.settings.keymap.hint(Action::FindInStore);
        model.show_status(format!("there is no search to save ({search} searches)"));
        return Vec::new();
    };
    if finding.wrong.is_some() || finding.query().is_none() {
        model.show_error("not saved: this is not a search yet");
        return Vec::new();
    }
    let text = finding.text.trim().to_owned();
    prompt(model, Prompt::Name, Input::of(&text));
    Vec::new()
}

fn save(model: &mut Model, name: &str) -> Vec<Effect> {
    let name = crate::domain::text::clean_line(name);
    let Some(finding) = model.list.finding.as_ref().filter(|_| !name.is_empty()) else {
        model.show_error("not saved: it needs a name");
        return Vec::new();
    };
    let query = finding.as_shown();
    model.show_status(format!("saved: {name} is a section"));
    vec![Effect::SaveSearch { name, query }, Effect::LoadSections]
}

/// Asks whether the saved search of the list is to be removed.
pub(super) fn ask_removal(model: &mut Model) -> Vec<Effect> {
    match model.list.section {
        Section::Search(id) if model.list.finding.is_none() => model.overlay = Overlay::Removing(id),
        Section::Source(source) if model.list.finding.is_none() => return super::source_keys::unsubscribe(model, source),
        _ => model.show_status("this section is neither a source nor a saved search"),
    }
    Vec::new()
}

pub(super) fn remove(model: &mut Model, id: SearchId, key: Key) -> Vec<Effect> {
    if key.typed() != Some('y') {
        model.show_status("nothing removed");
        return Vec::new();
    }
    let order = browsing::order_of(model, &Section::Unread);
    model.list = ListPane::new(Section::Unread, order);
    model.show_status("the saved search is removed; its articles stay");
    vec![Effect::RemoveSearch(id), Effect::LoadSections, browsing::more(model, Stretch::First)]
}

/// Asks for a date to go to.
pub(super) fn ask_date(model: &mut Model) -> Vec<Effect> {
    let key = model.settings.keymap.hint(Action::ListOrder);
    if model.list.finding.is_some() {
        model.show_status("a search takes dates as before:2026-03-01 and after:2026-03-01");
    } else if model.list.is_ranked() {
        model.show_status(format!("dates are for the list by date ({key} changes its order)"));
    } else {
        prompt(model, Prompt::Date, Input::default());
    }
    Vec::new()
}

fn jump(model: &mut Model, text: &str) -> Vec<Effect> {
    let today = model.now.date((model.zone)(model.now));
    let Some(day) = dates::read(text, today) else {
        model.show_error(format!("no date is called `{}`; try {}", text.trim(), dates::EXAMPLES));
        return Vec::new();
    };
    model.set_focus(Pane::List);
    // The list goes back in time: all of the day comes after its end.
    let end = day.start().0 + crate::domain::time::DAY;
    let end = end - i64::from((model.zone)(Timestamp(end)));
    vec![browsing::more(model, Stretch::From(ListKey { sort_at: Timestamp(end - 1), id: ArticleId(i64::MAX) }))]
}

/// Marks what was found on the page of a hit, and goes there as soon as it is on the page.
pub(super) fn show_hit(model: &mut Model) {
    let (Some(finding), Some(page)) = (&model.list.finding, &mut model.page) else { return };
    if !model.list.rows.iter().any(|row| row.id == page.article.id) {
        return;
    }
    let is_typed = page.search.as_ref().is_some_and(|search| !search.is_of_query());
    match finding.terms() {
        Some(_) if is_typed && model.hit.is_none() => {}
        Some(terms) => page.mark_hits(finding.text.trim(), terms),
        None => page.end_query_search(),
    }
    let is_on_its_way = page.wants().next().is_some();
    let is_there = match &model.hit {
        None => return,
        Some(SoughtHit::Comment(discussion, key)) => page.go_to_comment(*discussion, key),
        Some(SoughtHit::First) => page.go_to_hit(HitTarget::First) == HitMove::Gone,
        Some(SoughtHit::Last) => !is_on_its_way && page.go_to_hit(HitTarget::Last) == HitMove::Gone,
    };
    if is_there {
        model.hit = None;
        model.place = None;
    } else if !is_on_its_way && !page.is_searching() {
        model.hit = None;
    }
}

/// Where the hit under the list's cursor is on its page.
pub(super) fn hit_of(model: &Model) -> Option<SoughtHit> {
    let finding = model.list.finding.as_ref()?;
    let comment = finding.hits.get(model.list.cursor)?.comment.as_ref();
    match comment {
        Some(hit) => Some(SoughtHit::Comment(hit.discussion, hit.key.clone())),
        None => finding.terms().map(|_| SoughtHit::First),
    }
}

/// On from the hits of this page to those of another article in the list.
pub(super) fn next_hits(model: &mut Model, forward: bool) -> Vec<Effect> {
    let Some(here) = model.page.as_ref().map(|page| page.article.id) else { return Vec::new() };
    let (rows, cursor) = (&model.list.rows, model.list.cursor);
    let is_other = |at: &usize| rows[*at].id != here;
    let found = if forward { (cursor + 1..rows.len()).find(is_other) } else { (0..cursor).rev().find(is_other) };
    let Some(at) = found else {
        let is_waiting = model.list.finding.as_ref().is_some_and(|finding| finding.is_waiting);
        model.show_status(match forward {
            true if is_waiting => "more hits are on their way",
            true => "this is the last hit of the search",
            false => "this is the first hit of the search",
        });
        return Vec::new();
    };
    model.list.put(at);
    let mut effects = browsing::settle(model);
    effects.extend(browsing::open(model, Arrival::Open));
    if !forward {
        model.hit = Some(SoughtHit::Last);
    }
    effects
}
