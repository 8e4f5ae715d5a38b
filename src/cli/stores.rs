//! Opening the store: who makes one, who only asks of one that is there, and what becomes of a damaged one.

use std::io::{self, IsTerminal, Write};

use super::clock;
use super::dirs::{make_folder, named};
use super::output::{ERASE_LINE, StatusLine, show_note, stderr};
use super::setup::Setup;
use crate::domain::plural::plural;
use crate::os::interrupt::Interrupt;
use crate::store::{INDEX_STEP, INDEX_STRIDE, Store, StoreError, Upgrade};

impl Setup {
    /// Opens the store, making it and its folder where there is none.
    pub(super) fn store(&self) -> anyhow::Result<Store> {
        make_folder(&self.places.data)?;
        writable(with_notes(open(&self.places.store())?)).and_then(finish_removals)
    }

    /// For what fills the store: as [`Setup::store`], but one that is too damaged to be opened is set aside, never
    /// deleted, and a new one begun. One that is merely locked, newer, foreign or read-only stays where it is.
    pub(super) fn store_to_fill(&self) -> anyhow::Result<Store> {
        self.store_to_use().and_then(writable).and_then(finish_removals)
    }

    /// As [`Setup::store_to_fill`], but one that cannot be written may be read.
    pub(super) fn store_to_use(&self) -> anyhow::Result<Store> {
        make_folder(&self.places.data)?;
        let path = self.places.store();
        match open(&path) {
            Err(StoreError::Damaged { .. }) => {
                let aside = Store::set_aside(&path, clock::now())?;
                let store = Store::open(&path)?;
                let (path, aside) = (named(&path), named(&aside));
                show_note(&format!("warning: the store {path} is damaged: it was set aside as {aside}, and a new one begun"));
                show_note(&format!("hint: `sqlite3 {aside} .recover` gets out of it what can still be read"));
                Ok(store)
            }
            opened => Ok(with_notes(opened?)),
        }
    }

    /// For what asks of the store, or marks what is in it: where there is none yet, none is made, and an empty one
    /// stands in.
    pub(super) fn store_to_ask(&self) -> anyhow::Result<Store> {
        let path = self.places.store();
        if !matches!(path.try_exists(), Ok(false)) {
            return Ok(with_notes(open(&path)?));
        }
        show_note(&format!("hint: there is no store {} yet; `gleaner import PATH` or the reader makes it", named(&path)));
        Ok(Store::in_memory()?)
    }
}

/// A store for what has to write: one that can only be read is refused before anything is asked of the net.
fn writable(store: Store) -> anyhow::Result<Store> {
    if store.is_read_only() {
        return Err(StoreError::ReadOnly { path: store.path().to_owned(), doing: "opening it" }.into());
    }
    Ok(store)
}

/// Goes on with what a removal that was killed has left.
fn finish_removals(mut store: Store) -> anyhow::Result<Store> {
    if store.has_removals()? {
        let mut status = StatusLine::new();
        status.tell("finishing a removal that was cut off");
        while store.finish_removals(clock::now())? {}
        status.end();
        show_note("note: the removal of a source, which had been cut off, was finished");
    }
    Ok(store)
}

/// Says what the reader should know of how the store was opened.
fn with_notes(store: Store) -> Store {
    for note in store.notes() {
        show_note(&format!("note: {note}"));
    }
    store
}

impl Setup {
    /// As [`Setup::store_to_ask`], for what is going to write: a removal that was cut off is finished first.
    pub(super) fn store_to_change(&self) -> anyhow::Result<Store> {
        self.store_to_ask().and_then(writable).and_then(finish_removals)
    }
}

/// Sets times that a clock which stood ahead has left in the store to now, and says so.
pub(super) fn correct_times(store: &mut Store) -> anyhow::Result<()> {
    if store.has_times_ahead(clock::now())? {
        let corrected = store.correct_times(clock::now())?;
        show_note(&format!("note: {} ahead of this machine's clock set to now", plural(corrected, "stored time")));
    }
    Ok(())
}

/// Opens a store; on a terminal it shows how far the upgrade of an older one is.
pub(super) fn open(path: &std::path::Path) -> Result<Store, StoreError> {
    let mut is_shown = io::stderr().is_terminal();
    let mut shown_at = None;
    let opened = Store::open_showing(path, &mut |Upgrade { done, total }| {
        // A small store is upgraded before anybody could read it.
        if is_shown && total >= 10_000 {
            let percent = done * 100 / total.max(1);
            if shown_at.replace(percent) != Some(percent) {
                is_shown = write!(stderr(), "{ERASE_LINE}upgrading the store: {percent} % …").is_ok();
            }
        }
    });
    if shown_at.is_some() {
        let _ = write!(stderr(), "{ERASE_LINE}");
    }
    opened
}

/// Text indexed before a search answers, in bytes: about a second's work.
const AT_MOST: usize = 8 << 20;

/// Indexes what an hour brings, or a part of more: who fetches does not wait to search, and a search catches up by itself.
pub(super) fn index_a_little(store: &mut Store) -> anyhow::Result<()> {
    match store.index_some(INDEX_STEP) {
        Ok(_) | Err(StoreError::Busy { .. } | StoreError::Full { .. } | StoreError::ReadOnly { .. }) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// After much has gone: the index without it, and the room that it took back to the disk.
/// Whoever is interrupted leaves the rest to the reader, or to the next time.
pub(super) fn tidy_up(store: &mut Store, interrupt: &Interrupt) -> anyhow::Result<()> {
    let mut status = StatusLine::new();
    let mut tidied = || {
        status.tell("tidying the index");
        while !interrupt.is_heard() && store.index_some(INDEX_STRIDE)? {}
        status.tell("returning free space");
        while !interrupt.is_heard() && store.vacuum_some()? {}
        Ok(())
    };
    let outcome = tidied();
    status.end();
    match outcome {
        // Somebody else is at it, or will be: what has gone has gone.
        Ok(()) | Err(StoreError::Busy { .. } | StoreError::Full { .. }) => Ok(()),
        Err(error) if error.is_interruption() => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Indexes what came last, or a part of very much: what is not indexed is searched by reading it, which takes longer.
pub(super) fn catch_up(store: &mut Store) -> anyhow::Result<()> {
    for _ in 0..AT_MOST / INDEX_STEP {
        match store.index_some(INDEX_STEP) {
            Ok(true) => {}
            // Somebody else is at it, or the disk is full or may not be written: what is indexed can be searched.
            Ok(false) | Err(StoreError::Busy { .. } | StoreError::Full { .. } | StoreError::ReadOnly { .. }) => break,
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::OutputStyle;
    use super::super::dirs::AppDirs;
    use super::*;
    use crate::store::subscriptions::NewSubscription;
    use crate::tui::Settings;

    fn setup(data: &std::path::Path) -> Setup {
        let place = data.to_owned();
        let places = AppDirs { data: place.clone(), config: place.clone(), config_named: false, state: place };
        Setup { places, settings: Settings::default(), look: OutputStyle::default() }
    }

    #[test]
    fn asking_makes_no_store() {
        let folder = tempfile::tempdir().unwrap();
        let setup = setup(&folder.path().join("data"));
        assert_eq!(setup.store_to_ask().unwrap().sections().unwrap()[0].total, 0);
        assert!(!setup.places.data.exists());
        setup.store().unwrap();
        assert_eq!(setup.store_to_ask().unwrap().path(), setup.places.store());
    }

    #[test]
    fn a_command_that_writes_finishes_a_removal_that_was_cut_off() {
        let folder = tempfile::tempdir().unwrap();
        let setup = setup(folder.path());
        let mut store = setup.store().unwrap();
        let address = "http://a.example/feed".to_owned();
        let new = NewSubscription { address: address.clone(), ..NewSubscription::default() };
        store.subscribe(&new, clock::now()).unwrap();
        let killed = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            store.remove_source_until(&address, true, clock::now(), &mut |_| panic!("killed before the first step"))
        }));
        assert!(killed.is_err() && store.has_removals().unwrap());
        drop(store);
        assert!(setup.store_to_ask().unwrap().has_removals().unwrap());
        assert!(!setup.store_to_change().unwrap().has_removals().unwrap());
    }

    #[test]
    fn only_a_damaged_store_is_set_aside_and_only_to_be_filled_anew() {
        let folder = tempfile::tempdir().unwrap();
        let setup = setup(folder.path());
        std::fs::write(setup.places.store(), "what is left of a store").unwrap();
        assert!(setup.store_to_ask().is_err());
        assert!(setup.store_to_fill().unwrap().is_new());
        let names = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path());
        let aside: Vec<_> = names.filter(|path| path.to_string_lossy().contains(".damaged-")).collect();
        assert_eq!(aside.len(), 1);
        assert_eq!(std::fs::read_to_string(&aside[0]).unwrap(), "what is left of a store");

        std::fs::remove_file(setup.places.store()).unwrap();
        let other = rusqlite::Connection::open(setup.places.store()).unwrap();
        other.execute_batch("CREATE TABLE t (a)").unwrap();
        assert!(setup.store_to_fill().is_err());
    }
}
