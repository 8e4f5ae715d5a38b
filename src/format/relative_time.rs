//! Times as pages tell them to people: "2 hours ago", "on April 5, 2007".

use crate::domain::time::{Date, Timestamp, When};

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

/// The first time that a text tells, counted from `now`. Days ago and longer are days, since no more is told.
pub fn when(text: &str, now: Timestamp) -> Option<When> {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.windows(3).find_map(|three| age_in(three).map(|age| age.before(now)).or_else(|| dated(three)))
}

/// The age that a text tells, where it tells no date.
pub fn age(text: &str) -> Option<Age> {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.windows(3).find_map(age_in)
}

/// "2 hours ago": how long before the page was made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Age {
    pub seconds: i64,
    /// Seconds of the unit that it is told in: it is exact only to that.
    pub unit: i64,
}

impl Age {
    /// The time so long before.
    pub fn before(self, now: Timestamp) -> When {
        let at = Timestamp(now.0.saturating_sub(self.seconds));
        if self.unit < DAY { When::Instant(at) } else { When::Day(at.date(0)) }
    }
}

fn age_in(words: &[&str]) -> Option<Age> {
    let &[number, unit, "ago"] = words else { return None };
    let number: i64 =
        if matches!(number, "a" | "an") { 1 } else { number.parse().ok().filter(|n| (0..100_000).contains(n))? };
    let unit = match unit.strip_suffix('s').unwrap_or(unit) {
        "second" => 1,
        "minute" => 60,
        "hour" => HOUR,
        "day" => DAY,
        "week" => 7 * DAY,
        "month" => 30 * DAY,
        "year" => 365 * DAY,
        _ => return None,
    };
    Some(Age { seconds: unit * number, unit })
}

/// "April 5, 2007"
fn dated(words: &[&str]) -> Option<When> {
    let &[month, day, year] = words else { return None };
    let day = day.strip_suffix(',')?.parse().ok()?;
    let year = year.trim_end_matches(|c: char| !c.is_ascii_digit());
    Date::new(year.parse().ok().filter(|_| year.len() == 4)?, Date::month_number(month)?, day).map(When::Day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_for_people_are_read() {
        let now = Timestamp(1_574_208_000);
        let told = |text| when(text, now).map(|when| when.to_string());
        let cases = [
            ("reader7 2 hours ago | link", "2019-11-19T22:00:00Z"),
            ("an hour ago", "2019-11-19T23:00:00Z"),
            ("30 days ago", "2019-10-21"),
            ("2 years ago", "2017-11-20"),
            ("on April 5, 2007 | parent", "2007-04-05"),
        ];
        for (text, expected) in cases {
            assert_eq!(told(text).as_deref(), Some(expected), "{text}");
        }
        for text in ["ago", "many moons ago", "on April 31, 2007", "9999999999 days ago", "-3 days ago"] {
            assert_eq!(told(text), None, "{text}");
        }
    }
}
