//! Stores whose file is damaged at random: each is read as far as it goes, or called damaged; nothing panics.
//!
//! `GLEANER_DAMAGES=1000` makes more of them than the few that every run makes.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use super::*;

const FEW: u64 = 24;
const PAGE: usize = 4096;

/// Damages bytes as disks, copies and cut-off writes do; `seed` decides how.
fn damage(bytes: &mut Vec<u8>, seed: u64) {
    let mut state = seed;
    let mut below = |end: usize| {
        // The generator of Knuth's MMIX; its upper bits are the better ones.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % end.max(1)
    };
    for _ in 0..=below(4) {
        let pages = bytes.len() / PAGE;
        let (page, at) = (below(pages) * PAGE, below(bytes.len()));
        let end = (at + 1 + below(200)).min(bytes.len());
        match below(7) {
            0 => bytes[page..page + PAGE].fill(0),
            1 => bytes[page..page + PAGE].fill(0xff),
            2 => bytes[at] ^= 1 << below(8),
            3 => bytes[at..end].fill_with(|| below(256) as u8),
            4 => bytes.truncate(page.max(PAGE)),
            5 => {
                let other = below(pages) * PAGE;
                bytes.copy_within(other..other + PAGE, page);
            }
            _ => bytes[below(100)] = below(256) as u8,
        }
    }
}

/// Does all that a reader does; gives whether anything was called damaged.
fn use_all(path: &Path) -> Result<(), StoreError> {
    let mut store = Store::open(path)?;
    let rows = store.headlines(&Section::All, &everything(), Stretch::First, 1000)?;
    for row in &rows {
        store.archived(row.id)?;
        for head in store.article(row.id)?.map(|article| article.discussions).unwrap_or_default() {
            store.discussion(head.id)?;
        }
    }
    store.headlines(&Section::All, &query::parse("text").unwrap(), Stretch::First, 1000)?;
    store.set_read(&rows.iter().map(|row| row.id).collect::<Vec<_>>(), true, NOW)?;
    store.save(&page("after", 99), NOW)?;
    let findings = store.check()?;
    store.close()?;
    let is_whole = findings.iter().all(|finding| finding.ok);
    if is_whole { Ok(()) } else { Err(StoreError::Damaged { path: path.to_owned(), doing: "checking" }) }
}

#[test]
fn a_store_damaged_anywhere_is_read_as_far_as_it_goes_or_called_damaged() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let mut store = Store::open(&path).unwrap();
    for n in 0..30 {
        let comments = (0..9).map(|c| comment(&format!("c{c}"), Parent::Root, points(c))).collect();
        store.save(&with_discussion(&format!("page {n}"), discussion(true, comments)), NOW).unwrap();
    }
    store.index_all().unwrap();
    store.close().unwrap();
    let whole = fs::read(&path).unwrap();
    use_all(&path).unwrap();
    let damages = std::env::var("GLEANER_DAMAGES").ok().and_then(|count| count.parse().ok()).unwrap_or(FEW);
    let (mut told, mut panicked): (u64, Vec<u64>) = (0, Vec::new());
    for seed in 0..damages {
        for entry in fs::read_dir(folder.path()).unwrap() {
            let beside = entry.unwrap().path();
            if beside != path {
                fs::remove_file(beside).unwrap();
            }
        }
        let mut bytes = whole.clone();
        damage(&mut bytes, seed);
        fs::write(&path, &bytes).unwrap();
        match catch_unwind(AssertUnwindSafe(|| use_all(&path))) {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                told += 1;
                assert!(!error.hint().is_empty(), "{error}");
            }
            Err(_) => panicked.push(seed),
        }
        assert!(path.exists(), "{seed}: what is damaged is kept");
    }
    println!("{told} of {damages} damaged stores were called so");
    assert!(panicked.is_empty(), "{panicked:?} panicked");
    assert!(told > 0);
}

/// Reads all ids page by page, as an export does; gives up after more pages than there can be.
fn page_through(store: &Store, articles: usize) -> Result<usize, StoreError> {
    let (mut last, mut read) = (ArticleId(i64::MIN), 0);
    while let Some(next) = store.ids_after(last, 2)?.last() {
        (last, read) = (*next, read + 1);
        assert!(read <= articles, "the pages do not end");
    }
    Ok(read)
}

#[test]
fn rows_without_order_end_as_damage_and_not_never() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let mut store = Store::open(&path).unwrap();
    for n in 0..9 {
        store.save(&page(&format!("page {n}"), n), NOW).unwrap();
    }
    assert_eq!(page_through(&store, 9).unwrap(), 5);
    let root: i64 =
        store.conn.query_row("SELECT rootpage FROM sqlite_schema WHERE name = 'articles'", [], |row| row.get(0)).unwrap();
    store.close().unwrap();
    let mut bytes = fs::read(&path).unwrap();
    // A leaf of a table: 8 bytes of head, two of them the number of cells, then where each cell is; a cell begins with its
    // length and its number, of seven bits each byte. (sqlite.org/fileformat2.html, "B-tree Pages".)
    let leaf = usize::try_from(root - 1).unwrap() * PAGE;
    assert_eq!(bytes[leaf], 13, "nine rows are one leaf");
    let number = |bytes: &[u8], at: usize| usize::from(u16::from_be_bytes([bytes[at], bytes[at + 1]]));
    for cell in 0..number(&bytes, leaf + 3) {
        let mut at = leaf + number(&bytes, leaf + 8 + 2 * cell);
        while bytes[at] >= 0x80 {
            at += 1;
        }
        bytes[at + 1] = 1;
    }
    fs::write(&path, &bytes).unwrap();
    let store = Store::open(&path).unwrap();
    let error = page_through(&store, 9).unwrap_err();
    assert!(matches!(error, StoreError::Damaged { .. }), "{error}");
}
