//! Discussions saved as JSON, as the great places give them: finds which place, and what all of them share. Its law:
//! every comment of a file is in a discussion or counted in a note.

use std::collections::{BTreeMap, HashSet};

use super::identity::comment_address;
use super::json::{Json, Value};
use super::{Format, Origin, Unreadable, discourse, hackernews, lemmy, lobsters, reddit, remark, wordpress};
use crate::domain::article::{Article, Page, Source};
use crate::domain::completeness::SiteCount;
use crate::domain::rank::Scale;
use crate::domain::text::{CleanText, clean_line};
use crate::domain::thread::{Comment, Discussion, Stub, link_parents};
use crate::domain::time::{Timestamp, When};

/// Stands for the id of a parent of which nothing is told but that there is one.
pub(super) const NOT_TOLD: &str = "";

/// The first values of a file, those of lists for the lists.
fn firsts(json: &Json) -> impl Iterator<Item = Value<'_>> {
    const SEEN: usize = 20;
    let inside = json.roots().filter(|root| root.is_array()).flat_map(Value::items);
    json.roots().filter(|root| !root.is_array()).take(SEEN).chain(inside.take(SEEN))
}

/// Which place's JSON this is, by its first objects.
pub(super) fn format(json: &Json) -> Option<Format> {
    let firsts = || firsts(json);
    if firsts().any(reddit::is_thing) {
        Some(Format::Reddit)
    } else if firsts().any(discourse::is_topic) {
        Some(Format::Discourse)
    } else if firsts().any(lobsters::is_story) {
        Some(Format::Lobsters)
    } else if firsts().any(lemmy::is_answer) {
        Some(Format::Lemmy)
    } else if firsts().any(remark::is_comments) {
        Some(Format::Remark)
    } else if firsts().any(wordpress::is_comment) {
        Some(Format::WordPress)
    } else if firsts().any(hackernews::is_item) {
        Some(Format::HackerNews)
    } else {
        None
    }
}

/// What a value is that holds no discussion, where it can be told.
fn other(value: Value<'_>) -> Option<&'static str> {
    let has = |key: &str| value.get(key).is_some();
    if has("attributedTo") || has("actor") {
        return match value.text("type")? {
            "Note" => Some("an ActivityPub note"),
            "Page" | "Article" => Some("an ActivityPub page"),
            _ => Some("an ActivityPub activity"),
        };
    }
    if has("@context") && (has("orderedItems") || has("items") || has("first")) {
        Some("an ActivityPub collection")
    } else if value.at(&["topic_list", "topics"]).is_some() {
        Some("a list of Discourse topics")
    } else if has("title_regexes") && has("body_restriction_policy") {
        Some("a subreddit's rules for posts")
    } else {
        None
    }
}

/// Reads any of them.
pub(super) fn read(text: &str, origin: &Origin<'_>) -> Result<(Format, Vec<Page>, Vec<CleanText>), Unreadable> {
    let json = Json::parse(text);
    let (format, (pages, mut notes)) = match format(&json) {
        Some(format @ Format::Reddit) => (format, reddit::read_pages(&json)),
        Some(format @ Format::HackerNews) => (format, hackernews::read_pages(&json, origin)),
        Some(format @ Format::Lobsters) => (format, lobsters::read_pages(&json)),
        Some(format @ Format::Discourse) => (format, discourse::read_pages(&json, origin)),
        Some(format @ Format::Lemmy) => (format, lemmy::read_pages(&json, origin)),
        Some(format @ Format::Remark) => (format, remark::read_pages(&json, origin)),
        Some(format @ Format::WordPress) => (format, wordpress::read_pages(&json)),
        _ => return Err(Unreadable::Unknown { found: firsts(&json).find_map(other).unwrap_or("JSON") }),
    };
    if pages.is_empty() {
        return Err(Unreadable::Unknown { found: "JSON" });
    }
    if let Some(first) = json.faults().first() {
        let more = json.faults().len() - 1;
        let more = if more > 0 { format!(", and {more} more such") } else { String::new() };
        notes.push(clean_line(&format!("not all of it is JSON: {first}{more}; what stands before is read")));
    }
    Ok((format, pages, notes))
}

/// A page while its comments come in.
#[derive(Default)]
pub(super) struct Gathered {
    pub(super) article: Article,
    pub(super) comments: Vec<Comment>,
    /// By comment: the id that it answers to.
    parents: Vec<Option<Box<str>>>,
    ids: HashSet<Box<str>>,
    /// By the comment that they are below.
    stubs: BTreeMap<Option<Box<str>>, u32>,
}

impl Gathered {
    pub(super) fn new(article: Article) -> Gathered {
        Gathered { article, ..Gathered::default() }
    }

    /// False where a comment of this id is there already: the first stays.
    pub(super) fn push(&mut self, comment: Comment, parent: Option<Box<str>>) -> bool {
        let is_new = self.ids.insert(comment.id.clone());
        if is_new {
            self.comments.push(comment);
            self.parents.push(parent);
        }
        is_new
    }

    pub(super) fn has(&self, id: &str) -> bool {
        self.ids.contains(id)
    }

    /// Notes comments that are not in the file, below the one of this id; `count` is 0 where their number is not told.
    pub(super) fn lacks(&mut self, below: Option<&str>, count: usize) {
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        let stub = self.stubs.entry(below.map(Into::into)).or_default();
        *stub = stub.saturating_add(count);
    }

    /// Whether any comment answers to `id`.
    pub(super) fn has_answer_to(&self, id: &str) -> bool {
        self.parents.iter().any(|parent| parent.as_deref() == Some(id))
    }

    /// The page with its one discussion; what is missing of it follows from what the site tells.
    pub(super) fn into_page(mut self, source: Source, place: &str, scale: Scale, url: &str, told: SiteCount) -> Page {
        for (below, count) in std::mem::take(&mut self.stubs) {
            let below = below.filter(|id| self.has(id));
            if below.is_some() || count > 0 {
                self.lacks(below.as_deref(), count as usize);
            }
        }
        let mut comments = self.comments;
        link_parents(&mut comments, &self.parents);
        for comment in &mut comments {
            comment.awaits = comment.awaits.take().filter(|id| **id != *NOT_TOLD);
        }
        for comment in &mut comments {
            if comment.url.is_some() && comment.url.as_deref() == comment_address(url, &comment.id).as_deref() {
                comment.url = None;
            }
        }
        let url = Some(clean_line(url)).filter(|url| !url.is_empty());
        let stubs = self.stubs.into_iter().map(|(below, count)| Stub { below, count }).collect();
        let mut discussion = Discussion { place: clean_line(place), url, scale, comments, complete: false, stubs };
        discussion.settle(told);
        Page { article: self.article, source, discussions: vec![discussion] }
    }
}

/// How many comments of a page's discussions are known to be missing.
pub(super) fn missing(page: &Page) -> usize {
    page.discussions.iter().map(Discussion::missing).sum()
}

/// What a reader left out or misses, for the notes.
#[derive(Default)]
pub(super) struct Tally {
    /// Comments that the place has beside those in the file.
    pub(super) more: usize,
    /// Notes of the place itself, such as that a topic was closed.
    pub(super) small: usize,
    pub(super) twice: usize,
    pub(super) nameless: usize,
    pub(super) foreign: usize,
}

impl Tally {
    pub(super) fn notes(&self) -> Vec<CleanText> {
        let told = [
            (self.small, "note", "of the place itself left out"),
            (self.twice, "comment", "stood there twice; the first is kept"),
            (self.nameless, "comment", "without an id left out"),
            (self.foreign, "value", "of another kind left out"),
        ];
        let more = (self.more > 0).then(|| format!("{} more, not in this file", self.more));
        let told = told.iter().filter(|(n, ..)| *n > 0).map(|(n, what, rest)| format!("{} {rest}", count(*n, what)));
        more.into_iter().chain(told).map(|note| clean_line(&note)).collect()
    }
}

/// "1 comment", "2 comments"
pub(super) fn count(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

/// Seconds since 1970.
pub(super) fn instant(value: Option<Value<'_>>) -> Option<When> {
    value.and_then(Value::i64).map(|seconds| When::Instant(Timestamp(seconds)))
}

/// An instant as ISO 8601 writes it.
pub(super) fn iso(text: Option<&str>) -> Option<When> {
    let at: jiff::Timestamp = text?.parse().ok()?;
    Some(When::Instant(Timestamp(at.as_second())))
}

/// A name or title; none where it is blank.
pub(super) fn label(text: Option<&str>) -> Option<CleanText> {
    text.map(clean_line).filter(|text| !text.is_empty())
}
