//! The modes of the terminal while the reader has it, and the way out of them: at the end, when it stops, and
//! in a panic.

use std::cell::Cell;
use std::io::{self, Write};
use std::panic;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

use crossterm::Command;
use crossterm::clipboard::CopyToClipboard;
use crossterm::terminal::{SetTitle, disable_raw_mode, enable_raw_mode};

use crate::domain::text::{CleanText, clean, clean_code};

use super::system::write_all;

/// Keeps the title; no wrapping at the right edge, where a letter that the terminal takes for wider would go on in the next
/// row; alternate screen; no cursor; pastes in brackets; keys without ambiguity and with what they are on a
/// Latin keyboard (the kitty protocol's levels 1 and 4, pushed without asking: who does not know them ignores them, and an
/// answer would cost a start a round trip).
const ENTER: &str = "\x1b[22;0t\x1b[?1049h\x1b[?25l\x1b[?2004h\x1b[>5u\x1b[?7l";

/// The way back, from the inside out. The key levels belong to the alternate screen, so they go before it does.
const LEAVE: &str =
    "\x1b[?7h\x1b[?2026l\x1b[?1006l\x1b[?1002l\x1b[?1000l\x1b[<u\x1b[?2004l\x1b[0m\x1b[?25h\x1b[?1049l\x1b[23;0t";

/// Clicks, drags and the wheel, with coordinates beyond 223; never every move (1003), which would wake us for nothing.
const MOUSE_ON: &str = "\x1b[?1000h\x1b[?1002h\x1b[?1006h";
const MOUSE_OFF: &str = "\x1b[?1006l\x1b[?1002l\x1b[?1000l";

/// True if the modes are in force. A panic must know without asking anybody.
static IN_FORCE: AtomicBool = AtomicBool::new(false);

thread_local! {
    /// True if this thread is the one that has the terminal.
    static HAS_TERMINAL: Cell<bool> = const { Cell::new(false) };
}

pub(super) fn in_force() -> bool {
    IN_FORCE.load(Ordering::SeqCst)
}

pub(super) fn enter(mouse_on: bool, named: &CleanText) -> io::Result<()> {
    // First of all, since in the background this is what stops us, before anything was written.
    enable_raw_mode()?;
    IN_FORCE.store(true, Ordering::SeqCst);
    HAS_TERMINAL.set(true);
    let sequence = [ENTER, if mouse_on { MOUSE_ON } else { "" }, &title(named)].concat();
    write_all(sequence.as_bytes()).inspect_err(|_| leave())
}

/// Gives the terminal back as it was, once. It may be gone: nobody could be told.
pub(super) fn leave() {
    if IN_FORCE.swap(false, Ordering::SeqCst) {
        let _ = write_all(LEAVE.as_bytes());
        let _ = disable_raw_mode();
    }
}

pub(super) fn mouse(on: bool) -> &'static str {
    if on { MOUSE_ON } else { MOUSE_OFF }
}

pub(super) fn title(title: &CleanText) -> String {
    ansi(SetTitle(title))
}

pub(super) fn clipboard(text: &str) -> String {
    // Whoever pastes it into a shell must not run what nobody saw.
    ansi(CopyToClipboard::to_clipboard_from(clean_code(text).as_str()))
}

fn ansi(command: impl Command) -> String {
    let mut sequence = String::new();
    // Writing to a string does not fail.
    let _ = command.write_ansi(&mut sequence);
    sequence
}

/// From now on a panic restores the terminal first, then says what it has to say and where the log is. A panic of
/// another thread than the terminal's only goes to the log: its job fails, and the reader goes on.
pub fn restore_on_panic(log: Option<PathBuf>) {
    let say = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        let elsewhere = !HAS_TERMINAL.try_with(Cell::get).unwrap_or(false);
        tracing::error!("{panic}");
        if in_force() && elsewhere {
            return;
        }
        leave();
        say(panic);
        if let Some(log) = &log {
            let told = format!("the log is {}\n", clean(&log.to_string_lossy()));
            let _ = io::stderr().write_all(told.as_bytes());
        }
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mode_is_taken_back() {
        let switched = |text: &str, end: char| -> Vec<String> {
            let mut modes: Vec<String> = text
                .split("\x1b[?")
                .skip(1)
                .filter_map(|rest| rest.split_once(end).map(|(mode, _)| mode.to_owned()))
                .filter(|mode| mode.bytes().all(|b| b.is_ascii_digit()))
                .collect();
            modes.sort();
            modes
        };
        let on = [ENTER, MOUSE_ON].concat();
        let mut off = switched(LEAVE, 'l');
        off.retain(|mode| mode != "2026");
        assert_eq!(switched(&on, 'h').iter().filter(|mode| *mode != "25").cloned().collect::<Vec<_>>(), off);
        assert!(switched(&on, 'l').contains(&"25".to_owned()) && switched(LEAVE, 'h').contains(&"25".to_owned()));
    }

    #[test]
    fn titles_and_copies_are_single_sequences() {
        assert_eq!(title(&clean("a\x07b")), "\x1b]0;ab\x07");
        assert_eq!(clipboard("gleaner"), "\x1b]52;c;Z2xlYW5lcg==\x1b\\");
        assert_eq!(clipboard("glea\x1b\u{202e}ner"), clipboard("gleaner"));
    }
}
