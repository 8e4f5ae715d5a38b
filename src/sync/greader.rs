//! The Google Reader API, as FreshRSS, Miniflux, BazQux, Inoreader and The Old Reader speak it.
//!
//! Facts from recorded exchanges: ids are decimal in lists and hexadecimal in contents; a category of an item may be a
//! folder or a label, and nothing tells which, so that labels are learnt from their own lists; `ot` is about when the
//! server fetched an item, not about its state; a change without a token is refused by some and taken by others.

mod answers;
mod ids;
#[cfg(test)]
mod tests;

use url::Url;

use self::answers::{feeds, item_ids, items, labels, user_name};
use self::ids::long_id;
use super::{
    Backend, IdSet, ItemMark, MarkScope, Probe, RecentBy, ServerMark, SyncAnswer, SyncApi, SyncChange, SyncError, SyncLimits,
    SyncLogin, SyncQuery, SyncReply, SyncRequest, form,
};

pub(super) struct GoogleReader;

/// Services whose API stands elsewhere than their pages: the host that people know, and the base.
const SERVICES: [(&str, &str); 3] = [
    ("inoreader.com", "https://www.inoreader.com"),
    ("theoldreader.com", "https://theoldreader.com"),
    ("bazqux.com", "https://bazqux.com"),
];

/// Where servers have the API below the address of their pages: FreshRSS, FreshRSS seen from its installation's root, others.
const BELOW: [&str; 3] = ["/api/greader.php", "/p/api/greader.php", ""];

const READ: &str = "user/-/state/com.google/read";
const STARRED: &str = "user/-/state/com.google/starred";
const READING_LIST: &str = "user/-/state/com.google/reading-list";

/// Ids in one page of a list.
const PAGE: &str = "1000";

/// Seconds by which a list of what came since a mark begins before it: servers fetch several feeds at once.
const OVERLAP: i64 = 3600;

impl SyncApi for GoogleReader {
    fn id(&self) -> &'static str {
        "google-reader"
    }

    fn name(&self) -> &'static str {
        "Google Reader API"
    }

    fn probes(&self, typed: &Url) -> Vec<Probe> {
        let host = typed.host_str().unwrap_or_default();
        let service = SERVICES.iter().find(|(name, _)| host == *name || host.ends_with(&format!(".{name}")));
        if let Some((_, base)) = service {
            return vec![probe((*base).to_owned())];
        }
        let mut page = typed.clone();
        page.set_query(None);
        page.set_fragment(None);
        let page = page.as_str().trim_end_matches('/');
        let page = page.split("/reader/api/0").next().unwrap_or(page);
        if page.rsplit('.').next() == Some("php") {
            return vec![probe(page.to_owned())];
        }
        // FreshRSS shows its pages below `/i/`.
        let page = page.strip_suffix("/i").unwrap_or(page).trim_end_matches("/api");
        BELOW.iter().map(|below| probe(format!("{page}{below}"))).collect()
    }

    fn is_recognized(&self, answer: &SyncAnswer) -> bool {
        let text = answer.text();
        let is_short_text = text.len() < 500 && !text.trim_start().starts_with(['<', '{']);
        let refuses = ["nauthorized", "BadAuthentication", "uthentication required", "Error="];
        matches!(answer.status, 401 | 403) && is_short_text && refuses.iter().any(|words| text.contains(words))
            || matches!(answer.status, 401 | 403) && text.contains("\"errors\"")
    }

    /// Services that many share count the requests of a day.
    fn interval(&self, base: &str) -> i64 {
        if is_service(base) { 1800 } else { 300 }
    }

    fn open(&self, login: &SyncLogin) -> Box<dyn Backend> {
        Box::new(GoogleReaderClient { login: login.clone(), auth: None, token: None })
    }
}

fn is_service(base: &str) -> bool {
    SERVICES.iter().any(|(_, known)| base == *known)
}

/// The token can only be had by who is logged in.
fn probe(base: String) -> Probe {
    Probe { request: SyncRequest::get(format!("{base}/reader/api/0/token")), base }
}

struct GoogleReaderClient {
    login: SyncLogin,
    auth: Option<String>,
    /// `T` of every request that changes something.
    token: Option<String>,
}

impl Backend for GoogleReaderClient {
    fn limits(&self) -> SyncLimits {
        // The smallest of what servers bear: Inoreader takes 250 ids at once, FreshRSS 2,000.
        let marks = if is_service(&self.login.base) { 250 } else { 2000 };
        SyncLimits { items: 100, marks, recent: RecentBy::Ids, has_labels: true, edits_feeds: true }
    }

    fn prepare(&self, query: &SyncQuery) -> Option<SyncRequest> {
        if self.auth.is_none() {
            let fields = [
                ("Email", &*self.login.user),
                ("Passwd", &*self.login.secret),
                ("client", "gleaner"),
                ("accountType", "HOSTED_OR_GOOGLE"),
                ("service", "reader"),
            ];
            return Some(SyncRequest::post_form(format!("{}/accounts/ClientLogin", self.login.base), fields));
        }
        // Miniflux wants it in every POST.
        let is_post = matches!(query, SyncQuery::Push(_) | SyncQuery::Items(_));
        (is_post && self.token.is_none()).then(|| self.get("token", &[]))
    }

    fn prepared(&mut self, query: &SyncQuery, answer: &SyncAnswer) -> Result<(), SyncError> {
        if self.auth.is_none() {
            self.auth = Some(logged_in(answer)?);
            return Ok(());
        }
        answer.check()?;
        let token = answer.text().trim().to_owned();
        match answer.status {
            401 | 403 => Err(SyncError::SessionLost),
            200 if !token.is_empty() && token.len() < 500 && !token.starts_with(['<', '{']) => {
                self.token = Some(token);
                Ok(())
            }
            status => Err(query.bad_answer(&format!("no token came (status {status})"))),
        }
    }

    fn forget(&mut self, refused: &SyncError) {
        self.token = None;
        if *refused == SyncError::SessionLost {
            self.auth = None;
        }
    }

    fn request(&self, query: &SyncQuery) -> Result<SyncRequest, SyncError> {
        Ok(match query {
            SyncQuery::Check => self.get("user-info", &[]),
            SyncQuery::Feeds => self.get("subscription/list", &[]),
            SyncQuery::Labels => self.get("tag/list", &[]),
            SyncQuery::Ids { set, page } => {
                let mut fields = stream_of(set);
                fields.extend(page.as_ref().map(|page| ("c", page.0.to_string())));
                self.get("stream/items/ids", &fields)
            }
            SyncQuery::Items(ids) => {
                let fields = ids.iter().map(|id| ("i", long_id(id))).collect();
                self.post("stream/items/contents?output=json", fields)
            }
            SyncQuery::ItemsSince { .. } => return Err(SyncError::Unsupported { what: "contents since a mark" }),
            SyncQuery::Push(change) => self.push(change),
        })
    }

    fn read(&self, query: &SyncQuery, answer: &SyncAnswer) -> Result<SyncReply, SyncError> {
        answer.check()?;
        if matches!(answer.status, 401 | 403) {
            let sends_token = matches!(query, SyncQuery::Push(_) | SyncQuery::Items(_));
            return Err(if sends_token { SyncError::TokenRefused } else { SyncError::SessionLost });
        }
        if let SyncQuery::Push(_) = query {
            return confirmed(query, answer);
        }
        let json = answer.json(query)?;
        let root = json.roots().next().filter(|root| root.is_object());
        let root = root.ok_or_else(|| query.bad_answer("it is not an object"))?;
        Ok(match query {
            SyncQuery::Check => SyncReply::Checked { user: user_name(root) },
            SyncQuery::Feeds => SyncReply::Feeds(feeds(root, query)?),
            SyncQuery::Labels => SyncReply::Labels(labels(root, query)?),
            SyncQuery::Ids { .. } => item_ids(root, query)?,
            _ => items(root, query)?,
        })
    }
}

impl GoogleReaderClient {
    fn address(&self, path: &str) -> String {
        format!("{}/reader/api/0/{path}", self.login.base)
    }

    fn with_auth(&self, request: SyncRequest) -> SyncRequest {
        let auth = self.auth.as_deref().unwrap_or_default();
        request.with_header("authorization", format!("GoogleLogin auth={auth}"))
    }

    fn get(&self, path: &str, fields: &[(&str, String)]) -> SyncRequest {
        let fields = fields.iter().map(|(name, value)| (*name, &**value)).chain([("output", "json")]);
        self.with_auth(SyncRequest::get(format!("{}?{}", self.address(path), form(fields))))
    }

    fn post(&self, path: &str, mut fields: Vec<(&str, String)>) -> SyncRequest {
        fields.extend(self.token.clone().map(|token| ("T", token)));
        let fields = fields.iter().map(|(name, value)| (*name, &**value));
        self.with_auth(SyncRequest::post_form(self.address(path), fields))
    }

    fn push(&self, change: &SyncChange) -> SyncRequest {
        let label = |name: &str| format!("user/-/label/{name}");
        match change {
            SyncChange::Mark { mark, ids } => {
                let (verb, tag) = match mark {
                    ItemMark::Read => ("a", READ.to_owned()),
                    ItemMark::Unread => ("r", READ.to_owned()),
                    ItemMark::Starred => ("a", STARRED.to_owned()),
                    ItemMark::Unstarred => ("r", STARRED.to_owned()),
                    ItemMark::Labelled(name) => ("a", label(name)),
                    ItemMark::Unlabelled(name) => ("r", label(name)),
                };
                let mut fields: Vec<(&str, String)> = ids.iter().map(|id| ("i", long_id(id))).collect();
                fields.push((verb, tag));
                self.post("edit-tag", fields)
            }
            SyncChange::MarkAllRead { scope, until } => {
                let stream = match scope {
                    MarkScope::All => READING_LIST.to_owned(),
                    MarkScope::Feed(feed) => feed.0.to_string(),
                    MarkScope::Folder(name) => label(name),
                };
                self.post("mark-all-as-read", vec![("s", stream), ("ts", until.0.to_string())])
            }
            SyncChange::Subscribe { address, title, folder } => {
                let mut fields = vec![("ac", "subscribe".to_owned()), ("s", format!("feed/{address}"))];
                fields.extend(title.as_ref().map(|title| ("t", title.to_string())));
                fields.extend(folder.as_ref().map(|folder| ("a", label(folder))));
                self.post("subscription/edit", fields)
            }
            SyncChange::Unsubscribe(feed) => {
                self.post("subscription/edit", vec![("ac", "unsubscribe".to_owned()), ("s", feed.0.to_string())])
            }
            SyncChange::Rename { feed, title } => self.edit(feed.0.to_string(), [("t", Some(title.to_string()))]),
            SyncChange::Move { feed, from, to } => {
                let folders = [("a", to), ("r", from)].map(|(verb, name)| (verb, name.as_ref().map(|name| label(name))));
                self.edit(feed.0.to_string(), folders)
            }
        }
    }

    fn edit<const N: usize>(&self, feed: String, changes: [(&str, Option<String>); N]) -> SyncRequest {
        let mut fields = vec![("ac", "edit".to_owned()), ("s", feed)];
        fields.extend(changes.into_iter().filter_map(|(name, value)| Some((name, value?))));
        self.post("subscription/edit", fields)
    }
}

/// The stream of a set, and what narrows it.
fn stream_of(set: &IdSet) -> Vec<(&'static str, String)> {
    let mut fields = vec![("n", PAGE.to_owned())];
    let stream = match set {
        IdSet::Starred => STARRED.to_owned(),
        IdSet::Label(name) => format!("user/-/label/{}", name.as_str()),
        IdSet::Unread => {
            fields.push(("xt", READ.to_owned()));
            READING_LIST.to_owned()
        }
        IdSet::Since(mark) => {
            fields.extend(mark.as_ref().and_then(since).map(|seconds| ("ot", seconds.to_string())));
            READING_LIST.to_owned()
        }
    };
    fields.insert(0, ("s", stream));
    fields
}

/// Marks are microseconds of the server's clock.
fn since(mark: &ServerMark) -> Option<i64> {
    let micros: i64 = mark.0.parse().ok()?;
    Some((micros / 1_000_000 - OVERLAP).max(0))
}

/// The value of `Auth` in an answer that has one `name=value` a line.
fn logged_in(answer: &SyncAnswer) -> Result<String, SyncError> {
    answer.check()?;
    let text = answer.text();
    match answer.status {
        401 | 403 => return Err(SyncError::WrongPassword),
        200 if text.contains("Error=BadAuthentication") => return Err(SyncError::WrongPassword),
        200 => {}
        _ => return Err(SyncError::NotThisApi),
    }
    let auth = text.lines().find_map(|line| line.trim().strip_prefix("Auth=")).filter(|auth| !auth.is_empty());
    let is_sendable = |auth: &&str| auth.len() < 4096 && auth.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    auth.filter(is_sendable).map(str::to_owned).ok_or(SyncError::NotThisApi)
}

/// A change is confirmed by `OK` alone: an error page of the server's may come with a good status, too.
fn confirmed(query: &SyncQuery, answer: &SyncAnswer) -> Result<SyncReply, SyncError> {
    let text = answer.text();
    let words = text.trim();
    if answer.is_ok() && words.starts_with("OK") {
        return Ok(SyncReply::Done);
    }
    if words.starts_with('<') || words.is_empty() || answer.is_ok() {
        return Err(query.bad_answer(&format!("it is not `OK` (status {})", answer.status)));
    }
    Err(SyncError::Refused { reason: crate::source::told(words) })
}
