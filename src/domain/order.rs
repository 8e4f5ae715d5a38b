//! The orders in which a discussion can be read.

use std::cmp::Ordering;

use super::rank::{Rank, RankTable, Scale, Standing};
use super::thread::{Comment, CommentIdx, Discussion, Parent, Thread};
use super::time::When;

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Order {
    #[default]
    Oldest,
    /// The exact reverse of [`Order::Oldest`].
    Newest,
    Best,
    /// Most descendants first.
    Replies,
    /// Only where up and down votes are known.
    Controversial,
    /// New comments, and what leads to them, first.
    NewFirst,
    /// The place's own order.
    Place,
}

impl Order {
    pub const ALL: [Order; 7] =
        [Order::Oldest, Order::Newest, Order::Best, Order::Replies, Order::Controversial, Order::NewFirst, Order::Place];

    /// Its name on the command line and in the config.
    pub fn name(self) -> &'static str {
        match self {
            Order::Oldest => "oldest",
            Order::Newest => "newest",
            Order::Best => "best",
            Order::Replies => "replies",
            Order::Controversial => "controversial",
            Order::NewFirst => "new",
            Order::Place => "site",
        }
    }

    /// Its name on the page.
    pub fn label(self) -> &'static str {
        match self {
            Order::Oldest => "oldest first",
            Order::Newest => "newest first",
            Order::Best => "best first",
            Order::Replies => "most replied first",
            Order::Controversial => "controversial first",
            Order::NewFirst => "new first",
            Order::Place => "the site's order",
        }
    }

    /// Also by the name that it had in earlier versions, `place`.
    pub fn from_name(name: &str) -> Option<Order> {
        let name = if name == "place" { Order::Place.name() } else { name };
        Order::ALL.into_iter().find(|order| order.name() == name)
    }

    /// The order of discussions with a scale, where their site has none of its own: the best first where readers vote,
    /// else the oldest. Stars do not make an order.
    pub fn default_for(scale: Scale) -> Order {
        match scale {
            Scale::Position => Order::Place,
            Scale::Stars { .. } | Scale::None => Order::Oldest,
            Scale::Points | Scale::Likes => Order::Best,
        }
    }

    /// True if the order means anything for this discussion.
    pub fn suits(self, discussion: &Discussion) -> bool {
        match self {
            Order::Controversial => discussion.comments.iter().any(|c| matches!(c.rank, Rank::Points { split: Some(_), .. })),
            Order::Best => discussion.scale != Scale::None,
            _ => true,
        }
    }
}

/// The discussion flattened in an order. `is_new` tells which comments are new since the last visit.
pub fn arrange(
    discussion: &Discussion,
    ranks: &RankTable,
    order: Order,
    flat: bool,
    is_new: &dyn Fn(CommentIdx) -> bool,
) -> Thread {
    let comments = &discussion.comments;
    let mut ranked: Vec<CommentIdx> = (0..comments.len() as u32).map(CommentIdx).collect();
    let times = times(comments);
    let oldest = |a: &CommentIdx, b: &CommentIdx| (times[a.index()], a).cmp(&(times[b.index()], b));
    match order {
        Order::Oldest => ranked.sort_by(oldest),
        Order::Newest => ranked.sort_by(|a, b| oldest(b, a)),
        Order::Place if discussion.scale != Scale::Position => {}
        Order::Replies => {
            let counts = descendants(comments);
            ranked.sort_by_key(|idx| (std::cmp::Reverse(counts[idx.index()]), *idx));
        }
        Order::NewFirst => {
            let mut leads: Vec<bool> = ranked.iter().map(|idx| is_new(*idx)).collect();
            for &idx in &ranked {
                // Once an ancestor leads to a new one, all above it do.
                let mut at = idx;
                while leads[idx.index()] {
                    let (Parent::Of(parent) | Parent::Guessed(parent)) = comments[at.index()].parent else { break };
                    if flat || std::mem::replace(&mut leads[parent.index()], true) {
                        break;
                    }
                    at = parent;
                }
            }
            ranked.sort_by(|a, b| leads[b.index()].cmp(&leads[a.index()]).then_with(|| oldest(a, b)));
        }
        Order::Best | Order::Controversial | Order::Place => {
            let scores: Vec<Option<f64>> =
                if order == Order::Controversial { comments.iter().map(controversy).collect() } else { best(comments, ranks) };
            let scores = if flat { scores } else { with_best_below(comments, scores) };
            ranked.sort_by(|a, b| match (scores[a.index()], scores[b.index()]) {
                (Some(left), Some(right)) => right.total_cmp(&left).then(a.cmp(b)),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (None, None) => a.cmp(b),
            });
        }
    }
    Thread::new(comments, &ranked, flat)
}

/// A comment without a time stays where it was received: it takes the time of the one before it.
fn times(comments: &[Comment]) -> Vec<i64> {
    let mut last = i64::MIN;
    let mut time = |comment: &Comment| {
        last = comment.posted.map_or(last, |when: When| when.sort_key().0);
        last
    };
    comments.iter().map(&mut time).collect()
}

/// A comment without a score gets the best of those below it: a removed comment does not take the talk under it along.
fn with_best_below(comments: &[Comment], mut scores: Vec<Option<f64>>) -> Vec<Option<f64>> {
    if scores.iter().all(Option::is_some) {
        return scores;
    }
    let received: Vec<CommentIdx> = (0..comments.len() as u32).map(CommentIdx).collect();
    let thread = Thread::new(comments, &received, false);
    let mut below: Vec<Option<f64>> = vec![None; comments.len()];
    // Backwards, a comment comes after all that is below it.
    for place in thread.places().iter().rev() {
        let n = place.comment.index();
        let best = scores[n].into_iter().chain(below[n]).max_by(f64::total_cmp);
        scores[n] = scores[n].or(below[n]);
        if let Parent::Of(parent) | Parent::Guessed(parent) = comments[n].parent {
            below[parent.index()] = below[parent.index()].into_iter().chain(best).max_by(f64::total_cmp);
        }
    }
    scores
}

fn descendants(comments: &[Comment]) -> Vec<u32> {
    let everyone: Vec<CommentIdx> = (0..comments.len() as u32).map(CommentIdx).collect();
    let thread = Thread::new(comments, &everyone, false);
    let mut counts = vec![0; comments.len()];
    for place in thread.places() {
        counts[place.comment.index()] = place.descendants;
    }
    counts
}

/// Stars by the mean shrunk with three votes' weight towards the discussion's vote-weighted mean; points by the Wilson
/// lower bound if every rated comment has a split, else by net; likes; places by quality. None where unknown.
fn best(comments: &[Comment], ranks: &RankTable) -> Vec<Option<f64>> {
    const WEIGHT: f64 = 3.0;
    let (mut stars, mut votes) = (0.0, 0.0);
    let mut all_split = true;
    for comment in comments {
        match comment.rank {
            Rank::Stars { mean, votes: n } => {
                stars += mean.value() * f64::from(n);
                votes += f64::from(n);
            }
            Rank::Points { split, .. } => all_split &= split.is_some(),
            _ => {}
        }
    }
    let mean_of_all = if votes > 0.0 { stars / votes } else { 0.0 };
    let score = |n: usize, comment: &Comment| match comment.rank {
        Rank::Stars { mean, votes } => {
            let votes = f64::from(votes);
            Some((mean.value() * votes + mean_of_all * WEIGHT) / (votes + WEIGHT))
        }
        Rank::Points { split: Some((up, down)), .. } if all_split => Some(wilson(up, down)),
        _ if ranks.standing(n, 0) == Standing::Rated => Some(ranks.value(n)),
        _ => None,
    };
    comments.iter().enumerate().map(|(n, comment)| score(n, comment)).collect()
}

/// The lower bound of Wilson's score interval at 80 % (Wilson 1927); 0 without votes.
fn wilson(up: u32, down: u32) -> f64 {
    const Z: f64 = 1.281_551_565_545;
    let total = f64::from(up) + f64::from(down);
    if total == 0.0 {
        return 0.0;
    }
    let share = f64::from(up) / total;
    let spread = Z * (share * (1.0 - share) / total + Z * Z / (4.0 * total * total)).sqrt();
    (share + Z * Z / (2.0 * total) - spread) / (1.0 + Z * Z / total)
}

/// Many votes, evenly split, stand first: (up + down) to the power of the smaller over the larger.
fn controversy(comment: &Comment) -> Option<f64> {
    let Rank::Points { split: Some((up, down)), .. } = comment.rank else { return None };
    let (fewer, more) = (f64::from(up.min(down)), f64::from(up.max(down)));
    Some(if fewer == 0.0 { 0.0 } else { (fewer + more).powf(fewer / more) })
}
