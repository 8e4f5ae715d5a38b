//! Fetching beside the reader: a thread of its own takes orders and reports what comes of them, so that neither the
//! store, nor a command that tells a password, nor the net is ever waited for on the terminal's.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::discussions::{Told, gather};
use super::fetch::{Event, Fetcher, Settings};
use crate::domain::text::CleanText;
use crate::domain::time::Timestamp;
use crate::store::subscriptions::Subscription;
use crate::store::{ArticleId, SourceId, Store, StoreError};

/// What is to be fetched.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Wanted {
    All,
    Source(SourceId),
    /// All in it, and in the folders inside it.
    Folder(Vec<CleanText>),
    /// The whole text of one article, from its page.
    Text(ArticleId),
    /// What failed when it was last asked for.
    Failed,
    /// What is due by itself.
    Due,
}

/// What is told of a fetch.
#[derive(Clone, PartialEq, Debug)]
pub enum Report {
    /// So many sources are asked for; some of them may be under way already.
    Began {
        wanted: Wanted,
        sources: usize,
    },
    Of(Event),
    /// What is told of an article's discussions.
    Discussions {
        article: ArticleId,
        told: Told,
    },
    /// All of these have ended; or could not begin.
    DiscussionsOver {
        article: ArticleId,
        error: Option<String>,
    },
    /// Nothing can be fetched, and why.
    Broken(String),
}

enum Order {
    Fetch(Wanted),
    Discuss {
        article: ArticleId,
        find: bool,
    },
    Cancel,
    /// Nothing: it tells whether anybody takes orders.
    Nod,
}

/// Its thread starts at the first order. Dropping it breaks off what is under way, and waits a moment for what has been
/// read to be stored.
pub struct Background {
    orders: Option<Sender<Order>>,
    reports: Receiver<Report>,
}

/// How long its end is waited for: a look-up of a name, for one, cannot be broken off.
const PARTING: Duration = Duration::from_millis(300);

type Tell = Arc<dyn Fn(Report) + Send + Sync>;

impl Background {
    /// For the store at `path`. `wake` is called, on some thread, whenever there is a report.
    pub fn start(
        path: &Path,
        settings: Settings,
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
    pub fn fetch(&self, wanted: Wanted) -> bool {
        self.order(Order::Fetch(wanted))
    }

    /// Fetches an article's discussions, with `find` also those that places know of by its address.
    pub fn discuss(&self, article: ArticleId, find: bool) -> bool {
        self.order(Order::Discuss { article, find })
    }

    /// False if it has broken down.
    pub fn is_there(&self) -> bool {
        self.order(Order::Nod)
    }

    /// What has been read by now is still stored and told of.
    pub fn cancel(&self) -> bool {
        self.order(Order::Cancel)
    }

    /// What was reported since this was last asked.
    pub fn reports(&self) -> Vec<Report> {
        self.reports.try_iter().collect()
    }

    fn order(&self, order: Order) -> bool {
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
    settings: &Settings,
    now: fn() -> Timestamp,
    orders: &Receiver<Order>,
    tell: &Tell,
) -> Result<(), String> {
    let store = Store::open(path).map_err(|error| error.to_string())?;
    let events = Arc::clone(tell);
    let fetcher = Fetcher::new(path, settings.clone(), now, move |event| events(Report::Of(event)))?;
    stand_back();
    let mut stop = Arc::new(AtomicBool::new(false));
    for order in orders {
        match order {
            Order::Nod => {}
            Order::Cancel => {
                fetcher.cancel();
                std::mem::take(&mut stop).store(true, Ordering::Relaxed);
            }
            Order::Discuss { article, find } => discuss(path, settings, now, (article, find), &stop, tell),
            Order::Fetch(Wanted::Text(id)) => match store.address(id) {
                Ok(Some(address)) => {
                    tell(Report::Began { wanted: Wanted::Text(id), sources: 1 });
                    fetcher.add_texts(vec![(id, address.clone())], is_of_the_house(&store, &address));
                }
                Ok(None) => tell(Report::Began { wanted: Wanted::Text(id), sources: 0 }),
                Err(error) => tell(Report::Broken(error.to_string())),
            },
            Order::Fetch(wanted) => match select(&store, &wanted, now()) {
                Ok(subscriptions) => {
                    tell(Report::Began { wanted, sources: subscriptions.len() });
                    fetcher.add(subscriptions);
                }
                Err(error) => tell(Report::Broken(error.to_string())),
            },
        }
    }
    stop.store(true, Ordering::Relaxed);
    Ok(())
}

/// Lets the terminal's thread go first: what this thread begins from now on, which is all that asks and reads answers, inherits
/// it. Who stores does not: it holds locks of SQLite's for which the terminal's thread would then wait. Only Linux has
/// priorities of threads; elsewhere it would be the whole program's.
fn stand_back() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::setpriority_process(None, 10) {
        tracing::info!(%error, "fetching goes on at the priority of the reader");
    }
}

/// Whether a subscription of the same host stands inside this machine or its network, as the reader wished.
fn is_of_the_house(store: &Store, address: &str) -> bool {
    let host = |address: &str| url::Url::parse(address).ok().and_then(|url| url.host_str().map(str::to_owned));
    let wanted = host(address);
    let all = store.subscriptions().unwrap_or_default();
    wanted.is_some() && all.iter().any(|one| one.is_private && host(&one.address) == wanted)
}

/// On a thread of its own, since it waits for each answer.
fn discuss(
    path: &Path,
    settings: &Settings,
    now: fn() -> Timestamp,
    (article, find): (ArticleId, bool),
    stop: &Arc<AtomicBool>,
    tell: &Tell,
) {
    let (path, settings, stop, telling) = (path.to_owned(), settings.clone(), Arc::clone(stop), Arc::clone(tell));
    let begun = thread::Builder::new().name("discussions".to_owned()).spawn(move || {
        let each = |told| telling(Report::Discussions { article, told });
        let ended = Store::open(&path).map_err(|error| error.to_string()).and_then(|mut store| {
            let ended = gather(&mut store, article, find, &settings, now, &stop, &each);
            store.close().map_err(|error| error.to_string()).and(ended)
        });
        telling(Report::DiscussionsOver { article, error: ended.err() });
    });
    if let Err(error) = begun {
        let error = Some(format!("no thread could be started for this: {error}"));
        tell(Report::DiscussionsOver { article, error });
    }
}

fn select(store: &Store, wanted: &Wanted, now: Timestamp) -> Result<Vec<Subscription>, StoreError> {
    let those = |is_wanted: &dyn Fn(&Subscription) -> bool| {
        let all = store.subscriptions()?;
        Ok(all.into_iter().filter(|one| is_wanted(one)).collect())
    };
    match wanted {
        Wanted::All => store.subscriptions(),
        Wanted::Source(id) => store.subscription(*id).map(|found| found.into_iter().collect()),
        Wanted::Folder(folder) => those(&|one| one.folder.starts_with(folder)),
        Wanted::Text(_) => Ok(Vec::new()),
        Wanted::Failed => those(&|one| one.health.failure.is_some()),
        Wanted::Due => store.due(now),
    }
}
