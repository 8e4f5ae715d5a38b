//! Moving over the page: the cursor by elements, the screen by lines.

use super::{Anchor, Element, PageThread, PageView};
use crate::domain::thread::CommentIdx;

/// The cursor's position in terms that survive a change of rows.
#[derive(Clone, Copy)]
enum Identity {
    Element(Element),
    Comment(usize, CommentIdx),
    /// A folded run, by its first comment.
    Run(usize, CommentIdx),
}

impl PageView {
    pub(super) fn rows(&self) -> usize {
        usize::from(self.frame.rows).max(1)
    }

    pub(super) fn height(&self, at: usize) -> usize {
        self.lines(at).len()
    }

    /// The lines on the screen: element and line, from the top down; fewer at the page's end.
    pub fn screen(&self) -> Vec<(usize, usize)> {
        let total = self.len();
        let mut shown = Vec::with_capacity(self.rows());
        let Anchor { mut element, mut line } = self.top;
        while element < total && shown.len() < self.rows() {
            let height = self.height(element);
            while line < height && shown.len() < self.rows() {
                shown.push((element, line));
                line += 1;
            }
            element += 1;
            line = 0;
        }
        shown
    }

    /// `lines` further down, at most to the page's last line.
    fn below(&self, from: Anchor, lines: usize) -> Anchor {
        let total = self.len();
        let mut left = lines;
        let Anchor { mut element, mut line } = from;
        loop {
            let height = self.height(element);
            if line + left < height {
                return Anchor { element, line: line + left };
            }
            if element + 1 >= total {
                return Anchor { element, line: height.saturating_sub(1) };
            }
            left -= height - line.min(height);
            element += 1;
            line = 0;
        }
    }

    /// `lines` further up, at most to the page's first line.
    pub(super) fn above(&self, from: Anchor, lines: usize) -> Anchor {
        let mut left = lines;
        let Anchor { mut element, mut line } = from;
        while left > line {
            if element == 0 {
                return Anchor::default();
            }
            left -= line + 1;
            element -= 1;
            line = self.height(element).saturating_sub(1);
        }
        Anchor { element, line: line - left }
    }

    /// The top at which the page's last line is the screen's last.
    pub(super) fn last_top(&self) -> Anchor {
        let last = self.len() - 1;
        self.above(Anchor { element: last, line: self.height(last).saturating_sub(1) }, self.rows() - 1)
    }

    /// A larger screen than the place was kept for is not left half empty.
    pub(super) fn fill_screen(&mut self) {
        self.top = self.top.min(self.last_top());
    }

    pub fn at_end(&self) -> bool {
        self.top >= self.last_top()
    }

    /// `37 %`, where the page is longer than the screen: how much of it is above, all of it at its end.
    pub fn position_label(&self) -> Option<String> {
        let last = self.last_top();
        if last == Anchor::default() {
            return None;
        }
        let Anchor { element, line } = self.top;
        let passed = element as f64 + line as f64 / self.height(element).max(1) as f64;
        let share = if self.at_end() { 1.0 } else { (passed / self.len() as f64).min(0.99) };
        Some(format!("{} %", (share * 100.0) as u32))
    }

    /// The screen row of the cursor's first line; negative when that is above the screen.
    pub(super) fn cursor_row(&self) -> isize {
        let Anchor { element, line } = self.top;
        if self.cursor < element {
            return -1;
        }
        let mut row = -(line as isize);
        for at in element..self.cursor {
            row += self.height(at) as isize;
            if row >= self.rows() as isize {
                break;
            }
        }
        row
    }

    /// Scrolls as little as it takes to have the whole element under the cursor on the screen, or its beginning.
    pub fn reveal_cursor(&mut self) {
        let start = Anchor { element: self.cursor, line: 0 };
        if start < self.top {
            self.top = start;
            return;
        }
        let end = Anchor { element: self.cursor, line: self.height(self.cursor).saturating_sub(1) };
        let lowest = self.above(end, self.rows() - 1).min(start);
        self.top = self.top.max(lowest);
    }

    /// The part of the element under the cursor that is above the screen, if its first line is.
    pub(super) fn share_above_screen(&self) -> Option<f64> {
        let inside = self.top.element == self.cursor && self.top.line > 0;
        inside.then(|| self.top.line as f64 / self.height(self.cursor).max(1) as f64)
    }

    /// The same place in the text of the element under the cursor, whatever its lines are now.
    pub(super) fn put_share_above_screen(&mut self, share: f64) {
        let line = (share * self.height(self.cursor) as f64) as usize;
        self.top = Anchor { element: self.cursor, line: line.min(self.height(self.cursor).saturating_sub(1)) };
    }

    /// Puts the cursor on an element and shows it.
    pub fn go_to(&mut self, at: usize) {
        self.cursor = at.min(self.len() - 1);
        self.reveal_cursor();
    }

    /// Puts the cursor on an element and its first line at the top of the screen, but nothing past the page's end.
    pub fn go_to_top(&mut self, at: usize) {
        self.cursor = at.min(self.len() - 1);
        self.top = Anchor { element: self.cursor, line: 0 }.min(self.last_top());
    }

    /// True if the page moved; it does not at its end.
    pub fn move_down(&mut self) -> bool {
        let before = (self.cursor, self.top);
        let end = self.cursor_row() + self.height(self.cursor) as isize;
        if end > self.rows() as isize {
            self.top = self.below(self.top, 1);
        } else if self.cursor + 1 < self.len() {
            self.go_to(self.cursor + 1);
        }
        before != (self.cursor, self.top)
    }

    pub fn move_up(&mut self) -> bool {
        let before = (self.cursor, self.top);
        if self.cursor_row() < 0 {
            self.top = self.above(self.top, 1);
        } else if self.cursor > 0 {
            self.cursor -= 1;
            // Coming from below, a long element shows its end first.
            let end = Anchor { element: self.cursor, line: self.height(self.cursor).saturating_sub(1) };
            let start = self.above(end, self.rows() - 1);
            let start = if start.element == self.cursor { start } else { Anchor { element: self.cursor, line: 0 } };
            self.top = self.top.min(start);
        }
        before != (self.cursor, self.top)
    }

    /// Scrolls by lines; the cursor goes to the first element that begins on the screen.
    pub fn scroll(&mut self, lines: isize) -> bool {
        let before = self.top;
        self.top = if lines < 0 {
            self.above(self.top, lines.unsigned_abs())
        } else {
            // Blank may follow the end where a change left it there, but scrolling adds none.
            self.below(self.top, lines.unsigned_abs()).min(self.last_top().max(self.top))
        };
        if before == self.top {
            let edge = if lines < 0 { 0 } else { self.len() - 1 };
            let moved = self.cursor != edge;
            self.cursor = edge;
            return moved;
        }
        let screen = self.screen();
        let begins = screen.iter().filter(|(_, line)| *line == 0).map(|(at, _)| *at);
        let (first, last) = (begins.clone().next(), begins.clone().next_back());
        match (first, last) {
            (Some(first), Some(last)) => self.cursor = self.cursor.clamp(first, last),
            _ => self.cursor = self.top.element,
        }
        true
    }

    /// A screen (or half of one) down or up; a line or two stay in view. Whether anything moved.
    pub fn page_by(&mut self, down: bool, half: bool) -> bool {
        let rows = self.rows();
        let by = if half { rows.div_ceil(2) } else { rows.saturating_sub(2).max(1) } as isize;
        let before = self.top;
        let moved = self.scroll(if down { by } else { -by });
        if moved && before != self.top {
            let screen = self.screen();
            self.cursor = screen.iter().find(|(_, line)| *line == 0).map_or(self.top.element, |(at, _)| *at);
        }
        moved
    }

    pub fn go_to_end(&mut self) {
        self.cursor = self.len() - 1;
        self.top = self.last_top();
    }

    pub fn go_to_start(&mut self) {
        self.cursor = 0;
        self.top = Anchor::default();
    }

    /// The element on a row of the screen.
    pub fn element_on_row(&self, row: usize) -> Option<usize> {
        self.screen().get(row).map(|(at, _)| *at)
    }

    fn identity(&self) -> Identity {
        match self.comment_at_cursor() {
            Some((discussion, row, comment)) => {
                let is_run = self.discussions[discussion].loaded.as_ref().is_some_and(|loaded| loaded.is_run(row));
                if is_run { Identity::Run(discussion, comment) } else { Identity::Comment(discussion, comment) }
            }
            None => Identity::Element(self.cursor()),
        }
    }

    /// Changes rows or measures while what is under the cursor keeps its screen row. If it is gone, its nearest
    /// shown ancestor takes over, else the next comment. The page never starts below its first line.
    pub fn keeping_place(&mut self, change: impl FnOnce(&mut PageView)) {
        let row = self.cursor_row();
        let identity = self.identity();
        change(self);
        self.count();
        self.cursor = match identity {
            Identity::Element(element) => self.position(element),
            Identity::Comment(discussion, comment) | Identity::Run(discussion, comment) => {
                let row = self.discussions[discussion].loaded.as_ref().and_then(|loaded| {
                    let run = if matches!(identity, Identity::Run(..)) { loaded.run_of(comment) } else { None };
                    run.or_else(|| loaded.row_of(comment))
                });
                self.position(row.map_or(Element::Discussion(discussion), |row| Element::Row(discussion, row)))
            }
        };
        self.put_cursor_on_row(row);
    }

    /// Changes a discussion's rows or order while the comment under the cursor keeps its screen row.
    pub fn change<T>(&mut self, discussion: usize, change: impl FnOnce(&mut PageThread) -> T) -> Option<T> {
        let mut result = None;
        self.keeping_place(|page| result = page.discussions[discussion].loaded.as_mut().map(change));
        result
    }

    /// The same for a new order: from the discussion's head or its first row, the reader sees the top of it.
    pub fn change_order<T>(&mut self, discussion: usize, change: impl FnOnce(&mut PageThread) -> T) -> Option<T> {
        let element = self.cursor();
        let (row, from_top) = (self.cursor_row(), [Element::Discussion(discussion), Element::Row(discussion, 0)]);
        let result = self.change(discussion, change);
        if from_top.contains(&element) {
            self.cursor = self.position(element);
            self.put_cursor_on_row(row);
        }
        result
    }
}
