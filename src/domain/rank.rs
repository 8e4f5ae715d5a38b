//! What readers made of a comment, as its place tells it; and the figures that the slider and the orders compare.

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
    Place {
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
    Place,
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

/// One discussion's ranks as numbers to compare, by [`CommentIdx`](super::thread::CommentIdx).
///
/// The value is hundredths of stars, net points, likes, or for a place scale the natural logarithm of its quality
/// (see [`RankTable::new`]); only values of one table compare.
#[derive(Clone, Debug, Default)]
pub struct RankTable {
    scale: Scale,
    standings: Vec<Standing>,
    values: Vec<f64>,
    /// `u32::MAX` where the place does not tell how many voted.
    votes: Vec<u32>,
    /// The rated ones as (value, votes), highest value first.
    sorted: Vec<(f64, u32)>,
}

impl RankTable {
    /// For a place scale: quality = parent's quality × 0.9 × (of − nth + 1) / of, a root's parent being 1 and its
    /// factor 0.9 left out; a comment below one of unknown order is of unknown order too.
    pub fn new(scale: Scale, comments: &[Comment]) -> RankTable {
        let qualities = if scale == Scale::Place { log_qualities(comments) } else { Vec::new() };
        let mut table = RankTable { scale, ..RankTable::default() };
        for (n, comment) in comments.iter().enumerate() {
            let (standing, value, votes) = match comment.rank {
                Rank::Stars { mean, votes } => (Standing::Rated, f64::from(mean.0), votes),
                Rank::Points { net, split } => {
                    (Standing::Rated, net as f64, split.map_or(u32::MAX, |(up, down)| up.saturating_add(down)))
                }
                Rank::Likes(likes) => (Standing::Rated, f64::from(likes), u32::MAX),
                Rank::Place { .. } => match qualities.get(n) {
                    Some(quality) if quality.is_finite() => (Standing::Rated, *quality, u32::MAX),
                    _ => (Standing::Unrated, 0.0, u32::MAX),
                },
                Rank::Unrated => (Standing::Unrated, 0.0, u32::MAX),
                Rank::Withheld => (Standing::Withheld, 0.0, u32::MAX),
                Rank::Removed => (Standing::Removed, 0.0, u32::MAX),
            };
            table.standings.push(standing);
            table.values.push(value);
            table.votes.push(votes);
            if standing == Standing::Rated {
                table.sorted.push((value, votes));
            }
        }
        table.sorted.sort_by(|a, b| b.0.total_cmp(&a.0));
        table
    }

    pub fn scale(&self) -> Scale {
        self.scale
    }

    pub fn len(&self) -> usize {
        self.standings.len()
    }

    pub fn is_empty(&self) -> bool {
        self.standings.is_empty()
    }

    /// The comment's standing when fewer than `min_votes` votes count as none.
    pub fn standing(&self, comment: usize, min_votes: u32) -> Standing {
        match self.standings[comment] {
            Standing::Rated if self.votes[comment] < min_votes => Standing::Unrated,
            other => other,
        }
    }

    /// Meaningful for a rated comment only.
    pub fn value(&self, comment: usize) -> f64 {
        self.values[comment]
    }

    /// Whether the comment is rated, but by fewer than `min_votes`.
    pub fn is_thin(&self, comment: usize, min_votes: u32) -> bool {
        self.standings[comment] == Standing::Rated && self.votes[comment] < min_votes
    }

    /// Whether any comment's votes are counted.
    pub fn tells_votes(&self) -> bool {
        self.votes.iter().any(|votes| *votes != u32::MAX)
    }

    /// The rated values with at least `min_votes`, highest first.
    pub fn rated(&self, min_votes: u32) -> impl Iterator<Item = f64> + Clone + '_ {
        self.sorted.iter().filter(move |(_, votes)| *votes >= min_votes).map(|(value, _)| *value)
    }

    /// Each distinct rated value with the share of the rated that stand at or above it, highest first.
    pub fn shares(&self, min_votes: u32) -> Vec<(f64, f64)> {
        let total = self.rated(min_votes).count();
        let mut shares: Vec<(f64, f64)> = Vec::new();
        for (n, value) in self.rated(min_votes).enumerate() {
            let share = (n + 1) as f64 / total as f64;
            match shares.last_mut() {
                Some(last) if last.0.total_cmp(&value).is_eq() => last.1 = share,
                _ => shares.push((value, share)),
            }
        }
        shares
    }

    /// How many rated comments fall into each bin: stars by half star from 0; points and likes ≤ 0, 1, 2–3, 4–7, …;
    /// empty for a place scale and for none.
    pub fn histogram(&self, min_votes: u32) -> Vec<u32> {
        let bins = match self.scale {
            Scale::Stars { max } => usize::from(max.0 / 50) + 1,
            Scale::Points | Scale::Likes => self.rated(min_votes).next().map_or(0, |top| doubling_bin(top) + 1),
            Scale::Place | Scale::None => 0,
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

/// The natural logarithm of each comment's quality by place; not a number where its order is unknown.
fn log_qualities(comments: &[Comment]) -> Vec<f64> {
    let mut known: Vec<Option<f64>> = vec![None; comments.len()];
    let mut path = Vec::new();
    for start in 0..comments.len() {
        let mut at = start;
        while known[at].is_none() {
            path.push(at);
            match comments[at].parent {
                Parent::Of(parent) | Parent::Guessed(parent) => at = parent.index(),
                Parent::Root | Parent::Missing => break,
            }
        }
        while let Some(n) = path.pop() {
            let own = match comments[n].rank {
                Rank::Place { nth, of } if (1..=of).contains(&nth) => (f64::from(of - nth + 1) / f64::from(of)).ln(),
                _ => f64::NAN,
            };
            let above = match comments[n].parent {
                Parent::Of(parent) | Parent::Guessed(parent) => known[parent.index()].unwrap_or(f64::NAN) + 0.9_f64.ln(),
                Parent::Root | Parent::Missing => 0.0,
            };
            known[n] = Some(above + own);
        }
    }
    known.into_iter().map(|quality| quality.unwrap_or(f64::NAN)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
