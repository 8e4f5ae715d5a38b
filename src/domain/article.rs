//! Articles and the page they stand on.

use super::text::{CleanText, Document};
use super::thread::Discussion;
use super::time::When;

/// One article. Only the title is always there, and even that may be empty.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Article {
    /// What its source calls it: a feed's guid, a server's id. None where the source tells none, and once it is stored.
    pub id: Option<CleanText>,
    pub title: CleanText,
    pub byline: Option<CleanText>,
    pub organisation: Option<CleanText>,
    /// What the source calls this piece: "report", "weblog", "feature".
    pub kind: Option<CleanText>,
    pub published: Option<When>,
    /// Its own address, as the source gave it.
    pub url: Option<CleanText>,
    pub body: Document,
    /// The text is that of its own page, where its source gave no more than a teaser.
    pub is_full: bool,
    /// Recordings, pictures and other files that go with it.
    pub enclosures: Vec<Enclosure>,
    pub categories: Vec<CleanText>,
    pub replies: Replies,
    pub explore_further: Option<Related>,
    pub related: Vec<Related>,
    pub recommended: Vec<Related>,
}

/// What another source tells of an article.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct OtherText {
    /// The source's title.
    pub source: CleanText,
    pub title: CleanText,
    pub byline: Option<CleanText>,
    pub published: Option<When>,
    pub body: Document,
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

impl Enclosure {
    /// Its file's name, and what else is told of it: "episode.mp3", " (audio/mpeg, 12 MB)".
    pub fn in_words(&self) -> (String, String) {
        let path = self.address.split(['?', '#']).next().unwrap_or_default();
        let name = path.rsplit('/').find(|part| !part.is_empty()).unwrap_or("a file");
        let size = self.length.filter(|length| *length > 0).map(in_bytes);
        let told: Vec<String> = self.media_type.iter().map(ToString::to_string).chain(size).collect();
        let told = if told.is_empty() { String::new() } else { format!(" ({})", told.join(", ")) };
        (name.to_owned(), told)
    }

    /// Sound or film.
    pub fn is_recording(&self) -> bool {
        self.media_type.as_deref().is_some_and(|kind| kind.starts_with("audio/") || kind.starts_with("video/"))
    }
}

/// "900 B", "12 kB", "3.4 MB": in powers of 1000.
fn in_bytes(bytes: u64) -> String {
    let mut value = bytes as f64;
    for unit in ["B", "kB", "MB"] {
        if value < 999.5 {
            return if value < 9.95 && unit != "B" { format!("{value:.1} {unit}") } else { format!("{value:.0} {unit}") };
        }
        value /= 1000.0;
    }
    format!("{value:.1} GB")
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::text::clean;

    #[test]
    fn an_enclosure_is_told_by_name_kind_and_size() {
        for (address, kind, length, wanted) in [
            ("https://a.example/pod/one.mp3?x=1", Some("audio/mpeg"), Some(12_345_678), "one.mp3 (audio/mpeg, 12 MB)"),
            ("https://a.example/f/", None, Some(999), "f (999 B)"),
            ("https://a.example/f", None, Some(3_400), "f (3.4 kB)"),
            ("", None, Some(0), "a file"),
            ("https://a.example/v.webm", Some("video/webm"), Some(2_500_000_000), "v.webm (video/webm, 2.5 GB)"),
        ] {
            let file = Enclosure { address: clean(address), media_type: kind.map(clean), length };
            let (name, told) = file.in_words();
            assert_eq!(format!("{name}{told}"), wanted);
        }
    }
}
