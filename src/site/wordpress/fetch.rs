//! Comments of a blog. `WordPress` has all of them by its interface, where that is not shut; else there is their feed, in two
//! forms, of which Atom's tells what answers what.
//!
//! The feed of an article's comments, and the article's page, name the article's own number and the interface (`Link:
//! <…/wp-json/wp/v2/posts/10>; rel="alternate"`). Only these are followed: another article may have the same last part in
//! its address. What comes is compared once more: comments on another page are refused.

use percent_encoding::percent_decode_str;
use std::collections::HashSet;

use url::Url;
use url::form_urlencoded::byte_serialize;

use super::comment_pages::CommentPages;
use super::pointers;
use crate::domain::article::Page;
use crate::domain::completeness::SiteCount;
use crate::format::Origin;
use crate::format::json::{Json, Value};
use crate::site::SiteRequest;
use crate::site::comment_feed::page_of_comment;
use crate::site::fetch::FetchPlan;
use crate::site::identity::canonical_address;
use crate::source::Failure;
use crate::source::http::{Accept, ResponseMeta};

/// The most that an answer of the interface holds.
const PAGE: usize = 100;

/// Answers that one article is worth.
const MOST: usize = 100;

pub(super) struct PageCommentsFetch {
    feed: String,
    /// The article's address, and others that are known to lead to it, in their canonical form.
    own: HashSet<String>,
    /// The article's page, if it has not been asked for.
    page: Option<String>,
    /// The interface, up to where what it has begins: `…/wp-json/`, `…/?rest_route=/`.
    api: Option<String>,
    /// The article's number at the interface, once it is known.
    post: Option<String>,
    has_searched: bool,
    has_asked_list: bool,
    /// The feed was asked for, and has come.
    has_asked_feed: bool,
    has_feed: bool,
    /// The interface's comments have begun to come.
    is_listed: bool,
    /// Further pages are asked for by their number, since it is known how many there are.
    pages: Option<usize>,
    total: Option<usize>,
    /// The last of them has come.
    is_all: bool,
    /// The ids of the comments.
    here: HashSet<String>,
    /// The article's page and further pages of its comments, where these stand in them.
    pages_read: CommentPages,
}

impl PageCommentsFetch {
    pub(super) fn new(feed: &str, page: Option<&str>) -> PageCommentsFetch {
        let plain = PageCommentsFetch::plain(feed);
        let mut asking = PageCommentsFetch {
            feed: feed.to_owned(),
            own: HashSet::new(),
            page: page.map(str::to_owned),
            api: plain.as_ref().map(|(blog, _)| format!("{blog}?rest_route=/")),
            post: plain.map(|(_, post)| post),
            has_searched: false,
            has_asked_list: false,
            has_asked_feed: false,
            has_feed: false,
            is_listed: false,
            pages: None,
            total: None,
            is_all: false,
            here: HashSet::new(),
            pages_read: CommentPages::default(),
        };
        if asking.page.is_none() {
            asking.page = asking.article().map(|article| format!("{article}/"));
        }
        let own = [page, asking.article()].into_iter().flatten().filter_map(canonical_address);
        asking.own = own.collect();
        asking
    }

    fn ask(address: String, accept: Accept) -> SiteRequest {
        SiteRequest { address, accept, etag: None }
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
    fn atom(&self) -> SiteRequest {
        let plain = || self.post.as_ref().map(|_| self.feed.replacen("feed=rss2", "feed=atom", 1));
        let atom = self.article().map(|article| format!("{article}/feed/atom/")).or_else(plain);
        PageCommentsFetch::ask(atom.unwrap_or_else(|| self.feed.clone()), Accept::Feed)
    }

    /// Where the interface has nothing to give: the feed, if it has not been asked for.
    fn feed_instead(&mut self) -> Vec<SiteRequest> {
        let is_asked = std::mem::replace(&mut self.has_asked_feed, true);
        if is_asked { Vec::new() } else { vec![self.atom()] }
    }

    /// Where the interface is shut: the feed, else the article's own page, in which comments may stand.
    fn instead_of_list(&mut self) -> Vec<SiteRequest> {
        let feed = self.feed_instead();
        if feed.is_empty() { self.next() } else { feed }
    }

    /// The address of one kind of the interface's data, up to its parameters.
    fn kind(&self, kind: &str) -> Option<String> {
        let api = self.api.as_ref()?;
        let mark = if api.contains('?') { '&' } else { '?' };
        Some(format!("{api}wp/v2/{kind}{mark}"))
    }

    fn list(&self, page: usize) -> Option<SiteRequest> {
        let (api, post) = (self.kind("comments")?, self.post.as_ref()?);
        Some(SiteRequest::json(format!("{api}post={post}&per_page={PAGE}&order=asc&page={page}")))
    }

    fn first_list(&mut self) -> Option<SiteRequest> {
        let list = self.list(1).filter(|_| !self.has_asked_list)?;
        self.has_asked_list = true;
        Some(list)
    }

    /// By its last part the interface knows articles; of those found only one at the very address is taken.
    fn search(&mut self) -> Option<SiteRequest> {
        if std::mem::replace(&mut self.has_searched, true) {
            return None;
        }
        let article = self.article()?.to_owned();
        if self.api.is_none() {
            let origin = Url::parse(&article).ok()?.origin().ascii_serialization();
            self.api = Some(format!("{origin}/wp-json/"));
        }
        let slug = article.rsplit('/').next()?;
        let slug: String = byte_serialize(percent_decode_str(slug).decode_utf8_lossy().as_bytes()).collect();
        Some(SiteRequest::json(format!("{}slug={slug}&_fields=id,link", self.kind("posts")?)))
    }

    /// The number of the article among those that the interface found.
    fn found(&self, json: &Json) -> Option<String> {
        let posts = json.roots().next().into_iter().flat_map(Value::items);
        let is_own = |post: &Value<'_>| post.text("link").is_some_and(|link| self.is_own(link));
        posts.filter(is_own).find_map(|post| post.get("id")?.id().map(str::to_owned))
    }

    fn is_own(&self, address: &str) -> bool {
        canonical_address(address).is_some_and(|address| self.own.contains(&address))
    }

    /// Takes in what an answer's head or page says of the article's number and the interface.
    fn learn(&mut self, found: pointers::Pointers) {
        let pointers::Pointers { api, post, short } = found;
        self.api = api.or(self.api.take());
        self.post = post.or(short).or(self.post.take());
    }

    /// The next request: the comments, else the page that may tell where they are, else a search.
    fn next(&mut self) -> Vec<SiteRequest> {
        if let Some(list) = self.first_list() {
            return vec![list];
        }
        if let Some(page) = self.page.take() {
            return vec![PageCommentsFetch::ask(page, Accept::Page)];
        }
        // For an article whose number is known, a search adds nothing.
        let search = if self.post.is_some() && self.has_asked_list { None } else { self.search() };
        search.map_or_else(|| self.further_pages(), |search| vec![search])
    }

    /// Pages with more comments, asked for where the interface has none to give.
    fn further_pages(&mut self) -> Vec<SiteRequest> {
        let pages = if self.is_listed { Vec::new() } else { self.pages_read.next() };
        pages.into_iter().map(|page| PageCommentsFetch::ask(page, Accept::Page)).collect()
    }

    /// True if comments are all on the article's own page; those that do not tell are taken as what was asked for.
    fn are_its(&self, json: &Json) -> bool {
        let mut items = json.roots().next().into_iter().flat_map(Value::items);
        let link = |item: Value<'_>| item.text("link").and_then(page_of_comment);
        self.own.is_empty() || items.all(|item| link(item).is_none_or(|page| self.is_own(&page)))
    }

    fn take_list(&mut self, ask: &SiteRequest, json: &Json) -> Vec<SiteRequest> {
        self.is_listed = true;
        let page = page_number(ask);
        let items = json.roots().next().into_iter().flat_map(Value::items);
        let ids: HashSet<String> = items.filter_map(|item| item.get("id")?.id().map(str::to_owned)).collect();
        if let Some(pages) = self.pages {
            self.here.extend(ids);
            self.is_all = self.total.is_some_and(|total| self.here.len() >= total);
            let rest = if page == 1 { 2..pages.min(MOST) + 1 } else { 0..0 };
            return rest.filter_map(|page| self.list(page)).collect();
        }
        // Some know no pages, and answer with the same one again; some give fewer at once than are asked for, in whole tens.
        self.is_all = ids.is_subset(&self.here) || !ids.len().is_multiple_of(10);
        self.here.extend(ids);
        let more = !self.is_all && page < MOST;
        if more { self.list(page + 1).into_iter().collect() } else { Vec::new() }
    }
}

fn page_number(ask: &SiteRequest) -> usize {
    ask.address.rsplit('=').next().and_then(|page| page.parse().ok()).unwrap_or(1)
}

/// True if an answer of the interface is a list; else it says what is wrong, some with a status that says that all is well.
fn is_list(json: &Json) -> bool {
    json.roots().next().is_some_and(Value::is_array)
}

fn is_search(ask: &SiteRequest) -> bool {
    ask.address.contains("&_fields=")
}

impl FetchPlan for PageCommentsFetch {
    fn begin(&mut self) -> Vec<SiteRequest> {
        let list = self.first_list();
        list.map_or_else(|| self.feed_instead(), |list| vec![list])
    }

    fn hear(&mut self, ask: &SiteRequest, particulars: &ResponseMeta) {
        if ask.accept == Accept::Json {
            self.total = particulars.total.or(self.total);
            self.pages = particulars.total_pages.or(self.pages);
            return;
        }
        // A page that was asked for may have moved: its own address is the one it has now.
        let moved =
            if ask.accept == Accept::Page { Some(particulars.address.as_str()) } else { article_of(&particulars.address) };
        self.own.extend(moved.and_then(canonical_address));
        let found = pointers::in_headers(&particulars.links);
        self.learn(found);
    }

    fn take(&mut self, ask: &SiteRequest, json: &Json) -> Vec<SiteRequest> {
        match ask.accept {
            Accept::Json if is_search(ask) => {
                self.post = self.found(json);
                self.has_asked_list = false;
                self.first_list().into_iter().collect()
            }
            Accept::Json if self.is_listed && !is_list(json) => Vec::new(),
            Accept::Json if !is_list(json) => self.instead_of_list(),
            Accept::Json if !self.are_its(json) => {
                // A stranger's: the number was not this article's.
                self.post = None;
                self.has_asked_list = false;
                let next = self.next();
                if next.is_empty() { self.feed_instead() } else { next }
            }
            Accept::Json => self.take_list(ask, json),
            // A page behind the first leads to no more than the first did.
            Accept::Page if self.pages_read.has_several() => self.further_pages(),
            Accept::Feed => {
                self.has_feed = true;
                if self.is_listed { Vec::new() } else { self.next() }
            }
            _ => self.next(),
        }
    }

    fn take_page(&mut self, ask: &SiteRequest, text: &str) {
        self.pages_read.take(&ask.address, text);
        let found = pointers::in_page(text);
        self.learn(found);
    }

    fn failed(&mut self, ask: &SiteRequest, failure: &Failure) -> Option<Vec<SiteRequest>> {
        if ask.accept == Accept::Json && self.is_listed {
            // A page behind the last one.
            let is_behind = matches!(failure, Failure::NotFound { .. } | Failure::Status { status: 400, .. });
            self.is_all |= is_behind && self.pages.is_none();
            return is_behind.then(Vec::new);
        }
        // The article's page only helps to find the comments, and may stand on another host than they do.
        if failure.is_about_the_host() && ask.accept != Accept::Page {
            return None;
        }
        let instead = match ask.accept {
            Accept::Json => self.instead_of_list(),
            Accept::Feed if ask.address != self.feed => vec![PageCommentsFetch::ask(self.feed.clone(), Accept::Feed)],
            // A post that neither the feed nor the page names may still be found.
            _ => self.next(),
        };
        let instead = if instead.is_empty() { self.further_pages() } else { instead };
        (self.has_feed || !instead.is_empty() || self.pages_read.has_comments()).then_some(instead)
    }

    fn own_page(&self, origin: &Origin<'_>) -> Option<Page> {
        if self.is_listed { None } else { self.pages_read.read(origin) }
    }

    fn is_piece(&self, ask: &SiteRequest, json: &Json) -> bool {
        match ask.accept {
            Accept::Page => false,
            Accept::Json => !is_search(ask) && is_list(json) && self.are_its(json),
            _ => true,
        }
    }

    /// The feed has but the newest of what the interface has.
    fn is_superseded(&self, ask: &SiteRequest) -> bool {
        self.is_listed && ask.accept != Accept::Json
    }

    fn told(&self) -> SiteCount {
        match self.total {
            Some(total) if self.is_listed => SiteCount::All(total),
            _ if self.is_all => SiteCount::All(self.here.len()),
            _ => SiteCount::Unknown,
        }
    }
}

/// The article's address, out of that of its feed.
fn article_of(feed: &str) -> Option<&str> {
    let path = feed.trim_end_matches('/');
    let path = path.strip_suffix("/atom").unwrap_or(path).strip_suffix("/feed")?;
    (!path.contains('?')).then_some(path)
}
