//! Pages of www.reddit.com since 2023: elements of Reddit's own, which tell nearly all in their attributes. Also what such a
//! page loads afterwards: comments without anything around them.

use dom_query::NodeRef;
use url::Url;

use super::{RedditPage, points};
use crate::domain::article::Article;
use crate::domain::rank::Rank;
use crate::domain::text::{Document, clean_line};
use crate::domain::thread::{AuthorRole, Comment};
use crate::format::fields::label;
use crate::format::html::find::{all, first, within};
use crate::format::html::lift::{LiftedItem, lift};
use crate::format::html::{self, nodes_to_document};
use crate::format::page::dated;
use crate::format::{Origin, Unreadable};
use crate::site::SavedPage;
use crate::site::comment_list::parents;
use crate::site::reddit::{HOME, bare, is_taken_away, thread_at};

pub(super) fn read(text: &str, origin: &Origin<'_>) -> Result<SavedPage, Unreadable> {
    let lifted = lift(text, &|tag| tag.is("shreddit-comment"));
    let items = lifted.items();
    let dom = html::parse(&lifted.rest);
    let posts = dom.select("shreddit-post");
    let tree = first(&dom, "shreddit-comment-tree");
    if posts.length() > 1 && items.is_empty() {
        return Err(Unreadable::Unknown { found: "a list of Reddit posts" });
    }
    let mut page = RedditPage::default();
    if let Some(post) = posts.nodes().first() {
        take_post(&mut page, post);
    }
    if let Some(tree) = &tree {
        page.id = page.id.take().or_else(|| attr(tree, "post-id").map(|id| bare(&id).to_owned()));
        let total = attr(tree, "totalcomments").or_else(|| attr(tree, "total-comments"));
        page.told = total.and_then(|total| total.parse().ok()).or(page.told);
        page.place_by(&attr(tree, "permalink").unwrap_or_default());
    }
    let mut threads: Vec<String> = items.iter().filter_map(|item| attr(&item.node, "postid")).collect();
    threads.sort();
    threads.dedup();
    if threads.len() > 1 {
        return Err(Unreadable::Unknown { found: "a list of Reddit comments" });
    }
    if items.is_empty() && tree.is_none() && page.id.is_none() {
        return Err(Unreadable::Unknown { found: "a page of Reddit without a thread" });
    }
    page.id = page.id.take().or_else(|| threads.pop().map(|id| bare(&id).to_owned()));
    page.place_by(&items.first().and_then(|item| attr(&item.node, "permalink")).unwrap_or_default());
    page.place(&dom, text, origin);
    take_comments(&mut page, &items);
    if first(&dom, "faceplate-partial[src*='more-comments']").is_some() {
        page.list.lacks(None, 0);
        if page.told.is_none() {
            page.list.tell("there are more comments at the end, not in this file");
        }
    }
    Ok(page.into_saved())
}

/// An attribute with something in it.
fn attr(node: &NodeRef<'_>, name: &str) -> Option<String> {
    node.attr(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
}

fn take_post(page: &mut RedditPage, post: &NodeRef<'_>) {
    page.id = attr(post, "id").map(|id| bare(&id).to_owned());
    page.told = attr(post, "comment-count").and_then(|count| count.parse().ok());
    page.place_by(&attr(post, "permalink").unwrap_or_default());
    let linked = attr(post, "content-href").filter(|href| href.starts_with("http") && thread_at(href).is_none());
    let text = within(post, "[slot=text-body] .md, [slot=text-body]");
    page.list.gathered.article = Article {
        title: attr(post, "post-title").map(|title| clean_line(&title)).unwrap_or_default(),
        byline: label(attr(post, "author").as_deref()).filter(|name| &**name != "[deleted]"),
        published: attr(post, "created-timestamp").and_then(|time| dated(&time)),
        url: label(linked.as_deref()),
        body: text.map(|text| words(&text)).unwrap_or_default(),
        ..Article::default()
    };
}

fn take_comments(page: &mut RedditPage, items: &[LiftedItem<'_>]) {
    let id = |item: &LiftedItem<'_>| attr(&item.node, "thingid").map(|id| Box::from(bare(&id)));
    let ids: Vec<Option<Box<str>>> = items.iter().map(id).collect();
    let around = parents(items, &ids);
    for ((item, id), around) in items.iter().zip(ids).zip(around) {
        let Some(id) = id else {
            page.list.tally.nameless += 1;
            continue;
        };
        let named = attr(&item.node, "parentid").filter(|parent| parent.starts_with("t1_"));
        page.push(comment(item, &id), named.map(|parent| bare(&parent).into()).or(around));
        if within(&item.frame, "[data-more-replies-link] a, faceplate-partial[src*='more-comments']").is_some() {
            page.list.lacks(Some(&id), 0);
        }
    }
}

fn words(node: &NodeRef<'_>) -> Document {
    nodes_to_document(&[*node], Url::parse(HOME).ok().as_ref(), &|_| false)
}

fn comment(item: &LiftedItem<'_>, id: &str) -> Comment {
    let own = |end: &str| {
        let wanted = format!("t1_{id}{end}");
        all(&item.frame, "div[id]").into_iter().find(|part| part.id_attr().is_some_and(|id| *id == *wanted))
    };
    let text = own("-post-rtjson-content").or_else(|| own("-comment-rtjson-content"));
    let text = text.or_else(|| within(&item.frame, "[slot=comment]"));
    let body = text.map(|text| words(&text)).unwrap_or_default();
    let author = attr(&item.node, "author").filter(|name| name != "[deleted]");
    let is_deleted = attr(&item.node, "is-comment-deleted").is_some_and(|is| is != "false") || item.node.has_attr("deleted");
    let is_gone = is_deleted || is_taken_away(&body.text()) || is_notice(&body, author.as_deref());
    let times: Vec<_> = all(&item.frame, "time[datetime]").iter().filter_map(|time| dated(&time.attr("datetime")?)).collect();
    let created = attr(&item.node, "created").and_then(|time| dated(&time)).or_else(|| times.first().copied());
    let score = attr(&item.node, "score").and_then(|score| points(&score));
    Comment {
        id: id.into(),
        author: label(author.as_deref()),
        role: if within(&item.frame, "shreddit-comment-author-modifier-icon[moderator], shreddit-comment-badges[moderator]")
            .is_some()
        {
            AuthorRole::Moderator
        } else {
            AuthorRole::Member
        },
        posted: created,
        edited: times.get(1).copied().filter(|edited| Some(*edited) != created),
        rank: match score {
            _ if is_gone => Rank::Removed,
            Some(net) => Rank::Points { net, split: None },
            None => Rank::Withheld,
        },
        body: body.into(),
        ..Comment::default()
    }
}

/// True for the words in place of a comment that its author or a moderator took away.
fn is_notice(body: &Document, author: Option<&str>) -> bool {
    let text = body.text();
    let text = text.trim();
    author.is_none() && (text.is_empty() || text.starts_with("Comment deleted by") || text.starts_with("Comment removed by"))
}
