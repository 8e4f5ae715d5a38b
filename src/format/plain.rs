//! Plain text: the first line is the title, blank lines part the paragraphs.

use super::{Origin, files, stem};
use crate::domain::article::{Article, Page};
use crate::domain::text::{CleanText, Document, clean_line, prefix};

/// A longer first line is a paragraph, and the file's name is the title.
const LONGEST_TITLE: usize = 200;

/// Reads any text.
pub fn read_page(text: &str, origin: &Origin<'_>) -> (Page, Vec<CleanText>) {
    let text = text.trim_start_matches(['\n', ' ', '\t']);
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    let (title, rest) = if prefix(first, LONGEST_TITLE).0.len() == first.len() {
        (clean_line(first), rest)
    } else {
        (CleanText::default(), text)
    };
    let mut notes = Vec::new();
    let title = if title.is_empty() {
        notes.push(clean_line("it has no title; its file name stands in"));
        clean_line(stem(origin.name))
    } else {
        title
    };
    let article = Article { title, body: to_document(rest), ..Article::default() };
    (Page { article, source: files(), discussions: Vec::new() }, notes)
}

/// Paragraphs parted by blank lines.
pub fn to_document(text: &str) -> Document {
    let mut paragraphs = vec![String::new()];
    for line in text.lines() {
        match paragraphs.last_mut() {
            Some(open) if !line.trim().is_empty() => {
                open.push_str(line);
                open.push(' ');
            }
            _ => paragraphs.push(String::new()),
        }
    }
    Document::plain(paragraphs.iter().map(String::as_str))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::Timestamp;

    #[test]
    fn the_first_line_is_the_title() {
        let origin = Origin { name: "dir/notes.txt", now: Timestamp(0) };
        let (page, notes) = read_page("\nA title\n\nOne\nparagraph.\n \n\x1b[2JTwo.", &origin);
        assert_eq!((page.article.title.as_str(), page.article.body.text().as_str()), ("A title", "One paragraph.\n[2JTwo."));
        assert_eq!(page.article.body.blocks.len(), 2);
        assert!(notes.is_empty());

        let long = "word ".repeat(60);
        let (page, notes) = read_page(&long, &origin);
        assert_eq!((page.article.title.as_str(), page.article.body.words(), notes.len()), ("notes", 60, 1));
    }
}
