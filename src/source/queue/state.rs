//! The requests that wait and those under way: pure but for the limits of hosts, so that a thread only has to ask what it
//! may do next.

use std::collections::{HashMap, HashSet, VecDeque};
use std::time::Duration;

use super::Progress;
use crate::source::failure::told;
use crate::source::http::Request;
use crate::source::throttle::{Limits, Pacing, Reach, Turn, host, is_of};
use crate::source::{Failure, RequestStage};

pub(super) struct State {
    pub(super) pacing: Pacing,
    pub(super) waiting: HashMap<String, VecDeque<QueuedRequest>>,
    /// The hosts that something waits for; the one to try first stands first.
    pub(super) order: VecDeque<String>,
    /// The ids of all that waits.
    pub(super) ids: HashSet<u64>,
    /// Jobs whose results are to be reported: number of the job and id. An id may come again while its old job still runs.
    pub(super) under_way: Vec<(u64, u64)>,
    /// The start of each request that is being performed, by the number of its job, cancelled ones included.
    pub(super) began: HashMap<u64, Duration>,
    pub(super) jobs: u64,
    pub(super) progress: Progress,
    pub(super) threads: usize,
    /// Threads that have nothing to do for now.
    pub(super) idle: usize,
    /// Answers in a row that were lost.
    pub(super) lost: u32,
    pub(super) is_closed: bool,
}

pub(super) struct QueuedRequest {
    pub(super) number: u64,
    pub(super) id: u64,
    pub(super) host: String,
    pub(super) request: Request,
    /// The number of requests made for it.
    pub(super) tries: u32,
}

/// A thread's next step.
pub(super) enum NextStep {
    Ask(QueuedRequest),
    /// The host wants to be left alone for longer than it is worth waiting.
    Refuse(QueuedRequest, Failure),
    /// Nothing before then, or before something changes.
    Wait(Option<Duration>),
    /// Nothing is left to begin.
    End,
}

/// An address's turn.
enum Readiness {
    Now,
    NotBefore(Duration),
}

/// The time that requests wait for a host that asked to be left alone.
const PATIENCE: Duration = Duration::from_secs(30);

/// The longest wait for a turn under a host's own limit. Limits by the minute pass while somebody waits, those by the day
/// do not.
const LONGEST_TURN: Duration = Duration::from_mins(10);

/// How long a host is left alone that was asked too often and does not say for how long.
const COOLING: Duration = Duration::from_mins(1);

impl State {
    pub(super) fn new(limits: Limits) -> State {
        State {
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
        }
    }

    pub(super) fn push(&mut self, id: u64, request: Request) -> bool {
        if self.under_way.iter().any(|(_, other)| *other == id) || !self.ids.insert(id) {
            return false;
        }
        self.jobs += 1;
        self.pacing.observe(&host(&request.address), request.windows);
        self.line_up(QueuedRequest { number: self.jobs, id, host: host(&request.address), request, tries: 0 }, false);
        true
    }

    pub(super) fn line_up(&mut self, job: QueuedRequest, is_first: bool) {
        self.progress.waiting += 1;
        let jobs = self.waiting.entry(job.host.clone()).or_default();
        if jobs.is_empty() {
            self.order.push_back(job.host.clone());
        }
        if is_first { jobs.push_front(job) } else { jobs.push_back(job) }
    }

    /// The next job of a host; the host goes to the end of the line, or out of it.
    pub(super) fn pop(&mut self, host: String) -> Option<QueuedRequest> {
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
    pub(super) fn drain(&mut self, which: impl Fn(&QueuedRequest) -> bool) -> Vec<QueuedRequest> {
        let mut drained = Vec::new();
        for jobs in self.waiting.values_mut() {
            let (out, stays) = std::mem::take(jobs).into_iter().partition(&which);
            *jobs = stays;
            drained.extend::<VecDeque<QueuedRequest>>(out);
        }
        self.waiting.retain(|_, jobs| !jobs.is_empty());
        self.order.retain(|host| self.waiting.contains_key(host));
        self.progress.waiting -= drained.len();
        for job in &drained {
            self.ids.remove(&job.id);
        }
        drained
    }

    pub(super) fn call_off(&mut self, which: impl Fn(u64) -> bool) -> usize {
        let waiting = self.drain(|job| which(job.id)).len();
        let before = self.under_way.len();
        self.under_way.retain(|(_, id)| !which(*id));
        let under_way = before - self.under_way.len();
        self.progress.under_way -= under_way;
        self.progress.called_off += waiting + under_way;
        waiting + under_way
    }

    pub(super) fn next(&mut self, now: Duration) -> NextStep {
        if self.order.is_empty() {
            return NextStep::End;
        }
        let mut earliest = self.excuse_slow(now);
        for _ in 0..self.order.len() {
            let Some(host) = self.order.pop_front() else { break };
            if let Some(left) = self.pacing.owed().held(&host, now).filter(|left| *left > PATIENCE) {
                let failure = Failure::TooManyRequests { host: told(&host), status: None, retry_after: Some(left) };
                if let Some(job) = self.pop(host) {
                    return NextStep::Refuse(job, failure);
                }
                continue;
            }
            // One address that is to be asked later does not keep the others of its host waiting.
            match self.bring_forward(&host, now) {
                Readiness::Now => {}
                Readiness::NotBefore(left) if left > PATIENCE => {
                    let failure = Failure::AddressHeld { host: told(&host), retry_after: left };
                    if let Some(job) = self.pop(host) {
                        return NextStep::Refuse(job, failure);
                    }
                    continue;
                }
                Readiness::NotBefore(left) => {
                    let then = now.saturating_add(left);
                    earliest = Some(earliest.map_or(then, |earliest| earliest.min(then)));
                    self.order.push_back(host);
                    continue;
                }
            }
            match self.pacing.begin(&host, now) {
                Turn::Now => {
                    let Some(job) = self.pop(host) else { continue };
                    self.under_way.push((job.number, job.id));
                    self.began.insert(job.number, now);
                    self.progress.under_way += 1;
                    return NextStep::Ask(job);
                }
                Turn::NotBefore(then) if then.saturating_sub(now) > LONGEST_TURN => {
                    let failure = Failure::LimitUsedUp { host: told(&host), retry_after: then.saturating_sub(now) };
                    if let Some(job) = self.pop(host) {
                        return NextStep::Refuse(job, failure);
                    }
                }
                Turn::NotBefore(then) => {
                    earliest = Some(earliest.map_or(then, |earliest| earliest.min(then)));
                    self.order.push_back(host);
                }
                Turn::Later => self.order.push_back(host),
            }
        }
        NextStep::Wait(earliest)
    }

    /// Requests that take long do not count among those under way. Gives when the next one will be so, if that makes room.
    fn excuse_slow(&mut self, now: Duration) -> Option<Duration> {
        let slow = self.pacing.slow();
        let slow_at = self.began.values().map(|began| began.saturating_add(slow));
        let (slow, others): (Vec<Duration>, Vec<Duration>) = slow_at.partition(|slow_at| *slow_at <= now);
        self.pacing.excuse(slow.len());
        others.into_iter().min().filter(|_| self.pacing.is_full())
    }

    /// Puts a job of the host first that may be asked for now, else the one whose time comes first.
    fn bring_forward(&mut self, host: &str, now: Duration) -> Readiness {
        let owed = self.pacing.owed().clone();
        let Some(jobs) = self.waiting.get_mut(host) else { return Readiness::Now };
        let left = |job: &QueuedRequest| owed.held(&job.request.address, now);
        let ready = jobs.iter().position(|job| left(job).is_none());
        let found = ready.or_else(|| (0..jobs.len()).min_by_key(|at| left(&jobs[*at])));
        let Some(job) = found.and_then(|at| jobs.remove(at)) else { return Readiness::Now };
        let left = left(&job);
        jobs.push_front(job);
        left.map_or(Readiness::Now, Readiness::NotBefore)
    }

    /// A request to a host has ended. Gives what else waits for that host, if it cannot be had at all.
    pub(super) fn end(&mut self, job: &QueuedRequest, failure: Option<&Failure>, now: Duration) -> Vec<QueuedRequest> {
        let host = job.host.as_str();
        let is_own = failure.and_then(Failure::host).is_some_and(|failed| is_of(host, failed));
        let reach = match failure.filter(|failure| is_own && failure.is_about_the_host()) {
            None => Reach::Answered,
            Some(Failure::TimedOut { stage: RequestStage::Whole, .. }) => Reach::Late,
            Some(_) => Reach::Missed,
        };
        if let Some(began) = self.began.remove(&job.number).filter(|_| reach == Reach::Answered) {
            self.pacing.answered_in(now.saturating_sub(began));
        }
        let is_given_up = self.pacing.end(host, reach);
        if let Some(failure) = failure {
            let is_of_host = matches!(failure, Failure::TooManyRequests { .. });
            let time = failure.hold().or(is_of_host.then_some(COOLING));
            if let (Some(time), Some(failed)) = (time, failure.host()) {
                // Only status 429 is about the one who asks; a page that is down says nothing of the others.
                let whole = if is_own { host } else { failed };
                self.pacing.owed().hold(if is_of_host { whole } else { &job.request.address }, time, now);
            }
        }
        let given_up = if is_given_up { self.drain(|job| job.host == host) } else { Vec::new() };
        if self.order.is_empty() && self.pacing.under_way() == 0 {
            self.pacing.rest();
        }
        given_up
    }
}

/// The number of retries, of `again`, for a request that may well be answered at once, or when the host wants to be
/// asked again. What was waited for in vain is not waited for again and again.
pub(super) fn further_tries(failure: &Failure, again: u32) -> u32 {
    match failure {
        Failure::Lost { .. } | Failure::Truncated { .. } => again,
        Failure::TimedOut { .. } | Failure::ServerTrouble { retry_after: None, .. } => again.min(1),
        other => other.retry_after().filter(|wait| *wait <= PATIENCE).map_or(0, |_| again),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::throttle::Window;

    #[test]
    fn nobody_waits_for_a_turn_that_is_hours_away() {
        static DAY: &[Window] = &[Window::new(1, 24 * 3600)];
        let mut state = State::new(Limits::default());
        for id in 0..2 {
            let address = format!("https://a.example/{id}");
            assert!(state.push(id, Request { address, windows: DAY, ..Request::default() }));
        }
        let now = Duration::from_secs(100_000);
        assert!(matches!(state.next(now), NextStep::Ask(_)));
        let NextStep::Refuse(_, failure) = state.next(now) else { panic!("the limit of the day is used up") };
        assert_eq!(failure.to_string(), "a.example allows no more requests now; the next one in 24 h");
    }

    /// When requests to hosts end, in seconds, by their names: `silent…` never answers and is given up after 30 s, others
    /// answer after `answer`. The clock goes from event to event.
    fn ends(hosts: &[String], answer: Duration) -> HashMap<String, f64> {
        let mut state = State::new(Limits::default());
        for (id, host) in hosts.iter().enumerate() {
            let request = Request { address: format!("https://{host}/feed"), ..Request::default() };
            assert!(state.push(id as u64, request));
        }
        let (mut now, mut ends, mut under_way) = (Duration::ZERO, HashMap::new(), Vec::<(Duration, QueuedRequest)>::new());
        loop {
            let until = match state.next(now) {
                NextStep::Ask(job) => {
                    let is_silent = job.host.contains("silent");
                    under_way.push((now + if is_silent { Duration::from_secs(30) } else { answer }, job));
                    assert!(under_way.len() <= state.pacing.most());
                    continue;
                }
                NextStep::Refuse(..) => panic!("no host asks to be left alone"),
                NextStep::Wait(until) => until,
                NextStep::End => None,
            };
            let Some(first) = (0..under_way.len()).min_by_key(|at| under_way[*at].0) else { return ends };
            if let Some(until) = until.filter(|until| *until < under_way[first].0) {
                now = until;
                continue;
            }
            let (end, job) = under_way.swap_remove(first);
            now = end;
            let host = told(&job.host);
            let failure = job.host.contains("silent").then_some(Failure::TimedOut {
                host,
                stage: RequestStage::Whole,
                limit: Duration::from_secs(30),
            });
            state.end(&job, failure.as_ref(), now);
            ends.insert(job.host, now.as_secs_f64());
        }
    }

    fn hosts(silent: usize, good: usize) -> Vec<String> {
        let silent = (0..silent).map(|n| format!("silent{n}.test"));
        silent.chain((0..good).map(|n| format!("good{n}.test"))).collect()
    }

    #[test]
    fn silent_hosts_that_come_first_hardly_delay_those_that_answer() {
        let tenth = Duration::from_millis(100);
        for (silent, most) in [(40, 3.0), (100, 8.0)] {
            let ends = ends(&hosts(silent, 30), tenth);
            assert_eq!(ends.len(), silent + 30);
            let last = ends.iter().filter(|(host, _)| host.contains("good")).map(|(_, end)| *end).fold(0.0, f64::max);
            assert!(last <= most, "{silent} silent hosts: the last good one after {last} s");
        }
    }

    #[test]
    fn on_a_slow_line_no_more_than_the_bound_are_asked_at_once() {
        // Sixteen at a time: whatever is as slow as all others is not slow.
        let second = Duration::from_millis(900);
        let ends = ends(&hosts(0, 64), second);
        let last = ends.values().copied().fold(0.0, f64::max);
        assert!((last - 3.6).abs() < 0.01, "{last}");
    }
}
