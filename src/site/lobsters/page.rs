//! Saved pages of Lobsters: a story with its comments, nested lists in the layouts of 2020 and of today.

use std::ops::Range;

use dom_query::{Document as Dom, NodeRef};
use url::Url;

use super::{HOME, Lobsters, source, thread_url};
use crate::domain::article::{Article, Page};
use crate::domain::completeness::SiteCount;
use crate::domain::plural::plural;
use crate::domain::rank::{Rank, Scale};
use crate::domain::text::{CleanText, Document, clean_line};
use crate::domain::thread::Comment;
use crate::domain::time::{Timestamp, When};
use crate::format::html::find::{first, first_text, saved_from, within};
use crate::format::{Origin, Unreadable, html, relative_time};
use crate::site::page_builder::{Gathered, missing};
use crate::site::quoting::quote_paragraphs;

/// How the element of a comment begins.
const COMMENT: &str = "<div id=\"c_";

/// True if a page is one of Lobsters, a story or not.
pub(in crate::site) fn is_page(text: &str) -> bool {
    let head = &text[..text.floor_char_boundary(16 << 10)];
    let titled = head.split_once("</title>").is_some_and(|(title, _)| title.trim_end().ends_with("| Lobsters"));
    let named = head.contains("content=\"Lobsters\"") || head.contains("https://lobste.rs/");
    (titled || named) && text.contains("id=\"inside\"") && (text.contains("Lobsters (Current traffic") || titled)
}

/// Reads a story's page; any other is named.
pub(in crate::site) fn read(text: &str, origin: &Origin<'_>) -> Result<(Page, Vec<CleanText>), Unreadable> {
    // The whole page's tree is as deep as its threads and would be cut: the head is read by itself, each comment too.
    let parts = parts(text);
    let start = parts.first().map_or(text.len(), |part| part.range.start);
    let dom = html::parse(&text[..start]);
    let stories = dom.select("li.story");
    let story = match stories.nodes() {
        [] if parts.is_empty() => return Err(Unreadable::Unknown { found: "a page of Lobsters without a story" }),
        [] => return Err(Unreadable::Unknown { found: "a list of Lobsters comments" }),
        [story, ..] if text.contains("class=\"comments comments1\"") => *story,
        _ => return Err(Unreadable::Unknown { found: "a list of Lobsters stories" }),
    };
    let id = story.attr("data-shortid").unwrap_or_default().to_string();
    let home = home(&dom, text, origin);
    let url = thread_url(&home, &id);
    let mut gathered = Gathered::new(article(&dom, &story, &home, &url, origin));
    let mut above: Vec<(usize, String)> = Vec::new();
    let mut twice = 0;
    for part in parts {
        let parsed = html::parse(&text[part.range.clone()]);
        above.retain(|(depth, _)| *depth < part.depth);
        let parent = above.last().map(|(_, id)| id.as_str().into());
        above.push((part.depth, part.id.to_owned()));
        twice += usize::from(!gathered.push(comment(&parsed, part.id, &home, origin), parent));
    }
    let told = first_text(&story, ".comments_label").as_deref().and_then(number);
    let told = told.map_or(SiteCount::Unknown, SiteCount::Living);
    let page = gathered.into_page(source(), Some(&Lobsters), Scale::Points, &url, told);
    let mut notes = Vec::new();
    if missing(&page) > 0 {
        notes.push(clean_line(&format!("{} more, not in this file", missing(&page))));
    }
    if twice > 0 {
        notes.push(clean_line(&format!("{} stood there twice; the first is kept", plural(twice as u64, "comment"))));
    }
    Ok((page, notes))
}

/// A comment's part of the page, up to where the next begins.
struct PagePart<'a> {
    id: &'a str,
    /// How many lists it stands in.
    depth: usize,
    range: Range<usize>,
}

/// Finds the comments of a page. Lists that people write into comments are closed before the next comment begins.
fn parts(text: &str) -> Vec<PagePart<'_>> {
    let mut parts: Vec<PagePart<'_>> = Vec::new();
    let mut depth = 0_usize;
    for (at, _) in text.match_indices('<') {
        let rest = &text[at..];
        if rest.starts_with("<ol") {
            depth += 1;
        } else if rest.starts_with("</ol") {
            depth = depth.saturating_sub(1);
        } else if let Some(id) = rest.strip_prefix(COMMENT) {
            let id = &id[..id.bytes().take_while(u8::is_ascii_alphanumeric).count()];
            if let Some(last) = parts.last_mut() {
                last.range.end = at;
            }
            parts.push(PagePart { id, depth, range: at..text.len() });
        }
    }
    parts
}

/// The site that the page is of.
fn home(dom: &Dom, text: &str, origin: &Origin<'_>) -> String {
    let own = first(dom, "link[rel~=shortlink]").and_then(|link| link.attr("href")).map(|href| href.to_string());
    let addresses = [own.as_deref(), saved_from(text), Some(origin.name)];
    let url = addresses.into_iter().flatten().find_map(|address| Url::parse(address).ok().filter(Url::has_host));
    url.map_or_else(|| HOME.to_owned(), |url| url.origin().ascii_serialization())
}

fn article(dom: &Dom, story: &NodeRef<'_>, home: &str, url: &str, origin: &Origin<'_>) -> Article {
    let link = within(story, "a.u-url");
    let linked = link.and_then(|link| link.attr("href")).filter(|href| href.starts_with("http"));
    // A story without a page of its own links to itself.
    let linked = linked.filter(|href| !(href.starts_with(url) || href.starts_with(&format!("{home}/s/"))));
    let byline = within(story, ".byline");
    Article {
        title: link.map(|link| clean_line(&link.text())).unwrap_or_default(),
        byline: byline.and_then(|byline| user(&byline)),
        published: byline.and_then(|byline| time(&byline, origin)),
        url: Some(clean_line(linked.as_deref().unwrap_or(url))),
        body: first(dom, ".story_text").map(|text| words(&text, home)).unwrap_or_default(),
        ..Article::default()
    }
}

fn comment(part: &Dom, id: &str, home: &str, origin: &Origin<'_>) -> Comment {
    let byline = first(part, ".byline");
    let text = first(part, ".comment_text");
    let posted = byline.and_then(|byline| time(&byline, origin));
    let is_edited = byline.is_some_and(|byline| byline.text().split_whitespace().any(|word| word == "edited"));
    let is_gone = text.is_some_and(|text| within(&text, "p > .na").is_some());
    let score = first(part, ".voters .score").or_else(|| first(part, ".voters .upvoter"));
    let score = score.map(|score| score.text().trim().to_owned());
    let rank = match score.as_deref() {
        _ if is_gone => Rank::Removed,
        Some(score) => score.parse().map_or(Rank::Withheld, |net| Rank::Points { net, split: None }),
        None => Rank::Unrated,
    };
    Comment {
        id: id.into(),
        author: byline.and_then(|byline| user(&byline)),
        // An edited comment tells only the time of the edit; it was written then at the latest.
        posted,
        edited: posted.filter(|_| is_edited),
        rank,
        url: Some(clean_line(&format!("{home}/c/{id}"))),
        body: text.map(|text| words(&text, home)).unwrap_or_default().into(),
        ..Comment::default()
    }
}

/// The first link to a user that has words and not a picture.
fn user(byline: &NodeRef<'_>) -> Option<CleanText> {
    let links = crate::format::html::find::all(byline, "a[href*=\"/u/\"], a[href*=\"/~\"]");
    links.iter().map(|link| clean_line(&link.text())).find(|name| !name.is_empty())
}

fn time(byline: &NodeRef<'_>, origin: &Origin<'_>) -> Option<When> {
    // A hat has a title, too, which tells when it was granted.
    let told = within(byline, "time").or_else(|| within(byline, "span[title]:not(.hat)"));
    let seconds = told.and_then(|told| told.attr("data-at-unix")).and_then(|seconds| seconds.trim().parse().ok());
    let dated = || {
        // "2020-06-19 11:41:44 -0500"
        let title = told?.attr("title")?;
        let title = title.trim();
        jiff::fmt::strtime::parse("%Y-%m-%d %H:%M:%S %z", title).ok()?.to_timestamp().ok().map(jiff::Timestamp::as_second)
    };
    let seconds = seconds.or_else(dated);
    seconds.map(|seconds| When::Instant(Timestamp(seconds))).or_else(|| relative_time::when(&byline.text(), origin.now))
}

/// The first number of a line: "| 26 comments".
fn number(text: &str) -> Option<usize> {
    text.split_whitespace().find_map(|word| word.parse().ok())
}

fn words(node: &NodeRef<'_>, home: &str) -> Document {
    quote_paragraphs(html::nodes_to_document(&[*node], Url::parse(home).ok().as_ref(), &|_| false))
}

#[cfg(test)]
mod tests;
