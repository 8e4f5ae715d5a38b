//! The head line of a comment, in all the forms that the page had over the years.

use crate::domain::rank::{Hundredths, Rank};
use crate::domain::time::{Timestamp, When};
use crate::format::Origin;
use crate::format::dateline::{Shaped, shaped_date};

pub(super) const REMOVED: &str = "This comment has been removed by a moderator.";

/// Longer names than this are sentences.
const LONGEST_NAME: usize = 40;

#[derive(Debug, PartialEq)]
pub(super) struct DumpHead<'a> {
    pub(super) author: Option<&'a str>,
    pub(super) rank: Rank,
    pub(super) posted: Option<When>,
    /// How many lines it takes.
    pub(super) lines: usize,
    /// A figure or a date that cannot be.
    pub(super) odd: bool,
}

/// The head that begins at the first of `lines`, if one does.
pub(super) fn head<'a>(lines: &[&'a str], origin: &Origin<'_>) -> Option<DumpHead<'a>> {
    let line = lines.first()?.trim();
    let next = lines.get(1).map_or("", |next| next.trim());
    if let Some((before, shaped)) = dated_end(line) {
        let (posted, odd_date) = when(&shaped, origin);
        if let Some((author, rank, odd)) = ranked_end(before) {
            return Some(DumpHead { author: written(author), rank, posted, lines: 1, odd: odd || odd_date });
        }
        let author = name(before)?;
        if lines.iter().skip(1).take(2).map(|line| line.trim()).find(|line| !line.is_empty()) == Some(REMOVED) {
            return Some(DumpHead { author: written(author), rank: Rank::Removed, posted, lines: 1, odd: odd_date });
        }
        let ("", rank, odd) = ranked_end(next)? else { return None };
        return Some(DumpHead { author: written(author), rank, posted, lines: 2, odd: odd || odd_date });
    }
    // The rank alone, its date on the next line.
    let ("", shaped) = dated_end(next)? else { return None };
    let (author, rank, odd) = ranked_end(line)?;
    let (posted, odd_date) = when(&shaped, origin);
    Some(DumpHead { author: written(author), rank, posted, lines: 2, odd: odd || odd_date })
}

/// True if a line without an end looks like the beginning of a head.
pub(super) fn is_cut_head(line: &str) -> bool {
    let rest = line.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    let rated = rest.len() < line.len() && rest.len() >= 4 && (rest.starts_with(" / 5") || " / 5 (".starts_with(rest));
    let starts = |form: &str| line.starts_with(form) || (line.len() >= 6 && form.starts_with(line));
    (rated || starts("not rated yet") || starts("Not rated yet") || line.starts_with("Rank: ")) && line.len() < 60
}

fn when(shaped: &Shaped, origin: &Origin<'_>) -> (Option<When>, bool) {
    match shaped {
        Shaped::Day(day) => (day.map(When::Day), day.is_none()),
        Shaped::Ago(seconds) => (Some(When::Instant(Timestamp(origin.now.0.saturating_sub(*seconds)))), false),
    }
}

/// A line that ends in a date, and what stands before it.
fn dated_end(line: &str) -> Option<(&str, Shaped)> {
    let last = line.rsplit(char::is_whitespace).next()?;
    if last != "ago" && (last.len() != 4 || !last.bytes().all(|b| b.is_ascii_digit())) {
        return None;
    }
    let mut rest = line;
    for _ in 0..3 {
        rest = rest.trim_end().rsplit_once(char::is_whitespace).map_or("", |(before, _)| before);
    }
    let rest = rest.trim_end();
    Some((rest, shaped_date(&line[rest.len()..])?))
}

/// A text that ends in a rank; before it may stand a name. Whether the figures cannot be.
fn ranked_end(text: &str) -> Option<(&str, Rank, bool)> {
    let (before, rank, odd) = unrated_end(text).or_else(|| rated_end(text)).or_else(|| old_end(text))?;
    let before = before.trim_end();
    let before = before.strip_suffix("Rank:").or_else(|| before.strip_suffix("rank:")).unwrap_or(before);
    Some((name(before)?, rank, odd))
}

fn unrated_end(text: &str) -> Option<(&str, Rank, bool)> {
    const UNRATED: &str = "not rated yet";
    let text = text.strip_suffix('.').unwrap_or(text);
    let at = text.len().checked_sub(UNRATED.len())?;
    let is = text.is_char_boundary(at) && text[at..].eq_ignore_ascii_case(UNRATED);
    (is && is_apart(&text[..at])).then(|| (&text[..at], Rank::Unrated, false))
}

/// "4.5 / 5 (8)"
fn rated_end(text: &str) -> Option<(&str, Rank, bool)> {
    let (figure, votes) = text.strip_suffix(')')?.rsplit_once('(')?;
    stars(of_five(figure)?, votes)
}

/// "Rank: 4.5/5 after 8 votes"
fn old_end(text: &str) -> Option<(&str, Rank, bool)> {
    let text = text.strip_suffix('.').unwrap_or(text);
    let (figure, votes) = text.strip_suffix(" votes").or_else(|| text.strip_suffix(" vote"))?.rsplit_once(" after ")?;
    stars(of_five(figure)?, votes)
}

/// The number before the "/ 5".
fn of_five(text: &str) -> Option<&str> {
    text.trim_end().strip_suffix('5')?.trim_end().strip_suffix('/').map(str::trim_end)
}

fn stars<'a>(figure: &'a str, votes: &str) -> Option<(&'a str, Rank, bool)> {
    let at = figure.rfind(|c: char| !c.is_ascii_digit() && c != '.').map_or(0, |at| at + 1);
    let at = if figure.is_char_boundary(at) { at } else { return None };
    let (before, figure) = figure.split_at(at);
    let mean = Hundredths::parse(figure)?;
    let votes = votes.trim().replace(',', "");
    if votes.is_empty() || !votes.bytes().all(|b| b.is_ascii_digit()) || !is_apart(before) {
        return None;
    }
    let votes = votes.parse().unwrap_or(u32::MAX);
    let odd = mean.0 > 500 || votes == 0;
    let rank = if votes == 0 { Rank::Unrated } else { Rank::Stars { mean: mean.min(Hundredths(500)), votes } };
    Some((before, rank, odd))
}

fn is_apart(before: &str) -> bool {
    before.is_empty() || before.ends_with([' ', '\t', ':', '\u{a0}'])
}

/// The text left of a rank: a name, or nothing (empty then). None if it is a sentence.
fn name(text: &str) -> Option<&str> {
    let text = text.trim().trim_end_matches(['-', '–', '|', '·']).trim_end();
    (text.is_empty() || is_name(text)).then_some(text)
}

fn written(name: &str) -> Option<&str> {
    Some(name).filter(|name| !name.is_empty())
}

pub(super) fn is_name(text: &str) -> bool {
    text.chars().count() <= LONGEST_NAME
        && text.split_whitespace().count() <= 4
        && !text.ends_with(['.', '!', '?', ',', ';', ':', ')', '"'])
}
