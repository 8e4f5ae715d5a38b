//! A key as the file writes it.

use serde::{Deserialize, Serialize, Serializer};

use crate::tui::keymap::Key;

#[derive(Deserialize, Clone, Copy)]
#[serde(try_from = "String")]
pub(super) struct KeyWord(pub(super) Key);

impl TryFrom<String> for KeyWord {
    type Error = String;

    fn try_from(word: String) -> Result<KeyWord, String> {
        word.parse().map(KeyWord)
    }
}

impl Serialize for KeyWord {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}
