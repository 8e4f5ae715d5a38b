//! How articles stand at the places where they are discussed, and the front pages of these places.

use rusqlite::{Connection, OptionalExtension, Result, params, params_from_iter};

use super::columns::{ReadColumn as _, scale_columns};
use super::filter::{HAS_SOURCE, Values, condition};
use super::lists::{HEADLINE, headline};
use super::{ArticleId, Headline, RANKED, Section, SourceId};
use crate::domain::query::Query;
use crate::domain::thread::VoteState;
use crate::domain::time::Timestamp;

/// Keeps what a place tells of an article's discussion. One that is not there yet is attached without its comments.
pub(super) fn keep(conn: &Connection, article: ArticleId, standing: &VoteState, now: Timestamp) -> Result<()> {
    let find = "SELECT id, points, told FROM discussions WHERE article_id = ?1 AND place = ?2 AND url = ?3";
    let found = conn.prepare_cached(find)?.query_row(params![article.0, &*standing.place, &*standing.url], |row| {
        Ok((row.read::<i64>(0)?, row.read::<Option<i64>>(1)?, row.read::<u32>(2)?))
    });
    let (id, points, told) = match found.optional()? {
        Some(found) => found,
        None => {
            let (scale_kind, scale_max) = scale_columns(standing.scale);
            conn.prepare_cached(
                "INSERT INTO discussions (article_id, place, url, scale_kind, scale_max, complete, first_seen)
                 VALUES (?1, ?2, ?3, ?4, ?5, 0, ?6)",
            )?
            .execute(params![article.0, &*standing.place, &*standing.url, scale_kind, scale_max, now.0])?;
            (conn.last_insert_rowid(), None, 0)
        }
    };
    let (new_points, new_told) = (standing.points.or(points), standing.comments.unwrap_or(told));
    if (new_points, new_told) != (points, told) {
        conn.prepare_cached("UPDATE discussions SET points = ?2, told = ?3 WHERE id = ?1")?
            .execute(params![id, new_points, new_told])?;
        count(conn, article)?;
    }
    Ok(())
}

/// Counts an article's points and comments anew, from its discussions; where a feed counts more, that.
pub(super) fn count(conn: &Connection, article: ArticleId) -> Result<()> {
    conn.prepare_cached(
        "UPDATE articles SET (points, told) =
            (SELECT max(d.points), max(ifnull(sum(max(d.told, d.comments)), 0),
                                       (SELECT ifnull(max(e.told), 0) FROM entries e WHERE e.article_id = ?1))
             FROM discussions d WHERE d.article_id = ?1) WHERE id = ?1",
    )?
    .execute([article.0])
    .map(drop)
}

/// Keeps the order of a front page.
pub(super) fn keep_front(conn: &Connection, source: SourceId, order: &[ArticleId]) -> Result<()> {
    let mut known = conn.prepare_cached("SELECT article_id FROM fronts WHERE source_id = ?1 ORDER BY nth")?;
    let known: Vec<ArticleId> = known.query_map([source.0], |row| row.read(0).map(ArticleId))?.collect::<Result<_>>()?;
    if known == order {
        return Ok(());
    }
    conn.prepare_cached("DELETE FROM fronts WHERE source_id = ?1")?.execute([source.0])?;
    let mut insert = conn.prepare_cached("INSERT INTO fronts (source_id, nth, article_id) VALUES (?1, ?2, ?3)")?;
    for (nth, article) in order.iter().enumerate() {
        insert.execute(params![source.0, nth as i64, article.0])?;
    }
    Ok(())
}

/// The articles of a place's front page under a filter, in the place's order; of all front pages where no source is
/// named, those that stand highest at their places first.
pub(super) fn front(conn: &Connection, section: &Section, filter: &Query) -> Result<Vec<Headline>> {
    let mut values = Values::default();
    let mut conditions = vec!["1".to_owned()];
    if let Section::Source(source) = section {
        conditions.push(format!("f.source_id = {}", values.bind(source.0)));
    }
    // The source that is asked for is the one whose front page it is, not any that has the article.
    conditions.extend(condition(filter, &mut values).map(|filter| filter.replace(HAS_SOURCE, "SELECT 1 WHERE f.source_id IN")));
    let sql = format!(
        "SELECT {HEADLINE} FROM fronts f CROSS JOIN articles a ON a.id = f.article_id CROSS JOIN sources s ON s.id = a.source_id
         WHERE {} GROUP BY a.id ORDER BY min(f.nth), a.id DESC LIMIT {RANKED}",
        conditions.join(" AND ")
    );
    let mut statement = conn.prepare_cached(&sql)?;
    statement.query_map(params_from_iter(values.0), headline)?.collect()
}
