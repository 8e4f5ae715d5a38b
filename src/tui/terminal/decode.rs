//! The keyboard's bytes to keys, mouse events and pastes. Pure: bytes and the time come in.
//!
//! Bytes may be cut anywhere by a slow line. A lone Esc is held for [`HOLD_ESC`], and rejoined with a `[` or `O` that
//! follows: it was an arrow. What no known key begins with is skipped as a whole, so that no report of a terminal is
//! taken for the keys that its letters are. A terminal that was asked for its colours may answer at any time, or never:
//! until it has, `ESC ]` is held as the beginning of its answer.

use std::time::{Duration, Instant};

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::TerminalInput;
use super::keys::{control, csi_key, ss3_key, typed};
use super::mouse_reports;
use super::operating_system_command::{ColorReport, read_report};
use crate::tui::theme::Rgb;

/// So long a lone Esc may be the beginning of something.
pub(super) const HOLD_ESC: Duration = Duration::from_millis(50);

/// So long the rest of a begun sequence is waited for.
pub(super) const HOLD_REST: Duration = Duration::from_millis(500);

/// No sequence that means anything is longer.
const LONGEST: usize = 64;

/// An answer that is longer is skipped up to here.
const LONGEST_REPORT: usize = 256;

const ESC: u8 = 0x1b;
const PASTE_BEGIN: &[u8] = b"200";
const PASTE_END: &[u8] = b"\x1b[201~";

/// More of a paste is read over, in bytes: inputs take far less.
const MAX_PASTE: usize = 4 << 20;

/// A sequence that is not complete yet.
#[derive(Default)]
pub(super) struct Decoder {
    held: Vec<u8>,
    /// When the last of the held bytes came.
    since: Option<Instant>,
    paste: Option<Vec<u8>>,
    /// True from the question for the terminal's colours to the end of its answer.
    awaits_colors: bool,
    /// The colour of text, which the terminal tells before its background.
    text_color: Option<Rgb>,
}

/// The event at the beginning of some bytes, and how many of them it takes.
enum DecodedInput {
    Input(TerminalInput, usize),
    PasteBegin(usize),
    Color(ColorReport, usize),
    /// The terminal's type: the answer to the last query.
    Attributes(usize),
    Nothing(usize),
    Cut,
}

impl Decoder {
    /// The terminal was asked for its colours.
    pub(super) fn await_colors(&mut self) {
        self.awaits_colors = true;
    }

    pub(super) fn awaits_colors(&self) -> bool {
        self.awaits_colors
    }

    /// Takes bytes that were read at once, at `now`.
    pub(super) fn feed(&mut self, bytes: &[u8], now: Instant, into: &mut Vec<TerminalInput>) {
        let esc_alone = self.held == [ESC];
        let begins_answer = self.awaits_colors && bytes.first() == Some(&b']');
        if esc_alone && !begins_answer && !matches!(bytes.first(), None | Some(b'[' | b'O')) {
            // It was the key: two keys pressed quickly are no Alt.
            self.held.clear();
            into.push(esc());
        }
        let joined;
        let mut rest = if self.held.is_empty() {
            bytes
        } else {
            joined = [std::mem::take(&mut self.held).as_slice(), bytes].concat();
            &joined
        };
        while !rest.is_empty() {
            if let Some(paste) = &mut self.paste {
                let Some(behind) = take_paste(paste, rest) else { break };
                let text = String::from_utf8_lossy(paste).into_owned();
                self.paste = None;
                into.push(TerminalInput::Paste(text));
                rest = &rest[behind..];
                continue;
            }
            match find(rest) {
                DecodedInput::Input(input, length) => {
                    into.push(input);
                    rest = &rest[length..];
                }
                DecodedInput::PasteBegin(length) => {
                    self.paste = Some(Vec::new());
                    rest = &rest[length..];
                }
                DecodedInput::Color(report, length) => {
                    into.extend(self.color_reported(report));
                    rest = &rest[length..];
                }
                DecodedInput::Attributes(length) => {
                    self.awaits_colors = false;
                    rest = &rest[length..];
                }
                DecodedInput::Nothing(length) => rest = &rest[length..],
                DecodedInput::Cut => {
                    self.held = rest.to_vec();
                    break;
                }
            }
        }
        self.since = (!self.held.is_empty()).then_some(now);
    }

    /// When [`expire`](Decoder::expire) will have something to do.
    pub(super) fn deadline(&self) -> Option<Instant> {
        let is_key = self.held == [ESC] || (self.held == [ESC, b']'] && !self.awaits_colors);
        let hold = if is_key { HOLD_ESC } else { HOLD_REST };
        self.since.map(|since| since + hold)
    }

    /// Gives up waiting for the rest of what was begun too long ago.
    pub(super) fn expire(&mut self, now: Instant, into: &mut Vec<TerminalInput>) {
        if self.deadline().is_none_or(|deadline| now < deadline) {
            return;
        }
        self.since = None;
        match self.held.as_slice() {
            [ESC] => into.push(esc()),
            [ESC, typed_after @ (b'[' | b'O')] => into.extend([esc(), TerminalInput::Key(typed(char::from(*typed_after)))]),
            [ESC, b']'] => into.push(TerminalInput::Key(with_alt(typed(']')))),
            _ => {}
        }
        self.held.clear();
    }

    fn color_reported(&mut self, report: ColorReport) -> Option<TerminalInput> {
        match report {
            ColorReport::Text(color) => {
                self.text_color = Some(color);
                None
            }
            ColorReport::Background(background) => {
                self.awaits_colors = false;
                Some(TerminalInput::Colors { background, text: self.text_color })
            }
        }
    }
}

fn with_alt(mut key: KeyEvent) -> KeyEvent {
    key.modifiers |= KeyModifiers::ALT;
    key
}

fn esc() -> TerminalInput {
    TerminalInput::Key(KeyEvent::from(KeyCode::Esc))
}

/// Takes what is pasted; how many of the bytes belong to the paste and its end, if it ends here.
fn take_paste(paste: &mut Vec<u8>, bytes: &[u8]) -> Option<usize> {
    let before = paste.len();
    paste.extend_from_slice(bytes);
    // The end itself may be cut.
    let from = before.saturating_sub(PASTE_END.len() - 1);
    let Some(end) = paste[from..].windows(PASTE_END.len()).position(|window| window == PASTE_END) else {
        let begun_end = paste.len().saturating_sub(PASTE_END.len() - 1);
        if begun_end > MAX_PASTE {
            paste.drain(MAX_PASTE..begun_end);
        }
        return None;
    };
    let end = from + end;
    paste.truncate(end.min(MAX_PASTE));
    Some(end + PASTE_END.len() - before)
}

fn find(bytes: &[u8]) -> DecodedInput {
    match bytes {
        [] | [ESC] => DecodedInput::Cut,
        // Esc and ctrl-c pressed quickly are no Alt: ctrl-c always quits.
        [ESC, ESC | 0x03, ..] => DecodedInput::Input(esc(), 1),
        [ESC, b'[', rest @ ..] => shift(csi(rest), 2),
        [ESC, b'O', rest @ ..] => match rest {
            [] => DecodedInput::Cut,
            [key, ..] => key_or_nothing(ss3_key(*key), 3),
        },
        [ESC, b']', rest @ ..] if rest.first().is_none_or(u8::is_ascii_digit) => shift(command(rest), 2),
        [ESC, rest @ ..] => match shift(character(rest), 1) {
            DecodedInput::Input(TerminalInput::Key(key), length) => {
                DecodedInput::Input(TerminalInput::Key(with_alt(key)), length)
            }
            other => other,
        },
        _ => character(bytes),
    }
}

fn shift(found: DecodedInput, by: usize) -> DecodedInput {
    match found {
        DecodedInput::Input(input, length) => DecodedInput::Input(input, by + length),
        DecodedInput::PasteBegin(length) => DecodedInput::PasteBegin(by + length),
        DecodedInput::Color(report, length) => DecodedInput::Color(report, by + length),
        DecodedInput::Attributes(length) => DecodedInput::Attributes(by + length),
        DecodedInput::Nothing(length) => DecodedInput::Nothing(by + length),
        DecodedInput::Cut => DecodedInput::Cut,
    }
}

fn key_or_nothing(key: Option<KeyEvent>, length: usize) -> DecodedInput {
    key.map_or(DecodedInput::Nothing(length), |key| DecodedInput::Input(TerminalInput::Key(key), length))
}

/// A key that is a character: a control character or UTF-8.
fn character(bytes: &[u8]) -> DecodedInput {
    let length = match bytes[0] {
        0..=0x1f | 0x7f => return key_or_nothing(control(bytes[0]), 1),
        0x20..=0x7e => 1,
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return DecodedInput::Nothing(1),
    };
    match std::str::from_utf8(&bytes[..length.min(bytes.len())]) {
        Ok(text) => key_or_nothing(text.chars().next().filter(|c| !c.is_control()).map(typed), length),
        Err(error) if error.error_len().is_none() => DecodedInput::Cut,
        Err(error) => DecodedInput::Nothing(error.error_len().unwrap_or(1)),
    }
}

/// A terminal's answer: the bytes after `ESC ]`, up to BEL or ST.
fn command(bytes: &[u8]) -> DecodedInput {
    let Some(end) = bytes.iter().position(u8::is_ascii_control) else {
        return if bytes.len() < LONGEST_REPORT { DecodedInput::Cut } else { DecodedInput::Nothing(bytes.len()) };
    };
    let length = match &bytes[end..] {
        [0x07, ..] => end + 1,
        [ESC] => return DecodedInput::Cut,
        [ESC, b'\\', ..] => end + 2,
        // Broken off; what broke it stands for itself.
        _ => return DecodedInput::Nothing(end),
    };
    read_report(&bytes[..end]).map_or(DecodedInput::Nothing(length), |report| DecodedInput::Color(report, length))
}

/// The sequence after `ESC [`: parameters, intermediates, one final byte.
fn csi(bytes: &[u8]) -> DecodedInput {
    let Some(end) = bytes.iter().position(|b| !matches!(b, 0x20..=0x3f)) else {
        return if bytes.len() < LONGEST { DecodedInput::Cut } else { DecodedInput::Nothing(bytes.len()) };
    };
    let (parameters, length) = (&bytes[..end], end + 1);
    match (bytes[end], parameters) {
        // Linux's own console sends one bracket more for F1 to F5.
        (b'[', []) => match bytes.get(1) {
            None => DecodedInput::Cut,
            Some(key @ b'A'..=b'E') => DecodedInput::Input(TerminalInput::Key(KeyCode::F(key - b'A' + 1).into()), 2),
            Some(_) => DecodedInput::Nothing(1),
        },
        (b'M', []) => match bytes.get(1..4) {
            None => DecodedInput::Cut,
            Some(report) => mouse_reports::legacy([report[0], report[1], report[2]])
                .map_or(DecodedInput::Nothing(4), |m| DecodedInput::Input(TerminalInput::Mouse(m), 4)),
        },
        (end @ (b'M' | b'm'), [b'<', report @ ..]) => mouse_reports::sgr(report, end == b'm')
            .map_or(DecodedInput::Nothing(length), |m| DecodedInput::Input(TerminalInput::Mouse(m), length)),
        (b'~', PASTE_BEGIN) => DecodedInput::PasteBegin(length),
        (b'c', [b'?', ..]) => DecodedInput::Attributes(length),
        (end @ 0x40..=0x7e, _) => key_or_nothing(csi_key(parameters, end), length),
        // No sequence at all; what broke it stands for itself.
        _ => DecodedInput::Nothing(end),
    }
}

#[cfg(test)]
#[path = "decode_tests.rs"]
mod tests;
