//! The words of a text: as they are indexed, and where those that are looked for stand.
//!
//! Words are runs of letters, digits and their marks. Scripts without spaces between words (Han, kana, Thai, Lao, Khmer,
//! Burmese), and Hangul, where endings stick to words, are cut into overlapping pairs of letters and the last letter
//! alone. What is looked for there is a sequence of pairs; a single letter is the beginning of a pair.
//!
//! The index, the scan of what is not indexed, the marks in hits and the search on a page all use this module, so they
//! find the same.

use std::borrow::Cow;
use std::ops::Range;

use super::folding::{FoldedWord, fold_word, is_word_mark};

fn is_unspaced(c: char) -> bool {
    c >= '\u{e00}'
        && matches!(c,
            '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1100}'..='\u{11ff}' | '\u{1780}'..='\u{17ff}'
            | '\u{2e80}'..='\u{2fdf}' | '\u{3005}'..='\u{3007}' | '\u{3040}'..='\u{318f}' | '\u{31a0}'..='\u{31bf}'
            | '\u{31f0}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}'
            | '\u{f900}'..='\u{faff}' | '\u{ff66}'..='\u{ff9f}' | '\u{20000}'..='\u{3134f}')
        && c.is_alphanumeric()
}

/// Characters that belong to the letter before them in a script without spaces: marks, the voice marks of half-width kana, and
/// the later parts of a syllable of Hangul.
fn continues_unit(c: char) -> bool {
    is_word_mark(c) || matches!(c, '\u{ff9e}' | '\u{ff9f}' | '\u{1160}'..='\u{11ff}' | '\u{e30}' | '\u{e32}' | '\u{e33}')
}

/// A word of a text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Word {
    pub range: Range<usize>,
    /// For a script without spaces: the end of its first letter.
    first_unit: Option<usize>,
    /// It is the last letter of such a run, and not the only one.
    is_tail: bool,
}

/// The words of a text, in order.
#[derive(Clone)]
pub struct Words<'a> {
    text: &'a str,
    at: usize,
    in_run: bool,
}

pub fn words(text: &str) -> Words<'_> {
    Words { text, at: 0, in_run: false }
}

impl Words<'_> {
    /// Continues at the next word that begins with one of these bytes; for ASCII only.
    fn skip_to(&mut self, begins: &[bool; 256]) -> Option<()> {
        let bytes = self.text.as_bytes();
        let is_begin = |at: &usize| {
            begins[usize::from(bytes[*at])] && at.checked_sub(1).is_none_or(|before| !bytes[before].is_ascii_alphanumeric())
        };
        self.at = (self.at..bytes.len()).find(is_begin)?;
        Some(())
    }

    /// The end of the letter that starts at `start`, with its marks.
    fn unit_end(&self, start: usize) -> usize {
        let mut letters = self.text[start..].char_indices().skip(1);
        letters.find(|(_, c)| !continues_unit(*c)).map_or(self.text.len(), |(at, _)| start + at)
    }

    fn unspaced(&mut self, start: usize) -> Word {
        let first_end = self.unit_end(start);
        let has_next = self.text[first_end..].chars().next().is_some_and(is_unspaced);
        let is_tail = !has_next && self.in_run;
        self.at = first_end;
        self.in_run = has_next;
        let end = if has_next { self.unit_end(first_end) } else { first_end };
        Word { range: start..end, first_unit: Some(first_end), is_tail }
    }
}

impl Iterator for Words<'_> {
    type Item = Word;

    fn next(&mut self) -> Option<Word> {
        let spaced = |range| Some(Word { range, first_unit: None, is_tail: false });
        // Nearly all of most texts is ASCII.
        let bytes = self.text.as_bytes();
        let skipped = bytes[self.at..].iter().take_while(|byte| byte.is_ascii() && !byte.is_ascii_alphanumeric()).count();
        let start = self.at + skipped;
        let end = start + bytes[start..].iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
        if end > start && bytes.get(end).is_none_or(u8::is_ascii) {
            self.at = end;
            return spaced(start..end);
        }
        let start = start + self.text[start..].find(char::is_alphanumeric)?;
        if self.text[start..].chars().next().is_some_and(is_unspaced) {
            return Some(self.unspaced(start));
        }
        let continues = |c: char| (c.is_alphanumeric() && !is_unspaced(c)) || is_word_mark(c);
        let end = self.text[start..].find(|c| !continues(c)).map_or(self.text.len(), |at| start + at);
        self.at = end;
        spaced(start..end)
    }
}

/// The folded words of a text, for an index that separates words at whatever is ASCII and not a letter or digit. Other
/// spellings of its words stand at the end, so that phrases are not torn.
pub fn indexed(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + text.len() / 4);
    let mut other_spellings = String::new();
    for word in words(text) {
        let part = &text[word.range];
        if part.is_ascii() {
            out.push_str(part);
        } else {
            let FoldedWord { main, spelled_out } = fold_word(part);
            out.push_str(&main);
            other_spellings.extend(spelled_out.into_iter().flat_map(|spelled_out| [" ".to_owned(), spelled_out]));
        }
        out.push(' ');
    }
    out.push_str(&other_spellings);
    Cow::Owned(out)
}

/// The distinct words of a text, folded.
pub fn folded_words(text: &str) -> impl Iterator<Item = String> {
    words(text).map(|word| fold_word(&text[word.range]).main).filter(|word| !word.is_empty())
}

/// A search in a text: one word after the other, the last perhaps only begun.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Needle {
    words: Vec<FoldedWord>,
    pub prefix: bool,
}

impl Needle {
    /// None where there is no word in it.
    pub fn new(text: &str, prefix: bool) -> Option<Needle> {
        let mut wanted: Vec<Word> = words(text).collect();
        // A run at the end may continue in what is found.
        wanted.pop_if(|word| word.is_tail);
        let is_lone_letter = wanted.last().is_some_and(|word| word.first_unit == Some(word.range.end));
        let mut folded: Vec<FoldedWord> = wanted.into_iter().map(|word| fold_word(&text[word.range])).collect();
        folded.retain(|word| !word.main.is_empty());
        (!folded.is_empty()).then_some(Needle { words: folded, prefix: prefix || is_lone_letter })
    }

    pub fn words(&self) -> &[FoldedWord] {
        &self.words
    }

    pub fn is_in(&self, text: &str) -> bool {
        first_mark(text, std::slice::from_ref(self)).is_some()
    }

    /// Where the needle ends that begins with the first of these words.
    fn end(&self, mut words: Words<'_>) -> Option<usize> {
        let (last, before) = self.words.split_last()?;
        for wanted in before {
            words.next().filter(|word| is_word(&words.text[word.range.clone()], wanted, false))?;
        }
        let word = words.next()?;
        if !is_word(&words.text[word.range.clone()], last, self.prefix) {
            return None;
        }
        // A lone letter stands at the beginning of a pair, and only it is meant.
        let is_lone_letter = self.prefix && word.first_unit.is_some() && last.main.chars().count() == 1;
        Some(if is_lone_letter { word.first_unit.unwrap_or(word.range.end) } else { word.range.end })
    }
}

fn is_word(word: &str, wanted: &FoldedWord, prefix: bool) -> bool {
    if word.is_ascii() {
        let is = |wanted: &str| {
            let begun = word.get(..wanted.len()).is_some_and(|begun| begun.eq_ignore_ascii_case(wanted));
            begun && (prefix || word.len() == wanted.len())
        };
        return wanted.forms().any(is);
    }
    let word = fold_word(word);
    let is = |form: &str, wanted: &str| if prefix { form.starts_with(wanted) } else { form == wanted };
    word.forms().any(|form| wanted.forms().any(|wanted| is(form, wanted)))
}

/// Where a needle stands first in a text.
pub fn first_mark(text: &str, needles: &[Needle]) -> Option<usize> {
    found(text, needles).next().map(|mark| mark.start)
}

/// Where the needles stand in a text, in order and not overlapping.
pub fn marks(text: &str, needles: &[Needle]) -> Vec<Range<usize>> {
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
    let mut words = words(text);
    let first_words = needles.iter().filter_map(|needle| needle.words.first());
    let firsts: Vec<u8> = first_words.flat_map(FoldedWord::forms).filter_map(|form| form.bytes().next()).collect();
    let is_ascii = text.is_ascii();
    let begins: [bool; 256] = std::array::from_fn(|byte| firsts.contains(&(byte as u8).to_ascii_lowercase()));
    std::iter::from_fn(move || {
        if is_ascii {
            words.skip_to(&begins)?;
        }
        let before = words.clone();
        words.next().map(|word| (before, word))
    })
    .filter_map(move |(words, word)| {
        // Most words begin with another letter than all that is looked for.
        let first = text.as_bytes()[word.range.start].to_ascii_lowercase();
        if first.is_ascii() && !firsts.contains(&first) {
            return None;
        }
        let end = needles.iter().filter_map(|needle| needle.end(words.clone())).max();
        end.map(|end| word.range.start..end)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_without_spaces_are_indexed_as_pairs() {
        for (text, expected) in [
            ("Cyber threats", "Cyber threats"),
            ("新量子计算", "新量 量子 子计 计算 算 "),
            ("量子", "量子 子 "),
            ("iPhone手机 x", "iPhone 手机 机 x "),
            ("量子 computer", "量子 子 computer "),
            ("정부가", "정부 부가 가 "),
            ("ｶﾞｽ", "がす す "),
            ("ดีมาก", "ดีมา มาก ก "),
            ("Köln – alt", "koln alt  koeln"),
        ] {
            assert_eq!(indexed(text), expected, "{text}");
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
            ("Köln, Koln, Koeln", &[("köln", false)], "[Köln], [Koln], [Koeln]"),
            ("Köln, Koln, Koeln", &[("koeln", false)], "[Köln], Koln, [Koeln]"),
            ("Köln, Koln, Koeln", &[("koln", false)], "[Köln], [Koln], Koeln"),
            ("カタカナとひらがな", &[("ヒラガナ", false)], "カタカナと[ひらがな]"),
            ("…", &[("a", false)], "…"),
        ] {
            assert_eq!(marked(text, needles), wanted, "{text}");
        }
    }
}
