//! Losses of earlier versions on the way from a feed's bytes to its entries: one test for each kind.

use super::{ORIGIN, read_text};
use crate::domain::article::{Article, EnclosureRole};
use crate::domain::text::{Block, Document};
use crate::domain::time::Timestamp;
use crate::format::feed::{self, Entry, Feed};
use crate::format::{Format, MAX_PAGE, Origin};

const NAMESPACES: &str = r#"xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:media="http://search.yahoo.com/mrss/"
    xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:podcast="https://podcastindex.org/namespace/1.0"
    xmlns:psc="http://podlove.org/simple-chapters""#;

fn rss(items: &str) -> Feed {
    read_text(&format!(
        "<rss version='2.0' {NAMESPACES}><channel><title>T</title><link>https://example.org/</link>{items}</channel></rss>"
    ))
}

fn item(inside: &str) -> Entry {
    rss(&format!("<item>{inside}</item>")).entries.remove(0)
}

fn atom(inside: &str) -> Entry {
    read_text(&format!("<feed xmlns='http://www.w3.org/2005/Atom'><title>T</title><entry>{inside}</entry></feed>"))
        .entries
        .remove(0)
}

fn image(article: &Article) -> (&str, &str) {
    let found = article.body.blocks.iter().find_map(|block| match block {
        Block::Image { link, alt } => Some((&*article.body.links[link.0 as usize].address, &**alt)),
        _ => None,
    });
    found.unwrap_or_default()
}

#[test]
fn a_namespace_of_media_hides_no_text() {
    for space in ["http://www.rssboard.org/media-rss", "https://search.yahoo.com/mrss", "http://unknown.example/ns"] {
        let feed = read_text(&format!(
            "<rss version='2.0' xmlns:media='{space}'><channel><item><title>a</title><description>Words of it</description>
             <media:content type='image/png' url='https://example.org/a.png'><media:title type='plain'>Other words</media:title>
             </media:content></item></channel></rss>"
        ));
        let entry = &feed.entries[0];
        assert_eq!((&*entry.article.title, entry.enclosures.len()), ("a", 1), "{space}");
        assert!(entry.article.body.text().starts_with("Words of it"), "{space}");
    }
    // A default namespace that is not one of feeds.
    let feed = read_text(
        "<rss xmlns='http://purl.org/rss/1.0/modules/content/'><channel><item><title>a</title></item></channel></rss>",
    );
    assert_eq!(&*feed.entries[0].article.title, "a");
}

#[test]
fn content_that_shows_nothing_hides_no_description() {
    let empty = [
        "<p></p>",
        "<br/>",
        "<!-- nothing -->",
        "<iframe src='https://ads.example/'></iframe>",
        "<p>&nbsp;</p>",
        "&#160;",
        " ",
        "<div><br></div>",
        "<script>run()</script>",
        "<style>p {}</style>",
        "<hr>",
        "<p>\u{200b}</p>",
        "<img src='https://t.example/p.gif' width='1' height='1'>",
        "<ul><li></li></ul>",
        "<p hidden></p>",
    ];
    for content in empty {
        let entry = item(&format!(
            "<title>t</title><description>The full text</description><content:encoded><![CDATA[{content}]]></content:encoded>"
        ));
        assert_eq!(entry.article.body.text(), "The full text", "{content}");
        let entry = atom(&format!(
            "<title>t</title><summary>The full text</summary><content type='html'><![CDATA[{content}]]></content>"
        ));
        assert_eq!(entry.article.body.text(), "The full text", "{content}");
        let json = serde_json::json!({"version": "https://jsonfeed.org/version/1.1", "items": [
            {"id": "1", "content_html": content, "content_text": "The full text"}, {"id": "2", "content_html": content, "summary": "The full text"}]});
        for entry in read_text(&json.to_string()).entries {
            assert_eq!(entry.article.body.text(), "The full text", "{content}");
        }
    }
    // Pictures alone stay, with the words below them.
    let comic = item(
        "<title>t</title><description>The words</description><content:encoded>&lt;img src='/a.png' alt='A comic'></content:encoded>",
    );
    assert_eq!(comic.article.body.text(), "A comic\nThe words");
    let words =
        item("<title>t</title><description>A teaser</description><content:encoded>&lt;p>The text&lt;/p></content:encoded>");
    assert_eq!((&*words.article.body.text(), words.summary.as_deref()), ("The text", Some("A teaser")));
}

#[test]
fn titles_of_every_type_keep_what_they_say() {
    let about = "When to use <section>";
    let rss_titles = [
        "<title>When to use &lt;section&gt;</title>",
        "<title><![CDATA[When to use <section>]]></title>",
        "<title><![CDATA[When to use &lt;section&gt;]]></title>",
        "<title>When to use &amp;lt;section&amp;gt;</title>",
    ];
    for title in rss_titles {
        assert_eq!(&*item(title).article.title, about, "{title}");
    }
    let atom_titles = [
        "<title>When to use &lt;section&gt;</title>",
        "<title type='text'>When to use &lt;section&gt;</title>",
        "<title type='html'>When to use &amp;lt;section&amp;gt;</title>",
        "<title type='html'>When to use &lt;section&gt;</title>",
        "<title type='html'>When to &lt;em>use&lt;/em> &lt;code>&amp;lt;section&amp;gt;&lt;/code></title>",
        "<title type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>When <b>to</b> use <code>&lt;section&gt;</code></div></title>",
    ];
    for title in atom_titles {
        assert_eq!(&*atom(title).article.title, about, "{title}");
    }
    assert_eq!(&*item("<title><![CDATA[Vec<T> and Box<dyn T>]]></title>").article.title, "Vec<T> and Box<dyn T>");
    assert_eq!(
        &*item("<title>Generics</title><description>Vec&lt;T&gt; and Box&lt;dyn T&gt;</description>").article.body.text(),
        "Vec<T> and Box<dyn T>"
    );
    assert_eq!(
        &*atom("<title type='text'>Owls&amp;nbsp;&amp;#8211; and AT&amp;amp;T</title>").article.title,
        "Owls – and AT&T"
    );
}

/// Padding that costs nothing to read.
fn padding(bytes: usize) -> String {
    format!("<!--{}-->", " ".repeat(bytes))
}

#[test]
fn of_a_feed_too_large_the_whole_items_of_its_beginning_are_read() {
    let items: Vec<String> = (0..20).map(|n| format!("<item><title>t{n}</title>{}</item>", padding(1 << 20))).collect();
    let items = items.concat();
    let text = format!("<rss version='2.0'><channel><title>T</title>{items}</channel></rss>");
    assert!(text.len() > MAX_PAGE);
    let feed = feed::read(text.as_bytes(), None, &ORIGIN).unwrap();
    assert_eq!((feed.entries.len(), feed.breaks_off), (15, true));
    assert_eq!(feed.notes[0], "larger than 16 MiB: only the first 16 MiB are read, with 15 whole items");
    let parsed = crate::site::read(text.as_bytes(), &ORIGIN).unwrap();
    assert_eq!((parsed.format, parsed.pages.len()), (Format::Rss, 15));

    let items: Vec<String> =
        (0..20).map(|n| format!("{{\"id\": {n}, \"title\": \"t{n}\", \"x\": \"{}\"}}", " ".repeat(1 << 20))).collect();
    let text = format!("{{\"version\": \"https://jsonfeed.org/version/1.1\", \"items\": [{}]}}", items.join(","));
    let parsed = crate::site::read(text.as_bytes(), &ORIGIN).unwrap();
    assert_eq!((parsed.format, parsed.pages.len()), (Format::JsonFeed, 15));
}

#[test]
fn of_too_many_items_the_newest_are_read_and_the_rest_is_told() {
    let day = |n: usize| format!("<pubDate>{}</pubDate>", Timestamp(1_000_000_000 + 86_400 * n as i64));
    let dated: Vec<String> = (0..10_001).map(|n| format!("<item><title>d{n}</title>{}</item>", day(n % 3_000))).collect();
    let dated = dated.concat();
    let feed = rss(&format!("<item><title>undated</title></item>{dated}"));
    assert_eq!(feed.entries.len(), 10_000);
    assert!(
        feed.notes
            .contains(&crate::domain::text::clean_line("2 of 10002 items left out: only the newest 10000 of a feed are read"))
    );
    // The first three of four equally old ones, and none without a date.
    let has = |title: &str| feed.entries.iter().any(|entry| &*entry.article.title == title);
    assert_eq!((has("d0"), has("d6000"), has("d9000"), has("undated")), (true, true, false, false));
}

#[test]
fn a_feed_in_a_web_page_is_read_from_files_too() {
    let text =
        "<html><body><rss version='2.0'><channel><title>T</title><item><title>a</title></item></channel></rss></body></html>";
    let parsed = crate::site::read(text.as_bytes(), &Origin { name: "feed.html", now: Timestamp(0) }).unwrap();
    assert_eq!((parsed.format, parsed.pages.len(), &*parsed.pages[0].article.title), (Format::Rss, 1, "a"));
}

#[test]
fn a_post_of_pictures_has_its_pictures_and_a_title() {
    let entry = item(
        "<description></description><media:content url='https://example.org/b.png' type='image/png' medium='image'>
         <media:description type='plain'>An owl on a mat</media:description></media:content>",
    );
    assert_eq!(
        (&*entry.article.title, image(&entry.article)),
        ("An owl on a mat", ("https://example.org/b.png", "An owl on a mat"))
    );
    assert_eq!(entry.into_article().listed_enclosures().count(), 0);
    let bare = item("<media:content url='https://example.org/b.png' type='image/png'/>");
    assert_eq!((&*bare.article.title, image(&bare.article)), ("Picture", ("https://example.org/b.png", "")));
    let sound = item("<enclosure url='https://example.org/b.mp3' type='audio/mpeg' length='9'/>");
    assert_eq!(&*sound.article.title, "Recording");
    let warned = item(
        "<description>&lt;p>&lt;strong>Content warning:&lt;/strong> the end&lt;/p>&lt;hr>&lt;p>The butler&lt;/p></description>",
    );
    assert_eq!(&*warned.article.title, "Content warning: the end");
    // With a text, only what is described joins it.
    let text = item(
        "<description>Words</description><media:content url='/a.png' type='image/png'/><media:content url='/c.png' medium='image'>
         <media:description>A cat</media:description></media:content>",
    );
    assert_eq!((&*text.article.body.text(), image(&text.article).0), ("Words\nA cat", "https://example.org/c.png"));
}

#[test]
fn a_comic_keeps_its_hover_text() {
    let of = |image: &str| item(&format!("<title>t</title><description><![CDATA[{image}]]></description>")).article.body.text();
    for (image, text) in [
        ("<img src='/1.png' title='Only here'>", "Only here"),
        ("<img src='/1.png' alt='The comic' title='The joke goes on'>", "The comic · The joke goes on"),
        ("<img src='/1.png' alt='Same' title='same'>", "Same"),
        ("<img src='/1.png' alt='A photo' title='IMG_0123'>", "A photo"),
        (
            "<figure><img src='/1.png' title='The joke goes on'><figcaption>No. 5</figcaption></figure>",
            "No. 5 · The joke goes on",
        ),
    ] {
        assert_eq!(of(image), text, "{image}");
    }
}

#[test]
fn what_goes_with_a_recording_is_kept_and_noise_is_not() {
    let entry = item(
        "<title>t</title><description>d</description><enclosure url='/e.mp3' type='audio/mpeg' length='9'/>
         <itunes:duration>1:02:03</itunes:duration><itunes:image href='/cover.jpg'/>
         <podcast:transcript url='/e.vtt' type='text/vtt' language='en'/><podcast:chapters url='/e.json' type='application/json+chapters'/>
         <psc:chapters><psc:chapter start='00:00:00.000' title='Intro'/><psc:chapter start='00:12:30' title='Owls' href='/owls'/></psc:chapters>
         <media:content url='https://secure.gravatar.com/avatar/0' medium='image'><media:title>reader7</media:title></media:content>
         <media:content url='https://www.youtube.com/v/x?version=3' type='application/x-shockwave-flash'/>",
    );
    let told: Vec<String> =
        entry.enclosures.iter().map(|file| format!("{:?} {} {:?}", file.role, file.address, file.duration)).collect();
    assert_eq!(
        told,
        [
            "File https://example.org/e.mp3 Some(3723)",
            "Thumbnail https://example.org/cover.jpg None",
            "Transcript https://example.org/e.vtt None",
            "Chapters https://example.org/e.json None",
        ]
    );
    assert_eq!(entry.enclosures[2].language.as_deref(), Some("en"));
    let chapters: Vec<_> = entry.article.chapters.iter().map(|part| (part.start, &*part.title, part.url.as_deref())).collect();
    assert_eq!(chapters, [(0, "Intro", None), (750, "Owls", Some("https://example.org/owls"))]);
    let video = item(
        "<title>t</title><media:group><media:thumbnail url='/small.jpg' width='1' height='1'/><media:thumbnail url='/large.jpg' width='9' height='9'/>
         <media:description>d</media:description><media:community><media:starRating count='56' average='4.90' min='1' max='5'/>
         <media:statistics views='1234'/></media:community></media:group>",
    );
    assert_eq!(
        (video.enclosures[0].role, &*video.enclosures[0].address),
        (EnclosureRole::Thumbnail, "https://example.org/large.jpg")
    );
    assert_eq!(video.article.audience.in_words().as_deref(), Some("1,234 views, 4.9 / 5 (56)"));
}

#[test]
fn a_date_that_cannot_be_true_is_no_date_and_stands_beside() {
    let now = Timestamp(1_714_521_600);
    let read = |items: &str| {
        let text = format!("<rss version='2.0'><channel>{items}</channel></rss>");
        feed::read(text.as_bytes(), None, &Origin { name: "f.xml", now }).unwrap()
    };
    let item = |date: &str| format!("<item><title>t</title><guid>{date}</guid><pubDate>{date}</pubDate></item>");
    let dates = ["Mon, 01 Jan 0001 00:00:00 +0000", "Thu, 01 Jan 1970 00:00:00 +0000", "Thu, 14 Aug 2925 09:00:00 +0000"];
    let feed = read(&dates.map(item).concat());
    for (entry, date) in feed.entries.iter().zip(dates) {
        assert_eq!((entry.article.published, entry.article.stated_date.as_deref()), (None, Some(date)));
    }
    assert_eq!(
        feed.notes,
        ["3 dates that cannot be true, such as Mon, 01 Jan 0001 00:00:00 +0000; the time of arrival stands in"]
    );
    let both = read("<item><title>t</title><pubDate>1970-01-01</pubDate><lastBuildDate>2024-04-01</lastBuildDate></item>");
    assert_eq!(both.entries[0].article.published.map(|when| when.to_string()).as_deref(), Some("2024-04-01"));
    let json =
        r#"{"version": "https://jsonfeed.org/version/1", "items": [{"id": 1, "date_published": "0001-01-01T00:00:00Z"}]}"#;
    let entry = feed::read(json.as_bytes(), None, &Origin { name: "f.json", now }).unwrap().entries.remove(0);
    assert_eq!((entry.article.published, entry.article.stated_date.as_deref()), (None, Some("0001-01-01T00:00:00Z")));
}

#[test]
fn items_that_tell_nothing_are_counted_as_left_out() {
    let text = "<rss version='2.0'><channel><item><title>t</title></item><item><guid>1</guid></item>
                <item><guid>2</guid><source url='x'/></item></channel></rss>";
    let parsed = crate::site::read(text.as_bytes(), &Origin { name: "f.xml", now: Timestamp(0) }).unwrap();
    assert_eq!(parsed.pages.len(), 1);
    assert_eq!(parsed.notes, ["2 items without a title, text, link or enclosure left out"]);
}

#[test]
fn relative_addresses_are_the_same_from_a_file_and_from_an_answer() {
    let links = "&lt;p>&lt;a href='../about'>x&lt;/a> &lt;img src='pic.png' alt='pic'> &lt;a href='/root'>r&lt;/a>&lt;/p>";
    let table = [
        (
            format!("<rss version='2.0'><channel><link>https://example.org/blog/</link><item><title>r</title>
                     <link>https://example.org/blog/post-1/</link><description>{links}</description></item></channel></rss>"),
            ["https://example.org/blog/about", "https://example.org/blog/post-1/pic.png", "https://example.org/root"],
        ),
        (
            format!("<feed xmlns='http://www.w3.org/2005/Atom'><link href='https://example.org/'/><entry><title>t</title>
                     <link href='posts/one/'/><content type='html'>{links}</content></entry></feed>"),
            ["https://example.org/posts/about", "https://example.org/posts/one/pic.png", "https://example.org/root"],
        ),
        (
            format!("<feed xmlns='http://www.w3.org/2005/Atom'><link href='https://example.org/'/><entry xml:base='https://base.example/a/b/'>
                     <title>t</title><link href='/posts/one/'/><content type='html'>{links}</content></entry></feed>"),
            ["https://base.example/a/about", "https://base.example/a/b/pic.png", "https://base.example/root"],
        ),
    ];
    let found = |body: &Document| body.links.iter().map(|link| link.address.to_string()).collect::<Vec<_>>();
    for (text, expected) in table {
        for name in ["/home/reader7/feed.xml", "https://feeds.example.net/x/feed.xml"] {
            let feed = feed::read(text.as_bytes(), None, &Origin { name, now: Timestamp(0) }).unwrap();
            assert_eq!(found(&feed.entries[0].article.body), expected, "{name}: {text}");
        }
    }
}

#[test]
fn a_guid_is_an_address_where_it_says_so() {
    for (guid, address) in [
        ("<guid isPermaLink='true'>/posts/1</guid>", Some("https://example.org/posts/1")),
        ("<guid isPermaLink='true'>posts/1.html</guid>", Some("https://example.org/posts/1.html")),
        ("<guid>/posts/1</guid>", Some("https://example.org/posts/1")),
        ("<guid>https://example.org/posts/1</guid>", Some("https://example.org/posts/1")),
        ("<guid isPermaLink='false'>https://example.org/posts/1</guid>", None),
        ("<guid isPermaLink='true'>12345</guid>", None),
        ("<guid>posts 1</guid>", None),
    ] {
        assert_eq!(item(&format!("<title>t</title>{guid}")).article.url.as_deref(), address, "{guid}");
    }
}

#[test]
fn categories_in_categories_and_the_lines_of_json_are_kept() {
    let entry = item("<title>t</title><itunes:category text='Society'><itunes:category text='History'/></itunes:category>");
    assert_eq!(entry.categories, ["Society", "History"]);
    let feed = read_text(
        r#"{"version": "https://jsonfeed.org/version/1.1", "home_page_url": "https://example.org/", "items": [{"id": 1,
        "content_text": "One\nTwo\n\nThree", "image": "/a.png", "attachments": [{"url": "/b.mp3", "mime_type": "audio/mpeg",
        "title": "Part one", "duration_in_seconds": 65}]}]}"#,
    );
    let entry = &feed.entries[0];
    assert_eq!((&*entry.article.body.text(), entry.article.body.blocks.len()), ("One\nTwo\nThree", 3));
    let files: Vec<_> = entry.enclosures.iter().map(|file| (file.role, file.in_words().0 + &file.in_words().1)).collect();
    assert_eq!(
        files,
        [
            (EnclosureRole::File, "Part one (audio/mpeg, 1:05)".to_owned()),
            (EnclosureRole::Thumbnail, "thumbnail: a.png".to_owned())
        ]
    );
}
