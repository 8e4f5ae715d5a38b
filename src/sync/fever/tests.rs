//! The Fever API against recorded exchanges of `FreshRSS` and Coldsweat, and against bad answers.

use super::*;
use crate::sync::tests::recorded::{answer, recorded, written};
use crate::sync::{FeedId, ItemId, MarkScope, NextPage, ServerMark};

fn login(base: &str) -> SyncLogin {
    SyncLogin { base: base.to_owned(), user: "carol".to_owned(), secret: "apipass1".to_owned() }
}

fn client() -> FeverClient {
    let login = login("http://127.0.0.1:18090/api/fever.php");
    FeverClient { base: login.base.clone(), key: key(&login), folders: None }
}

fn ids(list: &[&str]) -> Vec<ItemId> {
    list.iter().map(|id| ItemId((*id).into())).collect()
}

fn unread() -> SyncQuery {
    SyncQuery::Ids { set: IdSet::Unread, page: None }
}

fn starred() -> SyncQuery {
    SyncQuery::Ids { set: IdSet::Starred, page: None }
}

fn since(mark: &str) -> SyncQuery {
    SyncQuery::ItemsSince { mark: Some(ServerMark(mark.into())), page: None }
}

fn push(mark: ItemMark, id: &str) -> SyncQuery {
    SyncQuery::Push(SyncChange::Mark { mark, ids: ids(&[id]) })
}

fn items_of(reply: SyncReply) -> (Vec<crate::sync::SyncItem>, Option<NextPage>) {
    match reply {
        SyncReply::Items { items, next } => (items, next),
        other => panic!("{other:?}"),
    }
}

#[test]
fn requests_are_those_that_were_recorded() {
    let (first, second) = ("1795783036467341", "1795783036467342");
    for (name, query) in [
        ("02-auth", SyncQuery::Check),
        ("04-feeds", SyncQuery::Feeds),
        ("06-unread", unread()),
        ("07-saved", starred()),
        ("10-items-since-last", since("1795783040090769")),
        ("12-items-with-ids", SyncQuery::Items(ids(&[first, second, "1795783036467343"]))),
        ("14-mark-item-read", push(ItemMark::Read, first)),
        ("15-mark-item-unread", push(ItemMark::Unread, first)),
        ("16-mark-item-saved", push(ItemMark::Starred, second)),
        ("17-mark-item-unsaved", push(ItemMark::Unstarred, second)),
    ] {
        let Some(exchanged) = recorded("freshrss-fever", name) else { return };
        let request = client().request(&query).unwrap();
        assert_eq!(written(&request, "http://127.0.0.1:18090"), (exchanged.line, exchanged.body), "{name}");
        assert!(!format!("{request:?}").contains("4ed9"), "the key shows: {request:?}");
    }
    let groups = client().prepare(&SyncQuery::Feeds).unwrap();
    assert_eq!(written(&groups, "http://127.0.0.1:18090").0, "POST /api/fever.php?api&groups");
}

#[test]
fn recorded_answers_of_both_servers_are_read() {
    for (folder, feeds, group, id, has_answers) in
        [("freshrss-fever", 8, Some("One"), "1795783036467341", true), ("coldsweat-fever", 8, Some("Default"), "1", false)]
    {
        let Some(groups) = recorded(folder, "03-groups") else { return };
        let mut client = client();
        client.prepared(&SyncQuery::Feeds, &groups.answer).unwrap();
        let read = |name: &str, query: &SyncQuery| client.read(query, &recorded(folder, name).unwrap().answer);
        assert_eq!(read("02-auth", &SyncQuery::Check), Ok(SyncReply::Checked { user: None }));
        assert_eq!(read("01-bad-key", &SyncQuery::Check), Err(SyncError::WrongPassword));
        let Ok(SyncReply::Feeds(list)) = read("04-feeds", &SyncQuery::Feeds) else { panic!("{folder}") };
        assert_eq!((list.len(), list[0].folder.as_deref()), (feeds, group));
        assert_eq!((&*list[0].id.0, &*list[0].address), ("1", "http://127.0.0.1:18901/feed/0.xml"));
        let Ok(SyncReply::Ids { ids: all, next: None }) = read("06-unread", &unread()) else { panic!("{folder}") };
        assert!(all.len() >= 130 && &*all[0].0 == id, "{folder}: {}", all.len());
        assert_eq!(read("07-saved", &starred()), Ok(SyncReply::Ids { ids: Vec::new(), next: None }));
        let (items, _) = items_of(read("12-items-with-ids", &SyncQuery::Items(Vec::new())).unwrap());
        let first = &items[0];
        assert_eq!(first.id, Some(ItemId(id.into())));
        assert_eq!((first.feed.clone(), first.is_read, first.is_starred), (Some(FeedId("1".into())), Some(false), Some(false)));
        assert!(first.html.starts_with("<p>") && first.link.as_deref().unwrap().starts_with("https://example.org/a/"));
        assert!(first.published > Some(1_790_000_000) && first.author.is_some() && !first.title.is_empty());
        let nothing = items_of(read("10-items-since-last", &since("160")).unwrap());
        assert_eq!(nothing, (Vec::new(), None));
        for name in ["14-mark-item-read", "15-mark-item-unread", "16-mark-item-saved", "17-mark-item-unsaved"] {
            assert_eq!(read(name, &push(ItemMark::Read, "1")), Ok(SyncReply::Done), "{folder} {name}");
        }
        let marked = read("14-mark-item-read", &unread());
        assert_eq!(marked.is_ok(), has_answers);
    }
}

/// A page of items with these ids.
fn page(ids: impl Iterator<Item = u64>) -> SyncAnswer {
    let items: Vec<String> = ids.map(|id| format!("{{\"id\":{id},\"feed_id\":\"3\"}}")).collect();
    answer(200, &format!("{{\"api_version\":3,\"auth\":1,\"items\":[{}]}}", items.join(",")))
}

#[test]
fn pages_go_on_where_the_last_one_ended() {
    let next = |query: &SyncQuery, answer: SyncAnswer| {
        client().read(query, &answer).map(|reply| items_of(reply).1.map(|page| page.0.to_string()))
    };
    let first = SyncQuery::ItemsSince { mark: None, page: None };
    let below = |id: &str| SyncQuery::ItemsSince { mark: None, page: Some(NextPage(format!("max_id={id}").into())) };
    for (query, ids, expected) in [
        (first.clone(), 951..=1000, Ok(Some("max_id=951"))),
        (first.clone(), 952..=1000, Ok(None)),
        (first.clone(), 1..=50, Ok(None)),
        (below("951"), 901..=950, Ok(Some("max_id=901"))),
        (below("951"), 951..=1000, Err(SyncError::Endless { query: "articles" })),
        (since("1000"), 1001..=1050, Ok(Some("since_id=1050"))),
        (since("1000"), 1001..=1003, Ok(None)),
        // The server pays no heed to the bound.
        (since("1000"), 1000..=1000, Ok(None)),
        (since("1000"), 1..=50, Err(SyncError::Endless { query: "articles" })),
    ] {
        assert_eq!(next(&query, page(ids.clone())), expected.map(|next| next.map(str::to_owned)), "{query:?} {ids:?}");
    }
    let request = client().request(&below("951")).unwrap();
    assert!(request.address.ends_with("/fever.php?api&items&max_id=951"));
    assert!(client().request(&first).unwrap().address.ends_with("&max_id=9223372036854775807"));
}

#[test]
fn lists_of_ids_are_taken_in_any_form_or_not_at_all() {
    let read = |value: &str| {
        let body = format!("{{\"api_version\":\"3\",\"auth\":\"1\"{value}}}");
        match client().read(&unread(), &answer(200, &body)) {
            Ok(SyncReply::Ids { ids, .. }) => Some(ids.iter().map(|id| id.0.to_string()).collect::<Vec<_>>().join(" ")),
            Err(SyncError::BadAnswer { .. }) => None,
            other => panic!("{value}: {other:?}"),
        }
    };
    for (value, expected) in [
        (r#","unread_item_ids":"1,2,3""#, Some("1 2 3")),
        (r#","unread_item_ids":"1, 2""#, Some("1 2")),
        (r#","unread_item_ids":"""#, Some("")),
        (r#","unread_item_ids":null"#, Some("")),
        (r#","unread_item_ids":7"#, Some("7")),
        (r#","unread_item_ids":[1,"2"]"#, Some("1 2")),
        (r#","unread_item_ids":[]"#, Some("")),
        // A part of the list would mark all others read.
        ("", None),
        (r#","unread_item_ids":"1,,2""#, None),
        (r#","unread_item_ids":"1,x""#, None),
        (r#","unread_item_ids":[1,null]"#, None),
        (r#","unread_item_ids":{"1":2}"#, None),
        (r#","unread_item_ids":false"#, None),
        (r#","unread_item_ids":"-1""#, None),
    ] {
        assert_eq!(read(value).as_deref(), expected, "{value}");
    }
}

#[test]
fn bad_answers_are_told_for_what_they_are() {
    let read = |answer: &SyncAnswer| client().read(&unread(), answer).unwrap_err();
    assert_eq!(read(&answer(200, r#"{"api_version":3,"auth":0}"#)), SyncError::WrongPassword);
    for (status, body) in [
        (200, ""),
        (200, "<!DOCTYPE html><title>Log in</title>"),
        (200, r#"{"api_version":3,"auth":1,"unread_item_ids":"1,2"#),
        (200, "[]"),
        (200, "{}"),
        (200, r#"{"error":"database is locked"}"#),
        (404, "Not Found"),
        (401, "Unauthorized"),
    ] {
        assert!(matches!(read(&answer(status, body)), SyncError::BadAnswer { .. }), "{status} {body}");
    }
    assert_eq!(read(&answer(502, "")), SyncError::ServerTrouble { status: 502 });
    let wait = Some(std::time::Duration::from_secs(90));
    assert_eq!(read(&SyncAnswer { retry_after: wait, ..answer(429, "") }).retry_after(), wait);
    // The server of a mark may not have the article any more.
    let gone = client().read(&push(ItemMark::Read, "9"), &answer(404, "<h1>Not Found</h1>"));
    assert!(matches!(gone, Err(SyncError::Refused { .. })));
    let odd = r#"{"api_version":3,"auth":true,"items":[{},null,{"id":"x","is_read":"0"},{"id":0}]}"#;
    let (items, _) = items_of(client().read(&SyncQuery::Items(Vec::new()), &answer(200, odd)).unwrap());
    assert!(items.len() == 4 && items.iter().all(|item| item.id.is_none()) && items[2].is_read == Some(false));
}

#[test]
fn what_the_api_cannot_do_is_told() {
    let label = crate::domain::text::clean_line("later");
    for change in [
        SyncChange::Mark { mark: ItemMark::Labelled(label.clone()), ids: ids(&["1"]) },
        SyncChange::MarkAllRead { scope: MarkScope::All, until: ServerMark("1".into()) },
        SyncChange::Unsubscribe(FeedId("1".into())),
    ] {
        assert!(matches!(client().request(&SyncQuery::Push(change)), Err(SyncError::Unsupported { .. })));
    }
    assert!(matches!(client().request(&SyncQuery::Labels), Err(SyncError::Unsupported { .. })));
}

#[test]
fn the_api_is_found_where_servers_have_it() {
    let bases = |typed: &str| -> Vec<String> {
        Fever.probes(&Url::parse(typed).unwrap()).into_iter().map(|probe| probe.base).collect()
    };
    assert_eq!(bases("https://a.example/rss/api/fever.php?api"), ["https://a.example/rss/api/fever.php"]);
    assert_eq!(bases("https://a.example/fever/"), ["https://a.example/fever/"]);
    let all = bases("https://a.example/rss/i/");
    assert!(all.contains(&"https://a.example/rss/api/fever.php".to_owned()) && all.len() == BELOW.len());
    let is_recognized = |status: u16, body: &str| Fever.is_recognized(&answer(status, body));
    assert!(is_recognized(200, r#"{"api_version":3,"auth":0}"#));
    assert!(!is_recognized(404, r#"{"api_version":3,"auth":0}"#));
    assert!(!is_recognized(200, "<html></html>") && !is_recognized(200, r#"{"auth":0}"#));
}
