//! Miniflux by what its source says, and against bad answers.

use super::*;
use crate::domain::text::clean_line;
use crate::sync::tests::recorded::{answer, drive, written};
use crate::sync::{FeedId, MarkScope, ServerMark};

const ORIGIN: &str = "https://flux.example";

fn client(version: (u32, u32)) -> MinifluxClient {
    let login = SyncLogin { base: ORIGIN.to_owned(), user: "alice".to_owned(), secret: "key-1".to_owned() };
    let version = Some(version);
    MinifluxClient { login, auth: MinifluxAuth::Key, version, folders: None, listed: RefCell::default() }
}

fn today() -> MinifluxClient {
    client((2, 3))
}

fn ids(numbers: impl Iterator<Item = u64>) -> Vec<ItemId> {
    numbers.map(|number| ItemId(number.to_string().into())).collect()
}

fn unread(page: Option<NextPage>) -> SyncQuery {
    SyncQuery::Ids { set: IdSet::Unread, page }
}

fn since(mark: Option<&str>, page: Option<&str>) -> SyncQuery {
    let mark = mark.map(|mark| ServerMark(mark.into()));
    SyncQuery::ItemsSince { mark, page: page.map(|page| NextPage(page.into())) }
}

fn path(client: &MinifluxClient, query: &SyncQuery) -> String {
    written(&client.request(query).unwrap(), ORIGIN).0
}

fn header(request: &SyncRequest, name: &str) -> Option<String> {
    request.headers.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone())
}

fn unauthorized() -> SyncAnswer {
    answer(401, r#"{"error_message":"access unauthorized"}"#)
}

fn version_told() -> SyncAnswer {
    answer(200, r#"{"version":"2.3.3","commit":"106cdd0"}"#)
}

fn me() -> SyncAnswer {
    answer(200, r#"{"id":1,"username":"alice","is_admin":false}"#)
}

#[test]
fn the_secret_is_tried_as_a_key_and_then_as_a_password() {
    let open = || {
        let login = SyncLogin { base: ORIGIN.to_owned(), user: "alice".to_owned(), secret: "pass".to_owned() };
        Miniflux.open(&login)
    };
    let checked = Ok(SyncReply::Checked { user: Some(clean_line("alice")) });
    let (requests, end) = drive(open(), &SyncQuery::Check, &[version_told(), me()]);
    assert_eq!((requests.len(), end), (2, checked.clone()));
    assert_eq!(header(&requests[1], "x-auth-token").as_deref(), Some("pass"));
    let (requests, end) = drive(open(), &SyncQuery::Check, &[unauthorized(), version_told(), me()]);
    assert_eq!((requests.len(), end), (3, checked));
    assert_eq!(header(&requests[2], "authorization").as_deref(), Some("Basic YWxpY2U6cGFzcw=="));
    assert_eq!(header(&requests[2], "x-auth-token"), None);
    let (requests, end) = drive(open(), &SyncQuery::Check, &[unauthorized(), unauthorized()]);
    assert_eq!((requests.len(), end), (2, Err(SyncError::WrongPassword)));
    let login = SyncLogin { base: ORIGIN.to_owned(), user: String::new(), secret: "key".to_owned() };
    let (requests, end) = drive(Miniflux.open(&login), &SyncQuery::Check, &[unauthorized()]);
    assert_eq!((requests.len(), end), (1, Err(SyncError::WrongPassword)));
}

#[test]
fn requests_are_those_of_the_api() {
    for (query, expected) in [
        (SyncQuery::Check, "GET /v1/me"),
        (SyncQuery::Feeds, "GET /v1/feeds"),
        (unread(None), "GET /v1/entries/ids?status=unread&limit=10000&offset=0"),
        (
            SyncQuery::Ids { set: IdSet::Starred, page: Some(NextPage("9990:1,2".into())) },
            "GET /v1/entries/ids?starred=true&limit=10000&offset=9990",
        ),
        (since(Some("77"), None), "GET /v1/entries?order=id&direction=asc&limit=100&after_entry_id=76"),
        (since(Some("77"), Some("after_entry_id=177")), "GET /v1/entries?order=id&direction=asc&limit=100&after_entry_id=177"),
        (since(None, None), "GET /v1/entries?order=id&direction=desc&limit=100&"),
        (since(None, Some("before_entry_id=50")), "GET /v1/entries?order=id&direction=desc&limit=100&before_entry_id=50"),
    ] {
        assert_eq!(path(&today(), &query), expected);
    }
    let old = "GET /v1/entries?order=id&direction=desc&status=unread&limit=1000&offset=0";
    assert_eq!(path(&client((2, 0)), &unread(None)), old);
}

#[test]
fn changes_set_and_never_toggle() {
    let marks = |mark: ItemMark| SyncQuery::Push(SyncChange::Mark { mark, ids: ids(3..=4) });
    for (mark, body) in [
        (ItemMark::Read, r#"{"entry_ids":[3,4],"status":"read"}"#),
        (ItemMark::Unread, r#"{"entry_ids":[3,4],"status":"unread"}"#),
        (ItemMark::Starred, r#"{"entry_ids":[3,4],"starred":true}"#),
        (ItemMark::Unstarred, r#"{"entry_ids":[3,4],"starred":false}"#),
    ] {
        let request = today().request(&marks(mark)).unwrap();
        assert_eq!(written(&request, ORIGIN), ("PUT /v1/entries".to_owned(), body.to_owned()));
    }
    let feed = || FeedId("7".into());
    let rename = SyncChange::Rename { feed: feed(), title: clean_line("Oats") };
    let request = today().request(&SyncQuery::Push(rename)).unwrap();
    assert_eq!(written(&request, ORIGIN), ("PUT /v1/feeds/7".to_owned(), r#"{"title":"Oats"}"#.to_owned()));
    assert_eq!(path(&today(), &SyncQuery::Push(SyncChange::Unsubscribe(feed()))), "DELETE /v1/feeds/7");
    for change in [
        SyncChange::Unsubscribe(FeedId("7/../../users/1".into())),
        SyncChange::MarkAllRead { scope: MarkScope::All, until: ServerMark("1".into()) },
        SyncChange::Mark { mark: ItemMark::Labelled(clean_line("later")), ids: ids(1..=1) },
    ] {
        assert!(matches!(today().request(&SyncQuery::Push(change)), Err(SyncError::Unsupported { .. })));
    }
    let done = |status: u16, body: &str| today().read(&marks(ItemMark::Read), &answer(status, body));
    assert_eq!(done(204, ""), Ok(SyncReply::Done));
    assert!(matches!(done(200, "<html></html>"), Err(SyncError::BadAnswer { .. })), "a page confirms nothing");
    assert!(matches!(done(400, r#"{"error_message":"no"}"#), Err(SyncError::Refused { .. })));
    assert_eq!(done(500, r#"{"error_message":"no"}"#), Err(SyncError::ServerTrouble { status: 500 }));
}

#[test]
fn a_folder_is_made_if_it_is_not_there() {
    let query = SyncQuery::Push(SyncChange::Subscribe {
        address: "https://a.example/feed".to_owned(),
        title: None,
        folder: Some(clean_line("Fields")),
    });
    let list = || answer(200, r#"[{"id":1,"title":"All"},{"id":5,"title":"Near"}]"#);
    let made = answer(201, r#"{"id":9,"title":"Fields"}"#);
    let added = || answer(201, r#"{"feed_id":44}"#);
    let (requests, end) = drive(Box::new(today()), &query, &[list(), made, added()]);
    assert_eq!(end, Ok(SyncReply::Done));
    let sent: Vec<(String, String)> = requests.iter().map(|request| written(request, ORIGIN)).collect();
    assert_eq!(sent[1], ("POST /v1/categories".to_owned(), r#"{"title":"Fields"}"#.to_owned()));
    assert!(sent[2].1.contains(r#""category_id":9"#), "{}", sent[2].1);
    // A server that gives the folder another name is not asked for it again and again.
    let other = answer(201, r#"{"id":9,"title":"fields"}"#);
    let (requests, end) = drive(Box::new(today()), &query, &[list(), other]);
    assert!(requests.len() == 2 && matches!(end, Err(SyncError::BadAnswer { .. })));
    let known = answer(200, r#"[{"id":5,"title":"Fields"}]"#);
    let trouble = answer(500, r#"{"error_message":"unable to fetch this feed"}"#);
    let (_, end) = drive(Box::new(today()), &query, &[known, trouble]);
    assert_eq!(end, Err(SyncError::Refused { reason: clean_line("unable to fetch this feed") }));
}

#[test]
fn wanted_entries_are_looked_for_in_a_range_of_their_list() {
    let client = today();
    let lists = [(IdSet::Unread, "[90,80,40]"), (IdSet::Starred, "[70,40,5]")];
    for (set, list) in lists {
        let body = format!("{{\"total\":3,\"entry_ids\":{list}}}");
        client.read(&SyncQuery::Ids { set, page: None }, &answer(200, &body)).unwrap();
    }
    let range = |wanted: &[u64]| path(&client, &SyncQuery::Items(ids(wanted.iter().copied())));
    let head = "GET /v1/entries?order=id&direction=asc&limit=1000";
    assert_eq!(range(&[90, 80]), format!("{head}&after_entry_id=79&before_entry_id=91&status=unread"));
    assert_eq!(range(&[70, 5]), format!("{head}&after_entry_id=4&before_entry_id=71&starred=true"));
    assert_eq!(range(&[80, 5]), format!("{head}&after_entry_id=4&before_entry_id=81"));
    let all = answer(200, r#"{"total":3,"entries":[{"id":79},{"id":80,"title":"Oats"},{"id":85}]}"#);
    let Ok(SyncReply::Items { items, .. }) = client.read(&SyncQuery::Items(ids(80..=80)), &all) else { panic!() };
    assert_eq!((items.len(), &*items[0].title), (1, "Oats"), "what was not asked for is left out");
}

#[test]
fn an_entry_is_read_with_all_that_it_tells() {
    let entry = r#"{"total":1,"entries":[{"id":12,"feed_id":3,"status":"read","title":"Oats","url":"https://a.example/1",
        "comments_url":"https://talk.example/1","published_at":"2026-08-11T13:11:17+02:00","content":"<p>Late.</p>","author":"Ada",
        "starred":true,"enclosures":[{"url":"https://a.example/a.mp3","mime_type":"audio/mpeg","size":9},{"url":""}],"tags":["x"]},
        {"id":13,"status":"removed"},{"id":"14","published_at":"0001-01-01T00:00:00Z","starred":null}]}"#;
    let Ok(SyncReply::Items { items, next: None }) = today().read(&since(Some("1"), None), &answer(200, entry)) else {
        panic!()
    };
    let item = &items[0];
    assert_eq!((item.published, item.is_read, item.is_starred), (Some(1_786_446_677), Some(true), Some(true)));
    assert_eq!((item.comments.as_deref(), item.enclosures.len()), (Some("https://talk.example/1"), 1));
    assert_eq!((items.len(), items[1].published, items[1].is_starred), (2, None, None));
    let feeds = r#"[{"id":3,"title":"Oats","feed_url":"https://a.example/feed","site_url":"https://a.example/","category":{"id":1,"title":"Fields"}},
        {"id":4,"feed_url":"https://b.example/feed"},{"title":"no id"}]"#;
    let Ok(SyncReply::Feeds(feeds)) = today().read(&SyncQuery::Feeds, &answer(200, feeds)) else { panic!() };
    assert_eq!((feeds.len(), feeds[0].folder.as_deref(), &*feeds[1].title), (2, Some("Fields"), "https://b.example/feed"));
}

#[test]
fn bad_answers_are_told_for_what_they_are() {
    let read = |query: &SyncQuery, answer: &SyncAnswer| today().read(query, answer).unwrap_err();
    for body in [
        "",
        "<html></html>",
        "{}",
        "[]",
        r#"{"total":2,"entry_ids":[1,2"#,
        r#"{"total":2,"entry_ids":[1,"x"]}"#,
        r#"{"total":2,"entry_ids":null}"#,
        r#"{"error_message":"oops"}"#,
    ] {
        assert!(matches!(read(&unread(None), &answer(200, body)), SyncError::BadAnswer { .. }), "{body}");
    }
    for body in ["[]", "{}", "<html></html>"] {
        let (_, end) = drive(Box::new(MinifluxClient { version: None, ..today() }), &SyncQuery::Check, &[answer(200, body)]);
        assert!(matches!(end, Err(SyncError::BadAnswer { .. })), "{body}");
    }
    assert!(matches!(read(&SyncQuery::Feeds, &answer(200, "{}")), SyncError::BadAnswer { .. }));
    assert!(matches!(read(&SyncQuery::Feeds, &answer(404, "Not Found")), SyncError::BadAnswer { .. }));
    assert_eq!(read(&SyncQuery::Feeds, &unauthorized()), SyncError::WrongPassword);
    assert_eq!(read(&SyncQuery::Feeds, &answer(502, "")), SyncError::ServerTrouble { status: 502 });
    let page = |from: u64| {
        let entries: Vec<String> = (from..from + 100).map(|id| format!("{{\"id\":{id}}}")).collect();
        answer(200, &format!("{{\"total\":100,\"entries\":[{}]}}", entries.join(",")))
    };
    assert_eq!(read(&since(Some("500"), None), &page(1)), SyncError::Endless { query: "articles" });
    assert_eq!(read(&since(None, Some("before_entry_id=50")), &page(60)), SyncError::Endless { query: "articles" });
    let Ok(SyncReply::Items { next, .. }) = today().read(&since(None, None), &page(60)) else { panic!() };
    assert_eq!(next, Some(NextPage("before_entry_id=60".into())));
}

#[test]
fn the_api_is_told_from_others() {
    let typed = Url::parse("https://flux.example/sub/v1/").unwrap();
    let probes = Miniflux.probes(&typed);
    assert_eq!((probes.len(), &*probes[0].base), (1, "https://flux.example/sub"));
    assert!(Miniflux.is_recognized(&answer(401, r#"{"error_message":"Access Unauthorized"}"#)));
    assert!(!Miniflux.is_recognized(&answer(401, "Unauthorized!")));
    assert!(!Miniflux.is_recognized(&answer(200, "<html></html>")));
}
