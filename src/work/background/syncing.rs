//! Accounts that are synced beside the reader, one after the other, on a thread of their own.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::{FetchTarget, Report, SideFetches};
use crate::domain::text::CleanText;
use crate::store::subscriptions::Subscription;
use crate::store::{Account, Store};
use crate::work::sync::{SyncProgress, due_accounts, sync};

impl SideFetches {
    /// Syncs the accounts that a fetch is about: those that are due, all, or those that own what was asked for. False if
    /// there are none.
    pub(super) fn sync_for(
        &self,
        store: &Store,
        wanted: &FetchTarget,
        subscriptions: &[Subscription],
        stop: &Arc<AtomicBool>,
    ) -> bool {
        let accounts = match wanted {
            FetchTarget::Due => due_accounts(store, (self.now)()),
            FetchTarget::All => store.accounts(),
            _ => store.accounts().map(|mut all| {
                all.retain(|account| subscriptions.iter().any(|one| one.account == Some(account.id)));
                all
            }),
        };
        let accounts = accounts.unwrap_or_else(|error| {
            tracing::error!(%error, "the accounts could not be read");
            Vec::new()
        });
        if accounts.is_empty() {
            return false;
        }
        let is_wanted = *wanted != FetchTarget::Due;
        if is_wanted {
            let names: Vec<CleanText> = accounts.iter().map(|one| one.name.clone()).collect();
            (self.tell)(Report::Syncing(names));
        }
        if !self.is_syncing.swap(true, Ordering::SeqCst) {
            self.sync(accounts, is_wanted, Arc::clone(stop));
        }
        true
    }

    fn sync(&self, accounts: Vec<Account>, is_wanted: bool, stop: Arc<AtomicBool>) {
        let SideFetches { settings, now, tell, is_syncing, .. } = self.clone();
        let over = move |error: Option<String>| {
            is_syncing.store(false, Ordering::SeqCst);
            if let Some(error) = error {
                tracing::error!(error, "an account could not be synced");
            }
        };
        self.spawn(over, move |store| {
            for account in accounts {
                let progress = |progress: SyncProgress| tracing::debug!(?progress, "syncing {}", account.name);
                let outcome = sync(store, &account, &settings, now, &stop, &progress).map_err(|error| error.to_string())?;
                let failed_before = account.health.failures > 0;
                tell(Report::Synced { account: account.name.clone(), outcome, is_wanted, failed_before });
                if stop.load(Ordering::Relaxed) {
                    break;
                }
            }
            Ok(())
        });
    }
}
