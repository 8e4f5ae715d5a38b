//! Version 10: each source's entries stand for themselves, and an article belongs to all sources that have an entry for it.
//!
//! The rows of `articles` are copied without their old key, under their ids; nothing is merged or split. Every article gets
//! an entry for each source that listed it, else for its own. All of it is one transaction, so that a store is migrated as
//! a whole or stays as it was.

use rusqlite::{Connection, Result, Row, params};

use super::super::columns::{ReadColumn as _, read_bytes, read_count};
use super::super::ingest::{address_hash, short_hash};
use super::Upgrade;

pub(super) const VERSION_10: &str = "
DROP INDEX entries_gone;
ALTER TABLE entries RENAME TO old_entries;
ALTER TABLE sources ADD COLUMN home INTEGER;
CREATE INDEX sources_home ON sources (home) WHERE home IS NOT NULL;

CREATE TABLE new_articles (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    source_id INTEGER NOT NULL REFERENCES sources (id) ON DELETE CASCADE,
    title TEXT NOT NULL,
    byline TEXT,
    published INTEGER,
    published_is_day INTEGER NOT NULL DEFAULT 0,
    first_seen INTEGER NOT NULL,
    edited_at INTEGER,
    sort_at INTEGER NOT NULL,
    comments INTEGER NOT NULL DEFAULT 0,
    unseen INTEGER NOT NULL DEFAULT 0,
    visited_at INTEGER,
    read INTEGER NOT NULL DEFAULT 0 CHECK (read IN (0, 1)),
    read_at INTEGER,
    starred INTEGER NOT NULL DEFAULT 0 CHECK (starred IN (0, 1)),
    starred_at INTEGER,
    watched INTEGER NOT NULL DEFAULT 0 CHECK (watched IN (0, 1)),
    watched_at INTEGER,
    own_rating INTEGER NOT NULL DEFAULT 0 CHECK (own_rating BETWEEN 0 AND 5),
    rated_at INTEGER,
    bars BLOB NOT NULL DEFAULT x'',
    best INTEGER NOT NULL DEFAULT 0,
    doc INTEGER,
    points INTEGER,
    told INTEGER NOT NULL DEFAULT 0,
    finished_at INTEGER,
    listed INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO new_articles (id, source_id, title, byline, published, published_is_day, first_seen, edited_at, sort_at, comments,
        unseen, visited_at, read, read_at, starred, starred_at, watched, watched_at, own_rating, rated_at, bars, best, doc,
        points, told, finished_at)
    SELECT id, source_id, title, byline, published, published_is_day, first_seen, edited_at, sort_at, comments,
        unseen, visited_at, read, read_at, starred, starred_at, watched, watched_at, own_rating, rated_at, bars, best, doc,
        points, told, finished_at FROM articles;
-- An id that was given away is never given again.
DELETE FROM sqlite_sequence WHERE name = 'new_articles';
INSERT INTO sqlite_sequence (name, seq)
    SELECT 'new_articles', seq FROM sqlite_sequence WHERE name = 'articles';
DROP TABLE articles;
ALTER TABLE new_articles RENAME TO articles;

CREATE INDEX articles_all ON articles (sort_at);
CREATE INDEX articles_unread ON articles (sort_at) WHERE read = 0;
CREATE INDEX articles_starred ON articles (sort_at) WHERE starred = 1;
CREATE INDEX articles_watched ON articles (sort_at) WHERE watched = 1;
CREATE INDEX articles_new ON articles (sort_at) WHERE unseen > 0 AND visited_at IS NOT NULL;
CREATE INDEX articles_by_star ON articles (starred_at) WHERE starred = 1;
CREATE INDEX articles_by_rating ON articles (rated_at) WHERE own_rating >= 4;
CREATE INDEX articles_finished ON articles (finished_at) WHERE finished_at IS NOT NULL;
CREATE INDEX articles_of_several ON articles (id) WHERE listed > 1;
CREATE INDEX articles_source ON articles (source_id);
CREATE UNIQUE INDEX articles_doc ON articles (doc) WHERE doc IS NOT NULL;
CREATE INDEX articles_unindexed ON articles (id) WHERE doc IS NULL;

CREATE TABLE entries (
    id INTEGER PRIMARY KEY,
    source_id INTEGER NOT NULL REFERENCES sources (id) ON DELETE CASCADE,
    article_id INTEGER REFERENCES articles (id) ON DELETE SET NULL,
    guid INTEGER,
    address INTEGER,
    title INTEGER,
    text INTEGER,
    enclosure INTEGER,
    published INTEGER,
    published_is_day INTEGER NOT NULL DEFAULT 0,
    print INTEGER NOT NULL,
    sort_at INTEGER NOT NULL,
    is_listed INTEGER NOT NULL DEFAULT 0 CHECK (is_listed IN (0, 1)),
    is_submission INTEGER NOT NULL DEFAULT 0 CHECK (is_submission IN (0, 1)),
    is_amp INTEGER NOT NULL DEFAULT 0 CHECK (is_amp IN (0, 1)),
    read INTEGER NOT NULL DEFAULT 0 CHECK (read IN (0, 1)),
    told INTEGER NOT NULL DEFAULT 0,
    missed_at INTEGER
) STRICT;
CREATE TABLE entry_contents (
    entry_id INTEGER PRIMARY KEY REFERENCES entries (id) ON DELETE CASCADE,
    title TEXT NOT NULL,
    byline TEXT,
    organisation TEXT,
    kind TEXT,
    url TEXT,
    published INTEGER,
    published_is_day INTEGER NOT NULL DEFAULT 0,
    encoding INTEGER NOT NULL,
    body BLOB NOT NULL,
    related_encoding INTEGER NOT NULL,
    related BLOB NOT NULL
) STRICT;
";

/// After the entries were filled in.
pub(super) const INDEXES: &str = "
DROP TABLE old_entries;
CREATE INDEX entries_guid ON entries (source_id, guid) WHERE guid IS NOT NULL;
CREATE INDEX entries_address ON entries (address, source_id) WHERE address IS NOT NULL;
CREATE INDEX entries_title ON entries (source_id, title) WHERE address IS NULL;
CREATE INDEX entries_article ON entries (article_id, source_id) WHERE article_id IS NOT NULL;
CREATE INDEX entries_gone ON entries (source_id, print) WHERE article_id IS NULL;
CREATE INDEX entries_listed ON entries (source_id, sort_at, article_id) WHERE is_listed = 1;
CREATE INDEX entries_unread ON entries (source_id, sort_at, article_id) WHERE is_listed = 1 AND read = 0;

UPDATE articles SET listed = (SELECT count(*) FROM entries e WHERE e.article_id = articles.id AND e.is_listed);
UPDATE sources SET (total, unread) =
    (SELECT count(*), ifnull(sum(1 - e.read), 0) FROM entries e WHERE e.source_id = sources.id AND e.is_listed);

CREATE TRIGGER articles_counted_in AFTER INSERT ON articles BEGIN
    UPDATE counts SET total = total + 1, unread = unread + (1 - NEW.read)
        WHERE section = 'all' OR (section = 'starred' AND NEW.starred) OR (section = 'watched' AND NEW.watched);
END;
CREATE TRIGGER articles_counted_out AFTER DELETE ON articles BEGIN
    UPDATE counts SET total = total - 1, unread = unread - (1 - OLD.read)
        WHERE section = 'all' OR (section = 'starred' AND OLD.starred) OR (section = 'watched' AND OLD.watched);
END;
CREATE TRIGGER articles_read_counted AFTER UPDATE OF read ON articles WHEN OLD.read <> NEW.read BEGIN
    UPDATE counts SET unread = unread + OLD.read - NEW.read
        WHERE section = 'all' OR (section = 'starred' AND OLD.starred) OR (section = 'watched' AND OLD.watched);
    UPDATE entries SET read = NEW.read WHERE article_id = NEW.id;
END;
CREATE TRIGGER articles_starred_counted AFTER UPDATE OF starred ON articles WHEN OLD.starred <> NEW.starred BEGIN
    UPDATE counts SET total = total + NEW.starred - OLD.starred,
        unread = unread + (NEW.starred - OLD.starred) * (1 - NEW.read) WHERE section = 'starred';
END;
CREATE TRIGGER articles_watched_counted AFTER UPDATE OF watched ON articles WHEN OLD.watched <> NEW.watched BEGIN
    UPDATE counts SET total = total + NEW.watched - OLD.watched,
        unread = unread + (NEW.watched - OLD.watched) * (1 - NEW.read) WHERE section = 'watched';
END;
CREATE TRIGGER articles_edited AFTER UPDATE OF title, byline, sort_at ON articles
WHEN OLD.doc IS NOT NULL AND (NEW.title, NEW.byline, NEW.sort_at) IS NOT (OLD.title, OLD.byline, OLD.sort_at) BEGIN
    INSERT OR IGNORE INTO stale_articles VALUES (OLD.doc);
    UPDATE articles SET doc = NULL WHERE id = NEW.id;
END;
CREATE TRIGGER articles_removed AFTER DELETE ON articles WHEN OLD.doc IS NOT NULL BEGIN
    INSERT OR IGNORE INTO stale_articles VALUES (OLD.doc);
END;
CREATE TRIGGER articles_left BEFORE DELETE ON articles BEGIN
    UPDATE entries SET article_id = NULL, is_listed = 0 WHERE article_id = OLD.id;
END;

CREATE TRIGGER entries_counted_in AFTER INSERT ON entries WHEN NEW.is_listed BEGIN
    UPDATE sources SET total = total + 1, unread = unread + (1 - NEW.read) WHERE id = NEW.source_id;
    UPDATE articles SET listed = listed + 1 WHERE id = NEW.article_id;
END;
CREATE TRIGGER entries_counted_out AFTER DELETE ON entries WHEN OLD.is_listed BEGIN
    UPDATE sources SET total = total - 1, unread = unread - (1 - OLD.read) WHERE id = OLD.source_id;
    UPDATE articles SET listed = listed - 1 WHERE id = OLD.article_id;
END;
CREATE TRIGGER entries_read_counted AFTER UPDATE OF read ON entries WHEN OLD.read <> NEW.read AND NEW.is_listed BEGIN
    UPDATE sources SET unread = unread + OLD.read - NEW.read WHERE id = NEW.source_id;
END;
CREATE TRIGGER entries_moved AFTER UPDATE OF source_id, article_id, is_listed ON entries
WHEN (NEW.source_id, NEW.article_id, NEW.is_listed) IS NOT (OLD.source_id, OLD.article_id, OLD.is_listed) BEGIN
    UPDATE sources SET total = total - 1, unread = unread - (1 - NEW.read) WHERE id = OLD.source_id AND OLD.is_listed;
    UPDATE sources SET total = total + 1, unread = unread + (1 - NEW.read) WHERE id = NEW.source_id AND NEW.is_listed;
    UPDATE articles SET listed = listed - 1 WHERE id = OLD.article_id AND OLD.is_listed;
    UPDATE articles SET listed = listed + 1 WHERE id = NEW.article_id AND NEW.is_listed;
END;
";

/// Fills `entries` from the articles and the entries of before.
pub(super) fn fill(conn: &Connection, progress: &mut dyn FnMut(Upgrade)) -> Result<()> {
    fill_homes(conn)?;
    let total = conn.query_row("SELECT count(*) FROM articles", [], |row| read_count(row, 0))?;
    let mut articles = conn.prepare(
        "SELECT a.id, a.source_id, a.title, a.published, a.published_is_day, a.sort_at, a.read, b.url,
                iif(a.title = '', b.encoding, NULL), iif(a.title = '', b.body, NULL)
         FROM articles a CROSS JOIN article_bodies b ON b.article_id = a.id ORDER BY a.id",
    )?;
    let mut rows = articles.query([])?;
    let mut done = 0;
    while let Some(row) = rows.next()? {
        fill_one(conn, &Old::read(row)?)?;
        done += 1;
        if done % 1000 == 0 || done == total {
            progress(Upgrade { done, total });
        }
    }
    drop(rows);
    // A cleaned article does not come back.
    conn.execute(
        "INSERT INTO entries (source_id, guid, print, sort_at, missed_at)
         SELECT source_id, guid, print, 0, missed_at FROM old_entries WHERE article_id IS NULL",
        [],
    )?;
    conn.execute_batch(INDEXES)
}

fn fill_homes(conn: &Connection) -> Result<()> {
    let mut sources =
        conn.prepare("SELECT s.id, s.key, u.site FROM sources s LEFT JOIN subscriptions u ON u.source_id = s.id")?;
    let mut rows = sources.query([])?;
    while let Some(row) = rows.next()? {
        let (id, key, site): (i64, String, Option<String>) = (row.read(0)?, row.read(1)?, row.read(2)?);
        let home = site.as_deref().and_then(address_hash).or_else(|| address_hash(&key));
        conn.prepare_cached("UPDATE sources SET home = ?2 WHERE id = ?1")?.execute(params![id, home])?;
    }
    Ok(())
}

struct Old {
    id: i64,
    source: i64,
    published: Option<i64>,
    is_day: bool,
    sort_at: i64,
    read: bool,
    address: Option<i64>,
    headline: Option<i64>,
}

impl Old {
    fn read(row: &Row<'_>) -> Result<Old> {
        let title: String = row.read(2)?;
        let url: Option<String> = row.read(7)?;
        let headline = if title.trim().is_empty() {
            // As the fingerprint of an item without a title has it.
            let bytes = row.read::<Option<i64>>(8)?.map(|_| read_bytes(row, 9)).transpose()?;
            bytes.filter(|bytes| !bytes.is_empty()).map(short_hash)
        } else {
            Some(short_hash(title.trim().as_bytes()))
        };
        Ok(Old {
            id: row.read(0)?,
            source: row.read(1)?,
            published: row.read(3)?,
            is_day: row.read(4)?,
            sort_at: row.read(5)?,
            read: row.read(6)?,
            address: url.as_deref().and_then(address_hash),
            headline,
        })
    }
}

/// An entry for each source that listed the article, with one of the ids that it had there.
fn fill_one(conn: &Connection, old: &Old) -> Result<()> {
    let sql = "SELECT source_id, min(guid) FROM old_entries WHERE article_id = ?1 GROUP BY source_id";
    let mut listing = conn.prepare_cached(sql)?;
    let listing = listing.query_map([old.id], |row| Ok((row.read(0)?, row.read(1)?)))?;
    let mut sources: Vec<(i64, Option<i64>)> = listing.collect::<Result<_>>()?;
    if !sources.iter().any(|(source, _)| *source == old.source) {
        sources.push((old.source, None));
    }
    let mut insert = conn.prepare_cached(
        "INSERT INTO entries (source_id, article_id, guid, address, title, published, published_is_day, print, sort_at,
            is_listed, read) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, ?8, 1, ?9)",
    )?;
    for (source, guid) in sources {
        insert.execute(params![
            source,
            old.id,
            guid,
            old.address,
            old.headline,
            old.published,
            old.is_day,
            old.sort_at,
            old.read,
        ])?;
    }
    Ok(())
}
