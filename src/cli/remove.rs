//! `gleaner remove`: a source out of the store, with its articles.

use std::io::Write;

use serde::Serialize;

use super::error::{Complaint, Exit};
use super::output::{plural, stdout, write_json};
use super::{Setup, edition};
use crate::config::nearest::nearest;
use crate::domain::text::clean_line;
use crate::store::{Section, SectionRow, Store};

#[derive(Serialize)]
struct Removed<'a> {
    source: &'a str,
    articles: u64,
}

pub(super) fn run(setup: &Setup, name: &str, json: bool) -> anyhow::Result<Exit> {
    let is_edition = edition::is_called(name);
    let mut store = if is_edition { setup.store()? } else { setup.store_to_ask()? };
    let wanted = if is_edition { edition::SOURCE } else { name };
    let (title, articles) = match store.remove_source(wanted)? {
        Some(removed) => removed,
        // It may not have been laid down yet; then it never is.
        None if is_edition => (clean_line(name), 0),
        None => return Err(no_source(&store, name)?.into()),
    };
    if is_edition {
        edition::never_again(&mut store)?;
    }
    store.close()?;
    let mut out = stdout();
    if json {
        write_json(&Removed { source: &title, articles }, &mut out)?;
    } else {
        writeln!(out, "removed {title}: {}", plural(articles, "article"))?;
    }
    out.flush()?;
    Ok(Exit::Done)
}

fn no_source(store: &Store, name: &str) -> anyhow::Result<Complaint> {
    let sections = store.sections()?;
    let known: Vec<&SectionRow> = sections.iter().filter(|row| matches!(row.section, Section::Source(_))).collect();
    let titles = known.iter().map(|row| row.title.as_str());
    let hint = match nearest(name, titles.clone()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None if known.is_empty() => "the store has no sources".to_owned(),
        None => format!("the sources are {}", titles.collect::<Vec<_>>().join(", ")),
    };
    Ok(Complaint::failed(format!("there is no source `{name}`")).hint(hint))
}
