//! Sources as a whole: taking one away with all that came from it.

use rusqlite::{Connection, OptionalExtension, Result};

use super::columns::read_text;
use super::{Store, StoreError};
use crate::domain::text::{CleanText, fold};

impl Store {
    /// Removes a source and its articles, also starred and rated ones, but for those that another source has too: they
    /// become that one's. It is named in full, since nothing brings it back: by its key or address, else by its title in
    /// any case, else by its id. Gives its title and how many articles went, none if there is no such source or several are so titled.
    pub fn remove_source(&mut self, name: &str) -> std::result::Result<Option<(CleanText, u64)>, StoreError> {
        self.change("removing a source", |conn| {
            let Some(id) = find(conn, name)? else { return Ok(None) };
            let title = conn.query_row("SELECT title FROM sources WHERE id = ?1", [id], |row| read_text(row, 0))?;
            conn.execute(
                "UPDATE articles SET source_id = e.source_id FROM
                    (SELECT article_id, min(source_id) AS source_id FROM entries WHERE source_id <> ?1 GROUP BY article_id) e
                 WHERE e.article_id = articles.id AND articles.source_id = ?1",
                [id],
            )?;
            let articles = conn.execute("DELETE FROM articles WHERE source_id = ?1", [id])?;
            conn.execute("DELETE FROM sources WHERE id = ?1", [id])?;
            Ok(Some((title, articles as u64)))
        })
    }
}

fn find(conn: &Connection, name: &str) -> Result<Option<i64>> {
    let by_address = "SELECT source_id FROM subscriptions WHERE address = ?1";
    if let Some(id) = conn.prepare_cached(by_address)?.query_row([name], |row| row.get(0)).optional()? {
        return Ok(Some(id));
    }
    let mut statement = conn.prepare("SELECT id, key, title FROM sources")?;
    let sources = statement.query_map([], |row| Ok((row.get(0)?, read_text(row, 1)?, fold(&read_text(row, 2)?))))?;
    let sources: Vec<(i64, _, String)> = sources.collect::<Result<_>>()?;
    let by_key = sources.iter().find(|(_, key, _)| &**key == name).map(|(id, ..)| *id);
    let wanted = fold(name);
    let mut so_titled = sources.iter().filter(|(.., title)| *title == wanted).map(|(id, ..)| *id);
    let by_title = so_titled.next().filter(|_| so_titled.next().is_none());
    let by_id = || sources.iter().find(|(id, ..)| id.to_string() == name).map(|(id, ..)| *id);
    Ok(by_key.or(by_title).or_else(by_id))
}
