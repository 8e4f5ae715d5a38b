use std::fmt::Write as _;

use super::*;
use crate::domain::time::Timestamp;
use crate::format::Parsed;
use crate::format::render::markdown;
use crate::site::read;

fn parsed(text: &str) -> Parsed {
    read(text.as_bytes(), &Origin { name: "dir/items.json", now: Timestamp(0) }).unwrap()
}

fn told(parsed: &Parsed) -> String {
    let mut out = String::new();
    for page in &parsed.pages {
        let (article, discussion) = (&page.article, &page.discussions[0]);
        let url = discussion.url.as_deref().unwrap_or("-");
        writeln!(out, "{} | {:?} | {url} | complete {}", article.title, article.url, discussion.complete).unwrap();
        for c in &discussion.comments {
            let author = c.author.as_deref().unwrap_or("-");
            let posted = c.posted.map_or("-".to_owned(), |when| when.to_string());
            let awaits = c.awaits.as_deref().map_or(String::new(), |id| format!(" {id}"));
            writeln!(out, "{} {:?}{awaits} {author} {posted} {:?} {}", c.id, c.parent, c.rank, c.body.text()).unwrap();
        }
    }
    parsed.notes.iter().fold(out, |out, note| out + "· " + note + "\n")
}

const LINES: &str = r#"{"id": 1, "type": "story", "by": "ann", "time": 1200000000, "title": "A tale", "url": "https://example.org/a", "score": 9, "kids": [3, 2, 9], "descendants": 4}
{"id": 2, "type": "comment", "by": "bob", "time": 1200000001, "parent": 1, "text": "One &amp; <i>two</i><p>three"}
{"id": 3, "type": "comment", "by": "cyd", "time": 1200000002, "parent": 1, "text": "first", "kids": [4, 5]}
{"id": 4, "type": "comment", "time": 1200000003, "parent": 3, "deleted": true}
{"id": 5, "type": "comment", "by": "dan", "time": 1200000004, "parent": 3, "dead": true, "text": "[flagged]"}
null
"#;

#[test]
fn kids_tell_the_place() {
    let lines = parsed(LINES);
    assert_eq!(lines.format.label(), "Hacker News thread");
    insta::assert_snapshot!(told(&lines), @r#"
    A tale | Some("https://example.org/a") | https://news.ycombinator.com/item?id=1 | complete false
    2 Root bob 2008-01-10T21:20:01Z Position { nth: 2, of: 3 } One & two
    three
    3 Root cyd 2008-01-10T21:20:02Z Position { nth: 1, of: 3 } first
    4 Of(CommentIdx(1)) - 2008-01-10T21:20:03Z Removed 
    5 Of(CommentIdx(1)) dan 2008-01-10T21:20:04Z Removed [flagged]
    · 2 more, not in this file: 9 and another
    · 1 value without an item left out
    "#);
    let array = parsed(&format!("[{}]", LINES.trim_end().replace('\n', ",\n")));
    assert_eq!(array, lines);
}

#[test]
fn a_tree_is_unrated_until_its_order_is_told() {
    let tree = r#"{"id": 1, "created_at_i": 1200000000, "author": "ann", "title": "A tale", "url": null, "text": "<p>Ask", "points": 9,
        "type": "story", "parent_id": null, "story_id": 1, "children": [
        {"id": 2, "created_at_i": 1200000001, "author": "bob", "text": "one", "type": "comment", "parent_id": 1, "children": [
            {"id": 3, "created_at_i": 1200000002, "author": "cyd", "text": "two", "type": "comment", "parent_id": 2, "children": []}]}]}"#;
    insta::assert_snapshot!(told(&parsed(tree)), @r#"
    A tale | Some("https://news.ycombinator.com/item?id=1") | https://news.ycombinator.com/item?id=1 | complete false
    2 Root bob 2008-01-10T21:20:01Z Unrated one
    3 Of(CommentIdx(0)) cyd 2008-01-10T21:20:02Z Unrated two
    "#);
    let ordered = parsed(&format!("{tree}\n{}", r#"{"id": 1, "type": "story", "by": "ann", "time": 1200000000, "kids": [2]}"#));
    assert_eq!(ordered.pages[0].discussions[0].comments[0].rank, Rank::Position { nth: 1, of: 1 });
}

const ANSWERS: &str = r#"{"id": "7", "by": "ann", "time": "1200000000", "text": "a", "parent": "6"}
{"id": "8", "by": "bob", "time": "1200000001", "text": "b", "parent": "7"}"#;

#[test]
fn comments_on_one_item_are_its_thread() {
    insta::assert_snapshot!(told(&parsed(ANSWERS)), @r#"
     | Some("https://news.ycombinator.com/item?id=6") | https://news.ycombinator.com/item?id=6 | complete false
    7 Root ann 2008-01-10T21:20:00Z Unrated a
    8 Of(CommentIdx(0)) bob 2008-01-10T21:20:01Z Unrated b
    "#);
    let hit = r#"{"hits": [{"objectID": "9", "author": "cyd", "created_at_i": 1200000002, "comment_text": "c", "parent_id": 21, "story_id": 20,
        "story_title": "T", "story_url": "https://example.org/a"}]}"#;
    insta::assert_snapshot!(told(&parsed(hit)), @r#"
    T | Some("https://example.org/a") | https://news.ycombinator.com/item?id=20 | complete false
    9 Missing 21 cyd 2008-01-10T21:20:02Z Unrated c
    "#);
}

#[test]
fn comments_on_many_items_share_a_page() {
    let other = r#"{"id": "10", "by": "dan", "time": "1200000001", "text": "d", "parent": "5"}"#;
    insta::assert_snapshot!(told(&parsed(&format!("{ANSWERS}\n{other}"))), @r#"
    items | None | - | complete false
    7 Missing 6 ann 2008-01-10T21:20:00Z Unrated a
    8 Of(CommentIdx(0)) bob 2008-01-10T21:20:01Z Unrated b
    10 Missing 5 dan 2008-01-10T21:20:01Z Unrated d
    · 3 comments on stories that are not in this file
    "#);
}

#[test]
fn five_thousand_levels_nest() {
    const LEVELS: usize = 5_000;
    let open = |n: usize| format!(r#"{{"id":{n},"created_at_i":1,"author":"a","type":"comment","text":"t","children":["#);
    let text: String = (1..=LEVELS).map(open).collect::<String>() + &"]}".repeat(LEVELS);
    let parsed = parsed(&text);
    assert_eq!(parsed.pages[0].discussions[0].comments.len(), LEVELS);
}

#[test]
fn what_a_story_counts_and_a_search_does_not_list_is_named() {
    let story = r#"{"id": 1, "type": "story", "by": "ann", "time": 1200000000, "title": "T", "kids": [2, 3], "descendants": 40}
        {"id": 2, "type": "comment", "by": "bob", "time": 1200000001, "parent": 1, "text": "a"}"#;
    assert_eq!(parsed(story).notes, ["39 more, not in this file: 3 and 38 others"]);
    let found = r#"{"nbHits": 51, "hits": [{"objectID": "9", "author": "cyd", "created_at_i": 1200000002, "title": "T", "num_comments": 7}]}"#;
    assert_eq!(parsed(found).notes, ["7 more, not in this file", "50 more hits of the search not in this file"]);
}

#[test]
fn a_comment_without_writer_and_words_was_removed() {
    let tree = r#"{"id": 1, "created_at_i": 1200000000, "author": "ann", "title": "T", "type": "story", "children": [
        {"id": 2, "created_at_i": 1200000001, "author": null, "text": null, "type": "comment", "parent_id": 1, "children": [
            {"id": 3, "created_at_i": 1200000002, "author": "cyd", "text": "two", "type": "comment", "parent_id": 2, "children": []}]}]}"#;
    insta::assert_snapshot!(told(&parsed(tree)), @r#"
    T | Some("https://news.ycombinator.com/item?id=1") | https://news.ycombinator.com/item?id=1 | complete false
    2 Root - 2008-01-10T21:20:01Z Removed 
    3 Of(CommentIdx(0)) cyd 2008-01-10T21:20:02Z Unrated two
    "#);
}

#[test]
fn a_poll_shows_its_options_with_their_points() {
    let tree = r#"{"id": 20, "created_at_i": 1200000000, "author": "ann", "title": "Poll: tea?", "text": "Choose.", "type": "poll", "points": 9,
        "options": [{"id": 21, "text": "Green &amp; white", "points": 30}, {"id": 22, "type": "pollopt", "text": "Black", "points": 1}],
        "children": [{"id": 23, "created_at_i": 1200000002, "author": "bob", "text": "&gt; Choose.<p>Neither", "type": "comment"}]}"#;
    let items = r#"{"id": 20, "type": "poll", "by": "ann", "time": 1200000000, "title": "Poll: tea?", "text": "Choose.", "kids": [23], "parts": [21, 22]}
        {"id": 22, "type": "pollopt", "by": "ann", "poll": 20, "score": 1, "text": "Black", "time": 1200000000}
        {"id": 21, "type": "pollopt", "by": "ann", "poll": 20, "score": 30, "text": "Green &amp; white", "time": 1200000000}
        {"id": 23, "type": "comment", "by": "bob", "time": 1200000002, "parent": 20, "text": "&gt; Choose.<p>Neither"}"#;
    for text in [tree, items] {
        let parsed = parsed(text);
        assert_eq!(parsed.notes, [""; 0]);
        let [page] = &parsed.pages[..] else { panic!("{:?}", parsed.pages) };
        assert_eq!(markdown(&page.article.body).trim_end(), "Choose.\n\n- Green \\& white · 30 points\n- Black · 1 point");
        let [comment] = &page.discussions[0].comments[..] else { panic!("{page:?}") };
        assert_eq!(markdown(&comment.body.document()).trim_end(), "> Choose.\n\nNeither");
    }
    let stray = r#"{"id": 22, "type": "pollopt", "by": "ann", "poll": 20, "score": 1, "text": "Black", "time": 1200000000}
        {"id": 23, "type": "comment", "by": "bob", "time": 1200000002, "parent": 20, "text": "Neither"}"#;
    assert_eq!(parsed(stray).notes, ["1 poll option of polls that are not in this file left out"]);
}
