//! Parses the JSON of Miniflux's API.

use super::PAGE;
use crate::domain::text::{CleanText, clean_line};
use crate::domain::time::When;
use crate::format::fields::{iso, label};
use crate::format::json::{Json, Value};
use crate::sync::numbers::{item_id, number};
use crate::sync::{
    FeedId, ItemId, NextPage, ServerMark, SyncAnswer, SyncError, SyncFeed, SyncFile, SyncItem, SyncQuery, SyncReply, list,
};

pub(super) fn error_message(answer: &SyncAnswer) -> Option<CleanText> {
    let json = Json::parse(&answer.text());
    let message = json.roots().next()?.text("error_message").map(crate::source::told);
    message.filter(|message| !message.is_empty())
}

/// Major and minor version. Servers of before 2.0.49 do not tell it.
pub(super) fn version(answer: &SyncAnswer, query: &SyncQuery) -> Result<(u32, u32), SyncError> {
    if answer.status == 404 {
        return Ok((2, 0));
    }
    super::checked(answer, query)?;
    let json = answer.json(query)?;
    let text = json.roots().next().and_then(|root| root.text("version"));
    let text = text.ok_or_else(|| query.bad_answer("`version` is missing"))?;
    let mut numbers = text.trim_start_matches('v').split(|c: char| !c.is_ascii_digit()).map(|part| part.parse().unwrap_or(0));
    let (major, minor) = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    // A version of one's own making, such as "dev", is of today.
    Ok(if major == 0 { super::WITH_IDS } else { (major, minor) })
}

pub(super) fn user(answer: &SyncAnswer, query: &SyncQuery) -> Result<SyncReply, SyncError> {
    let json = answer.json(query)?;
    let root = json.roots().next().filter(|root| root.is_object());
    let root = root.ok_or_else(|| query.bad_answer("it is not an object"))?;
    Ok(SyncReply::Checked { user: label(root.text("username")) })
}

/// The items of an answer that is one array.
fn array<'a>(json: &'a Json, query: &SyncQuery) -> Result<Vec<Value<'a>>, SyncError> {
    let root = json.roots().next().filter(|root| root.is_array());
    Ok(root.ok_or_else(|| query.bad_answer("it is not a list"))?.items().collect())
}

pub(super) fn feeds(answer: &SyncAnswer, query: &SyncQuery) -> Result<Vec<SyncFeed>, SyncError> {
    let json = answer.json(query)?;
    let feed = |one: Value<'_>| {
        let id = one.number("id")?;
        let address = clean_line(one.text("feed_url").unwrap_or_default());
        Some(SyncFeed {
            id: FeedId(id.to_string().into()),
            title: label(one.text("title")).unwrap_or_else(|| address.clone()),
            address,
            site: label(one.text("site_url")),
            folder: label(one.at(&["category", "title"]).and_then(Value::str)),
        })
    };
    Ok(array(&json, query)?.into_iter().filter_map(feed).collect())
}

/// The folders of a list, or the one that was made.
pub(super) fn folder_ids(answer: &SyncAnswer, query: &SyncQuery) -> Result<Vec<(CleanText, i64)>, SyncError> {
    let json = answer.json(query)?;
    let folder = |one: Value<'_>| Some((label(one.text("title"))?, one.number("id")?));
    Ok(json.each().filter_map(folder).collect())
}

/// Ids alone, or those of whole entries from a server that has no such list.
pub(super) fn entry_ids(answer: &SyncAnswer, is_id_list: bool, query: &SyncQuery) -> Result<Vec<ItemId>, SyncError> {
    let json = answer.json(query)?;
    let root = json.roots().next().ok_or_else(|| query.bad_answer("it is empty"))?;
    let key = if is_id_list { "entry_ids" } else { "entries" };
    let ids = list(root, key, query)?.into_iter().map(|one| item_id(if is_id_list { one } else { one.get("id")? }));
    ids.collect::<Option<_>>().ok_or_else(|| query.bad_answer("something in the list is not an id"))
}

/// The entries of a page, and how many it had with those that were removed.
pub(super) fn entries(answer: &SyncAnswer, query: &SyncQuery) -> Result<(Vec<SyncItem>, usize), SyncError> {
    let json = answer.json(query)?;
    let root = json.roots().next().ok_or_else(|| query.bad_answer("it is empty"))?;
    let all = list(root, "entries", query)?;
    let came = all.len();
    // Servers before 2.3 keep what was removed as entries without contents.
    let is_there = |entry: &Value<'_>| entry.text("status") != Some("removed");
    Ok((all.into_iter().filter(is_there).map(entry).collect(), came))
}

/// Where a page of so many entries goes on, if it is full.
pub(super) fn next_page(
    items: &[SyncItem],
    came: usize,
    bound: &str,
    query: &SyncQuery,
) -> Result<Option<NextPage>, SyncError> {
    let numbers = || items.iter().filter_map(|item| item.id.as_ref()).map(number);
    let (least, greatest) = (numbers().min().unwrap_or(0), numbers().max().unwrap_or(0));
    let limit = |name: &str| bound.strip_prefix(name).and_then(|limit| limit.parse::<u64>().ok());
    let (is_stuck, next) = match limit("after_entry_id=") {
        Some(after) => (greatest <= after, format!("after_entry_id={greatest}")),
        None => (limit("before_entry_id=").is_some_and(|before| least >= before), format!("before_entry_id={least}")),
    };
    if is_stuck && !items.is_empty() {
        return Err(SyncError::Endless { query: query.name() });
    }
    Ok((came >= PAGE && !items.is_empty()).then(|| NextPage(next.into())))
}

fn entry(of: Value<'_>) -> SyncItem {
    let id = of.get("id").and_then(item_id);
    let published = iso(of.text("published_at")).and_then(|when| match when {
        When::Instant(at) => Some(at.0),
        When::Day(_) => None,
    });
    SyncItem {
        mark: id.as_ref().map(|id| ServerMark(id.0.clone())),
        id,
        feed: of.number("feed_id").map(|id| FeedId(id.to_string().into())),
        title: of.text("title").unwrap_or_default().to_owned(),
        link: of.text("url").map(str::to_owned),
        author: of.text("author").map(str::to_owned),
        html: of.text("content").unwrap_or_default().to_owned(),
        published: published.filter(|seconds| *seconds > 0),
        enclosures: of.get("enclosures").into_iter().flat_map(Value::items).filter_map(file).collect(),
        comments: of.text("comments_url").map(str::to_owned),
        is_read: of.text("status").map(|status| status != "unread"),
        is_starred: of.get("starred").and_then(Value::bool),
        ..SyncItem::default()
    }
}

fn file(of: Value<'_>) -> Option<SyncFile> {
    Some(SyncFile {
        address: of.text("url")?.to_owned(),
        media_type: of.text("mime_type").map(str::to_owned),
        length: of.number("size").and_then(|length| u64::try_from(length).ok()).filter(|length| *length > 0),
    })
}
