//! `gleaner sync`: accounts, pushed and pulled.

use std::io::Write;
use std::sync::atomic::AtomicBool;

use serde::Serialize;

use super::error::Exit;
use super::output::{Ink, StatusLine, stdout, write_json};
use super::setup::Setup;
use super::{account_names, clock, stores};
use crate::domain::plural::plural;
use crate::domain::text::CleanText;
use crate::store::{Account, Store};
use crate::work::sync::{self, SyncOutcome, SyncProgress, SyncSummary};

pub(super) const HELP: &str = "\
It sends what you read, starred and changed since the last sync, then fetches new articles and the changes of other \
clients. Without an ACCOUNT it syncs all accounts. The reader does the same automatically. Exit is 0 if an account was \
synced, 1 if all failed.

--json prints an object a line for each account: account, outcome (\"synced\", \"failed\", \"busy\": another gleaner \
is syncing it, \"held\": the server asked to wait), requests, pushed (number of changes sent), new (ids of articles), \
updated, joined (articles that other sources had already), read, unread, starred, unstarred (changes made elsewhere), \
feeds_added, feeds_changed, feeds_removed, pending (changes not sent yet), notes, failure, hint, held_until.";

#[derive(Serialize, Default)]
struct SyncedJson<'a> {
    account: &'a str,
    outcome: &'static str,
    requests: u64,
    pushed: usize,
    new: Vec<i64>,
    updated: usize,
    joined: usize,
    read: u64,
    unread: u64,
    starred: u64,
    unstarred: u64,
    feeds_added: u64,
    feeds_changed: u64,
    feeds_removed: u64,
    pending: usize,
    notes: Vec<&'a str>,
    failure: Option<&'a str>,
    hint: Option<&'a str>,
    held_until: Option<String>,
}

pub(super) fn run(setup: &Setup, names: &[String], json: bool) -> anyhow::Result<Exit> {
    let mut store = setup.store_to_change()?;
    stores::correct_times(&mut store)?;
    let accounts = if names.is_empty() {
        store.accounts()?
    } else {
        names.iter().map(|name| account_names::named(&store, name)).collect::<anyhow::Result<Vec<_>>>()?
    };
    let mut out = stdout();
    if accounts.is_empty() && !json {
        writeln!(out, "no accounts; `gleaner account add URL` adds one")?;
    }
    let (mut synced, mut failed) = (0, 0);
    for one in &accounts {
        match sync_one(setup, &mut store, one, json)? {
            SyncOutcome::Failed(_) => failed += 1,
            SyncOutcome::Synced(_) | SyncOutcome::Busy | SyncOutcome::Held(_) => synced += 1,
        }
    }
    stores::index_a_little(&mut store)?;
    store.close()?;
    out.flush()?;
    Ok(if synced == 0 && failed > 0 { Exit::Failed } else { Exit::Done })
}

fn sync_one(setup: &Setup, store: &mut Store, one: &Account, json: bool) -> anyhow::Result<SyncOutcome> {
    let status = std::cell::RefCell::new(StatusLine::new());
    let tell = |progress: SyncProgress| {
        let told = match progress {
            SyncProgress::Pushed { done, total } => format!("{}: pushing, {done} of {total}", one.name),
            SyncProgress::Articles { done, total } => format!("{}: fetching articles, {done} of {total}", one.name),
        };
        status.borrow_mut().tell(&told);
    };
    let stop = AtomicBool::new(false);
    let outcome = sync::sync(store, one, &setup.settings.fetch, clock::now, &stop, &tell)?;
    status.into_inner().end();
    let mut out = stdout();
    if json {
        let pending = account_names::pending(store, one)?;
        write_json(&json_line(one, &outcome, pending), &mut out)?;
    } else {
        let name = setup.look.paint(Ink::Bold, &one.name);
        match &outcome {
            SyncOutcome::Synced(summary) => {
                writeln!(out, "{name}: {}", in_words(summary))?;
                for note in &summary.notes {
                    writeln!(out, "  {}", setup.look.paint(Ink::Dim, note))?;
                }
            }
            SyncOutcome::Busy => writeln!(out, "{name}: another gleaner is syncing it")?,
            SyncOutcome::Held(until) => {
                writeln!(out, "{name}: the server asked us to wait until {until}")?;
            }
            SyncOutcome::Failed(failed) => {
                writeln!(out, "{name}: failed: {}\n  {}", failed.failure, setup.look.paint(Ink::Dim, &failed.hint))?;
            }
        }
    }
    out.flush()?;
    Ok(outcome)
}

/// "12 pushed, 3 new, 5 read elsewhere"
fn in_words(summary: &SyncSummary) -> String {
    let SyncSummary { pushed, new, updated, joined, marks, feeds_added, feeds_removed, .. } = summary;
    let counts = [
        (*pushed as u64, "pushed"),
        (new.len() as u64, "new"),
        (*updated as u64, "updated"),
        (*joined as u64, "from other sources too"),
        (marks.read, "read elsewhere"),
        (marks.unread, "marked unread elsewhere"),
        (marks.starred, "starred elsewhere"),
        (marks.unstarred, "unstarred elsewhere"),
    ];
    let mut parts: Vec<String> = counts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")).collect();
    parts.extend((*feeds_added > 0).then(|| plural(*feeds_added, "new feed")));
    parts.extend((*feeds_removed > 0).then(|| format!("{} removed", plural(*feeds_removed, "feed"))));
    if parts.is_empty() { "nothing new".to_owned() } else { parts.join(", ") }
}

fn json_line<'a>(one: &'a Account, outcome: &'a SyncOutcome, pending: usize) -> SyncedJson<'a> {
    let line = SyncedJson { account: &one.name, pending, ..SyncedJson::default() };
    match outcome {
        SyncOutcome::Busy => SyncedJson { outcome: "busy", ..line },
        SyncOutcome::Held(until) => SyncedJson { outcome: "held", held_until: Some(until.to_string()), ..line },
        SyncOutcome::Failed(failed) => {
            SyncedJson { outcome: "failed", failure: Some(&failed.failure), hint: Some(&failed.hint), ..line }
        }
        SyncOutcome::Synced(summary) => SyncedJson {
            outcome: "synced",
            requests: summary.requests,
            pushed: summary.pushed,
            new: summary.new.iter().map(|id| id.0).collect(),
            updated: summary.updated,
            joined: summary.joined,
            read: summary.marks.read,
            unread: summary.marks.unread,
            starred: summary.marks.starred,
            unstarred: summary.marks.unstarred,
            feeds_added: summary.feeds_added,
            feeds_changed: summary.feeds_changed,
            feeds_removed: summary.feeds_removed,
            notes: summary.notes.iter().map(CleanText::as_str).collect(),
            ..line
        },
    }
}
