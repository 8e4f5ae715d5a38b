//! Journeys: keys typed into the real program in a pseudo-terminal.

mod accounts;
mod ends;
mod input;
mod pictures;
mod reading;
mod sizes;

use std::time::Duration;

use crate::fixtures;
use crate::home::Home;
use crate::pty::{Size, Terminal};

const WIDE: Size = (120, 40);
const NARROW: Size = (80, 24);

/// Long enough for a frame to be through, also on a busy machine.
const FRAME: Duration = Duration::from_millis(150);

/// The reader at its list, with the fixture page in it.
fn at_list(home: &Home, size: Size) -> Terminal {
    let mut reader = home.open(&[], size);
    reader.wait_for("Dry fields keep");
    reader
}

/// The reader in the comments of the fixture page.
fn at_comments(home: &Home, size: Size) -> Terminal {
    let mut reader = at_list(home, size);
    reader.type_keys("<Enter>").wait_for("Paragraph 1 ").type_keys("c").wait_for("What became of the");
    wait_for_open(&mut reader, fixtures::open_at(25));
    reader
}

/// Waits until the slider row counts that many open comments of the fixture page.
#[track_caller]
fn wait_for_open(reader: &mut Terminal, open: usize) {
    let what = format!("{open} open of {}", fixtures::RANKS.len());
    reader.wait_until(&what, |screen| counted(screen, "open") == Some(open));
}

/// The number before a word, on the slider's row: in `41 open · 60 lines of 143` there are 60 "lines". The narrowest row
/// is `41/143`, and tells what is open only.
fn counted(screen: &str, word: &str) -> Option<usize> {
    let total = fixtures::RANKS.len();
    let row = screen.lines().rfind(|line| line.contains("rank ") && line.contains(&total.to_string()))?;
    let words: Vec<&str> = row.split_whitespace().collect();
    let narrowest = words.iter().find_map(|open| open.strip_suffix(&format!("/{total}")));
    match narrowest {
        Some(open) => (word == "open").then(|| open.parse().ok())?,
        None => words.windows(2).find_map(|pair| if pair[1] == word { pair[0].parse().ok() } else { None }),
    }
}

/// Ends the reader from wherever it is.
#[track_caller]
fn leave(mut reader: Terminal) {
    reader.type_keys("<C-c>").ends_well();
}
