//! An item of an answer in the form in which it is stored. The threads that read answers make it, so that the one thread
//! that stores has less to do.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::fingerprint::{Fingerprint, short_hash};
use crate::domain::article::{Article, Page};
use crate::domain::thread::{Discussion, VoteState};
use crate::format::identity::host_of;
use crate::store::articles::Texts;

/// One item of an answer or file: an entry of its source, with the discussions that came with it.
#[derive(Clone, PartialEq, Debug)]
pub struct Item {
    pub(super) fingerprint: Fingerprint,
    /// A hash of all that it says, so that one that says the same again is passed over.
    pub(super) print: i64,
    /// Without its text and stories, which are encoded in `texts`.
    article: Article,
    pub(super) texts: Texts,
    pub(super) discussions: Vec<Discussion>,
    /// The address, for an item without an id.
    pub(super) address_as_id: Option<i64>,
    /// Comments that its source counts.
    pub(super) told: Option<u32>,
    /// The source names a page with its discussion, on another host.
    is_discussed_elsewhere: bool,
    /// It was read from a saved page, whose times may be relative to its reading.
    pub(super) is_page: bool,
    /// A rule of the reader's ignores it: where it is new it is not stored.
    pub is_ignored: bool,
    /// A rule of the reader's marks it read where it is new.
    pub is_read: bool,
    /// How it stands on the front page that it was read from.
    pub standing: Option<VoteState>,
}

impl Item {
    pub fn new(article: Article) -> Item {
        let texts = Texts::of(&article);
        let fingerprint = Fingerprint::new(&article, texts.body_bytes());
        let url = article.url.as_deref().filter(|_| fingerprint.id.is_none());
        let address_as_id = url.map(|url| short_hash(url.as_bytes()));
        let told = article.replies.count;
        let is_discussed_elsewhere = is_elsewhere(&article, article.replies.address.as_deref());
        let article = Texts::without(article);
        let mut hasher = DefaultHasher::new();
        // Another version of the program may hash otherwise; that costs one comparison.
        (&article, &texts).hash(&mut hasher);
        Item {
            fingerprint,
            print: hasher.finish() as i64,
            article,
            texts,
            discussions: Vec::new(),
            address_as_id,
            told,
            is_discussed_elsewhere,
            is_page: false,
            is_ignored: false,
            is_read: false,
            standing: None,
        }
    }

    /// An article of a feed that was read as a page, with its discussions.
    pub fn of_feed(page: Page) -> Item {
        Item { discussions: page.discussions, ..Item::new(page.article) }
    }

    /// A saved page. Its address is its id: a page that is saved again is the same one, whatever else has changed.
    pub fn of_page(page: Page) -> Item {
        let id = page.article.id.clone().or_else(|| page.article.url.clone());
        let article = Article { id, ..page.article };
        Item { is_page: true, discussions: page.discussions, ..Item::new(article) }
    }

    pub fn article(&self) -> Article {
        self.texts.with(self.article.clone())
    }

    /// True if it names a discussion on another host than that of its link: two of these are two submissions of one address.
    pub(super) fn is_submission(&self) -> bool {
        let standing = self.standing.as_ref().map(|standing| &*standing.url);
        let discussed = self.discussions.iter().filter_map(|discussion| discussion.url.as_deref());
        self.is_discussed_elsewhere
            || standing.into_iter().chain(discussed).any(|address| is_elsewhere(&self.article, Some(address)))
    }
}

fn is_elsewhere(article: &Article, discussion: Option<&str>) -> bool {
    let host = |address: Option<&str>| address.and_then(host_of);
    let (link, discussion) = (host(article.url.as_deref()), host(discussion));
    link.is_some() && discussion.is_some() && link != discussion
}
