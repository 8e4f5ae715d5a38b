//! Discourse: a topic tells the ids of all its posts and brings the first twenty; the rest comes in batches.

use std::collections::HashSet;

use super::{Ask, Plan, base};
use crate::domain::article::Page;
use crate::format::json::{Json, Value};
use crate::source::Failure;

/// As many as the site itself asks for at once.
const BATCH: usize = 20;

/// The requests that one topic is worth: ten thousand posts.
const MOST: usize = 500;

pub(super) struct Asking {
    topic: String,
    is_cut: bool,
}

impl Asking {
    pub(super) fn new(site: &str, topic: u64) -> Asking {
        Asking { topic: format!("{}/t/{topic}", base(site)), is_cut: false }
    }
}

impl Plan for Asking {
    fn begin(&mut self) -> Vec<Ask> {
        vec![Ask::json(format!("{}.json", self.topic))]
    }

    fn take(&mut self, ask: &Ask, json: &Json) -> Vec<Ask> {
        if ask.address != format!("{}.json", self.topic) {
            return Vec::new();
        }
        let Some(stream) = json.roots().next().and_then(|topic| topic.get("post_stream")) else { return Vec::new() };
        let posts = stream.get("posts").into_iter().flat_map(Value::items);
        let here: HashSet<&str> = posts.filter_map(|post| post.get("id")?.id()).collect();
        let ids = stream.get("stream").into_iter().flat_map(Value::items).filter_map(Value::id);
        let lacking: Vec<&str> = ids.filter(|id| !here.contains(id)).collect();
        self.is_cut = lacking.len() > MOST * BATCH;
        lacking
            .chunks(BATCH)
            .take(MOST)
            .map(|ids| {
                let ids: Vec<String> = ids.iter().map(|id| format!("post_ids%5B%5D={id}")).collect();
                Ask::json(format!("{}/posts.json?{}", self.topic, ids.join("&")))
            })
            .collect()
    }

    fn failed(&mut self, _: &Ask, _: &Failure) -> Option<Vec<Ask>> {
        None
    }

    fn is_whole(&self, _: &Page) -> Option<bool> {
        self.is_cut.then_some(false)
    }
}
