//! The Fever API as `FreshRSS` and Coldsweat answer it.

use std::fmt::Write;

use md5::{Digest, Md5};
use serde_json::{Value, json};

use crate::sync::state::{ItemRecord, ServerState};
use crate::sync::wire::{ServerReply, ServerRequest};

/// Items in one answer, whatever is asked for.
const PAGE: usize = 50;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Flavor {
    FreshRss,
    Coldsweat,
}

use Flavor::{Coldsweat, FreshRss};

pub(crate) fn freshrss(state: &mut ServerState, request: &ServerRequest) -> ServerReply {
    speak(FreshRss, "/api/fever.php", state, request)
}

pub(crate) fn coldsweat(state: &mut ServerState, request: &ServerRequest) -> ServerReply {
    speak(Coldsweat, "/fever", state, request)
}

/// The key of an account: the MD5 of user and password.
pub(crate) fn key(state: &ServerState) -> String {
    let digest = Md5::digest(format!("{}:{}", state.user, state.password));
    digest.iter().fold(String::new(), |mut key, byte| {
        write!(key, "{byte:02x}").unwrap();
        key
    })
}

fn speak(flavor: Flavor, path: &str, state: &mut ServerState, request: &ServerRequest) -> ServerReply {
    if request.path.trim_end_matches('/') != path {
        return ServerReply::text(404, "Not Found");
    }
    let has = |command: &str| request.query.iter().any(|(name, _)| name == command);
    if !has("api") {
        return ServerReply::text(400, "Bad Request");
    }
    if request.field("api_key") != Some(key(state)) {
        return ServerReply::json(&json!({"api_version": 3, "auth": 0}));
    }
    let mut reply = json!({"api_version": 3, "auth": 1, "last_refreshed_on_time": state.clock});
    if request.field("mark").is_some() {
        if !mark(flavor, state, request) {
            return ServerReply::text(404, "Not Found");
        }
        if flavor == FreshRss {
            let is_star = request.field("as").is_some_and(|state| state.ends_with("saved"));
            let (name, ids) = if is_star { ("saved_item_ids", state.starred()) } else { ("unread_item_ids", state.unread()) };
            reply[name] = joined(&ids).into();
        }
    }
    if has("groups") {
        reply["groups"] = groups(flavor, state);
    }
    if has("feeds") {
        reply["feeds"] = state
            .feeds
            .iter()
            .map(|(id, feed)| {
                json!({
                    "id": id, "favicon_id": id, "title": feed.title, "url": feed.address, "site_url": feed.site,
                    "is_spark": 0, "last_updated_on_time": state.clock,
                })
            })
            .collect();
    }
    if has("groups") || has("feeds") {
        reply["feeds_groups"] = feeds_groups(state);
    }
    if has("favicons") {
        reply["favicons"] = state.feeds.keys().map(|id| json!({"id": id, "data": "image/gif;base64,R0lGODlhAQ=="})).collect();
    }
    if has("links") {
        reply["links"] = json!([]);
    }
    if has("unread_item_ids") {
        reply["unread_item_ids"] = joined(&state.unread()).into();
    }
    if has("saved_item_ids") {
        reply["saved_item_ids"] = joined(&state.starred()).into();
    }
    if has("items") {
        reply["total_items"] = state.items.len().into();
        reply["items"] = items(flavor, state, request);
    }
    ServerReply::json(&reply)
}

fn joined(ids: &[u64]) -> String {
    ids.iter().map(u64::to_string).collect::<Vec<_>>().join(",")
}

/// Coldsweat lists only groups with feeds.
fn groups(flavor: Flavor, state: &ServerState) -> Value {
    let is_listed = |id: u64| flavor == FreshRss || state.feeds.values().any(|feed| feed.folder == id);
    let listed = state.folders.iter().filter(|(id, _)| is_listed(**id));
    listed.map(|(id, name)| json!({"id": id, "title": name})).collect()
}

fn feeds_groups(state: &ServerState) -> Value {
    let of_group =
        |group: u64| -> Vec<u64> { state.feeds.iter().filter(|(_, feed)| feed.folder == group).map(|(id, _)| *id).collect() };
    let with_feeds = state.folders.keys().map(|id| (id, of_group(*id))).filter(|(_, feeds)| !feeds.is_empty());
    with_feeds.map(|(id, feeds)| json!({"group_id": id, "feed_ids": joined(&feeds)})).collect()
}

fn items(flavor: Flavor, state: &ServerState, request: &ServerRequest) -> Value {
    let bound = |name: &str| request.field(name).and_then(|id| id.parse::<u64>().ok());
    let mut ids: Vec<u64> = if let Some(wanted) = request.field("with_ids") {
        wanted.split(',').filter_map(|id| id.parse().ok()).take(PAGE).collect()
    } else if let Some(since) = bound("since_id") {
        state.items.range(since + 1..).map(|(id, _)| *id).collect()
    } else if let Some(below) = bound("max_id") {
        let mut ids: Vec<u64> = state.items.range(..below).map(|(id, _)| *id).collect();
        // Coldsweat forgets to turn them round.
        if flavor == FreshRss {
            ids.reverse();
        }
        ids
    } else {
        state.items.keys().copied().collect()
    };
    ids.truncate(PAGE.min(state.page_limit));
    let times = if state.repeats_ids { 2 } else { 1 };
    let known = ids.into_iter().filter_map(|id| Some((id, state.items.get(&id)?)));
    let is_number = (flavor == Coldsweat) != state.swaps_id_types;
    known.flat_map(|(id, item)| std::iter::repeat_n(contents(id, item, is_number), times)).collect()
}

fn contents(id: u64, item: &ItemRecord, is_number: bool) -> Value {
    json!({
        "id": if is_number { json!(id) } else { json!(id.to_string()) }, "feed_id": item.feed, "title": item.title,
        "author": item.author, "html": item.html, "url": item.link, "is_saved": u8::from(item.is_starred),
        "is_read": u8::from(item.is_read), "created_on_time": item.published,
    })
}

/// False for what is not there; `FreshRSS` passes over it.
fn mark(flavor: Flavor, state: &mut ServerState, request: &ServerRequest) -> bool {
    let id = request.number("id").unwrap_or(-1) as u64;
    let before = request.number("before").unwrap_or(0);
    let verb = request.field("as").unwrap_or_default();
    let found = match request.field("mark").as_deref() {
        Some("item") => state.change(id, |item| match verb.as_str() {
            "read" => item.is_read = true,
            "unread" => item.is_read = false,
            "saved" => item.is_starred = true,
            "unsaved" => item.is_starred = false,
            _ => {}
        }),
        Some(scope) => {
            let feeds: Vec<u64> = match scope {
                "feed" => vec![id],
                _ if id == 0 => state.feeds.keys().copied().collect(),
                _ => state.feeds.iter().filter(|(_, feed)| feed.folder == id).map(|(feed, _)| *feed).collect(),
            };
            // One goes by when the server found an item, the other by when it was published.
            state.mark_all(|id, item| {
                let when = if flavor == FreshRss { (id / 1_000_000) as i64 } else { item.published };
                feeds.contains(&item.feed) && when < before
            });
            true
        }
        None => false,
    };
    found || flavor == FreshRss
}
