//! Finds articles on the same subject by the rare words that they share. It makes no requests.

use std::collections::HashSet;

use rusqlite::{Connection, OptionalExtension, Result, params};

use super::columns::{ReadColumn as _, seconds};
use super::filter::Values;
use super::index::partitions::{self, Partition};
use super::index::text_of;
use super::index::walk::row_statement;
use super::ingest::{host_hash, short_hash};
use super::matching::needle_expression;
use super::word_lists::One;
use super::{ArticleId, Headline, RelatedHit, Section, Store, StoreError};
use crate::domain::article;
use crate::domain::text::words::{Needle, folded_words};
use crate::site::identity::canonical_address;

/// Characters of a text whose words are looked at, beside its title.
const LEDE: usize = 600;
/// A shorter word says little.
const SHORTEST: usize = 4;
/// At most so many words are counted, each up to one article more than makes it rare: however large the library is, no
/// more than the product of the two is read.
const WORDS: usize = 25;
/// A word is rare if no more articles than this have it, nor more than a fiftieth of all; [`FEW`] are never too many.
pub(super) const RARE: i64 = 200;
const FEW: i64 = 5;
/// So many of the rarest words are looked for.
const RAREST: usize = 6;
/// So many of the newest hits of a partition are ranked.
const RANKED: i64 = 100;
/// So many of the best are read.
const MOST: usize = 30;
/// So many of the newest partitions are looked into, with that of the article: what is about the same is mostly of about
/// the same time.
const NEWEST: usize = 2;

impl Store {
    /// The stored articles that are an article's own related stories, and those that share two or more of its rarest words
    /// with it, the best first.
    pub fn related(&self, id: ArticleId, limit: usize) -> std::result::Result<RelatedHit, StoreError> {
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
            let mut alike = alike(conn, id, |_| None)?;
            alike.retain(|(_, row)| !own.contains(&Some(row.id)));
            alike.truncate(limit);
            Ok(RelatedHit { own, alike: alike.into_iter().map(|(_, row)| row).collect() })
        })
    }
}

pub(super) const AT_ADDRESS: &str = "SELECT min(article_id) FROM entries WHERE host IN (0, ?2) AND address = ?1";

impl Store {
    /// The only article that the page at an address is, or that is discussed there.
    pub fn article_at(&self, address: &str) -> std::result::Result<Option<ArticleId>, StoreError> {
        self.ask("looking for an address", |conn| {
            let discussed = "SELECT min(article_id), max(article_id) FROM discussions WHERE url = ?1 AND url <> ''";
            let mut statement = conn.prepare_cached(discussed)?;
            let only = |row: &rusqlite::Row<'_>| {
                let (first, last) = (row.read::<Option<i64>>(0)?, row.read::<Option<i64>>(1)?);
                Ok(first.filter(|_| first == last).map(ArticleId))
            };
            if let Some(found) = statement.query_row([address], only)? {
                return Ok(Some(found));
            }
            let Some(canonical) = canonical_address(address) else { return Ok(None) };
            let mut statement = conn.prepare_cached(ONLY_AT_ADDRESS)?;
            statement.query_row([short_hash(canonical.as_bytes()), host_hash(&canonical)], only)
        })
    }
}

const ONLY_AT_ADDRESS: &str = "SELECT min(article_id), max(article_id) FROM entries WHERE host IN (0, ?2) AND address = ?1";

/// The stored article that a story on a page is, by its address, else by headline and date in a source of the page's.
fn stored(conn: &Connection, page: ArticleId, story: &article::Related) -> Result<Option<ArticleId>> {
    if story.url.is_none() && story.published.is_none() {
        return Ok(None);
    }
    if let Some(address) = story.url.as_deref().and_then(canonical_address) {
        let mut statement = conn.prepare_cached(AT_ADDRESS)?;
        let hashes = [short_hash(address.as_bytes()), host_hash(&address)];
        return statement.query_row(hashes, |row| Ok(row.read::<Option<i64>>(0)?.map(ArticleId)));
    }
    let Some((at, is_day)) = story.published.map(seconds) else { return Ok(None) };
    let mut statement = conn.prepare_cached(
        "SELECT min(article_id) FROM entries WHERE source_id IN (SELECT source_id FROM entries WHERE article_id = ?1)
            AND title = ?2 AND address IS NULL AND published = ?3 AND published_is_day = ?4",
    )?;
    let title = short_hash(story.title.trim().as_bytes());
    statement.query_row(params![page.0, title, at, is_day], |row| Ok(row.read::<Option<i64>>(0)?.map(ArticleId)))
}

/// The articles of which a condition holds that share two or more of an article's rarest words with it, with how well they
/// fit (less is better), the best first.
pub(super) fn alike(
    conn: &Connection,
    id: ArticleId,
    condition: impl FnOnce(&mut Values) -> Option<String>,
) -> Result<Vec<(f64, Headline)>> {
    let mut statement = conn.prepare_cached("SELECT title FROM articles WHERE id = ?1")?;
    let Some(title) = statement.query_row([id.0], |row| row.read::<String>(0)).optional()? else { return Ok(Vec::new()) };
    let text = text_of(conn, false, id.0)?.body;
    let lede: String = text.chars().take(LEDE).collect();
    let near = near(conn, id)?;
    let words = rarest(conn, &near, &format!("{title}\n{lede}"))?;
    if words.len() < 2 {
        return Ok(Vec::new());
    }
    let two = words.iter().enumerate().filter(|(n, _)| n + 1 < words.len());
    let two: Vec<String> = two.map(|(n, word)| format!("({word} AND ({}))", words[n + 1..].join(" OR "))).collect();
    let expression = two.join(" OR ");
    let mut hits: Vec<(f64, i64)> = Vec::new();
    for partition in &near {
        let mut statement = conn.prepare_cached(&hits_statement(partition))?;
        let found = statement.query_map(params![expression, RANKED], |row| Ok((row.read(1)?, row.read(0)?)))?;
        hits.extend(found.collect::<Result<Vec<_>>>()?);
    }
    hits.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut row_of = conn.prepare_cached(row_statement(false))?;
    let mut one = One::new(conn, &Section::All, condition)?;
    let mut rows = Vec::new();
    for (fit, doc) in hits {
        let Some(row) = row_of.query_row([doc], |row| row.read(0)).optional()?.filter(|row| *row != id.0) else { continue };
        rows.extend(one.row(row)?.map(|row| (fit, row)));
        if rows.len() >= MOST {
            break;
        }
    }
    Ok(rows)
}

/// The partitions that are looked into: the newest, and that of the article.
fn near(conn: &Connection, id: ArticleId) -> Result<Vec<Partition>> {
    let mut doc = conn.prepare_cached("SELECT doc FROM articles WHERE id = ?1")?;
    let doc: Option<i64> = doc.query_row([id.0], |row| row.read(0)).optional()?.flatten();
    let mut all = partitions::all(conn, false)?;
    let newest = all.len().saturating_sub(NEWEST);
    let mut at = 0;
    all.retain(|one| {
        at += 1;
        at > newest || doc.is_some_and(|doc| (one.least..=one.most).contains(&doc))
    });
    Ok(all)
}

pub(super) fn hits_statement(partition: &Partition) -> String {
    let words = partition.words();
    format!("SELECT rowid, bm25({words}, 1.0, 10.0, 0.0) FROM {words} WHERE {words} MATCH ?1 ORDER BY rowid DESC LIMIT ?2")
}

/// The rarest words of a text that other articles have too, as the index is asked for them.
fn rarest(conn: &Connection, near: &[Partition], text: &str) -> Result<Vec<String>> {
    let most = RARE.min(FEW.max(near.iter().map(Partition::live).sum::<i64>() / 50));
    let mut seen = HashSet::new();
    let says_little = |word: &str| {
        let letters = word.chars().count();
        letters < 2 || (word.is_ascii() && letters < SHORTEST)
    };
    let words = folded_words(text).filter(|word| !says_little(word) && seen.insert(word.clone()));
    let mut rare: Vec<(i64, String)> = Vec::new();
    for word in words.filter_map(|word| Needle::new(&word, false)).map(|word| needle_expression(&word)).take(WORDS) {
        let mut articles = 0;
        for partition in near {
            // The statistics of the index (fts5vocab) would go over all articles that have a word.
            let sql = count_statement(partition);
            articles += conn.prepare_cached(&sql)?.query_row([&word], |row| row.read::<i64>(0))?;
            if articles > most {
                break;
            }
        }
        if (2..=most).contains(&articles) {
            rare.push((articles, word));
        }
    }
    rare.sort();
    Ok(rare.into_iter().take(RAREST).map(|(_, word)| word).collect())
}

pub(super) fn count_statement(partition: &Partition) -> String {
    let words = partition.words();
    format!("SELECT count(*) FROM (SELECT 1 FROM {words} WHERE {words} MATCH ?1 LIMIT {})", RARE + 1)
}
