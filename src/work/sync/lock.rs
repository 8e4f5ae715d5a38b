//! One sync of an account at a time, also between copies of the program: two would push and compare the same marks.

use std::fs::File;
use std::path::{Path, PathBuf};

use crate::os::files;
use crate::store::AccountId;

/// Releases the account when it is dropped.
pub(super) struct AccountLock(#[allow(dead_code, reason = "the open file is the lock")] Option<File>);

/// Holds the account until it is dropped or the program ends, however it ends. None while another copy holds it. Where
/// files cannot be locked, nothing is held.
pub(super) fn take(store: &Path, account: AccountId) -> Option<AccountLock> {
    let Ok(file) = files::append(&path(store, account)) else { return Some(AccountLock(None)) };
    match file.try_lock() {
        Ok(()) => Some(AccountLock(Some(file))),
        Err(std::fs::TryLockError::WouldBlock) => None,
        Err(std::fs::TryLockError::Error(error)) => {
            tracing::info!(%error, "the lock of an account cannot be taken");
            Some(AccountLock(None))
        }
    }
}

/// Takes the lock's file away with its account.
pub fn forget_lock(store: &Path, account: AccountId) {
    // One that is left behind does no harm.
    let _ = std::fs::remove_file(path(store, account));
}

fn path(store: &Path, account: AccountId) -> PathBuf {
    store.with_file_name(format!("account-{}.lock", account.0))
}
