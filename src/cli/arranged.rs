//! Discussions as a command shows them: arranged in an order, filtered by a bar and a floor from the command line.

use std::str::FromStr;

use super::error::Complaint;
use crate::domain::order::{Order, arrange};
use crate::domain::rank::{Hundredths, RankTable, Scale};
use crate::domain::rules::{Rule, Rulings, Verdict};
use crate::domain::slider::{ByHand, Counts, Notch, Row, Threshold, Unrated, rows};
use crate::domain::thread::{CommentIdx, Discussion, Thread};
use crate::store::CommentState;

/// A bar or floor as it was asked for; what a number means depends on the discussion's scale.
#[derive(Clone, PartialEq, Debug, Default)]
pub(super) enum Wanted {
    #[default]
    Off,
    Number(String),
    /// 0.2 is the best fifth.
    Share(f64),
}

impl FromStr for Wanted {
    type Err = String;

    fn from_str(text: &str) -> Result<Wanted, String> {
        if text == "off" {
            return Ok(Wanted::Off);
        }
        if let Some(percent) = text.strip_suffix('%').and_then(|number| number.trim_end().parse::<f64>().ok()) {
            return if percent > 0.0 && percent <= 100.0 {
                Ok(Wanted::Share(percent / 100.0))
            } else {
                Err("a share is more than 0% and at most 100%".to_owned())
            };
        }
        let number = text.parse::<i64>().is_ok() || Hundredths::parse(text.strip_prefix('-').unwrap_or(text)).is_some();
        if number {
            Ok(Wanted::Number(text.to_owned()))
        } else {
            Err("it takes `off`, a number, or a share such as `20%`".to_owned())
        }
    }
}

/// How the discussions of a page are to be shown.
#[derive(Clone, Debug, Default)]
pub(super) struct Wish {
    pub(super) bar: Wanted,
    pub(super) floor: Wanted,
    /// None: oldest first.
    pub(super) order: Option<Order>,
    pub(super) flat: bool,
    pub(super) min_votes: u32,
    pub(super) unrated: Unrated,
    pub(super) rules: Vec<Rule>,
}

/// A discussion ready to be written.
pub(super) struct Arranged<'a> {
    pub(super) discussion: &'a Discussion,
    /// By comment; empty for a discussion that is not stored.
    pub(super) states: &'a [CommentState],
    pub(super) order: Order,
    pub(super) flat: bool,
    pub(super) threshold: Threshold,
    pub(super) ranks: RankTable,
    pub(super) rulings: Rulings,
    pub(super) thread: Thread,
    pub(super) rows: Vec<Row>,
    pub(super) counts: Counts,
}

/// Arranges the discussions of one page. A bar, floor or order that fits none of them is wrong usage; where it fits
/// some, the others go without.
pub(super) fn arranged<'a>(
    discussions: impl IntoIterator<Item = (&'a Discussion, &'a [CommentState])>,
    wish: &Wish,
) -> Result<Vec<Arranged<'a>>, Complaint> {
    let discussions: Vec<_> = discussions.into_iter().collect();
    let each = || discussions.iter().map(|(discussion, _)| *discussion);
    let bars = notches(each(), &wish.bar, "bar")?;
    let floors = notches(each(), &wish.floor, "floor")?;
    if let Some(order) = wish.order
        && !discussions.is_empty()
        && !each().any(|discussion| order.suits(discussion))
    {
        let why = match order {
            Order::Controversial => "its up and down votes are not known",
            _ => "its place ranks no comments",
        };
        let known = Order::ALL.into_iter().filter(|order| each().any(|discussion| order.suits(discussion)));
        let known: Vec<&str> = known.map(Order::name).collect();
        return Err(Complaint::usage(format!("the discussion has no order `{}`: {why}", order.name()))
            .hint(format!("it knows {}", known.join(", "))));
    }
    let arrange_one = |((&(discussion, states), bar), floor): ((&(&'a Discussion, &'a [CommentState]), Notch), Notch)| {
        let order = wish.order.filter(|order| order.suits(discussion)).unwrap_or_default();
        let threshold = Threshold { bar, floor, min_votes: wish.min_votes, unrated: wish.unrated };
        let ranks = RankTable::new(discussion.scale, &discussion.comments);
        let is_new = |comment: CommentIdx| states.get(comment.index()).is_some_and(|state| !state.seen);
        let thread = arrange(discussion, &ranks, order, wish.flat, &is_new);
        let mut shown = Vec::new();
        let mut hand = ByHand::default();
        hand.rulings = Rulings::new(&wish.rules, discussion);
        let counts = rows(&thread, &ranks, &hand, &threshold, &mut shown);
        let rulings = hand.rulings;
        Arranged { discussion, states, order, flat: wish.flat, threshold, ranks, rulings, thread, rows: shown, counts }
    };
    Ok(discussions.iter().zip(bars).zip(floors).map(arrange_one).collect())
}

/// What a wanted bar or floor is in each discussion.
fn notches<'a>(
    discussions: impl Iterator<Item = &'a Discussion>,
    wanted: &Wanted,
    name: &str,
) -> Result<Vec<Notch>, Complaint> {
    let found: Vec<Result<Notch, String>> = discussions.map(|discussion| notch(discussion.scale, wanted)).collect();
    match found.iter().find_map(|notch| notch.as_ref().err()) {
        Some(why) if !found.iter().any(|notch| matches!(notch, Ok(notch) if *notch != Notch::Off)) => {
            Err(Complaint::usage(format!("--{name}: {why}"))
                .hint("a share such as `20%` works for every scale; `off` shows all"))
        }
        _ => Ok(found.into_iter().map(Result::unwrap_or_default).collect()),
    }
}

/// Off for a scale that ranks nothing; the error says why a number is none of this scale.
fn notch(scale: Scale, wanted: &Wanted) -> Result<Notch, String> {
    let number = match wanted {
        Wanted::Off => return Ok(Notch::Off),
        Wanted::Share(share) => return Ok(if scale == Scale::None { Notch::Off } else { Notch::Share(*share) }),
        Wanted::Number(number) => number,
    };
    match scale {
        Scale::None => Ok(Notch::Off),
        Scale::Stars { max } => match Hundredths::parse(number) {
            Some(stars) if stars <= max => Ok(Notch::Stars(stars)),
            _ => Err(format!("the stars go from 0 to {max}, so there is no {number}")),
        },
        Scale::Points => {
            number.parse().map(Notch::Points).map_err(|_| format!("points are whole numbers, and {number} is none"))
        }
        Scale::Likes => {
            number.parse().map(Notch::Likes).map_err(|_| format!("likes are whole numbers from 0, and {number} is none"))
        }
        Scale::Place => Err(format!("the place tells only an order, no scores, so the number {number} means nothing there")),
    }
}

impl Arranged<'_> {
    pub(super) fn is_muted(&self, comment: CommentIdx) -> bool {
        self.rulings.get(comment.index()).is_some_and(|(_, verdict)| verdict == Verdict::Mute)
    }

    /// The lower of the wanted floor and the bar.
    pub(super) fn floor_in_force(&self) -> Notch {
        let Threshold { bar, floor, min_votes, .. } = self.threshold;
        let lower = match (self.ranks.settled(bar, min_votes), self.ranks.settled(floor, min_votes)) {
            (Notch::Stars(bar), Notch::Stars(floor)) => floor <= bar,
            (Notch::Points(bar), Notch::Points(floor)) => floor <= bar,
            (Notch::Likes(bar), Notch::Likes(floor)) => floor <= bar,
            (Notch::Share(bar), Notch::Share(floor)) => floor >= bar,
            _ => true,
        };
        if bar == Notch::Off || lower { floor } else { bar }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::rank::Rank;
    use crate::domain::thread::Comment;

    fn discussion(scale: Scale, ranks: &[Rank]) -> Discussion {
        let comment = |(n, rank): (usize, &Rank)| Comment { id: n.to_string().into(), rank: *rank, ..Comment::default() };
        Discussion { scale, comments: ranks.iter().enumerate().map(comment).collect(), ..Discussion::default() }
    }

    fn stars() -> Discussion {
        discussion(Scale::Stars { max: Hundredths(500) }, &[Rank::Stars { mean: Hundredths(230), votes: 3 }, Rank::Unrated])
    }

    fn places() -> Discussion {
        discussion(Scale::Place, &[Rank::Place { nth: 1, of: 2 }, Rank::Place { nth: 2, of: 2 }])
    }

    fn points() -> Discussion {
        discussion(Scale::Points, &[Rank::Points { net: -3, split: None }, Rank::Points { net: 12, split: None }])
    }

    fn bars(discussions: &[Discussion], bar: &str) -> Result<Vec<Notch>, String> {
        let wish = Wish { bar: bar.parse()?, ..Wish::default() };
        let shown = arranged(discussions.iter().map(|d| (d, &[][..])), &wish).map_err(|error| error.to_string())?;
        Ok(shown.iter().map(|one| one.threshold.bar).collect())
    }

    #[test]
    fn a_number_is_in_the_scales_own_units() {
        assert_eq!(bars(&[stars()], "2.3"), Ok(vec![Notch::Stars(Hundredths(230))]));
        assert_eq!(bars(&[points()], "-3"), Ok(vec![Notch::Points(-3)]));
        assert_eq!(bars(&[places()], "20%"), Ok(vec![Notch::Share(0.2)]));
        assert_eq!(bars(&[stars(), places()], "4"), Ok(vec![Notch::Stars(Hundredths(400)), Notch::Off]));
        assert_eq!(bars(&[points(), stars()], "2.5"), Ok(vec![Notch::Off, Notch::Stars(Hundredths(250))]));
        assert_eq!(bars(&[Discussion::default()], "4"), Ok(vec![Notch::Off]));
        assert_eq!(bars(&[], "4"), Ok(vec![]));
    }

    #[test]
    fn a_number_that_means_nothing_is_told() {
        for (discussion, bar, why) in [
            (places(), "3", "the place tells only an order, no scores"),
            (points(), "2.5", "points are whole numbers"),
            (stars(), "5.5", "from 0 to 5"),
            (stars(), "-1", "from 0 to 5"),
            (stars(), "much", "it takes `off`"),
            (stars(), "120%", "at most 100%"),
        ] {
            let error = bars(&[discussion], bar).unwrap_err();
            assert!(error.contains(why), "{bar}: {error}");
        }
    }

    #[test]
    fn an_order_that_the_discussion_does_not_know_is_named() {
        let wish = Wish { order: Some(Order::Controversial), ..Wish::default() };
        let (one, other) = (stars(), points());
        let error = arranged([(&one, &[][..]), (&other, &[][..])], &wish).err().unwrap().to_string();
        assert_eq!(error, "the discussion has no order `controversial`: its up and down votes are not known");
        let wish = Wish { order: Some(Order::Best), ..Wish::default() };
        let unranked = Discussion::default();
        let shown = arranged([(&one, &[][..]), (&unranked, &[][..])], &wish).unwrap();
        assert_eq!(shown.iter().map(|one| one.order).collect::<Vec<_>>(), [Order::Best, Order::Oldest]);
    }

    #[test]
    fn the_floor_in_force_is_never_above_the_bar() {
        let one = stars();
        for (bar, floor, force) in [("3", "2", "2"), ("2", "3", "2"), ("2", "off", "off"), ("3", "50%", "50%")] {
            let wish = Wish { bar: bar.parse().unwrap(), floor: floor.parse().unwrap(), ..Wish::default() };
            let shown = arranged([(&one, &[][..])], &wish).unwrap();
            let expected = notch(one.scale, &force.parse().unwrap()).unwrap();
            assert_eq!(shown[0].floor_in_force(), expected, "{bar} {floor}");
        }
    }
}
