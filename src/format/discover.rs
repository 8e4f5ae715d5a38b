//! The feeds that a page offers, and those that its address lets one expect: best first, comments last.

mod places;

use std::collections::HashSet;

use dom_query::NodeRef;
use url::Url;

use super::feed::{self, Kind};
use super::html::find::first;
use super::{MAX_PAGE, encoding, html, sniff};
use crate::domain::text::{CleanText, clean_line};

/// More than any page means to offer.
const MOST: usize = 50;

/// A feed that a page offers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Offer {
    pub address: Url,
    /// The page's name for it, else the page's title; never empty.
    pub title: CleanText,
    /// None where only fetching it tells.
    pub kind: Option<Kind>,
    pub subject: Subject,
}

/// The kind of a feed's entries, in the order in which feeds are offered.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Subject {
    Articles,
    /// Comments on this page, where it is an article.
    Discussion,
    /// Comments on all pages of a site.
    AllComments,
}

/// The kind of an answer to a request for a feed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WhatItIs {
    Feed,
    /// A web page: its feeds are to be looked for in it.
    Page,
    /// A web page that asks for a password and has little else.
    LoginPage,
    Other,
}

/// The kind of some bytes, before they are read as a feed.
pub fn what_it_is(bytes: &[u8], charset: Option<&str>) -> WhatItIs {
    if sniff::foreign_bytes(bytes).is_some() {
        return WhatItIs::Other;
    }
    if feed::is_feed(bytes) {
        return WhatItIs::Feed;
    }
    if bytes.len() > MAX_PAGE {
        return if feed::begins_json_feed(bytes) { WhatItIs::Feed } else { WhatItIs::Other };
    }
    let text = encoding::decode(bytes, charset).text;
    if sniff::is_json(&text) {
        return if feed::is_json_feed(&text) { WhatItIs::Feed } else { WhatItIs::Other };
    }
    if sniff::foreign_text(&text).is_some() || !sniff::is_html(text.trim_start()) {
        return WhatItIs::Other;
    }
    if is_login(&text) { WhatItIs::LoginPage } else { WhatItIs::Page }
}

/// Many pages have a form for readers with an account; on one that is nothing else, there is hardly anything to read.
fn is_login(html: &str) -> bool {
    const LITTLE: usize = 1_500;
    if !html.to_ascii_lowercase().contains("password") {
        return false;
    }
    let dom = html::parse(html);
    let asks = dom.select("input[type=password i]").exists();
    asks && dom.body().is_some_and(|body| {
        let words = html::nodes_to_document(&[body], None, &|node| node.has_name("option") || node.has_name("a"));
        words.text().chars().filter(|c| !c.is_whitespace()).count() < LITTLE
    })
}

/// The feeds of a page: those that its place is known to have, those that it names, those that it links to.
pub fn offers(bytes: &[u8], charset: Option<&str>, address: &Url) -> Vec<Offer> {
    let mut offers = known(address);
    if bytes.len() <= MAX_PAGE {
        let text = encoding::decode(bytes, charset).text;
        let page = LinkedPage::new(&text, address);
        offers.extend(page.named());
        offers.extend(page.linked());
    }
    best_first(offers)
}

/// The feeds that an address has by itself, where its site is known.
pub fn known(address: &Url) -> Vec<Offer> {
    places::known(address)
}

/// Usual addresses of feeds, for a page that offers none; likely ones first.
pub fn guesses(address: &Url) -> Vec<Url> {
    const USUAL: &[&str] = &[
        "feed",
        "rss",
        "atom.xml",
        "feed.xml",
        "index.xml",
        "rss.xml",
        "feed.json",
        "?feed=rss2",
        "feeds/posts/default",
        "blog/feed",
        "blog/index.xml",
    ];
    let mut guesses = places::guesses(address);
    let mut folder = address.clone();
    folder.set_query(None);
    folder.set_fragment(None);
    if !folder.path().ends_with('/') {
        let last = folder.path().rsplit('/').next().unwrap_or("").to_owned();
        // A file stands in its folder; what has no ending is one itself.
        let path =
            if last.contains('.') { folder.path().trim_end_matches(&*last).to_owned() } else { format!("{}/", folder.path()) };
        folder.set_path(&path);
    }
    let root = folder.join("/").ok();
    let bases = [Some(folder.clone()), root.filter(|root| *root != folder)];
    guesses.extend(bases.iter().flatten().flat_map(|base| USUAL.iter().filter_map(|path| base.join(path).ok())));
    let mut seen = HashSet::new();
    guesses.retain(|guess| seen.insert(guess.clone()));
    guesses
}

/// Articles before comments, each address once, and of one feed in two formats the first.
fn best_first(mut offers: Vec<Offer>) -> Vec<Offer> {
    let (mut addresses, mut titles) = (HashSet::new(), HashSet::new());
    offers.retain(|offer| {
        let address = offer.address.as_str().trim_end_matches('/').replacen("http://", "https://", 1);
        let host = offer.address.host_str().map(str::to_owned);
        let called = without_format(&offer.title).map(|title| (offer.subject, host, title));
        addresses.insert(address) && called.is_none_or(|called| titles.insert(called))
    });
    offers.sort_by_key(|offer| offer.subject);
    offers.truncate(MOST);
    offers
}

/// "Notes (Atom)" and "Notes - RSS 2.0" are both "notes"; none where a title names no format.
fn without_format(title: &str) -> Option<String> {
    const FORMATS: &[&str] = &["rss", "rss2", "atom", "json", "feed", "rdf", "xml", "2", "0", "1", "92", "91"];
    let lower = title.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let kept: Vec<&str> = words.iter().copied().filter(|word| !FORMATS.contains(word)).collect();
    let names_format = words.iter().any(|word| matches!(*word, "rss" | "rss2" | "atom" | "json" | "rdf"));
    names_format.then(|| kept.join(" "))
}

struct LinkedPage<'a> {
    dom: dom_query::Document,
    address: &'a Url,
    base: Url,
    title: CleanText,
}

impl<'a> LinkedPage<'a> {
    fn new(text: &str, address: &'a Url) -> LinkedPage<'a> {
        let dom = html::parse(text);
        let base = first(&dom, "base[href]").and_then(|base| address.join(base.attr("href")?.trim()).ok());
        let site = dom.select("meta[property='og:site_name']").attr("content");
        let title = [site.unwrap_or_default(), dom.select_single("title").text()].map(|text| clean_line(&text));
        let title = title.into_iter().find(|title| !title.is_empty());
        let title = title.unwrap_or_else(|| clean_line(address.host_str().unwrap_or(address.as_str())));
        LinkedPage { dom, address, base: base.unwrap_or_else(|| address.clone()), title }
    }

    /// The alternate forms that it names.
    fn named(&self) -> Vec<Offer> {
        let links = self.dom.select("link[href]");
        links.nodes().iter().filter_map(|link| self.declared(link)).collect()
    }

    fn declared(&self, link: &NodeRef<'_>) -> Option<Offer> {
        let rel = link.attr("rel")?.to_ascii_lowercase();
        let is = |name: &str| rel.split_whitespace().any(|word| word == name);
        if !(is("alternate") || is("feed") || is("replies")) || is("stylesheet") {
            return None;
        }
        let address = self.address_of(link)?;
        let title = clean_line(&link.attr("title").unwrap_or_default());
        let kind = match media_type(&link.attr("type").unwrap_or_default()) {
            LinkMedia::Feed(kind) => Some(kind),
            LinkMedia::Perhaps if is("feed") || looks_like_feed(&address) || names_feed(&title) => None,
            LinkMedia::None if is("feed") => None,
            _ => return None,
        };
        Some(self.offer(address, title, kind))
    }

    /// Targets of its links, where the address or the words say that it is a feed.
    fn linked(&self) -> Vec<Offer> {
        let links = self.dom.select("a[href]");
        let found = links.nodes().iter().filter_map(|link| {
            let address = self.address_of(link)?;
            let kind = match media_type(&link.attr("type").unwrap_or_default()) {
                LinkMedia::Feed(kind) => Some(Some(kind)),
                _ => looks_like_feed(&address).then_some(None),
            };
            let text = clean_line(&link.text());
            let words = text.split_whitespace().count();
            let kind = kind.or_else(|| (words <= 3 && names_feed(&text) && self.is_here(&address)).then_some(None))?;
            let title = if words > 1 { text } else { CleanText::default() };
            Some(self.offer(address, title, kind))
        });
        found.take(MOST).collect()
    }

    fn address_of(&self, link: &NodeRef<'_>) -> Option<Url> {
        let href = link.attr("href")?;
        let href = href.trim();
        // "feed://host/path" and "feed:https://host/path"
        let href = match href.strip_prefix("feed:") {
            Some(rest) if rest.starts_with("//") => format!("https:{rest}"),
            Some(rest) => rest.to_owned(),
            None => href.to_owned(),
        };
        let mut address = self.base.join(&href).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
        address.set_fragment(None);
        (address != *self.address).then_some(address)
    }

    fn is_here(&self, address: &Url) -> bool {
        address.host_str() == self.address.host_str()
    }

    fn offer(&self, address: Url, title: CleanText, kind: Option<Kind>) -> Offer {
        let subject = self.subject(&address, &title);
        let title = if title.is_empty() { self.title.clone() } else { title };
        Offer { address, title, kind, subject }
    }

    fn subject(&self, address: &Url, title: &str) -> Subject {
        const COMMENTS: &[&str] = &[
            "comment",
            "kommentar",
            "commentaire",
            "comentario",
            "comentário",
            "commenti",
            "reacties",
            "комментари",
            "коммента",
            "コメント",
            "评论",
            "댓글",
        ];
        let title = title.to_lowercase();
        let path = address.path().to_lowercase();
        let query = address.query().unwrap_or("").to_lowercase();
        let told = COMMENTS.iter().any(|word| title.contains(word))
            || path.split('/').any(|part| part == "comments" || part == "comments.xml")
            || query.contains("feed=comments")
            || query.contains("withcomments=1");
        if !told {
            return Subject::Articles;
        }
        // WordPress has its comments under the page, Blogger under the number of the post.
        let page = self.address.path().trim_end_matches('/').to_lowercase();
        let numbered = path
            .trim_start_matches("/feeds/")
            .split('/')
            .next()
            .is_some_and(|part| part.len() > 5 && part.bytes().all(|b| b.is_ascii_digit()));
        let under = !page.is_empty() && path.starts_with(&format!("{page}/"));
        let by_query = |name: &str| address.query_pairs().any(|(key, _)| key == name);
        if under || (path.starts_with("/feeds/") && numbered) || by_query("p") {
            Subject::Discussion
        } else {
            Subject::AllComments
        }
    }
}

enum LinkMedia {
    Feed(Kind),
    /// A type that feeds have among others.
    Perhaps,
    None,
    Other,
}

fn media_type(text: &str) -> LinkMedia {
    match &*text.split(';').next().unwrap_or("").trim().to_ascii_lowercase() {
        "application/rss+xml"
        | "application/rss"
        | "application/rdf+xml"
        | "text/rss+xml"
        | "text/rss"
        | "application/x-rss+xml" => LinkMedia::Feed(Kind::Rss),
        "application/atom+xml" | "application/atom" | "application/x.atom+xml" | "text/atom+xml" => LinkMedia::Feed(Kind::Atom),
        "application/feed+json" => LinkMedia::Feed(Kind::Json),
        "application/json" | "text/xml" | "application/xml" => LinkMedia::Perhaps,
        "" => LinkMedia::None,
        _ => LinkMedia::Other,
    }
}

/// True if words say that something is a feed.
fn names_feed(text: &str) -> bool {
    let lower = text.to_lowercase();
    lower.split(|c: char| !c.is_alphanumeric()).any(|word| matches!(word, "rss" | "atom" | "feed" | "rss2" | "jsonfeed"))
}

/// True if an address is one that feeds have.
fn looks_like_feed(address: &Url) -> bool {
    // Readers that take a feed's address, and buttons that share one.
    const OTHERS: &[&str] = &[
        "feedly.com",
        "inoreader.com",
        "add.my.yahoo.com",
        "netvibes.com",
        "newsblur.com",
        "facebook.com",
        "twitter.com",
        "x.com",
    ];
    let host = address.host_str().unwrap_or("").trim_start_matches("www.");
    if OTHERS.contains(&host) || address.path().contains("/wp-json/") || address.path().contains("oembed") {
        return false;
    }
    let path = address.path().trim_end_matches('/').to_lowercase();
    let last = path.rsplit('/').next().unwrap_or("");
    let named = matches!(
        last,
        "feed" | "rss" | "atom" | "rss2" | "rdf" | "feeds" | "index.rdf" | "index.xml" | "rss.php" | "feed.json" | "jsonfeed"
    );
    let file = [".rss", ".atom", ".rdf"].iter().any(|end| last.ends_with(end));
    let xml = last.strip_suffix(".xml").is_some_and(names_feed);
    let asked = address.query_pairs().any(|(key, value)| {
        let (key, value) = (key.to_lowercase(), value.to_lowercase());
        matches!(&*key, "feed" | "format" | "type" | "alt" | "output")
            && matches!(&*value, "rss" | "rss2" | "atom" | "rdf" | "feed" | "jsonfeed")
    });
    named || file || xml || asked || path.ends_with("/feeds/posts/default") || host.starts_with("feeds.")
}

#[cfg(test)]
mod tests;
