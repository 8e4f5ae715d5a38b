//! Discussions as they are before they are fetched again, and when those of watched articles are due.

use std::collections::HashSet;

use rusqlite::{Connection, OptionalExtension, Result, Row, params};

use super::columns::{ReadColumn as _, rank_columns, read_count, read_some_text, read_text};
use super::state::{Seen, mark_seen};
use super::{ArticleId, DiscussionId, Saved, Store, StoreResult, thread_summaries};
use crate::domain::rank::Rank;
use crate::domain::text::CleanText;
use crate::domain::thread::Discussion;
use crate::domain::time::{DAY, Timestamp, is_due};

/// A discussion as it is here.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Known {
    pub id: DiscussionId,
    pub place: CleanText,
    pub url: Option<CleanText>,
    pub comments: u32,
    /// All that the place had was here when it was last fetched.
    pub complete: bool,
    /// The site's mark at that time, by which it can tell that nothing has come since.
    pub mark: Option<String>,
}

impl Known {
    /// True if its comments were ever fetched, or came otherwise.
    pub fn is_here(&self) -> bool {
        self.comments > 0 || self.complete
    }
}

/// How the refreshing of a watched article stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Watch {
    pub asked_at: Timestamp,
    pub due_at: Timestamp,
    /// In a row.
    pub failures: u32,
}

/// The most that a watched discussion is put off, in seconds.
pub const LONGEST_WATCH: i64 = DAY;

impl Watch {
    fn is_due(&self, now: Timestamp) -> bool {
        is_due(self.due_at, self.asked_at, LONGEST_WATCH, now)
    }
}

impl Store {
    pub fn known_discussions(&self, article: ArticleId) -> StoreResult<Vec<Known>> {
        self.ask("reading the heads of discussions", |conn| {
            let sql = "SELECT id, place, nullif(url, ''), comments, complete, mark FROM discussions WHERE article_id = ?1";
            let mut statement = conn.prepare_cached(sql)?;
            let known = statement.query_map([article.0], |row| {
                Ok(Known {
                    id: DiscussionId(row.read(0)?),
                    place: read_text(row, 1)?,
                    url: read_some_text(row, 2)?,
                    comments: row.read(3)?,
                    complete: row.read(4)?,
                    mark: row.read(5)?,
                })
            })?;
            known.collect()
        })
    }

    /// Stores what was fetched of a discussion. When it comes for the first time none of it is new, though its article was
    /// read before: nobody has seen the discussion without it. None if there is no such article any more.
    pub fn save_fetched(
        &mut self,
        article: ArticleId,
        discussion: &Discussion,
        is_first: bool,
        now: Timestamp,
    ) -> StoreResult<Option<Saved>> {
        let Some(saved) = self.save_discussions(article, std::slice::from_ref(discussion), now)? else { return Ok(None) };
        if is_first && saved.new_comments > 0 {
            self.change_row_by_row("storing a discussion", |conn| {
                let mut find = conn.prepare_cached(
                    "SELECT d.id FROM discussions d CROSS JOIN articles a ON a.id = d.article_id
                     WHERE d.article_id = ?1 AND d.place = ?2 AND d.url = ?3 AND a.visited_at IS NOT NULL",
                )?;
                let url = discussion.url.as_deref().unwrap_or("");
                let visited: Option<i64> =
                    find.query_row(params![article.0, &*discussion.place, url], |row| row.read(0)).optional()?;
                visited.map_or(Ok(0), |id| mark_seen(conn, DiscussionId(id), Seen::All, now))
            })?;
        }
        Ok(Some(saved))
    }

    /// The ids of a discussion's comments.
    pub fn comment_ids(&self, id: DiscussionId) -> StoreResult<HashSet<Box<str>>> {
        self.ask("reading the ids of comments", |conn| {
            let mut statement =
                conn.prepare_cached("SELECT key FROM comments WHERE discussion_id = ?1 AND vanished_at IS NULL")?;
            statement.query_map([id.0], |row| row.read(0))?.collect()
        })
    }

    /// Keeps that all of a discussion is here, and what its place told of it then.
    pub fn set_mark(&mut self, id: DiscussionId, mark: &str) -> StoreResult<()> {
        self.change("keeping the mark of a discussion", |conn| {
            let sql = "UPDATE discussions SET mark = ?2, complete = 1 WHERE id = ?1 AND (mark IS NOT ?2 OR NOT complete)";
            conn.prepare_cached(sql)?.execute(params![id.0, mark]).map(drop)
        })
    }

    /// Takes the order of the answers to one comment, or of the first level, as their place tells it. Whether any
    /// of those that are here has another place than before.
    pub fn save_order(&mut self, id: DiscussionId, order: &[String]) -> StoreResult<bool> {
        self.change("storing an order", |conn| {
            let removed = rank_columns(Rank::Removed).0;
            let mut changed = 0;
            for (n, key) in order.iter().enumerate() {
                let place = Rank::Position { nth: n as u32 + 1, of: order.len() as u32 };
                let (kind, value, first, second) = rank_columns(place);
                let sql = "UPDATE comments SET (rank_kind, rank_value, rank_first, rank_second) = (?3, ?4, ?5, ?6)
                           WHERE discussion_id = ?1 AND key = ?2 AND rank_kind <> ?7
                               AND (rank_kind, rank_value, rank_first, rank_second) IS NOT (?3, ?4, ?5, ?6)";
                changed += conn.prepare_cached(sql)?.execute(params![id.0, key, kind, value, first, second, removed])?;
            }
            if changed > 0 {
                conn.prepare_cached("UPDATE discussions SET version = version + 1 WHERE id = ?1")?.execute([id.0])?;
                thread_summaries::renew(conn, id.0)?;
            }
            Ok(changed > 0)
        })
    }

    /// Watched articles whose discussions are due, longest overdue first.
    pub fn due_watches(&self, now: Timestamp) -> StoreResult<Vec<ArticleId>> {
        let mut due: Vec<_> = self.watched()?.into_iter().filter(|(_, watch)| watch.is_due(now)).collect();
        due.sort_by_key(|(id, watch)| (watch.due_at, *id));
        Ok(due.into_iter().map(|(id, _)| id).collect())
    }

    /// All that are watched, due or not.
    pub fn all_watches(&self) -> StoreResult<Vec<ArticleId>> {
        Ok(self.watched()?.into_iter().map(|(id, _)| id).collect())
    }

    fn watched(&self) -> StoreResult<Vec<(ArticleId, Watch)>> {
        self.ask("looking for watched discussions that are due", |conn| {
            let sql = "SELECT a.id, ifnull(w.asked_at, 0), ifnull(w.due_at, 0), ifnull(w.failures, 0)
                       FROM articles a INDEXED BY articles_watched LEFT JOIN watches w ON w.article_id = a.id
                       WHERE a.watched = 1 ORDER BY a.id";
            let mut statement = conn.prepare_cached(sql)?;
            let watched = statement.query_map([], |row| Ok((ArticleId(row.read(0)?), watch(row, 1)?)))?;
            watched.collect()
        })
    }

    /// When the first watched discussion is due.
    pub fn next_watch(&self, now: Timestamp) -> StoreResult<Option<Timestamp>> {
        let due = |watch: &Watch| if watch.is_due(now) { now } else { watch.due_at };
        Ok(self.watched()?.iter().map(|(_, watch)| due(watch)).min())
    }

    pub fn watch(&self, article: ArticleId) -> StoreResult<Option<Watch>> {
        self.ask("reading a watch", |conn| {
            let sql = "SELECT asked_at, due_at, failures FROM watches WHERE article_id = ?1";
            conn.prepare_cached(sql)?.query_row([article.0], |row| watch(row, 0)).optional()
        })
    }

    /// Keeps how the refreshing of an article stands; of one that has gone it does nothing.
    pub fn set_watch(&mut self, article: ArticleId, watch: Watch) -> StoreResult<()> {
        self.change("keeping a watch", |conn| {
            let sql = "INSERT OR REPLACE INTO watches (article_id, asked_at, due_at, failures)
                       SELECT id, ?2, ?3, ?4 FROM articles WHERE id = ?1";
            conn.prepare_cached(sql)?.execute(params![article.0, watch.asked_at.0, watch.due_at.0, watch.failures]).map(drop)
        })
    }

    /// When something was last said of an article: its newest comment, else its publication, else its arrival.
    pub fn last_said(&self, article: ArticleId) -> StoreResult<Option<Timestamp>> {
        self.ask("looking for the newest comment", |conn| {
            let sql = "SELECT max(a.sort_at, ifnull((SELECT max(c.posted) FROM discussions d
                           CROSS JOIN comments c ON c.discussion_id = d.id WHERE d.article_id = a.id), a.sort_at))
                       FROM articles a WHERE a.id = ?1";
            conn.prepare_cached(sql)?.query_row([article.0], |row| row.read(0).map(Timestamp)).optional()
        })
    }
}

fn watch(row: &Row<'_>, from: usize) -> Result<Watch> {
    let failures = u32::try_from(read_count(row, from + 2)?).unwrap_or(u32::MAX);
    Ok(Watch { asked_at: Timestamp(row.read(from)?), due_at: Timestamp(row.read(from + 1)?), failures })
}

/// New comments of all that is watched.
pub(super) fn news(conn: &Connection) -> Result<u64> {
    let sql = "SELECT ifnull(sum(unseen), 0) FROM articles INDEXED BY articles_watched
               WHERE watched = 1 AND visited_at IS NOT NULL";
    conn.prepare_cached(sql)?.query_row([], |row| read_count(row, 0))
}
