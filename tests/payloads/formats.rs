//! One small file of every format that Gleaner reads, and the same with payloads in each of its fields in turn.

use serde_json::Value;

/// `NUMBER` is another in each file, so that no two are the same article.
const JSON: [(&str, &str); 9] = [
    (
        "hackernews",
        r#"{"id": NUMBER, "created_at": "2024-05-01T10:00:00Z", "created_at_i": 1714557600, "author": "ann", "title": "Owls NUMBER",
        "url": "https://owls.example/hn/NUMBER", "text": "<p>Ask</p>", "points": 9, "type": "story", "parent_id": null, "story_id": NUMBER,
        "children": [{"id": 1NUMBER, "created_at_i": 1714557601, "author": "bob", "text": "quokka <i>one</i>", "type": "comment",
        "parent_id": NUMBER, "children": [{"id": 2NUMBER, "created_at_i": 1714557602, "author": "cyd", "text": "two", "type": "comment",
        "parent_id": 1NUMBER, "children": []}]}]}"#,
    ),
    (
        "lobsters",
        r#"{"short_id": "sNUMBER", "created_at": "2024-05-01T10:00:00.000-05:00", "title": "Owls NUMBER",
        "url": "https://owls.example/lo/NUMBER", "comment_count": 2, "description": "<p>d</p>", "tags": ["birds"],
        "comments_url": "https://lobste.rs/s/sNUMBER/owls", "submitter_user": "ann", "comments": [
        {"short_id": "aNUMBER", "created_at": "2024-05-01T11:00:00.000-05:00", "score": 4, "flags": 1, "parent_comment": null,
        "url": "https://lobste.rs/c/aNUMBER", "comment": "<p>quokka</p>", "commenting_user": {"username": "bob"}},
        {"short_id": "bNUMBER", "created_at": "2024-05-01T11:30:00.000-05:00", "score": 1, "parent_comment": "aNUMBER",
        "comment_plain": "two", "commenting_user": "cyd"}]}"#,
    ),
    (
        "lemmy",
        r#"{"post_view": {"post": {"id": NUMBER, "name": "Owls NUMBER", "url": "https://owls.example/le/NUMBER", "body": "With *words*",
        "ap_id": "https://lemmy.example/post/NUMBER", "published": "2023-06-01T10:00:00Z"}, "creator": {"name": "ann", "display_name": "Ann"},
        "community": {"name": "tales", "actor_id": "https://lemmy.example/c/tales"}, "counts": {"comments": 1, "score": 7}},
        "comments": [{"comment": {"id": 3NUMBER, "post_id": NUMBER, "path": "0.3NUMBER", "content": "quokka", "published": "2023-06-01T12:00:00Z",
        "deleted": false, "removed": false, "ap_id": "https://lemmy.example/comment/3NUMBER"}, "creator": {"name": "bob"},
        "post": {"id": NUMBER, "name": "Owls NUMBER", "ap_id": "https://lemmy.example/post/NUMBER"},
        "counts": {"score": 4, "upvotes": 6, "downvotes": 2}}]}"#,
    ),
    (
        "discourse",
        r#"{"id": NUMBER, "title": "Owls NUMBER", "slug": "owls-NUMBER", "created_at": "2024-05-01T10:00:00.000Z", "posts_count": 3,
        "tags": ["birds"], "post_stream": {"stream": [4, 5, 6], "posts": [
        {"id": 4NUMBER, "post_number": 1, "username": "ann", "name": "Ann", "cooked": "<p>Tale</p>", "post_type": 1, "topic_slug": "owls-NUMBER", "topic_id": NUMBER},
        {"id": 5NUMBER, "post_number": 2, "username": "bob", "cooked": "<p>quokka</p>", "created_at": "2024-05-01T10:00:01.000Z",
        "reply_to_post_number": null, "actions_summary": [{"id": 2, "count": 3}], "post_type": 1}]}}"#,
    ),
    (
        "reddit",
        r#"[{"kind": "Listing", "data": {"children": [{"kind": "t3", "data": {"id": "pNUMBER", "title": "Owls NUMBER", "subreddit": "owls",
        "author": "cook", "created_utc": 1366044279.0, "is_self": true, "url": "https://www.reddit.com/r/owls/comments/pNUMBER/x/",
        "permalink": "/r/owls/comments/pNUMBER/x/", "num_comments": 3, "selftext": "Use *salt*", "link_flair_text": "birds"}}]}},
        {"kind": "Listing", "data": {"children": [{"kind": "t1", "data": {"id": "aNUMBER", "name": "t1_aNUMBER", "link_id": "t3_pNUMBER",
        "parent_id": "t3_pNUMBER", "author": "ann", "created_utc": 1366044300, "score": 5, "body": "quokka", "permalink": "/r/owls/comments/pNUMBER/x/aNUMBER/",
        "replies": {"kind": "Listing", "data": {"children": [
        {"kind": "t1", "data": {"id": "bNUMBER", "parent_id": "t1_aNUMBER", "author": "eve", "body_html": "&lt;p&gt;Hi&lt;/p&gt;", "replies": ""}},
        {"kind": "more", "data": {"count": 2, "parent_id": "t1_aNUMBER", "id": "c", "children": ["c", "d"]}}]}}}}]}}]"#,
    ),
    (
        "wordpress",
        r#"[{"id": "1NUMBER", "post": NUMBER, "parent": 0, "author_name": "ann", "author_url": "https://ann.example/", "date_gmt": "2024-05-01T10:00:00",
        "link": "https://blog.example/owls-NUMBER/#comment-1NUMBER", "content": {"rendered": "<p>quokka</p>"}, "type": "comment"}]"#,
    ),
    (
        "remark",
        r#"{"comments": [{"comment": {"id": "aNUMBER", "pid": "", "text": "<p>quokka</p>", "orig": "quokka", "user": {"name": "ann", "id": "u1"},
        "locator": {"site": "owls", "url": "https://owls.example/re/NUMBER"}, "score": 2, "vote": 0, "time": "2024-05-01T10:00:00Z",
        "title": "Owls NUMBER"}, "replies": [{"comment": {"id": "bNUMBER", "pid": "aNUMBER", "text": "<p>two</p>", "user": {"name": "bob"},
        "locator": {"site": "owls", "url": "https://owls.example/re/NUMBER"}, "time": "2024-05-01T10:00:01Z"}}]}],
        "info": {"url": "https://owls.example/re/NUMBER", "count": 2}}"#,
    ),
    (
        "jsonfeed",
        r#"{"version": "https://jsonfeed.org/version/1.1", "title": "Owl feed", "home_page_url": "https://owls.example/", "feed_url": "https://owls.example/jf/NUMBER.json",
        "description": "About", "language": "en", "authors": [{"name": "ann", "url": "https://ann.example/"}], "items": [{"id": "jf-NUMBER",
        "url": "https://owls.example/jf/NUMBER", "external_url": "https://x.example/NUMBER", "title": "Owls NUMBER", "content_html": "<p>quokka <b>b</b></p>",
        "summary": "s", "image": "https://owls.example/a.png", "date_published": "2024-05-01T10:00:00Z", "author": {"name": "bob"}, "tags": ["birds"],
        "attachments": [{"url": "https://owls.example/a.mp3", "mime_type": "audio/mpeg", "title": "Sound", "size_in_bytes": 100}]}]}"#,
    ),
    (
        "lines",
        r#"{"id": "liNUMBER", "title": "Owls NUMBER", "url": "https://owls.example/li/NUMBER", "author": "ann", "date": "2024-05-01T10:00:00Z",
        "html": "<p>quokka</p>", "source": "owl lines", "tags": ["birds"]}"#,
    ),
];

const MARKUP: [(&str, &str, &str); 4] = [
    (
        "rss",
        "xml",
        r#"<?xml version="1.0"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/"
        xmlns:slash="http://purl.org/rss/1.0/modules/slash/" xmlns:wfw="http://wellformedweb.org/CommentAPI/" xmlns:media="http://search.yahoo.com/mrss/"
        xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"><channel><title>Owl RSS</title><link>https://owls.example/</link><description>About</description>
        <language>en</language><item><title>Owls NUMBER</title><link>https://owls.example/rss/NUMBER</link><guid isPermaLink="false">rss-NUMBER</guid>
        <dc:creator>ann</dc:creator><author>bob@x.example (Bob)</author><category domain="d">birds</category><pubDate>Wed, 01 May 2024 10:00:00 GMT</pubDate>
        <comments>https://owls.example/rss/NUMBER#comments</comments><wfw:commentRss>https://owls.example/rss/NUMBER/feed</wfw:commentRss>
        <slash:comments>3</slash:comments><enclosure url="https://owls.example/a.mp3" type="audio/mpeg" length="100"/>
        <media:content url="https://owls.example/a.png" type="image/png"><media:title>Pic</media:title><media:description>Of owls</media:description></media:content>
        <itunes:duration>12:00</itunes:duration><source url="https://o.example/feed">Other</source><description>&lt;p&gt;quokka&lt;/p&gt;</description>
        <content:encoded>&lt;p&gt;Long &lt;a href="https://l.example/"&gt;link&lt;/a&gt;&lt;/p&gt;</content:encoded></item></channel></rss>"#,
    ),
    (
        "atom",
        "xml",
        r#"<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" xmlns:thr="http://purl.org/syndication/thread/1.0" xml:lang="en"><title>Owl Atom</title>
        <subtitle>About</subtitle><id>urn:atom:NUMBER</id><link rel="self" href="https://owls.example/atom/NUMBER.xml"/><author><name>ann</name><email>a@x.example</email></author>
        <entry><title type="text">Owls NUMBER</title><id>urn:entry:NUMBER</id><link rel="alternate" type="text/html" title="t" href="https://owls.example/atom/NUMBER"/>
        <link rel="replies" href="https://owls.example/atom/NUMBER#c" thr:count="2"/><link rel="enclosure" href="https://owls.example/a.mp3" type="audio/mpeg" length="1"/>
        <category term="birds" label="Birds"/><author><name>bob</name></author><published>2024-05-01T10:00:00Z</published><updated>2024-05-01T11:00:00Z</updated>
        <summary>s</summary><content type="html">&lt;p&gt;quokka&lt;/p&gt;</content></entry></feed>"#,
    ),
    (
        "html",
        "html",
        r#"<!DOCTYPE html><html lang="en"><head><title>Owls NUMBER</title><meta name="author" content="ann"><meta property="og:title" content="Owls NUMBER">
        <meta property="og:site_name" content="Owl pages"><meta property="article:published_time" content="2024-05-01T10:00:00Z">
        <link rel="canonical" href="https://owls.example/html/NUMBER"></head><body><article><h1>Owls NUMBER</h1><p>The quokka walks past the barn at night and says nothing of what
        it saw there, which is a pity for all who wait for it.</p><p>Another paragraph of <a href="https://l.example/" title="t">a link</a>, <code>code</code> and
        <img src="https://owls.example/a.png" alt="an owl" title="hover"> that is long enough to be kept by whoever looks for the article.</p><blockquote>Said once.</blockquote>
        <pre>let x = 1;</pre><table><tr><th>a</th></tr><tr><td>b</td></tr></table><ul><li>item</li></ul></article></body></html>"#,
    ),
    (
        "opml",
        "opml",
        r#"<?xml version="1.0"?><opml version="2.0"><head><title>Lists</title><ownerName>ann</ownerName></head><body><outline text="Folder NUMBER" title="Folder NUMBER">
        <outline text="Owls NUMBER" title="Owls NUMBER" type="rss" xmlUrl="https://owls.example/opml/NUMBER.xml" htmlUrl="https://owls.example/" description="d"
        category="/birds" language="en"/></outline></body></opml>"#,
    ),
];

const MARKDOWN: &str = "# Owls NUMBER\n\nBy ann, [a link](https://l.example/ \"title\"), the quokka\n\n![alt](https://owls.example/a.png)\n\n> quote\n\n- item\n\n\
                        ```rust\nlet x = 1;\n```\n\n| a | b |\n|---|---|\n| c | d |\n";
const URLS: &str = "https://owls.example/urls/NUMBER.xml \"~Owls NUMBER\" birds \"two words\"\n";

/// A file's name and its content.
pub(crate) type File = (String, String);

/// Every format with payloads in each field in turn, and in all at once. `dump` is a page dump.
pub(crate) fn files(payloads: &[&str], dump: &str) -> Vec<File> {
    let all = payloads.join(" ");
    let mut files = Vec::new();
    for (name, fixture) in JSON {
        let strings = change_json(fixture, Place::Nowhere, &all).1;
        for at in (0..strings).map(Place::At).chain([Place::All]) {
            let text = numbered(fixture, files.len());
            files.push((format!("{name}-{}.json", files.len()), change_json(&text, at, &all).0));
        }
    }
    for (name, ending, fixture) in MARKUP {
        for spelling in [Spelling::Raw, Spelling::References] {
            let fields = change_markup(fixture, Place::Nowhere, &all, spelling).1;
            for at in (0..fields).map(Place::At).chain([Place::All]) {
                let text = numbered(fixture, files.len());
                files.push((format!("{name}-{}.{ending}", files.len()), change_markup(&text, at, &all, spelling).0));
            }
        }
    }
    for (name, ending, fixture) in [("page", "md", MARKDOWN), ("list", "urls", URLS), ("dump", "txt", dump)] {
        for at in (0..fixture.lines().count()).map(Place::At).chain([Place::All]) {
            let text = numbered(fixture, files.len());
            let line = |(n, line): (usize, &str)| {
                let is_changed = at.has(n) && !line.is_empty();
                if is_changed { format!("{line} {}", all.replace('\n', " ")) } else { line.to_owned() }
            };
            let text: Vec<String> = text.lines().enumerate().map(line).collect();
            files.push((format!("{name}-{}.{ending}", files.len()), text.join("\n") + "\n"));
        }
    }
    files
}

/// The fields that get payloads.
#[derive(Clone, Copy)]
enum Place {
    Nowhere,
    At(usize),
    All,
}

impl Place {
    fn has(self, field: usize) -> bool {
        match self {
            Place::Nowhere => false,
            Place::At(at) => at == field,
            Place::All => true,
        }
    }
}

fn numbered(fixture: &str, number: usize) -> String {
    fixture.replace("NUMBER", &(5000 + number).to_string())
}

/// JSON with payloads behind one of its strings, or behind all; and how many strings it has.
fn change_json(text: &str, at: Place, payloads: &str) -> (String, usize) {
    fn walk(value: &mut Value, at: Place, payloads: &str, strings: &mut usize) {
        match value {
            Value::String(text) => {
                if at.has(*strings) {
                    text.push_str(payloads);
                }
                *strings += 1;
            }
            Value::Array(values) => values.iter_mut().for_each(|value| walk(value, at, payloads, strings)),
            Value::Object(values) => values.values_mut().for_each(|value| walk(value, at, payloads, strings)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
    let mut value: Value = serde_json::from_str(&text.replace("NUMBER", "1")).unwrap();
    let mut strings = 0;
    walk(&mut value, at, payloads, &mut strings);
    (value.to_string(), strings)
}

#[derive(Clone, Copy)]
enum Spelling {
    Raw,
    /// As `&#27;`, which every reader of markup makes characters of.
    References,
}

/// Markup with payloads behind one of its texts and attributes, or behind all; and how many of these it has.
fn change_markup(text: &str, at: Place, payloads: &str, spelling: Spelling) -> (String, usize) {
    let spelled: String = match spelling {
        Spelling::Raw => payloads.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;"),
        Spelling::References => {
            payloads.chars().flat_map(|c| ["&#".to_owned(), u32::from(c).to_string(), ";".to_owned()]).collect()
        }
    };
    let (mut out, mut fields, mut inside, mut quoted, mut filled) = (String::new(), 0, false, false, false);
    let mut end_field = |out: &mut String| {
        if at.has(fields) {
            out.push_str(&spelled);
        }
        fields += 1;
    };
    let declaration = text.find("?>").map_or(0, |end| end + 2);
    for (n, c) in text.char_indices() {
        if n >= declaration {
            match c {
                '"' if inside => {
                    if quoted {
                        end_field(&mut out);
                    }
                    quoted = !quoted;
                }
                '<' if !quoted => {
                    if filled {
                        end_field(&mut out);
                    }
                    (inside, filled) = (true, false);
                }
                '>' if !quoted => inside = false,
                c if !inside && !c.is_whitespace() => filled = true,
                _ => {}
            }
        }
        out.push(c);
    }
    (out, fields)
}
