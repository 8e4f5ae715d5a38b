//! The lists of Hacker News and searches there as sources: `hn:top`, `hn:"small web"`.

use std::collections::HashSet;

use url::Url;
use url::form_urlencoded::byte_serialize;

use super::ID;
use super::items::story;
use crate::format::json::{Json, Value};
use crate::site::fetch::FetchPlan;
use crate::site::front_page::{FrontDetails, OneRequest};
use crate::site::story::Story;
use crate::site::{SiteBases, SiteRequest};
use crate::source::Failure;

/// So many stories of a list are taken: a page there.
const STORIES: usize = 30;

/// The lists: their names here, at the interface, and the pages that people read.
const LISTS: &[(&str, &str, &str)] = &[
    ("top", "topstories", "news"),
    ("new", "newstories", "newest"),
    ("best", "beststories", "best"),
    ("ask", "askstories", "ask"),
    ("show", "showstories", "show"),
    ("job", "jobstories", "jobs"),
];

/// `search?query=words`, or the name of a list.
pub(super) fn parse(rest: &str) -> Result<String, String> {
    if rest.starts_with("search?") {
        return Ok(rest.to_owned());
    }
    if let Some(words) = rest.strip_prefix('"').map(|words| words.strip_suffix('"').unwrap_or(words)) {
        let words: String = byte_serialize(format!("\"{words}\"").as_bytes()).collect();
        return Ok(format!("search?query={words}"));
    }
    let name = match rest {
        "" | "news" | "front" => "top",
        "newest" => "new",
        "jobs" => "job",
        other => other,
    };
    let is_known = LISTS.iter().any(|(list, ..)| *list == name);
    is_known.then(|| name.to_owned()).ok_or_else(|| {
        format!("Hacker News has no list `{rest}`: hn:top, new, best, ask, show, job, or a search, hn:\"words\" or hn:search?query=words")
    })
}

pub(super) fn at(url: &Url) -> Option<String> {
    if url.host_str()?.trim_start_matches("www.") != "news.ycombinator.com" {
        return None;
    }
    match url.path().trim_matches('/') {
        "" => Some("top".to_owned()),
        path => LISTS.iter().find(|(.., page)| *page == path).map(|(name, ..)| (*name).to_owned()),
    }
}

pub(super) fn details(written: &str, bases: &SiteBases) -> FrontDetails {
    let base = bases.one(ID, "firebase").to_owned();
    let algolia = bases.one(ID, "algolia");
    if let Some(query) = written.strip_prefix("search?") {
        let words = url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "query");
        let is_told = |name: &str| query.split('&').any(|pair| pair.split('=').next() == Some(name));
        let tags = if is_told("tags") { "" } else { "&tags=story" };
        let count = if is_told("hitsPerPage") { String::new() } else { format!("&hitsPerPage={STORIES}") };
        let address = format!("{algolia}/api/v1/search_by_date?{query}{tags}{count}");
        return FrontDetails {
            title: format!("Hacker News: {}", words.map_or_else(|| query.to_owned(), |(_, words)| words.into_owned())),
            page: format!("https://hn.algolia.com/?{query}"),
            base,
            takes_one: true,
            plan: Box::new(OneRequest { address, instead: None }),
        };
    }
    let (_, list, page) = LISTS.iter().find(|(list, ..)| *list == written).unwrap_or(&LISTS[0]);
    // Both interfaces have the same list of the newest.
    let newest = format!("{algolia}/api/v1/search_by_date?tags=story&hitsPerPage={STORIES}");
    let takes_one = written == "new";
    FrontDetails {
        title: if written == "top" { "Hacker News".to_owned() } else { format!("Hacker News, {written}") },
        page: format!("https://news.ycombinator.com/{page}"),
        base,
        takes_one,
        plan: if takes_one {
            Box::new(OneRequest { address: newest, instead: None })
        } else {
            Box::new(StoryList::new(list, bases))
        },
    }
}

/// Items of a list, hits of a search, or one item.
pub(super) fn stories(root: Value<'_>) -> Option<Vec<Story>> {
    let hits = root.get("hits");
    if root.is_array() || hits.is_some() {
        return Some(hits.unwrap_or(root).items().filter_map(story).collect());
    }
    story(root).map(|story| vec![story])
}

/// A list: Firebase has its ids in order, Algolia all their stories in one request, and what is too new for
/// that Firebase has one by one.
struct StoryList {
    ids_at: String,
    items: String,
    search: String,
    ids: Vec<String>,
}

impl StoryList {
    fn new(list: &str, bases: &SiteBases) -> StoryList {
        let (firebase, algolia) = (bases.one(ID, "firebase"), bases.one(ID, "algolia"));
        StoryList {
            ids_at: format!("{firebase}/v0/{list}.json"),
            items: format!("{firebase}/v0/item"),
            search: format!("{algolia}/api/v1/search?hitsPerPage={STORIES}&tags=(story,poll,job)"),
            ids: Vec::new(),
        }
    }

    fn one_by_one(&self, without: &HashSet<&str>) -> Vec<SiteRequest> {
        let lacking = self.ids.iter().filter(|id| !without.contains(id.as_str()));
        lacking.map(|id| SiteRequest::json(format!("{}/{id}.json", self.items))).collect()
    }
}

impl FetchPlan for StoryList {
    fn begin(&mut self) -> Vec<SiteRequest> {
        vec![SiteRequest::json(self.ids_at.clone())]
    }

    fn take(&mut self, ask: &SiteRequest, json: &Json) -> Vec<SiteRequest> {
        let Some(root) = json.roots().next() else { return Vec::new() };
        if ask.address == self.ids_at {
            let ids = root.items().filter_map(Value::id).filter(|id| id.bytes().all(|b| b.is_ascii_digit()));
            self.ids = ids.take(STORIES).map(str::to_owned).collect();
            let tags: Vec<String> = self.ids.iter().map(|id| format!("story_{id}")).collect();
            return if tags.is_empty() {
                Vec::new()
            } else {
                vec![SiteRequest::json(format!("{},({})", self.search, tags.join(",")))]
            };
        }
        if ask.address.starts_with(&self.search) {
            let hits = root.get("hits").into_iter().flat_map(Value::items);
            return self.one_by_one(&hits.filter_map(|hit| hit.get("objectID")?.id()).collect());
        }
        Vec::new()
    }

    fn failed(&mut self, ask: &SiteRequest, _: &Failure) -> Option<Vec<SiteRequest>> {
        ask.address.starts_with(&self.search).then(|| self.one_by_one(&HashSet::new()))
    }
}
