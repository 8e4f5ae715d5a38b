//! Finds the stored entry of each item of an answer.
//!
//! Pure: fingerprints in, pairs out. The rules are those of the store's design: by id; else by address and title; else by
//! address and date or enclosure; without an address by title (else text) with date or enclosure, else by title and text.
//! Each stored entry is given to one item at most, and a stronger rule goes first for all items.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;

use super::fingerprint::{Fingerprint, may_be_same_date};

/// A stored entry that items of an answer may be.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct EntryCandidate {
    pub(super) entry: i64,
    /// None if the article was cleaned away.
    pub(super) article: Option<i64>,
    /// A hash of all that the item said.
    pub(super) print: i64,
    pub(super) fingerprint: Fingerprint,
}

/// An item that looks for its entry.
#[derive(Clone, Copy, Debug)]
pub(super) struct WantedEntry {
    pub(super) fingerprint: Fingerprint,
    pub(super) print: i64,
    /// It was read from a saved page, whose times may be relative to its reading.
    pub(super) is_page: bool,
}

/// For each item, its candidate. `is_taken` names the candidates that other items of the answer have.
pub(super) struct Matcher<'a> {
    candidates: &'a [EntryCandidate],
    wanted: &'a [WantedEntry],
    /// The address of the source's own page, which names none of its articles.
    home: Option<i64>,
    is_taken: Vec<bool>,
    found: Vec<Option<usize>>,
}

impl<'a> Matcher<'a> {
    pub(super) fn new(candidates: &'a [EntryCandidate], wanted: &'a [WantedEntry], home: Option<i64>) -> Matcher<'a> {
        let (is_taken, found) = (vec![false; candidates.len()], vec![None; wanted.len()]);
        Matcher { candidates, wanted, home, is_taken, found }
    }

    /// By the id. Of several entries with one id the one that agrees in most is meant.
    pub(super) fn by_id(mut self) -> Vec<Option<usize>> {
        let by_id = index(self.candidates, |it| it.id);
        for (item, wanted) in self.wanted.iter().enumerate() {
            let new = wanted.fingerprint;
            let Some(same) = new.id.and_then(|id| by_id.get(&id)) else { continue };
            let free = same.iter().copied().filter(|&at| !self.is_taken[at]);
            let kept = free.filter(|&at| !is_reused(&self.candidates[at].fingerprint, &new));
            let best = kept.max_by_key(|&at| (agreement(&self.candidates[at].fingerprint, &new), self.candidates[at].entry));
            self.pair(item, best);
        }
        self.found
    }

    /// By what else an item tells, for those that no id has found.
    pub(super) fn by_content(mut self) -> Vec<Option<usize>> {
        let shared = self.shared_addresses();
        let home = self.home;
        let is_alone = |it: &Fingerprint| {
            it.address.is_some_and(|address| !it.is_root && Some(address) != home && !shared.contains_key(&address))
        };
        let always = |_: &Fingerprint, _: &Fingerprint| true;
        self.pass_equal();
        self.pass(|it| it.address.zip(it.title).zip(it.date), always);
        self.pass(|it| it.address.zip(it.title).zip(it.enclosure), always);
        self.pass(|it| it.address.zip(it.title).zip(it.text), |old, new| !old.has_other_id(new));
        self.pass(|it| it.address.zip(it.title).filter(|_| is_bare(it)), |old, new| is_bare(old) && !old.has_other_id(new));
        self.pass(|it| it.address.zip(it.title).filter(|_| is_alone(it)), |old, new| !old.is_told_otherwise(new));
        self.pass(|it| it.address.zip(it.enclosure), always);
        self.pass(|it| it.address.zip(it.date).zip(it.text), always);
        self.pass(|it| it.address.zip(it.date).filter(|_| is_alone(it)), |old, new| !old.has_other_id(new));
        let headline = |it: &Fingerprint| it.headline().filter(|_| it.address.is_none());
        self.pass(|it| headline(it).zip(it.enclosure), always);
        self.pass(|it| headline(it).zip(it.date).zip(it.text), always);
        self.pass(|it| headline(it).zip(it.date), |old, new| !old.is_told_otherwise(new));
        self.pages_by_about_the_same_date(headline);
        self.pass(|it| headline(it).zip(it.text), |old, new| !old.has_other_id(new));
        self.found
    }

    /// Addresses that several items of the answer, or several stored entries, have.
    fn shared_addresses(&self) -> HashMap<i64, usize> {
        let count = |all: &mut dyn Iterator<Item = Option<i64>>| {
            let mut times: HashMap<i64, usize> = HashMap::new();
            all.flatten().for_each(|address| *times.entry(address).or_default() += 1);
            times
        };
        let mut shared = count(&mut self.candidates.iter().map(|it| it.fingerprint.address));
        for (address, times) in count(&mut self.wanted.iter().map(|it| it.fingerprint.address)) {
            let most = shared.entry(address).or_default();
            *most = times.max(*most);
        }
        shared.retain(|_, times| *times > 1);
        shared
    }

    /// Pairs items and candidates that have the same key and that `fits` (old, new), in the order of both.
    fn pass<K: Hash + Eq>(
        &mut self,
        key: impl Fn(&Fingerprint) -> Option<K>,
        fits: impl Fn(&Fingerprint, &Fingerprint) -> bool,
    ) {
        let mut by_key = index(self.candidates, &key);
        for (item, wanted) in self.wanted.iter().enumerate() {
            if self.found[item].is_some() {
                continue;
            }
            let new = wanted.fingerprint;
            let Some(same) = key(&new).and_then(|key| by_key.get_mut(&key)) else { continue };
            // Many may have one key: those that are taken are not looked at again.
            while same.front().is_some_and(|&at| self.is_taken[at]) {
                same.pop_front();
            }
            let fitting = |&at: &usize| !self.is_taken[at] && fits(&self.candidates[at].fingerprint, &new);
            let best = same.iter().copied().find(fitting);
            self.pair(item, best);
        }
    }

    /// Entries with equal content are the same one, even if the content is too short to identify them.
    fn pass_equal(&mut self) {
        let mut by_print: HashMap<i64, VecDeque<usize>> = HashMap::new();
        for (at, candidate) in self.candidates.iter().enumerate() {
            by_print.entry(candidate.print).or_default().push_back(at);
        }
        for (item, wanted) in self.wanted.iter().enumerate() {
            let same = by_print.get_mut(&wanted.print).and_then(VecDeque::pop_front).filter(|_| wanted.print != 0);
            self.pair(item, same);
        }
    }

    fn pages_by_about_the_same_date(&mut self, headline: impl Fn(&Fingerprint) -> Option<i64>) {
        let by_headline = index(self.candidates, &headline);
        for (item, wanted) in self.wanted.iter().enumerate().filter(|(_, wanted)| wanted.is_page) {
            let new = wanted.fingerprint;
            let Some(same) = headline(&new).and_then(|key| by_headline.get(&key)) else { continue };
            let fits = |&at: &usize| {
                let old = self.candidates[at].fingerprint;
                !self.is_taken[at] && !old.has_other_id(&new) && may_be_same_date(old.date, new.date)
            };
            let best = same.iter().copied().find(fits).filter(|_| self.found[item].is_none());
            self.pair(item, best);
        }
    }

    fn pair(&mut self, item: usize, candidate: Option<usize>) {
        if let Some(at) = candidate {
            self.is_taken[at] = true;
            self.found[item] = Some(at);
        }
    }
}

fn index<K: Hash + Eq>(candidates: &[EntryCandidate], key: impl Fn(&Fingerprint) -> Option<K>) -> HashMap<K, VecDeque<usize>> {
    let mut index: HashMap<K, VecDeque<usize>> = HashMap::new();
    for (at, candidate) in candidates.iter().enumerate() {
        if let Some(key) = key(&candidate.fingerprint) {
            index.entry(key).or_default().push_back(at);
        }
    }
    index
}

/// True if a source has given its id to something else: address, title and date have all changed.
fn is_reused(old: &Fingerprint, new: &Fingerprint) -> bool {
    old.address != new.address && old.title != new.title && old.date != new.date
}

/// True if it tells nothing but an address and a title.
fn is_bare(it: &Fingerprint) -> bool {
    it.date.is_none() && it.enclosure.is_none() && it.text.is_none()
}

fn agreement(old: &Fingerprint, new: &Fingerprint) -> usize {
    usize::from(old.address == new.address) + usize::from(old.title == new.title) + usize::from(old.date == new.date)
}
