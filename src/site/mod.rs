//! The sites where people discuss: one module for each, all behind one trait and in one registry.
//!
//! A module knows by what addresses its site is known, how its discussions are written in files and in feeds, and what the
//! site calls its own. To add one, write `site/<name>.rs`, name it in [`SITES`], and add a fixture and a row of the README.
//! Not for asking a server or for keeping anything: nothing here does I/O.

pub mod comment_feed;
mod discourse;
pub mod front;
mod hackernews;
pub mod identity;
mod lemmy;
mod lobsters;
mod page_builder;
mod physorg;
mod quoting;
mod reading;
mod reddit;
mod remark42;
#[cfg(test)]
mod tests;
mod wordpress;

use url::Url;

use crate::domain::article::Page;
use crate::domain::site::SiteId;
use crate::domain::text::CleanText;
use crate::format::feed::Feed;
use crate::format::json::{Json, Value};
use crate::format::{Format, Origin, Unreadable};

use self::comment_feed::FeedThreads;
pub use self::reading::{full_text, read, read_answers, read_told};

/// Every site, in the order in which an unknown file is offered to them: what looks least like anything else comes first.
static SITES: &[&dyn Site] = &[
    &physorg::PhysOrg,
    &reddit::Reddit,
    &discourse::Discourse,
    &lobsters::Lobsters,
    &lemmy::Lemmy,
    &remark42::Remark42,
    &hackernews::HackerNews,
    &wordpress::WordPress,
];

/// A site where people discuss. What a site does not have, it leaves out.
pub trait Site: Sync {
    /// What its discussions are stored under.
    fn id(&self) -> SiteId;

    /// Its name as its owners write it.
    fn name(&self) -> &'static str;

    /// What a file with one of its discussions is called: "Hacker News thread".
    fn file_label(&self) -> &'static str;

    /// True if a value of JSON is this site's: one of the first in a file decides for all of it.
    fn owns_json(&self, _: Value<'_>) -> bool {
        false
    }

    /// Reads every discussion of a file of JSON that is this site's.
    fn read_json(&self, _: &Json, _: &Origin<'_>) -> (Vec<Page>, Vec<CleanText>) {
        (Vec::new(), Vec::new())
    }

    /// Reads a web page that is this site's; none for any other.
    fn read_html(&self, _: &str, _: &Origin<'_>) -> Option<Result<SavedPage, Unreadable>> {
        None
    }

    /// Reads a plain text that is a page of this site's; none for any other.
    fn read_text(&self, _: &str, _: &Origin<'_>) -> Option<SavedPage> {
        None
    }

    /// What a value of JSON from this site is called that holds no discussion.
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

    /// A comment's own address, by its thread's address and its id, where it follows from them.
    fn comment_address(&self, _thread: &str, _id: &str) -> Option<String> {
        None
    }
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

/// The site that discussions are stored under; none for a page of its own and for what no site here is called.
pub fn by_key(key: &str) -> Option<&'static dyn Site> {
    SITES.iter().copied().find(|site| site.id().key() == key)
}

fn file_format(site: &dyn Site) -> Format {
    Format::Saved { site: site.id(), label: site.file_label() }
}

/// True if a part of an address can be an id.
fn is_name(part: &&str) -> bool {
    !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}
