//! Front pages of the sites as sources: how they are written, and what is asked for to have one.

#[cfg(test)]
mod tests;

use url::Url;

use super::fetch::FetchPlan;
use super::fetch_pass::FetchPass;
use super::story::{self, Story};
use super::{SITES, Site, SiteBases, SiteRequest};
use crate::format::json::JsonPieces;
use crate::source::Failure;

/// A front page. Its [`address`](FrontPage::address) is the subscription's.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FrontPage {
    pub site: &'static dyn Site,
    /// The name after the site's prefix: `top` of `hn:top`.
    written: String,
}

/// A site's description of one of its front pages.
pub struct FrontDetails {
    /// The title to use if the reader gives none.
    pub title: String,
    /// The page that people read.
    pub page: String,
    /// Where the site stands.
    pub base: String,
    /// True if one request brings all of it, so that its answer can say that nothing has changed.
    pub takes_one: bool,
    pub plan: Box<dyn FetchPlan>,
}

impl FrontPage {
    /// The front page that a subscription's address names: none if it names another kind of source, an error if it names
    /// no known page.
    pub fn parse(address: &str) -> Option<Result<FrontPage, String>> {
        let (word, rest) = address.trim().split_once(':')?;
        let word = word.to_ascii_lowercase();
        let site = *SITES.iter().find(|site| site.front_words().contains(&word.as_str()))?;
        Some(site.parse_front(rest.trim()).map(|written| FrontPage { site, written }))
    }

    /// The front page that a web address shows, where the site is known by it.
    pub fn at(address: &str, bases: &SiteBases) -> Option<FrontPage> {
        let url = super::web_address(address)?;
        url.host_str()?;
        SITES.iter().find_map(|site| site.front_at(&url, bases).map(|written| FrontPage { site: *site, written }))
    }

    /// The front page that a web page shows, where it says what program made it.
    pub fn of_page(bytes: &[u8], address: &Url) -> Option<FrontPage> {
        const HEAD: usize = 128 << 10;
        let head = String::from_utf8_lossy(&bytes[..bytes.len().min(HEAD)]).to_ascii_lowercase();
        let site = *SITES.iter().find(|site| site.made_page(&head))?;
        site.front_of_page(address).map(|written| FrontPage { site, written })
    }

    /// How it is written.
    pub fn address(&self) -> String {
        format!("{}:{}", self.site.front_words().first().unwrap_or(&""), self.written)
    }

    pub fn details(&self, bases: &SiteBases) -> FrontDetails {
        self.site.front(&self.written, bases).unwrap_or_else(|| FrontDetails {
            title: self.address(),
            page: String::new(),
            base: String::new(),
            takes_one: false,
            plan: Box::new(super::NothingToFetch),
        })
    }

    /// Where its site stands.
    pub fn base(&self, bases: &SiteBases) -> String {
        self.details(bases).base
    }

    /// The title to use if the reader gives none.
    pub fn title(&self, bases: &SiteBases) -> String {
        self.details(bases).title
    }
}

/// A front page while it is asked for.
pub struct FrontPageFetch {
    front: FrontPage,
    base: String,
    pass: FetchPass,
}

impl FrontPageFetch {
    pub fn new(front: &FrontPage, bases: &SiteBases) -> FrontPageFetch {
        let FrontDetails { base, plan, .. } = front.details(bases);
        FrontPageFetch { front: front.clone(), base, pass: FetchPass::new(plan, true) }
    }

    /// The first request.
    pub fn begin(&mut self) -> Vec<(u64, SiteRequest)> {
        self.pass.begin()
    }

    pub fn take(&mut self, number: u64, answer: Result<Vec<u8>, Failure>) -> Vec<(u64, SiteRequest)> {
        self.pass.take(number, answer)
    }

    pub fn is_over(&self) -> bool {
        self.pass.is_over()
    }

    pub fn failures(&self) -> &[Failure] {
        self.pass.failures()
    }

    /// All that was answered, in the order of the requests.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.pass.texts()
    }

    /// The stories in the site's order; none where no front page came.
    pub fn stories(&self) -> Option<Vec<Story>> {
        story::read(self.front.site, JsonPieces(&self.pass.json()), &self.base)
    }
}

/// The result of one request.
pub(super) struct OneRequest {
    pub(super) address: String,
    /// The request to make if nothing is found there.
    pub(super) instead: Option<String>,
}

impl FetchPlan for OneRequest {
    fn begin(&mut self) -> Vec<SiteRequest> {
        vec![SiteRequest::json(self.address.clone())]
    }

    fn failed(&mut self, _: &SiteRequest, failure: &Failure) -> Option<Vec<SiteRequest>> {
        let instead = self.instead.take().filter(|_| matches!(failure, Failure::NotFound { .. }));
        instead.map(|address| vec![SiteRequest::json(address)])
    }
}

/// A host out of an address, with the path behind it.
pub(super) fn without_scheme(address: &str) -> &str {
    address.split_once("://").map_or(address, |(_, rest)| rest)
}

/// Letters and digits of a parameter, as it goes into an address.
pub(super) fn word(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).collect()
}

/// The rest of a web address below a base address.
pub(super) fn below<'a>(url: &'a Url, base: &str) -> Option<&'a str> {
    let rest = url.as_str().strip_prefix(base)?;
    (rest.is_empty() || rest.starts_with(['/', '?'])).then_some(rest)
}
