//! Comments of a blog. `WordPress` has all of them by its interface, where that is not shut; else there is their feed, in two
//! forms, of which Atom's tells what answers what.

use std::collections::HashSet;

use url::Url;
use url::form_urlencoded::byte_serialize;

use super::{Ask, Plan};
use crate::domain::completeness::SiteCount;
use crate::format::json::{Json, Value};
use crate::source::Failure;
use crate::source::http::Accept;

/// The most that an answer of the interface holds.
const PAGE: usize = 100;

/// Answers that one article is worth.
const MOST: usize = 100;

pub(super) struct Asking {
    feed: String,
    /// The article's number at the interface, once it is known.
    post: Option<String>,
    /// The interface's comments have begun to come.
    is_listed: bool,
    /// The last of them has.
    is_all: bool,
    /// Their ids.
    here: HashSet<String>,
}

impl Asking {
    pub(super) fn new(feed: &str) -> Asking {
        let post = Asking::plain(feed).map(|(_, post)| post);
        Asking { feed: feed.to_owned(), post, is_listed: false, is_all: false, here: HashSet::new() }
    }

    fn ask(address: String) -> Ask {
        Ask { address, accept: Accept::Feed, etag: None }
    }

    /// The blog and the number of the article, where the address of the feed names them: `/?feed=rss2&p=9`.
    fn plain(feed: &str) -> Option<(&str, String)> {
        let (blog, query) = feed.split_once('?')?;
        let value = |name: &str| query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
        let post = value("p").or_else(|| value("page_id")).filter(|post| post.parse::<u64>().is_ok());
        Some((blog, post.filter(|_| value("feed").is_some())?.to_owned()))
    }

    /// The article's own address, where that of the feed is one that `WordPress` makes of it.
    fn article(&self) -> Option<&str> {
        let path = self.feed.trim_end_matches('/').strip_suffix("/feed")?;
        (!path.contains('?')).then_some(path)
    }

    /// The same feed as Atom.
    fn atom(&self) -> Ask {
        let plain = || self.post.as_ref().map(|_| self.feed.replacen("feed=rss2", "feed=atom", 1));
        let atom = self.article().map(|article| format!("{article}/feed/atom/")).or_else(plain);
        Asking::ask(atom.unwrap_or_else(|| self.feed.clone()))
    }

    /// What the interface has of a kind, up to where its parameters begin.
    fn api(&self, kind: &str) -> Option<String> {
        if let Some((blog, _)) = Asking::plain(&self.feed) {
            return Some(format!("{blog}?rest_route=/wp/v2/{kind}&"));
        }
        let url = Url::parse(self.article()?).ok()?;
        Some(format!("{}/wp-json/wp/v2/{kind}?", url.origin().ascii_serialization()))
    }

    /// By its last part the interface knows an article.
    fn search(&self) -> Option<Ask> {
        let slug = self.article()?.rsplit('/').next()?;
        let slug: String = byte_serialize(percent_decoded(slug).as_bytes()).collect();
        Some(Ask::json(format!("{}slug={slug}&_fields=id,link", self.api("posts")?)))
    }

    fn list(&self, page: usize) -> Option<Ask> {
        let (api, post) = (self.api("comments")?, self.post.as_ref()?);
        Some(Ask::json(format!("{api}post={post}&per_page={PAGE}&order=asc&page={page}")))
    }

    /// The number of the article among those that the interface found: several may have a last part in common.
    fn found(&self, json: &Json) -> Option<String> {
        let path = |address: &str| Url::parse(address).map(|url| url.path().trim_end_matches('/').to_owned()).ok();
        let own = self.article().and_then(path);
        let posts = || json.roots().next().into_iter().flat_map(Value::items);
        let is_own = |post: &Value<'_>| post.text("link").and_then(path) == own;
        posts().find(is_own).or_else(|| posts().next())?.get("id")?.id().map(str::to_owned)
    }
}

fn percent_decoded(text: &str) -> String {
    url::form_urlencoded::parse(format!("a={}", text.replace('+', "%2B")).as_bytes())
        .next()
        .map_or_else(|| text.to_owned(), |(_, text)| text.into_owned())
}

/// Whether an answer of the interface is a list; else it says what is wrong, some with a status that says that all is well.
fn is_list(json: &Json) -> bool {
    json.roots().next().is_some_and(Value::is_array)
}

impl Plan for Asking {
    fn begin(&mut self) -> Vec<Ask> {
        vec![self.list(1).or_else(|| self.search()).unwrap_or_else(|| self.atom())]
    }

    fn take(&mut self, ask: &Ask, json: &Json) -> Vec<Ask> {
        if ask.accept != Accept::Json {
            return Vec::new();
        }
        if self.post.is_none() {
            self.post = self.found(json);
            return vec![self.list(1).unwrap_or_else(|| self.atom())];
        }
        if !is_list(json) {
            return if self.is_listed { Vec::new() } else { vec![self.atom()] };
        }
        self.is_listed = true;
        let page: usize = ask.address.rsplit('=').next().and_then(|page| page.parse().ok()).unwrap_or(1);
        let items = json.roots().next().into_iter().flat_map(Value::items);
        let ids: HashSet<String> = items.filter_map(|item| item.get("id")?.id().map(str::to_owned)).collect();
        // Some know no pages, and answer with the same one again; some give fewer at once than are asked for, in whole tens.
        self.is_all = ids.is_subset(&self.here) || !ids.len().is_multiple_of(10);
        self.here.extend(ids);
        let more = !self.is_all && page < MOST;
        if more { self.list(page + 1).into_iter().collect() } else { Vec::new() }
    }

    fn failed(&mut self, ask: &Ask, failure: &Failure) -> Option<Vec<Ask>> {
        let other = match ask.accept {
            // A page behind the last one.
            Accept::Json
                if self.is_listed && matches!(failure, Failure::NotFound { .. } | Failure::Status { status: 400, .. }) =>
            {
                self.is_all = true;
                return Some(Vec::new());
            }
            Accept::Json if self.is_listed => return None,
            Accept::Json => self.atom(),
            _ => Asking::ask(self.feed.clone()),
        };
        (other != *ask && !failure.is_about_the_host()).then(|| vec![other])
    }

    fn is_piece(&self, ask: &Ask, json: &Json) -> bool {
        ask.accept != Accept::Json || (!ask.address.contains("&_fields=") && is_list(json))
    }

    fn told(&self) -> SiteCount {
        if self.is_all { SiteCount::All(self.here.len()) } else { SiteCount::Unknown }
    }
}
