//! Asking a place by a plan: what was asked for, and what of it has come.

use std::collections::BTreeMap;

use url::Url;

use super::{Ask, Brings, Plan};
use crate::domain::article::Page;
use crate::domain::text::CleanText;
use crate::format::json::Json;
use crate::source::Failure;
use crate::source::failure::told;
use crate::source::http::Accept;

pub(super) struct Round {
    plan: Box<dyn Plan>,
    /// What was asked for, by number; those with an answer worth reading, as they came.
    asked: BTreeMap<u64, Ask>,
    pieces: BTreeMap<u64, String>,
    waiting: usize,
    next: u64,
    failures: Vec<Failure>,
}

impl Round {
    pub(super) fn new(plan: Box<dyn Plan>) -> Round {
        let (asked, pieces) = (BTreeMap::new(), BTreeMap::new());
        Round { plan, asked, pieces, waiting: 0, next: 0, failures: Vec::new() }
    }

    pub(super) fn begin(&mut self) -> Vec<(u64, Ask)> {
        let asks = self.plan.begin();
        self.number(asks)
    }

    pub(super) fn take(&mut self, number: u64, answer: Result<Vec<u8>, Failure>) -> Vec<(u64, Ask)> {
        let Some(ask) = self.asked.get(&number).cloned() else { return Vec::new() };
        self.waiting = self.waiting.saturating_sub(1);
        let asks = match answer.and_then(|bytes| readable(&ask, bytes)) {
            Ok(text) => {
                let json = if ask.accept == Accept::Json { Json::parse(&text) } else { Json::default() };
                let asks = self.plan.take(&ask, &json);
                // What is not there (any more) is told as `null`.
                if self.plan.is_piece(&ask) && json.roots().next().is_none_or(|root| !root.is_null()) {
                    self.pieces.insert(number, text);
                }
                asks
            }
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
        self.pieces.values().map(String::as_str)
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

    pub(super) fn is_whole(&self, page: &Page) -> Option<bool> {
        self.plan.is_whole(page)
    }
}

/// The text of an answer; a page where something else was asked for is no answer, most often one to log in at.
fn readable(ask: &Ask, bytes: Vec<u8>) -> Result<String, Failure> {
    let text = String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
    if ask.accept != Accept::Json {
        return Ok(text);
    }
    let head = text.trim_start();
    if head.starts_with(['{', '[']) || head.starts_with("null") {
        return Ok(text);
    }
    let host = host(&ask.address);
    let lower = head[..head.floor_char_boundary(64 << 10)].to_ascii_lowercase();
    Err(if lower.contains("type=\"password\"") {
        Failure::LoginPage { host }
    } else {
        let found = if lower.starts_with('<') {
            "a web page"
        } else if head.is_empty() {
            "nothing"
        } else {
            "something else"
        };
        Failure::NotDiscussion { host, found: told(found) }
    })
}

fn host(address: &str) -> CleanText {
    told(Url::parse(address).ok().as_ref().and_then(Url::host_str).unwrap_or_default())
}
