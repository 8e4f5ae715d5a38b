//! A library as a reader's store grows over years: any number of articles of about 4 KB with ten comments each on average,
//! the same for each number. Article 0 is the newest. Words are as frequent as in English (Zipf); three words are put in
//! to be looked for: [`RARE`], [`MIDDLING`], [`COMMON`].

use std::path::Path;

use gleaner::domain::article::{Article, Page, Source};
use gleaner::domain::rank::{Hundredths, Rank, Scale};
use gleaner::domain::text::{Block, Body, Document, Emphasis, Link, LinkId, Span, clean_line};
use gleaner::domain::thread::{Comment, CommentIdx, Discussion, Parent};
use gleaner::domain::time::{Timestamp, When};
use gleaner::store::{ArticleId, Store};

/// The newest article's time, and the seconds to the one before.
pub(crate) const NEWEST: i64 = 1_793_491_200;
const APART: i64 = 61;
/// A word in one of 5,000 articles, one of 100, and nearly each.
pub(crate) const RARE: (&str, usize) = ("zephyrine", 5000);
pub(crate) const MIDDLING: (&str, usize) = ("meridional", 100);
pub(crate) const COMMON: &str = "harvest";
/// So many of the newest are unread; then all are read as far as the middle; then each fifth is unread.
pub(crate) const FRESH: usize = 40;
pub(crate) const SOURCES: usize = 200;
const AT_ONCE: usize = 1000;

pub(crate) struct Pool {
    words: Vec<String>,
    /// Sums of frequencies.
    sums: Vec<f64>,
    paragraphs: Vec<Vec<Span>>,
    remarks: Vec<Body>,
}

/// Numbers that look random and are the same in each run (Knuth's linear congruence).
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end.max(1)
    }
}

impl Pool {
    pub(crate) fn new() -> Pool {
        let stems = "harvest grain field winnow sheaf stubble mouse wind row late count reap barn mill ear straw hedge furrow \
                     plough seed root leaf stone rain frost sun cart road gate well oven loaf salt hand song rest dusk dawn"
            .split_whitespace();
        let (heads, tails) =
            (["", "un", "re", "over", "out", "fore"], ["", "s", "ed", "ing", "er", "ly", "ness", "less", "ful"]);
        let simple: Vec<String> = stems.map(str::to_owned).collect();
        let mut words = simple.clone();
        for head in heads {
            for tail in tails {
                words.extend(simple.iter().map(|stem| format!("{head}{stem}{tail}")).filter(|word| !simple.contains(word)));
            }
        }
        // Pairs of them, up to the number of words that a year of news has.
        for first in &simple {
            words.extend(words[simple.len()..].iter().take(400).map(|word| format!("{first}{word}")).collect::<Vec<_>>());
        }
        let mut sum = 0.0;
        let sums = (0..words.len())
            .map(|n| {
                sum += 1.0 / (n as f64 + 1.0).powf(1.05);
                sum
            })
            .collect();
        let mut pool = Pool { words, sums, paragraphs: Vec::new(), remarks: Vec::new() };
        let mut random = Random(20_110_604);
        pool.paragraphs = (0..4000).map(|_| pool.paragraph(&mut random)).collect();
        pool.remarks = (0..4000)
            .map(|_| {
                let words = 6 + random.below(24);
                Body::plain(&pool.sentence(&mut random, words))
            })
            .collect();
        pool
    }

    fn sentence(&self, random: &mut Random, words: usize) -> String {
        let mut text = String::new();
        for n in 0..words {
            let at = random.below(1 << 30) as f64 / f64::from(1 << 30) * self.sums.last().copied().unwrap_or(0.0);
            let word = &self.words[self.sums.partition_point(|sum| *sum < at).min(self.words.len() - 1)];
            if n == 0 {
                text.extend(word.chars().next().map(|letter| letter.to_ascii_uppercase()));
                text.push_str(word.get(1..).unwrap_or(""));
            } else {
                text.push(' ');
                text.push_str(word);
            }
        }
        text.push('.');
        text
    }

    /// About 450 bytes; most have something emphatic in them, a third a link, to the article's only one.
    fn paragraph(&self, random: &mut Random) -> Vec<Span> {
        let text = |random: &mut Random, words| self.sentence(random, words);
        let words = 30 + random.below(20);
        let mut spans = vec![Span::plain(&text(random, words))];
        let emphasis = Emphasis { emphatic: true, ..Emphasis::default() };
        let link = (random.below(3) == 0).then_some(LinkId(0));
        spans.push(Span { emphasis, link, ..Span::plain(&format!(" {} ", text(random, 3))) });
        let words = 20 + random.below(15);
        spans.push(Span::plain(&text(random, words)));
        spans
    }

    /// Article `n` of `of`.
    pub(crate) fn page(&self, n: usize) -> Page {
        let mut random = Random(n as u64 * 7919 + 17);
        let mut blocks: Vec<Block> = (0..4 + random.below(5))
            .map(|_| Block::Paragraph(self.paragraphs[random.below(self.paragraphs.len())].clone()))
            .collect();
        for (word, among) in [RARE, MIDDLING] {
            if n % among == among / 2 {
                blocks.push(Block::Paragraph(vec![Span::plain(&format!("Here stands {word} alone."))]));
            }
        }
        let url = format!("https://example.org/{n}/report");
        let words = 4 + random.below(6);
        let article = Article {
            title: clean_line(&format!("Article {n} {}", self.sentence(&mut random, words))),
            byline: Some(clean_line(&format!("Reporter {}", n % 61))),
            published: Some(When::Instant(Timestamp(at(n)))),
            body: Document { blocks, links: vec![Link { address: clean_line(&format!("{url}/more")) }] },
            url: Some(clean_line(&url)),
            ..Article::default()
        };
        let number = [0, 0, 2, 3, 5, 8, 12, 15, 20, 35][random.below(10)];
        let comments: Vec<Comment> = (0..number).map(|at_all| self.comment(n, at_all, &mut random)).collect();
        let discussion = Discussion {
            place: clean_line("page"),
            scale: Scale::Stars { max: Hundredths(500) },
            comments,
            complete: true,
            ..Discussion::default()
        };
        let source = n * 31 % SOURCES;
        let source = Source { key: clean_line(&format!("source-{source}")), title: clean_line(&format!("Source {source:03}")) };
        Page { article, source, discussions: if number == 0 { Vec::new() } else { vec![discussion] } }
    }

    fn comment(&self, article: usize, n: usize, random: &mut Random) -> Comment {
        let parent = if n == 0 || random.below(3) == 0 { Parent::Root } else { Parent::Of(CommentIdx(random.below(n) as u32)) };
        let rank = match random.below(4) {
            0 => Rank::Unrated,
            _ => Rank::Stars { mean: Hundredths(100 + random.below(41) as u16 * 10), votes: 1 + random.below(30) as u32 },
        };
        Comment {
            id: format!("c{n}").into(),
            parent,
            author: Some(clean_line(&format!("reader{}", random.below(5000)))),
            posted: Some(When::Instant(Timestamp(at(article) + 60 + n as i64 * 90))),
            rank,
            body: self.remarks[random.below(self.remarks.len())].clone(),
            ..Comment::default()
        }
    }
}

pub(crate) fn at(n: usize) -> i64 {
    NEWEST - n as i64 * APART
}

/// The article of that time.
pub(crate) fn number(at: i64) -> usize {
    ((NEWEST - at) / APART) as usize
}

/// A page as one that comes later than all, under number `n`.
pub(crate) fn younger(mut page: Page, n: usize) -> Page {
    page.article.url = Some(clean_line(&format!("https://example.org/{n}/report")));
    page.article.published = Some(When::Instant(Timestamp(NEWEST + n as i64)));
    page
}

pub(crate) fn is_read(n: usize, of: usize) -> bool {
    !(n < FRESH || (n >= of / 2 && n.is_multiple_of(5)))
}

/// Makes a store of so many articles, oldest first, and indexes it.
pub(crate) fn build(path: &Path, count: usize) {
    let pool = Pool::new();
    let mut store = Store::open(path).unwrap();
    let numbers: Vec<usize> = (0..count).rev().collect();
    for chunk in numbers.chunks(AT_ONCE) {
        let pages: Vec<Page> = chunk.iter().map(|n| pool.page(*n)).collect();
        let saved = store.save_all(&pages, Timestamp(NEWEST)).unwrap();
        let read = chunk.iter().zip(&saved).filter(|(n, _)| is_read(**n, count));
        let read: Vec<ArticleId> = read.map(|(_, saved)| saved.id).collect();
        store.set_read(&read, true, Timestamp(NEWEST)).unwrap();
        // The index grows with the store, as it does for a reader.
        store.index_all().unwrap();
        if chunk.last().is_some_and(|n| n.is_multiple_of(50_000)) {
            eprintln!("{} of {count} articles to go", chunk.last().unwrap_or(&0));
        }
    }
    store.close().unwrap();
}
