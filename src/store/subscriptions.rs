//! Subscriptions: the sources that are fetched, what their last fetches told, and when each is due.

use rusqlite::{Connection, OptionalExtension, Result, Row, params};
use serde::{Deserialize, Serialize};

use super::accounts::queue_edit;
use super::columns::{ReadColumn as _, read_count, read_some_text, read_text};
pub use super::options::Options;
use super::{AccountId, ArticleId, SourceId, Store, StoreError};
use crate::domain::text::{CleanText, clean_line};
use crate::domain::time::{Timestamp, is_due};
use crate::site::identity::canonical_address;

/// A source that is fetched.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Subscription {
    pub id: SourceId,
    /// Where it is fetched from. May hold what no screen should show: see [`shown_address`](Subscription::shown_address).
    pub address: String,
    pub title: CleanText,
    /// The folders that it lies in, from the outside in.
    pub folder: Vec<CleanText>,
    pub site: Option<CleanText>,
    pub details: Details,
    pub options: Options,
    /// It stood inside this machine or its network when it was added, and may stay there.
    pub is_private: bool,
    pub validators: Validators,
    pub wishes: FeedHints,
    pub health: Health,
    pub articles: u64,
    pub unread: u64,
    /// The account that owns it: its server fetches it, and it is changed there first.
    pub account: Option<AccountId>,
}

/// Validators of the last answer, to be sent with the next request.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Validators {
    pub etag: Option<String>,
    pub last_modified: Option<String>,
    /// A hash of the last answer's bytes, for places that know neither.
    pub print: Option<i64>,
}

/// How long the last answer's bytes asked to be left alone, in seconds.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct FeedHints {
    pub ttl: Option<u32>,
    pub period: Option<u32>,
}

/// How a subscription is doing.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Health {
    pub added_at: Timestamp,
    pub asked_at: Option<Timestamp>,
    pub answered_at: Option<Timestamp>,
    /// None if it is not fetched by itself: not yet, or never again.
    pub due_at: Option<Timestamp>,
    /// Why then.
    pub due_reason: Option<CleanText>,
    /// In a row.
    pub failures: u32,
    /// The failure of the last fetch, with advice.
    pub failure: Option<CleanText>,
    pub hint: Option<CleanText>,
}

/// A past try.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Try {
    pub at: Timestamp,
    /// "3 new", or a failure.
    pub outcome: CleanText,
}

/// A new subscription.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct NewSubscription {
    pub address: String,
    /// The reader's own name for it; without one it takes the feed's.
    pub title: Option<CleanText>,
    pub folder: Vec<CleanText>,
    pub site: Option<CleanText>,
    pub details: Details,
    pub options: Options,
    pub is_private: bool,
}

/// Further details from lists of subscriptions, kept so that an export has them again.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Details {
    /// "atom"; empty where it is not told.
    pub kind: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
}

/// Changes of a subscription; a field that is none stays as it is.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Change {
    pub title: Option<CleanText>,
    pub folder: Option<Vec<CleanText>>,
    pub address: Option<String>,
    pub options: Option<Options>,
}

/// The state of a subscription after a fetch.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct NextFetch {
    pub due_at: Option<Timestamp>,
    pub due_reason: CleanText,
    /// The address that takes the place of the old one.
    pub move_to: Option<String>,
    /// The validators of a 304 answer, sent with the next request.
    pub validators: Option<Validators>,
}

impl Subscription {
    /// True if it is due by itself; `longest` seconds are the most that it may be put off.
    pub fn is_due(&self, longest: i64, now: Timestamp) -> bool {
        let since = self.health.asked_at.unwrap_or(self.health.added_at);
        self.health.due_at.is_some_and(|due| is_due(due, since, longest, now))
    }

    /// The address without a password in it.
    pub fn shown_address(&self) -> CleanText {
        shown(&self.address)
    }
}

/// An address without a user's name and password.
pub fn shown(address: &str) -> CleanText {
    let plain = url::Url::parse(address).ok().filter(|url| !url.username().is_empty() || url.password().is_some());
    clean_line(&plain.map_or_else(
        || address.to_owned(),
        |mut url| {
            // Both can fail only for an address without a host.
            let _ = (url.set_username(""), url.set_password(None));
            url.to_string()
        },
    ))
}

impl Store {
    /// Subscribes to an address; whether it is a new one. A subscription that there is keeps its state, and takes a
    /// title and a folder that are given.
    pub fn subscribe(&mut self, new: &NewSubscription, now: Timestamp) -> std::result::Result<(SourceId, bool), StoreError> {
        self.change("subscribing", |conn| subscribe(conn, new, now))
    }

    /// Subscribes to all of these; gives how many are new. Those that are there already stay as they are.
    pub fn subscribe_all(&mut self, new: &[NewSubscription], now: Timestamp) -> std::result::Result<u64, StoreError> {
        self.change("subscribing", |conn| {
            let mut added = 0;
            for one in new {
                let known = "SELECT 1 FROM subscriptions WHERE address = ?1";
                if !conn.prepare_cached(known)?.exists([&one.address])? {
                    added += u64::from(subscribe(conn, one, now)?.1);
                }
            }
            Ok(added)
        })
    }

    /// Changes a subscription. False if another source has the address.
    pub fn edit_subscription(&mut self, id: SourceId, change: &Change) -> std::result::Result<bool, StoreError> {
        self.change("editing a subscription", |conn| {
            queue_edit(conn, id, change.title.as_deref(), change.folder.as_deref())?;
            if let Some(address) = &change.address {
                let taken = "SELECT 1 FROM subscriptions WHERE address = ?2 AND source_id <> ?1";
                if conn.prepare_cached(taken)?.exists(params![id.0, address])? {
                    return Ok(false);
                }
                // The old address's answers do not apply to the new one.
                let changed = conn.execute(
                    "UPDATE subscriptions SET address = ?2, etag = NULL, last_modified = NULL, print = NULL,
                        failures = 0, failure = NULL, hint = NULL WHERE source_id = ?1 AND address <> ?2",
                    params![id.0, address],
                )?;
                if changed > 0 {
                    let at_once = "UPDATE polls SET due_at = (SELECT added_at FROM subscriptions WHERE source_id = ?1)
                                   WHERE source_id = ?1";
                    conn.execute(at_once, [id.0])?;
                }
                let key = canonical_address(address).unwrap_or_else(|| address.clone());
                conn.execute("UPDATE OR IGNORE sources SET key = ?2 WHERE id = ?1", params![id.0, key])?;
            }
            if let Some(title) = &change.title {
                conn.execute("UPDATE sources SET title = ?2 WHERE id = ?1", params![id.0, &**title])?;
                conn.execute("UPDATE subscriptions SET is_named = 1 WHERE source_id = ?1", [id.0])?;
            }
            if let Some(options) = &change.options {
                let options = serde_json::to_string(options).unwrap_or_default();
                conn.execute("UPDATE subscriptions SET options = ?2 WHERE source_id = ?1", params![id.0, options])?;
            }
            if let Some(folder) = &change.folder {
                let folder = folder_text(folder);
                conn.execute("UPDATE subscriptions SET folder = ?2 WHERE source_id = ?1", params![id.0, folder])?;
            }
            Ok(true)
        })
    }

    /// All of them, in the reader's own order.
    pub fn subscriptions(&self) -> std::result::Result<Vec<Subscription>, StoreError> {
        self.ask("reading the subscriptions", |conn| {
            let sql = format!("{SUBSCRIPTION} WHERE u.removed_at IS NULL ORDER BY u.position, u.source_id");
            conn.prepare_cached(&sql)?.query_map([], subscription)?.collect()
        })
    }

    pub fn subscription(&self, id: SourceId) -> std::result::Result<Option<Subscription>, StoreError> {
        self.ask("reading a subscription", |conn| {
            conn.prepare_cached(&format!("{SUBSCRIPTION} WHERE u.source_id = ?1"))?.query_row([id.0], subscription).optional()
        })
    }

    /// The sources that have an entry for an article, and the one that it stands under.
    pub fn sources_of(&self, article: ArticleId) -> std::result::Result<Vec<SourceId>, StoreError> {
        self.ask("looking for an article's sources", |conn| {
            let sql = "SELECT source_id FROM entries WHERE article_id = ?1 UNION SELECT source_id FROM articles WHERE id = ?1";
            conn.prepare_cached(sql)?.query_map([article.0], |row| row.read(0).map(SourceId))?.collect()
        })
    }

    /// The subscriptions that are due, longest overdue first; each may be put off by at most `longest` seconds.
    pub fn due(
        &self,
        now: Timestamp,
        longest: impl Fn(&Subscription) -> i64,
    ) -> std::result::Result<Vec<Subscription>, StoreError> {
        let mut due = self.subscriptions()?;
        due.retain(|one| one.is_due(longest(one), now));
        due.sort_by_key(|one| one.health.due_at);
        Ok(due)
    }

    /// When the first one is due; `longest` seconds are the most that any may be put off.
    pub fn next_due(&self, now: Timestamp, longest: i64) -> std::result::Result<Option<Timestamp>, StoreError> {
        self.ask("looking for what is due", |conn| {
            let mut statement = conn.prepare_cached(
                "SELECT p.due_at, ifnull(p.asked_at, u.added_at)
                 FROM polls p CROSS JOIN subscriptions u ON u.source_id = p.source_id
                 WHERE p.due_at IS NOT NULL AND u.removed_at IS NULL",
            )?;
            let rows = statement.query_map([], |row| Ok((Timestamp(row.read(0)?), Timestamp(row.read(1)?))))?;
            let mut first: Option<Timestamp> = None;
            for row in rows {
                let (due, since) = row?;
                let due = if is_due(due, since, longest, now) { now } else { due };
                first = Some(first.map_or(due, |first| first.min(due)));
            }
            Ok(first)
        })
    }

    /// The last tries of one that brought something new or failed, newest first.
    pub fn tries(&self, id: SourceId) -> std::result::Result<Vec<Try>, StoreError> {
        self.ask("reading past tries", |conn| {
            let mut statement =
                conn.prepare_cached("SELECT at, outcome FROM tries WHERE source_id = ?1 ORDER BY at DESC, rowid DESC")?;
            let tries =
                statement.query_map([id.0], |row| Ok(Try { at: Timestamp(row.read(0)?), outcome: read_text(row, 1)? }))?;
            tries.collect()
        })
    }
}

const SUBSCRIPTION: &str =
    "SELECT u.source_id, ifnull(u.feed_address, u.address), s.title, u.folder, u.site, u.is_private, u.etag, u.last_modified,
        u.print, u.ttl, u.period, u.added_at, p.asked_at, p.answered_at, p.due_at, u.due_reason, u.failures, u.failure,
        u.hint, s.total, s.unread, u.details, u.options, u.account_id
    FROM subscriptions u CROSS JOIN sources s ON s.id = u.source_id LEFT JOIN polls p ON p.source_id = u.source_id";

fn subscription(row: &Row<'_>) -> Result<Subscription> {
    let time = |at| Ok::<_, rusqlite::Error>(row.read::<Option<i64>>(at)?.map(Timestamp));
    Ok(Subscription {
        id: SourceId(row.read(0)?),
        address: row.read(1)?,
        title: read_text(row, 2)?,
        folder: folder(&row.read::<String>(3)?),
        site: read_some_text(row, 4)?,
        // A value that this version cannot read is not a failure.
        details: serde_json::from_str(&row.read::<String>(21)?).unwrap_or_default(),
        options: serde_json::from_str(&row.read::<String>(22)?).unwrap_or_default(),
        is_private: row.read(5)?,
        validators: Validators { etag: row.read(6)?, last_modified: row.read(7)?, print: row.read(8)? },
        wishes: FeedHints { ttl: row.read(9)?, period: row.read(10)? },
        health: Health {
            added_at: Timestamp(row.read(11)?),
            asked_at: time(12)?,
            answered_at: time(13)?,
            due_at: time(14)?,
            due_reason: read_some_text(row, 15)?,
            failures: u32::try_from(read_count(row, 16)?).unwrap_or(u32::MAX),
            failure: read_some_text(row, 17)?,
            hint: read_some_text(row, 18)?,
        },
        articles: read_count(row, 19)?,
        unread: read_count(row, 20)?,
        account: row.read::<Option<i64>>(23)?.map(AccountId),
    })
}

pub(super) fn folder_text(folder: &[CleanText]) -> String {
    folder.iter().map(CleanText::as_str).collect::<Vec<_>>().join("\n")
}

pub(super) fn folder(text: &str) -> Vec<CleanText> {
    text.lines().map(clean_line).collect()
}

fn subscribe(conn: &Connection, new: &NewSubscription, now: Timestamp) -> Result<(SourceId, bool)> {
    let by_address = "SELECT source_id FROM subscriptions WHERE address = ?1";
    let known = conn.prepare_cached(by_address)?.query_row([&new.address], |row| row.read(0)).optional()?;
    let key = canonical_address(&new.address).unwrap_or_else(|| new.address.clone());
    let source: Option<i64> = match known {
        Some(id) => Some(id),
        None => {
            conn.prepare_cached("SELECT id FROM sources WHERE key = ?1")?.query_row([&key], |row| row.read(0)).optional()?
        }
    };
    let folder = folder_text(&new.folder);
    let id = match source {
        Some(id) => id,
        None => {
            let title = new.title.clone().unwrap_or_else(|| shown(&new.address));
            conn.prepare_cached("INSERT INTO sources (key, title, first_seen) VALUES (?1, ?2, ?3)")?
                .execute(params![key, &*title, now.0])?;
            conn.last_insert_rowid()
        }
    };
    let is_new =
        conn.prepare_cached(
            "INSERT INTO subscriptions
                (source_id, address, folder, site, is_named, is_private, added_at, details, options, position)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?1) ON CONFLICT (source_id) DO NOTHING",
        )?
        .execute(params![
            id,
            new.address,
            folder,
            new.site.as_deref(),
            new.title.is_some(),
            new.is_private,
            now.0,
            serde_json::to_string(&new.details).unwrap_or_default(),
            serde_json::to_string(&new.options).unwrap_or_default(),
        ])? > 0;
    conn.prepare_cached("INSERT OR IGNORE INTO polls (source_id, due_at) VALUES (?1, ?2)")?.execute([id, now.0])?;
    // Whoever subscribes again takes an unsubscribing back.
    conn.execute("UPDATE subscriptions SET removed_at = NULL WHERE source_id = ?1 AND removed_at IS NOT NULL", [id])?;
    if let Some(title) = &new.title {
        conn.execute("UPDATE sources SET title = ?2 WHERE id = ?1", params![id, &**title])?;
        conn.execute("UPDATE subscriptions SET is_named = 1 WHERE source_id = ?1", [id])?;
    }
    if new.is_private {
        // Whoever adds an address once more means it.
        let allowed = "UPDATE subscriptions SET is_private = 1 WHERE source_id = ?1 AND address = ?2";
        conn.execute(allowed, params![id, new.address])?;
    }
    if !is_new && !folder.is_empty() {
        conn.execute("UPDATE subscriptions SET folder = ?2 WHERE source_id = ?1", params![id, folder])?;
    }
    Ok((SourceId(id), is_new))
}
