//! Idle work on the store: checking, indexing, cleaning.

use super::Shell;
use crate::tui::model::Model;
use crate::work::clean::Stage;
use crate::work::{Job, clean};

impl Shell {
    pub(super) fn check_after_an_unclean_end(&mut self) {
        // A check that was quit before its end is still due.
        let is_due = self.store.is_check_due().unwrap_or(true);
        if let Some(path) = self.path.clone().filter(|_| is_due) {
            let ticket = self.tickets.issue();
            self.check.add(ticket);
            self.workers.submit(ticket, Job::CheckStore { path });
        }
    }

    pub(super) fn index_beside(&mut self) {
        let Some(path) = self.path.clone().filter(|_| !self.indexing.is_under_way()) else { return };
        if self.store.is_untidy().is_ok_and(|untidy| untidy) {
            self.indexing.go_on(Job::Index { path, now: (self.now)() }, &mut self.tickets, &mut self.workers);
        }
    }

    /// After fetching, and at the start, since something else may have fetched.
    pub(super) fn clean_beside(&mut self, model: &Model, stage: Stage) {
        let Some(path) = self.path.clone().filter(|_| !self.cleaning.is_under_way()) else { return };
        if clean::is_wanted(&model.settings.fetch, &self.store) {
            let spared = model.page.as_ref().map(|page| page.article.id);
            let job = Job::Clean { path, settings: Box::new(model.settings.fetch.clone()), spared, now: (self.now)(), stage };
            self.cleaning.go_on(job, &mut self.tickets, &mut self.workers);
        }
    }
}
