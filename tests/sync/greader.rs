//! The Google Reader API as `FreshRSS` answers it.

mod edits;
mod streams;

use serde_json::json;

use crate::sync::state::{DEFAULT_FOLDER, ItemRecord, ServerState};
use crate::sync::wire::{ServerReply, ServerRequest};

const ROOT: &str = "/api/greader.php";
const LABEL: &str = "user/-/label/";
const READING_LIST: &str = "user/-/state/com.google/reading-list";
const READ: &str = "user/-/state/com.google/read";
const STARRED: &str = "user/-/state/com.google/starred";

/// Microseconds, in which ids and marks of time are counted.
const SECOND: u64 = 1_000_000;

pub(crate) fn speak(state: &mut ServerState, request: &ServerRequest) -> ServerReply {
    let Some(path) = request.path.strip_prefix(ROOT) else { return ServerReply::text(404, "Not Found") };
    if path.is_empty() || path == "/" {
        return ServerReply::text(200, "");
    }
    if path == "/accounts/ClientLogin" {
        return log_in(state, request);
    }
    let Some(path) = path.strip_prefix("/reader/api/0/") else { return bad_request() };
    let expected = format!("GoogleLogin auth={}/{}", state.user, state.session);
    if request.header("authorization") != Some(expected.as_str()) {
        return unauthorized();
    }
    if let Some(reply) = edits::speak(state, path, request) {
        return reply;
    }
    let is_json = request.field("output").as_deref() == Some("json");
    match path {
        "token" => ServerReply::text(200, &format!("{}\n", state.token)),
        "subscription/export" => ServerReply::text(200, &opml(state)),
        "user-info" => {
            let user = &state.user;
            ServerReply::json(&json!({"userId": user, "userName": user, "userProfileId": user, "userEmail": ""}))
        }
        "stream/items/ids" if is_json => streams::ids(state, request),
        "stream/items/contents" => streams::contents_of_ids(state, request),
        "subscription/list" if is_json => subscriptions(state),
        "tag/list" if is_json => tags(state),
        "unread-count" if is_json => unread_counts(state),
        "subscription/list" | "tag/list" | "unread-count" | "stream/items/ids" => ServerReply::text(501, "Not Implemented!"),
        "stream/contents" => streams::contents(state, request, &request.field("s").unwrap_or_default()),
        _ => match path.strip_prefix("stream/contents/") {
            Some(stream) => streams::contents(state, request, stream),
            None => bad_request(),
        },
    }
}

fn unauthorized() -> ServerReply {
    ServerReply::text(401, "Unauthorized!").with_header("google-bad-token: true")
}

fn bad_request() -> ServerReply {
    ServerReply::text(400, "Bad Request!")
}

fn done() -> ServerReply {
    ServerReply::text(200, "OK")
}

fn log_in(state: &ServerState, request: &ServerRequest) -> ServerReply {
    let given = (request.field("Email"), request.field("Passwd"));
    if given != (Some(state.user.clone()), Some(state.password.clone())) {
        return unauthorized();
    }
    let auth = format!("{}/{}", state.user, state.session);
    ServerReply::text(200, &format!("SID={auth}\nLSID=null\nAuth={auth}\n"))
}

/// True for the items of a stream.
type InStream = Box<dyn Fn(&ItemRecord) -> bool>;

/// The chosen stream: a state, a folder, a label or a feed by its id or address. None if there is no such stream.
fn stream(state: &ServerState, name: &str) -> Option<InStream> {
    match name {
        // As recorded: what should be the read items is all items.
        READING_LIST | READ => return Some(Box::new(|_| true)),
        STARRED => return Some(Box::new(|item| item.is_starred)),
        _ => {}
    }
    if let Some(label) = name.strip_prefix(LABEL) {
        if let Some(folder) = state.folders.iter().find(|(_, known)| *known == label).map(|(id, _)| *id) {
            let feeds: Vec<u64> = feeds_of(state, folder);
            return Some(Box::new(move |item| feeds.contains(&item.feed)));
        }
        let label = label.to_owned();
        return state.labels.contains(&label).then(|| -> InStream { Box::new(move |item| item.labels.contains(&label)) });
    }
    let feed = feed_of(state, name)?;
    Some(Box::new(move |item| item.feed == feed))
}

fn feeds_of(state: &ServerState, folder: u64) -> Vec<u64> {
    state.feeds.iter().filter(|(_, feed)| feed.folder == folder).map(|(id, _)| *id).collect()
}

/// A feed that is there, by `feed/ID` or `feed/ADDRESS`.
fn feed_of(state: &ServerState, stream: &str) -> Option<u64> {
    let name = stream.strip_prefix("feed/")?;
    let by_id = name.parse().ok().filter(|id| state.feeds.contains_key(id));
    by_id.or_else(|| state.feeds.iter().find(|(_, feed)| feed.address == name).map(|(id, _)| *id))
}

/// Folders by their names, as the server lists them.
fn folders(state: &ServerState) -> Vec<(u64, &str)> {
    let mut folders: Vec<(u64, &str)> = state.folders.iter().map(|(id, name)| (*id, name.as_str())).collect();
    folders.sort_by_key(|(_, name)| *name);
    folders
}

fn subscriptions(state: &ServerState) -> ServerReply {
    let mut list = Vec::new();
    for (folder, name) in folders(state) {
        let mut feeds: Vec<_> = state.feeds.iter().filter(|(_, feed)| feed.folder == folder).collect();
        feeds.sort_by_key(|(_, feed)| feed.title.as_str());
        list.extend(feeds.into_iter().map(|(id, feed)| {
            json!({
                "id": format!("feed/{id}"), "title": feed.title, "url": feed.address, "htmlUrl": feed.site,
                "categories": [{"id": format!("{LABEL}{name}"), "label": name}],
                "iconUrl": format!("https://icons.example/f.php?{id:08x}"),
            })
        }));
    }
    ServerReply::json(&json!({ "subscriptions": list }))
}

fn tags(state: &ServerState) -> ServerReply {
    let mut tags = vec![json!({ "id": STARRED })];
    tags.extend(folders(state).iter().map(|(_, name)| json!({"id": format!("{LABEL}{name}"), "type": "folder"})));
    tags.extend(state.labels.iter().map(|name| json!({"id": format!("{LABEL}{name}"), "type": "tag", "unread_count": 0})));
    ServerReply::json(&json!({ "tags": tags }))
}

fn unread_counts(state: &ServerState) -> ServerReply {
    let count = |id: String, is_chosen: &dyn Fn(&ItemRecord) -> bool| {
        let chosen = || state.items.iter().filter(|(_, item)| is_chosen(item));
        let newest = chosen().map(|(id, _)| *id).max().map_or_else(String::new, |id| id.to_string());
        json!({"id": id, "count": chosen().filter(|(_, item)| !item.is_read).count(), "newestItemTimestampUsec": newest})
    };
    let mut counts = Vec::new();
    for (folder, name) in folders(state) {
        let feeds = feeds_of(state, folder);
        counts.extend(feeds.iter().map(|feed| count(format!("feed/{feed}"), &|item| item.feed == *feed)));
        counts.push(count(format!("{LABEL}{name}"), &|item| feeds.contains(&item.feed)));
    }
    counts.extend(state.labels.iter().map(|label| count(format!("{LABEL}{label}"), &|item| item.labels.contains(label))));
    counts.push(count(READING_LIST.to_owned(), &|_| true));
    ServerReply::json(&json!({"max": state.unread().len(), "unreadcounts": counts}))
}

fn opml(state: &ServerState) -> String {
    let escaped = |text: &str| text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;");
    let mut body = String::new();
    for (folder, name) in folders(state) {
        let outline = |feed: &u64| {
            let feed = &state.feeds[feed];
            let (title, address, site) = (escaped(&feed.title), escaped(&feed.address), escaped(&feed.site));
            format!("<outline text=\"{title}\" type=\"rss\" xmlUrl=\"{address}\" htmlUrl=\"{site}\"/>")
        };
        let feeds: String = feeds_of(state, folder).iter().map(outline).collect();
        body.extend(["<outline text=\"", &escaped(name), "\">", &feeds, "</outline>"]);
    }
    let head = "<head><title>Server</title></head>";
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?><opml version=\"2.0\">{head}<body>{body}</body></opml>")
}
