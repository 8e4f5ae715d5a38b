//! Any web page as an article: what it tells of itself ([`PageHead`]), and its text without what frames it.

mod article_extras;
mod body;
mod furniture;
mod head;
mod linked_data;
mod tidy;

use dom_smoothie::Readability;

pub use self::head::PageHead;
use super::html::parse;
use super::plausible::is_placeholder;
use super::{Origin, stem};
use crate::domain::article::{Article, Page, Source};
use crate::domain::text::{CleanText, clean_line};
use crate::domain::time::{Date, Timestamp, When};

/// Reads any page; gives notes on what it does not tell.
pub fn read(html: &str, origin: &Origin<'_>) -> (Page, Vec<CleanText>) {
    let (page, _, notes) = read_with_head(html, origin);
    (page, notes)
}

pub(crate) fn read_with_head(html: &str, origin: &Origin<'_>) -> (Page, PageHead, Vec<CleanText>) {
    let dom = Readability { doc: parse(html), doc_url: None, config: dom_smoothie::Config::default() };
    let mut notes = Vec::new();
    let mut head = head::read(&dom, origin);
    let title = head.title.clone().unwrap_or_else(|| {
        notes.push(clean_line("it has no title; its file name stands in"));
        clean_line(stem(origin.name))
    });
    let (body, related) = body::read(dom.doc, &mut head, &title);
    if body.blocks.is_empty() {
        notes.push(clean_line("no text was found on it"));
    }
    let host = head.address.as_ref().and_then(|url| url.host_str());
    let source = match host.map(|host| host.strip_prefix("www.").unwrap_or(host)) {
        Some(host) => Source { key: clean_line(host), title: head.site.clone().unwrap_or_else(|| clean_line(host)) },
        None => Source { key: clean_line("pages"), title: clean_line("Saved pages") },
    };
    let article = Article {
        title,
        byline: head.byline.clone(),
        published: head.published.filter(|when| !is_placeholder(*when)),
        stated_date: head.published.filter(|when| is_placeholder(*when)).map(|when| clean_line(&when.to_string())),
        url: head.address.as_ref().map(|url| clean_line(url.as_str())),
        body,
        related,
        ..Article::default()
    };
    (Page { article, source, discussions: Vec::new() }, head, notes)
}

/// A machine's date: RFC 3339 with or without seconds and zone, or a day.
pub fn dated(text: &str) -> Option<When> {
    let text = text.trim();
    if text.len() > 10 {
        let instant = text.parse::<jiff::Timestamp>().or_else(|_| {
            let zoned =
                jiff::fmt::strtime::BrokenDownTime::parse("%Y-%m-%dT%H:%M%:z", text).and_then(|time| time.to_timestamp());
            zoned.or_else(|_| {
                text.parse::<jiff::civil::DateTime>()?.to_zoned(jiff::tz::TimeZone::UTC).map(|zoned| zoned.timestamp())
            })
        });
        if let Ok(instant) = instant {
            return Some(When::Instant(Timestamp(instant.as_second())));
        }
    }
    let day: jiff::civil::Date = text.get(..10)?.parse().ok()?;
    Date::new(i32::from(day.year()), u32::from(day.month().unsigned_abs()), u32::from(day.day().unsigned_abs())).map(When::Day)
}

#[cfg(test)]
mod tests;
