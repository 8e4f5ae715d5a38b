//! The page's place as it is kept in the store, and back.

use super::{Anchor, Element, PageThread, PageView};
use crate::store::{CursorPosition, ReadingPosition, StoredOverride};

impl PageView {
    /// Where the reader is on this page; with the hand states if `hands`.
    pub fn place(&self, hands: bool) -> ReadingPosition {
        let cursor = match (self.cursor(), self.comment_at_cursor()) {
            (_, Some((n, _, comment))) => {
                let id = self.discussions[n].loaded.as_ref().map(|loaded| loaded.comment(comment).id.clone());
                CursorPosition::Comment(n, id.unwrap_or_default())
            }
            (Element::Header, _) => CursorPosition::Header,
            (Element::Body(n), _) => CursorPosition::Body(self.unmarked(n)),
            (Element::ExploreFurther, _) => CursorPosition::ExploreFurther,
            (Element::RelatedHead, _) => CursorPosition::RelatedHead,
            (Element::Related(n), _) => CursorPosition::Related(n),
            (Element::RecommendedHead, _) => CursorPosition::RecommendedHead,
            (Element::Recommended(n), _) => CursorPosition::Recommended(n),
            (Element::Discussion(n) | Element::Row(n, _), None) => CursorPosition::Discussion(n),
        };
        let states = |loaded: &PageThread| {
            let touched = loaded.hand.touched();
            touched
                .filter_map(|(comment, hand)| Some((loaded.comment(comment).id.clone(), StoredOverride::of(hand)?)))
                .collect()
        };
        let hands = if hands {
            self.discussions.iter().map(|view| view.loaded.as_ref().map_or_else(Vec::new, states)).collect()
        } else {
            Vec::new()
        };
        ReadingPosition { cursor, row: self.cursor_row() as i32, hands }
    }

    /// Goes back to a place. Comments that have not come yet are waited for: the caller asks again when they have.
    pub fn restore(&mut self, place: &ReadingPosition) {
        for (view, hands) in self.discussions.iter_mut().zip(&place.hands) {
            let Some(loaded) = &mut view.loaded else { continue };
            let by_id: std::collections::HashMap<&str, StoredOverride> =
                hands.iter().map(|(id, hand)| (id.as_ref(), *hand)).collect();
            for n in 0..loaded.discussion.comments.len() {
                if let Some(hand) = by_id.get(loaded.discussion.comments[n].id.as_ref()) {
                    loaded.hand.set(crate::domain::thread::CommentIdx(n as u32), hand.hand());
                }
            }
            loaded.refilter();
        }
        self.count();
        let element = match &place.cursor {
            CursorPosition::Header => Element::Header,
            CursorPosition::Body(n) => Element::Body(*n),
            CursorPosition::ExploreFurther => Element::ExploreFurther,
            CursorPosition::RelatedHead => Element::RelatedHead,
            CursorPosition::Related(n) => Element::Related(*n),
            CursorPosition::RecommendedHead => Element::RecommendedHead,
            CursorPosition::Recommended(n) => Element::Recommended(*n),
            CursorPosition::Discussion(n) => Element::Discussion(*n),
            CursorPosition::Comment(n, id) => {
                let loaded = self.discussions.get(*n).and_then(|view| view.loaded.as_ref());
                let comment = loaded.and_then(|loaded| {
                    loaded.find(id).and_then(|comment| loaded.run_of(comment).or_else(|| loaded.row_of(comment)))
                });
                comment.map_or(Element::Discussion(*n), |row| Element::Row(*n, row))
            }
        };
        self.cursor = self.position(element);
        self.put_cursor_on_row(place.row as isize);
        // On a smaller screen than it was left on, what was being read may now be below the edge.
        if place.row >= 0 {
            self.reveal_cursor();
        }
        self.fill_screen();
    }

    /// Scrolls so that the element under the cursor begins on a screen row, or above the screen.
    pub(super) fn put_cursor_on_row(&mut self, row: isize) {
        let start = Anchor { element: self.cursor, line: 0 };
        let row = row.min(self.rows() as isize - 1);
        self.top = if row >= 0 {
            self.above(start, row.unsigned_abs())
        } else {
            let last_line = self.height(self.cursor).saturating_sub(1);
            Anchor { element: self.cursor, line: row.unsigned_abs().min(last_line) }
        };
    }
}
