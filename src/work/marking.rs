//! Marking many articles read or unread, in steps so short that no key waits for the store.

use crate::domain::query::Query;
use crate::domain::time::Timestamp;
use crate::store::{ArticleId, ListKey, MarkedSome, Marking, Section, Store, StoreError};

/// One step.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum MarkStep {
    /// The next of a section under a filter.
    Read {
        section: Section,
        filter: Query,
        newest: ArticleId,
        after: Option<ListKey>,
        until: Option<ListKey>,
    },
    Unread {
        ids: Vec<ArticleId>,
    },
    /// The next of those that were marked read at a time.
    UnreadOf {
        read_at: Timestamp,
        after: ArticleId,
    },
}

pub(super) fn step(store: &mut Store, step: &MarkStep, now: Timestamp) -> Result<MarkedSome, StoreError> {
    match step {
        MarkStep::Read { section, filter, newest, after, until } => {
            store.mark_some_read(&Marking { section, filter, newest: *newest, until: *until }, *after, now)
        }
        MarkStep::Unread { ids } => {
            store.set_read(ids, false, now)?;
            Ok(MarkedSome { ids: ids.clone(), next: None })
        }
        MarkStep::UnreadOf { read_at, after } => store.unmark_some_of(*read_at, *after, now),
    }
}
