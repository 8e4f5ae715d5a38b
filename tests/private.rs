//! Requests inside this machine or its network that are allowed, and those that are not: all servers here are inside.

use std::io::Write;
use std::net::TcpStream;
use std::sync::{Arc, Mutex};

use crate::home::Home;
use crate::server::Server;

/// A server that answers each path that begins with one of these with its body, and the paths that were asked for.
struct Site {
    server: Server,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Site {
    fn new(pages: Vec<(&'static str, String)>) -> Site {
        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        let heard = Arc::clone(&asked);
        let server = Server::new(move |head: &str, stream: &mut TcpStream| {
            let path = head.split_whitespace().nth(1).unwrap_or("/").to_owned();
            let body = pages.iter().find(|(known, _)| path.starts_with(known)).map(|(_, body)| body.clone());
            heard.lock().unwrap().push(path);
            let answer = match body {
                None => "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n".to_owned(),
                Some(body) if body.starts_with("HTTP/") => body,
                Some(body) => {
                    format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len())
                }
            };
            let _ = stream.write_all(answer.as_bytes());
        });
        Site { server, asked }
    }

    fn url(&self, path: &str) -> String {
        self.server.url("127.0.0.1", path)
    }

    /// Requests since the last call.
    fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }
}

/// A feed with an article at an address, whose comments are in a feed at another one.
fn feed(title: &str, page: &str, comments: &str) -> String {
    format!(
        "<rss version=\"2.0\" xmlns:wfw=\"http://wellformedweb.org/CommentAPI/\"><channel><title>{title}</title>\
         <item><title>On {title}</title><link>{page}</link><guid>{title}</guid><description>x</description>\
         <wfw:commentRss>{comments}</wfw:commentRss></item></channel></rss>"
    )
}

const PAGE: &str = "<html><head><title>T</title></head><body><article><p>A long enough text about barley and rye.</p>\
    <p>And another one, so that it is one.</p></article></body></html>";

fn comments() -> String {
    "<rss version=\"2.0\"><channel><title>Comments on: T</title><item><title>By: reader7</title>\
     <guid>c1</guid><description>Well.</description></item></channel></rss>"
        .to_owned()
}

/// A neighbour at home, subscribed to by hand; and a stranger, whose articles name the neighbour.
fn neighbours() -> (Home, Site, Site, Site) {
    let home = Home::new();
    let other = Site::new(vec![("/", PAGE.to_owned())]);
    // Addresses are told only once the servers stand.
    let neighbour = Site::new(vec![
        ("/feed", feed("Barley", "/page", "/page/feed/")),
        ("/page/feed/", comments()),
        ("/page", PAGE.to_owned()),
    ]);
    let stranger = Site::new(vec![
        ("/feed", feed("Rye", &neighbour.url("/page/1"), &neighbour.url("/page/feed/"))),
        ("/other", feed("Oats", &other.url("/page"), &other.url("/feed/"))),
    ]);
    for address in [neighbour.url("/feed"), stranger.url("/feed"), stranger.url("/other")] {
        home.run(&["add", &address]).succeeded();
    }
    for site in [&neighbour, &stranger, &other] {
        site.asked();
    }
    (home, neighbour, stranger, other)
}

fn id_of(home: &Home, title: &str) -> String {
    let list = home.run(&["list", "--json"]).succeeded().out;
    let rows = list.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let row = rows.into_iter().find(|row| row["title"] == title).unwrap();
    row["id"].to_string()
}

#[test]
fn articles_of_others_reach_no_private_host_that_is_subscribed_to() {
    let (home, neighbour, _stranger, other) = neighbours();
    home.write(
        "config.toml",
        b"[sites.hacker-news]\nalgolia = \"http://127.0.0.1:1\"\n[sites.lobsters]\nbase = \"http://127.0.0.1:1\"\n",
    );
    for title in ["On Rye", "On Oats"] {
        let run = home.run(&["discussions", &id_of(&home, title)]);
        assert!(format!("{}{}", run.out, run.err).contains("inside this machine"), "{}{}", run.out, run.err);
    }
    assert_eq!((neighbour.asked(), other.asked()), (vec![], vec![]));
    home.run(&["discussions", &id_of(&home, "On Barley")]);
    let asked = neighbour.asked();
    assert!(asked.iter().any(|path| path.starts_with("/page/feed/")), "its own articles do: {asked:?}");
}

#[test]
fn comments_that_an_article_names_are_not_reached_at_a_configured_base() {
    let (home, neighbour, _stranger, _other) = neighbours();
    let base = neighbour.url("");
    let config = format!(
        "[sites.hacker-news]\nalgolia = \"http://127.0.0.1:1\"\n[sites.lobsters]\nbase = \"http://127.0.0.1:1\"\n\
         [sites.lemmy]\ninstances = [\"{base}\"]\n"
    );
    home.write("config.toml", config.as_bytes());
    home.run(&["discussions", &id_of(&home, "On Rye")]);
    let asked = neighbour.asked();
    assert!(asked.iter().any(|path| path.starts_with("/api/")), "the base itself is asked: {asked:?}");
    assert!(!asked.iter().any(|path| path.starts_with("/page")), "{asked:?}");
}

#[test]
fn full_text_and_redirects_reach_no_other_private_port() {
    let home = Home::new();
    let other = Site::new(vec![("/", PAGE.to_owned())]);
    let away = format!("HTTP/1.1 302 Found\r\nlocation: {}\r\ncontent-length: 0\r\n\r\n", other.url("/secret"));
    let site = Site::new(vec![
        ("/feed", feed("Barley", &other.url("/page"), &other.url("/feed/"))),
        ("/own", feed("Rye", "/page", "/page/feed/")),
        ("/page", PAGE.to_owned()),
        ("/away", away),
    ]);
    home.run(&["add", &site.url("/away")]).failed(1, &["redirected to", "inside this machine"]);
    let sources = ["/feed", "/own"].map(|path| format!("[[sources]]\nof = \"{}\"\nfull-text = true\n", site.url(path)));
    home.write("config.toml", sources.concat().as_bytes());
    // Adding a source makes no page requests; only `fetch` does.
    let list = format!("{}\n{}\n", site.url("/feed"), site.url("/own"));
    let file = home.write("urls", list.as_bytes());
    home.run(&["import", "--allow-private", &file]).succeeded();
    let run = home.run(&["fetch"]).succeeded();
    assert!(run.out.contains("inside this machine"), "{}", run.out);
    assert!(site.asked().contains(&"/page".to_owned()), "{}", run.out);
    assert_eq!(other.asked(), Vec::<String>::new());
}

#[test]
fn a_page_that_is_added_names_no_feed_on_another_private_port() {
    let home = Home::new();
    let other = Site::new(vec![("/", feed("Barley", "/page", "/feed/"))]);
    let page =
        format!("<html><head><link rel=\"alternate\" type=\"application/rss+xml\" href=\"{}\"></head></html>", other.url("/f"));
    let site = Site::new(vec![("/", page)]);
    home.run(&["add", &site.url("/")]).failed(1, &["inside this machine"]);
    assert_eq!(other.asked(), Vec::<String>::new());
}

#[test]
fn a_list_of_others_names_private_hosts_only_where_that_is_allowed() {
    let site = Site::new(vec![("/", feed("Barley", "/page", "/page/feed/"))]);
    let opml = format!(
        "<opml version=\"2.0\"><body><outline text=\"A\" type=\"rss\" xmlUrl=\"{}\"/>\
         <outline text=\"B\" type=\"rss\" xmlUrl=\"https://b.example/feed\"/></body></opml>",
        site.url("/feed")
    );
    for (name, list) in [("list.opml", opml), ("urls", format!("{}\nhttps://b.example/feed\n", site.url("/feed")))] {
        let home = Home::new();
        let file = home.write(name, list.as_bytes());
        let told = home.run(&["import", &file, "--json"]).succeeded().json();
        assert_eq!(told["subscriptions"], 1, "{name}");
        let note = told["notes"][0].as_str().unwrap();
        assert!(note.contains(&site.url("/feed")) && note.contains("--allow-private"), "{note}");
        assert_eq!(home.run(&["sources", "--json"]).succeeded().out.lines().count(), 1);
        assert_eq!(site.asked(), Vec::<String>::new());

        home.run(&["import", "--allow-private", &file]).succeeded();
        home.run(&["fetch", "A"]);
        let sources = home.run(&["sources", "--json"]).succeeded().out;
        assert_eq!(sources.lines().count(), 2);
        home.run(&["fetch", &site.url("/feed")]).succeeded();
        assert!(site.asked().contains(&"/feed".to_owned()));
        // An existing subscription is not new.
        let again = home.run(&["import", &file, "--json"]).succeeded().json();
        assert_eq!(again["notes"], serde_json::json!([]), "{again}");
    }
}
