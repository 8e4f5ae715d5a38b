//! Lemmy: first the post and its first comments, then the answers to each. Such an answer is a tree of at most 300 comments,
//! whatever is asked for, and has no second page; what it cut off is asked for by the comment above, and what is still not
//! here by a list of all, page by page. Version 4 of the interface has only that list, with pages that name the next one.

use std::collections::{HashMap, HashSet};

use super::{Ask, Brings, Plan, Since, base};
use crate::domain::completeness::SiteCount;
use crate::format::json::{Json, Value};
use crate::source::Failure;

/// The most that a page of a list holds.
const PAGE: usize = 50;

/// How deep below a comment is asked at once.
const DEPTH: usize = 8;

/// The requests that one post is worth.
const MOST: usize = 400;

pub(super) struct Asking {
    base: String,
    version: u8,
    post: u64,
    /// By comment: how many are below it as the place tells, and how many of these are here.
    told: HashMap<u64, u64>,
    below: HashMap<u64, u64>,
    /// Of those that are here, the ones that were not taken away.
    living: u64,
    /// Comments whose answers were asked for.
    asked: HashSet<u64>,
    /// The list of all is asked for, and what it has brought.
    is_listing: bool,
    listed: HashSet<u64>,
    /// It has come to its end.
    is_listed: bool,
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
            base: base(instance).to_owned(),
            version: 3,
            post,
            told: HashMap::new(),
            below: HashMap::new(),
            living: 0,
            asked: HashSet::new(),
            is_listing: false,
            listed: HashSet::new(),
            is_listed: false,
            waiting: 0,
            requests: 0,
            is_cut: false,
            since,
            total: None,
            brings: Brings::All,
        }
    }

    fn about_post(&self) -> Ask {
        let Asking { base, version, post, .. } = self;
        Ask::json(format!("{base}/api/v{version}/post?id={post}"))
    }

    /// Comments of the post, as a list's parameters tell.
    fn list(&self, which: &str) -> Ask {
        let Asking { base, version, post, .. } = self;
        Ask::json(format!("{base}/api/v{version}/comment/list?post_id={post}&{which}"))
    }

    fn roots(&self, page: usize) -> Ask {
        self.list(&format!("type_=All&sort=Old&max_depth=1&limit={PAGE}&page={page}"))
    }

    fn answers(&mut self, to: u64) -> Ask {
        self.asked.insert(to);
        self.list(&format!("parent_id={to}&type_=All&sort=Old&max_depth={DEPTH}"))
    }

    /// A page of the list of all, wherever they stand: oldest first, or the newest.
    fn page(&mut self, of: &Order, page: &str) -> Ask {
        self.is_listing = true;
        let all = if self.version == 3 { "type_=All&sort=" } else { "type_=all&sort=" };
        let order = match (of, self.version) {
            (Order::Old, 3) => "Old",
            (Order::Old, _) => "old",
            (Order::New, 3) => "New",
            (Order::New, _) => "new",
        };
        let page = match page {
            "" => String::new(),
            page if self.version == 3 => format!("&page={page}"),
            cursor => format!("&page_cursor={cursor}"),
        };
        self.list(&format!("{all}{order}&limit={PAGE}{page}"))
    }

    /// The page behind the one that was answered, if there is one.
    fn next(&mut self, of: &Order, ask: &Ask, json: &Json, heard: usize) -> Option<Ask> {
        if self.version == 3 {
            let page = value(ask, "page").and_then(|page| page.parse::<usize>().ok()).unwrap_or(1);
            return (heard > 0).then(|| self.page(of, &(page + 1).to_string()));
        }
        let cursor = json.roots().next().and_then(|root| root.get("next_page")?.id());
        let cursor: String = url::form_urlencoded::byte_serialize(cursor?.as_bytes()).collect();
        (value(ask, "page_cursor") != Some(&cursor)).then(|| self.page(of, &cursor))
    }

    /// All comments, from the first.
    fn all(&mut self) -> Ask {
        if self.version == 3 { self.roots(1) } else { self.page(&Order::Old, "") }
    }

    /// What the post tells. Where all was here, it decides what is asked for.
    fn post_told(&mut self, json: &Json) -> Vec<Ask> {
        let view = json.roots().next().and_then(|root| root.get("post_view"));
        let count = view.and_then(|view| view.at(&["counts", "comments"]).or_else(|| view.at(&["post", "comments"])));
        self.total = count.and_then(Value::i64).and_then(|count| u64::try_from(count).ok());
        let Some(since) = &self.since else { return Vec::new() };
        let before = since.mark.parse().ok();
        match (self.total, before) {
            (Some(now), Some(before)) if now == before => {
                self.brings = Brings::Nothing;
                Vec::new()
            }
            (Some(now), Some(before)) if now > before => {
                self.brings = Brings::Additions;
                vec![self.page(&Order::New, "")]
            }
            _ => {
                self.since = None;
                vec![self.all()]
            }
        }
    }

    fn hear(&mut self, json: &Json) -> Heard {
        let lists = ["comments", "items"].into_iter().flat_map(|key| json.roots().filter_map(move |root| root.get(key)));
        let mut heard = Heard::default();
        for view in lists.flat_map(Value::items) {
            let of = |key: &str| view.at(&["comment", key]);
            let Some(id) = of("id").and_then(Value::id).and_then(|id| id.parse().ok()) else { continue };
            heard.all.push(id);
            let told = view.at(&["counts", "child_count"]).or_else(|| of("child_count"));
            let told = told.and_then(Value::i64).and_then(|told| u64::try_from(told).ok()).unwrap_or(0);
            if self.told.insert(id, told).is_none() {
                heard.new.push(id);
                let is = |flag: &str| of(flag).and_then(Value::bool) == Some(true);
                self.living += u64::from(!is("deleted") && !is("removed"));
                // From the post, which is 0, down to the comment itself.
                let path = of("path").and_then(Value::str).unwrap_or_default();
                for above in path.split('.').filter_map(|above| above.parse().ok()).filter(|above| *above != id) {
                    *self.below.entry(above).or_default() += 1;
                }
            }
        }
        heard
    }

    /// Whether there are comments below one that are not here.
    fn lacks(&self, id: u64) -> bool {
        self.told.get(&id).copied().unwrap_or(0) > self.below.get(&id).copied().unwrap_or(0)
    }

    /// When all has been heard, whether comments that the post counts are not here, as far as it tells.
    fn is_lacking(&self) -> bool {
        self.total.is_none_or(|total| self.living < total)
    }

    fn take_list(&mut self, ask: &Ask, json: &Json) -> Vec<Ask> {
        let Heard { all, new } = self.hear(json);
        let heard = all.len();
        if self.brings == Brings::Additions {
            let is_known = |id: &u64| self.since.as_ref().is_some_and(|since| since.ids.contains(&*id.to_string()));
            // They come newest first: behind one that is here all are.
            let is_end = new.is_empty() || new.iter().any(is_known);
            return if is_end { Vec::new() } else { self.next(&Order::New, ask, json, heard).into_iter().collect() };
        }
        if value(ask, "max_depth").is_none() {
            // Some know no pages, and answer with the same one again.
            let before = self.listed.len();
            self.listed.extend(all);
            if self.listed.len() == before || !self.is_lacking() {
                self.is_listed = heard == 0;
                return Vec::new();
            }
            let next = self.next(&Order::Old, ask, json, heard);
            self.is_listed = next.is_none();
            return next.into_iter().collect();
        }
        // Those below which nothing came were cut off there.
        let cut: Vec<u64> = new
            .iter()
            .copied()
            .filter(|id| self.lacks(*id) && !self.below.contains_key(id) && !self.asked.contains(id))
            .collect();
        let mut asks: Vec<Ask> = cut.into_iter().map(|id| self.answers(id)).collect();
        if value(ask, "parent_id").is_none() && heard == PAGE && !new.is_empty() {
            let page = value(ask, "page").and_then(|page| page.parse().ok()).unwrap_or(1);
            asks.push(self.roots(page + 1));
        }
        asks
    }

    /// At the end the list of all, if any are lacking.
    fn bounded(&mut self, mut asks: Vec<Ask>) -> Vec<Ask> {
        let is_end = asks.is_empty() && self.waiting == 0 && self.brings == Brings::All;
        if is_end && !self.is_listing && self.is_lacking() {
            asks.push(self.page(&Order::Old, ""));
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
    all: Vec<u64>,
    new: Vec<u64>,
}

enum Order {
    Old,
    New,
}

/// An order of posts as version 4 has it: in small letters, and the best of a time by its seconds, 0 for all time.
pub(super) fn newer(sort: &str) -> String {
    const DAY: u32 = 24 * 3600;
    let time = match sort.strip_prefix("Top") {
        Some("Hour") => 3600,
        Some("SixHour") => DAY / 4,
        Some("TwelveHour") => DAY / 2,
        Some("Day") => DAY,
        Some("Week") => 7 * DAY,
        Some("Month") => 30 * DAY,
        Some("ThreeMonths") => 90 * DAY,
        Some("SixMonths") => 180 * DAY,
        Some("NineMonths") => 270 * DAY,
        Some("Year") => 365 * DAY,
        Some("All") => 0,
        _ => {
            let word = |(n, letter): (usize, char)| {
                let gap = letter.is_ascii_uppercase() && n > 0;
                gap.then_some('_').into_iter().chain([letter.to_ascii_lowercase()])
            };
            return sort.chars().enumerate().flat_map(word).collect();
        }
    };
    format!("top&time_range_seconds={time}")
}

/// A parameter of what was asked for.
fn value<'a>(ask: &'a Ask, name: &str) -> Option<&'a str> {
    let (_, query) = ask.address.split_once('?')?;
    query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
}

impl Plan for Asking {
    fn begin(&mut self) -> Vec<Ask> {
        let mut asks = vec![self.about_post()];
        if self.since.is_none() {
            asks.push(self.all());
        }
        self.bounded(asks)
    }

    fn take(&mut self, ask: &Ask, json: &Json) -> Vec<Ask> {
        self.waiting = self.waiting.saturating_sub(1);
        let asks = if ask.address.contains("/comment/list?") { self.take_list(ask, json) } else { self.post_told(json) };
        self.bounded(asks)
    }

    fn failed(&mut self, ask: &Ask, failure: &Failure) -> Option<Vec<Ask>> {
        self.waiting = self.waiting.saturating_sub(1);
        if !matches!(failure, Failure::NotFound { .. }) {
            return None;
        }
        if value(ask, "parent_id").is_some() {
            // It was taken away meanwhile.
            return Some(self.bounded(Vec::new()));
        }
        // An instance that has only the newer version knows none of what the older one has.
        let is_other = self.version == 3 && self.told.is_empty() && self.total.is_none();
        self.version = if is_other { 4 } else { self.version };
        (self.version == 4 && ask.address.contains("/api/v3/")).then(|| if is_other { self.begin() } else { Vec::new() })
    }

    fn brings(&self) -> Brings {
        self.brings
    }

    fn mark(&self) -> Option<String> {
        self.total.filter(|_| !self.is_cut).map(|total| total.to_string())
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
