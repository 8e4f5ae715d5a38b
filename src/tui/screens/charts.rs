//! The statistics of a discussion: figures in words first, then charts as far as there is room.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::paint::{Pen, middle, open_box};
use crate::domain::plural::plural;
use crate::domain::rank::{Hundredths, Scale};
use crate::domain::text::width;
use crate::domain::time::{DAY, Timestamp};
use crate::tui::layout::wrap;
use crate::tui::model::Model;
use crate::tui::page::{Bin, Statistics, TIME_BINS, Times, dot};
use crate::tui::theme::Role;

/// Rows of bars where there is room, and the least that still tell something.
const BARS: [u16; 2] = [8, 4];
const FEWEST: u16 = 2;
/// A chart's title and the labels below it.
const AROUND: u16 = 2;

pub(super) fn draw(model: &Model, buffer: &mut Buffer, statistics: &Statistics) {
    let screen = model.geometry.screen;
    let columns = usize::from(screen.width).min(76);
    let inside = columns.saturating_sub(4).max(1);
    let figures = figures(model, statistics);
    let figures: Vec<&str> = figures.iter().flat_map(|line| wrap(line, inside)).collect();
    let charts = [!statistics.bins.is_empty(), statistics.times.is_some()];
    let wanted: u16 = charts.iter().zip(BARS).map(|(is_there, bars)| u16::from(*is_there) * (bars + AROUND + 1)).sum();
    let mut rest = open_box(model, buffer, middle(screen, columns, usize::from(wanted) + figures.len() + 2), "Statistics");
    for figures in figures {
        line(model, buffer, take(&mut rest, 1), figures, Role::Text);
    }
    if charts[0] {
        let beside = if charts[1] && rest.height >= 2 * (FEWEST + AROUND) { FEWEST + AROUND } else { 0 };
        let chart = by_value(statistics, inside);
        draw_chart(model, buffer, &mut rest, &chart, (BARS[0], beside));
    }
    if let Some(times) = &statistics.times {
        let chart = over_time(model, times, inside);
        draw_chart(model, buffer, &mut rest, &chart, (BARS[1], 0));
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

/// The figures of the charts in words: the same on the smallest screen.
fn figures(model: &Model, statistics: &Statistics) -> Vec<String> {
    let Statistics { total, unrated, withheld, removed, estimated, .. } = *statistics;
    let dot = dot(model.settings.ascii);
    let mut parts = vec![plural(total.into(), "comment")];
    for (count, what) in
        [(unrated, "unrated"), (withheld, "withheld"), (removed, "removed"), (estimated, "in an estimated position")]
    {
        if count > 0 {
            parts.push(format!("{count} {what}"));
        }
    }
    let mut lines = vec![parts.join(dot)];
    if total == 0 {
        return lines;
    }
    let Statistics { authors, threads, deepest, .. } = *statistics;
    lines.push([plural(authors as u64, "author"), plural(threads as u64, "thread"), format!("depth {deepest}")].join(dot));
    if let Some([half, tenth, most]) = statistics.spread {
        let [half, tenth, most] = [half, tenth, most].map(|value| figure(statistics.scale, value));
        let least = if model.settings.ascii { ">=" } else { "≥" };
        let parts =
            [format!("{}: half {least} {half}", unit(statistics)), format!("tenth {least} {tenth}"), format!("best {most}")];
        lines.push(parts.join(dot));
    }
    if let Some(times) = &statistics.times {
        let (half, most) = (duration(times.half), duration(times.most));
        lines.push([format!("half in {half}"), format!("90 % in {most}")].join(dot));
    }
    lines
}

fn figure(scale: Scale, value: i64) -> String {
    match scale {
        Scale::Stars { .. } => Hundredths(value as u16).to_string(),
        _ => value.to_string(),
    }
}

fn unit(statistics: &Statistics) -> &'static str {
    match statistics.scale {
        _ if !statistics.is_by_rank() => "answers deep",
        Scale::Stars { .. } => "stars",
        Scale::Likes => "likes",
        _ => "points",
    }
}

/// `40 minutes`, `3 hours`, `2 days`: rounded up, so that it is true.
fn duration(seconds: i64) -> String {
    let (unit, name) = match seconds {
        ..3600 => (60, "minute"),
        3600..172_800 => (3600, "hour"),
        _ => (DAY, "day"),
    };
    plural(((seconds + unit - 1) / unit).max(1) as u64, name)
}

struct Chart {
    title: String,
    counts: Vec<u64>,
    /// Columns of one bar, the gap behind it included.
    bar: usize,
    /// The labels below, by the bar at which each begins.
    labels: Vec<(usize, String)>,
    role: Role,
}

fn by_value(statistics: &Statistics, inside: usize) -> Chart {
    let most = statistics.bins.iter().map(|bin| bin.count).max().unwrap_or(0);
    let room = inside.saturating_sub(axis_columns(most));
    let bar = (room / statistics.bins.len().max(1)).clamp(1, 6);
    let labels = statistics.bins.iter().enumerate().map(|(n, Bin { label, .. })| (n, label.clone())).collect();
    let title = format!("comments by {}", if statistics.is_by_rank() { unit(statistics) } else { "depth" });
    Chart { title, counts: statistics.bins.iter().map(|bin| bin.count).collect(), bar, labels, role: Role::Rank }
}

fn over_time(model: &Model, times: &Times, inside: usize) -> Chart {
    let room = inside.saturating_sub(axis_columns(times.counts.iter().sum())).max(1);
    let together = (1..=TIME_BINS).find(|n| TIME_BINS.is_multiple_of(*n) && TIME_BINS / n <= room).unwrap_or(TIME_BINS);
    let counts: Vec<u64> = times.counts.chunks(together).map(|bins| bins.iter().sum()).collect();
    let span = times.to.0 - times.from.0;
    let each = duration(span / counts.len().max(1) as i64);
    let mut title = format!("comments each {}", each.strip_prefix("1 ").unwrap_or(&each));
    for (count, what) in [(times.earlier, "earlier"), (times.later, "later"), (times.undated, "undated")] {
        if count > 0 {
            title.extend([dot(model.settings.ascii), &format!("{count} {what}")]);
        }
    }
    let label = |part: usize, of: usize| {
        let at = Timestamp(times.from.0 + span / of as i64 * part as i64);
        (counts.len() * part / of, moment(model, at, span))
    };
    let labels = if counts.len() >= 36 { vec![label(0, 3), label(1, 3), label(2, 3)] } else { vec![label(0, 2), label(1, 2)] };
    Chart { title, counts, bar: 1, labels, role: Role::Slider }
}

/// A time on an axis of so many seconds: the clock where days are few, the year where they are many.
fn moment(model: &Model, at: Timestamp, span: i64) -> String {
    let offset = (model.zone)(at);
    let date = at.date(offset);
    let day = format!("{} {}", &date.month_name()[..3], date.day());
    match span {
        ..345_600 => {
            let (hour, minute) = at.clock(offset);
            format!("{day} {hour:02}:{minute:02}")
        }
        345_600..31_536_000 => day,
        _ => format!("{day}, {}", date.year()),
    }
}

/// Columns for the figures beside a chart, and the axis.
fn axis_columns(most: u64) -> usize {
    most.to_string().len() + 2
}

/// With at most so many rows of bars, and so many rows left to what comes after it; nothing where it would tell nothing.
fn draw_chart(model: &Model, buffer: &mut Buffer, rest: &mut Rect, chart: &Chart, (bars, after): (u16, u16)) {
    let bars = bars.min(rest.height.saturating_sub(AROUND + after));
    if bars < FEWEST {
        return;
    }
    if rest.height > bars + AROUND + after {
        take(rest, 1);
    }
    line(model, buffer, take(rest, 1), &chart.title, Role::Heading);
    let most = chart.counts.iter().copied().max().unwrap_or(0).max(1);
    let gutter = most.to_string().len();
    let ascii = model.settings.ascii;
    let levels: &[&str] =
        if ascii { &[" ", ".", ":", "|", "#"] } else { &[" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"] };
    let steps = levels.len() as u64 - 1;
    let gap = usize::from(chart.bar > 1);
    for row in 0..bars {
        let mut pen = Pen::new(model, buffer, take(rest, 1));
        let figure = if row == 0 {
            most.to_string()
        } else if row + 1 == bars {
            "0".to_owned()
        } else {
            String::new()
        };
        let axis = match (ascii, row == 0 || row + 1 == bars) {
            (true, _) => "|",
            (false, true) => "┤",
            (false, false) => "│",
        };
        pen.text(&format!("{figure:>gutter$}{axis}"), Role::Dim);
        // How far the row's lower edge is from the axis, in steps of a cell.
        let below = u64::from(bars - 1 - row) * steps;
        for count in &chart.counts {
            let height = (count * u64::from(bars) * steps).div_ceil(most);
            let level = levels[height.saturating_sub(below).min(steps) as usize];
            pen.text(&format!("{}{}", level.repeat(chart.bar - gap), " ".repeat(gap)), chart.role);
        }
    }
    let mut labels = " ".repeat(gutter + 1);
    // Each label, or every second, third, …: so that what is left out can be counted.
    let fits = |each: &usize| {
        let shown: Vec<_> = chart.labels.iter().step_by(*each).collect();
        shown.windows(2).all(|pair| pair[0].0 * chart.bar + width(&pair[0].1) < pair[1].0 * chart.bar)
    };
    let each = (1..=chart.labels.len()).find(fits).unwrap_or(1);
    for (n, label) in chart.labels.iter().step_by(each) {
        let label = if ascii { label.replace('≤', "<=") } else { label.clone() };
        let start = gutter + 1 + n * chart.bar;
        // A part of a label would tell another value.
        let fits = width(&labels) <= start && start + width(&label) <= usize::from(rest.width);
        if fits {
            labels.push_str(&" ".repeat(start - width(&labels)));
            labels.extend([label.as_str(), " "]);
        }
    }
    line(model, buffer, take(rest, 1), &labels, Role::Dim);
}
