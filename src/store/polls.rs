//! How the tries of a subscription end: when it was asked, what failed, when it is due again.
//!
//! The columns that every answer changes are in `polls`, whose rows are short: a thousand answers without news write few pages.

use rusqlite::{Connection, OptionalExtension, Result, params};

use super::SourceId;
use super::columns::ReadColumn as _;
use super::subscriptions::{NextFetch, Validators, shown};
use crate::domain::time::Timestamp;
use crate::site::identity::canonical_address;

/// So many past tries are kept of each.
const TRIES: usize = 12;

/// Keeps the end of a try that brought an answer. Of one that changed nothing only the times are written.
pub(super) fn answered(conn: &Connection, id: SourceId, next: &NextFetch, now: Timestamp) -> Result<()> {
    conn.prepare_cached("UPDATE polls SET asked_at = ?2, answered_at = ?2, due_at = ?3 WHERE source_id = ?1")?
        .execute(params![id.0, now.0, next.due_at.map(|at| at.0)])?;
    conn.prepare_cached(
        "UPDATE subscriptions SET due_reason = ?2, failures = 0, failure = NULL, hint = NULL
         WHERE source_id = ?1 AND (due_reason, failures, failure, hint) IS NOT (?2, 0, NULL, NULL)",
    )?
    .execute(params![id.0, &*next.due_reason])?;
    if let Some(Validators { etag, last_modified, .. }) = &next.validators {
        conn.prepare_cached(
            "UPDATE subscriptions SET etag = ifnull(?2, etag), last_modified = ifnull(?3, last_modified)
             WHERE source_id = ?1 AND (etag, last_modified) IS NOT (ifnull(?2, etag), ifnull(?3, last_modified))",
        )?
        .execute(params![id.0, etag, last_modified])?;
    }
    if let Some(address) = &next.move_to {
        moved(conn, id, address, now)?;
    }
    Ok(())
}

/// A source that is at its new address already keeps both; the old one is no longer asked for what the new one gives.
fn moved(conn: &Connection, id: SourceId, address: &str, now: Timestamp) -> Result<()> {
    // The permission for a private address does not move to another address.
    let old: Option<String> = conn
        .prepare_cached("SELECT address FROM subscriptions WHERE source_id = ?1")?
        .query_row([id.0], |row| row.read(0))
        .optional()?;
    if old.is_some_and(|old| !is_same_origin(&old, address)) {
        conn.prepare_cached("UPDATE subscriptions SET is_private = 0 WHERE source_id = ?1")?.execute([id.0])?;
    }
    let taken = "UPDATE OR IGNORE subscriptions SET address = ?2, etag = NULL, last_modified = NULL WHERE source_id = ?1";
    if conn.prepare_cached(taken)?.execute(params![id.0, address])? > 0 {
        let key = canonical_address(address).unwrap_or_else(|| address.to_owned());
        conn.prepare_cached("UPDATE OR IGNORE sources SET key = ?2 WHERE id = ?1")?.execute(params![id.0, key])?;
        keep_try(conn, id, &format!("moved to {}", shown(address)), now)
    } else {
        conn.prepare_cached("UPDATE polls SET due_at = NULL WHERE source_id = ?1")?.execute([id.0])?;
        let ended = "UPDATE subscriptions SET failure = ?2, hint = ?3 WHERE source_id = ?1";
        let failure = format!("it has moved to {}, which is subscribed to already", shown(address));
        conn.prepare_cached(ended)?.execute(params![id.0, failure, "remove this one; what was read of it goes with it"])?;
        keep_try(conn, id, &failure, now)
    }
}

fn is_same_origin(one: &str, other: &str) -> bool {
    let origin = |address: &str| url::Url::parse(address).ok().map(|url| url.origin());
    origin(one).is_some_and(|one| Some(one) == origin(other))
}

pub(super) fn failed(
    conn: &Connection,
    id: SourceId,
    (failure, hint): (&str, &str),
    next: &NextFetch,
    now: Timestamp,
) -> Result<()> {
    conn.prepare_cached("UPDATE polls SET asked_at = ?2, due_at = ?3 WHERE source_id = ?1")?.execute(params![
        id.0,
        now.0,
        next.due_at.map(|at| at.0),
    ])?;
    conn.prepare_cached(
        "UPDATE subscriptions SET due_reason = ?2, failures = failures + 1, failure = ?3, hint = ?4 WHERE source_id = ?1",
    )?
    .execute(params![id.0, &*next.due_reason, failure, hint])?;
    keep_try(conn, id, failure, now)
}

pub(super) fn keep_try(conn: &Connection, id: SourceId, outcome: &str, now: Timestamp) -> Result<()> {
    // A source may have been removed while it was being asked.
    conn.prepare_cached(
        "INSERT INTO tries (source_id, at, outcome) SELECT source_id, ?2, ?3 FROM subscriptions WHERE source_id = ?1",
    )?
    .execute(params![id.0, now.0, outcome])?;
    conn.prepare_cached(
        "DELETE FROM tries WHERE source_id = ?1 AND rowid NOT IN
            (SELECT rowid FROM tries WHERE source_id = ?1 ORDER BY at DESC, rowid DESC LIMIT ?2)",
    )?
    .execute(params![id.0, TRIES as i64])
    .map(drop)
}
