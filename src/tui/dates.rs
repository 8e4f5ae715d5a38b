//! Dates as one types them to go to.

use crate::domain::time::{DAY, Date, Timestamp};

pub(super) const EXAMPLES: &str = "2026-03-01, 2026-03, march, -30d, -6m";

/// The day that a text means: `2026-03-01`; the last day of `2026-03`, `2026` or of the last `march`; so many days,
/// weeks, months or years back, `-30d`, `-2w`, `-6m`, `-1y`; `today`, `yesterday`. None for what is no date.
pub(super) fn read(text: &str, today: Date) -> Option<Date> {
    let text = text.trim().to_lowercase();
    let this_year = today.year();
    if let Some(back) = text.strip_prefix('-') {
        let (number, unit) = back.split_at(back.find(|c: char| !c.is_ascii_digit())?);
        let number: i32 = number.parse().ok().filter(|number| *number < 10_000)?;
        return match unit.trim() {
            "d" => Some(days_before(today, number)),
            "w" => Some(days_before(today, number * 7)),
            "m" => months_before(today, number),
            "y" => months_before(today, number.checked_mul(12)?),
            _ => None,
        };
    }
    match text.as_str() {
        "today" => return Some(today),
        "yesterday" => return Some(days_before(today, 1)),
        _ => {}
    }
    if let Some(month) = Date::month_number(&text) {
        let year = if month > today.month() { this_year - 1 } else { this_year };
        return last_day(year, month);
    }
    let numbers: Option<Vec<u32>> = text.split('-').map(|part| part.parse().ok()).collect();
    match *numbers? {
        [year] => last_day(i32::try_from(year).ok()?, 12),
        [year, month] => last_day(i32::try_from(year).ok()?, month),
        [year, month, day] => Date::new(i32::try_from(year).ok()?, month, day),
        _ => None,
    }
}

fn days_before(day: Date, days: i32) -> Date {
    Timestamp(day.start().0 - i64::from(days) * DAY).date(0)
}

/// The same day of an earlier month, or that month's last.
fn months_before(day: Date, months: i32) -> Option<Date> {
    let month = day.year() * 12 + day.month() as i32 - 1 - months;
    let (year, month) = (month.div_euclid(12), month.rem_euclid(12) as u32 + 1);
    Date::new(year, month, day.day()).or_else(|| last_day(year, month))
}

fn last_day(year: i32, month: u32) -> Option<Date> {
    (28..=31).rev().find_map(|day| Date::new(year, month, day))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_read_as_it_is_typed() {
        let today = Date::new(2026, 3, 31).unwrap();
        for (text, wanted) in [
            ("2026-03-01", Some("2026-03-01")),
            (" 2026-3-1 ", Some("2026-03-01")),
            ("2024-02", Some("2024-02-29")),
            ("2024", Some("2024-12-31")),
            ("March", Some("2026-03-31")),
            ("apr", Some("2025-04-30")),
            ("-30d", Some("2026-03-01")),
            ("-2w", Some("2026-03-17")),
            ("-1m", Some("2026-02-28")),
            ("-1y", Some("2025-03-31")),
            ("today", Some("2026-03-31")),
            ("yesterday", Some("2026-03-30")),
            ("2026-02-30", None),
            ("2026-13", None),
            ("-30", None),
            ("-30x", None),
            ("-99999999999d", None),
            ("soon", None),
            ("", None),
        ] {
            assert_eq!(read(text, today).map(|date| date.to_string()).as_deref(), wanted, "{text}");
        }
    }
}
