//! Files on their way into the store: many are stored at once, and only then told of.

use std::collections::HashSet;
use std::io::{self, Write};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde::Serialize;

use crate::cli::clock;
use crate::cli::error::{CliError, Exit, InputError, in_words};
use crate::cli::output::{OutputStyle, write_json};
use crate::cli::private::Allowed;
use crate::domain::article::Page;
use crate::domain::plural::plural;
use crate::domain::time::Timestamp;
use crate::format::{Format, Parsed};
use crate::os::interrupt::Interrupt;
use crate::site::SiteBases;
use crate::store::{PageKind, Saved, SavedFile, Store, StoreError};

#[derive(Serialize, Clone, Copy, PartialEq, Eq, Debug)]
#[serde(rename_all = "lowercase")]
pub(super) enum FileOutcome {
    Imported,
    Updated,
    Unchanged,
    Skipped,
}

impl FileOutcome {
    pub(super) fn word(self) -> &'static str {
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
pub(super) struct Taken {
    pub(super) path: String,
    pub(super) outcome: FileOutcome,
    pub(super) format: Option<&'static str>,
    pub(super) articles: Vec<i64>,
    /// How many sources were subscribed to.
    pub(super) subscriptions: u64,
    pub(super) comments: u64,
    pub(super) new_comments: u64,
    pub(super) changed_ranks: u64,
    pub(super) edits: u64,
    /// Articles that other sources brought before, and that this file's source has, too, from now on.
    pub(super) joined: u64,
    /// Articles that stand in the file twice, and are stored once.
    pub(super) repeated: u64,
    /// Articles that turned out to be one with another.
    pub(super) merged: u64,
    /// Articles that turned out to be several.
    pub(super) split: u64,
    pub(super) reason: Option<String>,
    pub(super) notes: Vec<String>,
    /// How many articles were marked read and starred, as in another reader.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) read: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) starred: Option<u64>,
    /// How many articles are new; none where nothing was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) stored: Option<u64>,
}

impl Taken {
    pub(super) fn with_notes(mut self, notes: Vec<String>) -> Taken {
        self.notes.extend(notes);
        self
    }
}

/// How many files had each outcome, in the order of [`Outcome`].
#[derive(Default)]
pub(super) struct OutcomeTally(pub(super) [u64; 4]);

/// A file on its way into the store.
pub(super) enum WaitingFiles {
    /// Read, and not stored yet.
    Read { path: String, parsed: Parsed },
    /// Nothing of it is to be stored.
    Skipped(Taken),
}

/// Files are stored many at once: a transaction for each would take most of the time.
pub(super) const AT_ONCE: usize = 64;
/// Articles are stored after this time at the latest, so that no other copy waits for long.
pub(super) const AT_LATEST: Duration = Duration::from_millis(100);

pub(super) struct Import<W> {
    pub(super) store: Store,
    pub(super) out: W,
    pub(super) look: OutputStyle,
    pub(super) json: bool,
    /// In the order met, since this time.
    pub(super) batch: Vec<WaitingFiles>,
    pub(super) since: Instant,
    pub(super) tally: OutcomeTally,
    /// Why files were skipped.
    pub(super) reasons: Vec<anyhow::Error>,
    pub(super) places: SiteBases,
    /// Sources of lists beside public feeds: private addresses, programs and files.
    pub(super) allowed: Allowed,
    pub(super) config: PathBuf,
    pub(super) interrupt: Interrupt,
}

impl<W: Write> Import<W> {
    pub(super) fn queue(&mut self, waiting: WaitingFiles) -> anyhow::Result<()> {
        self.batch.push(waiting);
        if self.batch.len() >= AT_ONCE || self.since.elapsed() >= AT_LATEST { self.settle() } else { Ok(()) }
    }

    /// The content that was read, or the failure.
    pub(super) fn put(&mut self, path: String, read: anyhow::Result<Parsed>) -> anyhow::Result<()> {
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
    pub(super) fn settle(&mut self) -> anyhow::Result<()> {
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

    pub(super) fn store_alone(&mut self, waiting: WaitingFiles, now: Timestamp) -> anyhow::Result<()> {
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

    pub(super) fn tell(&mut self, taken: &Taken) -> anyhow::Result<()> {
        tracing::info!(outcome = taken.outcome.word(), reason = taken.reason, "{}", taken.path);
        self.tally.0[taken.outcome as usize] += 1;
        if self.json {
            write_json(taken, &mut self.out)?;
        } else {
            render(taken, self.look, &mut self.out)?;
        }
        Ok(())
    }

    pub(super) fn sum_up(&mut self) -> io::Result<()> {
        if !self.json {
            writeln!(self.out, "{}", self.tally.summary())?;
        }
        self.out.flush()
    }
}

impl WaitingFiles {
    pub(super) fn path(&self) -> &str {
        match self {
            WaitingFiles::Read { path, .. } | WaitingFiles::Skipped(Taken { path, .. }) => path,
        }
    }

    pub(super) fn pages(&self) -> &[Page] {
        match self {
            WaitingFiles::Read { parsed, .. } => &parsed.pages,
            WaitingFiles::Skipped(_) => &[],
        }
    }

    pub(super) fn kind(&self) -> PageKind {
        match self {
            WaitingFiles::Read { parsed, .. } if matches!(parsed.format, Format::Rss | Format::Atom | Format::JsonFeed) => {
                PageKind::Feed
            }
            WaitingFiles::Read { .. } | WaitingFiles::Skipped(_) => PageKind::Saved,
        }
    }

    pub(super) fn stored(self, saved: &SavedFile, subscribed: u64) -> Taken {
        match self {
            WaitingFiles::Read { path, parsed } => taken(path, &parsed, saved, subscribed),
            WaitingFiles::Skipped(taken) => taken,
        }
    }
}

/// Why a file was skipped, without its name.
pub(super) fn reason(error: &anyhow::Error) -> String {
    match error.downcast_ref() {
        Some(InputError::Io { source, .. }) => in_words(source),
        Some(InputError::Unreadable { source, .. }) => source.to_string(),
        Some(InputError::List { .. }) | None => error.to_string(),
    }
}

pub(super) fn skipped(path: String, reason: String) -> Taken {
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

pub(super) fn taken(path: String, parsed: &Parsed, file: &SavedFile, subscribed: u64) -> Taken {
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
pub(super) fn render(taken: &Taken, look: OutputStyle, out: &mut impl Write) -> io::Result<()> {
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
    pub(super) fn total(&self) -> u64 {
        self.0.iter().sum()
    }

    /// `3 files: 1 imported, 2 skipped`
    pub(super) fn summary(&self) -> String {
        if self.total() == 0 {
            return "no files found".to_owned();
        }
        let outcomes = [FileOutcome::Imported, FileOutcome::Updated, FileOutcome::Unchanged, FileOutcome::Skipped];
        let counted = outcomes.into_iter().filter(|outcome| self.0[*outcome as usize] > 0);
        let parts: Vec<String> = counted.map(|outcome| format!("{} {}", self.0[outcome as usize], outcome.word())).collect();
        format!("{}: {}", plural(self.total(), "file"), parts.join(", "))
    }

    /// A failure only if nothing could be read; then the one reason, or how many there are.
    pub(super) fn exit(&self, mut reasons: Vec<anyhow::Error>) -> anyhow::Result<Exit> {
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
