//! Subscription lists: OPML 1.0 to 2.0, read as it is written, and written.
//!
//! A [`List`] is the whole document, flat in reading order, with every element, attribute and text, known or not, so
//! that what is read and written again loses nothing. Its [`subscriptions`](List::subscriptions) are a view of it.

mod read;
#[cfg(test)]
mod tests;
mod unescaped;
mod write;

pub use read::is_opml;
pub use read::read;

use std::collections::HashSet;

use super::feed::Kind;
use crate::domain::plural::plural;
use crate::domain::text::{CleanText, clean_line, fold};

/// Levels of elements, the `opml` being the first; what is nested deeper stands at the last.
const MAX_DEPTH: usize = 256;
/// Elements of one list, and lines of one `urls` file.
pub(super) const MAX_ELEMENTS: usize = 200_000;
/// Bytes of all folders' names together: each subscription has those of its own.
const MAX_FOLDERS: usize = 64 << 20;

/// A feed that somebody follows, as a list tells it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct ListedFeed {
    /// Empty if the list gives none: then the feed's own is meant.
    pub title: CleanText,
    /// Where the feed is fetched from: `xmlUrl`. May hold a name and a password, as newsboat's lists do.
    pub address: CleanText,
    /// `htmlUrl`
    pub site: Option<CleanText>,
    /// The folders that it lies in, from the outside in.
    pub folder: Vec<CleanText>,
    /// As the list calls it; most call every kind "rss".
    pub kind: Kind,
    /// `category`, split at its commas; tags of newsboat.
    pub tags: Vec<CleanText>,
    pub description: Option<CleanText>,
    pub language: Option<CleanText>,
}

impl ListedFeed {
    pub fn new(address: &str) -> ListedFeed {
        ListedFeed {
            title: CleanText::default(),
            address: clean_line(address),
            site: None,
            folder: Vec::new(),
            kind: Kind::Rss,
            tags: Vec::new(),
            description: None,
            language: None,
        }
    }

    /// True if newsboat hides it from its list of feeds: it has a tag that begins with `!`.
    pub fn is_hidden(&self) -> bool {
        self.tags.iter().any(|tag| tag.starts_with('!'))
    }
}

/// A document of OPML.
#[derive(Clone, PartialEq, Debug)]
pub struct List {
    /// The first is the `opml` itself.
    nodes: Vec<OutlineNode>,
    /// Notes on odd, repaired and omitted parts, one line each.
    pub notes: Vec<CleanText>,
}

/// An element.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct OutlineNode {
    depth: usize,
    name: Box<str>,
    attributes: Vec<(Box<str>, CleanText)>,
    /// The text directly in it, one line for each piece between its children.
    text: CleanText,
}

impl OutlineNode {
    fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// An attribute's value on one line, if there is one.
    fn attribute(&self, name: &str) -> Option<CleanText> {
        let (_, value) = self.attributes.iter().find(|(key, _)| key.eq_ignore_ascii_case(name))?;
        Some(clean_line(value)).filter(|value| !value.is_empty())
    }

    fn title(&self) -> Option<CleanText> {
        self.attribute("title").or_else(|| self.attribute("text"))
    }

    /// The feed that an outline stands for.
    fn address(&self) -> Option<CleanText> {
        let named = || {
            let kind = self.attribute("type")?;
            let is_feed = matches!(fold(&kind).as_str(), "rss" | "atom" | "rdf" | "json" | "feed");
            self.attribute("url").filter(|_| is_feed)
        };
        self.attribute("xmlUrl").or_else(named)
    }

    fn subscription(&self, address: CleanText) -> ListedFeed {
        let says = |attribute, kind| self.attribute(attribute).is_some_and(|value| fold(&value).starts_with(kind));
        let kind = match () {
            () if says("type", "json") => Kind::Json,
            () if says("type", "atom") || says("version", "atom") => Kind::Atom,
            () => Kind::Rss,
        };
        let categories = self.attribute("category");
        let tags = categories.iter().flat_map(|all| all.split(','));
        // A category may be a path, which begins with a slash.
        let tags = tags.map(|tag| clean_line(tag.trim().trim_start_matches('/'))).filter(|tag| !tag.is_empty());
        ListedFeed {
            title: self.title().filter(|title| *title != address).unwrap_or_default(),
            site: self.attribute("htmlUrl"),
            folder: Vec::new(),
            kind,
            tags: tags.collect(),
            description: self.attribute("description"),
            language: self.attribute("language").filter(|language| &**language != "unknown"),
            address,
        }
    }

    /// True if it stands for a list elsewhere.
    fn is_inclusion(&self) -> bool {
        let kind = self.attribute("type").map(|kind| fold(&kind));
        let ending = |url: CleanText| Some(fold(url.rsplit_once('.')?.1));
        let names_list = || self.attribute("url").and_then(ending).is_some_and(|ending| ending == "opml");
        match kind.as_deref() {
            Some("include") => true,
            Some("link") => names_list(),
            _ => false,
        }
    }
}

impl List {
    /// The fields of its head: "title", "dateModified", "ownerName" …
    pub fn head(&self, name: &str) -> Option<&CleanText> {
        let head = self.nodes.iter().skip_while(|node| !node.is("head"));
        let mut inside = head.skip(1).take_while(|node| node.depth > 1 && !node.is("body"));
        inside.find(|node| node.is(name)).map(|node| &node.text).filter(|text| !text.is_empty())
    }

    /// The feeds in it, in its order, and notes on what they leave out.
    pub fn subscriptions(&self) -> (Vec<ListedFeed>, Vec<CleanText>) {
        let (mut found, mut notes) = (Vec::new(), Vec::new());
        let (mut known, mut again) = (HashSet::new(), Vec::new());
        let (mut bytes, mut homeless, mut inclusions) = (0, 0_u64, 0_u64);
        // Open outlines that are no feeds, with their depth.
        let mut folders: Vec<(usize, CleanText)> = Vec::new();
        for node in self.nodes.iter().filter(|node| node.is("outline")) {
            while folders.last().is_some_and(|(depth, _)| *depth >= node.depth) {
                folders.pop();
            }
            if let Some(address) = node.address() {
                if !known.insert(address.clone()) {
                    again.push(address);
                    continue;
                }
                let mut subscription = node.subscription(address);
                bytes += folders.iter().map(|(_, name)| name.len() + size_of::<CleanText>()).sum::<usize>();
                if bytes <= MAX_FOLDERS {
                    subscription.folder = folders.iter().map(|(_, name)| name.clone()).collect();
                } else {
                    homeless += 1;
                }
                found.push(subscription);
            } else {
                inclusions += u64::from(node.is_inclusion());
                folders.extend(node.title().map(|name| (node.depth, name)));
            }
        }
        if let Some(first) = again.first() {
            let what = plural(again.len() as u64, "subscription");
            notes.push(clean_line(&format!("{what} listed again, such as {first}; the first place of each is kept")));
        }
        if inclusions > 0 {
            let what = plural(inclusions, "linked list");
            notes.push(clean_line(&format!("{what} not followed")));
        }
        if homeless > 0 {
            let what = plural(homeless, "subscription");
            notes.push(clean_line(&format!("{what} without the folders, whose names are too long together")));
        }
        (found, notes)
    }
}

/// `12 subscriptions in 3 folders`
pub fn summary(subscriptions: &[ListedFeed]) -> String {
    let mut folders: Vec<_> = subscriptions.iter().map(|one| &one.folder).filter(|folder| !folder.is_empty()).collect();
    folders.sort_unstable();
    folders.dedup();
    let what = plural(subscriptions.len() as u64, "subscription");
    match folders.len() {
        0 => what,
        n => format!("{what} in {}", plural(n as u64, "folder")),
    }
}
