//! Parses the JSON of the Google Reader API.

use super::ids::item_id;
use crate::domain::text::{CleanText, clean_line};
use crate::format::fields::label;
use crate::format::json::Value;
use crate::sync::{FeedId, NextPage, ServerMark, SyncError, SyncFeed, SyncFile, SyncItem, SyncQuery, SyncReply, list};

const LABEL: &str = "/label/";

pub(super) fn user_name(root: Value<'_>) -> Option<CleanText> {
    label(root.text("userName").or_else(|| root.text("userEmail")))
}

pub(super) fn feeds(root: Value<'_>, query: &SyncQuery) -> Result<Vec<SyncFeed>, SyncError> {
    let all = list(root, "subscriptions", query)?;
    let feed = |one: Value<'_>| {
        let id = clean_line(one.text("id")?);
        let folder = one.get("categories").into_iter().flat_map(Value::items).find_map(folder_of);
        // Some give no address but one inside the id.
        let address = one.text("url").or_else(|| id.strip_prefix("feed/").filter(|rest| rest.contains("://")));
        Some(SyncFeed {
            title: label(one.text("title")).unwrap_or_else(|| clean_line(address.unwrap_or(&id))),
            address: clean_line(address.unwrap_or_default()),
            site: label(one.text("htmlUrl")),
            folder,
            id: FeedId(id.as_str().into()),
        })
    };
    Ok(all.into_iter().filter_map(feed).collect())
}

fn folder_of(category: Value<'_>) -> Option<CleanText> {
    label(category.text("label").or_else(|| label_name(category.text("id")?)))
}

/// The name in `user/-/label/NAME`, whatever user stands there.
fn label_name(tag: &str) -> Option<&str> {
    tag.strip_prefix("user/")?.split_once(LABEL).map(|(_, name)| name)
}

/// Folders stand in the same list; only `type` tells them apart.
pub(super) fn labels(root: Value<'_>, query: &SyncQuery) -> Result<Vec<CleanText>, SyncError> {
    let all = list(root, "tags", query)?;
    let is_label = |tag: &Value<'_>| tag.text("type") == Some("tag");
    Ok(all.into_iter().filter(is_label).filter_map(|tag| label(Some(label_name(tag.text("id")?)?))).collect())
}

pub(super) fn item_ids(root: Value<'_>, query: &SyncQuery) -> Result<SyncReply, SyncError> {
    // BazQux leaves an empty list out.
    let refs = if root.get("itemRefs").is_some() { list(root, "itemRefs", query)? } else { without_refs(root, query)? };
    let ids = refs.iter().filter_map(|one| item_id(one.get("id")?.id()?)).collect();
    Ok(SyncReply::Ids { ids, next: continuation(root) })
}

/// An answer without the list is one only if it says nothing else: an error must not count as "nothing is unread".
fn without_refs<'a>(root: Value<'a>, query: &SyncQuery) -> Result<Vec<Value<'a>>, SyncError> {
    let is_empty_list = root.members().all(|(name, _)| matches!(name, "id" | "direction" | "continuation" | "updated"));
    let has_id = root.get("id").is_some();
    if is_empty_list && has_id { Ok(Vec::new()) } else { Err(query.bad_answer("`itemRefs` is missing")) }
}

pub(super) fn items(root: Value<'_>, query: &SyncQuery) -> Result<SyncReply, SyncError> {
    let all = list(root, "items", query)?;
    Ok(SyncReply::Items { items: all.into_iter().map(item).collect(), next: continuation(root) })
}

fn continuation(root: Value<'_>) -> Option<NextPage> {
    root.get("continuation").and_then(Value::id).map(|next| NextPage(next.into()))
}

fn item(of: Value<'_>) -> SyncItem {
    let categories: Vec<&str> = of.get("categories").into_iter().flat_map(Value::items).filter_map(Value::str).collect();
    let is_in = |state: &str| Some(categories.iter().any(|category| category.ends_with(state)));
    let text = |key: &str| of.at(&[key, "content"]).and_then(Value::str).filter(|html| !html.trim().is_empty());
    let link = ["canonical", "alternate"].into_iter().find_map(|key| of.get(key)?.items().find_map(|one| one.text("href")));
    SyncItem {
        id: of.get("id").and_then(Value::id).and_then(item_id),
        feed: of.at(&["origin", "streamId"]).and_then(Value::str).map(|id| FeedId(clean_line(id).as_str().into())),
        title: of.text("title").unwrap_or_default().to_owned(),
        link: link.map(str::to_owned),
        author: of.text("author").map(str::to_owned),
        html: text("content").or_else(|| text("summary")).unwrap_or_default().to_owned(),
        published: of.number("published").filter(|seconds| *seconds > 0),
        enclosures: of.get("enclosure").into_iter().flat_map(Value::items).filter_map(file).collect(),
        is_read: is_in("/state/com.google/read"),
        is_starred: is_in("/state/com.google/starred"),
        mark: mark(of),
        ..SyncItem::default()
    }
}

fn file(of: Value<'_>) -> Option<SyncFile> {
    Some(SyncFile {
        address: of.text("href")?.to_owned(),
        media_type: of.text("type").map(str::to_owned),
        length: of.number("length").and_then(|length| u64::try_from(length).ok()),
    })
}

/// When the server took it in, in microseconds.
fn mark(of: Value<'_>) -> Option<ServerMark> {
    let micros = of.number("timestampUsec").or_else(|| of.number("crawlTimeMsec")?.checked_mul(1000));
    micros.filter(|micros| *micros > 0).map(|micros| ServerMark(micros.to_string().into()))
}
