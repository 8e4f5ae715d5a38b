//! Fever's API, as `FreshRSS`, Miniflux, Coldsweat and a plugin of Tiny Tiny RSS speak it.
//!
//! Facts from recorded exchanges: a wrong key is told with status 200; at most 50 items come, whatever is asked for; ids are
//! strings or numbers; `mark` takes one item at a time. Labels and changes of subscriptions do not exist. "Mark all read" has
//! a bound in seconds, which no id tells, so it is not used.

mod answers;
#[cfg(test)]
mod tests;

use std::fmt::Write;

use md5::{Digest, Md5};
use url::Url;

use self::answers::{feeds, folders, id_list, items, root};
use super::numbers::{before, comma_list};
use super::{
    Backend, IdSet, ItemMark, Probe, RecentBy, SyncAnswer, SyncApi, SyncChange, SyncError, SyncLimits, SyncLogin, SyncQuery,
    SyncReply, SyncRequest,
};
use crate::domain::text::CleanText;

pub(super) struct Fever;

/// Where servers have it below the address of their pages: `FreshRSS`, `FreshRSS` seen from its installation's root, Coldsweat,
/// Miniflux, Tiny Tiny RSS with the plugin, Fever itself.
const BELOW: [&str; 6] = ["/api/fever.php", "/p/api/fever.php", "/fever", "/fever/", "/plugins.local/fever/", "/"];

/// Items in one answer.
const PAGE: usize = 50;

impl SyncApi for Fever {
    fn id(&self) -> &'static str {
        "fever"
    }

    fn name(&self) -> &'static str {
        "Fever API"
    }

    fn probes(&self, typed: &Url) -> Vec<Probe> {
        let mut page = typed.clone();
        page.set_query(None);
        page.set_fragment(None);
        let page = page.as_str();
        if page.ends_with("fever.php") || page.trim_end_matches('/').ends_with("/fever") {
            return vec![probe(page.to_owned())];
        }
        let page = page.trim_end_matches('/');
        let page = page.strip_suffix("/i").unwrap_or(page).trim_end_matches("/api");
        BELOW.iter().map(|below| probe(format!("{page}{below}"))).collect()
    }

    fn is_recognized(&self, answer: &SyncAnswer) -> bool {
        answer.is_ok()
            && root(answer, &SyncQuery::Check).is_ok_and(|json| {
                json.roots().next().is_some_and(|root| root.get("api_version").is_some() && root.get("auth").is_some())
            })
    }

    fn open(&self, login: &SyncLogin) -> Box<dyn Backend> {
        Box::new(FeverClient { base: login.base.clone(), key: key(login), folders: None })
    }
}

fn probe(base: String) -> Probe {
    Probe { request: SyncRequest::post_form(format!("{base}?api"), []), base }
}

/// Fever's own scheme: the MD5 of user and password.
fn key(login: &SyncLogin) -> String {
    let digest = Md5::digest(format!("{}:{}", login.user, login.secret));
    let mut key = String::new();
    for byte in digest {
        let _ = write!(key, "{byte:02x}");
    }
    key
}

struct FeverClient {
    base: String,
    key: String,
    /// The names of groups by their ids, once they have come.
    folders: Option<Vec<(i64, CleanText)>>,
}

impl Backend for FeverClient {
    fn limits(&self) -> SyncLimits {
        SyncLimits { items: PAGE, marks: 1, recent: RecentBy::Items, has_labels: false, edits_feeds: false }
    }

    /// Groups and feeds are two requests, since some servers answer one command at a time.
    fn prepare(&self, query: &SyncQuery) -> Option<SyncRequest> {
        (*query == SyncQuery::Feeds && self.folders.is_none()).then(|| self.ask("groups", &[]))
    }

    fn prepared(&mut self, query: &SyncQuery, answer: &SyncAnswer) -> Result<(), SyncError> {
        let json = authorized(answer, query)?;
        self.folders = Some(folders(&json));
        Ok(())
    }

    fn forget(&mut self, _: &SyncError) {}

    fn request(&self, query: &SyncQuery) -> Result<SyncRequest, SyncError> {
        Ok(match query {
            SyncQuery::Check => self.ask("", &[]),
            SyncQuery::Feeds => self.ask("feeds", &[]),
            SyncQuery::Ids { set: IdSet::Unread, .. } => self.ask("unread_item_ids", &[]),
            SyncQuery::Ids { set: IdSet::Starred, .. } => self.ask("saved_item_ids", &[]),
            SyncQuery::Items(ids) => self.ask(&format!("items&with_ids={}", comma_list(ids)), &[]),
            SyncQuery::ItemsSince { mark, page } => {
                let of_page = page.as_ref().map(|page| &*page.0);
                let since =
                    mark.as_ref().map_or_else(|| format!("max_id={}", i64::MAX), |mark| format!("since_id={}", before(mark)));
                self.ask(&format!("items&{}", of_page.unwrap_or(&since)), &[])
            }
            SyncQuery::Push(SyncChange::Mark { mark, ids }) => self.mark(mark, &comma_list(ids))?,
            SyncQuery::Labels | SyncQuery::Ids { .. } => return Err(SyncError::Unsupported { what: "labels" }),
            SyncQuery::Push(SyncChange::MarkAllRead { .. }) => {
                return Err(SyncError::Unsupported { what: "marking all read up to an article" });
            }
            SyncQuery::Push(_) => return Err(SyncError::Unsupported { what: "changing subscriptions" }),
        })
    }

    fn read(&self, query: &SyncQuery, answer: &SyncAnswer) -> Result<SyncReply, SyncError> {
        if let (SyncQuery::Push(_), 404) = (query, answer.status) {
            return Err(SyncError::Refused { reason: crate::source::told("it does not have this article any more") });
        }
        let json = authorized(answer, query)?;
        let Some(root) = json.roots().next() else { return Err(query.bad_answer("it is empty")) };
        Ok(match query {
            SyncQuery::Check => SyncReply::Checked { user: None },
            SyncQuery::Feeds => SyncReply::Feeds(feeds(root, self.folders.as_deref().unwrap_or_default(), query)?),
            SyncQuery::Ids { set: IdSet::Unread, .. } => id_list(root, "unread_item_ids", query)?,
            SyncQuery::Ids { .. } => id_list(root, "saved_item_ids", query)?,
            SyncQuery::ItemsSince { mark, page } => {
                let asked = page.as_ref().map(|page| page.0.to_string());
                let asked = asked.or_else(|| mark.as_ref().map(|mark| format!("since_id={}", before(mark))));
                items(root, asked.as_deref(), query)?
            }
            SyncQuery::Items(_) => SyncReply::Items { items: answers::list_items(root, query)?, next: None },
            SyncQuery::Labels | SyncQuery::Push(_) => SyncReply::Done,
        })
    }
}

impl FeverClient {
    fn ask(&self, command: &str, fields: &[(&str, &str)]) -> SyncRequest {
        let command = if command.is_empty() { String::new() } else { format!("&{command}") };
        let fields = [("api_key", &*self.key)].into_iter().chain(fields.iter().copied());
        SyncRequest::post_form(format!("{}?api{command}", self.base), fields)
    }

    fn mark(&self, mark: &ItemMark, id: &str) -> Result<SyncRequest, SyncError> {
        let state = match mark {
            ItemMark::Read => "read",
            ItemMark::Unread => "unread",
            ItemMark::Starred => "saved",
            ItemMark::Unstarred => "unsaved",
            ItemMark::Labelled(_) | ItemMark::Unlabelled(_) => return Err(SyncError::Unsupported { what: "labels" }),
        };
        Ok(self.ask("", &[("mark", "item"), ("as", state), ("id", id)]))
    }
}

/// The answer of a server that accepted the key.
fn authorized(answer: &SyncAnswer, query: &SyncQuery) -> Result<crate::format::json::Json, SyncError> {
    let json = root(answer, query)?;
    let auth = json.roots().next().and_then(|root| super::numbers::flag(root.get("auth")));
    match auth {
        Some(true) => Ok(json),
        Some(false) => Err(SyncError::WrongPassword),
        None => Err(query.bad_answer("`auth` is missing")),
    }
}
