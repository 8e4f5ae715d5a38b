//! What changed of the article since it first came or was last updated, shown in its place: what is gone with `-` before
//! it, what is new with `+`.

use super::{Element, PageView};
use crate::domain::text::{Document, Piece};
use crate::format::changes::{TextChange, text_of};

/// How a block of the body differs from the text before.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum ChangeMark {
    Kept,
    Removed,
    Added,
}

impl PageView {
    pub fn shows_changes(&self) -> bool {
        !self.marks.is_empty()
    }

    /// Shows what changed, with the cursor at the first of it, or the page as it is now. Gives how many blocks went and
    /// how many came; none if nothing is known to have changed.
    pub fn toggle_changes(&mut self) -> Option<(usize, usize)> {
        self.article.previous.as_ref()?;
        let is_on = !self.shows_changes();
        let cursor = self.cursor();
        let body = match cursor {
            Element::Body(n) if !is_on => Some(self.unmarked(n)),
            _ => None,
        };
        self.changing_text(|page| if is_on { page.put_changes_in() } else { page.take_changes_out() });
        let body = if is_on { self.marks.iter().position(|mark| *mark != ChangeMark::Kept) } else { body };
        if let Some(n) = body {
            self.cursor = self.position(Element::Body(n));
            self.reveal_cursor();
        }
        let count = |wanted: fn(&TextChange) -> bool| self.changes.iter().filter(|change| wanted(change)).count();
        Some((count(|change| matches!(change, TextChange::Removed(_))), count(|change| matches!(change, TextChange::Added(_)))))
    }

    /// Where a block of the body stands without those that are gone.
    pub(super) fn unmarked(&self, n: usize) -> usize {
        n - self.marks.iter().take(n).filter(|mark| **mark == ChangeMark::Removed).count()
    }

    fn put_changes_in(&mut self) {
        let Some(previous) = &self.article.previous else { return };
        let mut now = std::mem::take(&mut self.blocks).into_iter();
        for change in &self.changes {
            let (mark, block) = match *change {
                TextChange::Kept(_) => (ChangeMark::Kept, now.next()),
                TextChange::Added(_) => (ChangeMark::Added, now.next()),
                // Its links lead nowhere any more.
                TextChange::Removed(n) => {
                    let gone = previous.body.blocks.get(n).map(|gone| Document::plain(text_of(gone).lines()));
                    (ChangeMark::Removed, gone.map(|document| Piece { document, continues: false }))
                }
            };
            self.marks.push(mark);
            self.blocks.push(block.unwrap_or_default());
        }
        self.blocks.extend(now);
        self.marks.resize(self.blocks.len().max(1), ChangeMark::Kept);
    }

    fn take_changes_out(&mut self) {
        let marks = std::mem::take(&mut self.marks);
        let mut marks = marks.into_iter();
        self.blocks.retain(|_| marks.next() != Some(ChangeMark::Removed));
    }
}
