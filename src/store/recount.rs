//! Values that are derived from other rows and can be recomputed: counts, lists, marks of entries, the order of comments.

use rusqlite::{Connection, Result, params};

use super::columns::ReadColumn as _;
use super::odd_rows::OddRows;

/// In this order, since each counts what those before it set.
const COUNTS: [(&str, &str); 8] = [
    (
        "entries.is_listed",
        "UPDATE entries SET is_listed = (article_id IS NOT NULL AND id = (SELECT min(o.id) FROM entries o
            WHERE o.article_id = entries.article_id AND o.source_id = entries.source_id))
         WHERE (article_id IS NULL AND is_listed)
            OR (article_id, source_id) IN (SELECT article_id, source_id FROM entries WHERE article_id IS NOT NULL
                GROUP BY article_id, source_id HAVING sum(is_listed) <> 1)",
    ),
    (
        "articles.source_id",
        "UPDATE articles SET source_id =
            (SELECT e.source_id FROM entries e WHERE e.article_id = articles.id AND e.is_listed ORDER BY e.id LIMIT 1)
         WHERE NOT EXISTS (SELECT 1 FROM entries e WHERE e.article_id = articles.id AND e.source_id = articles.source_id)
            AND EXISTS (SELECT 1 FROM entries e WHERE e.article_id = articles.id AND e.is_listed)",
    ),
    (
        "articles.listed",
        "UPDATE articles SET listed = n FROM (SELECT a.id AS of,
            (SELECT count(*) FROM entries e WHERE e.article_id = a.id AND e.is_listed) AS n FROM articles a)
         WHERE id = of AND listed IS NOT n",
    ),
    (
        "entries.read",
        "UPDATE entries SET read = a.read FROM articles a WHERE a.id = entries.article_id AND entries.read <> a.read",
    ),
    (
        "discussions.comments",
        "UPDATE discussions SET (comments, unseen) = (n, new) FROM (SELECT d.id AS of,
            (SELECT count(*) FROM comments c WHERE c.discussion_id = d.id) AS n,
            (SELECT count(*) FROM comments c
             WHERE c.discussion_id = d.id AND c.seen_at IS NULL AND c.id > d.seen_through) AS new FROM discussions d)
         WHERE id = of AND (comments, unseen) IS NOT (n, new)",
    ),
    (
        "articles.comments",
        "UPDATE articles SET (comments, unseen) = (n, new) FROM (SELECT a.id AS of,
            (SELECT ifnull(sum(d.comments), 0) FROM discussions d WHERE d.article_id = a.id) AS n,
            (SELECT ifnull(sum(d.unseen), 0) FROM discussions d WHERE d.article_id = a.id) AS new FROM articles a)
         WHERE id = of AND (comments, unseen) IS NOT (n, new)",
    ),
    (
        "counts",
        "UPDATE counts SET (total, unread) = (n, new) FROM (SELECT c.section AS of,
            (SELECT count(*) FROM articles a WHERE c.section = 'all' OR (c.section = 'starred' AND a.starred)
                OR (c.section = 'watched' AND a.watched)) AS n,
            (SELECT count(*) FROM articles a WHERE a.read = 0 AND (c.section = 'all' OR (c.section = 'starred' AND a.starred)
                OR (c.section = 'watched' AND a.watched))) AS new FROM counts c)
         WHERE section = of AND (total, unread) IS NOT (n, new)",
    ),
    (
        "sources.total",
        "UPDATE sources SET (total, unread) = (n, new) FROM (SELECT s.id AS of,
            (SELECT count(*) FROM entries e WHERE e.source_id = s.id AND e.is_listed) AS n,
            (SELECT count(*) FROM entries e WHERE e.source_id = s.id AND e.is_listed AND e.read = 0) AS new FROM sources s)
         WHERE id = of AND (total, unread) IS NOT (n, new)",
    ),
];

/// Counts again what was counted wrong.
pub(super) fn counts(conn: &Connection) -> Result<Vec<OddRows>> {
    let mut mended = Vec::new();
    for (column, sql) in COUNTS {
        let rows = conn.execute(sql, [])? as u64;
        mended.extend((rows > 0).then(|| OddRows { column: column.to_owned(), rows }));
    }
    Ok(mended)
}

/// Gives comments whose ordinals are doubled or beyond the others the ordinals that are free.
pub(super) fn ordinals(conn: &Connection) -> Result<Option<OddRows>> {
    let odd = "SELECT discussion_id FROM comments GROUP BY discussion_id
               HAVING min(ordinal) <> 0 OR max(ordinal) <> count(*) - 1 OR count(DISTINCT ordinal) <> count(*)";
    let discussions: Vec<i64> = conn.prepare(odd)?.query_map([], |row| row.read(0))?.collect::<Result<_>>()?;
    let mut rows = 0;
    for discussion in discussions {
        let mut statement = conn.prepare_cached("SELECT id, ordinal FROM comments WHERE discussion_id = ?1 ORDER BY id")?;
        let comments = statement.query_map([discussion], |row| Ok((row.read::<i64>(0)?, row.read::<i64>(1)?)))?;
        let comments: Vec<(i64, i64)> = comments.collect::<Result<_>>()?;
        let mut is_taken = vec![false; comments.len()];
        let mut homeless = Vec::new();
        for (id, ordinal) in comments {
            match usize::try_from(ordinal).ok().and_then(|at| is_taken.get_mut(at)) {
                Some(taken) if !*taken => *taken = true,
                _ => homeless.push(id),
            }
        }
        let free = (0_i64..).zip(is_taken).filter(|(_, taken)| !taken).map(|(ordinal, _)| ordinal);
        for (id, ordinal) in homeless.into_iter().zip(free) {
            conn.prepare_cached("UPDATE comments SET ordinal = ?2 WHERE id = ?1")?.execute(params![id, ordinal])?;
            rows += 1;
        }
    }
    Ok((rows > 0).then(|| OddRows { column: "comments.ordinal".to_owned(), rows }))
}

/// Takes rows out of the index, so that they are indexed again. The triggers that usually do this are off.
pub(super) fn forget_words(conn: &Connection, table: &str, condition: &str) -> Result<()> {
    let of_comments = match table {
        "articles" => false,
        "comments" => true,
        _ => return Ok(()),
    };
    conn.execute_batch(&format!(
        "CREATE TEMP TABLE forgotten AS SELECT doc FROM {table} WHERE typeof(doc) = 'integer' AND ({condition});
         INSERT OR IGNORE INTO stale_{table} SELECT doc FROM temp.forgotten;
         UPDATE {table} SET doc = NULL WHERE doc IN (SELECT doc FROM temp.forgotten);
         DROP TABLE temp.forgotten;"
    ))?;
    conn.execute(
        &format!(
            "UPDATE word_partitions SET dead = (SELECT count(*) FROM stale_{table} WHERE doc BETWEEN least AND most)
             WHERE of_comments = ?1"
        ),
        [of_comments],
    )?;
    Ok(())
}
