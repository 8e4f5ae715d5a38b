//! Lists of what has certain words, newest first: read off the index of words instead of an index of the articles.

use std::collections::HashSet;
use std::ops::RangeInclusive;

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Result, params_from_iter};

use super::columns::ReadColumn as _;
use super::filter::{Values, comment_condition, condition, mark_condition};
use super::folders;
use super::index::first_doc;
use super::index::walk::{ALL_DOCS, Walk};
use super::lists::{HEADLINE, HEADLINE_OF_ENTRY, headline, is_upwards, mark_of};
use super::matching::{Led, led};
use super::{Headline, ListKey, Section, Stretch};
use crate::domain::query::{HitKind, Query, Term};

/// A stretch of a section under a filter, in its direction; none if the filter asks for no words that the index can find.
pub(super) fn stretch(
    conn: &Connection,
    section: &Section,
    filter: &Query,
    stretch: Stretch,
    limit: usize,
) -> Result<Option<Vec<Headline>>> {
    if let Some(led) = led(filter, HitKind::Articles) {
        return of_articles(conn, section, filter, &led, stretch, limit).map(Some);
    }
    if filter.kind() == HitKind::Comments
        && let Some(led) = led(filter, HitKind::Comments)
    {
        return of_comments(conn, section, &led, stretch, limit).map(Some);
    }
    Ok(None)
}

fn of_articles(
    conn: &Connection,
    section: &Section,
    filter: &Query,
    led: &Led,
    stretch: Stretch,
    limit: usize,
) -> Result<Vec<Headline>> {
    let mut rows = Vec::new();
    let mut docs = docs_of_time(conn, filter)?;
    let key = key_of(stretch).map(|key| Ok::<_, rusqlite::Error>((position_of(conn, key)?, key.id.0))).transpose()?;
    if let Some((position, _)) = key {
        let (least, most) = docs.into_inner();
        docs = if is_upwards(stretch) { least.max(position)..=most } else { least..=most.min(position) };
    }
    let mut one = One::new(conn, section, condition_of(&led.rest))?;
    let walk = Walk { of_comments: false, led: Some(led), docs, upwards: is_upwards(stretch), scored: false };
    walk.each(conn, &mut |step| {
        let is_beyond = match (stretch, key) {
            (Stretch::After(_), Some(key)) => (step.position, step.row) < key,
            (Stretch::From(_), Some(key)) => (step.position, step.row) <= key,
            (Stretch::Before(_), Some(key)) => (step.position, step.row) > key,
            _ => true,
        };
        if is_beyond {
            rows.extend(one.row(step.row)?);
        }
        Ok(rows.len() < limit)
    })?;
    Ok(rows)
}

/// Articles with a comment that fits; all of them are found before they are put in order.
fn of_comments(conn: &Connection, section: &Section, led: &Led, stretch: Stretch, limit: usize) -> Result<Vec<Headline>> {
    let mut values = Values(vec![Value::Null]);
    let condition = comment_condition(&led.rest, &mut values).unwrap_or_else(|| "1".to_owned());
    let mut article = conn.prepare_cached(&format!(
        "SELECT d.article_id FROM comments c CROSS JOIN discussions d ON d.id = c.discussion_id
         CROSS JOIN articles a ON a.id = d.article_id WHERE c.id = ?1 AND {condition}"
    ))?;
    let mut seen = HashSet::new();
    let mut rows = Vec::new();
    let mut one = One::new(conn, section, |_| None)?;
    let walk = Walk { of_comments: true, led: Some(led), docs: ALL_DOCS, upwards: false, scored: false };
    walk.each(conn, &mut |step| {
        values.0[0] = Value::Integer(step.row);
        let id = article.query_row(params_from_iter(&values.0), |row| row.read::<i64>(0)).optional()?;
        if let Some(id) = id.filter(|id| seen.insert(*id)) {
            rows.extend(one.row(id)?);
        }
        Ok(true)
    })?;
    let rank = |key: ListKey| (key.sort_at, key.id);
    rows.retain(|row: &Headline| match stretch {
        Stretch::First | Stretch::Last => true,
        Stretch::After(key) => rank(row.key()) < rank(key),
        Stretch::From(key) => rank(row.key()) <= rank(key),
        Stretch::Before(key) => rank(row.key()) > rank(key),
    });
    rows.sort_by_key(|row| std::cmp::Reverse(rank(row.key())));
    if is_upwards(stretch) {
        rows.reverse();
    }
    rows.truncate(limit);
    Ok(rows)
}

fn condition_of(query: &Query) -> impl FnOnce(&mut Values) -> Option<String> {
    |values| condition(query, values)
}

/// Reads articles one by one, those of a section that fulfil a condition.
pub(super) struct One<'c> {
    statement: rusqlite::CachedStatement<'c>,
    values: Values,
}

impl<'c> One<'c> {
    pub(super) fn new(
        conn: &'c Connection,
        section: &Section,
        condition: impl FnOnce(&mut Values) -> Option<String>,
    ) -> Result<One<'c>> {
        let mut values = Values(vec![Value::Null]);
        let mut conditions = vec!["a.id = ?1".to_owned()];
        conditions.extend(of_section(conn, section, &mut values)?);
        conditions.extend(condition(&mut values));
        let conditions = conditions.join(" AND ");
        let statement = if matches!(section, Section::Source(_)) {
            // Hits are in the order of the articles' own times.
            let columns = HEADLINE_OF_ENTRY.replace("e.sort_at", "a.sort_at");
            conn.prepare_cached(&format!(
                "SELECT {columns} FROM articles a CROSS JOIN entries e INDEXED BY entries_article ON e.article_id = a.id
                 CROSS JOIN sources s ON s.id = e.source_id LEFT JOIN entry_contents c ON c.entry_id = e.id WHERE {conditions}"
            ))?
        } else {
            conn.prepare_cached(&format!(
                "SELECT {HEADLINE} FROM articles a CROSS JOIN sources s ON s.id = a.source_id WHERE {conditions}"
            ))?
        };
        Ok(One { statement, values })
    }

    pub(super) fn row(&mut self, id: i64) -> Result<Option<Headline>> {
        self.values.0[0] = Value::Integer(id);
        self.statement.query_row(params_from_iter(&self.values.0), headline).optional()
    }
}

fn of_section(conn: &Connection, section: &Section, values: &mut Values) -> Result<Option<String>> {
    Ok(match section {
        Section::Source(source) => Some(format!("e.source_id = {} AND e.is_listed = 1", values.bind(source.0))),
        Section::Folder(folder) => {
            let sources = folders::sources_in(conn, folder)?;
            let ids = sources.into_iter().filter_map(|source| match source {
                Section::Source(id) => Some(id.0.to_string()),
                _ => None,
            });
            let ids = ids.collect::<Vec<_>>().join(", ");
            Some(format!(
                "EXISTS (SELECT 1 FROM entries e INDEXED BY entries_article
                         WHERE e.article_id = a.id AND e.is_listed = 1 AND e.source_id IN ({ids}))"
            ))
        }
        Section::Recommended => Some("0".to_owned()),
        other => mark_of(other).map(|mark| mark_condition(mark).to_owned()),
    })
}

fn key_of(stretch: Stretch) -> Option<ListKey> {
    match stretch {
        Stretch::First | Stretch::Last => None,
        Stretch::After(key) | Stretch::From(key) | Stretch::Before(key) => Some(key),
    }
}

fn position_of(conn: &Connection, key: ListKey) -> Result<i64> {
    let mut doc = conn.prepare_cached("SELECT doc FROM articles WHERE id = ?1")?;
    let doc: Option<Option<i64>> = doc.query_row([key.id.0], |row| row.read(0)).optional()?;
    Ok(doc.flatten().unwrap_or(first_doc(key.sort_at.0)))
}

/// The docs that all hits of a query have, by the times that it asks for.
pub(super) fn docs_of_time(conn: &Connection, query: &Query) -> Result<RangeInclusive<i64>> {
    let (mut least, mut most) = ALL_DOCS.into_inner();
    let [clauses] = query.any_of.as_slice() else { return Ok(ALL_DOCS) };
    for clause in clauses.iter().filter(|clause| !clause.negated) {
        match clause.term {
            Term::After(date) => least = least.max(first_doc(date.start().0)),
            Term::Before(date) => most = most.min(first_doc(date.start().0)),
            _ => {}
        }
    }
    if most < i64::MAX {
        // A number above its own time was free because as many docs as lie between had those below it.
        let mut shift = conn.prepare_cached("SELECT ifnull(sum(docs), 0) FROM word_partitions WHERE of_comments = 0")?;
        most = most.saturating_add(shift.query_row([], |row| row.read::<i64>(0))?);
    }
    Ok(least..=most)
}
