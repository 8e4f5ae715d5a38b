//! JSON Feed, versions 1 and 1.1 (<https://www.jsonfeed.org/version/1.1/>).

use std::borrow::Cow;

use url::Url;

use super::entry::Draft;
use super::parts::contact;
use super::text::{Text, address};
use super::{Feed, Kind, Schedule, date};
use crate::domain::article::Enclosure;
use crate::domain::text::{CleanText, clean_line};
use crate::format::json::{Json, Value};
use crate::format::saved::label;

/// Whether an object is a feed: it says so, or it has what no other format has together.
pub(super) fn is_feed(root: Value<'_>) -> bool {
    let says = root.text("version").is_some_and(|version| version.contains("jsonfeed.org"));
    says || (root.get("items").is_some_and(Value::is_array)
        && (root.get("home_page_url").is_some() || root.get("feed_url").is_some()))
}

pub(super) fn read(json: &Json, base: Option<&Url>) -> Option<Feed> {
    let root = json.roots().next().filter(|root| is_feed(*root))?;
    let site = root.text("home_page_url").and_then(|url| address(url, base));
    let own = root.text("feed_url").and_then(|url| address(url, base));
    let base = [&own, &site].into_iter().flatten().find_map(|url| Url::parse(url).ok()).or_else(|| base.cloned());
    let base = base.as_ref();
    let hubs = root.get("hubs").into_iter().flat_map(Value::items);
    let mut feed = Feed {
        kind: Kind::Json,
        title: root.text("title").map(clean_line).unwrap_or_default(),
        subtitle: label(root.text("description")),
        site,
        address: own,
        generator: None,
        schedule: Schedule { hubs: hubs.filter_map(|hub| address(hub.text("url")?, base)).collect(), ..Schedule::default() },
        entries: Vec::new(),
        breaks_off: !json.faults().is_empty(),
        notes: Vec::new(),
    };
    let inherited = authors(root);
    let mut undated = None;
    for item in root.get("items").into_iter().flat_map(Value::items).filter(|item| item.is_object()) {
        feed.entries.push(entry(item, &inherited, base, &mut undated).finish());
    }
    if let Some(text) = undated {
        feed.notes.push(clean_line(&format!("a date that cannot be read: {text}")));
    }
    if let Some(fault) = json.faults().first() {
        feed.notes.push(clean_line(&format!("not all of it is JSON: {fault}; what stands before is read")));
    }
    Some(feed)
}

fn entry<'a>(item: Value<'a>, inherited: &[CleanText], base: Option<&Url>, undated: &mut Option<String>) -> Draft<'a> {
    let mut when = |key: &str| {
        let text = item.text(key)?;
        let when = date::read(text);
        if when.is_none() {
            *undated = Some(text.chars().take(40).collect());
        }
        when
    };
    let (published, updated) = (when("date_published"), when("date_modified"));
    let html = item.text("content_html").map(|html| Text::Html(Cow::Borrowed(html)));
    let own = authors(item);
    let names: Vec<CleanText> = if own.is_empty() { inherited.to_vec() } else { own };
    let tags = item.get("tags").into_iter().flat_map(Value::items);
    Draft {
        guid: item.get("id").and_then(Value::id).map(Cow::Borrowed),
        url: item.text("url").or_else(|| item.text("external_url")).and_then(|url| address(url, base)),
        title: label(item.text("title")),
        names,
        published,
        updated,
        content: html.or_else(|| item.text("content_text").map(|text| Text::Plain(Cow::Borrowed(text)))),
        summary: item.text("summary").map(|text| Text::Plain(Cow::Borrowed(text))),
        base: base.cloned(),
        categories: tags.filter_map(|tag| label(tag.str())).collect(),
        enclosures: item
            .get("attachments")
            .into_iter()
            .flat_map(Value::items)
            .filter_map(|file| enclosure(file, base))
            .collect(),
        ..Draft::default()
    }
}

fn authors(of: Value<'_>) -> Vec<CleanText> {
    let listed = of.get("authors").into_iter().flat_map(Value::items);
    let all = listed.chain(of.get("author"));
    all.filter_map(|author| label(author.text("name").or_else(|| author.str())).map(|name| contact(&name))).fold(
        Vec::new(),
        |mut names, name| {
            if !names.contains(&name) {
                names.push(name);
            }
            names
        },
    )
}

fn enclosure(file: Value<'_>, base: Option<&Url>) -> Option<Enclosure> {
    Some(Enclosure {
        address: address(file.text("url")?, base)?,
        media_type: label(file.text("mime_type")),
        length: file.get("size_in_bytes").and_then(Value::i64).and_then(|bytes| u64::try_from(bytes).ok()),
    })
}
