//! The reader's marks: read, starred, watched, rated, seen; slider settings and reading positions.
//! Setting a mark that is already set is not a change, and keeps its time.

use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, OptionalExtension, Result, params};

use super::columns::{ReadColumn as _, read_count};
use super::{ArticleId, DiscussionId, Headline, LastComment, ListKey, Section, SliderMemory, Store, StoreResult, Stretch};
use crate::domain::order::Order;
use crate::domain::query::{MarkCondition, Query};
use crate::domain::rank::Hundredths;
use crate::domain::slider::{Notch, Unrated};
use crate::domain::thread::CommentIdx;
use crate::domain::time::Timestamp;

/// So many articles are marked in one transaction: some 5 ms of work, so that no key has to wait for it.
pub const MARKED_AT_ONCE: usize = 500;

/// Articles that are marked read together.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Marking<'a> {
    pub section: &'a Section,
    pub filter: &'a Query,
    /// Later articles stay unread.
    pub newest: ArticleId,
    /// Where it ends: this one and what is older stay as they are.
    pub until: Option<ListKey>,
}

/// A step of marking.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct MarkedSome {
    pub ids: Vec<ArticleId>,
    /// Where to go on; none when all are marked.
    pub next: Option<ListKey>,
}

/// Earlier versions wrote `oldest` for every discussion whose order nobody chose.
const CHOSEN_OLDEST: &str = "oldest-first";

fn chosen_order(name: &str) -> Option<Order> {
    match name {
        CHOSEN_OLDEST => Some(Order::Oldest),
        name => Order::from_name(name).filter(|order| *order != Order::Oldest),
    }
}

impl Store {
    /// Each of these gives how many changed, and keeps the time of the change.
    pub fn set_read(&mut self, ids: &[ArticleId], read: bool, now: Timestamp) -> StoreResult<u64> {
        self.change("marking articles read", |conn| set_read(conn, ids, read, now))
    }

    pub fn set_starred(&mut self, ids: &[ArticleId], starred: bool, now: Timestamp) -> StoreResult<u64> {
        let sql = "UPDATE articles SET starred = ?2, starred_at = ?3 WHERE id = ?1 AND starred <> ?2";
        self.change("starring articles", |conn| set_flag(conn, sql, ids, starred, now))
    }

    pub fn set_watched(&mut self, ids: &[ArticleId], watched: bool, now: Timestamp) -> StoreResult<u64> {
        let sql = "UPDATE articles SET watched = ?2, watched_at = ?3 WHERE id = ?1 AND watched <> ?2";
        self.change("watching articles", |conn| set_flag(conn, sql, ids, watched, now))
    }

    /// Marks the unread articles of a section (under a filter) read, some at a time, in one short transaction: those older
    /// than `after` that are not newer in the store than `newest`.
    pub fn mark_some_read(&mut self, marking: &Marking<'_>, after: Option<ListKey>, now: Timestamp) -> StoreResult<MarkedSome> {
        let unread = Query::is(MarkCondition::Unread).and(marking.filter);
        let stretch = after.map_or(Stretch::First, Stretch::After);
        let rows = self.headlines(marking.section, &unread, stretch, MARKED_AT_ONCE)?;
        let is_within = |row: &Headline| marking.until.is_none_or(|until| row.key().is_newer_than(until));
        let next = rows.last().filter(|last| rows.len() == MARKED_AT_ONCE && is_within(last)).map(Headline::key);
        let wanted = rows.iter().filter(|row| is_within(row) && row.id <= marking.newest);
        let ids: Vec<ArticleId> = wanted.map(|row| row.id).collect();
        self.set_read(&ids, true, now)?;
        Ok(MarkedSome { ids, next })
    }

    /// All of them that are older than `after`; gives the ids that changed, for undo.
    pub fn mark_all_read(
        &mut self,
        marking: &Marking<'_>,
        mut after: Option<ListKey>,
        now: Timestamp,
    ) -> StoreResult<Vec<ArticleId>> {
        let mut ids = Vec::new();
        loop {
            let some = self.mark_some_read(marking, after, now)?;
            ids.extend(some.ids);
            after = some.next;
            if after.is_none() {
                return Ok(ids);
            }
        }
    }

    /// Marks some of the articles unread that were marked read at a time, those with higher numbers than `after`.
    pub fn unmark_some_of(&mut self, read_at: Timestamp, after: ArticleId, now: Timestamp) -> StoreResult<MarkedSome> {
        let ids: Vec<ArticleId> = self.ask("looking for what was marked read", |conn| {
            let mut some = conn
                .prepare_cached("SELECT id FROM articles WHERE id > ?1 AND read = 1 AND read_at = ?2 ORDER BY id LIMIT ?3")?;
            some.query_map([after.0, read_at.0, MARKED_AT_ONCE as i64], |row| row.read(0).map(ArticleId))?.collect()
        })?;
        self.set_read(&ids, false, now)?;
        Ok(MarkedSome { ids, next: None })
    }

    /// When an article was marked read, or unread.
    pub fn read_at(&self, id: ArticleId) -> StoreResult<Option<Timestamp>> {
        self.ask("looking when an article was read", |conn| {
            let mut at = conn.prepare_cached("SELECT read_at FROM articles WHERE id = ?1")?;
            Ok(at.query_row([id.0], |row| row.read::<Option<i64>>(0)).optional()?.flatten().map(Timestamp))
        })
    }

    /// The article that came last.
    pub fn newest_id(&self) -> StoreResult<ArticleId> {
        self.ask("looking for the article that came last", |conn| {
            let mut last = conn.prepare_cached("SELECT ifnull(max(id), 0) FROM articles")?;
            last.query_row([], |row| row.read(0).map(ArticleId))
        })
    }

    /// The reader came to the end of its text; the first time counts.
    pub fn set_finished(&mut self, id: ArticleId, now: Timestamp) -> StoreResult<()> {
        self.change("marking an article read to its end", |conn| {
            conn.prepare_cached("UPDATE articles SET finished_at = ?2 WHERE id = ?1 AND finished_at IS NULL")?
                .execute(params![id.0, now.0])
                .map(drop)
        })
    }

    /// Deletes articles with all that is kept of them. Their entries stay, so that a fetch does not bring them back.
    pub fn delete_articles(&mut self, ids: &[ArticleId]) -> StoreResult<u64> {
        self.change("deleting articles", |conn| {
            let mut delete = conn.prepare_cached("DELETE FROM articles WHERE id = ?1")?;
            let mut deleted = 0;
            for id in ids {
                deleted += delete.execute([id.0])? as u64;
            }
            Ok(deleted)
        })
    }

    /// From 1 to 5; 0 takes a rating back. What is above 5 counts as 5.
    pub fn rate_article(&mut self, id: ArticleId, rating: u8, now: Timestamp) -> StoreResult<()> {
        self.change("rating an article", |conn| {
            conn.prepare_cached("UPDATE articles SET own_rating = ?2, rated_at = ?3 WHERE id = ?1 AND own_rating <> ?2")?
                .execute(params![id.0, rating.min(5), now.0])
                .map(drop)
        })
    }

    /// Gives whether there is such a comment.
    pub fn rate_comment(&mut self, id: DiscussionId, comment: &str, rating: u8, now: Timestamp) -> StoreResult<bool> {
        self.change("rating a comment", |conn| {
            let mut find = conn.prepare_cached("SELECT id FROM comments WHERE discussion_id = ?1 AND key = ?2")?;
            let Some(row): Option<i64> = find.query_row(params![id.0, comment], |row| row.read(0)).optional()? else {
                return Ok(false);
            };
            conn.prepare_cached("UPDATE comments SET own_rating = ?2, rated_at = ?3 WHERE id = ?1 AND own_rating <> ?2")?
                .execute(params![row, rating.min(5), now.0])?;
            Ok(true)
        })
    }

    /// Marks comments as seen, and gives how many were not. Once a page is left its article counts as visited, and comments
    /// that come are new.
    pub fn mark_seen(&mut self, id: DiscussionId, seen: Seen<'_>, now: Timestamp) -> StoreResult<u64> {
        self.change("marking comments seen", |conn| mark_seen(conn, id, seen, now))
    }

    pub fn slider(&self, source: &str, place: &str) -> StoreResult<Option<SliderMemory>> {
        self.ask("reading a slider's position", |conn| {
            let mut statement = conn.prepare_cached(
                "SELECT bar_kind, bar, floor_kind, floor, min_votes, unrated_as_below, reading_order, flat
                 FROM sliders WHERE source = ?1 AND place = ?2",
            )?;
            let memory = statement.query_row([source, place], |row| {
                let notch =
                    |at: usize| Ok::<_, rusqlite::Error>(notch(row.get_ref(at)?.as_str().unwrap_or(""), row.get_ref(at + 1)?));
                let order: String = row.read(6)?;
                Ok(SliderMemory {
                    bar: notch(0)?,
                    floor: notch(2)?,
                    min_votes: row.read(4)?,
                    unrated: if row.read(5)? { Unrated::AsBelow } else { Unrated::Open },
                    order: chosen_order(&order),
                    flat: row.read(7)?,
                })
            });
            memory.optional()
        })
    }

    pub fn set_slider(&mut self, source: &str, place: &str, memory: &SliderMemory) -> StoreResult<()> {
        self.change("keeping a slider's position", |conn| {
            let ((bar_kind, bar), (floor_kind, floor)) = (notch_columns(memory.bar), notch_columns(memory.floor));
            let as_below = memory.unrated == Unrated::AsBelow;
            conn.prepare_cached("INSERT OR REPLACE INTO sliders VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)")?
                .execute(params![
                    source,
                    place,
                    bar_kind,
                    bar,
                    floor_kind,
                    floor,
                    memory.min_votes,
                    as_below,
                    memory.order.map_or("", |order| if order == Order::Oldest { CHOSEN_OLDEST } else { order.name() }),
                    memory.flat
                ])
                .map(drop)
        })
    }

    /// Where the reader was in an article, in the form that was given to [`set_position`](Store::set_position).
    pub fn position(&self, id: ArticleId) -> StoreResult<Option<String>> {
        self.ask("reading a position", |conn| {
            let mut statement = conn.prepare_cached("SELECT position FROM positions WHERE article_id = ?1")?;
            statement.query_row([id.0], |row| row.read(0)).optional()
        })
    }

    /// Keeps a reading position as text of the caller's own form. For an article that is gone it does nothing.
    pub fn set_position(&mut self, id: ArticleId, position: &str) -> StoreResult<()> {
        self.change("keeping a position", |conn| {
            conn.prepare_cached("INSERT OR REPLACE INTO positions SELECT id, ?2 FROM articles WHERE id = ?1")?
                .execute(params![id.0, position])
                .map(drop)
        })
    }

    /// A value of the program's own, such as where the last session was or whether the welcome edition was laid down.
    pub fn setting(&self, key: &str) -> StoreResult<Option<String>> {
        self.ask("reading a setting", |conn| {
            conn.prepare_cached("SELECT value FROM settings WHERE key = ?1")?.query_row([key], |row| row.read(0)).optional()
        })
    }

    pub fn set_setting(&mut self, key: &str, value: &str) -> StoreResult<()> {
        self.change("keeping a setting", |conn| {
            conn.prepare_cached("INSERT OR REPLACE INTO settings VALUES (?1, ?2)")?.execute([key, value]).map(drop)
        })
    }
}

fn set_flag(conn: &Connection, sql: &str, ids: &[ArticleId], on: bool, now: Timestamp) -> Result<u64> {
    let mut statement = conn.prepare_cached(sql)?;
    let mut changed = 0;
    for id in ids {
        changed += statement.execute(params![id.0, on, now.0])? as u64;
    }
    Ok(changed)
}

pub(super) fn set_read(conn: &Connection, ids: &[ArticleId], read: bool, now: Timestamp) -> Result<u64> {
    // A reader who read an article before it had comments has visited it: those that come are new.
    let sql = "UPDATE articles SET read = ?2, read_at = ?3,
                   visited_at = CASE WHEN ?2 AND comments = 0 THEN ifnull(visited_at, ?3) ELSE visited_at END
               WHERE id = ?1 AND read <> ?2";
    set_flag(conn, sql, ids, read, now)
}

/// The comments of a discussion that were seen.
#[derive(Clone, Copy, Debug)]
pub enum Seen<'a> {
    /// These were scrolled past.
    Some(&'a [CommentIdx]),
    /// The page was left: all that had been loaded into it. What was stored meanwhile is still new.
    Loaded(LastComment),
    /// All that are stored.
    All,
}

pub(super) fn mark_seen(conn: &Connection, id: DiscussionId, seen: Seen<'_>, now: Timestamp) -> Result<u64> {
    let mut head = conn.prepare_cached("SELECT article_id, unseen FROM discussions WHERE id = ?1")?;
    let head = head.query_row([id.0], |row| Ok((row.read::<i64>(0)?, read_count(row, 1)?))).optional()?;
    let Some((article, unseen)) = head else { return Ok(0) };
    let marked = match seen {
        _ if unseen == 0 => 0,
        Seen::All => {
            conn.prepare_cached(
                "UPDATE discussions SET seen_through = (SELECT max(id) FROM comments WHERE discussion_id = ?1),
                                        seen_through_at = ?2 WHERE id = ?1",
            )?
            .execute(params![id.0, now.0])?;
            unseen
        }
        Seen::Loaded(LastComment(last)) => {
            let mut count = conn.prepare_cached(
                "SELECT count(*) FROM comments WHERE discussion_id = ?1 AND seen_at IS NULL AND id <= ?2
                    AND id > (SELECT seen_through FROM discussions WHERE id = ?1)",
            )?;
            let marked = count.query_row([id.0, last], |row| read_count(row, 0))?;
            conn.prepare_cached(
                "UPDATE discussions SET seen_through = max(seen_through, ?2), seen_through_at = ?3 WHERE id = ?1",
            )?
            .execute(params![id.0, last, now.0])?;
            marked
        }
        Seen::Some(comments) => {
            let mut statement = conn.prepare_cached(
                "UPDATE comments SET seen_at = ?2 WHERE discussion_id = ?1 AND ordinal = ?3 AND seen_at IS NULL
                    AND id > (SELECT seen_through FROM discussions WHERE id = ?1)",
            )?;
            let mut marked = 0;
            for comment in comments {
                marked += statement.execute(params![id.0, now.0, comment.0])? as u64;
            }
            marked
        }
    };
    if marked > 0 {
        for (table, id) in [("discussions", id.0), ("articles", article)] {
            let sql = format!("UPDATE {table} SET unseen = unseen - ?2 WHERE id = ?1");
            conn.prepare_cached(&sql)?.execute(params![id, marked as i64])?;
        }
    }
    if !matches!(seen, Seen::Some(_)) || marked == unseen {
        let sql = "UPDATE articles SET visited_at = ?2 WHERE id = ?1 AND visited_at IS NULL";
        conn.prepare_cached(sql)?.execute(params![article, now.0])?;
    }
    Ok(marked)
}

fn notch_columns(notch: Notch) -> (&'static str, Value) {
    match notch {
        Notch::Stars(stars) => ("stars", Value::Integer(stars.0.into())),
        Notch::Points(points) => ("points", Value::Integer(points)),
        Notch::Likes(likes) => ("likes", Value::Integer(likes.into())),
        Notch::Share(share) if share.is_finite() => ("share", Value::Real(share)),
        Notch::Share(_) | Notch::Off => ("off", Value::Null),
    }
}

fn notch(kind: &str, value: ValueRef<'_>) -> Notch {
    let known = match (kind, value) {
        ("stars", ValueRef::Integer(n)) => u16::try_from(n).ok().map(|n| Notch::Stars(Hundredths(n))),
        ("points", ValueRef::Integer(n)) => Some(Notch::Points(n)),
        ("likes", ValueRef::Integer(n)) => u32::try_from(n).ok().map(Notch::Likes),
        ("share", ValueRef::Real(share)) => Some(Notch::Share(share)),
        ("share", ValueRef::Integer(share)) => Some(Notch::Share(share as f64)),
        _ => None,
    };
    known.unwrap_or_default()
}
