//! Hits of a search: the title, the words around what was found, where it is from; and the prompt they come by.

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Modifier, Style};

use super::list_pane;
use super::paint::Pen;
use crate::domain::text::{prefix, width};
use crate::store::Headline;
use crate::tui::finding::{Context, FindState};
use crate::tui::input::Input;
use crate::tui::keymap::Action;
use crate::tui::model::Model;
use crate::tui::page::dot;
use crate::tui::theme::Role;

pub(super) fn draw(model: &Model, buffer: &mut Buffer, area: Rect, row: &Headline, context: &Context, at_cursor: bool) {
    let theme = &model.settings.theme;
    // On the cursor's row what is found cannot be told by reversal.
    let hit = if at_cursor { Style::new().add_modifier(Modifier::UNDERLINED) } else { theme.style(Role::Hit) };
    let mut pen = list_pane::marks(model, buffer, area, row, at_cursor);
    let role = if row.read { Role::Text } else { Role::Unread };
    marked(&mut pen, list_pane::title(row), &context.title_marks, role, hit);
    let room = pen.room();
    pen.field("", room, role);
    let line = |n: u16| Rect { y: area.y + n, height: 1, ..area };
    if area.height > 1 {
        let mut pen = Pen::new(model, buffer, line(1));
        pen.text("    ", Role::Text);
        if let Some(author) = context.comment.as_ref().map(|comment| comment.author.as_deref().unwrap_or("somebody")) {
            let room = pen.room() / 3;
            pen.field(author, width(author).min(room), Role::Author);
            pen.text(": ", Role::Dim);
        }
        let text = context.excerpt.text.as_str();
        let start = window(text, &context.excerpt.marks, pen.room());
        let moved: Vec<Range<usize>> = context.excerpt.marks.iter().filter(|mark| mark.start >= start).cloned().collect();
        let moved: Vec<Range<usize>> = moved.into_iter().map(|mark| mark.start - start..mark.end - start).collect();
        if start > 0 {
            pen.text(if model.settings.ascii { "~" } else { "…" }, Role::Text);
        }
        marked(&mut pen, &text[start..], &moved, Role::Text, theme.style(Role::Hit));
    }
    if area.height > 2 {
        let when = context.comment.as_ref().map_or(row.published, |comment| comment.posted);
        list_pane::details(model, buffer, line(2), row, when);
    }
}

/// Where to begin so that the first word found is on a line of so many columns, with some words before it.
fn window(text: &str, marks: &[Range<usize>], columns: usize) -> usize {
    let Some(first) = marks.first() else { return 0 };
    if width(&text[..first.end]) + columns / 4 <= columns {
        return 0;
    }
    let before = text[..first.start].char_indices().rev().nth(columns / 4).map_or(0, |(at, _)| at);
    text[before..first.start].find(' ').map_or(first.start, |at| before + at + 1)
}

/// A text with what was found in it, cut where the line ends.
fn marked(pen: &mut Pen<'_>, text: &str, marks: &[Range<usize>], role: Role, hit: Style) {
    let cut = width(text) > pen.room();
    let kept = if cut { prefix(text, pen.room().saturating_sub(1)).0 } else { text };
    let mut at = 0;
    for mark in marks {
        let (start, end) = (mark.start.clamp(at, kept.len()), mark.end.clamp(at, kept.len()));
        pen.text(&kept[at..start], role);
        pen.laid(&kept[start..end], role, hit);
        at = end;
    }
    pen.text(&kept[at..], role);
    if cut {
        pen.dots(role);
    }
}

/// The title row during a live search.
pub(super) fn title(model: &Model, pen: &mut Pen<'_>) {
    let Some(finding) = &model.list.finding else { return };
    let dot = dot(model.settings.ascii);
    if finding.text.trim().is_empty() {
        pen.fitting("search", Role::Text);
        return;
    }
    let label = finding.label();
    let room = pen.room().saturating_sub(width(&label) + width(dot));
    pen.field(&finding.text, room.min(width(&finding.text)), Role::Warning);
    pen.fitting(&format!("{dot}{label}"), Role::Text);
}

/// The prompt above the footer, and in the footer what is wrong with the query, right under the place, or what the keys do.
pub(super) fn prompt(model: &Model, buffer: &mut Buffer, input: &Input) -> Position {
    const PROMPT: &str = " search: ";
    let footer = model.geometry.footer;
    let line = Rect { y: footer.y.saturating_sub(1), ..footer };
    buffer.set_style(line, Style::reset());
    let mut pen = Pen::new(model, buffer, line);
    let room = pen.room();
    pen.field("", room, Role::Text);
    let mut pen = Pen::new(model, buffer, line);
    pen.text(PROMPT, Role::Key);
    let caret = pen.input(input);
    let mut pen = Pen::new(model, buffer, footer);
    match model.list.finding.as_ref().and_then(|finding| finding.wrong.as_ref()) {
        Some(wrong) => {
            let (at, room) = (width(PROMPT) + width(input.text.get(..wrong.at).unwrap_or("")), pen.room());
            let message = width(&wrong.message);
            if at + 2 + message.min(room / 2) <= room {
                pen.text(&" ".repeat(at), Role::Text);
                pen.fitting(&format!("^ {}", wrong.message), Role::Error);
            } else if at < room {
                pen.text(&" ".repeat(at.saturating_sub(message + 1)), Role::Text);
                pen.field(&wrong.message, message.min(at.saturating_sub(1)), Role::Error);
                pen.text(" ^", Role::Error);
            } else {
                pen.fitting(&wrong.message, Role::Error);
            }
        }
        None => {
            let hint = |action| model.settings.keymap.hint(action);
            pen.text(" ", Role::Text);
            let keys = [
                ("enter".to_owned(), "the best first"),
                ("esc".to_owned(), "back"),
                (hint(Action::SaveSearch), "save"),
                ("↓ ↑".to_owned(), "move"),
            ];
            for (key, does) in keys.iter().filter(|(key, _)| !model.settings.ascii || key.is_ascii()) {
                if pen.room() > width(key) + width(does) + 2 {
                    pen.text(key, Role::Key);
                    pen.text(&format!(" {does}  "), Role::Dim);
                }
            }
        }
    }
    caret
}

/// The list's text if nothing was found.
pub(super) fn nothing(finding: &FindState) -> [&'static str; 3] {
    match () {
        () if finding.text.trim().is_empty() => ["type what to look for", "", "words, \"phrases\", -not, OR, in:comments"],
        () if finding.wrong.is_some() => ["", "", ""],
        () if finding.is_waiting => ["searching", "", ""],
        () => ["nothing found", "", ""],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_word_found_is_on_the_line() {
        let text = "one two three four five six seven eight nine ten";
        let at = |word: &str| text.find(word).map(|start| start..start + word.len()).unwrap();
        for (word, columns, wanted) in [
            ("two", 20, "one two three"),
            ("seven", 20, "six seven"),
            ("seven", 60, "one two three"),
            ("ten", 4, "ten"),
            ("one", 2, "one two"),
        ] {
            let start = window(text, &[at(word)], columns);
            assert!(text[start..].starts_with(wanted), "{word} in {columns}: {}", &text[start..]);
        }
        assert_eq!(window(text, &[], 10), 0);
    }
}
