//! Comments of a blog as the interface of `WordPress` lists them: each with its article's address and the number of what it
//! answers. They have the ids that they have in the blog's feeds.

mod comment_pages;
mod export;
mod fetch;
mod page;
mod pointers;

use super::SiteBases;
use super::fetch::{FetchPlan, Since, ThreadRef};
use std::collections::HashMap;

use url::Url;

use super::{SavedDiscussions, SavedPage, Site};
use crate::domain::article::{Article, Page, Source};
use crate::domain::completeness::SiteCount;
use crate::domain::order::Order;
use crate::domain::rank::Scale;
use crate::domain::site::SiteId;
use crate::domain::text::{CleanText, clean_line};
use crate::domain::thread::Comment;
use crate::format::fields::label;
use crate::format::html;
use crate::format::json::{JsonPieces, Value};
use crate::format::page::dated;
use crate::format::{Format, Origin, Unreadable};
use crate::site::comment_feed::page_of_comment;
use crate::site::page_builder::{Gathered, Tally};

pub(super) struct WordPress;

impl Site for WordPress {
    fn id(&self) -> SiteId {
        SiteId::new("wordpress")
    }

    fn name(&self) -> &'static str {
        "WordPress"
    }

    fn file_label(&self) -> &'static str {
        "comments of a blog"
    }

    fn owns_json(&self, value: Value<'_>) -> bool {
        is_comment(value)
    }

    fn read_json(&self, json: JsonPieces<'_>, _: &Origin<'_>) -> (Vec<Page>, Vec<CleanText>) {
        read_pages(json)
    }

    fn read_file(&self, bytes: &[u8], _: &Origin<'_>) -> Option<Result<SavedDiscussions, Unreadable>> {
        export::read(bytes)
    }

    fn read_html(&self, text: &str, origin: &Origin<'_>) -> Option<Result<SavedPage, Unreadable>> {
        if !page::has_comments(text) {
            return None;
        }
        // Themes are many: for what it is told, it is a web page.
        let (page, notes) = page::read(text, &html::find::at_saving(text, origin))?;
        Some(Ok(SavedPage { format: Format::Html, page, notes }))
    }

    /// They stand on the article's own page.
    fn thread_key(&self) -> SiteId {
        SiteId::PAGE
    }

    fn page_of_thread(&self, thread: &ThreadRef, _: &SiteBases) -> String {
        if thread.id.is_empty() { thread.base.clone() } else { thread.id.clone() }
    }

    fn fetch_plan(&self, thread: &ThreadRef, _: &SiteBases, _: Option<Since>) -> Box<dyn FetchPlan> {
        let page = Some(thread.id.as_str()).filter(|page| !page.is_empty());
        Box::new(fetch::PageCommentsFetch::new(&thread.base, page))
    }

    /// The discussion of an article stands at the article's own address.
    fn keeps_asked_address(&self, thread: &ThreadRef, _: Option<&str>) -> bool {
        !thread.id.is_empty()
    }

    /// A blog lists no comments where nobody has commented.
    fn answers_nothing_for_none(&self) -> bool {
        true
    }

    fn is_named_by_content(&self, _: &ThreadRef, _: &SiteBases) -> bool {
        true
    }

    fn default_order(&self) -> Option<Order> {
        Some(Order::Oldest)
    }
}

/// True if a value is a comment, or the first of a list is.
pub(super) fn is_comment(value: Value<'_>) -> bool {
    ["author_name", "post", "content"].iter().all(|key| value.get(key).is_some())
}

/// Reads every comment, a page for each article.
fn read_pages(json: JsonPieces<'_>) -> (Vec<Page>, Vec<CleanText>) {
    let mut threads: Vec<(String, Gathered)> = Vec::new();
    let mut by_article: HashMap<&str, usize> = HashMap::new();
    let mut tally = Tally::default();
    for value in json.each() {
        if !is_comment(value) {
            tally.foreign += 1;
            continue;
        }
        let Some(id) = value.get("id").and_then(Value::id) else {
            tally.nameless += 1;
            continue;
        };
        let link = value.text("link").unwrap_or_default();
        let address = page_of_comment(link).unwrap_or_default();
        let article = value.get("post").and_then(Value::id).unwrap_or_default();
        let at = *by_article.entry(article).or_insert_with(|| {
            let article = Article { url: label(Some(&address)), ..Article::default() };
            threads.push((address.clone(), Gathered::new(article)));
            threads.len() - 1
        });
        let parent = value.get("parent").and_then(Value::id).or_else(|| linked(value)).filter(|parent| *parent != "0");
        tally.twice += usize::from(!threads[at].1.push(comment(value, id, link), parent.map(Into::into)));
    }
    let page = |(address, gathered): (String, Gathered)| {
        let host = Url::parse(&address).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
        let host = host.strip_prefix("www.").unwrap_or(&host);
        let source = Source { key: clean_line(host), title: clean_line(host) };
        gathered.into_page(source, None, Scale::None, &address, SiteCount::Unknown)
    };
    (threads.into_iter().map(page).collect(), tally.notes())
}

/// The number of what a comment answers, as its links tell: the last part of an address.
fn linked(value: Value<'_>) -> Option<&str> {
    let above = value.at(&["_links", "in-reply-to"])?.items().next()?.text("href")?;
    above.trim_end_matches('/').rsplit('/').next()
}

fn comment(value: Value<'_>, id: &str, link: &str) -> Comment {
    let content = value.get("content");
    let told = |key: &str| content.and_then(|content| content.text(key));
    let text = told("rendered").or_else(|| told("raw")).or_else(|| content?.str()).unwrap_or_default();
    let time = |key: &str| value.text(key).and_then(dated);
    Comment {
        id: id.into(),
        author: label(value.text("author_name")),
        posted: value.text("date_gmt").and_then(|date| dated(&format!("{date}Z"))).or_else(|| time("date")),
        url: label(Some(link)),
        body: html::to_document(text, Url::parse(link).ok().as_ref()).into(),
        ..Comment::default()
    }
}

#[cfg(test)]
mod tests {
    use crate::domain::time::Timestamp;
    use crate::format::Origin;
    use crate::site::read;

    #[test]
    fn a_list_of_comments_is_a_discussion_of_its_article() {
        let list = r#"[{"id": 3, "post": 9, "parent": 0, "author_name": "ann", "date_gmt": "2024-05-01T10:00:00", "link": "https://blog.example/a/#comment-3",
            "content": {"rendered": "<p>One</p>"}, "type": "comment"},
            {"id": 4, "post": 9, "parent": 3, "author_name": "", "date_gmt": "2024-05-01T11:00:00", "link": "https://blog.example/a/#comment-4", "content": {"rendered": "<p>Two</p>"}}]"#;
        let parsed = read(list.as_bytes(), &Origin { name: "a.json", now: Timestamp(0) }).unwrap();
        assert_eq!(parsed.format.label(), "comments of a blog");
        let discussion = &parsed.pages[0].discussions[0];
        let facts: Vec<String> = discussion
            .comments
            .iter()
            .map(|c| {
                format!(
                    "{} {:?} {} {} {}",
                    c.id,
                    c.parent,
                    c.author.as_deref().unwrap_or("-"),
                    c.posted.unwrap(),
                    c.body.text()
                )
            })
            .collect();
        assert_eq!(facts, ["3 Root ann 2024-05-01T10:00:00Z One", "4 Of(CommentIdx(0)) - 2024-05-01T11:00:00Z Two"]);
        assert_eq!(discussion.url.as_deref(), Some("https://blog.example/a/"));
    }
}
