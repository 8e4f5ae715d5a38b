//! A line of text being typed.

use crossterm::event::{KeyCode, KeyModifiers};
use unicode_segmentation::UnicodeSegmentation;

use super::keymap::Key;
use crate::domain::text::clean_line;

/// The text and the byte offset of its caret.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Input {
    pub text: String,
    pub caret: usize,
}

/// More than this is cut off: no query is longer, and a paste may be of any size.
pub(super) const LONGEST: usize = 1000;

impl Input {
    pub fn of(text: &str) -> Input {
        Input { caret: text.len(), text: text.to_owned() }
    }

    /// Takes an editing key. Whether it was one.
    pub fn edit(&mut self, key: Key) -> bool {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Backspace | KeyCode::Char('h') if control || key.code == KeyCode::Backspace => {
                let start = self.before();
                self.text.replace_range(start..self.caret, "");
                self.caret = start;
            }
            KeyCode::Delete => {
                let end = self.after();
                self.text.replace_range(self.caret..end, "");
            }
            KeyCode::Char('u') if control => {
                self.text.replace_range(..self.caret, "");
                self.caret = 0;
            }
            KeyCode::Char('w') if control => {
                let kept = self.text[..self.caret].trim_end();
                let start = kept.rfind(char::is_whitespace).map_or(0, |at| at + 1);
                self.text.replace_range(start..self.caret, "");
                self.caret = start;
            }
            KeyCode::Left => self.caret = self.before(),
            KeyCode::Right => self.caret = self.after(),
            KeyCode::Home => self.caret = 0,
            KeyCode::End => self.caret = self.text.len(),
            _ => match key.typed() {
                Some(c) => {
                    self.insert(c.encode_utf8(&mut [0; 4]));
                }
                None => return false,
            },
        }
        true
    }

    /// Types (or pastes) text; line breaks become spaces, and nothing that could act on the terminal comes in. True if all
    /// of it had room.
    pub fn insert(&mut self, text: &str) -> bool {
        let room = LONGEST.saturating_sub(self.text.len());
        let fits = text.chars().nth(room).is_none();
        let text: String = text.chars().take(room).collect();
        let clean = if text.chars().count() == 1 { crate::domain::text::clean(&text) } else { clean_line(&text) };
        self.text.insert_str(self.caret, &clean);
        self.caret += clean.len();
        fits
    }

    fn before(&self) -> usize {
        self.text[..self.caret].grapheme_indices(true).next_back().map_or(0, |(at, _)| at)
    }

    fn after(&self) -> usize {
        self.text[self.caret..].graphemes(true).next().map_or(self.caret, |next| self.caret + next.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn editing_goes_by_grapheme() {
        let mut input = Input::default();
        input.insert("naïve 👨‍👩‍👧 word");
        for (key, wanted) in [
            ("ctrl-w", "naïve 👨‍👩‍👧 "),
            ("backspace", "naïve 👨‍👩‍👧"),
            ("left", "naïve 👨‍👩‍👧"),
            ("delete", "naïve "),
            ("x", "naïve x"),
            ("home", "naïve x"),
            ("delete", "aïve x"),
            ("end", "aïve x"),
            ("ctrl-u", ""),
            ("backspace", ""),
        ] {
            assert!(input.edit(key.parse().unwrap()));
            assert_eq!(input.text, wanted, "{key}");
        }
    }

    #[test]
    fn a_paste_is_cleaned_and_bounded() {
        let mut input = Input::default();
        assert!(input.insert("one"));
        input = Input::default();
        assert!(!input.insert(&"one\ntwo\u{1b}[2J ".repeat(1000)));
        assert!(input.text.starts_with("one two[2J one") && input.text.len() <= LONGEST);
    }
}
