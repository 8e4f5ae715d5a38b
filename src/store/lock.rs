//! The lock file beside the store: who has the store open, and whether all who had it open ended cleanly.
//!
//! It does not guard the data (SQLite does); it only tells an unclean end from other copies at work.

use std::fs::{File, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

use super::error::StoreError;
use crate::os::files::append;

const OPENED: u8 = b'o';
const CLOSED: u8 = b'c';

/// Marks that are worth the time to take them away.
const MANY: usize = 1000;

/// Everyone who has the store open holds the file with a shared lock and has appended an `o`; a clean end appends a
/// `c`. Who comes when nobody else holds it and finds more `o` than `c` knows that somebody did not end cleanly. The
/// system drops a dead process' lock, so nothing has to be guessed from process ids.
pub(super) struct Lock {
    path: PathBuf,
    file: File,
    /// The file's content is of no use any more.
    is_spent: bool,
}

/// The lock while nobody else has the store open, or may come in.
pub(super) enum LockState {
    Alone { lock: Lock, unclean: bool },
    Shared(Lock),
}

impl Lock {
    pub(super) fn enter(store: &Path) -> Result<LockState, StoreError> {
        let path = with_suffix(store, ".lock");
        let failed = |error| StoreError::File { path: path.clone(), error };
        let mut file = append(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {
                let mut marks = Vec::new();
                file.read_to_end(&mut marks).map_err(failed)?;
                let balance = marks.iter().map(|mark| match *mark {
                    OPENED => 1,
                    CLOSED => -1,
                    _ => 0,
                });
                let balance = balance.sum::<i64>();
                let is_spent = balance != 0 || marks.len() >= MANY;
                Ok(LockState::Alone { lock: Lock { path, file, is_spent }, unclean: balance > 0 })
            }
            Err(TryLockError::WouldBlock) => {
                let lock = Lock { path, file, is_spent: false };
                lock.share()?;
                lock.mark(OPENED)?;
                Ok(LockState::Shared(lock))
            }
            // A file system without locks: then an unclean end is not told, and nothing else depends on it.
            Err(TryLockError::Error(_)) => Ok(LockState::Shared(Lock { path, file, is_spent: false })),
        }
    }

    /// Lets others in, once the store is ready for them.
    pub(super) fn admit(mut self) -> Result<Lock, StoreError> {
        let cleared = if self.is_spent { self.file.set_len(0).and_then(|()| self.file.rewind()) } else { Ok(()) };
        cleared.and_then(|()| self.file.unlock()).map_err(|error| StoreError::File { path: self.path.clone(), error })?;
        self.share()?;
        self.mark(OPENED)?;
        Ok(self)
    }

    pub(super) fn leave(&self) -> Result<(), StoreError> {
        self.mark(CLOSED)
    }

    /// Waits, without a limit, for a copy that is just making, migrating or setting aside the store: it lets go when it
    /// is done or dead.
    fn share(&self) -> Result<(), StoreError> {
        self.file.lock_shared().map_err(|error| StoreError::File { path: self.path.clone(), error })
    }

    fn mark(&self, mark: u8) -> Result<(), StoreError> {
        match (&self.file).write_all(&[mark]) {
            // Where there is no room, an unclean end is not told; what is stored can be read all the same.
            Err(error) if is_unwritable(&error) => Ok(()),
            marked => marked.map_err(|error| StoreError::File { path: self.path.clone(), error }),
        }
    }
}

pub(super) fn is_unwritable(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{PermissionDenied, QuotaExceeded, ReadOnlyFilesystem, StorageFull};
    matches!(error.kind(), PermissionDenied | QuotaExceeded | ReadOnlyFilesystem | StorageFull)
}

/// A file beside the store.
pub(super) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}
