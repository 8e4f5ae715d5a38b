//! Discussions as a command shows them: arranged in an order, filtered by a bar and a floor from the command line.

use super::error::CliError;
use crate::domain::notch::{NotchInput, ScaleError};
use crate::domain::order::Order;
use crate::domain::rank::RankTable;
use crate::domain::rules::{Rule, RuleMatches};
use crate::domain::slider::{Notch, Threshold, Unrated};
use crate::domain::thread::Discussion;
use crate::domain::view::{ThreadView, ViewOptions};
use crate::site;
use crate::store::CommentState;

/// Options for showing the discussions of a page.
#[derive(Clone, Debug, Default)]
pub(super) struct ViewArgs {
    pub(super) bar: NotchInput,
    pub(super) floor: NotchInput,
    /// None: the site's default.
    pub(super) order: Option<Order>,
    pub(super) flat: bool,
    pub(super) min_votes: u32,
    pub(super) unrated: Unrated,
    pub(super) rules: Vec<Rule>,
}

/// A discussion ready to be written.
pub(super) struct Arranged<'a> {
    pub(super) view: ThreadView<&'a Discussion>,
    /// By comment; empty for a discussion that is not stored.
    pub(super) states: &'a [CommentState],
}

/// Arranges the discussions of one page. A bar, floor or order that fits none of them is wrong usage; where it fits
/// some, the others go without.
pub(super) fn arranged<'a>(
    discussions: impl IntoIterator<Item = (&'a Discussion, &'a [CommentState])>,
    wish: &ViewArgs,
) -> Result<Vec<Arranged<'a>>, CliError> {
    let discussions: Vec<_> = discussions.into_iter().collect();
    let each = || discussions.iter().map(|(discussion, _)| *discussion);
    let bars = notches(each(), wish.bar, "bar")?;
    let floors = notches(each(), wish.floor, "floor")?;
    if let Some(order) = wish.order
        && !discussions.is_empty()
        && !each().any(|discussion| order.suits(discussion))
    {
        let why = match order {
            Order::Controversial => "its up and down votes are not known",
            _ => "its site does not rank comments",
        };
        let known = Order::ALL.into_iter().filter(|order| each().any(|discussion| order.suits(discussion)));
        let known: Vec<&str> = known.map(Order::name).collect();
        return Err(CliError::usage(format!("the discussion has no order `{}`: {why}", order.name()))
            .hint(format!("it knows {}", known.join(", "))));
    }
    let arrange_one = |((&(discussion, states), bar), floor): ((&(&'a Discussion, &'a [CommentState]), Notch), Notch)| {
        let order = wish.order.filter(|order| order.suits(discussion)).unwrap_or_else(|| site::default_order(discussion));
        let threshold = Threshold { bar, floor, min_votes: wish.min_votes, unrated: wish.unrated };
        let ranks = RankTable::new(discussion.scale, &discussion.comments);
        let are_new = states.iter().map(|state| !state.seen).collect();
        let options = ViewOptions { order, flat: wish.flat, threshold };
        let rulings = RuleMatches::new(&wish.rules, discussion);
        Arranged { view: ThreadView::new(discussion, ranks, options, rulings, are_new), states }
    };
    Ok(discussions.iter().zip(bars).zip(floors).map(arrange_one).collect())
}

/// The wanted bar or floor, as a notch of each discussion's scale; Off where there are no ranks.
fn notches<'a>(
    discussions: impl Iterator<Item = &'a Discussion>,
    wanted: NotchInput,
    name: &str,
) -> Result<Vec<Notch>, CliError> {
    let on = |discussion: &Discussion| match wanted.on(discussion.scale) {
        Err(ScaleError::NoRanks) => Ok(Notch::Off),
        notch => notch,
    };
    let found: Vec<Result<Notch, ScaleError>> = discussions.map(on).collect();
    match found.iter().find_map(|notch| notch.as_ref().err()) {
        Some(why) if !found.iter().any(|notch| matches!(notch, Ok(notch) if *notch != Notch::Off)) => {
            Err(CliError::usage(format!("--{name}: {why}"))
                .hint("a share such as `20%` works for every scale; `off` shows all"))
        }
        _ => Ok(found.into_iter().map(Result::unwrap_or_default).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::notch::NotchError;
    use crate::domain::rank::{Hundredths, Rank, Scale};
    use crate::domain::thread::Comment;

    fn discussion(scale: Scale, ranks: &[Rank]) -> Discussion {
        let comment = |(n, rank): (usize, &Rank)| Comment { id: n.to_string().into(), rank: *rank, ..Comment::default() };
        Discussion { scale, comments: ranks.iter().enumerate().map(comment).collect(), ..Discussion::default() }
    }

    fn stars() -> Discussion {
        discussion(Scale::Stars { max: Hundredths(500) }, &[Rank::Stars { mean: Hundredths(230), votes: 3 }, Rank::Unrated])
    }

    fn places() -> Discussion {
        discussion(Scale::Position, &[Rank::Position { nth: 1, of: 2 }, Rank::Position { nth: 2, of: 2 }])
    }

    fn points() -> Discussion {
        discussion(Scale::Points, &[Rank::Points { net: -3, split: None }, Rank::Points { net: 12, split: None }])
    }

    fn bars(discussions: &[Discussion], bar: &str) -> Result<Vec<Notch>, String> {
        let wish = ViewArgs { bar: bar.parse().map_err(|error: NotchError| error.to_string())?, ..ViewArgs::default() };
        let shown = arranged(discussions.iter().map(|d| (d, &[][..])), &wish).map_err(|error| error.to_string())?;
        Ok(shown.iter().map(|one| one.view.threshold.bar).collect())
    }

    #[test]
    fn a_number_is_in_the_scales_own_units() {
        assert_eq!(bars(&[stars()], "2.3"), Ok(vec![Notch::Stars(Hundredths(230))]));
        assert_eq!(bars(&[points()], "-3"), Ok(vec![Notch::Points(-3)]));
        assert_eq!(bars(&[places()], "20%"), Ok(vec![Notch::Share(0.2)]));
        assert_eq!(bars(&[stars(), places()], "4"), Ok(vec![Notch::Stars(Hundredths(400)), Notch::Off]));
        assert_eq!(bars(&[points(), stars()], "2.5"), Ok(vec![Notch::Points(3), Notch::Stars(Hundredths(250))]));
        assert_eq!(bars(&[Discussion::default()], "4"), Ok(vec![Notch::Off]));
        assert_eq!(bars(&[], "4"), Ok(vec![]));
    }

    #[test]
    fn a_number_that_means_nothing_is_told() {
        for (discussion, bar, why) in [
            (places(), "3", "an order, not scores"),
            (stars(), "5.5", "from 0 to 5"),
            (stars(), "-1", "from 0 to 5"),
            (stars(), "much", "not `off`"),
            (stars(), "120%", "at most 100%"),
        ] {
            let error = bars(&[discussion], bar).unwrap_err();
            assert!(error.contains(why), "{bar}: {error}");
        }
    }

    #[test]
    fn an_order_that_the_discussion_does_not_know_is_named() {
        let wish = ViewArgs { order: Some(Order::Controversial), ..ViewArgs::default() };
        let (one, other) = (stars(), points());
        let error = arranged([(&one, &[][..]), (&other, &[][..])], &wish).err().unwrap().to_string();
        assert_eq!(error, "the discussion has no order `controversial`: its up and down votes are not known");
        let wish = ViewArgs { order: Some(Order::Best), ..ViewArgs::default() };
        let unranked = Discussion::default();
        let shown = arranged([(&one, &[][..]), (&unranked, &[][..])], &wish).unwrap();
        assert_eq!(shown.iter().map(|one| one.view.order).collect::<Vec<_>>(), [Order::Best, Order::Oldest]);
    }

    #[test]
    fn the_floor_in_force_is_never_above_the_bar() {
        let one = stars();
        for (bar, floor, force) in [("3", "2", "2"), ("2", "3", "2"), ("2", "off", "off"), ("3", "50%", "50%")] {
            let wish = ViewArgs { bar: bar.parse().unwrap(), floor: floor.parse().unwrap(), ..ViewArgs::default() };
            let shown = arranged([(&one, &[][..])], &wish).unwrap();
            let expected = force.parse::<NotchInput>().unwrap().on(one.scale).unwrap();
            assert_eq!(shown[0].view.floor(), expected, "{bar} {floor}");
        }
    }
}
