//! Storing what was fetched, on a thread of its own: what arrives together in one transaction.

use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use super::{Arrived, End, Event, Shared, Wants, end, not_kept};
use crate::domain::text::CleanText;
use crate::source::queue::Progress;
use crate::store::Store;
use crate::store::entries::{Outcome, Tried};

/// So many answers are stored at once at the most, and fewer where they bring so many items: whoever marks an article
/// meanwhile waits for the transaction to end.
const AT_ONCE: usize = 32;
const ITEMS_AT_ONCE: usize = 100;

/// So many answers that say that nothing is new are stored at once, or all there are when nothing else arrives for a while.
const UNCHANGED_AT_ONCE: usize = 1000;
const UNCHANGED_WAIT: Duration = Duration::from_millis(200);

/// What is stored in one transaction.
#[derive(Default)]
struct Batch {
    tries: Vec<Tried>,
    told: Vec<(CleanText, Progress, Wants)>,
    items: usize,
}

impl Shared {
    /// Stores what arrives until nothing can arrive any more.
    pub(super) fn keep_all(&self, mut store: Store, arrivals: &Receiver<Arrived>) {
        let mut unchanged: Vec<Tried> = Vec::new();
        loop {
            let first = if unchanged.is_empty() {
                arrivals.recv().map_err(|_| RecvTimeoutError::Disconnected)
            } else {
                arrivals.recv_timeout(UNCHANGED_WAIT)
            };
            let mut next = match first {
                Ok(first) => Some(first),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => break,
            };
            let is_quiet = next.is_none();
            let mut batch = Batch::default();
            while let Some(arrived) = next.take() {
                match arrived {
                    Arrived::Text { article, page } => self.keep_text(&mut store, article, page),
                    Arrived::Tried { tried, title, progress, .. } if is_unchanged(&tried) => {
                        (self.tell)(Event::Ended { source: tried.source, title, end: End::Unchanged, progress });
                        unchanged.push(tried);
                    }
                    Arrived::Tried { tried, title, progress, wants } => {
                        batch.items += tried.outcome.items();
                        batch.tries.push(tried);
                        batch.told.push((title, progress, wants));
                    }
                }
                if batch.tries.len() < AT_ONCE && batch.items < ITEMS_AT_ONCE {
                    next = arrivals.try_recv().ok();
                }
            }
            self.keep_batch(&mut store, batch);
            let is_all = self.pending.load(Ordering::SeqCst) <= unchanged.len();
            if is_quiet || is_all || unchanged.len() >= UNCHANGED_AT_ONCE {
                self.keep_unchanged(&mut store, &mut unchanged);
            }
        }
        self.keep_unchanged(&mut store, &mut unchanged);
    }

    /// Most answers say that nothing is new: to remember each by itself would write more than all news.
    fn keep_unchanged(&self, store: &mut Store, unchanged: &mut Vec<Tried>) {
        let unchanged = std::mem::take(unchanged);
        if unchanged.is_empty() {
            return;
        }
        if let Err(error) = store.keep_tries(&unchanged) {
            // They are asked again when they are due next, which is now.
            tracing::error!(%error, "it could not be kept that sources have nothing new");
        }
        self.end(unchanged.len());
    }

    fn keep_batch(&self, store: &mut Store, batch: Batch) {
        let Batch { tries, told, .. } = batch;
        if tries.is_empty() {
            return;
        }
        let count = tries.len();
        let kept = store.keep_tries(&tries);
        for (n, (tried, (title, progress, wants))) in tries.into_iter().zip(told).enumerate() {
            let source = tried.source;
            let end = match &kept {
                Ok(changed) => end(tried.outcome, changed.get(n).cloned().unwrap_or_default()),
                Err(error) => not_kept(error),
            };
            if let End::Fetched { changed, .. } = &end {
                if wants.texts {
                    self.ask_for_texts(store, &changed.new);
                }
                if wants.discussions {
                    self.discuss(&changed.new);
                }
            }
            (self.tell)(Event::Ended { source, title, end, progress });
        }
        self.end(count);
    }
}

fn is_unchanged(tried: &Tried) -> bool {
    matches!(tried.outcome, Outcome::Unchanged) && tried.next.move_to.is_none()
}
