//! A discussion in figures: how its ranks are spread, and when its comments came.

use super::Loaded;
use crate::domain::rank::{Rank, Scale};
use crate::domain::thread::Comment;
use crate::domain::time::{Timestamp, When};

/// Bins that the discussion's time is divided into.
const BINS: usize = 48;

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Statistics {
    pub total: u32,
    /// How many rated comments there are in each bin, with the bin's lowest value as its label. Empty for a place
    /// scale and for none.
    pub ranks: Vec<(String, u64)>,
    /// Counted beside the bins: what has no figure is no zero.
    pub unrated: u32,
    pub withheld: u32,
    pub removed: u32,
    /// Comments in equal stretches of time, from the first to the last.
    pub times: Option<Times>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Times {
    pub counts: Vec<u64>,
    pub first: When,
    pub last: When,
}

impl Loaded {
    pub fn statistics(&self) -> Statistics {
        let comments = &self.discussion.comments;
        let of = |rank: fn(&Rank) -> bool| comments.iter().filter(|comment| rank(&comment.rank)).count() as u32;
        let label = |bin: usize| match (self.discussion.scale, bin) {
            (Scale::Stars { .. }, bin) if bin % 2 == 0 => (bin / 2).to_string(),
            (Scale::Stars { .. }, bin) => format!("{}.5", bin / 2),
            (_, 0) => "≤0".to_owned(),
            (_, bin) => (1_u64 << (bin - 1).min(62)).to_string(),
        };
        Statistics {
            total: comments.len() as u32,
            ranks: self.histogram.iter().enumerate().map(|(bin, count)| (label(bin), u64::from(*count))).collect(),
            unrated: of(|rank| matches!(rank, Rank::Unrated)),
            withheld: of(|rank| matches!(rank, Rank::Withheld)),
            removed: of(|rank| matches!(rank, Rank::Removed)),
            times: times(comments),
        }
    }
}

/// None where no two comments are apart in time.
fn times(comments: &[Comment]) -> Option<Times> {
    let posted = || comments.iter().filter_map(|comment| comment.posted);
    let first = posted().min_by_key(|when| when.sort_key())?;
    let last = posted().max_by_key(|when| when.sort_key())?;
    let (Timestamp(from), Timestamp(to)) = (first.sort_key(), last.sort_key());
    let span = to.checked_sub(from).filter(|span| *span > 0)?;
    let mut counts = vec![0; BINS];
    for when in posted() {
        let part = (when.sort_key().0 - from) as f64 / span as f64;
        counts[((part * BINS as f64) as usize).min(BINS - 1)] += 1;
    }
    Some(Times { counts, first, last })
}
