//! Ranks and slider positions in words, and what stands between words.

use crate::domain::plural::{noun_for, plural};
use crate::domain::rank::{Rank, Scale};
use crate::domain::slider::Notch;

/// The separator of two facts on a line.
pub fn dot(ascii: bool) -> &'static str {
    if ascii { " - " } else { " · " }
}

/// A rank as its site tells it: `4.5 / 5 (8)`, `12 points (14 up, 2 down)`, `place 3 of 40`; `≈` where its place among so
/// many is an estimate.
pub fn rank_label(rank: Rank, scale: Scale, estimated_of: Option<u32>) -> String {
    if let Some(of) = estimated_of {
        return format!("place ≈ of {of}");
    }
    match rank {
        Rank::Stars { mean, votes } => {
            let of = if let Scale::Stars { max } = scale { format!(" / {max}") } else { String::new() };
            format!("{mean}{of} ({votes})")
        }
        Rank::Points { net, split } => {
            let split = split.map_or(String::new(), |(up, down)| format!(" ({up} up, {down} down)"));
            format!("{net} {}{split}", noun_for(net.unsigned_abs(), "point"))
        }
        Rank::Likes(likes) => plural(likes.into(), "like"),
        Rank::Position { nth, of } => format!("place {nth} of {of}"),
        Rank::Unrated if scale == Scale::None => String::new(),
        Rank::Unrated => "not rated yet".to_owned(),
        Rank::Withheld => "rank withheld".to_owned(),
        Rank::Removed => "removed".to_owned(),
    }
}

/// A slider position in words: `2.5`, `12 points`, `20 %`, `Off`.
pub fn notch_label(notch: Notch) -> String {
    match notch {
        Notch::Off => "Off".to_owned(),
        Notch::Stars(stars) => stars.to_string(),
        Notch::Points(points) => format!("{points} {}", noun_for(points.unsigned_abs(), "point")),
        Notch::Likes(likes) => plural(likes.into(), "like"),
        Notch::Share(share) => percent(share),
    }
}

/// `11 %`, `0.5 %`
pub fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if percent < 1.0 { format!("{percent:.1} %") } else { format!("{percent:.0} %") }
}
