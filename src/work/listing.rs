//! Queries of the list pane: quick as a rule, but a filter can lead over the whole library.

use crate::domain::query::Query;
use crate::domain::time::Timestamp;
use crate::store::{Headline, ListKey, ListOrder, Recommended, Section, Store, StoreError, Stretch};

/// So many headlines are asked for at a time, beyond those that the screen waits for.
pub const STRETCH: usize = 120;

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Listing {
    pub section: Section,
    pub filter: Query,
    pub order: ListOrder,
    pub wanted: WantedRows,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WantedRows {
    /// At most so many rows.
    Stretch(Stretch, usize),
    /// All recommended articles, which have an order of their own.
    Recommended { now: Timestamp },
    /// The first unread one beyond a key, else around the end.
    NextUnread { key: ListKey, forward: bool },
}

#[derive(Clone, PartialEq, Debug)]
pub enum Listed {
    /// And whether there are no more beyond them.
    Stretch(Stretch, Vec<Headline>, bool),
    Recommended(Vec<Recommended>),
    NextUnread(Option<Box<Headline>>),
}

impl Listing {
    /// True if it is quick however large the store is.
    pub fn is_bounded(&self) -> bool {
        self.filter.is_empty() && !matches!(self.section, Section::Search(_) | Section::Recommended)
    }

    pub fn ask(&self, store: &Store) -> Result<Listed, StoreError> {
        let Listing { section, filter, order, wanted } = self;
        Ok(match *wanted {
            WantedRows::NextUnread { key, forward } => {
                Listed::NextUnread(store.next_unread(section, filter, key, forward)?.map(Box::new))
            }
            WantedRows::Recommended { now } => Listed::Recommended(store.recommended(filter, now)?),
            WantedRows::Stretch(stretch, limit) if *order == ListOrder::Newest => {
                let rows = store.headlines(section, filter, stretch, limit)?;
                let is_last = rows.len() < limit;
                Listed::Stretch(stretch, rows, is_last)
            }
            WantedRows::Stretch(stretch, _) => Listed::Stretch(stretch, store.ranked(section, filter, *order)?, true),
        })
    }
}
