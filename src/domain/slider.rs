//! The rank slider: which comments are open, which are one line, which are folded away.

pub use super::notch::{Notch, NotchStep};
use super::rank::{RankEntry, RankTable, Standing};
use super::rules::{RuleMatches, Verdict};
use super::thread::{CommentIdx, Thread};

/// The slider's treatment of a comment without a rank.
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
    /// Comments that the slider treats as unrated now; the other counts include them.
    pub unrated: u32,
    /// Comments whose position in the site's order is an estimate; the other counts include them.
    pub estimated: u32,
}

/// The reader's own choice for a comment, which overrides its rank.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Override {
    #[default]
    None,
    /// Its whole subtree is folded into its line.
    Folded,
    Open,
    Line,
    /// Not a hand: it is new and new ones are to stay open. Any touch replaces it.
    StayOpen,
    /// Not a hand: a search or a hoist shows it for now. Never kept.
    Shown,
    /// Not a hand: in a subtree that the reader folded and of which one comment is shown for now. Never kept.
    Hidden,
}

/// Overrides of the ranks: the reader's own choices by comment, and below them the reader's rules.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Overrides {
    states: Vec<Override>,
    pub rulings: RuleMatches,
}

impl Overrides {
    pub fn get(&self, comment: CommentIdx) -> Override {
        self.states.get(comment.index()).copied().unwrap_or_default()
    }

    pub fn set(&mut self, comment: CommentIdx, hand: Override) {
        if self.states.len() <= comment.index() {
            self.states.resize(comment.index() + 1, Override::None);
        }
        self.states[comment.index()] = hand;
    }

    pub fn clear(&mut self) {
        self.states.clear();
    }

    fn is_untouched(&self) -> bool {
        self.states.is_empty() && self.rulings.is_empty()
    }

    /// Every comment that is not left to its rank.
    pub fn touched(&self) -> impl Iterator<Item = (CommentIdx, Override)> + '_ {
        let touched = |(n, hand): (usize, &Override)| (*hand != Override::None).then_some((CommentIdx(n as u32), *hand));
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
    /// A rule of the reader's own, by index.
    ByRule(u16, Verdict),
    NewStaysOpen,
    /// A search stands on it, or its thread is a page of its own.
    ShownForNow,
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

#[derive(Clone, Copy, PartialEq, Eq)]
enum Own {
    Open,
    Line,
    Folded,
    /// In a subtree that was folded by hand: part of that comment's line.
    Inside,
}

/// What a threshold makes of a comment by its standing and by where its value lies: 0 below the floor, 1 between floor
/// and bar, 2 at or above the bar. A table, so that the pass over a long thread need not guess which way each goes.
#[derive(Clone, Copy)]
struct Cut {
    /// Off lies below every value.
    bar: f64,
    floor: f64,
    min_votes: u32,
    by_rank: [[(Own, Reason); 3]; 4],
}

impl Cut {
    fn new(ranks: &RankTable, threshold: &Threshold) -> Cut {
        let min_votes = threshold.min_votes;
        let value = |notch| ranks.value_of(notch, min_votes);
        let bar = value(threshold.bar);
        let floor = bar.and_then(|bar| value(threshold.floor).map(|floor| floor.min(bar)));
        let judge = |standing, lies| match (standing, lies) {
            _ if bar.is_none() => (Own::Open, Reason::BarOff),
            (Standing::Rated, 2) => (Own::Open, Reason::AtOrAboveBar),
            (Standing::Rated, 1) => (Own::Line, Reason::BelowBar),
            // Below no floor; said here too, so that the table tells whether anything can be folded.
            (Standing::Rated, _) if floor.is_none() => (Own::Line, Reason::BelowBar),
            (Standing::Rated, _) => (Own::Folded, Reason::BelowFloor),
            (Standing::Removed, _) if floor.is_none() => (Own::Line, Reason::Removed),
            (Standing::Removed, _) => (Own::Folded, Reason::Removed),
            (Standing::Unrated | Standing::Withheld, _) => match threshold.unrated {
                Unrated::Open => (Own::Open, Reason::UnratedPasses { standing, thin: false }),
                Unrated::AsBelow => (Own::Line, Reason::UnratedAsBelow { standing, thin: false }),
            },
        };
        let by_rank = Standing::ALL.map(|standing| [0, 1, 2].map(|lies| judge(standing, lies)));
        let off = f64::NEG_INFINITY;
        Cut { bar: bar.unwrap_or(off), floor: floor.unwrap_or(off), min_votes, by_rank }
    }

    fn lies(&self, entry: RankEntry) -> usize {
        usize::from(entry.value >= self.floor) + usize::from(entry.value >= self.bar)
    }

    /// The override of a comment's rank: the reader's own choice, else the reader's rules.
    fn by_reader(hand: &Overrides, comment: CommentIdx) -> Option<(Own, Reason)> {
        match (hand.get(comment), hand.rulings.get(comment.index())) {
            (Override::Folded, _) => Some((Own::Line, Reason::FoldedByHand)),
            (Override::Shown, _) => Some((Own::Open, Reason::ShownForNow)),
            (Override::Hidden, _) => Some((Own::Folded, Reason::InFoldedSubtree(comment))),
            (Override::Open, _) => Some((Own::Open, Reason::ByHand)),
            (Override::Line, _) => Some((Own::Line, Reason::ByHand)),
            (_, Some((rule, verdict))) => {
                let own = match verdict {
                    Verdict::Lift => Own::Open,
                    Verdict::Shrink => Own::Line,
                    Verdict::Mute => Own::Folded,
                };
                Some((own, Reason::ByRule(rule, verdict)))
            }
            (Override::StayOpen, None) => Some((Own::Open, Reason::NewStaysOpen)),
            (Override::None, None) => None,
        }
    }

    fn judge(&self, ranks: &RankTable, hand: &Overrides, comment: CommentIdx) -> (Own, Reason) {
        let entry = ranks.entry(comment.index());
        let thin = ranks.is_thin(comment.index(), self.min_votes);
        let by_rank = || match self.by_rank[entry.standing(self.min_votes) as usize][self.lies(entry)] {
            (own, Reason::UnratedPasses { standing, .. }) => (own, Reason::UnratedPasses { standing, thin }),
            (own, Reason::UnratedAsBelow { standing, .. }) => (own, Reason::UnratedAsBelow { standing, thin }),
            judged => judged,
        };
        Cut::by_reader(hand, comment).unwrap_or_else(by_rank)
    }
}

/// The rows of a thread under a threshold, replacing what `into` held. Linear in the thread; wraps and scores nothing.
///
/// A comment folded by hand is a line and hides its subtree without a row of its own: its line tells how many.
pub fn rows(thread: &Thread, ranks: &RankTable, hand: &Overrides, threshold: &Threshold, into: &mut Vec<Row>) -> Counts {
    into.clear();
    let places = thread.places();
    let cut = Cut::new(ranks, threshold);
    let mut counts = Counts { total: places.len() as u32, estimated: ranks.estimated(), ..Counts::default() };
    let own_by_rank = cut.by_rank.map(|by| by.map(|(own, _)| own));
    if hand.is_untouched() && !own_by_rank.as_flattened().contains(&Own::Folded) {
        all_rows(thread, ranks, &cut, own_by_rank, into, &mut counts);
        return counts;
    }
    let mut own = Vec::with_capacity(places.len());
    let mut folds = false;
    let mut inside_until = 0;
    for (at, place) in places.iter().enumerate() {
        let entry = ranks.entry(place.comment.index());
        let standing = entry.standing(cut.min_votes);
        counts.unrated += u32::from(matches!(standing, Standing::Unrated | Standing::Withheld));
        if at < inside_until {
            own.push(Own::Inside);
            continue;
        }
        let judged = match Cut::by_reader(hand, place.comment) {
            None => own_by_rank[standing as usize][cut.lies(entry)],
            Some((judged, reason)) => {
                if reason == Reason::FoldedByHand {
                    inside_until = thread.subtree(at).end;
                }
                judged
            }
        };
        folds |= judged == Own::Folded;
        own.push(judged);
    }
    if folds {
        keep_ancestors(thread, &mut own);
    }
    shown_rows(thread, &own, into, &mut counts);
    counts
}

/// Nothing is folded: each comment has its row, and one pass without a branch makes them.
fn all_rows(
    thread: &Thread,
    ranks: &RankTable,
    cut: &Cut,
    own_by_rank: [[Own; 3]; 4],
    into: &mut Vec<Row>,
    counts: &mut Counts,
) {
    into.extend(thread.places().iter().zip(0..).map(|(place, at)| {
        let entry = ranks.entry(place.comment.index());
        let standing = entry.standing(cut.min_votes);
        let is_open = own_by_rank[standing as usize][cut.lies(entry)] == Own::Open;
        counts.unrated += u32::from(matches!(standing, Standing::Unrated | Standing::Withheld));
        counts.open += u32::from(is_open);
        Row { place: at, shown: if is_open { Shown::Open } else { Shown::Line } }
    }));
    counts.lines = counts.total - counts.open;
}

/// The rows of comments as they are judged; those that are folded next to each other share one.
fn shown_rows(thread: &Thread, own: &[Own], into: &mut Vec<Row>, counts: &mut Counts) {
    let places = thread.places();
    into.reserve(places.len());
    let mut at = 0;
    while at < places.len() {
        match own[at] {
            // Told apart without a branch: which of the two comes next cannot be guessed.
            Own::Open | Own::Line => {
                let is_open = own[at] == Own::Open;
                counts.open += u32::from(is_open);
                counts.lines += u32::from(!is_open);
                into.push(Row { place: at as u32, shown: if is_open { Shown::Open } else { Shown::Line } });
                at += 1;
            }
            Own::Folded => {
                let start = at;
                let depth = places[at].depth;
                while places.get(at).is_some_and(|place| place.depth == depth) && own[at] == Own::Folded {
                    at = thread.subtree(at).end;
                }
                let comments = (at - start) as u32;
                counts.folded += comments;
                into.push(Row { place: start as u32, shown: Shown::Folded { comments } });
            }
            Own::Inside => {
                counts.folded += 1;
                at += 1;
            }
        }
    }
}

/// Every ancestor of a shown comment is at least a line.
fn keep_ancestors(thread: &Thread, own: &mut [Own]) {
    let mut shown_before = Vec::with_capacity(own.len() + 1);
    let mut shown = 0_u32;
    for own in own.iter() {
        shown_before.push(shown);
        shown += u32::from(matches!(own, Own::Open | Own::Line));
    }
    shown_before.push(shown);
    for (at, place) in thread.places().iter().enumerate() {
        let has_shown_below = shown_before[at + 1 + place.descendants as usize] > shown_before[at + 1];
        own[at] = if own[at] == Own::Folded && has_shown_below { Own::Line } else { own[at] };
    }
}

/// The rule that decided how the comment at a seat is shown.
pub fn why(thread: &Thread, ranks: &RankTable, hand: &Overrides, threshold: &Threshold, at: usize) -> Reason {
    let mut above = thread.parent(at);
    let mut outermost = None;
    while let Some(seat) = above {
        let comment = thread.places()[seat].comment;
        if hand.get(comment) == Override::Folded {
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
        cut.judge(ranks, hand, comment)
    };
    let (own, reason) = judge(at);
    let kept = own == Own::Folded && thread.subtree(at).skip(1).any(|seat| judge(seat).0 != Own::Folded);
    match reason {
        Reason::InFoldedSubtree(_) if kept => Reason::ShownForNow,
        _ if kept => Reason::KeptForReply,
        reason => reason,
    }
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

impl RankTable {
    /// The floor in force: the lower of the wanted floor and the bar. Off where the bar is.
    pub fn floor_in_force(&self, threshold: &Threshold) -> Notch {
        let Threshold { bar, floor, min_votes, .. } = *threshold;
        match (self.value_of(bar, min_votes), self.value_of(floor, min_votes)) {
            (Some(at), Some(below)) => {
                if below <= at {
                    floor
                } else {
                    bar
                }
            }
            _ => Notch::Off,
        }
    }
}
