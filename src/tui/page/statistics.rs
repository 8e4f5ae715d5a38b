//! A discussion in figures: how its ranks are spread, how deep its threads go, and when its comments came.

use std::collections::HashSet;

use super::PageThread;
use crate::domain::rank::{Scale, Standing};
use crate::domain::thread::{Comment, Parent};
use crate::domain::time::Timestamp;

/// Equal stretches that the time of the discussion is divided into; a screen shows so many, or a whole part of them.
pub const TIME_BINS: usize = 240;
/// So much of the comments at either end is not the bulk.
const TAIL: f64 = 0.02;

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Statistics {
    pub total: u32,
    /// As the slider counts them: what has no figure is no zero.
    pub unrated: u32,
    pub withheld: u32,
    pub removed: u32,
    pub estimated: u32,
    pub authors: usize,
    pub threads: usize,
    /// Figures of the rated comments: the rank that half of them reach, that a tenth reach, and the highest; in
    /// hundredths of stars, points or likes.
    pub spread: Option<[i64; 3]>,
    pub scale: Scale,
    /// By rank; by depth where the site gives no figures.
    pub bins: Vec<Bin>,
    /// How many answers deep the deepest comment stands.
    pub deepest: usize,
    pub times: Option<Times>,
}

/// How many comments there are from a value up to the next bin's.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Bin {
    pub label: String,
    pub count: u64,
}

/// When the bulk of the comments came.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Times {
    /// From `from` to `to`, in [`TIME_BINS`] equal stretches.
    pub counts: Vec<u64>,
    pub from: Timestamp,
    pub to: Timestamp,
    /// Comments outside of that.
    pub earlier: usize,
    pub later: usize,
    pub undated: usize,
    /// From the first comment until half, and nine tenths, of them were there: in seconds.
    pub half: i64,
    pub most: i64,
}

impl PageThread {
    pub fn statistics(&self) -> Statistics {
        let comments = &self.discussion.comments;
        let min_votes = self.threshold.min_votes;
        let of = |wanted| (0..comments.len()).filter(|n| self.ranks.standing(*n, min_votes) == wanted).count() as u32;
        let authors: HashSet<&str> = comments.iter().filter_map(|comment| comment.author.as_deref()).collect();
        let depths = depths(comments);
        let rated_bins = self.histogram.iter().enumerate();
        let mut bins: Vec<Bin> =
            rated_bins.map(|(bin, count)| Bin { label: self.bin_label(bin), count: u64::from(*count) }).collect();
        if bins.iter().all(|bin| bin.count == 0) {
            bins = by_depth(&depths);
        }
        Statistics {
            total: comments.len() as u32,
            unrated: of(Standing::Unrated),
            withheld: of(Standing::Withheld),
            removed: of(Standing::Removed),
            estimated: self.counts.estimated,
            authors: authors.len(),
            threads: depths.iter().filter(|depth| **depth == 0).count(),
            spread: spread(self.ranks.rated(min_votes).collect()).filter(|_| !self.histogram.is_empty()),
            scale: self.discussion.scale,
            bins,
            deepest: depths.iter().copied().max().unwrap_or(0),
            times: times(comments),
        }
    }

    fn bin_label(&self, bin: usize) -> String {
        match (self.discussion.scale, bin) {
            (Scale::Stars { .. }, bin) if bin % 2 == 0 => (bin / 2).to_string(),
            (Scale::Stars { .. }, bin) => format!("{}.5", bin / 2),
            (_, 0) => "≤0".to_owned(),
            (_, bin) => (1_u64 << (bin - 1).min(62)).to_string(),
        }
    }
}

impl Statistics {
    /// True if the bins are of ranks, and not of depths.
    pub fn is_by_rank(&self) -> bool {
        self.spread.is_some()
    }
}

/// By comment: how many comments stand above it.
fn depths(comments: &[Comment]) -> Vec<usize> {
    let above = |n: usize| match comments[n].parent {
        Parent::Of(parent) | Parent::Guessed(parent) => Some(parent.index()),
        Parent::Root | Parent::Missing => None,
    };
    let mut known: Vec<Option<usize>> = vec![None; comments.len()];
    let mut path = Vec::new();
    for start in 0..comments.len() {
        let mut at = Some(start);
        while let Some(n) = at.filter(|n| known[*n].is_none()) {
            path.push(n);
            at = above(n);
        }
        while let Some(n) = path.pop() {
            known[n] = Some(above(n).and_then(|parent| known[parent]).map_or(0, |depth| depth + 1));
        }
    }
    known.into_iter().map(Option::unwrap_or_default).collect()
}

/// As many bins as are told apart at a glance; the last holds all that is deeper.
fn by_depth(depths: &[usize]) -> Vec<Bin> {
    const DEEPEST: usize = 11;
    let Some(deepest) = depths.iter().copied().max() else { return Vec::new() };
    let last = deepest.min(DEEPEST);
    let label = |depth: usize| if depth == last && deepest > last { format!("{depth}+") } else { depth.to_string() };
    let count = |depth: usize| depths.iter().filter(|one| (**one).min(last) == depth).count() as u64;
    (0..=last).map(|depth| Bin { label: label(depth), count: count(depth) }).collect()
}

fn spread(mut rated: Vec<f64>) -> Option<[i64; 3]> {
    rated.sort_by(|one, other| other.total_cmp(one));
    let at = |share: f64| rated.get(((rated.len() as f64 * share).ceil() as usize).saturating_sub(1)).copied();
    Some([at(0.5)?, at(0.1)?, *rated.first()?].map(|value| value as i64))
}

/// None where no two comments are apart in time.
fn times(comments: &[Comment]) -> Option<Times> {
    let mut posted: Vec<i64> = comments.iter().filter_map(|comment| comment.posted).map(|when| when.sort_key().0).collect();
    posted.sort_unstable();
    let (first, last) = (*posted.first()?, *posted.last()?);
    last.checked_sub(first).filter(|span| *span > 0)?;
    let tail = (posted.len() as f64 * TAIL) as usize;
    let (mut from, mut to) = (posted[tail], posted[posted.len() - 1 - tail]);
    // Stragglers count as such only where they would squeeze the rest.
    let bulk = to - from;
    if bulk <= 0 || (last - first) / 2 <= bulk {
        (from, to) = (first, last);
    }
    let span = (to - from).max(1) as f64;
    let mut counts = vec![0; TIME_BINS];
    for at in posted.iter().filter(|at| (from..=to).contains(*at)) {
        counts[(((at - from) as f64 / span * TIME_BINS as f64) as usize).min(TIME_BINS - 1)] += 1;
    }
    let until = |share: f64| posted[((posted.len() as f64 * share).ceil() as usize).saturating_sub(1)] - first;
    Some(Times {
        counts,
        from: Timestamp(from),
        to: Timestamp(to),
        earlier: posted.iter().filter(|at| **at < from).count(),
        later: posted.iter().filter(|at| **at > to).count(),
        undated: comments.len() - posted.len(),
        half: until(0.5),
        most: until(0.9),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::When;

    fn at(seconds: i64) -> Comment {
        Comment { posted: Some(When::Instant(Timestamp(seconds))), ..Comment::default() }
    }

    #[test]
    fn a_straggler_does_not_squeeze_the_time_axis() {
        let mut comments: Vec<Comment> = (0..100).map(|n| at(n * 60)).collect();
        comments.push(at(400 * 86_400));
        comments.push(Comment::default());
        let times = times(&comments).unwrap();
        assert!(times.to.0 < 6000, "{times:?}");
        assert_eq!(times.earlier + times.later + times.counts.iter().sum::<u64>() as usize, 101);
        assert_eq!(times.undated, 1);
        assert_eq!(times.half, 50 * 60);
        assert_eq!(super::times(&[at(5), at(5)]), None);
    }

    #[test]
    fn what_half_and_a_tenth_have_is_told() {
        assert_eq!(spread((1..=20).map(f64::from).collect()), Some([11, 19, 20]));
        assert_eq!(spread(vec![3.0]), Some([3; 3]));
        assert_eq!(spread(Vec::new()), None);
    }
}
