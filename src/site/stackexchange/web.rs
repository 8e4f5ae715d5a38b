//! Pages of questions at Stack Exchange as a browser saves them. They become what the interface would give.

use dom_query::{Document as Dom, NodeRef};
use serde_json::{Value as Written, json};

use super::questions::read_pages;
use super::{StackExchange, StackPost};
use crate::domain::time::When;
use crate::format::html::find::{all, first, first_text, saved_from, within};
use crate::format::json::{Json, JsonPieces};
use crate::format::page::dated;
use crate::format::{Origin, Unreadable, html};
use crate::site::{SavedPage, file_format, web_address};

/// Reads a question's page; none for any other page.
pub(super) fn read(text: &str, origin: &Origin<'_>) -> Option<Result<SavedPage, Unreadable>> {
    if !text.contains("data-questionid") && !text.contains("data-answerid") {
        return None;
    }
    let dom = html::parse(text);
    let question = first(&dom, "#question, .question[data-questionid]")?;
    let id = attr(&question, "data-questionid")?;
    let canonical = first(&dom, "link[rel=canonical]").and_then(|link| attr(&link, "href"));
    let addresses = [canonical.as_deref(), saved_from(text), Some(origin.name)];
    let base = addresses.into_iter().flatten().find_map(|address| Some(StackPost::at(&web_address(address)?)?.base));
    let page = QuestionPage { link: base.map(|base| format!("{base}/questions/{id}")), id };
    let json = Json::parse(&page.written(&dom, &question).to_string());
    let (pages, notes) = read_pages(JsonPieces(&[&json]));
    let page = pages.into_iter().next()?;
    Some(Ok(SavedPage { format: file_format(&StackExchange), page, notes }))
}

fn attr(node: &NodeRef<'_>, name: &str) -> Option<String> {
    node.attr(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
}

struct QuestionPage {
    id: String,
    link: Option<String>,
}

impl QuestionPage {
    fn written(&self, dom: &Dom, question: &NodeRef<'_>) -> Written {
        let answers: Vec<Written> =
            dom.select("[data-answerid]").nodes().iter().map(|answer| self.answer(dom, answer)).collect();
        let told = first(dom, "[data-answercount]").and_then(|head| attr(&head, "data-answercount")?.parse::<usize>().ok());
        let mut written = self.post(dom, question, &self.id);
        let title = first(dom, "#question-header h1, h1[itemprop=name]").map(|title| title.text().trim().to_owned());
        let tags: Vec<String> = all(question, ".post-tag").iter().map(|tag| tag.text().trim().to_owned()).collect();
        written["title"] = json!(title);
        written["tags"] = json!(tags);
        written["answer_count"] = json!(told.unwrap_or(0).max(answers.len()));
        written["answers"] = json!(answers);
        written
    }

    fn answer(&self, dom: &Dom, answer: &NodeRef<'_>) -> Written {
        let id = attr(answer, "data-answerid").unwrap_or_default();
        let mut written = self.post(dom, answer, &id);
        written["answer_id"] = json!(id);
        written["is_accepted"] = json!(answer.has_class("accepted-answer") || answer.has_class("js-accepted-answer"));
        written
    }

    fn post(&self, dom: &Dom, post: &NodeRef<'_>, id: &str) -> Written {
        // The last signature is the author's; one before it is that of who edited.
        let signatures = all(post, ".post-signature");
        let own = signatures.last();
        let time = |signature: Option<&NodeRef<'_>>| seconds(&within(signature?, "[title].relativetime")?);
        let votes = within(post, ".js-vote-count, .vote-count-post");
        let score = attr(post, "data-score")
            .or_else(|| attr(votes.as_ref()?, "data-value"))
            .or_else(|| Some(votes?.text().trim().to_owned()));
        let list = first(dom, &format!("[id='comments-{id}']"));
        let comments: Vec<Written> =
            list.iter().flat_map(|list| all(list, "li[id^='comment-']")).map(|comment| comment_on(id, &comment)).collect();
        let hidden = list.as_ref().and_then(|list| attr(list, "data-remaining-comments-count")?.parse::<usize>().ok());
        let hidden = hidden.or_else(|| list.as_ref().map_or(Some(0), shown_more));
        json!({
            "question_id": self.id,
            "link": self.link,
            "owner": {"display_name": own.and_then(author)},
            "score": score.and_then(|score| score.parse::<i64>().ok()),
            "creation_date": time(own),
            "last_edit_date": time(signatures.first().filter(|_| signatures.len() > 1)),
            "comment_count": hidden.map(|hidden| hidden + comments.len()),
            "body": within(post, ".js-post-body, .post-text").map(|words| words.inner_html().to_string()),
            "comments": comments,
        })
    }
}

fn comment_on(post: &str, comment: &NodeRef<'_>) -> Written {
    let score =
        attr(comment, "data-comment-score").or_else(|| first_text(comment, ".comment-score").map(|score| score.to_string()));
    json!({
        "comment_id": attr(comment, "data-comment-id").or_else(|| Some(comment.id_attr()?.strip_prefix("comment-")?.to_owned())),
        "post_id": post,
        "owner": {"display_name": first_text(comment, ".comment-user").map(|name| html::escaped(&name))},
        "score": score.and_then(|score| score.parse::<i64>().ok()),
        "creation_date": within(comment, ".comment-date [title]").and_then(|time| seconds(&time)),
        "body": within(comment, ".comment-copy").map(|words| words.inner_html().to_string()),
    })
}

/// Names in the interface's answers have the references of HTML.
fn author(signature: &NodeRef<'_>) -> Option<String> {
    let details = all(signature, ".user-details").pop()?;
    let name = first_text(&details, "[itemprop=name]").or_else(|| first_text(&details, "a"));
    let name = name.or_else(|| first_text(&details, "*")).or_else(|| Some(crate::domain::text::clean_line(&details.text())));
    name.filter(|name| !name.is_empty()).map(|name| html::escaped(&name))
}

/// "show 3 more comments": none where their number is not told.
fn shown_more(list: &NodeRef<'_>) -> Option<usize> {
    let around = list.parent()?;
    match within(&around, "a.js-show-link").filter(|link| !link.has_class("dno")) {
        Some(link) => link.text().split_whitespace().find_map(|word| word.parse().ok()),
        None => Some(0),
    }
}

/// "2013-02-01 10:20:30Z", behind which the licence may stand.
fn seconds(time: &NodeRef<'_>) -> Option<i64> {
    let title = time.attr("title")?;
    match dated(title.split(',').next()?.trim())? {
        When::Instant(at) => Some(at.0),
        When::Day(day) => Some(day.start().0),
    }
}

#[cfg(test)]
mod tests;
