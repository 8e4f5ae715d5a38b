//! Choosing by typing: actions and sections by their names in the palette, links by their hints.

use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

use super::keymap::{ACTIONS, Action, Binding, Keymap};
use crate::domain::text::{CleanText, fold};
use crate::store::{Section, SectionRow};

/// The labels by which the links on the screen are chosen, in their order.
pub(super) const LINK_HINTS: &str = "123456789abcdefghijklmnopqrstuvwxyz";

/// So many sections are offered beside the actions.
const SECTIONS: usize = 50;

/// A match for a typed text.
#[derive(Clone, Debug)]
pub(super) enum Match {
    Action(&'static Binding),
    Section(Section, CleanText),
    Own(String, Action),
}

/// How well a name fits, from 0 for the very name; none if it does not hold the text.
fn fit(name: &str, text: &str) -> Option<u32> {
    match name.find(text)? {
        0 if name.len() == text.len() => Some(0),
        0 => Some(1),
        at if !name.as_bytes()[at - 1].is_ascii_alphanumeric() => Some(2),
        _ => Some(3),
    }
}

/// The entries that match a typed text, best first: names that contain it, then names with its letters, then descriptions. All
/// actions for an empty one.
pub(super) fn matching(text: &str, sections: &[SectionRow], keymap: &Keymap) -> Vec<Match> {
    let wanted = fold(text.trim());
    if wanted.is_empty() {
        let own = keymap.own().map(|(name, action)| Match::Own(name.to_owned(), action));
        return ACTIONS.iter().map(Match::Action).chain(own).collect();
    }
    let dashed = wanted.replace(' ', "-");
    let pattern = Pattern::parse(&wanted, CaseMatching::Ignore, Normalization::Smart);
    let mut matcher = Matcher::new(Config::DEFAULT);
    let mut buffer = Vec::new();
    let mut found: Vec<((u32, u32), Match)> = Vec::new();
    for entry in ACTIONS {
        let rank = fit(entry.name, &dashed).map(|fit| (fit * 2, 0)).or_else(|| {
            let by_name = pattern.score(Utf32Str::new(entry.name, &mut buffer), &mut matcher);
            let help = fold(entry.help);
            let by_help = || wanted.split_whitespace().all(|word| help.contains(word)).then_some((30, 0));
            by_name.map(|score| (20, u32::MAX - score)).or_else(by_help)
        });
        found.extend(rank.map(|rank| (rank, Match::Action(entry))));
    }
    let own = keymap.own().filter_map(|(name, action)| Some((fit(&fold(name), &wanted)?, name, action)));
    found.extend(own.map(|(fit, name, action)| ((fit * 2, 0), Match::Own(name.to_owned(), action))));
    let of_sections = sections.iter().filter_map(|row| {
        let fit = fit(&fold(&row.title), &wanted)?;
        Some(((fit * 2 + 1, 0), Match::Section(row.section.clone(), row.title.clone())))
    });
    let mut of_sections: Vec<_> = of_sections.collect();
    of_sections.sort_by_key(|(rank, _)| *rank);
    of_sections.truncate(SECTIONS);
    found.extend(of_sections);
    found.sort_by_key(|(rank, _)| *rank);
    found.into_iter().map(|(_, found)| found).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::text::clean;

    fn first(text: &str) -> String {
        let sections = ["Unread", "Owl news"].map(|title| SectionRow::new(Section::Unread, clean(title)));
        match matching(text, &sections, &Keymap::default()).into_iter().next() {
            Some(Match::Action(entry)) => entry.name.to_owned(),
            Some(Match::Section(_, title)) => format!("section {title}"),
            Some(Match::Own(name, _)) => name,
            None => String::new(),
        }
    }

    #[test]
    fn what_is_typed_is_what_is_done() {
        for (text, wanted) in [
            ("unread", "section Unread"),
            ("owl", "section Owl news"),
            ("star", "star"),
            ("read", "read"),
            ("fold all", "fold-all"),
            ("subscribe", "subscribe"),
            ("quit", "quit"),
            ("older", ""),
        ] {
            if wanted.is_empty() {
                continue;
            }
            assert_eq!(first(text), wanted, "{text}");
        }
    }
}
