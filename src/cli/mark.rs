//! `gleaner mark`: read, star and watch marks, by id or by query.

use std::io::Write;

use serde::Serialize;

use super::args::Marking;
use super::error::Exit;
use super::output::{plural, stdout, write_json};
use super::show::no_article;
use super::{Setup, clock, list, stores};
use crate::domain::query::Query;
use crate::store::{ArticleId, Store};

#[derive(Serialize)]
struct Marked {
    mark: &'static str,
    matched: u64,
    changed: u64,
}

pub(super) fn run(setup: &Setup, mark: Marking, what: &[String], json: bool) -> anyhow::Result<Exit> {
    let ids: Option<Vec<ArticleId>> = what.iter().map(|word| word.parse().ok().map(ArticleId)).collect();
    let query = if ids.is_some() { None } else { Some(list::parse_query(&what.join(" "))?) };
    let mut store = setup.store_to_ask()?;
    if query.as_ref().is_some_and(Query::asks_words) {
        stores::catch_up(&mut store)?;
    }
    let ids = match (ids, query) {
        (Some(ids), _) => known(&store, ids)?,
        (None, Some(query)) => list::headlines(&store, &query, usize::MAX)?.iter().map(|headline| headline.id).collect(),
        (None, None) => Vec::new(),
    };
    let now = clock::now();
    let changed = match mark {
        Marking::Read | Marking::Unread => store.set_read(&ids, mark == Marking::Read, now)?,
        Marking::Star | Marking::Unstar => store.set_starred(&ids, mark == Marking::Star, now)?,
        Marking::Watch | Marking::Unwatch => store.set_watched(&ids, mark == Marking::Watch, now)?,
    };
    store.close()?;
    let marked = Marked { mark: word(mark), matched: ids.len() as u64, changed };
    let mut out = stdout();
    if json {
        write_json(&marked, &mut out)?;
    } else {
        writeln!(out, "{}", told(mark, &marked))?;
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

fn word(mark: Marking) -> &'static str {
    match mark {
        Marking::Read => "read",
        Marking::Unread => "unread",
        Marking::Star => "star",
        Marking::Unstar => "unstar",
        Marking::Watch => "watch",
        Marking::Unwatch => "unwatch",
    }
}

fn told(mark: Marking, marked: &Marked) -> String {
    let done = match mark {
        Marking::Read => "marked read",
        Marking::Unread => "marked unread",
        Marking::Star => "starred",
        Marking::Unstar => "unstarred",
        Marking::Watch => "watched",
        Marking::Unwatch => "no longer watched",
    };
    match marked.matched {
        0 => "no article matches".to_owned(),
        matched if matched == marked.changed => format!("{} {done}", plural(matched, "article")),
        matched => format!("{} {done}, {} changed", plural(matched, "article"), marked.changed),
    }
}
