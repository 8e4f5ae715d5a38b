//! Articles whose discussions are to be looked for at the sites: those that have just come, until the sites have answered,
//! and those for which a site could not be asked, until it can or the look-up is given up.

use rusqlite::{Result, params};

use super::columns::{ReadColumn as _, read_count};
use super::{ArticleId, Store, StoreResult};
use crate::domain::time::{DAY, HOUR, Timestamp, is_due};

/// The most that a look-up is put off, in seconds.
const LONGEST: i64 = DAY;

/// A look-up that failed so often in a row is given up: with the waits between them that is after some three days.
const TRIES: u32 = 8;

/// So long after a failure it is tried again, in seconds; each further failure in a row doubles it.
const FIRST_WAIT: i64 = HOUR;

/// The result of a look-up.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LookupEnd {
    /// All sites have answered.
    Answered,
    /// A site could not be asked, or a discussion that was found could not be fetched.
    Failed,
}

impl Store {
    /// Keeps that the discussions of these are to be looked for now.
    pub fn want_lookups(&mut self, articles: &[ArticleId], now: Timestamp) -> StoreResult<()> {
        self.change("noting what is to be looked up", |conn| {
            let sql =
                "INSERT OR IGNORE INTO lookups (article_id, asked_at, due_at) SELECT id, ?2, ?2 FROM articles WHERE id = ?1";
            let mut insert = conn.prepare_cached(sql)?;
            articles.iter().try_for_each(|article| insert.execute([article.0, now.0]).map(drop))
        })
    }

    /// Articles whose look-up is due, at most so many, those that have waited longest first.
    pub fn due_lookups(&self, most: usize, now: Timestamp) -> StoreResult<Vec<ArticleId>> {
        self.ask("looking for look-ups that are due", |conn| {
            let sql = "SELECT article_id, asked_at, due_at FROM lookups ORDER BY due_at, article_id";
            let mut statement = conn.prepare_cached(sql)?;
            let mut rows = statement.query([])?;
            let mut due = Vec::new();
            while let Some(row) = rows.next()?
                && due.len() < most
            {
                if is_due(Timestamp(row.read(2)?), Timestamp(row.read(1)?), LONGEST, now) {
                    due.push(ArticleId(row.read(0)?));
                }
            }
            Ok(due)
        })
    }

    /// Keeps what a look-up came to. True if it failed for the last time, so that it is not tried again.
    pub fn end_lookup(&mut self, article: ArticleId, end: LookupEnd, now: Timestamp) -> StoreResult<bool> {
        self.change("keeping a look-up", |conn| {
            let failures = match end {
                LookupEnd::Answered => 0,
                LookupEnd::Failed => {
                    let sql = "SELECT ifnull(max(failures), 0) FROM lookups WHERE article_id = ?1";
                    conn.prepare_cached(sql)?.query_row([article.0], |row| read_count(row, 0))? + 1
                }
            };
            let is_given_up = failures >= u64::from(TRIES);
            if end == LookupEnd::Answered || is_given_up {
                conn.prepare_cached("DELETE FROM lookups WHERE article_id = ?1")?.execute([article.0])?;
                return Ok(is_given_up);
            }
            let wait = (FIRST_WAIT << (failures - 1)).min(LONGEST);
            let sql = "UPDATE lookups SET asked_at = ?2, due_at = ?3, failures = ?4 WHERE article_id = ?1";
            conn.prepare_cached(sql)?.execute(params![article.0, now.0, now.0.saturating_add(wait), failures as i64])?;
            Ok(false)
        })
    }

    /// How many articles wait for a look-up, due or not.
    pub fn waiting_lookups(&self) -> StoreResult<u64> {
        self.ask("counting look-ups", |conn| -> Result<u64> {
            conn.prepare_cached("SELECT count(*) FROM lookups")?.query_row([], |row| read_count(row, 0))
        })
    }
}
