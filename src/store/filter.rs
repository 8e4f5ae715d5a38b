//! A query as a condition on a row of `articles a`, joined with its `sources s`; all values bound.

use rusqlite::types::Value;

use super::columns::STARS;
use crate::domain::query::{Clause, Compare, Kind, Mark, Query, Term};
use crate::domain::text::fold;

/// The values of a statement, in the order of their numbers.
#[derive(Default)]
pub(super) struct Values(pub(super) Vec<Value>);

impl Values {
    /// Binds a value and gives its name in the statement.
    pub(super) fn bind(&mut self, value: impl Into<Value>) -> String {
        self.0.push(value.into());
        format!("?{}", self.0.len())
    }
}

/// The condition, or none where everything matches.
pub(super) fn condition(query: &Query, values: &mut Values) -> Option<String> {
    if query.is_empty() {
        return None;
    }
    let alternatives: Vec<String> = query.any_of.iter().map(|clauses| alternative(clauses, values)).collect();
    Some(format!("({})", alternatives.join(" OR ")))
}

/// A mark that every article found has, so that the index of its articles serves.
pub(super) fn common_mark(query: &Query) -> Option<Mark> {
    let [clauses] = query.any_of.as_slice() else { return None };
    clauses.iter().find_map(|clause| match clause {
        Clause { negated: false, term: Term::Is(mark @ (Mark::Unread | Mark::Starred | Mark::Watched | Mark::New)) } => {
            Some(*mark)
        }
        Clause { negated: true, term: Term::Is(Mark::Read) } => Some(Mark::Unread),
        _ => None,
    })
}

pub(super) fn mark_condition(mark: Mark) -> &'static str {
    match mark {
        Mark::Unread => "a.read = 0",
        Mark::Read => "a.read = 1",
        Mark::Starred => "a.starred = 1",
        Mark::Watched => "a.watched = 1",
        Mark::New => "a.unseen > 0 AND a.visited_at IS NOT NULL",
    }
}

fn alternative(clauses: &[Clause], values: &mut Values) -> String {
    let asks_comments = clauses.iter().any(|clause| match clause.term {
        Term::In(kind) => (kind == Kind::Comments) != clause.negated,
        _ => false,
    });
    let mut of_article = Vec::new();
    let mut of_one_comment = Vec::new();
    for Clause { negated, term } in clauses {
        let (condition, into) = match term {
            Term::In(_) => continue,
            _ if asks_comments && is_of_comment(term) => (on_comment(term, values), &mut of_one_comment),
            Term::Rank(..) => (any_comment(&on_comment(term, values)), &mut of_article),
            _ => (on_article(term, values), &mut of_article),
        };
        into.push(if *negated { format!("NOT ifnull({condition}, 0)") } else { condition });
    }
    if asks_comments {
        of_one_comment.push("1".to_owned());
        of_article.push(any_comment(&of_one_comment.join(" AND ")));
    }
    if of_article.is_empty() { "1".to_owned() } else { format!("({})", of_article.join(" AND ")) }
}

/// What `in:comments` looks for in one and the same comment.
fn is_of_comment(term: &Term) -> bool {
    matches!(term, Term::Word { .. } | Term::Phrase(_) | Term::Author(_) | Term::Rank(..))
}

fn any_comment(condition: &str) -> String {
    format!(
        "EXISTS (SELECT 1 FROM discussions d CROSS JOIN comments c ON c.discussion_id = d.id
                 WHERE d.article_id = a.id AND {condition})"
    )
}

fn on_comment(term: &Term, values: &mut Values) -> String {
    let mut body = |text: &str, prefix: bool| {
        let (needle, prefix) = (values.bind(fold(text)), values.bind(prefix));
        format!("body_holds(c.encoding, c.body, {needle}, {prefix})")
    };
    match term {
        Term::Word { text, prefix } => body(text, *prefix),
        Term::Phrase(text) => body(text, false),
        Term::Author(name) => format!("text_holds(c.author, {}, 0)", values.bind(fold(name))),
        Term::Rank(compare, rank) => {
            // Hundredths in the query; only stars are stored as such. A place in an order is no number to compare.
            let value = format!(
                "CASE c.rank_kind WHEN {STARS} THEN c.rank_value WHEN 4 THEN c.rank_value * 100 WHEN 5 THEN c.rank_value * 100 END"
            );
            format!("({value}) {} {}", sign(*compare), values.bind(*rank))
        }
        _ => "1".to_owned(),
    }
}

fn on_article(term: &Term, values: &mut Values) -> String {
    match term {
        Term::Word { text, prefix } => words(text, *prefix, values),
        Term::Phrase(text) => words(text, false, values),
        Term::Title(text) => format!("text_holds(a.title, {}, 0)", values.bind(fold(text))),
        Term::Author(name) => format!("text_holds(a.byline, {}, 0)", values.bind(fold(name))),
        Term::Source(name) => {
            let name = values.bind(fold(name));
            format!("(text_holds(s.title, {name}, 0) OR text_holds(s.key, {name}, 0))")
        }
        Term::Is(mark) => mark_condition(*mark).to_owned(),
        Term::HasComments => "a.comments > 0".to_owned(),
        Term::Comments(compare, count) => {
            format!("a.comments {} {}", sign(*compare), values.bind(i64::try_from(*count).unwrap_or(i64::MAX)))
        }
        Term::After(date) => format!("a.sort_at >= {}", values.bind(date.start().0)),
        Term::Before(date) => format!("a.sort_at < {}", values.bind(date.start().0)),
        Term::Rank(..) | Term::In(_) => "1".to_owned(),
    }
}

/// The cheap columns first: the body is read only where they do not hold the word.
fn words(text: &str, prefix: bool, values: &mut Values) -> String {
    let (needle, prefix) = (values.bind(fold(text)), values.bind(prefix));
    format!(
        "(text_holds(a.title, {needle}, {prefix}) OR text_holds(a.byline, {needle}, {prefix})
          OR text_holds(s.title, {needle}, {prefix})
          OR EXISTS (SELECT 1 FROM article_bodies b WHERE b.article_id = a.id
                     AND body_holds(b.encoding, b.body, {needle}, {prefix})))"
    )
}

fn sign(compare: Compare) -> &'static str {
    match compare {
        Compare::Below => "<",
        Compare::AtMost => "<=",
        Compare::Equal => "=",
        Compare::AtLeast => ">=",
        Compare::Above => ">",
    }
}
