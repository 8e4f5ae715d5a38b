//! The lines of the help screen, from the table of actions.

use super::keymap::{ACTIONS, Binding, Group, Keymap};
use super::layout::wrap;
use super::page::{AUTHOR_MARKS, AUTHOR_MARKS_ASCII};
use crate::domain::text::fold;

/// The help's box is no wider, however wide the screen.
const WIDEST: u16 = 84;

pub(super) enum HelpLine {
    Blank,
    Title(&'static str),
    /// The keys stand on the first line of an action only.
    Action {
        keys: String,
        does: String,
    },
}

pub(super) struct Help {
    pub(super) lines: Vec<HelpLine>,
    /// Columns of the box, its border included, and of the keys in it.
    pub(super) columns: u16,
    pub(super) key_columns: usize,
}

impl Help {
    /// On a screen of so many columns, of the actions whose names, keys or help hold the wanted words: what an action does
    /// is wrapped, never cut.
    pub(super) fn new(keymap: &Keymap, columns: u16, wanted: &str, ascii: bool) -> Help {
        let wanted: Vec<String> = wanted.split_whitespace().map(fold).collect();
        let columns = columns.min(WIDEST);
        let inside = usize::from(columns.saturating_sub(4));
        let key_columns = if inside < 50 { 10 } else { 14 };
        let mut lines = Vec::new();
        for group in Group::ALL {
            let found: Vec<&Binding> =
                ACTIONS.iter().filter(|entry| entry.group == group && holds(keymap, entry, &wanted)).collect();
            if found.is_empty() {
                continue;
            }
            if !lines.is_empty() {
                lines.push(HelpLine::Blank);
            }
            lines.push(HelpLine::Title(group.title()));
            for entry in found {
                let mut keys = keys_of(keymap, entry);
                for does in wrap(entry.help, inside.saturating_sub(key_columns + 1).max(1)) {
                    lines.push(HelpLine::Action { keys: std::mem::take(&mut keys), does: does.to_owned() });
                }
            }
        }
        let own: Vec<HelpLine> = keymap
            .own()
            .map(|(name, action)| (keymap.keys(action).map(|key| key.to_string()).collect::<Vec<_>>().join(" "), name))
            .filter(|(keys, name)| {
                wanted.iter().all(|word| fold(name).contains(word) || keys.split(' ').any(|key| key == word))
            })
            .map(|(keys, name)| HelpLine::Action { keys, does: name.to_owned() })
            .collect();
        if !own.is_empty() {
            lines.extend((!lines.is_empty()).then_some(HelpLine::Blank));
            lines.push(HelpLine::Title("Your own commands"));
            lines.extend(own);
        }
        push_signs(&mut lines, &wanted, ascii, |does| wrap(does, inside.saturating_sub(key_columns + 1).max(1)));
        Help { lines, columns, key_columns }
    }
}

/// The signs in front of comments and their authors: in Unicode, in ASCII, and their meaning.
const SIGNS: [(&str, &str, &str); 7] = [
    ("", "", "authors with several comments: in one exchange nobody shares a sign"),
    ("OP", "OP", "by the author of the article"),
    ("≈", "~", "a guess: an answer, or a place"),
    ("↑?", "^?", "what it answers is not here"),
    ("[+3]", "[+3]", "you folded it, with so many answers"),
    ("···", "...", "folded by rank or by your rules: enter shows them as lines"),
    ("▌", ">", "the cursor"),
];

fn push_signs(lines: &mut Vec<HelpLine>, wanted: &[String], ascii: bool, wrapped: impl Fn(&'static str) -> Vec<&'static str>) {
    const TITLE: &str = "Signs in a discussion";
    let marks: String = if ascii { AUTHOR_MARKS_ASCII } else { AUTHOR_MARKS }.iter().collect();
    let sign = |(unicode, plain, _): &(&str, &str, &str)| match if ascii { plain } else { unicode } {
        &"" => marks.clone(),
        sign => (*sign).to_owned(),
    };
    let holds = |row: &(&str, &str, &str)| {
        let words = fold(&format!("{} {TITLE}", row.2));
        wanted.iter().all(|word| words.contains(word) || sign(row).contains(word))
    };
    for (n, row) in SIGNS.iter().filter(|row| holds(row)).enumerate() {
        if n == 0 {
            lines.extend((!lines.is_empty()).then_some(HelpLine::Blank));
            lines.push(HelpLine::Title(TITLE));
        }
        let mut keys = sign(row);
        let line = |does: &str| HelpLine::Action { keys: std::mem::take(&mut keys), does: does.to_owned() };
        lines.extend(wrapped(row.2).into_iter().map(line));
    }
}

fn keys_of(keymap: &Keymap, entry: &Binding) -> String {
    keymap.keys(entry.action).map(|key| key.to_string()).collect::<Vec<_>>().join(" ")
}

fn holds(keymap: &Keymap, entry: &Binding, wanted: &[String]) -> bool {
    let words = fold(&format!("{} {} {}", entry.name, entry.help, entry.group.title()));
    let keys = fold(&keys_of(keymap, entry));
    wanted.iter().all(|word| words.contains(word) || keys.split(' ').any(|key| key == word))
}
