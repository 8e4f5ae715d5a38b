use crate::domain::rank::Rank;
use crate::domain::time::Timestamp;
use crate::format::Origin;
use crate::site::read;

const PIECES: &str = r#"{"id": 8, "title": "A tale", "slug": "a-tale", "created_at": "2024-05-01T10:00:00.000Z", "post_stream": {
  "stream": [80, 81, 82, 83, 84, 85], "posts": [
  {"id": 80, "post_number": 1, "username": "ann", "cooked": "<p>Tale</p>", "post_type": 1},
  {"id": 81, "post_number": 2, "username": "bob", "cooked": "<p>One</p>", "created_at": "2024-05-01T10:00:01.000Z",
   "reply_to_post_number": null, "actions_summary": [{"id": 2, "count": 3}], "version": 1, "post_type": 1}]}}
{"id": 8, "post_stream": {"posts": [
  {"id": 81, "post_number": 2, "username": "bob", "cooked": "<p>One</p>"},
  {"id": 82, "post_number": 3, "username": "cyd", "cooked": "<p>Two</p>", "reply_to_post_number": 2, "hidden": true},
  {"id": 83, "post_number": 4, "cooked": "", "post_type": 3},
  {"id": 84, "post_number": 6, "username": "dan", "cooked": "<p>Three</p>", "reply_to_post_number": 5, "actions_summary": []}]}}"#;

#[test]
fn pieces_of_a_topic_are_put_together() {
    let parsed = read(PIECES.as_bytes(), &Origin { name: "a.json", now: Timestamp(0) }).unwrap();
    assert_eq!((parsed.format.label(), parsed.pages.len()), ("Discourse topic", 1));
    let page = &parsed.pages[0];
    let comments = &page.discussions[0].comments;
    let facts: Vec<String> = comments
        .iter()
        .map(|c| format!("{} {:?} {} {:?} {}", c.id, c.parent, c.author.as_deref().unwrap_or("-"), c.rank, c.body.text()))
        .collect();
    assert_eq!(facts, ["2 Root bob Likes(3) One", "3 Of(CommentIdx(0)) cyd Removed Two", "6 Missing dan Likes(0) Three"]);
    assert_eq!(comments[2].awaits.as_deref(), Some("5"));
    assert_eq!((page.article.title.as_str(), page.article.body.text().as_str()), ("A tale", "Tale"));
    assert_eq!((&page.article.url, &page.discussions[0].url), (&None, &None));
    let notes =
        ["1 more, not in this file", "1 note of the place itself left out", "1 comment stood there twice; the first is kept"];
    assert_eq!(parsed.notes, notes);
}

#[test]
fn posts_of_several_topics_are_parted() {
    let posts = r#"{"latest_posts": [
      {"id": 90, "topic_id": 7, "topic_title": "T", "post_number": 4, "posts_count": 9, "username": "ann", "cooked": "<p>a</p>",
       "reply_to_post_number": 3, "admin": true, "avatar_template": "/user_avatar/forum.example.org/ann/{size}/1.png"},
      {"id": 91, "topic_id": 8, "topic_slug": "some-words", "post_number": 2, "username": "bob", "raw": "*b*", "moderator": true,
       "link_counts": [{"url": "https://other.example.org/x", "internal": false}, {"url": "https://forum.example.org/t/x/1", "internal": true}]}]}
{"id": 92, "topic_id": 7, "post_number": 3, "username": "cyd", "cooked": "<p>c</p>"}"#;
    let parsed = read(posts.as_bytes(), &Origin { name: "a.json", now: Timestamp(0) }).unwrap();
    let facts: Vec<String> = parsed
        .pages
        .iter()
        .map(|page| {
            let discussion = &page.discussions[0];
            assert!(!discussion.complete);
            let comments =
                discussion.comments.iter().map(|c| format!("{} {:?} {:?} {}", c.id, c.parent, c.role, c.body.text()));
            let addresses = (page.article.url.as_deref(), discussion.url.as_deref());
            format!("{} {addresses:?} {:?}", page.article.title, comments.collect::<Vec<_>>())
        })
        .collect();
    assert_eq!(
        facts,
        [
            r#"T (Some("https://forum.example.org/t/7"), Some("https://forum.example.org/t/7")) ["3 Root Member c", "4 Of(CommentIdx(0)) Admin a"]"#,
            r#"Some words (Some("https://forum.example.org/t/some-words/8"), Some("https://forum.example.org/t/8")) ["2 Root Moderator b"]"#,
        ]
    );
    assert_eq!(parsed.notes, ["6 more, not in this file"]);
}

#[test]
fn likes_and_posts_are_counted_by_their_newer_names() {
    let topic = r#"{"id": 8, "title": "A tale", "posts_count": 5, "post_stream": {"posts": [
      {"id": 80, "post_number": 1, "username": "ann", "cooked": "<p>Tale</p>"},
      {"id": 81, "post_number": 2, "username": "bob", "cooked": "<p>One</p>", "like_count": 4}]}}"#;
    let parsed = read(topic.as_bytes(), &Origin { name: "a.json", now: Timestamp(0) }).unwrap();
    assert_eq!(parsed.pages[0].discussions[0].comments[0].rank, crate::domain::rank::Rank::Likes(4));
    assert_eq!(parsed.notes, ["3 more, not in this file"]);
}

#[test]
fn likes_are_told_in_several_ways_or_not_at_all() {
    for (told, wanted) in [
        (r#""actions_summary": [{"id": 2, "count": 3}], "reactions": []"#, Rank::Likes(3)),
        (r#""actions_summary": [{"id": 2, "count": null}], "reaction_users_count": 4"#, Rank::Likes(4)),
        (r#""reactions": [{"id": "heart", "count": 2}, {"id": "clap", "count": 1}]"#, Rank::Likes(3)),
        (r#""like_count": 5"#, Rank::Likes(5)),
        (r#""actions_summary": []"#, Rank::Likes(0)),
        (r#""actions_summary": null"#, Rank::Unrated),
        (r#""version": 1"#, Rank::Unrated),
    ] {
        let post = format!(r#"{{"id": 9, "topic_id": 7, "post_number": 2, "cooked": "<p>Hoo.", {told}}}"#);
        let parsed = read(post.as_bytes(), &Origin { name: "post.json", now: Timestamp(0) }).unwrap();
        assert_eq!(parsed.pages[0].discussions[0].comments[0].rank, wanted, "{told}");
    }
}

#[test]
fn a_poll_stands_with_its_votes() {
    let post = r#"{"id": 9, "topic_id": 7, "post_number": 2, "cooked": "<p>Well?</p><div class=poll><ul><li>Yes</li><li>No</li></ul></div>",
        "polls": [{"name": "poll", "title": "Owls", "voters": 1, "options": [{"id": "a", "html": "Yes", "votes": 1}, {"id": "b", "html": "<b>No</b>", "votes": 0}]}]}"#;
    let parsed = read(post.as_bytes(), &Origin { name: "post.json", now: Timestamp(0) }).unwrap();
    let text = parsed.pages[0].discussions[0].comments[0].body.text().into_owned();
    assert_eq!(text, "Well?\nPoll: Owls · 1 voter\nYes · 1 vote\nNo · 0 votes");
}

#[test]
fn the_nested_view_of_a_topic_is_its_topic() {
    let bases = crate::site::SiteBases::default();
    let at = |address: &str| crate::site::thread_at(address, &bases).map(|thread| thread.address(&bases));
    assert_eq!(at("https://forum.example.org/n/some-words/8").as_deref(), Some("https://forum.example.org/t/8"));
    assert_eq!(at("https://forum.example.org/n/8"), None);
}
