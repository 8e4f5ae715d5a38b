//! Hostile texts: the work that they make grows with their length and no faster, and that of a frame not at all. Counted in
//! steps, which are the same on every machine.

use ratatui::buffer::Buffer;

use super::play::{NOW, Play};
use crate::domain::article::{Article, Page, Source};
use crate::domain::notch::NotchInput;
use crate::domain::order::Order;
use crate::domain::text::effort::steps_of;
use crate::domain::text::{Block, Body, Document, Emphasis, Link, LinkId, Span, Table, clean, clean_code, clean_line, words};
use crate::domain::thread::{Comment, Discussion};
use crate::domain::time::{Timestamp, When, utc};
use crate::format::{Origin, plain};
use crate::store::{ArticleId, Headline, Store, StoredArticle};
use crate::tui::layout::{Style, lay_out, wrap};
use crate::tui::model::Model;
use crate::tui::page::{Defaults, Frame, PageSearch, PageView};
use crate::tui::{Settings, screens};
use crate::work::loading::JudgedDiscussion;

/// About so many bytes of what a hostile page may have in place of words.
fn texts(bytes: usize) -> Vec<(&'static str, String)> {
    let repeated = |unit: &str| unit.repeat(bytes.div_ceil(unit.len()));
    vec![
        ("an ASCII word", repeated("a")),
        ("a word with accents", repeated("é")),
        ("a word of hyphens", repeated("-")),
        ("words with hyphens", repeated("a-b")),
        ("tabs", repeated("\ta")),
        ("tabs behind wide letters", repeated("語\t")),
        ("marks", repeated("e\u{301}\u{302}\u{303}")),
        ("a pile of marks", repeated("\u{301}")),
        ("zero width", repeated("\u{200b}\u{200d}\u{feff}")),
        ("soft hyphens", repeated("a\u{ad}")),
        ("joined pictures", repeated("👩\u{200d}")),
        ("families", repeated("👨\u{200d}👩\u{200d}👧 ")),
        ("flags", repeated("🇩")),
        ("ideographs", repeated("漢")),
        ("ideographs and stops", repeated("漢。「")),
        ("Thai", repeated("กำ")),
        ("conjuncts", repeated("क्")),
        ("jamo", repeated("\u{1100}")),
        ("Arabic with joiners", repeated("می\u{200c}")),
        ("no-break spaces", repeated("\u{a0}")),
        ("spaces", repeated(" ")),
        ("one-letter words", repeated("a ")),
        ("one-letter lines", repeated("a\n")),
        ("empty lines", repeated("\n")),
        ("escapes", repeated("\u{1b}[31m")),
        ("an address", format!("https://e.example/{}", repeated("%F0%9F%98%80😀/"))),
        ("all sorts", repeated("a é\t漢 👩\u{200d}👧 e\u{301} \u{ad}- क्ष 🇩🇪 \n")),
    ]
}

fn span(text: &str) -> Span {
    Span::plain(text)
}

fn paragraph(text: &str) -> Block {
    Block::Paragraph(vec![span(text)])
}

fn nested(block: Block, wrap: impl Fn(Block) -> Block) -> Block {
    (0..40).fold(block, |block, _| wrap(block))
}

/// Documents that hold so much of a text in one of their blocks.
fn blocks(text: &str) -> Vec<(&'static str, Block)> {
    let letters = || text.split_inclusive([' ', '\n', 'a', 'é', '漢', '\u{301}']).map(span);
    let link = |(at, span): (usize, Span)| Span { link: Some(LinkId(at as u32 % 3)), ..span };
    let emphasis = |(at, span): (usize, Span)| {
        let emphasis = Emphasis { strong: at % 2 == 0, ..Emphasis::NONE };
        Span { emphasis, ..span }
    };
    let cells = || letters().map(|span| vec![span]).collect::<Vec<_>>();
    let rows = || letters().map(|span| vec![vec![span]]).collect::<Vec<_>>();
    let items = || letters().map(|span| vec![Block::Paragraph(vec![span])]).collect::<Vec<_>>();
    vec![
        ("a paragraph", paragraph(text)),
        ("a heading", Block::Heading { level: 2, spans: vec![span(text)] }),
        ("code", Block::Code { language: None, text: clean_code(text) }),
        ("spans", Block::Paragraph(letters().enumerate().map(emphasis).collect())),
        ("links", Block::Paragraph(letters().enumerate().map(link).collect())),
        ("nested quotes", nested(paragraph(text), |block| Block::Quote(vec![block]))),
        ("nested lists", nested(paragraph(text), |block| Block::List { start: Some(7), items: vec![vec![block]] })),
        ("items", Block::List { start: Some(1), items: items() }),
        ("a cell", Block::Table(Table { header: 0, rows: vec![vec![vec![span(text)], vec![span("b")]]] })),
        ("columns", Block::Table(Table { header: 1, rows: vec![cells(), cells()] })),
        ("rows", Block::Table(Table { header: 1, rows: rows() })),
        // So many that the longest name is reached in any case.
        ("headers", Block::Table(Table { header: 2 * letters().count(), rows: [rows(), rows(), rows(), rows()].concat() })),
        ("a long name", Block::Table(Table { header: 1, rows: [vec![vec![vec![span(text)]]], rows()].concat() })),
        ("an image", Block::Image { link: LinkId(0), alt: clean(text) }),
    ]
}

fn document(block: Block) -> Document {
    Document { blocks: vec![block], links: ["a", "b", "c"].map(Link::new).into() }
}

const STYLE: Style = Style { width: 60, ascii: false, link_numbers: true, spoilers: true };

/// Bytes of the shorter of two texts.
const SHORT: usize = 600;

/// Four times the text may be five times the work.
fn grows_with_the_text(what: &str, work: impl Fn(&str)) {
    grows_with_each(what, |_| true, work);
}

fn grows_with_each(what: &str, is_wanted: impl Fn(&str) -> bool, work: impl Fn(&str)) {
    for ((name, short), (_, long)) in texts(SHORT).into_iter().zip(texts(4 * SHORT)).filter(|((name, _), _)| is_wanted(name)) {
        let ((), few) = steps_of(|| work(&short));
        let ((), many) = steps_of(|| work(&long));
        // Where next to nothing is done, a word more or less makes no difference.
        assert!(many <= 5 * few.max(200), "{what}, {name}: {few} steps, then {many}");
    }
}

#[test]
fn cleaning_grows_with_the_text() {
    grows_with_the_text("clean", |text| drop(clean(text)));
    grows_with_the_text("clean_code", |text| drop(clean_code(text)));
    grows_with_the_text("clean_line", |text| drop(clean_line(text)));
}

#[test]
fn wrapping_grows_with_the_text() {
    for width in [1, 2, 10, 80] {
        grows_with_the_text("wrap", |text| drop(wrap(&clean_code(text), width)));
    }
}

/// Each kind of block with some of the texts, and paragraphs with all.
#[test]
fn laying_out_grows_with_the_text() {
    let is_some = |name: &str| matches!(name, "an ASCII word" | "marks" | "ideographs" | "one-letter words" | "all sorts");
    for kind in 0..blocks("").len() {
        for width in [2, 60] {
            let name = blocks("").remove(kind).0;
            grows_with_each(
                name,
                |text| kind == 0 || is_some(text),
                |text| {
                    let block = blocks(text).remove(kind).1;
                    drop(lay_out(&document(block), Style { width, ..STYLE }));
                },
            );
        }
    }
}

#[test]
fn reading_plain_text_and_counting_its_words_grows_with_the_text() {
    let origin = Origin { name: "a.txt", now: NOW };
    grows_with_the_text("a page of plain text", |text| {
        let page = plain::read_page(&format!("Title\n\n{text}"), &origin).0;
        assert!(page.article.body.words() <= text.len());
        drop(lay_out(&page.article.body, STYLE));
        drop(words::indexed(&page.article.body.text()));
    });
}

fn article(body: Document) -> StoredArticle {
    StoredArticle {
        id: ArticleId(1),
        article: Article { title: clean_line("A title"), body, ..Article::default() },
        source: Source { key: clean_line("s"), title: clean_line("S") },
        read: false,
        starred: false,
        watched: false,
        own_rating: 0,
        tags: Vec::new(),
        note: None,
        edited_at: None,
        previous: None,
        texts: Vec::new(),
        sources: Vec::new(),
        discussions: Vec::new(),
    }
}

const FRAME: Frame = Frame { columns: 60, rows: 24, text_width: 60, ascii: false, now: NOW, zone: utc };

#[test]
fn searching_a_page_grows_with_the_text() {
    grows_with_the_text("search", |text| {
        let mut page = PageView::new(article(document(paragraph(text))), FRAME);
        page.search("nowhere");
        while page.is_searching() {
            page.search_on();
        }
        assert!(page.search.as_ref().is_none_or(PageSearch::is_empty));
    });
}

/// More than a frame may take, whatever is on the page: a few blocks of the largest size, looked at some times over.
const FRAME_STEPS: u64 = 4 << 20;

fn moves(page: &mut PageView) {
    page.screen();
    for _ in 0..3 {
        page.move_down();
    }
    page.page_by(true, false);
    page.go_to_end();
    page.move_up();
    page.screen();
}

#[test]
fn moving_over_a_page_does_not_grow_with_its_text() {
    for (name, text) in texts(300_000).into_iter().step_by(3) {
        for (kind, block) in blocks(&text).into_iter().step_by(4) {
            let mut page = PageView::new(article(document(block)), FRAME);
            let ((), steps) = steps_of(|| moves(&mut page));
            assert!(steps < FRAME_STEPS, "{name} in {kind}: {steps} steps");
        }
    }
}

#[test]
fn a_large_article_is_read_beside_the_keys() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("store.db");
    let page = |title: &str, text: &str, at: i64| Page {
        article: Article {
            title: clean_line(title),
            body: Document::plain([text]),
            published: Some(When::Instant(Timestamp(at))),
            ..Article::default()
        },
        source: Source { key: clean_line("s"), title: clean_line("S") },
        discussions: Vec::new(),
    };
    let pages = [page("Large", &format!("It begins. {}", "word ".repeat(200_000)), 2000), page("Small", "A small text.", 1000)];
    Store::open(&path).unwrap().save_all(&pages, NOW).unwrap();
    let mut shown = Store::shown().unwrap();
    shown.save_all(&pages, NOW).unwrap();
    for play in [Play::in_file((120, 30), &path), Play::with_workers((120, 30), shown, None)] {
        reads_large_articles_beside_the_keys(play);
    }
}

fn reads_large_articles_beside_the_keys(mut play: Play) {
    assert!(play.model.page.is_none() && play.screen().contains("loading"), "{}", play.screen());
    play.play("j");
    assert!(play.screen().contains("A small text."), "what is small is there at once");
    play.play("k");
    assert!(!play.screen().contains("A small text."), "the other article stands for no text of this one");
    play.until(|play| play.screen().contains("It begins."));
    play.play("<enter>G");
    assert!(play.screen().contains("word word") && play.model.list.selected().is_some_and(|row| row.read), "{}", play.screen());
}

#[test]
fn a_comment_shows_its_beginning_and_says_what_is_left_out() {
    let long = "é".repeat(1 << 20);
    let comment = Comment { id: "1".into(), body: Body::plain(&long), ..Comment::default() };
    let discussion = Discussion { comments: vec![comment], ..Discussion::default() };
    let mut store = Store::in_memory().unwrap();
    let page = Page {
        article: Article { title: clean_line("A title"), ..Article::default() },
        source: Source { key: clean_line("s"), title: clean_line("S") },
        discussions: vec![discussion],
    };
    let id = store.save(&page, NOW).unwrap().id;
    let stored = store.article(id).unwrap().unwrap();
    let comments = store.discussion(stored.discussions[0].id).unwrap().unwrap();
    let mut page = PageView::new(stored, FRAME);
    let defaults = Defaults { bar: NotchInput::Off, order: Some(Order::Oldest), flat: false, new_stay_open: false };
    page.load(JudgedDiscussion::new(comments, &[]), None, defaults);
    let ((), steps) = steps_of(|| moves(&mut page));
    assert!(steps < FRAME_STEPS, "{steps} steps");
    page.go_to_end();
    let last = page.lines(page.len() - 1);
    let text: String = last.iter().flat_map(|line| line.spans.iter().map(|(text, _)| text.as_ref())).collect();
    assert!(text.ends_with(&format!("… 1920 KiB more of this comment: gleaner show {}", id.0)), "{}", &text[text.len() - 80..]);
}

#[test]
fn a_row_of_a_list_does_not_grow_with_its_title() {
    let row = |text: &str| Headline {
        id: ArticleId(1),
        title: clean(text),
        source: clean(text),
        published: None,
        sort_at: NOW,
        read: false,
        starred: false,
        watched: false,
        own_rating: 0,
        comments: 0,
        new_comments: 0,
        points: None,
        told: 0,
        bars: Vec::new(),
        best: 0,
        tags: Vec::new(),
        note: None,
        submitter: None,
        host: None,
    };
    for (name, text) in texts(200_000) {
        let mut model = Model::new(Settings::default(), (80, 24), NOW, utc);
        model.list.rows = vec![row(&text); 10];
        let mut buffer = Buffer::empty(model.geometry.screen);
        let (_, steps) = steps_of(|| screens::draw(&model, &mut buffer));
        assert!(steps < 100_000, "{name}: {steps} steps");
    }
}
