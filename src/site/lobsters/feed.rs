//! Feeds of comments whose addresses lead into a thread at Lobsters.

use super::{Lobsters, source, thread_at};
use crate::domain::text::clean_line;
use crate::format::feed::{Entry, Feed};
use crate::site::comment_feed::{EntryPart, FeedThreads, PlacedEntry};

pub(super) fn threads(feed: &Feed) -> Option<FeedThreads<'_>> {
    let place = |entry: &'_ Entry| -> Option<(String, String)> {
        let url = entry.article.url.as_deref()?;
        let thread = thread_at(url)?;
        let id = url.split_once("#c_")?.1;
        Some((thread, id.to_owned()))
    };
    let found: Vec<(String, String)> = feed.entries.iter().map(place).collect::<Option<_>>()?;
    let entries = feed.entries.iter().zip(found).map(|(entry, (thread, id))| {
        let title = entry.article.title.as_str();
        let title = ["Re: ", "on "].iter().find_map(|before| title.strip_prefix(before)).unwrap_or(title);
        let part = EntryPart::Comment { id: id.into(), parent: None };
        PlacedEntry::new(entry, thread.clone(), thread, part, Some(clean_line(title)))
    });
    Some(FeedThreads { site: Some(&Lobsters), source: Some(source()), entries: entries.collect(), opening: None })
}
