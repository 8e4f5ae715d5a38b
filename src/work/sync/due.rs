//! When accounts are synced by themselves.

use crate::domain::time::Timestamp;
use crate::store::{Account, Store, StoreError};
use crate::sync::api;

/// The longest pause after failures, in seconds.
const LONGEST: i64 = 3600;

/// Times further ahead were written by a wrong clock.
const AHEAD: i64 = 24 * 3600;

/// When an account is due: a while after it was last asked, longer after failures, and not before its server allows it.
fn due_at(account: &Account, now: Timestamp) -> Timestamp {
    let Some(asked) = account.health.asked_at.filter(|at| *at <= now) else { return now };
    let every = api(&account.api).map_or(LONGEST, |api| api.interval(&account.base));
    let pause = every.saturating_mul(1 + i64::from(account.health.failures)).min(LONGEST.max(every));
    let held = account.health.held_until.filter(|until| until.0 <= now.0 + AHEAD);
    Timestamp(asked.0 + pause).max(held.unwrap_or_default())
}

pub fn due_accounts(store: &Store, now: Timestamp) -> Result<Vec<Account>, StoreError> {
    Ok(store.accounts()?.into_iter().filter(|one| due_at(one, now) <= now).collect())
}

/// When the first account is due; none without accounts.
pub fn next_sync(store: &Store, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
    Ok(store.accounts()?.iter().map(|one| due_at(one, now)).min())
}
