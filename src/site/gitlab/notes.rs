//! Threads, and what was said in them, as the interface gives them: in discussions, of which the first note is answered by the
//! others, or as a plain list. Notes of the server itself ("closed") are left out and counted.

use std::collections::BTreeMap;

use url::Url;

use super::{GitLab, GitLabThread};
use crate::domain::article::{Article, Page, Source};
use crate::domain::completeness::SiteCount;
use crate::domain::rank::{Rank, Scale};
use crate::domain::text::{CleanText, clean_line};
use crate::domain::thread::Comment;
use crate::format::fields::{iso, label};
use crate::format::json::{JsonPieces, Value};
use crate::format::{Origin, markdown};
use crate::site::page_builder::{Gathered, Tally, missing};

pub(super) fn is_of_interface(value: Value<'_>) -> bool {
    is_thread(value) || is_note(value) || is_discussion(value)
}

fn is_thread(value: Value<'_>) -> bool {
    let has = |key: &str| value.get(key).is_some();
    has("iid") && has("project_id") && has("title") && has("web_url")
}

fn is_note(value: Value<'_>) -> bool {
    ["noteable_id", "noteable_type", "body", "system"].iter().all(|key| value.get(key).is_some())
}

fn is_discussion(value: Value<'_>) -> bool {
    value.get("individual_note").is_some() && value.get("notes").is_some_and(Value::is_array)
}

#[derive(Default)]
struct NotedThread<'a> {
    head: Option<Value<'a>>,
    /// Each with the note that it answers.
    notes: Vec<(Value<'a>, Option<&'a str>)>,
}

/// Reads every thread, a page for each.
pub(super) fn read_pages(json: JsonPieces<'_>, origin: &Origin<'_>) -> (Vec<Page>, Vec<CleanText>) {
    let mut tally = Tally::default();
    // By the number that the server has for it, whatever its project.
    let mut threads: BTreeMap<&str, NotedThread<'_>> = BTreeMap::new();
    for value in json.each() {
        if is_thread(value) {
            let thread = threads.entry(id(value, "id").unwrap_or_default()).or_default();
            thread.head = thread.head.or(Some(value));
        } else if is_note(value) {
            threads.entry(id(value, "noteable_id").unwrap_or_default()).or_default().notes.push((value, None));
        } else if is_discussion(value) {
            let notes = value.get("notes").into_iter().flat_map(Value::items);
            let mut first = None;
            for note in notes {
                threads.entry(id(note, "noteable_id").unwrap_or_default()).or_default().notes.push((note, first));
                first = first.or_else(|| id(note, "id").filter(|_| !value.is("individual_note")));
            }
        } else {
            tally.foreign += 1;
        }
    }
    let pages: Vec<Page> = threads.into_values().map(|thread| thread.into_page(origin, &mut tally)).collect();
    tally.more = pages.iter().map(missing).sum();
    (pages, tally.notes())
}

fn id<'a>(value: Value<'a>, key: &str) -> Option<&'a str> {
    value.get(key)?.id()
}

impl NotedThread<'_> {
    fn into_page(mut self, origin: &Origin<'_>, tally: &mut Tally) -> Page {
        let told_url = self.head.and_then(|head| head.text("web_url"));
        let thread = told_url.or(Some(origin.name)).and_then(|url| GitLabThread::at(&Url::parse(url).ok()?));
        let url = thread.as_ref().map(GitLabThread::address).unwrap_or_default();
        let untold = || Article {
            title: clean_line("Notes on a thread that is not here"),
            url: label(Some(&url)),
            ..Article::default()
        };
        let mut gathered = Gathered::new(self.head.map_or_else(untold, |head| article(head, &url)));
        // Lists begin with what is newest.
        self.notes.sort_by_key(|(note, _)| (note.text("created_at"), note.number("id")));
        for (note, parent) in self.notes {
            let Some(id) = id(note, "id") else {
                tally.nameless += 1;
                continue;
            };
            if note.is("system") {
                tally.small += 1;
                continue;
            }
            let (posted, changed) = (note.text("created_at"), note.text("updated_at"));
            let comment = Comment {
                id: id.into(),
                author: author(note),
                posted: iso(posted),
                // Whatever is done to a note changes this time, if only by a moment.
                edited: iso(note.text("last_edited_at").or(changed)).filter(|at| Some(*at) != iso(posted)),
                rank: Rank::Unrated,
                body: markdown::to_document(note.text("body").unwrap_or_default()).into(),
                ..Comment::default()
            };
            tally.twice += usize::from(!gathered.push(comment, parent.map(Into::into)));
        }
        let told = self.head.and_then(|head| head.number("user_notes_count"));
        let source = match &thread {
            Some(thread) => {
                let host = crate::format::identity::host_of(&thread.server).unwrap_or_default();
                Source { key: clean_line(&format!("gitlab:{host}/{}", thread.project)), title: clean_line(&thread.project) }
            }
            None => Source { key: clean_line("gitlab"), title: clean_line("GitLab") },
        };
        gathered.into_page(source, Some(&GitLab), Scale::None, &url, SiteCount::new(told, SiteCount::All))
    }
}

fn author(value: Value<'_>) -> Option<CleanText> {
    label(value.at(&["author", "username"]).and_then(Value::str))
}

fn article(head: Value<'_>, url: &str) -> Article {
    let labels = head.get("labels").into_iter().flat_map(Value::items);
    Article {
        title: clean_line(head.text("title").unwrap_or_default()),
        byline: author(head),
        published: iso(head.text("created_at")),
        url: label(Some(url)),
        body: markdown::to_document(head.text("description").unwrap_or_default()),
        categories: labels.filter_map(|one| label(one.str())).collect(),
        ..Article::default()
    }
}
