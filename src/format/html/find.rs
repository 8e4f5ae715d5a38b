//! Parts of a page by their selectors, for pages whose layout is known.

use dom_query::{Document as Dom, NodeRef};

use crate::domain::text::{CleanText, clean_line};
use crate::domain::time::{Timestamp, When};
use crate::format::Origin;
use crate::format::feed::date;

pub fn first<'a>(dom: &'a Dom, selector: &str) -> Option<NodeRef<'a>> {
    dom.select(selector).nodes().first().copied()
}

pub fn all<'a>(node: &NodeRef<'a>, selector: &str) -> Vec<NodeRef<'a>> {
    dom_query::Selection::from(*node).select(selector).nodes().to_vec()
}

pub fn within<'a>(node: &NodeRef<'a>, selector: &str) -> Option<NodeRef<'a>> {
    all(node, selector).into_iter().next()
}

/// The line that the first such part holds, if it holds any.
pub fn first_text(node: &NodeRef<'_>, selector: &str) -> Option<CleanText> {
    within(node, selector).map(|found| clean_line(&found.text())).filter(|text| !text.is_empty())
}

/// The nearest such element around a node.
pub fn around<'a>(node: &NodeRef<'a>, name: &str) -> Option<NodeRef<'a>> {
    node.ancestors_it(None).find(|above| above.has_name(name))
}

/// The address that a browser wrote into a page as it saved it.
pub fn saved_from(html: &str) -> Option<&str> {
    let (_, rest) = html.get(..html.floor_char_boundary(2000))?.split_once("<!-- saved from url=(")?;
    let (_, address) = rest.split_once(')')?;
    address.split_whitespace().next()
}

/// When a page was saved, where the program that saved it or an archive wrote so into it: relative times count from there.
pub fn saved_at(html: &str) -> Option<Timestamp> {
    let head = &html[..html.floor_char_boundary(64 << 10)];
    let tail = &html[html.ceil_char_boundary(html.len().saturating_sub(8 << 10))..];
    let until = |text: &str, mark: &str, ends: &[char]| {
        let (_, rest) = text.split_once(mark)?;
        let told = rest.split(ends).next().unwrap_or_default();
        Some(told.trim().to_owned())
    };
    // SingleFile, Save Page WE, the Internet Archive.
    let single_file = head.split_once("Page saved with SingleFile").map_or("", |(_, rest)| rest);
    let told = until(single_file, "saved date:", &['\n', '('])
        .or_else(|| until(head, "name=\"savepage-date\" content=\"", &['"', '(']))
        .or_else(|| until(tail, "FILE ARCHIVED ON ", &['\n']).and_then(|told| playback(&told)))
        .or_else(|| archived(head));
    match date::read(&told?)? {
        When::Instant(at) => Some(at),
        When::Day(day) => Some(day.start()),
    }
}

/// "10:47:01 Mar 02, 2014 AND RETRIEVED FROM THE", with the date first.
fn playback(told: &str) -> Option<String> {
    let (clock, day) = told.split(" AND ").next()?.split_once(' ')?;
    Some(format!("{day} {clock} GMT"))
}

/// The time in the addresses of a page that the Internet Archive plays back, `/web/20140302104701/`. Other pages link there,
/// too, which says nothing about themselves.
fn archived(html: &str) -> Option<String> {
    if !["BEGIN WAYBACK TOOLBAR INSERT", "archive.org/_static/"].iter().any(|mark| html.contains(mark)) {
        return None;
    }
    let (_, rest) = html.split_once("web.archive.org/web/")?;
    let digits = rest.get(..14).filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()))?;
    Some(format!("{}T{}Z", &digits[..8], &digits[8..]))
}

/// The origin of a page; relative times count from when it was saved, if it says so.
pub fn at_saving<'a>(html: &str, origin: &Origin<'a>) -> Origin<'a> {
    Origin { now: saved_at(html).unwrap_or(origin.now), ..origin.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_tells_when_it_was_saved() {
        for (html, at) in [
            (
                "<html><!--\n Page saved with SingleFile \n url: https://a.example/ \n saved date: Sun Mar 02 2014 05:47:01 GMT-0500 (EST)\n-->",
                Some("2014-03-02T10:47:01Z"),
            ),
            (
                "<html><meta name=\"savepage-date\" content=\"Sun Mar 02 2014 10:47:01 GMT+0000 (UTC)\">",
                Some("2014-03-02T10:47:01Z"),
            ),
            (
                "<p>x</p><!--\n     FILE ARCHIVED ON 10:47:01 Mar 02, 2014 AND RETRIEVED FROM THE\n     INTERNET ARCHIVE ON 1:00:00 Jan 01, 2024.",
                Some("2014-03-02T10:47:01Z"),
            ),
            (
                "<script src=\"https://web-static.archive.org/_static/js/x.js\"></script><script src=\"https://web.archive.org/web/20140302104701js_/x.js\">",
                Some("2014-03-02T10:47:01Z"),
            ),
            ("<a href=\"https://web.archive.org/web/20140302104701/https://b.example/\">", None),
            ("<p>saved date: yesterday</p>", None),
        ] {
            assert_eq!(saved_at(html).map(|at| at.to_string()).as_deref(), at, "{html}");
        }
    }
}
