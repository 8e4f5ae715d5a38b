//! Cutting a document to a number of bytes. Not for laying it out in parts: see [`pieces`](super::pieces).

use super::pieces::cut_at;
use super::{Block, CleanText, Document, Link, Span};

/// Counted for every block, span and cell beside its text, so that a document of nothing but rules has a bound too.
const PIECE: usize = 8;

/// Room for the sentence that stands where a text was cut.
const NOTICE: usize = 128;

impl Document {
    /// Cuts the text so that it takes at most about `most` bytes, addresses of links included, and says so at its end.
    /// Returns how many bytes were left out, 0 for nearly every text.
    pub fn cut(&mut self, most: usize) -> usize {
        let size = self.size();
        if size <= most {
            return 0;
        }
        let mut room = RemainingRoom { left: most.saturating_sub(NOTICE), links: &self.links };
        room.fit_blocks(&mut self.blocks);
        let left_out = size - (most.saturating_sub(NOTICE) - room.left);
        let used = self.blocks.iter().filter_map(last_link).max().map_or(0, |last| last as usize + 1);
        self.links.truncate(used);
        let notice = format!("[{} KiB of this text were left out: it is longer than Gleaner keeps]", left_out.div_ceil(1024));
        self.blocks.push(Block::Paragraph(vec![Span::plain(&notice)]));
        left_out
    }

    /// Bytes of its text and of the addresses that it links to.
    pub(super) fn size(&self) -> usize {
        self.blocks.iter().map(|block| block_size(block, &self.links)).sum()
    }
}

fn block_size(block: &Block, links: &[Link]) -> usize {
    let spans = |spans: &[Span]| spans.iter().map(|span| span_size(span, links)).sum::<usize>();
    let blocks = |blocks: &[Block]| blocks.iter().map(|block| block_size(block, links)).sum::<usize>();
    PIECE
        + match block {
            Block::Paragraph(words) | Block::Heading { spans: words, .. } => spans(words),
            Block::Quote(inner) => blocks(inner),
            Block::Spoiler { title, blocks: inner } => title.len() + blocks(inner),
            Block::List { items, .. } => items.iter().map(|item| PIECE + blocks(item)).sum(),
            Block::Code { text, .. } => text.len(),
            Block::Table(table) => table.rows.iter().map(|row| row.iter().map(|cell| PIECE + spans(cell)).sum::<usize>()).sum(),
            Block::Image { link, alt } => alt.len() + address_size(Some(link.0), links),
            Block::Rule => 0,
        }
}

fn span_size(span: &Span, links: &[Link]) -> usize {
    PIECE + span.text.len() + address_size(span.link.map(|link| link.0), links)
}

fn address_size(link: Option<u32>, links: &[Link]) -> usize {
    link.and_then(|link| links.get(link as usize)).map_or(0, |link| link.address.len())
}

/// The highest number of a link in a block.
fn last_link(block: &Block) -> Option<u32> {
    let spans = |spans: &[Span]| spans.iter().filter_map(|span| span.link).map(|link| link.0).max();
    match block {
        Block::Paragraph(words) | Block::Heading { spans: words, .. } => spans(words),
        Block::Quote(blocks) | Block::Spoiler { blocks, .. } => blocks.iter().filter_map(last_link).max(),
        Block::List { items, .. } => items.iter().flatten().filter_map(last_link).max(),
        Block::Table(table) => table.rows.iter().flatten().filter_map(|cell| spans(cell)).max(),
        Block::Image { link, .. } => Some(link.0),
        Block::Code { .. } | Block::Rule => None,
    }
}

/// The room that is left.
struct RemainingRoom<'a> {
    left: usize,
    links: &'a [Link],
}

impl RemainingRoom<'_> {
    /// True while something fits in.
    fn take(&mut self, bytes: usize) -> bool {
        let fits = self.left >= bytes;
        self.left = self.left.saturating_sub(bytes);
        fits
    }

    fn fit_each<T>(&mut self, all: &mut Vec<T>, mut fit: impl FnMut(&mut Self, &mut T)) {
        let mut kept = 0;
        while kept < all.len() && self.take(PIECE) {
            fit(self, &mut all[kept]);
            kept += 1;
        }
        all.truncate(kept);
    }

    fn fit_blocks(&mut self, blocks: &mut Vec<Block>) {
        self.fit_each(blocks, Self::fit_block);
    }

    fn fit_block(&mut self, block: &mut Block) {
        match block {
            Block::Paragraph(spans) | Block::Heading { spans, .. } => self.fit_spans(spans),
            Block::Quote(blocks) => self.fit_blocks(blocks),
            Block::Spoiler { title, blocks } => {
                self.fit_text(title);
                self.fit_blocks(blocks);
            }
            Block::List { items, .. } => self.fit_each(items, Self::fit_blocks),
            Block::Code { text, .. } => self.fit_text(text),
            Block::Table(table) => {
                for row in &mut table.rows {
                    self.fit_each(row, Self::fit_spans);
                }
                let filled = table.rows.iter().rposition(|row| !row.is_empty()).map_or(0, |last| last + 1);
                table.rows.truncate(filled);
                table.header = table.header.min(filled);
            }
            Block::Image { link, alt } => {
                self.take(address_size(Some(link.0), self.links));
                self.fit_text(alt);
            }
            Block::Rule => {}
        }
    }

    fn fit_spans(&mut self, spans: &mut Vec<Span>) {
        self.fit_each(spans, |room, span| {
            room.fit_text(&mut span.text);
            room.take(address_size(span.link.map(|link| link.0), room.links));
        });
    }

    fn fit_text(&mut self, text: &mut CleanText) {
        if text.len() > self.left {
            let end = if self.left == 0 { 0 } else { cut_at(text, self.left) };
            *text = text.slice(0, end);
            self.left = 0;
        } else {
            self.left -= text.len();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{LinkId, clean, clean_code};
    use super::*;

    fn paragraph(text: &str, link: Option<u32>) -> Block {
        Block::Paragraph(vec![Span { link: link.map(LinkId), ..Span::plain(text) }])
    }

    #[test]
    fn what_fits_is_left_as_it_is() {
        let mut document = Document::plain(["One.", "Two."]);
        let before = document.clone();
        assert_eq!((document.cut(1000), document), (0, before));
    }

    #[test]
    fn a_text_of_any_shape_is_cut_to_its_bound_and_says_so() {
        let long = "words and more ".repeat(1000);
        let many = |block: Block| vec![block; 3000];
        let cell = vec![Span::plain("cell")];
        let shapes = [
            vec![paragraph(&long, None)],
            vec![paragraph(&"é".repeat(9000), None)],
            many(Block::Rule),
            many(paragraph("", None)),
            many(paragraph("x", Some(0))),
            vec![Block::Code { language: None, text: clean_code(&"a\n".repeat(5000)) }],
            vec![Block::Quote(vec![Block::Quote(many(paragraph("deep", None)))])],
            vec![Block::List { start: None, items: vec![vec![paragraph("item", None)]; 2000] }],
            vec![Block::Table(super::super::Table { header: 1, rows: vec![vec![cell; 4]; 1000] })],
            vec![Block::Spoiler { title: clean(&long), blocks: many(Block::Rule) }],
            many(Block::Image { link: LinkId(1), alt: clean("a picture") }),
        ];
        for blocks in shapes {
            let links = vec![Link::new("https://a.example/"), Link::new(&format!("https://b.example/{}", "p".repeat(300)))];
            let mut document = Document { blocks, links };
            let before = document.size();
            let left_out = document.cut(4000);
            assert!(document.size() <= 4000 + 330, "{} bytes of {:?}", document.size(), document.blocks.first());
            assert!(left_out > 0 && left_out <= before);
            assert!(document.text().contains("KiB of this text were left out"));
            assert!(document.links.len() <= 2);
        }
    }

    #[test]
    fn links_of_what_was_cut_go_with_it() {
        let blocks = vec![paragraph(&"word ".repeat(100), Some(0)), paragraph("gone", Some(1))];
        let links = vec![Link::new("https://a.example/"), Link::new("https://b.example/")];
        let mut document = Document { blocks, links };
        assert!(document.cut(300) > 0);
        assert_eq!(document.links.len(), 1);
    }
}
