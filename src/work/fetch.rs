//! Fetching: subscriptions are asked for, what they answer is read, and what that brings is stored.
//!
//! The way is one: [`Queue`] asks, on its threads, where answers are read too; one thread stores what has been read, as
//! much as is there in one short transaction, and tells of it. Nothing is held back until all is done. Where a source
//! gives only teasers and the reader wants more, the pages of its new articles are asked for on the same way.

mod answer;
mod front_page;
mod news;
mod settings;
mod storing;

use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};
use std::thread;

use self::front_page::FrontPageJob;
pub use self::news::{SourceNews, notify, run_after};
pub use self::settings::{FetchSettings, Keep, SourceSettings};
use super::host_limits;
use super::private::private_origins;
use crate::domain::article::Article;
use crate::domain::text::{CleanText, clean_line};
use crate::domain::time::Timestamp;
use crate::site::{self, SiteRequest};
use crate::source::http::{Accept, Answer, Client, PrivateOrigins, Request};
use crate::source::queue::{Progress, Queue, RequestDone};
use crate::source::throttle::Limits;
use crate::store::entries::{Changed, FetchAttempt, FetchOutcome};
use crate::store::subscriptions::Subscription;
use crate::store::{ArticleId, SourceId, Store, StoreError};

/// Progress of a fetch.
#[derive(Clone, PartialEq, Debug)]
pub enum Event {
    /// A source was asked, and what came of it is stored.
    Ended { source: SourceId, title: CleanText, end: End, progress: Progress },
    /// The page of an article was asked for, and its text is stored; or what failed, and what to do about it.
    Text { article: ArticleId, end: Result<(), (CleanText, CleanText)> },
    /// These came new, from sources whose articles' discussions are to be looked for.
    Discuss(Vec<ArticleId>),
    /// Articles that came new since the last time that nothing was under way, by source.
    News(Vec<SourceNews>),
    /// Nothing is under way any more.
    Idle,
}

/// The result for one source.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum End {
    Unchanged,
    Fetched {
        changed: Changed,
        notes: Vec<CleanText>,
    },
    /// The failure, and advice for it.
    Failed {
        failure: CleanText,
        hint: CleanText,
    },
}

/// Fetches. Dropping it breaks off what is under way; what has been read by then is still stored.
pub struct Fetcher {
    queue: Arc<Queue>,
    shared: Arc<FetcherShared>,
    settings: FetchSettings,
}

struct FetcherShared {
    now: fn() -> Timestamp,
    settings: FetchSettings,
    tell: Box<dyn Fn(Event) + Send + Sync>,
    /// Requests under way, by source.
    asked: Mutex<HashMap<u64, Asked>>,
    /// Front pages that are being asked for, by source.
    front_pages: Mutex<HashMap<u64, Arc<Mutex<FrontPageJob>>>>,
    /// Articles whose discussions are to be looked for when nothing is under way any more.
    new: Mutex<Vec<ArticleId>>,
    /// New articles to tell of when nothing is under way any more.
    news: Mutex<Vec<SourceNews>>,
    /// The next request of a front page behind its first.
    next: AtomicU64,
    /// For the pages that what is stored calls for. It is the fetcher's, and ends with it.
    queue: OnceLock<Weak<Queue>>,
    /// Asked for, and not yet told of.
    pending: AtomicUsize,
}

enum Asked {
    Source(Box<Subscription>),
    Text(ArticleId),
    /// One of the requests for a front page: of which source, and its number there.
    FrontPage(u64, u64),
}

/// An answer that was read, on its way to the store.
enum Arrived {
    FetchAttempt { tried: FetchAttempt, title: CleanText, progress: Progress, wants: Wants },
    Text { article: ArticleId, page: Result<Box<Article>, answer::FailureText> },
}

/// Further requests for new articles.
#[derive(Clone, Copy, Default)]
struct Wants {
    /// The pages.
    texts: bool,
    discussions: bool,
    /// A notice of them.
    notice: bool,
}

/// Marks the numbers of requests for pages, which are of articles; the others are of sources.
const TEXTS: u64 = 1 << 62;

/// Marks the numbers of requests for front pages, but for the first of each.
const LEAVES: u64 = 1 << 61;

/// New articles of a source whose discussions are looked for after one fetch; the others by hand.
const LOOKED_UP: usize = 20;

impl Fetcher {
    /// For the store at `path`. `tell` is called on a thread of the fetcher's.
    pub fn new(
        path: &Path,
        settings: FetchSettings,
        now: fn() -> Timestamp,
        tell: impl Fn(Event) + Send + Sync + 'static,
    ) -> Result<Fetcher, String> {
        let mut store = Store::join(path).map_err(|error| error.to_string())?;
        host_limits::share(&mut store, &settings.limits.owed, now());
        let client = Client::new(settings.client.clone()).map_err(|failure| format!("{failure} ({})", failure.hint()))?;
        let shared = Arc::new(FetcherShared {
            now,
            settings: settings.clone(),
            tell: Box::new(tell),
            asked: Mutex::default(),
            front_pages: Mutex::default(),
            new: Mutex::default(),
            news: Mutex::default(),
            next: AtomicU64::new(0),
            queue: OnceLock::new(),
            pending: AtomicUsize::new(0),
        });
        let (sender, arrivals) = channel();
        let keeping = Arc::clone(&shared);
        thread::Builder::new()
            .name("store".to_owned())
            .spawn(move || keeping.keep_all(store, &arrivals))
            .map_err(|error| format!("no thread could be started for this: {error}"))?;
        let reading = Arc::clone(&shared);
        // The storing thread does not yield: many fetching threads would leave it no turn, and hold all they read until they
        // are done; and it holds locks of SQLite's for which the terminal's thread would then wait.
        let limits = Limits { stands_back: true, ..settings.limits.clone() };
        let queue = Arc::new(Queue::new(client, limits, move |done| reading.read(done, &sender)));
        let _ = shared.queue.set(Arc::downgrade(&queue));
        Ok(Fetcher { queue, shared, settings })
    }

    /// Asks for these; those that are being asked for are passed over. Gives how many were added.
    pub fn add(&self, subscriptions: Vec<Subscription>) -> usize {
        let (mut requests, mut asked) = (Vec::new(), Vec::new());
        let mut subscriptions = subscriptions;
        // Sources that failed the last time may be slow again, so they go last.
        subscriptions.sort_by_key(|one| one.health.failures > 0);
        for one in subscriptions {
            let (id, request) = (one.id.0 as u64, self.settings.request(&one));
            match FrontPageJob::new(&one, &self.settings.places) {
                None => {
                    requests.push((id, request));
                    asked.push((id, Asked::Source(Box::new(one))));
                }
                Some(front_page) => {
                    if let Some((number, request)) = self.shared.open(id, front_page, &request) {
                        requests.push((id, request));
                        asked.push((id, Asked::FrontPage(id, number)));
                    }
                }
            }
        }
        self.shared.ask(&self.queue, requests, asked)
    }

    /// Asks for the pages of articles, by their addresses, for the whole text; with what may be reached for each inside
    /// this machine or its network.
    pub fn add_texts(&self, pages: Vec<(ArticleId, String, PrivateOrigins)>) -> usize {
        self.shared.ask_texts(&self.queue, pages)
    }

    /// Calls all off. What has been read by now is still stored and told of.
    pub fn cancel(&self) {
        let called_off = self.queue.cancel_all();
        self.shared.front_pages().clear();
        self.shared.end(called_off);
    }

    pub fn progress(&self) -> Progress {
        self.queue.progress()
    }
}

impl FetcherShared {
    fn asked(&self) -> std::sync::MutexGuard<'_, HashMap<u64, Asked>> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn front_pages(&self) -> std::sync::MutexGuard<'_, HashMap<u64, Arc<Mutex<FrontPageJob>>>> {
        self.front_pages.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The first request for a front page; none if it is being asked for already.
    fn open(&self, id: u64, mut front_page: FrontPageJob, asked: &Request) -> Option<(u64, Request)> {
        let mut front_pages = self.front_pages();
        if front_pages.contains_key(&id) {
            return None;
        }
        let (number, ask) = front_page.begin().into_iter().next()?;
        let request = front_page.request(&ask, asked, &self.settings);
        front_pages.insert(id, Arc::new(Mutex::new(front_page)));
        Some((number, request))
    }

    /// Takes an answer to one of the requests for a front page. Gives what came of the whole page, if this was the last.
    fn front_page_through(&self, id: u64, number: u64, done: RequestDone) -> Option<Arrived> {
        let front_page = self.front_pages().get(&id).cloned()?;
        let mut front_page = front_page.lock().unwrap_or_else(PoisonError::into_inner);
        let asks: Vec<(u64, SiteRequest)> = front_page.take(number, done.outcome);
        let queue = self.queue.get().and_then(Weak::upgrade).filter(|_| !asks.is_empty());
        if let Some(queue) = queue {
            let asked = self.settings.request(&front_page.subscription);
            let first = self.next.fetch_add(asks.len() as u64, Ordering::SeqCst) | LEAVES;
            let numbers: Vec<(u64, Asked)> =
                (first..).zip(asks.iter().map(|(number, _)| Asked::FrontPage(id, *number))).collect();
            let requests = asks.iter().map(|(_, ask)| front_page.request(ask, &asked, &self.settings));
            let requests = (first..).zip(requests).collect();
            // Answers may come before this is done with.
            drop(front_page);
            self.ask(&queue, requests, numbers);
            return None;
        }
        if !front_page.is_over() {
            return None;
        }
        self.front_pages().remove(&id);
        let subscription = &front_page.subscription;
        let tried = front_page.tried(&self.settings, (self.now)());
        let (title, progress) = (subscription.title.clone(), done.progress);
        Some(Arrived::FetchAttempt { tried, title, progress, wants: self.wants(subscription) })
    }

    fn wants(&self, subscription: &Subscription) -> Wants {
        let own = self.settings.of(subscription);
        Wants {
            texts: self.settings.full_text(subscription),
            // Articles from before the subscription are not new.
            discussions: own.is_some_and(|one| one.discussions) && subscription.health.answered_at.is_some(),
            notice: own.is_some_and(|one| one.notify) && subscription.health.answered_at.is_some(),
        }
    }

    fn ask(&self, queue: &Queue, requests: Vec<(u64, Request)>, asked: impl IntoIterator<Item = (u64, Asked)>) -> usize {
        self.asked().extend(asked);
        // Counted before they can end.
        let wanted = requests.len();
        self.pending.fetch_add(wanted, Ordering::SeqCst);
        let added = queue.add(requests);
        self.end(wanted - added);
        added
    }

    fn ask_texts(&self, queue: &Queue, pages: Vec<(ArticleId, String, PrivateOrigins)>) -> usize {
        let number = |id: ArticleId| id.0 as u64 | TEXTS;
        let asked: Vec<(u64, Asked)> = pages.iter().map(|(id, ..)| (number(*id), Asked::Text(*id))).collect();
        let request =
            |(id, address, private)| (number(id), Request { address, accept: Accept::Page, private, ..Request::default() });
        self.ask(queue, pages.into_iter().map(request).collect(), asked)
    }

    /// So many of what is pending have ended.
    fn end(&self, count: usize) {
        if count > 0 && self.pending.fetch_sub(count, Ordering::SeqCst) == count {
            let new = std::mem::take(&mut *self.new.lock().unwrap_or_else(PoisonError::into_inner));
            if !new.is_empty() {
                (self.tell)(Event::Discuss(new));
            }
            let news = std::mem::take(&mut *self.news.lock().unwrap_or_else(PoisonError::into_inner));
            if !news.is_empty() {
                (self.tell)(Event::News(news));
            }
            (self.tell)(Event::Idle);
        }
    }

    /// Makes of an answer what is to be stored; on a thread of the queue's.
    fn read(&self, done: RequestDone, arrivals: &Sender<Arrived>) {
        let now = (self.now)();
        let asked = self.asked().remove(&done.id);
        let arrived = match asked {
            None => return self.end(1),
            Some(Asked::FrontPage(id, number)) => match self.front_page_through(id, number, done) {
                None => return self.end(1),
                Some(arrived) => arrived,
            },
            Some(Asked::Text(article)) => Arrived::Text { article, page: answer::page(done.outcome, now) },
            Some(Asked::Source(subscription)) => {
                let schedule = self.settings.schedule(&subscription);
                Arrived::FetchAttempt {
                    tried: answer::tried(&subscription, done.outcome, now, &schedule, &self.settings.ignore),
                    title: subscription.title.clone(),
                    progress: done.progress,
                    wants: self.wants(&subscription),
                }
            }
        };
        if arrivals.send(arrived).is_err() {
            self.end(1);
        }
    }

    /// The newest of a source, as many as is polite to ask for.
    fn discuss(&self, new: &[ArticleId]) {
        let mut all = self.new.lock().unwrap_or_else(PoisonError::into_inner);
        all.extend(new.iter().take(LOOKED_UP));
    }

    fn add_news(&self, title: &CleanText, new: &[ArticleId], notifies: bool) {
        if !new.is_empty() {
            let mut news = self.news.lock().unwrap_or_else(PoisonError::into_inner);
            news.push(SourceNews { title: title.clone(), articles: new.len(), notifies });
        }
    }

    fn ask_for_texts(&self, store: &Store, new: &[ArticleId]) {
        let Some(queue) = self.queue.get().and_then(Weak::upgrade) else { return };
        let address = |id: &ArticleId| store.address(*id).ok().flatten();
        // An article that is only a discussion has no other text.
        let pages = new.iter().filter_map(|id| Some((*id, address(id)?)));
        let pages = pages.filter(|(_, address)| site::thread_at(address, &self.settings.places).is_none());
        let private = |id| private_origins(store, &self.settings, id).unwrap_or_default();
        self.ask_texts(&queue, pages.map(|(id, address)| (id, address, private(id))).collect());
    }

    fn keep_text(&self, store: &mut Store, article: ArticleId, page: Result<Box<Article>, answer::FailureText>) {
        let kept = page.and_then(|page| {
            store.set_full_text(article, &page, (self.now)()).map(drop).map_err(|error| match not_kept(&error) {
                End::Failed { failure, hint } => (failure, hint),
                End::Unchanged | End::Fetched { .. } => Default::default(),
            })
        });
        (self.tell)(Event::Text { article, end: kept });
        self.end(1);
    }
}

fn end(outcome: FetchOutcome, changed: Changed) -> End {
    match outcome {
        FetchOutcome::Unchanged => End::Unchanged,
        FetchOutcome::Feed(feed) => End::Fetched { changed, notes: feed.notes },
        FetchOutcome::Failed { failure, hint } => End::Failed { failure, hint },
    }
}

fn not_kept(error: &StoreError) -> End {
    tracing::error!(%error, "what was fetched could not be stored");
    End::Failed { failure: clean_line(&error.to_string()), hint: clean_line(&error.hint()) }
}

/// Stores one answer that was asked for elsewhere.
pub fn keep(
    store: &mut Store,
    subscription: &Subscription,
    answer: Answer,
    now: Timestamp,
    settings: &FetchSettings,
) -> Result<End, StoreError> {
    let tried = answer::tried(subscription, Ok(answer), now, &settings.schedule(subscription), &settings.ignore);
    let changed = store.keep_tries(std::slice::from_ref(&tried))?.into_iter().next().unwrap_or_default();
    Ok(end(tried.outcome, changed))
}
