//! Saved searches.

use rusqlite::{Connection, OptionalExtension, Result};

use super::columns::{ReadColumn as _, read_text};
use super::{SavedSearch, SearchId, Section, Store, StoreError};
use crate::domain::query::{self, Query};
use crate::domain::time::Timestamp;

/// Unread hits are counted up to here.
pub const COUNTED_UNREAD: u64 = 1000;

impl Store {
    /// In the order in which they were saved.
    pub fn searches(&self) -> std::result::Result<Vec<SavedSearch>, StoreError> {
        self.ask("reading the saved searches", all)
    }

    /// Saves a search, or gives the one of its name another query.
    pub fn set_search(&mut self, name: &str, query: &str, now: Timestamp) -> std::result::Result<SearchId, StoreError> {
        self.change("saving a search", |conn| {
            conn.prepare_cached(
                "INSERT INTO searches (name, query, changed_at) VALUES (?1, ?2, ?3)
                 ON CONFLICT (name) DO UPDATE SET query = ?2, changed_at = ?3 RETURNING id",
            )?
            .query_row(rusqlite::params![name, query, now.0], |row| row.read(0).map(SearchId))
        })
    }

    pub fn remove_search(&mut self, id: SearchId) -> std::result::Result<(), StoreError> {
        self.change("removing a saved search", |conn| {
            conn.prepare_cached("DELETE FROM searches WHERE id = ?1")?.execute([id.0]).map(drop)
        })
    }

    /// How many unread articles each saved search finds, counted up to [`COUNTED_UNREAD`].
    pub fn unread_of_searches(&self) -> std::result::Result<Vec<(SearchId, u64)>, StoreError> {
        let searches = self.searches()?;
        let count = |search: SavedSearch| {
            let query = query::parse(&search.query).unwrap_or_else(|_| Query::nothing());
            Ok((search.id, self.count_unread(&query)?))
        };
        searches.into_iter().map(count).collect()
    }

    /// How many unread articles a query finds, counted up to [`COUNTED_UNREAD`].
    fn count_unread(&self, query: &Query) -> std::result::Result<u64, StoreError> {
        let rows = self.headlines(&Section::Unread, query, super::Stretch::First, COUNTED_UNREAD as usize)?;
        Ok(rows.len() as u64)
    }
}

pub(super) fn all(conn: &Connection) -> Result<Vec<SavedSearch>> {
    let mut statement = conn.prepare_cached("SELECT id, name, query FROM searches ORDER BY id")?;
    let search = |row: &rusqlite::Row<'_>| {
        Ok(SavedSearch { id: SearchId(row.read(0)?), name: read_text(row, 1)?, query: read_text(row, 2)?.to_string() })
    };
    statement.query_map([], search)?.collect()
}

/// A saved search as a query; one that is gone, or that this version cannot read, finds nothing.
pub(super) fn query(conn: &Connection, id: SearchId) -> Result<Query> {
    let mut statement = conn.prepare_cached("SELECT query FROM searches WHERE id = ?1")?;
    let text: Option<String> = statement.query_row([id.0], |row| row.read(0)).optional()?;
    Ok(text.and_then(|text| query::parse(&text).ok()).unwrap_or_else(Query::nothing))
}
