//! Builds a [`Document`] from a run of events: text, ends of paragraphs, containers opened and closed. Shared by the
//! readers of HTML and Markdown, so that white space, links and the cap on nesting are treated the same in both.

use std::collections::HashMap;

use crate::domain::text::{
    Block, CleanText, Document, Emphasis, Link, LinkId, MAX_NESTING, Span, clean, clean_line, spans_text,
};

/// How the next words look and where they lead.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct TextStyle {
    pub(super) emphasis: Emphasis,
    pub(super) link: Option<LinkId>,
}

impl TextStyle {
    fn shared_with(self, other: TextStyle) -> TextStyle {
        let (a, b) = (self.emphasis, other.emphasis);
        let emphasis = Emphasis {
            strong: a.strong && b.strong,
            emphatic: a.emphatic && b.emphatic,
            code: a.code && b.code,
            struck: a.struck && b.struck,
        };
        TextStyle { emphasis, link: self.link.filter(|link| other.link == Some(*link)) }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Container {
    Quote,
    /// Its title is given by [`DocumentBuilder::title`].
    Spoiler,
    List {
        start: Option<u64>,
    },
    /// One item of the list around it.
    Item,
}

struct Level {
    container: Option<Container>,
    blocks: Vec<Block>,
    /// For lists only.
    items: Vec<Vec<Block>>,
    /// Spoilers only.
    title: CleanText,
}

impl Level {
    fn new(container: Option<Container>) -> Level {
        Level { container, blocks: Vec::new(), items: Vec::new(), title: CleanText::default() }
    }
}

pub(super) struct DocumentBuilder {
    levels: Vec<Level>,
    /// Containers opened beyond the cap: their content goes to the innermost one that stands.
    skipped: usize,
    runs: Vec<(String, TextStyle)>,
    /// White space was read and awaits the next word.
    space: bool,
    links: Vec<Link>,
    known: HashMap<String, LinkId>,
}

impl DocumentBuilder {
    pub(super) fn new() -> DocumentBuilder {
        DocumentBuilder {
            levels: vec![Level::new(None)],
            skipped: 0,
            runs: Vec::new(),
            space: false,
            links: Vec::new(),
            known: HashMap::new(),
        }
    }

    /// Running text; its white space is folded, across calls too.
    pub(super) fn text(&mut self, text: &str, style: TextStyle) {
        let mut rest = text;
        while !rest.is_empty() {
            let from = rest.bytes().position(|b| !is_folded(b)).unwrap_or(rest.len());
            self.space |= from > 0;
            rest = &rest[from..];
            let words = &rest[..folded_length(rest.as_bytes())];
            if !words.is_empty() {
                self.words(words, style);
                rest = &rest[words.len()..];
            }
        }
    }

    /// Words with single spaces between them.
    fn words(&mut self, words: &str, style: TextStyle) {
        let space = std::mem::take(&mut self.space) && !self.runs.is_empty();
        if space {
            // Between two looks the space has what is common to both: no underline runs past its link.
            let shared = self.runs.last().map_or(style, |(_, before)| before.shared_with(style));
            self.push_run(" ", shared);
        }
        self.push_run(words, style);
    }

    fn push_run(&mut self, text: &str, style: TextStyle) {
        match self.runs.last_mut() {
            Some((run, last)) if *last == style => run.push_str(text),
            _ => self.runs.push((text.to_owned(), style)),
        }
    }

    /// The spans since the last block; empty if they hold no visible text.
    pub(super) fn take_spans(&mut self) -> Vec<Span> {
        self.space = false;
        let spans: Vec<Span> = std::mem::take(&mut self.runs)
            .into_iter()
            .map(|(text, style)| Span { text: clean(&text), emphasis: style.emphasis, link: style.link })
            .filter(|span| !span.text.is_empty())
            .collect();
        if spans.iter().all(|span| span.text.trim().is_empty()) { Vec::new() } else { spans }
    }

    /// Ends the paragraph that is open, if one is.
    pub(super) fn end_paragraph(&mut self) {
        let spans = self.take_spans();
        if !spans.is_empty() {
            self.push(Block::Paragraph(spans));
        }
    }

    /// Ends what is open as a heading.
    pub(super) fn end_heading(&mut self, level: u8) {
        let spans = self.take_spans();
        if !spans.is_empty() {
            self.push(Block::Heading { level: level.clamp(1, 6), spans });
        }
    }

    /// A finished block; call after [`DocumentBuilder::end_paragraph`].
    pub(super) fn push(&mut self, block: Block) {
        if let Some(level) = self.levels.last_mut() {
            match level.container {
                Some(Container::List { .. }) => level.items.push(vec![block]),
                _ => level.blocks.push(block),
            }
        }
    }

    pub(super) fn open(&mut self, container: Container) {
        self.end_paragraph();
        let in_list = self.levels.last().is_some_and(|level| matches!(level.container, Some(Container::List { .. })));
        if self.skipped > 0 || self.levels.len() >= MAX_NESTING || (container == Container::Item && !in_list) {
            self.skipped += 1;
        } else {
            self.levels.push(Level::new(Some(container)));
        }
    }

    /// Makes the words since the last block the title of the innermost spoiler; a paragraph where there is none.
    pub(super) fn title(&mut self) {
        let innermost = self.levels.last_mut().filter(|level| self.skipped == 0 && level.container == Some(Container::Spoiler));
        match innermost {
            Some(_) => {
                let title = clean_line(&spans_text(&self.take_spans()));
                self.levels.last_mut().into_iter().for_each(|level| level.title = title.clone());
            }
            None => self.end_paragraph(),
        }
    }

    /// Closes the innermost container; an empty one leaves nothing behind.
    pub(super) fn close(&mut self) {
        self.end_paragraph();
        if self.skipped > 0 {
            self.skipped -= 1;
            return;
        }
        if self.levels.len() < 2 {
            return;
        }
        let Some(level) = self.levels.pop() else { return };
        match level.container {
            Some(Container::Item) if !level.blocks.is_empty() => {
                if let Some(list) = self.levels.last_mut() {
                    list.items.push(level.blocks);
                }
            }
            Some(Container::Quote) if !level.blocks.is_empty() => self.push(Block::Quote(level.blocks)),
            Some(Container::Spoiler) if !level.blocks.is_empty() || !level.title.is_empty() => {
                self.push(Block::Spoiler { title: level.title, blocks: level.blocks });
            }
            Some(Container::List { start }) if !level.items.is_empty() => self.push(Block::List { start, items: level.items }),
            _ => {}
        }
    }

    /// The link with this address, made if it is new.
    pub(super) fn link(&mut self, address: &str) -> LinkId {
        if let Some(id) = self.known.get(address) {
            return *id;
        }
        let id = LinkId(self.links.len() as u32);
        self.links.push(Link::new(address));
        self.known.insert(address.to_owned(), id);
        id
    }

    /// Adds a document's blocks here, its links joined with these.
    pub(super) fn append(&mut self, document: Document) {
        self.end_paragraph();
        let ids: Vec<LinkId> = document.links.iter().map(|link| self.link(&link.address)).collect();
        for mut block in document.blocks {
            relink(&mut block, &ids);
            self.push(block);
        }
    }

    pub(super) fn finish(mut self) -> Document {
        while self.levels.len() > 1 || self.skipped > 0 {
            self.close();
        }
        self.end_paragraph();
        let blocks = self.levels.pop().map(|level| level.blocks).unwrap_or_default();
        Document { blocks, links: self.links }
    }
}

/// White space that HTML and Markdown fold; no-break spaces stay.
fn is_folded(b: u8) -> bool {
    matches!(b, b' ' | b'\n' | b'\t' | b'\r' | b'\x0c')
}

/// How far a text that begins with a word goes on as it would be folded: single spaces between words.
fn folded_length(bytes: &[u8]) -> usize {
    let mut at = 0;
    while at < bytes.len() {
        if is_folded(bytes[at]) && (bytes[at] != b' ' || bytes.get(at + 1).is_none_or(|next| is_folded(*next))) {
            break;
        }
        at += 1;
    }
    at
}

/// Renumbers the links of a block: link `n` becomes `ids[n]`.
fn relink(block: &mut Block, ids: &[LinkId]) {
    let renumber = |id: &mut LinkId| *id = ids.get(id.0 as usize).copied().unwrap_or(*id);
    match block {
        Block::Paragraph(spans) | Block::Heading { spans, .. } => {
            spans.iter_mut().filter_map(|s| s.link.as_mut()).for_each(renumber);
        }
        Block::Quote(blocks) | Block::Spoiler { blocks, .. } => blocks.iter_mut().for_each(|block| relink(block, ids)),
        Block::List { items, .. } => items.iter_mut().flatten().for_each(|block| relink(block, ids)),
        Block::Table(table) => {
            table.rows.iter_mut().flatten().flatten().filter_map(|s| s.link.as_mut()).for_each(renumber);
        }
        Block::Image { link, .. } => renumber(link),
        Block::Code { .. } | Block::Rule => {}
    }
}
