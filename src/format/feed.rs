//! Feeds: RSS 0.9 to 2.0, Atom, JSON Feed and their kin, read as they are written, not as they should be.
//!
//! Bytes become text (`decode`), text a few shallow elements (`xml`, `names`), elements a [`Feed`] (`entry`).
//! Broken input is read as it was meant, with a note (`repair`). Each step is one linear pass.

pub(super) mod date;
pub(super) mod decode;
mod element;
mod entry;
mod json_feed;
mod limits;
mod media;
mod names;
mod parts;
pub(super) mod references;
pub(super) mod repair;
pub mod synced;
#[cfg(test)]
mod tests;
mod text;
mod title;
mod wrapped;
mod xml;

use std::collections::HashMap;

use url::Url;

use super::bounds::Bounds;
use super::json::Json;
use super::{MAX_PAGE, Origin, Unreadable};
use crate::domain::article::{Article, Enclosure, Replies};
use crate::domain::plural::plural;
use crate::domain::text::{CleanText, clean_line};
use crate::domain::time::{Timestamp, When};

/// A feed's own details, and its entries.
#[derive(Clone, PartialEq, Debug)]
pub struct Feed {
    pub kind: Kind,
    /// May be empty.
    pub title: CleanText,
    pub subtitle: Option<CleanText>,
    /// The site that it belongs to.
    pub site: Option<CleanText>,
    /// The address that it states for itself.
    pub address: Option<CleanText>,
    /// The program that made it, by name and address, as far as it says.
    pub generator: Option<CleanText>,
    pub schedule: FeedSchedule,
    /// In the feed's order; those that stand there twice, once.
    pub entries: Vec<Entry>,
    /// It ends before its end.
    pub breaks_off: bool,
    /// Notes on odd, repaired and omitted parts, one line each.
    pub notes: Vec<CleanText>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Kind {
    Rss,
    Atom,
    Json,
}

/// A feed's hints for those who fetch it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct FeedSchedule {
    /// Hubs that tell what is new (`WebSub`).
    pub hubs: Vec<CleanText>,
    /// Minutes for which a copy holds: `ttl` of RSS.
    pub ttl: Option<u32>,
    /// Seconds between two changes: `sy:updatePeriod` divided by `sy:updateFrequency`.
    pub period: Option<u32>,
    /// The time of its last change.
    pub updated: Option<When>,
}

/// One item of a feed.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Entry {
    pub article: Article,
    /// Its id within the feed: its guid, else its address, else a hash.
    pub id: Box<str>,
    pub updated: Option<When>,
    /// The teaser, where it stands beside the whole text.
    pub summary: Option<CleanText>,
    pub categories: Vec<CleanText>,
    pub enclosures: Vec<Enclosure>,
    pub comments: Comments,
    pub in_reply_to: Vec<Reply>,
}

/// The discussion of an entry, and its number of comments.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Comments {
    /// The page with the discussion: `comments` of RSS, `rel="replies"` of Atom.
    pub address: Option<CleanText>,
    /// The feed of the comments: `wfw:commentRss`, `rel="replies"` of a feed's type.
    pub feed: Option<CleanText>,
    /// `slash:comments`, `thr:total`, `thr:count`
    pub count: Option<u32>,
    /// Comments at or above each score from -1 on: `slash:hit_parade`.
    pub hit_parade: Vec<u32>,
    /// `slash:section`
    pub section: Option<CleanText>,
}

/// The entry that this one answers: `thr:in-reply-to`.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Reply {
    pub id: Option<CleanText>,
    pub address: Option<CleanText>,
}

/// Reads a feed of any kind; relative addresses count from where it came from, if its name is an address.
/// `charset` is what the server's answer names, if it does. Of one that is larger than a record may be, the items that
/// are whole within its beginning are read.
pub fn read(bytes: &[u8], charset: Option<&str>, origin: &Origin<'_>) -> Result<Feed, Unreadable> {
    let (bytes, is_cut) = limits::first_bytes(bytes);
    let (text, notes) = decode::decode(bytes, charset);
    if text.trim().is_empty() {
        return Err(Unreadable::Empty);
    }
    let base = Url::parse(origin.name).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    let mut feed = if text.trim_start().starts_with('{') {
        let json = Json::parse(&text);
        json_feed::read(&json, base.as_ref(), origin.now, is_cut).ok_or(Unreadable::Unknown { found: "JSON" })?
    } else {
        read_xml(&text, base.as_ref(), origin.now, is_cut)?
    };
    feed.notes.splice(0..0, notes.iter().map(|note| clean_line(note)));
    let mut bounds = Bounds::default();
    bounds.keep_line(&mut feed.title);
    feed.subtitle.iter_mut().for_each(|subtitle| bounds.keep_line(subtitle));
    for address in [&mut feed.site, &mut feed.address] {
        bounds.keep_address(address);
    }
    feed.notes.extend(bounds.notes());
    if is_cut {
        feed.breaks_off = true;
        feed.notes.insert(0, limits::cut_note(feed.entries.len()));
    }
    keep_once(&mut feed);
    Ok(feed)
}

fn read_xml(text: &str, base: Option<&Url>, now: Timestamp, is_cut: bool) -> Result<Feed, Unreadable> {
    let text = &*repair::restore_quotes(text);
    let unwrapped = wrapped::unwrap(text);
    let text = unwrapped.as_deref().unwrap_or(text);
    // Errors of the server's own, comments and blank lines may stand before it.
    let (junk, text) = start(text).map_or((0, text), |at| (text[..at].trim().chars().count(), &text[at..]));
    let mut tree = xml::read(text, base);
    let mended;
    if tree.repairs.calls_for_mending() {
        mended = repair::mend(text);
        if let (text, count @ 1..) = &mended {
            tree = xml::read(text, base);
            tree.repairs.characters += count;
        }
    }
    tree.repairs.junk = junk;
    tree.repairs.characters += text.bytes().filter(|b| *b < b' ' && !matches!(b, b'\t' | b'\n' | b'\r')).count();
    if tree.root.is_empty() || !(names::is_frame(tree.root) || names::is_entry(tree.root)) {
        let found = match super::sniff::first_tag(text).as_deref() {
            None => "plain text",
            Some("opml") => "a list of subscriptions",
            Some(_) => "XML",
        };
        return Err(Unreadable::Unknown { found });
    }
    if tree.elements <= 1 && (tree.root != "channel" || tree.feed.attributes.is_empty()) {
        return Err(Unreadable::Unknown { found: "a feed with nothing in it" });
    }
    if is_cut {
        tree.entries.truncate(tree.entries.len() - tree.cut_entries);
    }
    let mut feed = entry::feed(&tree, now);
    feed.notes.extend(exported_comments(text));
    if unwrapped.is_some() {
        feed.notes.push(clean_line("it stands in a web page, which is passed over"));
    }
    Ok(feed)
}

/// The comments that a blog's export (`WordPress` eXtended RSS) holds within its items are not read, and said to be there.
fn exported_comments(text: &str) -> Option<CleanText> {
    let comments = if text.contains("<wp:wxr_version>") { text.matches("<wp:comment>").count() } else { 0 };
    (comments > 0).then(|| clean_line(&format!("{} of a blog's export left out", plural(comments as u64, "comment"))))
}

/// The offset at which a feed begins behind foreign text; none where it begins at once or not at all.
fn start(text: &str) -> Option<usize> {
    const HEAD: usize = 4096;
    let head = &text[..text.floor_char_boundary(HEAD)];
    let begins = ["<?xml", "<rss", "<feed", "<rdf:RDF", "<channel"].iter().filter_map(|tag| head.find(tag)).min()?;
    (!super::sniff::behind_prolog(head[..begins].trim_start_matches('\u{feff}')).is_empty()).then_some(begins)
}

/// True if bytes look like a feed in XML, by the first element.
pub fn is_feed(bytes: &[u8]) -> bool {
    const HEAD: usize = 16 << 10;
    let read = |length: usize| decode::decode(&bytes[..bytes.len().min(length)], None).0;
    let mut head = read(HEAD);
    // A comment before the root may be longer than any head.
    if bytes.len() > HEAD && super::sniff::first_tag(&head).is_none() && head.trim_start().starts_with('<') {
        head = read(MAX_PAGE);
    }
    if is_wrapped(bytes, &head) {
        return true;
    }
    let Some(root) = super::sniff::first_tag(&head[start(&head).unwrap_or(0)..]) else { return false };
    let begins_as_page = super::sniff::first_tag(&head).is_some_and(|name| matches!(name.as_str(), "html" | "body" | "head"));
    let (prefix, name) = root.rsplit_once(':').unwrap_or(("", &root));
    let holds = |tag: &str| {
        head.match_indices('<')
            .any(|(at, _)| head[at + 1..].get(..tag.len()).is_some_and(|name| name.eq_ignore_ascii_case(tag)))
    };
    let is_known = match name {
        "rss" | "rdf" | "feed" => true,
        // CDF and RSS 1.1 begin so, and much else.
        "channel" => holds("item"),
        "entry" => head.contains("Atom"),
        _ => false,
    };
    is_known && !begins_as_page && prefix != "svg"
}

/// True if bytes are a page that holds nothing but a feed.
fn is_wrapped(bytes: &[u8], head: &str) -> bool {
    const PAGE: usize = 80 << 10;
    // Few pages name what a feed begins with; only of these more is decoded.
    let is_page = super::sniff::first_tag(head).is_some_and(|name| matches!(name.as_str(), "html" | "head" | "body" | "pre"));
    let start = &bytes[..bytes.len().min(PAGE)];
    let named = [&b"<rss"[..], b"<feed", b"<rdf:RDF", b"&lt;?xml", b"&lt;rss", b"&lt;feed", b"&lt;rdf"];
    is_page
        && named.iter().any(|name| start.windows(name.len()).any(|part| part == *name))
        && wrapped::unwrap(&decode::decode(start, None).0).is_some()
}

/// True if a text of JSON is a feed, by what its head names; only then it is read as JSON to make sure.
pub fn is_json_feed(text: &str) -> bool {
    let named = ["jsonfeed.org", "home_page_url", "feed_url"].iter().any(|name| text.contains(name));
    named && Json::parse(text).roots().next().is_some_and(json_feed::is_feed)
}

/// True if bytes that are too many to be read whole begin as a feed of JSON does.
pub fn begins_json_feed(bytes: &[u8]) -> bool {
    const HEAD: usize = 16 << 10;
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(HEAD)]);
    let head = head.trim_start_matches('\u{feff}').trim_start();
    head.starts_with('{') && ["jsonfeed.org", "home_page_url", "feed_url"].iter().any(|name| head.contains(name))
}

/// Equal items are one. Items that have only their id or address in common are not: each may be an article.
fn keep_once(feed: &mut Feed) {
    let before = feed.entries.len();
    let mut seen: HashMap<(Box<str>, CleanText), Vec<Entry>> = HashMap::new();
    feed.entries.retain(|entry| {
        let so_named = seen.entry((entry.id.clone(), entry.article.title.clone())).or_default();
        let is_new = !so_named.contains(entry);
        if is_new {
            so_named.push(entry.clone());
        }
        is_new
    });
    let doubled = before - feed.entries.len();
    if doubled > 0 {
        let what = if doubled == 1 { "item stands" } else { "items stand" };
        feed.notes.push(clean_line(&format!("{doubled} {what} there twice; the first is kept")));
    }
}

impl Entry {
    /// True if it tells nothing at all, such as one that was cut off at its beginning.
    pub fn is_blank(&self) -> bool {
        let article = &self.article;
        let has_text = !(article.title.is_empty() && article.body.blocks.is_empty());
        !has_text && article.url.is_none() && self.enclosures.is_empty()
    }

    /// The article that it brings.
    pub fn into_article(self) -> Article {
        let Comments { address, feed, count, .. } = self.comments;
        let replies = Replies { address, feed, count };
        Article { enclosures: self.enclosures, categories: self.categories, replies, ..self.article }
    }
}
