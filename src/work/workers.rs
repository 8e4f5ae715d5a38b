//! The threads that do jobs.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use super::{Done, Job, KeptStore, Outcome, Ticket, perform};
use crate::source::queue::stand_back;

type PerformJob = fn(&Job, &KeptStore) -> Result<Outcome, String>;
type JobReceiver = Receiver<(Ticket, Job)>;

/// Two crews, a handful of threads with one queue each: one for what the reader waits for, one that stands back. A crew
/// starts at its first job, so that a reader who asks for none pays nothing; dropping this lets them finish the job in
/// hand but waits for none of them.
pub struct Workers {
    threads: usize,
    perform: PerformJob,
    wake: Arc<dyn Fn() + Send + Sync>,
    results: (Sender<Done>, Receiver<Done>),
    kept: Arc<KeptStore>,
    awaited: Crew,
    beside: Crew,
}

/// The queue of a crew that has started.
type Crew = Option<Sender<(Ticket, Job)>>;

impl Workers {
    /// So many threads a crew. `wake` is called, on a worker's thread, whenever something is [finished](Workers::finished).
    pub fn new(threads: usize, wake: impl Fn() + Send + Sync + Clone + 'static) -> Workers {
        Workers::doing(perform, threads, wake)
    }

    fn doing(perform: PerformJob, threads: usize, wake: impl Fn() + Send + Sync + 'static) -> Workers {
        Workers {
            threads: threads.max(1),
            perform,
            wake: Arc::new(wake),
            results: channel(),
            kept: Arc::default(),
            awaited: None,
            beside: None,
        }
    }

    /// Queues a job. If no thread can be started, the job is done with an error.
    pub fn submit(&mut self, ticket: Ticket, job: Job) {
        let stands_back = job.stands_back();
        let crew = if stands_back { &self.beside } else { &self.awaited };
        let crew = crew.clone().or_else(|| self.start(stands_back)).filter(|jobs| jobs.send((ticket, job)).is_ok());
        let queued = crew.is_some();
        *(if stands_back { &mut self.beside } else { &mut self.awaited }) = crew;
        if !queued {
            let _ = self.results.0.send(Done { ticket, outcome: Err("no thread could be started for this".to_owned()) });
            (self.wake)();
        }
    }

    /// Jobs finished since the last call, in the order of finishing.
    pub fn finished(&self) -> Vec<Done> {
        self.results.1.try_iter().collect()
    }

    fn start(&self, stands_back: bool) -> Crew {
        let (jobs, queue) = channel();
        let queue = Arc::new(Mutex::new(queue));
        let mut started = None;
        for number in 0..self.threads {
            let (queue, results) = (Arc::clone(&queue), self.results.0.clone());
            let (perform, wake, kept) = (self.perform, Arc::clone(&self.wake), Arc::clone(&self.kept));
            let name = format!("worker {number}");
            let begun = thread::Builder::new().name(name).spawn(move || {
                if stands_back {
                    stand_back();
                }
                work(&queue, &results, |job| perform(job, &kept), &*wake);
            });
            if begun.is_ok() {
                started = Some(());
            }
        }
        started.map(|()| jobs)
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        // Whoever closes the store after this is the last to do so, and leaves no log beside it.
        self.kept.close();
    }
}

fn work(
    queue: &Mutex<JobReceiver>,
    results: &Sender<Done>,
    perform: impl Fn(&Job) -> Result<Outcome, String>,
    wake: &(dyn Fn() + Send + Sync),
) {
    loop {
        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok((ticket, job)) = next else { return };
        let outcome = catch_unwind(AssertUnwindSafe(|| perform(&job))).unwrap_or_else(|panic| Err(said(&*panic)));
        if results.send(Done { ticket, outcome }).is_err() {
            return;
        }
        wake();
    }
}

fn said(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!("internal error: {}", text.unwrap_or("nothing else is known"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{DiscussionId, Finding};

    /// Checks find one thing; discussions make the worker panic.
    #[allow(clippy::unnecessary_wraps, reason = "it stands for what may fail")]
    fn pretend(job: &Job, _: &KeptStore) -> Result<Outcome, String> {
        match job {
            Job::CheckStore { path } => Ok(Outcome::Checked(vec![Finding { ok: true, text: path.display().to_string() }])),
            Job::LoadDiscussion { id, .. } => panic!("no discussion {}", id.0),
            _ => Ok(Outcome::Indexed),
        }
    }

    fn check(path: &str) -> Job {
        Job::CheckStore { path: path.into() }
    }

    /// Workers, and a function that waits until so many results are there.
    fn pretending(threads: usize) -> (Workers, impl Fn(&Workers, usize) -> Vec<Done>) {
        let (woken, wakes) = channel();
        let workers = Workers::doing(pretend, threads, move || {
            let _ = woken.send(());
        });
        let wait = move |workers: &Workers, count: usize| {
            for _ in 0..count {
                wakes.recv().unwrap();
            }
            let mut done = workers.finished();
            done.sort_by_key(|done| done.ticket);
            done
        };
        (workers, wait)
    }

    #[test]
    fn every_job_is_done_once_and_wakes_once() {
        let (mut workers, wait) = pretending(3);
        assert!(workers.beside.is_none(), "no thread before the first job");
        for number in 1..=20 {
            workers.submit(Ticket(number), check("a"));
        }
        let done = wait(&workers, 20);
        assert_eq!(done.iter().map(|done| done.ticket.0).collect::<Vec<_>>(), (1..=20).collect::<Vec<_>>());
        assert!(workers.finished().is_empty());
    }

    #[test]
    fn a_panic_is_an_error_and_the_thread_goes_on() {
        let (mut workers, wait) = pretending(1);
        workers.submit(Ticket(1), Job::LoadDiscussion { path: "a".into(), id: DiscussionId(7), rules: Vec::new() });
        workers.submit(Ticket(2), check("b"));
        let done = wait(&workers, 2);
        assert_eq!(done[0].outcome, Err("internal error: no discussion 7".to_owned()));
        assert_eq!(done[1].outcome, Ok(Outcome::Checked(vec![Finding { ok: true, text: "b".to_owned() }])));
    }
}
