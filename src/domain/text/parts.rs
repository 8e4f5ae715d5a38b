//! Where a part of a word stands in a text, in any of its spellings: for the search on a page, which finds half a word too.

use std::ops::Range;

use super::folding::{fold_word, is_word_mark};

/// The words to look for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Part {
    forms: Vec<String>,
}

impl Part {
    /// None where nothing is looked for.
    pub fn new(text: &str) -> Option<Part> {
        let mut forms = vec![folded(text, false).text, folded(text, true).text];
        forms.dedup();
        forms.retain(|form| !form.is_empty());
        (!forms.is_empty()).then_some(Part { forms })
    }

    pub fn is_in(&self, text: &str) -> bool {
        !self.marks(text).is_empty()
    }

    /// Where it stands, in order and not overlapping.
    pub fn marks(&self, text: &str) -> Vec<Range<usize>> {
        let mut marks: Vec<Range<usize>> = Vec::new();
        let plain = folded(text, false);
        let spelled_out = (!text.is_ascii()).then(|| folded(text, true)).filter(|other| other.text != plain.text);
        for text in [Some(plain), spelled_out].into_iter().flatten() {
            marks.extend(self.forms.iter().flat_map(|form| text.find(form)));
        }
        marks.sort_by_key(|mark| (mark.start, mark.end));
        marks.dedup_by(|next, kept| {
            let overlaps = next.start < kept.end;
            if overlaps {
                kept.end = kept.end.max(next.end);
            }
            overlaps
        });
        marks
    }
}

/// A text with where each byte of it comes from.
struct Folded {
    text: String,
    /// None: from the same place.
    origins: Option<Vec<usize>>,
}

fn folded(text: &str, spelled_out: bool) -> Folded {
    super::effort::count(text.len());
    if text.is_ascii() {
        return Folded { text: text.to_ascii_lowercase(), origins: None };
    }
    let (mut out, mut origins) = (String::with_capacity(text.len()), Vec::with_capacity(text.len() + 1));
    let mut letters = text.char_indices().peekable();
    while let Some((start, c)) = letters.next() {
        let continues = |c: char| is_word_mark(c) || matches!(c, '\u{ff9e}' | '\u{ff9f}' | '\u{1160}'..='\u{11ff}');
        while letters.next_if(|(_, next)| continues(*next)).is_some() {}
        let end = letters.peek().map_or(text.len(), |(next, _)| *next);
        if c.is_ascii() && end == start + 1 {
            out.push(c.to_ascii_lowercase());
        } else if c.is_alphanumeric() {
            let word = fold_word(&text[start..end]);
            out.push_str(word.spelled_out.as_ref().filter(|_| spelled_out).unwrap_or(&word.main));
        } else {
            out.push_str(&text[start..end]);
        }
        origins.resize(out.len(), start);
    }
    origins.push(text.len());
    Folded { text: out, origins: Some(origins) }
}

impl Folded {
    fn find<'a>(&'a self, form: &'a str) -> impl Iterator<Item = Range<usize>> + 'a {
        self.text.match_indices(form).map(|(start, _)| self.origin(start)..self.end(start + form.len()))
    }

    fn origin(&self, at: usize) -> usize {
        self.origins.as_ref().map_or(at, |origins| origins[at])
    }

    /// The end of the letter that the byte before comes from.
    fn end(&self, at: usize) -> usize {
        let Some(origins) = &self.origins else { return at };
        let last = origins[at - 1];
        origins[at..].iter().copied().find(|origin| *origin != last).unwrap_or(last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_found_in_any_spelling() {
        for (text, part, marked) in [
            ("Cyber threats", "BER", &["ber"][..]),
            ("the École, e\u{301}cole", "ecol", &["Écol", "e\u{301}col"]),
            ("Köln und Koeln", "köln", &["Köln", "Koeln"]),
            ("Köln und Koeln", "koe", &["Kö", "Koe"]),
            ("Straße", "ss", &["ß"]),
            ("İSTANBUL", "istan", &["İSTAN"]),
            ("ｶﾞｿﾘﾝ", "がそ", &["ｶﾞｿ"]),
            ("a – b", "a – b", &["a – b"]),
            ("aaa", "aa", &["aa"]),
            ("x", "y", &[]),
        ] {
            let part = Part::new(part).unwrap();
            let found: Vec<&str> = part.marks(text).into_iter().map(|mark| &text[mark]).collect();
            assert_eq!(found, marked, "{text}");
            assert_eq!(part.is_in(text), !marked.is_empty());
        }
        assert_eq!(Part::new(""), None);
    }
}
