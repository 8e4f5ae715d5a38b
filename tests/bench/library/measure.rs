//! Compares the store's actions with bare SQLite running the one statement that each needs, on the same file. Prints a line
//! `NAME OURS BARE` each, in milliseconds.

use std::fmt::Write as _;
use std::path::Path;
use std::time::Instant;

use gleaner::domain::article::Page;
use gleaner::domain::query::{self, Query};
use gleaner::domain::time::Timestamp;
use gleaner::store::{ArticleId, By, Marking, Section, Store, Stretch};
use rusqlite::{Connection, params};

use crate::grown::{self, COMMON, MIDDLING, NEWEST, Pool, RARE};

const RUNS: usize = 15;
/// Marked read at once, and added at once.
const MARKED: u32 = 10_000;
const ADDED: usize = 1000;
/// Added articles are younger than the newest by so many.
const AHEAD: usize = 1 << 20;

/// One part of it, or all.
pub(crate) fn all(path: &Path, part: Option<&str>) {
    let mut store = Store::open(path).unwrap();
    let bare = connect(path);
    let is_wanted = |name| part.is_none_or(|part| part == name);
    if is_wanted("lists") {
        lists(&store, &bare);
    }
    if is_wanted("searches") {
        searches(&store, &bare);
    }
    if is_wanted("mark") {
        mark(&mut store, &bare);
    }
    if is_wanted("add") {
        add(&mut store, &bare);
    }
    store.close().unwrap();
}

/// As the store connects, and no more.
pub(crate) fn connect(path: &Path) -> Connection {
    let conn = Connection::open(path).unwrap();
    conn.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;").unwrap();
    conn
}

/// Both by turns, so that neither has the warmer file; the medians.
fn by_turns<A, B>(name: &str, runs: usize, mut ours: impl FnMut() -> A, mut bare: impl FnMut() -> B) {
    let mut times = [Vec::new(), Vec::new()];
    // A first round reads the data from the disk.
    for _ in 0..runs * 2 {
        let start = Instant::now();
        std::hint::black_box(ours());
        times[0].push(start.elapsed());
        let start = Instant::now();
        std::hint::black_box(bare());
        times[1].push(start.elapsed());
    }
    let [ours, bare] = times.map(|mut times| {
        times.drain(..runs);
        times.sort_unstable();
        times[times.len() / 2].as_secs_f64() * 1e3
    });
    println!("{name}\t{ours:.4}\t{bare:.4}");
}

/// Runs a statement and reads all that it gives.
fn read(conn: &Connection, sql: &str, values: impl rusqlite::Params) -> usize {
    let mut statement = conn.prepare_cached(sql).unwrap();
    let columns = statement.column_count();
    let mut rows = statement.query(values).unwrap();
    let mut bytes = 0;
    while let Some(row) = rows.next().unwrap() {
        bytes += (0..columns).filter_map(|n| row.get_ref(n).unwrap().as_bytes().ok().map(<[u8]>::len)).sum::<usize>();
    }
    bytes
}

const HEADLINE: &str = "a.id, a.title, s.title, a.sort_at, a.read, a.comments";

fn lists(store: &Store, bare: &Connection) {
    let everything = Query::default();
    let from = "FROM articles a CROSS JOIN sources s ON s.id = a.source_id";
    let first = format!("SELECT {HEADLINE} {from} WHERE a.read = 0 ORDER BY a.sort_at DESC LIMIT 120");
    by_turns(
        "list: first screen",
        RUNS,
        || store.headlines(&Section::Unread, &everything, Stretch::First, 120).unwrap(),
        || read(bare, &first, []),
    );
    let (total, at): (i64, i64) = bare
        .query_row("SELECT count(*), (min(sort_at) + max(sort_at)) / 2 FROM articles", [], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap();
    let middle =
        bare.query_row("SELECT id FROM articles WHERE sort_at <= ?1 ORDER BY sort_at DESC LIMIT 1", [at], |row| row.get(0));
    let middle = store.headline(ArticleId(middle.unwrap())).unwrap().unwrap();
    let page = format!("SELECT {HEADLINE} {from} WHERE a.sort_at < ?1 ORDER BY a.sort_at DESC LIMIT 120");
    by_turns(
        "list: a page in the middle",
        RUNS,
        || store.headlines(&Section::All, &everything, Stretch::After(middle.key()), 120).unwrap(),
        || read(bare, &page, [middle.sort_at.0]),
    );
    let read_stretch = store.headlines(&Section::All, &everything, Stretch::First, grown::FRESH + 1).unwrap();
    let next = "SELECT id FROM articles WHERE read = 0 AND sort_at < ?1 ORDER BY sort_at DESC LIMIT 1";
    let last_fresh = read_stretch.last().unwrap().key();
    by_turns(
        "next unread: over half of all",
        RUNS,
        || store.headlines(&Section::Unread, &everything, Stretch::After(last_fresh), 1).unwrap(),
        || read(bare, next, [last_fresh.sort_at.0]),
    );
    by_turns(
        "sections",
        RUNS,
        || store.sections().unwrap(),
        || read(bare, "SELECT id, title, total, unread FROM sources ORDER BY title", []),
    );
    let ids: Vec<i64> = (0..RUNS as i64).map(|n| (n * 7919 + 13) % total + 1).collect();
    let (mut one, mut other) = (ids.iter().cycle(), ids.iter().cycle());
    by_turns(
        "open an article and its comments",
        RUNS,
        || {
            let article = store.article(ArticleId(*one.next().unwrap())).unwrap().unwrap();
            article.discussions.iter().map(|head| store.discussion(head.id).unwrap().unwrap()).collect::<Vec<_>>()
        },
        || {
            let id = other.next().unwrap();
            read(bare, "SELECT * FROM articles a JOIN article_bodies b ON b.article_id = a.id WHERE a.id = ?1", [id])
                + read(
                    bare,
                    "SELECT * FROM comments WHERE discussion_id = (SELECT id FROM discussions WHERE article_id = ?1) ORDER BY ordinal",
                    [id],
                )
        },
    );
}

/// The newest partition of the index, which has all that is asked of it here.
fn newest_words(bare: &Connection, of_comments: bool) -> String {
    let sql = "SELECT 'words_' || id FROM word_partitions WHERE of_comments = ?1 AND NOT is_old ORDER BY most DESC LIMIT 1";
    bare.query_row(sql, [of_comments], |row| row.get(0)).unwrap()
}

fn searches(store: &Store, bare: &Connection) {
    let (articles_words, comments_words) = (newest_words(bare, false), newest_words(bare, true));
    let fit = format!(
        "SELECT {HEADLINE}, b.body, fit FROM
            (SELECT rowid AS doc, bm25({articles_words}, 1.0, 10.0, 4.0) AS fit FROM {articles_words} WHERE {articles_words} MATCH ?1
             ORDER BY rowid DESC LIMIT 1000)
         JOIN articles a USING (doc) JOIN sources s ON s.id = a.source_id JOIN article_bodies b ON b.article_id = a.id
         ORDER BY fit LIMIT 50"
    );
    let date = format!(
        "SELECT {HEADLINE}, b.body FROM {articles_words} w JOIN articles a ON a.doc = w.rowid JOIN sources s ON s.id = a.source_id
         JOIN article_bodies b ON b.article_id = a.id WHERE {articles_words} MATCH ?1 ORDER BY w.rowid DESC LIMIT 50"
    );
    for (name, word) in [("rare", RARE.0), ("middling", MIDDLING.0), ("common", COMMON)] {
        let query = query::parse(word).unwrap();
        for (by, how, sql) in [(By::Fit, "best", &fit), (By::Date, "newest", &date)] {
            by_turns(
                &format!("search: a {name} word, {how} first"),
                RUNS,
                || store.search(&query, by, 50, Timestamp(NEWEST)).unwrap(),
                || read(bare, sql, [word]),
            );
        }
    }
    let of_comments = query::parse(&format!("in:comments {COMMON}")).unwrap();
    let comments = &format!(
        "SELECT c.author, c.posted, c.body, a.title, fit FROM
            (SELECT rowid AS doc, bm25({comments_words}, 1.0, 4.0) AS fit FROM {comments_words} WHERE {comments_words} MATCH ?1
             ORDER BY rowid DESC LIMIT 1000)
         JOIN comments c USING (doc) JOIN discussions d ON d.id = c.discussion_id JOIN articles a ON a.id = d.article_id
         ORDER BY fit LIMIT 50"
    );
    by_turns(
        "search: a common word of comments",
        RUNS,
        || store.search(&of_comments, By::Fit, 50, Timestamp(NEWEST)).unwrap(),
        || read(bare, comments, [COMMON]),
    );
    // Each key of a word, from its second letter on: what has been typed so far begins a word.
    let typed: Vec<&str> = (2..=MIDDLING.0.len()).map(|end| &MIDDLING.0[..end]).collect();
    let queries: Vec<Query> = typed.iter().map(|text| query::parse(&format!("{text}*")).unwrap()).collect();
    let (mut one, mut other) = (queries.iter().cycle(), typed.iter().cycle());
    by_turns(
        "search: type-ahead, a key",
        RUNS * 2,
        || store.search(one.next().unwrap(), By::Fit, 50, Timestamp(NEWEST)).unwrap(),
        || read(bare, &fit, [format!("{}*", other.next().unwrap())]),
    );
    let newest = store.headlines(&Section::All, &Query::default(), Stretch::First, RUNS).unwrap();
    let mut one = newest.iter().cycle();
    by_turns("related stories", RUNS, || store.related(one.next().unwrap().id, 5).unwrap(), || 0);
}

fn mark(store: &mut Store, bare: &Connection) {
    // Unread ones, from the middle on, as many as there are of so many.
    let from: i64 = bare
        .query_row(
            "SELECT min(sort_at) FROM (SELECT sort_at FROM articles WHERE read = 0 ORDER BY sort_at DESC LIMIT ?1)",
            [MARKED],
            |row| row.get(0),
        )
        .unwrap();
    let day = Timestamp(from).date(0);
    let (first, text) = (day.start().0, format!("after:{:04}-{:02}-{:02}", day.year(), day.month(), day.day()));
    let query = query::parse(&text).unwrap();
    let store = std::cell::RefCell::new(store);
    let ids = std::cell::RefCell::new(Vec::new());
    let mut times = [Vec::new(), Vec::new()];
    let newest = store.borrow().newest_id().unwrap();
    let marking = Marking { section: &Section::All, filter: &query, newest, until: None };
    for _ in 0..3 {
        let start = Instant::now();
        *ids.borrow_mut() = store.borrow_mut().mark_all_read(&marking, None, Timestamp(NEWEST)).unwrap();
        times[0].push(start.elapsed().as_secs_f64() * 1e3);
        store.borrow_mut().set_read(&ids.borrow(), false, Timestamp(NEWEST)).unwrap();
        let start = Instant::now();
        bare.execute("UPDATE articles SET read = 1, read_at = ?1 WHERE read = 0 AND sort_at >= ?2", [NEWEST, first]).unwrap();
        times[1].push(start.elapsed().as_secs_f64() * 1e3);
        store.borrow_mut().set_read(&ids.borrow(), false, Timestamp(NEWEST)).unwrap();
    }
    let count = ids.borrow().len();
    let [ours, bare] = times.map(|mut times| {
        times.sort_unstable_by(f64::total_cmp);
        times[1] * f64::from(MARKED) / count.max(1) as f64
    });
    println!("mark 10,000 read\t{ours:.4}\t{bare:.4}");
}

fn add(store: &mut Store, bare: &Connection) {
    let pool = Pool::new();
    let take_away = || {
        bare.execute("DELETE FROM articles WHERE sort_at > ?1", [NEWEST]).unwrap();
    };
    let mut times = [Vec::new(), Vec::new()];
    let mut indexing = Vec::new();
    for _ in 0..3 {
        let pages: Vec<Page> = (0..ADDED).map(|n| grown::younger(pool.page(n), n + AHEAD)).collect();
        let start = Instant::now();
        store.save_all(&pages, Timestamp(NEWEST + 86_400 * 1000)).unwrap();
        times[0].push(start.elapsed());
        let start = Instant::now();
        store.index_all().unwrap();
        indexing.push(start.elapsed());
        let rows = Rows::of(bare);
        take_away();
        store.index_all().unwrap();
        let start = Instant::now();
        rows.insert(bare);
        times[1].push(start.elapsed());
        take_away();
        store.index_all().unwrap();
    }
    let median = |times: &mut Vec<std::time::Duration>| {
        times.sort_unstable();
        times[times.len() / 2].as_secs_f64() * 1e3
    };
    println!("add 1,000 articles\t{:.4}\t{:.4}", median(&mut times[0]), median(&mut times[1]));
    println!("index 1,000 articles\t{:.4}\t0", median(&mut indexing));
}

/// The rows of the added articles, as they are inserted again by bare statements.
struct Rows(Vec<(&'static str, Vec<Vec<rusqlite::types::Value>>)>);

impl Rows {
    fn of(conn: &Connection) -> Rows {
        let of = |table: &'static str, condition: &str| {
            let mut statement = conn.prepare(&format!("SELECT * FROM {table} WHERE {condition}")).unwrap();
            let columns = statement.column_count();
            let row = |row: &rusqlite::Row<'_>| (0..columns).map(|n| row.get(n)).collect::<rusqlite::Result<Vec<_>>>();
            let rows = statement.query_map([NEWEST], row).unwrap().collect::<rusqlite::Result<Vec<_>>>().unwrap();
            (table, rows)
        };
        let articles = "SELECT id FROM articles WHERE sort_at > ?1";
        let discussions = format!("SELECT id FROM discussions WHERE article_id IN ({articles})");
        Rows(vec![
            of("articles", "sort_at > ?1"),
            of("article_bodies", &format!("article_id IN ({articles})")),
            of("discussions", &format!("article_id IN ({articles})")),
            of("comments", &format!("discussion_id IN ({discussions})")),
        ])
    }

    fn insert(&self, conn: &Connection) {
        conn.execute_batch("BEGIN IMMEDIATE").unwrap();
        for (table, rows) in &self.0 {
            let mut marks = String::new();
            for n in 1..=rows.first().map_or(0, Vec::len) {
                let _ = write!(marks, "{}?{n}", if n > 1 { ", " } else { "" });
            }
            let mut statement = conn.prepare(&format!("INSERT INTO {table} VALUES ({marks})")).unwrap();
            for row in rows {
                statement.execute(rusqlite::params_from_iter(row)).unwrap();
            }
        }
        conn.execute_batch("COMMIT").unwrap();
    }
}

/// The store as it was built, where a reader has marked articles and gone through pages.
pub(crate) fn reset(path: &Path) {
    let conn = connect(path);
    let of: u32 = conn.query_row("SELECT count(*) FROM articles", [], |row| row.get(0)).unwrap();
    conn.execute_batch("DELETE FROM settings WHERE key = 'session'; DELETE FROM positions;").unwrap();
    let touched: Vec<(i64, i64, bool)> = conn
        .prepare("SELECT id, sort_at, read FROM articles WHERE read_at > ?1 OR (read = 0 AND read_at IS NOT NULL)")
        .unwrap()
        .query_map([NEWEST], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .unwrap()
        .collect::<rusqlite::Result<_>>()
        .unwrap();
    for (id, sort_at, read) in touched {
        let was = grown::is_read(grown::number(sort_at), of as usize);
        if was != read {
            conn.execute("UPDATE articles SET read = ?2, read_at = ?3 WHERE id = ?1", params![id, was, NEWEST]).unwrap();
        }
    }
}

/// Bytes on disk by what they are for, an article.
pub(crate) fn sizes(path: &Path) {
    let conn = connect(path);
    let count: f64 = conn.query_row("SELECT count(*) FROM articles", [], |row| row.get(0)).unwrap();
    let mut statement = conn
        .prepare(
            "SELECT CASE WHEN name LIKE '%words_%' THEN 'index of words'
                         WHEN name = 'article_bodies' THEN 'texts' WHEN name LIKE '%comments%' OR name LIKE '%discussions%' THEN 'comments'
                         ELSE 'lists' END AS what, sum(pgsize) FROM dbstat WHERE aggregate = 1 GROUP BY what",
        )
        .unwrap();
    let rows = statement.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, f64>(1)?))).unwrap();
    for row in rows {
        let (what, bytes) = row.unwrap();
        println!("{what}\t{:.0}", bytes / count);
    }
}

/// Fills newsboat's cache, which newsboat has made, with the same articles.
pub(crate) fn newsboat(path: &Path, count: usize) {
    let conn = Connection::open(path).unwrap();
    let pool = Pool::new();
    conn.execute_batch("PRAGMA synchronous = OFF; BEGIN").unwrap();
    for n in 0..count {
        let page = pool.page(n);
        let feed = format!("https://example.org/{}", &*page.source.key);
        let text: Vec<String> = page.article.body.text().lines().map(|line| format!("<p>{line}</p>")).collect();
        conn.prepare_cached(
            "INSERT OR IGNORE INTO rss_feed (rssurl, url, title, lastmodified, is_rtl, etag) VALUES (?1, ?1, ?2, 0, 0, '')",
        )
        .unwrap()
        .execute(params![feed, &*page.source.title])
        .unwrap();
        conn.prepare_cached(
            "INSERT INTO rss_item (guid, title, author, url, feedurl, pubDate, content, unread, enclosure_url, enclosure_type,
                                   enqueued, flags, deleted, base) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, '', '', 0, '', 0, '')",
        )
        .unwrap()
        .execute(params![
            n.to_string(),
            &*page.article.title,
            page.article.byline.as_deref(),
            page.article.url.as_deref(),
            feed,
            grown::at(n),
            text.join("\n"),
            !grown::is_read(n, count)
        ])
        .unwrap();
    }
    conn.execute_batch("COMMIT").unwrap();
    println!("{}", (0..grown::SOURCES).map(|n| format!("https://example.org/source-{n}")).collect::<Vec<_>>().join("\n"));
}
