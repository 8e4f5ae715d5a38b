//! Words as the index has them, and where they stand in a text.
//!
//! FTS5 takes runs of letters and digits as words, folds their case and takes diacritics off. Scripts that put no
//! blanks between words (Han, kana, and Hangul, where endings stick to words) would make a word of a whole sentence: a
//! run of them is indexed as its overlapping pairs and its last letter alone. What is looked for of two letters and more
//! is then a phrase of pairs, and one letter is the beginning of a pair.

use std::borrow::Cow;
use std::ops::Range;

use nucleo_matcher::chars::normalize;

/// Han, kana and Hangul.
fn is_unspaced(c: char) -> bool {
    c >= '\u{2e80}'
        && matches!(c,
            '\u{2e80}'..='\u{2fdf}' | '\u{3005}'..='\u{3007}' | '\u{3040}'..='\u{318f}' | '\u{31a0}'..='\u{31bf}'
            | '\u{31f0}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}'
            | '\u{f900}'..='\u{faff}' | '\u{ff66}'..='\u{ff9f}' | '\u{20000}'..='\u{3134f}')
        && c.is_alphanumeric()
}

/// The text as it is given to the index.
pub(super) fn spaced(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || !text.contains(is_unspaced) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(split_runs(text, true))
}

/// The text as it is asked for: as it is indexed, but that a run at its end may go on in what is found.
fn asked(text: &str) -> Cow<'_, str> {
    let text = text.trim_end_matches(|c: char| !c.is_alphanumeric());
    if text.is_ascii() || !text.contains(is_unspaced) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(split_runs(text, false))
}

fn split_runs(text: &str, ends: bool) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    let mut letters = text.char_indices().peekable();
    let mut is_inside = false;
    while let Some((at, c)) = letters.next() {
        if !is_unspaced(c) {
            out.extend(is_inside.then_some(' '));
            out.push(c);
            is_inside = false;
            continue;
        }
        let next = letters.peek().map(|(_, next)| *next).filter(|next| is_unspaced(*next));
        let is_last = at + c.len_utf8() == text.len();
        if next.is_some() || ends || !is_last || !is_inside {
            out.push(' ');
            out.push(c);
            out.extend(next);
        }
        is_inside = true;
    }
    out
}

/// What is looked for, in the language of FTS5; none where there is no word in it.
pub(super) fn phrase(text: &str, prefix: bool) -> Option<String> {
    let asked = asked(text);
    if !asked.contains(char::is_alphanumeric) {
        return None;
    }
    let last_word = asked.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or("");
    let mut letters = last_word.chars();
    let is_one_letter = letters.next().is_some_and(is_unspaced) && letters.next().is_none();
    let star = if prefix || is_one_letter { " *" } else { "" };
    Some(format!("\"{}\"{star}", asked.replace('"', " ")))
}

/// Words to mark in a text: one after the other, the last perhaps only begun.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Needle {
    words: Vec<String>,
    prefix: bool,
}

impl Needle {
    pub(super) fn new(text: &str, prefix: bool) -> Option<Needle> {
        let asked = asked(text);
        let words: Vec<String> = Words { text: &asked, at: 0, whole: true }.map(|place| folded(&asked[place])).collect();
        let is_one_letter = words.last().is_some_and(|word| word.chars().all(is_unspaced) && word.chars().count() == 1);
        (!words.is_empty()).then_some(Needle { words, prefix: prefix || is_one_letter })
    }

    /// Where the needle ends that begins with the first of these words.
    fn end(&self, mut words: Words<'_>) -> Option<usize> {
        let (last, before) = self.words.split_last()?;
        let is_begun =
            before.iter().all(|wanted| words.next().is_some_and(|place| is_folded(&words.text[place], wanted, false)));
        let place = words.next().filter(|_| is_begun)?;
        let word = &words.text[place.clone()];
        is_folded(word, last, self.prefix)
            .then(|| if word.chars().all(is_unspaced) { place.start + last.len() } else { place.end })
    }
}

/// Where a needle stands first in a text.
pub(super) fn first_mark(text: &str, needles: &[Needle]) -> Option<usize> {
    found(text, needles).next().map(|mark| mark.start)
}

/// Where the needles stand in a text, in order and not overlapping.
pub(super) fn marks(text: &str, needles: &[Needle]) -> Vec<Range<usize>> {
    let mut marks: Vec<Range<usize>> = Vec::new();
    for range in found(text, needles) {
        match marks.last_mut() {
            Some(last) if last.end > range.start => last.end = last.end.max(range.end),
            _ => marks.push(range),
        }
    }
    marks
}

fn found<'a>(text: &'a str, needles: &'a [Needle]) -> impl Iterator<Item = Range<usize>> + 'a {
    let mut words = Words { text, at: 0, whole: false };
    let firsts: Vec<u8> = needles.iter().filter_map(|needle| needle.words.first()?.bytes().next()).collect();
    let is_ascii = text.is_ascii();
    let begins: [bool; 256] = std::array::from_fn(|byte| firsts.contains(&(byte as u8).to_ascii_lowercase()));
    std::iter::from_fn(move || {
        if is_ascii {
            words.skip_to(&begins)?;
        }
        let before = words.clone();
        words.next().map(|place| (before, place.start))
    })
    .filter_map(move |(words, start)| {
        // Most words begin with another letter than all that is looked for.
        let first = text.as_bytes()[start].to_ascii_lowercase();
        if first.is_ascii() && !firsts.contains(&first) {
            return None;
        }
        let end = needles.iter().filter_map(|needle| needle.end(words.clone())).max();
        end.map(|end| start..end)
    })
}

/// Whether a word of a text is, or begins with, one that is folded.
fn is_folded(word: &str, wanted: &str, prefix: bool) -> bool {
    if word.is_ascii() {
        let begun = word.get(..wanted.len()).is_some_and(|begun| begun.eq_ignore_ascii_case(wanted));
        return begun && (prefix || word.len() == wanted.len());
    }
    let word = folded(word);
    if prefix { word.starts_with(wanted) } else { word == wanted }
}

/// The words of a text, folded as in the index.
pub(super) fn terms(text: &str) -> impl Iterator<Item = String> {
    Words { text, at: 0, whole: false }.map(|place| folded(&text[place]))
}

/// The places of the words of a text.
#[derive(Clone)]
struct Words<'a> {
    text: &'a str,
    at: usize,
    /// Runs of unspaced letters are pairs already.
    whole: bool,
}

impl Words<'_> {
    /// Goes on at the next word that begins with one of these bytes; for ASCII only. A text is long and what is looked
    /// for is rare in it.
    fn skip_to(&mut self, begins: &[bool; 256]) -> Option<()> {
        let bytes = self.text.as_bytes();
        let is_begin = |at: &usize| {
            begins[usize::from(bytes[*at])] && at.checked_sub(1).is_none_or(|before| !bytes[before].is_ascii_alphanumeric())
        };
        self.at = (self.at..bytes.len()).find(is_begin)?;
        Some(())
    }
}

impl Iterator for Words<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Self::Item> {
        // Nearly all of most texts is ASCII, and this is asked of every word of what is shown.
        let bytes = self.text.as_bytes();
        let skipped = bytes[self.at..].iter().take_while(|byte| byte.is_ascii() && !byte.is_ascii_alphanumeric()).count();
        let start = self.at + skipped;
        let end = start + bytes[start..].iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
        if end > start && bytes.get(end).is_none_or(u8::is_ascii) {
            self.at = end;
            return Some(start..end);
        }
        let start = start + self.text[start..].find(char::is_alphanumeric)?;
        let mut letters = self.text[start..].char_indices();
        let (_, first) = letters.next()?;
        if is_unspaced(first) && !self.whole {
            self.at = start + first.len_utf8();
            let next = self.text[self.at..].chars().next().filter(|next| is_unspaced(*next));
            return Some(start..self.at + next.map_or(0, char::len_utf8));
        }
        let goes_on = |c: char| (c.is_alphanumeric() && is_unspaced(c) == is_unspaced(first)) || is_diacritic(c);
        let end = letters.find(|(_, c)| !goes_on(*c)).map_or(self.text.len(), |(at, _)| start + at);
        self.at = end;
        Some(start..end)
    }
}

fn is_diacritic(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

fn folded(word: &str) -> String {
    if word.is_ascii() {
        return word.to_ascii_lowercase();
    }
    let lower = word.chars().filter(|c| !is_diacritic(*c)).map(normalize).flat_map(char::to_lowercase);
    lower.map(|c| if c == 'ς' { 'σ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_without_blanks_are_split_into_pairs() {
        for (text, indexed, asked_for) in [
            ("Cyber threats", "Cyber threats", Some("\"Cyber threats\"")),
            ("新量子计算", " 新量 量子 子计 计算 算", Some("\" 新量 量子 子计 计算\"")),
            ("量子", " 量子 子", Some("\" 量子\"")),
            ("子", " 子", Some("\" 子\" *")),
            ("iPhone手机 x", "iPhone 手机 机  x", Some("\"iPhone 手机 机  x\"")),
            ("量子 computer", " 量子 子  computer", Some("\" 量子 子  computer\"")),
            ("정부가", " 정부 부가 가", Some("\" 정부 부가\"")),
            ("a \"b\"", "a \"b\"", Some("\"a  b\"")),
            ("…!", "…!", None),
        ] {
            assert_eq!(spaced(text), indexed, "{text}");
            assert_eq!(phrase(text, false).as_deref(), asked_for, "{text}");
        }
    }

    #[test]
    fn what_is_looked_for_is_marked() {
        let marked = |text: &str, needles: &[(&str, bool)]| {
            let needles: Vec<Needle> = needles.iter().filter_map(|(text, prefix)| Needle::new(text, *prefix)).collect();
            let mut out = String::new();
            let mut end = 0;
            for mark in marks(text, &needles) {
                out.extend([&text[end..mark.start], "[", &text[mark.clone()], "]"]);
                end = mark.end;
            }
            out + &text[end..]
        };
        for (text, needles, wanted) in [
            ("Cyber threats, cyberspace", &[("CYBER", false)][..], "[Cyber] threats, cyberspace"),
            ("Cyber threats, cyberspace", &[("cyb", true)], "[Cyber] threats, [cyberspace]"),
            ("the École and e\u{301}cole", &[("ecole", false)], "the [École] and [e\u{301}cole]"),
            ("one two, one", &[("one two", false)], "[one two], one"),
            ("新量子计算 量子", &[("量子计", false)], "新[量子计]算 量子"),
            ("新量子计算", &[("算", false)], "新量子计[算]"),
            ("ὈΔΥΣΣΕΎΣ", &[("ὀδυσσεύς", false)], "[ὈΔΥΣΣΕΎΣ]"),
            ("a b c", &[("b", false), ("c", false)], "a [b] [c]"),
            ("Cab b-Ab bab B", &[("b", false), ("ab", false)], "Cab [b]-[Ab] bab [B]"),
        ] {
            assert_eq!(marked(text, needles), wanted, "{text}");
        }
    }
}
