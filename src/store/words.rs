//! Looking for words without an index: the SQL functions `text_holds(text, needle, prefix)` and
//! `body_holds(encoding, body, needle, prefix)`. A needle comes folded by [`fold`](crate::domain::text::fold).
//!
//! A word is found anywhere in a text, inside words too, so that a filter narrows while it is typed; with `prefix`
//! only where a word begins.

use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Result};

use super::body;
use crate::domain::text::fold;

pub(super) fn register(conn: &Connection) -> Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_INNOCUOUS;
    conn.create_scalar_function("text_holds", 3, flags, |context| {
        Ok(match context.get_raw(0) {
            ValueRef::Text(bytes) => holds(&String::from_utf8_lossy(bytes), needle(context, 1), context.get(2)?),
            _ => false,
        })
    })?;
    conn.create_scalar_function("body_holds", 4, flags, |context| {
        let encoding = context.get(0)?;
        Ok(match context.get_raw(1) {
            ValueRef::Blob(bytes) => holds(&body::text(encoding, bytes), needle(context, 2), context.get(3)?),
            _ => false,
        })
    })
}

fn needle<'c>(context: &'c Context<'_>, at: usize) -> &'c str {
    context.get_raw(at).as_str().unwrap_or("")
}

fn holds(text: &str, needle: &str, prefix: bool) -> bool {
    if needle.is_ascii() {
        return holds_ascii(text, needle.as_bytes(), prefix);
    }
    if text.is_ascii() {
        return false;
    }
    let folded = fold(text);
    folded.match_indices(needle).any(|(at, _)| !prefix || begins_word(&folded, at))
}

/// Most needles are ASCII, and then nothing has to be folded or copied.
fn holds_ascii(text: &str, needle: &[u8], prefix: bool) -> bool {
    let Some((first, rest)) = needle.split_first() else { return true };
    let bytes = text.as_bytes();
    let last = bytes.len().saturating_sub(rest.len());
    (0..last).any(|at| {
        bytes[at].to_ascii_lowercase() == *first
            && bytes[at + 1..at + 1 + rest.len()].eq_ignore_ascii_case(rest)
            && (!prefix || begins_word(text, at))
    })
}

fn begins_word(text: &str, at: usize) -> bool {
    // From here on come scripts that put no blanks between words.
    const IDEOGRAPHS: char = '\u{2e80}';
    text[..at].chars().next_back().is_none_or(|before| !before.is_alphanumeric() || before >= IDEOGRAPHS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_without_regard_to_case() {
        for (text, word, prefix, found) in [
            ("Cyber threats", "CYBER", false, true),
            ("Cyber threats", "threat", true, true),
            ("Cyber threats", "hreat", false, true),
            ("Cyber threats", "hreat", true, false),
            ("Cyber threats", "threatss", false, false),
            ("x", "", false, true),
            ("", "x", false, false),
            ("ÉCOLE Straße", "école", false, true),
            ("ÉCOLE Straße", "cole", true, false),
            ("ὈΔΥΣΣΕΎΣ", "ὀδυσσεύς", false, true),
            ("新量子计算", "量子", true, true),
            ("zażółć gęślą", "gęś", true, true),
        ] {
            assert_eq!(holds(text, &fold(word), prefix), found, "{text} {word}");
        }
    }
}
