//! The words of a post with its links, and what is attached to it, as a document.

use std::fmt::Write;

use crate::domain::text::Document;
use crate::format::html::{self, escaped};
use crate::format::json::Value;

pub(super) fn body(post: Value<'_>) -> Document {
    let record = post.get("record");
    let text = record.and_then(|record| record.text("text")).unwrap_or_default();
    let facets = record.and_then(|record| record.get("facets"));
    let mut source = linked(text, facets).replace("\n\n", "</p><p>").replace('\n', "<br>");
    source = format!("<p>{source}</p>");
    let shown = post.get("embed").or_else(|| record.and_then(|record| record.get("embed")));
    attach(shown, &mut source);
    html::to_document(&source, None)
}

/// The text with its facets, whose ends are told in bytes. Those that overlap or end inside a letter are left out.
fn linked(text: &str, facets: Option<Value<'_>>) -> String {
    let place = |facet: Value<'_>, end: &str| usize::try_from(facet.at(&["index", end])?.i64()?).ok();
    let mut links: Vec<(usize, usize, String)> = Vec::new();
    for facet in facets.into_iter().flat_map(Value::items) {
        let ends = place(facet, "byteStart").zip(place(facet, "byteEnd"));
        let target = facet.get("features").into_iter().flat_map(Value::items).find_map(target);
        links.extend(ends.zip(target).map(|((start, end), target)| (start, end, target)));
    }
    links.sort();
    let (mut source, mut at) = (String::new(), 0);
    for (start, end, target) in links {
        let Some(words) = text.get(start..end).filter(|words| start >= at && !words.is_empty()) else { continue };
        source.push_str(&escaped(&text[at..start]));
        let _ = write!(source, "<a href=\"{}\">{}</a>", escaped(&target), escaped(words));
        at = end;
    }
    source + &escaped(&text[at..])
}

fn target(feature: Value<'_>) -> Option<String> {
    let account = || feature.text("did").map(|did| format!("{}/profile/{did}", super::BASE));
    feature.text("uri").map(str::to_owned).or_else(account)
}

/// Pictures, a recording, a page that is linked to, a post that is quoted.
fn attach(embed: Option<Value<'_>>, source: &mut String) {
    let Some(embed) = embed else { return };
    for image in embed.get("images").into_iter().flat_map(Value::items) {
        let words = escaped(image.text("alt").unwrap_or_default());
        let _ = match image.text("fullsize").or_else(|| image.text("thumb")) {
            Some(address) => write!(source, "<p><img src=\"{}\" alt=\"{words}\"></p>", escaped(address)),
            None => write!(source, "<p>[image] {words}</p>"),
        };
    }
    if let Some(page) = embed.get("external") {
        let (address, title) = (page.text("uri").unwrap_or_default(), page.text("title").unwrap_or_default());
        let title = if title.trim().is_empty() { address } else { title };
        let _ = write!(source, "<p><a href=\"{}\">{}</a></p>", escaped(address), escaped(title));
    }
    if let Some(address) = embed.text("playlist") {
        let words = embed.text("alt").map(|alt| format!("video: {}", escaped(alt)));
        let _ = write!(source, "<p><a href=\"{}\">{}</a></p>", escaped(address), words.as_deref().unwrap_or("video"));
    }
    attach(embed.get("media"), source);
    // With media, the quoted post stands one level deeper.
    let record = embed.get("record");
    if let Some(quoted) = record.and_then(|record| record.get("record")).or(record) {
        quote(quoted, source);
    }
}

fn quote(quoted: Value<'_>, source: &mut String) {
    let address = quoted.text("uri").and_then(super::web_address);
    let words = quoted.get("value").and_then(|value| value.text("text"));
    let name = quoted.at(&["author", "handle"]).and_then(Value::str).map(|name| format!("@{name}"));
    let name = escaped(name.as_deref().unwrap_or("a quoted post"));
    let head = address.map_or_else(|| name.clone(), |address| format!("<a href=\"{}\">{name}</a>", escaped(&address)));
    let words = escaped(words.unwrap_or_default()).replace('\n', "<br>");
    let _ = write!(source, "<blockquote><p>{head}</p><p>{words}</p></blockquote>");
}
