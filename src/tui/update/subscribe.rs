//! `+`: subscribing from the reader.

use super::browsing;
use crate::domain::plural::plural;
use crate::domain::text::CleanText;
use crate::store::subscriptions::shown;
use crate::store::{Section, Stretch};
use crate::tui::geometry::Pane;
use crate::tui::input::Input;
use crate::tui::keymap::{Action, Key};
use crate::tui::list::ListPane;
use crate::tui::message::Effect;
use crate::tui::model::{Model, Overlay, Prompt};
use crate::work::background::FetchTarget;
use crate::work::subscribing::{Answered, Trouble, Typed};
use crossterm::event::KeyCode;

/// The feeds of a page, as they wait to be chosen from: its address, the folder wanted, their titles and addresses.
type Offers = (String, Vec<CleanText>, Vec<(CleanText, String)>);

pub(super) fn ask(model: &mut Model) -> Vec<Effect> {
    model.overlay = Overlay::Prompt { prompt: Prompt::Subscribe, input: Input::default() };
    Vec::new()
}

pub(super) fn press(model: &mut Model, mut input: Input, key: Key) -> Vec<Effect> {
    match key.code {
        KeyCode::Esc => Vec::new(),
        KeyCode::Enter if input.text.trim().is_empty() => Vec::new(),
        KeyCode::Enter => {
            let address = input.text.trim().to_owned();
            model.show_status(format!("looking for feeds at {}", shown(&address)));
            vec![Effect::Subscribe(Typed { address, page: None, folder: folder_at_cursor(model) })]
        }
        _ => {
            input.edit(key);
            model.overlay = Overlay::Prompt { prompt: Prompt::Subscribe, input };
            Vec::new()
        }
    }
}

/// A new source goes into the folder under the sections' cursor.
fn folder_at_cursor(model: &Model) -> Vec<CleanText> {
    let mut folder: &[CleanText] = &[];
    for row in &model.all_sections {
        match &row.section {
            Section::Folder(path) => folder = path,
            _ => folder = &folder[..row.depth.min(folder.len())],
        }
        if row.section == model.list.section {
            return folder.to_vec();
        }
    }
    Vec::new()
}

/// A key while the feeds of a page are shown.
pub(super) fn choose(model: &mut Model, offered: Offers, selected: usize, action: Option<Action>) -> Vec<Effect> {
    let (page, folder, offers) = offered;
    let selected = match action {
        Some(Action::MoveDown) => selected + 1,
        Some(Action::MoveUp) => selected.saturating_sub(1),
        Some(Action::Top) => 0,
        Some(Action::Bottom) => usize::MAX,
        Some(Action::Enter) => {
            let Some((title, address)) = offers.into_iter().nth(selected) else { return Vec::new() };
            model.show_status(format!("adding {title}"));
            return vec![Effect::Subscribe(Typed { address, page: Some(page), folder })];
        }
        _ => {
            model.show_status("nothing was added");
            return Vec::new();
        }
    };
    let selected = selected.min(offers.len().saturating_sub(1));
    model.overlay = Overlay::Choice { page, folder, offers, selected };
    Vec::new()
}

pub(super) fn arrived(model: &mut Model, answered: Answered) -> Vec<Effect> {
    match answered {
        Answered::Source { source, title, is_new, articles, joined } => {
            let what = if is_new { "added" } else { "there already:" };
            let articles = plural(articles as u64, "new article");
            let joined = if joined > 0 { format!(", {joined} here already from other sources") } else { String::new() };
            model.show_status(format!("{what} {title}: {articles}{joined}"));
            open_section(model, Section::Source(source))
        }
        Answered::Choose { page, folder, offers } if model.overlay == Overlay::None => {
            model.said = None;
            model.overlay = Overlay::Choice { page, folder, offers, selected: 0 };
            Vec::new()
        }
        Answered::Choose { page, offers, .. } => {
            model.show_error(format!("nothing added: {} offers {} feeds, add one by its address", shown(&page), offers.len()));
            Vec::new()
        }
        Answered::List { added, listed, notes } => {
            model.show_status(format!("{added} of {listed} feeds of the list are new"));
            if !notes.is_empty() && model.overlay == Overlay::None {
                model.overlay = Overlay::Notes(notes);
            }
            vec![Effect::LoadSections, Effect::Fetch(FetchTarget::Due)]
        }
        Answered::Page { title, .. } => {
            model.show_status(format!("no feed there; the page itself was stored: {title}"));
            vec![Effect::LoadSections]
        }
        Answered::Failed(Trouble { message, hint, .. }) => {
            model.show_error(if hint.is_empty() { message } else { format!("{message} ({hint})") });
            Vec::new()
        }
    }
}

/// Shows a section, unless the reader is reading or typing.
pub(super) fn open_section(model: &mut Model, section: Section) -> Vec<Effect> {
    if model.focus == Pane::Page || model.overlay != Overlay::None {
        return vec![Effect::LoadSections];
    }
    let order = browsing::order_of(model, &section);
    model.list = ListPane::new(section, order);
    model.set_focus(Pane::List);
    vec![Effect::StopFinding, Effect::LoadSections, browsing::more(model, Stretch::First)]
}
