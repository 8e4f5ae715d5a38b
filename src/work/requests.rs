//! Requests whose answers lead to further requests. Not for the fetch of sources, whose requests are known beforehand.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use super::fetch::FetchSettings;
use crate::source::Failure;
use crate::source::http::{Answer, Client, Request};
use crate::source::queue::{Queue, RequestDone};
use crate::source::throttle::Limits;

/// A request whose answer was lost is made again so often: what follows from it depends on it.
const AGAIN: u32 = 2;

/// The interval at which a stop is checked for.
pub(super) const GLANCE: Duration = Duration::from_millis(100);

pub(super) fn queue(client: Client, settings: &FetchSettings) -> (Queue, Receiver<RequestDone>) {
    let (sender, answers) = channel();
    let limits = Limits { again: AGAIN, ..settings.limits.clone() };
    let queue = Queue::new(client, limits, move |done| {
        // Nobody may listen any more.
        let _ = sender.send(done);
    });
    (queue, answers)
}

/// Makes requests, and those that `answered` gives for their answers, until none is left. With `stop` it ends early as
/// [`Failure::CalledOff`].
pub(super) fn make_all(
    client: &Client,
    settings: &FetchSettings,
    first: impl IntoIterator<Item = (u64, Request)>,
    stop: &AtomicBool,
    mut answered: impl FnMut(u64, Result<Answer, Failure>) -> Vec<(u64, Request)>,
) -> Result<(), Failure> {
    let (queue, answers) = queue(client.clone(), settings);
    let mut left = queue.add(first);
    while left > 0 {
        if stop.load(Ordering::Relaxed) {
            queue.cancel_all();
            return Err(Failure::CalledOff);
        }
        match answers.recv_timeout(GLANCE) {
            Ok(RequestDone { id, outcome, .. }) => left = left - 1 + queue.add(answered(id, outcome)),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Err(Failure::CalledOff),
        }
    }
    Ok(())
}
