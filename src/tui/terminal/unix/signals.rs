//! Signals and wakers: both write to one pipe, so that one `poll` hears everything.

use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::SigId;
use signal_hook::consts::{
    SIGALRM, SIGCONT, SIGHUP, SIGINT, SIGPROF, SIGQUIT, SIGTERM, SIGTSTP, SIGUSR1, SIGUSR2, SIGVTALRM, SIGWINCH, SIGXCPU,
    SIGXFSZ,
};
use signal_hook::low_level::{pipe, unregister};

/// The byte that a waker writes; signals write another.
const WOKEN: u8 = b'W';

/// The signals that are heeded, by what they mean here.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Signal {
    Resize,
    Terminate,
    Interrupt,
    Hangup,
    Continue,
    Stop,
}

/// In the order of the enum. All that would end the program end it in good order; PIPE does nothing, as in every program of
/// Rust's, and what tells of a fault of the program itself is left alone.
const HEEDED: [(Signal, &[i32]); 6] = [
    (Signal::Resize, &[SIGWINCH]),
    (Signal::Terminate, &[SIGTERM, SIGQUIT, SIGALRM, SIGUSR1, SIGUSR2, SIGVTALRM, SIGPROF, SIGXCPU, SIGXFSZ]),
    (Signal::Interrupt, &[SIGINT]),
    (Signal::Hangup, &[SIGHUP]),
    (Signal::Continue, &[SIGCONT]),
    (Signal::Stop, &[SIGTSTP]),
];

pub(super) struct Signals {
    pipe: UnixStream,
    waker: UnixWaker,
    raised: [Arc<AtomicBool>; HEEDED.len()],
    registered: Vec<SigId>,
}

/// Ends the terminal thread's waiting, from any thread.
#[derive(Clone)]
pub struct UnixWaker(Arc<UnixStream>);

impl UnixWaker {
    pub fn wake(&self) {
        // A full pipe wakes just as well.
        let _ = (&*self.0).write(&[WOKEN]);
    }
}

impl Signals {
    pub(super) fn register() -> io::Result<Signals> {
        let (pipe, write) = UnixStream::pair()?;
        pipe.set_nonblocking(true)?;
        write.set_nonblocking(true)?;
        let mut signals = Signals {
            pipe,
            waker: UnixWaker(Arc::new(write.try_clone()?)),
            raised: std::array::from_fn(|_| Arc::default()),
            registered: Vec::new(),
        };
        for ((_, numbers), raised) in HEEDED.into_iter().zip(signals.raised.clone()) {
            for number in numbers {
                // The flag before the pipe: who is woken by the pipe must find the flag.
                signals.registered.push(signal_hook::flag::register(*number, Arc::clone(&raised))?);
                signals.registered.push(pipe::register(*number, write.try_clone()?)?);
            }
        }
        Ok(signals)
    }

    pub(super) fn pipe(&self) -> &UnixStream {
        &self.pipe
    }

    pub(super) fn waker(&self) -> UnixWaker {
        self.waker.clone()
    }

    /// Empties the pipe; whether a waker was used since the last time.
    pub(super) fn drain(&self) -> bool {
        let mut woken = false;
        let mut bytes = [0; 256];
        while let Ok(read @ 1..) = (&self.pipe).read(&mut bytes) {
            woken |= bytes[..read].contains(&WOKEN);
        }
        woken
    }

    pub(super) fn is_raised(&self, signal: Signal) -> bool {
        self.flag(signal).load(Ordering::SeqCst)
    }

    /// True if the signal came since this was last asked.
    pub(super) fn take(&self, signal: Signal) -> bool {
        self.flag(signal).swap(false, Ordering::SeqCst)
    }

    fn flag(&self, signal: Signal) -> &AtomicBool {
        &self.raised[signal as usize]
    }
}

impl Drop for Signals {
    fn drop(&mut self) {
        for id in self.registered.drain(..) {
            unregister(id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_signal_has_its_place() {
        for (at, (signal, _)) in HEEDED.iter().enumerate() {
            assert_eq!(*signal as usize, at);
        }
    }

    #[test]
    fn wakers_and_signals_are_told_apart() {
        let signals = Signals::register().unwrap();
        assert!(!signals.drain());
        signals.waker().wake();
        signals.waker().wake();
        assert!(signals.drain() && !signals.drain());
        signal_hook::low_level::raise(SIGWINCH).unwrap();
        assert!(!signals.drain());
        assert!(signals.is_raised(Signal::Resize) && signals.take(Signal::Resize) && !signals.take(Signal::Resize));
        assert!(!signals.take(Signal::Terminate));
    }
}
