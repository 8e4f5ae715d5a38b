//! A thread as it is shown: ranks, bar, floor, overrides, rules and order to rows, counts and the reason of each row.
//!
//! The reader, `show` and `export` all go through here, so that they cannot disagree.

use std::borrow::{Borrow, Cow};

use super::order::{Order, arrange};
use super::rank::{RankTable, Standing};
use super::rules::{RuleMatches, Verdict};
use super::slider::{self, Counts, Notch, Override, Overrides, Reason, Row, Shown, Threshold};
use super::thread::{Comment, CommentIdx, Discussion, Thread};

/// How a discussion is to be shown.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct ViewOptions {
    pub order: Order,
    pub flat: bool,
    pub threshold: Threshold,
}

/// A discussion, owned or borrowed, in rows.
#[derive(Debug)]
pub struct ThreadView<D> {
    pub discussion: D,
    pub ranks: RankTable,
    pub thread: Thread,
    pub hand: Overrides,
    pub threshold: Threshold,
    pub order: Order,
    pub flat: bool,
    pub rows: Vec<Row>,
    pub counts: Counts,
    /// By comment; shorter where the rest are not new.
    are_new: Vec<bool>,
    /// The comment whose subtree is a page of its own for now.
    hoisted: Option<CommentIdx>,
    /// The hoisted comment is open until the reader folds it.
    opens_hoisted: bool,
    /// Open only while the cursor stands on it: a search or a jump led there.
    revealed: Option<CommentIdx>,
}

impl<D: Borrow<Discussion>> ThreadView<D> {
    /// `are_new` says by comment what came since the last visit.
    pub fn new(
        discussion: D,
        ranks: RankTable,
        options: ViewOptions,
        rulings: RuleMatches,
        are_new: Vec<bool>,
    ) -> ThreadView<D> {
        let ViewOptions { order, flat, threshold } = options;
        let mut hand = Overrides::default();
        hand.rulings = rulings;
        let mut view = ThreadView {
            discussion,
            ranks,
            thread: Thread::default(),
            hand,
            threshold,
            order,
            flat,
            rows: Vec::new(),
            counts: Counts::default(),
            are_new,
            hoisted: None,
            opens_hoisted: false,
            revealed: None,
        };
        view.rearrange();
        view
    }

    /// After a change of order or of threaded and flat.
    pub fn rearrange(&mut self) {
        let is_new = |comment| self.is_new(comment);
        self.thread = arrange(self.discussion.borrow(), &self.ranks, self.order, self.flat, &is_new);
        self.refilter();
    }

    /// After a change of the threshold or of overrides.
    pub fn refilter(&mut self) {
        let mut rows = std::mem::take(&mut self.rows);
        self.counts = slider::rows(&self.thread, &self.ranks, &self.overrides(), &self.threshold, &mut rows);
        if let Some(comment) = self.hoisted {
            let subtree = self.thread.subtree(self.thread.seat(comment));
            rows.retain(|row| subtree.contains(&(row.place as usize)));
        }
        self.rows = rows;
    }

    /// The reader's own folds, below what a search, a jump or a hoist shows for now.
    fn overrides(&self) -> Cow<'_, Overrides> {
        let hoisted = self.hoisted.filter(|_| self.opens_hoisted);
        if hoisted.or(self.revealed).is_none() {
            return Cow::Borrowed(&self.hand);
        }
        let mut hand = self.hand.clone();
        if let Some(comment) = hoisted {
            if hand.get(comment) != Override::Open {
                hand.set(comment, Override::Shown);
            }
            while let Some(fold) = self.outermost_fold(&hand, comment) {
                hand.set(self.thread.places()[fold].comment, Override::Shown);
            }
        }
        if let Some(comment) = self.revealed {
            // A folded subtree shows only this comment and the way to it.
            if let Some(fold) = self.outermost_fold(&hand, comment) {
                for seat in self.thread.subtree(fold) {
                    hand.set(self.thread.places()[seat].comment, Override::Hidden);
                }
            }
            if hand.get(comment) != Override::Open {
                hand.set(comment, Override::Shown);
            }
        }
        Cow::Owned(hand)
    }

    /// The seat of the outermost comment that was folded with this comment in it.
    fn outermost_fold(&self, hand: &Overrides, comment: CommentIdx) -> Option<usize> {
        let way = std::iter::successors(Some(self.thread.seat(comment)), |seat| self.thread.parent(*seat));
        way.filter(|seat| hand.get(self.thread.places()[*seat].comment) == Override::Folded).last()
    }

    /// True if the reader folded the comment, or one above it.
    pub fn is_in_fold(&self, comment: CommentIdx) -> bool {
        self.outermost_fold(&self.hand, comment).is_some()
    }

    pub fn why(&self, comment: CommentIdx) -> Reason {
        slider::why(&self.thread, &self.ranks, &self.overrides(), &self.threshold, self.thread.seat(comment))
    }

    /// See [`RankTable::floor_in_force`].
    pub fn floor(&self) -> Notch {
        self.ranks.floor_in_force(&self.threshold)
    }

    pub fn apply_rulings(&mut self, rulings: RuleMatches) {
        self.hand.rulings = rulings;
        self.refilter();
    }

    pub fn is_muted(&self, comment: CommentIdx) -> bool {
        self.hand.rulings.get(comment.index()).is_some_and(|(_, verdict)| verdict == Verdict::Mute)
    }

    pub fn is_new(&self, comment: CommentIdx) -> bool {
        self.are_new.get(comment.index()).copied().unwrap_or_default()
    }

    pub fn has_new(&self) -> bool {
        self.are_new.contains(&true)
    }

    pub fn count_new(&self) -> u32 {
        self.are_new.iter().filter(|is_new| **is_new).count() as u32
    }

    /// The rows stay until the next [`rearrange`](ThreadView::rearrange).
    pub fn set_new(&mut self, are_new: Vec<bool>) {
        self.are_new = are_new;
    }

    /// New comments stay open whatever the bar.
    pub fn keep_new_open(&mut self) {
        for (n, _) in self.are_new.iter().enumerate().filter(|(_, is_new)| **is_new) {
            self.hand.set(CommentIdx(n as u32), Override::StayOpen);
        }
        self.refilter();
    }

    pub fn comment(&self, comment: CommentIdx) -> &Comment {
        &self.discussion.borrow().comments[comment.index()]
    }

    pub fn find(&self, id: &str) -> Option<CommentIdx> {
        let found = self.discussion.borrow().comments.iter().position(|comment| *comment.id == *id)?;
        Some(CommentIdx(found as u32))
    }

    pub fn row_comment(&self, row: usize) -> CommentIdx {
        self.thread.places()[self.rows[row].place as usize].comment
    }

    /// 0 past the end.
    pub fn depth_of_row(&self, row: usize) -> u16 {
        self.rows.get(row).map_or(0, |row| self.drawn_depth(row.place as usize))
    }

    pub fn row_of(&self, comment: CommentIdx) -> Option<usize> {
        slider::row_for(&self.thread, &self.rows, self.thread.seat(comment))
    }

    /// The folded run that a comment is in.
    pub fn run_of(&self, comment: CommentIdx) -> Option<usize> {
        let seat = self.thread.seat(comment) as u32;
        let at = self.rows.partition_point(|row| row.place <= seat).checked_sub(1)?;
        let Row { place, shown } = self.rows[at];
        matches!(shown, Shown::Folded { comments } if seat < place + comments).then_some(at)
    }

    pub fn is_run(&self, row: usize) -> bool {
        matches!(self.rows[row].shown, Shown::Folded { .. })
    }

    /// Makes a comment's subtree a page of its own, or with none gives the whole discussion back.
    pub fn hoist(&mut self, comment: Option<CommentIdx>) {
        self.hoisted = comment;
        self.opens_hoisted = comment.is_some();
        self.refilter();
    }

    pub fn hoisted(&self) -> Option<CommentIdx> {
        self.hoisted
    }

    /// True if a seat is in the part shown: the hoisted subtree, or all.
    pub fn is_in_view(&self, seat: usize) -> bool {
        self.hoisted.is_none_or(|comment| self.thread.subtree(self.thread.seat(comment)).contains(&seat))
    }

    /// How deep a seat is drawn.
    fn drawn_depth(&self, seat: usize) -> u16 {
        let base = self.hoisted.map_or(0, |comment| self.thread.places()[self.thread.seat(comment)].depth);
        self.thread.places()[seat].depth.saturating_sub(base)
    }

    /// Opens a comment for as long as the cursor stands on it, with the way to it.
    pub fn reveal(&mut self, comment: CommentIdx) {
        self.revealed = Some(comment);
        self.refilter();
    }

    /// Takes the last [`reveal`](ThreadView::reveal) back. Whether there was one.
    pub fn conceal(&mut self) -> bool {
        let was_revealing = self.revealed.take().is_some();
        if was_revealing {
            self.refilter();
        }
        was_revealing
    }

    /// The comment that is open for as long as the cursor stands on it.
    pub fn revealed(&self) -> Option<CommentIdx> {
        self.revealed
    }

    /// Moves the bar, or the floor, by a notch. Whether it moved.
    pub fn step(&mut self, bar: bool, up: bool) -> bool {
        let Threshold { min_votes, .. } = self.threshold;
        let side = if bar { &mut self.threshold.bar } else { &mut self.threshold.floor };
        let next = self.ranks.step(*side, up, min_votes);
        let moved = std::mem::replace(side, next) != next;
        self.refilter();
        moved
    }

    /// Enter: a folded run becomes lines, a line opens, an open comment folds its subtree.
    pub fn toggle(&mut self, row: usize) {
        let Row { place, shown } = self.rows[row];
        let comment = self.row_comment(row);
        match shown {
            Shown::Folded { comments } => {
                while let Some(fold) = self.outermost_fold(&self.hand, comment) {
                    self.hand.set(self.thread.places()[fold].comment, Override::None);
                }
                for seat in place..place + comments {
                    self.hand.set(self.thread.places()[seat as usize].comment, Override::Line);
                }
            }
            Shown::Line => self.hand.set(comment, Override::Open),
            Shown::Open => self.set_folded(comment),
        }
        self.refilter();
    }

    /// A comment that the reader folds is no longer shown for a search or a hoist.
    fn set_folded(&mut self, comment: CommentIdx) {
        self.revealed = self.revealed.filter(|revealed| *revealed != comment);
        self.opens_hoisted &= self.hoisted != Some(comment);
        self.hand.set(comment, Override::Folded);
    }

    /// `z`: folds the comment with its replies into one line, or gives them back to their ranks.
    pub fn fold(&mut self, row: usize) {
        if self.is_run(row) {
            self.toggle(row);
            return;
        }
        let comment = self.row_comment(row);
        if self.hand.get(comment) == Override::Folded {
            self.hand.set(comment, Override::None);
        } else {
            self.set_folded(comment);
        }
        self.refilter();
    }

    /// `Z`: folds every thread to one line; if all are, gives every comment back to its rank.
    pub fn fold_all(&mut self) {
        let roots: Vec<CommentIdx> =
            self.thread.places().iter().filter(|place| place.depth == 0).map(|place| place.comment).collect();
        if roots.iter().all(|root| self.hand.get(*root) == Override::Folded) {
            let touched: Vec<CommentIdx> =
                self.hand.touched().filter(|(_, hand)| *hand != Override::StayOpen).map(|(comment, _)| comment).collect();
            for comment in touched {
                self.hand.set(comment, Override::None);
            }
        } else {
            for root in roots {
                self.set_folded(root);
            }
        }
        self.refilter();
    }

    /// `X`: folds every thread that has nothing new into its first comment. How many were folded.
    pub fn fold_read(&mut self) -> usize {
        let places = self.thread.places();
        let is_read = |root: &usize| self.thread.subtree(*root).all(|seat| !self.is_new(places[seat].comment));
        let roots = (0..places.len()).filter(|seat| places[*seat].depth == 0);
        let read: Vec<CommentIdx> = roots.filter(is_read).map(|root| places[root].comment).collect();
        let folded = read.len();
        for root in read {
            self.set_folded(root);
        }
        self.refilter();
        folded
    }

    /// The next open comment after (or before) a row; none as `row` starts at the outermost.
    pub fn next_open(&self, row: Option<usize>, forward: bool) -> Option<usize> {
        self.next_row(row, forward, |view, n| view.rows[n].shown == Shown::Open)
    }

    /// The next open comment of higher rank than the one at a row.
    pub fn higher(&self, row: usize, forward: bool) -> Option<usize> {
        let value = |view: &Self, row: usize| {
            let comment = view.row_comment(row).index();
            match view.ranks.standing(comment, 0) {
                Standing::Rated => view.ranks.value(comment),
                _ => f64::NEG_INFINITY,
            }
        };
        let here = value(self, row);
        self.next_row(Some(row), forward, |view, n| view.rows[n].shown == Shown::Open && value(view, n) > here)
    }

    /// The next new comment after (or before) a row, in folds too, but not one that a rule mutes; none as `row` starts at
    /// the outermost.
    pub fn next_new(&self, row: Option<usize>, forward: bool) -> Option<CommentIdx> {
        let places = self.thread.places();
        let seat = row.map(|row| self.rows[row].place as usize);
        let is_wanted = |seat: &usize| {
            let comment = places[*seat].comment;
            self.is_new(comment) && !self.is_muted(comment) && self.is_in_view(*seat)
        };
        let found = if forward {
            // A folded run begins with the comment that it stands at.
            let after = seat.map_or(0, |seat| seat + usize::from(!row.is_some_and(|row| self.is_run(row))));
            (after..places.len()).find(is_wanted)
        } else {
            (0..seat.unwrap_or(places.len())).rev().find(is_wanted)
        };
        found.map(|seat| places[seat].comment)
    }

    fn next_row(&self, row: Option<usize>, forward: bool, fits: impl Fn(&Self, usize) -> bool) -> Option<usize> {
        if forward {
            (row.map_or(0, |row| row + 1)..self.rows.len()).find(|n| fits(self, *n))
        } else {
            (0..row.unwrap_or(self.rows.len())).rev().find(|n| fits(self, *n))
        }
    }
}
