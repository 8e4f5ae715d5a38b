//! Input as terminals and people send it: random, huge, in pieces, hostile.

use std::time::Duration;

use super::{FRAME, NARROW, WIDE, at_comments, at_list, leave};
use crate::fixtures;
use crate::home::Home;
use crate::pty::{Size, Terminal};

#[test]
fn random_keys_and_resizes_break_nothing() {
    let rounds = if std::env::var_os("GLEANER_SOAK").is_some() { 10_000 } else { 400 };
    for seed in [1, 20_110_604] {
        println!("seed {seed}");
        play_at_random(&mut Dice(seed), rounds / 2);
    }
}

fn play_at_random(dice: &mut Dice, rounds: usize) {
    const SIZES: [Size; 8] = [(200, 60), (120, 40), (100, 30), (80, 24), (80, 24), (40, 12), (20, 5), (1, 1)];
    // No ctrl-c, which ends it, and no ctrl-z, which has a test of its own.
    const NAMED: [&str; 22] = [
        "<Enter>",
        "<Esc>",
        "<Tab>",
        "<BackTab>",
        "<Space>",
        "<Backspace>",
        "<Up>",
        "<Down>",
        "<Left>",
        "<Right>",
        "<PgUp>",
        "<PgDn>",
        "<Home>",
        "<End>",
        "<C-d>",
        "<C-u>",
        "<C-l>",
        "<C-r>",
        "<C-x>",
        "<lt>",
        "<Delete>",
        "<C-a>",
    ];
    const PLAIN: &[u8] = br"jjjkkkgGhl[]{}()-+_=uvoOtzZXcarnNJKpP.,smAUwW*012345M>f9yYxDi/S:?Rq abc";
    let home = Home::with_pages(&[fixtures::page(), fixtures::long_page(150), fixtures::nasty_page()]);
    home.write("config.toml", b"[open]\nbrowser = [\"true\"]\n");
    let mut reader = start(&home, SIZES[2]);
    for round in 0..rounds {
        match dice.below(20) {
            0 => {
                let size = SIZES[dice.below(SIZES.len())];
                println!("{round}: resize {size:?}");
                reader.resize(size);
            }
            1 => {
                let event = format!("\x1b[<{};{};{}M", [0, 1, 2, 32, 64, 65][dice.below(6)], dice.below(130), dice.below(50));
                println!("{round}: {event:?}");
                reader.send(event.as_bytes());
            }
            2..6 => {
                let key = NAMED[dice.below(NAMED.len())];
                println!("{round}: {key}");
                reader.type_keys(key);
            }
            _ => {
                let key = PLAIN[dice.below(PLAIN.len())];
                println!("{round}: {}", key.escape_ascii());
                reader.send(&[key]);
            }
        }
        // `q` and Esc may have led out, which is a good end like another.
        if reader.ends_within(Duration::from_millis(2)) {
            reader.ends_well();
            reader = start(&home, SIZES[dice.below(SIZES.len())]);
        }
    }
    leave(reader);
    home.run(&["doctor"]).succeeded();
}

fn start(home: &Home, size: Size) -> Terminal {
    let mut reader = home.open(&[], size);
    reader.wait_until("a first frame", |screen| !screen.trim().is_empty());
    reader
}

/// A generator of numbers that are the same in every run (xorshift, Marsaglia 2003).
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % sides as u64) as usize
    }
}

#[test]
fn a_paste_of_a_megabyte_goes_into_inputs_only() {
    let home = Home::with_pages(&[fixtures::page()]);
    let mut reader = at_comments(&home, WIDE);
    let paste = "quit now, star this, open all of it ".repeat((1 << 20) / 36);
    // All but the last row, where the program may say what it does with a paste.
    let page = |screen: String| screen.rsplit_once('\n').map(|(page, _)| page.to_owned());
    let before = page(reader.settle(FRAME).screen());
    reader.paste(&paste).settle(FRAME * 3);
    assert_eq!(page(reader.screen()), before, "a paste is no row of keys");
    reader.type_keys("/").paste(&paste).settle(FRAME * 3);
    reader.type_keys("<Esc>").settle(FRAME).type_keys("<Esc>").settle(FRAME).type_keys("?").wait_for("Moving");
    leave(reader);
}

#[test]
fn an_arrow_that_comes_in_pieces_is_an_arrow() {
    let home = Home::with_pages(&[fixtures::page(), fixtures::long_page(20)]);
    let pieces: [&[&[u8]]; 3] = [&[b"\x1b", b"[B"], &[b"\x1b[", b"B"], &[b"\x1bO", b"B"]];
    let mut reader = at_list(&home, NARROW);
    let is_marked = |screen: &str, row: usize| screen.lines().nth(row).is_some_and(|line| line.starts_with('▌'));
    for piece in pieces {
        reader.type_keys("g").wait_until("the cursor on the first article", |screen| is_marked(screen, 1));
        reader.send(piece[0]).settle(Duration::from_millis(20)).send(piece[1]);
        reader.wait_until(&format!("{piece:?} to move down"), |screen| is_marked(screen, 3));
    }
    leave(reader);
}

#[test]
fn a_lone_escape_is_an_escape() {
    let home = Home::with_pages(&[fixtures::page()]);
    let mut reader = at_list(&home, NARROW);
    let before = reader.settle(FRAME).screen();
    reader.type_keys("?").wait_for("Moving").type_keys("<Esc>").wait_until("the list again", |screen| screen == before);
    leave(reader);
}

#[test]
fn a_page_cannot_act_on_the_terminal() {
    for size in [NARROW, WIDE] {
        let home = Home::with_pages(&[fixtures::nasty_page()]);
        let mut reader = home.open(&[], size);
        reader.wait_for("Calm").type_keys("<Enter>").wait_for("Paragraph 1 ").type_keys("c").wait_for("comment 1 e");
        reader.type_keys("]jw").settle(FRAME).type_keys("<Esc>").settle(FRAME).type_keys(":").settle(FRAME);
        // Escape with another key right behind it would be that key with Alt.
        reader.type_keys("<Esc>").settle(FRAME);
        let raw = String::from_utf8_lossy(reader.raw()).into_owned();
        for attack in ["\x1b]0;owned", "\x1b]52;c;b3duZWQ", "\u{9b}31m", "\u{202e}", "\u{200b}", "\x07\x08\x7f"] {
            assert!(!raw.contains(attack), "{attack:?} came through");
        }
        assert!(!raw.contains(&"\u{301}".repeat(20)), "a pile of marks came through");
        leave(reader);
    }
}

/// A terminal may tell its colours at any time: they change what is drawn, and none of the answer is a key.
#[test]
fn a_late_answer_about_colours_is_taken_and_typed_nowhere() {
    let home = Home::with_pages(&[fixtures::page()]);
    let mut reader = home.open(&[], NARROW);
    reader.wait_for("? help");
    let row = reader.row_of("? help").unwrap();
    let column = NARROW.0 - 4;
    assert!(reader.style(column, row).starts_with("Default on"), "{}", reader.style(column, row));
    reader.send(b"\x1b]10;rgb:0000/0000/0000\x1b\\\x1b]11;rgb:ffff/ff");
    reader.send(b"ff/ffff\x1b\\").settle(Duration::from_millis(100));
    assert!(reader.style(column, row).starts_with("Idx(240) on"), "{}", reader.style(column, row));
    reader.send(b"\x1b]11;rgb:0000/0000/0000\x07").settle(Duration::from_millis(100));
    assert!(reader.style(column, row).starts_with("Idx(248) on"), "{}", reader.style(column, row));
    leave(reader);
}

/// Where the locale is not UTF-8, letters become those of ASCII, on the screen and in what commands print.
#[test]
fn a_terminal_without_utf8_gets_ascii() {
    let home = Home::with_pages(&["# Caf\u{e9} \u{201c}\u{6f22}\u{201d}\n\nNa\u{ef}ve \u{2014} \u{1f389}.\n".to_owned()]);
    let mut reader = home.open_in(&[], NARROW, &[("LC_ALL", "C")]);
    reader.wait_for("Cafe \"??\"").type_keys("<Enter>").wait_for("Naive - ??.");
    leave(reader);
    let mut list = home.open_in(&["list"], NARROW, &[("LC_ALL", "C")]);
    list.wait_for("Cafe \"??\"");
    list.exit_code();
}
