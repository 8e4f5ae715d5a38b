use std::fmt::Write as _;

use super::*;
use crate::domain::time::Timestamp;
use crate::format::Parsed;
use crate::site::read;

fn parsed(text: &str) -> Parsed {
    read(text.as_bytes(), &Origin { name: "answer.json", now: Timestamp(0) }).unwrap()
}

fn told(parsed: &Parsed) -> String {
    let mut out = String::new();
    for page in &parsed.pages {
        let (article, discussion) = (&page.article, &page.discussions[0]);
        let (url, own) = (discussion.url.as_deref().unwrap_or("-"), article.url.as_deref().unwrap_or("-"));
        let byline = article.byline.as_deref().unwrap_or("-");
        writeln!(out, "{} | {} | {byline} | {own} | {url} | complete {}", page.source.key, article.title, discussion.complete)
            .unwrap();
        for c in &discussion.comments {
            let time = |when: Option<When>| when.map_or("-".to_owned(), |when| when.to_string());
            let (author, awaits) = (c.author.as_deref().unwrap_or("-"), c.awaits.as_deref().unwrap_or("-"));
            let (posted, edited) = (time(c.posted), time(c.edited));
            writeln!(
                out,
                "{} {:?} {awaits} {author} {:?} {posted} {edited} {:?} {}",
                c.id,
                c.parent,
                c.role,
                c.rank,
                c.body.text()
            )
            .unwrap();
        }
    }
    parsed.notes.iter().fold(out, |out, note| out + "· " + note + "\n")
}

const POST: &str = r#"{"post_view": {"post": {"id": 55, "name": "A tale", "url": "https://example.org/a", "body": "With *words*",
  "ap_id": "https://lemmy.example/post/55", "published": "2023-06-01T10:00:00.123456"}, "creator": {"name": "ann", "display_name": "Ann"},
  "community": {"name": "tales", "actor_id": "https://lemmy.example/c/tales"}, "counts": {"comments": 3, "score": 7}},
  "community_view": {}, "moderators": [], "cross_posts": []}"#;

const COMMENTS: &str = r#"{"comments": [
  {"comment": {"id": 2, "post_id": 55, "path": "0.1.2", "content": "> so\n\nno", "published": "2023-06-01T12:00:00Z", "updated": "2023-06-01T12:05:00Z",
    "deleted": false, "removed": false, "distinguished": true, "ap_id": "https://lemmy.example/comment/2", "local": true}, "creator": {"name": "bob"},
   "post": {"id": 55, "name": "A tale", "ap_id": "https://lemmy.example/post/55"}, "counts": {"score": 4, "upvotes": 6, "downvotes": 2}},
  {"comment": {"id": 1, "post_id": 55, "path": "0.1", "content": "first", "published": "2023-06-01T11:00:00Z", "deleted": false, "removed": false},
   "creator": {"name": "cyd", "admin": true}, "counts": {"score": -1, "upvotes": 0, "downvotes": 1}},
  {"comment": {"id": 4, "post_id": 55, "path": "0.1.3.4", "content": "", "published": "2023-06-01T13:00:00Z", "deleted": true, "removed": false},
   "creator": {"name": "dan"}, "counts": {"score": 1, "upvotes": 1, "downvotes": 0}},
  {"comment": {"id": 1, "post_id": 55, "path": "0.1", "content": "again"}}]}"#;

#[test]
fn answers_of_version_three_make_a_thread() {
    let whole = parsed(&format!("{POST}\n{COMMENTS}"));
    assert_eq!(whole.format.label(), "Lemmy thread");
    insta::assert_snapshot!(told(&whole), @r#"
    lemmy:tales@lemmy.example | A tale | Ann | https://example.org/a | https://lemmy.example/post/55 | complete false
    2 Of(CommentIdx(1)) - bob Moderator 2023-06-01T12:00:00Z 2023-06-01T12:05:00Z Points { net: 4, split: Some((6, 2)) } so
    no
    1 Root - cyd Admin 2023-06-01T11:00:00Z - Points { net: -1, split: Some((0, 1)) } first
    4 Missing 3 dan Member 2023-06-01T13:00:00Z - Removed 
    · 1 more, not in this file
    · 1 comment stood there twice; the first is kept
    "#);
    assert_eq!(parsed(&format!("[{POST}, {COMMENTS}]")), whole);
    // The comments alone know their thread, and that it is not all.
    let alone = parsed(COMMENTS);
    assert_eq!(alone.pages[0].discussions[0].url, whole.pages[0].discussions[0].url);
    assert_eq!(alone.pages[0].article.title, "A tale");
    assert!(!alone.pages[0].discussions[0].complete);
}

#[test]
fn version_four_has_its_counts_in_the_comment() {
    let answer = r#"{"items": [
      {"comment": {"id": 8, "post_id": 9, "path": "0.8", "content": "hi", "published_at": "2025-06-01T12:00:00Z", "score": 3, "upvotes": 3, "downvotes": 0,
        "ap_id": "https://other.example/comment/77", "local": false}, "creator": {"name": "eve"}, "creator_is_moderator": true, "creator_is_admin": false,
       "post": {"id": 9, "name": "B", "ap_id": "https://lemmy.example/post/9", "comments": 1, "published_at": "2025-06-01T11:00:00Z"},
       "community": {"name": "tales", "ap_id": "https://lemmy.example/c/tales"}},
      {"post": {"id": 9, "name": "B", "ap_id": "https://lemmy.example/post/9", "comments": 1, "published_at": "2025-06-01T11:00:00Z"},
       "creator": {"name": "fay"}, "community": {"name": "tales", "ap_id": "https://lemmy.example/c/tales"}}], "next_page": null}
{"something": "else"}"#;
    insta::assert_snapshot!(told(&parsed(answer)), @r#"
    lemmy:tales@lemmy.example | B | fay | https://lemmy.example/post/9 | https://lemmy.example/post/9 | complete true
    8 Root - eve Moderator 2025-06-01T12:00:00Z - Points { net: 3, split: Some((3, 0)) } hi
    · 1 value of another kind left out
    "#);
}

#[test]
fn a_comment_whose_post_is_not_told_names_its_instance() {
    let comment = r#"{"comment_view": {"comment": {"id": 8, "post_id": 9, "path": "0.8", "content": "hi", "ap_id": "https://lemmy.example/comment/8", "local": true}, "creator": {"name": "eve"}}}"#;
    assert_eq!(parsed(comment).pages[0].discussions[0].url.as_deref(), Some("https://lemmy.example/post/9"));
}

#[test]
fn five_thousand_levels_nest() {
    const LEVELS: usize = 5_000;
    let mut path = "0".to_owned();
    let mut text = String::new();
    for n in 1..=LEVELS {
        write!(path, ".{n}").unwrap();
        // Only the end of a path is looked at.
        let end = path.get(path.len().saturating_sub(12)..).unwrap();
        writeln!(text, r#"{{"comment":{{"id":{n},"post_id":1,"path":"0.{end}","content":"t"}}}}"#).unwrap();
    }
    let parsed = parsed(&text);
    let comments = &parsed.pages[0].discussions[0].comments;
    assert_eq!(comments.iter().filter(|c| matches!(c.parent, crate::domain::thread::Parent::Of(_))).count(), LEVELS - 1);
}

#[test]
fn answers_of_old_name_the_parent() {
    let old = r#"{"comments": [
      {"comment": {"id": 2, "creator_id": 3, "post_id": 55, "parent_id": 1, "content": "two", "published": "2021-06-01T12:00:00.1"},
       "creator": {"name": "bob"}, "post": {"id": 55, "name": "A tale", "ap_id": "https://lemmy.example/post/55"}, "counts": {"score": 1, "upvotes": 1, "downvotes": 0}},
      {"comment": {"id": 1, "creator_id": 4, "post_id": 55, "parent_id": null, "content": "one", "published": "2021-06-01T11:00:00.1"},
       "creator": {"name": "cyd"}, "counts": {"score": 3, "upvotes": 3, "downvotes": 0}}]}"#;
    insta::assert_snapshot!(told(&parsed(old)), @r#"
    lemmy | A tale | - | https://lemmy.example/post/55 | https://lemmy.example/post/55 | complete false
    2 Of(CommentIdx(1)) - bob Member 2021-06-01T12:00:00Z - Points { net: 1, split: Some((1, 0)) } two
    1 Root - cyd Member 2021-06-01T11:00:00Z - Points { net: 3, split: Some((3, 0)) } one
    "#);
}

#[test]
fn answers_deeper_than_the_list_goes_are_named() {
    let cut = r#"{"comments": [{"comment": {"id": 1, "post_id": 55, "path": "0.1", "content": "one"}, "creator": {"name": "cyd"},
       "post": {"id": 55, "name": "A tale", "ap_id": "https://lemmy.example/post/55"}, "counts": {"score": 3, "child_count": 12}}]}"#;
    assert_eq!(parsed(cut).notes, ["12 more, not in this file"]);
}
