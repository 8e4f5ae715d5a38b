//! Decides which host may be asked now. Times count from an arbitrary start.

use std::collections::HashMap;
use std::time::Duration;

use super::{RateLimiter, Window};

/// Bounds on what is asked at the same time. Copies share what hosts are owed: for as long as one of them is there, a host
/// is asked no sooner because another asks it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Limits {
    /// The limit for all hosts together.
    pub at_once: usize,
    pub per_host: usize,
    /// Rate limits of single hosts, by their names as addresses have them.
    pub windows: HashMap<String, Vec<Window>>,
    /// The threads that ask, which read what is answered, let others of the program go first.
    pub stands_back: bool,
    /// The number of retries for a request whose answer was lost on the way or comes a little later.
    pub again: u32,
    /// A request that has been under way for so long gives its place to another one, so that hosts that never answer do
    /// not keep those waiting that do. Where others answer sooner, or none has answered yet, it does so up to three times
    /// as soon.
    pub slow: Duration,
    pub owed: RateLimiter,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            at_once: 16,
            per_host: 2,
            windows: HashMap::new(),
            stands_back: false,
            again: 0,
            slow: SLOW,
            owed: RateLimiter::default(),
        }
    }
}

/// A host's turn.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Turn {
    Now,
    /// Not before then, whatever ends until then.
    NotBefore(Duration),
    /// Only when another request has ended.
    Later,
}

/// How a request found its host.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reach {
    Answered,
    /// It did not answer in time.
    Late,
    /// It cannot be had.
    Missed,
}

/// The requests under way, and how their hosts answered.
#[derive(Clone, Debug, Default)]
pub struct Pacing {
    limits: Limits,
    under_way: usize,
    /// How many of these do not count against the limit for all.
    excused: usize,
    /// The time that answers take, by the last few; none before the first.
    typical: Option<Duration>,
    hosts: HashMap<String, PacedHost>,
}

#[derive(Clone, Debug, Default)]
struct PacedHost {
    under_way: usize,
    /// Since it last answered; one that was but late counts half, for all that are under way may be late at once.
    misses: u32,
}

const SLOW: Duration = Duration::from_secs(3);

/// So many times as many requests may be under way as may be at once, the slow ones included.
const STRETCH: usize = 8;

/// An answer that takes so many times as long as others is slow.
const TYPICAL: u32 = 4;

/// A host that was missed so often in a row is not tried for what else is waiting for it.
const MISSES: u32 = 4;

impl Pacing {
    pub fn new(limits: Limits) -> Pacing {
        Pacing { limits, ..Pacing::default() }
    }

    /// Takes a site's own limits for a host; limits that were set for the host take precedence.
    pub fn observe(&mut self, host: &str, windows: &[Window]) {
        if !windows.is_empty() && !self.limits.windows.contains_key(host) {
            self.limits.windows.insert(host.to_owned(), windows.to_vec());
        }
    }

    /// The number of retries of one request.
    pub fn again(&self) -> u32 {
        self.limits.again
    }

    pub fn owed(&self) -> &RateLimiter {
        &self.limits.owed
    }

    /// Requests that may be under way at once; at least one.
    pub fn at_once(&self) -> usize {
        self.limits.at_once.max(1)
    }

    pub fn is_full(&self) -> bool {
        self.under_way - self.excused.min(self.under_way) >= self.at_once()
    }

    /// The most that are ever under way.
    pub fn most(&self) -> usize {
        self.at_once().saturating_mul(STRETCH)
    }

    /// After what time a request is [slow](Limits::slow). On a slow line all answers take long, and more requests at once
    /// would make them slower.
    pub fn slow(&self) -> Duration {
        let (least, most) = (self.limits.slow / 3, self.limits.slow);
        self.typical.map_or(least, |typical| typical.saturating_mul(TYPICAL).clamp(least, most))
    }

    /// An answer came after this time.
    pub fn answered_in(&mut self, time: Duration) {
        let before = self.typical.unwrap_or(time);
        self.typical = Some(before.saturating_mul(3).saturating_add(time) / 4);
    }

    /// So many of those under way are slow.
    pub fn excuse(&mut self, slow: usize) {
        self.excused = slow.min(self.most() - self.at_once());
    }

    pub fn under_way(&self) -> usize {
        self.under_way
    }

    /// A request to the host begins, if it is its turn.
    pub fn begin(&mut self, name: &str, now: Duration) -> Turn {
        let here = self.hosts.get(name).map_or(0, |host| host.under_way);
        if self.is_full() || here >= self.limits.per_host.max(1) {
            return Turn::Later;
        }
        let windows = self.limits.windows.get(name).map_or(&[][..], Vec::as_slice);
        if let Err(start) = self.limits.owed.begin(name, windows, now) {
            return Turn::NotBefore(start);
        }
        self.hosts.entry(name.to_owned()).or_default().under_way += 1;
        self.under_way += 1;
        Turn::Now
    }

    /// A request to the host ended. Tells whether the host is to be given up for now.
    pub fn end(&mut self, name: &str, reach: Reach) -> bool {
        self.under_way = self.under_way.saturating_sub(1);
        let Some(host) = self.hosts.get_mut(name) else { return false };
        host.under_way = host.under_way.saturating_sub(1);
        host.misses = match reach {
            Reach::Answered => 0,
            Reach::Late => host.misses + 1,
            Reach::Missed => host.misses + 2,
        };
        let is_given_up = host.misses >= MISSES;
        if host.under_way == 0 && host.misses == 0 {
            self.hosts.remove(name);
        }
        is_given_up
    }

    /// Nothing is waiting: each host may be tried anew.
    pub fn rest(&mut self) {
        self.hosts.retain(|_, host| {
            host.misses = 0;
            host.under_way > 0
        });
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::source::throttle::HostRequests;

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn windows(host: &str, windows: &[(usize, u64)]) -> HashMap<String, Vec<Window>> {
        let windows = windows.iter().map(|(requests, time)| Window { requests: *requests, time: seconds(*time) });
        HashMap::from([(host.to_owned(), windows.collect())])
    }

    #[test]
    fn a_host_has_two_at_once_and_its_own_gap() {
        let windows = windows("slow.example", &[(1, 1)]);
        let mut pacing = Pacing::new(Limits { at_once: 4, windows, ..Limits::default() });
        assert_eq!(pacing.begin("a.example", seconds(5)), Turn::Now);
        assert_eq!(pacing.begin("a.example", seconds(5)), Turn::Now);
        assert_eq!(pacing.begin("a.example", seconds(9)), Turn::Later);
        assert_eq!(pacing.begin("slow.example", seconds(5)), Turn::Now);
        assert_eq!(pacing.begin("slow.example", seconds(5)), Turn::NotBefore(seconds(6)));
        assert_eq!(pacing.begin("slow.example", seconds(6)), Turn::Now);
        assert_eq!(pacing.begin("c.example", seconds(9)), Turn::Later, "four are under way");
        pacing.end("a.example", Reach::Answered);
        assert_eq!(pacing.begin("a.example", seconds(9)), Turn::Now);
    }

    /// When each of so many requests begins, if each is made as soon as may be by one of two that do not know of each other.
    fn begun(host: &str, limits: &Limits, requests: usize) -> Vec<Duration> {
        let mut both = [Pacing::new(limits.clone()), Pacing::new(limits.clone())];
        let (mut now, mut begun) = (seconds(0), Vec::new());
        while begun.len() < requests {
            let one = &mut both[begun.len() % 2];
            match one.begin(host, now) {
                Turn::Now => {
                    one.end(host, Reach::Answered);
                    begun.push(now);
                }
                Turn::NotBefore(then) => now = then,
                Turn::Later => panic!("nothing is under way"),
            }
        }
        begun
    }

    #[test]
    fn a_host_is_asked_no_more_than_it_allows_by_all_together() {
        let windows = windows("lobste.rs", &[(1, 1), (30, 61), (100, 601), (400, 3601)]);
        let begun = begun("lobste.rs", &Limits { windows, ..Limits::default() }, 1000);
        for (requests, time) in [(4, 1), (30, 60), (100, 600), (400, 3600)] {
            let is_within = |window: &[Duration]| window[requests] > window[0] + seconds(time);
            assert!(begun.windows(requests + 1).all(is_within), "{requests} in {time} s");
        }
        assert_eq!((begun[29], begun[30], begun[100]), (seconds(29), seconds(61), seconds(601)), "and no later than it must");
    }

    #[test]
    fn what_earlier_runs_asked_counts_in_the_windows_of_this_one() {
        let limits = Limits { windows: windows("a.example", &[(3, 60)]), ..Limits::default() };
        let mut pacing = Pacing::new(limits.clone());
        assert_eq!(pacing.begin("a.example", seconds(100)), Turn::Now);
        pacing.end("a.example", Reach::Answered);
        let own = HostRequests { host: "a.example".to_owned(), asked: vec![seconds(100)], held_until: None };
        assert_eq!(limits.owed.take_unkept(), std::slice::from_ref(&own));
        assert_eq!(limits.owed.take_unkept(), []);
        // One more while what is kept is read.
        assert_eq!(pacing.begin("a.example", seconds(101)), Turn::Now);
        pacing.end("a.example", Reach::Answered);
        limits.owed.recall(vec![HostRequests { asked: vec![seconds(90), seconds(100)], ..own.clone() }]);
        assert_eq!(pacing.begin("a.example", seconds(102)), Turn::NotBefore(seconds(150)));
        limits.owed.recall(vec![HostRequests { held_until: Some(seconds(300)), ..own.clone() }]);
        assert_eq!(pacing.begin("a.example", seconds(102)), Turn::NotBefore(seconds(300)));
        limits.owed.hold("a.example", seconds(400), seconds(102));
        let unkept = HostRequests { asked: vec![seconds(101)], held_until: Some(seconds(502)), ..own };
        assert_eq!(limits.owed.take_unkept(), [unkept]);
    }

    #[test]
    fn what_is_slow_gives_its_place_to_others_within_bounds() {
        let mut pacing = Pacing::new(Limits { at_once: 2, per_host: 1, ..Limits::default() });
        let hosts: Vec<String> = (0..20).map(|n| n.to_string()).collect();
        let mut under_way = 0;
        let mut begin = |pacing: &mut Pacing| {
            let turn = pacing.begin(&hosts[under_way], seconds(0));
            under_way += usize::from(turn == Turn::Now);
            turn
        };
        assert_eq!([(); 3].map(|()| begin(&mut pacing)), [Turn::Now, Turn::Now, Turn::Later]);
        pacing.excuse(1);
        assert_eq!([(); 2].map(|()| begin(&mut pacing)), [Turn::Now, Turn::Later]);
        pacing.excuse(100);
        while begin(&mut pacing) == Turn::Now {}
        assert_eq!(pacing.under_way(), pacing.most());
        pacing.excuse(0);
        assert!(pacing.is_full());
    }

    #[test]
    fn a_host_that_wants_to_be_left_alone_is_left_alone_by_all() {
        let limits = Limits::default();
        let owed = limits.owed.clone();
        let mut pacing = Pacing::new(limits.clone());
        pacing.begin("a.example", seconds(0));
        owed.hold("a.example", seconds(60), seconds(1));
        owed.hold("a.example", seconds(10), seconds(2));
        pacing.end("a.example", Reach::Answered);
        pacing.rest();
        for mut pacing in [pacing, Pacing::new(limits)] {
            assert_eq!(pacing.begin("a.example", seconds(2)), Turn::NotBefore(seconds(61)));
        }
        assert_eq!(owed.held("a.example", seconds(60)), Some(seconds(1)));
        owed.hold("b.example", seconds(1), seconds(60));
        assert_eq!((owed.held("a.example", seconds(61)), owed.held("b.example", seconds(61))), (None, None));
        owed.hold("a.example", Duration::MAX, seconds(1));
        assert_eq!(owed.held("a.example", seconds(61)), Duration::MAX.checked_sub(seconds(61)));
    }

    #[test]
    fn a_host_that_cannot_be_had_twice_in_a_row_is_given_up_until_rest() {
        let mut pacing = Pacing::new(Limits::default());
        let mut ask = |reach| {
            pacing.begin("a.example", seconds(0));
            pacing.end("a.example", reach)
        };
        let [answered, late, missed] = [Reach::Answered, Reach::Late, Reach::Missed];
        assert_eq!([missed, answered, missed, missed].map(&mut ask), [false, false, false, true]);
        let late = [answered, late, late, late, answered, late, late, late, late];
        assert_eq!(late.map(&mut ask).iter().position(|given_up| *given_up), Some(8));
        pacing.rest();
        assert!(pacing.hosts.is_empty());
    }

    proptest! {
        /// Whatever comes when: the bounds hold, windows and holds are kept, and nothing is left over at the end.
        #[test]
        fn bounds_hold_whatever_happens(
            at_once in 1..6_usize,
            per_host in 1..4_usize,
            gap in 0..5_u64,
            steps in prop::collection::vec((0..4_usize, 0..4_u8, 0..8_u64), 1..200),
        ) {
            let names = ["a", "b", "c", "d"];
            let windows = names.iter().flat_map(|name| windows(name, &[(1, gap)])).collect();
            let owed = RateLimiter::default();
            let mut pacing = Pacing::new(Limits { at_once, per_host, windows, owed: owed.clone(), ..Limits::default() });
            let mut now = seconds(0);
            let mut under_way: Vec<usize> = Vec::new();
            let mut earliest = [seconds(0); 4];
            for (host, what, amount) in steps {
                match what {
                    0 => now += seconds(amount),
                    1 => if let Some(at) = under_way.iter().position(|other| *other == host) {
                        under_way.swap_remove(at);
                        pacing.end(names[host], Reach::Answered);
                    },
                    2 => {
                        owed.hold(names[host], seconds(amount), now);
                        earliest[host] = earliest[host].max(now + seconds(amount));
                    }
                    _ => match pacing.begin(names[host], now) {
                        Turn::Now => {
                            prop_assert!(now >= earliest[host]);
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
                pacing.end(names[host], Reach::Answered);
            }
            pacing.rest();
            prop_assert!(pacing.hosts.is_empty() && !pacing.is_full());
        }
    }
}
