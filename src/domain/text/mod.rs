//! Text as structure, never as styled terminal text, and the one gate through which foreign words come in.

mod ascii;
mod body;
mod columns;
mod cut;
pub mod effort;
mod folding;
mod line;
mod list_marks;
mod opening;
mod parts;
mod pieces;
mod sanitize;
pub mod words;

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;

pub use ascii::to_ascii;
pub use body::Body;
pub use columns::{grapheme_width, is_narrow, prefix, width};
pub use folding::{FoldedWord, fold_word};
use line::clean_words;
pub use line::{LONGEST_LINE, clean_id, clean_label, clean_line, cut_line};
pub use parts::Part;
pub use pieces::{LONGEST_BLOCK, Piece, pieces};
use sanitize::sift;

/// Blocks nested deeper than this are flattened by the format readers.
pub const MAX_NESTING: usize = 64;

/// Text that cannot act on a terminal. The only ways in are [`clean`] and [`clean_code`].
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct CleanText(Box<str>);

impl CleanText {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A part of it, between two places where it may be cut.
    fn slice(&self, from: usize, to: usize) -> CleanText {
        CleanText(self.0[from..to].into())
    }
}

impl Deref for CleanText {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for CleanText {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CleanText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for CleanText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl PartialEq<str> for CleanText {
    fn eq(&self, other: &str) -> bool {
        &*self.0 == other
    }
}

impl PartialEq<&str> for CleanText {
    fn eq(&self, other: &&str) -> bool {
        &*self.0 == *other
    }
}

/// Cleans running text: control characters (C0, C1, DEL), bidi controls and invisible format characters go; joiners
/// and variation selectors stay where they join something; line breaks and tabs become spaces. Idempotent.
pub fn clean(raw: &str) -> CleanText {
    CleanText(sift(raw, false))
}

/// As [`clean`], but line breaks (always `\n`) and tabs stay: for code, where they mean something.
pub fn clean_code(raw: &str) -> CleanText {
    CleanText(sift(raw, true))
}

/// True if a character must reach no terminal: it acts on it, or hides or reorders what stands around it.
pub fn is_unsafe(c: char) -> bool {
    sanitize::is_unsafe(c)
}

/// JSON that is safe to show: what [`is_unsafe`] stands as `\u…`, and reads back as it was.
pub fn escape_json(json: &str) -> Cow<'_, str> {
    sanitize::escape_json(json)
}

/// An index into [`Document::links`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct LinkId(pub u32);

/// Where a link leads, as the source wrote it (made absolute where the base was known).
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Link {
    pub address: CleanText,
}

impl Link {
    pub fn new(address: &str) -> Link {
        Link { address: clean_words(address) }
    }

    /// Only web and mail addresses are ever opened; others are shown.
    pub fn may_open(&self) -> bool {
        may_open(&self.address)
    }
}

/// Without regard to case, in every script.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    text.chars().flat_map(char::to_lowercase).map(|c| if c == 'ς' { 'σ' } else { c }).collect()
}

/// True if Gleaner opens this kind of address: http, https or mailto, and not so long that it may have been cut.
pub fn may_open(address: &str) -> bool {
    if address.len() >= LONGEST_LINE / 2 {
        return false;
    }
    let lower = address.get(..8.min(address.len())).unwrap_or("").to_ascii_lowercase();
    ["http://", "https://", "mailto:"].iter().any(|scheme| lower.starts_with(scheme))
}

/// An article's or a comment's text.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Document {
    pub blocks: Vec<Block>,
    pub links: Vec<Link>,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Block {
    Paragraph(Vec<Span>),
    /// `level` 1 to 6.
    Heading {
        level: u8,
        spans: Vec<Span>,
    },
    Quote(Vec<Block>),
    /// Text that stays hidden under its title until the reader asks for it.
    Spoiler {
        title: CleanText,
        blocks: Vec<Block>,
    },
    /// `start` is the first number of a numbered list, none for bullets.
    List {
        start: Option<u64>,
        items: Vec<Vec<Block>>,
    },
    Code {
        language: Option<CleanText>,
        text: CleanText,
    },
    Table(Table),
    /// An image is a caption and a link; `alt` may be empty.
    Image {
        link: LinkId,
        alt: CleanText,
    },
    Rule,
}

/// A table: rows of cells; rows may differ in length. `header` rows stand first.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Table {
    pub header: usize,
    pub rows: Vec<Vec<Vec<Span>>>,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Span {
    pub text: CleanText,
    pub emphasis: Emphasis,
    pub link: Option<LinkId>,
}

impl Span {
    pub fn plain(text: &str) -> Span {
        Span { text: clean(text), ..Span::default() }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Emphasis {
    pub strong: bool,
    pub emphatic: bool,
    pub code: bool,
    pub struck: bool,
}

impl Emphasis {
    pub const NONE: Emphasis = Emphasis { strong: false, emphatic: false, code: false, struck: false };
}

impl Document {
    /// A document of plain paragraphs; blank ones are left out.
    pub fn plain<'a>(paragraphs: impl IntoIterator<Item = &'a str>) -> Document {
        let blocks = paragraphs
            .into_iter()
            .map(clean_words)
            .filter(|text| !text.is_empty())
            .map(|text| Block::Paragraph(vec![Span { text, ..Span::default() }]))
            .collect();
        Document { blocks, links: Vec::new() }
    }

    /// The whole text without structure: blocks and lines separated by `\n`.
    pub fn text(&self) -> String {
        let mut out = String::new();
        push_blocks(&self.blocks, &mut out);
        out
    }

    pub fn words(&self) -> usize {
        count_words(&self.text())
    }

    /// True if it shows nothing at all, so that it must not take the place of one that does.
    pub fn is_blank(&self) -> bool {
        let blank =
            |block: &Block| matches!(block, Block::Paragraph(spans) if spans.iter().all(|span| span.text.trim().is_empty()));
        self.blocks.iter().all(blank)
    }

    /// True if it shows a word or a picture; rules and empty blocks are not enough.
    pub fn shows_anything(&self) -> bool {
        self.blocks.iter().any(|block| shows(block, true))
    }

    /// True if it shows a word that is not a picture's caption.
    pub fn shows_words(&self) -> bool {
        self.blocks.iter().any(|block| shows(block, false))
    }

    pub fn link(&self, id: LinkId) -> Option<&Link> {
        self.links.get(id.0 as usize)
    }
}

/// True if a block shows a word, or a picture where that is enough.
fn shows(block: &Block, picture_is_enough: bool) -> bool {
    let words = |spans: &[Span]| spans.iter().any(|span| !span.text.trim().is_empty());
    match block {
        Block::Paragraph(spans) | Block::Heading { spans, .. } => words(spans),
        Block::Quote(blocks) | Block::Spoiler { blocks, .. } => blocks.iter().any(|block| shows(block, picture_is_enough)),
        Block::List { items, .. } => items.iter().flatten().any(|block| shows(block, picture_is_enough)),
        Block::Code { text, .. } => !text.trim().is_empty(),
        Block::Table(table) => table.rows.iter().flatten().any(|cell| words(cell)),
        Block::Image { .. } => picture_is_enough,
        Block::Rule => false,
    }
}

/// Stretches between blanks.
fn count_words(text: &str) -> usize {
    if text.is_ascii() {
        text.as_bytes().split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()).count()
    } else {
        text.split_whitespace().count()
    }
}

/// The text of spans, end to end.
pub fn spans_text(spans: &[Span]) -> String {
    spans.iter().map(|span| span.text.as_str()).collect()
}

fn push_blocks(blocks: &[Block], out: &mut String) {
    for block in blocks {
        if !out.is_empty() && !out.ends_with('\n') {
            out.push('\n');
        }
        push_block(block, out);
    }
}

fn push_block(block: &Block, out: &mut String) {
    match block {
        Block::Paragraph(spans) | Block::Heading { spans, .. } => out.extend(spans.iter().map(|span| span.text.as_str())),
        Block::Quote(blocks) => push_blocks(blocks, out),
        Block::Spoiler { title, blocks } => {
            out.push_str(title);
            push_blocks(blocks, out);
        }
        Block::List { items, .. } => items.iter().for_each(|item| push_blocks(item, out)),
        Block::Code { text, .. } => out.push_str(text),
        Block::Image { alt, .. } => out.push_str(alt),
        Block::Rule => {}
        Block::Table(table) => {
            for row in &table.rows {
                if !out.is_empty() && !out.ends_with('\n') {
                    out.push('\n');
                }
                for (n, cell) in row.iter().enumerate() {
                    if n > 0 {
                        out.push('\t');
                    }
                    out.extend(cell.iter().map(|span| span.text.as_str()));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::sanitize::is_invisible;
    use super::*;

    #[test]
    fn what_could_act_or_hide_goes() {
        for (raw, cleaned) in [
            ("plain", "plain"),
            ("\u{1b}[31mred\u{1b}[0m", "[31mred[0m"),
            ("\u{9b}2Jc1\u{90}q\u{9c}", "2Jc1q"),
            ("bell\u{7}, del\u{7f}, nul\0", "bell, del, nul"),
            ("user\u{202e}gnp.exe", "usergnp.exe"),
            ("\u{2066}isolate\u{2069}\u{200f}", "isolate"),
            ("zero\u{200b}width\u{feff}", "zerowidth"),
            ("soft\u{ad}hyphen", "softhyphen"),
            ("tag\u{e0041}\u{e007f}", "tag"),
            ("one\r\ntwo\u{2028}three\tfour", "one two three four"),
            ("a\u{200d}b", "ab"),
            ("\u{200d}", ""),
            ("\u{fe0f}alone", "alone"),
        ] {
            assert_eq!(clean(raw), cleaned, "{raw:?}");
        }
    }

    #[test]
    fn joiners_stay_where_they_join() {
        for text in ["👨‍👩‍👧", "❤️", "👩🏽‍🚀", "می‌خواهم", "क्‍ष", "e\u{301}"] {
            assert_eq!(clean(text), text);
        }
    }

    #[test]
    fn a_pile_of_marks_is_cut_to_eight() {
        let pile = format!("z{}y", "\u{301}".repeat(50));
        assert_eq!(clean(&pile), format!("z{}y", "\u{301}".repeat(8)).as_str());
    }

    #[test]
    fn code_keeps_its_lines_and_tabs() {
        assert_eq!(clean_code("a\r\n\tb\rc\u{1b}"), "a\n\tb\nc");
        assert_eq!(clean_line("  a \n b  "), "a b");
    }

    #[test]
    fn only_web_and_mail_addresses_open() {
        for (address, opens) in [
            ("https://a.example", true),
            ("HTTP://A", true),
            ("mailto:a@b", true),
            ("javascript:alert(1)", false),
            ("file:///etc/passwd", false),
            ("--help", false),
            ("é", false),
        ] {
            assert_eq!(may_open(address), opens, "{address}");
        }
    }

    proptest! {
        #[test]
        fn cleaning_twice_is_cleaning_once(raw in any::<String>()) {
            for cleaner in [clean, clean_code, clean_line] {
                let once = cleaner(&raw);
                prop_assert_eq!(&cleaner(&once), &once);
            }
        }

        #[test]
        fn nothing_clean_can_act(raw in "[\\x00-\\x1f\\x7f-\\u{9f}\\u{200b}-\\u{206f}a👩🏽\u{200d}\u{fe0f}ي]{0,40}") {
            let acts = |c: char| (c.is_control()) || is_invisible(c);
            prop_assert!(!clean(&raw).chars().any(acts));
            prop_assert!(!clean_code(&raw).chars().any(|c| acts(c) && !matches!(c, '\n' | '\t')));
        }
    }
}
