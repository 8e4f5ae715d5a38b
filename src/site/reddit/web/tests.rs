//! One small thread as all kinds of Reddit's pages show it, and what is not a thread.

use std::fmt::Write as _;

use crate::domain::thread::{Comment, Parent};
use crate::domain::time::Timestamp;
use crate::format::{Origin, Parsed, Unreadable};
use crate::site::read;

const NOW: Timestamp = Timestamp(1_700_000_000);

fn parsed(text: &str) -> Result<Parsed, Unreadable> {
    read(text.as_bytes(), &Origin { name: "thread.html", now: NOW })
}

/// Expectations that hold for every kind of page.
fn told(parsed: &Parsed) -> String {
    let page = &parsed.pages[0];
    let discussion = &page.discussions[0];
    let title = page.article.title.trim();
    let mut out = format!("{} | {title} | {:?} | missing {}\n", page.source.key, discussion.url, discussion.missing());
    for comment in &discussion.comments {
        let Comment { id, parent, rank, author, body, .. } = comment;
        let parent = match parent {
            Parent::Of(idx) => &discussion.comments[idx.index()].id,
            Parent::Missing => "missing",
            _ => "post",
        };
        writeln!(out, "{id}<{parent} {} {rank:?} {}", author.as_deref().unwrap_or("-"), body.text()).unwrap();
    }
    for stub in &discussion.stubs {
        writeln!(out, "below {}: {}", stub.below.as_deref().unwrap_or("none"), stub.label()).unwrap();
    }
    out
}

const WANTED: &str = r#"reddit:food | Fish & chips | Some("https://www.reddit.com/comments/p1") | missing 8
aa<post ann Points { net: 12, split: None } Use <salt>
bb<aa - Removed [deleted]
cc<aa cyd Points { net: -3, split: None } no
dd<post eve Points { net: 1200, split: None } late
below none: 6 more, not here
below aa: 2 more, not here
below cc: more, not here
"#;

const HEAD: &str = r#"<link rel="canonical" href="https://www.reddit.com/r/food/comments/p1/fish_chips/">"#;

fn classic() -> String {
    let thing = |id: &str, author: &str, score: &str, words: &str, inside: &str| {
        format!(
            r#"<div class=" thing id-t1_{id} noncollapsed comment " id="thing_t1_{id}" data-fullname="t1_{id}" data-type="comment" data-subreddit="food"{author}
            data-permalink="/r/food/comments/p1/fish_chips/{id}/"><p class="parent"><a name="{id}"></a></p><div class="entry unvoted"><p class="tagline">
            <span class="score dislikes" title="0">0 points</span><span class="score unvoted" title="{score}">{score} points</span><span class="score likes" title="9">9 points</span>
            <time datetime="2023-11-14T22:13:20+00:00" class="live-timestamp">now</time></p><form class="usertext"><div class="usertext-body"><div class="md"><p>{words}</p></div></div></form>
            <ul class="flat-list buttons"><li><a class="bylink" data-event-action="permalink">permalink</a></li></ul></div>
            <div class="child"><div class="sitetable listing">{inside}</div></div><div class="clearleft"></div></div>"#
        )
    };
    let more = |words: &str| {
        format!(
            r#"<div class="thing morechildren" data-type="morechildren"><div class="entry"><span class="morecomments"><a class="button" onclick="return morechildren(this, 't3_p1', 'top', 'x,y', 0, '')">load more comments<span class="gray">&nbsp;({words})</span></a></span></div></div>"#
        )
    };
    let on = r#"<div class="thing morerecursion"><div class="entry"><span class="deepthread"><a href="/r/food/comments/p1/fish_chips/cc">continue this thread</a></span></div></div>"#;
    let first =
        thing("bb", "", "1", "[deleted]", "") + &thing("cc", r#" data-author="cyd""#, "-3", "no", on) + &more("2 replies");
    let all = thing("aa", r#" data-author="ann""#, "12", "Use &lt;salt&gt;", &first)
        + &thing("dd", r#" data-author="eve""#, "1200", "late", "")
        + &more("6 replies");
    format!(
        r#"<html><head><title>Fish & chips : food</title>{HEAD}</head><body class="listing-page comments-page"><div id="siteTable"><div class=" thing id-t3_p1 link " id="thing_t3_p1"
        data-fullname="t3_p1" data-subreddit="food" data-author="cook" data-timestamp="1366044279000" data-comments-count="12" data-permalink="/r/food/comments/p1/fish_chips/"
        data-url="/r/food/comments/p1/fish_chips/"><div class="entry"><p class="title"><a class="title" href="/r/food/comments/p1/fish_chips/">Fish &amp; chips</a></p></div></div></div>
        <div class="commentarea"><div class="sitetable nestedlisting">{all}</div></div></body></html>"#
    )
}

fn redesign() -> String {
    let row = |id: &str, level: u32, author: &str, votes: &str, words: &str| {
        let padding = 16 + 21 * (level - 1);
        format!(
            r#"<div><div><div id="t1_{id}" style="padding-left:{padding}px" tabindex="-1"><div><span>level {level}</span><div data-testid="post-comment-header">
            {author}<a data-testid="comment_timestamp" id="CommentTopMeta--Created--t1_{id}" href="https://www.reddit.com/r/food/comments/p1/comment/{id}/">3 yr. ago</a></div>{words}
            <div id="vote-arrows-t1_{id}"><button aria-label="upvote"></button><div>{votes}</div><button></button></div><button>Reply</button></div></div></div></div>"#
        )
    };
    let by = |name: &str| format!(r#"<a data-testid="comment_author_link" href="/user/{name}/">{name}</a>"#);
    let words = |words: &str| format!(r#"<div data-testid="comment"><div><p>{words}</p></div></div>"#);
    let more = |id: &str, padding: u32, words: &str| {
        format!(
            r#"<div><div id="moreComments-t1_{id}" style="padding-left: {padding}px;"><div><p>{words}</p></div></div></div>"#
        )
    };
    let rows = row("aa", 1, &by("ann"), "12", &words("Use &lt;salt&gt;"))
        + &row("bb", 2, "<span>Comment deleted by user</span>", "", &words("[deleted]"))
        + &row("cc", 2, &by("cyd"), "-3", &words("no"))
        + r#"<div id="continueThread-t1_cc" style="padding-left:42px"><a>Continue this thread</a></div>"#
        + &more("zz", 21, "2 more replies")
        + &row("dd", 1, &by("eve"), "1.2k", &words("late"))
        + &more("zy", 0, "6 more replies");
    format!(
        r#"<html><head><title>Fish & chips : food</title>{HEAD}</head><body><div data-testid="post-container" id="t3_p1"><div data-test-id="post-content"><h1>Fish &amp; chips</h1>
        <span>12 comments</span></div></div>{rows}</body></html>"#
    )
}

fn shreddit() -> String {
    let comment = |id: &str, parent: &str, author: &str, score: &str, words: &str, more: &str, inside: &str| {
        format!(
            r#"<shreddit-comment created="2023-11-14T22:13:20.000000+0000" author="{author}" thingId="t1_{id}"{parent} depth="0" permalink="/r/food/comments/p1/comment/{id}/" score="{score}" postId="t3_p1">
            <details open><summary><a href="/user/{author}">{author}</a><time datetime="2023-11-14T22:13:20.000Z">6d ago</time></summary>
            <div id="t1_{id}-comment-rtjson-content" slot="comment"><div id="t1_{id}-post-rtjson-content" dir="auto"><p>{words}</p></div></div>
            <div slot="actionRow"><template><button>Reply</button></template></div><div id="comment-children">{inside}</div>{more}</details></shreddit-comment>"#
        )
    };
    let below = r#" parentId="t1_aa""#;
    let more = r#"<div data-more-replies-link><a href="/r/food/comments/p1/comment/cc/">More replies</a></div>"#;
    let answers =
        comment("bb", below, "[deleted]", "1", "[deleted]", "", "") + &comment("cc", below, "cyd", "-3", "no", more, "");
    let all =
        comment("aa", "", "ann", "12", "Use &lt;salt&gt;", "", &answers) + &comment("dd", "", "eve", "1200", "late", "", "");
    format!(
        r#"<html><head><title>Fish & chips : r/food</title></head><body><shreddit-post id="t3_p1" post-title="Fish &amp; chips" author="cook" comment-count="12" permalink="/r/food/comments/p1/fish_chips/"
        created-timestamp="2013-04-15T16:44:39.000000+0000"></shreddit-post><shreddit-comment-tree post-id="t3_p1" totalComments="12" permalink="/r/food/comments/p1/fish_chips/">{all}</shreddit-comment-tree></body></html>"#
    )
}

const JSON: &str = r#"[{"kind": "Listing", "data": {"children": [{"kind": "t3", "data": {"id": "p1", "title": "Fish &amp; chips", "subreddit": "food", "num_comments": 12}}]}},
 {"kind": "Listing", "data": {"children": [{"kind": "t1", "data": {"id": "aa", "link_id": "t3_p1", "author": "ann", "score": 12, "body": "Use &lt;salt&gt;",
   "replies": {"kind": "Listing", "data": {"children": [{"kind": "t1", "data": {"id": "bb", "author": "[deleted]", "body": "[deleted]", "score": 1}},
     {"kind": "t1", "data": {"id": "cc", "author": "cyd", "score": -3, "body": "no", "replies": {"kind": "Listing", "data": {"children": [{"kind": "more", "data": {"count": 0, "parent_id": "t1_cc", "children": []}}]}}}},
     {"kind": "more", "data": {"count": 2, "parent_id": "t1_aa", "children": ["x", "y"]}}]}}}},
   {"kind": "t1", "data": {"id": "dd", "link_id": "t3_p1", "author": "eve", "score": 1200, "body": "late"}},
   {"kind": "more", "data": {"count": 6, "parent_id": "t3_p1", "children": ["g"]}}]}}]"#;

#[test]
fn every_kind_of_page_makes_the_thread_that_the_json_makes() {
    assert_eq!(told(&parsed(JSON).unwrap()), WANTED);
    assert_eq!(told(&parsed(&classic()).unwrap()), WANTED);
    assert_eq!(told(&parsed(&redesign()).unwrap()), WANTED);
    // Today's pages do not count what is missing below one comment.
    let wanted = WANTED.replace("none: 6", "none: 8").replace("below aa: 2 more, not here\n", "");
    assert_eq!(told(&parsed(&shreddit()).unwrap()), wanted);
}

#[test]
fn times_are_exact_where_a_page_tells_them_and_a_day_where_it_tells_an_age() {
    for (page, time) in [(classic(), "2023-11-14T22:13:20Z"), (shreddit(), "2023-11-14T22:13:20Z"), (redesign(), "2020-11-14")]
    {
        let parsed = parsed(&page).unwrap();
        assert_eq!(parsed.format.label(), "Reddit page");
        assert_eq!(parsed.pages[0].discussions[0].comments[0].posted.unwrap().to_string(), time);
    }
}

#[test]
fn what_a_page_loads_afterwards_is_a_part_of_the_thread() {
    let page = shreddit();
    let from = page.find("<shreddit-comment ").unwrap();
    let part = &page[from..page.find("</shreddit-comment-tree>").unwrap()];
    let parsed = parsed(&format!("<div>{part}</div>")).unwrap();
    let discussion = &parsed.pages[0].discussions[0];
    assert_eq!((discussion.comments.len(), discussion.url.as_deref()), (4, Some("https://www.reddit.com/comments/p1")));
    assert_eq!(&*parsed.pages[0].source.key, "reddit:food");
}

#[test]
fn ten_thousand_levels_nest() {
    let open = |n: usize| {
        format!(
            r#"<div class="thing comment" data-fullname="t1_c{n}" data-permalink="/r/food/comments/p1/x/c{n}/"><div class="entry"><div class="usertext-body"><div class="md"><p>t{n}</p></div></div></div><div class="child"><div class="sitetable">"#
        )
    };
    let page = format!("<html><head>{HEAD}</head><body><div id=\"siteTable\">{}", (0..10_000).map(open).collect::<String>());
    let parsed = parsed(&page).unwrap();
    let comments = &parsed.pages[0].discussions[0].comments;
    assert_eq!(comments.len(), 10_000);
    assert!((1..10_000).all(|n| matches!(comments[n].parent, Parent::Of(parent) if parent.index() + 1 == n)));
    assert_eq!(comments[9_999].body.text(), "t9999");
}

#[test]
fn a_page_cut_off_is_read_up_to_there() {
    for page in [classic(), redesign(), shreddit()] {
        for end in (0..page.len()).step_by(97).filter(|end| page.is_char_boundary(*end)) {
            let Ok(parsed) = parsed(&page[..end]) else { continue };
            assert!(parsed.pages.iter().flat_map(|page| &page.discussions).all(|discussion| !discussion.complete));
        }
        let cut = &page[..page.find("late<").unwrap()];
        assert!(parsed(cut).unwrap().pages[0].discussions[0].comments.len() >= 3);
    }
}

#[test]
fn what_is_not_a_thread_is_named() {
    let post =
        |id: &str| format!(r#"<div class="thing link" data-fullname="t3_{id}" data-permalink="/r/a/comments/{id}/x/"></div>"#);
    for (page, found) in [
        (r#"<html><head><link href="https://www.redditstatic.com/x.png"><title>Reddit - Please wait for verification</title></head><body>x"#.to_owned(), "Reddit's check of the browser, not a thread"),
        ("<html><head><title>reddit.com: over 18?</title></head><body>x".to_owned(), "Reddit's question about the reader's age, not a thread"),
        (format!(r#"<html><head>{HEAD}</head><body><div id="siteTable">{}{}</div>"#, post("a"), post("b")), "a list of Reddit posts"),
        (format!(r#"<html><head>{HEAD}</head><body><div id="siteTable"></div>"#), "a page of Reddit without a thread"),
    ] {
        assert_eq!(parsed(&page).err(), Some(Unreadable::Unknown { found }), "{page}");
    }
}
