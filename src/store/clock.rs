//! Times that were taken from a clock which stood ahead: they decide what comes last, what is kept and whose mark wins, and
//! would go on to do so until the clock gets there. What is later than a day from now is set to now.

use rusqlite::{Connection, Result, params};

use super::columns::ReadColumn as _;
use super::{Store, StoreError};
use crate::domain::time::{DAY, Timestamp};

/// The times that Gleaner itself takes, by table. What sources tell (`published`, `posted`) stays as they tell it; where an
/// article stands in a list follows it, or its arrival.
const TIMES: [(&str, &[&str]); 14] = [
    ("sources", &["first_seen"]),
    (
        "articles",
        &["first_seen", "sort_at", "edited_at", "visited_at", "read_at", "starred_at", "watched_at", "rated_at", "finished_at"],
    ),
    ("discussions", &["first_seen", "seen_through_at"]),
    ("comments", &["first_seen", "seen_at", "rated_at", "vanished_at"]),
    ("subscriptions", &["added_at", "removed_at"]),
    ("polls", &["asked_at", "answered_at"]),
    ("tags", &["tagged_at"]),
    ("notes", &["noted_at"]),
    ("lookups", &["asked_at"]),
    ("tries", &["at"]),
    ("entries", &["sort_at", "missed_at"]),
    ("rules", &["changed_at"]),
    ("searches", &["changed_at"]),
    ("accounts", &["added_at", "asked_at", "answered_at"]),
];

/// Rows that are changed in one transaction.
const ROWS: usize = 1000;

impl Store {
    /// True if something was stored while the clock stood ahead. Told by what is quickly found: fetches, and the marks and
    /// articles that lists are made of.
    pub fn has_times_ahead(&self, now: Timestamp) -> std::result::Result<bool, StoreError> {
        self.ask("looking for times ahead", |conn| conn.prepare_cached(AHEAD)?.query_row([limit(now)], |row| row.read(0)))
    }

    /// Sets what was stored while the clock stood ahead to now; gives how many times.
    pub fn correct_times(&mut self, now: Timestamp) -> std::result::Result<u64, StoreError> {
        let mut corrected = 0;
        for (table, columns) in TIMES {
            for column in columns {
                loop {
                    let changed = self.change("correcting times", |conn| correct(conn, table, column, now))?;
                    corrected += changed as u64;
                    if changed < ROWS {
                        break;
                    }
                }
            }
        }
        Ok(corrected)
    }
}

pub(super) const AHEAD: &str = "SELECT EXISTS (SELECT 1 FROM subscriptions WHERE added_at > ?1)
    OR EXISTS (SELECT 1 FROM polls WHERE asked_at > ?1)
    OR EXISTS (SELECT 1 FROM accounts WHERE asked_at > ?1)
    OR EXISTS (SELECT 1 FROM articles INDEXED BY articles_all WHERE sort_at > ?1)
    OR EXISTS (SELECT 1 FROM articles INDEXED BY articles_by_star WHERE starred = 1 AND starred_at > ?1)
    OR EXISTS (SELECT 1 FROM articles INDEXED BY articles_by_rating WHERE own_rating >= 4 AND rated_at > ?1)
    OR EXISTS (SELECT 1 FROM articles INDEXED BY articles_finished WHERE finished_at IS NOT NULL AND finished_at > ?1)";

/// A clock may be wrong by a zone.
fn limit(now: Timestamp) -> i64 {
    now.0.saturating_add(DAY)
}

fn correct(conn: &Connection, table: &str, column: &str, now: Timestamp) -> Result<usize> {
    let sql =
        format!("UPDATE {table} SET {column} = ?1 WHERE rowid IN (SELECT rowid FROM {table} WHERE {column} > ?2 LIMIT {ROWS})");
    conn.execute(&sql, params![now.0, limit(now)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_time_that_gleaner_takes_is_corrected() {
        let mut store = Store::in_memory().unwrap();
        assert_eq!(store.correct_times(Timestamp(0)).unwrap(), 0);
        let tables = "SELECT m.name, p.name FROM sqlite_schema m JOIN pragma_table_info(m.name) p
                      WHERE m.type = 'table' AND (p.name = 'at' OR p.name LIKE '%\\_at' ESCAPE '\\' OR p.name = 'first_seen')";
        let mut statement = store.conn.prepare(tables).unwrap();
        let found = statement.query_map([], |row| Ok((row.read(0)?, row.read(1)?))).unwrap();
        for (table, column) in found.map(|pair: Result<(String, String)>| pair.unwrap()) {
            // When something is due is weighed against the clock each time.
            let is_due = column == "due_at" || matches!(&*table, "watches" | "host_requests" | "host_holds");
            let is_known = TIMES.iter().any(|(known, columns)| *known == table && columns.contains(&&*column));
            assert!(is_due || is_known, "{table}.{column}");
        }
    }
}
