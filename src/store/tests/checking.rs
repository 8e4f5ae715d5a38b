//! When the store is checked, and what is told meanwhile.

use super::*;
use crate::store::lock::with_suffix;

#[test]
fn a_check_is_due_until_somebody_has_checked_whoever_opens_the_store_first() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    Store::open(&path).unwrap().close().unwrap();
    std::fs::OpenOptions::new()
        .append(true)
        .open(with_suffix(&path, ".lock"))
        .and_then(|mut file| std::io::Write::write_all(&mut file, b"o"))
        .unwrap();
    // A command that only lists, and one more.
    for _ in 0..2 {
        let store = Store::open(&path).unwrap();
        assert!(store.is_check_due().unwrap());
        store.close().unwrap();
    }
    let mut store = Store::open(&path).unwrap();
    store.set_check_due(false).unwrap();
    store.close().unwrap();
    assert!(!Store::open(&path).unwrap().is_check_due().unwrap());
}

#[test]
fn a_check_tells_how_far_it_is() {
    use std::sync::{Arc, Mutex};
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(&folder.path().join("store.db")).unwrap();
    store
        .conn
        .execute_batch(
            "INSERT INTO settings WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 3000)
         SELECT 'key ' || n, hex(zeroblob(1000)) FROM n",
        )
        .unwrap();
    store.index_all().unwrap();
    let told = Arc::new(Mutex::new(Vec::new()));
    let telling = Arc::clone(&told);
    let findings = store.check_telling(move |what| telling.lock().unwrap().push(what.to_owned())).unwrap();
    assert!(findings.iter().all(|finding| finding.ok));
    let told = told.lock().unwrap();
    let of_pages: Vec<&String> = told.iter().filter(|line| line.ends_with("% of its pages")).collect();
    assert!(!of_pages.is_empty() && of_pages.is_sorted(), "{told:?}");
    assert!(told.contains(&"the file: its rows and words".to_owned()), "{told:?}");
}
