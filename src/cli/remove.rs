//! `gleaner remove`: a source out of the store, with what only it has.

use std::io::Write;

use serde::Serialize;

use super::error::{CliError, Exit};
use super::output::{StatusLine, stderr, stdout, write_json};
use super::setup::Setup;
use super::{clock, edition, stores};
use crate::config::nearest::nearest;
use crate::domain::plural::plural;
use crate::domain::text::clean_line;
use crate::os::interrupt::Interrupt;
use crate::store::sources::RemovedSource;
use crate::store::{Section, SectionRow, Store};

#[derive(Serialize)]
struct Removed<'a> {
    source: &'a str,
    articles: u64,
    shared: u64,
    kept: u64,
    #[serde(skip_serializing_if = "is_none")]
    left: u64,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
fn is_none(left: &u64) -> bool {
    *left == 0
}

pub(super) fn run(setup: &Setup, name: &str, all: bool, json: bool) -> anyhow::Result<Exit> {
    let is_edition = edition::is_called(name);
    let mut store = if is_edition { setup.store()? } else { setup.store_to_change()? };
    let wanted = if is_edition { edition::SOURCE } else { name };
    let interrupt = Interrupt::listen(store.breaker());
    let mut status = StatusLine::new();
    let mut go_on = |removed: &RemovedSource| {
        status.tell(&format!("removing, {} so far", plural(removed.articles + removed.shared + removed.kept, "article")));
        !interrupt.is_heard()
    };
    let removed = store.remove_source_until(wanted, all, clock::now(), &mut go_on)?;
    status.end();
    let removed = match removed {
        Some(removed) => removed,
        // It may not have been laid down yet; then it never is.
        None if is_edition => RemovedSource { title: clean_line(name), ..RemovedSource::default() },
        None => return Err(no_source(&store, name)?.into()),
    };
    if is_edition {
        edition::never_again(&mut store)?;
    }
    stores::tidy_up(&mut store, &interrupt)?;
    store.close()?;
    let mut out = stdout();
    let RemovedSource { title, left, articles, shared, kept } = removed;
    if json {
        write_json(&Removed { source: &title, articles, shared, kept, left }, &mut out)?;
    } else {
        let mut parts = vec![plural(articles, "article")];
        parts.extend((kept > 0).then(|| format!("{kept} starred, watched, rated, tagged or noted kept in Saved")));
        parts.extend((shared > 0).then(|| format!("{shared} stay in other sources")));
        writeln!(out, "removed {title}: {}", parts.join(", "))?;
    }
    out.flush()?;
    if left > 0 {
        let left = plural(left, "article");
        writeln!(stderr(), "stopped: {left} left, no longer fetched; `gleaner remove` takes them away too")?;
        return Ok(Exit::Stopped);
    }
    Ok(Exit::Done)
}

/// So many sources are named where none is called so.
const NAMED: usize = 5;

fn no_source(store: &Store, name: &str) -> anyhow::Result<CliError> {
    let sections = store.sections()?;
    let known: Vec<&SectionRow> = sections.iter().filter(|row| matches!(row.section, Section::Source(_))).collect();
    let titles = known.iter().map(|row| row.title.as_str());
    let hint = match nearest(name, titles.clone()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None if known.is_empty() => "the store has no sources".to_owned(),
        None => {
            let named: Vec<&str> = titles.take(NAMED).collect();
            let more = known.len().saturating_sub(named.len());
            let more = if more > 0 { format!(" and {more} more (`gleaner sources`)") } else { String::new() };
            format!("the sources are {}{more}", named.join(", "))
        }
    };
    Ok(CliError::failed(format!("there is no source `{name}`")).hint(hint))
}
