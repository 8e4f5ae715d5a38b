//! Searching: hits by how well they fit, or by date, each with the words around what was found.

use std::collections::HashMap;
use std::ops::Range;

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Result, Row, params_from_iter};

use super::columns::{ReadColumn as _, read_bytes, read_some_text, read_when};
use super::filter::{Values, comment_condition, condition};
use super::index::text_of;
use super::index::walk::{ALL_DOCS, Walk};
use super::lists::{HEADLINE, HEADLINE_END as END, headline};
use super::matching::{Led, led, needles};
use super::ranking::{By, READ, Ranking};
use super::word_lists::{One, docs_of_time};
use super::{DiscussionId, Headline, Section, Store, StoreError, Stretch, body};
use crate::domain::query::{HitKind, Query};
use crate::domain::text::words::{Needle, first_mark, marks};
use crate::domain::text::{CleanText, clean_line};
use crate::domain::time::{DAY, Timestamp, When};

/// So many of the newest hits are ranked by how well they fit: to rank all hits of a common word takes too long.
pub const FITTING: usize = 1000;

/// Characters of a text that are shown with a hit.
const EXCERPT: usize = 240;
/// The number of these words before the first match.
const BEFORE: usize = 60;

/// The hits of a search.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Found {
    pub hits: Vec<Hit>,
    /// Only so many of the newest hits were ranked; there are more.
    pub ranked: Option<usize>,
    /// There are more hits than were asked for.
    pub more: bool,
}

#[derive(Clone, PartialEq, Debug)]
pub struct Hit {
    pub article: Headline,
    /// The comment that was found; none where it is the article.
    pub comment: Option<CommentHit>,
    pub title_marks: Vec<Range<usize>>,
    pub excerpt: Excerpt,
}

#[derive(Clone, PartialEq, Debug)]
pub struct CommentHit {
    pub discussion: DiscussionId,
    pub key: Box<str>,
    pub author: Option<CleanText>,
    pub posted: Option<When>,
}

/// A part of a text, on one line, with what was found in it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Excerpt {
    pub text: CleanText,
    pub marks: Vec<Range<usize>>,
}

/// Up to so many articles, and comments, nothing takes long that goes along the index of words.
const SMALL: (i64, i64) = (20_000, 200_000);

impl Store {
    /// True if any words can be looked for between a key and its frame.
    pub fn is_small(&self) -> std::result::Result<bool, StoreError> {
        self.ask("looking how large the store is", |conn| {
            let sql =
                "SELECT ifnull((SELECT max(id) FROM articles), 0) <= ?1 AND ifnull((SELECT max(id) FROM comments), 0) <= ?2";
            conn.prepare_cached(sql)?.query_row(SMALL, |row| row.read(0))
        })
    }

    /// At most `limit` hits of a query. A query that asks for no words gives the newest that fit.
    pub fn search(&self, query: &Query, by: By, limit: usize, now: Timestamp) -> std::result::Result<Found, StoreError> {
        if query.kind() == HitKind::Comments {
            self.ask_as_one("searching the comments", |conn| comments(conn, query, by, limit, now))
        } else if let Some(led) = led(query, HitKind::Articles) {
            self.ask_as_one("searching the articles", |conn| articles(conn, query, &led, by, limit, now))
        } else {
            let rows = self.headlines(&Section::All, query, Stretch::First, limit.saturating_add(1))?;
            self.ask_as_one("reading the texts", |conn| in_context(conn, query, rows, limit))
        }
    }
}

/// A hit before it is read: how well it fits (less is better), when it is from.
#[derive(Clone, Copy)]
struct Scored {
    row: i64,
    at: i64,
    fit: f64,
    /// By its partition's index; else by its text.
    is_estimated: bool,
}

fn articles(conn: &Connection, query: &Query, led: &Led, by: By, limit: usize, now: Timestamp) -> Result<Found> {
    let ranking = Ranking::of(conn, query, by, HitKind::Articles)?;
    let mut one = One::new(conn, &Section::All, |values| condition(&led.rest, values))?;
    let walk = Walk {
        of_comments: false,
        led: Some(led),
        docs: docs_of_time(conn, query)?,
        upwards: false,
        scored: matches!(ranking, Ranking::Fit(_)),
    };
    let mut known = HashMap::new();
    let best = best(conn, &walk, &ranking, limit, now, &mut |row| {
        let found = one.row(row)?;
        let at = found.as_ref().map(|row| row.sort_at.0);
        known.extend(found.map(|found| (row, found)));
        Ok(at)
    })?;
    let rows = best.rows.iter().filter_map(|row| known.remove(row)).collect();
    let found = in_context(conn, query, rows, limit)?;
    Ok(Found { ranked: best.ranked, more: best.more, ..found })
}

fn comments(conn: &Connection, query: &Query, by: By, limit: usize, now: Timestamp) -> Result<Found> {
    let led = led(query, HitKind::Comments);
    // A query without words has no other order.
    let ranking = Ranking::of(conn, query, if led.is_some() { by } else { By::Date }, HitKind::Comments)?;
    let mut values = Values(vec![Value::Null]);
    let rest = led.as_ref().map_or(query, |led| &led.rest);
    let condition = comment_condition(rest, &mut values).unwrap_or_else(|| "1".to_owned());
    let mut time = conn.prepare_cached(&comment_statement(&condition))?;
    let scored = matches!(ranking, Ranking::Fit(_));
    let walk = Walk { of_comments: true, led: led.as_ref(), docs: ALL_DOCS, upwards: false, scored };
    let best = best(conn, &walk, &ranking, limit, now, &mut |row| {
        values.0[0] = Value::Integer(row);
        time.query_row(params_from_iter(&values.0), |row| row.read(0)).optional()
    })?;
    let (_, wanted) = needles(query);
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {HEADLINE}, d.id, c.key, c.author, c.posted, c.posted_is_day, c.encoding, c.body
         FROM comments c CROSS JOIN discussions d ON d.id = c.discussion_id CROSS JOIN articles a ON a.id = d.article_id
         CROSS JOIN sources s ON s.id = a.source_id WHERE c.id = ?1"
    ))?;
    let hit = |row: &Row<'_>| {
        let comment = CommentHit {
            discussion: DiscussionId(row.read(END)?),
            key: row.read(END + 1)?,
            author: read_some_text(row, END + 2)?,
            posted: read_when(row, END + 3)?,
        };
        let excerpt = excerpt(&body::text(row.read(END + 5)?, read_bytes(row, END + 6)?), &wanted);
        Ok(Hit { article: headline(row)?, comment: Some(comment), title_marks: Vec::new(), excerpt })
    };
    let mut hits = Vec::with_capacity(best.rows.len());
    for row in best.rows {
        hits.extend(statement.query_map([row], hit)?.next().transpose()?);
    }
    Ok(Found { hits, ranked: best.ranked, more: best.more })
}

/// The time of a comment that fulfils a condition.
pub(super) fn comment_statement(condition: &str) -> String {
    format!(
        "SELECT ifnull(c.posted, c.first_seen) FROM comments c CROSS JOIN discussions d ON d.id = c.discussion_id
         CROSS JOIN articles a ON a.id = d.article_id WHERE c.id = ?1 AND {condition}"
    )
}

/// The rows to show, the best first.
struct Best {
    rows: Vec<i64>,
    /// How many were ranked, where that was not all.
    ranked: Option<usize>,
    /// There are more than are shown.
    more: bool,
}

/// `time` tells when a row is from, if it fulfils what else is asked.
fn best(
    conn: &Connection,
    walk: &Walk<'_>,
    ranking: &Ranking,
    limit: usize,
    now: Timestamp,
    time: &mut dyn FnMut(i64) -> Result<Option<i64>>,
) -> Result<Best> {
    let most = match ranking {
        Ranking::Date => limit,
        Ranking::Fit(_) => FITTING,
        Ranking::Texts(_) => READ,
    };
    let mut scored: Vec<Scored> = Vec::new();
    walk.each(conn, &mut |step| {
        if let Some(at) = time(step.row)? {
            let estimate = step.fit.map(|(partition, fit)| ranking.corrected(partition, fit));
            scored.push(Scored { row: step.row, at, fit: estimate.unwrap_or(0.0), is_estimated: estimate.is_some() });
        }
        Ok(scored.len() <= most)
    })?;
    let is_bounded = scored.len() > most;
    scored.truncate(most);
    let more = is_bounded || scored.len() > limit;
    if let Ranking::Fit(weights) | Ranking::Texts(weights) = ranking {
        let years = |at: i64| (now.0.saturating_sub(at).max(0) as f64) / (365.0 * DAY as f64);
        // Today's articles count twice as much as old ones; a year halves that advantage.
        let score = |one: &Scored| one.fit * (1.0 + 1.0 / (1.0 + years(one.at)));
        // Reads the hits that no index ranked, and those of the others that may be shown.
        scored.sort_by(|a, b| a.is_estimated.cmp(&b.is_estimated).then(score(a).total_cmp(&score(b))));
        scored.truncate(READ.max(2 * limit));
        let texts = scored.iter().map(|one| text_of(conn, walk.of_comments, one.row)).collect::<Result<Vec<_>>>()?;
        for (one, fit) in scored.iter_mut().zip(weights.fits(&texts)) {
            one.fit = fit;
        }
        scored.sort_by(|a, b| score(a).total_cmp(&score(b)));
    }
    scored.truncate(limit);
    let ranked = (is_bounded && !matches!(ranking, Ranking::Date)).then_some(most);
    Ok(Best { rows: scored.into_iter().map(|one| one.row).collect(), ranked, more })
}

/// Headlines as hits, with what their texts say.
fn in_context(conn: &Connection, query: &Query, mut rows: Vec<Headline>, limit: usize) -> Result<Found> {
    let (of_title, of_text) = needles(query);
    let more = rows.len() > limit;
    rows.truncate(limit);
    let mut hits = Vec::with_capacity(rows.len());
    for article in rows {
        let excerpt = excerpt(&text_of(conn, false, article.id.0)?.body, &of_text);
        let title_marks = marks(&article.title, &of_title);
        hits.push(Hit { article, comment: None, title_marks, excerpt });
    }
    Ok(Found { hits, more, ..Found::default() })
}

/// The text around the first word found, else its beginning.
fn excerpt(text: &str, needles: &[Needle]) -> Excerpt {
    let first = first_mark(text, needles).unwrap_or(0);
    let start = text[..first].char_indices().rev().nth(BEFORE).map_or(0, |(at, _)| at);
    // At a word's beginning, if there is one near.
    let skipped = if start == 0 { 0 } else { text[start..first].find(char::is_whitespace).unwrap_or(0) };
    let start = start + skipped;
    let end = text[start..].char_indices().nth(EXCERPT).map_or(text.len(), |(at, _)| start + at);
    let dots = |is: bool| if is { "…" } else { "" };
    let text = clean_line(&format!("{}{}{}", dots(start > 0), text[start..end].trim(), dots(end < text.len())));
    let marks = marks(&text, needles);
    Excerpt { text, marks }
}
