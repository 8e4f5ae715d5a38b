//! The slider's row: what it says, and where on it the handle can go. One function, so that the mouse hits what is drawn.

use std::ops::Range;

use super::{DrawnLine, PageThread, dot, notch_label, percent};
use crate::domain::plural::noun_for;
use crate::domain::rank::Scale;
use crate::domain::slider::{self, Notch, NotchStep, Threshold, Unrated};
use crate::domain::text::width;
use crate::tui::Settings;
use crate::tui::theme::Role;

/// The row as drawn, and its track in columns.
#[derive(Clone, PartialEq, Debug)]
pub struct SliderRow {
    pub line: DrawnLine,
    pub track: Range<usize>,
    /// The column of the floor's handle, where that is not the bar's.
    pub floor: Option<usize>,
    /// A notch for each column of the track.
    notches: Vec<Notch>,
}

impl SliderRow {
    /// The notch nearest to a column; a drag may run past the ends.
    pub fn notch_at(&self, column: usize) -> Option<Notch> {
        let inside = column.clamp(self.track.start, self.track.end.max(1) - 1);
        self.notches.get(inside - self.track.start).copied()
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Label {
    Full,
    /// Without the share: `≥ 12`.
    Short,
}

/// How much of the row there is room for, richest first.
struct Shape {
    label: Label,
    histogram: bool,
    counts: RowCounts,
    ends: bool,
    track: usize,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum RowCounts {
    Full,
    /// Without what is unrated.
    Most,
    /// Also without the total, which the discussion's head tells.
    Parts,
    Short,
    Least,
    None,
}

/// The extras drawn beside the row's words.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RowMarks {
    pub ascii: bool,
    pub histogram: bool,
}

impl RowMarks {
    pub fn of(settings: &Settings) -> RowMarks {
        RowMarks { ascii: settings.ascii, histogram: !settings.screen_reader }
    }
}

/// The content of the row in any width.
struct RowFacts<'a> {
    /// As wide as the widest label, so that the track stays where it is while the handle moves.
    label: String,
    short_label: String,
    bars: String,
    steps: &'a [NotchStep],
    /// Where the handle stands, counted in steps.
    bar: f64,
    floor: Option<f64>,
    /// The highest notch, at the track's end.
    end: String,
}

/// The row in `columns`: `rank ≥ 2.5 ▁▁▃▂▇ Off ────●──── 5  41 open · 60 lines · 42 folded of 143 · 16 more came`; what
/// `came`, and is not among the rows yet, moves nothing.
pub fn slider_row(loaded: &PageThread, came: usize, columns: usize, marks: RowMarks) -> SliderRow {
    let RowMarks { ascii, histogram } = marks;
    let shapes = [
        Shape { label: Label::Full, histogram: true, counts: RowCounts::Full, ends: true, track: 21 },
        Shape { label: Label::Full, histogram: true, counts: RowCounts::Full, ends: true, track: 11 },
        Shape { label: Label::Full, histogram: true, counts: RowCounts::Most, ends: true, track: 11 },
        Shape { label: Label::Full, histogram: true, counts: RowCounts::Parts, ends: true, track: 11 },
        Shape { label: Label::Full, histogram: true, counts: RowCounts::Short, ends: true, track: 11 },
        Shape { label: Label::Full, histogram: false, counts: RowCounts::Short, ends: true, track: 11 },
        Shape { label: Label::Full, histogram: false, counts: RowCounts::Least, ends: false, track: 11 },
        Shape { label: Label::Short, histogram: false, counts: RowCounts::Least, ends: false, track: 11 },
        Shape { label: Label::Short, histogram: false, counts: RowCounts::None, ends: false, track: 7 },
    ];
    let facts = (loaded.discussion.scale != Scale::None)
        .then(|| facts(loaded, ascii))
        .filter(|facts| facts.steps.len() > 1 || loaded.threshold.bar != Notch::Off);
    let total = loaded.counts.total;
    let most = slider::Counts { open: total, lines: total, folded: total, ..loaded.counts };
    let mut narrowest = None;
    for shape in shapes.map(|shape| Shape { histogram: shape.histogram && histogram, ..shape }) {
        let row = match &facts {
            Some(facts) => draw(facts, &shape, ascii),
            None => without_ranks(loaded),
        };
        // By the widest counts there can be, so that the track stays where it is while the handle moves.
        let counts_columns = |of: &slider::Counts| width(&counts_text(of, loaded, shape.counts, ascii));
        let fits = row.line.width() + counts_columns(&most).max(counts_columns(&loaded.counts)) <= columns;
        narrowest = Some((row, shape.counts));
        if fits {
            break;
        }
    }
    let Some((mut row, counts)) = narrowest else {
        return SliderRow { line: DrawnLine::default(), track: 0..0, floor: None, notches: Vec::new() };
    };
    let room = columns.saturating_sub(row.line.width());
    let told = |counts| counts_text(&loaded.counts, loaded, counts, ascii);
    let dot = dot(ascii);
    // The news take their room from the counts beside them.
    let forms = [format!("{dot}{came} more came"), format!(" +{came}")];
    let forms = forms.iter().filter(|_| came > 0).flat_map(|form| {
        let shorter = [RowCounts::Full, RowCounts::Most, RowCounts::Parts, RowCounts::Short, RowCounts::Least, RowCounts::None];
        shorter.into_iter().filter(|shorter| *shorter >= counts).map(move |shorter| (shorter, form.as_str()))
    });
    let fitting = forms.map(|(counts, came)| (told(counts), came)).find(|(told, came)| width(told) + width(came) <= room);
    let (told, came) = fitting.unwrap_or_else(|| (told(counts), ""));
    row.line.push(&told, Role::Text);
    row.line.push(came, Role::Handle);
    row
}

fn without_ranks(loaded: &PageThread) -> SliderRow {
    let mut line = DrawnLine::default();
    let why = match loaded.discussion.scale {
        _ if loaded.counts.total == 0 => "no comments here yet",
        Scale::None => "no ranks here",
        _ if loaded.ranks.rated(loaded.threshold.min_votes).next().is_some() => "all rated alike",
        _ => "nothing rated here",
    };
    line.push(why, Role::Dim);
    SliderRow { line, track: 0..0, floor: None, notches: Vec::new() }
}

fn facts(loaded: &PageThread, ascii: bool) -> RowFacts<'_> {
    let Threshold { bar, min_votes, .. } = loaded.threshold;
    let steps = &loaded.steps;
    let share = |notch| loaded.ranks.share_of(notch, min_votes);
    let last = steps.len().saturating_sub(1) as f64;
    let in_steps = |notch: Notch| match (notch, loaded.discussion.scale) {
        (Notch::Off, _) => 0.0,
        (Notch::Stars(stars), Scale::Stars { max }) => f64::from(stars.0) / f64::from(max.0.max(1)) * last,
        _ => steps.iter().rposition(|step| step.share.unwrap_or(2.0) >= share(notch).unwrap_or(2.0)).unwrap_or(0) as f64,
    };
    let histogram = &loaded.histogram;
    let labelled = |length| {
        let own = label(bar, share(bar), length, ascii);
        let widest = steps.iter().map(|step| width(&label(step.notch, step.share, length, ascii))).max().unwrap_or(0);
        own.clone() + &" ".repeat(widest.saturating_sub(width(&own)))
    };
    RowFacts {
        label: labelled(Label::Full),
        short_label: labelled(Label::Short),
        bars: if histogram.iter().any(|count| *count > 0) { bars(histogram, ascii) } else { String::new() },
        bar: in_steps(bar),
        floor: Some(loaded.floor()).filter(|floor| *floor != Notch::Off).map(in_steps),
        end: steps.last().map_or(String::new(), |step| match step.notch {
            Notch::Points(points) => points.to_string(),
            Notch::Likes(likes) => likes.to_string(),
            notch => notch_label(notch),
        }),
        steps,
    }
}

fn draw(facts: &RowFacts<'_>, shape: &Shape, ascii: bool) -> SliderRow {
    let mut line = DrawnLine::default();
    line.push(if shape.label == Label::Full { &facts.label } else { &facts.short_label }, Role::Slider);
    line.push(" ", Role::Text);
    if shape.histogram && !facts.bars.is_empty() {
        line.push(&facts.bars, Role::Rank);
        line.push(" ", Role::Text);
    }
    if shape.ends {
        line.push("Off ", Role::Dim);
    }
    let start = line.width();
    let last_column = shape.track - 1;
    let last_step = facts.steps.len().saturating_sub(1).max(1);
    let column_of = |step: f64| ((step / last_step as f64 * last_column as f64).round() as usize).min(last_column);
    let (bar, floor) = (column_of(facts.bar), facts.floor.map(column_of));
    let (rail, handle, stop) = if ascii { ("-", "O", "|") } else { ("─", "●", "○") };
    line.push(&rail.repeat(floor.unwrap_or(0).min(bar)), Role::Slider);
    if let Some(floor) = floor.filter(|floor| *floor < bar) {
        line.push(stop, Role::Handle);
        line.push(&rail.repeat(bar - floor - 1), Role::Slider);
    } else {
        line.push(&rail.repeat(bar - floor.unwrap_or(0).min(bar)), Role::Slider);
    }
    line.push(handle, Role::Handle);
    line.push(&rail.repeat(last_column - bar), Role::Slider);
    let step_at = |column: usize| (column as f64 / last_column as f64 * last_step as f64).round() as usize;
    let notches =
        (0..shape.track).map(|column| facts.steps.get(step_at(column)).map_or(Notch::Off, |step| step.notch)).collect();
    if shape.ends {
        line.push(&format!(" {}", facts.end), Role::Dim);
    }
    let floor = floor.filter(|floor| *floor < bar).map(|floor| start + floor);
    SliderRow { line, track: start..start + shape.track, floor, notches }
}

/// `rank ≥ 2.5`, `≥ 12 points · top 11 %`, `top 10 % by place`
fn label(notch: Notch, share: Option<f64>, length: Label, ascii: bool) -> String {
    let at_least = if ascii { ">=" } else { "≥" };
    let share = || share.map(percent).unwrap_or_default();
    match notch {
        Notch::Off => "rank Off".to_owned(),
        Notch::Stars(stars) => format!("rank {at_least} {stars}"),
        Notch::Points(value) if length == Label::Short => format!("{at_least} {value}"),
        Notch::Likes(value) if length == Label::Short => format!("{at_least} {value}"),
        Notch::Share(_) if length == Label::Short => format!("top {}", share()),
        Notch::Points(_) | Notch::Likes(_) => {
            format!("{at_least} {}{}top {}", notch_label(notch), dot(ascii), share())
        }
        Notch::Share(_) => format!("top {} by place", share()),
    }
}

fn counts_text(of: &slider::Counts, loaded: &PageThread, counts: RowCounts, ascii: bool) -> String {
    let slider::Counts { total, open, lines, folded, unrated, estimated } = *of;
    let dot = dot(ascii);
    let parts = || format!("  {open} open{dot}{lines} {}{dot}{folded} folded", noun_for(lines.into(), "line"));
    match counts {
        _ if total == 0 => String::new(),
        RowCounts::Full => {
            let mut text = format!("{} of {total}", parts());
            let estimated_text = estimated.to_string();
            if estimated > 0 {
                text.extend([dot, &estimated_text, if ascii { " estimated" } else { " ≈" }]);
            }
            if unrated > 0 {
                let closed = if loaded.threshold.unrated == Unrated::AsBelow { " as below" } else { "" };
                text.extend([dot, &unrated.to_string(), " unrated", closed]);
            }
            if loaded.threshold.min_votes > 0 {
                text.extend([dot, "min ", &loaded.threshold.min_votes.to_string(), " votes"]);
            }
            text
        }
        RowCounts::Most => format!("{} of {total}", parts()),
        RowCounts::Parts => parts(),
        RowCounts::Short => format!("  {open} open of {total}"),
        RowCounts::Least => format!(" {open}/{total}"),
        RowCounts::None => String::new(),
    }
}

/// Counts as a row of bars, the highest full.
pub fn bars(counts: &[u32], ascii: bool) -> String {
    let levels: &[char] = if ascii {
        &['.', ':', '-', '=', '+', '*', '#', '@']
    } else {
        &['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█']
    };
    let most = counts.iter().copied().max().unwrap_or(0).max(1);
    let level = |count: u32| match count {
        0 => ' ',
        count => {
            levels[((u64::from(count) * levels.len() as u64).div_ceil(u64::from(most)) as usize - 1).min(levels.len() - 1)]
        }
    };
    let text: String = counts.iter().map(|count| level(*count)).collect();
    debug_assert_eq!(width(&text), counts.len());
    text
}
