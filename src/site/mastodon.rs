//! Mastodon: a post and the conversation around it, live by its address and from saved answers of the interface. Boosts and
//! favourites together are the likes of a post.

mod conversation;
mod fetch;

use url::Url;

use super::fetch::{FetchPlan, Since, ThreadRef};
use super::{Site, SiteBases};
use crate::domain::article::Page;
use crate::domain::site::SiteId;
use crate::domain::text::CleanText;
use crate::format::Origin;
use crate::format::json::{JsonPieces, Value};
use crate::source::throttle::Window;

/// An address may ask 300 times in five minutes where nobody has set it otherwise; some of that is left to others.
const WINDOWS: &[Window] = &[Window::new(280, 301)];

pub(super) struct Mastodon;

impl Site for Mastodon {
    fn id(&self) -> SiteId {
        SiteId::new("mastodon")
    }

    fn name(&self) -> &'static str {
        "Mastodon"
    }

    fn file_label(&self) -> &'static str {
        "Mastodon thread"
    }

    fn owns_json(&self, value: Value<'_>) -> bool {
        conversation::is_context(value) || conversation::is_status(value)
    }

    fn read_json(&self, json: JsonPieces<'_>, _: &Origin<'_>) -> (Vec<Page>, Vec<CleanText>) {
        conversation::read_pages(json)
    }

    fn windows(&self) -> &'static [Window] {
        WINDOWS
    }

    /// An instance may stand anywhere and has no mark in its name; `/@user/` before a long number and nothing behind it is
    /// the form that only its program has.
    fn thread_at(&self, url: &Url, _: &SiteBases) -> Option<ThreadRef> {
        const SHORTEST: usize = 6;
        let parts: Vec<&str> = url.path_segments()?.filter(|part| !part.is_empty()).collect();
        let (user, id) = match parts[..] {
            [user, id] => (user.strip_prefix('@')?, id),
            ["users", user, "statuses", id] => (user, id),
            _ => return None,
        };
        let is_id = id.len() >= SHORTEST && id.bytes().all(|b| b.is_ascii_digit());
        let is_user = !user.is_empty() && user.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.-@".contains(&b));
        (is_id && is_user).then(|| ThreadRef::new(&Mastodon, url.origin().ascii_serialization(), format!("@{user}/{id}")))
    }

    fn stored_thread_at(&self, url: &Url) -> Option<ThreadRef> {
        self.thread_at(url, &SiteBases::default())
    }

    fn page_of_thread(&self, thread: &ThreadRef, _: &SiteBases) -> String {
        format!("{}/{}", thread.base, thread.id)
    }

    fn fetch_plan(&self, thread: &ThreadRef, _: &SiteBases, _: Option<Since>) -> Box<dyn FetchPlan> {
        let id = thread.id.rsplit('/').next().unwrap_or_default();
        Box::new(fetch::ConversationFetch::new(&thread.base, id))
    }

    /// Each instance has a number of its own for a post.
    fn keeps_asked_address(&self, _: &ThreadRef, _: Option<&str>) -> bool {
        true
    }
}

#[cfg(test)]
mod tests;
