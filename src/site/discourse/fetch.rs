//! Discourse: a topic tells the ids of all its posts and brings the first twenty; the rest comes in batches.

use std::collections::HashSet;

use crate::format::json::{Json, Value};
use crate::site::SiteRequest;
use crate::site::fetch::{Brings, FetchPlan};

/// As many as the site itself asks for at once.
const BATCH: usize = 20;

const POST_ID: &str = "post_ids%5B%5D=";

/// The requests that one topic is worth: ten thousand posts.
const MOST: usize = 500;

pub(super) struct TopicFetch {
    topic: String,
    is_cut: bool,
    /// The last of the posts that are here, and how many there were up to it.
    before: Option<(u64, usize)>,
    now: Option<(u64, usize)>,
    brings: Brings,
    /// Posts that were asked for and not given, and then once more: they were taken away meanwhile.
    lacking: HashSet<String>,
    gone: usize,
}

impl TopicFetch {
    /// `mark` is the greatest id of the posts that are here, and how many there are.
    pub(super) fn new(site: &str, topic: &str, mark: Option<String>) -> TopicFetch {
        let before = mark.and_then(|mark| {
            let (last, count) = mark.split_once(':')?;
            Some((last.parse().ok()?, count.parse().ok()?))
        });
        let topic = format!("{site}/t/{topic}");
        TopicFetch { topic, is_cut: false, before, now: None, brings: Brings::All, lacking: HashSet::new(), gone: 0 }
    }

    fn posts(&self, ids: &[&str]) -> SiteRequest {
        let ids: Vec<String> = ids.iter().map(|id| format!("{POST_ID}{id}")).collect();
        SiteRequest::json(format!("{}/posts.json?{}", self.topic, ids.join("&")))
    }
}

impl FetchPlan for TopicFetch {
    fn begin(&mut self) -> Vec<SiteRequest> {
        vec![SiteRequest::json(format!("{}.json", self.topic))]
    }

    fn take(&mut self, ask: &SiteRequest, json: &Json) -> Vec<SiteRequest> {
        let Some(stream) = json.roots().next().and_then(|topic| topic.get("post_stream")) else { return Vec::new() };
        let posts = stream.get("posts").into_iter().flat_map(Value::items);
        let here: HashSet<&str> = posts.filter_map(|post| post.get("id")?.id()).collect();
        if ask.address != format!("{}.json", self.topic) {
            let wanted = ask.address.split(['?', '&']).filter_map(|pair| pair.strip_prefix(POST_ID));
            let lacking: Vec<&str> = wanted.filter(|id| !here.contains(id)).collect();
            let again: Vec<&str> = lacking.iter().filter(|id| self.lacking.insert((**id).to_owned())).copied().collect();
            self.gone += lacking.len() - again.len();
            return if again.is_empty() { Vec::new() } else { vec![self.posts(&again)] };
        }
        let ids = stream.get("stream").into_iter().flat_map(Value::items).filter_map(Value::id);
        let ids: Vec<&str> = ids.collect();
        let number = |id: &&str| id.parse::<u64>().unwrap_or(0);
        self.now = ids.iter().map(number).max().map(|last| (last, ids.len()));
        // Ids only grow: as long as there are as many up to the last one that is here, none of those has gone or come.
        let is_known = |id: &&str| self.before.is_some_and(|(last, _)| number(id) <= last);
        let known = ids.iter().filter(|id| is_known(id)).count();
        let has_all = self.before.is_some_and(|(_, count)| count == known);
        self.brings = if has_all { Brings::Additions } else { Brings::All };
        let is_here = |id: &&str| here.contains(id) || (has_all && is_known(id));
        let lacking: Vec<&str> = ids.into_iter().filter(|id| !is_here(id)).collect();
        self.is_cut = lacking.len() > MOST * BATCH;
        lacking.chunks(BATCH).take(MOST).map(|ids| self.posts(ids)).collect()
    }

    fn brings(&self) -> Brings {
        self.brings
    }

    fn mark(&self) -> Option<String> {
        self.now.filter(|_| !self.is_cut).map(|(last, count)| format!("{last}:{count}"))
    }

    fn is_cut(&self) -> bool {
        self.is_cut
    }

    fn gone(&self) -> usize {
        self.gone
    }
}
