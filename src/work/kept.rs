//! A connection that is kept from one job to the next: to open one costs more than what short jobs ask of it.

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::store::{Store, StoreError};

/// Used by one job at a time; another one that comes meanwhile opens its own.
#[derive(Default)]
pub(super) struct KeptStore(Mutex<Slot>);

#[derive(Default)]
enum Slot {
    #[default]
    Empty,
    Kept(Store),
    Closed,
}

impl KeptStore {
    /// Asks over the kept connection, or one that is kept from now on.
    pub(super) fn ask<T>(&self, path: &Path, ask: impl FnOnce(&Store) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let kept = match &mut *self.slot() {
            slot @ Slot::Kept(_) => std::mem::take(slot),
            Slot::Empty | Slot::Closed => Slot::Empty,
        };
        let store = match kept {
            Slot::Kept(store) => store,
            Slot::Empty | Slot::Closed => Store::join(path)?,
        };
        // One with which something is wrong is not kept.
        let answer = ask(&store)?;
        let mut slot = self.slot();
        if !matches!(*slot, Slot::Closed) {
            *slot = Slot::Kept(store);
        }
        Ok(answer)
    }

    /// Closes it, and keeps none any more.
    pub(super) fn close(&self) {
        *self.slot() = Slot::Closed;
    }

    fn slot(&self) -> MutexGuard<'_, Slot> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_is_kept_until_it_is_closed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.db");
        let store = Store::open(&path).unwrap();
        let kept = KeptStore::default();
        for _ in 0..2 {
            kept.ask(&path, Store::newest_id).unwrap();
            assert!(matches!(*kept.slot(), Slot::Kept(_)));
        }
        kept.close();
        kept.ask(&path, Store::newest_id).unwrap();
        assert!(matches!(*kept.slot(), Slot::Closed));
        store.close().unwrap();
        assert!(!folder.path().join("store.db-wal").exists(), "nobody else had it open");
    }
}
