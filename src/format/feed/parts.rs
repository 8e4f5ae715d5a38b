//! The smaller parts of an entry: its links, its authors, its categories, where it is discussed. Not its files: see
//! [`media`](super::media).

use std::collections::HashSet;

use url::Url;

use super::element::FeedElement;
use super::text::address;
use super::title::strip;
use super::{Comments, Reply};
use crate::domain::text::{CleanText, clean_line};

/// Entries that one of them answers; more say nothing.
const MAX_ANSWERED: usize = 200;

/// The links of a feed or an entry by what they are for.
#[derive(Default)]
pub(super) struct Links<'a> {
    /// An alternate in HTML, or of no type.
    pub(super) page: Option<&'a str>,
    /// The text of a link as RSS writes it.
    pub(super) plain: Option<&'a str>,
    pub(super) own: Option<&'a str>,
    pub(super) hubs: Vec<&'a str>,
    pub(super) enclosures: Vec<&'a FeedElement<'a>>,
    pub(super) replies: Vec<&'a FeedElement<'a>>,
    pub(super) related: Vec<&'a str>,
}

impl<'a> Links<'a> {
    pub(super) fn of(element: &'a FeedElement<'a>) -> Links<'a> {
        let mut found = Links::default();
        let mut alternate = None;
        for link in element.all("link") {
            let Some(href) = link.attribute("href").filter(|href| !href.is_empty()) else {
                found.plain = found.plain.or(link.words());
                continue;
            };
            let relation = link.attribute("rel").unwrap_or("alternate").to_ascii_lowercase();
            let relation = relation.trim_start_matches("http://www.iana.org/assignments/relation/");
            for relation in relation.split_whitespace() {
                match relation {
                    "alternate" => {
                        let kind = link.attribute("type").unwrap_or("text/html");
                        if kind.contains("html") || kind.is_empty() {
                            found.page = found.page.or(Some(href));
                        }
                        alternate = alternate.or(Some(href));
                    }
                    "self" => found.own = found.own.or(Some(href)),
                    "hub" => found.hubs.push(href),
                    "enclosure" => found.enclosures.push(link),
                    "replies" => found.replies.push(link),
                    "related" => found.related.push(href),
                    _ => {}
                }
            }
        }
        found.page = found.page.or(alternate);
        found
    }
}

/// A media type that names a feed.
fn is_feed_type(kind: &str) -> bool {
    ["atom+xml", "rss+xml", "feed+json", "rdf+xml"].iter().any(|feed| kind.contains(feed))
}

/// The authors, each once.
pub(super) fn authors(of: &FeedElement<'_>) -> Vec<CleanText> {
    let (mut found, mut known) = (Vec::new(), HashSet::new());
    for names in [&["dc:creator", "dc:author", "author"][..], &["itunes:author"]] {
        let authors = of.children.iter().filter(|child| names.contains(&child.name));
        for author in authors {
            let name = author.first(&["name", "title", "email", "uri", "url"]).and_then(FeedElement::words);
            let name = if author.children.is_empty() { author.words() } else { name };
            let name = name.map(|name| contact(&strip(name))).unwrap_or_default();
            // A mere mail address beside a name is the same person once more.
            let is_mail = name.contains('@') && !name.contains(' ');
            if !(name.is_empty() || is_mail && !found.is_empty()) && known.insert(name.clone()) {
                found.push(name);
            }
        }
        if !found.is_empty() {
            break;
        }
    }
    found
}

/// A person's name out of the forms that RSS has for it: `a@b.c (Name)`, `Name <a@b.c>`, `Name (a@b.c)`.
pub(super) fn contact(text: &str) -> CleanText {
    let text = text.strip_prefix("mailto:").unwrap_or(text);
    let bracketed = |open: char, close: char| {
        let (before, rest) = text.split_once(open)?;
        let (inside, after) = rest.rsplit_once(close)?;
        Some((before.trim(), inside.trim(), after.trim()))
    };
    let mail = |text: &str| text.contains('@') && !text.trim().contains(' ');
    let parts = bracketed('(', ')').or_else(|| bracketed('<', '>')).or_else(|| bracketed('[', ']'));
    match parts {
        Some((before, inside, after)) if mail(before) && !inside.is_empty() && after.is_empty() => clean_line(inside),
        Some((before, inside, after)) if mail(inside) => {
            let name = clean_line(&format!("{before} {after}"));
            if name.is_empty() { clean_line(inside) } else { name }
        }
        _ => clean_line(text),
    }
}

pub(super) fn categories(entry: &FeedElement<'_>) -> Vec<CleanText> {
    let (mut found, mut known) = (Vec::new(), HashSet::new());
    let mut add = |text: &str| {
        let name = clean_line(&strip(text));
        if !name.is_empty() && known.insert(name.clone()) {
            found.push(name);
        }
    };
    for child in &entry.children {
        match child.name {
            "category" | "dc:subject" | "media:category" => {
                let term = child.attribute("label").filter(|label| !label.is_empty()).or_else(|| child.attribute("term"));
                add(term.or_else(|| child.words()).unwrap_or(""));
            }
            "itunes:category" => {
                // One of them may stand in another.
                let mut inner = Some(child);
                while let Some(category) = inner {
                    add(category.attribute("text").or_else(|| category.words()).unwrap_or(""));
                    category.children.iter().skip(1).for_each(|more| add(more.attribute("text").unwrap_or("")));
                    inner = category.children.first();
                }
            }
            "itunes:keywords" | "media:keywords" => child.text.split(',').for_each(&mut add),
            _ => {}
        }
    }
    found
}

pub(super) fn comments(entry: &FeedElement<'_>, links: &Links<'_>, base: Option<&Url>) -> Comments {
    let of = |names: &[&str]| entry.first(names).and_then(FeedElement::words);
    let number = |text: &str| text.trim().parse::<u32>().ok();
    let is_feed = |link: &&&FeedElement<'_>| link.attribute("type").is_some_and(is_feed_type);
    let reply = |feed: bool| links.replies.iter().find(|link| is_feed(link) == feed).and_then(|link| link.attribute("href"));
    let counted = links.replies.iter().find_map(|link| link.attribute("count")).and_then(number);
    Comments {
        // Some feeds tell there how many comments there are, or say a word.
        address: of(&["comments"])
            .filter(|raw| raw.contains(['/', '?', '#', '.']) && !raw.contains(' '))
            .or_else(|| reply(false))
            .and_then(|raw| address(raw, base)),
        feed: of(&["wfw:commentrss"]).or_else(|| reply(true)).and_then(|raw| address(raw, base)),
        count: of(&["slash:comments", "thr:total"]).and_then(number).or(counted),
        hit_parade: of(&["slash:hit_parade"])
            .into_iter()
            .flat_map(|parade| parade.split(',').filter_map(number))
            .take(16)
            .collect(),
        section: of(&["slash:section"]).map(clean_line),
    }
}

pub(super) fn replies(entry: &FeedElement<'_>, links: &Links<'_>, base: Option<&Url>) -> Vec<Reply> {
    let mut found: Vec<Reply> = entry
        .all("thr:in-reply-to")
        .take(MAX_ANSWERED)
        .map(|reply| Reply {
            id: reply.attribute("ref").map(clean_line).filter(|id| !id.is_empty()),
            address: reply.attribute("href").and_then(|href| address(href, base)),
        })
        .collect();
    if !found.is_empty() {
        // Blogger names the answered comment in a link of its own.
        found.extend(links.related.iter().take(MAX_ANSWERED).map(|href| Reply { id: None, address: address(href, base) }));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_in_what_stands_for_it() {
        let table = [
            ("mail@example.org (Some Name)", "Some Name"),
            ("Some Name <mail@example.org>", "Some Name"),
            ("Some Name (mail@example.org)", "Some Name"),
            ("mail@example.org", "mail@example.org"),
            ("<mail@example.org>", "mail@example.org"),
            ("mailto:mail@example.org", "mail@example.org"),
            ("Some Name (Staff)", "Some Name (Staff)"),
        ];
        for (text, name) in table {
            assert_eq!(contact(text), name);
        }
    }
}
