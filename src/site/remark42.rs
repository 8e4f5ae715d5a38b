//! Comments that sites keep themselves, as their programs give them: trees and lists of remark42, live and saved, and exports
//! of Commento.
//! They stand on a page of the site, which is the article.

use std::collections::HashMap;

use url::Url;
use url::form_urlencoded::byte_serialize;

use super::fetch::{FetchPlan, Since, ThreadRef};
use super::front_page::OneRequest;
use super::{BaseSetting, Site, SiteBases};
use crate::domain::article::{Article, Page, Source};
use crate::domain::completeness::SiteCount;
use crate::domain::rank::{Rank, Scale};
use crate::domain::site::SiteId;
use crate::domain::text::{CleanText, clean_line};
use crate::domain::thread::{AuthorRole, Comment};
use crate::format::fields::{iso, label};
use crate::format::json::{JsonPieces, Value};
use crate::format::{Origin, html, markdown, stem};
use crate::site::page_builder::{Gathered, Tally, missing};

const ID: SiteId = SiteId::new("remark42");

pub(super) struct Remark42;

impl Site for Remark42 {
    fn id(&self) -> SiteId {
        ID
    }

    fn name(&self) -> &'static str {
        "remark42"
    }

    fn file_label(&self) -> &'static str {
        "comments of a site"
    }

    fn owns_json(&self, value: Value<'_>) -> bool {
        is_comments(value)
    }

    fn read_json(&self, json: JsonPieces<'_>, origin: &Origin<'_>) -> (Vec<Page>, Vec<CleanText>) {
        read_pages(json, origin)
    }

    /// Servers inside this machine or its network that comments may be fetched from.
    fn base_settings(&self) -> &'static [BaseSetting] {
        const SETTINGS: &[BaseSetting] = &[BaseSetting::list("servers")];
        SETTINGS
    }

    /// They stand on the article's own page.
    fn thread_key(&self) -> SiteId {
        SiteId::PAGE
    }

    fn thread_at(&self, url: &Url, _: &SiteBases) -> Option<ThreadRef> {
        let above = url.path().strip_suffix("find").filter(|above| above.ends_with("/api/v1/"))?;
        Some(ThreadRef::new(&Remark42, tree_of(url, above)?, ""))
    }

    fn thread_of_comment_feed(&self, feed: &Url, page: &str) -> Option<ThreadRef> {
        let above = feed.path().strip_suffix("rss/post").filter(|above| above.ends_with("/api/v1/"))?;
        Some(ThreadRef::new(&Remark42, tree_of(feed, above)?, page))
    }

    fn comment_feed_on(&self, page: &str, address: &Url) -> Option<String> {
        feed_on(page, address)
    }

    fn page_of_thread(&self, thread: &ThreadRef, _: &SiteBases) -> String {
        if thread.id.is_empty() { thread.base.clone() } else { thread.id.clone() }
    }

    fn fetch_plan(&self, thread: &ThreadRef, _: &SiteBases, _: Option<Since>) -> Box<dyn FetchPlan> {
        Box::new(OneRequest { address: thread.base.clone(), instead: None })
    }

    fn keeps_asked_address(&self, thread: &ThreadRef, _: Option<&str>) -> bool {
        !thread.id.is_empty()
    }

    fn answers_nothing_for_none(&self) -> bool {
        true
    }

    /// Unless the reader has named the server.
    fn is_named_by_content(&self, thread: &ThreadRef, bases: &SiteBases) -> bool {
        !bases.has_origin_of(&thread.base, ID, "servers")
    }
}

/// Where all comments of a page are had at once: `above` is the path of the interface.
fn tree_of(url: &Url, above: &str) -> Option<String> {
    let value = |wanted: &str| {
        let found = url.query_pairs().find(|(name, _)| name == wanted).map(|(_, value)| value)?;
        Some(byte_serialize(found.as_bytes()).collect::<String>())
    };
    let (site, page) = (value("site")?, value("url")?);
    Some(format!("{}{above}find?site={site}&url={page}&format=tree", url.origin().ascii_serialization()))
}

/// The feed of a page's comments by the settings of the script that shows them: `var remark_config = { host: '…', … }`.
fn feed_on(page: &str, address: &Url) -> Option<String> {
    const LONGEST: usize = 4096;
    let (_, rest) = page.split_once("remark_config")?;
    let settings = rest[..rest.floor_char_boundary(LONGEST)].split('}').next()?;
    let value = |name: &str| {
        let (_, rest) = settings.split_once(name)?;
        let rest = rest.trim_start_matches(['\'', '"']).trim_start().strip_prefix(':')?.trim_start();
        let quote = rest.chars().next().filter(|quote| matches!(quote, '"' | '\'' | '`'))?;
        rest[1..].split(quote).next().filter(|value| !value.is_empty())
    };
    let host = address.join(value("host")?).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    let mut own = address.clone();
    own.set_query(None);
    own.set_fragment(None);
    let own = value("url").unwrap_or(own.as_str());
    let encoded = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
    let site = value("site_id").unwrap_or("remark");
    let base = host.as_str().trim_end_matches('/');
    Some(format!("{base}/api/v1/rss/post?site={}&url={}", encoded(site), encoded(own)))
}

/// True if a value is a comment of one of these programs, or holds such.
pub(super) fn is_comments(value: Value<'_>) -> bool {
    let listed = ["comments", "tree"].into_iter().filter_map(|key| value.get(key)).flat_map(Value::items);
    is_comment(value) || listed.take(1).any(|first| is_comment(first) || first.get("comment").is_some_and(is_comment))
}

fn is_comment(value: Value<'_>) -> bool {
    let remark = value.get("pid").is_some() && value.at(&["locator", "url"]).is_some();
    remark || (value.get("commentHex").is_some() && value.get("parentHex").is_some())
}

/// Reads every comment, a page for each page of the site.
fn read_pages(json: JsonPieces<'_>, origin: &Origin<'_>) -> (Vec<Page>, Vec<CleanText>) {
    let mut threads: Vec<(String, Gathered)> = Vec::new();
    let mut by_url: HashMap<String, usize> = HashMap::new();
    // By page: comments that it is told to have.
    let mut told: HashMap<String, i64> = HashMap::new();
    let mut tally = Tally::default();
    let names: HashMap<&str, &str> = {
        let commenters = json.roots().filter_map(|root| root.get("commenters")).flat_map(Value::items);
        commenters.filter_map(|one| Some((one.text("commenterHex")?, one.text("name")?))).collect()
    };
    let mut ahead: Vec<Value<'_>> = json.roots().collect();
    ahead.reverse();
    while let Some(value) = ahead.pop() {
        let from = ahead.len();
        if value.is_array() {
            ahead.extend(value.items());
        } else if is_comment(value) {
            let url = address(value);
            let at = *by_url.entry(url.clone()).or_insert_with(|| {
                threads.push((url.clone(), Gathered::new(article(value, &url, origin))));
                threads.len() - 1
            });
            let Some(id) = value.text("id").or_else(|| value.text("commentHex")) else {
                tally.nameless += 1;
                continue;
            };
            let parent = value.text("pid").or_else(|| value.text("parentHex")).filter(|parent| *parent != "root");
            tally.twice += usize::from(!threads[at].1.push(comment(value, id, &names), parent.map(Into::into)));
        } else {
            let info = value.get("info");
            let count = info.and_then(|info| Some((info.text("url")?.to_owned(), info.number("count")?)));
            told.extend(count);
            let parts = ["comment", "replies", "comments", "tree"].iter().filter_map(|key| value.get(key));
            ahead.extend(parts.filter(|part| part.is_object() || part.is_array()));
            // The first line of a backup tells its version only.
            tally.foreign += usize::from(ahead.len() == from && value.get("version").is_none() && value.get("info").is_none());
        }
        ahead[from..].reverse();
    }
    let pages: Vec<Page> = threads
        .into_iter()
        .map(|(url, gathered)| {
            let told = SiteCount::new(told.get(&url).copied(), SiteCount::Living);
            let host = Url::parse(&url).ok().and_then(|url| url.host_str().map(str::to_owned));
            let source = match host.as_deref() {
                Some(host) => Source { key: clean_line(host), title: clean_line(host) },
                None => crate::format::files(),
            };
            let url = if host.is_some() { url.as_str() } else { "" };
            gathered.into_page(source, None, Scale::Points, url, told)
        })
        .collect();
    tally.more = pages.iter().map(missing).sum();
    (pages, tally.notes())
}

fn address(value: Value<'_>) -> String {
    match (value.at(&["locator", "url"]).and_then(Value::str), value.text("domain")) {
        (Some(url), _) => url.to_owned(),
        (None, Some(domain)) => format!("https://{domain}{}", value.text("url").unwrap_or_default()),
        (None, None) => String::new(),
    }
}

fn article(value: Value<'_>, url: &str, origin: &Origin<'_>) -> Article {
    let url = label(Some(url).filter(|url| Url::parse(url).is_ok()));
    let unnamed = if url.is_some() { "" } else { stem(origin.name) };
    Article { title: clean_line(value.text("title").unwrap_or(unnamed)), url, ..Article::default() }
}

fn comment(value: Value<'_>, id: &str, names: &HashMap<&str, &str>) -> Comment {
    let votes = |for_it: bool| {
        let votes = value.get("votes").into_iter().flat_map(Value::members);
        votes.filter(|(_, vote)| vote.bool() == Some(for_it)).count() as u32
    };
    let (ups, downs) = (votes(true), votes(false));
    let rank = match value.number("score") {
        _ if value.is("delete") || value.is("deleted") => Rank::Removed,
        Some(net) => {
            // The votes are told only to whom they belong; a part of them is no split.
            let is_whole = ups + downs > 0 && i64::from(ups) - i64::from(downs) == net;
            Rank::Points { net, split: is_whole.then_some((ups, downs)) }
        }
        None => Rank::Unrated,
    };
    let is_admin = value.at(&["user", "admin"]).and_then(Value::bool) == Some(true);
    let named = value.get("commenterHex").and_then(Value::str).and_then(|hex| names.get(hex).copied());
    let base = Url::parse(&address(value)).ok();
    let rendered = value.text("text").or_else(|| value.text("html"));
    let written = value.text("orig").or_else(|| value.text("markdown"));
    Comment {
        id: id.into(),
        author: label(value.at(&["user", "name"]).and_then(Value::str).or(named)),
        role: if is_admin { AuthorRole::Admin } else { AuthorRole::Member },
        // The first of all days stands for a time that is not known.
        posted: iso(value.text("time").or_else(|| value.text("creationDate")).filter(|time| !time.starts_with("0001-"))),
        edited: iso(value.at(&["edit", "time"]).and_then(Value::str)),
        rank,
        body: match (rendered, written) {
            (Some(rendered), _) => html::to_document(rendered, base.as_ref()),
            (None, written) => written.map(markdown::to_document).unwrap_or_default(),
        }
        .into(),
        ..Comment::default()
    }
}

#[cfg(test)]
mod tests;
