//! A conversation takes two requests: the post, and what is around it. Of a large one an instance gives only a part to those
//! without an account, 60 answers and 20 levels at a time: then what is below the posts that tell of more is asked for.

use std::collections::{HashMap, HashSet};

use super::conversation::{Status, is_context, statuses};
use crate::format::json::{Json, JsonPieces};
use crate::site::SiteRequest;
use crate::site::fetch::FetchPlan;
use crate::source::Failure;

/// The requests that one conversation is worth.
const MOST: usize = 100;

pub(super) struct ConversationFetch {
    /// `https://instance/api/v1/statuses`
    api: String,
    id: String,
    /// By post: answers that it is told to have, and those that are here.
    told: HashMap<String, usize>,
    here: HashMap<String, usize>,
    known: HashSet<String>,
    /// Posts around which was asked.
    asked: HashSet<String>,
    waiting: usize,
    is_cut: bool,
}

impl ConversationFetch {
    pub(super) fn new(base: &str, id: &str) -> ConversationFetch {
        ConversationFetch {
            api: format!("{base}/api/v1/statuses"),
            id: id.to_owned(),
            told: HashMap::new(),
            here: HashMap::new(),
            known: HashSet::new(),
            asked: HashSet::new(),
            waiting: 0,
            is_cut: false,
        }
    }

    /// The context of some posts, each once.
    fn around(&mut self, ids: Vec<String>) -> Vec<SiteRequest> {
        let mut requests = Vec::new();
        for id in ids {
            if self.asked.len() >= MOST {
                self.is_cut = true;
            } else if self.asked.insert(id.clone()) {
                requests.push(SiteRequest::json(format!("{}/{id}/context", self.api)));
            }
        }
        self.waiting += requests.len();
        requests
    }

    fn learn(&mut self, status: Status<'_>) {
        let Some(id) = status.id().filter(|id| self.known.insert((*id).to_owned())) else { return };
        self.told.insert(id.to_owned(), status.replies().unwrap_or(0));
        if let Some(parent) = status.parent() {
            *self.here.entry(parent.to_owned()).or_default() += 1;
        }
    }

    /// Posts with more answers than are here.
    fn lacking(&self) -> Vec<String> {
        let is_lacking = |id: &&String| self.told[*id] > self.here.get(*id).copied().unwrap_or(0);
        let mut lacking: Vec<String> =
            self.told.keys().filter(|id| !self.asked.contains(*id)).filter(is_lacking).cloned().collect();
        lacking.sort_unstable_by_key(|id| (id.len(), id.clone()));
        lacking
    }

    /// Once all that was asked for has come, what is below the posts that tell of more.
    fn next(&mut self) -> Vec<SiteRequest> {
        if self.waiting > 0 {
            return Vec::new();
        }
        let lacking = self.lacking();
        self.around(lacking)
    }
}

/// The beginning of the conversation, if the post that was asked for is an answer.
fn beginning(json: &Json) -> Option<String> {
    let context = json.roots().find(|root| is_context(*root))?;
    let first = statuses(context.get("ancestors")?.items().next()?).next()?;
    first.id().map(str::to_owned)
}

impl FetchPlan for ConversationFetch {
    fn begin(&mut self) -> Vec<SiteRequest> {
        let mut requests = vec![SiteRequest::json(format!("{}/{}", self.api, self.id))];
        self.waiting = 1;
        requests.extend(self.around(vec![self.id.clone()]));
        requests
    }

    fn take(&mut self, ask: &SiteRequest, json: &Json) -> Vec<SiteRequest> {
        self.waiting = self.waiting.saturating_sub(1);
        for status in JsonPieces(&[json]).each().flat_map(statuses) {
            self.learn(status);
        }
        let is_own = ask.address.ends_with(&format!("/{}/context", self.id));
        let beginning = beginning(json).filter(|_| is_own);
        let mut requests = self.around(beginning.into_iter().collect());
        requests.extend(self.next());
        requests
    }

    fn failed(&mut self, ask: &SiteRequest, failure: &Failure) -> Option<Vec<SiteRequest>> {
        self.waiting = self.waiting.saturating_sub(1);
        let is_own = ask.address.contains(&format!("/{}", self.id));
        // A post that was taken away meanwhile; what was below it stays missing.
        let is_gone = matches!(failure, Failure::NotFound { .. }) && !is_own;
        is_gone.then(|| self.next())
    }

    fn is_cut(&self) -> bool {
        self.is_cut
    }
}
