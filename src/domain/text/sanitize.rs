//! The characters of foreign text that may stay: the one gate that keeps it from acting on a terminal, or hiding on it.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthChar;

/// More combining marks than this on one letter are dropped: no script needs them, and a pile of them paints over
/// the neighbouring lines.
const MARKS_PER_LETTER: usize = 8;

/// Characters of one letter beyond this are dropped: jamo, conjuncts and joined pictures can go on for ever, and a letter is
/// never broken. The longest that are written have a dozen.
const LONGEST_LETTER: usize = 32;

/// The sieve: what may stay of foreign text. With `code`, line breaks and tabs are among it.
pub(super) fn sift(raw: &str, code: bool) -> Box<str> {
    super::effort::count(raw.len());
    if is_plain(raw, code) {
        return raw.into();
    }
    let mut kept = String::with_capacity(raw.len());
    let mut marks = 0;
    let mut rest = raw;
    loop {
        let plain = rest.bytes().position(|b| !(0x20..0x7f).contains(&b)).unwrap_or(rest.len());
        if plain > 0 {
            kept.push_str(&rest[..plain]);
            marks = 0;
        }
        let mut chars = rest[plain..].chars();
        let Some(c) = chars.next() else { break };
        rest = chars.as_str();
        let next = chars.next();
        match c {
            '\r' if next == Some('\n') => {}
            '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{b}' | '\u{c}' => kept.push(if code { '\n' } else { ' ' }),
            '\t' => kept.push(if code { '\t' } else { ' ' }),
            c if c.is_control() || is_invisible(c) => {}
            '\u{200c}' | '\u{200d}' => {
                if joins(kept.chars().next_back(), next, c) {
                    kept.push(c);
                }
            }
            '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}' => {
                let base = kept.chars().next_back();
                if base.is_some_and(|b| !b.is_whitespace() && !is_selector(b) && !is_joiner(b)) {
                    kept.push(c);
                }
            }
            c if c.width() == Some(0) => {
                marks += 1;
                if marks <= MARKS_PER_LETTER {
                    kept.push(c);
                }
                continue;
            }
            c => kept.push(c),
        }
        marks = 0;
    }
    // A joiner kept for a neighbour that was dropped after it would dangle.
    while kept.ends_with(is_joiner) {
        kept.pop();
    }
    if may_have_long_letters(&kept) {
        kept = without_long_letters(&kept);
    }
    kept.into_boxed_str()
}

/// Cheap, and right wherever it says no.
fn may_have_long_letters(text: &str) -> bool {
    let mut run = 0;
    text.len() > LONGEST_LETTER
        && text.chars().any(|c| {
            // None of these goes on with the letter before.
            let begins = matches!(c, '\0'..='\u{2ff}' | '\u{370}'..='\u{482}' | '\u{48a}'..='\u{58f}' | '\u{2010}'..='\u{2027}'
                | '\u{3040}'..='\u{3098}' | '\u{309b}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}');
            run = if begins { 0 } else { run + 1 };
            run >= LONGEST_LETTER
        })
}

fn without_long_letters(text: &str) -> String {
    super::effort::count(text.len());
    let mut kept = String::with_capacity(text.len());
    let mut letters = text.graphemes(true).peekable();
    while let Some(letter) = letters.next() {
        let Some((end, _)) = letter.char_indices().nth(LONGEST_LETTER) else {
            kept.push_str(letter);
            continue;
        };
        let begin = letter[..end].trim_end_matches(|c: char| is_joiner(c) || c.width() == Some(0));
        // A mark that would combine with the next letter is dropped.
        let next = letters.peek().and_then(|next| next.chars().next());
        let seam: String = begin.chars().next_back().into_iter().chain(next).collect();
        if next.is_none() || seam.graphemes(true).nth(1).is_some() {
            kept.push_str(begin);
        }
    }
    kept
}

/// True if a character acts on a terminal, or hides or reorders what stands around it, wherever it stands. Line breaks and
/// tabs do not.
pub(super) fn is_unsafe(c: char) -> bool {
    !matches!(c, '\n' | '\t') && (c.is_control() || is_invisible(c) || matches!(c, '\u{2028}' | '\u{2029}'))
}

/// JSON in which all that is unsafe stands as `\u…`: it reads back as it was. Such characters stand in strings only.
pub(super) fn escape_json(json: &str) -> Cow<'_, str> {
    if is_plain(json, true) || !json.contains(is_unsafe) {
        return Cow::Borrowed(json);
    }
    let mut escaped = String::with_capacity(json.len() + 16);
    for c in json.chars() {
        if is_unsafe(c) {
            let mut units = [0; 2];
            escaped.extend(c.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")));
        } else {
            escaped.push(c);
        }
    }
    Cow::Owned(escaped)
}

/// True if there is nothing to sift. By chunks without a way out, so that it runs on many bytes at once: most text is
/// this, and a large discussion is sifted whole when it is opened.
fn is_plain(raw: &str, code: bool) -> bool {
    let plain = |b: u8| (0x20..0x7f).contains(&b) || (code && (b == b'\n' || b == b'\t'));
    raw.as_bytes().chunks(64).all(|chunk| chunk.iter().fold(true, |all, &b| all & plain(b)))
}

fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}')
}

fn is_selector(c: char) -> bool {
    matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

/// Characters that show nothing by themselves and can hide, reorder or confuse what is shown: bidi controls,
/// default-ignorable format characters, fillers, tags, noncharacters. (Unicode 16, `DefaultIgnorableCodePoint` without
/// joiners and variation selectors, and General Category Cf.)
pub(super) fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
        | '\u{110bd}' | '\u{110cd}' | '\u{13430}'..='\u{1345f}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e00ff}' | '\u{e01f0}'..='\u{e0fff}')
        || u32::from(c) & 0xfffe == 0xfffe
        || matches!(c, '\u{fdd0}'..='\u{fdef}')
}

fn joins(before: Option<char>, after: Option<char>, joiner: char) -> bool {
    let (Some(before), Some(after)) = (before, after) else { return false };
    let emoji = joiner == '\u{200d}'
        && (is_pictograph(before) || before == '\u{fe0f}' || matches!(before, '\u{1f3fb}'..='\u{1f3ff}'))
        && is_pictograph(after);
    emoji || (is_joining_script(before) && is_joining_script(after))
}

fn is_pictograph(c: char) -> bool {
    matches!(c, '\u{2190}'..='\u{2bff}' | '\u{1f000}'..='\u{1faff}')
}

/// Scripts whose letters change shape with a joiner between them: Arabic and its kin, the Indic scripts with their
/// viramas, Khmer, Myanmar, Mongolian.
fn is_joining_script(c: char) -> bool {
    matches!(c, '\u{600}'..='\u{8ff}' | '\u{900}'..='\u{dff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{18af}'
        | '\u{fb50}'..='\u{fdcf}' | '\u{fdf0}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}' | '\u{a8e0}'..='\u{a8ff}'
        | '\u{11000}'..='\u{11fff}')
}
