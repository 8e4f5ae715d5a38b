//! Small readings that several formats share: names, times, counts.

use super::json::Value;
use crate::domain::text::{CleanText, clean_line};
use crate::domain::time::{Timestamp, When};

/// Seconds since 1970.
pub fn instant(value: Option<Value<'_>>) -> Option<When> {
    value.and_then(Value::i64).map(|seconds| When::Instant(Timestamp(seconds)))
}

/// An instant as ISO 8601 writes it.
pub fn iso(text: Option<&str>) -> Option<When> {
    let at: jiff::Timestamp = text?.parse().ok()?;
    Some(When::Instant(Timestamp(at.as_second())))
}

/// A date in any of the ways in which programs write one for people or for feeds.
pub fn written_date(text: &str) -> Option<When> {
    super::feed::date::read(text)
}

/// The first date in some words, with its time of day where that follows: "19. Juni 2018 um 15:28 Uhr".
pub fn written_date_in(text: &str) -> Option<When> {
    const BETWEEN: &[&str] =
        &["um", "at", "@", "on", "à", "om", "kl.", "a", "las", "alle", "ore", "|", "-", "–", "—", "•", "·", "uhr"];
    let is_word = |word: &&str| !BETWEEN.contains(&word.to_lowercase().as_str());
    let words: Vec<&str> = text.split_whitespace().filter(is_word).take(60).collect();
    for from in 0..words.len() {
        for length in (1..=6.min(words.len() - from)).rev() {
            let part = words[from..from + length].join(" ");
            let part = part.trim_matches(|c: char| matches!(c, '(' | ')' | ',' | ':' | ';'));
            if part.chars().filter(char::is_ascii_digit).count() >= 5
                && let Some(found) = written_date(part).filter(is_of_the_web)
            {
                return Some(found);
            }
        }
    }
    None
}

/// False for a year of another calendar, which would be read as one of long ago.
fn is_of_the_web(when: &When) -> bool {
    when.sort_key() > Timestamp(0)
}

/// A name or title; none where it is blank.
pub fn label(text: Option<&str>) -> Option<CleanText> {
    text.map(clean_line).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_found_in_words_of_any_language() {
        for (text, wanted) in [
            ("Ben 19. Juni 2018 um 15:28 Uhr - Antworten", Some("2018-06-19T15:28:00Z")),
            ("26. Mai 2008 um 21:07", Some("2008-05-26T21:07:00Z")),
            ("August 15, 2020 at 9:35 am", Some("2020-08-15T09:35:00Z")),
            ("on March 3, 2014 said", Some("2014-03-03")),
            ("Reply 2 of 12", None),
            ("", None),
        ] {
            assert_eq!(written_date_in(text).map(|when| when.to_string()).as_deref(), wanted, "{text}");
        }
    }
}
