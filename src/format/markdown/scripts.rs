//! Words above the line and readings beside it, as some sites write them within running text.

use std::borrow::Cow;

use super::super::html::{lowered, raised};
use super::Dialect;

/// A text with them as they are shown.
pub(super) fn in_text(text: &str, dialect: Dialect) -> Cow<'_, str> {
    match dialect {
        Dialect::Lemmy if text.contains(['{', '^', '~']) => {
            Cow::Owned(enclosed(&enclosed(&readings(text), '^', raised), '~', lowered))
        }
        Dialect::Reddit if text.contains('^') => Cow::Owned(superscripts(text)),
        _ => Cow::Borrowed(text),
    }
}

/// `{words|how they are read}`
fn readings(text: &str) -> String {
    let (mut out, mut rest) = (String::with_capacity(text.len()), text);
    while let Some((before, behind)) = rest.split_once('{') {
        out.push_str(before);
        let found = behind.split_once('}').and_then(|(inner, behind)| Some((inner.split_once('|')?, behind)));
        match found.filter(|((words, reading), _)| !words.is_empty() && !reading.is_empty() && !words.contains('{')) {
            Some(((words, reading), behind)) => {
                out.extend([words, " (", reading, ")"]);
                rest = behind;
            }
            None => {
                out.push('{');
                rest = behind;
            }
        }
    }
    out + rest
}

/// `x^2^` within a word; Markdown finds them between words.
fn enclosed(text: &str, mark: char, written: fn(&str) -> String) -> String {
    let (mut out, mut rest) = (String::with_capacity(text.len()), text);
    while let Some((before, behind)) = rest.split_once(mark) {
        out.push_str(before);
        match behind.split_once(mark).filter(|(inner, _)| !inner.is_empty() && !inner.contains(char::is_whitespace)) {
            Some((inner, behind)) => {
                out.push_str(&written(inner));
                rest = behind;
            }
            None => {
                out.push(mark);
                rest = behind;
            }
        }
    }
    out + rest
}

/// `x^2`, `x^(n+1)`; a caret alone, or several as an emoticon has them, are themselves.
fn superscripts(text: &str) -> String {
    let (mut out, mut rest) = (String::with_capacity(text.len()), text);
    while let Some((before, behind)) = rest.split_once('^') {
        out.push_str(before);
        let (inner, behind) = match behind.strip_prefix('(').and_then(|inner| inner.split_once(')')) {
            Some(found) => found,
            None => behind.split_at(behind.find(|c: char| c.is_whitespace() || c == '^').unwrap_or(behind.len())),
        };
        if inner.chars().any(char::is_alphanumeric) {
            out.push_str(&raised(inner));
        } else {
            out.push('^');
            out.push_str(inner);
        }
        rest = behind;
    }
    out + rest
}
