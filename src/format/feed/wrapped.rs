//! Feeds within a web page: as some servers send them, and as browsers save what they show of one.

use std::borrow::Cow;

use super::references::unescape;
use crate::format::sniff;

/// A feed begins at most so far into the page; browsers put their own style sheet before it.
const HEAD: usize = 64 << 10;

/// The feed in a page that holds nothing before it, as its own document.
pub(super) fn unwrap(text: &str) -> Option<Cow<'_, str>> {
    let first = sniff::first_tag(text)?;
    if !matches!(first.as_str(), "html" | "head" | "body" | "pre") {
        return None;
    }
    let head = &text[..text.floor_char_boundary(HEAD)];
    let begins = |tags: &[&str]| {
        let ends_name = |rest: &str| rest.starts_with(|c: char| c.is_whitespace() || matches!(c, '>' | '&' | '?' | '/'));
        let first = |tag: &str| head.match_indices(tag).map(|(at, _)| at).find(|at| ends_name(&head[at + tag.len()..]));
        tags.iter().filter_map(|tag| first(tag)).min()
    };
    if let Some(at) = begins(&["<rss", "<feed", "<rdf:RDF"]).filter(|at| shows_nothing(&head[..*at])) {
        return Some(Cow::Borrowed(&text[at..]));
    }
    // A browser saves escaped what it shows as text.
    let at = begins(&["&lt;?xml", "&lt;rss", "&lt;feed", "&lt;rdf:RDF"]).filter(|at| shows_nothing(&head[..*at]))?;
    let escaped = &text[at..];
    let end = escaped.find("</pre").unwrap_or(escaped.len());
    Some(unescape(Cow::Borrowed(&escaped[..end])))
}

/// True if HTML holds no words but those of its head.
fn shows_nothing(html: &str) -> bool {
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        if !rest[..at].trim().is_empty() {
            return false;
        }
        rest = &rest[at..];
        let hidden = ["style", "script", "title"]
            .into_iter()
            .find(|name| rest.get(1..=name.len()).is_some_and(|tag| tag.eq_ignore_ascii_case(name)));
        let end = match hidden {
            Some(name) => {
                let is_end =
                    |at: &usize| rest.get(at + 2..at + 2 + name.len()).is_some_and(|tag| tag.eq_ignore_ascii_case(name));
                rest.match_indices("</").map(|(at, _)| at).find(is_end).map(|at| at + 2)
            }
            None if rest.starts_with("<!--") => rest.find("-->"),
            None => Some(0),
        };
        let Some(end) = end.and_then(|end| Some(end + rest[end..].find('>')? + 1)) else { return false };
        rest = &rest[end..];
    }
    rest.trim().is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feed_is_found_in_the_page_around_it() {
        let feed = "<rss version=\"2.0\"><channel/></rss>";
        let escaped = "&lt;rss version=\"2.0\"&gt;&lt;channel/&gt;&lt;/rss&gt;";
        let found = [
            format!("<html><body>{feed}</body></html>"),
            format!(
                "<!DOCTYPE html>\n<html><head><title>A feed</title><style>a > b {{}}</style></head><body><div>{feed}</div>"
            ),
            format!("<html><body><pre style='x'>{escaped}</pre></body></html>"),
            format!("<pre>{escaped}</pre>"),
        ];
        for page in found {
            assert!(unwrap(&page).is_some_and(|found| found.starts_with(feed)), "{page}");
        }
        let none = [
            feed.to_owned(),
            format!("<html><body><p>How a feed looks:</p><pre>{escaped}</pre>"),
            format!("<html><body>Words {feed}"),
            "<html><body><feed-list></feed-list><p>Words".to_owned(),
            format!("<html><script>var feed = '{feed}"),
        ];
        for page in none {
            assert_eq!(unwrap(&page), None, "{page}");
        }
    }
}
