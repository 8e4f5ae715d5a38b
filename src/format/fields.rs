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

/// A name or title; none where it is blank.
pub fn label(text: Option<&str>) -> Option<CleanText> {
    text.map(clean_line).filter(|text| !text.is_empty())
}
