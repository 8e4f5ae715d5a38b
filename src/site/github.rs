//! GitHub: issues, pull requests and discussions of public repositories, live by the interface and from its saved answers.
//! Without a token it allows 60 requests an hour; one may be given for its host in the configuration.

mod fetch;
mod front;
mod issues;
mod web;

use url::Url;

use super::fetch::{FetchPlan, Since, ThreadRef};
use super::front_page::FrontDetails;
use super::story::Story;
use super::{BaseSetting, SavedPage, Site, SiteBases, ThreadAddress};
use crate::domain::article::Page;
use crate::domain::order::Order;
use crate::domain::site::SiteId;
use crate::domain::text::CleanText;
use crate::format::json::{JsonPieces, Value};
use crate::format::{Origin, Unreadable};

const ID: SiteId = SiteId::new("github");

const BASE: &str = "https://github.com";

pub(super) struct GitHub;

impl Site for GitHub {
    fn id(&self) -> SiteId {
        ID
    }

    fn name(&self) -> &'static str {
        "GitHub"
    }

    fn file_label(&self) -> &'static str {
        "GitHub thread"
    }

    fn owns_json(&self, value: Value<'_>) -> bool {
        issues::is_of_interface(value)
    }

    fn read_json(&self, json: JsonPieces<'_>, _: &Origin<'_>) -> (Vec<Page>, Vec<CleanText>) {
        issues::read_pages(json)
    }

    fn read_html(&self, text: &str, origin: &Origin<'_>) -> Option<Result<SavedPage, Unreadable>> {
        web::read(text, origin)
    }

    fn thread_address(&self, url: &Url) -> Option<ThreadAddress> {
        let thread = GitHubThread::at(url)?;
        Some(ThreadAddress { address: thread.address(), is_whole: !url.fragment().is_some_and(is_comment_mark) })
    }

    fn base_settings(&self) -> &'static [BaseSetting] {
        const SETTINGS: &[BaseSetting] = &[BaseSetting::one("api", &["https://api.github.com"])];
        SETTINGS
    }

    fn thread_at(&self, url: &Url, _: &SiteBases) -> Option<ThreadRef> {
        let thread = GitHubThread::at(url)?;
        Some(ThreadRef::new(&GitHub, BASE, thread.path()))
    }

    fn page_of_thread(&self, thread: &ThreadRef, _: &SiteBases) -> String {
        format!("{}/{}", thread.base, thread.id)
    }

    fn fetch_plan(&self, thread: &ThreadRef, bases: &SiteBases, _: Option<Since>) -> Box<dyn FetchPlan> {
        Box::new(fetch::IssueFetch::new(bases.one(ID, "api"), &thread.id))
    }

    /// People answer whoever spoke last.
    fn default_order(&self) -> Option<Order> {
        Some(Order::Oldest)
    }

    fn front_words(&self) -> &'static [&'static str] {
        &["github"]
    }

    fn parse_front(&self, typed: &str) -> Result<String, String> {
        front::parse(typed)
    }

    fn front_at(&self, url: &Url, _: &SiteBases) -> Option<String> {
        front::at(url)
    }

    fn front(&self, written: &str, bases: &SiteBases) -> Option<FrontDetails> {
        Some(front::details(written, bases))
    }

    fn stories(&self, root: Value<'_>, _: &str) -> Option<Vec<Story>> {
        root.is_array().then(|| root.items().filter_map(issues::story).collect())
    }

    fn comment_address(&self, thread: &str, id: &str) -> Option<String> {
        let digits = id.trim_start_matches(|c: char| !c.is_ascii_digit());
        let mark = match &id[..id.len() - digits.len()] {
            "" if thread.contains("/discussions/") => "discussioncomment-",
            "" => "issuecomment-",
            REVIEW => "pullrequestreview-",
            REVIEW_COMMENT => "discussion_r",
            _ => return None,
        };
        (!digits.is_empty() && thread.starts_with(BASE)).then(|| format!("{thread}#{mark}{digits}"))
    }
}

/// Comments, reviews and comments in reviews count apart, so that the ids of the latter two have marks before them.
const REVIEW: &str = "review";
const REVIEW_COMMENT: &str = "r";

fn is_comment_mark(fragment: &str) -> bool {
    ["issuecomment-", "discussion_r", "discussioncomment-", "pullrequestreview-"].iter().any(|mark| fragment.starts_with(mark))
}

/// An issue, a pull request or a discussion.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct GitHubThread {
    /// `owner/repository`
    repository: String,
    /// `issues`, `pull` or `discussions`.
    kind: &'static str,
    number: u64,
}

impl GitHubThread {
    fn at(url: &Url) -> Option<GitHubThread> {
        let is_it = url.host_str()?.trim_start_matches("www.") == "github.com";
        let parts: Vec<&str> = url.path_segments()?.filter(|part| !part.is_empty()).collect();
        let [owner, name, kind, number, ..] = parts[..] else { return None };
        let kind = ["issues", "pull", "discussions"].into_iter().find(|known| *known == kind)?;
        let thread = GitHubThread { repository: format!("{owner}/{name}"), kind, number: number.parse().ok()? };
        is_it.then_some(thread)
    }

    fn path(&self) -> String {
        format!("{}/{}/{}", self.repository, self.kind, self.number)
    }

    fn address(&self) -> String {
        format!("{BASE}/{}", self.path())
    }
}

#[cfg(test)]
mod tests;
