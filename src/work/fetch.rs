//! Fetching: subscriptions are asked for, what they answer is read, and what that brings is stored.
//!
//! The way is one: [`Queue`] asks, on its threads, where answers are read too; one thread stores what has been read, as
//! much as is there in one short transaction, and tells of it. Nothing is held back until all is done. Where a source
//! gives only teasers and the reader wants more, the pages of its new articles are asked for on the same way.

mod answer;

use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};
use std::thread;
use std::time::Duration;

use crate::domain::article::Article;
use crate::domain::text::{CleanText, clean_line};
use crate::domain::time::Timestamp;
use crate::source::http;
use crate::source::http::{Accept, Answer, Auth, Client, Request};
use crate::source::manners::{Limits, Schedule};
use crate::source::places::Places;
use crate::source::queue::{Done, Progress, Queue};
use crate::store::entries::{Changed, Outcome, Tried};
use crate::store::subscriptions::Subscription;
use crate::store::{ArticleId, SourceId, Store, StoreError};

/// How sources are fetched.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Settings {
    pub client: http::Settings,
    pub limits: Limits,
    pub schedule: Schedule,
    /// Where people discuss.
    pub places: Places,
    pub keep: Keep,
    /// What single sources have otherwise; of several that fit, the first.
    pub sources: Vec<SourceSettings>,
}

/// What one source has otherwise than the others.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct SourceSettings {
    /// Its address, its title, or the host that it is fetched from.
    pub of: String,
    /// Seconds between two tries; 0 for by hand only.
    pub every: Option<u64>,
    /// Whether the pages of its articles are fetched for their whole text.
    pub full_text: bool,
    /// In place of what [`Settings::keep`] says.
    pub keep_days: Option<u32>,
    pub keep: Option<u32>,
    pub login: Login,
}

/// What is kept of a source; 0 is everything.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Keep {
    pub days: u32,
    pub newest: u32,
}

/// Where credentials come from. They are asked for when they are needed, and never kept.
#[derive(Clone, PartialEq, Eq, Default)]
pub enum Login {
    #[default]
    None,
    Basic {
        user: String,
        password: Secret,
    },
    Bearer(Secret),
}

#[derive(Clone, PartialEq, Eq)]
pub enum Secret {
    Plain(String),
    /// The first line that this program with its arguments writes.
    Command(Vec<String>),
}

impl std::fmt::Debug for Login {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Login::None => "None",
            Login::Basic { .. } => "Basic { … }",
            Login::Bearer(_) => "Bearer(…)",
        })
    }
}

/// What a fetch tells of itself.
#[derive(Clone, PartialEq, Debug)]
pub enum Event {
    /// A source was asked, and what came of it is stored.
    Ended { source: SourceId, title: CleanText, end: End, progress: Progress },
    /// The page of an article was asked for, and its text is stored; or what failed, and what to do about it.
    Text { article: ArticleId, end: Result<(), (CleanText, CleanText)> },
    /// Nothing is under way any more.
    Idle,
}

/// What came of one source.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum End {
    Unchanged,
    Fetched {
        changed: Changed,
        notes: Vec<CleanText>,
    },
    /// What failed, and what to do about it.
    Failed {
        failure: CleanText,
        hint: CleanText,
    },
}

/// Fetches. Dropping it breaks off what is under way; what has been read by then is still stored.
pub struct Fetcher {
    queue: Arc<Queue>,
    shared: Arc<Shared>,
    settings: Settings,
}

struct Shared {
    now: fn() -> Timestamp,
    settings: Settings,
    tell: Box<dyn Fn(Event) + Send + Sync>,
    /// What was asked for, by source.
    asked: Mutex<HashMap<u64, Asked>>,
    /// For the pages that what is stored calls for. It is the fetcher's, and ends with it.
    queue: OnceLock<Weak<Queue>>,
    /// Asked for, and not yet told of.
    pending: AtomicUsize,
}

enum Asked {
    Source(Box<Subscription>),
    Text(ArticleId),
}

/// An answer that was read, on its way to the store.
enum Arrived {
    Tried {
        tried: Tried,
        title: CleanText,
        progress: Progress,
        /// Whether the pages of what is new are to be asked for; where from, if that is inside.
        wants_texts: Option<bool>,
    },
    Text {
        article: ArticleId,
        page: Result<Box<Article>, answer::Told>,
    },
}

/// Marks the numbers of requests for pages, which are of articles; the others are of sources.
const TEXTS: u64 = 1 << 62;

/// So many answers are stored at once at the most, and fewer where they bring so many items: whoever marks an article
/// meanwhile waits for the transaction to end.
const AT_ONCE: usize = 32;
const ITEMS_AT_ONCE: usize = 100;

impl Fetcher {
    /// For the store at `path`. `tell` is called on a thread of the fetcher's.
    pub fn new(
        path: &Path,
        settings: Settings,
        now: fn() -> Timestamp,
        tell: impl Fn(Event) + Send + Sync + 'static,
    ) -> Result<Fetcher, String> {
        let store = Store::open(path).map_err(|error| error.to_string())?;
        let client = Client::new(settings.client.clone()).map_err(|failure| format!("{failure} ({})", failure.hint()))?;
        let shared = Arc::new(Shared {
            now,
            settings: settings.clone(),
            tell: Box::new(tell),
            asked: Mutex::default(),
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
        let limits = settings.limits.clone();
        let queue = Arc::new(Queue::new(client, limits, move |done| reading.read(done, &sender)));
        let _ = shared.queue.set(Arc::downgrade(&queue));
        Ok(Fetcher { queue, shared, settings })
    }

    /// Asks for these; those that are being asked for are passed over. Gives how many were added.
    pub fn add(&self, subscriptions: Vec<Subscription>) -> usize {
        let requests: Vec<(u64, Request)> =
            subscriptions.iter().map(|one| (one.id.0 as u64, self.settings.request(one))).collect();
        let asked = subscriptions.into_iter().map(|one| (one.id.0 as u64, Asked::Source(Box::new(one))));
        self.shared.ask(&self.queue, requests, asked)
    }

    /// Asks for the pages of articles, by their addresses, for the whole text.
    /// They may lie inside only if `allow_private`.
    pub fn add_texts(&self, pages: Vec<(ArticleId, String)>, allow_private: bool) -> usize {
        self.shared.ask_texts(&self.queue, pages, allow_private)
    }

    /// Calls all off. What has been read by now is still stored and told of.
    pub fn cancel(&self) {
        self.shared.end(self.queue.cancel_all());
    }

    pub fn progress(&self) -> Progress {
        self.queue.progress()
    }
}

impl Settings {
    /// What a source has otherwise than the others.
    pub fn of(&self, subscription: &Subscription) -> Option<&SourceSettings> {
        let host = url::Url::parse(&subscription.address).ok().and_then(|url| url.host_str().map(str::to_owned));
        self.sources.iter().find(|one| {
            one.of == subscription.address
                || one.of == subscription.shown_address().as_str()
                || one.of.eq_ignore_ascii_case(&subscription.title)
                || host.as_deref() == Some(&one.of)
        })
    }

    fn schedule(&self, subscription: &Subscription) -> Schedule {
        let every = self.of(subscription).and_then(|one| one.every);
        let every = every.map(|seconds| (seconds > 0).then(|| Duration::from_secs(seconds)));
        Schedule { every: every.unwrap_or(self.schedule.every), ..self.schedule.clone() }
    }

    fn request(&self, subscription: &Subscription) -> Request {
        Request {
            address: subscription.address.clone(),
            etag: subscription.validators.etag.clone(),
            last_modified: subscription.validators.last_modified.clone(),
            auth: self.of(subscription).map_or(Auth::None, |one| one.login.auth()),
            accept: Accept::Feed,
            // It stands where it stood when it was added, or has not been asked for since.
            allow_private: subscription.is_private || subscription.health.answered_at.is_none(),
        }
    }
}

impl Login {
    pub fn auth(&self) -> Auth {
        match self {
            Login::None => Auth::None,
            Login::Basic { user, password } => Auth::Basic { user: user.clone(), password: password.tell() },
            Login::Bearer(token) => Auth::Bearer(token.tell()),
        }
    }
}

impl Secret {
    /// Empty where the command fails: the place then says that a login is wanted.
    fn tell(&self) -> String {
        match self {
            Secret::Plain(secret) => secret.clone(),
            Secret::Command(argv) => {
                let Some((program, arguments)) = argv.split_first() else { return String::new() };
                let output = std::process::Command::new(program).args(arguments).stdin(std::process::Stdio::null()).output();
                match output {
                    Ok(output) if output.status.success() => {
                        String::from_utf8_lossy(&output.stdout).lines().next().unwrap_or_default().to_owned()
                    }
                    Ok(output) => {
                        tracing::warn!(program, status = %output.status, "a command that tells a password failed");
                        String::new()
                    }
                    Err(error) => {
                        tracing::warn!(program, %error, "a command that tells a password did not start");
                        String::new()
                    }
                }
            }
        }
    }
}

impl Shared {
    fn asked(&self) -> std::sync::MutexGuard<'_, HashMap<u64, Asked>> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
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

    fn ask_texts(&self, queue: &Queue, pages: Vec<(ArticleId, String)>, allow_private: bool) -> usize {
        let number = |id: ArticleId| id.0 as u64 | TEXTS;
        let asked: Vec<(u64, Asked)> = pages.iter().map(|(id, _)| (number(*id), Asked::Text(*id))).collect();
        let request = |address| Request { address, accept: Accept::Page, allow_private, ..Request::default() };
        self.ask(queue, pages.into_iter().map(|(id, address)| (number(id), request(address))).collect(), asked)
    }

    /// So many of what is pending have ended.
    fn end(&self, count: usize) {
        if count > 0 && self.pending.fetch_sub(count, Ordering::SeqCst) == count {
            (self.tell)(Event::Idle);
        }
    }

    /// Makes of an answer what is to be stored; on a thread of the queue's.
    fn read(&self, done: Done, arrivals: &Sender<Arrived>) {
        let now = (self.now)();
        let arrived = match self.asked().remove(&done.id) {
            None => return self.end(1),
            Some(Asked::Text(article)) => Arrived::Text { article, page: answer::page(done.outcome, now) },
            Some(Asked::Source(subscription)) => {
                let schedule = self.settings.schedule(&subscription);
                let wants_texts = self.settings.of(&subscription).filter(|one| one.full_text);
                Arrived::Tried {
                    tried: answer::tried(&subscription, done.outcome, now, &schedule),
                    title: subscription.title.clone(),
                    progress: done.progress,
                    wants_texts: wants_texts.map(|_| subscription.is_private),
                }
            }
        };
        if arrivals.send(arrived).is_err() {
            self.end(1);
        }
    }

    /// Stores what arrives until nothing can arrive any more.
    fn keep_all(&self, mut store: Store, arrivals: &Receiver<Arrived>) {
        while let Ok(first) = arrivals.recv() {
            let mut batch = Batch::default();
            let mut next = Some(first);
            while let Some(arrived) = next.take() {
                match arrived {
                    Arrived::Text { article, page } => self.keep_text(&mut store, article, page),
                    Arrived::Tried { tried, title, progress, wants_texts } => {
                        batch.items += tried.outcome.items();
                        batch.tries.push(tried);
                        batch.told.push((title, progress, wants_texts));
                    }
                }
                if batch.tries.len() < AT_ONCE && batch.items < ITEMS_AT_ONCE {
                    next = arrivals.try_recv().ok();
                }
            }
            self.keep_batch(&mut store, batch);
        }
    }

    fn keep_batch(&self, store: &mut Store, batch: Batch) {
        let Batch { tries, told, .. } = batch;
        if tries.is_empty() {
            return;
        }
        let count = tries.len();
        let kept = store.keep_tries(&tries);
        for (n, (tried, (title, progress, wants_texts))) in tries.into_iter().zip(told).enumerate() {
            let source = tried.source;
            let end = match &kept {
                Ok(changed) => end(tried.outcome, changed.get(n).cloned().unwrap_or_default()),
                Err(error) => not_kept(error),
            };
            if let (End::Fetched { changed, .. }, Some(is_private)) = (&end, wants_texts) {
                self.ask_for_texts(store, &changed.new, is_private);
            }
            (self.tell)(Event::Ended { source, title, end, progress });
        }
        self.end(count);
    }

    fn ask_for_texts(&self, store: &Store, new: &[ArticleId], is_private: bool) {
        let Some(queue) = self.queue.get().and_then(Weak::upgrade) else { return };
        let pages = new.iter().filter_map(|id| Some((*id, store.address(*id).ok().flatten()?))).collect();
        self.ask_texts(&queue, pages, is_private);
    }

    fn keep_text(&self, store: &mut Store, article: ArticleId, page: Result<Box<Article>, answer::Told>) {
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

/// What is stored in one transaction.
#[derive(Default)]
struct Batch {
    tries: Vec<Tried>,
    told: Vec<(CleanText, Progress, Option<bool>)>,
    items: usize,
}

fn end(outcome: Outcome, changed: Changed) -> End {
    match outcome {
        Outcome::Unchanged => End::Unchanged,
        Outcome::Feed(feed) => End::Fetched { changed, notes: feed.notes },
        Outcome::Failed { failure, hint } => End::Failed { failure, hint },
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
    settings: &Settings,
) -> Result<End, StoreError> {
    let tried = answer::tried(subscription, Ok(answer), now, &settings.schedule(subscription));
    let changed = store.keep_tries(std::slice::from_ref(&tried))?.into_iter().next().unwrap_or_default();
    Ok(end(tried.outcome, changed))
}
