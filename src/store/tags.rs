//! The reader's own words about articles: tags, of which one is "read later", and notes.

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Result, params};

use super::columns::{ReadColumn as _, read_count, read_some_text, read_text};
use super::{ArticleId, Section, SectionRow, Store, StoreResult};
use crate::domain::tag::Tag;
use crate::domain::text::{CleanText, clean, clean_line, fold};
use crate::domain::time::Timestamp;

/// The longest note that is kept, in characters.
pub const LONGEST_NOTE: usize = 10_000;

/// A tag in use, with how many articles have it and how many of these are unread.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TagCount {
    pub tag: Tag,
    pub total: u64,
    pub unread: u64,
}

impl Store {
    /// Gives a tag to articles, or takes it from them. Tells how many changed.
    pub fn set_tag(&mut self, ids: &[ArticleId], tag: &Tag, on: bool, now: Timestamp) -> StoreResult<u64> {
        self.change("tagging articles", |conn| {
            let mut changed = 0;
            for id in ids {
                changed += if on { add(conn, *id, tag, now)? } else { remove(conn, *id, tag)? };
            }
            Ok(changed)
        })
    }

    /// Makes these the tags of an article; those that it has already keep their time.
    pub fn set_tags(&mut self, id: ArticleId, tags: &[Tag], now: Timestamp) -> StoreResult<()> {
        self.change("tagging an article", |conn| {
            for tag in tags_of(conn, id)?.iter().filter(|tag| !tags.contains(tag)) {
                remove(conn, id, tag)?;
            }
            tags.iter().try_for_each(|tag| add(conn, id, tag, now).map(drop))
        })
    }

    /// Keeps a note on an article in the place of the one before; none removes it. It is cut at [`LONGEST_NOTE`].
    pub fn set_note(&mut self, id: ArticleId, note: Option<&str>, now: Timestamp) -> StoreResult<()> {
        let note: String = note.map(|note| clean_line(note).chars().take(LONGEST_NOTE).collect()).unwrap_or_default();
        self.change("keeping a note", |conn| {
            if note.is_empty() {
                return conn.prepare_cached("DELETE FROM notes WHERE article_id = ?1")?.execute([id.0]).map(drop);
            }
            conn.prepare_cached(
                "INSERT INTO notes (article_id, note, noted_at) SELECT id, ?2, ?3 FROM articles WHERE id = ?1
                 ON CONFLICT (article_id) DO UPDATE SET note = ?2, noted_at = ?3 WHERE note <> ?2",
            )?
            .execute(params![id.0, note, now.0])
            .map(drop)
        })
    }

    /// The tags in use, in alphabetical order.
    pub fn tags(&self) -> StoreResult<Vec<TagCount>> {
        self.ask("reading the tags", counts)
    }
}

fn add(conn: &Connection, id: ArticleId, tag: &Tag, now: Timestamp) -> Result<u64> {
    let mut add = conn.prepare_cached(
        "INSERT OR IGNORE INTO tags (tag, article_id, tagged_at) SELECT ?2, id, ?3 FROM articles WHERE id = ?1",
    )?;
    Ok(add.execute(params![id.0, &**tag, now.0])? as u64)
}

fn remove(conn: &Connection, id: ArticleId, tag: &Tag) -> Result<u64> {
    let mut remove = conn.prepare_cached("DELETE FROM tags WHERE tag = ?2 AND article_id = ?1")?;
    Ok(remove.execute(params![id.0, &**tag])? as u64)
}

/// An invalid tag that another program wrote is not shown.
fn parse(text: &str) -> Option<Tag> {
    text.parse().ok().filter(|tag: &Tag| &**tag == text)
}

pub(super) fn tags_of(conn: &Connection, id: ArticleId) -> Result<Vec<Tag>> {
    let mut tags = conn.prepare_cached("SELECT tag FROM tags WHERE article_id = ?1 ORDER BY tag")?;
    let tags = tags.query_map([id.0], |row| row.read::<String>(0))?;
    Ok(tags.collect::<Result<Vec<_>>>()?.iter().filter_map(|tag| parse(tag)).collect())
}

pub(super) fn note_of(conn: &Connection, id: ArticleId) -> Result<Option<CleanText>> {
    let mut note = conn.prepare_cached("SELECT note FROM notes WHERE article_id = ?1")?;
    Ok(note.query_row([id.0], |row| read_some_text(row, 0)).optional()?.flatten())
}

/// Tags that stand in one column, between blanks.
pub(super) fn read_tags(row: &rusqlite::Row<'_>, at: usize) -> Result<Vec<Tag>> {
    let Some(joined) = row.read::<Option<String>>(at)? else { return Ok(Vec::new()) };
    let mut tags: Vec<Tag> = joined.split(' ').filter_map(parse).collect();
    tags.sort();
    Ok(tags)
}

fn counts(conn: &Connection) -> Result<Vec<TagCount>> {
    let mut counts = conn.prepare_cached(
        "SELECT t.tag, count(*), count(*) FILTER (WHERE a.read = 0) FROM tags t CROSS JOIN articles a ON a.id = t.article_id
         GROUP BY t.tag ORDER BY t.tag",
    )?;
    let counts = counts.query_map([], |row| Ok((read_text(row, 0)?, read_count(row, 1)?, read_count(row, 2)?)))?;
    let counts = counts.collect::<Result<Vec<_>>>()?;
    Ok(counts.into_iter().filter_map(|(tag, total, unread)| Some(TagCount { tag: parse(&tag)?, total, unread })).collect())
}

/// The sections of the tags in use, "Read later" first.
pub(super) fn sections(conn: &Connection) -> Result<Vec<SectionRow>> {
    let row = |TagCount { tag, total, unread }| SectionRow { total, unread, ..SectionRow::of_tag(tag) };
    let mut rows: Vec<SectionRow> = counts(conn)?.into_iter().map(row).collect();
    rows.sort_by_key(|row| !matches!(&row.section, Section::Tag(tag) if tag.is_later()));
    Ok(rows)
}

impl SectionRow {
    /// With nothing in it.
    pub fn of_tag(tag: Tag) -> SectionRow {
        let title = if tag.is_later() { clean("Read later") } else { clean(&format!("#{tag}")) };
        SectionRow::new(Section::Tag(tag), title)
    }
}

/// The condition that an article has a tag, or one that begins so.
pub(super) fn tag_condition(text: &str, prefix: bool, values: &mut super::filter::Values) -> String {
    let has = "EXISTS (SELECT 1 FROM tags w WHERE w.article_id = a.id AND";
    let tag = values.bind(text.to_owned());
    if prefix { format!("{has} substr(w.tag, 1, length({tag})) = {tag})") } else { format!("{has} w.tag = {tag})") }
}

pub(super) fn note_condition(text: &str, values: &mut super::filter::Values) -> String {
    let text: Value = fold(text).into();
    format!("EXISTS (SELECT 1 FROM notes w WHERE w.article_id = a.id AND text_holds(w.note, {}))", values.bind(text))
}

/// Gives an article the tags and the note of one that becomes part of it; two notes stand one after the other.
pub(super) fn merge(conn: &Connection, kept: ArticleId, gone: ArticleId) -> Result<()> {
    conn.prepare_cached("UPDATE OR IGNORE tags SET article_id = ?1 WHERE article_id = ?2")?.execute([kept.0, gone.0])?;
    conn.prepare_cached(
        "UPDATE notes SET note = notes.note || ' · ' || g.note, noted_at = max(notes.noted_at, g.noted_at)
         FROM notes g WHERE notes.article_id = ?1 AND g.article_id = ?2 AND notes.note <> g.note",
    )?
    .execute([kept.0, gone.0])?;
    conn.prepare_cached("UPDATE OR IGNORE notes SET article_id = ?1 WHERE article_id = ?2")?.execute([kept.0, gone.0]).map(drop)
}

/// Gives an article the tags and the note of the one that it was a part of.
pub(super) fn copy(conn: &Connection, from: ArticleId, to: ArticleId) -> Result<()> {
    for (table, columns) in [("tags", "tag, tagged_at"), ("notes", "note, noted_at")] {
        let sql =
            format!("INSERT INTO {table} (article_id, {columns}) SELECT ?2, {columns} FROM {table} WHERE article_id = ?1");
        conn.prepare_cached(&sql)?.execute([from.0, to.0])?;
    }
    Ok(())
}
