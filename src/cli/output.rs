//! Standard output: one locked, buffered writer, and how it looks.

use std::io::{self, BufWriter, IsTerminal, StdoutLock, Write};

use super::args::Colour;
use crate::domain::text::{prefix, width};

/// How text is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Look {
    /// Bold type and colours.
    pub(super) paint: bool,
    pub(super) ascii: bool,
    /// The terminal's columns; none where the output is no terminal.
    pub(super) columns: Option<usize>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Ink {
    Bold,
    Dim,
    Cyan,
}

impl Look {
    pub(super) fn of_stdout(colour: Colour, ascii: bool) -> Look {
        let stdout = io::stdout();
        let paint = match colour {
            Colour::Always => true,
            Colour::Never => false,
            Colour::Auto => stdout.is_terminal() && may_colour() && std::env::var_os("TERM").is_none_or(|term| term != "dumb"),
        };
        Look { paint, ascii, columns: stdout.is_terminal().then(columns) }
    }

    pub(super) fn paint(self, ink: Ink, text: &str) -> String {
        let code = match ink {
            Ink::Bold => 1,
            Ink::Dim => 2,
            Ink::Cyan => 36,
        };
        if self.paint && !text.is_empty() { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }

    pub(super) fn dot(self) -> &'static str {
        if self.ascii { " - " } else { " · " }
    }

    /// The text within `columns`, with a mark where something was cut off.
    pub(super) fn cut(self, text: &str, columns: usize) -> String {
        if width(text) <= columns {
            return text.to_owned();
        }
        let mark = if self.ascii { "..." } else { "…" };
        let kept = prefix(text, columns.saturating_sub(width(mark))).0;
        format!("{}{mark}", kept.trim_end())
    }
}

/// Whether `NO_COLOR` lets us (<https://no-color.org>).
pub(super) fn may_colour() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

#[cfg(unix)]
fn columns() -> usize {
    rustix::termios::tcgetwinsize(io::stdout()).ok().map(|size| usize::from(size.ws_col)).filter(|n| *n > 0).unwrap_or(80)
}

#[cfg(not(unix))]
fn columns() -> usize {
    80
}

pub(super) fn stdout() -> BufWriter<StdoutLock<'static>> {
    BufWriter::with_capacity(64 << 10, io::stdout().lock())
}

/// `512 bytes`, `12.3 MiB`
pub(super) fn bytes(size: u64) -> String {
    match size {
        0..1024 => format!("{size} bytes"),
        1024..1_048_576 => format!("{:.1} KiB", size as f64 / 1024.0),
        _ => format!("{:.1} MiB", size as f64 / 1_048_576.0),
    }
}

/// One JSON object on a line of its own.
pub(super) fn write_json(value: &impl serde::Serialize, out: &mut impl Write) -> io::Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    out.write_all(b"\n")
}

/// "1 comment", "3 comments".
pub(super) fn plural(count: u64, one: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") }
}

/// A line on the terminal that says how far it is; silent where standard error is none.
pub(super) struct StatusLine {
    is_seen: bool,
    told: bool,
}

impl StatusLine {
    pub(super) fn new() -> StatusLine {
        StatusLine { is_seen: io::stderr().is_terminal(), told: false }
    }

    pub(super) fn tell(&mut self, text: &str) {
        if self.is_seen {
            self.told = true;
            let _ = write!(io::stderr(), "\r\x1b[K{text} …");
        }
    }

    pub(super) fn end(&mut self) {
        if self.told {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}
