//! The lines of the help screen, from the table of actions.

use super::keymap::{ACTIONS, Entry, Group};

/// A group's title, or an action with its keys.
pub(super) enum HelpLine {
    Title(&'static str),
    Action(&'static Entry),
    Blank,
}

pub(super) fn lines() -> Vec<HelpLine> {
    let mut lines = Vec::new();
    for group in Group::ALL {
        if !lines.is_empty() {
            lines.push(HelpLine::Blank);
        }
        lines.push(HelpLine::Title(group.title()));
        lines.extend(ACTIONS.iter().filter(|entry| entry.group == group).map(HelpLine::Action));
    }
    lines
}

/// How many lines there are to scroll through.
pub(super) fn height() -> u16 {
    lines().len() as u16
}
