//! Saved pages of a `WordPress` blog: the post with the list of its comments, of which a long discussion shows one part at a
//! time. What the list holds is no part of the article.

use std::cell::RefCell;
use std::collections::HashSet;

use dom_query::{Document as Dom, NodeRef};

use crate::domain::article::{Article, Page};
use crate::domain::completeness::SiteCount;
use crate::domain::rank::Scale;
use crate::domain::text::{CleanText, Document, clean_line};
use crate::domain::thread::Comment;
use crate::domain::time::When;
use crate::format::fields::written_date_in;
use crate::format::html::find::{first, within};
use crate::format::html::lift::{LiftedItem, LiftedPage, lift};
use crate::format::{Format, Origin, html, page};
use crate::site::comment_feed::page_of_comment;
use crate::site::comment_list::{CommentList, parents};

/// True if a page has such a list, at a glance.
pub(in crate::site) fn has_comments(text: &str) -> bool {
    let has_id = ["id=\"comment-", "id='comment-", "id=\"li-comment-", "id=\"div-comment-", "id=comment-"]
        .iter()
        .any(|mark| text.contains(mark));
    let is_list = ["depth-", "commentlist", "comment-list"].iter().any(|mark| text.contains(mark));
    (has_id && is_list) || (text.contains("comment-thread") && text.contains("comment-replies"))
}

/// Takes the elements of comments out of a page. Several may bear the number of one: the outermost counts.
fn lifted(text: &str) -> LiftedPage {
    let seen: RefCell<HashSet<Box<str>>> = RefCell::default();
    lift(text, &|tag| {
        let is_item = ["li", "div", "article", "dt"].iter().any(|name| tag.is(name));
        let id = tag.attr("id").filter(|_| is_item).and_then(|id| number(id, tag.has_class("comment")));
        id.is_some_and(|id| seen.borrow_mut().insert(id))
    })
}

/// Reads the article and the comments on it; none where the list holds no comment after all.
pub(in crate::site) fn read(text: &str, origin: &Origin<'_>) -> Option<(Page, Vec<CleanText>)> {
    let page = lifted(text);
    let items: Vec<CommentItem<'_>> = page.items().into_iter().map(CommentItem).collect();
    if items.is_empty() {
        return None;
    }
    let dom = html::parse(&page.rest);
    let told = told(&dom).filter(|told| *told >= items.len());
    let ids: Vec<Option<Box<str>>> = items.iter().map(CommentItem::id).collect();
    let lifted: Vec<LiftedItem<'_>> = items.iter().map(|item| item.0.clone()).collect();
    let mut list = CommentList::default();
    let (mut pingbacks, mut without_zone, mut own_address) = (0, 0, None);
    for ((item, id), parent) in items.iter().zip(&ids).zip(parents(&lifted, &ids)) {
        let Some(id) = id else { continue };
        let (comment, has_zone) = item.read(id);
        pingbacks += usize::from(item.is_pingback());
        without_zone += usize::from(!has_zone);
        own_address = own_address.or_else(|| comment.url.as_deref().and_then(page_of_comment));
        list.push(comment, parent);
    }
    let frame = [heading(&dom), first(&dom, "#respond")];
    for node in frame.into_iter().flatten() {
        node.remove_from_parent();
    }
    let (article_page, notes) = page::read(&dom.html(), origin);
    let url = article_page.article.url.clone().or_else(|| own_address.map(|own| clean_line(&own)));
    list.gathered.article = Article { url: url.clone(), ..article_page.article };
    for note in &notes {
        list.tell(note);
    }
    list.note(pingbacks, "comment", "made by links from other pages");
    list.note(without_zone, "time", "without a zone, read as UTC");
    let told = told.map_or(SiteCount::Unknown, SiteCount::All);
    let url = url.as_deref().unwrap_or_default();
    let saved = list.into_saved(Format::Html, article_page.source, (None, Scale::None), url, told);
    Some((saved.page, saved.notes))
}

/// Where themes put the name, the most certain first.
const AUTHOR: &[&str] = &[
    ".comment-author .fn",
    ".fn",
    ".comment-author cite",
    "cite.user",
    "cite .url",
    "cite",
    ".comment-author strong",
    ".comment-author",
    ".author",
];

/// Where they put the words.
const BODY: &[&str] =
    &[".comment-content", ".comment-text", ".comment_text", ".comment-entry", ".comment_content", ".comment-body"];

/// A comment's element.
struct CommentItem<'a>(LiftedItem<'a>);

/// The number in `comment-12`, `li-comment-12`, `div-comment-12`, and in Blogger's `c7818214978921193094`.
fn number(id: &str, is_comment: bool) -> Option<Box<str>> {
    let inner = id.strip_prefix("li-").or_else(|| id.strip_prefix("div-")).unwrap_or(id);
    let digits = inner.strip_prefix("comment-").or_else(|| id.strip_prefix('c').filter(|_| is_comment))?;
    (!digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())).then(|| digits.into())
}

impl CommentItem<'_> {
    fn id(&self) -> Option<Box<str>> {
        self.0.node.id_attr().and_then(|id| number(&id, self.0.node.has_class("comment")))
    }

    fn is_pingback(&self) -> bool {
        self.0.node.has_class("pingback") || self.0.node.has_class("trackback")
    }

    /// The comment, and false if its time has no zone.
    fn read(&self, id: &str) -> (Comment, bool) {
        let own = |selector: &str| within(&self.0.frame, selector);
        let author = AUTHOR.iter().find_map(|selector| own(selector)).map(|name| clean_line(&name.text()));
        let linked = || own("a").map(|link| clean_line(&link.text())).filter(|_| self.is_pingback());
        let author = author.filter(|name| !name.is_empty()).or_else(linked).map(|name| without_verb(&name));
        let time = own("time[datetime]").and_then(|time| page::dated(&time.attr("datetime")?));
        let written = if time.is_none() { self.written_date(author.as_deref()) } else { None };
        let link = own("a[href*='#comment-']").and_then(|link| link.attr("href"));
        let body = BODY.iter().find_map(|selector| own(selector));
        let has_zone = !matches!(written, Some(When::Instant(_)));
        let comment = Comment {
            id: id.into(),
            author: author.filter(|name| !name.is_empty()),
            posted: time.or(written),
            url: link.map(|link| clean_line(&link)).filter(|link| link.starts_with("http")),
            body: self.text(body).into(),
            ..Comment::default()
        };
        (comment, has_zone)
    }

    /// Themes of old tell the time in words only, of any language.
    fn written_date(&self, author: Option<&str>) -> Option<When> {
        const META: &[&str] = &[".comment-meta", ".commentmetadata", ".comment-date", ".datetime", ".comment-author", "cite"];
        META.iter().find_map(|selector| {
            let meta = within(&self.0.frame, selector)?.text().to_string();
            // A name may hold numbers.
            let meta = author.map_or(meta.clone(), |author| meta.replacen(author, " ", 1));
            written_date_in(&meta)
        })
    }

    fn text(&self, body: Option<NodeRef<'_>>) -> Document {
        const BESIDE: &[&str] = &[
            "comment-author",
            "comment-meta",
            "commentmetadata",
            "comment-metadata",
            "reply",
            "children",
            "comment-reply-link",
            "comment-awaiting-moderation",
            "comment-footer",
            "avatar",
        ];
        let left_out = |node: &NodeRef<'_>| BESIDE.iter().any(|class| node.has_class(class));
        let node = body.unwrap_or(self.0.node);
        html::nodes_to_document(&[node], None, &left_out)
    }
}

/// "Comment by Ann — 17.07, 2011", "Ann says:"
fn without_verb(name: &str) -> CleanText {
    let name = name.split(" — ").next().unwrap_or(name);
    let name = name.strip_prefix("Comment by ").unwrap_or(name);
    let name = ["says:", "sagt:", "said...", "said:"].iter().find_map(|verb| name.strip_suffix(verb)).unwrap_or(name);
    clean_line(name)
}

/// The lines above the list.
fn heading(dom: &Dom) -> Option<NodeRef<'_>> {
    first(dom, ".comments-title, #comments-title, .comment-title, .comments-heading")
        .or_else(|| first(dom, "#comments").and_then(|list| within(&list, "h2, h3, h4")))
        .or_else(|| first(dom, "h2#comments, h3#comments"))
}

/// "148 comments", "12 thoughts on “Top 10 owls”": a number at the beginning of the list's heading, or the only one in it.
fn told(dom: &Dom) -> Option<usize> {
    let heading = heading(dom)?;
    let text = heading.text();
    let text = text.trim();
    let number = |word: &str| {
        let word = word.trim_matches(['(', ')', '[', ']', ':']);
        word.replace([',', '.', '\u{a0}'], "").parse::<usize>().ok()
    };
    let first = text.split_whitespace().next().and_then(number);
    first.or_else(|| {
        let quoted = text.contains(['“', '"', '«', '„', '”', '\'']);
        let mut numbers = text.split_whitespace().filter_map(number);
        let only = numbers.next().filter(|_| !quoted)?;
        numbers.next().is_none().then_some(only)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::thread::Parent;
    use crate::domain::time::Timestamp;
    use crate::format::Format;
    use crate::site::read as read_any;

    fn item(id: u32, more: &str) -> String {
        format!(
            r#"<li id="comment-{id}" class="comment depth-1"><article id="div-comment-{id}" class="comment-body">
            <footer class="comment-meta"><div class="comment-author vcard"><b class="fn">ann{id}</b> <span class="says">says:</span></div>
            <a href="https://a.example/owls/comment-page-2/#comment-{id}"><time datetime="2026-11-07T07:22:05+00:00">November 7</time></a></footer>
            <div class="comment-content"><p>Text {id}</p></div><div class="reply"><a>Reply</a></div></article>{more}</li>"#
        )
    }

    fn page(heading: &str, items: &[String]) -> String {
        format!(
            r#"<!doctype html><html><head><title>Owls</title><link rel="canonical" href="https://a.example/owls/"></head><body>
            <article><h1>Owls</h1><div class="entry-content"><p>A page.</p></div></article>
            <div id="comments"><h2 class="comments-title">{heading}</h2><ol class="comment-list">{}</ol></div></body></html>"#,
            items.concat()
        )
    }

    #[test]
    fn a_post_is_read_with_its_comments_and_without_them_in_its_text() {
        let items = [item(5, &format!("<ol class=\"children\">{}</ol>", item(9, ""))), item(7, "")];
        let text = page("148 comments", &items);
        let parsed = read_any(text.as_bytes(), &Origin { name: "owls.html", now: Timestamp(0) }).unwrap();
        assert_eq!(parsed.format, Format::Html);
        let page = &parsed.pages[0];
        assert_eq!((&*page.article.title, page.article.body.text().trim()), ("Owls", "A page."));
        let discussion = &page.discussions[0];
        let facts: Vec<String> = discussion
            .comments
            .iter()
            .map(|comment| {
                let parent = match comment.parent {
                    Parent::Of(parent) => &*discussion.comments[parent.index()].id,
                    _ => "-",
                };
                let (author, posted) = (comment.author.as_deref().unwrap_or("-"), comment.posted.unwrap());
                format!("{} < {parent} {author} {posted} {}", comment.id, comment.body.text())
            })
            .collect();
        assert_eq!(
            facts,
            [
                "5 < - ann5 2026-11-07T07:22:05Z Text 5",
                "9 < 5 ann9 2026-11-07T07:22:05Z Text 9",
                "7 < - ann7 2026-11-07T07:22:05Z Text 7",
            ]
        );
        assert_eq!(discussion.url.as_deref(), Some("https://a.example/owls/"));
        assert_eq!((discussion.missing(), discussion.complete), (145, false));
    }

    #[test]
    fn the_heading_tells_how_many_there_are() {
        for (heading, wanted) in [
            ("3 comments", (0, true)),
            ("12 thoughts on “Top 10 owls”", (9, false)),
            ("Kommentare (4)", (1, false)),
            ("Comments: 4", (1, false)),
            ("Responses to “Top 10 owls”", (0, false)),
            ("2 comments", (0, false)),
        ] {
            let text = page(heading, &[item(1, ""), item(2, ""), item(3, "")]);
            let parsed = read_any(text.as_bytes(), &Origin { name: "a.html", now: Timestamp(0) }).unwrap();
            let discussion = &parsed.pages[0].discussions[0];
            assert_eq!((discussion.missing(), discussion.complete), wanted, "{heading}");
        }
    }
}
