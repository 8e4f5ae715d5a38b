//! Newsboat's `cache.db`, read a few rows at a time: its articles, and what was read, flagged and deleted there.
//!
//! The file is foreign: it is opened for reading only, nothing that its schema names is run, and columns that older versions
//! do not have count as empty.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags, Result, Row};

use super::StoreError;
use crate::format::MAX_PAGE;
use crate::format::newsboat::CachedItem;

/// The first bytes of an SQLite database.
const MAGIC: &[u8] = b"SQLite format 3\0";

/// An open cache.
pub struct NewsboatCache {
    path: PathBuf,
    conn: Connection,
    columns: BTreeSet<String>,
}

/// A row of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CachedRow {
    pub row: i64,
    /// None where its text is larger than a page may be.
    pub item: Option<CachedItem>,
    pub is_unread: bool,
    pub is_deleted: bool,
    /// The letters with which it is flagged.
    pub flags: String,
}

impl NewsboatCache {
    /// Opens a file that is such a cache; none for any other.
    pub fn open(path: &Path) -> std::result::Result<Option<NewsboatCache>, StoreError> {
        let mut start = [0; MAGIC.len()];
        let is_database =
            path.is_file() && File::open(path).and_then(|mut file| file.read_exact(&mut start)).is_ok_and(|()| start == MAGIC);
        if !is_database {
            return Ok(None);
        }
        let failed = |error| StoreError::sqlite(path, "reading newsboat's cache", error);
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let conn = Connection::open_with_flags(path, flags).map_err(failed)?;
        conn.execute_batch("PRAGMA trusted_schema = OFF; PRAGMA query_only = ON; PRAGMA cell_size_check = ON;")
            .map_err(failed)?;
        let tables = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name IN ('rss_item', 'rss_feed')";
        if conn.query_row(tables, [], |row| row.get::<_, i64>(0)).map_err(failed)? != 2 {
            return Ok(None);
        }
        let columns = columns(&conn).map_err(failed)?;
        let has_all = ["guid", "title", "url", "feedurl", "content", "unread"].iter().all(|name| columns.contains(*name));
        Ok(has_all.then(|| NewsboatCache { path: path.to_owned(), conn, columns }))
    }

    /// How many articles it holds.
    pub fn articles(&self) -> std::result::Result<u64, StoreError> {
        self.ask(|conn| conn.query_row("SELECT count(*) FROM rss_item", [], |row| row.get::<_, i64>(0))).map(i64::unsigned_abs)
    }

    /// The letters that flag articles in it.
    pub fn flags(&self) -> std::result::Result<BTreeSet<char>, StoreError> {
        if !self.columns.contains("flags") {
            return Ok(BTreeSet::new());
        }
        self.ask(|conn| {
            let mut flags = conn.prepare("SELECT DISTINCT flags FROM rss_item WHERE flags <> ''")?;
            let all: Vec<String> = flags.query_map([], |row| Ok(text(row, 0)))?.collect::<Result<_>>()?;
            Ok(all.iter().flat_map(|flags| letters(flags)).collect())
        })
    }

    /// How many of them have an enclosure in the queue of newsboat's podcast program.
    pub fn queued(&self) -> std::result::Result<u64, StoreError> {
        if !self.columns.contains("enqueued") {
            return Ok(0);
        }
        let sql = "SELECT count(*) FROM rss_item WHERE enqueued = 1";
        self.ask(|conn| conn.query_row(sql, [], |row| row.get::<_, i64>(0))).map(i64::unsigned_abs)
    }

    /// The next rows after one.
    pub fn after(&self, row: i64, limit: usize) -> std::result::Result<Vec<CachedRow>, StoreError> {
        let column = |name: &str| if self.columns.contains(name) { format!("i.{name}") } else { "NULL".to_owned() };
        let sql = format!(
            "SELECT i.rowid, i.guid, i.title, {}, i.url, i.feedurl, {}, iif(length(i.content) <= {MAX_PAGE}, i.content, NULL),
                    i.unread, {}, {}, {}, {}, {}, {},
                    (SELECT f.title FROM rss_feed f WHERE f.rssurl = i.feedurl), length(i.content) > {MAX_PAGE}
             FROM rss_item i WHERE i.rowid > ?1 ORDER BY i.rowid LIMIT ?2",
            column("author"),
            column("pubDate"),
            column("enclosure_url"),
            column("enclosure_type"),
            column("flags"),
            column("deleted"),
            column("base"),
            column("content_mime_type"),
        );
        self.ask(|conn| {
            let mut statement = conn.prepare_cached(&sql)?;
            statement.query_map((row, i64::try_from(limit).unwrap_or(i64::MAX)), |row| Ok(cached(row)))?.collect()
        })
    }

    fn ask<T>(&self, ask: impl FnOnce(&Connection) -> Result<T>) -> std::result::Result<T, StoreError> {
        ask(&self.conn).map_err(|error| StoreError::sqlite(&self.path, "reading newsboat's cache", error))
    }
}

fn columns(conn: &Connection) -> Result<BTreeSet<String>> {
    let mut statement = conn.prepare("SELECT name FROM pragma_table_info('rss_item')")?;
    statement.query_map([], |row| Ok(text(row, 0)))?.collect()
}

/// The letters of a row's flags.
fn letters(flags: &str) -> impl Iterator<Item = char> + '_ {
    flags.chars().filter(char::is_ascii_alphabetic)
}

fn cached(row: &Row<'_>) -> CachedRow {
    let is_too_large = number(row, 16) != 0;
    let item = CachedItem {
        guid: text(row, 1),
        title: text(row, 2),
        author: text(row, 3),
        url: text(row, 4),
        feed_address: text(row, 5),
        published: number(row, 6),
        content: text(row, 7),
        enclosure: text(row, 9),
        enclosure_type: text(row, 10),
        base: text(row, 13),
        is_plain: text(row, 14) == "text/plain",
        feed_title: text(row, 15),
    };
    CachedRow {
        row: number(row, 0),
        item: (!is_too_large).then_some(item),
        is_unread: number(row, 8) != 0,
        is_deleted: number(row, 12) != 0,
        flags: letters(&text(row, 11)).collect(),
    }
}

/// A column as text, whatever stands in it.
fn text(row: &Row<'_>, at: usize) -> String {
    match row.get_ref(at) {
        Ok(ValueRef::Text(bytes) | ValueRef::Blob(bytes)) => String::from_utf8_lossy(bytes).into_owned(),
        Ok(ValueRef::Integer(number)) => number.to_string(),
        _ => String::new(),
    }
}

fn number(row: &Row<'_>, at: usize) -> i64 {
    match row.get_ref(at) {
        Ok(ValueRef::Integer(number)) => number,
        Ok(ValueRef::Text(bytes)) => std::str::from_utf8(bytes).ok().and_then(|text| text.trim().parse().ok()).unwrap_or(0),
        _ => 0,
    }
}
