//! Decodes control characters and sequences to keys.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::tui::keyboard::on_latin_keyboard;

/// The kind of a key event that says that the key was let go.
const RELEASED: u8 = 3;

/// A key that types a character.
pub(super) fn typed(c: char) -> KeyEvent {
    let shift = if c.is_uppercase() { KeyModifiers::SHIFT } else { KeyModifiers::NONE };
    KeyEvent::new(KeyCode::Char(c), shift)
}

pub(super) fn control(byte: u8) -> Option<KeyEvent> {
    let ctrl = |c: u8| KeyEvent::new(KeyCode::Char(char::from(c)), KeyModifiers::CONTROL);
    Some(match byte {
        b'\r' => KeyCode::Enter.into(),
        b'\t' => KeyCode::Tab.into(),
        0x7f => KeyCode::Backspace.into(),
        0 => ctrl(b' '),
        0x01..=0x1a => ctrl(byte - 1 + b'a'),
        0x1c..=0x1f => ctrl(byte - 0x1c + b'4'),
        _ => return None,
    })
}

/// The sequences after `ESC O`: application mode's arrows and the first function keys.
pub(super) fn ss3_key(end: u8) -> Option<KeyEvent> {
    lettered(end).map(KeyEvent::from)
}

/// `CSI parameters end`.
pub(super) fn csi_key(parameters: &[u8], end: u8) -> Option<KeyEvent> {
    let text = std::str::from_utf8(parameters).ok()?;
    let mut fields = text.split(';');
    // The key here, with shift, and on a Latin keyboard.
    let mut codes = fields.next().unwrap_or_default().split(':');
    let first = codes.next().unwrap_or_default();
    let number: u32 = if first.is_empty() { 1 } else { first.parse().ok()? };
    let latin = codes.nth(1).and_then(|code| code.parse().ok());
    let (modifiers, kind) = held(fields.next().unwrap_or_default())?;
    if kind == RELEASED {
        return None;
    }
    match end {
        // Xterm's older form for keys with modifiers: the code comes last.
        b'~' if number == 27 => kitty(binding_code(fields.next()?.parse().ok()?, None, modifiers), modifiers),
        b'Z' => Some(KeyEvent::new(KeyCode::BackTab, KeyModifiers::SHIFT)),
        b'~' => Some(KeyEvent::new(numbered(number)?, modifiers)),
        b'u' => kitty(binding_code(number, latin, modifiers), modifiers),
        _ if number == 1 => Some(KeyEvent::new(lettered(end)?, modifiers)),
        _ => None,
    }
}

/// Modifiers and the kind of a key event (1 pressed, 2 repeated, 3 released): `modifiers + 1 : kind`.
fn held(field: &str) -> Option<(KeyModifiers, u8)> {
    let (bits, kind) = field.split_once(':').unwrap_or((field, "1"));
    let bits = if bits.is_empty() { 0 } else { bits.parse::<u16>().ok()?.saturating_sub(1) };
    let all = [
        KeyModifiers::SHIFT,
        KeyModifiers::ALT,
        KeyModifiers::CONTROL,
        KeyModifiers::SUPER,
        KeyModifiers::HYPER,
        KeyModifiers::META,
    ];
    let modifiers = all.into_iter().enumerate().filter(|(bit, _)| bits >> bit & 1 == 1).map(|(_, modifier)| modifier).collect();
    Some((modifiers, kind.parse().ok()?))
}

fn lettered(end: u8) -> Option<KeyCode> {
    Some(match end {
        b'A' => KeyCode::Up,
        b'B' => KeyCode::Down,
        b'C' => KeyCode::Right,
        b'D' => KeyCode::Left,
        b'F' => KeyCode::End,
        b'H' => KeyCode::Home,
        b'M' => KeyCode::Enter,
        b'P'..=b'S' => KeyCode::F(end - b'P' + 1),
        _ => return None,
    })
}

fn numbered(number: u32) -> Option<KeyCode> {
    Some(match number {
        1 | 7 => KeyCode::Home,
        2 => KeyCode::Insert,
        3 => KeyCode::Delete,
        4 | 8 => KeyCode::End,
        5 => KeyCode::PageUp,
        6 => KeyCode::PageDown,
        11..=15 => KeyCode::F(number as u8 - 10),
        17..=21 => KeyCode::F(number as u8 - 11),
        23..=26 => KeyCode::F(number as u8 - 12),
        28 | 29 => KeyCode::F(number as u8 - 13),
        31..=34 => KeyCode::F(number as u8 - 14),
        _ => return None,
    })
}

/// With ctrl or alt held a key types nothing: it is meant by its place on the keyboard, whatever script is set. Keys that
/// have no character have numbers of a private area.
fn binding_code(code: u32, latin: Option<u32>, modifiers: KeyModifiers) -> u32 {
    let types = (modifiers - KeyModifiers::SHIFT).is_empty();
    let is_other_script = |c: &char| !c.is_ascii() && !('\u{e000}'..='\u{f8ff}').contains(c);
    let letter = char::from_u32(code).filter(is_other_script).filter(|_| !types);
    letter.map_or(code, |c| latin.or_else(|| on_latin_keyboard(c).map(u32::from)).unwrap_or(code))
}

/// The kitty keyboard protocol: a code point, or a number of its private area for keys that have none.
fn kitty(code: u32, modifiers: KeyModifiers) -> Option<KeyEvent> {
    let key = match code {
        27 => KeyCode::Esc,
        13 | 57414 => KeyCode::Enter,
        9 if modifiers.contains(KeyModifiers::SHIFT) => KeyCode::BackTab,
        9 => KeyCode::Tab,
        127 => KeyCode::Backspace,
        57376..=57398 => KeyCode::F((code - 57376 + 13) as u8),
        57399..=57408 => KeyCode::Char(char::from_digit(code - 57399, 10)?),
        57409 => KeyCode::Char('.'),
        57410 => KeyCode::Char('/'),
        57411 => KeyCode::Char('*'),
        57412 => KeyCode::Char('-'),
        57413 => KeyCode::Char('+'),
        57415 => KeyCode::Char('='),
        57416 => KeyCode::Char(','),
        57417 => KeyCode::Left,
        57418 => KeyCode::Right,
        57419 => KeyCode::Up,
        57420 => KeyCode::Down,
        57421 => KeyCode::PageUp,
        57422 => KeyCode::PageDown,
        57423 => KeyCode::Home,
        57424 => KeyCode::End,
        57425 => KeyCode::Insert,
        57426 => KeyCode::Delete,
        57344..=63743 => return None,
        _ => {
            let c = char::from_u32(code).filter(|c| !c.is_control())?;
            let upper = c.to_uppercase().next().filter(|_| modifiers.contains(KeyModifiers::SHIFT));
            KeyCode::Char(upper.unwrap_or(c))
        }
    };
    Some(KeyEvent::new(key, modifiers))
}
