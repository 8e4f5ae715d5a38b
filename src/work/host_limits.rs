//! Shares the requests to hosts with a limit between the store and the queues, so that a limit holds over runs.

use std::time::Duration;

use crate::domain::text::clean_line;
use crate::domain::time::Timestamp;
use crate::source::throttle::{HostRequests, RateLimiter};
use crate::store::Store;
use crate::store::hosts::HostHistory;

/// A second of one host holds no more requests than this, whatever is stored.
const MOST_IN_A_SECOND: u32 = 1000;

/// Stores what was asked since the last time, and takes in what other runs have asked. A store that fails here has failed
/// the fetch already, or will.
pub(super) fn share(store: &mut Store, owed: &RateLimiter, now: Timestamp) {
    let unkept = owed.take_unkept();
    let here = owed.now();
    let histories: Vec<HostHistory> = unkept.iter().map(|asked| history(asked, here, now)).collect();
    let kept = if histories.is_empty() { Ok(()) } else { store.remember_hosts(&histories, now) };
    match kept.and_then(|()| store.host_histories(now)) {
        Ok(all) => owed.recall(all.iter().map(|history| requests(history, here, now)).collect()),
        Err(error) => tracing::error!(%error, "what hosts were asked could not be kept"),
    }
}

/// A request's time is rounded up by a second, for now is rounded down: the next request must not be made too soon.
fn history(asked: &HostRequests, here: Duration, now: Timestamp) -> HostHistory {
    let ago = |time: Duration| here.saturating_sub(time).as_secs() as i64 - 1;
    let mut requests: Vec<(Timestamp, u32)> = Vec::new();
    for time in &asked.asked {
        let at = Timestamp(now.0.saturating_sub(ago(*time)));
        match requests.last_mut().filter(|(last, _)| *last == at) {
            Some((_, count)) => *count += 1,
            None => requests.push((at, 1)),
        }
    }
    let left = |until: Duration| i64::try_from(until.saturating_sub(here).as_secs()).unwrap_or(i64::MAX - 1) + 1;
    let held_until = asked.held_until.map(|until| Timestamp(now.0.saturating_add(left(until))));
    HostHistory { host: clean_line(&asked.host), requests, held_until }
}

fn requests(history: &HostHistory, here: Duration, now: Timestamp) -> HostRequests {
    let then = |at: Timestamp| {
        let seconds = Duration::from_secs(at.0.abs_diff(now.0));
        if at <= now { here.saturating_sub(seconds) } else { here.saturating_add(seconds) }
    };
    let each = |(at, count): &(Timestamp, u32)| vec![then(*at); (*count).min(MOST_IN_A_SECOND) as usize];
    HostRequests {
        host: history.host.to_string(),
        asked: history.requests.iter().flat_map(each).collect(),
        held_until: history.held_until.map(then),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_comes_back_a_second_later_than_it_was_and_less_than_two() {
        let (now, here) = (Timestamp(1_000_000), Duration::from_millis(500_700));
        let asked = [400_100, 400_900, 500_200, 500_700].map(Duration::from_millis);
        let given = HostRequests {
            host: "a.example".to_owned(),
            asked: asked.to_vec(),
            held_until: Some(Duration::from_millis(560_300)),
        };
        let back = requests(&history(&given, here, now), here, now);
        let late = back.asked.iter().zip(asked).map(|(back, asked)| back.checked_sub(asked).map(|late| late.as_millis()));
        assert_eq!(late.collect::<Vec<_>>(), [Some(1600), Some(1800), Some(1500), Some(1000)]);
        assert_eq!(back.held_until, Some(Duration::from_millis(560_700)));
    }
}
