//! Searching the page: where the words stand, and going from one to the next.

use std::borrow::Cow;
use std::ops::Range;

use super::{Element, PageView};
use crate::domain::article::Article;
use crate::domain::text::words::{Needle, first_mark, marks};
use crate::domain::text::{Body, Part};
use crate::domain::thread::CommentIdx;
use crate::store::DiscussionId;

/// A place where the words were found, in reading order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum PageHit {
    Element(usize),
    /// By discussion and seat, since rows come and go.
    Comment(usize, usize),
}

/// A search on a page.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SearchTerms {
    /// Words, or parts of them, that the reader typed for this page.
    Typed(Part),
    /// The words of the query that found the page: anywhere, in titles, in names of authors.
    OfQuery { words: Vec<Needle>, titles: Vec<Needle>, authors: Vec<Needle> },
}

impl SearchTerms {
    fn are_in(&self, title: &str, author: &str, text: &str) -> bool {
        match self {
            SearchTerms::Typed(part) => [title, author, text].into_iter().any(|text| part.is_in(text)),
            SearchTerms::OfQuery { words, titles, authors } => {
                let is_in = |text: &str, needles: &[Needle]| first_mark(text, needles).is_some();
                is_in(title, words)
                    || is_in(author, words)
                    || is_in(text, words)
                    || is_in(title, titles)
                    || is_in(author, authors)
            }
        }
    }

    /// Where they stand in the text of an element as it is drawn.
    pub(super) fn marks(&self, text: &str, element: Element) -> Vec<Range<usize>> {
        match self {
            SearchTerms::Typed(part) => part.marks(text),
            SearchTerms::OfQuery { words, titles, authors } => match element {
                Element::Header => marks(text, &[&words[..], titles, authors].concat()),
                Element::Row(..) => marks(text, &[&words[..], authors].concat()),
                _ => marks(text, words),
            },
        }
    }
}

/// The hit to go to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum HitTarget {
    /// The one under the cursor, else the next.
    FromHere,
    Next,
    Previous,
    First,
    Last,
}

/// The result of going to a hit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum HitMove {
    Gone,
    /// The page has not been searched so far yet; the search goes there once it has.
    Searching,
    /// No hit on this page, or no further one that way.
    None,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PageSearch {
    /// The searched words, as they are shown.
    pub words: String,
    terms: Option<SearchTerms>,
    hits: Vec<PageHit>,
    /// The next element to search, until all were: a long page is searched between keys.
    next: Option<PageHit>,
    /// Where the reader wants to go once it is found.
    wanted: Option<HitTarget>,
}

/// Bytes that are looked at between two keys.
const STEP: usize = 1 << 20;
/// Letters beyond ASCII take so much longer.
const OTHER_LETTERS: usize = 8;

impl PageSearch {
    fn is_under_way(&self) -> bool {
        self.next.is_some()
    }

    /// True if the page is shown as the hit of a query.
    pub fn is_of_query(&self) -> bool {
        matches!(self.terms, Some(SearchTerms::OfQuery { .. }))
    }

    pub(super) fn terms(&self) -> Option<&SearchTerms> {
        self.terms.as_ref()
    }

    pub fn is_empty(&self) -> bool {
        self.hits.is_empty()
    }
}

impl PageView {
    /// Looks for words, or parts of them, in the whole page, open or folded, in any spelling. What a long page has more is
    /// looked at by [`PageView::search_on`].
    pub fn search(&mut self, words: &str) {
        self.start_search(words.to_lowercase(), Part::new(words).map(SearchTerms::Typed));
    }

    /// Marks the words of the query that found this page, unless that is done already.
    pub fn mark_hits(&mut self, words: &str, terms: SearchTerms) {
        if self.search.as_ref().and_then(PageSearch::terms) != Some(&terms) {
            self.start_search(words.to_owned(), Some(terms));
        }
    }

    fn start_search(&mut self, words: String, terms: Option<SearchTerms>) {
        let next = Some(PageHit::Element(0));
        let mut search = PageSearch { words, terms, hits: Vec::new(), next, wanted: None };
        self.search_some(&mut search);
        self.search = Some(search);
    }

    pub fn is_searching(&self) -> bool {
        self.search.as_ref().is_some_and(PageSearch::is_under_way)
    }

    /// `2 of 7`
    pub fn search_label(&self) -> Option<String> {
        let search = self.search.as_ref()?;
        let found = search.hits.len();
        let here = search.hits.binary_search(&self.here()).ok().filter(|_| !self.is_on_run());
        Some(match (here, search.is_under_way()) {
            (Some(at), false) => format!("{} of {found}", at + 1),
            (Some(at), true) => format!("{} of {found} so far", at + 1),
            (None, false) => format!("{found} found"),
            (None, true) => format!("{found} found so far"),
        })
    }

    /// Looks at some more of the page, and goes where the reader wanted to. None while there is more to look at, or if
    /// nothing was wanted.
    pub fn search_on(&mut self) -> Option<(HitTarget, HitMove)> {
        let mut search = self.search.take()?;
        self.search_some(&mut search);
        let wanted = search.wanted.take();
        self.search = Some(search);
        let target = wanted?;
        Some((target, self.go_to_hit(target))).filter(|(_, moved)| *moved != HitMove::Searching)
    }

    fn search_some(&mut self, search: &mut PageSearch) {
        let PageSearch { terms: Some(terms), hits, next, .. } = search else {
            search.next = None;
            return;
        };
        let mut left = STEP;
        let mut found = |title: &str, author: &str, text: &str| {
            left = left.saturating_sub(64 + text.len() * if text.is_ascii() { 1 } else { OTHER_LETTERS });
            (terms.are_in(title, author, text), left == 0)
        };
        while let Some(at) = *next {
            *next = self.after(at);
            let (is_hit, is_enough) = match at {
                PageHit::Element(at) if self.element(at) == Element::Header => {
                    let Article { title, byline, .. } = &self.article.article;
                    found(title, byline.as_deref().unwrap_or_default(), "")
                }
                PageHit::Element(at) => found("", "", &self.text_of(at)),
                PageHit::Comment(n, seat) => {
                    let Some(loaded) = &mut self.discussions[n].loaded else { continue };
                    if !loaded.is_in_view(seat) {
                        continue;
                    }
                    let comment = loaded.thread.places()[seat].comment;
                    let comment = &mut loaded.discussion.comments[comment.index()];
                    comment.body.read();
                    found("", comment.author.as_deref().unwrap_or_default(), &shown_text(&comment.body))
                }
            };
            hits.extend(is_hit.then_some(at));
            if is_enough {
                return;
            }
        }
    }

    /// The elements to search behind a position.
    fn after(&self, at: PageHit) -> Option<PageHit> {
        let first_of = |n: usize| (n < self.discussions.len()).then_some(PageHit::Comment(n, 0));
        let (n, seat) = match at {
            PageHit::Element(at) => {
                let fixed = self.discussions.first().map_or(self.len(), |_| self.position(Element::Discussion(0)));
                if at + 1 < fixed {
                    return Some(PageHit::Element(at + 1));
                }
                let loaded = (0..self.discussions.len()).find(|n| self.seats(*n) > 0)?;
                return first_of(loaded);
            }
            PageHit::Comment(n, seat) => (n, seat),
        };
        if seat + 1 < self.seats(n) {
            return Some(PageHit::Comment(n, seat + 1));
        }
        first_of((n + 1..self.discussions.len()).find(|n| self.seats(*n) > 0)?)
    }

    fn seats(&self, n: usize) -> usize {
        self.discussions[n].loaded.as_ref().map_or(0, |loaded| loaded.thread.places().len())
    }

    /// To a hit as seen from the cursor; of what the reader typed, around the end. A hit in a closed comment opens it for
    /// as long as the cursor stands there.
    pub fn go_to_hit(&mut self, target: HitTarget) -> HitMove {
        let Some(search) = &self.search else { return HitMove::None };
        let (here, is_on_run) = (self.here(), self.is_on_run());
        let (hits, goes_round) = (&search.hits, !search.is_of_query());
        let found = match target {
            HitTarget::First => (!hits.is_empty()).then_some(0),
            HitTarget::Last => hits.len().checked_sub(1).filter(|_| !search.is_under_way()),
            HitTarget::FromHere => Some(hits.partition_point(|hit| *hit < here)).filter(|at| *at < hits.len()),
            // The first comment of a folded run is not one that the cursor stands on.
            HitTarget::Next => {
                let next = hits.partition_point(|hit| *hit < here || (*hit == here && !is_on_run));
                Some(next).filter(|next| *next < hits.len())
            }
            HitTarget::Previous => hits.partition_point(|hit| *hit < here).checked_sub(1),
        };
        let is_forward = matches!(target, HitTarget::FromHere | HitTarget::Next | HitTarget::First);
        let around = (goes_round && !hits.is_empty()).then(|| if is_forward { 0 } else { hits.len() - 1 });
        // Back from the first hit is only then known to be out of the page, or at its end.
        let waits = search.is_under_way() && (is_forward || goes_round || target == HitTarget::Last);
        match found.or(around.filter(|_| !waits)) {
            Some(at) => {
                let hit = hits[at];
                self.go_onto(hit);
                HitMove::Gone
            }
            None if waits => {
                if let Some(search) = &mut self.search {
                    search.wanted = Some(target);
                }
                HitMove::Searching
            }
            None => HitMove::None,
        }
    }

    fn go_onto(&mut self, hit: PageHit) {
        match hit {
            PageHit::Element(at) => {
                self.conceal();
                self.go_to(at);
            }
            PageHit::Comment(n, seat) => {
                let Some(comment) = self.seat_comment(n, seat) else { return };
                self.show_comment(n, comment);
            }
        }
        self.show_first_mark();
    }

    /// Goes to a comment, which is open as long as the cursor stands on it.
    pub(super) fn show_comment(&mut self, n: usize, comment: CommentIdx) {
        self.conceal();
        self.change(n, |loaded| loaded.reveal(comment));
        if let Some(row) = self.discussions[n].loaded.as_ref().and_then(|loaded| loaded.row_of(comment)) {
            self.go_to(self.position(Element::Row(n, row)));
        }
    }

    /// To the next new comment of the page, or the previous one, in folds too.
    pub fn go_to_new(&mut self, forward: bool) -> bool {
        let (here, row) = match self.cursor() {
            Element::Row(n, row) => (n, Some(row)),
            // On a discussion's heading all of it is below.
            Element::Discussion(n) => (n, None),
            _ => (0, None),
        };
        let from = |n: usize| if n == here { row } else { None };
        let next_new = |n: usize| {
            let comment = self.discussions[n].loaded.as_ref()?.next_new(from(n), forward)?;
            Some((n, comment))
        };
        let found = match (forward, row) {
            (true, _) => (here..self.discussions.len()).find_map(next_new),
            (false, Some(_)) => (0..=here).rev().find_map(next_new),
            (false, None) => (0..here).rev().find_map(next_new),
        };
        let Some((n, comment)) = found else { return false };
        let loaded = self.discussions[n].loaded.as_ref();
        let own_row = loaded.and_then(|loaded| loaded.row_of(comment).filter(|row| loaded.row_comment(*row) == comment));
        match own_row {
            Some(row) => self.go_to(self.position(Element::Row(n, row))),
            None => self.show_comment(n, comment),
        }
        true
    }

    /// Where the cursor is among what is searched.
    fn here(&self) -> PageHit {
        match self.comment_at_cursor() {
            Some((n, _, comment)) => {
                let seat = self.discussions[n].loaded.as_ref().map_or(0, |loaded| loaded.thread.seat(comment));
                PageHit::Comment(n, seat)
            }
            None => match self.cursor() {
                Element::Discussion(n) => PageHit::Comment(n, 0),
                _ => PageHit::Element(self.cursor),
            },
        }
    }

    /// To a comment, open as long as the reader stays here. Whether it is on the page by now.
    pub fn go_to_comment(&mut self, discussion: DiscussionId, key: &str) -> bool {
        let Some(n) = self.discussions.iter().position(|view| view.head.id == discussion) else { return false };
        let Some(comment) = self.discussions[n].loaded.as_ref().and_then(|loaded| loaded.find(key)) else { return false };
        self.show_comment(n, comment);
        self.show_first_mark();
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

    /// Ends the search if the reader typed it for this page. Whether that was so.
    pub fn end_typed_search(&mut self) -> bool {
        self.search.as_ref().is_some_and(|search| !search.is_of_query()) && self.end_search()
    }

    /// Takes away the marks of the query that found this page.
    pub fn end_query_search(&mut self) {
        if self.search.as_ref().is_some_and(PageSearch::is_of_query) {
            self.end_search();
        }
    }

    /// The comments, or their order, changed: seats are others now.
    pub fn search_again(&mut self) {
        if let Some(PageSearch { words, terms, .. }) = self.search.take() {
            self.start_search(words, terms);
        }
    }

    /// Closes what was opened for the cursor, once the cursor stands elsewhere.
    pub fn close_what_was_left(&mut self) {
        let here = self.comment_at_cursor().map(|(n, _, comment)| (n, comment));
        let revealed = |n: usize| Some((n, self.discussions[n].loaded.as_ref()?.revealed()?));
        if (0..self.discussions.len()).filter_map(revealed).any(|revealed| Some(revealed) != here) {
            self.conceal();
        }
    }

    fn conceal(&mut self) {
        for n in 0..self.discussions.len() {
            if self.discussions[n].loaded.as_ref().is_some_and(|loaded| loaded.revealed().is_some()) {
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
