//! Recommendations: unread articles that share rare words with articles that were starred, rated high or read to the end.
//! Nothing is asked of anybody for it, and nothing is learnt but what the marks say.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::fmt;

use rusqlite::{Connection, Result};

use super::columns::{ReadColumn as _, read_text};
use super::filter::{Values, condition};
use super::related::alike;
use super::{ArticleId, Headline, Store, StoreError};
use crate::domain::query::Query;
use crate::domain::text::CleanText;
use crate::domain::time::{DAY, Timestamp};

/// So many articles of each kind (starred, rated high, read to their end) say what the reader likes, those marked last. Each
/// costs as much as looking for the articles that are related to it.
const LIKED: usize = 10;
/// At most so many are recommended because of the same one.
const EACH: usize = 8;
const RECOMMENDED: usize = 50;

/// An article with the best reason to read it.
#[derive(Clone, PartialEq, Debug)]
pub struct Recommended {
    pub article: Headline,
    pub because: Because,
}

/// Marks of articles, for a test.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Because {
    pub liked: Liked,
    pub id: ArticleId,
    pub title: CleanText,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Liked {
    Starred,
    /// With 4 or 5.
    Rated,
    Finished,
}

impl fmt::Display for Because {
    /// `because you starred Owls at noon`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let title = if self.title.is_empty() { "an article without a title" } else { &self.title };
        match self.liked {
            Liked::Starred => write!(f, "because you starred {title}"),
            Liked::Rated => write!(f, "because you rated {title}"),
            Liked::Finished => write!(f, "because you read {title}"),
        }
    }
}

/// Articles that are neither read nor dismissed.
pub(super) const UNTOUCHED: &str = "a.read = 0 AND a.starred = 0 AND a.own_rating = 0 AND a.finished_at IS NULL";

impl Store {
    /// At most `RECOMMENDED` unread articles under a filter, the best first: those that are like the most of
    /// what was liked lately, see `LIKED`; newer ones stand higher.
    pub fn recommended(&self, filter: &Query, now: Timestamp) -> std::result::Result<Vec<Recommended>, StoreError> {
        self.ask_as_one("looking for articles to recommend", |conn| recommended(conn, filter, now))
    }
}

/// True if anything was liked.
pub(super) fn can_recommend(conn: &Connection) -> Result<bool> {
    conn.prepare_cached(ANYTHING_LIKED)?.query_row([], |row| row.read(0))
}

fn recommended(conn: &Connection, filter: &Query, now: Timestamp) -> Result<Vec<Recommended>> {
    let mut found: HashMap<ArticleId, (f64, f64, Recommended)> = HashMap::new();
    for because in liked(conn, LIKED)? {
        let untouched = |values: &mut Values| {
            Some(condition(filter, values).map_or(UNTOUCHED.to_owned(), |asked| format!("{UNTOUCHED} AND {asked}")))
        };
        for (fit, article) in alike(conn, because.id, untouched)?.into_iter().take(EACH) {
            // To have read something to its end says less than to have marked it.
            let fit = if because.liked == Liked::Finished { -fit / 2.0 } else { -fit };
            let recommended = Recommended { article, because: because.clone() };
            let (sum, best, kept) = found.entry(recommended.article.id).or_insert((0.0, fit, recommended.clone()));
            *sum += fit;
            if fit > *best {
                (*best, *kept) = (fit, recommended);
            }
        }
    }
    let years = |at: Timestamp| (now.0.saturating_sub(at.0).max(0) as f64) / (365.0 * DAY as f64);
    // As in a search: what is of today counts twice as much as what is old.
    let score = |sum: f64, row: &Headline| sum * (1.0 + 1.0 / (1.0 + years(row.sort_at)));
    let mut found: Vec<(f64, Recommended)> =
        found.into_values().map(|(sum, _, recommended)| (score(sum, &recommended.article), recommended)).collect();
    found.sort_by(|(a, one), (b, other)| b.total_cmp(a).then(other.article.id.cmp(&one.article.id)));
    Ok(found.into_iter().take(RECOMMENDED).map(|(_, recommended)| recommended).collect())
}

/// Articles liked last, newest first; one both starred and rated counts as starred.
fn liked(conn: &Connection, limit: usize) -> Result<Vec<Because>> {
    let mut liked: Vec<(i64, Because)> = Vec::new();
    for (kind, sql) in LIKED_STATEMENTS {
        let mut statement = conn.prepare_cached(sql)?;
        let rows = statement.query_map([limit as i64], |row| {
            let because = Because { liked: kind, id: ArticleId(row.read(0)?), title: read_text(row, 1)? };
            Ok((row.read::<Option<i64>>(2)?.unwrap_or(0), because))
        })?;
        for row in rows {
            let (at, because) = row?;
            if liked.iter().all(|(_, other)| other.id != because.id) {
                liked.push((at, because));
            }
        }
    }
    liked.sort_by_key(|(at, because)| Reverse((*at, because.id)));
    Ok(liked.into_iter().map(|(_, because)| because).collect())
}

/// True if one of [`LIKED_STATEMENTS`] returns a row.
pub(super) const ANYTHING_LIKED: &str = "SELECT EXISTS (SELECT 1 FROM articles INDEXED BY articles_by_star WHERE starred = 1)
         OR EXISTS (SELECT 1 FROM articles INDEXED BY articles_by_rating WHERE own_rating >= 4)
         OR EXISTS (SELECT 1 FROM articles INDEXED BY articles_finished
                    WHERE finished_at IS NOT NULL AND own_rating NOT IN (1, 2))";

pub(super) const LIKED_STATEMENTS: [(Liked, &str); 3] = [
    (
        Liked::Starred,
        "SELECT id, title, starred_at FROM articles INDEXED BY articles_by_star WHERE starred = 1
         ORDER BY starred_at DESC LIMIT ?1",
    ),
    (
        Liked::Rated,
        "SELECT id, title, rated_at FROM articles INDEXED BY articles_by_rating WHERE own_rating >= 4
         ORDER BY rated_at DESC LIMIT ?1",
    ),
    (
        // An article that was rated low was read, but not liked.
        Liked::Finished,
        "SELECT id, title, finished_at FROM articles INDEXED BY articles_finished
         WHERE finished_at IS NOT NULL AND own_rating NOT IN (1, 2) ORDER BY finished_at DESC LIMIT ?1",
    ),
];
