//! The model on the screen. Everything here only reads.

mod charts;
mod choice;
mod command_output;
mod edit;
mod health;
mod hits;
mod list_pane;
mod overlay_box;
mod paint;
mod reading_pane;
mod sections_pane;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use super::geometry::Pane;
use super::input::Input;
use super::keymap::Action;
use super::model::{Field, Model, Overlay, Prompt};
use super::page::{PageView, dot};
use super::terminal::ScreenLink;
use super::theme::Role;
use crate::domain::text::width;
use paint::{Pen, border};

/// Draws the whole screen into a buffer of its size; gives where the caret of an input stands.
pub fn draw(model: &Model, buffer: &mut Buffer) -> Option<Position> {
    let area = buffer.area;
    let text = model.settings.theme.style(Role::Text);
    if text != Style::new() {
        buffer.set_style(area, text);
    }
    if model.geometry.screen != area {
        return None;
    }
    if model.geometry.too_small {
        let text = if area.width >= 14 { "needs 20 × 5" } else { "20×5" };
        Pen::new(model, buffer, area).text(text, Role::Dim);
        return None;
    }
    title(model, buffer);
    // The pane that has the keys comes last, so that all of the border it shares is drawn as its own.
    let mut panes = Pane::ALL;
    panes.sort_by_key(|pane| *pane == model.focus);
    for pane in panes.into_iter().filter(|pane| model.geometry.shows(*pane)) {
        if model.geometry.borders {
            let area = model.geometry.area(pane);
            let heading = match (pane, &model.page) {
                (Pane::Sections, _) => "Sections".to_owned(),
                (Pane::List, _) => if model.list.finding.is_some() { "Found" } else { "Articles" }.to_owned(),
                (Pane::Page, Some(page)) => page_heading(page, usize::from(area.width).saturating_sub(12)),
                (Pane::Page, None) => String::new(),
            };
            let position = position(model, pane);
            border(model, buffer, area, (&heading, &position), model.focus == pane);
        }
        match pane {
            Pane::Sections => sections_pane::draw(model, buffer),
            Pane::List => list_pane::draw(model, buffer),
            Pane::Page => reading_pane::draw(model, buffer),
        }
    }
    let caret = footer(model, buffer);
    overlay_box::draw(model, buffer).or(caret).or_else(|| reading_position(model))
}

/// The hyperlinks on the screen. An overlay may cover them, so then there are none.
pub fn links(model: &Model) -> Vec<ScreenLink> {
    let is_drawn = model.geometry.shows(Pane::Page) && !model.geometry.too_small && model.overlay.is_in_footer();
    if model.settings.hyperlinks && is_drawn { reading_pane::links(model) } else { Vec::new() }
}

/// The row under the cursor of the pane that has the keys, where a screen reader begins.
fn reading_position(model: &Model) -> Option<Position> {
    if !model.settings.screen_reader {
        return None;
    }
    match model.focus {
        Pane::Sections => {
            let area = model.geometry.inner(Pane::Sections);
            let row = model.section_cursor.checked_sub(model.section_top)? as u16;
            (row < area.height).then(|| Position::new(area.x, area.y + row))
        }
        Pane::List => {
            let area = model.list_area();
            let row = (model.list.cursor.checked_sub(model.list.top)? * model.row_height()) as u16;
            (row < area.height).then(|| Position::new(area.x, area.y + row))
        }
        Pane::Page => reading_pane::reading_position(model),
    }
}

/// How far a pane is, where not all of it is on the screen.
fn position(model: &Model, pane: Pane) -> String {
    let position = match pane {
        Pane::Sections => None,
        Pane::List => model.list_position(),
        Pane::Page => model.page.as_ref().and_then(PageView::position_label),
    };
    position.unwrap_or_default()
}

/// The page's headline; deep in a thread, the way down to the comment under the cursor.
fn page_heading(page: &PageView, columns: usize) -> String {
    page.breadcrumbs(columns).unwrap_or_else(|| page.article.article.title.to_string())
}

/// ` Gleaner   Unread 128 · newest first` and at the right end how to get help.
fn title(model: &Model, buffer: &mut Buffer) {
    let area = model.geometry.title;
    let dot = dot(model.settings.ascii);
    // Panes with borders have it there.
    let position = if model.geometry.borders { String::new() } else { position(model, model.focus) };
    let key = model.settings.keymap.hint(Action::Help);
    let is_tight = !position.is_empty() && area.width < 60;
    let help = if is_tight { format!("{key} ") } else { format!("{key} help ") };
    // At least half of the row is for what the list shows.
    let fetching = model.fetching.label(dot, |label| width(label) + width(&help) + 2 <= usize::from(area.width) / 2);
    let opening = model.visits.opening().map(|_| "opening a link  ".to_owned());
    let fetching = opening.or(fetching.map(|label| format!("{label}  "))).unwrap_or_default();
    let position = match position.as_str() {
        "" => position,
        _ if is_tight => format!("{position} "),
        _ => format!("{position}  "),
    };
    let reserved = if area.width >= 40 { (width(&fetching) + width(&position) + width(&help)) as u16 } else { 0 };
    let right = Rect { x: area.right().saturating_sub(reserved), width: reserved, ..area };
    let mut pen = Pen::new(model, buffer, right);
    pen.text(&fetching, Role::Key);
    pen.text(&position, Role::Text);
    pen.text(&help, Role::Dim);
    // A blank before the help, and what does not fit is left out or ends in dots.
    let mut pen = Pen::new(model, buffer, Rect { width: area.width.saturating_sub(reserved + 1), ..area });
    let alone = !model.geometry.borders && model.focus == Pane::Page;
    // On a narrow screen a page's headline takes the name's place.
    if !alone || area.width >= 60 {
        pen.text(" Gleaner", Role::Title);
        pen.text(if area.width >= 40 { "  " } else { "" }, Role::Text);
    }
    pen.text(" ", Role::Text);
    match (&model.page, model.section_row()) {
        _ if model.list.finding.is_some() && !alone => hits::title(model, &mut pen),
        (Some(page), _) if alone => pen.fitting(&page_heading(page, pen.room()), Role::Focus),
        (_, Some(row)) => {
            pen.fitting(&row.title, Role::Focus);
            pen.fitting(&format!(" {}", row.total), Role::Text);
            if model.list.above > 0 {
                let up = if model.settings.ascii { "^" } else { "▴" };
                pen.fitting(&format!(" {up} {} new", model.list.above), Role::New);
            }
            let order = format!("{dot}{}", model.list.order_label());
            if model.list.filter.is_empty() && pen.room() >= width(&order) {
                pen.text(&order, Role::Dim);
            }
        }
        _ => {}
    }
    if !model.list.filter.is_empty() && !alone {
        pen.fitting(&format!("{dot}/{}", model.list.filter), Role::Warning);
    }
}

/// An input, what was last said, or the keys that matter here.
fn footer(model: &Model, buffer: &mut Buffer) -> Option<Position> {
    let area = model.geometry.footer;
    if let Overlay::Prompt { prompt: Prompt::Find, input } = &model.overlay {
        return Some(hits::prompt(model, buffer, input));
    }
    let mut pen = Pen::new(model, buffer, area);
    if let Some((prompt, input)) = prompt(&model.overlay) {
        pen.text(prompt, Role::Key);
        return Some(pen.input(input));
    }
    pen.text(" ", Role::Text);
    if let Some((question, key, answers)) = question(model) {
        pen.fitting(&question, Role::Text);
        pen.text(key, Role::Key);
        pen.text(answers, Role::Dim);
    } else if let Some(said) = &model.said {
        pen.fitting(&said.text, if said.error { Role::Error } else { Role::Text });
    } else {
        page_search(model, &mut pen);
        key_hints(model, &mut pen);
    }
    None
}

/// The text typed into the footer, and the words before it.
fn prompt(overlay: &Overlay) -> Option<(&'static str, &Input)> {
    Some(match overlay {
        Overlay::Filter(input) => (" filter titles: ", input),
        Overlay::Search(input) => (" search the page: ", input),
        Overlay::FindSource { input, .. } => (" find a source: ", input),
        Overlay::Help { search: Some(input), .. } => (" search the help: ", input),
        Overlay::Prompt { prompt, input } => {
            let words = match prompt {
                Prompt::Date => " go to (2026-03-01, march, -30d): ",
                Prompt::Edit(_, Field::Title) => " title: ",
                Prompt::Edit(_, Field::Folder) => " folder (a / b): ",
                Prompt::Edit(_, Field::Address) => " address: ",
                Prompt::Edit(_, Field::UserAgent) => " user agent: ",
                Prompt::Edit(_, Field::KeepDays) => " keep how many days (0: all): ",
                Prompt::Edit(..) => " keep the newest (0: all): ",
                Prompt::Tags(_) => " tags, separated by spaces: ",
                Prompt::Pipe => " pipe to: ",
                Prompt::Note(_) => " note: ",
                Prompt::Subscribe => " add (feed, page, hn:top, list file): ",
                _ => " save this search as: ",
            };
            (words, input)
        }
        _ => return None,
    })
}

/// A question that a key answers: its words, the key, and what the keys do.
fn question(model: &Model) -> Option<(String, &'static str, &'static str)> {
    Some(match &model.overlay {
        Overlay::Rating => (String::new(), "rate 0 to 5", "  (0 takes it back)"),
        Overlay::MarkingAll(unread) => (format!("mark {unread} articles read? "), "y", " marks them, any other key does not"),
        Overlay::Removing(_) => {
            let title = &model.section_row()?.title;
            (format!("remove the saved search {title}? "), "y", " removes it, any other key keeps it")
        }
        Overlay::Deleting(_) => ("delete this article for good? ".to_owned(), "y", " deletes it, any other key keeps it"),
        _ => return None,
    })
}

/// The words that are searched for on the page, and the hit that the reader is at.
fn page_search(model: &Model, pen: &mut Pen<'_>) {
    if let Some(page) = model.page.as_ref().filter(|_| model.focus == Pane::Page)
        && let (Some(search), Some(label)) = (&page.search, page.search_label())
    {
        // A long query leaves room for where the reader is.
        let room = pen.room().saturating_sub(width(&label) + 4).min(width(&search.words) + 1);
        pen.field(&format!("/{}", search.words), room, Role::Warning);
        pen.text(&format!("  {label}  "), Role::Text);
    }
}

fn key_hints(model: &Model, pen: &mut Pen<'_>) {
    let live = match live_hints(model) {
        [] => first_hints(model),
        live => live,
    };
    for (name, actions) in live.iter().chain(hints(model.focus)) {
        let is_of_no_use = match *name {
            "add feed" => !model.has_subscriptions(),
            "bar" => !model.geometry.shows(Pane::Page),
            _ => false,
        };
        if is_of_no_use {
            continue;
        }
        let keys: Vec<String> = actions.iter().map(|action| model.settings.keymap.hint(*action)).collect();
        let keys = keys.join(" ");
        if pen.room() < keys.len() + name.len() + 1 {
            break;
        }
        pen.text(&keys, Role::Key);
        pen.text(&format!(" {name}  "), Role::Dim);
    }
}

/// The actions that a newcomer looks for.
fn first_hints(model: &Model) -> &'static [(&'static str, &'static [Action])] {
    if model.focus == Pane::Page || model.has_subscriptions() { &[] } else { &[("add your first feed", &[Action::Subscribe])] }
}

/// How to go on with what was looked for, and how to end it.
fn live_hints(model: &Model) -> &'static [(&'static str, &'static [Action])] {
    let page = model.page.as_ref().filter(|_| model.focus == Pane::Page);
    match model.focus {
        Pane::Page => match page.and_then(|page| page.search.as_ref()) {
            Some(search) if search.is_of_query() => {
                &[("hits", &[Action::Next, Action::Previous]), ("back to the search", &[Action::Back])]
            }
            Some(_) => &[("hits", &[Action::Next, Action::Previous]), ("end", &[Action::Back])],
            None if model.visits.is_followed() => &[("page before", &[Action::BackOrQuit])],
            None => &[],
        },
        Pane::List if model.list.finding.is_some() => &[("end the search", &[Action::Back]), ("save", &[Action::SaveSearch])],
        Pane::List if !model.list.filter.is_empty() => &[("end the filter", &[Action::Back])],
        _ => &[],
    }
}

fn hints(focus: Pane) -> &'static [(&'static str, &'static [Action])] {
    match focus {
        Pane::Page => &[
            ("move", &[Action::MoveDown, Action::MoveUp]),
            ("bar", &[Action::BarDown, Action::BarUp]),
            ("comments", &[Action::GoComments]),
            ("open/fold", &[Action::Enter]),
            ("order", &[Action::OrderNext]),
            ("search", &[Action::Search]),
            ("back", &[Action::BackOrQuit]),
            ("why", &[Action::Why]),
            ("command", &[Action::Palette]),
            ("help", &[Action::Help]),
        ],
        Pane::List => &[
            ("move", &[Action::MoveDown, Action::MoveUp]),
            ("read", &[Action::Enter]),
            ("comments", &[Action::GoComments]),
            ("bar", &[Action::BarDown, Action::BarUp]),
            ("sections", &[Action::PaneLeft]),
            ("find", &[Action::FindInStore]),
            ("star", &[Action::ToggleStar]),
            ("add feed", &[Action::Subscribe]),
            ("filter", &[Action::Search]),
            ("quit", &[Action::BackOrQuit]),
            ("command", &[Action::Palette]),
            ("help", &[Action::Help]),
        ],
        Pane::Sections => &[
            ("move", &[Action::MoveDown, Action::MoveUp]),
            ("articles", &[Action::PaneRight]),
            ("back", &[Action::BackOrQuit]),
            ("add feed", &[Action::Subscribe]),
            ("fetch", &[Action::Fetch]),
            ("find", &[Action::Search]),
            ("edit", &[Action::EditSource]),
            ("remove", &[Action::RemoveSearch]),
            ("fold", &[Action::Fold]),
            ("hide read", &[Action::HideRead]),
            ("health", &[Action::Statistics]),
            ("command", &[Action::Palette]),
            ("help", &[Action::Help]),
        ],
    }
}
