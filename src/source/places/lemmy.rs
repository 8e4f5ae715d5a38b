//! Lemmy: first the post and its first comments, page by page, then the answers to each. An answer holds at most 300
//! comments, whatever is asked for, so that large threads are asked for again from where they were cut off.

use std::collections::{HashMap, HashSet};

use super::{Ask, Plan, base};
use crate::domain::article::Page;
use crate::format::json::{Json, Value};
use crate::source::Failure;

/// The most that a page of a list holds.
const PAGE: usize = 50;

/// How deep below a comment is asked at once.
const DEPTH: usize = 8;

/// Pages in a row that bring nothing new, since it came from elsewhere, before no more are asked for.
const BARREN: usize = 5;

/// The requests that one post is worth.
const MOST: usize = 400;

pub(super) struct Asking {
    api: String,
    post: u64,
    /// By comment: how many are below it as the place tells, and how many of these are here.
    told: HashMap<u64, u64>,
    below: HashMap<u64, u64>,
    above: HashMap<u64, u64>,
    /// By comment whose answers were asked for: the last page of them, and how many up to it brought nothing new.
    pages: HashMap<u64, (usize, usize)>,
    waiting: usize,
    requests: usize,
    is_cut: bool,
}

impl Asking {
    pub(super) fn new(instance: &str, post: u64) -> Asking {
        Asking {
            api: format!("{}/api/v3", base(instance)),
            post,
            told: HashMap::new(),
            below: HashMap::new(),
            above: HashMap::new(),
            pages: HashMap::new(),
            waiting: 0,
            requests: 0,
            is_cut: false,
        }
    }

    fn roots(&self, page: usize) -> Ask {
        let Asking { api, post, .. } = self;
        Ask::json(format!("{api}/comment/list?post_id={post}&type_=All&sort=Old&max_depth=1&limit={PAGE}&page={page}"))
    }

    fn answers(&mut self, to: u64, page: usize) -> Ask {
        self.pages.entry(to).or_insert((page, 0)).0 = page;
        let Asking { api, post, .. } = self;
        let paged = if page > 1 { format!("&limit=300&page={page}") } else { String::new() };
        Ask::json(format!("{api}/comment/list?post_id={post}&parent_id={to}&type_=All&sort=Old&max_depth={DEPTH}{paged}"))
    }

    /// Takes in comments; gives those that are new, and how many there were.
    fn hear(&mut self, json: &Json) -> (HashSet<u64>, usize) {
        let lists = json.roots().filter_map(|root| root.get("comments")).flat_map(Value::items);
        let (mut new, mut heard) = (HashSet::new(), 0);
        for view in lists {
            heard += 1;
            let Some(path) = view.at(&["comment", "path"]).and_then(Value::str) else { continue };
            // From the post, which is 0, down to the comment itself.
            let mut path: Vec<u64> = path.split('.').filter_map(|id| id.parse().ok()).filter(|id| *id != 0).collect();
            let Some(id) = path.pop() else { continue };
            let told = view.at(&["counts", "child_count"]).or_else(|| view.at(&["comment", "child_count"]));
            let told = told.and_then(Value::i64).and_then(|told| u64::try_from(told).ok()).unwrap_or(0);
            if self.told.insert(id, told).is_none() {
                new.insert(id);
                self.above.extend(path.last().map(|above| (id, *above)));
                for above in path {
                    *self.below.entry(above).or_default() += 1;
                }
            }
        }
        (new, heard)
    }

    /// How many are below a comment that are not here.
    fn lacking(&self, id: u64) -> u64 {
        let told = self.told.get(&id).copied().unwrap_or(0);
        told.saturating_sub(self.below.get(&id).copied().unwrap_or(0))
    }

    /// When all has been heard: the next pages of those that still lack more than those below them do.
    fn rest(&mut self) -> Vec<Ask> {
        let mut elsewhere: HashMap<u64, u64> = HashMap::new();
        for (id, above) in &self.above {
            *elsewhere.entry(*above).or_default() += self.lacking(*id);
        }
        let lacks = |id: &u64| self.lacking(*id) > elsewhere.get(id).copied().unwrap_or(0);
        let mut next: Vec<(u64, usize)> = self
            .told
            .keys()
            .filter(|id| lacks(id))
            .filter_map(|id| match self.pages.get(id) {
                None => Some((*id, 1)),
                Some((page, barren)) if *barren < BARREN => Some((*id, page + 1)),
                Some(_) => None,
            })
            .collect();
        next.sort_unstable();
        next.into_iter().map(|(id, page)| self.answers(id, page)).collect()
    }

    fn bounded(&mut self, asks: Vec<Ask>) -> Vec<Ask> {
        let room = MOST.saturating_sub(self.requests);
        self.is_cut |= asks.len() > room;
        let asks: Vec<Ask> = asks.into_iter().take(room).collect();
        self.requests += asks.len();
        self.waiting += asks.len();
        asks
    }
}

impl Plan for Asking {
    fn begin(&mut self) -> Vec<Ask> {
        let asks = vec![Ask::json(format!("{}/post?id={}", self.api, self.post)), self.roots(1)];
        self.bounded(asks)
    }

    fn take(&mut self, ask: &Ask, json: &Json) -> Vec<Ask> {
        self.waiting = self.waiting.saturating_sub(1);
        let mut asks = Vec::new();
        if let Some((_, list)) = ask.address.split_once("/comment/list?") {
            let value = |name: &str| {
                let pair = list.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
                pair.and_then(|value| value.parse::<u64>().ok())
            };
            let (new, heard) = self.hear(json);
            // Those below which nothing came were cut off there.
            let mut cut: Vec<u64> =
                new.iter().copied().filter(|id| self.lacking(*id) > 0 && !self.below.contains_key(id)).collect();
            cut.retain(|id| !self.pages.contains_key(id));
            cut.sort_unstable();
            asks.extend(cut.into_iter().map(|id| self.answers(id, 1)));
            match value("parent_id") {
                None if heard >= PAGE && !new.is_empty() => asks.push(self.roots(value("page").unwrap_or(1) as usize + 1)),
                None => {}
                Some(parent) => {
                    if let Some((_, barren)) = self.pages.get_mut(&parent) {
                        *barren = match (heard, new.is_empty()) {
                            (0, _) => BARREN,
                            (_, true) => *barren + 1,
                            (_, false) => 0,
                        };
                    }
                }
            }
        }
        if asks.is_empty() && self.waiting == 0 {
            asks = self.rest();
        }
        self.bounded(asks)
    }

    fn failed(&mut self, _: &Ask, _: &Failure) -> Option<Vec<Ask>> {
        self.waiting = self.waiting.saturating_sub(1);
        None
    }

    fn is_whole(&self, _: &Page) -> Option<bool> {
        self.is_cut.then_some(false)
    }
}
