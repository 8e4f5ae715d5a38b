//! The lists of Discourse forums as sources: `discourse:https://site/latest`.

use url::Url;

use super::ID;
use crate::site::SiteBases;
use crate::site::front_page::{FrontDetails, OneRequest, below, without_scheme};

/// Where a forum stands, and the path of a list there: `latest`, `top`, `c/news/5`.
struct TopicList {
    site: String,
    list: String,
}

impl TopicList {
    fn written(&self) -> String {
        format!("{}/{}", self.site, self.list)
    }

    /// The content of a page.
    fn at(url: &Url) -> Option<TopicList> {
        let whole = url.as_str();
        let whole = whole.split(['?', '#']).next().unwrap_or(whole).trim_end_matches('/');
        let last = whole.rsplit('/').next()?;
        if last.contains('.') && url.path().trim_matches('/').ends_with(last) && !last.is_empty() && url.path() != "/" {
            return None;
        }
        match ["/c/", "/tag/", "/tags/"].iter().find_map(|section| whole.find(section)) {
            Some(at) => Some(TopicList { site: whole[..at].to_owned(), list: whole[at + 1..].to_owned() }),
            None if matches!(last, "latest" | "top" | "hot") => {
                let site = whole.strip_suffix(last)?.trim_end_matches('/');
                Some(TopicList { site: site.to_owned(), list: last.to_owned() })
            }
            None => {
                let is_thread = url.path().contains("/t/") || url.path().contains("/u/");
                (!is_thread).then(|| TopicList { site: whole.to_owned(), list: "latest".to_owned() })
            }
        }
    }

    fn parse(rest: &str) -> Option<TopicList> {
        let address = if rest.contains("://") { rest.to_owned() } else { format!("https://{rest}") };
        let url = Url::parse(&address).ok().filter(|url| url.host_str().is_some_and(|host| !host.is_empty()))?;
        TopicList::at(&url)
    }
}

pub(super) fn parse(rest: &str) -> Result<String, String> {
    TopicList::parse(rest).map(|found| found.written()).ok_or_else(|| {
        format!("`{rest}` is no forum: discourse:https://site, with /latest, /hot, /top, /c/category or /tag/name behind it")
    })
}

pub(super) fn at(url: &Url, bases: &SiteBases) -> Option<String> {
    let is_known = bases.list(ID, "sites").iter().any(|site| below(url, site).is_some());
    if is_known { of_page(url) } else { None }
}

pub(super) fn of_page(url: &Url) -> Option<String> {
    TopicList::at(url).map(|found| found.written())
}

pub(super) fn details(written: &str) -> Option<FrontDetails> {
    let TopicList { site, list } = TopicList::parse(written)?;
    let host = without_scheme(&site);
    let name = list.split('/').rfind(|part| *part != "c" && part.parse::<u64>().is_err());
    Some(FrontDetails {
        title: if list == "latest" { host.to_owned() } else { format!("{host}, {}", name.unwrap_or(&list)) },
        page: format!("{site}/{list}"),
        takes_one: true,
        plan: Box::new(OneRequest { address: format!("{site}/{list}.json"), instead: None }),
        base: site,
    })
}
