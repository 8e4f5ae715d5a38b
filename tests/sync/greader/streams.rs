//! Lists of ids and contents of items.

use serde_json::{Value, json};

use super::{LABEL, READ, READING_LIST, SECOND, STARRED, stream};
use crate::sync::state::{Endless, ItemRecord, ServerState};
use crate::sync::wire::{ServerReply, ServerRequest};

/// The ids of one page of a stream, newest first unless `r=o`, with the continuation.
fn page(state: &ServerState, request: &ServerRequest, name: &str) -> Option<(Vec<u64>, Option<String>)> {
    let is_in_stream = stream(state, name)?;
    let (excluded, included) = (request.all("xt"), request.all("it"));
    let has = |item: &ItemRecord, target: &str| match target {
        READ => item.is_read,
        STARRED => item.is_starred,
        _ => stream(state, target).is_some_and(|is_in| is_in(item)),
    };
    // Times are about when the server found an item, which is what its id says.
    let bound = |name: &str| request.number(name).map(|seconds| seconds.max(0) as u64 * SECOND);
    let (from, until) = (bound("ot").unwrap_or(0), bound("nt").unwrap_or(u64::MAX));
    let is_wanted = |id: u64, item: &ItemRecord| {
        (from..=until).contains(&id)
            && is_in_stream(item)
            && !excluded.iter().any(|target| has(item, target))
            && included.iter().all(|target| has(item, target))
    };
    let mut ids: Vec<u64> = state.items.iter().filter(|(id, item)| is_wanted(**id, item)).map(|(id, _)| *id).collect();
    let is_oldest_first = request.field("r").as_deref() == Some("o");
    if !is_oldest_first {
        ids.reverse();
    }
    let wanted = request.number("n").unwrap_or(20).max(0) as usize;
    // As recorded: n=0 is everything.
    let count = if wanted == 0 { usize::MAX } else { wanted }.min(state.page_limit);
    let after: Option<u64> = request.field("c").and_then(|c| c.parse().ok());
    match state.endless {
        Some(Endless::NewIds) => {
            let from = after.unwrap_or(1 << 40);
            let ids: Vec<u64> = (from + 1..=from + count.min(1_000) as u64).collect();
            let last = ids.last().map(ToString::to_string);
            return Some((ids, last));
        }
        Some(Endless::SamePage) => {
            ids.truncate(count);
            let last = ids.last().map(ToString::to_string);
            return Some((ids, last));
        }
        None => {}
    }
    if let Some(after) = after {
        ids.retain(|id| if is_oldest_first { *id > after } else { *id < after });
    }
    ids.truncate(count);
    // A full page has a continuation, also where nothing follows.
    let next = ids.last().filter(|_| ids.len() >= count).map(ToString::to_string);
    Some((ids, next))
}

fn with_continuation(mut value: Value, next: Option<String>) -> ServerReply {
    if let Some(next) = next {
        value["continuation"] = next.into();
    }
    ServerReply::json(&value)
}

pub(super) fn ids(state: &ServerState, request: &ServerRequest) -> ServerReply {
    let name = request.field("s").unwrap_or_default();
    let (ids, next) = page(state, request, &name).unwrap_or_default();
    let id = |id: u64| if state.swaps_id_types { json!({ "id": id }) } else { json!({ "id": id.to_string() }) };
    let times = if state.repeats_ids { 2 } else { 1 };
    let references: Vec<Value> = ids.into_iter().flat_map(|one| std::iter::repeat_n(id(one), times)).collect();
    with_continuation(json!({ "itemRefs": references }), next)
}

pub(super) fn contents(state: &ServerState, request: &ServerRequest, name: &str) -> ServerReply {
    let (ids, next) = page(state, request, name).unwrap_or_default();
    with_continuation(with_items(state, &ids), next)
}

pub(super) fn contents_of_ids(state: &ServerState, request: &ServerRequest) -> ServerReply {
    let mut ids: Vec<u64> = request.all("i").iter().filter_map(|id| item_id(id)).collect();
    ids.sort_unstable_by(|a, b| b.cmp(a));
    ids.dedup();
    ids.retain(|id| state.items.contains_key(id));
    ids.truncate(state.page_limit);
    ServerReply::json(&with_items(state, &ids))
}

fn with_items(state: &ServerState, ids: &[u64]) -> Value {
    let times = if state.repeats_ids { 2 } else { 1 };
    let known = ids.iter().filter_map(|id| Some((*id, state.items.get(id)?)));
    let items: Vec<Value> = known.flat_map(|(id, item)| std::iter::repeat_n(contents_of(state, id, item), times)).collect();
    json!({"id": READING_LIST, "updated": state.clock, "items": items})
}

/// An id in decimal, or in its long form, which is hexadecimal.
pub(super) fn item_id(text: &str) -> Option<u64> {
    match text.strip_prefix("tag:google.com,2005:reader/item/") {
        Some(hex) => u64::from_str_radix(hex, 16).ok(),
        None => text.parse().ok(),
    }
}

fn contents_of(state: &ServerState, id: u64, item: &ItemRecord) -> Value {
    let (title, site, folder) = state.feeds.get(&item.feed).map_or(("", "", ""), |feed| {
        let folder = state.folders.get(&feed.folder).map_or("", String::as_str);
        (feed.title.as_str(), feed.site.as_str(), folder)
    });
    let mut categories = vec![READING_LIST.to_owned(), format!("{LABEL}{folder}")];
    categories.extend(item.is_read.then(|| READ.to_owned()));
    categories.extend(item.is_starred.then(|| STARRED.to_owned()));
    categories.extend(item.labels.iter().map(|label| format!("{LABEL}{label}")));
    let long_id = format!("tag:google.com,2005:reader/item/{id:016x}");
    let mut value = json!({
        "id": if state.swaps_id_types { json!(id) } else { json!(long_id) },
        "crawlTimeMsec": (id / 1_000).to_string(), "timestampUsec": id.to_string(), "published": item.published,
        "title": item.title, "author": item.author, "categories": categories,
        "origin": {"streamId": format!("feed/{}", item.feed), "htmlUrl": site, "title": title},
        "summary": {"content": item.html},
    });
    if !item.link.is_empty() {
        value["canonical"] = json!([{ "href": item.link }]);
        value["alternate"] = json!([{ "href": item.link }]);
    }
    value
}
