//! Fetching beside the reader: a thread of its own takes orders and reports what comes of them, so that neither the
//! store, nor a command that tells a password, nor the net is ever waited for on the terminal's.

mod syncing;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::discussions::{DiscussionReport, gather, order};
use super::fetch::{Event, FetchSettings, Fetcher, SourceNews, notify, run_after};
use super::health::has_ended;
use super::lookups;
use super::notice::Notices;
use super::private::private_origins;
use super::sync::SyncOutcome;
use super::watch;
use crate::domain::text::CleanText;
use crate::domain::time::Timestamp;
use crate::store::subscriptions::Subscription;
use crate::store::{ArticleId, DiscussionId, SourceId, Store, StoreError};

/// The sources or articles to fetch.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum FetchTarget {
    All,
    Source(SourceId),
    /// All in it, and in the folders inside it.
    Folder(Vec<CleanText>),
    /// The whole text of one article, from its page.
    Text(ArticleId),
    /// The discussions of what is watched, due or not.
    Watched,
    /// Sources that failed at the last fetch.
    Failed,
    /// Sources that are due.
    Due,
}

/// Progress of a fetch.
#[derive(Clone, PartialEq, Debug)]
pub enum Report {
    /// So many sources are asked for; some of them may be under way already.
    Began {
        wanted: FetchTarget,
        sources: usize,
        /// So many are left out, since they have ended.
        ended: usize,
    },
    Of(Event),
    /// Progress of an article's discussions.
    Discussions {
        article: ArticleId,
        told: DiscussionReport,
    },
    /// All of these have ended; or could not begin.
    DiscussionsOver {
        article: ArticleId,
        error: Option<String>,
    },
    /// Comments of an article came by themselves: it is watched, or its source wants its discussions looked for.
    Came(ArticleId),
    /// The discussions of some new articles could not be looked for; in words.
    LookupsFailed(String),
    /// The command of `[fetch] after` failed; in words.
    AfterFailed(String),
    /// Watched articles that were due or asked for were refreshed; the number of comments that came in all.
    Watched(u32),
    /// Accounts that somebody asked to sync are being synced.
    Syncing(Vec<CleanText>),
    /// An account was synced.
    Synced {
        account: CleanText,
        outcome: SyncOutcome,
        /// Somebody asked for it.
        is_wanted: bool,
        /// The sync before failed too.
        failed_before: bool,
    },
    /// Nothing can be fetched, and why.
    Broken(String),
}

enum FetchOrder {
    Fetch(FetchTarget),
    Discuss {
        article: ArticleId,
        find: bool,
    },
    /// The order of the answers to these comments of a discussion of an article.
    Rank {
        article: ArticleId,
        discussion: DiscussionId,
        comments: Vec<Box<str>>,
    },
    Cancel,
    /// Nothing: it tells whether anybody takes orders.
    Nod,
}

/// Its thread starts at the first order. Dropping it breaks off what is under way, and waits a moment for what has been
/// read to be stored.
pub struct Background {
    orders: Option<Sender<FetchOrder>>,
    reports: Receiver<Report>,
}

/// The time to wait for its end: a DNS look-up, for one, cannot be interrupted.
const PARTING: Duration = Duration::from_millis(300);

type Tell = Arc<dyn Fn(Report) + Send + Sync>;

impl Background {
    /// For the store at `path`. `wake` is called, on some thread, whenever there is a report.
    pub fn start(
        path: &Path,
        settings: FetchSettings,
        now: fn() -> Timestamp,
        wake: impl Fn() + Send + Sync + 'static,
    ) -> Result<Background, String> {
        let (orders, queue) = channel();
        let (sender, reports) = channel();
        let sender = Mutex::new(sender);
        let tell: Tell = Arc::new(move |report| {
            // Whoever no longer listens does not want to know.
            let _ = sender.lock().unwrap_or_else(PoisonError::into_inner).send(report);
            wake();
        });
        let path = path.to_owned();
        thread::Builder::new()
            .name("orders".to_owned())
            .spawn(move || match serve(&path, &settings, now, &queue, &tell) {
                Ok(()) => {}
                Err(error) => tell(Report::Broken(error)),
            })
            .map_err(|error| format!("no thread could be started for this: {error}"))?;
        Ok(Background { orders: Some(orders), reports })
    }

    /// False if it has broken down.
    pub fn fetch(&self, wanted: FetchTarget) -> bool {
        self.order(FetchOrder::Fetch(wanted))
    }

    /// Fetches an article's discussions, with `find` also those that places know of by its address.
    pub fn discuss(&self, article: ArticleId, find: bool) -> bool {
        self.order(FetchOrder::Discuss { article, find })
    }

    /// Asks for the order of the answers to comments of a discussion.
    pub fn find_order(&self, article: ArticleId, discussion: DiscussionId, comments: Vec<Box<str>>) -> bool {
        self.order(FetchOrder::Rank { article, discussion, comments })
    }

    /// False if it has broken down.
    pub fn is_there(&self) -> bool {
        self.order(FetchOrder::Nod)
    }

    /// Answers that were read by now are still stored and reported.
    pub fn cancel(&self) -> bool {
        self.order(FetchOrder::Cancel)
    }

    /// The reports since the last call.
    pub fn reports(&self) -> Vec<Report> {
        self.reports.try_iter().collect()
    }

    fn order(&self, order: FetchOrder) -> bool {
        self.orders.as_ref().is_some_and(|orders| orders.send(order).is_ok())
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        self.orders = None;
        // All who can report hold the store open; when none is left, it has been closed.
        let end = Instant::now() + PARTING;
        while self.reports.recv_timeout(end.saturating_duration_since(Instant::now())).is_ok() {}
    }
}

fn serve(
    path: &Path,
    settings: &FetchSettings,
    now: fn() -> Timestamp,
    orders: &Receiver<FetchOrder>,
    tell: &Tell,
) -> Result<(), String> {
    let mut store = Store::join(path).map_err(|error| error.to_string())?;
    if store.has_times_ahead(now()).map_err(|error| error.to_string())? {
        let corrected = store.correct_times(now()).map_err(|error| error.to_string())?;
        tracing::warn!(corrected, "times ahead of this machine's clock were set to now");
    }
    let stop: Arc<Mutex<Arc<AtomicBool>>> = Arc::default();
    let current = |stop: &Mutex<Arc<AtomicBool>>| Arc::clone(&stop.lock().unwrap_or_else(PoisonError::into_inner));
    let notices = Arc::new(Notices::default());
    let beside = SideFetches {
        path: path.to_owned(),
        settings: settings.clone(),
        now,
        tell: Arc::clone(tell),
        notices: Arc::clone(&notices),
        is_looking_up: Arc::default(),
        is_watching: Arc::default(),
        is_syncing: Arc::default(),
        running_after: Arc::default(),
    };
    let (events, after, stopping) = (Arc::clone(tell), beside.clone(), Arc::clone(&stop));
    let fetcher = Fetcher::new(path, settings.clone(), now, move |event| match event {
        Event::Discuss(new) => after.look_up(new, current(&stopping)),
        Event::News(news) => {
            notify(&news, &after.settings, &after.notices);
            after.run_after(news);
        }
        event => events(Report::Of(event)),
    })?;
    for order in orders {
        match order {
            FetchOrder::Nod => {}
            FetchOrder::Cancel => {
                fetcher.cancel();
                std::mem::take(&mut *stop.lock().unwrap_or_else(PoisonError::into_inner)).store(true, Ordering::Relaxed);
            }
            FetchOrder::Rank { article, discussion, comments } => {
                beside.find_order(article, discussion, comments, current(&stop));
            }
            FetchOrder::Discuss { article, find } => beside.discuss(article, find, current(&stop)),
            FetchOrder::Fetch(FetchTarget::Text(id)) => beside.fetch_text(&store, &fetcher, id),
            FetchOrder::Fetch(wanted) => beside.fetch_sources(&store, &fetcher, wanted, &current(&stop)),
        }
    }
    current(&stop).store(true, Ordering::Relaxed);
    notices.end(Duration::ZERO);
    Ok(())
}

/// The watched articles to refresh.
#[derive(Clone, Copy)]
enum Watches {
    Due,
    All,
}

/// Fetches beside the sources, each on a thread of its own, since it waits for each answer.
#[derive(Clone)]
struct SideFetches {
    path: PathBuf,
    settings: FetchSettings,
    now: fn() -> Timestamp,
    tell: Tell,
    notices: Arc<Notices>,
    is_looking_up: Arc<AtomicBool>,
    is_watching: Arc<AtomicBool>,
    is_syncing: Arc<AtomicBool>,
    /// Held while the command of `[fetch] after` runs, so that it runs once at a time.
    running_after: Arc<Mutex<()>>,
}

impl SideFetches {
    fn run_after(&self, news: Vec<SourceNews>) {
        let SideFetches { settings, tell, running_after, .. } = self.clone();
        let ended = move |ended: Result<(), String>| {
            if let Err(error) = ended {
                tell(Report::AfterFailed(format!("the command after a fetch: {error}")));
            }
        };
        let not_begun = ended.clone();
        let begun = thread::Builder::new().name("after a fetch".to_owned()).spawn(move || {
            let _one = running_after.lock().unwrap_or_else(PoisonError::into_inner);
            ended(run_after(&news, &settings).map_err(|error| error.to_string()));
        });
        if let Err(error) = begun {
            not_begun(Err(error.to_string()));
        }
    }

    fn fetch_text(&self, store: &Store, fetcher: &Fetcher, article: ArticleId) {
        let tell = &self.tell;
        let began = |sources| tell(Report::Began { wanted: FetchTarget::Text(article), sources, ended: 0 });
        match store.address(article) {
            Ok(Some(address)) => {
                began(1);
                let private = private_origins(store, &self.settings, article).unwrap_or_default();
                fetcher.add_texts(vec![(article, address, private)]);
            }
            Ok(None) => began(0),
            Err(error) => tell(Report::Broken(error.to_string())),
        }
    }

    /// Fetches sources, and what is fetched along with them: accounts, watched discussions, look-ups.
    fn fetch_sources(&self, store: &Store, fetcher: &Fetcher, wanted: FetchTarget, stop: &Arc<AtomicBool>) {
        let tell = &self.tell;
        let mut subscriptions = match select(store, &wanted, &self.settings, (self.now)()) {
            Ok(subscriptions) => subscriptions,
            Err(error) => return tell(Report::Broken(error.to_string())),
        };
        let is_syncing = self.sync_for(store, &wanted, &subscriptions, stop);
        subscriptions.retain(|one| one.account.is_none());
        if is_syncing && subscriptions.is_empty() && wanted != FetchTarget::Due {
            return;
        }
        let all = subscriptions.len();
        subscriptions.retain(|one| matches!(wanted, FetchTarget::Source(_)) || !has_ended(one));
        let ended = all - subscriptions.len();
        let watches = match wanted {
            FetchTarget::Due | FetchTarget::All => Some(Watches::Due),
            FetchTarget::Watched => Some(Watches::All),
            _ => None,
        };
        if let Some(which) = watches.filter(|_| !self.is_watching.swap(true, Ordering::SeqCst)) {
            self.watch(which, Arc::clone(stop));
        }
        if watches.is_some() && store.due_lookups(1, (self.now)()).is_ok_and(|due| !due.is_empty()) {
            self.look_up(Vec::new(), Arc::clone(stop));
        }
        tell(Report::Began { wanted, sources: subscriptions.len(), ended });
        fetcher.add(subscriptions);
    }

    fn discuss(&self, article: ArticleId, find: bool, stop: Arc<AtomicBool>) {
        let SideFetches { settings, now, tell, .. } = self.clone();
        let telling = Arc::clone(&tell);
        let over = move |error| telling(Report::DiscussionsOver { article, error });
        self.spawn(over, move |store| {
            let each = |article, told| tell(Report::Discussions { article, told });
            gather(store, &[article], find, &settings, now, &stop, &each)
        });
    }

    fn find_order(&self, article: ArticleId, discussion: DiscussionId, comments: Vec<Box<str>>, stop: Arc<AtomicBool>) {
        let SideFetches { settings, tell, .. } = self.clone();
        self.spawn(log, move |store| {
            if order(store, discussion, &comments, &settings, &stop)? {
                tell(Report::Came(article));
            }
            Ok(())
        });
    }

    /// Looks for the discussions of new articles, and of those whose look-up is due again.
    fn look_up(&self, new: Vec<ArticleId>, stop: Arc<AtomicBool>) {
        let SideFetches { settings, now, tell, is_looking_up, .. } = self.clone();
        self.spawn(log, move |store| {
            store.want_lookups(&new, now()).map_err(|error| error.to_string())?;
            // Whoever is at it takes these too, so that nothing is asked twice.
            if is_looking_up.swap(true, Ordering::SeqCst) {
                return Ok(());
            }
            let ended = look_up_due(store, &settings, now, &stop, &tell);
            is_looking_up.store(false, Ordering::SeqCst);
            ended
        });
    }

    /// Refreshes what is watched; what fails is tried again later.
    fn watch(&self, which: Watches, stop: Arc<AtomicBool>) {
        let SideFetches { settings, now, tell, notices, is_watching, .. } = self.clone();
        let over = move |error| {
            is_watching.store(false, Ordering::SeqCst);
            log(error);
        };
        self.spawn(over, move |store| {
            let came = |article| tell(Report::Came(article));
            let due = match which {
                Watches::Due => store.due_watches(now()),
                Watches::All => store.all_watches(),
            };
            let due = due.map_err(|error| error.to_string())?;
            let refreshed = watch::refresh(store, &due, &settings, now, &stop, &notices, &came)?;
            tell(Report::Watched(refreshed.iter().map(|one| one.new).sum()));
            Ok(())
        });
    }

    fn spawn(
        &self,
        over: impl FnOnce(Option<String>) + Send + Clone + 'static,
        act: impl FnOnce(&mut Store) -> Result<(), String> + Send + 'static,
    ) {
        let path = self.path.clone();
        let ending = over.clone();
        let begun = thread::Builder::new().name("discussions".to_owned()).spawn(move || {
            let ended = Store::join(&path).map_err(|error| error.to_string()).and_then(|mut store| {
                let ended = act(&mut store);
                store.close().map_err(|error| error.to_string()).and(ended)
            });
            ending(ended.err());
        });
        if let Err(error) = begun {
            over(Some(format!("no thread could be started for this: {error}")));
        }
    }
}

fn look_up_due(
    store: &mut Store,
    settings: &FetchSettings,
    now: fn() -> Timestamp,
    stop: &AtomicBool,
    tell: &Tell,
) -> Result<(), String> {
    loop {
        let report = lookups::look_up(store, &[], settings, now, stop, &|article| tell(Report::Came(article)))?;
        if let Some(failure) = report.failure_in_words() {
            tell(Report::LookupsFailed(failure));
        }
        if report.articles == 0 || stop.load(Ordering::Relaxed) {
            return Ok(());
        }
    }
}

fn log(error: Option<String>) {
    if let Some(error) = error {
        tracing::error!(error, "discussions could not be fetched");
    }
}

fn select(
    store: &Store,
    wanted: &FetchTarget,
    settings: &FetchSettings,
    now: Timestamp,
) -> Result<Vec<Subscription>, StoreError> {
    let those = |is_wanted: &dyn Fn(&Subscription) -> bool| {
        let all = store.subscriptions()?;
        Ok(all.into_iter().filter(|one| is_wanted(one)).collect())
    };
    match wanted {
        FetchTarget::All => store.subscriptions(),
        FetchTarget::Source(id) => store.subscription(*id).map(|found| found.into_iter().collect()),
        FetchTarget::Folder(folder) => those(&|one| one.folder.starts_with(folder)),
        FetchTarget::Text(_) | FetchTarget::Watched => Ok(Vec::new()),
        FetchTarget::Failed => those(&|one| one.health.failure.is_some()),
        FetchTarget::Due => store.due(now, |one| settings.longest_wait(one)),
    }
}
