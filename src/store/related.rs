//! Which articles are about the same, by the rare words that they share. Nothing is asked of anybody for it.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension, Result};

use super::lists::{HEADLINE, headline};
use super::search::text_of;
use super::words::{phrase, terms};
use super::{ArticleId, Headline, Store, StoreError};

/// Characters of a text whose words are looked at, beside its title.
const LEDE: usize = 600;
/// A shorter word says little.
const SHORTEST: usize = 4;
/// So many of the rarest words are looked for.
const RAREST: usize = 6;
/// A word of more articles than this is not rare.
const RARE: i64 = 2000;
/// So many of the newest hits are ranked.
const RANKED: i64 = 300;

impl Store {
    /// The articles that share two or more of an article's rarest words with it, the best first.
    pub fn related(&self, id: ArticleId, limit: usize) -> std::result::Result<Vec<Headline>, StoreError> {
        self.ask("looking for related articles", |conn| related(conn, id, limit))
    }
}

fn related(conn: &Connection, id: ArticleId, limit: usize) -> Result<Vec<Headline>> {
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
    let sql = format!(
        "SELECT {HEADLINE}, bm25(articles_words, 1.0, 10.0, 0.0) AS fit FROM articles_words
         CROSS JOIN articles a INDEXED BY articles_doc ON a.doc = articles_words.rowid
         CROSS JOIN sources s ON s.id = a.source_id
         WHERE articles_words MATCH ?1 ORDER BY articles_words.rowid DESC LIMIT {RANKED}"
    );
    let mut statement = conn.prepare_cached(&sql)?;
    let hits = statement.query_map([two.join(" OR ")], |row| Ok((row.get::<_, f64>("fit")?, headline(row)?)))?;
    let mut hits: Vec<(f64, Headline)> = hits.collect::<Result<_>>()?;
    hits.retain(|(_, row)| row.id != id);
    hits.sort_by(|a, b| a.0.total_cmp(&b.0));
    hits.truncate(limit);
    Ok(hits.into_iter().map(|(_, row)| row).collect())
}

/// The rarest words of a text that other articles have too, as the index is asked for them.
fn rarest(conn: &Connection, text: &str) -> Result<Vec<String>> {
    conn.execute_batch(
        "CREATE VIRTUAL TABLE IF NOT EXISTS temp.articles_terms USING fts5vocab('main', 'articles_words', 'row')",
    )?;
    let mut count = conn.prepare_cached("SELECT doc FROM temp.articles_terms WHERE term = ?1")?;
    let mut rare: BTreeSet<(i64, String)> = BTreeSet::new();
    for word in terms(text) {
        if word.chars().count() < SHORTEST && word.is_ascii() {
            continue;
        }
        let articles = count.query_row([&word], |row| row.get::<_, i64>(0)).optional()?.unwrap_or(0);
        if (2..=RARE).contains(&articles) {
            rare.insert((articles, word));
        }
    }
    Ok(rare.into_iter().take(RAREST).filter_map(|(_, word)| phrase(&word, false)).collect())
}
