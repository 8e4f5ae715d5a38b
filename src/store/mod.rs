//! The store: one SQLite file with articles, discussions and the reader's state.

use std::path::{Path, PathBuf};

use crate::domain::article::{Article, Page, Source};
use crate::domain::order::Order;
use crate::domain::query::Query;
use crate::domain::rank::Scale;
use crate::domain::slider::{Notch, Unrated};
use crate::domain::text::CleanText;
use crate::domain::thread::{CommentIdx, Discussion};
use crate::domain::time::{Timestamp, When};

/// Row ids, stable for good.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ArticleId(pub i64);
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct DiscussionId(pub i64);
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct SourceId(pub i64);

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("{path}: {source}")]
    File { path: PathBuf, source: std::io::Error },
    #[error("the store {path} is of version {found}, made by a newer gleaner (this one knows {known})")]
    Newer { path: PathBuf, found: i64, known: i64 },
    #[error("the store {path} is no gleaner store")]
    Foreign { path: PathBuf },
    /// What SQLite said, while doing what.
    #[error("{doing}: {source}")]
    Sqlite { doing: &'static str, source: rusqlite::Error },
}

impl StoreError {
    /// What the reader can do about it.
    pub fn hint(&self) -> &'static str {
        "`gleaner doctor` checks the store"
    }
}

/// A view over the store.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub enum Section {
    All,
    #[default]
    Unread,
    Starred,
    Watched,
    Source(SourceId),
}

/// A line of the sections pane.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SectionRow {
    pub section: Section,
    pub title: CleanText,
    pub total: u64,
    pub unread: u64,
}

/// An article as a list shows it; read without its body or comments.
#[derive(Clone, PartialEq, Debug)]
pub struct Headline {
    pub id: ArticleId,
    pub title: CleanText,
    pub source: CleanText,
    pub published: Option<When>,
    /// Where it stands in a list by time: its publication, else its first arrival.
    pub sort_at: Timestamp,
    pub read: bool,
    pub starred: bool,
    pub watched: bool,
    /// 1 to 5, 0 for none.
    pub own_rating: u8,
    pub comments: u32,
    pub new_comments: u32,
}

impl Headline {
    pub fn key(&self) -> ListKey {
        ListKey { sort_at: self.sort_at, id: self.id }
    }
}

/// Where in a list a page begins or ends: lists are paged by key, newest first, never by offset.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ListKey {
    pub sort_at: Timestamp,
    pub id: ArticleId,
}

/// Which stretch of a list. Each gives at most as many as asked, newest first.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stretch {
    First,
    Last,
    /// Older than the key.
    After(ListKey),
    /// Newer than the key, those next to it.
    Before(ListKey),
    /// The key itself, if it is there, and older.
    From(ListKey),
}

#[derive(Clone, PartialEq, Debug)]
pub struct StoredArticle {
    pub id: ArticleId,
    pub article: Article,
    pub source: Source,
    pub read: bool,
    pub starred: bool,
    pub watched: bool,
    pub own_rating: u8,
    pub discussions: Vec<DiscussionHead>,
}

#[derive(Clone, PartialEq, Debug)]
pub struct DiscussionHead {
    pub id: DiscussionId,
    pub place: CleanText,
    pub url: Option<CleanText>,
    pub scale: Scale,
    pub comments: u32,
    pub new_comments: u32,
}

#[derive(Clone, PartialEq, Debug)]
pub struct StoredDiscussion {
    pub id: DiscussionId,
    pub discussion: Discussion,
    /// By comment.
    pub states: Vec<CommentState>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct CommentState {
    pub first_seen: Timestamp,
    /// Scrolled past, or its page was left.
    pub seen: bool,
    pub own_rating: u8,
    /// It was there and a complete fetch no longer had it.
    pub vanished: bool,
}

/// What saving a page changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Saved {
    pub id: ArticleId,
    pub new_article: bool,
    pub edited_article: bool,
    pub new_comments: u32,
    pub changed_ranks: u32,
    pub edited_comments: u32,
}

/// The slider as the reader left it for one source and place: stars by value, others by share.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct SliderMemory {
    pub bar: Notch,
    pub floor: Notch,
    pub min_votes: u32,
    pub unrated: Unrated,
    pub order: Order,
    pub flat: bool,
}

/// A finding of [`Store::check`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    pub ok: bool,
    pub text: String,
}

pub struct Store {
    _path: PathBuf,
}

impl Store {
    /// Opens or makes the store (file mode 0600, WAL), migrating an older one. Directories must exist.
    pub fn open(path: &Path) -> Result<Store, StoreError> {
        todo!("{path:?}")
    }
    pub fn in_memory() -> Result<Store, StoreError> {
        todo!()
    }
    /// Whether the last process to write did not end cleanly, so that a check is due.
    pub fn ended_uncleanly(&self) -> bool {
        todo!()
    }
    /// Whether there was no store before this one was opened.
    pub fn is_new(&self) -> bool {
        todo!()
    }
    /// Marks a clean end.
    pub fn close(self) -> Result<(), StoreError> {
        todo!()
    }
    /// Changes whenever another process has written.
    pub fn data_version(&self) -> Result<i64, StoreError> {
        todo!()
    }

    /// Stores a page, or brings a stored one up to date: ranks in place, new comments added, edits taken; first-seen
    /// times and the reader's state stay.
    pub fn save(&mut self, page: &Page, now: Timestamp) -> Result<Saved, StoreError> {
        todo!("{page:?} {now:?}")
    }
    /// Removes a source with its articles by key or title. Gives how many articles went, None if there is no such source.
    pub fn remove_source(&mut self, name: &str) -> Result<Option<u64>, StoreError> {
        todo!("{name}")
    }
    /// A new, empty store until the first save marks it; used to lay down the welcome edition once only.
    pub fn setting(&self, key: &str) -> Result<Option<String>, StoreError> {
        todo!("{key}")
    }
    pub fn set_setting(&mut self, key: &str, value: &str) -> Result<(), StoreError> {
        todo!("{key} {value}")
    }

    pub fn sections(&self) -> Result<Vec<SectionRow>, StoreError> {
        todo!()
    }
    pub fn headlines(
        &self,
        section: &Section,
        filter: &Query,
        stretch: Stretch,
        limit: usize,
    ) -> Result<Vec<Headline>, StoreError> {
        todo!("{section:?} {filter:?} {stretch:?} {limit}")
    }
    pub fn headline(&self, id: ArticleId) -> Result<Option<Headline>, StoreError> {
        todo!("{id:?}")
    }
    pub fn article(&self, id: ArticleId) -> Result<Option<StoredArticle>, StoreError> {
        todo!("{id:?}")
    }
    pub fn discussion(&self, id: DiscussionId) -> Result<Option<StoredDiscussion>, StoreError> {
        todo!("{id:?}")
    }

    /// Each of these gives how many changed, and keeps the time of the change.
    pub fn set_read(&mut self, ids: &[ArticleId], read: bool, now: Timestamp) -> Result<u64, StoreError> {
        todo!("{ids:?} {read} {now:?}")
    }
    pub fn set_starred(&mut self, ids: &[ArticleId], starred: bool, now: Timestamp) -> Result<u64, StoreError> {
        todo!("{ids:?} {starred} {now:?}")
    }
    pub fn set_watched(&mut self, ids: &[ArticleId], watched: bool, now: Timestamp) -> Result<u64, StoreError> {
        todo!("{ids:?} {watched} {now:?}")
    }
    /// Marks a whole section (under a filter) read; gives the ids that changed, for undo.
    pub fn mark_all_read(&mut self, section: &Section, filter: &Query, now: Timestamp) -> Result<Vec<ArticleId>, StoreError> {
        todo!("{section:?} {filter:?} {now:?}")
    }
    /// 0 takes a rating back.
    pub fn rate_article(&mut self, id: ArticleId, rating: u8, now: Timestamp) -> Result<(), StoreError> {
        todo!("{id:?} {rating} {now:?}")
    }
    pub fn rate_comment(&mut self, id: DiscussionId, comment: &str, rating: u8, now: Timestamp) -> Result<bool, StoreError> {
        todo!("{id:?} {comment} {rating} {now:?}")
    }
    /// Marks comments as seen; all of the discussion's where `comments` is none.
    pub fn mark_seen(&mut self, id: DiscussionId, comments: Option<&[CommentIdx]>, now: Timestamp) -> Result<u64, StoreError> {
        todo!("{id:?} {comments:?} {now:?}")
    }

    pub fn slider(&self, source: &str, place: &str) -> Result<Option<SliderMemory>, StoreError> {
        todo!("{source} {place}")
    }
    pub fn set_slider(&mut self, source: &str, place: &str, memory: &SliderMemory) -> Result<(), StoreError> {
        todo!("{source} {place} {memory:?}")
    }

    /// SQLite's quick_check and the store's own counts against counting.
    pub fn check(&self) -> Result<Vec<Finding>, StoreError> {
        todo!()
    }
}
