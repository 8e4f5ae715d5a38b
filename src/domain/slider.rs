//! The rank slider: which comments are open, which are one line, which are folded away.

use super::rank::{Hundredths, RankTable, Scale, Standing};
use super::thread::{CommentIdx, Thread};

/// A position of the slider.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub enum Notch {
    #[default]
    Off,
    Stars(Hundredths),
    Points(i64),
    Likes(u32),
    /// The best so-many of the rated: 0.2 is the best fifth.
    Share(f64),
}

/// What the slider does with a comment that has no number.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Unrated {
    #[default]
    Open,
    AsBelow,
}

#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Threshold {
    pub bar: Notch,
    /// The wanted floor; the one in force is the lower of it and the bar.
    pub floor: Notch,
    /// Stars, and points with a split, of fewer votes count as unrated.
    pub min_votes: u32,
    pub unrated: Unrated,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shown {
    Open,
    Line,
    /// A run of siblings whose whole subtrees are folded; `comments` counts all of them.
    Folded {
        comments: u32,
    },
}

/// One row of the drawn thread. `place` is the comment's seat, for a folded run the first one's.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Row {
    pub place: u32,
    pub shown: Shown,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Counts {
    pub total: u32,
    pub open: u32,
    pub lines: u32,
    pub folded: u32,
    /// Those that the slider now treats as unrated; they are among the others too.
    pub unrated: u32,
}

/// What the reader's hand did to a comment.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Hand {
    #[default]
    None,
    /// Its whole subtree is folded into its line.
    Folded,
    Open,
    Line,
    /// Not a hand: it is new and new ones are to stay open. Any touch replaces it.
    StayOpen,
}

/// Hand states by comment.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ByHand {
    states: Vec<Hand>,
}

impl ByHand {
    pub fn get(&self, comment: CommentIdx) -> Hand {
        self.states.get(comment.index()).copied().unwrap_or_default()
    }

    pub fn set(&mut self, comment: CommentIdx, hand: Hand) {
        if self.states.len() <= comment.index() {
            self.states.resize(comment.index() + 1, Hand::None);
        }
        self.states[comment.index()] = hand;
    }

    pub fn clear(&mut self) {
        self.states.clear();
    }

    /// Every comment that is not left to its rank.
    pub fn touched(&self) -> impl Iterator<Item = (CommentIdx, Hand)> + '_ {
        let touched = |(n, hand): (usize, &Hand)| (*hand != Hand::None).then_some((CommentIdx(n as u32), *hand));
        self.states.iter().enumerate().filter_map(touched)
    }
}

/// Why a comment is shown as it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reason {
    /// The reader folded the subtree at this comment.
    InFoldedSubtree(CommentIdx),
    FoldedByHand,
    ByHand,
    NewStaysOpen,
    BarOff,
    AtOrAboveBar,
    /// Unrated, withheld or thinly voted: open, since the switch says so.
    UnratedPasses {
        standing: Standing,
        thin: bool,
    },
    /// The same, as a line, since the switch says "as below".
    UnratedAsBelow {
        standing: Standing,
        thin: bool,
    },
    Removed,
    BelowBar,
    BelowFloor,
    /// Below the floor or removed, but a comment under it is shown.
    KeptForReply,
}

/// Bar and floor in force, as values of one table.
#[derive(Clone, Copy)]
struct Cut {
    bar: Option<f64>,
    floor: Option<f64>,
    min_votes: u32,
    unrated: Unrated,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Own {
    Open,
    Line,
    Folded,
    /// In a subtree that was folded by hand: part of that comment's line.
    Inside,
}

impl Cut {
    fn new(ranks: &RankTable, threshold: &Threshold) -> Cut {
        let value = |notch| ranks.value_of(notch, threshold.min_votes);
        let bar = value(threshold.bar);
        let floor = bar.and_then(|bar| value(threshold.floor).map(|floor| floor.min(bar)));
        Cut { bar, floor, min_votes: threshold.min_votes, unrated: threshold.unrated }
    }

    fn by_rank(&self, ranks: &RankTable, comment: CommentIdx) -> (Own, Reason) {
        let n = comment.index();
        let Some(bar) = self.bar else { return (Own::Open, Reason::BarOff) };
        match ranks.standing(n, self.min_votes) {
            Standing::Rated if ranks.value(n) >= bar => (Own::Open, Reason::AtOrAboveBar),
            Standing::Rated if self.floor.is_none_or(|floor| ranks.value(n) >= floor) => (Own::Line, Reason::BelowBar),
            Standing::Rated => (Own::Folded, Reason::BelowFloor),
            Standing::Removed if self.floor.is_none() => (Own::Line, Reason::Removed),
            Standing::Removed => (Own::Folded, Reason::Removed),
            standing @ (Standing::Unrated | Standing::Withheld) => {
                let thin = ranks.is_thin(n, self.min_votes);
                match self.unrated {
                    Unrated::Open => (Own::Open, Reason::UnratedPasses { standing, thin }),
                    Unrated::AsBelow => (Own::Line, Reason::UnratedAsBelow { standing, thin }),
                }
            }
        }
    }

    fn judge(&self, ranks: &RankTable, hand: Hand, comment: CommentIdx) -> (Own, Reason) {
        match hand {
            Hand::Folded => (Own::Line, Reason::FoldedByHand),
            Hand::Open => (Own::Open, Reason::ByHand),
            Hand::Line => (Own::Line, Reason::ByHand),
            Hand::StayOpen => (Own::Open, Reason::NewStaysOpen),
            Hand::None => self.by_rank(ranks, comment),
        }
    }
}

/// The rows of a thread under a threshold, replacing what `into` held. Linear in the thread; wraps and scores nothing.
///
/// A comment folded by hand is a line and hides its subtree without a row of its own: its line tells how many.
pub fn rows(thread: &Thread, ranks: &RankTable, hand: &ByHand, threshold: &Threshold, into: &mut Vec<Row>) -> Counts {
    into.clear();
    let places = thread.places();
    let cut = Cut::new(ranks, threshold);
    let mut own = Vec::with_capacity(places.len());
    let mut counts = Counts { total: places.len() as u32, ..Counts::default() };
    let mut deepest = 0;
    let mut inside_until = 0;
    for (at, place) in places.iter().enumerate() {
        deepest = deepest.max(place.depth);
        let standing = ranks.standing(place.comment.index(), threshold.min_votes);
        counts.unrated += u32::from(matches!(standing, Standing::Unrated | Standing::Withheld));
        if at < inside_until {
            own.push(Own::Inside);
            continue;
        }
        let by_hand = hand.get(place.comment);
        if by_hand == Hand::Folded {
            inside_until = thread.subtree(at).end;
        }
        own.push(cut.judge(ranks, by_hand, place.comment).0);
    }
    if cut.floor.is_some() {
        keep_ancestors(thread, &mut own, deepest);
    }
    let mut at = 0;
    while at < places.len() {
        match own[at] {
            Own::Folded => {
                let depth = places[at].depth;
                let mut end = at;
                while places.get(end).is_some_and(|place| place.depth == depth) && own[end] == Own::Folded {
                    end = thread.subtree(end).end;
                }
                let comments = (end - at) as u32;
                counts.folded += comments;
                into.push(Row { place: at as u32, shown: Shown::Folded { comments } });
                at = end;
            }
            Own::Inside => {
                counts.folded += 1;
                at += 1;
            }
            Own::Open => {
                counts.open += 1;
                into.push(Row { place: at as u32, shown: Shown::Open });
                at += 1;
            }
            Own::Line => {
                counts.lines += 1;
                into.push(Row { place: at as u32, shown: Shown::Line });
                at += 1;
            }
        }
    }
    counts
}

/// Every ancestor of a shown comment is at least a line. Backwards, so that a place sees its whole subtree first.
fn keep_ancestors(thread: &Thread, own: &mut [Own], deepest: u16) {
    let mut shown_at = vec![false; usize::from(deepest) + 2];
    for (at, place) in thread.places().iter().enumerate().rev() {
        let depth = usize::from(place.depth);
        let shown_below = std::mem::take(&mut shown_at[depth + 1]);
        if own[at] == Own::Folded && shown_below {
            own[at] = Own::Line;
        }
        if matches!(own[at], Own::Open | Own::Line) {
            shown_at[depth] = true;
        }
    }
}

/// Which rule made the comment at a seat what it is.
pub fn why(thread: &Thread, ranks: &RankTable, hand: &ByHand, threshold: &Threshold, at: usize) -> Reason {
    let mut above = thread.parent(at);
    let mut outermost = None;
    while let Some(seat) = above {
        let comment = thread.places()[seat].comment;
        if hand.get(comment) == Hand::Folded {
            outermost = Some(comment);
        }
        above = thread.parent(seat);
    }
    if let Some(comment) = outermost {
        return Reason::InFoldedSubtree(comment);
    }
    let cut = Cut::new(ranks, threshold);
    let judge = |seat: usize| {
        let comment = thread.places()[seat].comment;
        cut.judge(ranks, hand.get(comment), comment)
    };
    let (own, reason) = judge(at);
    let kept = own == Own::Folded && thread.subtree(at).skip(1).any(|seat| judge(seat).0 != Own::Folded);
    if kept { Reason::KeptForReply } else { reason }
}

/// The row that stands for the comment at a seat: its own, else its nearest shown ancestor's, else the next shown
/// comment's, else the last row. None only when there are no rows.
pub fn row_for(thread: &Thread, rows: &[Row], at: usize) -> Option<usize> {
    let own = |seat: usize| {
        let row = rows.binary_search_by_key(&(seat as u32), |row| row.place).ok()?;
        (!matches!(rows[row].shown, Shown::Folded { .. })).then_some(row)
    };
    let mut seat = Some(at);
    while let Some(n) = seat {
        if let Some(row) = own(n) {
            return Some(row);
        }
        seat = thread.parent(n);
    }
    let after = rows.partition_point(|row| (row.place as usize) < at);
    (after..rows.len()).find(|&n| !matches!(rows[n].shown, Shown::Folded { .. })).or(rows.len().checked_sub(1))
}

/// A notch to step to, and for a scale of shares the share of the rated that pass it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Step {
    pub notch: Notch,
    pub share: Option<f64>,
}

/// The shares whose nearest values are the notches of points, likes and places.
const SHARES: [f64; 6] = [0.75, 0.50, 0.25, 0.10, 0.05, 0.01];

impl RankTable {
    /// The value at or above which a comment passes; none for Off.
    fn value_of(&self, notch: Notch, min_votes: u32) -> Option<f64> {
        match notch {
            Notch::Off => None,
            Notch::Stars(stars) => Some(f64::from(stars.0)),
            Notch::Points(points) => Some(points as f64),
            Notch::Likes(likes) => Some(f64::from(likes)),
            Notch::Share(share) => Some(nearest(&self.shares(min_votes), share).map_or(f64::INFINITY, |(value, _)| value)),
        }
    }

    /// The notch that stands for a value of this table. For a place scale, its share.
    fn notch_at(&self, (value, share): (f64, f64)) -> Notch {
        match self.scale() {
            Scale::Stars { .. } => Notch::Stars(Hundredths(value as u16)),
            Scale::Points => Notch::Points(value as i64),
            Scale::Likes => Notch::Likes(value as u32),
            Scale::Place => Notch::Share(share),
            Scale::None => Notch::Off,
        }
    }

    /// The slider's notches from Off upwards.
    pub fn notches(&self, min_votes: u32) -> Vec<Step> {
        let mut steps = vec![Step { notch: Notch::Off, share: None }];
        match self.scale() {
            Scale::None => {}
            Scale::Stars { max } => {
                steps
                    .extend((50..=max.0).step_by(50).map(|value| Step { notch: Notch::Stars(Hundredths(value)), share: None }));
            }
            Scale::Points | Scale::Likes | Scale::Place => {
                let shares = self.shares(min_votes);
                for wanted in SHARES {
                    let Some((value, share)) = nearest(&shares, wanted) else { continue };
                    let step = Step { notch: self.notch_at((value, share)), share: Some(share) };
                    if share < 1.0 && steps.last() != Some(&step) {
                        steps.push(step);
                    }
                }
            }
        }
        steps
    }

    /// The next notch above (or below) a position, which need not be a notch itself; the outermost where there is none.
    pub fn step(&self, from: Notch, up: bool, min_votes: u32) -> Notch {
        let steps = self.notches(min_votes);
        let value = |notch| self.value_of(notch, min_votes).unwrap_or(f64::NEG_INFINITY);
        let here = value(from);
        let next = if up {
            steps.iter().find(|step| value(step.notch) > here).or(steps.last())
        } else {
            steps.iter().rev().find(|step| value(step.notch) < here).or(steps.first())
        };
        next.map_or(Notch::Off, |step| step.notch)
    }

    /// The share of the rated that stand at or above a notch; none for Off and where nothing is rated.
    pub fn share_of(&self, notch: Notch, min_votes: u32) -> Option<f64> {
        let value = self.value_of(notch, min_votes)?;
        let total = self.rated(min_votes).count();
        (total > 0).then(|| self.rated(min_votes).take_while(|rated| *rated >= value).count() as f64 / total as f64)
    }

    /// A notch in the form that means the same in another discussion of this place: stars by value, others by share.
    pub fn portable(&self, notch: Notch, min_votes: u32) -> Notch {
        match notch {
            Notch::Points(_) | Notch::Likes(_) => self.share_of(notch, min_votes).map_or(Notch::Off, Notch::Share),
            other => other,
        }
    }

    /// A notch in this scale's own units: a share of points becomes the nearest value. Off where nothing is rated by shares.
    pub fn settled(&self, notch: Notch, min_votes: u32) -> Notch {
        match notch {
            Notch::Share(share) => nearest(&self.shares(min_votes), share).map_or(Notch::Off, |found| self.notch_at(found)),
            other => other,
        }
    }
}

/// The value whose share is nearest the wanted one; of two as near, the one with the smaller share.
fn nearest(shares: &[(f64, f64)], wanted: f64) -> Option<(f64, f64)> {
    let far = |share: f64| (share - wanted).abs();
    shares.iter().copied().reduce(|best, next| if far(next.1) + 1e-9 < far(best.1) { next } else { best })
}
