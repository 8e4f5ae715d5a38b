//! The Google Reader API against recorded exchanges of FreshRSS, and what other servers do otherwise.

use std::path::PathBuf;

use super::*;
use crate::sync::{ItemId, SyncSession, SyncTurn};

const BASE: &str = "http://127.0.0.1:18090/api/greader.php";

fn login() -> SyncLogin {
    SyncLogin { base: BASE.to_owned(), user: "bob1".to_owned(), secret: "apipass1".to_owned() }
}

fn answer(status: u16, body: &str) -> SyncAnswer {
    SyncAnswer { status, body: body.as_bytes().to_vec(), retry_after: None }
}

/// A recorded exchange: its request's first line and body, and its answer. None where the corpus is not there.
fn recorded(name: &str) -> Option<(String, String, SyncAnswer)> {
    let corpus = PathBuf::from(std::env::var_os("GLEANER_CORPUS")?).join("sync/freshrss-greader");
    let text = std::fs::read_to_string(corpus.join(name)).unwrap();
    let (request, reply) = text.split_once("<<<<<<<< answer").unwrap();
    let (_, request) = request.split_once(">>>>>>>> request\n").unwrap();
    let (head, body) = request.split_once("\n\n").unwrap();
    let (head_of_reply, body_of_reply) = reply.split_once('\n').unwrap().1.split_once("\n\n").unwrap();
    let status = head_of_reply.split(' ').nth(1).unwrap().parse().unwrap();
    Some((head.lines().next().unwrap().to_owned(), body.trim().to_owned(), answer(status, body_of_reply)))
}

/// A client that is logged in and has the recorded token.
fn client() -> GoogleReaderClient {
    let (auth, token) =
        ("bob1/4025f8a0b8ce05a9f57f2fbea90b726b55ea9098", "4025f8a0b8ce05a9f57f2fbea90b726b55ea9098ZZZZZZZZZZZZZZZZZ");
    GoogleReaderClient { login: login(), auth: Some(auth.to_owned()), token: Some(token.to_owned()) }
}

fn ids(list: &[&str]) -> Vec<ItemId> {
    list.iter().map(|id| item_id(id).unwrap()).collect()
}

use super::ids::item_id;

fn reply(name: &str, query: &SyncQuery) -> Option<Result<SyncReply, SyncError>> {
    recorded(name).map(|(_, _, answer)| client().read(query, &answer))
}

fn unread() -> SyncQuery {
    SyncQuery::Ids { set: IdSet::Unread, page: None }
}

#[test]
fn the_recorded_login_is_read_and_a_wrong_password_told() {
    let Some((_, _, good)) = recorded("02-login.http") else { return };
    assert_eq!(logged_in(&good).unwrap(), "bob1/4025f8a0b8ce05a9f57f2fbea90b726b55ea9098");
    let (_, _, bad) = recorded("01-login-bad-password.http").unwrap();
    assert_eq!(logged_in(&bad), Err(SyncError::WrongPassword));
}

#[test]
fn requests_are_those_that_were_recorded() {
    let mark = |mark, list: &[&str]| SyncQuery::Push(SyncChange::Mark { mark, ids: ids(list) });
    let feed = |id: &str| super::super::FeedId(id.into());
    let name = |name: &str| Some(crate::domain::text::clean_line(name));
    for (file, query) in [
        ("27-mark-read.http", mark(ItemMark::Read, &["1795782994259272", "1795782994259271"])),
        ("29-star.http", mark(ItemMark::Starred, &["1795782994259270"])),
        ("36-label-add.http", mark(ItemMark::Labelled(name("later").unwrap()), &["1795782994259269"])),
        (
            "46-mark-all-feed.http",
            SyncQuery::Push(SyncChange::MarkAllRead {
                scope: MarkScope::Feed(feed("feed/13")),
                until: ServerMark("1795782994000000".into()),
            }),
        ),
        (
            "51-subscription-retitle.http",
            SyncQuery::Push(SyncChange::Rename { feed: feed("feed/19"), title: name("New title").unwrap() }),
        ),
        (
            "52-subscription-move.http",
            SyncQuery::Push(SyncChange::Move { feed: feed("feed/19"), from: name("News & more"), to: name("Tech") }),
        ),
        ("55-unsubscribe.http", SyncQuery::Push(SyncChange::Unsubscribe(feed("feed/22")))),
    ] {
        let Some((head, body, answer)) = recorded(file) else { return };
        let request = client().request(&query).unwrap();
        let path = request.address.strip_prefix("http://127.0.0.1:18090").unwrap();
        assert_eq!(head, format!("POST {path} HTTP/1.1"), "{file}");
        assert_eq!(body, String::from_utf8(request.body.unwrap().1).unwrap(), "{file}");
        assert_eq!(client().read(&query, &answer), Ok(SyncReply::Done), "{file}");
    }
}

#[test]
fn recorded_lists_are_read() {
    let Some(feeds) = reply("11-subscription-list.http", &SyncQuery::Feeds) else { return };
    let SyncReply::Feeds(feeds) = feeds.unwrap() else { panic!() };
    assert_eq!(feeds.len(), 30);
    assert_eq!((&*feeds[0].id.0, &*feeds[0].title), ("feed/4", "Feed 003 To Long"));
    assert_eq!(feeds[0].folder.as_deref(), Some("News & more"));
    assert_eq!(&*feeds[0].address, "http://127.0.0.1:18901/feed/3.xml");
    let SyncReply::Ids { ids, next } = reply("15-unread-ids-page-1.http", &unread()).unwrap().unwrap() else { panic!() };
    assert_eq!((ids.len(), next.is_some()), (250, true));
    let none = reply("18-starred-ids-none.http", &unread()).unwrap().unwrap();
    assert_eq!(none, SyncReply::Ids { ids: Vec::new(), next: None });
    let labels = reply("12-tag-list.http", &SyncQuery::Labels).unwrap().unwrap();
    assert_eq!(labels, SyncReply::Labels(Vec::new()), "folders are not labels");
}

#[test]
fn recorded_contents_are_read_with_their_state() {
    let query = SyncQuery::Items(Vec::new());
    let Some(items) = reply("19-contents-3-decimal.http", &query) else { return };
    let SyncReply::Items { items, .. } = items.unwrap() else { panic!() };
    assert_eq!(items.len(), 3);
    let first = &items[0];
    assert_eq!(first.id, item_id("1795782994259272"), "the long id is the decimal one");
    assert_eq!(first.feed.as_ref().map(|feed| &*feed.0), Some("feed/30"));
    assert_eq!((first.title.as_str(), first.published), ("Unmaral refilous only the", Some(1_793_489_423)));
    assert_eq!(first.link.as_deref(), Some("https://example.org/a/29/unmaral"));
    assert_eq!((first.is_read, first.is_starred), (Some(false), Some(false)));
    assert_eq!(first.mark, Some(ServerMark("1795782994259272".into())));
    assert!(first.html.starts_with("<p>Animals"));
    let SyncReply::Items { items, .. } = reply("22-contents-unknown-id.http", &query).unwrap().unwrap() else { panic!() };
    assert!(items.is_empty());
}

#[test]
fn a_refused_token_is_renewed_once() {
    let mut session = SyncSession::new(Box::new(client()));
    let change = SyncChange::Mark { mark: ItemMark::Read, ids: ids(&["7"]) };
    let first = session.begin(SyncQuery::Push(change)).unwrap();
    assert!(first.address.ends_with("/edit-tag"));
    let SyncTurn::Send(second) = session.take(&answer(401, "Unauthorized!")).unwrap() else { panic!() };
    assert!(second.address.contains("/token"));
    let SyncTurn::Send(third) = session.take(&answer(200, "new\n")).unwrap() else { panic!() };
    assert!(String::from_utf8(third.body.unwrap().1).unwrap().ends_with("T=new"));
    assert_eq!(session.take(&answer(401, "Unauthorized!")), Err(SyncError::TokenRefused));
}

#[test]
fn what_is_no_list_never_counts_as_an_empty_one() {
    for body in
        ["", "<html>", "{}", "{\"error\": \"down\"}", "[]", "{\"itemRefs\":[{\"id\":\"1\"}", "{\"itemRefs\":{}}", "null"]
    {
        let read = client().read(&unread(), &answer(200, body));
        assert!(matches!(read, Err(SyncError::BadAnswer { .. })), "{body}: {read:?}");
    }
    assert_eq!(client().read(&unread(), &answer(502, "<html>")), Err(SyncError::ServerTrouble { status: 502 }));
    assert_eq!(client().read(&unread(), &answer(404, "no")), Err(unread().bad_answer("status 404")));
}

#[test]
fn ids_have_one_form() {
    for (written, id) in [
        ("1795782994259272", "1795782994259272"),
        ("tag:google.com,2005:reader/item/000661414f776d48", "1795782994259272"),
        ("-1", "18446744073709551615"),
        ("tag:google.com,2005:reader/item/ffffffffffffffff", "18446744073709551615"),
        ("tag:google.com,2005:reader/item/54ff2c1f0000000000000001", "54ff2c1f0000000000000001"),
        ("54ff2c1f0000000000000001", "54ff2c1f0000000000000001"),
    ] {
        assert_eq!(item_id(written).map(|id| id.0.to_string()).as_deref(), Some(id), "{written}");
    }
    assert_eq!(item_id(""), None);
    assert_eq!(
        long_id(&item_id("54ff2c1f0000000000000001").unwrap()),
        "tag:google.com,2005:reader/item/54ff2c1f0000000000000001"
    );
    let SyncReply::Ids { ids, next } =
        client().read(&unread(), &answer(200, r#"{"itemRefs":[{"id":5},{"id":"6"},{"x":1}],"continuation":17}"#)).unwrap()
    else {
        panic!()
    };
    assert_eq!((ids, next.map(|next| next.0.to_string())), (self::ids(&["5", "6"]), Some("17".to_owned())));
}

#[test]
fn an_item_without_link_or_title_is_kept() {
    let body = r#"{"items":[{"id":"9","origin":{"streamId":"feed/1"}},{}]}"#;
    let SyncReply::Items { items, .. } = client().read(&SyncQuery::Items(Vec::new()), &answer(200, body)).unwrap() else {
        panic!()
    };
    assert_eq!((items.len(), items[0].id.is_some(), items[1].id.is_none()), (2, true, true));
}

#[test]
fn the_address_of_the_pages_is_enough() {
    let bases = |typed: &str| -> Vec<String> {
        GoogleReader.probes(&Url::parse(typed).unwrap()).into_iter().map(|probe| probe.base).collect()
    };
    assert_eq!(bases("https://rss.example/i/?get=a")[0], "https://rss.example/api/greader.php");
    assert_eq!(bases("https://rss.example/fresh/")[0], "https://rss.example/fresh/api/greader.php");
    assert_eq!(bases("https://rss.example/api/greader.php"), ["https://rss.example/api/greader.php"]);
    assert_eq!(bases("https://rss.example/api/greader.php/reader/api/0"), ["https://rss.example/api/greader.php"]);
    assert_eq!(bases("https://theoldreader.com/"), ["https://theoldreader.com"]);
    for (body, status, is_api) in [
        ("Unauthorized!", 401, true),
        ("Error=BadAuthentication", 403, true),
        ("{\"errors\":[\"Authentication required\"]}", 401, true),
        ("<html>Unauthorized</html>", 401, false),
        ("Unauthorized!", 200, false),
        ("", 200, false),
    ] {
        assert_eq!(GoogleReader.is_recognized(&answer(status, body)), is_api, "{body}");
    }
}
