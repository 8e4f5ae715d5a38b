//! The cost of laying out blocks, in bytes of text.

use super::super::{Block, Span, effort};
use super::{LONGEST_BLOCK, PER_PART};

pub(super) fn cost(block: &Block) -> usize {
    let mut left = LONGEST_BLOCK;
    spend(block, &mut left);
    LONGEST_BLOCK - left
}

/// Takes what a block costs from what is left. Whether there was enough; where there was not, 0 is left.
pub(super) fn spend(block: &Block, left: &mut usize) -> bool {
    match block {
        Block::Paragraph(spans) | Block::Heading { spans, .. } => take(left, PER_PART) && spend_spans(spans, left),
        Block::Quote(blocks) => take(left, PER_PART) && spend_blocks(blocks, left),
        Block::Spoiler { title, blocks } => take(left, PER_PART) && spend_text(title, left) && spend_blocks(blocks, left),
        Block::List { items, .. } => {
            take(left, PER_PART) && items.iter().all(|item| take(left, PER_PART) && spend_blocks(item, left))
        }
        Block::Code { text, .. } => take(left, PER_PART) && spend_text(text, left),
        Block::Table(table) => {
            take(left, PER_PART) && table.rows.iter().all(|row| take(left, PER_PART) && spend_cells(row, left))
        }
        Block::Image { alt, .. } => take(left, PER_PART) && spend_text(alt, left),
        Block::Rule => take(left, PER_PART),
    }
}

pub(super) fn spend_blocks(blocks: &[Block], left: &mut usize) -> bool {
    blocks.iter().all(|block| spend(block, left))
}

pub(super) fn spend_cells(row: &[Vec<Span>], left: &mut usize) -> bool {
    row.iter().all(|cell| take(left, PER_PART) && spend_spans(cell, left))
}

pub(super) fn spend_spans(spans: &[Span], left: &mut usize) -> bool {
    spans.iter().all(|span| take(left, PER_PART) && spend_text(&span.text, left))
}

pub(super) fn spend_text(text: &str, left: &mut usize) -> bool {
    if text.len() > *left {
        *left = 0;
        return false;
    }
    take(left, cost_of_text(text))
}

pub(super) fn take(left: &mut usize, cost: usize) -> bool {
    effort::count(1);
    let enough = cost <= *left;
    *left = left.saturating_sub(cost);
    enough
}

pub(super) fn cost_of_text(text: &str) -> usize {
    effort::count(text.len());
    text.len() + PER_PART * text.bytes().filter(|byte| *byte == b'\n').count()
}

pub(super) fn cost_of_spans(spans: &[Span]) -> usize {
    spans.iter().map(|span| PER_PART + cost_of_text(&span.text)).sum()
}

pub(super) fn text_bytes(blocks: &[Block]) -> usize {
    let of_spans = |spans: &[Span]| spans.iter().map(|span| span.text.len()).sum::<usize>();
    let of_block = |block: &Block| match block {
        Block::Paragraph(spans) | Block::Heading { spans, .. } => of_spans(spans),
        Block::Quote(blocks) => text_bytes(blocks),
        Block::Spoiler { title, blocks } => title.len() + text_bytes(blocks),
        Block::List { items, .. } => items.iter().map(|item| text_bytes(item)).sum(),
        Block::Code { text, .. } => text.len(),
        Block::Table(table) => table.rows.iter().flatten().map(|cell| of_spans(cell)).sum(),
        Block::Image { alt, .. } => alt.len(),
        Block::Rule => 0,
    };
    blocks.iter().map(of_block).sum()
}
