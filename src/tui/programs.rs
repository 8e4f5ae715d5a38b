//! Other programs: what opens an address, what takes a copy.

use crate::os::browser;
use crate::os::program::{ProgramError, launch};

/// A browser or player and what to tell where it fails.
pub(super) struct Opener {
    /// By argv, never through a shell; the first that starts is used.
    commands: Vec<Vec<String>>,
    is_configured: bool,
    /// Each command draws on the terminal.
    in_terminal: bool,
}

impl Opener {
    /// For an address, which is one argument that cannot be an option: the caller has made sure that it begins with a
    /// scheme. Without a configured command it is the system's browser.
    pub(super) fn of(address: &str, configured: Option<&[String]>, in_terminal: bool) -> Opener {
        match configured {
            Some(command @ [_, ..]) => {
                let argv = command.iter().cloned().chain([address.to_owned()]).collect();
                Opener { commands: vec![argv], is_configured: true, in_terminal }
            }
            _ => Opener { commands: browser::commands(address), is_configured: false, in_terminal: false },
        }
    }

    /// `lend` runs a program that draws on the terminal.
    pub(super) fn open(&self, mut lend: impl FnMut(&[String]) -> Result<(), ProgramError>) -> Result<(), String> {
        let mut failure = ProgramError::NoBrowser;
        for argv in &self.commands {
            let draws = self.in_terminal || argv.first().is_some_and(|program| browser::draws_on_terminal(program));
            match if draws { lend(argv) } else { launch(argv, None) } {
                Ok(()) => return Ok(()),
                Err(error) => failure = error,
            }
            if !matches!(failure, ProgramError::NotStarted { .. }) {
                break;
            }
        }
        Err(if self.is_configured {
            format!("{failure} (see [open] in the config)")
        } else {
            format!("not opened: {failure} (set [open] browser in the config)")
        })
    }
}

/// Gives a text to a program that takes it on its standard input.
pub(super) fn feed(program: &str, arguments: &[String], text: &str) -> Result<(), String> {
    let argv: Vec<String> = std::iter::once(program.to_owned()).chain(arguments.iter().cloned()).collect();
    launch(&argv, Some(text.as_bytes().to_vec()))
        .map_err(|error| format!("not copied: {error} (see [open] copy in the config)"))
}
