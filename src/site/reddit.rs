//! Reddit threads as pages ([`web`]), feeds and JSON give them. In JSON: posts (`t3`), comments (`t1`) and `more` stubs, in listings, in trees of
//! `replies`, in recorded answers to `morechildren`, and bare, in any mixture within one file.

mod address;
mod feed;
mod nested;
mod web;
mod words;

use std::collections::{BTreeMap, HashMap};

use self::address::{absolute, address, bare, thread_at, thread_of, thread_url};
use super::{SavedPage, Site, ThreadAddress};
use crate::domain::article::{Article, Page, Replies, Source};
use crate::domain::completeness::SiteCount;
use crate::domain::plural::plural;
use crate::domain::rank::{Rank, Scale};
use crate::domain::site::SiteId;
use crate::domain::text::{CleanText, clean_line};
use crate::domain::thread::{AuthorRole, Comment};
use crate::format::feed::Feed;
use crate::format::fields::{instant, label};
use crate::format::json::{JsonPieces, Value};
use crate::format::{Origin, Unreadable};
use crate::site::comment_feed::FeedThreads;
use crate::site::page_builder::{Gathered, missing};
use crate::source::throttle::Window;
use url::Url;

/// Who is not logged in may ask hardly once a minute.
const WINDOWS: &[Window] = &[Window::new(1, 60)];

pub(super) struct Reddit;

impl Site for Reddit {
    fn id(&self) -> SiteId {
        SiteId::new("reddit")
    }

    fn name(&self) -> &'static str {
        "Reddit"
    }

    fn file_label(&self) -> &'static str {
        "Reddit thread"
    }

    fn owns_json(&self, value: Value<'_>) -> bool {
        is_thing(value)
    }

    fn read_json(&self, json: JsonPieces<'_>, _: &Origin<'_>) -> (Vec<Page>, Vec<CleanText>) {
        read_pages(json)
    }

    fn read_html(&self, text: &str, origin: &Origin<'_>) -> Option<Result<SavedPage, Unreadable>> {
        web::read(text, origin)
    }

    fn other_json(&self, value: Value<'_>) -> Option<&'static str> {
        let is_rules = ["title_regexes", "body_restriction_policy"].iter().all(|key| value.get(key).is_some());
        is_rules.then_some("a subreddit's rules for posts")
    }

    fn threads_of_feed<'a>(&self, feed: &'a Feed) -> Option<FeedThreads<'a>> {
        feed::threads(feed)
    }

    fn thread_address(&self, url: &Url) -> Option<ThreadAddress> {
        thread_of(url)
    }

    fn comment_address(&self, thread: &str, id: &str) -> Option<String> {
        let is_its = thread.starts_with("https://www.reddit.com/comments/");
        is_its.then(|| format!("{thread}/_/{}", id.strip_prefix("t1_").unwrap_or(id)))
    }

    fn windows(&self) -> &'static [Window] {
        WINDOWS
    }

    fn hosts(&self) -> &'static [&'static str] {
        &["www.reddit.com", "old.reddit.com", "reddit.com"]
    }

    fn feed_note(&self) -> Option<&'static str> {
        Some("Reddit tells no ranks in its feeds, and is asked once a minute at the most")
    }
}

const HOME: &str = "https://www.reddit.com";

/// The bodies of removed comments.
const REMOVED: &[&str] = &["[deleted]", "[removed]", "[unavailable]"];

/// True if a comment's words only say that it was taken away; the reason may follow: "[ Removed by Reddit in response to …".
fn is_taken_away(text: &str) -> bool {
    let text = text.trim();
    REMOVED.contains(&text) || (text.starts_with("[ Removed by ") && text.ends_with(']'))
}

/// True if a value is a listing, a post, a comment, an answer to `morechildren`, or threads by their ids.
pub(super) fn is_thing(value: Value<'_>) -> bool {
    let data = value.get("data");
    match value.text("kind") {
        Some("Listing") => data.and_then(|data| data.get("children")).is_some_and(|children| {
            let mut children = children.items();
            children.next().is_none_or(|first| matches!(first.text("kind"), Some("t1" | "t3" | "more")))
                || children.any(|child| matches!(child.text("kind"), Some("t1" | "t3")))
        }),
        Some("t1" | "t3" | "more") => data.is_some_and(Value::is_object),
        _ => {
            let answer = value.at(&["json", "data", "things"]).or_else(|| value.get("jquery"));
            answer.is_some_and(Value::is_array) || is_bare_comment(value) || is_bare_post(value) || nested::is_nested(value)
        }
    }
}

/// A comment without its kind around it, as archives and answers to posting have it.
fn is_bare_comment(value: Value<'_>) -> bool {
    value.text("link_id").is_some_and(|link| link.starts_with("t3_")) && value.get("body").is_some()
}

fn is_bare_post(value: Value<'_>) -> bool {
    value.text("title").is_some() && value.text("subreddit").is_some() && value.get("num_comments").is_some()
}

/// Reads every post and comment, a page for each post.
fn read_pages(json: JsonPieces<'_>) -> (Vec<Page>, Vec<CleanText>) {
    let mut reader = ListingReader::default();
    // A stack, not a recursion: replies nest as deep as people answer.
    let mut ahead: Vec<(Value<'_>, TreeLocation<'_>)> = json.roots().map(|root| (root, TreeLocation::default())).collect();
    ahead.reverse();
    while let Some((value, place)) = ahead.pop() {
        let from = ahead.len();
        if value.is_array() {
            ahead.extend(value.items().map(|item| (item, place)));
        } else if let Some(things) = value.at(&["json", "data", "things"]) {
            ahead.extend(things.items().map(|thing| (thing, place)));
        } else if let Some(calls) = value.get("jquery") {
            // The answer of old to `morechildren`: things among calls to the page's script.
            ahead.extend(calls.items().map(|call| (call, place)));
        } else if let Some(data) = value.get("data") {
            match value.text("kind") {
                Some("Listing") => {
                    ahead.extend(data.get("children").into_iter().flat_map(Value::items).map(|child| (child, place)));
                }
                Some("t3") => reader.post(data),
                Some("t1") => {
                    let below = reader.comment(data, place);
                    ahead.extend(data.get("replies").map(|replies| (replies, below)));
                }
                Some("more") => reader.stub(data, place),
                kind => *reader.foreign.entry(kind.unwrap_or("none").to_owned()).or_default() += 1,
            }
        } else if is_bare_comment(value) {
            let below = reader.comment(value, place);
            ahead.extend(value.get("replies").map(|replies| (replies, below)));
        } else if is_bare_post(value) {
            reader.post(value);
        } else if nested::is_nested(value) {
            nested::read(&mut reader, value);
        } else if value.is_object() {
            *reader.foreign.entry("none".to_owned()).or_default() += 1;
        }
        ahead[from..].reverse();
    }
    reader.finish()
}

/// Where a thing stands in the tree, for what does not say so itself.
#[derive(Clone, Copy, Default)]
struct TreeLocation<'a> {
    thread: Option<&'a str>,
    parent: Option<&'a str>,
}

/// Comments that the file names and does not hold.
struct MoreStub {
    thread: usize,
    parent: Option<String>,
    children: Vec<String>,
    count: usize,
}

#[derive(Default)]
struct RedditThread {
    gathered: Gathered,
    subreddit: Option<CleanText>,
    url: String,
    /// Comments that the place says there are.
    told: Option<i64>,
}

#[derive(Default)]
struct ListingReader {
    threads: Vec<RedditThread>,
    by_id: HashMap<String, usize>,
    stubs: Vec<MoreStub>,
    /// Things of other kinds, by kind.
    foreign: BTreeMap<String, usize>,
    twice: usize,
    nameless: usize,
    edited_sometime: usize,
    /// The other contents of posts besides text, by name.
    beside: BTreeMap<&'static str, usize>,
}

impl ListingReader {
    /// The thread of this id; a comment of no known thread goes to the last.
    fn thread(&mut self, id: Option<&str>) -> usize {
        let Some(id) = id else {
            if self.threads.is_empty() {
                self.threads.push(RedditThread::default());
            }
            return self.threads.len() - 1;
        };
        if let Some(&at) = self.by_id.get(id) {
            return at;
        }
        self.threads.push(RedditThread::default());
        self.by_id.insert(id.to_owned(), self.threads.len() - 1);
        self.threads.len() - 1
    }

    fn post(&mut self, data: Value<'_>) {
        let id = data.text("id").or_else(|| data.text("name").map(bare));
        let at = self.thread(id);
        let many = |key: &str| data.get(key).map_or(0, |many| many.items().count().max(many.members().count()));
        let beside = [
            ("poll option", data.at(&["poll_data", "options"]).map_or(0, |options| options.items().count())),
            ("picture", many("media_metadata")),
            ("post that it took over", many("crosspost_parent_list")),
        ];
        for (what, n) in beside.into_iter().filter(|(_, n)| *n > 0) {
            *self.beside.entry(what).or_default() += n;
        }
        let thread = &mut self.threads[at];
        let own = thread_url(id, data.text("permalink"));
        let linked = data.text("url").map(words::unescaped).map(|url| absolute(&url)).filter(|url| url.starts_with("http"));
        let is_own = data.is("is_self");
        let url = linked.filter(|_| !is_own).unwrap_or_else(|| own.clone());
        thread.url = own;
        thread.subreddit = label(data.text("subreddit"));
        thread.told = data.number("num_comments");
        thread.gathered.article = Article {
            title: clean_line(&words::unescaped(data.text("title").unwrap_or_default())),
            byline: author(data),
            published: instant(data.get("created_utc")),
            url: label(Some(&url)),
            body: words::document(data.text("selftext"), data.text("selftext_html")),
            // The comment count of listings, until comments are here.
            replies: Replies { count: thread.told.and_then(|told| u32::try_from(told).ok()), ..Replies::default() },
            ..Article::default()
        };
    }

    /// Takes a comment in; gives the place of its replies.
    fn comment<'a>(&mut self, data: Value<'a>, place: TreeLocation<'a>) -> TreeLocation<'a> {
        let thread_id = data.text("link_id").or_else(|| data.text("link")).map(bare).or(place.thread);
        let at = self.thread(thread_id);
        let Some(id) = data.text("id").or_else(|| data.text("name")).map(bare) else {
            self.nameless += 1;
            return TreeLocation { thread: thread_id, parent: place.parent };
        };
        let parent = match data.text("parent_id").or_else(|| data.text("parent")) {
            Some(parent) if parent.starts_with("t3_") => None,
            Some(parent) => Some(bare(parent)),
            None => place.parent,
        };
        if data.is("edited") {
            self.edited_sometime += 1;
        }
        let subreddit = data.text("subreddit");
        let text = data.text("body").or_else(|| data.text("contentText"));
        let comment = Comment {
            id: id.into(),
            author: author(data),
            role: match data.text("distinguished") {
                Some("moderator") => AuthorRole::Moderator,
                Some("admin" | "special") => AuthorRole::Admin,
                _ => AuthorRole::Member,
            },
            posted: instant(data.get("created_utc")),
            edited: instant(data.get("edited").filter(|edited| edited.bool().is_none())),
            rank: rank(data, text),
            url: label(Some(&address(data, thread_id, id))),
            body: words::document(text, data.text("body_html").or_else(|| data.text("contentHTML"))).into(),
            ..Comment::default()
        };
        let thread = &mut self.threads[at];
        if thread.url.is_empty() {
            thread.untold(data, subreddit, thread_id);
        }
        if !thread.gathered.push(comment, parent.map(Into::into)) {
            self.twice += 1;
        }
        TreeLocation { thread: thread_id, parent: Some(id) }
    }

    fn stub(&mut self, data: Value<'_>, place: TreeLocation<'_>) {
        let above = data.text("parent_id").and_then(|parent| {
            let by_comment = || self.threads.iter().position(|thread| thread.gathered.has(bare(parent)));
            self.by_id.get(bare(parent)).copied().filter(|_| parent.starts_with("t3_")).or_else(by_comment)
        });
        let thread = above.unwrap_or_else(|| self.thread(place.thread));
        let children: Vec<String> =
            data.get("children").into_iter().flat_map(Value::items).filter_map(Value::id).map(str::to_owned).collect();
        let count = data.number("count").and_then(|count| usize::try_from(count).ok()).unwrap_or(0);
        let parent = data.text("parent_id").map(bare).or(place.parent).map(str::to_owned);
        self.stubs.push(MoreStub { thread, parent, children, count });
    }

    fn finish(mut self) -> (Vec<Page>, Vec<CleanText>) {
        let goes_on = self.place_stubs();
        let pages: Vec<Page> = std::mem::take(&mut self.threads).into_iter().map(RedditThread::into_page).collect();
        let more: usize = pages.iter().map(missing).sum();
        let mut notes = Vec::new();
        if more > 0 {
            notes.push(format!("{more} more, not in this file"));
        }
        if goes_on > 0 {
            notes.push(format!("below {} the thread goes on, not in this file", plural(goes_on as u64, "comment")));
        }
        let mut tell = |n: usize, what: &str| {
            if n > 0 {
                notes.push(format!("{} {what}", plural(n as u64, "comment")));
            }
        };
        tell(self.twice, "stood there twice; the first is kept");
        tell(self.nameless, "without an id left out");
        tell(self.edited_sometime, "edited at a time that is not told");
        notes.extend(self.beside.iter().map(|(what, n)| format!("{} left out", plural(*n as u64, what))));
        notes.extend(self.foreign.iter().map(|(kind, n)| format!("{} of kind {kind} left out", plural(*n as u64, "thing"))));
        (pages, notes.iter().map(|note| clean_line(note)).collect())
    }

    /// Tells each thread what its stubs stand for that is not in the file. Gives how many of them only say that the thread
    /// goes on.
    fn place_stubs(&mut self) -> usize {
        let mut goes_on = 0;
        for stub in &self.stubs {
            let gathered = &mut self.threads[stub.thread].gathered;
            let absent = stub.children.iter().filter(|id| !gathered.has(id)).count();
            if stub.children.is_empty() {
                // "Continue this thread": its comments are told neither by name nor by number.
                let is_here = stub.parent.as_deref().is_some_and(|parent| gathered.has_answer_to(parent));
                goes_on += usize::from(stub.count == 0 && !is_here);
                if !is_here {
                    gathered.lacks(stub.parent.as_deref(), stub.count);
                }
            } else {
                // Where some have come, the number of all that the stub stood for is of no use any more.
                let absent = if absent == stub.children.len() { absent.max(stub.count) } else { absent };
                if absent > 0 {
                    gathered.lacks(stub.parent.as_deref(), absent);
                }
            }
        }
        goes_on
    }
}

impl RedditThread {
    /// The facts that a comment tells of a thread whose post is not in the file.
    fn untold(&mut self, data: Value<'_>, subreddit: Option<&str>, thread: Option<&str>) {
        self.url = thread_url(thread, data.text("link_permalink"));
        self.subreddit = label(subreddit);
        let title = data.text("link_title").map(words::unescaped);
        let linked = data.text("link_url").map(words::unescaped).filter(|url| url.starts_with("http"));
        self.gathered.article = Article {
            title: clean_line(&title.unwrap_or(if self.url.is_empty() { "Comments on an unknown post" } else { "" }.into())),
            url: label(Some(linked.as_deref().unwrap_or(&self.url))),
            ..Article::default()
        };
    }

    fn source(&self) -> Source {
        match self.subreddit.as_deref().unwrap_or("") {
            "" => Source { key: clean_line("reddit"), title: clean_line("reddit") },
            name => Source { key: clean_line(&format!("reddit:{name}")), title: clean_line(&format!("r/{name}")) },
        }
    }

    fn into_page(self) -> Page {
        let source = self.source();
        let told = SiteCount::new(self.told, SiteCount::All);
        self.gathered.into_page(source, Some(&Reddit), Scale::Points, &self.url, told)
    }
}

fn author(data: Value<'_>) -> Option<CleanText> {
    label(data.text("author").filter(|name| *name != "[deleted]"))
}

fn rank(data: Value<'_>, text: Option<&str>) -> Rank {
    let number = |key: &str| data.get(key).and_then(Value::i64);
    if text.is_some_and(is_taken_away) {
        return Rank::Removed;
    }
    if data.is("score_hidden") {
        return Rank::Withheld;
    }
    let (ups, downs) = (number("ups"), number("downs"));
    // Only the format of 2012 tells the downs; since then they are always 0.
    let split = match (ups.and_then(|n| u32::try_from(n).ok()), downs.and_then(|n| u32::try_from(n).ok())) {
        (Some(ups), Some(downs)) if downs > 0 => Some((ups, downs)),
        _ => None,
    };
    let net = number("score").or_else(|| Some(ups? - downs.unwrap_or(0)));
    net.map_or(Rank::Unrated, |net| Rank::Points { net, split })
}

#[cfg(test)]
mod tests;
