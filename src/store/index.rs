//! The index of words, and how it follows what is stored.
//!
//! What is saved is in the lists at once and in the index a little later: saving has to be quick, and the index takes
//! more work than all the rest. Whoever fills the store, and the reader when it has time, calls
//! [`Store::index_some`] until there is no more to do.
//!
//! The index knows a row by its *doc*, a number made from its time: the newest hits of a word, those of a stretch of
//! time, and those beyond a key are then read off the index in their order, whatever came first. A second has room for
//! [`ROOM`] of them; what does not fit takes the next free number above.

use std::collections::HashMap;

use rusqlite::{Connection, Result, params};

use super::columns::{read_bytes, read_some_text};
use super::{Store, StoreError, body, words};

/// Numbers for each second.
pub(super) const ROOM: i64 = 16;

/// Text indexed at once, in bytes, where a reader may be waiting for the store meanwhile.
pub const INDEX_STEP: usize = 128 << 10;

/// Text indexed at once where nobody waits: larger steps make a better index.
pub const INDEX_STRIDE: usize = 4 << 20;

/// What a row costs beside its text, in bytes of text.
const ROW: usize = 64;

/// So many rows at most are read to be indexed at once.
const ROWS: i64 = 20_000;

/// How many unindexed rows are counted; beyond that there are just many.
const COUNTED: i64 = 100_000;

/// The names of what is indexed.
struct Indexed {
    stale: &'static str,
    purge: &'static str,
    forget: &'static str,
    /// Id, time, encoding, body, title or nothing, author.
    rows: &'static str,
    taken: &'static str,
    insert: &'static str,
    number: &'static str,
}

const ARTICLES: Indexed = Indexed {
    stale: "SELECT doc FROM stale_articles LIMIT ?1",
    purge: "DELETE FROM articles_words WHERE rowid = ?1",
    forget: "DELETE FROM stale_articles WHERE doc = ?1",
    rows: "SELECT a.id, a.sort_at, b.encoding, ifnull(b.body, x''), a.title, a.byline
           FROM articles a INDEXED BY articles_unindexed LEFT JOIN article_bodies b ON b.article_id = a.id
           WHERE a.doc IS NULL ORDER BY a.id DESC LIMIT ?1",
    taken: "SELECT doc FROM articles WHERE doc >= ?1 ORDER BY doc",
    insert: "INSERT INTO articles_words (rowid, body, title, author) VALUES (?1, ?2, ?3, ?4)",
    number: "UPDATE articles SET doc = ?2 WHERE id = ?1",
};

const COMMENTS: Indexed = Indexed {
    stale: "SELECT doc FROM stale_comments LIMIT ?1",
    purge: "DELETE FROM comments_words WHERE rowid = ?1",
    forget: "DELETE FROM stale_comments WHERE doc = ?1",
    rows: "SELECT id, ifnull(posted, first_seen), encoding, body, NULL, author
           FROM comments INDEXED BY comments_unindexed WHERE doc IS NULL ORDER BY id DESC LIMIT ?1",
    taken: "SELECT doc FROM comments WHERE doc >= ?1 ORDER BY doc",
    insert: "INSERT INTO comments_words (rowid, body, author) VALUES (?1, ?2, ?4)",
    number: "UPDATE comments SET doc = ?2 WHERE id = ?1",
};

impl Store {
    /// Brings the index nearer to what is stored, by about so many bytes of text, in one transaction. Whether there is
    /// more to do. What came last is indexed first.
    pub fn index_some(&mut self, budget: usize) -> std::result::Result<bool, StoreError> {
        if !self.is_index_behind()? {
            return Ok(false);
        }
        self.change("indexing", |conn| {
            let mut budget = budget;
            Ok(follow(conn, &ARTICLES, &mut budget)? | follow(conn, &COMMENTS, &mut budget)?)
        })
    }

    /// Indexes all there is to index.
    pub fn index_all(&mut self) -> std::result::Result<(), StoreError> {
        while self.index_some(INDEX_STRIDE)? {}
        Ok(())
    }

    /// How many articles and comments no search finds yet; counted up to some hundred thousand.
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

    /// Whether something is to be taken into the index, or out of it.
    pub fn is_index_behind(&self) -> std::result::Result<bool, StoreError> {
        self.ask("looking for what is not indexed", |conn| {
            let sql = "SELECT EXISTS (SELECT 1 FROM stale_articles) OR EXISTS (SELECT 1 FROM stale_comments)
                OR EXISTS (SELECT 1 FROM articles INDEXED BY articles_unindexed WHERE doc IS NULL)
                OR EXISTS (SELECT 1 FROM comments INDEXED BY comments_unindexed WHERE doc IS NULL)";
            conn.prepare_cached(sql)?.query_row([], |row| row.get(0))
        })
    }
}

/// The least number that a row of this time can have.
pub(super) fn first_doc(at: i64) -> i64 {
    at.clamp(i64::MIN / ROOM, i64::MAX / ROOM / 2) * ROOM
}

struct Text {
    row: i64,
    at: i64,
    body: String,
    title: Option<String>,
    author: Option<String>,
}

/// Whether there is more to do.
fn follow(conn: &Connection, of: &Indexed, budget: &mut usize) -> Result<bool> {
    // Numbers that became free have to leave the index before they are given away again.
    let most = i64::try_from(*budget / ROW).unwrap_or(ROWS).clamp(1, ROWS);
    let stale: Vec<i64> = conn.prepare_cached(of.stale)?.query_map([most], |row| row.get(0))?.collect::<Result<_>>()?;
    for doc in &stale {
        conn.prepare_cached(of.purge)?.execute([doc])?;
        conn.prepare_cached(of.forget)?.execute([doc])?;
    }
    *budget = budget.saturating_sub(stale.len() * ROW);
    if stale.len() as i64 == most || *budget == 0 {
        return Ok(true);
    }
    let (mut texts, has_more) = read(conn, of, budget)?;
    // FTS5 writes out what it holds whenever a number is less than the one before.
    texts.sort_by_key(|text| (text.at, text.row));
    let mut last_of: HashMap<i64, i64> = HashMap::new();
    for Text { row, at, body, title, author } in &texts {
        let base = first_doc(*at);
        let doc = free(conn, of, last_of.get(&base).map_or(base, |last| last + 1))?;
        last_of.insert(base, doc);
        let some = |text: &Option<String>| text.as_deref().map(|text| words::spaced(text).into_owned());
        conn.prepare_cached(of.insert)?.execute(params![doc, words::spaced(body), some(title), some(author)])?;
        conn.prepare_cached(of.number)?.execute([*row, doc])?;
    }
    Ok(has_more)
}

/// The first number from `start` on that nobody has.
fn free(conn: &Connection, of: &Indexed, start: i64) -> Result<i64> {
    let mut statement = conn.prepare_cached(of.taken)?;
    let mut taken = statement.query([start])?;
    let mut doc = start;
    while let Some(row) = taken.next()? {
        if row.get::<_, i64>(0)? != doc {
            break;
        }
        doc += 1;
    }
    Ok(doc)
}

fn read(conn: &Connection, of: &Indexed, budget: &mut usize) -> Result<(Vec<Text>, bool)> {
    let mut statement = conn.prepare_cached(of.rows)?;
    let mut rows = statement.query([ROWS])?;
    let mut texts = Vec::new();
    while let Some(row) = rows.next()? {
        if *budget == 0 {
            return Ok((texts, true));
        }
        let text = Text {
            row: row.get(0)?,
            at: row.get(1)?,
            body: body::text(row.get::<_, Option<i64>>(2)?.unwrap_or(0), read_bytes(row, 3)?).into_owned(),
            title: read_some_text(row, 4)?.map(|text| text.to_string()),
            author: read_some_text(row, 5)?.map(|text| text.to_string()),
        };
        *budget = budget.saturating_sub(text.body.len() + ROW);
        texts.push(text);
    }
    let has_more = texts.len() as i64 == ROWS;
    Ok((texts, has_more))
}
