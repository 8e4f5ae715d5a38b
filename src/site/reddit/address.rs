//! Where a thread and its comments stand, in the one short form that all kinds of files share.

use url::Url;

use super::HOME;
use crate::format::json::Value;
use crate::site::ThreadAddress;
use crate::site::identity::is_name;

/// An id without its kind: `t1_c9ftsjg` is `c9ftsjg`.
pub(super) fn bare(name: &str) -> &str {
    name.strip_prefix("t1_").or_else(|| name.strip_prefix("t3_")).unwrap_or(name)
}

/// The one short address of a thread, whatever file tells of it.
pub(super) fn thread_url(id: Option<&str>, permalink: Option<&str>) -> String {
    let by_link = || permalink.map(absolute).and_then(|link| thread_at(&link));
    id.map(|id| format!("{HOME}/comments/{id}")).or_else(by_link).unwrap_or_default()
}

pub(super) fn thread_of(url: &Url) -> Option<ThreadAddress> {
    let host = url.host_str()?.trim_start_matches("www.");
    let mut parts = url.path_segments()?.filter(|part| !part.is_empty());
    if host == "redd.it" {
        let id = parts.next().filter(is_name)?;
        return Some(ThreadAddress { address: format!("{HOME}/comments/{id}"), is_whole: true });
    }
    if host != "reddit.com" && !host.ends_with(".reddit.com") {
        return None;
    }
    let id = parts.find(|part| *part == "comments").and_then(|_| parts.next()).filter(is_name)?;
    // Behind the id stand the headline's words, then a comment's id.
    Some(ThreadAddress { address: format!("{HOME}/comments/{id}"), is_whole: parts.count() < 2 })
}

/// The thread that an address leads into, in its short form.
pub(super) fn thread_at(address: &str) -> Option<String> {
    thread_of(&Url::parse(address.trim()).ok()?).map(|thread| thread.address)
}

pub(super) fn absolute(link: &str) -> String {
    if link.starts_with('/') { format!("{HOME}{link}") } else { link.to_owned() }
}

pub(super) fn address(data: Value<'_>, thread: Option<&str>, id: &str) -> String {
    match (thread, data.text("permalink")) {
        (Some(thread), _) => format!("{HOME}/comments/{thread}/_/{id}"),
        (None, Some(link)) => absolute(link),
        (None, None) => String::new(),
    }
}
