//! Which articles are about the same, by the rare words that they share. Nothing is asked of anybody for it.

use std::collections::HashSet;

use rusqlite::{Connection, OptionalExtension, Result, params, params_from_iter};

use super::columns::seconds;
use super::filter::Values;
use super::ingest::{address_hash, short_hash};
use super::lists::{HEADLINE, headline};
use super::search::text_of;
use super::words::{phrase, terms};
use super::{ArticleId, Headline, Related, Store, StoreError};
use crate::domain::article;

/// Characters of a text whose words are looked at, beside its title.
const LEDE: usize = 600;
/// A shorter word says little.
const SHORTEST: usize = 4;
/// At most so many words are counted, each up to one article more than makes it rare: however large the library is, no
/// more than the product of the two is read.
const WORDS: usize = 40;
/// A word is rare if no more articles than this have it, nor more than a fiftieth of all; [`FEW`] are never too many.
pub(super) const RARE: i64 = 1000;
const FEW: i64 = 5;
/// So many of the rarest words are looked for.
const RAREST: usize = 6;
/// So many of the newest hits are ranked.
const RANKED: i64 = 300;

impl Store {
    /// The stored articles that are an article's own related stories, and those that share two or more of its rarest words
    /// with it, the best first.
    pub fn related(&self, id: ArticleId, limit: usize) -> std::result::Result<Related, StoreError> {
        self.ask_as_one("looking for related articles", |conn| {
            let own = match super::articles::by_id(conn, id)? {
                Some((_, article)) => article
                    .explore_further
                    .iter()
                    .chain(&article.related)
                    .chain(&article.recommended)
                    .map(|story| stored(conn, id, story))
                    .collect::<Result<Vec<_>>>()?,
                None => Vec::new(),
            };
            let mut alike = alike(conn, id, "1", Values::default())?;
            alike.retain(|(_, row)| !own.contains(&Some(row.id)));
            alike.truncate(limit);
            Ok(Related { own, alike: alike.into_iter().map(|(_, row)| row).collect() })
        })
    }
}

/// The stored article that a story on a page is, by its address, else by headline and date in a source of the page's.
fn stored(conn: &Connection, page: ArticleId, story: &article::Related) -> Result<Option<ArticleId>> {
    if story.url.is_none() && story.published.is_none() {
        return Ok(None);
    }
    if let Some(address) = story.url.as_deref().and_then(address_hash) {
        let mut statement = conn.prepare_cached("SELECT min(article_id) FROM entries WHERE address = ?1")?;
        return statement.query_row([address], |row| Ok(row.get::<_, Option<i64>>(0)?.map(ArticleId)));
    }
    let Some((at, is_day)) = story.published.map(seconds) else { return Ok(None) };
    let mut statement = conn.prepare_cached(
        "SELECT min(article_id) FROM entries WHERE source_id IN (SELECT source_id FROM entries WHERE article_id = ?1)
            AND title = ?2 AND address IS NULL AND published = ?3 AND published_is_day = ?4",
    )?;
    let title = short_hash(story.title.trim().as_bytes());
    statement.query_row(params![page.0, title, at, is_day], |row| Ok(row.get::<_, Option<i64>>(0)?.map(ArticleId)))
}

/// The articles of which `condition` holds that share two or more of an article's rarest words with it: the newest of
/// them, with how well they fit (less is better), the best first. `condition` is about `a`, with these values.
pub(super) fn alike(conn: &Connection, id: ArticleId, condition: &str, mut values: Values) -> Result<Vec<(f64, Headline)>> {
    let mut statement = conn.prepare_cached("SELECT title FROM articles WHERE id = ?1")?;
    let Some(title) = statement.query_row([id.0], |row| row.get::<_, String>(0)).optional()? else { return Ok(Vec::new()) };
    let text = text_of(conn, id)?.unwrap_or_default();
    let lede: String = text.chars().take(LEDE).collect();
    let words = rarest(conn, &format!("{title}\n{lede}"))?;
    if words.len() < 2 {
        return Ok(Vec::new());
    }
    let two = words.iter().enumerate().filter(|(n, _)| n + 1 < words.len());
    let two: Vec<String> = two.map(|(n, word)| format!("({word} AND ({}))", words[n + 1..].join(" OR "))).collect();
    let sql = statement_of(condition, &values.bind(two.join(" OR ")));
    let mut statement = conn.prepare_cached(&sql)?;
    let hits = statement.query_map(params_from_iter(values.0), |row| Ok((row.get::<_, f64>("fit")?, headline(row)?)))?;
    let mut hits: Vec<(f64, Headline)> = hits.collect::<Result<_>>()?;
    hits.retain(|(_, row)| row.id != id);
    hits.sort_by(|a, b| a.0.total_cmp(&b.0));
    Ok(hits)
}

pub(super) fn statement_of(condition: &str, expression: &str) -> String {
    format!(
        "SELECT {HEADLINE}, bm25(articles_words, 1.0, 10.0, 0.0) AS fit FROM articles_words
         CROSS JOIN articles a INDEXED BY articles_doc ON a.doc = articles_words.rowid
         CROSS JOIN sources s ON s.id = a.source_id
         WHERE articles_words MATCH {expression} AND {condition} ORDER BY articles_words.rowid DESC LIMIT {RANKED}"
    )
}

/// The rarest words of a text that other articles have too, as the index is asked for them.
fn rarest(conn: &Connection, text: &str) -> Result<Vec<String>> {
    // The statistics of the index (fts5vocab) would go over all articles that have a word.
    let sql = format!("SELECT count(*) FROM (SELECT 1 FROM articles_words WHERE articles_words MATCH ?1 LIMIT {})", RARE + 1);
    let mut count = conn.prepare_cached(&sql)?;
    let mut total = conn.prepare_cached("SELECT total FROM counts WHERE section = 'all'")?;
    let most = RARE.min(FEW.max(total.query_row([], |row| row.get::<_, i64>(0))? / 50));
    let mut seen = HashSet::new();
    let says_little = |word: &str| {
        let letters = word.chars().count();
        letters < 2 || (word.is_ascii() && letters < SHORTEST)
    };
    let words = terms(text).filter(|word| !says_little(word) && seen.insert(word.clone()));
    let mut rare: Vec<(i64, String)> = Vec::new();
    for word in words.filter_map(|word| phrase(&word, false)).take(WORDS) {
        let articles = count.query_row([&word], |row| row.get::<_, i64>(0))?;
        if (2..=most).contains(&articles) {
            rare.push((articles, word));
        }
    }
    rare.sort();
    Ok(rare.into_iter().take(RAREST).map(|(_, word)| word).collect())
}
