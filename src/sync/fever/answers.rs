//! Parses the JSON of the Fever API.

use super::PAGE;
use crate::domain::text::{CleanText, clean_line};
use crate::format::fields::label;
use crate::format::json::{Json, Value};
use crate::sync::numbers::{flag, item_id, number, parse_id};
use crate::sync::{
    FeedId, ItemId, NextPage, ServerMark, SyncAnswer, SyncError, SyncFeed, SyncItem, SyncQuery, SyncReply, list,
};

/// A JSON object, whatever the server thinks of the key.
pub(super) fn root(answer: &SyncAnswer, query: &SyncQuery) -> Result<Json, SyncError> {
    let json = answer.json(query)?;
    if !json.roots().next().is_some_and(Value::is_object) {
        return Err(query.bad_answer("it is not an object"));
    }
    Ok(json)
}

pub(super) fn folders(json: &Json) -> Vec<(i64, CleanText)> {
    let groups = json.roots().filter_map(|root| root.get("groups")).flat_map(Value::items);
    groups.filter_map(|group| Some((group.number("id")?, label(group.text("title"))?))).collect()
}

pub(super) fn feeds(root: Value<'_>, folders: &[(i64, CleanText)], query: &SyncQuery) -> Result<Vec<SyncFeed>, SyncError> {
    let mut folder_of: Vec<(i64, &CleanText)> = Vec::new();
    for group in root.get("feeds_groups").into_iter().flat_map(Value::items) {
        let name = folders.iter().find(|(id, _)| group.number("group_id") == Some(*id)).map(|(_, name)| name);
        let feeds = group.text("feed_ids").unwrap_or_default().split(',');
        let feeds = feeds.filter_map(|id| id.trim().parse().ok());
        folder_of.extend(feeds.zip(std::iter::repeat(name)).filter_map(|(feed, name)| Some((feed, name?))));
    }
    folder_of.sort_by_key(|(feed, _)| *feed);
    let feed = |one: Value<'_>| {
        let id = one.number("id")?;
        let address = clean_line(one.text("url").unwrap_or_default());
        let at = folder_of.partition_point(|(feed, _)| *feed < id);
        Some(SyncFeed {
            id: FeedId(id.to_string().into()),
            title: label(one.text("title")).unwrap_or_else(|| address.clone()),
            address,
            site: label(one.text("site_url")),
            folder: folder_of.get(at).filter(|(feed, _)| *feed == id).map(|(_, name)| (*name).clone()),
        })
    };
    Ok(list(root, "feeds", query)?.into_iter().filter_map(feed).collect())
}

/// Ids in one string with commas; a list, and a single number where there is one id, are taken as well. Anything that is not
/// an id makes the whole list worthless: what is not in it counts as read.
pub(super) fn id_list(root: Value<'_>, key: &str, query: &SyncQuery) -> Result<SyncReply, SyncError> {
    let value = root.get(key).ok_or_else(|| query.bad_answer(&format!("`{key}` is missing")))?;
    let ids: Option<Vec<ItemId>> = if value.is_array() {
        value.items().map(item_id).collect()
    } else {
        let text = value.id().unwrap_or_default();
        let is_empty = text.trim().is_empty() && (value.str().is_some() || value.is_null());
        if is_empty { Some(Vec::new()) } else { text.split(',').map(parse_id).collect() }
    };
    let ids = ids.ok_or_else(|| query.bad_answer(&format!("`{key}` has something that is not an id")))?;
    Ok(SyncReply::Ids { ids, next: None })
}

pub(super) fn list_items(root: Value<'_>, query: &SyncQuery) -> Result<Vec<SyncItem>, SyncError> {
    Ok(list(root, "items", query)?.into_iter().map(item).collect())
}

/// A page of items and where it goes on. `asked` is `since_id=…` or `max_id=…`; none for the newest.
pub(super) fn items(root: Value<'_>, asked: Option<&str>, query: &SyncQuery) -> Result<SyncReply, SyncError> {
    let items = list_items(root, query)?;
    let numbers = || items.iter().filter_map(|item| item.id.as_ref()).map(number);
    let (least, greatest) = (numbers().min().unwrap_or(0), numbers().max().unwrap_or(0));
    let is_full = items.len() >= PAGE;
    let bound = |name: &str| asked.and_then(|asked| asked.strip_prefix(name)?.parse::<u64>().ok());
    let next = if let Some(since) = bound("since_id=") {
        // A server that pays no heed to the bound would give the same page for ever.
        if greatest <= since && !items.is_empty() {
            return Err(SyncError::Endless { query: query.name() });
        }
        is_full.then(|| format!("since_id={greatest}"))
    } else {
        if bound("max_id=").is_some_and(|below| least >= below) {
            return Err(SyncError::Endless { query: query.name() });
        }
        (is_full && least > 1).then(|| format!("max_id={least}"))
    };
    Ok(SyncReply::Items { items, next: next.map(|next| NextPage(next.into())) })
}

fn item(of: Value<'_>) -> SyncItem {
    let id = of.get("id").and_then(item_id);
    SyncItem {
        mark: id.as_ref().map(|id| ServerMark(id.0.clone())),
        id,
        feed: of.number("feed_id").map(|id| FeedId(id.to_string().into())),
        title: of.text("title").unwrap_or_default().to_owned(),
        link: of.text("url").map(str::to_owned),
        author: of.text("author").map(str::to_owned),
        html: of.text("html").unwrap_or_default().to_owned(),
        published: of.number("created_on_time").filter(|seconds| *seconds > 0),
        is_read: flag(of.get("is_read")),
        is_starred: flag(of.get("is_saved")),
        ..SyncItem::default()
    }
}
