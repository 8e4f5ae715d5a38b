//! The partitions of the index: which there are, and which takes in what.
//!
//! Partitions never overlap. What is newer than all of them goes to the newest until that is full, and what is older than
//! all to the oldest; between two of them, to one that has room. What lies inside a full one goes there all the same; at
//! twice its size it drains, that is, it is indexed anew into several. Small partitions write little: an FTS5 table
//! rewrites all of itself every time that it has grown by some factor.

use rusqlite::{Connection, Result, params};

use super::super::columns::ReadColumn as _;

/// A partition takes in no more at its ends with texts of so many bytes, or so many of them. About 20,000 articles: the
/// beginning of a word is then found in some 15 ms, and a million articles have fifty partitions.
#[cfg(not(test))]
const FULL: (i64, i64) = (96 << 20, 200_000);
/// So that tests have several.
#[cfg(test)]
const FULL: (i64, i64) = (96 << 20, 400);

/// Text that is large when it is indexed in one go, in bytes. FTS5 merges what was written at once with all that is written
/// later, whatever their sizes: what then comes in small parts goes to a partition of its own.
#[cfg(not(test))]
const LARGE: usize = 4 << 20;
#[cfg(test)]
const LARGE: usize = 100 << 10;

/// A partition is indexed anew when a quarter of it is dead, and at least so many.
const WORTH_DRAINING: i64 = 64;

/// Bytes that FTS5 buffers in memory before it writes a segment: one segment for each transaction is best.
const HELD: i64 = 16 << 20;
/// So many segments are merged to one. A partition that grows by a hundred articles at a time is full before; merged
/// sixteen at a time, as FTS5 is used to, they write 2.4 times as much (10,000 articles: 2.6 MB a hundred against 1.1), and
/// the beginning of a word is found hardly quicker (18 ms against 25 in all of them). FTS5 allows 2,000.
const MERGED: i64 = 400;

#[derive(Clone, PartialEq, Eq, Debug)]
pub(in super::super) struct Partition {
    pub(in super::super) id: i64,
    pub(in super::super) of_comments: bool,
    pub(in super::super) least: i64,
    pub(in super::super) most: i64,
    pub(in super::super) docs: i64,
    pub(in super::super) dead: i64,
    text: i64,
    pub(in super::super) drains: bool,
    pub(in super::super) is_old: bool,
    /// Much of it was indexed in one go.
    is_bulk: bool,
}

impl Partition {
    /// The name of its FTS5 table.
    pub(in super::super) fn words(&self) -> String {
        if self.is_old { old_words(self.of_comments).to_owned() } else { format!("words_{}", self.id) }
    }

    fn is_full(&self) -> bool {
        self.drains || self.text >= FULL.0 || self.docs >= FULL.1
    }

    fn is_overfull(&self) -> bool {
        self.text >= 2 * FULL.0 || self.docs >= 2 * FULL.1
    }

    pub(in super::super) fn live(&self) -> i64 {
        self.docs - self.dead
    }

    fn wants_draining(&self) -> bool {
        self.drains || self.live() <= 0 || (self.dead >= WORTH_DRAINING && self.dead * 4 >= self.docs)
    }
}

pub(super) fn old_words(of_comments: bool) -> &'static str {
    if of_comments { "comments_words" } else { "articles_words" }
}

/// True if any partition is to be drained, see [`Partition::wants_draining`].
pub(super) fn is_any_draining(conn: &Connection) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM word_partitions
        WHERE drains OR dead >= docs OR (dead >= ?1 AND dead * 4 >= docs))";
    conn.prepare_cached(sql)?.query_row([WORTH_DRAINING], |row| row.read(0))
}

/// All partitions of articles, or of comments, the oldest first.
pub(in super::super) fn all(conn: &Connection, of_comments: bool) -> Result<Vec<Partition>> {
    let mut statement = conn.prepare_cached(
        "SELECT id, least, most, docs, dead, text, drains, is_old, is_bulk FROM word_partitions WHERE of_comments = ?1 ORDER BY least",
    )?;
    let partition = |row: &rusqlite::Row<'_>| {
        Ok(Partition {
            id: row.read(0)?,
            of_comments,
            least: row.read(1)?,
            most: row.read(2)?,
            docs: row.read(3)?,
            dead: row.read(4)?,
            text: row.read(5)?,
            drains: row.read(6)?,
            is_old: row.read(7)?,
            is_bulk: row.read(8)?,
        })
    };
    statement.query_map([of_comments], partition)?.collect()
}

/// The words are folded and separated before they come here; nothing is ever taken out of a partition.
pub(super) fn make_table(conn: &Connection, one: &Partition) -> Result<()> {
    let words = one.words();
    let columns = if one.of_comments { "body, author" } else { "body, title, author" };
    conn.execute_batch(&format!(
        "CREATE VIRTUAL TABLE {words} USING fts5 ({columns}, content = '', tokenize = 'ascii');
         INSERT INTO {words} ({words}, rank) VALUES ('hashsize', {HELD}), ('automerge', 0), ('crisismerge', {MERGED});"
    ))
}

/// The partitions while they are changed, in one transaction.
pub(super) struct Partitions<'c> {
    conn: &'c Connection,
    of_comments: bool,
    /// So much is taken in that it makes what takes it in bulky.
    is_bulk: bool,
    all: Vec<Partition>,
    saved: Vec<Partition>,
}

impl<'c> Partitions<'c> {
    /// For taking in so many bytes of text.
    pub(super) fn read(conn: &'c Connection, of_comments: bool, text: usize) -> Result<Partitions<'c>> {
        let all = all(conn, of_comments)?;
        Ok(Partitions { conn, of_comments, is_bulk: text >= LARGE, saved: all.clone(), all })
    }

    /// The table that takes a new doc in.
    pub(super) fn room_for(&mut self, doc: i64, text: usize) -> Result<String> {
        let at = self.all.partition_point(|one| one.most < doc);
        let covers = self.all.get(at).is_some_and(|one| one.least <= doc);
        let has_room = |at: usize| self.all.get(at).is_some_and(|one| !one.is_full() && (self.is_bulk || !one.is_bulk));
        let at = if covers || has_room(at) && !at.checked_sub(1).is_some_and(has_room) {
            at
        } else if at.checked_sub(1).is_some_and(has_room) {
            at - 1
        } else {
            self.add(at, doc)?;
            at
        };
        let one = &mut self.all[at];
        (one.least, one.most) = (one.least.min(doc), one.most.max(doc));
        one.docs += 1;
        one.text += text as i64;
        one.is_bulk |= self.is_bulk;
        one.drains |= one.is_overfull();
        Ok(one.words())
    }

    fn add(&mut self, at: usize, doc: i64) -> Result<()> {
        let (conn, of_comments) = (self.conn, self.of_comments);
        conn.prepare_cached("INSERT INTO word_partitions (of_comments, least, most, docs, text) VALUES (?1, ?2, ?2, 0, 0)")?
            .execute(params![of_comments, doc])?;
        let id = conn.last_insert_rowid();
        let (least, most) = (doc, doc);
        let new = Partition {
            id,
            of_comments,
            least,
            most,
            docs: 0,
            dead: 0,
            text: 0,
            drains: false,
            is_old: false,
            is_bulk: self.is_bulk,
        };
        make_table(conn, &new)?;
        self.saved.push(new.clone());
        self.all.insert(at, new);
        Ok(())
    }

    /// The next to be drained, marked as such.
    pub(super) fn draining(&mut self) -> Option<&mut Partition> {
        let next = self.all.iter_mut().find(|one| one.wants_draining())?;
        next.drains = true;
        Some(next)
    }

    /// Takes a partition away whole.
    pub(super) fn drop(&mut self, id: i64) -> Result<()> {
        if let Some(at) = self.all.iter().position(|one| one.id == id) {
            let one = self.all.remove(at);
            self.conn.execute_batch(&format!("DROP TABLE {}", one.words()))?;
            self.conn.prepare_cached("DELETE FROM word_partitions WHERE id = ?1")?.execute([id])?;
        }
        Ok(())
    }

    pub(super) fn save(self) -> Result<()> {
        for one in self.all.iter().filter(|one| !self.saved.contains(one)) {
            self.conn
                .prepare_cached(
                    "UPDATE word_partitions SET least = ?2, most = ?3, docs = ?4, dead = ?5, text = ?6, drains = ?7, is_bulk = ?8
                     WHERE id = ?1",
                )?
                .execute(params![one.id, one.least, one.most, one.docs, one.dead, one.text, one.drains, one.is_bulk])?;
        }
        Ok(())
    }
}
