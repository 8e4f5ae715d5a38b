//! Keep rules: what of the fetched articles may go, and how it goes without anybody having to wait.
//!
//! One condition, [`GOING`], says which articles go; the count beforehand and the deed both ask it. Each article that a
//! source lists is let go by it if it is older than the source's wish, or is not among its newest so many; it goes when
//! all sources that have it let it go. What the reader has starred, watched or rated, or a comment of which the reader
//! has rated, is never let go, and takes no place among the newest.
//!
//! What went leaves its entries without an article, so that the feed does not bring it back. They stay until the feed has
//! not listed them for a while.

use std::collections::HashSet;

use rusqlite::{Connection, Result, params};

use super::columns::{read_count, read_text};
use super::{ArticleId, SourceId, Store, StoreError};
use crate::domain::text::CleanText;
use crate::domain::time::{DAY, Timestamp};

/// What sources keep, as of when.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Keeping {
    pub now: Timestamp,
    /// A source that is not among these keeps everything.
    pub wishes: Vec<Wish>,
    /// The article that is being read.
    pub spared: Option<ArticleId>,
}

/// What one source keeps.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Wish {
    pub source: SourceId,
    /// Since an article was published or came, whichever was later.
    pub days: Option<u32>,
    pub newest: Option<u32>,
}

/// What went of one source, or would go.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cleaned {
    pub source: SourceId,
    pub title: CleanText,
    pub articles: u64,
    /// Of text, with that of the comments.
    pub bytes: u64,
}

/// So many articles are taken away at once, where somebody may be waiting for other work meanwhile.
pub const CLEAN_STEP: usize = 2000;

/// So many where nobody is: each time all that there is has to be looked through.
pub const CLEAN_STRIDE: usize = 20_000;

/// So many articles and comments go in one transaction, a larger article alone: whoever writes meanwhile waits for it.
const STEP: u64 = 200;

/// So many pages of the file are given back in one transaction.
const PAGES: u32 = 64;

/// Once a feed has not listed for so long what went, it may be forgotten.
const FORGOTTEN: i64 = 30 * DAY;

/// What the reader has marked stays, and what a place has on its front page. ?2 is the article that is being read.
const UNMARKED: &str = "NOT a.starred AND NOT a.watched AND a.own_rating = 0 AND a.id IS NOT ?2
    AND NOT EXISTS (SELECT 1 FROM fronts f WHERE f.article_id = a.id)
    AND NOT EXISTS (SELECT 1 FROM discussions d CROSS JOIN comments c INDEXED BY comments_rated ON c.discussion_id = d.id
                    WHERE d.article_id = a.id AND c.own_rating > 0)";

/// Article, source, the source's title, bytes, weight in a transaction, and how many entries became it. ?1 is the wishes: source, the time
/// before which it lets go, how many of the newest it keeps; ?3 is how many at the most.
const GOING: &str = "
    WITH wishes (source, oldest, newest) AS MATERIALIZED
        (SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?1)),
    listed AS
        (SELECT DISTINCT w.source, w.oldest, w.newest, a.id AS article, max(a.sort_at, a.first_seen) AS at
         FROM wishes w CROSS JOIN entries e ON e.source_id = w.source CROSS JOIN articles a ON a.id = e.article_id
         WHERE (w.newest IS NOT NULL OR max(a.sort_at, a.first_seen) < w.oldest) AND {UNMARKED}),
    ranked AS
        (SELECT *, row_number() OVER (PARTITION BY source ORDER BY at DESC, article DESC) AS nth FROM listed),
    let_go AS MATERIALIZED
        (SELECT source, article FROM ranked WHERE at < oldest OR nth > newest)
    SELECT a.id, a.source_id, s.title,
           ifnull((SELECT length(b.body) + length(b.related) FROM article_bodies b WHERE b.article_id = a.id), 0)
           + ifnull((SELECT sum(length(c.body)) FROM discussions d CROSS JOIN comments c ON c.discussion_id = d.id
                     WHERE d.article_id = a.id), 0) AS bytes,
           1 + a.comments,
           (SELECT count(*) FROM entries e WHERE e.article_id = a.id)
    FROM let_go l CROSS JOIN articles a ON a.id = l.article AND a.source_id = l.source CROSS JOIN sources s ON s.id = l.source
    WHERE NOT EXISTS (SELECT 1 FROM entries e WHERE e.article_id = a.id
                      AND (e.source_id, a.id) NOT IN (SELECT source, article FROM let_go))
    ORDER BY a.id LIMIT ?3";

/// An article that goes.
struct Going {
    id: i64,
    source: SourceId,
    title: CleanText,
    bytes: u64,
    weight: u64,
    entries: i64,
}

impl Keeping {
    fn wishes(&self) -> String {
        let oldest = |days: u32| self.now.0 - i64::from(days) * DAY;
        let wish = |wish: &Wish| (wish.source.0, wish.days.map(oldest), wish.newest);
        // Numbers cannot fail to be written.
        serde_json::to_string(&self.wishes.iter().map(wish).collect::<Vec<_>>()).unwrap_or_default()
    }
}

impl Store {
    /// What [`clean_some`](Store::clean_some) would take away in the end, by source.
    pub fn would_clean(&self, keeping: &Keeping) -> std::result::Result<Vec<Cleaned>, StoreError> {
        self.ask("looking for what may go", |conn| {
            let sql = format!(
                "SELECT source_id, title, count(*), sum(bytes) FROM ({}) GROUP BY source_id ORDER BY source_id",
                going()
            );
            let mut statement = conn.prepare(&sql)?;
            let rows = statement.query_map(params![keeping.wishes(), spared(keeping), -1], |row| {
                Ok(Cleaned {
                    source: SourceId(row.get(0)?),
                    title: read_text(row, 1)?,
                    articles: read_count(row, 2)?,
                    bytes: read_count(row, 3)?,
                })
            })?;
            rows.collect()
        })
    }

    /// Takes away at most so many of those that may go, in transactions so short that nobody has to wait; gives what went, by source.
    /// Nothing: there is no more.
    pub fn clean_some(&mut self, keeping: &Keeping, most: usize) -> std::result::Result<Vec<Cleaned>, StoreError> {
        if keeping.wishes.is_empty() {
            return Ok(Vec::new());
        }
        let going = self.ask("looking for what may go", |conn| {
            let mut statement = conn.prepare_cached(&going())?;
            let rows = statement.query_map(params![keeping.wishes(), spared(keeping), most as i64], |row| {
                Ok(Going {
                    id: row.get(0)?,
                    source: SourceId(row.get(1)?),
                    title: read_text(row, 2)?,
                    bytes: read_count(row, 3)?,
                    weight: read_count(row, 4)?,
                    entries: row.get(5)?,
                })
            })?;
            rows.collect::<Result<Vec<_>>>()
        })?;
        let mut cleaned = Vec::new();
        let mut left = going.as_slice();
        while !left.is_empty() {
            let weights = left.iter().scan(0, |sum, going| {
                *sum += going.weight;
                Some(*sum)
            });
            let (now, later) = left.split_at(weights.take_while(|sum| *sum <= STEP).count().max(1));
            let gone = self.change("cleaning", |conn| {
                // Meanwhile it may have been marked, or another source may have brought it.
                let sql = format!(
                    "DELETE FROM articles AS a WHERE a.id = ?1 AND {UNMARKED}
                        AND (SELECT count(*) FROM entries e WHERE e.article_id = a.id) = ?3"
                );
                let mut delete = conn.prepare_cached(&sql)?;
                let gone = now.iter().map(|one| Ok((one, delete.execute(params![one.id, spared(keeping), one.entries])? > 0)));
                gone.collect::<Result<Vec<_>>>()
            })?;
            for (one, _) in gone.into_iter().filter(|(_, is_gone)| *is_gone) {
                count(one, &mut cleaned);
            }
            left = later;
        }
        Ok(cleaned)
    }

    /// Gives a little of the file's free room back to the disk, in one transaction. Whether there is more.
    pub fn vacuum_some(&mut self) -> std::result::Result<bool, StoreError> {
        let free = |store: &Store| {
            store.ask("looking for free room", |conn| {
                conn.prepare_cached("PRAGMA freelist_count")?.query_row([], |row| row.get::<_, u32>(0))
            })
        };
        let before = free(self)?;
        if before > 0 {
            let sql = format!("PRAGMA incremental_vacuum({PAGES})");
            self.ask("giving room back", |conn| conn.execute_batch(&sql))?;
        }
        // A store that was made otherwise gives nothing back.
        Ok(before > PAGES && free(self)? < before)
    }
}

fn count(one: &Going, cleaned: &mut Vec<Cleaned>) {
    let Cleaned { articles, bytes, .. } = match cleaned.iter().position(|known| known.source == one.source) {
        Some(at) => &mut cleaned[at],
        None => cleaned.push_mut(Cleaned { source: one.source, title: one.title.clone(), articles: 0, bytes: 0 }),
    };
    *articles += 1;
    *bytes += one.bytes;
}

pub(super) fn going() -> String {
    GOING.replace("{UNMARKED}", UNMARKED)
}

fn spared(keeping: &Keeping) -> Option<i64> {
    keeping.spared.map(|id| id.0)
}

/// Whether something that says just this has gone from the source: feeds that make their guids anew list it as another.
pub(super) fn has_gone(conn: &Connection, source: SourceId, print: i64) -> Result<bool> {
    let sql = "SELECT 1 FROM entries INDEXED BY entries_gone WHERE source_id = ?1 AND print = ?2 AND article_id IS NULL";
    conn.prepare_cached(sql)?.exists(params![source.0, print])
}

/// Compares what has gone from a source with what its feed lists, in an answer that was whole. An entry is forgotten if two
/// such answers, a while apart, and all between them did not list it.
pub(super) fn forget(conn: &Connection, source: SourceId, listed: &HashSet<i64>, now: Timestamp) -> Result<()> {
    let mut gone = conn.prepare_cached(
        "SELECT guid, missed_at FROM entries INDEXED BY entries_gone WHERE source_id = ?1 AND article_id IS NULL",
    )?;
    let gone = gone.query_map([source.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let gone: Vec<(i64, Option<i64>)> = gone.collect::<Result<_>>()?;
    for (guid, missed_at) in gone {
        let (is_listed, sql) = (listed.contains(&guid), "UPDATE entries SET missed_at = ?3 WHERE source_id = ?1 AND guid = ?2");
        match missed_at {
            None if !is_listed => conn.prepare_cached(sql)?.execute(params![source.0, guid, now.0])?,
            Some(_) if is_listed => conn.prepare_cached(sql)?.execute(params![source.0, guid, None::<i64>])?,
            Some(at) if !is_listed && at < now.0 - FORGOTTEN => conn
                .prepare_cached("DELETE FROM entries WHERE source_id = ?1 AND guid = ?2")?
                .execute(params![source.0, guid])?,
            _ => 0,
        };
    }
    Ok(())
}
