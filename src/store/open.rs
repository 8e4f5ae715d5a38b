//! Opening, making, closing and setting aside the file.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::columns::ReadColumn as _;
use super::error::StoreError;
use super::lock::{Lock, LockState, is_unwritable, with_suffix};
use super::schema::{self, Upgrade};
use super::{Store, backup, filter, foreign, odd_rows, shown};
use crate::domain::time::Timestamp;
use crate::os::files::{absolute, create_empty, rename};

/// How long a statement waits for another copy's write.
pub(super) const BUSY: Duration = Duration::from_secs(5);

/// The setting that says that the store is to be checked.
const CHECK_DUE: &str = "check-due";

/// Statements kept ready; there are fewer, but for the filters that readers type.
const STATEMENTS: usize = 64;

impl Store {
    /// Opens or makes the store (file mode 0600, WAL), migrating an older one. Directories must exist. One that cannot be
    /// written is opened for reading only.
    pub fn open(path: &Path) -> Result<Store, StoreError> {
        Store::open_showing(path, &mut |_| {})
    }

    /// As [`open`](Store::open); tells how far the upgrade of an older store is.
    pub fn open_showing(path: &Path, progress: &mut dyn FnMut(Upgrade)) -> Result<Store, StoreError> {
        let path = &absolute(path).map_err(|error| StoreError::File { path: path.to_owned(), error })?;
        let opened = match Lock::enter(path) {
            Ok(LockState::Alone { lock, unclean }) => {
                let finished = backup::finish_restore(path)?;
                connect(path, progress).and_then(|connected| {
                    // Known from now on by a mark in the store: the lock file is about to forget it.
                    let mut store = connected.into_store(path, None, unclean);
                    let kept = if store.unclean { store.set_check_due(true) } else { Ok(()) };
                    store.lock = Some(lock.admit()?);
                    store.notes.extend(finished);
                    if let Err(error) = kept {
                        // This run still knows it.
                        tracing::warn!(%error, "that a check is due could not be kept");
                    }
                    Ok(store)
                })
            }
            Ok(LockState::Shared(lock)) => match connect(path, progress) {
                Ok(connected) => Ok(connected.into_store(path, Some(lock), false)),
                Err(error) => lock.leave().and(Err(error)),
            },
            Err(error) => Err(error),
        };
        opened.or_else(|error| open_to_read(path, error))
    }

    /// Another connection for a thread of a process that has the store open, whose end is the process' own: a thread that
    /// is left at work when the reader quits is no unclean end, for SQLite keeps the data whole.
    pub fn join(path: &Path) -> Result<Store, StoreError> {
        if shown::is_name(path) {
            return shown::copy(path);
        }
        let path = &absolute(path).map_err(|error| StoreError::File { path: path.to_owned(), error })?;
        let joined = connect(path, &mut |_| {}).map(|connected| connected.into_store(path, None, false));
        joined.or_else(|error| open_to_read(path, error))
    }

    /// A store that is gone with its end, and that only its own connection finds.
    pub fn in_memory() -> Result<Store, StoreError> {
        let path = PathBuf::from(":memory:");
        let prepare = || {
            let mut conn = Connection::open_in_memory()?;
            set_up(&conn)?;
            schema::migrate(&mut conn, &mut |_| {})?;
            Ok(conn)
        };
        let conn = prepare().map_err(|error| StoreError::sqlite(&path, "making a store in memory", error))?;
        Ok(Connected { conn, is_new: true, is_read_only: false, notes: Vec::new() }.into_store(&path, None, false))
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// True if somebody who had the store open did not end cleanly, so that a [`check`](Store::check) is due.
    pub fn ended_uncleanly(&self) -> bool {
        self.unclean
    }

    /// True if a [`check`](Store::check) is due: somebody did not end cleanly, now or at a time since which nobody has
    /// checked. Most commands have no time for it, and the lock file tells only the first.
    pub fn is_check_due(&self) -> Result<bool, StoreError> {
        Ok(self.unclean || self.setting(CHECK_DUE)?.is_some_and(|due| !due.is_empty()))
    }

    pub fn set_check_due(&mut self, is_due: bool) -> Result<(), StoreError> {
        // A store that is well is not written to.
        if is_due || self.setting(CHECK_DUE)?.is_some_and(|due| !due.is_empty()) {
            self.set_setting(CHECK_DUE, if is_due { "yes" } else { "" })?;
        }
        self.unclean &= is_due;
        Ok(())
    }

    /// True if there was no store before this one was opened.
    pub fn is_new(&self) -> bool {
        self.is_new
    }

    /// True if it can only be read: its file, or the place it is in, cannot be written.
    pub fn is_read_only(&self) -> bool {
        self.is_read_only
    }

    /// Sentences for the reader on how it was opened.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// Ends cleanly, and says so to the next one to open the store. Dropping a store does the same without telling of
    /// errors, but for a drop in a panic, which leaves the end unclean.
    pub fn close(self) -> Result<(), StoreError> {
        // The mark is for the data: SQLite has to be done before it is set. `Drop` sees a store without a lock.
        let mut this = self;
        let lock = this.lock.take();
        drop(this);
        lock.map_or(Ok(()), |lock| lock.leave())
    }

    /// A second connection that only reads, for reading by two threads; none for a store in memory.
    pub(super) fn beside(&self) -> Option<Connection> {
        self.conn.path().filter(|path| !path.is_empty())?;
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let conn = Connection::open_with_flags(&self.path, flags).ok()?;
        conn.busy_timeout(BUSY).ok()?;
        Some(conn)
    }

    /// How long what is asked of it waits for another copy's write, until [`be_patient`](Store::be_patient).
    pub fn be_patient_for(&self, time: Duration) {
        // It can fail for a number that is too large only.
        let _ = self.conn.busy_timeout(time);
    }

    pub fn be_patient(&self) {
        self.be_patient_for(BUSY);
    }

    /// Changes whenever another connection, of this process or another, has written.
    pub fn data_version(&self) -> Result<i64, StoreError> {
        self.ask("looking for changes", |conn| conn.prepare_cached("PRAGMA data_version")?.query_row([], |row| row.read(0)))
    }

    /// Changes also whenever this connection has.
    pub fn version(&self) -> Result<(i64, u64), StoreError> {
        Ok((self.data_version()?, self.conn.total_changes()))
    }

    /// Renames a damaged store and what belongs to it, so that a new one can be made in its place, and gives the new
    /// path. Nothing is deleted. No copy may have it open.
    pub fn set_aside(path: &Path, now: Timestamp) -> Result<PathBuf, StoreError> {
        let lock = match Lock::enter(path)? {
            LockState::Alone { lock, .. } => lock,
            LockState::Shared(lock) => {
                lock.leave()?;
                return Err(StoreError::Busy { path: path.to_owned(), doing: "setting it aside" });
            }
        };
        let aside = free_name(path, "damaged", now);
        rename_all(path, &aside)?;
        lock.admit()?.leave()?;
        Ok(aside)
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        if let Some(lock) = self.lock.take()
            && !std::thread::panicking()
        {
            // Nobody is left to be told; the next one to open the store will check it, that is all.
            let _ = lock.leave();
        }
    }
}

/// A name beside the store's that nothing has.
pub(super) fn free_name(path: &Path, what: &str, now: Timestamp) -> PathBuf {
    let stamp = now.to_string().replace(':', "-");
    let names = (1..).map(|n| if n == 1 { format!(".{what}-{stamp}") } else { format!(".{what}-{stamp}-{n}") });
    let free = names.map(|suffix| with_suffix(path, &suffix)).find(|aside| !aside.exists());
    free.unwrap_or_else(|| with_suffix(path, &format!(".{what}")))
}

/// Renames a store and what belongs to it. The log goes first: a store without its log is whole but old, a log without
/// its store could be taken for the new store's.
pub(super) fn rename_all(path: &Path, to: &Path) -> Result<(), StoreError> {
    for suffix in ["-wal", "-shm", ""] {
        let (from, to) = (with_suffix(path, suffix), with_suffix(to, suffix));
        match rename(&from, &to) {
            Err(source) if source.kind() == std::io::ErrorKind::NotFound && !suffix.is_empty() => {}
            other => other.map_err(|error| StoreError::File { path: from, error })?,
        }
    }
    Ok(())
}

/// A connection to a store, ready for use.
pub(super) struct Connected {
    pub(super) conn: Connection,
    pub(super) is_new: bool,
    pub(super) is_read_only: bool,
    pub(super) notes: Vec<String>,
}

impl Connected {
    pub(super) fn into_store(self, path: &Path, lock: Option<Lock>, unclean: bool) -> Store {
        let Connected { conn, is_new, is_read_only, notes } = self;
        Store { path: path.to_owned(), conn, lock, is_new, unclean: unclean && !is_new, is_read_only, notes }
    }
}

fn connect(path: &Path, progress: &mut dyn FnMut(Upgrade)) -> Result<Connected, StoreError> {
    let is_new = look_at(path)?;
    let failed = |error| StoreError::sqlite(path, "opening it", error);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut conn = Connection::open_with_flags(path, flags).map_err(failed)?;
    conn.busy_timeout(BUSY).map_err(failed)?;
    foreign::harden(&conn).map_err(failed)?;
    // Nothing is written before it is known to be ours.
    if conn.is_readonly("main").map_err(failed)? {
        return Err(StoreError::ReadOnly { path: path.to_owned(), doing: "opening it" });
    }
    let version = version(&conn, path)?;
    if version.is_none() {
        // It counts only before the first page is written; on a store that is there it would be a write.
        conn.execute_batch("PRAGMA auto_vacuum = INCREMENTAL").map_err(failed)?;
    }
    set_up(&conn).map_err(failed)?;
    let mut notes = Vec::new();
    if version.is_some() {
        notes.extend(disarm(&conn).map_err(failed)?);
    } else {
        notes.extend(backup::found_aside(path).iter().map(|aside| {
            format!("a new store was begun; {} lies beside it, and `gleaner restore` brings it back", aside.display())
        }));
    }
    if version.unwrap_or(0) < schema::VERSION {
        schema::migrate(&mut conn, progress).map_err(|error| StoreError::sqlite(path, "bringing it to this version", error))?;
    }
    Ok(Connected { conn, is_new, is_read_only: false, notes })
}

/// The version of a store; none for an empty file, which may become one.
fn version(conn: &Connection, path: &Path) -> Result<Option<i64>, StoreError> {
    let failed = |error| StoreError::sqlite(path, "opening it", error);
    let number = |name: &str| conn.query_row(&format!("PRAGMA {name}"), [], |row| row.read::<i64>(0)).map_err(failed);
    let (application, version) = (number("application_id")?, number("user_version")?);
    if application != schema::APPLICATION_ID {
        let tables: i64 = conn.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.read(0)).map_err(failed)?;
        if tables > 0 || application != 0 || version != 0 {
            return Err(StoreError::Foreign { path: path.to_owned() });
        }
        return Ok(None);
    }
    if version > schema::VERSION {
        return Err(StoreError::Newer { path: path.to_owned(), found: version, known: schema::VERSION });
    }
    Ok(Some(version))
}

/// Takes out of a store what would run statements that are not Gleaner's; gives what to say of it.
fn disarm(conn: &Connection) -> rusqlite::Result<Option<String>> {
    let active = foreign::active(conn)?;
    if active.is_empty() {
        return Ok(None);
    }
    let dropped = foreign::drop_active(conn, &active)?.join(", ");
    Ok(Some(format!("the store held statements that gleaner did not make, and they were removed: {dropped}")))
}

/// Opens for reading a store that could not be opened for writing for this reason; gives the reason if it is another one.
/// Nothing in it can act, since triggers run for writes only.
pub(super) fn open_to_read(path: &Path, reason: StoreError) -> Result<Store, StoreError> {
    let is_unwritable = match &reason {
        StoreError::ReadOnly { .. } | StoreError::Full { .. } => true,
        StoreError::File { error, .. } => is_unwritable(error),
        _ => false,
    };
    if !is_unwritable || !path.metadata().is_ok_and(|facts| facts.is_file() && facts.len() >= SMALLEST) {
        return Err(reason);
    }
    #[cfg(unix)]
    if let Err(error) = rustix::fs::access(path, rustix::fs::Access::READ_OK) {
        return Err(StoreError::File { path: path.to_owned(), error: error.into() });
    }
    let failed = |error| StoreError::sqlite(path, "opening it", error);
    let mut notes = Vec::new();
    let conn = match read_only(path, &path.to_string_lossy(), false) {
        Ok(conn) => conn,
        // SQLite can make nothing beside the file, so that no other program can be writing to it either.
        Err(_) => {
            let log = with_suffix(path, "-wal");
            if log.metadata().is_ok_and(|facts| facts.len() > 0) {
                notes.push(format!("the newest changes are in {} and cannot be read from there", log.display()));
            }
            read_only(path, &immutable(path), true).map_err(failed)?
        }
    };
    match version(&conn, path)? {
        None => return Err(reason),
        Some(found) if found < schema::VERSION => {
            return Err(StoreError::Outdated { path: path.to_owned(), found, known: schema::VERSION });
        }
        Some(_) => {}
    }
    notes.push(format!("{} cannot be written: marks are not kept", path.display()));
    Ok(Connected { conn, is_new: false, is_read_only: true, notes }.into_store(path, None, false))
}

pub(super) fn read_only(path: &Path, uri: &str, is_uri: bool) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = if is_uri {
        Connection::open_with_flags(uri, flags | OpenFlags::SQLITE_OPEN_URI)?
    } else {
        Connection::open_with_flags(path, flags)?
    };
    conn.busy_timeout(BUSY)?;
    foreign::harden(&conn)?;
    conn.set_prepared_statement_cache_capacity(STATEMENTS);
    conn.set_db_config(rusqlite::config::DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    filter::register(&conn)?;
    odd_rows::register(&conn)?;
    // The first look at the file, at which SQLite needs what it keeps beside it.
    conn.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
    Ok(conn)
}

const HEX: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'];

/// An absolute path as SQLite takes it for a file that nobody writes to: the one place where it is given more than a name,
/// with every byte escaped that could mean something.
pub(super) fn immutable(path: &Path) -> String {
    let mut uri = "file://".to_owned();
    for byte in path.as_os_str().as_encoded_bytes() {
        let is_plain = byte.is_ascii_alphanumeric() || b"/._".contains(byte);
        if is_plain {
            uri.push(char::from(*byte));
        } else {
            uri.extend(['%', HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]);
        }
    }
    uri + "?immutable=1"
}

/// SQLite's smallest page, and so its smallest file (<https://www.sqlite.org/fileformat.html>, "the database header").
const SMALLEST: u64 = 512;

/// Makes the file if there is none; says whether it is a new one. SQLite would take a few bytes of something else for
/// a new one, too, and write over them; what is longer it refuses itself.
///
/// A store that is there must never be opened but by SQLite: the system takes all locks that a process has on a file when
/// the process closes any handle of it, and another copy's end would then take away the log that this one still writes to
/// (<https://www.sqlite.org/howtocorrupt.html>, "POSIX advisory locks cancelled").
fn look_at(path: &Path) -> Result<bool, StoreError> {
    let failed = |error| StoreError::File { path: path.to_owned(), error };
    match create_empty(path) {
        Ok(()) => return Ok(true),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(failed(error)),
    }
    let facts = std::fs::metadata(path).map_err(failed)?;
    if !facts.is_file() {
        return Err(StoreError::Foreign { path: path.to_owned() });
    }
    match facts.len() {
        0 => Ok(true),
        1..SMALLEST => Err(StoreError::Damaged { path: path.to_owned(), doing: "opening it" }),
        _ => Ok(false),
    }
}

pub(super) fn set_up(conn: &Connection) -> rusqlite::Result<()> {
    conn.busy_timeout(BUSY)?;
    conn.set_prepared_statement_cache_capacity(STATEMENTS);
    // Otherwise a statement whose parameters could matter to the planner is compiled anew whenever they are bound.
    conn.set_db_config(rusqlite::config::DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    conn.execute_batch(
        "PRAGMA journal_mode = WAL;
         PRAGMA synchronous = NORMAL;
         PRAGMA wal_autocheckpoint = 4000;
         PRAGMA foreign_keys = ON;",
    )?;
    filter::register(conn)?;
    odd_rows::register(conn)
}
