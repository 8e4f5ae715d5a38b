//! The rank that readers gave a comment, as its site reports it, and the figures that the slider and the orders compare.

use std::borrow::Cow;

use super::thread::{Comment, Parent};

/// A number with two decimals: 2.3 is 230 everywhere, so that a threshold never misses by a rounding.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Hundredths(pub u16);

impl Hundredths {
    /// Reads `4`, `4.5`, `4.25`; further decimals are rounded to the nearest. None for what is no such number or beyond 655.
    pub fn parse(text: &str) -> Option<Hundredths> {
        let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
        let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || !digits(whole) || !digits(decimals) || (decimals.is_empty() && text.contains('.')) {
            return None;
        }
        let digit = |n: usize| u32::from(decimals.as_bytes().get(n).map_or(0, |b| b - b'0'));
        let hundredths = whole.parse::<u32>().ok()?.checked_mul(100)? + digit(0) * 10 + digit(1) + u32::from(digit(2) >= 5);
        u16::try_from(hundredths).ok().map(Hundredths)
    }

    pub fn value(self) -> f64 {
        f64::from(self.0) / 100.0
    }
}

/// `4`, `4.5`, `4.25`
impl std::fmt::Display for Hundredths {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.0 / 100, self.0 % 100) {
            (whole, 0) => write!(f, "{whole}"),
            (whole, part) if part % 10 == 0 => write!(f, "{whole}.{}", part / 10),
            (whole, part) => write!(f, "{whole}.{part:02}"),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Rank {
    Stars {
        mean: Hundredths,
        votes: u32,
    },
    /// `split` is (up, down) where the place tells them.
    Points {
        net: i64,
        split: Option<(u32, u32)>,
    },
    Likes(u32),
    /// The `nth` among `of` siblings in the place's own order, from 1.
    Position {
        nth: u32,
        of: u32,
    },
    /// Nobody has voted, or the place does not say yet.
    #[default]
    Unrated,
    /// The place knows and hides it for now.
    Withheld,
    /// The comment was taken away by its author or a moderator.
    Removed,
}

/// The kind of rank that a discussion has.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Scale {
    Stars {
        max: Hundredths,
    },
    Points,
    Likes,
    Position,
    #[default]
    None,
}

/// How a comment stands towards the slider.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    Rated,
    Unrated,
    Withheld,
    Removed,
}

impl Standing {
    /// In the order of their numbers.
    pub(super) const ALL: [Standing; 4] = [Standing::Rated, Standing::Unrated, Standing::Withheld, Standing::Removed];
}

#[derive(Clone, Copy, Debug)]
pub(super) struct RankEntry {
    pub(super) value: f64,
    /// `u32::MAX` where the place does not tell how many voted.
    votes: u32,
    standing: Standing,
    /// The site tells an order, and not this comment's place in it yet.
    is_estimated: bool,
}

impl RankEntry {
    /// When fewer than `min_votes` votes count as none.
    pub(super) fn standing(self, min_votes: u32) -> Standing {
        if self.standing == Standing::Rated && self.votes < min_votes { Standing::Unrated } else { self.standing }
    }
}

/// One discussion's ranks as numbers to compare, by [`CommentIdx`](super::thread::CommentIdx).
///
/// The value is hundredths of stars, net points, likes, or for a place scale how many comments stand behind it in the order
/// of quality (see [`RankTable::new`]); only values of one table compare.
#[derive(Clone, Debug, Default)]
pub struct RankTable {
    scale: Scale,
    /// By comment, in one piece each: a move of the bar looks at all of them.
    entries: Vec<RankEntry>,
    /// See [`Levels`]; of all that are rated.
    levels: Vec<(f64, u32)>,
    /// By comment, on a place scale: how many answer the same, itself among them.
    siblings: Vec<u32>,
    estimated: u32,
}

/// Each distinct rated value, highest first, with how many stand at or above it.
pub struct Levels<'t>(Cow<'t, [(f64, u32)]>);

fn levels(rated: impl Iterator<Item = f64>) -> Vec<(f64, u32)> {
    let mut rated: Vec<f64> = rated.collect();
    rated.sort_unstable_by(|a, b| b.total_cmp(a));
    let mut levels: Vec<(f64, u32)> = Vec::new();
    for (n, value) in rated.into_iter().enumerate() {
        match levels.last_mut() {
            Some(last) if last.0.total_cmp(&value).is_eq() => last.1 = n as u32 + 1,
            _ => levels.push((value, n as u32 + 1)),
        }
    }
    levels
}

impl Levels<'_> {
    fn share(&self, level: usize) -> f64 {
        f64::from(self.0[level].1) / f64::from(self.0[self.0.len() - 1].1)
    }

    /// The value whose share of the rated is nearest the wanted one, with that share; of two as near, the one with the
    /// smaller share. None where nothing is rated.
    pub fn nearest(&self, wanted: f64) -> Option<(f64, f64)> {
        let above = self.0.partition_point(|(_, count)| f64::from(*count) / f64::from(self.0[self.0.len() - 1].1) < wanted);
        let far = |level: usize| (self.share(level) - wanted).abs();
        let candidates = [above.checked_sub(1), Some(above)].into_iter().flatten().filter(|level| *level < self.0.len());
        let best = candidates.reduce(|best, next| if far(next) + 1e-9 < far(best) { next } else { best })?;
        Some((self.0[best].0, self.share(best)))
    }

    /// The share of the rated that stand at or above a value; none where nothing is rated.
    pub fn share_of(&self, value: f64) -> Option<f64> {
        let level = self.0.partition_point(|(level, _)| *level >= value);
        if self.0.is_empty() { None } else { Some(level.checked_sub(1).map_or(0.0, |level| self.share(level))) }
    }
}

impl RankTable {
    /// For a place scale: quality = parent's quality × 0.9 × (of − nth + 1) / of, a root's parent being 1 and its
    /// factor 0.9 left out. Where the order of siblings is not known yet the last factor is ½, and the figure an estimate.
    /// Equal qualities stand in the order received, so that a share of the order is that share of the comments.
    pub fn new(scale: Scale, comments: &[Comment]) -> RankTable {
        let is_order = scale == Scale::Position;
        let positions = if is_order { positions(comments) } else { Vec::new() };
        let siblings = if is_order { siblings(comments) } else { Vec::new() };
        let mut table = RankTable { scale, entries: Vec::with_capacity(comments.len()), siblings, ..RankTable::default() };
        for (n, comment) in comments.iter().enumerate() {
            let is_estimated = match comment.rank {
                Rank::Unrated | Rank::Position { .. } => is_order && place_factor(comment.rank).is_none(),
                _ => false,
            };
            let (standing, value, votes) = match comment.rank {
                Rank::Stars { mean, votes } => (Standing::Rated, f64::from(mean.0), votes),
                Rank::Points { net, split } => {
                    (Standing::Rated, net as f64, split.map_or(u32::MAX, |(up, down)| up.saturating_add(down)))
                }
                Rank::Likes(likes) => (Standing::Rated, f64::from(likes), u32::MAX),
                Rank::Position { .. } | Rank::Unrated if is_order => (Standing::Rated, positions[n], u32::MAX),
                Rank::Position { .. } | Rank::Unrated => (Standing::Unrated, 0.0, u32::MAX),
                Rank::Withheld => (Standing::Withheld, 0.0, u32::MAX),
                Rank::Removed => (Standing::Removed, 0.0, u32::MAX),
            };
            table.entries.push(RankEntry { value, votes, standing, is_estimated });
            table.estimated += u32::from(is_estimated);
        }
        table.levels = levels(table.rated(0));
        table
    }

    pub fn scale(&self) -> Scale {
        self.scale
    }

    pub fn len(&self) -> usize {
        self.entries.len()
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The comment's standing when fewer than `min_votes` votes count as none.
    pub fn standing(&self, comment: usize, min_votes: u32) -> Standing {
        self.entries[comment].standing(min_votes)
    }

    pub(super) fn entry(&self, comment: usize) -> RankEntry {
        self.entries[comment]
    }

    /// Meaningful for a rated comment only.
    pub fn value(&self, comment: usize) -> f64 {
        self.entries[comment].value
    }

    /// True if the comment is rated, but by fewer than `min_votes`.
    pub fn is_thin(&self, comment: usize, min_votes: u32) -> bool {
        let RankEntry { votes, standing, .. } = self.entries[comment];
        standing == Standing::Rated && votes < min_votes
    }

    /// How many comments' places are estimates.
    pub fn estimated(&self) -> u32 {
        self.estimated
    }

    /// Where a comment's place is an estimate, among how many it stands.
    pub fn estimate(&self, comment: usize) -> Option<u32> {
        self.entries[comment].is_estimated.then(|| self.siblings[comment])
    }

    /// True if any comment's votes are counted.
    pub fn tells_votes(&self) -> bool {
        self.entries.iter().any(|entry| entry.votes != u32::MAX)
    }

    /// The rated values with at least `min_votes`, by comment.
    pub fn rated(&self, min_votes: u32) -> impl Iterator<Item = f64> + Clone + '_ {
        self.entries.iter().filter(move |entry| entry.standing(min_votes) == Standing::Rated).map(|entry| entry.value)
    }

    /// The rated values with at least `min_votes`, as they lie.
    pub fn levels(&self, min_votes: u32) -> Levels<'_> {
        let levels = match min_votes {
            0 => Cow::Borrowed(&*self.levels),
            _ => Cow::Owned(levels(self.rated(min_votes))),
        };
        Levels(levels)
    }

    /// How many rated comments fall into each bin: stars by half star from 0; points and likes ≤ 0, 1, 2–3, 4–7, …;
    /// empty for a place scale and for none.
    pub fn histogram(&self, min_votes: u32) -> Vec<u32> {
        let bins = match self.scale {
            Scale::Stars { max } => usize::from(max.0 / 50) + 1,
            Scale::Points | Scale::Likes => self.rated(min_votes).map(|value| doubling_bin(value) + 1).max().unwrap_or(0),
            Scale::Position | Scale::None => 0,
        };
        let mut counts = vec![0; bins];
        if bins > 0 {
            for value in self.rated(min_votes) {
                let bin = if matches!(self.scale, Scale::Stars { .. }) { (value / 50.0) as usize } else { doubling_bin(value) };
                counts[bin.min(bins - 1)] += 1;
            }
        }
        counts
    }
}

/// ≤ 0 is 0, 1 is 1, 2–3 is 2, 4–7 is 3, …
fn doubling_bin(value: f64) -> usize {
    if value < 1.0 { 0 } else { value.log2() as usize + 1 }
}

/// The share of its siblings at or below a place; none where the place is not known.
fn place_factor(rank: Rank) -> Option<f64> {
    match rank {
        Rank::Position { nth, of } if (1..=of).contains(&nth) => Some(f64::from(of - nth + 1) / f64::from(of)),
        _ => None,
    }
}

fn above(comment: &Comment) -> Option<usize> {
    match comment.parent {
        Parent::Of(parent) | Parent::Guessed(parent) => Some(parent.index()),
        Parent::Root | Parent::Missing => None,
    }
}

/// By comment: how many answer what it answers, itself among them.
fn siblings(comments: &[Comment]) -> Vec<u32> {
    let mut answers = vec![0_u32; comments.len() + 1];
    let slot = |comment: &Comment| above(comment).unwrap_or(comments.len());
    for comment in comments {
        answers[slot(comment)] += 1;
    }
    comments.iter().map(|comment| answers[slot(comment)]).collect()
}

/// By comment: how many stand behind it in the order of quality, the earlier received first among equals.
fn positions(comments: &[Comment]) -> Vec<f64> {
    let qualities = log_qualities(comments);
    let mut order: Vec<usize> = (0..comments.len()).collect();
    order.sort_by(|one, other| qualities[*other].total_cmp(&qualities[*one]));
    let mut behind = vec![0.0; comments.len()];
    for (n, comment) in order.into_iter().rev().enumerate() {
        behind[comment] = n as f64;
    }
    behind
}

/// The natural logarithm of each comment's quality by place.
fn log_qualities(comments: &[Comment]) -> Vec<f64> {
    const UNKNOWN: f64 = 0.5;
    let mut known: Vec<Option<f64>> = vec![None; comments.len()];
    let mut path = Vec::new();
    for start in 0..comments.len() {
        let mut at = Some(start);
        while let Some(n) = at.filter(|n| known[*n].is_none()) {
            path.push(n);
            at = above(&comments[n]);
        }
        while let Some(n) = path.pop() {
            let own = place_factor(comments[n].rank).unwrap_or(UNKNOWN).ln();
            let inherited = above(&comments[n]).map_or(0.0, |parent| known[parent].unwrap_or(0.0) + 0.9_f64.ln());
            known[n] = Some(inherited + own);
        }
    }
    known.into_iter().map(Option::unwrap_or_default).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::thread::CommentIdx;

    #[test]
    fn hundredths_are_read_and_told_exactly() {
        for (text, hundredths, told) in [
            ("2.3", 230, "2.3"),
            ("5", 500, "5"),
            ("4.25", 425, "4.25"),
            ("3.70", 370, "3.7"),
            ("0.05", 5, "0.05"),
            ("1.005", 101, "1.01"),
        ] {
            let parsed = Hundredths::parse(text).unwrap();
            assert_eq!((parsed.0, parsed.to_string().as_str()), (hundredths, told));
        }
        for text in ["", ".5", "5.", "-1", "x", "4,5", "700", "1e2"] {
            assert_eq!(Hundredths::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_thin_rank_counts_as_unrated_and_keeps_its_figure() {
        let stars = |votes| Comment { rank: Rank::Stars { mean: Hundredths(500), votes }, ..Comment::default() };
        let table = RankTable::new(Scale::Stars { max: Hundredths(500) }, &[stars(1), stars(9)]);
        assert_eq!((table.standing(0, 3), table.standing(1, 3)), (Standing::Unrated, Standing::Rated));
        assert!(table.is_thin(0, 3) && !table.is_thin(0, 0));
        assert_eq!(table.histogram(0)[10], 2);
        assert_eq!(table.histogram(3)[10], 1);
    }

    #[test]
    fn a_place_that_is_not_known_yet_is_estimated_in_the_middle() {
        let of = |parent| Parent::Of(CommentIdx(parent));
        let comment = |(parent, rank)| Comment { parent, rank, ..Comment::default() };
        let comments = [
            (Parent::Root, Rank::Unrated),
            (Parent::Root, Rank::Unrated),
            (of(0), Rank::Position { nth: 1, of: 2 }),
            (of(0), Rank::Removed),
            (of(3), Rank::Unrated),
        ]
        .map(comment);
        let table = RankTable::new(Scale::Position, &comments);
        let qualities: Vec<f64> = log_qualities(&comments).iter().map(|log| (log.exp() * 1e6).round() / 1e6).collect();
        assert_eq!(qualities, [0.5, 0.5, 0.45, 0.225, 0.10125]);
        assert_eq!([0, 1, 2, 4].map(|n| table.value(n) as u32), [4, 3, 2, 0]);
        assert_eq!((0..5).map(|n| table.estimate(n)).collect::<Vec<_>>(), [Some(2), Some(2), None, None, Some(1)]);
        assert_eq!(table.estimated(), 3);
        assert_eq!(table.standing(4, 0), Standing::Rated, "never `not rated` where the site does not rate");
        let elsewhere = RankTable::new(Scale::Points, &comments);
        assert_eq!((elsewhere.estimated(), elsewhere.standing(0, 0)), (0, Standing::Unrated));
    }

    #[test]
    fn a_share_of_the_order_is_that_share_of_the_comments_though_all_are_alike() {
        let comments = vec![Comment::default(); 1000];
        let table = RankTable::new(Scale::Position, &comments);
        let (value, share) = table.levels(0).nearest(0.2).unwrap();
        assert!((share - 0.2).abs() < 1e-9);
        assert_eq!((0..1000).filter(|n| table.value(*n) >= value).collect::<Vec<_>>(), (0..200).collect::<Vec<_>>());
    }
}
