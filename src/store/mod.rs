//! The store: one SQLite file with articles, discussions and the reader's state.
//!
//! It knows rows and transactions. It does not know where pages come from, what time it is or how anything is shown;
//! it holds nothing in memory between two calls but its statements. Several copies of the program may have one store
//! open at once: writes are short transactions, each seen by the others ([`Store::data_version`]).

mod account_items;
mod accounts;
mod archive;
mod arranging;
mod articles;
mod backup;
mod beside;
mod body;
mod breaking_off;
mod check;
pub mod clean;
mod clock;
mod columns;
mod discussions;
pub mod entries;
mod error;
mod figures;
mod filter;
mod folders;
mod foreign;
pub mod hosts;
mod index;
pub mod ingest;
mod large;
mod list_order;
mod lists;
mod lock;
pub mod lookups;
mod matching;
mod merge;
pub mod newsboat;
mod odd_rows;
mod open;
mod options;
mod polls;
mod ranges;
mod ranking;
mod recommended;
mod recount;
mod related;
mod rules;
mod schema;
mod search;
mod searches;
mod session;
mod shown;
pub mod sources;
mod standing;
mod state;
mod strays;
mod stubs;
pub mod subscriptions;
mod tags;
#[cfg(test)]
mod tests;
mod thread_summaries;
pub mod watches;
mod word_lists;

use std::path::PathBuf;

use rusqlite::{Connection, TransactionBehavior};

use crate::domain::article::{Article, OtherText, Source};
use crate::domain::order::Order;
use crate::domain::rank::Scale;
use crate::domain::slider::{Notch, Unrated};
use crate::domain::tag::Tag;
use crate::domain::text::{CleanText, Document};
use crate::domain::thread::Discussion;
use crate::domain::time::{Timestamp, When};

pub use account_items::{AccountBatch, AccountItem, MarksLearned, PendingMarks};
pub use accounts::{Account, AccountHealth, AccountId, FeedChanges, NewAccount, PendingEdit, SyncEnd};
pub use archive::is_archived;
pub use articles::{FileAnswer, PageKind, SavedFile};
pub use backup::{BackedUp, Restored};
pub use error::{StoreError, in_words};
pub use figures::{StoreFigures, sqlite_version};
pub use index::{INDEX_STEP, INDEX_STRIDE};
pub use list_order::{ListOrder, RANKED};
pub use odd_rows::{Mended, OddRows, RowChecks};
pub use ranking::By;
pub use recommended::{Because, Liked, Recommended};
pub use schema::Upgrade;
pub use search::{CommentHit, Excerpt, FITTING, Found, Hit};
pub use searches::COUNTED_UNREAD;
pub use session::{CursorPosition, KeptMark, KeptMarking, KeptUndo, ReadingPosition, Session, StoredOverride};
pub use state::{MARKED_AT_ONCE, MarkedSome, Marking, Seen};
pub use tags::{LONGEST_NOTE, TagCount};

/// Row ids, stable for good.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ArticleId(pub i64);
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct DiscussionId(pub i64);
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct SourceId(pub i64);
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct SearchId(pub i64);

/// A query that the reader kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SavedSearch {
    pub id: SearchId,
    pub name: CleanText,
    pub query: String,
}

/// The parts of an article.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct RelatedHit {
    /// The stored articles that its own stories are: that to explore further, the related, the recommended, as the page
    /// tells them; none for one that is not stored.
    pub own: Vec<Option<ArticleId>>,
    /// Others that are about the same.
    pub alike: Vec<Headline>,
}

/// A view over the store.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub enum Section {
    All,
    #[default]
    Unread,
    Starred,
    Watched,
    /// Recommendations, see [`Store::recommended`].
    Recommended,
    /// The articles that the reader tagged so, "Read later" among these sections.
    Tag(Tag),
    Source(SourceId),
    Search(SearchId),
    /// Its names from the outside in; with what is in the folders inside it.
    Folder(Vec<CleanText>),
}

/// A line of the sections pane.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SectionRow {
    pub section: Section,
    pub title: CleanText,
    pub total: u64,
    pub unread: u64,
    /// How many folders a folder or source is in. What is in a folder follows it.
    pub depth: usize,
    /// The last try of it failed, or that of a source in it.
    pub is_failing: bool,
    /// Why the last try of a source failed.
    pub failure: Option<CleanText>,
    /// A source that is fetched.
    pub is_subscribed: bool,
    /// It has a front page: an order of its place's own.
    pub has_front: bool,
    /// Counted for what is watched only.
    pub new_comments: u64,
}

impl SectionRow {
    /// With nothing in it.
    pub fn new(section: Section, title: CleanText) -> SectionRow {
        SectionRow {
            section,
            title,
            total: 0,
            unread: 0,
            depth: 0,
            is_failing: false,
            failure: None,
            is_subscribed: false,
            has_front: false,
            new_comments: 0,
        }
    }
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
    /// Votes for it, at the place where it has most; none where no place tells.
    pub points: Option<i64>,
    /// Comments that places tell of, whether they are here or not.
    pub told: u32,
    /// How the ranks of its largest rated discussion lie, see
    /// [`ThreadSummary::bars`](crate::domain::thread_summary::ThreadSummary::bars).
    pub bars: Vec<u8>,
    /// How good its best discussion is, see [`ThreadSummary::best`](crate::domain::thread_summary::ThreadSummary::best).
    pub best: u32,
    pub tags: Vec<Tag>,
    pub note: Option<CleanText>,
    /// Who posted it, where people vote on it.
    pub submitter: Option<CleanText>,
    /// The host that it leads to, where people vote on it.
    pub host: Option<CleanText>,
}

impl Headline {
    /// How many comments there are, here or at their places.
    pub fn discussed(&self) -> u32 {
        self.comments.max(self.told)
    }

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

impl ListKey {
    pub fn is_newer_than(self, other: ListKey) -> bool {
        (self.sort_at, self.id) > (other.sort_at, other.id)
    }
}

/// A stretch of a list. Each returns at most as many rows as asked for, newest first.
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
    pub tags: Vec<Tag>,
    pub note: Option<CleanText>,
    /// When another headline or text of it came.
    pub edited_at: Option<Timestamp>,
    /// Its previous text.
    pub previous: Option<Previous>,
    /// Texts of other sources that differ from the article's.
    pub texts: Vec<OtherText>,
    /// The titles of all sources that have it, that of its text first.
    pub sources: Vec<CleanText>,
    pub discussions: Vec<DiscussionHead>,
}

/// An article before its last edit.
#[derive(Clone, PartialEq, Debug)]
pub struct Previous {
    pub title: CleanText,
    pub body: Document,
}

#[derive(Clone, PartialEq, Debug)]
pub struct DiscussionHead {
    pub id: DiscussionId,
    pub place: CleanText,
    pub url: Option<CleanText>,
    pub scale: Scale,
    pub comments: u32,
    pub new_comments: u32,
    /// Comments that the place tells of, whether they are here or not.
    pub told: u32,
    /// Votes for the article there.
    pub points: Option<i64>,
}

/// The comment of a discussion that was stored last.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct LastComment(i64);

#[derive(Clone, PartialEq, Debug)]
pub struct StoredDiscussion {
    pub id: DiscussionId,
    pub discussion: Discussion,
    /// Counts only those in `discussion`.
    pub last: LastComment,
    /// By comment.
    pub states: Vec<CommentState>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct CommentState {
    /// Scrolled past, or its page was left.
    pub seen: bool,
    pub own_rating: u8,
    /// It was there and a complete fetch no longer had it.
    pub vanished: bool,
}

/// The changes that saving a page made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Saved {
    pub id: ArticleId,
    pub new_article: bool,
    /// It is new in its source, and an article that another source brought.
    pub joined_article: bool,
    pub edited_article: bool,
    pub new_comments: u32,
    pub changed_ranks: u32,
    pub edited_comments: u32,
}

impl Saved {
    pub(crate) fn unchanged(id: ArticleId) -> Saved {
        Saved {
            id,
            new_article: false,
            joined_article: false,
            edited_article: false,
            new_comments: 0,
            changed_ranks: 0,
            edited_comments: 0,
        }
    }
}

/// The slider as the reader left it for one source and place: stars by value, others by share.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct SliderMemory {
    pub bar: Notch,
    pub floor: Notch,
    pub min_votes: u32,
    pub unrated: Unrated,
    /// None where nobody chose one.
    pub order: Option<Order>,
    pub flat: bool,
}

/// A finding of [`Store::check`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    pub ok: bool,
    pub text: String,
}

type StoreResult<T> = std::result::Result<T, StoreError>;

/// An open store. Its methods are split by meaning: opening and closing, saving and reading articles, reading
/// discussions, lists, state, sources, checking.
pub struct Store {
    path: PathBuf,
    conn: Connection,
    /// None for a store in memory.
    lock: Option<lock::Lock>,
    is_new: bool,
    unclean: bool,
    is_read_only: bool,
    /// Remarks on the opening.
    notes: Vec<String>,
}

impl Store {
    fn ask<T>(&self, doing: &'static str, ask: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, StoreError> {
        ask(&self.conn).map_err(|error| StoreError::sqlite(&self.path, doing, error))
    }

    /// Asks several statements as one: they see the same store, and its file is locked and looked at once.
    fn ask_as_one<T>(
        &self,
        doing: &'static str,
        ask: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        self.ask(doing, |conn| {
            // The held section is one already.
            if conn.is_autocommit() { ask(&*conn.unchecked_transaction()?) } else { ask(conn) }
        })
    }

    /// From now on, until [`let_go`](Store::let_go) or the next change, all answers are of one and the same moment. Then
    /// the file is locked once, and not for each of them.
    pub fn hold(&self) -> Result<(), StoreError> {
        self.ask("looking at the store", |conn| conn.prepare_cached("BEGIN")?.execute([]).map(drop))
    }

    pub fn let_go(&self) -> Result<(), StoreError> {
        self.ask("looking at the store", |conn| {
            if conn.is_autocommit() { Ok(()) } else { conn.prepare_cached("COMMIT")?.execute([]).map(drop) }
        })
    }

    /// As [`change`](Store::change), for many rows with statements of their own: what a statement may have to take back is
    /// kept in memory, and not in a file that most of the writes would go to. One statement that changes a million rows
    /// has no room there.
    fn change_row_by_row<T>(
        &mut self,
        doing: &'static str,
        change: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        // Inside a transaction SQLite refuses to change it.
        self.let_go()?;
        let keep = |conn: &Connection, place: &str| conn.execute_batch(&format!("PRAGMA temp_store = {place}"));
        self.ask(doing, |conn| keep(conn, "MEMORY"))?;
        let changed = self.change(doing, change);
        let put_back = self.ask(doing, |conn| keep(conn, "DEFAULT"));
        changed.and_then(|changed| put_back.map(|()| changed))
    }

    /// All of `change` or nothing. The write lock is taken at once, so that what is read in it is still so when it writes.
    fn change<T>(
        &mut self,
        doing: &'static str,
        change: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        self.let_go()?;
        let run = || {
            let tx = self.conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let changed = change(&tx)?;
            tx.commit()?;
            Ok(changed)
        };
        let outcome: rusqlite::Result<T> = run();
        outcome.map_err(|error| StoreError::sqlite(&self.path, doing, error))
    }
}
