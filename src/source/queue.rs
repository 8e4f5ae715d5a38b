//! Many addresses at a time: a queue that asks for each as soon as manners allow, and no later because of another host.
//!
//! Threads are there only while something is waiting or under way; they sleep until something can be done. Results are
//! told as they come, on those threads.

mod state;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use self::state::{NextStep, QueuedRequest, State, further_tries};
use super::Failure;
use super::failure::told;
use super::http::{Answer, Client, Request};
use super::throttle::{Limits, RateLimiter};

/// One request's end.
#[derive(Clone, PartialEq, Debug)]
pub struct RequestDone {
    /// As it was [added](Queue::add).
    pub id: u64,
    pub outcome: Result<Answer, Failure>,
    /// The state just after it.
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
    shared: Arc<QueueShared>,
}

type Perform = dyn Fn(&Request) -> Result<Answer, Failure> + Send + Sync;

struct QueueShared {
    perform: Box<Perform>,
    hang_up: Box<dyn Fn() + Send + Sync>,
    tell: Box<dyn Fn(RequestDone) + Send + Sync>,
    owed: RateLimiter,
    state: Mutex<State>,
    changed: Condvar,
    stands_back: bool,
}

/// When so many answers in a row were lost, no request is made again.
const LOST: u32 = 8;

impl Queue {
    /// `tell` is called once for each request that was not called off, from any of the queue's threads.
    pub fn new(client: Client, limits: Limits, tell: impl Fn(RequestDone) + Send + Sync + 'static) -> Queue {
        let asking = client.clone();
        Queue::doing(move |request| asking.get(request), move || client.hang_up(), limits, tell)
    }

    pub(super) fn doing(
        perform: impl Fn(&Request) -> Result<Answer, Failure> + Send + Sync + 'static,
        hang_up: impl Fn() + Send + Sync + 'static,
        limits: Limits,
        tell: impl Fn(RequestDone) + Send + Sync + 'static,
    ) -> Queue {
        let (stands_back, owed) = (limits.stands_back, limits.owed.clone());
        let state = State::new(limits);
        Queue {
            shared: Arc::new(QueueShared {
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

impl QueueShared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn start(self: &Arc<QueueShared>) -> bool {
        let shared = Arc::clone(self);
        let thread = thread::Builder::new().name("fetch".to_owned()).spawn(move || {
            if shared.stands_back {
                stand_back();
            }
            shared.work();
        });
        thread.is_ok()
    }

    /// The loop of each thread, until there is nothing left to begin.
    fn work(self: &Arc<QueueShared>) {
        let mut state = self.state();
        loop {
            let now = self.owed.now();
            state = match state.next(now) {
                NextStep::Ask(job) => {
                    // Somebody has to see when what is under way becomes slow.
                    let needs_another = state.progress.waiting > 0 && state.idle == 0;
                    if needs_another && state.threads <= state.pacing.most() && self.start() {
                        state.threads += 1;
                    }
                    drop(state);
                    self.ask(job);
                    self.state()
                }
                NextStep::Refuse(job, failure) => {
                    state.progress.failed += 1;
                    let progress = state.progress;
                    drop(state);
                    self.fail(vec![job], &failure, progress);
                    self.state()
                }
                NextStep::Wait(until) => {
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
                NextStep::End => {
                    state.threads -= 1;
                    // Others may be waiting for what is now gone.
                    self.changed.notify_all();
                    return;
                }
            };
        }
    }

    fn ask(&self, mut job: QueuedRequest) {
        let performed = catch_unwind(AssertUnwindSafe(|| (self.perform)(&job.request)));
        let outcome = performed.unwrap_or_else(|panic| Err(Failure::Fault { reason: said(&*panic) }));
        let now = self.owed.now();
        let mut state = self.state();
        let given_up = state.end(&job, outcome.as_ref().err(), now);
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
                // A lost answer that arrives now shows that the host works; a late one had better wait.
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
            self.tell(RequestDone { id: job.id, outcome, progress });
        }
        if let Some(failure) = failure {
            self.fail(given_up, &failure, progress);
        }
    }

    /// Tells the end of what was taken out of the queue without having been asked for.
    fn fail(&self, jobs: Vec<QueuedRequest>, failure: &Failure, progress: Progress) {
        for job in jobs {
            if self.state().is_closed {
                return;
            }
            self.tell(RequestDone { id: job.id, outcome: Err(failure.clone()), progress });
        }
    }

    /// A fault of who is told must not cost the queue its thread; the panic has been reported by then.
    fn tell(&self, done: RequestDone) {
        let _ = catch_unwind(AssertUnwindSafe(|| (self.tell)(done)));
    }
}

fn said(panic: &(dyn std::any::Any + Send)) -> crate::domain::text::CleanText {
    let text = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    told(text.unwrap_or("nothing else is known"))
}
