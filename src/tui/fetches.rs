//! The shell's side of fetching: begun by the reader, or by itself when a source is due.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::domain::time::Timestamp;
use crate::store::{ArticleId, DiscussionId, Store};
use crate::work::background::{Background, FetchTarget, Report};
use crate::work::fetch::FetchSettings;
use crate::work::sync::next_sync;

/// The time after which an automatic fetch may begin again, even if it is still due.
const PAUSE: Duration = Duration::from_mins(1);

pub(super) struct Fetches {
    /// None for a store in memory: nothing is fetched into it.
    path: Option<PathBuf>,
    now: fn() -> Timestamp,
    background: Option<Background>,
    /// When the first source is due by itself.
    due: Option<Timestamp>,
    not_before: Option<Instant>,
}

impl Fetches {
    pub(super) fn new(path: Option<PathBuf>, now: fn() -> Timestamp) -> Fetches {
        Fetches { path, now, background: None, due: None, not_before: None }
    }

    pub(super) fn fetch(
        &mut self,
        wanted: FetchTarget,
        settings: &FetchSettings,
        wake: Option<impl Fn() + Send + Sync + 'static>,
    ) -> Result<(), String> {
        self.background(settings, wake)?.fetch(wanted);
        Ok(())
    }

    /// The one that is there, or a new one where it has broken down.
    fn background(
        &mut self,
        settings: &FetchSettings,
        wake: Option<impl Fn() + Send + Sync + 'static>,
    ) -> Result<&Background, String> {
        let there = self.background.take().filter(Background::is_there);
        let background = match (there, &self.path, wake) {
            (Some(background), ..) => background,
            (None, Some(path), Some(wake)) => Background::start(path, settings.clone(), self.now, wake)?,
            _ => return Err("what was opened from files is not fetched".to_owned()),
        };
        Ok(self.background.insert(background))
    }

    pub(super) fn discuss(
        &mut self,
        article: ArticleId,
        find: bool,
        settings: &FetchSettings,
        wake: Option<impl Fn() + Send + Sync + 'static>,
    ) -> Result<(), String> {
        self.background(settings, wake)?.discuss(article, find);
        Ok(())
    }

    pub(super) fn find_order(
        &mut self,
        (article, discussion): (ArticleId, DiscussionId),
        comments: Vec<Box<str>>,
        settings: &FetchSettings,
        wake: Option<impl Fn() + Send + Sync + 'static>,
    ) -> Result<(), String> {
        self.background(settings, wake)?.find_order(article, discussion, comments);
        Ok(())
    }

    pub(super) fn cancel(&self) {
        if let Some(background) = &self.background {
            background.cancel();
        }
    }

    pub(super) fn reports(&self) -> Vec<Report> {
        self.background.as_ref().map_or_else(Vec::new, Background::reports)
    }

    /// Asks the store anew when a source or a watched discussion is due; with a schedule of none, none ever is.
    pub(super) fn plan(&mut self, store: &Store, settings: &FetchSettings) {
        let automatic = self.path.is_some() && settings.schedule.every.is_some() && !store.is_read_only();
        let now = (self.now)();
        let sources = || store.next_due(now, settings.longest_wait_of_all());
        let next =
            || [sources(), store.next_watch(now), next_sync(store, now)].into_iter().filter_map(|due| due.ok().flatten()).min();
        self.due = if automatic { next() } else { None };
    }

    /// When to look again whether something is due.
    pub(super) fn deadline(&self, now: Timestamp) -> Option<Instant> {
        let left = Duration::from_secs(u64::try_from(self.due?.0.saturating_sub(now.0)).unwrap_or(0));
        let then = Instant::now().checked_add(left)?;
        Some(self.not_before.map_or(then, |not_before| then.max(not_before)))
    }

    /// True if something is due now. Said once: until the next [`plan`](Fetches::plan).
    pub(super) fn is_due(&mut self, now: Timestamp) -> bool {
        let is_due = self.deadline(now).is_some_and(|then| then <= Instant::now());
        if is_due {
            self.due = None;
            self.not_before = Some(Instant::now() + PAUSE);
        }
        is_due
    }

    pub(super) fn end(&mut self) {
        self.background = None;
    }
}
