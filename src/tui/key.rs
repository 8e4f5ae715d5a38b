//! One key press, as the configuration and the screens write it.

use std::fmt;
use std::str::FromStr;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// One key press. Shift is part of a letter's case and never stands beside a character.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Key {
    pub code: KeyCode,
    pub modifiers: KeyModifiers,
}

impl Key {
    pub(super) fn character(self) -> Option<char> {
        if let KeyCode::Char(c) = self.code { Some(c) } else { None }
    }

    /// The same key where another layout is set.
    pub(super) fn with_character(self, character: char) -> Key {
        Key::new(KeyCode::Char(character), self.modifiers)
    }

    pub fn new(code: KeyCode, modifiers: KeyModifiers) -> Key {
        let (code, mut modifiers) = match code {
            KeyCode::Char(c) if modifiers.contains(KeyModifiers::SHIFT) && c.is_lowercase() => {
                (KeyCode::Char(c.to_uppercase().next().unwrap_or(c)), modifiers)
            }
            KeyCode::Tab if modifiers.contains(KeyModifiers::SHIFT) => (KeyCode::BackTab, modifiers),
            other => (other, modifiers),
        };
        if matches!(code, KeyCode::Char(_) | KeyCode::BackTab) {
            modifiers.remove(KeyModifiers::SHIFT);
        }
        let known = KeyModifiers::SHIFT | KeyModifiers::CONTROL | KeyModifiers::ALT;
        Key { code, modifiers: modifiers & known }
    }

    /// The character that this key types into an input, if it does.
    pub fn typed(self) -> Option<char> {
        match self.code {
            KeyCode::Char(c) if self.modifiers.is_empty() => Some(c),
            _ => None,
        }
    }
}

impl From<KeyEvent> for Key {
    fn from(event: KeyEvent) -> Key {
        Key::new(event.code, event.modifiers)
    }
}

const NAMED: [(&str, KeyCode); 15] = [
    ("space", KeyCode::Char(' ')),
    ("enter", KeyCode::Enter),
    ("esc", KeyCode::Esc),
    ("tab", KeyCode::Tab),
    ("backtab", KeyCode::BackTab),
    ("backspace", KeyCode::Backspace),
    ("delete", KeyCode::Delete),
    ("insert", KeyCode::Insert),
    ("up", KeyCode::Up),
    ("down", KeyCode::Down),
    ("left", KeyCode::Left),
    ("right", KeyCode::Right),
    ("home", KeyCode::Home),
    ("end", KeyCode::End),
    ("pgup", KeyCode::PageUp),
];

/// Reads `j`, `G`, `ctrl-d`, `alt-x`, `shift-up`, `space`, `pgdn`, `F5`.
impl FromStr for Key {
    type Err = String;

    fn from_str(text: &str) -> Result<Key, String> {
        let mut modifiers = KeyModifiers::NONE;
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('-').filter(|(before, after)| !before.is_empty() && !after.is_empty())
        {
            modifiers |= match before {
                "ctrl" => KeyModifiers::CONTROL,
                "alt" => KeyModifiers::ALT,
                "shift" => KeyModifiers::SHIFT,
                _ => return Err(format!("`{text}` is not a key: `{before}` is none of ctrl, alt, shift")),
            };
            rest = after;
        }
        let mut chars = rest.chars();
        let code = match (chars.next(), chars.next()) {
            (Some(c), None) => KeyCode::Char(c),
            _ => match NAMED.iter().find(|(name, _)| *name == rest) {
                Some((_, code)) => *code,
                None if rest == "pgdn" => KeyCode::PageDown,
                None => {
                    let number = rest.strip_prefix('F').and_then(|n| n.parse().ok()).filter(|n| (1..=24).contains(n));
                    KeyCode::F(
                        number.ok_or_else(|| format!("`{text}` is not a key (examples: j, G, ctrl-d, space, pgdn, F5)"))?,
                    )
                }
            },
        };
        Ok(Key::new(code, modifiers))
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (modifier, name) in [(KeyModifiers::CONTROL, "ctrl-"), (KeyModifiers::ALT, "alt-"), (KeyModifiers::SHIFT, "shift-")]
        {
            if self.modifiers.contains(modifier) {
                f.write_str(name)?;
            }
        }
        match (self.code, NAMED.iter().find(|(_, code)| *code == self.code)) {
            (_, Some((name, _))) => f.write_str(name),
            (KeyCode::PageDown, None) => f.write_str("pgdn"),
            (KeyCode::Char(c), None) => write!(f, "{c}"),
            (KeyCode::F(n), None) => write!(f, "F{n}"),
            (other, None) => write!(f, "{other}"),
        }
    }
}
