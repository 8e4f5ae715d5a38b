//! How sources are doing: the ones that fail, and all about one.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::paint::{Pen, middle, open_box};
use crate::domain::text::width;
use crate::domain::time::{Timestamp, When};
use crate::store::subscriptions::{Subscription, Try};
use crate::tui::keymap::Action;
use crate::tui::layout::wrap;
use crate::tui::model::Model;
use crate::tui::theme::Role;
use crate::work::health::in_words;

/// Each failing source in two lines and a third for what to do: its name, the reason, the hint.
const ROWS: usize = 3;

pub(super) fn failing(model: &Model, buffer: &mut Buffer, sources: &[Subscription], selected: usize) {
    let screen = model.geometry.screen;
    let hint = |action| model.settings.keymap.hint(action);
    let title = format!("Failing {}: {} all again", sources.len(), hint(Action::RetryFailed));
    let inner = open_box(model, buffer, middle(screen, 90, sources.len() * ROWS + 3), &title);
    let list = Rect { height: inner.height.saturating_sub(1), ..inner };
    let visible = (usize::from(list.height) / ROWS).max(1);
    let first = (selected + 1).saturating_sub(visible);
    for (n, source) in sources.iter().enumerate().skip(first).take(visible) {
        let at_cursor = n == selected;
        let bar = at_cursor.then(|| model.settings.theme.style(Role::Cursor));
        let in_row = match source.health.failures {
            0 | 1 => String::new(),
            n => format!(" ({n} in a row)"),
        };
        let failure = source.health.failure.as_deref().unwrap_or_default();
        let lines = [
            (source.title.to_string(), Role::Title),
            (format!("! {failure}{in_row}"), Role::Warning),
            (source.health.hint.as_deref().unwrap_or_default().to_owned(), Role::Dim),
        ];
        for (line, (text, role)) in lines.into_iter().enumerate() {
            let y = list.y + ((n - first) * ROWS + line) as u16;
            if y >= list.bottom() {
                break;
            }
            let mut pen = Pen::new(model, buffer, Rect { y, height: 1, ..list });
            pen.cursor(at_cursor);
            pen.text(if line == 0 { " " } else { "   " }, Role::Text);
            let room = pen.room();
            if line == 0 {
                pen = pen.bar(bar);
            }
            pen.field(&text, room, role);
        }
    }
    let foot = Rect { y: inner.bottom().saturating_sub(1), height: 1, ..inner };
    let keys = format!("{} all about it  {} again  esc closes", hint(Action::Enter), hint(Action::Fetch));
    Pen::new(model, buffer, foot).fitting(&keys, Role::Dim);
}

/// As `gleaner sources SOURCE` tells it.
pub(super) fn draw(model: &Model, buffer: &mut Buffer, source: &Subscription, tries: &[Try], scroll: usize) {
    let screen = model.geometry.screen;
    let time = |at: Timestamp| When::Instant(at).short(model.now, model.zone);
    let facts = in_words(source, &model.settings.fetch, model.now, time);
    let names = facts.iter().map(|(name, _)| width(name)).max().unwrap_or(0);
    let past: Vec<(String, String)> = tries.iter().map(|past| (time(past.at), past.outcome.to_string())).collect();
    let times = past.iter().map(|(at, _)| width(at)).max().unwrap_or(0);
    let columns = usize::from(screen.width).saturating_sub(4).clamp(1, 86);
    let mut lines: Vec<(String, String, Role)> = Vec::new();
    let mut add = |name: &str, value: &str, room: usize, role: Role| {
        let wrapped = wrap(value, columns.saturating_sub(room + 1).max(1));
        for (n, part) in wrapped.into_iter().enumerate() {
            let name = if n == 0 { name } else { "" };
            lines.push((format!("{name:<room$}{}", if room > 0 { " " } else { "" }), part.to_owned(), role));
        }
    };
    for (name, value) in &facts {
        add(name, value, names, if *name == "failing" { Role::Warning } else { Role::Text });
    }
    if !past.is_empty() {
        add("", "", 0, Role::Text);
        add("", "The last tries that failed or brought something:", 0, Role::Heading);
    }
    for (at, outcome) in &past {
        add(at, outcome, times, Role::Text);
    }
    let area = middle(screen, columns + 4, lines.len() + 3);
    let inner = open_box(model, buffer, area, &source.title);
    let shown = usize::from(inner.height).saturating_sub(1);
    let first = scroll.min(lines.len().saturating_sub(shown));
    for (n, (name, value, role)) in lines.iter().skip(first).take(shown).enumerate() {
        let mut pen = Pen::new(model, buffer, Rect { y: inner.y + n as u16, height: 1, ..inner });
        pen.text(name, Role::Dim);
        pen.fitting(value, *role);
    }
    let hint = |action| model.settings.keymap.hint(action);
    let foot = Rect { y: inner.bottom().saturating_sub(1), height: 1, ..inner };
    let scrolls = if lines.len() > shown {
        format!("{} {} scroll  ", hint(Action::MoveDown), hint(Action::MoveUp))
    } else {
        String::new()
    };
    let keys = format!("{scrolls}{} fetches it  any other key closes", hint(Action::Fetch));
    Pen::new(model, buffer, foot).fitting(&keys, Role::Dim);
}
