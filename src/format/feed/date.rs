//! Dates as feeds write them: W3C and ISO 8601 in their short forms, RFC 822 and its kin with all their oddities,
//! asctime, months of many languages. What names no day of the calendar is none.

use crate::domain::time::{DAY, Date, HOUR, MINUTE, Timestamp, When};

/// Longer than any date, so that a text in a date's place costs nothing.
const LONGEST: usize = 100;

/// Beginnings of month names in lower case. Where one begins another, the longer stands first.
#[rustfmt::skip]
const MONTHS: &[(&str, u32)] = &[
    // Finnish November begins as other languages' March does.
    ("marras", 11),
    ("jan", 1), ("feb", 2), ("mar", 3), ("apr", 4), ("may", 5), ("jun", 6), ("jul", 7), ("aug", 8), ("sep", 9), ("oct", 10),
    ("nov", 11), ("dec", 12),
    ("ene", 1), ("gen", 1), ("sty", 1), ("янв", 1), ("ιαν", 1),
    ("fév", 2), ("fev", 2), ("lut", 2), ("фев", 2), ("φεβ", 2),
    ("mär", 3), ("már", 3), ("maa", 3), ("мар", 3), ("μαρ", 3), ("μάρ", 3),
    ("abr", 4), ("avr", 4), ("ápr", 4), ("kwi", 4), ("апр", 4), ("απρ", 4),
    ("mai", 5), ("maj", 5), ("máj", 5), ("mag", 5), ("mei", 5), ("май", 5), ("мая", 5), ("μαι", 5), ("μαϊ", 5), ("μάι", 5),
    ("juin", 6), ("jún", 6), ("giu", 6), ("cze", 6), ("июн", 6), ("ιουν", 6), ("ιούν", 6),
    ("juil", 7), ("júl", 7), ("lug", 7), ("lip", 7), ("июл", 7), ("ιουλ", 7), ("ιούλ", 7),
    ("aoû", 8), ("aou", 8), ("ago", 8), ("sie", 8), ("авг", 8), ("αυγ", 8), ("αύγ", 8),
    ("sze", 9), ("set", 9), ("wrz", 9), ("сен", 9), ("σεπ", 9),
    ("okt", 10), ("ott", 10), ("out", 10), ("paź", 10), ("окт", 10), ("οκτ", 10),
    ("lis", 11), ("ноя", 11), ("νοε", 11), ("νοέ", 11),
    ("déc", 12), ("dez", 12), ("dic", 12), ("gru", 12), ("дек", 12), ("δεκ", 12),
    // Turkish, Czech, Finnish, Ukrainian, and what single others have.
    ("oca", 1), ("şub", 2), ("nis", 4), ("haz", 6), ("tem", 7), ("ağu", 8), ("eyl", 9), ("eki", 10), ("kas", 11), ("ara", 12),
    ("led", 1), ("úno", 2), ("bře", 3), ("dub", 4), ("kvě", 5), ("červenec", 7), ("července", 7), ("čer", 6), ("srp", 8),
    ("zář", 9), ("říj", 10), ("pro", 12), ("tam", 1), ("hel", 2), ("huh", 4), ("tou", 5), ("kes", 6), ("hei", 7), ("elo", 8),
    ("syy", 9), ("lok", 10), ("jou", 12), ("січ", 1), ("лют", 2), ("бер", 3), ("кві", 4), ("тра", 5), ("чер", 6), ("лип", 7),
    ("сер", 8), ("вер", 9), ("жов", 10), ("лис", 11), ("гру", 12), ("ian", 1), ("iun", 6), ("iul", 7), ("agu", 8), ("des", 12),
];

/// Names of zones and how many minutes east of Greenwich they are.
#[rustfmt::skip]
const ZONES: &[(&str, i64)] = &[
    ("z", 0), ("ut", 0), ("utc", 0), ("gmt", 0), ("wet", 0), ("est", -300), ("edt", -240), ("et", -300), ("cst", -360),
    ("cdt", -300), ("ct", -360), ("mst", -420), ("mdt", -360), ("mt", -420), ("pst", -480), ("pdt", -420), ("pt", -480),
    ("akst", -540), ("akdt", -480), ("hst", -600), ("ast", -240), ("at", -240), ("adt", -180), ("nst", -210), ("ndt", -150), ("brt", -180),
    ("bst", 60), ("ist", 330), ("cet", 60), ("cest", 120), ("met", 60), ("mest", 120), ("west", 60), ("eet", 120),
    ("eest", 180), ("msk", 180), ("msd", 240), ("sast", 120), ("jst", 540), ("kst", 540), ("hkt", 480), ("sgt", 480),
    ("awst", 480), ("acst", 570), ("acdt", 630), ("aest", 600), ("aedt", 660), ("nzst", 720), ("nzdt", 780),
];

#[derive(Clone, Copy, Debug, PartialEq)]
enum DateToken<'a> {
    /// Digits: their value and how many there are.
    Number(i64, usize),
    Word(&'a str),
    Sign(char),
    Space,
}

/// Reads a date: an instant where it names an hour, else a day (the first of a year or a month that stands alone).
pub(in crate::format) fn read(text: &str) -> Option<When> {
    let text = text.trim();
    if text.is_empty() || text.len() > LONGEST {
        return None;
    }
    let lower = text.to_lowercase();
    let tokens = tokens(&lower);
    if let [DateToken::Number(since, 10 | 13), ref rest @ ..] = *tokens
        && matches!(rest, [] | [DateToken::Sign('.'), DateToken::Number(..)])
    {
        return Some(When::Instant(Timestamp(if since > 99_999_999_999 { since / 1000 } else { since })));
    }
    let clock = clock(&tokens);
    let (before, after) = match &clock {
        Some(clock) => (&tokens[..clock.start], &tokens[clock.end..]),
        None => (&*tokens, &[][..]),
    };
    // asctime has its year at the end; behind a sign stands an offset.
    let is_sign = |token: Option<&DateToken<'_>>| matches!(token, Some(DateToken::Sign('+' | '-' | '−')));
    let is_year = |at: usize| matches!(after[at], DateToken::Number(_, 4)) && !is_sign(at.checked_sub(1).map(|at| &after[at]));
    let year = || (0..after.len()).find(|at| is_year(*at)).map(|at| after[at]);
    let date = day(before).or_else(|| day(&[before, &[year()?]].concat()))?;
    // The end of a day may be written as its 24th hour; more is not a time.
    let Some(clock) = clock.filter(|clock| clock.seconds <= DAY) else { return Some(When::Day(date)) };
    let offset = zone(after).unwrap_or(if is_korean(&tokens) { KOREA } else { 0 });
    Some(When::Instant(Timestamp(date.start().0 + clock.seconds - offset * MINUTE)))
}

fn tokens(text: &str) -> Vec<DateToken<'_>> {
    let mut tokens = Vec::with_capacity(16);
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let run = |of: fn(char) -> bool| rest.find(|c| !of(c)).unwrap_or(rest.len());
        let long = if c.is_ascii_digit() {
            let long = run(|c| c.is_ascii_digit());
            // More digits than a number has say nothing.
            tokens.push(DateToken::Number(rest[..long].parse().unwrap_or(0), long));
            long
        } else if c.is_alphabetic() {
            let long = run(char::is_alphabetic);
            tokens.push(DateToken::Word(&rest[..long]));
            long
        } else if c.is_whitespace() {
            tokens.push(DateToken::Space);
            run(char::is_whitespace)
        } else {
            tokens.push(DateToken::Sign(c));
            c.len_utf8()
        };
        rest = &rest[long..];
    }
    tokens
}

struct ClockTime {
    seconds: i64,
    /// The tokens that it takes.
    start: usize,
    end: usize,
}

/// The time of day: `15:04`, `15:04:05.678`, `3:04 pm`, `T150405`.
fn clock(tokens: &[DateToken<'_>]) -> Option<ClockTime> {
    use DateToken::{Number, Sign, Space, Word};
    let found = tokens.windows(3).position(|three| matches!(three, [Number(_, 1..=2), Sign(':'), Number(_, 1..=2)]));
    let Some(mut start) = found else { return bare_clock(tokens) };
    let number = |at: usize| if let Some(Number(n, 1..=2)) = tokens.get(at) { Some(*n) } else { None };
    let (mut hour, minute) = (number(start)?, number(start + 2)?);
    let mut end = start + 3;
    let mut second = 0;
    if tokens.get(end) == Some(&Sign(':'))
        && let Some(n) = number(end + 1)
    {
        second = n.min(59);
        end += 2;
        if matches!(tokens.get(end..end + 2), Some([Sign('.' | ',' | ':'), Number(..)])) {
            end += 2;
        }
    }
    let half = |at: usize| match tokens.get(at) {
        Some(Word("am" | "오전" | "午前" | "上午")) => Some(0),
        Some(Word("pm" | "오후" | "午後" | "下午")) => Some(12),
        _ => None,
    };
    let after = end + usize::from(tokens.get(end) == Some(&Space));
    if let Some(half) = half(after) {
        hour = hour % 12 + half;
        end = after + 1;
    } else if let Some((at, half)) = start.checked_sub(2).and_then(|at| Some((at, half(at)?))) {
        hour = hour % 12 + half;
        start = at;
    }
    if minute > 59 || hour > 24 {
        return None;
    }
    Some(ClockTime { seconds: hour * HOUR + minute * MINUTE + second, start, end })
}

/// `T1504`, `T150405`, and `1504` before the name of a zone.
fn bare_clock(tokens: &[DateToken<'_>]) -> Option<ClockTime> {
    use DateToken::{Number, Sign, Space, Word};
    let (at, n, digits) = tokens.iter().enumerate().skip(1).find_map(|(at, token)| {
        let Number(n, digits @ (4 | 6)) = *token else { return None };
        let named = tokens[at - 1] == Word("t");
        let zoned =
            matches!(tokens.get(at + 1..at + 3), Some([Space, Word(zone)]) if ZONES.iter().any(|(name, _)| name == zone));
        // The year, where it is the only number of so many digits, is not a time.
        let is_year = tokens[..at].iter().filter(|token| matches!(token, Number(..))).count() < 2;
        (named || (zoned && digits == 4 && !is_year)).then_some((at, n, digits))
    })?;
    let (clock, second) = if digits == 6 { (n / 100, n % 100) } else { (n, 0) };
    let (hour, minute) = (clock / 100, clock % 100);
    let fraction = matches!(tokens.get(at + 1..at + 3), Some([Sign('.' | ','), Number(..)]));
    let end = at + 1 + 2 * usize::from(fraction);
    (hour < 24 && minute < 60).then_some(ClockTime { seconds: hour * HOUR + minute * MINUTE + second.min(59), start: at, end })
}

/// Korea has one zone, and its dates seldom name it.
const KOREA: i64 = 540;

fn is_korean(tokens: &[DateToken<'_>]) -> bool {
    tokens.iter().any(|token| matches!(token, DateToken::Word("년" | "월" | "일" | "오전" | "오후")))
}

/// Minutes east of Greenwich, by the first thing behind the time that names a zone.
fn zone(after: &[DateToken<'_>]) -> Option<i64> {
    use DateToken::{Number, Sign, Word};
    for (at, token) in after.iter().enumerate() {
        match *token {
            Sign(sign @ ('+' | '-' | '−')) => {
                let Some(Number(n, digits)) = after.get(at + 1) else { continue };
                let more = match after.get(at + 2..at + 4) {
                    Some([Sign(':'), Number(n, 2)]) => *n,
                    _ => 0,
                };
                let minutes = if *digits <= 2 { n * 60 + more } else { n / 100 * 60 + n % 100 };
                return (minutes < 24 * 60).then_some(if sign == '+' { minutes } else { -minutes });
            }
            // An offset from GMT is read from its sign.
            Word("gmt" | "utc") if matches!(after.get(at + 1), Some(Sign('+' | '-'))) => {}
            Word(name) => {
                if let Some((_, minutes)) = ZONES.iter().find(|(zone, _)| *zone == name) {
                    return Some(*minutes);
                }
            }
            _ => {}
        }
    }
    None
}

fn day(tokens: &[DateToken<'_>]) -> Option<Date> {
    if let [DateToken::Number(year, 4), week @ ..] = tokens
        && let Some(date) = day_of_week(*year, week)
    {
        return Some(date);
    }
    let mut numbers = Vec::with_capacity(4);
    let mut month = None;
    let mut sign = ' ';
    for token in tokens {
        match *token {
            DateToken::Number(n, digits) => numbers.push((n, digits)),
            // The last name counts: in French `mar` is Tuesday before it is March.
            DateToken::Word(word) => {
                month = MONTHS.iter().find(|(name, _)| word.starts_with(name)).map(|(_, month)| *month).or(month);
            }
            DateToken::Sign(c) if sign == ' ' && !numbers.is_empty() => sign = c,
            _ => {}
        }
    }
    let date = |year: i64, month: i64, day: i64| {
        Date::new(i32::try_from(year).ok()?, u32::try_from(month).ok()?, u32::try_from(day).ok()?)
    };
    if let (Some(month), &[(year, 4), (day, 1..=2), ..]) = (month, &*numbers) {
        return date(year, i64::from(month), day);
    }
    match (month.map(i64::from), &*numbers) {
        (Some(month), &[(day, 1..=2), (year, digits @ 2..=4), ..]) => date(whole_year(year, digits), month, day),
        (None, &[(all, 8), ..]) => date(all / 10_000, all / 100 % 100, all % 100),
        (None, &[(all, 7)]) => ordinal(all / 1000, all % 1000),
        (None, &[(year, 4), (month, 1..=3), (day, 1..=2), ..]) => date(year, month, day),
        (None, &[(year, 4), (nth, 3)]) => ordinal(year, nth),
        (Some(month), &[(year, 4)]) | (None, &[(year, 4), (month, 1..=2)]) => date(year, month, 1),
        (None, &[(year @ 1000..=2999, 4)]) => date(year, 1, 1),
        (None, &[(a, 1..=2), (b, 1..=2), (year, digits @ (2 | 4)), ..]) => match sign {
            '-' if digits == 2 => date(whole_year(a, 2), b, year),
            '/' if a <= 12 => date(whole_year(year, digits), a, b),
            _ => date(whole_year(year, digits), b, a),
        },
        _ => None,
    }
}

/// Two digits of a year as RFC 2822 reads them: up to 49 they are of this century; so are three, from 1900 on.
fn whole_year(year: i64, digits: usize) -> i64 {
    match (digits, year) {
        (2, 0..=49) => year + 2000,
        (2 | 3, _) => year + 1900,
        _ => year,
    }
}

/// `W20`, `-W20-4`, `W204` behind a year (ISO 8601): the first week is that of January 4th, its first day Monday.
fn day_of_week(year: i64, tokens: &[DateToken<'_>]) -> Option<Date> {
    use DateToken::{Number, Sign, Word};
    let tokens = if let [Sign('-'), rest @ ..] = tokens { rest } else { tokens };
    let (week, nth) = match *tokens {
        [Word("w"), Number(week, 2), Sign('-'), Number(nth, 1), ..] => (week, nth),
        [Word("w"), Number(week, 2), ..] => (week, 1),
        [Word("w"), Number(both, 3), ..] => (both / 10, both % 10),
        _ => return None,
    };
    let fourth = Date::new(i32::try_from(year).ok()?, 1, 4)?.start().0 / DAY;
    // The first day that is counted was a Thursday.
    let monday = fourth - (fourth + 3).rem_euclid(7);
    let is_one = (1..=53).contains(&week) && (1..=7).contains(&nth);
    is_one.then(|| Timestamp((monday + (week - 1) * 7 + nth - 1) * DAY).date(0))
}

/// The `nth` day of a year.
fn ordinal(year: i64, nth: i64) -> Option<Date> {
    let first = Date::new(i32::try_from(year).ok()?, 1, 1)?;
    let date = Timestamp(first.start().0 + (nth - 1) * DAY).date(0);
    (nth > 0 && date.year() == first.year()).then_some(date)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_in_every_form() {
        let table = [
            ("2003-12-31T10:14:55Z", "2003-12-31T10:14:55Z"),
            ("2003-12-31T10:14:55.25+01:00", "2003-12-31T09:14:55Z"),
            ("2003-12-31T10:14-08:00", "2003-12-31T18:14:00Z"),
            ("2003-12-31 10:14:55 -0800", "2003-12-31T18:14:55Z"),
            ("2003-07-01 T 01:55:07 -05:00", "2003-07-01T06:55:07Z"),
            ("20021231T19:20:30.45+01:00", "2002-12-31T18:20:30Z"),
            ("2002-12-31T192030+0100", "2002-12-31T18:20:30Z"),
            ("2006-01-17T12:35:9+01:00", "2006-01-17T11:35:09Z"),
            ("2020/1/10 14:33:00", "2020-01-10T14:33:00Z"),
            ("2003-12-31", "2003-12-31"),
            ("2003-12", "2003-12-01"),
            ("2003", "2003-01-01"),
            ("20031231", "2003-12-31"),
            ("2003-335", "2003-12-01"),
            ("2003335T10:00Z", "2003-12-01T10:00:00Z"),
            ("2003-012-31T10:14:55+00:00", "2003-12-31T10:14:55Z"),
            ("2004-W20-4", "2004-05-13"),
            ("2003W01", "2002-12-30"),
            ("2003W011T10:00:00Z", "2002-12-30T10:00:00Z"),
            ("2003-12-31T24:00:00Z", "2004-01-01T00:00:00Z"),
            ("03-12-31", "2003-12-31"),
            ("Thu, 01 Jan 2004 19:48:21 GMT", "2004-01-01T19:48:21Z"),
            ("Thu,\n 01 Jan 2004 19:48:21 EST", "2004-01-02T00:48:21Z"),
            ("tHu, 01 jAn 2004 19:48:21 pDt", "2004-01-02T02:48:21Z"),
            ("Sun, 10 Dec 17 13:01:36 -0800", "2017-12-10T21:01:36Z"),
            ("31 Dec 99 23:59:59 +0000", "1999-12-31T23:59:59Z"),
            ("Thu, 09 Feb 2006 23:59 +0000", "2006-02-09T23:59:00Z"),
            ("Sun, 20 Apr 2014 8:19 pm CEST", "2014-04-20T18:19:00Z"),
            ("Sat, Dec 16 2023 02:02:33 PM", "2023-12-16T14:02:33Z"),
            ("Thu, 5 Apr 2012 23:47:37 GMT+02:00", "2012-04-05T21:47:37Z"),
            ("03 Apr 02 1500 GMT", "2002-04-03T15:00:00Z"),
            ("Sunday, 04-Jan-04 16:29:06 GMT", "2004-01-04T16:29:06Z"),
            ("Sun Jan  4 16:29:06 2004", "2004-01-04T16:29:06Z"),
            ("Sun Jan  4 16:29:06 PST 2004", "2004-01-05T00:29:06Z"),
            ("Wed Nov 04 10:00:13 +0130 2020", "2020-11-04T08:30:13Z"),
            ("January 5, 2004", "2004-01-05"),
            ("mer, 16 nov 2022 00:38:15 +0100", "2022-11-15T23:38:15Z"),
            ("mar. 1 mars 2022", "2022-03-01"),
            ("Κυρ, 11 Ιούλ 2004 12:00:00 EST", "2004-07-11T17:00:00Z"),
            ("2004-július-13T9:15-05:00", "2004-07-13T14:15:00Z"),
            ("2004년 05월 28일 01:31:15", "2004-05-27T16:31:15Z"),
            ("2004-05-25 오후 11:23:17", "2004-05-25T14:23:17Z"),
            ("2004-05-25 오후 11:23:17 +0000", "2004-05-25T23:23:17Z"),
            ("2004-07-08 23:56:58.0", "2004-07-08T23:56:58Z"),
            ("23.07.2019", "2019-07-23"),
            ("keskiviikko 7. marraskuuta 2018", "2018-11-07"),
            ("7 Eylül 2002 Cumartesi", "2002-09-07"),
            ("7. července 2002", "2002-07-07"),
            ("середа, 7 вересня 2002", "2002-09-07"),
            ("07/23/2019", "2019-07-23"),
            ("1498468298144", "2017-06-26T09:11:38Z"),
            ("1498468298.144", "2017-06-26T09:11:38Z"),
            ("Mon, 26 January 2004 16:31:00 AT", "2004-01-26T20:31:00Z"),
        ];
        for (text, expected) in table {
            assert_eq!(read(text).map(|when| when.to_string()).as_deref(), Some(expected), "{text}");
        }
        for text in
            ["", "insert date here", "2003-07-32", "Feb 31 2004 10:00", "07-01T01:55:07-05:00", "99999999999999999999", ":::"]
        {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
