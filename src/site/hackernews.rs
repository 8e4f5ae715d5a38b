//! Hacker News: its threads come from two interfaces and from saved pages.

mod feed;
mod fetch;
mod front;
mod items;
mod page;
mod poll;

use url::Url;

use super::fetch::{FetchPlan, Since, ThreadRef};
use super::front_page::FrontDetails;
use super::identity::is_name;
use super::look_up::{self, Candidate, CandidateAbout, LookUpRequest, LookedUp};
use super::story::Story;
use super::{BaseSetting, FeedThreads, SavedPage, Site, SiteBases, SiteRequest, ThreadAddress, file_format};
use crate::domain::article::{Page, Source};
use crate::domain::order::Order;
use crate::domain::site::SiteId;
use crate::domain::text::{CleanText, clean_line};
use crate::format::feed::Feed;
use crate::format::json::{Json, JsonPieces, Value};
use crate::format::{Origin, Unreadable};

const ID: SiteId = SiteId::new("hacker news");

pub(super) struct HackerNews;

impl Site for HackerNews {
    fn id(&self) -> SiteId {
        ID
    }

    fn name(&self) -> &'static str {
        "Hacker News"
    }

    fn file_label(&self) -> &'static str {
        "Hacker News thread"
    }

    fn owns_json(&self, value: Value<'_>) -> bool {
        items::is_item(value)
    }

    fn read_json(&self, json: JsonPieces<'_>, origin: &Origin<'_>) -> (Vec<Page>, Vec<CleanText>) {
        items::read_pages(json, origin)
    }

    fn read_html(&self, text: &str, origin: &Origin<'_>) -> Option<Result<SavedPage, Unreadable>> {
        page::is_page(text).then(|| {
            let (page, notes) = page::read(text, origin)?;
            Ok(SavedPage { format: file_format(self), page, notes })
        })
    }

    fn threads_of_feed<'a>(&self, feed: &'a Feed) -> Option<FeedThreads<'a>> {
        feed::threads(feed)
    }

    fn thread_address(&self, url: &Url) -> Option<ThreadAddress> {
        thread_of(url)
    }

    fn comment_address(&self, thread: &str, id: &str) -> Option<String> {
        thread.starts_with(HOME).then(|| thread_url(id))
    }

    fn base_settings(&self) -> &'static [BaseSetting] {
        const SETTINGS: &[BaseSetting] = &[
            BaseSetting::one("firebase", &["https://hacker-news.firebaseio.com"]),
            BaseSetting::one("algolia", &["https://hn.algolia.com"]),
        ];
        SETTINGS
    }

    fn thread_at(&self, url: &Url, _: &SiteBases) -> Option<ThreadRef> {
        let id = url.query_pairs().find(|(name, _)| name == "id").filter(|_| thread_of(url).is_some())?.1;
        let id: u64 = id.parse().ok()?;
        Some(ThreadRef::new(&HackerNews, "", id.to_string()))
    }

    fn page_of_thread(&self, thread: &ThreadRef, _: &SiteBases) -> String {
        thread_url(&thread.id)
    }

    fn fetch_plan(&self, thread: &ThreadRef, bases: &SiteBases, since: Option<Since>) -> Box<dyn FetchPlan> {
        Box::new(fetch::StoryFetch::new(thread.id.parse().unwrap_or_default(), bases, since.map(|since| since.mark)))
    }

    fn order_request(&self, comment: &str, bases: &SiteBases) -> Option<SiteRequest> {
        Some(fetch::order_request(comment, bases))
    }

    fn order_in(&self, json: &Json) -> Vec<String> {
        fetch::order_in(json)
    }

    /// Algolia looks for the words of an address, which are the same in all its forms.
    fn look_ups(&self, article: &LookedUp, bases: &SiteBases) -> Vec<LookUpRequest> {
        let (algolia, words) = (bases.one(ID, "algolia"), &article.words);
        let which = "restrictSearchableAttributes=url&tags=story&hitsPerPage=50";
        vec![LookUpRequest::new("", format!("{algolia}/api/v1/search?query={words}&{which}"))]
    }

    fn candidates(&self, _: &LookUpRequest, root: Value<'_>) -> Vec<Candidate> {
        let hits = look_up::items(root, "hits").filter(|hit| look_up::has_comments(*hit, &["num_comments"]));
        let candidate = |hit: Value<'_>| {
            let id = look_up::number(hit.get("objectID"))?.to_string();
            let about = CandidateAbout::Address(hit.text("url")?.to_owned());
            Some(Candidate { found: ThreadRef::new(&HackerNews, "", id).into(), about })
        };
        hits.filter_map(candidate).collect()
    }

    fn front_words(&self) -> &'static [&'static str] {
        &["hn", "hackernews"]
    }

    fn parse_front(&self, typed: &str) -> Result<String, String> {
        front::parse(typed)
    }

    fn front_at(&self, url: &Url, _: &SiteBases) -> Option<String> {
        front::at(url)
    }

    fn front(&self, written: &str, bases: &SiteBases) -> Option<FrontDetails> {
        Some(front::details(written, bases))
    }

    fn stories(&self, root: Value<'_>, _: &str) -> Option<Vec<Story>> {
        front::stories(root)
    }

    /// The site publishes an order and no scores.
    fn default_order(&self) -> Option<Order> {
        Some(Order::Place)
    }
}

const HOME: &str = "https://news.ycombinator.com";

fn thread_url(id: &str) -> String {
    format!("{HOME}/item?id={id}")
}

fn thread_of(url: &Url) -> Option<ThreadAddress> {
    let is_item = url.host_str()?.trim_start_matches("www.") == "news.ycombinator.com"
        && url.path_segments()?.find(|part| !part.is_empty()) == Some("item");
    let (_, id) = url.query_pairs().find(|(name, _)| name == "id").filter(|_| is_item)?;
    is_name(&&*id).then(|| ThreadAddress { address: thread_url(&id), is_whole: true })
}

fn source() -> Source {
    Source { key: clean_line("hacker news"), title: clean_line("Hacker News") }
}
