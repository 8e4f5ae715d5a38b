//! A discussion of the page: its thread view, and what the screen and the store add to it.

use std::collections::{HashMap, HashSet};
use std::ops::{Deref, DerefMut};

use super::author_marks::AuthorMarks;
use super::notch_label;
use crate::domain::notch::NotchInput;
use crate::domain::order::Order;
use crate::domain::rank::{RankTable, Scale};
use crate::domain::slider::{Notch, NotchStep, Threshold, Unrated};
use crate::domain::thread::{Comment, CommentIdx, Discussion, Parent};
use crate::domain::time::{DAY, Timestamp, When};
use crate::domain::view::{ThreadView, ViewOptions};
use crate::site;
use crate::store::{CommentState, DiscussionHead, LastComment, SliderMemory, StoredDiscussion};
use crate::work::loading::JudgedDiscussion;

/// A discussion of the open page; its comments may still be on their way.
#[derive(Debug)]
pub struct DiscussionView {
    pub head: DiscussionHead,
    pub loaded: Option<PageThread>,
    /// The slider was moved here and is to be remembered when the page is left.
    pub moved: bool,
    /// Arrivals since the page was opened that would move the text on the screen.
    pub(super) waiting: Option<JudgedDiscussion>,
}

impl DiscussionView {
    pub fn has_new(&self) -> bool {
        self.head.new_comments > 0
    }
}

/// A thread view with what the store tells of its comments; used as the view that it holds.
#[derive(Debug)]
pub struct PageThread {
    pub(super) view: ThreadView<Discussion>,
    /// The last one of its comments that was stored.
    pub last: LastComment,
    pub states: Vec<CommentState>,
    /// The slider's notches and the histogram beside it, for the votes that now count.
    pub steps: Vec<NotchStep>,
    /// The order is the reader's choice, to be remembered, and not a default.
    pub(in crate::tui) is_order_chosen: bool,
    pub histogram: Vec<u32>,
    pub(super) is_order_asked: bool,
    author_marks: AuthorMarks,
    /// Days, counted from the epoch, on which many comments came.
    busy_days: HashSet<i64>,
    /// New comments that were scrolled past: seen, though marked as new until the page is left.
    pub(super) passed: HashSet<CommentIdx>,
}

impl Deref for PageThread {
    type Target = ThreadView<Discussion>;

    fn deref(&self) -> &ThreadView<Discussion> {
        &self.view
    }
}

impl DerefMut for PageThread {
    fn deref_mut(&mut self) -> &mut ThreadView<Discussion> {
        &mut self.view
    }
}

/// The settings of a discussion whose source and site have none remembered.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Defaults {
    pub bar: NotchInput,
    /// None: the site's, see [`site::default_order`].
    pub order: Option<Order>,
    pub flat: bool,
    pub new_stay_open: bool,
}

impl PageThread {
    pub fn new(
        judged: JudgedDiscussion,
        head: &DiscussionHead,
        memory: Option<SliderMemory>,
        defaults: Defaults,
    ) -> PageThread {
        let JudgedDiscussion { stored: StoredDiscussion { discussion, states, last, .. }, rulings, .. } = judged;
        let ranks = RankTable::new(discussion.scale, &discussion.comments);
        let chosen = memory.as_ref().and_then(|memory| memory.order);
        let order = chosen.or(defaults.order);
        let order = order.filter(|order| order.suits(&discussion)).unwrap_or_else(|| site::default_order(&discussion));
        let flat = memory.as_ref().map_or(defaults.flat, |memory| memory.flat);
        let (min_votes, unrated) = memory.as_ref().map_or((0, Unrated::Open), |memory| (memory.min_votes, memory.unrated));
        let start = defaults.bar.on(discussion.scale).unwrap_or_default();
        let (bar, floor) = memory.map_or((start, Notch::Off), |memory| (memory.bar, memory.floor));
        // A source may have places of several scales under one name: a notch of another scale says nothing here.
        let bar = if suits(bar, discussion.scale) { bar } else { start };
        let floor = if suits(floor, discussion.scale) { floor } else { Notch::Off };
        let settled = |notch| ranks.settled(notch, min_votes);
        let threshold = Threshold { bar: settled(bar), floor: settled(floor), min_votes, unrated };
        // On the first visit every comment is unseen, and none of them is news.
        let are_new = states.iter().map(|state| head.new_comments > 0 && !state.seen).collect();
        let author_marks = AuthorMarks::new(&discussion.comments);
        let busy_days = busy_days(&discussion.comments);
        let options = ViewOptions { order, flat, threshold };
        let mut loaded = PageThread {
            view: ThreadView::new(discussion, ranks, options, rulings, are_new),
            last,
            states,
            steps: Vec::new(),
            is_order_chosen: chosen.is_some(),
            histogram: Vec::new(),
            is_order_asked: false,
            author_marks,
            busy_days,
            passed: HashSet::new(),
        };
        if defaults.new_stay_open {
            loaded.keep_new_open();
        }
        loaded.set_min_votes(min_votes);
        loaded.author_marks.arrange(&loaded.view.thread);
        loaded
    }

    /// The number of votes that counts decides who is rated, and so the notches and the histogram.
    pub fn set_min_votes(&mut self, min_votes: u32) {
        self.threshold.min_votes = min_votes;
        self.steps = self.ranks.notches(min_votes);
        self.histogram = self.ranks.histogram(min_votes);
    }

    pub fn memory(&self) -> SliderMemory {
        let Threshold { bar, floor, min_votes, unrated } = self.threshold;
        let portable = |notch| self.ranks.portable(notch, min_votes);
        let order = self.is_order_chosen.then_some(self.order);
        SliderMemory { bar: portable(bar), floor: portable(floor), min_votes, unrated, order, flat: self.flat }
    }

    /// After a change of order or of threaded and flat.
    pub fn rearrange(&mut self) {
        self.view.rearrange();
        self.author_marks.arrange(&self.view.thread);
    }

    /// True if so many comments came on that day that only the clock tells them apart.
    pub(super) fn is_busy_day(&self, at: Timestamp) -> bool {
        self.busy_days.contains(&at.0.div_euclid(DAY))
    }

    /// The mark of a comment's author, if they have several comments in this discussion.
    pub fn author_mark(&self, comment: CommentIdx) -> Option<usize> {
        self.author_marks.of(comment)
    }

    /// Takes a row's comment as scrolled past. Gives it if it is new and was not before.
    pub fn pass(&mut self, row: usize) -> Option<CommentIdx> {
        let comment = (!self.is_run(row)).then(|| self.row_comment(row))?;
        (self.is_new(comment) && self.passed.insert(comment)).then_some(comment)
    }

    /// The label of a folded run: `14 below 2.5`, `3 muted`, `14 below 2.5 or muted`, `14 folded`.
    pub fn run_label(&self, seat: usize, comments: usize) -> String {
        if self.is_in_fold(self.thread.places()[seat].comment) {
            return format!("{comments} folded");
        }
        let muted = self.thread.places()[seat..seat + comments].iter().filter(|place| self.is_muted(place.comment)).count();
        match (muted, comments) {
            (0, _) => format!("{comments} below {}", notch_label(self.floor())),
            (muted, all) if muted == all || self.floor() == Notch::Off => format!("{comments} muted"),
            _ => format!("{comments} below {} or muted", notch_label(self.floor())),
        }
    }
}

fn busy_days(comments: &[Comment]) -> HashSet<i64> {
    const BUSY: u32 = 10;
    let mut days: HashMap<i64, u32> = HashMap::new();
    for comment in comments {
        if let Some(When::Instant(Timestamp(at))) = comment.posted {
            *days.entry(at.div_euclid(DAY)).or_default() += 1;
        }
    }
    days.into_iter().filter(|(_, count)| *count >= BUSY).map(|(day, _)| day).collect()
}

/// True if a slider position means anything on a scale.
fn suits(notch: Notch, scale: Scale) -> bool {
    match notch {
        Notch::Off => true,
        Notch::Share(_) => scale != Scale::None,
        Notch::Stars(_) => matches!(scale, Scale::Stars { .. }),
        Notch::Points(_) => scale == Scale::Points,
        Notch::Likes(_) => scale == Scale::Likes,
    }
}

/// True if the comment answers another only by a guess.
pub fn is_guess(comment: &Comment) -> bool {
    matches!(comment.parent, Parent::Guessed(_))
}
