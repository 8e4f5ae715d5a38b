//! The index of words, and how it follows what is stored.
//!
//! A saved article is in the lists at once and in the index a little later: saving has to be quick, and the index takes
//! more work than all the rest. Whoever fills the store, and the reader when it has time, calls [`Store::index_some`]
//! until there is no more to do. Until then a search reads the texts that are not indexed yet ([`walk`]), so that its
//! answer is right at once.
//!
//! The index knows a row by its *doc*, a number made from its time: the newest hits of a word, those of a stretch of
//! time, and those beyond a key are read off the index in their order, whatever came first. A second has room for
//! [`ROOM`] of them; what does not fit takes the next free number above.
//!
//! The index is in partitions by doc ([`partitions`]). Nothing is taken out of one: a doc whose article changed or went
//! is *dead* (`stale_…`), and no hit, since no article has that number. A partition of which much is dead is indexed anew
//! (it *drains*, from its newest doc down), and one that is all dead is dropped.

pub(super) mod partitions;
pub(super) mod walk;
mod word_tables;

use std::collections::HashMap;

use rusqlite::{Connection, Result, params};

use super::columns::{ReadColumn as _, read_bytes, read_some_text};
use super::{Store, StoreError, body};
use crate::domain::text::words;
use partitions::Partitions;

pub(super) use word_tables::{BULK, TABLES, adopt, expect};

/// Numbers for each second.
pub(super) const ROOM: i64 = 16;

/// Text indexed at once, in bytes, where a reader may be waiting for the store meanwhile: some 10 ms of work.
pub const INDEX_STEP: usize = 512 << 10;

/// Text indexed at once where nobody waits: one large segment is written once, many small ones are merged again and again.
pub const INDEX_STRIDE: usize = 24 << 20;

/// The cost of a row beside its text, in bytes of text.
const ROW: usize = 64;

/// So many rows at most are indexed at once.
const ROWS: i64 = 100_000;

/// How many unindexed rows are counted; beyond that there are just many.
const COUNTED: i64 = 100_000;

/// An index of articles, or of comments.
struct Indexed {
    of_comments: bool,
    stale: &'static str,
    /// Row, time, size: of what has no doc, the newest first.
    unindexed: &'static str,
    /// Row, doc, size: of the docs of a range, the newest first.
    range: &'static str,
    /// Encoding, body, title or nothing, author.
    text: &'static str,
    taken: &'static str,
    number: &'static str,
}

const ARTICLES: Indexed = Indexed {
    of_comments: false,
    stale: "stale_articles",
    unindexed: "SELECT a.id, a.sort_at, ifnull(length(b.body), 0), ifnull(b.encoding, 0)
        FROM articles a INDEXED BY articles_unindexed LEFT JOIN article_bodies b ON b.article_id = a.id
        WHERE a.doc IS NULL ORDER BY a.sort_at DESC, a.id DESC LIMIT ?1",
    range: "SELECT a.id, a.doc, ifnull(length(b.body), 0), ifnull(b.encoding, 0)
        FROM articles a INDEXED BY articles_doc LEFT JOIN article_bodies b ON b.article_id = a.id
        WHERE a.doc BETWEEN ?1 AND ?2 ORDER BY a.doc DESC LIMIT ?3",
    text: "SELECT b.encoding, ifnull(b.body, x''), a.title, a.byline
        FROM articles a LEFT JOIN article_bodies b ON b.article_id = a.id WHERE a.id = ?1",
    taken: "SELECT doc FROM articles WHERE doc >= ?1
        UNION ALL SELECT doc FROM stale_articles WHERE doc >= ?1 ORDER BY doc",
    number: "UPDATE articles SET doc = ?2 WHERE id = ?1",
};

const COMMENTS: Indexed = Indexed {
    of_comments: true,
    stale: "stale_comments",
    unindexed: "SELECT id, ifnull(posted, first_seen), length(body), encoding FROM comments INDEXED BY comments_unindexed
        WHERE doc IS NULL ORDER BY ifnull(posted, first_seen) DESC, id DESC LIMIT ?1",
    range: "SELECT id, doc, length(body), encoding FROM comments INDEXED BY comments_doc
        WHERE doc BETWEEN ?1 AND ?2 ORDER BY doc DESC LIMIT ?3",
    text: "SELECT encoding, body, NULL, author FROM comments WHERE id = ?1",
    taken: "SELECT doc FROM comments WHERE doc >= ?1
        UNION ALL SELECT doc FROM stale_comments WHERE doc >= ?1 ORDER BY doc",
    number: "UPDATE comments SET doc = ?2 WHERE id = ?1",
};

/// Statements of the indexer, for the test of query plans.
#[cfg(test)]
pub(super) fn asked() -> Vec<&'static str> {
    [&ARTICLES, &COMMENTS].into_iter().flat_map(|of| [of.unindexed, of.range, of.text, of.taken]).collect()
}

impl Store {
    /// Brings the index nearer to what is stored, by about so many bytes of text, in one transaction. Whether there is
    /// more to do. The newest is indexed first.
    pub fn index_some(&mut self, budget: usize) -> std::result::Result<bool, StoreError> {
        if !self.is_index_behind()? {
            return Ok(false);
        }
        self.change("indexing", |conn| {
            let mut budget = budget;
            take_in(conn, &ARTICLES, &mut budget)?;
            take_in(conn, &COMMENTS, &mut budget)?;
            drain(conn, &ARTICLES, &mut budget)?;
            drain(conn, &COMMENTS, &mut budget)?;
            is_behind(conn)
        })
    }

    /// Indexes all there is to index.
    pub fn index_all(&mut self) -> std::result::Result<(), StoreError> {
        while self.index_some(INDEX_STRIDE)? {}
        Ok(())
    }

    /// How many articles and comments are not in the index yet; counted up to some hundred thousand.
    pub fn unindexed(&self) -> std::result::Result<u64, StoreError> {
        self.ask("looking for what is not indexed", |conn| {
            let count = |table: &str| -> Result<u64> {
                let sql = format!(
                    "SELECT count(*) FROM (SELECT 1 FROM {table} INDEXED BY {table}_unindexed WHERE doc IS NULL LIMIT {COUNTED})"
                );
                conn.prepare_cached(&sql)?.query_row([], |row| super::columns::read_count(row, 0))
            };
            Ok(count("articles")? + count("comments")?)
        })
    }

    /// True if there is anything to do for the index.
    pub fn is_index_behind(&self) -> std::result::Result<bool, StoreError> {
        self.ask("looking for what is not indexed", is_behind)
    }
}

fn is_behind(conn: &Connection) -> Result<bool> {
    let unindexed = "SELECT EXISTS (SELECT 1 FROM articles INDEXED BY articles_unindexed WHERE doc IS NULL)
        OR EXISTS (SELECT 1 FROM comments INDEXED BY comments_unindexed WHERE doc IS NULL)";
    Ok(conn.prepare_cached(unindexed)?.query_row([], |row| row.read::<bool>(0))? || partitions::is_any_draining(conn)?)
}

/// The least number that a row of this time can have.
pub(super) fn first_doc(at: i64) -> i64 {
    at.clamp(i64::MIN / ROOM, i64::MAX / ROOM / 2) * ROOM
}

/// Indexes what is not indexed.
fn take_in(conn: &Connection, of: &Indexed, budget: &mut usize) -> Result<()> {
    let before = *budget;
    let mut rows = some(conn, of.unindexed, &[ROWS], budget)?;
    // FTS5 writes out what it holds whenever a number is less than the one before.
    rows.reverse();
    let mut partitions = Partitions::read(conn, of.of_comments, before - *budget)?;
    let mut last_of: HashMap<i64, i64> = HashMap::new();
    for (row, at) in rows {
        let base = first_doc(at);
        let doc = free(conn, of, last_of.get(&base).map_or(base, |last| last + 1))?;
        last_of.insert(base, doc);
        insert(conn, of, &mut partitions, row, doc)?;
        conn.prepare_cached(of.number)?.execute([row, doc])?;
    }
    partitions.save()
}

/// Moves docs out of a partition that drains, the newest first, each with its number.
fn drain(conn: &Connection, of: &Indexed, budget: &mut usize) -> Result<()> {
    let mut partitions = Partitions::read(conn, of.of_comments, *budget)?;
    while *budget > 0
        && let Some(from) = partitions.draining()
    {
        let (id, least, most) = (from.id, from.least, from.most);
        let mut moved = some(conn, of.range, &[least, most, ROWS], budget)?;
        let is_last = *budget > 0 && (moved.len() as i64) < ROWS;
        let until = moved.last().map_or(least, |(_, doc)| *doc);
        let until = if is_last { least } else { until };
        let forget = format!("DELETE FROM {} WHERE doc BETWEEN ?1 AND ?2", of.stale);
        let dead = conn.prepare_cached(&forget)?.execute([until, most])? as i64;
        from.most = until.saturating_sub(1);
        from.dead -= dead;
        from.docs -= dead + moved.len() as i64;
        if is_last {
            partitions.drop(id)?;
        }
        moved.reverse();
        for (row, doc) in moved {
            insert(conn, of, &mut partitions, row, doc)?;
        }
    }
    partitions.save()
}

fn insert(conn: &Connection, of: &Indexed, partitions: &mut Partitions<'_>, row: i64, doc: i64) -> Result<()> {
    let Text { title, author, body } = text_of(conn, of.of_comments, row)?;
    let into = partitions.room_for(doc, body.len() + title.len())?;
    let (columns, values) = if of.of_comments { ("body, author", "?2, ?4") } else { ("body, title, author", "?2, ?3, ?4") };
    let sql = format!("INSERT INTO {into} (rowid, {columns}) VALUES (?1, {values})");
    let [body, title, author] = [&body, &title, &author].map(|text| words::indexed(text));
    conn.prepare_cached(&sql)?.execute(params![doc, body, title, author]).map(drop)
}

/// The indexed text of an article or a comment.
#[derive(Default)]
pub(super) struct Text {
    pub(super) title: String,
    pub(super) author: String,
    pub(super) body: String,
}

pub(super) fn text_of(conn: &Connection, of_comments: bool, row: i64) -> Result<Text> {
    let of = if of_comments { &COMMENTS } else { &ARTICLES };
    let mut statement = conn.prepare_cached(of.text)?;
    let mut rows = statement.query([row])?;
    let Some(row) = rows.next()? else { return Ok(Text::default()) };
    let line = |column| Ok::<_, rusqlite::Error>(read_some_text(row, column)?.map(|text| text.to_string()).unwrap_or_default());
    let body = body::text(row.read::<Option<i64>>(0)?.unwrap_or(0), read_bytes(row, 1)?).into_owned();
    Ok(Text { title: line(2)?, author: line(3)?, body })
}

/// The first rows of a statement, each with its second column, until their texts are as large as the budget.
fn some(conn: &Connection, sql: &str, values: &[i64], budget: &mut usize) -> Result<Vec<(i64, i64)>> {
    let mut found = Vec::new();
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query(rusqlite::params_from_iter(values))?;
    while *budget > 0
        && let Some(row) = rows.next()?
    {
        let size = super::columns::read_count(row, 2)? as usize;
        *budget = budget.saturating_sub(body::size_of_text(row.read(3)?, size) + ROW);
        found.push((row.read(0)?, row.read(1)?));
    }
    Ok(found)
}

/// The first number from `start` on that nobody has.
fn free(conn: &Connection, of: &Indexed, start: i64) -> Result<i64> {
    let mut statement = conn.prepare_cached(of.taken)?;
    let mut taken = statement.query([start])?;
    let mut doc = start;
    while let Some(row) = taken.next()? {
        if row.read::<i64>(0)? != doc {
            break;
        }
        doc += 1;
    }
    Ok(doc)
}
