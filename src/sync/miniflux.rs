//! Miniflux's own API, version 1.
//!
//! Facts from its source (2.3): an API key goes in a header, user and password in another; `/entries/ids` lists ids alone
//! since 2.3; entries cannot be asked for by their ids, only by a range of them; `/star` toggles, so that stars are set with
//! `PUT /entries`; "mark all read" has no bound, so that it is not used.

mod answers;
#[cfg(test)]
mod tests;

use std::cell::RefCell;
use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use url::Url;

use self::answers::{entries, entry_ids, error_message, feeds, folder_ids, version};
use super::HttpMethod;
use super::numbers::{ListPage, before, number};
use super::{
    Backend, IdSet, ItemId, ItemMark, NextPage, Probe, RecentBy, SyncAnswer, SyncApi, SyncChange, SyncError, SyncLimits,
    SyncLogin, SyncQuery, SyncReply, SyncRequest, form,
};
use crate::domain::text::CleanText;

pub(super) struct Miniflux;

/// Entries in one page with contents, and the most that the server gives at once.
const PAGE: usize = 100;
const MAX_ENTRIES: usize = 1000;
/// Ids in one page of `/entries/ids`.
const MAX_IDS: usize = 10_000;
/// The first version with `/entries/ids`.
const WITH_IDS: (u32, u32) = (2, 3);

impl SyncApi for Miniflux {
    fn id(&self) -> &'static str {
        "miniflux"
    }

    fn name(&self) -> &'static str {
        "Miniflux"
    }

    fn probes(&self, typed: &Url) -> Vec<Probe> {
        let mut page = typed.clone();
        page.set_query(None);
        page.set_fragment(None);
        let page = page.as_str().trim_end_matches('/');
        let base = page.strip_suffix("/v1").unwrap_or(page).to_owned();
        vec![Probe { request: SyncRequest::get(format!("{base}/v1/me")), base }]
    }

    fn is_recognized(&self, answer: &SyncAnswer) -> bool {
        answer.status == 401 && error_message(answer).is_some_and(|message| message.to_lowercase().contains("unauthorized"))
    }

    fn open(&self, login: &SyncLogin) -> Box<dyn Backend> {
        let login = login.clone();
        // An account without a user has an API key.
        let auth = if login.user.is_empty() { MinifluxAuth::Key } else { MinifluxAuth::Unknown };
        Box::new(MinifluxClient { login, auth, version: None, folders: None, listed: RefCell::default() })
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum MinifluxAuth {
    /// The secret may be an API key or a password: it is tried as a key first.
    Unknown,
    Key,
    Password,
}

/// The ids of the lists that came last.
#[derive(Default)]
struct ListedIds {
    unread: BTreeSet<u64>,
    starred: BTreeSet<u64>,
}

struct MinifluxClient {
    login: SyncLogin,
    auth: MinifluxAuth,
    version: Option<(u32, u32)>,
    /// The ids of folders by their names, once they have come.
    folders: Option<Vec<(CleanText, i64)>>,
    /// The filter that narrows the range in which wanted entries are looked for.
    listed: RefCell<ListedIds>,
}

impl Backend for MinifluxClient {
    fn limits(&self) -> SyncLimits {
        SyncLimits { items: PAGE, marks: 2000, recent: RecentBy::Items, has_labels: false, edits_feeds: true }
    }

    fn prepare(&self, query: &SyncQuery) -> Option<SyncRequest> {
        if self.version.is_none() {
            return Some(self.send(HttpMethod::Get, "version", None));
        }
        let folder = wanted_folder(query)?;
        match &self.folders {
            None => Some(self.send(HttpMethod::Get, "categories", None)),
            Some(known) if known.iter().any(|(name, _)| name == folder) => None,
            Some(_) => Some(self.send(HttpMethod::Post, "categories", Some(&json!({"title": folder.as_str()})))),
        }
    }

    fn prepared(&mut self, query: &SyncQuery, answer: &SyncAnswer) -> Result<(), SyncError> {
        if self.version.is_none() {
            if answer.status == 401 && self.auth == MinifluxAuth::Unknown {
                self.auth = MinifluxAuth::Password;
                return Ok(());
            }
            self.version = Some(version(answer, query)?);
            if self.auth == MinifluxAuth::Unknown {
                self.auth = MinifluxAuth::Key;
            }
            return Ok(());
        }
        checked(answer, query)?;
        let came = folder_ids(answer, query)?;
        let is_first = self.folders.is_none();
        self.folders.get_or_insert_default().extend(came);
        let is_known = |folder| self.folders.iter().flatten().any(|(name, _)| name == folder);
        if !is_first && !wanted_folder(query).is_some_and(is_known) {
            return Err(query.bad_answer("the new folder has another name"));
        }
        Ok(())
    }

    fn forget(&mut self, _: &SyncError) {
        self.version = None;
    }

    fn request(&self, query: &SyncQuery) -> Result<SyncRequest, SyncError> {
        let get = |path: &str| Ok(self.send(HttpMethod::Get, path, None));
        match query {
            SyncQuery::Check => get("me"),
            SyncQuery::Feeds => get("feeds"),
            SyncQuery::Ids { set: set @ (IdSet::Unread | IdSet::Starred), page } => get(&self.list_path(set, page.as_ref())),
            SyncQuery::Items(ids) => get(&self.range_path(ids)),
            SyncQuery::ItemsSince { mark, page } => {
                let bound = page.as_ref().map(|page| page.0.to_string());
                let bound = bound.or_else(|| mark.as_ref().map(|mark| format!("after_entry_id={}", before(mark))));
                let bound = bound.unwrap_or_default();
                let direction = if bound.starts_with("after") { "asc" } else { "desc" };
                get(&format!("entries?order=id&direction={direction}&limit={PAGE}&{bound}"))
            }
            SyncQuery::Push(change) => self.push(change),
            SyncQuery::Labels | SyncQuery::Ids { .. } => Err(SyncError::Unsupported { what: "labels" }),
        }
    }

    fn read(&self, query: &SyncQuery, answer: &SyncAnswer) -> Result<SyncReply, SyncError> {
        if let SyncQuery::Push(change) = query {
            return confirmed(change, query, answer);
        }
        checked(answer, query)?;
        match query {
            SyncQuery::Check => answers::user(answer, query),
            SyncQuery::Feeds => Ok(SyncReply::Feeds(feeds(answer, query)?)),
            SyncQuery::Ids { set, page } => {
                let ids = entry_ids(answer, self.has_id_lists(), query)?;
                let mut listed = self.listed.borrow_mut();
                let of_set = if *set == IdSet::Unread { &mut listed.unread } else { &mut listed.starred };
                of_set.extend(ids.iter().map(number));
                ListPage::parse(page.as_ref()).reply(ids, self.list_limit(), query)
            }
            SyncQuery::ItemsSince { mark, page } => {
                let bound = page.as_ref().map(|page| page.0.to_string());
                let bound = bound.or_else(|| mark.as_ref().map(|mark| format!("after_entry_id={}", before(mark))));
                let (items, came) = entries(answer, query)?;
                let next = answers::next_page(&items, came, bound.as_deref().unwrap_or_default(), query)?;
                Ok(SyncReply::Items { items, next })
            }
            SyncQuery::Items(ids) => {
                let (mut items, _) = entries(answer, query)?;
                items.retain(|item| item.id.as_ref().is_some_and(|id| ids.contains(id)));
                Ok(SyncReply::Items { items, next: None })
            }
            SyncQuery::Labels | SyncQuery::Push(_) => Ok(SyncReply::Done),
        }
    }
}

/// The folder that must have an id before a change can be sent.
fn wanted_folder(query: &SyncQuery) -> Option<&CleanText> {
    match query {
        SyncQuery::Push(SyncChange::Subscribe { folder, .. }) => folder.as_ref(),
        SyncQuery::Push(SyncChange::Move { to, .. }) => to.as_ref(),
        _ => None,
    }
}

impl MinifluxClient {
    fn send(&self, method: HttpMethod, path: &str, body: Option<&serde_json::Value>) -> SyncRequest {
        let address = format!("{}/v1/{path}", self.login.base);
        let request = match body {
            Some(body) => SyncRequest::json(method, address, body.to_string()),
            None => SyncRequest { method, ..SyncRequest::get(address) },
        };
        if self.auth == MinifluxAuth::Password {
            let pair = STANDARD.encode(format!("{}:{}", self.login.user, self.login.secret));
            return request.with_header("authorization", format!("Basic {pair}"));
        }
        request.with_header("x-auth-token", self.login.secret.clone())
    }

    fn has_id_lists(&self) -> bool {
        self.version.is_some_and(|version| version >= WITH_IDS)
    }

    fn list_limit(&self) -> usize {
        if self.has_id_lists() { MAX_IDS } else { MAX_ENTRIES }
    }

    fn list_path(&self, set: &IdSet, page: Option<&NextPage>) -> String {
        let (name, value) = if *set == IdSet::Unread { ("status", "unread") } else { ("starred", "true") };
        let (limit, skip) = (self.list_limit().to_string(), ListPage::parse(page).skip.to_string());
        let fields = form([(name, value), ("limit", &*limit), ("offset", &*skip)]);
        if self.has_id_lists() { format!("entries/ids?{fields}") } else { format!("entries?order=id&direction=desc&{fields}") }
    }

    /// The range of ids in which these lie, narrowed to the list that they all are from.
    fn range_path(&self, ids: &[ItemId]) -> String {
        let numbers = || ids.iter().map(number);
        let (least, greatest) = (numbers().min().unwrap_or(0), numbers().max().unwrap_or(0));
        let listed = self.listed.borrow();
        let narrowed = if numbers().all(|id| listed.unread.contains(&id)) {
            "&status=unread"
        } else if numbers().all(|id| listed.starred.contains(&id)) {
            "&starred=true"
        } else {
            ""
        };
        let (after, before) = (least.saturating_sub(1), greatest.saturating_add(1));
        let range = format!("after_entry_id={after}&before_entry_id={before}");
        format!("entries?order=id&direction=asc&limit={MAX_ENTRIES}&{range}{narrowed}")
    }

    fn push(&self, change: &SyncChange) -> Result<SyncRequest, SyncError> {
        let folder_id = |name: &Option<CleanText>| {
            let known = self.folders.iter().flatten();
            name.as_ref().and_then(|name| known.clone().find(|(known, _)| known == name)).map(|(_, id)| *id)
        };
        let feed_path = |feed: &super::FeedId| {
            let id: u64 = feed.0.parse().map_err(|_| SyncError::Unsupported { what: "a feed without a number" })?;
            Ok::<String, SyncError>(format!("feeds/{id}"))
        };
        Ok(match change {
            SyncChange::Mark { mark, ids } => {
                let ids: Vec<u64> = ids.iter().map(number).collect();
                let body = match mark {
                    ItemMark::Read => json!({"entry_ids": ids, "status": "read"}),
                    ItemMark::Unread => json!({"entry_ids": ids, "status": "unread"}),
                    ItemMark::Starred => json!({"entry_ids": ids, "starred": true}),
                    ItemMark::Unstarred => json!({"entry_ids": ids, "starred": false}),
                    ItemMark::Labelled(_) | ItemMark::Unlabelled(_) => {
                        return Err(SyncError::Unsupported { what: "labels" });
                    }
                };
                self.send(HttpMethod::Put, "entries", Some(&body))
            }
            SyncChange::MarkAllRead { .. } => {
                return Err(SyncError::Unsupported { what: "marking all read up to an article" });
            }
            SyncChange::Subscribe { address, folder, .. } => {
                let body = json!({"feed_url": address, "category_id": folder_id(folder).unwrap_or(0)});
                self.send(HttpMethod::Post, "feeds", Some(&body))
            }
            SyncChange::Unsubscribe(feed) => self.send(HttpMethod::Delete, &feed_path(feed)?, None),
            SyncChange::Rename { feed, title } => {
                self.send(HttpMethod::Put, &feed_path(feed)?, Some(&json!({"title": title.as_str()})))
            }
            SyncChange::Move { feed, to, .. } => {
                let id = folder_id(to).ok_or(SyncError::Unsupported { what: "feeds outside of folders" })?;
                self.send(HttpMethod::Put, &feed_path(feed)?, Some(&json!({ "category_id": id })))
            }
        })
    }
}

/// The errors that are told alike by all paths.
fn checked(answer: &SyncAnswer, query: &SyncQuery) -> Result<(), SyncError> {
    answer.check()?;
    match answer.status {
        401 => Err(SyncError::WrongPassword),
        200..=299 => Ok(()),
        status => match error_message(answer) {
            Some(reason) => Err(SyncError::Refused { reason }),
            None => Err(query.bad_answer(&format!("status {status}"))),
        },
    }
}

fn confirmed(change: &SyncChange, query: &SyncQuery, answer: &SyncAnswer) -> Result<SyncReply, SyncError> {
    // A feed that cannot be had is told with status 500.
    if let (SyncChange::Subscribe { .. }, 500, Some(reason)) = (change, answer.status, error_message(answer)) {
        return Err(SyncError::Refused { reason });
    }
    checked(answer, query)?;
    // A page in place of the API comes with status 200; changes are confirmed by 201 and 204.
    match answer.status {
        201 | 204 => Ok(SyncReply::Done),
        status => Err(query.bad_answer(&format!("status {status} does not confirm a change"))),
    }
}
