//! Properties of every discussion, however odd: the slider's rules and the orders, over generated threads.

use proptest::prelude::*;

use super::order::{Order, arrange};
use super::rank::{Hundredths, Rank, RankTable, Scale};
use super::slider::{Counts, Notch, Override, Overrides, Reason, Row, Shown, Threshold, Unrated, row_for, rows, why};
use super::thread::{Comment, CommentIdx, Discussion, Parent, Thread, link_parents};
use super::time::{Timestamp, When};

fn scale() -> impl Strategy<Value = Scale> {
    prop_oneof![
        Just(Scale::Stars { max: Hundredths(500) }),
        Just(Scale::Points),
        Just(Scale::Likes),
        Just(Scale::Position),
        Just(Scale::None)
    ]
}

fn rank(scale: Scale) -> BoxedStrategy<Rank> {
    let rated = match scale {
        Scale::Stars { .. } => {
            (100..=500_u16, 1..20_u32).prop_map(|(mean, votes)| Rank::Stars { mean: Hundredths(mean), votes }).boxed()
        }
        Scale::Points => (-50..500_i64, proptest::option::of((0..90_u32, 0..90_u32)))
            .prop_map(|(net, split)| Rank::Points {
                net: split.map_or(net, |(up, down)| i64::from(up) - i64::from(down)),
                split,
            })
            .boxed(),
        Scale::Likes => (0..60_u32).prop_map(Rank::Likes).boxed(),
        Scale::Position => (1..9_u32, 0..9_u32).prop_map(|(nth, more)| Rank::Position { nth, of: nth + more }).boxed(),
        Scale::None => Just(Rank::Unrated).boxed(),
    };
    prop_oneof![8 => rated, 2 => Just(Rank::Unrated), 1 => Just(Rank::Withheld), 1 => Just(Rank::Removed)].boxed()
}

fn discussion() -> impl Strategy<Value = Discussion> {
    scale().prop_flat_map(|scale| {
        let comment = (rank(scale), any::<prop::sample::Index>(), 0..10_u8, 0..500_i64);
        prop::collection::vec(comment, 0..60).prop_map(move |drafts| {
            let parent_of = |n: usize, index: prop::sample::Index, kind: u8| match kind {
                _ if n == 0 => Parent::Root,
                0..=2 => Parent::Root,
                3 => Parent::Missing,
                4 => Parent::Guessed(CommentIdx(index.index(n) as u32)),
                _ => Parent::Of(CommentIdx(index.index(n) as u32)),
            };
            let comment = |(n, (rank, index, kind, at)): (usize, (Rank, prop::sample::Index, u8, i64))| Comment {
                id: n.to_string().into(),
                parent: parent_of(n, index, kind),
                posted: (at > 20).then_some(When::Instant(Timestamp(at))),
                rank,
                ..Comment::default()
            };
            Discussion { scale, comments: drafts.into_iter().enumerate().map(comment).collect(), ..Discussion::default() }
        })
    })
}

fn notch(scale: Scale) -> BoxedStrategy<Notch> {
    let own = match scale {
        Scale::Stars { .. } => (0..=500_u16).prop_map(|n| Notch::Stars(Hundredths(n))).boxed(),
        Scale::Points => (-60..600_i64).prop_map(Notch::Points).boxed(),
        Scale::Likes => (0..70_u32).prop_map(Notch::Likes).boxed(),
        Scale::Position | Scale::None => (0.01..1.0_f64).prop_map(Notch::Share).boxed(),
    };
    prop_oneof![1 => Just(Notch::Off), 4 => own, 1 => (0.01..1.0_f64).prop_map(Notch::Share)].boxed()
}

fn threshold(scale: Scale) -> impl Strategy<Value = Threshold> {
    (notch(scale), notch(scale), 0..6_u32, any::<bool>()).prop_map(|(bar, floor, min_votes, open)| Threshold {
        bar,
        floor,
        min_votes,
        unrated: if open { Unrated::Open } else { Unrated::AsBelow },
    })
}

fn order() -> impl Strategy<Value = Order> {
    prop::sample::select(Order::ALL.to_vec())
}

fn hands(total: usize) -> impl Strategy<Value = Overrides> {
    let hand = prop::sample::select(vec![Override::Folded, Override::Open, Override::Line, Override::StayOpen]);
    prop::collection::vec((any::<prop::sample::Index>(), hand), 0..6).prop_map(move |touches| {
        let mut by_hand = Overrides::default();
        for (index, hand) in touches {
            if total > 0 {
                by_hand.set(CommentIdx(index.index(total) as u32), hand);
            }
        }
        by_hand
    })
}

#[derive(Debug)]
struct Case {
    discussion: Discussion,
    ranks: RankTable,
    thread: Thread,
    threshold: Threshold,
    hand: Overrides,
}

impl Case {
    fn rows(&self, threshold: &Threshold, hand: &Overrides) -> (Vec<Row>, Counts) {
        let mut into = Vec::new();
        let counts = rows(&self.thread, &self.ranks, hand, threshold, &mut into);
        (into, counts)
    }

    fn comment(&self, row: &Row) -> CommentIdx {
        self.thread.places()[row.place as usize].comment
    }

    fn open(&self, threshold: &Threshold) -> Vec<CommentIdx> {
        let (rows, _) = self.rows(threshold, &Overrides::default());
        let mut open: Vec<CommentIdx> =
            rows.iter().filter(|row| row.shown == Shown::Open).map(|row| self.comment(row)).collect();
        open.sort_unstable();
        open
    }
}

fn case() -> impl Strategy<Value = Case> {
    (discussion(), order(), any::<bool>()).prop_flat_map(|(discussion, order, flat)| {
        let ranks = RankTable::new(discussion.scale, &discussion.comments);
        let thread = arrange(&discussion, &ranks, order, flat, &|comment| comment.0 % 3 == 0);
        let (scale, total) = (discussion.scale, discussion.comments.len());
        (Just((discussion, ranks, thread)), threshold(scale), hands(total))
            .prop_map(|((discussion, ranks, thread), threshold, hand)| Case { discussion, ranks, thread, threshold, hand })
    })
}

proptest! {
    #[test]
    fn every_comment_sits_once_and_below_its_parent(case in case()) {
        let places = case.thread.places();
        prop_assert_eq!(places.len(), case.discussion.comments.len());
        for (at, place) in places.iter().enumerate() {
            prop_assert_eq!(case.thread.seat(place.comment), at);
            let deeper = places[at + 1..].iter().take_while(|below| below.depth > place.depth).count();
            prop_assert_eq!(place.descendants as usize, deeper);
            if place.depth > 0 {
                let (Parent::Of(parent) | Parent::Guessed(parent)) = case.discussion.comments[place.comment.index()].parent else {
                    return Err(TestCaseError::fail("a root below something"));
                };
                prop_assert_eq!(case.thread.parent(at).map(|seat| places[seat].comment), Some(parent));
            }
        }
    }

    #[test]
    fn newest_is_the_exact_reverse_of_oldest_when_flat(discussion in discussion()) {
        let ranks = RankTable::new(discussion.scale, &discussion.comments);
        let seats = |order| -> Vec<CommentIdx> {
            let thread = arrange(&discussion, &ranks, order, true, &|_| false);
            thread.places().iter().map(|place| place.comment).collect()
        };
        let mut newest = seats(Order::Newest);
        newest.reverse();
        prop_assert_eq!(newest, seats(Order::Oldest));
    }

    #[test]
    fn open_lines_and_folded_are_all(case in case()) {
        let (rows, counts) = case.rows(&case.threshold, &case.hand);
        prop_assert_eq!(counts.open + counts.lines + counts.folded, counts.total);
        prop_assert_eq!(counts.total as usize, case.discussion.comments.len());
        let open = rows.iter().filter(|row| row.shown == Shown::Open).count();
        prop_assert_eq!(open, counts.open as usize);
        prop_assert!(rows.windows(2).all(|pair| pair[0].place < pair[1].place));
        let empty = Shown::Folded { comments: 0 };
        prop_assert!(rows.iter().all(|row| row.shown != empty));
    }

    #[test]
    fn raising_the_bar_never_opens_a_row(case in case(), other in 0..600_u16) {
        let lower = case.open(&case.threshold);
        let bar = match case.threshold.bar {
            Notch::Off => Notch::Share(0.5),
            Notch::Stars(stars) => Notch::Stars(Hundredths(stars.0 + other)),
            Notch::Points(points) => Notch::Points(points + i64::from(other)),
            Notch::Likes(likes) => Notch::Likes(likes + u32::from(other)),
            Notch::Share(share) => Notch::Share(share / (1.0 + f64::from(other))),
        };
        let higher = case.open(&Threshold { bar, ..case.threshold });
        prop_assert!(higher.iter().all(|comment| lower.contains(comment)), "{lower:?} then {higher:?}");
    }

    #[test]
    fn every_shown_comment_has_its_ancestors_in_view(case in case()) {
        let (rows, _) = case.rows(&case.threshold, &case.hand);
        let shown: Vec<u32> = rows.iter().filter(|row| !matches!(row.shown, Shown::Folded { .. })).map(|row| row.place).collect();
        for place in &shown {
            if let Some(parent) = case.thread.parent(*place as usize) {
                prop_assert!(shown.contains(&(parent as u32)));
            }
        }
    }

    #[test]
    fn moving_away_and_back_restores_the_rows(case in case(), bar in notch(Scale::Points), floor in notch(Scale::Points)) {
        let before = case.rows(&case.threshold, &case.hand);
        let mut again = Vec::new();
        rows(&case.thread, &case.ranks, &case.hand, &Threshold { bar, floor, ..case.threshold }, &mut again);
        let counts = rows(&case.thread, &case.ranks, &case.hand, &case.threshold, &mut again);
        prop_assert_eq!((again, counts), before);
    }

    #[test]
    fn with_the_floor_off_nothing_is_folded_by_rank(case in case()) {
        for threshold in [Threshold { floor: Notch::Off, ..case.threshold }, Threshold { bar: Notch::Off, ..case.threshold }] {
            prop_assert_eq!(case.rows(&threshold, &Overrides::default()).1.folded, 0);
        }
    }

    #[test]
    fn unrated_and_withheld_are_never_folded_by_rank(case in case()) {
        let (rows, _) = case.rows(&case.threshold, &Overrides::default());
        let shown = |comment| rows.iter().any(|row| case.comment(row) == comment && !matches!(row.shown, Shown::Folded { .. }));
        for (n, comment) in case.discussion.comments.iter().enumerate() {
            if case.ranks.estimate(n).is_none() && matches!(comment.rank, Rank::Unrated | Rank::Withheld) {
                prop_assert!(shown(CommentIdx(n as u32)));
            }
        }
    }

    #[test]
    fn why_agrees_with_the_rows(case in case()) {
        let (rows, _) = case.rows(&case.threshold, &case.hand);
        for row in &rows {
            let reason = why(&case.thread, &case.ranks, &case.hand, &case.threshold, row.place as usize);
            let agrees = match row.shown {
                Shown::Open => matches!(reason, Reason::ByHand | Reason::NewStaysOpen | Reason::BarOff | Reason::AtOrAboveBar | Reason::UnratedPasses { .. }),
                Shown::Line => matches!(reason, Reason::ByHand | Reason::FoldedByHand | Reason::UnratedAsBelow { .. } | Reason::Removed | Reason::BelowBar | Reason::KeptForReply),
                Shown::Folded { .. } => matches!(reason, Reason::BelowFloor | Reason::Removed),
            };
            prop_assert!(agrees, "{:?} because {reason:?}", row.shown);
        }
    }

    #[test]
    fn a_comment_always_has_a_row_to_stand_for_it(case in case()) {
        let (rows, _) = case.rows(&case.threshold, &case.hand);
        for at in 0..case.thread.places().len() {
            let row = row_for(&case.thread, &rows, at).expect("there are rows");
            if let Some(own) = rows.iter().position(|row| row.place as usize == at && !matches!(row.shown, Shown::Folded { .. })) {
                prop_assert_eq!(row, own);
            }
        }
    }

    #[test]
    fn steps_go_up_to_the_last_notch_and_down_to_off(case in case()) {
        let min_votes = case.threshold.min_votes;
        let notches = case.ranks.notches(min_votes);
        prop_assert_eq!(notches[0].notch, Notch::Off);
        let mut at = Notch::Off;
        for step in &notches[1..] {
            at = case.ranks.step(at, true, min_votes);
            prop_assert_eq!(at, step.notch);
        }
        prop_assert_eq!(case.ranks.step(at, true, min_votes), at);
        for step in notches.iter().rev().skip(1) {
            at = case.ranks.step(at, false, min_votes);
            prop_assert_eq!(at, step.notch);
        }
    }

    #[test]
    fn a_portable_notch_means_the_same_in_its_own_discussion(case in case()) {
        let min_votes = case.threshold.min_votes;
        for step in case.ranks.notches(min_votes) {
            let back = case.ranks.settled(case.ranks.portable(step.notch, min_votes), min_votes);
            prop_assert_eq!(back, step.notch);
        }
    }

    #[test]
    fn parents_by_id_never_make_a_circle(edges in prop::collection::vec(proptest::option::of(0..40_usize), 0..40)) {
        let mut comments: Vec<Comment> = (0..edges.len()).map(|n| Comment { id: n.to_string().into(), ..Comment::default() }).collect();
        let parents: Vec<Option<Box<str>>> = edges.iter().map(|edge| edge.map(|n| n.to_string().into())).collect();
        link_parents(&mut comments, &parents);
        for start in 0..comments.len() {
            let mut at = start;
            for _ in 0..=comments.len() {
                let Parent::Of(parent) = comments[at].parent else { break };
                at = parent.index();
            }
            prop_assert!(!matches!(comments[at].parent, Parent::Of(_)), "a circle at {at}");
        }
    }
}

fn stars(mean: u16) -> Rank {
    Rank::Stars { mean: Hundredths(mean), votes: 5 }
}

fn thread_of(ranks_and_parents: &[(Rank, Parent)]) -> (Discussion, RankTable, Thread) {
    let comments = ranks_and_parents.iter().enumerate();
    let comments = comments.map(|(n, (rank, parent))| Comment {
        id: n.to_string().into(),
        parent: *parent,
        rank: *rank,
        ..Comment::default()
    });
    let discussion =
        Discussion { scale: Scale::Stars { max: Hundredths(500) }, comments: comments.collect(), ..Discussion::default() };
    let ranks = RankTable::new(discussion.scale, &discussion.comments);
    let thread = arrange(&discussion, &ranks, Order::Oldest, false, &|_| false);
    (discussion, ranks, thread)
}

/// The example of the rules: floor 2, bar 4, a root of 1 with a reply of 3.
#[test]
fn a_good_reply_keeps_the_line_of_its_bad_parent() {
    let (_, ranks, thread) = thread_of(&[(stars(100), Parent::Root), (stars(300), Parent::Of(CommentIdx(0)))]);
    let threshold =
        Threshold { bar: Notch::Stars(Hundredths(400)), floor: Notch::Stars(Hundredths(200)), ..Threshold::default() };
    let mut shown = Vec::new();
    rows(&thread, &ranks, &Overrides::default(), &threshold, &mut shown);
    assert_eq!(shown, [Row { place: 0, shown: Shown::Line }, Row { place: 1, shown: Shown::Line }]);
    assert_eq!(why(&thread, &ranks, &Overrides::default(), &threshold, 0), Reason::KeptForReply);
}

#[test]
fn folded_siblings_are_one_row_with_their_descendants() {
    let (_, ranks, thread) = thread_of(&[
        (stars(450), Parent::Root),
        (stars(100), Parent::Of(CommentIdx(0))),
        (stars(110), Parent::Of(CommentIdx(1))),
        (stars(120), Parent::Of(CommentIdx(0))),
        (stars(500), Parent::Of(CommentIdx(0))),
        (stars(100), Parent::Root),
    ]);
    let threshold =
        Threshold { bar: Notch::Stars(Hundredths(400)), floor: Notch::Stars(Hundredths(250)), ..Threshold::default() };
    let mut shown = Vec::new();
    let counts = rows(&thread, &ranks, &Overrides::default(), &threshold, &mut shown);
    let folded = |place, comments| Row { place, shown: Shown::Folded { comments } };
    let open = |place| Row { place, shown: Shown::Open };
    assert_eq!(shown, [open(0), folded(1, 3), open(4), folded(5, 1)]);
    assert_eq!(counts, Counts { total: 6, open: 2, lines: 0, folded: 4, unrated: 0, estimated: 0 });
}

#[test]
fn the_wanted_floor_is_kept_while_the_bar_is_below_it() {
    let (_, ranks, thread) = thread_of(&[(stars(100), Parent::Root), (stars(200), Parent::Root), (stars(300), Parent::Root)]);
    let at = |bar| {
        let threshold =
            Threshold { bar: Notch::Stars(Hundredths(bar)), floor: Notch::Stars(Hundredths(250)), ..Threshold::default() };
        let mut shown = Vec::new();
        rows(&thread, &ranks, &Overrides::default(), &threshold, &mut shown)
    };
    assert_eq!((at(300).folded, at(150).folded, at(300).folded), (2, 1, 2));
}

/// Five points values 12, 8, 8, 3, 1 have the shares 20, 60, 80 and 100 %: 75 % is nearest 80, 50 nearest 60, the rest 20.
#[test]
fn notches_of_points_are_the_nearest_shares() {
    let comment = |net| Comment { rank: Rank::Points { net, split: None }, ..Comment::default() };
    let comments = [12, 8, 8, 3, 1].map(comment);
    let table = RankTable::new(Scale::Points, &comments);
    let notches: Vec<Notch> = table.notches(0).into_iter().map(|step| step.notch).collect();
    assert_eq!(notches, [Notch::Off, Notch::Points(3), Notch::Points(8), Notch::Points(12)]);
    assert_eq!(table.share_of(Notch::Points(8), 0), Some(0.6));
    assert_eq!(table.histogram(0), [0, 1, 1, 0, 3]);
}

/// A second of two at the root is worth half; its only reply 0.9 of that; one of unknown place 0.9 of half. Equals stand as
/// they were received.
#[test]
fn places_are_ordered_by_a_product_down_the_thread() {
    let place = |nth, of, parent| Comment { rank: Rank::Position { nth, of }, parent, ..Comment::default() };
    let comments = [
        place(1, 2, Parent::Root),
        place(2, 2, Parent::Root),
        place(1, 1, Parent::Of(CommentIdx(1))),
        Comment { parent: Parent::Of(CommentIdx(0)), ..Comment::default() },
        place(1, 1, Parent::Of(CommentIdx(3))),
    ];
    let table = RankTable::new(Scale::Position, &comments);
    // 1, 0.5, 0.45, 0.45, 0.405
    assert_eq!([0, 1, 2, 3, 4].map(|n| table.value(n) as u32), [4, 3, 2, 1, 0]);
    assert_eq!((table.rated(0).count(), table.estimated()), (5, 1));
}

/// A removed root stands where the best below it would, flat last; without anything rated below, after all that is rated.
#[test]
fn a_comment_without_a_rank_is_placed_by_the_best_below_it() {
    let comment = |(rank, parent)| Comment { parent, rank, ..Comment::default() };
    let points = |net| Rank::Points { net, split: None };
    let of = |n| Parent::Of(CommentIdx(n));
    let comments = [
        (Rank::Removed, Parent::Root),
        (points(5), Parent::Root),
        (Rank::Removed, Parent::Root),
        (Rank::Unrated, of(2)),
        (points(260), of(3)),
        (points(40), Parent::Root),
    ];
    let comments = comments.map(comment).to_vec();
    let discussion = Discussion { scale: Scale::Points, comments, ..Discussion::default() };
    let ranks = RankTable::new(Scale::Points, &discussion.comments);
    let order = |flat| {
        let thread = arrange(&discussion, &ranks, Order::Best, flat, &|_| false);
        thread.places().iter().map(|place| place.comment.0).collect::<Vec<_>>()
    };
    assert_eq!(order(false), [2, 3, 4, 5, 1, 0]);
    assert_eq!(order(true), [4, 5, 1, 0, 2, 3]);
}
