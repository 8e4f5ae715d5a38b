//! The sites where people discuss: one module for each, all behind one trait and in one registry.
//!
//! A module knows by what addresses its site is known, how its discussions are written in files and in feeds, what is asked
//! for to have one whole, to find those of an article and to have a front page. To add a site, write `site/<name>.rs`, name
//! it in `SITES`, and add a fixture and a row of the README. Not for asking a server or for keeping anything: nothing here
//! does I/O, a fetch says what is to be asked for and takes the answers.

mod bases;
mod bluesky;
pub mod comment_feed;
mod comment_list;
mod discourse;
mod disqus;
pub mod fetch;
mod fetch_pass;
mod forum;
pub mod front_page;
mod github;
mod gitlab;
mod hackernews;
pub mod identity;
mod isso;
mod lemmy;
mod lobsters;
pub mod look_up;
mod lwn;
mod mail;
mod mastodon;
mod page_builder;
mod physorg;
mod post_layout;
mod quoting;
mod reading;
mod reddit;
mod remark42;
mod slashdot;
mod stackexchange;
pub mod story;
#[cfg(test)]
mod tests;
mod tildes;
mod twitter;
mod wordpress;
mod youtube;

use std::collections::HashMap;
use std::fmt;
use std::hash::{Hash, Hasher};

use url::Url;

use crate::domain::article::Page;
use crate::domain::notch::Notch;
use crate::domain::order::Order;
use crate::domain::site::SiteId;
use crate::domain::text::CleanText;
use crate::domain::thread::Discussion;
use crate::format::feed::Feed;
use crate::format::json::{Json, JsonPieces, Value};
use crate::format::{Format, Origin, Unreadable};

pub use self::bases::{BaseSetting, SiteBases};
use self::comment_feed::FeedThreads;
use self::fetch::{FetchPlan, Since, ThreadRef};
use self::front_page::FrontDetails;
use self::look_up::{Candidate, LookUpRequest, LookedUp};
pub use self::reading::{full_text, read, read_told};
use self::story::Story;
use crate::source::http::Accept;
use crate::source::throttle::Window;

/// Every site, in the order in which an unknown file, feed or address is offered to them.
pub(crate) static SITES: &[&dyn Site] = &[
    &physorg::PhysOrg,
    &hackernews::HackerNews,
    &lobsters::Lobsters,
    &lemmy::Lemmy,
    &discourse::Discourse,
    &mastodon::Mastodon,
    &bluesky::Bluesky,
    &reddit::Reddit,
    &remark42::Remark42,
    &isso::Isso,
    &stackexchange::StackExchange,
    &github::GitHub,
    &gitlab::GitLab,
    &youtube::YouTube,
    &disqus::Disqus,
    &twitter::Twitter,
    &forum::Forum,
    &slashdot::Slashdot,
    &tildes::Tildes,
    &lwn::Lwn,
    &wordpress::WordPress,
    &mail::MailingList,
];

/// A site where people discuss. What a site does not have, it leaves out.
pub trait Site: Sync {
    /// The name that its discussions are stored under.
    fn id(&self) -> SiteId;

    /// Its name as its owners write it.
    fn name(&self) -> &'static str;

    /// The name of a file with one of its discussions: "Hacker News thread".
    fn file_label(&self) -> &'static str;

    /// True if a value of JSON is this site's: one of the first in a file decides for all of it.
    fn owns_json(&self, _: Value<'_>) -> bool {
        false
    }

    /// Reads every discussion of a file of JSON that is this site's.
    fn read_json(&self, _: JsonPieces<'_>, _: &Origin<'_>) -> (Vec<Page>, Vec<CleanText>) {
        (Vec::new(), Vec::new())
    }

    /// Reads a web page that is this site's; none for any other.
    fn read_html(&self, _: &str, _: &Origin<'_>) -> Option<Result<SavedPage, Unreadable>> {
        None
    }

    /// Reads a file that is this site's by its bytes, before anything is decoded; none for any other.
    fn read_file(&self, _: &[u8], _: &Origin<'_>) -> Option<Result<SavedDiscussions, Unreadable>> {
        None
    }

    /// The names of files that are read together with a file of this name, where they stand beside it.
    fn files_beside(&self, _: &str) -> &'static [&'static str] {
        &[]
    }

    /// Reads a plain text that is a page of this site's; none for any other.
    fn read_text(&self, _: &str, _: &Origin<'_>) -> Option<SavedPage> {
        None
    }

    /// The name of JSON from this site that holds no discussion.
    fn other_json(&self, _: Value<'_>) -> Option<&'static str> {
        None
    }

    /// The discussions whose comments the entries of a feed are; none for a feed that is not this site's.
    fn threads_of_feed<'a>(&self, _: &'a Feed) -> Option<FeedThreads<'a>> {
        None
    }

    /// The thread that an address leads into, if the site is known by its host.
    fn thread_address(&self, _: &Url) -> Option<ThreadAddress> {
        None
    }

    /// The keys of the site's table in the configuration.
    fn base_settings(&self) -> &'static [BaseSetting] {
        &[]
    }

    /// How often the site may be asked.
    fn windows(&self) -> &'static [Window] {
        &[]
    }

    /// The name that fetched discussions are stored under.
    fn thread_key(&self) -> SiteId {
        self.id()
    }

    /// The hosts that are asked no more often than that, whoever asks: for a feed, a page or a discussion.
    fn hosts(&self) -> &'static [&'static str] {
        &[]
    }

    /// The order of its discussions where the reader chose none; none where the scale decides.
    fn default_order(&self) -> Option<Order> {
        None
    }

    /// Where the slider starts on what comes from the site.
    fn default_bar(&self) -> Notch {
        Notch::Off
    }

    /// Advice about a feed of the site.
    fn feed_note(&self) -> Option<&'static str> {
        None
    }

    /// The discussion that an address leads to, where the site is known by the host or by a configured base.
    fn thread_at(&self, _: &Url, _: &SiteBases) -> Option<ThreadRef> {
        None
    }

    /// The discussion at an address that the store has as one of this site's, wherever it stands.
    fn stored_thread_at(&self, _: &Url) -> Option<ThreadRef> {
        None
    }

    /// The discussion of a page whose comments are told by a feed, if this site's program made the feed.
    fn thread_of_comment_feed(&self, _feed: &Url, _page: &str) -> Option<ThreadRef> {
        None
    }

    /// The feed of the comments on a web page, where the site's script on it names its server.
    fn comment_feed_on(&self, _page: &str, _address: &Url) -> Option<String> {
        None
    }

    /// Where people read a discussion.
    fn page_of_thread(&self, thread: &ThreadRef, _: &SiteBases) -> String {
        thread.base.clone()
    }

    /// The plan that fetches a discussion whole, or its new comments.
    fn fetch_plan(&self, _: &ThreadRef, _: &SiteBases, _: Option<Since>) -> Box<dyn FetchPlan> {
        Box::new(NothingToFetch)
    }

    /// True if a discussion is kept under the address that was asked, not under the one that its answer gives.
    fn keeps_asked_address(&self, _: &ThreadRef, _given: Option<&str>) -> bool {
        false
    }

    /// True if an answer without any comment says that nobody has commented.
    fn answers_nothing_for_none(&self) -> bool {
        false
    }

    /// True if several servers have the whole of one discussion, under names of their own.
    fn shares_threads(&self) -> bool {
        false
    }

    /// True if the site tells of every change since the last fetch, edits and votes too.
    fn tells_every_change(&self) -> bool {
        false
    }

    /// True if content names the server that is asked, not the site or the reader.
    fn is_named_by_content(&self, _: &ThreadRef, _: &SiteBases) -> bool {
        false
    }

    /// The request that tells the order of the replies to a comment, if the site has one.
    fn order_request(&self, _comment: &str, _: &SiteBases) -> Option<SiteRequest> {
        None
    }

    /// The ids of a comment's answers in the site's order, from what [`Site::order_request`] brings.
    fn order_in(&self, _: &Json) -> Vec<String> {
        Vec::new()
    }

    /// The requests that find the discussions of an article.
    fn look_ups(&self, _: &LookedUp, _: &SiteBases) -> Vec<LookUpRequest> {
        Vec::new()
    }

    /// The request to make instead if nothing was found at the address.
    fn look_up_instead(&self, _: &LookUpRequest) -> Option<LookUpRequest> {
        None
    }

    /// The discussions in the answer that somebody has commented in, and what each says it is about.
    fn candidates(&self, _: &LookUpRequest, _: Value<'_>) -> Vec<Candidate> {
        Vec::new()
    }

    /// The words with which the addresses of its front pages begin: `hn` of `hn:top`. The first is the one to write.
    fn front_words(&self) -> &'static [&'static str] {
        &[]
    }

    /// The typed name after the prefix in its standard form, or an error.
    fn parse_front(&self, _typed: &str) -> Result<String, String> {
        Err(String::new())
    }

    /// The name of the front page at a web address, if the address identifies the site.
    fn front_at(&self, _: &Url, _: &SiteBases) -> Option<String> {
        None
    }

    /// True if a page, in small letters, says that the site's program made it.
    fn made_page(&self, _head: &str) -> bool {
        false
    }

    /// The name of the front page that a page of the site's software shows.
    fn front_of_page(&self, _: &Url) -> Option<String> {
        None
    }

    /// A front page, by what is written for it.
    fn front(&self, _written: &str, _: &SiteBases) -> Option<FrontDetails> {
        None
    }

    /// The stories of one answer to the requests for a front page, and what of it is an order of ids; none for any other.
    fn stories(&self, _: Value<'_>, _base: &str) -> Option<Vec<Story>> {
        None
    }

    /// A comment's own address, by its thread's address and its id, where it follows from them.
    fn comment_address(&self, _thread: &str, _id: &str) -> Option<String> {
        None
    }
}

impl PartialEq for dyn Site {
    fn eq(&self, other: &dyn Site) -> bool {
        self.id() == other.id()
    }
}

impl Eq for dyn Site {}

impl Hash for dyn Site {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.id().hash(state);
    }
}

impl fmt::Debug for dyn Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The plan of a site that cannot be asked.
struct NothingToFetch;

impl FetchPlan for NothingToFetch {
    fn begin(&mut self) -> Vec<SiteRequest> {
        Vec::new()
    }
}

/// One address to ask for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SiteRequest {
    pub address: String,
    pub accept: Accept,
    /// The `ETag` of what is here already.
    pub etag: Option<String>,
}

impl SiteRequest {
    fn json(address: String) -> SiteRequest {
        SiteRequest { address, accept: Accept::Json, etag: None }
    }
}

/// The discussion that an address leads to, if it is one of a site that is known.
pub fn thread_at(address: &str, bases: &SiteBases) -> Option<ThreadRef> {
    let url = web_address(address)?;
    SITES.iter().find_map(|site| site.thread_at(&url, bases))
}

/// The discussion that is stored under the key of its site and an address of it.
pub fn stored_thread(key: &str, address: &str, bases: &SiteBases) -> Option<ThreadRef> {
    thread_at(address, bases).or_else(|| by_key(key)?.stored_thread_at(&web_address(address)?))
}

/// The comments on an article's page, by their feed and the page's address where that is known.
pub fn comments_of_page(feed: &str, page: Option<&str>) -> ThreadRef {
    let page = page.unwrap_or_default();
    let own = web_address(feed).and_then(|feed| SITES.iter().find_map(|site| site.thread_of_comment_feed(&feed, page)));
    own.unwrap_or_else(|| ThreadRef::new(&wordpress::WordPress, feed, page))
}

/// The request that tells the order of the replies to a comment, and its site.
pub fn order_request(comment: &str, bases: &SiteBases) -> Option<(&'static dyn Site, SiteRequest)> {
    SITES.iter().find_map(|site| Some((*site, site.order_request(comment, bases)?)))
}

/// True if the order of answers is asked for apart at the site that discussions are stored under.
pub fn tells_order_apart(key: &str) -> bool {
    by_key(key).is_some_and(|site| site.order_request("", &SiteBases::default()).is_some())
}

/// The order of a discussion where the reader chose none.
pub fn default_order(discussion: &Discussion) -> Order {
    let own = by_key(&discussion.place).and_then(Site::default_order);
    own.unwrap_or_else(|| Order::default_for(discussion.scale))
}

/// Where the slider starts on what comes from a source, by the source's key.
pub fn default_bar(source: &str) -> Notch {
    by_key(source).map_or(Notch::Off, Site::default_bar)
}

/// How often single hosts may be asked.
pub fn host_windows() -> HashMap<String, Vec<Window>> {
    let of = |site: &&'static dyn Site| {
        let windows = site.windows();
        site.hosts().iter().map(move |host| ((*host).to_owned(), windows.to_vec()))
    };
    SITES.iter().flat_map(of).collect()
}

/// The names of files that are read together with a file of this name.
pub fn files_beside(name: &str) -> &'static [&'static str] {
    SITES.iter().map(|site| site.files_beside(name)).find(|beside| !beside.is_empty()).unwrap_or_default()
}

/// Advice about a feed at an address.
pub fn feed_note(address: &str) -> Option<&'static str> {
    let url = web_address(address)?;
    let host = url.host_str()?.trim_start_matches("www.");
    SITES.iter().find(|site| site.hosts().iter().any(|known| known.trim_start_matches("www.") == host))?.feed_note()
}

fn web_address(address: &str) -> Option<Url> {
    Url::parse(address.trim()).ok().filter(|url| matches!(url.scheme(), "http" | "https"))
}

/// Where a thread stands, in the one short form by which a thread that comes in several files is one.
pub struct ThreadAddress {
    pub address: String,
    /// True if the address leads to the whole thread, not to one comment of it.
    pub is_whole: bool,
}

/// A discussion out of a page.
pub struct SavedPage {
    pub format: Format,
    pub page: Page,
    pub notes: Vec<CleanText>,
}

/// The discussions out of a file of many.
pub struct SavedDiscussions {
    pub format: Format,
    pub pages: Vec<Page>,
    pub notes: Vec<CleanText>,
}

/// The site that discussions are stored under; none for a page of its own and for what no site here is called.
pub fn by_key(key: &str) -> Option<&'static dyn Site> {
    SITES.iter().copied().find(|site| site.id().key() == key)
}

fn file_format(site: &dyn Site) -> Format {
    Format::Saved { site: site.id(), label: site.file_label() }
}
