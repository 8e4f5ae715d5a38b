//! The store as one file, made while it is in use, and put back.

use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use super::error::StoreError;
use super::lock::{Entry, Lock};
use super::open::{free_name, private, rename_all, with_suffix};
use super::{Store, schema};
use crate::domain::time::Timestamp;

impl Store {
    /// Writes the whole store into a new file and gives its size. The file may be a store of its own at once.
    pub fn back_up(&self, into: &Path) -> Result<u64, StoreError> {
        let failed = |error| StoreError::Backup { path: into.to_owned(), error };
        // SQLite takes an empty file for none; this one is for the owner's eyes only, and nothing is written over.
        let made = private(OpenOptions::new().write(true).create_new(true)).open(into).map_err(failed)?;
        let written = self.ask("backing it up", |conn| conn.execute("VACUUM INTO ?1", [into.to_string_lossy()]));
        if let Err(error) = written {
            // Half a backup must not be taken for one.
            let _ = std::fs::remove_file(into);
            return Err(error);
        }
        made.sync_all().map_err(failed)?;
        made.metadata().map(|facts| facts.len()).map_err(failed)
    }

    /// Puts a backup in the store's place, and gives where the store is that was there. Nothing is changed unless the
    /// backup is whole. No copy may have the store open.
    pub fn restore(path: &Path, backup: &Path, now: Timestamp) -> Result<Option<PathBuf>, StoreError> {
        check(backup)?;
        let lock = match Lock::enter(path)? {
            Entry::Alone { lock, .. } => lock,
            Entry::Shared(lock) => {
                lock.leave()?;
                return Err(StoreError::Busy { path: path.to_owned(), doing: "restoring a backup" });
            }
        };
        let coming = with_suffix(path, ".restoring");
        let failed = |error| StoreError::File { path: coming.clone(), error };
        let copy = || -> std::io::Result<()> {
            let mut file = private(OpenOptions::new().write(true).create(true).truncate(true)).open(&coming)?;
            std::io::copy(&mut File::open(backup)?, &mut file)?;
            file.sync_all()
        };
        if let Err(error) = copy() {
            let _ = std::fs::remove_file(&coming);
            return Err(failed(error));
        }
        let kept = path.exists().then(|| free_name(path, "before-restore", now));
        if let Some(kept) = &kept {
            rename_all(path, kept)?;
        }
        std::fs::rename(&coming, path).map_err(failed)?;
        lock.admit()?.leave()?;
        Ok(kept)
    }
}

fn check(backup: &Path) -> Result<(), StoreError> {
    let path = || backup.to_owned();
    let unfit = |why| StoreError::Unfit { path: path(), why };
    let failed = |error| match StoreError::sqlite(backup, "looking at the backup", error) {
        StoreError::Damaged { .. } => unfit("it is damaged, or no store"),
        other => other,
    };
    File::open(backup).map_err(|error| StoreError::Backup { path: path(), error })?;
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(backup, flags).map_err(failed)?;
    let number = |name: &str| conn.query_row(&format!("PRAGMA {name}"), [], |row| row.get::<_, i64>(0)).map_err(failed);
    let (application, version) = (number("application_id")?, number("user_version")?);
    if application != schema::APPLICATION_ID {
        return Err(unfit("it is no gleaner store"));
    }
    if version > schema::VERSION {
        return Err(unfit("a newer gleaner made it"));
    }
    let verdict: String = conn.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)).map_err(failed)?;
    if verdict == "ok" { Ok(()) } else { Err(unfit("it is damaged")) }
}
