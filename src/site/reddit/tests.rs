use std::fmt::Write as _;

use crate::domain::thread::{AuthorRole, Parent};
use crate::domain::time::Timestamp;
use crate::format::{Origin, Parsed, Unreadable};
use crate::site::read;

fn parsed(text: &str) -> Parsed {
    read(text.as_bytes(), &Origin { name: "thread.json", now: Timestamp(0) }).unwrap()
}

fn told(parsed: &Parsed) -> String {
    let mut out = String::new();
    for page in &parsed.pages {
        let discussion = &page.discussions[0];
        let article = &page.article;
        writeln!(
            out,
            "{} | {} | {:?} | {:?} | {} | complete {}",
            page.source.key,
            article.title,
            article.url,
            discussion.url,
            article.body.text(),
            discussion.complete
        )
        .unwrap();
        for c in &discussion.comments {
            let time = |when: Option<crate::domain::time::When>| when.map_or("-".to_owned(), |when| when.to_string());
            let author = c.author.as_deref().unwrap_or("-");
            let (posted, edited) = (time(c.posted), time(c.edited));
            let role = if c.role == AuthorRole::Member { String::new() } else { format!(" {:?}", c.role) };
            let awaits = c.awaits.as_deref().map_or(String::new(), |id| format!(" {id}"));
            let (parent, rank) = (c.parent, c.rank);
            writeln!(out, "{} {parent:?}{awaits} {author}{role} {posted} {edited} {rank:?} {}", c.id, c.body.text()).unwrap();
        }
    }
    for stub in parsed.pages.iter().flat_map(|page| &page.discussions[0].stubs) {
        writeln!(out, "below {}: {}", stub.below.as_deref().unwrap_or("none"), stub.label()).unwrap();
    }
    parsed.notes.iter().fold(out, |out, note| out + "· " + note + "\n")
}

const THREAD: &str = r#"[
 {"kind": "Listing", "data": {"children": [{"kind": "t3", "data": {"id": "p1", "title": "Fish &amp; chips", "subreddit": "food",
   "author": "cook", "created_utc": 1366044279.0, "is_self": true, "url": "https://www.reddit.com/r/food/comments/p1/x/",
   "permalink": "/r/food/comments/p1/x/", "num_comments": 9, "selftext": "Use *salt*, Vec&lt;T&gt;"}}]}},
 {"kind": "Listing", "data": {"children": [
   {"kind": "t1", "data": {"id": "a", "link_id": "t3_p1", "parent_id": "t3_p1", "author": "ann", "created_utc": 1366044300,
     "edited": 1366044400.0, "score": 5, "ups": 5, "downs": 0, "body": "&gt; said\n\nno", "replies": {"kind": "Listing", "data": {"children": [
       {"kind": "t1", "data": {"id": "b", "author": "[deleted]", "body": "[deleted]", "edited": true, "score": 1, "replies": ""}},
       {"kind": "more", "data": {"count": 2, "parent_id": "t1_a", "id": "c", "children": ["c", "d"]}},
       {"kind": "more", "data": {"count": 0, "parent_id": "t1_b", "id": "_", "children": []}}]}}}},
   {"kind": "t1", "data": {"id": "e", "parent_id": "t3_p1", "author": "eve", "score_hidden": true, "score": 1, "edited": false,
     "body_html": "&lt;p&gt;Hi &lt;a href=\"/u/x\"&gt;x&lt;/a&gt;&lt;/p&gt;", "replies": ""}},
   {"kind": "t1", "data": {"id": "f", "parent_id": "t3_p1", "author": "old", "ups": 7, "downs": 3, "body": "2012"}},
   {"kind": "more", "data": {"count": 739, "parent_id": "t3_p1", "children": ["g", "h"]}}]}}
]
{"json": {"data": {"things": [
   {"kind": "t1", "data": {"id": "c", "link_id": "t3_p1", "parent_id": "t1_a", "author": "c", "score": -3, "body": "late"}},
   {"kind": "t1", "data": {"id": "d", "link_id": "t3_p1", "parent_id": "t1_zz", "author": "d", "score": 0, "body": "lost"}},
   {"kind": "t1", "data": {"id": "a", "link_id": "t3_p1", "parent_id": "t3_p1", "author": "ann", "body": "again"}},
   {"kind": "t5", "data": {}}]}}}
"#;

#[test]
fn a_thread_is_read_whole() {
    let parsed = parsed(THREAD);
    assert_eq!(parsed.format.label(), "Reddit thread");
    insta::assert_snapshot!(told(&parsed), @r#"
    reddit:food | Fish & chips | Some("https://www.reddit.com/comments/p1") | Some("https://www.reddit.com/comments/p1") | Use salt, Vec<T> | complete false
    a Root ann 2013-04-15T16:45:00Z 2013-04-15T16:46:40Z Points { net: 5, split: None } said
    no
    b Of(CommentIdx(0)) - - - Removed [deleted]
    e Root eve - - Withheld Hi x
    f Root old - - Points { net: 4, split: Some((7, 3)) } 2012
    c Of(CommentIdx(0)) c - - Points { net: -3, split: None } late
    d Missing zz d - - Points { net: 0, split: None } lost
    below none: 3 more, not here
    below b: more, not here
    · 3 more, not in this file
    · below 1 comment the thread goes on, not in this file
    · 1 comment stood there twice; the first is kept
    · 1 comment edited at a time that is not told
    · 1 thing of kind t5 left out
    "#);
    let links = &parsed.pages[0].discussions[0].comments[2].body.links();
    assert_eq!(links[0].address, "https://www.reddit.com/u/x");
}

#[test]
fn five_thousand_levels_nest() {
    const LEVELS: usize = 5_000;
    let mut text = r#"{"kind": "Listing", "data": {"children": ["#.to_owned();
    for n in 0..LEVELS {
        write!(text, r#"{{"kind":"t1","data":{{"id":"c{n}","link_id":"t3_p","body":"b","score":1,"replies":{{"kind":"Listing","data":{{"children":["#).unwrap();
    }
    text += &"]}}}}".repeat(LEVELS);
    text += "]}}";
    let parsed = parsed(&text);
    let comments = &parsed.pages[0].discussions[0].comments;
    assert_eq!((comments.len(), parsed.notes.len()), (LEVELS, 0));
    let is_chain = |n: usize| matches!(comments[n].parent, Parent::Of(parent) if parent.index() + 1 == n);
    assert!((1..LEVELS).all(is_chain));
}

#[test]
fn a_thread_cut_off_is_read_up_to_there() {
    let parsed = parsed(&THREAD[..THREAD.find("\"eve\"").unwrap()]);
    assert_eq!(parsed.pages[0].discussions[0].comments.len(), 3);
    assert!(parsed.notes.last().unwrap().starts_with("not all of it is JSON: "), "{:?}", parsed.notes);
}

#[test]
fn other_json_is_none() {
    for text in [r#"{"kind": "Listing", "data": {}}"#, r#"{"kind": "t2", "data": {"name": "x"}}"#, r#"[{"id": 1}]"#] {
        let found = read(text.as_bytes(), &Origin { name: "a", now: Timestamp(0) });
        assert_eq!(found.map(|parsed| parsed.format), Err(Unreadable::Unknown { found: "JSON" }), "{text}");
    }
}

#[test]
fn pieces_alone_know_their_thread() {
    let answer = r#"{"json": {"errors": [], "data": {"things": [{"kind": "t1", "data": {"id": "c", "name": "t1_c", "link_id": "t3_p1",
      "parent_id": "t1_a", "author": "cyd", "distinguished": "moderator", "score": 2, "body": "late"}}]}}}"#;
    insta::assert_snapshot!(told(&parsed(answer)), @r#"
    reddit |  | Some("https://www.reddit.com/comments/p1") | Some("https://www.reddit.com/comments/p1") |  | complete false
    c Missing a cyd Moderator - - Points { net: 2, split: None } late
    "#);
    // The answer of old: things among calls to the page's script, their ids under other names.
    let old = r#"{"jquery": [[0, 1, "call", ["body"]], [1, 2, "attr", "insert_things"], [2, 3, "call", [[{"kind": "t1", "data": {"id": "t1_c",
      "parent": "t1_a", "link": "t3_p1", "contentText": "late", "contentHTML": "<p>late</p>", "replies": ""}}], false]]]}"#;
    insta::assert_snapshot!(told(&parsed(old)), @r#"
    reddit |  | Some("https://www.reddit.com/comments/p1") | Some("https://www.reddit.com/comments/p1") |  | complete false
    c Missing a - - - Unrated late
    "#);
    let bare = r#"{"id": "c", "link_id": "t3_p1", "parent_id": "t1_a", "subreddit": "food", "author": "cyd", "distinguished": "admin", "score": 2, "body": "late",
      "replies": {"kind": "Listing", "data": {"children": [{"kind": "t1", "data": {"id": "d", "link_id": "t3_p1", "parent_id": "t1_c", "body": "[removed]"}}]}}}
{"id": "p2", "subreddit": "food", "title": "Pie", "author": "ann", "num_comments": 0, "permalink": "/r/food/comments/p2/pie/", "is_self": true}"#;
    insta::assert_snapshot!(told(&parsed(bare)), @r#"
    reddit:food |  | Some("https://www.reddit.com/comments/p1") | Some("https://www.reddit.com/comments/p1") |  | complete false
    c Missing a cyd Admin - - Points { net: 2, split: None } late
    d Of(CommentIdx(0)) - - - Removed [removed]
    reddit:food | Pie | Some("https://www.reddit.com/comments/p2") | Some("https://www.reddit.com/comments/p2") |  | complete true
    "#);
}

#[test]
fn threads_by_their_ids_are_read() {
    let collected = r#"{"p1": {"title": "Fish &amp; chips", "body": "Use *salt*", "author": "cook", "url": "https://www.reddit.com/r/food/comments/p1/fish/", "comments": {
      "a": {"author": "ann", "body": "first", "replies": {"b": {"author": "None", "body": "[deleted]", "replies": {}}, "c": {"author": "cyd", "body": "second", "replies": {}}}},
      "d": {"author": "dan", "body": "third", "replies": {}}}},
      "note": "of another kind"}"#;
    insta::assert_snapshot!(told(&parsed(collected)), @r#"
    reddit:food | Fish & chips | Some("https://www.reddit.com/comments/p1") | Some("https://www.reddit.com/comments/p1") | Use salt | complete false
    a Root ann - - Unrated first
    b Of(CommentIdx(0)) - - - Removed [deleted]
    c Of(CommentIdx(0)) cyd - - Unrated second
    d Root dan - - Unrated third
    · 1 thing of kind none left out
    "#);
}

#[test]
fn five_thousand_levels_nest_by_their_ids() {
    const LEVELS: usize = 5_000;
    let open = |n: usize| format!(r#""c{n}": {{"body": "b", "replies": {{"#);
    let text = r#"{"p": {"url": "https://www.reddit.com/comments/p", "comments": {"#.to_owned()
        + &(0..LEVELS).map(open).collect::<String>()
        + &"}}".repeat(LEVELS)
        + "}}}";
    assert_eq!(parsed(&text).pages[0].discussions[0].comments.len(), LEVELS);
}

#[test]
fn what_a_post_holds_beside_its_words_is_named() {
    let post = r#"{"kind": "t3", "data": {"id": "p1", "title": "T", "subreddit": "food", "num_comments": 0, "poll_data": {"options": [{"text": "a"}, {"text": "b"}]},
      "media_metadata": {"m1": {"e": "Image"}}, "crosspost_parent_list": [{"selftext": "x"}]}}"#;
    let notes = ["1 picture left out", "2 poll options left out", "1 post that it took over left out"];
    assert_eq!(parsed(post).notes, notes);
}

/// Archives write numbers as text, leave out what is empty, and have words of their own for what was taken away.
#[test]
fn archives_of_other_years_are_read() {
    let lines = r#"{"id": "a", "link_id": "t3_p1", "parent_id": "t3_p1", "author": "ann", "created_utc": "1366044300", "score": "12", "body": "one", "edited": null, "distinguished": null}
{"id": "b", "link_id": "t3_p1", "parent_id": "t1_a", "author": "[deleted]", "created_utc": 1366044300, "score": 1, "body": "[removed]", "edited": false}
{"id": "c", "link_id": "t3_p1", "parent_id": "t1_b", "author": null, "score": null, "body": "[ Removed by Reddit in response to a notice. ]"}
{"id": "d", "link_id": "t3_p1", "parent_id": "t1_zz", "author": "dan", "score": -7, "body": "", "body_html": null, "replies": ""}
{"id": "e", "link_id": "t3_p1", "author": "eve", "score": 3, "body": "no parent told", "replies": null}"#;
    insta::assert_snapshot!(told(&parsed(lines)), @r#"
    reddit |  | Some("https://www.reddit.com/comments/p1") | Some("https://www.reddit.com/comments/p1") |  | complete false
    a Root ann 2013-04-15T16:45:00Z - Points { net: 12, split: None } one
    b Of(CommentIdx(0)) - 2013-04-15T16:45:00Z - Removed [removed]
    c Of(CommentIdx(1)) - - - Removed [ Removed by Reddit in response to a notice. ]
    d Missing zz dan - - Points { net: -7, split: None } 
    e Root eve - - Points { net: 3, split: None } no parent told
    "#);
}
