//! Accounts by the names that the command line gives them.

use super::error::CliError;
use crate::config::nearest::nearest;
use crate::domain::text::clean_line;
use crate::store::{Account, Store};

/// The account of this name; an error that names those that there are.
pub(super) fn named(store: &Store, name: &str) -> anyhow::Result<Account> {
    if let Some(account) = store.account_named(name)? {
        return Ok(account);
    }
    let all = store.accounts()?;
    let names: Vec<&str> = all.iter().map(|one| one.name.as_str()).collect();
    let hint = match nearest(name, names.iter().copied()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None if names.is_empty() => "there are no accounts; `gleaner account add URL` adds one".to_owned(),
        None => format!("the accounts are {}", names.join(", ")),
    };
    Err(CliError::failed(format!("there is no account `{}`", clean_line(name))).hint(hint).into())
}

pub(super) fn pending(store: &Store, account: &Account) -> anyhow::Result<usize> {
    Ok(store.pending_marks(account.id)?.count() + store.pending_edits(account.id)?.len())
}
