//! Elements to a [`Feed`] and its [`Entry`]s: which of the many names for a thing counts.

use std::borrow::Cow;

use url::Url;

use super::element::FeedElement;
use super::limits::{self, MAX_ITEMS};
use super::media::{self, Media, MediaPicture};
use super::parts::{Links, authors, categories, comments, replies};
use super::text::{ElementText, address};
use super::xml::FeedTree;
use super::{Comments, Entry, Feed, FeedSchedule, Kind, Reply, date};
use crate::domain::article::{Article, Enclosure};
use crate::domain::plural::plural;
use crate::domain::text::{Block, CleanText, Document, Link, LinkId, clean_line, spans_text};
use crate::domain::time::{Timestamp, When};
use crate::format::document_builder::DocumentBuilder;
use crate::format::identity::article_key;
use crate::format::plausible::is_plausible;

/// An entry before its texts are made documents.
#[derive(Default)]
pub(super) struct Draft<'a> {
    pub(super) guid: Option<Cow<'a, str>>,
    pub(super) url: Option<CleanText>,
    pub(super) title: Option<CleanText>,
    /// The author.
    pub(super) names: Vec<CleanText>,
    pub(super) published: Option<When>,
    pub(super) updated: Option<When>,
    /// A date that cannot be true, as it is written.
    pub(super) stated_date: Option<CleanText>,
    pub(super) content: Option<ElementText<'a>>,
    pub(super) summary: Option<ElementText<'a>>,
    /// The base of relative addresses in its texts.
    pub(super) base: Option<Url>,
    pub(super) categories: Vec<CleanText>,
    pub(super) media: Media,
    pub(super) comments: Comments,
    pub(super) in_reply_to: Vec<Reply>,
}

impl Draft<'_> {
    pub(super) fn finish(mut self) -> Entry {
        let own = self.url.as_deref().and_then(|url| Url::parse(url).ok());
        let base = self.base.take().or(own);
        let (mut body, teaser) = text_and_teaser(self.content.take(), self.summary.take(), base.as_ref());
        let media = self.media;
        append_pictures(&mut body, &media.pictures);
        let byline = self.names.iter().map(CleanText::as_str).collect::<Vec<_>>().join(", ");
        let article = Article {
            title: self.title.filter(|title| !title.is_empty()).unwrap_or_else(|| untitled(&body, &media.enclosures)),
            byline: Some(clean_line(&byline)).filter(|byline| !byline.is_empty()),
            published: self.published.or(self.updated),
            stated_date: self.stated_date,
            url: self.url,
            body,
            chapters: media.chapters,
            audience: media.audience,
            ..Article::default()
        };
        let guid = self.guid.map(|guid| clean_line(&guid)).filter(|guid| !guid.is_empty());
        let article = Article { id: guid.clone(), ..article };
        let id = guid.map(|guid| guid.to_string()).or_else(|| Some(article.url.as_ref()?.to_string()));
        Entry {
            id: id.unwrap_or_else(|| article_key(&article)).into(),
            article,
            updated: self.updated,
            summary: teaser,
            categories: self.categories,
            enclosures: media.enclosures,
            comments: self.comments,
            in_reply_to: self.in_reply_to,
        }
    }
}

/// The text to show, and the teaser beside it. Content that shows nothing hides no summary; content of pictures alone has
/// the summary's words below them.
fn text_and_teaser(
    content: Option<ElementText<'_>>,
    summary: Option<ElementText<'_>>,
    base: Option<&Url>,
) -> (Document, Option<CleanText>) {
    let content = content.filter(|text| !text.is_blank());
    let summary = summary.filter(|text| !text.is_blank() && content.as_ref() != Some(text));
    match (content, summary) {
        (None, None) => (Document::default(), None),
        (None, Some(only)) | (Some(only), None) => (only.document(base), None),
        (Some(content), Some(summary)) => {
            let document = content.document(base);
            if document.shows_words() {
                return (document, Some(summary.line()).filter(|line| !line.is_empty()));
            }
            let words = summary.document(base);
            // Both show the same picture, as like as not.
            if words.shows_words() && words.links.iter().any(|link| document.links.contains(link)) {
                return (words, None);
            }
            (if words.shows_words() { joined(document, words) } else { document }, None)
        }
    }
}

/// One document below another.
fn joined(first: Document, second: Document) -> Document {
    let mut flow = DocumentBuilder::new();
    flow.append(first);
    flow.append(second);
    flow.finish()
}

/// Puts pictures below a text that are described, or are all there is, and that it does not show already.
fn append_pictures(body: &mut Document, pictures: &[MediaPicture]) {
    let is_all = !body.shows_anything();
    for picture in pictures {
        if body.links.iter().any(|link| link.address == picture.address) || (picture.caption.is_empty() && !is_all) {
            continue;
        }
        body.links.push(Link { address: picture.address.clone() });
        let link = LinkId(body.links.len() as u32 - 1);
        body.blocks.push(Block::Image { link, alt: picture.caption.clone() });
    }
}

/// The warning that stands before a post, above a rule: what it warns of must not be in the title.
fn warning(body: &Document) -> Option<CleanText> {
    let [Block::Paragraph(spans), Block::Rule, ..] = &*body.blocks else { return None };
    let is_labelled = spans.first().is_some_and(|label| label.emphasis.strong && label.text.trim_end().ends_with(':'));
    is_labelled.then(|| clean_line(&spans_text(spans)))
}

/// The title of an entry that has none: its first words, else its kind.
fn untitled(body: &Document, enclosures: &[Enclosure]) -> CleanText {
    let words = warning(body).unwrap_or_else(|| body.first_words());
    if !words.is_empty() {
        return words;
    }
    let is = |kind: &str| enclosures.iter().any(|file| file.media_type.as_deref().is_some_and(|of| of.starts_with(kind)));
    let name = match () {
        () if is("video/") => "Video",
        () if is("audio/") => "Recording",
        () if body.shows_anything() || is("image/") => "Picture",
        () => return enclosures.first().map(|file| clean_line(&file.in_words().0)).unwrap_or_default(),
    };
    clean_line(name)
}

/// The context that all entries of a feed share.
struct EntryReader<'a> {
    tree: &'a FeedTree<'a>,
    kind: Kind,
    /// The address of the feed or its site, for entries that name no base.
    base: Option<Url>,
    /// The author of entries that name nobody.
    names: Vec<CleanText>,
    /// Relative to this, dates are true or not.
    now: Timestamp,
    /// A date that could not be read, and how many there are.
    undated: Option<(String, usize)>,
    /// A date that cannot be true, and how many there are.
    implausible: Option<(String, usize)>,
}

pub(super) fn feed(tree: &FeedTree<'_>, now: Timestamp) -> Feed {
    let kind = if matches!(tree.root, "feed" | "entry") { Kind::Atom } else { Kind::Rss };
    let own = &tree.feed;
    let stated = own.base.and_then(|base| tree.bases.get(base as usize));
    let links = Links::of(own);
    let address_of = |raw: Option<&str>| raw.and_then(|raw| address(raw, stated.or(tree.document.as_ref())));
    let site = address_of(links.page.or(links.plain).or_else(|| own.attribute("href")));
    let self_address = address_of(links.own);
    let names = if kind == Kind::Atom { authors(own) } else { Vec::new() };
    let base = feed_base(stated, [&site, &self_address], tree.document.as_ref());
    let mut reader = EntryReader { tree, kind, base, names, now, undated: None, implausible: None };
    let text_of = |names: &[&str]| own.first(names).and_then(|element| reader.text(element)).map(|text| text.line());
    let title = text_of(&["title", "dc:title", "itunes:title", "media:title"]).unwrap_or_default();
    let subtitle =
        text_of(&["subtitle", "tagline", "description", "dc:description", "itunes:summary", "itunes:subtitle", "abstract"]);
    let schedule = FeedSchedule {
        hubs: links.hubs.iter().filter_map(|hub| address(hub, None)).collect(),
        ttl: own.first(&["ttl"]).and_then(|ttl| ttl.words()?.parse().ok()),
        period: period(own),
        updated: own
            .first(&["updated", "modified", "lastbuilddate", "pubdate", "dc:date", "dcterms:modified"])
            .map(|at| &*at.text)
            .or_else(|| own.attribute("lastmod"))
            .and_then(date::read),
    };
    let is_kept = if tree.entries.len() > MAX_ITEMS {
        let dates: Vec<_> = tree.entries.iter().map(|entry| reader.date_of(entry)).collect();
        limits::newest(&dates, MAX_ITEMS)
    } else {
        vec![true; tree.entries.len()]
    };
    let kept = tree.entries.iter().zip(&is_kept).filter(|(_, is_kept)| **is_kept);
    let entries: Vec<Entry> = kept.map(|(element, _)| reader.draft(element).finish()).collect();
    let mut notes: Vec<CleanText> = tree.repairs.notes().iter().map(|note| clean_line(note)).collect();
    notes.extend(limits::note(tree.entries.len() - entries.len(), tree.entries.len()));
    notes.extend(unread_dates(reader.undated));
    notes.extend(implausible_dates(reader.implausible));
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
fn generator(feed: &FeedElement<'_>) -> Option<CleanText> {
    let program = feed.first(&["generator", "admin:generatoragent"])?;
    let parts = [program.words(), program.attribute("uri"), program.attribute("url"), program.attribute("resource")];
    let told = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
    Some(clean_line(&told)).filter(|told| !told.is_empty())
}

/// The base of relative addresses where nothing nearer is named: the feed's own statement, so that a file and an
/// answer give the same, and only then where it came from.
pub(super) fn feed_base(stated: Option<&Url>, told: [&Option<CleanText>; 2], document: Option<&Url>) -> Option<Url> {
    let told = told.into_iter().flatten().find_map(|address| Url::parse(address).ok().filter(Url::has_host));
    stated.cloned().or(told).or_else(|| document.cloned())
}

/// "3 dates that cannot be read, such as tomorrow"
pub(super) fn unread_dates(found: Option<(String, usize)>) -> Option<CleanText> {
    let (text, n) = found?;
    Some(clean_line(&format!("{} that cannot be read, such as {text}", plural(n as u64, "date"))))
}

/// "1 date that cannot be true, such as 0001-01-01; the time of arrival stands in"
pub(super) fn implausible_dates(found: Option<(String, usize)>) -> Option<CleanText> {
    let (text, n) = found?;
    Some(clean_line(&format!(
        "{} that cannot be true, such as {text}; the time of arrival stands in",
        plural(n as u64, "date")
    )))
}

/// Seconds between two changes, by the syndication module.
fn period(feed: &FeedElement<'_>) -> Option<u32> {
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

impl<'a> EntryReader<'a> {
    fn base(&self, element: &FeedElement<'_>) -> Option<&'a Url> {
        self.tree.bases.get(element.base? as usize)
    }

    fn text(&self, element: &'a FeedElement<'a>) -> Option<ElementText<'a>> {
        let is_atom = self.kind == Kind::Atom || element.attribute("type").is_some() || element.attribute("mode").is_some();
        let of_atom = matches!(element.name, "title" | "subtitle" | "tagline" | "summary" | "content" | "info" | "rights");
        if is_atom && of_atom { ElementText::typed(element) } else { Some(ElementText::loose(element)) }
    }

    /// The first date that can be read and be true; and one that cannot be true, where it is all there is.
    fn when(&mut self, of: &FeedElement<'_>, names: &[&str]) -> EntryDate {
        let mut told = EntryDate::default();
        for name in names {
            for element in of.all(name) {
                let Some(text) = element.words() else { continue };
                if told.when.is_some() {
                    return told;
                }
                match date::read(text) {
                    Some(when) if is_plausible(when, self.now) => told.when = Some(when),
                    Some(_) => {
                        self.implausible.get_or_insert_with(|| (beginning(text), 0)).1 += 1;
                        told.odd.get_or_insert_with(|| clean_line(&beginning(text)));
                    }
                    None => self.undated.get_or_insert_with(|| (beginning(text), 0)).1 += 1,
                }
            }
        }
        told
    }

    /// The time of publication or change that decides which of too many entries are read.
    fn date_of(&self, entry: &FeedElement<'_>) -> Option<When> {
        let told = PUBLISHED.iter().chain(CHANGED).flat_map(|name| entry.all(name));
        told.filter_map(|element| date::read(element.words()?)).find(|when| is_plausible(*when, self.now))
    }

    fn draft(&mut self, entry: &'a FeedElement<'a>) -> Draft<'a> {
        let base = self.base(entry).or(self.base.as_ref()).cloned();
        let base = base.as_ref();
        let links = Links::of(entry);
        let guid = entry.first(&["id", "guid", "dc:identifier"]);
        let content = ["content:encoded", "content", "xhtml:body", "body", "xhtml:div", "fullitem"].iter().find_map(|name| {
            let found = entry.all(name).filter(|element| element.attribute("src").is_none());
            found.filter_map(|element| Some((self.text(element)?, self.base(element)))).find(|(text, _)| !text.is_blank())
        });
        let group = entry.child("media:group");
        let nested = entry.all("media:content").chain(group.into_iter().flat_map(|group| group.all("media:content")));
        // The caption says what the picture shows.
        let nested: Vec<&FeedElement<'_>> = nested.filter(|content| !media::is_image(content)).collect();
        let summary =
            ["summary", "description", "dc:description", "itunes:summary", "media:description", "abstract", "itunes:subtitle"]
                .iter()
                .find_map(|name| {
                    let of_group = group.into_iter().flat_map(|group| group.all(name));
                    let of_files = nested.iter().flat_map(|content| content.all(name));
                    entry
                        .all(name)
                        .chain(of_group)
                        .chain(of_files)
                        .filter_map(|element| Some((self.text(element)?, self.base(element))))
                        .find(|(text, _)| !text.is_blank())
                });
        let url = self.page_address(entry, &links);
        let inner = content.as_ref().map_or_else(|| summary.as_ref().and_then(|(_, base)| *base), |(_, base)| *base);
        let names = authors(entry);
        let of_source = || entry.child("source").map(authors).filter(|names| !names.is_empty());
        let names = if names.is_empty() { of_source().unwrap_or_else(|| self.names.clone()) } else { names };
        let of_files = || group.into_iter().chain(nested.iter().copied()).find_map(|file| file.first(&["media:title"]));
        let title = entry.first(&["title", "dc:title", "media:title", "itunes:title"]).or_else(of_files);
        let title = title.and_then(|title| Some(self.text(title)?.title(title)));
        // Relative addresses in an entry count from its base, else from its page.
        let own = || Url::parse(url.as_deref()?).ok().filter(Url::has_host);
        let entry_base = self.base(entry).cloned().or_else(own).or_else(|| base.cloned());
        let base = entry_base.as_ref();
        let published = self.when(entry, PUBLISHED);
        let updated = self.when(entry, CHANGED);
        let last_modified = || date::read(entry.attribute("lastmod")?).filter(|when| is_plausible(*when, self.now));
        Draft {
            guid: guid.and_then(FeedElement::words).or_else(|| entry.attribute("about")).map(Cow::Borrowed),
            title,
            names,
            published: published.when,
            updated: updated.when.or_else(last_modified),
            stated_date: published.odd.or(updated.odd),
            content: content.map(|(text, _)| text),
            summary: summary.map(|(text, _)| text),
            base: inner.cloned().or_else(|| entry_base.clone()),
            categories: categories(entry),
            media: Media::of(entry, &links, base),
            comments: comments(entry, &links, base),
            in_reply_to: replies(entry, &links, base),
            url,
        }
    }

    /// The page of an entry.
    fn page_address(&self, entry: &FeedElement<'_>, links: &Links<'_>) -> Option<CleanText> {
        let base = self.base(entry).or(self.base.as_ref());
        let of = |element: &FeedElement<'_>| Some(self.base(element)?.clone());
        let link_base = entry.child("link").and_then(of);
        let base = link_base.as_ref().or(base);
        let plain = if self.kind == Kind::Atom { links.page.or(links.plain) } else { links.plain.or(links.page) };
        let found = plain.or_else(|| permalink(entry)).or_else(|| entry.attribute("href"));
        let found = found.or_else(|| entry.attribute("about").filter(|about| about.starts_with("http")));
        // Feedburner's own addresses are gone or lead to the one that it names beside them.
        let is_relay = |address: &str| ["feedburner.com", "feedproxy.google.com"].iter().any(|relay| address.contains(relay));
        let original = entry.first(&["feedburner:origlink"]).and_then(FeedElement::words);
        let found = if found.is_none_or(is_relay) { original.or(found) } else { found };
        let source = || entry.child("content").and_then(|content| content.attribute("src"));
        // Many ids of Atom are the page's address.
        let id = || entry.child("id").and_then(FeedElement::words).filter(|id| id.starts_with("http") && !id.contains(' '));
        address(found.or_else(source).or_else(id)?, base)
    }
}

/// The guid of RSS, where it is the page's address: it says so, or it says nothing and looks like one.
fn permalink<'a>(entry: &'a FeedElement<'_>) -> Option<&'a str> {
    let guid = entry.child("guid")?;
    let address = guid.words().filter(|words| !words.contains(char::is_whitespace))?;
    let is_whole = address.starts_with("http");
    let is_address = match guid.attribute("ispermalink") {
        None => is_whole || (address.starts_with('/') && address.len() > 1),
        Some(says) if says.eq_ignore_ascii_case("true") => is_whole || address.contains('/') || address.contains('.'),
        Some(says) => is_whole && !says.eq_ignore_ascii_case("false"),
    };
    is_address.then_some(address)
}

/// A date of an entry.
#[derive(Default)]
struct EntryDate {
    when: Option<When>,
    /// A date that is there and cannot be true.
    odd: Option<CleanText>,
}

/// So much of a text as a note shows.
pub(super) fn beginning(text: &str) -> String {
    text.chars().take(40).collect()
}

const CHANGED: &[&str] = &["updated", "modified", "dcterms:modified", "lastbuilddate"];
const PUBLISHED: &[&str] = &["pubdate", "published", "issued", "dc:date", "dcterms:issued", "created", "dcterms:created"];
