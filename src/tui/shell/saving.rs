//! Marks that keys only save. While another copy of the program, or a job, writes to the store, they are kept here and saved a
//! moment later: no key waits for a lock.

use std::collections::VecDeque;
use std::time::Duration;

use super::Shell;
use crate::store::StoreError;
use crate::tui::message::{Effect, Msg};
use crate::tui::model::Model;

/// So long a key waits for the store.
const MOMENT: Duration = Duration::from_millis(5);
/// When what waits is tried again, if nothing happens before.
pub(super) const AGAIN: Duration = Duration::from_millis(40);

/// The queue of things to save, in order.
#[derive(Default)]
pub(super) struct Waiting(VecDeque<Effect>);

impl Waiting {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Effect {
    /// True if nobody waits for the result.
    pub(super) fn only_saves(&self) -> bool {
        matches!(
            self,
            Effect::SetMark { .. }
                | Effect::SetFinished(_)
                | Effect::MarkPassed { .. }
                | Effect::MarkSeen(..)
                | Effect::RateComment { .. }
                | Effect::SaveSlider { .. }
                | Effect::SavePlace { .. }
                | Effect::SaveSession(_)
                | Effect::SaveSearch { .. }
                | Effect::RemoveSearch(_)
        )
    }
}

impl Shell {
    pub(super) fn save(&mut self, model: &mut Model, effect: Effect) {
        let is_late = !self.waiting.is_empty();
        self.waiting.0.push_back(effect);
        if !is_late {
            self.save_waiting(model);
        }
    }

    /// Saves what waits, as far as that is possible now.
    pub(in crate::tui) fn save_waiting(&mut self, model: &mut Model) {
        let waited = self.waiting.0.len();
        if waited == 0 {
            return;
        }
        self.store.be_patient_for(MOMENT);
        let mut said = Vec::new();
        while let Some(effect) = self.waiting.0.pop_front() {
            match self.perform(model, effect.clone()) {
                Ok(msg) => said.extend(msg),
                Err(StoreError::Busy { .. }) => {
                    self.waiting.0.push_front(effect);
                    break;
                }
                Err(error) => {
                    tracing::error!(%error, "the store failed");
                    said.push(Msg::Failed(error.to_string()));
                }
            }
        }
        self.store.be_patient();
        // The screen may show older values than were saved.
        if waited > 1 && self.waiting.is_empty() {
            said.push(Msg::StoreChanged);
        }
        for msg in said {
            self.pass(model, msg);
        }
    }

    /// Saves what waits, however long that takes: the program ends.
    pub(super) fn save_at_last(&mut self, model: &Model) {
        while let Some(effect) = self.waiting.0.pop_front() {
            if let Err(error) = self.perform(model, effect) {
                tracing::error!(%error, "a mark could not be saved");
            }
        }
    }
}
