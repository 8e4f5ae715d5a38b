//! Sync servers: what is asked of the reader's own server, and what its answers mean.
//!
//! Nothing here does I/O. A [`Backend`] says which request follows and reads the answer; a [`SyncSession`] puts the log-in
//! and the renewal of tokens before it. Not for storing anything, and not for deciding what to sync: that is
//! [`work`](crate::work). To add a server, write `sync/<name>.rs` with a [`SyncApi`] and a [`Backend`], and name it in
//! [`APIS`].

mod exchange;
mod fever;
mod greader;
mod miniflux;
mod numbers;
mod session;
#[cfg(test)]
mod tests;
mod ttrss;

use std::fmt;
use std::time::Duration;

use url::Url;

pub use self::exchange::{HttpMethod, SyncAnswer, SyncRequest, form, list};
pub use self::session::{SyncSession, SyncTurn};
use crate::domain::text::CleanText;
use crate::source::Failure;

/// Every API, in the order in which an unknown server is tried for them.
pub static APIS: &[&dyn SyncApi] = &[&miniflux::Miniflux, &greader::GoogleReader, &ttrss::TinyTinyRss, &fever::Fever];

/// An API that sync servers speak.
pub trait SyncApi: Sync {
    /// The name that accounts are stored under and that is typed: `google-reader`.
    fn id(&self) -> &'static str;

    /// Its name as people write it: "Google Reader API".
    fn name(&self) -> &'static str;

    /// The requests that tell if the API stands at or below a typed address, likeliest first. They carry no secret.
    fn probes(&self, typed: &Url) -> Vec<Probe>;

    /// True if the answer to a probe is this API's.
    fn is_recognized(&self, answer: &SyncAnswer) -> bool;

    /// Seconds between two syncs of a server at this address.
    fn interval(&self, _base: &str) -> i64 {
        300
    }

    /// A backend for an account, without a session yet.
    fn open(&self, login: &SyncLogin) -> Box<dyn Backend>;
}

/// A request that finds out if an API stands at `base`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Probe {
    /// The address that the account is stored with if the answer is recognized.
    pub base: String,
    pub request: SyncRequest,
}

/// Where an account stands, and who it belongs to.
#[derive(Clone, PartialEq, Eq)]
pub struct SyncLogin {
    /// As [`Probe::base`] gave it, without a trailing slash.
    pub base: String,
    pub user: String,
    pub secret: String,
}

/// Never shows the secret.
impl fmt::Debug for SyncLogin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SyncLogin {{ base: {:?}, user: {:?}, secret: … }}", self.base, self.user)
    }
}

/// The client of one account. It holds tokens for as long as it lives and keeps none elsewhere.
pub trait Backend: Send {
    fn limits(&self) -> SyncLimits;

    /// A request that must be answered before this query can be made: a log-in, a token. None if it can be made now.
    fn prepare(&self, query: &SyncQuery) -> Option<SyncRequest>;

    /// Takes the answer to what [`prepare`](Backend::prepare) asked for last.
    fn prepared(&mut self, query: &SyncQuery, answer: &SyncAnswer) -> Result<(), SyncError>;

    /// Forgets the session or the token that an answer refused, so that [`prepare`](Backend::prepare) asks for another.
    fn forget(&mut self, refused: &SyncError);

    /// The request for a query; an error for one that the API has no request for.
    fn request(&self, query: &SyncQuery) -> Result<SyncRequest, SyncError>;

    /// Reads the answer to a query. A wrong status, HTML in place of JSON, and an error inside a good status are errors.
    fn read(&self, query: &SyncQuery, answer: &SyncAnswer) -> Result<SyncReply, SyncError>;
}

/// The differences between servers that whoever syncs needs to know.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SyncLimits {
    /// Ids in one [`SyncQuery::Items`].
    pub items: usize,
    /// Ids in one [`SyncChange::Mark`].
    pub marks: usize,
    /// How recent items are found.
    pub recent: RecentBy,
    /// True if a [`SyncQuery::Ids`] can be asked for a label.
    pub has_labels: bool,
    /// True if subscriptions can be changed.
    pub edits_feeds: bool,
}

/// How a server tells of items that came since a mark, read ones among them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RecentBy {
    /// By their ids: [`IdSet::Since`].
    Ids,
    /// Only with their contents: [`SyncQuery::ItemsSince`].
    Items,
}

/// An item's id in an account, in one form however the server writes it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ItemId(pub Box<str>);

/// A subscription's id in an account, as the server writes it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct FeedId(pub Box<str>);

/// The server's own mark of what has come: a time or the greatest id. Only the backend that gave it understands it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ServerMark(pub Box<str>);

/// Where a list that comes in pages goes on. Only the backend that gave it understands it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct NextPage(pub Box<str>);

/// One request of a sync. None of them asks per feed or per article.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SyncQuery {
    /// Logs in, and asks for what shows that it worked.
    Check,
    /// Feeds with their folders.
    Feeds,
    /// The names of labels; folders are not among them.
    Labels,
    Ids {
        set: IdSet,
        page: Option<NextPage>,
    },
    /// The contents of at most [`SyncLimits::items`] items.
    Items(Vec<ItemId>),
    /// Contents of what came after a mark, oldest first, and of the item that has the mark, which shows that the server
    /// still has it; from the newest ones backwards where there is no mark.
    ItemsSince {
        mark: Option<ServerMark>,
        page: Option<NextPage>,
    },
    Push(SyncChange),
}

/// A set of ids.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum IdSet {
    Unread,
    Starred,
    Label(CleanText),
    /// Items since a mark, read or not; without a mark one page of the newest.
    Since(Option<ServerMark>),
}

/// A change of the reader's. Each one sets a state, so that pushing it twice does no harm.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SyncChange {
    Mark {
        mark: ItemMark,
        /// At most [`SyncLimits::marks`].
        ids: Vec<ItemId>,
    },
    /// Marks a feed, a folder or everything read, but nothing that came after `until`.
    MarkAllRead {
        scope: MarkScope,
        until: ServerMark,
    },
    Subscribe {
        address: String,
        title: Option<CleanText>,
        folder: Option<CleanText>,
    },
    Unsubscribe(FeedId),
    Rename {
        feed: FeedId,
        title: CleanText,
    },
    Move {
        feed: FeedId,
        from: Option<CleanText>,
        to: Option<CleanText>,
    },
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum ItemMark {
    Read,
    Unread,
    Starred,
    Unstarred,
    Labelled(CleanText),
    Unlabelled(CleanText),
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum MarkScope {
    All,
    Feed(FeedId),
    Folder(CleanText),
}

/// The answer to a query.
#[derive(Clone, PartialEq, Debug)]
pub enum SyncReply {
    /// The account answers, and is called this.
    Checked {
        user: Option<CleanText>,
    },
    Feeds(Vec<SyncFeed>),
    Labels(Vec<CleanText>),
    Ids {
        ids: Vec<ItemId>,
        next: Option<NextPage>,
    },
    Items {
        items: Vec<SyncItem>,
        next: Option<NextPage>,
    },
    /// The server confirmed the change.
    Done,
}

/// A subscription at the server.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SyncFeed {
    pub id: FeedId,
    pub title: CleanText,
    /// Where the server fetches it; empty if it does not tell.
    pub address: CleanText,
    pub site: Option<CleanText>,
    /// The folder that it lies in; the first one where it has several.
    pub folder: Option<CleanText>,
}

/// An item with its contents, as the server gives them: texts are still foreign and become clean as a feed's do.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct SyncItem {
    pub id: Option<ItemId>,
    pub feed: Option<FeedId>,
    /// Plain text, or HTML with entities.
    pub title: String,
    pub link: Option<String>,
    pub author: Option<String>,
    pub html: String,
    /// Seconds since 1970.
    pub published: Option<i64>,
    pub enclosures: Vec<SyncFile>,
    /// The page with its comments, and how many there are.
    pub comments: Option<String>,
    pub comments_count: Option<u32>,
    /// None where the answer does not tell.
    pub is_read: Option<bool>,
    pub is_starred: Option<bool>,
    pub labels: Vec<CleanText>,
    /// The mark of this item: the greatest of all is the mark to go on from.
    pub mark: Option<ServerMark>,
}

/// A file that belongs to an item.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct SyncFile {
    pub address: String,
    pub media_type: Option<String>,
    pub length: Option<u64>,
}

/// Why a server's answer is of no use. No text in it holds a secret.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum SyncError {
    #[error("wrong user or password")]
    WrongPassword,
    /// A token for changes was refused; it is renewed once.
    #[error("the server refused the token for changes")]
    TokenRefused,
    /// The session has ended; the reader is logged in once more.
    #[error("the session has ended")]
    SessionLost,
    #[error("the server asked us to wait{}", retry_after.map(|time| format!(" {} s", time.as_secs())).unwrap_or_default())]
    RateLimited { retry_after: Option<Duration> },
    #[error("server error ({status})")]
    ServerTrouble { status: u16 },
    /// The server understood and refuses: `reason` is its own words.
    #[error("the server refused: {reason}")]
    Refused { reason: CleanText },
    #[error("no sync API answers at this address")]
    NotThisApi,
    /// The answer is not what was asked for: HTML, cut JSON, an empty body.
    #[error("the answer to `{query}` cannot be read: {what}")]
    BadAnswer { query: &'static str, what: CleanText },
    /// A list came to no end.
    #[error("the list of `{query}` does not end")]
    Endless { query: &'static str },
    #[error("this server cannot do it: {what}")]
    Unsupported { what: &'static str },
    /// The request got no answer.
    #[error(transparent)]
    Net(#[from] Failure),
}

impl SyncError {
    /// True if nothing more is to be asked of the server in this sync.
    pub fn stops_all(&self) -> bool {
        !matches!(self, SyncError::Refused { .. } | SyncError::Unsupported { .. })
    }

    /// How long the server asked to be left alone.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            SyncError::RateLimited { retry_after } => *retry_after,
            SyncError::Net(failure) => failure.retry_after(),
            _ => None,
        }
    }

    /// Advice to the reader.
    pub fn hint(&self) -> &'static str {
        match self {
            SyncError::WrongPassword => {
                "check user and password; FreshRSS, Miniflux and Fever have an API password of their own in their settings"
            }
            SyncError::TokenRefused | SyncError::SessionLost => "it was renewed once; sync again later",
            SyncError::RateLimited { .. } | SyncError::ServerTrouble { .. } => "Gleaner waits before the next sync",
            SyncError::Refused { .. } => "look at the server's own page",
            SyncError::NotThisApi => "give the address of the server, or of its API, and check that its API is switched on",
            SyncError::BadAnswer { .. } | SyncError::Endless { .. } => "nothing was changed; check the server's log",
            SyncError::Unsupported { .. } => "do it on the server's own page",
            SyncError::Net(failure) => failure.hint(),
        }
    }
}

impl SyncQuery {
    /// The request's subject in a word.
    pub fn name(&self) -> &'static str {
        match self {
            SyncQuery::Check => "log-in",
            SyncQuery::Feeds => "feeds",
            SyncQuery::Labels => "labels",
            SyncQuery::Ids { set: IdSet::Unread, .. } => "unread",
            SyncQuery::Ids { set: IdSet::Starred, .. } => "starred",
            SyncQuery::Ids { set: IdSet::Label(_), .. } => "label",
            SyncQuery::Ids { set: IdSet::Since(_), .. } => "recent",
            SyncQuery::Items(_) | SyncQuery::ItemsSince { .. } => "articles",
            SyncQuery::Push(_) => "changes",
        }
    }

    /// The error for an answer to it that is not one.
    pub fn bad_answer(&self, what: &str) -> SyncError {
        SyncError::BadAnswer { query: self.name(), what: crate::source::told(what) }
    }
}

/// The API of this [id](SyncApi::id).
pub fn api(id: &str) -> Option<&'static dyn SyncApi> {
    APIS.iter().copied().find(|api| api.id() == id)
}
