//! The reader's actions on sources, and fetching.

use super::Shell;
use crate::store::subscriptions::{Change, shown};
use crate::store::{ArticleId, DiscussionId, SourceId, StoreError};
use crate::tui::message::Msg;
use crate::tui::model::Model;
use crate::tui::terminal::Screen;
use crate::work::background::{FetchTarget, Report};
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

    pub(super) fn load_source(&self, id: SourceId) -> Result<Option<Msg>, StoreError> {
        Ok(Some(Msg::Editing(self.store.subscription(id)?.map(Box::new))))
    }

    pub(super) fn load_failing(&self) -> Result<Option<Msg>, StoreError> {
        let all = self.store.subscriptions()?;
        Ok(Some(Msg::Failing(all.into_iter().filter(|one| one.health.failure.is_some()).collect())))
    }

    pub(super) fn load_health(&self, id: SourceId) -> Result<Option<Msg>, StoreError> {
        let tries = self.store.tries(id)?;
        Ok(Some(Msg::Health { subscription: self.store.subscription(id)?.map(Box::new), tries }))
    }

    pub(super) fn fetch(&mut self, model: &Model, wanted: FetchTarget) -> Option<Msg> {
        let wake = self.wake();
        self.fetches.fetch(wanted, &model.settings.fetch, wake).err().map(Msg::Failed)
    }

    pub(super) fn discuss(&mut self, model: &Model, article: ArticleId, find: bool) -> Option<Msg> {
        let wake = self.wake();
        let error = self.fetches.discuss(article, find, &model.settings.fetch, wake).err()?;
        Some(Msg::Fetch(Report::DiscussionsOver { article, error: Some(error).filter(|_| find) }))
    }

    pub(super) fn find_order(&mut self, model: &Model, article: ArticleId, of: DiscussionId, comments: Vec<Box<str>>) {
        let wake = self.wake();
        // Without it the comments stay as they are: nothing is lost that is worth a word.
        let _ = self.fetches.find_order((article, of), comments, &model.settings.fetch, wake);
    }

    fn wake(&self) -> Option<impl Fn() + Send + Sync + use<>> {
        self.screen.as_ref().map(Screen::waker).map(|waker| move || waker.wake())
    }

    pub(super) fn change_source(&mut self, source: SourceId, change: &Change) -> Result<Option<Msg>, StoreError> {
        if !self.store.edit_subscription(source, change)? {
            let address = change.address.as_deref().map(shown).unwrap_or_default();
            return Ok(Some(Msg::Failed(format!("not changed: another source has the address {address} already"))));
        }
        self.load_source(source)
    }
}
