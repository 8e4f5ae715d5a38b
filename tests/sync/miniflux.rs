//! Miniflux's own API, by what its source says of version 2.3.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::sync::state::{DEFAULT_FOLDER, ItemRecord, ServerState};
use crate::sync::wire::{ServerReply, ServerRequest};

/// The most entries and the most ids in one answer; more of the former is a mistake, more of the latter is cut.
const MOST_ENTRIES: usize = 1_000;
const MOST_IDS: usize = 10_000;

/// The key that is valid beside user and password.
pub(crate) const API_KEY: &str = "key-of-alice";

pub(crate) fn speak(state: &mut ServerState, request: &ServerRequest) -> ServerReply {
    let Some(path) = request.path.strip_prefix("/v1/") else { return ServerReply::text(200, "") };
    if !is_authorized(state, request) {
        return refuse(401, "access unauthorized");
    }
    let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    let segments: Vec<&str> = path.split('/').collect();
    match (request.method.as_str(), segments.as_slice()) {
        ("GET", ["version"]) => ServerReply::json(&json!({"version": "2.3.3", "commit": "106cdd0", "go_version": "go1.26"})),
        ("GET", ["me"]) => ServerReply::json(&json!({"id": 1, "username": state.user, "is_admin": false, "timezone": "UTC"})),
        ("GET", ["categories"]) => {
            ServerReply::json(&state.folders.iter().map(|(id, name)| json!({"id": id, "title": name, "user_id": 1})).collect())
        }
        ("POST", ["categories"]) => {
            let title = body["title"].as_str().unwrap_or_default().to_owned();
            if title.is_empty() || state.folders.values().any(|name| *name == title) {
                return refuse(400, "This category already exists.");
            }
            let id = state.folder(&title);
            with_status(201, &json!({"id": id, "title": title, "user_id": 1, "hide_globally": false}))
        }
        ("GET", ["feeds"]) => ServerReply::json(&state.feeds.keys().map(|id| feed(state, *id)).collect()),
        ("POST", ["feeds"]) => subscribe(state, &body),
        ("PUT", ["feeds", id]) => edit_feed(state, id.parse().unwrap_or(0), &body),
        ("DELETE", ["feeds", id]) => done_if(state.remove_feed(id.parse().unwrap_or(0))),
        ("GET", ["entries", "ids"]) => entry_ids(state, request),
        ("GET", ["entries"]) => entries(state, request),
        ("PUT", ["entries"]) => update(state, &body),
        ("PUT", ["entries", id, "star" | "bookmark"]) => {
            done_if(state.change(id.parse().unwrap_or(0), |item| item.is_starred = !item.is_starred))
        }
        _ => refuse(404, "resource not found"),
    }
}

fn is_authorized(state: &ServerState, request: &ServerRequest) -> bool {
    if let Some(key) = request.header("x-auth-token") {
        return key == API_KEY;
    }
    let pair = STANDARD.encode(format!("{}:{}", state.user, state.password));
    request.header("authorization") == Some(&format!("Basic {pair}"))
}

fn with_status(status: u16, value: &Value) -> ServerReply {
    ServerReply { status, ..ServerReply::json(value) }
}

fn refuse(status: u16, message: &str) -> ServerReply {
    with_status(status, &json!({ "error_message": message }))
}

fn done_if(is_found: bool) -> ServerReply {
    if is_found { ServerReply::empty(204) } else { refuse(404, "resource not found") }
}

fn feed(state: &ServerState, id: u64) -> Value {
    let feed = &state.feeds[&id];
    json!({
        "id": id, "user_id": 1, "feed_url": feed.address, "site_url": feed.site, "title": feed.title, "description": "",
        "checked_at": time(state.clock), "parsing_error_count": 0, "parsing_error_message": "", "disabled": false,
        "category": {"id": feed.folder, "title": state.folders[&feed.folder], "user_id": 1, "hide_globally": false},
        "icon": {"feed_id": id, "icon_id": 0},
    })
}

fn time(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).unwrap().to_string()
}

fn subscribe(state: &mut ServerState, body: &Value) -> ServerReply {
    let address = body["feed_url"].as_str().unwrap_or_default();
    if state.feeds.values().any(|feed| feed.address == address) {
        return refuse(400, "This feed already exists.");
    }
    if address.rsplit('.').next() != Some("xml") {
        return refuse(500, "Unable to detect feed format.");
    }
    let folder = match body["category_id"].as_u64().unwrap_or(0) {
        0 => DEFAULT_FOLDER,
        id if state.folders.contains_key(&id) => id,
        _ => return refuse(400, "This category does not exist or does not belong to this user."),
    };
    let feed = state.add_feed(address, "");
    state.feeds.get_mut(&feed).unwrap().folder = folder;
    state.add_items(feed, state.items_of_new_feeds);
    with_status(201, &json!({ "feed_id": feed }))
}

fn edit_feed(state: &mut ServerState, id: u64, body: &Value) -> ServerReply {
    let folder = body["category_id"].as_u64();
    if folder.is_some_and(|folder| !state.folders.contains_key(&folder)) {
        return refuse(400, "This category does not exist or does not belong to this user.");
    }
    let Some(record) = state.feeds.get_mut(&id) else { return refuse(404, "resource not found") };
    record.folder = folder.unwrap_or(record.folder);
    if let Some(title) = body["title"].as_str() {
        title.clone_into(&mut record.title);
    }
    with_status(201, &feed(state, id))
}

/// True for what the filters of a request let pass.
fn is_wanted(request: &ServerRequest, id: u64, item: &ItemRecord) -> bool {
    let bound = |name: &str| request.number(name).filter(|bound| *bound > 0).map(|bound| bound as u64);
    let statuses = request.all("status");
    let status = if item.is_read { "read" } else { "unread" };
    let changed_after = request.number("changed_after").filter(|bound| *bound > 0);
    (statuses.is_empty() || statuses.iter().any(|wanted| wanted == status))
        && request.field("starred").is_none_or(|starred| (starred == "true") == item.is_starred)
        && bound("before_entry_id").is_none_or(|before| id < before)
        && bound("after_entry_id").is_none_or(|after| id > after)
        && changed_after.is_none_or(|after| item.changed > after)
}

/// The ids that pass, ascending.
fn wanted_ids(state: &ServerState, request: &ServerRequest) -> Vec<u64> {
    state.items.iter().filter(|(id, item)| is_wanted(request, **id, item)).map(|(id, _)| *id).collect()
}

fn entry_ids(state: &ServerState, request: &ServerRequest) -> ServerReply {
    let ids = wanted_ids(state, request);
    let limit = request.number("limit").filter(|limit| *limit > 0).map_or(MOST_IDS, |limit| limit as usize).min(MOST_IDS);
    let skip = request.number("offset").unwrap_or(0) as usize;
    let page: Vec<u64> = ids.iter().rev().skip(skip).take(limit.min(state.page_limit)).copied().collect();
    ServerReply::json(&json!({"total": ids.len(), "entry_ids": page}))
}

fn entries(state: &ServerState, request: &ServerRequest) -> ServerReply {
    let limit = request.number("limit").unwrap_or(100) as usize;
    if limit > MOST_ENTRIES || request.field("order").is_some_and(|order| order != "id") {
        return refuse(400, "limit must be between 0 and 1000");
    }
    let mut ids = wanted_ids(state, request);
    if request.field("direction").as_deref() == Some("desc") {
        ids.reverse();
    }
    let skip = request.number("offset").unwrap_or(0) as usize;
    let page = ids.iter().skip(skip).take(limit.min(state.page_limit));
    let times = if state.repeats_ids { 2 } else { 1 };
    let list: Vec<Value> = page.flat_map(|id| std::iter::repeat_n(entry(state, *id), times)).collect();
    ServerReply::json(&json!({"total": ids.len(), "entries": list}))
}

fn entry(state: &ServerState, id: u64) -> Value {
    let item = &state.items[&id];
    let id = if state.swaps_id_types { json!(id.to_string()) } else { json!(id) };
    json!({
        "id": id, "user_id": 1, "feed_id": item.feed, "status": if item.is_read { "read" } else { "unread" }, "hash": "",
        "title": item.title, "url": item.link, "comments_url": item.comments, "language": "",
        "published_at": time(item.published), "created_at": time(item.published), "changed_at": time(item.changed),
        "content": item.html, "author": item.author, "share_code": "", "starred": item.is_starred, "reading_time": 1,
        "enclosures": [], "feed": feed(state, item.feed), "tags": [],
    })
}

fn update(state: &mut ServerState, body: &Value) -> ServerReply {
    let ids: Vec<u64> = body["entry_ids"].as_array().into_iter().flatten().filter_map(Value::as_u64).collect();
    let (status, starred) = (body["status"].as_str(), body["starred"].as_bool());
    let is_status = status.is_none_or(|status| matches!(status, "read" | "unread"));
    if ids.is_empty() || !is_status || (status.is_none() && starred.is_none()) {
        return refuse(400, "either the status or the starred field must be specified");
    }
    for id in ids {
        state.change(id, |item| {
            item.is_read = status.map_or(item.is_read, |status| status == "read");
            item.is_starred = starred.unwrap_or(item.is_starred);
        });
    }
    ServerReply::empty(204)
}
