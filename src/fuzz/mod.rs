//! One function for each format that comes in, for fuzzers: bytes go in, and a broken promise panics.
//!
//! `tests/fuzz` gives them to cargo-fuzz; its tests give them changed files in `cargo test`. Not a part of the program:
//! only tests and builds with `--cfg fuzzing`, which cargo-fuzz sets, have this module.

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::path::Path;

use url::Url;

use crate::domain::article::Page;
use crate::domain::notch::NotchInput;
use crate::domain::query;
use crate::domain::rank::{Hundredths, Scale};
use crate::domain::text::{CleanText, Document, clean, clean_id, width};
use crate::domain::thread::{Comment, Parent};
use crate::domain::time::Timestamp;
use crate::format::bounds::Bounds;
use crate::format::json::{Json, JsonPieces};
use crate::format::opml::{self, List};
use crate::format::{Origin, discover, edition as edition_format, feed as feed_format, gunzip, html as html_format};
use crate::format::{jsonl as jsonl_format, markdown as markdown_format, newsboat, page};
use crate::site::{SITES, SiteBases};
use crate::store::{ArticleId, By, Store};
use crate::tui::keymap::Key;
use crate::tui::layout::{Style, lay_out};

/// 2026-11-01T00:00:00Z
const NOW: Timestamp = Timestamp(1_793_491_200);

const ORIGIN: Origin<'_> = Origin { name: "https://example.org/fuzz/", now: NOW };

/// Larger inputs find no other faults and take long.
const LARGEST: usize = 256 << 10;

/// A target's name and its function.
pub type FuzzTarget = (&'static str, fn(&[u8]));

pub const TARGETS: [FuzzTarget; 17] = [
    ("any_file", any_file),
    ("feed", feed),
    ("html", html),
    ("markdown", markdown),
    ("edition", edition),
    ("opml", opml),
    ("sites", sites),
    ("addresses", addresses),
    ("jsonl", jsonl),
    ("export", export),
    ("config", config),
    ("query", query),
    ("newsboat_filter", newsboat_filter),
    ("notch", notch),
    ("keys", keys),
    ("terminal", terminal),
    ("layout", layout),
];

/// A file of unknown format, as `gleaner import` reads it.
pub fn any_file(input: &[u8]) {
    let (bytes, _) = gunzip::gunzip(input);
    if let Ok(parsed) = crate::site::read(&bytes, &ORIGIN) {
        parsed.pages.iter().for_each(check_page);
        parsed.notes.iter().for_each(check_line);
    }
}

pub fn feed(input: &[u8]) {
    if let Ok(feed) = feed_format::read(input, None, &ORIGIN) {
        feed.notes.iter().for_each(check_line);
        for entry in feed.entries {
            assert_eq!(clean_id(&entry.id), entry.id, "the id of an entry");
            let article = entry.into_article();
            check_line(&article.title);
            check_document(&article.body);
        }
    }
}

pub fn html(input: &[u8]) {
    let text = text_of(input);
    check_document(&html_format::to_document(&text, Url::parse(ORIGIN.name).ok().as_ref()));
    check_page(&page::read(&text, &ORIGIN).0);
    let _ = discover::what_it_is(input, None);
    if let Ok(address) = Url::parse(ORIGIN.name) {
        let _ = discover::offers(input, None, &address);
    }
}

pub fn markdown(input: &[u8]) {
    let text = text_of(input);
    check_document(&markdown_format::to_document(&text));
    check_page(&markdown_format::read_page(&text, &ORIGIN).0);
}

pub fn edition(input: &[u8]) {
    check_page(&edition_format::read_page(&text_of(input), &ORIGIN).0);
}

/// Checks that a list, written and read again, has the same subscriptions.
pub fn opml(input: &[u8]) {
    let Ok(list) = opml::read(input) else { return };
    let (subscriptions, notes) = list.subscriptions();
    notes.iter().for_each(check_line);
    let written = List::new("Fuzz", NOW, &subscriptions).write();
    let again = opml::read(written.as_bytes()).map(|list| list.subscriptions().0);
    let addresses = |of: &[opml::ListedFeed]| -> Vec<CleanText> {
        let mut addresses: Vec<_> = of.iter().map(|one| one.address.clone()).filter(|one| !one.is_empty()).collect();
        addresses.sort();
        addresses.dedup();
        addresses
    };
    if !addresses(&subscriptions).is_empty() {
        assert_eq!(again.as_deref().map(addresses).ok(), Some(addresses(&subscriptions)), "{written}");
    }
}

/// The files of each discussion site, read as that site's whatever they look like.
pub fn sites(input: &[u8]) {
    let text = text_of(input);
    let json = Json::parse(&text);
    for site in SITES {
        let pages = [site.read_html(&text, &ORIGIN).and_then(Result::ok), site.read_text(&text, &ORIGIN)];
        pages.into_iter().flatten().for_each(|saved| check_page(&saved.page));
        let (pages, notes) = site.read_json(JsonPieces(&[&json]), &ORIGIN);
        pages.iter().for_each(check_page);
        notes.iter().for_each(check_line);
        for value in json.each() {
            let _ = (site.owns_json(value), site.other_json(value), site.stories(value, ORIGIN.name));
        }
        let _ = site.order_in(&json);
    }
}

/// Addresses of threads and front pages, one a line, as readers type them and as pages name them.
pub fn addresses(input: &[u8]) {
    let bases = SiteBases::default();
    for line in text_of(input).lines().take(100) {
        for site in SITES {
            if let Ok(front) = site.parse_front(line) {
                let _ = site.front(&front, &bases);
            }
            let Ok(url) = Url::parse(line) else { continue };
            let _ = (site.front_at(&url, &bases), site.thread_address(&url));
            for thread in [site.thread_at(&url, &bases), site.stored_thread_at(&url)].into_iter().flatten() {
                let _ = site.page_of_thread(&thread, &bases);
                let _ = site.fetch_plan(&thread, &bases, None).begin();
            }
        }
    }
}

pub fn jsonl(input: &[u8]) {
    let mut bounds = Bounds::default();
    for line in text_of(input).lines().take(100) {
        let _ = jsonl_format::is_line(line);
        if let Ok(page) = jsonl_format::read(line, &mut bounds) {
            check_page(&page);
        }
    }
}

/// Whatever lines a store takes back, it is whole, and gives them out so that another store takes them back.
pub fn export(input: &[u8]) {
    let lines: Vec<String> = text_of(input).lines().take(20).map(str::to_owned).collect();
    let mut store = expect(Store::in_memory(), "a store");
    expect(store.take_back(&lines), "lines are taken or refused");
    let wrong: Vec<_> = expect(store.check(), "a check").into_iter().filter(|finding| !finding.ok).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
    let ids = expect(store.ids_after(ArticleId(i64::MIN), 100), "ids");
    let given: Vec<String> = ids.into_iter().filter_map(|id| expect(store.archived(id), "a line")).collect();
    let mut other = expect(Store::in_memory(), "a store");
    let taken = expect(other.take_back(&given), "what was given out");
    assert!(taken.wrong.is_empty(), "{:?}", taken.wrong);
}

pub fn config(input: &[u8]) {
    if let Err(error) = crate::config::load_text(&text_of(input), Path::new("config.toml")) {
        let _ = (error.to_string(), error.hint());
    }
}

/// Each query is refused with a reason, or the store answers it.
pub fn query(input: &[u8]) {
    let text = text_of(&input[..input.len().min(4096)]);
    match query::parse(&text) {
        Err(error) => assert!(text.is_char_boundary(error.at), "{text:?}: {error:?}"),
        Ok(parsed) => {
            let store = expect(Store::in_memory(), "a store");
            expect(store.search(&parsed, By::Fit, 10, NOW), &text);
            expect(store.search(&parsed.unfinished(), By::Date, 10, NOW), &text);
        }
    }
}

/// Each filter of newsboat is refused with a reason, or is a query.
pub fn newsboat_filter(input: &[u8]) {
    let text = text_of(&input[..input.len().min(4096)]);
    if let Ok(translated) = newsboat::filter::to_query(&text) {
        assert!(query::parse(&translated).is_ok(), "{text:?} became {translated:?}");
    }
}

/// A bar is written as it is read back, on every scale.
pub fn notch(input: &[u8]) {
    let text = text_of(&input[..input.len().min(256)]);
    let Ok(notch) = text.parse::<NotchInput>() else { return };
    let shown = notch.to_string();
    let again = shown.parse::<NotchInput>().map(|again| again.to_string());
    // A share that is too small to be shown is shown as none.
    assert!(again.as_ref() == Ok(&shown) || shown == "0%", "{text:?}: {shown:?}, {again:?}");
    for scale in [Scale::Stars { max: Hundredths(500) }, Scale::Points, Scale::Likes, Scale::Position, Scale::None] {
        if let Err(error) = notch.on(scale) {
            let _ = error.to_string();
        }
    }
}

/// A key has a name by which it is read back.
pub fn keys(input: &[u8]) {
    for word in text_of(&input[..input.len().min(1024)]).split_whitespace() {
        if let Ok(key) = word.parse::<Key>() {
            assert_eq!(key.to_string().parse::<Key>(), Ok(key), "{word:?}");
        }
    }
}

/// The terminal's bytes, read at once and cut anywhere.
pub fn terminal(input: &[u8]) {
    let [size, bytes @ ..] = input else { return };
    crate::tui::terminal::decode_all(bytes, bytes.len().max(1));
    crate::tui::terminal::decode_all(bytes, usize::from(*size).max(1));
}

/// Any document at any width: no line is too wide, and each line's pieces are its text.
pub fn layout(input: &[u8]) {
    let [columns, choices, rest @ ..] = input else { return };
    let text = text_of(&rest[..rest.len().min(16 << 10)]);
    let document = if choices & 1 == 0 { html_format::to_document(&text, None) } else { markdown_format::to_document(&text) };
    let style = Style {
        width: usize::from(*columns),
        ascii: choices & 2 != 0,
        link_numbers: choices & 4 != 0,
        spoilers: choices & 8 != 0,
    };
    for line in lay_out(&document, style) {
        // One letter of two columns cannot be made narrower.
        assert!(width(&line.text) <= style.width.max(2), "{} columns: {:?}", style.width, line.text);
        let mut end = 0;
        for (range, _) in &line.runs {
            assert!(range.start == end && line.text.is_char_boundary(range.end), "{line:?}");
            end = range.end;
        }
        assert_eq!(end, line.text.len(), "{line:?}");
    }
}

fn text_of(input: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(&input[..input.len().min(LARGEST)])
}

fn expect<T, E: std::fmt::Debug>(result: Result<T, E>, what: &str) -> T {
    match result {
        Ok(value) => value,
        Err(error) => panic!("{what}: {error:?}"),
    }
}

fn check_line(text: &CleanText) {
    assert_eq!(clean(text), *text);
}

fn check_document(document: &Document) {
    let text = document.text();
    let control = text.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\t'));
    assert_eq!(control, None, "{text:?}");
}

/// No text and no id holds what is not clean, and no thread names a parent that is not there.
fn check_page(page: &Page) {
    let article = &page.article;
    let lines = [Some(&article.title), article.byline.as_ref(), article.url.as_ref(), Some(&page.source.title)];
    lines.into_iter().flatten().for_each(check_line);
    check_document(&article.body);
    for discussion in &page.discussions {
        for comment in &discussion.comments {
            assert_eq!(clean_id(&comment.id), comment.id);
            check_document(&comment.body.document());
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
