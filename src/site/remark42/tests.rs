use std::fmt::Write as _;

use super::*;
use crate::domain::time::Timestamp;
use crate::format::Parsed;
use crate::site::tests::live::fetched_facts;
use crate::site::{comments_of_page, read};

fn parsed(text: &str) -> Parsed {
    read(text.as_bytes(), &Origin { name: "comments.json", now: Timestamp(0) }).unwrap()
}

fn told(parsed: &Parsed) -> String {
    let mut out = String::new();
    for page in &parsed.pages {
        let url = page.discussions[0].url.as_deref().unwrap_or("-");
        writeln!(out, "{} | {} | {url}", page.source.key, page.article.title).unwrap();
        for c in &page.discussions[0].comments {
            let posted = c.posted.map_or("-".to_owned(), |when| when.to_string());
            let author = c.author.as_deref().unwrap_or("-");
            writeln!(out, "{} {:?} {author} {:?} {posted} {:?} {}", c.id, c.parent, c.role, c.rank, c.body.text()).unwrap();
        }
    }
    parsed.notes.iter().fold(out, |out, note| out + "· " + note + "\n")
}

#[test]
fn trees_of_remark42_are_read() {
    let tree = r#"{"tree": [{"comment": {"id": "1", "pid": "", "text": "<p>One</p>", "orig": "One", "user": {"name": "ann", "admin": true},
      "locator": {"site": "s", "url": "https://example.org/a"}, "score": 1, "votes": {"u1": true, "u2": true, "u3": false}, "time": "2020-01-02T03:04:05Z", "title": "A tale"},
      "replies": [{"comment": {"id": "11", "pid": "1", "text": "", "user": {"name": "deleted"}, "locator": {"site": "s", "url": "https://example.org/a"},
        "score": 0, "votes": null, "time": "0001-01-01T00:00:00Z", "delete": true},
        "replies": [{"comment": {"id": "111", "pid": "11", "orig": "*Deep*", "user": {"name": "bob"}, "locator": {"site": "s", "url": "https://example.org/a"}, "score": -2, "votes": {}}}]}]}],
      "info": {"count": 3}}"#;
    let parsed = parsed(tree);
    assert_eq!(parsed.format.label(), "comments of a site");
    insta::assert_snapshot!(told(&parsed), @r#"
    example.org | A tale | https://example.org/a
    1 Root ann Admin 2020-01-02T03:04:05Z Points { net: 1, split: Some((2, 1)) } One
    11 Of(CommentIdx(0)) deleted Member - Removed 
    111 Of(CommentIdx(1)) bob Member - Points { net: -2, split: None } Deep
    "#);
}

#[test]
fn exports_of_commento_are_read() {
    let export = r#"{"version": 1, "comments": [
      {"commentHex": "c2", "domain": "example.org", "url": "/b", "commenterHex": "u1", "markdown": "**Two**", "html": "", "parentHex": "c1", "score": 3, "creationDate": "2021-03-12T11:21:56Z", "deleted": false},
      {"commentHex": "c1", "domain": "example.org", "url": "/b", "commenterHex": "anonymous", "markdown": "One", "parentHex": "root", "score": 0, "deleted": true}],
      "commenters": [{"commenterHex": "u1", "name": "cyd"}]}"#;
    insta::assert_snapshot!(told(&parsed(export)), @r#"
    example.org |  | https://example.org/b
    c2 Of(CommentIdx(1)) cyd Member 2021-03-12T11:21:56Z Points { net: 3, split: None } Two
    c1 Root - Member - Removed One
    "#);
}

#[test]
fn five_thousand_levels_nest() {
    const LEVELS: usize = 5_000;
    let open = |n: usize| {
        let parent = n - 1;
        format!(
            r#"{{"comment":{{"id":"{n}","pid":"{parent}","locator":{{"url":"https://example.org/a"}},"text":"t"}},"replies":["#
        )
    };
    let text = r#"{"comments":["#.to_owned() + &(1..=LEVELS).map(open).collect::<String>() + &"]}".repeat(LEVELS) + "]}";
    assert_eq!(parsed(&text).pages[0].discussions[0].comments.len(), LEVELS);
}

#[test]
fn the_comments_of_a_page_are_one_request() {
    let find = "https://r.example/api/v1/find?site=s&url=https%3A%2F%2Fa.example%2Fowls&format=tree";
    let comment = r#"{"id":"1","pid":"","text":"One","locator":{"site":"s","url":"https://a.example/owls"},"score":2,"time":"2026-01-02T03:04:05Z"}"#;
    let tree =
        format!(r#"{{"comments":[{{"comment":{comment},"replies":[]}}],"info":{{"url":"https://a.example/owls","count":2}}}}"#);
    let answers = |address: &str| (address == find).then(|| tree.clone());
    let address = "https://r.example/api/v1/find?url=https://a.example/owls&site=s&sort=-time";
    assert_eq!(fetched_facts(address, &answers), "lacks 1: 1<Root 2");
    // The feed of a page's comments leads to the same.
    let feed = "https://r.example/api/v1/rss/post?site=s&url=https%3A%2F%2Fa.example%2Fowls";
    let thread = comments_of_page(feed, Some("https://a.example/owls"));
    assert_eq!((&*thread.base, &*thread.address(&SiteBases::default())), (find, "https://a.example/owls"));
}

#[test]
fn the_script_on_a_page_leads_to_its_comments() {
    let on = |page: &str| feed_on(page, &Url::parse("https://a.example/owls/?x=1#y").unwrap());
    for (page, feed) in [
        (
            "<script>var remark_config = {\n host: 'https://r.example',\n site_id: \"birds\",\n components: ['embed'] }</script>",
            Some("https://r.example/api/v1/rss/post?site=birds&url=https%3A%2F%2Fa.example%2Fowls%2F"),
        ),
        (
            "window.remark_config = {'host': '/remark/', 'url': 'https://b.example/x'}",
            Some("https://a.example/remark/api/v1/rss/post?site=remark&url=https%3A%2F%2Fb.example%2Fx"),
        ),
        ("var remark_config = {host: REMARK_URL}", None),
        ("<p>remark_config", None),
    ] {
        assert_eq!(on(page).as_deref(), feed, "{page}");
    }
}
