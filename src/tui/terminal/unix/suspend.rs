//! Job control: stopping with the terminal given back, and coming back to it.

use std::io;

use rustix::process::{Pid, Signal as Posix, getpgid, getpgrp, getppid, getsid, kill_current_process_group};

use super::signals::Signal;
use super::{UnixScreen, modes};
use crate::os::program::ProgramError;
use crate::os::terminal_program::run_with_terminal;

impl UnixScreen {
    /// Gives the terminal back and stops, with the whole job that a pipe may have made of us; returns when the job is
    /// continued. Does nothing but draw anew where nobody could continue us.
    pub fn suspend(&mut self) -> io::Result<()> {
        if !could_be_continued() {
            self.redraw_all();
            return Ok(());
        }
        modes::leave();
        self.signals.take(Signal::Continue);
        kill_current_process_group(Posix::STOP)?;
        self.signals.take(Signal::Continue);
        self.signals.take(Signal::Stop);
        self.come_back()
    }

    /// Lends the terminal to a program until it ends.
    pub fn lend(&mut self, argv: &[String], input: Option<Vec<u8>>) -> Result<(), ProgramError> {
        modes::leave();
        let stop = || {
            if could_be_continued() {
                let _ = kill_current_process_group(Posix::STOP);
            }
        };
        let ended = run_with_terminal(argv, input, stop);
        // The terminal's keys were for the program.
        for signal in [Signal::Interrupt, Signal::Stop, Signal::Continue] {
            self.signals.take(signal);
        }
        if let Err(error) = self.come_back() {
            tracing::error!(%error, "the terminal could not be taken back");
        }
        ended
    }

    /// Takes the terminal again, whatever was done to it meanwhile; unless we were continued only to end.
    pub(super) fn come_back(&mut self) -> io::Result<()> {
        modes::leave();
        if [Signal::Terminate, Signal::Interrupt, Signal::Hangup].into_iter().any(|end| self.signals.is_raised(end)) {
            return Ok(());
        }
        modes::enter(self.mouse, &self.title)?;
        self.measure = true;
        self.redraw_all();
        Ok(())
    }
}

/// The kernel's rule for a terminal's own stop key, which the stop signal that cannot be caught does not follow: a
/// process group without a parent in another group of the same session (a shell with job control) would sleep for ever.
fn could_be_continued() -> bool {
    let (group, session) = (getpgrp(), getsid(None).ok());
    let mut ancestor = getppid();
    while let Some(pid) = ancestor {
        if getsid(Some(pid)).ok() != session {
            return false;
        }
        if getpgid(Some(pid)).ok() != Some(group) {
            return true;
        }
        ancestor = parent_of(pid);
    }
    false
}

/// Known where there is a `/proc`.
fn parent_of(pid: Pid) -> Option<Pid> {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero())).ok()?;
    // pid (name, which may hold anything) state parent …
    let (_, behind_name) = stat.rsplit_once(')')?;
    behind_name.split_whitespace().nth(1)?.parse().ok().and_then(Pid::from_raw)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_os = "linux")]
    fn parents_are_found() {
        assert_eq!(parent_of(rustix::process::getpid()), getppid());
    }
}
