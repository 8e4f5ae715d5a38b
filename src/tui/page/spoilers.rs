//! Spoilers: what the reader sees of a text only after asking for it.

use super::{Element, PageView};
use crate::domain::text::Block;
use crate::domain::thread::CommentIdx;

/// A part of the page whose spoilers are shown, until the page is left.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Revealed {
    Body(usize),
    Comment(usize, CommentIdx),
}

impl PageView {
    pub(super) fn is_revealed(&self, part: Revealed) -> bool {
        self.revealed.contains(&part)
    }

    /// Shows or hides the spoilers of what is under the cursor. Whether they are shown now; none if it has none.
    pub fn toggle_spoilers(&mut self) -> Option<bool> {
        let part = match self.cursor() {
            Element::Body(n) => has_spoiler(&self.blocks[n].document.blocks).then_some(Revealed::Body(n)),
            Element::Row(n, row) => {
                let loaded = self.discussions[n].loaded.as_ref()?;
                let comment = loaded.row_comment(row);
                has_spoiler(&loaded.comment(comment).body.document().blocks).then_some(Revealed::Comment(n, comment))
            }
            _ => None,
        }?;
        let is_shown = !self.is_revealed(part);
        self.changing_text(|page| {
            if is_shown {
                page.revealed.insert(part);
            } else {
                page.revealed.remove(&part);
            }
        });
        Some(is_shown)
    }
}

fn has_spoiler(blocks: &[Block]) -> bool {
    blocks.iter().any(|block| match block {
        Block::Spoiler { .. } => true,
        Block::Quote(inner) => has_spoiler(inner),
        Block::List { items, .. } => items.iter().any(|item| has_spoiler(item)),
        _ => false,
    })
}
