//! `gleaner import`: files and folders into the store, with a line for each file.

use std::collections::HashSet;
use std::ffi::OsString;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde::Serialize;

use self::lines::Begun;
use super::dirs::named;
use super::error::{CliError, Exit, InputError};
use super::output::{OutputStyle, stderr, stdout, write_json};
use super::private::Allowed;
use super::walk::{Met, walk};
use super::{Setup, clock, input, net};
use crate::domain::article::Page;
use crate::domain::plural::plural;
use crate::domain::time::Timestamp;
use crate::format::{Format, Parsed};
use crate::os::interrupt::Interrupt;
use crate::site::SiteBases;
use crate::store::newsboat::NewsboatCache;
use crate::store::{PageKind, Saved, SavedFile, Store, StoreError};

#[derive(Serialize, Clone, Copy, PartialEq, Eq, Debug)]
#[serde(rename_all = "lowercase")]
enum FileOutcome {
    Imported,
    Updated,
    Unchanged,
    Skipped,
}

impl FileOutcome {
    fn word(self) -> &'static str {
        match self {
            FileOutcome::Imported => "imported",
            FileOutcome::Updated => "updated",
            FileOutcome::Unchanged => "unchanged",
            FileOutcome::Skipped => "skipped",
        }
    }
}

/// The result for one file.
#[derive(Serialize, Debug)]
struct Taken {
    path: String,
    outcome: FileOutcome,
    format: Option<&'static str>,
    articles: Vec<i64>,
    /// How many sources were subscribed to.
    subscriptions: u64,
    comments: u64,
    new_comments: u64,
    changed_ranks: u64,
    edits: u64,
    /// Articles that other sources brought before, and that this file's source has, too, from now on.
    joined: u64,
    /// Articles that stand in the file twice, and are stored once.
    repeated: u64,
    /// Articles that turned out to be one with another.
    merged: u64,
    /// Articles that turned out to be several.
    split: u64,
    reason: Option<String>,
    notes: Vec<String>,
    /// How many articles were marked read and starred, as in another reader.
    #[serde(skip_serializing_if = "Option::is_none")]
    read: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    starred: Option<u64>,
    /// How many articles are new; none where nothing was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    stored: Option<u64>,
}

impl Taken {
    fn with_notes(mut self, notes: Vec<String>) -> Taken {
        self.notes.extend(notes);
        self
    }
}

/// How many files had each outcome, in the order of [`Outcome`].
#[derive(Default)]
struct OutcomeTally([u64; 4]);

/// A file on its way into the store.
enum WaitingFiles {
    /// Read, and not stored yet.
    Read { path: String, parsed: Parsed },
    /// Nothing of it is to be stored.
    Skipped(Taken),
}

/// Files are stored many at once: a transaction for each would take most of the time.
const AT_ONCE: usize = 64;
/// Articles are stored after this time at the latest, so that no other copy waits for long.
const AT_LATEST: Duration = Duration::from_millis(100);

struct Import<W> {
    store: Store,
    out: W,
    look: OutputStyle,
    json: bool,
    /// In the order met, since this time.
    batch: Vec<WaitingFiles>,
    since: Instant,
    tally: OutcomeTally,
    /// Why files were skipped.
    reasons: Vec<anyhow::Error>,
    places: SiteBases,
    /// Sources of lists beside public feeds: private addresses, programs and files.
    allowed: Allowed,
    config: PathBuf,
    interrupt: Interrupt,
}

pub(super) fn run(setup: &Setup, paths: &[OsString], allowed: Allowed, json: bool) -> anyhow::Result<Exit> {
    let (store, out, look) = (setup.store_to_fill()?, stdout(), setup.look);
    let (batch, since, tally, reasons) = (Vec::new(), Instant::now(), OutcomeTally::default(), Vec::new());
    let places = setup.settings.fetch.places.clone();
    let config = setup.places.config.clone();
    let interrupt = Interrupt::listen(store.breaker());
    let mut import = Import { store, out, look, json, batch, since, tally, reasons, places, allowed, config, interrupt };
    let taken = import.take_all(&|address| net::read_address(setup, address), paths);
    if taken.is_ok() || import.tally.total() > 0 {
        import.sum_up()?;
    }
    if !import.interrupt.is_heard() {
        taken?;
        import.index()?;
    }
    import.store.close()?;
    if import.interrupt.is_heard() {
        writeln!(stderr(), "stopped: what is told above is stored; the rest can be imported again")?;
        return Ok(Exit::Stopped);
    }
    import.tally.exit(import.reasons)
}

impl<W: Write> Import<W> {
    fn take_all(&mut self, get: &dyn Fn(&str) -> anyhow::Result<Parsed>, paths: &[OsString]) -> anyhow::Result<()> {
        for path in paths {
            let text = path.to_string_lossy();
            if input::is_address(&text) {
                self.settle()?;
                let read = get(&text);
                self.put(text.into_owned(), read)?;
            } else {
                walk(Path::new(path), &mut |met| self.take(met))?;
            }
        }
        self.settle()
    }

    fn take(&mut self, met: Met) -> anyhow::Result<()> {
        self.go_on()?;
        let waiting = match met {
            Met::File(path) => {
                // A pipe may keep us waiting for as long as it likes.
                if !path.is_file() {
                    self.settle()?;
                }
                if let Some(cache) = NewsboatCache::open(&path)? {
                    return self.take_newsboat(&path, &cache);
                }
                let begun = lines::begin(&path, &self.interrupt);
                self.go_on()?;
                let read = match begun {
                    Ok(Begun::Lines(lines)) => return self.take_lines(lines),
                    Ok(Begun::Other(Some(begun))) => input::read(begun, shown(&path), clock::now()),
                    Ok(Begun::Other(None)) | Err(_) => input::read_path(&path),
                };
                return self.put(shown(&path), read.map_err(anyhow::Error::from));
            }
            Met::Together(paths) => {
                let read = input::read_together(&paths);
                return self.put(shown(&paths[0]), read.map_err(anyhow::Error::from));
            }
            Met::Not(path, why) => {
                let hint = "check the name and the permission to read it";
                self.reasons.push(CliError::failed(format!("{}: {why}", named(&path))).hint(hint).into());
                WaitingFiles::Skipped(skipped(shown(&path), why))
            }
        };
        self.queue(waiting)
    }

    /// An error once a signal has come; it is never shown.
    fn go_on(&self) -> anyhow::Result<()> {
        if self.interrupt.is_heard() { Err(anyhow::anyhow!("stopped")) } else { Ok(()) }
    }

    fn queue(&mut self, waiting: WaitingFiles) -> anyhow::Result<()> {
        self.batch.push(waiting);
        if self.batch.len() >= AT_ONCE || self.since.elapsed() >= AT_LATEST { self.settle() } else { Ok(()) }
    }

    /// The content that was read, or the failure.
    fn put(&mut self, path: String, read: anyhow::Result<Parsed>) -> anyhow::Result<()> {
        let waiting = match read {
            Ok(parsed) => WaitingFiles::Read { path, parsed },
            Err(error) => {
                let taken = skipped(path, reason(&error));
                self.reasons.push(error);
                WaitingFiles::Skipped(taken)
            }
        };
        self.queue(waiting)
    }

    /// Stores what waits, and only then tells of it: what was told of is in the store.
    fn settle(&mut self) -> anyhow::Result<()> {
        let batch = std::mem::take(&mut self.batch);
        let now = clock::now();
        let files: Vec<(PageKind, &[Page])> = batch.iter().map(|waiting| (waiting.kind(), waiting.pages())).collect();
        match self.store.save_files(&files, now) {
            Ok(saved) => {
                for (waiting, of_file) in batch.into_iter().zip(saved) {
                    let (subscribed, left_out) = self.subscribe(&waiting, now)?;
                    self.tell(&waiting.stored(&of_file, subscribed).with_notes(left_out))?;
                }
            }
            Err(error @ StoreError::Busy { .. }) => return Err(error.into()),
            Err(error) if error.is_interruption() => return Err(error.into()),
            // Something in it cannot be stored: the rest must not suffer for it.
            Err(_) => batch.into_iter().try_for_each(|waiting| self.store_alone(waiting, now))?,
        }
        self.out.flush()?;
        self.since = Instant::now();
        Ok(())
    }

    fn store_alone(&mut self, waiting: WaitingFiles, now: Timestamp) -> anyhow::Result<()> {
        match self.store.save_files(&[(waiting.kind(), waiting.pages())], now) {
            Ok(saved) => {
                let saved = saved.into_iter().next().unwrap_or_default();
                let (subscribed, left_out) = self.subscribe(&waiting, now)?;
                self.tell(&waiting.stored(&saved, subscribed).with_notes(left_out))
            }
            Err(error) if error.is_about_one_thing() => {
                let path = waiting.path().to_owned();
                self.tell(&skipped(path.clone(), format!("it could not be stored: {error}")))?;
                self.reasons.push(anyhow::Error::from(error).context(format!("{path} could not be stored")));
                Ok(())
            }
            Err(error) => Err(anyhow::Error::from(error).context(format!("{} could not be stored", waiting.path()))),
        }
    }

    fn tell(&mut self, taken: &Taken) -> anyhow::Result<()> {
        tracing::info!(outcome = taken.outcome.word(), reason = taken.reason, "{}", taken.path);
        self.tally.0[taken.outcome as usize] += 1;
        if self.json {
            write_json(taken, &mut self.out)?;
        } else {
            render(taken, self.look, &mut self.out)?;
        }
        Ok(())
    }

    fn sum_up(&mut self) -> io::Result<()> {
        if !self.json {
            writeln!(self.out, "{}", self.tally.summary())?;
        }
        self.out.flush()
    }
}

impl WaitingFiles {
    fn path(&self) -> &str {
        match self {
            WaitingFiles::Read { path, .. } | WaitingFiles::Skipped(Taken { path, .. }) => path,
        }
    }

    fn pages(&self) -> &[Page] {
        match self {
            WaitingFiles::Read { parsed, .. } => &parsed.pages,
            WaitingFiles::Skipped(_) => &[],
        }
    }

    fn kind(&self) -> PageKind {
        match self {
            WaitingFiles::Read { parsed, .. } if matches!(parsed.format, Format::Rss | Format::Atom | Format::JsonFeed) => {
                PageKind::Feed
            }
            WaitingFiles::Read { .. } | WaitingFiles::Skipped(_) => PageKind::Saved,
        }
    }

    fn stored(self, saved: &SavedFile, subscribed: u64) -> Taken {
        match self {
            WaitingFiles::Read { path, parsed } => taken(path, &parsed, saved, subscribed),
            WaitingFiles::Skipped(taken) => taken,
        }
    }
}

fn shown(path: &Path) -> String {
    if path.as_os_str() == "-" { "standard input".to_owned() } else { named(path) }
}

/// Why a file was skipped, without its name.
fn reason(error: &anyhow::Error) -> String {
    match error.downcast_ref() {
        Some(InputError::Io { source, .. }) => super::error::in_words(source),
        Some(InputError::Unreadable { source, .. }) => source.to_string(),
        Some(InputError::List { .. }) | None => error.to_string(),
    }
}

fn skipped(path: String, reason: String) -> Taken {
    Taken {
        path,
        outcome: FileOutcome::Skipped,
        format: None,
        articles: Vec::new(),
        subscriptions: 0,
        comments: 0,
        new_comments: 0,
        changed_ranks: 0,
        edits: 0,
        joined: 0,
        repeated: 0,
        merged: 0,
        split: 0,
        reason: Some(reason),
        notes: Vec::new(),
        read: None,
        starred: None,
        stored: None,
    }
}

fn taken(path: String, parsed: &Parsed, file: &SavedFile, subscribed: u64) -> Taken {
    let saved = &file.pages;
    let sum = |count: &dyn Fn(&Saved) -> u32| saved.iter().map(|one| u64::from(count(one))).sum();
    let comments = |page: &Page| page.discussions.iter().map(|discussion| discussion.comments.len() as u64).sum::<u64>();
    let new_comments = sum(&|one| one.new_comments);
    let changed_ranks = sum(&|one| one.changed_ranks);
    let edits = sum(&|one| one.edited_comments + u32::from(one.edited_article));
    let count = |is: fn(&Saved) -> bool| saved.iter().filter(|one| is(one)).count() as u64;
    let (new, joined) = (count(|one| one.new_article), count(|one| one.joined_article));
    let mut articles: Vec<i64> = Vec::new();
    let mut seen = HashSet::new();
    articles.extend(saved.iter().map(|one| one.id.0).filter(|id| seen.insert(*id)));
    let outcome = if subscribed + new + joined > 0 {
        FileOutcome::Imported
    } else if new_comments + changed_ranks + edits > 0 {
        FileOutcome::Updated
    } else {
        FileOutcome::Unchanged
    };
    Taken {
        path,
        outcome,
        format: Some(parsed.format.label()),
        articles,
        subscriptions: subscribed,
        comments: parsed.pages.iter().map(comments).sum(),
        new_comments,
        changed_ranks,
        edits,
        joined,
        repeated: u64::from(file.repeated),
        merged: file.regrouped.merged.len() as u64,
        split: u64::from(file.regrouped.split),
        reason: None,
        notes: parsed.notes.iter().map(ToString::to_string).collect(),
        read: None,
        starred: None,
        stored: Some(new),
    }
}

/// `imported  FILE: phys.org text dump, 1 article, 3 comments`
fn render(taken: &Taken, look: OutputStyle, out: &mut impl Write) -> io::Result<()> {
    let some = |count: u64, one: &str| (count > 0).then(|| plural(count, one));
    let more = |count: u64, what: &str| (count > 0).then(|| format!("{count} {what}"));
    let format = taken.format.map(str::to_owned);
    let parts = match taken.outcome {
        FileOutcome::Imported if taken.subscriptions > 0 => vec![format, Some(plural(taken.subscriptions, "new source"))],
        FileOutcome::Imported => {
            vec![
                format,
                Some(plural(taken.stored.unwrap_or(0), "article")),
                Some(plural(taken.new_comments, "comment")),
                more(taken.joined, "here already from other sources"),
                some(taken.edits, "edit"),
            ]
        }
        FileOutcome::Updated => {
            vec![some(taken.new_comments, "new comment"), some(taken.changed_ranks, "rank"), some(taken.edits, "edit")]
        }
        FileOutcome::Unchanged => vec![format],
        FileOutcome::Skipped => vec![taken.reason.clone()],
    };
    let regrouped = [
        more(taken.repeated, "listed twice"),
        more(taken.merged, "merged with another article"),
        more(taken.split, "split from another article"),
    ];
    let parts: Vec<String> = parts.into_iter().chain(regrouped).flatten().collect();
    writeln!(out, "{:<9} {}: {}", taken.outcome.word(), taken.path, parts.join(", "))?;
    let dash = if look.ascii { "-" } else { "·" };
    taken.notes.iter().try_for_each(|note| writeln!(out, "          {dash} {note}"))
}

impl OutcomeTally {
    fn total(&self) -> u64 {
        self.0.iter().sum()
    }

    /// `3 files: 1 imported, 2 skipped`
    fn summary(&self) -> String {
        if self.total() == 0 {
            return "no files found".to_owned();
        }
        let outcomes = [FileOutcome::Imported, FileOutcome::Updated, FileOutcome::Unchanged, FileOutcome::Skipped];
        let counted = outcomes.into_iter().filter(|outcome| self.0[*outcome as usize] > 0);
        let parts: Vec<String> = counted.map(|outcome| format!("{} {}", self.0[outcome as usize], outcome.word())).collect();
        format!("{}: {}", plural(self.total(), "file"), parts.join(", "))
    }

    /// A failure only if nothing could be read; then the one reason, or how many there are.
    fn exit(&self, mut reasons: Vec<anyhow::Error>) -> anyhow::Result<Exit> {
        if self.total() > self.0[FileOutcome::Skipped as usize] {
            return Ok(Exit::Done);
        }
        match reasons.pop() {
            Some(reason) if reasons.is_empty() => Err(reason),
            None => {
                Err(CliError::failed("there is no file to import").hint("name files, or folders with files in them").into())
            }
            Some(reason) => Err(reason.context(format!("none of the {} could be read", plural(self.total(), "file")))),
        }
    }
}

mod lines;
mod lists;
mod newsboat;
#[cfg(test)]
mod tests;
