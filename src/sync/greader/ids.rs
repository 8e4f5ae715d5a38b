//! Ids of items, which the same server writes in two ways: decimal, signed or not, and `tag:google.com,2005:reader/item/`
//! with sixteen hexadecimal digits. The Old Reader's have twenty-four, and no decimal form.

use crate::domain::text::clean_line;
use crate::sync::ItemId;

const LONG: &str = "tag:google.com,2005:reader/item/";

/// The longest id seen has 24 characters.
const LONGEST: usize = 100;

/// The one form of an id: decimal where it fits into 64 bits, else as it stands behind the long form's prefix.
pub(super) fn item_id(written: &str) -> Option<ItemId> {
    let written = clean_line(written.trim());
    let id = match written.strip_prefix(LONG) {
        Some(hex) if hex.len() <= 16 => u64::from_str_radix(hex, 16).map(|id| id.to_string()).ok()?,
        Some(other) => other.to_owned(),
        // A negative one is the same 64 bits.
        None if written.starts_with('-') => (written.parse::<i64>().ok()? as u64).to_string(),
        None => written.to_string(),
    };
    (!id.is_empty() && id.len() <= LONGEST).then(|| ItemId(id.into()))
}

/// The form in which an id is sent: decimal, which all servers take that have it.
pub(super) fn long_id(id: &ItemId) -> String {
    if id.0.parse::<u64>().is_ok() { id.0.to_string() } else { format!("{LONG}{}", id.0) }
}
