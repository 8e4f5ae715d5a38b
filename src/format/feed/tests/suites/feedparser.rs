//! feedparser: an expression in a comment at each file's head, `not bozo and entries[0]['title'] == 'Example'`.

use std::path::Path;

use super::{SuiteField, SuiteOutcome, SuitePart, read_as};

/// The base address of its tests.
const SERVER: &str = "http://127.0.0.1:8097";

pub(super) fn outcome(_: &Path, bytes: &[u8], name: &str) -> Option<SuiteOutcome> {
    let text = crate::format::feed::decode::decode(bytes, None).0;
    let head = &text[..text.find("-->")?];
    let expectation = line(head, "Expect:")?;
    let mut outcome = SuiteOutcome::default();
    let claim = claim(&expectation);
    let headers = || head.lines().filter_map(|line| line.trim().strip_prefix("Header:"));
    let charset = headers().find_map(|header| header.split_once("charset")?.1.trim_start().strip_prefix('='));
    let charset = charset.map(|charset| charset.trim().trim_matches(['"', '\'']));
    let Some((field, expected)) = claim else {
        outcome.not_applicable = 1;
        return Some(outcome);
    };
    let located = headers().find_map(|header| {
        let location = header.trim().strip_prefix("Content-Location:")?.trim();
        Some(if location.starts_with('/') { format!("{SERVER}{location}") } else { location.to_owned() })
    });
    let address = located.unwrap_or_else(|| name.replacen("feedparser", &format!("{SERVER}/tests"), 1));
    match read_as(bytes, charset, &address) {
        Some(feed) => outcome.expect(&feed, field, &expected, &address),
        None => outcome.failed.push("refused".to_owned()),
    }
    Some(outcome)
}

/// The text behind a label.
fn line(head: &str, label: &str) -> Option<String> {
    let at = head.find(label)? + label.len();
    Some(head[at..].lines().next()?.trim().to_owned())
}

/// The field that an expression names, and its value there. None for what Gleaner does not keep.
fn claim(expression: &str) -> Option<(SuiteField, String)> {
    let expression = expression.trim_start_matches("not bozo and ").trim_start_matches("bozo and ").trim();
    let (path, value) = expression.split_once("==")?;
    let (path, value) = (path.trim(), value.trim());
    let value = literal(value)?;
    let steps: Vec<&str> = path.split(['[', ']', '.', '\'', '"']).filter(|step| !step.is_empty()).collect();
    let field = match *steps.as_slice() {
        ["len(entries)"] => SuiteField::Entries,
        ["feed", "title"] | ["feed", "title_detail", "value"] => SuiteField::Title,
        ["feed", "subtitle" | "tagline" | "description"]
        | ["feed", "subtitle_detail" | "tagline_detail" | "description_detail", "value"] => SuiteField::Subtitle,
        ["feed", "link"] => SuiteField::Link,
        ["feed", "updated" | "modified" | "updated_parsed" | "modified_parsed"] => SuiteField::Updated,
        ["entries", nth, ref rest @ ..] => SuiteField::Of(nth.parse().ok()?, part(rest)?),
        _ => return None,
    };
    Some((field, value))
}

fn part(steps: &[&str]) -> Option<SuitePart> {
    let number = |text: &str| text.parse().ok();
    Some(match *steps {
        ["title"] | ["title_detail", "value"] => SuitePart::Title,
        ["link"] => SuitePart::Link,
        ["id" | "guid"] => SuitePart::Id,
        ["author"] | ["author_detail", "name"] | ["authors", _, "name"] => SuitePart::Author,
        ["published" | "issued" | "created" | "published_parsed" | "issued_parsed" | "created_parsed"] => SuitePart::Published,
        ["updated" | "modified" | "updated_parsed" | "modified_parsed"] => SuitePart::Updated,
        ["content", "0", "value"] => SuitePart::Content,
        ["summary" | "description"] | ["summary_detail" | "description_detail", "value"] => SuitePart::Summary,
        ["tags", n, "term"] => SuitePart::Category(number(n)?),
        ["category"] => SuitePart::Category(0),
        ["enclosures", n, "href" | "url"] => SuitePart::EnclosureAddress(number(n)?),
        ["enclosures", n, "type"] => SuitePart::EnclosureType(number(n)?),
        ["enclosures", n, "length"] => SuitePart::EnclosureLength(number(n)?),
        ["comments"] => SuitePart::CommentsAddress,
        ["wfw_commentrss"] => SuitePart::CommentsFeed,
        ["slash_comments"] => SuitePart::CommentsCount,
        _ => return None,
    })
}

/// A string, a number or a time as Python writes them; a time as RFC 3339.
fn literal(text: &str) -> Option<String> {
    if let Some(parts) = text.strip_prefix('(').and_then(|text| text.strip_suffix(')')) {
        let n: Vec<i64> = parts.split(',').filter_map(|n| n.trim().parse().ok()).collect();
        let &[year, month, day, hour, minute, second, ..] = n.as_slice() else { return None };
        return Some(format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"));
    }
    if text.bytes().all(|b| b.is_ascii_digit()) && !text.is_empty() {
        return Some(text.to_owned());
    }
    let text = text.strip_prefix('u').unwrap_or(text);
    let quote = text.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    let inside = text.strip_prefix(quote)?.strip_suffix(quote)?;
    let mut out = String::new();
    let mut chars = inside.chars();
    while let Some(c) = chars.next() {
        if c == quote {
            return None;
        }
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next()? {
            'n' => out.push('\n'),
            't' => out.push('\t'),
            'r' => out.push('\r'),
            'x' => out.push(hex(&mut chars, 2)?),
            'u' => out.push(hex(&mut chars, 4)?),
            'U' => out.push(hex(&mut chars, 8)?),
            other => out.push(other),
        }
    }
    Some(out)
}

fn hex(chars: &mut std::str::Chars<'_>, digits: usize) -> Option<char> {
    let hex: String = chars.take(digits).collect();
    char::from_u32(u32::from_str_radix(&hex, 16).ok()?)
}
