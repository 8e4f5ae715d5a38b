//! The reader's tags and note in a line: `tags`, each with its time, `note` and `noted_at`.

use rusqlite::{Connection, OptionalExtension as _, Result, params};
use serde_json::{Map, Value};

use super::super::columns::ReadColumn as _;
use super::super::ranges::range;
use super::refuse::{field, list, number, shown};
use super::values::{nearest, put};
use crate::domain::tag::Tag;

pub(super) fn fill(conn: &Connection, line: &mut Map<String, Value>, id: i64) -> Result<()> {
    let mut tags = conn.prepare_cached("SELECT tag, tagged_at FROM tags WHERE article_id = ?1 ORDER BY tag")?;
    let tags = tags.query_map([id], |row| Ok((row.read::<String>(0)?, nearest("tags", "tagged_at", row.get_ref(1)?))))?;
    // An invalid tag that another program wrote could not be imported again.
    let tags = tags.filter(|row| !row.as_ref().is_ok_and(|(tag, _)| tag.parse::<Tag>().is_err()));
    let tags: Vec<Value> = tags.map(|row| row.map(|(tag, at)| vec![tag.into(), at].into())).collect::<Result<_>>()?;
    put(line, "tags", tags.into());
    let mut note = conn.prepare_cached("SELECT note, noted_at FROM notes WHERE article_id = ?1")?;
    let note = note
        .query_row([id], |row| Ok((nearest("notes", "note", row.get_ref(0)?), nearest("notes", "noted_at", row.get_ref(1)?))));
    if let Some((note, at)) = note.optional()? {
        put(line, "note", note);
        put(line, "noted_at", at);
    }
    Ok(())
}

/// Why these cannot be taken, if so.
pub(super) fn refuse(line: &Value) -> std::result::Result<(), String> {
    field(line, "", "notes", "note")?;
    field(line, "", "notes", "noted_at")?;
    for (n, one) in list(line, "", "tags")?.iter().enumerate() {
        let at = format!("tags[{n}]");
        let tag = one.get(0).and_then(Value::as_str).ok_or_else(|| format!("{at}: {} is not a tag", shown(one)))?;
        tag.parse::<Tag>().map_err(|error| format!("{at}: {error}"))?;
        if let Some(time) = one.get(1) {
            number(time, &at, range("tags", "tagged_at"))?;
        }
    }
    Ok(())
}

/// Gives an article the tags of a line that it does not have, and the note where that was made later. Tells how many.
pub(super) fn take(conn: &Connection, id: i64, line: &Value) -> Result<usize> {
    let mut taken = 0;
    let mut add = conn.prepare_cached("INSERT OR IGNORE INTO tags (tag, article_id, tagged_at) VALUES (?1, ?2, ?3)")?;
    for one in line.get("tags").and_then(Value::as_array).into_iter().flatten() {
        let tag = one.get(0).and_then(Value::as_str).and_then(|tag| tag.parse::<Tag>().ok());
        if let Some(tag) = tag {
            taken += add.execute(params![&*tag, id, one.get(1).and_then(Value::as_i64).unwrap_or(0)])?;
        }
    }
    if let Some(note) = line.get("note").and_then(Value::as_str).filter(|note| !note.is_empty()) {
        taken += conn
            .prepare_cached(
                "INSERT INTO notes (article_id, note, noted_at) VALUES (?1, ?2, ?3)
                 ON CONFLICT (article_id) DO UPDATE SET note = ?2, noted_at = ?3 WHERE ?3 > noted_at",
            )?
            .execute(params![id, note, line.get("noted_at").and_then(Value::as_i64).unwrap_or(0)])?;
    }
    Ok(taken)
}
