//! The contents of an article from each source that has it.
//!
//! The text of an article with one entry stands in the article's own rows only. From the second entry on, what each entry
//! tells is kept with it in `entry_contents`, and the article's rows are composed from these: the same rows in whatever
//! order the entries came. The entry whose source is on the address's host leads, else the one with the fullest text; the
//! others fill in what it does not tell.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, Result, Row, params};

use super::super::articles::{Texts, by_id, fill, is_edit, update};
use super::super::columns::{ReadColumn as _, read_bytes, read_some_text, read_text, read_when, seconds};
use super::super::{ArticleId, StoredArticle, beside, body};
use super::sort_at;
use crate::domain::article::{Article, OtherText};
use crate::domain::text::CleanText;
use crate::domain::time::Timestamp;
use crate::format::identity::host_of;
use crate::format::other_texts::{is_stub, is_within};

/// An entry of an article with what its source tells.
struct EntryContent {
    entry: i64,
    source: i64,
    source_key: String,
    is_on_host: bool,
    content: Article,
}

impl EntryContent {
    /// By which the entry that leads is chosen; the greatest does. Nothing in it depends on the order of arrival.
    fn rank(&self) -> (bool, bool, usize, std::cmp::Reverse<&str>) {
        let is_full = self.content.is_full || self.is_on_host;
        let length = self.content.body.text().chars().count();
        (length > 0 && is_full, length > 0, length, std::cmp::Reverse(&*self.source_key))
    }
}

/// Before an article gets a second entry: keeps what the first one told with it.
pub(in crate::store) fn keep_first(conn: &Connection, article: ArticleId) -> Result<()> {
    let sql = "SELECT e.id FROM entries e CROSS JOIN articles a ON a.id = e.article_id
               WHERE e.article_id = ?1 AND e.source_id = a.source_id
                   AND NOT EXISTS (SELECT 1 FROM entry_contents c CROSS JOIN entries o ON o.id = c.entry_id
                                   WHERE o.article_id = ?1 AND o.source_id = a.source_id)
               ORDER BY e.id LIMIT 1";
    let entry: Option<i64> = conn.prepare_cached(sql)?.query_row([article.0], |row| row.read(0)).optional()?;
    let stored = by_id(conn, article)?;
    if let (Some(entry), Some((_, stored))) = (entry, stored) {
        write(conn, entry, &stored)?;
    }
    Ok(())
}

pub(super) fn read(conn: &Connection, entry: i64) -> Result<Option<Article>> {
    let sql = format!("SELECT {CONTENT} FROM entry_contents c WHERE c.entry_id = ?1");
    conn.prepare_cached(&sql)?.query_row([entry], content).optional()
}

/// From the columns of [`CONTENT`].
fn content(row: &Row<'_>) -> Result<Article> {
    let article = Article {
        title: read_text(row, 0)?,
        byline: read_some_text(row, 1)?,
        organisation: read_some_text(row, 2)?,
        kind: read_some_text(row, 3)?,
        url: read_some_text(row, 4)?,
        published: read_when(row, 5)?,
        body: body::shown(row.read(7)?, read_bytes(row, 8)?),
        ..Article::default()
    };
    Ok(beside::decode(row.read(9)?, read_bytes(row, 10)?).unwrap_or_default().on(article))
}

const CONTENT: &str = "c.title, c.byline, c.organisation, c.kind, c.url, c.published, c.published_is_day,
    c.encoding, c.body, c.related_encoding, c.related";

pub(in crate::store) fn write(conn: &Connection, entry: i64, article: &Article) -> Result<()> {
    let (texts, published) = (Texts::of(article), article.published.map(seconds));
    let (body, related) = texts.parts();
    conn.prepare_cached(
        "INSERT OR REPLACE INTO entry_contents (entry_id, title, byline, organisation, kind, url, published, published_is_day,
            encoding, body, related_encoding, related)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
    )?
    .execute(params![
        entry,
        &*article.title,
        article.byline.as_deref(),
        article.organisation.as_deref(),
        article.kind.as_deref(),
        article.url.as_deref(),
        published.map(|(at, _)| at),
        published.is_some_and(|(_, is_day)| is_day),
        body.encoding,
        body.bytes,
        related.encoding,
        related.bytes,
    ])
    .map(drop)
}

/// Makes the article's rows anew from its entries. `edited` is the entry that has just been edited, if any. Whether the
/// article itself was edited: the entry that leads is the same and tells something else.
pub(in crate::store) fn compose(conn: &Connection, article: ArticleId, edited: Option<i64>, now: Timestamp) -> Result<bool> {
    let Some((_, old)) = by_id(conn, article)? else { return Ok(false) };
    let told = told(conn, article)?;
    let Some(lead) = told.iter().max_by(|one, other| one.rank().cmp(&other.rank())) else { return Ok(false) };
    let mut others: Vec<&EntryContent> = told.iter().filter(|one| one.entry != lead.entry).collect();
    others.sort_by(|one, other| other.rank().cmp(&one.rank()));
    let composed = others.iter().fold(lead.content.clone(), |composed, other| fill(composed, &other.content));
    let led: i64 =
        conn.prepare_cached("SELECT source_id FROM articles WHERE id = ?1")?.query_row([article.0], |row| row.read(0))?;
    let by_source = edited == Some(lead.entry) && led == lead.source;
    if led != lead.source {
        conn.prepare_cached("UPDATE articles SET source_id = ?2 WHERE id = ?1")?.execute([article.0, lead.source])?;
    }
    let changed = composed != old;
    if changed {
        update(conn, article, &old, &composed, &composed, by_source, now)?;
    }
    if let [only] = &*told {
        conn.prepare_cached("DELETE FROM entry_contents WHERE entry_id = ?1")?.execute([only.entry])?;
    }
    Ok(by_source && is_edit(&old, &composed))
}

fn told(conn: &Connection, article: ArticleId) -> Result<Vec<EntryContent>> {
    let sql = format!(
        "SELECT {CONTENT}, e.id, e.source_id, s.key, ifnull(u.site, ''), ifnull(u.address, '')
         FROM entries e CROSS JOIN entry_contents c ON c.entry_id = e.id CROSS JOIN sources s ON s.id = e.source_id
         LEFT JOIN subscriptions u ON u.source_id = e.source_id WHERE e.article_id = ?1 ORDER BY e.id"
    );
    let mut statement = conn.prepare_cached(&sql)?;
    let told = statement.query_map([article.0], |row| {
        let content = content(row)?;
        let source_key: String = row.read(13)?;
        let host = content.url.as_deref().and_then(host_of);
        let is_on_host = host.is_some_and(|host| {
            let names = [&source_key, &row.read::<String>(14).unwrap_or_default(), &row.read(15).unwrap_or_default()]
                .map(|address| host_of(address).unwrap_or_else(|| address.clone()));
            names.iter().any(|own| is_host_within(&host, own) || is_host_within(own, &host))
        });
        Ok(EntryContent { entry: row.read(11)?, source: row.read(12)?, source_key, is_on_host, content })
    })?;
    told.collect()
}

/// The texts of an article's other sources, as far as they differ, and the titles of all its sources.
pub(in crate::store) fn others(
    conn: &Connection,
    article: ArticleId,
    stored: &StoredArticle,
) -> Result<(Vec<OtherText>, Vec<CleanText>)> {
    let mut titles = conn.prepare_cached(
        "SELECT s.id, s.title FROM entries e CROSS JOIN sources s ON s.id = e.source_id
         WHERE e.article_id = ?1 AND e.is_listed = 1 ORDER BY s.id",
    )?;
    let titles = titles.query_map([article.0], |row| Ok((row.read(0)?, read_text(row, 1)?)))?;
    let titles: HashMap<i64, CleanText> = titles.collect::<Result<_>>()?;
    let mut sources = vec![stored.source.title.clone()];
    if titles.len() < 2 {
        return Ok((Vec::new(), sources));
    }
    let mut told = told(conn, article)?;
    told.sort_by(|one, other| other.rank().cmp(&one.rank()));
    let mut shown = vec![stored.article.body.text()];
    let mut texts = Vec::new();
    for one in told {
        let title = titles.get(&one.source).cloned().unwrap_or_default();
        if !sources.contains(&title) {
            sources.push(title.clone());
        }
        let text = one.content.body.text();
        if is_stub(&text) || shown.iter().any(|shown| is_within(&text, shown)) {
            continue;
        }
        shown.push(text);
        let Article { title: own, byline, published, body, .. } = one.content;
        texts.push(OtherText { source: title, title: own, byline, published, body });
    }
    Ok((texts, sources))
}

/// True if a host is another one or below it.
fn is_host_within(host: &str, other: &str) -> bool {
    host.strip_suffix(other).is_some_and(|rest| rest.is_empty() || (rest.ends_with('.') && other.contains('.')))
}

/// Puts an entry where it belongs in the list of its source. One without a date stays where it came.
pub(super) fn place(conn: &Connection, entry: i64, published: Option<(i64, bool)>, now: Timestamp) -> Result<()> {
    let Some(published) = published else { return Ok(()) };
    conn.prepare_cached("UPDATE entries SET sort_at = ?2 WHERE id = ?1 AND sort_at <> ?2")?
        .execute([entry, sort_at(Some(published), now)])
        .map(drop)
}
