//! The JSON API of Tiny Tiny RSS.

mod headlines;

use serde_json::{Value, json};

use crate::sync::state::{DEFAULT_FOLDER, ServerState};
use crate::sync::wire::{ServerReply, ServerRequest};

/// Seconds for which a wrong password keeps the right one out.
const MIN_INTERVAL: i64 = 5;

/// Content, or the word of an error.
type Outcome = Result<Value, Value>;

pub(crate) fn speak(state: &mut ServerState, request: &ServerRequest) -> ServerReply {
    // Without the slash at its end it is a folder of files.
    if request.path != "/api/" {
        return ServerReply::text(404, "Not Found");
    }
    if request.header("content-type").is_none_or(|kind| !kind.starts_with("application/json")) {
        return envelope(&json!(-1), Err(error("INCORRECT_USAGE")));
    }
    let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    let op = body["op"].as_str().unwrap_or_default();
    if op == "login" {
        return envelope(&json!(0), log_in(state, &body));
    }
    if op == "isLoggedIn" {
        return envelope(&json!(0), Ok(json!({"status": is_logged_in(state, &body)})));
    }
    if !is_logged_in(state, &body) {
        return envelope(&Value::Null, Err(error("NOT_LOGGED_IN")));
    }
    envelope(&json!(0), answer(state, op, &body))
}

fn is_logged_in(state: &ServerState, body: &Value) -> bool {
    body["sid"].as_str() == Some(state.session.as_str())
}

fn error(word: &str) -> Value {
    json!({ "error": word })
}

fn envelope(seq: &Value, outcome: Outcome) -> ServerReply {
    let (status, content) = match outcome {
        Ok(content) => (0, content),
        Err(content) => (1, content),
    };
    ServerReply::json(&json!({"seq": seq, "status": status, "content": content}))
}

/// The right password is refused for a while after a wrong one.
fn log_in(state: &mut ServerState, body: &Value) -> Outcome {
    let is_right = body["user"] == state.user.as_str() && body["password"] == state.password.as_str();
    if !is_right || state.clock < state.refuses_until {
        state.refuses_until = state.clock + MIN_INTERVAL;
        return Err(error("LOGIN_ERROR"));
    }
    Ok(json!({"session_id": state.session, "config": config(state), "api_level": 23}))
}

fn config(state: &ServerState) -> Value {
    json!({
        "custom_sort_types": [], "daemon_is_running": false, "icons_url": "https://icons.example/",
        "num_feeds": state.feeds.len(),
    })
}

/// A feed outside of folders is in the category 0.
fn category(folder: u64) -> u64 {
    if folder == DEFAULT_FOLDER { 0 } else { folder }
}

fn answer(state: &mut ServerState, op: &str, body: &Value) -> Outcome {
    let ok = || Ok(json!({"status": "OK"}));
    Ok(match op {
        "getApiLevel" => json!({"level": 23}),
        "getVersion" => json!({"version": "UNKNOWN"}),
        "getConfig" => config(state),
        "getUnread" => json!({"unread": state.unread().len()}),
        "getCategories" => categories(state),
        "getFeeds" => feeds(state, body),
        "getFeedTree" => feed_tree(state),
        "getCounters" => counters(state),
        "getLabels" => state.labels.iter().enumerate().map(|(n, name)| {
            json!({"id": headlines::label_feed(n), "caption": name, "fg_color": "", "bg_color": "", "checked": false})
        }).collect(),
        "getHeadlines" => headlines::list(state, body),
        "getArticle" => headlines::articles(state, body),
        "updateArticle" => update(state, body),
        "setArticleLabel" => set_label(state, body)?,
        "catchupFeed" => {
            catch_up(state, body);
            return ok();
        }
        "subscribeToFeed" => subscribe(state, body),
        "unsubscribeFeed" => {
            let feed = body["feed_id"].as_u64().unwrap_or(0);
            return if state.remove_feed(feed) { ok() } else { Err(error("E_OPERATION_FAILED")) };
        }
        "updateFeed" => return ok(),
        "logout" => {
            state.end_session();
            return ok();
        }
        other => return Err(json!({"error": "UNKNOWN_METHOD", "method": other.to_lowercase()})),
    })
}

fn categories(state: &ServerState) -> Value {
    let unread = |folder: u64| state.ids(|item| !item.is_read && state.feeds[&item.feed].folder == folder).len();
    let mut list = vec![json!({"id": -2, "title": "Labels", "unread": 0}), json!({"id": -1, "title": "Special", "unread": 0})];
    list.extend(state.folders.iter().map(|(id, name)| json!({"id": category(*id), "title": name, "unread": unread(*id)})));
    list.into()
}

fn feeds(state: &ServerState, body: &Value) -> Value {
    let wanted = body["cat_id"].as_i64().unwrap_or(0);
    let is_wanted = |folder: u64| matches!(wanted, -3 | -4) || category(folder) as i64 == wanted;
    let listed = state.feeds.iter().filter(|(_, feed)| is_wanted(feed.folder));
    listed.map(|(id, feed)| json!({
        "feed_url": feed.address, "title": feed.title, "id": id,
        "unread": state.ids(|item| item.feed == *id && !item.is_read).len(), "has_icon": false,
        "cat_id": category(feed.folder), "last_updated": state.clock, "order_id": 0, "last_error": "", "update_interval": 0,
    })).collect()
}

fn feed_tree(state: &ServerState) -> Value {
    let special = [
        (-4, "All articles"),
        (-3, "Fresh articles"),
        (-1, "Starred articles"),
        (-2, "Published articles"),
        (0, "Archived articles"),
        (-6, "Recently read"),
    ];
    let special: Vec<Value> = special.iter().map(|(id, name)| json!({
        "id": format!("FEED:{id}"), "name": name, "unread": 0, "type": "feed", "error": "", "updated": "", "icon": "inbox",
        "bare_id": id, "auxcounter": 0,
    })).collect();
    let mut items = vec![json!({
        "id": "CAT:-1", "items": special, "name": "Special", "type": "category", "unread": -1, "bare_id": -1,
    })];
    for (folder, name) in &state.folders {
        let of_folder = state.feeds.iter().filter(|(_, feed)| feed.folder == *folder);
        let of_folder: Vec<Value> = of_folder.map(|(id, feed)| json!({
            "id": format!("FEED:{id}"), "bare_id": id, "auxcounter": -1, "name": feed.title, "checkbox": false, "error": "",
            "icon": "", "param": "", "unread": -1, "type": "feed", "updates_disabled": 0,
        })).collect();
        let id = category(*folder);
        items.push(json!({
            "id": format!("CAT:{id}"), "bare_id": id, "auxcounter": -1, "name": name, "items": of_folder, "checkbox": false,
            "type": "category", "unread": -1, "child_unread": -1, "param": "",
        }));
    }
    json!({"categories": {"identifier": "id", "label": "name", "items": items}})
}

fn counters(state: &ServerState) -> Value {
    let unread = state.unread().len();
    let mut list = vec![
        json!({"id": "global-unread", "counter": unread}),
        json!({"id": "subscribed-feeds", "counter": state.feeds.len()}),
        json!({"id": 0, "counter": 0, "auxcounter": 0}),
        json!({"id": -1, "counter": 0, "auxcounter": 0, "markedcounter": state.starred().len()}),
        json!({"id": -2, "counter": 0, "auxcounter": 0, "publishedcounter": 0}),
        json!({"id": -3, "counter": unread, "auxcounter": 0}),
        json!({"id": -4, "counter": unread, "auxcounter": 0}),
        json!({"id": -2, "kind": "cat", "counter": 0}),
    ];
    list.extend(
        state
            .folders
            .keys()
            .map(|id| json!({"id": category(*id), "kind": "cat", "markedcounter": 0, "publishedcounter": 0, "counter": 0})),
    );
    list.extend(state.feeds.iter().map(|(id, feed)| {
        json!({
            "id": id, "title": feed.title, "error": "", "updated": "12:42", "markedcounter": 0, "publishedcounter": 0, "ts": 0,
            "counter": state.ids(|item| item.feed == *id && !item.is_read).len(),
        })
    }));
    list.into()
}

/// Numbers with commas between them.
fn numbers(list: &Value) -> Vec<u64> {
    list.as_str().unwrap_or_default().split(',').filter_map(|id| id.trim().parse().ok()).collect()
}

fn update(state: &mut ServerState, body: &Value) -> Value {
    let is_set = body["mode"] == 1;
    let field = body["field"].as_i64();
    let ids = numbers(&body["article_ids"]);
    let changed = ids.iter().filter(|id| {
        state.change(**id, |item| match field {
            Some(0) => item.is_starred = is_set,
            Some(2) => item.is_read = !is_set,
            _ => {}
        })
    });
    json!({"status": "OK", "updated": changed.count()})
}

fn set_label(state: &mut ServerState, body: &Value) -> Outcome {
    let label = body["label_id"].as_i64().and_then(|id| headlines::label_of(state, id)).ok_or(error("INCORRECT_USAGE"))?;
    let is_set = body["assign"].as_bool() == Some(true);
    let ids = numbers(&body["article_ids"]);
    let changed = ids.iter().filter(|id| {
        state.change(**id, |item| {
            if is_set {
                item.labels.insert(label.clone());
            } else {
                item.labels.remove(&label);
            }
        })
    });
    Ok(json!({"status": "OK", "updated": changed.count()}))
}

/// All of it, also what the client has never seen.
fn catch_up(state: &mut ServerState, body: &Value) {
    let (feed, is_category) = (body["feed_id"].as_i64().unwrap_or(0), body["is_cat"].as_bool() == Some(true));
    let folders: std::collections::BTreeMap<u64, u64> =
        state.feeds.iter().map(|(id, feed)| (*id, category(feed.folder))).collect();
    state.mark_all(|_, item| match feed {
        -4 => true,
        _ if is_category => folders.get(&item.feed).is_some_and(|folder| *folder as i64 == feed),
        _ => item.feed as i64 == feed,
    });
}

fn subscribe(state: &mut ServerState, body: &Value) -> Value {
    let address = body["feed_url"].as_str().unwrap_or_default();
    if let Some((id, _)) = state.feeds.iter().find(|(_, feed)| feed.address == address) {
        return json!({"status": {"code": 0, "feed_id": id}});
    }
    if address.rsplit('.').next() != Some("xml") {
        return json!({"status": {"code": 6, "message": "Start tag expected"}});
    }
    let folder = body["category_id"].as_u64().unwrap_or(0);
    let name = state.folders.get(&folder).filter(|_| folder != DEFAULT_FOLDER).cloned().unwrap_or_default();
    let feed = state.add_feed(address, &name);
    state.add_items(feed, state.items_of_new_feeds);
    json!({"status": {"code": 1, "feed_id": feed}})
}
