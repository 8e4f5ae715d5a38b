//! `gleaner fetch`: what is due, or what is named, from the net into the store.

use std::io::{self, IsTerminal, Write};
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde::Serialize;

use super::error::{CliError, Exit};
use super::output::{ERASE_LINE, Ink, OutputStyle, show_note, stderr, stdout, write_json};
use super::setup::Setup;
use super::sources::named_sources;
use super::{clean, clock, stores};
use crate::domain::plural::plural;
use crate::domain::text::CleanText;
use crate::source::queue::Progress;
use crate::store::subscriptions::Subscription;
use crate::store::{ArticleId, SourceId, Store};
use crate::work::fetch::{End, Event, Fetcher, SourceNews, notify, run_after};
use crate::work::health::{has_ended, in_time};
use crate::work::lookups::{self, LookupReport};
use crate::work::notice::Notices;
use crate::work::watch::{self, Refreshed};

pub(super) const HELP: &str = "\
Without a SOURCE it fetches the sources that are due and refreshes the discussions of watched articles that are due: \
after an eighth of the time since the last comment, at least 15 minutes and at most a day. You can run it from cron as \
often as you like. With a SOURCE or --all it fetches them whether they are due or not; a source that is gone for good \
(410) is fetched only by name. Afterwards it applies the keep rules, as `gleaner clean` does. Exit is 0 if any source \
answered, 1 if all failed.

--json prints an object a line for each source as it finishes: source, title, outcome (\"unchanged\", \"fetched\" or \
\"failed\"), new and updated (ids of articles), joined (ids of articles that other sources had already), ignored \
(number), repeated (number of items that are in the feed twice), new_comments, merged and split (articles that turned \
out to be one, or several), notes (oddities of the feed), failure and hint. If discussions of new articles were looked \
for (`discussions = true`), one more object has looked_up and failed (numbers of articles), given_up, and failures \
(site, failure, hint); a later fetch tries the failed ones again for about three days.";

#[derive(Serialize)]
struct Ended<'a> {
    source: i64,
    title: &'a str,
    outcome: &'static str,
    new: Vec<i64>,
    updated: Vec<i64>,
    joined: Vec<i64>,
    ignored: u32,
    repeated: u32,
    new_comments: u32,
    merged: usize,
    split: u32,
    notes: Vec<&'a str>,
    failure: Option<&'a str>,
    hint: Option<&'a str>,
}

/// The totals of a fetch.
#[derive(Default)]
struct FetchTally {
    answered: u64,
    failed: u64,
    new: u64,
    updated: u64,
    ignored: u64,
    texts: u64,
    /// Articles whose discussions are to be looked for.
    discussed: Vec<ArticleId>,
    news: Vec<SourceNews>,
}

/// The command that is told of new comments may take so long at the end; then it is ended.
const COMMAND: Duration = Duration::from_secs(10);

/// The result of looking for the discussions of new articles.
#[derive(Serialize)]
struct LookedUpJson<'a> {
    #[serde(rename = "looked_up")]
    articles: usize,
    failed: usize,
    given_up: usize,
    failures: Vec<SiteFailure<'a>>,
}

#[derive(Serialize)]
struct SiteFailure<'a> {
    site: &'a str,
    failure: &'a str,
    hint: &'a str,
}

/// A watched article whose discussions were fetched.
#[derive(Serialize)]
struct Watched<'a> {
    article: i64,
    title: &'a str,
    new_comments: u32,
    failure: Option<&'a str>,
    hint: Option<&'a str>,
}

pub(super) fn run(setup: &Setup, names: &[String], all: bool, json: bool) -> anyhow::Result<Exit> {
    let mut store = setup.store_to_change()?;
    stores::correct_times(&mut store)?;
    let wanted = wanted(&store, setup, names, all)?;
    let watched = if names.is_empty() { store.due_watches(clock::now())? } else { Vec::new() };
    let has_lookups = names.is_empty() && !store.due_lookups(1, clock::now())?.is_empty();
    if wanted.is_empty() && watched.is_empty() && !has_lookups {
        say_nothing_is_due(&store, setup)?;
        store.close()?;
        return Ok(Exit::Done);
    }
    let (sender, events) = channel();
    let settings = setup.settings.fetch.clone();
    let fetcher = Fetcher::new(store.path(), settings, clock::now, move |event| {
        // Whoever no longer listens does not want to know.
        let _ = sender.send(event);
    })
    .map_err(CliError::failed)?;
    let mut tally = FetchTally::default();
    if !wanted.is_empty() {
        fetcher.add(wanted);
        tally = follow(&events, setup.look, json)?;
    }
    drop(fetcher);
    if has_lookups || !tally.discussed.is_empty() {
        look_up(setup, &mut store, &tally.discussed, json)?;
    }
    let notices = Notices::default();
    notify(&tally.news, &setup.settings.fetch, &notices);
    refresh(setup, &mut store, &watched, &notices, json)?;
    notices.end(COMMAND);
    clean::after_fetching(setup, &mut store, json)?;
    stores::index_a_little(&mut store)?;
    store.close()?;
    // It may change the store.
    if let Err(error) = run_after(&tally.news, &setup.settings.fetch) {
        show_note(&format!("warning: the command after a fetch: {error}"));
    }
    Ok(if tally.answered == 0 && tally.failed > 0 { Exit::Failed } else { Exit::Done })
}

fn wanted(store: &Store, setup: &Setup, names: &[String], all: bool) -> anyhow::Result<Vec<Subscription>> {
    if !names.is_empty() {
        let (owned, wanted): (Vec<_>, Vec<_>) = named_sources(store, names)?.into_iter().partition(is_owned);
        for one in owned {
            writeln!(stderr(), "note: the server of its account fetches {}; `gleaner sync` syncs it", one.title)?;
        }
        return Ok(wanted);
    }
    if !all {
        return Ok(store.due(clock::now(), |one| setup.settings.fetch.longest_wait(one))?);
    }
    let (ended, wanted): (Vec<_>, Vec<_>) =
        store.subscriptions()?.into_iter().filter(|one| !is_owned(one)).partition(has_ended);
    for one in ended {
        tracing::info!("{} has ended and is not asked", one.title);
    }
    Ok(wanted)
}

/// True if an account has it: its server fetches it.
fn is_owned(one: &Subscription) -> bool {
    one.account.is_some()
}

fn look_up(setup: &Setup, store: &mut Store, new: &[ArticleId], json: bool) -> anyhow::Result<()> {
    let stop = AtomicBool::new(false);
    let report = lookups::look_up(store, new, &setup.settings.fetch, clock::now, &stop, &|_| {}).map_err(CliError::failed)?;
    let mut out = stdout();
    if json {
        let LookupReport { articles, failed, given_up, failures } = &report;
        let failures = failures.iter().map(|(site, (failure, hint))| SiteFailure { site, failure, hint }).collect::<Vec<_>>();
        write_json(&LookedUpJson { articles: *articles, failed: *failed, given_up: *given_up, failures }, &mut out)?;
    } else if let Some(told) = report.failure_in_words() {
        writeln!(out, "{told}")?;
    }
    Ok(out.flush()?)
}

fn refresh(setup: &Setup, store: &mut Store, watched: &[ArticleId], notices: &Notices, json: bool) -> anyhow::Result<()> {
    let stop = AtomicBool::new(false);
    let fetch = &setup.settings.fetch;
    let refreshed = watch::refresh(store, watched, fetch, clock::now, &stop, notices, &|_| {}).map_err(CliError::failed)?;
    let mut out = stdout();
    for Refreshed { article, title, new, failure } in &refreshed {
        let (failure, hint) = failure.as_ref().map_or((None, None), |(failure, hint)| (Some(&**failure), Some(&**hint)));
        if json {
            write_json(&Watched { article: article.0, title, new_comments: *new, failure, hint }, &mut out)?;
            continue;
        }
        let name = setup.look.paint(Ink::Bold, title);
        match (failure, hint) {
            (Some(failure), hint) => {
                writeln!(out, "{name}: failed: {failure}\n  {}", setup.look.paint(Ink::Dim, hint.unwrap_or_default()))?;
            }
            _ if *new > 0 => writeln!(out, "{name}: {}", plural(u64::from(*new), "new comment"))?,
            _ => {}
        }
    }
    if !json && !refreshed.is_empty() {
        writeln!(out, "{}", plural(refreshed.len() as u64, "watched article"))?;
    }
    Ok(out.flush()?)
}

fn say_nothing_is_due(store: &Store, setup: &Setup) -> anyhow::Result<()> {
    let mut out = stdout();
    if io::stdout().is_terminal() {
        let told = match store.next_due(clock::now(), setup.settings.fetch.longest_wait_of_all())? {
            Some(then) => format!("nothing is due before {}; --all asks now", in_time(then, clock::now())),
            None if store.subscriptions()?.is_empty() => "nothing to fetch; `gleaner add URL` subscribes".to_owned(),
            None => "nothing is fetched by itself; --all asks now".to_owned(),
        };
        writeln!(out, "{told}")?;
    }
    Ok(out.flush()?)
}

/// Tells of each source as it ends, until all have.
fn follow(events: &Receiver<Event>, look: OutputStyle, json: bool) -> anyhow::Result<FetchTally> {
    let mut tally = FetchTally::default();
    let mut out = stdout();
    let bar = look.columns.is_some() && !json;
    for event in events {
        let (source, title, end, progress) = match event {
            Event::Idle => break,
            Event::Discuss(new) => {
                tally.discussed = new;
                continue;
            }
            Event::News(news) => {
                tally.news = news;
                continue;
            }
            Event::Text { article, end } => {
                tally.texts += u64::from(end.is_ok());
                if let (Err((failure, hint)), false) = (&end, json) {
                    writeln!(out, "article {}: {failure}\n  {}", article.0, look.paint(Ink::Dim, hint))?;
                }
                continue;
            }
            Event::Ended { source, title, end, progress } => (source, title, end, progress),
        };
        tally.count(&end);
        if json {
            write_json(&ended(source, &title, &end), &mut out)?;
        } else {
            if bar {
                write!(out, "{ERASE_LINE}")?;
            }
            if let Some(line) = line(&title, &end, look, bar) {
                writeln!(out, "{line}")?;
            }
            if bar {
                write!(out, "{}", gauge(progress, look))?;
            }
        }
        out.flush()?;
    }
    if !json {
        if bar {
            write!(out, "{ERASE_LINE}")?;
        }
        writeln!(out, "{}", tally.in_words())?;
    }
    out.flush()?;
    Ok(tally)
}

impl FetchTally {
    fn count(&mut self, end: &End) {
        match end {
            End::Unchanged => self.answered += 1,
            End::Failed { .. } => self.failed += 1,
            End::Fetched { changed, .. } => {
                self.answered += 1;
                self.new += changed.new.len() as u64;
                self.updated += changed.edited.len() as u64;
                self.ignored += u64::from(changed.ignored);
            }
        }
    }

    fn in_words(&self) -> String {
        let mut told = vec![plural(self.answered + self.failed, "source"), format!("{} new", self.new)];
        if self.updated > 0 {
            told.push(format!("{} updated", self.updated));
        }
        if self.ignored > 0 {
            told.push(format!("{} ignored", self.ignored));
        }
        if self.texts > 0 {
            told.push(plural(self.texts, "full text"));
        }
        if self.failed > 0 {
            told.push(format!("{} failed", self.failed));
        }
        told.join(" · ")
    }
}

/// On a terminal nothing is said of sources without news: the gauge counts them.
fn line(title: &str, end: &End, look: OutputStyle, bar: bool) -> Option<String> {
    let title = look.paint(Ink::Bold, title);
    match end {
        End::Unchanged if bar => None,
        End::Unchanged => Some(format!("{title}: unchanged")),
        End::Fetched { changed, .. } if bar && changed.is_nothing() => None,
        End::Fetched { changed, notes } => {
            let notes = notes.iter().map(|note| format!("\n  {}", look.paint(Ink::Dim, note)));
            Some(format!("{title}: {}{}", changed.in_words(), notes.collect::<String>()))
        }
        End::Failed { failure, hint } => Some(format!("{title}: failed: {failure}\n  {}", look.paint(Ink::Dim, hint))),
    }
}

/// "fetching ███████░░░ 29/41 · 2 failed"
fn gauge(progress: Progress, look: OutputStyle) -> String {
    const CELLS: usize = 20;
    let total = progress.total();
    let ended = progress.done + progress.failed + progress.called_off;
    let full = (ended * CELLS).checked_div(total).unwrap_or(CELLS);
    let (on, off) = if look.ascii { ("#", ".") } else { ("█", "░") };
    let failed = if progress.failed > 0 { format!("{}{} failed", look.dot(), progress.failed) } else { String::new() };
    format!("fetching {}{} {ended}/{total}{failed}", on.repeat(full), off.repeat(CELLS - full))
}

fn ended<'a>(source: SourceId, title: &'a CleanText, end: &'a End) -> Ended<'a> {
    let ended = Ended {
        source: source.0,
        title,
        outcome: "unchanged",
        new: Vec::new(),
        updated: Vec::new(),
        joined: Vec::new(),
        ignored: 0,
        repeated: 0,
        new_comments: 0,
        merged: 0,
        split: 0,
        notes: Vec::new(),
        failure: None,
        hint: None,
    };
    match end {
        End::Unchanged => ended,
        End::Fetched { changed, notes } => Ended {
            outcome: "fetched",
            new: changed.new.iter().map(|id| id.0).collect(),
            updated: changed.edited.iter().map(|id| id.0).collect(),
            joined: changed.joined.iter().map(|id| id.0).collect(),
            ignored: changed.ignored,
            repeated: changed.repeated,
            new_comments: changed.new_comments,
            merged: changed.regrouped.merged.len(),
            split: changed.regrouped.split,
            notes: notes.iter().map(CleanText::as_str).collect(),
            ..ended
        },
        End::Failed { failure, hint } => Ended { outcome: "failed", failure: Some(failure), hint: Some(hint), ..ended },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::text::clean_line;
    use crate::store::entries::Changed;

    #[test]
    fn the_ends_of_sources_are_told_in_lines_and_in_json() {
        let changed =
            Changed { new: vec![ArticleId(7), ArticleId(6)], edited: vec![ArticleId(3)], ignored: 3, ..Changed::default() };
        let notes = vec![clean_line("an entity was undeclared")];
        let (failure, hint) = (clean_line("no.example cannot be looked up"), clean_line("check its spelling"));
        let ends = [End::Unchanged, End::Fetched { changed, notes }, End::Failed { failure, hint }];
        let told = ends.iter().map(|end| {
            let json = serde_json::to_string(&ended(SourceId(1), &clean_line("One"), end)).unwrap();
            let lines = [false, true].map(|bar| line("One", end, OutputStyle::default(), bar).unwrap_or_default());
            format!("{}\n{}\n{json}", lines[0], if lines[0] == lines[1] { "" } else { &lines[1] })
        });
        insta::assert_snapshot!(told.collect::<Vec<_>>().join("\n"), @r#"
        One: unchanged

        {"source":1,"title":"One","outcome":"unchanged","new":[],"updated":[],"joined":[],"ignored":0,"repeated":0,"new_comments":0,"merged":0,"split":0,"notes":[],"failure":null,"hint":null}
        One: 2 new, 1 updated, 3 ignored
          an entity was undeclared

        {"source":1,"title":"One","outcome":"fetched","new":[7,6],"updated":[3],"joined":[],"ignored":3,"repeated":0,"new_comments":0,"merged":0,"split":0,"notes":["an entity was undeclared"],"failure":null,"hint":null}
        One: failed: no.example cannot be looked up
          check its spelling

        {"source":1,"title":"One","outcome":"failed","new":[],"updated":[],"joined":[],"ignored":0,"repeated":0,"new_comments":0,"merged":0,"split":0,"notes":[],"failure":"no.example cannot be looked up","hint":"check its spelling"}
        "#);
    }

    #[test]
    fn the_gauge_fills() {
        let progress = |done, waiting| Progress { done, waiting, failed: 1, ..Progress::default() };
        let look = OutputStyle { ascii: true, ..OutputStyle::default() };
        for (done, waiting, wanted) in
            [(0, 9, "fetching ##.................. 1/10 - 1 failed"), (9, 0, "fetching #################### 10/10 - 1 failed")]
        {
            assert_eq!(gauge(progress(done, waiting), look), wanted);
        }
    }
}
