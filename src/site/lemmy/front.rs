//! Communities and instances of Lemmy as sources: `lemmy:!rust@programming.dev`, `lemmy:programming.dev?sort=Hot`.

use url::Url;
use url::form_urlencoded::byte_serialize;

use super::{ID, is_known};
use crate::site::SiteBases;
use crate::site::front_page::{FrontDetails, OneRequest, without_scheme, word};

/// The order in which Lemmy's own pages begin.
const ACTIVE: &str = "Active";

/// `instance` is a host, or the address of one; without a community it is all that the instance has.
struct Community {
    instance: String,
    name: Option<String>,
    sort: String,
}

impl Community {
    fn written(&self) -> String {
        let Community { instance, name, sort } = self;
        let sort = if sort == ACTIVE { String::new() } else { format!("?sort={sort}") };
        match name {
            None => format!("{instance}{sort}"),
            Some(name) if instance.contains("://") => format!("{instance}/c/{name}{sort}"),
            Some(name) => format!("!{name}@{instance}{sort}"),
        }
    }

    fn parse(rest: &str) -> Result<Community, String> {
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
            let found = Community::at(&url).ok_or_else(wrong)?;
            return Ok(Community { instance: url.origin().ascii_serialization(), sort, ..found });
        }
        let is_host = |host: &str| {
            Url::parse(&format!("https://{host}/")).is_ok_and(|url| url.path() == "/") && host.contains(['.', ':'])
        };
        match rest.trim_start_matches('!').split_once('@') {
            Some((name, host)) if !name.is_empty() && is_host(host) => {
                Ok(Community { instance: host.to_owned(), name: Some(name.to_owned()), sort })
            }
            None if is_host(rest) && !rest.starts_with('!') => Ok(Community { instance: rest.to_owned(), name: None, sort }),
            _ => Err(wrong()),
        }
    }

    /// The content of a page.
    fn at(url: &Url) -> Option<Community> {
        let parts: Vec<&str> = url.path_segments()?.filter(|part| !part.is_empty()).collect();
        let name = match parts[..] {
            [] => None,
            ["c", name] => Some(name.to_owned()),
            _ => return None,
        };
        let site = url.origin().ascii_serialization();
        let is_here = |name: &String| !name.contains('@');
        // Its own communities are best known by their names.
        let instance = match site.strip_prefix("https://") {
            Some(host) if name.as_ref().is_none_or(is_here) => host.to_owned(),
            _ => site,
        };
        let sort = url.query_pairs().find(|(name, _)| name == "sort").map_or(ACTIVE.to_owned(), |(_, sort)| word(&sort));
        Some(Community { instance, name, sort })
    }

    fn base(&self, bases: &SiteBases) -> String {
        let instance = &self.instance;
        if instance.contains("://") {
            return instance.clone();
        }
        let known = bases.list(ID, "instances").iter().find(|known| without_scheme(known) == instance);
        known.cloned().unwrap_or_else(|| format!("https://{instance}"))
    }
}

pub(super) fn parse(rest: &str) -> Result<String, String> {
    Community::parse(rest).map(|found| found.written())
}

pub(super) fn at(url: &Url, bases: &SiteBases) -> Option<String> {
    if is_known(url, bases) { of_page(url) } else { None }
}

pub(super) fn of_page(url: &Url) -> Option<String> {
    Community::at(url).map(|found| found.written())
}

pub(super) fn details(written: &str, bases: &SiteBases) -> Option<FrontDetails> {
    let community = Community::parse(written).ok()?;
    let base = community.base(bases);
    let Community { instance, name, sort } = community;
    let host = without_scheme(&instance);
    let path = name.as_ref().map_or_else(String::new, |name| format!("/c/{name}"));
    let which = |local| match &name {
        Some(name) => format!("community_name={}", byte_serialize(name.as_bytes()).collect::<String>()),
        None => format!("type_={local}"),
    };
    let list = format!("{base}/api/v");
    let plan = OneRequest {
        address: format!("{list}3/post/list?{}&sort={sort}&limit=50", which("Local")),
        instead: Some(format!("{list}4/post/list?{}&sort={}&limit=50", which("local"), newer(&sort))),
    };
    Some(FrontDetails {
        title: match &name {
            None => host.to_owned(),
            Some(name) if name.contains('@') => format!("{name} ({host})"),
            Some(name) => format!("{name}@{host}"),
        },
        page: format!("{base}{path}?sort={sort}"),
        base,
        takes_one: true,
        plan: Box::new(plan),
    })
}

/// An order of posts as version 4 has it: in small letters, and the best of a time by its seconds, 0 for all time.
fn newer(sort: &str) -> String {
    const DAY: u32 = 24 * 3600;
    let time = match sort.strip_prefix("Top") {
        Some("Hour") => 3600,
        Some("SixHour") => DAY / 4,
        Some("TwelveHour") => DAY / 2,
        Some("Day") => DAY,
        Some("Week") => 7 * DAY,
        Some("Month") => 30 * DAY,
        Some("ThreeMonths") => 90 * DAY,
        Some("SixMonths") => 180 * DAY,
        Some("NineMonths") => 270 * DAY,
        Some("Year") => 365 * DAY,
        Some("All") => 0,
        _ => {
            let word = |(n, letter): (usize, char)| {
                let gap = letter.is_ascii_uppercase() && n > 0;
                gap.then_some('_').into_iter().chain([letter.to_ascii_lowercase()])
            };
            return sort.chars().enumerate().flat_map(word).collect();
        }
    };
    format!("top&time_range_seconds={time}")
}
