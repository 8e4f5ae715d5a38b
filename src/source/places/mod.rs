//! Places where people discuss: what is asked for to have a discussion whole, and how one is found.
//!
//! Nothing here asks: a [`Gathering`] says what is to be asked for and takes the answers, in any order. So that what comes
//! of them can be read at any time, answers are kept as they came and read together by [`format`](mod@crate::format).

mod comments;
mod discourse;
mod front;
mod hackernews;
mod lemmy;
mod lobsters;
mod lookup;
mod pointers;
mod round;
#[cfg(test)]
mod tests;

use std::collections::HashSet;

use url::Url;

use super::Failure;
use super::failure::told;
use super::http::{Accept, Answer, Particulars, PrivateOrigins, Request};
use super::manners::{self, Window};
use crate::domain::article::Page;
use crate::domain::completeness::SiteCount;
use crate::domain::text::clean_line;
use crate::domain::time::Timestamp;
use crate::format::Origin;
use crate::format::json::{Json, Value};
use crate::site;
use crate::site::identity::thread_address;

pub use front::{Front, Leafing};
pub use lookup::{Found, Lookup};
use round::Round;

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
    /// Comments of a blog, by their feed, and the address of the article that they are on, where that is known.
    Comments {
        feed: String,
        page: Option<String>,
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
            Thread::Comments { feed, page } => page.as_ref().unwrap_or(feed).clone(),
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
        match parts[..] {
            ["s", id, ..] if site == "https://lobste.rs" || same_site(&self.lobsters, &site) => {
                let is_id = id.bytes().all(|b| b.is_ascii_alphanumeric());
                is_id.then(|| Thread::Lobsters { id: id.to_owned() })
            }
            ["post", post, ..] if self.lemmy.iter().any(|known| same_site(known, &site)) || site.contains("lemmy") => {
                number(post).map(|post| Thread::Lemmy { instance: site, post })
            }
            _ => self.topic_at(&url),
        }
    }

    /// A topic of a forum. Of one that is not configured, and may stand anywhere, it is known by its name before its number.
    fn topic_at(&self, url: &Url) -> Option<Thread> {
        let whole = url.as_str().split(['?', '#']).next()?;
        let is_below = |known: &&str| whole.strip_prefix(*known).is_some_and(|rest| rest.starts_with('/'));
        let known = self.discourse.iter().map(|known| base(known)).find(is_below);
        let site = known.map_or_else(|| url.origin().ascii_serialization(), str::to_owned);
        let parts: Vec<&str> = whole.strip_prefix(&site)?.split('/').filter(|part| !part.is_empty()).collect();
        let number = |part: &str| part.parse::<u64>().ok();
        let topic = match parts[..] {
            ["t", topic] | ["t", topic, _] if known.is_some() && number(topic).is_some() => number(topic),
            ["t", slug, topic, ..] if number(slug).is_none() => number(topic),
            _ => None,
        };
        topic.map(|topic| Thread::Discourse { site, topic })
    }

    /// The discussion that is kept under the name of its place and an address of it.
    pub fn thread_of(&self, place: &str, address: &str) -> Option<Thread> {
        if let Some(known) = self.thread_at(address) {
            return Some(known);
        }
        let url = Url::parse(address.trim()).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
        let (above, number) = url.as_str().rsplit_once('/')?;
        let number = number.parse().ok()?;
        match place {
            "lemmy" => above.strip_suffix("/post").map(|base| Thread::Lemmy { instance: base.to_owned(), post: number }),
            "discourse" => above.strip_suffix("/t").map(|base| Thread::Discourse { site: base.to_owned(), topic: number }),
            _ => None,
        }
    }

    /// Whether an address stands at a base that was configured: such a one may stand inside this machine or its network.
    pub fn is_configured(&self, address: &str) -> bool {
        let bases = [&self.firebase, &self.algolia, &self.lobsters].into_iter().chain(&self.lemmy).chain(&self.discourse);
        let site = Url::parse(address).map(|url| url.origin().ascii_serialization()).unwrap_or_default();
        bases.into_iter().any(|known| same_site(known, &site))
    }

    /// An ask as a request.
    pub fn request(&self, ask: &Ask) -> Request {
        let configured = self.is_configured(&ask.address).then(|| PrivateOrigins::of(&ask.address));
        let private = configured.unwrap_or_default();
        let (address, etag) = (ask.address.clone(), ask.etag.clone());
        let windows = self.windows_of(&address);
        Request { address, etag, accept: ask.accept, private, windows, ..Request::default() }
    }

    /// How often a site may be asked, by what is asked of it.
    fn windows_of(&self, address: &str) -> &'static [Window] {
        let path = Url::parse(address).map(|url| url.path().to_owned()).unwrap_or_default();
        match Url::parse(address).map(|url| url.origin().ascii_serialization()) {
            Ok(site) if same_site(&self.lobsters, &site) => manners::LOBSTERS,
            _ if path.contains("/api/v3/") || path.contains("/api/v4/") => manners::LEMMY,
            _ => &[],
        }
    }

    /// What is asked for to learn the order of the answers to a comment at Hacker News.
    pub fn order_of(&self, comment: &str) -> Ask {
        Ask::json(format!("{}/v0/item/{comment}.json", base(&self.firebase)))
    }
}

/// The ids of a comment's answers in their order, from what [`Places::order_of`] brings.
pub fn order(answer: &[u8]) -> Vec<String> {
    let json = Json::parse(&String::from_utf8_lossy(answer));
    let kids = json.roots().next().and_then(|item| item.get("kids"));
    kids.into_iter().flat_map(Value::items).filter_map(|kid| kid.id().map(str::to_owned)).collect()
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
    /// The `ETag` of what is here already.
    pub etag: Option<String>,
}

impl Ask {
    fn json(address: String) -> Ask {
        Ask { address, accept: Accept::Json, etag: None }
    }
}

/// What is here of a discussion already: with it, only what is new is asked for, where the place can tell.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Since {
    /// What [`Gathering::mark`] gave when all was fetched.
    pub mark: String,
    /// The ids of its comments.
    pub ids: HashSet<Box<str>>,
}

/// What an asking brings, beside what is here.
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

/// What a place's answers mean for what is asked next.
trait Plan: Send {
    /// What is asked for first.
    fn begin(&mut self) -> Vec<Ask>;
    /// An answer has come, as JSON if it is that. What is to be asked for now.
    fn take(&mut self, _: &Ask, _: &Json) -> Vec<Ask> {
        Vec::new()
    }

    /// What the head of an answer tells, before the answer itself is taken.
    fn hear(&mut self, _: &Ask, _: &Particulars) {}

    /// A web page was asked for and has come; then it is [taken](Plan::take) as well.
    fn take_page(&mut self, _: &Ask, _: &str) {}

    /// Whether an answer that was a part of what is read no longer is, since better ones have come.
    fn is_superseded(&self, _: &Ask) -> bool {
        false
    }

    /// An ask has failed. What is to be asked for in its stead; none if there is nothing, and the failure counts.
    fn failed(&mut self, _: &Ask, _: &Failure) -> Option<Vec<Ask>> {
        None
    }

    /// Whether there is more at the site than is asked for.
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

    /// Whether the answer to an ask is a part of what is read; some only say what to ask for.
    fn is_piece(&self, _: &Ask, _: &Json) -> bool {
        true
    }

    fn brings(&self) -> Brings {
        Brings::All
    }

    /// What the place has told, by which the next asking can tell that nothing has come since.
    fn mark(&self) -> Option<String> {
        None
    }

    /// The ids of the first level in the place's order, where that was told.
    fn order(&self) -> Option<&[u64]> {
        None
    }
}

/// A discussion while it is asked for.
pub struct Gathering {
    thread: Thread,
    address: String,
    round: Round,
    etag: Option<String>,
    is_unchanged: bool,
}

impl Gathering {
    pub fn new(thread: Thread, places: &Places) -> Gathering {
        Gathering::since(thread, places, None)
    }

    /// Asks only for what is new since a time when all was here.
    pub fn since(thread: Thread, places: &Places, since: Option<Since>) -> Gathering {
        let mark = |since: Option<Since>| since.map(|since| since.mark);
        let plan: Box<dyn Plan> = match &thread {
            Thread::HackerNews { id } => Box::new(hackernews::Asking::new(*id, places, mark(since))),
            Thread::Lobsters { id } => Box::new(lobsters::Asking::new(id, places, mark(since))),
            Thread::Lemmy { instance, post } => Box::new(lemmy::Asking::new(instance, *post, since)),
            Thread::Discourse { site, topic } => Box::new(discourse::Asking::new(site, *topic, mark(since))),
            Thread::Comments { feed, page } => Box::new(comments::Asking::new(feed, page.as_deref())),
        };
        Gathering { address: thread.address(places), thread, round: Round::new(plan), etag: None, is_unchanged: false }
    }

    pub fn thread(&self) -> &Thread {
        &self.thread
    }

    /// What is to be asked for first, each under a number.
    pub fn begin(&mut self) -> Vec<(u64, Ask)> {
        self.round.begin()
    }

    /// Takes the answer to what was asked for under a number; gives what is to be asked for now.
    pub fn take(&mut self, number: u64, answer: Result<Vec<u8>, Failure>) -> Vec<(u64, Ask)> {
        self.round.take(number, answer)
    }

    /// As [`take`](Gathering::take), for an answer with all that was told beside it.
    pub fn hear(&mut self, number: u64, answer: Result<Answer, Failure>) -> Vec<(u64, Ask)> {
        let answer = answer.map(|answer| match answer {
            Answer::Fresh { bytes, particulars } => {
                self.round.hear(number, &particulars);
                self.etag = particulars.etag;
                bytes
            }
            Answer::Unchanged(_) => {
                self.is_unchanged = true;
                b"null".to_vec()
            }
        });
        self.round.take(number, answer)
    }

    pub fn brings(&self) -> Brings {
        if self.is_unchanged { Brings::Nothing } else { self.round.brings() }
    }

    /// What is to be kept with the discussion, once it is over without failures.
    pub fn mark(&self) -> Option<String> {
        let is_told = matches!(self.thread, Thread::Lobsters { .. });
        self.round.mark().or_else(|| self.etag.clone().filter(|_| is_told && self.asked() == 1))
    }

    /// The ids of the first level in the place's order, where that was told.
    pub fn order(&self) -> Vec<String> {
        self.round.order().unwrap_or_default().iter().map(ToString::to_string).collect()
    }

    pub fn is_over(&self) -> bool {
        self.round.is_over()
    }

    /// How many requests it has taken.
    pub fn asked(&self) -> usize {
        self.round.asked()
    }

    pub fn failures(&self) -> &[Failure] {
        self.round.failures()
    }

    /// That what came holds no discussion; none where that says that nobody has commented: a blog lists no comments.
    pub fn nothing(&self) -> Option<Failure> {
        let has_come = self.round.pieces().next().is_some();
        let found = if has_come { "something else" } else { "nothing" };
        let host = Url::parse(self.round.name()).ok().and_then(|url| url.host_str().map(told)).unwrap_or_default();
        let is_empty = has_come && matches!(self.thread, Thread::Comments { .. });
        (!is_empty).then(|| Failure::NotDiscussion { host, found: told(found) })
    }

    /// What has come so far, as a page with one discussion; none while there is nothing to read.
    pub fn page(&self, now: Timestamp) -> Option<Page> {
        let pages = site::read_answers(self.round.pieces(), &Origin { name: self.round.name(), now }).ok()?;
        let mut page = pages.into_iter().next()?;
        page.discussions.truncate(1);
        let discussion = page.discussions.first_mut()?;
        // Each instance of Lemmy has a number of its own for a post, a forum does not name its own site, and a story of
        // Lobsters may have been merged into another: what can be asked again is the address where this was.
        let is_another = match &self.thread {
            Thread::Lemmy { .. } | Thread::Discourse { .. } => true,
            Thread::Lobsters { id } => !discussion.url.as_deref().is_some_and(|url| url.ends_with(&format!("/s/{id}"))),
            // The discussion of an article stands at the article's own address.
            Thread::Comments { page, .. } => page.is_some(),
            Thread::HackerNews { .. } => false,
        };
        if is_another {
            discussion.url = Some(clean_line(&self.address));
        }
        let plan = self.round.plan();
        if plan.told() != SiteCount::Unknown {
            discussion.settle(plan.told());
        }
        if plan.gone() > 0 && discussion.missing() == plan.gone() {
            discussion.stubs.clear();
            discussion.complete = true;
        }
        if self.brings() == Brings::Additions {
            // What these do not bring is here already.
            discussion.stubs.clear();
            discussion.complete = false;
        }
        discussion.complete &= self.is_over() && self.failures().is_empty() && !plan.is_cut();
        Some(page)
    }
}
