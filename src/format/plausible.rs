//! Tells plausible dates from placeholders. Publishing programs write the beginning of their own calendar where they know no
//! date, and some feeds list what will come.

use crate::domain::time::{DAY, Timestamp, When};

/// Placeholders for unknown dates: the beginnings of programs' calendars, as year, month, day.
const PLACEHOLDERS: &[(i32, u32, u32)] = &[
    // Windows, SQL Server.
    (1601, 1, 1),
    (1753, 1, 1),
    // Spreadsheets and COM, in zones on both sides of Greenwich.
    (1899, 12, 30),
    (1899, 12, 31),
    (1900, 1, 1),
    (1904, 1, 1),
    // Unix, likewise.
    (1969, 12, 31),
    (1970, 1, 1),
];

/// Years before this are year 0 or 1 of the calendars of .NET, Go, PHP and `MySQL`, or a year of two digits.
const FIRST_YEAR: i32 = 1000;

/// A clock that shows less is not set.
const CLOCK_IS_SET: Timestamp = Timestamp(631_152_000);

/// True if a date can be that of something that exists at `now`.
pub(super) fn is_plausible(when: When, now: Timestamp) -> bool {
    let is_to_come = now >= CLOCK_IS_SET && when.sort_key().0 > now.0.saturating_add(DAY);
    !is_to_come && !is_placeholder(when)
}

/// True if a date only stands where none was known.
pub(super) fn is_placeholder(when: When) -> bool {
    let day = when.sort_key().date(0);
    PLACEHOLDERS.contains(&(day.year(), day.month(), day.day())) || day.year() < FIRST_YEAR
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::Date;

    #[test]
    fn placeholders_and_what_is_to_come_are_no_dates() {
        let now = Date::new(2024, 5, 1).unwrap().start();
        let at = |text: &str| crate::format::feed::date::read(text).unwrap();
        for text in [
            "Mon, 01 Jan 0001 00:00:00 +0000",
            "0001-01-01T00:00:00+09:00",
            "-0001-11-30T00:00:00+00:00",
            "Thu, 01 Jan 1970 00:00:00 +0000",
            "1970-01-01T00:00:00-08:00",
            "1970-01-01T01:00:00+09:00",
            "Wed, 31 Dec 1969 16:00:00 -0800",
            "1970-01-01",
            "1900-01-01T00:00:00",
            "1899-12-30",
            "1601-01-01T00:00:00Z",
            "Thu, 14 Aug 2925 09:00:00 +0000",
            "2024-05-02T00:00:01Z",
            "2024-05-03",
            "9999-12-31T23:59:59Z",
        ] {
            assert!(!is_plausible(at(text), now), "{text}");
        }
        for text in ["2024-05-02T00:00:00Z", "2024-05-02", "1970-01-02", "1900-01-02", "1969-07-20", "1865-04-15"] {
            assert!(is_plausible(at(text), now), "{text}");
        }
        assert!(is_plausible(at("2024-05-02T00:00:01Z"), Timestamp(1)));
    }
}
