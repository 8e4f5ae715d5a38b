use std::fs;
use std::path::Path;

use super::*;
use crate::domain::slider::Notch;
use crate::store::{lock::with_suffix, schema};

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

fn failure(path: &Path) -> StoreError {
    Store::open(path).err().expect("it must not open")
}

#[test]
fn a_store_is_made_once_for_its_owner_only() {
    let folder = folder();
    let path = folder.path().join("store.db");
    let mut store = Store::open(&path).unwrap();
    assert!(store.is_new() && !store.ended_uncleanly());
    let id = store.save(&page("a", 0), NOW).unwrap().id;
    #[cfg(unix)]
    for suffix in ["", "-wal", "-shm", ".lock"] {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(with_suffix(&path, suffix)).unwrap().permissions().mode() & 0o777, 0o600, "{suffix}");
    }
    let vacuum: i64 = store.conn.query_row("PRAGMA auto_vacuum", [], |row| row.get(0)).unwrap();
    let journal: String = store.conn.query_row("PRAGMA journal_mode", [], |row| row.get(0)).unwrap();
    assert_eq!((vacuum, journal.as_str()), (2, "wal"));
    assert_whole(&store);
    store.close().unwrap();
    let store = Store::open(&path).unwrap();
    assert!(!store.is_new() && !store.ended_uncleanly());
    assert_eq!(store.headline(id).unwrap().unwrap().title, "a");
}

#[test]
fn an_unclean_end_is_told_once_nobody_has_the_store_open() {
    let folder = folder();
    let path = folder.path().join("store.db");
    let opened = Store::open(&path).unwrap();
    // Another copy that dies: its mark stays.
    fs::OpenOptions::new()
        .append(true)
        .open(with_suffix(&path, ".lock"))
        .and_then(|mut file| std::io::Write::write_all(&mut file, b"o"))
        .unwrap();
    assert!(!Store::open(&path).unwrap().ended_uncleanly());
    opened.close().unwrap();
    let after = Store::open(&path).unwrap();
    assert!(after.ended_uncleanly());
    drop(after);
    assert!(!Store::open(&path).unwrap().ended_uncleanly());
}

#[test]
fn a_thread_at_work_when_the_reader_quits_is_no_unclean_end() {
    let folder = folder();
    let path = folder.path().join("store.db");
    let store = Store::open(&path).unwrap();
    std::mem::forget(Store::join(&path).unwrap());
    store.close().unwrap();
    assert!(!Store::open(&path).unwrap().ended_uncleanly());
}

/// SQLite as other programs have it takes the log away from a store that it finds unlocked.
#[cfg(target_os = "linux")]
#[test]
fn a_store_stays_locked_when_it_is_opened_once_more() {
    use std::os::unix::fs::MetadataExt;
    let folder = folder();
    let path = folder.path().join("store.db");
    let _open = Store::open(&path).unwrap();
    drop(Store::open(&path).unwrap());
    drop(Store::join(&path).unwrap());
    let locked = format!(":{} ", fs::metadata(&path).unwrap().ino());
    // While other locks come and go, a reading of the list can pass one over.
    assert!((0..100).any(|_| fs::read_to_string("/proc/locks").unwrap().contains(&locked)));
}

#[test]
fn a_panic_is_an_unclean_end() {
    let folder = folder();
    let path = folder.path().join("store.db");
    let store = Store::open(&path).unwrap();
    let died = std::thread::spawn(move || {
        let _held = store;
        std::panic::resume_unwind(Box::new("die"));
    });
    assert!(died.join().is_err());
    assert!(Store::open(&path).unwrap().ended_uncleanly());
}

#[test]
fn a_newer_store_is_refused_and_left_as_it_is() {
    let folder = folder();
    let path = folder.path().join("store.db");
    let store = Store::open(&path).unwrap();
    store.conn.pragma_update(None, "user_version", schema::VERSION + 1).unwrap();
    store.close().unwrap();
    let error = failure(&path);
    assert!(
        matches!(error, StoreError::Newer { found, known, .. } if (found, known) == (schema::VERSION + 1, schema::VERSION))
    );
    assert!(error.to_string().contains("store.db") && error.hint().contains("newer"));
}

#[test]
fn each_version_leads_to_the_next() {
    let mut conn = Connection::open_in_memory().unwrap();
    conn.execute_batch(schema::STEPS[0]).unwrap();
    conn.execute_batch(
        "PRAGMA user_version = 1;
         INSERT INTO sources (id, key, title, first_seen) VALUES (1, 's', 'S', 0);
         INSERT INTO articles (id, key, source_id, title, first_seen, sort_at, comments) VALUES (1, 'a', 1, 'A', 0, 0, 2);
         INSERT INTO discussions (id, article_id, place, scale_kind, complete, first_seen, comments) VALUES (1, 1, 'page', 2, 1, 0, 2);
         INSERT INTO comments (discussion_id, ordinal, key, parent_kind, rank_kind, rank_value, first_seen, encoding, body)
            VALUES (1, 0, 'x', 0, 4, 5, 0, 0, x''), (1, 1, 'y', 0, 4, 1, 0, 0, x'');",
    )
    .unwrap();
    schema::migrate(&mut conn, &mut |_| {}).unwrap();
    let told: (Vec<u8>, u32) =
        conn.query_row("SELECT bars, best FROM articles", [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    assert_eq!(told, (vec![0, 8, 0, 8], 1));
    let told = "SELECT a.points, a.told + d.told, d.mark FROM articles a, discussions d";
    let told = conn.query_row(told, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap();
    assert_eq!(told, (None::<i64>, 0, None::<String>), "no place has told anything yet");
    let pragma = |name: &str| conn.query_row(&format!("PRAGMA {name}"), [], |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!((pragma("user_version"), pragma("application_id")), (schema::VERSION, schema::APPLICATION_ID));
    schema::migrate(&mut conn, &mut |_| {}).unwrap();
}

#[test]
fn a_store_of_before_the_index_is_indexed_later() {
    let folder = folder();
    let path = folder.path().join("store.db");
    crate::os::files::create_empty(&path).unwrap();
    let conn = Connection::open(&path).unwrap();
    for step in &schema::STEPS[..3] {
        conn.execute_batch(step).unwrap();
    }
    conn.execute_batch(&format!(
        "PRAGMA user_version = 3; PRAGMA application_id = {};
         INSERT INTO sources (id, key, title, first_seen) VALUES (1, 's', 'S', 0);
         INSERT INTO articles (id, key, source_id, title, first_seen, sort_at) VALUES (1, 'a', 1, 'Cyber', 0, 0);
         INSERT INTO article_bodies VALUES (1, NULL, NULL, NULL, 0, CAST('of threats' AS BLOB), 0, x'');",
        schema::APPLICATION_ID
    ))
    .unwrap();
    drop(conn);
    let mut store = Store::open(&path).unwrap();
    assert_eq!((store.unindexed().unwrap(), titles(&store, &Section::All, "threats").len()), (1, 1));
    store.index_all().unwrap();
    assert_eq!(titles(&store, &Section::All, "threats"), ["Cyber"]);
    assert_whole(&store);
}

#[test]
fn a_store_of_before_cleaning_knows_its_rated_comments() {
    let mut conn = Connection::open_in_memory().unwrap();
    for step in &schema::STEPS[..4] {
        conn.execute_batch(step).unwrap();
    }
    conn.execute_batch(
        "PRAGMA user_version = 4;
         INSERT INTO sources (id, key, title, first_seen) VALUES (1, 's', 'S', 0);
         INSERT INTO articles (id, key, source_id, title, first_seen, sort_at) VALUES (1, 'a', 1, 'A', 0, 0);
         INSERT INTO entries VALUES (1, 7, 1, 7), (1, 8, NULL, 8);
         INSERT INTO discussions (id, article_id, place, scale_kind, complete, first_seen) VALUES (1, 1, 'page', 2, 1, 0);
         INSERT INTO comments (discussion_id, ordinal, key, parent_kind, rank_kind, first_seen, encoding, body, own_rating)
            VALUES (1, 0, 'x', 0, 4, 0, 0, x'', 3), (1, 1, 'y', 0, 4, 0, 0, x'', 0);",
    )
    .unwrap();
    schema::migrate(&mut conn, &mut |_| {}).unwrap();
    let count = |sql: &str| conn.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!(count("SELECT count(*) FROM comments INDEXED BY comments_rated WHERE own_rating > 0"), 1);
    assert_eq!(count("SELECT count(*) FROM entries INDEXED BY entries_gone WHERE article_id IS NULL AND missed_at IS NULL"), 1);
}

#[test]
fn a_backup_is_made_while_the_store_is_in_use_and_brought_back() {
    let folder = folder();
    let (path, backup) = (folder.path().join("store.db"), folder.path().join("backup.db"));
    let mut store = Store::open(&path).unwrap();
    store.save(&page("a", 0), NOW).unwrap();
    store.index_all().unwrap();
    assert!(store.back_up(&backup).unwrap().bytes > 0);
    assert!(matches!(store.back_up(&backup), Err(StoreError::Backup { .. })), "nothing is written over");
    store.save(&page("b", 1), NOW).unwrap();
    assert!(matches!(Store::restore(&path, &backup, NOW), Err(StoreError::Busy { .. })));
    store.close().unwrap();

    let kept = Store::restore(&path, &backup, NOW).unwrap().kept.unwrap();
    let store = Store::open(&path).unwrap();
    assert_eq!(titles(&store, &Section::All, ""), ["a"]);
    assert_eq!(titles(&store, &Section::All, "text"), ["a"]);
    assert_whole(&store);
    store.close().unwrap();
    assert_eq!(titles(&Store::open(&kept).unwrap(), &Section::All, ""), ["b", "a"]);

    let mut bytes = fs::read(&backup).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 9000].fill(0x5a);
    fs::write(&backup, bytes).unwrap();
    let refused = |backup: &Path| Store::restore(&path, backup, NOW).unwrap_err();
    assert!(matches!(refused(&backup), StoreError::Unfit { .. }));
    assert_eq!(titles(&Store::open(&path).unwrap(), &Section::All, ""), ["a"]);
    for other in ["no store", ""] {
        fs::write(&backup, other).unwrap();
        let error = refused(&backup);
        assert!(matches!(error, StoreError::Unfit { .. }), "{error}");
    }
    assert!(matches!(refused(&folder.path().join("missing")), StoreError::Backup { .. }));
}

#[test]
fn a_file_that_is_no_store_is_refused_and_left_as_it_is() {
    let folder = folder();
    assert!(matches!(failure(folder.path()), StoreError::Foreign { .. }));

    let other = folder.path().join("other.db");
    Connection::open(&other).unwrap().execute_batch("CREATE TABLE t (a)").unwrap();
    let before = fs::read(&other).unwrap();
    assert!(matches!(failure(&other), StoreError::Foreign { .. }));
    assert_eq!(fs::read(&other).unwrap(), before);

    let lost = folder.path().join("no/store.db");
    let error = failure(&lost);
    assert!(matches!(error, StoreError::File { .. }), "{error}");
    assert!(error.to_string().contains("no/store.db") && error.hint().contains("--data-dir"));
}

#[test]
fn a_damaged_store_is_told_and_set_aside_whole() {
    let folder = folder();
    let path = folder.path().join("store.db");
    let mut store = Store::open(&path).unwrap();
    store.save(&page("a", 0), NOW).unwrap();
    assert!(matches!(Store::set_aside(&path, NOW), Err(StoreError::Busy { .. })));
    store.close().unwrap();
    let mut bytes = fs::read(&path).unwrap();
    bytes[100..4096].fill(0x5a);
    fs::write(&path, &bytes).unwrap();
    fs::write(with_suffix(&path, "-wal"), "log").unwrap();
    let error = failure(&path);
    assert!(matches!(error, StoreError::Damaged { .. }), "{error}");
    fs::write(with_suffix(&path, "-wal"), "log").unwrap();
    let long = "these are my notes, and they are not short".repeat(100);
    for other in [&long, &long[..511], &long[..512], "these are my notes", "x"] {
        let path = folder.path().join("notes.txt");
        fs::write(&path, other).unwrap();
        assert!(matches!(failure(&path), StoreError::Damaged { .. }));
        assert_eq!(fs::read_to_string(&path).unwrap(), other);
    }
    let aside = Store::set_aside(&path, NOW).unwrap();
    assert_eq!(aside, folder.path().join("store.db.damaged-2023-11-14T22-13-20Z"));
    assert_eq!(fs::read(&aside).unwrap(), bytes);
    assert_eq!(fs::read(with_suffix(&aside, "-wal")).unwrap(), b"log");
    let store = Store::open(&path).unwrap();
    assert!(store.is_new() && !store.ended_uncleanly());
    store.close().unwrap();
    assert_eq!(Store::set_aside(&path, NOW).unwrap(), folder.path().join("store.db.damaged-2023-11-14T22-13-20Z-2"));
}

#[test]
fn two_copies_see_each_other_and_wait_for_each_other() {
    let folder = folder();
    let path = folder.path().join("store.db");
    let (mut one, mut two) = (Store::open(&path).unwrap(), Store::open(&path).unwrap());
    let before = two.data_version().unwrap();
    assert_eq!(titles(&two, &Section::All, ""), Vec::<String>::new());
    one.save(&page("a", 0), NOW).unwrap();
    assert_ne!(two.data_version().unwrap(), before);
    assert_eq!(titles(&two, &Section::All, ""), ["a"]);
    let own = one.data_version().unwrap();
    one.save(&page("b", 1), NOW).unwrap();
    assert_eq!(one.data_version().unwrap(), own);

    two.conn.busy_timeout(std::time::Duration::ZERO).unwrap();
    one.conn.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert_eq!(titles(&two, &Section::All, ""), ["b", "a"]);
    let error = two.save(&page("c", 2), NOW).unwrap_err();
    assert!(matches!(error, StoreError::Busy { .. }), "{error}");
    one.conn.execute_batch("ROLLBACK").unwrap();
    two.save(&page("c", 2), NOW).unwrap();
    assert_eq!(titles(&one, &Section::All, ""), ["c", "b", "a"]);
}

#[test]
fn what_is_held_stays_until_it_is_let_go_or_changed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let (mut one, mut two) = (Store::open(&path).unwrap(), Store::open(&path).unwrap());
    let shown = |store: &Store| titles(store, &Section::All, "").concat();
    two.hold().unwrap();
    assert_eq!(shown(&two), "");
    one.save(&page("a", 0), NOW).unwrap();
    assert_eq!(shown(&two), "");
    two.let_go().unwrap();
    assert_eq!(shown(&two), "a");
    two.let_go().unwrap();

    // Where there is a temporary store, how it is kept cannot be changed in a transaction.
    two.conn.execute_batch("CREATE TEMP TABLE sorted (x)").unwrap();
    two.hold().unwrap();
    assert_eq!(shown(&two), "a");
    let id =
        one.save(&with_discussion("b", discussion(true, vec![comment("x", Parent::Root, Rank::Unrated)])), NOW).unwrap().id;
    two.save_all(&[page("c", 2)], NOW).unwrap();
    assert_eq!(shown(&two).len(), 3, "a change is made of what is there now");
    two.hold().unwrap();
    let found = two.search(&query::parse("text").unwrap(), By::Date, 9, NOW).unwrap();
    assert_eq!(found.hits.len(), 3, "what is not indexed yet is read");
    let head = two.article(id).unwrap().unwrap().discussions[0].id;
    assert_eq!(two.discussion(head).unwrap().unwrap().discussion.comments.len(), 1);
}

#[test]
fn two_copies_that_write_at_once_lose_nothing() {
    let folder = folder();
    let path = folder.path().join("store.db");
    let writer = |name: &'static str, path: std::path::PathBuf| {
        std::thread::spawn(move || {
            let mut store = Store::open(&path).unwrap();
            for n in 0..25 {
                store.save(&page(&format!("{name}{n}"), n), NOW).unwrap();
            }
        })
    };
    let writers = [writer("a", path.clone()), writer("b", path.clone())];
    for writer in writers {
        writer.join().unwrap();
    }
    let store = Store::open(&path).unwrap();
    assert_eq!(titles(&store, &Section::All, "").len(), 50);
    assert!(!store.ended_uncleanly());
    assert_whole(&store);
}

#[test]
fn settings_sliders_and_positions_come_back() {
    let mut store = store();
    assert_eq!(store.setting("session").unwrap(), None);
    store.set_setting("session", "{}").unwrap();
    store.set_setting("session", "{1}").unwrap();
    assert_eq!(store.setting("session").unwrap().as_deref(), Some("{1}"));

    let id = store.save(&page("a", 0), NOW).unwrap().id;
    assert_eq!(store.position(id).unwrap(), None);
    store.set_position(id, "here").unwrap();
    store.set_position(id, "there").unwrap();
    store.set_position(ArticleId(99), "nowhere").unwrap();
    assert_eq!(store.position(id).unwrap().as_deref(), Some("there"));

    assert_eq!(store.slider("phys.org", "page").unwrap(), None);
    let stars = |n| Notch::Stars(crate::domain::rank::Hundredths(n));
    for (bar, floor) in [
        (Notch::Off, Notch::Off),
        (stars(250), stars(100)),
        (Notch::Points(-3), Notch::Off),
        (Notch::Likes(4), Notch::Share(1.0)),
        (Notch::Share(0.2), Notch::Share(0.5)),
    ] {
        let memory = SliderMemory { bar, floor, min_votes: 3, unrated: Unrated::AsBelow, order: Some(Order::Best), flat: true };
        store.set_slider("phys.org", "page", &memory).unwrap();
        assert_eq!(store.slider("phys.org", "page").unwrap(), Some(memory));
    }
}

#[test]
fn state_keeps_the_time_of_its_last_change() {
    let mut store = store();
    let id = store.save(&page("a", 0), NOW).unwrap().id;
    assert_eq!(store.set_starred(&[id, ArticleId(9)], true, NOW).unwrap(), 1);
    assert_eq!(store.set_starred(&[id], true, LATER).unwrap(), 0);
    store.rate_article(id, 3, NOW).unwrap();
    store.rate_article(id, 3, LATER).unwrap();
    let times = || {
        store
            .conn
            .query_row("SELECT starred_at, rated_at FROM articles", [], |row| {
                Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?))
            })
            .unwrap()
    };
    assert_eq!(times(), (NOW.0, NOW.0));
    store.rate_article(id, 0, LATER).unwrap();
    assert_eq!(store.headline(id).unwrap().unwrap().own_rating, 0);
}

#[test]
fn a_store_of_before_updates_were_kept_knows_none() {
    let mut conn = Connection::open_in_memory().unwrap();
    for step in &schema::STEPS[..7] {
        conn.execute_batch(step).unwrap();
    }
    conn.execute_batch(
        "PRAGMA user_version = 7;
         INSERT INTO sources (id, key, title, first_seen) VALUES (1, 's', 'S', 0);
         INSERT INTO articles (id, key, source_id, title, first_seen, sort_at, edited_at) VALUES (1, 'a', 1, 'A', 0, 0, 9);",
    )
    .unwrap();
    schema::migrate(&mut conn, &mut |_| {}).unwrap();
    let previous: i64 = conn.query_row("SELECT count(*) FROM previous_texts", [], |row| row.get(0)).unwrap();
    assert_eq!(previous, 0);
}
