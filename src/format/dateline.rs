//! Lines that say when a piece was published and by whom, as phys.org and pages in its manner write them.

use super::Origin;
use crate::domain::text::{CleanText, clean_line};
use crate::domain::time::{DAY, Date, HOUR, MINUTE, Timestamp, When};

/// The names of pieces that are not plain news.
pub const KINDS: &[&str] = &["report", "weblog", "feature", "dialog", "opinion", "editorial", "column", "interview", "review"];

/// "June 4, 2011 report by Philip Lim, AFP"
#[derive(Default, Debug, PartialEq)]
pub struct Dateline {
    pub published: Option<When>,
    pub kind: Option<CleanText>,
    pub byline: Option<Byline>,
}

/// The author and the publisher.
#[derive(Default, Debug, PartialEq)]
pub struct Byline {
    pub author: CleanText,
    pub organisation: Option<CleanText>,
}

/// A line that is nothing but a dateline.
pub fn dateline(line: &str, origin: &Origin<'_>) -> Option<Dateline> {
    let mut words = line.split_whitespace();
    let first: Vec<&str> = words.by_ref().take(3).collect();
    let published = Some(date(&first.join(" "), origin)?);
    let rest: Vec<&str> = words.collect();
    let is_kind = |word: &str| KINDS.contains(&word) || (rest.get(1) == Some(&"by") && word.chars().all(char::is_alphabetic));
    let (kind, rest) = match rest.split_first() {
        Some((word, after)) if *word != "by" && is_kind(word) => (Some(clean_line(word)), after),
        _ => (None, rest.as_slice()),
    };
    let byline = if rest.is_empty() { None } else { Some(byline(&rest.join(" "))?) };
    Some(Dateline { published, kind, byline })
}

/// Date and author of a line that is nothing but a dateline, for other forms that have one.
pub fn read_dateline(line: &str, origin: &Origin<'_>) -> Option<(Option<When>, Option<CleanText>)> {
    dateline(line, origin).map(|found| (found.published, found.byline.map(|byline| byline.author)))
}

/// "by Bob Yirka , Phys.org"
pub fn byline(line: &str) -> Option<Byline> {
    let names = line.trim().strip_prefix("by ").or_else(|| line.trim().strip_prefix("By "))?.trim();
    if names.is_empty() || names.len() > 160 {
        return None;
    }
    let (author, organisation) = names.split_once(',').unwrap_or((names, ""));
    let organisation = Some(clean_line(organisation)).filter(|name| !name.is_empty());
    Some(Byline { author: clean_line(author), organisation }).filter(|byline| !byline.author.is_empty())
}

/// "June 4, 2011", "Jun 04, 2011", "20 hours ago".
pub fn date(text: &str, origin: &Origin<'_>) -> Option<When> {
    match shaped_date(text)? {
        Shaped::Day(day) => day.map(When::Day),
        Shaped::Ago(seconds) => Some(When::Instant(Timestamp(origin.now.0.saturating_sub(seconds)))),
    }
}

/// A date as it looks; none for a day that the calendar does not have.
pub enum Shaped {
    Day(Option<Date>),
    Ago(i64),
}

pub fn shaped_date(text: &str) -> Option<Shaped> {
    let mut words = text.split_whitespace();
    let (first, second, third) = (words.next()?, words.next()?, words.next()?);
    let digits = |word: &str, most: usize| (1..=most).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_digit());
    if words.next().is_some() {
        return None;
    }
    if third == "ago" {
        let unit = match second.strip_suffix('s').unwrap_or(second) {
            "second" => 1,
            "minute" => MINUTE,
            "hour" => HOUR,
            "day" => DAY,
            "week" => 7 * DAY,
            _ => return None,
        };
        let number = if matches!(first, "a" | "an") { 1 } else { first.parse().ok().filter(|_| digits(first, 6))? };
        return Some(Shaped::Ago(unit * number));
    }
    let month = Date::month_number(first)?;
    let day = second.strip_suffix(',')?;
    if !digits(day, 2) || third.len() != 4 || !digits(third, 4) {
        return None;
    }
    Some(Shaped::Day(Date::new(third.parse().ok()?, month, day.parse().ok()?)))
}
