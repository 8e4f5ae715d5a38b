//! Having a discussion whole: what is asked for, and what came of it.
//!
//! Nothing here asks: a [`ThreadFetch`] says what is to be asked for and takes the answers, in any order. What has come can
//! be read at any time.

#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::time::Duration;

use url::Url;

use super::fetch_pass::FetchPass;
use super::reading::{read, read_json_of};
use super::{Site, SiteBases, SiteRequest};
use crate::domain::article::Page;
use crate::domain::completeness::SiteCount;
use crate::domain::text::clean_line;
use crate::domain::time::Timestamp;
use crate::format::Origin;
use crate::format::bounds::Bounds;
use crate::format::json::{Json, JsonPieces};
use crate::source::Failure;
use crate::source::http::{Answer, ResponseMeta};
use crate::source::{throttle, told};

/// One discussion at its site.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ThreadRef {
    pub site: &'static dyn Site,
    /// Where the site stands, if it stands at many places: an instance, a forum, the feed of a page's comments.
    pub base: String,
    /// The thread's own name there.
    pub id: String,
}

impl ThreadRef {
    pub fn new(site: &'static dyn Site, base: impl Into<String>, id: impl Into<String>) -> ThreadRef {
        ThreadRef { site, base: base.into(), id: id.into() }
    }

    /// The name that its discussion is stored under.
    pub fn place(&self) -> &'static str {
        self.site.thread_key().key()
    }

    /// The address at which people read it.
    pub fn address(&self, bases: &SiteBases) -> String {
        self.site.page_of_thread(self, bases)
    }
}

/// The part of a discussion that is already here. With it, only new comments are requested, if the site can tell them.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Since {
    /// The value of [`ThreadFetch::mark`] when everything was fetched.
    pub mark: String,
    /// The ids of its comments.
    pub ids: HashSet<Box<str>>,
}

/// The result of a fetch, compared with the stored discussion.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Brings {
    /// The whole discussion, as the place has it now.
    #[default]
    All,
    /// Comments that are not here yet, and perhaps some that are.
    Additions,
    /// None: all is here.
    Nothing,
}

/// The next requests that follow from a site's answers.
pub trait FetchPlan: Send {
    /// The first request.
    fn begin(&mut self) -> Vec<SiteRequest>;
    /// An answer has come, as JSON if it is that. What is to be asked for now.
    fn take(&mut self, _: &SiteRequest, _: &Json) -> Vec<SiteRequest> {
        Vec::new()
    }

    /// Takes the head of an answer, before the answer itself.
    fn hear(&mut self, _: &SiteRequest, _: &ResponseMeta) {}

    /// A web page was asked for and has come; then it is [taken](FetchPlan::take) as well.
    fn take_page(&mut self, _: &SiteRequest, _: &str) {}

    /// The page as the plan read it, if the answers are web pages and nothing better has come.
    fn own_page(&self, _: &Origin<'_>) -> Option<Page> {
        None
    }

    /// True if an answer that was a part of what is read no longer is, since better ones have come.
    fn is_superseded(&self, _: &SiteRequest) -> bool {
        false
    }

    /// An ask has failed. What is to be asked for in its stead; none if there is nothing, and the failure counts.
    fn failed(&mut self, _: &SiteRequest, _: &Failure) -> Option<Vec<SiteRequest>> {
        None
    }

    /// True if there is more at the site than is asked for.
    fn is_cut(&self) -> bool {
        false
    }

    /// How many comments the site listed and, asked for them, no longer has.
    fn gone(&self) -> usize {
        0
    }

    /// How many comments the site has, where only its headers tell.
    fn told(&self) -> SiteCount {
        SiteCount::Unknown
    }

    /// True if the answer to an ask is a part of what is read; some only say what to ask for.
    fn is_piece(&self, _: &SiteRequest, _: &Json) -> bool {
        true
    }

    fn brings(&self) -> Brings {
        Brings::All
    }

    /// The site's mark, by which the next fetch can tell that nothing has come since.
    fn mark(&self) -> Option<String> {
        None
    }

    /// True if the `ETag` of the only answer is such a mark.
    fn marks_by_etag(&self) -> bool {
        false
    }

    /// The ids of the first level in the site's order, where that was told.
    fn order(&self) -> Option<&[u64]> {
        None
    }

    /// How long the last answer asks in its own words that its host be left alone.
    fn pause(&self) -> Option<Duration> {
        None
    }
}

/// A discussion while it is asked for.
pub struct ThreadFetch {
    thread: ThreadRef,
    address: String,
    pass: FetchPass,
    etag: Option<String>,
    marks_by_etag: bool,
    is_unchanged: bool,
}

impl ThreadFetch {
    pub fn new(thread: ThreadRef, bases: &SiteBases) -> ThreadFetch {
        ThreadFetch::since(thread, bases, None)
    }

    /// Asks only for what is new since a time when all was here.
    pub fn since(thread: ThreadRef, bases: &SiteBases, since: Option<Since>) -> ThreadFetch {
        let plan = thread.site.fetch_plan(&thread, bases, since);
        let marks_by_etag = plan.marks_by_etag();
        let pass = FetchPass::new(plan, false);
        ThreadFetch { address: thread.address(bases), thread, pass, etag: None, marks_by_etag, is_unchanged: false }
    }

    pub fn thread(&self) -> &ThreadRef {
        &self.thread
    }

    /// The first requests, each under a number.
    pub fn begin(&mut self) -> Vec<(u64, SiteRequest)> {
        self.pass.begin()
    }

    /// Takes the answer to what was asked for under a number; gives what is to be asked for now.
    pub fn take(&mut self, number: u64, answer: Result<Vec<u8>, Failure>) -> Vec<(u64, SiteRequest)> {
        self.pass.take(number, answer)
    }

    /// As [`take`](ThreadFetch::take), for an answer with all that was told beside it.
    pub fn hear(&mut self, number: u64, answer: Result<Answer, Failure>) -> Vec<(u64, SiteRequest)> {
        let answer = answer.map(|answer| match answer {
            Answer::Fresh { bytes, particulars } => {
                self.pass.hear(number, &particulars);
                self.etag = particulars.etag;
                bytes
            }
            Answer::Unchanged(_) => {
                self.is_unchanged = true;
                b"null".to_vec()
            }
        });
        self.pass.take(number, answer)
    }

    pub fn brings(&self) -> Brings {
        if self.is_unchanged { Brings::Nothing } else { self.pass.brings() }
    }

    /// The mark to keep with the discussion, once the fetch is over without failures.
    pub fn mark(&self) -> Option<String> {
        self.pass.mark().or_else(|| self.etag.clone().filter(|_| self.marks_by_etag && self.asked() == 1))
    }

    /// The ids of the first level in the site's order, where that was told.
    pub fn order(&self) -> Vec<String> {
        self.pass.order().unwrap_or_default().iter().map(ToString::to_string).collect()
    }

    /// The host of a request, and how long its answer asks that it be left alone; asked after [`hear`](ThreadFetch::hear).
    pub fn pause(&self, number: u64) -> Option<(String, Duration)> {
        let pause = self.pass.plan().pause()?;
        Some((throttle::host(&self.pass.request(number)?.address), pause))
    }

    pub fn is_over(&self) -> bool {
        self.pass.is_over()
    }

    /// How many requests it has taken.
    pub fn asked(&self) -> usize {
        self.pass.asked()
    }

    pub fn failures(&self) -> &[Failure] {
        self.pass.failures()
    }

    /// The error that the answers hold no discussion; none if they say that nobody has commented: a blog lists no comments.
    pub fn nothing(&self) -> Option<Failure> {
        let has_come = self.pass.has_come();
        let found = if has_come { "something else" } else { "nothing" };
        let host = Url::parse(self.pass.name()).ok().and_then(|url| url.host_str().map(told)).unwrap_or_default();
        let is_empty = has_come && self.thread.site.answers_nothing_for_none();
        (!is_empty).then(|| Failure::NotDiscussion { host, found: told(found) })
    }

    /// The comments so far, as a page with one discussion; none while there is nothing to read.
    pub fn page(&self, now: Timestamp) -> Option<Page> {
        let origin = Origin { name: self.pass.name(), now };
        let pages = match (self.pass.plan().own_page(&origin), self.pass.feed()) {
            (Some(mut page), _) => {
                Bounds::default().keep_page(&mut page);
                vec![page]
            }
            (None, Some(feed)) => read(feed.as_bytes(), &origin).ok()?.pages,
            (None, None) => {
                let mut pages = read_json_of(self.thread.site, JsonPieces(&self.pass.json()), &origin)?;
                // A text that was cut says so at its end, and comments that were left out are among the missing ones.
                Bounds::default().keep_pages(&mut pages);
                pages
            }
        };
        let mut page = pages.into_iter().next()?;
        page.discussions.truncate(1);
        let discussion = page.discussions.first_mut()?;
        // The address that was requested can be requested again.
        if self.thread.site.keeps_asked_address(&self.thread, discussion.url.as_deref()) {
            discussion.url = Some(clean_line(&self.address));
        }
        let plan = self.pass.plan();
        if plan.told() != SiteCount::Unknown {
            discussion.settle(plan.told());
        }
        if plan.gone() > 0 && discussion.missing() == plan.gone() {
            discussion.stubs.clear();
            discussion.complete = true;
        }
        if self.brings() == Brings::Additions {
            // Comments that these do not bring are here already.
            discussion.stubs.clear();
            discussion.complete = false;
        }
        discussion.complete &= self.is_over() && self.failures().is_empty() && !plan.is_cut();
        Some(page)
    }
}
