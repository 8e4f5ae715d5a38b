use std::fmt::Write as _;

use super::*;
use crate::format::Parsed;
use crate::site::read;

const HEAD: &str = r#"<!doctype html><html><head><meta property="og:site_name" content="Lobsters">
<link href="https://lobste.rs/s/abc/a_tale" rev="canonical" rel="self alternate shorter shorturl shortlink"><title>A tale | Lobsters</title></head>
<body><div id="inside"><ol class="stories">"#;

const STORY: &str = r#"<li id="story_abc" data-shortid="abc" class="story"><div class="voters"><a class="upvoter" href="/login">20</a></div>
<span class="link"><a href="https://example.org/a" class="u-url">A tale</a></span><div class="byline"><a href="/~ann"><img src="a.png"></a>
<a href="/~ann">ann</a> <time title="2026-07-11 21:34:31" data-at-unix="1783823671">8 hours ago</time>
<span class="comments_label"> | <a href="/s/abc">6 comments</a></span></div></li>"#;

fn comment_of(id: &str, score: &str, head: &str, body: &str) -> String {
    format!(
        r#"<li class="comments_subtree"><input id="comment_folder_{id}"><div id="c_{id}" data-shortid="{id}" class="comment"><div class="voters">{score}</div>
<div class="byline"><a href="/u/{id}">user-{id}</a> {head}</div><div class="comment_text">{body}</div></div><ol class="comments">"#
    )
}

fn page(comments: &str) -> String {
    format!(
        r#"{HEAD}{STORY}</ol><div class="story_text"><p>Words</p></div><ol class="comments comments1"><li><div class="comment comment_form_container" data-shortid=""></div></li>{comments}</ol></div>"#
    )
}

fn parsed(text: &str) -> Parsed {
    read(text.as_bytes(), &Origin { name: "a.html", now: Timestamp(1_783_855_564) }).unwrap()
}

const END: &str = "</ol></li>";

#[test]
fn a_story_is_read_with_its_points() {
    let unix = r#"edited <time data-at-unix="1783824065">x</time>"#;
    let comments = comment_of("c1", r#"<a class="upvoter">38</a>"#, unix, "<p>One</p><ol><li>a list</li></ol>")
        + &comment_of(
            "c2",
            r#"<a class="upvoter"></a><div class="score">-2</div>"#,
            r#"<span title="2026-07-11 21:00:00 -0500">y</span>"#,
            "<p>Two</p>",
        )
        + &comment_of("c3", r#"<a class="upvoter">~</a>"#, "2 hours ago", "<p>Three</p>")
        + END
        + END
        + &comment_of("c4", "", "", r#"<p><span class="na">[Comment removed by author]</span></p>"#)
        + END
        + END
        + &comment_of("c5", r#"<a class="upvoter">~</a>"#, "", "Four")
        + END;
    let parsed = parsed(&page(&comments));
    assert_eq!(parsed.format.label(), "Lobsters story");
    let page = &parsed.pages[0];
    let mut out = format!("{:?} {:?} {}\n", page.article.title, page.article.url, page.article.body.text());
    for c in &page.discussions[0].comments {
        let posted = c.posted.map_or("-".to_owned(), |when| when.to_string());
        let author = c.author.as_deref().unwrap_or("-");
        writeln!(out, "{} {:?} {author} {posted} {} {:?} {}", c.id, c.parent, c.edited.is_some(), c.rank, c.body.text())
            .unwrap();
    }
    insta::assert_snapshot!(out, @r#"
    "A tale" Some("https://example.org/a") Words
    c1 Root user-c1 2026-07-12T02:41:05Z true Points { net: 38, split: None } One
    a list
    c2 Of(CommentIdx(0)) user-c2 2026-07-12T02:00:00Z false Points { net: -2, split: None } Two
    c3 Of(CommentIdx(1)) user-c3 2026-07-12T09:26:04Z false Withheld Three
    c4 Of(CommentIdx(0)) user-c4 - false Removed [Comment removed by author]
    c5 Root user-c5 - false Withheld Four
    "#);
    assert_eq!(page.discussions[0].url.as_deref(), Some("https://lobste.rs/s/abc"));
    assert!(!page.discussions[0].complete);
    assert_eq!(parsed.notes, ["2 more, not in this file"]);
}

/// The tree of a page is cut at its 64th level; the threads are not.
#[test]
fn deep_threads_keep_their_parents() {
    const LEVELS: usize = 300;
    let open: String = (0..LEVELS).map(|n| comment_of(&format!("d{n}"), "", "", "t")).collect();
    let parsed = parsed(&page(&(open + &END.repeat(LEVELS))));
    let comments = &parsed.pages[0].discussions[0].comments;
    assert_eq!(comments.len(), LEVELS);
    let is_chain =
        |n: usize| matches!(comments[n].parent, crate::domain::thread::Parent::Of(parent) if parent.index() + 1 == n);
    assert!((1..LEVELS).all(is_chain));
}

#[test]
fn pages_that_are_no_story_are_named() {
    let found = |text: &str| read(text.as_bytes(), &Origin { name: "a", now: Timestamp(0) }).map(|parsed| parsed.format);
    let list = format!("{HEAD}{STORY}{STORY}</ol></div>");
    assert_eq!(found(&list), Err(Unreadable::Unknown { found: "a list of Lobsters stories" }));
    assert_eq!(found(HEAD), Err(Unreadable::Unknown { found: "a page of Lobsters without a story" }));
    let comments = format!("{HEAD}</ol>{}", comment_of("c1", "", "", "t"));
    assert_eq!(found(&comments), Err(Unreadable::Unknown { found: "a list of Lobsters comments" }));
}
