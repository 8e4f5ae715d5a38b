//! Quotations as mail has them: paragraphs that begin with `>`, where a site's own form knows no other.

use crate::domain::text::{Block, Document, Span, clean};

/// Paragraphs that begin with `>` as quotations; those that follow each other are one.
pub(super) fn quote_paragraphs(mut document: Document) -> Document {
    if document.blocks.iter().any(|block| quoted(block).is_some()) {
        document.blocks = quote(document.blocks);
    }
    document
}

/// No deeper than this: what has more signs than that is no quotation.
const DEEPEST: usize = 8;

fn quote(blocks: Vec<Block>) -> Vec<Block> {
    quote_to(blocks, DEEPEST)
}

fn quote_to(blocks: Vec<Block>, deepest: usize) -> Vec<Block> {
    let mut out = Vec::with_capacity(blocks.len());
    let mut inside: Vec<Block> = Vec::new();
    let close = |inside: &mut Vec<Block>, out: &mut Vec<Block>| {
        if !inside.is_empty() {
            // `>> ` is a quotation in a quotation.
            out.push(Block::Quote(quote_to(std::mem::take(inside), deepest - 1)));
        }
    };
    for block in blocks {
        match quoted(&block).filter(|_| deepest > 0) {
            Some(words) => inside.push(Block::Paragraph(words)),
            None => {
                close(&mut inside, &mut out);
                out.push(block);
            }
        }
    }
    close(&mut inside, &mut out);
    out
}

/// The words of a paragraph behind its `>`; none where it has none, or where that is a sign of another kind: `>=`, `>50`,
/// `>_<`.
fn quoted(block: &Block) -> Option<Vec<Span>> {
    let Block::Paragraph(spans) = block else { return None };
    let (first, others) = spans.split_first()?;
    let behind = first.text.trim_start().strip_prefix('>')?;
    let next = behind.chars().next().or_else(|| others.first()?.text.chars().next())?;
    let begins_words = next.is_whitespace() || next.is_alphabetic() || ">\"'“”‘’«„([*…".contains(next);
    let words = behind.trim_start();
    let is_blank = words.is_empty() && others.iter().all(|span| span.text.trim().is_empty());
    if !begins_words || is_blank {
        return None;
    }
    let first = (!words.is_empty()).then(|| Span { text: clean(words), ..first.clone() });
    Some(first.into_iter().chain(others.iter().cloned()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::html;
    use crate::format::render::markdown;

    #[test]
    fn paragraphs_that_begin_with_a_sign_are_quotations() {
        for (text, wanted) in [
            ("<p>&gt; quoted<p>Answer.", "> quoted\n\nAnswer."),
            ("<p>&gt;quoted<p>&gt; and more<p>Answer.", "> quoted\n>\n> and more\n\nAnswer."),
            ("<p>&gt; <i>quoted</i> words", "> *quoted* words"),
            ("<p><i>&gt; quoted</i>", "> *quoted*"),
            ("<p>&gt;&gt; first<p>&gt; second", "> > first\n>\n> second"),
            ("<p>&gt; &gt; first", "> > first"),
            ("<p>&gt;= 3 and &gt;50 %<p>a &gt; b<p>&gt;_&lt;", "\\>= 3 and \\>50 %\n\na \\> b\n\n\\>\\_\\<"),
            ("<p>&gt;", "\\>"),
            ("<p>Words.", "Words."),
        ] {
            let document = quote_paragraphs(html::to_document(text, None));
            assert_eq!(markdown(&document).trim_end(), wanted, "{text}");
        }
    }

    #[test]
    fn a_row_of_signs_is_no_depth() {
        let document = quote_paragraphs(html::to_document(&format!("<p>{}x", "&gt;".repeat(5000)), None));
        assert!(document.text().contains(">x"), "what is deeper stays as it is written");
    }
}
