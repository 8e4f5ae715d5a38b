//! A thread takes two requests, itself and its discussions; more where there are more than a hundred of these.

use url::form_urlencoded::byte_serialize;

use crate::format::json::Json;
use crate::site::SiteRequest;
use crate::site::fetch::FetchPlan;

/// The most that an answer of the interface holds.
const PAGE: usize = 100;
/// Answers that one thread is worth.
const MOST: usize = 50;

pub(super) struct NotesFetch {
    /// `https://server/api/v4/projects/group%2Fproject/issues/12`
    thread: String,
    is_cut: bool,
}

impl NotesFetch {
    /// `path` is `group/project/-/issues/12`.
    pub(super) fn new(server: &str, path: &str) -> NotesFetch {
        let (project, rest) = path.split_once("/-/").unwrap_or((path, ""));
        let project: String = byte_serialize(project.as_bytes()).collect();
        NotesFetch { thread: format!("{server}/api/v4/projects/{project}/{rest}"), is_cut: false }
    }

    fn list(&self, page: usize) -> SiteRequest {
        SiteRequest::json(format!("{}/discussions?per_page={PAGE}&page={page}", self.thread))
    }
}

impl FetchPlan for NotesFetch {
    fn begin(&mut self) -> Vec<SiteRequest> {
        vec![SiteRequest::json(self.thread.clone()), self.list(1)]
    }

    fn take(&mut self, ask: &SiteRequest, json: &Json) -> Vec<SiteRequest> {
        let count = json.roots().next().filter(|root| root.is_array()).map_or(0, |root| root.items().count());
        let page = ask.address.rsplit_once("&page=").and_then(|(_, page)| page.parse::<usize>().ok());
        let Some(page) = page.filter(|_| count >= PAGE) else { return Vec::new() };
        self.is_cut |= page >= MOST;
        if page < MOST { vec![self.list(page + 1)] } else { Vec::new() }
    }

    fn is_cut(&self) -> bool {
        self.is_cut
    }
}
