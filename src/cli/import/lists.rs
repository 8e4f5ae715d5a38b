//! Importing lists of subscriptions: sources, saved searches, and passwords, which go into the configuration.

use std::io::Write;

use super::batch::{Import, WaitingFiles};
use crate::cli::dirs::named;
use crate::cli::private::{Vetted, vet};
use crate::config;
use crate::domain::plural::plural;
use crate::domain::time::Timestamp;
use crate::format::Format;
use crate::format::urls::ListedSearch;
use crate::store::subscriptions::{NewSubscription, shown};
use crate::work::subscribing::lists::{self, Login};

impl<W: Write> Import<W> {
    /// Subscribes to what a list names; gives how many are new, and what was left out.
    pub(super) fn subscribe(&mut self, waiting: &WaitingFiles, now: Timestamp) -> anyhow::Result<(u64, Vec<String>)> {
        let WaitingFiles::Read { path, parsed } = waiting else { return Ok((0, Vec::new())) };
        let new: Vec<NewSubscription> = {
            let is_urls = parsed.format == Format::Urls;
            parsed.subscriptions.iter().map(|listed| lists::subscription(listed, is_urls)).collect()
        };
        if new.is_empty() {
            return Ok((0, self.save_searches(&parsed.searches, now)?.into_iter().collect()));
        }
        let Vetted { allowed, mut notes, logins } = vet(&self.store, &self.places, path, new, self.allowed)?;
        notes.extend(self.keep_logins(&logins));
        let subscribed = self.store.subscribe_all(&allowed, now)?;
        notes.extend(self.save_searches(&parsed.searches, now)?);
        Ok((subscribed, notes))
    }

    /// Saves the queries of a list that no search of the store is called like; a note on how many there are.
    fn save_searches(&mut self, searches: &[ListedSearch], now: Timestamp) -> anyhow::Result<Option<String>> {
        let known = self.store.searches()?;
        let is_new = |one: &&ListedSearch| known.iter().all(|known| known.name != one.name);
        let new: Vec<&ListedSearch> = searches.iter().filter(is_new).collect();
        for one in &new {
            self.store.set_search(&one.name, &one.query, now)?;
        }
        let named = new.iter().map(|one| one.name.as_str()).collect::<Vec<_>>().join(", ");
        Ok((!new.is_empty()).then(|| format!("{} as saved searches: {named}", plural(new.len() as u64, "query feed"))))
    }

    /// Moves names and passwords into the configuration, or says why they have to be put there by hand.
    fn keep_logins(&self, logins: &[Login]) -> Option<String> {
        if logins.is_empty() {
            return None;
        }
        let what = plural(logins.len() as u64, "password");
        let of = logins.iter().map(|login| shown(&login.address).to_string()).collect::<Vec<_>>().join(", ");
        let tables = logins.iter().map(|login| (login.address.as_str(), login.user.as_str(), login.password.as_str()));
        Some(match config::add_logins(&self.config, tables) {
            Ok(()) => format!("{what} moved into {}, under [[sources]]: {of}", named(&self.config)),
            Err(why) => format!("{what} left out, to be put into the configuration under [[sources]] ({why}): {of}"),
        })
    }
}
