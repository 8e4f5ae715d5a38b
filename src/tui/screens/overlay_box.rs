//! Overlays over the panes.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::paint::{Pen, middle, open_box};
use crate::domain::text::{Link, width};
use crate::tui::help::{Help, HelpLine};
use crate::tui::input::Input;
use crate::tui::keymap::Action;
use crate::tui::layout::wrap;
use crate::tui::model::{Model, Overlay};
use crate::tui::palette::{LINK_HINTS, Match, matching};
use crate::tui::theme::Role;

/// Gives where the caret is, if something is typed.
pub(super) fn draw(model: &Model, buffer: &mut Buffer) -> Option<Position> {
    match &model.overlay {
        Overlay::None
        | Overlay::Filter(_)
        | Overlay::FindSource { .. }
        | Overlay::MarkingAll(_)
        | Overlay::Search(_)
        | Overlay::Prompt { .. }
        | Overlay::Rating
        | Overlay::Deleting(_)
        | Overlay::Removing(_) => {}
        Overlay::Palette { input, selected } => return Some(palette(model, buffer, input, *selected)),
        Overlay::Output { title, lines, scroll } => super::command_output::draw(model, buffer, title, lines, *scroll),
        Overlay::Help { scroll, search } => {
            help(model, buffer, *scroll, search.as_ref().map_or("", |input| input.text.as_str()), search.is_some());
        }
        Overlay::EditSource { subscription, selected } => super::edit::draw(model, buffer, subscription, *selected),
        Overlay::Choice { offers, selected, .. } => super::choice::draw(model, buffer, offers, *selected),
        Overlay::Notes(lines) => notes(model, buffer, lines),
        Overlay::Why(lines) => answer(model, buffer, "Why", &wrapped(lines, buffer, 60)),
        Overlay::Statistics(statistics) => super::charts::draw(model, buffer, statistics),
        Overlay::Failing { sources, selected } => super::health::failing(model, buffer, sources, *selected),
        Overlay::Health { subscription, tries, scroll } => {
            super::health::draw(model, buffer, subscription, tries, *scroll);
        }
        Overlay::Links { links: shown, outside } => links(model, buffer, shown, *outside),
    }
    None
}

/// Lines as an answer has them, at most so many columns wide.
fn wrapped(lines: &[String], buffer: &Buffer, widest: usize) -> Vec<(String, Role)> {
    let columns = usize::from(buffer.area.width).saturating_sub(6).clamp(1, widest);
    lines.iter().flat_map(|line| wrap(line, columns)).map(|part| (part.to_owned(), Role::Text)).collect()
}

fn notes(model: &Model, buffer: &mut Buffer, lines: &[String]) {
    let mut shown = wrapped(lines, buffer, 90);
    shown.truncate(usize::from(buffer.area.height).saturating_sub(3));
    shown.push(("any key closes".to_owned(), Role::Dim));
    answer(model, buffer, "Left out of the list", &shown);
}

fn links(model: &Model, buffer: &mut Buffer, links: &[Link], outside: bool) {
    let hints = LINK_HINTS.chars().zip(links);
    let mut lines: Vec<(String, Role)> = hints.map(|(hint, link)| (format!("{hint}  {}", link.address), Role::Text)).collect();
    // The way to choose is always in sight.
    lines.truncate(usize::from(buffer.area.height).saturating_sub(4).max(1));
    let browser = model.settings.keymap.hint(Action::OpenBrowser);
    let (here, other) = if outside { ("in the browser", "here") } else { ("here", "in the browser") };
    let more = links.len() - lines.len();
    let more = if more > 0 { format!(" ({more} more)") } else { String::new() };
    lines.push((format!("its key opens a link {here}, {browser} first: {other}{more}"), Role::Dim));
    answer(model, buffer, "Links on the screen", &lines);
}

fn answer(model: &Model, buffer: &mut Buffer, title: &str, lines: &[(String, Role)]) {
    let widest = lines.iter().map(|(line, _)| width(line)).max().unwrap_or(0).max(title.len() + 2);
    let inner = open_box(model, buffer, middle(model.geometry.screen, widest + 4, lines.len() + 2), title);
    for (n, (line, role)) in lines.iter().enumerate().take(usize::from(inner.height)) {
        let row = Rect { y: inner.y + n as u16, height: 1, ..inner };
        let mut pen = Pen::new(model, buffer, row);
        let room = pen.room();
        pen.field(line, room, *role);
    }
}

fn help(model: &Model, buffer: &mut Buffer, scroll: u16, wanted: &str, is_searching: bool) {
    let Help { lines, columns, key_columns } =
        Help::new(&model.settings.keymap, model.geometry.screen.width, wanted, model.settings.ascii);
    // Typed input is drawn in the last row.
    let screen = model.geometry.screen;
    let screen = Rect { height: screen.height - u16::from(is_searching), ..screen };
    let area = middle(screen, usize::from(columns), lines.len() + 2);
    let rows = usize::from(area.height).saturating_sub(2);
    let last = lines.len().saturating_sub(rows);
    let first = usize::from(scroll).min(last);
    let title = if last > 0 {
        let hint = |action| model.settings.keymap.hint(action);
        let (down, up) = (hint(Action::MoveDown), hint(Action::MoveUp));
        let scrolls = format!("Help {}-{} of {}: {down} {up} scroll", first + 1, first + rows, lines.len());
        let closes = format!("{scrolls}, {} searches, other keys close", hint(Action::Search));
        if width(&closes) + 4 <= usize::from(columns) { closes } else { scrolls }
    } else {
        (if is_searching { "Help: esc ends the search" } else { "Help: any key closes" }).to_owned()
    };
    let inner = open_box(model, buffer, area, &title);
    for (n, line) in lines.iter().skip(first).take(usize::from(inner.height)).enumerate() {
        let row = Rect { y: inner.y + n as u16, height: 1, ..inner };
        let mut pen = Pen::new(model, buffer, row);
        match line {
            HelpLine::Blank => {}
            HelpLine::Title(title) => pen.text(title, Role::Heading),
            HelpLine::Action { keys, does } => {
                pen.field(keys, key_columns, Role::Key);
                pen.text(" ", Role::Text);
                pen.text(does, Role::Text);
            }
        }
    }
}

fn palette(model: &Model, buffer: &mut Buffer, input: &Input, selected: usize) -> Position {
    let found = matching(&input.text, &model.all_sections, &model.settings.keymap);
    let rows = usize::from(model.geometry.screen.height).saturating_sub(2).clamp(3, 18);
    let area = middle(model.geometry.screen, 76, rows);
    let inner = open_box(model, buffer, area, "Command");
    let mut pen = Pen::new(model, buffer, Rect { height: 1, ..inner });
    pen.text(":", Role::Key);
    let caret = pen.input(input);
    let visible = usize::from(inner.height).saturating_sub(1);
    let first = (selected + 1).saturating_sub(visible);
    for (n, found) in found.iter().enumerate().skip(first).take(visible) {
        let row = Rect { y: inner.y + 1 + (n - first) as u16, height: 1, ..inner };
        let mut pen = Pen::row(model, buffer, row, n == selected, true);
        let room = pen.room();
        let (name, key, help) = match found {
            Match::Action(entry) => (entry.name, model.settings.keymap.hint(entry.action), entry.help),
            Match::Section(_, title) => (title.as_str(), String::new(), "opens this section"),
            Match::Own(name, action) => (name.as_str(), model.settings.keymap.hint(*action), "your own command"),
        };
        for (text, columns, role) in [(name, 17.min(room * 2 / 5), Role::Text), (&key, 9.min(room / 5), Role::Key)] {
            pen.field(text, columns, role);
            pen.text(" ", Role::Text);
        }
        let room = pen.room();
        pen.field(help, room, Role::Dim);
    }
    if found.is_empty() && visible > 0 {
        let row = Rect { y: inner.y + 1, height: 1, ..inner };
        let command = crate::tui::message::TypedCommand::parse(&input.text);
        let text = match command {
            Some(Ok(_)) => "enter sets it",
            Some(Err(_)) => "for example: rank 3.7, floor 2, top 20, rank off",
            None => "no action is called that",
        };
        Pen::new(model, buffer, row).text(text, Role::Dim);
    }
    caret
}
