//! The lists of Lobsters as sources: `lobsters:hottest`, `lobsters:t/rust`.

use url::Url;

use super::ID;
use crate::site::SiteBases;
use crate::site::front_page::{FrontDetails, OneRequest, below};

/// The path of a list: `hottest`, `t/rust`.
pub(super) fn parse(rest: &str) -> Result<String, String> {
    let is_path = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_+,".contains(&b));
    match rest {
        "" => Ok("hottest".to_owned()),
        "hottest" | "newest" | "active" => Ok(rest.to_owned()),
        _ => match rest.strip_prefix("t/").filter(|tag| is_path(tag)) {
            Some(tag) => Ok(format!("t/{tag}")),
            None => Err(format!("Lobsters has no list `{rest}`: lobsters:hottest, newest, active, or a tag, lobsters:t/rust")),
        },
    }
}

pub(super) fn at(url: &Url, bases: &SiteBases) -> Option<String> {
    let rest = match below(url, bases.one(ID, "base")) {
        Some(rest) => rest,
        None if url.host_str() == Some("lobste.rs") => url.path(),
        None => return None,
    };
    match rest.split(['?', '#']).next().unwrap_or_default().trim_matches('/') {
        "" => Some("hottest".to_owned()),
        list @ ("newest" | "active") => Some(list.to_owned()),
        list => list.strip_prefix("t/").filter(|tag| !tag.contains(['.', '/'])).map(|_| list.to_owned()),
    }
}

pub(super) fn details(written: &str, bases: &SiteBases) -> FrontDetails {
    let base = bases.one(ID, "base").to_owned();
    let is_hottest = written == "hottest";
    let name = written.strip_prefix("t/").unwrap_or(written);
    FrontDetails {
        title: if is_hottest { "Lobsters".to_owned() } else { format!("Lobsters, {name}") },
        page: if is_hottest { base.clone() } else { format!("{base}/{written}") },
        takes_one: true,
        plan: Box::new(OneRequest { address: format!("{base}/{written}.json"), instead: None }),
        base,
    }
}
