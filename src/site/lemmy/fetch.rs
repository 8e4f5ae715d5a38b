//! Lemmy: a list of all comments, page by page, which is one request for each fifty. Version 4 of the interface names the
//! next page; version 3 numbers them, and knows how many there are from the post. Version 4 is asked first: an instance that
//! has it still answers to version 3, but knows no pages there. What a list does not bring is asked for below the comments
//! that tell of more: such an answer is a tree of at most 300 comments and has no second page.

use std::collections::{HashMap, HashSet};

use crate::domain::completeness::SiteCount;
use crate::format::json::{Json, Value};
use crate::site::SiteRequest;
use crate::site::fetch::{Brings, FetchPlan, Since};
use crate::source::Failure;

/// The most that a page of a list holds.
const PAGE: usize = 50;

/// How deep below a comment is asked at once.
const DEPTH: usize = 8;

/// The requests that one post is worth.
const MOST: usize = 400;

pub(super) struct PostFetch {
    base: String,
    version: u8,
    post: String,
    /// By comment: how many are below it as the place tells, and how many of these are here.
    told: HashMap<u64, u64>,
    below: HashMap<u64, u64>,
    /// Comments that are here and were not removed.
    living: u64,
    /// By comment: those above it, as far as its path tells, the nearest last.
    above: HashMap<u64, Vec<u64>>,
    /// Comments whose answers were asked for; 0 for the post.
    asked: HashSet<u64>,
    /// The last page of the list that was asked for, and the most that one has brought.
    pages: usize,
    largest: usize,
    /// The list has come to its end.
    is_listed: bool,
    /// It only gives the same page again.
    is_stuck: bool,
    waiting: usize,
    requests: usize,
    is_cut: bool,
    /// The stored comments, until the post tells that more than new ones must be requested.
    since: Option<Since>,
    /// Comments that the post has.
    total: Option<u64>,
    brings: Brings,
}

impl PostFetch {
    /// `since` has as its mark which version answered, and how many comments the post had when all were fetched.
    pub(super) fn new(instance: &str, post: &str, since: Option<Since>) -> PostFetch {
        PostFetch {
            base: instance.to_owned(),
            version: since.as_ref().and_then(|since| read_mark(&since.mark).0).unwrap_or(4),
            post: post.to_owned(),
            told: HashMap::new(),
            below: HashMap::new(),
            living: 0,
            above: HashMap::new(),
            asked: HashSet::new(),
            pages: 0,
            largest: 0,
            is_listed: false,
            is_stuck: false,
            waiting: 0,
            requests: 0,
            is_cut: false,
            since,
            total: None,
            brings: Brings::All,
        }
    }

    fn about_post(&self) -> SiteRequest {
        let PostFetch { base, version, post, .. } = self;
        SiteRequest::json(format!("{base}/api/v{version}/post?id={post}"))
    }

    /// Comments of the post, as a list's parameters tell.
    fn list(&self, which: &str) -> SiteRequest {
        let PostFetch { base, version, post, .. } = self;
        SiteRequest::json(format!("{base}/api/v{version}/comment/list?post_id={post}&{which}"))
    }

    /// The replies below a comment, or below the post itself, which is 0.
    fn answers(&mut self, to: u64) -> SiteRequest {
        self.asked.insert(to);
        let below = if to == 0 { String::new() } else { format!("parent_id={to}&") };
        let all = if self.version == 3 { "type_=All&sort=Old" } else { "type_=all&sort=old" };
        self.list(&format!("{below}{all}&max_depth={DEPTH}"))
    }

    /// A page of the list of all, wherever they stand: oldest first, or the newest.
    fn page(&self, of: &CommentsOrder, page: &str) -> SiteRequest {
        let order = match (of, self.version) {
            (CommentsOrder::Old, 3) => "type_=All&sort=Old",
            (CommentsOrder::Old, _) => "type_=all&sort=old&time_range_seconds=0",
            (CommentsOrder::New, 3) => "type_=All&sort=New",
            (CommentsOrder::New, _) => "type_=all&sort=new&time_range_seconds=0",
        };
        let page = match page {
            "" if self.version == 3 => "&page=1".to_owned(),
            "" => String::new(),
            page if self.version == 3 => format!("&page={page}"),
            cursor => format!("&page_cursor={cursor}"),
        };
        self.list(&format!("{order}&limit={PAGE}{page}"))
    }

    /// The pages behind the one that was answered. How many there are is known from the post in version 3; then they are
    /// asked for side by side.
    fn next_pages(&mut self, of: &CommentsOrder, ask: &SiteRequest, json: &Json, heard: usize) -> Vec<SiteRequest> {
        if self.version != 3 {
            let cursor = json.roots().next().and_then(|root| root.get("next_page")?.id());
            let cursor = cursor.map(|cursor| url::form_urlencoded::byte_serialize(cursor.as_bytes()).collect::<String>());
            let cursor = cursor.filter(|cursor| value(ask, "page_cursor") != Some(cursor));
            self.is_listed = cursor.is_none();
            return cursor.into_iter().map(|cursor| self.page(of, &cursor)).collect();
        }
        let answered = value(ask, "page").and_then(|page| page.parse::<usize>().ok()).unwrap_or(1);
        // Some give less at once than they are asked for.
        let is_last = heard < self.largest || heard == 0;
        self.largest = self.largest.max(heard);
        let counted = usize::try_from(self.total.unwrap_or(0)).unwrap_or(usize::MAX).div_ceil(self.largest.max(1));
        self.is_listed |= is_last;
        // The list has removed comments, and the count has not: if all requested pages were full, one more is requested.
        let asked = self.pages.max(1);
        let beyond = if self.waiting == 0 { asked.max(answered) + 1 } else { 0 };
        let counted = if matches!(of, CommentsOrder::Old) { counted } else { 0 };
        let wanted = if self.is_listed { 0 } else { counted.max(beyond) };
        self.pages = self.pages.max(wanted);
        (asked + 1..=wanted).map(|page| self.page(of, &page.to_string())).collect()
    }

    /// Reads the post. If all comments were here, it decides the next requests.
    fn post_told(&mut self, json: &Json) -> Vec<SiteRequest> {
        let view = json.roots().next().and_then(|root| root.get("post_view"));
        let count = view.and_then(|view| view.at(&["counts", "comments"]).or_else(|| view.at(&["post", "comments"])));
        self.total = count.and_then(Value::i64).and_then(|count| u64::try_from(count).ok());
        let before = self.since.as_ref().and_then(|since| read_mark(&since.mark).1);
        match (self.total, before) {
            (Some(now), Some(before)) if now == before => {
                self.brings = Brings::Nothing;
                Vec::new()
            }
            (Some(now), Some(before)) if now > before => {
                self.brings = Brings::Additions;
                vec![self.page(&CommentsOrder::New, "")]
            }
            // Nobody has commented, and there is no list to ask for.
            (Some(0), None) => Vec::new(),
            _ => {
                self.since = None;
                vec![self.page(&CommentsOrder::Old, "")]
            }
        }
    }

    fn hear(&mut self, json: &Json) -> Heard {
        let lists = ["comments", "items"].into_iter().flat_map(|key| json.roots().filter_map(move |root| root.get(key)));
        let mut heard = Heard::default();
        for view in lists.flat_map(Value::items) {
            let of = |key: &str| view.at(&["comment", key]);
            let Some(id) = of("id").and_then(Value::id).and_then(|id| id.parse().ok()) else { continue };
            heard.ids.push(id);
            let told = view.at(&["counts", "child_count"]).or_else(|| of("child_count"));
            let told = told.and_then(Value::i64).and_then(|told| u64::try_from(told).ok()).unwrap_or(0);
            if self.told.insert(id, told).is_none() {
                heard.new.push(id);
                let is = |flag: &str| of(flag).and_then(Value::bool) == Some(true);
                self.living += u64::from(!is("deleted") && !is("removed"));
                // From the post, which is 0, down to the comment itself.
                let path = of("path").and_then(Value::str).unwrap_or_default();
                let above: Vec<u64> = path
                    .split('.')
                    .filter_map(|above| above.parse().ok())
                    .filter(|above| *above != id && *above != 0)
                    .collect();
                for above in &above {
                    *self.below.entry(*above).or_default() += 1;
                }
                self.above.insert(id, above);
            }
        }
        heard
    }

    /// True if there are comments below one that are not here.
    fn lacks(&self, id: u64) -> bool {
        self.told.get(&id).copied().unwrap_or(0) > self.below.get(&id).copied().unwrap_or(0)
    }

    /// When all has been heard, whether comments that the post counts are not here, as far as it tells.
    fn is_lacking(&self) -> bool {
        self.total.is_none_or(|total| self.living < total)
    }

    fn take_list(&mut self, ask: &SiteRequest, json: &Json) -> Vec<SiteRequest> {
        let Heard { ids, new } = self.hear(json);
        let all = ids.len();
        if self.brings == Brings::Additions {
            return self.take_newest(ask, json, &ids, new.is_empty());
        }
        if value(ask, "max_depth").is_some() {
            return Vec::new();
        }
        // Some know no pages, and answer with the same one again.
        self.is_stuck |= new.is_empty() && all > 0;
        if self.is_stuck || !self.is_lacking() {
            return Vec::new();
        }
        self.next_pages(&CommentsOrder::Old, ask, json, all)
    }

    /// A page of the newest, which come first: behind one that is here all are.
    fn take_newest(&mut self, ask: &SiteRequest, json: &Json, ids: &[u64], is_again: bool) -> Vec<SiteRequest> {
        let is_known = |id: &u64| self.since.as_ref().is_some_and(|since| since.ids.contains(&*id.to_string()));
        if ids.is_empty() || ids.iter().any(is_known) {
            return Vec::new();
        }
        let is_first = value(ask, "page").is_none_or(|page| page == "1") && value(ask, "page_cursor").is_none();
        match (is_again && !is_first, self.version) {
            // The same page again: the instance has come to version 4 since.
            (true, 3) => {
                self.version = 4;
                vec![self.page(&CommentsOrder::New, "")]
            }
            (true, _) => Vec::new(),
            (false, _) => self.next_pages(&CommentsOrder::New, ask, json, ids.len()),
        }
    }

    /// The requests for replies below comments that count more than are here, once the list has brought all it can: the
    /// uppermost of them, each once; the post itself first.
    fn branches(&mut self) -> Vec<SiteRequest> {
        if !self.asked.contains(&0) && self.is_stuck {
            return vec![self.answers(0)];
        }
        let lacking: HashSet<u64> =
            self.told.keys().copied().filter(|id| self.lacks(*id) && !self.asked.contains(id)).collect();
        let is_upper = |id: &&u64| self.above.get(id).is_none_or(|above| !above.iter().any(|above| lacking.contains(above)));
        let mut upper: Vec<u64> = lacking.iter().filter(is_upper).copied().collect();
        upper.sort_unstable();
        upper.into_iter().map(|id| self.answers(id)).collect()
    }

    /// At the end, what the list did not bring.
    fn bounded(&mut self, mut asks: Vec<SiteRequest>) -> Vec<SiteRequest> {
        let is_end = asks.is_empty() && self.waiting == 0 && self.brings == Brings::All && !self.told.is_empty();
        if is_end && self.is_lacking() {
            asks = self.branches();
        }
        let room = MOST.saturating_sub(self.requests);
        self.is_cut |= asks.len() > room;
        asks.truncate(room);
        self.requests += asks.len();
        self.waiting += asks.len();
        asks
    }
}

/// The comments of an answer, and those of them that came in none before.
#[derive(Default)]
struct Heard {
    ids: Vec<u64>,
    new: Vec<u64>,
}

enum CommentsOrder {
    Old,
    New,
}

/// `4:120`: the version that answered, and how many comments there were. Earlier ones tell the latter only.
fn read_mark(mark: &str) -> (Option<u8>, Option<u64>) {
    match mark.split_once(':') {
        Some((version, count)) => (version.parse().ok(), count.parse().ok()),
        None => (None, mark.parse().ok()),
    }
}

/// A parameter of what was asked for.
fn value<'a>(ask: &'a SiteRequest, name: &str) -> Option<&'a str> {
    let (_, query) = ask.address.split_once('?')?;
    query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
}

impl FetchPlan for PostFetch {
    fn begin(&mut self) -> Vec<SiteRequest> {
        let post = self.about_post();
        self.bounded(vec![post])
    }

    fn take(&mut self, ask: &SiteRequest, json: &Json) -> Vec<SiteRequest> {
        self.waiting = self.waiting.saturating_sub(1);
        let asks = if ask.address.contains("/comment/list?") { self.take_list(ask, json) } else { self.post_told(json) };
        self.bounded(asks)
    }

    fn failed(&mut self, ask: &SiteRequest, failure: &Failure) -> Option<Vec<SiteRequest>> {
        self.waiting = self.waiting.saturating_sub(1);
        let has_none = match failure {
            Failure::NotFound { .. } | Failure::NotDiscussion { .. } => true,
            // Some gateways refuse what they do not know in other words.
            Failure::Status { status, .. } => matches!(status, 400 | 405 | 501),
            _ => false,
        };
        if !has_none {
            return None;
        }
        if value(ask, "parent_id").is_some() {
            // It was taken away meanwhile.
            return Some(self.bounded(Vec::new()));
        }
        let is_older = self.version == 4 && self.told.is_empty() && self.total.is_none();
        self.version = if is_older { 3 } else { self.version };
        is_older.then(|| self.begin())
    }

    fn brings(&self) -> Brings {
        self.brings
    }

    fn mark(&self) -> Option<String> {
        self.total.filter(|_| !self.is_cut).map(|total| format!("{}:{total}", self.version))
    }

    fn is_cut(&self) -> bool {
        self.is_cut
    }

    fn told(&self) -> SiteCount {
        // Not every post tells how many it has; the end of the list tells then.
        let is_told_by_end = self.is_listed && self.total.is_none();
        if is_told_by_end { SiteCount::All(self.told.len()) } else { SiteCount::Unknown }
    }
}
