//! `gleaner clean`: what the keep rules let go, out of the store.

use std::io::Write;

use serde::Serialize;

use super::error::Exit;
use super::output::{Ink, StatusLine, bytes, stderr, stdout, write_json};
use super::setup::Setup;
use super::{clock, stores};
use crate::domain::plural::plural;
use crate::os::interrupt::Interrupt;
use crate::store::clean::{CLEAN_STRIDE, Cleaned, Keeping};
use crate::store::{SourceId, Store};
use crate::work::clean::{is_wanted, keeping};

pub(super) const HELP: &str = "\
`keep-days` and `keep` (a number of articles) set what is kept: under [fetch] for all sources, under [[sources]] for \
one. Without them everything is kept. Only fetched articles are removed, and never one that you starred, watched, \
rated, tagged or noted, or with a comment that you rated. An article in several sources is removed once no source \
keeps it. A removed article is not fetched again.
The reader and `gleaner fetch` clean up automatically after fetching.

--json prints an object a line for each source: source (its id), title, articles (number removed or to be removed), \
bytes (of their text and comments).";

#[derive(Serialize)]
struct CleanLine<'a> {
    source: i64,
    title: &'a str,
    articles: u64,
    bytes: u64,
}

pub(super) fn run(setup: &Setup, dry_run: bool, json: bool) -> anyhow::Result<Exit> {
    let mut store = if dry_run { setup.store_to_ask()? } else { setup.store_to_change()? };
    let keeping = keeping(&setup.settings.fetch, &store, clock::now())?;
    let interrupt = Interrupt::listen(store.breaker());
    let cleaned = if dry_run { store.would_clean(&keeping)? } else { clean(&mut store, &keeping, &interrupt)? };
    let has_rules = is_wanted(&setup.settings.fetch, &store);
    store.close()?;
    let mut out = stdout();
    for Cleaned { source, title, articles, bytes: size } in &cleaned {
        if json {
            write_json(&CleanLine { source: source.0, title, articles: *articles, bytes: *size }, &mut out)?;
        } else {
            let title = setup.look.paint(Ink::Bold, title);
            writeln!(out, "{title}: {}, {}", plural(*articles, "article"), bytes(*size))?;
        }
    }
    if !json {
        writeln!(out, "{}", in_words(&cleaned, dry_run, has_rules, setup.look.dot()))?;
    }
    if interrupt.is_heard() {
        writeln!(stderr(), "stopped; `gleaner clean` goes on with it")?;
    }
    out.flush()?;
    Ok(if interrupt.is_heard() { Exit::Stopped } else { Exit::Done })
}

/// After fetching: what the keep rules let go, without a word where that is nothing.
pub(super) fn after_fetching(setup: &Setup, store: &mut Store, json: bool) -> anyhow::Result<()> {
    if !is_wanted(&setup.settings.fetch, store) {
        return Ok(());
    }
    let keeping = keeping(&setup.settings.fetch, store, clock::now())?;
    let cleaned = clean(store, &keeping, &Interrupt::default())?;
    if !json && !cleaned.is_empty() {
        let mut out = stdout();
        writeln!(out, "{} by the keep rules", in_words(&cleaned, false, true, setup.look.dot()))?;
        out.flush()?;
    }
    Ok(())
}

/// All that may go, by source, and the room it leaves.
fn clean(store: &mut Store, keeping: &Keeping, interrupt: &Interrupt) -> anyhow::Result<Vec<Cleaned>> {
    let mut cleaned: Vec<Cleaned> = Vec::new();
    let mut from = Some(SourceId(0));
    let mut status = StatusLine::new();
    while let Some(source) = from.filter(|_| !interrupt.is_heard()) {
        let gone = cleaned.iter().map(|one| one.articles).sum();
        status.tell(&format!("cleaning, {} so far", plural(gone, "article")));
        let step = match store.clean_some(keeping, source, CLEAN_STRIDE) {
            Err(error) if error.is_interruption() => break,
            step => step?,
        };
        for one in step.cleaned {
            match cleaned.last_mut().filter(|known| known.source == one.source) {
                Some(known) => (known.articles, known.bytes) = (known.articles + one.articles, known.bytes + one.bytes),
                None => cleaned.push(one),
            }
        }
        from = step.next.filter(|_| !step.is_broken_off);
    }
    status.end();
    if !cleaned.is_empty() {
        stores::tidy_up(store, interrupt)?;
    }
    Ok(cleaned)
}

/// "3 articles · 1.2 MiB went"
fn in_words(cleaned: &[Cleaned], dry_run: bool, has_rules: bool, dot: &str) -> String {
    let sum = |of: fn(&Cleaned) -> u64| cleaned.iter().map(of).sum();
    let articles: u64 = sum(|one| one.articles);
    match articles {
        0 if !has_rules => "everything is kept: the configuration has no `keep-days` or `keep`".to_owned(),
        0 if dry_run => "nothing would go".to_owned(),
        0 => "nothing to clean".to_owned(),
        _ => {
            let end = if dry_run { "would go" } else { "went" };
            format!("{}{dot}{} {end}", plural(articles, "article"), bytes(sum(|one| one.bytes)))
        }
    }
}
