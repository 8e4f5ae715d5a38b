//! The table of effects: what performs each of them.

use super::Shell;
use crate::store::{ListOrder, Seen, StoreError};
use crate::tui::message::{Effect, Msg};
use crate::tui::model::Model;
use crate::tui::terminal::Screen;
use crate::work::listing::{Listing, WantedRows};

impl Shell {
    /// Gives a message where the effect has an answer at once.
    #[expect(clippy::unit_arg, reason = "each effect has a line of the table")]
    pub(super) fn perform(&mut self, model: &Model, effect: Effect) -> Result<Option<Msg>, StoreError> {
        let now = model.now;
        match effect {
            Effect::Afterwards(effects) => Ok(nothing(self.afterwards.extend(effects))),
            Effect::RenewSections => self.load_sections(true),
            Effect::LoadSections => self.load_sections(false),
            Effect::LoadHeadlines { section, filter, order, stretch, limit } => {
                self.load_headlines(Listing { section, filter, order, wanted: WantedRows::Stretch(stretch, limit) }, now)
            }
            Effect::FillList => Ok(Some(Msg::FillList)),
            Effect::LoadNextUnread { section, filter, key, forward } => {
                let wanted = WantedRows::NextUnread { key, forward };
                self.list(Listing { section, filter, order: ListOrder::Newest, wanted })
            }
            Effect::Recommend => self.recommend(now),
            Effect::SetFinished(id) => self.store.set_finished(id, now).map(nothing),
            Effect::Find { query, by, limit } => self.find(query, by, limit, now),
            Effect::StopFinding => Ok(nothing(self.finding.call_off())),
            Effect::SaveSearch { name, query } => self.store.set_search(&name, &query, now).map(nothing),
            Effect::RemoveSearch(id) => self.store.remove_search(id).map(nothing),
            Effect::Relate(id) => Ok(nothing(self.relate(id))),
            Effect::CountSearches => self.count_searches(),
            Effect::LoadHeadline(id) => self.load_headline(id),
            Effect::LoadPicture { address, columns, rows } => Ok(self.load_picture(model, address, columns, rows)),
            Effect::LoadArticle(id) => self.load_article(model, id),
            Effect::LoadAddress { article, copies } => self.load_address(article, copies),
            Effect::LoadDiscussion { id, comments, source, place } => {
                self.load_discussion(model, id, comments, &source, &place)
            }
            Effect::MarkPassed { discussion, comments } => {
                self.store.mark_seen(discussion, Seen::Some(&comments), now).map(nothing)
            }
            Effect::LoadRules => self.load_rules(),
            Effect::SetRule(rule) => self.store.set_rule(&rule, now).and_then(|()| self.load_rules()),
            Effect::RemoveRule(name) => self.store.remove_rule(&name).and_then(|_| self.load_rules()),
            Effect::SetMark { ids, mark } => self.set_mark(model, ids, mark),
            Effect::MarkRange { range, ids } => self.mark_range(*range, ids, now),
            Effect::StopMarking => Ok(nothing(self.stop_marking())),
            Effect::StopCleaning => Ok(nothing(self.stop_cleaning())),
            Effect::RateComment { discussion, comment, rating } => {
                self.store.rate_comment(discussion, &comment, rating, now).map(nothing)
            }
            Effect::MarkSeen(id, last) => self.store.mark_seen(id, Seen::Loaded(last), now).map(nothing),
            Effect::SaveSlider { source, place, memory } => self.store.set_slider(&source.key, &place, &memory).map(nothing),
            Effect::SavePlace { article, place } => self.store.set_position(article, &place.to_json()).map(nothing),
            Effect::SaveSession(session) => self.store.set_setting(super::SESSION, &session.to_json()).map(nothing),
            Effect::LoadMarks(ids) => Ok(Some(Msg::Marks { rows: self.store.headlines_of(&ids)?, of: ids })),
            Effect::Subscribe(typed) => Ok(self.subscribe(model, typed)),
            Effect::LoadSource(id) => self.load_source(id),
            Effect::ChangeSource { source, change } => self.change_source(source, &change),
            Effect::SwapSources(one, other) => self.store.swap_sources(one, other).map(nothing),
            Effect::Unsubscribe(id) => self.store.unsubscribe(id, now).map(nothing),
            Effect::SubscribeAgain(id) => self.store.subscribe_again(id).map(nothing),
            Effect::Fetch(wanted) => Ok(self.fetch(model, wanted)),
            Effect::LoadHeads(id) => Ok(self.store.heads(id)?.map(|heads| Msg::Heads { article: id, heads })),
            Effect::Discuss { article, find } => Ok(self.discuss(model, article, find)),
            Effect::FindOrder { article, discussion, comments } => {
                Ok(nothing(self.find_order(model, article, discussion, comments)))
            }
            Effect::CancelFetch => Ok(nothing(self.fetches.cancel())),
            Effect::RunCommand { command, item } => Ok(self.run_command(model, &command, &item)),
            Effect::DeleteArticle(id) => self.store.delete_articles(&[id]).map(nothing),
            Effect::LoadFailing => self.load_failing(),
            Effect::LoadHealth(id) => self.load_health(id),
            Effect::OpenRecording(address) => Ok(self.open(model, &address, model.settings.media.as_deref())),
            Effect::OpenDocument(address) => Ok(self.open(model, &address, model.settings.documents.as_deref())),
            Effect::OpenAddress(address) => Ok(self.open(model, &address, None)),
            Effect::Visit { address, of, private } => Ok(nothing(self.visit(model, address, of, private))),
            Effect::StopVisit => Ok(nothing(self.visiting.call_off())),
            Effect::KeepVisited { id, origin } => self.keep_visited(id, &origin),
            Effect::Copy { text, what } => Ok(self.copy(&text, what, model.settings.copy.as_deref())),
            Effect::SetMouse(on) => Ok(nothing(self.on_screen(|screen| screen.set_mouse(on)))),
            Effect::SetTitle(title) => Ok(nothing(self.set_title(&title))),
            Effect::Redraw => Ok(nothing(self.on_screen(Screen::redraw_all))),
            Effect::Suspend => Ok(self.suspend()),
            Effect::Quit => Ok(nothing(self.ended = true)),
        }
    }
}

/// There is no answer to what was done.
fn nothing<T>(_: T) -> Option<Msg> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::{Timestamp, utc};
    use crate::store::Store;

    #[test]
    fn sections_are_read_again_only_when_the_store_has_changed() {
        let mut shell = Shell::without_screen(Store::in_memory().unwrap(), || Timestamp(0));
        let model = Model::new(crate::tui::Settings::default(), (80, 24), Timestamp(0), utc);
        let is_read = |shell: &mut Shell, effect| shell.perform(&model, effect).unwrap().is_some();
        assert!(is_read(&mut shell, Effect::RenewSections));
        assert!(!is_read(&mut shell, Effect::RenewSections));
        shell.store_mut().set_setting("a", "b").unwrap();
        assert!(is_read(&mut shell, Effect::RenewSections));
        assert!(is_read(&mut shell, Effect::LoadSections));
    }
}
