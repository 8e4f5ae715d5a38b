//! Storing what was fetched, on a thread of its own: what arrives together in one transaction.

use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use super::{Arrived, End, Event, FetcherShared, Wants, end, not_kept};
use crate::domain::text::CleanText;
use crate::source::queue::Progress;
use crate::store::Store;
use crate::store::entries::{FetchAttempt, FetchOutcome};
use crate::work::host_limits;

/// Whoever marks an article meanwhile waits for a transaction to end: as many answers are stored in one as take about this
/// long. Those that list what is known already take much less time than news.
const HELD: Duration = Duration::from_millis(30);
/// The most items in one part.
const FIRST_ITEMS: usize = 100;
const ITEMS: (usize, usize) = (50, 5000);

/// Answers that arrive within this time are stored together. A transaction for each would write the same pages many times,
/// and the reader does not show news more often than this.
const GATHER: Duration = Duration::from_millis(250);

/// So many answers that say that nothing is new are stored at once, or all there are when nothing else arrives for a while.
const UNCHANGED_AT_ONCE: usize = 1000;

/// The answers stored in one transaction.
#[derive(Default)]
struct AnswerBatch {
    tries: Vec<FetchAttempt>,
    told: Vec<(CleanText, Progress, Wants)>,
    items: usize,
    /// The latest time at which it is stored.
    due: Option<Instant>,
}

impl FetcherShared {
    /// Stores what arrives until nothing can arrive any more.
    pub(super) fn keep_all(&self, mut store: Store, arrivals: &Receiver<Arrived>) {
        let mut unchanged: Vec<FetchAttempt> = Vec::new();
        let mut batch = AnswerBatch::default();
        let mut most = FIRST_ITEMS;
        loop {
            let arrived = match batch.due.map(|due| due.saturating_duration_since(Instant::now())) {
                None if unchanged.is_empty() => arrivals.recv().map_err(|_| RecvTimeoutError::Disconnected),
                None => arrivals.recv_timeout(GATHER),
                Some(left) => arrivals.recv_timeout(left),
            };
            let is_late = matches!(arrived, Err(RecvTimeoutError::Timeout));
            match arrived {
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
                Ok(Arrived::Text { article, page }) => self.keep_text(&mut store, article, page),
                Ok(Arrived::FetchAttempt { tried, title, progress, .. }) if is_unchanged(&tried) => {
                    (self.tell)(Event::Ended { source: tried.source, title, end: End::Unchanged, progress });
                    unchanged.push(tried);
                }
                Ok(Arrived::FetchAttempt { tried, title, progress, wants }) => batch.add(tried, (title, progress, wants)),
            }
            let is_all = self.pending.load(Ordering::SeqCst) <= unchanged.len() + batch.tries.len();
            if is_all {
                host_limits::share(&mut store, &self.settings.limits.owed, (self.now)());
            }
            if is_late || is_all || batch.items >= most || batch.is_due() {
                most = self.keep_batch(&mut store, std::mem::take(&mut batch), most);
            }
            if is_all || unchanged.len() >= UNCHANGED_AT_ONCE || (is_late && batch.due.is_none()) {
                self.keep_unchanged(&mut store, &mut unchanged);
            }
        }
        self.keep_batch(&mut store, batch, most);
        self.keep_unchanged(&mut store, &mut unchanged);
    }

    /// Most answers say that nothing is new: to remember each by itself would write more than all news.
    fn keep_unchanged(&self, store: &mut Store, unchanged: &mut Vec<FetchAttempt>) {
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

    /// Gives how many items the next batch may have, by the time that these took, of which `most` were allowed.
    fn keep_batch(&self, store: &mut Store, batch: AnswerBatch, most: usize) -> usize {
        let AnswerBatch { tries, told, items, .. } = batch;
        if tries.is_empty() {
            return most;
        }
        let count = tries.len();
        let begun = Instant::now();
        let kept = store.keep_tries(&tries);
        let next = items_within(HELD, items, begun.elapsed(), most);
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
                self.add_news(&title, &changed.new, wants.notice);
            }
            (self.tell)(Event::Ended { source, title, end, progress });
        }
        self.end(count);
        next
    }
}

/// How many items can be stored in a time, where some took another; at most twice as many as were allowed before.
fn items_within(time: Duration, items: usize, took: Duration, most: usize) -> usize {
    let fitting = items.max(1) as f64 * time.as_secs_f64() / took.as_secs_f64().max(1e-6);
    (fitting as usize).min(most * 2).clamp(ITEMS.0, ITEMS.1)
}

impl AnswerBatch {
    fn add(&mut self, tried: FetchAttempt, told: (CleanText, Progress, Wants)) {
        self.items += tried.outcome.items();
        self.tries.push(tried);
        self.told.push(told);
        self.due.get_or_insert_with(|| Instant::now() + GATHER);
    }

    fn is_due(&self) -> bool {
        self.due.is_some_and(|due| due <= Instant::now())
    }
}

fn is_unchanged(tried: &FetchAttempt) -> bool {
    matches!(tried.outcome, FetchOutcome::Unchanged) && tried.next.move_to.is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transaction_takes_what_can_be_stored_in_its_time() {
        let took = |items, millis| items_within(HELD, items, Duration::from_millis(millis), 400);
        assert_eq!(took(100, 30), 100);
        assert_eq!(took(400, 60), 200);
        assert_eq!(took(300, 10), 800, "no more than twice as many as before");
        assert_eq!(took(3, 3000), 50, "one slow answer does not make all others slow");
    }
}
