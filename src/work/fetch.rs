//! Fetching: subscriptions are asked for, what they answer is read, and what that brings is stored.
//!
//! The way is one: [`Queue`] asks, on its threads, where answers are read too; one thread stores what has been read, as
//! much as is there in one short transaction, and tells of it. Nothing is held back until all is done.

use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::domain::text::{CleanText, clean_line};
use crate::domain::time::Timestamp;
use crate::format::discover::{self, WhatItIs};
use crate::format::{Origin, Unreadable, feed};
use crate::source::http::{Accept, Answer, Auth, Client, Particulars, Request};
use crate::source::manners::{self, Limits, Schedule};
use crate::source::places::Places;
use crate::source::queue::{Done, Progress, Queue};
use crate::source::{Failure, http};
use crate::store::entries::{Changed, Feed, Item, Outcome, Tried};
use crate::store::subscriptions::{Next, Subscription, Validators, Wishes};
use crate::store::{SourceId, Store, StoreError};

/// How sources are fetched.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Settings {
    pub client: http::Settings,
    pub limits: Limits,
    pub schedule: Schedule,
    /// Where people discuss.
    pub places: Places,
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
    pub login: Login,
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
    queue: Queue,
    shared: Arc<Shared>,
    settings: Settings,
}

struct Shared {
    now: fn() -> Timestamp,
    settings: Settings,
    tell: Box<dyn Fn(Event) + Send + Sync>,
    /// What was asked for, by source.
    asked: Mutex<HashMap<u64, Subscription>>,
    /// Asked for, and not yet told of.
    pending: AtomicUsize,
}

/// An answer that was read, on its way to the store.
struct Arrived {
    tried: Tried,
    title: CleanText,
    progress: Progress,
}

/// So many answers are stored at once at the most.
const AT_ONCE: usize = 32;

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
        let queue = Queue::new(client, limits, move |done| reading.read(done, &sender));
        Ok(Fetcher { queue, shared, settings })
    }

    /// Asks for these; those that are being asked for are passed over. Gives how many were added.
    pub fn add(&self, subscriptions: Vec<Subscription>) -> usize {
        let requests: Vec<(u64, Request)> =
            subscriptions.iter().map(|one| (one.id.0 as u64, self.settings.request(one))).collect();
        self.shared.asked().extend(subscriptions.into_iter().map(|one| (one.id.0 as u64, one)));
        // Counted before they can end.
        let wanted = requests.len();
        self.shared.pending.fetch_add(wanted, Ordering::SeqCst);
        let added = self.queue.add(requests);
        self.shared.end(wanted - added);
        added
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
    fn asked(&self) -> std::sync::MutexGuard<'_, HashMap<u64, Subscription>> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// So many of what is pending have ended.
    fn end(&self, count: usize) {
        if count > 0 && self.pending.fetch_sub(count, Ordering::SeqCst) == count {
            (self.tell)(Event::Idle);
        }
    }

    /// Makes of an answer what is to be stored; on a thread of the queue's.
    fn read(&self, done: Done, arrivals: &Sender<Arrived>) {
        let Some(subscription) = self.asked().remove(&done.id) else { return self.end(1) };
        let title = subscription.title.clone();
        let tried = tried(&subscription, done.outcome, (self.now)(), &self.settings.schedule(&subscription));
        if arrivals.send(Arrived { tried, title, progress: done.progress }).is_err() {
            self.end(1);
        }
    }

    /// Stores what arrives until nothing can arrive any more.
    fn keep_all(&self, mut store: Store, arrivals: &Receiver<Arrived>) {
        while let Ok(first) = arrivals.recv() {
            let batch: Vec<Arrived> = std::iter::once(first).chain(arrivals.try_iter().take(AT_ONCE - 1)).collect();
            let (tries, told): (Vec<Tried>, Vec<_>) =
                batch.into_iter().map(|Arrived { tried, title, progress }| (tried, (title, progress))).unzip();
            let kept = store.keep_tries(&tries);
            let count = tries.len();
            match kept {
                Ok(changed) => {
                    for ((tried, (title, progress)), changed) in tries.into_iter().zip(told).zip(changed) {
                        (self.tell)(Event::Ended { source: tried.source, title, end: end(tried.outcome, changed), progress });
                    }
                }
                Err(error) => {
                    for (tried, (title, progress)) in tries.iter().zip(told) {
                        (self.tell)(Event::Ended { source: tried.source, title, end: not_kept(&error), progress });
                    }
                }
            }
            self.end(count);
        }
    }
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
    let tried = tried(subscription, Ok(answer), now, &settings.schedule(subscription));
    let changed = store.keep_tries(std::slice::from_ref(&tried))?.into_iter().next().unwrap_or_default();
    Ok(end(tried.outcome, changed))
}

/// What follows from an answer or a failure.
fn tried(subscription: &Subscription, answer: Result<Answer, Failure>, now: Timestamp, schedule: &Schedule) -> Tried {
    let read = answer.and_then(|answer| read_answer(subscription, answer, now));
    let (plan, outcome) = match read {
        Ok((outcome, wishes, particulars)) => {
            let moved_to = particulars.moved_permanently_to.as_deref();
            let ended = manners::Outcome::Answered { wishes: wished(wishes, &particulars), moved_to };
            (schedule.next(&subscription.address, now, &ended), outcome)
        }
        Err(failure) => {
            let in_row = subscription.health.failures.saturating_add(1);
            let plan = schedule.next(&subscription.address, now, &manners::Outcome::Failed { failure: &failure, in_row });
            let told = Outcome::Failed { failure: clean_line(&failure.to_string()), hint: clean_line(failure.hint()) };
            (plan, told)
        }
    };
    let next = Next { due_at: plan.due, due_reason: clean_line(plan.reason.in_words()), move_to: plan.move_to };
    Tried { source: subscription.id, at: now, next, outcome }
}

fn wished(wishes: Wishes, particulars: &Particulars) -> manners::Wishes {
    let seconds = |seconds: Option<u32>| seconds.map(|seconds| Duration::from_secs(seconds.into()));
    manners::Wishes { ttl: seconds(wishes.ttl), update: seconds(wishes.period), fresh_for: particulars.fresh_for }
}

fn read_answer(subscription: &Subscription, answer: Answer, now: Timestamp) -> Result<(Outcome, Wishes, Particulars), Failure> {
    let (bytes, particulars) = match answer {
        Answer::Unchanged(particulars) => return Ok((Outcome::Unchanged, subscription.wishes, particulars)),
        Answer::Fresh { bytes, particulars } => (bytes, particulars),
    };
    let print = print_of(&bytes);
    let same =
        Validators { etag: particulars.etag.clone(), last_modified: particulars.last_modified.clone(), print: Some(print) };
    if same == subscription.validators {
        return Ok((Outcome::Unchanged, subscription.wishes, particulars));
    }
    let origin = Origin { name: &particulars.address, now };
    let feed = feed::read(&bytes, &origin).map_err(|unreadable| not_a_feed(&bytes, &particulars, &unreadable))?;
    let wishes = Wishes { ttl: feed.schedule.ttl.map(|minutes| minutes.saturating_mul(60)), period: feed.schedule.period };
    let feed = Feed {
        title: feed.title.clone(),
        site: feed.site.clone(),
        is_private: particulars.is_private,
        validators: same,
        wishes,
        notes: feed.notes,
        items: feed.entries.into_iter().map(|entry| Item { guid: entry.id.clone(), article: entry.into_article() }).collect(),
    };
    Ok((Outcome::Feed(Box::new(feed)), wishes, particulars))
}

fn print_of(bytes: &[u8]) -> i64 {
    let digest = Sha256::digest(bytes);
    i64::from_le_bytes(std::array::from_fn(|at| digest[at]))
}

/// Names what came in place of a feed.
fn not_a_feed(bytes: &[u8], particulars: &Particulars, unreadable: &Unreadable) -> Failure {
    let host = url::Url::parse(&particulars.address).ok().and_then(|url| url.host_str().map(clean_line));
    let host = host.unwrap_or_default();
    let answer = discover::what_it_is(bytes, None);
    if answer == WhatItIs::LoginPage {
        return Failure::LoginPage { host };
    }
    let found = match unreadable {
        _ if answer == WhatItIs::Page => "a web page",
        Unreadable::Empty => "nothing",
        Unreadable::TooLarge { .. } => "more than one record may hold",
        Unreadable::Binary { .. } => "what is no text",
        Unreadable::NoArticle => "a page without an article",
        Unreadable::Unknown { found } => found,
    };
    Failure::NotFeed { host, found: clean_line(found) }
}
