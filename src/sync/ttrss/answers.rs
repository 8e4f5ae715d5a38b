//! Parses the JSON of Tiny Tiny RSS.

use crate::domain::text::{CleanText, clean_line};
use crate::format::fields::label;
use crate::format::json::{Json, Value};
use crate::sync::numbers::item_id;
use crate::sync::{FeedId, ItemId, ServerMark, SyncAnswer, SyncError, SyncFeed, SyncFile, SyncItem, SyncQuery, SyncReply};

/// The longest session id that is sent back.
const MAX_SESSION: usize = 256;

/// `{"seq":…,"status":…,"content":…}`
pub(super) struct Envelope(Json);

impl Envelope {
    pub(super) fn read(answer: &SyncAnswer, query: &SyncQuery) -> Result<Envelope, SyncError> {
        Ok(Envelope(answer.json(query)?))
    }

    fn root(&self) -> Option<Value<'_>> {
        self.0.roots().next()
    }

    /// True if it is this API's, be it an error.
    pub(super) fn is_one(&self) -> bool {
        let has = |key: &str| self.root().is_some_and(|root| root.get(key).is_some());
        has("seq") && has("status") && has("content")
    }

    /// The content of a good answer. Errors have status 1 and a word.
    pub(super) fn content(&self, query: &SyncQuery) -> Result<Value<'_>, SyncError> {
        let root = self.root().filter(|root| root.is_object());
        let root = root.ok_or_else(|| query.bad_answer("it is not an object"))?;
        let content = root.get("content").ok_or_else(|| query.bad_answer("`content` is missing"))?;
        match (root.number("status"), content.text("error")) {
            (Some(0), None) => Ok(content),
            (_, Some("LOGIN_ERROR")) => Err(SyncError::WrongPassword),
            (_, Some("NOT_LOGGED_IN")) => Err(SyncError::SessionLost),
            (_, Some("API_DISABLED")) => {
                let reason = "access through the API is switched off in this user's preferences";
                Err(SyncError::Refused { reason: crate::source::told(reason) })
            }
            (_, Some(error)) => Err(SyncError::Refused { reason: crate::source::told(error) }),
            (status, None) => Err(query.bad_answer(&format!("status {}", status.unwrap_or(-1)))),
        }
    }

    pub(super) fn session(&self, query: &SyncQuery) -> Result<String, SyncError> {
        let sid = self.content(query)?.text("session_id").unwrap_or_default();
        let is_sendable = !sid.is_empty() && sid.len() <= MAX_SESSION && sid.bytes().all(|byte| byte.is_ascii_graphic());
        if is_sendable { Ok(sid.to_owned()) } else { Err(query.bad_answer("no session came")) }
    }
}

fn array<'a>(content: Value<'a>, query: &SyncQuery) -> Result<impl Iterator<Item = Value<'a>>, SyncError> {
    if content.is_array() { Ok(content.items()) } else { Err(query.bad_answer("it is not a list")) }
}

/// Ids and names of folders. Those below zero are not folders, and 0 is for feeds outside of any.
pub(super) fn categories(content: Value<'_>, query: &SyncQuery) -> Result<Vec<(i64, CleanText)>, SyncError> {
    let category = |one: Value<'_>| Some((one.number("id").filter(|id| *id > 0)?, label(one.text("title"))?));
    Ok(array(content, query)?.filter_map(category).collect())
}

pub(super) fn labels(content: Value<'_>, query: &SyncQuery) -> Result<Vec<(i64, CleanText)>, SyncError> {
    let one = |one: Value<'_>| Some((one.number("id")?, label(one.text("caption"))?));
    Ok(array(content, query)?.filter_map(one).collect())
}

pub(super) fn feeds(
    content: Value<'_>,
    categories: &[(i64, CleanText)],
    query: &SyncQuery,
) -> Result<Vec<SyncFeed>, SyncError> {
    let feed = |one: Value<'_>| {
        let id = one.number("id").filter(|id| *id > 0)?;
        let category = one.number("cat_id");
        let folder = categories.iter().find(|(id, _)| Some(*id) == category).map(|(_, name)| name.clone());
        let address = clean_line(one.text("feed_url").unwrap_or_default());
        Some(SyncFeed {
            id: FeedId(id.to_string().into()),
            title: label(one.text("title")).unwrap_or_else(|| address.clone()),
            site: None,
            address,
            folder,
        })
    };
    Ok(array(content, query)?.filter_map(feed).collect())
}

pub(super) fn headline_ids(content: Value<'_>, query: &SyncQuery) -> Result<Vec<ItemId>, SyncError> {
    let ids: Option<Vec<ItemId>> = array(content, query)?.map(|one| item_id(one.get("id")?)).collect();
    ids.ok_or_else(|| query.bad_answer("something in the list has no id"))
}

pub(super) fn headlines(content: Value<'_>, query: &SyncQuery) -> Result<Vec<SyncItem>, SyncError> {
    Ok(array(content, query)?.map(headline).collect())
}

/// A headline with its content, or an article: the two name the comments' address differently.
fn headline(of: Value<'_>) -> SyncItem {
    let id = of.get("id").and_then(item_id);
    // Each label is a list: id, name, colours.
    let labels = of.get("labels").into_iter().flat_map(Value::items);
    let labels = labels.filter_map(|one| label(one.items().nth(1)?.str()));
    SyncItem {
        mark: id.as_ref().map(|id| ServerMark(id.0.clone())),
        id,
        feed: of.get("feed_id").and_then(Value::id).map(|id| FeedId(clean_line(id).as_str().into())),
        title: of.text("title").unwrap_or_default().to_owned(),
        link: of.text("link").map(str::to_owned),
        author: of.text("author").map(str::to_owned),
        html: of.text("content").unwrap_or_default().to_owned(),
        published: of.number("updated").filter(|seconds| *seconds > 0),
        enclosures: of.get("attachments").into_iter().flat_map(Value::items).filter_map(file).collect(),
        comments: of.text("comments_link").or_else(|| of.text("comments")).map(str::to_owned),
        comments_count: of.number("comments_count").and_then(|count| u32::try_from(count).ok()).filter(|count| *count > 0),
        is_read: of.get("unread").and_then(Value::bool).map(|is_unread| !is_unread),
        is_starred: of.get("marked").and_then(Value::bool),
        labels: labels.collect(),
    }
}

fn file(of: Value<'_>) -> Option<SyncFile> {
    Some(SyncFile {
        address: of.text("content_url")?.to_owned(),
        media_type: of.text("content_type").map(str::to_owned),
        length: None,
    })
}

/// The codes of a subscription: 0 it was there, 1 it was added; all others are refusals with or without a message.
pub(super) fn confirmed(content: Value<'_>, query: &SyncQuery) -> Result<SyncReply, SyncError> {
    if content.text("status") == Some("OK") {
        return Ok(SyncReply::Done);
    }
    let status = content.get("status").filter(|status| status.is_object());
    let status = status.ok_or_else(|| query.bad_answer("it does not confirm the change"))?;
    let words = match status.number("code") {
        Some(0 | 1) => return Ok(SyncReply::Done),
        Some(2) => "this is not an address",
        Some(3) => "no feed was found there",
        Some(4) => "several feeds were found there",
        _ => "the feed could not be fetched",
    };
    Err(SyncError::Refused { reason: crate::source::told(status.text("message").unwrap_or(words)) })
}
