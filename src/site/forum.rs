//! Threads of forums as a browser saves them: `XenForo` 1 and 2, phpBB 3, vBulletin 3 and 4, Invision 3, Drupal. The first post is
//! the article. Forums keep no tree: a post that quotes another answers it.

use std::borrow::Cow;

use super::post_layout::{self, ListedPost, PageFacts, PostLayout, attr, line, number_behind, time, words};
use super::{SavedPage, Site};
use crate::domain::rank::{Rank, Scale};
use crate::domain::site::SiteId;
use crate::domain::thread::Comment;
use crate::format::fields::label;
use crate::format::html::find::within;
use crate::format::html::lift::{LiftedItem, StartTag};
use crate::format::page::dated;
use crate::format::{Origin, Unreadable};

pub(super) struct Forum;

impl Site for Forum {
    fn id(&self) -> SiteId {
        SiteId::new("forum")
    }

    fn name(&self) -> &'static str {
        "Forum"
    }

    fn file_label(&self) -> &'static str {
        "forum thread"
    }

    /// They stand on the thread's own page.
    fn thread_key(&self) -> SiteId {
        SiteId::PAGE
    }

    fn read_html(&self, text: &str, origin: &Origin<'_>) -> Option<Result<SavedPage, Unreadable>> {
        let text = if text.contains("comment-published") { with_ids(text) } else { Cow::Borrowed(text) };
        LAYOUTS.iter().find_map(|layout| post_layout::read(self, layout, &text, origin)).map(Ok)
    }
}

const FURTHER: &str = "link[rel=next], a[rel=next], a.pageNav-jump--next, .PageNav .currentPage + a, .pagination .arrow.next a";

static LAYOUTS: &[PostLayout] = &[
    layout(&["message--post", "bbWrapper"], |tag| tag.is("article") && tag.has_class("message--post"), xenforo),
    layout(&["messageText", "data-author"], |tag| tag.is("li") && tag.has_class("message") && has_id(tag, "post-"), xenforo_1),
    layout(
        &["post_message_"],
        |tag| !tag.is("a") && (has_id(tag, "post_") || tag.is("table") && has_id(tag, "post")),
        vbulletin,
    ),
    layout(&["post_block", "post_id_"], |tag| tag.has_class("post_block") && has_id(tag, "post_id_"), invision),
    layout(&["postbody", "viewtopic.php"], |tag| tag.is("div") && tag.has_class("post") && has_id(tag, "p"), phpbb),
    PostLayout {
        begins_with_article: false,
        ..layout(&["comment-published", DRUPAL_ID], |tag| tag.is("div") && tag.attr(DRUPAL_ID).is_some(), drupal)
    },
];

const fn layout(
    marks: &'static [&'static str],
    is_post: fn(&StartTag<'_>) -> bool,
    read: fn(&LiftedItem<'_>, &PageFacts) -> Option<ListedPost>,
) -> PostLayout {
    PostLayout { marks, is_post, read, scale: Scale::Likes, begins_with_article: true, further: FURTHER }
}

/// True if an element's id is these letters and a number.
fn has_id(tag: &StartTag<'_>, before: &str) -> bool {
    let rest = tag.attr("id").and_then(|id| id.strip_prefix(before));
    rest.is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()))
}

fn own_id(item: &LiftedItem<'_>, before: &str) -> Option<String> {
    let id = item.node.id_attr()?.to_string();
    id.strip_prefix(before).map(str::to_owned)
}

/// "#21"
fn nth(item: &LiftedItem<'_>, selectors: &[&str]) -> Option<usize> {
    let told = line(item, selectors)?;
    told.rsplit_once('#')?.1.replace([',', '.'], "").parse().ok()
}

/// The post that the first quotation in a post is from.
fn quoted(item: &LiftedItem<'_>, places: &[(&str, &str, &str)]) -> Option<String> {
    places.iter().find_map(|(selector, name, mark)| number_behind(&format!("{mark}{}", attr(item, selector, name)?), mark))
}

fn post(item: &LiftedItem<'_>, id: String, author: &[&str]) -> ListedPost {
    let comment = Comment { id: id.into(), author: line(item, author), ..Comment::default() };
    ListedPost { comment, ..ListedPost::default() }
}

fn xenforo(item: &LiftedItem<'_>, facts: &PageFacts) -> Option<ListedPost> {
    let id = attr(item, "[data-content]", "data-content").and_then(|content| number_behind(&content, "post-"))?;
    let mut read = post(item, id, &[".message-name .username", ".message-name"]);
    read.comment.author =
        attr(item, "[data-author]", "data-author").and_then(|name| label(Some(&name))).or(read.comment.author);
    let exact = [(".message-attribution-main time", "datetime"), ("time.u-dt", "datetime"), ("time", "datetime")];
    (read.comment.posted, read.lacks_zone) = time(item, &exact, &[], facts.now);
    read.comment.edited = attr(item, ".message-lastEdit time", "datetime").and_then(|time| dated(&time));
    read.comment.body = words(item, &[".message-body .bbWrapper", ".bbWrapper"], facts, &["bbCodeBlock-expandLink"]).into();
    read.comment.rank = line(item, &[".reactionsBar-link"]).map_or(Rank::Unrated, |names| Rank::Likes(named_people(&names)));
    read.nth = nth(item, &[".message-attribution-opposite li:last-child", ".message-attribution-opposite"]);
    read.parent = attr(item, "blockquote[data-source]", "data-source").and_then(|source| number_behind(&source, "post: "));
    Some(read)
}

/// "Ann, Bob and 3 others"
fn named_people(names: &str) -> u32 {
    let others: u32 = names.split_whitespace().filter_map(|word| word.replace(',', "").parse::<u32>().ok()).sum();
    let named = names.split([',']).flat_map(|part| part.split(" and ")).filter(|part| !part.trim().is_empty());
    let named = named.filter(|part| !part.trim().starts_with(|c: char| c.is_ascii_digit())).count();
    others.saturating_add(u32::try_from(named).unwrap_or(0))
}

fn xenforo_1(item: &LiftedItem<'_>, facts: &PageFacts) -> Option<ListedPost> {
    let mut read = post(item, own_id(item, "post-")?, &[".username.author", ".username"]);
    read.comment.author =
        attr(item, "[data-author]", "data-author").and_then(|name| label(Some(&name))).or(read.comment.author);
    let exact = [
        (".datePermalink .DateTime", "data-time"),
        (".DateTime", "data-time"),
        (".datePermalink .DateTime", "title"),
        (".DateTime", "title"),
    ];
    (read.comment.posted, read.lacks_zone) = time(item, &exact, &[".DateTime"], facts.now);
    read.comment.body = words(item, &["blockquote.messageText", ".messageText"], facts, &["messageTextEndMarker"]).into();
    read.nth = nth(item, &[".postNumber"]);
    read.parent = quoted(item, &[(".bbCodeQuote a.AttributionLink", "href", "#post-")]);
    Some(read)
}

fn vbulletin(item: &LiftedItem<'_>, facts: &PageFacts) -> Option<ListedPost> {
    within(&item.frame, "[id^=post_message_]")?;
    let id = own_id(item, "post_").or_else(|| own_id(item, "post"))?;
    let mut read = post(item, id, &[".username", ".bigusername", ".username_container"]);
    let told = [".postdate", ".date", ".userstats dd", ".posthead", "td.thead"];
    (read.comment.posted, read.lacks_zone) = time(item, &[], &told, facts.now);
    read.comment.body = words(item, &["[id^=post_message_]"], facts, &["bestAnswer_container", "adsbygoogle"]).into();
    read.nth = nth(item, &[".postcounter"]).or_else(|| attr(item, "a[id^=postcount]", "name")?.parse().ok());
    read.parent = quoted(
        item,
        &[(".bbcode_postedby a", "href", "#post"), ("[id^=post_message_] a[rel=nofollow][href*='#post']", "href", "#post")],
    );
    Some(read)
}

fn invision(item: &LiftedItem<'_>, facts: &PageFacts) -> Option<ListedPost> {
    let mut read =
        post(item, own_id(item, "post_id_")?, &["[itemprop=creator] [itemprop=name]", ".author", ".author_info .name"]);
    (read.comment.posted, read.lacks_zone) = time(item, &[("abbr.published", "title")], &["abbr.published"], facts.now);
    read.comment.body = words(item, &["[itemprop=commentText]", ".entry-content"], facts, &["nexusad"]).into();
    let votes = line(item, &[".rep_bar .reputation", ".reputation"]).and_then(|votes| votes.parse::<u32>().ok());
    read.comment.rank = votes.map_or(Rank::Unrated, Rank::Likes);
    read.nth = nth(item, &["li.post_id", ".post_id"]);
    read.parent = attr(item, "blockquote[data-cid]", "data-cid");
    Some(read)
}

fn phpbb(item: &LiftedItem<'_>, facts: &PageFacts) -> Option<ListedPost> {
    let mut read = post(
        item,
        own_id(item, "p")?,
        &[".author .username", ".author .username-coloured", ".postprofile .username", ".author strong"],
    );
    (read.comment.posted, read.lacks_zone) = time(item, &[(".author time", "datetime")], &[".author"], facts.now);
    read.comment.body = words(item, &[".postbody .content", ".content"], facts, &[]).into();
    read.parent = quoted(
        item,
        &[("blockquote cite a[href*='#p']", "href", "#p"), ("blockquote cite a[data-post-id]", "data-post-id", "=")],
    );
    Some(read)
}

const DRUPAL_ID: &str = "data-comment-number";
const ANCHOR: &str = "<a id=\"comment-";

/// In Drupal the number of a comment stands before its element.
fn with_ids(text: &str) -> Cow<'_, str> {
    let (mut out, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(at) = rest.find(ANCHOR) {
        let behind = &rest[at + ANCHOR.len()..];
        let digits = &behind[..behind.find(|c: char| !c.is_ascii_digit()).unwrap_or(behind.len())];
        let after = behind[digits.len()..].strip_prefix("\"></a>").map(str::trim_start);
        let (kept, next) = match after.and_then(|after| after.strip_prefix("<div ")) {
            Some(next) if !digits.is_empty() => (format!("<div {DRUPAL_ID}=\"{digits}\" "), next),
            _ => (ANCHOR.to_owned(), behind),
        };
        out.push_str(&rest[..at]);
        out.push_str(&kept);
        rest = next;
    }
    out.push_str(rest);
    Cow::Owned(out)
}

fn drupal(item: &LiftedItem<'_>, facts: &PageFacts) -> Option<ListedPost> {
    let id = item.node.attr(DRUPAL_ID)?.to_string();
    let mut read = post(item, id, &[".submitted a", ".username", ".submitted .username"]);
    (read.comment.posted, read.lacks_zone) = time(item, &[(".submitted time", "datetime")], &[".submitted"], facts.now);
    read.comment.body = words(item, &[".content"], facts, &["links"]).into();
    Some(read)
}

#[cfg(test)]
mod tests;
