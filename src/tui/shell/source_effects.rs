//! The reader's actions on sources.

use super::Shell;
use crate::store::subscriptions::{Change, shown};
use crate::store::{SourceId, StoreError};
use crate::tui::message::Msg;
use crate::tui::model::Model;
use crate::work::subscribing::Typed;
use crate::work::{Clock, Job};

impl Shell {
    pub(super) fn subscribe(&mut self, model: &Model, typed: Typed) -> Option<Msg> {
        let Some(path) = self.path.clone() else {
            return Some(Msg::Failed(
                "pages opened from files are not kept, and nothing is subscribed to beside them".to_owned(),
            ));
        };
        let ticket = self.tickets.issue();
        self.subscribing.add(ticket);
        let settings = Box::new(model.settings.fetch.clone());
        self.workers.submit(ticket, Job::Subscribe { path, settings, typed, now: Clock(self.now) });
        None
    }

    pub(super) fn change_source(&mut self, source: SourceId, change: &Change) -> Result<Option<Msg>, StoreError> {
        if !self.store.edit_subscription(source, change)? {
            let address = change.address.as_deref().map(shown).unwrap_or_default();
            return Ok(Some(Msg::Failed(format!("not changed: another source has the address {address} already"))));
        }
        Ok(Some(Msg::Editing(self.store.subscription(source)?.map(Box::new))))
    }
}
