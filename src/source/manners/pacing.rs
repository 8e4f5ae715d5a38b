//! Who may be asked now. Times are counted from any one beginning.

use std::collections::HashMap;
use std::time::Duration;

/// Bounds on what is asked at the same time.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Limits {
    /// Of all hosts together.
    pub at_once: usize,
    pub per_host: usize,
    /// From one request's beginning to the next one's, for hosts that are not in `gaps`.
    pub gap: Duration,
    /// Of single hosts, by their names as addresses have them.
    pub gaps: HashMap<String, Duration>,
    /// The threads that ask, which read what is answered, let others of the program go first.
    pub stands_back: bool,
    /// How often one request is made again whose answer was lost on the way, or is to be had a little later.
    pub again: u32,
}

impl Default for Limits {
    fn default() -> Limits {
        // Lobsters allows 30 requests a minute; Reddit hardly one, of who is not logged in.
        let reddit = ["www.reddit.com", "old.reddit.com", "reddit.com"].map(|host| (host, Duration::from_mins(1)));
        let gaps = reddit.into_iter().chain([("lobste.rs", Duration::from_secs(2))]);
        let gaps = gaps.map(|(host, gap)| (host.to_owned(), gap)).collect();
        Limits { at_once: 16, per_host: 2, gap: Duration::ZERO, gaps, stands_back: false, again: 0 }
    }
}

/// Whether a host may be asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Turn {
    Now,
    /// Not before then, whatever ends until then.
    NotBefore(Duration),
    /// Only when another request has ended.
    Later,
}

/// What is under way, and what each host is owed.
#[derive(Clone, Debug, Default)]
pub struct Pacing {
    limits: Limits,
    under_way: usize,
    hosts: HashMap<String, Host>,
}

#[derive(Clone, Debug, Default)]
struct Host {
    under_way: usize,
    not_before: Duration,
    /// Until when it asked to be left alone.
    held_until: Duration,
    /// Requests in a row that could not get to it at all.
    misses: u32,
}

/// A host that could not be had so often in a row is not tried for what else is waiting for it.
const MISSES: u32 = 2;

impl Pacing {
    pub fn new(limits: Limits) -> Pacing {
        Pacing { limits, ..Pacing::default() }
    }

    /// How often one request is made again.
    pub fn again(&self) -> u32 {
        self.limits.again
    }

    /// Requests that may be under way at once; at least one.
    pub fn at_once(&self) -> usize {
        self.limits.at_once.max(1)
    }

    pub fn is_full(&self) -> bool {
        self.under_way >= self.at_once()
    }

    pub fn under_way(&self) -> usize {
        self.under_way
    }

    pub fn turn(&self, host: &str, now: Duration) -> Turn {
        if self.is_full() {
            return Turn::Later;
        }
        let Some(host) = self.hosts.get(host) else { return Turn::Now };
        if host.under_way >= self.limits.per_host.max(1) {
            return Turn::Later;
        }
        match host.not_before.max(host.held_until) {
            start if start > now => Turn::NotBefore(start),
            _ => Turn::Now,
        }
    }

    /// A request to the host begins.
    pub fn begin(&mut self, name: &str, now: Duration) {
        let gap = self.limits.gaps.get(name).copied().unwrap_or(self.limits.gap);
        let host = self.hosts.entry(name.to_owned()).or_default();
        host.under_way += 1;
        host.not_before = now.saturating_add(gap);
        self.under_way += 1;
    }

    /// A request to the host ended; whether it got to it. Tells whether the host is to be given up for now.
    pub fn end(&mut self, name: &str, was_reached: bool, now: Duration) -> bool {
        self.under_way = self.under_way.saturating_sub(1);
        let Some(host) = self.hosts.get_mut(name) else { return false };
        host.under_way = host.under_way.saturating_sub(1);
        host.misses = if was_reached { 0 } else { host.misses + 1 };
        let is_given_up = host.misses >= MISSES;
        if host.under_way == 0 && host.misses == 0 && host.not_before.max(host.held_until) <= now {
            self.hosts.remove(name);
        }
        is_given_up
    }

    /// The host asked to be left alone for a time.
    pub fn hold(&mut self, name: &str, time: Duration, now: Duration) {
        let host = self.hosts.entry(name.to_owned()).or_default();
        host.held_until = host.held_until.max(now.saturating_add(time));
    }

    /// How long the host still wants to be left alone.
    pub fn held(&self, name: &str, now: Duration) -> Option<Duration> {
        let left = self.hosts.get(name)?.held_until.checked_sub(now)?;
        (!left.is_zero()).then_some(left)
    }

    /// Forgets what no longer matters: nothing is waiting, and each host may be tried anew.
    pub fn rest(&mut self, now: Duration) {
        for host in self.hosts.values_mut() {
            host.misses = 0;
        }
        self.hosts.retain(|_, host| host.under_way > 0 || host.not_before.max(host.held_until) > now);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn a_host_has_two_at_once_and_its_own_gap() {
        let gaps = HashMap::from([("slow.example".to_owned(), seconds(1))]);
        let mut pacing = Pacing::new(Limits { at_once: 4, gaps, ..Limits::default() });
        assert_eq!(pacing.turn("a.example", seconds(5)), Turn::Now);
        pacing.begin("a.example", seconds(5));
        assert_eq!(pacing.turn("a.example", seconds(5)), Turn::Now);
        pacing.begin("a.example", seconds(5));
        assert_eq!(pacing.turn("a.example", seconds(9)), Turn::Later);
        pacing.begin("slow.example", seconds(5));
        assert_eq!(pacing.turn("slow.example", seconds(5)), Turn::NotBefore(seconds(6)));
        assert_eq!(pacing.turn("slow.example", seconds(6)), Turn::Now);
        pacing.begin("b.example", seconds(5));
        assert_eq!(pacing.turn("c.example", seconds(9)), Turn::Later, "four are under way");
        pacing.end("a.example", true, seconds(9));
        assert_eq!(pacing.turn("c.example", seconds(9)), Turn::Now);
        assert_eq!(pacing.turn("a.example", seconds(9)), Turn::Now);
    }

    #[test]
    fn a_host_that_wants_to_be_left_alone_is() {
        let mut pacing = Pacing::new(Limits::default());
        pacing.begin("a.example", seconds(0));
        pacing.hold("a.example", seconds(60), seconds(1));
        pacing.hold("a.example", seconds(10), seconds(2));
        pacing.end("a.example", true, seconds(2));
        assert_eq!(pacing.turn("a.example", seconds(2)), Turn::NotBefore(seconds(61)));
        assert_eq!(pacing.held("a.example", seconds(21)), Some(seconds(40)));
        pacing.rest(seconds(60));
        assert_eq!(pacing.held("a.example", seconds(60)), Some(seconds(1)), "resting does not end it");
        assert_eq!((pacing.held("a.example", seconds(61)), pacing.held("b.example", seconds(0))), (None, None));
        pacing.hold("a.example", Duration::MAX, seconds(1));
        pacing.rest(seconds(61));
        assert_eq!(pacing.turn("a.example", seconds(61)), Turn::NotBefore(Duration::MAX));
    }

    #[test]
    fn a_host_that_cannot_be_had_twice_in_a_row_is_given_up_until_rest() {
        let mut pacing = Pacing::new(Limits::default());
        let mut ask = |reached| {
            pacing.begin("a.example", seconds(0));
            pacing.end("a.example", reached, seconds(0))
        };
        assert_eq!([false, true, false, false].map(&mut ask), [false, false, false, true]);
        pacing.rest(seconds(0));
        assert!(pacing.hosts.is_empty());
    }

    proptest! {
        /// Whatever comes when: the bounds hold, gaps and holds are kept, and nothing is left over at the end.
        #[test]
        fn bounds_hold_whatever_happens(
            at_once in 1..6_usize,
            per_host in 1..4_usize,
            gap in 0..5_u64,
            steps in prop::collection::vec((0..4_usize, 0..4_u8, 0..8_u64), 1..200),
        ) {
            let names = ["a", "b", "c", "d"];
            let mut pacing = Pacing::new(Limits { at_once, per_host, gap: seconds(gap), gaps: HashMap::new(), stands_back: false, again: 0 });
            let mut now = seconds(0);
            let mut under_way: Vec<usize> = Vec::new();
            let mut earliest = [seconds(0); 4];
            for (host, what, amount) in steps {
                match what {
                    0 => now += seconds(amount),
                    1 => if let Some(at) = under_way.iter().position(|other| *other == host) {
                        under_way.swap_remove(at);
                        pacing.end(names[host], true, now);
                    },
                    2 => {
                        pacing.hold(names[host], seconds(amount), now);
                        earliest[host] = earliest[host].max(now + seconds(amount));
                    }
                    _ => match pacing.turn(names[host], now) {
                        Turn::Now => {
                            prop_assert!(now >= earliest[host]);
                            pacing.begin(names[host], now);
                            under_way.push(host);
                            earliest[host] = now + seconds(gap);
                        }
                        Turn::NotBefore(then) => prop_assert_eq!(then, earliest[host]),
                        Turn::Later => {
                            let here = under_way.iter().filter(|other| **other == host).count();
                            prop_assert!(under_way.len() == at_once || here == per_host);
                        }
                    },
                }
                prop_assert!(under_way.len() <= at_once);
                for host in 0..4 {
                    prop_assert!(under_way.iter().filter(|other| **other == host).count() <= per_host);
                }
            }
            for host in under_way {
                pacing.end(names[host], true, now);
            }
            pacing.rest(now + seconds(100));
            prop_assert!(pacing.hosts.is_empty() && !pacing.is_full());
        }
    }
}
