//! The list pane: two lines an article.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::paint::Pen;
use crate::domain::tag::shown_tags;
use crate::domain::text::{prefix, width};
use crate::domain::time::When;
use crate::store::{Headline, Section};
use crate::tui::geometry::Pane;
use crate::tui::keymap::Action;
use crate::tui::model::Model;
use crate::tui::page::{bars, dot};
use crate::tui::theme::Role;

pub(super) fn draw(model: &Model, buffer: &mut Buffer) {
    let area = model.list_area();
    if model.list.rows.is_empty() {
        empty(model, buffer, area);
        return;
    }
    if let Some(failure) = model.failure() {
        let line = Rect { height: 1, ..model.geometry.inner(Pane::List) };
        let mut pen = Pen::new(model, buffer, line);
        pen.text("! ", Role::Warning);
        let retry = format!("  {} retries", model.settings.keymap.hint(Action::Fetch));
        let room = pen.room().saturating_sub(width(&retry));
        pen.field(failure, room.min(width(failure)), Role::Warning);
        pen.text(&retry, Role::Dim);
    }
    let shown = model.list.rows.iter().enumerate().skip(model.list.top);
    let row_height = model.row_height();
    for (screen_row, (at, row)) in shown.take(usize::from(area.height).div_ceil(row_height)).enumerate() {
        let y = area.y + (screen_row * row_height) as u16;
        let area = Rect { y, height: (row_height as u16).min(area.bottom() - y), ..area };
        let is_cursor = at == model.list.cursor;
        match model.list.finding.as_ref().and_then(|finding| finding.hits.get(at)) {
            Some(context) => super::hits::draw(model, buffer, area, row, context, is_cursor),
            None if row_height == 1 => compact(model, buffer, area, row, is_cursor),
            None => headline(model, buffer, area, row, is_cursor),
        }
    }
}

/// A source's name of fewer columns says nothing.
const LEAST_SOURCE: usize = 5;

fn headline(model: &Model, buffer: &mut Buffer, area: Rect, row: &Headline, at_cursor: bool) {
    let mut pen = marks(model, buffer, area, row, at_cursor);
    let room = pen.room();
    pen.field(title(row), room, if row.read { Role::Text } else { Role::Unread });
    let mut below = (area.y + 1..area.bottom()).map(|y| Rect { y, height: 1, ..area });
    if let Some(because) = model.list.because.get(&row.id).filter(|_| model.list.is_recommended())
        && let Some(line) = below.next()
    {
        let mut pen = Pen::new(model, buffer, line);
        pen.text("    ", Role::Text);
        pen.fitting(&because.to_string(), Role::Text);
    }
    if let Some(line) = below.next() {
        details(model, buffer, line, row, row.published);
    }
}

/// An article on one line: its title, and at the end the comments, the source where there is room, and when.
fn compact(model: &Model, buffer: &mut Buffer, area: Rect, row: &Headline, at_cursor: bool) {
    let dot = dot(model.settings.ascii);
    let is_source = matches!(model.list.section, Section::Source(_));
    let mut pen = marks(model, buffer, area, row, at_cursor);
    let room = pen.room();
    let when = row.published.map_or_else(String::new, |when| when.short(model.now, model.zone));
    let comments = match row.discussed() {
        0 => String::new(),
        n => format!("{n}c"),
    };
    let source: String = row.source.chars().take(room / 5).collect();
    let source = if is_source || room < 50 { String::new() } else { source };
    let tags = if room < 50 { String::new() } else { shown_tags(&row.tags) };
    let parts: Vec<&str> =
        [tags.as_str(), comments.as_str(), &source, &when].into_iter().filter(|part| !part.is_empty()).collect();
    let mut end = parts.join(dot);
    if width(&end) + 12 > room {
        end = if width(&when) + 12 > room { String::new() } else { when.clone() };
    }
    let title_room = room.saturating_sub(width(&end) + usize::from(!end.is_empty()));
    pen.field(title(row), title_room, if row.read { Role::Text } else { Role::Unread });
    if !end.is_empty() {
        pen.text(" ", Role::Text);
        pen.text(&end, Role::Dim);
    }
}

pub(super) fn title(row: &Headline) -> &str {
    if row.title.is_empty() { "(no title)" } else { &row.title }
}

/// The marks before a headline's title, with the pen behind them.
pub(super) fn marks<'a>(model: &'a Model, buffer: &'a mut Buffer, area: Rect, row: &Headline, at_cursor: bool) -> Pen<'a> {
    let mut pen = Pen::row(model, buffer, area, at_cursor, model.focus == Pane::List);
    let (unread, star) = if model.settings.ascii { ("o", "*") } else { ("●", "★") };
    pen.text(if row.read { " " } else { unread }, Role::Unread);
    pen.text(if row.starred { star } else { " " }, Role::Star);
    pen.text(" ", Role::Text);
    pen
}

/// Where it is from, when, and what was said of it, on one line.
pub(super) fn details(model: &Model, buffer: &mut Buffer, line: Rect, row: &Headline, when: Option<When>) {
    let ascii = model.settings.ascii;
    let dot = dot(ascii);
    let mut parts = Vec::new();
    parts.extend(when.map(|when| when.short(model.now, model.zone)));
    match row.points {
        None => {}
        Some(1) => parts.push("1 point".to_owned()),
        Some(n) => parts.push(format!("{n} points")),
    }
    match row.discussed() {
        0 => {}
        n if row.bars.iter().any(|bar| *bar > 0) && !model.settings.screen_reader => {
            let heights: Vec<u32> = row.bars.iter().map(|bar| u32::from(*bar)).collect();
            parts.push(format!("{n} {}", bars(&heights, ascii).trim_end()));
        }
        1 => parts.push("1 comment".to_owned()),
        n => parts.push(format!("{n} comments")),
    }
    if row.own_rating > 0 {
        parts.push(format!("yours {}", row.own_rating));
    }
    if row.watched {
        parts.push("watched".to_owned());
    }
    parts.extend((!row.tags.is_empty()).then(|| shown_tags(&row.tags)));
    parts.extend(row.note.as_ref().map(|_| "note".to_owned()));
    let mut pen = Pen::new(model, buffer, line);
    pen.text("    ", Role::Text);
    let rest: String = parts.iter().flat_map(|part| [dot, part]).collect();
    let new = if row.new_comments > 0 { format!("{dot}{} new", row.new_comments) } else { String::new() };
    // Where room is short, the origin gives way, and then all but what is new.
    let room = pen.room().saturating_sub(width(&rest) + width(&new));
    let origin = origin(model, row, room);
    if room >= width(&origin).min(LEAST_SOURCE) {
        pen.field(&origin, room.min(width(&origin)), Role::Dim);
        pen.text(&rest, Role::Dim);
    } else {
        let rest = rest.strip_prefix(dot).unwrap_or(&rest);
        let room = pen.room().saturating_sub(width(&new));
        pen.field(rest, room.min(width(rest)), Role::Dim);
    }
    pen.text(&new, Role::New);
}

/// The source of an article, with the story's host and who posted it where there is room for them. In its own section a
/// source need not be named beside the host.
fn origin(model: &Model, row: &Headline, room: usize) -> String {
    let dot = dot(model.settings.ascii);
    let is_own_section = matches!(model.list.section, Section::Source(_));
    let (first, host) = match &row.host {
        Some(host) if is_own_section => (host, None),
        host => (&row.source, host.as_ref()),
    };
    let mut origin = prefix(first, room.max(LEAST_SOURCE).saturating_add(1)).0.to_owned();
    for part in [host, row.submitter.as_ref()].into_iter().flatten() {
        let spare = room.saturating_sub(width(&origin) + width(dot));
        let columns = prefix(part, spare.saturating_add(1)).1;
        if (1..=spare).contains(&columns) {
            origin.extend([dot, part]);
        }
    }
    origin
}

fn empty(model: &Model, buffer: &mut Buffer, area: Rect) {
    let lines = why_empty(model);
    for (n, line) in lines.iter().enumerate().take(usize::from(area.height)) {
        let row = Rect { y: area.y + n as u16, height: 1, ..area };
        let mut pen = Pen::new(model, buffer, row);
        pen.text(" ", Role::Text);
        pen.fitting(line, Role::Dim);
    }
}

/// Why the list shows nothing, and what would bring something.
fn why_empty(model: &Model) -> Vec<String> {
    let lines = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect();
    let hint = |action| model.settings.keymap.hint(action);
    if let Some(finding) = &model.list.finding {
        return lines(&super::hits::nothing(finding));
    }
    if model.list.is_waiting {
        return lines(&["looking"]);
    }
    if !model.list.filter.is_empty() {
        return lines(&["nothing matches the filter"]);
    }
    if model.list.is_recommended() {
        let marks = ["what you star, rate with 4 or 5 or", "read to its end is gone by"];
        return lines(&["nothing like what you liked is unread", "", marks[0], marks[1]]);
    }
    if let Some(failure) = model.failure() {
        let retry = format!("{} tries again, {} tells more", hint(Action::Fetch), hint(Action::Failures));
        return vec!["! it could not be fetched".to_owned(), failure.to_string(), String::new(), retry];
    }
    if !model.has_subscriptions() && model.all_sections.iter().all(|row| row.total == 0) {
        let add = format!("{} adds a feed: an address, a page,", hint(Action::Subscribe));
        let ways = ["or a list of feeds from another reader", "", "`gleaner import PATH…` brings pages in"];
        return [vec!["no feeds and no articles yet".to_owned(), String::new(), add, "hn:top".to_owned()], lines(&ways)]
            .concat();
    }
    let (what, way) = match model.list.section {
        Section::Unread => ("everything is read", format!("{} fetches what is new", hint(Action::Fetch))),
        Section::Starred => ("nothing is starred", format!("{} stars an article", hint(Action::ToggleStar))),
        Section::Tag(ref tag) if tag.is_later() => {
            ("nothing to read later", format!("{} puts an article here", hint(Action::ReadLater)))
        }
        Section::Tag(_) => ("nothing has this tag", format!("{} tags an article", hint(Action::Tags))),
        Section::Watched => ("nothing is watched", format!("{} refreshes an article's comments", hint(Action::ToggleWatch))),
        Section::Source(_) if model.section_row().is_some_and(|row| !row.is_subscribed) => {
            ("nothing is left here", format!("{} adds a feed", hint(Action::Subscribe)))
        }
        Section::Folder(_) | Section::Source(_) => ("nothing came yet", format!("{} fetches it", hint(Action::Fetch))),
        Section::Search(_) => ("nothing matches this search", format!("{} searches anew", hint(Action::FindInStore))),
        _ => ("nothing here", format!("{} fetches what is new", hint(Action::Fetch))),
    };
    let others = format!("{} goes to the other sections", hint(Action::PaneLeft));
    vec![what.to_owned(), String::new(), way, others]
}
