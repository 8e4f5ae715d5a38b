//! Shapes in which places answer, one of each: what comes of it.

use super::*;

/// Answers by the end of their address; gives a line for the discussion and one for each comment.
fn told(thread: Thread, answers: &[(&str, &str)]) -> String {
    let net = |address: &str| answers.iter().find(|(end, _)| address.ends_with(end)).map(|(_, answer)| (*answer).to_owned());
    let mut gathering = Gathering::new(thread, &places());
    let mut open: std::collections::VecDeque<_> = gathering.begin().into();
    while let Some((number, ask)) = open.pop_front() {
        let gone = Failure::NotFound { host: super::told("place.test") };
        let answer = net(&ask.address).map(String::into_bytes).ok_or(gone);
        open.extend(gathering.take(number, answer));
    }
    let failures: Vec<String> = gathering.failures().iter().map(ToString::to_string).collect();
    let mut lines = vec![format!("{} requests, failed: {failures:?}", gathering.asked())];
    let Some(page) = gathering.page(Timestamp(0)) else {
        lines.push("no page".to_owned());
        return lines.join("\n");
    };
    let discussion = &page.discussions[0];
    let lacking: u32 = discussion.stubs.iter().map(|stub| stub.count).sum();
    lines.push(format!("{:?}, complete {}, lacking {lacking}", discussion.url.as_deref().unwrap_or("-"), discussion.complete));
    for comment in &discussion.comments {
        let parent = match comment.parent {
            Parent::Of(idx) => discussion.comments[idx.index()].id.to_string(),
            Parent::Root => "-".to_owned(),
            other => format!("{other:?}"),
        };
        let (author, posted) =
            (comment.author.as_deref().unwrap_or("-"), comment.posted.map_or("-".to_owned(), |at| at.to_string()));
        lines.push(format!("{} < {parent} {author} {posted} {:?} {:?}", comment.id, comment.rank, comment.body.text()));
    }
    lines.join("\n")
}

fn lobsters() -> Thread {
    Thread::Lobsters { id: "abc".to_owned() }
}

fn hn() -> Thread {
    Thread::HackerNews { id: 1 }
}

fn lemmy_post() -> Thread {
    Thread::Lemmy { instance: "http://lemmy.test".to_owned(), post: 1 }
}

fn topic() -> Thread {
    Thread::Discourse { site: "http://discourse.test".to_owned(), topic: 7 }
}

fn blog(feed: &str) -> Thread {
    Thread::Comments { feed: feed.to_owned() }
}

#[test]
fn probe() {
    let show = |name: &str, text: String| println!("== {name}\n{text}\n");
    // Lobsters
    show(
        "lobsters merged",
        told(
            lobsters(),
            &[(
                "abc.json",
                r#"{"short_id":"xyz","short_id_url":"http://lobsters.test/s/xyz","comments_url":"http://lobsters.test/s/xyz/t","title":"T","url":"","comment_count":1,"comments":[{"short_id":"c1","score":"3","flags":null,"comment":"t","commenting_user":null,"parent_comment":null,"created_at":"2024-05-01T11:00:00.000-05:00"}]}"#,
            )],
        ),
    );
    show(
        "lobsters ids are numbers",
        told(
            lobsters(),
            &[(
                "abc.json",
                r#"{"short_id":"abc","title":"T","comment_count":"2","comments":[{"short_id":77,"score":3.0,"flags":"1","comment":"t","commenting_user":{"username":"ann"},"parent_comment":null},{"short_id":"c2","parent_comment":77,"score":null,"comment":null,"comment_plain":"p","user":"bob"}]}"#,
            )],
        ),
    );
    show(
        "lobsters parent is an object",
        told(
            lobsters(),
            &[(
                "abc.json",
                r#"{"short_id":"abc","title":"T","comment_count":2,"comments":[{"short_id":"c1","score":3,"comment":"t","commenting_user":"a"},{"short_id":"c2","parent_comment":{"short_id":"c1"},"score":1,"comment":"t","commenting_user":"a"}]}"#,
            )],
        ),
    );
    show(
        "lobsters old indent nest",
        told(
            lobsters(),
            &[(
                "abc.json",
                r#"{"short_id":"abc","title":"T","comment_count":3,"comments":[{"short_id":"c1","score":3,"comment":"t","commenting_user":{"username":"ann"},"indent_level":1,"upvotes":4,"downvotes":1},{"short_id":"c2","indent_level":2,"score":1,"comment":"t"},{"short_id":"c3","indent_level":2,"score":1,"comment":"t"}]}"#,
            )],
        ),
    );
    show(
        "lobsters comments null",
        told(lobsters(), &[("abc.json", r#"{"short_id":"abc","title":"T","comment_count":3,"comments":null}"#)]),
    );
    show("lobsters comments missing", told(lobsters(), &[("abc.json", r#"{"short_id":"abc","title":"T","comment_count":0}"#)]));
    show(
        "lobsters list of one",
        told(
            lobsters(),
            &[(
                "abc.json",
                r#"[{"short_id":"abc","title":"T","comment_count":1,"comments":[{"short_id":"c1","score":3,"comment":"t"}]}]"#,
            )],
        ),
    );
    show(
        "lobsters comments nested",
        told(
            lobsters(),
            &[(
                "abc.json",
                r#"{"short_id":"abc","title":"T","comment_count":2,"comments":[{"short_id":"c1","score":3,"comment":"t","comments":[{"short_id":"c2","score":1,"comment":"u"}]}]}"#,
            )],
        ),
    );
    // HN
    show(
        "hn no algolia, story deleted",
        told(hn(), &[("/v0/item/1.json", r#"{"id":1,"deleted":true,"time":5,"type":"story"}"#)]),
    );
    show("hn null", told(hn(), &[("/v0/item/1.json", "null")]));
    show("hn story null, tree", told(hn(), &[("items/1", TREE), ("/v0/item/1.json", "null")]));
    show(
        "hn tree of empty",
        told(
            hn(),
            &[
                ("items/1", r#"{"id":1,"type":"story","author":"a","created_at_i":1,"title":"T","children":[]}"#),
                ("item/1.json", r#"{"id":1,"type":"story","by":"a","time":1,"title":"T","descendants":0}"#),
            ],
        ),
    );
    show(
        "hn strings",
        told(
            hn(),
            &[
                (
                    "items/1",
                    r#"{"id":"1","type":"story","author":"a","created_at_i":"1","title":"T","children":[{"id":"2","type":"comment","author":"b","created_at_i":null,"created_at":"2024-05-01T10:00:00.000Z","text":"t","parent_id":"1","children":null},{"id":3,"type":"comment","author":"c","created_at_i":3,"text":"u","parent_id":null,"children":{}}]}"#,
                ),
                (
                    "item/1.json",
                    r#"{"id":"1","type":"story","by":"a","time":"1","title":"T","descendants":"2","kids":["3","2"]}"#,
                ),
            ],
        ),
    );
    show(
        "hn kids object",
        told(
            hn(),
            &[
                ("items/1", TREE),
                (
                    "item/1.json",
                    r#"{"id":1,"type":"story","by":"a","time":1,"title":"T","descendants":1,"kids":{"0":2,"2":5}}"#,
                ),
            ],
        ),
    );
    show(
        "hn kids null hole",
        told(
            hn(),
            &[
                ("items/1", TREE),
                ("item/1.json", r#"{"id":1,"type":"story","by":"a","time":1,"title":"T","descendants":1,"kids":[null,2]}"#),
            ],
        ),
    );
    show(
        "hn a comment's page",
        told(
            Thread::HackerNews { id: 2 },
            &[
                (
                    "items/2",
                    r#"{"id":2,"type":"comment","author":"b","created_at_i":2,"text":"t","parent_id":1,"story_id":1,"children":[{"id":3,"type":"comment","author":"c","created_at_i":3,"text":"u","parent_id":2,"story_id":1,"children":[]}]}"#,
                ),
                ("item/2.json", r#"{"id":2,"type":"comment","by":"b","time":2,"text":"t","parent":1,"kids":[3]}"#),
            ],
        ),
    );
    show(
        "hn no types",
        told(
            hn(),
            &[
                (
                    "items/1",
                    r#"{"id":1,"type":null,"author":"a","created_at_i":1,"title":"T","children":[{"id":2,"type":null,"author":"b","created_at_i":2,"text":"t","parent_id":1,"children":[]}]}"#,
                ),
                ("item/1.json", r#"{"id":1,"by":"a","time":1,"title":"T","descendants":1,"kids":[2]}"#),
            ],
        ),
    );
    show(
        "hn poll",
        told(
            hn(),
            &[
                (
                    "items/1",
                    r#"{"id":1,"type":"poll","author":"a","created_at_i":1,"title":"T","options":[{"id":9,"text":"x","points":3}],"children":[{"id":2,"type":"comment","author":"b","created_at_i":2,"text":"t","parent_id":1,"children":[]}]}"#,
                ),
                (
                    "item/1.json",
                    r#"{"id":1,"type":"poll","by":"a","time":1,"title":"T","descendants":1,"kids":[2],"parts":[9,10]}"#,
                ),
            ],
        ),
    );
    show(
        "hn firebase alone, dead and deleted",
        told(
            hn(),
            &[
                ("item/1.json", r#"{"id":1,"type":"story","by":"a","time":1,"title":"T","descendants":2,"kids":[4,2,3]}"#),
                ("item/2.json", r#"{"id":2,"type":"comment","by":"b","time":1,"text":"t","parent":1,"kids":[5]}"#),
                ("item/3.json", r#"{"id":3,"type":"comment","deleted":true,"time":1,"parent":1}"#),
                ("item/4.json", r#"{"id":4,"type":"comment","by":"d","dead":true,"time":1,"text":"[flagged]","parent":1}"#),
                ("item/5.json", r#"{"id":5,"type":"comment","by":"e","time":1,"text":"u","parent":2}"#),
            ],
        ),
    );
    // Lemmy
    show("lemmy error", told(lemmy_post(), &[("post?id=1", r#"{"error":"couldnt_find_post"}"#)]));
    show(
        "lemmy list under other name",
        told(
            lemmy_post(),
            &[
                (
                    "post?id=1",
                    r#"{"post_view":{"post":{"id":1,"name":"T","ap_id":"http://far.test/post/9","published":"2024-01-01T00:00:00"},"counts":{"comments":"1"}}}"#,
                ),
                (
                    "page=1",
                    r#"{"comments":[{"comment":{"id":"2","post_id":"1","content":"t","path":"0.2","published":"2024-01-01T00:00:00.5"},"creator":{"name":"a","display_name":null},"counts":{"score":"3","upvotes":"4","downvotes":"1","child_count":"0"}}]}"#,
                ),
            ],
        ),
    );
    show(
        "lemmy path null, parent_id",
        told(
            lemmy_post(),
            &[
                (
                    "post?id=1",
                    r#"{"post_view":{"post":{"id":1,"name":"T","ap_id":"http://far.test/post/9"},"counts":{"comments":2}}}"#,
                ),
                (
                    "page=1",
                    r#"{"comments":[{"comment":{"id":2,"post_id":1,"content":"t","path":"0.2"},"creator":null,"counts":null},{"comment":{"id":3,"post_id":1,"content":"t","path":null,"parent_id":2},"creator":{"name":"b"},"counts":{"score":1,"upvotes":null,"downvotes":null}}]}"#,
                ),
            ],
        ),
    );
    show(
        "lemmy votes hidden",
        told(
            lemmy_post(),
            &[
                (
                    "post?id=1",
                    r#"{"post_view":{"post":{"id":1,"name":"T","ap_id":"http://far.test/post/9"},"counts":{"comments":1}}}"#,
                ),
                (
                    "page=1",
                    r#"{"comments":[{"comment":{"id":2,"post_id":1,"content":"t","path":"0.2"},"creator":{"name":"b"},"counts":{"score":5,"upvotes":5,"downvotes":0,"child_count":0},"my_vote":null}]}"#,
                ),
            ],
        ),
    );
    show(
        "lemmy no comments",
        told(
            lemmy_post(),
            &[
                (
                    "post?id=1",
                    r#"{"post_view":{"post":{"id":1,"name":"T","ap_id":"http://far.test/post/9"},"counts":{"comments":0}}}"#,
                ),
                ("page=1", r#"{"comments":[]}"#),
            ],
        ),
    );
    // Discourse
    show(
        "discourse mega",
        told(
            topic(),
            &[(
                "7.json",
                r#"{"id":7,"title":"T","posts_count":20000,"post_stream":{"isMegaTopic":true,"lastId":99999,"posts":[{"id":1,"post_number":1,"cooked":"a","username":"a","topic_id":7},{"id":2,"post_number":2,"cooked":"b","username":"b","topic_id":7}]}}"#,
            )],
        ),
    );
    show(
        "discourse shapes",
        told(
            topic(),
            &[(
                "7.json",
                r#"{"id":"7","title":"T","posts_count":7,"post_stream":{"stream":["11",12,13,14,15,16,18],"posts":[{"id":11,"post_number":1,"post_type":1,"cooked":"a","username":"a","actions_summary":[]},{"id":12,"post_number":"2","post_type":1,"cooked":"b","username":"b","name":"B"},{"id":13,"post_number":4,"post_type":3,"action_code":"closed.enabled","cooked":"","username":"m","actions_summary":[]},{"id":14,"post_number":5,"post_type":1,"cooked":"e","username":"e","reply_to_post_number":3,"actions_summary":[{"id":2,"count":4}]},{"id":15,"post_number":6,"post_type":1,"cooked":"<p>(post deleted by author)</p>","username":"f","user_deleted":true,"reply_to_post_number":2,"actions_summary":[]},{"id":16,"post_number":7,"post_type":1,"cooked":"r","username":"r","reply_to_post_number":"2","actions_summary":[],"reactions":[{"id":"heart","count":2},{"id":"tada","count":3}],"reaction_users_count":5},{"id":18,"post_number":9,"post_type":2,"cooked":"mod","username":"m","reply_to_post_number":4,"actions_summary":null,"reply_to_user":{"username":"a"}}]}}"#,
            )],
        ),
    );
    show("discourse error", told(topic(), &[("7.json", r#"{"errors":["x"],"error_type":"invalid_access"}"#)]));
    show(
        "discourse batch without topic id",
        told(
            topic(),
            &[
                (
                    "7.json",
                    r#"{"id":7,"title":"T","posts_count":2,"post_stream":{"stream":[11,12],"posts":[{"id":11,"post_number":1,"cooked":"a","username":"a","topic_id":7}]}}"#,
                ),
                ("=12", r#"{"post_stream":{"posts":[{"id":12,"post_number":2,"cooked":"b","username":"b","topic_id":7}]}}"#),
            ],
        ),
    );
    show(
        "discourse batch without any id",
        told(
            topic(),
            &[
                (
                    "7.json",
                    r#"{"id":7,"title":"T","posts_count":2,"post_stream":{"stream":[11,12],"posts":[{"id":11,"post_number":1,"cooked":"a","username":"a"}]}}"#,
                ),
                ("=12", r#"{"post_stream":{"posts":[{"id":12,"post_number":2,"cooked":"b","username":"b"}]}}"#),
            ],
        ),
    );
    show(
        "discourse batch bare list",
        told(
            topic(),
            &[
                (
                    "7.json",
                    r#"{"id":7,"title":"T","posts_count":2,"post_stream":{"stream":[11,12],"posts":[{"id":11,"post_number":1,"cooked":"a","username":"a"}]}}"#,
                ),
                ("=12", r#"[{"id":12,"post_number":2,"cooked":"b","username":"b","topic_id":7}]"#),
            ],
        ),
    );
    show(
        "discourse cooked null",
        told(
            topic(),
            &[(
                "7.json",
                r#"{"id":7,"title":"T","posts_count":2,"post_stream":{"stream":[11,12],"posts":[{"id":11,"post_number":1,"cooked":"a","username":"a"},{"id":12,"post_number":2,"cooked":null,"username":null}]}}"#,
            )],
        ),
    );
    // WordPress
    show(
        "wp shapes",
        told(
            blog("https://blog.example/a/feed/"),
            &[
                ("_fields=id,link", r#"[{"id":"9","link":"https://blog.example/a/"}]"#),
                (
                    "page=1",
                    r#"[{"id":3,"post":9,"parent":0,"author_name":"ann","content":"plain","date":"2024-05-01T10:00:00","link":"https://blog.example/a/#comment-3","_links":{}},{"id":"4","post":"9","parent":null,"author_name":null,"content":{"rendered":"<p>x"},"_links":{"in-reply-to":[{"href":"https://blog.example/wp-json/wp/v2/comments/3"}]},"date_gmt":"2024-05-01T10:00:00"},{"id":5,"post":9,"parent":"4","author_name":"b","content":{"rendered":null,"raw":"y"},"date_gmt":null,"date":"2024-05-01T10:00:00Z"}]"#,
                ),
            ],
        ),
    );
    show(
        "wp 200 error",
        told(
            blog("https://blog.example/a/feed/"),
            &[
                ("_fields=id,link", r#"{"code":"rest_forbidden","message":"x","data":{"status":401}}"#),
                (
                    "feed/atom/",
                    "<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>Comments on: A</title><entry><id>https://blog.example/a/#comment-3</id><title>By: ann</title><content type=\"html\">t</content></entry></feed>",
                ),
            ],
        ),
    );
    show(
        "wp list error in 200",
        told(
            blog("https://blog.example/a/feed/"),
            &[
                ("_fields=id,link", r#"[{"id":9}]"#),
                ("page=1", r#"{"code":"rest_forbidden","message":"x","data":{"status":401}}"#),
                (
                    "feed/atom/",
                    "<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>Comments on: A</title><entry><id>https://blog.example/a/#comment-3</id><title>By: ann</title><content type=\"html\">t</content></entry></feed>",
                ),
            ],
        ),
    );
    show(
        "wp plain links",
        told(
            blog("https://blog.example/?feed=rss2&p=9"),
            &[(
                "p=9",
                "<rss version=\"2.0\"><channel><title>Comments on: A</title><item><guid>https://blog.example/?p=9#comment-3</guid><description>t</description></item></channel></rss>",
            )],
        ),
    );
    show(
        "wp no comments",
        told(blog("https://blog.example/a/feed/"), &[("_fields=id,link", r#"[{"id":9}]"#), ("page=1", "[]")]),
    );
    show(
        "feed without comments",
        told(
            blog("https://blog.example/a/feed/"),
            &[("feed/atom/", "<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>Comments on: A</title></feed>")],
        ),
    );
    show(
        "feed rss with threads",
        told(
            blog("https://blog.example/c.xml"),
            &[(
                "c.xml",
                "<rss version=\"2.0\" xmlns:thr=\"http://purl.org/syndication/thread/1.0\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><channel><title>Comments on: A</title><item><guid>https://blog.example/a#comment-3</guid><link>https://blog.example/a#comment-3</link><dc:creator>ann</dc:creator><description>t</description></item><item><guid>https://blog.example/a#comment-4</guid><thr:in-reply-to ref=\"https://blog.example/a#comment-3\"/><title>Re: t</title><description>u</description></item></channel></rss>",
            )],
        ),
    );
}

const TREE: &str = r#"{"id":1,"type":"story","author":"a","created_at_i":1,"title":"T","children":[
    {"id":2,"type":"comment","author":"b","created_at_i":2,"text":"t","parent_id":1,"children":[]}]}"#;
