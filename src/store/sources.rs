//! Sources as a whole: taking one away with all that came from it.

use rusqlite::{Connection, Result};

use super::columns::read_text;
use super::words::fold;
use super::{Store, StoreError};

impl Store {
    /// Removes a source and its articles, also starred and rated ones. It is named by its key, else by its title in any
    /// case, else by the beginning of either where only one begins so. Gives how many articles went, none if there is
    /// no such source.
    pub fn remove_source(&mut self, name: &str) -> std::result::Result<Option<u64>, StoreError> {
        self.change("removing a source", |conn| {
            let Some(id) = find(conn, name)? else { return Ok(None) };
            let articles = conn.execute("DELETE FROM articles WHERE source_id = ?1", [id])?;
            conn.execute("DELETE FROM sources WHERE id = ?1", [id])?;
            Ok(Some(articles as u64))
        })
    }
}

fn find(conn: &Connection, name: &str) -> Result<Option<i64>> {
    let mut statement = conn.prepare("SELECT id, key, title FROM sources")?;
    let sources = statement.query_map([], |row| Ok((row.get(0)?, read_text(row, 1)?, fold(&read_text(row, 2)?))))?;
    let sources: Vec<(i64, _, String)> = sources.collect::<Result<_>>()?;
    let wanted = fold(name);
    let only = |ids: Vec<i64>| if let [id] = ids[..] { Some(id) } else { None };
    let those = |is: &dyn Fn(&str, &str) -> bool| -> Vec<i64> {
        sources.iter().filter(|(_, key, title)| is(key, title)).map(|(id, ..)| *id).collect()
    };
    Ok(only(those(&|key, _| key == name)).or_else(|| only(those(&|_, title| title == wanted))).or_else(|| {
        only(those(&|key, title| !wanted.is_empty() && (fold(key).starts_with(&wanted) || title.starts_with(&wanted))))
    }))
}
