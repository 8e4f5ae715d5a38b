//! The tables, and the steps from each version of the store to the next.
//!
//! Meaning of the columns:
//! - Times are seconds since 1970 in Greenwich. A time that a source gave as a day stands as the day's first second
//!   with its `…_is_day` set, so that the day is given back as a day.
//! - `sort_at` is an article's publication, else its first arrival.
//! - `unseen` counts comments that were not seen. They are *new* once the article was visited (`visited_at`).
//! - A comment was seen if it has a `seen_at` or its id is at most its discussion's `seen_through`: leaving a page marks
//!   all of a discussion without touching its comments. Ids only grow within a discussion.
//! - A comment's `ordinal` is its index in the order received, without gaps; `parent` is an ordinal too.
//! - Reader's state carries the time of its last change beside it, so that it can be synchronised some day.
//! - `bars` and `best` are kept figures, see [`crate::domain::thread_summary::ThreadSummary`]; an article's are of its discussions.
//! - A discussion's `version` grows with each change of its comments but for the reader's marks.
//! - `awaits` is the key of the comment that one answers whose `parent_kind` says that it is missing.
//! - A source with a row in `subscriptions` is fetched; see [`super::subscriptions`]. `folder` is the names of the folders
//!   that it lies in, from the outside in, one a line; `position` is its place in the reader's own order, `options` what the
//!   reader wants for it alone, `removed_at` when it was unsubscribed from: until the reader is left that can be undone; `details` is what lists of subscriptions tell beside. `due_at` is null for one that is not fetched by itself.
//! - `entries` tells which article an item of a feed became, by the hash of its guid; `print` is a hash of all that the
//!   item said, so that one that says the same again is passed over. One whose article was cleaned away has none; `missed_at` is the first
//!   time since its feed last listed it that the feed did not.
//! - `previous_texts` holds an article's headline and text as they were before its last edit.
//! - `points` and `told` are what a place tells of a discussion without bringing its comments: votes for the article, and
//!   how many comments there are; an article's are the most points, and all comments. `mark` is what the place told when
//!   all was fetched, by which it can tell that nothing has come since.
//! - `fronts` is the order of a place's front page, from 0; its articles may be another source's.
//! - `watches` tells when the discussions of watched articles were refreshed and are to be, see [`super::watches`].
//! - `stubs` holds comments that the place counts and that are not here, by the key of the comment that they are below;
//!   an empty key is for all others.
//! - `finished_at` is when the reader first came to the end of an article's text.
//! - `body` is read as `encoding` says, see [`super::body`].
//! - `lookups` holds articles whose discussions are still to be looked for, see [`super::lookups`].
//! - `host_requests` counts the requests that hosts with a limit were sent, by the second, and `host_holds` is until when a
//!   host asked us to wait, see [`super::hosts`].
//! - `doc` is the number under which the index of words knows an article or a comment, see [`super::index`]; null while
//!   it is not indexed. `stale_…` holds numbers that are to leave the index.

mod identity;
mod narrow;
mod reader_tables;
mod requests;
mod servers;

use rusqlite::{Connection, TransactionBehavior};

use self::{identity::VERSION_10, narrow::VERSION_15, reader_tables::VERSION_12, requests::VERSION_14, servers::VERSION_16};
use super::columns::ReadColumn as _;
use super::index;

/// "Glnr": tells a store from other SQLite files.
pub(super) const APPLICATION_ID: i64 = 0x476c_6e72;

/// Step n leads from version n to n + 1. A released step is never edited; a new one is added.
pub(super) const STEPS: [&str; 16] = [
    VERSION_1,
    VERSION_2,
    VERSION_3,
    VERSION_4,
    VERSION_5,
    VERSION_6,
    VERSION_7,
    VERSION_8,
    VERSION_9,
    VERSION_10,
    index::TABLES,
    VERSION_12,
    index::BULK,
    VERSION_14,
    VERSION_15,
    VERSION_16,
];

/// The version from which the index of words is in partitions.
pub(super) const PARTITIONED: i64 = 11;

/// All statements that make a store, of all versions.
pub(super) fn statements() -> impl Iterator<Item = &'static str> {
    STEPS.into_iter().chain([identity::INDEXES])
}

pub(super) const VERSION: i64 = STEPS.len() as i64;

/// How far the upgrade of an older store is, in articles.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Upgrade {
    pub done: u64,
    pub total: u64,
}

/// Makes the tables of a version in an empty store.
pub(super) fn make(conn: &mut Connection, version: i64) -> rusqlite::Result<()> {
    migrate_to(conn, version, &mut |_| {})
}

/// Brings the store to the newest version, in one transaction: it is migrated as a whole or not at all.
pub(super) fn migrate(conn: &mut Connection, progress: &mut dyn FnMut(Upgrade)) -> rusqlite::Result<()> {
    migrate_to(conn, VERSION, progress)
}

fn migrate_to(conn: &mut Connection, version: i64, progress: &mut dyn FnMut(Upgrade)) -> rusqlite::Result<()> {
    // A table that takes another one's place must not take its children with it (<https://www.sqlite.org/lang_altertable.html>,
    // "making other kinds of table schema changes").
    conn.execute_batch("PRAGMA foreign_keys = OFF; PRAGMA legacy_alter_table = ON;")?;
    let migrated = migrate_all(conn, version, progress);
    let restored = conn.execute_batch("PRAGMA legacy_alter_table = OFF; PRAGMA foreign_keys = ON;");
    migrated.and(restored)
}

fn migrate_all(conn: &mut Connection, newest: i64, progress: &mut dyn FnMut(Upgrade)) -> rusqlite::Result<()> {
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found: i64 = tx.query_row("PRAGMA user_version", [], |row| row.read(0))?;
    for (version, step) in (1..=newest).zip(STEPS).skip(usize::try_from(found).unwrap_or(0)) {
        tx.execute_batch(step)?;
        if version == 10 {
            identity::fill(&tx, progress)?;
        }
        if version == PARTITIONED {
            index::adopt(&tx)?;
        }
    }
    if found == 1 {
        super::thread_summaries::renew_all(&tx)?;
    }
    tx.pragma_update(None, "user_version", newest)?;
    tx.pragma_update(None, "application_id", APPLICATION_ID)?;
    tx.commit()
}

// Row ids of sources, articles and discussions are told to the reader and kept elsewhere: AUTOINCREMENT never gives
// a removed one away again.
// The triggers that count hold for a statement that changes several of their columns at once, too: each takes the
// other columns as they are after it or before it, so that the sum of the changes is right.
const VERSION_1: &str = "
CREATE TABLE settings (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE sources (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    first_seen INTEGER NOT NULL,
    total INTEGER NOT NULL DEFAULT 0,
    unread INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE articles (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
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
    rated_at INTEGER
) STRICT;
CREATE INDEX articles_all ON articles (sort_at);
CREATE INDEX articles_unread ON articles (sort_at) WHERE read = 0;
CREATE INDEX articles_starred ON articles (sort_at) WHERE starred = 1;
CREATE INDEX articles_watched ON articles (sort_at) WHERE watched = 1;
CREATE INDEX articles_source ON articles (source_id, sort_at);
CREATE INDEX articles_source_unread ON articles (source_id, sort_at) WHERE read = 0;

CREATE TABLE article_bodies (
    article_id INTEGER PRIMARY KEY REFERENCES articles (id) ON DELETE CASCADE,
    organisation TEXT,
    kind TEXT,
    url TEXT,
    encoding INTEGER NOT NULL,
    body BLOB NOT NULL,
    related_encoding INTEGER NOT NULL,
    related BLOB NOT NULL
) STRICT;

CREATE TABLE positions (
    article_id INTEGER PRIMARY KEY REFERENCES articles (id) ON DELETE CASCADE,
    position TEXT NOT NULL
) STRICT;

CREATE TABLE discussions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    article_id INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    place TEXT NOT NULL,
    url TEXT NOT NULL DEFAULT '',
    scale_kind INTEGER NOT NULL,
    scale_max INTEGER,
    complete INTEGER NOT NULL,
    first_seen INTEGER NOT NULL,
    comments INTEGER NOT NULL DEFAULT 0,
    unseen INTEGER NOT NULL DEFAULT 0,
    seen_through INTEGER NOT NULL DEFAULT 0,
    seen_through_at INTEGER,
    UNIQUE (article_id, place, url)
) STRICT;

CREATE TABLE comments (
    id INTEGER PRIMARY KEY,
    discussion_id INTEGER NOT NULL REFERENCES discussions (id) ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    key TEXT NOT NULL,
    parent_kind INTEGER NOT NULL,
    parent INTEGER,
    author TEXT,
    posted INTEGER,
    posted_is_day INTEGER NOT NULL DEFAULT 0,
    edited INTEGER,
    edited_is_day INTEGER NOT NULL DEFAULT 0,
    rank_kind INTEGER NOT NULL,
    rank_value INTEGER,
    rank_first INTEGER,
    rank_second INTEGER,
    url TEXT,
    first_seen INTEGER NOT NULL,
    seen_at INTEGER,
    own_rating INTEGER NOT NULL DEFAULT 0 CHECK (own_rating BETWEEN 0 AND 5),
    rated_at INTEGER,
    vanished_at INTEGER,
    encoding INTEGER NOT NULL,
    body BLOB NOT NULL,
    UNIQUE (discussion_id, key)
) STRICT;
CREATE INDEX comments_received ON comments (discussion_id, ordinal);

CREATE TABLE sliders (
    source TEXT NOT NULL,
    place TEXT NOT NULL,
    bar_kind TEXT NOT NULL,
    bar ANY,
    floor_kind TEXT NOT NULL,
    floor ANY,
    min_votes INTEGER NOT NULL,
    unrated_as_below INTEGER NOT NULL,
    reading_order TEXT NOT NULL,
    flat INTEGER NOT NULL,
    PRIMARY KEY (source, place)
) STRICT, WITHOUT ROWID;

CREATE TABLE counts (
    section TEXT PRIMARY KEY,
    total INTEGER NOT NULL,
    unread INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO counts VALUES ('all', 0, 0), ('starred', 0, 0), ('watched', 0, 0);

CREATE TRIGGER articles_counted_in AFTER INSERT ON articles BEGIN
    UPDATE counts SET total = total + 1, unread = unread + (1 - NEW.read)
        WHERE section = 'all' OR (section = 'starred' AND NEW.starred) OR (section = 'watched' AND NEW.watched);
    UPDATE sources SET total = total + 1, unread = unread + (1 - NEW.read) WHERE id = NEW.source_id;
END;
CREATE TRIGGER articles_counted_out AFTER DELETE ON articles BEGIN
    UPDATE counts SET total = total - 1, unread = unread - (1 - OLD.read)
        WHERE section = 'all' OR (section = 'starred' AND OLD.starred) OR (section = 'watched' AND OLD.watched);
    UPDATE sources SET total = total - 1, unread = unread - (1 - OLD.read) WHERE id = OLD.source_id;
END;
CREATE TRIGGER articles_read_counted AFTER UPDATE OF read ON articles WHEN OLD.read <> NEW.read BEGIN
    UPDATE counts SET unread = unread + OLD.read - NEW.read
        WHERE section = 'all' OR (section = 'starred' AND OLD.starred) OR (section = 'watched' AND OLD.watched);
    UPDATE sources SET unread = unread + OLD.read - NEW.read WHERE id = OLD.source_id;
END;
CREATE TRIGGER articles_starred_counted AFTER UPDATE OF starred ON articles WHEN OLD.starred <> NEW.starred BEGIN
    UPDATE counts SET total = total + NEW.starred - OLD.starred,
        unread = unread + (NEW.starred - OLD.starred) * (1 - NEW.read) WHERE section = 'starred';
END;
CREATE TRIGGER articles_watched_counted AFTER UPDATE OF watched ON articles WHEN OLD.watched <> NEW.watched BEGIN
    UPDATE counts SET total = total + NEW.watched - OLD.watched,
        unread = unread + (NEW.watched - OLD.watched) * (1 - NEW.read) WHERE section = 'watched';
END;
CREATE TRIGGER articles_moved_counted AFTER UPDATE OF source_id ON articles WHEN OLD.source_id <> NEW.source_id BEGIN
    UPDATE sources SET total = total - 1, unread = unread - (1 - NEW.read) WHERE id = OLD.source_id;
    UPDATE sources SET total = total + 1, unread = unread + (1 - NEW.read) WHERE id = NEW.source_id;
END;
";

const VERSION_2: &str = "
CREATE TABLE rules (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    verdict TEXT NOT NULL,
    author TEXT,
    words TEXT NOT NULL,
    place TEXT,
    longer INTEGER,
    shorter INTEGER,
    changed_at INTEGER NOT NULL
) STRICT;
ALTER TABLE comments ADD COLUMN role INTEGER NOT NULL DEFAULT 0;
ALTER TABLE comments ADD COLUMN awaits TEXT;
ALTER TABLE discussions ADD COLUMN version INTEGER NOT NULL DEFAULT 0;
ALTER TABLE discussions ADD COLUMN bars BLOB NOT NULL DEFAULT x'';
ALTER TABLE discussions ADD COLUMN best INTEGER NOT NULL DEFAULT 0;
ALTER TABLE articles ADD COLUMN bars BLOB NOT NULL DEFAULT x'';
ALTER TABLE articles ADD COLUMN best INTEGER NOT NULL DEFAULT 0;
CREATE INDEX articles_new ON articles (sort_at) WHERE unseen > 0 AND visited_at IS NOT NULL;
CREATE INDEX discussions_address ON discussions (url, place) WHERE url <> '';
";

const VERSION_3: &str = "
CREATE TABLE subscriptions (
    source_id INTEGER PRIMARY KEY REFERENCES sources (id) ON DELETE CASCADE,
    address TEXT NOT NULL UNIQUE,
    folder TEXT NOT NULL DEFAULT '',
    site TEXT,
    details TEXT NOT NULL DEFAULT '{}',
    is_named INTEGER NOT NULL DEFAULT 0 CHECK (is_named IN (0, 1)),
    is_private INTEGER NOT NULL DEFAULT 0 CHECK (is_private IN (0, 1)),
    etag TEXT,
    last_modified TEXT,
    print INTEGER,
    ttl INTEGER,
    period INTEGER,
    added_at INTEGER NOT NULL,
    asked_at INTEGER,
    answered_at INTEGER,
    due_at INTEGER,
    due_reason TEXT,
    failures INTEGER NOT NULL DEFAULT 0,
    failure TEXT,
    hint TEXT
) STRICT;
CREATE INDEX subscriptions_due ON subscriptions (due_at) WHERE due_at IS NOT NULL;
CREATE TABLE tries (
    source_id INTEGER NOT NULL REFERENCES subscriptions (source_id) ON DELETE CASCADE,
    at INTEGER NOT NULL,
    outcome TEXT NOT NULL
) STRICT;
CREATE INDEX tries_source ON tries (source_id, at);
CREATE TABLE entries (
    source_id INTEGER NOT NULL REFERENCES sources (id) ON DELETE CASCADE,
    guid INTEGER NOT NULL,
    article_id INTEGER REFERENCES articles (id) ON DELETE SET NULL,
    print INTEGER NOT NULL,
    PRIMARY KEY (source_id, guid)
) STRICT, WITHOUT ROWID;
CREATE INDEX entries_article ON entries (article_id);
";

// Whoever changes what is indexed makes the row unindexed, without knowing of it: the triggers do. The text stands
// first since hits in a first column take the least room.
const VERSION_4: &str = "
CREATE VIRTUAL TABLE articles_words USING fts5 (
    body, title, author,
    content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
);
CREATE VIRTUAL TABLE comments_words USING fts5 (
    body, author,
    content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
);
ALTER TABLE articles ADD COLUMN doc INTEGER;
ALTER TABLE comments ADD COLUMN doc INTEGER;
CREATE UNIQUE INDEX articles_doc ON articles (doc) WHERE doc IS NOT NULL;
CREATE UNIQUE INDEX comments_doc ON comments (doc) WHERE doc IS NOT NULL;
CREATE INDEX articles_unindexed ON articles (id) WHERE doc IS NULL;
CREATE INDEX comments_unindexed ON comments (id) WHERE doc IS NULL;
CREATE TABLE stale_articles (doc INTEGER PRIMARY KEY) STRICT;
CREATE TABLE stale_comments (doc INTEGER PRIMARY KEY) STRICT;

CREATE TRIGGER articles_edited AFTER UPDATE OF title, byline, sort_at ON articles
WHEN OLD.doc IS NOT NULL AND (NEW.title, NEW.byline, NEW.sort_at) IS NOT (OLD.title, OLD.byline, OLD.sort_at) BEGIN
    INSERT OR IGNORE INTO stale_articles VALUES (OLD.doc);
    UPDATE articles SET doc = NULL WHERE id = NEW.id;
END;
CREATE TRIGGER articles_rewritten AFTER UPDATE OF encoding, body ON article_bodies
WHEN NEW.body IS NOT OLD.body OR NEW.encoding <> OLD.encoding BEGIN
    INSERT OR IGNORE INTO stale_articles SELECT doc FROM articles WHERE id = NEW.article_id AND doc IS NOT NULL;
    UPDATE articles SET doc = NULL WHERE id = NEW.article_id AND doc IS NOT NULL;
END;
CREATE TRIGGER articles_removed AFTER DELETE ON articles WHEN OLD.doc IS NOT NULL BEGIN
    INSERT OR IGNORE INTO stale_articles VALUES (OLD.doc);
END;
CREATE TRIGGER comments_edited AFTER UPDATE OF author, posted, encoding, body ON comments
WHEN OLD.doc IS NOT NULL
    AND (NEW.author, NEW.posted, NEW.encoding, NEW.body) IS NOT (OLD.author, OLD.posted, OLD.encoding, OLD.body) BEGIN
    INSERT OR IGNORE INTO stale_comments VALUES (OLD.doc);
    UPDATE comments SET doc = NULL WHERE id = NEW.id;
END;
CREATE TRIGGER comments_removed AFTER DELETE ON comments WHEN OLD.doc IS NOT NULL BEGIN
    INSERT OR IGNORE INTO stale_comments VALUES (OLD.doc);
END;
CREATE TABLE searches (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    query TEXT NOT NULL,
    changed_at INTEGER NOT NULL
) STRICT;
";

const VERSION_5: &str = "
ALTER TABLE entries ADD COLUMN missed_at INTEGER;
CREATE INDEX entries_gone ON entries (source_id, print) WHERE article_id IS NULL;
CREATE INDEX comments_rated ON comments (discussion_id) WHERE own_rating > 0;
";

const VERSION_6: &str = "
ALTER TABLE discussions ADD COLUMN points INTEGER;
ALTER TABLE discussions ADD COLUMN told INTEGER NOT NULL DEFAULT 0;
ALTER TABLE discussions ADD COLUMN mark TEXT;
ALTER TABLE articles ADD COLUMN points INTEGER;
ALTER TABLE articles ADD COLUMN told INTEGER NOT NULL DEFAULT 0;
CREATE TABLE fronts (
    source_id INTEGER NOT NULL REFERENCES sources (id) ON DELETE CASCADE,
    nth INTEGER NOT NULL,
    article_id INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    PRIMARY KEY (source_id, nth)
) STRICT, WITHOUT ROWID;
CREATE INDEX fronts_article ON fronts (article_id);
CREATE TABLE watches (
    article_id INTEGER PRIMARY KEY REFERENCES articles (id) ON DELETE CASCADE,
    asked_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    failures INTEGER NOT NULL DEFAULT 0
) STRICT;
";

const VERSION_7: &str = "
CREATE TABLE stubs (
    discussion_id INTEGER NOT NULL REFERENCES discussions (id) ON DELETE CASCADE,
    below TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (discussion_id, below)
) STRICT, WITHOUT ROWID;
";

const VERSION_8: &str = "
CREATE TABLE previous_texts (
    article_id INTEGER PRIMARY KEY REFERENCES articles (id) ON DELETE CASCADE,
    title TEXT NOT NULL,
    encoding INTEGER NOT NULL,
    body BLOB NOT NULL
) STRICT;
";

const VERSION_9: &str = "
ALTER TABLE articles ADD COLUMN finished_at INTEGER;
CREATE INDEX articles_by_star ON articles (starred_at) WHERE starred = 1;
CREATE INDEX articles_by_rating ON articles (rated_at) WHERE own_rating >= 4;
CREATE INDEX articles_finished ON articles (finished_at) WHERE finished_at IS NOT NULL;
";
