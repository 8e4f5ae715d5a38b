use std::fmt::Write;

use crate::domain::thread::Parent;
use crate::domain::time::Timestamp;
use crate::format::Origin;
use crate::site::read;

/// A line for each page, and one for each comment below it.
fn told(text: &str) -> String {
    let parsed = read(text.as_bytes(), &Origin { name: "feed.xml", now: Timestamp(1_800_000_000) }).unwrap();
    let mut out = String::new();
    for page in &parsed.pages {
        let article = &page.article;
        let _ = writeln!(out, "{} | {} | {}", article.title, article.url.as_deref().unwrap_or("-"), article.body.text());
        for discussion in &page.discussions {
            let _ = writeln!(out, "  {} {}", discussion.place, discussion.url.as_deref().unwrap_or("-"));
            assert!(!discussion.complete, "a feed does not tell how many comments there are");
            for comment in &discussion.comments {
                let parent = match comment.parent {
                    Parent::Of(parent) => discussion.comments[parent.index()].id.to_string(),
                    Parent::Missing => format!("({})", comment.awaits.as_deref().unwrap_or("?")),
                    _ => "-".to_owned(),
                };
                let author = comment.author.as_deref().unwrap_or("-");
                let _ = writeln!(out, "  {} < {parent} {author}: {}", comment.id, comment.body.text());
            }
        }
    }
    out
}

fn rss(head: &str, items: &[&str]) -> String {
    let items = items.iter().map(|item| ["<item>", item, "</item>"].concat()).collect::<String>();
    format!(
        r#"<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom"><channel>{head}{items}</channel></rss>"#
    )
}

fn atom(head: &str, entries: &[&str]) -> String {
    let entries = entries.iter().map(|entry| ["<entry>", entry, "</entry>"].concat()).collect::<String>();
    format!(
        r#"<feed xmlns="http://www.w3.org/2005/Atom" xmlns:thr="http://purl.org/syndication/thread/1.0">{head}{entries}</feed>"#
    )
}

#[test]
fn comments_broken_into_pages_are_one_discussion_of_the_post() {
    let item = |page: u32, id: u32| {
        format!(
            "<title>By: ann</title><dc:creator>ann</dc:creator><link>https://a.example/b/owls/comment-page-{page}/#comment-{id}</link>
             <guid isPermaLink=\"false\">https://a.example/b/owls/#comment-{id}</guid><pubDate>Sat, 07 Nov 2026 08:0{id}:00 +0000</pubDate>
             <description>text {id}</description>"
        )
    };
    let items = [item(2, 3), item(1, 2), item(1, 1)];
    let head = "<title>Comments on: Owls</title><link>https://a.example/b/owls/</link>";
    insta::assert_snapshot!(told(&rss(head, &items.each_ref().map(String::as_str))), @"
    Owls | https://a.example/b/owls/ | 
      page https://a.example/b/owls/
      1 < - ann: text 1
      2 < - ann: text 2
      3 < - ann: text 3
    ");
}

#[test]
fn the_comments_of_a_whole_blog_are_one_article_for_each_post() {
    let item = |post: &str, title: &str, name: &str, id: u32| {
        format!(
            "<title>Comment on {title} by {name}</title><dc:creator>{name}</dc:creator><link>https://a.example/{post}#comment-{id}</link><description>x</description>"
        )
    };
    let items = [item("?p=1", "Owls", "ann", 3), item("?p=2&amp;cpage=2", "Mills", "bob", 2), item("?p=1", "Owls", "cyd", 1)];
    let head =
        "<title>Comments for A blog</title><link>https://a.example</link><generator>https://wordpress.org/?v=6</generator>";
    insta::assert_snapshot!(told(&rss(head, &items.each_ref().map(String::as_str))), @"
    Owls | https://a.example/?p=1 | 
      page https://a.example/?p=1
      3 < - ann: x
      1 < - cyd: x
    Mills | https://a.example/?p=2 | 
      page https://a.example/?p=2
      2 < - bob: x
    ");
    // One page only has comments; the feed is still that of the blog.
    insta::assert_snapshot!(told(&rss(head, &[&items[0]])), @"
    Owls | https://a.example/?p=1 | 
      page https://a.example/?p=1
      3 < - ann: x
    ");
}

#[test]
fn a_topic_of_discourse_is_one_article_with_its_posts() {
    let item = |number: u32| {
        format!(
            "<title>Mills</title><dc:creator>u{number}</dc:creator><link>https://f.example/sub/t/mills/12/{number}</link>
             <description>&lt;p&gt;post {number}&lt;/p&gt;&lt;p&gt;&lt;a href=\"https://f.example/sub/t/mills/12/{number}\"&gt;Ganzes Thema&lt;/a&gt;&lt;/p&gt;</description>
             <guid isPermaLink=\"false\">f.example-post-12-{number}</guid>"
        )
    };
    let items = [item(3), item(2), item(1)];
    let head = r#"<title>Mills</title><link>https://f.example/sub/t/mills/12</link><description>The first words.</description>
        <atom:link href="https://f.example/sub/t/mills/12.rss" rel="self"/>"#;
    insta::assert_snapshot!(told(&rss(head, &items.each_ref().map(String::as_str))), @"
    Mills | https://f.example/sub/t/mills/12 | post 1
    Ganzes Thema
      discourse https://f.example/sub/t/12
      3 < - u3: post 3
      2 < - u2: post 2
    ");
    insta::assert_snapshot!(told(&rss(head, &[&items[0]])), @"
    Mills | https://f.example/sub/t/mills/12 | The first words.
      discourse https://f.example/sub/t/12
      3 < - u3: post 3
    ");
    // The list of topics has articles.
    let topic = "<title>Mills</title><link>https://f.example/t/mills/12</link><guid>f.example-topic-12</guid><description>x</description>";
    assert!(!told(&rss("<title>Forum</title>", &[topic])).contains("discourse"));
}

#[test]
fn a_reddit_thread_is_one_article_with_its_comments() {
    let entry = |id: &str, name: &str, title: &str, path: &str, html: &str| {
        format!(
            "<author><name>/u/{name}</name></author><id>{id}</id><link href=\"https://www.reddit.com/r/owls/comments/p1/a_tale/{path}\"/>
             <title>{title}</title><content type=\"html\">{html}</content>"
        )
    };
    let link = "&lt;p&gt;submitted &lt;a href=\"https://a.example/tale\"&gt;[link]&lt;/a&gt; &lt;a href=\"https://www.reddit.com/r/owls/comments/p1/a_tale/\"&gt;[comments]&lt;/a&gt;&lt;/p&gt;";
    let post = entry("t3_p1", "ann", "A tale", "", link);
    let comment = entry("t1_c1", "bob", "/u/bob on A tale", "c1/", "&lt;p&gt;Hm&lt;/p&gt;");
    insta::assert_snapshot!(told(&atom("<title>A tale : owls</title>", &[&post, &comment])), @"
    A tale | https://a.example/tale | submitted [link] [comments]
      reddit https://www.reddit.com/comments/p1
      c1 < - bob: Hm
    ");
    // All comments of a subreddit, and its front page.
    let comments = told(&atom("<title>comments : owls</title>", &[&comment]));
    assert!(comments.starts_with("A tale | https://www.reddit.com/comments/p1 |"), "{comments}");
    assert!(!told(&atom("<title>owls</title>", &[&post])).contains("  reddit"));
}

#[test]
fn comments_of_isso_and_remark42_are_on_their_pages() {
    let isso = |id: u32, above: &str| {
        format!(
            "<id>tag:c.example,2018:/isso/1/{id}</id><title>Comment #{id}</title><author><name>r</name></author>
             <link href=\"https://a.example/owl-notes.html#isso-{id}\"/>{above}<content type=\"html\">t{id}</content>"
        )
    };
    let above = "<thr:in-reply-to ref=\"tag:c.example,2018:/isso/1/1\" href=\"https://a.example/owl-notes.html#isso-1\"/>";
    let entries = [isso(2, above), isso(1, "")];
    insta::assert_snapshot!(told(&atom("<title>Comments for a.example/owl-notes.html</title>", &entries.each_ref().map(String::as_str))), @"
    Owl notes | https://a.example/owl-notes.html | 
      page https://a.example/owl-notes.html
      2 < 1 r: t2
      1 < - r: t1
    ");
    let id = "2ad3c0a7-7f1e-4b0e-9d3b-1c8a8e0a9d11";
    let item = format!(
        "<title>ann &gt; bob, &quot;Owls &amp; mills&quot;</title><author>ann</author><link>https://a.example/p/1#remark42__comment-{id}</link><guid>{id}</guid><description>x</description>"
    );
    insta::assert_snapshot!(told(&rss("<title>Remark42 comments</title><link>https://a.example</link>", &[&item])), @"
    Owls & mills | https://a.example/p/1 | 
      page https://a.example/p/1
      2ad3c0a7-7f1e-4b0e-9d3b-1c8a8e0a9d11 < - ann: x
    ");
}

#[test]
fn the_comments_of_a_whole_blogger_site_are_parted_by_what_they_answer() {
    let entry = |id: u32, post: &str| {
        format!(
            "<id>tag:blogger.com,1999:blog-1.post-{id}</id><title>Great</title><author><name>a</name></author>
             <link rel=\"alternate\" type=\"text/html\" href=\"https://b.example/2026/{post}.html?showComment={id}#c{id}\"/>
             <thr:in-reply-to ref=\"tag:blogger.com,1999:blog-1.post-9{id}\" href=\"https://b.example/2026/{post}.html\" type=\"text/html\"/>
             <content type=\"html\">t{id}</content>"
        )
    };
    let entries = [entry(1, "owl-notes"), entry(2, "mills-and-owls")];
    insta::assert_snapshot!(told(&atom("<title>Comments on A blog</title>", &entries.each_ref().map(String::as_str))), @"
    Owl notes | https://b.example/2026/owl-notes.html | 
      page https://b.example/2026/owl-notes.html
      1 < - a: t1
    Mills and owls | https://b.example/2026/mills-and-owls.html | 
      page https://b.example/2026/mills-and-owls.html
      2 < - a: t2
    ");
}

#[test]
fn a_thread_of_mails_is_the_first_with_its_answers() {
    let mail = |id: &str, title: &str, above: &str| {
        format!(
            "<id>urn:uuid:{id}</id><title>{title}</title><author><name>n{id}</name></author>
             <link href=\"https://lore.example/l/{id}/\"/>{above}<content type=\"html\">t{id}</content>"
        )
    };
    let answer = |id: &str| format!("<thr:in-reply-to ref=\"urn:uuid:{id}\" href=\"https://lore.example/l/{id}/\"/>");
    let mails = [
        mail("1", "[PATCH] owls", ""),
        mail("2", "Re: [PATCH] owls", &answer("1")),
        mail("3", "Re: [PATCH] owls", &answer("2")),
    ];
    insta::assert_snapshot!(told(&atom("<title>thread overview</title>", &mails.each_ref().map(String::as_str))), @"
    [PATCH] owls | https://lore.example/l/1/ | t1
      page https://lore.example/l/1/
      2 < - n2: t2
      3 < 2 n3: t3
    ");
}

#[test]
fn entries_that_only_share_a_link_or_answer_others_are_articles() {
    let entry = |id: &str, url: &str, above: &str| {
        format!(
            "<id>{id}</id><title>T{id}</title><link href=\"{url}\"/><updated>2026-01-01T00:00:00Z</updated>{above}<content>x</content>"
        )
    };
    let elsewhere = "<thr:in-reply-to ref=\"https://other.example/p\" href=\"https://other.example/p\"/>";
    for entries in [
        [entry("a", "https://a.example/log#v2", ""), entry("b", "https://a.example/log#v1", "")],
        [entry("a", "https://a.example/log#c2", ""), entry("b", "https://a.example/log#c1", "")],
        [entry("a", "https://a.example/page", ""), entry("b", "https://a.example/page", "")],
        [entry("a", "https://a.example/1", elsewhere), entry("b", "https://a.example/2", elsewhere)],
    ] {
        let told = told(&atom("<title>A log</title>", &entries.each_ref().map(String::as_str)));
        assert!(!told.contains("  page") && told.lines().count() == 2, "{told}");
    }
}

#[test]
fn a_feed_is_known_behind_a_long_comment() {
    let item = "<title>T</title><link>https://a.example/1</link><description>x</description>";
    let long = format!(
        "<?xml version=\"1.0\"?>\n<!-- {} -->\n{}",
        "a line of a licence\n".repeat(2000),
        rss("<title>F</title>", &[item])
    );
    assert!(told(&long).starts_with("T | https://a.example/1 | x"));
}
