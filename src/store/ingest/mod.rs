//! The one way into the store: what imports, fetches, front pages and the welcome edition bring.
//!
//! An *answer* is what one file or one response gave of one source. Each of its items is matched, alone, to the entry of
//! that source that it is (see [`matching`]); one that is new becomes an entry of the article at its address, if another
//! source has brought that (see [`grouping`]), or of a new article. What each source tells is kept (see [`contents`]).

mod contents;
mod fingerprint;
mod grouping;
mod item;
mod matching;
#[cfg(test)]
mod tests;
mod union;

use std::collections::{HashMap, HashSet};

use rusqlite::{Connection, OptionalExtension, Result, Row, params};

use self::grouping::{Addresses, Placed};
pub use self::item::Item;
use self::matching::{Candidate, Matcher, Wanted};
pub use self::union::Regrouped;
use super::articles::{by_id, insert, is_edit, merged_with, update};
use super::columns::seconds;
use super::merge::save_discussion;
use super::{ArticleId, Saved, SourceId, clean, standing};
use crate::domain::article::Article;
use crate::domain::thread::Discussion;
use crate::domain::time::{HOUR, Timestamp};

pub(super) use self::contents::{compose, keep_first, others, write as keep_content};
pub(super) use self::fingerprint::{Fingerprint, address_hash, short_hash};

/// So far ahead of now, in seconds, the date of an article may lie: clocks and zones are wrong by a day.
const AHEAD: i64 = 24 * HOUR;

/// Where something published then stands in a list. What is dated far ahead would stand before all that really comes.
pub(super) fn sort_at(published: Option<(i64, bool)>, now: Timestamp) -> i64 {
    published.map_or(now.0, |(at, _)| if at > now.0 + AHEAD { now.0 } else { at })
}

/// What storing an answer changed.
#[derive(Clone, PartialEq, Debug, Default)]
pub(super) struct Ingested {
    /// By item; none for one that is not stored.
    pub(super) saved: Vec<Option<Saved>>,
    /// New items that the reader's rules ignore.
    pub(super) ignored: u32,
    /// Items that are equal to another one of the answer.
    pub(super) repeated: u32,
    pub(super) regrouped: Regrouped,
}

/// The items of one answer on their way into the store. An answer may come in several parts.
#[derive(Default)]
pub(super) struct Answer {
    /// Entries that items of the answer have been matched to, or have become.
    matched: HashSet<i64>,
}

impl Answer {
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
        let (firsts, mut ingested) = Answer::without_repeated(items);
        let home = home_of(conn, source)?;
        let found = self.find(conn, source, items, &firsts, home)?;
        let mut addresses = Addresses::default();
        let mut in_turn: Vec<(usize, Option<Candidate>)> = firsts.into_iter().zip(found).collect();
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
        }
        Answer::give_repeated(items, &mut ingested);
        ingested.regrouped = addresses.regroup(conn, now)?;
        for saved in ingested.saved.iter_mut().flatten() {
            saved.id = follow(saved.id, &ingested.regrouped.merged);
        }
        Ok(ingested)
    }

    /// Whether the answer, as far as it came, has the entry.
    pub(super) fn has(&self, entry: i64) -> bool {
        self.matched.contains(&entry)
    }

    /// The seats of the items, each of several equal ones once.
    fn without_repeated(items: &[Item]) -> (Vec<usize>, Ingested) {
        let mut seen = HashSet::with_capacity(items.len());
        let firsts: Vec<usize> = (0..items.len()).filter(|&at| seen.insert((items[at].print, items[at].fingerprint))).collect();
        let repeated = (items.len() - firsts.len()) as u32;
        (firsts, Ingested { saved: vec![None; items.len()], repeated, ..Ingested::default() })
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
    ) -> Result<Vec<Option<Candidate>>> {
        let wanted = usable(items, firsts);
        let by_id: Vec<Candidate> = self.candidates(conn, source, &wanted, Lookup::Id)?;
        let matched = Matcher::new(&by_id, &wanted, home).by_id();
        let mut found: Vec<Option<Candidate>> = matched.into_iter().map(|at| at.map(|at| by_id[at].clone())).collect();
        let taken: HashSet<i64> = found.iter().flatten().map(|candidate| candidate.entry).collect();
        let open: Vec<usize> = (0..wanted.len()).filter(|&n| found[n].is_none()).collect();
        if open.is_empty() {
            return Ok(found);
        }
        let wanted: Vec<Wanted> = open.iter().map(|&n| wanted[n]).collect();
        let mut others = self.candidates(conn, source, &wanted, Lookup::Content)?;
        others.retain(|candidate| !taken.contains(&candidate.entry));
        let matched = Matcher::new(&others, &wanted, home).by_content();
        for (n, at) in open.into_iter().zip(matched) {
            found[n] = at.map(|at| others[at].clone());
        }
        Ok(found)
    }

    /// Entries of the source that have something in common with the items.
    fn candidates(&self, conn: &Connection, source: i64, wanted: &[Wanted], by: Lookup) -> Result<Vec<Candidate>> {
        let condition = |column: &str| format!("SELECT {CANDIDATE} FROM entries WHERE {column} ORDER BY id");
        let mut by_id = conn.prepare_cached(&condition("source_id = ?1 AND guid = ?2"))?;
        let mut by_address = conn.prepare_cached(&condition("address = ?2 AND source_id = ?1"))?;
        let mut by_title = conn.prepare_cached(&condition("source_id = ?1 AND title IS ?2 AND address IS NULL"))?;
        let mut seen = HashSet::new();
        let mut candidates = Vec::new();
        for Wanted { fingerprint, .. } in wanted {
            let (key, statement) = match (by, fingerprint.address) {
                (Lookup::Id, _) if fingerprint.id.is_none() => continue,
                (Lookup::Id, _) => (fingerprint.id, &mut by_id),
                (Lookup::Content, Some(address)) => (Some(address), &mut by_address),
                (Lookup::Content, None) => (fingerprint.headline(), &mut by_title),
            };
            if !seen.insert((key, fingerprint.address.is_some())) {
                continue;
            }
            for row in statement.query_map(params![source, key], candidate)? {
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
    let (answer, wanted) = (Answer::default(), [Wanted { fingerprint: *fingerprint, print: 0, is_page: true }]);
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
    let sql = "SELECT DISTINCT address FROM entries WHERE article_id = ?1 AND address IS NOT NULL";
    let mut statement = conn.prepare_cached(sql)?;
    for address in statement.query_map([article.0], |row| row.get(0))? {
        addresses.touch(address?, false);
    }
    addresses.regroup(conn, now)
}

/// What the items are looked for by. An id that unequal items of the answer carry tells nothing.
fn usable(items: &[Item], firsts: &[usize]) -> Vec<Wanted> {
    let mut times: HashMap<i64, u32> = HashMap::new();
    for id in firsts.iter().filter_map(|&at| items[at].fingerprint.id) {
        *times.entry(id).or_default() += 1;
    }
    let wanted = |&at: &usize| {
        let Item { fingerprint, is_page, print, .. } = &items[at];
        let id = fingerprint.id.filter(|id| times.get(id) == Some(&1));
        Wanted { fingerprint: Fingerprint { id, ..*fingerprint }, print: *print, is_page: *is_page }
    };
    firsts.iter().map(wanted).collect()
}

/// An article that was merged into another one goes on as that one.
fn follow(id: ArticleId, merged: &[(ArticleId, ArticleId)]) -> ArticleId {
    merged.iter().fold(id, |id, (gone, kept)| if id == *gone { *kept } else { id })
}

fn home_of(conn: &Connection, source: i64) -> Result<Option<i64>> {
    let sql = "SELECT home FROM sources WHERE id = ?1";
    Ok(conn.prepare_cached(sql)?.query_row([source], |row| row.get(0)).optional()?.flatten())
}

const CANDIDATE: &str = "id, article_id, print, guid, address, title, text, enclosure, published, published_is_day, is_amp";

fn candidate(row: &Row<'_>) -> Result<Candidate> {
    let fingerprint = Fingerprint {
        id: row.get(3)?,
        address: row.get(4)?,
        title: row.get(5)?,
        text: row.get(6)?,
        enclosure: row.get(7)?,
        date: row.get::<_, Option<i64>>(8)?.zip(row.get(9)?),
        is_amp: row.get(10)?,
        is_root: false,
    };
    Ok(Candidate { entry: row.get(0)?, article: row.get(1)?, print: row.get(2)?, fingerprint })
}

/// Where items of one source are stored.
struct Storing<'a> {
    conn: &'a Connection,
    source: i64,
    now: Timestamp,
    addresses: &'a mut Addresses,
    answer: &'a mut Answer,
}

impl Storing<'_> {
    /// An item whose entry is here. None if its article has gone by the reader's own rules.
    fn again(&mut self, candidate: &Candidate, item: &Item) -> Result<Option<Saved>> {
        self.answer.matched.insert(candidate.entry);
        let Some(article) = candidate.article.map(ArticleId) else { return Ok(None) };
        let mut saved = Saved::unchanged(article);
        if candidate.print != item.print {
            saved.edited_article = self.edit(candidate, article, item)?;
        }
        self.add_discussions(item, &mut saved)?;
        Ok(Some(saved))
    }

    /// An item that its source has not had.
    fn first_time(&mut self, item: &Item) -> Result<Option<Saved>> {
        let by_thread = by_thread(self.conn, &item.discussions)?;
        if let Some(article) = by_thread
            && let Some(entry) = self.entry_of(article)?
        {
            return self.again(&entry, item);
        }
        let is_submission = item.is_submission();
        let joined = match by_thread {
            None => self.addresses.article_for(self.conn, self.source, &item.fingerprint, is_submission)?,
            found => found,
        };
        let article = match joined {
            Some(article) => {
                contents::keep_first(self.conn, article)?;
                article
            }
            None => insert(self.conn, self.source, &item.article(), &item.texts, self.now)?,
        };
        let entry = self.add_entry(article, item, is_submission)?;
        if joined.is_some() {
            contents::write(self.conn, entry, &own_content(item))?;
            compose(self.conn, article, None, self.now)?;
        }
        let fingerprint = item.fingerprint;
        let placed = Placed { entry, source: self.source, article: article.0, fingerprint, is_submission };
        self.addresses.put(self.conn, placed)?;
        let is_new = joined.is_none();
        let mut saved = Saved { new_article: is_new, joined_article: !is_new, ..Saved::unchanged(article) };
        if item.told.is_some() {
            standing::count(self.conn, article)?;
        }
        self.add_discussions(item, &mut saved)?;
        Ok(Some(saved))
    }

    /// The entry of this source that an article has, unless another item of the answer is it.
    fn entry_of(&self, article: ArticleId) -> Result<Option<Candidate>> {
        let sql = format!("SELECT {CANDIDATE} FROM entries WHERE article_id = ?1 AND source_id = ?2 ORDER BY id");
        let mut statement = self.conn.prepare_cached(&sql)?;
        for found in statement.query_map([article.0, self.source], candidate)? {
            let found = found?;
            if !self.answer.has(found.entry) {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    fn add_discussions(&self, item: &Item, saved: &mut Saved) -> Result<()> {
        for discussion in &item.discussions {
            save_discussion(self.conn, discussion, self.now, saved)?;
        }
        item.standing.as_ref().map_or(Ok(()), |told| standing::keep(self.conn, saved.id, told, self.now))
    }

    /// Keeps that an item was here, without an article, so that it does not come again.
    fn remember(&mut self, item: &Item) -> Result<()> {
        self.insert_entry(None, item, false, false).map(drop)
    }

    fn add_entry(&mut self, article: ArticleId, item: &Item, is_submission: bool) -> Result<i64> {
        let listed = "SELECT 1 FROM entries WHERE article_id = ?1 AND source_id = ?2 AND is_listed";
        let is_listed = !self.conn.prepare_cached(listed)?.exists([article.0, self.source])?;
        self.insert_entry(Some(article), item, is_listed, is_submission)
    }

    fn insert_entry(&mut self, article: Option<ArticleId>, item: &Item, is_listed: bool, is_submission: bool) -> Result<i64> {
        let Fingerprint { id, address, text, enclosure, date, is_amp, .. } = item.fingerprint;
        self.conn
            .prepare_cached(
                "INSERT INTO entries (source_id, article_id, guid, address, title, text, enclosure, published,
                    published_is_day, print, sort_at, is_listed, is_submission, is_amp, told, read)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15,
                    ifnull((SELECT read FROM articles WHERE id = ?2), 0))",
            )?
            .execute(params![
                self.source,
                article.map(|id| id.0),
                id,
                address,
                item.fingerprint.headline(),
                text,
                enclosure,
                date.map(|(at, _)| at),
                date.is_some_and(|(_, is_day)| is_day),
                item.print,
                sort_at(date, self.now),
                is_listed,
                is_submission,
                is_amp,
                item.told.unwrap_or(0),
            ])?;
        let entry = self.conn.last_insert_rowid();
        self.answer.matched.insert(entry);
        Ok(entry)
    }

    /// Brings an entry, and its article, up to date. Whether the article was edited: it has another title or text.
    fn edit(&mut self, entry: &Candidate, article: ArticleId, item: &Item) -> Result<bool> {
        let content = contents::read(self.conn, entry.entry)?;
        let is_edited = match content {
            None if has_one_entry(self.conn, article)? => self.edit_alone(entry, article, item)?,
            content => {
                contents::keep_first(self.conn, article)?;
                let old = content.map_or_else(|| contents::read(self.conn, entry.entry), |old| Ok(Some(old)))?;
                let new = old.as_ref().map_or_else(|| own_content(item), |old| merge(old, item));
                if old.as_ref() != Some(&new) {
                    contents::write(self.conn, entry.entry, &new)?;
                }
                let is_edited = compose(self.conn, article, Some(entry.entry), self.now)?;
                contents::place(self.conn, entry.entry, new.published.map(seconds), self.now)?;
                is_edited
            }
        };
        self.renew_entry(entry, article, item)?;
        Ok(is_edited)
    }

    fn edit_alone(&self, entry: &Candidate, article: ArticleId, item: &Item) -> Result<bool> {
        let Some((_, old)) = by_id(self.conn, article)? else { return Ok(false) };
        let merged = merge(&old, item);
        if merged != old {
            update(self.conn, article, &old, &merged, &item.article(), true, self.now)?;
        }
        contents::place(self.conn, entry.entry, merged.published.map(seconds), self.now)?;
        // Feeds change what stands beside a text all the time; a page that was saved again is an edit, whatever it changes.
        Ok(is_edit(&old, &merged) || (item.is_page && has_other_facts(&old, &merged)))
    }

    fn renew_entry(&mut self, entry: &Candidate, article: ArticleId, item: &Item) -> Result<()> {
        let (old, new) = (entry.fingerprint, item.fingerprint);
        let date = new.date.or(old.date);
        let address = new.address.or(old.address);
        self.conn
            .prepare_cached(
                "UPDATE entries SET guid = ?2, address = ?3, title = ?4, text = ?5, enclosure = ?6, published = ?7,
                    published_is_day = ?8, print = ?9, is_submission = ?10, is_amp = ?11, told = ?12 WHERE id = ?1",
            )?
            .execute(params![
                entry.entry,
                new.id.or(old.id),
                address,
                new.headline().or(old.title),
                new.text.or(old.text),
                new.enclosure.or(old.enclosure),
                date.map(|(at, _)| at),
                date.is_some_and(|(_, is_day)| is_day),
                item.print,
                item.is_submission(),
                new.is_amp,
                item.told.unwrap_or(0),
            ])?;
        if item.told.is_some() {
            standing::count(self.conn, article)?;
        }
        if let Some(address) = address.filter(|address| Some(*address) != old.address) {
            self.addresses.touch(address, new.is_root);
        }
        Ok(())
    }
}

/// Whether something that is told beside title and text was replaced by something else.
fn has_other_facts(old: &Article, new: &Article) -> bool {
    let pairs = [(&old.byline, &new.byline), (&old.organisation, &new.organisation), (&old.kind, &new.kind)];
    pairs.iter().any(|(old, new)| old.is_some() && old != new)
}

fn has_one_entry(conn: &Connection, article: ArticleId) -> Result<bool> {
    let sql = "SELECT count(*) FROM (SELECT 1 FROM entries WHERE article_id = ?1 LIMIT 2)";
    conn.prepare_cached(sql)?.query_row([article.0], |row| Ok(row.get::<_, i64>(0)? < 2))
}

/// What an item tells, as it is kept.
fn own_content(item: &Item) -> Article {
    merge(&Article::default(), item)
}

/// What an entry told, brought up to date by an item.
fn merge(old: &Article, item: &Item) -> Article {
    let new = item.article();
    // A part of a thread knows no more of what it is about than the thread's own address.
    let is_thread = item.discussions.iter().any(|discussion| discussion.url.is_some() && discussion.url == new.url);
    let mut merged = merged_with(old, &new);
    // What brings comments and no text calls the article as its feed of comments is called.
    if !item.discussions.is_empty() && new.body.is_blank() && !old.title.is_empty() {
        merged.title.clone_from(&old.title);
    }
    if is_thread { Article { url: old.url.clone().or(merged.url), ..merged } } else { merged }
}

/// The article that one of the discussions is stored under: parts of a thread know its address, not that of what it is
/// about.
fn by_thread(conn: &Connection, discussions: &[Discussion]) -> Result<Option<ArticleId>> {
    let sql =
        "SELECT min(article_id) FROM discussions INDEXED BY discussions_address WHERE url = ?1 AND url <> '' AND place = ?2";
    for discussion in discussions {
        let Some(url) = &discussion.url else { continue };
        let found: Option<i64> = conn.prepare_cached(sql)?.query_row([&**url, &*discussion.place], |row| row.get(0))?;
        if let Some(found) = found {
            return Ok(Some(ArticleId(found)));
        }
    }
    Ok(None)
}
