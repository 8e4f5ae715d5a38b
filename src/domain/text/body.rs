//! A comment's text, kept small.

use std::borrow::Cow;

use super::opening::push_words;
use super::{Block, CleanText, Document, Emphasis, Link, Span, clean_code, prefix};

/// A document in little room. Most comments are paragraphs of plain words, and a thread can have a million of them: as
/// a [`Document`] each would take several times the memory of its text.
#[derive(Clone, Debug)]
pub enum Body {
    /// A paragraph a line; empty for a document without blocks.
    Plain(CleanText),
    Rich(Box<Document>),
    /// As its keeper has it, who also knows how to read it: of a large thread only what is looked at is worth reading.
    Kept {
        bytes: Box<[u8]>,
        read: fn(&[u8]) -> Document,
    },
}

impl PartialEq for Body {
    fn eq(&self, other: &Body) -> bool {
        match (self, other) {
            (Body::Plain(one), Body::Plain(other)) => one == other,
            (Body::Kept { bytes, read }, Body::Kept { bytes: others, read: other })
                if std::ptr::fn_addr_eq(*read, *other) && bytes == others =>
            {
                true
            }
            (one, other) => one.document() == other.document(),
        }
    }
}

impl Eq for Body {}

impl Default for Body {
    fn default() -> Body {
        Body::Plain(CleanText::default())
    }
}

impl From<Document> for Body {
    fn from(document: Document) -> Body {
        match as_plain(&document) {
            Some(text) => Body::Plain(clean_code(&text)),
            None => Body::Rich(Box::new(document)),
        }
    }
}

impl Body {
    /// Paragraphs by line.
    pub fn plain(text: &str) -> Body {
        Body::Plain(clean_code(text))
    }

    pub fn document(&self) -> Cow<'_, Document> {
        match self {
            Body::Plain(text) => Cow::Owned(from_plain(text)),
            Body::Rich(document) => Cow::Borrowed(document),
            Body::Kept { bytes, read } => Cow::Owned(read(bytes)),
        }
    }

    /// Reads it for good, for those who look at all of a thread again and again.
    pub fn read(&mut self) {
        if let Body::Kept { bytes, read } = self {
            *self = read(bytes).into();
        }
    }

    /// As [`Document::text`].
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            Body::Plain(text) => Cow::Borrowed(text),
            Body::Rich(document) => Cow::Owned(document.text()),
            Body::Kept { .. } => Cow::Owned(self.document().text()),
        }
    }

    /// As [`Document::opening`].
    pub fn opening(&self, columns: usize) -> String {
        let Body::Plain(text) = self else { return self.document().opening(columns) };
        let mut out = String::new();
        push_words(text, columns, &mut out);
        prefix(&out, columns).0.to_owned()
    }

    /// Bytes that it takes, without reading it.
    pub fn size(&self) -> usize {
        match self {
            Body::Plain(text) => text.len(),
            Body::Rich(document) => document.size(),
            Body::Kept { bytes, .. } => bytes.len(),
        }
    }

    pub fn words(&self) -> usize {
        super::count_words(&self.text())
    }

    pub fn links(&self) -> Cow<'_, [Link]> {
        match self {
            Body::Plain(_) => Cow::Borrowed(&[]),
            Body::Rich(document) => Cow::Borrowed(&document.links),
            Body::Kept { .. } => Cow::Owned(self.document().into_owned().links),
        }
    }

    /// True if it shows nothing at all, so that it must not take the place of one that does.
    pub fn is_blank(&self) -> bool {
        match self {
            Body::Plain(text) => text.trim().is_empty(),
            Body::Rich(document) => document.is_blank(),
            Body::Kept { .. } => self.document().is_blank(),
        }
    }
}

/// The document as paragraphs by line, if it is nothing more than that.
fn as_plain(document: &Document) -> Option<String> {
    let mut text = String::new();
    for (n, block) in document.blocks.iter().enumerate() {
        let Block::Paragraph(spans) = block else { return None };
        let [Span { text: words, emphasis: Emphasis::NONE, link: None }] = spans.as_slice() else { return None };
        if words.is_empty() || words.contains('\n') {
            return None;
        }
        if n > 0 {
            text.push('\n');
        }
        text.push_str(words);
    }
    document.links.is_empty().then_some(text)
}

fn from_plain(text: &str) -> Document {
    if text.is_empty() {
        return Document::default();
    }
    let paragraph = |line| Block::Paragraph(vec![Span { text: clean_code(line), ..Span::default() }]);
    Document { blocks: text.split('\n').map(paragraph).collect(), links: Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::super::LinkId;
    use super::*;

    #[test]
    fn every_document_comes_back_and_says_the_same() {
        let paragraph = |text: &str| Block::Paragraph(vec![Span::plain(text)]);
        let of = |blocks: Vec<Block>| Document { blocks, links: Vec::new() };
        let linked = Document {
            blocks: vec![Block::Paragraph(vec![Span { link: Some(LinkId(0)), ..Span::plain("x") }])],
            links: vec![Link::new("https://example.org/")],
        };
        let plain =
            [of(Vec::new()), of(vec![paragraph("One."), paragraph("Two, and more.")]), of(vec![paragraph("e\u{301} 全世界")])];
        let rich = [
            of(vec![paragraph("")]),
            of(vec![paragraph("One."), paragraph(""), paragraph("Two.")]),
            of(vec![Block::Rule]),
            linked,
        ];
        for (documents, is_plain) in [(&plain[..], true), (&rich[..], false)] {
            for document in documents {
                let body = Body::from(document.clone());
                assert_eq!(matches!(body, Body::Plain(_)), is_plain, "{document:?}");
                assert_eq!(*body.document(), *document);
                assert_eq!((&*body.text(), body.words()), (document.text().as_str(), document.words()));
                assert_eq!((&*body.links(), body.is_blank()), (&*document.links, document.is_blank()));
                for columns in [0, 3, 6, 80] {
                    assert_eq!(body.opening(columns), document.opening(columns), "{document:?} in {columns}");
                }
            }
        }
    }
}
