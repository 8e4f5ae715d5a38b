//! The XML of Stack Exchange's data dumps: `Posts.xml` with `Comments.xml` and `Users.xml`, read together or the posts alone.
//! Questions become what the interface would give.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Value as Written, json};

use super::questions::read_pages;
use super::{StackExchange, is_site};
use crate::domain::plural::plural;
use crate::domain::text::clean_line;
use crate::domain::time::When;
use crate::format::json::{Json, JsonPieces};
use crate::format::page::dated;
use crate::format::xml_tree::{self, XmlElement};
use crate::format::{Format, Origin, Unreadable, encoding, sniff};
use crate::site::{SavedDiscussions, Site};

const QUESTION: &str = "1";
const ANSWER: &str = "2";

/// The files of a dump that belong to the posts.
pub(super) const BESIDE: &[&str] = &["Comments.xml", "Users.xml"];

/// Reads a dump's files, one behind the other; none for any other file.
pub(super) fn read(bytes: &[u8], origin: &Origin<'_>) -> Option<Result<SavedDiscussions, Unreadable>> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(4096)]).into_owned();
    let head = head.trim_start().trim_start_matches('\u{feff}');
    let root = sniff::first_tag(head)?;
    if !matches!(root.as_str(), "posts" | "comments" | "users") || !head.contains("<row ") {
        return None;
    }
    let trees = xml_tree::parse_all(&encoding::decode(bytes, None).text);
    let rows =
        |name: &str| trees.roots.iter().filter(|root| root.name == name).flat_map(|root| root.all("row")).collect::<Vec<_>>();
    let posts = rows("posts");
    if posts.is_empty() {
        let found =
            if root == "users" { "users of a Stack Exchange dump" } else { "a Stack Exchange dump without its Posts.xml" };
        return Some(Err(Unreadable::Unknown { found }));
    }
    let users: HashMap<&str, &str> =
        rows("users").into_iter().filter_map(|row| Some((row.attr("Id")?, row.attr("DisplayName")?))).collect();
    let others = posts.iter().filter(|row| !matches!(row.attr("PostTypeId"), Some(QUESTION | ANSWER))).count();
    let dump = PostsDump { base: base_of(origin.name), users };
    let written = dump.questions(&posts, &rows("comments"));
    let json = Json::parse(&written);
    let (pages, mut notes) = read_pages(JsonPieces(&[&json]));
    if others > 0 {
        notes.push(clean_line(&format!(
            "{} of other kinds (descriptions of tags, notices) left out",
            plural(others as u64, "post")
        )));
    }
    if trees.is_cut {
        notes.push(clean_line("the XML breaks off; what stands before is read"));
    }
    let format = Format::Saved { site: StackExchange.id(), label: "Stack Exchange dump" };
    Some(Ok(SavedDiscussions { format, pages, notes }))
}

/// The site that a dump's folder is named after.
fn base_of(name: &str) -> Option<String> {
    let parts = name.split(['/', '\\']).map(|part| part.strip_suffix(".7z").unwrap_or(part));
    parts.rev().find(|part| is_site(part)).map(|host| format!("https://{host}"))
}

struct PostsDump<'a> {
    base: Option<String>,
    users: HashMap<&'a str, &'a str>,
}

impl<'a> PostsDump<'a> {
    /// Every question with its answers and comments, an object a line. Answers to questions that are not here stand alone.
    fn questions(&self, posts: &[&'a XmlElement], comments: &[&'a XmlElement]) -> String {
        let mut on_post: HashMap<&str, Vec<Written>> = HashMap::new();
        for comment in comments {
            let Some(post) = comment.attr("PostId") else { continue };
            on_post.entry(post).or_default().push(self.comment(comment, post));
        }
        let accepted: HashMap<&str, &str> =
            posts.iter().filter_map(|post| Some((post.attr("AcceptedAnswerId")?, post.attr("Id")?))).collect();
        let mut answers: BTreeMap<&str, Vec<Written>> = BTreeMap::new();
        for post in posts.iter().filter(|post| post.attr("PostTypeId") == Some(ANSWER)) {
            let (Some(id), Some(question)) = (post.attr("Id"), post.attr("ParentId")) else { continue };
            let mut written = self.post(post, question);
            written["answer_id"] = json!(id);
            written["is_accepted"] = json!(accepted.contains_key(id));
            written["comments"] = json!(on_post.remove(id).unwrap_or_default());
            answers.entry(question).or_default().push(written);
        }
        let mut out = String::new();
        for post in posts.iter().filter(|post| post.attr("PostTypeId") == Some(QUESTION)) {
            let Some(id) = post.attr("Id") else { continue };
            let mut written = self.post(post, id);
            written["title"] = json!(post.attr("Title").unwrap_or_default());
            written["tags"] = json!(tags(post.attr("Tags").unwrap_or_default()));
            written["answer_count"] = json!(post.attr("AnswerCount").and_then(|count| count.parse::<i64>().ok()).unwrap_or(0));
            written["answers"] = json!(answers.remove(id).unwrap_or_default());
            written["comments"] = json!(on_post.remove(id).unwrap_or_default());
            out += &written.to_string();
            out.push('\n');
        }
        for written in answers.into_values().flatten() {
            out += &written.to_string();
            out.push('\n');
        }
        out
    }

    fn post(&self, post: &XmlElement, question: &str) -> Written {
        json!({
            "question_id": question,
            "link": self.base.as_ref().map(|base| format!("{base}/questions/{question}")),
            "owner": {"display_name": self.name(post.attr("OwnerUserId"), post.attr("OwnerDisplayName"))},
            "score": number(post, "Score"),
            "creation_date": seconds(post.attr("CreationDate")),
            "last_edit_date": seconds(post.attr("LastEditDate")),
            "comment_count": number(post, "CommentCount"),
            "body": post.attr("Body").unwrap_or_default(),
        })
    }

    fn comment(&self, comment: &XmlElement, post: &str) -> Written {
        json!({
            "comment_id": comment.attr("Id"),
            "post_id": post,
            "owner": {"display_name": self.name(comment.attr("UserId"), comment.attr("UserDisplayName"))},
            "score": number(comment, "Score"),
            "creation_date": seconds(comment.attr("CreationDate")),
            "body_markdown": comment.attr("Text").unwrap_or_default(),
        })
    }

    /// A name, else the number under which a user's name stands in `Users.xml`.
    fn name(&self, user: Option<&str>, own: Option<&str>) -> Option<String> {
        let known = user.and_then(|user| self.users.get(user)).copied().or(own).map(str::to_owned);
        known.or_else(|| user.map(|user| format!("user{user}")))
    }
}

fn number(row: &XmlElement, name: &str) -> Option<i64> {
    row.attr(name)?.parse().ok()
}

/// Times have no zone and are UTC.
fn seconds(time: Option<&str>) -> Option<i64> {
    match dated(time?)? {
        When::Instant(at) => Some(at.0),
        When::Day(day) => Some(day.start().0),
    }
}

/// `<one><two>` or, in newer dumps, `|one|two|`.
fn tags(text: &str) -> Vec<&str> {
    text.split(['<', '>', '|']).filter(|tag| !tag.is_empty()).collect()
}

#[cfg(test)]
mod tests;
