//! `gleaner mark`: read, star and watch marks, by id or by query.

use std::io::Write;

use clap::ValueEnum;
use serde::Serialize;

use super::error::Exit;
use super::output::{StatusLine, stderr, stdout, write_json};
use super::setup::Setup;
use super::sheet::no_article;
use super::{clock, list, stores};
use crate::domain::plural::plural;
use crate::domain::query::Query;
use crate::domain::tag::Tag;
use crate::os::interrupt::Interrupt;
use crate::store::{ArticleId, Store};

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum MarkAs {
    Read,
    Unread,
    Star,
    Unstar,
    Watch,
    Unwatch,
    /// To be read later
    Later,
    /// No longer to be read later
    NotLater,
}

/// So many are marked in one transaction: the more, the fewer pages are written more than once.
const AT_ONCE: usize = 5000;

#[derive(Serialize)]
struct Marked {
    mark: &'static str,
    matched: u64,
    changed: u64,
}

pub(super) fn run(setup: &Setup, mark: MarkAs, what: &[String], json: bool) -> anyhow::Result<Exit> {
    let ids: Option<Vec<ArticleId>> = what.iter().map(|word| word.parse().ok().map(ArticleId)).collect();
    let query = if ids.is_some() { None } else { Some(list::parse_query(&what.join(" "))?) };
    let mut store = setup.store_to_ask()?;
    if query.as_ref().is_some_and(Query::asks_words) {
        stores::catch_up(&mut store)?;
    }
    let interrupt = Interrupt::listen(store.breaker());
    let ids = match (ids, query) {
        (Some(ids), _) => known(&store, ids)?,
        (None, Some(query)) => list::ids(&store, &query)?,
        (None, None) => Vec::new(),
    };
    let (done, changed) = mark_all(&mut store, mark, &ids, &interrupt)?;
    store.close()?;
    let marked = Marked { mark: word(mark), matched: done as u64, changed };
    let mut out = stdout();
    if json {
        write_json(&marked, &mut out)?;
    } else {
        writeln!(out, "{}", told(mark, &marked))?;
    }
    out.flush()?;
    if done < ids.len() {
        writeln!(stderr(), "stopped: {} left as they were", plural((ids.len() - done) as u64, "article"))?;
        return Ok(Exit::Stopped);
    }
    Ok(Exit::Done)
}

/// In transactions so short that no other copy waits. Gives how many were marked until it was stopped, and how many of them
/// changed.
fn mark_all(store: &mut Store, mark: MarkAs, ids: &[ArticleId], interrupt: &Interrupt) -> anyhow::Result<(usize, u64)> {
    let now = clock::now();
    let mut status = StatusLine::new();
    let (mut done, mut changed) = (0, 0);
    for some in ids.chunks(AT_ONCE) {
        if interrupt.is_heard() {
            break;
        }
        let marked = match mark {
            MarkAs::Read | MarkAs::Unread => store.set_read(some, mark == MarkAs::Read, now),
            MarkAs::Star | MarkAs::Unstar => store.set_starred(some, mark == MarkAs::Star, now),
            MarkAs::Later | MarkAs::NotLater => store.set_tag(some, &Tag::later(), mark == MarkAs::Later, now),
            MarkAs::Watch | MarkAs::Unwatch => store.set_watched(some, mark == MarkAs::Watch, now),
        };
        match marked {
            Err(error) if error.is_interruption() => break,
            marked => changed += marked?,
        }
        done += some.len();
        status.tell(&format!("marking, {done} of {}", plural(ids.len() as u64, "article")));
    }
    status.end();
    Ok((done, changed))
}

#[derive(Serialize)]
struct Deleted {
    deleted: u64,
}

/// `gleaner delete`.
pub(super) fn delete(setup: &Setup, ids: &[i64], json: bool) -> anyhow::Result<Exit> {
    let mut store = setup.store_to_ask()?;
    let ids = known(&store, ids.iter().copied().map(ArticleId).collect())?;
    let deleted = store.delete_articles(&ids)?;
    store.close()?;
    let mut out = stdout();
    if json {
        write_json(&Deleted { deleted }, &mut out)?;
    } else {
        writeln!(out, "{} deleted", plural(deleted, "article"))?;
    }
    out.flush()?;
    Ok(Exit::Done)
}

pub(super) fn known(store: &Store, ids: Vec<ArticleId>) -> anyhow::Result<Vec<ArticleId>> {
    for id in &ids {
        store.headline(*id)?.ok_or_else(|| no_article(*id))?;
    }
    Ok(ids)
}

fn word(mark: MarkAs) -> &'static str {
    match mark {
        MarkAs::Read => "read",
        MarkAs::Unread => "unread",
        MarkAs::Star => "star",
        MarkAs::Unstar => "unstar",
        MarkAs::Watch => "watch",
        MarkAs::Unwatch => "unwatch",
        MarkAs::Later => "later",
        MarkAs::NotLater => "not-later",
    }
}

fn told(mark: MarkAs, marked: &Marked) -> String {
    let done = match mark {
        MarkAs::Read => "marked read",
        MarkAs::Unread => "marked unread",
        MarkAs::Star => "starred",
        MarkAs::Unstar => "unstarred",
        MarkAs::Watch => "watched",
        MarkAs::Unwatch => "no longer watched",
        MarkAs::Later => "to be read later",
        MarkAs::NotLater => "no longer to be read later",
    };
    match marked.matched {
        0 => "no article matches".to_owned(),
        matched if matched == marked.changed => format!("{} {done}", plural(matched, "article")),
        matched => format!("{} {done}, {} changed", plural(matched, "article"), marked.changed),
    }
}
