//! Discussions over the net: what is asked for, how often, and what stays when a place does not answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};

use crate::home::{Home, Run};
use crate::server::{Server, answer, say};

const FEED: &str = r#"<rss version="2.0"><channel><title>News</title><link>https://example.org/</link>
<item><title>A tale</title><link>https://example.org/a</link><guid>a</guid><description>x</description></item></channel></rss>"#;

fn comment(id: u64, children: &[Value]) -> Value {
    json!({ "id": id, "type": "comment", "author": "ann", "created_at_i": 9, "text": format!("Comment {id}."), "children": children })
}

/// Story 1 with the comments 2 (answered by 4 and 5) and 3, the newest of each level first.
fn place(path: &str) -> Option<Value> {
    let tree = || {
        let answered = comment(2, &[comment(4, &[]), comment(5, &[])]);
        json!({ "id": 1, "type": "story", "title": "A tale", "author": "bob", "created_at_i": 1, "children": [answered, comment(3, &[])] })
    };
    Some(match path {
        "/v0/item/1.json" => {
            json!({ "id": 1, "type": "story", "by": "bob", "time": 1, "title": "A tale", "descendants": 4, "kids": [3, 2] })
        }
        "/v0/item/2.json" => {
            json!({ "id": 2, "type": "comment", "by": "ann", "time": 9, "parent": 1, "text": "Comment 2.", "kids": [5, 4] })
        }
        "/api/v1/items/1" => tree(),
        path if path.starts_with("/api/v1/search?") => {
            json!({ "hits": [{ "objectID": "1", "url": "http://www.example.org/a/", "num_comments": 4, "author": "bob", "created_at_i": 1 }] })
        }
        _ => return None,
    })
}

struct Scene {
    home: Home,
    server: Server,
    is_shut: Arc<AtomicBool>,
}

impl Scene {
    /// An article, and a place that lets nobody in while it is shut.
    fn new() -> Scene {
        let is_shut = Arc::new(AtomicBool::new(false));
        let shut = Arc::clone(&is_shut);
        let server = Server::new(move |head, stream| {
            let path = head.split_whitespace().nth(1).unwrap_or_default();
            let told = match place(path) {
                _ if shut.load(Ordering::SeqCst) => answer("403 Forbidden", &[], b""),
                Some(found) => answer("200 OK", &[], found.to_string().as_bytes()),
                None => answer("404 Not Found", &[], b""),
            };
            say(stream, &told);
        });
        let home = Home::new();
        let base = server.url("127.0.0.1", "");
        let config = format!(
            "[sites.hacker-news]\nfirebase = \"{base}\"\nalgolia = \"{base}\"\n[sites.lobsters]\nbase = \"{base}/lobsters\"\n"
        );
        home.write("config.toml", config.as_bytes());
        home.run(&["import", &home.write("feed.xml", FEED.as_bytes())]).succeeded();
        Scene { home, server, is_shut }
    }

    fn discussions(&self) -> Run {
        self.home.run(&["discussions", "1", "--json"])
    }

    fn asked(&self) -> Vec<String> {
        let heard = self.server.heard();
        let mut paths: Vec<String> =
            heard.iter().map(|head| head.split(['?', ' ']).nth(1).unwrap_or_default().to_owned()).collect();
        paths.sort();
        paths
    }
}

#[test]
fn an_articles_discussion_is_found_by_its_address_and_fetched_with_its_order() {
    let scene = Scene::new();
    let told = scene.discussions().succeeded().json();
    let address = "https://news.ycombinator.com/item?id=1";
    assert_eq!(
        (&told["address"], &told["comments"], &told["new"], &told["complete"]),
        (&json!(address), &json!(4), &json!(4), &json!(true))
    );
    let wanted = ["/api/v1/items/1", "/api/v1/search", "/lobsters/stories/url/all.json", "/v0/item/1.json", "/v0/item/2.json"];
    assert_eq!(scene.asked(), wanted, "each once, and no comment with less than two answers");
    let page = scene.home.run(&["show", "1", "--json", "--order", "site"]).succeeded().json();
    let comments = page["discussions"][0]["comments"].as_array().unwrap();
    let facts: Vec<String> =
        comments.iter().map(|one| format!("{} {} {}", one["id"], one["parent"], one["rank"]["place"])).collect();
    assert_eq!(facts, [r#""3" null 1"#, r#""2" null 2"#, r#""5" "2" 1"#, r#""4" "2" 2"#]);
    let again = scene.discussions().succeeded().json();
    assert_eq!((&again["comments"], &again["new"]), (&json!(4), &json!(0)));
}

#[test]
fn what_was_kept_stays_when_the_place_lets_nobody_in() {
    let scene = Scene::new();
    scene.discussions().succeeded();
    let before = scene.home.run(&["show", "1"]).succeeded().out;
    scene.is_shut.store(true, Ordering::SeqCst);
    let run = scene.discussions();
    assert_eq!(run.code, 1, "{}", run.out);
    assert!(run.out.contains("403"), "{}", run.out);
    assert_eq!(scene.home.run(&["show", "1"]).succeeded().out, before);
}

#[test]
fn the_address_of_a_discussion_is_stored_and_shown_whole() {
    let server = Server::new(|head, stream| {
        let owner = json!({ "display_name": "ann" });
        let post = |kind: &str, id: u64| json!({ kind: id, "question_id": 7, "post_id": 7, "score": id, "owner": owner, "body": "<p>Hoo.</p>" });
        let question = json!({ "question_id": 7, "title": "Why owls?", "answer_count": 2, "owner": owner, "body": "<p>Well?</p>",
            "link": "https://stackoverflow.com/questions/7/why-owls" });
        let path = head.split_whitespace().nth(1).unwrap_or_default();
        let items = match path.split('?').next().unwrap_or_default() {
            "/2.3/questions/7" => vec![question],
            "/2.3/questions/7/answers" => vec![post("answer_id", 8)],
            "/2.3/posts/7;8/comments" => vec![post("comment_id", 9)],
            _ => return say(stream, &answer("404 Not Found", &[], b"")),
        };
        say(stream, &answer("200 OK", &[], json!({ "items": items, "has_more": false }).to_string().as_bytes()));
    });
    let home = Home::new();
    home.write("config.toml", format!("[sites.stack-exchange]\napi = \"{}\"\n", server.url("127.0.0.1", "")).as_bytes());
    let address = "https://stackoverflow.com/questions/7/why-owls";
    let told = home.run(&["add", address]).succeeded().out;
    assert_eq!(told, "stored the discussion as article 1: Why owls? (2 comments, 1 more missing)\n");
    let shown = home.run(&["show", address]).succeeded().out;
    assert!(shown.contains("Why owls?") && shown.contains("Comments 2 of 3"), "{shown}");
    let again = home.run(&["discussions", "1", "--json"]).json();
    let facts = [&again["place"], &again["address"], &again["comments"], &again["missing"]];
    assert_eq!(facts, [&json!("stack exchange"), &json!("https://stackoverflow.com/questions/7"), &json!(2), &json!(1)]);
}
