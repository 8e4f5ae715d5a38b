//! Work beside the reader: in steps so short that no key waits for the store, each asked for when the one before is done
//! and its keys are served.

use crate::work::{Awaited, Done, Job, Tickets, Workers};

#[derive(Default)]
pub(super) struct Steps {
    awaited: Awaited,
    is_under_way: bool,
}

impl Steps {
    pub(super) fn is_under_way(&self) -> bool {
        self.is_under_way
    }

    /// Asks for a step.
    pub(super) fn go_on(&mut self, job: Job, tickets: &mut Tickets, workers: &mut Workers) {
        let ticket = tickets.issue();
        self.awaited.add(ticket);
        self.is_under_way = true;
        workers.submit(ticket, job);
    }

    /// True if this was a step of these. One that failed is tried again when there is reason to; nothing is lost meanwhile.
    pub(super) fn is_step(&mut self, done: &Done) -> bool {
        let is_step = self.awaited.accept(done.ticket);
        self.is_under_way &= !is_step;
        if let (true, Err(error)) = (is_step, &done.outcome) {
            tracing::warn!(%error, "work beside the reader failed");
        }
        is_step
    }
}
