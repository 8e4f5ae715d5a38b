//! Searching: hits by how well they fit, or by date, each with the words around what was found.

use std::ops::Range;

use rusqlite::types::ToSql;
use rusqlite::{Connection, Result, Row, params_from_iter};

use super::columns::{read_bytes, read_some_text, read_when};
use super::filter::{Values, comment_condition};
use super::lists::{HEADLINE, HEADLINE_END as END, headline, led_from, rows_of};
use super::matching::{expression, is_text, led, needle, needles};
use super::words::{Needle, first_mark, marks};
use super::{ArticleId, DiscussionId, Headline, Section, Store, StoreError, Stretch, body};
use crate::domain::query::{Clause, Kind, Query};
use crate::domain::text::{CleanText, clean_line};
use crate::domain::time::{DAY, Timestamp, When};

/// So many of the newest hits are ranked by how well they fit: to rank all hits of a common word takes too long.
pub const FITTING: usize = 1000;

/// A word of more texts than this is too common for the ranking of FTS5, which counts them all before it ranks the first:
/// the newest [`READ`] hits are ranked by what their texts say.
pub(super) const COMMON: i64 = 10_000;
const READ: usize = 300;

/// Characters of a text that are shown with a hit.
const EXCERPT: usize = 240;
/// Of these so many stand before the first word found.
const BEFORE: usize = 60;

/// The order of the hits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum By {
    /// How well they fit: bm25, words of the title counting more, newer ones better.
    #[default]
    Fit,
    Date,
}

/// What a search finds.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Found {
    pub hits: Vec<Hit>,
    /// Only so many of the newest hits were ranked; there are more.
    pub ranked: Option<usize>,
    /// There are more hits than were asked for.
    pub more: bool,
    /// So many articles and comments are not indexed yet.
    pub unindexed: u64,
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
    /// Whether any words can be looked for between a key and its frame.
    pub fn is_small(&self) -> std::result::Result<bool, StoreError> {
        self.ask("looking how large the store is", |conn| {
            let sql =
                "SELECT ifnull((SELECT max(id) FROM articles), 0) <= ?1 AND ifnull((SELECT max(id) FROM comments), 0) <= ?2";
            conn.prepare_cached(sql)?.query_row(SMALL, |row| row.get(0))
        })
    }

    /// At most `limit` hits of a query. A query that asks for no words gives the newest that fit.
    pub fn search(&self, query: &Query, by: By, limit: usize, now: Timestamp) -> std::result::Result<Found, StoreError> {
        let unindexed = self.unindexed()?;
        let found = if query.kind() == Kind::Comments {
            self.ask_as_one("searching the comments", |conn| comments(conn, query, by, limit, now))?
        } else if led(query, Kind::Articles).is_some() {
            self.ask_as_one("searching the articles", |conn| articles(conn, query, by, limit, now))?
        } else {
            let rows = self.headlines(&Section::All, query, Stretch::First, limit.saturating_add(1))?;
            self.ask_as_one("reading the texts", |conn| in_context(conn, query, rows, limit))?
        };
        Ok(Found { unindexed, ..found })
    }
}

/// A hit before it is read: its row, how well it fits (less is better), when it is from.
type Scored = (i64, f64, i64);

fn articles(conn: &Connection, query: &Query, by: By, limit: usize, now: Timestamp) -> Result<Found> {
    let ranking = Ranking::of(conn, query, by, Kind::Articles)?;
    let Some((sql, values)) = articles_statement(query, &ranking) else { return Ok(Found::default()) };
    let (ids, ranked, more) = best(conn, &sql, values, &ranking, limit, now, |id| {
        let mut title = conn.prepare_cached("SELECT title FROM articles WHERE id = ?1")?;
        Ok((title.query_row([id], |row| row.get(0))?, text_of(conn, ArticleId(id))?.unwrap_or_default()))
    })?;
    let rows = rows_of(conn, &ids.into_iter().map(ArticleId).collect::<Vec<_>>())?;
    let found = in_context(conn, query, rows, limit)?;
    Ok(Found { ranked, more, ..found })
}

fn comments(conn: &Connection, query: &Query, by: By, limit: usize, now: Timestamp) -> Result<Found> {
    let is_led = led(query, Kind::Comments).is_some();
    let ranking = if is_led { Ranking::of(conn, query, by, Kind::Comments)? } else { Ranking::Date };
    let (sql, values) = comments_statement(query, &ranking);
    let (ids, ranked, more) = best(conn, &sql, values, &ranking, limit, now, |id| {
        let mut body = conn.prepare_cached("SELECT encoding, body FROM comments WHERE id = ?1")?;
        let text = |row: &Row<'_>| Ok(body::text(row.get(0)?, read_bytes(row, 1)?).into_owned());
        Ok((String::new(), body.query_row([id], text)?))
    })?;
    let (_, wanted) = needles(query);
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {HEADLINE}, d.id, c.key, c.author, c.posted, c.posted_is_day, c.encoding, c.body
         FROM comments c CROSS JOIN discussions d ON d.id = c.discussion_id CROSS JOIN articles a ON a.id = d.article_id
         CROSS JOIN sources s ON s.id = a.source_id WHERE c.id = ?1"
    ))?;
    let hit = |row: &Row<'_>| {
        let comment = CommentHit {
            discussion: DiscussionId(row.get(END)?),
            key: row.get(END + 1)?,
            author: read_some_text(row, END + 2)?,
            posted: read_when(row, END + 3)?,
        };
        let excerpt = excerpt(&body::text(row.get(END + 5)?, read_bytes(row, END + 6)?), &wanted);
        Ok(Hit { article: headline(row)?, comment: Some(comment), title_marks: Vec::new(), excerpt })
    };
    let mut hits = Vec::with_capacity(ids.len());
    for id in ids {
        hits.extend(statement.query_map([id], hit)?.next().transpose()?);
    }
    Ok(Found { hits, ranked, more, unindexed: 0 })
}

/// The statement ends in `LIMIT `: its caller adds the number.
pub(super) fn articles_statement(query: &Query, ranking: &Ranking) -> Option<(String, Values)> {
    let mut values = Values::default();
    let from = led_from(&Section::All, query, &mut values)?;
    let fit = if matches!(ranking, Ranking::Fit) { "bm25(articles_words, 1.0, 10.0, 4.0)" } else { "0.0" };
    Some((format!("SELECT a.id, {fit}, a.sort_at {from} ORDER BY articles_words.rowid DESC LIMIT "), values))
}

pub(super) fn comments_statement(query: &Query, ranking: &Ranking) -> (String, Values) {
    let mut values = Values::default();
    let (from, rest, order) = match led(query, Kind::Comments) {
        Some(led) => {
            let expression = values.bind(led.expression);
            let from = format!(
                "comments_words CROSS JOIN comments c INDEXED BY comments_doc ON c.doc = comments_words.rowid
                 CROSS JOIN discussions d ON d.id = c.discussion_id CROSS JOIN articles a ON a.id = d.article_id
                 WHERE comments_words MATCH {expression} AND "
            );
            (from, led.rest, "comments_words.rowid")
        }
        None => {
            let from = "comments c INDEXED BY comments_doc CROSS JOIN discussions d ON d.id = c.discussion_id
                        CROSS JOIN articles a ON a.id = d.article_id WHERE c.doc IS NOT NULL AND ";
            (from.to_owned(), query.clone(), "c.doc")
        }
    };
    let condition = comment_condition(&rest, &mut values).unwrap_or_else(|| "1".to_owned());
    let fit = if matches!(ranking, Ranking::Fit) { "bm25(comments_words, 1.0, 4.0)" } else { "0.0" };
    let sql = format!("SELECT c.id, {fit}, ifnull(c.posted, c.first_seen) FROM {from}{condition} ORDER BY {order} DESC LIMIT ");
    (sql, values)
}

/// The rows to show, how many were ranked where that was not all, and whether there are more than are shown.
fn best(
    conn: &Connection,
    sql: &str,
    values: Values,
    ranking: &Ranking,
    limit: usize,
    now: Timestamp,
    read: impl Fn(i64) -> Result<(String, String)>,
) -> Result<(Vec<i64>, Option<usize>, bool)> {
    let most = match ranking {
        Ranking::Date => limit,
        Ranking::Fit => FITTING,
        Ranking::Texts(_) => READ,
    };
    let mut statement = conn.prepare_cached(&format!("{sql}{}", i64::try_from(most).unwrap_or(i64::MAX - 1) + 1))?;
    let hit = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
    let mut scored: Vec<Scored> = statement.query_map(params_from_iter(values.0), hit)?.collect::<Result<_>>()?;
    let is_bounded = scored.len() > most;
    scored.truncate(most);
    let more = is_bounded || scored.len() > limit;
    if let Ranking::Texts(weights) = ranking {
        let texts = scored.iter().map(|(id, ..)| read(*id)).collect::<Result<Vec<_>>>()?;
        for (hit, fit) in scored.iter_mut().zip(weighed(&texts, weights)) {
            hit.1 = fit;
        }
    }
    let by_fit = !matches!(ranking, Ranking::Date);
    if by_fit {
        let years = |at: i64| (now.0.saturating_sub(at).max(0) as f64) / (365.0 * DAY as f64);
        // What is of today counts twice as much as what is old; a year takes half of that advantage.
        let score = |&(_, fit, at): &Scored| fit * (1.0 + 1.0 / (1.0 + years(at)));
        scored.sort_by(|a, b| score(a).total_cmp(&score(b)));
    }
    scored.truncate(limit);
    let ids = scored.into_iter().map(|(id, ..)| id).collect();
    Ok((ids, (is_bounded && by_fit).then_some(most), more))
}

/// How hits are put in order.
pub(super) enum Ranking {
    Date,
    Fit,
    /// By what is found in them: each needle with its weight.
    Texts(Vec<(Needle, f64)>),
}

impl Ranking {
    fn of(conn: &Connection, query: &Query, by: By, kind: Kind) -> Result<Ranking> {
        if by == By::Date {
            return Ok(Ranking::Date);
        }
        let (table, of) = if kind == Kind::Comments { ("comments_words", "comments") } else { ("articles_words", "articles") };
        let sql = format!("SELECT count(*) FROM (SELECT 1 FROM {table} WHERE {table} MATCH ?1 LIMIT {})", COMMON + 1);
        let mut count = conn.prepare_cached(&sql)?;
        let mut total = conn.prepare_cached(&format!("SELECT ifnull(max(id), 0) FROM {of}"))?;
        let total: i64 = total.query_row([], |row| row.get(0))?;
        let (mut weights, mut is_common) = (Vec::new(), false);
        for Clause { negated, term } in query.any_of.iter().flatten().filter(|clause| is_text(&clause.term, kind)) {
            let Some(expression) = expression(term) else { continue };
            let texts: i64 = count.query_row([expression], |row| row.get(0))?;
            is_common |= texts > COMMON;
            let weight = (1.0 + total as f64 / texts.max(1) as f64).ln();
            weights.extend(needle(term).filter(|_| !negated).map(|needle| (needle, weight)));
        }
        Ok(if is_common { Ranking::Texts(weights) } else { Ranking::Fit })
    }
}

/// How well texts fit, with their titles, less being better: bm25 with k1 = 1.2 and b = 0.75, as FTS5 has it.
fn weighed(texts: &[(String, String)], weights: &[(Needle, f64)]) -> Vec<f64> {
    let mean = texts.iter().map(|(_, text)| text.len() as f64).sum::<f64>() / texts.len().max(1) as f64;
    let fit = |(title, text): &(String, String)| {
        let found = weights.iter().map(|(needle, weight)| {
            let count = |text: &str| marks(text, std::slice::from_ref(needle)).len() as f64;
            let times = count(text) + 10.0 * count(title);
            weight * times * 2.2 / (times + 1.2 * (0.25 + 0.75 * text.len() as f64 / mean.max(1.0)))
        });
        -found.sum::<f64>()
    };
    texts.iter().map(fit).collect()
}

/// Headlines as hits, with what their texts say.
fn in_context(conn: &Connection, query: &Query, mut rows: Vec<Headline>, limit: usize) -> Result<Found> {
    let (of_title, of_text) = needles(query);
    let more = rows.len() > limit;
    rows.truncate(limit);
    let mut hits = Vec::with_capacity(rows.len());
    for article in rows {
        let excerpt = text_of(conn, article.id)?.map(|text| excerpt(&text, &of_text)).unwrap_or_default();
        let title_marks = marks(&article.title, &of_title);
        hits.push(Hit { article, comment: None, title_marks, excerpt });
    }
    Ok(Found { hits, more, ..Found::default() })
}

pub(super) fn text_of(conn: &Connection, id: ArticleId) -> Result<Option<String>> {
    let mut statement = conn.prepare_cached("SELECT encoding, body FROM article_bodies WHERE article_id = ?1")?;
    let id: &dyn ToSql = &id.0;
    let text = |row: &Row<'_>| Ok(body::text(row.get(0)?, read_bytes(row, 1)?).into_owned());
    statement.query_map([id], text)?.next().transpose()
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
