//! Front pages by what is written for them and by the pages that show them.

use std::fmt::Write;

use super::*;
use crate::domain::site::SiteId;
use crate::source::told;

fn places() -> SiteBases {
    SiteBases::default().with(SiteId::new("lemmy"), "instances", &["http://127.0.0.1:8"]).with(
        SiteId::new("discourse"),
        "sites",
        &["https://forum.example"],
    )
}

#[test]
fn a_list_of_hacker_news_takes_two_requests_and_one_for_each_story_that_is_too_new() {
    let mut leafing = FrontPageFetch::new(&FrontPage::parse("hn:top").unwrap().unwrap(), &places());
    let mut asked = Vec::new();
    let mut open = leafing.begin();
    while let Some((number, ask)) = open.pop() {
        let answer = match ask.address.as_str() {
            "https://hacker-news.firebaseio.com/v0/topstories.json" => "[3,1,2]",
            "https://hacker-news.firebaseio.com/v0/item/3.json" => {
                r#"{"id":3,"type":"story","by":"a","time":1,"title":"C","score":1}"#
            }
            _ => {
                r#"{"hits":[{"objectID":"1","title":"A","author":"a","created_at_i":1},{"objectID":"2","title":"B","author":"b","created_at_i":1}]}"#
            }
        };
        asked.push(ask.address);
        open.extend(leafing.take(number, Ok(answer.as_bytes().to_vec())));
    }
    assert_eq!(asked[1], "https://hn.algolia.com/api/v1/search?hitsPerPage=30&tags=(story,poll,job),(story_3,story_1,story_2)");
    assert_eq!(asked.len(), 3);
    let ids: Vec<String> = leafing.stories().unwrap().iter().map(|story| story.id.to_string()).collect();
    assert_eq!(ids, ["3", "1", "2"]);
    assert!(leafing.is_over() && leafing.failures().is_empty());
}

#[test]
fn an_instance_of_lemmy_that_has_only_the_newer_interface_is_asked_by_that() {
    let list = r#"{"items":[{"post":{"id":5,"name":"Owls","ap_id":"https://far.example/post/7","published_at":"2026-01-01T00:00:00Z",
        "score":-2,"comments":9},"creator":{"name":"eva"}}],"next_page":"p"}"#;
    for (typed, wanted) in [
        ("lemmy:!a@lemmy.example?sort=MostComments", "community_name=a&sort=most_comments"),
        ("lemmy:lemmy.example?sort=TopSixHour", "type_=local&sort=top&time_range_seconds=21600"),
        ("lemmy:lemmy.example?sort=TopAll", "type_=local&sort=top&time_range_seconds=0"),
    ] {
        let mut leafing = FrontPageFetch::new(&FrontPage::parse(typed).unwrap().unwrap(), &places());
        let (number, _) = leafing.begin().remove(0);
        let host = told("lemmy.example");
        let (number, ask) = leafing.take(number, Err(Failure::NotFound { host: host.clone() })).remove(0);
        assert_eq!(ask.address, format!("https://lemmy.example/api/v4/post/list?{wanted}&limit=50"));
        assert!(leafing.take(number, Ok(list.as_bytes().to_vec())).is_empty());
        let stories = leafing.stories().unwrap();
        let standing = &stories[0].standing;
        assert_eq!((&*standing.url, standing.points, standing.comments), ("https://lemmy.example/post/5", Some(-2), Some(9)));
        assert!(stories[0].article.published.is_some());
        // Where neither is, there is nothing of that name.
        let mut leafing = FrontPageFetch::new(&FrontPage::parse(typed).unwrap().unwrap(), &places());
        let mut open = leafing.begin();
        while let Some((number, _)) = open.pop() {
            open.extend(leafing.take(number, Err(Failure::NotFound { host: host.clone() })));
        }
        assert_eq!(leafing.failures(), [Failure::NotFound { host }]);
    }
}

#[test]
fn fronts_are_written_in_few_letters_and_known_by_their_pages() {
    let mut told = String::new();
    let typed = [
        "hn:top",
        "hn:",
        "hn:jobs",
        "hn:\"small web\"",
        "hn:search?query=rust&tags=show_hn",
        "lobsters:",
        "lobsters:t/rust",
        "lemmy:!rust@programming.dev",
        "lemmy:programming.dev?sort=Hot",
        "lemmy:!a@127.0.0.1:8",
        "lemmy:http://127.0.0.1:9/c/a?sort=New",
        "discourse:https://users.example",
        "discourse:https://a.example/forum/c/news/5",
        "discourse:a.example/top",
    ];
    for typed in typed {
        let front = FrontPage::parse(typed).unwrap().unwrap();
        assert_eq!(FrontPage::parse(&front.address()), Some(Ok(front.clone())), "{typed}");
        let mut leafing = FrontPageFetch::new(&front, &places());
        let asked = leafing.begin().remove(0).1.address;
        let _ =
            writeln!(told, "{} | {} | {} | {asked}", front.address(), front.title(&places()), front.details(&places()).page);
    }
    insta::assert_snapshot!(told, @r#"
    hn:top | Hacker News | https://news.ycombinator.com/news | https://hacker-news.firebaseio.com/v0/topstories.json
    hn:top | Hacker News | https://news.ycombinator.com/news | https://hacker-news.firebaseio.com/v0/topstories.json
    hn:job | Hacker News, job | https://news.ycombinator.com/jobs | https://hacker-news.firebaseio.com/v0/jobstories.json
    hn:search?query=%22small+web%22 | Hacker News: "small web" | https://hn.algolia.com/?query=%22small+web%22 | https://hn.algolia.com/api/v1/search_by_date?query=%22small+web%22&tags=story&hitsPerPage=30
    hn:search?query=rust&tags=show_hn | Hacker News: rust | https://hn.algolia.com/?query=rust&tags=show_hn | https://hn.algolia.com/api/v1/search_by_date?query=rust&tags=show_hn&hitsPerPage=30
    lobsters:hottest | Lobsters | https://lobste.rs | https://lobste.rs/hottest.json
    lobsters:t/rust | Lobsters, rust | https://lobste.rs/t/rust | https://lobste.rs/t/rust.json
    lemmy:!rust@programming.dev | rust@programming.dev | https://programming.dev/c/rust?sort=Active | https://programming.dev/api/v3/post/list?community_name=rust&sort=Active&limit=50
    lemmy:programming.dev?sort=Hot | programming.dev | https://programming.dev?sort=Hot | https://programming.dev/api/v3/post/list?type_=Local&sort=Hot&limit=50
    lemmy:!a@127.0.0.1:8 | a@127.0.0.1:8 | http://127.0.0.1:8/c/a?sort=Active | http://127.0.0.1:8/api/v3/post/list?community_name=a&sort=Active&limit=50
    lemmy:http://127.0.0.1:9/c/a?sort=New | a@127.0.0.1:9 | http://127.0.0.1:9/c/a?sort=New | http://127.0.0.1:9/api/v3/post/list?community_name=a&sort=New&limit=50
    discourse:https://users.example/latest | users.example | https://users.example/latest | https://users.example/latest.json
    discourse:https://a.example/forum/c/news/5 | a.example/forum, news | https://a.example/forum/c/news/5 | https://a.example/forum/c/news/5.json
    discourse:https://a.example/top | a.example, top | https://a.example/top | https://a.example/top.json
    "#);
    for wrong in [
        "hn:tpo",
        "lobsters:t/",
        "lobsters:x y",
        "lemmy:!a",
        "lemmy:",
        "lemmy:a b",
        "discourse:",
        "discourse:https://a.example/t/x/5",
    ] {
        assert!(FrontPage::parse(wrong).unwrap().is_err(), "{wrong}");
    }
    assert_eq!(FrontPage::parse("https://a.example/"), None);
}

#[test]
fn pages_of_places_are_their_fronts() {
    for (address, wanted) in [
        ("https://news.ycombinator.com", Some("hn:top")),
        ("https://news.ycombinator.com/newest", Some("hn:new")),
        ("https://news.ycombinator.com/rss", None),
        ("https://news.ycombinator.com/item?id=1", None),
        ("https://lobste.rs/", Some("lobsters:hottest")),
        ("https://lobste.rs/t/rust", Some("lobsters:t/rust")),
        ("https://lobste.rs/t/rust.rss", None),
        ("https://lobste.rs/s/abc/x", None),
        ("https://lemmy.world/c/rust?sort=Hot", Some("lemmy:!rust@lemmy.world?sort=Hot")),
        ("https://lemmy.world/c/rust@far.example", Some("lemmy:https://lemmy.world/c/rust@far.example")),
        ("https://lemmy.example/c/rust", None),
        ("https://lemmy.world/post/5", None),
        ("http://127.0.0.1:8/", Some("lemmy:http://127.0.0.1:8")),
        ("https://forum.example/c/news/5", Some("discourse:https://forum.example/c/news/5")),
        ("https://forum.example/", Some("discourse:https://forum.example/latest")),
        ("https://forum.example/hot", Some("discourse:https://forum.example/hot")),
        ("https://forum.example/tag/owls", Some("discourse:https://forum.example/tag/owls")),
        ("https://forum.example/latest.rss", None),
        ("https://forum.example/t/x/5", None),
        ("https://other.example/c/news/5", None),
    ] {
        let front = FrontPage::at(address, &places()).map(|front| front.address());
        assert_eq!(front.as_deref(), wanted, "{address}");
    }
}
