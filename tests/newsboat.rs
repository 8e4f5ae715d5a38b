//! Moving over from newsboat: `urls` and `cache.db`.

use rusqlite::Connection;

use crate::home::Home;

/// A cache as newsboat 2.x makes it, with the articles `(guid, title, url, unread, flags, deleted)`.
fn cache(home: &Home, rows: &[(&str, &str, &str, i64, &str, i64)]) -> String {
    let path = home.path("cache.db");
    let conn = Connection::open(&path).unwrap();
    conn.execute_batch(
        "CREATE TABLE rss_feed (rssurl VARCHAR(1024) PRIMARY KEY NOT NULL, url VARCHAR(1024) NOT NULL,
            title VARCHAR(1024) NOT NULL, lastmodified INTEGER(11) NOT NULL DEFAULT 0, is_rtl INTEGER(1) NOT NULL DEFAULT 0,
            etag VARCHAR(128) NOT NULL DEFAULT '');
         CREATE TABLE rss_item (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, guid VARCHAR(64) NOT NULL,
            title VARCHAR(1024) NOT NULL, author VARCHAR(1024) NOT NULL, url VARCHAR(1024) NOT NULL,
            feedurl VARCHAR(1024) NOT NULL, pubDate INTEGER NOT NULL, content VARCHAR(65535) NOT NULL,
            unread INTEGER(1) NOT NULL, enclosure_url VARCHAR(1024), enclosure_type VARCHAR(1024),
            enqueued INTEGER(1) NOT NULL DEFAULT 0, flags VARCHAR(52), deleted INTEGER(1) NOT NULL DEFAULT 0,
            base VARCHAR(128) NOT NULL DEFAULT '');
         CREATE TABLE metadata (db_schema_version_major INTEGER NOT NULL, db_schema_version_minor INTEGER NOT NULL);
         INSERT INTO rss_feed (rssurl, url, title) VALUES ('https://a.example/feed', 'https://a.example/', 'A feed');",
    )
    .unwrap();
    for (guid, title, url, unread, flags, deleted) in rows {
        conn.execute(
            "INSERT INTO rss_item (guid, title, author, url, feedurl, pubDate, content, unread, flags, deleted)
             VALUES (?1, ?2, 'Lim', ?3, 'https://a.example/feed', 1700000000, '<p>The text of ' || ?2, ?4, ?5, ?6)",
            (guid, title, url, unread, flags, deleted),
        )
        .unwrap();
    }
    path.to_str().unwrap().to_owned()
}

#[test]
fn a_cache_brings_articles_with_what_was_read_flagged_and_deleted() {
    let home = Home::new();
    let cache = cache(
        &home,
        &[
            ("1", "Owls", "https://a.example/1", 0, "", 0),
            ("2", "Yaks", "https://a.example/2", 1, "ab", 0),
            ("3", "Ants", "https://a.example/3", 1, "", 1),
            ("4", "Bees", "https://a.example/4", 1, "", 0),
            ("5", "", "", 1, "", 0),
        ],
    );
    let queued = "UPDATE rss_item SET enqueued = 1 WHERE guid = '4'";
    Connection::open(&cache).unwrap().execute(queued, []).unwrap();
    let told = home.run(&["import", &cache]).succeeded().out;
    for part in [
        "newsboat cache, 4 articles",
        "1 article marked read, as in newsboat",
        "1 article starred, as flagged in newsboat",
        "flags: a 1, b 1; each letter is a tag, such as flag-a",
        "1 article deleted in newsboat left out",
        "1 enclosure in newsboat's podcast queue, which is not imported",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
    let list = home.run(&["list", "is:unread", "source:A", "--json"]).succeeded().out;
    assert!(list.contains("Yaks") && list.contains("flag-b") && !list.contains("Owls") && !list.contains("Ants"), "{list}");
    // Once more: nothing is new, and what the reader has done since stays.
    home.run(&["mark", "unread", "title:Owls"]).succeeded();
    home.run(&["mark", "unstar", "title:Yaks"]).succeeded();
    let again = home.run(&["import", &cache]).succeeded().out;
    assert!(again.contains("updated"), "{again}");
    // The reader's own name for a feed is not taken away by the cache's.
    home.run(&["import", &home.write("urls", b"https://a.example/feed \"~Mine\"\n")]).succeeded();
    home.run(&["import", &cache]).succeeded();
    assert!(home.run(&["sources"]).succeeded().out.contains("Mine"));
}

#[test]
fn urls_bring_saved_searches_and_move_passwords_into_the_configuration() {
    let home = Home::new();
    let urls = "https://a.example/feed \"~A\"\n\"query:Flagged:flags # \\\"a\\\"\"\nhttps://me:secret@b.example/feed\n\
        gopher://c.example/\nexec:/bin/feed\n";
    let told = home.run(&["import", &home.write("urls", urls.as_bytes())]).succeeded().out;
    for part in
        ["2 new sources", "gopher", "1 query feed as saved searches: Flagged", "1 password moved into", "--allow-programs"]
    {
        assert!(told.contains(part), "{part}: {told}");
    }
    assert!(!told.contains("secret"), "{told}");
    assert!(!home.run(&["opml"]).succeeded().out.contains("secret"));
}

#[test]
fn a_program_and_a_file_are_sources_and_their_failures_are_told_as_of_any() {
    let home = Home::new();
    let item = "<item><guid isPermaLink='false'>2</guid><title>Yaks</title><link>https://a.example/2</link></item>";
    let feed = |title: &str| format!("<rss version='2.0'><channel><title>{title}</title>{item}</channel></rss>");
    let (cows, bulls) = (home.write("cows.xml", feed("Cows").as_bytes()), home.write("bulls.xml", feed("Bulls").as_bytes()));
    home.run(&["add", &format!("exec:cat '{cows}'")]).succeeded();
    home.run(&["add", &format!("file://{bulls}")]).succeeded();
    home.run(&["add", "exec:false"]).failed(1, &["`false` failed"]);
    home.run(&["add", "file:///no/such/file"]).failed(1, &["no such file"]);
    let list = home.run(&["list"]).succeeded().out;
    assert!(list.contains("Yaks"), "{list}");
    std::fs::remove_file(&cows).unwrap();
    let run = home.run(&["fetch", "Cows"]);
    assert!(run.out.contains("`cat` failed"), "{} {}", run.out, run.err);
    let sources = home.run(&["sources", "Cows"]).succeeded().out;
    assert!(sources.contains("`cat` failed"), "{sources}");
}
