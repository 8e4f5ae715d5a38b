//! Subscribing and fetching, with a server on loopback.

use std::collections::HashMap;
use std::io::Write;
use std::net::TcpStream;
use std::process::Stdio;
use std::sync::{Arc, Mutex};

use crate::home::Home;
use crate::server::Server;

/// The content of each path; it may change while the server runs.
#[derive(Clone, Default)]
struct Site(Arc<Mutex<HashMap<String, String>>>);

impl Site {
    fn put(&self, path: &str, answer: impl Into<String>) {
        self.0.lock().unwrap().insert(path.to_owned(), answer.into());
    }

    /// Every path that has nothing is not found; what is asked for by its `ETag` has not changed.
    fn serve(&self) -> Server {
        let site = self.clone();
        Server::new(move |head: &str, stream: &mut TcpStream| {
            let path = head.split_whitespace().nth(1).unwrap_or("/");
            let known = site.0.lock().unwrap().get(path).cloned();
            let answer = match known {
                None => "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n".to_owned(),
                Some(body) if body.starts_with("HTTP/") => body,
                Some(body) if head.contains(&format!("\"{}\"", body.len())) => "HTTP/1.1 304 Not Modified\r\n\r\n".to_owned(),
                Some(body) => {
                    format!(
                        "HTTP/1.1 200 OK\r\netag: \"{0}\"\r\ncontent-length: {0}\r\nconnection: close\r\n\r\n{body}",
                        body.len()
                    )
                }
            };
            let _ = stream.write_all(answer.as_bytes());
        })
    }
}

/// An RSS feed of items numbered from the newest down to 1.
fn feed(title: &str, items: usize) -> String {
    let item = |n: usize| {
        format!(
            "<item><title>Item {n}</title><link>https://news.example/{title}/{n}</link><guid>{title}-{n}</guid>\
            <description>&lt;p&gt;What item {n} says of grain.&lt;/p&gt;</description></item>"
        )
    };
    let items: String = (1..=items).rev().map(item).collect();
    format!("<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>{title}</title>{items}</channel></rss>")
}

/// A home that is subscribed to a feed of so many items, and the site that it stands on at `/feed`.
fn subscribed(items: usize) -> (Home, Site, Server) {
    let (home, site) = (Home::new(), Site::default());
    let server = site.serve();
    site.put("/feed", feed("Grain", items));
    home.run(&["add", &server.url("127.0.0.1", "/feed")]).succeeded();
    (home, site, server)
}

#[test]
fn a_feed_is_added_fetched_and_listed() {
    let (home, site) = (Home::new(), Site::default());
    let server = site.serve();
    let address = |path: &str| server.url("127.0.0.1", path);
    site.put("/feed", feed("Grain", 3));
    let added = home.run(&["add", &address("/feed"), "--folder", "Fields/Near", "--json"]).succeeded().json();
    assert_eq!((&added["title"], &added["articles"], &added["added"]), (&"Grain".into(), &3.into(), &true.into()));
    let list = home.run(&["list"]).succeeded().out;
    let numbers: Vec<usize> = (1..=3).map(|n| list.find(&format!("Item {n}")).unwrap()).collect();
    assert!(numbers.is_sorted_by(|a, b| a > b), "the feed's first stands first:\n{list}");

    // Nothing is due so soon, and what is asked for all the same has not changed.
    assert_eq!(home.run(&["fetch", "--json"]).succeeded().out, "");
    assert_eq!(home.run(&["fetch", "--all", "--json"]).succeeded().json()["outcome"], "unchanged");
    site.put("/feed", feed("Grain", 5));
    let told = home.run(&["fetch", "grain", "--json"]).succeeded().json();
    assert_eq!((&told["outcome"], told["new"].as_array().map(Vec::len)), (&"fetched".into(), Some(2)));
    let source = home.run(&["sources", "Fields", "--json"]).succeeded().json();
    assert_eq!((&source["articles"], &source["folder"]), (&5.into(), &serde_json::json!(["Fields", "Near"])));
    home.run(&["sources", "Graim"]).failed(1, &["there is no subscription `Graim`", "did you mean `Grain`"]);
}

#[test]
fn what_fails_is_named_and_the_rest_comes() {
    let (home, site) = (Home::new(), Site::default());
    let server = site.serve();
    for path in ["/a", "/b", "/c", "/d"] {
        site.put(path, feed(path.trim_matches('/'), 1));
        home.run(&["add", &server.url("127.0.0.1", path)]).succeeded();
    }
    site.put("/a", "HTTP/1.1 410 Gone\r\ncontent-length: 0\r\n\r\n");
    site.put("/b", "<!doctype html><title>Moved</title><p>We have a new site.</p>");
    site.put("/c", "<!doctype html><form><input name=u><input type=password name=p></form>");
    let told = home.run(&["fetch", "--all", "--json"]).succeeded().out;
    let told: Vec<serde_json::Value> = told.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of = |title: &str| told.iter().find(|one| one["title"] == title).unwrap();
    for (title, words) in [("a", "gone for good"), ("b", "a web page"), ("c", "to log in at")] {
        assert!(of(title)["failure"].as_str().unwrap().contains(words), "{}", of(title));
        assert!(!of(title)["hint"].as_str().unwrap().is_empty());
    }
    assert_eq!(of("d")["outcome"], "unchanged");
    assert_eq!(home.run(&["sources", "a", "--json"]).succeeded().json()["due"], serde_json::Value::Null);
    let again = home.run(&["fetch", "--all", "--json"]).succeeded().out;
    assert!(!again.contains("gone for good"), "what has ended is not asked with all others");
    assert!(home.run(&["fetch", "a", "--json"]).out.contains("gone for good"));
    assert_eq!(home.run(&["fetch", "b"]).code, 1);
    assert_eq!(home.run(&["list"]).succeeded().out.lines().count(), 4, "what was read stays");
}

#[test]
fn the_feed_of_a_page_is_found() {
    let (home, site) = (Home::new(), Site::default());
    let server = site.serve();
    let link = |path: &str| format!("<link rel=alternate type=application/rss+xml title='News {path}' href={path}>");
    let page = |head: &str| {
        format!("<!doctype html><html><head><title>A site</title>{head}</head><body><p>Welcome.</p></body></html>")
    };
    site.put("/one", page(&link("/x.rss")));
    site.put("/two", page(&format!("{}{}", link("/x.rss"), link("/y.rss"))));
    site.put("/x.rss", feed("X", 1));
    site.put("/y.rss", feed("Y", 1));
    let run = |path: &str| home.run(&["add", &server.url("127.0.0.1", path)]);
    assert!(run("/one").succeeded().out.contains("X ("));
    run("/two").failed(1, &["this page offers 2 feeds", "/y.rss", "add one of these"]);
    site.put("/blog/", page(""));
    site.put("/blog/feed", feed("Usual", 2));
    assert!(run("/blog/").succeeded().out.contains("Usual ("));
    run("/nothing").failed(1, &["not found (404)"]);
    site.put("/bin", "\u{1}\u{2}\0binary");
    run("/bin").failed(1, &["neither a feed nor a web page"]);
}

#[test]
fn a_page_without_a_feed_is_stored_and_pages_are_shown_by_address() {
    let (home, site) = (Home::new(), Site::default());
    let server = site.serve();
    let words = "What is left on the field is for those who come late, as it was of old. ".repeat(8);
    let page = format!(
        "<!doctype html><html><head><title>Left on the field</title></head><body><article><h1>Left on the field</h1><p>{words}</p></article></body></html>"
    );
    site.put("/story", page);
    let address = server.url("127.0.0.1", "/story");
    assert!(home.run(&["show", &address]).succeeded().out.contains("those who come late"));
    assert!(home.run(&["list"]).succeeded().out.is_empty(), "showing stores nothing");
    assert!(home.run(&["add", &address]).succeeded().out.contains("the page itself was stored as article 1"));
    assert_eq!(home.run(&["import", &address, "--json"]).succeeded().json()["outcome"], "unchanged");
}

#[test]
fn a_source_of_teasers_gives_whole_texts() {
    let (home, site) = (Home::new(), Site::default());
    let server = site.serve();
    let address = server.url("127.0.0.1", "/feed");
    let (teaser, words) = (
        "<description>Only the beginning.</description>",
        "All that there is to say of grain and of those who come late. ".repeat(12),
    );
    let item = |n: usize| {
        let page = server.url("127.0.0.1", &format!("/story/{n}"));
        format!("<item><title>Story {n}</title><guid>{n}</guid><link>{page}</link>{teaser}</item>")
    };
    let feed = |items: &str| format!("<rss version=\"2.0\"><channel><title>Teasers</title>{items}</channel></rss>");
    site.put("/story/1", format!("<!doctype html><html><body><article><h1>Story 1</h1><p>{words}</p></article></body></html>"));
    site.put("/feed", feed(""));
    home.run(&["add", &address]).succeeded();
    home.write("config.toml", b"[[sources]]\nof = \"Teasers\"\nfull-text = true\n");
    site.put("/feed", feed(&format!("{}{}", item(2), item(1))));
    let told = home.run(&["fetch", "--all"]).succeeded().out;
    assert!(told.contains("1 full text") && told.contains("not found (404)"), "one page is there, one is not: {told}");
    let shown = |id: &str| home.run(&["show", id]).succeeded().out;
    assert!(shown("1").contains("come late") && shown("2").contains("Only the beginning"));
    // A feed that changes its teaser does not take the text back.
    site.put("/feed", feed(&format!("{}{}", item(2), item(1)).replace("Only the", "No more than the")));
    home.run(&["fetch", "--all"]).succeeded();
    assert!(shown("1").contains("come late") && shown("2").contains("No more than the beginning"));
}

/// Fetches that are killed at any moment leave a store that is whole, in which what was marked stays so.
#[test]
fn a_fetch_that_is_killed_loses_nothing() {
    let (home, site) = (Home::new(), Site::default());
    let server = site.serve();
    for n in 0..6 {
        site.put(&format!("/{n}"), feed(&format!("Feed {n}"), 30));
        home.run(&["add", &server.url("127.0.0.1", &format!("/{n}"))]).succeeded();
    }
    home.run(&["mark", "star", "1", "7", "33"]).succeeded();
    home.run(&["mark", "read", "2", "9"]).succeeded();
    for round in 0..12 {
        for n in 0..6 {
            site.put(&format!("/{n}"), feed(&format!("Feed {n}"), 31 + round));
        }
        let mut child = home.command(&["fetch", "--all", "--json"]).stdout(Stdio::piped()).spawn().unwrap();
        // After so many answers it is told of, the next one is being stored.
        let mut lines = std::io::BufRead::lines(std::io::BufReader::new(child.stdout.take().unwrap()));
        for _ in 0..round % 6 {
            let _ = lines.next();
        }
        child.kill().unwrap();
        child.wait().unwrap();
    }
    home.run(&["doctor"]).succeeded();
    home.run(&["fetch", "--all"]).succeeded();
    let listed = |query: &str| home.run(&["list", "--json", query]).succeeded().out.lines().count();
    assert_eq!((listed("is:starred"), listed("is:read")), (3, 2));
    assert_eq!(listed(""), 6 * 42);
}

/// Lists go in and come out with all that they tell; newsboat's come in.
#[test]
fn lists_of_subscriptions_come_in_and_go_out() {
    let home = Home::new();
    let outline = |name: &str, more: &str| {
        format!("<outline type=\"atom\" text=\"{name}\" title=\"{name}\" xmlUrl=\"https://{name}.example/feed\" {more}/>")
    };
    let list = format!(
        "<opml version=\"2.0\"><body><outline text=\"Fields\"><outline text=\"Near &amp; far\">{}</outline>{}</outline>{}</body></opml>",
        outline("barley", "category=\"grain,old\" description=\"Of barley\" language=\"en\""),
        outline("oats", "htmlUrl=\"https://oats.example/\""),
        outline("rye", ""),
    );
    let told = home.run(&["import", &home.write("feeds.opml", list.as_bytes()), "--json"]).succeeded().json();
    assert_eq!((&told["outcome"], &told["subscriptions"]), (&"imported".into(), &3.into()));
    let first = home.run(&["opml"]).succeeded().out;
    for words in ["Near &amp; far", "grain", "Of barley", "https://oats.example/", "type=\"atom\""] {
        assert!(first.contains(words), "{words} is missing in {first}");
    }
    let other = Home::new();
    other.run(&["import", &other.write("again.opml", first.as_bytes())]).succeeded();
    let without_date = |text: &str| text.lines().filter(|line| !line.contains("dateCreated")).collect::<String>();
    assert_eq!(without_date(&other.run(&["opml"]).succeeded().out), without_date(&first));
    assert_eq!(other.run(&["import", "again.opml", "--json"]).succeeded().json()["outcome"], "unchanged");

    let urls = "https://wheat.example/feed \"~My wheat\" grain\n# a comment\n\"query:Unread:unread = \\\"yes\\\"\"\n";
    let told = home.run(&["import", &home.write("urls", urls.as_bytes()), "--json"]).succeeded().json();
    assert_eq!(told["subscriptions"], 1);
    assert!(told["notes"].to_string().contains("1 query feed as saved searches: Unread"), "{told}");
    let source = home.run(&["sources", "My wheat", "--json"]).succeeded().json();
    assert_eq!(source["folder"], serde_json::json!(["grain"]));
}

#[test]
fn what_the_keep_rules_let_go_is_told_then_goes_and_stays_away() {
    let (home, site, _server) = subscribed(5);
    assert!(home.run(&["clean"]).succeeded().out.contains("everything is kept"));
    home.run(&["mark", "star", "1"]).succeeded();
    std::fs::write(home.path("config.toml"), "[fetch]\nkeep = 100\n[[sources]]\nof = \"Grain\"\nkeep = 2\n").unwrap();
    let would = home.run(&["clean", "--dry-run", "--json"]).succeeded();
    assert_eq!((&would.json()["title"], &would.json()["articles"]), (&"Grain".into(), &2.into()));
    assert_eq!(home.run(&["clean", "--json"]).succeeded().out, would.out);
    site.put("/feed", feed("Grain", 6));
    let told = home.run(&["fetch", "--all", "--json"]).succeeded().json();
    assert_eq!(told["new"].as_array().map(Vec::len), Some(1));
    assert!(home.run(&["clean"]).succeeded().out.contains("nothing to clean"), "the fetch has cleaned");
    let list = home.run(&["list"]).succeeded().out;
    assert_eq!((1..=6).filter(|n| list.contains(&format!("Item {n}"))).collect::<Vec<_>>(), [1, 5, 6]);
    home.run(&["doctor"]).succeeded();
}

#[test]
fn a_fetch_and_the_reader_clean_by_the_keep_rules() {
    let (home, _site, _server) = subscribed(6);
    home.write("config.toml", b"[fetch]\nkeep = 4\n");
    let told = home.run(&["fetch", "--all"]).succeeded().out;
    assert!(told.contains("2 articles") && told.contains("went by the keep rules"), "{told}");
    assert!(!home.run(&["fetch", "--all"]).succeeded().out.contains("keep rules"));
    home.write("config.toml", b"[fetch]\nkeep = 1\n");
    let mut reader = home.open(&[], (80, 24));
    // The article that the list's cursor is on is not being read.
    reader
        .wait_for("Item 6")
        .wait_until("one article left", |screen| screen.contains("Unread 1 ") && !screen.contains("Item 5"));
    reader.type_keys("<C-c>").ends_well();
    assert_eq!(home.run(&["list"]).succeeded().out.lines().count(), 1);
}

#[test]
fn what_is_ignored_is_told_and_not_stored() {
    let (home, site) = (Home::new(), Site::default());
    let server = site.serve();
    site.put("/feed", feed("Grain", 3));
    let rules =
        "[[ignore]]\nsource = \"grain\"\nwords = [\"item 2\", \"item 5\"]\n[[ignore]]\nsource = \"stone\"\nshorter = 99\n";
    std::fs::write(home.path("config.toml"), rules).unwrap();
    let added = home.run(&["add", &server.url("127.0.0.1", "/feed"), "--json"]).succeeded().json();
    assert_eq!((&added["articles"], &added["ignored"]), (&2.into(), &1.into()));
    site.put("/feed", feed("Grain", 5));
    assert!(home.run(&["fetch", "--all"]).succeeded().out.ends_with("1 source · 1 new · 1 ignored\n"));
    let list = home.run(&["list"]).succeeded().out;
    assert_eq!((1..=5).filter(|n| list.contains(&format!("Item {n}"))).collect::<Vec<_>>(), [1, 3, 4]);
}

#[test]
fn what_an_update_changed_is_shown() {
    let (home, site) = (Home::new(), Site::default());
    let server = site.serve();
    let feed = |title: &str, second: &str| {
        format!(
            "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>Grain</title><item><title>{title}</title><guid>1</guid>\
            <description>&lt;p&gt;First.&lt;/p&gt;&lt;p&gt;{second}&lt;/p&gt;&lt;p&gt;Last.&lt;/p&gt;</description></item></channel></rss>"
        )
    };
    site.put("/feed", feed("Oats", "Ten sacks."));
    home.run(&["add", &server.url("127.0.0.1", "/feed")]).succeeded();
    assert!(home.run(&["show", "1", "--changes"]).succeeded().out.contains("it is as it came"));
    site.put("/feed", feed("Oats, corrected", "Twelve sacks."));
    assert_eq!(home.run(&["fetch", "--all", "--json"]).succeeded().json()["updated"], serde_json::json!([1]));
    let told = home.run(&["show", "1", "--changes"]).succeeded().out;
    assert!(told.ends_with("\n\n- Oats\n+ Oats, corrected\n\n- Ten sacks.\n+ Twelve sacks.\n"), "{told}");
    assert!(home.run(&["show", "1"]).succeeded().out.contains("updated "));
    let told = home.run(&["show", "1", "--changes", "--json"]).succeeded().json();
    let changes =
        serde_json::json!([{"change": "removed", "text": "Ten sacks."}, {"change": "added", "text": "Twelve sacks."}]);
    assert_eq!((&told["previous_title"], &told["changes"]), (&"Oats".into(), &changes));
    let page = home.write("page.txt", b"A page\n\nof text.");
    home.run(&["show", &page, "--changes"]).failed(2, &["only an article of the store"]);
}
