//! Pages of old.reddit.com, and of all of Reddit before 2018: every post, comment and stub is a "thing".

use dom_query::NodeRef;
use url::Url;

use super::{RedditPage, points, shown_rank};
use crate::domain::article::Article;
use crate::domain::rank::Rank;
use crate::domain::text::{Document, clean_line};
use crate::domain::thread::{AuthorRole, Comment};
use crate::domain::time::{Timestamp, When};
use crate::format::fields::label;
use crate::format::html::find::{all, first_text, within};
use crate::format::html::lift::{LiftedItem, lift};
use crate::format::html::{self, nodes_to_document};
use crate::format::page::dated;
use crate::format::{Origin, Unreadable};
use crate::site::SavedPage;
use crate::site::comment_list::parents;
use crate::site::reddit::{HOME, absolute, bare, is_taken_away, thread_at};

pub(super) fn read(text: &str, origin: &Origin<'_>) -> Result<SavedPage, Unreadable> {
    let lifted = lift(text, &|tag| tag.has_class("thing"));
    let things = lifted.items();
    let posts: Vec<&LiftedItem<'_>> = things.iter().filter(|thing| is_post(&thing.node)).collect();
    let has_comments = things.iter().any(|thing| thing.node.has_class("comment"));
    if posts.len() > 1 && !has_comments {
        return Err(Unreadable::Unknown { found: "a list of Reddit posts" });
    }
    let threads = things.iter().filter_map(|thing| thread_at(&absolute(&thing.node.attr("data-permalink")?)));
    let mut threads: Vec<String> = threads.collect();
    threads.sort();
    threads.dedup();
    if threads.len() > 1 {
        return Err(Unreadable::Unknown { found: "a list of Reddit comments" });
    }
    if posts.is_empty() && !has_comments {
        return Err(Unreadable::Unknown { found: "a page of Reddit without a thread" });
    }
    let mut page = RedditPage::default();
    let dom = html::parse(&lifted.rest);
    page.id = threads.pop().and_then(|thread| thread.rsplit('/').next().map(str::to_owned));
    if let Some(post) = posts.first() {
        take_post(&mut page, post);
    }
    page.place(&dom, text, origin);
    take_comments(&mut page, &things);
    Ok(page.into_saved())
}

fn is_post(node: &NodeRef<'_>) -> bool {
    node.has_class("link") || node.attr("data-fullname").is_some_and(|name| name.starts_with("t3_"))
}

fn take_post(page: &mut RedditPage, post: &LiftedItem<'_>) {
    let node = &post.node;
    let told = |name: &str| node.attr(name).map(|value| value.to_string());
    page.id = told("data-fullname").map(|name| bare(&name).to_owned()).or(page.id.take());
    page.subreddit = label(told("data-subreddit").as_deref());
    page.place_by(&told("data-permalink").unwrap_or_default());
    let by_words = || first_text(&post.frame, "a.comments").and_then(|words| points(words.split_whitespace().next()?));
    page.told = told("data-comments-count").and_then(|count| count.parse().ok()).or_else(by_words);
    let link = within(&post.frame, "a.title");
    let href = told("data-url").or_else(|| Some(link.as_ref()?.attr("href")?.to_string()));
    let url = href.filter(|href| href.starts_with("http") && thread_at(href).is_none()).or_else(|| Some(page.url()));
    let millis = told("data-timestamp").and_then(|millis| millis.parse::<i64>().ok());
    let time = within(&post.frame, ".tagline time").and_then(|time| dated(&time.attr("datetime")?));
    page.list.gathered.article = Article {
        title: link.map(|link| clean_line(&link.text())).unwrap_or_default(),
        byline: author(post),
        published: time.or(millis.map(|millis| When::Instant(Timestamp(millis.div_euclid(1000))))),
        url: label(url.as_deref()),
        body: words(post),
        ..Article::default()
    };
}

fn take_comments(page: &mut RedditPage, things: &[LiftedItem<'_>]) {
    let comment_id = |thing: &LiftedItem<'_>| id(thing).filter(|_| thing.node.has_class("comment"));
    let ids: Vec<Option<Box<str>>> = things.iter().map(comment_id).collect();
    let parents = parents(things, &ids);
    for ((thing, id), parent) in things.iter().zip(ids).zip(parents) {
        if thing.node.has_class("morechildren") {
            page.list.lacks(parent.as_deref(), more(thing));
        } else if thing.node.has_class("morerecursion") {
            page.list.lacks(parent.as_deref(), 0);
        } else if let Some(id) = id {
            let parent = parent.or_else(|| linked_parent(thing, &id, page.id.as_deref()));
            page.push(comment(thing, &id), parent);
        } else if thing.node.has_class("comment") {
            page.list.tally.nameless += 1;
        }
    }
}

fn id(thing: &LiftedItem<'_>) -> Option<Box<str>> {
    let name = thing.node.attr("data-fullname").map(|name| name.to_string());
    let name = name.or_else(|| thing.node.id_attr().and_then(|id| id.strip_prefix("thing_").map(str::to_owned)))?;
    name.strip_prefix("t1_").filter(|id| !id.is_empty()).map(Into::into)
}

/// The comment that a "parent" link leads to, where the page begins below it.
fn linked_parent(thing: &LiftedItem<'_>, own: &str, thread: Option<&str>) -> Option<Box<str>> {
    let link = all(&thing.frame, ".entry a.bylink").into_iter().find(|link| {
        link.attr("data-event-action").is_some_and(|action| &*action == "parent") || link.text().trim() == "parent"
    })?;
    let href = link.attr("href")?;
    let (before, id) = href.rsplit_once(['#', '/'])?;
    let is_comment = before.is_empty() || before.contains("/comments/");
    (is_comment && !id.is_empty() && id != own && Some(id) != thread && !id.contains('?')).then(|| id.into())
}

/// "load more comments (12 replies)"
fn more(thing: &LiftedItem<'_>) -> usize {
    let words = first_text(&thing.frame, "a.button").unwrap_or_default();
    let told = words.rsplit_once('(').and_then(|(_, rest)| rest.split_whitespace().next()?.parse().ok());
    let listed = || {
        let call = within(&thing.frame, "a.button")?.attr("onclick")?.to_string();
        call.split('\'').find(|part| part.contains(',') && part.len() > 3).map(|ids| ids.split(',').count())
    };
    told.or_else(listed).unwrap_or(0)
}

fn author(thing: &LiftedItem<'_>) -> Option<crate::domain::text::CleanText> {
    let attr = thing.node.attr("data-author").and_then(|name| label(Some(&name)));
    attr.or_else(|| first_text(&thing.frame, ".entry .tagline .author")).filter(|name| &**name != "[deleted]")
}

fn words(thing: &LiftedItem<'_>) -> Document {
    let text = within(&thing.frame, ".entry .usertext-body .md, .expando .md");
    text.map_or_else(Document::default, |text| nodes_to_document(&[text], Url::parse(HOME).ok().as_ref(), &|_| false))
}

fn comment(thing: &LiftedItem<'_>, id: &str) -> Comment {
    let body = words(thing);
    let time = |selector: &str| within(&thing.frame, selector).and_then(|time| dated(&time.attr("datetime")?));
    let is_gone = thing.node.has_class("deleted") || is_taken_away(&body.text());
    let is_hidden = within(&thing.frame, ".entry .score-hidden").is_some();
    let scores = all(&thing.frame, ".entry .tagline .score");
    let score = scores.iter().find(|score| score.has_class("unvoted")).or(scores.first());
    let told = score.and_then(|score| score.attr("title")).and_then(|title| points(&title));
    let rank = match (is_gone, is_hidden, told) {
        (true, ..) => Rank::Removed,
        (_, true, _) => Rank::Withheld,
        (_, _, Some(net)) => Rank::Points { net, split: None },
        _ => score.map_or(Rank::Unrated, |score| shown_rank(&score.text())),
    };
    let is = |class: &str| within(&thing.frame, &format!(".entry .tagline .{class}")).is_some();
    Comment {
        id: id.into(),
        author: author(thing),
        role: match (is("admin"), is("moderator")) {
            (true, _) => AuthorRole::Admin,
            (_, true) => AuthorRole::Moderator,
            _ => AuthorRole::Member,
        },
        posted: time(".entry .tagline time:not(.edited-timestamp)"),
        edited: time(".entry .tagline time.edited-timestamp"),
        rank,
        body: body.into(),
        ..Comment::default()
    }
}
