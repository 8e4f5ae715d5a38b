//! GitLab: issues and merge requests with their comments, live by the interface and from its saved answers. Any server of this
//! software is known by the form of its addresses, `https://server/group/project/-/issues/12`.

mod fetch;
mod notes;

use url::Url;

use super::fetch::{FetchPlan, Since, ThreadRef};
use super::{BaseSetting, Site, SiteBases, ThreadAddress};
use crate::domain::article::Page;
use crate::domain::order::Order;
use crate::domain::site::SiteId;
use crate::domain::text::CleanText;
use crate::format::Origin;
use crate::format::json::{JsonPieces, Value};

const ID: SiteId = SiteId::new("gitlab");

pub(super) struct GitLab;

impl Site for GitLab {
    fn id(&self) -> SiteId {
        ID
    }

    fn name(&self) -> &'static str {
        "GitLab"
    }

    fn file_label(&self) -> &'static str {
        "GitLab thread"
    }

    fn owns_json(&self, value: Value<'_>) -> bool {
        notes::is_of_interface(value)
    }

    fn read_json(&self, json: JsonPieces<'_>, origin: &Origin<'_>) -> (Vec<Page>, Vec<CleanText>) {
        notes::read_pages(json, origin)
    }

    fn thread_address(&self, url: &Url) -> Option<ThreadAddress> {
        let thread = GitLabThread::at(url)?;
        Some(ThreadAddress { address: thread.address(), is_whole: url.fragment().is_none() })
    }

    /// Servers inside this machine or its network that threads may be fetched from.
    fn base_settings(&self) -> &'static [BaseSetting] {
        const SETTINGS: &[BaseSetting] = &[BaseSetting::list("servers")];
        SETTINGS
    }

    fn thread_at(&self, url: &Url, _: &SiteBases) -> Option<ThreadRef> {
        let thread = GitLabThread::at(url)?;
        Some(ThreadRef::new(&GitLab, thread.server.clone(), thread.path()))
    }

    fn page_of_thread(&self, thread: &ThreadRef, _: &SiteBases) -> String {
        format!("{}/{}", thread.base, thread.id)
    }

    fn fetch_plan(&self, thread: &ThreadRef, _: &SiteBases, _: Option<Since>) -> Box<dyn FetchPlan> {
        Box::new(fetch::NotesFetch::new(&thread.base, &thread.id))
    }

    fn keeps_asked_address(&self, _: &ThreadRef, _: Option<&str>) -> bool {
        true
    }

    /// Unless the reader has named the server.
    fn is_named_by_content(&self, thread: &ThreadRef, bases: &SiteBases) -> bool {
        thread.base != "https://gitlab.com" && !bases.has_origin_of(&thread.base, ID, "servers")
    }

    /// People answer whoever spoke last.
    fn default_order(&self) -> Option<Order> {
        Some(Order::Oldest)
    }

    fn comment_address(&self, thread: &str, id: &str) -> Option<String> {
        thread.contains("/-/").then(|| format!("{thread}#note_{id}"))
    }
}

/// An issue or a merge request.
struct GitLabThread {
    server: String,
    project: String,
    /// `issues` or `merge_requests`.
    kind: &'static str,
    number: u64,
}

impl GitLabThread {
    fn at(url: &Url) -> Option<GitLabThread> {
        let is_web = matches!(url.scheme(), "http" | "https");
        let (project, rest) = url.path().split_once("/-/").filter(|_| is_web)?;
        let mut parts = rest.split('/');
        let kind = match parts.next()? {
            "issues" | "work_items" => "issues",
            "merge_requests" => "merge_requests",
            _ => return None,
        };
        let project = project.trim_matches('/').to_owned();
        let number = parts.next()?.parse().ok()?;
        let server = url.origin().ascii_serialization();
        project.contains('/').then_some(GitLabThread { server, project, kind, number })
    }

    fn path(&self) -> String {
        format!("{}/-/{}/{}", self.project, self.kind, self.number)
    }

    fn address(&self) -> String {
        format!("{}/{}", self.server, self.path())
    }
}

#[cfg(test)]
mod tests;
