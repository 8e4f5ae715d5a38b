//! Places where people discuss: what is asked for to have a discussion whole, and how one is found.
//!
//! Nothing here asks: a [`Gathering`] says what is to be asked for and takes the answers, in any order. So that what comes
//! of them can be read at any time, answers are kept as they came and read together by [`format`](mod@crate::format).

mod comments;
mod discourse;
mod hackernews;
mod lemmy;
mod lobsters;
mod lookup;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use url::Url;

use super::Failure;
use super::failure::told;
use super::http::{Accept, Request};
use crate::domain::article::Page;
use crate::domain::text::CleanText;
use crate::domain::time::Timestamp;
use crate::format::identity::thread_address;
use crate::format::json::Json;
use crate::format::{self, Origin};

pub use lookup::Lookup;

/// Where the places stand.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Places {
    pub firebase: String,
    pub algolia: String,
    pub lobsters: String,
    /// Lemmy instances that are asked when discussions of an article are looked for.
    pub lemmy: Vec<String>,
    /// Discourse sites, likewise.
    pub discourse: Vec<String>,
}

impl Default for Places {
    fn default() -> Places {
        Places {
            firebase: "https://hacker-news.firebaseio.com".to_owned(),
            algolia: "https://hn.algolia.com".to_owned(),
            lobsters: "https://lobste.rs".to_owned(),
            lemmy: Vec::new(),
            discourse: Vec::new(),
        }
    }
}

/// One discussion at its place.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Thread {
    HackerNews {
        id: u64,
    },
    Lobsters {
        id: String,
    },
    Lemmy {
        instance: String,
        post: u64,
    },
    Discourse {
        site: String,
        topic: u64,
    },
    /// Comments of a blog, by their feed.
    Comments {
        feed: String,
    },
}

impl Thread {
    /// The place's name, as its discussions have it.
    pub fn place(&self) -> &'static str {
        match self {
            Thread::HackerNews { .. } => "hacker news",
            Thread::Lobsters { .. } => "lobsters",
            Thread::Lemmy { .. } => "lemmy",
            Thread::Discourse { .. } => "discourse",
            Thread::Comments { .. } => "page",
        }
    }

    /// Where people read it.
    pub fn address(&self, places: &Places) -> String {
        match self {
            Thread::HackerNews { id } => format!("https://news.ycombinator.com/item?id={id}"),
            Thread::Lobsters { id } => format!("{}/s/{id}", base(&places.lobsters)),
            Thread::Lemmy { instance, post } => format!("{instance}/post/{post}"),
            Thread::Discourse { site, topic } => format!("{site}/t/{topic}"),
            Thread::Comments { feed } => feed.clone(),
        }
    }
}

impl Places {
    /// The discussion that an address leads to, if it is one of a place that is known.
    pub fn thread_at(&self, address: &str) -> Option<Thread> {
        let url = Url::parse(address.trim()).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
        let site = url.origin().ascii_serialization();
        let parts: Vec<&str> = url.path_segments()?.filter(|part| !part.is_empty()).collect();
        let number = |part: &str| part.parse::<u64>().ok();
        if let Some(id) =
            thread_address(address).as_deref().and_then(|own| own.strip_prefix("https://news.ycombinator.com/item?id="))
        {
            return number(id).map(|id| Thread::HackerNews { id });
        }
        let is_one_of = |bases: &[String]| bases.iter().any(|known| same_site(known, &site));
        match parts[..] {
            ["s", id, ..] if site == "https://lobste.rs" || same_site(&self.lobsters, &site) => {
                let is_id = id.bytes().all(|b| b.is_ascii_alphanumeric());
                is_id.then(|| Thread::Lobsters { id: id.to_owned() })
            }
            ["post", post, ..] if is_one_of(&self.lemmy) || site.contains("lemmy") => {
                number(post).map(|post| Thread::Lemmy { instance: site, post })
            }
            ["t", topic] | ["t", topic, _] if is_one_of(&self.discourse) && number(topic).is_some() => {
                number(topic).map(|topic| Thread::Discourse { site, topic })
            }
            ["t", slug, topic, ..] if number(slug).is_none() => number(topic).map(|topic| Thread::Discourse { site, topic }),
            _ => None,
        }
    }

    /// Whether an address stands at a base that was configured: such a one may stand inside this machine or its network.
    fn is_configured(&self, address: &str) -> bool {
        let bases = [&self.firebase, &self.algolia, &self.lobsters].into_iter().chain(&self.lemmy).chain(&self.discourse);
        let site = Url::parse(address).map(|url| url.origin().ascii_serialization()).unwrap_or_default();
        bases.into_iter().any(|known| same_site(known, &site))
    }

    /// An ask as a request.
    pub fn request(&self, ask: &Ask) -> Request {
        let allow_private = self.is_configured(&ask.address);
        Request { address: ask.address.clone(), accept: ask.accept, allow_private, ..Request::default() }
    }
}

fn same_site(base: &str, site: &str) -> bool {
    Url::parse(base).is_ok_and(|url| url.origin().ascii_serialization() == site)
}

/// A base address without the slash at its end.
fn base(address: &str) -> &str {
    address.trim_end_matches('/')
}

/// One address to ask for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ask {
    pub address: String,
    pub accept: Accept,
}

impl Ask {
    fn json(address: String) -> Ask {
        Ask { address, accept: Accept::Json }
    }
}

/// What a place's answers mean for what is asked next.
trait Plan: Send {
    /// What is asked for first.
    fn begin(&mut self) -> Vec<Ask>;
    /// An answer has come, as JSON if it is that. What is to be asked for now.
    fn take(&mut self, ask: &Ask, json: &Json) -> Vec<Ask>;
    /// An ask has failed. What is to be asked for in its stead; none if there is nothing, and the failure counts.
    fn failed(&mut self, ask: &Ask, failure: &Failure) -> Option<Vec<Ask>>;
    /// Whether all comments that the place has are among the page's, as far as the place tells; none where the page's own
    /// word stands.
    fn is_whole(&self, page: &Page) -> Option<bool>;
}

/// A discussion while it is asked for.
pub struct Gathering {
    thread: Thread,
    plan: Box<dyn Plan>,
    /// What was asked for, by number; those with an answer worth reading, as they came.
    asked: BTreeMap<u64, Ask>,
    pieces: BTreeMap<u64, String>,
    waiting: usize,
    next: u64,
    failures: Vec<Failure>,
}

impl Gathering {
    pub fn new(thread: Thread, places: &Places) -> Gathering {
        let plan: Box<dyn Plan> = match &thread {
            Thread::HackerNews { id } => Box::new(hackernews::Asking::new(*id, places)),
            Thread::Lobsters { id } => Box::new(lobsters::Asking::new(id, places)),
            Thread::Lemmy { instance, post } => Box::new(lemmy::Asking::new(instance, *post)),
            Thread::Discourse { site, topic } => Box::new(discourse::Asking::new(site, *topic)),
            Thread::Comments { feed } => Box::new(comments::Asking::new(feed)),
        };
        let (asked, pieces) = (BTreeMap::new(), BTreeMap::new());
        Gathering { thread, plan, asked, pieces, waiting: 0, next: 0, failures: Vec::new() }
    }

    pub fn thread(&self) -> &Thread {
        &self.thread
    }

    /// What is to be asked for first, each under a number.
    pub fn begin(&mut self) -> Vec<(u64, Ask)> {
        let asks = self.plan.begin();
        self.number(asks)
    }

    /// Takes the answer to what was asked for under a number; gives what is to be asked for now.
    pub fn take(&mut self, number: u64, answer: Result<Vec<u8>, Failure>) -> Vec<(u64, Ask)> {
        let Some(ask) = self.asked.get(&number).cloned() else { return Vec::new() };
        self.waiting = self.waiting.saturating_sub(1);
        let asks = match answer.and_then(|bytes| readable(&ask, bytes)) {
            Ok(text) => {
                let json = if ask.accept == Accept::Json { Json::parse(&text) } else { Json::default() };
                let asks = self.plan.take(&ask, &json);
                // What is not there (any more) is told as `null`.
                if json.roots().next().is_none_or(|root| !root.is_null()) {
                    self.pieces.insert(number, text);
                }
                asks
            }
            Err(failure) => self.plan.failed(&ask, &failure).unwrap_or_else(|| {
                self.failures.push(failure);
                Vec::new()
            }),
        };
        self.number(asks)
    }

    fn number(&mut self, asks: Vec<Ask>) -> Vec<(u64, Ask)> {
        let first = self.next;
        self.next += asks.len() as u64;
        self.waiting += asks.len();
        let numbered: Vec<(u64, Ask)> = (first..).zip(asks).collect();
        self.asked.extend(numbered.iter().cloned());
        numbered
    }

    pub fn is_over(&self) -> bool {
        self.waiting == 0
    }

    /// How many requests it has taken.
    pub fn asked(&self) -> usize {
        self.asked.len()
    }

    pub fn failures(&self) -> &[Failure] {
        &self.failures
    }

    /// What has come so far, as a page with one discussion; none while there is nothing to read.
    pub fn page(&self, now: Timestamp) -> Option<Page> {
        let name = self.asked.values().next().map_or("", |ask| &*ask.address);
        let pages = format::read_answers(self.pieces.values().map(String::as_str), &Origin { name, now }).ok()?;
        let mut page = pages.into_iter().next()?;
        page.discussions.truncate(1);
        let is_whole = self.plan.is_whole(&page);
        let discussion = page.discussions.first_mut()?;
        let is_whole = is_whole.unwrap_or(discussion.complete);
        discussion.complete = is_whole && self.is_over() && self.failures.is_empty();
        Some(page)
    }
}

/// The text of an answer; a page where something else was asked for is no answer, most often one to log in at.
fn readable(ask: &Ask, bytes: Vec<u8>) -> Result<String, Failure> {
    let text = String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
    if ask.accept != Accept::Json {
        return Ok(text);
    }
    let head = text.trim_start();
    if head.starts_with(['{', '[']) || head.starts_with("null") {
        return Ok(text);
    }
    let host = host(&ask.address);
    let lower = head[..head.floor_char_boundary(64 << 10)].to_ascii_lowercase();
    Err(if lower.contains("type=\"password\"") {
        Failure::LoginPage { host }
    } else {
        let found = if lower.starts_with('<') {
            "a web page"
        } else if head.is_empty() {
            "nothing"
        } else {
            "something else"
        };
        Failure::NotDiscussion { host, found: told(found) }
    })
}

fn host(address: &str) -> CleanText {
    told(Url::parse(address).ok().as_ref().and_then(Url::host_str).unwrap_or_default())
}
