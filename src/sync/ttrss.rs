//! The JSON API of Tiny Tiny RSS.
//!
//! Facts from recorded exchanges: every error comes with status 200; at most 200 headlines come; after a wrong password the
//! right one is refused for 5 s, so that nothing logs in twice; `since_id` finds what is new and nothing of its state. There
//! is no list of ids alone, no way to rename or move a feed, and no bound of "mark all read", which is not used.

mod answers;
#[cfg(test)]
mod tests;

use serde_json::{Value as Body, json};
use url::Url;

use self::answers::{Envelope, categories, feeds, headline_ids, headlines, labels};
use super::HttpMethod;
use super::numbers::{ListPage, before, comma_list};
use super::{
    Backend, IdSet, ItemMark, Probe, RecentBy, SyncAnswer, SyncApi, SyncChange, SyncError, SyncLimits, SyncLogin, SyncQuery,
    SyncReply, SyncRequest,
};
use crate::domain::text::CleanText;

pub(super) struct TinyTinyRss;

/// Headlines in one answer without contents, and with them.
const LIST_PAGE: usize = 200;
const PAGE: usize = 100;

/// Feeds that are no feeds: everything, and what is starred.
const ALL: i64 = -4;
const STARRED: i64 = -1;
/// All feeds that are ones.
const REAL_FEEDS: i64 = -3;

/// Below the address of its pages, and seen from the root of its host.
const BELOW: [&str; 2] = ["/api", "/tt-rss/api"];

impl SyncApi for TinyTinyRss {
    fn id(&self) -> &'static str {
        "tt-rss"
    }

    fn name(&self) -> &'static str {
        "Tiny Tiny RSS"
    }

    fn probes(&self, typed: &Url) -> Vec<Probe> {
        let mut page = typed.clone();
        page.set_query(None);
        page.set_fragment(None);
        let page = page.as_str().trim_end_matches('/');
        let page = page.strip_suffix("/index.php").unwrap_or(page);
        let probe = |base: String| Probe { request: call(&base, &json!({"op": "isLoggedIn"})), base };
        match page.strip_suffix("/api") {
            Some(_) => vec![probe(page.to_owned())],
            None => BELOW.iter().map(|below| probe(format!("{page}{below}"))).collect(),
        }
    }

    fn is_recognized(&self, answer: &SyncAnswer) -> bool {
        answer.is_ok() && Envelope::read(answer, &SyncQuery::Check).is_ok_and(|envelope| envelope.is_one())
    }

    fn open(&self, login: &SyncLogin) -> Box<dyn Backend> {
        Box::new(TinyTinyRssClient { login: login.clone(), sid: None, categories: None, labels: None })
    }
}

struct TinyTinyRssClient {
    login: SyncLogin,
    sid: Option<String>,
    /// Ids and names of folders and of labels, once they have come.
    categories: Option<Vec<(i64, CleanText)>>,
    labels: Option<Vec<(i64, CleanText)>>,
}

/// A request that must be answered before a query.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Preparation {
    Login,
    Categories,
    Labels,
}

impl Backend for TinyTinyRssClient {
    fn limits(&self) -> SyncLimits {
        SyncLimits { items: PAGE, marks: 2000, recent: RecentBy::Items, has_labels: true, edits_feeds: true }
    }

    fn prepare(&self, query: &SyncQuery) -> Option<SyncRequest> {
        Some(match self.preparation(query)? {
            Preparation::Login => {
                let body = json!({"op": "login", "user": self.login.user, "password": self.login.secret});
                call(&self.login.base, &body)
            }
            Preparation::Categories => self.call(json!({"op": "getCategories", "include_empty": true})),
            Preparation::Labels => self.call(json!({"op": "getLabels"})),
        })
    }

    fn prepared(&mut self, query: &SyncQuery, answer: &SyncAnswer) -> Result<(), SyncError> {
        let envelope = Envelope::read(answer, query)?;
        match self.preparation(query) {
            Some(Preparation::Login) => self.sid = Some(envelope.session(query)?),
            Some(Preparation::Categories) => self.categories = Some(categories(envelope.content(query)?, query)?),
            Some(Preparation::Labels) => self.labels = Some(labels(envelope.content(query)?, query)?),
            None => {}
        }
        Ok(())
    }

    fn forget(&mut self, _: &SyncError) {
        self.sid = None;
    }

    fn request(&self, query: &SyncQuery) -> Result<SyncRequest, SyncError> {
        let body = match query {
            SyncQuery::Check => json!({"op": "isLoggedIn"}),
            SyncQuery::Feeds => json!({"op": "getFeeds", "cat_id": REAL_FEEDS}),
            SyncQuery::Labels => json!({"op": "getLabels"}),
            SyncQuery::Ids { set, page } => {
                let (feed, view) = match set {
                    IdSet::Unread => (ALL, "unread"),
                    IdSet::Starred => (STARRED, "all_articles"),
                    IdSet::Label(name) => (self.label_id(name)?, "all_articles"),
                    IdSet::Since(_) => return Err(SyncError::Unsupported { what: "ids since a mark" }),
                };
                let skip = ListPage::parse(page.as_ref()).skip;
                json!({
                    "op": "getHeadlines", "feed_id": feed, "view_mode": view, "limit": LIST_PAGE, "skip": skip,
                    // Articles of one second have no order of their own, and a page might pass over some: titles set them apart.
                    "order_by": "title", "show_content": false, "show_excerpt": false, "include_attachments": false,
                })
            }
            SyncQuery::Items(ids) => json!({"op": "getArticle", "article_id": comma_list(ids)}),
            SyncQuery::ItemsSince { mark, page } => {
                let skip: usize = page.as_ref().and_then(|page| page.0.parse().ok()).unwrap_or(0);
                let order = if mark.is_some() { "date_reverse" } else { "feed_dates" };
                let since = mark.as_ref().map_or(0, before);
                json!({
                    "op": "getHeadlines", "feed_id": ALL, "view_mode": "all_articles", "limit": PAGE, "skip": skip,
                    "since_id": since, "order_by": order, "show_content": true, "include_attachments": true,
                })
            }
            SyncQuery::Push(change) => self.push(change)?,
        };
        Ok(self.call(body))
    }

    fn read(&self, query: &SyncQuery, answer: &SyncAnswer) -> Result<SyncReply, SyncError> {
        let envelope = Envelope::read(answer, query)?;
        let content = envelope.content(query)?;
        Ok(match query {
            SyncQuery::Check if content.is("status") => SyncReply::Checked { user: None },
            SyncQuery::Check => return Err(SyncError::SessionLost),
            SyncQuery::Feeds => SyncReply::Feeds(feeds(content, self.categories.as_deref().unwrap_or_default(), query)?),
            SyncQuery::Labels => SyncReply::Labels(labels(content, query)?.into_iter().map(|(_, name)| name).collect()),
            SyncQuery::Ids { page, .. } => {
                ListPage::parse(page.as_ref()).reply(headline_ids(content, query)?, LIST_PAGE, query)?
            }
            SyncQuery::Items(_) => SyncReply::Items { items: headlines(content, query)?, next: None },
            SyncQuery::ItemsSince { page, .. } => {
                let skip: usize = page.as_ref().and_then(|page| page.0.parse().ok()).unwrap_or(0);
                let items = headlines(content, query)?;
                let next = (items.len() >= PAGE).then(|| super::NextPage((skip + items.len()).to_string().into()));
                SyncReply::Items { items, next }
            }
            SyncQuery::Push(_) => answers::confirmed(content, query)?,
        })
    }
}

impl TinyTinyRssClient {
    fn preparation(&self, query: &SyncQuery) -> Option<Preparation> {
        let needs_categories = match query {
            SyncQuery::Feeds => true,
            SyncQuery::Push(SyncChange::Subscribe { folder, .. }) => folder.is_some(),
            _ => false,
        };
        let needs_labels = match query {
            SyncQuery::Ids { set: IdSet::Label(_), .. } => true,
            SyncQuery::Push(SyncChange::Mark { mark, .. }) => {
                matches!(mark, ItemMark::Labelled(_) | ItemMark::Unlabelled(_))
            }
            _ => false,
        };
        if self.sid.is_none() {
            return Some(Preparation::Login);
        }
        if needs_categories && self.categories.is_none() {
            return Some(Preparation::Categories);
        }
        (needs_labels && self.labels.is_none()).then_some(Preparation::Labels)
    }

    /// A call within the session.
    fn call(&self, mut body: Body) -> SyncRequest {
        body["sid"] = self.sid.as_deref().unwrap_or_default().into();
        call(&self.login.base, &body)
    }

    fn label_id(&self, name: &CleanText) -> Result<i64, SyncError> {
        let known = self.labels.iter().flatten().find(|(_, known)| known == name);
        known.map(|(id, _)| *id).ok_or(SyncError::Unsupported { what: "a label that it does not have" })
    }

    fn push(&self, change: &SyncChange) -> Result<Body, SyncError> {
        Ok(match change {
            SyncChange::Mark { mark, ids } => {
                let ids = comma_list(ids);
                let (field, mode) = match mark {
                    ItemMark::Read => (2, 0),
                    ItemMark::Unread => (2, 1),
                    ItemMark::Starred => (0, 1),
                    ItemMark::Unstarred => (0, 0),
                    ItemMark::Labelled(name) | ItemMark::Unlabelled(name) => {
                        let (label, is_set) = (self.label_id(name)?, matches!(mark, ItemMark::Labelled(_)));
                        return Ok(json!({"op": "setArticleLabel", "article_ids": ids, "label_id": label, "assign": is_set}));
                    }
                };
                json!({"op": "updateArticle", "article_ids": ids, "field": field, "mode": mode})
            }
            SyncChange::MarkAllRead { .. } => {
                return Err(SyncError::Unsupported { what: "marking all read up to an article" });
            }
            SyncChange::Subscribe { address, folder, .. } => {
                let known = self.categories.iter().flatten().find(|(_, name)| Some(name) == folder.as_ref());
                let category = known.map_or(0, |(id, _)| *id);
                json!({"op": "subscribeToFeed", "feed_url": address, "category_id": category})
            }
            SyncChange::Unsubscribe(feed) => {
                let id: i64 = feed.0.parse().map_err(|_| SyncError::Unsupported { what: "a feed without a number" })?;
                json!({"op": "unsubscribeFeed", "feed_id": id})
            }
            SyncChange::Rename { .. } => return Err(SyncError::Unsupported { what: "renaming feeds" }),
            SyncChange::Move { .. } => return Err(SyncError::Unsupported { what: "moving feeds" }),
        })
    }
}

/// Without the slash at the end it answers with a redirect, and POST becomes GET.
fn call(base: &str, body: &Body) -> SyncRequest {
    SyncRequest::json(HttpMethod::Post, format!("{base}/"), body.to_string())
}
