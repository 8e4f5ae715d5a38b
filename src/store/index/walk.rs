//! Going through what has certain words, by time: partition by partition along the index, and between its hits what is
//! not indexed yet, by reading the texts.

use std::collections::VecDeque;
use std::ops::RangeInclusive;

use rusqlite::{Connection, OptionalExtension, Result, params};

use super::super::columns::ReadColumn as _;
use super::super::matching::Led;
use super::partitions::{self, Partition};
use super::{Text, first_doc, text_of};

/// Beginnings of words shorter than this are had by so many words that the index has to merge thousands of lists: so many
/// of the newest texts are read first, which for most of them is enough.
const SHORT_PREFIX: usize = 4;
const READ_FIRST: usize = 160;

/// Unindexed rows looked up at a time.
const CHUNK: i64 = 500;

pub(in super::super) const ALL_DOCS: RangeInclusive<i64> = i64::MIN..=i64::MAX;

/// The table that is walked.
pub(in super::super) struct Walk<'a> {
    pub(in super::super) of_comments: bool,
    /// None: all articles, or comments.
    pub(in super::super) led: Option<&'a Led>,
    pub(in super::super) docs: RangeInclusive<i64>,
    /// From the oldest to the newest.
    pub(in super::super) upwards: bool,
    /// With bm25 by the statistics of the partition.
    pub(in super::super) scored: bool,
}

/// An article or comment.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(in super::super) struct WalkHit {
    pub(in super::super) row: i64,
    /// Its doc; the first of its time for one that is not indexed.
    pub(in super::super) position: i64,
    /// The partition and how well it fits by it: less is better.
    pub(in super::super) fit: Option<(i64, f64)>,
}

impl Walk<'_> {
    /// Gives each hit in order, until `take` says false.
    pub(in super::super) fn each(&self, conn: &Connection, take: &mut dyn FnMut(WalkHit) -> Result<bool>) -> Result<()> {
        let mut scan = Scan { walk: self, conn, chunk: VecDeque::new(), after: None, is_over: false, next: None };
        let mut docs = self.docs.clone();
        if self.led.is_none() || self.begins_with_short_prefix() {
            let most = if self.led.is_none() { usize::MAX } else { READ_FIRST };
            match self.read(conn, docs.clone(), most, &mut scan, take)? {
                WalkRead::Enough => return Ok(()),
                WalkRead::All => docs = RangeInclusive::new(1, 0),
                WalkRead::Through(doc) => docs = *docs.start()..=doc.saturating_sub(1),
            }
        }
        let mut partitions = partitions::all(conn, self.of_comments)?;
        if !self.upwards {
            partitions.reverse();
        }
        for partition in partitions.iter().filter(|_| self.led.is_some() && !docs.is_empty()) {
            if !self.ask(conn, partition, &docs, &mut scan, take)? {
                return Ok(());
            }
        }
        while let Some(step) = scan.pop()? {
            if !take(step)? {
                break;
            }
        }
        Ok(())
    }

    fn begins_with_short_prefix(&self) -> bool {
        !self.upwards && !self.scored && self.led.is_some_and(|led| led.shortest_prefix() < SHORT_PREFIX)
    }

    /// Goes along the docs themselves, reading the texts where words are asked for.
    fn read(
        &self,
        conn: &Connection,
        docs: RangeInclusive<i64>,
        most: usize,
        scan: &mut Scan<'_>,
        take: &mut dyn FnMut(WalkHit) -> Result<bool>,
    ) -> Result<WalkRead> {
        let mut statement = conn.prepare_cached(&docs_statement(self.of_comments, self.upwards))?;
        let mut rows = statement.query([docs.start(), docs.end()])?;
        let mut last = None;
        for _ in 0..most {
            let Some(row) = rows.next()? else { return Ok(WalkRead::All) };
            let (doc, row): (i64, i64) = (row.read(0)?, row.read(1)?);
            last = Some(doc);
            if !scan.before(doc, take)? {
                return Ok(WalkRead::Enough);
            }
            let fits = match self.led {
                Some(led) => led.is_in(&text_of(conn, self.of_comments, row)?),
                None => true,
            };
            if fits && !take(WalkHit { row, position: doc, fit: None })? {
                return Ok(WalkRead::Enough);
            }
        }
        Ok(last.map_or(WalkRead::All, WalkRead::Through))
    }

    /// True if to go on.
    fn ask(
        &self,
        conn: &Connection,
        partition: &Partition,
        docs: &RangeInclusive<i64>,
        scan: &mut Scan<'_>,
        take: &mut dyn FnMut(WalkHit) -> Result<bool>,
    ) -> Result<bool> {
        let (least, most) = (partition.least.max(*docs.start()), partition.most.min(*docs.end()));
        let Some(led) = self.led.filter(|_| least <= most) else { return Ok(true) };
        let mut statement = conn.prepare_cached(&hits_statement(partition, self.of_comments, self.scored, self.upwards))?;
        let mut row_of = conn.prepare_cached(row_statement(self.of_comments))?;
        let mut hits = statement.query(params![led.expression, least, most])?;
        while let Some(hit) = hits.next()? {
            let (doc, fit): (i64, f64) = (hit.get(0)?, hit.get(1)?);
            // One that is dead has no row.
            let Some(row) = row_of.query_row([doc], |row| row.read(0)).optional()? else { continue };
            let step = WalkHit { row, position: doc, fit: self.scored.then_some((partition.id, fit)) };
            if !scan.before(doc, take)? || !take(step)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

enum WalkRead {
    Enough,
    All,
    Through(i64),
}

pub(in super::super) fn docs_statement(of_comments: bool, upwards: bool) -> String {
    let table = if of_comments { "comments" } else { "articles" };
    let way = if upwards { "ASC" } else { "DESC" };
    format!("SELECT doc, id FROM {table} INDEXED BY {table}_doc WHERE doc BETWEEN ?1 AND ?2 ORDER BY doc {way}")
}

pub(in super::super) fn row_statement(of_comments: bool) -> &'static str {
    if of_comments {
        "SELECT id FROM comments INDEXED BY comments_doc WHERE doc = ?1"
    } else {
        "SELECT id FROM articles INDEXED BY articles_doc WHERE doc = ?1"
    }
}

pub(in super::super) fn hits_statement(partition: &Partition, of_comments: bool, scored: bool, upwards: bool) -> String {
    let words = partition.words();
    let fit = match (scored, of_comments) {
        (false, _) => "0.0".to_owned(),
        (true, false) => format!("bm25({words}, 1.0, 10.0, 4.0)"),
        (true, true) => format!("bm25({words}, 1.0, 4.0)"),
    };
    let way = if upwards { "ASC" } else { "DESC" };
    format!("SELECT rowid, {fit} FROM {words} WHERE {words} MATCH ?1 AND rowid BETWEEN ?2 AND ?3 ORDER BY rowid {way}")
}

/// Articles and comments that are not indexed, in the order of the walk.
struct Scan<'a> {
    walk: &'a Walk<'a>,
    conn: &'a Connection,
    /// Time and row.
    chunk: VecDeque<(i64, i64)>,
    after: Option<(i64, i64)>,
    is_over: bool,
    next: Option<WalkHit>,
}

impl Scan<'_> {
    /// Gives those that come before a doc. Whether to go on.
    fn before(&mut self, doc: i64, take: &mut dyn FnMut(WalkHit) -> Result<bool>) -> Result<bool> {
        let upwards = self.walk.upwards;
        while let Some(step) = self.pop()? {
            let is_before = if upwards { step.position < doc } else { step.position > doc };
            if !is_before {
                self.next = Some(step);
                break;
            }
            if !take(step)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn pop(&mut self) -> Result<Option<WalkHit>> {
        if let Some(step) = self.next.take() {
            return Ok(Some(step));
        }
        while let Some((at, row)) = self.candidate()? {
            let position = first_doc(at);
            let is_wanted = self.walk.docs.contains(&position)
                && match self.walk.led {
                    Some(led) => led.is_in(&text_of(self.conn, self.walk.of_comments, row)?),
                    None => true,
                };
            if is_wanted {
                return Ok(Some(WalkHit { row, position, fit: None }));
            }
        }
        Ok(None)
    }

    fn candidate(&mut self) -> Result<Option<(i64, i64)>> {
        if self.chunk.is_empty() && !self.is_over {
            let mut statement = self.conn.prepare_cached(&unindexed_statement(self.walk.of_comments, self.walk.upwards))?;
            let start = if self.walk.upwards { (i64::MIN, i64::MIN) } else { (i64::MAX, i64::MAX) };
            let (at, row) = self.after.unwrap_or(start);
            let rows = statement.query_map(params![at, row, CHUNK], |row| Ok((row.read(0)?, row.read(1)?)))?;
            self.chunk = rows.collect::<Result<_>>()?;
            self.is_over = (self.chunk.len() as i64) < CHUNK;
            self.after = self.chunk.back().copied();
        }
        Ok(self.chunk.pop_front())
    }
}

pub(in super::super) fn unindexed_statement(of_comments: bool, upwards: bool) -> String {
    let (table, at) = if of_comments { ("comments", "ifnull(posted, first_seen)") } else { ("articles", "sort_at") };
    let (sign, way) = if upwards { (">", "ASC") } else { ("<", "DESC") };
    format!(
        "SELECT {at}, id FROM {table} INDEXED BY {table}_unindexed
         WHERE doc IS NULL AND ({at}, id) {sign} (?1, ?2) ORDER BY {at} {way}, id {way} LIMIT ?3"
    )
}

impl Led {
    fn is_in(&self, text: &Text) -> bool {
        self.fits(&text.title, &text.author, &text.body)
    }
}
