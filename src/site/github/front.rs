//! The issues and pull requests of a repository as a source: `github:owner/repository`.

use url::Url;

use super::{BASE, ID};
use crate::site::SiteBases;
use crate::site::front_page::{FrontDetails, OneRequest};

pub(super) fn parse(rest: &str) -> Result<String, String> {
    let path = rest.trim_start_matches("https://").trim_start_matches("github.com/").trim_matches('/');
    let is_name = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
    let is_repository = path.split_once('/').is_some_and(|(owner, name)| is_name(owner) && is_name(name));
    is_repository.then(|| path.to_owned()).ok_or_else(|| format!("`{rest}` is not a repository: github:owner/repository"))
}

pub(super) fn at(url: &Url) -> Option<String> {
    let is_it = url.host_str()?.trim_start_matches("www.") == "github.com";
    let parts: Vec<&str> = url.path_segments()?.filter(|part| !part.is_empty()).collect();
    match parts[..] {
        [owner, name, "issues" | "pulls"] if is_it => Some(format!("{owner}/{name}")),
        _ => None,
    }
}

pub(super) fn details(written: &str, bases: &SiteBases) -> FrontDetails {
    FrontDetails {
        title: written.to_owned(),
        page: format!("{BASE}/{written}/issues"),
        base: BASE.to_owned(),
        takes_one: true,
        plan: Box::new(OneRequest {
            address: format!("{}/repos/{written}/issues?sort=updated&per_page=50", bases.one(ID, "api")),
            instead: None,
        }),
    }
}
