//! A search of the store while it is live: the list pane shows its hits in place of a section.

use std::ops::Range;

use super::geometry::Pane;
use super::list::ListPane;
use super::page::SearchTerms;
use crate::domain::query::{HitKind, Query, QueryError, Term, parse};
use crate::domain::text::words::Needle;
use crate::store::{ArticleId, By, CommentHit, Excerpt, Found, Headline, ReadingPosition};

/// Hits asked for at first; more as the cursor nears the last of them.
pub(super) const HITS: usize = 100;
/// No more than this are shown: who has read so many wants other words.
const MOST: usize = 1000;
/// With fewer hits than this ahead of the cursor, more are asked for.
const AHEAD: usize = 40;

#[derive(Clone, PartialEq, Debug)]
pub struct FindState {
    /// The query as typed.
    pub text: String,
    /// The fault in it; the hits are those of the last valid query.
    pub wrong: Option<QueryError>,
    /// Its last word may go on: the hits are those of words that begin so.
    pub is_typed: bool,
    pub by: By,
    pub limit: usize,
    /// An answer is on its way.
    pub is_waiting: bool,
    /// The matches, by row of the list.
    pub hits: Vec<Context>,
    ranked: Option<usize>,
    more: bool,
    /// Where the reader was.
    pub(super) before: Box<Before>,
}

/// A hit's data besides its article.
#[derive(Clone, PartialEq, Debug)]
pub struct Context {
    pub comment: Option<CommentHit>,
    pub title_marks: Vec<Range<usize>>,
    pub excerpt: Excerpt,
}

/// Where the reader was before the search.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Before {
    pub(super) list: ListPane,
    pub(super) focus: Pane,
    /// The page that was read.
    pub(super) page: Option<(ArticleId, ReadingPosition)>,
}

impl FindState {
    pub(super) fn new(before: Before) -> FindState {
        FindState {
            text: String::new(),
            wrong: None,
            is_typed: true,
            by: By::Date,
            limit: HITS,
            is_waiting: false,
            hits: Vec::new(),
            ranked: None,
            more: false,
            before: Box::new(before),
        }
    }

    /// The query to ask; none for a wrong or a blank one.
    pub fn query(&self) -> Option<Query> {
        let query = parse(&self.text).ok().filter(|query| !query.is_empty())?;
        Some(if self.is_typed { query.unfinished() } else { query })
    }

    /// The words of the query to mark on a page that it found; none for a query without words.
    pub(super) fn terms(&self) -> Option<SearchTerms> {
        let query = self.query()?;
        let (mut words, mut titles, mut authors) = (Vec::new(), Vec::new(), Vec::new());
        for clause in query.any_of.iter().flatten().filter(|clause| !clause.negated) {
            match &clause.term {
                Term::Word { text, prefix } => words.extend(Needle::new(text, *prefix)),
                Term::Phrase(text) => words.extend(Needle::new(text, false)),
                Term::Title { text, prefix } => titles.extend(Needle::new(text, *prefix)),
                Term::Author { text, prefix } => authors.extend(Needle::new(text, *prefix)),
                _ => {}
            }
        }
        let is_empty = words.is_empty() && titles.is_empty() && authors.is_empty();
        (!is_empty).then_some(SearchTerms::OfQuery { words, titles, authors })
    }

    /// The text of a query that finds what is shown.
    pub(super) fn as_shown(&self) -> String {
        let text = self.text.trim();
        let goes_on = self.is_typed && self.query() != parse(text).ok();
        if goes_on { format!("{text}*") } else { text.to_owned() }
    }

    /// Takes what was found; gives the headlines of the hits.
    pub(super) fn take(&mut self, found: Found) -> Vec<Headline> {
        let Found { hits, ranked, more } = found;
        (self.ranked, self.more, self.is_waiting) = (ranked, more, false);
        let (rows, hits) = hits
            .into_iter()
            .map(|hit| (hit.article, Context { comment: hit.comment, title_marks: hit.title_marks, excerpt: hit.excerpt }))
            .unzip();
        self.hits = hits;
        rows
    }

    pub(super) fn clear(&mut self) {
        self.hits.clear();
        (self.ranked, self.more, self.is_waiting) = (None, false, false);
    }

    /// How many hits to ask for next, with the cursor on one of them; none if there are no more, or enough.
    pub(super) fn wants(&self, cursor: usize) -> Option<usize> {
        let is_near = cursor + AHEAD >= self.hits.len();
        (is_near && self.more && !self.is_waiting && self.limit < MOST).then(|| (self.limit * 3).min(MOST))
    }

    /// A summary of the hits: `12 hits, best first`.
    pub fn label(&self) -> String {
        let count = match self.hits.len() {
            0 if self.is_waiting => return "searching".to_owned(),
            0 => "nothing found".to_owned(),
            1 => "1 hit".to_owned(),
            n if self.more => format!("first {n} hits"),
            n => format!("{n} hits"),
        };
        let order = match (self.by, self.ranked) {
            _ if self.hits.len() < 2 => String::new(),
            (By::Date, _) => ", newest first".to_owned(),
            (By::Fit, None) => ", best first".to_owned(),
            (By::Fit, Some(ranked)) => format!(", the best of the newest {ranked}"),
        };
        format!("{count}{order}")
    }

    pub fn is_of_comments(&self) -> bool {
        self.query().is_some_and(|query| query.kind() == HitKind::Comments)
    }
}
