//! The reader's own order of the sources, and unsubscribing that can be undone.

use rusqlite::{OptionalExtension, params};

use super::columns::ReadColumn as _;
use super::{SourceId, Store, StoreError};
use crate::domain::time::Timestamp;

/// So many steps of a removal are worth waiting for.
const STEPS_AT_ONCE: usize = 10;

impl Store {
    /// Gives two sources each other's place in the reader's own order.
    pub fn swap_sources(&mut self, one: SourceId, other: SourceId) -> Result<(), StoreError> {
        self.change("ordering the sources", |conn| {
            let place = |id: SourceId| {
                let sql = "SELECT position FROM subscriptions WHERE source_id = ?1";
                conn.prepare_cached(sql)?.query_row([id.0], |row| row.read::<i64>(0)).optional()
            };
            if let (Some(first), Some(second)) = (place(one)?, place(other)?) {
                for (id, place) in [(one, second), (other, first)] {
                    conn.execute("UPDATE subscriptions SET position = ?2 WHERE source_id = ?1", params![id.0, place])?;
                }
            }
            Ok(())
        })
    }

    /// Unsubscribes for now: the source is neither shown nor fetched, and its articles stay until
    /// [`finish_unsubscribing`](Store::finish_unsubscribing).
    pub fn unsubscribe(&mut self, id: SourceId, now: Timestamp) -> Result<(), StoreError> {
        self.change("unsubscribing", |conn| {
            let sql = "UPDATE subscriptions SET removed_at = ?2 WHERE source_id = ?1";
            conn.execute(sql, params![id.0, now.0]).map(drop)
        })
    }

    /// True if any source has its own keep rules.
    pub fn has_keep_rules(&self) -> Result<bool, StoreError> {
        self.ask("looking for keep rules", |conn| {
            conn.prepare_cached("SELECT 1 FROM subscriptions WHERE options LIKE '%\"keep%'")?.exists([])
        })
    }

    /// Takes an unsubscribing back.
    pub fn subscribe_again(&mut self, id: SourceId) -> Result<(), StoreError> {
        self.change("subscribing again", |conn| {
            conn.execute("UPDATE subscriptions SET removed_at = NULL WHERE source_id = ?1", [id.0]).map(drop)
        })
    }

    /// Removes the sources that were unsubscribed from, with what only they have. Of very large ones the next start
    /// takes away the rest.
    pub fn finish_unsubscribing(&mut self, now: Timestamp) -> Result<(), StoreError> {
        let ids: Vec<i64> = self.ask("looking for what was unsubscribed from", |conn| {
            let sql = "SELECT source_id FROM subscriptions WHERE removed_at IS NOT NULL ORDER BY source_id";
            conn.prepare(sql)?.query_map([], |row| row.read(0))?.collect()
        })?;
        for id in &ids {
            self.begin_removal(SourceId(*id), false)?;
        }
        for _ in 0..STEPS_AT_ONCE {
            if ids.is_empty() || !self.finish_removals(now)? {
                break;
            }
        }
        Ok(())
    }
}
