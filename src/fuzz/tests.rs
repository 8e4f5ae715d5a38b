//! Changed files for every fuzz target: parts of the formats, the program's own files and, where the corpus is there, real
//! ones, changed at random.
//!
//! `GLEANER_MUTATIONS=100000` gives each target so many inputs instead of a few; `GLEANER_MUTATION=feed:17` repeats one.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::TARGETS;

/// Inputs for each target where nobody asks for more.
const FEW: u64 = 30;

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

/// Short inputs of the targets that no file is like.
const SEEDS: [&str; 12] = [
    "\"two words\" -not OR cyber* author:me title:x is:unread rank:>=4 comments:>50 after:2026-01-01 in:comments",
    "unread = \"yes\" and (tags # \"a b\" or age between 0:10) and title =~ \"x|y\"",
    "3.7",
    "-12",
    "20%",
    "off",
    "ctrl-alt-x shift-F12 pgdn space alt-- ctrl-é",
    "\x50\x1b[A\x1bOP\x1b[<0;10;20M\x1b[<35;1;1m\x1b[200~paste\r\x1b[201~\x1b[97;5u\x1b[57414;1:3u\x1b\x1b[",
    "\x28\x05# Title\n\n> quoted\n>> twice\n\n1. one\n2. two\n\n| a | b |\n|---|---|\n| 日本 | e\u{301}\u{301} |\n\n```\n\tcode\n```\n",
    "https://news.ycombinator.com/item?id=1\nhttps://lobste.rs/s/abc/x\nlemmy.world/post/1\nhn:top\n!rust@programming.dev\ntop",
    "{\"title\":\"T\",\"url\":\"https://a.example/\",\"date\":1,\"html\":\"<p>x\",\"tags\":[\"a\"]}\n",
    "<opml version='2.0'><body><outline text='F'><outline text='A' xmlUrl='https://a.example/feed'/></outline></body></opml>",
];

/// The program's own files, which are of several formats.
const OWN: [&str; 4] = ["assets/config.toml", "assets/edition", "assets/themes", "README.md"];

/// Folders of real files.
const CORPUS: [&str; 8] = ["articles", "discussions", "feeds", "nasty-text", "opml", "physorg", "sites", "sync"];

/// Files by kind, so that a kind with many is not tried more often than one with few.
fn seeds() -> Vec<Vec<Vec<u8>>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let corpus = std::env::var_os("GLEANER_CORPUS").map_or_else(|| root.join("../shared/corpus"), PathBuf::from);
    let folders = OWN.map(|path| root.join(path)).into_iter().chain(CORPUS.map(|part| corpus.join(part)));
    let mut kinds = vec![SEEDS.map(|text| text.as_bytes().to_vec()).to_vec(), exported()];
    kinds.extend(folders.map(|folder| small_files(&folder)).filter(|files| !files.is_empty()));
    kinds
}

/// Lines as `gleaner export` prints them.
fn exported() -> Vec<Vec<u8>> {
    use crate::store::{ArticleId, Store};
    let mut store = Store::in_memory().unwrap();
    for file in small_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/edition")) {
        let text = String::from_utf8(file).unwrap();
        store.save(&super::edition_format::read_page(&text, &super::ORIGIN).0, super::NOW).unwrap();
    }
    let ids = store.ids_after(ArticleId(0), 100).unwrap();
    ids.into_iter().map(|id| store.archived(id).unwrap().unwrap().into_bytes()).collect()
}

fn small_files(path: &Path) -> Vec<Vec<u8>> {
    let Ok(data) = path.metadata() else { return Vec::new() };
    if !data.is_dir() {
        return if data.len() <= LARGEST { vec![std::fs::read(path).unwrap()] } else { Vec::new() };
    }
    let mut entries: Vec<PathBuf> = std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    entries.iter().flat_map(|entry| small_files(entry)).collect()
}

fn asked(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

#[test]
fn no_changed_file_breaks_a_promise() {
    let kinds = seeds();
    let only = asked("GLEANER_MUTATION");
    let only = only.as_deref().and_then(|one| one.split_once(':')).map(|(name, seed)| (name, seed.parse::<u64>().unwrap()));
    let steps = asked("GLEANER_MUTATIONS").map_or(FEW, |number| number.parse().unwrap());
    let mut failed = Vec::new();
    let mut done = 0;
    for (name, target) in TARGETS {
        let range = match only {
            Some((wanted, _)) if wanted != name => continue,
            Some((_, seed)) => seed..seed + 1,
            None => 0..steps,
        };
        let mut slowest = (Duration::ZERO, 0);
        for seed in range {
            let mut random = Random(seed);
            let mut file = || {
                let kind = &kinds[random.below(kinds.len())];
                &kind[random.below(kind.len())]
            };
            let (one, other) = (file(), file());
            let bytes = mutated(one.clone(), other, &mut random);
            let began = Instant::now();
            if catch_unwind(AssertUnwindSafe(|| target(&bytes))).is_err() {
                failed.push(format!("GLEANER_MUTATION={name}:{seed}"));
            }
            slowest = slowest.max((began.elapsed(), seed));
            done += 1;
        }
        println!("{name}: the slowest input took {:?} (number {})", slowest.0, slowest.1);
    }
    println!("mutations: {done} inputs in all");
    assert!(failed.is_empty(), "{failed:?}");
}

#[test]
fn each_target_has_a_file_for_cargo_fuzz() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz");
    // A package of the program comes without it.
    let Ok(manifest) = std::fs::read_to_string(folder.join("Cargo.toml")) else { return };
    for (name, _) in TARGETS {
        let file = std::fs::read_to_string(folder.join(format!("fuzz_targets/{name}.rs"))).unwrap();
        assert!(file.contains(&format!("gleaner::fuzz::{name}(")), "{name}");
        assert!(manifest.contains(&format!("name = \"{name}\"")), "{name}");
    }
}
