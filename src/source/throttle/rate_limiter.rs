//! Rate limits by host: when each was asked, and until when it asked us to wait. Other runs
//! and copies of the program ask the same hosts: what they asked is [recalled](RateLimiter::recall), what is asked here is
//! [given out](RateLimiter::take_unkept) to be kept.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use url::Url;

/// So many requests in so long a time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Window {
    pub requests: usize,
    pub time: Duration,
}

impl Window {
    pub const fn new(requests: usize, seconds: u64) -> Window {
        Window { requests, time: Duration::from_secs(seconds) }
    }
}

/// Shared by its copies. It has a clock of its own, by which times are counted.
#[derive(Clone, Debug)]
pub struct RateLimiter {
    began: Instant,
    hosts: Arc<Mutex<HashMap<String, LimitedHost>>>,
}

#[derive(Debug, Default)]
struct LimitedHost {
    /// The times of its last requests, if they are counted: as many as its widest window holds.
    asked: VecDeque<Duration>,
    /// The number of these, counted from the end, that were not yet handed out to be stored.
    unkept: usize,
    held_until: Duration,
    /// The hold was not given out to be kept.
    is_hold_unkept: bool,
}

/// The requests to one host, by the clock of a [`RateLimiter`].
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct HostRequests {
    pub host: String,
    /// In their order.
    pub asked: Vec<Duration>,
    pub held_until: Option<Duration>,
}

/// The clock starts here, so that requests of earlier runs have a time on it. No window is wider.
const START: Duration = Duration::from_hours(24);

impl Default for RateLimiter {
    fn default() -> RateLimiter {
        RateLimiter { began: Instant::now(), hosts: Arc::default() }
    }
}

/// Past requests are not a setting: two sets of limits do not differ by them.
impl PartialEq for RateLimiter {
    fn eq(&self, _: &RateLimiter) -> bool {
        true
    }
}

impl Eq for RateLimiter {}

impl RateLimiter {
    pub fn now(&self) -> Duration {
        START + self.began.elapsed()
    }

    fn hosts(&self) -> MutexGuard<'_, HashMap<String, LimitedHost>> {
        self.hosts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A request to the host begins, if all its windows have room; else the time when they will.
    pub(super) fn begin(&self, name: &str, windows: &[Window], now: Duration) -> Result<(), Duration> {
        let mut hosts = self.hosts();
        let start = hosts.get(name).map_or(now, |host| host.start(windows));
        if start > now {
            return Err(start);
        }
        if let Some(most) = windows.iter().map(|window| window.requests).max() {
            let host = hosts.entry(name.to_owned()).or_default();
            host.asked.push_back(now);
            host.asked.drain(..host.asked.len().saturating_sub(most));
            host.unkept = (host.unkept + 1).min(most);
        }
        Ok(())
    }

    /// The host asked to be left alone for a time.
    pub fn hold(&self, name: &str, time: Duration, now: Duration) {
        let mut hosts = self.hosts();
        hosts.retain(|_, host| host.held_until > now || !host.asked.is_empty());
        let host = hosts.entry(name.to_owned()).or_default();
        host.held_until = host.held_until.max(now.saturating_add(time));
        host.is_hold_unkept = true;
    }

    /// The requests and holds since this was last called.
    pub fn take_unkept(&self) -> Vec<HostRequests> {
        let mut hosts = self.hosts();
        let unkept = hosts.iter_mut().filter(|(_, host)| host.unkept > 0 || host.is_hold_unkept).map(|(name, host)| {
            let asked = host.asked.iter().skip(host.asked.len() - std::mem::take(&mut host.unkept)).copied().collect();
            let is_held = std::mem::take(&mut host.is_hold_unkept);
            HostRequests { host: name.clone(), asked, held_until: is_held.then_some(host.held_until) }
        });
        unkept.collect()
    }

    /// Takes what all runs and copies together asked, this one included but for what nobody has been given to keep.
    pub fn recall(&self, all: Vec<HostRequests>) {
        let mut hosts = self.hosts();
        for HostRequests { host, asked, held_until } in all {
            let host = hosts.entry(host).or_default();
            let unkept = host.asked.split_off(host.asked.len() - host.unkept);
            host.asked = asked.into_iter().chain(unkept).collect();
            host.held_until = host.held_until.max(held_until.unwrap_or_default());
        }
    }

    /// How long the host still wants to be left alone.
    pub fn held(&self, name: &str, now: Duration) -> Option<Duration> {
        let left = self.hosts().get(name)?.held_until.checked_sub(now)?;
        (!left.is_zero()).then_some(left)
    }
}

impl LimitedHost {
    fn start(&self, windows: &[Window]) -> Duration {
        let starts = windows.iter().filter_map(|window| {
            let oldest = self.asked.len().checked_sub(window.requests)?;
            Some(self.asked.get(oldest)?.saturating_add(window.time))
        });
        starts.fold(self.held_until, Duration::max)
    }
}

/// The host of an address: its host, and the port if that is not the usual one. What is not an address fails soon enough, as a
/// host of its own.
pub fn host(address: &str) -> String {
    let url = Url::parse(address.trim()).ok();
    let host = url.as_ref().and_then(Url::host_str).unwrap_or_default();
    url.as_ref().and_then(Url::port).map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// True if a [`host`] is the one that a failure names.
pub fn is_of(host: &str, failed: &str) -> bool {
    host.strip_prefix(failed).is_some_and(|port| port.is_empty() || port.starts_with(':'))
}
