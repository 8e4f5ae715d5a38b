//! Items of a server as items of the store, by the way that a feed's entries go.

use std::collections::HashMap;

use crate::domain::rules::{IgnoreRule, Ignored, Ignoring};
use crate::domain::text::{CleanText, clean_line};
use crate::domain::time::Timestamp;
use crate::format::feed::synced::{self, GivenEntry};
use crate::site::comment_feed;
use crate::store::entries::Item;
use crate::store::{AccountBatch, AccountItem};
use crate::sync::{FeedId, SyncFeed, SyncItem};

/// The items of one answer, by feed, each with its state. `marks` tells whether an item whose answer does not say so is
/// read and starred.
pub(super) fn batches(
    items: Vec<SyncItem>,
    feeds: &HashMap<FeedId, SyncFeed>,
    ignore: &[IgnoreRule],
    marks: &dyn Fn(&SyncItem) -> (bool, bool),
    now: Timestamp,
) -> Vec<AccountBatch> {
    let mut order: Vec<Option<FeedId>> = Vec::new();
    let mut by_feed: HashMap<Option<FeedId>, Vec<SyncItem>> = HashMap::new();
    for item in items {
        let feed = item.feed.clone().filter(|feed| feeds.contains_key(feed));
        let of_feed = by_feed.entry(feed.clone()).or_default();
        if of_feed.is_empty() {
            order.push(feed);
        }
        of_feed.push(item);
    }
    let batch = |feed: Option<FeedId>| {
        let of_feed = by_feed.remove(&feed)?;
        let known = feed.as_ref().and_then(|feed| feeds.get(feed));
        Some(batch(feed.clone(), known, &of_feed, ignore, marks, now))
    };
    order.into_iter().filter_map(batch).collect()
}

fn batch(
    feed: Option<FeedId>,
    known: Option<&SyncFeed>,
    items: &[SyncItem],
    ignore: &[IgnoreRule],
    marks: &dyn Fn(&SyncItem) -> (bool, bool),
    now: Timestamp,
) -> AccountBatch {
    let given: Vec<GivenEntry<'_>> = items.iter().map(given).collect();
    let (title, site, own) =
        known.map_or_else(Default::default, |known| (known.title.clone(), known.site.clone(), known.address.clone()));
    let ignoring = Ignoring::new(ignore, &[&title, &own]);
    let (pages, _) = comment_feed::into_pages(synced::feed(title.clone(), site, own.clone(), &given, now));
    let mut at_id: HashMap<CleanText, usize> = HashMap::new();
    let mut stored: Vec<Item> = Vec::with_capacity(pages.len());
    for page in pages {
        if let Some(id) = &page.article.id {
            at_id.entry(id.clone()).or_insert(stored.len());
        }
        stored.push(Item::of_feed(page));
    }
    if !ignoring.is_empty() {
        for item in &mut stored {
            let ignored = ignoring.ignored(&item.article());
            item.is_ignored = ignored == Some(Ignored::LeftOut);
            item.is_read = ignored == Some(Ignored::MarkedRead);
        }
    }
    let ids = items.iter().filter_map(|item| {
        let id = item.id.clone()?;
        let (is_read, is_starred) = marks(item);
        let at = at_id.get(&clean_line(&id.0)).copied();
        Some(AccountItem { id, at, is_read, is_starred })
    });
    AccountBatch { feed, ids: ids.collect(), items: stored }
}

fn given(item: &SyncItem) -> GivenEntry<'_> {
    GivenEntry {
        id: item.id.as_ref().map_or("", |id| &id.0),
        title: &item.title,
        link: item.link.as_deref(),
        author: item.author.as_deref(),
        html: &item.html,
        published: item.published.map(Timestamp),
        files: item.enclosures.iter().map(|file| (&*file.address, file.media_type.as_deref(), file.length)).collect(),
        comments: item.comments.as_deref(),
        comments_count: item.comments_count,
    }
}
