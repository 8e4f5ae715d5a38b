//! The terminal: its modes, its events, its end. One thread owns it, for reading and for drawing.
//!
//! The rest of the reader sees [`Screen`] and [`TerminalInput`]. How a terminal is waited for and read is the one thing that
//! differs by operating system: `unix` reads and decodes the bytes itself, `windows` takes crossterm's events. Modes and
//! output are sequences for both.

#[cfg(unix)]
mod decode;
mod hyperlinks;
#[cfg(unix)]
mod keys;
mod modes;
#[cfg(unix)]
mod mouse_reports;
#[cfg(unix)]
mod operating_system_command;
mod output;
#[cfg(unix)]
mod unix;
#[cfg(not(unix))]
mod windows;

use crossterm::event::{KeyEvent, MouseEvent};

use crate::domain::text::{CleanText, clean, to_ascii};
use crate::tui::theme::Rgb;
pub use hyperlinks::ScreenLink;
pub use modes::restore_on_panic;
#[cfg(unix)]
use unix as system;
#[cfg(not(unix))]
use windows as system;

#[cfg(unix)]
pub use unix::{UnixScreen as Screen, UnixWaker as Waker};
#[cfg(not(unix))]
pub use windows::{WindowsScreen as Screen, WindowsWaker as Waker};

/// Only so many columns and rows of a larger window are used: more than any screen shows, and a frame is kept twice.
const LARGEST: (u16, u16) = (1600, 500);

/// Columns and rows of a terminal that does not know its size.
const USUAL: (u16, u16) = (80, 24);

/// An event from the terminal or from outside.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum TerminalInput {
    /// A key pressed or repeated, never released.
    Key(KeyEvent),
    Mouse(MouseEvent),
    /// A whole paste, as the terminal sent it: its line ends are usually `\r`.
    Paste(String),
    /// Columns and rows.
    Resize(u16, u16),
    /// The terminal's own colours, once it has told them.
    Colors {
        background: Rgb,
        text: Option<Rgb>,
    },
    /// A [`Waker`] was used.
    Woken,
    /// The terminal is gone: save and leave. Said once.
    Hangup,
    /// Somebody asked the program to end (TERM, or INT from outside).
    Terminate,
    /// The program was stopped and goes on; everything will be drawn anew.
    Continued,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TerminalSettings {
    /// Ask for clicks, drags and the wheel.
    pub mouse: bool,
    /// Ask for the terminal's own colours, which come as a [`TerminalInput::Colors`].
    pub colors: bool,
    /// Write text in ASCII: the terminal does not take UTF-8.
    pub ascii_text: bool,
}

/// A window's title, by what the terminal takes.
fn title_of(title: &CleanText, ascii_text: bool) -> CleanText {
    if ascii_text { clean(&to_ascii(title)) } else { title.clone() }
}

/// The columns and rows that are used of a window, by what was measured of it.
fn usable_size(measured: Option<(u16, u16)>) -> (u16, u16) {
    let known = measured.filter(|&(columns, rows)| columns > 0 && rows > 0);
    known.map_or(USUAL, |(columns, rows)| (columns.min(LARGEST.0), rows.min(LARGEST.1)))
}

/// All events of some bytes that come in pieces of a size; nothing is held in the end.
#[cfg(all(unix, any(test, fuzzing)))]
pub(crate) fn decode_all(bytes: &[u8], piece: usize) -> Vec<TerminalInput> {
    let (mut decoder, mut events) = (decode::Decoder::default(), Vec::new());
    let now = std::time::Instant::now();
    for part in bytes.chunks(piece) {
        decoder.feed(part, now, &mut events);
    }
    decoder.expire(now + decode::HOLD_REST, &mut events);
    assert_eq!(decoder.deadline(), None);
    events
}
