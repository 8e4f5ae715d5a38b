//! Every size of terminal, and change from any to any.

use super::{FRAME, NARROW, WIDE, at_comments, leave, wait_for_open};
use crate::fixtures;
use crate::home::Home;
use crate::pty::Size;

const SIZES: [Size; 7] = [(200, 60), (100, 30), (80, 24), (40, 12), (20, 5), (3, 2), (1, 1)];

#[test]
fn every_size_draws_and_takes_keys() {
    for size in SIZES {
        let home = Home::with_pages(&[fixtures::page()]);
        let mut reader = home.open(&[], size);
        reader.wait_until("a first frame", |screen| !screen.trim().is_empty()).settle(FRAME);
        for keys in ["j<Enter>", "c]]jj", "z[", "?", "<Esc>", ":ra", "<Esc>", "/gr<Enter>n", "<Esc>", "w", "<Esc>", "gG"] {
            reader.type_keys(keys).settle(FRAME / 3);
        }
        leave(reader);
    }
}

#[test]
fn the_smallest_usable_size_still_reads_and_slides() {
    let home = Home::with_pages(&[fixtures::page()]);
    let mut reader = home.open(&[], (40, 12));
    reader.wait_for("Dry fields").type_keys("<Enter>").wait_for("Dry fields").type_keys("c").wait_for("What became");
    wait_for_open(&mut reader, fixtures::open_at(25));
    reader.type_keys("]");
    wait_for_open(&mut reader, fixtures::open_at(30));
    leave(reader);
}

#[test]
fn a_size_below_the_least_says_so() {
    let home = Home::with_pages(&[fixtures::page()]);
    let mut reader = home.open(&[], (19, 4));
    reader.wait_until("word of the size", |screen| screen.to_lowercase().contains("small") || screen.contains("20"));
    reader.resize(NARROW).wait_for("Dry fields keep");
    leave(reader);
}

#[test]
fn a_storm_of_resizes_ends_in_the_right_picture() {
    let home = Home::with_pages(&[fixtures::page()]);
    let mut reader = at_comments(&home, WIDE);
    let before = reader.settle(FRAME).screen();
    for round in 0..40 {
        reader.resize(SIZES[round % SIZES.len()]).type_keys("][");
    }
    reader.resize(WIDE).settle(FRAME * 3);
    wait_for_open(&mut reader, fixtures::open_at(25));
    reader.type_keys("<C-l>").wait_until("the same rows of comments", |screen| {
        let first = |screen: &str| screen.lines().filter(|line| line.contains("What became of the")).count();
        first(screen) == first(&before)
    });
    leave(reader);
}

#[test]
fn the_comment_under_the_cursor_keeps_its_row_when_the_bar_moves() {
    let home = Home::with_pages(&[fixtures::page()]);
    let mut reader = at_comments(&home, NARROW);
    reader.settle(FRAME);
    let row = reader.row_of("What became of the");
    for key in ["]", "]", "[", "[", "["] {
        reader.type_keys(key).settle(FRAME);
        assert_eq!(reader.row_of("What became of the"), row, "after {key}:\n{}", reader.screen());
    }
    leave(reader);
}
