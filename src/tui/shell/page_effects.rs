//! Effects of the reading pane: loading an article and its discussions, and saving their state.

use std::path::{Path, PathBuf};

use super::Shell;
use crate::domain::article::Source;
use crate::domain::text::clean_line;
use crate::store::{ArticleId, DiscussionId, ReadingPosition, SliderMemory, StoreError};
use crate::tui::message::Msg;
use crate::tui::model::Model;
use crate::work::Job;
use crate::work::loading::JudgedDiscussion;

/// A discussion with more comments than this is loaded on a thread of its own, with the page already on the screen.
const LOAD_BESIDE: u32 = 1500;

impl Shell {
    /// By what jobs find the store for reading what is large: pages that are shown without being stored may be large, too.
    fn path_for_jobs(&self) -> Option<PathBuf> {
        self.path.clone().or_else(|| self.store.shown_name().map(Path::to_owned))
    }

    pub(super) fn load_article(&mut self, model: &Model, id: ArticleId) -> Result<Option<Msg>, StoreError> {
        self.comments.call_off();
        if model.page.as_ref().is_none_or(|page| page.article.id != id) {
            self.pictures.call_off();
        }
        self.reading.call_off();
        if let Some(path) = self.path_for_jobs()
            && self.store.is_large_article(id)?
        {
            self.reading.ask(Job::LoadArticle { path, id }, &mut self.tickets, &mut self.workers);
            return Ok(Some(Msg::ReadingArticle(id)));
        }
        let article = self.store.article(id)?.map(|stored| Box::new(stored.into()));
        Ok(Some(Msg::Article { article, place: self.position(id) }))
    }

    pub(super) fn load_address(&self, article: ArticleId, copies: bool) -> Result<Option<Msg>, StoreError> {
        let address = self.store.address(article)?;
        Ok(Some(Msg::Address { address: address.map(|url| clean_line(&url).to_string()), copies }))
    }

    pub(super) fn load_discussion(
        &mut self,
        model: &Model,
        id: DiscussionId,
        comments: u32,
        source: &Source,
        site: &str,
    ) -> Result<Option<Msg>, StoreError> {
        if let Some(path) = self.path_for_jobs()
            && (comments > LOAD_BESIDE || self.store.is_large_discussion(id)?)
        {
            let ticket = self.tickets.issue();
            self.comments.add(ticket);
            self.workers.submit(ticket, Job::LoadDiscussion { path, id, rules: model.rules.clone() });
            return Ok(None);
        }
        let memory = self.store.slider(&source.key, site)?;
        let stored = self.store.discussion(id)?;
        let judged = stored.map(|stored| Box::new(JudgedDiscussion::new(stored, &model.rules)));
        Ok(judged.map(|judged| Msg::Discussion { judged, memory }))
    }

    /// Pages shown without storing have no library around them.
    pub(super) fn relate(&mut self, id: ArticleId) {
        if let Some(path) = self.path.clone() {
            self.relating.call_off();
            self.relating.ask(Job::Relate { path, id }, &mut self.tickets, &mut self.workers);
        }
    }

    pub(super) fn load_rules(&self) -> Result<Option<Msg>, StoreError> {
        Ok(Some(Msg::Rules(self.store.rules()?)))
    }

    /// Where an article was left.
    pub(super) fn position(&self, id: ArticleId) -> Option<ReadingPosition> {
        let text = self.store.position(id).ok().flatten()?;
        ReadingPosition::from_json(&text)
    }

    pub(super) fn memory(&self, model: &Model, id: DiscussionId) -> Option<SliderMemory> {
        let page = model.page.as_ref()?;
        let place = &page.discussions.iter().find(|view| view.head.id == id)?.head.place;
        self.store.slider(&page.article.source.key, place).ok().flatten()
    }
}
