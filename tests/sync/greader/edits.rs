//! Requests that change the state. Each carries the token T; without one it passes as well, as recorded.

use serde_json::json;

use super::{DEFAULT_FOLDER, LABEL, READ, SECOND, STARRED, bad_request, done, feed_of, stream, unauthorized};
use crate::sync::greader::streams::item_id;
use crate::sync::state::{ItemRecord, ServerState};
use crate::sync::wire::{ServerReply, ServerRequest};

/// None for a path that changes nothing.
pub(super) fn speak(state: &mut ServerState, path: &str, request: &ServerRequest) -> Option<ServerReply> {
    let edit = match path {
        "edit-tag" => edit_tag,
        "mark-all-as-read" => mark_all,
        "subscription/quickadd" => quick_add,
        "subscription/edit" => edit_subscription,
        "rename-tag" => rename_tag,
        "disable-tag" => disable_tag,
        _ => return None,
    };
    if request.field("T").is_some_and(|token| token != state.token) {
        return Some(unauthorized());
    }
    Some(edit(state, request))
}

/// Sets a state or label of items. Ids that are not there are passed over without a word.
fn edit_tag(state: &mut ServerState, request: &ServerRequest) -> ServerReply {
    let (set, unset) = (request.all("a"), request.all("r"));
    for id in request.all("i").iter().filter_map(|id| item_id(id)) {
        state.change(id, |item| {
            for (tags, is_set) in [(&set, true), (&unset, false)] {
                for tag in tags {
                    set_tag(item, tag, is_set);
                }
            }
        });
    }
    done()
}

fn set_tag(item: &mut ItemRecord, tag: &str, is_set: bool) {
    match tag {
        READ => item.is_read = is_set,
        STARRED => item.is_starred = is_set,
        _ => {
            let Some(label) = tag.strip_prefix(LABEL) else { return };
            if is_set {
                item.labels.insert(label.to_owned());
            } else {
                item.labels.remove(label);
            }
        }
    }
}

/// Up to `ts`; without it up to the second that it is.
fn mark_all(state: &mut ServerState, request: &ServerRequest) -> ServerReply {
    let until = request.number("ts").filter(|ts| *ts > 0).map_or(state.clock as u64 * SECOND, |ts| ts as u64);
    let Some(is_in_stream) = stream(state, &request.field("s").unwrap_or_default()) else { return bad_request() };
    state.mark_all(|id, item| id <= until && is_in_stream(item));
    done()
}

/// True for what the server finds a feed at.
fn is_feed(address: &str) -> bool {
    address.starts_with("http") && address.rsplit('.').next() == Some("xml")
}

fn subscribe(state: &mut ServerState, address: &str, folder: &str, title: Option<String>) -> u64 {
    let feed = state.add_feed(address, folder);
    if let (Some(title), Some(record)) = (title, state.feeds.get_mut(&feed)) {
        record.title = title;
    }
    state.add_items(feed, state.items_of_new_feeds);
    feed
}

fn quick_add(state: &mut ServerState, request: &ServerRequest) -> ServerReply {
    let address = request.field("quickadd").unwrap_or_default();
    let address = address.strip_prefix("feed/").unwrap_or(&address);
    if feed_of(state, &format!("feed/{address}")).is_some() {
        return ServerReply::json(&json!({"numResults": 0, "error": format!("Already subscribed! {address}")}));
    }
    if !is_feed(address) {
        return ServerReply::json(&json!({"numResults": 0, "error": format!("A feed could not be found at `{address}`")}));
    }
    let feed = subscribe(state, address, "", None);
    let name = &state.feeds[&feed].title;
    ServerReply::json(&json!({"numResults": 1, "query": address, "streamId": format!("feed/{feed}"), "streamName": name}))
}

fn edit_subscription(state: &mut ServerState, request: &ServerRequest) -> ServerReply {
    let folder = request.field("a").and_then(|tag| tag.strip_prefix(LABEL).map(str::to_owned));
    let leaves_folder = request.field("r").is_some();
    for name in request.all("s") {
        let feed = feed_of(state, &name);
        match (request.field("ac").as_deref(), feed) {
            (Some("subscribe"), None) if name.strip_prefix("feed/").is_some_and(is_feed) => {
                subscribe(state, &name["feed/".len()..], folder.as_deref().unwrap_or_default(), request.field("t"));
            }
            (Some("unsubscribe"), Some(feed)) => {
                state.remove_feed(feed);
            }
            (Some("edit"), Some(feed)) => {
                let target = match &folder {
                    Some(folder) => Some(state.folder(folder)),
                    None if leaves_folder => Some(DEFAULT_FOLDER),
                    None => None,
                };
                let Some(record) = state.feeds.get_mut(&feed) else { return bad_request() };
                record.folder = target.unwrap_or(record.folder);
                if let Some(title) = request.field("t") {
                    record.title = title;
                }
            }
            _ => return bad_request(),
        }
    }
    done()
}

/// The folder or label that a request names.
fn tag_name(request: &ServerRequest, field: &str) -> String {
    request.field(field).and_then(|tag| tag.strip_prefix(LABEL).map(str::to_owned)).unwrap_or_default()
}

fn rename_tag(state: &mut ServerState, request: &ServerRequest) -> ServerReply {
    let (from, to) = (tag_name(request, "s"), tag_name(request, "dest"));
    if let Some(name) = state.folders.values_mut().find(|name| **name == from) {
        *name = to;
    } else if state.labels.remove(&from) {
        state.labels.insert(to.clone());
        let labelled = state.items.values_mut().filter_map(|item| item.labels.remove(&from).then_some(&mut item.labels));
        labelled.for_each(|labels| {
            labels.insert(to.clone());
        });
    } else {
        return bad_request();
    }
    done()
}

/// The feeds of a folder that goes lie in the default one.
fn disable_tag(state: &mut ServerState, request: &ServerRequest) -> ServerReply {
    let name = tag_name(request, "s");
    if let Some(folder) = state.folders.iter().find(|(_, known)| **known == name).map(|(id, _)| *id) {
        state.folders.remove(&folder);
        let feeds = state.feeds.values_mut().filter(|feed| feed.folder == folder);
        feeds.for_each(|feed| feed.folder = DEFAULT_FOLDER);
    } else if state.labels.remove(&name) {
        state.items.values_mut().for_each(|item| {
            item.labels.remove(&name);
        });
    } else {
        return bad_request();
    }
    done()
}
