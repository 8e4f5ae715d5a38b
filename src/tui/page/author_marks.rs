//! Marks for the authors who come back in a discussion, so that who answers whom is seen at a glance.
//!
//! A mark is given for one discussion, and nobody has the mark of somebody near: in the same exchange, or a few comments
//! up or down. Where all marks are taken by such neighbours an author has none.

use std::collections::HashMap;

use crate::domain::thread::{Comment, CommentIdx, Thread};
use crate::tui::theme::Role;

/// So many comments up the thread are one exchange.
pub(super) const EXCHANGE: usize = 3;
/// So many comments up or down in the order shown are near.
pub(super) const WINDOW: usize = 6;

const MARKS: usize = Role::VOICES.len();
const NOBODY: u32 = u32::MAX;

/// The marks of a discussion's authors.
#[derive(Debug, Default)]
pub(super) struct AuthorMarks {
    /// By comment: its author among those who come back, or [`NOBODY`].
    authors: Vec<u32>,
    /// By author: how many comments.
    comments: Vec<u32>,
    /// By author: 0, or a mark from 1.
    marks: Vec<u8>,
}

impl AuthorMarks {
    pub(super) fn new(comments: &[Comment]) -> AuthorMarks {
        let mut known: HashMap<&str, u32> = HashMap::with_capacity(comments.len() / 2);
        for name in comments.iter().filter_map(|comment| comment.author.as_deref()) {
            *known.entry(name).or_default() += 1;
        }
        known.retain(|_, count| *count > 1);
        let mut marks = AuthorMarks { authors: Vec::with_capacity(comments.len()), ..AuthorMarks::default() };
        let mut ids: HashMap<&str, u32> = HashMap::with_capacity(known.len());
        for comment in comments {
            let back = comment.author.as_deref().and_then(|name| known.get_key_value(name));
            let author = back.map_or(NOBODY, |(name, count)| {
                *ids.entry(name).or_insert_with(|| {
                    marks.comments.push(*count);
                    marks.comments.len() as u32 - 1
                })
            });
            marks.authors.push(author);
        }
        marks.marks = vec![0; marks.comments.len()];
        marks
    }

    /// The mark of a comment's author.
    pub(super) fn of(&self, comment: CommentIdx) -> Option<usize> {
        let author = self.authors[comment.index()];
        usize::from(*self.marks.get(author as usize)?).checked_sub(1)
    }

    /// Gives marks for a thread as it is ordered now. Who had one keeps it where nobody near has it.
    pub(super) fn arrange(&mut self, thread: &Thread) {
        let (starts, near) = self.neighbours(thread);
        let mut by_comments: Vec<u32> = (0..self.marks.len() as u32).collect();
        // Who speaks most is marked first.
        by_comments.sort_by_key(|author| std::cmp::Reverse(self.comments[*author as usize]));
        let before = std::mem::replace(&mut self.marks, vec![0; self.comments.len()]);
        let mut given = [0_u32; MARKS];
        for author in by_comments.into_iter().map(|author| author as usize) {
            let mut is_taken = [false; MARKS];
            for neighbour in &near[starts[author]..starts[author + 1]] {
                if let Some(mark) = usize::from(self.marks[*neighbour as usize]).checked_sub(1) {
                    is_taken[mark] = true;
                }
            }
            let kept = usize::from(before[author]).checked_sub(1).filter(|mark| !is_taken[*mark]);
            let free = || (0..MARKS).filter(|mark| !is_taken[*mark]).min_by_key(|mark| given[*mark]);
            if let Some(mark) = kept.or_else(free) {
                self.marks[author] = mark as u8 + 1;
                given[mark] += 1;
            }
        }
    }

    /// By author, in one piece: those near one of the author's comments.
    fn neighbours(&self, thread: &Thread) -> (Vec<usize>, Vec<u32>) {
        let mut starts = vec![0_usize; self.comments.len() + 1];
        self.each_pair(thread, |one, other| {
            starts[one as usize + 1] += 1;
            starts[other as usize + 1] += 1;
        });
        for n in 1..starts.len() {
            starts[n] += starts[n - 1];
        }
        let mut ends = starts.clone();
        let mut near = vec![0; starts.last().copied().unwrap_or_default()];
        self.each_pair(thread, |one, other| {
            for (author, neighbour) in [(one, other), (other, one)] {
                near[ends[author as usize]] = neighbour;
                ends[author as usize] += 1;
            }
        });
        (starts, near)
    }

    fn each_pair(&self, thread: &Thread, mut pair: impl FnMut(u32, u32)) {
        let places = thread.places();
        let author = |seat: usize| self.authors[places[seat].comment.index()];
        for seat in (0..places.len()).filter(|seat| author(*seat) != NOBODY) {
            let own = author(seat);
            let above = std::iter::successors(thread.parent(seat), |seat| thread.parent(*seat)).take(EXCHANGE);
            let before = seat.saturating_sub(WINDOW)..seat;
            for other in above.chain(before).map(author).filter(|other| *other != NOBODY && *other != own) {
                pair(own, other);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::order::{Order, arrange};
    use crate::domain::rank::RankTable;
    use crate::domain::text::clean_line;
    use crate::domain::thread::{Discussion, Parent};

    /// Comments by author (0: nobody) and the comment that each answers.
    fn discussion(comments: &[(u8, Option<usize>)]) -> Discussion {
        let comment = |(n, (author, above)): (usize, &(u8, Option<usize>))| Comment {
            id: n.to_string().into(),
            author: (*author > 0).then(|| clean_line(&format!("author {author}"))),
            parent: above.map_or(Parent::Root, |above| Parent::Of(CommentIdx(above as u32))),
            ..Comment::default()
        };
        Discussion { comments: comments.iter().enumerate().map(comment).collect(), ..Discussion::default() }
    }

    fn thread(discussion: &Discussion, order: Order, flat: bool) -> Thread {
        let ranks = RankTable::new(discussion.scale, &discussion.comments);
        arrange(discussion, &ranks, order, flat, &|_| false)
    }

    #[test]
    fn two_who_argue_never_share_a_mark() {
        let exchange: Vec<(u8, Option<usize>)> = (0..40).map(|n| (1 + n % 2, (n as usize).checked_sub(1))).collect();
        let discussion = discussion(&exchange);
        let mut marks = AuthorMarks::new(&discussion.comments);
        marks.arrange(&thread(&discussion, Order::Oldest, false));
        let (one, other) = (marks.of(CommentIdx(0)), marks.of(CommentIdx(1)));
        assert!(one.is_some() && other.is_some() && one != other, "{one:?} {other:?}");
    }

    proptest! {
        #[test]
        fn nobody_shares_a_mark_with_somebody_near(
            drawn in prop::collection::vec((0_u8..30, prop::option::of(any::<prop::sample::Index>())), 1..120),
            flat in any::<bool>(),
        ) {
            let comments: Vec<(u8, Option<usize>)> = drawn
                .iter()
                .enumerate()
                .map(|(n, (author, above))| (*author, above.filter(|_| n > 0).map(|above| above.index(n.max(1)))))
                .collect();
            let discussion = discussion(&comments);
            let mut marks = AuthorMarks::new(&discussion.comments);
            for order in [Order::Oldest, Order::Newest, Order::Replies] {
                let thread = thread(&discussion, order, flat);
                marks.arrange(&thread);
                let places = thread.places();
                let shown = |seat: usize| (&discussion.comments[places[seat].comment.index()].author, marks.of(places[seat].comment));
                for seat in 0..places.len() {
                    let (author, mark) = shown(seat);
                    let times = discussion.comments.iter().filter(|comment| comment.author == *author).count();
                    prop_assert!(mark.is_none() || times > 1, "who speaks once has no mark");
                    let above = std::iter::successors(thread.parent(seat), |seat| thread.parent(*seat)).take(EXCHANGE);
                    for other in above.chain(seat.saturating_sub(WINDOW)..seat) {
                        let (neighbour, theirs) = shown(other);
                        if neighbour == author {
                            prop_assert_eq!(mark, theirs, "one author has one mark");
                        } else {
                            prop_assert!(mark.is_none() || mark != theirs, "{author:?} and {neighbour:?} share {mark:?}");
                        }
                    }
                }
            }
        }
    }
}
