//! Ranks, bars and counts in words.

use super::arranged::Arranged;
use super::output::{Look, plural};
use crate::domain::rank::Scale;
use crate::domain::slider::{Counts, Notch};

pub(super) fn scale(scale: Scale) -> String {
    match scale {
        Scale::Stars { max } => format!("stars to {max}"),
        Scale::Points => "points".to_owned(),
        Scale::Likes => "likes".to_owned(),
        Scale::Place => "ranked by place".to_owned(),
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
pub(super) fn counts(counts: Counts, look: Look) -> String {
    let Counts { total, open, lines, folded, unrated } = counts;
    let dot = look.dot();
    let lines = plural(u64::from(lines), "line");
    format!("{open} open{dot}{lines}{dot}{folded} folded of {total}{dot}{unrated} unrated")
}

/// `Comments 143 · page · stars to 5 · oldest first · threaded · bar 2.5`
pub(super) fn header(shown: &Arranged<'_>, look: Look) -> String {
    let discussion = shown.discussion;
    let (here, missing) = (discussion.comments.len(), discussion.missing());
    let total = if missing > 0 { format!(" of {}", here + missing) } else { String::new() };
    let mut parts = vec![format!("Comments {here}{total}")];
    parts.extend((!discussion.place.is_empty()).then(|| discussion.place.to_string()));
    parts.extend([scale(discussion.scale), shown.order.label().to_owned()]);
    parts.push(if shown.flat { "flat" } else { "threaded" }.to_owned());
    parts.push(format!("bar {}", notch(shown.threshold.bar)));
    if shown.threshold.bar != Notch::Off && shown.threshold.floor != Notch::Off {
        parts.push(format!("floor {}", notch(shown.floor_in_force())));
    }
    parts.join(look.dot())
}
