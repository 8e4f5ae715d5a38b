//! Pages of GitHub's issues, pull requests and discussions as a browser saves them. They become what the interface would give.

use dom_query::{Document as Dom, NodeRef};
use serde_json::{Value as Written, json};

use super::issues::read_pages;
use super::{GitHub, GitHubThread};
use crate::domain::text::clean_line;
use crate::format::html::find::{all, first, first_text, saved_from, within};
use crate::format::json::{Json, JsonPieces};
use crate::format::{Origin, Unreadable, html};
use crate::site::{SavedPage, file_format, web_address};

/// The marks before the numbers of comments in the ids of elements.
const MARKS: &[&str] = &["issuecomment-", "discussioncomment-", IN_REVIEW];
const IN_REVIEW: &str = "discussion_r";

/// Reads a thread's page; none for any other page.
pub(super) fn read(text: &str, origin: &Origin<'_>) -> Option<Result<SavedPage, Unreadable>> {
    let head = &text[..text.floor_char_boundary(64 << 10)];
    let is_its = head.contains("github.githubassets.com") || head.contains("content=\"GitHub\"");
    if !is_its || !(text.contains("issue-viewer-container") || text.contains("comment-body") || text.contains("issuecomment-"))
    {
        return None;
    }
    let dom = html::parse(text);
    let told = |selector: &str, name: &str| first(&dom, selector).and_then(|node| attr(&node, name));
    let (canonical, og) = (told("link[rel=canonical]", "href"), told("meta[property='og:url']", "content"));
    let addresses = [canonical.as_deref(), og.as_deref(), saved_from(text), Some(origin.name)];
    let thread = addresses.into_iter().flatten().find_map(|address| GitHubThread::at(&web_address(address)?))?;
    let address = thread.address();
    let mut written = String::new();
    let mut add = |value: &Written| {
        written += &value.to_string();
        written.push('\n');
    };
    add(&opening(&dom, &thread, &address));
    for node in dom.select("[id]").nodes() {
        let comment = numbered(node).filter(|_| !has_same_around(node)).and_then(|id| comment(node, &id, &address));
        comment.iter().for_each(&mut add);
    }
    let json = Json::parse(&written);
    let (pages, mut notes) = read_pages(JsonPieces(&[&json]));
    let page = pages.into_iter().next()?;
    if let Some(more) = remaining(&dom) {
        notes.push(clean_line(&format!("{more} further entries of the page, comments and events, not in this file")));
    }
    Some(Ok(SavedPage { format: file_format(&GitHub), page, notes }))
}

fn attr(node: &NodeRef<'_>, name: &str) -> Option<String> {
    node.attr(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
}

/// The mark and number of a comment's element.
fn numbered(node: &NodeRef<'_>) -> Option<(&'static str, String)> {
    let id = node.id_attr()?;
    let (mark, number) = MARKS.iter().find_map(|mark| Some((*mark, id.strip_prefix(mark)?)))?;
    let is_number = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
    is_number.then(|| (mark, number.to_owned()))
}

/// True if an element around it bears the same number: the outer one is the comment.
fn has_same_around(node: &NodeRef<'_>) -> bool {
    let own = numbered(node);
    node.ancestors_it(None).any(|above| own.is_some() && numbered(&above) == own)
}

/// The box around the head of a comment, in which its words stand.
fn box_of<'a>(node: &NodeRef<'a>) -> NodeRef<'a> {
    let has_words = |node: &NodeRef<'_>| within(node, "[data-testid=markdown-body], .comment-body").is_some();
    let around = node.ancestors_it(Some(3)).find(has_words);
    if has_words(node) { *node } else { around.unwrap_or(*node) }
}

fn comment(node: &NodeRef<'_>, (mark, id): &(&'static str, String), address: &str) -> Option<Written> {
    let outer = box_of(node);
    let own = |selector: &str| {
        // Answers inside of a comment are comments of their own.
        let is_own = |part: &NodeRef<'_>| {
            let nearest = part.ancestors_it(None).find_map(|above| numbered(&above));
            nearest.is_none_or(|(_, nearest)| nearest == *id)
        };
        all(&outer, selector).into_iter().find(is_own)
    };
    let words = own("[data-testid=markdown-body], .comment-body")?;
    let time = own("relative-time[datetime], time-ago[datetime], time[datetime]");
    let above = node.ancestors_it(None).find_map(|above| numbered(&above)).filter(|_| *mark != "issuecomment-");
    let mut written = json!({
        "id": id,
        "user": {"login": own("a[data-testid=avatar-link], a.author, .author").map(|name| name.text().trim().to_owned())},
        "created_at": time.and_then(|time| attr(&time, "datetime")),
        "body": "",
        "body_html": words.inner_html().to_string(),
        "html_url": format!("{address}#{mark}{id}"),
        "reactions": {"total_count": own("[role=toolbar][aria-label=Reactions], .comment-reactions").map_or(0, |bar| reactions(&bar))},
    });
    let kind = match *mark {
        "issuecomment-" => "issue_url",
        IN_REVIEW => "pull_request_url",
        _ => "discussion_id",
    };
    written[kind] = json!(address);
    if let Some((_, above)) = above {
        written["parent_id"] = json!(above);
    }
    Some(written)
}

/// The thread with its first words.
fn opening(dom: &Dom, thread: &GitHubThread, address: &str) -> Written {
    let title = first(dom, "[data-testid=issue-title], .js-issue-title, .markdown-title, h1 bdi");
    let body = first(
        dom,
        "[data-testid=issue-body], .js-discussion .js-comment-container, .discussion-timeline .js-comment-container, .timeline-comment",
    );
    let part = |selector: &str| body.as_ref().and_then(|body| within(body, selector));
    let author = part("[data-testid=issue-body-header-author], a.author, .author");
    let words = part("[data-testid=markdown-body], .comment-body");
    let time = part("relative-time[datetime], time-ago[datetime], time[datetime]");
    let labels: Vec<Written> = body
        .iter()
        .flat_map(|_| dom.select(".js-issue-labels .IssueLabel, [data-testid=issue-labels] a").nodes().to_vec())
        .map(|label| json!({"name": label.text().trim()}))
        .collect();
    json!({
        "number": thread.number,
        "title": title.map(|title| title.text().trim().to_owned()).unwrap_or_default(),
        "html_url": address,
        "user": {"login": author.map(|name| name.text().trim().to_owned())},
        "created_at": time.and_then(|time| attr(&time, "datetime")),
        "body": "",
        "body_html": words.map(|words| words.inner_html().to_string()).unwrap_or_default(),
        "labels": labels,
    })
}

/// The sum of a bar of reactions, those against left out.
fn reactions(bar: &NodeRef<'_>) -> u64 {
    let count = |button: &NodeRef<'_>| {
        let text = button.text().to_string() + &attr(button, "aria-label").unwrap_or_default();
        let is_against = ["👎", "😕", "thumbs down", "confused"].iter().any(|mark| text.to_lowercase().contains(mark));
        let number = button.text().split(|c: char| !c.is_ascii_digit()).find_map(|digits| digits.parse::<u64>().ok());
        number.filter(|_| !is_against).unwrap_or(0)
    };
    all(bar, "button").iter().map(count).sum()
}

/// "Load more… 42 remaining items", "42 hidden items"
fn remaining(dom: &Dom) -> Option<u64> {
    let marks = ["remaining items", "hidden items", "remaining item", "hidden item"];
    let buttons = dom.select("button, [data-testid*='load-more']");
    buttons.nodes().iter().find_map(|button| {
        let text = first_text(button, "*").unwrap_or_default().to_string() + " " + &button.text();
        let at = marks.iter().find_map(|mark| text.find(mark))?;
        text[..at].split_whitespace().last()?.replace(',', "").parse().ok()
    })
}

#[cfg(test)]
mod tests;
