//! Many addresses at a time: a queue that asks for each as soon as manners allow, and no later because of another host.
//!
//! Threads are there only while something is waiting or under way; they sleep until something can be done. Results are
//! told as they come, on those threads.

use std::collections::{HashMap, HashSet, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use super::failure::told;
use super::http::{Answer, Client, Request};
use super::manners::{Limits, Owed, Pacing, Reach, Turn, host, is_of};
use super::{Failure, Stage};

/// One request's end.
#[derive(Clone, PartialEq, Debug)]
pub struct Done {
    /// As it was [added](Queue::add).
    pub id: u64,
    pub outcome: Result<Answer, Failure>,
    /// How things stood just after it.
    pub progress: Progress,
}

/// Counts since the queue was last idle.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Progress {
    pub waiting: usize,
    pub under_way: usize,
    pub done: usize,
    pub failed: usize,
    pub called_off: usize,
}

impl Progress {
    pub fn is_idle(&self) -> bool {
        self.waiting == 0 && self.under_way == 0
    }

    pub fn total(&self) -> usize {
        self.waiting + self.under_way + self.done + self.failed + self.called_off
    }
}

/// Dropping it ends all at once: what waits is forgotten, what is under way is broken off, nothing more is told.
pub struct Queue {
    shared: Arc<Shared>,
}

type Perform = dyn Fn(&Request) -> Result<Answer, Failure> + Send + Sync;

struct Shared {
    perform: Box<Perform>,
    hang_up: Box<dyn Fn() + Send + Sync>,
    tell: Box<dyn Fn(Done) + Send + Sync>,
    owed: Owed,
    state: Mutex<State>,
    changed: Condvar,
    stands_back: bool,
}

struct State {
    pacing: Pacing,
    waiting: HashMap<String, VecDeque<Job>>,
    /// The hosts that something waits for; the one to try first stands first.
    order: VecDeque<String>,
    /// The ids of all that waits.
    ids: HashSet<u64>,
    /// Whose results are to be told: number of the job and id. An id may come again while its old job still runs.
    under_way: Vec<(u64, u64)>,
    /// When what is being performed began, by the number of the job; those that were called off included.
    began: HashMap<u64, Duration>,
    jobs: u64,
    progress: Progress,
    threads: usize,
    /// Threads that have nothing to do for now.
    idle: usize,
    /// Answers in a row that were lost.
    lost: u32,
    is_closed: bool,
}

struct Job {
    number: u64,
    id: u64,
    host: String,
    request: Request,
    /// How often it has been asked for.
    tries: u32,
}

/// What a thread may do next.
enum Next {
    Ask(Job),
    /// The host wants to be left alone for longer than it is worth waiting.
    Refuse(Job, Failure),
    /// Nothing before then, or before something changes.
    Wait(Option<Duration>),
    /// Nothing is left to begin.
    End,
}

/// How long what waits for a host that wants to be left alone goes on waiting.
const PATIENCE: Duration = Duration::from_secs(30);

/// When so many answers in a row were lost, no request is made again.
const LOST: u32 = 8;

/// How long a host is left alone that was asked too often and does not say for how long.
const COOLING: Duration = Duration::from_mins(1);

impl Queue {
    /// `tell` is called once for each request that was not called off, from any of the queue's threads.
    pub fn new(client: Client, limits: Limits, tell: impl Fn(Done) + Send + Sync + 'static) -> Queue {
        let asking = client.clone();
        Queue::doing(move |request| asking.get(request), move || client.hang_up(), limits, tell)
    }

    pub(super) fn doing(
        perform: impl Fn(&Request) -> Result<Answer, Failure> + Send + Sync + 'static,
        hang_up: impl Fn() + Send + Sync + 'static,
        limits: Limits,
        tell: impl Fn(Done) + Send + Sync + 'static,
    ) -> Queue {
        let (stands_back, owed) = (limits.stands_back, limits.owed.clone());
        let state = State {
            pacing: Pacing::new(limits),
            waiting: HashMap::new(),
            order: VecDeque::new(),
            ids: HashSet::new(),
            under_way: Vec::new(),
            began: HashMap::new(),
            jobs: 0,
            progress: Progress::default(),
            threads: 0,
            idle: 0,
            lost: 0,
            is_closed: false,
        };
        Queue {
            shared: Arc::new(Shared {
                perform: Box::new(perform),
                hang_up: Box::new(hang_up),
                tell: Box::new(tell),
                owed,
                state: Mutex::new(state),
                changed: Condvar::new(),
                stands_back,
            }),
        }
    }

    /// Adds requests, each under an id of the caller's. Those whose id is waiting or under way are passed over. Gives how
    /// many were added.
    pub fn add(&self, requests: impl IntoIterator<Item = (u64, Request)>) -> usize {
        // Whatever gives them must not run under the lock.
        let requests: Vec<(u64, Request)> = requests.into_iter().collect();
        let mut state = self.shared.state();
        if state.progress.is_idle() {
            state.progress = Progress::default();
        }
        let added = requests.into_iter().map(|(id, request)| usize::from(state.push(id, request))).sum();
        let wanted = state.pacing.at_once().min(state.progress.waiting + state.pacing.under_way());
        while state.threads < wanted && self.shared.start() {
            state.threads += 1;
        }
        // Without any thread nothing would ever come of them.
        let stranded = if state.threads == 0 { state.drain(|_| true) } else { Vec::new() };
        state.progress.failed += stranded.len();
        let progress = state.progress;
        drop(state);
        self.shared.changed.notify_all();
        self.shared.fail(stranded, &Failure::Fault { reason: told("no thread could be started for this") }, progress);
        added
    }

    /// Calls one request off; nothing will be told of it. False if it was neither waiting nor under way. One that is
    /// under way holds its place until its answer or its limits end it.
    pub fn cancel(&self, id: u64) -> bool {
        self.shared.state().call_off(|other| other == id) > 0
    }

    /// Calls all off and breaks off what is under way. Gives how many there were.
    pub fn cancel_all(&self) -> usize {
        let mut state = self.shared.state();
        let count = state.call_off(|_| true);
        // Under the lock, so that nothing that is added now is broken off with the rest.
        (self.shared.hang_up)();
        count
    }

    pub fn progress(&self) -> Progress {
        self.shared.state().progress
    }
}

/// Lets the threads that somebody waits for go before this one. Only Linux has priorities of threads; elsewhere it would
/// be the whole program's.
pub fn stand_back() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::setpriority_process(None, 10) {
        tracing::info!(%error, "work beside the reader goes on at the priority of the rest");
    }
}

impl Drop for Queue {
    fn drop(&mut self) {
        let mut state = self.shared.state();
        state.is_closed = true;
        state.call_off(|_| true);
        drop(state);
        self.shared.changed.notify_all();
        (self.shared.hang_up)();
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn start(self: &Arc<Shared>) -> bool {
        let shared = Arc::clone(self);
        let thread = thread::Builder::new().name("fetch".to_owned()).spawn(move || {
            if shared.stands_back {
                stand_back();
            }
            shared.work();
        });
        thread.is_ok()
    }

    /// What each thread does until there is nothing left to begin.
    fn work(self: &Arc<Shared>) {
        let mut state = self.state();
        loop {
            let now = self.owed.now();
            state = match state.next(now) {
                Next::Ask(job) => {
                    // Somebody has to see when what is under way becomes slow.
                    let needs_another = state.progress.waiting > 0 && state.idle == 0;
                    if needs_another && state.threads <= state.pacing.most() && self.start() {
                        state.threads += 1;
                    }
                    drop(state);
                    self.ask(job);
                    self.state()
                }
                Next::Refuse(job, failure) => {
                    state.progress.failed += 1;
                    let progress = state.progress;
                    drop(state);
                    self.fail(vec![job], &failure, progress);
                    self.state()
                }
                Next::Wait(until) => {
                    state.idle += 1;
                    let mut state = match until {
                        None => self.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
                        Some(until) => {
                            let time = until.saturating_sub(now);
                            self.changed.wait_timeout(state, time).unwrap_or_else(PoisonError::into_inner).0
                        }
                    };
                    state.idle -= 1;
                    state
                }
                Next::End => {
                    state.threads -= 1;
                    // Others may be waiting for what is now gone.
                    self.changed.notify_all();
                    return;
                }
            };
        }
    }

    fn ask(&self, mut job: Job) {
        let performed = catch_unwind(AssertUnwindSafe(|| (self.perform)(&job.request)));
        let outcome = performed.unwrap_or_else(|panic| Err(Failure::Fault { reason: said(&*panic) }));
        let now = self.owed.now();
        let mut state = self.state();
        state.began.remove(&job.number);
        let given_up = state.end(&job.host, outcome.as_ref().err(), now);
        let listed = state.under_way.iter().position(|(number, _)| *number == job.number);
        if let Some(at) = listed {
            state.under_way.swap_remove(at);
            state.progress.under_way -= 1;
            job.tries += 1;
            let tries = outcome.as_ref().err().map_or(0, |failure| further_tries(failure, state.pacing.again()));
            state.lost = if tries > 0 { state.lost + 1 } else { 0 };
            // Nor is a host asked again that has just been given up.
            let is_again = job.tries <= tries && state.lost <= LOST && given_up.is_empty();
            if is_again && !state.is_closed && state.ids.insert(job.id) {
                // That what was lost comes now says that not all is lost there; what was late had better wait.
                let is_late = matches!(outcome, Err(Failure::TimedOut { .. }));
                state.line_up(job, !is_late);
                drop(state);
                self.changed.notify_all();
                return;
            }
            *(if outcome.is_ok() { &mut state.progress.done } else { &mut state.progress.failed }) += 1;
        }
        state.progress.failed += given_up.len();
        let progress = state.progress;
        let is_closed = state.is_closed;
        drop(state);
        let failure = outcome.as_ref().err().cloned();
        if listed.is_some() && !is_closed {
            self.tell(Done { id: job.id, outcome, progress });
        }
        if let Some(failure) = failure {
            self.fail(given_up, &failure, progress);
        }
    }

    /// Tells the end of what was taken out of the queue without having been asked for.
    fn fail(&self, jobs: Vec<Job>, failure: &Failure, progress: Progress) {
        for job in jobs {
            if self.state().is_closed {
                return;
            }
            self.tell(Done { id: job.id, outcome: Err(failure.clone()), progress });
        }
    }

    /// A fault of who is told must not cost the queue its thread; the panic has been reported by then.
    fn tell(&self, done: Done) {
        let _ = catch_unwind(AssertUnwindSafe(|| (self.tell)(done)));
    }
}

impl State {
    fn push(&mut self, id: u64, request: Request) -> bool {
        if self.under_way.iter().any(|(_, other)| *other == id) || !self.ids.insert(id) {
            return false;
        }
        self.jobs += 1;
        self.line_up(Job { number: self.jobs, id, host: host(&request.address), request, tries: 0 }, false);
        true
    }

    fn line_up(&mut self, job: Job, is_first: bool) {
        self.progress.waiting += 1;
        let jobs = self.waiting.entry(job.host.clone()).or_default();
        if jobs.is_empty() {
            self.order.push_back(job.host.clone());
        }
        if is_first { jobs.push_front(job) } else { jobs.push_back(job) }
    }

    /// The next job of a host; the host goes to the end of the line, or out of it.
    fn pop(&mut self, host: String) -> Option<Job> {
        let jobs = self.waiting.get_mut(&host)?;
        let job = jobs.pop_front()?;
        if jobs.is_empty() {
            self.waiting.remove(&host);
        } else {
            self.order.push_back(host);
        }
        self.progress.waiting -= 1;
        self.ids.remove(&job.id);
        Some(job)
    }

    /// Takes out what waits and meets a condition.
    fn drain(&mut self, which: impl Fn(&Job) -> bool) -> Vec<Job> {
        let mut drained = Vec::new();
        for jobs in self.waiting.values_mut() {
            let (out, stays) = std::mem::take(jobs).into_iter().partition(&which);
            *jobs = stays;
            drained.extend::<VecDeque<Job>>(out);
        }
        self.waiting.retain(|_, jobs| !jobs.is_empty());
        self.order.retain(|host| self.waiting.contains_key(host));
        self.progress.waiting -= drained.len();
        for job in &drained {
            self.ids.remove(&job.id);
        }
        drained
    }

    fn call_off(&mut self, which: impl Fn(u64) -> bool) -> usize {
        let waiting = self.drain(|job| which(job.id)).len();
        let before = self.under_way.len();
        self.under_way.retain(|(_, id)| !which(*id));
        let under_way = before - self.under_way.len();
        self.progress.under_way -= under_way;
        self.progress.called_off += waiting + under_way;
        waiting + under_way
    }

    fn next(&mut self, now: Duration) -> Next {
        if self.order.is_empty() {
            return Next::End;
        }
        let slow = self.pacing.slow();
        let is_slow = |began: &&Duration| began.saturating_add(slow) <= now;
        self.pacing.excuse(self.began.values().filter(is_slow).count());
        let mut earliest: Option<Duration> = None;
        if self.pacing.is_full() {
            // The next one to become slow.
            let slow_at = self.began.values().map(|began| began.saturating_add(slow));
            earliest = slow_at.filter(|slow_at| *slow_at > now).min();
        }
        for _ in 0..self.order.len() {
            let Some(host) = self.order.pop_front() else { break };
            if let Some(left) = self.pacing.owed().held(&host, now).filter(|left| *left > PATIENCE) {
                let failure = Failure::TooManyRequests { host: told(&host), retry_after: Some(left) };
                if let Some(job) = self.pop(host) {
                    return Next::Refuse(job, failure);
                }
                continue;
            }
            match self.pacing.begin(&host, now) {
                Turn::Now => {
                    let Some(job) = self.pop(host) else { continue };
                    self.under_way.push((job.number, job.id));
                    self.began.insert(job.number, now);
                    self.progress.under_way += 1;
                    return Next::Ask(job);
                }
                Turn::NotBefore(then) => {
                    earliest = Some(earliest.map_or(then, |earliest| earliest.min(then)));
                    self.order.push_back(host);
                }
                Turn::Later => self.order.push_back(host),
            }
        }
        Next::Wait(earliest)
    }

    /// A request to a host has ended. Gives what else waits for that host, if it cannot be had at all.
    fn end(&mut self, host: &str, failure: Option<&Failure>, now: Duration) -> Vec<Job> {
        let is_own = failure.and_then(Failure::host).is_some_and(|failed| is_of(host, failed));
        let reach = match failure.filter(|failure| is_own && failure.is_about_the_host()) {
            None => Reach::Answered,
            Some(Failure::TimedOut { stage: Stage::Whole, .. }) => Reach::Late,
            Some(_) => Reach::Missed,
        };
        let is_given_up = self.pacing.end(host, reach);
        if let Some(failure) = failure {
            let cooling = matches!(failure, Failure::TooManyRequests { .. }).then_some(COOLING);
            if let (Some(time), Some(failed)) = (failure.hold().or(cooling), failure.host()) {
                self.pacing.owed().hold(if is_own { host } else { failed }, time, now);
            }
        }
        let given_up = if is_given_up { self.drain(|job| job.host == host) } else { Vec::new() };
        if self.order.is_empty() && self.pacing.under_way() == 0 {
            self.pacing.rest();
        }
        given_up
    }
}

/// How often a request may be made again, of `again` times, that may well be answered at once, or when the host wants to be
/// asked again. What was waited for in vain is not waited for again and again.
fn further_tries(failure: &Failure, again: u32) -> u32 {
    match failure {
        Failure::Lost { .. } | Failure::Truncated { .. } => again,
        Failure::TimedOut { .. } | Failure::ServerTrouble { retry_after: None, .. } => again.min(1),
        other => other.retry_after().filter(|wait| *wait <= PATIENCE).map_or(0, |_| again),
    }
}

fn said(panic: &(dyn std::any::Any + Send)) -> crate::domain::text::CleanText {
    let text = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    told(text.unwrap_or("no more is known"))
}
