//! Syncing an account: push, then pull, in bounded pages; what has come is stored page by page.
//!
//! The order of the requests decides what is right. The reader's changes go first. The ids of what came lately are asked for
//! before the ids of what is unread: what is in the first list and not in the second is read, not new. Contents go last.

mod adding;
mod due;
mod exchange;
mod items;
mod lock;
mod secrets;

use std::collections::{HashMap, HashSet};
use std::sync::atomic::AtomicBool;
use std::time::Duration;

pub use self::adding::{FoundServer, NewLogin, account_hint, add, find_server};
pub use self::due::{due_accounts, next_sync};
use self::exchange::{Exchange, is_later};
pub use self::lock::forget_lock;
pub use self::secrets::{forget_secret, has_configured_secret};
use super::fetch::FetchSettings;
use crate::domain::plural::plural;
use crate::domain::text::{CleanText, clean_line};
use crate::domain::time::Timestamp;
use crate::store::entries::Changed;
use crate::store::subscriptions::shown;
use crate::store::{Account, ArticleId, MarksLearned, Store, StoreError, SyncEnd};
use crate::sync::{
    FeedId, IdSet, ItemId, NextPage, RecentBy, ServerMark, SyncChange, SyncError, SyncFeed, SyncItem, SyncLogin, SyncQuery,
    SyncReply, SyncSession,
};

/// Read items that a first sync brings, beside all that is unread or starred.
const FIRST: usize = 1000;

/// Pages of one list. An account of half a million unread items has 500.
const PAGES: usize = 2000;

/// The results of a sync.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct SyncSummary {
    pub requests: u64,
    pub pushed: usize,
    pub feeds_added: u64,
    pub feeds_changed: u64,
    pub feeds_removed: u64,
    pub new: Vec<ArticleId>,
    pub updated: usize,
    pub joined: usize,
    pub marks: MarksLearned,
    /// Notes on refused and omitted items, one line each.
    pub notes: Vec<CleanText>,
}

/// Progress of a sync.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SyncProgress {
    Pushed {
        done: usize,
        total: usize,
    },
    /// Articles that are stored, of those that are wanted.
    Articles {
        done: usize,
        total: usize,
    },
}

/// Why a sync ended early. What was stored and confirmed by then stays.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SyncFailure {
    pub failure: CleanText,
    pub hint: CleanText,
}

/// The result of asking for a sync.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SyncOutcome {
    Synced(Box<SyncSummary>),
    /// Another copy of the program is at it.
    Busy,
    /// The server asked to be left alone until then.
    Held(Timestamp),
    Failed(SyncFailure),
}

enum Stopped {
    Sync(SyncError),
    Store(StoreError),
}

impl From<SyncError> for Stopped {
    fn from(error: SyncError) -> Stopped {
        Stopped::Sync(error)
    }
}

impl From<StoreError> for Stopped {
    fn from(error: StoreError) -> Stopped {
        Stopped::Store(error)
    }
}

/// The longest time that a server is left alone, and for how long where it does not say.
const LONGEST_HOLD: i64 = 24 * 3600;
const USUAL_HOLD: Duration = Duration::from_mins(15);

/// Syncs one account.
pub fn sync(
    store: &mut Store,
    account: &Account,
    settings: &FetchSettings,
    now: fn() -> Timestamp,
    stop: &AtomicBool,
    tell: &dyn Fn(SyncProgress),
) -> Result<SyncOutcome, StoreError> {
    let began = now();
    // A time far ahead was written by a wrong clock.
    let held = account.health.held_until.filter(|until| *until > began && until.0 - began.0 <= LONGEST_HOLD);
    if let Some(until) = held {
        return Ok(SyncOutcome::Held(until));
    }
    let Some(_held) = lock::take(store.path(), account.id) else { return Ok(SyncOutcome::Busy) };
    store.begin_sync(account.id, began)?;
    let mut summary = SyncSummary::default();
    let ended = open(store, account, settings, stop).map_err(Stopped::Sync).and_then(|exchange| {
        let mut pass =
            SyncPass { store, account, settings, now, tell, exchange, newest: newest(account), summary: &mut summary };
        let ended = pass.run();
        let newest = std::mem::take(&mut pass.newest);
        pass.summary.requests = pass.exchange.requests();
        ended.map(|()| newest)
    });
    let (end, outcome) = match ended {
        Ok((mark, mark_item)) => (SyncEnd::Answered { mark, mark_item }, SyncOutcome::Synced(Box::new(summary))),
        Err(Stopped::Store(error)) => {
            let end = failed(&clean_line(&error.to_string()), &clean_line(&error.hint()), None);
            store.end_sync(account.id, &end, now())?;
            return Err(error);
        }
        Err(Stopped::Sync(error)) => {
            let (failure, hint) = (clean_line(&error.to_string()), clean_line(error.hint()));
            let is_limit = matches!(error, SyncError::RateLimited { .. });
            let hold = error.retry_after().or_else(|| is_limit.then_some(USUAL_HOLD));
            let until = hold.map(|hold| Timestamp(now().0 + (hold.as_secs() as i64).min(LONGEST_HOLD)));
            (failed(&failure, &hint, until), SyncOutcome::Failed(SyncFailure { failure, hint }))
        }
    };
    store.end_sync(account.id, &end, now())?;
    Ok(outcome)
}

fn failed(failure: &CleanText, hint: &CleanText, held_until: Option<Timestamp>) -> SyncEnd {
    SyncEnd::Failed { failure: failure.clone(), hint: hint.clone(), held_until }
}

fn open<'a>(
    store: &Store,
    account: &Account,
    settings: &FetchSettings,
    stop: &'a AtomicBool,
) -> Result<Exchange<'a>, SyncError> {
    let api = crate::sync::api(&account.api).ok_or(SyncError::NotThisApi)?;
    let secret = secrets::secret_of(store.path(), account, settings)?;
    let login = SyncLogin { base: account.base.clone(), user: account.user.clone(), secret };
    Exchange::new(SyncSession::new(api.open(&login)), &account.base, account.is_private, settings, stop)
}

/// One sync of one account.
struct SyncPass<'a> {
    store: &'a mut Store,
    account: &'a Account,
    settings: &'a FetchSettings,
    now: fn() -> Timestamp,
    tell: &'a dyn Fn(SyncProgress),
    exchange: Exchange<'a>,
    /// The greatest of the server's marks that have come, and the item that it is of.
    newest: (Option<ServerMark>, Option<ItemId>),
    summary: &'a mut SyncSummary,
}

impl SyncPass<'_> {
    fn run(&mut self) -> Result<(), Stopped> {
        self.push_edits()?;
        self.push_marks()?;
        let feeds = self.pull_feeds()?;
        let (recent, is_older) = match self.exchange.limits().recent {
            RecentBy::Ids => self.pull_recent_ids()?,
            RecentBy::Items => (Vec::new(), self.pull_recent_items(&feeds)?),
        };
        let unread = self.ids(&IdSet::Unread, PAGES)?;
        let starred = self.ids(&IdSet::Starred, PAGES)?;
        // Requests that somebody waits for go first.
        let wanted: Vec<ItemId> = unread.iter().chain(&starred).chain(&recent).cloned().collect();
        let (unread, starred): (HashSet<ItemId>, HashSet<ItemId>) =
            (unread.into_iter().collect(), starred.into_iter().collect());
        let marks = |item: &SyncItem| {
            let is_in = |set: &HashSet<ItemId>| item.id.as_ref().is_some_and(|id| set.contains(id));
            (!is_in(&unread), is_in(&starred))
        };
        self.pull_contents(&wanted, &feeds, &marks)?;
        if is_older {
            self.forget_what_is_gone(&unread)?;
        }
        let learned = self.store.learn_marks(self.account.id, &unread, &starred, is_older, (self.now)())?;
        self.summary.marks = learned;
        if is_older {
            let note = "the server does not know what it sent last: what is read or starred here stays so, and is pushed";
            self.summary.notes.push(clean_line(note));
        }
        Ok(())
    }

    /// Changes of subscriptions. One that the server refuses is dropped and told; its list then says how it is.
    fn push_edits(&mut self) -> Result<(), Stopped> {
        for edit in self.store.pending_edits(self.account.id)? {
            let what = in_words(&edit.change);
            match self.exchange.ask(SyncQuery::Push(edit.change)) {
                Ok(_) => self.summary.pushed += 1,
                Err(error) if !error.stops_all() => self.summary.notes.push(clean_line(&format!("{what}: {error}"))),
                Err(error) => return Err(error.into()),
            }
            self.store.end_edit(edit.id)?;
        }
        Ok(())
    }

    /// The reader's marks, a bounded batch at a time, each confirmed before the next.
    fn push_marks(&mut self) -> Result<(), Stopped> {
        let pending = self.store.pending_marks(self.account.id)?;
        let (total, mut done, mut gone) = (pending.count(), 0, 0);
        let at_once = self.exchange.limits().marks.max(1);
        for (mark, ids) in pending.0 {
            for some in ids.chunks(at_once) {
                let change = SyncChange::Mark { mark: mark.clone(), ids: some.to_vec() };
                self.store.send_marks(self.account.id, &mark, some)?;
                match self.exchange.ask(SyncQuery::Push(change)) {
                    Ok(_) => {
                        self.store.confirm_marks(self.account.id, &mark, some)?;
                        self.summary.pushed += some.len();
                    }
                    // An article that its server no longer has is not pushed again and again.
                    Err(SyncError::Refused { .. }) if some.len() == 1 => {
                        self.store.forget_items(self.account.id, some)?;
                        gone += 1;
                    }
                    Err(error) if !error.stops_all() => self.summary.notes.push(clean_line(&error.to_string())),
                    Err(error) => return Err(error.into()),
                }
                done += some.len();
                (self.tell)(SyncProgress::Pushed { done, total });
            }
        }
        if gone > 0 {
            let note = format!("the server no longer has {} that changed here", plural(gone, "article"));
            self.summary.notes.push(clean_line(&note));
        }
        Ok(())
    }

    fn pull_feeds(&mut self) -> Result<HashMap<FeedId, SyncFeed>, Stopped> {
        let SyncReply::Feeds(feeds) = self.exchange.ask(SyncQuery::Feeds)? else {
            return Err(SyncQuery::Feeds.bad_answer("it is something else").into());
        };
        let changes = self.store.set_account_feeds(self.account, &feeds, (self.now)())?;
        self.summary.feeds_added = changes.added;
        self.summary.feeds_changed = changes.changed;
        if feeds.is_empty() && !changes.gone.is_empty() {
            let note = "the server lists no feed any more; nothing was removed here";
            self.summary.notes.push(clean_line(note));
        } else {
            for source in changes.gone {
                self.store.disown_source(source)?;
                self.store.remove_source_by_id(source, false, (self.now)(), &mut |_| true)?;
                self.summary.feeds_removed += 1;
            }
        }
        Ok(feeds.into_iter().map(|feed| (feed.id.clone(), feed)).collect())
    }

    /// The ids of what came since the last sync; and true if what the server sent last is not among them: it was restored
    /// from an older copy, or its ids have changed.
    fn pull_recent_ids(&mut self) -> Result<(Vec<ItemId>, bool), Stopped> {
        let since = self.account.mark.clone();
        let pages = if since.is_some() { PAGES } else { 1 };
        let mut recent = self.ids(&IdSet::Since(since.clone()), pages)?;
        let is_older = self.has_lost_its_last(|last| recent.contains(last))?;
        let last = self.account.mark_item.as_ref().and_then(|last| recent.iter().position(|id| id == last));
        if since.is_none() || last.is_some() {
            recent.truncate(last.unwrap_or_default() + FIRST);
        }
        Ok((recent, is_older))
    }

    /// True if the server does not have the item that it sent last.
    fn has_lost_its_last(&mut self, came: impl Fn(&ItemId) -> bool) -> Result<bool, Stopped> {
        let last = self.account.mark_item.as_ref().filter(|last| self.account.mark.is_some() && !came(last));
        let is_older = match last {
            Some(last) => self.store.has_account_item(self.account.id, last)?,
            None => false,
        };
        if is_older {
            self.newest.1 = None;
        }
        Ok(is_older)
    }

    /// After a server was restored, what is not in its list of unread items may not be there at all. Those that it does not
    /// have are forgotten, so that they are not taken for read.
    fn forget_what_is_gone(&mut self, unread: &HashSet<ItemId>) -> Result<(), Stopped> {
        let gone = self.store.no_longer_unread(self.account.id, unread)?;
        for some in gone.chunks(self.exchange.limits().items.max(1)) {
            let SyncReply::Items { items, .. } = self.exchange.ask(SyncQuery::Items(some.to_vec()))? else { continue };
            let there: HashSet<ItemId> = items.into_iter().filter_map(|item| item.id).collect();
            let missing: Vec<ItemId> = some.iter().filter(|id| !there.contains(id)).cloned().collect();
            self.store.forget_items(self.account.id, &missing)?;
        }
        Ok(())
    }

    /// Contents of what came since the last sync, for servers that tell of it only so. The item that came last comes once
    /// more; true if it did not.
    fn pull_recent_items(&mut self, feeds: &HashMap<FeedId, SyncFeed>) -> Result<bool, Stopped> {
        let since = self.account.mark.clone();
        let own_marks = |item: &SyncItem| (item.is_read == Some(true), item.is_starred == Some(true));
        let (mut page, mut done, mut has_last) = (None, 0, false);
        for _ in 0..PAGES {
            let query = SyncQuery::ItemsSince { mark: since.clone(), page: page.take() };
            let SyncReply::Items { mut items, next } = self.exchange.ask(query)? else { break };
            let came = items.len();
            items.retain(|item| item.id.is_none() || item.id != self.account.mark_item);
            has_last |= items.len() < came;
            done += items.len();
            if !items.is_empty() {
                self.keep(items, feeds, &own_marks)?;
                (self.tell)(SyncProgress::Articles { done, total: done });
            }
            if next.is_none() || came == 0 || (since.is_none() && done >= FIRST) {
                return self.has_lost_its_last(|_| has_last);
            }
            page = next;
        }
        Err(SyncError::Endless { query: "articles" }.into())
    }

    /// A whole list of ids, each once. One that does not end, or repeats itself, is an error: half of it would mark the
    /// rest read.
    fn ids(&mut self, set: &IdSet, pages: usize) -> Result<Vec<ItemId>, Stopped> {
        let (mut all, mut seen) = (Vec::new(), HashSet::new());
        let mut page: Option<NextPage> = None;
        for _ in 0..pages {
            let query = SyncQuery::Ids { set: set.clone(), page: page.clone() };
            let name = query.name();
            let SyncReply::Ids { ids, next } = self.exchange.ask(query)? else { break };
            let before = all.len();
            all.extend(ids.into_iter().filter(|id| seen.insert(id.clone())));
            if next.is_none() || self.reaches_back(set, &all) {
                return Ok(all);
            }
            // A page may be empty of news once, at the seam of two; then it has to end.
            if next == page || all.len() == before {
                return Err(SyncError::Endless { query: name }.into());
            }
            page = next;
        }
        if pages == 1 { Ok(all) } else { Err(SyncError::Endless { query: "ids" }.into()) }
    }

    /// True if a list of what came lately goes far enough behind what came last: older items that are not here were left
    /// out by the bound of the first sync.
    fn reaches_back(&self, set: &IdSet, ids: &[ItemId]) -> bool {
        let last = self.account.mark_item.as_ref().filter(|_| matches!(set, IdSet::Since(Some(_))));
        let at = last.and_then(|last| ids.iter().position(|id| id == last));
        at.is_some_and(|at| ids.len() >= at + FIRST)
    }

    fn pull_contents(
        &mut self,
        wanted: &[ItemId],
        feeds: &HashMap<FeedId, SyncFeed>,
        marks: &dyn Fn(&SyncItem) -> (bool, bool),
    ) -> Result<(), Stopped> {
        let unknown = self.store.unknown_items(self.account.id, wanted)?;
        let (total, mut missing) = (unknown.len(), 0);
        for (n, some) in unknown.chunks(self.exchange.limits().items.max(1)).enumerate() {
            let done = n * self.exchange.limits().items.max(1);
            let mut wanted = some.to_vec();
            // Some servers send fewer than were asked for.
            while !wanted.is_empty() {
                let SyncReply::Items { items, .. } = self.exchange.ask(SyncQuery::Items(wanted.clone()))? else { break };
                let came: HashSet<ItemId> = items.iter().filter_map(|item| item.id.clone()).collect();
                let before = wanted.len();
                wanted.retain(|id| !came.contains(id));
                self.keep(items, feeds, marks)?;
                (self.tell)(SyncProgress::Articles { done: done + some.len() - wanted.len(), total });
                if wanted.len() == before {
                    break;
                }
            }
            missing += wanted.len();
        }
        if missing > 0 {
            self.summary
                .notes
                .push(clean_line(&format!("the server listed {} and did not send them", plural(missing as u64, "article"))));
        }
        Ok(())
    }

    fn keep(
        &mut self,
        items: Vec<SyncItem>,
        feeds: &HashMap<FeedId, SyncFeed>,
        marks: &dyn Fn(&SyncItem) -> (bool, bool),
    ) -> Result<(), Stopped> {
        let now = (self.now)();
        for item in &items {
            if is_later(item.mark.as_ref(), self.newest.0.as_ref()) {
                self.newest = (item.mark.clone(), item.id.clone());
            }
        }
        let batches = items::batches(items, feeds, &self.settings.ignore, marks, now);
        let changed = self.store.keep_account_items(self.account, &batches, now)?;
        for Changed { new, edited, joined, .. } in changed {
            self.summary.new.extend(new);
            self.summary.updated += edited.len();
            self.summary.joined += joined.len();
        }
        Ok(())
    }
}

/// A change of a subscription, for a message about it.
fn in_words(change: &SyncChange) -> String {
    match change {
        SyncChange::Subscribe { address, .. } => format!("subscribing to {}", shown(address)),
        SyncChange::Unsubscribe(feed) => format!("unsubscribing from {}", feed.0),
        SyncChange::Rename { title, .. } => format!("renaming a feed to {title}"),
        SyncChange::Move { to, .. } => format!("moving a feed to {}", to.as_deref().unwrap_or("no folder")),
        SyncChange::Mark { .. } | SyncChange::MarkAllRead { .. } => "marking".to_owned(),
    }
}

fn newest(account: &Account) -> (Option<ServerMark>, Option<ItemId>) {
    (account.mark.clone(), account.mark_item.clone())
}
