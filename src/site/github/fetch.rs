//! An issue takes two requests, the thread and its comments; a pull request two more, for reviews and the comments in them.

use crate::domain::completeness::SiteCount;
use crate::format::json::{Json, Value};
use crate::site::SiteRequest;
use crate::site::fetch::FetchPlan;
use crate::source::Failure;
use crate::source::http::ResponseMeta;

/// The most that an answer of the interface holds.
const PAGE: usize = 100;

/// Pages of a list that one thread is worth: the half of what an hour allows without a token.
const MOST: usize = 30;

fn list(of: &str) -> SiteRequest {
    SiteRequest::json(format!("{of}?per_page={PAGE}&page=1"))
}

pub(super) struct IssueFetch {
    /// `https://api.github.com/repos/owner/repository`
    repository: String,
    is_discussion: bool,
    number: String,
    /// True if the last answer's head names a page behind it; none where it was not heard.
    has_more: Option<bool>,
    /// Comments that the thread is told to have, and those of reviews that have come.
    told: Option<usize>,
    comments: usize,
    reviews: usize,
    is_cut: bool,
}

impl IssueFetch {
    /// `thread` is `owner/repository/issues/12`.
    pub(super) fn new(api: &str, thread: &str) -> IssueFetch {
        let mut parts = thread.rsplitn(3, '/');
        let number = parts.next().unwrap_or_default().to_owned();
        let is_discussion = parts.next() == Some("discussions");
        let repository = format!("{api}/repos/{}", parts.next().unwrap_or_default());
        let (told, has_more) = (None, None);
        IssueFetch { repository, is_discussion, number, has_more, told, comments: 0, reviews: 0, is_cut: false }
    }

    fn thread(&self) -> String {
        let kind = if self.is_discussion { "discussions" } else { "issues" };
        format!("{}/{kind}/{}", self.repository, self.number)
    }

    fn next(&mut self, ask: &SiteRequest, count: usize) -> Option<SiteRequest> {
        let (list, page) = ask.address.rsplit_once('=')?;
        let page = page.parse::<usize>().ok()?;
        if !self.has_more.take().unwrap_or(count == PAGE) {
            return None;
        }
        self.is_cut |= page >= MOST;
        (page < MOST).then(|| SiteRequest::json(format!("{list}={}", page + 1)))
    }
}

impl FetchPlan for IssueFetch {
    fn begin(&mut self) -> Vec<SiteRequest> {
        let thread = self.thread();
        let comments = list(&format!("{thread}/comments"));
        vec![SiteRequest::json(thread), comments]
    }

    fn hear(&mut self, _: &SiteRequest, particulars: &ResponseMeta) {
        self.has_more = Some(particulars.links.iter().any(|link| link.rel == "next"));
    }

    fn take(&mut self, ask: &SiteRequest, json: &Json) -> Vec<SiteRequest> {
        let Some(root) = json.roots().next() else { return Vec::new() };
        if root.is_array() {
            let count = root.items().count();
            if ask.address.contains("/pulls/") {
                let has_text = |review: &Value<'_>| review.text("body").is_some_and(|body| !body.trim().is_empty());
                let is_review = ask.address.contains("/reviews?");
                self.reviews += root.items().filter(|one| !is_review || has_text(one)).count();
            } else {
                self.comments += count;
            }
            return self.next(ask, count).into_iter().collect();
        }
        self.has_more = None;
        self.told = root.number("comments").and_then(|told| usize::try_from(told).ok());
        if root.get("pull_request").is_none() {
            return Vec::new();
        }
        let pull = format!("{}/pulls/{}", self.repository, self.number);
        ["comments", "reviews"].map(|of| list(&format!("{pull}/{of}"))).into()
    }

    fn failed(&mut self, _: &SiteRequest, _: &Failure) -> Option<Vec<SiteRequest>> {
        self.has_more = None;
        None
    }

    fn told(&self) -> SiteCount {
        match self.told {
            Some(told) if !self.is_cut => SiteCount::All(told.max(self.comments) + self.reviews),
            _ => SiteCount::Unknown,
        }
    }

    fn is_cut(&self) -> bool {
        self.is_cut
    }
}
