//! Backups, restores that were cut off, stores that others made, and stores that cannot be written.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::*;
use crate::store::backup::found_aside;
use crate::store::foreign::extras;
use crate::store::lock::with_suffix;
use crate::store::open::{immutable, open_to_read, read_only};
use crate::store::{StoreError, schema};

const TRIGGER: &str = "CREATE TRIGGER \"ev\"\"il\" AFTER UPDATE ON articles BEGIN DELETE FROM articles; END;
    CREATE VIEW some_tags AS SELECT 1;";

struct TestFolder {
    root: tempfile::TempDir,
    store: PathBuf,
}

/// A store of one article, closed.
fn folder() -> TestFolder {
    let root = tempfile::tempdir().unwrap();
    let store = root.path().join("store.db");
    saved(&store, "a");
    TestFolder { root, store }
}

fn saved(path: &Path, title: &str) {
    let mut store = Store::open(path).unwrap();
    store.save(&page(title, 0), NOW).unwrap();
    store.close().unwrap();
}

fn titles_at(path: &Path) -> Vec<String> {
    titles(&Store::open(path).unwrap(), &Section::All, "")
}

fn names(folder: &TestFolder) -> Vec<String> {
    let entries = fs::read_dir(folder.root.path()).unwrap();
    let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_backup_is_counted_and_leaves_nothing_else() {
    let folder = folder();
    let store = Store::open(&folder.store).unwrap();
    for name in [":memory:", "file:b.db", "file:c.db?mode=memory", "-"] {
        let backup = folder.root.path().join(name);
        let made = store.back_up(&backup).unwrap();
        assert_eq!((made.articles, made.bytes), (1, backup.metadata().unwrap().len()), "{name}");
        assert_eq!(titles_at(&backup), ["a"]);
    }
    assert!(names(&folder).iter().all(|name| !name.contains(".part")), "{:?}", names(&folder));
}

#[cfg(unix)]
#[test]
fn a_backups_name_need_not_be_utf_8_and_is_for_its_owner_only() {
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::PermissionsExt;
    let folder = folder();
    let store = Store::open(&folder.store).unwrap();
    let odd = folder.root.path().join(std::ffi::OsStr::from_bytes(b"odd\xff"));
    // Not every file system takes such a name.
    if fs::create_dir(&odd).is_err() {
        return;
    }
    for backup in [odd.join("b.db"), odd.join(std::ffi::OsStr::from_bytes(b"\xfe.db"))] {
        assert_eq!(store.back_up(&backup).unwrap().articles, 1);
        assert_eq!(backup.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(Store::restore(&folder.root.path().join("other.db"), &backup, NOW).unwrap().articles, 1);
    }
}

#[test]
fn names_that_belong_to_a_store_are_refused_for_a_backup() {
    let folder = folder();
    let store = Store::open(&folder.store).unwrap();
    for ending in ["", "-wal", "-shm", "-journal", ".lock", ".restored"] {
        let before = names(&folder);
        let error = store.back_up(&with_suffix(&folder.store, ending)).unwrap_err();
        assert!(matches!(error, StoreError::Backup { .. }), "{ending}: {error}");
        assert_eq!(names(&folder), before, "{ending}");
    }
    for name in ["other.db-wal", "", "folder/", "."] {
        assert!(store.back_up(&folder.root.path().join(name)).is_err(), "{name}");
    }
}

#[test]
fn what_a_killed_backup_left_is_no_backup_and_not_in_the_way() {
    let folder = folder();
    let store = Store::open(&folder.store).unwrap();
    let (backup, left) = (folder.root.path().join("b.db"), folder.root.path().join(".b.db.part"));
    fs::write(&left, "half of one").unwrap();
    let error = Store::restore(&folder.root.path().join("other.db"), &left, NOW).unwrap_err();
    assert!(error.to_string().ends_with("it is damaged, cut off, or not a store"), "{error}");
    assert_eq!(store.back_up(&backup).unwrap().articles, 1);
    assert!(!left.exists());
}

#[test]
fn a_restore_takes_what_the_log_beside_the_backup_holds() {
    let folder = folder();
    let mut store = Store::open(&folder.store).unwrap();
    store.save(&page("b", 1), NOW).unwrap();
    // As it lies while a program has it open: the newest article is in the log only.
    let copied = folder.root.path().join("copied.db");
    for ending in ["", "-wal"] {
        fs::copy(with_suffix(&folder.store, ending), with_suffix(&copied, ending)).unwrap();
    }
    let other = folder.root.path().join("other.db");
    let restored = Store::restore(&other, &copied, NOW).unwrap();
    assert_eq!((restored.articles, restored.kept), (2, None));
    assert_eq!(titles_at(&other), ["b", "a"]);
    assert!(with_suffix(&copied, "-wal").exists(), "the backup stays as it is");
    assert!(!names(&folder).iter().any(|name| name.contains("restored")), "{:?}", names(&folder));
}

#[test]
fn a_restore_that_was_cut_off_is_finished_or_forgotten_by_the_next_start() {
    let folder = folder();
    let other = folder.root.path().join("other.db");
    saved(&other, "b");
    fs::write(folder.root.path().join(".store.db.restored.part"), "half").unwrap();
    let store = Store::open(&folder.store).unwrap();
    assert!(store.notes()[0].contains("cut off before it changed anything"), "{:?}", store.notes());
    assert_eq!(titles(&store, &Section::All, ""), ["a"]);
    store.close().unwrap();

    fs::rename(&other, with_suffix(&folder.store, ".restored")).unwrap();
    let store = Store::open(&folder.store).unwrap();
    assert!(store.notes()[0].contains("has been finished; the store that was there is kept as"), "{:?}", store.notes());
    assert_eq!(titles(&store, &Section::All, ""), ["b"]);
    store.close().unwrap();
    let [kept] = &found_aside(&folder.store)[..] else { panic!("{:?}", names(&folder)) };
    assert_eq!(titles_at(kept), ["a"]);
}

#[cfg(unix)]
#[test]
fn a_restore_that_was_cut_off_keeps_the_old_store_once() {
    let folder = folder();
    let other = folder.root.path().join("other.db");
    saved(&other, "b");
    fs::rename(&other, with_suffix(&folder.store, ".restored")).unwrap();
    let kept = with_suffix(&folder.store, ".before-restore-then");
    fs::hard_link(&folder.store, &kept).unwrap();
    assert_eq!(titles_at(&folder.store), ["b"]);
    assert_eq!(found_aside(&folder.store), [kept]);
}

#[test]
fn a_new_store_is_begun_only_with_word_of_what_lies_aside() {
    let folder = folder();
    fs::rename(&folder.store, with_suffix(&folder.store, ".before-restore-then")).unwrap();
    let store = Store::open(&folder.store).unwrap();
    assert!(store.notes()[0].contains("store.db.before-restore-then lies beside it"), "{:?}", store.notes());
}

#[test]
fn statements_that_others_put_into_a_store_never_run() {
    let folder = folder();
    Connection::open(&folder.store).unwrap().execute_batch(TRIGGER).unwrap();
    let other = folder.root.path().join("other.db");
    let error = Store::restore(&other, &folder.store, NOW).unwrap_err();
    assert!(error.to_string().contains("trigger ev\"il") && error.to_string().contains("view some_tags"), "{error}");
    assert!(!other.exists());

    let mut store = Store::open(&folder.store).unwrap();
    assert!(store.notes()[0].ends_with("they were removed: trigger ev\"il, view some_tags"), "{:?}", store.notes());
    let id = store.headlines(&Section::All, &Query::default(), Stretch::First, 9).unwrap()[0].id;
    store.set_starred(&[id], true, NOW).unwrap();
    assert_eq!(titles(&store, &Section::All, ""), ["a"]);
    assert_whole(&store);
}

#[test]
fn a_schema_that_was_changed_is_named() {
    let folder = folder();
    let conn = Connection::open(&folder.store).unwrap();
    conn.execute_batch("CREATE TABLE mine (a); ALTER TABLE tries ADD COLUMN b INTEGER AS (1); DROP INDEX articles_doc")
        .unwrap();
    let found = extras(&conn, schema::VERSION).unwrap();
    assert_eq!(found, ["index articles_doc (missing)", "table tries (changed)", "table mine"]);
}

#[test]
fn a_store_that_cannot_be_written_can_be_read() {
    let folder = folder();
    let refused = || StoreError::ReadOnly { path: folder.store.clone(), doing: "opening it" };
    let mut store = open_to_read(&folder.store, refused()).unwrap();
    assert!(store.is_read_only() && store.notes()[0].ends_with("cannot be written: marks are not kept"));
    assert_eq!(titles(&store, &Section::All, ""), ["a"]);
    let id = store.headlines(&Section::All, &Query::default(), Stretch::First, 9).unwrap()[0].id;
    assert!(matches!(store.set_starred(&[id], true, NOW), Err(StoreError::ReadOnly { .. })));
    drop(store);

    let odd = folder.root.path().join("a?b#c%41 &=ä.db");
    fs::rename(&folder.store, &odd).unwrap();
    let conn = read_only(&odd, &immutable(&odd), true).unwrap();
    assert_eq!(conn.query_row("SELECT count(*) FROM articles", [], |row| row.get::<_, i64>(0)), Ok(1));
    let missing = folder.root.path().join("missing.db");
    assert!(matches!(open_to_read(&missing, refused()), Err(StoreError::ReadOnly { .. })));
}
