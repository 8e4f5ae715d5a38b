//! The reader's work on one thread of 1,000 to 1,000,000 comments, without a terminal: every figure is the work
//! from a message to the drawn screen.
//!
//!     cargo bench --bench threads
//!
//! `tests/bench/threads.py` prints these beside what is wanted, and the same through the real program. The stores are
//! made once and kept under target/bench-threads/. `GLEANER_BENCH_SIZES=1000` leaves the larger ones out.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod grown;

use std::cell::RefCell;

use divan::Bencher;
use gleaner::domain::time::{Timestamp, utc};
use gleaner::store::{ArticleId, Store, StoredDiscussion};
use gleaner::tui::keymap::Key;
use gleaner::tui::message::Msg;
use gleaner::tui::update::update;
use gleaner::tui::{Model, Settings, screens};
use gleaner::work::loading::JudgedDiscussion;
use ratatui::buffer::Buffer;

const SIZES: [usize; 4] = [1_000, 10_000, 100_000, 1_000_000];

/// The sizes that `GLEANER_BENCH_SIZES` names, such as `1000,10000`; else all.
fn sizes() -> Vec<usize> {
    match std::env::var("GLEANER_BENCH_SIZES") {
        Ok(wanted) => wanted.split(',').map(|size| size.parse().unwrap()).collect(),
        Err(_) => SIZES.to_vec(),
    }
}

const SCREEN: (u16, u16) = (120, 40);
const NOW: Timestamp = Timestamp(1_793_491_200);

fn main() {
    for size in sizes() {
        let text = grown::text_bytes(&stored(size).discussion);
        println!("text {size} {text} {}", grown::store(size).display());
    }
    divan::main();
}

fn stored(size: usize) -> StoredDiscussion {
    let store = Store::open(&grown::store(size)).unwrap();
    let article = store.article(ArticleId(1)).unwrap().unwrap();
    store.discussion(article.discussions[0].id).unwrap().unwrap()
}

/// The reader on the page, its comments on the screen.
struct Reader {
    model: Model,
    buffer: Buffer,
}

impl Reader {
    fn open(size: usize) -> Reader {
        let store = Store::open(&grown::store(size)).unwrap();
        let mut model = Model::new(Settings::default(), SCREEN, NOW, utc);
        model.list.rows = vec![store.headline(ArticleId(1)).unwrap().unwrap()];
        let buffer = Buffer::empty(model.geometry.screen);
        let mut reader = Reader { model, buffer };
        reader.key("enter");
        let article = store.article(ArticleId(1)).unwrap();
        let discussion = article.as_ref().unwrap().discussions[0].id;
        let article = article.map(|stored| Box::new(stored.into()));
        update(&mut reader.model, Msg::Article { article, place: None });
        let judged = Box::new(JudgedDiscussion::new(store.discussion(discussion).unwrap().unwrap(), &[]));
        update(&mut reader.model, Msg::Discussion { judged, memory: None });
        reader.key("c");
        reader
    }

    fn send(&mut self, msg: Msg) {
        let _ = update(&mut self.model, msg);
        self.buffer.reset();
        screens::draw(&self.model, &mut self.buffer);
    }

    fn key(&mut self, key: &str) {
        self.send(Msg::Key(key.parse::<Key>().unwrap()));
    }

    fn keys<'k>(&mut self, keys: impl IntoIterator<Item = &'k str>) {
        keys.into_iter().for_each(|key| self.key(key));
    }
}

/// From the file to the first screen with comments, on one thread.
#[divan::bench(args = sizes(), sample_count = 5, sample_size = 1)]
fn open(bencher: Bencher<'_, '_>, size: usize) {
    grown::store(size);
    bencher.bench_local(|| Reader::open(size));
}

/// Two keys that undo each other, by turns.
fn by_turns(bencher: Bencher<'_, '_>, size: usize, first: &[&str], keys: [&str; 2]) {
    let reader = RefCell::new(Reader::open(size));
    reader.borrow_mut().keys(first.iter().copied());
    let turn = RefCell::new(0);
    bencher.bench_local(|| {
        *turn.borrow_mut() ^= 1;
        reader.borrow_mut().key(keys[*turn.borrow()]);
    });
}

#[divan::bench(args = sizes(), sample_count = 50, sample_size = 1)]
fn bar(bencher: Bencher<'_, '_>, size: usize) {
    by_turns(bencher, size, &["]"], ["[", "]"]);
}

#[divan::bench(args = sizes(), sample_count = 20, sample_size = 1)]
fn floor(bencher: Bencher<'_, '_>, size: usize) {
    by_turns(bencher, size, &["]", "]", "]", "}"], ["{", "}"]);
}

#[divan::bench(args = sizes(), sample_count = 10, sample_size = 1)]
fn order(bencher: Bencher<'_, '_>, size: usize) {
    by_turns(bencher, size, &[], ["o", "o"]);
}

#[divan::bench(args = sizes(), sample_count = 10, sample_size = 1)]
fn fold_all(bencher: Bencher<'_, '_>, size: usize) {
    by_turns(bencher, size, &[], ["Z", "Z"]);
}

#[divan::bench(args = sizes(), sample_count = 50, sample_size = 1)]
fn jump_to_end(bencher: Bencher<'_, '_>, size: usize) {
    by_turns(bencher, size, &[], ["g", "G"]);
}

/// One screen of many on the way to the end.
#[divan::bench(args = sizes(), sample_count = 100, sample_size = 1)]
fn scroll_a_screen(bencher: Bencher<'_, '_>, size: usize) {
    let reader = RefCell::new(Reader::open(size));
    bencher.bench_local(|| reader.borrow_mut().key("space"));
}

/// A word that few comments have: typed, and gone to.
#[divan::bench(args = sizes(), sample_count = 5, sample_size = 1)]
fn search(bencher: Bencher<'_, '_>, size: usize) {
    let reader = RefCell::new(Reader::open(size));
    bencher.bench_local(|| reader.borrow_mut().keys(["/", "x", "y", "l", "o", "p", "h", "o", "n", "e", "enter", "esc"]));
}

#[divan::bench(args = sizes(), sample_count = 20, sample_size = 1)]
fn resize(bencher: Bencher<'_, '_>, size: usize) {
    let reader = RefCell::new(Reader::open(size));
    let turn = RefCell::new(0);
    bencher.bench_local(|| {
        *turn.borrow_mut() ^= 1;
        let columns = [90, 120][*turn.borrow()];
        reader.borrow_mut().send(Msg::Resize(columns, 40));
    });
}
