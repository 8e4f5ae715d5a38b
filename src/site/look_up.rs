//! Looking an article's address up at the sites.

use url::form_urlencoded::byte_serialize;

use super::fetch::ThreadRef;
use super::fetch_pass::readable;
use super::identity::canonical_address;
use super::{SITES, Site, SiteBases, SiteRequest};
use crate::format::json::Value;
use crate::source::Failure;

/// The address that is looked up, as it goes into a request: escaped.
pub struct LookedUp {
    pub whole: String,
    /// Without what differs between the forms of one address.
    pub words: String,
}

/// One question to one site.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LookUp {
    site: &'static dyn Site,
    request: LookUpRequest,
    /// The article's address in its canonical form.
    wanted: String,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LookUpRequest {
    pub ask: SiteRequest,
    /// Where the site stands that is asked.
    pub base: String,
}

impl LookUpRequest {
    pub(super) fn new(base: impl Into<String>, address: String) -> LookUpRequest {
        LookUpRequest { ask: SiteRequest::json(address), base: base.into() }
    }
}

/// A discussion in an answer.
pub struct Candidate {
    pub found: FoundThread,
    pub about: CandidateAbout,
}

/// The address that a discussion is about. A hit about another address is dropped.
pub enum CandidateAbout {
    Address(String),
    /// Words that may show the address.
    Words(String),
}

/// A discussion that was found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FoundThread {
    pub thread: ThreadRef,
    /// Its name on every instance: instances of Lemmy share their posts.
    pub name: Option<String>,
}

impl From<ThreadRef> for FoundThread {
    fn from(thread: ThreadRef) -> FoundThread {
        FoundThread { thread, name: None }
    }
}

/// The requests that find the discussions of an article.
pub fn look_up(address: &str, bases: &SiteBases) -> Vec<LookUp> {
    let Some(wanted) = canonical_address(address) else { return Vec::new() };
    let escaped = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
    let words = escaped(wanted.strip_prefix("https://").unwrap_or(&wanted));
    let article = LookedUp { whole: escaped(address.trim()), words };
    let of = |site: &&'static dyn Site| {
        let (site, requests) = (*site, site.look_ups(&article, bases));
        requests.into_iter().map(move |request| (site, request))
    };
    let all = SITES.iter().flat_map(of);
    all.map(|(site, request)| LookUp { site, request, wanted: wanted.clone() }).collect()
}

impl LookUp {
    pub fn site(&self) -> &'static dyn Site {
        self.site
    }

    pub fn ask(&self) -> &SiteRequest {
        &self.request.ask
    }

    /// The request to make instead after a failure; none if there is no other.
    pub fn instead(&self, failure: &Failure) -> Option<LookUp> {
        let is_gone = matches!(failure, Failure::NotFound { .. });
        let request = self.site.look_up_instead(&self.request).filter(|_| is_gone)?;
        Some(LookUp { site: self.site, request, wanted: self.wanted.clone() })
    }

    /// The discussions of just that article, in the answer; those that nobody has commented in are none.
    pub fn found(&self, answer: &[u8]) -> Result<Vec<FoundThread>, Failure> {
        let (_, json) = readable(&self.request.ask, answer)?;
        let candidates = json.roots().next().map(|root| self.site.candidates(&self.request, root)).unwrap_or_default();
        let its = candidates.into_iter().filter(|one| match &one.about {
            CandidateAbout::Address(address) => canonical_address(address).as_deref() == Some(&*self.wanted),
            CandidateAbout::Words(words) => self.is_shown_in(words),
        });
        let mut found: Vec<FoundThread> = its.map(|one| one.found).collect();
        found.dedup();
        Ok(found)
    }

    /// True if the very address stands in some words, with its host: another site may have the same path.
    fn is_shown_in(&self, words: &str) -> bool {
        let parts = words.split(|c: char| c.is_whitespace() || matches!(c, '"' | '<' | '>' | '(' | ')' | '[' | ']'));
        let parts = parts.map(|part| part.trim_end_matches(['.', ',', ';', ':', '!', '?', '\'']));
        parts.filter(|part| part.contains('.')).any(|part| {
            let whole = if part.contains("://") { part.to_owned() } else { format!("https://{part}") };
            canonical_address(&whole).as_deref() == Some(&*self.wanted)
        })
    }
}

/// The items of the list under a name.
pub(super) fn items<'a>(root: Value<'a>, key: &'static str) -> impl Iterator<Item = Value<'a>> {
    root.get(key).into_iter().flat_map(Value::items)
}

/// True unless a value counts no comments.
pub(super) fn has_comments(value: Value<'_>, path: &[&str]) -> bool {
    value.at(path).and_then(Value::i64).unwrap_or(1) > 0
}

/// A number as it stands in an address.
pub(super) fn number(value: Option<Value<'_>>) -> Option<u64> {
    value.and_then(Value::id).and_then(|id| id.parse().ok())
}
