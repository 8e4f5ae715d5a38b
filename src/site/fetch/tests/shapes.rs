//! Shapes that answers of the places take, one of each: what comes of it.

use std::collections::VecDeque;

use super::*;

/// How many requests it takes, whether all is said to be here, and each comment: its id, what it answers, its author, rank
/// and words. Answers stand by the ends of their addresses; elsewhere there is nothing.
fn told(thread: &ThreadRef, answers: &[(&str, &str)]) -> String {
    let mut gathering = ThreadFetch::new(thread.clone(), &places());
    let mut open: VecDeque<_> = gathering.begin().into();
    while let Some((number, ask)) = open.pop_front() {
        let answer = answers.iter().find(|(end, _)| ask.address.ends_with(end)).map(|(_, answer)| answer.as_bytes().to_vec());
        open.extend(gathering.take(number, answer.ok_or_else(|| Failure::NotFound { host: super::told("place.test") })));
    }
    let page = gathering.page(Timestamp(0));
    let Some(discussion) = page.as_ref().map(|page| &page.discussions[0]) else {
        return format!("{}: {:?}", gathering.asked(), gathering.nothing().map(|failure| failure.to_string()));
    };
    let line = |comment: &crate::domain::thread::Comment| {
        let parent = match comment.parent {
            Parent::Of(idx) => discussion.comments[idx.index()].id.to_string(),
            Parent::Root => "-".to_owned(),
            other => format!("{other:?}"),
        };
        let (author, text) = (comment.author.as_deref().unwrap_or("-"), comment.body.text());
        format!("{}<{parent} {author} {} {text}", comment.id, rank(comment.rank))
    };
    let lacking: u32 = discussion.stubs.iter().map(|stub| stub.count).sum();
    let state = if discussion.complete { "whole".to_owned() } else { format!("lacks {lacking}") };
    let lines: Vec<String> = discussion.comments.iter().map(line).collect();
    format!("{} {state}: {}", gathering.asked(), lines.join(", "))
}

fn rank(rank: Rank) -> String {
    match rank {
        Rank::Points { net, split } => format!("{net}{}", split.map_or(String::new(), |(up, down)| format!("=+{up}-{down}"))),
        Rank::Likes(likes) => format!("{likes}♥"),
        Rank::Position { nth, of } => format!("{nth}/{of}"),
        other => format!("{other:?}"),
    }
}

fn each(thread: &ThreadRef, cases: &[(&[(&str, &str)], &str)]) {
    for (answers, wanted) in cases {
        assert_eq!(told(thread, answers), *wanted, "{answers:?}");
    }
}

#[test]
fn hacker_news() {
    const STORY: &str = r#"{"id":"1","by":"a","time":"1","title":"T","descendants":"2","kids":["3","2"]}"#;
    each(
        &at_hacker_news(1),
        &[
            (&[("item/1.json", "null")], r#"2: Some("algolia.test answers with nothing, not with a discussion")"#),
            (&[("item/1.json", r#"{"id":1,"deleted":true,"time":5,"type":"story"}"#)], "2 lacks 0: "),
            // Without types, with strings for numbers, and null for lists, times and parents.
            (
                &[
                    ("item/1.json", STORY),
                    (
                        "items/1",
                        r#"{"id":"1","type":null,"author":"a","created_at_i":"1","title":"T","children":[
            {"id":"2","type":null,"author":"b","created_at_i":null,"created_at":"2024-05-01T10:00:00.000Z","text":"t","parent_id":"1","children":null},
            {"id":3,"type":"comment","author":"c","created_at_i":3,"text":"u","parent_id":null,"children":{}}, null]}"#,
                    ),
                ],
                "2 whole: 2<- b 2/2 t, 3<- c 1/2 u",
            ),
            (
                &[
                    (
                        "item/1.json",
                        r#"{"id":1,"type":"poll","by":"a","time":1,"title":"T","descendants":1,"kids":[null,2],"parts":[9]}"#,
                    ),
                    (
                        "items/1",
                        r#"{"id":1,"type":"poll","author":"a","created_at_i":1,"title":"T","options":[{"id":9,"text":"x","points":3}],
            "children":[{"id":2,"type":"comment","author":"b","created_at_i":2,"text":"t","parent_id":1,"children":[]}]}"#,
                    ),
                ],
                "2 whole: 2<- b 1/2 t",
            ),
            (
                &[
                    ("item/1.json", r#"{"id":1,"type":"story","by":"a","time":1,"title":"T","descendants":2,"kids":[4,2,3]}"#),
                    ("item/2.json", r#"{"id":2,"type":"comment","by":"b","time":1,"text":"t","parent":1,"kids":[5]}"#),
                    ("item/3.json", r#"{"id":3,"type":"comment","deleted":true,"time":1,"parent":1}"#),
                    ("item/4.json", r#"{"id":4,"type":"comment","by":"d","dead":true,"time":1,"text":"[flagged]","parent":1}"#),
                    ("item/5.json", r#"{"id":5,"type":"comment","by":"e","time":1,"text":"u","parent":2}"#),
                ],
                "6 whole: 4<- d Removed [flagged], 2<- b 2/3 t, 3<- - Removed , 5<2 e 1/1 u",
            ),
        ],
    );
}

#[test]
fn lobsters() {
    each(
        &at_lobsters("abc"),
        &[
            (
                &[(
                    "abc.json",
                    r#"{"short_id":"abc","title":"T","comment_count":"2","comments":[
            {"short_id":77,"score":3.0,"flags":"1","comment":"t","commenting_user":{"username":"ann"},"parent_comment":null},
            {"short_id":"c2","parent_comment":77,"score":null,"comment":null,"comment_plain":"p","commenting_user":null}]}"#,
                )],
                "1 whole: 77<- ann 3=+4-1 t, c2<77 - Unrated p",
            ),
            (
                &[(
                    "abc.json",
                    r#"[{"short_id":"abc","title":"T","comment_count":2,"comments":[{"short_id":"c1","score":3,"comment":"t"},
            {"short_id":"c2","parent_comment":{"short_id":"c1"},"score":1,"comment":"u"}]}]"#,
                )],
                "1 whole: c1<- - 3 t, c2<c1 - 1 u",
            ),
            (&[("abc.json", r#"{"short_id":"abc","title":"T","comment_count":3,"comments":null}"#)], "1 lacks 3: "),
        ],
    );
}

#[test]
fn a_story_of_lobsters_that_was_merged_into_another_is_kept_where_it_is_asked_for() {
    let other = r#"{"short_id":"xyz","short_id_url":"http://lobsters.test/s/xyz","title":"T","comment_count":0,"comments":[]}"#;
    let thread = at_lobsters("abc");
    let (gathering, _) = gather(thread, &places(), &|_| Some(other.to_owned()), &[0]);
    assert_eq!(discussion(&gathering).url.as_deref(), Some("http://lobsters.test/s/abc"));
}

#[test]
fn lemmy_of_many_ages() {
    let post = |count: &str| {
        format!(
            r#"{{"post_view":{{"post":{{"id":1,"name":"T","ap_id":"http://far.test/post/9","published":"2024-01-01T00:00:00"}},"counts":{count}}}}}"#
        )
    };
    let (one, two) = (post(r#"{"comments":"1"}"#), post(r#"{"comments":2}"#));
    each(
        &at_lemmy("http://lemmy.test", 1),
        &[
            (
                &[
                    ("v3/post?id=1", &one),
                    (
                        "page=1",
                        r#"{"comments":[{"comment":{"id":"2","post_id":"1","content":"t","path":"0.2"},
            "creator":{"name":"a","display_name":null},"counts":{"score":"3","upvotes":"4","downvotes":"1","child_count":"0"}}]}"#,
                    ),
                ],
                "3 whole: 2<- a 3=+4-1 t",
            ),
            (
                &[
                    ("v3/post?id=1", &two),
                    (
                        "page=1",
                        r#"{"comments":[null,{"comment":{"id":2,"post_id":1,"content":"t","path":"0.2"},"creator":null,"counts":null},
            {"comment":{"id":3,"post_id":1,"content":"u","path":null,"parent_id":2},"creator":{"name":"b"},"counts":{"score":1,"upvotes":null}}]}"#,
                    ),
                ],
                "3 whole: 2<- - Unrated t, 3<2 b 1 u",
            ),
            (
                &[("post?id=1", r#"{"error":"couldnt_find_post"}"#)],
                r#"4: Some("lemmy.test answers with something else, not with a discussion")"#,
            ),
        ],
    );
}

#[test]
fn an_instance_of_lemmy_that_gives_less_at_once_than_is_asked_for_gives_all() {
    let tree: ThreadShape = (0..45).map(|n: usize| n.checked_sub(1).filter(|n| n % 4 > 0)).collect();
    let few = |address: &str| lemmy(&tree, 7, &address.replace("limit=50", "limit=7"));
    let thread = at_lemmy("http://lemmy.test", 1);
    let (gathering, _) = gather(thread, &places(), &few, &[0]);
    let found = discussion(&gathering);
    assert_eq!((parents(&found), found.complete), (wanted(&tree), true));
}

#[test]
fn discourse_topics() {
    let head = |stream: &str, posts: &str| {
        format!(r#"{{"id":"7","title":"T","posts_count":7,"post_stream":{{"stream":{stream},"posts":[{posts}]}}}}"#)
    };
    let first = r#"{"id":11,"post_number":1,"cooked":"a","username":"a","topic_id":7}"#;
    let two = head("[11,12]", first);
    // Gaps where posts were taken away, a note of the forum, a reaction, votes that are not told.
    let whole = head(
        r#"["11",12,13,14,15,16,18]"#,
        &format!(
            r#"{first},
        {{"id":12,"post_number":"2","cooked":"b","username":"b","name":"B"}},
        {{"id":13,"post_number":4,"post_type":3,"action_code":"closed.enabled","cooked":"","username":"m","actions_summary":[]}},
        {{"id":14,"post_number":5,"cooked":"e","username":"e","reply_to_post_number":3,"actions_summary":[{{"id":2,"count":4}}]}},
        {{"id":15,"post_number":6,"cooked":"gone","username":"f","user_deleted":true,"reply_to_post_number":2}},
        {{"id":16,"post_number":7,"cooked":"r","username":"r","reply_to_post_number":"2","actions_summary":[],"reactions":[{{"id":"heart","count":2}}],"reaction_users_count":5}},
        {{"id":18,"post_number":9,"post_type":2,"cooked":null,"username":null,"reply_to_post_number":null,"actions_summary":null}}"#
        ),
    );
    // The ids of topics with ten thousand posts or more are not listed.
    let huge = r#"{"id":7,"title":"T","posts_count":20000,"post_stream":{"isMegaTopic":true,"lastId":99,"posts":[
        {"id":11,"post_number":1,"cooked":"a","username":"a"},{"id":12,"post_number":2,"cooked":"b","username":"b"}]}}"#;
    let post = r#"{"id":12,"post_number":2,"cooked":"b","username":"b","topic_id":7}"#;
    let stream = format!(r#"{{"post_stream":{{"posts":[{post}]}}}}"#);
    let bare = format!("[{post}]");
    each(
        &at_discourse("http://discourse.test", 7),
        &[
            (
                &[("7.json", &whole)],
                "1 whole: 2<- b Unrated b, 5<Missing e 4♥ e, 6<2 f Removed gone, 7<2 r 5♥ r, 9<- - Unrated ",
            ),
            (&[("7.json", huge)], "1 lacks 19998: 2<- b Unrated b"),
            (&[("7.json", &two), ("=12", &stream)], "2 whole: 2<- b Unrated b"),
            (&[("7.json", &two), ("=12", &bare)], "2 whole: 2<- b Unrated b"),
            (
                &[("7.json", r#"{"errors":["x"],"error_type":"invalid_access"}"#)],
                r#"1: Some("discourse.test answers with something else, not with a discussion")"#,
            ),
        ],
    );
}

#[test]
fn comments_of_blogs() {
    const ATOM: &str = r#"<atom:feed xmlns:atom="http://www.w3.org/2005/Atom"><atom:title>Comments on: A</atom:title><atom:entry>
        <atom:id>https://blog.example/a#comment-3</atom:id><atom:link href="https://blog.example/a/#comment-3"/>
        <atom:content type="html">t</atom:content></atom:entry></atom:feed>"#;
    const SHUT: &str = r#"{"code":"rest_forbidden","message":"x","data":{"status":401}}"#;
    const POST: (&str, &str) =
        ("_fields=id,link", r#"[{"id":8,"link":"https://blog.example/b/a/"},{"id":"9","link":"https://blog.example/a/"}]"#);
    each(
        &comments_of_page("https://blog.example/a/feed/", None),
        &[
            (
                &[
                    POST,
                    (
                        "post=9&per_page=100&order=asc&page=1",
                        r#"[{"id":3,"post":9,"parent":0,"author_name":"ann","content":"plain"},
            {"id":"4","post":"9","parent":null,"author_name":null,"content":{"rendered":"<p>x"},"_links":{"in-reply-to":[{"href":"https://blog.example/wp-json/wp/v2/comments/3"}]}},
            {"id":5,"post":9,"parent":"4","author_name":"b","content":{"rendered":null,"raw":"y"}}]"#,
                    ),
                ],
                "5 whole: 3<- ann Unrated plain, 4<3 - Unrated x, 5<4 b Unrated y",
            ),
            // A closed interface may say so with status 200.
            (&[("_fields=id,link", SHUT), ("feed/atom/", ATOM)], "3 lacks 0: 3<- - Unrated t"),
            (&[POST, ("page=1", SHUT), ("feed/atom/", ATOM)], "4 lacks 0: 3<- - Unrated t"),
            // Nobody has commented.
            (&[POST, ("page=1", "[]")], "5: None"),
        ],
    );
    each(
        &comments_of_page("https://blog.example/?feed=rss2&p=9", None),
        &[
            (
                &[(
                    "/?rest_route=/wp/v2/comments&post=9&per_page=100&order=asc&page=1",
                    r#"[{"id":3,"post":9,"parent":0,"author_name":"ann","content":{"rendered":"t"}}]"#,
                )],
                "1 whole: 3<- ann Unrated t",
            ),
            (&[("?feed=atom&p=9", ATOM)], "2 lacks 0: 3<- - Unrated t"),
        ],
    );
}

#[test]
fn a_blog_that_gives_ten_comments_at_once_gives_all() {
    let comment = |n: u32| format!(r#"{{"id":{n},"post":9,"author_name":"a","content":{{"rendered":"t"}}}}"#);
    let net = |address: &str| {
        let Some((_, page)) = address.split_once("&page=") else {
            return Some(r#"[{"id":9,"link":"https://blog.example/a/"}]"#.to_owned());
        };
        let first = (page.parse::<u32>().unwrap() - 1) * 10 + 1;
        Some(format!("[{}]", (first..24.min(first + 10)).map(comment).collect::<Vec<_>>().join(",")))
    };
    let (gathering, asked) = gather(comments_of_page("https://blog.example/a/feed/", None), &places(), &net, &[0]);
    let found = discussion(&gathering);
    assert_eq!((asked.len(), found.comments.len(), found.complete), (7, 23, true));
}
