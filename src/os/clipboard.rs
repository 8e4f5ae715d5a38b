//! The clipboard: the desktop's own program where there is one, else tmux, else the terminal.
//!
//! A terminal never tells whether it took a copy, so the message says "copied" only where a program has said so.

use std::path::Path;
use std::time::Duration;

use super::program::{ProgramError, ProgramLimits, run};

/// How a copy gets to the clipboard.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ClipboardRoute {
    /// A program that takes it on standard input.
    Program(&'static [&'static str]),
    /// A buffer of tmux, which passes it on to the terminal that it runs in.
    Tmux,
    /// An escape sequence (OSC 52).
    Terminal,
    /// The terminal is known to have no clipboard.
    Missing,
}

const LIMITS: ProgramLimits = ProgramLimits { time: Duration::from_secs(3), output: 1 << 10 };

impl ClipboardRoute {
    /// By the environment and the programs that are installed.
    pub fn find() -> ClipboardRoute {
        let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let paths = std::env::var_os("PATH").unwrap_or_default();
        let is_installed = |program: &str| std::env::split_paths(&paths).any(|dir| Path::new(&dir).join(program).is_file());
        ClipboardRoute::choose(std::env::consts::OS, variable, is_installed)
    }

    fn choose(system: &str, variable: impl Fn(&str) -> Option<String>, is_installed: impl Fn(&str) -> bool) -> ClipboardRoute {
        // Over ssh the clipboard is that of the terminal's machine, not of this one.
        let is_remote = variable("SSH_TTY").is_some() || variable("SSH_CONNECTION").is_some();
        let programs: &[(Option<&str>, &'static [&'static str])] = if system == "macos" {
            &[(None, &["pbcopy"])]
        } else {
            &[
                (Some("WAYLAND_DISPLAY"), &["wl-copy"]),
                (Some("DISPLAY"), &["xclip", "-selection", "clipboard"]),
                (Some("DISPLAY"), &["xsel", "--clipboard", "--input"]),
            ]
        };
        let works = |(display, argv): &&(Option<&str>, &'static [&'static str])| {
            display.is_none_or(|display| variable(display).is_some()) && is_installed(argv[0])
        };
        if let Some((_, argv)) = programs.iter().find(works).filter(|_| !is_remote) {
            ClipboardRoute::Program(argv)
        } else if variable("TMUX").is_some() {
            ClipboardRoute::Tmux
        } else if variable("TERM").is_some_and(|term| term == "linux") {
            ClipboardRoute::Missing
        } else {
            ClipboardRoute::Terminal
        }
    }
}

/// Copies by a program's help; gives what is true of it then: `what` was copied, or how far it came.
pub fn copy_with_program(argv: &[&str], text: &str, what: &str) -> Result<String, ProgramError> {
    run(&owned(argv), Some(text.as_bytes().to_vec()), LIMITS)?;
    Ok(format!("copied {what}"))
}

/// Copies to a buffer of tmux, and to the clipboard as far as tmux is set to pass it on.
pub fn copy_with_tmux(text: &str, what: &str) -> Result<String, ProgramError> {
    let passes_on = run(&owned(&["tmux", "show-options", "-sv", "set-clipboard"]), None, LIMITS)
        .is_ok_and(|value| value.trim_ascii() != b"off");
    let load: &[&str] = if passes_on { &["tmux", "load-buffer", "-w", "-"] } else { &["tmux", "load-buffer", "-"] };
    run(&owned(load), Some(text.as_bytes().to_vec()), LIMITS)?;
    Ok(if passes_on {
        format!("copied {what} to tmux, which passes it to the terminal's clipboard")
    } else {
        format!("copied {what} to tmux only: its option set-clipboard is off")
    })
}

fn owned(argv: &[&str]) -> Vec<String> {
    argv.iter().map(|word| (*word).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_desktops_own_program_comes_first() {
        let wl = ClipboardRoute::Program(&["wl-copy"]);
        let x = ClipboardRoute::Program(&["xclip", "-selection", "clipboard"]);
        for (system, set, installed, route) in [
            ("linux", &["WAYLAND_DISPLAY", "DISPLAY", "TMUX"][..], &["wl-copy", "xclip"][..], wl),
            ("linux", &["WAYLAND_DISPLAY", "DISPLAY"], &["xclip"], x.clone()),
            ("linux", &["DISPLAY"], &["wl-copy", "xclip"], x),
            ("linux", &["DISPLAY"], &[], ClipboardRoute::Terminal),
            ("linux", &["DISPLAY", "TMUX"], &[], ClipboardRoute::Tmux),
            ("linux", &["DISPLAY", "TMUX", "SSH_TTY"], &["xclip"], ClipboardRoute::Tmux),
            ("linux", &["DISPLAY", "SSH_CONNECTION"], &["xclip"], ClipboardRoute::Terminal),
            ("macos", &[], &["pbcopy"], ClipboardRoute::Program(&["pbcopy"])),
            ("linux", &["TERM"], &["xclip"], ClipboardRoute::Missing),
        ] {
            let variable = |name: &str| set.contains(&name).then(|| "linux".to_owned());
            let found = ClipboardRoute::choose(system, variable, |program| installed.contains(&program));
            assert_eq!(found, route, "{system} {set:?} {installed:?}");
        }
    }
}
