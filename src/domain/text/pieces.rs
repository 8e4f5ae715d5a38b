//! Long texts in pieces, so that showing a part of one costs what the part costs.
//!
//! A page lays out the blocks that are on the screen. That is little work as long as no block is large, and content
//! decides how large one is: a word, a paragraph, a list, a cell can have megabytes.

mod cost;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use unicode_segmentation::GraphemeCursor;
use unicode_width::UnicodeWidthChar;

use cost::{cost, cost_of_spans, cost_of_text, spend, spend_blocks, spend_cells, text_bytes};

use super::{Block, Body, CleanText, Document, Emphasis, Span, Table};

/// A block of more than this is shown in pieces. Few texts have one: it is the size of a small book's chapter.
pub const LONGEST_BLOCK: usize = 64 << 10;

/// The cost of a span, line, cell or item beside its text, in bytes of text.
const PER_PART: usize = 16;

/// A part of a text, with a single block.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Piece {
    pub document: Document,
    /// It goes on where the piece before it ends: no blank line stands between the two.
    pub continues: bool,
}

/// The blocks of a text, those that are too large in pieces.
pub fn pieces(blocks: Vec<Block>) -> Vec<Piece> {
    let mut parts = Vec::with_capacity(blocks.len());
    for block in blocks {
        split(block, &mut parts);
    }
    let piece = |PiecePart { block, continues }| {
        let document = Document { blocks: vec![block], links: Vec::new() };
        Piece { document, continues }
    };
    parts.into_iter().map(piece).collect()
}

impl Body {
    /// The beginning of a text, at most about so many bytes of it, and how many bytes are left out.
    pub fn beginning(&self, limit: usize) -> (Cow<'_, Document>, usize) {
        if let Body::Plain(text) = self
            && text.len() > limit
        {
            let end = cut_at(text, limit);
            let beginning = Body::Plain(text.slice(0, end)).document().into_owned();
            return (Cow::Owned(beginning), text.len() - end);
        }
        let document = self.document();
        let mut left = limit;
        if spend_blocks(&document.blocks, &mut left) {
            return (document, 0);
        }
        let all = text_bytes(&document.blocks);
        let mut kept = Document { blocks: Vec::new(), links: document.links.clone() };
        let mut left = limit;
        for block in &document.blocks {
            let mut parts = Vec::new();
            split(block.clone(), &mut parts);
            for PiecePart { block, .. } in parts {
                if !spend(&block, &mut left) && !kept.blocks.is_empty() {
                    let left_out = all.saturating_sub(text_bytes(&kept.blocks));
                    return (Cow::Owned(kept), left_out);
                }
                kept.blocks.push(block);
            }
        }
        (Cow::Owned(kept), 0)
    }
}

struct PiecePart {
    block: Block,
    continues: bool,
}

fn whole(block: Block) -> PiecePart {
    PiecePart { block, continues: false }
}

fn split(block: Block, into: &mut Vec<PiecePart>) {
    let mut left = LONGEST_BLOCK;
    if spend(&block, &mut left) {
        into.push(whole(block));
        return;
    }
    let first = into.len();
    match block {
        Block::Paragraph(spans) => into.extend(split_spans(spans).map(|spans| continued(Block::Paragraph(spans)))),
        Block::Heading { level, spans } => {
            into.extend(split_spans(spans).map(|spans| continued(Block::Heading { level, spans })));
        }
        Block::Quote(blocks) => {
            into.extend(groups(blocks).map(|(blocks, continues)| PiecePart { block: Block::Quote(blocks), continues }));
        }
        // Each part has the title, since it is hidden by itself.
        Block::Spoiler { title, blocks } => {
            let spoiler = |blocks| Block::Spoiler { title: title.clone(), blocks };
            into.extend(groups(blocks).map(|(blocks, _)| whole(spoiler(blocks))));
        }
        Block::List { start, items } => split_list(start, items, into),
        Block::Code { language, text } => {
            let code = |text| continued(Block::Code { language: language.clone(), text });
            into.extend(split_lines(&text).into_iter().map(code));
        }
        Block::Table(table) => split_table(table, into),
        Block::Image { link, alt } => {
            let mut parts = split_text(&alt).into_iter();
            into.extend(parts.next().map(|alt| whole(Block::Image { link, alt })));
            let rest = |text| continued(Block::Paragraph(vec![Span { text, emphasis: Emphasis::NONE, link: Some(link) }]));
            into.extend(parts.map(rest));
        }
        Block::Rule => into.push(whole(Block::Rule)),
    }
    if let Some(part) = into.get_mut(first) {
        part.continues = false;
    }
}

fn continued(block: Block) -> PiecePart {
    PiecePart { block, continues: true }
}

/// Things one after the other in groups of bounded size.
struct Groups<T> {
    done: Vec<(Vec<T>, bool)>,
    open: Vec<T>,
    continues: bool,
    left: usize,
}

impl<T> Groups<T> {
    fn new() -> Groups<T> {
        Groups { done: Vec::new(), open: Vec::new(), continues: false, left: LONGEST_BLOCK }
    }

    fn push(&mut self, part: T, cost: usize, continues: bool) {
        if cost > self.left {
            self.close();
        }
        if self.open.is_empty() {
            self.continues = continues;
        }
        self.left = self.left.saturating_sub(cost);
        self.open.push(part);
    }

    fn close(&mut self) {
        if !self.open.is_empty() {
            self.done.push((std::mem::take(&mut self.open), self.continues));
        }
        self.left = LONGEST_BLOCK;
    }

    fn finish(mut self) -> std::vec::IntoIter<(Vec<T>, bool)> {
        self.close();
        self.done.into_iter()
    }
}

fn groups(blocks: Vec<Block>) -> impl Iterator<Item = (Vec<Block>, bool)> {
    let mut groups = Groups::new();
    for block in blocks {
        let mut parts = Vec::new();
        split(block, &mut parts);
        for PiecePart { block, continues } in parts {
            let cost = cost(&block);
            groups.push(block, cost, continues);
        }
    }
    groups.finish()
}

/// Items stay items; of one that is too large, what follows its first piece stands under the list.
fn split_list(start: Option<u64>, items: Vec<Vec<Block>>, into: &mut Vec<PiecePart>) {
    let list = |(at, items): (usize, Vec<Vec<Block>>)| {
        continued(Block::List { start: start.map(|start| start.saturating_add(at as u64)), items })
    };
    let (mut first, mut open, mut left) = (0, Vec::new(), LONGEST_BLOCK);
    for (at, item) in items.into_iter().enumerate() {
        let mut needed = LONGEST_BLOCK;
        let fits = spend_blocks(&item, &mut needed);
        let cost = LONGEST_BLOCK - needed + PER_PART;
        if !open.is_empty() && (cost > left || !fits) {
            into.push(list((first, std::mem::take(&mut open))));
            left = LONGEST_BLOCK;
        }
        if open.is_empty() {
            first = at;
        }
        if fits {
            left = left.saturating_sub(cost);
            open.push(item);
            continue;
        }
        let mut parts = groups(item);
        into.extend(parts.next().map(|(blocks, _)| list((at, vec![blocks]))));
        for (blocks, continues) in parts {
            let mut continues = Some(continues);
            into.extend(blocks.into_iter().map(|block| PiecePart { block, continues: continues.take().unwrap_or_default() }));
        }
    }
    if !open.is_empty() {
        into.push(list((first, open)));
    }
}

/// Each piece has the header's rows, so that its cells are named, unless they are most of it.
fn split_table(table: Table, into: &mut Vec<PiecePart>) {
    let Table { header, mut rows } = table;
    let mut names = rows.drain(..header.min(rows.len())).collect::<Vec<_>>();
    let mut left = LONGEST_BLOCK / 4;
    let is_short = names.iter().all(|row| spend_cells(row, &mut left));
    let mut groups = Groups::new();
    if !is_short {
        rows.splice(0..0, names.drain(..));
    }
    for row in rows {
        let mut cells = Groups::new();
        for cell in row {
            for spans in split_spans(cell) {
                let cost = PER_PART + cost_of_spans(&spans);
                cells.push(spans, cost, false);
            }
        }
        for (row, _) in cells.finish() {
            let cost = row.iter().map(|cell| PER_PART + cost_of_spans(cell)).sum::<usize>() + PER_PART;
            groups.push(row, cost, true);
        }
    }
    for (rows, _) in groups.finish() {
        let rows = names.iter().cloned().chain(rows).collect();
        into.push(continued(Block::Table(Table { header: names.len(), rows })));
    }
}

fn split_spans(spans: Vec<Span>) -> impl Iterator<Item = Vec<Span>> {
    let mut groups = Groups::new();
    if spans.is_empty() {
        // A cell without a text keeps its column.
        groups.done.push((Vec::new(), false));
    }
    for span in spans {
        let is_short = PER_PART + cost_of_text(&span.text) <= LONGEST_BLOCK;
        let texts = if is_short { vec![span.text] } else { split_text(&span.text) };
        for text in texts {
            let cost = PER_PART + cost_of_text(&text);
            groups.push(Span { text, ..span }, cost, true);
        }
    }
    groups.finish().map(|(spans, _)| spans)
}

fn split_text(text: &CleanText) -> Vec<CleanText> {
    let mut parts = Vec::new();
    let mut from = 0;
    while from < text.len() {
        // Many short lines are many parts.
        let end = text.floor_char_boundary(from + LONGEST_BLOCK / 2);
        let mut left = LONGEST_BLOCK / 2;
        let mut lines = text[from..end].match_indices('\n');
        let end = lines
            .find(|_| {
                left = left.saturating_sub(PER_PART);
                left == 0
            })
            .map_or(end, |(at, _)| from + at + 1);
        let to = from + cut_at(&text[from..], end - from);
        parts.push(text.slice(from, to));
        from = to;
    }
    parts
}

/// Code, at the ends of lines as far as they are short enough.
fn split_lines(text: &CleanText) -> Vec<CleanText> {
    let mut parts = Vec::new();
    let (mut from, mut at, mut left) = (0, 0, LONGEST_BLOCK);
    for line in text.split_inclusive('\n') {
        let cost = PER_PART + line.len();
        if cost > left && at > from {
            parts.push(text.slice(from, at));
            (from, left) = (at, LONGEST_BLOCK);
        }
        if cost > LONGEST_BLOCK {
            parts.extend(split_text(&text.slice(at, at + line.len())));
            from = at + line.len();
        }
        left = left.saturating_sub(cost);
        at += line.len();
    }
    if at > from {
        parts.push(text.slice(from, at));
    }
    parts
}

/// Where a text may be cut so that at most `limit` bytes stand before it: behind a blank if one is near, else between two
/// letters. Never 0 for a text that has a letter.
pub(super) fn cut_at(text: &str, limit: usize) -> usize {
    if text.len() <= limit {
        return text.len();
    }
    let end = text.floor_char_boundary(limit);
    super::effort::count(end / 4);
    let near = text.floor_char_boundary(end - end / 4);
    // A mark behind a blank belongs to it.
    let is_whole = |(at, _): &(usize, &str)| text[near + at + 1..].chars().next().is_none_or(|c| c.width() != Some(0));
    if let Some((at, _)) = text[near..end].rmatch_indices([' ', '\n']).find(is_whole) {
        return near + at + 1;
    }
    let mut cursor = GraphemeCursor::new(end, text.len(), true);
    let at = match cursor.is_boundary(text, 0) {
        Ok(true) => end,
        _ => cursor.prev_boundary(text, 0).ok().flatten().unwrap_or(0),
    };
    let first = text.chars().next().map_or(0, char::len_utf8);
    if at > 0 { at } else { end.max(first) }
}
