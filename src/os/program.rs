//! Other programs, run by their words and never through a shell: in a session of their own, without a terminal, with
//! nothing on standard input but what they are given, for a limited time and with limited output.
//!
//! A program in the reader's own session could read `/dev/tty`, and so the reader's keys, or write over the screen. The
//! new session comes from `process-wrap`: the standard library cannot make one without `unsafe`.
//!
//! Not for programs that need the terminal: who hands it over suspends the reader first.

use std::collections::BTreeSet;
use std::io::{self, Read, Write};
use std::process::{ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use process_wrap::std::{ChildWrapper, CommandWrap};

pub use super::words::{in_home, words};

/// Why a program gave nothing. None of its output is in it: that may be a password.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ProgramError {
    #[error("no program is named")]
    Unnamed,
    #[error("no browser is known")]
    NoBrowser,
    #[error("`{program}` did not start: {reason}")]
    NotStarted { program: String, reason: String },
    #[error("`{program}` failed ({status})")]
    Failed { program: String, status: String },
    #[error("`{program}` took longer than {} s and was ended", limit.as_secs_f32())]
    TimedOut { program: String, limit: Duration },
    #[error("`{program}` wrote more than {limit} bytes and was ended")]
    TooMuch { program: String, limit: usize },
}

/// The bounds of a program that is waited for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ProgramLimits {
    pub time: Duration,
    /// Bytes on standard output.
    pub output: usize,
}

/// The time to wait for a program's output once it has ended: something that it left running may hold its
/// output open for ever.
const DRAIN: Duration = Duration::from_millis(200);

/// The process groups that are to end with this program.
static RUNNING: Mutex<BTreeSet<u32>> = Mutex::new(BTreeSet::new());

/// A program that runs. What still does is ended with it, and with [`end_all`].
#[derive(Debug)]
pub struct Running {
    child: Box<dyn ChildWrapper>,
    group: ProcessGroup,
}

/// Runs a program to its end and gives what it wrote on standard output.
pub fn run(argv: &[String], input: Option<Vec<u8>>, limits: ProgramLimits) -> Result<Vec<u8>, ProgramError> {
    let deadline = Instant::now() + limits.time;
    let program = argv.first().cloned().unwrap_or_default();
    let mut child = spawn(argv, input.is_some(), true)?;
    let group = ProcessGroup::of(child.id());
    feed(&mut *child, input);
    let (sender, events) = channel();
    if let Some(output) = child.stdout().take() {
        read(output, sender.clone());
    }
    wait(child, sender);
    let heard = listen(&events, deadline, limits.output);
    if heard.is_err() {
        group.kill();
    }
    let (status, output) = heard.map_err(|unheard| match unheard {
        Unheard::Late => ProgramError::TimedOut { program: program.clone(), limit: limits.time },
        Unheard::TooMuch => ProgramError::TooMuch { program: program.clone(), limit: limits.output },
    })?;
    if status.success() { Ok(output) } else { Err(ProgramError::Failed { program, status: status.to_string() }) }
}

/// Starts a program whose output nobody reads.
pub fn start(argv: &[String]) -> Result<Running, ProgramError> {
    let child = spawn(argv, false, false)?;
    let group = ProcessGroup::of(child.id());
    Ok(Running { child, group })
}

/// Starts a program that may outlive this one, such as a browser or what holds the clipboard.
pub fn launch(argv: &[String], input: Option<Vec<u8>>) -> Result<(), ProgramError> {
    let mut child = spawn(argv, input.is_some(), false)?;
    feed(&mut *child, input);
    // Waited for on the side, so that it leaves no zombie.
    wait(child, channel().0);
    Ok(())
}

/// Ends all that is to end with this program.
pub fn end_all() {
    let groups = std::mem::take(&mut *running());
    groups.into_iter().for_each(kill);
}

/// Has a signal that ends this program end those first: they are in sessions of their own, where Ctrl-C does not reach
/// them. Not for the reader, which hears signals itself.
pub fn end_all_on_signals() {
    #[cfg(unix)]
    {
        use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
        let Ok(mut signals) = signal_hook::iterator::Signals::new([SIGHUP, SIGINT, SIGTERM]) else { return };
        thread::spawn(move || {
            for signal in signals.forever() {
                end_all();
                let _ = signal_hook::low_level::emulate_default_handler(signal);
            }
        });
    }
}

impl Running {
    /// How it ended; none if it still runs.
    pub fn ended(&mut self) -> io::Result<Option<ExitStatus>> {
        self.child.try_wait()
    }

    /// Ends it and all that it started.
    pub fn end(&mut self) {
        self.group.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if !matches!(self.ended(), Ok(Some(_))) {
            self.end();
        }
    }
}

/// A process group that is to end with this program, as long as this is there.
#[derive(Debug)]
struct ProcessGroup(u32);

impl ProcessGroup {
    fn of(leader: u32) -> ProcessGroup {
        running().insert(leader);
        ProcessGroup(leader)
    }

    fn kill(&self) {
        kill(self.0);
    }
}

impl Drop for ProcessGroup {
    fn drop(&mut self) {
        running().remove(&self.0);
    }
}

fn running() -> MutexGuard<'static, BTreeSet<u32>> {
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(unix)]
fn kill(group: u32) {
    let group = i32::try_from(group).ok().and_then(rustix::process::Pid::from_raw);
    if let Some(group) = group {
        // It may have ended by itself.
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
}

#[cfg(not(unix))]
fn kill(_: u32) {}

fn spawn(argv: &[String], takes_input: bool, gives_output: bool) -> Result<Box<dyn ChildWrapper>, ProgramError> {
    let [program, arguments @ ..] = argv else { return Err(ProgramError::Unnamed) };
    if program.is_empty() {
        return Err(ProgramError::Unnamed);
    }
    let pipe_if = |is_used| if is_used { Stdio::piped() } else { Stdio::null() };
    let mut wrapped = CommandWrap::with_new(program, |command| {
        command.args(arguments).stdin(pipe_if(takes_input)).stdout(pipe_if(gives_output)).stderr(Stdio::null());
        // By this, GnuPG's agent would ask for a passphrase on the reader's terminal.
        command.env_remove("GPG_TTY");
    });
    #[cfg(unix)]
    wrapped.wrap(process_wrap::std::ProcessSession);
    let not_started = |error: io::Error| {
        let said = error.to_string();
        let reason = said.split(" (os error").next().unwrap_or_default().to_lowercase();
        ProgramError::NotStarted { program: program.clone(), reason }
    };
    wrapped.spawn().map_err(not_started)
}

/// Gives a program its standard input, however slowly it reads.
fn feed(child: &mut dyn ChildWrapper, input: Option<Vec<u8>>) {
    if let (Some(bytes), Some(mut pipe)) = (input, child.stdin().take()) {
        thread::spawn(move || {
            // It need not read all of it.
            let _ = pipe.write_all(&bytes);
        });
    }
}

/// An event of a program that is waited for.
enum Happened {
    Wrote(Vec<u8>),
    Closed,
    Ended(Option<ExitStatus>),
}

fn read(mut output: impl Read + Send + 'static, events: Sender<Happened>) {
    thread::spawn(move || {
        let mut buffer = [0; 4096];
        loop {
            match output.read(&mut buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Ok(0) | Err(_) => break,
                Ok(count) => {
                    if events.send(Happened::Wrote(buffer[..count].to_vec())).is_err() {
                        return;
                    }
                }
            }
        }
        let _ = events.send(Happened::Closed);
    });
}

fn wait(mut child: Box<dyn ChildWrapper>, events: Sender<Happened>) {
    thread::spawn(move || {
        let status = child.wait().ok();
        let _ = events.send(Happened::Ended(status));
    });
}

enum Unheard {
    Late,
    TooMuch,
}

fn listen(events: &Receiver<Happened>, deadline: Instant, most: usize) -> Result<(ExitStatus, Vec<u8>), Unheard> {
    let (mut output, mut status, mut is_closed, mut end) = (Vec::new(), None, false, deadline);
    loop {
        match events.recv_timeout(end.saturating_duration_since(Instant::now())) {
            Ok(Happened::Wrote(bytes)) => output.extend(bytes),
            Ok(Happened::Closed) => is_closed = true,
            Ok(Happened::Ended(ended)) => {
                status = ended;
                end = end.min(Instant::now() + DRAIN);
            }
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                return status.map(|status| (status, output)).ok_or(Unheard::Late);
            }
        }
        if output.len() > most {
            return Err(Unheard::TooMuch);
        }
        if let (true, Some(status)) = (is_closed, status) {
            return Ok((status, output));
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn argv(words: &[&str]) -> Vec<String> {
        words.iter().map(|&word| word.to_owned()).collect()
    }

    fn shell(script: &str) -> Vec<String> {
        argv(&["sh", "-c", script])
    }

    /// Long enough to come to an end on any machine.
    const AMPLE: ProgramLimits = ProgramLimits { time: Duration::from_mins(5), output: 1000 };
    /// A program that hangs does not end, whatever the limit.
    const SHORT: ProgramLimits = ProgramLimits { time: Duration::from_millis(50), output: 1000 };

    #[test]
    fn a_program_gives_what_it_writes() {
        assert_eq!(run(&argv(&["printf", "a b; $HOME"]), None, AMPLE), Ok(b"a b; $HOME".to_vec()));
        assert_eq!(run(&argv(&["cat"]), Some(b"fed".to_vec()), AMPLE), Ok(b"fed".to_vec()));
        assert_eq!(run(&argv(&["cat"]), None, AMPLE), Ok(Vec::new()), "standard input is empty");
        assert_eq!(run(&argv(&["true"]), Some(vec![b'x'; 1 << 20]), AMPLE), Ok(Vec::new()), "it need not read");
    }

    #[test]
    fn each_failure_has_a_name() {
        for (words, limits, wanted) in [
            (argv(&[]), AMPLE, "no program is named"),
            (argv(&[""]), AMPLE, "no program is named"),
            (argv(&["no-such-program"]), AMPLE, "`no-such-program` did not start: no such file or directory"),
            (shell("echo secret; exit 3"), AMPLE, "`sh` failed (exit status: 3)"),
            (shell("kill -9 $$"), AMPLE, "`sh` failed (signal: 9 (SIGKILL))"),
            (argv(&["sleep", "1000"]), SHORT, "`sleep` took longer than 0.05 s and was ended"),
            (shell("yes"), AMPLE, "`sh` wrote more than 1000 bytes and was ended"),
        ] {
            assert_eq!(run(&words, None, limits).unwrap_err().to_string(), wanted);
        }
    }

    #[test]
    fn a_program_leads_a_session_of_its_own() {
        let mut running = start(&argv(&["sleep", "1000"])).unwrap();
        let leader = rustix::process::Pid::from_raw(running.group.0 as i32);
        assert_eq!(rustix::process::getsid(leader).ok(), leader);
        running.end();
    }

    #[test]
    fn what_a_program_leaves_running_does_not_hold_its_answer_back() {
        assert_eq!(run(&shell("sleep 1000 & echo told"), None, AMPLE), Ok(b"told\n".to_vec()));
    }

    #[test]
    fn all_that_a_program_started_is_ended_with_it() {
        let folder = tempfile::tempdir().unwrap();
        let fifo = folder.path().join("fifo");
        run(&argv(&["mkfifo", fifo.to_str().unwrap()]), None, AMPLE).unwrap();
        // Opening the fifo waits for its writer; its end is read once every process that holds it has ended.
        let mut running = start(&shell(&format!("sleep 1000 > {} & wait", fifo.display()))).unwrap();
        let mut reading = std::fs::File::open(&fifo).unwrap();
        assert!(running.ended().unwrap().is_none());
        running.end();
        assert_eq!(reading.read(&mut [0; 8]).unwrap(), 0);
    }
}
