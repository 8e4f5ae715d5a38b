//! Accounts on sync servers: where they stand, how they are doing, and their subscriptions.
//!
//! Not for the state of items, which is in `account_items`.

use rusqlite::{Connection, OptionalExtension, Result, Row, params};

use super::columns::{ReadColumn as _, read_count, read_some_text, read_text};
use super::sources::mark_for_removal;
use super::subscriptions::folder_text;
use super::{SourceId, Store, StoreResult};
use crate::domain::text::{CleanText, clean_line, fold};
use crate::domain::time::Timestamp;
use crate::sync::{FeedId, ItemId, ServerMark, SyncChange, SyncFeed};

/// Row ids, stable for good.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct AccountId(pub i64);

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Account {
    pub id: AccountId,
    /// The id of its API.
    pub api: String,
    pub base: String,
    pub user: String,
    pub name: CleanText,
    /// The program that tells the password; empty where it is kept elsewhere.
    pub secret_command: Vec<String>,
    /// The server stands inside this machine or its network.
    pub is_private: bool,
    pub mark: Option<ServerMark>,
    /// The item that the mark is of.
    pub mark_item: Option<ItemId>,
    pub health: AccountHealth,
}

/// How an account is doing.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct AccountHealth {
    pub asked_at: Option<Timestamp>,
    /// When the last sync ended well.
    pub answered_at: Option<Timestamp>,
    pub held_until: Option<Timestamp>,
    /// In a row.
    pub failures: u32,
    pub failure: Option<CleanText>,
    pub hint: Option<CleanText>,
    pub feeds: u64,
}

/// A new account.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct NewAccount {
    pub api: String,
    pub base: String,
    pub user: String,
    pub name: CleanText,
    pub secret_command: Vec<String>,
    pub is_private: bool,
}

/// The changes that the server's list of feeds made.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct FeedChanges {
    pub added: u64,
    /// Titles or folders that changed.
    pub changed: u64,
    /// Sources that the server no longer has.
    pub gone: Vec<SourceId>,
}

/// A change of a subscription that waits for the server.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PendingEdit {
    pub id: i64,
    pub change: SyncChange,
}

/// How a sync ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SyncEnd {
    Answered { mark: Option<ServerMark>, mark_item: Option<ItemId> },
    Failed { failure: CleanText, hint: CleanText, held_until: Option<Timestamp> },
}

const ACCOUNT: &str = "SELECT id, api, base, user, name, secret, is_private, mark, asked_at, answered_at, held_until, failures,
        failure, hint, (SELECT count(*) FROM account_feeds f WHERE f.account_id = accounts.id AND f.feed <> ''),
        mark_item
    FROM accounts";

impl Store {
    /// Adds an account; none if there is one of this name, or of this user at this server.
    pub fn add_account(&mut self, new: &NewAccount, now: Timestamp) -> StoreResult<Option<AccountId>> {
        let secret = match &new.secret_command[..] {
            [] => String::new(),
            argv => serde_json::to_string(argv).unwrap_or_default(),
        };
        self.change("adding an account", |conn| {
            let added = conn.execute(
                "INSERT OR IGNORE INTO accounts (api, base, user, name, secret, is_private, added_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                params![new.api, new.base, new.user, &*new.name, secret, new.is_private, now.0],
            )?;
            Ok((added > 0).then(|| AccountId(conn.last_insert_rowid())))
        })
    }

    pub fn accounts(&self) -> StoreResult<Vec<Account>> {
        self.ask("reading the accounts", |conn| {
            conn.prepare_cached(&format!("{ACCOUNT} ORDER BY id"))?.query_map([], account)?.collect()
        })
    }

    /// The account of this name, in any case; else of this address.
    pub fn account_named(&self, name: &str) -> StoreResult<Option<Account>> {
        let all = self.accounts()?;
        let folded = fold(name);
        let at = all.iter().position(|one| fold(&one.name) == folded).or_else(|| {
            let mut at_base = all.iter().enumerate().filter(|(_, one)| one.base == name.trim_end_matches('/'));
            at_base.next().filter(|_| at_base.next().is_none()).map(|(at, _)| at)
        });
        Ok(at.map(|at| all[at].clone()))
    }

    /// Forgets an account and gives the sources that it owned: their removal has begun, and goes on even after a kill.
    pub fn forget_account(&mut self, id: AccountId, all: bool) -> StoreResult<Vec<SourceId>> {
        self.change("removing an account", |conn| {
            let sources = sources_of(conn, id)?;
            sources.iter().try_for_each(|source| mark_for_removal(conn, *source, all))?;
            conn.execute("DELETE FROM accounts WHERE id = ?1", [id.0])?;
            Ok(sources)
        })
    }

    /// The sources that an account owns.
    pub fn account_sources(&self, id: AccountId) -> StoreResult<Vec<SourceId>> {
        self.ask("reading an account's feeds", |conn| sources_of(conn, id))
    }

    pub fn begin_sync(&mut self, id: AccountId, now: Timestamp) -> StoreResult<()> {
        self.change("beginning a sync", |conn| {
            conn.execute("UPDATE accounts SET asked_at = ?2 WHERE id = ?1", params![id.0, now.0]).map(drop)
        })
    }

    pub fn end_sync(&mut self, id: AccountId, end: &SyncEnd, now: Timestamp) -> StoreResult<()> {
        self.change("ending a sync", |conn| {
            match end {
                SyncEnd::Answered { mark, mark_item } => conn.execute(
                    "UPDATE accounts SET answered_at = ?2, mark = ifnull(?3, mark), mark_item = ?4, held_until = NULL,
                        failures = 0, failure = NULL, hint = NULL WHERE id = ?1",
                    params![id.0, now.0, mark.as_ref().map(|mark| &*mark.0), mark_item.as_ref().map(|item| &*item.0)],
                ),
                SyncEnd::Failed { failure, hint, held_until } => conn.execute(
                    "UPDATE accounts SET failures = failures + 1, failure = ?2, hint = ?3, held_until = ?4
                     WHERE id = ?1",
                    params![id.0, &**failure, &**hint, held_until.map(|at| at.0)],
                ),
            }
            .map(drop)
        })
    }

    /// Brings the account's sources up to date with the server's list. Nothing is done while changes of the reader's wait
    /// to be pushed: they outrank the list.
    pub fn set_account_feeds(&mut self, account: &Account, feeds: &[SyncFeed], now: Timestamp) -> StoreResult<FeedChanges> {
        self.change("storing an account's feeds", |conn| {
            let waits = "SELECT 1 FROM account_edits WHERE account_id = ?1";
            if conn.prepare_cached(waits)?.exists([account.id.0])? {
                return Ok(FeedChanges::default());
            }
            let mut changes = FeedChanges::default();
            for feed in feeds {
                keep_feed(conn, account, feed, now, &mut changes)?;
            }
            let mut known =
                conn.prepare_cached("SELECT feed, source_id FROM account_feeds WHERE account_id = ?1 AND feed <> ''")?;
            let known = known.query_map([account.id.0], |row| Ok((row.read::<String>(0)?, row.read::<i64>(1)?)))?;
            for known in known {
                let (feed, source) = known?;
                if !feeds.iter().any(|one| *one.id.0 == *feed) {
                    changes.gone.push(SourceId(source));
                }
            }
            Ok(changes)
        })
    }

    /// A source that its server no longer has is a local one from now on, so that removing it asks for nothing there.
    pub fn disown_source(&mut self, source: SourceId) -> StoreResult<()> {
        self.change("taking leave of a feed", |conn| disown(conn, source))
    }

    /// Queues a new subscription.
    pub fn queue_subscribe(
        &mut self,
        account: AccountId,
        address: &str,
        folder: Option<&CleanText>,
        title: Option<&CleanText>,
    ) -> StoreResult<()> {
        self.change("queueing a subscription", |conn| {
            let edit = Edit { kind: "subscribe", feed: address, first: title.map(|it| &**it), second: folder.map(|it| &**it) };
            queue(conn, account, &edit)
        })
    }

    /// The changes of subscriptions that wait, oldest first.
    pub fn pending_edits(&self, account: AccountId) -> StoreResult<Vec<PendingEdit>> {
        self.ask("reading what is to be pushed", |conn| {
            let sql = "SELECT id, kind, feed, first, second FROM account_edits WHERE account_id = ?1 ORDER BY id";
            let mut edits = conn.prepare_cached(sql)?;
            let rows = edits.query_map([account.0], |row| {
                let (id, kind) = (row.read::<i64>(0)?, row.read::<String>(1)?);
                let change = change_of(&kind, row.read(2)?, read_some_text(row, 3)?, read_some_text(row, 4)?);
                Ok(change.map(|change| PendingEdit { id, change }))
            })?;
            rows.filter_map(Result::transpose).collect()
        })
    }

    /// The server confirmed it, or refused it for good.
    pub fn end_edit(&mut self, id: i64) -> StoreResult<()> {
        self.change("ending a change", |conn| conn.execute("DELETE FROM account_edits WHERE id = ?1", [id]).map(drop))
    }
}

struct Edit<'a> {
    kind: &'static str,
    feed: &'a str,
    first: Option<&'a str>,
    second: Option<&'a str>,
}

fn queue(conn: &Connection, account: AccountId, edit: &Edit<'_>) -> Result<()> {
    conn.prepare_cached("INSERT INTO account_edits (account_id, kind, feed, first, second) VALUES (?1, ?2, ?3, ?4, ?5)")?
        .execute(params![account.0, edit.kind, edit.feed, edit.first, edit.second])
        .map(drop)
}

fn change_of(kind: &str, feed: String, first: Option<CleanText>, second: Option<CleanText>) -> Option<SyncChange> {
    let id = FeedId(feed.as_str().into());
    Some(match kind {
        "subscribe" => SyncChange::Subscribe { address: feed, title: first, folder: second },
        "unsubscribe" => SyncChange::Unsubscribe(id),
        "rename" => SyncChange::Rename { feed: id, title: first? },
        "move" => SyncChange::Move { feed: id, from: first, to: second },
        _ => return None,
    })
}

/// The account and the feed that a source is.
fn owner(conn: &Connection, source: SourceId) -> Result<Option<(AccountId, String)>> {
    let sql = "SELECT account_id, feed FROM account_feeds WHERE source_id = ?1 AND feed <> ''";
    conn.prepare_cached(sql)?.query_row([source.0], |row| Ok((AccountId(row.read(0)?), row.read(1)?))).optional()
}

/// Queues what the reader changes of a source that a server owns.
pub(super) fn queue_edit(conn: &Connection, source: SourceId, title: Option<&str>, folder: Option<&[CleanText]>) -> Result<()> {
    let Some((account, feed)) = owner(conn, source)? else { return Ok(()) };
    if let Some(title) = title {
        queue(conn, account, &Edit { kind: "rename", feed: &feed, first: Some(title), second: None })?;
    }
    if let Some(folder) = folder {
        let sql = "SELECT folder FROM subscriptions WHERE source_id = ?1";
        let old: String = conn.prepare_cached(sql)?.query_row([source.0], |row| row.read(0))?;
        let sql = "SELECT name FROM accounts WHERE id = ?1";
        let name: String = conn.prepare_cached(sql)?.query_row([account.0], |row| row.read(0))?;
        let below = |path: &str| path.lines().rfind(|part| *part != name).map(str::to_owned);
        let (from, to) = (below(&old), below(&folder_text(folder)));
        if from != to {
            let edit = Edit { kind: "move", feed: &feed, first: from.as_deref(), second: to.as_deref() };
            queue(conn, account, &edit)?;
        }
    }
    Ok(())
}

/// Queues that a source is unsubscribed from, if a server owns it.
pub(super) fn queue_removal(conn: &Connection, source: SourceId) -> Result<()> {
    let Some((account, feed)) = owner(conn, source)? else { return Ok(()) };
    queue(conn, account, &Edit { kind: "unsubscribe", feed: &feed, first: None, second: None })?;
    disown(conn, source)
}

/// Forgets the server's state of the source's items: it deletes them, and that must not unstar or read anything here.
fn disown(conn: &Connection, source: SourceId) -> Result<()> {
    conn.prepare_cached("DELETE FROM account_feeds WHERE source_id = ?1")?.execute([source.0])?;
    let items = "DELETE FROM account_items WHERE entry_id IN (SELECT id FROM entries WHERE source_id = ?1)";
    conn.prepare_cached(items)?.execute([source.0]).map(drop)
}

fn sources_of(conn: &Connection, id: AccountId) -> Result<Vec<SourceId>> {
    let sql = "SELECT source_id FROM account_feeds WHERE account_id = ?1 ORDER BY source_id";
    conn.prepare_cached(sql)?.query_map([id.0], |row| row.read(0).map(SourceId))?.collect()
}

/// The source of a feed.
pub(super) fn source_of_feed(conn: &Connection, account: AccountId, feed: &str) -> Result<Option<i64>> {
    let sql = "SELECT source_id FROM account_feeds WHERE account_id = ?1 AND feed = ?2";
    conn.prepare_cached(sql)?.query_row(params![account.0, feed], |row| row.read(0)).optional()
}

/// The source of what belongs to no feed of the account's list: starred articles of feeds that were removed there.
pub(super) fn source_of_rest(conn: &Connection, account: &Account, now: Timestamp) -> Result<i64> {
    if let Some(source) = source_of_feed(conn, account.id, "")? {
        return Ok(source);
    }
    let title = clean_line(&format!("{}: other articles", account.name));
    let feed = SyncFeed { id: FeedId("".into()), title, address: CleanText::default(), site: None, folder: None };
    insert_feed(conn, account, &feed, now)
}

fn keep_feed(conn: &Connection, account: &Account, feed: &SyncFeed, now: Timestamp, changes: &mut FeedChanges) -> Result<()> {
    let Some(source) = source_of_feed(conn, account.id, &feed.id.0)? else {
        changes.added += 1;
        return insert_feed(conn, account, feed, now).map(drop);
    };
    let titled = conn
        .prepare_cached("UPDATE sources SET title = ?2 WHERE id = ?1 AND title <> ?2")?
        .execute(params![source, &*feed.title])?;
    let moved = conn
        .prepare_cached(
            "UPDATE subscriptions SET folder = ?2, site = ifnull(?3, site), feed_address = ?4
             WHERE source_id = ?1 AND (folder, site, feed_address) IS NOT (?2, ifnull(?3, site), ?4)",
        )?
        .execute(params![source, folder_of(account, feed), feed.site.as_deref(), &*feed.address])?;
    changes.changed += u64::from(titled + moved > 0);
    Ok(())
}

fn folder_of(account: &Account, feed: &SyncFeed) -> String {
    let inside = feed.folder.iter().flat_map(|folder| folder.split('\n')).map(clean_line);
    folder_text(&std::iter::once(account.name.clone()).chain(inside).collect::<Vec<_>>())
}

fn insert_feed(conn: &Connection, account: &Account, feed: &SyncFeed, now: Timestamp) -> Result<i64> {
    // No web address looks like this, so that a local subscription to the same feed stands beside it.
    let key = format!("sync:{}:{}", account.id.0, feed.id.0);
    conn.prepare_cached("INSERT INTO sources (key, title, first_seen) VALUES (?1, ?2, ?3)")?.execute(params![
        key,
        &*feed.title,
        now.0
    ])?;
    let source = conn.last_insert_rowid();
    if let Some(home) = feed.site.as_deref().and_then(super::ingest::address_hash) {
        conn.prepare_cached("UPDATE sources SET home = ?2 WHERE id = ?1")?.execute([source, home])?;
    }
    conn.prepare_cached(
        "INSERT INTO subscriptions (source_id, address, folder, site, is_named, is_private, added_at, position, account_id,
            feed_address) VALUES (?1, ?2, ?3, ?4, 1, 0, ?5, ?1, ?6, ?7)",
    )?
    .execute(params![source, key, folder_of(account, feed), feed.site.as_deref(), now.0, account.id.0, &*feed.address,])?;
    conn.prepare_cached("INSERT INTO polls (source_id, due_at) VALUES (?1, NULL)")?.execute([source])?;
    conn.prepare_cached("INSERT INTO account_feeds VALUES (?1, ?2, ?3)")?.execute(params![
        account.id.0,
        &*feed.id.0,
        source
    ])?;
    Ok(source)
}

fn account(row: &Row<'_>) -> Result<Account> {
    let time = |at| Ok::<_, rusqlite::Error>(row.read::<Option<i64>>(at)?.map(Timestamp));
    let secret: String = row.read(5)?;
    Ok(Account {
        id: AccountId(row.read(0)?),
        api: row.read(1)?,
        base: row.read(2)?,
        user: row.read(3)?,
        name: read_text(row, 4)?,
        secret_command: serde_json::from_str(&secret).unwrap_or_default(),
        is_private: row.read(6)?,
        mark: row.read::<Option<String>>(7)?.map(|mark| ServerMark(mark.into())),
        mark_item: row.read::<Option<String>>(15)?.map(|item| ItemId(item.into())),
        health: AccountHealth {
            asked_at: time(8)?,
            answered_at: time(9)?,
            held_until: time(10)?,
            failures: u32::try_from(read_count(row, 11)?).unwrap_or(u32::MAX),
            failure: read_some_text(row, 12)?,
            hint: read_some_text(row, 13)?,
            feeds: read_count(row, 14)?,
        },
    })
}
