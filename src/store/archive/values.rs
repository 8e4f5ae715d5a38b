//! Values of the tables as JSON, such as [`super::refuse`] lets in again.

use rusqlite::types::ValueRef;
use rusqlite::{Result, Row};
use serde_json::{Map, Value};

use super::super::body::{self, Encoded};
use super::super::columns::{Column as _, ReadColumn as _};
use super::super::ranges::{fits_rank, is_kind, range};
use super::refuse;
use crate::domain::text::{LONGEST_LINE, clean_line};

pub(super) fn fill(map: &mut Map<String, Value>, row: &Row<'_>, table: &str, names: &[&str]) -> Result<()> {
    for (n, name) in names.iter().enumerate() {
        put(map, name, nearest(table, name, row.get_ref(n)?));
    }
    Ok(())
}

/// Columns in which 0 is not the same as nothing: a reply to the first comment, no points.
const ZEROS: [&str; 8] = ["parent", "rank_value", "rank_first", "rank_second", "posted", "edited", "published", "points"];

pub(super) fn put(map: &mut Map<String, Value>, name: &str, value: Value) {
    let is_left_out = match &value {
        Value::Null => true,
        Value::Number(number) => number.as_i64() == Some(0) && !ZEROS.contains(&name),
        Value::String(text) => text.is_empty(),
        Value::Array(values) => values.is_empty(),
        Value::Object(values) => values.is_empty(),
        Value::Bool(_) => false,
    };
    if !is_left_out {
        map.insert(name.to_owned(), value);
    }
}

pub(super) fn value(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Integer(number) => number.into(),
        ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned().into(),
        ValueRef::Null | ValueRef::Real(_) | ValueRef::Blob(_) => Value::Null,
    }
}

/// A value as [`refuse`] lets it in again: an odd one is the nearest that its column may hold.
pub(super) fn nearest(table: &str, name: &str, stored: ValueRef<'_>) -> Value {
    let is_text = refuse::is_text(table, name);
    match stored {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) if is_text => number.to_string().into(),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) if is_text => {
            let text = String::from_utf8_lossy(bytes);
            if text.len() > LONGEST_LINE { clean_line(&text).as_str().into() } else { text.into_owned().into() }
        }
        other if is_text => i64::nearest(other).to_string().into(),
        ValueRef::Integer(_) | ValueRef::Real(_) => {
            let (least, most) = range(table, name);
            let number = i64::nearest(stored);
            let is_in_range = (least..=most).contains(&number);
            if is_kind(name) && !is_in_range { 0.into() } else { number.clamp(least, most).into() }
        }
        ValueRef::Text(_) | ValueRef::Blob(_) => Value::Null,
    }
}

/// A rank whose figure its kind cannot have is none, as where it is read.
pub(super) fn without_unfit_rank(comment: &mut Map<String, Value>) {
    let number = |name: &str| comment.get(name).and_then(Value::as_i64).unwrap_or(0);
    if !fits_rank(number("rank_kind"), number("rank_value")) {
        comment.retain(|name, _| !name.starts_with("rank_"));
    }
}

/// A text from its encoding and its bytes: plain words as they are, else what they are made of.
pub(super) fn text(row: &Row<'_>, at: usize) -> Result<Value> {
    let Encoded { encoding, bytes } =
        body::encode_body(&body::shown(row.read(at)?, row.get_ref(at + 1)?.as_blob().unwrap_or_default()).into());
    Ok(if encoding == body::JSON {
        serde_json::from_slice(&bytes).unwrap_or_default()
    } else {
        String::from_utf8_lossy(&bytes).into_owned().into()
    })
}
