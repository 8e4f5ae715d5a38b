//! The summary of a discussion that a list shows without reading the comments.

use super::rank::{Rank, Scale};

/// At most so many bars.
const BARS: usize = 8;
/// The tallest bar.
pub const TALLEST: u8 = 8;

/// A discussion in a few figures.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ThreadSummary {
    /// How the ranks lie, lowest first, as heights from 0 to [`TALLEST`]: whole stars; points and likes ≤ 0, 1, 2–3,
    /// 4–7, …, the last bar holding all above. Empty where there are no such ranks.
    pub bars: Vec<u8>,
    /// How good the discussion is: the greatest h for which h comments have h or more points, likes or approving votes
    /// (votes × stars / most stars) each; replies where the place tells no figures. Hirsch's index (PNAS 2005): it
    /// grows with good comments, not with many.
    pub best: u32,
}

impl ThreadSummary {
    /// `comments`: each one's rank and, for a reply, the index of the comment that it answers.
    pub fn new(scale: Scale, comments: &[(Rank, Option<usize>)]) -> ThreadSummary {
        let mut bars = [0_u32; BARS];
        let mut weights: Vec<u32> = Vec::with_capacity(comments.len());
        for (rank, _) in comments {
            let (bar, weight) = match (*rank, scale) {
                (Rank::Stars { mean, votes }, Scale::Stars { max }) => {
                    let approving = u64::from(mean.0) * u64::from(votes) / u64::from(max.0.max(1));
                    ((mean.0.max(100) as usize + 50) / 100 - 1, u32::try_from(approving).unwrap_or(u32::MAX))
                }
                (Rank::Points { net, .. }, _) => (doubling(net), u32::try_from(net.max(0)).unwrap_or(u32::MAX)),
                (Rank::Likes(likes), _) => (doubling(likes.into()), likes),
                _ => continue,
            };
            bars[bar.min(BARS - 1)] += 1;
            weights.push(weight);
        }
        if weights.is_empty() {
            weights = vec![0; comments.len()];
            for parent in comments.iter().filter_map(|(_, parent)| *parent) {
                if let Some(replies) = weights.get_mut(parent) {
                    *replies += 1;
                }
            }
        }
        let used = bars.iter().rposition(|count| *count > 0).map_or(0, |last| last + 1);
        // Whole stars are as many as there can be, so that two discussions' bars stand for the same.
        let used = if let Scale::Stars { max } = scale { usize::from(max.0 / 100).min(BARS).min(used * BARS) } else { used };
        let most = bars.iter().copied().max().unwrap_or(0).max(1);
        let height = |count: &u32| (u64::from(*count) * u64::from(TALLEST)).div_ceil(most.into()) as u8;
        ThreadSummary { bars: bars[..used].iter().map(height).collect(), best: hirsch(weights) }
    }
}

/// ≤ 0 is 0, 1 is 1, 2–3 is 2, 4–7 is 3, …
fn doubling(value: i64) -> usize {
    value.max(0).checked_ilog2().map_or(0, |log| log as usize + 1)
}

/// The greatest h for which h of the weights are at least h.
fn hirsch(mut weights: Vec<u32>) -> u32 {
    weights.sort_unstable_by(|a, b| b.cmp(a));
    weights.iter().enumerate().take_while(|(n, weight)| **weight as usize > *n).count() as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::rank::Hundredths;

    #[test]
    fn bars_are_stars_or_doubling_points() {
        let max = Hundredths(500);
        let stars = |mean, votes| (Rank::Stars { mean: Hundredths(mean), votes }, None);
        let told = ThreadSummary::new(
            Scale::Stars { max },
            &[stars(100, 9), stars(450, 2), stars(500, 1), stars(490, 3), stars(230, 1), (Rank::Unrated, None)],
        );
        assert_eq!((told.bars, told.best), (vec![3, 3, 0, 0, 8], 1));
        let points = |net| (Rank::Points { net, split: None }, None);
        let told = ThreadSummary::new(Scale::Points, &[-5, 0, 1, 3, 7, 7, 300].map(points));
        assert_eq!((told.bars, told.best), (vec![8, 4, 4, 8, 0, 0, 0, 4], 3));
        assert_eq!(ThreadSummary::new(Scale::Points, &[]), ThreadSummary::default());
        assert_eq!(ThreadSummary::new(Scale::Stars { max }, &[(Rank::Unrated, None)]), ThreadSummary::default());
    }

    #[test]
    fn replies_stand_in_where_a_place_tells_no_figures() {
        let place = |parent| (Rank::Position { nth: 1, of: 1 }, parent);
        let told = ThreadSummary::new(Scale::Position, &[None, Some(0), Some(0), Some(1), Some(1), Some(9)].map(place));
        assert_eq!((told.bars, told.best), (vec![], 2));
    }
}
