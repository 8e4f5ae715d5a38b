//! One discussion of the page: its thread in the chosen order, its slider, its rows, and what each row says.

use std::collections::HashSet;

use super::notch_label;
use super::voices::voices;
use crate::domain::order::{Order, arrange};
use crate::domain::rank::{RankTable, Scale};
use crate::domain::rules::{Rule, Rulings, Verdict};
use crate::domain::slider::{self, ByHand, Counts, Hand, Notch, Reason, Row, Shown, Step, Threshold, Unrated};
use crate::domain::thread::{Comment, CommentIdx, Discussion, Parent, Thread};
use crate::store::{CommentState, DiscussionHead, LastComment, SliderMemory, StoredDiscussion};

/// A discussion of the open page; its comments may still be on their way.
#[derive(Debug)]
pub struct DiscussionView {
    pub head: DiscussionHead,
    pub loaded: Option<Loaded>,
    /// The slider was moved here and is to be remembered when the page is left.
    pub moved: bool,
    /// What came while the page is open, and would move what is on the screen.
    pub(super) waiting: Option<StoredDiscussion>,
}

impl DiscussionView {
    pub fn has_new(&self) -> bool {
        self.head.new_comments > 0
    }
}

#[derive(Debug)]
pub struct Loaded {
    pub discussion: Discussion,
    /// The last one of its comments that was stored.
    pub last: LastComment,
    pub states: Vec<CommentState>,
    pub ranks: RankTable,
    pub thread: Thread,
    pub hand: ByHand,
    pub threshold: Threshold,
    pub order: Order,
    pub flat: bool,
    pub rows: Vec<Row>,
    pub counts: Counts,
    /// The slider's notches and the histogram beside it, for the votes that now count.
    pub steps: Vec<Step>,
    pub histogram: Vec<u32>,
    /// By comment: 0, or from 1 the look of an author who has several comments here.
    voices: Vec<u8>,
    /// Whether unseen comments are new to the reader: not on the first visit, when all are.
    marks_new: bool,
    /// New comments that were scrolled past: seen, though marked as new until the page is left.
    pub(super) passed: HashSet<CommentIdx>,
    /// The comment whose subtree is a page of its own for now.
    pub(super) hoisted: Option<CommentIdx>,
    /// Opened only while a search stands on it, with what the hand had said before.
    revealed: Option<(CommentIdx, Hand)>,
}

/// What a discussion starts with where nothing is remembered of its source and place.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Defaults {
    pub bar: Notch,
    pub order: Order,
    pub flat: bool,
    pub new_stay_open: bool,
}

impl Loaded {
    pub fn new(
        stored: StoredDiscussion,
        head: &DiscussionHead,
        memory: Option<SliderMemory>,
        defaults: Defaults,
        rules: &[Rule],
    ) -> Loaded {
        let StoredDiscussion { discussion, states, last, .. } = stored;
        let ranks = RankTable::new(discussion.scale, &discussion.comments);
        let memory = memory.unwrap_or(SliderMemory {
            bar: defaults.bar,
            floor: Notch::Off,
            min_votes: 0,
            unrated: Unrated::Open,
            order: defaults.order,
            flat: defaults.flat,
        });
        // A source may have places of several scales under one name: a notch of another scale says nothing here.
        let settled = |notch| if suits(notch, discussion.scale) { ranks.settled(notch, memory.min_votes) } else { Notch::Off };
        let bar = if suits(memory.bar, discussion.scale) { memory.bar } else { defaults.bar };
        let threshold =
            Threshold { bar: settled(bar), floor: settled(memory.floor), min_votes: memory.min_votes, unrated: memory.unrated };
        let order = if memory.order.suits(&discussion) { memory.order } else { Order::Oldest };
        let mut loaded = Loaded {
            last,
            thread: Thread::default(),
            hand: ByHand::default(),
            rows: Vec::new(),
            counts: Counts::default(),
            steps: Vec::new(),
            histogram: Vec::new(),
            marks_new: head.new_comments > 0,
            passed: HashSet::new(),
            flat: memory.flat,
            hoisted: None,
            revealed: None,
            voices: voices(&discussion.comments),
            discussion,
            states,
            ranks,
            threshold,
            order,
        };
        if defaults.new_stay_open {
            for n in 0..loaded.discussion.comments.len() as u32 {
                if loaded.is_new(CommentIdx(n)) {
                    loaded.hand.set(CommentIdx(n), Hand::StayOpen);
                }
            }
        }
        loaded.hand.rulings = Rulings::new(rules, &loaded.discussion);
        loaded.set_min_votes(loaded.threshold.min_votes);
        loaded.rearrange();
        loaded
    }

    pub fn apply_rules(&mut self, rules: &[Rule]) {
        self.hand.rulings = Rulings::new(rules, &self.discussion);
        self.refilter();
    }

    pub fn is_muted(&self, comment: CommentIdx) -> bool {
        self.hand.rulings.get(comment.index()).is_some_and(|(_, verdict)| verdict == Verdict::Mute)
    }

    /// Which votes count decides who is rated, and so the notches and the histogram.
    pub fn set_min_votes(&mut self, min_votes: u32) {
        self.threshold.min_votes = min_votes;
        self.steps = self.ranks.notches(min_votes);
        self.histogram = self.ranks.histogram(min_votes);
    }

    pub fn memory(&self) -> SliderMemory {
        let Threshold { bar, floor, min_votes, unrated } = self.threshold;
        let portable = |notch| self.ranks.portable(notch, min_votes);
        SliderMemory { bar: portable(bar), floor: portable(floor), min_votes, unrated, order: self.order, flat: self.flat }
    }

    /// Which of so many looks an author has who comes back in this discussion; the same author has it in all.
    pub fn voice(&self, comment: CommentIdx) -> Option<usize> {
        usize::from(self.voices[comment.index()]).checked_sub(1)
    }

    /// Takes a row's comment as scrolled past. Gives it if it is new and was not before.
    pub fn pass(&mut self, row: usize) -> Option<CommentIdx> {
        let comment = (!self.is_run(row)).then(|| self.row_comment(row))?;
        (self.is_new(comment) && self.passed.insert(comment)).then_some(comment)
    }

    /// Says of each comment whether it is new to the reader.
    pub(super) fn mark_new(&mut self, are_new: &[bool]) {
        self.marks_new = true;
        for (state, is_new) in self.states.iter_mut().zip(are_new) {
            state.seen = !is_new;
        }
    }

    pub(super) fn count_new(&self) -> u32 {
        (0..self.states.len() as u32).filter(|n| self.is_new(CommentIdx(*n))).count() as u32
    }

    pub fn is_new(&self, comment: CommentIdx) -> bool {
        self.marks_new && self.states.get(comment.index()).is_some_and(|state| !state.seen)
    }

    pub fn comment(&self, comment: CommentIdx) -> &Comment {
        &self.discussion.comments[comment.index()]
    }

    pub fn row_comment(&self, row: usize) -> CommentIdx {
        self.thread.places()[self.rows[row].place as usize].comment
    }

    /// 0 past the end.
    pub fn depth_of_row(&self, row: usize) -> u16 {
        self.rows.get(row).map_or(0, |row| self.drawn_depth(row.place as usize))
    }

    pub fn find(&self, id: &str) -> Option<CommentIdx> {
        let found = self.discussion.comments.iter().position(|comment| *comment.id == *id)?;
        Some(CommentIdx(found as u32))
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

    /// What a folded run says of itself: `14 below 2.5`, `3 muted`, `14 below 2.5 or muted`.
    pub fn run_label(&self, seat: usize, comments: usize) -> String {
        let muted = self.thread.places()[seat..seat + comments].iter().filter(|place| self.is_muted(place.comment)).count();
        match (muted, comments) {
            (0, _) => format!("{comments} below {}", notch_label(self.floor())),
            (muted, all) if muted == all || self.floor() == Notch::Off => format!("{comments} muted"),
            _ => format!("{comments} below {} or muted", notch_label(self.floor())),
        }
    }

    pub fn is_run(&self, row: usize) -> bool {
        matches!(self.rows[row].shown, Shown::Folded { .. })
    }

    /// After a change of order or of threaded and flat.
    pub fn rearrange(&mut self) {
        let is_new = |comment| self.is_new(comment);
        self.thread = arrange(&self.discussion, &self.ranks, self.order, self.flat, &is_new);
        self.refilter();
    }

    /// After a change of the threshold or of hand states.
    pub fn refilter(&mut self) {
        self.counts = slider::rows(&self.thread, &self.ranks, &self.hand, &self.threshold, &mut self.rows);
        if let Some(comment) = self.hoisted {
            let subtree = self.thread.subtree(self.thread.seat(comment));
            self.rows.retain(|row| subtree.contains(&(row.place as usize)));
        }
    }

    /// Makes a comment's subtree a page of its own, or with none gives the whole discussion back.
    pub fn hoist(&mut self, comment: Option<CommentIdx>) {
        if let Some(comment) = comment {
            self.hand.set(comment, Hand::Open);
        }
        self.hoisted = comment;
        self.refilter();
    }

    pub fn hoisted(&self) -> Option<CommentIdx> {
        self.hoisted
    }

    /// Whether a seat is in what is shown: the hoisted subtree, or all.
    pub fn is_in_view(&self, seat: usize) -> bool {
        self.hoisted.is_none_or(|comment| self.thread.subtree(self.thread.seat(comment)).contains(&seat))
    }

    /// How deep a seat is drawn.
    fn drawn_depth(&self, seat: usize) -> u16 {
        let base = self.hoisted.map_or(0, |comment| self.thread.places()[self.thread.seat(comment)].depth);
        self.thread.places()[seat].depth.saturating_sub(base)
    }

    /// The floor in force: the lower of the wanted one and the bar.
    pub fn floor(&self) -> Notch {
        let share = |notch| self.ranks.share_of(notch, self.threshold.min_votes);
        match (self.threshold.bar, self.threshold.floor) {
            (Notch::Off, _) | (_, Notch::Off) => Notch::Off,
            (bar, floor) => {
                let below = match (bar, floor) {
                    (Notch::Stars(bar), Notch::Stars(floor)) => floor <= bar,
                    (Notch::Points(bar), Notch::Points(floor)) => floor <= bar,
                    (Notch::Likes(bar), Notch::Likes(floor)) => floor <= bar,
                    _ => share(floor) >= share(bar),
                };
                if below { floor } else { bar }
            }
        }
    }

    pub fn step(&mut self, bar: bool, up: bool) -> bool {
        let Threshold { min_votes, .. } = self.threshold;
        let side = if bar { &mut self.threshold.bar } else { &mut self.threshold.floor };
        let next = self.ranks.step(*side, up, min_votes);
        let moved = std::mem::replace(side, next) != next;
        self.refilter();
        moved
    }

    pub fn set_bar(&mut self, notch: Notch) {
        self.threshold.bar = notch;
        self.refilter();
    }

    pub fn why(&self, comment: CommentIdx) -> Reason {
        slider::why(&self.thread, &self.ranks, &self.hand, &self.threshold, self.thread.seat(comment))
    }

    /// Enter: a folded run becomes lines, a line opens, an open comment folds its subtree.
    pub fn toggle(&mut self, row: usize) {
        let Row { place, shown } = self.rows[row];
        let comment = self.row_comment(row);
        match shown {
            Shown::Folded { comments } => {
                for seat in place..place + comments {
                    self.hand.set(self.thread.places()[seat as usize].comment, Hand::Line);
                }
            }
            Shown::Line => self.hand.set(comment, Hand::Open),
            Shown::Open => self.hand.set(comment, Hand::Folded),
        }
        self.refilter();
    }

    /// `z`: folds the comment with its replies into one line, or gives them back to their ranks.
    pub fn fold(&mut self, row: usize) {
        if matches!(self.rows[row].shown, Shown::Folded { .. }) {
            self.toggle(row);
            return;
        }
        let comment = self.row_comment(row);
        let next = if self.hand.get(comment) == Hand::Folded { Hand::None } else { Hand::Folded };
        self.hand.set(comment, next);
        self.refilter();
    }

    /// `Z`: folds every thread to its first comment; if all are, gives every comment back to its rank.
    pub fn fold_all(&mut self) {
        let roots =
            || self.thread.places().iter().filter(|place| place.depth == 0 && place.descendants > 0).map(|place| place.comment);
        let all = roots().all(|root| self.hand.get(root) == Hand::Folded);
        let touched: Vec<CommentIdx> = if all {
            self.hand.touched().filter(|(_, hand)| *hand != Hand::StayOpen).map(|(comment, _)| comment).collect()
        } else {
            roots().collect()
        };
        for comment in touched {
            self.hand.set(comment, if all { Hand::None } else { Hand::Folded });
        }
        self.refilter();
    }

    /// `X`: folds every thread that has nothing new into its first comment. How many were folded.
    pub fn fold_read(&mut self) -> usize {
        let places = self.thread.places();
        let is_read = |root: &usize| self.thread.subtree(*root).all(|seat| !self.is_new(places[seat].comment));
        let roots = (0..places.len()).filter(|seat| places[*seat].depth == 0);
        let read: Vec<CommentIdx> = roots.filter(is_read).map(|root| places[root].comment).collect();
        for root in &read {
            self.hand.set(*root, Hand::Folded);
        }
        self.refilter();
        read.len()
    }

    pub fn has_new(&self) -> bool {
        (0..self.discussion.comments.len() as u32).any(|n| self.is_new(CommentIdx(n)))
    }

    /// Opens a comment for as long as a search stands on it, with the way to it.
    pub fn reveal(&mut self, comment: CommentIdx) {
        self.conceal();
        let mut seat = self.thread.seat(comment);
        while let Some(above) = self.thread.parent(seat) {
            let ancestor = self.thread.places()[above].comment;
            if self.hand.get(ancestor) == Hand::Folded {
                self.hand.set(ancestor, Hand::None);
            }
            seat = above;
        }
        self.revealed = Some((comment, self.hand.get(comment)));
        self.hand.set(comment, Hand::Open);
        self.refilter();
    }

    /// Takes the last [`reveal`](Loaded::reveal) back. Whether there was one.
    pub fn conceal(&mut self) -> bool {
        let Some((comment, before)) = self.revealed.take() else { return false };
        self.hand.set(comment, before);
        self.refilter();
        true
    }

    pub fn is_revealing(&self) -> bool {
        self.revealed.is_some()
    }

    /// The next open comment of higher rank than the one at a row.
    pub fn higher(&self, row: usize, forward: bool) -> Option<usize> {
        let value = |row: usize| {
            let comment = self.row_comment(row).index();
            match self.ranks.standing(comment, 0) {
                crate::domain::rank::Standing::Rated => self.ranks.value(comment),
                _ => f64::NEG_INFINITY,
            }
        };
        let here = value(row);
        let fits = |n: &usize| self.rows[*n].shown == Shown::Open && value(*n) > here;
        if forward { (row + 1..self.rows.len()).find(fits) } else { (0..row).rev().find(fits) }
    }

    /// The next new comment's row after (or before) a row; none as `row` starts at the outermost.
    pub fn next_new(&self, row: Option<usize>, forward: bool) -> Option<usize> {
        let is_new = |n: &usize| !matches!(self.rows[*n].shown, Shown::Folded { .. }) && self.is_new(self.row_comment(*n));
        if forward {
            (row.map_or(0, |row| row + 1)..self.rows.len()).find(is_new)
        } else {
            (0..row.unwrap_or(self.rows.len())).rev().find(is_new)
        }
    }
}

/// Whether a slider position means anything on a scale.
fn suits(notch: Notch, scale: Scale) -> bool {
    match notch {
        Notch::Off => true,
        Notch::Share(_) => scale != Scale::None,
        Notch::Stars(_) => matches!(scale, Scale::Stars { .. }),
        Notch::Points(_) => scale == Scale::Points,
        Notch::Likes(_) => scale == Scale::Likes,
    }
}

/// Whether the comment answers another only by a guess.
pub fn is_guess(comment: &Comment) -> bool {
    matches!(comment.parent, Parent::Guessed(_))
}
