//! Stores in memory for pages that are shown without being stored. Jobs can read them, since they have a name that other
//! connections of the process find (SQLite's `memdb`).
//!
//! A reader of such a store keeps writers waiting, so a job reads a copy: making one takes far less time than reading
//! large texts, and the terminal's thread writes marks.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use rusqlite::{Connection, OpenFlags};

use super::open::{BUSY, Connected, set_up};
use super::{Store, StoreError, schema};

/// The beginning and the end of a name; a number is between them.
const PARTS: (&str, &str) = ("file:/gleaner-shown-", "?vfs=memdb");

fn new_name() -> PathBuf {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let (begin, end) = PARTS;
    PathBuf::from(format!("{begin}{}{end}", COUNT.fetch_add(1, Ordering::Relaxed)))
}

pub(super) fn is_name(path: &Path) -> bool {
    let number = path.to_str().and_then(|name| name.strip_prefix(PARTS.0)?.strip_suffix(PARTS.1));
    number.is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}

fn connect(name: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
    Connection::open_with_flags(name, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI)
}

impl Store {
    /// A store that is gone with its end, for pages that are shown without being stored. Jobs read it by its
    /// [name](Store::shown_name).
    pub fn shown() -> Result<Store, StoreError> {
        let name = new_name();
        let prepare = || {
            let mut conn = connect(&name)?;
            set_up(&conn)?;
            schema::migrate(&mut conn, &mut |_| {})?;
            Ok(conn)
        };
        let conn = prepare().map_err(|error| StoreError::sqlite(&name, "making a store in memory", error))?;
        Ok(Connected { conn, is_new: true, is_read_only: false, notes: Vec::new() }.into_store(&name, None, false))
    }

    /// The name by which [`join`](Store::join) finds it; none for a store that [`shown`](Store::shown) did not make.
    pub fn shown_name(&self) -> Option<&Path> {
        Some(self.path()).filter(|path| is_name(path))
    }
}

/// A copy of the store of this name, for one job.
pub(super) fn copy(name: &Path) -> Result<Store, StoreError> {
    let to = new_name();
    let copied = || {
        // A store in memory is there as long as a connection to it is.
        let copy = connect(&to)?;
        let conn = connect(name)?;
        conn.busy_timeout(BUSY)?;
        conn.execute("VACUUM INTO ?1", [to.to_str()])?;
        set_up(&copy)?;
        Ok(copy)
    };
    let conn = copied().map_err(|error| StoreError::sqlite(name, "copying it for a job", error))?;
    Ok(Connected { conn, is_new: false, is_read_only: false, notes: Vec::new() }.into_store(&to, None, false))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::article::{Article, Page, Source};
    use crate::domain::text::clean_line;
    use crate::domain::time::Timestamp;

    #[test]
    fn a_job_reads_what_is_shown_while_the_reader_writes() {
        let now = Timestamp(1_700_000_000);
        let article = Article { title: clean_line("One"), ..Article::default() };
        let source = Source { key: clean_line("s"), title: clean_line("S") };
        let page = Page { article, source, discussions: Vec::new() };
        let mut store = Store::shown().unwrap();
        let id = store.save(&page, now).unwrap().id;
        let name = store.shown_name().unwrap().to_owned();
        let beside = Store::join(&name).unwrap();
        store.set_starred(&[id], true, now).unwrap();
        let stored = beside.article(id).unwrap().unwrap();
        assert!(stored.article.title == "One" && !stored.starred);
        assert!(Store::join(&name).unwrap().article(id).unwrap().unwrap().starred);
        assert_eq!(Store::shown().unwrap().article(id).unwrap(), None, "each is a store of its own");
    }

    #[test]
    fn only_names_of_this_kind_are_shown_stores() {
        for (name, is) in [
            ("file:/gleaner-shown-7?vfs=memdb", true),
            ("file:/gleaner-shown-?vfs=memdb", false),
            ("file:/gleaner-shown-7/../x?vfs=memdb", false),
            ("/home/file:/gleaner-shown-7?vfs=memdb", false),
            (":memory:", false),
        ] {
            assert_eq!(is_name(Path::new(name)), is, "{name}");
        }
        assert_eq!(Store::in_memory().unwrap().shown_name(), None);
    }
}
