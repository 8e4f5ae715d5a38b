//! `gleaner sources`: the subscriptions, and how each is doing.

use std::io::Write;

use serde::Serialize;

use super::clock;
use super::error::{CliError, Exit};
use super::output::{Ink, OutputStyle, stdout, write_json};
use super::setup::Setup;
use crate::config::nearest::nearest;
use crate::domain::text::{CleanText, fold, width};
use crate::domain::time::Timestamp;
use crate::store::subscriptions::{Subscription, Try};
use crate::store::{Section, SectionRow, Store};
use crate::work::fetch::FetchSettings;
use crate::work::health;

pub(super) const HELP: &str = "\
With a SOURCE (a title, an address, a folder or an id) it prints everything about it: its address, when it was and \
will be fetched, and the results of the last fetches.

Sources that are not fetched (the welcome edition, imported pages) come last.

--json prints an object a line: id, title, address (null if it is not fetched), site, folder (a list), articles, \
unread, added, asked, answered, due, due_reason, failures (in a row), failure, hint, tries (at, outcome).";

#[derive(Serialize, Default)]
struct SourceLine<'a> {
    id: i64,
    title: &'a str,
    /// None where it is not fetched: the welcome edition, saved pages.
    address: Option<String>,
    site: Option<&'a str>,
    folder: Vec<&'a str>,
    articles: u64,
    unread: u64,
    added: Option<String>,
    asked: Option<String>,
    answered: Option<String>,
    due: Option<String>,
    due_reason: Option<&'a str>,
    failures: u32,
    failure: Option<&'a str>,
    hint: Option<&'a str>,
    tries: Vec<PastTry>,
}

#[derive(Serialize)]
struct PastTry {
    at: String,
    outcome: String,
}

pub(super) fn run(setup: &Setup, names: &[String], json: bool) -> anyhow::Result<Exit> {
    let store = setup.store_to_ask()?;
    let wanted = if names.is_empty() { store.subscriptions()? } else { named_sources(&store, names)? };
    let mut out = stdout();
    for one in wanted.iter().filter(|_| json) {
        write_json(&json_line(one, store.tries(one.id)?), &mut out)?;
    }
    let others = if names.is_empty() { unsubscribed(&store)? } else { Vec::new() };
    for (id, row) in others.iter().filter(|_| json) {
        write_json(
            &SourceLine { id: *id, title: &row.title, articles: row.total, unread: row.unread, ..SourceLine::default() },
            &mut out,
        )?;
    }
    if !json && !names.is_empty() {
        for one in &wanted {
            write!(out, "{}", told(one, &store.tries(one.id)?, &setup.settings.fetch, setup.look, clock::now()))?;
        }
    } else if !json {
        write!(out, "{}", table(&wanted, setup.look))?;
        if !others.is_empty() {
            writeln!(out, "{}", setup.look.paint(Ink::Bold, "Not fetched"))?;
        }
        for (id, row) in &others {
            writeln!(out, "{id} {}/{} {}", row.unread, row.total, row.title)?;
        }
        if wanted.is_empty() && setup.look.columns.is_some() {
            writeln!(out, "no subscriptions yet; `gleaner add URL` makes one")?;
        }
    }
    out.flush()?;
    store.close()?;
    Ok(Exit::Done)
}

/// The sources that are not fetched, such as the welcome edition, with their ids.
fn unsubscribed(store: &Store) -> anyhow::Result<Vec<(i64, SectionRow)>> {
    let id = |row: SectionRow| match row.section {
        Section::Source(id) if !row.is_subscribed => Some((id.0, row)),
        _ => None,
    };
    Ok(store.sections()?.into_iter().filter_map(id).collect())
}

/// The subscriptions that some words name: ids, titles, addresses, folders. Each word must name one.
pub(super) fn named_sources(store: &Store, names: &[String]) -> anyhow::Result<Vec<Subscription>> {
    let all = store.subscriptions()?;
    let mut wanted: Vec<Subscription> = Vec::new();
    for name in names {
        let found: Vec<&Subscription> = all.iter().filter(|one| is_named(one, name)).collect();
        if found.is_empty() {
            let titles = all.iter().map(|one| one.title.as_str());
            let hint = match nearest(name, titles) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => "`gleaner sources` lists them".to_owned(),
            };
            return Err(CliError::failed(format!("there is no subscription `{name}`")).hint(hint).into());
        }
        for one in found {
            if wanted.iter().all(|other| other.id != one.id) {
                wanted.push(one.clone());
            }
        }
    }
    Ok(wanted)
}

fn is_named(one: &Subscription, name: &str) -> bool {
    let wanted = fold(name);
    let folder: Vec<String> = one.folder.iter().map(|part| fold(part)).collect();
    let depth = wanted.matches('/').count() + 1;
    name.parse() == Ok(one.id.0)
        || fold(&one.title) == wanted
        || one.address == name
        || one.shown_address().as_str() == name
        || folder.get(..depth).is_some_and(|outer| outer.join("/") == wanted)
}

/// A line a source, under its folder's name.
fn table(sources: &[Subscription], look: OutputStyle) -> String {
    let columns = sources.iter().map(|one| one.id.0.to_string().len()).max().unwrap_or(0);
    let counts = |one: &Subscription| format!("{}/{}", one.unread, one.articles);
    let count_columns = sources.iter().map(|one| counts(one).len()).max().unwrap_or(0);
    let mut text = String::new();
    let mut folder: &[CleanText] = &[];
    for one in sources {
        if one.folder != folder {
            folder = &one.folder;
            let name = folder.iter().map(CleanText::as_str).collect::<Vec<_>>().join(" / ");
            text.extend([&*look.paint(Ink::Bold, &name), "\n"]);
        }
        let state = match &one.health.failure {
            Some(failure) => format!("{}! {failure}", look.dot()),
            None if one.health.answered_at.is_none() => format!("{}not asked yet", look.dot()),
            None => String::new(),
        };
        let fixed = format!("{:>columns$} {:>count_columns$} ", one.id.0, counts(one));
        let rest = format!("{}{}{}{state}", one.title, look.dot(), one.shown_address());
        let rest = look.columns.map_or(rest.clone(), |columns| look.cut(&rest, columns.saturating_sub(width(&fixed))));
        text.extend([&*fixed, &*rest, "\n"]);
    }
    text
}

/// All that is known of one.
fn told(one: &Subscription, tries: &[Try], settings: &FetchSettings, look: OutputStyle, now: Timestamp) -> String {
    let rows = health::in_words(one, settings, now, |at| at.to_string());
    let line = |name: &str, value: &str| format!("  {name:<9} {value}\n");
    let mut text = format!("{} {}\n", one.id.0, look.paint(Ink::Bold, &one.title));
    for (name, value) in rows {
        text += &line(name, &value);
    }
    for past in tries {
        text += &line(&look.paint(Ink::Dim, &past.at.to_string()), &past.outcome);
    }
    text
}

fn json_line(one: &Subscription, tries: Vec<Try>) -> SourceLine<'_> {
    let time = |at: Option<Timestamp>| at.map(|at| at.to_string());
    let health = &one.health;
    SourceLine {
        id: one.id.0,
        title: &one.title,
        address: Some(one.shown_address().to_string()),
        site: one.site.as_deref(),
        folder: one.folder.iter().map(CleanText::as_str).collect(),
        articles: one.articles,
        unread: one.unread,
        added: Some(health.added_at.to_string()),
        asked: time(health.asked_at),
        answered: time(health.answered_at),
        due: time(health.due_at),
        due_reason: health.due_reason.as_deref(),
        failures: health.failures,
        failure: health.failure.as_deref(),
        hint: health.hint.as_deref(),
        tries: tries.into_iter().map(|past| PastTry { at: past.at.to_string(), outcome: past.outcome.to_string() }).collect(),
    }
}
