//! Choosing by typing: actions by their names in the palette, links by their hints.

use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

use super::keymap::{ACTIONS, Entry};

/// What the links on the screen are chosen by, in their order.
pub(super) const LINK_HINTS: &str = "123456789abcdefghijklmnopqrstuvwxyz";

/// The actions that a typed text means, best first; all for an empty one.
pub(super) fn matching(text: &str) -> Vec<&'static Entry> {
    let pattern = Pattern::parse(text, CaseMatching::Ignore, Normalization::Smart);
    let mut matcher = Matcher::new(Config::DEFAULT);
    let mut buffer = Vec::new();
    let mut scored: Vec<(u32, &Entry)> = ACTIONS
        .iter()
        .filter_map(|entry| {
            let words = format!("{} {}", entry.name, entry.help);
            let score = pattern.score(Utf32Str::new(&words, &mut buffer), &mut matcher)?;
            let exact = if entry.name == text { u32::MAX / 2 } else { 0 };
            Some((score + exact, entry))
        })
        .collect();
    scored.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    scored.into_iter().map(|(_, entry)| entry).collect()
}
