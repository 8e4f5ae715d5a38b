//! Exports of a blog that `WordPress` makes (WXR, which looks like a feed): its posts and pages with their comments.

use crate::domain::article::{Article, Page, Source};
use crate::domain::completeness::SiteCount;
use crate::domain::plural::plural;
use crate::domain::rank::Scale;
use crate::domain::site::SiteId;
use crate::domain::text::{CleanText, Document, clean_line};
use crate::domain::thread::Comment;
use crate::domain::time::When;
use crate::format::fields::label;
use crate::format::page::dated;
use crate::format::xml_tree::{self, XmlElement};
use crate::format::{Format, Unreadable, encoding, html};
use crate::site::SavedDiscussions;
use crate::site::page_builder::{Gathered, Tally, missing};

/// So far into a file the names of an export's elements are declared.
const HEAD: usize = 8 << 10;

/// Counts for the notes.
#[derive(Default)]
struct ExportTally {
    tally: Tally,
    /// Comments that no reader of the blog sees: waiting, spam, deleted.
    unpublished: usize,
    pingbacks: usize,
    without_zone: usize,
    /// Pictures, menus, revisions.
    attachments: usize,
    drafts: usize,
}

/// Reads an export; none for any other file.
pub(super) fn read(bytes: &[u8]) -> Option<Result<SavedDiscussions, Unreadable>> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(HEAD)]);
    if !head.contains("<rss") || !(head.contains("wp:wxr_version") || head.contains("wordpress.org/export/")) {
        return None;
    }
    let decoded = encoding::decode(bytes, None);
    let tree = xml_tree::parse(&decoded.text);
    let channel = tree.root.child("channel").unwrap_or(&tree.root);
    let source = source(channel);
    let mut notes = ExportTally::default();
    let pages: Vec<Page> = channel.all("item").filter_map(|item| page(item, &source, tree.is_cut, &mut notes)).collect();
    notes.tally.more = pages.iter().map(missing).sum();
    let mut told = notes.told();
    if tree.is_cut {
        told.push(clean_line("the XML breaks off; what stands before is read"));
    }
    if pages.is_empty() {
        told.push(clean_line("there is nothing in it"));
    }
    let format = Format::Saved { site: SiteId::new("wordpress"), label: "WordPress export" };
    Some(Ok(SavedDiscussions { format, pages, notes: told }))
}

fn source(channel: &XmlElement) -> Source {
    let address = channel.text_of("link").or_else(|| channel.text_of("wp:base_blog_url")).unwrap_or_default();
    let host = crate::format::identity::host_of(address).unwrap_or_else(|| "wordpress".to_owned());
    let title = channel.text_of("title").unwrap_or(&host);
    Source { key: clean_line(&host), title: clean_line(title) }
}

/// The page of a post; none for what is not an article.
fn page(item: &XmlElement, source: &Source, is_cut: bool, notes: &mut ExportTally) -> Option<Page> {
    let kind = item.text_of("wp:post_type").unwrap_or("post");
    let has_comments = item.child("wp:comment").is_some();
    if matches!(kind, "attachment" | "nav_menu_item" | "revision" | "custom_css" | "wp_global_styles") && !has_comments {
        notes.attachments += 1;
        return None;
    }
    if matches!(item.text_of("wp:status"), Some("trash" | "auto-draft")) {
        notes.drafts += 1;
        return None;
    }
    let url = item.text_of("link").filter(|link| link.starts_with("http")).unwrap_or_default();
    let tags = item
        .all("category")
        .filter(|tag| tag.attr("domain").is_none_or(|domain| domain == "category" || domain.contains("tag")));
    let mut gathered = Gathered::new(Article {
        title: clean_line(item.text_of("title").unwrap_or_default()),
        byline: label(item.text_of("dc:creator")),
        published: time(item, "wp:post_date_gmt", "wp:post_date", notes),
        url: label(Some(url)),
        body: item.text_of("content:encoded").map(|text| words(text, url)).unwrap_or_default(),
        categories: tags.filter_map(|tag| label(Some(tag.own_text()))).collect(),
        ..Article::default()
    });
    for comment in item.all("wp:comment") {
        take(&mut gathered, comment, url, notes);
    }
    // The export holds every comment that the blog has.
    let told = if is_cut { SiteCount::Unknown } else { SiteCount::All(gathered.comments.len()) };
    if gathered.comments.is_empty() {
        return Some(Page { article: gathered.article, source: source.clone(), discussions: Vec::new() });
    }
    Some(gathered.into_page(source.clone(), None, Scale::None, url, told))
}

fn take(gathered: &mut Gathered, comment: &XmlElement, url: &str, notes: &mut ExportTally) {
    let text = |name: &str| comment.text_of(name);
    if text("wp:comment_approved").is_some_and(|approved| approved != "1") {
        notes.unpublished += 1;
        return;
    }
    let Some(id) = text("wp:comment_id") else {
        notes.tally.nameless += 1;
        return;
    };
    notes.pingbacks += usize::from(matches!(text("wp:comment_type"), Some("pingback" | "trackback")));
    let read = Comment {
        id: id.into(),
        author: label(text("wp:comment_author")),
        posted: time(comment, "wp:comment_date_gmt", "wp:comment_date", notes),
        url: label(Some(&format!("{url}#comment-{id}")).filter(|_| !url.is_empty()).map(String::as_str)),
        body: text("wp:comment_content").map(|text| words(text, url)).unwrap_or_default().into(),
        ..Comment::default()
    };
    let parent = text("wp:comment_parent").filter(|parent| *parent != "0");
    notes.tally.twice += usize::from(!gathered.push(read, parent.map(Into::into)));
}

/// A time in UTC, else as the blog's own clock showed it.
fn time(element: &XmlElement, utc: &str, local: &str, notes: &mut ExportTally) -> Option<When> {
    let told = |name: &str| element.text_of(name).filter(|time| !time.starts_with("0000"));
    if let Some(when) = told(utc).and_then(|time| dated(&format!("{time}Z"))) {
        return Some(when);
    }
    let when = told(local).and_then(dated);
    notes.without_zone += usize::from(when.is_some());
    when
}

/// The blog makes paragraphs of blank lines as it shows a text, and lines of single breaks.
fn words(text: &str, url: &str) -> Document {
    let base = url::Url::parse(url).ok();
    if text.contains("<p>") || text.contains("<p ") {
        return html::to_document(text, base.as_ref());
    }
    let text = text.replace("\r\n", "\n");
    let paragraphs: Vec<String> =
        text.split("\n\n").map(|part| format!("<p>{}</p>", part.trim().replace('\n', "<br>"))).collect();
    html::to_document(&paragraphs.concat(), base.as_ref())
}

impl ExportTally {
    fn told(&self) -> Vec<CleanText> {
        let told = [
            (self.unpublished, "comment", "not published (waiting, spam or deleted) left out"),
            (self.pingbacks, "comment", "made by links from other pages"),
            (self.without_zone, "time", "without a zone, read as UTC"),
            (self.attachments, "entry", "of other kinds left out"),
            (self.drafts, "deleted post", "left out"),
        ];
        let told = told.iter().filter(|(n, ..)| *n > 0).map(|(n, what, rest)| format!("{} {rest}", plural(*n as u64, what)));
        self.tally.notes().into_iter().chain(told.map(|note| clean_line(&note))).collect()
    }
}

#[cfg(test)]
mod tests;
