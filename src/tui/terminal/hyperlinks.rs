//! Hyperlinks of the screen (OSC 8): the terminal itself underlines, copies and opens them. Terminals that do not know
//! the sequence ignore it.

use std::fmt::Write as _;
use std::ops::Range;

use ratatui::buffer::Cell;
use ratatui::style::Modifier;

use crate::domain::text::{CleanText, may_open};

/// Longer addresses are not sent: VTE and iTerm2 ignore them.
const LONGEST_ADDRESS: usize = 2083;

pub(super) const CLOSE: &str = "\x1b]8;;\x1b\\";

/// A part of a row that leads to an address.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ScreenLink {
    pub row: u16,
    pub columns: Range<u16>,
    /// The number of the link in its text: pieces of a link on several rows are one for the terminal.
    pub number: u32,
    pub address: CleanText,
}

impl ScreenLink {
    /// True if both are the same link for the terminal.
    pub(super) fn leads_as(&self, other: &ScreenLink) -> bool {
        self.number == other.number && self.address == other.address
    }

    /// The sequence that opens the link; none for an address that a terminal must not get. Only printable ASCII
    /// is sent, so that no address can end the sequence.
    pub(super) fn opening(&self) -> Option<String> {
        if !may_open(&self.address) {
            return None;
        }
        let mut sequence = format!("\x1b]8;id={};", self.number);
        let start = sequence.len();
        for byte in self.address.bytes() {
            if byte.is_ascii_graphic() {
                sequence.push(char::from(byte));
            } else {
                // Writing to a string does not fail.
                let _ = write!(sequence, "%{byte:02X}");
            }
        }
        let fits = sequence.len() - start <= LONGEST_ADDRESS;
        sequence.push_str("\x1b\\");
        fits.then_some(sequence)
    }
}

/// The links of one row; those of a screen stand in the order of their rows.
pub(super) fn links_of_row(links: &[ScreenLink], row: u16) -> &[ScreenLink] {
    let start = links.partition_point(|link| link.row < row);
    let end = links.partition_point(|link| link.row <= row);
    &links[start..end]
}

pub(super) fn link_at(links: &[ScreenLink], column: u16) -> Option<&ScreenLink> {
    links.iter().find(|link| link.columns.contains(&column))
}

/// The cells that a row shows, but those that lead elsewhere now are unknown, so that they are written again. None if
/// no cell does.
pub(super) fn unknown_where_links_differ(cells: &[Cell], shown: &[ScreenLink], next: &[ScreenLink]) -> Option<Vec<Cell>> {
    if shown == next {
        return None;
    }
    let mut cells = cells.to_vec();
    for (column, cell) in (0..).zip(&mut cells) {
        let is_same = match (link_at(shown, column), link_at(next, column)) {
            (None, None) => true,
            (Some(shown), Some(next)) => shown.leads_as(next),
            _ => false,
        };
        if !is_same {
            cell.set_symbol("x");
            cell.modifier = Modifier::all();
        }
    }
    Some(cells)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::text::clean;

    fn opening(address: &str) -> Option<String> {
        ScreenLink { row: 0, columns: 0..1, number: 3, address: clean(address) }.opening()
    }

    #[test]
    fn only_addresses_that_may_be_opened_are_sent_in_printable_ascii() {
        assert_eq!(opening("https://example.org/a;b").as_deref(), Some("\x1b]8;id=3;https://example.org/a;b\x1b\\"));
        assert_eq!(opening("mailto:ada@example.org").as_deref(), Some("\x1b]8;id=3;mailto:ada@example.org\x1b\\"));
        assert_eq!(opening("https://example.org/é x").as_deref(), Some("\x1b]8;id=3;https://example.org/%C3%A9%20x\x1b\\"));
        assert_eq!(opening("http://e.org/\x1b\\\x07x").as_deref(), Some("\x1b]8;id=3;http://e.org/\\x\x1b\\"));
        for address in ["file:///etc/passwd", "javascript:alert(1)", "/relative", "ssh://example.org"] {
            assert_eq!(opening(address), None, "{address}");
        }
        assert_eq!(opening(&format!("https://example.org/{}", "é".repeat(400))), None);
    }
}
