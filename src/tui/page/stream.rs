//! Comments that come while the page is open. What the reader sees stays where it is: those that would move it wait for
//! the next key that makes the rows anew.

use std::collections::HashMap;

use super::{Anchor, Defaults, DiscussionView, Element, PageThread, PageView};
use crate::domain::notch::NotchInput;
use crate::domain::rules::Rule;
use crate::domain::thread::CommentIdx;
use crate::domain::view::ThreadView;
use crate::site;
use crate::store::{ArticleId, DiscussionHead, DiscussionId, StoredDiscussion};
use crate::work::discussions::{MOST_ORDERED, unordered};
use crate::work::loading::JudgedDiscussion;

impl PageView {
    /// The page is stored now, under these ids.
    pub fn become_stored(&mut self, id: ArticleId, heads: &[DiscussionHead]) {
        self.changing_text(|page| {
            page.article.id = id;
            page.article.starred = true;
            page.origin = None;
            for (view, own) in page.discussions.iter_mut().zip(&mut page.article.discussions) {
                let is_its = |head: &&DiscussionHead| (&head.place, &head.url) == (&own.place, &own.url);
                if let Some(head) = heads.iter().find(is_its) {
                    (view.head.id, own.id) = (head.id, head.id);
                }
            }
        });
    }

    pub fn set_coming(&mut self, coming: bool) {
        if self.coming != coming {
            self.changing_text(|page| page.coming = coming);
        }
    }

    /// The page's discussions as the store has them now. Gives those whose comments are to be loaded.
    pub fn take_heads(&mut self, heads: &[DiscussionHead]) -> Vec<(DiscussionId, u32)> {
        let mut wanted = Vec::new();
        self.changing_text(|page| {
            for head in heads {
                match page.discussions.iter_mut().find(|view| view.head.id == head.id) {
                    Some(view) => {
                        // The facts about those on the page change with them.
                        let DiscussionHead { comments, new_comments, .. } =
                            if view.loaded.is_some() { &view.head } else { head };
                        view.head = DiscussionHead { comments: *comments, new_comments: *new_comments, ..head.clone() };
                    }
                    // On the page where it came none of it is newer than the rest.
                    None => page.discussions.push(DiscussionView::new(&DiscussionHead { new_comments: 0, ..head.clone() })),
                }
                wanted.push((head.id, head.comments));
            }
            page.article.discussions = heads.to_vec();
        });
        wanted
    }

    /// Comments with several answers whose order the site has not told yet, by discussion; of each state of a discussion
    /// once.
    pub fn unordered(&mut self) -> Vec<(DiscussionId, Vec<Box<str>>)> {
        let mut found = Vec::new();
        for view in &mut self.discussions {
            let Some(loaded) = &mut view.loaded else { continue };
            let is_told_apart = site::tells_order_apart(&loaded.discussion.place);
            if is_told_apart && !std::mem::replace(&mut loaded.is_order_asked, true) {
                found.push((view.head.id, unordered(&loaded.discussion, MOST_ORDERED)));
            }
        }
        found
    }

    /// Comments of a discussion that is on the page already: they are put there if that moves no row on the screen or above
    /// it, and wait otherwise.
    pub(super) fn renew(&mut self, n: usize, judged: JudgedDiscussion) {
        let begins = self.position(Element::Discussion(n));
        let is_below = self.screen().last().is_none_or(|(at, _)| *at < begins);
        let view = &self.discussions[n];
        let Some(old) = &view.loaded else { return };
        let is_free = is_below || old.rows.is_empty();
        // Where some wait already, others would move the rows as well.
        if view.waiting.is_some() && !is_free {
            self.discussions[n].waiting = Some(judged);
            return self.changing_text(|_| {});
        }
        let (id, rules) = (judged.stored.id, judged.rules.clone());
        let new = old.renewed(judged, &view.head);
        if is_free || new.shows_as(old) {
            return self.replace_threads(vec![(n, new)]);
        }
        self.discussions[n].waiting = Some(new.into_judged(id, rules));
        self.changing_text(|_| {});
    }

    /// Puts on the page what came meanwhile; true if there was anything.
    pub fn take_waiting(&mut self) -> bool {
        let waiting = |(n, view): (usize, &mut DiscussionView)| {
            let (judged, old) = (view.waiting.take()?, view.loaded.as_ref()?);
            Some((n, old.renewed(judged, &view.head)))
        };
        let threads: Vec<(usize, PageThread)> = self.discussions.iter_mut().enumerate().filter_map(waiting).collect();
        let came = !threads.is_empty();
        if came {
            self.replace_threads(threads);
        }
        came
    }

    /// Puts newer states of discussions in the place of those that are on the page.
    fn replace_threads(&mut self, threads: Vec<(usize, PageThread)>) {
        let (place, top) = (self.place(false), self.top);
        let first = threads.iter().map(|(n, _)| self.position(Element::Discussion(*n))).min();
        let is_above = first.is_some_and(|first| top.element < first && self.cursor < first);
        for (n, new) in threads {
            let view = &mut self.discussions[n];
            view.waiting = None;
            view.head.comments = new.discussion.comments.len() as u32;
            view.head.new_comments = new.count_new();
            view.loaded = Some(new);
        }
        self.laid.get_mut().clear();
        self.search_again();
        if is_above {
            // Nothing has moved above what came.
            self.count();
            self.top = Anchor { ..top };
        } else {
            self.restore(&place);
        }
    }
}

impl DiscussionView {
    pub(super) fn new(head: &DiscussionHead) -> DiscussionView {
        DiscussionView { head: head.clone(), loaded: None, moved: false, waiting: None }
    }

    /// Comments that came and are not on the page yet.
    pub fn came(&self) -> usize {
        let waiting = self.waiting.as_ref().map_or(0, |judged| judged.stored.discussion.comments.len());
        waiting.saturating_sub(self.head.comments as usize)
    }
}

impl PageThread {
    /// The same discussion with more comments or other ranks: slider, order and what the hand did stay. Comments that were
    /// not there before are new.
    fn renewed(&self, judged: JudgedDiscussion, head: &DiscussionHead) -> PageThread {
        let stored = &judged.stored;
        let by_id: HashMap<&str, CommentIdx> =
            stored.discussion.comments.iter().enumerate().map(|(n, comment)| (&*comment.id, CommentIdx(n as u32))).collect();
        let now: Vec<Option<CommentIdx>> =
            self.discussion.comments.iter().map(|comment| by_id.get(&*comment.id).copied()).collect();
        let mut are_new = vec![!self.discussion.comments.is_empty(); stored.discussion.comments.len()];
        for (old, new) in now.iter().enumerate() {
            if let Some(new) = new {
                are_new[new.index()] = self.is_new(CommentIdx(old as u32));
            }
        }
        let moved = |old: CommentIdx| now.get(old.index()).copied().flatten();
        let defaults = Defaults { bar: NotchInput::Off, order: None, flat: self.flat, new_stay_open: false };
        let mut new = PageThread::new(judged, head, Some(self.memory()), defaults);
        if new.discussion.scale == self.discussion.scale {
            new.threshold = self.threshold;
        }
        new.order = self.order;
        new.is_order_chosen = self.is_order_chosen;
        new.set_new(are_new);
        for (comment, hand) in self.hand.touched() {
            if let Some(comment) = moved(comment) {
                new.hand.set(comment, hand);
            }
        }
        new.passed = self.passed.iter().filter_map(|comment| moved(*comment)).collect();
        new.rearrange();
        new.hoist(self.hoisted().and_then(moved));
        new
    }

    /// The discussion as it came, to be shown later.
    fn into_judged(self, id: DiscussionId, rules: Vec<Rule>) -> JudgedDiscussion {
        let PageThread { view: ThreadView { discussion, hand, .. }, last, states, .. } = self;
        JudgedDiscussion { stored: StoredDiscussion { id, discussion, last, states }, rulings: hand.rulings, rules }
    }

    /// True if the same comments stand in the same rows.
    fn shows_as(&self, other: &PageThread) -> bool {
        let same = |n: usize| {
            let (own, its) = (self.comment(self.row_comment(n)), other.comment(other.row_comment(n)));
            own.id == its.id && self.rows[n].shown == other.rows[n].shown && self.depth_of_row(n) == other.depth_of_row(n)
        };
        self.rows.len() == other.rows.len() && (0..self.rows.len()).all(same)
    }
}
