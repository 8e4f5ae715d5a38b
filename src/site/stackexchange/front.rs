//! The lists of questions as sources: `stackexchange:stackoverflow.com/hot`, `stackexchange:math/tagged/set-theory`.

use url::Url;
use url::form_urlencoded::byte_serialize;

use super::{ID, is_site};
use crate::site::SiteBases;
use crate::site::front_page::{FrontDetails, OneRequest};

const SORTS: &[&str] = &["hot", "active", "votes", "creation", "week", "month"];

/// A site's host, and `hot`, another order, or `tagged/name`. A name alone is a site below stackexchange.com.
pub(super) fn parse(rest: &str) -> Result<String, String> {
    let rest = rest.trim_start_matches("https://").trim_matches('/').to_ascii_lowercase();
    let (name, list) = rest.split_once('/').unwrap_or((&rest, "hot"));
    let host = match name {
        "stackoverflow" | "serverfault" | "superuser" | "askubuntu" => format!("{name}.com"),
        _ if name.contains('.') => name.trim_start_matches("www.").to_owned(),
        _ => format!("{name}.stackexchange.com"),
    };
    let tag = list.strip_prefix("tagged/").filter(|tag| !tag.is_empty() && !tag.contains(['/', '?', '&', '#']));
    let is_host = host.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.' || b == b'-') && !name.is_empty();
    if is_host && is_site(&host) && (SORTS.contains(&list) || tag.is_some()) {
        return Ok(format!("{host}/{list}"));
    }
    Err(format!(
        "Stack Exchange has no list `{rest}`: stackexchange:SITE, with /hot, /active, /votes, /creation, /week, /month or \
         /tagged/NAME behind it"
    ))
}

pub(super) fn at(url: &Url) -> Option<String> {
    let host = url.host_str()?.trim_start_matches("www.");
    let parts: Vec<&str> = url.path_segments()?.filter(|part| !part.is_empty()).collect();
    let list = match parts[..] {
        [] | ["questions"] => "active".to_owned(),
        ["questions", "tagged", tag] => format!("tagged/{tag}"),
        _ => return None,
    };
    is_site(host).then(|| format!("{host}/{list}"))
}

pub(super) fn details(written: &str, bases: &SiteBases) -> Option<FrontDetails> {
    let (host, list) = written.split_once('/')?;
    let tag = list.strip_prefix("tagged/");
    let which = match tag {
        Some(tag) => format!("sort=activity&tagged={}", byte_serialize(tag.as_bytes()).collect::<String>()),
        None => format!("sort={}", if list == "active" { "activity" } else { list }),
    };
    let address = format!("{}/2.3/questions?site={host}&{which}&order=desc&pagesize=50&filter=withbody", bases.one(ID, "api"));
    Some(FrontDetails {
        title: if list == "hot" { host.to_owned() } else { format!("{host}, {}", tag.unwrap_or(list)) },
        page: tag.map_or_else(|| format!("https://{host}/questions"), |tag| format!("https://{host}/questions/tagged/{tag}")),
        base: format!("https://{host}"),
        takes_one: true,
        plan: Box::new(OneRequest { address, instead: None }),
    })
}
