//! Articles as JSON lines, an object a line, as other programs write them:
//! `{"id", "title", "url", "author", "date": seconds or RFC 3339, "html" or "text", "source"}`. Nothing but a title or a
//! text has to be there.

use url::Url;

use super::bounds::Bounds;
use super::json::{Json, Value};
use super::{feed, files, html, plain};
use crate::domain::article::{Article, Page, Source};
use crate::domain::text::{CleanText, clean_line};
use crate::domain::time::{Timestamp, When};

const KEYS: [&str; 9] = ["id", "title", "url", "author", "date", "html", "text", "source", "tags"];

/// True if a file begins with such a line. A saved discussion has other keys beside these.
pub fn is_line(line: &str) -> bool {
    let json = Json::parse(line);
    let mut roots = json.roots();
    let (Some(root), None) = (roots.next(), roots.next()) else { return false };
    let mut members = root.members().peekable();
    json.faults().is_empty()
        && root.is_object()
        && members.peek().is_some()
        && members.all(|(key, _)| KEYS.contains(&key))
        && (root.get("html").is_some()
            || root.get("text").is_some()
            || (root.get("title").is_some() && root.get("url").is_some()))
}

/// Reads a line; what is wrong with it otherwise. `bounds` counts what of it was too long.
pub fn read(line: &str, bounds: &mut Bounds) -> Result<Page, String> {
    let json = Json::parse(line);
    if let Some(fault) = json.faults().first() {
        return Err(format!("it is not JSON: {fault}"));
    }
    let root = json.roots().next().filter(|root| root.is_object()).ok_or("it is not a JSON object")?;
    let url = root.text("url").and_then(|url| Url::parse(url.trim()).ok());
    let label = |key: &str| root.text(key).map(clean_line).filter(|text| !text.is_empty());
    let body = match (root.text("html"), root.text("text")) {
        (Some(text), _) => html::to_document(text, url.as_ref()),
        (None, Some(text)) => plain::to_document(text),
        (None, None) => crate::domain::text::Document::default(),
    };
    let title = label("title").unwrap_or_default();
    if title.is_empty() && body.is_blank() {
        return Err("it has neither a title nor a text".to_owned());
    }
    let published = match root.get("date").filter(|date| !date.is_null()) {
        Some(date) => Some(when(date).ok_or("its date is neither seconds nor RFC 3339")?),
        None => None,
    };
    let article = Article {
        title,
        byline: label("author"),
        published,
        url: url.map(|url| clean_line(url.as_str())),
        categories: root.get("tags").into_iter().flat_map(Value::items).filter_map(Value::str).map(clean_line).collect(),
        body,
        ..Article::default()
    };
    let named = |name: CleanText| Source { key: name.clone(), title: name };
    let mut page = Page { article, source: label("source").map_or_else(files, named), discussions: Vec::new() };
    bounds.keep_page(&mut page);
    Ok(page)
}

fn when(date: Value<'_>) -> Option<When> {
    date.i64().map(Timestamp).map(When::Instant).or_else(|| feed::date::read(date.str()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_an_article() {
        let line = r#"{"id":7,"title":" A <b> ","url":"https://example.org/a","author":"Lim","date":1793491176,"html":"<p>One <b>two</b></p><p>three"}"#;
        assert!(is_line(line));
        let page = read(line, &mut Bounds::default()).unwrap();
        let article = &page.article;
        assert_eq!((article.title.as_str(), article.body.text().as_str()), ("A <b>", "One two\nthree"));
        assert_eq!(article.published, Some(When::Instant(Timestamp(1_793_491_176))));
        assert_eq!((article.byline.as_deref(), page.source.key.as_str()), (Some("Lim"), "files"));
        let page =
            read(r#"{"text":"a\n\nb","date":"2011-06-04T08:00:00Z","source":"phys.org"}"#, &mut Bounds::default()).unwrap();
        assert_eq!((page.article.body.text().as_str(), page.source.title.as_str()), ("a\nb", "phys.org"));
        assert_eq!(page.article.published, Some(When::Instant(Timestamp(1_307_174_400))));
    }

    #[test]
    fn what_is_no_article_is_told() {
        for (line, wanted) in [
            ("{}", "it has neither a title nor a text"),
            ("[]", "it is not a JSON object"),
            (r#"{"title":"a","date":"soon"}"#, "its date is neither seconds nor RFC 3339"),
        ] {
            assert_eq!(read(line, &mut Bounds::default()).unwrap_err(), wanted, "{line}");
        }
        assert!(read(r#"{"title":"#, &mut Bounds::default()).unwrap_err().starts_with("it is not JSON"));
        for line in ["", "text", "{}", r#"{"id":1,"title":"a","children":[]}"#, r#"{"title":"a","text":"b","by":"c"}"#] {
            assert!(!is_line(line), "{line}");
        }
    }
}
