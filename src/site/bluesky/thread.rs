//! Threads out of posts: the first post is the article, all others are comments.

use std::collections::{BTreeMap, HashMap};

use super::posts::{PlacedPost, placed};
use super::{Bluesky, ID, page_of, text, web_address};
use crate::domain::article::{Article, Page, Source};
use crate::domain::completeness::SiteCount;
use crate::domain::rank::{Rank, Scale};
use crate::domain::text::{CleanText, clean_line};
use crate::domain::thread::{Comment, VoteState};
use crate::format::fields::{iso, label};
use crate::format::json::{JsonPieces, Value};
use crate::site::page_builder::{Gathered, Tally, missing};
use crate::site::story::Story;

/// Reads every post, a page for each thread.
pub(super) fn read_pages(json: JsonPieces<'_>) -> (Vec<Page>, Vec<CleanText>) {
    let mut tally = Tally::default();
    let posts = placed(json, &mut tally.foreign);
    // A post that is not shown belongs to the thread of those beside it.
    let mut roots: HashMap<&str, &str> = HashMap::new();
    for post in &posts {
        let root = post.root().or_else(|| post.parent().and_then(|parent| roots.get(parent).copied()));
        roots.entry(post.uri).or_insert(root.unwrap_or(post.uri));
        if let (Some(parent), Some(root)) = (post.parent(), root) {
            // One above that is not shown comes first.
            roots
                .entry(parent)
                .and_modify(|own| {
                    if *own == parent {
                        *own = root;
                    }
                })
                .or_insert(root);
        }
    }
    let mut threads: BTreeMap<&str, Vec<PlacedPost<'_>>> = BTreeMap::new();
    for post in posts {
        threads.entry(roots.get(post.uri).copied().unwrap_or(post.uri)).or_default().push(post);
    }
    // Where all that is told of a thread is that it is not shown, there is nothing to read.
    threads.retain(|_, posts| posts.iter().any(|post| post.post.is_some()));
    let pages: Vec<Page> = threads.into_iter().map(|(root, posts)| page(root, posts)).collect();
    tally.more = pages.iter().map(missing).sum();
    (pages, tally.notes())
}

/// The page of one thread. The same post may come in several answers; one with its text is better than one without.
fn page(root: &str, mut posts: Vec<PlacedPost<'_>>) -> Page {
    posts.sort_by_key(|post| post.post.is_none());
    let first = posts.iter().find(|post| post.uri == root).and_then(|post| post.post);
    let mut gathered = Gathered::new(first.map_or_else(
        || Article {
            title: clean_line("Replies to a post that is not here"),
            url: label(web_address(root).as_deref()),
            ..Article::default()
        },
        article,
    ));
    let mut told: HashMap<&str, ReplyCounts> = HashMap::new();
    for post in &posts {
        let own = told.entry(post.uri).or_default();
        own.replies = own.replies.max(post.replies());
        // The fullest answer lacks the fewest.
        own.more = [own.more, post.more].into_iter().flatten().min();
    }
    let mut here: HashMap<&str, usize> = HashMap::new();
    for post in posts.iter().filter(|post| post.uri != root) {
        let above = post.parent().filter(|parent| *parent != root);
        if post.post.is_none() && !post.is_deleted {
            continue;
        }
        if gathered.push(comment(*post), above.map(Into::into)) {
            *here.entry(post.parent().unwrap_or(root)).or_default() += 1;
        }
    }
    let mut lacking = 0;
    for (uri, told) in told {
        let here = here.get(uri).copied().unwrap_or(0);
        let missing = told.replies.map_or(0, |replies| replies.saturating_sub(here)).max(told.more.unwrap_or(0));
        if missing > 0 {
            gathered.lacks(Some(uri).filter(|uri| *uri != root), missing);
        }
        lacking += missing;
    }
    let total = gathered.comments.len() + lacking;
    let count = if first.is_some() { SiteCount::All(total) } else { SiteCount::Unknown };
    let url = gathered.article.url.clone().unwrap_or_default();
    let source = Source { key: clean_line(ID.key()), title: clean_line("Bluesky") };
    gathered.into_page(source, Some(&Bluesky), Scale::Likes, &url, count)
}

/// The replies to one post, as the answers tell them.
#[derive(Default)]
struct ReplyCounts {
    replies: Option<usize>,
    more: Option<usize>,
}

fn author(post: Value<'_>) -> Option<CleanText> {
    let author = post.get("author")?;
    label(author.text("displayName")).or_else(|| label(author.text("handle"))).or_else(|| label(author.text("did")))
}

/// By the handle, as people know it, if it is in force.
fn address(post: Value<'_>) -> Option<String> {
    let uri = post.text("uri")?;
    let handle = post.at(&["author", "handle"]).and_then(Value::str).filter(|handle| *handle != "handle.invalid");
    let key = uri.rsplit('/').next().filter(|_| uri.starts_with("at://"))?;
    handle.map(|handle| page_of(handle, key)).or_else(|| web_address(uri))
}

fn likes(post: Value<'_>) -> Option<u32> {
    post.number("likeCount").and_then(|likes| u32::try_from(likes).ok())
}

/// The time that its author gives; that of the server where it is none.
fn posted(post: Value<'_>) -> Option<crate::domain::time::When> {
    let written = post.at(&["record", "createdAt"]).and_then(Value::str);
    iso(written).or_else(|| iso(post.text("indexedAt")))
}

/// A post has no headline; its first words stand for one.
fn article(post: Value<'_>) -> Article {
    let body = text::body(post);
    Article {
        title: body.first_words(),
        byline: author(post),
        published: posted(post),
        url: label(address(post).as_deref()),
        body,
        ..Article::default()
    }
}

fn comment(placed: PlacedPost<'_>) -> Comment {
    let Some(post) = placed.post else {
        return Comment { id: placed.uri.into(), rank: Rank::Removed, ..Comment::default() };
    };
    Comment {
        id: placed.uri.into(),
        author: author(post),
        posted: posted(post),
        rank: likes(post).map_or(Rank::Unrated, Rank::Likes),
        url: label(web_address(placed.uri).as_deref()),
        body: text::body(post).into(),
        ..Comment::default()
    }
}

/// A post of an account's list; one that the account only repeats is another's.
pub(super) fn story(item: Value<'_>) -> Option<Story> {
    let post = item.get("post")?;
    let article = article(post);
    let standing = VoteState {
        place: clean_line(ID.key()),
        url: article.url.clone()?,
        scale: Scale::Likes,
        points: likes(post).map(i64::from),
        comments: post.number("replyCount").and_then(|count| u32::try_from(count).ok()),
    };
    Some(Story { id: post.text("uri")?.into(), article, standing })
}
