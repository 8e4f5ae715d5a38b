//! Tables: side by side where there is room, else one cell below the other.

use super::blocks::BlockLayout;
use super::flow::TextFlow;
use super::{SpanTag, TagKind};
use crate::domain::text::{Span, Table, prefix, spans_text, width};

/// Columns of a column's name.
const LONGEST_LABEL: usize = 80;

impl BlockLayout {
    pub(super) fn table(&mut self, table: &Table) {
        let cells: Vec<Vec<TextFlow>> = table
            .rows
            .iter()
            .enumerate()
            .map(|(at, row)| {
                let kind = if at < table.header { TagKind::Heading } else { self.text_kind() };
                row.iter().map(|cell| TextFlow::of_spans(cell, kind, self.style.link_numbers)).collect()
            })
            .collect();
        if cells.iter().flatten().all(|cell| cell.text().trim().is_empty()) {
            return;
        }
        let count = cells.iter().map(Vec::len).max().unwrap_or_default();
        let mut widths = vec![0; count];
        for row in &cells {
            for (column, cell) in row.iter().enumerate() {
                widths[column] = widths[column].max(width(cell.text()));
            }
        }
        let breaks = cells.iter().flatten().any(|cell| cell.text().contains('\n'));
        if !breaks && widths.iter().sum::<usize>() + 3 * (count - 1) <= self.columns() {
            self.grid(&cells, &widths, table.header);
        } else {
            self.records(table);
        }
    }

    fn grid(&mut self, cells: &[Vec<TextFlow>], widths: &[usize], header: usize) {
        let (bar, dash, cross) = if self.style.ascii { (" | ", "-", "-+-") } else { (" │ ", "─", "─┼─") };
        for (at, row) in cells.iter().enumerate() {
            self.line(|line| {
                for (column, cell) in row.iter().enumerate() {
                    cell.copy(0..cell.text().len(), line);
                    if column + 1 < row.len() {
                        line.push(&" ".repeat(widths[column] - width(cell.text())), SpanTag::ORNAMENT);
                        line.push(bar, SpanTag::ORNAMENT);
                    }
                }
            });
            if at + 1 == header && at + 1 < cells.len() {
                let rule: Vec<String> = widths.iter().map(|&width| dash.repeat(width)).collect();
                self.line(|line| line.push(&rule.join(cross), SpanTag::ORNAMENT));
            }
        }
    }

    /// A line or more for each cell, with what its column is called.
    fn records(&mut self, table: &Table) {
        let (header, body) = table.rows.split_at(table.header.min(table.rows.len()));
        let (labels, are_whole) = labels(header, self.columns().max(LONGEST_LABEL));
        let label = |column: usize| labels.get(column).map_or("", String::as_str);
        let widest = body.iter().map(Vec::len).max().unwrap_or_default();
        // Names of columns that no row has, and their links, would be lost.
        let unused = header.iter().map(|row| row.get(widest..).unwrap_or_default()).any(|rest| !rest.is_empty());
        let linked = header.iter().flatten().flatten().any(|span| span.link.is_some());
        let named = (body.is_empty() || unused || linked || !are_whole).then_some((header, true));
        let parts: Vec<_> = named.into_iter().chain(body.chunks(1).map(|row| (row, false))).collect();
        let kind = self.text_kind();
        self.each(&parts, true, |page, (rows, naming)| {
            for row in *rows {
                if *naming {
                    page.cells(row, |_| "", TagKind::Heading);
                } else {
                    page.cells(row, label, kind);
                }
            }
        });
    }

    fn cells<'l>(&mut self, row: &[Vec<Span>], label: impl Fn(usize) -> &'l str, kind: TagKind) {
        for (column, cell) in row.iter().enumerate() {
            let mut flow = TextFlow::default();
            let label = label(column);
            if !label.is_empty() && !spans_text(cell).trim().is_empty() {
                flow.push(label, SpanTag::of(TagKind::Heading));
                flow.push(": ", SpanTag::of(TagKind::Heading));
            }
            flow.push_spans(cell, kind, self.style.link_numbers);
            self.flow(flow);
        }
    }
}

/// The name of each column, and whether it is complete: of a long name the beginning, since it stands before every
/// cell.
fn labels(header: &[Vec<Vec<Span>>], columns: usize) -> (Vec<String>, bool) {
    let mut labels: Vec<(String, usize)> = Vec::new();
    let mut are_whole = true;
    for row in header {
        labels.resize(labels.len().max(row.len()), (String::new(), 0));
        for ((label, used), cell) in labels.iter_mut().zip(row) {
            let name = spans_text(cell);
            let gap = usize::from(!label.is_empty());
            let (text, wide) = prefix(name.trim(), columns.saturating_sub(*used + gap));
            are_whole &= text.len() == name.trim().len();
            if !text.is_empty() {
                label.push_str(&" ".repeat(gap));
                label.push_str(text);
                *used += gap + wide;
            }
        }
    }
    (labels.into_iter().map(|(label, _)| label).collect(), are_whole)
}
