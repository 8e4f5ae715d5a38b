//! The places where people discuss as sources: their front pages, over a server on loopback that answers as they do.

use std::sync::{Arc, Mutex};

use gleaner::domain::time::Timestamp;
use gleaner::store::lookups::LookupEnd;
use gleaner::store::watches::Watch;
use gleaner::store::{ArticleId, Store};
use serde_json::{Value, json};

use crate::home::Home;
use crate::server::{Server, answer, say};

/// The content of each path, up to its query; other paths are not found.
#[derive(Clone, Default)]
pub(crate) struct Net(Arc<Mutex<std::collections::BTreeMap<String, Value>>>);

impl Net {
    pub(crate) fn put(&self, path: &str, value: Value) {
        self.0.lock().unwrap().insert(path.to_owned(), value);
    }

    /// A request with the validators of the current answer gets a 304.
    pub(crate) fn serve(&self) -> Server {
        let net = self.clone();
        Server::new(move |head, stream| {
            let path = head.split_whitespace().nth(1).unwrap_or_default();
            let found = net.0.lock().unwrap().get(path.split('?').next().unwrap_or_default()).cloned();
            let told = match found.map(|value| value.to_string()) {
                None => answer("404 Not Found", &[], b""),
                Some(text) => {
                    let mark = format!("\"{}-{}\"", text.len(), text.bytes().map(u32::from).sum::<u32>());
                    if head.contains(&mark) {
                        answer("304 Not Modified", &[], b"")
                    } else {
                        answer("200 OK", &[&format!("etag: {mark}")], text.as_bytes())
                    }
                }
            };
            say(stream, &told);
        })
    }
}

/// A home whose places all stand at a server.
pub(crate) fn home_at(server: &Server) -> Home {
    let home = Home::new();
    let base = server.url("127.0.0.1", "");
    let base = base.trim_end_matches('/');
    let config = format!(
        "[sites.hacker-news]\nfirebase = \"{base}/fb\"\nalgolia = \"{base}/al\"\n[sites.lobsters]\nbase = \"{base}/lo\"\n\
         [sites.lemmy]\ninstances = [\"{base}\"]\n[sites.discourse]\nsites = [\"{base}/di\"]\n"
    );
    home.write("config.toml", config.as_bytes());
    home
}

/// The paths asked for since the last time, without their queries.
pub(crate) fn asked(server: &Server, seen: &mut usize) -> Vec<String> {
    let heard = server.heard();
    let mut paths: Vec<String> =
        heard[*seen..].iter().map(|head| head.split(['?', ' ']).nth(1).unwrap_or_default().to_owned()).collect();
    *seen = heard.len();
    paths.sort();
    paths
}

fn hit(id: u64, url: &str, points: i64, comments: u64) -> Value {
    json!({ "objectID": id.to_string(), "title": format!("Story {id}"), "url": url, "author": "ann", "points": points,
            "num_comments": comments, "created_at_i": 1_700_000_000 + id })
}

fn lines(home: &Home, args: &[&str]) -> Vec<String> {
    let out = home.run(args).succeeded().out;
    let told: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    told.iter().map(|one| format!("{} {} {}", one["title"].as_str().unwrap_or_default(), one["points"], one["told"])).collect()
}

#[test]
fn a_front_page_is_a_source_with_the_places_order_and_figures() {
    let net = Net::default();
    let server = net.serve();
    let home = home_at(&server);
    let mut seen = 0;
    net.put("/fb/v0/topstories.json", json!([3, 1, 2]));
    net.put(
        "/al/api/v1/search",
        json!({ "hits": [hit(1, "https://one.example/1", 12, 4), hit(2, "https://two.example/", 7, 0)] }),
    );
    net.put("/fb/v0/item/3.json", json!({ "id": 3, "type": "story", "by": "bob", "time": 1_700_000_009, "title": "Ask HN: Three?", "score": 2, "descendants": 1 }));
    let added = home.run(&["add", "hn:top", "--folder", "News", "--json"]).succeeded().json();
    assert_eq!((&added["title"], &added["address"], &added["articles"]), (&json!("Hacker News"), &json!("hn:top"), &json!(3)));
    assert_eq!(asked(&server, &mut seen), ["/al/api/v1/search", "/fb/v0/item/3.json", "/fb/v0/topstories.json"]);
    let front = ["list", "--order", "front", "--json"];
    assert_eq!(lines(&home, &front), ["Ask HN: Three? 2 1", "Story 1 12 4", "Story 2 7 0"]);

    // The same story on another front page is the same article, with both discussions.
    net.put("/lo/hottest.json", json!([
        { "short_id": "abc", "title": "One elsewhere", "url": "http://www.one.example/1/", "score": 30, "comment_count": 9, "comments_url": "https://lobste.rs/s/abc" },
        { "short_id": "abd", "title": "Only here", "url": "https://four.example/", "score": 1, "comment_count": 0, "comments_url": "https://lobste.rs/s/abd" }]));
    let added = home.run(&["add", "lobsters:hottest", "--json"]).succeeded().json();
    assert_eq!((&added["title"], &added["articles"]), (&json!("Lobsters"), &json!(1)));
    assert_eq!(lines(&home, &["list", "--json"]).len(), 4);
    assert_eq!(lines(&home, &["list", "--json", "title:story title:1"]), ["Story 1 30 13"]);

    // Nothing has changed: one request that says so, and one that cannot, with the one that it brings.
    asked(&server, &mut seen);
    let told = home.run(&["fetch", "--all"]).succeeded().out;
    assert!(told.contains("Hacker News: unchanged") && told.contains("Lobsters: unchanged"), "{told}");
    assert_eq!(asked(&server, &mut seen).len(), 4);
    net.put("/fb/v0/topstories.json", json!([2, 1]));
    net.put(
        "/al/api/v1/search",
        json!({ "hits": [hit(1, "https://one.example/1", 40, 5), hit(2, "https://two.example/", 8, 2)] }),
    );
    home.run(&["fetch", "News"]).succeeded();
    assert_eq!(lines(&home, &["list", "--order", "front", "--json", "from:hacker"]), ["Story 2 8 2", "Story 1 40 14"]);
    assert_eq!(lines(&home, &["list", "--json"]).len(), 4, "what left the front page stays");
    let list = home.run(&["opml"]).succeeded().out;
    assert!(list.contains("xmlUrl=\"hn:top\"") && list.contains("htmlUrl=\"https://news.ycombinator.com/news\""), "{list}");
    let again = home_at(&server);
    again.run(&["import", &again.write("list.opml", list.as_bytes())]).succeeded();
    again.run(&["fetch", "--all"]).succeeded();
    assert_eq!(lines(&again, &["list", "--json"]).len(), 3);
}

#[test]
fn lemmy_and_discourse_are_sources_by_their_names_and_by_their_pages() {
    let net = Net::default();
    let server = net.serve();
    let home = home_at(&server);
    let base = server.url("127.0.0.1", "");
    let base = base.trim_end_matches('/');
    net.put("/api/v3/post/list", json!({ "posts": [{ "post": { "id": 5, "name": "Owls", "ap_id": "https://far.example/post/77", "url": "https://owls.example/",
        "published": "2026-01-01T00:00:00Z" }, "creator": { "name": "eva" }, "counts": { "score": 3, "comments": 1 } }] }));
    let host = base.strip_prefix("http://").unwrap();
    assert_eq!(home.run(&["add", &format!("lemmy:!birds@{host}"), "--json"]).succeeded().json()["articles"], 1);
    let again = home.run(&["add", &format!("{base}/c/birds"), "--json"]).succeeded().json();
    assert_eq!(again["title"], format!("birds@{host}"));
    // Its discussion is asked for where the list came from.
    net.put("/api/v3/post", json!({ "post_view": { "post": { "id": 5, "name": "Owls", "ap_id": "https://far.example/post/77" }, "counts": { "comments": 1 } } }));
    net.put("/api/v3/comment/list", json!({ "comments": [{ "comment": { "id": 8, "post_id": 5, "content": "Hoo.", "path": "0.8" }, "creator": { "name": "fay" },
        "post": { "id": 5, "name": "Owls", "ap_id": "https://far.example/post/77" }, "counts": { "score": 1, "upvotes": 1, "downvotes": 0, "child_count": 0 } }] }));
    let found = home.run(&["discussions", "1", "--json"]).succeeded().out;
    let found: Value = serde_json::from_str(found.lines().find(|line| line.contains("lemmy")).unwrap()).unwrap();
    assert_eq!((&found["comments"], &found["address"]), (&json!(1), &json!(format!("{base}/post/5"))));

    net.put(
        "/di/latest.json",
        json!({ "users": [], "topic_list": { "topics": [{ "id": 7, "title": "Mills", "slug": "mills", "posts_count": 2,
        "like_count": 4, "created_at": "2026-01-01T00:00:00Z" }] } }),
    );
    let added = home.run(&["add", &format!("discourse:{base}/di"), "--json"]).succeeded().json();
    assert_eq!((&added["articles"], &added["title"]), (&json!(1), &json!(format!("{host}/di"))));
    assert_eq!(lines(&home, &["list", "--json", "title:mills"]), ["Mills 4 1"]);
    let page = "<html><head><meta name=\"generator\" content=\"Discourse 3.4\"></head><body>Mills</body></html>";
    let other = Server::new(move |head, stream| {
        let is_list = head.contains("/latest.json");
        say(
            stream,
            &if is_list {
                answer("200 OK", &[], br#"{"topic_list": {"topics": []}}"#)
            } else {
                answer("200 OK", &[], page.as_bytes())
            },
        );
    });
    let added = home.run(&["add", &other.url("127.0.0.1", "/"), "--json"]).succeeded().json();
    assert_eq!(added["address"], format!("discourse:{}/latest", other.url("127.0.0.1", "").trim_end_matches('/')));
}

#[test]
fn a_front_page_that_fails_is_named_and_not_subscribed_to_at_once() {
    let net = Net::default();
    let server = net.serve();
    let home = home_at(&server);
    home.run(&["add", "hn:best"]).failed(1, &["not found (404)"]);
    assert!(home.run(&["sources"]).succeeded().out.is_empty());
    home.run(&["add", "hn:bets"]).failed(2, &["Hacker News has no list `bets`"]);
    net.put("/lo/newest.json", json!([]));
    home.run(&["add", "lobsters:newest"]).succeeded();
    net.put("/lo/newest.json", json!({ "error": "no" }));
    assert_eq!(home.run(&["fetch", "--all"]).code, 1);
    assert!(home.run(&["sources", "lobsters:newest"]).succeeded().out.contains("no list of stories"));
}

/// An article, the comments of its one discussion at Lobsters, and its count there.
fn lobsters_story(comments: usize) -> Value {
    let comment = |n: usize| {
        json!({ "short_id": format!("c{n}"), "score": n, "flags": 0, "comment": format!("<p>Comment {n}.</p>"),
        "created_at": "2026-11-01T10:00:00Z", "commenting_user": "ann", "parent_comment": null })
    };
    json!({ "short_id": "abc", "title": "Owls", "url": "https://owls.example/", "score": 5, "comment_count": comments,
        "comments_url": "https://lobste.rs/s/abc", "created_at": "2026-11-01T09:00:00Z", "comments": (1..=comments).map(comment).collect::<Vec<_>>() })
}

fn lobsters_list(comments: usize) -> Value {
    let mut story = lobsters_story(comments);
    story.as_object_mut().unwrap().remove("comments");
    json!([story])
}

fn counts(home: &Home) -> (u64, u64) {
    let row = home.run(&["list", "--json", "title:owls"]).succeeded().json();
    (row["comments"].as_u64().unwrap(), row["new_comments"].as_u64().unwrap())
}

#[test]
fn a_discussion_that_comes_for_the_first_time_has_no_new_comments_though_its_article_was_read_before() {
    let net = Net::default();
    let server = net.serve();
    let home = home_at(&server);
    net.put("/lo/newest.json", lobsters_list(2));
    net.put("/lo/s/abc.json", lobsters_story(2));
    home.run(&["add", "lobsters:newest"]).succeeded();
    home.run(&["mark", "read", "1"]).succeeded();
    home.run(&["discussions", "1"]);
    assert_eq!(counts(&home), (2, 0), "nobody has seen it without these");
    net.put("/lo/s/abc.json", lobsters_story(3));
    home.run(&["discussions", "1"]);
    assert_eq!(counts(&home), (3, 1));
}

#[test]
fn what_is_watched_is_refreshed_when_it_is_due_and_a_command_is_told_of_new_comments() {
    let net = Net::default();
    let server = net.serve();
    let home = home_at(&server);
    let config = std::fs::read_to_string(home.path("config.toml")).unwrap();
    home.write("config.toml", format!("[watch]\ncommand = [\"touch\", \"--\"]\n{config}").as_bytes());
    net.put("/lo/newest.json", lobsters_list(2));
    net.put("/lo/s/abc.json", lobsters_story(2));
    home.run(&["add", "lobsters:newest"]).succeeded();
    home.run(&["mark", "read", "1"]).succeeded();
    home.run(&["mark", "watch", "1"]).succeeded();
    let fetch = || home.run(&["fetch", "--json"]).succeeded();
    let first = fetch().json();
    assert_eq!((&first["article"], &first["new_comments"]), (&json!(1), &json!(0)));
    assert_eq!(counts(&home), (2, 0));
    assert_eq!(fetch().out, "", "it is not due again so soon");
    net.put("/lo/s/abc.json", lobsters_story(4));
    let now_due = || {
        let mut store = Store::open(&home.store_file()).unwrap();
        let due = Watch { asked_at: Timestamp(0), due_at: Timestamp(0), failures: 0 };
        store.set_watch(ArticleId(1), due).unwrap();
        store.close().unwrap();
    };
    now_due();
    let told_of = fetch().out;
    assert!(told_of.contains("\"new_comments\":2"), "{told_of}");
    assert_eq!(counts(&home), (4, 2));
    assert!(home.path("2 new comments: Owls").exists(), "one argument, read by no shell");
    net.put("/lo/s/abc.json", json!("down"));
    now_due();
    assert!(fetch().out.contains("not with a discussion"));
    assert_eq!(counts(&home), (4, 2), "what was kept stays");
    let store = Store::open(&home.store_file()).unwrap();
    assert_eq!(store.watch(ArticleId(1)).unwrap().unwrap().failures, 1);
}

/// Adds Hacker News' new stories as a source whose articles are looked up, with one article.
fn add_looked_up_source(net: &Net, home: &Home) {
    let config = std::fs::read_to_string(home.path("config.toml")).unwrap();
    home.write("config.toml", format!("{config}[[sources]]\nof = \"hn:new\"\ndiscussions = true\n").as_bytes());
    net.put("/al/api/v1/search_by_date", json!({ "hits": [hit(1, "https://one.example/1", 12, 0)] }));
    home.run(&["add", "hn:new"]).succeeded();
}

#[test]
fn programs_are_told_of_new_articles_after_a_fetch() {
    let net = Net::default();
    let server = net.serve();
    let home = home_at(&server);
    let config = std::fs::read_to_string(home.path("config.toml")).unwrap();
    let told = "[fetch]\nafter = [\"touch\", \"--\", \"fetched\"]\n[watch]\ncommand = [\"touch\", \"--\", \"noticed\"]\n";
    let source = "[[sources]]\nof = \"hn:new\"\nnotify = true\n";
    home.write("config.toml", format!("{told}{config}{source}").as_bytes());
    net.put("/al/api/v1/search_by_date", json!({ "hits": [hit(1, "https://one.example/1", 12, 0)] }));
    home.run(&["add", "hn:new"]).succeeded();
    home.run(&["fetch", "--all"]).succeeded();
    assert!(!home.path("fetched").exists() && !home.path("noticed").exists(), "nothing is new");
    let hits = [hit(2, "https://one.example/2", 12, 0), hit(1, "https://one.example/1", 12, 0)];
    net.put("/al/api/v1/search_by_date", json!({ "hits": hits }));
    home.run(&["fetch", "--all"]).succeeded();
    assert!(home.path("fetched").exists() && home.path("noticed").exists());
    assert!(home.path("1 new article: Hacker News, new").exists(), "one argument, read by no shell");
    home.write("config.toml", format!("[fetch]\nafter = [\"false\"]\n{config}").as_bytes());
    net.put("/al/api/v1/search_by_date", json!({ "hits": [hit(3, "https://one.example/3", 12, 0)] }));
    let failed = home.run(&["fetch", "--all"]).succeeded().err;
    assert!(failed.contains("warning: the command after a fetch: `false` failed"), "{failed}");
}

#[test]
fn where_new_articles_of_a_source_are_discussed_is_looked_up_if_it_is_wanted() {
    let net = Net::default();
    let server = net.serve();
    let home = home_at(&server);
    add_looked_up_source(&net, &home);
    let mut seen = 0;
    asked(&server, &mut seen);
    net.put(
        "/al/api/v1/search_by_date",
        json!({ "hits": [hit(2, "https://owls.example/", 1, 0), hit(1, "https://one.example/1", 12, 0)] }),
    );
    net.put("/lo/stories/url/all.json", lobsters_list(2));
    net.put("/lo/s/abc.json", lobsters_story(2));
    home.run(&["fetch", "--all"]).succeeded();
    let asked = asked(&server, &mut seen);
    assert!(
        asked.contains(&"/lo/stories/url/all.json".to_owned()) && asked.contains(&"/lo/s/abc.json".to_owned()),
        "{asked:?}"
    );
    let row = home.run(&["list", "--json", "title:2"]).succeeded().json();
    assert_eq!((&row["comments"], &row["new_comments"]), (&json!(2), &json!(0)), "{asked:?}");
}

#[test]
fn a_look_up_that_failed_is_told_and_made_again_later() {
    let net = Net::default();
    let server = net.serve();
    let home = home_at(&server);
    add_looked_up_source(&net, &home);
    let both = json!({ "hits": [hit(2, "https://owls.example/", 1, 0), hit(1, "https://one.example/1", 12, 0)] });
    net.put("/al/api/v1/search_by_date", both);
    let story = json!({ "id": 2, "type": "story", "title": "2", "author": "bob", "created_at_i": 1, "children": [] });
    net.put("/al/api/v1/items/2", story);
    net.put("/fb/v0/item/2.json", json!({ "id": 2, "type": "story", "by": "bob", "time": 1, "title": "2", "descendants": 0 }));
    net.put("/lo/stories/url/all.json", json!("down"));
    let told = home.run(&["fetch", "--all"]).succeeded().out;
    assert!(told.contains("looking for discussions failed for 1 of 1 article (tried again later): lobsters: "), "{told}");
    net.put("/lo/stories/url/all.json", lobsters_list(2));
    net.put("/lo/s/abc.json", lobsters_story(2));
    assert!(!home.run(&["fetch", "--json"]).succeeded().out.contains("looked_up"), "it is not due again so soon");
    let mut store = Store::open(&home.store_file()).unwrap();
    let due = Timestamp(0);
    store.end_lookup(ArticleId(2), LookupEnd::Failed, due).unwrap();
    store.close().unwrap();
    let told = home.run(&["fetch", "--json"]).succeeded().json();
    assert_eq!((&told["looked_up"], &told["failed"]), (&json!(1), &json!(0)));
    let row = home.run(&["list", "--json", "title:2"]).succeeded().json();
    assert_eq!(row["comments"], json!(2));
}

#[test]
fn a_discussion_of_which_nothing_is_new_takes_one_request() {
    let net = Net::default();
    let server = net.serve();
    let home = home_at(&server);
    let comment =
        |id: u64| json!({ "id": id, "type": "comment", "author": "ann", "created_at_i": 9, "text": "Hoo.", "children": [] });
    let story = |kids: &[u64]| {
        net.put("/fb/v0/item/1.json", json!({ "id": 1, "type": "story", "by": "bob", "time": 1, "title": "Owls", "descendants": kids.len(), "kids": kids }));
        let children: Vec<Value> = kids.iter().map(|id| comment(*id)).collect();
        net.put(
            "/al/api/v1/items/1",
            json!({ "id": 1, "type": "story", "title": "Owls", "author": "bob", "created_at_i": 1, "children": children }),
        );
    };
    story(&[2, 3]);
    net.put("/al/api/v1/search_by_date", json!({ "hits": [hit(1, "https://news.ycombinator.com/item?id=1", 12, 2)] }));
    home.run(&["add", "hn:new"]).succeeded();
    let mut seen = 0;
    let mut fetch = || {
        asked(&server, &mut seen);
        let told = home.run(&["discussions", "1", "--json"]).succeeded().json();
        (
            told["comments"].as_u64().unwrap(),
            told["new"].as_u64().unwrap(),
            told["complete"].as_bool().unwrap(),
            asked(&server, &mut seen).len(),
        )
    };
    assert_eq!(fetch(), (2, 2, true, 2));
    story(&[3, 2]);
    assert_eq!(fetch(), (2, 0, true, 1));
    let ranks = || {
        let page = home.run(&["show", "1", "--json", "--order", "place"]).succeeded().json();
        let comments = page["discussions"][0]["comments"].as_array().unwrap().clone();
        comments.iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(ranks(), ["3", "2"], "the order is another one");
    story(&[4, 3, 2]);
    assert_eq!(fetch(), (3, 1, true, 2));
    assert_eq!(ranks(), ["4", "3", "2"]);
}

#[test]
fn a_blog_inside_this_network_that_is_subscribed_to_has_its_comments_fetched() {
    let item = |base: &str| {
        format!(
            "<rss version=\"2.0\" xmlns:wfw=\"http://wellformedweb.org/CommentAPI/\"><channel><title>News</title><item><title>Owls</title>\
             <link>{base}/2024/a/</link><guid>a</guid><wfw:commentRss>{base}/2024/a/feed/</wfw:commentRss></item></channel></rss>"
        )
    };
    let server = Server::new(move |head, stream| {
        let host = head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("host: ").map(str::to_owned)).unwrap();
        let body = match head.split_whitespace().nth(1).unwrap_or_default() {
            "/feed" => item(&format!("http://{host}")),
            path if path.starts_with("/wp-json/wp/v2/posts?") => {
                format!(r#"[{{"id": 9, "link": "http://{host}/2024/a/"}}]"#)
            }
            path if path.starts_with("/wp-json/wp/v2/comments?") => {
                format!(
                    r#"[{{"id":3,"post":9,"parent":0,"author_name":"ann","content":{{"rendered":"Hoo."}},"link":"http://{host}/2024/a/#comment-3"}}]"#
                )
            }
            _ => return say(stream, &answer("404 Not Found", &[], b"")),
        };
        say(stream, &answer("200 OK", &[], body.as_bytes()));
    });
    // No place is said to stand inside.
    let home = Home::new();
    home.write(
        "config.toml",
        b"[sites.hacker-news]\nalgolia = \"http://127.0.0.1:1\"\n[sites.lobsters]\nbase = \"http://127.0.0.1:1\"\n",
    );
    home.run(&["add", &server.url("127.0.0.1", "/feed")]).succeeded();
    let told = home.run(&["discussions", "1", "--json"]).out;
    let told: Vec<Value> = told.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(told.iter().any(|one| one["place"] == "page" && one["comments"] == 1 && one["complete"] == true), "{told:?}");
}
