//! Suites with a JSON file beside each feed: gofeed's own model, and its translation to one of all kinds; rss-parser's.

use std::path::Path;

use serde_json::Value;

use super::{SuiteField, SuiteOutcome, SuitePart, read_as};

pub(super) fn gofeed(path: &Path, bytes: &[u8], name: &str) -> Option<SuiteOutcome> {
    let is_feed = path.extension().is_some_and(|extension| extension == "xml" || extension == "json");
    let stem = path.file_stem()?.to_str()?;
    let beside = match path.extension()?.to_str()? {
        "xml" => path.with_extension("json"),
        _ => path.with_file_name(format!("{stem}_expected.json")),
    };
    let expected: Value = serde_json::from_slice(&std::fs::read(beside).ok().filter(|_| is_feed)?).ok()?;
    let mut outcome = SuiteOutcome::default();
    let address = format!("http://www.example.org/{name}");
    let Some(feed) = read_as(bytes, None, &address) else {
        // A feed with nothing but its version is refused as empty.
        let empty = ["version", "feedVersion", "feedType", "language", "items", "entries"];
        let says = expected.as_object().is_some_and(|object| object.keys().any(|key| !empty.contains(&key.as_str())));
        if says {
            outcome.failed.push("refused".to_owned());
        } else {
            outcome.not_applicable = 1;
        }
        return Some(outcome);
    };
    let is_atom = name.contains("/atom/") && name.contains("parser");
    walk(&expected, &mut Vec::new(), &mut |steps, value| match field(steps, is_atom) {
        Some(field) => outcome.expect(&feed, field, value, &address),
        None => outcome.not_applicable += 1,
    });
    Some(outcome)
}

pub(super) fn rss_parser(path: &Path, bytes: &[u8], name: &str) -> Option<SuiteOutcome> {
    let folder = path.parent()?;
    if folder.file_name()? != "input" {
        return None;
    }
    let beside = folder.with_file_name("output").join(path.file_name()?).with_extension("json");
    let expected: Value = serde_json::from_slice(&std::fs::read(beside).ok()?).ok()?;
    let address = format!("http://www.example.org/{name}");
    let mut outcome = SuiteOutcome::default();
    let Some(feed) = read_as(bytes, None, &address) else {
        outcome.failed.push("refused".to_owned());
        return Some(outcome);
    };
    walk(expected.get("feed")?, &mut Vec::new(), &mut |steps, value| match field(steps, false) {
        Some(field) => outcome.expect(&feed, field, value, &address),
        None => outcome.not_applicable += 1,
    });
    Some(outcome)
}

/// Every string and number with the names and places that lead to it.
fn walk<'v>(value: &'v Value, steps: &mut Vec<&'v str>, each: &mut dyn FnMut(&[&str], &str)) {
    const PLACES: [&str; 40] = [
        "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16", "17", "18", "19", "20",
        "21", "22", "23", "24", "25", "26", "27", "28", "29", "30", "31", "32", "33", "34", "35", "36", "37", "38", "39",
    ];
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                steps.push(name);
                walk(value, steps, each);
                steps.pop();
            }
        }
        Value::Array(items) => {
            for (value, place) in items.iter().zip(PLACES) {
                steps.push(place);
                walk(value, steps, each);
                steps.pop();
            }
        }
        Value::String(text) if !text.is_empty() => each(steps, text),
        Value::Number(number) => each(steps, &number.to_string()),
        _ => {}
    }
}

fn field(steps: &[&str], is_atom: bool) -> Option<SuiteField> {
    Some(match *steps {
        ["title"] => SuiteField::Title,
        ["description" | "subtitle"] => SuiteField::Subtitle,
        ["link" | "home_page_url"] => SuiteField::Link,
        ["feedLink" | "feed_url" | "feedUrl"] => SuiteField::Own,
        ["updatedParsed" | "lastBuildDateParsed"] => SuiteField::Updated,
        ["items" | "entries", nth, ref rest @ ..] => SuiteField::Of(nth.parse().ok()?, part(rest, is_atom)?),
        _ => return None,
    })
}

fn part(steps: &[&str], is_atom: bool) -> Option<SuitePart> {
    let number = |text: &str| text.parse().ok();
    Some(match *steps {
        ["title"] => SuitePart::Title,
        ["link" | "url"] => SuitePart::Link,
        ["id" | "guid"] | ["guid", "value"] => SuitePart::Id,
        ["author" | "creator"] | ["author", "name"] | ["authors", _, "name"] => SuitePart::Author,
        ["published" | "pubDate" | "isoDate" | "date_published" | "publishedParsed" | "pubDateParsed"] => SuitePart::Published,
        ["updated" | "date_modified" | "updatedParsed"] => SuitePart::Updated,
        ["content" | "content:encoded" | "content_html"] | ["content", "value"] => SuitePart::Content,
        ["description" | "summary"] => SuitePart::Summary,
        ["categories" | "tags", n] | ["categories", n, "value"] => SuitePart::Category(number(n)?),
        ["categories", n, "label"] if is_atom => SuitePart::Category(number(n)?),
        ["enclosure", "url"] => SuitePart::EnclosureAddress(0),
        ["enclosure", "type"] => SuitePart::EnclosureType(0),
        ["enclosure", "length"] => SuitePart::EnclosureLength(0),
        ["enclosures" | "attachments", n, "url"] => SuitePart::EnclosureAddress(number(n)?),
        ["enclosures" | "attachments", n, "type" | "mime_type"] => SuitePart::EnclosureType(number(n)?),
        ["enclosures" | "attachments", n, "length" | "size_in_bytes"] => SuitePart::EnclosureLength(number(n)?),
        ["comments"] => SuitePart::CommentsAddress,
        _ => return None,
    })
}
