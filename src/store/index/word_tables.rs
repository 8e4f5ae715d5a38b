//! The tables of the index of words, and how an index of earlier versions is taken over.

use rusqlite::{Connection, Result, params};

use super::super::columns::ReadColumn as _;
use super::partitions;

/// Each row of `word_partitions` is an FTS5 table (see [`Partition::words`](super::partitions::Partition::words)), for the
/// docs from `least` to `most`. `docs` counts what was put into it and `dead` what of that has gone since; `text` is the
/// size of its texts in bytes. `is_bulk` says that
/// much of it was indexed in one go. One that `drains` is being moved to others and takes nothing in; one `is_old` is the whole
/// index of a version before partitions.
pub(in super::super) const TABLES: &str = "
CREATE TABLE word_partitions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    of_comments INTEGER NOT NULL CHECK (of_comments IN (0, 1)),
    least INTEGER NOT NULL,
    most INTEGER NOT NULL,
    docs INTEGER NOT NULL,
    dead INTEGER NOT NULL DEFAULT 0,
    text INTEGER NOT NULL,
    drains INTEGER NOT NULL DEFAULT 0 CHECK (drains IN (0, 1)),
    is_old INTEGER NOT NULL DEFAULT 0 CHECK (is_old IN (0, 1))
) STRICT;
DROP INDEX articles_unindexed;
DROP INDEX comments_unindexed;
CREATE INDEX articles_unindexed ON articles (sort_at) WHERE doc IS NULL;
CREATE INDEX comments_unindexed ON comments (ifnull(posted, first_seen)) WHERE doc IS NULL;
CREATE TRIGGER stale_articles_counted AFTER INSERT ON stale_articles BEGIN
    UPDATE word_partitions SET dead = dead + 1 WHERE of_comments = 0 AND NEW.doc BETWEEN least AND most;
END;
CREATE TRIGGER stale_comments_counted AFTER INSERT ON stale_comments BEGIN
    UPDATE word_partitions SET dead = dead + 1 WHERE of_comments = 1 AND NEW.doc BETWEEN least AND most;
END;
";

/// Tells if much of a partition was indexed in one go.
pub(in super::super) const BULK: &str = "
ALTER TABLE word_partitions ADD COLUMN is_bulk INTEGER NOT NULL DEFAULT 0 CHECK (is_bulk IN (0, 1));
UPDATE word_partitions SET is_bulk = 1 WHERE text >= 4194304;
DROP INDEX subscriptions_due;
";

/// Makes the single index of earlier versions a partition that drains: it is searched until all of it has been indexed
/// anew, in the background and in small steps.
pub(in super::super) fn adopt(conn: &Connection) -> Result<()> {
    for (of_comments, words, stale) in [(false, "articles_words", "stale_articles"), (true, "comments_words", "stale_comments")]
    {
        let sql = format!("SELECT count(*), ifnull(min(id), 0), ifnull(max(id), 0) FROM {words}_docsize");
        let (docs, least, most): (i64, i64, i64) =
            conn.query_row(&sql, [], |row| Ok((row.read(0)?, row.read(1)?, row.read(2)?)))?;
        if docs == 0 {
            conn.execute_batch(&format!("DROP TABLE {words}; DELETE FROM {stale}"))?;
            continue;
        }
        let sql = format!(
            "INSERT INTO word_partitions (of_comments, least, most, docs, dead, text, drains, is_old)
             VALUES (?1, ?2, ?3, ?4, (SELECT count(*) FROM {stale}), 0, 1, 1)"
        );
        conn.execute(&sql, params![of_comments, least, most, docs])?;
    }
    Ok(())
}

/// The whole index of versions before partitions.
const OLD: [&str; 2] = [
    "CREATE VIRTUAL TABLE articles_words USING fts5 (
        body, title, author,
        content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
    )",
    "CREATE VIRTUAL TABLE comments_words USING fts5 (
        body, author,
        content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
    )",
];

/// Makes in a fresh store the tables of the partitions that another one has.
pub(in super::super) fn expect(fresh: &Connection, other: &Connection) -> Result<()> {
    for of_comments in [false, true] {
        for one in partitions::all(other, of_comments)? {
            if one.is_old {
                fresh.execute_batch(OLD[usize::from(of_comments)])?;
            } else {
                partitions::make_table(fresh, &one)?;
            }
        }
    }
    Ok(())
}
