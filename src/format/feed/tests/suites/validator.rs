//! The feed validator of the W3C: the event that a file must (or, with `!`, must not) raise, in a comment at its head.

use std::path::Path;

use super::{SuiteOutcome, read_as};
use crate::domain::text::CleanText;

pub(super) fn outcome(_: &Path, bytes: &[u8], _: &str) -> Option<SuiteOutcome> {
    let text = crate::format::feed::decode::decode(bytes, None).0;
    let at = text.find("Expect:")? + "Expect:".len();
    let expectation = text[at..].lines().next()?.trim();
    let event = expectation.split('{').next().unwrap_or("").trim();
    let mut outcome = SuiteOutcome::default();
    let mut judge = |is_met: bool, what: &str| {
        if is_met {
            outcome.passed += 1;
        } else {
            outcome.failed.push(format!("{expectation}: {what}"));
        }
    };
    let is_of = |element: &str| expectation.contains(&format!("element:{element}"));
    // Lists of services and of sites are no feeds.
    let is_feed = crate::format::feed::is_feed(bytes);
    let feed = read_as(bytes, None, "http://www.example.org/feed.xml");
    match (event, &feed) {
        (event, Some(feed)) if event.starts_with("Valid") && event.ends_with("Date") && !is_of("ev:") && !is_of("sy:") => {
            let entry = feed.entries.first();
            let dated = feed.schedule.updated.or(entry.and_then(|entry| entry.article.published.or(entry.updated)));
            judge(dated.is_some(), "no date was read");
        }
        ("SAXError", Some(feed)) => {
            let is_said = |note: &CleanText| !note.contains("twice");
            judge(feed.notes.iter().any(is_said), "broken, and nothing said");
        }
        ("ValidTitle" | "!ContainsHTML", Some(feed)) if is_of("title") => {
            let titles = feed.entries.iter().map(|entry| &entry.article.title).chain([&feed.title]);
            judge(titles.into_iter().any(|title| !title.is_empty()), "no title was read");
        }
        (event, feed) if is_feed && (event.starts_with('!') || event.starts_with("Valid")) => {
            let entries = feed.as_ref().map(|feed| feed.entries.len());
            let expected =
                ["<item>", "<item ", "<entry>", "<entry "].iter().map(|tag| text.matches(tag).count()).sum::<usize>();
            judge(entries.is_some_and(|entries| entries == expected), &format!("{entries:?} of {expected} entries"));
        }
        _ => outcome.not_applicable = 1,
    }
    Some(outcome)
}
