//! One small thread in the markup of each program.

use crate::domain::time::Timestamp;
use crate::format::{Origin, Parsed};
use crate::site::read;
use crate::site::tests::live::facts;

const TITLE: &str = "<title>Owls at night</title>";

fn parsed(body: &str, head: &str) -> Parsed {
    let page = format!("<html><head>{TITLE}{head}</head><body><h1>Owls at night</h1>{body}</body></html>");
    read(page.as_bytes(), &Origin { name: "thread.html", now: Timestamp(0) }).unwrap()
}

/// The three posts of the thread: the opening, an answer, and one that quotes the answer.
fn posts(post: &dyn Fn(u32, &str, &str) -> String, quote: &str) -> String {
    post(11, "ann", "Who?") + &post(12, "bob", "You") + &post(13, "cyd", &format!("{quote}No"))
}

fn xenforo(quote: &str) -> String {
    let post = |id: u32, name: &str, words: &str| {
        format!(
            r##"<article class="message message--post" data-author="{name}" data-content="post-{id}" id="js-post-{id}"><div class="message-attribution-main"><time class="u-dt" datetime="2020-05-01T10:00:{id}+0200">May 1</time></div>
            <ul class="message-attribution-opposite"><li><a href="#">share</a></li><li><a>#{}</a></li></ul><article class="message-body"><div class="bbWrapper">{words}</div></article>
            <div class="reactionsBar"><a class="reactionsBar-link">Ann, Bob and 3 others</a></div></article>"##,
            id - 10
        )
    };
    posts(&post, quote)
}

#[test]
fn posts_of_every_program_are_read() {
    let xf1 = |id: u32, name: &str, words: &str| {
        format!(
            r#"<li id="post-{id}" class="message" data-author="{name}"><span class="DateTime" data-time="15883200{id}">x</span><blockquote class="messageText">{words}</blockquote><a class="postNumber">#{}</a></li>"#,
            id - 10
        )
    };
    let vb = |id: u32, name: &str, words: &str| {
        format!(
            r#"<li class="postbit" id="post_{id}"><span class="date">01.05.2020, 10:00</span><a class="postcounter">#{}</a><a class="username"><strong>{name}</strong></a><div id="post_message_{id}"><blockquote class="postcontent">{words}</blockquote></div></li>"#,
            id - 10
        )
    };
    let ipb = |id: u32, name: &str, words: &str| {
        format!(
            r#"<div class="post_block hentry" id="post_id_{id}"><li class="author">{name}</li><abbr class="published" title="2020-05-01T10:00:00+00:00">x</abbr><li class="post_id"><a>#{}</a></li><div itemprop="commentText" class="post entry-content">{words}</div></div>"#,
            id - 10
        )
    };
    let phpbb = |id: u32, name: &str, words: &str| {
        format!(
            r#"<div id="p{id}" class="post bg1"><div class="postbody"><p class="author">by <strong><a class="username">{name}</a></strong> » <time datetime="2020-05-01T10:00:00+00:00">x</time></p><div class="content">{words}</div></div></div><a href="viewtopic.php?t=1"></a>"#
        )
    };
    for (name, body) in [
        ("XenForo 2", xenforo(r#"<blockquote data-source="post: 12" class="bbCodeBlock">You</blockquote>"#)),
        (
            "XenForo 1",
            posts(
                &xf1,
                r#"<div class="bbCodeQuote"><a href="goto/post?id=12#post-12" class="AttributionLink">bob said</a></div>"#,
            ),
        ),
        ("vBulletin", posts(&vb, r#"<div class="bbcode_postedby"><a href="showthread.php?p=12#post12">x</a></div>"#)),
        ("Invision", posts(&ipb, r#"<blockquote data-cid="12">You</blockquote>"#)),
        ("phpBB", posts(&phpbb, r#"<blockquote><cite>bob <a href="viewtopic.php?p=12#p12">↑</a></cite>You</blockquote>"#)),
    ] {
        let parsed = parsed(&body, r#"<link rel="canonical" href="https://forum.example/threads/owls.5/">"#);
        let (article, discussion) = (&parsed.pages[0].article, &parsed.pages[0].discussions[0]);
        assert_eq!(
            (parsed.format.label(), &*article.title, article.byline.as_deref()),
            ("forum thread", "Owls at night", Some("ann")),
            "{name}"
        );
        assert_eq!((&*article.body.text(), &*discussion.place), ("Who?", "page"), "{name}");
        let ranks = if name == "XenForo 2" { "5" } else { "Unrated" };
        assert_eq!(facts(discussion), format!("lacks 0: 12<Root {ranks}, 13<12 {ranks}"), "{name}");
        assert_eq!(discussion.comments[1].author.as_deref(), Some("cyd"), "{name}");
        assert!(discussion.comments[0].posted.unwrap().to_string().starts_with("2020-05-01"), "{name}");
    }
}

#[test]
fn a_later_page_has_no_article_and_awaits_what_it_quotes() {
    let body = xenforo(r#"<blockquote data-source="post: 2" class="bbCodeBlock">You</blockquote>"#);
    let body = body.replace("<a>#1</a>", "<a>#21</a>").replace("<a>#2</a>", "<a>#22</a>").replace("<a>#3</a>", "<a>#23</a>");
    let head = r#"<link rel="canonical" href="https://forum.example/threads/owls.5/page-2"><link rel="prev" href="https://forum.example/threads/owls.5/">"#;
    let parsed = parsed(&body, head);
    let discussion = &parsed.pages[0].discussions[0];
    assert_eq!(facts(discussion), "lacks 0: 11<Root 5, 12<Root 5, 13<Missing 5");
    assert_eq!(discussion.url.as_deref(), Some("https://forum.example/threads/owls.5/"));
    assert!(parsed.notes.iter().any(|note| &**note == "the thread has further pages, not in this file"));
}

#[test]
fn comments_of_drupal_stand_below_its_article() {
    let comment = |id: u32| {
        format!(
            r#"<a id="comment-{id}"></a> <div class="comment comment-published"><div class="submitted">Submitted by <a>ann</a> on Mon, 16/07/2012 - 21:26.</div><div class="content"><p>Words {id}</p></div></div>"#
        )
    };
    let body = format!(
        "<div class=\"content\"><p>{}</p></div><div id=\"comments\">{}{}</div>",
        "Words of the article. ".repeat(20),
        comment(5),
        comment(6)
    );
    let parsed = parsed(&body, r#"<link rel="canonical" href="https://forum.example/node/8">"#);
    let discussion = &parsed.pages[0].discussions[0];
    assert_eq!(facts(discussion), "lacks 0: 5<Root Unrated, 6<Root Unrated");
    assert_eq!(discussion.comments[0].posted.unwrap().to_string(), "2012-07-16T21:26:00Z");
}
