//! Comments of a blog. `WordPress` has all of them by its interface, where that is not shut; else there is their feed, in two
//! forms, of which Atom's tells what answers what.

use std::collections::HashSet;

use url::Url;
use url::form_urlencoded::byte_serialize;

use super::{Ask, Plan};
use crate::domain::article::Page;
use crate::format::json::{Json, Value};
use crate::source::Failure;
use crate::source::http::Accept;

/// The most that an answer of the interface holds.
const PAGE: usize = 100;

/// Answers that one article is worth.
const MOST: usize = 100;

pub(super) struct Asking {
    feed: String,
    /// The interface's comments have begun to come.
    is_listed: bool,
    /// The last of them has.
    is_all: bool,
    /// Their ids.
    here: HashSet<String>,
}

impl Asking {
    pub(super) fn new(feed: &str) -> Asking {
        Asking { feed: feed.to_owned(), is_listed: false, is_all: false, here: HashSet::new() }
    }

    fn ask(address: String) -> Ask {
        Ask { address, accept: Accept::Feed, etag: None }
    }

    /// The article's own address, where that of the feed is one that `WordPress` makes.
    fn article(&self) -> Option<&str> {
        let path = self.feed.trim_end_matches('/').strip_suffix("/feed")?;
        (!path.contains('?')).then_some(path)
    }

    /// The same feed as Atom.
    fn atom(&self) -> Ask {
        Asking::ask(self.article().map_or_else(|| self.feed.clone(), |article| format!("{article}/feed/atom/")))
    }

    fn api(&self) -> Option<String> {
        let url = Url::parse(self.article()?).ok()?;
        Some(format!("{}/wp-json/wp/v2", url.origin().ascii_serialization()))
    }

    /// By its last part the interface knows an article.
    fn search(&self) -> Option<Ask> {
        let slug = self.article()?.rsplit('/').next()?;
        let slug: String = byte_serialize(percent_decoded(slug).as_bytes()).collect();
        Some(Ask::json(format!("{}/posts?slug={slug}&_fields=id,link", self.api()?)))
    }

    fn list(&self, post: &str, page: usize) -> Option<Ask> {
        let api = self.api()?;
        Some(Ask::json(format!("{api}/comments?post={post}&per_page={PAGE}&order=asc&page={page}")))
    }
}

fn percent_decoded(text: &str) -> String {
    url::form_urlencoded::parse(format!("a={}", text.replace('+', "%2B")).as_bytes())
        .next()
        .map_or_else(|| text.to_owned(), |(_, text)| text.into_owned())
}

impl Plan for Asking {
    fn begin(&mut self) -> Vec<Ask> {
        vec![self.search().unwrap_or_else(|| self.atom())]
    }

    fn take(&mut self, ask: &Ask, json: &Json) -> Vec<Ask> {
        if ask.accept != Accept::Json {
            return Vec::new();
        }
        let items = || json.roots().next().into_iter().flat_map(Value::items);
        let Some((_, query)) = ask.address.split_once("/comments?post=") else {
            let post = items().find_map(|post| post.get("id")?.id());
            return vec![post.and_then(|post| self.list(post, 1)).unwrap_or_else(|| self.atom())];
        };
        self.is_listed = true;
        let page: usize = query.rsplit('=').next().and_then(|page| page.parse().ok()).unwrap_or(1);
        let post = query.split('&').next().unwrap_or_default();
        // Some know no pages, and answer with the same one again.
        let new = items().filter_map(|item| item.get("id")?.id()).filter(|id| self.here.insert((*id).to_owned())).count();
        self.is_all = items().count() < PAGE || new == 0;
        let more = !self.is_all && page < MOST;
        if more { self.list(post, page + 1).into_iter().collect() } else { Vec::new() }
    }

    fn failed(&mut self, ask: &Ask, failure: &Failure) -> Option<Vec<Ask>> {
        let other = match ask.accept {
            // A page behind the last one.
            Accept::Json if self.is_listed && matches!(failure, Failure::Status { status: 400, .. }) => {
                self.is_all = true;
                return Some(Vec::new());
            }
            Accept::Json if self.is_listed => return None,
            Accept::Json => self.atom(),
            _ => Asking::ask(self.feed.clone()),
        };
        (other != *ask && !failure.is_about_the_host()).then(|| vec![other])
    }

    fn is_piece(&self, ask: &Ask) -> bool {
        !ask.address.contains("/wp-json/wp/v2/posts?")
    }

    /// Feeds hold the newest only.
    fn is_whole(&self, _: &Page) -> Option<bool> {
        Some(self.is_all)
    }
}
