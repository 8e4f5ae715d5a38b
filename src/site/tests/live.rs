//! A site that answers from memory, and what came of asking it, in one line.

use std::collections::VecDeque;

use crate::domain::rank::Rank;
use crate::domain::thread::{Comment, Discussion, Parent};
use crate::domain::time::Timestamp;
use crate::site::fetch::ThreadFetch;
use crate::site::{SiteBases, thread_at};
use crate::source::{Failure, told};

/// `whole: 2<Root 4, 3<2 5`: each comment with the one above it and its rank.
pub(in crate::site) fn facts(discussion: &Discussion) -> String {
    let fact = |comment: &Comment| {
        let parent = match comment.parent {
            Parent::Of(above) => discussion.comments[above.index()].id.to_string(),
            other => format!("{other:?}"),
        };
        let rank = match comment.rank {
            Rank::Likes(likes) => likes.to_string(),
            Rank::Points { net, .. } => net.to_string(),
            other => format!("{other:?}"),
        };
        format!("{}<{parent} {rank}", comment.id)
    };
    let facts: Vec<String> = discussion.comments.iter().map(fact).collect();
    let whole = if discussion.complete { "whole".to_owned() } else { format!("lacks {}", discussion.missing()) };
    format!("{whole}: {}", facts.join(", "))
}

/// The answer to an address, if the site has one.
pub(in crate::site) type Answers<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Fetches the thread at an address, the newest request first with `backwards`; elsewhere there is nothing. Gives also what
/// was asked for.
pub(in crate::site) fn fetched(address: &str, answers: Answers<'_>, backwards: bool) -> (ThreadFetch, Vec<String>) {
    let bases = SiteBases::default();
    let mut fetch = ThreadFetch::new(thread_at(address, &bases).expect("a known address"), &bases);
    let (mut open, mut asked) = (VecDeque::from(fetch.begin()), Vec::new());
    while let Some((number, ask)) = if backwards { open.pop_back() } else { open.pop_front() } {
        let answer = answers(&ask.address).map(String::into_bytes);
        asked.push(ask.address);
        open.extend(fetch.take(number, answer.ok_or_else(|| Failure::NotFound { host: told("a.example") })));
    }
    assert!(fetch.is_over());
    (fetch, asked)
}

/// The facts of the discussion at an address, whichever answer comes first.
pub(in crate::site) fn fetched_facts(address: &str, answers: Answers<'_>) -> String {
    let told = |backwards| {
        let page = fetched(address, answers, backwards).0.page(Timestamp(0));
        page.map_or_else(|| "nothing".to_owned(), |page| facts(&page.discussions[0]))
    };
    assert_eq!(told(false), told(true), "in either order");
    told(false)
}
