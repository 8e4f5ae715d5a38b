use std::fmt::Write as _;

use super::*;
use crate::format::Parsed;
use crate::site::read;

const HEAD: &str = r#"<html op="item"><head><link rel="stylesheet" href="news.css?x"><title>A tale | Hacker News</title></head><body><table id="hnmain">
<tr><td><span class="pagetop"><b>Hacker News</b> <a href="newest">new</a></span></td></tr><tr><td>"#;

const STORY: &str = r#"<table class="fatitem"><tr class="athing submission" id="100"><td class="title"><span class="rank"></span></td><td class="title"><span class="titleline">
<a href="https://example.org/a">A tale</a><span class="sitebit comhead"> (<a href="from?site=example.org">example.org</a>)</span></span></td></tr>
<tr><td colspan="2"></td><td class="subtext"><span class="subline"><span class="score" id="score_100">9 points</span> by <a href="user?id=ann" class="hnuser">ann</a>
<span class="age" title="2007-04-04T19:16:40 1175714200"><a href="item?id=100">on April 4, 2007</a></span> | <a href="item?id=100">7&nbsp;comments</a></span></td></tr>
<tr><td colspan="2"></td><td><div class="toptext">Some <i>words</i></div></td></tr><tr><td></td><td><form><textarea>x</textarea></form></td></tr></table><table class="comment-tree">"#;

fn row(id: u32, depth: u32, flags: &str, body: &str) -> String {
    format!(
        r#"<tr class="athing comtr" id="{id}"><td><table><tr><td class="ind" indent="{depth}"><img src="s.gif" height="1" width="{}"></td><td class="votelinks"></td>
<td class="default"><div><span class="comhead"><a href="user?id=reader{id}" class="hnuser">reader{id}</a> <span class="age" title="2007-04-05T02:05:05 1175738705">
<a href="item?id={id}">on April 5, 2007</a></span> <span id="unv_{id}"></span>{flags}<span class="navs"> | <a href="{}" class="clicky">next</a></span></span></div><br>
<div class="comment">{body}<div class="reply"><p><font size="1"><u><a href="reply?id={id}">reply</a></u></font></p></div></div></td></tr></table></td></tr>"#,
        depth * 40,
        "#9"
    )
}

fn text(shade: &str, words: &str) -> String {
    format!(r#"<div class="commtext {shade}">{words}</div>"#)
}

fn parsed(text: &str, name: &str) -> Parsed {
    read(text.as_bytes(), &Origin { name, now: Timestamp(1_574_208_000) }).unwrap()
}

fn told(parsed: &Parsed) -> String {
    let (page, mut out) = (&parsed.pages[0], String::new());
    let discussion = &page.discussions[0];
    let (own, url) = (page.article.url.as_deref().unwrap_or("-"), discussion.url.as_deref().unwrap_or("-"));
    writeln!(out, "{} | {own} | {url} | {} | complete {}", page.article.title, page.article.body.text(), discussion.complete)
        .unwrap();
    for c in &discussion.comments {
        let posted = c.posted.map_or("-".to_owned(), |when| when.to_string());
        let (author, awaits) = (c.author.as_deref().unwrap_or("-"), c.awaits.as_deref().unwrap_or("-"));
        writeln!(out, "{} {:?} {awaits} {author} {posted} {:?} {}", c.id, c.parent, c.rank, c.body.text()).unwrap();
    }
    parsed.notes.iter().fold(out, |out, note| out + "· " + note + "\n")
}

fn rows() -> String {
    row(201, 0, "", &text("c00", "One<p>two &amp; <a href=\"https://example.org/\">three</a>"))
        + &row(202, 1, "", &text("c9c", "faded"))
        + &row(203, 1, " [flagged] [dead] ", &text("cdd", "dead"))
        + &row(204, 2, "", "[flagged]")
        + &row(205, 0, "", &text("c00", "last"))
}

#[test]
fn a_page_of_today_is_read_whole() {
    let parsed = parsed(&format!("{HEAD}{STORY}{}</table>", rows()), "a.html");
    assert_eq!(parsed.format.label(), "Hacker News thread");
    insta::assert_snapshot!(told(&parsed), @r#"
    A tale | https://example.org/a | https://news.ycombinator.com/item?id=100 | Some words | complete false
    201 Root - reader201 2007-04-05T02:05:05Z Position { nth: 1, of: 2 } One
    two & three
    202 Of(CommentIdx(0)) - reader202 2007-04-05T02:05:05Z Position { nth: 1, of: 2 } faded
    203 Of(CommentIdx(0)) - reader203 2007-04-05T02:05:05Z Removed dead
    204 Of(CommentIdx(2)) - reader204 2007-04-05T02:05:05Z Removed [flagged]
    205 Root - reader205 2007-04-05T02:05:05Z Position { nth: 2, of: 2 } last
    · 4 more, not in this file
    · 2 comments shown faded: voted down
    "#);
}

#[test]
fn a_later_page_belongs_to_the_same_thread() {
    let more = r#"<tr><td class="title"><a href="item?id=100&amp;p=3" class="morelink" rel="next">More</a></td></tr>"#;
    let rows = row(301, 1, "", &text("c00", "an answer to the page before"))
        + &row(302, 0, "", &text("c00", "begins here"))
        + &row(303, 1, "", &text("c00", "below"));
    insta::assert_snapshot!(told(&parsed(&format!("{HEAD}{STORY}{rows}{more}</table>"), "a.html")), @r#"
    A tale | https://example.org/a | https://news.ycombinator.com/item?id=100 | Some words | complete false
    301 Missing - reader301 2007-04-05T02:05:05Z Unrated an answer to the page before
    302 Root - reader302 2007-04-05T02:05:05Z Unrated begins here
    303 Of(CommentIdx(1)) - reader303 2007-04-05T02:05:05Z Position { nth: 1, of: 1 } below
    · 4 more, not in this file
    · 1 thread beginning here unrated: those of other pages stand before
    "#);
}

#[test]
fn the_name_of_a_file_tells_which_page_it_is() {
    let page = format!("{HEAD}{STORY}{}</table>", row(302, 0, "", &text("c00", "begins here")));
    let rank = |name| parsed(&page, name).pages[0].discussions[0].comments[0].rank;
    assert_eq!((rank("item?id=100&p=2"), rank("item?id=100")), (Rank::Unrated, Rank::Position { nth: 1, of: 1 }));
}

#[test]
fn the_options_of_a_poll_stand_below_its_text() {
    let option = r#"<tr class="athing" id="101"><td class="votelinks"></td><td class="comment"><div><div class="commtext c00">Yes</div></div></td></tr>
<tr><td></td><td class="default"><span class="comhead"><span class="score" id="score_101">3 points</span></span></td></tr>"#;
    let poll =
        STORY.replace("</table><table class=\"comment-tree\">", &format!("{option}</table><table class=\"comment-tree\">"));
    let parsed = parsed(&format!("{HEAD}{poll}{}</table>", rows()), "a.html");
    assert_eq!(
        (parsed.pages[0].discussions[0].comments.len(), parsed.pages[0].article.body.text().as_str()),
        (5, "Some words\nYes · 3 points")
    );
    assert!(parsed.notes.iter().all(|note| !note.contains("poll")), "{:?}", parsed.notes);
}

#[test]
fn a_comments_own_page_knows_its_story_and_parent() {
    let head = r#"<table class="fatitem"><tr class="athing" id="202"><td class="ind"></td><td class="votelinks"></td><td class="default"><div><span class="comhead">
<a href="user?id=bob" class="hnuser">bob</a> <span class="age" title="2007-04-05T02:05:05 1175738705"><a href="item?id=202">2 hours ago</a></span>
<span class="navs"> | <a href="item?id=201">parent</a> | <a href="item?id=100#202">context</a></span> <span class="onstory"> | on: <a href="item?id=100" title="A tale">A tale</a></span></span></div>
<div class="comment"><div class="commtext c00">the one</div></div></td></tr></table><table class="comment-tree">"#;
    insta::assert_snapshot!(told(&parsed(&format!("{HEAD}{head}{}</table>", row(206, 0, "", &text("c00", "below it"))), "a.html")), @r#"
    A tale | https://news.ycombinator.com/item?id=100 | https://news.ycombinator.com/item?id=100 |  | complete false
    202 Missing 201 bob 2007-04-05T02:05:05Z Unrated the one
    206 Of(CommentIdx(0)) - reader206 2007-04-05T02:05:05Z Position { nth: 1, of: 1 } below it
    · more of the thread is not in this file
    "#);
}

fn old_row(id: Option<u32>, width: u32, body: &str) -> String {
    let head = id.map_or(String::new(), |id| {
        format!(r#"<a href="user?id=reader{id}">reader{id}</a> 2 hours ago | <a href="item?id={id}">link</a>"#)
    });
    // A deleted comment has only its place in the thread.
    let class = if id.is_some() { r#" class="default""# } else { "" };
    format!(
        r#"<tr><td><table><tr><td><img src="s.gif" height=1 width={width}></td><td></td><td{class}><div><span class="comhead">{head}</span></div><br>
<span class="comment"><font color=#000000>{body}</font><p><font size=1><font color=#f6f6ef>-----</font></font></span></td></tr></table></td></tr>"#
    )
}

const OLD_HEAD: &str = r#"<!-- saved from url=(0045)https://news.ycombinator.com/x?fnid=abc -->
<html><head><link href="news.css"><title>more comments | Hacker News</title></head><body><span class="pagetop"><b>Hacker News</b></span><table>"#;

#[test]
fn a_page_of_old_is_read_by_its_indentation() {
    let rows = old_row(Some(301), 0, "One")
        + &old_row(None, 40, "[deleted]")
        + &old_row(Some(303), 80, "under what is gone")
        + &old_row(Some(304), 40, "two");
    let page = format!("{OLD_HEAD}{rows}</table>");
    insta::assert_snapshot!(told(&parsed(&page, "dir/100-2.html")), @r#"
     | https://news.ycombinator.com/item?id=100 | https://news.ycombinator.com/item?id=100 |  | complete false
    301 Root - reader301 2006-10-19 Unrated One
    d936b004c9645845e182 Of(CommentIdx(0)) - - - Removed [deleted]
    303 Of(CommentIdx(1)) - reader303 2006-10-19 Position { nth: 1, of: 1 } under what is gone
    304 Of(CommentIdx(0)) - reader304 2006-10-19 Position { nth: 2, of: 2 } two
    · the page does not tell its thread; its file name does: 100
    · 3 times told as ages only; the file is of 2019-11-20 and the page older, so that they are estimated by the numbers of its items
    · more of the thread is not in this file
    · 1 thread beginning here unrated: those of other pages stand before
    "#);
    // A number that is no earlier item than the comments is no thread of theirs.
    let alone = &parsed(&page, "dir/900.html").pages[0];
    assert_eq!((alone.article.title.as_str(), &alone.article.url, &alone.discussions[0].url), ("900", &None, &None));
}

#[test]
fn pages_that_are_no_thread_are_named() {
    let found = |text: &str| read(text.as_bytes(), &Origin { name: "a", now: Timestamp(0) }).map(|parsed| parsed.format);
    assert_eq!(found(&format!("{HEAD}{STORY}{STORY}")), Err(Unreadable::Unknown { found: "a list of Hacker News stories" }));
    assert_eq!(found(HEAD), Err(Unreadable::Unknown { found: "a page of Hacker News without a thread" }));
    let on = r#"<span class="onstory"> | on: <a href="item?id=100">A tale</a></span>"#;
    let comments = row(1, 0, on, "a") + &row(2, 0, on, "b");
    assert_eq!(
        found(&format!("{HEAD}<table>{comments}")),
        Err(Unreadable::Unknown { found: "a list of Hacker News comments" })
    );
}

#[test]
fn a_page_cut_off_is_read_up_to_there() {
    let page = format!("{HEAD}{STORY}{}</table>", rows());
    for cut in (page.find("202").unwrap()..page.len()).step_by(53).map(|cut| page.floor_char_boundary(cut)) {
        let parsed = parsed(&page[..cut], "a.html");
        assert_eq!(parsed.pages[0].article.title, "A tale");
        assert!(!parsed.pages[0].discussions[0].comments.is_empty());
    }
}
