//! Refuses lines with a value of another type than its column's, or a number out of its range. The line is then
//! refused as a whole, with the field's name.

use serde_json::Value;

use super::super::ranges::{fits_rank, range};
use super::{ARTICLE, COMMENT, DISCUSSION, line_entries, notes};
use crate::domain::text::LONGEST_LINE;

/// Columns of text; all others are numbers. An entry's `title` is a number.
const TEXTS: [&str; 12] =
    ["title", "byline", "organisation", "kind", "url", "place", "key", "author", "awaits", "position", "mark", "note"];

/// The longest text of a column, in bytes. A reading position lists what is folded by hand.
pub(super) fn longest(name: &str) -> usize {
    if name == "position" { 1 << 20 } else { LONGEST_LINE }
}

pub(super) fn is_text(table: &str, name: &str) -> bool {
    TEXTS.contains(&name) && !(table == "entries" && name != "awaits")
}

/// Why a line cannot be taken, if so.
pub(super) fn refuse(line: &Value) -> Result<(), String> {
    fields(line, "", "articles", &ARTICLE)?;
    field(line, "", "positions", "position")?;
    notes::refuse(line)?;
    for (n, entry) in list(line, "", "entries")?.iter().enumerate() {
        let at = format!("entries[{n}].");
        object(entry, &at)?;
        fields(entry, &at, "entries", &line_entries::ENTRY)?;
        if let Some(content) = entry.get("content") {
            let at = format!("{at}content.");
            object(content, &at)?;
            fields(content, &at, "entry_contents", &line_entries::CONTENT)?;
        }
    }
    for (n, one) in list(line, "", "discussions")?.iter().enumerate() {
        discussion(one, &format!("discussions[{n}]."))?;
    }
    Ok(())
}

fn discussion(line: &Value, at: &str) -> Result<(), String> {
    object(line, at)?;
    fields(line, at, "discussions", &DISCUSSION)?;
    for (n, comment) in list(line, at, "comments")?.iter().enumerate() {
        let at = format!("{at}comments[{n}].");
        object(comment, &at)?;
        fields(comment, &at, "comments", &COMMENT)?;
        field(comment, &at, "comments", "seen_at")?;
        let number = |name: &str| comment.get(name).and_then(Value::as_i64).unwrap_or(0);
        if !fits_rank(number("rank_kind"), number("rank_value")) {
            return Err(format!("{at}rank_value: {} is out of range", number("rank_value")));
        }
    }
    for (n, stub) in list(line, at, "stubs")?.iter().enumerate() {
        let at = format!("{at}stubs[{n}]");
        if !stub.get(0).is_none_or(|below| below.is_null() || below.is_string()) {
            return Err(format!("{at}: {} is not text", shown(&stub[0])));
        }
        if let Some(count) = stub.get(1) {
            number(count, &at, range("stubs", "count"))?;
        }
    }
    Ok(())
}

fn fields(line: &Value, at: &str, table: &str, names: &[&str]) -> Result<(), String> {
    names.iter().try_for_each(|name| field(line, at, table, name))
}

pub(super) fn field(line: &Value, at: &str, table: &str, name: &str) -> Result<(), String> {
    let Some(value) = line.get(name).filter(|value| !value.is_null()) else { return Ok(()) };
    let at = format!("{at}{name}");
    if is_text(table, name) {
        return match value.as_str() {
            Some(text) if text.len() > longest(name) => Err(format!("{at}: longer than {} KiB", longest(name) >> 10)),
            Some(_) => Ok(()),
            None => Err(format!("{at}: {} is not text", shown(value))),
        };
    }
    number(value, &at, range(table, name))
}

pub(super) fn number(value: &Value, at: &str, (least, most): (i64, i64)) -> Result<(), String> {
    if !value.is_number() {
        return Err(format!("{at}: {} is not a number", shown(value)));
    }
    match value.as_i64() {
        Some(number) if (least..=most).contains(&number) => Ok(()),
        Some(_) => Err(format!("{at}: {} is out of range ({least} to {most})", shown(value))),
        None => Err(format!("{at}: {} is not a whole number of 64 bits", shown(value))),
    }
}

fn object(value: &Value, at: &str) -> Result<(), String> {
    let at = at.trim_end_matches('.');
    if value.is_object() { Ok(()) } else { Err(format!("{at}: {} is not an object", shown(value))) }
}

pub(super) fn list<'a>(line: &'a Value, at: &str, name: &str) -> Result<&'a [Value], String> {
    match line.get(name) {
        None | Some(Value::Null) => Ok(&[]),
        Some(Value::Array(values)) => Ok(values),
        Some(other) => Err(format!("{at}{name}: {} is not a list", shown(other))),
    }
}

/// So much of a wrong value is shown, in characters.
const SHOWN: usize = 40;

pub(super) fn shown(value: &Value) -> String {
    match value {
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
        other => {
            let text = other.to_string();
            let short: String = text.chars().take(SHOWN).collect();
            if short.len() < text.len() { short + "…" } else { text }
        }
    }
}
