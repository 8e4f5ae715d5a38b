//! Asking a site by a plan: what was asked for, and what of it has come.

use std::collections::{BTreeMap, HashSet};

use url::Url;

use super::SiteRequest;
use super::fetch::{Brings, FetchPlan};
use crate::format::discover::{WhatItIs, what_it_is};
use crate::format::json::Json;
use crate::source::Failure;
use crate::source::http::{Accept, ResponseMeta};
use crate::source::told;

/// An answer worth reading.
struct ThreadPiece {
    /// None where only what it says as JSON is of use.
    text: Option<String>,
    json: Option<Json>,
}

pub(super) struct FetchPass {
    plan: Box<dyn FetchPlan>,
    keeps_texts: bool,
    /// Requests by number, and those with a usable answer in order of arrival.
    asked: BTreeMap<u64, SiteRequest>,
    pieces: BTreeMap<u64, ThreadPiece>,
    waiting: usize,
    next: u64,
    failures: Vec<Failure>,
    /// Addresses whose answers were cut off, and that were asked for again.
    cut: HashSet<String>,
}

impl FetchPass {
    /// `keeps_texts` where the answers themselves are wanted too, not only what they say.
    pub(super) fn new(plan: Box<dyn FetchPlan>, keeps_texts: bool) -> FetchPass {
        let (asked, pieces) = (BTreeMap::new(), BTreeMap::new());
        FetchPass { plan, keeps_texts, asked, pieces, waiting: 0, next: 0, failures: Vec::new(), cut: HashSet::new() }
    }

    pub(super) fn begin(&mut self) -> Vec<(u64, SiteRequest)> {
        let asks = self.plan.begin();
        self.number(asks)
    }

    /// The facts in the head of the next answer.
    pub(super) fn hear(&mut self, number: u64, particulars: &ResponseMeta) {
        if let Some(ask) = self.asked.get(&number) {
            self.plan.hear(ask, particulars);
        }
    }

    pub(super) fn take(&mut self, number: u64, answer: Result<Vec<u8>, Failure>) -> Vec<(u64, SiteRequest)> {
        let Some(ask) = self.asked.get(&number).cloned() else { return Vec::new() };
        self.waiting = self.waiting.saturating_sub(1);
        let asks = match answer.and_then(|bytes| readable(&ask, &bytes)) {
            Ok((text, json)) => {
                if ask.accept == Accept::Page {
                    self.plan.take_page(&ask, &text);
                }
                let asks = self.plan.take(&ask, &json);
                // A missing or deleted item is `null`.
                if self.plan.is_piece(&ask, &json) && json.roots().next().is_none_or(|root| !root.is_null()) {
                    let is_json = ask.accept == Accept::Json;
                    let text = (self.keeps_texts || !is_json).then_some(text);
                    self.pieces.insert(number, ThreadPiece { text, json: is_json.then_some(json) });
                }
                asks
            }
            // An answer that was cut off is mostly whole the next time.
            Err(Failure::CutOff { .. }) if self.cut.insert(ask.address.clone()) => vec![ask],
            Err(failure) => self.plan.failed(&ask, &failure).unwrap_or_else(|| {
                self.failures.push(failure);
                Vec::new()
            }),
        };
        self.number(asks)
    }

    fn number(&mut self, asks: Vec<SiteRequest>) -> Vec<(u64, SiteRequest)> {
        let first = self.next;
        self.next += asks.len() as u64;
        self.waiting += asks.len();
        let numbered: Vec<(u64, SiteRequest)> = (first..).zip(asks).collect();
        self.asked.extend(numbered.iter().cloned());
        numbered
    }

    pub(super) fn request(&self, number: u64) -> Option<&SiteRequest> {
        self.asked.get(&number)
    }

    pub(super) fn is_over(&self) -> bool {
        self.waiting == 0
    }

    pub(super) fn asked(&self) -> usize {
        self.asked.len()
    }

    pub(super) fn failures(&self) -> &[Failure] {
        &self.failures
    }

    /// The address that was asked for first.
    pub(super) fn name(&self) -> &str {
        self.asked.values().next().map_or("", |ask| &*ask.address)
    }

    fn pieces(&self) -> impl Iterator<Item = &ThreadPiece> {
        let is_read = |number: &u64| self.asked.get(number).is_none_or(|ask| !self.plan.is_superseded(ask));
        self.pieces.iter().filter(move |(number, _)| is_read(number)).map(|(_, piece)| piece)
    }

    pub(super) fn has_come(&self) -> bool {
        self.pieces().next().is_some()
    }

    /// The answers in the order of the requests, as far as they were kept.
    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        self.pieces().filter_map(|piece| piece.text.as_deref())
    }

    pub(super) fn json(&self) -> Vec<&Json> {
        self.pieces().filter_map(|piece| piece.json.as_ref()).collect()
    }

    /// The first answer, where that is no JSON.
    pub(super) fn feed(&self) -> Option<&str> {
        self.pieces().next().filter(|piece| piece.json.is_none())?.text.as_deref()
    }

    pub(super) fn brings(&self) -> Brings {
        self.plan.brings()
    }

    pub(super) fn mark(&self) -> Option<String> {
        self.plan.mark()
    }

    pub(super) fn order(&self) -> Option<&[u64]> {
        self.plan.order()
    }

    pub(super) fn plan(&self) -> &dyn FetchPlan {
        &*self.plan
    }
}

/// The text of an answer, and what it says if that is JSON. A page where something else was asked for is no answer, most
/// often one to log in at; nor is what breaks off: half a comment is none.
pub(super) fn readable(ask: &SiteRequest, bytes: &[u8]) -> Result<(String, Json), Failure> {
    let host = || told(Url::parse(&ask.address).ok().as_ref().and_then(Url::host_str).unwrap_or_default());
    let not_it = |found: &str| Failure::NotDiscussion { host: host(), found: told(found) };
    let is_json = |text: &str| text.starts_with(['{', '[']) || text.starts_with("null");
    let text = String::from_utf8_lossy(bytes);
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if ask.accept == Accept::Json && is_json(text) {
        let json = Json::parse(text);
        return if json.faults().is_empty() { Ok((text.to_owned(), json)) } else { Err(Failure::CutOff { host: host() }) };
    }
    match what_it_is(bytes, None) {
        WhatItIs::LoginPage => Err(Failure::LoginPage { host: host() }),
        WhatItIs::Page if ask.accept == Accept::Page => Ok((text.to_owned(), Json::default())),
        WhatItIs::Page => Err(not_it("a web page")),
        WhatItIs::Feed if ask.accept != Accept::Json => {
            let is_ended = ["</rss>", "</feed>", ":feed>", "RDF>"].iter().any(|end| text.contains(end)) || text.ends_with('}');
            if is_ended { Ok((text.to_owned(), Json::default())) } else { Err(Failure::CutOff { host: host() }) }
        }
        _ if text.is_empty() => Err(not_it("nothing")),
        _ => Err(not_it("something else")),
    }
}
