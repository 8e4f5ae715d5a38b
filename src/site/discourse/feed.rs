//! Feeds of topics at Discourse forums.

use url::Url;

use super::Discourse;
use crate::domain::article::Source;
use crate::domain::text::clean_line;
use crate::format::feed::{Entry, Feed};
use crate::site::comment_feed::{EntryPart, FeedThreads, PlacedEntry};

/// The feed of a topic at a Discourse forum, and that of all new posts there: each post has a number in its topic, of which
/// the first is the article.
pub(super) fn threads(feed: &Feed) -> Option<FeedThreads<'_>> {
    let posts: Vec<Post> = feed.entries.iter().map(Post::of).collect::<Option<_>>()?;
    let says_discourse = feed.generator.as_deref().is_some_and(|program| program.contains("Discourse"));
    let is_topic_feed =
        feed.address.as_deref().is_some_and(|own| own.contains("/t/") && own.split('.').next_back() == Some("rss"));
    let names_posts = feed.entries.iter().all(|entry| entry.id.contains("-post-"));
    if !(says_discourse || is_topic_feed || names_posts) || feed.entries.iter().any(|entry| entry.id.contains("-topic-")) {
        return None;
    }
    let entries: Vec<PlacedEntry<'_>> = feed
        .entries
        .iter()
        .zip(posts)
        .map(|(entry, post)| {
            let Post { site, slug, topic, number } = post;
            let part = if number == "1" { EntryPart::Post } else { EntryPart::Comment { id: number.into(), parent: None } };
            let page = if slug.is_empty() { format!("{site}/t/{topic}") } else { format!("{site}/t/{slug}/{topic}") };
            let title = Some(entry.article.title.clone()).filter(|title| !title.is_empty());
            // A link to the post stands behind each, "Read full topic" in the forum's language.
            PlacedEntry { has_footer: true, ..PlacedEntry::new(entry, page, format!("{site}/t/{topic}"), part, title) }
        })
        .collect();
    let host = entries[0].page.split_once("://").and_then(|(_, rest)| rest.split('/').next()).map(clean_line);
    let source = host.map(|host| Source { key: clean_line(&format!("discourse:{host}")), title: host });
    // The first post, which the feed describes itself by where the post has left the feed.
    let opening = feed.subtitle.clone();
    Some(FeedThreads { site: Some(&Discourse), source, entries, opening })
}

/// A post's place: `https://forum.example/t/some-words/12/3`.
struct Post {
    site: String,
    slug: String,
    topic: String,
    number: String,
}

impl Post {
    fn of(entry: &Entry) -> Option<Post> {
        let url = entry.article.url.as_deref()?;
        let url = url.split(['?', '#']).next()?.trim_end_matches('/');
        let (site, path) = url.split_once("/t/")?;
        let is_number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        let parts: Vec<&str> = path.split('/').collect();
        let (slug, topic, number) = match parts[..] {
            [slug, topic, number] if is_number(topic) && is_number(number) => (slug, topic, number),
            [topic, number] if is_number(topic) && is_number(number) => ("", topic, number),
            // The first post of a topic may have the topic's own address.
            [slug, topic] if is_number(topic) && !is_number(slug) => (slug, topic, "1"),
            _ => return None,
        };
        let site = Url::parse(site).ok().map(|_| site.to_owned())?;
        Some(Post { site, slug: slug.to_owned(), topic: topic.to_owned(), number: number.to_owned() })
    }
}
