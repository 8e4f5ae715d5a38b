//! Looking an article's address up at the places.

use url::form_urlencoded::byte_serialize;

use super::round::readable;
use super::{Ask, Places, Thread, base};
use crate::format::json::Value;
use crate::site::identity::canonical_address;
use crate::source::Failure;

/// One question to one place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lookup {
    pub ask: Ask,
    at: At,
    /// The article's address in its canonical form.
    wanted: String,
}

/// A discussion that was found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Found {
    pub thread: Thread,
    /// What names it wherever it can be read: instances of Lemmy share their posts.
    pub name: Option<String>,
}

impl From<Thread> for Found {
    fn from(thread: Thread) -> Found {
        Found { thread, name: None }
    }
}

#[derive(Clone, PartialEq, Eq, Debug)]
enum At {
    HackerNews,
    Lobsters,
    Lemmy { instance: String, version: u8 },
    Discourse(String),
}

impl Places {
    /// What to ask to find the discussions of an article.
    pub fn look_up(&self, address: &str) -> Vec<Lookup> {
        let Some(wanted) = canonical_address(address) else { return Vec::new() };
        let escaped = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
        // Places know addresses in other forms: Algolia looks for the words, which are the same in all.
        let words = wanted.strip_prefix("https://").unwrap_or(&wanted);
        let whole = escaped(address.trim());
        let look_up = |at, address| Lookup { ask: Ask::json(address), at, wanted: wanted.clone() };
        let algolia = base(&self.algolia);
        let words_escaped = escaped(words);
        let hacker_news =
            format!("{algolia}/api/v1/search?query={words_escaped}&restrictSearchableAttributes=url&tags=story&hitsPerPage=50");
        let mut lookups = vec![
            look_up(At::HackerNews, hacker_news),
            look_up(At::Lobsters, format!("{}/stories/url/all.json?url={whole}", base(&self.lobsters))),
        ];
        for instance in &self.lemmy {
            let asked = format!("{}/api/v3/search?q={whole}&type_=Url&limit=50", base(instance));
            lookups.push(look_up(At::Lemmy { instance: base(instance).to_owned(), version: 3 }, asked));
        }
        for site in &self.discourse {
            lookups
                .push(look_up(At::Discourse(base(site).to_owned()), format!("{}/search.json?q={words_escaped}", base(site))));
        }
        lookups
    }
}

impl Lookup {
    /// The place that is asked.
    pub fn place(&self) -> &'static str {
        match self.at {
            At::HackerNews => "hacker news",
            At::Lobsters => "lobsters",
            At::Lemmy { .. } => "lemmy",
            At::Discourse(_) => "discourse",
        }
    }

    /// What is asked in its stead where it has failed; none if there is nothing: of Lemmy the newer interface.
    pub fn instead(&self, failure: &Failure) -> Option<Lookup> {
        let At::Lemmy { instance, version: 3 } = &self.at else { return None };
        let (_, query) = self.ask.address.split_once("?q=").filter(|_| matches!(failure, Failure::NotFound { .. }))?;
        let term = query.split('&').next()?;
        let list = format!(
            "{instance}/api/v4/post/list?search_term={term}&search_url_only=true&type_=all&time_range_seconds=0&limit=50"
        );
        let at = At::Lemmy { instance: instance.clone(), version: 4 };
        Some(Lookup { ask: Ask::json(list), at, wanted: self.wanted.clone() })
    }

    /// The discussions of just that article, in the answer; those that nobody has commented in are none.
    pub fn found(&self, answer: &[u8]) -> Result<Vec<Found>, Failure> {
        let (_, json) = readable(&self.ask, answer)?;
        Ok(json.roots().next().map(|root| self.found_in(root)).unwrap_or_default())
    }

    /// Whether the very address stands in some words, with its host: another site may have the same path.
    fn is_shown_in(&self, words: &str) -> bool {
        let parts = words.split(|c: char| c.is_whitespace() || matches!(c, '"' | '<' | '>' | '(' | ')' | '[' | ']'));
        let parts = parts.map(|part| part.trim_end_matches(['.', ',', ';', ':', '!', '?', '\'']));
        parts.filter(|part| part.contains('.')).any(|part| {
            let whole = if part.contains("://") { part.to_owned() } else { format!("https://{part}") };
            canonical_address(&whole).as_deref() == Some(&*self.wanted)
        })
    }

    fn found_in(&self, root: Value<'_>) -> Vec<Found> {
        let is_it = |address: Option<&str>| address.and_then(canonical_address).as_deref() == Some(&*self.wanted);
        let items = |key: &str| root.get(key).into_iter().flat_map(Value::items);
        let count = |value: Value<'_>, path: &[&str]| value.at(path).and_then(Value::i64).unwrap_or(1) > 0;
        let number = |value: Option<Value<'_>>| value.and_then(Value::id).and_then(|id| id.parse::<u64>().ok());
        match &self.at {
            At::HackerNews => items("hits")
                .filter(|hit| is_it(hit.text("url")) && count(*hit, &["num_comments"]))
                .filter_map(|hit| number(hit.get("objectID")).map(|id| Thread::HackerNews { id }.into()))
                .collect(),
            At::Lobsters => root
                .items()
                .chain(Some(root).filter(|root| root.is_object()))
                .filter(|story| is_it(story.text("url")) && count(*story, &["comment_count"]))
                .filter_map(|story| story.text("short_id").map(|id| Thread::Lobsters { id: id.to_owned() }.into()))
                .collect(),
            At::Lemmy { instance, .. } => items("posts")
                .chain(items("items"))
                .filter(|view| is_it(view.at(&["post", "url"]).and_then(Value::str)))
                .filter(|view| count(*view, &["counts", "comments"]) && count(*view, &["post", "comments"]))
                .filter_map(|view| {
                    let post = number(view.at(&["post", "id"]))?;
                    let name = view.at(&["post", "ap_id"]).and_then(Value::str).map(str::to_owned);
                    Some(Found { thread: Thread::Lemmy { instance: instance.clone(), post }, name })
                })
                .collect(),
            At::Discourse(site) => {
                // What is found holds the address somewhere; only what shows it is taken for a discussion of it.
                let shows = |post: &Value<'_>| post.text("blurb").is_some_and(|blurb| self.is_shown_in(blurb));
                let mut topics: Vec<u64> =
                    items("posts").filter(shows).filter_map(|post| number(post.get("topic_id"))).collect();
                topics.dedup();
                topics.into_iter().map(|topic| Thread::Discourse { site: site.clone(), topic }.into()).collect()
            }
        }
    }
}
