//! Headlines and articles.

use serde_json::{Value, json};

use crate::sync::state::{ItemRecord, ServerState};

/// The most headlines in one answer.
const MOST: usize = 200;

/// The feed that a label is.
pub(super) fn label_feed(n: usize) -> i64 {
    -1_025 - n as i64
}

pub(super) fn label_of(state: &ServerState, feed: i64) -> Option<String> {
    state.labels.iter().enumerate().find(|(n, _)| label_feed(*n) == feed).map(|(_, name)| name.clone())
}

pub(super) fn list(state: &ServerState, body: &Value) -> Value {
    let feed = body["feed_id"].as_i64().unwrap_or(0);
    let is_category = body["is_cat"].as_bool() == Some(true);
    let since = body["since_id"].as_u64().unwrap_or(0);
    let label = label_of(state, feed);
    let is_wanted = |id: u64, item: &ItemRecord| {
        let is_in = match feed {
            -4 => true,
            -1 => item.is_starred,
            _ if is_category => state.feeds.get(&item.feed).is_some_and(|of| super::category(of.folder) as i64 == feed),
            _ if feed < 0 => label.as_ref().is_some_and(|label| item.labels.contains(label)),
            _ => item.feed as i64 == feed,
        };
        is_in && id > since && (body["view_mode"] != "unread" || !item.is_read)
    };
    let mut chosen: Vec<(u64, &ItemRecord)> = state.items.iter().map(|(id, item)| (*id, item)).collect();
    chosen.retain(|(id, item)| is_wanted(*id, item));
    match body["order_by"].as_str() {
        Some("title") => chosen.sort_by_key(|(id, item)| (item.title.as_str(), *id)),
        Some("date_reverse") => chosen.sort_by_key(|(id, item)| (item.published, *id)),
        _ => chosen.sort_by_key(|(id, item)| std::cmp::Reverse((item.published, *id))),
    }
    let limit = body["limit"].as_u64().unwrap_or(60) as usize;
    let skip = body["skip"].as_u64().unwrap_or(0) as usize;
    let page = chosen.into_iter().skip(skip).take(limit.min(MOST).min(state.page_limit));
    let times = if state.repeats_ids { 2 } else { 1 };
    let list: Vec<Value> = page.flat_map(|(id, item)| std::iter::repeat_n(headline(state, id, item, body), times)).collect();
    if body["include_header"].as_bool() == Some(true) {
        let first = list.first().map_or(json!(0), |first| first["id"].clone());
        return json!([{"id": feed, "first_id": first, "is_cat": is_category}, list]);
    }
    list.into()
}

fn item_id(state: &ServerState, id: u64) -> Value {
    if state.swaps_id_types { json!(id.to_string()) } else { json!(id) }
}

fn labels(state: &ServerState, item: &ItemRecord) -> Value {
    let known = state.labels.iter().enumerate().filter(|(_, name)| item.labels.contains(*name));
    known.map(|(n, name)| json!([label_feed(n), name, "", ""])).collect()
}

fn headline(state: &ServerState, id: u64, item: &ItemRecord, body: &Value) -> Value {
    let feed = state.feeds.get(&item.feed);
    let (feed_title, site) = feed.map_or(("", ""), |feed| (feed.title.as_str(), feed.site.as_str()));
    let mut value = json!({
        "id": item_id(state, id), "guid": format!("{{\"ver\":2,\"hash\":\"SHA1:{id:040x}\"}}"), "unread": !item.is_read,
        "marked": item.is_starred, "published": false, "updated": item.published, "is_updated": false, "title": item.title,
        "link": item.link, "feed_id": item.feed, "tags": [""], "labels": labels(state, item), "feed_title": feed_title,
        "comments_count": 0, "comments_link": item.comments, "always_display_attachments": false, "author": item.author,
        "score": 0, "note": null, "lang": "", "site_url": site,
    });
    if body["include_attachments"].as_bool() == Some(true) {
        value["attachments"] = json!([]);
    }
    if body["show_content"].as_bool() == Some(true) {
        value["content"] = item.html.as_str().into();
        value["flavor_image"] = "".into();
        value["flavor_stream"] = "".into();
    }
    value
}

pub(super) fn articles(state: &ServerState, body: &Value) -> Value {
    let mut ids = super::numbers(&body["article_id"]);
    ids.sort_unstable();
    let known = ids.into_iter().filter_map(|id| Some((id, state.items.get(&id)?)));
    known
        .map(|(id, item)| {
            json!({
                "id": item_id(state, id), "guid": format!("{{\"ver\":2,\"hash\":\"SHA1:{id:040x}\"}}"), "title": item.title,
                "link": item.link, "labels": labels(state, item), "unread": !item.is_read, "marked": item.is_starred,
                "published": false, "comments": item.comments, "author": item.author, "updated": item.published,
                "feed_id": item.feed, "attachments": [], "score": 0,
                "feed_title": state.feeds.get(&item.feed).map_or("", |feed| feed.title.as_str()), "note": null, "lang": "",
                "content": item.html,
            })
        })
        .collect()
}
