//! Saved pages of a `WordPress` blog: the post with the list of its comments, of which a long discussion shows one part at a
//! time. What the list holds is no part of the article.

use std::collections::{HashMap, HashSet};

use dom_query::{Document as Dom, NodeRef};

use crate::domain::article::Page;
use crate::domain::completeness::SiteCount;
use crate::domain::rank::Scale;
use crate::domain::text::{CleanText, Document, clean_line};
use crate::domain::thread::Comment;
use crate::domain::time::When;
use crate::format::html::find::{all, first, first_text, within};
use crate::format::{Origin, html, page};
use crate::site::page_builder::{Gathered, missing};

/// True if a page has such a list, at a glance.
pub(in crate::site) fn has_comments(text: &str) -> bool {
    let has_id = ["id=\"comment-", "id='comment-", "id=\"li-comment-", "id=\"div-comment-", "id=comment-"]
        .iter()
        .any(|mark| text.contains(mark));
    has_id && ["depth-", "commentlist", "comment-list"].iter().any(|mark| text.contains(mark))
}

/// Reads the article and the comments on it; none where the list holds no comment after all.
pub(in crate::site) fn read(text: &str, origin: &Origin<'_>) -> Option<(Page, Vec<CleanText>)> {
    let dom = html::parse(text);
    let items = items(&dom);
    if items.is_empty() {
        return None;
    }
    let told = told(&dom).filter(|told| *told >= items.len());
    let found: Vec<(Comment, Option<Box<str>>)> = items.iter().map(|item| (item.read(), item.parent.clone())).collect();
    let pingbacks = items.iter().filter(|item| item.is_pingback()).count();
    let frame = [heading(&dom), first(&dom, "#respond")];
    for node in items.iter().map(|item| item.node).chain(frame.into_iter().flatten()) {
        node.remove_from_parent();
    }
    let (article_page, mut notes) = page::read(&dom.html(), origin);
    let url = article_page.article.url.clone().or_else(|| {
        let own =
            found.iter().find_map(|(comment, _)| comment.url.as_deref().and_then(crate::site::comment_feed::page_of_comment));
        own.map(|own| clean_line(&own))
    });
    let mut gathered = Gathered::new(crate::domain::article::Article { url: url.clone(), ..article_page.article });
    let mut twice = 0;
    for (comment, parent) in found {
        twice += usize::from(!gathered.push(comment, parent));
    }
    let told = told.map_or(SiteCount::Unknown, SiteCount::All);
    let read = gathered.into_page(article_page.source, None, Scale::None, url.as_deref().unwrap_or_default(), told);
    let mut tell = |n: usize, what: &str| {
        if n > 0 {
            notes.push(clean_line(&format!("{n} {what}")));
        }
    };
    tell(missing(&read), "more comments, not in this file");
    tell(twice, "comments stood there twice; the first is kept");
    tell(pingbacks, "of the comments are links from other pages");
    Some((read, notes))
}

/// A comment's element, and the id of the one that it stands in.
struct CommentItem<'a> {
    id: Box<str>,
    node: NodeRef<'a>,
    parent: Option<Box<str>>,
}

/// The comments in the order of the page. Several elements may bear the number of one: the outermost counts.
fn items(dom: &Dom) -> Vec<CommentItem<'_>> {
    let marked = dom.select("li[id], div[id], article[id], dt[id]");
    let mut outermost: HashMap<dom_query::NodeId, Box<str>> = HashMap::new();
    let mut seen: HashSet<Box<str>> = HashSet::new();
    let mut items = Vec::new();
    for node in marked.nodes() {
        let Some(id) = node.id_attr().and_then(|id| number(&id)) else { continue };
        if !seen.insert(id.clone()) {
            continue;
        }
        let parent = node.ancestors_it(None).find_map(|above| outermost.get(&above.id).cloned());
        outermost.insert(node.id, id.clone());
        items.push(CommentItem { id, node: *node, parent });
    }
    items
}

/// The number in `comment-12`, `li-comment-12`, `div-comment-12`.
fn number(id: &str) -> Option<Box<str>> {
    let id = id.strip_prefix("li-").or_else(|| id.strip_prefix("div-")).unwrap_or(id);
    let digits = id.strip_prefix("comment-")?;
    (!digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())).then(|| digits.into())
}

impl CommentItem<'_> {
    fn is_pingback(&self) -> bool {
        self.node.has_class("pingback") || self.node.has_class("trackback")
    }

    fn read(&self) -> Comment {
        // Text in replies to it is not its own.
        let own = |selector: &str| all(&self.node, selector).into_iter().find(|part| self.is_own(part));
        let author = [".comment-author .fn", ".fn", ".comment-author cite", "cite", ".comment-author", ".author"];
        let author = author.iter().find_map(|selector| own(selector)).map(|name| clean_line(&name.text()));
        let time = own("time[datetime]").and_then(|time| page::dated(&time.attr("datetime")?));
        let link = own("a[href*='#comment-']").and_then(|link| link.attr("href"));
        let body =
            [".comment-content", ".comment-text", ".comment_text", ".comment-entry", ".comment_content", ".comment-body"];
        let body = body.iter().find_map(|selector| own(selector));
        Comment {
            id: self.id.clone(),
            author: author.filter(|name| !name.is_empty()),
            posted: time.or_else(|| self.written_date()),
            url: link.map(|link| clean_line(&link)).filter(|link| link.starts_with("http")),
            body: self.text(body).into(),
            ..Comment::default()
        }
    }

    /// Themes of old tell the time in words only; a day in figures can be read.
    fn written_date(&self) -> Option<When> {
        let meta = first_text(&self.node, ".comment-meta, .commentmetadata, .comment-date")?;
        meta.split_whitespace().find_map(page::dated)
    }

    fn is_own(&self, part: &NodeRef<'_>) -> bool {
        let nearest = part.ancestors_it(None).find_map(|above| above.id_attr().and_then(|id| number(&id)));
        part.id == self.node.id || nearest.is_none_or(|id| id == self.id)
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
        let node = body.unwrap_or(self.node);
        html::nodes_to_document(&[node], None, &left_out)
    }
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
