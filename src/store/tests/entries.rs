//! A store of the version before entries, brought to this one.

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
