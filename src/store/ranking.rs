//! How well texts fit what is looked for: bm25 with k1 = 1.2 and b = 0.75, as FTS5 has it, by the statistics of the whole
//! store. FTS5 knows only those of one partition: its figures are corrected to choose the texts that are read, and these
//! are ranked by what they say.

use std::collections::HashMap;

use rusqlite::{Connection, Result};

use super::columns::ReadColumn as _;
use super::index::Text;
use super::index::partitions::{self, Partition};
use super::matching::{ColumnNeedle, is_text, prefix_length};
use crate::domain::query::{Clause, HitKind, Query};
use crate::domain::text::words::{Needle, marks};

/// The order of the hits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum By {
    /// How well they fit: bm25, words of the title counting more, newer ones better.
    #[default]
    Fit,
    Date,
}

/// A word of more texts than this is too common to be ranked by FTS5, which counts them all before it ranks the first.
pub(super) const COMMON: i64 = 10_000;
/// A shorter beginning of a word is taken for as common without counting, which would take long.
const SHORT_PREFIX: usize = 4;
/// For common words, only this many of the newest hits are ranked.
pub(super) const READ: usize = 300;

const OF_TITLE: f64 = 10.0;
const OF_AUTHOR: f64 = 4.0;

/// How hits are put in order.
pub(super) enum Ranking {
    Date,
    /// The hits that the index ranks best, by their matches.
    Fit(Weights),
    /// The newest, by what is found in them.
    Texts(Weights),
}

/// How much each word says.
#[derive(Default)]
pub(super) struct Weights {
    needles: Vec<(Needle, f64)>,
    /// The sum of the weights by the partition's own statistics.
    of_partitions: HashMap<i64, f64>,
}

impl Ranking {
    pub(super) fn of(conn: &Connection, query: &Query, by: By, kind: HitKind) -> Result<Ranking> {
        if by == By::Date {
            return Ok(Ranking::Date);
        }
        let partitions = partitions::all(conn, kind == HitKind::Comments)?;
        let total: i64 = partitions.iter().map(Partition::live).sum();
        let mut weights = Weights::default();
        let mut is_common = false;
        for Clause { negated, term } in query.any_of.iter().flatten().filter(|clause| is_text(&clause.term, kind)) {
            let wanted = ColumnNeedle::new(term);
            let (Some(expression), Some(needle)) = (wanted.expression(), wanted.needle()) else { continue };
            let is_short = prefix_length(needle).is_some_and(|letters| letters < SHORT_PREFIX);
            let texts = if is_short { COMMON + 1 } else { count(conn, &partitions, &expression, &mut weights)? };
            is_common |= texts > COMMON;
            if !negated {
                weights.needles.push((needle.clone(), idf(texts, total)));
            }
        }
        Ok(if is_common { Ranking::Texts(weights) } else { Ranking::Fit(weights) })
    }

    /// FTS5's score of a hit, converted from its partition's statistics to those of all partitions.
    pub(super) fn corrected(&self, partition: i64, fit: f64) -> f64 {
        let (Ranking::Fit(weights) | Ranking::Texts(weights)) = self else { return fit };
        let of_all: f64 = weights.needles.iter().map(|(_, weight)| weight).sum();
        let own = weights.of_partitions.get(&partition).copied().unwrap_or(of_all);
        fit * of_all / own.max(1e-6)
    }
}

/// How many texts have a word, counted up to more than [`COMMON`].
fn count(conn: &Connection, partitions: &[Partition], expression: &str, weights: &mut Weights) -> Result<i64> {
    let mut texts = 0;
    for partition in partitions.iter().rev() {
        let own: i64 = conn.prepare_cached(&count_statement(partition))?.query_row([expression], |row| row.read(0))?;
        *weights.of_partitions.entry(partition.id).or_default() += idf(own, partition.docs);
        texts += own;
        if texts > COMMON {
            break;
        }
    }
    Ok(texts)
}

pub(super) fn count_statement(partition: &Partition) -> String {
    let words = partition.words();
    format!("SELECT count(*) FROM (SELECT 1 FROM {words} WHERE {words} MATCH ?1 LIMIT {})", COMMON + 1)
}

/// As FTS5 has it.
fn idf(texts: i64, total: i64) -> f64 {
    let (texts, total) = (texts as f64, total as f64);
    ((total - texts + 0.5).max(0.5) / (texts + 0.5)).ln().max(1e-6)
}

impl Weights {
    /// How well texts fit, less being better.
    pub(super) fn fits(&self, texts: &[Text]) -> Vec<f64> {
        let mean = texts.iter().map(|text| text.body.len() as f64).sum::<f64>() / texts.len().max(1) as f64;
        let fit = |text: &Text| {
            let found = self.needles.iter().map(|(needle, weight)| {
                let count = |text: &str| marks(text, std::slice::from_ref(needle)).len() as f64;
                let times = count(&text.body) + OF_TITLE * count(&text.title) + OF_AUTHOR * count(&text.author);
                weight * times * 2.2 / (times + 1.2 * (0.25 + 0.75 * text.body.len() as f64 / mean.max(1.0)))
            });
            -found.sum::<f64>()
        };
        texts.iter().map(fit).collect()
    }
}
