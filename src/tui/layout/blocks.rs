//! Blocks to lines, with their margins: quote bars, bullets, indents.

use super::flow::TextFlow;
use super::{Line, SpanTag, Style, TagKind, wrap};
use crate::domain::text::{Block, CleanText, LinkId};

/// Columns from one tab stop to the next.
const TAB: usize = 4;

/// The lines so far, and what stands before the next ones.
pub(super) struct BlockLayout {
    pub(super) style: Style,
    pub(super) lines: Vec<Line>,
    margins: Vec<Margin>,
    /// A blank line is due before the next line, inside the first so many margins.
    gap: Option<usize>,
    /// A list's mark that had no room in the margin and stands before the next text instead.
    mark: Option<String>,
    quotes: usize,
}

struct Margin {
    /// Before the first line, if that is another: a bullet.
    first: Option<String>,
    rest: String,
    columns: usize,
}

impl BlockLayout {
    pub(super) fn new(style: Style) -> BlockLayout {
        let style = Style { width: style.width.max(1), ..style };
        BlockLayout { style, lines: Vec::new(), margins: Vec::new(), gap: None, mark: None, quotes: 0 }
    }

    /// `spaced`: with a blank line between each two.
    pub(super) fn blocks(&mut self, blocks: &[Block], spaced: bool) {
        self.each(blocks, spaced, BlockLayout::block);
    }

    /// Lays out parts one below the other; those of which nothing shows leave no gap.
    pub(super) fn each<T>(&mut self, parts: &[T], spaced: bool, mut lay_out: impl FnMut(&mut BlockLayout, &T)) {
        let (due, began) = (self.gap, self.lines.len());
        for part in parts {
            let before = self.lines.len();
            lay_out(self, part);
            if spaced && self.lines.len() > before {
                self.gap = Some(self.margins.len());
            }
        }
        self.gap = if self.lines.len() == began { due } else { None };
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Paragraph(spans) => self.flow(TextFlow::of_spans(spans, self.text_kind(), self.style.link_numbers)),
            Block::Heading { spans, .. } => self.flow(TextFlow::of_spans(spans, TagKind::Heading, self.style.link_numbers)),
            Block::Quote(blocks) => self.quote(blocks),
            Block::Spoiler { title, blocks } => self.spoiler(title, blocks),
            Block::List { start, items } => self.list(*start, items),
            Block::Code { text, .. } => self.code(text),
            Block::Table(table) => self.table(table),
            Block::Image { link, alt } => self.image(*link, alt),
            Block::Rule => self.rule(),
        }
    }

    /// The kind of the running text here.
    pub(super) fn text_kind(&self) -> TagKind {
        if self.quotes > 0 { TagKind::Quoted } else { TagKind::Text }
    }

    /// Columns beside the margins.
    pub(super) fn columns(&self) -> usize {
        let margins: usize = self.margins.iter().map(|margin| margin.columns).sum();
        self.style.width.saturating_sub(margins).max(1)
    }

    /// Columns that margins may still take: half of the page, but what is left must hold the widest letter.
    fn margin_room(&self) -> usize {
        let used: usize = self.margins.iter().map(|margin| margin.columns).sum();
        (self.style.width / 2).min(self.style.width.saturating_sub(2)).saturating_sub(used)
    }

    /// Wraps running text; nothing for blank text.
    pub(super) fn flow(&mut self, mut flow: TextFlow) {
        if flow.text().trim().is_empty() {
            return;
        }
        if let Some(mark) = self.mark.take() {
            let text = std::mem::take(&mut flow);
            flow.push(&mark, SpanTag::ORNAMENT);
            flow.append(&text);
        }
        for range in wrap::ranges(flow.text(), self.columns()) {
            self.line(|line| flow.copy(range, line));
        }
    }

    /// One line, behind its margins.
    pub(super) fn line(&mut self, fill: impl FnOnce(&mut Line)) {
        if let Some(depth) = self.gap.take() {
            let bars: String = self.margins.iter().take(depth).map(|margin| margin.rest.as_str()).collect();
            let mut blank = Line::default();
            blank.push(bars.trim_end(), SpanTag::ORNAMENT);
            self.lines.push(blank);
        }
        let margin: String =
            self.margins.iter_mut().map(|margin| margin.first.take().unwrap_or_else(|| margin.rest.clone())).collect();
        let mut line = Line::default();
        line.push(&margin, SpanTag::ORNAMENT);
        fill(&mut line);
        if line.text.len() == margin.len() {
            line = Line::default();
            line.push(margin.trim_end(), SpanTag::ORNAMENT);
        }
        self.lines.push(line);
    }

    fn quote(&mut self, blocks: &[Block]) {
        // Other bars than the guides of a thread have.
        let bars = if self.style.ascii { ["> ", ">", ""] } else { ["▎ ", "▎", ""] };
        self.quotes += 1;
        self.inside(None, bars, |page| page.blocks(blocks, true));
        self.quotes -= 1;
    }

    /// Its title, with a mark that tells whether what is in it is shown.
    fn spoiler(&mut self, title: &CleanText, blocks: &[Block]) {
        let mark = match (self.style.spoilers, self.style.ascii) {
            (false, false) => "▸ ",
            (true, false) => "▾ ",
            (false, true) => "> ",
            (true, true) => "v ",
        };
        let title = if title.trim().is_empty() { "Spoiler" } else { title };
        let mut flow = TextFlow::default();
        flow.push(mark, SpanTag::ORNAMENT);
        flow.push(title, SpanTag::of(TagKind::Heading));
        if !self.style.spoilers {
            flow.push(" (hidden)", SpanTag::of(TagKind::Caption));
        }
        self.flow(flow);
        if self.style.spoilers {
            self.gap = Some(self.margins.len());
            self.quote(blocks);
        }
    }

    /// Lays out something behind the widest of some margins that leaves half of the page.
    fn inside(&mut self, first: Option<String>, rest: [&str; 3], lay_out: impl FnOnce(&mut BlockLayout)) {
        let room = self.margin_room();
        let rest = rest.into_iter().find(|margin| margin.chars().count() <= room).unwrap_or_default();
        self.margins.push(Margin { first, rest: rest.to_owned(), columns: rest.chars().count() });
        lay_out(self);
        self.margins.pop();
    }

    fn list(&mut self, start: Option<u64>, items: &[Vec<Block>]) {
        let last = start.map(|start| start.saturating_add(items.len().saturating_sub(1) as u64));
        let digits = last.map_or(0, |last| last.to_string().len());
        let bullet = if self.style.ascii { "* " } else { "• " };
        // Short items stand close together; a nested list does not make its item long.
        let spaced = items.iter().any(|item| item.iter().filter(|block| !matches!(block, Block::List { .. })).count() > 1);
        let numbered: Vec<_> = items.iter().enumerate().collect();
        self.each(&numbered, spaced, |page, (at, item)| {
            let number = start.map(|start| start.saturating_add(*at as u64));
            let mark = number.map_or_else(|| bullet.to_owned(), |number| format!("{number:>digits$}. "));
            page.item(mark, item, spaced);
        });
    }

    fn item(&mut self, mark: String, blocks: &[Block], spaced: bool) {
        let began = self.lines.len();
        let indent = " ".repeat(mark.chars().count());
        if indent.len() <= self.margin_room() {
            self.inside(Some(mark), [&indent, "", ""], |page| {
                page.blocks(blocks, spaced);
                if page.lines.len() == began {
                    page.line(|_| {});
                }
            });
            return;
        }
        let flows = matches!(blocks.first(), Some(Block::Paragraph(_) | Block::Heading { .. } | Block::Image { .. }));
        self.mark = Some(mark);
        if !flows {
            self.bare_mark();
        }
        self.blocks(blocks, spaced);
        self.bare_mark();
    }

    /// A mark that found no text to stand before.
    fn bare_mark(&mut self) {
        if let Some(mark) = self.mark.take() {
            let mut flow = TextFlow::default();
            flow.push(mark.trim(), SpanTag::ORNAMENT);
            self.flow(flow);
        }
    }

    fn code(&mut self, text: &CleanText) {
        let text = text.trim_end_matches('\n');
        if text.is_empty() {
            return;
        }
        self.inside(None, ["  ", " ", ""], |page| {
            for row in text.split('\n') {
                let row = without_tabs(row);
                for range in wrap::hard(&row, page.columns()) {
                    page.line(|line| line.push(&row[range], SpanTag::of(TagKind::Code)));
                }
            }
        });
    }

    fn image(&mut self, link: LinkId, alt: &CleanText) {
        let caption = if alt.trim().is_empty() { "[image]".to_owned() } else { format!("[image: {}]", alt.trim()) };
        let mut flow = TextFlow::default();
        flow.push(&caption, SpanTag { link: Some(link), ..SpanTag::of(TagKind::Caption) });
        if self.style.link_numbers {
            flow.push_link_number(link);
        }
        self.flow(flow);
    }

    fn rule(&mut self) {
        let rule = if self.style.ascii { "-" } else { "─" }.repeat(self.columns());
        self.line(|line| line.push(&rule, SpanTag::ORNAMENT));
    }
}

fn without_tabs(row: &str) -> String {
    let mut out = String::with_capacity(row.len());
    let mut columns = 0;
    for part in row.split_inclusive('\t') {
        match part.strip_suffix('\t') {
            None => out.push_str(part),
            Some(text) => {
                out.push_str(text);
                columns += crate::domain::text::width(text);
                let spaces = TAB - columns % TAB;
                out.extend(std::iter::repeat_n(' ', spaces));
                columns += spaces;
            }
        }
    }
    out
}
