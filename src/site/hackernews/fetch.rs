//! Hacker News: Algolia has a whole tree in one request, without its order; Firebase has items one by one, whose `kids`
//! are in it. So the tree comes from the one, and the order of the first level from the other, which also has what is too
//! new for the one. The order of answers is asked for afterwards, see [`order_request`].

use std::collections::HashSet;

use super::ID;
use crate::format::json::{Json, Value};
use crate::site::fetch::{Brings, FetchPlan};
use crate::site::{SiteBases, SiteRequest};
use crate::source::Failure;

/// Items that are asked for one by one at the most.
const MOST: usize = 1000;

pub(super) struct StoryFetch {
    id: u64,
    story: String,
    tree: String,
    items: String,
    /// The items that the tree has.
    here: HashSet<u64>,
    is_tree_settled: bool,
    /// Comments of the tree that are not mere places of what was taken away.
    living: u64,
    /// The story's first level in its order; none until it is there.
    roots: Option<Vec<u64>>,
    /// The options of a poll.
    parts: Vec<u64>,
    /// Comments that the story says it has.
    told: Option<u64>,
    /// The state it told when everything was fetched.
    before: Option<u64>,
    asked: HashSet<u64>,
    is_cut: bool,
}

impl StoryFetch {
    /// `mark` is how many comments the story said to have when all were fetched.
    pub(super) fn new(id: u64, bases: &SiteBases, mark: Option<String>) -> StoryFetch {
        let items = format!("{}/v0/item", bases.one(ID, "firebase"));
        StoryFetch {
            id,
            story: format!("{items}/{id}.json"),
            tree: format!("{}/api/v1/items/{id}", bases.one(ID, "algolia")),
            items,
            here: HashSet::new(),
            is_tree_settled: false,
            living: 0,
            roots: None,
            parts: Vec::new(),
            told: None,
            before: mark.and_then(|mark| mark.parse().ok()),
            asked: HashSet::from([id]),
            is_cut: false,
        }
    }

    /// Items that are in no tree. Where the tree has as many as the story counts, they were taken away.
    fn lacking(&mut self, ids: &[u64]) -> Vec<SiteRequest> {
        if self.told.is_some_and(|told| self.living >= told) {
            return Vec::new();
        }
        let new = ids.iter().filter(|id| !self.here.contains(id)).copied().collect::<Vec<_>>();
        self.ask_items(&new)
    }

    fn ask_items(&mut self, ids: &[u64]) -> Vec<SiteRequest> {
        let mut asks = Vec::new();
        for id in ids {
            if self.asked.len() > MOST {
                self.is_cut = true;
            } else if self.asked.insert(*id) {
                asks.push(SiteRequest::json(format!("{}/{id}.json", self.items)));
            }
        }
        asks
    }

    /// Once both have been heard: what the tree lacks.
    fn both(&mut self) -> Vec<SiteRequest> {
        let Some(roots) = self.roots.clone().filter(|_| self.is_tree_settled) else { return Vec::new() };
        let mut asks = self.lacking(&roots);
        let parts: Vec<u64> = self.parts.iter().filter(|part| !self.here.contains(part)).copied().collect();
        asks.extend(self.ask_items(&parts));
        asks
    }
}

impl FetchPlan for StoryFetch {
    fn begin(&mut self) -> Vec<SiteRequest> {
        let story = SiteRequest::json(self.story.clone());
        // Where all was here, the story tells whether there is more to ask for.
        if self.before.is_some() { vec![story] } else { vec![SiteRequest::json(self.tree.clone()), story] }
    }

    fn take(&mut self, ask: &SiteRequest, json: &Json) -> Vec<SiteRequest> {
        let Some(item) = json.roots().next() else { return Vec::new() };
        if ask.address == self.tree {
            self.is_tree_settled = true;
            let mut ahead = vec![item];
            while let Some(item) = ahead.pop() {
                let Some(id) = number(item) else { continue };
                let is_new = self.here.insert(id);
                let is_living = item.text("author").or_else(|| item.text("text")).is_some();
                self.living += u64::from(is_new && is_living && id != self.id);
                ahead.extend(item.get("children").into_iter().flat_map(Value::items));
                self.here.extend(item.get("options").into_iter().flat_map(Value::items).filter_map(number));
            }
            return self.both();
        }
        let ids = |key: &str| -> Vec<u64> {
            item.get(key).into_iter().flat_map(Value::items).filter_map(|id| id.id()?.parse().ok()).collect()
        };
        let kids = ids("kids");
        if ask.address == self.story {
            self.parts = ids("parts");
            self.told = item.number("descendants").and_then(|told| u64::try_from(told).ok());
            self.roots = Some(kids);
            return match self.brings() {
                Brings::Nothing => Vec::new(),
                _ if self.before.is_some() => vec![SiteRequest::json(self.tree.clone())],
                _ => self.both(),
            };
        }
        self.lacking(&kids)
    }

    fn failed(&mut self, ask: &SiteRequest, _: &Failure) -> Option<Vec<SiteRequest>> {
        if ask.address != self.tree || self.is_tree_settled {
            return None;
        }
        // It does not know items newer than its last visit; then, or if it is down, the other has them all, one by one.
        self.is_tree_settled = true;
        Some(self.both())
    }

    fn brings(&self) -> Brings {
        if self.before.is_some() && self.told == self.before { Brings::Nothing } else { Brings::All }
    }

    fn mark(&self) -> Option<String> {
        self.told.map(|told| told.to_string())
    }

    fn order(&self) -> Option<&[u64]> {
        self.roots.as_deref()
    }

    fn is_cut(&self) -> bool {
        self.is_cut
    }
}

fn number(item: Value<'_>) -> Option<u64> {
    item.get("id")?.id()?.parse().ok()
}

/// The request that tells the order of the replies to a comment.
pub(super) fn order_request(comment: &str, bases: &SiteBases) -> SiteRequest {
    SiteRequest::json(format!("{}/v0/item/{comment}.json", bases.one(ID, "firebase")))
}

/// The ids of a comment's answers in their order, from what [`order_request`] brings.
pub(super) fn order_in(json: &Json) -> Vec<String> {
    let kids = json.roots().next().and_then(|item| item.get("kids"));
    kids.into_iter().flat_map(Value::items).filter_map(|kid| kid.id().map(str::to_owned)).collect()
}
