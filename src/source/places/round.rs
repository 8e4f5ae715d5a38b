//! Asking a place by a plan: what was asked for, and what of it has come.

use std::collections::{BTreeMap, HashSet};

use url::Url;

use super::{Ask, Brings, Plan};
use crate::format::discover::{WhatItIs, what_it_is};
use crate::format::json::Json;
use crate::source::Failure;
use crate::source::failure::told;
use crate::source::http::{Accept, Particulars};

pub(super) struct Round {
    plan: Box<dyn Plan>,
    /// What was asked for, by number; those with an answer worth reading, as they came.
    asked: BTreeMap<u64, Ask>,
    pieces: BTreeMap<u64, String>,
    waiting: usize,
    next: u64,
    failures: Vec<Failure>,
    /// Addresses whose answers were cut off, and that were asked for again.
    cut: HashSet<String>,
}

impl Round {
    pub(super) fn new(plan: Box<dyn Plan>) -> Round {
        let (asked, pieces) = (BTreeMap::new(), BTreeMap::new());
        Round { plan, asked, pieces, waiting: 0, next: 0, failures: Vec::new(), cut: HashSet::new() }
    }

    pub(super) fn begin(&mut self) -> Vec<(u64, Ask)> {
        let asks = self.plan.begin();
        self.number(asks)
    }

    /// What the head of an answer tells that is taken next.
    pub(super) fn hear(&mut self, number: u64, particulars: &Particulars) {
        if let Some(ask) = self.asked.get(&number) {
            self.plan.hear(ask, particulars);
        }
    }

    pub(super) fn take(&mut self, number: u64, answer: Result<Vec<u8>, Failure>) -> Vec<(u64, Ask)> {
        let Some(ask) = self.asked.get(&number).cloned() else { return Vec::new() };
        self.waiting = self.waiting.saturating_sub(1);
        let asks = match answer.and_then(|bytes| readable(&ask, &bytes)) {
            Ok((text, json)) => {
                if ask.accept == Accept::Page {
                    self.plan.take_page(&ask, &text);
                }
                let asks = self.plan.take(&ask, &json);
                // What is not there (any more) is told as `null`.
                if self.plan.is_piece(&ask, &json) && json.roots().next().is_none_or(|root| !root.is_null()) {
                    self.pieces.insert(number, text);
                }
                asks
            }
            // What was cut off on its way is mostly whole the next time.
            Err(Failure::CutOff { .. }) if self.cut.insert(ask.address.clone()) => vec![ask],
            Err(failure) => self.plan.failed(&ask, &failure).unwrap_or_else(|| {
                self.failures.push(failure);
                Vec::new()
            }),
        };
        self.number(asks)
    }

    fn number(&mut self, asks: Vec<Ask>) -> Vec<(u64, Ask)> {
        let first = self.next;
        self.next += asks.len() as u64;
        self.waiting += asks.len();
        let numbered: Vec<(u64, Ask)> = (first..).zip(asks).collect();
        self.asked.extend(numbered.iter().cloned());
        numbered
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

    pub(super) fn pieces(&self) -> impl Iterator<Item = &str> {
        let is_read = |number: &u64| self.asked.get(number).is_none_or(|ask| !self.plan.is_superseded(ask));
        self.pieces.iter().filter(move |(number, _)| is_read(number)).map(|(_, text)| text.as_str())
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

    pub(super) fn plan(&self) -> &dyn Plan {
        &*self.plan
    }
}

/// The text of an answer, and what it says if that is JSON. A page where something else was asked for is no answer, most
/// often one to log in at; nor is what breaks off: half a comment is none.
pub(super) fn readable(ask: &Ask, bytes: &[u8]) -> Result<(String, Json), Failure> {
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
