//! The reader's start: what it shows first.

use super::{SESSION, Shell};
use crate::store::{ArticleId, ListOrder, Section, Session};
use crate::tui::geometry::Pane;
use crate::tui::model::{Model, folded_in, section_of};
use crate::tui::update::{begin, begin_at, begin_in};

impl Shell {
    /// The section, article, place and folds of the last time, or the page asked for.
    pub(in crate::tui) fn begin(&mut self, model: &mut Model, open: Option<ArticleId>) {
        // Even if it cannot be held, it can be read.
        let _ = self.store.hold();
        let session = self.store.setting(SESSION).ok().flatten().and_then(|text| Session::from_json(&text)).unwrap_or_default();
        model.recommends &= !session.hides_recommended;
        let section = match section_of(&session) {
            _ if open.is_some() => Section::All,
            Section::Recommended if !model.recommends => Section::Unread,
            section => section,
        };
        model.folded = folded_in(&session);
        model.take_session(&session);
        let article = open.or(session.article.map(ArticleId));
        let order = ListOrder::from_name(&session.order).filter(|_| open.is_none()).unwrap_or_default();
        let effects = begin(model, section, order, article);
        self.perform_all(model, effects);
        let missing = article.filter(|id| model.list.selected().is_none_or(|row| row.id != *id));
        if let Some(Ok(Some(row))) = missing.map(|id| self.store.headline(id)) {
            let effects = begin_at(model, row);
            self.perform_all(model, effects);
        }
        let place = session.page.filter(|_| open.is_none());
        let focus = match session.focus.as_str() {
            _ if open.is_some() => Pane::Page,
            "page" => Pane::Page,
            "sections" => Pane::Sections,
            _ => Pane::List,
        };
        let effects = begin_in(model, focus, place);
        self.perform_all(model, effects);
        let _ = self.store.let_go();
        self.resume_marking(model);
    }
}
