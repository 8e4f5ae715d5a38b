//! The posts of an answer with what each answers: replies stand inside of posts, or in a flat list with the depth of each.

use crate::format::json::{JsonPieces, Value};

/// True if a value is a thread of either interface, or a post.
pub(super) fn is_of_interface(value: Value<'_>) -> bool {
    let thread = value.get("thread");
    let is_flat = || {
        let first = thread.and_then(|thread| thread.items().next());
        first.is_some_and(|first| first.get("uri").is_some() && first.at(&["value", "$type"]).is_some())
    };
    thread.is_some_and(|thread| is_node(thread) || is_post(thread)) || is_node(value) || is_post(value) || is_flat()
}

/// A post, or the place of one that is not shown, with its parent and its replies.
fn is_node(value: Value<'_>) -> bool {
    value.get("post").is_some_and(is_post) || (value.get("uri").is_some() && is_gap(value))
}

/// A post of which only the address is told.
fn is_gap(value: Value<'_>) -> bool {
    value.is("notFound") || value.is("blocked")
}

fn is_post(value: Value<'_>) -> bool {
    value.get("uri").is_some() && value.at(&["record", "text"]).is_some() && value.get("author").is_some()
}

/// A post with its place in the thread.
#[derive(Clone, Copy)]
pub(super) struct PlacedPost<'a> {
    pub(super) uri: &'a str,
    /// None where it was deleted or is blocked.
    pub(super) post: Option<Value<'a>>,
    /// True if it was deleted; else, without a post, it is only not shown here.
    pub(super) is_deleted: bool,
    /// The parent, as the answer names it.
    above: Option<&'a str>,
    /// Replies that are not in the answer, where that is told apart from how many there are.
    pub(super) more: Option<usize>,
}

impl<'a> PlacedPost<'a> {
    fn new(uri: &'a str, value: Value<'a>, above: Option<&'a str>) -> PlacedPost<'a> {
        let kind = value.text("$type").unwrap_or_default();
        PlacedPost {
            uri,
            post: value.get("post").or(Some(value)).filter(|post| is_post(*post)),
            is_deleted: value.is("notFound") || kind.ends_with("NotFound"),
            above,
            more: value.number("moreReplies").and_then(|count| usize::try_from(count).ok()),
        }
    }

    fn reply(self, end: &str) -> Option<&'a str> {
        self.post?.at(&["record", "reply", end, "uri"])?.str()
    }

    /// The post that it answers.
    pub(super) fn parent(self) -> Option<&'a str> {
        self.reply("parent").or(self.above)
    }

    /// The first post of its thread, as far as it is told.
    pub(super) fn root(self) -> Option<&'a str> {
        self.reply("root").or(self.post.map(|_| self.uri))
    }

    /// Replies that it is told to have.
    pub(super) fn replies(self) -> Option<usize> {
        self.post?.number("replyCount").and_then(|count| usize::try_from(count).ok())
    }
}

/// Every post, those above before those below.
pub(super) fn placed<'a>(json: JsonPieces<'a>, foreign: &mut usize) -> Vec<PlacedPost<'a>> {
    let mut found = Vec::new();
    for value in json.each() {
        if !is_of_interface(value) {
            *foreign += 1;
            continue;
        }
        match value.get("thread") {
            Some(list) if list.is_array() => flat(list, &mut found),
            Some(thread) => nested(thread, &mut found),
            None => nested(value, &mut found),
        }
    }
    found
}

fn flat<'a>(list: Value<'a>, found: &mut Vec<PlacedPost<'a>>) {
    // The last post of each depth.
    let mut open: Vec<(i64, &str)> = Vec::new();
    for item in list.items() {
        let (Some(uri), Some(value)) = (item.text("uri"), item.get("value")) else { continue };
        let depth = item.number("depth").unwrap_or(0);
        open.retain(|(above, _)| *above < depth);
        found.push(PlacedPost::new(uri, value, open.last().map(|(_, uri)| *uri)));
        open.push((depth, uri));
    }
}

fn nested<'a>(thread: Value<'a>, found: &mut Vec<PlacedPost<'a>>) {
    let uri = |node: Value<'a>| node.at(&["post", "uri"]).or_else(|| node.get("uri")).and_then(Value::str);
    let mut chain = vec![thread];
    while let Some(above) = chain[chain.len() - 1].get("parent").filter(|node| is_node(*node)) {
        chain.push(above);
    }
    let mut above = None;
    for node in chain.into_iter().skip(1).rev() {
        let Some(own) = uri(node) else { continue };
        found.push(PlacedPost::new(own, node, above));
        above = Some(own);
    }
    let mut ahead = vec![(thread, above)];
    while let Some((node, above)) = ahead.pop() {
        let Some(own) = uri(node) else { continue };
        found.push(PlacedPost::new(own, node, above));
        let from = ahead.len();
        let replies = node.get("replies").into_iter().flat_map(Value::items);
        ahead.extend(replies.filter(|reply| is_node(*reply)).map(|reply| (reply, Some(own))));
        ahead[from..].reverse();
    }
}
