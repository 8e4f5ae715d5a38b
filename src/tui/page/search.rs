//! Searching the page: where the words stand, and going from one to the next.

use std::borrow::Cow;

use super::{Element, PageView};
use crate::domain::text::{Body, Part};
use crate::domain::thread::CommentIdx;
use crate::store::DiscussionId;

/// A place where the words were found, in reading order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Hit {
    Element(usize),
    /// By discussion and seat, since rows come and go.
    Comment(usize, usize),
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PageSearch {
    /// What is looked for, in lower case, as it is shown.
    pub needle: String,
    pub part: Option<Part>,
    hits: Vec<Hit>,
    /// Which hit the reader stands on.
    at: Option<usize>,
    /// What is looked at next, while not all was: a long page is searched between the keys.
    next: Option<Hit>,
    /// Where the reader wants to go once it is found: forward or back.
    wanted: Option<bool>,
}

/// Bytes that are looked at between two keys.
const STEP: usize = 1 << 20;
/// Letters beyond ASCII take so much longer.
const OTHER_LETTERS: usize = 8;

impl PageSearch {
    /// `2 of 7`
    pub fn label(&self) -> String {
        let found = self.hits.len();
        match (self.at, self.is_under_way()) {
            (Some(at), false) => format!("{} of {found}", at + 1),
            (Some(at), true) => format!("{} of {found} so far", at + 1),
            (None, false) => format!("{found} found"),
            (None, true) => format!("{found} found so far"),
        }
    }

    fn is_under_way(&self) -> bool {
        self.next.is_some()
    }

    pub fn is_empty(&self) -> bool {
        self.hits.is_empty()
    }
}

impl PageView {
    /// Looks for words, or parts of them, in the whole page, open or folded, in any spelling. What a long page has more is
    /// looked at by [`PageView::search_on`].
    pub fn search(&mut self, words: &str) {
        let (needle, part) = (words.to_lowercase(), Part::new(words));
        let next = Some(Hit::Element(0));
        let mut search = PageSearch { needle, part, hits: Vec::new(), at: None, next, wanted: None };
        self.search_some(&mut search);
        self.search = Some(search);
    }

    pub fn is_searching(&self) -> bool {
        self.search.as_ref().is_some_and(PageSearch::is_under_way)
    }

    /// Looks at some more of the page, and goes where the reader wanted to. False if all was looked at for nothing.
    pub fn search_on(&mut self) -> bool {
        let Some(mut search) = self.search.take() else { return true };
        self.search_some(&mut search);
        let is_over = !search.is_under_way();
        let wanted = search.wanted.take();
        self.search = Some(search);
        wanted.is_none_or(|forward| self.go_to_hit(forward)) || !is_over
    }

    fn search_some(&mut self, search: &mut PageSearch) {
        let PageSearch { part: Some(part), hits, next, .. } = search else {
            search.next = None;
            return;
        };
        let mut left = STEP;
        let mut found = |text: &str| {
            left = left.saturating_sub(64 + text.len() * if text.is_ascii() { 1 } else { OTHER_LETTERS });
            (part.is_in(text), left == 0)
        };
        while let Some(at) = *next {
            *next = self.after(at);
            let (is_hit, is_enough) = match at {
                Hit::Element(at) => found(&self.text_of(at)),
                Hit::Comment(n, seat) => {
                    let Some(loaded) = &mut self.discussions[n].loaded else { continue };
                    if !loaded.is_in_view(seat) {
                        continue;
                    }
                    let comment = loaded.thread.places()[seat].comment;
                    let comment = &mut loaded.discussion.comments[comment.index()];
                    comment.body.read();
                    let is_author = comment.author.as_deref().is_some_and(|author| part.is_in(author));
                    let (is_in_text, is_enough) = found(&shown_text(&comment.body));
                    (is_author || is_in_text, is_enough)
                }
            };
            hits.extend(is_hit.then_some(at));
            if is_enough {
                return;
            }
        }
    }

    /// What is searched behind a place.
    fn after(&self, at: Hit) -> Option<Hit> {
        let first_of = |n: usize| (n < self.discussions.len()).then_some(Hit::Comment(n, 0));
        let (n, seat) = match at {
            Hit::Element(at) => {
                let fixed = self.discussions.first().map_or(self.len(), |_| self.position(Element::Discussion(0)));
                if at + 1 < fixed {
                    return Some(Hit::Element(at + 1));
                }
                let loaded = (0..self.discussions.len()).find(|n| self.seats(*n) > 0)?;
                return first_of(loaded);
            }
            Hit::Comment(n, seat) => (n, seat),
        };
        if seat + 1 < self.seats(n) {
            return Some(Hit::Comment(n, seat + 1));
        }
        first_of((n + 1..self.discussions.len()).find(|n| self.seats(*n) > 0)?)
    }

    fn seats(&self, n: usize) -> usize {
        self.discussions[n].loaded.as_ref().map_or(0, |loaded| loaded.thread.places().len())
    }

    /// To the next (or previous) hit from the cursor, around the end. A hit in a closed comment opens it for as long
    /// as the search stands there. Whether there is a hit.
    pub fn go_to_hit(&mut self, forward: bool) -> bool {
        let Some(search) = &self.search else { return false };
        if search.hits.is_empty() {
            return self.wait_for_hits(forward);
        }
        let total = search.hits.len();
        let next = match (search.at, forward) {
            (Some(at), true) => (at + 1) % total,
            (Some(at), false) => (at + total - 1) % total,
            (None, _) => {
                let here = self.here();
                let after = search.hits.partition_point(|hit| *hit < here);
                if forward { after % total } else { (after + total - 1) % total }
            }
        };
        let goes_round = match (search.at, forward) {
            (Some(at), true) => next <= at,
            (Some(at), false) => next >= at,
            (None, true) => search.hits[next] < self.here(),
            (None, false) => search.hits[next] >= self.here(),
        };
        if goes_round && self.wait_for_hits(forward) {
            return true;
        }
        let Some(search) = &self.search else { return false };
        let hit = search.hits[next];
        self.conceal();
        if let Some(search) = &mut self.search {
            search.at = Some(next);
        }
        match hit {
            Hit::Element(at) => self.go_to(at),
            Hit::Comment(n, seat) => {
                let Some(comment) = self.seat_comment(n, seat) else { return false };
                self.change(n, |loaded| loaded.reveal(comment));
                let row = self.discussions[n].loaded.as_ref().and_then(|loaded| loaded.row_of(comment));
                if let Some(row) = row {
                    self.go_to(self.position(Element::Row(n, row)));
                }
            }
        }
        true
    }

    /// More may be found yet: goes there then. Whether that is so.
    fn wait_for_hits(&mut self, forward: bool) -> bool {
        let Some(search) = self.search.as_mut().filter(|search| search.is_under_way()) else { return false };
        search.wanted = Some(forward);
        true
    }

    /// Where the cursor is among what is searched.
    fn here(&self) -> Hit {
        match self.comment_at_cursor() {
            Some((n, _, comment)) => {
                let seat = self.discussions[n].loaded.as_ref().map_or(0, |loaded| loaded.thread.seat(comment));
                Hit::Comment(n, seat)
            }
            None => match self.cursor() {
                Element::Discussion(n) => Hit::Comment(n, 0),
                _ => Hit::Element(self.cursor),
            },
        }
    }

    /// To a comment, open as long as the reader stays here. Whether it is on the page by now.
    pub fn go_to_comment(&mut self, discussion: DiscussionId, key: &str) -> bool {
        let Some(n) = self.discussions.iter().position(|view| view.head.id == discussion) else { return false };
        let Some(comment) = self.discussions[n].loaded.as_ref().and_then(|loaded| loaded.find(key)) else { return false };
        self.conceal();
        self.change(n, |loaded| loaded.reveal(comment));
        if let Some(row) = self.discussions[n].loaded.as_ref().and_then(|loaded| loaded.row_of(comment)) {
            self.go_to(self.position(Element::Row(n, row)));
        }
        true
    }

    fn seat_comment(&self, discussion: usize, seat: usize) -> Option<CommentIdx> {
        let loaded = self.discussions[discussion].loaded.as_ref()?;
        loaded.thread.places().get(seat).map(|place| place.comment)
    }

    /// Ends the search and closes what it had opened. Whether there was one.
    pub fn end_search(&mut self) -> bool {
        self.conceal();
        self.search.take().is_some()
    }

    /// The order or the threads changed: seats are others now.
    pub fn search_again(&mut self) {
        if let Some(search) = self.search.take() {
            self.search(&search.needle);
        }
    }

    fn conceal(&mut self) {
        for n in 0..self.discussions.len() {
            if self.discussions[n].loaded.as_ref().is_some_and(|loaded| loaded.is_revealing()) {
                self.change(n, |loaded| loaded.conceal());
            }
        }
    }
}

/// For a comment, the part that the page shows.
fn shown_text(body: &Body) -> Cow<'_, str> {
    match body {
        Body::Plain(text) if text.len() <= super::LONGEST_COMMENT => Cow::Borrowed(text),
        body => Cow::Owned(body.beginning(super::LONGEST_COMMENT).0.text()),
    }
}
