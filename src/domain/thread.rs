//! Comments and how they hang together: one arena in the order received, flattened once per order in pre-order.

use std::collections::HashMap;

use super::rank::{Rank, Scale};
use super::text::{Body, CleanText};
use super::time::When;

/// Comments nested deeper than this are shown as siblings of the last level.
pub const MAX_DEPTH: u16 = 10_000;

/// An index into [`Discussion::comments`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct CommentIdx(pub u32);

impl CommentIdx {
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Parent {
    #[default]
    Root,
    Of(CommentIdx),
    /// The place keeps no parents; this one was guessed from the text (always an earlier comment).
    Guessed(CommentIdx),
    /// The place names a parent that is not there: shown as a root with a mark.
    Missing,
}

/// As whom a comment speaks, where its place tells.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum AuthorRole {
    #[default]
    Member,
    Moderator,
    Admin,
}

impl AuthorRole {
    /// The word for the role; none for an ordinary member.
    pub fn label(self) -> Option<&'static str> {
        match self {
            AuthorRole::Member => None,
            AuthorRole::Moderator => Some("moderator"),
            AuthorRole::Admin => Some("admin"),
        }
    }
}

#[derive(Clone, PartialEq, Debug, Default)]
pub struct Comment {
    /// The place's id, else a hash of author, time, text and ordinal among equals. Unique in its discussion.
    pub id: Box<str>,
    pub parent: Parent,
    /// The id of the comment it answers, as long as that is [`Parent::Missing`]: another part of the thread may bring it.
    pub awaits: Option<Box<str>>,
    pub author: Option<CleanText>,
    pub role: AuthorRole,
    pub posted: Option<When>,
    pub edited: Option<When>,
    pub rank: Rank,
    /// Its own address, where the place gives one.
    pub url: Option<CleanText>,
    pub body: Body,
}

/// The comments on an article at one place.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Discussion {
    /// Where: "page" for the article's own page, "hacker news", "lobsters", …
    pub place: CleanText,
    pub url: Option<CleanText>,
    pub scale: Scale,
    /// In the order received.
    pub comments: Vec<Comment>,
    /// True if all comments that the place has are here; only a complete one tells what vanished.
    pub complete: bool,
    /// Comments that the site counts and that are missing here.
    pub stubs: Vec<Stub>,
}

/// Comments that the place counts and that are not here.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stub {
    /// The id of the comment here that they are below; none for all others. Each stands once in a discussion.
    pub below: Option<Box<str>>,
    /// 0 where the place only tells that there are some.
    pub count: u32,
}

impl Stub {
    /// `12 more, not here`
    pub fn label(&self) -> String {
        if self.count == 0 { "more, not here".to_owned() } else { format!("{} more, not here", self.count) }
    }
}

impl Discussion {
    /// The comments missing below this one; without a comment, those missing anywhere else.
    pub fn stub(&self, below: Option<&str>) -> Option<&Stub> {
        self.stubs.iter().find(|stub| stub.below.as_deref() == below)
    }
}

/// A site's figures for a discussion whose comments were not fetched.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VoteState {
    /// As the discussion has it, as well as these two.
    pub place: CleanText,
    pub url: CleanText,
    pub scale: Scale,
    /// Votes for the article itself.
    pub points: Option<i64>,
    pub comments: Option<u32>,
}

/// A comment's seat in a flattened thread.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Place {
    pub comment: CommentIdx,
    pub depth: u16,
    /// How many places after this one are below it.
    pub descendants: u32,
}

/// A discussion in one order, in pre-order: a comment's replies follow it, so a subtree is a run of places.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Thread {
    places: Vec<Place>,
    /// By comment: its index into `places`.
    seats: Vec<u32>,
}

impl Thread {
    /// `ranked` is every comment once, in the wanted order among siblings. With `flat`, parents do not count.
    pub fn new(comments: &[Comment], ranked: &[CommentIdx], flat: bool) -> Thread {
        const NONE: u32 = u32::MAX;
        let total = comments.len();
        // Children as linked lists in ranked order: `first[parent]`, `next[child]`; the last slot holds the roots.
        let (mut first, mut last) = (vec![NONE; total + 1], vec![NONE; total + 1]);
        let mut next = vec![NONE; total];
        for &idx in ranked {
            let above = match comments[idx.index()].parent {
                Parent::Of(parent) | Parent::Guessed(parent) if !flat => parent.index(),
                _ => total,
            };
            if last[above] == NONE {
                first[above] = idx.0;
            } else {
                next[last[above] as usize] = idx.0;
            }
            last[above] = idx.0;
        }
        let mut places: Vec<Place> = Vec::with_capacity(total);
        let mut ahead = vec![(first[total], 0_u16)];
        while let Some((at, depth)) = ahead.pop() {
            if at == NONE {
                continue;
            }
            places.push(Place { comment: CommentIdx(at), depth, descendants: 0 });
            ahead.push((next[at as usize], depth));
            ahead.push((first[at as usize], (depth + 1).min(MAX_DEPTH)));
        }
        let mut seats = vec![0; total];
        let mut open: Vec<usize> = Vec::new();
        for at in 0..places.len() {
            seats[places[at].comment.index()] = at as u32;
            let depth = places[at].depth;
            close(&mut places, &mut open, at, depth);
            open.push(at);
        }
        let end = places.len();
        close(&mut places, &mut open, end, 0);
        Thread { places, seats }
    }

    pub fn places(&self) -> &[Place] {
        &self.places
    }

    /// Where a comment sits.
    pub fn seat(&self, comment: CommentIdx) -> usize {
        self.seats[comment.index()] as usize
    }

    pub fn parent(&self, at: usize) -> Option<usize> {
        let depth = self.places[at].depth.checked_sub(1)?;
        self.places[..at].iter().rposition(|place| place.depth == depth)
    }

    /// The root above `at`, or `at` itself.
    pub fn root(&self, at: usize) -> usize {
        self.places[..=at].iter().rposition(|place| place.depth == 0).unwrap_or(at)
    }

    /// The places of the subtree at `at`, itself first.
    pub fn subtree(&self, at: usize) -> std::ops::Range<usize> {
        at..at + 1 + self.places[at].descendants as usize
    }
}

/// Counts the descendants of every open place at or below `depth`, which ends at `end`.
fn close(places: &mut [Place], open: &mut Vec<usize>, end: usize, depth: u16) {
    while let Some(&top) = open.last() {
        if places[top].depth < depth {
            break;
        }
        places[top].descendants = (end - top - 1) as u32;
        open.pop();
    }
}

/// Resolves the parents that a place names by id: `parents[n]` is the id that comment `n` answers to. An id that is
/// not there gives [`Parent::Missing`]; a circle is broken at its newest edge (by time, then by order received).
/// Where an id occurs twice, the first bears it.
pub fn link_parents(comments: &mut [Comment], parents: &[Option<Box<str>>]) {
    let mut by_id: HashMap<&str, u32> = HashMap::with_capacity(comments.len());
    for (n, comment) in comments.iter().enumerate() {
        by_id.entry(&comment.id).or_insert(n as u32);
    }
    let resolved: Vec<Parent> = parents
        .iter()
        .map(|parent| match parent {
            None => Parent::Root,
            Some(id) => by_id.get(id.as_ref()).map_or(Parent::Missing, |&n| Parent::Of(CommentIdx(n))),
        })
        .collect();
    for ((comment, parent), id) in comments.iter_mut().zip(resolved).zip(parents) {
        comment.parent = parent;
        comment.awaits = id.clone().filter(|_| parent == Parent::Missing);
    }
    break_circles(comments);
}

/// Breaks each circle of parents at its newest edge, by time, then by order received: that parent becomes
/// [`Parent::Missing`].
pub fn break_circles(comments: &mut [Comment]) {
    // 0: not walked; else the number of the walk that came by.
    let mut walked = vec![0_u32; comments.len()];
    for start in 0..comments.len() {
        let walk = start as u32 + 1;
        let mut at = start;
        while walked[at] == 0 {
            walked[at] = walk;
            match comments[at].parent {
                Parent::Of(parent) | Parent::Guessed(parent) => at = parent.index(),
                Parent::Root | Parent::Missing => break,
            }
        }
        let on_circle = |n: usize, comments: &[Comment]| match comments[n].parent {
            Parent::Of(parent) | Parent::Guessed(parent) if walked[n] == walk => Some(parent.index()),
            _ => None,
        };
        // The walk stopped at `at`: on a circle only if following parents from there comes back to it in this walk.
        let mut newest = at;
        let mut step = on_circle(at, comments);
        while let Some(n) = step {
            if n == at {
                comments[newest].parent = Parent::Missing;
                break;
            }
            let age = |n: usize| (comments[n].posted.map(When::sort_key), n);
            if age(n) > age(newest) {
                newest = n;
            }
            step = on_circle(n, comments);
        }
    }
}
