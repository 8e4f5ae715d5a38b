//! Foreign formats to the domain and back. Bytes in, domain out; no I/O. Odd content gives odd values and a note; only
//! what cannot be read at all is an error.

mod ago;
mod attachments;
pub mod changes;
mod discourse;
pub mod discover;
pub mod edition;
mod encoding;
pub mod feed;
mod flow;
pub mod front;
mod gunzip;
mod hackernews;
pub mod html;
pub mod identity;
pub mod json;
mod lemmy;
pub mod lines;
mod lobsters;
pub mod markdown;
pub mod opml;
pub mod other_texts;
pub mod page;
pub mod page_links;
pub mod physorg;
pub mod plain;
mod plausible;
pub mod prepared;
mod reddit;
mod remark;
mod saved;
pub mod slug;
mod sniff;
mod tex;
pub mod urls;
mod wordpress;
pub mod written;

use crate::domain::article::{Article, Page, Source};
use crate::domain::text::{CleanText, clean_id, clean_line};
use crate::domain::time::Timestamp;

/// The largest record that is read, in bytes: a dump or saved discussion with all its comments, a list of subscriptions, an
/// article of an export on its line. What it is read into takes a few times as much memory.
pub const MAX_RECORD: usize = 128 << 20;
/// The largest feed, web page or text of one article, in bytes, and so the largest answer of a server: a tree of elements
/// takes many times as much memory as its bytes, and an article is drawn whole. Of a larger feed the beginning is read.
pub const MAX_PAGE: usize = 16 << 20;

/// What is known of some bytes beside the bytes.
#[derive(Clone, Debug)]
pub struct Origin<'a> {
    /// File name or address, for titles of untitled things and for notes.
    pub name: &'a str,
    /// Relative times ("20 hours ago") count from here: the file's own time, or that of the fetch.
    pub now: Timestamp,
}

/// The formats that [`read`] knows, by content.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    Edition,
    PhysorgText,
    PhysorgHtml,
    Html,
    Markdown,
    Plain,
    Reddit,
    HackerNews,
    Lobsters,
    Discourse,
    Lemmy,
    Remark,
    WordPress,
    Rss,
    Atom,
    JsonFeed,
    Opml,
    Urls,
}

impl Format {
    /// What `import` calls it: "phys.org text dump".
    pub fn label(self) -> &'static str {
        match self {
            Format::Edition => "edition page",
            Format::PhysorgText => "phys.org text dump",
            Format::PhysorgHtml => "phys.org page",
            Format::Html => "HTML page",
            Format::Markdown => "Markdown",
            Format::Plain => "plain text",
            Format::Reddit => "Reddit thread",
            Format::HackerNews => "Hacker News thread",
            Format::Lobsters => "Lobsters story",
            Format::Discourse => "Discourse topic",
            Format::Lemmy => "Lemmy thread",
            Format::Remark => "comments of a site",
            Format::WordPress => "comments of a blog",
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
    /// What a list of subscriptions holds.
    pub subscriptions: Vec<opml::Subscription>,
    /// What was odd, repaired or left out, a line each.
    pub notes: Vec<CleanText>,
}

/// Why some bytes hold nothing to read.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Unreadable {
    #[error("it is empty")]
    Empty,
    #[error("it holds {bytes} bytes, more than the {most} that {what} may have")]
    TooLarge { bytes: usize, most: usize, what: &'static str },
    #[error("it is no text: a NUL byte at offset {at}")]
    Binary { at: usize },
    #[error("it is of no format that gleaner reads ({found})")]
    Unknown { found: &'static str },
    #[error("no article was found on the page")]
    NoArticle,
}

impl Unreadable {
    /// That `bytes`, or more, are too many for a record.
    pub fn record_too_large(bytes: usize) -> Unreadable {
        Unreadable::TooLarge { bytes, most: MAX_RECORD, what: "one record" }
    }
}

/// Reads bytes of any known format, found by content.
pub fn read(bytes: &[u8], origin: &Origin<'_>) -> Result<Parsed, Unreadable> {
    read_told(bytes, None, origin)
}

/// The article on a web page, for an entry that carries only its teaser. `charset` is what the server's answer names,
/// the origin's name the page's address.
pub fn full_text(bytes: &[u8], charset: Option<&str>, origin: &Origin<'_>) -> Result<Article, Unreadable> {
    let parsed = read_told(bytes, charset, origin)?;
    let page = parsed.pages.into_iter().next().filter(|page| !page.article.body.is_blank());
    match parsed.format {
        Format::Rss | Format::Atom | Format::JsonFeed => Err(Unreadable::Unknown { found: "a feed, not a page" }),
        _ => page.map(|page| page.article).ok_or(Unreadable::NoArticle),
    }
}

/// As [`read`], where the server's answer names an encoding.
pub fn read_told(bytes: &[u8], charset: Option<&str>, origin: &Origin<'_>) -> Result<Parsed, Unreadable> {
    let mut parsed = read_format(bytes, charset, origin)?;
    clean_ids(&mut parsed.pages);
    Ok(parsed)
}

/// Ids are foreign text like any other: the readers of formats give them as they stand.
fn clean_ids(pages: &mut [Page]) {
    for discussion in pages.iter_mut().flat_map(|page| &mut page.discussions) {
        let awaited = discussion.comments.iter_mut().flat_map(|comment| [Some(&mut comment.id), comment.awaits.as_mut()]);
        let below = discussion.stubs.iter_mut().map(|stub| stub.below.as_mut());
        awaited.chain(below).flatten().for_each(|id| *id = clean_id(id));
    }
}

fn read_format(bytes: &[u8], charset: Option<&str>, origin: &Origin<'_>) -> Result<Parsed, Unreadable> {
    let (bytes, note) = gunzip::gunzip(bytes);
    let mut parsed = read_plain(&bytes, charset, origin)?;
    parsed.notes.extend(note.map(clean_line));
    Ok(parsed)
}

/// Reads what is not compressed.
fn read_plain(bytes: &[u8], charset: Option<&str>, origin: &Origin<'_>) -> Result<Parsed, Unreadable> {
    if let Some(found) = sniff::foreign_bytes(bytes) {
        return Err(Unreadable::Unknown { found });
    }
    if feed::is_feed(bytes) {
        return feed::read_pages(bytes, charset, origin);
    }
    if bytes.len() > MAX_PAGE
        && feed::begins_json_feed(bytes)
        && let Ok(parsed) = feed::read_pages(bytes, charset, origin)
    {
        return Ok(parsed);
    }
    if bytes.len() > MAX_RECORD {
        return Err(Unreadable::record_too_large(bytes.len()));
    }
    if opml::is_opml(bytes) {
        let list = opml::read(bytes)?;
        let (subscriptions, more) = list.subscriptions();
        let notes = list.notes.into_iter().chain(more).collect();
        return Ok(Parsed { format: Format::Opml, pages: Vec::new(), subscriptions, notes });
    }
    if let Some(at) = bytes.iter().position(|&b| b == 0).filter(|_| !encoding::is_utf16(bytes)) {
        return Err(Unreadable::Binary { at });
    }
    let decoded = encoding::decode(bytes, charset);
    let text = &decoded.text;
    // UTF-16 of NUL characters, and a file of nothing but white space and marks.
    if let Some(at) = text.find('\0') {
        return Err(Unreadable::Binary { at });
    }
    if text.trim().is_empty() {
        return Err(Unreadable::Empty);
    }
    let decoded_notes = decoded.notes.iter().map(|note| clean_line(note));
    if sniff::is_json(text) {
        if feed::is_json_feed(text) {
            return feed::read_pages(bytes, charset, origin);
        }
        let (format, pages, more) = saved::read(text, origin)?;
        return Ok(Parsed { format, pages, subscriptions: Vec::new(), notes: decoded_notes.chain(more).collect() });
    }
    if let Some(found) = sniff::foreign_text(text) {
        return Err(Unreadable::Unknown { found });
    }
    if urls::is_urls(text, origin) {
        let (subscriptions, notes) = urls::read(bytes);
        return Ok(Parsed { format: Format::Urls, pages: Vec::new(), subscriptions, notes });
    }
    let format = sniff::format(text, origin);
    if bytes.len() > MAX_PAGE && format != Format::PhysorgText {
        return Err(Unreadable::TooLarge { bytes: bytes.len(), most: MAX_PAGE, what: "one page" });
    }
    let saved_at =
        html::find::saved_at(text).filter(|_| matches!(format, Format::Html | Format::Lobsters | Format::PhysorgHtml));
    let origin = &Origin { now: saved_at.unwrap_or(origin.now), ..origin.clone() };
    let (page, notes) = match format {
        Format::Edition => edition::read_page(text, origin),
        Format::PhysorgText => physorg::read_dump(text, origin),
        Format::PhysorgHtml => physorg::read_page(text, origin),
        Format::HackerNews => hackernews::page::read(text, origin)?,
        Format::Lobsters => lobsters::page::read(text, origin)?,
        Format::Html => {
            let blog = wordpress::page::has_comments(text).then(|| wordpress::page::read(text, origin)).flatten();
            blog.unwrap_or_else(|| page::read(text, origin))
        }
        Format::Markdown => markdown::read_page(text, origin),
        _ => plain::read_page(text, origin),
    };
    Ok(Parsed { format, pages: vec![page], subscriptions: Vec::new(), notes: decoded_notes.chain(notes).collect() })
}

/// Reads what a place answered to several requests for one discussion, as the pages that they make together. None of
/// them is larger than a record; together they may be.
pub fn read_answers<'a>(answers: impl Iterator<Item = &'a str>, origin: &Origin<'_>) -> Result<Vec<Page>, Unreadable> {
    let answers: Vec<&str> = answers.collect();
    let Some(first) = answers.first() else { return Err(Unreadable::Empty) };
    if sniff::is_json(first) {
        let (_, mut pages, _) = saved::read(&answers.join("\n"), origin)?;
        clean_ids(&mut pages);
        return Ok(pages);
    }
    read(first.as_bytes(), origin).map(|parsed| parsed.pages)
}

/// Where pages come from that name no place of their own.
fn files() -> Source {
    Source { key: clean_line("files"), title: clean_line("Imported files") }
}

/// A file's name, or the last part of an address, without folder and ending.
fn stem(name: &str) -> &str {
    let file = name.trim_end_matches(['/', '\\']).rsplit(['/', '\\']).next().unwrap_or(name);
    file.rsplit_once('.').map_or(file, |(stem, _)| stem).trim_start_matches('.')
}

#[cfg(test)]
mod tests;
