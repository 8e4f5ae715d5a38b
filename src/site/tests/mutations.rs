//! Real files of all formats, changed at random: whatever comes, it is read or refused, and what is read is clean.
//!
//! `GLEANER_MUTATIONS=100000` makes more of them than the few that every run makes; `GLEANER_MUTATION=17` only that one.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::{corpus, files_under, origin};
use crate::domain::article::Page;
use crate::domain::text::{clean, clean_id};
use crate::domain::thread::{Comment, Parent};
use crate::site::read;

/// So many inputs are made where nobody asks for more.
const FEW: u64 = 400;

/// Larger files say nothing that smaller ones do not, and take long.
const LARGEST: u64 = 200 << 10;

/// Parts of the formats, and what breaks readers of them.
const PIECES: [&str; 32] = [
    "<",
    ">",
    "</",
    "]]>",
    "<![CDATA[",
    "<!--",
    "-->",
    "<?xml version='1.1' encoding='UTF-7'?>",
    "&#x1b;",
    "&#0;",
    "&amp;amp;",
    "<item>",
    "</item>",
    "<entry xmlns='http://www.w3.org/2005/Atom'>",
    "<table><tr><td>",
    "<pre>",
    "{",
    "}",
    "[",
    "]",
    "\"",
    "\\u0000",
    "\\ud800",
    ":null,",
    "1e999",
    "-99999999999999999999",
    "\0",
    "\u{202e}",
    "\x1b[2J",
    "\r\n\r\n",
    "\t",
    "\u{feff}",
];

/// `SplitMix64` (<https://prng.di.unimi.it/splitmix64.c>): the same inputs on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }

    /// A range of a text, mostly short.
    fn range(&mut self, length: usize) -> std::ops::Range<usize> {
        let from = self.below(length + 1);
        let most = [4, 64, 4096][self.below(3)];
        from..(from + self.below(most)).min(length)
    }
}

fn mutated(mut bytes: Vec<u8>, other: &[u8], random: &mut Random) -> Vec<u8> {
    for _ in 0..=random.below(6) {
        let range = random.range(bytes.len());
        match random.below(8) {
            0 => bytes.truncate(range.start),
            1 => drop(bytes.drain(range)),
            2 => {
                let again = bytes[range.clone()].repeat(1 + random.below(40));
                bytes.splice(range.end..range.end, again);
            }
            3 => {
                let theirs = random.range(other.len());
                bytes.splice(range, other[theirs].iter().copied());
            }
            4 => {
                let piece = PIECES[random.below(PIECES.len())];
                let times = [1, 1, 2, 3000][random.below(4)];
                bytes.splice(range, piece.repeat(times).into_bytes());
            }
            5 => bytes[range].fill_with(|| random.next() as u8),
            6 => {
                let digits = random.next().to_string();
                bytes.splice(range, digits.into_bytes());
            }
            _ => bytes[range].reverse(),
        }
    }
    bytes
}

/// No text and no id holds what is not clean, and no thread names a parent that is not there.
fn assert_clean(page: &Page) {
    let article = &page.article;
    let lines = [Some(&article.title), article.byline.as_ref(), article.url.as_ref(), Some(&page.source.title)];
    for text in lines.into_iter().flatten() {
        assert_eq!(clean(text), *text);
    }
    let is_control = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
    assert!(!article.body.text().contains(is_control), "the text");
    for discussion in &page.discussions {
        for comment in &discussion.comments {
            assert_eq!(clean_id(&comment.id), comment.id);
            assert!(!comment.body.text().contains(is_control), "the comment {}", comment.id);
        }
        let is_another = |(at, comment): (usize, &Comment)| match comment.parent {
            Parent::Of(parent) | Parent::Guessed(parent) => {
                (parent.0 as usize) < discussion.comments.len() && parent.0 as usize != at
            }
            Parent::Root | Parent::Missing => true,
        };
        assert!(discussion.comments.iter().enumerate().all(is_another), "parents");
    }
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[test]
fn whatever_a_file_is_changed_to_it_is_read_or_refused() {
    let parts = ["articles", "discussions", "feeds", "nasty-text", "opml", "physorg", "sites", "sync"];
    let mut kinds: Vec<Vec<PathBuf>> = Vec::new();
    for part in parts {
        let Some(folder) = corpus(part) else { return };
        let is_small = |path: &PathBuf| path.metadata().is_ok_and(|data| data.len() <= LARGEST);
        kinds.push(files_under(&folder).into_iter().filter(is_small).collect());
    }
    let seeds = match number("GLEANER_MUTATION") {
        Some(one) => one..one + 1,
        None => 0..number("GLEANER_MUTATIONS").unwrap_or(FEW),
    };
    let (mut taken, mut refused, mut failed) = (0_u64, 0_u64, Vec::new());
    let mut slowest = (Duration::ZERO, 0);
    for seed in seeds {
        let mut random = Random(seed);
        let mut file = || {
            let kind = &kinds[random.below(kinds.len())];
            kind[random.below(kind.len())].clone()
        };
        let (path, other) = (file(), file());
        let bytes = mutated(std::fs::read(&path).unwrap(), &std::fs::read(&other).unwrap(), &mut random);
        let began = Instant::now();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or("a");
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            let parsed = read(&bytes, &origin(name)).ok()?;
            parsed.pages.iter().for_each(assert_clean);
            Some(())
        }));
        slowest = slowest.max((began.elapsed(), seed));
        match outcome {
            Ok(Some(())) => taken += 1,
            Ok(None) => refused += 1,
            Err(_) => failed.push((seed, path)),
        }
    }
    println!("mutations: {taken} read, {refused} refused; the slowest took {:?} (number {})", slowest.0, slowest.1);
    assert!(failed.is_empty(), "{failed:?}");
}
