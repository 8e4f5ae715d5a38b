//! Where lines break.

use std::ops::Range;

use textwrap::core::Fragment;
use textwrap::wrap_algorithms::wrap_first_fit;
use textwrap::{WordSeparator, WordSplitter};
use unicode_segmentation::UnicodeSegmentation;

use crate::domain::text;

/// A piece that is not broken: a word, a part of one that was too long or has a hyphen, an ideograph.
#[derive(Debug)]
struct WrapPiece {
    from: usize,
    to: usize,
    columns: usize,
    /// Spaces behind it.
    spaces: usize,
}

impl Fragment for WrapPiece {
    fn width(&self) -> f64 {
        self.columns as f64
    }

    fn whitespace_width(&self) -> f64 {
        self.spaces as f64
    }

    fn penalty_width(&self) -> f64 {
        0.0
    }
}

/// The lines of a text, as byte ranges, without the spaces at their ends; line feeds break as well. Never none.
pub(super) fn ranges(text: &str, width: usize) -> Vec<Range<usize>> {
    let width = width.max(1);
    let mut lines = Vec::with_capacity(1 + text.len() / width);
    let mut from = 0;
    for line in text.split('\n') {
        wrap_line(text, from..from + line.len(), width, &mut lines);
        from += line.len() + 1;
    }
    lines
}

/// The lines of a text that is broken only where it must be, whatever stands there: code.
pub(super) fn hard(text: &str, width: usize) -> Vec<Range<usize>> {
    let mut lines = Vec::new();
    let mut from = 0;
    while from < text.len() {
        let to = from + piece_of(&text[from..], width.max(1)).0;
        lines.push(from..to);
        from = to;
    }
    if lines.is_empty() {
        lines.push(0..0);
    }
    lines
}

fn wrap_line(text: &str, range: Range<usize>, width: usize, lines: &mut Vec<Range<usize>>) {
    let line = text[range.clone()].trim_end_matches(' ');
    let (start, line) = (range.start + line.len(), line.trim_start_matches(' '));
    let start = start - line.len();
    // Most titles and answers are of this kind.
    if line.len() <= width && line.is_ascii() {
        lines.push(start..start + line.len());
        return;
    }
    let pieces = pieces(line, width);
    lines.extend(wrap_first_fit(&pieces, &[width as f64]).into_iter().map(|line| match line {
        [first, .., last] => start + first.from..start + last.to,
        [only] => start + only.from..start + only.to,
        [] => start..start,
    }));
}

fn pieces(line: &str, width: usize) -> Vec<WrapPiece> {
    text::effort::count(line.len());
    // For ASCII both find the words that there are, and spaces are found in a sixth of the time.
    let by_spaces = line.is_ascii() || line.chars().any(needs_dictionary);
    let separator = if by_spaces { WordSeparator::AsciiSpace } else { WordSeparator::UnicodeBreakProperties };
    let mut pieces = Vec::with_capacity(line.len() / 4);
    let mut from = 0;
    for word in separator.find_words(line) {
        let (to, next) = (from + word.word.len(), from + word.word.len() + word.whitespace.len());
        if word.word.contains('-') {
            let start = from;
            for cut in WordSplitter::HyphenSplitter.split_points(word.word) {
                push_pieces(line, from..start + cut, width, &mut pieces);
                from = start + cut;
            }
        }
        push_pieces(line, from..to, width, &mut pieces);
        if let Some(last) = pieces.last_mut() {
            last.spaces += next - to;
        }
        from = next;
    }
    pieces
}

/// Scripts that write no space between words (Thai, Lao, Myanmar, Khmer and their kin). To tell their words takes a
/// dictionary that is not on board; where a line is full they are broken between letters.
fn needs_dictionary(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{1950}'..='\u{19df}'
        | '\u{1a20}'..='\u{1aaf}' | '\u{a9e0}'..='\u{a9ff}' | '\u{aa60}'..='\u{aadf}' | '\u{11700}'..='\u{1174f}')
}

/// A part of a word, or as many pieces as it is too long for.
fn push_pieces(line: &str, mut range: Range<usize>, width: usize, pieces: &mut Vec<WrapPiece>) {
    let mut columns = text::width(&line[range.clone()]);
    while columns > width {
        let (length, taken) = piece_of(&line[range.clone()], width);
        pieces.push(WrapPiece { from: range.start, to: range.start + length, columns: taken, spaces: 0 });
        range.start += length;
        columns -= taken;
    }
    if !range.is_empty() || pieces.is_empty() {
        pieces.push(WrapPiece { from: range.start, to: range.end, columns, spaces: 0 });
    }
}

/// Bytes and columns of what fits; at least one grapheme.
fn piece_of(text: &str, width: usize) -> (usize, usize) {
    match text::prefix(text, width) {
        ("", _) => text.graphemes(true).next().map_or((0, 0), |first| (first.len(), text::grapheme_width(first))),
        (fitting, columns) => (fitting.len(), columns),
    }
}
