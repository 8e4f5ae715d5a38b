//! A query as a condition on a row of `articles a`, joined with its `sources s`; all values bound.

use rusqlite::Connection;
use rusqlite::functions::FunctionFlags;
use rusqlite::types::Value;

use super::body;
use super::columns::STARS;
use super::matching::{ColumnNeedle, asks_comments, is_text};
use super::subscriptions::Details;
use super::tags;
use crate::domain::query::{Clause, Compare, HitKind, MarkCondition, Query, Term};
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

/// Begins the condition that one of certain sources has the article.
pub(super) const HAS_SOURCE: &str = "SELECT 1 FROM entries n WHERE n.article_id = a.id AND n.source_id IN";

/// The condition, or none where everything matches.
pub(super) fn condition(query: &Query, values: &mut Values) -> Option<String> {
    if query.is_empty() {
        return None;
    }
    let alternatives: Vec<String> = query.any_of.iter().map(|clauses| alternative(clauses, values)).collect();
    Some(format!("({})", alternatives.join(" OR ")))
}

/// A mark that every article found must have: only the index of the articles so marked need be read.
pub(super) fn common_mark(query: &Query) -> Option<MarkCondition> {
    let [clauses] = query.any_of.as_slice() else { return None };
    clauses.iter().find_map(|clause| match clause {
        Clause {
            negated: false,
            term:
                Term::Is(mark @ (MarkCondition::Unread | MarkCondition::Starred | MarkCondition::Watched | MarkCondition::New)),
        } => Some(*mark),
        Clause { negated: true, term: Term::Is(MarkCondition::Read) } => Some(MarkCondition::Unread),
        _ => None,
    })
}

pub(super) fn mark_condition(mark: MarkCondition) -> &'static str {
    match mark {
        MarkCondition::Unread => "a.read = 0",
        MarkCondition::Read => "a.read = 1",
        MarkCondition::Starred => "a.starred = 1",
        MarkCondition::Watched => "a.watched = 1",
        MarkCondition::New => "a.unseen > 0 AND a.visited_at IS NOT NULL",
    }
}

fn alternative(clauses: &[Clause], values: &mut Values) -> String {
    let asks_comments = asks_comments(clauses);
    let mut of_article = Vec::new();
    for Clause { negated, term } in clauses {
        let condition = match term {
            Term::In(_) => continue,
            _ if asks_comments && is_of_comment(term) => continue,
            Term::Rank(..) => any_comment(&on_comment(term, values)),
            _ => on_article(term, values),
        };
        of_article.push(either(*negated, condition));
    }
    if asks_comments {
        of_article.push(one_comment(clauses, values));
    }
    if of_article.is_empty() { "1".to_owned() } else { format!("({})", of_article.join(" AND ")) }
}

fn either(negated: bool, condition: String) -> String {
    if negated { format!("NOT ifnull({condition}, 0)") } else { condition }
}

/// The condition that one comment of the article fulfils all that is asked of a comment.
fn one_comment(clauses: &[Clause], values: &mut Values) -> String {
    let of_comment = clauses.iter().filter(|clause| is_of_comment(&clause.term));
    let conditions = of_comment.map(|clause| either(clause.negated, on_comment(&clause.term, values)));
    any_comment(&conditions.chain(["1".to_owned()]).collect::<Vec<_>>().join(" AND "))
}

/// The condition on a row of `comments c`, joined with its discussion, article and source; none where all match.
pub(super) fn comment_condition(query: &Query, values: &mut Values) -> Option<String> {
    if query.is_empty() {
        return None;
    }
    let mut alternatives = Vec::new();
    for clauses in &query.any_of {
        let mut conditions = vec!["1".to_owned()];
        for Clause { negated, term } in clauses {
            let condition = if is_of_comment(term) { on_comment(term, values) } else { on_article(term, values) };
            conditions.push(either(*negated, condition));
        }
        alternatives.push(format!("({})", conditions.join(" AND ")));
    }
    Some(format!("({})", alternatives.join(" OR ")))
}

/// The terms that `in:comments` must find in one comment.
fn is_of_comment(term: &Term) -> bool {
    matches!(
        term,
        Term::Word { .. } | Term::Phrase(_) | Term::Author { .. } | Term::Rank(..) | Term::After(_) | Term::Before(_)
    )
}

fn any_comment(condition: &str) -> String {
    format!(
        "EXISTS (SELECT 1 FROM discussions d CROSS JOIN comments c ON c.discussion_id = d.id
                 WHERE d.article_id = a.id AND {condition})"
    )
}

/// Binds a term about words for `has_words`.
fn bind_words(term: &Term, values: &mut Values) -> String {
    let (column, text, prefix) = match term {
        Term::Title { text, prefix } => ('t', text, *prefix),
        Term::Author { text, prefix } => ('a', text, *prefix),
        Term::Word { text, prefix } => ('w', text, *prefix),
        Term::Phrase(text) => ('w', text, false),
        _ => ('w', &String::new(), false),
    };
    values.bind(format!("{column}{}{text}", if prefix { '*' } else { ' ' }))
}

fn bound_words(bound: &str) -> Term {
    let text = bound.get(2..).unwrap_or("").to_owned();
    let prefix = bound.as_bytes().get(1) == Some(&b'*');
    match bound.as_bytes().first() {
        Some(b't') => Term::Title { text, prefix },
        Some(b'a') => Term::Author { text, prefix },
        _ => Term::Word { text, prefix },
    }
}

fn on_comment(term: &Term, values: &mut Values) -> String {
    if is_text(term, HitKind::Comments) {
        return format!("has_words(c.encoding, c.body, '', c.author, {})", bind_words(term, values));
    }
    match term {
        Term::Rank(compare, rank) => {
            // Hundredths in the query; only stars are stored as such. A place in an order is not a number to compare.
            let value = format!(
                "CASE c.rank_kind WHEN {STARS} THEN c.rank_value WHEN 4 THEN c.rank_value * 100 WHEN 5 THEN c.rank_value * 100 END"
            );
            format!("({value}) {} {}", sign(*compare), values.bind(*rank))
        }
        Term::After(date) => format!("ifnull(c.posted, c.first_seen) >= {}", values.bind(date.start().0)),
        Term::Before(date) => format!("ifnull(c.posted, c.first_seen) < {}", values.bind(date.start().0)),
        _ => "1".to_owned(),
    }
}

fn on_article(term: &Term, values: &mut Values) -> String {
    if is_text(term, HitKind::Articles) {
        return format!(
            "(SELECT has_words(b.encoding, b.body, a.title, a.byline, {}) FROM article_bodies b WHERE b.article_id = a.id)",
            bind_words(term, values)
        );
    }
    match term {
        Term::Source(name) => {
            let name = values.bind(fold(name));
            format!("EXISTS ({HAS_SOURCE} (SELECT id FROM sources WHERE text_holds(title, {name}) OR text_holds(key, {name})))")
        }
        Term::Folder(name) => {
            let name = values.bind(fold(name));
            format!("EXISTS ({HAS_SOURCE} (SELECT source_id FROM subscriptions WHERE is_in_folder(folder, details, {name})))")
        }
        Term::Is(mark) => mark_condition(*mark).to_owned(),
        Term::Tag { text, prefix } => tags::tag_condition(text, *prefix, values),
        Term::Note(text) => tags::note_condition(text, values),
        Term::HasTag => "EXISTS (SELECT 1 FROM tags w WHERE w.article_id = a.id)".to_owned(),
        Term::HasNote => "EXISTS (SELECT 1 FROM notes w WHERE w.article_id = a.id)".to_owned(),
        Term::HasComments => "max(a.comments, a.told) > 0".to_owned(),
        Term::Comments(compare, count) => {
            format!("max(a.comments, a.told) {} {}", sign(*compare), values.bind(i64::try_from(*count).unwrap_or(i64::MAX)))
        }
        Term::After(date) => format!("a.sort_at >= {}", values.bind(date.start().0)),
        Term::Before(date) => format!("a.sort_at < {}", values.bind(date.start().0)),
        _ => "1".to_owned(),
    }
}

/// The SQL functions `text_holds(text, needle)`, whether a folded needle stands anywhere in a text,
/// `is_in_folder(folder, details, name)`, whether a folder or tag of a source is called so, and
/// `has_words(encoding, body, title, author, words)`, whether a row has the words of a term: what cannot be read off the
/// index of words is compared with the texts themselves.
pub(super) fn register(conn: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_INNOCUOUS;
    conn.create_scalar_function("text_holds", 2, flags, |context| {
        let text = context.get_raw(0).as_str().unwrap_or("");
        Ok(fold(text).contains(context.get_raw(1).as_str().unwrap_or("")))
    })?;
    conn.create_scalar_function("is_in_folder", 3, flags, |context| {
        let wanted = context.get_raw(2).as_str().unwrap_or("");
        let folders = context.get_raw(0).as_str().unwrap_or("");
        let details: Details = serde_json::from_str(context.get_raw(1).as_str().unwrap_or("")).unwrap_or_default();
        Ok(folders.lines().chain(details.tags.iter().map(String::as_str)).any(|one| fold(one) == wanted))
    })?;
    conn.create_scalar_function("has_words", 5, flags, |context| {
        let wanted = context.get_or_create_aux(4, |bound| -> rusqlite::Result<ColumnNeedle> {
            Ok(ColumnNeedle::new(&bound_words(bound.as_str().unwrap_or(""))))
        })?;
        let line = |at: usize| context.get_raw(at).as_str().unwrap_or("");
        let encoding: i64 = context.get::<Option<i64>>(0)?.unwrap_or(0);
        let body = body::text(encoding, context.get_raw(1).as_bytes_or_null().ok().flatten().unwrap_or_default());
        Ok(wanted.is_in(line(2), line(3), &body))
    })
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
