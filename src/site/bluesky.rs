//! Bluesky: a post and the replies below it, live by the public interface and from its saved answers. A post is known by
//! the address that the network gives it (`at://…`), whichever server or page it is read at.

mod fetch;
mod posts;
mod text;
mod thread;

use url::Url;

use super::fetch::{FetchPlan, Since, ThreadRef};
use super::front_page::{FrontDetails, OneRequest};
use super::story::Story;
use super::{BaseSetting, Site, SiteBases, ThreadAddress};
use crate::domain::article::Page;
use crate::domain::site::SiteId;
use crate::domain::text::CleanText;
use crate::format::Origin;
use crate::format::json::{JsonPieces, Value};
use crate::source::throttle::Window;

const ID: SiteId = SiteId::new("bluesky");

const BASE: &str = "https://bsky.app";

/// 3,000 in five minutes; some of these are left to others at the same address.
const WINDOWS: &[Window] = &[Window::new(2500, 301)];

pub(super) struct Bluesky;

impl Site for Bluesky {
    fn id(&self) -> SiteId {
        ID
    }

    fn name(&self) -> &'static str {
        "Bluesky"
    }

    fn file_label(&self) -> &'static str {
        "Bluesky thread"
    }

    fn owns_json(&self, value: Value<'_>) -> bool {
        posts::is_of_interface(value)
    }

    fn read_json(&self, json: JsonPieces<'_>, _: &Origin<'_>) -> (Vec<Page>, Vec<CleanText>) {
        thread::read_pages(json)
    }

    fn thread_address(&self, url: &Url) -> Option<ThreadAddress> {
        post_at(url).map(|(actor, key)| ThreadAddress { address: page_of(actor, key), is_whole: true })
    }

    fn base_settings(&self) -> &'static [BaseSetting] {
        const SETTINGS: &[BaseSetting] = &[BaseSetting::one("api", &["https://public.api.bsky.app"])];
        SETTINGS
    }

    fn windows(&self) -> &'static [Window] {
        WINDOWS
    }

    fn hosts(&self) -> &'static [&'static str] {
        &["public.api.bsky.app"]
    }

    fn thread_at(&self, url: &Url, _: &SiteBases) -> Option<ThreadRef> {
        post_at(url).map(|(actor, key)| ThreadRef::new(&Bluesky, BASE, format!("{actor}/{key}")))
    }

    fn page_of_thread(&self, thread: &ThreadRef, _: &SiteBases) -> String {
        let (actor, key) = thread.id.split_once('/').unwrap_or_default();
        page_of(actor, key)
    }

    fn fetch_plan(&self, thread: &ThreadRef, bases: &SiteBases, _: Option<Since>) -> Box<dyn FetchPlan> {
        Box::new(fetch::PostThreadFetch::new(bases.one(ID, "api"), &thread.id))
    }

    fn front_words(&self) -> &'static [&'static str] {
        &["bluesky", "bsky"]
    }

    fn parse_front(&self, typed: &str) -> Result<String, String> {
        let typed = typed.trim_start_matches("https://bsky.app/profile/").trim_start_matches('@').trim_matches('/');
        let is_it = is_actor(typed) && typed.contains(['.', ':']);
        is_it.then(|| typed.to_owned()).ok_or_else(|| format!("`{typed}` is not an account: bluesky:name.bsky.social"))
    }

    fn front_at(&self, url: &Url, _: &SiteBases) -> Option<String> {
        let parts: Vec<&str> = url.path_segments()?.filter(|part| !part.is_empty()).collect();
        match parts[..] {
            ["profile", actor] if is_page(url) && is_actor(actor) => Some(actor.to_owned()),
            _ => None,
        }
    }

    fn front(&self, written: &str, bases: &SiteBases) -> Option<FrontDetails> {
        let feed = format!("{}/xrpc/app.bsky.feed.getAuthorFeed", bases.one(ID, "api"));
        let address = format!("{feed}?actor={written}&filter=posts_no_replies&limit=50");
        Some(FrontDetails {
            title: format!("@{written}"),
            page: format!("{BASE}/profile/{written}"),
            base: BASE.to_owned(),
            takes_one: true,
            plan: Box::new(OneRequest { address, instead: None }),
        })
    }

    fn stories(&self, root: Value<'_>, _: &str) -> Option<Vec<Story>> {
        let feed = root.get("feed").filter(|feed| feed.is_array())?;
        Some(feed.items().filter_map(thread::story).collect())
    }

    /// The whole address of a post is its id.
    fn comment_address(&self, _: &str, id: &str) -> Option<String> {
        web_address(id)
    }
}

fn is_page(url: &Url) -> bool {
    matches!(url.host_str(), Some("bsky.app" | "www.bsky.app"))
}

/// The name of an account, `name.bsky.social` or `did:plc:…`, and the key of its post.
fn post_at(url: &Url) -> Option<(&str, &str)> {
    let parts: Vec<&str> = url.path_segments()?.filter(|part| !part.is_empty()).collect();
    match parts[..] {
        ["profile", actor, "post", key, ..] if is_page(url) && is_actor(actor) && is_key(key) => Some((actor, key)),
        _ => None,
    }
}

fn is_actor(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b".:-_".contains(&b))
}

fn is_key(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_~".contains(&b))
}

fn page_of(actor: &str, key: &str) -> String {
    format!("{BASE}/profile/{actor}/post/{key}")
}

/// Where people read a post of the network.
fn web_address(uri: &str) -> Option<String> {
    let (actor, key) = uri.strip_prefix("at://")?.split_once("/app.bsky.feed.post/")?;
    (is_actor(actor) && is_key(key)).then(|| page_of(actor, key))
}

#[cfg(test)]
mod tests;
