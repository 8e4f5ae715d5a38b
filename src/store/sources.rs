//! Sources as a whole: taking one away with what only it has.

use rusqlite::{Connection, OptionalExtension, Result, params};

use super::accounts::queue_removal;
use super::columns::{ReadColumn as _, read_count, read_text};
use super::ingest::{address_hash, compose};
use super::{ArticleId, SourceId, Store, StoreError};
use crate::domain::article::Source;
use crate::domain::text::{CleanText, fold};
use crate::domain::time::Timestamp;
use crate::site::identity::canonical_address;

/// The key of the source of what is kept without one.
pub const SAVED: &str = "saved";

/// So many articles are taken away in one transaction: whoever writes meanwhile waits for it.
const STEP: usize = 200;

/// A setting of this name and the source's id marks a removal under way, so that one that was cut off goes on.
const REMOVING: &str = "removing ";
/// Its value: whether what the reader has marked goes too.
const WITH_MARKED: &str = "all";
const BUT_MARKED: &str = "unmarked";

/// The result of removing a source.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct RemovedSource {
    pub title: CleanText,
    /// Articles that it still has: it was stopped before the end.
    pub left: u64,
    /// Articles that only it had, and that are gone.
    pub articles: u64,
    /// Articles that other sources have, too, and that stay there.
    pub shared: u64,
    /// Starred, watched, rated, tagged or noted articles that only it had: they are in the source `Saved` now.
    pub kept: u64,
}

impl Store {
    /// Removes a source. Its articles go with it, but for those that another source has, too, and, unless `all`, those
    /// that are starred, watched, rated, tagged or noted, or have a comment that is rated: these move to the source `Saved`. It
    /// is named in full: by its key or address, else by its title in any case, else by its id. None if there is no such source
    /// or several are so titled.
    pub fn remove_source(
        &mut self,
        name: &str,
        all: bool,
        now: Timestamp,
    ) -> std::result::Result<Option<RemovedSource>, StoreError> {
        self.remove_source_until(name, all, now, &mut |_| true)
    }

    /// The same, in short transactions, as long as `go_on`, which is told what has been removed, says so. What is stopped
    /// stays stopped: the source is no longer fetched and keeps what is left. After a kill [`finish_removals`] goes on.
    ///
    /// [`finish_removals`]: Store::finish_removals
    pub fn remove_source_until(
        &mut self,
        name: &str,
        all: bool,
        now: Timestamp,
        go_on: &mut dyn FnMut(&RemovedSource) -> bool,
    ) -> std::result::Result<Option<RemovedSource>, StoreError> {
        let Some(source) = self.ask(REMOVING_IT, |conn| find(conn, name))?.map(SourceId) else { return Ok(None) };
        self.remove_source_by_id(source, all, now, go_on)
    }

    /// The same, for a source that is known already.
    pub fn remove_source_by_id(
        &mut self,
        source: SourceId,
        all: bool,
        now: Timestamp,
        go_on: &mut dyn FnMut(&RemovedSource) -> bool,
    ) -> std::result::Result<Option<RemovedSource>, StoreError> {
        let sql = "SELECT title FROM sources WHERE id = ?1";
        let title = self.ask(REMOVING_IT, |conn| conn.query_row(sql, [source.0], |row| read_text(row, 0)).optional())?;
        let Some(title) = title else { return Ok(None) };
        self.begin_removal(source, all)?;
        let mut removed = RemovedSource { title, ..RemovedSource::default() };
        while go_on(&removed) {
            match self.remove_some(source, all, now, &mut removed) {
                Ok(true) => {}
                Ok(false) => return Ok(Some(removed)),
                Err(error) if error.is_interruption() => break,
                Err(error) => return Err(error),
            }
        }
        removed.left = self.change(REMOVING_IT, |conn| {
            conn.execute("DELETE FROM settings WHERE key = ?1", [format!("{REMOVING}{}", source.0)])?;
            conn.query_row("SELECT total FROM sources WHERE id = ?1", [source.0], |row| read_count(row, 0))
        })?;
        Ok(Some(removed))
    }

    /// From now on the source is being removed, whatever happens.
    pub(super) fn begin_removal(&mut self, source: SourceId, all: bool) -> std::result::Result<(), StoreError> {
        self.change(REMOVING_IT, |conn| {
            queue_removal(conn, source)?;
            mark_for_removal(conn, source, all)
        })
    }

    /// True if a removal was interrupted.
    pub fn has_removals(&self) -> std::result::Result<bool, StoreError> {
        self.ask(REMOVING_IT, |conn| Ok(!cut_off(conn)?.is_empty()))
    }

    /// A step of finishing what removals that were cut off have left. Whether there is more to do.
    pub fn finish_removals(&mut self, now: Timestamp) -> std::result::Result<bool, StoreError> {
        let cut_off = self.ask(REMOVING_IT, cut_off)?;
        let Some(&(source, all)) = cut_off.first() else { return Ok(false) };
        let goes_on = self.remove_some(source, all, now, &mut RemovedSource::default())?;
        Ok(goes_on || cut_off.len() > 1)
    }

    /// Takes some of its articles away, and in the end the source. Whether there is more to do.
    fn remove_some(
        &mut self,
        source: SourceId,
        all: bool,
        now: Timestamp,
        removed: &mut RemovedSource,
    ) -> std::result::Result<bool, StoreError> {
        // Rolled-back work must not be counted.
        let mut counted = removed.clone();
        let goes_on = self.change_row_by_row(REMOVING_IT, |conn| {
            let goes_on = leave_some(conn, source, all, now, &mut counted)?;
            if !goes_on {
                conn.execute("DELETE FROM sources WHERE id = ?1", [source.0])?;
                conn.execute("DELETE FROM settings WHERE key = ?1", [format!("{REMOVING}{}", source.0)])?;
            }
            Ok(goes_on)
        })?;
        *removed = counted;
        Ok(goes_on)
    }
}

/// From here on the removal of the source goes on after a kill.
pub(super) fn mark_for_removal(conn: &Connection, source: SourceId, all: bool) -> Result<()> {
    // While it is taken away nothing is to be fetched into it.
    conn.execute("DELETE FROM subscriptions WHERE source_id = ?1", [source.0])?;
    let how = if all { WITH_MARKED } else { BUT_MARKED };
    let key = format!("{REMOVING}{}", source.0);
    conn.execute("INSERT OR REPLACE INTO settings VALUES (?1, ?2)", [key.as_str(), how]).map(drop)
}

const REMOVING_IT: &str = "removing a source";

/// The sources whose removal was cut off, each with whether all of it goes.
fn cut_off(conn: &Connection) -> Result<Vec<(SourceId, bool)>> {
    let mut kept = conn.prepare_cached("SELECT key, value FROM settings WHERE key > ?1 AND key < ?2")?;
    let kept = kept.query_map([REMOVING, "removing!"], |row| {
        let (key, value) = (row.read::<String>(0)?, row.read::<String>(1)?);
        Ok((key.strip_prefix(REMOVING).and_then(|id| id.parse().ok()).map(SourceId), value == WITH_MARKED))
    })?;
    let kept = kept.collect::<Result<Vec<_>>>()?;
    Ok(kept.into_iter().filter_map(|(source, all)| Some((source?, all))).collect())
}

/// Takes a source's entries away from some of its articles. Whether there are more.
fn leave_some(conn: &Connection, source: SourceId, all: bool, now: Timestamp, removed: &mut RemovedSource) -> Result<bool> {
    let sql = "SELECT DISTINCT article_id FROM entries INDEXED BY entries_listed
               WHERE source_id = ?1 AND is_listed = 1 ORDER BY sort_at LIMIT ?2";
    let mut some = conn.prepare_cached(sql)?;
    let some: Vec<i64> = some.query_map(params![source.0, STEP as i64], |row| row.read(0))?.collect::<Result<_>>()?;
    for &article in &some {
        leave(conn, source, ArticleId(article), all, now, removed)?;
    }
    Ok(some.len() == STEP)
}

fn leave(
    conn: &Connection,
    source: SourceId,
    article: ArticleId,
    all: bool,
    now: Timestamp,
    removed: &mut RemovedSource,
) -> Result<()> {
    let others = "SELECT 1 FROM entries WHERE article_id = ?1 AND source_id <> ?2";
    if conn.prepare_cached(others)?.exists([article.0, source.0])? {
        super::ingest::keep_first(conn, article)?;
        conn.prepare_cached("DELETE FROM entries WHERE article_id = ?1 AND source_id = ?2")?.execute([article.0, source.0])?;
        compose(conn, article, None, now)?;
        give_to_another(conn, article, source)?;
        removed.shared += 1;
    } else if !all && is_marked(conn, article)? {
        let saved = saved(conn, now)?;
        conn.prepare_cached("UPDATE entries SET source_id = ?3 WHERE article_id = ?1 AND source_id = ?2")?
            .execute([article.0, source.0, saved])?;
        conn.prepare_cached("UPDATE articles SET source_id = ?2 WHERE id = ?1")?.execute([article.0, saved])?;
        removed.kept += 1;
    } else {
        conn.prepare_cached("DELETE FROM articles WHERE id = ?1")?.execute([article.0])?;
        removed.articles += 1;
    }
    Ok(())
}

/// An article must not go with a source that it no longer has, whatever is known of what the others tell.
fn give_to_another(conn: &Connection, article: ArticleId, source: SourceId) -> Result<()> {
    conn.prepare_cached(
        "UPDATE articles SET source_id = (SELECT e.source_id FROM entries e WHERE e.article_id = ?1 ORDER BY e.id LIMIT 1)
         WHERE id = ?1 AND source_id = ?2",
    )?
    .execute([article.0, source.0])
    .map(drop)
}

fn is_marked(conn: &Connection, article: ArticleId) -> Result<bool> {
    let sql = "SELECT 1 FROM articles a WHERE a.id = ?1 AND (a.starred OR a.watched OR a.own_rating > 0
        OR EXISTS (SELECT 1 FROM tags w WHERE w.article_id = a.id)
        OR EXISTS (SELECT 1 FROM notes w WHERE w.article_id = a.id)
        OR EXISTS (SELECT 1 FROM discussions d CROSS JOIN comments c INDEXED BY comments_rated ON c.discussion_id = d.id
                   WHERE d.article_id = a.id AND c.own_rating > 0))";
    conn.prepare_cached(sql)?.exists([article.0])
}

/// The source of what is kept without one.
pub(super) fn saved(conn: &Connection, now: Timestamp) -> Result<i64> {
    conn.prepare_cached("INSERT OR IGNORE INTO sources (key, title, first_seen) VALUES (?1, 'Saved', ?2)")?
        .execute(params![SAVED, now.0])?;
    conn.prepare_cached("SELECT id FROM sources WHERE key = ?1")?.query_row([SAVED], |row| row.read(0))
}

fn find(conn: &Connection, name: &str) -> Result<Option<i64>> {
    let by_address = "SELECT source_id FROM subscriptions WHERE address = ?1";
    if let Some(id) = conn.prepare_cached(by_address)?.query_row([name], |row| row.read(0)).optional()? {
        return Ok(Some(id));
    }
    let mut statement = conn.prepare("SELECT id, key, title FROM sources")?;
    let sources = statement.query_map([], |row| Ok((row.read(0)?, read_text(row, 1)?, fold(&read_text(row, 2)?))))?;
    let sources: Vec<(i64, _, String)> = sources.collect::<Result<_>>()?;
    // The key of a source that is no longer subscribed to is its address in canonical form.
    let as_key = canonical_address(name);
    let is_named = |key: &str| key == name || as_key.as_deref() == Some(key);
    let by_key = sources.iter().find(|(_, key, _)| is_named(key)).map(|(id, ..)| *id);
    let wanted = fold(name);
    let mut so_titled = sources.iter().filter(|(.., title)| *title == wanted).map(|(id, ..)| *id);
    let by_title = so_titled.next().filter(|_| so_titled.next().is_none());
    let by_id = || sources.iter().find(|(id, ..)| id.to_string() == name).map(|(id, ..)| *id);
    Ok(by_key.or(by_title).or_else(by_id))
}

/// The row of a source, made if it is not there, with its newest title.
pub(super) fn save_source(conn: &Connection, source: &Source, now: Timestamp) -> Result<i64> {
    let mut statement = conn.prepare_cached("SELECT id, title FROM sources WHERE key = ?1")?;
    let stored: Option<(i64, CleanText)> =
        statement.query_row([&*source.key], |row| Ok((row.read(0)?, read_text(row, 1)?))).optional()?;
    let Some((id, title)) = stored else {
        conn.prepare_cached("INSERT INTO sources (key, title, first_seen, home) VALUES (?1, ?2, ?3, ?4)")?.execute(params![
            &*source.key,
            &*source.title,
            now.0,
            address_hash(&source.key),
        ])?;
        return Ok(conn.last_insert_rowid());
    };
    if title != source.title && !source.title.is_empty() {
        // The reader's own name for a subscription stays.
        conn.prepare_cached(
            "UPDATE sources SET title = ?2 WHERE id = ?1
                AND NOT EXISTS (SELECT 1 FROM subscriptions u WHERE u.source_id = ?1 AND u.is_named)",
        )?
        .execute(params![id, &*source.title])?;
    }
    Ok(id)
}
