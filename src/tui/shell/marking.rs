//! Marking many articles, beside the keys. What is under way is kept in the store: after a kill the next start goes on
//! with it.

use super::Shell;
use crate::domain::query::{Query, parse};
use crate::domain::time::Timestamp;
use crate::store::{ArticleId, KeptMarking, ListKey, MARKED_AT_ONCE, MarkedSome, Marking, Section, Session, StoreError};
use crate::tui::message::{Effect, Msg};
use crate::tui::model::{Model, section_name, section_of};
use crate::tui::steps::Steps;
use crate::work::marking::MarkStep;
use crate::work::{Done, Job, Outcome};

/// The setting that says what is under way.
const UNDER_WAY: &str = "marking";

#[derive(Default)]
pub(super) struct MarkingMany {
    steps: Steps,
    task: Option<Task>,
}

struct Task {
    left: Left,
    now: Timestamp,
    marked: Vec<ArticleId>,
    is_stopped: bool,
}

/// What is still to be marked.
enum Left {
    Read { section: Section, filter: Query, newest: ArticleId, after: Option<ListKey> },
    Unread(Vec<ArticleId>),
    UnreadOf { read_at: Timestamp, after: ArticleId },
    Nothing,
}

impl Task {
    fn is_over(&self) -> bool {
        self.is_stopped || matches!(self.left, Left::Nothing)
    }

    fn marks_read(&self) -> bool {
        matches!(self.left, Left::Read { .. })
    }

    fn next(&mut self) -> Option<MarkStep> {
        Some(match &mut self.left {
            Left::Read { section, filter, newest, after } => {
                MarkStep::Read { section: section.clone(), filter: filter.clone(), newest: *newest, after: *after }
            }
            Left::Unread(ids) => MarkStep::Unread { ids: ids.split_off(ids.len().saturating_sub(MARKED_AT_ONCE)) },
            Left::UnreadOf { read_at, after } => MarkStep::UnreadOf { read_at: *read_at, after: *after },
            Left::Nothing => return None,
        })
    }

    fn take(&mut self, some: MarkedSome) {
        let is_last = some.ids.len() < MARKED_AT_ONCE;
        let last = some.ids.last().copied();
        self.marked.extend(some.ids);
        let is_over = match &mut self.left {
            Left::Read { after, .. } => {
                *after = some.next;
                after.is_none()
            }
            Left::Unread(ids) => ids.is_empty(),
            Left::UnreadOf { after, .. } => {
                *after = last.unwrap_or(*after);
                is_last
            }
            Left::Nothing => true,
        };
        if is_over && !self.marks_read() {
            self.left = Left::Nothing;
        }
        self.is_stopped |= is_over;
    }
}

impl Shell {
    /// Marks the unread articles of a section read. `filter_text` is the filter as it was typed.
    pub(super) fn mark_all_read(
        &mut self,
        section: Section,
        filter: Query,
        filter_text: String,
        now: Timestamp,
    ) -> Result<Option<Msg>, StoreError> {
        if self.path.is_none() {
            return self.store.mark_all_read(&section, &filter, now).map(|ids| Some(Msg::MarkedRead(ids)));
        }
        if self.marking.task.is_some() {
            return Ok(Some(Msg::Failed("articles are still being marked".to_owned())));
        }
        let newest = self.store.newest_id()?;
        let mut some = MarkedSome::default();
        // A filter may look through all of the store before it finds the first.
        if filter.is_empty() {
            some = self.store.mark_some_read(&Marking { section: &section, filter: &filter, newest }, None, now)?;
            if some.next.is_none() {
                return Ok(Some(Msg::MarkedRead(some.ids)));
            }
        }
        let kept = KeptMarking::Read { section: section_name(&section), filter: filter_text, newest: newest.0 };
        self.keep_marking(&kept)?;
        let left = Left::Read { section, filter, newest, after: some.next };
        Ok(Some(self.begin_marking(Task { left, now, marked: some.ids, is_stopped: false })))
    }

    /// Marks many articles unread that were marked read together.
    pub(super) fn mark_unread(&mut self, ids: Vec<ArticleId>, now: Timestamp) -> Result<Option<Msg>, StoreError> {
        if self.path.is_none() || ids.len() <= MARKED_AT_ONCE || self.marking.task.is_some() {
            return self.store.set_read(&ids, false, now).map(|_| None);
        }
        if let Some(read_at) = ids.first().map(|id| self.store.read_at(*id)).transpose()?.flatten() {
            self.keep_marking(&KeptMarking::UnreadOf { read_at: read_at.0 })?;
        }
        Ok(Some(self.begin_marking(Task { left: Left::Unread(ids), now, marked: Vec::new(), is_stopped: false })))
    }

    /// Goes on with what a killed reader was marking.
    pub(super) fn resume_marking(&mut self, model: &mut Model) {
        let kept = self.store.setting(UNDER_WAY).ok().flatten().filter(|kept| !kept.is_empty());
        let Some(kept) = kept.and_then(|kept| KeptMarking::from_json(&kept)) else { return };
        let left = match kept {
            KeptMarking::Read { section, filter, newest } => {
                let section = section_of(&Session { section, ..Session::default() });
                let filter = if filter.trim().is_empty() { Ok(Query::default()) } else { parse(&filter) };
                let Ok(filter) = filter else { return };
                Left::Read { section, filter, newest: ArticleId(newest), after: None }
            }
            KeptMarking::UnreadOf { read_at } => Left::UnreadOf { read_at: Timestamp(read_at), after: ArticleId(0) },
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

    /// What has been marked by now stays so, and can be undone.
    pub(super) fn stop_marking(&mut self) {
        if let Some(task) = &mut self.marking.task {
            task.is_stopped = true;
        }
    }

    /// Whether this was a step of marking.
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
