//! The index in partitions: what comes in any order is found at once, in order, and goes without a trace.

use super::*;
use crate::store::index::partitions::{self, Partition};
use crate::store::{By, schema};

fn text(title: &str, after: i64, body: &str) -> Page {
    let mut page = page(title, after);
    page.article.body = Document::plain([body]);
    page
}

fn all(store: &Store) -> Vec<Partition> {
    partitions::all(&store.conn, false).unwrap()
}

fn found(store: &Store, words: &str) -> Vec<String> {
    let found = store.search(&query::parse(words).unwrap(), By::Date, 5000, LATER).unwrap();
    found.hits.iter().map(|hit| hit.article.title.to_string()).collect()
}

/// Numbers from 0 below a total, each once, in no order.
fn shuffled(total: i64) -> impl Iterator<Item = i64> {
    (0..total).map(move |n| n * 7919 % total)
}

#[test]
fn what_comes_in_any_order_of_time_is_found_in_order_and_partitions_never_overlap() {
    for step in [usize::MAX, 20_000] {
        let mut store = store();
        let order: Vec<i64> = shuffled(2003).collect();
        for some in order.chunks(101) {
            let pages: Vec<Page> = some.iter().map(|n| text(&format!("grain {n}"), *n, "husk")).collect();
            store.save_all(&pages, NOW).unwrap();
            store.index_some(step).unwrap();
            assert_whole(&store);
        }
        let expected: Vec<String> = (0..2003).rev().map(|n| format!("grain {n}")).collect();
        assert_eq!(found(&store, "grain"), expected, "right before all is indexed");
        store.index_all().unwrap();
        assert_eq!(found(&store, "grain"), expected);
        assert_eq!(found(&store, "title:1999"), ["grain 1999"]);
        assert_whole(&store);
        let all = all(&store);
        assert!(all.len() > 3 && all.windows(2).all(|pair| pair[0].most < pair[1].least), "{all:?}");
        assert!(all.iter().all(|one| one.docs <= 800 && !one.drains), "{all:?}");
    }
}

#[test]
fn an_import_of_any_order_indexed_at_once_gives_full_partitions() {
    let mut store = store();
    let pages: Vec<Page> = shuffled(2003).map(|n| text(&n.to_string(), n, "husk")).collect();
    store.save_all(&pages, NOW).unwrap();
    store.index_all().unwrap();
    let docs: Vec<i64> = all(&store).iter().map(|one| one.docs).collect();
    assert_eq!(docs, [400, 400, 400, 400, 400, 3]);
}

#[test]
fn what_is_all_gone_is_dropped_and_what_is_gone_in_part_is_indexed_anew() {
    let mut store = store();
    let of = |key: &str, n: i64| Page { source: source(key), ..text(&format!("grain {n}"), n, "husk") };
    let pages: Vec<Page> =
        (0..400).map(|n| of("old", n)).chain((400..800).map(|n| of(if n % 2 == 0 { "even" } else { "odd" }, n))).collect();
    store.save_all(&pages, NOW).unwrap();
    store.index_all().unwrap();
    assert_eq!(all(&store).len(), 2);
    store.remove_source("old", true, NOW).unwrap();
    assert_eq!(found(&store, "grain").len(), 400);
    store.index_all().unwrap();
    assert_eq!(all(&store).iter().map(|one| (one.docs, one.dead)).collect::<Vec<_>>(), [(400, 0)]);
    store.remove_source("even", true, NOW).unwrap();
    assert_whole(&store);
    while store.index_some(5000).unwrap() {
        assert_eq!(found(&store, "grain").len(), 200);
        assert_whole(&store);
    }
    assert_eq!(all(&store).iter().map(|one| (one.docs, one.dead)).collect::<Vec<_>>(), [(200, 0)]);
    let tables = "SELECT count(*) FROM sqlite_schema WHERE name GLOB 'words_*' AND sql GLOB '*fts5*'";
    assert_eq!(store.conn.query_row(tables, [], |row| row.get::<_, i64>(0)).unwrap(), 1);
    let stale = "SELECT count(*) FROM stale_articles";
    assert_eq!(store.conn.query_row(stale, [], |row| row.get::<_, i64>(0)).unwrap(), 0);
}

#[test]
fn hits_of_several_partitions_are_ranked_by_one_measure() {
    let mut store = store();
    // In the older partition nearly all have the word: its own statistics would make it worth nothing there.
    let mut pages: Vec<Page> =
        (0..399).map(|n| text(&format!("often {n}"), n, "grain of another kind, and more words about it")).collect();
    pages.push(text("most", 399, "grain grain grain grain and a few words"));
    pages.extend((400..800).map(|n| text(&format!("never {n}"), n, "chaff of another kind, and more words about it")));
    pages.push(text("once", 500, "grain of another kind, and more words about it"));
    store.save_all(&pages, NOW).unwrap();
    store.index_all().unwrap();
    assert!(all(&store).len() >= 2);
    let found = store.search(&query::parse("grain").unwrap(), By::Fit, 3, NOW).unwrap();
    assert_eq!(found.hits[0].article.title.as_str(), "most");
}

#[test]
fn words_are_found_in_other_spellings_indexed_or_not() {
    let mut store = store();
    let texts = ["Köln am Rhein", "Koeln und Koln", "Łódź", "İstanbul", "ｶﾞｿﾘﾝ の ねだん", "всё хорошо", "blåbær", "Phở bò"];
    let pages: Vec<Page> = texts.iter().enumerate().map(|(n, said)| text(&n.to_string(), -(n as i64), said)).collect();
    store.save_all(&pages, NOW).unwrap();
    for _ in 0..2 {
        for (words, expected) in [
            ("koln", &["0", "1"][..]),
            ("koeln", &["0", "1"]),
            ("köln", &["0", "1"]),
            ("\"köln am rhein\"", &["0"]),
            ("lodz", &["2"]),
            ("istanbul", &["3"]),
            ("ISTANBUL", &["3"]),
            ("ガソリン", &["4"]),
            ("все", &["5"]),
            ("blaabaer", &["6"]),
            ("blabaer", &["6"]),
            ("pho bo", &["7"]),
            ("koel*", &["0", "1"]),
        ] {
            assert_eq!(found(&store, words), expected, "{words}");
        }
        store.index_all().unwrap();
    }
}

#[test]
fn the_index_of_earlier_versions_is_searched_until_all_of_it_is_indexed_anew() {
    let conn = rusqlite::Connection::open_in_memory().unwrap();
    let version = 9;
    for step in &schema::STEPS[..version] {
        conn.execute_batch(step).unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    crate::os::files::create_empty(&path).unwrap();
    conn.execute_batch(&format!(
        "INSERT INTO sources (id, key, title, first_seen) VALUES (1, 's', 'S', 0);
         WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n LIMIT 900)
         INSERT INTO articles (key, source_id, title, first_seen, sort_at, doc) SELECT n, 1, 'Grain ' || n, n, n, n * 16 FROM n;
         INSERT INTO article_bodies SELECT id, NULL, NULL, NULL, 0, CAST('of old' AS BLOB), 0, x'' FROM articles;
         INSERT INTO articles_words (rowid, body, title) SELECT doc, 'of old', title FROM articles;
         DELETE FROM articles WHERE id BETWEEN 10 AND 19;
         PRAGMA user_version = {}; PRAGMA application_id = {};
         VACUUM INTO '{}'",
        version,
        schema::APPLICATION_ID,
        path.display()
    ))
    .unwrap();
    drop(conn);
    let mut store = Store::open(&path).unwrap();
    assert_whole(&store);
    assert_eq!((store.unindexed().unwrap(), found(&store, "grain old").len()), (0, 890));
    let mut steps = 0;
    while store.index_some(8_000).unwrap() {
        store.save(&text(&format!("Grain between {steps}"), -1_700_000_000 + 450, "of old"), NOW).unwrap();
        steps += 1;
        assert_eq!(found(&store, "grain old").len(), 890 + steps);
        assert_whole(&store);
    }
    assert!(steps > 3 && all(&store).iter().all(|one| !one.is_old), "{:?}", all(&store));
    assert_eq!(found(&store, "title:10").len(), 0);
}
