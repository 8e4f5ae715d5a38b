mod kept;
mod suites;

use rustix::time::{ClockId, clock_gettime};

use super::*;
use crate::domain::article::Page;
use crate::domain::thread::{CommentIdx, Parent};
use crate::domain::time::Timestamp;
use crate::site::comment_feed;

const ORIGIN: Origin<'static> = Origin { name: "https://example.org/feed", now: Timestamp(0) };

fn read_text(text: &str) -> Feed {
    read(text.as_bytes(), None, &ORIGIN).unwrap()
}

#[test]
fn an_rss_feed_is_read_whole() {
    let feed = read_text(
        r#"<?xml version="1.0"?><rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:slash="http://purl.org/rss/1.0/modules/slash/"
        xmlns:wfw="http://wellformedweb.org/CommentAPI/" xmlns:content="http://purl.org/rss/1.0/modules/content/"
        xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"><channel>
        <title>News &amp;amp; more</title><link>https://example.org/</link><description>About &lt;b&gt;news&lt;/b&gt;</description>
        <atom:link rel="self" href="https://example.org/feed"/><atom:link rel="hub" href="https://hub.example.org/"/>
        <ttl>30</ttl><sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>
        <item><title>One &lt;i&gt;thing&lt;/i&gt;</title><link>/one</link><guid isPermaLink="false">g1</guid>
          <pubDate>Sat, 04 Jun 2011 10:00:00 +0200</pubDate><dc:creator>reader7</dc:creator><category>a</category><category>b</category>
          <description>Teaser &amp;hellip;</description><content:encoded><![CDATA[<p>Whole <a href="x">text</a></p>]]></content:encoded>
          <enclosure url="https://example.org/a.mp3" length="12" type="audio/mpeg"/>
          <comments>https://example.org/one#comments</comments><wfw:commentRSS>https://example.org/one/feed</wfw:commentRSS>
          <slash:comments>7</slash:comments><slash:hit_parade>7,7,6,3,1,0,0</slash:hit_parade><slash:section>science</slash:section>
        </item></channel></rss>"#,
    );
    assert_eq!((feed.kind, &*feed.title, feed.subtitle.as_deref()), (Kind::Rss, "News & more", Some("About news")));
    assert_eq!(
        (feed.site.as_deref(), feed.address.as_deref()),
        (Some("https://example.org/"), Some("https://example.org/feed"))
    );
    assert_eq!((feed.schedule.ttl, feed.schedule.period), (Some(30), Some(21_600)));
    assert_eq!(feed.schedule.hubs, ["https://hub.example.org/"]);
    let entry = &feed.entries[0];
    let article = &entry.article;
    assert_eq!((&*article.title, article.url.as_deref(), &*entry.id), ("One thing", Some("https://example.org/one"), "g1"));
    assert_eq!(article.published.unwrap().to_string(), "2011-06-04T08:00:00Z");
    assert_eq!((article.byline.as_deref(), article.body.text().as_str()), (Some("reader7"), "Whole text"));
    assert_eq!(&*article.body.links[0].address, "https://example.org/x");
    assert_eq!((entry.summary.as_deref(), entry.categories.len()), (Some("Teaser …"), 2));
    assert_eq!((entry.enclosures[0].length, entry.enclosures[0].media_type.as_deref()), (Some(12), Some("audio/mpeg")));
    let comments = &entry.comments;
    assert_eq!((comments.count, comments.section.as_deref()), (Some(7), Some("science")));
    assert_eq!(comments.address.as_deref(), Some("https://example.org/one#comments"));
    assert_eq!(comments.feed.as_deref(), Some("https://example.org/one/feed"));
    assert_eq!(comments.hit_parade, [7, 7, 6, 3, 1, 0, 0]);
    assert!(feed.notes.is_empty(), "{:?}", feed.notes);
}

#[test]
fn an_atom_feed_is_read_whole() {
    let feed = read_text(
        r#"<feed xmlns="http://www.w3.org/2005/Atom" xmlns:thr="http://purl.org/syndication/thread/1.0" xml:base="https://example.org/blog/">
        <title type="html">A &amp;amp; B</title><subtitle>1 &lt; 2</subtitle><link href="/"/><link rel="self" href="atom.xml"/>
        <author><name>reader7</name></author>
        <entry xml:base="2024/"><title>One</title><id>tag:example.org,2024:1</id><link href="one"/><updated>2024-05-01T10:00:00Z</updated>
          <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Whole &amp; <b>bold</b><br/>next</p></div></content>
          <link rel="replies" type="application/atom+xml" href="one/feed" thr:count="3"/><link rel="replies" type="text/html" href="one#c"/>
          <link rel="enclosure" href="a.ogg" type="audio/ogg" length="5"/><category term="t" label="Topic"/>
          <thr:in-reply-to ref="tag:example.org,2024:0" href="zero"/></entry></feed>"#,
    );
    assert_eq!((feed.kind, &*feed.title, feed.subtitle.as_deref()), (Kind::Atom, "A & B", Some("1 < 2")));
    assert_eq!(
        (feed.site.as_deref(), feed.address.as_deref()),
        (Some("https://example.org/"), Some("https://example.org/blog/atom.xml"))
    );
    let entry = &feed.entries[0];
    assert_eq!(entry.article.url.as_deref(), Some("https://example.org/blog/2024/one"));
    assert_eq!((entry.article.byline.as_deref(), entry.article.body.text().as_str()), (Some("reader7"), "Whole & bold\nnext"));
    assert_eq!(entry.article.published, entry.updated);
    assert_eq!(entry.comments.feed.as_deref(), Some("https://example.org/blog/2024/one/feed"));
    assert_eq!(
        (entry.comments.address.as_deref(), entry.comments.count),
        (Some("https://example.org/blog/2024/one#c"), Some(3))
    );
    assert_eq!((&*entry.enclosures[0].address, &*entry.categories[0]), ("https://example.org/blog/2024/a.ogg", "Topic"));
    assert_eq!(entry.in_reply_to[0].id.as_deref(), Some("tag:example.org,2024:0"));
}

#[test]
fn a_json_feed_is_read_whole() {
    let feed = read_text(
        r#"{"version": "https://jsonfeed.org/version/1.1", "title": "J", "home_page_url": "https://example.org/", "feed_url": "https://example.org/j",
        "authors": [{"name": "reader7"}], "items": [{"id": 1, "url": "/one", "content_html": "<p>Hi</p>", "summary": "s", "tags": ["a"],
        "date_published": "2024-05-01T10:00:00+02:00", "attachments": [{"url": "a.mp3", "mime_type": "audio/mpeg", "size_in_bytes": 9}]}]}"#,
    );
    assert_eq!((feed.kind, &*feed.title, feed.address.as_deref()), (Kind::Json, "J", Some("https://example.org/j")));
    let entry = &feed.entries[0];
    assert_eq!((&*entry.article.title, entry.article.url.as_deref(), &*entry.id), ("Hi", Some("https://example.org/one"), "1"));
    assert_eq!((entry.article.byline.as_deref(), entry.summary.as_deref()), (Some("reader7"), Some("s")));
    assert_eq!(entry.article.published.unwrap().to_string(), "2024-05-01T08:00:00Z");
    assert_eq!((&*entry.enclosures[0].address, entry.enclosures[0].length), ("https://example.org/a.mp3", Some(9)));
}

/// A feed, the titles and texts read of it, and how many notes were made.
#[test]
fn what_is_broken_is_read_as_it_was_meant_and_said() {
    let item = |inside: &str| format!("<rss version='2.0'><channel><item>{inside}</item></channel></rss>");
    let table = [
        // Entities of HTML, of nobody, and bare ampersands.
        (item("<title>a&nbsp;b &bogus; c & d &amp; e</title>"), "a b &bogus; c & d & e|", 3),
        // A control character, a bare bracket, HTML that was never escaped.
        (item("<title>1 < 2\u{1}</title>"), "1 < 2|", 1),
        (item("<title>a&#5;</title>"), "a|", 1),
        (item("<description>one<br>two <b>bold</b></description>"), "one two bold|one\ntwo bold", 0),
        // Cut anywhere.
        ("<rss><channel><item><title>a</title></item><item><title>b</title><desc".to_owned(), "a|;b|", 1),
        ("<rss><channel><item><title>a</title><description>text<![CDA".to_owned(), "a|text", 1),
        ("<rss><channel><item><title>a</title><description><![CDATA[<p>text".to_owned(), "a|text", 2),
        // Ends missing and too many.
        ("<rss><channel><item><title>a</title><item><title>b</title></item></channel></rss>".to_owned(), "a|;b|", 1),
        (item("<title>a</title></foo>"), "a|", 1),
        ("<rss><channel><title>T<item><title>a</title></item></channel></rss>".to_owned(), "a|", 1),
        // Escaped once too often.
        (item("<title>&lt;![CDATA[a]]&gt;</title><description>&lt;![CDATA[&lt;p>x&lt;/p>]]></description>"), "a|x", 0),
        (format!("{}more", item("<title>a</title>")), "a|", 1),
        // Bytes that may precede any XML, and its declaration.
        (format!("<!-- made by hand --><!DOCTYPE rss>{}", item("<title>a</title>")), "a|", 0),
        (format!("<!DOCTYPE rss [<!ENTITY b 'c'>]>{}", item("<title>a</title>")), "a|", 1),
        // Junk before, an undeclared prefix, odd case.
        (format!("Warning: no\n\n{}", item("<TITLE>a</TITLE><content:encoded>x</content:encoded>")), "a|x", 2),
        // The same again is one item; another one under its guid is another.
        (item("<title>a</title><guid>1</guid></item><item><title>a</title><guid>1</guid>"), "a|", 1),
        (item("<title>a</title><guid>1</guid></item><item><title>b</title><guid>1</guid>"), "a|;b|", 0),
    ];
    for (text, expected, notes) in table {
        let feed = read_text(&text);
        let read: Vec<String> =
            feed.entries.iter().map(|entry| format!("{}|{}", entry.article.title, entry.article.body.text())).collect();
        assert_eq!((read.join(";").as_str(), feed.notes.len()), (expected, notes), "{text}\n{:?}", feed.notes);
    }
}

#[test]
fn a_video_keeps_the_lines_of_its_description_and_its_groups_title() {
    let entry = "<media:group><media:title>Owls at night</media:title><media:description>0:00 Dusk\n1:20 Dawn</media:description></media:group>";
    let feed = read_text(&format!(
        "<feed xmlns='http://www.w3.org/2005/Atom' xmlns:media='http://search.yahoo.com/mrss/'><entry>{entry}</entry></feed>"
    ));
    let article = &feed.entries[0].article;
    assert_eq!(
        (&*article.title, &*article.body.text(), article.body.blocks.len()),
        ("Owls at night", "0:00 Dusk\n1:20 Dawn", 2)
    );
}

#[test]
fn what_says_nothing_is_no_article_and_a_word_is_no_address() {
    let feed = read_text(
        "<rss><channel><item/><item><title>a</title><comments>12</comments></item><item><guid>7</guid></item></channel></rss>",
    );
    assert_eq!(feed.entries[1].comments.address, None);
    assert_eq!(comment_feed::into_pages(feed).0.len(), 1);
}

#[test]
fn entities_are_not_expanded() {
    let text = "<?xml version='1.0'?><!DOCTYPE rss [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;'><!ENTITY c SYSTEM 'file:///etc/passwd'>]>\
                <rss><channel><item><title>&b; &c;</title></item></channel></rss>";
    let feed = read_text(text);
    assert_eq!(&*feed.entries[0].article.title, "&b; &c;");
    assert!(feed.notes.iter().any(|note| note.contains("not expanded")));
}

#[test]
fn hostile_shapes_take_linear_time() {
    // Time of this thread alone, so that a busy machine changes nothing.
    let spent = || std::time::Duration::try_from(clock_gettime(ClockId::ThreadCPUTime)).unwrap();
    let took = |shape: &str| {
        let before = spent();
        let _ = read(shape.as_bytes(), None, &ORIGIN);
        spent().saturating_sub(before)
    };
    for (short, long) in hostile_shapes(5_000).iter().zip(&hostile_shapes(100_000)) {
        // Twenty times as long; quadratic time would be four hundred times as much. Short times are mostly noise.
        let (short, long_took) = (took(short).max(std::time::Duration::from_millis(20)), took(long));
        assert!(long_took < short * 100, "{long_took:?} against {short:?} for {}", &long[..60]);
    }
}

fn hostile_shapes(depth: usize) -> [String; 14] {
    [
        format!("<rss><channel><item><title>a</title><description>{}", "<b>".repeat(depth)),
        format!("<rss>{}", "<channel>".repeat(depth)),
        format!("<rss><channel>{}", "<item>".repeat(depth)),
        format!("<rss><channel><item><title>{}", "<".repeat(depth)),
        format!("<rss><channel><item><title>{}", "<![CDATA[".repeat(depth)),
        format!("<rss><channel><item><title>{}", "<!--".repeat(depth)),
        format!("<rss><channel><item><title>{}</title>", "&lt;!--&lt;a".repeat(depth)),
        format!("<rss><channel><item><title>{}</title>", "&lt;script>&lt;/".repeat(depth)),
        format!("<rss><channel><item><title>{}</title>", "&amp;".repeat(depth)),
        format!("<rss><channel><item {}/>", "a='b' ".repeat(depth)),
        format!("<rss><channel>{}", "</item>".repeat(depth)),
        format!("<rss><channel>{}", "<a xmlns:b='c'>".repeat(depth)),
        format!("<rss><channel><item>{}", "<category>x</category><enclosure url='a'/>".repeat(depth)),
        format!("<rss><channel><item>{}", "<author>x</author>".repeat(depth)),
    ]
}

const COMMENTS_RSS: &str = r#"<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>
    <title>Kommentare zu: A small tale</title><link>https://www.example.org/2024/05/a-small-tale/</link>
    <item><title>Von: reader7</title><link>https://www.example.org/2024/05/a-small-tale/#comment-11</link><dc:creator>reader7</dc:creator>
      <pubDate>Wed, 01 May 2024 10:00:00 +0000</pubDate><guid isPermaLink="false">https://www.example.org/?p=5#comment-11</guid>
      <description>First</description><content:encoded><![CDATA[<p>First</p>]]></content:encoded></item>
    <item><title>Von: reader8</title><link>https://www.example.org/2024/05/a-small-tale/#comment-12</link><dc:creator>reader8</dc:creator>
      <pubDate>Wed, 01 May 2024 11:00:00 +0000</pubDate><guid isPermaLink="false">https://www.example.org/?p=5#comment-12</guid>
      <content:encoded><![CDATA[<p>Als Antwort auf <a href="https://www.example.org/2024/05/a-small-tale/#comment-11">reader7</a>.</p><p>Second</p>]]></content:encoded></item>
    </channel></rss>"#;

const COMMENTS_ATOM: &str = r#"<feed xmlns="http://www.w3.org/2005/Atom" xmlns:thr="http://purl.org/syndication/thread/1.0">
    <title>Comments on A small tale</title><link rel="alternate" href="https://www.example.org/2024/05/a-small-tale/"/>
    <entry><title>By: reader7</title><link rel="alternate" href="https://www.example.org/2024/05/a-small-tale/#comment-11"/>
      <author><name>reader7</name></author><id>https://www.example.org/?p=5#comment-11</id><published>2024-05-01T10:00:00Z</published>
      <content type="html">&lt;p&gt;First&lt;/p&gt;</content>
      <thr:in-reply-to ref="https://www.example.org/?p=5" href="https://www.example.org/2024/05/a-small-tale/"/></entry>
    <entry><title>By: reader8</title><link rel="alternate" href="https://www.example.org/2024/05/a-small-tale/#comment-12"/>
      <author><name>reader8</name></author><id>https://www.example.org/?p=5#comment-12</id><published>2024-05-01T11:00:00Z</published>
      <content type="html">&lt;p&gt;Second&lt;/p&gt;</content>
      <thr:in-reply-to ref="https://www.example.org/?p=5#comment-11" href="https://www.example.org/2024/05/a-small-tale/#comment-11"/></entry></feed>"#;

const COMMENTS_BLOGGER: &str = r#"<feed xmlns="http://www.w3.org/2005/Atom" xmlns:thr="http://purl.org/syndication/thread/1.0">
    <title type="text">Comments on Tales: A small tale</title>
    <link rel="alternate" type="text/html" href="https://tales.example.org/2024/05/a-small-tale.html"/>
    <entry><id>tag:blogger.com,1999:blog-1.post-11</id><published>2024-05-01T10:00:00Z</published><title type="text">First</title>
      <content type="html">First</content><link rel="alternate" href="https://tales.example.org/2024/05/a-small-tale.html?showComment=1#c11"/>
      <author><name>reader7</name></author>
      <thr:in-reply-to ref="tag:blogger.com,1999:blog-1.post-5" href="https://tales.example.org/2024/05/a-small-tale.html"/></entry>
    <entry><id>tag:blogger.com,1999:blog-1.post-12</id><published>2024-05-01T11:00:00Z</published><title type="text">Second</title>
      <content type="html">Second</content><link rel="alternate" href="https://tales.example.org/2024/05/a-small-tale.html?showComment=2#c12"/>
      <link rel="related" type="application/atom+xml" href="https://www.blogger.com/feeds/1/5/comments/default/11"/>
      <author><name>reader8</name></author>
      <thr:in-reply-to ref="tag:blogger.com,1999:blog-1.post-5" href="https://tales.example.org/2024/05/a-small-tale.html"/></entry></feed>"#;

#[test]
fn a_feed_of_comments_is_one_page() {
    let table = [
        (COMMENTS_RSS, "https://www.example.org/2024/05/a-small-tale/", "example.org"),
        (COMMENTS_ATOM, "https://www.example.org/2024/05/a-small-tale/", "example.org"),
        (COMMENTS_BLOGGER, "https://tales.example.org/2024/05/a-small-tale.html", "tales.example.org"),
    ];
    for (text, address, source) in table {
        let (pages, notes) = comment_feed::into_pages(read_text(text));
        let [page] = &pages[..] else { panic!("{} pages", pages.len()) };
        assert_eq!(
            (&*page.article.title, page.article.url.as_deref(), &*page.source.key),
            ("A small tale", Some(address), source)
        );
        let discussion = &page.discussions[0];
        assert_eq!((&*discussion.place, discussion.complete, notes.len()), ("page", false, 0));
        let comments: Vec<_> =
            discussion.comments.iter().map(|c| (&*c.id, c.parent, c.author.as_deref(), c.body.text().into_owned())).collect();
        let expected = [
            ("11", Parent::Root, Some("reader7"), "First".to_owned()),
            ("12", Parent::Of(CommentIdx(0)), Some("reader8"), "Second".to_owned()),
        ];
        assert_eq!(comments, expected);
    }
}

#[test]
fn articles_that_link_to_each_other_are_no_comments() {
    let text = r"<rss><channel><title>All comments</title>
        <item><title>a</title><link>https://example.org/a#comment-1</link></item>
        <item><title>b</title><link>https://example.org/b#comment-2</link></item></channel></rss>";
    assert_eq!(comment_feed::into_pages(read_text(text)).0.len(), 2);
}

#[test]
fn a_feed_of_all_comments_of_a_site_is_a_page_for_each_article() {
    let item = |page: &str, n: u32, title: &str| {
        format!(
            "<item><title>{title}</title><link>https://example.org/{page}/#comment-{n}</link><dc:creator>reader7</dc:creator>
             <guid isPermaLink='false'>https://example.org/?p=5#comment-{n}</guid><description>c{n}</description></item>"
        )
    };
    let items = [
        item("a-small-tale", 3, "Comment on A small tale by reader7"),
        item("another", 2, "Comment on Another by reader7"),
        item("a-small-tale", 1, "Comment on A small tale by reader7"),
        item("a-small-tale", 1, "Comment on A small tale by reader7").replace("p=5#", "p=6#"),
    ];
    let feed = |items: &[String]| {
        let items = items.concat();
        let head = "<title>Comments for A site</title><link>https://example.org/</link>";
        read_text(&format!(r#"<rss xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>{head}{items}</channel></rss>"#))
    };
    let told = |feed: Feed| {
        let (pages, notes) = comment_feed::into_pages(feed);
        let page = |page: &Page| {
            let comments: Vec<String> = page.discussions[0].comments.iter().map(|c| c.body.text().into_owned()).collect();
            format!("{}: {}", page.article.title, comments.join(" "))
        };
        (pages.iter().map(page).collect::<Vec<_>>(), notes)
    };
    let (pages, notes) = told(feed(&items));
    assert_eq!(pages, ["A small tale: c3 c1", "Another: c2"]);
    assert_eq!(notes, ["1 comment stood there twice; the first is kept"]);
    assert_eq!(told(feed(&items[..1])).0, ["A small tale: c3"]);
}

#[test]
fn the_comments_of_an_export_are_not_lost_silently() {
    let export = "<rss version='2.0' xmlns:wp='http://wordpress.org/export/1.2/'><channel><wp:wxr_version>1.2</wp:wxr_version>
        <item><title>Owls</title><wp:comment><wp:comment_id>1</wp:comment_id></wp:comment></item></channel></rss>";
    let feed = read(export.as_bytes(), None, &Origin { name: "export.xml", now: Timestamp(0) }).unwrap();
    assert_eq!((feed.entries.len(), feed.notes), (1, vec![clean_line("1 comment of a blog's export left out")]));
}
