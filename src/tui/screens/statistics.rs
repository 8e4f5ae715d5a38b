//! The statistics of a discussion, as charts.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::symbols::bar;
use ratatui::widgets::{Bar, BarChart, BarGroup, Sparkline, Widget};

use super::overlay::{middle, open_box};
use super::paint::Pen;
use crate::domain::text::width;
use crate::tui::layout::wrap;
use crate::tui::model::Model;
use crate::tui::page::{Statistics, Times, dot};
use crate::tui::theme::Role;

/// Rows of the chart of ranks where there is room, labels and figures included.
const RANKS: u16 = 10;
const TIMES: u16 = 3;

const ASCII: bar::Set<'static> = bar::Set {
    full: "#",
    seven_eighths: "#",
    three_quarters: "#",
    five_eighths: "#",
    half: "=",
    three_eighths: "=",
    one_quarter: "-",
    one_eighth: ".",
    empty: " ",
};

pub(super) fn draw(model: &Model, buffer: &mut Buffer, statistics: &Statistics) {
    let screen = model.geometry.screen;
    let columns = usize::from(screen.width).min(64);
    let charts =
        if statistics.ranks.is_empty() { 0 } else { RANKS + 1 } + if statistics.times.is_some() { TIMES + 2 } else { 0 };
    let figures = figures(model, statistics);
    let figures = wrap(&figures, columns.saturating_sub(4).max(1));
    let mut rest = open_box(model, buffer, middle(screen, columns, usize::from(charts) + figures.len() + 2), "Statistics");
    for figures in figures {
        line(model, buffer, take(&mut rest, 1), figures, Role::Text);
    }
    if !statistics.ranks.is_empty() {
        let height = if rest.height >= charts { RANKS } else { rest.height.saturating_sub(TIMES + 3).min(RANKS) };
        take(&mut rest, 1);
        ranks(model, buffer, take(&mut rest, height), statistics);
    }
    if let Some(times) = &statistics.times {
        let dash = if model.settings.ascii { "-" } else { "–" };
        let (first, last) = (times.first.short(model.now, model.zone), times.last.short(model.now, model.zone));
        let span = if first == last { first } else { format!("{first} {dash} {last}") };
        take(&mut rest, 1);
        over_time(model, buffer, take(&mut rest, TIMES), times);
        line(model, buffer, take(&mut rest, 1), &span, Role::Dim);
    }
}

/// So many rows of an area, which is left with the rest.
fn take(area: &mut Rect, rows: u16) -> Rect {
    let rows = rows.min(area.height);
    let taken = Rect { height: rows, ..*area };
    *area = Rect { y: area.y + rows, height: area.height - rows, ..*area };
    taken
}

fn line(model: &Model, buffer: &mut Buffer, area: Rect, text: &str, role: Role) {
    let mut pen = Pen::new(model, buffer, area);
    let room = pen.room();
    pen.field(text, room, role);
}

/// `122 comments · 9 unrated · 1 withheld · 2 removed`
fn figures(model: &Model, statistics: &Statistics) -> String {
    let Statistics { total, unrated, withheld, removed, .. } = *statistics;
    let dot = dot(model.settings.ascii);
    let mut parts = vec![format!("{total} {}", if total == 1 { "comment" } else { "comments" })];
    for (count, what) in [(unrated, "unrated"), (withheld, "withheld"), (removed, "removed")] {
        if count > 0 {
            parts.push(format!("{count} {what}"));
        }
    }
    parts.join(dot)
}

fn ranks(model: &Model, buffer: &mut Buffer, area: Rect, statistics: &Statistics) {
    let theme = &model.settings.theme;
    let bins = statistics.ranks.len().max(1) as u16;
    let widest = statistics.ranks.iter().map(|(label, _)| width(label)).max().unwrap_or(1) as u16;
    let bar_width = (area.width / bins).saturating_sub(1).clamp(1, widest.max(4));
    // A part of a label would tell another value.
    let fitting = |label: &str| {
        let label = if model.settings.ascii { label.replace('≤', "<=") } else { label.to_owned() };
        if width(&label) <= usize::from(bar_width) { label } else { String::new() }
    };
    let bars: Vec<Bar<'_>> =
        statistics.ranks.iter().map(|(label, count)| Bar::default().value(*count).label(fitting(label))).collect();
    BarChart::default()
        .data(BarGroup::default().bars(&bars))
        .bar_width(bar_width)
        .bar_gap(u16::from(bins * (bar_width + 1) <= area.width + 1))
        .bar_set(if model.settings.ascii { ASCII } else { bar::NINE_LEVELS })
        .bar_style(theme.style(Role::Rank))
        .value_style(theme.style(Role::Rank).add_modifier(ratatui::style::Modifier::REVERSED))
        .label_style(theme.style(Role::Dim))
        .render(area, buffer);
}

fn over_time(model: &Model, buffer: &mut Buffer, area: Rect, times: &Times) {
    Sparkline::default()
        .data(&times.counts)
        .bar_set(if model.settings.ascii { ASCII } else { bar::NINE_LEVELS })
        .style(model.settings.theme.style(Role::Slider))
        .render(area, buffer);
}
