//! `gleaner discussions`: where people discuss an article, fetched into the store.

use std::cell::RefCell;
use std::collections::HashMap;
use std::io::Write;
use std::sync::atomic::AtomicBool;

use serde::Serialize;

use super::clock;
use super::error::{CliError, Exit};
use super::output::{Ink, OutputStyle, stdout, write_json};
use super::setup::Setup;
use super::sheet::no_article;
use crate::domain::plural::plural;
use crate::domain::text::CleanText;
use crate::store::{ArticleId, Store, StoreError};
use crate::work::discussions::{DiscussionReport, Kept, MOST_ORDERED, gather, order, unordered};
use crate::work::fetch::FetchSettings;

pub(super) const HELP: &str = "\
It fetches the discussions that the article names or that are stored. It also looks for the article's address on \
Hacker News, on Lobsters and on the sites under [sites] in the configuration, and attaches what it finds. Exit is 1 if \
no site could be asked.

--json prints an object a line for each discussion, and for each site that failed: place, address, comments (number \
stored), new, complete (whether these are all), requests (number made), failure and hint.";

#[derive(Serialize, Default)]
struct DiscussionLine<'a> {
    place: &'a str,
    address: Option<&'a str>,
    comments: usize,
    missing: usize,
    new: u32,
    complete: bool,
    requests: usize,
    failure: Option<&'a str>,
    hint: Option<&'a str>,
}

pub(super) fn run(setup: &Setup, id: i64, json: bool) -> anyhow::Result<Exit> {
    let id = ArticleId(id);
    let mut store = setup.store()?;
    store.headline(id)?.ok_or_else(|| no_article(id))?;
    let all = RefCell::new(DiscussionProgress { look: setup.look, json, ..DiscussionProgress::default() });
    let stop = AtomicBool::new(false);
    let tell = |_, told| all.borrow_mut().take(&told);
    let fetch = &setup.settings.fetch;
    let ended = gather(&mut store, &[id], true, fetch, clock::now, &stop, &tell);
    let ended = ended.and_then(|()| find_orders(&mut store, id, fetch, &stop));
    store.close()?;
    ended.map_err(CliError::failed)?;
    let all = all.into_inner();
    if let Some(error) = all.broken {
        return Err(error.into());
    }
    if !json && all.kept == 0 && !all.has_failed {
        let mut out = stdout();
        writeln!(out, "no discussion of it was found")?;
        out.flush()?;
    }
    Ok(if all.kept == 0 && all.has_failed { Exit::Failed } else { Exit::Done })
}

/// Asks for the whole order of answers, where a site tells it apart.
fn find_orders(store: &mut Store, id: ArticleId, settings: &FetchSettings, stop: &AtomicBool) -> Result<(), String> {
    let failed = |error: StoreError| error.to_string();
    for known in store.known_discussions(id).map_err(failed)? {
        let Some(stored) = store.discussion(known.id).map_err(failed)? else { continue };
        let comments = unordered(&stored.discussion, MOST_ORDERED);
        if !comments.is_empty() {
            order(store, known.id, &comments, settings, stop)?;
        }
    }
    Ok(())
}

/// The progress reported so far.
#[derive(Default)]
struct DiscussionProgress {
    look: OutputStyle,
    json: bool,
    /// New comments by address: a discussion comes in parts.
    new: HashMap<CleanText, u32>,
    kept: usize,
    has_failed: bool,
    /// Nobody reads what is printed.
    broken: Option<std::io::Error>,
}

impl DiscussionProgress {
    fn take(&mut self, told: &DiscussionReport) {
        let line = match told {
            DiscussionReport::Found(_) => return,
            DiscussionReport::Kept(kept) => {
                let new = self.new.entry(kept.address.clone()).or_default();
                *new += kept.new;
                if !kept.over {
                    return;
                }
                let new = *new;
                self.kept += 1;
                let Kept { place, address, comments, requests, missing, complete, .. } = kept;
                DiscussionLine {
                    place,
                    address: Some(address),
                    comments: *comments,
                    new,
                    missing: *missing,
                    complete: *complete,
                    requests: *requests,
                    ..DiscussionLine::default()
                }
            }
            DiscussionReport::Failed { place, failure, hint } => {
                self.has_failed = true;
                DiscussionLine { place, failure: Some(failure), hint: Some(hint), ..DiscussionLine::default() }
            }
        };
        let written = self.write(&line);
        self.broken = self.broken.take().or(written.err());
    }

    fn write(&self, line: &DiscussionLine<'_>) -> std::io::Result<()> {
        let mut out = stdout();
        if self.json {
            write_json(line, &mut out)?;
            return out.flush();
        }
        let place = self.look.paint(Ink::Bold, line.place);
        match (line.failure, line.address) {
            (Some(failure), _) => {
                let hint = self.look.paint(Ink::Dim, line.hint.unwrap_or_default());
                writeln!(out, "{place}: failed: {failure}\n  {hint}")?;
            }
            (None, address) => {
                let partly = if line.complete || line.missing > 0 { "" } else { ", perhaps not all" };
                let total = line.comments + line.missing;
                let comments = match line.missing {
                    0 => plural(line.comments as u64, "comment"),
                    _ => format!("{} of {}", line.comments, plural(total as u64, "comment")),
                };
                writeln!(out, "{place}: {comments}{partly}, {} new ({})", line.new, address.unwrap_or_default())?;
            }
        }
        out.flush()
    }
}
