//! Decides which entries at one address are the same article.
//!
//! Entries of different sources at one address are one article, unless the address is *shared*: that of a host alone, of a
//! source's own page, or given by two entries of one source. At a shared address, and where one of two is the AMP form of
//! the page, more has to agree. The grouping depends on the entries alone, not on the order in which they came: what came
//! first is merged or split when a later entry shows that it has to be.

use std::collections::{BTreeMap, HashMap, HashSet};

use rusqlite::{Connection, Result, params};

use super::super::ArticleId;
use super::super::columns::ReadColumn as _;
use super::contents;
use super::fingerprint::Fingerprint;
use super::union::{self, Regrouped};
use crate::domain::time::Timestamp;

/// An entry at an address.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Placed {
    pub(super) entry: i64,
    pub(super) source: i64,
    pub(super) article: i64,
    pub(super) fingerprint: Fingerprint,
    pub(super) is_submission: bool,
}

impl Placed {
    /// True if two entries of different sources at a shared address are about one article.
    fn agrees_with(&self, other: &Placed) -> bool {
        let (one, two) = (&self.fingerprint, &other.fingerprint);
        let same = |one: Option<i64>, two: Option<i64>| one.is_some() && one == two;
        same(one.id, two.id)
            || (same(one.title, two.title) && one.date.is_some() && one.date == two.date)
            || same(one.enclosure, two.enclosure)
    }
}

/// The articles at one address.
#[derive(Debug, Default)]
struct AtAddress {
    entries: Vec<Placed>,
    /// It is the page of a source.
    is_home: bool,
    /// By id, by enclosure, by title and date: seats in `entries`.
    by_trait: HashMap<Trait, Vec<usize>>,
    /// How many entries that are not submissions each source has.
    of_source: HashMap<i64, usize>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Trait {
    Id(i64),
    Enclosure(i64),
    TitleAndDate(i64, (i64, bool)),
}

fn traits(fingerprint: &Fingerprint) -> impl Iterator<Item = Trait> + use<> {
    let Fingerprint { id, enclosure, title, date, .. } = *fingerprint;
    let dated = title.zip(date).map(|(title, date)| Trait::TitleAndDate(title, date));
    [id.map(Trait::Id), dated, enclosure.map(Trait::Enclosure)].into_iter().flatten()
}

impl AtAddress {
    fn load(conn: &Connection, address: i64, host: i64) -> Result<AtAddress> {
        let mut at = AtAddress { is_home: is_home(conn, address)?, ..AtAddress::default() };
        if host != 0 {
            // All entries at one address have one host, so that each of them leads to the others.
            conn.prepare_cached(LEARN_HOST)?.execute([address, host])?;
        }
        let sql = "SELECT id, source_id, article_id, guid, title, enclosure, published, published_is_day, is_submission, is_amp
                   FROM entries WHERE host = ?2 AND address = ?1 AND article_id IS NOT NULL ORDER BY id";
        let mut statement = conn.prepare_cached(sql)?;
        let placed = statement.query_map([address, host], |row| {
            let fingerprint = Fingerprint {
                id: row.read(3)?,
                title: row.read(4)?,
                enclosure: row.read(5)?,
                date: row.read::<Option<i64>>(6)?.zip(row.read(7)?),
                address: Some(address),
                host,
                is_amp: row.read(9)?,
                ..Fingerprint::default()
            };
            let (entry, source, article) = (row.read(0)?, row.read(1)?, row.read(2)?);
            Ok(Placed { entry, source, article, fingerprint, is_submission: row.read(8)? })
        })?;
        for placed in placed {
            at.put(placed?);
        }
        Ok(at)
    }

    fn put(&mut self, placed: Placed) {
        if !placed.is_submission {
            *self.of_source.entry(placed.source).or_default() += 1;
        }
        for of in traits(&placed.fingerprint) {
            self.by_trait.entry(of).or_default().push(self.entries.len());
        }
        self.entries.push(placed);
    }

    fn is_shared(&self, is_root: bool) -> bool {
        is_root || self.is_home || self.of_source.values().any(|times| *times > 1)
    }
}

pub(in crate::store) const LEARN_HOST: &str = "UPDATE entries SET host = ?2 WHERE host = 0 AND address = ?1";

fn is_home(conn: &Connection, address: i64) -> Result<bool> {
    conn.prepare_cached("SELECT 1 FROM sources WHERE home = ?1")?.exists([address])
}

/// The addresses that an answer has to do with, each looked up once.
#[derive(Debug, Default)]
pub(super) struct Addresses {
    known: HashMap<i64, AtAddress>,
    /// Addresses at which entries came or went, with their hosts, and whether each is that of a host alone.
    touched: BTreeMap<(i64, i64), bool>,
}

impl Addresses {
    /// The article that a new entry of a source belongs to; none for one of its own. `has_one` tells whether an article has
    /// an entry of the source already.
    pub(super) fn article_for(
        &mut self,
        conn: &Connection,
        source: i64,
        fingerprint: &Fingerprint,
        is_submission: bool,
    ) -> Result<Option<ArticleId>> {
        let Some(address) = fingerprint.address else { return Ok(None) };
        let at = self.at(conn, address, fingerprint.host)?;
        if at.entries.is_empty() {
            return Ok(None);
        }
        let own = at.of_source.get(&source).copied().unwrap_or(0) + usize::from(!is_submission);
        let is_shared = own > 1 || at.is_shared(fingerprint.is_root);
        let new = Placed { entry: 0, source, article: 0, fingerprint: *fingerprint, is_submission };
        let candidates: Vec<Placed> = if is_shared {
            let seats = traits(fingerprint).filter_map(|of| at.by_trait.get(&of)).flatten();
            seats.map(|&seat| at.entries[seat]).filter(|placed| placed.agrees_with(&new)).collect()
        } else {
            at.entries.iter().copied().filter(|placed| is_one_page(placed, &new)).collect()
        };
        for placed in candidates {
            if may_join(conn, &new, placed.article)? {
                return Ok(Some(ArticleId(placed.article)));
            }
        }
        Ok(None)
    }

    /// An entry came to an address.
    pub(super) fn put(&mut self, conn: &Connection, placed: Placed) -> Result<()> {
        let Fingerprint { address: Some(address), host, is_root, .. } = placed.fingerprint else { return Ok(()) };
        // Loaded before the entry was stored, or now, with it.
        let at = self.at(conn, address, host)?;
        if !at.entries.iter().rev().take(1).any(|last| last.entry == placed.entry) {
            at.put(placed);
        }
        self.touch(address, host, is_root);
        Ok(())
    }

    pub(super) fn touch(&mut self, address: i64, host: i64, is_root: bool) {
        *self.touched.entry((address, host)).or_default() |= is_root;
    }

    fn at(&mut self, conn: &Connection, address: i64, host: i64) -> Result<&mut AtAddress> {
        if let std::collections::hash_map::Entry::Vacant(vacant) = self.known.entry(address) {
            vacant.insert(AtAddress::load(conn, address, host)?);
        }
        Ok(self.known.entry(address).or_default())
    }

    /// Merges and splits the articles at the addresses that were touched, where what came calls for it.
    pub(super) fn regroup(self, conn: &Connection, now: Timestamp) -> Result<Regrouped> {
        let mut regrouped = Regrouped::default();
        for ((address, host), is_root) in self.touched {
            let at = AtAddress::load(conn, address, host)?;
            let sources: HashSet<i64> = at.entries.iter().map(|placed| placed.source).collect();
            if sources.len() < 2 {
                continue;
            }
            let groups = groups(&at, is_root);
            split(conn, &groups, now, &mut regrouped)?;
            merge(conn, (address, host), is_root, now, &mut regrouped)?;
        }
        Ok(regrouped)
    }
}

/// True if one of two entries at an address is the page and the other its AMP form only if the titles agree, too.
fn is_one_page(one: &Placed, other: &Placed) -> bool {
    let (a, b) = (&one.fingerprint, &other.fingerprint);
    a.is_amp == b.is_amp || (a.title.is_some() && a.title == b.title)
}

/// Entries of one source are different articles, except submissions of one address.
fn may_join(conn: &Connection, new: &Placed, article: i64) -> Result<bool> {
    let sql = "SELECT 1 FROM entries WHERE article_id = ?1 AND source_id = ?2 AND NOT (is_submission AND ?3)";
    let is_taken = conn.prepare_cached(sql)?.exists(params![article, new.source, new.is_submission])?;
    Ok(!is_taken)
}

/// The entries at an address by article that they should be of, in the order of the entries.
fn groups(at: &AtAddress, is_root: bool) -> Vec<Vec<Placed>> {
    let is_shared = at.is_shared(is_root);
    let belong = |one: &Placed, other: &Placed| {
        if is_shared { one.agrees_with(other) } else { is_one_page(one, other) }
    };
    let mut entries = at.entries.clone();
    // The order of arrival must not matter.
    entries.sort_by_key(|placed| {
        let Fingerprint { id, title, date, enclosure, .. } = placed.fingerprint;
        (id, title, date, enclosure, placed.source, placed.entry)
    });
    let mut groups: Vec<Vec<Placed>> = Vec::new();
    let mut by_trait: HashMap<Trait, Vec<usize>> = HashMap::new();
    for placed in entries {
        let fits = |group: &Vec<Placed>| {
            group.iter().any(|one| belong(one, &placed))
                && group.iter().all(|one| one.source != placed.source || (one.is_submission && placed.is_submission))
        };
        // At a shared address there may be thousands of groups: only those that have something in common are looked at.
        let found = if is_shared {
            let near = traits(&placed.fingerprint).filter_map(|of| by_trait.get(&of)).flatten().copied();
            near.filter(|&n| fits(&groups[n])).min()
        } else {
            groups.iter().position(fits)
        };
        let n = found.unwrap_or_else(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        groups[n].push(placed);
        for of in traits(&placed.fingerprint) {
            by_trait.entry(of).or_default().push(n);
        }
    }
    groups
}

/// Gives entries that stand under one article, and belong to different ones, an article each.
fn split(conn: &Connection, groups: &[Vec<Placed>], now: Timestamp, regrouped: &mut Regrouped) -> Result<()> {
    let mut by_article: BTreeMap<i64, BTreeMap<usize, Vec<i64>>> = BTreeMap::new();
    for (n, group) in groups.iter().enumerate() {
        for placed in group {
            by_article.entry(placed.article).or_default().entry(n).or_default().push(placed.entry);
        }
    }
    for (article, parts) in by_article.into_iter().filter(|(_, parts)| parts.len() > 1) {
        let first = parts.values().flatten().min().copied();
        for entries in parts.into_values().filter(|entries| !entries.iter().any(|entry| Some(*entry) == first)) {
            union::split(conn, ArticleId(article), &entries, now)?;
            regrouped.split += 1;
        }
        contents::compose(conn, ArticleId(article), None, now)?;
    }
    Ok(())
}

/// Merges articles whose entries belong together.
fn merge(
    conn: &Connection,
    (address, host): (i64, i64),
    is_root: bool,
    now: Timestamp,
    regrouped: &mut Regrouped,
) -> Result<()> {
    for group in groups(&AtAddress::load(conn, address, host)?, is_root) {
        let mut articles: Vec<i64> = group.iter().map(|placed| placed.article).collect();
        articles.sort_unstable();
        articles.dedup();
        let Some((&kept, others)) = articles.split_first() else { continue };
        for &other in others {
            if are_compatible(conn, kept, other)? {
                union::merge(conn, ArticleId(kept), ArticleId(other), now)?;
                regrouped.merged.push((ArticleId(other), ArticleId(kept)));
            }
        }
    }
    Ok(())
}

fn are_compatible(conn: &Connection, one: i64, other: i64) -> Result<bool> {
    let sql = "SELECT 1 FROM entries e CROSS JOIN entries o ON o.source_id = e.source_id
               WHERE e.article_id = ?1 AND o.article_id = ?2 AND NOT (e.is_submission AND o.is_submission)";
    Ok(!conn.prepare_cached(sql)?.exists([one, other])?)
}
