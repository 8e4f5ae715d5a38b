//! The figures by which a list shows and sorts discussions, kept beside them.

use rusqlite::{Connection, Result, Row, params};

use super::columns::{ReadColumn as _, read_rank, scale};
use crate::domain::rank::Rank;
use crate::domain::thread_summary::ThreadSummary;

/// Works out a discussion's figures anew, and those of its article: the bars of its largest rated discussion, the best
/// of all of them.
pub(super) fn renew(conn: &Connection, discussion: i64) -> Result<()> {
    let mut head = conn.prepare_cached("SELECT article_id, scale_kind, scale_max FROM discussions WHERE id = ?1")?;
    let (article, scale): (i64, _) =
        head.query_row([discussion], |row| Ok((row.read(0)?, scale(row.read(1)?, row.read(2)?))))?;
    let mut statement = conn.prepare_cached(
        "SELECT rank_kind, rank_value, rank_first, rank_second, parent
         FROM comments INDEXED BY comments_received WHERE discussion_id = ?1 ORDER BY ordinal",
    )?;
    let comment = |row: &Row<'_>| Ok((read_rank(row, 0)?, row.read::<Option<i64>>(4)?.map(|parent| parent as usize)));
    let comments: Vec<(Rank, Option<usize>)> = statement.query_map([discussion], comment)?.collect::<Result<_>>()?;
    let ThreadSummary { bars, best } = ThreadSummary::new(scale, &comments);
    conn.prepare_cached("UPDATE discussions SET bars = ?2, best = ?3 WHERE id = ?1")?
        .execute(params![discussion, bars, best])?;
    conn.prepare_cached(
        "UPDATE articles SET
            bars = ifnull((SELECT bars FROM discussions WHERE article_id = ?1 AND bars <> x'' ORDER BY comments DESC LIMIT 1), x''),
            best = ifnull((SELECT max(best) FROM discussions WHERE article_id = ?1), 0)
         WHERE id = ?1",
    )?
    .execute([article])?;
    Ok(())
}

/// For a store of before there were such figures.
pub(super) fn renew_all(conn: &Connection) -> Result<()> {
    let mut statement = conn.prepare("SELECT id FROM discussions")?;
    let ids: Vec<i64> = statement.query_map([], |row| row.read(0))?.collect::<Result<_>>()?;
    ids.into_iter().try_for_each(|id| renew(conn, id))
}
