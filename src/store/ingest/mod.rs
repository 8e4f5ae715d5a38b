//! The one way into the store: what imports, fetches, front pages and the welcome edition bring.
//!
//! An *answer* is what one file or one response gave of one source. Each of its items is matched, alone, to the entry of
//! that source that it is (see `matching`); one that is new becomes an entry of the article at its address, if another
//! source has brought that (see `grouping`), or of a new article. What each source tells is kept (see `contents`).

mod contents;
mod entry_matching;
mod fingerprint;
mod grouping;
mod item;
mod storing;
#[cfg(test)]
mod tests;
mod union;

use std::collections::{HashMap, HashSet};

use rusqlite::{Connection, OptionalExtension, Result, Row, params_from_iter};

use self::entry_matching::{EntryCandidate, Matcher, WantedEntry};
use self::grouping::Addresses;
pub use self::item::Item;
use self::storing::Storing;
pub use self::union::Regrouped;
use super::columns::ReadColumn as _;
use super::{ArticleId, Saved, SourceId, clean};
use crate::domain::time::{HOUR, Timestamp};

pub(super) use self::contents::{compose, keep_first, others, write as keep_content};
pub(super) use self::fingerprint::{Fingerprint, address_hash, host_hash, short_hash};

/// So far ahead of now, in seconds, the date of an article may lie: clocks and zones are wrong by a day.
const AHEAD: i64 = 24 * HOUR;

/// Where something published then stands in a list. What is dated far ahead would stand before all that really comes.
pub(super) fn sort_at(published: Option<(i64, bool)>, now: Timestamp) -> i64 {
    published.map_or(now.0, |(at, _)| if at > now.0 + AHEAD { now.0 } else { at })
}

/// The changes that storing an answer made.
#[derive(Clone, PartialEq, Debug, Default)]
pub(super) struct Ingested {
    /// By item; none for one that is not stored.
    pub(super) saved: Vec<Option<Saved>>,
    /// The entries that the items are, as far as each was stored by itself.
    pub(super) entries: Vec<Option<i64>>,
    /// New items that the reader's rules ignore.
    pub(super) ignored: u32,
    /// Items that are equal to another one of the answer.
    pub(super) repeated: u32,
    pub(super) regrouped: Regrouped,
}

/// The items of one answer on their way into the store. An answer may come in several parts.
#[derive(Default)]
pub(super) struct IngestAnswer {
    /// Entries that items of the answer have been matched to, or have become.
    matched: HashSet<i64>,
    /// The one that was matched or made last.
    last_entry: Option<i64>,
}

impl IngestAnswer {
    /// Stores items of a source. Where the newest comes first, as in feeds, the last one is stored first: of those without a
    /// date the first has the greatest id then, and stands first in lists.
    pub(super) fn upsert(
        &mut self,
        conn: &Connection,
        source: i64,
        items: &[Item],
        newest_first: bool,
        now: Timestamp,
    ) -> Result<Ingested> {
        let (firsts, mut ingested) = IngestAnswer::without_repeated(items);
        let home = home_of(conn, source)?;
        let found = self.find(conn, source, items, &firsts, home)?;
        let mut addresses = Addresses::default();
        let mut in_turn: Vec<(usize, Option<EntryCandidate>)> = firsts.into_iter().zip(found).collect();
        if newest_first {
            in_turn.reverse();
        }
        for (at, candidate) in &in_turn {
            let at = *at;
            let item = &items[at];
            let mut place = Storing { conn, source, now, addresses: &mut addresses, answer: self };
            let saved = match candidate {
                Some(candidate) => place.again(candidate, item)?,
                None if item.is_ignored || clean::has_gone(conn, SourceId(source), item.print, item.address_as_id)? => {
                    ingested.ignored += u32::from(item.is_ignored);
                    place.remember(item)?;
                    None
                }
                None => place.first_time(item)?,
            };
            ingested.saved[at] = saved;
            ingested.entries[at] = place.answer.last_entry.take();
        }
        IngestAnswer::give_repeated(items, &mut ingested);
        ingested.regrouped = addresses.regroup(conn, now)?;
        for saved in ingested.saved.iter_mut().flatten() {
            saved.id = follow(saved.id, &ingested.regrouped.merged);
        }
        Ok(ingested)
    }

    /// True if the answer, as far as it came, has the entry.
    pub(super) fn has(&self, entry: i64) -> bool {
        self.matched.contains(&entry)
    }

    /// The seats of the items, each of several equal ones once.
    fn without_repeated(items: &[Item]) -> (Vec<usize>, Ingested) {
        let mut seen = HashSet::with_capacity(items.len());
        let firsts: Vec<usize> = (0..items.len()).filter(|&at| seen.insert((items[at].print, items[at].fingerprint))).collect();
        let repeated = (items.len() - firsts.len()) as u32;
        (firsts, Ingested { saved: vec![None; items.len()], entries: vec![None; items.len()], repeated, ..Ingested::default() })
    }

    /// Equal items are stored as one: all of them lead to its article.
    fn give_repeated(items: &[Item], ingested: &mut Ingested) {
        if ingested.repeated == 0 {
            return;
        }
        let mut stored = HashMap::new();
        for (item, saved) in items.iter().zip(&mut ingested.saved) {
            let first = *stored.entry((item.print, item.fingerprint)).or_insert(*saved);
            if saved.is_none() {
                *saved = first.map(|first| Saved::unchanged(first.id));
            }
        }
    }

    fn find(
        &self,
        conn: &Connection,
        source: i64,
        items: &[Item],
        firsts: &[usize],
        home: Option<i64>,
    ) -> Result<Vec<Option<EntryCandidate>>> {
        let wanted = usable(items, firsts);
        let by_id: Vec<EntryCandidate> = self.candidates(conn, source, &wanted, Lookup::Id)?;
        let matched = Matcher::new(&by_id, &wanted, home).by_id();
        let mut found: Vec<Option<EntryCandidate>> = matched.into_iter().map(|at| at.map(|at| by_id[at].clone())).collect();
        let taken: HashSet<i64> = found.iter().flatten().map(|candidate| candidate.entry).collect();
        let open: Vec<usize> = (0..wanted.len()).filter(|&n| found[n].is_none()).collect();
        if open.is_empty() {
            return Ok(found);
        }
        let wanted: Vec<WantedEntry> = open.iter().map(|&n| wanted[n]).collect();
        let mut others = self.candidates(conn, source, &wanted, Lookup::Content)?;
        others.retain(|candidate| !taken.contains(&candidate.entry));
        let matched = Matcher::new(&others, &wanted, home).by_content();
        for (n, at) in open.into_iter().zip(matched) {
            found[n] = at.map(|at| others[at].clone());
        }
        Ok(found)
    }

    /// Entries of the source that have something in common with the items.
    fn candidates(&self, conn: &Connection, source: i64, wanted: &[WantedEntry], by: Lookup) -> Result<Vec<EntryCandidate>> {
        let condition = |column: &str| format!("SELECT {CANDIDATE} FROM entries WHERE {column} ORDER BY id");
        let mut by_id = conn.prepare_cached(&condition("source_id = ?1 AND guid = ?2"))?;
        let mut by_address = conn.prepare_cached(&condition(AT_ADDRESS_OF_SOURCE))?;
        let mut by_title = conn.prepare_cached(&condition("source_id = ?1 AND title IS ?2 AND address IS NULL"))?;
        let mut seen = HashSet::new();
        let mut candidates = Vec::new();
        for WantedEntry { fingerprint, .. } in wanted {
            let (key, statement) = match (by, fingerprint.address) {
                (Lookup::Id, _) if fingerprint.id.is_none() => continue,
                (Lookup::Id, _) => (fingerprint.id, &mut by_id),
                (Lookup::Content, Some(address)) => (Some(address), &mut by_address),
                (Lookup::Content, None) => (fingerprint.headline(), &mut by_title),
            };
            if !seen.insert((key, fingerprint.address.is_some())) {
                continue;
            }
            let values = [Some(source), key, Some(fingerprint.host)];
            let values = &values[..statement.parameter_count()];
            for row in statement.query_map(params_from_iter(values), candidate)? {
                candidates.extend(Some(row?).filter(|row| !self.has(row.entry)));
            }
        }
        Ok(candidates)
    }
}

#[derive(Clone, Copy)]
enum Lookup {
    Id,
    Content,
}

/// The article of a source's entry with this fingerprint.
pub(super) fn find(conn: &Connection, source: i64, fingerprint: &Fingerprint) -> Result<Option<ArticleId>> {
    let (answer, wanted) = (IngestAnswer::default(), [WantedEntry { fingerprint: *fingerprint, print: 0, is_page: true }]);
    let home = home_of(conn, source)?;
    let by_id = answer.candidates(conn, source, &wanted, Lookup::Id)?;
    let by_content = answer.candidates(conn, source, &wanted, Lookup::Content)?;
    let found = Matcher::new(&by_id, &wanted, home).by_id().remove(0).map(|at| &by_id[at]);
    let found = found.or_else(|| Matcher::new(&by_content, &wanted, home).by_content().remove(0).map(|at| &by_content[at]));
    Ok(found.and_then(|found| found.article).map(ArticleId))
}

/// Makes an article one with those that other sources have at its addresses, or parts it from them.
pub(super) fn regroup_article(conn: &Connection, article: ArticleId, now: Timestamp) -> Result<Regrouped> {
    let mut addresses = Addresses::default();
    let sql = "SELECT DISTINCT address, host FROM entries WHERE article_id = ?1 AND address IS NOT NULL";
    let mut statement = conn.prepare_cached(sql)?;
    for address in statement.query_map([article.0], |row| Ok((row.read(0)?, row.read(1)?)))? {
        let (address, host) = address?;
        addresses.touch(address, host, false);
    }
    addresses.regroup(conn, now)
}

/// The traits by which the items are looked up. An id shared by unequal items of the answer identifies nothing.
fn usable(items: &[Item], firsts: &[usize]) -> Vec<WantedEntry> {
    let mut times: HashMap<i64, u32> = HashMap::new();
    for id in firsts.iter().filter_map(|&at| items[at].fingerprint.id) {
        *times.entry(id).or_default() += 1;
    }
    let wanted = |&at: &usize| {
        let Item { fingerprint, is_page, print, .. } = &items[at];
        let id = fingerprint.id.filter(|id| times.get(id) == Some(&1));
        WantedEntry { fingerprint: Fingerprint { id, ..*fingerprint }, print: *print, is_page: *is_page }
    };
    firsts.iter().map(wanted).collect()
}

/// An article that was merged into another one goes on as that one.
fn follow(id: ArticleId, merged: &[(ArticleId, ArticleId)]) -> ArticleId {
    merged.iter().fold(id, |id, (gone, kept)| if id == *gone { *kept } else { id })
}

fn home_of(conn: &Connection, source: i64) -> Result<Option<i64>> {
    let sql = "SELECT home FROM sources WHERE id = ?1";
    Ok(conn.prepare_cached(sql)?.query_row([source], |row| row.read(0)).optional()?.flatten())
}

const CANDIDATE: &str =
    "id, article_id, print, guid, address, title, text, enclosure, published, published_is_day, is_amp, host";

/// The host of an entry that an earlier version stored is not known.
pub(super) const AT_ADDRESS_OF_SOURCE: &str = "host IN (0, ?3) AND address = ?2 AND source_id = ?1";

fn candidate(row: &Row<'_>) -> Result<EntryCandidate> {
    let fingerprint = Fingerprint {
        id: row.read(3)?,
        address: row.read(4)?,
        title: row.read(5)?,
        text: row.read(6)?,
        enclosure: row.read(7)?,
        date: row.read::<Option<i64>>(8)?.zip(row.read(9)?),
        is_amp: row.read(10)?,
        host: row.read(11)?,
        is_root: false,
    };
    Ok(EntryCandidate { entry: row.read(0)?, article: row.read(1)?, print: row.read(2)?, fingerprint })
}
