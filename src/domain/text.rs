//! Text as structure, never as styled terminal text, and the one gate through which foreign words come in.

use std::fmt;
use std::ops::Deref;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// More combining marks than this on one letter are dropped: no script needs them, and a pile of them paints over
/// the neighbouring lines.
const MARKS_PER_LETTER: usize = 8;

/// Blocks nested deeper than this are flattened by the format readers.
pub const MAX_NESTING: usize = 64;

/// Text that cannot act on a terminal. The only ways in are [`clean`] and [`clean_code`].
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct CleanText(Box<str>);

impl CleanText {
    pub fn as_str(&self) -> &str {
        &self.0
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

/// [`clean`], with runs of white space folded to one space and none at the ends: for titles, names and labels.
pub fn clean_line(raw: &str) -> CleanText {
    let cleaned = sift(raw, false);
    let mut folded = String::with_capacity(cleaned.len());
    for word in cleaned.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.push_str(word);
    }
    // Folding white space can bring a joiner or a mark next to a letter it did not stand next to before.
    CleanText(sift(&folded, false))
}

fn sift(raw: &str, code: bool) -> Box<str> {
    if is_plain(raw, code) {
        return raw.into();
    }
    let mut kept = String::with_capacity(raw.len());
    let mut marks = 0;
    let mut chars = raw.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' if chars.peek() == Some(&'\n') => {}
            '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{b}' | '\u{c}' => kept.push(if code { '\n' } else { ' ' }),
            '\t' => kept.push(if code { '\t' } else { ' ' }),
            c if c.is_control() || is_invisible(c) => {}
            '\u{200c}' | '\u{200d}' => {
                if joins(kept.chars().next_back(), chars.peek().copied(), c) {
                    kept.push(c);
                }
            }
            '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}' => {
                let base = kept.chars().next_back();
                if base.is_some_and(|b| !b.is_whitespace() && !is_selector(b) && !is_joiner(b)) {
                    kept.push(c);
                }
            }
            c if c.width() == Some(0) => {
                marks += 1;
                if marks <= MARKS_PER_LETTER {
                    kept.push(c);
                }
                continue;
            }
            c => kept.push(c),
        }
        marks = 0;
    }
    // A joiner kept for a neighbour that was dropped after it would dangle.
    while kept.ends_with(is_joiner) {
        kept.pop();
    }
    kept.into_boxed_str()
}

/// Whether there is nothing to sift. By chunks without a way out, so that it runs on many bytes at once: most text is
/// this, and a large discussion is sifted whole when it is opened.
fn is_plain(raw: &str, code: bool) -> bool {
    let plain = |b: u8| (0x20..0x7f).contains(&b) || (code && (b == b'\n' || b == b'\t'));
    raw.as_bytes().chunks(64).all(|chunk| chunk.iter().fold(true, |all, &b| all & plain(b)))
}

fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}')
}

fn is_selector(c: char) -> bool {
    matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

/// Characters that show nothing by themselves and can hide, reorder or confuse what is shown: bidi controls,
/// default-ignorable format characters, fillers, tags, noncharacters. (Unicode 16, `DefaultIgnorableCodePoint` without
/// joiners and variation selectors, and General Category Cf.)
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
        | '\u{110bd}' | '\u{110cd}' | '\u{13430}'..='\u{1345f}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e00ff}' | '\u{e01f0}'..='\u{e0fff}')
        || u32::from(c) & 0xfffe == 0xfffe
        || matches!(c, '\u{fdd0}'..='\u{fdef}')
}

fn joins(before: Option<char>, after: Option<char>, joiner: char) -> bool {
    let (Some(before), Some(after)) = (before, after) else { return false };
    let emoji = joiner == '\u{200d}'
        && (is_pictograph(before) || before == '\u{fe0f}' || matches!(before, '\u{1f3fb}'..='\u{1f3ff}'))
        && is_pictograph(after);
    emoji || (is_joining_script(before) && is_joining_script(after))
}

fn is_pictograph(c: char) -> bool {
    matches!(c, '\u{2190}'..='\u{2bff}' | '\u{1f000}'..='\u{1faff}')
}

/// Scripts whose letters change shape with a joiner between them: Arabic and its kin, the Indic scripts with their
/// viramas, Khmer, Myanmar, Mongolian.
fn is_joining_script(c: char) -> bool {
    matches!(c, '\u{600}'..='\u{8ff}' | '\u{900}'..='\u{dff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{18af}'
        | '\u{fb50}'..='\u{fdcf}' | '\u{fdf0}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}' | '\u{a8e0}'..='\u{a8ff}'
        | '\u{11000}'..='\u{11fff}')
}

/// Columns that a text takes on a terminal, counted by grapheme.
pub fn width(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.graphemes(true).map(grapheme_width).sum() }
}

/// Columns that one grapheme takes: never more than two, whatever it is joined of.
pub fn grapheme_width(grapheme: &str) -> usize {
    grapheme.width().min(2)
}

/// The longest beginning of `text` that takes at most `columns`, and the columns it takes.
pub fn prefix(text: &str, columns: usize) -> (&str, usize) {
    let mut used = 0;
    for (at, grapheme) in text.grapheme_indices(true) {
        let wide = grapheme_width(grapheme);
        if used + wide > columns {
            return (&text[..at], used);
        }
        used += wide;
    }
    (text, used)
}

/// An index into [`Document::links`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct LinkId(pub u32);

/// Where a link leads, as the source wrote it (made absolute where the base was known).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Link {
    pub address: CleanText,
}

impl Link {
    pub fn new(address: &str) -> Link {
        Link { address: clean_line(address) }
    }

    /// Only web and mail addresses are ever opened; others are shown.
    pub fn may_open(&self) -> bool {
        may_open(&self.address)
    }
}

/// Whether an address is of a kind that Gleaner opens: http, https or mailto.
pub fn may_open(address: &str) -> bool {
    let lower = address.get(..8.min(address.len())).unwrap_or("").to_ascii_lowercase();
    ["http://", "https://", "mailto:"].iter().any(|scheme| lower.starts_with(scheme))
}

/// An article's or a comment's text.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Document {
    pub blocks: Vec<Block>,
    pub links: Vec<Link>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Block {
    Paragraph(Vec<Span>),
    /// `level` 1 to 6.
    Heading {
        level: u8,
        spans: Vec<Span>,
    },
    Quote(Vec<Block>),
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
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Table {
    pub header: usize,
    pub rows: Vec<Vec<Vec<Span>>>,
}

#[derive(Clone, PartialEq, Eq, Debug, Default)]
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

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
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
            .map(clean_line)
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

    /// The text of the first block that has any, on one line and cut near `columns`: what a closed comment shows.
    pub fn opening(&self, columns: usize) -> String {
        let mut out = String::new();
        for block in &self.blocks {
            if width(&out) >= columns {
                break;
            }
            let mut text = String::new();
            push_block(block, &mut text);
            for word in text.split_whitespace() {
                if !out.is_empty() {
                    out.push(' ');
                }
                out.push_str(word);
            }
        }
        prefix(&out, columns).0.to_owned()
    }

    pub fn words(&self) -> usize {
        self.text().split_whitespace().count()
    }

    pub fn link(&self, id: LinkId) -> Option<&Link> {
        self.links.get(id.0 as usize)
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
        Block::Paragraph(spans) | Block::Heading { spans, .. } => spans.iter().for_each(|s| out.push_str(&s.text)),
        Block::Quote(blocks) => push_blocks(blocks, out),
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
                    cell.iter().for_each(|s| out.push_str(&s.text));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

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
    fn columns_are_counted_by_grapheme() {
        for (text, columns) in [("abc", 3), ("日本", 4), ("👨‍👩‍👧", 2), ("e\u{301}", 1), ("", 0)] {
            assert_eq!(width(text), columns, "{text}");
        }
        assert_eq!(prefix("日本語", 5), ("日本", 4));
        assert_eq!(prefix("👨‍👩‍👧x", 1), ("", 0));
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
