//! Plain text that keeps the marks and numbers of lists, for readers that see no layout.

use std::borrow::Cow;

use super::{Block, Body, Document, Span};

impl Body {
    /// As [`Body::text`], with a mark or number before each item of a list.
    pub fn text_with_list_marks(&self) -> Cow<'_, str> {
        match self {
            Body::Plain(_) => self.text(),
            _ => Cow::Owned(self.document().text_with_list_marks()),
        }
    }
}

impl Document {
    pub fn text_with_list_marks(&self) -> String {
        Document { blocks: marked(&self.blocks), links: Vec::new() }.text()
    }
}

fn marked(blocks: &[Block]) -> Vec<Block> {
    let one = |block: &Block| match block {
        Block::Quote(blocks) => Block::Quote(marked(blocks)),
        Block::Spoiler { title, blocks } => Block::Spoiler { title: title.clone(), blocks: marked(blocks) },
        Block::List { start, items } => {
            let mark = |n: u64| start.map_or_else(|| "- ".to_owned(), |start| format!("{}. ", start.saturating_add(n)));
            let item = |(n, item): (u64, &Vec<Block>)| with_mark(marked(item), &mark(n));
            Block::List { start: *start, items: (0..).zip(items).map(item).collect() }
        }
        other => other.clone(),
    };
    blocks.iter().map(one).collect()
}

fn with_mark(mut item: Vec<Block>, mark: &str) -> Vec<Block> {
    match item.first_mut() {
        Some(Block::Paragraph(spans) | Block::Heading { spans, .. }) => spans.insert(0, Span::plain(mark)),
        _ => item.insert(0, Block::Paragraph(vec![Span::plain(mark)])),
    }
    item
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_keep_their_marks_and_numbers() {
        let paragraph = |text: &str| Block::Paragraph(vec![Span::plain(text)]);
        let inner = Block::List { start: Some(3), items: vec![vec![paragraph("third")], vec![paragraph("fourth")]] };
        let blocks = vec![
            paragraph("Before."),
            Block::List { start: None, items: vec![vec![paragraph("one"), inner], vec![Block::Rule]] },
        ];
        let document = Document { blocks, links: Vec::new() };
        let text = document.text_with_list_marks();
        let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
        assert_eq!(lines[..4], ["Before.", "- one", "3. third", "4. fourth"], "{text}");
        assert_eq!(Body::from(document).text_with_list_marks(), text);
    }
}
