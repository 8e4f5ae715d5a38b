//! The hashes that identify an item of an answer; the store keeps them for each entry.

use sha2::{Digest, Sha256};

use crate::domain::article::Article;
use crate::site::identity::{canonical_address, page_of_amp};
use crate::store::columns::seconds;

/// The fingerprint that identifies an entry within its source. An absent value matches nothing.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub(in crate::store) struct Fingerprint {
    /// The id that the source gives: a guid, an `atom:id`, a server's id.
    pub(in crate::store) id: Option<i64>,
    /// The canonical address.
    pub(in crate::store) address: Option<i64>,
    /// The hash of the address's host; 0 if it is not known, see [`host_hash`].
    pub(in crate::store) host: i64,
    pub(in crate::store) title: Option<i64>,
    pub(in crate::store) text: Option<i64>,
    /// The first enclosure's address.
    pub(in crate::store) enclosure: Option<i64>,
    /// Seconds, and whether the source gave a day only.
    pub(in crate::store) date: Option<(i64, bool)>,
    /// The address is that of a host alone, which names no article.
    pub(in crate::store) is_root: bool,
    /// It is the AMP form of the page at `address`, which is the same article only if the titles agree.
    pub(in crate::store) is_amp: bool,
}

/// Ids that feed generators write where they have none.
const PLACEHOLDERS: [&str; 18] = [
    "",
    "-",
    "--",
    "0",
    "-1",
    "n/a",
    "na",
    "none",
    "null",
    "nil",
    "undefined",
    "unknown",
    "nan",
    "false",
    "true",
    "guid",
    "http://",
    "https://",
];

impl Fingerprint {
    /// `text` is the stored form of the article's text.
    pub(in crate::store) fn new(article: &Article, text: &[u8]) -> Fingerprint {
        let id = article.id.as_ref().map(|id| id.trim());
        let id = id.filter(|id| !PLACEHOLDERS.contains(&id.to_ascii_lowercase().as_str()));
        let page = article.url.as_deref().and_then(page_of_amp);
        let is_amp = page.is_some();
        let page = page.or_else(|| canonical_address(article.url.as_deref()?));
        Fingerprint {
            is_amp,
            id: id.map(|id| short_hash(id.as_bytes())),
            address: page.as_deref().map(|page| short_hash(page.as_bytes())),
            host: page.as_deref().map_or(0, host_hash),
            title: text_hash(article.title.trim().as_bytes()),
            text: text_hash(text),
            enclosure: article.enclosures.first().and_then(|file| text_hash(file.address.as_bytes())),
            date: article.published.map(seconds),
            is_root: article.url.as_deref().is_some_and(is_root),
        }
    }

    /// The look-up key of an entry without an address.
    pub(in crate::store) fn headline(&self) -> Option<i64> {
        self.title.or(self.text)
    }

    /// True if both sources' ids are known and differ.
    pub(super) fn has_other_id(&self, other: &Fingerprint) -> bool {
        matches!((self.id, other.id), (Some(one), Some(two)) if one != two)
    }

    /// True if an id and a text are known of both, and both differ.
    pub(super) fn is_told_otherwise(&self, other: &Fingerprint) -> bool {
        self.has_other_id(other) && matches!((self.text, other.text), (Some(one), Some(two)) if one != two)
    }
}

fn text_hash(bytes: &[u8]) -> Option<i64> {
    (!bytes.is_empty()).then(|| short_hash(bytes))
}

/// The hash of an address in its canonical form; none for what is not a web address.
pub(in crate::store) fn address_hash(address: &str) -> Option<i64> {
    canonical_address(address).map(|address| short_hash(address.as_bytes()))
}

/// A hash of the host of a canonical address, never 0. It only has to put the addresses of one host near each other, so that
/// it is small.
pub(in crate::store) fn host_hash(canonical: &str) -> i64 {
    let behind_scheme = canonical.trim_start_matches("https://");
    let host = behind_scheme.split(['/', '?', '#']).next().unwrap_or_default();
    1 + short_hash(host.as_bytes()).rem_euclid(HOSTS)
}

/// Hashes of hosts take three bytes in the file.
const HOSTS: i64 = 0x7f_ffff;

fn is_root(address: &str) -> bool {
    let canonical = canonical_address(address).unwrap_or_default();
    let behind_scheme = canonical.trim_start_matches("https://");
    !behind_scheme.is_empty() && !behind_scheme.contains(['/', '?', '#'])
}

/// The first eight bytes of the SHA-256. Two of a billion different values share one with a probability of 3 %.
pub(in crate::store) fn short_hash(bytes: &[u8]) -> i64 {
    let digest = Sha256::digest(bytes);
    i64::from_le_bytes(std::array::from_fn(|at| digest[at]))
}

/// Seconds by which two readings of one relative time ("3 days ago") can differ.
const RELATIVE_BLUR: i64 = 36 * crate::domain::time::HOUR;

/// True if two dates of a saved page can be one, where one of the two may have been told relative to its reading.
pub(super) fn may_be_same_date(one: Option<(i64, bool)>, other: Option<(i64, bool)>) -> bool {
    match (one, other) {
        (Some((one, one_is_day)), Some((other, other_is_day))) => {
            one == other || (!(one_is_day && other_is_day) && one.abs_diff(other) <= RELATIVE_BLUR as u64)
        }
        _ => false,
    }
}
