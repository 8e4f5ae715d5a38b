//! Items of accounts: which entries they are, what their server last said of them, and what differs from it.
//!
//! The reader's own changes need no list: where an article is read or starred otherwise than its server last said, the
//! reader changed it, or another account did, and that is pushed. What the server says later counts only where it differs
//! from what it said before, so that a change that waits is never taken back by an old answer.

use std::collections::HashSet;

use rusqlite::{Connection, OptionalExtension, Result, params};

use super::accounts::{Account, AccountId, source_of_feed, source_of_rest};
use super::columns::ReadColumn as _;
use super::entries::{Changed, Item, changes_of};
use super::ingest::IngestAnswer;
use super::state::set_read;
use super::{ArticleId, Store, StoreResult};
use crate::domain::time::Timestamp;
use crate::sync::{FeedId, ItemId, ItemMark};

/// The bits of `doubt`.
const READ: u8 = 1;
const STARRED: u8 = 2;

/// So many items are brought up to date in one transaction.
const AT_ONCE: usize = 500;

/// Items of one feed in one answer.
#[derive(Clone, PartialEq, Debug)]
pub struct AccountBatch {
    pub feed: Option<FeedId>,
    /// In the server's order, newest first.
    pub items: Vec<Item>,
    pub ids: Vec<AccountItem>,
}

/// An item as its server knows it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AccountItem {
    pub id: ItemId,
    /// Its index in the batch; none if it cannot be stored.
    pub at: Option<usize>,
    pub is_read: bool,
    pub is_starred: bool,
}

/// The reader's marks that the server does not know yet.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct PendingMarks(pub Vec<(ItemMark, Vec<ItemId>)>);

impl PendingMarks {
    pub fn count(&self) -> usize {
        self.0.iter().map(|(_, ids)| ids.len()).sum()
    }
}

/// The changes that the server's lists of unread and starred items made.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct MarksLearned {
    pub read: u64,
    pub unread: u64,
    pub starred: u64,
    pub unstarred: u64,
}

impl Store {
    /// Stores items of an account and what the server says of them, in one transaction.
    pub fn keep_account_items(
        &mut self,
        account: &Account,
        batches: &[AccountBatch],
        now: Timestamp,
    ) -> StoreResult<Vec<Changed>> {
        self.change_row_by_row("storing what an account brought", |conn| {
            batches.iter().map(|batch| keep_batch(conn, account, batch, now)).collect()
        })
    }

    /// The ids that are not known, each once, in their order.
    pub fn unknown_items(&self, account: AccountId, ids: &[ItemId]) -> StoreResult<Vec<ItemId>> {
        self.ask_as_one("looking for new items", |conn| {
            let mut known = conn.prepare_cached("SELECT 1 FROM account_items WHERE account_id = ?1 AND item = ?2")?;
            let (mut seen, mut unknown) = (HashSet::new(), Vec::new());
            for id in ids {
                if !known.exists(params![account.0, &*id.0])? && seen.insert(id) {
                    unknown.push(id.clone());
                }
            }
            Ok(unknown)
        })
    }

    /// The reader's marks that are to be pushed. Each is a state, so that pushing it twice does no harm.
    pub fn pending_marks(&self, account: AccountId) -> StoreResult<PendingMarks> {
        self.ask_as_one("reading what is to be pushed", |conn| {
            let read = "SELECT i.item FROM account_items i CROSS JOIN entries e ON e.id = i.entry_id
                        WHERE i.account_id = ?1 AND (i.read = 0 OR i.doubt & 1) AND e.read = 1 AND e.article_id IS NOT NULL";
            let unread = "SELECT i.item FROM account_items i CROSS JOIN entries e ON e.id = i.entry_id
                          WHERE i.account_id = ?1 AND (i.read = 1 OR i.doubt & 1) AND e.read = 0 AND e.article_id IS NOT NULL";
            let starred = "SELECT i.item FROM articles a CROSS JOIN entries e ON e.article_id = a.id
                           CROSS JOIN account_items i ON i.entry_id = e.id
                           WHERE a.starred = 1 AND i.account_id = ?1 AND (i.starred = 0 OR i.doubt & 2)";
            let unstarred = "SELECT i.item FROM account_items i CROSS JOIN entries e ON e.id = i.entry_id
                             CROSS JOIN articles a ON a.id = e.article_id
                             WHERE i.account_id = ?1 AND i.starred = 1 AND a.starred = 0
                             UNION SELECT i.item FROM account_items i CROSS JOIN entries e ON e.id = i.entry_id
                             CROSS JOIN articles a ON a.id = e.article_id
                             WHERE i.account_id = ?1 AND i.doubt > 0 AND i.doubt & 2 AND a.starred = 0";
            let mut pending = PendingMarks::default();
            for (mark, sql) in [
                (ItemMark::Read, read),
                (ItemMark::Unread, unread),
                (ItemMark::Starred, starred),
                (ItemMark::Unstarred, unstarred),
            ] {
                let mut statement = conn.prepare_cached(sql)?;
                let ids = statement.query_map([account.0], |row| row.read::<String>(0).map(|id| ItemId(id.into())))?;
                let ids = ids.collect::<Result<Vec<_>>>()?;
                if !ids.is_empty() {
                    pending.0.push((mark, ids));
                }
            }
            Ok(pending)
        })
    }

    /// A mark of these is about to be sent: until it is confirmed nobody knows if the server has it.
    pub fn send_marks(&mut self, account: AccountId, mark: &ItemMark, ids: &[ItemId]) -> StoreResult<()> {
        let Some((_, _, bit)) = columns_of(mark) else { return Ok(()) };
        self.change("noting what is sent to a server", |conn| {
            let sql = format!("UPDATE account_items SET doubt = doubt | {bit} WHERE account_id = ?1 AND item = ?2");
            let mut send = conn.prepare_cached(&sql)?;
            ids.iter().try_for_each(|id| send.execute(params![account.0, &*id.0]).map(drop))
        })
    }

    /// The server confirmed a mark of these. A mark that was changed meanwhile differs from it and is pushed again.
    pub fn confirm_marks(&mut self, account: AccountId, mark: &ItemMark, ids: &[ItemId]) -> StoreResult<()> {
        let Some((column, value, bit)) = columns_of(mark) else { return Ok(()) };
        self.change("keeping what a server confirmed", |conn| {
            let sql =
                format!("UPDATE account_items SET {column} = ?3, doubt = doubt & ~{bit} WHERE account_id = ?1 AND item = ?2");
            let mut confirm = conn.prepare_cached(&sql)?;
            for id in ids {
                confirm.execute(params![account.0, &*id.0, value])?;
            }
            Ok(())
        })
    }

    /// Takes over the server's whole lists of unread and starred items. Of the items that are known, those that are not in
    /// the first are read. With `is_older` the server was restored from an old copy: what is read or starred here stays so.
    pub fn learn_marks(
        &mut self,
        account: AccountId,
        unread: &HashSet<ItemId>,
        starred: &HashSet<ItemId>,
        is_older: bool,
        now: Timestamp,
    ) -> StoreResult<MarksLearned> {
        let differing: Vec<(ItemId, bool, bool)> = self.ask("comparing an account's marks", |conn| {
            let sql = "SELECT item, read, starred FROM account_items WHERE account_id = ?1";
            let mut all = conn.prepare_cached(sql)?;
            let mut rows = all.query([account.0])?;
            let mut differing = Vec::new();
            while let Some(row) = rows.next()? {
                let (id, was) = (ItemId(row.read::<String>(0)?.into()), (row.read::<bool>(1)?, row.read::<bool>(2)?));
                let is = (!unread.contains(&id), starred.contains(&id));
                if was != is {
                    differing.push((id, is.0, is.1));
                }
            }
            Ok(differing)
        })?;
        let mut learned = MarksLearned::default();
        for some in differing.chunks(AT_ONCE) {
            let of_these = self.change("taking over an account's marks", |conn| {
                let mut learned = MarksLearned::default();
                for (id, is_read, is_starred) in some {
                    learn(conn, account, id, (*is_read, *is_starred), is_older, now, &mut learned)?;
                }
                Ok(learned)
            })?;
            learned.read += of_these.read;
            learned.unread += of_these.unread;
            learned.starred += of_these.starred;
            learned.unstarred += of_these.unstarred;
        }
        Ok(learned)
    }

    /// True if an item is known, and is an entry of a feed that the account still has.
    pub fn has_account_item(&self, account: AccountId, id: &ItemId) -> StoreResult<bool> {
        self.ask("looking for an item", |conn| {
            let sql = "SELECT 1 FROM account_items i CROSS JOIN entries e ON e.id = i.entry_id
                       CROSS JOIN account_feeds f ON f.source_id = e.source_id
                       WHERE i.account_id = ?1 AND i.item = ?2 AND f.account_id = ?1";
            conn.prepare_cached(sql)?.exists(params![account.0, &*id.0])
        })
    }

    /// The items that the server called unread and that are not in its list any more.
    pub fn no_longer_unread(&self, account: AccountId, unread: &HashSet<ItemId>) -> StoreResult<Vec<ItemId>> {
        self.ask("comparing an account's marks", |conn| {
            let sql = "SELECT item FROM account_items WHERE account_id = ?1 AND read = 0";
            let mut all = conn.prepare_cached(sql)?;
            let ids = all.query_map([account.0], |row| row.read::<String>(0).map(|id| ItemId(id.into())))?;
            ids.filter(|id| !id.as_ref().is_ok_and(|id| unread.contains(id))).collect()
        })
    }

    /// The server no longer has these: what it lists says nothing of them, and their articles stay as they are.
    pub fn forget_items(&mut self, account: AccountId, ids: &[ItemId]) -> StoreResult<()> {
        self.change("forgetting items that are gone", |conn| {
            let mut forget = conn.prepare_cached("DELETE FROM account_items WHERE account_id = ?1 AND item = ?2")?;
            ids.iter().try_for_each(|id| forget.execute(params![account.0, &*id.0]).map(drop))
        })
    }
}

/// The column that a mark is about, its value, and its bit of `doubt`.
fn columns_of(mark: &ItemMark) -> Option<(&'static str, bool, u8)> {
    match mark {
        ItemMark::Read => Some(("read", true, READ)),
        ItemMark::Unread => Some(("read", false, READ)),
        ItemMark::Starred => Some(("starred", true, STARRED)),
        ItemMark::Unstarred => Some(("starred", false, STARRED)),
        ItemMark::Labelled(_) | ItemMark::Unlabelled(_) => None,
    }
}

/// Takes over the server's state of a known item. If it is unchanged, the article stays as the reader has it.
fn learn(
    conn: &Connection,
    account: AccountId,
    id: &ItemId,
    (is_read, is_starred): (bool, bool),
    is_older: bool,
    now: Timestamp,
    learned: &mut MarksLearned,
) -> Result<()> {
    let sql = "SELECT i.read, i.starred, e.article_id, i.doubt FROM account_items i LEFT JOIN entries e ON e.id = i.entry_id
               WHERE i.account_id = ?1 AND i.item = ?2";
    let known = conn.prepare_cached(sql)?.query_row(params![account.0, &*id.0], |row| {
        Ok((row.read::<bool>(0)?, row.read::<bool>(1)?, row.read::<Option<i64>>(2)?, row.read::<u8>(3)?))
    });
    let Some((was_read, was_starred, article, doubt)) = known.optional()? else { return Ok(()) };
    // The server may echo a mark that was sent and not confirmed: the reader's own mark counts until it is confirmed.
    let is_read = if doubt & READ > 0 { was_read } else { is_read };
    let is_starred = if doubt & STARRED > 0 { was_starred } else { is_starred };
    if (was_read, was_starred) == (is_read, is_starred) {
        return Ok(());
    }
    conn.prepare_cached("UPDATE account_items SET read = ?3, starred = ?4 WHERE account_id = ?1 AND item = ?2")?
        .execute(params![account.0, &*id.0, is_read, is_starred])?;
    let Some(article) = article.map(ArticleId) else { return Ok(()) };
    if was_read != is_read && (is_read || !is_older) {
        let changed = set_read(conn, &[article], is_read, now)?;
        *(if is_read { &mut learned.read } else { &mut learned.unread }) += changed;
    }
    if was_starred != is_starred && (is_starred || !is_older) {
        let changed = set_starred(conn, article, is_starred, now)?;
        *(if is_starred { &mut learned.starred } else { &mut learned.unstarred }) += changed;
    }
    Ok(())
}

fn set_starred(conn: &Connection, article: ArticleId, on: bool, now: Timestamp) -> Result<u64> {
    let sql = "UPDATE articles SET starred = ?2, starred_at = ?3 WHERE id = ?1 AND starred <> ?2";
    Ok(conn.prepare_cached(sql)?.execute(params![article.0, on, now.0])? as u64)
}

fn keep_batch(conn: &Connection, account: &Account, batch: &AccountBatch, now: Timestamp) -> Result<Changed> {
    let source = match &batch.feed {
        Some(feed) => source_of_feed(conn, account.id, &feed.0)?,
        None => None,
    };
    let source = source.map_or_else(|| source_of_rest(conn, account, now), Ok)?;
    let mut answer = IngestAnswer::default();
    let ingested = answer.upsert(conn, source, &batch.items, true, now)?;
    for item in &batch.ids {
        let entry = item.at.and_then(|at| ingested.entries.get(at).copied().flatten());
        let article = item.at.and_then(|at| ingested.saved.get(at).copied().flatten()).map(|saved| saved.id);
        keep_item(conn, account.id, item, (entry, article), now)?;
    }
    Ok(changes_of(ingested))
}

/// An item that is met for the first time makes its article read or starred if the server says so, and leaves it so if the
/// reader has it so already. One that is known says what the server says now.
fn keep_item(
    conn: &Connection,
    account: AccountId,
    item: &AccountItem,
    (entry, article): (Option<i64>, Option<ArticleId>),
    now: Timestamp,
) -> Result<()> {
    let marks = (item.is_read, item.is_starred);
    let known = "SELECT 1 FROM account_items WHERE account_id = ?1 AND item = ?2 AND entry_id IS NOT NULL";
    if conn.prepare_cached(known)?.exists(params![account.0, &*item.id.0])? {
        return learn(conn, account, &item.id, marks, false, now, &mut MarksLearned::default());
    }
    if let Some(entry) = entry {
        // A server whose ids changed gives the same entry another one.
        let sql = "DELETE FROM account_items WHERE account_id = ?1 AND entry_id = ?2 AND item <> ?3";
        conn.prepare_cached(sql)?.execute(params![account.0, entry, &*item.id.0])?;
    }
    conn.prepare_cached(
        "INSERT OR REPLACE INTO account_items (account_id, item, entry_id, read, starred) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![account.0, &*item.id.0, entry, item.is_read, item.is_starred])?;
    if let Some(article) = article {
        if item.is_read {
            set_read(conn, &[article], true, now)?;
        }
        if item.is_starred {
            set_starred(conn, article, true, now)?;
        }
    }
    Ok(())
}
