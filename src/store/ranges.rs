//! Which numbers the columns may hold. Import refuses others, readers take the nearest, and `doctor` mends them.
//!
//! The tables are `STRICT`, so SQLite sees to the types in a file that nobody has touched. Columns that are not listed
//! here may hold any number.

use crate::domain::rank::Hundredths;

/// The years that a [`Date`](crate::domain::time::Date) can hold.
const TIME: (i64, i64) = (-377_705_116_800, 253_402_300_799);
const FLAG: (i64, i64) = (0, 1);
const COUNT: (i64, i64) = (0, u32::MAX as i64);
const RATING: (i64, i64) = (0, 5);
/// It grows by one with each change.
const VERSION: (i64, i64) = (0, 1 << 53);
/// See [`super::body`].
const ENCODING: (i64, i64) = (0, 3);

type Range = (&'static str, (i64, i64));

const RANGES: [(&str, &[Range]); 15] = [
    ("sources", &[("first_seen", TIME), ("total", COUNT), ("unread", COUNT)]),
    (
        "articles",
        &[
            ("published", TIME),
            ("published_is_day", FLAG),
            ("first_seen", TIME),
            ("edited_at", TIME),
            ("sort_at", TIME),
            ("comments", COUNT),
            ("unseen", COUNT),
            ("visited_at", TIME),
            ("read", FLAG),
            ("read_at", TIME),
            ("starred", FLAG),
            ("starred_at", TIME),
            ("watched", FLAG),
            ("watched_at", TIME),
            ("own_rating", RATING),
            ("rated_at", TIME),
            ("best", COUNT),
            ("told", COUNT),
            ("finished_at", TIME),
            ("listed", COUNT),
        ],
    ),
    ("tags", &[("tagged_at", TIME)]),
    ("notes", &[("noted_at", TIME)]),
    ("article_bodies", &[("encoding", ENCODING), ("related_encoding", (1, 1))]),
    ("previous_texts", &[("encoding", ENCODING)]),
    (
        "discussions",
        &[
            ("scale_kind", (0, 4)),
            ("scale_max", (0, u16::MAX as i64)),
            ("complete", FLAG),
            ("first_seen", TIME),
            ("comments", COUNT),
            ("unseen", COUNT),
            ("seen_through_at", TIME),
            ("best", COUNT),
            ("told", COUNT),
            ("version", VERSION),
        ],
    ),
    (
        "comments",
        &[
            ("ordinal", COUNT),
            ("parent_kind", (0, 3)),
            ("parent", COUNT),
            ("posted", TIME),
            ("posted_is_day", FLAG),
            ("edited", TIME),
            ("edited_is_day", FLAG),
            ("rank_kind", (0, 6)),
            ("rank_first", COUNT),
            ("rank_second", COUNT),
            ("first_seen", TIME),
            ("seen_at", TIME),
            ("own_rating", RATING),
            ("rated_at", TIME),
            ("vanished_at", TIME),
            ("role", (0, 2)),
            ("encoding", ENCODING),
        ],
    ),
    ("stubs", &[("count", COUNT)]),
    (
        "entries",
        &[
            ("published", TIME),
            ("published_is_day", FLAG),
            ("sort_at", TIME),
            ("is_listed", FLAG),
            ("is_submission", FLAG),
            ("is_amp", FLAG),
            ("host", (0, 1 << 23)),
            ("read", FLAG),
            ("told", COUNT),
            ("missed_at", TIME),
        ],
    ),
    (
        "entry_contents",
        &[("published", TIME), ("published_is_day", FLAG), ("encoding", ENCODING), ("related_encoding", (1, 1))],
    ),
    (
        "subscriptions",
        &[("is_named", FLAG), ("is_private", FLAG), ("ttl", COUNT), ("period", COUNT), ("added_at", TIME), ("failures", COUNT)],
    ),
    ("polls", &[("asked_at", TIME), ("answered_at", TIME)]),
    ("tries", &[("at", TIME)]),
    ("watches", &[("failures", COUNT)]),
];

/// Numbers that say what another column means: a wrong one cannot be mended to the nearest, only to "none".
const KINDS: [&str; 3] = ["scale_kind", "rank_kind", "role"];

/// The least and the greatest number that a column may hold.
pub(super) fn range(table: &str, column: &str) -> (i64, i64) {
    let columns = RANGES.iter().find(|(name, _)| *name == table).map_or(&[][..], |(_, columns)| columns);
    columns.iter().find(|(name, _)| *name == column).map_or((i64::MIN, i64::MAX), |(_, range)| *range)
}

pub(super) fn is_kind(column: &str) -> bool {
    KINDS.contains(&column)
}

/// True if the numbers of a comment's rank are possible for its kind.
pub(super) fn fits_rank(kind: i64, value: i64) -> bool {
    match kind {
        3 => u16::try_from(value).map(Hundredths).is_ok(),
        5 | 6 => (COUNT.0..=COUNT.1).contains(&value),
        _ => true,
    }
}
