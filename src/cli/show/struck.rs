//! Words that were struck out, marked with `~~` for a terminal or a pipe that cannot strike them.

use std::borrow::Cow;

use crate::domain::text::{Block, Document, Span, clean};

/// The document with its struck words marked.
pub(super) fn marked(document: &Document) -> Cow<'_, Document> {
    if !document.blocks.iter().any(is_struck) {
        return Cow::Borrowed(document);
    }
    let mut document = document.clone();
    document.blocks.iter_mut().for_each(mark);
    Cow::Owned(document)
}

fn is_struck(block: &Block) -> bool {
    let any = |spans: &[Span]| spans.iter().any(|span| span.emphasis.struck);
    match block {
        Block::Paragraph(spans) | Block::Heading { spans, .. } => any(spans),
        Block::Quote(blocks) | Block::Spoiler { blocks, .. } => blocks.iter().any(is_struck),
        Block::List { items, .. } => items.iter().flatten().any(is_struck),
        Block::Table(table) => table.rows.iter().flatten().any(|cell| any(cell)),
        Block::Code { .. } | Block::Image { .. } | Block::Rule => false,
    }
}

fn mark(block: &mut Block) {
    match block {
        Block::Paragraph(spans) | Block::Heading { spans, .. } => mark_spans(spans),
        Block::Quote(blocks) | Block::Spoiler { blocks, .. } => blocks.iter_mut().for_each(mark),
        Block::List { items, .. } => items.iter_mut().flatten().for_each(mark),
        Block::Table(table) => table.rows.iter_mut().flatten().for_each(|cell| mark_spans(cell)),
        Block::Code { .. } | Block::Image { .. } | Block::Rule => {}
    }
}

/// Marks each run of struck spans at its two ends.
fn mark_spans(spans: &mut [Span]) {
    for at in 0..spans.len() {
        if !spans[at].emphasis.struck {
            continue;
        }
        let begins = at == 0 || !spans[at - 1].emphasis.struck;
        let ends = spans.get(at + 1).is_none_or(|next| !next.emphasis.struck);
        let (open, close) = (if begins { "~~" } else { "" }, if ends { "~~" } else { "" });
        spans[at].text = clean(&format!("{open}{}{close}", spans[at].text));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::html;

    #[test]
    fn struck_words_are_marked_at_their_ends() {
        let shown = |html: &str| marked(&html::to_document(html, None)).text();
        assert_eq!(
            shown("<p>Price <del>10 <b>euros</b></del> <ins>8</ins></p><ul><li><s>milk</s></li></ul>"),
            "Price ~~10 euros~~ 8\n~~milk~~"
        );
        assert_eq!(shown("<p>plain</p>"), "plain");
    }
}
