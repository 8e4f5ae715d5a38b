//! Articles and the page they stand on.

use super::rank::Hundredths;
use super::text::{Block, CleanText, Document};
use super::thread::Discussion;
use super::time::When;
use crate::domain::plural::noun_for;

/// One article. Only the title is always there, and even that may be empty.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Article {
    /// Its source's identifier: a feed's guid, a server's id. None if the source gives none, and once it is stored.
    pub id: Option<CleanText>,
    pub title: CleanText,
    pub byline: Option<CleanText>,
    pub organisation: Option<CleanText>,
    /// The source's word for this piece: "report", "weblog", "feature".
    pub kind: Option<CleanText>,
    pub published: Option<When>,
    /// The date as the source wrote it, where it cannot be true: `published` is none then.
    pub stated_date: Option<CleanText>,
    /// Its own address, as the source gave it.
    pub url: Option<CleanText>,
    pub body: Document,
    /// The text is that of its own page, where its source gave no more than a teaser.
    pub is_full: bool,
    /// Recordings, pictures and other files that go with it.
    pub enclosures: Vec<Enclosure>,
    /// The parts of its recording.
    pub chapters: Vec<Chapter>,
    pub audience: Audience,
    pub categories: Vec<CleanText>,
    pub replies: Replies,
    pub explore_further: Option<Related>,
    pub related: Vec<Related>,
    pub recommended: Vec<Related>,
}

/// An article as another source gives it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct OtherText {
    /// The source's title.
    pub source: CleanText,
    pub title: CleanText,
    pub byline: Option<CleanText>,
    pub published: Option<When>,
    pub body: Document,
}

impl Article {
    /// The files to list below the text: all but the pictures that the text itself shows.
    pub fn listed_enclosures(&self) -> impl Iterator<Item = &Enclosure> {
        let is_shown = |file: &Enclosure| {
            let at = self.body.links.iter().position(|link| link.address == file.address);
            at.is_some_and(|at| shows_image(&self.body.blocks, at as u32))
        };
        self.enclosures.iter().filter(move |file| !is_shown(file))
    }
}

fn shows_image(blocks: &[Block], link: u32) -> bool {
    blocks.iter().any(|block| match block {
        Block::Image { link: shown, .. } => shown.0 == link,
        Block::Quote(blocks) | Block::Spoiler { blocks, .. } => shows_image(blocks, link),
        Block::List { items, .. } => items.iter().any(|item| shows_image(item, link)),
        _ => false,
    })
}

/// A file that goes with an article.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Enclosure {
    pub address: CleanText,
    pub role: EnclosureRole,
    pub title: Option<CleanText>,
    /// "audio/mpeg"
    pub media_type: Option<CleanText>,
    /// "en"
    pub language: Option<CleanText>,
    /// Bytes.
    pub length: Option<u64>,
    /// Seconds.
    pub duration: Option<u32>,
}

/// A file's relation to its article.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum EnclosureRole {
    #[default]
    File,
    /// A small picture that stands for the article.
    Thumbnail,
    /// The text of the recording.
    Transcript,
    /// A list of the recording's parts.
    Chapters,
}

impl EnclosureRole {
    /// As scripts and the store call it.
    pub const fn name(self) -> &'static str {
        match self {
            EnclosureRole::File => "file",
            EnclosureRole::Thumbnail => "thumbnail",
            EnclosureRole::Transcript => "transcript",
            EnclosureRole::Chapters => "chapters",
        }
    }

    pub fn from_name(name: &str) -> EnclosureRole {
        use EnclosureRole::{Chapters, File, Thumbnail, Transcript};
        [Thumbnail, Transcript, Chapters].into_iter().find(|role| role.name() == name).unwrap_or(File)
    }
}

/// A part of a recording.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Chapter {
    /// Seconds from the recording's beginning.
    pub start: u32,
    pub title: CleanText,
    pub url: Option<CleanText>,
}

/// How many saw a work, and what they made of it, as its source tells.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Audience {
    pub views: Option<u64>,
    pub favorites: Option<u64>,
    /// The mean of the stars given, of at most `max`, and by how many.
    pub stars: Option<StarRating>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct StarRating {
    pub mean: Hundredths,
    pub max: Hundredths,
    pub votes: u64,
}

impl Audience {
    /// "1,234 views, 5 favorites, 4.9 / 5 (56)"; none where nothing is told.
    pub fn in_words(self) -> Option<String> {
        let counted = |n: u64, one: &str| format!("{} {}", grouped(n), noun_for(n, one));
        let views = self.views.map(|n| counted(n, "view"));
        let favorites = self.favorites.filter(|n| *n > 0).map(|n| counted(n, "favorite"));
        let stars = self.stars.map(|stars| format!("{} / {} ({})", stars.mean, stars.max, grouped(stars.votes)));
        let parts: Vec<String> = [views, favorites, stars].into_iter().flatten().collect();
        (!parts.is_empty()).then(|| parts.join(", "))
    }
}

/// "1,234,567"
fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// "1:02:03", "4:05": a time within a recording, or how long it is.
pub fn clock_time(seconds: u32) -> String {
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

impl Enclosure {
    /// The file's name and details: "episode.mp3", " (audio/mpeg, 12 MB, 1:02:03)".
    pub fn in_words(&self) -> (String, String) {
        let path = self.address.split(['?', '#']).next().unwrap_or_default();
        let file_name = || path.rsplit('/').find(|part| !part.is_empty()).unwrap_or("a file");
        let name = self.title.as_deref().filter(|title| !title.is_empty()).unwrap_or_else(file_name);
        let name = if self.role == EnclosureRole::File { name.to_owned() } else { format!("{}: {name}", self.role.name()) };
        let size = self.length.filter(|length| *length > 0).map(in_bytes);
        let duration = self.duration.filter(|seconds| *seconds > 0).map(clock_time);
        let named = [&self.media_type, &self.language].into_iter().flatten().map(ToString::to_string);
        let parts: Vec<String> = named.chain(size).chain(duration).collect();
        let parts = if parts.is_empty() { String::new() } else { format!(" ({})", parts.join(", ")) };
        (name, parts)
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

/// An article with its discussions, as the reader reads them together.
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
    use crate::domain::text::{Link, LinkId, clean};

    #[test]
    fn an_enclosure_is_told_by_name_kind_and_size() {
        for (address, kind, length, wanted) in [
            ("https://a.example/pod/one.mp3?x=1", Some("audio/mpeg"), Some(12_345_678), "one.mp3 (audio/mpeg, 12 MB)"),
            ("https://a.example/f/", None, Some(999), "f (999 B)"),
            ("https://a.example/f", None, Some(3_400), "f (3.4 kB)"),
            ("", None, Some(0), "a file"),
            ("https://a.example/v.webm", Some("video/webm"), Some(2_500_000_000), "v.webm (video/webm, 2.5 GB)"),
        ] {
            let file = Enclosure { address: clean(address), media_type: kind.map(clean), length, ..Enclosure::default() };
            let (name, told) = file.in_words();
            assert_eq!(format!("{name}{told}"), wanted);
        }
    }

    #[test]
    fn an_enclosure_tells_its_role_language_and_duration() {
        let file = |role, title: Option<&str>, duration| Enclosure {
            address: clean("https://a.example/pod/one.vtt"),
            role,
            title: title.map(clean),
            language: Some(clean("en")),
            duration,
            ..Enclosure::default()
        };
        let words = |file: Enclosure| {
            let (name, told) = file.in_words();
            name + &told
        };
        assert_eq!(words(file(EnclosureRole::Transcript, None, None)), "transcript: one.vtt (en)");
        assert_eq!(words(file(EnclosureRole::File, Some("Part one"), Some(3_723))), "Part one (en, 1:02:03)");
        for role in [EnclosureRole::File, EnclosureRole::Thumbnail, EnclosureRole::Transcript, EnclosureRole::Chapters] {
            assert_eq!(EnclosureRole::from_name(role.name()), role);
        }
    }

    #[test]
    fn an_audience_is_told_in_figures() {
        let stars = StarRating { mean: Hundredths(490), max: Hundredths(500), votes: 1_056 };
        let audience = Audience { views: Some(1_234_567), favorites: Some(1), stars: Some(stars) };
        assert_eq!(audience.in_words().as_deref(), Some("1,234,567 views, 1 favorite, 4.9 / 5 (1,056)"));
        assert_eq!(Audience::default().in_words(), None);
    }

    #[test]
    fn a_picture_in_the_text_is_not_listed_again() {
        let file = |address: &str| Enclosure { address: clean(address), ..Enclosure::default() };
        let body = Document {
            blocks: vec![Block::Image { link: LinkId(1), alt: clean("a cat") }],
            links: vec![Link::new("https://a.example/b.png"), Link::new("https://a.example/a.png")],
        };
        let enclosures = vec![file("https://a.example/a.png"), file("https://a.example/b.png")];
        let article = Article { body, enclosures, ..Article::default() };
        let listed: Vec<&str> = article.listed_enclosures().map(|file| &*file.address).collect();
        assert_eq!(listed, ["https://a.example/b.png"]);
    }
}
