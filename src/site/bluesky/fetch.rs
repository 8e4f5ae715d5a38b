//! A thread takes one request, and one for the account's name. Where it is deeper than the interface gives at once, what is
//! below the posts at its edge is asked for.

use std::collections::{HashMap, HashSet};

use super::posts::placed;
use crate::format::json::{Json, JsonPieces};
use crate::site::SiteRequest;
use crate::site::fetch::FetchPlan;
use crate::source::Failure;

/// The requests that one thread is worth.
const MOST: usize = 100;

/// The most that the interface allows.
const DEPTH: usize = 1000;

pub(super) struct PostThreadFetch {
    /// `https://public.api.bsky.app/xrpc`
    api: String,
    actor: String,
    key: String,
    /// By post: replies that it is told to have.
    told: HashMap<String, usize>,
    /// Posts of which a reply is here.
    answered: HashSet<String>,
    asked: HashSet<String>,
    waiting: usize,
    is_cut: bool,
}

impl PostThreadFetch {
    /// `thread` is the account and the key of its post: `name.bsky.social/3kabc`.
    pub(super) fn new(api: &str, thread: &str) -> PostThreadFetch {
        let (actor, key) = thread.split_once('/').unwrap_or_default();
        PostThreadFetch {
            api: format!("{api}/xrpc"),
            actor: actor.to_owned(),
            key: key.to_owned(),
            told: HashMap::new(),
            answered: HashSet::new(),
            asked: HashSet::new(),
            waiting: 0,
            is_cut: false,
        }
    }

    /// The threads of some posts, each once.
    fn threads(&mut self, posts: impl IntoIterator<Item = String>) -> Vec<SiteRequest> {
        let mut requests = Vec::new();
        for uri in posts {
            if self.asked.len() >= MOST {
                self.is_cut = true;
            } else if self.asked.insert(uri.clone()) {
                let method = format!("{}/app.bsky.feed.getPostThread", self.api);
                requests.push(SiteRequest::json(format!("{method}?uri={uri}&depth={DEPTH}&parentHeight={DEPTH}")));
            }
        }
        self.waiting += requests.len();
        requests
    }

    fn own(&mut self, account: &str) -> Vec<SiteRequest> {
        let uri = format!("at://{account}/app.bsky.feed.post/{}", self.key);
        self.threads([uri])
    }

    /// Once all that was asked for has come: what is below the posts of which no reply is here.
    fn next(&mut self) -> Vec<SiteRequest> {
        if self.waiting > 0 {
            return Vec::new();
        }
        let at_edge = |uri: &&String| self.told[*uri] > 0 && !self.answered.contains(*uri) && !self.asked.contains(*uri);
        let mut posts: Vec<String> = self.told.keys().filter(at_edge).cloned().collect();
        posts.sort_unstable();
        self.threads(posts)
    }
}

impl FetchPlan for PostThreadFetch {
    fn begin(&mut self) -> Vec<SiteRequest> {
        if self.actor.starts_with("did:") {
            let account = self.actor.clone();
            return self.own(&account);
        }
        let method = format!("{}/com.atproto.identity.resolveHandle", self.api);
        vec![SiteRequest::json(format!("{method}?handle={}", self.actor))]
    }

    fn take(&mut self, ask: &SiteRequest, json: &Json) -> Vec<SiteRequest> {
        if !self.is_piece(ask, json) {
            let did = json.roots().next().and_then(|root| root.text("did")).filter(|did| super::is_actor(did));
            return did.map(|did| self.own(did)).unwrap_or_default();
        }
        self.waiting = self.waiting.saturating_sub(1);
        let mut first = None;
        let pieces = [json];
        for post in placed(JsonPieces(&pieces), &mut 0) {
            self.answered.extend(post.parent().map(str::to_owned));
            if let Some(replies) = post.replies() {
                self.told.insert(post.uri.to_owned(), replies);
            }
            first = first.or(post.root());
        }
        // Where a reply was asked for, the thread begins elsewhere.
        let mut requests = self.threads(first.map(str::to_owned));
        requests.extend(self.next());
        requests
    }

    fn failed(&mut self, ask: &SiteRequest, failure: &Failure) -> Option<Vec<SiteRequest>> {
        self.waiting = self.waiting.saturating_sub(1);
        // A post that was taken away meanwhile; what was below it stays missing.
        let is_gone = matches!(failure, Failure::NotFound { .. } | Failure::Status { status: 400, .. });
        let is_own = ask.address.contains(&format!("/{}&", self.key)) || !ask.address.contains("getPostThread");
        (is_gone && !is_own).then(|| self.next())
    }

    fn is_piece(&self, ask: &SiteRequest, _: &Json) -> bool {
        ask.address.contains("getPostThread")
    }

    fn is_cut(&self) -> bool {
        self.is_cut
    }
}
