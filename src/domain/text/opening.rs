//! The first words of a text: what a closed comment shows. No more of it is looked at than that takes.

use super::{Block, CleanText, Document, clean_line, prefix, width};

impl Document {
    /// The text of the first block that has any, on one line and cut near `columns`: what a closed comment shows.
    pub fn opening(&self, columns: usize) -> String {
        let mut out = String::new();
        for block in &self.blocks {
            if width(&out) >= columns {
                break;
            }
            let mut text = String::new();
            push_beginning(block, opening_bytes(columns), &mut text);
            push_words(&text, columns, &mut out);
        }
        prefix(&out, columns).0.to_owned()
    }

    /// The first words: the title of a text that has none.
    pub fn first_words(&self) -> CleanText {
        const COLUMNS: usize = 80;
        let line = self.opening(COLUMNS + 1);
        if width(&line) <= COLUMNS {
            return clean_line(&line);
        }
        let words = line.rsplit_once(' ').map_or(&*line, |(words, _)| words);
        clean_line(&format!("{words}…"))
    }
}

/// More of a text than this need not be looked at for its first columns.
fn opening_bytes(columns: usize) -> usize {
    1024 + columns.saturating_mul(64)
}

/// Appends words on one line, until so many columns are filled.
pub(super) fn push_words(text: &str, columns: usize, line: &mut String) {
    let text = &text[..text.floor_char_boundary(opening_bytes(columns))];
    for word in text.split_whitespace() {
        if width(line) >= columns {
            break;
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
}

/// The beginning of a block's text: no more is added once it has so many bytes.
fn push_beginning(block: &Block, limit: usize, out: &mut String) {
    let push = |text: &str, out: &mut String| {
        let room = limit.saturating_sub(out.len());
        out.push_str(&text[..text.floor_char_boundary(room)]);
        out.len() < limit
    };
    match block {
        Block::Paragraph(spans) | Block::Heading { spans, .. } => {
            let _ = spans.iter().all(|span| push(&span.text, out));
        }
        Block::Quote(blocks) => push_beginnings(blocks, limit, out),
        // Its contents stay hidden.
        Block::Spoiler { title, .. } => {
            push(title, out);
        }
        Block::List { items, .. } => {
            let _ = items.iter().all(|item| {
                push_beginnings(item, limit, out);
                out.len() < limit
            });
        }
        Block::Code { text, .. } => {
            push(text, out);
        }
        Block::Image { alt, .. } => {
            push(alt, out);
        }
        Block::Rule => {}
        Block::Table(table) => {
            let _ = table.rows.iter().flatten().all(|cell| push("\t", out) && cell.iter().all(|span| push(&span.text, out)));
        }
    }
}

fn push_beginnings(blocks: &[Block], limit: usize, out: &mut String) {
    for block in blocks {
        if out.len() >= limit {
            return;
        }
        out.push('\n');
        push_beginning(block, limit, out);
    }
}
