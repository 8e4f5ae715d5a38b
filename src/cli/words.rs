//! Ranks, bars and counts in words.

use super::output::OutputStyle;
use super::thread_options::Arranged;
use crate::domain::plural::plural;
use crate::domain::rank::Scale;
use crate::domain::slider::{Counts, Notch};

pub(super) fn scale(scale: Scale) -> String {
    match scale {
        Scale::Stars { max } => format!("stars to {max}"),
        Scale::Points => "points".to_owned(),
        Scale::Likes => "likes".to_owned(),
        Scale::Position => "ranked by position".to_owned(),
        Scale::None => "without ranks".to_owned(),
    }
}

pub(super) fn notch(notch: Notch) -> String {
    match notch {
        Notch::Off => "off".to_owned(),
        Notch::Stars(stars) => stars.to_string(),
        Notch::Points(points) => points.to_string(),
        Notch::Likes(likes) => likes.to_string(),
        Notch::Share(share) => format!("top {} %", (share * 1000.0).round() / 10.0),
    }
}

/// `41 open · 60 lines · 42 folded of 143 · 5 unrated`
pub(super) fn counts(counts: Counts, look: OutputStyle) -> String {
    let Counts { total, open, lines, folded, unrated, estimated } = counts;
    let dot = look.dot();
    let lines = plural(u64::from(lines), "line");
    let estimated = if estimated > 0 {
        format!("{dot}{estimated} {}", if look.ascii { "estimated" } else { "≈" })
    } else {
        String::new()
    };
    format!("{open} open{dot}{lines}{dot}{folded} folded of {total}{dot}{unrated} unrated{estimated}")
}

/// `Comments 143 · page · stars to 5 · oldest first · threaded · bar 2.5`
pub(super) fn header(shown: &Arranged<'_>, look: OutputStyle) -> String {
    let discussion = shown.view.discussion;
    let (here, missing) = (discussion.comments.len(), discussion.missing());
    let total = if missing > 0 { format!(" of {}", here + missing) } else { String::new() };
    let mut parts = vec![format!("Comments {here}{total}")];
    parts.extend((!discussion.place.is_empty()).then(|| discussion.place.to_string()));
    parts.extend([scale(discussion.scale), shown.view.order.label().to_owned()]);
    parts.push(if shown.view.flat { "flat" } else { "threaded" }.to_owned());
    parts.push(format!("bar {}", notch(shown.view.threshold.bar)));
    if shown.view.threshold.bar != Notch::Off && shown.view.threshold.floor != Notch::Off {
        parts.push(format!("floor {}", notch(shown.view.floor())));
    }
    parts.join(look.dot())
}
