//! Foreign formats to the domain and back. Bytes in, domain out; no I/O. Odd content gives odd values and a note; only
//! what cannot be read at all is an error.

mod attachments;
pub mod bounds;
pub mod changes;
pub mod dateline;
pub mod discover;
mod document_builder;
pub mod edition;
pub mod encoding;
pub mod feed;
pub mod fields;
pub mod gunzip;
pub mod html;
pub mod identity;
pub mod json;
pub mod jsonl;
pub mod mail;
pub mod markdown;
pub mod newsboat;
pub mod opml;
pub mod other_texts;
pub mod page;
pub mod page_links;
pub mod plain;
mod plausible;
pub mod prepared;
pub mod relative_time;
pub mod render;
pub mod slug;
pub mod sniff;
mod tex;
pub mod urls;
pub mod xml_tree;

use crate::domain::article::{Page, Source};
use crate::domain::site::SiteId;
use crate::domain::text::{CleanText, clean_line};
use crate::domain::time::Timestamp;

/// The largest record that is read, in bytes: a dump or saved discussion with all its comments, a list of subscriptions, an
/// article of an export on its line. What it is read into takes a few times as much memory.
pub const MAX_RECORD: usize = 128 << 20;
/// The largest feed, web page or text of one article, in bytes, and so the largest answer of a server: a tree of elements
/// takes many times as much memory as its bytes, and an article is drawn whole. Of a larger feed the beginning is read.
pub const MAX_PAGE: usize = 16 << 20;

/// Facts about some bytes besides the bytes.
#[derive(Clone, Debug)]
pub struct Origin<'a> {
    /// File name or address, for titles of untitled things and for notes.
    pub name: &'a str,
    /// Relative times ("20 hours ago") count from here: the file's own time, or that of the fetch.
    pub now: Timestamp,
}

/// The formats that are read, found by content.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    Edition,
    Html,
    Markdown,
    Plain,
    /// A discussion as a site gives it, and what such a file is called.
    Saved {
        site: SiteId,
        label: &'static str,
    },
    Rss,
    Atom,
    JsonFeed,
    Opml,
    Urls,
}

impl Format {
    /// The name that `import` shows: "phys.org text dump".
    pub fn label(self) -> &'static str {
        match self {
            Format::Edition => "edition page",
            Format::Html => "HTML page",
            Format::Markdown => "Markdown",
            Format::Plain => "plain text",
            Format::Saved { label, .. } => label,
            Format::Rss => "RSS feed",
            Format::Atom => "Atom feed",
            Format::JsonFeed => "JSON feed",
            Format::Opml => "OPML",
            Format::Urls => "newsboat's list of feeds",
        }
    }
}

#[derive(Clone, PartialEq, Debug)]
pub struct Parsed {
    pub format: Format,
    pub pages: Vec<Page>,
    /// The content of a list of subscriptions.
    pub subscriptions: Vec<opml::ListedFeed>,
    /// Queries that a list keeps beside its subscriptions.
    pub searches: Vec<urls::ListedSearch>,
    /// Notes on odd, repaired and omitted parts, one line each.
    pub notes: Vec<CleanText>,
}

impl Parsed {
    /// Pages of a format.
    pub(crate) fn of_pages(format: Format, pages: Vec<Page>, notes: Vec<CleanText>) -> Parsed {
        Parsed { format, pages, subscriptions: Vec::new(), searches: Vec::new(), notes }
    }

    pub(crate) fn list(format: Format, subscriptions: Vec<opml::ListedFeed>, notes: Vec<CleanText>) -> Parsed {
        Parsed { subscriptions, ..Parsed::of_pages(format, Vec::new(), notes) }
    }
}

/// Why some bytes hold nothing to read.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Unreadable {
    #[error("it is empty")]
    Empty,
    #[error("it holds {bytes} bytes, more than the {most} that {what} may have")]
    TooLarge { bytes: usize, most: usize, what: &'static str },
    #[error("it is not text: a NUL byte at offset {at}")]
    Binary { at: usize },
    #[error("it is of no format that gleaner reads ({found})")]
    Unknown { found: &'static str },
    #[error("no article was found on the page")]
    NoArticle,
}

impl Unreadable {
    /// The error for a record of at least `bytes`.
    pub fn record_too_large(bytes: usize) -> Unreadable {
        Unreadable::TooLarge { bytes, most: MAX_RECORD, what: "one record" }
    }
}

/// The source of pages that name none.
pub fn files() -> Source {
    Source { key: clean_line("files"), title: clean_line("Imported files") }
}

/// A file's name, or the last part of an address, without folder and ending.
pub fn stem(name: &str) -> &str {
    let file = name.trim_end_matches(['/', '\\']).rsplit(['/', '\\']).next().unwrap_or(name);
    file.rsplit_once('.').map_or(file, |(stem, _)| stem).trim_start_matches('.')
}
