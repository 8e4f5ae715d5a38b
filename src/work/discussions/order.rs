//! The order of answers at Hacker News, which is asked for apart, by the comment that they answer.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::RecvTimeoutError;

use super::{GLANCE, queue};
use crate::domain::rank::{Rank, Scale};
use crate::domain::thread::{CommentIdx, Discussion, Parent};
use crate::source::http::Answer;
use crate::source::places;
use crate::source::queue::Done;
use crate::store::{DiscussionId, Store};
use crate::work::fetch::Settings;

/// Of the first so many comments, as the place orders them, that have several answers, those whose answers have no order.
pub fn unordered(discussion: &Discussion, most: usize) -> Vec<Box<str>> {
    if discussion.scale != Scale::Place {
        return Vec::new();
    }
    let comments = &discussion.comments;
    let mut answers: Vec<Vec<usize>> = vec![Vec::new(); comments.len()];
    let mut ahead: Vec<usize> = Vec::new();
    for (n, comment) in comments.iter().enumerate() {
        match comment.parent {
            Parent::Of(CommentIdx(above)) | Parent::Guessed(CommentIdx(above)) => answers[above as usize].push(n),
            Parent::Root | Parent::Missing => ahead.push(n),
        }
    }
    let place = |n: &usize| if let Rank::Place { nth, .. } = comments[*n].rank { nth } else { u32::MAX };
    ahead.sort_by_key(place);
    ahead.reverse();
    let (mut found, mut seen) = (Vec::new(), 0);
    while let (Some(n), true) = (ahead.pop(), seen < most) {
        seen += usize::from(answers[n].len() > 1);
        if answers[n].len() > 1 && answers[n].iter().any(|answer| comments[*answer].rank == Rank::Unrated) {
            found.push(comments[n].id.clone());
        }
        answers[n].sort_by_key(place);
        ahead.extend(answers[n].iter().rev());
    }
    found
}

/// Asks for the order of the answers to comments at Hacker News, and stores it. Gives whether any is another one.
pub fn order(
    store: &mut Store,
    discussion: DiscussionId,
    comments: &[Box<str>],
    settings: &Settings,
    stop: &AtomicBool,
) -> Result<bool, String> {
    let (queue, answers) = queue(settings)?;
    let requests = comments.iter().map(|comment| settings.places.request(&settings.places.order_of(comment)));
    let mut left = queue.add((0..).zip(requests));
    let mut is_changed = false;
    while left > 0 && !stop.load(Ordering::Relaxed) {
        let done: Done = match answers.recv_timeout(GLANCE) {
            Ok(done) => done,
            Err(RecvTimeoutError::Timeout) => continue,
            Err(RecvTimeoutError::Disconnected) => break,
        };
        left -= 1;
        // What is not told stays without an order.
        if let Ok(Answer::Fresh { bytes, .. }) = done.outcome {
            let order = places::order(&bytes);
            is_changed |= store.save_order(discussion, &order).map_err(|error| error.to_string())?;
        }
    }
    Ok(is_changed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::thread::Comment;

    #[test]
    fn the_first_comments_with_several_answers_are_those_of_the_places_order() {
        let rank = |nth| Rank::Place { nth, of: 3 };
        let of = |above: usize| Parent::Of(CommentIdx(above as u32));
        let comments = [
            ("a", Parent::Root, rank(2)),
            ("b", Parent::Root, rank(1)),
            ("c", of(0), Rank::Unrated),
            ("d", of(0), Rank::Unrated),
            ("e", of(1), rank(2)),
            ("f", of(1), rank(1)),
            ("g", Parent::Root, rank(3)),
            ("h", of(6), Rank::Unrated),
            ("i", of(6), Rank::Unrated),
        ];
        let comment = |(id, parent, rank): (&str, Parent, Rank)| Comment { id: id.into(), parent, rank, ..Comment::default() };
        let discussion =
            Discussion { scale: Scale::Place, comments: comments.into_iter().map(comment).collect(), ..Discussion::default() };
        let told = |most| unordered(&discussion, most).join(" ");
        assert_eq!([1, 2, 3].map(told), ["", "a", "a g"], "that of the first is known");
        assert!(unordered(&Discussion { scale: Scale::Points, ..discussion.clone() }, 9).is_empty());
    }
}
