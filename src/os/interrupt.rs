//! Ctrl-C and its like, for a command that stops between two steps of its work and says what was done.
//!
//! Not for the reader, which hears signals itself, nor for commands that have nothing to tell: those end at once.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// True once the program was asked to end. A second signal ends it at once.
#[derive(Clone, Default, Debug)]
pub struct Interrupt {
    heard: Arc<AtomicBool>,
    /// Ends when a signal comes.
    #[cfg(unix)]
    wake: Option<Arc<std::os::unix::net::UnixStream>>,
}

impl Interrupt {
    /// Listens from now on. `break_off` is called on a thread of its own when the first signal comes.
    #[cfg(unix)]
    pub fn listen(break_off: impl Fn() + Send + 'static) -> Interrupt {
        use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
        let Ok((wake, waker)) = std::os::unix::net::UnixStream::pair() else { return Interrupt::default() };
        let Ok(mut signals) = signal_hook::iterator::Signals::new([SIGHUP, SIGINT, SIGTERM]) else {
            return Interrupt::default();
        };
        let interrupt = Interrupt { heard: Arc::default(), wake: Some(Arc::new(wake)) };
        let heard = Arc::clone(&interrupt.heard);
        std::thread::spawn(move || {
            let mut waker = Some(waker);
            for signal in signals.forever() {
                if heard.swap(true, Ordering::SeqCst) {
                    let _ = signal_hook::low_level::emulate_default_handler(signal);
                }
                waker = None;
                super::program::end_all();
                break_off();
            }
            drop(waker);
        });
        interrupt
    }

    #[cfg(not(unix))]
    pub fn listen(_: impl Fn() + Send + 'static) -> Interrupt {
        Interrupt::default()
    }

    pub fn is_heard(&self) -> bool {
        self.heard.load(Ordering::SeqCst)
    }

    /// Standard input, which fails once a signal has come: it may keep a program waiting for as long as it likes.
    pub fn stdin(&self) -> Box<dyn Read> {
        #[cfg(unix)]
        if let Some(wake) = &self.wake
            && let Ok(input) = std::os::fd::AsFd::as_fd(&io::stdin()).try_clone_to_owned()
        {
            return Box::new(Interruptible { input: input.into(), wake: Arc::clone(wake) });
        }
        Box::new(io::stdin())
    }
}

#[cfg(unix)]
struct Interruptible {
    input: std::fs::File,
    wake: Arc<std::os::unix::net::UnixStream>,
}

#[cfg(unix)]
impl Read for Interruptible {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        use rustix::event::{PollFd, PollFlags, poll};
        let mut sources = [PollFd::new(&self.input, PollFlags::IN), PollFd::new(&*self.wake, PollFlags::IN)];
        while let Err(error) = poll(&mut sources, None) {
            if error != rustix::io::Errno::INTR {
                return Err(error.into());
            }
        }
        if sources[1].revents().is_empty() { self.input.read(into) } else { Err(io::Error::other("stopped")) }
    }
}
