//! The store as one file, made while it is in use, and put back.
//!
//! Both go through a file that nobody takes for the result until it was opened, checked and counted. SQLite gets absolute
//! paths only: a name such as `file:a` or `:memory:` means something else to it.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, OpenFlags, ToSql};

use super::columns::ReadColumn as _;
use super::error::StoreError;
use super::foreign::{extras, harden};
use super::lock::{Lock, LockState, with_suffix};
use super::open::{BUSY, free_name};
use super::{Store, schema};
use crate::domain::time::Timestamp;
use crate::os::files::{AtomicFile, Existing, absolute, keep_as, remove_leftover_of, rename};

/// A backup that was made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BackedUp {
    pub bytes: u64,
    /// Counted in the backup.
    pub articles: u64,
}

/// A backup that took the store's place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Restored {
    /// Counted in the restored file.
    pub articles: u64,
    /// Where the store is that was there.
    pub kept: Option<PathBuf>,
}

/// Endings by which SQLite knows what belongs to a store: a file under such a name could be taken for that.
const BELONGINGS: [&str; 3] = ["-wal", "-shm", "-journal"];

/// Files beside a store with its name and one of these endings belong to Gleaner.
const OWN: [&str; 3] = [".lock", RESTORED, ".restored.part"];

/// A backup that was copied and checked, and is about to take the store's place.
const RESTORED: &str = ".restored";

impl Store {
    /// Writes the whole store into a new file, which appears under its name when it has been checked. The file may be a
    /// store of its own at once.
    pub fn back_up(&self, into: &Path) -> Result<BackedUp, StoreError> {
        let failed = |error| StoreError::Backup { path: into.to_owned(), error };
        let target = absolute(into).map_err(failed)?;
        refuse_taken_names(&target, self.path()).map_err(failed)?;
        let file = AtomicFile::begin(&target, Existing::Keep).map_err(failed)?;
        self.let_go()?;
        // One that a killed backup left would be played back.
        let journal = with_suffix(file.path(), "-journal");
        let _ = std::fs::remove_file(&journal);
        // SQLite takes an empty file for none, and leaves its permissions.
        let copied = self.conn.execute("VACUUM INTO ?1", [AsText(file.path())]);
        let _ = std::fs::remove_file(&journal);
        copied.map_err(|error| StoreError::of_backup(self.path(), into, error))?;
        let articles = inspect(&open_to_check(file.path(), into, OpenFlags::SQLITE_OPEN_READ_ONLY)?, into)?;
        let bytes = file.file().metadata().map_err(failed)?.len();
        file.publish().map_err(failed)?;
        Ok(BackedUp { bytes, articles })
    }

    /// Puts a backup in the store's place. Nothing is changed unless the backup is whole and holds nothing that Gleaner
    /// did not make. No copy may have the store open.
    pub fn restore(path: &Path, backup: &Path, now: Timestamp) -> Result<Restored, StoreError> {
        Store::restore_telling(path, backup, now, &mut |_| {})
    }

    /// The same; `tell` is told how far it is.
    pub fn restore_telling(
        path: &Path,
        backup: &Path,
        now: Timestamp,
        tell: &mut dyn FnMut(&str),
    ) -> Result<Restored, StoreError> {
        let path = &absolute(path).map_err(|error| StoreError::File { path: path.to_owned(), error })?;
        let lock = match Lock::enter(path)? {
            LockState::Alone { lock, .. } => lock,
            LockState::Shared(lock) => {
                lock.leave()?;
                return Err(StoreError::Busy { path: path.clone(), doing: "restoring a backup" });
            }
        };
        let articles = take_copy(path, backup, tell)?;
        let kept = put_in_place(path, now)?;
        lock.admit()?.leave()?;
        Ok(Restored { articles, kept })
    }
}

impl StoreError {
    /// The disk that is full is the backup's.
    fn of_backup(store: &Path, backup: &Path, error: rusqlite::Error) -> StoreError {
        match StoreError::sqlite(store, "backing it up", error) {
            StoreError::Full { .. } => StoreError::Backup { path: backup.to_owned(), error: io::ErrorKind::StorageFull.into() },
            other => other,
        }
    }
}

/// Finishes a restore that was cut off after its backup had been checked, or takes away what one left that was cut off
/// before; gives what to say of it. Only for who holds the store alone.
pub(super) fn finish_restore(path: &Path) -> Result<Option<String>, StoreError> {
    let restored = with_suffix(path, RESTORED);
    if let Ok(facts) = restored.metadata() {
        let since = facts.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok()).unwrap_or_default();
        let kept = put_in_place(path, Timestamp(since.as_secs() as i64))?;
        let kept = kept.map(|kept| format!("; the store that was there is kept as {}", kept.display()));
        return Ok(Some(format!("a restore that was cut off has been finished{}", kept.unwrap_or_default())));
    }
    let leftover = remove_leftover_of(&restored).map_err(|error| StoreError::File { path: restored.clone(), error })?;
    let Some(leftover) = leftover else { return Ok(None) };
    drop(Belongings { sources: Vec::new(), copy: leftover });
    Ok(Some("a restore was cut off before it changed anything; its unfinished copy has been removed".to_owned()))
}

/// Files beside a missing store from which it could be restored.
pub(super) fn found_aside(path: &Path) -> Vec<PathBuf> {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else { return Vec::new() };
    let name = name.to_string_lossy();
    let is_aside = |file: &str| {
        let rest = file.strip_prefix(&*name);
        let is_store = rest.is_some_and(|rest| rest.starts_with(".before-restore") || rest.starts_with(".restoring"));
        is_store && !BELONGINGS.iter().any(|ending| file.ends_with(ending))
    };
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> =
        entries.filter(|entry| entry.file_name().to_str().is_some_and(is_aside)).map(|entry| entry.path()).collect();
    found.sort();
    found
}

fn refuse_taken_names(target: &Path, store: &Path) -> io::Result<()> {
    let refused = |why| Err(io::Error::new(io::ErrorKind::InvalidInput, why));
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    if BELONGINGS.iter().any(|ending| name.ends_with(ending)) {
        return refused("a file with this name would be taken for a part of another store");
    }
    if OWN.iter().any(|ending| target == with_suffix(store, ending)) {
        return refused("this name is kept for a file of gleaner's own");
    }
    Ok(())
}

/// Copies a backup, with what stands beside it and is not merged into it yet, and checks the copy; gives how many articles
/// are in it.
fn take_copy(path: &Path, backup: &Path, tell: &mut dyn FnMut(&str)) -> Result<u64, StoreError> {
    let failed = |error| StoreError::Backup { path: backup.to_owned(), error };
    let unfit = |why: &str| StoreError::Unfit { path: backup.to_owned(), why: why.to_owned() };
    let source = absolute(backup).map_err(failed)?;
    let facts = source.metadata().map_err(failed)?;
    if !facts.is_file() {
        return Err(unfit("it is not a file"));
    }
    if source.canonicalize().ok() == path.canonicalize().ok() {
        return Err(unfit("it is the store itself"));
    }
    if facts.len() == 0 {
        return Err(unfit("it is empty"));
    }
    let copy = AtomicFile::begin(&with_suffix(path, RESTORED), Existing::Replace)
        .map_err(|error| StoreError::File { path: path.to_owned(), error })?;
    let belongings = Belongings::copy(&source, copy.path()).map_err(failed)?;
    let copied = File::open(&source).and_then(|from| copy_telling(&from, copy.file(), facts.len(), tell));
    copied.map_err(|error| StoreError::File { path: copy.path().to_owned(), error })?;
    let is_changed = source.metadata().and_then(|now| Ok(now.modified()? != facts.modified()? || now.len() != facts.len()));
    if is_changed.map_err(failed)? || !belongings.are_unchanged() {
        return Err(unfit("another program is writing to it"));
    }
    tell("checking the copy");
    let conn = open_to_check(copy.path(), backup, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let articles = inspect(&conn, backup)?;
    let merged = conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.read::<i64>(0));
    if merged.map_err(|error| StoreError::sqlite(path, "merging the log of the backup", error))? != 0 {
        return Err(unfit("its log cannot be merged into it"));
    }
    drop(conn);
    drop(belongings);
    copy.publish().map_err(|error| StoreError::File { path: with_suffix(path, RESTORED), error })?;
    Ok(articles)
}

/// Bytes copied between two words about it.
const COPIED_AT_ONCE: u64 = 16 << 20;

fn copy_telling(from: &File, mut into: &File, bytes: u64, tell: &mut dyn FnMut(&str)) -> io::Result<()> {
    let mut done = 0_u64;
    loop {
        tell(&format!("copying the backup: {} %", (done * 100).checked_div(bytes).unwrap_or(0).min(100)));
        let copied = io::copy(&mut from.take(COPIED_AT_ONCE), &mut into)?;
        if copied == 0 {
            return Ok(());
        }
        done += copied;
    }
}

/// The log or journal beside a copy. They are removed in the end: by then they are merged, or of no use.
struct Belongings {
    /// Each as it was when it was copied.
    sources: Vec<(PathBuf, u64)>,
    copy: PathBuf,
}

impl Belongings {
    fn copy(source: &Path, copy: &Path) -> io::Result<Belongings> {
        let mut belongings = Belongings { sources: Vec::new(), copy: copy.to_owned() };
        for ending in ["-wal", "-journal"] {
            let from = with_suffix(source, ending);
            let Ok(facts) = from.metadata() else { continue };
            if !facts.is_file() || facts.len() == 0 {
                continue;
            }
            let file = AtomicFile::begin(&with_suffix(copy, ending), Existing::Replace)?;
            io::copy(&mut File::open(&from)?, &mut file.file())?;
            file.publish()?;
            belongings.sources.push((from, facts.len()));
        }
        Ok(belongings)
    }

    fn are_unchanged(&self) -> bool {
        self.sources.iter().all(|(path, length)| path.metadata().is_ok_and(|facts| facts.len() == *length))
    }
}

impl Drop for Belongings {
    fn drop(&mut self) {
        for ending in BELONGINGS {
            let _ = std::fs::remove_file(with_suffix(&self.copy, ending));
        }
    }
}

/// Lets the checked copy take the store's place; gives where the store is that was there. At every moment there is a
/// store under the name, if there was one before. What is cut off is begun anew by [`finish_restore`].
fn put_in_place(path: &Path, now: Timestamp) -> Result<Option<PathBuf>, StoreError> {
    let failed = |error| StoreError::File { path: path.to_owned(), error };
    let kept = if path.exists() { Some(keep(path, now)?) } else { None };
    rename(&with_suffix(path, RESTORED), path).map_err(failed)?;
    Ok(kept)
}

/// Gives the store a second name, with its log merged into it, or else beside it.
fn keep(path: &Path, now: Timestamp) -> Result<PathBuf, StoreError> {
    let failed = |error| StoreError::File { path: path.to_owned(), error };
    // One that is damaged keeps its log as it is.
    if let Ok(conn) = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX) {
        let _ = harden(&conn).and_then(|()| conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())));
    }
    let kept = match second_name(path) {
        Some(kept) => kept,
        None => {
            let kept = free_name(path, "before-restore", now);
            keep_as(path, &kept).map_err(failed)?;
            kept
        }
    };
    for ending in ["-wal", "-shm"] {
        match rename(&with_suffix(path, ending), &with_suffix(&kept, ending)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            moved => moved.map_err(failed)?,
        }
    }
    Ok(kept)
}

/// The second name that a restore which was cut off has given the store already.
#[cfg(unix)]
fn second_name(path: &Path) -> Option<PathBuf> {
    use std::os::unix::fs::MetadataExt;
    let facts = path.metadata().ok().filter(|facts| facts.nlink() > 1)?;
    let is_it = |other: &PathBuf| other.metadata().is_ok_and(|one| (one.dev(), one.ino()) == (facts.dev(), facts.ino()));
    found_aside(path).into_iter().find(is_it)
}

#[cfg(not(unix))]
fn second_name(_: &Path) -> Option<PathBuf> {
    None
}

/// A connection to a file that is not known yet to be a store. `backup` is its name in what is said of it.
fn open_to_check(path: &Path, backup: &Path, access: OpenFlags) -> Result<Connection, StoreError> {
    let open = || {
        let conn = Connection::open_with_flags(path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        conn.busy_timeout(BUSY)?;
        harden(&conn)?;
        Ok(conn)
    };
    open().map_err(|error| not_a_store(backup, error))
}

/// SQLite's errors for a backup; none of them is about the store.
fn not_a_store(backup: &Path, error: rusqlite::Error) -> StoreError {
    let why = match StoreError::sqlite(backup, "looking at the backup", error) {
        StoreError::Damaged { .. } => "it is damaged, cut off, or not a store".to_owned(),
        StoreError::Sqlite { error, .. } => error.to_string(),
        StoreError::Full { .. } => {
            return StoreError::Backup { path: backup.to_owned(), error: io::ErrorKind::StorageFull.into() };
        }
        _ => "it cannot be opened: it may be cut off".to_owned(),
    };
    StoreError::Unfit { path: backup.to_owned(), why }
}

/// Checks that a file is a complete Gleaner store and nothing else; returns its number of articles.
fn inspect(conn: &Connection, backup: &Path) -> Result<u64, StoreError> {
    let unfit = |why: String| Err(StoreError::Unfit { path: backup.to_owned(), why });
    let failed = |error| not_a_store(backup, error);
    let number = |sql: &str| conn.query_row(sql, [], |row| row.read::<i64>(0)).map_err(failed);
    if number("PRAGMA application_id")? != schema::APPLICATION_ID {
        return unfit("it is not a store of gleaner's".to_owned());
    }
    let version = number("PRAGMA user_version")?;
    if version > schema::VERSION {
        return unfit("a newer gleaner made it".to_owned());
    }
    let extras = extras(conn, version).map_err(failed)?;
    if !extras.is_empty() {
        return unfit(format!("it holds what gleaner did not make: {}", extras.join(", ")));
    }
    let verdict: String = conn.query_row("PRAGMA quick_check(1)", [], |row| row.read(0)).map_err(failed)?;
    if verdict != "ok" {
        return unfit(format!("it is damaged: {verdict}"));
    }
    Ok(number("SELECT count(*) FROM articles")?.unsigned_abs())
}

/// A path as SQL text, whatever its bytes: a name need not be UTF-8.
struct AsText<'a>(&'a Path);

impl ToSql for AsText<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(ValueRef::Text(self.0.as_os_str().as_encoded_bytes())))
    }
}
