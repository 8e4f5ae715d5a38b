//! Dates and instants as sources give them. The clock and the zone are always passed in.

use crate::domain::plural::plural;
use std::fmt;

/// Seconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Timestamp(pub i64);

/// A day of the Gregorian calendar, valid by construction.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Date {
    year: i16,
    month: u8,
    day: u8,
}

/// A time as the source gave it: a day or an instant; neither is made out of the other.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum When {
    Day(Date),
    Instant(Timestamp),
}

/// The local zone: seconds east of Greenwich at an instant.
pub type Zone = fn(Timestamp) -> i32;

/// Greenwich, for tests and for output that must not depend on the machine.
pub fn utc(_: Timestamp) -> i32 {
    0
}

const MONTHS: [&str; 12] =
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

pub const MINUTE: i64 = 60;
pub const HOUR: i64 = 60 * MINUTE;
pub const DAY: i64 = 24 * HOUR;

impl Date {
    /// None for a day that the calendar does not have.
    pub fn new(year: i32, month: u32, day: u32) -> Option<Date> {
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let days = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if leap => 29,
            2 => 28,
            _ => return None,
        };
        if !(1..=days).contains(&day) || !(-9999..=9999).contains(&year) {
            return None;
        }
        Some(Date { year: year as i16, month: month as u8, day: day as u8 })
    }

    pub fn year(self) -> i32 {
        i32::from(self.year)
    }
    pub fn month(self) -> u32 {
        u32::from(self.month)
    }
    pub fn day(self) -> u32 {
        u32::from(self.day)
    }

    /// The day's first second in Greenwich.
    pub fn start(self) -> Timestamp {
        Timestamp(self.days() * DAY)
    }

    /// Days since 1970-01-01, by Howard Hinnant's `days_from_civil`
    /// (<https://howardhinnant.github.io/date_algorithms.html>).
    fn days(self) -> i64 {
        let (year, month, day) = (i64::from(self.year), i64::from(self.month), i64::from(self.day));
        let year = if month <= 2 { year - 1 } else { year };
        let era = year.div_euclid(400);
        let of_era = year.rem_euclid(400);
        let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
        era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
    }

    /// The full English month name, "June".
    pub fn month_name(self) -> &'static str {
        MONTHS[usize::from(self.month) - 1]
    }

    /// The number of an English month name or its abbreviation of three letters, in any case.
    pub fn month_number(name: &str) -> Option<u32> {
        let name = name.trim_end_matches('.');
        if name.len() < 3 || !name.is_ascii() {
            return None;
        }
        let is = |month: &str| month.eq_ignore_ascii_case(name) || month[..3].eq_ignore_ascii_case(name);
        MONTHS
            .iter()
            .position(|month| is(month) || (name.eq_ignore_ascii_case("sept") && *month == "September"))
            .map(|n| n as u32 + 1)
    }
}

/// `2011-06-04`
impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// True if what was put off at `since` until `due` is due, `longest` seconds being the most that it may have been put off. A
/// time that was taken from a clock that stood wrong must not decide for longer than the clock did: what was put off at a
/// time that is yet to come, or is due later than anything may be, is due now.
pub fn is_due(due: Timestamp, since: Timestamp, longest: i64, now: Timestamp) -> bool {
    due <= now || since > now || due.0.saturating_sub(now.0) > longest
}

impl Timestamp {
    /// The seconds since then; none for a time that is yet to come, which was taken from a clock that stood wrong.
    pub fn age(self, now: Timestamp) -> Option<i64> {
        (self <= now).then(|| now.0.saturating_sub(self.0))
    }

    /// As a time of which it is to be told which of two came later: what is yet to come counts as now.
    #[must_use]
    pub fn not_after(self, now: Timestamp) -> Timestamp {
        self.min(now)
    }

    /// The day in a zone `offset` seconds east of Greenwich, by Howard Hinnant's `civil_from_days`.
    pub fn date(self, offset: i32) -> Date {
        // Beyond the years a date can hold, the nearest day it can.
        let local = self.0.saturating_add(i64::from(offset)).clamp(-377_705_116_800, 253_402_300_799);
        let days = local.div_euclid(DAY) + 719_468;
        let era = days.div_euclid(146_097);
        let of_era = days.rem_euclid(146_097);
        let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted = (5 * of_year + 2) / 153;
        let day = of_year - (153 * shifted + 2) / 5 + 1;
        let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        Date { year: year as i16, month: month as u8, day: day as u8 }
    }

    /// Hour and minute in a zone `offset` seconds east of Greenwich.
    pub fn clock(self, offset: i32) -> (u32, u32) {
        let second = self.0.saturating_add(i64::from(offset)).rem_euclid(DAY);
        ((second / HOUR) as u32, (second % HOUR / MINUTE) as u32)
    }
}

/// RFC 3339 in Greenwich, `2011-06-04T00:00:00Z`.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hour, minute) = self.clock(0);
        write!(f, "{}T{hour:02}:{minute:02}:{:02}Z", self.date(0), self.0.rem_euclid(MINUTE))
    }
}

impl When {
    /// For comparing and storing: an instant, or the first second of the day.
    pub fn sort_key(self) -> Timestamp {
        match self {
            When::Day(date) => date.start(),
            When::Instant(at) => at,
        }
    }

    /// In full: "June 4, 2011", or "June 4, 2011 14:05".
    pub fn long(self, zone: Zone) -> String {
        match self {
            When::Day(date) => format!("{} {}, {}", date.month_name(), date.day, date.year),
            When::Instant(at) => {
                let offset = zone(at);
                let (hour, minute) = at.clock(offset);
                format!("{} {hour:02}:{minute:02}", When::Day(at.date(offset)).long(zone))
            }
        }
    }

    /// As short as it stays clear: "20 hours ago", "3 days ago", "Jun 4", "Jun 4, 2011". A day is never told as hours.
    pub fn short(self, now: Timestamp, zone: Zone) -> String {
        let ago = |n: i64, unit: &str| format!("{} ago", plural(n.unsigned_abs(), unit));
        let day = match self {
            When::Instant(at) => match now.0.saturating_sub(at.0) {
                past @ 0..MINUTE => return ago(past, "second"),
                past @ MINUTE..HOUR => return ago(past / MINUTE, "minute"),
                past @ HOUR..DAY => return ago(past / HOUR, "hour"),
                past if (DAY..7 * DAY).contains(&past) => return ago(past / DAY, "day"),
                _ => at.date(zone(at)),
            },
            When::Day(date) => date,
        };
        let month = &day.month_name()[..3];
        if day.year() == now.date(zone(now)).year() {
            format!("{month} {}", day.day)
        } else {
            format!("{month} {}, {}", day.day, day.year)
        }
    }
}

/// RFC 3339: a date where the source gave a date, a time where it gave a time.
impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            When::Day(date) => date.fmt(f),
            When::Instant(at) => at.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_clock_that_stood_wrong_puts_nothing_off_for_longer_than_it_did() {
        const NOW: i64 = 1_000_000;
        for (since, due, wanted) in [
            (NOW - 60, NOW, true),
            (NOW - 60, NOW - 1, true),
            (NOW - 60, NOW + 1, false),
            (NOW, NOW + HOUR, false),
            (NOW - DAY, NOW + HOUR, false),
            // The clock stood ahead when it was put off.
            (NOW + 1, NOW + HOUR, true),
            (NOW + 3650 * DAY, NOW + 3651 * DAY, true),
            (NOW + 60, NOW + 120, true),
            // It is due later than it can have been put off.
            (NOW - 60, NOW + DAY + 1, true),
            (NOW - 60, NOW + DAY, false),
            (0, i64::MAX, true),
            (i64::MIN, i64::MIN, true),
            (i64::MAX, i64::MIN, true),
        ] {
            assert_eq!(is_due(Timestamp(due), Timestamp(since), DAY, Timestamp(NOW)), wanted, "{since} {due}");
        }
        let now = Timestamp(NOW);
        for (at, age, clamped) in
            [(NOW, Some(0), NOW), (NOW - 5, Some(5), NOW - 5), (NOW + 1, None, NOW), (i64::MAX, None, NOW)]
        {
            assert_eq!((Timestamp(at).age(now), Timestamp(at).not_after(now)), (age, Timestamp(clamped)), "{at}");
        }
    }

    #[test]
    fn times_are_told_as_short_as_they_stay_clear() {
        let now = Date::new(2011, 6, 5).unwrap().start();
        let ago = |seconds| When::Instant(Timestamp(now.0 - seconds)).short(now, utc);
        for (seconds, told) in [
            (1, "1 second ago"),
            (90, "1 minute ago"),
            (20 * HOUR, "20 hours ago"),
            (3 * DAY, "3 days ago"),
            (30 * DAY, "May 6"),
            (400 * DAY, "May 1, 2010"),
            (-90, "Jun 5"),
        ] {
            assert_eq!(ago(seconds), told);
        }
        assert_eq!(When::Day(Date::new(2011, 6, 4).unwrap()).short(now, utc), "Jun 4");
        assert_eq!(When::Instant(Timestamp(now.0 + 3700)).long(utc), "June 5, 2011 01:01");
        assert_eq!(When::Instant(Timestamp(now.0)).long(|_| -3600), "June 4, 2011 23:00");
    }

    #[test]
    fn months_have_names() {
        for (name, number) in
            [("June", Some(6)), ("jun", Some(6)), ("Sept", Some(9)), ("Dec.", Some(12)), ("Ju", None), ("Juno", None)]
        {
            assert_eq!(Date::month_number(name), number, "{name}");
        }
    }

    proptest! {
        #[test]
        fn days_come_back(year in -4000..9999_i32, month in 1..=12_u32, day in 1..=31_u32) {
            if let Some(date) = Date::new(year, month, day) {
                prop_assert_eq!(date.start().date(0), date);
            } else {
                prop_assert!(day > 28);
            }
        }

        #[test]
        fn every_second_has_a_day(at in any::<i64>(), offset in -50_400..50_400_i32) {
            let _ = (Timestamp(at).date(offset), Timestamp(at).clock(offset), Timestamp(at).to_string());
        }
    }
}
