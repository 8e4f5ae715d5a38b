//! JSON Feed, versions 1 and 1.1 (<https://www.jsonfeed.org/version/1.1/>).

use std::borrow::Cow;
use std::collections::HashSet;

use url::Url;

use super::entry::{Draft, beginning, feed_base, implausible_dates, unread_dates};
use super::limits::{self, MAX_ITEMS};
use super::media::Media;
use super::parts::contact;
use super::text::{ElementText, address};
use super::{Feed, FeedSchedule, Kind, date};
use crate::domain::article::{Enclosure, EnclosureRole};
use crate::domain::text::{CleanText, clean_line};
use crate::domain::time::{Timestamp, When};
use crate::format::fields::label;
use crate::format::json::{Json, Value};
use crate::format::plausible::is_plausible;

/// True if an object is a feed: it says so, or it has what no other format has together.
pub(super) fn is_feed(root: Value<'_>) -> bool {
    let says = root.text("version").is_some_and(|version| version.contains("jsonfeed.org"));
    says || (root.get("items").is_some_and(Value::is_array)
        && (root.get("home_page_url").is_some() || root.get("feed_url").is_some()))
}

/// Reads a feed. Of one that is cut the last item, which is not whole, is left out.
pub(super) fn read(json: &Json, document: Option<&Url>, now: Timestamp, is_cut: bool) -> Option<Feed> {
    let root = json.roots().next().filter(|root| is_feed(*root))?;
    let site = root.text("home_page_url").and_then(|url| address(url, document));
    let own = root.text("feed_url").and_then(|url| address(url, document));
    let base = feed_base(None, [&site, &own], document);
    let hubs = root.get("hubs").into_iter().flat_map(Value::items);
    let hubs = hubs.filter_map(|hub| address(hub.text("url")?, base.as_ref())).collect();
    let mut feed = Feed {
        kind: Kind::Json,
        title: root.text("title").map(clean_line).unwrap_or_default(),
        subtitle: label(root.text("description")),
        site,
        address: own,
        generator: None,
        schedule: FeedSchedule { hubs, ..FeedSchedule::default() },
        entries: Vec::new(),
        breaks_off: !json.faults().is_empty(),
        notes: Vec::new(),
    };
    let mut items: Vec<Value<'_>> =
        root.get("items").into_iter().flat_map(Value::items).filter(|item| item.is_object()).collect();
    if is_cut {
        items.pop();
    }
    let mut reader = JsonFeedReader { base: base.as_ref(), now, inherited: authors(root), undated: None, implausible: None };
    let (all, mut nth) = (items.len(), 0);
    if all > MAX_ITEMS {
        let dates: Vec<_> = items.iter().map(|item| reader.date_of(*item)).collect();
        let is_kept = limits::newest(&dates, MAX_ITEMS);
        items.retain(|_| {
            nth += 1;
            is_kept[nth - 1]
        });
    }
    feed.entries = items.into_iter().map(|item| reader.entry(item).finish()).collect();
    feed.notes.extend(limits::note(all - feed.entries.len(), all));
    feed.notes.extend(unread_dates(reader.undated));
    feed.notes.extend(implausible_dates(reader.implausible));
    if let Some(fault) = json.faults().first().filter(|_| !is_cut) {
        feed.notes.push(clean_line(&format!("not all of it is JSON: {fault}; what stands before is read")));
    }
    Some(feed)
}

/// The context that all items of a feed share.
struct JsonFeedReader<'u> {
    base: Option<&'u Url>,
    now: Timestamp,
    /// The author of items that name nobody.
    inherited: Vec<CleanText>,
    undated: Option<(String, usize)>,
    implausible: Option<(String, usize)>,
}

impl JsonFeedReader<'_> {
    fn date_of(&self, item: Value<'_>) -> Option<When> {
        let dates = ["date_published", "date_modified"].into_iter().filter_map(|key| date::read(item.text(key)?));
        dates.into_iter().find(|when| is_plausible(*when, self.now))
    }

    fn when(&mut self, item: Value<'_>, key: &str, odd: &mut Option<CleanText>) -> Option<When> {
        let text = item.text(key)?;
        let found = date::read(text);
        match found {
            Some(when) if is_plausible(when, self.now) => return found,
            Some(_) => {
                self.implausible.get_or_insert_with(|| (beginning(text), 0)).1 += 1;
                odd.get_or_insert_with(|| clean_line(&beginning(text)));
            }
            None => self.undated.get_or_insert_with(|| (beginning(text), 0)).1 += 1,
        }
        None
    }

    fn entry<'a>(&mut self, item: Value<'a>) -> Draft<'a> {
        let mut stated_date = None;
        let published = self.when(item, "date_published", &mut stated_date);
        let updated = self.when(item, "date_modified", &mut stated_date);
        let own = authors(item);
        let url = item.text("url").or_else(|| item.text("external_url")).and_then(|url| address(url, self.base));
        let page = url.as_deref().and_then(|url| Url::parse(url).ok()).filter(Url::has_host);
        let base = page.or_else(|| self.base.cloned());
        let html = item.text("content_html").map(|html| ElementText::Html(Cow::Borrowed(html)));
        // Its lines end where they were meant to.
        let text = item.text("content_text").map(|text| ElementText::Lines(Cow::Borrowed(text)));
        let tags = item.get("tags").into_iter().flat_map(Value::items);
        Draft {
            guid: item.get("id").and_then(Value::id).map(Cow::Borrowed),
            title: label(item.text("title")),
            names: if own.is_empty() { self.inherited.clone() } else { own },
            published,
            updated,
            stated_date,
            content: html.filter(|html| !html.is_blank()).or(text),
            summary: item.text("summary").map(|text| ElementText::Plain(Cow::Borrowed(text))),
            categories: tags.filter_map(|tag| label(tag.str())).collect(),
            media: media(item, base.as_ref()),
            base,
            url,
            ..Draft::default()
        }
    }
}

/// The files of an item, and its picture, which is the text's where there is no other.
fn media(item: Value<'_>, base: Option<&Url>) -> Media {
    let files = item.get("attachments").into_iter().flat_map(Value::items);
    let mut enclosures: Vec<Enclosure> = files.filter_map(|file| enclosure(file, base)).collect();
    let picture = ["image", "banner_image"].into_iter().find_map(|key| address(item.text(key)?, base));
    if let Some(address) = picture.filter(|address| !enclosures.iter().any(|file| file.address == *address)) {
        enclosures.push(Enclosure { address, role: EnclosureRole::Thumbnail, ..Enclosure::default() });
    }
    Media { enclosures, ..Media::default() }
}

fn authors(of: Value<'_>) -> Vec<CleanText> {
    let listed = of.get("authors").into_iter().flat_map(Value::items);
    let all = listed.chain(of.get("author"));
    let mut known = HashSet::new();
    all.filter_map(|author| label(author.text("name").or_else(|| author.str())).map(|name| contact(&name)))
        .filter(|name| known.insert(name.clone()))
        .collect()
}

fn enclosure(file: Value<'_>, base: Option<&Url>) -> Option<Enclosure> {
    let number = |key: &str| file.get(key).and_then(Value::i64);
    Some(Enclosure {
        address: address(file.text("url")?, base)?,
        title: label(file.text("title")),
        media_type: label(file.text("mime_type")),
        length: number("size_in_bytes").and_then(|bytes| u64::try_from(bytes).ok()),
        duration: number("duration_in_seconds").and_then(|seconds| u32::try_from(seconds).ok()),
        ..Enclosure::default()
    })
}
