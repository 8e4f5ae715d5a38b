//! The list pane: a window of headlines around the cursor. However long the list, only the window is in memory; more
//! is asked for by key when the cursor comes near an edge.

use std::collections::HashMap;

use super::finding::FindState;
use crate::domain::query::{Query, Term};
use crate::store::{ArticleId, Because, Headline, ListKey, ListOrder, RANKED, Section, Stretch};

/// With fewer rows than this ahead of the cursor, more are asked for. More than the tallest screen shows.
const AHEAD: usize = 60;
/// So many neighbours of the cursor are in sight on either side.
pub(super) const AROUND: usize = 2;
/// The window is cut back to about this many.
const WINDOW: usize = 800;

/// Rows of the screen that a headline takes, and one that says how it came here: a hit, a recommendation.
const ROW_HEIGHT: usize = 2;
const EXPLAINED_HEIGHT: usize = 3;

#[derive(Clone, PartialEq, Debug, Default)]
pub struct ListPane {
    pub section: Section,
    pub order: ListOrder,
    /// The filter that the reader typed.
    pub filter: String,
    pub rows: Vec<Headline>,
    pub cursor: usize,
    /// The first row on the screen.
    pub top: usize,
    /// True if the window begins at the list's beginning, and ends at its end.
    pub at_start: bool,
    pub at_end: bool,
    /// How many rows of the list stand before the window; none where that was not counted.
    pub(super) before: Option<usize>,
    /// How many articles the section had when the list was last asked for from its beginning, where that is counted;
    /// and how many have come since, which are not in the window yet.
    pub(super) known: Option<u64>,
    pub above: u64,
    /// Hits of a search of the store are shown in place of the section.
    pub finding: Option<FindState>,
    /// Why the reader may like what is recommended.
    pub because: HashMap<ArticleId, Because>,
    /// An answer is on its way.
    pub is_waiting: bool,
    /// It was empty and fills up by itself until the reader's next key.
    pub(super) is_filling: bool,
}

impl ListPane {
    pub fn new(section: Section, order: ListOrder) -> ListPane {
        ListPane { section, order, ..ListPane::default() }
    }

    pub fn row_height(&self) -> usize {
        if self.finding.is_some() || self.is_recommended() { EXPLAINED_HEIGHT } else { ROW_HEIGHT }
    }

    /// The part of the store that the list shows.
    pub fn scope(&self) -> (Section, Query) {
        match &self.finding {
            Some(finding) => (Section::All, finding.query().unwrap_or_else(Query::nothing)),
            None => (self.section.clone(), self.query()),
        }
    }

    /// The filter of the scope as it was typed.
    pub fn scope_text(&self) -> String {
        self.finding.as_ref().map_or_else(|| self.filter.clone(), FindState::as_shown)
    }

    pub fn is_recommended(&self) -> bool {
        self.finding.is_none() && self.section == Section::Recommended
    }

    /// Its order in words: `most discussed first`, and of how many where not all could be ranked.
    pub fn order_label(&self) -> String {
        if self.is_recommended() {
            return "best first".to_owned();
        }
        let of = if self.is_ranked() && self.order != ListOrder::Front && self.rows.len() >= RANKED {
            format!(" of the newest {RANKED}")
        } else {
            String::new()
        };
        format!("{}{of}", self.order.label())
    }

    /// Not by time: all that is ranked is in memory, and there is no more to ask for.
    pub fn is_ranked(&self) -> bool {
        self.finding.is_some() || self.section == Section::Recommended || self.order != ListOrder::Newest
    }

    /// True if the oldest come first, of which no more than [`RANKED`] are in memory.
    pub fn is_oldest_first(&self) -> bool {
        self.finding.is_none() && !self.is_recommended() && self.order == ListOrder::Oldest
    }

    /// The filter as a query: its bare words are beginnings of words in titles, since a list answers each key at once.
    /// A query that is not finished yet (`after:20`) narrows nothing.
    pub fn query(&self) -> Query {
        let mut query = crate::domain::query::parse(&self.filter).unwrap_or_default();
        for clause in query.any_of.iter_mut().flatten() {
            match &clause.term {
                // A single letter begins too many words.
                Term::Word { text, prefix } => {
                    clause.term = Term::Title { text: text.clone(), prefix: *prefix || text.chars().nth(1).is_some() };
                }
                Term::Phrase(text) => clause.term = Term::Title { text: text.clone(), prefix: false },
                _ => {}
            }
        }
        query
    }

    /// The number of the row under the cursor, from 1; none where it is not known.
    pub fn number(&self) -> Option<usize> {
        let before = if self.at_start { Some(0) } else { self.before };
        before.filter(|_| !self.rows.is_empty()).map(|before| before + self.cursor + 1)
    }

    pub fn selected(&self) -> Option<&Headline> {
        self.rows.get(self.cursor)
    }

    /// Several hits may be of one article.
    pub fn rows_of(&mut self, id: ArticleId) -> impl Iterator<Item = &mut Headline> {
        self.rows.iter_mut().filter(move |row| row.id == id)
    }

    /// Takes what the store gave for a stretch, and whether it has no more beyond.
    pub fn take(&mut self, stretch: Stretch, mut rows: Vec<Headline>, all: bool) {
        self.is_waiting = false;
        match stretch {
            Stretch::First => {
                *self =
                    ListPane { at_start: true, at_end: all, before: Some(0), rows, cursor: 0, top: 0, ..std::mem::take(self) }
            }
            Stretch::Last => {
                let cursor = rows.len().saturating_sub(1);
                let before = all.then_some(0);
                *self = ListPane { at_start: all, at_end: true, before, rows, cursor, top: cursor, ..std::mem::take(self) };
            }
            Stretch::From(_) => {
                *self = ListPane { at_start: false, at_end: all, before: None, rows, cursor: 0, top: 0, ..std::mem::take(self) }
            }
            Stretch::After(_) => {
                self.at_end = all;
                self.rows.append(&mut rows);
                let surplus = self.rows.len().saturating_sub(WINDOW).min(self.cursor.saturating_sub(AHEAD * 2));
                if surplus > 0 {
                    self.rows.drain(..surplus);
                    self.cursor -= surplus;
                    self.top = self.top.saturating_sub(surplus);
                    self.at_start = false;
                    self.before = self.before.map(|before| before + surplus);
                }
            }
            Stretch::Before(_) => {
                self.at_start = all;
                let added = rows.len();
                self.before = if all { Some(0) } else { self.before.and_then(|before| before.checked_sub(added)) };
                rows.append(&mut self.rows);
                self.rows = rows;
                self.cursor += added;
                self.top += added;
                if self.rows.len() > WINDOW && self.cursor + AHEAD * 2 < WINDOW {
                    self.rows.truncate(WINDOW);
                    self.at_end = false;
                }
            }
        }
    }

    /// The window's last row, or its first: what lies beyond is in the store alone.
    pub fn edge(&self, forward: bool) -> Option<ListKey> {
        let row = if forward { self.rows.last() } else { self.rows.first() };
        row.map(Headline::key)
    }

    /// The rows to ask the store for when there is time, if the cursor is near an edge of the window that is not the list's.
    pub fn wants(&self) -> Option<Stretch> {
        if self.finding.is_some() || self.is_waiting {
            return None;
        }
        if !self.at_end && self.cursor + AHEAD >= self.rows.len() {
            return self.rows.last().map(|row| Stretch::After(row.key()));
        }
        if !self.at_start && self.cursor < AHEAD {
            return self.rows.first().map(|row| Stretch::Before(row.key()));
        }
        None
    }

    /// The rows to ask the store for at once, if the window has too few for a screen of so many headlines.
    pub fn lacks(&self, visible: usize) -> Option<Stretch> {
        if self.finding.is_some() || self.is_waiting {
            return None;
        }
        if !self.at_end && self.top + visible > self.rows.len() {
            return self.rows.last().map(|row| Stretch::After(row.key()));
        }
        if !self.at_start && (self.cursor < AROUND || self.rows.len() < visible) {
            return self.rows.first().map(|row| Stretch::Before(row.key()));
        }
        None
    }

    /// Moves the cursor by rows, as far as there are any. Whether it moved.
    pub fn move_by(&mut self, by: isize) -> bool {
        self.put(self.cursor.saturating_add_signed(by))
    }

    pub fn put(&mut self, at: usize) -> bool {
        let before = self.cursor;
        self.cursor = at.min(self.rows.len().saturating_sub(1));
        self.cursor != before
    }

    pub fn put_on(&mut self, id: ArticleId) -> bool {
        let found = self.rows.iter().position(|row| row.id == id);
        found.inspect(|at| self.cursor = *at).is_some()
    }

    /// Puts an article where it belongs by time (in another order: where the cursor is), with the cursor on it.
    pub fn insert(&mut self, row: Headline) {
        if !self.is_ranked() {
            self.cursor = self.rows.partition_point(|other| (other.sort_at, other.id) > (row.sort_at, row.id));
        }
        self.rows.insert(self.cursor, row);
    }

    pub fn remove(&mut self, id: ArticleId) {
        while let Some(at) = self.rows.iter().position(|row| row.id == id) {
            self.rows.remove(at);
            if let Some(finding) = &mut self.finding {
                finding.hits.remove(at);
            }
            self.put(self.cursor - usize::from(at < self.cursor));
        }
    }

    /// Keeps the cursor on a screen of so many headlines, with two of its neighbours in sight.
    pub fn keep_in_view(&mut self, visible: usize) {
        self.top = scrolled(self.top, self.cursor, self.rows.len(), visible);
    }

    /// True if all of the list is in the window, or all that there is to ask for.
    pub fn is_whole(&self) -> bool {
        self.is_ranked() || (self.at_start && self.at_end)
    }

    /// The next unread article after the cursor (or before it), as far as the window goes; around the list's ends where
    /// it is all of the list.
    pub fn next_unread(&self, forward: bool) -> Option<usize> {
        let unread = |n: &usize| !self.rows[*n].read;
        let (before, after) = (0..self.cursor, (self.cursor + 1).min(self.rows.len())..self.rows.len());
        let around = if self.is_whole() { (before.clone(), after.clone()) } else { (0..0, 0..0) };
        if forward { after.chain(around.0).find(unread) } else { before.rev().chain(around.1.rev()).find(unread) }
    }
}

/// The first of `rows` on a screen of so many, moved no further from `top` than keeps the cursor and two of its
/// neighbours in sight.
pub(super) fn scrolled(top: usize, cursor: usize, rows: usize, visible: usize) -> usize {
    let visible = visible.max(1);
    let margin = AROUND.min((visible - 1) / 2);
    let lowest = (cursor + margin + 1).saturating_sub(visible);
    let highest = cursor.saturating_sub(margin);
    top.clamp(lowest.min(highest), highest).min(rows.saturating_sub(visible))
}
