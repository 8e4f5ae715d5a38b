//! Documents to lines of a given width.
//!
//! A paragraph wraps as one string, since words cross spans: what its stretches are is kept beside it by byte range.
//! Widths, and where a long word breaks, are by grapheme; where words end is textwrap's to say. What a stretch looks
//! like is the theme's business, not decided here.

mod blocks;
mod flow;
mod table;
mod wrap;

use blocks::BlockLayout;

use crate::domain::text::{Document, Emphasis, LinkId, effort};

/// The role of a range of laid-out text; the theme gives it a style.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct SpanTag {
    pub kind: TagKind,
    pub emphasis: Emphasis,
    pub link: Option<LinkId>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum TagKind {
    #[default]
    Text,
    Heading,
    Code,
    /// Quote bars, bullets, rules, table lines: drawn around the text, never found by a search.
    Ornament,
    /// Text inside a quote.
    Quoted,
    Caption,
    /// The `[3]` behind a link.
    LinkNumber,
}

/// One line of the screen: its text and what its stretches (byte offsets, in order, covering the text) are.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Line {
    pub text: String,
    pub runs: Vec<(std::ops::Range<usize>, SpanTag)>,
}

/// How to lay out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Style {
    /// Columns; at least 1 is used.
    pub width: usize,
    /// Draw with ASCII only.
    pub ascii: bool,
    /// Put `[n]` behind links.
    pub link_numbers: bool,
    /// Show what is in spoilers, not only their titles.
    pub spoilers: bool,
}

/// A document as lines, none wider than `style.width`, with a blank line between blocks.
///
/// A grapheme of two columns cannot be made narrower: at width 1 it sticks out.
pub fn lay_out(document: &Document, style: Style) -> Vec<Line> {
    let mut page = BlockLayout::new(style);
    page.blocks(&document.blocks, true);
    page.lines
}

/// Running text wrapped first-fit to `width` columns; never an empty result.
pub fn wrap(text: &str, width: usize) -> Vec<&str> {
    wrap::ranges(text, width).into_iter().map(|range| &text[range]).collect()
}

impl Line {
    /// Adds a stretch, as part of the last one where it is of the same kind.
    fn push(&mut self, text: &str, tag: SpanTag) {
        if text.is_empty() {
            return;
        }
        effort::count(text.len() + 1);
        let from = self.text.len();
        self.text.push_str(text);
        match self.runs.last_mut() {
            Some((range, last)) if *last == tag => range.end = self.text.len(),
            _ => self.runs.push((from..self.text.len(), tag)),
        }
    }
}

impl SpanTag {
    const ORNAMENT: SpanTag = SpanTag::of(TagKind::Ornament);

    const fn of(kind: TagKind) -> SpanTag {
        SpanTag { kind, emphasis: Emphasis::NONE, link: None }
    }
}

#[cfg(test)]
mod tests;
