//! What can go wrong with the store, as data; and what to do about it.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("{path}: {source}")]
    File { path: PathBuf, source: std::io::Error },
    #[error("the store {path} is of version {found}, made by a newer gleaner (this one knows {known})")]
    Newer { path: PathBuf, found: i64, known: i64 },
    #[error("the store {path} is no gleaner store")]
    Foreign { path: PathBuf },
    #[error("the store {path} is damaged (met while {doing})")]
    Damaged { path: PathBuf, doing: &'static str },
    #[error("the store {path} cannot be written (met while {doing})")]
    ReadOnly { path: PathBuf, doing: &'static str },
    #[error("no room left on the disk of the store {path} (met while {doing})")]
    Full { path: PathBuf, doing: &'static str },
    #[error("the store {path} is held by another program (met while {doing})")]
    Busy { path: PathBuf, doing: &'static str },
    /// What else SQLite said, while doing what.
    #[error("the store {path}: {doing}: {source}")]
    Sqlite { path: PathBuf, doing: &'static str, source: rusqlite::Error },
}

impl StoreError {
    /// What the reader can do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            StoreError::File { source, .. } => match source.kind() {
                ErrorKind::NotFound => "make the folder, or name another with --data-dir",
                ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
                    "give yourself the right to write there, or name another folder with --data-dir"
                }
                ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "make room on the disk; nothing that was stored is lost",
                _ => "see whether the path is right, or name another folder with --data-dir",
            },
            StoreError::Newer { .. } => "use the newer gleaner, or name another folder with --data-dir",
            StoreError::Foreign { .. } => {
                "move that file away, or name another folder with --data-dir; gleaner leaves it as it is"
            }
            StoreError::Damaged { .. } => {
                "`gleaner doctor` says what is wrong; set the file aside to begin anew, or restore a backup; it is never deleted"
            }
            StoreError::ReadOnly { .. } => {
                "give yourself the right to write to it and its folder, or name another with --data-dir"
            }
            StoreError::Full { .. } => "make room on the disk and try again; nothing that was stored is lost",
            StoreError::Busy { .. } => "wait for the other gleaner to finish, or end it, and try again",
            StoreError::Sqlite { .. } => "`gleaner doctor` checks the store",
        }
    }

    /// Whether only what was being stored is at fault, so that other things can still be stored.
    pub fn is_about_one_thing(&self) -> bool {
        let StoreError::Sqlite { source, .. } = self else { return false };
        !matches!(source.sqlite_error_code(), Some(ErrorCode::SystemIoFailure | ErrorCode::OutOfMemory))
    }

    /// Sorts what SQLite says into what the reader can act on.
    pub(super) fn sqlite(path: &Path, doing: &'static str, source: rusqlite::Error) -> StoreError {
        let path = path.to_owned();
        match source.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => StoreError::Damaged { path, doing },
            Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
                StoreError::ReadOnly { path, doing }
            }
            Some(ErrorCode::DiskFull) => StoreError::Full { path, doing },
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Busy { path, doing },
            _ => StoreError::Sqlite { path, doing, source },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_sqlite_says_becomes_what_the_reader_can_act_on() {
        for (code, wanted) in [
            (rusqlite::ffi::SQLITE_FULL, "no room left on the disk of the store s.db (met while saving)"),
            (rusqlite::ffi::SQLITE_BUSY, "the store s.db is held by another program (met while saving)"),
            (rusqlite::ffi::SQLITE_READONLY, "the store s.db cannot be written (met while saving)"),
            (rusqlite::ffi::SQLITE_CANTOPEN, "the store s.db cannot be written (met while saving)"),
            (rusqlite::ffi::SQLITE_CORRUPT, "the store s.db is damaged (met while saving)"),
            (rusqlite::ffi::SQLITE_NOTADB, "the store s.db is damaged (met while saving)"),
            (rusqlite::ffi::SQLITE_TOOBIG, "the store s.db: saving: what SQLite says"),
        ] {
            let said = rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(code), Some("what SQLite says".to_owned()));
            let error = StoreError::sqlite(Path::new("s.db"), "saving", said);
            assert_eq!(error.to_string(), wanted);
            assert!(!error.hint().is_empty());
        }
    }
}
