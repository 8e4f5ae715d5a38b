//! Feeds of threads at Reddit.

use super::{Reddit, thread_at};
use crate::domain::article::Source;
use crate::domain::text::{Block, clean_line};
use crate::format::feed::{Entry, Feed};
use crate::site::comment_feed::{EntryPart, FeedThreads, PlacedEntry};
use crate::site::identity::thread_address;

/// A thread's feed at Reddit, or a feed of the comments of a subreddit: `t3_…` is a post, `t1_…` a comment.
pub(super) fn threads(feed: &Feed) -> Option<FeedThreads<'_>> {
    // Posts of one person are not a discussion.
    let is_of_user = [&feed.address, &feed.site].into_iter().flatten().any(|address| address.contains("/user/"));
    let place = |entry: &'_ Entry| -> Option<(String, EntryPart)> {
        let url = entry.article.url.as_deref()?;
        let thread = thread_at(url)?;
        let id = entry.id.strip_prefix("t1_").filter(|id| !id.is_empty());
        match id {
            Some(id) => Some((thread, EntryPart::Comment { id: id.into(), parent: None })),
            None => entry.id.starts_with("t3_").then_some((thread, EntryPart::Post)),
        }
    };
    let found: Vec<(String, EntryPart)> = feed.entries.iter().map(place).collect::<Option<_>>()?;
    let comments = found.iter().filter(|(_, part)| matches!(part, EntryPart::Comment { .. })).count();
    let is_one_thread = found.iter().all(|(thread, _)| *thread == found[0].0) && is_thread_feed(feed);
    // A front page has posts only, a mixture is somebody's own list.
    if is_of_user || !(is_one_thread || comments == found.len()) {
        return None;
    }
    let entries = feed.entries.iter().zip(found).map(|(entry, (thread, part))| {
        let page = linked_page(entry).filter(|_| matches!(part, EntryPart::Post));
        let name = entry.article.byline.as_deref().unwrap_or_default();
        let title = entry.article.title.strip_prefix(name).and_then(|rest| rest.strip_prefix(" on "));
        let page = page.unwrap_or_else(|| thread.clone());
        let placed = PlacedEntry::new(entry, page, thread, part, title.map(clean_line));
        // Reddit writes `/u/name`.
        let bare = entry.article.byline.as_ref().and_then(|name| name.strip_prefix("/u/"));
        PlacedEntry { author: bare.map(clean_line).or_else(|| placed.author.clone()), ..placed }
    });
    let mut entries: Vec<PlacedEntry<'_>> = entries.collect();
    one_page(&mut entries);
    let subreddit = feed.entries[0].article.url.as_deref().and_then(|url| url.split_once("/r/")?.1.split('/').next());
    let source =
        subreddit.map(|name| Source { key: clean_line(&format!("reddit:{name}")), title: clean_line(&format!("r/{name}")) });
    Some(FeedThreads { site: Some(&Reddit), source, entries, opening: None })
}

/// By its own address; a subreddit with one post looks the same.
fn is_thread_feed(feed: &Feed) -> bool {
    let has_comment = feed.entries.iter().any(|entry| entry.id.starts_with("t1_"));
    let own = [&feed.address, &feed.site].into_iter().flatten();
    has_comment || own.into_iter().any(|address| thread_at(address).is_some())
}

/// The link of a post: `[link]` beside `[comments]`, if these lead to different pages.
fn linked_page(entry: &Entry) -> Option<String> {
    let body = &entry.article.body;
    let spans = body.blocks.iter().filter_map(|block| match block {
        Block::Paragraph(spans) => Some(spans),
        _ => None,
    });
    let link = spans.flatten().find(|span| span.text.trim() == "[link]").and_then(|span| body.link(span.link?))?;
    let address = link.address.to_string();
    (thread_address(&address).is_none() && address.starts_with("http")).then_some(address)
}

/// Comments belong to the page that their post names.
fn one_page(entries: &mut [PlacedEntry<'_>]) {
    let posts: Vec<(String, String)> = entries
        .iter()
        .filter(|placed| matches!(placed.part, EntryPart::Post))
        .map(|placed| (placed.thread.clone(), placed.page.clone()))
        .collect();
    for placed in entries {
        if let Some((_, page)) = posts.iter().find(|(thread, _)| *thread == placed.thread) {
            placed.page.clone_from(page);
        }
    }
}
