use super::*;
use crate::domain::time::Timestamp;
use crate::site::front_page::FrontPage;
use crate::site::tests::live::{facts, fetched, fetched_facts};
use crate::site::{read, thread_at};

const PULL: &str = "https://github.com/ann/owls/pull/7";

fn post(id: u32, mark: &str, more: &str) -> String {
    format!(
        r#"{{"id":{id},"user":{{"login":"ann"}},"body":"Text *{id}*","created_at":"2026-01-01T00:00:00Z","html_url":"{PULL}#{mark}{id}",
            "reactions":{{"total_count":5,"+1":3,"-1":1,"confused":1}}{more}}}"#
    )
}

fn comment(id: u32) -> String {
    post(
        id,
        "issuecomment-",
        r#","issue_url":"https://api.github.com/repos/ann/owls/issues/7","updated_at":"2026-01-02T00:00:00Z""#,
    )
}

fn review_comment(id: u32, answers: Option<u32>) -> String {
    let answers = answers.map(|answers| format!(",\"in_reply_to_id\":{answers}")).unwrap_or_default();
    post(id, "discussion_r", &format!(",\"pull_request_url\":\"x\"{answers}"))
}

fn review(id: u32, body: &str) -> String {
    post(id, "pullrequestreview-", r#","pull_request_url":"x","submitted_at":"2026-01-01T00:00:00Z","state":"APPROVED""#)
        .replace(&format!("Text *{id}*"), body)
}

fn thread(comments: u32, more: &str) -> String {
    post(1, "", &format!(r#","number":7,"title":"Owls","comments":{comments},"labels":[{{"name":"bird"}}]{more}"#))
}

fn saved(text: &str) -> (Vec<Page>, Vec<String>) {
    let parsed = read(text.as_bytes(), &Origin { name: "a.json", now: Timestamp(0) }).unwrap();
    assert_eq!(parsed.format.label(), "GitHub thread");
    (parsed.pages, parsed.notes.iter().map(ToString::to_string).collect())
}

#[test]
fn a_thread_its_comments_and_reviews_are_one_page_in_any_order() {
    let lists = [
        thread(3, ",\"pull_request\":{}"),
        format!("[{},{}]", comment(10), comment(11).replace("{\"login\":\"ann\"}", "null")),
        format!("[{},{}]", review_comment(10, None), review_comment(12, Some(10))),
        format!("[{},{}]", review(10, "Fine"), review(13, "")),
    ];
    for order in [[0, 1, 2, 3], [3, 2, 1, 0]] {
        let (pages, notes) = saved(&order.map(|at| lists[at].clone()).join("\n"));
        let discussion = &pages[0].discussions[0];
        let mut told: Vec<String> = discussion.comments.iter().map(|comment| comment.id.to_string()).collect();
        told.sort();
        assert_eq!((told.join(" "), discussion.missing()), ("10 11 r10 r12 review10".to_owned(), 1));
        assert!(facts(discussion).contains("r12<r10 3") && discussion.url.as_deref() == Some(PULL));
        assert!(discussion.comments.iter().any(|comment| comment.author.as_deref() == Some("ghost")));
        assert!(discussion.comments.iter().all(|comment| comment.url.is_none()), "addresses follow from the ids");
        assert_eq!((&*pages[0].article.title, notes), ("Owls", vec!["1 more, not in this file".to_owned()]));
    }
    // A list of comments alone is a discussion of their thread.
    let (pages, _) = saved(&format!("[{},{},{}]", comment(10), comment(10), comment(12)));
    assert_eq!((pages.len(), facts(&pages[0].discussions[0]).as_str()), (1, "lacks 0: 10<Root 3, 12<Root 3"));
}

#[test]
fn a_discussion_of_graphql_has_answers_and_counts_what_is_missing() {
    let text = r#"{"data":{"repository":{"discussion":{"title":"Owls?","number":3,"url":"https://github.com/ann/owls/discussions/3","body":"Well",
        "author":{"login":"ann"},"comments":{"totalCount":4,"nodes":[
        {"databaseId":5,"body":"a","author":null,"upvoteCount":2,"replies":{"totalCount":3,"nodes":[{"databaseId":6,"body":"b","upvoteCount":0}]}},
        {"databaseId":7,"body":"c","isMinimized":true,"upvoteCount":1}]}}}}}"#;
    let (pages, notes) = saved(text);
    assert_eq!(facts(&pages[0].discussions[0]), "lacks 4: 5<Root 2, 6<5 0, 7<Root Removed");
    assert_eq!(notes, ["4 more, not in this file"]);
    let stub = pages[0].discussions[0].stub(Some("5")).map(|stub| stub.count);
    assert_eq!((stub, pages[0].discussions[0].url.as_deref()), (Some(2), Some("https://github.com/ann/owls/discussions/3")));
}

#[test]
fn addresses_lead_to_threads() {
    let bases = SiteBases::default();
    for (address, wanted) in [
        ("https://github.com/ann/owls/issues/7#issuecomment-3", Some("https://github.com/ann/owls/issues/7")),
        ("https://www.github.com/ann/owls/pull/7/files", Some(PULL)),
        ("https://github.com/ann/owls/discussions/3?sort=new", Some("https://github.com/ann/owls/discussions/3")),
        ("https://github.com/ann/owls/issues", None),
        ("https://github.com/ann/owls/issues/new", None),
        ("https://gist.github.com/ann/owls/issues/7", None),
    ] {
        assert_eq!(thread_at(address, &bases).map(|thread| thread.address(&bases)).as_deref(), wanted, "{address}");
    }
    let front = |typed: &str| FrontPage::parse(typed).unwrap().map(|front| front.address());
    assert_eq!(front("github:ann/owls").as_deref(), Ok("github:ann/owls"));
    assert!(front("github:ann").is_err() && front("github:ann/owls/x").is_err());
    let at = FrontPage::at("https://github.com/ann/owls/issues", &bases).map(|front| front.address());
    assert_eq!(at.as_deref(), Some("github:ann/owls"));
    let json = crate::format::json::Json::parse(&format!("[{}]", thread(4, "")));
    let stories = json.roots().next().and_then(|root| GitHub.stories(root, "")).unwrap();
    assert_eq!((&*stories[0].standing.url, stories[0].standing.comments, stories[0].standing.points), (PULL, Some(4), Some(3)));
}

/// A pull request with 130 comments, one review with words and two comments in it.
fn pull(address: &str) -> Option<String> {
    let (path, query) =
        address.strip_prefix("https://api.github.com/repos/ann/owls/")?.split_once('?').unwrap_or((&address[38..], ""));
    let page: u32 = query.rsplit_once('=').map_or(1, |(_, page)| page.parse().unwrap());
    Some(match path.trim_start_matches('/') {
        "issues/7" => thread(130, ",\"pull_request\":{}"),
        "issues/7/comments" => {
            let comments: Vec<String> = (page * 100 - 99..=130.min(page * 100)).map(comment).collect();
            format!("[{}]", comments.join(","))
        }
        "pulls/7/reviews" => format!("[{},{}]", review(1, "Fine"), review(2, " ")),
        "pulls/7/comments" => format!("[{},{}]", review_comment(1, None), review_comment(2, Some(1))),
        _ => return None,
    })
}

#[test]
fn a_pull_request_comes_with_reviews_and_all_pages_of_comments() {
    let address = "https://github.com/ann/owls/issues/7";
    let (fetch, asked) = fetched(address, &pull, false);
    let page = fetch.page(Timestamp(0)).unwrap();
    let discussion = &page.discussions[0];
    assert_eq!((asked.len(), discussion.comments.len(), discussion.complete), (5, 133, true), "{asked:?}");
    assert_eq!(discussion.url.as_deref(), Some(PULL), "an issue that is a pull request stands at its address");
    let without = |end: &'static str| move |address: &str| pull(address).filter(|_| !address.contains(end));
    assert!(fetched_facts(address, &without("&page=2")).starts_with("lacks 30: "));
    assert!(fetched_facts(address, &without("/reviews")).starts_with("lacks 0: "), "not whole, for a request failed");
    assert_eq!(fetched_facts(address, &|_| None), "nothing");
}
