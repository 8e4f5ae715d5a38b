//! How front pages are written, and by which web addresses they are known.

use url::Url;
use url::form_urlencoded::byte_serialize;

use super::{Front, LISTS};
use crate::source::places::Places;

/// The order in which Lemmy's own pages begin.
const ACTIVE: &str = "Active";

impl Front {
    /// What a subscription's address names; none if that is no front page, and what is wrong where it is a wrong one.
    pub fn parse(address: &str) -> Option<Result<Front, String>> {
        let (place, rest) = address.trim().split_once(':')?;
        let rest = rest.trim();
        match place.to_ascii_lowercase().as_str() {
            "hn" | "hackernews" => Some(hacker_news(rest)),
            "lobsters" => Some(lobsters(rest)),
            "lemmy" => Some(lemmy(rest)),
            "discourse" => Some(discourse(rest)),
            _ => None,
        }
    }

    /// How it is written.
    pub fn address(&self) -> String {
        match self {
            Front::HackerNews(list) => format!("hn:{list}"),
            Front::Search(query) => format!("hn:search?{query}"),
            Front::Lobsters(list) => format!("lobsters:{list}"),
            Front::Lemmy { instance, community, sort } => {
                let sort = if sort == ACTIVE { String::new() } else { format!("?sort={sort}") };
                match community {
                    None => format!("lemmy:{instance}{sort}"),
                    Some(name) if instance.contains("://") => format!("lemmy:{instance}/c/{name}{sort}"),
                    Some(name) => format!("lemmy:!{name}@{instance}{sort}"),
                }
            }
            Front::Discourse { site, list } => format!("discourse:{site}/{list}"),
        }
    }
}

impl Places {
    /// The front page that a web address shows, where the place is known by it.
    pub fn front_at(&self, address: &str) -> Option<Front> {
        let url = Url::parse(address.trim()).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
        let host = url.host_str()?;
        let is_below = |base: &String| {
            let rest = url.as_str().strip_prefix(base.trim_end_matches('/'));
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']))
        };
        let path = |base: &str| {
            let rest = url.as_str().strip_prefix(base).unwrap_or(url.path());
            rest.split(['?', '#']).next().unwrap_or_default().trim_matches('/').to_owned()
        };
        if host.trim_start_matches("www.") == "news.ycombinator.com" {
            return match url.path().trim_matches('/') {
                "" => Some(Front::HackerNews("top")),
                path => LISTS.iter().find(|(.., page)| *page == path).map(|(name, ..)| Front::HackerNews(name)),
            };
        }
        if self.discourse.iter().any(is_below) {
            return Front::at_discourse(&url);
        }
        if host == "lobste.rs" || is_below(&self.lobsters) {
            return match path(self.lobsters.trim_end_matches('/')).as_str() {
                "" => Some(Front::Lobsters("hottest".to_owned())),
                list @ ("newest" | "active") => Some(Front::Lobsters(list.to_owned())),
                list => {
                    list.strip_prefix("t/").filter(|tag| !tag.contains(['.', '/'])).map(|_| Front::Lobsters(list.to_owned()))
                }
            };
        }
        let is_lemmy = self.lemmy.iter().any(is_below) || host.contains("lemmy");
        is_lemmy.then(|| Front::at_lemmy(&url)).flatten()
    }
}

impl Front {
    /// What a page of Lemmy shows.
    pub fn at_lemmy(url: &Url) -> Option<Front> {
        let parts: Vec<&str> = url.path_segments()?.filter(|part| !part.is_empty()).collect();
        let community = match parts[..] {
            [] => None,
            ["c", name] => Some(name.to_owned()),
            _ => return None,
        };
        let site = url.origin().ascii_serialization();
        let is_here = |name: &String| !name.contains('@');
        // Its own communities are best known by their names.
        let instance = match site.strip_prefix("https://") {
            Some(host) if community.as_ref().is_none_or(is_here) => host.to_owned(),
            _ => site,
        };
        let sort = url.query_pairs().find(|(name, _)| name == "sort").map_or(ACTIVE.to_owned(), |(_, sort)| word(&sort));
        Some(Front::Lemmy { instance, community, sort })
    }

    /// What a page of a forum by Discourse shows.
    pub fn at_discourse(url: &Url) -> Option<Front> {
        let whole = url.as_str();
        let whole = whole.split(['?', '#']).next().unwrap_or(whole).trim_end_matches('/');
        let last = whole.rsplit('/').next()?;
        if last.contains('.') && url.path().trim_matches('/').ends_with(last) && !last.is_empty() && url.path() != "/" {
            return None;
        }
        match ["/c/", "/tag/", "/tags/"].iter().find_map(|section| whole.find(section)) {
            Some(at) => Some(Front::Discourse { site: whole[..at].to_owned(), list: whole[at + 1..].to_owned() }),
            None if matches!(last, "latest" | "top" | "hot") => {
                let site = whole.strip_suffix(last)?.trim_end_matches('/');
                Some(Front::Discourse { site: site.to_owned(), list: last.to_owned() })
            }
            None => {
                let is_thread = url.path().contains("/t/") || url.path().contains("/u/");
                (!is_thread).then(|| Front::Discourse { site: whole.to_owned(), list: "latest".to_owned() })
            }
        }
    }
}

fn hacker_news(rest: &str) -> Result<Front, String> {
    if let Some(query) = rest.strip_prefix("search?") {
        return Ok(Front::Search(query.to_owned()));
    }
    if let Some(words) = rest.strip_prefix('"').map(|words| words.strip_suffix('"').unwrap_or(words)) {
        let words: String = byte_serialize(format!("\"{words}\"").as_bytes()).collect();
        return Ok(Front::Search(format!("query={words}")));
    }
    let name = match rest {
        "" | "news" | "front" => "top",
        "newest" => "new",
        "jobs" => "job",
        other => other,
    };
    let known = LISTS.iter().find(|(list, ..)| *list == name).map(|(list, ..)| Front::HackerNews(list));
    known.ok_or_else(|| {
        format!("Hacker News has no list `{rest}`: hn:top, new, best, ask, show, job, or a search, hn:\"words\" or hn:search?query=words")
    })
}

fn lobsters(rest: &str) -> Result<Front, String> {
    let is_path = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_+,".contains(&b));
    match rest {
        "" => Ok(Front::Lobsters("hottest".to_owned())),
        "hottest" | "newest" | "active" => Ok(Front::Lobsters(rest.to_owned())),
        _ => match rest.strip_prefix("t/").filter(|tag| is_path(tag)) {
            Some(tag) => Ok(Front::Lobsters(format!("t/{tag}"))),
            None => Err(format!("Lobsters has no list `{rest}`: lobsters:hottest, newest, active, or a tag, lobsters:t/rust")),
        },
    }
}

fn lemmy(rest: &str) -> Result<Front, String> {
    let (rest, sort) = match rest.split_once('?') {
        None => (rest, ACTIVE.to_owned()),
        Some((rest, query)) => {
            let sort = query.split('&').find_map(|pair| pair.strip_prefix("sort="));
            (rest, sort.map_or(ACTIVE.to_owned(), word))
        }
    };
    let wrong = || format!("`{rest}` is no community: lemmy:!name@instance, or lemmy:instance for all that it has");
    if rest.contains("://") {
        let url = Url::parse(rest).map_err(|_| wrong())?;
        return match Front::at_lemmy(&url) {
            Some(Front::Lemmy { community, .. }) => {
                Ok(Front::Lemmy { instance: url.origin().ascii_serialization(), community, sort })
            }
            _ => Err(wrong()),
        };
    }
    let is_host =
        |host: &str| Url::parse(&format!("https://{host}/")).is_ok_and(|url| url.path() == "/") && host.contains(['.', ':']);
    match rest.trim_start_matches('!').split_once('@') {
        Some((name, host)) if !name.is_empty() && is_host(host) => {
            Ok(Front::Lemmy { instance: host.to_owned(), community: Some(name.to_owned()), sort })
        }
        None if is_host(rest) && !rest.starts_with('!') => {
            Ok(Front::Lemmy { instance: rest.to_owned(), community: None, sort })
        }
        _ => Err(wrong()),
    }
}

fn discourse(rest: &str) -> Result<Front, String> {
    let address = if rest.contains("://") { rest.to_owned() } else { format!("https://{rest}") };
    let url = Url::parse(&address).ok().filter(|url| url.host_str().is_some_and(|host| !host.is_empty()));
    let found = url.as_ref().and_then(Front::at_discourse);
    found.ok_or_else(|| {
        format!("`{rest}` is no forum: discourse:https://site, with /latest, /hot, /top, /c/category or /tag/name behind it")
    })
}

/// Letters and digits of a parameter, as it goes into an address.
fn word(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).collect()
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use super::super::tests::places;
    use super::*;
    use crate::source::places::Leafing;

    #[test]
    fn fronts_are_written_in_few_letters_and_known_by_their_pages() {
        let mut told = String::new();
        let typed = [
            "hn:top",
            "hn:",
            "hn:jobs",
            "hn:\"small web\"",
            "hn:search?query=rust&tags=show_hn",
            "lobsters:",
            "lobsters:t/rust",
            "lemmy:!rust@programming.dev",
            "lemmy:programming.dev?sort=Hot",
            "lemmy:!a@127.0.0.1:8",
            "lemmy:http://127.0.0.1:9/c/a?sort=New",
            "discourse:https://users.example",
            "discourse:https://a.example/forum/c/news/5",
            "discourse:a.example/top",
        ];
        for typed in typed {
            let front = Front::parse(typed).unwrap().unwrap();
            assert_eq!(Front::parse(&front.address()), Some(Ok(front.clone())), "{typed}");
            let mut leafing = Leafing::new(&front, &places());
            let asked = leafing.begin().remove(0).1.address;
            let _ = writeln!(told, "{} | {} | {} | {asked}", front.address(), front.title(), front.page(&places()));
        }
        insta::assert_snapshot!(told, @r#"
        hn:top | Hacker News | https://news.ycombinator.com/news | https://hacker-news.firebaseio.com/v0/topstories.json
        hn:top | Hacker News | https://news.ycombinator.com/news | https://hacker-news.firebaseio.com/v0/topstories.json
        hn:job | Hacker News, job | https://news.ycombinator.com/jobs | https://hacker-news.firebaseio.com/v0/jobstories.json
        hn:search?query=%22small+web%22 | Hacker News: "small web" | https://hn.algolia.com/?query=%22small+web%22 | https://hn.algolia.com/api/v1/search_by_date?query=%22small+web%22&tags=story&hitsPerPage=30
        hn:search?query=rust&tags=show_hn | Hacker News: rust | https://hn.algolia.com/?query=rust&tags=show_hn | https://hn.algolia.com/api/v1/search_by_date?query=rust&tags=show_hn&hitsPerPage=30
        lobsters:hottest | Lobsters | https://lobste.rs | https://lobste.rs/hottest.json
        lobsters:t/rust | Lobsters, rust | https://lobste.rs/t/rust | https://lobste.rs/t/rust.json
        lemmy:!rust@programming.dev | rust@programming.dev | https://programming.dev/c/rust?sort=Active | https://programming.dev/api/v3/post/list?community_name=rust&sort=Active&limit=50
        lemmy:programming.dev?sort=Hot | programming.dev | https://programming.dev?sort=Hot | https://programming.dev/api/v3/post/list?type_=Local&sort=Hot&limit=50
        lemmy:!a@127.0.0.1:8 | a@127.0.0.1:8 | http://127.0.0.1:8/c/a?sort=Active | http://127.0.0.1:8/api/v3/post/list?community_name=a&sort=Active&limit=50
        lemmy:http://127.0.0.1:9/c/a?sort=New | a@127.0.0.1:9 | http://127.0.0.1:9/c/a?sort=New | http://127.0.0.1:9/api/v3/post/list?community_name=a&sort=New&limit=50
        discourse:https://users.example/latest | users.example | https://users.example/latest | https://users.example/latest.json
        discourse:https://a.example/forum/c/news/5 | a.example/forum, news | https://a.example/forum/c/news/5 | https://a.example/forum/c/news/5.json
        discourse:https://a.example/top | a.example, top | https://a.example/top | https://a.example/top.json
        "#);
        for wrong in [
            "hn:tpo",
            "lobsters:t/",
            "lobsters:x y",
            "lemmy:!a",
            "lemmy:",
            "lemmy:a b",
            "discourse:",
            "discourse:https://a.example/t/x/5",
        ] {
            assert!(Front::parse(wrong).unwrap().is_err(), "{wrong}");
        }
        assert_eq!(Front::parse("https://a.example/"), None);
    }

    #[test]
    fn pages_of_places_are_their_fronts() {
        for (address, wanted) in [
            ("https://news.ycombinator.com", Some("hn:top")),
            ("https://news.ycombinator.com/newest", Some("hn:new")),
            ("https://news.ycombinator.com/rss", None),
            ("https://news.ycombinator.com/item?id=1", None),
            ("https://lobste.rs/", Some("lobsters:hottest")),
            ("https://lobste.rs/t/rust", Some("lobsters:t/rust")),
            ("https://lobste.rs/t/rust.rss", None),
            ("https://lobste.rs/s/abc/x", None),
            ("https://lemmy.example/c/rust?sort=Hot", Some("lemmy:!rust@lemmy.example?sort=Hot")),
            ("https://lemmy.example/c/rust@far.example", Some("lemmy:https://lemmy.example/c/rust@far.example")),
            ("https://lemmy.example/post/5", None),
            ("http://127.0.0.1:8/", Some("lemmy:http://127.0.0.1:8")),
            ("https://forum.example/c/news/5", Some("discourse:https://forum.example/c/news/5")),
            ("https://forum.example/", Some("discourse:https://forum.example/latest")),
            ("https://forum.example/hot", Some("discourse:https://forum.example/hot")),
            ("https://forum.example/tag/owls", Some("discourse:https://forum.example/tag/owls")),
            ("https://forum.example/latest.rss", None),
            ("https://forum.example/t/x/5", None),
            ("https://other.example/c/news/5", None),
        ] {
            let front = places().front_at(address).map(|front| front.address());
            assert_eq!(front.as_deref(), wanted, "{address}");
        }
    }
}
