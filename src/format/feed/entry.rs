//! Elements to a [`Feed`] and its [`Entry`]s: which of the many names for a thing counts.

use std::borrow::Cow;

use url::Url;

use super::element::Element;
use super::parts::{Links, authors, categories, comments, enclosures, replies};
use super::text::{Text, address};
use super::xml::Tree;
use super::{Comments, Entry, Feed, Kind, Reply, Schedule, date, opening};
use crate::domain::article::{Article, Enclosure};
use crate::domain::text::{CleanText, Document, clean_line};
use crate::domain::time::When;
use crate::format::identity::article_key;

/// An entry before its texts are made documents.
#[derive(Default)]
pub(super) struct Draft<'a> {
    pub(super) guid: Option<Cow<'a, str>>,
    pub(super) url: Option<CleanText>,
    pub(super) title: Option<CleanText>,
    /// Who wrote it.
    pub(super) names: Vec<CleanText>,
    pub(super) published: Option<When>,
    pub(super) updated: Option<When>,
    pub(super) content: Option<Text<'a>>,
    pub(super) summary: Option<Text<'a>>,
    /// What relative addresses in its texts count from.
    pub(super) base: Option<Url>,
    pub(super) categories: Vec<CleanText>,
    pub(super) enclosures: Vec<Enclosure>,
    pub(super) comments: Comments,
    pub(super) in_reply_to: Vec<Reply>,
}

impl Draft<'_> {
    pub(super) fn finish(self) -> Entry {
        let content = self.content.filter(|text| !text.is_blank());
        let summary = self.summary.filter(|text| !text.is_blank());
        let (whole, teaser) = match (content, summary) {
            (None, summary) => (summary, None),
            (Some(content), Some(summary)) if content == summary => (Some(content), None),
            (content, summary) => (content, summary),
        };
        let base = self.url.as_deref().and_then(|url| Url::parse(url).ok());
        let body = whole.map_or_else(Document::default, |text| text.document(self.base.as_ref().or(base.as_ref())));
        let byline = self.names.iter().map(CleanText::as_str).collect::<Vec<_>>().join(", ");
        let article = Article {
            title: self.title.filter(|title| !title.is_empty()).unwrap_or_else(|| opening(&body)),
            byline: Some(clean_line(&byline)).filter(|byline| !byline.is_empty()),
            published: self.published.or(self.updated),
            url: self.url,
            body,
            ..Article::default()
        };
        let guid = self.guid.map(|guid| clean_line(&guid)).filter(|guid| !guid.is_empty());
        let article = Article { id: guid.clone(), ..article };
        let id = guid.map(|guid| guid.to_string()).or_else(|| Some(article.url.as_ref()?.to_string()));
        Entry {
            id: id.unwrap_or_else(|| article_key(&article)).into(),
            article,
            updated: self.updated,
            summary: teaser.map(|text| text.line()).filter(|line| !line.is_empty()),
            categories: self.categories,
            enclosures: self.enclosures,
            comments: self.comments,
            in_reply_to: self.in_reply_to,
        }
    }
}

/// What all entries of a feed need to know.
struct Reader<'a> {
    tree: &'a Tree<'a>,
    kind: Kind,
    /// Where the feed or its site stands, for what names no base of its own.
    base: Option<Url>,
    /// Who wrote the entries that name nobody.
    names: Vec<CleanText>,
    /// A date that could not be read, and how many there are.
    undated: Option<(String, usize)>,
}

pub(super) fn feed(tree: &Tree<'_>) -> Feed {
    let kind = if matches!(tree.root, "feed" | "entry") { Kind::Atom } else { Kind::Rss };
    let mut reader = Reader { tree, kind, base: None, names: Vec::new(), undated: None };
    let own = &tree.feed;
    let base =
        own.base.or_else(|| (!tree.bases.is_empty()).then_some(0)).and_then(|base| tree.bases.get(base as usize)).cloned();
    let links = Links::of(own);
    let address_of = |raw: Option<&str>| raw.and_then(|raw| address(raw, base.as_ref()));
    let site = address_of(links.page.or(links.plain).or_else(|| own.attribute("href")));
    let self_address = address_of(links.own);
    let of = |address: &Option<CleanText>| address.as_deref().and_then(|address| Url::parse(address).ok());
    reader.base = base.clone().or_else(|| of(&self_address)).or_else(|| of(&site));
    if kind == Kind::Atom {
        reader.names = authors(own);
    }
    let text_of = |names: &[&str]| own.first(names).and_then(|element| reader.text(element)).map(|text| text.line());
    let title = text_of(&["title", "dc:title", "itunes:title", "media:title"]).unwrap_or_default();
    let subtitle =
        text_of(&["subtitle", "tagline", "description", "dc:description", "itunes:summary", "itunes:subtitle", "abstract"]);
    let schedule = Schedule {
        hubs: links.hubs.iter().filter_map(|hub| address(hub, None)).collect(),
        ttl: own.first(&["ttl"]).and_then(|ttl| ttl.words()?.parse().ok()),
        period: period(own),
        updated: own
            .first(&["updated", "modified", "lastbuilddate", "pubdate", "dc:date", "dcterms:modified"])
            .map(|at| &*at.text)
            .or_else(|| own.attribute("lastmod"))
            .and_then(date::read),
    };
    let entries: Vec<Entry> = tree.entries.iter().map(|element| reader.draft(element).finish()).collect();
    let mut notes: Vec<CleanText> = tree.repairs.notes().iter().map(|note| clean_line(note)).collect();
    if let Some((text, n)) = reader.undated {
        let what = if n == 1 { "date" } else { "dates" };
        notes.push(clean_line(&format!("{n} {what} that cannot be read, such as {text}")));
    }
    Feed {
        kind,
        title,
        subtitle: subtitle.filter(|line| !line.is_empty()),
        site,
        address: self_address,
        generator: generator(own),
        schedule,
        entries,
        breaks_off: tree.repairs.breaks_off(),
        notes,
    }
}

/// `<generator>https://wordpress.org/?v=6.1</generator>`, `<generator uri="https://wordpress.org/">WordPress</generator>`.
fn generator(feed: &Element<'_>) -> Option<CleanText> {
    let program = feed.first(&["generator", "admin:generatoragent"])?;
    let parts = [program.words(), program.attribute("uri"), program.attribute("url"), program.attribute("resource")];
    let told = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
    Some(clean_line(&told)).filter(|told| !told.is_empty())
}

/// Seconds between two changes, by the syndication module.
fn period(feed: &Element<'_>) -> Option<u32> {
    let seconds = match feed.first(&["sy:updateperiod"])?.words()?.to_ascii_lowercase().as_str() {
        "hourly" => 3600,
        "daily" => 86_400,
        "weekly" => 7 * 86_400,
        "monthly" => 30 * 86_400,
        "yearly" => 365 * 86_400,
        _ => return None,
    };
    let frequency: u32 = feed.first(&["sy:updatefrequency"]).and_then(|often| often.words()?.parse().ok()).unwrap_or(1);
    Some(seconds / frequency.max(1))
}

impl<'a> Reader<'a> {
    fn base(&self, element: &Element<'_>) -> Option<&'a Url> {
        self.tree.bases.get(element.base? as usize)
    }

    fn text(&self, element: &'a Element<'a>) -> Option<Text<'a>> {
        let is_atom = self.kind == Kind::Atom || element.attribute("type").is_some() || element.attribute("mode").is_some();
        let of_atom = matches!(element.name, "title" | "subtitle" | "tagline" | "summary" | "content" | "info" | "rights");
        if is_atom && of_atom { Text::typed(element) } else { Some(Text::loose(element)) }
    }

    fn when(&mut self, of: &Element<'_>, names: &[&str]) -> Option<When> {
        let mut found = None;
        for name in names {
            for element in of.all(name) {
                let Some(text) = element.words() else { continue };
                found = found.or_else(|| date::read(text));
                if found.is_none() {
                    let first: String = text.chars().take(40).collect();
                    self.undated.get_or_insert((first, 0)).1 += 1;
                }
            }
        }
        found
    }

    fn draft(&mut self, entry: &'a Element<'a>) -> Draft<'a> {
        let base = self.base(entry).or(self.base.as_ref()).cloned();
        let base = base.as_ref();
        let links = Links::of(entry);
        let guid = entry.first(&["id", "guid", "dc:identifier"]);
        let permalink = entry.child("guid").filter(|guid| {
            let says = guid.attribute("ispermalink").unwrap_or("true");
            !says.eq_ignore_ascii_case("false") && guid.text.trim_start().starts_with("http")
        });
        let content = ["content:encoded", "content", "xhtml:body", "body", "xhtml:div", "fullitem"].iter().find_map(|name| {
            let found = entry.all(name).filter(|element| element.attribute("src").is_none());
            found.filter_map(|element| Some((self.text(element)?, self.base(element)))).find(|(text, _)| !text.is_blank())
        });
        let group = entry.child("media:group");
        let summary =
            ["summary", "description", "dc:description", "itunes:summary", "media:description", "abstract", "itunes:subtitle"]
                .iter()
                .find_map(|name| {
                    let element = entry.all(name).chain(group.into_iter().flat_map(|group| group.all(name)));
                    element
                        .filter_map(|element| Some((self.text(element)?, self.base(element))))
                        .find(|(text, _)| !text.is_blank())
                });
        let url = self.page_address(entry, &links, permalink);
        let inner = content.as_ref().map_or_else(|| summary.as_ref().and_then(|(_, base)| *base), |(_, base)| *base);
        let names = authors(entry);
        let of_source = || entry.child("source").map(authors).filter(|names| !names.is_empty());
        let names = if names.is_empty() { of_source().unwrap_or_else(|| self.names.clone()) } else { names };
        let of_group = || group?.first(&["media:title"]);
        let title = entry.first(&["title", "dc:title", "media:title", "itunes:title"]).or_else(of_group);
        let title = title.and_then(|title| self.text(title));
        // Relative words of an entry count from its base, else from its page.
        let text_base =
            inner.or(self.base(entry)).cloned().or_else(|| Url::parse(url.as_deref()?).ok()).or_else(|| base.cloned());
        Draft {
            guid: guid.and_then(Element::words).or_else(|| entry.attribute("about")).map(Cow::Borrowed),
            title: title.map(|title| title.line()),
            names,
            published: self.when(entry, PUBLISHED),
            updated: self
                .when(entry, &["updated", "modified", "dcterms:modified", "lastbuilddate"])
                .or_else(|| date::read(entry.attribute("lastmod")?)),
            content: content.map(|(text, _)| text),
            summary: summary.map(|(text, _)| text),
            base: text_base,
            categories: categories(entry),
            enclosures: enclosures(entry, &links, base),
            comments: comments(entry, &links, base),
            in_reply_to: replies(entry, &links, base),
            url,
        }
    }

    /// The page of an entry.
    fn page_address(&self, entry: &Element<'_>, links: &Links<'_>, permalink: Option<&Element<'_>>) -> Option<CleanText> {
        let base = self.base(entry).or(self.base.as_ref());
        let of = |element: &Element<'_>| Some(self.base(element)?.clone());
        let link_base = entry.child("link").and_then(of);
        let base = link_base.as_ref().or(base);
        let plain = if self.kind == Kind::Atom { links.page.or(links.plain) } else { links.plain.or(links.page) };
        let found = plain.or_else(|| permalink.and_then(|guid| guid.words())).or_else(|| entry.attribute("href"));
        let found = found.or_else(|| entry.attribute("about").filter(|about| about.starts_with("http")));
        // Feedburner's own addresses are gone or lead to the one that it names beside them.
        let is_relay = |address: &str| ["feedburner.com", "feedproxy.google.com"].iter().any(|relay| address.contains(relay));
        let original = entry.first(&["feedburner:origlink"]).and_then(Element::words);
        let found = if found.is_none_or(is_relay) { original.or(found) } else { found };
        let source = || entry.child("content").and_then(|content| content.attribute("src"));
        address(found.or_else(source)?, base)
    }
}

const PUBLISHED: &[&str] = &["pubdate", "published", "issued", "dc:date", "dcterms:issued", "created", "dcterms:created"];
