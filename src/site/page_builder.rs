//! A page while the comments of its discussion come in, and what every reader of discussions tells beside them. Its law:
//! every comment of a file is in a discussion or counted in a note.

use std::collections::{BTreeMap, HashSet};

use super::Site;
use crate::domain::article::{Article, Page, Source};
use crate::domain::completeness::SiteCount;
use crate::domain::plural::plural;
use crate::domain::rank::Scale;
use crate::domain::site::SiteId;
use crate::domain::text::{CleanText, clean_line};
use crate::domain::thread::{Comment, Discussion, Stub, link_parents};

/// Stands for the id of a parent of which nothing is told but that there is one.
pub(super) const NOT_TOLD: &str = "";

/// A page while its comments come in.
#[derive(Default)]
pub(super) struct Gathered {
    pub(super) article: Article,
    pub(super) comments: Vec<Comment>,
    /// By comment: the id that it answers to.
    parents: Vec<Option<Box<str>>>,
    ids: HashSet<Box<str>>,
    /// By the comment that they are below.
    stubs: BTreeMap<Option<Box<str>>, u32>,
}

impl Gathered {
    pub(super) fn new(article: Article) -> Gathered {
        Gathered { article, ..Gathered::default() }
    }

    /// False where a comment of this id is there already: the first stays.
    pub(super) fn push(&mut self, comment: Comment, parent: Option<Box<str>>) -> bool {
        let is_new = self.ids.insert(comment.id.clone());
        if is_new {
            self.comments.push(comment);
            self.parents.push(parent);
        }
        is_new
    }

    pub(super) fn has(&self, id: &str) -> bool {
        self.ids.contains(id)
    }

    /// Notes comments that are not in the file, below the one of this id; `count` is 0 where their number is not told.
    pub(super) fn lacks(&mut self, below: Option<&str>, count: usize) {
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        let stub = self.stubs.entry(below.map(Into::into)).or_default();
        *stub = stub.saturating_add(count);
    }

    /// True if any comment answers to `id`.
    pub(super) fn has_answer_to(&self, id: &str) -> bool {
        self.parents.iter().any(|parent| parent.as_deref() == Some(id))
    }

    /// The page with its one discussion; what is missing of it follows from what the site tells.
    /// Without a site it stands on the article's own page.
    pub(super) fn into_page(
        mut self,
        source: Source,
        site: Option<&dyn Site>,
        scale: Scale,
        url: &str,
        told: SiteCount,
    ) -> Page {
        for (below, count) in std::mem::take(&mut self.stubs) {
            let below = below.filter(|id| self.has(id));
            if below.is_some() || count > 0 {
                self.lacks(below.as_deref(), count as usize);
            }
        }
        let mut comments = self.comments;
        link_parents(&mut comments, &self.parents);
        for comment in &mut comments {
            comment.awaits = comment.awaits.take().filter(|id| **id != *NOT_TOLD);
        }
        for comment in &mut comments {
            let follows = site.and_then(|site| site.comment_address(url, &comment.id));
            if comment.url.is_some() && comment.url.as_deref() == follows.as_deref() {
                comment.url = None;
            }
        }
        let url = Some(clean_line(url)).filter(|url| !url.is_empty());
        let stubs = self.stubs.into_iter().map(|(below, count)| Stub { below, count }).collect();
        let place = clean_line(site.map_or(SiteId::PAGE, Site::id).key());
        let mut discussion = Discussion { place, url, scale, comments, complete: false, stubs };
        discussion.settle(told);
        Page { article: self.article, source, discussions: vec![discussion] }
    }
}

/// How many comments of a page's discussions are known to be missing.
pub(super) fn missing(page: &Page) -> usize {
    page.discussions.iter().map(Discussion::missing).sum()
}

/// Counts of comments left out or missing, for the notes.
#[derive(Default)]
pub(super) struct Tally {
    /// Comments that the place has beside those in the file.
    pub(super) more: usize,
    /// Notes of the place itself, such as that a topic was closed.
    pub(super) small: usize,
    pub(super) twice: usize,
    pub(super) nameless: usize,
    pub(super) foreign: usize,
}

impl Tally {
    pub(super) fn notes(&self) -> Vec<CleanText> {
        let told = [
            (self.small, "note", "of the place itself left out"),
            (self.twice, "comment", "stood there twice; the first is kept"),
            (self.nameless, "comment", "without an id left out"),
            (self.foreign, "value", "of another kind left out"),
        ];
        let more = (self.more > 0).then(|| format!("{} more, not in this file", self.more));
        let told = told.iter().filter(|(n, ..)| *n > 0).map(|(n, what, rest)| format!("{} {rest}", plural(*n as u64, what)));
        more.into_iter().chain(told).map(|note| clean_line(&note)).collect()
    }
}
