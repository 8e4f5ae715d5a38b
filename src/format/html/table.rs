//! Tables: rows and cells where it is one, plain flow where it only lays out the page.

use dom_query::NodeRef;

use super::super::document_builder::{DocumentBuilder, TextStyle};
use super::HtmlReader;
use super::code::numbered_code;
use crate::domain::text::{Block, Document, LinkId, Span, Table};

impl HtmlReader<'_> {
    pub(super) fn table(&mut self, node: &NodeRef<'_>, style: TextStyle) {
        self.flow.end_paragraph();
        if let Some(code) = numbered_code(node) {
            self.children(&code, style);
            self.flow.end_paragraph();
            return;
        }
        let rows = rows(node);
        for caption in node.children_it(false).filter(|child| child.has_name("caption")) {
            self.children(&caption, style);
            self.flow.end_paragraph();
        }
        if !is_data(node, &rows) {
            for child in node.children_it(false).filter(|child| !child.has_name("caption")) {
                self.node(&child, style);
            }
            self.flow.end_paragraph();
            return;
        }
        let is_header = |row: &NodeRef<'_>| {
            row.parent().is_some_and(|parent| parent.has_name("thead")) || cells(row).iter().all(|cell| cell.has_name("th"))
        };
        let header = rows.iter().take_while(|row| is_header(row)).count();
        // Read as text, not as a heading: of a table that is all headers nothing would be left below.
        let header = if header == rows.len() { header.min(1) } else { header };
        let rows = self.spanned(&rows, style);
        self.flow.push(Block::Table(Table { header, rows }));
    }

    /// The cells of rows, those that span several columns or rows with empty ones behind and below them.
    fn spanned(&mut self, rows: &[NodeRef<'_>], style: TextStyle) -> Vec<Vec<Vec<Span>>> {
        // For each column, how many rows to come are taken by a cell above.
        let mut taken: Vec<usize> = Vec::new();
        let mut table = Vec::with_capacity(rows.len());
        for row in rows {
            let mut filled: Vec<Vec<Span>> = Vec::new();
            let fill_taken = |filled: &mut Vec<Vec<Span>>, taken: &mut Vec<usize>| {
                while let Some(rows) = taken.get_mut(filled.len()).filter(|rows| **rows > 0) {
                    *rows -= 1;
                    filled.push(Vec::new());
                }
            };
            for cell in cells(row) {
                fill_taken(&mut filled, &mut taken);
                let (columns, below) = (span(&cell, "colspan"), span(&cell, "rowspan") - 1);
                let at = filled.len();
                filled.push(self.cell(&cell, style));
                filled.resize(at + columns, Vec::new());
                taken.resize(taken.len().max(filled.len()), 0);
                taken[at..at + columns].fill(below);
            }
            fill_taken(&mut filled, &mut taken);
            table.push(filled);
        }
        table
    }

    /// A cell's words as one run of spans.
    fn cell(&mut self, node: &NodeRef<'_>, style: TextStyle) -> Vec<Span> {
        let outer = std::mem::replace(&mut self.flow, DocumentBuilder::new());
        let within = if node.has_name("th") { style } else { TextStyle { link: None, ..style } };
        self.children(node, within);
        let inner = std::mem::replace(&mut self.flow, outer).finish();
        let ids: Vec<LinkId> = inner.links.iter().map(|link| self.flow.link(&link.address)).collect();
        let mut spans = Vec::new();
        collect(inner, &ids, &mut spans);
        spans
    }
}

fn collect(document: Document, ids: &[LinkId], spans: &mut Vec<Span>) {
    for block in document.blocks {
        if !spans.is_empty() {
            spans.push(Span::plain(" "));
        }
        match block {
            Block::Paragraph(words) | Block::Heading { spans: words, .. } => spans.extend(words.into_iter().map(|mut span| {
                span.link = span.link.and_then(|id| ids.get(id.0 as usize).copied());
                span
            })),
            Block::Image { link, alt } => {
                spans.push(Span { text: alt, link: ids.get(link.0 as usize).copied(), ..Span::default() });
            }
            other => {
                let text = Document { blocks: vec![other], links: Vec::new() }.text();
                spans.push(Span::plain(&text));
            }
        }
    }
}

/// How many columns or rows a cell takes.
fn span(cell: &NodeRef<'_>, name: &str) -> usize {
    const MOST: usize = 100;
    cell.attr(name).and_then(|value| value.trim().parse().ok()).unwrap_or(1).clamp(1, MOST)
}

/// The table's own rows, not those of tables in it.
fn rows<'a>(table: &NodeRef<'a>) -> Vec<NodeRef<'a>> {
    let mut rows = Vec::new();
    for part in table.children_it(false) {
        if part.has_name("tr") {
            rows.push(part);
        } else if ["thead", "tbody", "tfoot"].iter().any(|name| part.has_name(name)) {
            rows.extend(part.children_it(false).filter(|row| row.has_name("tr")));
        }
    }
    rows.retain(|row| !cells(row).is_empty());
    rows
}

fn cells<'a>(row: &NodeRef<'a>) -> Vec<NodeRef<'a>> {
    row.children_it(false).filter(|cell| cell.has_name("td") || cell.has_name("th")).collect()
}

/// True if it holds data: several columns of short text and nothing that needs room of its own.
fn is_data(table: &NodeRef<'_>, rows: &[NodeRef<'_>]) -> bool {
    let wide = rows.iter().any(|row| cells(row).len() > 1);
    let layout = table.attr("role").is_some_and(|role| matches!(&*role, "presentation" | "none"));
    let roomy = |part: &NodeRef<'_>| {
        let name = part.node_name().unwrap_or_default();
        matches!(&*name, "table" | "h1" | "h2" | "h3" | "pre" | "blockquote" | "figure" | "form" | "article" | "section")
            || (matches!(&*name, "p") && part.prev_element_sibling().is_some_and(|before| before.has_name("p")))
    };
    wide && !layout && !table.descendants_it().any(|part| roomy(&part))
}
