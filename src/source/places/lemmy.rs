//! Lemmy: first the post and its first comments, page by page, then the answers to each. An answer holds at most 300
//! comments, whatever is asked for, so that large threads are asked for again from where they were cut off.

use std::collections::{HashMap, HashSet};

use super::{Ask, Brings, Plan, Since, base};
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
    /// What is here, until the post tells that more than new comments are to be asked for.
    since: Option<Since>,
    /// Comments that the post has.
    total: Option<u64>,
    brings: Brings,
}

impl Asking {
    /// `since` has as its mark how many comments the post had when all were fetched.
    pub(super) fn new(instance: &str, post: u64, since: Option<Since>) -> Asking {
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
            since,
            total: None,
            brings: Brings::All,
        }
    }

    fn roots(&self, page: usize) -> Ask {
        let Asking { api, post, .. } = self;
        Ask::json(format!("{api}/comment/list?post_id={post}&type_=All&sort=Old&max_depth=1&limit={PAGE}&page={page}"))
    }

    /// The newest comments, wherever they stand.
    fn newest(&self, page: usize) -> Ask {
        let Asking { api, post, .. } = self;
        Ask::json(format!("{api}/comment/list?post_id={post}&type_=All&sort=New&limit={PAGE}&page={page}"))
    }

    /// What the post tells. Where all was here, it decides what is asked for.
    fn post_told(&mut self, json: &Json) -> Vec<Ask> {
        let view = json.roots().next().and_then(|root| root.get("post_view"));
        let count = view.and_then(|view| view.at(&["counts", "comments"]).or_else(|| view.at(&["post", "comments"])));
        self.total = count.and_then(Value::i64).and_then(|count| u64::try_from(count).ok());
        let Some(since) = &self.since else { return Vec::new() };
        let before = since.mark.parse().ok();
        match (self.total, before) {
            (Some(now), Some(before)) if now == before => self.brings = Brings::Nothing,
            (Some(now), Some(before)) if now > before => {
                self.brings = Brings::Additions;
                return vec![self.newest(1)];
            }
            _ => {
                self.since = None;
                return vec![self.roots(1)];
            }
        }
        Vec::new()
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
        let mut asks = vec![Ask::json(format!("{}/post?id={}", self.api, self.post))];
        if self.since.is_none() {
            asks.push(self.roots(1));
        }
        self.bounded(asks)
    }

    fn take(&mut self, ask: &Ask, json: &Json) -> Vec<Ask> {
        self.waiting = self.waiting.saturating_sub(1);
        let mut asks = Vec::new();
        if ask.address.contains("/post?") {
            asks = self.post_told(json);
        }
        if self.brings == Brings::Additions && ask.address.contains("&sort=New&") {
            let (new, heard) = self.hear(json);
            let is_known = |id: &u64| self.since.as_ref().is_some_and(|since| since.ids.contains(&*id.to_string()));
            // They come newest first: behind one that is here all are.
            let is_end = heard < PAGE || new.iter().any(is_known) || new.is_empty();
            let page = ask.address.rsplit('=').next().and_then(|page| page.parse().ok()).unwrap_or(1);
            let asks = if is_end { Vec::new() } else { vec![self.newest(page + 1)] };
            return self.bounded(asks);
        }
        if self.brings != Brings::All {
            return self.bounded(asks);
        }
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

    fn brings(&self) -> Brings {
        self.brings
    }

    fn mark(&self) -> Option<String> {
        self.total.filter(|_| !self.is_cut).map(|total| total.to_string())
    }

    fn is_whole(&self, _: &Page) -> Option<bool> {
        self.is_cut.then_some(false)
    }
}
