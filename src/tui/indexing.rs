//! Indexing beside the reader: in steps so short that no key waits for the store, each asked for when the one before is
//! done and its keys are served.

use std::path::Path;

use crate::store::Store;
use crate::work::{Awaited, Done, Job, Tickets, Workers};

#[derive(Default)]
pub(super) struct Indexing {
    awaited: Awaited,
    is_under_way: bool,
}

impl Indexing {
    /// Asks for a step if there is something to index.
    pub(super) fn go_on(&mut self, store: &Store, path: Option<&Path>, tickets: &mut Tickets, workers: &mut Workers) {
        let Some(path) = path.filter(|_| !self.is_under_way) else { return };
        if store.unindexed().is_ok_and(|left| left > 0) {
            let ticket = tickets.issue();
            self.awaited.add(ticket);
            self.is_under_way = true;
            workers.submit(ticket, Job::Index { path: path.to_owned() });
        }
    }

    /// Whether this was a step that went well, so that the next may follow. One that failed is tried again when the
    /// store changes; nothing is lost meanwhile.
    pub(super) fn is_step(&mut self, done: &Done) -> bool {
        let is_step = self.awaited.accept(done.ticket);
        self.is_under_way &= !is_step;
        if let (true, Err(error)) = (is_step, &done.outcome) {
            tracing::warn!(%error, "indexing failed");
        }
        is_step && done.outcome.is_ok()
    }
}
