//! Programs that have the terminal until they end: pagers, text browsers, editors.
//!
//! They are in the reader's own session and process group, so that the terminal's keys reach them; who lends the terminal
//! has given it back before, and takes it again afterwards.

use std::io::Write as _;
use std::process::{Child, Command, Stdio};
use std::thread;

use super::program::ProgramError;

/// Runs a program to its end, with some text on its standard input or else the terminal. `stop` is called when the program
/// was stopped from the keyboard, and returns when it goes on.
pub fn run_with_terminal(argv: &[String], input: Option<Vec<u8>>, stop: impl FnMut()) -> Result<(), ProgramError> {
    let [program, arguments @ ..] = argv else { return Err(ProgramError::Unnamed) };
    let stdin = if input.is_some() { Stdio::piped() } else { Stdio::inherit() };
    let spawned = Command::new(program).args(arguments).stdin(stdin).spawn();
    let mut child = spawned.map_err(|error| ProgramError::NotStarted {
        program: program.clone(),
        reason: error.to_string().split(" (os error").next().unwrap_or_default().to_lowercase(),
    })?;
    if let (Some(bytes), Some(mut pipe)) = (input, child.stdin.take()) {
        thread::spawn(move || {
            // It need not read all of it.
            let _ = pipe.write_all(&bytes);
        });
    }
    match ended(&mut child, stop) {
        None | Some(0) => Ok(()),
        Some(code) => Err(ProgramError::Failed { program: program.clone(), status: format!("exit status: {code}") }),
    }
}

/// The exit code; none where a signal ended it, or nothing is known.
#[cfg(unix)]
fn ended(child: &mut Child, mut stop: impl FnMut()) -> Option<i32> {
    use rustix::process::{Pid, WaitOptions, waitpid};
    let pid = Pid::from_child(child);
    loop {
        match waitpid(Some(pid), WaitOptions::UNTRACED) {
            Ok(Some((_, status))) if status.stopped() => stop(),
            Ok(Some((_, status))) => return status.exit_status(),
            Err(rustix::io::Errno::INTR) => {}
            Ok(None) | Err(_) => return None,
        }
    }
}

#[cfg(not(unix))]
fn ended(child: &mut Child, _: impl FnMut()) -> Option<i32> {
    child.wait().ok()?.code()
}
