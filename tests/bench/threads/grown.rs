//! Threads of any size, grown from a real one: its comments again and again, with ids and ranks of their own.

use std::path::{Path, PathBuf};

use gleaner::domain::article::Page;
use gleaner::domain::rank::Rank;
use gleaner::domain::text::{Document, clean_line};
use gleaner::domain::thread::{Comment, CommentIdx, Discussion, Parent};
use gleaner::domain::time::{Timestamp, When};
use gleaner::format::Origin;
use gleaner::site::read;
use gleaner::store::Store;

const NOW: Timestamp = Timestamp(1_793_491_200);
/// Part of the folder's name: raise it when what grows changes.
const GENERATION: u32 = 5;
/// A rare word: one comment in so many has it.
const RARE: usize = 900;
const REAL: [&str; 4] = [
    "discussions/praw/TestCommentForest.test_replace__all/001.json",
    "discussions/HackerNewsAPI/tests/presets/7324236-2.html",
    "discussions/HackerNewsAPI/tests/presets/7324236-3.html",
    "discussions/graw/testdata/thread.json",
];

/// The path of a store with one article and a thread of so many comments, made if it is not there.
pub(crate) fn store(size: usize) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("target/bench-threads/{GENERATION}-{size}"));
    let path = folder.join("store.db");
    if !path.exists() {
        let part = folder.with_extension("part");
        let _ = std::fs::remove_dir_all(&part);
        std::fs::create_dir_all(&part).unwrap();
        let mut store = Store::open(&part.join("store.db")).unwrap();
        store.save(&page(size), NOW).unwrap();
        store.index_all().unwrap();
        store.close().unwrap();
        std::fs::rename(part, folder).unwrap();
    }
    path
}

pub(crate) fn text_bytes(discussion: &Discussion) -> usize {
    let author = |comment: &Comment| comment.author.as_ref().map_or(0, |author| author.len());
    discussion.comments.iter().map(|comment| comment.body.text().len() + author(comment)).sum()
}

fn page(size: usize) -> Page {
    let mut page = seed();
    let first = std::mem::take(&mut page.discussions[0].comments);
    let mut comments: Vec<Comment> = Vec::with_capacity(size);
    let mut state = 20_110_604_u64;
    let mut random = move |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    while comments.len() < size {
        let base = comments.len();
        for (n, one) in first.iter().take(size - base).enumerate() {
            let parent = match one.parent {
                Parent::Of(idx) | Parent::Guessed(idx) => Parent::Of(CommentIdx((base + idx.index()) as u32)),
                other => other,
            };
            let at = base + n;
            let rank = match one.rank {
                Rank::Points { net, .. } => Rank::Points { net: net + random(7) as i64 - 3, split: None },
                Rank::Position { .. } => Rank::Points { net: random(40) as i64 - 5, split: None },
                other => other,
            };
            let mut body = one.body.clone();
            if at % RARE == RARE - 1 {
                body = Document::plain(["A xylophone stood in the field."]).into();
            }
            let posted = Some(When::Instant(Timestamp(1_400_000_000 + at as i64 * 7)));
            comments.push(Comment { id: format!("c{at}").into(), parent, rank, body, posted, ..one.clone() });
        }
    }
    page.discussions[0].comments = comments;
    page
}

/// Real threads of some hundred comments, one after the other, where they are; else one that looks like them.
fn seed() -> Page {
    let corpus = std::env::var_os("GLEANER_CORPUS")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus"), PathBuf::from);
    let mut seed: Option<Page> = None;
    for path in REAL {
        let Ok(bytes) = std::fs::read(corpus.join(path)) else { return invented() };
        let page = read(&bytes, &Origin { name: path, now: NOW }).unwrap().pages.remove(0);
        let Some(seed) = &mut seed else {
            seed = Some(page);
            continue;
        };
        let comments = &mut seed.discussions[0].comments;
        let base = comments.len();
        comments.extend(page.discussions.into_iter().flat_map(|discussion| discussion.comments).map(|comment| {
            let parent = match comment.parent {
                Parent::Of(idx) => Parent::Of(CommentIdx((base + idx.index()) as u32)),
                other => other,
            };
            Comment { parent, ..comment }
        }));
    }
    seed.unwrap_or_else(invented)
}

fn invented() -> Page {
    let mut text = String::from("# A thread\n\nOctober 5, 2026\n\nWhat it is about.\n\n%% discussion page | points\n");
    for n in 0..500_usize {
        let parent = if n % 7 == 0 { String::new() } else { format!(" < c{}", n - 1 - n % 3 % n.max(1)) };
        let words = "What the wind has left is counted by those who come late. ".repeat(1 + n * n % 11);
        let points = (n * n * 31) % 97;
        let reader = n % 61;
        text.extend([format!("%% comment c{n}{parent} | reader{reader} | 2026-10-05T08:00:00Z | {points} points\n{words}\n")]);
    }
    let mut page = gleaner::format::edition::read_page(&text, &Origin { name: "thread.md", now: NOW }).0;
    page.discussions[0].place = clean_line("page");
    page
}
