//! The way down a thread to the comment under the cursor.

use super::{Element, PageView};
use crate::domain::rank::Rank;
use crate::domain::text::width;
use crate::domain::thread::Comment;

impl PageView {
    /// The authors of the comments above the one under the cursor that have left the screen at its top, from the thread's
    /// first comment down to the one that is answered, in at most so many columns; the nearest stay longest.
    pub fn breadcrumbs(&self, columns: usize) -> Option<String> {
        let (n, row, _) = self.comment_at_cursor()?;
        let loaded = self.discussions[n].loaded.as_ref()?;
        let mut seat = loaded.rows[row].place as usize;
        let first_shown = match self.element(self.top.element) {
            Element::Row(top, first) if top == n && self.top.line == 0 => loaded.rows[first].place as usize,
            Element::Row(top, first) if top == n => loaded.rows[first].place as usize + 1,
            _ => 0,
        };
        let (arrow, more) = if self.frame.ascii { (" > ", "... > ") } else { (" › ", "… › ") };
        let mut crumbs = String::new();
        while let Some(above) = loaded.thread.parent(seat) {
            seat = above;
            if above >= first_shown {
                continue;
            }
            let author = speaker(loaded.comment(loaded.thread.places()[above].comment));
            if width(author) + width(&crumbs) + 2 * width(more) > columns {
                crumbs.insert_str(0, more);
                break;
            }
            crumbs.insert_str(0, &format!("{author}{arrow}"));
        }
        (!crumbs.is_empty()).then_some(crumbs)
    }
}

/// The name to show for a comment's author, also if the site gives none.
pub fn speaker(comment: &Comment) -> &str {
    match (comment.author.as_deref(), comment.rank) {
        (Some(author), _) if !author.is_empty() => author,
        (_, Rank::Removed) => "[deleted]",
        _ => "[unnamed]",
    }
}
