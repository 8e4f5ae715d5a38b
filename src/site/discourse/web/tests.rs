use crate::domain::time::Timestamp;
use crate::format::html::escaped;
use crate::format::{Origin, Parsed, Unreadable};
use crate::site::read;
use crate::site::tests::live::facts;

const HEAD: &str = r#"<!DOCTYPE html><html><head><meta name="generator" content="Discourse 3.4"><title>Owls - Forum</title>
<link rel="canonical" href="https://forum.example/t/owls-at-night/77" /></head>"#;

const TOPIC: &str = r#"{"id": 77, "title": "Owls & mice", "slug": "owls-at-night", "posts_count": 3, "post_stream": {"stream": [1, 2, 3], "posts": [
  {"id": 1, "post_number": 1, "username": "ann", "created_at": "2024-05-01T10:00:00Z", "cooked": "<p>Who?</p>"},
  {"id": 2, "post_number": 2, "username": "bob", "created_at": "2024-05-01T11:00:00Z", "cooked": "<p>You</p>", "reply_to_post_number": null, "actions_summary": [{"id": 2, "count": 4}]},
  {"id": 3, "post_number": 3, "username": "cyd", "created_at": "2024-05-01T12:00:00Z", "cooked": "<p>Me</p>", "reply_to_post_number": 2, "actions_summary": []}]}}"#;

fn preloaded(topic: &str) -> String {
    let json = serde_json::json!({"topic_77": topic, "site": "{}"}).to_string();
    format!("<div class=\"hidden\" id=\"data-preloaded\" data-preloaded=\"{}\"></div>", escaped(&json))
}

fn crawler(nth: u32, name: &str, likes: u32) -> String {
    format!(
        "<div itemprop='comment' itemscope itemtype='http://schema.org/Comment' id='post_{nth}' class='topic-body crawler-post'><div class='crawler-post-meta'>
        <span class='creator' itemprop='author' itemscope><a itemprop='url' href='https://forum.example/u/{name}'><span itemprop='name'>{name}</span></a></span>
        <span class='crawler-post-infos'><time itemprop='datePublished' datetime='2024-05-01T1{nth}:00:00Z' class='post-time'>May 1</time><meta itemprop='dateModified' content='2024-05-01T1{nth}:30:00Z'>
        <span itemprop='position'>{nth}</span></span></div><div class='post' itemprop='text'><p>Words <b>{nth}</b></p></div>
        <div itemprop='interactionStatistic' itemscope><meta itemprop='interactionType' content='http://schema.org/LikeAction'/><meta itemprop='userInteractionCount' content='{likes}' /></div></div>"
    )
}

fn shown(nth: u32, name: &str, likes: u32) -> String {
    format!(
        "<div class='topic-post clearfix regular'><article id='post_{nth}' data-post-id='9{nth}' data-topic-id='77' class='boxed'><div class='names'><span class='username'><a data-user-card='{name}' href='/u/{name}'>{name}</a></span></div>
        <a class='post-date'><span class='relative-date' data-time='1714560000000'>1d</span></a><div class='cooked'><p>Words {nth}</p></div><button class='like-count'>{likes}</button></article></div>"
    )
}

fn parsed(page: &str) -> Parsed {
    read(page.as_bytes(), &Origin { name: "topic.html", now: Timestamp(0) }).unwrap()
}

#[test]
fn the_json_in_a_page_is_the_topic() {
    let parsed = parsed(&format!("{HEAD}<body>{}<noscript>{}</noscript>", preloaded(TOPIC), crawler(1, "ann", 0)));
    let page = &parsed.pages[0];
    assert_eq!((parsed.format.label(), &*page.article.title), ("Discourse topic", "Owls & mice"));
    assert_eq!(page.article.url.as_deref(), Some("https://forum.example/t/owls-at-night/77"));
    assert_eq!(page.discussions[0].url.as_deref(), Some("https://forum.example/t/77"));
    assert_eq!(facts(&page.discussions[0]), "whole: 2<Root 4, 3<2 0");
}

#[test]
fn the_plain_list_is_read_where_the_json_is_cut() {
    let broken = preloaded(TOPIC).replace("post_stream", "post_stream\\q");
    let list = crawler(1, "ann", 8) + &crawler(2, "bob", 4) + &crawler(3, "cyd", 0);
    for page in
        [format!("{HEAD}<body>{broken}<noscript>{list}</noscript>"), format!("{HEAD}<body><div id=main-outlet>{list}</div>")]
    {
        let parsed = parsed(&page);
        let page = &parsed.pages[0];
        assert_eq!((page.article.byline.as_deref(), &*page.article.body.text()), (Some("ann"), "Words 1"));
        assert_eq!(facts(&page.discussions[0]), "lacks 0: 2<Root 4, 3<Root 0");
        let second = &page.discussions[0].comments[0];
        assert_eq!(second.posted.unwrap().to_string(), "2024-05-01T12:00:00Z");
        assert_eq!(second.edited.unwrap().to_string(), "2024-05-01T12:30:00Z");
    }
}

#[test]
fn what_the_scripts_made_of_a_topic_is_read() {
    let parsed = parsed(&format!("{HEAD}<body>{}{}", shown(1, "ann", 2), shown(2, "bob", 4)));
    let page = &parsed.pages[0];
    assert_eq!(facts(&page.discussions[0]), "lacks 0: 2<Root 4");
    assert_eq!(page.discussions[0].comments[0].posted.unwrap().to_string(), "2024-05-01T10:40:00Z");
}

#[test]
fn a_later_page_of_a_topic_says_so_and_a_list_is_named() {
    let page = HEAD.replace("</head>", "<link rel=\"next\" href=\"https://forum.example/t/owls-at-night/77?page=2\"></head>");
    let parsed = parsed(&(page + &crawler(21, "ann", 0)));
    assert!(parsed.notes.iter().any(|note| &**note == "the topic has further pages, not in this file"), "{:?}", parsed.notes);
    let list = HEAD.replace("/t/owls-at-night/77", "/latest") + "<div data-preloaded='{}'></div>";
    let found = read(list.as_bytes(), &Origin { name: "a", now: Timestamp(0) }).unwrap_err();
    assert_eq!(found, Unreadable::Unknown { found: "a page of Discourse without a topic" });
}
