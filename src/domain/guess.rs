//! Guesses parents for a site that keeps none, from quotes, addresses and shared words.
//!
//! Linear in the words of the discussion: every look-up is one of hashed runs of words, never a comparison of texts.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

use super::rank::Rank;
use super::text::{Block, spans_text};
use super::thread::{Comment, CommentIdx, Parent};

/// The longest run that is looked up at once: a shared run of so many words says enough by itself.
const TELLING_RUN: usize = 8;
/// Shorter runs down to this say enough if two of their words are rare.
const SHORTEST_RUN: usize = 5;
/// A word is rare if at most so many comments of the discussion have it.
const RARE: u32 = 2;
/// A quote is looked up by runs of this many words, a shorter one whole.
const QUOTE_RUN: usize = 5;
const LONGEST_NAME: usize = 4;

/// Sets [`Parent::Guessed`], always to an earlier comment, where a comment without a parent seems to answer one: by
/// what it quotes, whom it addresses (`@name`, `#name`, `Re: …`), or a run of words that it shares with exactly one.
pub fn guess_parents(comments: &mut [Comment]) {
    let told = tell(comments);
    let mut open: Vec<bool> = comments.iter().map(|comment| comment.parent == Parent::Root).collect();
    for find in [by_quotes, by_address, by_reference, by_shared_words] {
        for (n, parent) in find(&told, &open) {
            if open[n] && parent < n {
                comments[n].parent = Parent::Guessed(CommentIdx(parent as u32));
                open[n] = false;
            }
        }
    }
}

/// A comment's words, as numbers that are the same for the same word.
#[derive(Default)]
struct CommentWords {
    author: Option<String>,
    initials: String,
    /// Outside quotes.
    own: Vec<u32>,
    quotes: Vec<Vec<u32>>,
    /// The word after an `@` or a `#`.
    addresses: Vec<String>,
    /// The words after "Re:" at the beginning; as text too, for names.
    reference: Vec<u32>,
    reference_text: String,
}

struct AllWords {
    comments: Vec<CommentWords>,
    /// By word: how many comments have it.
    spread: Vec<u32>,
}

fn tell(comments: &[Comment]) -> AllWords {
    let mut numbers: HashMap<String, u32> = HashMap::new();
    let mut all = AllWords { comments: Vec::with_capacity(comments.len()), spread: Vec::new() };
    let mut last_in: Vec<u32> = Vec::new();
    for (n, comment) in comments.iter().enumerate() {
        let (mut own, mut quotes) = (String::new(), Vec::new());
        // The site's notice in place of a removed comment is nobody's words.
        if comment.rank != Rank::Removed {
            part(&comment.body.document().blocks, &mut own, &mut quotes);
        }
        let mut number = |text: &str| {
            let mut found = Vec::new();
            each_word(text, |word| {
                let id = numbers.get(word).copied().unwrap_or_else(|| {
                    numbers.insert(word.to_owned(), all.spread.len() as u32);
                    all.spread.push(0);
                    last_in.push(u32::MAX);
                    all.spread.len() as u32 - 1
                });
                if last_in[id as usize] != n as u32 {
                    last_in[id as usize] = n as u32;
                    all.spread[id as usize] += 1;
                }
                found.push(id);
            });
            found
        };
        let start = own.trim_start();
        let is_reference = start.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("re:"));
        let reference_text = if is_reference { start[3..].trim_start().lines().next().unwrap_or("") } else { "" };
        let mut told = CommentWords {
            author: comment.author.as_deref().map(name_key).filter(|name| !name.is_empty()),
            initials: comment.author.as_deref().map(initials).unwrap_or_default(),
            own: number(&own),
            quotes: quotes.iter().map(|quote| number(quote)).filter(|words| !words.is_empty()).collect(),
            addresses: addresses(&own),
            reference: number(reference_text),
            reference_text: reference_text.to_owned(),
        };
        told.reference.truncate(TELLING_RUN);
        all.comments.push(told);
    }
    all
}

/// Parts a comment's own text from what it quotes, by blocks and by `[q]…[/q]`.
fn part(blocks: &[Block], own: &mut String, quotes: &mut Vec<String>) {
    for block in blocks {
        match block {
            Block::Quote(inner) => {
                let (mut quoted, mut deeper) = (String::new(), Vec::new());
                part(inner, &mut quoted, &mut deeper);
                quotes.push(quoted);
                quotes.append(&mut deeper);
            }
            Block::Spoiler { blocks, .. } => part(blocks, own, quotes),
            Block::List { items, .. } => items.iter().for_each(|item| part(item, own, quotes)),
            Block::Paragraph(spans) | Block::Heading { spans, .. } => part_marked(&spans_text(spans), own, quotes),
            Block::Table(table) => table.rows.iter().flatten().for_each(|cell| part_marked(&spans_text(cell), own, quotes)),
            Block::Code { text, .. } | Block::Image { alt: text, .. } => part_marked(text, own, quotes),
            Block::Rule => {}
        }
    }
}

fn part_marked(text: &str, own: &mut String, quotes: &mut Vec<String>) {
    let mut rest = text;
    while let Some((before, quote, after)) = rest
        .split_once("[q]")
        .and_then(|(before, marked)| marked.split_once("[/q]").map(|(quote, after)| (before, quote, after)))
    {
        own.push_str(before);
        own.push('\n');
        quotes.push(quote.to_owned());
        rest = after;
    }
    own.push_str(rest);
    own.push('\n');
}

/// Words in lower case, split where no letter or digit stands; an apostrophe within a word is passed over.
fn each_word(text: &str, mut give: impl FnMut(&str)) {
    let mut word = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c.is_alphanumeric() {
            word.extend(c.to_lowercase());
        } else if !word.is_empty() {
            let within = matches!(c, '\'' | '’') && chars.peek().is_some_and(|next| next.is_alphanumeric());
            if !within {
                give(&word);
                word.clear();
            }
        }
    }
    if !word.is_empty() {
        give(&word);
    }
}

/// A name so that all ways to write it are the same: `Nik_2213` is "nik 2213".
fn name_key(name: &str) -> String {
    let mut key = String::new();
    each_word(name, |word| {
        if !key.is_empty() {
            key.push(' ');
        }
        key.push_str(word);
    });
    key
}

/// "CR" for `Cyber_Reader`, `CyberReader` and "cyber reader".
fn initials(name: &str) -> String {
    let mut initials = String::new();
    let mut before = ' ';
    for c in name.chars() {
        if c.is_alphabetic() && (!before.is_alphanumeric() || (c.is_uppercase() && !before.is_uppercase())) {
            initials.extend(c.to_uppercase());
        }
        before = c;
    }
    initials
}

fn addresses(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        let rest = &text[at + c.len_utf8()..];
        if matches!(c, '@' | '#') && !before.is_alphanumeric() && rest.starts_with(|c: char| c.is_alphanumeric() || c == '_') {
            found.push(rest.chars().take_while(|c| *c != '\n').take(100).collect());
        }
        before = c;
    }
    found
}

/// The author that a text begins by naming; longer names first.
fn named<'a>(text: &str, authors: &'a HashMap<&str, usize>) -> Option<&'a usize> {
    let key = name_key(text);
    let ends: Vec<usize> = key.match_indices(' ').map(|(at, _)| at).chain([key.len()]).take(LONGEST_NAME).collect();
    ends.iter().rev().find_map(|end| authors.get(&key[..*end]))
}

fn by_address(all: &AllWords, open: &[bool]) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut authors: HashMap<&str, usize> = HashMap::new();
    // By initials: the one author who has them, none if there are several.
    let mut abbreviated: HashMap<&str, Option<&str>> = HashMap::new();
    for (n, told) in all.comments.iter().enumerate() {
        let by_name = || told.addresses.iter().find_map(|text| named(text, &authors).copied());
        let by_initials = || {
            told.addresses.iter().find_map(|text| {
                let letters: &str =
                    text.split(|c: char| !c.is_alphanumeric()).next().filter(|word| word.chars().count() > 1)?;
                let author = abbreviated.get(letters).copied().flatten()?;
                authors.get(author).copied()
            })
        };
        if let Some(parent) = open[n].then(|| by_name().or_else(by_initials)).flatten() {
            found.push((n, parent));
        }
        if let Some(author) = &told.author {
            authors.insert(author, n);
            let sole = abbreviated.entry(&told.initials).or_insert(Some(author));
            *sole = sole.filter(|other| *other == author);
        }
    }
    found
}

/// "Re: a name" or "Re: words of an earlier comment".
fn by_reference(all: &AllWords, open: &[bool]) -> Vec<(usize, usize)> {
    let referring = || all.comments.iter().enumerate().filter(|(n, told)| open[*n] && !told.reference.is_empty());
    let mut best: HashMap<usize, usize> = HashMap::new();
    let mut authors: HashMap<&str, usize> = HashMap::new();
    for (n, told) in all.comments.iter().enumerate() {
        if let Some(parent) = named(&told.reference_text, &authors).filter(|_| open[n]) {
            best.insert(n, *parent);
        }
        authors.extend(told.author.as_deref().map(|author| (author, n)));
    }
    for length in (1..=TELLING_RUN).rev() {
        let asked: Vec<(usize, u64)> = referring()
            .filter(|(n, told)| told.reference.len() >= length && !best.contains_key(n))
            .map(|(n, told)| (n, run(&told.reference[..length])))
            .collect();
        for ((n, _), found) in asked.iter().zip(look_up(all, length, &asked)) {
            // One word says something only if it was said once.
            if let Some(found) = found.filter(|found| length > 1 || found.comments == 1) {
                best.insert(*n, found.latest);
            }
        }
    }
    best.into_iter().collect()
}

/// The earlier comment that has most of a quote in its own words, the latest among equals.
fn by_quotes(all: &AllWords, open: &[bool]) -> Vec<(usize, usize)> {
    let mut votes: HashMap<usize, HashMap<usize, u32>> = HashMap::new();
    for length in 1..=QUOTE_RUN {
        let quotes = all
            .comments
            .iter()
            .enumerate()
            .filter(|(n, _)| open[*n])
            .flat_map(|(n, told)| told.quotes.iter().map(move |quote| (n, quote)));
        let asked: Vec<(usize, u64)> = quotes
            .filter(|(_, quote)| quote.len().min(QUOTE_RUN) == length)
            .flat_map(|(n, quote)| quote.windows(length).map(move |words| (n, run(words))))
            .collect();
        for ((n, _), found) in asked.iter().zip(look_up(all, length, &asked)) {
            if let Some(found) = found {
                *votes.entry(*n).or_default().entry(found.latest).or_default() += length as u32;
            }
        }
    }
    votes.into_iter().filter_map(|(n, votes)| Some((n, most(votes)?))).collect()
}

fn most(votes: HashMap<usize, u32>) -> Option<usize> {
    votes.into_iter().max_by_key(|(parent, votes)| (*votes, *parent)).map(|(parent, _)| parent)
}

fn by_shared_words(all: &AllWords, open: &[bool]) -> Vec<(usize, usize)> {
    const SEVERAL: u32 = u32::MAX;
    let mut open = open.to_vec();
    let mut found = Vec::new();
    for length in (SHORTEST_RUN..=TELLING_RUN).rev() {
        let mut holders: HashMap<u64, u32, Hashed> = HashMap::default();
        for (n, told) in all.comments.iter().enumerate() {
            if open[n] {
                let mut votes: HashMap<usize, u32> = HashMap::new();
                for words in told.own.windows(length).chain(told.quotes.iter().flat_map(|quote| quote.windows(length))) {
                    let holder = holders.get(&run(words)).filter(|holder| **holder != SEVERAL);
                    if let Some(holder) = holder.filter(|_| length >= TELLING_RUN || has_two_rare(words, &all.spread)) {
                        *votes.entry(*holder as usize).or_default() += 1;
                    }
                }
                if let Some(parent) = most(votes) {
                    found.push((n, parent));
                    open[n] = false;
                }
            }
            for words in told.own.windows(length) {
                let holder = holders.entry(run(words)).or_insert(n as u32);
                *holder = if *holder == n as u32 { n as u32 } else { SEVERAL };
            }
        }
    }
    found
}

fn has_two_rare(words: &[u32], spread: &[u32]) -> bool {
    let mut rare = words.iter().filter(|word| spread[**word as usize] <= RARE);
    rare.next().is_some_and(|first| rare.any(|other| other != first))
}

/// The comments that contain a run of words.
#[derive(Clone, Copy)]
struct Holders {
    latest: usize,
    comments: u32,
}

/// For each run that a comment asks for, who before it has it in words of their own. `asked` is in order of comments.
fn look_up(all: &AllWords, length: usize, asked: &[(usize, u64)]) -> Vec<Option<Holders>> {
    if asked.is_empty() {
        return Vec::new();
    }
    let wanted: HashSet<u64, Hashed> = asked.iter().map(|(_, run)| *run).collect();
    let mut holders: HashMap<u64, Holders, Hashed> = HashMap::default();
    let mut answers = Vec::with_capacity(asked.len());
    for (n, told) in all.comments.iter().enumerate() {
        while let Some((_, run)) = asked.get(answers.len()).filter(|(asker, _)| *asker == n) {
            answers.push(holders.get(run).copied());
        }
        for run in told.own.windows(length).map(run).filter(|run| wanted.contains(run)) {
            let holders = holders.entry(run).or_insert(Holders { latest: n, comments: 1 });
            if holders.latest != n {
                *holders = Holders { latest: n, comments: holders.comments + 1 };
            }
        }
    }
    answers
}

/// A run of words as one number.
fn run(words: &[u32]) -> u64 {
    const MIX: u64 = 0x9e37_79b9_7f4a_7c15;
    words
        .iter()
        .fold(words.len() as u64, |hash, word| (hash.rotate_left(23) ^ u64::from(*word)).wrapping_mul(MIX))
        .rotate_left(29)
}

/// For keys that are hashes already.
type Hashed = BuildHasherDefault<AsIs>;

#[derive(Default)]
struct AsIs(u64);

impl Hasher for AsIs {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }
    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests;
