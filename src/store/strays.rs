//! Rows that belong to rows that are gone, and articles that lack what every article has. Keys in a file that somebody
//! touched may name anything; `doctor` mends it here.
//!
//! Rows with something to read are kept: a text without its article gets one without a title.

use rusqlite::{Connection, Result, params};

use super::body::{self, Encoded};
use super::columns::ReadColumn as _;
use super::odd_rows::OddRows;
use super::sources::saved;
use crate::domain::text::Document;
use crate::domain::time::Timestamp;

/// Articles that are gone though a text or a discussion of theirs is there.
const LOST: &str = "SELECT article_id AS id FROM article_bodies WHERE article_id NOT IN (SELECT id FROM articles)
     UNION SELECT article_id FROM discussions WHERE article_id NOT IN (SELECT id FROM articles)";

/// Mends them, and tells in which columns how many rows were odd.
pub(super) fn mend(conn: &Connection) -> Result<Vec<OddRows>> {
    let mut mended = Vec::new();
    let mut note = |column: &str, rows: usize| {
        mended.extend((rows > 0).then(|| OddRows { column: column.to_owned(), rows: rows as u64 }));
    };
    let needs_source = format!(
        "SELECT EXISTS ({LOST}) OR EXISTS (SELECT 1 FROM articles WHERE source_id NOT IN (SELECT id FROM sources))
             OR EXISTS (SELECT 1 FROM entries WHERE source_id NOT IN (SELECT id FROM sources))"
    );
    if conn.query_row(&needs_source, [], |row| row.read(0))? {
        let saved = saved(conn, Timestamp(0))?;
        let lost =
            format!("INSERT INTO articles (id, source_id, title, first_seen, sort_at) SELECT id, ?1, '', 0, 0 FROM ({LOST})");
        note("articles.id", conn.execute(&lost, [saved])?);
        for table in ["articles", "entries"] {
            let homeless = format!("UPDATE {table} SET source_id = ?1 WHERE source_id NOT IN (SELECT id FROM sources)");
            note(&format!("{table}.source_id"), conn.execute(&homeless, [saved])?);
        }
    }
    remove(conn, &mut note)?;
    let sections = "('all', 0, 0), ('starred', 0, 0), ('watched', 0, 0)";
    conn.execute("DELETE FROM counts WHERE section NOT IN ('all', 'starred', 'watched')", [])?;
    note(
        "counts.section",
        conn.execute(&format!("INSERT OR IGNORE INTO counts (section, total, unread) VALUES {sections}"), [])?,
    );
    let Encoded { encoding, bytes } = body::encode(&Document::default());
    let bodies = "INSERT INTO article_bodies (article_id, encoding, body, related_encoding, related)
                  SELECT id, ?1, ?2, ?3, ?4 FROM articles WHERE id NOT IN (SELECT article_id FROM article_bodies)";
    note("article_bodies.article_id", conn.execute(bodies, params![encoding, bytes, body::JSON, b"{}"])?);
    let entries = "INSERT INTO entries (source_id, article_id, print, sort_at, is_listed)
                   SELECT source_id, id, 0, sort_at, 1 FROM articles
                   WHERE id NOT IN (SELECT article_id FROM entries WHERE article_id IS NOT NULL)";
    note("entries.article_id", conn.execute(entries, [])?);
    Ok(mended)
}

/// Removes what belongs to nothing, or cuts it off from what is gone where it can stand alone.
fn remove(conn: &Connection, note: &mut impl FnMut(&str, usize)) -> Result<()> {
    let sql = "SELECT m.name, f.\"table\", f.\"from\", f.\"to\", f.on_delete FROM pragma_table_list m
               JOIN pragma_foreign_key_list(m.name) f WHERE m.schema = 'main' AND m.type = 'table'";
    let mut statement = conn.prepare(sql)?;
    let keys = statement.query_map([], |row| {
        Ok((
            row.read::<String>(0)?,
            row.read::<String>(1)?,
            row.read::<String>(2)?,
            row.read::<String>(3)?,
            row.read::<String>(4)?,
        ))
    })?;
    let keys: Vec<_> = keys.collect::<Result<_>>()?;
    // Rows that belong to removed rows go with the next round.
    for _ in 0..=keys.len() {
        let mut removed = 0;
        for (table, parent, from, to, on_delete) in &keys {
            let stray = format!("{from} IS NOT NULL AND {from} NOT IN (SELECT {to} FROM {parent})");
            let rows = if on_delete == "SET NULL" {
                conn.execute(&format!("UPDATE {table} SET {from} = NULL WHERE {stray}"), [])?
            } else {
                super::recount::forget_words(conn, table, &stray)?;
                conn.execute(&format!("DELETE FROM {table} WHERE {stray}"), [])?
            };
            note(&format!("{table}.{from}"), rows);
            removed += rows;
        }
        if removed == 0 {
            break;
        }
    }
    Ok(())
}
