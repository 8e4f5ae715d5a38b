//! Overlays over the panes: help, palette, inputs, answers.

use super::{act, addresses, browsing, bulk_marks, fetch, marks, piping, reading, searching, slider, source_keys, subscribe};
use crate::domain::text::Link;
use crate::tui::geometry::Pane;
use crate::tui::help::Help;
use crate::tui::input::{Input, LONGEST};
use crate::tui::keymap::{Action, Key};
use crate::tui::message::{Effect, TypedCommand};
use crate::tui::model::{Model, Overlay, Prompt};
use crate::tui::page::HitTarget;
use crate::tui::palette::{LINK_HINTS, Match, matching};
use crossterm::event::KeyCode;

/// `/`: search in the page when the keys are there, else narrow the list.
pub(super) fn search(model: &mut Model) -> Vec<Effect> {
    model.overlay = if model.focus == Pane::Page {
        Overlay::Search(Input::default())
    } else if model.list.finding.is_some() {
        return searching::open(model);
    } else if model.focus == Pane::Sections {
        return source_keys::find(model);
    } else {
        model.set_focus(Pane::List);
        Overlay::Filter(Input::of(&model.list.filter))
    };
    Vec::new()
}

pub(super) fn paste(model: &mut Model, text: &str) -> Vec<Effect> {
    let mut is_cut = false;
    let mut take = |input: &mut Input| is_cut = !input.insert(text);
    let effects = match &mut model.overlay {
        Overlay::Palette { input, .. } | Overlay::Search(input) | Overlay::Help { search: Some(input), .. } => {
            take(input);
            Vec::new()
        }
        Overlay::FindSource { input, .. } => {
            take(input);
            source_keys::found(model)
        }
        Overlay::Prompt { input, .. } => {
            take(input);
            searching::typed(model)
        }
        Overlay::Filter(input) => {
            take(input);
            let filter = input.text.clone();
            browsing::set_filter(model, filter)
        }
        _ => {
            model.show_status("a paste goes into an input only");
            Vec::new()
        }
    };
    if is_cut {
        model.show_status(format!("the paste was cut: an input takes {LONGEST} characters"));
    }
    effects
}

pub(super) fn press(model: &mut Model, key: Key, action: Option<Action>) -> Vec<Effect> {
    let leaves = matches!(key.code, KeyCode::Esc);
    match std::mem::take(&mut model.overlay) {
        Overlay::None | Overlay::Notes(_) => Vec::new(),
        Overlay::Help { scroll, search } => help(model, scroll, search, key, action),
        Overlay::FindSource { input, from } => source_keys::in_find(model, input, from, key),
        Overlay::MarkingAll(_) => bulk_marks::answered(model, key, action),
        Overlay::EditSource { subscription, selected } => {
            source_keys::in_edit(model, subscription, selected, action.filter(|_| !leaves))
        }
        Overlay::Palette { input, selected } => palette(model, input, selected, key, leaves),
        Overlay::Filter(input) => filter(model, input, key, leaves),
        Overlay::Prompt { prompt: prompt @ Prompt::Edit(..), input } => source_keys::in_field(model, prompt, input, key),
        Overlay::Prompt { prompt: prompt @ (Prompt::Tags(_) | Prompt::Note(_)), input } => {
            marks::press(model, prompt, input, key)
        }
        Overlay::Prompt { prompt: Prompt::Pipe, input } => piping::press(model, input, key),
        Overlay::Prompt { prompt: Prompt::Subscribe, input } => subscribe::press(model, input, key),
        Overlay::Choice { page, folder, offers, selected } => {
            subscribe::choose(model, (page, folder, offers), selected, action.filter(|_| !leaves))
        }
        Overlay::Prompt { prompt, input } => searching::press(model, prompt, input, key, action),
        Overlay::Removing(id) => searching::remove(model, id, key),
        Overlay::Search(input) => page_search(model, input, key),
        Overlay::Why(_) => in_answer(model, Action::Why, action.filter(|_| !leaves)),
        Overlay::Statistics(_) => in_answer(model, Action::Statistics, action.filter(|_| !leaves)),
        Overlay::Failing { sources, selected } => fetch::in_failing(model, sources, selected, action.filter(|_| !leaves)),
        shown @ Overlay::Health { .. } => fetch::in_health(model, shown, action),
        shown @ Overlay::Output { .. } => piping::in_output(model, shown, action.filter(|_| !leaves)),
        Overlay::Deleting(id) => marks::delete(model, id, key),
        Overlay::Links { links, outside } => choose_link(model, links, outside, key, action),
        Overlay::Rating => rate(model, key),
    }
}

fn page_search(model: &mut Model, mut input: Input, key: Key) -> Vec<Effect> {
    if key.code == KeyCode::Enter {
        return find(model, &input.text);
    }
    if key.code != KeyCode::Esc {
        input.edit(key);
        model.overlay = Overlay::Search(input);
    }
    Vec::new()
}

/// The action that asked for an answer, and those that go back, only close it; any other key also does what it does.
fn in_answer(model: &mut Model, asked_by: Action, action: Option<Action>) -> Vec<Effect> {
    let only_closes = [asked_by, Action::BackOrQuit, Action::Enter];
    action.filter(|action| !only_closes.contains(action)).map_or_else(Vec::new, |action| act(model, action))
}

fn choose_link(model: &mut Model, links: Vec<Link>, outside: bool, key: Key, action: Option<Action>) -> Vec<Effect> {
    if action == Some(Action::OpenBrowser) {
        model.overlay = Overlay::Links { links, outside: !outside };
        return Vec::new();
    }
    let chosen = key.typed().and_then(|c| LINK_HINTS.find(c)).and_then(|at| links.get(at));
    let Some(address) = chosen.map(|link| link.address.to_string()) else { return Vec::new() };
    if outside { addresses::open_outside(model, address) } else { addresses::open_address(model, address) }
}

fn rate(model: &mut Model, key: Key) -> Vec<Effect> {
    if let Some(rating @ 0..=5) = key.typed().and_then(|c| c.to_digit(10)) {
        return reading::rate(model, rating as u8);
    }
    model.show_status("not rated: a rating is a digit from 0 to 5");
    Vec::new()
}

/// The wheel over what lies over the panes. Whether it was taken: beside an input at the foot the panes still scroll.
pub(super) fn wheel(model: &mut Model, by: isize) -> bool {
    let last = last_of_help(model);
    match &mut model.overlay {
        Overlay::Help { scroll, .. } => *scroll = scroll.saturating_add_signed(by as i16).min(last),
        Overlay::Palette { input, selected } => {
            let found = matching(&input.text, &model.all_sections, &model.settings.keymap).len();
            *selected = selected.saturating_add_signed(by.signum()).min(found.saturating_sub(1));
        }
        Overlay::Failing { sources, selected } => {
            *selected = selected.saturating_add_signed(by.signum()).min(sources.len().saturating_sub(1));
        }
        Overlay::EditSource { selected, .. } => {
            *selected = selected.saturating_add_signed(by.signum()).min(source_keys::FIELDS.len() - 1);
        }
        Overlay::Choice { offers, selected, .. } => {
            *selected = selected.saturating_add_signed(by.signum()).min(offers.len().saturating_sub(1));
        }
        Overlay::Output { lines, scroll, .. } => *scroll = scroll.saturating_add_signed(by).min(lines.len()),
        Overlay::Why(_) | Overlay::Notes(_) | Overlay::Statistics(_) | Overlay::Links { .. } | Overlay::Health { .. } => {}
        Overlay::None
        | Overlay::Filter(_)
        | Overlay::FindSource { .. }
        | Overlay::MarkingAll(_)
        | Overlay::Search(_)
        | Overlay::Prompt { .. }
        | Overlay::Rating
        | Overlay::Deleting(_)
        | Overlay::Removing(_) => return false,
    }
    true
}

/// The first line of the help's last screen.
fn last_of_help(model: &Model) -> u16 {
    let shown = model.geometry.screen.height.saturating_sub(2).max(1);
    let wanted = match &model.overlay {
        Overlay::Help { search: Some(input), .. } => input.text.as_str(),
        _ => "",
    };
    let lines = Help::new(&model.settings.keymap, model.geometry.screen.width, wanted, model.settings.ascii).lines.len();
    (lines as u16).saturating_sub(shown)
}

fn help(model: &mut Model, scroll: u16, search: Option<Input>, key: Key, action: Option<Action>) -> Vec<Effect> {
    let page = model.geometry.screen.height.saturating_sub(4).max(1);
    if let Some(mut input) = search.clone().filter(|_| !matches!(key.code, KeyCode::Up | KeyCode::Down)) {
        match key.code {
            KeyCode::Esc => model.overlay = Overlay::Help { scroll: 0, search: None },
            // The first line that is found, done.
            KeyCode::Enter => return Vec::new(),
            _ => {
                input.edit(key);
                model.overlay = Overlay::Help { scroll: 0, search: Some(input) };
            }
        }
        return Vec::new();
    }
    let last = {
        model.overlay = Overlay::Help { scroll, search: search.clone() };
        last_of_help(model)
    };
    model.overlay = Overlay::None;
    let scroll = match action {
        Some(Action::MoveDown) => scroll + 1,
        Some(Action::MoveUp) => scroll.saturating_sub(1),
        Some(Action::PageDown | Action::HalfDown) => scroll + page / 2 + 1,
        Some(Action::PageUp | Action::HalfUp) => scroll.saturating_sub(page / 2 + 1),
        Some(Action::Top) => 0,
        Some(Action::Bottom) => last,
        Some(Action::Search) => {
            model.overlay = Overlay::Help { scroll: 0, search: Some(Input::default()) };
            return Vec::new();
        }
        _ => return Vec::new(),
    };
    model.overlay = Overlay::Help { scroll: scroll.min(last), search };
    Vec::new()
}

fn filter(model: &mut Model, mut input: Input, key: Key, leaves: bool) -> Vec<Effect> {
    match key.code {
        KeyCode::Enter => {
            if let Err(error) = crate::domain::query::parse(&input.text) {
                model.show_error(error.message);
            }
            Vec::new()
        }
        _ if leaves => browsing::set_filter(model, String::new()),
        KeyCode::Down | KeyCode::Up => {
            model.overlay = Overlay::Filter(input);
            browsing::move_by(model, if key.code == KeyCode::Down { 1 } else { -1 })
        }
        _ => {
            input.edit(key);
            let text = input.text.clone();
            model.overlay = Overlay::Filter(input);
            if text == model.list.filter { Vec::new() } else { browsing::set_filter(model, text) }
        }
    }
}

fn find(model: &mut Model, words: &str) -> Vec<Effect> {
    let Some(page) = &mut model.page else { return Vec::new() };
    page.end_search();
    if words.trim().is_empty() {
        return Vec::new();
    }
    page.search(words);
    let moved = page.go_to_hit(HitTarget::FromHere);
    reading::gone_to_hit(model, HitTarget::FromHere, moved)
}

fn palette(model: &mut Model, mut input: Input, selected: usize, key: Key, leaves: bool) -> Vec<Effect> {
    if leaves {
        return Vec::new();
    }
    let found = matching(&input.text, &model.all_sections, &model.settings.keymap).len();
    let selected = match key.code {
        KeyCode::Enter => return run(model, &input.text, selected),
        KeyCode::Down | KeyCode::Tab => (selected + 1) % found.max(1),
        KeyCode::Up | KeyCode::BackTab => (selected + found.max(1) - 1) % found.max(1),
        _ => {
            input.edit(key);
            0
        }
    };
    model.overlay = Overlay::Palette { input, selected };
    Vec::new()
}

fn run(model: &mut Model, text: &str, selected: usize) -> Vec<Effect> {
    match TypedCommand::parse(text) {
        Some(Ok(command)) => return slider::command(model, command),
        Some(Err(error)) => {
            model.show_error(error);
            return Vec::new();
        }
        None => {}
    }
    match matching(text, &model.all_sections, &model.settings.keymap).into_iter().nth(selected) {
        Some(Match::Action(entry)) => act(model, entry.action),
        Some(Match::Own(_, action)) => act(model, action),
        Some(Match::Section(section, _)) => {
            model.set_focus(Pane::List);
            subscribe::open_section(model, section)
        }
        None => {
            model.show_error(format!("no action is called `{text}`"));
            Vec::new()
        }
    }
}
