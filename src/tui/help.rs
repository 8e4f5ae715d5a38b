//! The lines of the help screen, from the table of actions.

use super::keymap::{ACTIONS, Group, Keymap};
use super::layout::wrap;

/// The help's box is no wider, however wide the screen.
const WIDEST: u16 = 84;

pub(super) enum HelpLine {
    Blank,
    Title(&'static str),
    /// The keys stand on the first line of an action only.
    Action {
        keys: String,
        does: &'static str,
    },
}

pub(super) struct Help {
    pub(super) lines: Vec<HelpLine>,
    /// Columns of the box, its border included, and of the keys in it.
    pub(super) columns: u16,
    pub(super) key_columns: usize,
}

impl Help {
    /// On a screen of so many columns: what an action does is wrapped, never cut.
    pub(super) fn new(keymap: &Keymap, columns: u16) -> Help {
        let columns = columns.min(WIDEST);
        let inside = usize::from(columns.saturating_sub(4));
        let key_columns = if inside < 50 { 10 } else { 14 };
        let mut lines = Vec::new();
        for group in Group::ALL {
            if !lines.is_empty() {
                lines.push(HelpLine::Blank);
            }
            lines.push(HelpLine::Title(group.title()));
            for entry in ACTIONS.iter().filter(|entry| entry.group == group) {
                let keys: Vec<String> = keymap.keys(entry.action).map(|key| key.to_string()).collect();
                let mut keys = keys.join(" ");
                for does in wrap(entry.help, inside.saturating_sub(key_columns + 1).max(1)) {
                    lines.push(HelpLine::Action { keys: std::mem::take(&mut keys), does });
                }
            }
        }
        Help { lines, columns, key_columns }
    }
}
