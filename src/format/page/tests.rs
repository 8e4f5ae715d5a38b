use super::super::html::tests::outline;
use super::*;

#[test]
fn a_page_tells_what_it_is() {
    let html = r#"<html><head><title>Tag title | Site</title><meta property="og:title" content="The &amp; title"><meta name=author content="By the editor">
        <meta property="article:published_time" content="2019-11-18T10:00:00+01:00"><link rel=canonical href="https://www.example.org/a"></head>
        <body><header>Site header</header><nav>Menu</nav><main><h1>The &amp; title</h1><p>Body <a href="b">link</a>.</main><footer>Foot</footer>"#;
    let origin = Origin { name: "saved.html", now: Timestamp(0) };
    let (page, notes) = read(html, &origin);
    let article = page.article;
    assert_eq!((&*article.title, article.byline.as_deref()), ("The & title", Some("the editor")));
    assert_eq!(article.published.unwrap().to_string(), "2019-11-18T09:00:00Z");
    assert_eq!((&*page.source.key, article.url.as_deref()), ("example.org", Some("https://www.example.org/a")));
    assert_eq!(
        outline(&article.body),
        "p Site header\np Body link[0].\n[0] https://www.example.org/b\n".replace("p Site header\n", "")
    );
    assert!(notes.is_empty());

    let (page, notes) = read("<p>Only words", &origin);
    assert_eq!((&*page.article.title, &*page.source.key, page.article.body.text().as_str()), ("saved", "pages", "Only words"));
    assert_eq!(notes.len(), 1);
}

#[test]
fn a_date_has_many_forms() {
    let cases = [
        ("2019-11-18", Some("2019-11-18")),
        ("2019-11-18T10:00:00Z", Some("2019-11-18T10:00:00Z")),
        ("2019-11-18T10:00:00.123+02:00", Some("2019-11-18T08:00:00Z")),
        ("2019-11-18T10:00+02:00", Some("2019-11-18T08:00:00Z")),
        ("2019-11-18 10:00:00", Some("2019-11-18T10:00:00Z")),
        ("2019-02-31", None),
        ("Monday", None),
    ];
    for (text, expected) in cases {
        assert_eq!(dated(text).map(|when| when.to_string()).as_deref(), expected, "{text}");
    }
}

fn article(html: &str) -> Article {
    read(html, &Origin { name: "https://example.org/news/a", now: Timestamp(0) }).0.article
}

/// A page with enough text around what is tried that readability finds it.
fn around(head: &str, start: &str, end: &str) -> Article {
    let prose =
        "<p>A sentence, with commas, and with words enough, so that this counts as text of an article that is read.</p>";
    let text = prose.repeat(8);
    article(&format!("<title>A headline of some words</title>{head}<div class=text>{start}{text}{end}</div>"))
}

fn lines(article: &Article) -> Vec<String> {
    let blocks = outline(&article.body);
    blocks.lines().filter(|line| !line.contains("A sentence") && !line.starts_with('[')).map(str::to_owned).collect()
}

#[test]
fn navigation_around_an_article_is_left_out() {
    let links = "<li><a href=/x>Somewhere else on this site</a>".repeat(30);
    let found = article(&format!(
        "<title>A headline of some words</title><div class=menu><ul>{links}</ul></div><div id=story><h1>A headline of some words</h1>{}</div>
        <div id=footer>{links}</div>",
        "<p>A sentence, with commas, and with words enough, so that this counts as text of an article that is read.</p>".repeat(8)
    ));
    assert_eq!(found.title, "A headline of some words");
    assert_eq!(found.body.blocks.len(), 8);
}

#[test]
fn what_a_page_tells_again_is_left_out() {
    let head = "<meta name=author content='the editor'><meta property=article:published_time content=2019-11-18>";
    let start = "<ul><li><a href=/>Home</a><li><a href=/s>Science</a></ul><h2>A Headline of some words</h2><p>By the editor | Updated Nov. 18, 2019, 9:28 AM GMT</p>
        <p>Sharing is caring!</p><p>A summary of it</p>";
    let end = "<p>Advertisement</p><p>One more.</p><p><a href=/n>Subscribe to our newsletter</a></p><p>© 2019 Example</p><h3>Comments</h3>";
    assert_eq!(lines(&around(head, start, end)), ["p A summary of it", "p One more."]);
    // A date that the page's head does not tell is kept.
    assert_eq!(lines(&around("", "<p>November 18, 2019</p>", "")), ["p November 18, 2019"]);
}

#[test]
fn links_to_other_articles_are_related_stories() {
    let list = "<h3>You may also like…</h3><ul><li><a href=/1>The first story</a><li><a href=/2>The second story</a></ul>";
    let line = "<p><b>Read more:</b> <a href='https://other.example/3'>The third story</a></p>";
    let classed = "<ul class=article-relatedStories__list><li><a href=4>The fourth of the stories</a></ul>";
    let found = around("", &format!("{line}{classed}"), list);
    let related: Vec<(&str, &str)> =
        found.related.iter().map(|story| (&*story.title, story.url.as_deref().unwrap_or(""))).collect();
    assert_eq!(
        related,
        [
            ("The fourth of the stories", "https://example.org/news/4"),
            ("The third story", "https://other.example/3"),
            ("The first story", "https://example.org/1"),
            ("The second story", "https://example.org/2"),
        ]
    );
    assert_eq!(lines(&found), [""; 0]);
    // A list that is part of the text stays, and so does one whose label is a sentence.
    let kept = "<h3>See also</h3><ul><li><a href=/1>The first story</a></ul><p>Related: this is a <a href=/2>thought</a>.</p>";
    assert_eq!(lines(&around("", "", kept)).len(), 5);
}

#[test]
fn quoted_posts_and_captions_stay_with_the_text() {
    let post = "<div class=social-media-embed><div><blockquote class=twitter-tweet><p>Short</p><a href=//t.example>Nov 18</a></blockquote></div></div>";
    let picture = "<div class=wp-caption><img src=i.png alt=IMG_0123-large.jpg><p class=wp-caption-text>What it shows</p></div><p><img src=j.png alt=IMG_0123-large.jpg></p>";
    let found = lines(&around("", "<p>First of all, there were words.</p>", &format!("{post}{picture}<p>Last.</p>")));
    assert_eq!(
        found,
        [
            "p First of all, there were words.",
            "quote",
            "  p Short",
            "  p Nov 18[0]",
            "image What it shows [1]",
            "image  [2]",
            "p Last."
        ]
    );
}

#[test]
fn linked_data_tells_of_the_article() {
    let graph = r#"<script type="application/ld+json">{"@context": "https://schema.org", "@graph": [{"@type": "WebSite", "name": "Site"},
        {"@type": ["NewsArticle"], "headline": "The headline", "datePublished": "2020-01-02T03:04:05Z", "author": [{"@id": "/p"}, "the editor"],
        "publisher": {"@id": "/o"}}, {"@id": "/p", "@type": "Person", "name": "the author"}, {"@id": "/o", "name": "The Organisation"}]}</script>"#;
    let (page, _) = read(graph, &Origin { name: "https://example.org/a", now: Timestamp(0) });
    let found = page.article;
    assert_eq!((&*found.title, found.byline.as_deref()), ("The headline", Some("the author, the editor")));
    assert_eq!(
        (&*page.source.title, found.published.unwrap().to_string().as_str()),
        ("The Organisation", "2020-01-02T03:04:05Z")
    );
    // Broken entries and those about something else are skipped.
    let other = r#"<script type="application/ld+json">{"@type": "Article", </script><script type="application/ld+json">{"@type": "Person", "name": "x"}</script><p>Words"#;
    assert_eq!(article(other).title, "a");
}

#[test]
fn a_page_tells_its_author_and_date_in_many_ways() {
    let data =
        |json: &str| format!(r#"<script type="application/ld+json">{{"@context": "https://schema.org", {json}}}</script>"#);
    let table = [
        (
            data(
                r#""@type": "WebPage", "mainEntity": {"@type": "NewsArticle", "author": "the editor", "datePublished": "2020-01-02"}"#,
            ),
            "",
        ),
        (
            data(
                r#""@type": "Article", "author": [{"name": "the editor"}, {"name": ""}, {"name": "the editor"}], "datePublished": "2020-01-02""#,
            ),
            "",
        ),
        (
            "<meta name=citation_author content='the editor'><meta name=citation_publication_date content=2020/01/02>"
                .to_owned(),
            "",
        ),
        (
            String::new(),
            "<p>On <span class='entry-date published'>January 2, 2020</span> by <span class=author>the editor</span></p>",
        ),
        (String::new(), "<p class=byline>By the editor</p><p itemprop=datePublished>2 January 2020</p>"),
    ];
    for (head, start) in table {
        let found = around(&head, start, "");
        let date = found.published.map(|when| when.to_string());
        assert_eq!((found.byline.as_deref(), date.as_deref()), (Some("the editor"), Some("2020-01-02")), "{head}{start}");
    }
    let found = around("<meta name=citation_author content=one><meta name=citation_author content=two>", "", "");
    assert_eq!(found.byline.as_deref(), Some("one, two"));
    // A headline that is broken off by a quotation mark of its own is not taken.
    let quoted = data(r#""@type": "Article", "headline": "A "headline" of some words""#);
    assert_eq!(around(&quoted, "", "").title, "A headline of some words");
    assert_eq!(article("<h2>Only a lesser heading</h2><p>Words").title, "Only a lesser heading");
}

#[test]
fn a_byline_is_names() {
    let cases = [
        ("By the author", "the author"),
        ("Written by the author", "the author"),
        ("the author - Apr 16, 2015 8:02 pm UTC", "the author"),
        ("Byron May", "Byron May"),
        ("Last updated: January 7, 2025", ""),
        ("the author —", "the author"),
    ];
    for (line, names) in cases {
        assert_eq!(head::author(line).as_deref().unwrap_or(""), names, "{line}");
    }
}

/// Guards against steps that cost more than the length of their input.
#[test]
fn hostile_pages_are_read_in_bounded_time() {
    let words = "Some words, and some more of them, that make a sentence of a paragraph. ".repeat(4);
    let cases = [
        ("nested", format!("{}<p>{words}</p>{}", "<div class=article>".repeat(10_000), "</div>".repeat(10_000))),
        ("spans", format!("<article>{}{words}", "<span class=caption><p>".repeat(5_000))),
        ("soup", format!("{words}{}", "<p>a<b>,</p></i><td>x<li>y<br>".repeat(2_000))),
        ("breaks", format!("{words}{}", "<br>".repeat(10_000))),
        ("captions", format!("{words}{}", "<div><img src=x><div class=caption>c</div></div>".repeat(3_000))),
        ("posts", format!("{words}{}", "<div><blockquote class=twitter-tweet><p>a</p></blockquote></div>".repeat(3_000))),
        ("related", format!("<p>{words}</p>{}", "<div class=related><a href=a>a b c</a></div>".repeat(5_000))),
        ("tables", format!("<p>{words}</p>{}", "<table><tr><td><table><tr><td>x</table></table>".repeat(1_000))),
        ("data", format!("<script type=application/ld+json>{}</script>{words}", "{\"@graph\":[".repeat(60_000))),
        ("phrases", format!("<div>{words}{}", "a <i>b</i> ".repeat(10_000))),
        ("too many", format!("<main><p>{words}</p></main>{}", "<b></b>".repeat(60_000))),
    ];
    for (name, html) in cases {
        let start = std::time::Instant::now();
        let found = article(&html).body;
        println!("{:>8.0?} {name}: {} bytes, {} blocks", start.elapsed(), html.len(), found.blocks.len());
        assert!(found.text().contains("Some words, and some more"), "{name}");
    }
}

#[test]
fn what_stands_beside_a_short_article_does_not_win() {
    let banner =
        "<p>We and our partners store information on a device, such as cookies, and process personal data.</p>".repeat(9);
    let page = |beside: &str| {
        let found = article(&format!(
            "<title>Short news of some words</title><style>.off {{ display: none }}</style><header><a class='skip-link' href='#c'>Skip to it</a></header>
             {beside}<div class=entry><h1>Short news of some words</h1><p>The owl came back in the night, said the keeper.</p></div>
             <aside class='widget-area'><ul class=widget><li><span class=comment-author>stranger</span> on a page</ul></aside>"
        ));
        (lines(&found).join("\n"), found.byline)
    };
    for beside in [
        String::new(),
        format!("<div id=cookie-consent class=gdpr-banner><div>{banner}</div></div>"),
        format!("<section class='qc-cmp2-container'>{banner}</section>"),
        "<div class=off>It is hidden, though its words are many, and with commas.</div>".to_owned(),
        "<p class='sr-only'>It is hidden, though its words are many, and with commas.</p>".to_owned(),
    ] {
        assert_eq!(page(&beside), ("p The owl came back in the night, said the keeper.".to_owned(), None), "{beside}");
    }
    // A page about them is read, whatever its parts are called.
    let about = format!("<title>How cookies work, in some words</title><article class='post cookies'>{banner}</article>");
    assert!(article(&about).body.text().contains("our partners"));
}

#[test]
fn a_page_that_a_script_fills_is_read_from_its_data() {
    let text = "A sentence, with words enough, so that this counts as an article. ".repeat(12);
    let data = format!(
        r#"<script type="application/ld+json">{{"@type": "NewsArticle", "headline": "A headline", "articleBody": "{text}\n\nThe end."}}</script>"#
    );
    let found = article(&format!("<title>A headline</title>{data}<div id=app>Loading…</div>"));
    assert_eq!(found.body.blocks.len(), 2);
}
