//! Documents to lines of a given width.

use crate::domain::text::{Document, Emphasis, LinkId};

/// What a stretch of laid-out text is; the theme says how it looks.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Tag {
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
    pub runs: Vec<(std::ops::Range<usize>, Tag)>,
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
}

/// A document as lines, none wider than `style.width`, with a blank line between blocks.
pub fn lay_out(document: &Document, style: Style) -> Vec<Line> {
    todo!("{document:?} {style:?}")
}

/// Running text wrapped first-fit to `width` columns; never an empty result.
pub fn wrap(text: &str, width: usize) -> Vec<&str> {
    todo!("{text} {width}")
}
