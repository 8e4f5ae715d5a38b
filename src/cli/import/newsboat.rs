//! Importing newsboat's `cache.db`: its articles, with what was read, flagged and deleted there.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use super::batch::{FileOutcome, Import, Taken};
use crate::cli::clock;
use crate::cli::output::StatusLine;
use crate::domain::article::{Page, Source};
use crate::domain::plural::plural;
use crate::domain::tag::Tag;
use crate::domain::text::clean_line;
use crate::domain::time::Timestamp;
use crate::format::newsboat::page;
use crate::site::identity::canonical_address;
use crate::store::newsboat::{CachedRow, NewsboatCache};
use crate::store::{ArticleId, FileAnswer, PageKind, SavedFile, StoreError};

/// So many rows are stored as one.
const AT_ONCE: usize = 300;

/// The part of a cache that came into the store.
#[derive(Default)]
struct Moved {
    rows: u64,
    new: u64,
    read: u64,
    starred: u64,
    flags: BTreeMap<char, u64>,
    deleted: u64,
    empty: u64,
    too_large: u64,
    queued: u64,
}

/// The articles of some rows, and what newsboat says of each.
#[derive(Default)]
struct CacheBatch<'a> {
    pages: Vec<Page>,
    rows: Vec<&'a CachedRow>,
    deleted: Vec<Page>,
}

impl<W: Write> Import<W> {
    pub(super) fn take_newsboat(&mut self, path: &Path, cache: &NewsboatCache) -> anyhow::Result<()> {
        self.settle()?;
        let total = cache.articles()?;
        // One letter is a star; of several each is a tag, too.
        let has_tags = cache.flags()?.len() > 1;
        let mut progress = StatusLine::new();
        let queued = cache.queued()?;
        let (mut moved, mut file, mut after, mut stopped) =
            (Moved { queued, ..Moved::default() }, FileAnswer::default(), i64::MIN, false);
        loop {
            let rows = cache.after(after, AT_ONCE)?;
            let Some(last) = rows.last() else { break };
            after = last.row;
            match self.move_rows(&rows, has_tags, &mut file, &mut moved) {
                Err(error) if error.is_interruption() => stopped = true,
                done => done?,
            }
            if stopped || self.interrupt.is_heard() {
                stopped = true;
                break;
            }
            progress.tell(&format!("{} of {}", moved.rows, plural(total, "article")));
        }
        progress.end();
        let taken = moved.told(super::shown(path), total, stopped);
        self.tell(&taken)
    }

    fn move_rows(
        &mut self,
        rows: &[CachedRow],
        has_tags: bool,
        file: &mut FileAnswer,
        moved: &mut Moved,
    ) -> Result<(), StoreError> {
        let now = clock::now();
        let batch = CacheBatch::of(rows, moved);
        self.store.save_part(&batch.deleted, PageKind::Ignored, file, now)?;
        let saved = self.store.save_part(&batch.pages, PageKind::Feed, file, now)?;
        moved.new += saved.pages.iter().filter(|one| one.new_article).count() as u64;
        self.mark_rows(&batch.rows, &saved, has_tags, moved, now)?;
        moved.rows += rows.len() as u64;
        Ok(())
    }

    fn mark_rows(
        &mut self,
        rows: &[&CachedRow],
        saved: &SavedFile,
        has_tags: bool,
        moved: &mut Moved,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let with_ids = || rows.iter().zip(&saved.ids).filter_map(|(row, id)| Some((*row, (*id)?)));
        let read: Vec<ArticleId> = with_ids().filter(|(row, _)| !row.is_unread).map(|(_, id)| id).collect();
        let flagged: Vec<ArticleId> = with_ids().filter(|(row, _)| !row.flags.is_empty()).map(|(_, id)| id).collect();
        moved.read += self.store.set_read(&read, true, now)?;
        moved.starred += self.store.set_starred(&flagged, true, now)?;
        for (row, id) in with_ids() {
            for letter in row.flags.chars() {
                *moved.flags.entry(letter).or_default() += 1;
                if let Some(tag) = format!("flag-{letter}").parse::<Tag>().ok().filter(|_| has_tags) {
                    self.store.set_tag(&[id], &tag, true, now)?;
                }
            }
        }
        Ok(())
    }
}

impl<'a> CacheBatch<'a> {
    fn of(rows: &'a [CachedRow], moved: &mut Moved) -> CacheBatch<'a> {
        let mut batch = CacheBatch::default();
        for row in rows {
            let Some(item) = &row.item else {
                moved.too_large += 1;
                continue;
            };
            match page(item, source(&item.feed_address, &item.feed_title)) {
                None => moved.empty += 1,
                Some(page) if row.is_deleted => {
                    moved.deleted += 1;
                    batch.deleted.push(page);
                }
                Some(page) => {
                    batch.pages.push(page);
                    batch.rows.push(row);
                }
            }
        }
        batch
    }
}

/// The source that a feed's articles have, wherever they come from.
fn source(address: &str, title: &str) -> Source {
    let (address, title) = (clean_line(address), clean_line(title));
    let key = canonical_address(&address).map_or_else(|| address.clone(), |key| clean_line(&key));
    Source { title: if title.is_empty() { key.clone() } else { title }, key }
}

impl Moved {
    fn told(&self, path: String, total: u64, stopped: bool) -> Taken {
        let changed = self.read + self.starred;
        let outcome = match (self.new, changed) {
            (0, 0) => FileOutcome::Unchanged,
            (0, _) => FileOutcome::Updated,
            _ => FileOutcome::Imported,
        };
        let some = |count: u64, what: &str| (count > 0).then(|| format!("{} {what}", plural(count, "article")));
        let letters: Vec<String> = self.flags.iter().map(|(letter, count)| format!("{letter} {count}")).collect();
        let with_tags = if self.flags.len() > 1 { "; each letter is a tag, such as flag-a" } else { "" };
        let notes = [
            some(self.read, "marked read, as in newsboat"),
            some(self.starred, "starred, as flagged in newsboat"),
            (!letters.is_empty()).then(|| format!("flags: {}{with_tags}", letters.join(", "))),
            some(self.deleted, "deleted in newsboat left out; fetches do not bring them back"),
            some(self.empty, "without title and text left out"),
            some(self.too_large, "larger than 16 MiB left out"),
            (self.queued > 0)
                .then(|| format!("{} in newsboat's podcast queue, which is not imported", plural(self.queued, "enclosure"))),
            stopped.then(|| format!("stopped: {} of {} are stored", self.rows, plural(total, "article"))),
        ];
        Taken {
            outcome,
            format: Some("newsboat cache"),
            stored: Some(self.new),
            reason: None,
            notes: notes.into_iter().flatten().collect(),
            read: Some(self.read),
            starred: Some(self.starred),
            ..super::batch::skipped(path, String::new())
        }
    }
}
