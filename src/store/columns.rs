//! Values of the domain as columns of the tables, and back. A value that no version wrote reads as the weakest one:
//! unknown ranks as unrated, unknown scales as none.

use rusqlite::Row;
use rusqlite::types::ValueRef;

use crate::domain::rank::{Hundredths, Rank, Scale};
use crate::domain::text::{CleanText, clean_label};
use crate::domain::thread::AuthorRole;
use crate::domain::time::{Timestamp, When};

/// Reads columns as they are in a file that anybody may have written to: a value that does not fit is the nearest that
/// does, so that one odd row stops nothing. [`Store::check`](super::Store::check) names such rows.
pub(super) trait ReadColumn {
    fn read<T: Column>(&self, at: usize) -> rusqlite::Result<T>;
}

impl ReadColumn for Row<'_> {
    fn read<T: Column>(&self, at: usize) -> rusqlite::Result<T> {
        self.get_ref(at).map(T::nearest)
    }
}

pub(super) trait Column {
    fn nearest(value: ValueRef<'_>) -> Self;
}

impl Column for i64 {
    fn nearest(value: ValueRef<'_>) -> i64 {
        match value {
            ValueRef::Integer(number) => number,
            ValueRef::Real(number) => number as i64,
            ValueRef::Null | ValueRef::Text(_) | ValueRef::Blob(_) => 0,
        }
    }
}

impl Column for f64 {
    fn nearest(value: ValueRef<'_>) -> f64 {
        if let ValueRef::Real(number) = value { number } else { i64::nearest(value) as f64 }
    }
}

impl Column for u32 {
    fn nearest(value: ValueRef<'_>) -> u32 {
        let number = i64::nearest(value).max(0);
        u32::try_from(number).unwrap_or(u32::MAX)
    }
}

impl Column for u8 {
    fn nearest(value: ValueRef<'_>) -> u8 {
        u8::try_from(u32::nearest(value)).unwrap_or(u8::MAX)
    }
}

impl Column for bool {
    fn nearest(value: ValueRef<'_>) -> bool {
        i64::nearest(value) != 0
    }
}

impl Column for String {
    fn nearest(value: ValueRef<'_>) -> String {
        match value {
            ValueRef::Text(bytes) | ValueRef::Blob(bytes) => String::from_utf8_lossy(bytes).into_owned(),
            ValueRef::Null | ValueRef::Integer(_) | ValueRef::Real(_) => String::new(),
        }
    }
}

impl Column for Box<str> {
    fn nearest(value: ValueRef<'_>) -> Box<str> {
        String::nearest(value).into_boxed_str()
    }
}

impl Column for Vec<u8> {
    fn nearest(value: ValueRef<'_>) -> Vec<u8> {
        bytes(value).to_vec()
    }
}

impl<T: Column> Column for Option<T> {
    fn nearest(value: ValueRef<'_>) -> Option<T> {
        (value != ValueRef::Null).then(|| T::nearest(value))
    }
}

fn bytes(value: ValueRef<'_>) -> &[u8] {
    match value {
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => bytes,
        ValueRef::Null | ValueRef::Integer(_) | ValueRef::Real(_) => &[],
    }
}

/// Seconds, and whether they stand for a day.
pub(super) fn seconds(when: When) -> (i64, bool) {
    (when.sort_key().0, matches!(when, When::Day(_)))
}

pub(super) fn when(seconds: i64, is_day: bool) -> When {
    let at = Timestamp(seconds);
    if is_day { When::Day(at.date(0)) } else { When::Instant(at) }
}

/// Reads a time from the column `at` and the `…_is_day` behind it.
pub(super) fn read_when(row: &Row<'_>, at: usize) -> rusqlite::Result<Option<When>> {
    let seconds: Option<i64> = row.read(at)?;
    seconds.map(|seconds| Ok(when(seconds, row.read(at + 1)?))).transpose()
}

pub(super) fn read_text(row: &Row<'_>, at: usize) -> rusqlite::Result<CleanText> {
    Ok(read_some_text(row, at)?.unwrap_or_default())
}

pub(super) fn read_some_text(row: &Row<'_>, at: usize) -> rusqlite::Result<Option<CleanText>> {
    Ok(match row.get_ref(at)? {
        ValueRef::Null => None,
        // A file that something else wrote to may hold bytes that are not text: the rest is shown all the same.
        value => Some(clean_label(&String::from_utf8_lossy(bytes(value)))),
    })
}

pub(super) fn read_bytes<'r>(row: &'r Row<'_>, at: usize) -> rusqlite::Result<&'r [u8]> {
    row.get_ref(at).map(bytes)
}

/// Reads a count. A negative one is 0.
pub(super) fn read_count(row: &Row<'_>, at: usize) -> rusqlite::Result<u64> {
    row.read(at).map(|count: i64| u64::try_from(count).unwrap_or(0))
}

/// A rank as its columns `rank_kind, rank_value, rank_first, rank_second`.
pub(super) type RankColumns = (i64, Option<i64>, Option<i64>, Option<i64>);

pub(super) const STARS: i64 = 3;

pub(super) fn rank_columns(rank: Rank) -> RankColumns {
    match rank {
        Rank::Unrated => (0, None, None, None),
        Rank::Withheld => (1, None, None, None),
        Rank::Removed => (2, None, None, None),
        Rank::Stars { mean, votes } => (STARS, Some(mean.0.into()), Some(votes.into()), None),
        Rank::Points { net, split } => (4, Some(net), split.map(|(up, _)| up.into()), split.map(|(_, down)| down.into())),
        Rank::Likes(likes) => (5, Some(likes.into()), None, None),
        Rank::Position { nth, of } => (6, Some(nth.into()), Some(of.into()), None),
    }
}

/// Reads a rank from its columns, the first of which is at `at`. Most comments have none, and the other
/// columns are then not read.
pub(super) fn read_rank(row: &Row<'_>, at: usize) -> rusqlite::Result<Rank> {
    match row.read(at)? {
        kind if kind < STARS => Ok(rank((kind, None, None, None))),
        kind => Ok(rank((kind, row.read(at + 1)?, row.read(at + 2)?, row.read(at + 3)?))),
    }
}

fn rank((kind, value, first, second): RankColumns) -> Rank {
    let small = |n: Option<i64>| n.and_then(|n| u32::try_from(n).ok());
    let known = match kind {
        1 => Some(Rank::Withheld),
        2 => Some(Rank::Removed),
        STARS => value
            .and_then(|mean| u16::try_from(mean).ok())
            .and_then(|mean| Some(Rank::Stars { mean: Hundredths(mean), votes: small(first)? })),
        4 => value.map(|net| Rank::Points { net, split: small(first).zip(small(second)) }),
        5 => small(value).map(Rank::Likes),
        6 => small(value).zip(small(first)).map(|(nth, of)| Rank::Position { nth, of }),
        _ => None,
    };
    known.unwrap_or(Rank::Unrated)
}

/// A scale as its columns `scale_kind, scale_max`.
pub(super) fn scale_columns(scale: Scale) -> (i64, Option<i64>) {
    match scale {
        Scale::None => (0, None),
        Scale::Stars { max } => (1, Some(max.0.into())),
        Scale::Points => (2, None),
        Scale::Likes => (3, None),
        Scale::Position => (4, None),
    }
}

pub(super) fn scale(kind: i64, max: Option<i64>) -> Scale {
    match kind {
        1 => max.and_then(|max| u16::try_from(max).ok()).map_or(Scale::None, |max| Scale::Stars { max: Hundredths(max) }),
        2 => Scale::Points,
        3 => Scale::Likes,
        4 => Scale::Position,
        _ => Scale::None,
    }
}

pub(super) fn role_column(role: AuthorRole) -> i64 {
    match role {
        AuthorRole::Member => 0,
        AuthorRole::Moderator => 1,
        AuthorRole::Admin => 2,
    }
}

pub(super) fn role(column: i64) -> AuthorRole {
    match column {
        1 => AuthorRole::Moderator,
        2 => AuthorRole::Admin,
        _ => AuthorRole::Member,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::Date;

    #[test]
    fn every_rank_scale_and_time_comes_back() {
        let ranks = [
            Rank::Unrated,
            Rank::Withheld,
            Rank::Removed,
            Rank::Stars { mean: Hundredths(230), votes: 8 },
            Rank::Points { net: i64::MIN, split: None },
            Rank::Points { net: 12, split: Some((14, 2)) },
            Rank::Likes(u32::MAX),
            Rank::Position { nth: 1, of: 40 },
        ];
        for wanted in ranks {
            assert_eq!(rank(rank_columns(wanted)), wanted);
        }
        for wanted in [Scale::None, Scale::Stars { max: Hundredths(500) }, Scale::Points, Scale::Likes, Scale::Position] {
            let (kind, max) = scale_columns(wanted);
            assert_eq!(scale(kind, max), wanted);
        }
        for wanted in [AuthorRole::Member, AuthorRole::Moderator, AuthorRole::Admin] {
            assert_eq!(role(role_column(wanted)), wanted);
        }
        for wanted in [
            When::Day(Date::new(-9999, 1, 1).unwrap()),
            When::Day(Date::new(9999, 12, 31).unwrap()),
            When::Instant(Timestamp(-1)),
        ] {
            let (at, is_day) = seconds(wanted);
            assert_eq!(when(at, is_day), wanted);
        }
    }

    #[test]
    fn a_value_that_no_version_wrote_reads_as_the_weakest() {
        assert_eq!(rank((3, Some(70_000), Some(1), None)), Rank::Unrated);
        assert_eq!(rank((99, Some(1), None, None)), Rank::Unrated);
        assert_eq!(scale(1, None), Scale::None);
        assert_eq!(role(99), AuthorRole::Member);
    }
}
