//! `gleaner tag` and `gleaner note`: the reader's own words about articles.

use std::io::{Read, Write};

use serde::Serialize;

use super::clock;
use super::error::{CliError, Exit, InputError};
use super::mark::known;
use super::output::{stdout, write_json};
use super::setup::Setup;
use crate::domain::plural::plural;
use crate::domain::tag::{Tag, parse_tags, shown_tags};
use crate::domain::text::clean_line;
use crate::store::{ArticleId, LONGEST_NOTE};

pub(super) const TAG_HELP: &str = "\
Give the ids first, then the tags: `gleaner tag 12 13 rust to-do` adds two tags to two articles. Write a tag that is a \
number with a #: `gleaner tag 12 '#2026'`. Tags are lower case, without spaces and commas. The tag `later` is the \
reader's list Read later. Without tags, it prints the tags of the articles; without ids, the tags in use.
In a query `tag:rust` finds tagged articles, `tag:ru*` tags that begin with these letters, `has:tags` all tagged \
articles, `is:later` those to read later.

--json prints an object a line: for an article id, tags; for a tag tag, total, unread.";

pub(super) const NOTE_HELP: &str = "\
A note is one line of at most 10,000 characters; line breaks become spaces. Without TEXT it prints the note; `-` reads \
it from standard input.
In a query `note:figures` finds notes that contain these letters, `has:note` all notes.

--json prints one object: id, note (null without one).";

#[derive(Serialize)]
struct TaggedArticle<'a> {
    id: i64,
    tags: Vec<&'a str>,
}

#[derive(Serialize)]
struct TagInUse<'a> {
    tag: &'a str,
    total: u64,
    unread: u64,
}

#[derive(Serialize)]
struct NotedArticle<'a> {
    id: i64,
    note: Option<&'a str>,
}

pub(super) fn tag(setup: &Setup, words: &[String], removes: bool, json: bool) -> anyhow::Result<Exit> {
    let ids: Vec<ArticleId> = words.iter().map_while(|word| word.parse().ok().map(ArticleId)).collect();
    let tags = parse_tags(&words[ids.len()..].join(" ")).map_err(CliError::usage)?;
    if ids.is_empty() && !words.is_empty() {
        let complaint = CliError::usage(format!("`{}` is not the id of an article", words[0]));
        return Err(complaint.hint("the ids come first: `gleaner tag 12 rust`; `gleaner list` shows the ids").into());
    }
    if removes && tags.is_empty() {
        return Err(CliError::usage("--remove needs the tags to take away").into());
    }
    if words.is_empty() {
        return list(setup, json);
    }
    let mut store = setup.store_to_ask()?;
    let ids = known(&store, ids)?;
    for tag in &tags {
        store.set_tag(&ids, tag, !removes, clock::now())?;
    }
    let mut out = stdout();
    for id in ids {
        let tags: Vec<Tag> = store.headline(id)?.map(|row| row.tags).unwrap_or_default();
        if json {
            write_json(&TaggedArticle { id: id.0, tags: tags.iter().map(|tag| &**tag).collect() }, &mut out)?;
        } else if tags.is_empty() {
            writeln!(out, "{} has no tags", id.0)?;
        } else {
            writeln!(out, "{} {}", id.0, shown_tags(&tags))?;
        }
    }
    out.flush()?;
    store.close()?;
    Ok(Exit::Done)
}

/// The tags in use.
fn list(setup: &Setup, json: bool) -> anyhow::Result<Exit> {
    let store = setup.store_to_ask()?;
    let mut out = stdout();
    let tags = store.tags()?;
    for one in &tags {
        if json {
            write_json(&TagInUse { tag: &one.tag, total: one.total, unread: one.unread }, &mut out)?;
        } else {
            writeln!(out, "#{}: {}, {} unread", one.tag, plural(one.total, "article"), one.unread)?;
        }
    }
    if tags.is_empty() && !json && setup.look.columns.is_some() {
        writeln!(out, "no tags yet; `gleaner tag ID NAME` gives one")?;
    }
    out.flush()?;
    store.close()?;
    Ok(Exit::Done)
}

pub(super) fn note(setup: &Setup, id: i64, words: &[String], removes: bool, json: bool) -> anyhow::Result<Exit> {
    let id = ArticleId(id);
    let text = match words {
        [dash] if dash == "-" => Some(read_note()?),
        [] => None,
        words => Some(words.join(" ")),
    };
    let text = text.map(|text| clean_line(&text)).filter(|text| !text.is_empty());
    if text.is_none() && !words.is_empty() {
        return Err(CliError::usage("the note is empty").hint("`gleaner note ID --remove` removes it").into());
    }
    if let Some(length) = text.as_ref().map(|text| text.chars().count()).filter(|length| *length > LONGEST_NOTE) {
        return Err(CliError::failed(format!("the note has {length} characters, more than {LONGEST_NOTE}")).into());
    }
    let mut store = setup.store_to_ask()?;
    known(&store, vec![id])?;
    if removes || text.is_some() {
        store.set_note(id, text.as_deref(), clock::now())?;
    }
    let note = store.headline(id)?.and_then(|row| row.note);
    let mut out = stdout();
    match &note {
        _ if json => write_json(&NotedArticle { id: id.0, note: note.as_deref() }, &mut out)?,
        Some(note) => writeln!(out, "{} {note}", id.0)?,
        None => writeln!(out, "{} has no note", id.0)?,
    }
    out.flush()?;
    store.close()?;
    Ok(Exit::Done)
}

fn read_note() -> Result<String, InputError> {
    // No more than can be kept, and a little, so that what is too long is seen.
    let most = 4 * (LONGEST_NOTE as u64 + 1);
    let mut text = String::new();
    let read = std::io::stdin().lock().take(most).read_to_string(&mut text);
    read.map(|_| text).map_err(|source| InputError::Io { name: "standard input".to_owned(), source })
}
