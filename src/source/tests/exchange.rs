//! Requests, answers, and the connection between.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use super::server::{Server, answer, head, say};
use super::{INSIDE, client, request, settings};
use crate::source::Failure;
use crate::source::http::{Accept, Answer, Auth, Client, HttpSettings, PrivateOrigins, Request, Secret};

fn fresh(answer: Answer) -> String {
    match answer {
        Answer::Fresh { bytes, .. } => String::from_utf8(bytes).unwrap(),
        Answer::Unchanged(particulars) => panic!("unchanged: {particulars:?}"),
    }
}

/// The line of a request's head that begins so, in small letters.
fn line<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find(|line| line.to_ascii_lowercase().starts_with(name))
}

#[test]
fn an_answer_comes_with_what_it_tells_of_itself() {
    let headers = [
        "ETag: W/\"7\"",
        "Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT",
        "Content-Type: application/rss+xml; charset=utf-8",
        "Cache-Control: max-age=600",
    ];
    let server = Server::saying(answer("200 OK", &headers, b"<rss/>"));
    let address = server.url("a.test", "/feed?x=1#part");
    let accept = Accept::Feed;
    let answer = client(settings()).get(&Request { accept, ..request(&address) }).unwrap();
    let told = answer.particulars();
    assert_eq!(told.address, server.url("a.test", "/feed?x=1"));
    assert_eq!(told.etag.as_deref(), Some("W/\"7\""));
    assert_eq!(told.last_modified.as_deref(), Some("Sun, 06 Nov 1994 08:49:37 GMT"));
    assert_eq!(told.content_type.as_deref(), Some("application/rss+xml; charset=utf-8"));
    assert_eq!(told.fresh_for, Some(Duration::from_mins(10)));
    assert_eq!((told.moved_permanently_to.as_deref(), told.is_private), (None, false));
    assert_eq!(fresh(answer), "<rss/>");
    let head = &server.heard()[0];
    assert!(head.starts_with("GET /feed?x=1 HTTP/1.1\r\n"), "{head}");
    let wanted = format!("user-agent: gleaner/{} (feed reader in a terminal)", env!("CARGO_PKG_VERSION"));
    assert_eq!(line(head, "user-agent").map(str::to_ascii_lowercase), Some(wanted));
    assert!(line(head, "accept-encoding").is_some_and(|line| line.contains("gzip") && line.contains("br")));
    assert!(line(head, "accept:").is_some_and(|line| line.contains("application/atom+xml")));
    assert_eq!((line(head, "if-none-match"), line(head, "authorization"), line(head, "cookie")), (None, None, None));
}

#[test]
fn what_has_not_changed_is_not_sent_again() {
    let server = Server::new(|head, stream| {
        let known = line(head, "if-none-match").is_some_and(|line| line.contains("\"7\""))
            && line(head, "if-modified-since").is_some_and(|line| line.contains("1994"));
        let headers = ["etag: \"7\"", "last-modified: Sun, 06 Nov 1994 08:49:37 GMT"];
        say(stream, &if known { answer("304 Not Modified", &headers, b"") } else { answer("200 OK", &headers, b"news") });
    });
    let client = client(settings());
    let first = request(&server.url("a.test", "/"));
    let answer = client.get(&first).unwrap();
    let told = answer.particulars().clone();
    assert_eq!(fresh(answer), "news");
    let again = Request { etag: told.etag, last_modified: told.last_modified, ..first };
    assert!(matches!(client.get(&again), Ok(Answer::Unchanged(told)) if told.etag.as_deref() == Some("\"7\"")));
}

#[test]
fn unchanged_is_no_answer_to_who_knows_nothing() {
    let server = Server::saying(answer("304 Not Modified", &[], b""));
    let client = client(settings());
    let nothing = request(&server.url("a.test", "/"));
    assert!(matches!(client.get(&nothing), Err(Failure::Status { status: 304, .. })));
    // A validator that cannot be sent is as none.
    let odd = Request { etag: Some("a\r\nx: y".to_owned()), ..nothing };
    assert!(matches!(client.get(&odd), Err(Failure::Status { status: 304, .. })));
    assert!(!server.heard()[1].contains("x: y"));
}

#[test]
fn redirects_are_followed_and_tell_where_a_source_moved() {
    let server = Server::new(|head, stream| match head.split(' ').nth(1).unwrap_or_default() {
        "/old" => say(stream, &answer("301 Moved Permanently", &["location: /middle"], b"<a href=/x>moved</a>")),
        "/middle" => say(stream, &answer("308 Permanent Redirect", &["location: /new"], b"")),
        "/for-now" => say(stream, &answer("302 Found", &["location: /old"], b"")),
        _ => say(stream, &answer("200 OK", &[], b"here")),
    });
    let client = client(settings());
    let new = server.url("a.test", "/new");
    for (path, moved) in [("/old", Some(&new)), ("/for-now", None), ("/new", None)] {
        let answer = client.get(&request(&server.url("a.test", path))).unwrap();
        assert_eq!(answer.particulars().address, new);
        assert_eq!(answer.particulars().moved_permanently_to.as_ref(), moved, "{path}");
        assert_eq!(fresh(answer), "here");
    }
}

#[test]
fn credentials_are_sent_to_their_own_host_only() {
    let other = Server::saying(answer("200 OK", &[], b""));
    let to = format!("location: {}", other.url("b.test", "/"));
    let server = Server::new(move |head, stream| {
        let to = if head.starts_with("GET /here") { "location: /there" } else { to.as_str() };
        say(stream, &answer("301 Moved", &[to], b""));
    });
    let client = client(settings());
    let basic = Auth::Basic { user: "reader7".to_owned(), password: Secret::Plain("open sesame".to_owned()) };
    let asked = Request { auth: basic, ..request(&server.url("a.test", "/here")) };
    let answer = client.get(&asked).unwrap();
    assert_eq!(answer.particulars().moved_permanently_to, None);
    for head in server.heard() {
        let wanted = "authorization: Basic cmVhZGVyNzpvcGVuIHNlc2FtZQ==";
        assert!(line(&head, "authorization").is_some_and(|line| line.eq_ignore_ascii_case(wanted)), "{head}");
    }
    assert_eq!(line(&other.heard()[0], "authorization"), None);

    let asked = Request { auth: Auth::Bearer(Secret::Plain("t0ken".to_owned())), ..request(&other.url("b.test", "/")) };
    client.get(&asked).unwrap();
    assert!(line(&other.heard()[1], "authorization").is_some_and(|line| line.ends_with("Bearer t0ken")));
    let told = format!("{asked:?}");
    assert!(!told.contains("t0ken"), "{told}");

    let headers = vec![("cookie".to_owned(), Secret::Plain("session=owl".to_owned()))];
    let with_cookie = Request { headers, ..request(&server.url("a.test", "/here")) };
    assert_eq!(client.get(&with_cookie).unwrap().particulars().moved_permanently_to, None);
    let heard = server.heard();
    assert!(heard[heard.len() - 2..].iter().all(|head| line(head, "cookie").is_some_and(|line| line.ends_with("session=owl"))));
    assert_eq!(line(other.heard().last().unwrap(), "cookie"), None);
    assert!(!format!("{with_cookie:?}").contains("owl"));

    let broken = Request { auth: Auth::Bearer(Secret::Plain("a\r\nx: y".to_owned())), ..asked };
    assert!(matches!(client.get(&broken), Err(Failure::Unsendable { .. })));
}

#[test]
fn no_way_leads_from_outside_to_inside() {
    let inside = Arc::new(Server::at(Ipv4Addr::LOCALHOST, |_, stream| say(stream, &answer("200 OK", &[], b"secret"))));
    let port = inside.port();
    let server = Server::new(move |head, stream| {
        let host = head.split(['/', ' ']).nth(2).unwrap_or_default();
        say(stream, &answer("302 Found", &[&format!("location: http://{host}:{port}/")], b""));
    });
    let client = client(settings());
    for host in ["inside.test", "127.0.0.2", "localhost", "2130706434", "0x7f.2", "[::1]", "[::ffff:127.0.0.2]", "10.0.0.1"] {
        let private = PrivateOrigins::of(&server.url("a.test", "/"));
        for asked in [request(&server.url("a.test", "/")), Request { private, ..request(&server.url("a.test", "/")) }] {
            let asked = Request { address: format!("{}{host}", asked.address), ..asked };
            let failure = client.get(&asked).unwrap_err();
            assert!(matches!(failure, Failure::RedirectInside { .. }), "{host}: {failure}");
        }
    }
    assert!(inside.heard().is_empty());
    let hosts = ["inside.test", "127.0.0.2", "localhost"];
    for failure in hosts.map(|host| client.get(&request(&inside.url(host, "/"))).unwrap_err()) {
        assert!(matches!(failure, Failure::Private { .. }), "{failure}");
    }
    // If a host has a private and a public address, only the public one is asked.
    assert_eq!(fresh(client.get(&request(&inside.url("both.test", "/"))).unwrap()), "secret");
}

#[cfg(target_os = "linux")]
#[test]
fn a_source_that_stands_inside_may_be_asked_there() {
    let std::net::IpAddr::V4(place) = INSIDE else { unreachable!() };
    let server = Server::at(place, |head, stream| {
        let headers: &[&str] = if head.starts_with("GET /old") { &["location: /new"] } else { &[] };
        let status = if headers.is_empty() { "200 OK" } else { "302 Found" };
        say(stream, &answer(status, headers, b"mine"));
    });
    let client = client(settings());
    for host in ["inside.test", "127.0.0.2"] {
        let asked = Request { private: PrivateOrigins::of(&server.url(host, "/")), ..request(&server.url(host, "/old")) };
        let answer = client.get(&asked).unwrap();
        assert!(answer.particulars().is_private);
        assert_eq!(fresh(answer), "mine");
    }
}

#[test]
fn each_status_has_its_failure() {
    let cases: &[(&str, &[&str], &str)] = &[
        ("401 Unauthorized", &["www-authenticate: Basic"], "a.test requires a login or blocks this reader (status 401)"),
        ("403 Forbidden", &[], "a.test requires a login or blocks this reader (status 403)"),
        ("404 Not Found", &[], "a.test: not found (404)"),
        ("410 Gone", &[], "a.test: gone for good (410)"),
        ("429 Slow", &["retry-after: 90"], "a.test was asked too often (status 429); it asked us to wait 90 s"),
        ("429 Slow", &["retry-after: later"], "a.test was asked too often (status 429)"),
        (
            "403 Forbidden",
            &["x-ratelimit-remaining: 0", "date: Sun, 06 Nov 2033 08:49:37 GMT", "x-ratelimit-reset: 2014879867"],
            "a.test was asked too often (status 403); it asked us to wait 90 s",
        ),
        ("403 Forbidden", &["x-ratelimit-remaining: 12"], "a.test requires a login or blocks this reader (status 403)"),
        (
            "503 Busy",
            &["date: Sun, 06 Nov 1994 08:49:37 GMT", "retry-after: Sun, 06 Nov 1994 08:50:37 GMT"],
            "a.test: server error (503); it asked us to wait 60 s",
        ),
        ("500 \x1b]0;owned\x07", &[], "a.test does not speak HTTP as it should"),
        ("599 ?", &[], "a.test: server error (599)"),
        ("206 Partial Content", &["content-range: bytes 0-3/100"], "a.test answered with status 206"),
        ("300 Multiple Choices", &["location: /a"], "a.test answered with status 300"),
        ("301 Moved", &[], "a.test redirects without saying where to (status 301)"),
        ("418 I am a teapot", &[], "a.test answered with status 418"),
    ];
    let client = client(settings());
    for (status, headers, wanted) in cases {
        let server = Server::saying(answer(status, headers, b"some page about it"));
        let failure = client.get(&request(&server.url("a.test", "/"))).unwrap_err();
        assert!(failure.to_string().starts_with(wanted), "{failure}");
    }
}

#[test]
fn a_sites_own_words_for_too_often_are_understood() {
    let client = client(settings());
    let limited = br#"{"error":"rate_limit_error"}"#;
    for (status, body, wanted) in [
        ("400 Bad Request", limited.as_slice(), "a.test was asked too often (status 400)"),
        ("400 Bad Request", br#"{"error":"couldnt_find_post"}"#, "a.test answered with status 400"),
        (
            "400 Bad Request",
            br#"{"error_id":502,"error_message":"too many requests from this IP, more requests available in 82 seconds","error_name":"throttle_violation"}"#,
            "a.test was asked too often (status 400); it asked us to wait 82 s",
        ),
    ] {
        let server = Server::saying(answer(status, &[], body));
        let failure = client.get(&request(&server.url("a.test", "/"))).unwrap_err();
        assert_eq!(failure.to_string(), wanted);
    }
}

#[test]
fn what_cannot_be_reached_is_named() {
    let client = client(settings());
    let failure = client.get(&request("http://unknown.test/")).unwrap_err();
    assert_eq!(failure.to_string(), "the name unknown.test cannot be looked up: it has no address");
    // A port that was open a moment ago and is no longer.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let failure = client.get(&request(&format!("http://a.test:{port}/"))).unwrap_err();
    assert_eq!(failure.to_string(), "a.test refuses connections");
}

#[test]
fn a_kept_connection_that_was_closed_meanwhile_is_opened_anew() {
    let server = Server::of_connections(|stream| {
        head(stream);
        say(stream, &answer("200 OK", &[], b"news"));
        // The next request on this connection is heard, and not answered.
        head(stream);
    });
    let client = client(settings());
    for _ in 0..5 {
        assert_eq!(fresh(client.get(&request(&server.url("a.test", "/"))).unwrap()), "news");
    }
}

#[test]
fn the_system_looks_names_up_and_its_own_places_are_inside() {
    let server = Server::saying(answer("200 OK", &[], b"mine"));
    let own = HttpSettings { user_agent: "reader\n\u{1b}7".to_owned(), whole: Duration::MAX, ..settings() };
    let client = Client::new(own).unwrap();
    for host in ["localhost", "127.0.0.1"] {
        let asked = request(&server.url(host, "/"));
        assert!(matches!(client.get(&asked), Err(Failure::Private { .. })), "{host}");
        let answer = client.get(&Request { private: PrivateOrigins::of(&asked.address), ..asked }).unwrap();
        assert!(answer.particulars().is_private);
        assert_eq!(fresh(answer), "mine");
    }
    assert!(server.heard()[0].to_ascii_lowercase().contains("user-agent: reader7\r\n"));
}
