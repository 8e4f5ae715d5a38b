//! Performs effects on the store, the workers, the terminal and other programs.

use std::path::{Path, PathBuf};

use super::{SESSION, Shell};
use crate::domain::text::{clean_code, clean_line, prefix};
use crate::os::clipboard::ClipboardRoute;
use crate::store::{
    ArticleId, DiscussionId, INDEX_STEP, ListOrder, MARKED_AT_ONCE, ReadingPosition, Section, Seen, SliderMemory, StoreError,
};
use crate::tui::message::{Effect, Mark, Msg};
use crate::tui::model::Model;
use crate::tui::programs::{Opener, feed};
use crate::tui::terminal::Screen;
use crate::work::listing::{Listing, WantedRows};
use crate::work::loading::JudgedDiscussion;
use crate::work::{Job, background::Report};

/// A discussion with more comments than this is loaded on a thread of its own, with the page already on the screen.
const LOAD_BESIDE: u32 = 1500;
/// The columns of a window's title.
const TITLE: usize = 200;

impl Shell {
    /// By what jobs find the store for reading what is large: pages that are shown without being stored may be large, too.
    fn path_for_jobs(&self) -> Option<PathBuf> {
        self.path.clone().or_else(|| self.store.shown_name().map(Path::to_owned))
    }

    pub(super) fn perform(&mut self, model: &Model, effect: Effect) -> Result<Option<Msg>, StoreError> {
        let now = model.now;
        Ok(match effect {
            Effect::Afterwards(effects) => {
                self.afterwards.extend(effects);
                None
            }
            Effect::RenewSections if self.sections_of == Some(self.store.version()?) => None,
            Effect::LoadSections | Effect::RenewSections => {
                self.sections_of = Some(self.store.version()?);
                Some(Msg::Sections(self.store.sections()?))
            }
            Effect::LoadHeadlines { section, filter, order, stretch, limit } => {
                // Beside a file the index is kept by a job.
                if filter.asks_words() && self.path.is_none() {
                    self.store.index_some(INDEX_STEP)?;
                }
                let wanted = match section {
                    Section::Recommended => WantedRows::Recommended { now },
                    _ => WantedRows::Stretch(stretch, limit),
                };
                return self.list(Listing { section, filter, order, wanted });
            }
            Effect::FillList => Some(Msg::FillList),
            Effect::LoadNextUnread { section, filter, key, forward } => {
                let wanted = WantedRows::NextUnread { key, forward };
                return self.list(Listing { section, filter, order: ListOrder::Newest, wanted });
            }
            Effect::Recommend => return self.recommend(now),
            Effect::SetFinished(id) => {
                self.store.set_finished(id, now)?;
                None
            }
            Effect::Find { query, by, limit } => return self.find(query, by, limit, now),
            Effect::StopFinding => {
                self.finding.call_off();
                None
            }
            Effect::SaveSearch { name, query } => {
                self.store.set_search(&name, &query, now)?;
                None
            }
            Effect::RemoveSearch(id) => {
                self.store.remove_search(id)?;
                None
            }
            Effect::Relate(id) => {
                // Pages shown without storing have no library around them.
                if let Some(path) = self.path.clone() {
                    self.relating.call_off();
                    self.relating.ask(Job::Relate { path, id }, &mut self.tickets, &mut self.workers);
                }
                None
            }
            Effect::CountSearches => return self.count_searches(),
            Effect::LoadHeadline(id) => {
                Some(self.store.headline(id)?.map_or(Msg::Gone(id), |row| Msg::Headline(Box::new(row))))
            }
            Effect::LoadPicture { address, columns, rows } => self.load_picture(model, address, columns, rows),
            Effect::LoadArticle(id) => {
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
                Some(Msg::Article { article, place: self.position(id) })
            }
            Effect::LoadAddress { article, copies } => {
                let address = self.store.address(article)?;
                Some(Msg::Address { address: address.map(|url| clean_line(&url).to_string()), copies })
            }
            Effect::LoadDiscussion { id, comments, source, place } => match self.path_for_jobs() {
                Some(path) if comments > LOAD_BESIDE || self.store.is_large_discussion(id)? => {
                    let ticket = self.tickets.issue();
                    self.comments.add(ticket);
                    let rules = model.rules.clone();
                    self.workers.submit(ticket, Job::LoadDiscussion { path, id, rules });
                    None
                }
                _ => {
                    let memory = self.store.slider(&source.key, &place)?;
                    let stored = self.store.discussion(id)?;
                    let judged = stored.map(|stored| Box::new(JudgedDiscussion::new(stored, &model.rules)));
                    judged.map(|judged| Msg::Discussion { judged, memory })
                }
            },
            Effect::MarkPassed { discussion, comments } => {
                self.store.mark_seen(discussion, Seen::Some(&comments), now)?;
                None
            }
            Effect::LoadRules => Some(Msg::Rules(self.store.rules()?)),
            Effect::SetRule(rule) => {
                self.store.set_rule(&rule, now)?;
                Some(Msg::Rules(self.store.rules()?))
            }
            Effect::RemoveRule(name) => {
                self.store.remove_rule(&name)?;
                Some(Msg::Rules(self.store.rules()?))
            }
            Effect::SetMark { ids, mark: Mark::Read(false) } if ids.len() > MARKED_AT_ONCE => {
                return self.mark_unread(ids, now);
            }
            Effect::SetMark { ids, mark } => {
                match mark {
                    Mark::Read(read) => self.store.set_read(&ids, read, now)?,
                    Mark::Starred(starred) => self.store.set_starred(&ids, starred, now)?,
                    Mark::Watched(watched) => {
                        let changed = self.store.set_watched(&ids, watched, now)?;
                        self.fetches.plan(&self.store, &model.settings.fetch);
                        changed
                    }
                    Mark::Rated(rating) => {
                        for id in ids {
                            self.store.rate_article(id, rating, now)?;
                        }
                        0
                    }
                    Mark::Tags(tags) => {
                        ids.iter().try_for_each(|id| self.store.set_tags(*id, &tags, now))?;
                        0
                    }
                    Mark::Note(note) => {
                        ids.iter().try_for_each(|id| self.store.set_note(*id, note.as_deref(), now))?;
                        0
                    }
                };
                None
            }
            Effect::MarkRange { range, ids } => return self.mark_range(*range, ids, now),
            Effect::StopMarking => {
                self.stop_marking();
                None
            }
            Effect::StopCleaning => {
                self.stop_cleaning();
                None
            }
            Effect::RateComment { discussion, comment, rating } => {
                self.store.rate_comment(discussion, &comment, rating, now)?;
                None
            }
            Effect::MarkSeen(id, last) => {
                self.store.mark_seen(id, Seen::Loaded(last), now)?;
                None
            }
            Effect::SaveSlider { source, place, memory } => {
                self.store.set_slider(&source.key, &place, &memory)?;
                None
            }
            Effect::SavePlace { article, place } => {
                self.store.set_position(article, &place.to_json())?;
                None
            }
            Effect::SaveSession(session) => {
                self.store.set_setting(SESSION, &session.to_json())?;
                None
            }
            Effect::LoadMarks(ids) => Some(Msg::Marks { rows: self.store.headlines_of(&ids)?, of: ids }),
            Effect::Subscribe(typed) => self.subscribe(model, typed),
            Effect::LoadSource(id) => Some(Msg::Editing(self.store.subscription(id)?.map(Box::new))),
            Effect::ChangeSource { source, change } => return self.change_source(source, &change),
            Effect::SwapSources(one, other) => {
                self.store.swap_sources(one, other)?;
                None
            }
            Effect::Unsubscribe(id) => {
                self.store.unsubscribe(id, now)?;
                None
            }
            Effect::SubscribeAgain(id) => {
                self.store.subscribe_again(id)?;
                None
            }
            Effect::Fetch(wanted) => {
                let wake = self.screen.as_ref().map(Screen::waker).map(|waker| move || waker.wake());
                self.fetches.fetch(wanted, &model.settings.fetch, wake).err().map(Msg::Failed)
            }
            Effect::LoadHeads(id) => self.store.heads(id)?.map(|heads| Msg::Heads { article: id, heads }),
            Effect::Discuss { article, find } => {
                let wake = self.screen.as_ref().map(Screen::waker).map(|waker| move || waker.wake());
                let failed = self.fetches.discuss(article, find, &model.settings.fetch, wake).err();
                failed.map(|error| Msg::Fetch(Report::DiscussionsOver { article, error: Some(error).filter(|_| find) }))
            }
            Effect::FindOrder { article, discussion, comments } => {
                let wake = self.screen.as_ref().map(Screen::waker).map(|waker| move || waker.wake());
                // Without it the comments stay as they are: nothing is lost that is worth a word.
                let _ = self.fetches.find_order((article, discussion), comments, &model.settings.fetch, wake);
                None
            }
            Effect::CancelFetch => {
                self.fetches.cancel();
                None
            }
            Effect::RunCommand { command, item } => self.run_command(model, &command, &item),
            Effect::DeleteArticle(id) => {
                self.store.delete_articles(&[id])?;
                None
            }
            Effect::LoadFailing => {
                let all = self.store.subscriptions()?;
                Some(Msg::Failing(all.into_iter().filter(|one| one.health.failure.is_some()).collect()))
            }
            Effect::LoadHealth(id) => {
                let tries = self.store.tries(id)?;
                Some(Msg::Health { subscription: self.store.subscription(id)?.map(Box::new), tries })
            }
            Effect::OpenRecording(address) => {
                let settings = &model.settings;
                let in_terminal = settings.media.is_none() && settings.browser_in_terminal;
                self.open(&Opener::of(&address, settings.media.as_deref().or(settings.browser.as_deref()), in_terminal))
            }
            Effect::OpenDocument(address) => {
                let settings = &model.settings;
                let in_terminal = settings.documents.is_none() && settings.browser_in_terminal;
                let program = settings.documents.as_deref().or(settings.browser.as_deref());
                self.open(&Opener::of(&address, program, in_terminal))
            }
            Effect::Visit { address, of, private } => {
                self.visit(model, address, of, private);
                None
            }
            Effect::StopVisit => {
                self.visiting.call_off();
                None
            }
            Effect::KeepVisited { id, origin } => return self.keep_visited(id, &origin),
            Effect::OpenAddress(address) => {
                let settings = &model.settings;
                self.open(&Opener::of(&address, settings.browser.as_deref(), settings.browser_in_terminal))
            }
            Effect::Copy { text, what } => self.copy(&text, what, model.settings.copy.as_deref()),
            Effect::SetMouse(on) => self.on_screen(|screen| screen.set_mouse(on)),
            Effect::SetTitle(title) => {
                let title = if title.is_empty() { "Gleaner".to_owned() } else { format!("{title} · Gleaner") };
                self.on_screen(|screen| screen.set_title(&clean_line(prefix(&title, TITLE).0)))
            }
            Effect::Redraw => self.on_screen(Screen::redraw_all),
            Effect::Suspend => match self.screen.as_mut().map(Screen::suspend) {
                Some(Err(error)) => Some(Msg::Failed(format!("the program could not be suspended: {error}"))),
                _ => None,
            },
            Effect::Quit => {
                self.ended = true;
                None
            }
        })
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

    fn on_screen(&mut self, act: impl FnOnce(&mut Screen)) -> Option<Msg> {
        if let Some(screen) = &mut self.screen {
            act(screen);
        }
        None
    }

    fn open(&mut self, opener: &Opener) -> Option<Msg> {
        let lend = |argv: &[String]| match &mut self.screen {
            Some(screen) => screen.lend(argv, None),
            None => Ok(()),
        };
        opener.open(lend).err().map(Msg::Failed)
    }

    /// Tells at once, or when the program that takes the copy has ended.
    fn copy(&mut self, text: &str, what: String, command: Option<&[String]>) -> Option<Msg> {
        // Whoever pastes it into a shell must not run what nobody saw.
        let text = clean_code(text).to_string();
        if let Some([program, arguments @ ..]) = command {
            let fed = feed(program, arguments, &text);
            return Some(fed.map_or_else(Msg::Failed, |()| Msg::Said(format!("copied {what} with {program}"))));
        }
        // Without a screen there is nobody whose clipboard it could be.
        let route = if self.screen.is_some() { ClipboardRoute::find() } else { ClipboardRoute::Terminal };
        match route {
            ClipboardRoute::Missing => {
                Some(Msg::Failed("not copied: this terminal has no clipboard (set [open] copy in the config)".to_owned()))
            }
            ClipboardRoute::Terminal => {
                self.on_screen(|screen| screen.copy(&text));
                Some(Msg::Said(format!("sent {what} to the terminal's clipboard")))
            }
            route => {
                let ticket = self.tickets.issue();
                self.programs.add(ticket);
                self.workers.submit(ticket, Job::Copy { route, text, what });
                None
            }
        }
    }
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
