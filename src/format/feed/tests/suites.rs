//! Expectations of other readers' test suites for the fields that Gleaner has. The files stand in
//! the corpus, which may be absent; what is not met is listed in `suites/failing.txt` with a reason.

mod feedparser;
mod paired;
mod validator;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::super::title::strip;
use super::super::{Entry, Feed, date, read};
use crate::domain::text::Document;
use crate::domain::time::{Timestamp, When};
use crate::format::{Origin, html};

/// A place in a feed that a suite says something of.
#[derive(Clone, Copy, PartialEq, Debug)]
enum SuiteField {
    Title,
    Subtitle,
    Link,
    Own,
    Updated,
    /// Their number.
    Entries,
    Of(usize, SuitePart),
}

/// A place in an entry.
#[derive(Clone, Copy, PartialEq, Debug)]
enum SuitePart {
    Title,
    Link,
    Id,
    Author,
    Published,
    Updated,
    Content,
    Summary,
    Category(usize),
    EnclosureAddress(usize),
    EnclosureType(usize),
    EnclosureLength(usize),
    CommentsAddress,
    CommentsFeed,
    CommentsCount,
}

/// The results of one file's assertions.
#[derive(Default)]
struct SuiteOutcome {
    passed: usize,
    /// The expected and the actual value.
    failed: Vec<String>,
    not_applicable: usize,
}

impl SuiteOutcome {
    fn expect(&mut self, feed: &Feed, field: SuiteField, expected: &str, base: &str) {
        match agrees(feed, field, expected, base) {
            Ok(()) => self.passed += 1,
            Err(found) => self.failed.push(format!("{field:?}: {expected:?}, not {found}")),
        }
    }
}

fn corpus() -> Option<PathBuf> {
    let named = std::env::var_os("GLEANER_CORPUS").map(PathBuf::from);
    let path = named.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus")).join("feeds");
    path.is_dir().then_some(path)
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    paths.into_iter().flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

fn read_as(bytes: &[u8], charset: Option<&str>, name: &str) -> Option<Feed> {
    read(bytes, charset, &Origin { name, now: Timestamp(0) }).ok()
}

fn folded(text: &str) -> String {
    crate::domain::text::clean_line(text).to_string()
}

fn same_address(found: &str, expected: &str) -> bool {
    let whole = |text: &str| url::Url::parse(text.trim()).map_or_else(|_| folded(text), String::from);
    whole(found) == whole(expected)
}

fn same_time(found: Option<When>, expected: &str) -> bool {
    found.is_some() && found.map(When::sort_key) == date::read(expected).map(When::sort_key)
}

/// The same words and the same links.
fn same_text(found: &Document, expected: &str, base: &str) -> bool {
    let base = url::Url::parse(base).ok();
    let expected = html::to_document(expected, base.as_ref());
    folded(&found.text()) == folded(&expected.text()) && found.links == expected.links
}

fn same_line(found: &str, expected: &str) -> bool {
    found == folded(expected) || found == folded(&strip(expected))
}

fn agrees(feed: &Feed, field: SuiteField, expected: &str, base: &str) -> Result<(), String> {
    let told = |found: Option<&str>, agrees: fn(&str, &str) -> bool| {
        if found.is_some_and(|found| agrees(found, expected)) || (found.is_none() && strip(expected).trim().is_empty()) {
            Ok(())
        } else {
            Err(format!("{found:?}"))
        }
    };
    let timed = |found: Option<When>| if same_time(found, expected) { Ok(()) } else { Err(format!("{found:?}")) };
    let (nth, part) = match field {
        SuiteField::Title => return told(Some(&feed.title), same_line),
        SuiteField::Subtitle => return told(feed.subtitle.as_deref(), same_line),
        SuiteField::Link => return told(feed.site.as_deref(), same_address),
        SuiteField::Own => return told(feed.address.as_deref(), same_address),
        SuiteField::Updated => return timed(feed.schedule.updated),
        SuiteField::Entries => {
            let found = feed.entries.len().to_string();
            return if found == expected { Ok(()) } else { Err(found) };
        }
        SuiteField::Of(nth, part) => (nth, part),
    };
    let Some(entry) = feed.entries.get(nth) else { return Err("no such entry".to_owned()) };
    match part {
        SuitePart::Title => told(Some(&entry.article.title), same_line),
        SuitePart::Link => told(entry.article.url.as_deref(), same_address),
        SuitePart::Id => told(Some(&entry.id), |found, expected| found == folded(expected) || same_address(found, expected)),
        SuitePart::Author => told(entry.article.byline.as_deref(), |found, expected| {
            let name = super::super::parts::contact(&strip(expected));
            found == &*name || found.split(", ").any(|one| one == &*name)
        }),
        SuitePart::Published => timed(entry.article.published),
        SuitePart::Updated => timed(entry.updated.or(entry.article.published)),
        SuitePart::Content => text(entry, expected, base),
        SuitePart::Summary => match &entry.summary {
            Some(summary) if same_line(summary, expected) => Ok(()),
            Some(summary) if !folded(&entry.article.body.text()).is_empty() && text(entry, expected, base).is_err() => {
                Err(format!("{summary:?}"))
            }
            _ => text(entry, expected, base),
        },
        SuitePart::Category(n) => match entry.categories.get(n) {
            Some(found) if same_line(found, expected) => Ok(()),
            _ if entry.categories.iter().any(|found| same_line(found, expected)) => Ok(()),
            found => Err(format!("{found:?}")),
        },
        SuitePart::EnclosureAddress(n) => told(entry.enclosures.get(n).map(|file| &*file.address), same_address),
        SuitePart::EnclosureType(n) => told(entry.enclosures.get(n).and_then(|file| file.media_type.as_deref()), same_line),
        SuitePart::EnclosureLength(n) => {
            let length = entry.enclosures.get(n).and_then(|file| file.length).map(|length| length.to_string());
            told(length.as_deref(), same_line)
        }
        SuitePart::CommentsAddress => told(entry.comments.address.as_deref(), same_address),
        SuitePart::CommentsFeed => told(entry.comments.feed.as_deref(), same_address),
        SuitePart::CommentsCount => told(entry.comments.count.map(|n| n.to_string()).as_deref(), same_line),
    }
}

fn text(entry: &Entry, expected: &str, base: &str) -> Result<(), String> {
    let body = &entry.article.body;
    // Suites that give what stands in the file say nothing about its relative addresses, which count from the entry's page.
    let page = entry.article.url.as_deref().unwrap_or(base);
    let plain = folded(&body.text()) == folded(expected);
    if plain || same_text(body, expected, base) || same_text(body, expected, page) {
        Ok(())
    } else {
        Err(format!("{:?} {:?}", body.text(), body.links))
    }
}

/// A suite's name, the folder of its files, and what it says of one of them; none for what is not a file of its own.
type Suite = (&'static str, fn(&Path, &[u8], &str) -> Option<SuiteOutcome>);

const SUITES: [Suite; 4] = [
    ("feedparser", feedparser::outcome),
    ("feedvalidator", validator::outcome),
    ("gofeed", paired::gofeed),
    ("rss-parser", paired::rss_parser),
];

/// Known failures: file → reason.
fn failing() -> BTreeMap<&'static str, &'static str> {
    let lines = include_str!("suites/failing.txt").lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    lines.map(|line| line.split_once("  ").expect("a file, two spaces, a reason")).collect()
}

#[test]
fn the_suites_of_other_readers_are_met() {
    let Some(root) = corpus() else { return };
    let listed = failing();
    let mut wrong = Vec::new();
    for (suite, outcome_of) in SUITES {
        let (mut passed, mut failed, mut not_applicable) = (0, 0, 0);
        for path in files(&root.join(suite)) {
            let name = path.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
            let bytes = std::fs::read(&path).unwrap();
            let Some(outcome) = outcome_of(&path, &bytes, &name) else { continue };
            passed += outcome.passed;
            failed += outcome.failed.len();
            not_applicable += outcome.not_applicable;
            match (outcome.failed.is_empty(), listed.contains_key(&*name)) {
                (false, false) => wrong.push(format!("{name}  {}", outcome.failed.join(" | "))),
                (true, true) => wrong.push(format!("{name} is listed as failing, and passes")),
                _ => {}
            }
        }
        eprintln!("{suite}: {passed} of {} assertions met, {not_applicable} not about what Gleaner keeps", passed + failed);
    }
    assert!(wrong.is_empty(), "{} files:\n{}", wrong.len(), wrong.join("\n"));
}

/// No file of any suite brings the reader down.
#[test]
fn every_file_is_read_or_refused() {
    let Some(root) = corpus() else { return };
    let (mut read_whole, mut refused) = (0, Vec::new());
    for path in files(&root) {
        let bytes = std::fs::read(&path).unwrap();
        match read(&bytes, None, &Origin { name: "a", now: Timestamp(0) }) {
            Ok(_) => read_whole += 1,
            Err(error) => refused.push(format!("{}: {error}", path.strip_prefix(&root).unwrap().display())),
        }
    }
    eprintln!("{read_whole} read, {} refused", refused.len());
    if std::env::var_os("GLEANER_REFUSED").is_some() {
        eprintln!("{}", refused.join("\n"));
    }
    assert!(read_whole > refused.len());
}
