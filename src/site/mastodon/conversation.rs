//! Posts (statuses) and what is around them (contexts: the posts above and those below), as the interface gives them. The
//! first post of a conversation is the article, all others are comments.

use std::collections::{BTreeMap, HashMap, HashSet};

use url::Url;

use super::Mastodon;
use crate::domain::article::{Article, Page, Source};
use crate::domain::completeness::SiteCount;
use crate::domain::rank::{Rank, Scale};
use crate::domain::text::{Block, CleanText, Document, clean_line};
use crate::domain::thread::Comment;
use crate::format::fields::{iso, label};
use crate::format::html::{self, escaped};
use crate::format::json::{JsonPieces, Value};
use crate::site::page_builder::{Gathered, NOT_TOLD, Tally, missing};

/// True if a value has the posts around one.
pub(super) fn is_context(value: Value<'_>) -> bool {
    let list = |key: &str| value.get(key).filter(|list| list.is_array());
    list("ancestors").zip(list("descendants")).is_some_and(|(above, below)| {
        let mut posts = above.items().chain(below.items());
        posts.next().is_none_or(is_status)
    })
}

pub(super) fn is_status(value: Value<'_>) -> bool {
    let has = |key: &str| value.get(key).is_some();
    let has_account = value.at(&["account", "acct"]).is_some();
    has_account && has("id") && has("created_at") && has("in_reply_to_id") && has("favourites_count")
}

/// The posts of an answer: itself, or those of a context.
pub(super) fn statuses(value: Value<'_>) -> impl Iterator<Item = Status<'_>> {
    let around = ["ancestors", "descendants"].into_iter().filter_map(move |key| value.get(key)).flat_map(Value::items);
    let own = Some(value).filter(|value| is_status(*value));
    own.into_iter().chain(around.filter(|value| is_status(*value))).map(unwrapped)
}

/// A boost has the post that it is of inside.
fn unwrapped(value: Value<'_>) -> Status<'_> {
    Status(value.get("reblog").filter(|inner| is_status(*inner)).unwrap_or(value))
}

/// One post.
#[derive(Clone, Copy)]
pub(super) struct Status<'a>(Value<'a>);

impl<'a> Status<'a> {
    pub(super) fn id(self) -> Option<&'a str> {
        self.0.get("id")?.id()
    }

    /// The post that it answers.
    pub(super) fn parent(self) -> Option<&'a str> {
        self.0.get("in_reply_to_id")?.id()
    }

    /// Answers that it is told to have; older versions do not tell.
    pub(super) fn replies(self) -> Option<usize> {
        self.0.number("replies_count").and_then(|count| usize::try_from(count).ok())
    }

    /// True for an answer to a post that was taken away: whom it answers is still told.
    fn lost_its_parent(self) -> bool {
        let answers_somebody = self.0.get("in_reply_to_account_id").and_then(Value::id).is_some();
        self.parent().is_none() && answers_somebody
    }

    fn author(self) -> Option<CleanText> {
        let account = self.0.get("account")?;
        label(account.text("display_name")).or_else(|| label(account.text("acct")))
    }

    fn url(self) -> Option<CleanText> {
        label(self.0.text("url").or_else(|| self.0.text("uri").filter(|uri| uri.starts_with("http"))))
    }

    /// Favourites and boosts: both say that somebody found it worth reading.
    fn rank(self) -> Rank {
        let count = |key: &str| self.0.number(key).and_then(|count| u32::try_from(count).ok());
        let favourites = count("favourites_count");
        favourites.map_or(Rank::Unrated, |likes| Rank::Likes(likes.saturating_add(count("reblogs_count").unwrap_or(0))))
    }

    /// Its words, pictures and poll; behind its content warning, where it has one.
    fn body(self) -> Document {
        let mut source = self.0.text("content").unwrap_or_default().to_owned();
        for media in self.0.get("media_attachments").into_iter().flat_map(Value::items) {
            source.push_str(&attachment(media));
        }
        let options = self.0.at(&["poll", "options"]).into_iter().flat_map(Value::items);
        let options: String = options.map(poll_option).collect();
        if !options.is_empty() {
            source = format!("{source}<ul>{options}</ul>");
        }
        let base = self.url().and_then(|url| Url::parse(&url).ok());
        let mut body = html::to_document(&source, base.as_ref());
        if let Some(title) = label(self.0.text("spoiler_text")) {
            let blocks = std::mem::take(&mut body.blocks);
            body.blocks = vec![Block::Spoiler { title, blocks }];
        }
        body
    }

    fn comment(self, id: &str) -> Comment {
        let posted = iso(self.0.text("created_at"));
        Comment {
            id: id.into(),
            author: self.author(),
            posted,
            edited: iso(self.0.text("edited_at")),
            rank: self.rank(),
            url: self.url(),
            body: self.body().into(),
            ..Comment::default()
        }
    }

    /// A post has no headline: its warning stands for one, else its first words.
    fn article(self) -> Article {
        let body = self.body();
        let title = label(self.0.text("spoiler_text")).unwrap_or_else(|| body.first_words());
        let (byline, published) = (self.author(), iso(self.0.text("created_at")));
        Article { title, byline, published, url: self.url(), body, ..Article::default() }
    }
}

fn attachment(media: Value<'_>) -> String {
    let address = media.text("url").or_else(|| media.text("remote_url")).unwrap_or_default();
    let (address, words) = (escaped(address), escaped(media.text("description").unwrap_or_default()));
    match media.text("type") {
        Some("image") => format!("<p><img src=\"{address}\" alt=\"{words}\"></p>"),
        kind => {
            let kind = escaped(kind.unwrap_or("attachment"));
            let words = if words.is_empty() { kind } else { format!("{kind}: {words}") };
            format!("<p><a href=\"{address}\">{words}</a></p>")
        }
    }
}

fn poll_option(option: Value<'_>) -> String {
    let title = escaped(option.text("title").unwrap_or_default());
    match option.number("votes_count") {
        Some(1) => format!("<li>{title}: 1 vote</li>"),
        Some(votes) => format!("<li>{title}: {votes} votes</li>"),
        None => format!("<li>{title}</li>"),
    }
}

/// Groups posts by conversation, by the numbers of their ids.
#[derive(Default)]
struct Conversations<'a> {
    numbers: HashMap<&'a str, usize>,
    /// By number: one that it belongs to, itself for the first.
    above: Vec<usize>,
}

impl<'a> Conversations<'a> {
    fn number(&mut self, id: &'a str) -> usize {
        let next = self.above.len();
        let number = *self.numbers.entry(id).or_insert(next);
        if number == next {
            self.above.push(next);
        }
        number
    }

    fn first(&mut self, mut number: usize) -> usize {
        while self.above[number] != number {
            self.above[number] = self.above[self.above[number]];
            number = self.above[number];
        }
        number
    }

    fn join(&mut self, one: &'a str, other: &'a str) {
        let (one, other) = (self.number(one), self.number(other));
        let (one, other) = (self.first(one), self.first(other));
        self.above[one.max(other)] = one.min(other);
    }
}

/// Reads every post, a page for each conversation.
pub(super) fn read_pages(json: JsonPieces<'_>) -> (Vec<Page>, Vec<CleanText>) {
    let mut tally = Tally::default();
    let mut conversations = Conversations::default();
    let mut posts: Vec<(&str, Status<'_>)> = Vec::new();
    let mut seen = HashSet::new();
    // The context follows its post, and need not name it.
    let mut alone: Option<&str> = None;
    for value in json.each() {
        if !is_context(value) && !is_status(value) {
            tally.foreign += 1;
            continue;
        }
        let mut before = alone.take().filter(|_| is_context(value));
        for status in statuses(value) {
            let Some(id) = status.id() else {
                tally.nameless += 1;
                continue;
            };
            conversations.number(id);
            for other in [status.parent(), before].into_iter().flatten() {
                conversations.join(id, other);
            }
            before = Some(id);
            if seen.insert(id) {
                posts.push((id, status));
            }
        }
        alone = before.filter(|_| !is_context(value));
    }
    let mut by_conversation: BTreeMap<usize, Vec<(&str, Status<'_>)>> = BTreeMap::new();
    for (id, status) in posts {
        let number = conversations.number(id);
        by_conversation.entry(conversations.first(number)).or_default().push((id, status));
    }
    let pages: Vec<Page> = by_conversation.into_values().map(page).collect();
    tally.more = pages.iter().map(missing).sum();
    (pages, tally.notes())
}

/// The page of one conversation: its first post, the others as comments, and how many of them are not here.
fn page(mut posts: Vec<(&str, Status<'_>)>) -> Page {
    let is_first = |(_, status): &(&str, Status<'_>)| status.parent().is_none() && !status.lost_its_parent();
    let root = posts.iter().position(is_first).map(|at| posts.remove(at));
    let article = root.map_or_else(
        || Article { title: clean_line("Answers to a post that is not here"), ..Article::default() },
        |(_, status)| status.article(),
    );
    let (root_id, mut gathered) = (root.map(|(id, _)| id), Gathered::new(article));
    let ids: HashSet<&str> = posts.iter().map(|(id, _)| *id).chain(root_id).collect();
    let mut here: HashMap<&str, usize> = HashMap::new();
    for (id, status) in &posts {
        let parent = status.parent();
        *here.entry(parent.unwrap_or(NOT_TOLD)).or_default() += 1;
        let above = parent.filter(|parent| Some(*parent) != root_id).or(status.lost_its_parent().then_some(NOT_TOLD));
        gathered.push(status.comment(id), above.map(Into::into));
    }
    // Answers that posts are told to have, and the posts that are answered and are not here: these may be among those.
    let mut lacking = 0;
    for (id, status) in posts.iter().chain(&root) {
        let told = status.replies().unwrap_or(0).saturating_sub(here.get(id).copied().unwrap_or(0));
        if told > 0 {
            gathered.lacks(Some(*id).filter(|id| Some(*id) != root_id), told);
        }
        lacking += told;
    }
    let gone: HashSet<&str> = posts.iter().filter_map(|(_, status)| status.parent()).filter(|id| !ids.contains(id)).collect();
    let gone = gone.len() + posts.iter().filter(|(_, status)| status.lost_its_parent()).count();
    if gone > lacking {
        gathered.lacks(None, gone - lacking);
    }
    let total = gathered.comments.len() + lacking.max(gone);
    let tells = root.is_some_and(|(_, status)| status.replies().is_some());
    let told = if tells { SiteCount::All(total) } else { SiteCount::Unknown };
    let url = gathered.article.url.clone().unwrap_or_default();
    let host = Url::parse(&url).ok().and_then(|url| url.host_str().map(str::to_owned));
    let source = match host {
        Some(host) => Source { key: clean_line(&format!("mastodon:{host}")), title: clean_line(&host) },
        None => Source { key: clean_line("mastodon"), title: clean_line("Mastodon") },
    };
    gathered.into_page(source, Some(&Mastodon), Scale::Likes, &url, told)
}
