//! A program in a pseudo-terminal: types keys, reads the screen, sends signals, and keeps every byte that came.
//!
//! Nothing here sleeps: every wait is a poll of the terminal with a deadline.

use std::fs::File;
use std::os::fd::OwnedFd;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{OFlags, fcntl_setfl};
use rustix::io::{Errno, FdFlags, fcntl_setfd};
use rustix::process::{Pid, Signal, kill_process};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, Winsize, tcgetattr, tcsetwinsize};

use crate::escapes::{self, Answers};

/// How long anything may take before the test fails; far above what is wanted, for busy machines.
const PATIENCE: Duration = Duration::from_secs(15);

/// The command that the staging process becomes (see [`enter_the_terminal`]): a JSON array of the terminal's path and argv.
const STAGE: &str = "GLEANER_TEST_STAGE";

/// Columns and rows.
pub(crate) type Size = (u16, u16);

pub(crate) struct Terminal {
    master: Option<OwnedFd>,
    pid: Pid,
    /// Reads as hung up once the process is reaped.
    gone: OwnedFd,
    reaper: Option<JoinHandle<ExitStatus>>,
    emulator: vt100::Parser<Answers>,
    raw: Vec<u8>,
}

/// The result of one wait on the terminal.
enum Heard {
    Output,
    Silence,
    /// The other side has closed the terminal.
    HangUp,
}

impl Terminal {
    /// Starts a program as the leader of a session whose controlling terminal is a new one of that size, with only the
    /// given environment.
    pub(crate) fn spawn(argv: &[&str], size: Size, env: &[(String, PathBuf)]) -> Terminal {
        let (master, path) = open_master(size);
        let stage = serde_json::to_string(&[&[path.as_str()], argv].concat()).unwrap();
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["pty::enter_the_terminal", "--exact", "--nocapture"])
            .env_clear()
            .envs(env.iter().map(|(name, value)| (name, value)))
            .env(STAGE, stage)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let pid = Pid::from_child(&child);
        let (gone, told) = rustix::pipe::pipe_with(rustix::pipe::PipeFlags::CLOEXEC).unwrap();
        let reaper = std::thread::spawn(move || {
            let _told = told;
            child.wait().unwrap()
        });
        let (rows, columns) = (size.1.try_into().unwrap(), size.0.try_into().unwrap());
        let emulator = vt100::Parser::new_with_callbacks(rows, columns, 0, Answers::default());
        Terminal { master: Some(master), pid, gone, reaper: Some(reaper), emulator, raw: Vec::new() }
    }

    /// Types keys: text as it is, others by name: `<Enter>`, `<Up>`, `<C-x>`, `<lt>` for a `<`.
    pub(crate) fn type_keys(&mut self, keys: &str) -> &mut Terminal {
        let bytes = escapes::keys(keys, self.emulator.screen().application_cursor());
        self.send(&bytes)
    }

    /// Writes bytes as a terminal would, reading what comes meanwhile.
    pub(crate) fn send(&mut self, mut bytes: &[u8]) -> &mut Terminal {
        let deadline = Instant::now() + PATIENCE;
        while !bytes.is_empty() {
            let master = self.master.as_ref().expect("the terminal was closed");
            match rustix::io::write(master, &bytes[..bytes.len().min(4096)]) {
                Ok(written) => bytes = &bytes[written..],
                Err(Errno::AGAIN) => {
                    assert!(Instant::now() < deadline, "{} bytes were never read\n{}", bytes.len(), self.screen());
                    self.listen(Duration::from_millis(10));
                }
                Err(Errno::INTR) => {}
                Err(error) => panic!("cannot type: {error}\n{}", self.screen()),
            }
        }
        self
    }

    /// A paste, as a terminal with bracketed paste sends it.
    pub(crate) fn paste(&mut self, text: &str) -> &mut Terminal {
        self.send(b"\x1b[200~").send(text.as_bytes()).send(b"\x1b[201~")
    }

    /// Waits until the text is on the screen.
    #[track_caller]
    pub(crate) fn wait_for(&mut self, text: &str) -> &mut Terminal {
        self.wait_until(&format!("{text:?} on the screen"), |screen| screen.contains(text))
    }

    /// Waits until the screen's text is as wanted; `what` names it for the failure.
    #[track_caller]
    pub(crate) fn wait_until(&mut self, what: &str, mut wanted: impl FnMut(&str) -> bool) -> &mut Terminal {
        let deadline = Instant::now() + PATIENCE;
        while !wanted(&self.screen()) {
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "waited in vain for {what}; the screen:\n{}", self.screen());
            if matches!(self.listen(left), Heard::HangUp) {
                panic!("the program ended before {what}; the screen:\n{}\nlast bytes: {}", self.screen(), self.tail());
            }
        }
        self
    }

    /// Reads until nothing came for `quiet`.
    pub(crate) fn settle(&mut self, quiet: Duration) -> &mut Terminal {
        let deadline = Instant::now() + PATIENCE;
        while matches!(self.listen(quiet), Heard::Output) {
            assert!(Instant::now() < deadline, "it never comes to rest; the screen:\n{}", self.screen());
        }
        self
    }

    /// The screen's text, a line for each row.
    pub(crate) fn screen(&self) -> String {
        let screen = self.emulator.screen();
        let rows: Vec<String> = screen.rows(0, u16::MAX).map(|row| row.trim_end().to_owned()).collect();
        rows.join("\n")
    }

    /// The row that holds the text.
    pub(crate) fn row_of(&self, text: &str) -> Option<u16> {
        self.screen().lines().position(|line| line.contains(text)).map(|row| row as u16)
    }

    /// How a cell looks: its colours and attributes.
    pub(crate) fn style(&self, column: u16, row: u16) -> String {
        let cell = self.emulator.screen().cell(row, column).expect("a cell on the screen");
        let marks = [(cell.bold(), "bold"), (cell.dim(), "dim"), (cell.italic(), "italic"), (cell.underline(), "underline")];
        let mut style = format!("{:?} on {:?}", cell.fgcolor(), cell.bgcolor());
        for (on, name) in marks.into_iter().chain([(cell.inverse(), "inverse")]) {
            if on {
                style = format!("{style} {name}");
            }
        }
        style
    }

    pub(crate) fn resize(&mut self, size: Size) -> &mut Terminal {
        self.emulator.set_size(size.1.try_into().unwrap(), size.0.try_into().unwrap());
        tcsetwinsize(self.master.as_ref().expect("the terminal was closed"), winsize(size)).unwrap();
        self
    }

    /// The terminal tells another size than it has.
    pub(crate) fn report_size(&mut self, size: Size) -> &mut Terminal {
        tcsetwinsize(self.master.as_ref().expect("the terminal was closed"), winsize(size)).unwrap();
        self
    }

    pub(crate) fn signal(&mut self, signal: Signal) -> &mut Terminal {
        kill_process(self.pid, signal).unwrap();
        self
    }

    /// Closes the terminal under the program, as a lost connection does.
    pub(crate) fn hang_up(&mut self) {
        self.master = None;
    }

    /// True if it has ended or ends within that time; output is taken meanwhile.
    pub(crate) fn ends_within(&mut self, patience: Duration) -> bool {
        let deadline = Instant::now() + patience;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            if self.ended(left) || left.is_zero() {
                return self.ended(Duration::ZERO);
            }
        }
    }

    /// Waits for the end; a signal's number counts as 128 and more, as in a shell.
    #[track_caller]
    pub(crate) fn exit_code(&mut self) -> i32 {
        assert!(self.ends_within(PATIENCE), "it does not end; the screen:\n{}", self.screen());
        while self.master.is_some() && matches!(self.listen(Duration::ZERO), Heard::Output) {}
        let status = self.reaper.take().expect("an end is waited for once").join().unwrap();
        status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or(0))
    }

    /// Waits for a clean end: exit 0, no panic, every mode of the terminal as it was found.
    #[track_caller]
    pub(crate) fn ends_well(&mut self) {
        assert_eq!(self.exit_code(), 0, "the screen:\n{}\nlast bytes: {}", self.screen(), self.tail());
        self.assert_restored();
    }

    /// Fails if the program has left the terminal otherwise than it found it.
    #[track_caller]
    pub(crate) fn assert_restored(&self) {
        assert_eq!(escapes::modes_left(&self.raw), Vec::<String>::new(), "modes left; last bytes: {}", self.tail());
        assert!(!String::from_utf8_lossy(&self.raw).contains("panicked"), "it panicked:\n{}", self.screen());
        if let Some(master) = &self.master {
            // On Linux these are the modes of the terminal; once the last program has left, they stay to be read.
            let modes = tcgetattr(master).unwrap().local_modes;
            assert!(modes.contains(LocalModes::ICANON | LocalModes::ECHO), "line mode is not back: {modes:?}");
        }
    }

    pub(crate) fn pid(&self) -> i32 {
        self.pid.as_raw_nonzero().get()
    }

    /// Every byte that the program has written.
    pub(crate) fn raw(&self) -> &[u8] {
        &self.raw
    }

    fn tail(&self) -> String {
        self.raw[self.raw.len().saturating_sub(300)..].escape_ascii().to_string()
    }

    /// Takes output as it comes for at most `patience`, answering what the program asks the terminal.
    fn listen(&mut self, patience: Duration) -> Heard {
        let Some(master) = &self.master else { return Heard::HangUp };
        let mut ready = [PollFd::new(master, PollFlags::IN)];
        let timeout = Timespec::try_from(patience).unwrap();
        match poll(&mut ready, Some(&timeout)) {
            Ok(0) => return Heard::Silence,
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => panic!("cannot wait for the terminal: {error}"),
        }
        let mut buffer = [0; 16384];
        match rustix::io::read(master, &mut buffer) {
            Ok(0) | Err(Errno::IO) => Heard::HangUp,
            Ok(read) => {
                self.raw.extend_from_slice(&buffer[..read]);
                self.emulator.process(&buffer[..read]);
                for answer in self.emulator.callbacks_mut().take() {
                    // A program that has ended needs no answer.
                    let _ = rustix::io::write(self.master.as_ref().expect("just read"), answer.as_bytes());
                }
                Heard::Output
            }
            Err(Errno::AGAIN | Errno::INTR) => Heard::Silence,
            Err(error) => panic!("cannot read the terminal: {error}"),
        }
    }

    /// True if the process has ended, waiting at most `patience` for that or for output.
    fn ended(&mut self, patience: Duration) -> bool {
        let timeout = Timespec::try_from(patience).unwrap();
        let mut ready = vec![PollFd::new(&self.gone, PollFlags::IN)];
        if let Some(master) = &self.master {
            ready.push(PollFd::new(master, PollFlags::IN));
        }
        let _ = poll(&mut ready, Some(&timeout));
        let ended = !ready[0].revents().is_empty();
        if !ended && matches!(self.listen(Duration::ZERO), Heard::HangUp) {
            // It let go of the terminal; what is left to wait for is its end, and the master would spin this loop.
            let _ = poll(&mut [PollFd::new(&self.gone, PollFlags::IN)], Some(&timeout));
        }
        ended
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        if let Some(reaper) = self.reaper.take() {
            // The process is not reaped before the reaper ends, so the id is still its own.
            if !reaper.is_finished() {
                let _ = kill_process(self.pid, Signal::KILL);
            }
            let _ = reaper.join();
        }
    }
}

/// The master of a new terminal, that no child inherits, and the path of the other side.
fn open_master(size: Size) -> (OwnedFd, String) {
    #[cfg(target_os = "linux")]
    let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
    #[cfg(not(target_os = "linux"))]
    let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY;
    let master = openpt(flags).unwrap();
    fcntl_setfd(&master, FdFlags::CLOEXEC).unwrap();
    fcntl_setfl(&master, OFlags::NONBLOCK | OFlags::RDWR).unwrap();
    grantpt(&master).unwrap();
    unlockpt(&master).unwrap();
    tcsetwinsize(&master, winsize(size)).unwrap();
    let path = ptsname(&master, Vec::new()).unwrap().into_string().unwrap();
    (master, path)
}

fn winsize((columns, rows): Size) -> Winsize {
    Winsize { ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 }
}

/// No test of its own: [`Terminal::spawn`] starts this binary again with this one "test", which takes the terminal as
/// its controlling one and becomes the program. Only a process can do that for itself, and doing it between fork and
/// exec would take `unsafe`.
#[test]
fn enter_the_terminal() {
    let Ok(stage) = std::env::var(STAGE) else { return };
    let stage: Vec<String> = serde_json::from_str(&stage).unwrap();
    let [path, program, args @ ..] = stage.as_slice() else { panic!("a path and a program") };
    rustix::process::setsid().unwrap();
    let tty = File::options().read(true).write(true).open(Path::new(path)).unwrap();
    rustix::process::ioctl_tiocsctty(&tty).unwrap();
    let side = || Stdio::from(tty.try_clone().unwrap());
    let error = Command::new(program).args(args).env_remove(STAGE).stdin(side()).stdout(side()).stderr(side()).exec();
    panic!("cannot start {program}: {error}");
}

mod tests {
    use super::*;

    fn shell(script: &str) -> Terminal {
        let path = std::env::var_os("PATH").unwrap_or_default();
        Terminal::spawn(&["/bin/sh", "-c", script], (60, 10), &[("PATH".to_owned(), path.into())])
    }

    #[test]
    fn the_driver_gives_size_keys_output_and_status() {
        let mut terminal = shell("stty size; read word; echo got $word; exit 7");
        terminal.wait_for("10 60").type_keys("corn<Enter>").wait_for("got corn");
        assert_eq!(terminal.exit_code(), 7);
        assert_eq!(terminal.row_of("got corn"), Some(2));
    }

    #[test]
    fn the_driver_resizes_signals_and_hangs_up() {
        let mut terminal = shell("trap 'stty size' WINCH; trap 'echo over; exit 3' TERM; echo up; while :; do read x; done");
        terminal.wait_for("up").resize((40, 5)).type_keys("<Enter>").wait_for("5 40");
        terminal.signal(Signal::TERM).type_keys("<Enter>").wait_for("over");
        assert_eq!(terminal.exit_code(), 3);

        let mut terminal = shell("echo up; read x");
        terminal.wait_for("up").hang_up();
        assert_eq!(terminal.exit_code(), 128 + Signal::HUP.as_raw());
    }

    #[test]
    fn the_driver_reads_styles_and_answers_questions() {
        let mut terminal = shell(r"stty raw -echo; printf '\033[1;7mX\033[m\033[c'; dd bs=1 count=7 2>/dev/null | od -c");
        terminal.wait_for("?   6   2");
        assert_eq!(terminal.style(0, 0), "Default on Default bold inverse");
    }
}
