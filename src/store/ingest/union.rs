//! Making one article of two, and two of one, without losing what the reader or a site said of either.

use rusqlite::{Connection, Result, params};

use super::super::columns::ReadColumn as _;
use super::super::{ArticleId, standing, tags, thread_summaries};
use super::contents;
use crate::domain::time::Timestamp;

/// The changes that grouping made.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Regrouped {
    /// The article that went, and the one that it became a part of.
    pub merged: Vec<(ArticleId, ArticleId)>,
    pub split: u32,
}

impl Regrouped {
    pub(in crate::store) fn add(&mut self, other: Regrouped) {
        self.merged.extend(other.merged);
        self.split += other.split;
    }
}

/// Makes one article of two: starred, watched, rated, tagged and noted if either was, read only if both were. Where an account
/// has one of them, it is read if either was: what was read at a server is not to be unread there.
pub(super) fn merge(conn: &Connection, kept: ArticleId, gone: ArticleId, now: Timestamp) -> Result<()> {
    contents::keep_first(conn, kept)?;
    contents::keep_first(conn, gone)?;
    let is_synced = "SELECT 1 FROM entries e CROSS JOIN account_items i ON i.entry_id = e.id WHERE e.article_id IN (?1, ?2)";
    if conn.prepare_cached(is_synced)?.exists([kept.0, gone.0])? {
        let reads = "UPDATE articles SET read = 1 WHERE id IN (?1, ?2) AND read = 0
                        AND EXISTS (SELECT 1 FROM articles o WHERE o.id IN (?1, ?2) AND o.read = 1)";
        conn.prepare_cached(reads)?.execute([kept.0, gone.0])?;
    }
    merge_marks(conn, kept, gone)?;
    tags::merge(conn, kept, gone)?;
    merge_discussions(conn, kept, gone)?;
    for table in ["positions", "previous_texts", "watches"] {
        let sql = format!("UPDATE OR IGNORE {table} SET article_id = ?1 WHERE article_id = ?2");
        conn.prepare_cached(&sql)?.execute([kept.0, gone.0])?;
    }
    // A front page lists the article once, at its better place.
    conn.prepare_cached(
        "DELETE FROM fronts WHERE article_id = ?2
            AND EXISTS (SELECT 1 FROM fronts f WHERE f.source_id = fronts.source_id AND f.article_id = ?1)",
    )?
    .execute([kept.0, gone.0])?;
    conn.prepare_cached("UPDATE fronts SET article_id = ?1 WHERE article_id = ?2")?.execute([kept.0, gone.0])?;
    // Two submissions at one source are listed once.
    conn.prepare_cached(
        "UPDATE entries SET is_listed = 0 WHERE article_id = ?2 AND is_listed
            AND EXISTS (SELECT 1 FROM entries o WHERE o.article_id = ?1 AND o.source_id = entries.source_id AND o.is_listed)",
    )?
    .execute([kept.0, gone.0])?;
    conn.prepare_cached(
        "UPDATE entries SET article_id = ?1, read = (SELECT read FROM articles WHERE id = ?1) WHERE article_id = ?2",
    )?
    .execute([kept.0, gone.0])?;
    conn.prepare_cached("DELETE FROM articles WHERE id = ?1")?.execute([gone.0])?;
    contents::compose(conn, kept, None, now)?;
    standing::count(conn, kept)
}

fn merge_marks(conn: &Connection, kept: ArticleId, gone: ArticleId) -> Result<()> {
    conn.prepare_cached(
        "UPDATE articles SET
            first_seen = min(articles.first_seen, g.first_seen),
            edited_at = ifnull(max(articles.edited_at, g.edited_at), ifnull(articles.edited_at, g.edited_at)),
            visited_at = ifnull(min(articles.visited_at, g.visited_at), ifnull(articles.visited_at, g.visited_at)),
            finished_at = ifnull(min(articles.finished_at, g.finished_at), ifnull(articles.finished_at, g.finished_at)),
            read_at = iif(articles.read AND NOT g.read, g.read_at, articles.read_at),
            read = articles.read AND g.read,
            starred_at = iif(articles.starred OR NOT g.starred, articles.starred_at, g.starred_at),
            starred = articles.starred OR g.starred,
            watched_at = iif(articles.watched OR NOT g.watched, articles.watched_at, g.watched_at),
            watched = articles.watched OR g.watched,
            rated_at = iif(articles.own_rating > 0 OR g.own_rating = 0, articles.rated_at, g.rated_at),
            own_rating = iif(articles.own_rating > 0, articles.own_rating, g.own_rating)
         FROM articles g WHERE articles.id = ?1 AND g.id = ?2",
    )?
    .execute([kept.0, gone.0])
    .map(drop)
}

/// A discussion that both have is kept where it has more comments, with the ratings of both.
fn merge_discussions(conn: &Connection, kept: ArticleId, gone: ArticleId) -> Result<()> {
    let mut pairs = conn.prepare_cached(
        "SELECT k.id, g.id, k.comments < g.comments FROM discussions k CROSS JOIN discussions g
            ON g.place = k.place AND g.url = k.url WHERE k.article_id = ?1 AND g.article_id = ?2",
    )?;
    let pairs = pairs.query_map([kept.0, gone.0], |row| Ok((row.read(0)?, row.read(1)?, row.read(2)?)))?;
    let pairs: Vec<(i64, i64, bool)> = pairs.collect::<Result<_>>()?;
    for (own, other, other_has_more) in pairs {
        let (stays, goes) = if other_has_more { (other, own) } else { (own, other) };
        conn.prepare_cached(
            "UPDATE comments SET (own_rating, rated_at) =
                (SELECT g.own_rating, g.rated_at FROM comments g WHERE g.discussion_id = ?2 AND g.key = comments.key)
             WHERE discussion_id = ?1 AND own_rating = 0
                AND EXISTS (SELECT 1 FROM comments g WHERE g.discussion_id = ?2 AND g.key = comments.key AND g.own_rating > 0)",
        )?
        .execute([stays, goes])?;
        conn.prepare_cached("DELETE FROM discussions WHERE id = ?1")?.execute([goes])?;
    }
    conn.prepare_cached("UPDATE discussions SET article_id = ?1 WHERE article_id = ?2")?.execute([kept.0, gone.0])?;
    recount(conn, kept)
}

/// Counts the comments of an article anew, from its discussions.
pub(super) fn recount(conn: &Connection, article: ArticleId) -> Result<()> {
    conn.prepare_cached(
        "UPDATE articles SET (comments, unseen) =
            (SELECT ifnull(sum(comments), 0), ifnull(sum(unseen), 0) FROM discussions WHERE article_id = ?1) WHERE id = ?1",
    )?
    .execute([article.0])?;
    let mut discussions = conn.prepare_cached("SELECT id FROM discussions WHERE article_id = ?1")?;
    let discussions: Vec<i64> = discussions.query_map([article.0], |row| row.read(0))?.collect::<Result<_>>()?;
    discussions.into_iter().try_for_each(|discussion| thread_summaries::renew(conn, discussion))
}

/// Makes an article of its own of some entries, with the reader's marks of the one that they stood under.
pub(super) fn split(conn: &Connection, from: ArticleId, entries: &[i64], now: Timestamp) -> Result<()> {
    contents::keep_first(conn, from)?;
    let Some(&first) = entries.first() else { return Ok(()) };
    conn.prepare_cached(
        "INSERT INTO articles (source_id, title, byline, published, published_is_day, first_seen, sort_at, visited_at,
            read, read_at, starred, starred_at, watched, watched_at, own_rating, rated_at, finished_at)
         SELECT e.source_id, a.title, a.byline, a.published, a.published_is_day, ?3, e.sort_at, a.visited_at,
            a.read, a.read_at, a.starred, a.starred_at, a.watched, a.watched_at, a.own_rating, a.rated_at, a.finished_at
         FROM articles a CROSS JOIN entries e ON e.id = ?2 WHERE a.id = ?1",
    )?
    .execute(params![from.0, first, now.0])?;
    let new = ArticleId(conn.last_insert_rowid());
    tags::copy(conn, from, new)?;
    conn.prepare_cached(
        "INSERT INTO article_bodies (article_id, organisation, kind, url, encoding, body, related_encoding, related)
         SELECT ?2, organisation, kind, url, encoding, body, related_encoding, related FROM article_bodies WHERE article_id = ?1",
    )?
    .execute([from.0, new.0])?;
    let mut give = conn.prepare_cached("UPDATE entries SET article_id = ?2, is_listed = 1 WHERE id = ?1")?;
    for entry in entries {
        give.execute([*entry, new.0])?;
    }
    contents::compose(conn, new, None, now)?;
    standing::count(conn, from)?;
    standing::count(conn, new)
}
