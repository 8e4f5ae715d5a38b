use std::fmt::Write as _;

use crate::domain::thread::Parent;
use crate::domain::time::Timestamp;
use crate::format::{Origin, Unreadable};
use crate::site::read;

fn told(text: &str) -> String {
    let parsed = read(text.as_bytes(), &Origin { name: "owls.info.json", now: Timestamp(0) }).unwrap();
    let mut out = String::new();
    for page in &parsed.pages {
        let (article, discussion) = (&page.article, &page.discussions[0]);
        let url = discussion.url.as_deref().unwrap_or("-");
        writeln!(
            out,
            "{} {} | {} | {url} | missing {}",
            discussion.place,
            page.source.key,
            article.title,
            discussion.missing()
        )
        .unwrap();
        for comment in &discussion.comments {
            let parent = match comment.parent {
                Parent::Of(idx) => &*discussion.comments[idx.index()].id,
                Parent::Missing => "?",
                _ => "video",
            };
            let (author, posted) = (comment.author.as_deref().unwrap_or("-"), comment.posted.map(|when| when.to_string()));
            let body = comment.body.text().replace('\n', " / ");
            writeln!(out, "{}<{parent} {author} {} {:?} {body}", comment.id, posted.unwrap_or_default(), comment.rank).unwrap();
        }
    }
    parsed.notes.iter().fold(out, |out, note| out + "· " + note + "\n")
}

const SAVED: &str = r#"{"id": "v_1-x", "title": "Owls", "channel": "Birds", "channel_id": "UC1", "extractor": "youtube", "upload_date": "20211212",
  "webpage_url": "https://www.youtube.com/watch?v=v_1-x", "description": "All about owls", "comment_count": 7, "comments": [
  {"id": "a", "parent": "root", "text": "first\nsecond line", "like_count": 12, "author": "@ann", "timestamp": 1674777600, "_time_text": "3 years ago (edited)", "is_pinned": true},
  {"id": "a.b", "parent": "a", "text": "reply", "like_count": null, "author": "@bob", "timestamp": 1674781234, "is_favorited": true},
  {"id": "a.c", "parent": "a.b", "text": "deeper", "like_count": 0, "author": "@cyd", "timestamp": null},
  {"id": "z.y", "parent": "z", "text": "lost", "like_count": 1, "author": "@eve"},
  {"id": "a", "parent": "root", "text": "again"}, {"text": "no id", "parent": "root"}]}"#;

#[test]
fn what_yt_dlp_saved_is_a_discussion_of_the_video() {
    insta::assert_snapshot!(told(SAVED), @r"
    youtube youtube:UC1 | Owls | https://www.youtube.com/watch?v=v_1-x | missing 3
    a<video @ann 2023-01-27 Likes(12) first / second line
    a.b<a @bob 2023-01-27T01:00:34Z Unrated reply
    a.c<a.b @cyd  Likes(0) deeper
    z.y<? @eve  Likes(1) lost
    · 3 more, not in this file
    · 1 comment stood there twice; the first is kept
    · 1 comment without an id left out
    · 1 comment edited at a time that is not told
    · 1 time told as an age only, kept as a day
    · 1 comment pinned above the others
    · 1 comment marked by the uploader with a heart
    ");
}

#[test]
fn as_many_as_were_saved_says_nothing_about_how_many_there_are() {
    let text = SAVED.replace("\"comment_count\": 7", "\"comment_count\": 6");
    let parsed = read(text.as_bytes(), &Origin { name: "a", now: Timestamp(0) }).unwrap();
    let discussion = &parsed.pages[0].discussions[0];
    assert_eq!((discussion.missing(), discussion.complete), (0, false));
}

#[test]
fn a_video_of_another_site_is_discussed_on_its_own_page() {
    let text = SAVED.replace("www.youtube.com/watch?v=v_1-x", "films.example/7").replace("\"youtube\"", "\"films\"");
    assert!(told(&text).starts_with("page films.example | Owls | https://films.example/7 | missing 3\n"), "{}", told(&text));
}

#[test]
fn lists_of_the_data_api_are_read() {
    let comment = |id: &str, more: &str| {
        format!(
            r#"{{"kind": "youtube#comment", "id": "{id}", "snippet": {{"videoId": "v1", "textDisplay": "text <b>{id}</b>", "authorDisplayName": "ann", "likeCount": 3,
            "publishedAt": "2016-07-01T10:22:56.000Z", "updatedAt": "2016-07-01T10:22:56.000Z"{more}}}}}"#
        )
    };
    let thread = |top: &str, count: u32, replies: &str| {
        format!(
            r#"{{"kind": "youtube#commentThread", "id": "x", "snippet": {{"videoId": "v1", "topLevelComment": {top}, "totalReplyCount": {count}}}, "replies": {{"comments": [{replies}]}}}}"#
        )
    };
    let first = thread(&comment("a", ""), 5, &comment("b", r#", "parentId": "a""#));
    let list = format!(
        r#"{{"kind": "youtube#commentThreadListResponse", "nextPageToken": "n", "items": [{first}, {}]}}"#,
        thread(&comment("c", ""), 0, "")
    );
    insta::assert_snapshot!(told(&list), @r"
    youtube youtube.com |  | https://www.youtube.com/watch?v=v1 | missing 4
    a<video ann 2016-07-01T10:22:56Z Likes(3) text a
    b<a ann 2016-07-01T10:22:56Z Likes(3) text b
    c<video ann 2016-07-01T10:22:56Z Likes(3) text c
    · 4 more, not in this file
    · 1 list of comments goes on, not in this file
    ");
}

#[test]
fn a_description_without_comments_is_named() {
    let text = r#"{"id": "v1", "title": "Owls", "extractor": "youtube", "webpage_url": "https://www.youtube.com/watch?v=v1", "comments": null}"#;
    let found = read(text.as_bytes(), &Origin { name: "a", now: Timestamp(0) }).unwrap_err();
    let wanted = "a video's description without its comments, which yt-dlp saves with --write-comments";
    assert_eq!(found, Unreadable::Unknown { found: wanted });
}
