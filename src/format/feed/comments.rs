//! Feeds of comments, as blogs give one for each article and one for them all: pages with a discussion.
//!
//! They are known by their shape and not by their words, which are of any language: all links end with the number of a
//! comment behind `#`, or every entry answers something (`thr:in-reply-to`).

use std::collections::HashMap;

use url::Url;

use super::{Entry, Feed};
use crate::domain::article::{Article, Page, Source};
use crate::domain::completeness::SiteCount;
use crate::domain::rank::Scale;
use crate::domain::text::{Block, CleanText, Document, clean_line};
use crate::domain::thread::Comment;
use crate::format::identity::{canonical_address, comment_id};
use crate::format::saved::{Gathered, count};

/// The pages that the entries are comments on, in the feed's order, and what was left out; none where they are articles.
pub(super) fn pages(feed: &Feed) -> Option<(Vec<Page>, Vec<CleanText>)> {
    let addresses = commented(feed)?;
    let mut order: Vec<&str> = Vec::new();
    let mut entries: HashMap<&str, Vec<&Entry>> = HashMap::new();
    for (entry, address) in feed.entries.iter().zip(&addresses) {
        let on_page = entries.entry(address).or_default();
        if on_page.is_empty() {
            order.push(address);
        }
        on_page.push(entry);
    }
    // The feed of an article's comments belongs to the article's page.
    let belongs = |site: &str| canonical_address(site) == canonical_address(order[0]);
    let is_of_site = order.len() > 1 || feed.site.as_deref().is_some_and(|site| !belongs(site) && names_writers(feed));
    let mut twice = 0;
    let pages = order.iter().map(|address| page(feed, &entries[address], address, is_of_site, &mut twice)).collect();
    let note = (twice > 0).then(|| clean_line(&format!("{} stood there twice; the first is kept", count(twice, "comment"))));
    Some((pages, note.into_iter().collect()))
}

fn page(feed: &Feed, entries: &[&Entry], address: &str, is_of_site: bool, twice: &mut usize) -> Page {
    let host = Url::parse(address).ok().and_then(|url| url.host_str().map(str::to_owned));
    let key = host.map_or_else(|| address.to_owned(), |host| host.strip_prefix("www.").unwrap_or(&host).to_owned());
    let source = Source { key: clean_line(&key), title: clean_line(&key) };
    let name = if is_of_site { without_writer(entries[0]) } else { feed.title.clone() };
    let article = Article { title: title(&name, address), url: Some(clean_line(address)), ..Article::default() };
    let mut gathered = Gathered::new(article);
    let numbers: Vec<Box<str>> = entries.iter().map(|entry| number(entry)).collect();
    // Answers name what they answer by the number of its comment or by the id of its entry.
    let by_id: HashMap<&str, &str> = entries.iter().zip(&numbers).map(|(entry, number)| (&*entry.id, &**number)).collect();
    for (entry, number) in entries.iter().zip(&numbers) {
        let (body, told) = without_answered(&entry.article.body, address);
        let parent = parent(entry, &by_id).or(told).filter(|parent| parent != number);
        let comment = Comment {
            id: number.clone(),
            author: entry.article.byline.clone(),
            posted: entry.article.published,
            edited: entry.updated.filter(|at| Some(*at) != entry.article.published),
            url: entry.article.url.clone(),
            body: body.into(),
            ..Comment::default()
        };
        *twice += usize::from(!gathered.push(comment, parent));
    }
    gathered.into_page(source, "page", Scale::None, address, SiteCount::Unknown)
}

/// By entry, the address of the page that it is a comment on.
fn commented(feed: &Feed) -> Option<Vec<String>> {
    feed.entries.first()?;
    let on_page = |entry: &Entry| {
        let url = entry.article.url.as_deref().unwrap_or("");
        fragment_number(url).and_then(|_| without_fragment(url))
    };
    let on_pages: Option<Vec<String>> = feed.entries.iter().map(on_page).collect();
    let is_of_one = |pages: &Vec<String>| pages.iter().all(|page| *page == pages[0]);
    on_pages.filter(|pages| is_of_one(pages) || names_writers(feed)).or_else(|| {
        let page = answered(feed)?;
        Some(vec![page; feed.entries.len()])
    })
}

/// Whether each title names who wrote the entry, as those of comments on a site's articles do.
fn names_writers(feed: &Feed) -> bool {
    let names = |entry: &Entry| entry.article.byline.as_deref().is_some_and(|name| entry.article.title.contains(name));
    feed.entries.iter().all(names)
}

/// "Comment on TITLE by NAME" without the end, in any language that puts a word or two before the name.
fn without_writer(entry: &Entry) -> CleanText {
    let title = &entry.article.title;
    let name = entry.article.byline.as_deref().filter(|name| !name.is_empty());
    let before = name.and_then(|name| title.strip_suffix(name)).map(str::trim_end);
    let rest = before.and_then(|before| before.rsplit_once(' ')).map_or(title.as_str(), |(rest, _)| rest);
    clean_line(rest)
}

/// The address of the one page that everything in the feed answers, or answers an answer to.
fn answered(feed: &Feed) -> Option<String> {
    // What answers no other entry answers the article, and there is one only.
    let ids: Vec<&str> = feed.entries.iter().map(|entry| &*entry.id).collect();
    let ids: std::collections::HashSet<&str> = ids.into_iter().collect();
    let mut page: Option<String> = None;
    for entry in &feed.entries {
        let mut answers_page = false;
        for reply in &entry.in_reply_to {
            let known = reply.id.as_deref().is_some_and(|id| ids.contains(id));
            let Some(address) = reply.address.as_deref().filter(|_| !known && reply.id.is_some()).and_then(without_fragment)
            else {
                answers_page |= known;
                continue;
            };
            match &page {
                Some(page) if canonical_address(page) != canonical_address(&address) => return None,
                Some(_) => {}
                None => page = Some(address),
            }
            answers_page = true;
        }
        if !answers_page {
            return None;
        }
    }
    page
}

/// An address without what follows `#`, and without what Blogger adds to show a comment.
fn without_fragment(address: &str) -> Option<String> {
    let page = address.split('#').next().unwrap_or(address);
    let page = page.split("?showComment=").next().unwrap_or(page);
    Some(page.to_owned()).filter(|page| page.starts_with("http"))
}

/// The number of a comment in `…#comment-12`, `…#c12`.
fn fragment_number(address: &str) -> Option<&str> {
    let (_, fragment) = address.split_once('#')?;
    let digits = fragment.trim_start_matches("comment").trim_start_matches('-').trim_start_matches('c');
    let is_number = !digits.is_empty() && digits.len() < fragment.len() && digits.bytes().all(|b| b.is_ascii_digit());
    is_number.then_some(digits)
}

/// What names a comment in all feeds of its place: its number, else its id, else a hash.
fn number(entry: &Entry) -> Box<str> {
    let url = entry.article.url.as_deref().unwrap_or("");
    if let Some(number) = fragment_number(&entry.id).or_else(|| fragment_number(url)) {
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
        let known = by_id.get(id).copied().or_else(|| fragment_number(id)).or_else(|| fragment_number(address));
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
        let is_here = without_fragment(address).as_deref() == Some(page) || address.starts_with('#');
        (introduced && ends && is_here && long <= LONGEST).then(|| fragment_number(address).map(Box::from))?
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

/// The article's own title in a feed's "Comments on: TITLE", in any language: what its address repeats of it, else
/// what follows the colon.
fn title(of_feed: &CleanText, address: &str) -> CleanText {
    let path = Url::parse(address).map(|url| url.path().to_owned()).unwrap_or_default();
    let slug = path.trim_end_matches('/').rsplit('/').next().unwrap_or("");
    let slug = slug.strip_suffix(".html").unwrap_or(slug);
    let starts = of_feed.char_indices().filter(|(at, _)| *at == 0 || of_feed[..*at].ends_with([' ', '“', '"', '«', '»', ':']));
    let words = |text: &str| -> String {
        let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        words.map(str::to_lowercase).collect::<Vec<_>>().join("-")
    };
    let repeats = |text: &str| slug.contains('-') && (words(text) == slug || words(text).starts_with(slug));
    let found = starts.map(|(at, _)| &of_feed[at..]).take(64).find(|text| repeats(text));
    let after_colon = || of_feed.split_once(':').filter(|(before, _)| before.chars().count() <= 40).map(|(_, after)| after);
    clean_line(found.or_else(after_colon).unwrap_or(of_feed).trim().trim_end_matches(['”', '»']).trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_title_loses_the_words_around_it() {
        let table = [
            ("Comments on: A Tale of Two Feeds", "https://example.org/2024/05/a-tale-of-two-feeds/", "A Tale of Two Feeds"),
            ("Comments on A Tale: of Two Feeds", "https://example.org/a-tale-of-two-feeds/", "A Tale: of Two Feeds"),
            ("Kommentare zu: Grüße", "https://example.org/?p=12", "Grüße"),
            ("Comments on Some Site: A long title, cut", "https://example.org/2024/a-long-title.html", "A long title, cut"),
            ("A title", "https://example.org/?p=1", "A title"),
        ];
        for (of_feed, address, expected) in table {
            assert_eq!(title(&clean_line(of_feed), address), expected);
        }
    }

    #[test]
    fn comments_have_numbers_in_their_addresses() {
        let table = [
            ("https://example.org/a/#comment-12", Some("12")),
            ("https://example.org/a.html#c34", Some("34")),
            ("https://example.org/?p=1#comment12", Some("12")),
            ("https://example.org/a#12", None),
            ("https://example.org/a#comments", None),
            ("https://example.org/a", None),
        ];
        for (address, number) in table {
            assert_eq!(fragment_number(address), number);
        }
    }
}
