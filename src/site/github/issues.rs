//! Issues, pull requests and discussions as the two interfaces give them: threads, lists of comments and of reviews, and the
//! answers of GraphQL, which have comments inside of what they belong to.

use std::collections::{BTreeMap, HashMap};

use url::Url;

use super::{GitHub, GitHubThread, ID, REVIEW, REVIEW_COMMENT};
use crate::domain::article::{Article, Page, Source};
use crate::domain::completeness::SiteCount;
use crate::domain::rank::{Rank, Scale};
use crate::domain::text::{CleanText, Document, clean_line};
use crate::domain::thread::{Comment, VoteState};
use crate::format::fields::{iso, label};
use crate::format::json::{JsonPieces, Value};
use crate::format::{html, markdown};
use crate::site::page_builder::{Gathered, Tally, missing};
use crate::site::story::Story;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum GitHubPost {
    Thread,
    Comment,
    Review,
    ReviewComment,
}

impl GitHubPost {
    /// The kind of a value of the older interface.
    fn of(value: Value<'_>) -> Option<GitHubPost> {
        let has = |key: &str| value.get(key).is_some();
        let is_post = has("user") && has("body") && has("html_url");
        match () {
            () if !is_post => None,
            () if has("pull_request_url") && has("submitted_at") => Some(GitHubPost::Review),
            () if has("pull_request_url") => Some(GitHubPost::ReviewComment),
            () if has("issue_url") || has("discussion_id") => Some(GitHubPost::Comment),
            () if has("number") && has("title") => Some(GitHubPost::Thread),
            () => None,
        }
    }

    fn mark(self) -> &'static str {
        match self {
            GitHubPost::Review => REVIEW,
            GitHubPost::ReviewComment => REVIEW_COMMENT,
            GitHubPost::Thread | GitHubPost::Comment => "",
        }
    }
}

/// True if a value is a post of the older interface, or an answer of GraphQL with a thread in it.
pub(super) fn is_of_interface(value: Value<'_>) -> bool {
    GitHubPost::of(value).is_some() || graphql(value).is_some()
}

/// The thread in an answer of GraphQL.
fn graphql(value: Value<'_>) -> Option<Value<'_>> {
    let repository = value.at(&["data", "repository"]).or_else(|| value.get("repository"))?;
    let thread = ["discussion", "issue", "pullRequest"].iter().find_map(|key| repository.get(key))?;
    thread.get("title").map(|_| thread)
}

/// A post with the id of the comment that it answers.
struct CommentRecord {
    comment: Comment,
    parent: Option<Box<str>>,
    /// Its time, kind and number: whichever list comes first, comments stand in this order.
    order: (String, GitHubPost, u64),
}

#[derive(Default)]
struct ThreadParts {
    article: Option<Article>,
    address: String,
    comments: Vec<CommentRecord>,
    /// Comments that the thread is told to have, without those of reviews.
    told: Option<usize>,
    /// Answers to comments are not among these.
    counts_first_level: bool,
    is_pull: bool,
    /// By comment: answers that are told and not here.
    lacking: HashMap<Box<str>, usize>,
}

/// Reads every thread, a page for each.
pub(super) fn read_pages(json: JsonPieces<'_>) -> (Vec<Page>, Vec<CleanText>) {
    let mut tally = Tally::default();
    let mut threads: BTreeMap<(String, bool, u64), ThreadParts> = BTreeMap::new();
    for value in json.each() {
        let found = graphql(value);
        let Some(kind) = GitHubPost::of(value).or(found.map(|_| GitHubPost::Thread)) else {
            tally.foreign += 1;
            continue;
        };
        let value = found.unwrap_or(value);
        let thread = thread_of(value);
        // An issue and a pull request share their numbers, and some addresses of the one lead to the other.
        let key = thread.as_ref().map(|thread| (thread.repository.clone(), thread.kind == "discussions", thread.number));
        let key = key.unwrap_or_else(|| (String::new(), false, number(value, "number").unwrap_or(0) as u64));
        let parts = threads.entry(key).or_default();
        let address = thread.map(|thread| thread.address()).unwrap_or_default();
        if parts.address.is_empty() || kind == GitHubPost::Thread {
            parts.address = address;
        }
        match kind {
            GitHubPost::Thread if found.is_some() => parts.take_graphql(value, &mut tally),
            GitHubPost::Thread => parts.take_thread(value),
            _ => parts.take_comment(value, kind, &mut tally),
        }
    }
    let pages: Vec<Page> = threads.into_values().map(|parts| parts.into_page(&mut tally)).collect();
    tally.more = pages.iter().map(missing).sum();
    (pages, tally.notes())
}

fn number(value: Value<'_>, key: &str) -> Option<usize> {
    value.number(key).and_then(|number| usize::try_from(number).ok())
}

/// The thread that a post stands in, by its own address.
fn thread_of(value: Value<'_>) -> Option<GitHubThread> {
    let address = value.text("html_url").or_else(|| value.text("url"))?;
    GitHubThread::at(&Url::parse(address).ok()?)
}

impl ThreadParts {
    fn take_thread(&mut self, value: Value<'_>) {
        if self.article.is_some() {
            return;
        }
        self.is_pull = value.get("pull_request").is_some();
        self.told = number(value, "comments");
        self.article = Some(Article {
            title: clean_line(value.text("title").unwrap_or_default()),
            byline: author(value.get("user")),
            published: iso(value.text("created_at")),
            url: label(Some(&self.address)),
            body: words(value),
            categories: value
                .get("labels")
                .into_iter()
                .flat_map(Value::items)
                .filter_map(|one| label(one.text("name")))
                .collect(),
            ..Article::default()
        });
    }

    fn take_comment(&mut self, value: Value<'_>, kind: GitHubPost, tally: &mut Tally) {
        let Some(id) = value.get("id").and_then(Value::id) else {
            tally.nameless += 1;
            return;
        };
        // A review that only says yes or no, or holds its comments together.
        if kind == GitHubPost::Review && value.text("body").unwrap_or_default().trim().is_empty() {
            return;
        }
        let parent = ["in_reply_to_id", "parent_id"].iter().find_map(|key| value.get(key)).and_then(Value::id);
        let marked = |id: &str| format!("{}{id}", kind.mark()).into_boxed_str();
        if let Some(answers) = number(value, "child_comment_count") {
            self.lacking.insert(marked(id), answers);
        }
        let (posted, changed) = (value.text("created_at").or_else(|| value.text("submitted_at")), value.text("updated_at"));
        let comment = Comment {
            id: marked(id),
            author: author(value.get("user")),
            posted: iso(posted),
            edited: iso(changed.filter(|changed| Some(*changed) != posted)),
            rank: value.get("reactions").map_or(Rank::Unrated, liked),
            url: label(value.text("html_url")),
            body: words(value).into(),
            ..Comment::default()
        };
        let order = (posted.unwrap_or_default().to_owned(), kind, id.parse().unwrap_or(0));
        self.comments.push(CommentRecord { comment, parent: parent.map(marked), order });
    }

    fn take_graphql(&mut self, thread: Value<'_>, tally: &mut Tally) {
        self.article.get_or_insert_with(|| Article {
            title: clean_line(thread.text("title").unwrap_or_default()),
            byline: author(thread.get("author")),
            published: iso(thread.text("createdAt")),
            url: label(Some(&self.address)),
            body: markdown::to_document(thread.text("body").unwrap_or_default()),
            ..Article::default()
        });
        let comments = thread.get("comments");
        self.told = self.told.max(comments.and_then(|list| number(list, "totalCount")));
        self.counts_first_level = true;
        self.take_nodes(comments, None, tally);
    }

    /// Takes the comments of a list with the answers to them.
    fn take_nodes(&mut self, list: Option<Value<'_>>, above: Option<&str>, tally: &mut Tally) {
        for node in list.and_then(|list| list.get("nodes")).into_iter().flat_map(Value::items) {
            let Some(id) = ["databaseId", "id"].iter().find_map(|key| node.get(key)).and_then(Value::id) else {
                tally.nameless += 1;
                continue;
            };
            let votes = node.number("upvoteCount").or_else(|| node.at(&["reactions", "totalCount"])?.i64());
            let rank = votes.and_then(|votes| u32::try_from(votes).ok()).map_or(Rank::Unrated, Rank::Likes);
            let comment = Comment {
                id: id.into(),
                author: author(node.get("author")),
                posted: iso(node.text("createdAt")),
                edited: iso(node.text("lastEditedAt")),
                rank: if node.is("isMinimized") || node.text("deletedAt").is_some() { Rank::Removed } else { rank },
                url: label(node.text("url")),
                body: markdown::to_document(node.text("body").unwrap_or_default()).into(),
                ..Comment::default()
            };
            let order = (node.text("createdAt").unwrap_or_default().to_owned(), GitHubPost::Comment, id.parse().unwrap_or(0));
            self.comments.push(CommentRecord { comment, parent: above.map(Into::into), order });
            // Answers are one level deep.
            if above.is_none() {
                let replies = node.get("replies");
                let answers = replies.and_then(|list| number(list, "totalCount"));
                self.take_nodes(replies, Some(id), tally);
                self.lacking.extend(answers.map(|answers| (id.into(), answers)));
            }
        }
    }

    fn into_page(mut self, tally: &mut Tally) -> Page {
        let address = std::mem::take(&mut self.address);
        let article = self.article.take().unwrap_or_else(|| Article {
            title: clean_line("Comments on a thread that is not here"),
            url: label(Some(&address)),
            ..Article::default()
        });
        let is_told = self.told.is_some() && !self.is_pull;
        let mut gathered = Gathered::new(article);
        let mut counted = 0;
        self.comments.sort_by(|a, b| a.order.cmp(&b.order));
        for CommentRecord { comment, parent, .. } in self.comments {
            let is_counted = !comment.id.starts_with(REVIEW_COMMENT) && (parent.is_none() || !self.counts_first_level);
            if let Some(answers) = parent.as_ref().and_then(|parent| self.lacking.get_mut(parent)) {
                *answers = answers.saturating_sub(1);
            }
            let is_new = gathered.push(comment, parent);
            counted += usize::from(is_new && is_counted);
            tally.twice += usize::from(!is_new);
        }
        let below: usize = self.lacking.values().sum();
        let lacking = self.told.map_or(0, |told| told.saturating_sub(counted));
        let lacking = if self.counts_first_level { lacking + below } else { lacking.max(below) };
        for (id, answers) in self.lacking.into_iter().filter(|(_, answers)| *answers > 0) {
            gathered.lacks(Some(&id), answers);
        }
        gathered.lacks(None, lacking - below);
        let total = gathered.comments.len() + lacking;
        let repository = Url::parse(&address).ok().as_ref().and_then(GitHubThread::at).map(|thread| thread.repository);
        let source = match repository {
            Some(repository) => Source { key: clean_line(&format!("github:{repository}")), title: clean_line(&repository) },
            None => Source { key: clean_line("github"), title: clean_line("GitHub") },
        };
        let count = if is_told { SiteCount::All(total) } else { SiteCount::Unknown };
        gathered.into_page(source, Some(&GitHub), Scale::Likes, &address, count)
    }
}

/// The text as written, otherwise as the site rendered it.
fn words(value: Value<'_>) -> Document {
    let written = value.text("body").filter(|text| !text.is_empty());
    let rendered = || value.text("body_html").map(|text| html::to_document(text, None));
    written.map(markdown::to_document).or_else(rendered).unwrap_or_default()
}

/// An account that was deleted is told as none; the site itself shows it so.
fn author(user: Option<Value<'_>>) -> Option<CleanText> {
    let user = user?;
    if user.is_null() { label(Some("ghost")) } else { label(user.text("login")) }
}

/// Reactions other than a thumb down and confusion.
fn liked(reactions: Value<'_>) -> Rank {
    let against: i64 = ["-1", "confused"].iter().filter_map(|key| reactions.number(key)).sum();
    let likes = reactions.number("total_count").map(|total| total.saturating_sub(against).max(0));
    likes.and_then(|likes| u32::try_from(likes).ok()).map_or(Rank::Unrated, Rank::Likes)
}

/// A thread of a list.
pub(super) fn story(value: Value<'_>) -> Option<Story> {
    let thread = thread_of(value).filter(|_| GitHubPost::of(value) == Some(GitHubPost::Thread))?;
    let mut parts = ThreadParts { address: thread.address(), ..ThreadParts::default() };
    parts.take_thread(value);
    let reactions = value.get("reactions").map(liked);
    let standing = VoteState {
        place: clean_line(ID.key()),
        url: clean_line(&parts.address),
        scale: Scale::Likes,
        points: if let Some(Rank::Likes(likes)) = reactions { Some(i64::from(likes)) } else { None },
        comments: parts.told.and_then(|told| u32::try_from(told).ok()),
    };
    Some(Story { id: thread.number.to_string().into(), article: parts.article?, standing })
}
