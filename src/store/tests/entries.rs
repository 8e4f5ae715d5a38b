//! Stores of versions before entries, and before hosts and polls, brought to this one.

use rusqlite::Connection;

use super::*;

/// A store as the version before entries left it: an article of two sources, an imported one, one that was cleaned away.
const BEFORE_ENTRIES: &str = "
PRAGMA user_version = 9;
INSERT INTO sources (id, key, title, first_seen) VALUES (1, 'https://a.example/feed', 'A', 0), (2, 'b', 'B', 0);
INSERT INTO subscriptions (source_id, address, added_at, site) VALUES (1, 'https://a.example/feed', 0, 'https://a.example/');
INSERT INTO articles (id, key, source_id, title, first_seen, sort_at, published, read, read_at, starred, starred_at, own_rating,
        rated_at, watched, watched_at, visited_at) VALUES
    (3, 'https://a.example/1', 1, 'One', 5, 7, 7, 1, 8, 1, 9, 4, 10, 1, 11, 12),
    (5, 'x', 2, 'Two', 6, 6, NULL, 0, NULL, 0, NULL, 0, NULL, 0, NULL, NULL);
INSERT INTO article_bodies (article_id, url, encoding, body, related_encoding, related) VALUES
    (3, 'https://www.a.example/1/', 0, x'74657874', 1, x'7b7d'), (5, NULL, 0, x'776f726473', 1, x'7b7d');
INSERT INTO discussions (id, article_id, place, scale_kind, complete, first_seen) VALUES (1, 3, 'page', 0, 1, 0);
INSERT INTO comments (discussion_id, ordinal, key, parent_kind, rank_kind, first_seen, encoding, body, own_rating)
    VALUES (1, 0, 'c', 0, 0, 0, 0, x'73616964', 5);
UPDATE discussions SET comments = 1, unseen = 1;
UPDATE articles SET comments = 1, unseen = 1 WHERE id = 3;
INSERT INTO positions VALUES (3, '{}');
INSERT INTO entries (source_id, guid, article_id, print) VALUES (1, 11, 3, 1), (1, 12, 3, 1), (2, 21, 3, 1), (1, 99, NULL, 1);
";

#[test]
fn a_store_of_before_entries_keeps_every_article_mark_and_comment() {
    let mut conn = Connection::open_in_memory().unwrap();
    schema::make(&mut conn, 9).unwrap();
    conn.execute_batch(BEFORE_ENTRIES).unwrap();
    let marks =
        "SELECT group_concat(id || title || read || read_at || starred || starred_at || own_rating || rated_at || watched
        || watched_at || visited_at || comments || unseen || sort_at) FROM articles";
    let read = |conn: &Connection, sql: &str| -> Option<String> { conn.query_row(sql, [], |row| row.get(0)).unwrap() };
    let before = read(&conn, marks);
    let mut told = Vec::new();
    schema::migrate(&mut conn, &mut |upgrade| told.push((upgrade.done, upgrade.total))).unwrap();
    assert_eq!(read(&conn, marks), before);
    assert_eq!(told, [(2, 2)]);
    let entries =
        "SELECT group_concat(source_id || ':' || ifnull(article_id, '-') || ':' || ifnull(guid, '-') || ':' || is_listed, ' ')
        FROM (SELECT * FROM entries ORDER BY id)";
    assert_eq!(read(&conn, entries).as_deref(), Some("1:3:11:1 2:3:21:1 2:5:-:1 1:-:99:0"));
    assert_eq!(read(&conn, "SELECT group_concat(total || '/' || unread, ' ') FROM sources").as_deref(), Some("1/0 2/1"));
    assert_eq!(read(&conn, "SELECT own_rating || CAST(body AS TEXT) FROM comments").as_deref(), Some("5said"));
    assert_eq!(read(&conn, "SELECT count(*) || '' FROM positions").as_deref(), Some("1"));
    assert_eq!(read(&conn, "SELECT group_concat(seq) FROM sqlite_sequence WHERE name = 'articles'").as_deref(), Some("5"));
    let faults = conn.prepare("PRAGMA foreign_key_check").unwrap().exists([]).unwrap();
    assert!(!faults);
    // The feed lists what it listed, and what was cleaned away stays away.
    let mut store = store();
    store.conn = conn;
    let one = Article {
        id: Some(clean("new-guid")),
        title: clean("One"),
        url: Some(clean("https://a.example/1")),
        body: Document::plain(["text"]),
        ..Article::default()
    };
    let changed = fetched::fetched(&mut store, SourceId(1), vec![crate::store::entries::Item::new(one)]);
    assert_eq!(changed.in_words(), "nothing new");
    assert_whole(&store);
}

/// An article of one source as the version before hosts left it, which the reader starred; its source was asked and is due.
const BEFORE_HOSTS: &str = "
PRAGMA user_version = 14;
INSERT INTO sources (id, key, title, first_seen) VALUES (1, 'https://a.example/feed', 'A', 0), (2, 'b', 'B', 0);
INSERT INTO subscriptions (source_id, address, added_at, asked_at, answered_at, due_at, due_reason, failures, failure)
    VALUES (1, 'https://a.example/feed', 1, 5, 4, 9, 'as configured', 2, 'not found (404)');
INSERT INTO articles (id, source_id, title, first_seen, sort_at, published, starred, starred_at) VALUES (3, 1, 'One', 5, 7, 7, 1, 9);
INSERT INTO article_bodies (article_id, url, encoding, body, related_encoding, related)
    VALUES (3, 'https://n.example/1', 0, x'74657874', 1, x'7b7d');
";

#[test]
fn a_store_of_before_hosts_and_polls_keeps_what_is_due_and_which_entries_belong_together() {
    let mut conn = Connection::open_in_memory().unwrap();
    schema::make(&mut conn, 14).unwrap();
    conn.execute_batch(BEFORE_HOSTS).unwrap();
    let address = crate::store::ingest::address_hash("https://n.example/1");
    let entry = "INSERT INTO entries (source_id, article_id, guid, address, title, print, sort_at, is_listed)
                 VALUES (1, ?1, ?2, ?3, ?4, 1, 7, ?1 IS NOT NULL)";
    let title = crate::store::ingest::short_hash(b"One");
    // The second is of an article that was cleaned away.
    for (article, guid, address) in
        [(Some(3), Some(11), address), (None, None, crate::store::ingest::address_hash("https://n.example/gone"))]
    {
        conn.execute(entry, rusqlite::params![article, guid, address, title]).unwrap();
    }
    schema::migrate(&mut conn, &mut |_| {}).unwrap();
    assert!(!conn.prepare("PRAGMA foreign_key_check").unwrap().exists([]).unwrap());
    let mut store = store();
    store.conn = conn;

    let health = store.subscription(SourceId(1)).unwrap().unwrap().health;
    let times = [health.asked_at, health.answered_at, health.due_at].map(|time| time.map(|time| time.0));
    assert_eq!((times, health.failures), ([Some(5), Some(4), Some(9)], 2));
    assert_eq!(health.failure.as_deref(), Some("not found (404)"));

    let item = |guid: &str, address: &str| {
        let (id, title) = (Some(clean(guid)), clean("One"));
        crate::store::entries::Item::new(Article { id, title, url: Some(clean(address)), ..Article::default() })
    };
    let other = store.subscribe(&crate::store::subscriptions::NewSubscription::default(), NOW).unwrap().0;
    let joined = fetched::fetched(&mut store, other, vec![item("x", "https://n.example/1")]);
    assert_eq!(joined.joined, [ArticleId(3)], "another source's entry at the same address");
    let again = fetched::fetched(&mut store, SourceId(1), vec![item("changed", "https://n.example/1")]);
    assert_eq!(again.new, [], "the same entry under another id: {again:?}");
    assert!(store.headline(ArticleId(3)).unwrap().unwrap().starred);
    let hosts = "SELECT count(DISTINCT host) || ' ' || min(host > 0) FROM entries WHERE article_id = 3";
    assert_eq!(store.conn.query_row(hosts, [], |row| row.get::<_, String>(0)).unwrap(), "1 1");
    assert_whole(&store);
}
