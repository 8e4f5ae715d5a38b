//! The search language: words and "phrases", `-not`, `OR`, `cyber*`, `is:unread`, `source:`, `after:2026-01-01`, …

use super::time::Date;

/// A query in disjunctive form: it matches when all clauses of one of the alternatives match. Empty: everything.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Query {
    pub any_of: Vec<Vec<Clause>>,
}

#[derive(Clone, PartialEq, Debug)]
pub struct Clause {
    pub negated: bool,
    pub term: Term,
}

#[derive(Clone, PartialEq, Debug)]
pub enum Term {
    /// In title, byline or text, ignoring case; `prefix` for `cyber*`.
    Word {
        text: String,
        prefix: bool,
    },
    Phrase(String),
    Title(String),
    Author(String),
    Source(String),
    Is(Mark),
    HasComments,
    Comments(Compare, u64),
    /// In hundredths of stars, points or likes.
    Rank(Compare, i64),
    After(Date),
    Before(Date),
    In(Kind),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mark {
    Unread,
    Read,
    Starred,
    Watched,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Compare {
    Below,
    AtMost,
    Equal,
    AtLeast,
    Above,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Articles,
    Comments,
}

/// What is wrong with a query and where: `at` is a byte offset into it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct QueryError {
    pub at: usize,
    pub message: String,
}

pub fn parse(text: &str) -> Result<Query, QueryError> {
    todo!("{text}")
}
