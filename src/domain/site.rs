//! The sites where people discuss, by name only; what each of them is like, the layer `site` knows.

use std::fmt;

/// A discussion site, by the key under which its discussions are stored and printed, such as `hacker news`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct SiteId(&'static str);

impl SiteId {
    /// The article's own page, wherever that stands: the comments below it.
    pub const PAGE: SiteId = SiteId("page");

    pub const fn new(key: &'static str) -> SiteId {
        SiteId(key)
    }

    pub const fn key(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for SiteId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}
