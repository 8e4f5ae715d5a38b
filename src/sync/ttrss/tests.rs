//! Tiny Tiny RSS against recorded exchanges, and against bad answers.

use super::*;
use crate::domain::text::clean_line;
use crate::sync::tests::recorded::{answer, drive, recorded, written};
use crate::sync::{FeedId, ItemId, MarkScope, NextPage, ServerMark};

const ORIGIN: &str = "http://127.0.0.1:18096";

fn client() -> TinyTinyRssClient {
    let login = SyncLogin { base: format!("{ORIGIN}/api"), user: "alice".to_owned(), secret: "alicealice1".to_owned() };
    let sid = Some("edmv9aqdk0i2f528dqjm64l7vt".to_owned());
    TinyTinyRssClient { login, sid, categories: Some(Vec::new()), labels: None }
}

fn logged_out() -> Box<dyn Backend> {
    Box::new(TinyTinyRssClient { sid: None, categories: None, ..client() })
}

fn ids(list: &[&str]) -> Vec<ItemId> {
    list.iter().map(|id| ItemId((*id).into())).collect()
}

fn list(set: IdSet) -> SyncQuery {
    SyncQuery::Ids { set, page: None }
}

fn push(mark: ItemMark, list: &[&str]) -> SyncQuery {
    SyncQuery::Push(SyncChange::Mark { mark, ids: ids(list) })
}

fn subscribe(address: &str) -> SyncQuery {
    SyncQuery::Push(SyncChange::Subscribe { address: address.to_owned(), title: None, folder: None })
}

fn told(content: &str) -> SyncAnswer {
    answer(200, &format!("{{\"seq\":0,\"status\":0,\"content\":{content}}}"))
}

fn refused(error: &str) -> SyncAnswer {
    answer(200, &format!("{{\"seq\":0,\"status\":1,\"content\":{{\"error\":\"{error}\"}}}}"))
}

#[test]
fn requests_are_those_that_were_recorded() {
    let feed = "http://127.0.0.1:18901/feed/0.xml";
    for (name, query) in [
        ("08-is-logged-in", SyncQuery::Check),
        ("10-subscribe", subscribe(feed)),
        ("14-feeds-all", SyncQuery::Feeds),
        ("23-article", SyncQuery::Items(ids(&["1200", "1180"]))),
        ("24-update-read", push(ItemMark::Read, &["1200", "1180"])),
        ("25-update-unread", push(ItemMark::Unread, &["1200"])),
        ("26-update-star", push(ItemMark::Starred, &["1200"])),
        ("27-update-unstar", push(ItemMark::Unstarred, &["1200"])),
        ("34-labels", SyncQuery::Labels),
        ("40-unsubscribe", SyncQuery::Push(SyncChange::Unsubscribe(FeedId("33".into())))),
    ] {
        let Some(exchanged) = recorded("ttrss-2026", name) else { return };
        let request = client().request(&query).unwrap();
        let (line, body) = written(&request, ORIGIN);
        let json = |text: &str| serde_json::from_str::<Body>(text).unwrap();
        assert_eq!((line, json(&body)), (exchanged.line, json(&exchanged.body)), "{name}");
        assert_eq!(request.body.as_ref().unwrap().0, "application/json");
        assert!(!format!("{request:?}").contains("edmv"));
    }
    let login = logged_out().prepare(&SyncQuery::Check).unwrap();
    assert_eq!(written(&login, ORIGIN).1, r#"{"op":"login","password":"alicealice1","user":"alice"}"#);
}

#[test]
fn recorded_answers_are_read() {
    let read =
        |name: &str, query: &SyncQuery| recorded("ttrss-2026", name).map(|exchanged| client().read(query, &exchanged.answer));
    let Some(checked) = read("08-is-logged-in", &SyncQuery::Check) else { return };
    assert_eq!(checked, Ok(SyncReply::Checked { user: None }));
    let read = |name: &str, query: &SyncQuery| read(name, query).unwrap();
    let unread = list(IdSet::Unread);
    assert_eq!(read("03-not-logged-in", &unread), Err(SyncError::SessionLost));
    assert_eq!(read("44-after-logout", &unread), Err(SyncError::SessionLost));
    assert_eq!(read("20-headlines-since-id", &unread), Ok(SyncReply::Ids { ids: Vec::new(), next: None }));
    assert!(matches!(read("33-headlines-unread", &unread), Ok(SyncReply::Ids { ids, next: None }) if ids.len() == 3));
    assert_eq!(read("34-labels", &SyncQuery::Labels), Ok(SyncReply::Labels(Vec::new())));
    for (name, count) in [("18-headlines", 1), ("23-article", 1)] {
        let Ok(SyncReply::Items { items, .. }) = read(name, &SyncQuery::Items(Vec::new())) else { panic!("{name}") };
        assert!(items.len() >= count, "{name}");
        let first = &items[0];
        assert!(first.id.is_some() && first.feed.is_some() && first.html.starts_with("<p>"), "{name}");
        assert_eq!((first.is_read, first.is_starred, &first.comments), (Some(false), Some(false), &None), "{name}");
        assert!(first.published > Some(1_790_000_000) && first.link.is_some() && first.mark.is_some(), "{name}");
    }
    for name in ["24-update-read", "31-update-unknown", "40-unsubscribe"] {
        assert_eq!(read(name, &push(ItemMark::Read, &["1"])), Ok(SyncReply::Done), "{name}");
    }
    let subscribe = subscribe("http://a.example/");
    assert_eq!(read("10-subscribe", &subscribe), Ok(SyncReply::Done));
    assert_eq!(read("11-subscribe-again", &subscribe), Ok(SyncReply::Done));
    for name in ["12-subscribe-no-feed", "41-unsubscribe-unknown", "42-unknown-method"] {
        assert!(matches!(read(name, &subscribe), Err(SyncError::Refused { .. })), "{name}");
    }
}

#[test]
fn a_wrong_password_is_tried_once() {
    let (requests, end) = drive(logged_out(), &SyncQuery::Check, &[refused("LOGIN_ERROR")]);
    assert_eq!((requests.len(), end), (1, Err(SyncError::WrongPassword)));
}

#[test]
fn a_lost_session_is_logged_in_once() {
    let login = || told(r#"{"session_id":"new1"}"#);
    let lost = || refused("NOT_LOGGED_IN");
    let fresh = || Box::new(client()) as Box<dyn Backend>;
    let (requests, end) = drive(fresh(), &SyncQuery::Labels, &[lost(), login(), told("[]")]);
    assert_eq!((requests.len(), end), (3, Ok(SyncReply::Labels(Vec::new()))));
    assert!(written(&requests[2], ORIGIN).1.contains("new1"));
    let (requests, end) = drive(fresh(), &SyncQuery::Labels, &[lost(), login(), lost()]);
    assert_eq!((requests.len(), end), (3, Err(SyncError::SessionLost)));
    // The password was changed meanwhile: that is told, and not tried again.
    let (requests, end) = drive(fresh(), &SyncQuery::Labels, &[lost(), refused("LOGIN_ERROR")]);
    assert_eq!((requests.len(), end), (2, Err(SyncError::WrongPassword)));
}

#[test]
fn feeds_have_the_names_of_their_folders() {
    let categories = r#"[{"id":-1,"title":"Special"},{"id":0,"title":"Uncategorized"},{"id":"3","title":"Fields"}]"#;
    let feeds = r#"[{"id":7,"title":"Oats","feed_url":"https://a.example/1","cat_id":3},
        {"id":"8","title":"","feed_url":"https://a.example/2","cat_id":0},{"id":-4,"title":"All"},{"title":"No id"},null]"#;
    let answers = [told(r#"{"session_id":"s1"}"#), told(categories), told(feeds)];
    let (_, end) = drive(logged_out(), &SyncQuery::Feeds, &answers);
    let Ok(SyncReply::Feeds(feeds)) = end else { panic!("{end:?}") };
    let shown: Vec<(&str, &str, Option<&str>)> =
        feeds.iter().map(|feed| (&*feed.id.0, &*feed.title, feed.folder.as_deref())).collect();
    assert_eq!(shown, [("7", "Oats", Some("Fields")), ("8", "https://a.example/2", None)]);
}

#[test]
fn labels_are_known_by_their_ids() {
    let labels = told(r#"[{"id":-1027,"caption":"later","checked":false}]"#);
    let query = list(IdSet::Label(clean_line("later")));
    let (requests, end) = drive(Box::new(client()), &query, &[labels.clone(), told(r#"[{"id":5},{"id":"6"}]"#)]);
    assert_eq!(end, Ok(SyncReply::Ids { ids: ids(&["5", "6"]), next: None }));
    assert!(written(&requests[1], ORIGIN).1.contains(r#""feed_id":-1027"#));
    let set = push(ItemMark::Labelled(clean_line("later")), &["5"]);
    let (requests, _) = drive(Box::new(client()), &set, &[labels.clone(), told(r#"{"status":"OK","updated":1}"#)]);
    let body: Body = serde_json::from_str(&written(&requests[1], ORIGIN).1).unwrap();
    assert_eq!((&body["op"], &body["label_id"], &body["assign"]), (&"setArticleLabel".into(), &(-1027).into(), &true.into()));
    let unknown = push(ItemMark::Labelled(clean_line("other")), &["5"]);
    let mut session = crate::sync::SyncSession::new(Box::new(client()));
    session.begin(unknown).unwrap();
    assert!(matches!(session.take(&labels), Err(SyncError::Unsupported { .. })));
}

/// Headlines with these ids.
fn headlines(ids: impl Iterator<Item = u64>) -> SyncAnswer {
    told(&format!("[{}]", ids.map(|id| format!("{{\"id\":{id}}}")).collect::<Vec<_>>().join(",")))
}

#[test]
fn a_list_that_becomes_shorter_while_it_is_read_is_noticed() {
    let read = |page: Option<NextPage>, ids: std::ops::RangeInclusive<u64>| {
        client().read(&SyncQuery::Ids { set: IdSet::Unread, page }, &headlines(ids))
    };
    let Ok(SyncReply::Ids { next: Some(next), .. }) = read(None, 1..=200) else { panic!("no second page") };
    assert!(next.0.starts_with("190:191,192,"), "{next:?}");
    let again = Some(next.clone());
    // Nothing changed; five of the first page were read meanwhile; some came before them.
    for ids in [191..=390, 196..=395, 150..=349] {
        assert!(matches!(read(again.clone(), ids.clone()), Ok(SyncReply::Ids { next: Some(_), .. })), "{ids:?}");
    }
    assert!(matches!(read(again.clone(), 191..=200), Ok(SyncReply::Ids { next: None, .. })), "nothing follows");
    // So many were read that some may have been passed over.
    for ids in [201..=400, 250..=300] {
        assert!(matches!(read(again.clone(), ids), Err(SyncError::BadAnswer { .. })));
    }
    let request = client().request(&SyncQuery::Ids { set: IdSet::Unread, page: again }).unwrap();
    assert!(written(&request, ORIGIN).1.contains(r#""skip":190"#));
}

#[test]
fn what_came_since_is_asked_for_in_pages() {
    let query = |page: Option<&str>| SyncQuery::ItemsSince {
        mark: Some(ServerMark("1200".into())),
        page: page.map(|page| NextPage(page.into())),
    };
    let body =
        |query: &SyncQuery| -> Body { serde_json::from_str(&written(&client().request(query).unwrap(), ORIGIN).1).unwrap() };
    assert_eq!((&body(&query(None))["since_id"], &body(&query(None))["skip"]), (&1199.into(), &0.into()));
    let Ok(SyncReply::Items { next: Some(next), .. }) = client().read(&query(None), &headlines(1201..=1300)) else {
        panic!("no second page")
    };
    assert_eq!(body(&query(Some(&next.0)))["skip"], 100);
    assert!(matches!(client().read(&query(None), &headlines(1201..=1299)), Ok(SyncReply::Items { next: None, .. })));
}

#[test]
fn comments_files_and_labels_come_with_an_article() {
    let article = r#"[{"id":"9","feed_id":"3","title":"Oats","unread":false,"marked":true,"updated":1793490000,
        "comments_link":"https://talk.example/9","comments_count":12,"labels":[[-1027,"later","",""],[],null],
        "attachments":[{"content_url":"https://a.example/a.mp3","content_type":"audio/mpeg"},{"title":"no address"}]}]"#;
    let Ok(SyncReply::Items { items, .. }) = client().read(&SyncQuery::Items(Vec::new()), &told(article)) else { panic!() };
    let item = &items[0];
    assert_eq!((item.comments.as_deref(), item.comments_count), (Some("https://talk.example/9"), Some(12)));
    assert_eq!((item.is_read, item.is_starred, item.enclosures.len()), (Some(true), Some(true), 1));
    assert_eq!(item.labels, [clean_line("later")]);
}

#[test]
fn bad_answers_are_told_for_what_they_are() {
    let read = |answer: &SyncAnswer| client().read(&list(IdSet::Unread), answer).unwrap_err();
    for (status, body) in [
        (200, ""),
        (200, "<html><body>Fatal error</body></html>"),
        (200, r#"{"seq":0,"status":0,"content":[{"id":1},{"id""#),
        (200, r#"{"seq":0,"status":0,"content":{"a":1}}"#),
        (200, r#"{"seq":0,"status":0}"#),
        (200, r#"{"seq":0,"status":0,"content":[{"id":1},{"title":"no id"}]}"#),
        (200, r#"{"seq":0,"status":0,"content":[{"id":1},{"id":"x"}]}"#),
        (200, "[]"),
        (404, "Not Found"),
    ] {
        assert!(matches!(read(&answer(status, body)), SyncError::BadAnswer { .. }), "{status} {body}");
    }
    assert_eq!(read(&answer(500, "")), SyncError::ServerTrouble { status: 500 });
    assert!(read(&refused("API_DISABLED")).to_string().contains("switched off"));
    assert!(read(&refused("E_SOMETHING\u{1b}[31m")).to_string().contains("E_SOMETHING"));
    assert!(!read(&refused("E_SOMETHING\\u001b[31m")).to_string().contains('\u{1b}'));
    for session in ["{}", r#"{"session_id":""}"#, r#"{"session_id":"a\r\nb"}"#, r#"{"session_id":7}"#] {
        let (_, end) = drive(logged_out(), &SyncQuery::Check, &[told(session)]);
        assert!(matches!(end, Err(SyncError::BadAnswer { .. })), "{session}");
    }
    for change in [
        SyncChange::MarkAllRead { scope: MarkScope::All, until: ServerMark("1".into()) },
        SyncChange::Rename { feed: FeedId("1".into()), title: clean_line("Oats") },
        SyncChange::Move { feed: FeedId("1".into()), from: None, to: None },
    ] {
        assert!(matches!(client().request(&SyncQuery::Push(change)), Err(SyncError::Unsupported { .. })));
    }
}

#[test]
fn the_api_is_found_where_servers_have_it() {
    let bases = |typed: &str| -> Vec<String> {
        TinyTinyRss.probes(&Url::parse(typed).unwrap()).into_iter().map(|probe| probe.base).collect()
    };
    assert_eq!(bases("https://a.example/api/"), ["https://a.example/api"]);
    assert_eq!(bases("https://a.example"), ["https://a.example/api", "https://a.example/tt-rss/api"]);
    assert!(TinyTinyRss.is_recognized(&refused("NOT_LOGGED_IN")) && TinyTinyRss.is_recognized(&told(r#"{"status":false}"#)));
    assert!(!TinyTinyRss.is_recognized(&answer(200, "<html></html>")));
    assert!(!TinyTinyRss.is_recognized(&answer(200, r#"{"status":1}"#)));
}
