//! A connection that is kept from one job to the next: to open one costs more than what short jobs ask of it.

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::store::{Store, StoreError};

/// Used by one job at a time; another one that comes meanwhile opens its own.
#[derive(Default)]
pub(super) struct KeptStore(Mutex<StoreSlot>);

#[derive(Default)]
enum StoreSlot {
    #[default]
    Empty,
    Kept(Store),
    Closed,
}

impl KeptStore {
    /// Asks over the kept connection, or one that is kept from now on.
    pub(super) fn ask<T>(&self, path: &Path, ask: impl FnOnce(&Store) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let kept = match &mut *self.slot() {
            slot @ StoreSlot::Kept(_) => std::mem::take(slot),
            StoreSlot::Empty | StoreSlot::Closed => StoreSlot::Empty,
        };
        let store = match kept {
            StoreSlot::Kept(store) => store,
            StoreSlot::Empty | StoreSlot::Closed => Store::join(path)?,
        };
        // One with which something is wrong is not kept.
        let answer = ask(&store)?;
        let mut slot = self.slot();
        if !matches!(*slot, StoreSlot::Closed) {
            *slot = StoreSlot::Kept(store);
        }
        Ok(answer)
    }

    /// Closes it, and keeps none any more.
    pub(super) fn close(&self) {
        *self.slot() = StoreSlot::Closed;
    }

    fn slot(&self) -> MutexGuard<'_, StoreSlot> {
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
            assert!(matches!(*kept.slot(), StoreSlot::Kept(_)));
        }
        kept.close();
        kept.ask(&path, Store::newest_id).unwrap();
        assert!(matches!(*kept.slot(), StoreSlot::Closed));
        store.close().unwrap();
        assert!(!folder.path().join("store.db-wal").exists(), "nobody else had it open");
    }
}
