//! Feeds of threads at sites that are known by their addresses: Reddit, Discourse, Hacker News, Lobsters.

use url::Url;

use super::super::{Entry, Feed};
use super::{Part, Placed, Threads};
use crate::domain::article::Source;
use crate::domain::text::{Block, CleanText, Document, clean_line};
use crate::format::identity::thread_address;

/// A thread's feed at Reddit, or a feed of the comments of a subreddit: `t3_…` is a post, `t1_…` a comment.
pub(super) fn reddit(feed: &Feed) -> Option<Threads<'_>> {
    // What one person wrote is no discussion.
    let is_of_user = [&feed.address, &feed.site].into_iter().flatten().any(|address| address.contains("/user/"));
    let place = |entry: &'_ Entry| -> Option<(String, Part)> {
        let url = entry.article.url.as_deref()?;
        let thread = thread_address(url).filter(|thread| thread.starts_with("https://www.reddit.com/comments/"))?;
        let id = entry.id.strip_prefix("t1_").filter(|id| !id.is_empty());
        match id {
            Some(id) => Some((thread, Part::Comment { id: id.into(), parent: None })),
            None => entry.id.starts_with("t3_").then_some((thread, Part::Post)),
        }
    };
    let found: Vec<(String, Part)> = feed.entries.iter().map(place).collect::<Option<_>>()?;
    let comments = found.iter().filter(|(_, part)| matches!(part, Part::Comment { .. })).count();
    let is_one_thread = found.iter().all(|(thread, _)| *thread == found[0].0) && is_thread_feed(feed);
    // A front page has posts only, a mixture is somebody's own list.
    if is_of_user || !(is_one_thread || comments == found.len()) {
        return None;
    }
    let entries = feed.entries.iter().zip(found).map(|(entry, (thread, part))| {
        let page = linked_page(entry).filter(|_| matches!(part, Part::Post));
        let name = entry.article.byline.as_deref().unwrap_or_default();
        let title = entry.article.title.strip_prefix(name).and_then(|rest| rest.strip_prefix(" on "));
        Placed { entry, page: page.unwrap_or_else(|| thread.clone()), thread, part, title: title.map(clean_line) }
    });
    let mut entries: Vec<Placed<'_>> = entries.collect();
    one_page(&mut entries);
    let subreddit = feed.entries[0].article.url.as_deref().and_then(|url| url.split_once("/r/")?.1.split('/').next());
    let source =
        subreddit.map(|name| Source { key: clean_line(&format!("reddit:{name}")), title: clean_line(&format!("r/{name}")) });
    Some(Threads { place: "reddit", source, entries })
}

/// By its own address; a subreddit with one post looks the same.
fn is_thread_feed(feed: &Feed) -> bool {
    let has_comment = feed.entries.iter().any(|entry| entry.id.starts_with("t1_"));
    let own = [&feed.address, &feed.site].into_iter().flatten();
    has_comment || own.into_iter().any(|address| thread_address(address).is_some())
}

/// What a post links to: `[link]` beside `[comments]`, where these lead to different pages.
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
fn one_page(entries: &mut [Placed<'_>]) {
    let posts: Vec<(String, String)> = entries
        .iter()
        .filter(|placed| matches!(placed.part, Part::Post))
        .map(|placed| (placed.thread.clone(), placed.page.clone()))
        .collect();
    for placed in entries {
        if let Some((_, page)) = posts.iter().find(|(thread, _)| *thread == placed.thread) {
            placed.page.clone_from(page);
        }
    }
}

/// The feed of a topic at a Discourse forum, and that of all new posts there: each post has a number in its topic, of which
/// the first is the article.
pub(super) fn discourse(feed: &Feed) -> Option<Threads<'_>> {
    let posts: Vec<Post> = feed.entries.iter().map(Post::of).collect::<Option<_>>()?;
    let says_discourse = feed.generator.as_deref().is_some_and(|program| program.contains("Discourse"));
    let is_topic_feed =
        feed.address.as_deref().is_some_and(|own| own.contains("/t/") && own.split('.').next_back() == Some("rss"));
    let names_posts = feed.entries.iter().all(|entry| entry.id.contains("-post-"));
    if !(says_discourse || is_topic_feed || names_posts) || feed.entries.iter().any(|entry| entry.id.contains("-topic-")) {
        return None;
    }
    let entries: Vec<Placed<'_>> = feed
        .entries
        .iter()
        .zip(posts)
        .map(|(entry, post)| {
            let Post { site, slug, topic, number } = post;
            let part = if number == "1" { Part::Post } else { Part::Comment { id: number.into(), parent: None } };
            let page = if slug.is_empty() { format!("{site}/t/{topic}") } else { format!("{site}/t/{slug}/{topic}") };
            let title = Some(entry.article.title.clone()).filter(|title| !title.is_empty());
            Placed { entry, page, thread: format!("{site}/t/{topic}"), part, title }
        })
        .collect();
    let host = entries[0].page.split_once("://").and_then(|(_, rest)| rest.split('/').next()).map(clean_line);
    let source = host.map(|host| Source { key: clean_line(&format!("discourse:{host}")), title: host });
    Some(Threads { place: "discourse", source, entries })
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

/// Comments whose addresses lead into a thread at Lobsters, and those of one thread at Hacker News as hnrss.org has them.
pub(super) fn links(feed: &Feed) -> Option<Threads<'_>> {
    lobsters(feed).or_else(|| hacker_news(feed))
}

fn lobsters(feed: &Feed) -> Option<Threads<'_>> {
    let place = |entry: &'_ Entry| -> Option<(String, String)> {
        let url = entry.article.url.as_deref()?;
        let thread = thread_address(url).filter(|thread| thread.starts_with("https://lobste.rs/s/"))?;
        let id = url.split_once("#c_")?.1;
        Some((thread, id.to_owned()))
    };
    let found: Vec<(String, String)> = feed.entries.iter().map(place).collect::<Option<_>>()?;
    let entries = feed.entries.iter().zip(found).map(|(entry, (thread, id))| {
        let title = entry.article.title.as_str();
        let title = ["Re: ", "on "].iter().find_map(|before| title.strip_prefix(before)).unwrap_or(title);
        let part = Part::Comment { id: id.into(), parent: None };
        Placed { entry, page: thread.clone(), thread, part, title: Some(clean_line(title)) }
    });
    let source = Some(Source { key: clean_line("lobsters"), title: clean_line("Lobsters") });
    Some(Threads { place: "lobsters", source, entries: entries.collect() })
}

fn hacker_news(feed: &Feed) -> Option<Threads<'_>> {
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
    let entries = feed.entries.iter().zip(found).map(|(entry, (id, title))| Placed {
        entry,
        page: thread.clone(),
        thread: thread.clone(),
        part: Part::Comment { id, parent: None },
        title,
    });
    let source = Some(Source { key: clean_line("hacker news"), title: clean_line("Hacker News") });
    Some(Threads { place: "hacker news", source, entries: entries.collect() })
}

/// The first post of a Discourse topic, which its feed describes itself by where the post has left the feed.
pub(super) fn opening_text(feed: &Feed, place: &str, is_one: bool) -> Document {
    let told = feed.subtitle.as_deref().filter(|_| place == "discourse" && is_one);
    told.map_or_else(Document::default, |told| Document::plain([told]))
}

/// Reddit writes `/u/name`.
pub(super) fn author(entry: &Entry, place: &str) -> Option<CleanText> {
    let name = entry.article.byline.as_ref()?;
    let bare = name.strip_prefix("/u/").filter(|_| place == "reddit");
    Some(bare.map_or_else(|| name.clone(), clean_line)).filter(|name| *name != "[deleted]")
}

/// Discourse puts a link to the post behind each, "Read full topic" in the forum's language.
pub(super) fn without_footer(mut body: Document, entry: &Entry, place: &str) -> Document {
    let is_footer = |body: &Document| {
        let Some(Block::Paragraph(spans)) = body.blocks.last() else { return false };
        let [span] = &spans[..] else { return false };
        let link = span.link.and_then(|link| body.link(link));
        link.is_some_and(|link| entry.article.url.as_ref().is_some_and(|own| own.as_str() == &*link.address))
    };
    if place == "discourse" && is_footer(&body) {
        body.blocks.pop();
    }
    body
}
