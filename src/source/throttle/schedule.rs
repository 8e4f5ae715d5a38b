//! Computes when a source is due again.

use std::time::Duration;

use crate::domain::time::Timestamp;
use crate::source::failure::LONGEST_HOLD;
use crate::source::{Failure, Recovery};

const MINUTE: Duration = Duration::from_mins(1);
const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

/// How often a source is asked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Schedule {
    /// As configured; none if it is asked by hand only.
    pub every: Option<Duration>,
    /// The longest interval that a source may ask for. Many say a year and mean that they do not know.
    pub longest_wish: Duration,
    /// The wait after the first failure that may pass by itself; it doubles with each in a row.
    pub first_retry: Duration,
    /// The longest interval after doubling.
    pub longest_retry: Duration,
    /// The longest time for which `Retry-After` is obeyed.
    pub longest_hold: Duration,
}

impl Default for Schedule {
    fn default() -> Schedule {
        Schedule {
            every: Some(HOUR),
            longest_wish: DAY,
            first_retry: 5 * MINUTE,
            longest_retry: DAY,
            longest_hold: LONGEST_HOLD,
        }
    }
}

/// A source's hints for how often to ask it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct RefreshHints {
    /// RSS's `ttl`.
    pub ttl: Option<Duration>,
    /// The Syndication module's, as [`update_interval`] gives it.
    pub update: Option<Duration>,
    /// HTTP's.
    pub fresh_for: Option<Duration>,
}

/// How the last request ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AttemptOutcome<'a> {
    Answered {
        wishes: RefreshHints,
        /// The new address, where every redirect on the way was permanent.
        moved_to: Option<&'a str>,
    },
    /// `in_row` counts the failures since the last answer, this one included. What was
    /// [called off](Failure::CalledOff) is no outcome.
    Failed { failure: &'a Failure, in_row: u32 },
}

/// The next request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Plan {
    /// None if the source is not asked again by itself.
    pub due: Option<Timestamp>,
    pub reason: DueReason,
    /// The address that takes the place of the source's.
    pub move_to: Option<String>,
}

/// Why a source is due when it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DueReason {
    Configured,
    Ttl,
    UpdatePeriod,
    CacheControl,
    RetryAfter,
    BackOff,
    /// The source has ended.
    Gone,
}

impl DueReason {
    /// Goes on from "due then, …".
    pub fn in_words(self) -> &'static str {
        match self {
            DueReason::Configured => "as configured",
            DueReason::Ttl => "as its ttl asks",
            DueReason::UpdatePeriod => "as its update period asks",
            DueReason::CacheControl => "as its server's Cache-Control asks",
            DueReason::RetryAfter => "as its server's Retry-After asks",
            DueReason::BackOff => "after a wait that grows with each failure",
            DueReason::Gone => "it has ended",
        }
    }
}

impl Schedule {
    /// When the source with this address is due, as seen at the end of a request.
    pub fn next(&self, address: &str, now: Timestamp, outcome: &AttemptOutcome<'_>) -> Plan {
        let (wait, reason) = match outcome {
            AttemptOutcome::Answered { wishes, .. } => self.after_answer(wishes),
            AttemptOutcome::Failed { failure, .. } if failure.recovery() == Recovery::Ended => {
                return Plan { due: None, reason: DueReason::Gone, move_to: None };
            }
            AttemptOutcome::Failed { failure, in_row } => self.after_failure(address, failure, *in_row),
        };
        let move_to = match outcome {
            AttemptOutcome::Answered { moved_to, .. } => moved_to.filter(|to| *to != address).map(str::to_owned),
            AttemptOutcome::Failed { .. } => None,
        };
        let due = self.every.map(|_| Timestamp(now.0.saturating_add(i64::try_from(wait.as_secs()).unwrap_or(i64::MAX))));
        Plan { due, reason, move_to }
    }

    /// The most that a source is ever put off.
    pub fn longest(&self) -> Duration {
        let retry = self.longest_retry.max(self.every());
        // With the jitter of a retry.
        (retry + retry / 4).max(self.longest_wish).max(self.longest_hold)
    }

    fn every(&self) -> Duration {
        self.every.unwrap_or_default().max(MINUTE)
    }

    fn after_answer(&self, wishes: &RefreshHints) -> (Duration, DueReason) {
        let wished = [
            (wishes.ttl, DueReason::Ttl),
            (wishes.update, DueReason::UpdatePeriod),
            (wishes.fresh_for, DueReason::CacheControl),
        ];
        wished
            .into_iter()
            .filter_map(|(wish, reason)| Some((wish?.min(self.longest_wish), reason)))
            .fold((self.every(), DueReason::Configured), |longest, wish| if wish.0 > longest.0 { wish } else { longest })
    }

    fn after_failure(&self, address: &str, failure: &Failure, in_row: u32) -> (Duration, DueReason) {
        // A lasting failure is not retried more often than a healthy source is fetched.
        let first = if failure.is_lasting() { self.every().max(HOUR) } else { self.first_retry.max(MINUTE) };
        let doubled = first.saturating_mul(2_u32.saturating_pow(in_row.saturating_sub(1)));
        // Nor is anything that fails asked more often in the long run than what does not.
        let wait = doubled.min(self.longest_retry.max(self.every()));
        let wait = wait + wait.mul_f64(jitter(address, in_row) / 4.0);
        match failure.retry_after().map(|hold| hold.min(self.longest_hold)) {
            Some(hold) if hold >= wait => (hold, DueReason::RetryAfter),
            _ => (wait, DueReason::BackOff),
        }
    }
}

/// A share from 0 up to 1 that is always the same for the same address and try, so that sources that failed together do
/// not come back together. By FNV-1a (<https://datatracker.ietf.org/doc/draft-eastlake-fnv>), since the standard
/// library's own hash may change.
fn jitter(address: &str, in_row: u32) -> f64 {
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    let hash = address.bytes().chain(in_row.to_le_bytes()).fold(0xcbf2_9ce4_8422_2325, step);
    // The high bits differ best.
    (hash >> 40) as f64 / f64::from(1_u32 << 24)
}

/// The time between updates of a source that has `sy:updateFrequency` of them in a `sy:updatePeriod` (RSS 1.0's
/// Syndication module, which has a frequency of 1 where none is given). None for a period that it does not know.
pub fn update_interval(period: &str, frequency: u32) -> Option<Duration> {
    let period = match period.trim().to_ascii_lowercase().as_str() {
        "hourly" => HOUR,
        "daily" => DAY,
        "weekly" => 7 * DAY,
        "monthly" => 30 * DAY,
        "yearly" => 365 * DAY,
        _ => return None,
    };
    Some(period / frequency.max(1))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::source::failure::told;

    const NOW: Timestamp = Timestamp(1_000_000);

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    /// Minutes until a source that is asked every half hour is due after an answer with these wishes.
    fn after_answer(ttl: Option<u64>, update: Option<u64>, fresh_for: Option<u64>) -> (i64, DueReason) {
        let minutes = |minutes: Option<u64>| minutes.map(|minutes| seconds(60 * minutes));
        let wishes = RefreshHints { ttl: minutes(ttl), update: minutes(update), fresh_for: minutes(fresh_for) };
        let schedule = Schedule { every: Some(30 * MINUTE), ..Schedule::default() };
        let plan = schedule.next("a", NOW, &AttemptOutcome::Answered { wishes, moved_to: None });
        ((plan.due.unwrap().0 - NOW.0) / 60, plan.reason)
    }

    #[test]
    fn a_source_may_wish_to_be_asked_less_often_but_not_never() {
        for ((ttl, update, fresh_for), wanted) in [
            ((None, None, None), (30, DueReason::Configured)),
            ((Some(10), Some(0), Some(5)), (30, DueReason::Configured)),
            ((Some(60), None, Some(45)), (60, DueReason::Ttl)),
            ((Some(60), Some(120), None), (120, DueReason::UpdatePeriod)),
            ((None, None, Some(31)), (31, DueReason::CacheControl)),
            ((None, None, Some(365 * 24 * 60)), (24 * 60, DueReason::CacheControl)),
        ] {
            assert_eq!(after_answer(ttl, update, fresh_for), wanted);
        }
    }

    fn host() -> crate::domain::text::CleanText {
        told("a.example")
    }

    /// The wait after so many failures in a row of a source that is asked every two hours.
    fn after_failure(failure: &Failure, in_row: u32) -> (u64, DueReason) {
        let schedule = Schedule { every: Some(2 * HOUR), ..Schedule::default() };
        let plan = schedule.next("https://a.example/feed", NOW, &AttemptOutcome::Failed { failure, in_row });
        (plan.due.unwrap().0.abs_diff(NOW.0), plan.reason)
    }

    #[test]
    fn failures_in_a_row_are_tried_ever_more_seldom() {
        let refused = Failure::Refused { host: host() };
        let not_found = Failure::NotFound { host: host() };
        for (failure, in_row, least) in [
            (&refused, 1, 300),
            (&refused, 2, 600),
            (&refused, 5, 4800),
            (&refused, 9, 76_800),
            (&refused, 10, 86_400),
            (&refused, u32::MAX, 86_400),
            (&not_found, 1, 7200),
            (&not_found, 3, 28_800),
            (&not_found, 40, 86_400),
        ] {
            let (wait, reason) = after_failure(failure, in_row);
            assert!((least..=least + least / 4).contains(&wait), "{failure}, {in_row}: {wait}");
            assert_eq!(reason, DueReason::BackOff);
        }
    }

    #[test]
    fn retry_after_is_obeyed_but_not_for_ever_and_does_not_shorten_the_wait() {
        let busy = |after| Failure::ServerTrouble { host: host(), status: 503, retry_after: Some(seconds(after)) };
        assert_eq!(after_failure(&busy(3600), 1), (3600, DueReason::RetryAfter));
        assert_eq!(after_failure(&busy(u64::from(u32::MAX)), 1), (86_400, DueReason::RetryAfter));
        let (wait, reason) = after_failure(&busy(0), 4);
        assert!(wait >= 2400);
        assert_eq!(reason, DueReason::BackOff);
    }

    #[test]
    fn what_is_gone_is_not_asked_again_and_what_moved_moves() {
        let schedule = Schedule::default();
        let gone = schedule.next("a", NOW, &AttemptOutcome::Failed { failure: &Failure::Gone { host: host() }, in_row: 1 });
        assert_eq!(gone, Plan { due: None, reason: DueReason::Gone, move_to: None });
        let moved = |to| {
            schedule.next("a", NOW, &AttemptOutcome::Answered { wishes: RefreshHints::default(), moved_to: Some(to) }).move_to
        };
        assert_eq!((moved("b").as_deref(), moved("a")), (Some("b"), None));
        let by_hand = Schedule { every: None, ..Schedule::default() };
        let answered = AttemptOutcome::Answered { wishes: RefreshHints::default(), moved_to: Some("b") };
        assert_eq!(by_hand.next("a", NOW, &answered).due, None);
    }

    #[test]
    fn the_syndication_module_counts_updates_in_a_period() {
        for (period, frequency, wanted) in
            [("hourly", 1, Some(HOUR)), (" Daily\n", 4, Some(6 * HOUR)), ("weekly", 0, Some(7 * DAY)), ("fortnightly", 1, None)]
        {
            assert_eq!(update_interval(period, frequency), wanted, "{period}");
        }
    }

    #[test]
    fn sources_that_failed_together_come_back_apart() {
        let refused = Failure::Refused { host: host() };
        let outcome = AttemptOutcome::Failed { failure: &refused, in_row: 6 };
        let mut dues: Vec<i64> = (0..200)
            .map(|n| Schedule::default().next(&format!("https://a.example/{n}"), NOW, &outcome).due.unwrap().0)
            .collect();
        dues.sort_unstable();
        dues.dedup();
        assert!(dues.len() > 150, "{} moments for 200 sources", dues.len());
    }

    proptest! {
        #[test]
        fn a_source_is_never_due_in_the_past_nor_beyond_what_is_configured(
            now in any::<i64>(),
            every in 0..10_000_000_u64,
            in_row in any::<u32>(),
            retry_after in proptest::option::of(any::<u32>()),
            wish in proptest::option::of(any::<u64>()),
            address in ".{0,20}",
        ) {
            let schedule = Schedule { every: Some(seconds(every)), ..Schedule::default() };
            let retry_after = retry_after.map(|time| seconds(u64::from(time)));
            let busy = Failure::TooManyRequests { host: host(), status: Some(429), retry_after };
            let wish = wish.map(seconds);
            let wishes = RefreshHints { ttl: wish, update: wish, fresh_for: wish };
            let most = schedule.longest().as_secs();
            for outcome in [AttemptOutcome::Failed { failure: &busy, in_row }, AttemptOutcome::Answered { wishes, moved_to: None }] {
                let due = schedule.next(&address, Timestamp(now), &outcome).due.unwrap().0;
                prop_assert!(due >= now.saturating_add(60));
                prop_assert!(due.abs_diff(now) <= most);
            }
        }
    }
}
