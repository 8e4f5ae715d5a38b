//! Front pages of the places as sources: what is asked for to have one.

mod names;

use std::collections::HashSet;

use url::form_urlencoded::byte_serialize;

use super::round::Round;
use super::{Ask, Places, Plan, base, lemmy};
use crate::format::json::{Json, Value};
use crate::site::front::{self, Story};
use crate::source::Failure;

/// So many stories of a list at Hacker News are taken: a page there.
const STORIES: usize = 30;

/// The lists of Hacker News: their names here, at its interface, and the pages that people read.
const LISTS: &[(&str, &str, &str)] = &[
    ("top", "topstories", "news"),
    ("new", "newstories", "newest"),
    ("best", "beststories", "best"),
    ("ask", "askstories", "ask"),
    ("show", "showstories", "show"),
    ("job", "jobstories", "jobs"),
];

/// A front page. Its [`address`](Front::address) is the subscription's.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Front {
    /// One of the lists of Hacker News, by its name.
    HackerNews(&'static str),
    /// A search at Hacker News, newest first, as the parameters of the question.
    Search(String),
    /// The path of a list at Lobsters: `hottest`, `t/rust`.
    Lobsters(String),
    /// `instance` is a host, or the address of one; without a community it is all that the instance has.
    Lemmy { instance: String, community: Option<String>, sort: String },
    /// `list` is the path of one: `latest`, `top`, `c/news/5`.
    Discourse { site: String, list: String },
}

impl Front {
    /// What to call it, where the reader does not.
    pub fn title(&self) -> String {
        let host = |address: &str| address.split_once("://").map_or(address, |(_, rest)| rest).to_owned();
        match self {
            Front::HackerNews("top") => "Hacker News".to_owned(),
            Front::HackerNews(list) => format!("Hacker News, {list}"),
            Front::Search(query) => {
                let words = url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "query");
                format!("Hacker News: {}", words.map_or_else(|| query.clone(), |(_, words)| words.into_owned()))
            }
            Front::Lobsters(list) if list == "hottest" => "Lobsters".to_owned(),
            Front::Lobsters(list) => format!("Lobsters, {}", list.strip_prefix("t/").unwrap_or(list)),
            Front::Lemmy { instance, community: None, .. } => host(instance),
            Front::Lemmy { instance, community: Some(name), .. } if name.contains('@') => {
                format!("{name} ({})", host(instance))
            }
            Front::Lemmy { instance, community: Some(name), .. } => format!("{name}@{}", host(instance)),
            Front::Discourse { site, list } if list == "latest" => host(site),
            Front::Discourse { site, list } => {
                let name = list.split('/').rfind(|part| *part != "c" && part.parse::<u64>().is_err());
                format!("{}, {}", host(site), name.unwrap_or(list))
            }
        }
    }

    /// The page that people read.
    pub fn page(&self, places: &Places) -> String {
        match self {
            Front::HackerNews(name) => {
                let page = LISTS.iter().find(|(list, ..)| list == name).map_or("news", |(.., page)| page);
                format!("https://news.ycombinator.com/{page}")
            }
            Front::Search(query) => format!("https://hn.algolia.com/?{query}"),
            Front::Lobsters(list) if list == "hottest" => base(&places.lobsters).to_owned(),
            Front::Lobsters(list) => format!("{}/{list}", base(&places.lobsters)),
            Front::Lemmy { community, sort, .. } => {
                let path = community.as_ref().map_or_else(String::new, |name| format!("/c/{name}"));
                format!("{}{path}?sort={sort}", self.base(places))
            }
            Front::Discourse { site, list } => format!("{site}/{list}"),
        }
    }

    /// Whether one request brings all of it, so that its answer can say that nothing has changed.
    pub fn takes_one(&self) -> bool {
        !matches!(self, Front::HackerNews(list) if *list != "new")
    }

    /// Where its place stands.
    pub fn base(&self, places: &Places) -> String {
        match self {
            Front::HackerNews(_) | Front::Search(_) => base(&places.firebase).to_owned(),
            Front::Lobsters(_) => base(&places.lobsters).to_owned(),
            Front::Lemmy { instance, .. } if instance.contains("://") => instance.clone(),
            Front::Lemmy { instance, .. } => {
                let mut bases = places.lemmy.iter().map(|known| base(known));
                let known = bases.find(|known| known.split_once("://").is_some_and(|(_, host)| host == instance));
                known.map_or_else(|| format!("https://{instance}"), str::to_owned)
            }
            Front::Discourse { site, .. } => site.clone(),
        }
    }

    fn plan(&self, places: &Places) -> Box<dyn Plan> {
        let only = |address: String| Box::new(Only { address, instead: None });
        let algolia = base(&places.algolia);
        match self {
            // Of the newest the two interfaces know the same list.
            Front::HackerNews("new") => only(format!("{algolia}/api/v1/search_by_date?tags=story&hitsPerPage={STORIES}")),
            Front::HackerNews(name) => {
                let list = LISTS.iter().find(|(list, ..)| list == name).map_or("topstories", |(_, list, _)| list);
                Box::new(List::new(list, places))
            }
            Front::Search(query) => {
                let is_told = |name: &str| query.split('&').any(|pair| pair.split('=').next() == Some(name));
                let tags = if is_told("tags") { "" } else { "&tags=story" };
                let count = if is_told("hitsPerPage") { String::new() } else { format!("&hitsPerPage={STORIES}") };
                only(format!("{algolia}/api/v1/search_by_date?{query}{tags}{count}"))
            }
            Front::Lobsters(list) => only(format!("{}/{list}.json", base(&places.lobsters))),
            Front::Lemmy { community, sort, .. } => {
                let which = |local| match community {
                    Some(name) => format!("community_name={}", byte_serialize(name.as_bytes()).collect::<String>()),
                    None => format!("type_={local}"),
                };
                let list = format!("{}/api/v", self.base(places));
                Box::new(Only {
                    address: format!("{list}3/post/list?{}&sort={sort}&limit=50", which("Local")),
                    instead: Some(format!("{list}4/post/list?{}&sort={}&limit=50", which("local"), lemmy::newer(sort))),
                })
            }
            Front::Discourse { site, list } => only(format!("{site}/{list}.json")),
        }
    }
}

/// A front page while it is asked for.
pub struct Leafing {
    base: String,
    round: Round,
}

impl Leafing {
    pub fn new(front: &Front, places: &Places) -> Leafing {
        Leafing { base: front.base(places), round: Round::new(front.plan(places)) }
    }

    /// What is to be asked for first: one request.
    pub fn begin(&mut self) -> Vec<(u64, Ask)> {
        self.round.begin()
    }

    pub fn take(&mut self, number: u64, answer: Result<Vec<u8>, Failure>) -> Vec<(u64, Ask)> {
        self.round.take(number, answer)
    }

    pub fn is_over(&self) -> bool {
        self.round.is_over()
    }

    pub fn failures(&self) -> &[Failure] {
        self.round.failures()
    }

    /// All that was answered, in the order of the requests.
    pub fn pieces(&self) -> impl Iterator<Item = &str> {
        self.round.pieces()
    }

    /// The stories in the place's order; none where no front page came.
    pub fn stories(&self) -> Option<Vec<Story>> {
        front::read(self.round.pieces(), &self.base)
    }
}

/// What one request brings.
struct Only {
    address: String,
    /// What to ask for where nothing stands there.
    instead: Option<String>,
}

impl Plan for Only {
    fn begin(&mut self) -> Vec<Ask> {
        vec![Ask::json(self.address.clone())]
    }

    fn failed(&mut self, _: &Ask, failure: &Failure) -> Option<Vec<Ask>> {
        let instead = self.instead.take().filter(|_| matches!(failure, Failure::NotFound { .. }));
        instead.map(|address| vec![Ask::json(address)])
    }
}

/// A list of Hacker News: Firebase has its ids in order, Algolia all their stories in one request, and what is too new for
/// that Firebase has one by one.
struct List {
    ids_at: String,
    items: String,
    search: String,
    ids: Vec<String>,
}

impl List {
    fn new(list: &str, places: &Places) -> List {
        let (firebase, algolia) = (base(&places.firebase), base(&places.algolia));
        List {
            ids_at: format!("{firebase}/v0/{list}.json"),
            items: format!("{firebase}/v0/item"),
            search: format!("{algolia}/api/v1/search?hitsPerPage={STORIES}&tags=(story,poll,job)"),
            ids: Vec::new(),
        }
    }

    fn one_by_one(&self, without: &HashSet<&str>) -> Vec<Ask> {
        let lacking = self.ids.iter().filter(|id| !without.contains(id.as_str()));
        lacking.map(|id| Ask::json(format!("{}/{id}.json", self.items))).collect()
    }
}

impl Plan for List {
    fn begin(&mut self) -> Vec<Ask> {
        vec![Ask::json(self.ids_at.clone())]
    }

    fn take(&mut self, ask: &Ask, json: &Json) -> Vec<Ask> {
        let Some(root) = json.roots().next() else { return Vec::new() };
        if ask.address == self.ids_at {
            let ids = root.items().filter_map(Value::id).filter(|id| id.bytes().all(|b| b.is_ascii_digit()));
            self.ids = ids.take(STORIES).map(str::to_owned).collect();
            let tags: Vec<String> = self.ids.iter().map(|id| format!("story_{id}")).collect();
            return if tags.is_empty() { Vec::new() } else { vec![Ask::json(format!("{},({})", self.search, tags.join(",")))] };
        }
        if ask.address.starts_with(&self.search) {
            let hits = root.get("hits").into_iter().flat_map(Value::items);
            return self.one_by_one(&hits.filter_map(|hit| hit.get("objectID")?.id()).collect());
        }
        Vec::new()
    }

    fn failed(&mut self, ask: &Ask, _: &Failure) -> Option<Vec<Ask>> {
        ask.address.starts_with(&self.search).then(|| self.one_by_one(&HashSet::new()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn places() -> Places {
        Places {
            lemmy: vec!["http://127.0.0.1:8".to_owned()],
            discourse: vec!["https://forum.example".to_owned()],
            ..Places::default()
        }
    }

    #[test]
    fn a_list_of_hacker_news_takes_two_requests_and_one_for_each_story_that_is_too_new() {
        let mut leafing = Leafing::new(&Front::HackerNews("top"), &places());
        let mut asked = Vec::new();
        let mut open = leafing.begin();
        while let Some((number, ask)) = open.pop() {
            let answer = match ask.address.as_str() {
                "https://hacker-news.firebaseio.com/v0/topstories.json" => "[3,1,2]",
                "https://hacker-news.firebaseio.com/v0/item/3.json" => {
                    r#"{"id":3,"type":"story","by":"a","time":1,"title":"C","score":1}"#
                }
                _ => {
                    r#"{"hits":[{"objectID":"1","title":"A","author":"a","created_at_i":1},{"objectID":"2","title":"B","author":"b","created_at_i":1}]}"#
                }
            };
            asked.push(ask.address);
            open.extend(leafing.take(number, Ok(answer.as_bytes().to_vec())));
        }
        assert_eq!(
            asked[1],
            "https://hn.algolia.com/api/v1/search?hitsPerPage=30&tags=(story,poll,job),(story_3,story_1,story_2)"
        );
        assert_eq!(asked.len(), 3);
        let ids: Vec<String> = leafing.stories().unwrap().iter().map(|story| story.id.to_string()).collect();
        assert_eq!(ids, ["3", "1", "2"]);
        assert!(leafing.is_over() && leafing.failures().is_empty());
    }

    #[test]
    fn an_instance_of_lemmy_that_has_only_the_newer_interface_is_asked_by_that() {
        let list = r#"{"items":[{"post":{"id":5,"name":"Owls","ap_id":"https://far.example/post/7","published_at":"2026-01-01T00:00:00Z",
            "score":-2,"comments":9},"creator":{"name":"eva"}}],"next_page":"p"}"#;
        for (typed, wanted) in [
            ("lemmy:!a@lemmy.example?sort=MostComments", "community_name=a&sort=most_comments"),
            ("lemmy:lemmy.example?sort=TopSixHour", "type_=local&sort=top&time_range_seconds=21600"),
            ("lemmy:lemmy.example?sort=TopAll", "type_=local&sort=top&time_range_seconds=0"),
        ] {
            let mut leafing = Leafing::new(&Front::parse(typed).unwrap().unwrap(), &places());
            let (number, _) = leafing.begin().remove(0);
            let host = super::super::told("lemmy.example");
            let (number, ask) = leafing.take(number, Err(Failure::NotFound { host: host.clone() })).remove(0);
            assert_eq!(ask.address, format!("https://lemmy.example/api/v4/post/list?{wanted}&limit=50"));
            assert!(leafing.take(number, Ok(list.as_bytes().to_vec())).is_empty());
            let stories = leafing.stories().unwrap();
            let standing = &stories[0].standing;
            assert_eq!(
                (&*standing.url, standing.points, standing.comments),
                ("https://lemmy.example/post/5", Some(-2), Some(9))
            );
            assert!(stories[0].article.published.is_some());
            // Where neither is, there is nothing of that name.
            let mut leafing = Leafing::new(&Front::parse(typed).unwrap().unwrap(), &places());
            let mut open = leafing.begin();
            while let Some((number, _)) = open.pop() {
                open.extend(leafing.take(number, Err(Failure::NotFound { host: host.clone() })));
            }
            assert_eq!(leafing.failures(), [Failure::NotFound { host }]);
        }
    }
}
