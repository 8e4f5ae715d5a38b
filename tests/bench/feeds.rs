//! The CPU cost of reading and storing feeds, compared with the least possible.
//!
//!     cargo bench --bench feeds -- FOLDER
//!
//! Over the feeds of a folder: bytes to articles, HTML included, beside the bare feed-rs, which leaves the HTML as it is;
//! and articles into the store with their index of words, beside bare SQLite inserting the same rows with FTS5.
//! `tests/bench/fetching.py` makes the folder, and prints these beside what is wanted. Each figure is the median of
//! some runs, both sides by turns.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::path::Path;
use std::time::{Duration, Instant};

use gleaner::domain::article::Article;
use gleaner::domain::text::clean_line;
use gleaner::domain::time::Timestamp;
use gleaner::format::{Origin, feed};
use gleaner::store::entries::{FetchAttempt, FetchOutcome, FetchedFeed, Item};
use gleaner::store::subscriptions::{NewSubscription, NextFetch};
use gleaner::store::{SourceId, Store};
use rusqlite::{Connection, params};

const RUNS: usize = 5;
const NOW: Timestamp = Timestamp(1_793_491_200);

fn main() {
    let folder = std::env::args().skip(1).find(|arg| !arg.starts_with('-'));
    let Some(folder) = folder else {
        println!("no folder of feeds was named");
        return;
    };
    let feeds = feeds(Path::new(&folder));
    let bytes: usize = feeds.iter().map(Vec::len).sum();
    let [read, bare] = by_turns([&|| read_all(&feeds), &|| read_bare(&feeds)]);
    told("parse", read, bare, &format!("{} feeds, {:.1} MiB", feeds.len(), bytes as f64 / f64::from(1 << 20)));
    let entries: Vec<Vec<Entry>> = feeds.iter().map(|bytes| entries(bytes)).collect();
    let rows = rows(&entries);
    let [kept, bare] = by_turns([&|| keep_all(&entries), &|| insert_bare(&rows)]);
    told("store", kept, bare, &format!("{} articles", rows.len()));
}

fn told(stage: &str, ours: Duration, bare: Duration, what: &str) {
    let ratio = ours.as_secs_f64() / bare.as_secs_f64();
    println!("{stage} {:.3} {:.3} {ratio:.2} {what}", ours.as_secs_f64() * 1e3, bare.as_secs_f64() * 1e3);
}

/// The median times of two works that are done by turns. A work tells how long the part of it took that counts.
fn by_turns(works: [&dyn Fn() -> Duration; 2]) -> [Duration; 2] {
    let mut times = [Vec::new(), Vec::new()];
    for _ in 0..RUNS {
        for (work, times) in works.iter().zip(&mut times) {
            times.push(work());
        }
    }
    times.map(|mut times| {
        times.sort_unstable();
        times[RUNS / 2]
    })
}

fn timed<T>(work: impl FnOnce() -> T) -> Duration {
    let begun = Instant::now();
    std::hint::black_box(work());
    begun.elapsed()
}

fn feeds(folder: &Path) -> Vec<Vec<u8>> {
    let paths = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<_> = paths.filter(|path| path.extension().is_some_and(|ext| ext == "xml")).collect();
    paths.sort();
    paths.iter().map(|path| std::fs::read(path).unwrap()).collect()
}

fn read_all(feeds: &[Vec<u8>]) -> Duration {
    timed(|| feeds.iter().map(|bytes| entries(bytes).len()).sum::<usize>())
}

fn read_bare(feeds: &[Vec<u8>]) -> Duration {
    timed(|| feeds.iter().map(|bytes| feed_rs::parser::parse(bytes.as_slice()).unwrap().entries.len()).sum::<usize>())
}

/// Guid and article.
type Entry = (Box<str>, Article);

fn entries(bytes: &[u8]) -> Vec<Entry> {
    let feed = feed::read(bytes, None, &Origin { name: "https://feeds.example/", now: NOW }).unwrap();
    feed.entries.into_iter().map(|entry| (entry.id.clone(), entry.into_article())).collect()
}

/// With the making of what is stored.
fn keep_all(entries: &[Vec<Entry>]) -> Duration {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(&folder.path().join("store.db")).unwrap();
    let feeds: Vec<(SourceId, Vec<Entry>)> = (entries.iter().enumerate())
        .map(|(n, entries)| {
            let address = format!("https://feeds.example/{n}");
            let (source, _) = store.subscribe(&NewSubscription { address, ..NewSubscription::default() }, NOW).unwrap();
            (source, entries.clone())
        })
        .collect();
    timed(|| {
        for (source, entries) in feeds {
            let items = entries.into_iter().map(|(_, article)| Item::new(article)).collect();
            let feed = FetchedFeed { title: clean_line(&format!("Feed {}", source.0)), items, ..FetchedFeed::default() };
            let tried =
                FetchAttempt { source, at: NOW, next: NextFetch::default(), outcome: FetchOutcome::Feed(Box::new(feed)) };
            store.keep_tries(&[tried]).unwrap();
        }
    })
}

/// Title, byline, address, time, words, and the body as it is kept.
type Row = (String, String, String, i64, String, Vec<u8>);

fn rows(entries: &[Vec<Entry>]) -> Vec<Row> {
    let articles = entries.iter().flatten().map(|(_, article)| article);
    articles
        .map(|article| {
            let words = article.body.text();
            let published = article.published.map_or(NOW.0, |when| when.sort_key().0);
            let text = |text: &Option<gleaner::domain::text::CleanText>| text.as_deref().unwrap_or_default().to_owned();
            let body = words.clone().into_bytes();
            (article.title.to_string(), text(&article.byline), text(&article.url), published, words, body)
        })
        .collect()
}

/// One transaction for each feed of a hundred, as the store has it.
fn insert_bare(rows: &[Row]) -> Duration {
    let folder = tempfile::tempdir().unwrap();
    let mut conn = Connection::open(folder.path().join("bare.db")).unwrap();
    conn.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
         CREATE TABLE articles (id INTEGER PRIMARY KEY, title TEXT, byline TEXT, url TEXT UNIQUE, sort_at INTEGER);
         CREATE INDEX articles_all ON articles (sort_at);
         CREATE TABLE bodies (article_id INTEGER PRIMARY KEY, body BLOB);
         CREATE VIRTUAL TABLE words USING fts5 (title, byline, body, content='', contentless_delete=1,
            tokenize='unicode61 remove_diacritics 2', prefix='2 3');",
    )
    .unwrap();
    timed(|| {
        for chunk in rows.chunks(100) {
            let tx = conn.transaction().unwrap();
            for (title, byline, url, at, words, body) in chunk {
                tx.prepare_cached("INSERT OR IGNORE INTO articles (title, byline, url, sort_at) VALUES (?1, ?2, ?3, ?4)")
                    .unwrap()
                    .execute(params![title, byline, url, at])
                    .unwrap();
                let id = tx.last_insert_rowid();
                tx.prepare_cached("INSERT OR REPLACE INTO bodies VALUES (?1, ?2)").unwrap().execute(params![id, body]).unwrap();
                tx.prepare_cached("INSERT OR REPLACE INTO words (rowid, title, byline, body) VALUES (?1, ?2, ?3, ?4)")
                    .unwrap()
                    .execute(params![id, title, byline, words])
                    .unwrap();
            }
            tx.commit().unwrap();
        }
    })
}
