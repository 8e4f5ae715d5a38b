//! Pages of Reddit as a browser saves them: those of old.reddit.com, of the first new site (2018 to 2023) and of today's. They
//! make the same thread as Reddit's JSON does, under the same ids.

mod classic;
mod redesign;
mod shreddit;

use super::{Reddit, RedditThread, thread_at, thread_url};
use crate::domain::article::Source;
use crate::domain::completeness::SiteCount;
use crate::domain::rank::{Rank, Scale};
use crate::domain::text::{CleanText, clean_line};
use crate::domain::thread::Comment;
use crate::format::fields::label;
use crate::format::html::find::{first, saved_from};
use crate::format::{Format, Origin, Unreadable, slug};
use crate::site::comment_list::CommentList;
use crate::site::{SavedPage, Site};

pub(super) const LABEL: &str = "Reddit page";

/// Reads a page of Reddit; none for any other page. One that is not a thread is named.
pub(super) fn read(text: &str, origin: &Origin<'_>) -> Option<Result<SavedPage, Unreadable>> {
    let head = &text[..text.floor_char_boundary(64 << 10)];
    if text.contains("<shreddit-comment") || text.contains("<shreddit-post") {
        return Some(shreddit::read(text, origin));
    }
    let names_itself = ["reddit.com", "redd.it", "redditstatic"].iter().any(|mark| head.contains(mark));
    let has = |marks: &[&str]| marks.iter().any(|mark| text.contains(mark));
    if !names_itself && !has(&["reddit.com"]) {
        return None;
    }
    if has(&["data-fullname=\"t1_", "data-fullname=\"t3_", "id=\"siteTable", "class=\"thing link"]) {
        return Some(classic::read(text, origin));
    }
    if has(&["id=\"t1_", "id=\"t3_"]) && has(&["data-click-id", "data-test-id=\"post-content\"", "data-testid"]) {
        return Some(redesign::read(text, origin));
    }
    gate(head).map(|found| Err(Unreadable::Unknown { found }))
}

/// The name of a page that Reddit shows in place of what was asked for.
fn gate(head: &str) -> Option<&'static str> {
    let title = head.split_once("<title").and_then(|(_, rest)| rest.split_once("</title>")).map_or("", |(title, _)| title);
    [
        ("wait for verification", "Reddit's check of the browser, not a thread"),
        ("over 18?", "Reddit's question about the reader's age, not a thread"),
        ("Blocked", "Reddit's refusal, not a thread"),
        ("Too Many Requests", "Reddit's refusal, not a thread"),
    ]
    .into_iter()
    .find(|(words, _)| title.contains(words) && head.contains("reddit"))
    .map(|(_, found)| found)
}

/// A thread's page while it is read.
#[derive(Default)]
struct RedditPage {
    list: CommentList,
    id: Option<String>,
    subreddit: Option<CleanText>,
    /// Comments that the page says there are.
    told: Option<i64>,
    /// The headline as addresses have it.
    words: Option<String>,
}

impl RedditPage {
    fn url(&self) -> String {
        thread_url(self.id.as_deref(), None)
    }

    fn push(&mut self, mut comment: Comment, parent: Option<Box<str>>) {
        if let Some(id) = &self.id {
            comment.url = Some(clean_line(&format!("{}/_/{}", thread_url(Some(id), None), comment.id)));
        }
        self.list.push(comment, parent);
    }

    /// Takes the thread's address from the page where nothing else tells it.
    fn place(&mut self, dom: &dom_query::Document, text: &str, origin: &Origin<'_>) {
        let canonical = first(dom, "link[rel=canonical]").and_then(|link| link.attr("href")).map(|href| href.to_string());
        let addresses = [canonical.as_deref(), saved_from(text), Some(origin.name)];
        for address in addresses.into_iter().flatten() {
            let id = thread_at(address).and_then(|thread| thread.rsplit('/').next().map(str::to_owned));
            self.id = self.id.take().or(id);
            self.place_by(address);
        }
    }

    /// Facts that the address of a thread or comment has besides the ids.
    fn place_by(&mut self, address: &str) {
        let name = address.split_once("/r/").and_then(|(_, rest)| rest.split('/').next());
        self.subreddit = self.subreddit.take().or_else(|| label(name));
        let words = address.split_once("/comments/").and_then(|(_, rest)| rest.split('/').nth(1));
        let words = words.map(slug::title).filter(|title| !matches!(title.as_str(), "" | "_" | "Comment"));
        self.words = self.words.take().or(words);
    }

    fn into_saved(mut self) -> SavedPage {
        let url = self.url();
        let article = &mut self.list.gathered.article;
        if article.url.is_none() {
            article.url = Some(clean_line(&url)).filter(|url| !url.is_empty());
        }
        if article.title.is_empty() {
            article.title = clean_line(self.words.as_deref().unwrap_or_default());
        }
        article.replies.count = self.told.and_then(|told| u32::try_from(told).ok());
        if url.is_empty() {
            self.list.tell("the page does not tell its thread");
        }
        let source: Source = RedditThread { subreddit: self.subreddit, ..RedditThread::default() }.source();
        let told = SiteCount::new(self.told, SiteCount::All);
        let format = Format::Saved { site: Reddit.id(), label: LABEL };
        self.list.into_saved(format, source, (Some(&Reddit), Scale::Points), &url, told)
    }
}

/// The rank that a page shows: "39 points", "1 point", "10.2k", "-3"; withheld where it shows words instead.
fn shown_rank(text: &str) -> Rank {
    let number = text.trim().trim_end_matches("points").trim_end_matches("point").trim();
    points(number).map_or(Rank::Unrated, |net| Rank::Points { net, split: None })
}

fn points(text: &str) -> Option<i64> {
    let text = text.replace([',', '\u{a0}'], "").replace(['−', '–'], "-");
    let (digits, by) = match text.strip_suffix(['k', 'K']) {
        Some(digits) => (digits.to_owned(), 1000),
        None => match text.strip_suffix(['m', 'M']) {
            Some(digits) => (digits.to_owned(), 1_000_000),
            None => (text, 1),
        },
    };
    let (whole, tenths) = digits.split_once('.').unwrap_or((&digits, ""));
    let sign = if whole.starts_with('-') { -1 } else { 1 };
    let tenths: i64 = if tenths.is_empty() { 0 } else { tenths.get(..1)?.parse().ok()? };
    Some(whole.parse::<i64>().ok()?.checked_mul(by)? + sign * tenths * by / 10)
}

#[cfg(test)]
mod tests;
