//! The order of answers, where a site tells it apart, by the comment that they answer.

use std::sync::atomic::AtomicBool;

use super::client;
use crate::domain::rank::{Rank, Scale};
use crate::domain::thread::{CommentIdx, Discussion, Parent};
use crate::format::json::Json;
use crate::site;
use crate::source::http::Answer;
use crate::store::{DiscussionId, Store};
use crate::work::fetch::FetchSettings;
use crate::work::requests::make_all;

/// At most so many comments of a discussion have the order of their answers asked for.
pub const MOST_ORDERED: usize = 1_000;

/// The comments with several answers whose order is not known yet, upper levels first: what stands there weighs on all
/// that is below. At most so many.
pub fn unordered(discussion: &Discussion, most: usize) -> Vec<Box<str>> {
    if discussion.scale != Scale::Position {
        return Vec::new();
    }
    let comments = &discussion.comments;
    let mut answers: Vec<Vec<usize>> = vec![Vec::new(); comments.len()];
    let mut level: Vec<usize> = Vec::new();
    for (n, comment) in comments.iter().enumerate() {
        match comment.parent {
            Parent::Of(CommentIdx(above)) | Parent::Guessed(CommentIdx(above)) => answers[above as usize].push(n),
            Parent::Root | Parent::Missing => level.push(n),
        }
    }
    let place = |n: &usize| if let Rank::Position { nth, .. } = comments[*n].rank { nth } else { u32::MAX };
    level.sort_by_key(place);
    let mut found = Vec::new();
    while !level.is_empty() && found.len() < most {
        let mut below = Vec::new();
        for n in level {
            let mut answers = std::mem::take(&mut answers[n]);
            if answers.len() > 1 && answers.iter().any(|answer| comments[*answer].rank == Rank::Unrated) {
                found.push(comments[n].id.clone());
            }
            answers.sort_by_key(place);
            below.append(&mut answers);
        }
        level = below;
    }
    found.truncate(most);
    found
}

/// Asks for the order of the answers to comments, and stores it. Gives whether any is another one.
pub fn order(
    store: &mut Store,
    discussion: DiscussionId,
    comments: &[Box<str>],
    settings: &FetchSettings,
    stop: &AtomicBool,
) -> Result<bool, String> {
    let client = client(settings)?;
    let requests = comments.iter().filter_map(|comment| {
        let (site, ask) = site::order_request(comment, &settings.places)?;
        Some((site, settings.places.request(site, &ask)))
    });
    let (sites, requests): (Vec<_>, Vec<_>) = requests.unzip();
    let mut orders = Vec::new();
    // Comments that the site does not order stay without one, as do those that are left after a stop.
    let _ = make_all(&client, settings, (0..).zip(requests), stop, |_, outcome| {
        if let Ok(Answer::Fresh { bytes, .. }) = outcome {
            orders.push(sites[0].order_in(&Json::parse(&String::from_utf8_lossy(&bytes))));
        }
        Vec::new()
    });
    let mut is_changed = false;
    for order in orders {
        is_changed |= store.save_order(discussion, &order).map_err(|error| error.to_string())?;
    }
    Ok(is_changed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::thread::Comment;

    #[test]
    fn comments_with_several_answers_are_asked_for_in_the_sites_order() {
        let rank = |nth| Rank::Position { nth, of: 3 };
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
        let discussion = Discussion {
            scale: Scale::Position,
            comments: comments.into_iter().map(comment).collect(),
            ..Discussion::default()
        };
        let told = |most| unordered(&discussion, most).join(" ");
        assert_eq!([1, 2, 3].map(told), ["a", "a g", "a g"], "that of the first is known");
        assert!(unordered(&Discussion { scale: Scale::Points, ..discussion.clone() }, 9).is_empty());
    }
}
