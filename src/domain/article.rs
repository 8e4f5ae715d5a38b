//! Articles and the page they stand on.

use super::text::{CleanText, Document};
use super::thread::Discussion;
use super::time::When;

/// One article. Only the title is always there, and even that may be empty.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Article {
    pub title: CleanText,
    pub byline: Option<CleanText>,
    pub organisation: Option<CleanText>,
    /// What the source calls this piece: "report", "weblog", "feature".
    pub kind: Option<CleanText>,
    pub published: Option<When>,
    /// Its own address, as the source gave it.
    pub url: Option<CleanText>,
    pub body: Document,
    /// Recordings, pictures and other files that go with it.
    pub enclosures: Vec<Enclosure>,
    pub categories: Vec<CleanText>,
    pub replies: Replies,
    pub explore_further: Option<Related>,
    pub related: Vec<Related>,
    pub recommended: Vec<Related>,
}

/// A file that goes with an article.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Enclosure {
    pub address: CleanText,
    /// "audio/mpeg"
    pub media_type: Option<CleanText>,
    /// Bytes.
    pub length: Option<u64>,
}

/// Where a source says that its article is discussed.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Replies {
    /// A page.
    pub address: Option<CleanText>,
    /// A feed of the comments.
    pub feed: Option<CleanText>,
    pub count: Option<u32>,
}

/// Another article that the page points to.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Related {
    pub title: CleanText,
    pub published: Option<When>,
    pub teaser: Option<CleanText>,
    pub url: Option<CleanText>,
}

/// Where articles come from. `key` names it for good ("phys.org", "edition:welcome"), `title` is shown.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Source {
    pub key: CleanText,
    pub title: CleanText,
}

/// What is read as one: an article with its discussions.
#[derive(Clone, PartialEq, Debug)]
pub struct Page {
    pub article: Article,
    pub source: Source,
    pub discussions: Vec<Discussion>,
}

/// Minutes that reading takes, at 230 words a minute (Brysbaert 2019, 238 for English non-fiction), at least one.
pub fn reading_minutes(words: usize) -> usize {
    words.div_ceil(230).max(1)
}
