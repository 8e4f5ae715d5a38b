//! Standard output and standard error: the one way to them, and how text looks there.
//!
//! All that is written passes [`SafeWriter`], which lets nothing through that acts on a terminal. What this program itself
//! does to a terminal it asks for by a [`StatusMark`], which no foreign text can hold.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::fmt;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::{self, BufWriter, IsTerminal, StderrLock, StdoutLock, Write};
use std::panic;
use std::sync::LazyLock;

use super::globals::Colour;
use crate::domain::text::clean;
use crate::domain::text::{escape_json, is_unsafe, prefix, to_ascii, width};

/// The style of the output.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct OutputStyle {
    /// Bold type and colours.
    pub(super) paint: bool,
    pub(super) ascii: bool,
    /// The terminal's columns; none where the output is not a terminal.
    pub(super) columns: Option<usize>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Ink {
    Bold,
    Dim,
    Cyan,
}

impl OutputStyle {
    pub(super) fn of_stdout(colour: Colour, ascii: bool) -> OutputStyle {
        let stdout = io::stdout();
        let paint = match colour {
            Colour::Always => true,
            Colour::Never => false,
            Colour::Auto => stdout.is_terminal() && may_colour() && std::env::var_os("TERM").is_none_or(|term| term != "dumb"),
        };
        OutputStyle { paint, ascii, columns: stdout.is_terminal().then(columns) }
    }

    pub(super) fn paint(self, ink: Ink, text: &str) -> String {
        let mark = match ink {
            Ink::Bold => BOLD,
            Ink::Dim => DIM,
            Ink::Cyan => CYAN,
        };
        if self.paint && !text.is_empty() { format!("{mark}{text}{PLAIN}") } else { text.to_owned() }
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

/// True if `NO_COLOR` lets us (<https://no-color.org>).
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

/// True if the locale's encoding is UTF-8, by the environment.
pub(super) fn locale_is_utf8() -> bool {
    is_utf8(|name| std::env::var(name).ok())
}

/// True if the locale's encoding is UTF-8, by the variables in the order that the C library gives them. A system
/// without any of them (macOS from a launcher, Windows) speaks UTF-8.
fn is_utf8(variable: impl Fn(&str) -> Option<String>) -> bool {
    let set = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().filter_map(variable).find(|value| !value.is_empty());
    set.is_none_or(|locale| {
        let locale = locale.to_ascii_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    })
}

pub(super) fn stdout() -> SafeWriter<BufWriter<StdoutLock<'static>>> {
    let stdout = io::stdout();
    let is_ascii = stdout.is_terminal() && !locale_is_utf8();
    SafeWriter { is_ascii, ..SafeWriter::new(BufWriter::with_capacity(64 << 10, stdout.lock())) }
}

pub(super) fn stderr() -> SafeWriter<StderrLock<'static>> {
    let stderr = io::stderr();
    let is_ascii = stderr.is_terminal() && !locale_is_utf8();
    SafeWriter { is_ascii, ..SafeWriter::new(stderr.lock()) }
}

/// A panic says what it choked on: that passes the writer as well.
pub(super) fn say_panics() {
    panic::set_hook(Box::new(|panic| {
        let mut err = stderr();
        // Nothing more can be done where standard error is closed.
        let _ = writeln!(err, "{panic}");
        let trace = Backtrace::capture();
        if trace.status() == BacktraceStatus::Captured {
            let _ = writeln!(err, "{trace}");
        }
    }));
}

/// Terminal commands within text: they follow noncharacters that differ in each run, so that
/// no foreign text can hold it, not even one that nobody has cleaned.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct StatusMark(char);

pub(super) const PLAIN: StatusMark = StatusMark('\u{fde0}');
pub(super) const BOLD: StatusMark = StatusMark('\u{fde1}');
pub(super) const DIM: StatusMark = StatusMark('\u{fde2}');
pub(super) const CYAN: StatusMark = StatusMark('\u{fde3}');
/// Goes to the beginning of the line and empties it.
pub(super) const ERASE_LINE: StatusMark = StatusMark('\u{fde4}');

static BEFORE_MARKS: LazyLock<String> = LazyLock::new(|| {
    let random = RandomState::new().build_hasher().finish();
    (0..16).filter_map(|n| char::from_u32(0xfdd0 + (random >> (4 * n) & 0xf) as u32)).collect()
});

impl fmt::Display for StatusMark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // In one piece, as the writer takes it.
        f.write_str(&format!("{}{}", *BEFORE_MARKS, self.0))
    }
}

/// Passes on text without what [`is_unsafe`], and marks as the sequences that they stand for. Bytes that are not UTF-8 become
/// replacement characters.
pub(super) struct SafeWriter<W: Write> {
    inner: W,
    /// The beginning of a character whose rest has not come yet.
    begun: Vec<u8>,
    /// A terminal reads it that does not take UTF-8.
    is_ascii: bool,
}

impl<W: Write> SafeWriter<W> {
    pub(super) fn new(inner: W) -> SafeWriter<W> {
        SafeWriter { inner, begun: Vec::new(), is_ascii: false }
    }

    fn write_text(&mut self, text: &str) -> io::Result<()> {
        if self.is_ascii && !text.is_ascii() {
            return self.inner.write_all(to_ascii(text).as_bytes());
        }
        self.inner.write_all(text.as_bytes())
    }

    fn pass(&mut self, text: &str) -> io::Result<()> {
        let mut rest = text;
        while let Some(at) = rest.find(is_unsafe) {
            self.write_text(&rest[..at])?;
            let mut left = rest[at..].strip_prefix(BEFORE_MARKS.as_str()).unwrap_or(&rest[at..]).chars();
            let is_mark = left.as_str().len() < rest.len() - at;
            let sequence: &[u8] = match left.next().map(StatusMark).filter(|_| is_mark) {
                Some(PLAIN) => b"\x1b[0m",
                Some(BOLD) => b"\x1b[1m",
                Some(DIM) => b"\x1b[2m",
                Some(CYAN) => b"\x1b[36m",
                Some(ERASE_LINE) => b"\r\x1b[K",
                _ => b"",
            };
            self.inner.write_all(sequence)?;
            rest = left.as_str();
        }
        self.write_text(rest)
    }
}

impl<W: Write> Write for SafeWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut joined = std::mem::take(&mut self.begun);
        joined.extend_from_slice(bytes);
        let mut rest = &joined[..];
        loop {
            match std::str::from_utf8(rest) {
                Ok(text) => {
                    self.pass(text)?;
                    break;
                }
                Err(error) => {
                    let (valid, after) = rest.split_at(error.valid_up_to());
                    self.pass(&String::from_utf8_lossy(valid))?;
                    let Some(wrong) = error.error_len() else {
                        self.begun = after.to_vec();
                        break;
                    };
                    self.pass("\u{fffd}")?;
                    rest = &after[wrong..];
                }
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
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
    let json = serde_json::to_string(value)?;
    writeln!(out, "{}", escape_json(&json))
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
            let _ = write!(stderr(), "{ERASE_LINE}{text} …");
        }
    }

    /// Takes away the line of one that is out of reach.
    pub(super) fn erase() {
        if io::stderr().is_terminal() {
            let _ = write!(stderr(), "{ERASE_LINE}");
        }
    }

    pub(super) fn end(&mut self) {
        if self.told {
            let _ = write!(stderr(), "{ERASE_LINE}");
        }
    }
}

/// Says something beside what the command prints.
pub(super) fn show_note(line: &str) {
    // Nothing more can be done where standard error is closed.
    let _ = writeln!(stderr(), "{}", clean(line));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_first_variable_that_is_set_tells_the_encoding() {
        for (set, utf8) in [
            (&[][..], true),
            (&[("LANG", "en_GB.UTF-8")], true),
            (&[("LANG", "C")], false),
            (&[("LC_ALL", ""), ("LC_CTYPE", "de_DE.utf8"), ("LANG", "C")], true),
            (&[("LC_ALL", "POSIX"), ("LANG", "en_GB.UTF-8")], false),
            (&[("LANG", "de_DE.ISO-8859-1")], false),
        ] {
            let variable = |name: &str| set.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
            assert_eq!(is_utf8(variable), utf8, "{set:?}");
        }
    }

    fn passed(pieces: &[&[u8]]) -> String {
        let mut out = Vec::new();
        let mut writer = SafeWriter::new(&mut out);
        for piece in pieces {
            writer.write_all(piece).unwrap();
        }
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn nothing_that_acts_on_a_terminal_is_written() {
        for (written, wanted) in [
            ("a\x1b[2Jb", "a[2Jb"),
            ("a\u{9b}2Jb\u{90}c\u{9d}", "a2Jbc"),
            ("bell\x07 back\x08 del\x7f cr\r", "bell back del cr"),
            ("\u{202e}abc\u{2066}d\u{200b}\u{feff}\u{e0041}", "abcd"),
            ("line\u{2028}sep\u{85}", "linesep"),
            ("owls\t\n\u{1f469}\u{200d}\u{1f52c} é", "owls\t\n\u{1f469}\u{200d}\u{1f52c} é"),
            ("\u{fdd1}bold\u{fde1}", "bold"),
            (&format!("{BOLD}bold{PLAIN}{ERASE_LINE}"), "\x1b[1mbold\x1b[0m\r\x1b[K"),
        ] {
            assert_eq!(passed(&[written.as_bytes()]), wanted);
        }
        assert_eq!(passed(&[b"\xc3", b"\xa9 \xff."]), "é \u{fffd}.");
    }

    #[test]
    fn json_reads_back_as_it_was() {
        let value = "esc \x1b c1 \u{9b} bidi \u{202e} tag \u{e0041} plain é";
        let mut out = Vec::new();
        write_json(&value, &mut SafeWriter::new(&mut out)).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(!text.trim_end().contains(is_unsafe), "{text}");
        assert_eq!(serde_json::from_str::<String>(&text).unwrap(), value);
    }

    proptest! {
        #[test]
        fn text_is_passed_alike_however_it_is_cut(text in "\\PC{0,40}", at in 0_usize..40) {
            let at = at.min(text.len());
            let whole = passed(&[text.as_bytes()]);
            prop_assert_eq!(&whole, &passed(&[&text.as_bytes()[..at], &text.as_bytes()[at..]]));
            prop_assert!(!whole.replace("\x1b[", "").contains(is_unsafe));
        }
    }
}
