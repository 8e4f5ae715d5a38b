//! Idle work on the store: checking, indexing, cleaning.

use super::Shell;
use crate::tui::message::Msg;
use crate::tui::model::Model;
use crate::tui::steps::Steps;
use crate::work::clean::Stage;
use crate::work::{Done, Job, Outcome, clean};

/// Taking away what the keep rules let go.
#[derive(Default)]
pub(super) struct Cleaning {
    steps: Steps,
    removed: u64,
    is_stopped: bool,
}

impl Cleaning {
    pub(super) fn is_step(&mut self, done: &Done) -> bool {
        self.steps.is_step(done)
    }
}

impl Shell {
    /// Over a store, and the file that it has, with workers.
    #[cfg(test)]
    pub(in crate::tui) fn with_workers(
        store: crate::store::Store,
        path: Option<std::path::PathBuf>,
        now: fn() -> crate::domain::time::Timestamp,
        wake: impl Fn() + Send + Sync + Clone + 'static,
    ) -> Shell {
        Shell::new(store, path, now, crate::work::Workers::new(1, wake), super::image_jobs::ImageJobs::new(|| {}))
    }

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
    pub(in crate::tui) fn clean_beside(&mut self, model: &Model, stage: Stage) {
        let Some(path) = self.path.clone().filter(|_| !self.cleaning.steps.is_under_way()) else { return };
        if clean::is_wanted(&model.settings.fetch, &self.store) {
            let spared = model.stored_page().map(|page| page.article.id);
            let job = Job::Clean { path, settings: Box::new(model.settings.fetch.clone()), spared, now: (self.now)(), stage };
            self.cleaning.steps.go_on(job, &mut self.tickets, &mut self.workers);
        }
    }

    #[cfg(test)]
    pub(in crate::tui) fn is_cleaning(&self) -> bool {
        self.cleaning.steps.is_under_way()
    }

    /// Articles removed by now stay removed; the rest go after the next fetch.
    pub(super) fn stop_cleaning(&mut self) {
        self.cleaning.is_stopped = true;
    }

    pub(super) fn cleaned_some(&mut self, model: &mut Model, done: &Done) {
        let some = if let Ok(Outcome::Cleaned(some)) = &done.outcome { Some(*some) } else { None };
        self.cleaning.removed += some.map_or(0, |some| some.articles);
        let next = some.and_then(|some| some.next).filter(|_| !self.cleaning.is_stopped);
        // Giving room back removes nothing.
        let is_over = !matches!(next, Some(Stage::Source(_)));
        self.pass(model, Msg::Cleaning { removed: self.cleaning.removed, is_over });
        if is_over {
            (self.cleaning.removed, self.cleaning.is_stopped) = (0, false);
        }
        if let Some(stage) = next {
            self.clean_beside(model, stage);
        }
    }
}
