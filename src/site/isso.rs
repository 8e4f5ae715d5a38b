//! Isso: comments that a site keeps itself, beside its articles. They are known by the address at which the program is asked
//! for those of one page, `https://comments.example/?uri=/page/`, and by the feed that it has of the same. Replies are one
//! level deep; what is liked is told apart from what is disliked.

use std::collections::{HashMap, HashSet};

use url::Url;
use url::form_urlencoded::byte_serialize;

use super::fetch::{FetchPlan, Since, ThreadRef};
use super::{BaseSetting, Site, SiteBases, SiteRequest};
use crate::domain::article::{Article, Page};
use crate::domain::completeness::SiteCount;
use crate::domain::rank::{Rank, Scale};
use crate::domain::site::SiteId;
use crate::domain::text::{CleanText, clean_line};
use crate::domain::thread::Comment;
use crate::domain::time::{Timestamp, When};
use crate::format::fields::label;
use crate::format::json::{Json, JsonPieces, Value};
use crate::format::{Origin, files, html, slug, stem};
use crate::site::page_builder::{Gathered, Tally, missing};

const ID: SiteId = SiteId::new("isso");

pub(super) struct Isso;

impl Site for Isso {
    fn id(&self) -> SiteId {
        ID
    }

    fn name(&self) -> &'static str {
        "Isso"
    }

    fn file_label(&self) -> &'static str {
        "Isso comments"
    }

    fn owns_json(&self, value: Value<'_>) -> bool {
        is_list(value) || is_comment(value)
    }

    fn read_json(&self, json: JsonPieces<'_>, origin: &Origin<'_>) -> (Vec<Page>, Vec<CleanText>) {
        read_page(json, origin)
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
        let is_root = url.path().ends_with('/');
        list_of(url, url.path()).filter(|_| is_root).map(|list| ThreadRef::new(&Isso, list, ""))
    }

    fn thread_of_comment_feed(&self, feed: &Url, page: &str) -> Option<ThreadRef> {
        let above = feed.path().strip_suffix("feed")?;
        Some(ThreadRef::new(&Isso, list_of(feed, above)?, page))
    }

    fn comment_feed_on(&self, page: &str, address: &Url) -> Option<String> {
        feed_on(page, address)
    }

    fn page_of_thread(&self, thread: &ThreadRef, _: &SiteBases) -> String {
        if thread.id.is_empty() { thread.base.clone() } else { thread.id.clone() }
    }

    fn fetch_plan(&self, thread: &ThreadRef, _: &SiteBases, _: Option<Since>) -> Box<dyn FetchPlan> {
        Box::new(CommentsFetch { list: thread.base.clone(), asked: HashSet::new() })
    }

    /// The program does not name the page in full.
    fn keeps_asked_address(&self, _: &ThreadRef, _: Option<&str>) -> bool {
        true
    }

    fn answers_nothing_for_none(&self) -> bool {
        true
    }

    /// Unless the reader has named the server.
    fn is_named_by_content(&self, thread: &ThreadRef, bases: &SiteBases) -> bool {
        !bases.has_origin_of(&thread.base, ID, "servers")
    }
}

/// Where the comments of a page are listed: `above` is the path at which the program stands.
fn list_of(url: &Url, above: &str) -> Option<String> {
    let page = url.query_pairs().find(|(name, _)| name == "uri").map(|(_, page)| page.into_owned())?;
    let uri: String = byte_serialize(page.as_bytes()).collect();
    page.starts_with('/').then(|| format!("{}{above}?uri={uri}", url.origin().ascii_serialization()))
}

/// The feed of a page's comments by the script that shows them: `<script data-isso="//comments.example/" …>`, and
/// `data-isso-id` where the thread is not named after the page.
fn feed_on(page: &str, address: &Url) -> Option<String> {
    let attr = |name: &str| {
        let (_, rest) = page.split_once(&format!(" {name}="))?;
        let quote = rest.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
        rest[1..].split(quote).next().map(|value| value.replace("&amp;", "&"))
    };
    let mut server = address.join(attr("data-isso")?.trim()).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    let own = attr("data-isso-id").filter(|id| id.starts_with('/')).unwrap_or_else(|| address.path().to_owned());
    let above = server.path().trim_end_matches('/').to_owned();
    server.set_path(&format!("{above}/feed"));
    let uri: String = byte_serialize(own.as_bytes()).collect();
    server.set_query(Some(&format!("uri={uri}")));
    Some(server.to_string())
}

fn is_list(value: Value<'_>) -> bool {
    value.get("total_replies").is_some() && value.get("replies").is_some_and(Value::is_array)
}

fn is_comment(value: Value<'_>) -> bool {
    ["text", "mode", "likes", "dislikes", "created", "hash"].iter().all(|key| value.get(key).is_some())
}

/// By the comment that they are below, none for the page itself: how many comments there are.
fn counts(json: JsonPieces<'_>) -> HashMap<Option<String>, usize> {
    let mut told = HashMap::new();
    for_each_part(json, &mut |value| {
        let count = value.number("total_replies").and_then(|count| usize::try_from(count).ok());
        let below = value.get("id").and_then(Value::id).map(str::to_owned);
        told.extend(count.map(|count| (below, count)));
    });
    told
}

/// Goes through lists and comments, each before those inside it.
fn for_each_part<'a>(json: JsonPieces<'a>, take: &mut dyn FnMut(Value<'a>)) {
    let mut ahead: Vec<Value<'a>> = json.each().collect();
    ahead.reverse();
    while let Some(value) = ahead.pop() {
        take(value);
        let from = ahead.len();
        ahead.extend(value.get("replies").into_iter().flat_map(Value::items));
        ahead[from..].reverse();
    }
}

fn read_page(json: JsonPieces<'_>, origin: &Origin<'_>) -> (Vec<Page>, Vec<CleanText>) {
    let mut tally = Tally::default();
    let uri = Url::parse(origin.name)
        .ok()
        .and_then(|url| url.query_pairs().find(|(name, _)| name == "uri").map(|(_, uri)| uri.into_owned()));
    let named = uri.as_deref().and_then(|uri| uri.trim_matches('/').rsplit('/').next()).map(slug::title);
    let title = named.filter(|title| !title.is_empty()).unwrap_or_else(|| stem(origin.name).to_owned());
    let mut gathered = Gathered::new(Article { title: clean_line(&title), ..Article::default() });
    let mut here: HashMap<Option<String>, usize> = HashMap::new();
    for_each_part(json, &mut |value| {
        if !is_comment(value) {
            tally.foreign += usize::from(!is_list(value));
            return;
        }
        let Some(id) = value.get("id").and_then(Value::id) else {
            tally.nameless += 1;
            return;
        };
        let parent = value.get("parent").and_then(Value::id);
        if gathered.push(comment(value, id), parent.map(Into::into)) {
            *here.entry(parent.map(str::to_owned)).or_default() += 1;
        } else {
            tally.twice += 1;
        }
    });
    let told = counts(json);
    let is_told = told.contains_key(&None);
    let mut lacking = 0;
    for (below, told) in told {
        let missing = told.saturating_sub(here.get(&below).copied().unwrap_or(0));
        if missing > 0 {
            gathered.lacks(below.as_deref(), missing);
        }
        lacking += missing;
    }
    let total = gathered.comments.len() + lacking;
    let count = if is_told { SiteCount::All(total) } else { SiteCount::Unknown };
    let page = gathered.into_page(files(), None, Scale::Points, "", count);
    tally.more = missing(&page);
    (vec![page], tally.notes())
}

fn comment(value: Value<'_>, id: &str) -> Comment {
    const DELETED: i64 = 4;
    let votes = |key: &str| value.number(key).and_then(|votes| u32::try_from(votes).ok());
    let rank = match votes("likes").zip(votes("dislikes")) {
        _ if value.number("mode") == Some(DELETED) => Rank::Removed,
        Some((up, down)) => Rank::Points { net: i64::from(up) - i64::from(down), split: (up + down > 0).then_some((up, down)) },
        None => Rank::Unrated,
    };
    Comment {
        id: id.into(),
        author: label(value.text("author")),
        posted: time(value.get("created")),
        edited: time(value.get("modified")),
        rank,
        body: html::to_document(value.text("text").unwrap_or_default(), None).into(),
        ..Comment::default()
    }
}

/// Seconds with their fractions.
fn time(value: Option<Value<'_>>) -> Option<When> {
    let seconds = value?.id()?.split('.').next()?.parse().ok()?;
    Some(When::Instant(Timestamp(seconds)))
}

/// One request brings all, unless the program's owner has set a limit; then the rest is asked for by the comments above it.
struct CommentsFetch {
    list: String,
    asked: HashSet<String>,
}

impl FetchPlan for CommentsFetch {
    fn begin(&mut self) -> Vec<SiteRequest> {
        vec![SiteRequest::json(self.list.clone())]
    }

    fn take(&mut self, _: &SiteRequest, json: &Json) -> Vec<SiteRequest> {
        let mut lacking = Vec::new();
        for_each_part(JsonPieces(&[json]), &mut |value| {
            let hidden = value.number("hidden_replies").is_some_and(|hidden| hidden > 0);
            lacking.extend(value.get("id").and_then(Value::id).filter(|_| hidden).map(str::to_owned));
        });
        lacking.retain(|id| self.asked.insert(id.clone()));
        lacking.iter().map(|id| SiteRequest::json(format!("{}&parent={id}", self.list))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::tests::live::{facts, fetched, fetched_facts};
    use crate::site::{comments_of_page, read, thread_at};

    fn comment(id: u32, parent: &str, mode: u32, more: &str) -> String {
        format!(
            r#"{{"id":{id},"parent":{parent},"text":"<p>Text {id}</p>","author":null,"website":null,"mode":{mode},"created":1387321261.57,
                "modified":null,"likes":{id},"dislikes":1,"hash":"x"{more}}}"#
        )
    }

    fn list(id: &str, total: usize, comments: &[String]) -> String {
        let hidden = total - comments.len();
        format!(r#"{{"id":{id},"total_replies":{total},"hidden_replies":{hidden},"replies":[{}]}}"#, comments.join(","))
    }

    /// A page with three comments, of which the first has two replies; one of them is given only by its own list.
    fn program(address: &str) -> Option<String> {
        let query = address.strip_prefix("https://c.example/sub/?uri=%2Fowls%2F")?;
        Some(match query {
            "" => {
                let replies = r#","total_replies":2,"hidden_replies":1,"replies":["#;
                let first = comment(3, "null", 1, &format!("{replies}{}]", comment(5, "3", 1, "")));
                list("null", 3, &[first, comment(4, "null", 4, ""), comment(6, "null", 1, "")])
            }
            "&parent=3" => list("3", 2, &[comment(5, "3", 1, ""), comment(7, "3", 1, "")]),
            _ => return None,
        })
    }

    #[test]
    fn comments_are_fetched_whole_and_missing_ones_are_counted() {
        let address = "https://c.example/sub/?uri=/owls/";
        let wanted = "whole: 3<Root 2, 5<3 4, 4<Root Removed, 6<Root 5, 7<3 6";
        assert_eq!(fetched_facts(address, &program), wanted);
        let (fetch, _) = fetched(address, &program, false);
        let page = fetch.page(Timestamp(0)).unwrap();
        assert_eq!((&*page.article.title, &*page.discussions[0].place), ("Owls", "page"));
        let without = |address: &str| program(address).filter(|_| !address.contains("parent"));
        assert_eq!(fetched_facts(address, &without), "lacks 1: 3<Root 2, 5<3 4, 4<Root Removed, 6<Root 5");
    }

    #[test]
    fn a_saved_answer_is_read() {
        let text = program("https://c.example/sub/?uri=%2Fowls%2F").unwrap();
        let parsed = read(text.as_bytes(), &Origin { name: "owls.json", now: Timestamp(0) }).unwrap();
        assert_eq!((parsed.format.label(), &*parsed.pages[0].article.title), ("Isso comments", "owls"));
        assert_eq!(facts(&parsed.pages[0].discussions[0]), "lacks 1: 3<Root 2, 5<3 4, 4<Root Removed, 6<Root 5");
        assert_eq!(parsed.notes, ["1 more, not in this file"]);
    }

    #[test]
    fn the_script_on_a_page_leads_to_its_comments() {
        let on = |page: &str| feed_on(page, &Url::parse("https://a.example/owls/?x=1").unwrap());
        for (page, feed) in [
            (
                r#"<script data-isso="//c.example/sub/" src="//c.example/sub/js/embed.min.js">"#,
                Some("https://c.example/sub/feed?uri=%2Fowls%2F"),
            ),
            (
                r#"<script async data-isso='/isso'></script><section data-isso-id="/night/">"#,
                Some("https://a.example/isso/feed?uri=%2Fnight%2F"),
            ),
            (r#"<script data-isso="javascript:x">"#, None),
            ("<p>data-isso=x", None),
        ] {
            assert_eq!(on(page).as_deref(), feed, "{page}");
        }
        let page = r#"<html><head><title>Owls</title><link rel="canonical" href="https://a.example/owls/"></head><body><article><p>Words of the article, and more.</p></article>
            <script data-isso="https://c.example/sub/" src="x"></script></body></html>"#;
        let parsed = read(page.as_bytes(), &Origin { name: "owls.html", now: Timestamp(0) }).unwrap();
        assert_eq!(parsed.pages[0].article.replies.feed.as_deref(), Some("https://c.example/sub/feed?uri=%2Fowls%2F"));
    }

    #[test]
    fn a_feed_of_comments_leads_to_all_of_them() {
        let feed = "https://c.example/sub/feed?uri=%2Fowls%2F";
        let thread = comments_of_page(feed, Some("https://a.example/owls/"));
        assert_eq!(thread, ThreadRef::new(&Isso, "https://c.example/sub/?uri=%2Fowls%2F", "https://a.example/owls/"));
        assert_eq!(thread.address(&SiteBases::default()), "https://a.example/owls/");
        for address in ["https://c.example/?uri=owls", "https://c.example/page?uri=/owls/", "https://c.example/"] {
            assert!(thread_at(address, &SiteBases::default()).is_none(), "{address}");
        }
    }
}
