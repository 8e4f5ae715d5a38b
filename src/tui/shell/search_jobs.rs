//! Lists and searches of the store: at once where that is quick for sure, else beside the reader, the newest only.

use std::time::{Duration, Instant};

use super::Shell;
use crate::domain::query::Query;
use crate::domain::time::Timestamp;
use crate::store::{ArticleId, By, INDEX_STEP, Section, StoreError};
use crate::tui::message::Msg;
use crate::work::listing::{Listed, Listing, WantedRows};
use crate::work::{Awaited, Done, Job, Stop, Ticket, Tickets, Workers};

/// An answer that takes longer than this is waited for beside the keys.
const AT_ONCE: Duration = Duration::from_millis(10);

/// Jobs of one kind of which at most one is under way; of those asked for meanwhile only the last is done.
#[derive(Default)]
pub(super) struct Newest {
    awaited: Awaited,
    under_way: Option<Ticket>,
    stop: Option<Stop>,
    next: Option<Job>,
}

impl Newest {
    pub(super) fn ask(&mut self, job: Job, tickets: &mut Tickets, workers: &mut Workers) {
        if self.under_way.is_some() {
            self.next = Some(job);
            return;
        }
        let ticket = tickets.issue();
        self.awaited.add(ticket);
        self.under_way = Some(ticket);
        self.stop = match &job {
            Job::Search { stop, .. } | Job::List { stop, .. } => Some(stop.clone()),
            Job::Visit(job) => Some(job.stop.clone()),
            _ => None,
        };
        workers.submit(ticket, job);
    }

    /// Nobody waits for what was asked.
    pub(super) fn call_off(&mut self) {
        self.awaited.call_off();
        self.next = None;
        if let Some(stop) = self.stop.take() {
            stop.want();
        }
    }

    /// True if this is waited for. Does the next if it was the one under way.
    pub(super) fn accept(&mut self, done: &Done, tickets: &mut Tickets, workers: &mut Workers) -> bool {
        let is_awaited = self.awaited.accept(done.ticket);
        if self.under_way == Some(done.ticket) {
            self.under_way = None;
            if let Some(job) = self.next.take() {
                self.ask(job, tickets, workers);
            }
        }
        is_awaited
    }
}

impl Shell {
    pub(super) fn find(&mut self, query: Query, by: By, limit: usize, now: Timestamp) -> Result<Option<Msg>, StoreError> {
        self.finding.call_off();
        let Some(path) = self.path.clone() else {
            self.store.index_all()?;
            return self.store.search(&query, by, limit, now).map(|found| Some(Msg::Found(Some(Box::new(found)))));
        };
        if self.store.is_small()? {
            let (until, asked) = (Instant::now() + AT_ONCE, query.clone());
            let found = self.store.ask_until(move || Instant::now() > until, |store| store.search(&asked, by, limit, now))?;
            if let Some(found) = found {
                return Ok(Some(Msg::Found(Some(Box::new(found)))));
            }
        }
        let job = Job::Search { path, query, by, limit, now, stop: Stop::default() };
        self.finding.ask(job, &mut self.tickets, &mut self.workers);
        Ok(None)
    }

    /// With `if_changed`, nothing where the model has them as they are.
    pub(super) fn load_sections(&mut self, if_changed: bool) -> Result<Option<Msg>, StoreError> {
        let version = Some(self.store.version()?);
        if if_changed && self.sections_of == version {
            return Ok(None);
        }
        self.sections_of = version;
        Ok(Some(Msg::Sections(self.store.sections()?)))
    }

    pub(super) fn load_headline(&self, id: ArticleId) -> Result<Option<Msg>, StoreError> {
        Ok(Some(self.store.headline(id)?.map_or(Msg::Gone(id), |row| Msg::Headline(Box::new(row)))))
    }

    pub(super) fn load_headlines(&mut self, mut listing: Listing, now: Timestamp) -> Result<Option<Msg>, StoreError> {
        // Beside a file the index is kept by a job.
        if listing.filter.asks_words() && self.path.is_none() {
            self.store.index_some(INDEX_STEP)?;
        }
        if listing.section == Section::Recommended {
            listing.wanted = WantedRows::Recommended { now };
        }
        self.list(listing)
    }

    /// A list, which a filter may lead over the whole store.
    pub(super) fn list(&mut self, listing: Listing) -> Result<Option<Msg>, StoreError> {
        self.listing.call_off();
        let Some(path) = self.path.clone().filter(|_| !listing.is_bounded()) else {
            return listing.ask(&self.store).map(|listed| Some(Shell::listed(listed)));
        };
        if listing.section != Section::Recommended {
            let until = Instant::now() + AT_ONCE;
            let listed = self.store.ask_until(move || Instant::now() > until, |store| listing.ask(store))?;
            if let Some(listed) = listed {
                return Ok(Some(Shell::listed(listed)));
            }
        }
        self.listing.ask(Job::List { path, listing, stop: Stop::default() }, &mut self.tickets, &mut self.workers);
        Ok(Some(Msg::Listing))
    }

    pub(super) fn listed(listed: Listed) -> Msg {
        match listed {
            Listed::Stretch(stretch, rows, is_last) => Msg::Headlines { stretch, rows, is_last },
            Listed::Recommended(recommended) => Msg::Recommended { recommended, listed: true },
            Listed::NextUnread(row) => Msg::NextUnread(row),
        }
    }

    pub(super) fn recommend(&mut self, now: Timestamp) -> Result<Option<Msg>, StoreError> {
        match self.path.clone() {
            Some(path) => {
                self.recommending.ask(Job::Recommend { path, now }, &mut self.tickets, &mut self.workers);
                Ok(None)
            }
            None => {
                self.store.index_all()?;
                let recommended = self.store.recommended(&Query::default(), now)?;
                Ok(Some(Msg::Recommended { recommended, listed: false }))
            }
        }
    }

    /// A search that is saved has its unread articles counted beside the reader.
    pub(super) fn count_searches(&mut self) -> Result<Option<Msg>, StoreError> {
        match self.path.clone() {
            Some(path) => {
                self.counting.ask(Job::CountSearches { path }, &mut self.tickets, &mut self.workers);
                Ok(None)
            }
            None => self.store.unread_of_searches().map(|counts| Some(Msg::Counted(counts))),
        }
    }
}
