//! Pages with a list of posts, each of which stands in an element of its own: what readers of forums and of comment sections
//! share beside [`super::comment_list`]. A layout says what a post is and how one is read.

use url::Url;

use super::comment_list::{CommentList, parents};
use super::{SavedPage, Site};
use crate::domain::article::{Article, Source};
use crate::domain::completeness::SiteCount;
use crate::domain::rank::{Rank, Scale};
use crate::domain::text::{CleanText, Document, clean_line};
use crate::domain::thread::Comment;
use crate::domain::time::{Timestamp, When};
use crate::format::fields::written_date_in;
use crate::format::html::find::{first, saved_from, within};
use crate::format::html::lift::{LiftedItem, StartTag, lift};
use crate::format::html::{self, nodes_to_document};
use crate::format::identity::host_of;
use crate::format::page::dated;
use crate::format::{Format, Origin, files, page};

pub(super) struct PostLayout {
    /// Words that stand in every page of this layout.
    pub(super) marks: &'static [&'static str],
    pub(super) is_post: fn(&StartTag<'_>) -> bool,
    pub(super) read: fn(&LiftedItem<'_>, &PageFacts) -> Option<ListedPost>,
    pub(super) scale: Scale,
    /// True if the first post is the article, as in forums; else the page has one.
    pub(super) begins_with_article: bool,
    /// Links to other pages of the thread.
    pub(super) further: &'static str,
}

/// Context shared by all posts of a page.
pub(super) struct PageFacts {
    pub(super) base: Option<Url>,
    pub(super) now: Timestamp,
}

/// A post as its element tells it.
#[derive(Default)]
pub(super) struct ListedPost {
    pub(super) comment: Comment,
    /// The post that it names as the one it answers.
    pub(super) parent: Option<String>,
    /// Its number in the thread, from 1.
    pub(super) nth: Option<usize>,
    /// True if its time has no zone.
    pub(super) lacks_zone: bool,
    /// True if only its head is on the page.
    pub(super) is_folded: bool,
}

/// Reads a page if it is of this layout.
pub(super) fn read(site: &dyn Site, layout: &PostLayout, text: &str, origin: &Origin<'_>) -> Option<SavedPage> {
    if !layout.marks.iter().all(|mark| text.contains(mark)) {
        return None;
    }
    let lifted = lift(text, &|tag| (layout.is_post)(tag));
    let items = lifted.items();
    let dom = html::parse(&lifted.rest);
    let canonical = first(&dom, "link[rel=canonical]").and_then(|link| Some(link.attr("href")?.to_string()));
    let og = || first(&dom, "meta[property='og:url']").and_then(|meta| Some(meta.attr("content")?.to_string()));
    let address =
        canonical.or_else(og).or_else(|| saved_from(text).map(str::to_owned)).unwrap_or_else(|| origin.name.to_owned());
    let base = Url::parse(&address).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    let facts = PageFacts { base: base.clone(), now: origin.now };
    let posts: Vec<Option<ListedPost>> = items.iter().map(|item| (layout.read)(item, &facts)).collect();
    if posts.iter().all(Option::is_none) {
        return None;
    }
    let ids: Vec<Option<Box<str>>> = posts.iter().map(|post| post.as_ref().map(|post| post.comment.id.clone())).collect();
    let around = parents(&items, &ids);
    let url = base.map(thread_address).unwrap_or_default();
    let is_later = first(&dom, "link[rel=prev], a[rel=prev]").is_some() || base_is_later(&address);
    let (article_page, _) = page::read(&dom.html(), origin);
    let mut list = CommentList::default();
    let title = Some(article_page.article.title.clone()).filter(|title| !title.is_empty());
    list.gathered.article = Article {
        url: Some(clean_line(&url)).filter(|url| !url.is_empty()).or(article_page.article.url.clone()),
        ..if layout.begins_with_article {
            Article { title: title.unwrap_or_default(), ..Article::default() }
        } else {
            article_page.article
        }
    };
    let first_nth = posts.iter().flatten().next().and_then(|post| post.nth);
    let has_article = layout.begins_with_article && first_nth.map_or(!is_later, |nth| nth == 1);
    take_posts(&mut list, posts, &around, has_article);
    if first(&dom, layout.further).is_some() || is_later {
        list.tell("the thread has further pages, not in this file");
    }
    let source = host_of(&address).map_or_else(files, |host| Source { key: clean_line(&host), title: clean_line(&host) });
    let format = Format::Saved { site: site.id(), label: site.file_label() };
    let has_ranks = list.gathered.comments.iter().any(|comment| !matches!(comment.rank, Rank::Unrated | Rank::Removed));
    let scale = if has_ranks { layout.scale } else { Scale::None };
    Some(list.into_saved(format, source, (None, scale), &url, SiteCount::Unknown))
}

fn take_posts(list: &mut CommentList, posts: Vec<Option<ListedPost>>, around: &[Option<Box<str>>], has_article: bool) {
    let (mut without_zone, mut folded) = (0, 0);
    let mut opening: Option<Box<str>> = None;
    for (post, around) in posts.into_iter().zip(around) {
        let Some(ListedPost { comment, parent, lacks_zone, is_folded, .. }) = post else {
            list.tally.nameless += 1;
            continue;
        };
        without_zone += usize::from(lacks_zone);
        folded += usize::from(is_folded);
        if has_article && opening.is_none() {
            let article = &mut list.gathered.article;
            article.byline.clone_from(&comment.author);
            article.published = comment.posted;
            article.body = comment.body.document().into_owned();
            opening = Some(comment.id);
            continue;
        }
        let named = parent.map(String::into_boxed_str).or_else(|| around.clone());
        let parent = named.filter(|parent| Some(parent) != opening.as_ref() && *parent != comment.id);
        list.push(comment, parent);
    }
    list.note(without_zone, "time", "without a zone, read as UTC");
    list.note(folded, "comment", "folded when the page was saved, without the text");
}

/// Parts of an address that say which page of a thread it is, or who looks at it.
const PAGE_KEYS: &[&str] = &["page", "start", "s", "sid", "p", "view", "pp", "st", "highlight"];

/// The address of a thread, whichever page of it was saved.
fn thread_address(mut url: Url) -> String {
    url.set_fragment(None);
    let kept: Vec<(String, String)> = url
        .query_pairs()
        .filter(|(key, _)| !PAGE_KEYS.contains(&&**key))
        .map(|(key, value)| (key.into(), value.into()))
        .collect();
    url.set_query(None);
    if !kept.is_empty() {
        url.query_pairs_mut().extend_pairs(kept);
    }
    let path = url.path().to_owned();
    let mut parts: Vec<&str> = path.trim_end_matches('/').split('/').collect();
    if parts.last().is_some_and(|last| page_number(last).is_some()) {
        parts.pop();
    }
    let ends_with_slash = path.ends_with('/') || parts.len() < path.trim_end_matches('/').split('/').count();
    url.set_path(&(parts.join("/") + if ends_with_slash { "/" } else { "" }));
    url.to_string()
}

/// "page-5", "page5"
fn page_number(part: &str) -> Option<u32> {
    part.strip_prefix("page")?.trim_start_matches('-').parse().ok()
}

/// True if an address is that of a page behind the first.
fn base_is_later(address: &str) -> bool {
    let Ok(url) = Url::parse(address) else { return false };
    let by_path = url.path_segments().is_some_and(|mut parts| parts.any(|part| page_number(part).is_some_and(|page| page > 1)));
    let is_more = |key: &str, value: &str| match key {
        "page" => value.parse::<u32>().is_ok_and(|page| page > 1),
        "start" | "st" => value.parse::<u32>().is_ok_and(|start| start > 0),
        _ => false,
    };
    by_path || url.query_pairs().any(|(key, value)| is_more(&key, &value))
}

/// The line in the first part of an item that has one.
pub(super) fn line(item: &LiftedItem<'_>, selectors: &[&str]) -> Option<CleanText> {
    let lines = selectors.iter().filter_map(|selector| within(&item.frame, selector));
    lines.map(|part| clean_line(&part.text())).find(|line| !line.is_empty())
}

/// An attribute of the first part of an item that has it.
pub(super) fn attr(item: &LiftedItem<'_>, selector: &str, name: &str) -> Option<String> {
    within(&item.frame, selector)?.attr(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
}

/// The words in the first of some parts that there is.
pub(super) fn words(item: &LiftedItem<'_>, selectors: &[&str], facts: &PageFacts, left_out: &[&str]) -> Document {
    let part = selectors.iter().find_map(|selector| within(&item.frame, selector));
    let is_left_out = |node: &dom_query::NodeRef<'_>| left_out.iter().any(|class| node.has_class(class));
    part.map_or_else(Document::default, |part| nodes_to_document(&[part], facts.base.as_ref(), &is_left_out))
}

/// The digits behind a mark: `post-12` behind `post-`.
pub(super) fn number_behind(text: &str, mark: &str) -> Option<String> {
    let rest = text.rsplit_once(mark)?.1;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    Some(digits).filter(|digits| !digits.is_empty())
}

/// A post's time, and true if that has no zone: exact where an attribute tells it, else as it is told to people.
pub(super) fn time(item: &LiftedItem<'_>, exact: &[(&str, &str)], told: &[&str], now: Timestamp) -> (Option<When>, bool) {
    for (selector, name) in exact {
        let Some(value) = attr(item, selector, name) else { continue };
        if let Ok(seconds) = value.parse::<i64>() {
            return (Some(When::Instant(Timestamp(seconds))), false);
        }
        if let Some(when) = dated(&value) {
            return (Some(when), false);
        }
        if let Some(when) = written_date_in(&value) {
            return (Some(when), matches!(when, When::Instant(_)));
        }
    }
    let line = line(item, told).unwrap_or_default();
    let when = written_date_in(&line).or_else(|| crate::format::relative_time::when(&line, now));
    (when, matches!(when, Some(When::Instant(_))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_pages_of_a_thread_have_one_address() {
        for (address, wanted, is_later) in [
            ("https://a.example/threads/owls.12/page-3#post-9", "https://a.example/threads/owls.12/", true),
            ("https://a.example/threads/owls.12/", "https://a.example/threads/owls.12/", false),
            ("https://a.example/viewtopic.php?f=4&t=167&start=20&sid=x", "https://a.example/viewtopic.php?f=4&t=167", true),
            ("https://a.example/showthread.php?t=5&page=2", "https://a.example/showthread.php?t=5", true),
            ("https://a.example/node/841", "https://a.example/node/841", false),
        ] {
            assert_eq!(
                (thread_address(Url::parse(address).unwrap()), base_is_later(address)),
                (wanted.to_owned(), is_later),
                "{address}"
            );
        }
    }
}
