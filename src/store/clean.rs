//! Keep rules: what of the fetched articles may go, and how it goes without anybody having to wait.
//!
//! One condition, `LET_GO`, says what a source lets go; the count beforehand and the deed both ask it. Each article that a
//! source lists is let go by it if it is older than the source's wish, or is not among its newest so many; it goes when
//! all sources that have it let it go. The newest are those with the latest dates, whatever order a feed lists them in;
//! what came with the last answer goes before them, so that a backdated article does not go as soon as it came. What the
//! reader has starred, watched, rated, tagged or noted, or a comment of which the reader has rated, is never let go, and takes
//! no place among the newest.
//!
//! Cleaning leaves a removed article's entries without one, so that the feed does not bring it back. They stay until the feed
//! has not listed them for a while.

use std::collections::{HashMap, HashSet};

use rusqlite::{Connection, Result, params};

use super::columns::{ReadColumn as _, read_count, read_text};
use super::ingest::IngestAnswer;
use super::{ArticleId, SourceId, Store, StoreError};
use crate::domain::text::CleanText;
use crate::domain::time::{DAY, Timestamp};

/// The keep rules of sources, with the time that ages count from.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Keeping {
    pub now: Timestamp,
    /// A source that is not among these keeps everything.
    pub wishes: Vec<CleanRequest>,
    /// The article that is being read.
    pub spared: Option<ArticleId>,
}

/// The keep rule of one source.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CleanRequest {
    pub source: SourceId,
    /// Since an article was published or came, whichever was later.
    pub days: Option<u32>,
    pub newest: Option<u32>,
}

/// The articles of one source that were removed, or would be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cleaned {
    pub source: SourceId,
    pub title: CleanText,
    pub articles: u64,
    /// Bytes of text, comments included.
    pub bytes: u64,
}

/// A step is over when so many articles are taken away, or so many entries are looked through.
pub const CLEAN_STEP: usize = if cfg!(test) { 300 } else { 2000 };
const LOOKED_THROUGH: usize = 20_000;
/// The same where nobody waits: the more go at once, the fewer pages are written more than once.
pub const CLEAN_STRIDE: usize = 100_000;

/// So many articles and comments go in one transaction, a larger article alone: whoever writes meanwhile waits for it.
const STEP: u64 = 300;
const STRIDE: u64 = 5000;

/// So many pages of the file are given back in one transaction: some 10 ms of work.
const PAGES: u32 = 256;

/// The reader gives room back by itself when so much of the file is free, as one in so many pages, and at least so many.
const MUCH_FREE: i64 = 8;
const WORTH_GIVING_BACK: i64 = 2000;

/// Once a feed has not listed for so long what went, it may be forgotten.
const FORGOTTEN: i64 = 30 * DAY;

/// Marked articles stay, and so do those on a site's front page. ?2 is the article that is being read.
const UNMARKED: &str = "NOT a.starred AND NOT a.watched AND a.own_rating = 0 AND a.id IS NOT ?2
    AND NOT EXISTS (SELECT 1 FROM tags w WHERE w.article_id = a.id)
    AND NOT EXISTS (SELECT 1 FROM notes w WHERE w.article_id = a.id)
    AND NOT EXISTS (SELECT 1 FROM fronts f WHERE f.article_id = a.id)
    AND NOT EXISTS (SELECT 1 FROM discussions d CROSS JOIN comments c INDEXED BY comments_rated ON c.discussion_id = d.id
                    WHERE d.article_id = a.id AND c.own_rating > 0)";

/// The articles that a source (?1) lets go, with the one they stand under. ?3 is the time before which it does, ?4 how many of
/// the newest it keeps, ?5 the time now: a time that is yet to come was taken from a clock that stood wrong.
const LET_GO: &str = "
    WITH listed AS
        (SELECT DISTINCT a.id AS article, a.source_id AS home, min(e.sort_at, ?5) AS at,
                iif(a.first_seen > ?5, 0, a.first_seen) AS came,
                max(min(a.sort_at, ?5), iif(a.first_seen > ?5, 0, a.first_seen)) AS since
         FROM entries e INDEXED BY entries_listed CROSS JOIN articles a ON a.id = e.article_id
         WHERE e.source_id = ?1 AND e.is_listed = 1
            AND (?4 IS NOT NULL OR max(min(a.sort_at, ?5), iif(a.first_seen > ?5, 0, a.first_seen)) < ?3) AND {UNMARKED}),
    ranked AS
        (SELECT *, row_number() OVER (ORDER BY came = (SELECT max(came) FROM listed) DESC, at DESC, article DESC) AS nth
         FROM listed)
    SELECT article, home FROM ranked WHERE since < ?3 OR nth > ?4 ORDER BY article";

/// Of an article: its bytes, its weight in a transaction, how many entries of feeds led to it, and the other sources that
/// have it.
const PARTICULARS: &str = "
    SELECT ifnull((SELECT length(b.body) + length(b.related) FROM article_bodies b WHERE b.article_id = a.id), 0)
           + ifnull((SELECT sum(length(c.body)) FROM discussions d CROSS JOIN comments c ON c.discussion_id = d.id
                     WHERE d.article_id = a.id), 0),
           1 + a.comments,
           (SELECT count(*) FROM entries e WHERE e.article_id = a.id),
           (SELECT json_group_array(e.source_id) FROM entries e WHERE e.article_id = a.id AND e.source_id <> a.source_id)
    FROM articles a WHERE a.id = ?1";

/// An article that goes.
struct Going {
    id: i64,
    bytes: u64,
    weight: u64,
    entries: i64,
}

/// Articles that went, each with the source that let it go.
type Went<'a> = Vec<(SourceId, &'a Going)>;

/// The articles that some sources release, looked up once each.
struct ReleasedArticles<'a> {
    conn: &'a Connection,
    keeping: &'a Keeping,
    known: HashMap<i64, HashSet<i64>>,
    looked_through: usize,
}

impl ReleasedArticles<'_> {
    /// The articles that a source lets go, each with the source it stands under.
    fn let_go(&mut self, source: SourceId) -> Result<Vec<(i64, i64)>> {
        let Some(wish) = self.keeping.wishes.iter().find(|wish| wish.source == source) else { return Ok(Vec::new()) };
        let mut count = self.conn.prepare_cached("SELECT count(*) FROM entries WHERE source_id = ?1 AND is_listed = 1")?;
        let entries = count.query_row([source.0], |row| read_count(row, 0))?;
        self.looked_through += entries as usize;
        if wish.days.is_none() && wish.newest.is_none_or(|newest| entries <= u64::from(newest)) {
            return Ok(Vec::new());
        }
        let oldest = wish.days.map(|days| self.keeping.now.0 - i64::from(days) * DAY);
        let mut statement = self.conn.prepare_cached(&LET_GO.replace("{UNMARKED}", UNMARKED))?;
        let rows = statement
            .query_map(params![source.0, spared(self.keeping), oldest, wish.newest, self.keeping.now.0], |row| {
                Ok((row.read(0)?, row.read(1)?))
            })?;
        rows.collect()
    }

    fn lets_go(&mut self, source: i64, article: i64) -> Result<bool> {
        if !self.known.contains_key(&source) {
            let articles = self.let_go(SourceId(source))?.into_iter().map(|(article, _)| article).collect();
            self.known.insert(source, articles);
        }
        Ok(self.known.get(&source).is_some_and(|articles| articles.contains(&article)))
    }

    /// At most so many of the articles of one source that all who have them let go.
    fn going(&mut self, source: SourceId, most: usize) -> Result<Vec<Going>> {
        let mut going = Vec::new();
        let mut particulars = self.conn.prepare_cached(PARTICULARS)?;
        for (id, _) in self.let_go(source)?.into_iter().filter(|(_, home)| *home == source.0) {
            if going.len() >= most {
                break;
            }
            let (one, others) = particulars.query_row([id], |row| {
                let (bytes, weight) = (read_count(row, 0)?, read_count(row, 1)?);
                Ok((Going { id, bytes, weight, entries: row.read(2)? }, row.read::<String>(3)?))
            })?;
            // SQLite writes nothing else into it than numbers.
            let others: Vec<i64> = serde_json::from_str(&others).unwrap_or_default();
            let mut all = true;
            for other in others {
                all = all && self.lets_go(other, id)?;
            }
            going.extend(all.then_some(one));
        }
        Ok(going)
    }
}

/// The result of a step of cleaning.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct CleaningStep {
    /// By source.
    pub cleaned: Vec<Cleaned>,
    /// Where to go on; none when all sources have been looked at.
    pub next: Option<SourceId>,
    /// It was broken off; what went is told all the same.
    pub is_broken_off: bool,
}

impl Store {
    /// The articles that cleaning would remove, by source.
    pub fn would_clean(&self, keeping: &Keeping) -> std::result::Result<Vec<Cleaned>, StoreError> {
        self.ask("looking for what may go", |conn| {
            let mut look = ReleasedArticles { conn, keeping, known: HashMap::new(), looked_through: 0 };
            let mut cleaned = Vec::new();
            for wish in in_order(keeping) {
                let going = look.going(wish.source, usize::MAX)?;
                cleaned.extend(sum(conn, &going.iter().map(|one| (wish.source, one)).collect::<Vec<_>>())?);
            }
            Ok(cleaned)
        })
    }

    /// Looks through some sources, from one on, and takes away at most about so many of what may go, in transactions so
    /// short that nobody has to wait.
    pub fn clean_some(
        &mut self,
        keeping: &Keeping,
        from: SourceId,
        most: usize,
    ) -> std::result::Result<CleaningStep, StoreError> {
        let mut looked_through = 0;
        let mut found: Vec<(SourceId, Going)> = Vec::new();
        let (mut next, mut unfinished) = (None, None);
        for wish in in_order(keeping).into_iter().filter(|wish| wish.source >= from) {
            if found.len() >= most || looked_through >= LOOKED_THROUGH.max(most) {
                next = Some(wish.source);
                break;
            }
            let room = most - found.len();
            let going = self.ask("looking for what may go", |conn| {
                let mut look = ReleasedArticles { conn, keeping, known: HashMap::new(), looked_through: 0 };
                let going = look.going(wish.source, room)?;
                looked_through += look.looked_through;
                Ok(going)
            })?;
            unfinished = Some(wish.source).filter(|_| going.len() == room);
            found.extend(going.into_iter().map(|one| (wish.source, one)));
        }
        // Side by side in the file: a page is then changed once and not for each of its articles.
        found.sort_by_key(|(_, going)| going.id);
        let weight = if most > CLEAN_STEP { STRIDE } else { STEP };
        let (mut went, is_broken_off) = self.take_away(keeping, &found, weight)?;
        went.sort_by_key(|(source, _)| *source);
        let cleaned = self.ask("looking for what may go", |conn| {
            let sums = went.chunk_by(|one, other| one.0 == other.0).map(|of_source| sum(conn, of_source));
            sums.filter_map(Result::transpose).collect::<Result<Vec<_>>>()
        })?;
        // There may be more to take away. If nothing could go, though, the same articles would be tried for ever.
        let unfinished = unfinished.filter(|source| went.iter().any(|(of, _)| of == source));
        Ok(CleaningStep { cleaned, next: unfinished.or(next), is_broken_off })
    }

    /// Gives those that went, and whether it was broken off before all had been tried.
    fn take_away<'a>(
        &mut self,
        keeping: &Keeping,
        going: &'a [(SourceId, Going)],
        weight: u64,
    ) -> std::result::Result<(Went<'a>, bool), StoreError> {
        let mut went = Vec::new();
        let mut left = going;
        while !left.is_empty() {
            let weights = left.iter().scan(0, |sum, (_, going)| {
                *sum += going.weight;
                Some(*sum)
            });
            let (now, later) = left.split_at(weights.take_while(|sum| *sum <= weight).count().max(1));
            let gone = self.change("cleaning", |conn| {
                // Meanwhile it may have been marked, or another source may have brought it.
                let sql = format!(
                    "DELETE FROM articles AS a WHERE a.id = ?1 AND {UNMARKED}
                        AND (SELECT count(*) FROM entries e WHERE e.article_id = a.id) = ?3"
                );
                let mut delete = conn.prepare_cached(&sql)?;
                let gone = now.iter().map(|(source, one)| {
                    let is_gone = delete.execute(params![one.id, spared(keeping), one.entries])? > 0;
                    Ok(is_gone.then_some((*source, one)))
                });
                gone.filter_map(Result::transpose).collect::<Result<Vec<_>>>()
            });
            match gone {
                Ok(gone) => went.extend(gone),
                Err(error) if error.is_interruption() => return Ok((went, true)),
                Err(error) => return Err(error),
            }
            left = later;
        }
        Ok((went, false))
    }

    /// Gives a little of the file's free room back to the disk, in one transaction. Whether there is more.
    pub fn vacuum_some(&mut self) -> std::result::Result<bool, StoreError> {
        self.let_go()?;
        self.ask("returning free space", |conn| {
            let before = pages(conn)?.1;
            if before == 0 {
                return Ok(false);
            }
            // Each step of this statement gives one page back.
            let mut statement = conn.prepare_cached(&format!("PRAGMA incremental_vacuum({PAGES})"))?;
            let mut rows = statement.query([])?;
            while rows.next()?.is_some() {}
            // A store that was made otherwise gives nothing back.
            let after = pages(conn)?.1;
            Ok(0 < after && after < before)
        })
    }

    /// What the reader does for the store when it has time: a step of a removal that was cut off, else of indexing, else of
    /// returning free space. Whether there is more to do.
    pub fn tidy_some(&mut self, budget: usize, now: Timestamp) -> std::result::Result<bool, StoreError> {
        if self.has_removals()? {
            return self.finish_removals(now).map(|_| true);
        }
        if self.is_index_behind()? {
            return self.index_some(budget).map(|_| true);
        }
        Ok(self.is_untidy()? && self.vacuum_some()?)
    }

    /// True if there is anything for [`tidy_some`](Store::tidy_some) to do.
    pub fn is_untidy(&self) -> std::result::Result<bool, StoreError> {
        if self.has_removals()? || self.is_index_behind()? {
            return Ok(true);
        }
        self.ask("looking for free room", |conn| {
            let (pages, free) = pages(conn)?;
            // A store that was made otherwise gives nothing back.
            let gives_back = || conn.prepare_cached("PRAGMA auto_vacuum")?.query_row([], |row| Ok(row.read::<i64>(0)? == 2));
            Ok(free >= WORTH_GIVING_BACK && free * MUCH_FREE >= pages && gives_back()?)
        })
    }
}

/// All pages of the file, and how many of them are free.
fn pages(conn: &Connection) -> Result<(i64, i64)> {
    let count = |name: &str| conn.prepare_cached(&format!("PRAGMA {name}"))?.query_row([], |row| row.read(0));
    Ok((count("page_count")?, count("freelist_count")?))
}

fn in_order(keeping: &Keeping) -> Vec<CleanRequest> {
    let mut wishes = keeping.wishes.clone();
    wishes.sort_by_key(|wish| wish.source);
    wishes
}

/// The articles of one source added up; none if there are none.
fn sum(conn: &Connection, articles: &[(SourceId, &Going)]) -> Result<Option<Cleaned>> {
    let Some(&(source, _)) = articles.first() else { return Ok(None) };
    let mut title = conn.prepare_cached("SELECT title FROM sources WHERE id = ?1")?;
    let title = title.query_row([source.0], |row| read_text(row, 0))?;
    let bytes = articles.iter().map(|(_, one)| one.bytes).sum();
    Ok(Some(Cleaned { source, title, articles: articles.len() as u64, bytes }))
}

/// The counters kept for each source and for each article that it lets go.
#[cfg(test)]
pub(super) fn asked() -> [String; 2] {
    [LET_GO.replace("{UNMARKED}", UNMARKED), PARTICULARS.to_owned()]
}

fn spared(keeping: &Keeping) -> Option<i64> {
    keeping.spared.map(|id| id.0)
}

/// True if an item has gone from the source: something that says just this has (feeds that make their guids anew list it as
/// another), or what an earlier version knew by its address as an id.
pub(super) fn has_gone(conn: &Connection, source: SourceId, print: i64, address_as_id: Option<i64>) -> Result<bool> {
    let sql = "SELECT 1 FROM entries INDEXED BY entries_gone WHERE source_id = ?1 AND print = ?2 AND article_id IS NULL";
    if conn.prepare_cached(sql)?.exists(params![source.0, print])? {
        return Ok(true);
    }
    let Some(id) = address_as_id else { return Ok(false) };
    let sql = "SELECT 1 FROM entries INDEXED BY entries_guid WHERE source_id = ?1 AND guid = ?2 AND article_id IS NULL";
    conn.prepare_cached(sql)?.exists(params![source.0, id])
}

/// Compares what has gone from a source with what its feed lists, in an answer that was whole. An entry is forgotten if two
/// such answers, a while apart, and all between them did not list it.
pub(super) fn forget(conn: &Connection, source: SourceId, answer: &IngestAnswer, now: Timestamp) -> Result<()> {
    let mut gone = conn.prepare_cached(
        "SELECT id, missed_at FROM entries INDEXED BY entries_gone WHERE source_id = ?1 AND article_id IS NULL",
    )?;
    let gone = gone.query_map([source.0], |row| Ok((row.read(0)?, row.read(1)?)))?;
    let gone: Vec<(i64, Option<i64>)> = gone.collect::<Result<_>>()?;
    for (entry, missed_at) in gone {
        let (is_listed, sql) = (answer.has(entry), "UPDATE entries SET missed_at = ?2 WHERE id = ?1");
        match missed_at {
            None if !is_listed => conn.prepare_cached(sql)?.execute(params![entry, now.0])?,
            Some(_) if is_listed => conn.prepare_cached(sql)?.execute(params![entry, None::<i64>])?,
            Some(at) if !is_listed && at < now.0 - FORGOTTEN => {
                conn.prepare_cached("DELETE FROM entries WHERE id = ?1")?.execute([entry])?
            }
            _ => 0,
        };
    }
    Ok(())
}
