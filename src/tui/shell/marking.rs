//! Marking articles, and many beside the keys. What is under way is kept in the store: after a kill the next start goes on
//! with it.

use super::Shell;
use crate::domain::query::{Query, parse};
use crate::domain::time::Timestamp;
use crate::store::{ArticleId, KeptMarking, ListKey, MARKED_AT_ONCE, MarkedSome, Marking, Session, StoreError};
use crate::tui::message::{Effect, Mark, MarkRange, Msg};
use crate::tui::model::{Model, section_name, section_of};
use crate::tui::steps::Steps;
use crate::work::marking::MarkStep;
use crate::work::{Done, Job, Outcome};

/// The setting that says what is under way.
const UNDER_WAY: &str = "marking";

const STILL_MARKING: &str = "articles are still being marked";

#[derive(Default)]
pub(super) struct MarkingMany {
    steps: Steps,
    task: Option<Task>,
}

struct Task {
    left: MarkingLeft,
    now: Timestamp,
    marked: Vec<ArticleId>,
    is_stopped: bool,
}

/// The articles still to be marked.
enum MarkingLeft {
    Read { range: MarkRange, newest: ArticleId },
    Unread(Vec<ArticleId>),
    UnreadOf { read_at: Timestamp, after: ArticleId },
    Nothing,
}

impl Task {
    fn is_over(&self) -> bool {
        self.is_stopped || matches!(self.left, MarkingLeft::Nothing)
    }

    fn marks_read(&self) -> bool {
        matches!(self.left, MarkingLeft::Read { .. })
    }

    fn next(&mut self) -> Option<MarkStep> {
        Some(match &mut self.left {
            MarkingLeft::Read { range: MarkRange { section, filter, after, until, .. }, newest } => MarkStep::Read {
                section: section.clone(),
                filter: filter.clone(),
                newest: *newest,
                after: *after,
                until: *until,
            },
            MarkingLeft::Unread(ids) => MarkStep::Unread { ids: ids.split_off(ids.len().saturating_sub(MARKED_AT_ONCE)) },
            MarkingLeft::UnreadOf { read_at, after } => MarkStep::UnreadOf { read_at: *read_at, after: *after },
            MarkingLeft::Nothing => return None,
        })
    }

    fn take(&mut self, some: MarkedSome) {
        let is_last = some.ids.len() < MARKED_AT_ONCE;
        let last = some.ids.last().copied();
        self.marked.extend(some.ids);
        let is_over = match &mut self.left {
            MarkingLeft::Read { range, .. } => {
                range.after = some.next;
                range.after.is_none()
            }
            MarkingLeft::Unread(ids) => ids.is_empty(),
            MarkingLeft::UnreadOf { after, .. } => {
                *after = last.unwrap_or(*after);
                is_last
            }
            MarkingLeft::Nothing => true,
        };
        if is_over && !self.marks_read() {
            self.left = MarkingLeft::Nothing;
        }
        self.is_stopped |= is_over;
    }
}

impl Shell {
    pub(super) fn set_mark(&mut self, model: &Model, ids: Vec<ArticleId>, mark: Mark) -> Result<Option<Msg>, StoreError> {
        let now = model.now;
        match mark {
            Mark::Read(false) if ids.len() > MARKED_AT_ONCE => return self.mark_unread(ids, now),
            Mark::Read(read) => drop(self.store.set_read(&ids, read, now)?),
            Mark::Starred(starred) => drop(self.store.set_starred(&ids, starred, now)?),
            Mark::Watched(watched) => {
                self.store.set_watched(&ids, watched, now)?;
                self.fetches.plan(&self.store, &model.settings.fetch);
            }
            Mark::Rated(rating) => {
                for id in ids {
                    self.store.rate_article(id, rating, now)?;
                }
            }
            Mark::Tags(tags) => ids.iter().try_for_each(|id| self.store.set_tags(*id, &tags, now))?,
            Mark::Note(note) => ids.iter().try_for_each(|id| self.store.set_note(*id, note.as_deref(), now))?,
        }
        Ok(None)
    }

    /// Marks the unread articles of a range read, after those with these ids.
    pub(super) fn mark_range(
        &mut self,
        mut range: MarkRange,
        mut marked: Vec<ArticleId>,
        now: Timestamp,
    ) -> Result<Option<Msg>, StoreError> {
        if self.marking.task.is_some() {
            return Ok(Some(Msg::Failed(STILL_MARKING.to_owned())));
        }
        let newest = self.store.newest_id()?;
        self.store.set_read(&marked, true, now)?;
        let marking = Marking { section: &range.section, filter: &range.filter, newest, until: range.until };
        if self.path.is_none() {
            marked.extend(self.store.mark_all_read(&marking, range.after, now)?);
            return Ok(Some(Msg::MarkedRead(marked)));
        }
        // A filter may look through all of the store before it finds the first.
        if range.filter.is_empty() {
            let some = self.store.mark_some_read(&marking, range.after, now)?;
            marked.extend(some.ids);
            if some.next.is_none() {
                return Ok(Some(Msg::MarkedRead(marked)));
            }
            range.after = some.next;
        }
        let key = |key: Option<ListKey>| key.map(|key| (key.sort_at.0, key.id.0));
        self.keep_marking(&KeptMarking::Read {
            section: section_name(&range.section),
            filter: range.filter_text.clone(),
            newest: newest.0,
            after: key(range.after),
            until: key(range.until),
        })?;
        let left = MarkingLeft::Read { range, newest };
        Ok(Some(self.begin_marking(Task { left, now, marked, is_stopped: false })))
    }

    /// Marks many articles unread that were marked read together.
    pub(super) fn mark_unread(&mut self, ids: Vec<ArticleId>, now: Timestamp) -> Result<Option<Msg>, StoreError> {
        if self.path.is_none() || ids.len() <= MARKED_AT_ONCE {
            return self.store.set_read(&ids, false, now).map(|_| None);
        }
        if self.marking.task.is_some() {
            return Ok(Some(Msg::Failed(STILL_MARKING.to_owned())));
        }
        if let Some(read_at) = ids.first().map(|id| self.store.read_at(*id)).transpose()?.flatten() {
            self.keep_marking(&KeptMarking::UnreadOf { read_at: read_at.0 })?;
        }
        Ok(Some(self.begin_marking(Task { left: MarkingLeft::Unread(ids), now, marked: Vec::new(), is_stopped: false })))
    }

    /// Goes on with what a killed reader was marking.
    pub(super) fn resume_marking(&mut self, model: &mut Model) {
        let kept = self.store.setting(UNDER_WAY).ok().flatten().filter(|kept| !kept.is_empty());
        let Some(kept) = kept.and_then(|kept| KeptMarking::from_json(&kept)) else { return };
        let left = match kept {
            KeptMarking::Read { section, filter: filter_text, newest, after, until } => {
                let section = section_of(&Session { section, ..Session::default() });
                let filter = if filter_text.trim().is_empty() { Ok(Query::default()) } else { parse(&filter_text) };
                let Ok(filter) = filter else { return };
                let key = |key: Option<(i64, i64)>| key.map(|(at, id)| ListKey { sort_at: Timestamp(at), id: ArticleId(id) });
                let range = MarkRange { section, filter, filter_text, after: key(after), until: key(until) };
                MarkingLeft::Read { range, newest: ArticleId(newest) }
            }
            KeptMarking::UnreadOf { read_at } => MarkingLeft::UnreadOf { read_at: Timestamp(read_at), after: ArticleId(0) },
        };
        let msg = self.begin_marking(Task { left, now: model.now, marked: Vec::new(), is_stopped: false });
        self.pass(model, msg);
    }

    fn keep_marking(&mut self, kept: &KeptMarking) -> Result<(), StoreError> {
        self.store.set_setting(UNDER_WAY, &kept.to_json())
    }

    fn begin_marking(&mut self, task: Task) -> Msg {
        let msg = Msg::Marking { marked: task.marked.len(), read: task.marks_read() };
        self.marking.task = Some(task);
        self.mark_on();
        msg
    }

    fn mark_on(&mut self) {
        let (Some(path), Some(task)) = (self.path.clone(), self.marking.task.as_mut()) else { return };
        let now = task.now;
        if let Some(step) = task.next() {
            self.marking.steps.go_on(Job::Mark { path, step, now }, &mut self.tickets, &mut self.workers);
        }
    }

    /// Articles marked by now stay so, and can be undone.
    pub(super) fn stop_marking(&mut self) {
        if let Some(task) = &mut self.marking.task {
            task.is_stopped = true;
        }
    }

    /// True if this was a step of marking.
    pub(super) fn is_marking_step(&mut self, done: &Done) -> bool {
        self.marking.steps.is_step(done)
    }

    pub(super) fn marked_some(&mut self, model: &mut Model, done: Done) {
        let Some(mut task) = self.marking.task.take() else { return };
        let failed = match done.outcome {
            Ok(Outcome::Marked(some)) => {
                task.take(some);
                None
            }
            Ok(_) => None,
            Err(error) => Some(error),
        };
        if failed.is_none() && !task.is_over() {
            let msg = Msg::Marking { marked: task.marked.len(), read: task.marks_read() };
            self.marking.task = Some(task);
            self.mark_on();
            self.pass(model, msg);
            return;
        }
        if let Err(error) = self.store.set_setting(UNDER_WAY, "") {
            tracing::error!(%error, "that marking is over could not be kept");
        }
        let read = task.marks_read();
        self.pass(model, if read { Msg::MarkedRead(task.marked) } else { Msg::MarkedUnread(task.marked.len()) });
        if let Some(error) = failed {
            self.pass(model, Msg::Failed(error));
        }
        self.perform_all(model, vec![Effect::LoadSections]);
    }
}
