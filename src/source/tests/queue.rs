//! Many requests at a time.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Barrier, Condvar, Mutex};
use std::time::Duration;

use super::server::{Server, answer, say};
use super::{client, request, settings};
use crate::source::failure::told;
use crate::source::http::{Answer, Request, ResponseMeta};
use crate::source::queue::{Progress, Queue, RequestDone};
use crate::source::throttle::{Limits, Window};
use crate::source::{Failure, RequestStage};

/// A door that stays shut until it is opened, and counts who stands before it.
#[derive(Default)]
struct Gate {
    state: Mutex<(bool, usize)>,
    changed: Condvar,
}

impl Gate {
    fn pass(&self) {
        let mut state = self.state.lock().unwrap();
        state.1 += 1;
        self.changed.notify_all();
        let _open = self.changed.wait_while(state, |(is_open, _)| !*is_open).unwrap();
    }

    /// Waits until so many have come to the door.
    fn reached_by(&self, count: usize) {
        let _state = self.changed.wait_while(self.state.lock().unwrap(), |(_, here)| *here < count).unwrap();
    }

    fn open(&self) {
        self.state.lock().unwrap().0 = true;
        self.changed.notify_all();
    }
}

fn nothing() -> Answer {
    Answer::Fresh { bytes: Vec::new(), particulars: ResponseMeta::default() }
}

/// Nothing becomes slow on a machine that is.
fn limits() -> Limits {
    Limits { slow: Duration::MAX, ..Limits::default() }
}

/// A queue over what stands for the net, and what it tells.
fn queue(
    perform: impl Fn(&str) -> Result<Answer, Failure> + Send + Sync + 'static,
    limits: Limits,
) -> (Queue, Receiver<RequestDone>) {
    let (sender, told) = channel();
    let perform = move |request: &Request| perform(&request.address);
    (Queue::doing(perform, || {}, limits, tell_to(sender)), told)
}

/// A queue that answers once its gate is open.
fn gated(limits: Limits) -> (Queue, Receiver<RequestDone>, Arc<Gate>) {
    let gate = Arc::new(Gate::default());
    let shut = Arc::clone(&gate);
    let perform = move |_: &str| {
        shut.pass();
        Ok(nothing())
    };
    let (queue, told) = queue(perform, limits);
    (queue, told, gate)
}

fn tell_to(sender: Sender<RequestDone>) -> impl Fn(RequestDone) + Send + Sync {
    let sender = Mutex::new(sender);
    move |done| {
        let _ = sender.lock().unwrap().send(done);
    }
}

fn one(queue: &Queue, id: u64, address: impl AsRef<str>) -> bool {
    queue.add([(id, request(address.as_ref()))]) == 1
}

fn ids(told: &Receiver<RequestDone>, count: usize) -> Vec<u64> {
    let mut ids: Vec<u64> = told.iter().take(count).map(|done| done.id).collect();
    ids.sort_unstable();
    ids
}

#[test]
fn everything_is_asked_for_once_and_told_once() {
    let (queue, told) = queue(|_| Ok(nothing()), limits());
    let many = (0..500).map(|id| (id, request(&format!("http://{}.test/{id}", id % 37))));
    assert_eq!(queue.add(many), 500);
    assert_eq!(ids(&told, 500), (0..500).collect::<Vec<_>>());
    assert_eq!(queue.progress(), Progress { done: 500, ..Progress::default() });
    // The next round is counted anew.
    one(&queue, 7, "http://a.test/");
    let done = told.recv().unwrap();
    assert_eq!((done.id, done.progress), (7, Progress { done: 1, ..Progress::default() }));
    drop(queue);
    assert!(told.recv().is_err(), "its threads are gone, and nothing more comes");
}

#[test]
fn a_stalled_host_does_not_delay_fifty_others() {
    let gate = Arc::new(Gate::default());
    let shut = Arc::clone(&gate);
    let perform = move |address: &str| {
        if address.contains("stalled") {
            shut.pass();
        }
        Ok(nothing())
    };
    let (queue, told) = queue(perform, Limits { at_once: 3, ..limits() });
    queue.add((100..110).map(|id| (id, request("http://stalled.test/"))));
    gate.reached_by(2);
    queue.add((0..50).map(|id| (id, request(&format!("http://{id}.test/")))));
    assert_eq!(ids(&told, 50), (0..50).collect::<Vec<_>>());
    let progress = queue.progress();
    assert_eq!((progress.waiting, progress.under_way, progress.done), (8, 2, 50));
    gate.open();
    assert_eq!(ids(&told, 10), (100..110).collect::<Vec<_>>());
}

#[test]
fn a_server_sees_two_connections_at_once_and_never_more() {
    let (here, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (counted, seen) = (Arc::clone(&here), Arc::clone(&most));
    // Neither of two is answered before the other has come.
    let both = Barrier::new(2);
    let server = Server::new(move |_, stream| {
        seen.fetch_max(counted.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        both.wait();
        counted.fetch_sub(1, Ordering::SeqCst);
        say(stream, &answer("200 OK", &["connection: close"], b"news"));
    });
    let (sender, told) = channel();
    let queue = Queue::new(client(settings()), limits(), tell_to(sender));
    queue.add((0..20).map(|id| (id, request(&server.url("a.test", "/")))));
    assert!(told.iter().take(20).all(|done| done.outcome.is_ok()));
    assert_eq!((most.load(Ordering::SeqCst), here.load(Ordering::SeqCst)), (2, 0));
}

#[test]
fn sixteen_are_asked_at_once_over_all_hosts() {
    let (queue, told, gate) = gated(limits());
    queue.add((0..40).map(|id| (id, request(&format!("http://{id}.test/")))));
    gate.reached_by(16);
    assert_eq!(queue.progress(), Progress { waiting: 24, under_way: 16, ..Progress::default() });
    gate.open();
    assert_eq!(ids(&told, 40).len(), 40);
}

#[test]
fn a_gap_between_requests_is_slept_through() {
    let gap = Window { requests: 1, time: Duration::from_millis(15) };
    let windows = HashMap::from([("slow.test".to_owned(), vec![gap])]);
    let (queue, told) = queue(|_| Ok(nothing()), Limits { windows, ..limits() });
    queue.add((0..5).map(|id| (id, request("http://slow.test/"))));
    assert_eq!(ids(&told, 5), [0, 1, 2, 3, 4]);
}

#[test]
fn what_was_called_off_is_not_told() {
    let (queue, told, gate) = gated(Limits { per_host: 1, ..limits() });
    queue.add((0..4).map(|id| (id, request("http://a.test/"))));
    gate.reached_by(1);
    assert_eq!([0, 2, 9].map(|id| queue.cancel(id)), [true, true, false]);
    assert!(!queue.cancel(0), "it is called off once");
    assert_eq!(queue.progress(), Progress { waiting: 2, called_off: 2, ..Progress::default() });
    // The same id may come again while its old request still runs.
    assert!(one(&queue, 0, "http://b.test/"));
    assert!(!one(&queue, 3, "http://b.test/"), "this one is waiting");
    gate.open();
    assert_eq!(ids(&told, 3), [0, 1, 3]);
    assert_eq!(queue.progress(), Progress { done: 3, called_off: 2, ..Progress::default() });
    assert!(told.try_recv().is_err());
}

#[test]
fn calling_all_off_breaks_off_what_is_under_way() {
    let gate = Arc::new(Gate::default());
    let shut = Arc::clone(&gate);
    // It never answers, and notes when the other side goes.
    let (gone, goings) = channel();
    let gone = Mutex::new(gone);
    let server = Server::new(move |head, stream| {
        if head.starts_with("GET /stalled") {
            shut.pass();
            let _ = std::io::Read::read(stream, &mut [0]);
            let _ = gone.lock().unwrap().send(());
        } else {
            say(stream, &answer("200 OK", &[], b"news"));
        }
    });
    let (sender, told) = channel();
    let queue = Queue::new(client(settings()), limits(), tell_to(sender));
    gate.open();
    queue.add((0..10).map(|id| (id, request(&server.url("a.test", "/stalled")))));
    gate.reached_by(2);
    assert_eq!(queue.cancel_all(), 10);
    assert_eq!(goings.iter().take(2).count(), 2);
    assert_eq!(queue.progress(), Progress { called_off: 10, ..Progress::default() });
    one(&queue, 11, server.url("a.test", "/"));
    let done = told.recv().unwrap();
    assert_eq!((done.id, done.outcome.is_ok()), (11, true));

    one(&queue, 12, server.url("a.test", "/stalled"));
    gate.reached_by(3);
    drop(queue);
    assert_eq!(goings.recv(), Ok(()), "dropping the queue does so too");
    assert!(told.recv().is_err(), "and nothing is told");
}

#[test]
fn a_dead_host_is_given_up_after_two_tries() {
    let tries = Arc::new(AtomicUsize::new(0));
    let tried = Arc::clone(&tries);
    let limit = Duration::from_secs(10);
    let dead = Failure::TimedOut { host: told("dead.test"), stage: RequestStage::Connecting, limit };
    let failure = dead.clone();
    let (queue, told) = queue(
        move |address| {
            if !address.contains("dead") {
                return Ok(nothing());
            }
            tried.fetch_add(1, Ordering::SeqCst);
            Err(failure.clone())
        },
        Limits { per_host: 1, at_once: 1, ..limits() },
    );
    queue.add((0..50).map(|id| (id, request("http://dead.test/"))));
    let done: Vec<RequestDone> = told.iter().take(50).collect();
    assert!(done.iter().all(|done| done.outcome.as_ref() == Err(&dead)));
    assert_eq!(done.iter().map(|done| done.id).collect::<HashSet<_>>().len(), 50);
    assert_eq!(queue.progress(), Progress { failed: 50, ..Progress::default() });
    assert_eq!(tries.load(Ordering::SeqCst), 2);
}

#[test]
fn a_host_that_answers_nothing_in_time_is_given_up_and_one_that_is_late_at_times_is_not() {
    let tries = Arc::new(AtomicUsize::new(0));
    let tried = Arc::clone(&tries);
    let (queue, told_of) = queue(
        move |address| {
            let n = tried.fetch_add(1, Ordering::SeqCst);
            let is_late = address.contains("hanging") || n < 2;
            let (host, limit) =
                (if address.contains("hanging") { "hanging.test" } else { "late.test" }, Duration::from_secs(30));
            let late = Failure::TimedOut { host: told(host), stage: RequestStage::Whole, limit };
            if is_late { Err(late) } else { Ok(nothing()) }
        },
        Limits { per_host: 1, again: 2, ..limits() },
    );
    queue.add((0..50).map(|id| (id, request("http://late.test/"))));
    assert!(told_of.iter().take(50).all(|done| done.outcome.is_ok()), "two in a row are no sign");
    tries.store(100, Ordering::SeqCst);
    queue.add((0..50).map(|id| (id, request("http://hanging.test/"))));
    assert!(told_of.iter().take(50).all(|done| done.outcome.is_err()));
    assert!(tries.load(Ordering::SeqCst) <= 106, "{tries:?}");
}

#[test]
fn a_host_that_was_asked_too_often_is_left_alone() {
    let tries = Arc::new(AtomicUsize::new(0));
    let tried = Arc::clone(&tries);
    let (queue, told_of) = queue(
        move |address| {
            if !address.contains("busy") {
                return Ok(nothing());
            }
            tried.fetch_add(1, Ordering::SeqCst);
            Err(Failure::TooManyRequests {
                host: told("busy.test"),
                status: Some(429),
                retry_after: Some(Duration::from_hours(1)),
            })
        },
        Limits { at_once: 1, ..limits() },
    );
    queue.add((0..20).map(|id| (id, request("http://busy.test/"))));
    one(&queue, 20, "http://a.test/");
    let done: Vec<RequestDone> = told_of.iter().take(21).collect();
    let refused = done.iter().filter(|done| matches!(done.outcome, Err(Failure::TooManyRequests { .. }))).count();
    assert_eq!((refused, tries.load(Ordering::SeqCst)), (20, 1));
    // Later rounds leave it alone as well.
    one(&queue, 21, "http://busy.test/");
    let failure = told_of.recv().unwrap().outcome.unwrap_err();
    assert!(failure.retry_after().is_some_and(|left| left > Duration::from_secs(3500)), "{failure}");
    assert_eq!(tries.load(Ordering::SeqCst), 1);
}

#[test]
fn a_host_that_was_asked_too_often_is_left_alone_by_the_next_queue_too() {
    let limits = limits();
    let tries = Arc::new(AtomicUsize::new(0));
    let refusals: Vec<Option<Failure>> = ["http://busy.test:81/", "http://busy.test:81/", "http://busy.test/"]
        .map(|address| {
            let tried = Arc::clone(&tries);
            let perform = move |address: &str| {
                tried.fetch_add(1, Ordering::SeqCst);
                let busy = Failure::TooManyRequests {
                    host: told("busy.test"),
                    status: Some(429),
                    retry_after: Some(Duration::from_hours(1)),
                };
                if address.contains(":81") { Err(busy) } else { Ok(nothing()) }
            };
            let (queue, told_of) = queue(perform, limits.clone());
            one(&queue, 1, address);
            told_of.recv().unwrap().outcome.err()
        })
        .into();
    assert!(matches!(refusals[..], [Some(_), Some(_), None]), "another port is another server: {refusals:?}");
    assert_eq!(tries.load(Ordering::SeqCst), 2);
}

#[test]
fn a_fault_costs_one_request_and_no_thread() {
    let (sender, told) = channel();
    let tell = tell_to(sender);
    let tell = move |done: RequestDone| {
        let id = done.id;
        tell(done);
        assert!(id != 1, "a fault in who is told");
    };
    let perform = |request: &Request| if request.address.contains("fault") { panic!("no\x1b[m page") } else { Ok(nothing()) };
    let queue = Queue::doing(perform, || {}, Limits { at_once: 1, ..limits() }, tell);
    queue.add((0..).zip(["http://fault.test/", "http://a.test/", "", "not an address", "http://b.test/"].map(request)));
    let done: Vec<RequestDone> = told.iter().take(5).collect();
    let failed: Vec<String> = done.iter().filter_map(|done| done.outcome.as_ref().err()).map(ToString::to_string).collect();
    assert_eq!(failed, ["internal error: no[m page"]);
}

#[test]
fn a_host_that_loses_each_answer_once_or_is_in_trouble_gives_all() {
    let failures: [fn() -> Failure; 2] =
        [|| Failure::Lost { host: told("h") }, || Failure::ServerTrouble { host: told("h"), status: 502, retry_after: None }];
    for failure in failures {
        let asked: Arc<Mutex<HashSet<String>>> = Arc::default();
        let perform = move |address: &str| {
            let is_first = asked.lock().unwrap().insert(address.to_owned());
            if is_first { Err(failure()) } else { Ok(nothing()) }
        };
        let (queue, told) = queue(perform, Limits { again: 2, ..limits() });
        queue.add((0..50).map(|n| (n, request(&format!("http://h/{n}")))));
        assert!(told.iter().take(50).all(|done| done.outcome.is_ok()));
    }
}

#[test]
fn what_was_lost_is_asked_for_again_what_was_late_once_and_what_was_refused_never() {
    let lost = |n: usize| Failure::Lost { host: told(&format!("h{n}")) };
    let busy =
        |wait| Failure::TooManyRequests { host: told("h2"), status: Some(429), retry_after: Some(Duration::from_secs(wait)) };
    let tries: Arc<Mutex<HashMap<String, usize>>> = Arc::default();
    let counted = Arc::clone(&tries);
    let perform = move |address: &str| {
        let mut tries = counted.lock().unwrap();
        let tries = tries.entry(address.to_owned()).or_default();
        *tries += 1;
        match (address, *tries) {
            ("http://h0/", 1 | 2) => Err(lost(0)),
            ("http://h1/", _) => Err(lost(1)),
            ("http://h2/", 1) => Err(busy(0)),
            ("http://h3/", _) => Err(Failure::LoginWanted { host: told("h3"), status: 403 }),
            ("http://h5/", 1) | ("http://h6/", _) => {
                let limit = Duration::from_secs(30);
                Err(Failure::TimedOut {
                    host: told(if address == "http://h5/" { "h5" } else { "h6" }),
                    stage: RequestStage::Whole,
                    limit,
                })
            }
            ("http://h4/", _) => {
                Err(Failure::ServerTrouble { host: told("h4"), status: 503, retry_after: Some(Duration::from_hours(1)) })
            }
            _ => Ok(nothing()),
        }
    };
    let (queue, told) = queue(perform, Limits { again: 2, at_once: 1, ..limits() });
    queue.add((0..7).map(|n| (n, request(&format!("http://h{n}/")))));
    let mut ended: Vec<(u64, bool, usize)> =
        told.iter().take(7).map(|done| (done.id, done.outcome.is_ok(), done.progress.total())).collect();
    ended.sort_unstable();
    let all = [true, false, true, false, false, true, false];
    assert_eq!(ended, (0..).zip(all).map(|(n, is_ok)| (n, is_ok, 7)).collect::<Vec<_>>());
    let tries = tries.lock().unwrap();
    assert_eq!((0..7).map(|n| tries[&format!("http://h{n}/")]).collect::<Vec<_>>(), [3, 3, 2, 1, 1, 2, 2], "in vain but twice");
}

#[test]
fn hosts_that_never_answer_do_not_keep_others_waiting() {
    let gate = Arc::new(Gate::default());
    let door = Arc::clone(&gate);
    let perform = move |address: &str| {
        if address.contains("silent") {
            door.pass();
        }
        Ok(nothing())
    };
    let (queue, told) = queue(perform, Limits { at_once: 2, slow: Duration::ZERO, ..limits() });
    let silent = (0..5).map(|n| (n, request(&format!("http://silent{n}.test/"))));
    let good = (10..13).map(|n| (n, request(&format!("http://good{n}.test/"))));
    queue.add(silent.chain(good));
    let mut ids: Vec<u64> = (0..3).map(|_| told.recv().unwrap().id).collect();
    ids.sort_unstable();
    assert_eq!(ids, [10, 11, 12]);
    gate.open();
    assert_eq!(told.iter().take(5).count(), 5);
}

#[test]
fn an_address_that_is_to_be_asked_later_does_not_silence_its_host() {
    let tries: Arc<Mutex<Vec<String>>> = Arc::default();
    let tried = Arc::clone(&tries);
    let perform = move |address: &str| {
        tried.lock().unwrap().push(address.to_owned());
        let retry_after = Some(Duration::from_hours(1));
        let down = Failure::ServerTrouble { host: told("a.test"), status: 503, retry_after };
        if address.ends_with("/bad") { Err(down) } else { Ok(nothing()) }
    };
    let (queue, told_of) = queue(perform, Limits { at_once: 1, ..limits() });
    one(&queue, 0, "http://a.test/bad");
    assert!(told_of.recv().unwrap().outcome.is_err());
    let addresses = ["good1", "bad", "good2", "good3"];
    queue.add((1..).zip(addresses.map(|path| request(&format!("http://a.test/{path}")))));
    let mut done: Vec<(u64, Option<Failure>)> = told_of.iter().take(4).map(|done| (done.id, done.outcome.err())).collect();
    done.sort_by_key(|(id, _)| *id);
    let failed: Vec<u64> = done.iter().filter(|(_, failure)| failure.is_some()).map(|(id, _)| *id).collect();
    assert_eq!(failed, [2]);
    let failure = done[1].1.as_ref().unwrap();
    assert!(!failure.to_string().contains("status"), "no status came: {failure}");
    assert_eq!(tries.lock().unwrap().iter().filter(|address| address.ends_with("/bad")).count(), 1);
}
