//! Managing the sources: editing, ordering, finding, unsubscribing, and how the panes show them.

use super::{browsing, subscribe};
use crate::domain::text::{CleanText, clean_line};
use crate::store::subscriptions::{Change, Options, Subscription};
use crate::store::{Section, SectionRow, SourceId};
use crate::tui::geometry::{NARROWEST, Pane};
use crate::tui::input::Input;
use crate::tui::keymap::{Action, Key};
use crate::tui::message::Effect;
use crate::tui::model::{Field, Model, Overlay, Prompt, Undo};
use crossterm::event::KeyCode;

/// The editable fields, in the order of the screen.
pub(in crate::tui) const FIELDS: [Field; 7] =
    [Field::Title, Field::Folder, Field::Address, Field::FullText, Field::UserAgent, Field::KeepDays, Field::Keep];

/// Columns that a key makes a pane wider or narrower.
const STEP: u16 = 2;

impl Field {
    pub(in crate::tui) fn name(self) -> &'static str {
        match self {
            Field::Title => "title",
            Field::Folder => "folder",
            Field::Address => "address",
            Field::FullText => "full text",
            Field::UserAgent => "user agent",
            Field::KeepDays => "keep days",
            Field::Keep => "keep newest",
        }
    }

    /// Its value as it is shown and edited.
    pub(in crate::tui) fn value(self, source: &Subscription) -> String {
        let number = |number: Option<u32>| number.map_or(String::new(), |number| number.to_string());
        match self {
            Field::Title => source.title.to_string(),
            Field::Folder => source.folder.iter().map(CleanText::as_str).collect::<Vec<_>>().join(" / "),
            Field::Address => source.shown_address().to_string(),
            Field::FullText => match source.options.full_text {
                Some(true) => "yes".to_owned(),
                Some(false) => "no".to_owned(),
                None => String::new(),
            },
            Field::UserAgent => source.options.user_agent.clone().unwrap_or_default(),
            Field::KeepDays => number(source.options.keep_days),
            Field::Keep => number(source.options.keep),
        }
    }

    /// The change that gives it a value, or what is wrong with that.
    fn change(self, source: &Subscription, text: &str) -> Result<Change, String> {
        let text = text.trim();
        let options = |set: &dyn Fn(&mut Options)| {
            let mut options = source.options.clone();
            set(&mut options);
            Change { options: Some(options), ..Change::default() }
        };
        let number = || match text {
            "" => Ok(None),
            _ => text.parse::<u32>().map(Some).map_err(|_| format!("not changed: `{text}` is not a number")),
        };
        Ok(match self {
            Field::Title if text.is_empty() => return Err("not changed: a source needs a title".to_owned()),
            Field::Title => Change { title: Some(clean_line(text)), ..Change::default() },
            Field::Folder => Change { folder: Some(folder(text)), ..Change::default() },
            Field::Address => {
                let address = crate::work::subscribing::whole_address(text);
                if let Some(reason) = crate::work::subscribing::lists::refusal(text).filter(|_| text.contains("://")) {
                    return Err(format!("not changed: {reason}"));
                }
                let is_front = crate::work::subscribing::is_front(text);
                let address =
                    if is_front { text.to_owned() } else { crate::work::subscribing::with_login_of(&source.address, &address) };
                Change { address: Some(address), ..Change::default() }
            }
            Field::FullText => {
                let next = match source.options.full_text {
                    None => Some(true),
                    Some(true) => Some(false),
                    Some(false) => None,
                };
                options(&|options| options.full_text = next)
            }
            Field::UserAgent => options(&|options| options.user_agent = Some(text.to_owned()).filter(|text| !text.is_empty())),
            Field::KeepDays => {
                let days = number()?;
                options(&|options| options.keep_days = days)
            }
            Field::Keep => {
                let newest = number()?;
                options(&|options| options.keep = newest)
            }
        })
    }
}

/// `a / b` as folders.
fn folder(text: &str) -> Vec<CleanText> {
    text.split('/').map(clean_line).filter(|name| !name.is_empty()).collect()
}

/// `E`: the source that the list shows.
pub(super) fn edit(model: &mut Model) -> Vec<Effect> {
    match model.list.section {
        Section::Source(id) if model.list.finding.is_none() => vec![Effect::LoadSource(id)],
        _ => {
            model.show_status("this section is not a source");
            Vec::new()
        }
    }
}

pub(super) fn editing(model: &mut Model, subscription: Option<Box<Subscription>>) -> Vec<Effect> {
    match (subscription, &model.overlay) {
        (None, _) => model.show_status("this source is not subscribed to: there is nothing to edit"),
        (Some(subscription), Overlay::EditSource { selected, .. }) => {
            model.overlay = Overlay::EditSource { subscription, selected: *selected };
        }
        (Some(subscription), Overlay::None) => model.overlay = Overlay::EditSource { subscription, selected: 0 },
        _ => {}
    }
    Vec::new()
}

/// A key while a source is being edited.
pub(super) fn in_edit(
    model: &mut Model,
    subscription: Box<Subscription>,
    selected: usize,
    action: Option<Action>,
) -> Vec<Effect> {
    let selected = match action {
        Some(Action::MoveDown) => (selected + 1).min(FIELDS.len() - 1),
        Some(Action::MoveUp) => selected.saturating_sub(1),
        Some(Action::Top) => 0,
        Some(Action::Bottom) => FIELDS.len() - 1,
        Some(Action::Enter) => {
            let (field, source) = (FIELDS[selected], subscription.id);
            let value = field.value(&subscription);
            if field == Field::FullText {
                let effects = change(model, &subscription, field, "");
                model.overlay = Overlay::EditSource { subscription, selected };
                return effects;
            }
            model.edited = Some((subscription, selected));
            model.overlay = Overlay::Prompt { prompt: Prompt::Edit(source, field), input: Input::of(&value) };
            return Vec::new();
        }
        _ => return vec![Effect::LoadSections],
    };
    model.overlay = Overlay::EditSource { subscription, selected };
    Vec::new()
}

/// A key while a field is typed.
pub(super) fn in_field(model: &mut Model, prompt: Prompt, mut input: Input, key: Key) -> Vec<Effect> {
    let Prompt::Edit(_, field) = prompt else { return Vec::new() };
    if !matches!(key.code, KeyCode::Enter | KeyCode::Esc) {
        input.edit(key);
        model.overlay = Overlay::Prompt { prompt, input };
        return Vec::new();
    }
    let Some((subscription, selected)) = model.edited.take() else { return Vec::new() };
    let effects = if key.code == KeyCode::Enter { change(model, &subscription, field, &input.text) } else { Vec::new() };
    model.overlay = Overlay::EditSource { subscription, selected };
    effects
}

fn change(model: &mut Model, source: &Subscription, field: Field, text: &str) -> Vec<Effect> {
    if field != Field::FullText && text.trim() == field.value(source) {
        return Vec::new();
    }
    let change = match field.change(source, text) {
        Ok(change) => change,
        Err(wrong) => {
            model.show_error(wrong);
            return Vec::new();
        }
    };
    let back = Change {
        title: change.title.as_ref().map(|_| source.title.clone()),
        folder: change.folder.as_ref().map(|_| source.folder.clone()),
        address: change.address.as_ref().map(|_| source.address.clone()),
        options: change.options.as_ref().map(|_| source.options.clone()),
    };
    model.can_undo(Undo::Source { source: source.id, back: Box::new(back) });
    vec![Effect::ChangeSource { source: source.id, change }, Effect::LoadSections]
}

/// `Delete` on a source. Its articles go when the reader is left; until then it can be undone.
pub(super) fn unsubscribe(model: &mut Model, source: SourceId) -> Vec<Effect> {
    let Some(row) = model.section_row().filter(|row| row.is_subscribed).cloned() else {
        model.show_status("this source is not subscribed to (`gleaner remove` takes its articles away)");
        return Vec::new();
    };
    model.can_undo(Undo::Unsubscribing { source, title: row.title.clone() });
    let undo = model.settings.keymap.hint(Action::Undo);
    let next = neighbour(model, source).unwrap_or(Section::Unread);
    let focus = model.focus;
    let mut effects = vec![Effect::Unsubscribe(source)];
    effects.extend(subscribe::open_section(model, next));
    model.set_focus(focus);
    model.show_status(format!("unsubscribed ({undo} undoes it); unmarked articles of {} go when you quit", row.title));
    effects
}

fn neighbour(model: &Model, source: SourceId) -> Option<Section> {
    let at = model.sections.iter().position(|row| row.section == Section::Source(source))?;
    let is_source = |row: &&SectionRow| matches!(row.section, Section::Source(_));
    let next = model.sections.get(at + 1).filter(is_source);
    next.or_else(|| model.sections.get(at.checked_sub(1)?).filter(is_source)).map(|row| row.section.clone())
}

/// One place up or down in the reader's own order, among the sources of its folder.
pub(super) fn shift(model: &mut Model, up: bool) -> Vec<Effect> {
    let Section::Source(source) = model.list.section else {
        model.show_status("this section is not a source");
        return Vec::new();
    };
    if model.sources_order != crate::tui::sections::SourcesOrder::Own {
        let key = model.settings.keymap.hint(Action::SourcesOrder);
        model.show_status(format!("the sources are not in your own order ({key} changes that)"));
        return Vec::new();
    }
    let rows = &model.all_sections;
    let Some(at) = rows.iter().position(|row| row.section == model.list.section) else { return Vec::new() };
    let other = if up { at.checked_sub(1) } else { Some(at + 1) };
    let other = other.and_then(|other| rows.get(other)).filter(|row| row.depth == rows[at].depth && row.is_subscribed);
    let Some(Section::Source(other)) = other.map(|row| row.section.clone()) else {
        model.show_status(if up { "it is the first of its folder" } else { "it is the last of its folder" });
        return Vec::new();
    };
    vec![Effect::SwapSources(source, other), Effect::LoadSections]
}

pub(super) fn next_order(model: &mut Model) -> Vec<Effect> {
    model.sources_order = model.sources_order.next();
    model.show_status(format!("sources: {}", model.sources_order.label()));
    model.show_sections();
    Vec::new()
}

pub(super) fn hide_read(model: &mut Model) -> Vec<Effect> {
    model.hides_read = !model.hides_read;
    model.show_status(if model.hides_read { "what is read is hidden" } else { "what is read is shown" });
    model.show_sections();
    if model.list.finding.is_some() {
        return Vec::new();
    }
    model.keep = model.list.selected().map(|row| (row.id, 0));
    vec![browsing::more(model, crate::store::Stretch::First)]
}

pub(super) fn compact(model: &mut Model) -> Vec<Effect> {
    model.is_compact = !model.is_compact;
    model.measure();
    browsing::settle(model)
}

pub(super) fn widen(model: &mut Model, wider: bool) -> Vec<Effect> {
    let now = model.geometry.area(model.focus).width.saturating_sub(1);
    if !model.geometry.borders {
        model.show_status("panes side by side need 100 columns");
        return Vec::new();
    }
    let width = if wider { now + STEP } else { now.saturating_sub(STEP).max(NARROWEST) };
    match model.focus {
        Pane::Sections => model.widths.sections = Some(width),
        _ => model.widths.list = Some(width),
    }
    model.arrange(model.geometry.screen.width, model.geometry.screen.height);
    let after = model.geometry.area(model.focus).width.saturating_sub(1);
    if after == now {
        model.show_status(if wider { "no wider: the page needs its room" } else { "no narrower" });
    }
    match model.focus {
        Pane::Sections => model.widths.sections = Some(after),
        _ => model.widths.list = Some(after),
    }
    browsing::settle(model)
}

/// `/` in the sections.
pub(super) fn find(model: &mut Model) -> Vec<Effect> {
    model.overlay = Overlay::FindSource { input: Input::default(), from: model.list.section.clone() };
    Vec::new()
}

/// A key while a source is looked for: the first that fits is shown. Esc goes back to the section shown before.
pub(super) fn in_find(model: &mut Model, mut input: Input, from: Section, key: Key) -> Vec<Effect> {
    match key.code {
        KeyCode::Esc => {
            model.show_sections();
            let at = model.sections.iter().position(|row| row.section == from);
            return match at.filter(|_| model.list.section != from) {
                Some(at) => browsing::show_section(model, at),
                None => Vec::new(),
            };
        }
        KeyCode::Enter => {
            if model.sections.is_empty() {
                model.show_status(format!("no source is called `{}`", input.text.trim()));
            }
            // The cursor stays on what was found, among all.
            model.show_sections();
            return Vec::new();
        }
        KeyCode::Down | KeyCode::Up => {
            model.overlay = Overlay::FindSource { input, from };
            let by = if key.code == KeyCode::Down { 1 } else { -1 };
            return browsing::choose_section(model, model.section_cursor.saturating_add_signed(by));
        }
        _ => {}
    }
    input.edit(key);
    model.overlay = Overlay::FindSource { input, from };
    found(model)
}

pub(super) fn found(model: &mut Model) -> Vec<Effect> {
    model.show_sections();
    match model.sections.get(model.section_cursor) {
        Some(row) if row.section != model.list.section => browsing::show_section(model, model.section_cursor),
        _ => Vec::new(),
    }
}
