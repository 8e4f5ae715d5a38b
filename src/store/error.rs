//! Failures of the store, as data, with advice for each.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("the store's file {path}: {}", in_words(error))]
    File { path: PathBuf, error: io::Error },
    #[error("the backup {path}: {}", in_words(error))]
    Backup { path: PathBuf, error: io::Error },
    /// A file that cannot take the store's place.
    #[error("the backup {path} cannot be restored: {why}")]
    Unfit { path: PathBuf, why: String },
    #[error("the store {path} is of version {found}, made by a newer gleaner (this one knows {known})")]
    Newer { path: PathBuf, found: i64, known: i64 },
    /// It cannot be written, and only writing could bring it to this version.
    #[error("the store {path} is of version {found}, and cannot be written to bring it to {known}")]
    Outdated { path: PathBuf, found: i64, known: i64 },
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
    /// Any other SQLite error, and what was being done.
    #[error("the store {path}: {doing}: {error}")]
    Sqlite { path: PathBuf, doing: &'static str, error: rusqlite::Error },
}

impl StoreError {
    /// Advice to the reader.
    pub fn hint(&self) -> String {
        let hint = match self {
            StoreError::File { error, .. } => match error.kind() {
                ErrorKind::NotFound => "make the folder, or name another with --data-dir",
                ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
                    "give yourself the right to write there, or name another folder with --data-dir"
                }
                ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "make room on the disk; nothing that was stored is lost",
                _ => "check the path, or name another folder with --data-dir",
            },
            StoreError::Backup { error, .. } => match error.kind() {
                ErrorKind::AlreadyExists => "choose another name: a backup never replaces a file",
                ErrorKind::InvalidInput => "choose another name",
                ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "make room on the disk, or choose another one",
                ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
                    "give yourself the right to that file and its folder, or choose another"
                }
                _ => "check the name, and the folder there",
            },
            StoreError::Unfit { .. } => "name another backup; the store stays as it is",
            StoreError::Newer { .. } => "use the newer gleaner, or name another folder with --data-dir",
            StoreError::Outdated { .. } => "open it once in a place that can be written, or use the gleaner that made it",
            StoreError::Foreign { .. } => {
                "move that file away, or name another folder with --data-dir; gleaner leaves it as it is"
            }
            StoreError::Damaged { path, .. } => return format!("`gleaner doctor` says more; {}", begin_anew(path)),
            StoreError::ReadOnly { .. } => {
                "give yourself the right to write to it and its folder, or name another with --data-dir; what only reads works as it is"
            }
            StoreError::Full { .. } => "make room on the disk and try again; nothing that was stored is lost",
            StoreError::Busy { .. } => "wait for the other gleaner to finish, or end it, and try again",
            StoreError::Sqlite { error, .. } if error.sqlite_error_code() == Some(ErrorCode::SystemIoFailure) => {
                "see whether the disk is sound, and whether files may grow (`ulimit -f`); nothing that was stored is lost"
            }
            StoreError::Sqlite { .. } => "`gleaner doctor` checks the store",
        };
        hint.to_owned()
    }

    /// True if only what was being stored is at fault, so that other things can still be stored.
    pub fn is_about_one_thing(&self) -> bool {
        let StoreError::Sqlite { error, .. } = self else { return false };
        !matches!(error.sqlite_error_code(), Some(ErrorCode::SystemIoFailure | ErrorCode::OutOfMemory))
    }

    /// True if it was broken off by [`Store::breaker`](super::Store::breaker): nothing is at fault, and nothing of it was done.
    pub fn is_interruption(&self) -> bool {
        matches!(self, StoreError::Sqlite { error, .. }
            if error.sqlite_error_code() == Some(ErrorCode::OperationInterrupted))
    }

    /// Sorts what SQLite says into what the reader can act on.
    pub(super) fn sqlite(path: &Path, doing: &'static str, error: rusqlite::Error) -> StoreError {
        let path = path.to_owned();
        // The file that running copies share beside the store could not be grown.
        if error.sqlite_error().is_some_and(|error| error.extended_code == rusqlite::ffi::SQLITE_IOERR_SHMSIZE) {
            return StoreError::Full { path, doing };
        }
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => StoreError::Damaged { path, doing },
            Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
                StoreError::ReadOnly { path, doing }
            }
            Some(ErrorCode::DiskFull) => StoreError::Full { path, doing },
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Busy { path, doing },
            _ => StoreError::Sqlite { path, doing, error },
        }
    }
}

/// The error for rows that come out of their order, as only a damaged file gives them: reading page after page of them would
/// never end.
pub(super) fn out_of_order() -> rusqlite::Error {
    rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT), None)
}

/// How a reader gets a damaged store out of the way, with all that belongs to it, as a command to copy.
pub(super) fn begin_anew(path: &Path) -> String {
    let quoted = |path: &Path| {
        let text = path.to_string_lossy();
        let is_plain = text.chars().all(|c| c.is_alphanumeric() || "/._-".contains(c));
        if is_plain { text.into_owned() } else { format!("'{}'", text.replace('\'', r"'\''")) }
    };
    let (store, aside) = (quoted(path), quoted(&path.with_file_name("damaged")));
    format!("to begin anew, set it aside: mkdir {aside} && mv {store}* {aside}")
}

/// The system's error text without its number.
pub fn in_words(error: &io::Error) -> String {
    let said = error.to_string();
    let said = said.split(" (os error").next().unwrap_or_default();
    let mut letters = said.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_sqlite_says_becomes_what_the_reader_can_act_on() {
        for (code, wanted) in [
            (rusqlite::ffi::SQLITE_FULL, "no room left on the disk of the store s.db (met while saving)"),
            (rusqlite::ffi::SQLITE_IOERR_SHMSIZE, "no room left on the disk of the store s.db (met while saving)"),
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
    #[test]
    fn a_damaged_store_comes_with_the_command_that_sets_it_aside() {
        let hint = |path: &str| StoreError::Damaged { path: path.into(), doing: "opening it" }.hint();
        assert!(hint("/data/store.db").ends_with(": mkdir /data/damaged && mv /data/store.db* /data/damaged"));
        assert!(hint("/my data/it's.db").ends_with(r"mv '/my data/it'\''s.db'* '/my data/damaged'"));
    }
}
