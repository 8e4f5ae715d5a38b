//! Where the words that are searched for stand in the lines of the page, across the ends of lines.

use std::ops::Range;

use super::{Anchor, PageSearch, PageView};
use crate::tui::theme::Role;

/// By line, the bytes of its text that are marked.
type LineMarks = Vec<Vec<Range<usize>>>;

/// A stretch of a line in the text of all lines: where it begins there, its line, where it begins in that.
struct MarkedRange {
    start: usize,
    end: usize,
    line: usize,
    offset: usize,
}

impl PageView {
    /// The marks of the lines on the screen, one entry a line.
    pub fn marks_on_screen(&self) -> LineMarks {
        let screen = self.screen();
        if self.search.as_ref().is_none_or(PageSearch::is_empty) {
            return vec![Vec::new(); screen.len()];
        }
        let runs = screen.chunk_by(|(one, _), (other, _)| one == other);
        runs.flat_map(|run| self.hit_marks(run[0].0, run[0].1..run[0].1 + run.len())).collect()
    }

    /// The marks of some lines of an element. A phrase may begin on the line before them or end on the one behind.
    fn hit_marks(&self, at: usize, wanted: Range<usize>) -> LineMarks {
        let mut found = vec![Vec::new(); wanted.len()];
        let Some(terms) = self.search.as_ref().and_then(PageSearch::terms) else { return found };
        let lines = self.lines(at);
        let around = wanted.start.saturating_sub(1)..(wanted.end + 1).min(lines.len());
        let (mut text, mut stretches) = (String::new(), Vec::new());
        for line in around {
            let mut offset = 0;
            for (span, look) in &lines[line].spans {
                // Guides and frames stand between the words of a text, and are none of it.
                if look.role != Role::Border {
                    stretches.push(MarkedRange { start: text.len(), end: text.len() + span.len(), line, offset });
                    text.push_str(span);
                }
                offset += span.len();
            }
            text.push(if offset == 0 { '\n' } else { ' ' });
        }
        for mark in terms.marks(&text, self.element(at)) {
            for stretch in stretches.iter().filter(|stretch| stretch.start < mark.end && mark.start < stretch.end) {
                let Some(marks) = stretch.line.checked_sub(wanted.start).and_then(|line| found.get_mut(line)) else { continue };
                let in_line = |at: usize| at.clamp(stretch.start, stretch.end) - stretch.start + stretch.offset;
                marks.push(in_line(mark.start)..in_line(mark.end));
            }
        }
        found
    }

    /// Scrolls so that the first mark of the element under the cursor is on the screen, with some lines around it.
    pub(super) fn show_first_mark(&mut self) {
        let marks = self.hit_marks(self.cursor, 0..self.height(self.cursor));
        let line = marks.iter().position(|marks| !marks.is_empty()).unwrap_or(0);
        let row = self.cursor_row() + line as isize;
        if row < 0 || row + 1 >= self.rows() as isize {
            let hit = Anchor { element: self.cursor, line };
            self.top = self.above(hit, self.rows() / 3).min(self.last_top());
        }
    }
}
