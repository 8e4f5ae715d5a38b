//! Decides if all comments of a discussion are here, and how many are missing. This is the only place that decides it, for
//! saved files, feeds and fetched threads alike.

use super::rank::Rank;
use super::thread::{Discussion, Parent, Stub};

/// How many comments a site says a discussion has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SiteCount {
    /// It does not say.
    Unknown,
    /// With those that were taken away and still have a place in the thread.
    All(usize),
    /// Without those that were taken away.
    Living(usize),
}

impl SiteCount {
    /// A site's number, by one of the two ways of counting; unknown where there is none.
    pub fn new(told: Option<i64>, counting: impl Fn(usize) -> SiteCount) -> SiteCount {
        told.and_then(|told| usize::try_from(told).ok()).map_or(SiteCount::Unknown, counting)
    }
}

impl Discussion {
    /// How many comments are known to be missing.
    pub fn missing(&self) -> usize {
        self.stubs.iter().map(|stub| stub.count as usize).sum()
    }

    /// Makes the stubs add up: the count that the site tells = comments here + comments missing. Complete is claimed only
    /// where that count is known and all of it is here.
    pub fn settle(&mut self, told: SiteCount) {
        self.complete = false;
        let removed = || self.comments.iter().filter(|comment| comment.rank == Rank::Removed).count();
        let (told, here) = match told {
            SiteCount::Unknown => return,
            SiteCount::All(told) => (told, self.comments.len()),
            SiteCount::Living(told) => (told, self.comments.len() - removed()),
        };
        // A count that is smaller than what is here is out of date, and says nothing about what is missing.
        let Some(lacking) = told.checked_sub(here) else { return };
        let named = self.missing();
        let is_lacking = named > 0 || self.comments.iter().any(|comment| comment.parent == Parent::Missing);
        // Between the two ways of counting, some that look as if they had been taken away are counted after all; unless
        // comments are known to be missing.
        let missing = if told <= self.comments.len() && !is_lacking { 0 } else { lacking };
        if missing > named {
            self.add_missing(missing - named);
        } else {
            self.reduce_stubs(named - missing);
        }
        self.complete = lacking == 0 && self.stubs.is_empty();
    }

    /// Comments that are missing anywhere.
    pub fn add_missing(&mut self, count: usize) {
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        match self.stubs.iter_mut().find(|stub| stub.below.is_none()) {
            Some(stub) => stub.count = stub.count.saturating_add(count),
            // Stubs are in the order of their ids, the one of no comment first.
            None => self.stubs.insert(0, Stub { below: None, count }),
        }
    }

    /// Takes `excess` off the counts of stubs, the largest first: they may count comments that the site's own total leaves
    /// out. A stub in the thread stays, without a number: comments are missing there.
    fn reduce_stubs(&mut self, mut excess: usize) {
        let mut largest_first: Vec<&mut Stub> = self.stubs.iter_mut().collect();
        largest_first.sort_by_key(|stub| (stub.below.is_some(), std::cmp::Reverse(stub.count)));
        for stub in largest_first {
            let taken = u32::try_from(excess).unwrap_or(u32::MAX).min(stub.count);
            stub.count -= taken;
            excess -= taken as usize;
        }
        self.stubs.retain(|stub| stub.below.is_some() || stub.count > 0);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::thread::Comment;

    fn discussion(comments: usize, removed: usize, stubs: &[(Option<&str>, u32)]) -> Discussion {
        let comment = |n: usize| Comment {
            id: n.to_string().into(),
            rank: if n < removed { Rank::Removed } else { Rank::Unrated },
            ..Comment::default()
        };
        let stubs = stubs.iter().map(|(below, count)| Stub { below: below.map(Into::into), count: *count }).collect();
        Discussion { comments: (0..comments).map(comment).collect(), stubs, ..Discussion::default() }
    }

    /// Missing, complete, and the stubs' counts.
    fn settled(mut discussion: Discussion, told: SiteCount) -> (usize, bool, Vec<u32>) {
        discussion.settle(told);
        (discussion.missing(), discussion.complete, discussion.stubs.iter().map(|stub| stub.count).collect())
    }

    #[test]
    fn complete_is_claimed_only_where_the_told_count_is_here() {
        for (told, wanted) in [
            (SiteCount::All(12), (0, true, vec![])),
            (SiteCount::All(16_697), (16_685, false, vec![16_685])),
            (SiteCount::All(11), (0, false, vec![])),
            (SiteCount::Living(10), (0, true, vec![])),
            (SiteCount::Living(11), (0, false, vec![])),
            (SiteCount::Living(13), (3, false, vec![3])),
            (SiteCount::Unknown, (0, false, vec![])),
        ] {
            assert_eq!(settled(discussion(12, 2, &[]), told), wanted, "{told:?}");
        }
    }

    #[test]
    fn stubs_add_up_to_the_told_count() {
        let stubs = [(None, 4), (Some("1"), 3), (Some("2"), 0)];
        for (told, wanted) in [
            (SiteCount::All(20), (10, false, vec![7, 3, 0])),
            (SiteCount::All(17), (7, false, vec![4, 3, 0])),
            (SiteCount::All(12), (2, false, vec![2, 0])),
            (SiteCount::All(10), (0, false, vec![0, 0])),
            (SiteCount::Unknown, (7, false, vec![4, 3, 0])),
        ] {
            assert_eq!(settled(discussion(10, 0, &stubs), told), wanted, "{told:?}");
        }
    }

    proptest! {
        #[test]
        fn told_is_here_plus_missing(
            here in 0..30_usize,
            removed in 0..30_usize,
            told in 0..90_usize,
            root in 0..40_u32,
            below in prop::collection::vec(0..40_u32, 0..6),
            is_living in any::<bool>(),
        ) {
            let removed = removed.min(here);
            let ids: Vec<String> = (0..below.len()).map(|n| n.to_string()).collect();
            let stubs = ids.iter().zip(&below).map(|(id, count)| (Some(id.as_str()), *count));
            let stubs: Vec<_> = [(None, root)].into_iter().filter(|(_, n)| *n > 0).chain(stubs).collect();
            let mut found = discussion(here, removed, &stubs);
            found.settle(if is_living { SiteCount::Living(told) } else { SiteCount::All(told) });
            let counted = if is_living { here - removed } else { here };
            let adds_up = counted + found.missing() == told || (told <= here && found.missing() == 0);
            prop_assert!(told < counted || adds_up);
            prop_assert!(!found.complete || (counted == told && found.stubs.is_empty()));
            prop_assert!(found.stubs.iter().filter(|stub| stub.below.is_some()).count() == below.len());
        }
    }
}
