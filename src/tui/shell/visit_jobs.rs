//! Following links, and storing a page that was only visited.

use std::sync::Arc;

use super::Shell;
use crate::domain::article::{Page, Source};
use crate::domain::text::clean_line;
use crate::source::http::PrivateOrigins;
use crate::store::sources::SAVED;
use crate::store::{ArticleId, SliderMemory, Store, StoreError};
use crate::tui::commands::PipedItem;
use crate::tui::message::{Effect, Msg};
use crate::tui::model::Model;
use crate::work::visit::{VisitJob, VisitOrigin, Visited, VisitedPage, is_unstored};
use crate::work::{Clock, Job, Stop};

impl Effect {
    /// True if it would ask the store about a page that is not stored.
    pub(super) fn is_about_unstored(&self) -> bool {
        match self {
            Effect::LoadHeadline(id)
            | Effect::LoadHeads(id)
            | Effect::Relate(id)
            | Effect::SetFinished(id)
            | Effect::SavePlace { article: id, .. }
            | Effect::Discuss { article: id, .. }
            | Effect::FindOrder { article: id, .. } => is_unstored(*id),
            Effect::LoadMarks(ids) => !ids.is_empty() && ids.iter().all(|id| is_unstored(*id)),
            Effect::LoadDiscussion { id, .. }
            | Effect::MarkSeen(id, _)
            | Effect::MarkPassed { discussion: id, .. }
            | Effect::RateComment { discussion: id, .. } => id.0 < 0,
            _ => false,
        }
    }
}

impl Shell {
    pub(super) fn visit(&mut self, model: &Model, address: String, of: Option<ArticleId>, private: PrivateOrigins) {
        self.visiting.call_off();
        self.visited += 1;
        let job = VisitJob {
            address,
            of,
            private,
            settings: Box::new(model.settings.fetch.clone()),
            rules: model.rules.clone(),
            store: self.path.clone(),
            number: self.visited,
            now: Clock(self.now),
            stop: Stop::default(),
        };
        self.visiting.ask(Job::Visit(Box::new(job)), &mut self.tickets, &mut self.workers);
    }

    /// The target of a link, and the position that the slider was left at for the site of each discussion.
    pub(super) fn visited(&mut self, visited: Visited) -> Msg {
        let mut memories = Vec::new();
        if let Visited::Page(page) = &visited {
            memories = self.memories(page.article.stored.source.key.as_str(), page);
            if let Some((address, bytes)) = &page.image {
                self.pictures.keep(address, Arc::clone(bytes));
            }
        }
        Msg::Visited { visited: Box::new(visited), memories }
    }

    /// Opens a page that was asked for on the command line.
    pub(super) fn begin_visit(&mut self, model: &mut Model, page: VisitedPage) {
        self.visited += 1;
        let address = page.article.stored.article.url.as_ref().map(ToString::to_string);
        model.visits.opening = Some(address.unwrap_or_default());
        let msg = self.visited(Visited::Page(Box::new(page)));
        self.pass(model, msg);
    }

    fn memories(&self, source: &str, page: &VisitedPage) -> Vec<Option<SliderMemory>> {
        let sites = page.discussions.iter().map(|judged| &judged.stored.discussion.place);
        sites.map(|site| self.store.slider(source, site).ok().flatten()).collect()
    }

    pub(super) fn keep_visited(&mut self, id: ArticleId, origin: &VisitOrigin) -> Result<Option<Msg>, StoreError> {
        let now = (self.now)();
        let source = Source { key: clean_line(SAVED), title: clean_line("Saved") };
        let saved = self.store.save(&Page { source, ..origin.page.clone() }, now)?;
        self.store.set_starred(&[saved.id], true, now)?;
        self.store.set_read(&[saved.id], true, now)?;
        let heads = self.store.heads(saved.id)?.unwrap_or_default();
        Ok(Some(Msg::VisitKept { was: id, id: saved.id, heads }))
    }

    /// A visited page in a store of its own, so that it can be given to programs.
    pub(super) fn store_of_visit(model: &Model, item: &PipedItem) -> Result<Option<(Store, PipedItem)>, StoreError> {
        let page = model.page.as_ref().filter(|page| page.article.id == item.article && is_unstored(item.article));
        let Some(origin) = page.and_then(|page| page.origin.as_ref()) else { return Ok(None) };
        let mut store = Store::shown()?;
        let article = store.save(&origin.page, model.now)?.id;
        Ok(Some((store, PipedItem { article, comment: item.comment.clone() })))
    }
}
