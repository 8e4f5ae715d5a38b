//! The mark kept with a complete discussion, so that the next fetch is short.

use std::fmt;

use crate::domain::time::{HOUR, Timestamp};
use crate::site::fetch::ThreadRef;

/// Edits and votes that change no count are seen when all is fetched again: what was fetched whole so many seconds ago is.
const WHOLE: i64 = 6 * HOUR;

pub(super) struct FetchMark {
    /// The time of the last complete fetch.
    pub(super) whole_at: Timestamp,
    /// The site's mark at that time.
    pub(super) told: String,
}

impl FetchMark {
    /// None for one that an older version kept.
    pub(super) fn parse(kept: &str) -> Option<FetchMark> {
        let (at, told) = kept.split_once(' ')?;
        Some(FetchMark { whole_at: Timestamp(at.parse().ok()?), told: told.to_owned() })
    }

    /// True if it says enough by now.
    pub(super) fn stands(&self, thread: &ThreadRef, now: Timestamp) -> bool {
        thread.site.tells_every_change() || self.whole_at.age(now).is_some_and(|age| age < WHOLE)
    }
}

impl fmt::Display for FetchMark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.whole_at.0, self.told)
    }
}
