//! Feeds of the comments of one thread at Hacker News, as hnrss.org has them.

use url::Url;

use super::{HackerNews, source};
use crate::domain::text::{CleanText, clean_line};
use crate::format::feed::{Entry, Feed};
use crate::site::comment_feed::{EntryPart, FeedThreads, PlacedEntry};

pub(super) fn threads(feed: &Feed) -> Option<FeedThreads<'_>> {
    let item = |address: &str| -> Option<String> {
        let url = Url::parse(address).ok()?;
        let is_item = url.path() == "/item" && matches!(url.host_str()?, "news.ycombinator.com" | "hnrss.org");
        let id = url.query_pairs().find(|(name, _)| name == "id").filter(|_| is_item)?.1.into_owned();
        Some(id).filter(|id| !id.is_empty() && id.bytes().all(|b| b.is_ascii_digit()))
    };
    let story = [&feed.address, &feed.site].into_iter().flatten().find_map(|address| item(address))?;
    let thread = format!("https://news.ycombinator.com/item?id={story}");
    let place = |entry: &'_ Entry| -> Option<(Box<str>, Option<CleanText>)> {
        let title = entry.article.title.strip_prefix("New comment by ")?;
        let quoted = title.split_once(" in \"").and_then(|(_, rest)| rest.strip_suffix('"'));
        Some((item(entry.article.url.as_deref()?)?.into(), quoted.map(clean_line)))
    };
    let found: Vec<_> = feed.entries.iter().map(place).collect::<Option<_>>()?;
    let entries = feed.entries.iter().zip(found).map(|(entry, (id, title))| {
        PlacedEntry::new(entry, thread.clone(), thread.clone(), EntryPart::Comment { id, parent: None }, title)
    });
    Some(FeedThreads { site: Some(&HackerNews), source: Some(source()), entries: entries.collect(), opening: None })
}
