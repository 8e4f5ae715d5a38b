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
