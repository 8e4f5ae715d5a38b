//! How much the store holds, for a report of a fault. Nothing of what it holds.

use super::columns::ReadColumn as _;
use super::{Store, StoreError};

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct StoreFigures {
    pub articles: u64,
    pub sources: u64,
    pub subscriptions: u64,
    pub discussions: u64,
    pub comments: u64,
    pub saved_searches: u64,
    pub rules: u64,
}

impl Store {
    pub fn figures(&self) -> Result<StoreFigures, StoreError> {
        self.ask("counting what the store holds", |conn| {
            conn.query_row(
                "SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM sources), (SELECT count(*) FROM subscriptions),
                        (SELECT count(*) FROM discussions), (SELECT count(*) FROM comments), (SELECT count(*) FROM searches),
                        (SELECT count(*) FROM rules)",
                [],
                |row| {
                    let count = |column| row.read::<i64>(column).map(i64::unsigned_abs);
                    Ok(StoreFigures {
                        articles: count(0)?,
                        sources: count(1)?,
                        subscriptions: count(2)?,
                        discussions: count(3)?,
                        comments: count(4)?,
                        saved_searches: count(5)?,
                        rules: count(6)?,
                    })
                },
            )
        })
    }
}

/// The version of SQLite that is built in.
pub fn sqlite_version() -> &'static str {
    rusqlite::version()
}
