//! Feeds that are discussions: pages with comments, not a page for each comment.
//!
//! A blog gives one for each article and one for all of them, a forum one for each topic, Reddit one for each thread. They
//! are recognised by where their entries lead (the address of a comment), by `thr:in-reply-to`, or by the program that made
//! them; never by a link that entries share. What they say in words, of any language, only helps with titles.

mod address;
mod title;

use std::collections::HashMap;

use url::Url;

use self::address::{comment_of, is_evident, page_of};
use super::{SITES, Site};
use crate::domain::article::{Article, Page, Replies, Source};
use crate::domain::completeness::SiteCount;
use crate::domain::plural::plural;
use crate::domain::rank::Scale;
use crate::domain::text::{Block, CleanText, Document, clean_line};
use crate::domain::thread::Comment;
use crate::domain::time::When;
use crate::format::bounds::Bounds;
use crate::format::feed::{Entry, Feed};
use crate::format::identity::comment_id;
use crate::site::identity::canonical_address;
use crate::site::page_builder::Gathered;

/// The role of each entry of a feed for the page that it belongs to, in the feed's order.
pub struct FeedThreads<'a> {
    /// None where the discussions stand on the pages themselves.
    pub site: Option<&'static dyn Site>,
    pub source: Option<Source>,
    pub entries: Vec<PlacedEntry<'a>>,
    /// The text of the page, where the feed tells it and is of one page only.
    pub opening: Option<CleanText>,
}

/// An entry in its discussion.
pub struct PlacedEntry<'a> {
    pub entry: &'a Entry,
    /// The page that is discussed, by its address.
    pub page: String,
    /// Where people read the discussion.
    pub thread: String,
    pub part: EntryPart,
    /// The page's title by the entry.
    pub title: Option<CleanText>,
    pub author: Option<CleanText>,
    /// The last paragraph may be a link to the entry itself.
    pub has_footer: bool,
}

impl<'a> PlacedEntry<'a> {
    pub fn new(entry: &'a Entry, page: String, thread: String, part: EntryPart, title: Option<CleanText>) -> PlacedEntry<'a> {
        PlacedEntry { entry, page, thread, part, title, author: entry.article.byline.clone(), has_footer: false }
    }
}

pub enum EntryPart {
    /// The entry is the article itself.
    Post,
    Comment {
        id: Box<str>,
        parent: Option<Box<str>>,
    },
}

/// The pages of a feed's entries; those with a discussion that they are comments on, where they are comments.
pub fn into_pages(feed: Feed) -> (Vec<Page>, Vec<CleanText>) {
    let mut bounds = Bounds::default();
    if let Some((mut pages, notes)) = pages(&feed) {
        bounds.keep_pages(&mut pages);
        return (pages, feed.notes.into_iter().chain(notes).chain(bounds.notes()).collect());
    }
    let source = source_of_feed(&feed);
    let (blank, entries): (Vec<Entry>, Vec<Entry>) = feed.entries.into_iter().partition(Entry::is_blank);
    let note = match blank.len() {
        0 => None,
        1 => Some("1 item without a title, text, link or enclosure left out".to_owned()),
        n => Some(format!("{n} items without a title, text, link or enclosure left out")),
    };
    let page = |entry: Entry| Page { article: entry.into_article(), source: source.clone(), discussions: Vec::new() };
    let mut pages: Vec<Page> = entries.into_iter().map(page).collect();
    bounds.keep_pages(&mut pages);
    let notes = feed.notes.into_iter().chain(note.map(|note| clean_line(&note))).chain(bounds.notes());
    (pages, notes.collect())
}

/// The origin of a feed's articles.
fn source_of_feed(feed: &Feed) -> Source {
    let address = [&feed.address, &feed.site].into_iter().flatten().find_map(|address| canonical_address(address));
    let key = address.unwrap_or_else(|| feed.title.to_string());
    let key = if key.is_empty() { "feeds".to_owned() } else { key };
    let title = if feed.title.is_empty() { clean_line(&key) } else { feed.title.clone() };
    Source { key: clean_line(&key), title }
}

/// The pages that the entries are comments on, in the feed's order, and what was left out; none where they are articles.
fn pages(feed: &Feed) -> Option<(Vec<Page>, Vec<CleanText>)> {
    feed.entries.first()?;
    let threads = SITES.iter().find_map(|site| site.threads_of_feed(feed)).or_else(|| on_pages(feed))?;
    let FeedThreads { site, source, entries, opening } = threads;
    let mut order: Vec<String> = Vec::new();
    let mut by_page: HashMap<String, Vec<PlacedEntry<'_>>> = HashMap::new();
    for placed in entries {
        let key = canonical_address(&placed.page).unwrap_or_else(|| placed.page.clone());
        let on_page = by_page.entry(key.clone()).or_default();
        if on_page.is_empty() {
            order.push(key);
        }
        on_page.push(placed);
    }
    let is_one = order.len() == 1;
    let mut twice = 0;
    let pages = order.iter().filter_map(|key| by_page.remove(key));
    let pages =
        pages.map(|entries| page(feed, entries, (site, source.clone()), is_one, opening.as_ref(), &mut twice)).collect();
    let note =
        (twice > 0).then(|| clean_line(&format!("{} stood there twice; the first is kept", plural(twice as u64, "comment"))));
    Some((pages, note.into_iter().collect()))
}

fn page(
    feed: &Feed,
    mut entries: Vec<PlacedEntry<'_>>,
    (site, source): (Option<&dyn Site>, Option<Source>),
    is_one: bool,
    opening: Option<&CleanText>,
    twice: &mut usize,
) -> Page {
    // Feeds begin with what is newest; a discussion does not.
    let time = |placed: &PlacedEntry<'_>| placed.entry.article.published.map(When::sort_key);
    if entries.first().map(time) > entries.last().map(time) {
        entries.reverse();
    }
    let (address, thread) = (entries[0].page.clone(), entries[0].thread.clone());
    let own_feed = feed.address.clone().filter(|_| is_one);
    let article = match entries.iter().find(|placed| matches!(placed.part, EntryPart::Post)) {
        Some(post) => Article {
            title: post.title.clone().unwrap_or_else(|| post.entry.article.title.clone()),
            url: Some(clean_line(&post.page)),
            ..post.entry.article.clone()
        },
        None => Article {
            title: title::of_page(feed, &entries, &address, is_one),
            url: Some(clean_line(&address)),
            body: opening.filter(|_| is_one).map_or_else(Document::default, |told| Document::plain([told.as_str()])),
            ..Article::default()
        },
    };
    let replies = Replies { feed: own_feed, ..Replies::default() };
    let mut gathered = Gathered::new(Article { replies, ..article });
    for PlacedEntry { entry, part, author, has_footer, .. } in &entries {
        let EntryPart::Comment { id, parent } = part else { continue };
        let (mut body, told) = without_answered(&entry.article.body, &address);
        if *has_footer && is_footer(&body, entry) {
            body.blocks.pop();
        }
        let parent = parent.clone().or(told).filter(|parent| parent != id);
        let comment = Comment {
            id: id.clone(),
            author: author.clone().filter(|name| *name != "[deleted]"),
            posted: entry.article.published,
            edited: entry.updated.filter(|at| Some(*at) != entry.article.published),
            url: entry.article.url.clone(),
            body: body.into(),
            ..Comment::default()
        };
        *twice += usize::from(!gathered.push(comment, parent));
    }
    let source = source.unwrap_or_else(|| source_of(&address));
    // A feed holds the newest comments and does not tell how many there are.
    gathered.into_page(source, site, Scale::None, &thread, SiteCount::Unknown)
}

pub fn page_of_comment(address: &str) -> Option<String> {
    page_of(address)
}

/// True if the last paragraph is a link to the entry itself, "Read full topic" in any language.
fn is_footer(body: &Document, entry: &Entry) -> bool {
    let Some(Block::Paragraph(spans)) = body.blocks.last() else { return false };
    let [span] = &spans[..] else { return false };
    let link = span.link.and_then(|link| body.link(link));
    link.is_some_and(|link| entry.article.url.as_ref().is_some_and(|own| own.as_str() == &*link.address))
}

fn source_of(address: &str) -> Source {
    let host = Url::parse(address).ok().and_then(|url| url.host_str().map(str::to_owned));
    let key = host.map_or_else(|| address.to_owned(), |host| host.strip_prefix("www.").unwrap_or(&host).to_owned());
    Source { key: clean_line(&key), title: clean_line(&key) }
}

/// Comments on the pages of a site.
fn on_pages(feed: &Feed) -> Option<FeedThreads<'_>> {
    let (addresses, root) = by_address(feed).map(|pages| (pages, None)).or_else(|| by_answers(feed))?;
    let numbers: Vec<Box<str>> = feed.entries.iter().map(number).collect();
    // Answers name what they answer by the number of its comment or by the id of its entry.
    let by_id: HashMap<&str, &str> = feed.entries.iter().zip(&numbers).map(|(entry, number)| (&*entry.id, &**number)).collect();
    let part = |n: usize, entry: &Entry| {
        if root == Some(n) {
            return EntryPart::Post;
        }
        let parent = parent(entry, &by_id).filter(|parent| root.is_none_or(|root| *parent != numbers[root]));
        EntryPart::Comment { id: numbers[n].clone(), parent }
    };
    let placed = feed
        .entries
        .iter()
        .zip(addresses)
        .enumerate()
        .map(|(n, (entry, page))| PlacedEntry::new(entry, page.clone(), page, part(n, entry), title::told(entry)));
    Some(FeedThreads { site: None, source: None, entries: placed.collect(), opening: None })
}

/// By entry, the address of the page that it is a comment on, where each entry's own address is that of a comment.
fn by_address(feed: &Feed) -> Option<Vec<String>> {
    let of = |entry: &Entry| {
        let url = entry.article.url.as_deref().unwrap_or("");
        let address = if comment_of(url).is_some() { url } else { &entry.id };
        comment_of(address).is_some().then(|| (page_of(address), is_evident(address)))
    };
    let found: Vec<(Option<String>, bool)> = feed.entries.iter().map(of).collect::<Option<_>>()?;
    // "#c12" may be any part of a page: then the feed has to say that it has comments.
    let is_evident = found.iter().all(|(_, is_evident)| *is_evident)
        || says_comments(feed)
        || names_writers(feed)
        || feed.entries.iter().any(|entry| !entry.in_reply_to.is_empty());
    found.into_iter().map(|(page, _)| page).collect::<Option<Vec<String>>>().filter(|_| is_evident)
}

/// True if the feed's own address, or its program, is one of comments.
fn says_comments(feed: &Feed) -> bool {
    let own = [&feed.address, &feed.site].into_iter().flatten().any(|address| {
        let path = address.split_once("://").and_then(|(_, rest)| rest.split_once('/')).map_or("", |(_, path)| path);
        path.to_ascii_lowercase().split(['/', '?', '&', '=', '-', '_', '.']).any(|word| {
            matches!(word, "comment" | "comments" | "crss" | "kommentare" | "commentaires" | "comentarios" | "isso" | "remark")
        })
    });
    let program = feed.generator.as_deref().unwrap_or_default().to_ascii_lowercase();
    own || ["disqus", "isso", "remark42"].iter().any(|name| program.contains(name))
}

/// True if each title names who wrote the entry, as those of comments on a site's articles do.
fn names_writers(feed: &Feed) -> bool {
    let names = |entry: &Entry| entry.article.byline.as_deref().is_some_and(|name| entry.article.title.contains(name));
    feed.entries.iter().all(names)
}

/// By entry, the page that it answers; each answers one of its own host, or an entry that does. Of a thread of mails the
/// first is the article: its index comes second.
fn by_answers(feed: &Feed) -> Option<(Vec<String>, Option<usize>)> {
    let by_id: HashMap<&str, usize> = feed.entries.iter().enumerate().map(|(n, entry)| (&*entry.id, n)).collect();
    let root = feed.entries.iter().position(|entry| entry.in_reply_to.is_empty()).filter(|_| is_mail_thread(feed));
    let mut pages: Vec<Option<String>> = feed.entries.iter().map(|entry| answered_page(entry, &by_id)).collect();
    if let Some(root) = root {
        let own = feed.entries[root].article.url.as_deref()?;
        return Some((vec![own.to_owned(); pages.len()], Some(root)));
    }
    // An answer to an entry is on the page of that; each step settles at least one, or there is none left to settle.
    for _ in 0..feed.entries.len() {
        let mut has_settled = false;
        for (n, entry) in feed.entries.iter().enumerate() {
            if pages[n].is_none() {
                let above = entry.in_reply_to.iter().filter_map(|reply| by_id.get(reply.id.as_deref()?).copied());
                pages[n] = above.filter(|above| *above != n).find_map(|above| pages[above].clone());
                has_settled |= pages[n].is_some();
            }
        }
        if !has_settled {
            break;
        }
    }
    // Answers to comments that the feed no longer has are on its only page.
    let known: Vec<&String> = pages.iter().flatten().collect();
    let only = known.first().filter(|first| known.iter().all(|page| page == *first)).map(|page| (*page).clone());
    let is_answer = |n: usize| !feed.entries[n].in_reply_to.is_empty();
    let settled = pages.iter().cloned().enumerate();
    let pages: Option<Vec<String>> = settled.map(|(n, page)| page.or_else(|| only.clone().filter(|_| is_answer(n)))).collect();
    pages.map(|pages| (pages, None))
}

/// The page that an entry says it answers, if that is a page and stands at the entry's own host.
fn answered_page(entry: &Entry, by_id: &HashMap<&str, usize>) -> Option<String> {
    let host = |address: &str| Url::parse(address).ok()?.host_str().map(|host| host.trim_start_matches("www.").to_owned());
    let own = entry.article.url.as_deref().and_then(host);
    let is_entry = |id: Option<&str>| id.is_some_and(|id| by_id.contains_key(id));
    entry.in_reply_to.iter().filter(|reply| !is_entry(reply.id.as_deref())).find_map(|reply| {
        let address = reply.address.as_deref().or_else(|| reply.id.as_deref().filter(|id| id.starts_with("http")))?;
        // Blogger: what answers a comment names that comment's entry in a feed, which is no page.
        let is_page = !address.contains("/feeds/") && own.is_some() && host(address) == own;
        page_of(address).filter(|_| is_page)
    })
}

/// A thread of mails: all answer one entry, each other, or what is no longer there.
fn is_mail_thread(feed: &Feed) -> bool {
    let roots: Vec<&Entry> = feed.entries.iter().filter(|entry| entry.in_reply_to.is_empty()).collect();
    let [root] = roots[..] else { return false };
    let ids: std::collections::HashSet<&str> = feed.entries.iter().map(|entry| &*entry.id).collect();
    let answers = |entry: &Entry| entry.in_reply_to.iter().any(|reply| reply.id.as_deref().is_some_and(|id| ids.contains(id)));
    feed.entries.len() > 1 && feed.entries.iter().filter(|entry| !std::ptr::eq(*entry, root)).all(answers)
}

/// The id of a comment in all feeds of its site: its number, else its id, else a hash.
fn number(entry: &Entry) -> Box<str> {
    let url = entry.article.url.as_deref().unwrap_or("");
    if let Some(number) = comment_of(&entry.id).or_else(|| comment_of(url)) {
        return number.into();
    }
    // "tag:blogger.com,1999:blog-1.post-23"
    let tail = entry.id.rsplit(['-', '/', '=', ':']).next().unwrap_or("");
    if !tail.is_empty() && tail.bytes().all(|b| b.is_ascii_digit()) {
        return tail.into();
    }
    let article = &entry.article;
    if entry.id.is_empty() {
        comment_id(article.byline.as_deref(), article.published, &article.body.text(), 0)
    } else {
        entry.id.clone()
    }
}

/// The comment that an entry says it answers.
fn parent(entry: &Entry, by_id: &HashMap<&str, &str>) -> Option<Box<str>> {
    entry.in_reply_to.iter().find_map(|reply| {
        let id = reply.id.as_deref().unwrap_or("");
        let address = reply.address.as_deref().unwrap_or("");
        let known = by_id.get(id).copied().or_else(|| comment_of(id)).or_else(|| comment_of(address));
        // Blogger: the address of the answered comment's entry ends with its number.
        let listed = || {
            let tail = address.rsplit('/').next()?;
            (id.is_empty() && by_id.values().any(|number| *number == tail)).then_some(tail)
        };
        known.or_else(listed).map(Into::into)
    })
}

/// `WordPress` has a sentence at the head of an answer, "In reply to NAME.", with a link to what it answers. Gives the
/// rest, and the number in the link.
fn without_answered(body: &Document, page: &str) -> (Document, Option<Box<str>>) {
    /// Longer than the sentence with a name in it.
    const LONGEST: usize = 120;
    let told = || {
        let Block::Paragraph(spans) = body.blocks.first()? else { return None };
        let linked = spans.iter().filter_map(|span| span.link);
        let mut links: Vec<_> = linked.collect();
        links.dedup();
        let [link] = links[..] else { return None };
        let address = &body.link(link)?.address;
        let long: usize = spans.iter().map(|span| span.text.len()).sum();
        // The link stands behind the words that introduce it, and there is nothing but a full stop behind it.
        let introduced = spans.first().is_some_and(|span| span.link.is_none());
        let ends = spans.last().is_some_and(|span| span.link.is_some() || span.text.trim().chars().count() <= 2);
        let is_here = page_of(address).as_deref() == Some(page) || address.starts_with('#');
        (introduced && ends && is_here && long <= LONGEST).then(|| comment_of(address).map(Box::from))?
    };
    match told() {
        Some(parent) => {
            let mut rest = body.clone();
            rest.blocks.remove(0);
            (rest, Some(parent))
        }
        None => (body.clone(), None),
    }
}

#[cfg(test)]
mod tests;
