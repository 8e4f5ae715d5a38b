//! The upgrade of an older store is cut off: killed in the middle, or out of room.

use std::fs;
use std::path::Path;

use super::*;
use crate::store::lock::with_suffix;

const TOTAL: u64 = 2500;

/// A store as the version before entries left it, with marks.
fn old_store(conn: &mut Connection) {
    schema::make(conn, 9).unwrap();
    conn.execute_batch(&format!(
        "PRAGMA user_version = 9; PRAGMA application_id = {};
         INSERT INTO sources (id, key, title, first_seen) VALUES (1, 'https://a.example/feed', 'A', 0);
         INSERT INTO subscriptions (source_id, address, added_at, due_at) VALUES (1, 'https://a.example/feed', 0, 7);
         WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {TOTAL})
         INSERT INTO articles (id, key, source_id, title, first_seen, sort_at, read, read_at, starred, starred_at)
            SELECT n, n, 1, 'Article ' || n, n, n, n % 2, n, n % 3 = 0, n FROM numbers;
         INSERT INTO article_bodies (article_id, url, encoding, body, related_encoding, related)
            SELECT id, 'https://a.example/' || id, 0, randomblob(2000), 1, x'7b7d' FROM articles;",
        schema::APPLICATION_ID
    ))
    .unwrap();
}

const MARKS: &str = "SELECT group_concat(id || title || read || read_at || starred || starred_at) FROM articles";

fn marks(conn: &Connection) -> String {
    conn.query_row(MARKS, [], |row| row.get(0)).unwrap()
}

fn old_file(path: &Path) -> String {
    crate::os::files::create_empty(path).unwrap();
    let mut conn = Connection::open(path).unwrap();
    conn.execute_batch("PRAGMA journal_mode = WAL").unwrap();
    old_store(&mut conn);
    marks(&conn)
}

fn version(conn: &Connection) -> i64 {
    conn.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap()
}

#[test]
fn an_upgrade_that_is_killed_at_any_moment_is_made_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let before = old_file(&path);
    // The files as a kill at each of these moments leaves them.
    let mut copies = Vec::new();
    let store = Store::open_showing(&path, &mut |upgrade| {
        let copy = folder.path().join(format!("killed-{}.db", upgrade.done));
        for suffix in ["", "-wal"] {
            fs::copy(with_suffix(&path, suffix), with_suffix(&copy, suffix)).unwrap();
        }
        copies.push(copy);
    })
    .unwrap();
    assert_eq!(marks(&store.conn), before);
    assert_whole(&store);
    store.close().unwrap();
    assert_eq!(copies.len(), 3);
    for copy in copies {
        assert_eq!(version(&Connection::open(&copy).unwrap()), 9, "nothing of it is half done");
        let store = Store::open(&copy).unwrap();
        assert_eq!(marks(&store.conn), before);
        assert_eq!(store.unindexed().unwrap(), TOTAL);
        assert_whole(&store);
    }
}

#[test]
fn an_upgrade_that_has_no_room_leaves_the_store_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let before = old_file(&path);
    let mut conn = Connection::open(&path).unwrap();
    let pages: i64 = conn.query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap();
    for room in [1, 5, 20] {
        conn.query_row(&format!("PRAGMA max_page_count = {}", pages + room), [], |_| Ok(())).unwrap();
        let error = schema::migrate(&mut conn, &mut |_| {}).unwrap_err();
        let error = StoreError::sqlite(&path, "bringing it to this version", error);
        assert!(matches!(error, StoreError::Full { .. }), "{error}");
        assert_eq!((version(&conn), marks(&conn)), (9, before.clone()));
    }
    drop(conn);
    let store = Store::open(&path).unwrap();
    assert_eq!(marks(&store.conn), before);
    assert_whole(&store);
}
