//! Discussions read whole.

use rusqlite::{Connection, OptionalExtension, Result, Row};

use super::body;
use super::columns::{ReadColumn as _, read_bytes, read_rank, read_some_text, read_text, read_when, role, scale};
use super::{CommentState, DiscussionId, LastComment, Store, StoreError, StoredDiscussion, stubs};
use crate::domain::thread::{Comment, CommentIdx, Discussion, Parent, break_circles};

/// The columns of a comment that [`comment`] reads.
pub(super) const COMMENT: &str = "key, parent_kind, parent, author, posted, posted_is_day, edited, edited_is_day,
    rank_kind, rank_value, rank_first, rank_second, url, encoding, body, role, awaits";

/// How many columns [`COMMENT`] has.
pub(super) const COMMENT_END: usize = 17;

/// Discussions of as many comments are read by two connections at once, a half each.
const BY_TWO: usize = 8_000;

impl Store {
    /// A discussion with all its comments, in the order received, and the reader's state of each.
    pub fn discussion(&self, id: DiscussionId) -> std::result::Result<Option<StoredDiscussion>, StoreError> {
        self.ask("reading a discussion", |conn| {
            let Some((mut discussion, total, seen_through)) = head(conn, id)? else { return Ok(None) };
            let all = DiscussionPart { id, seen_through, ordinals: 0..i64::MAX };
            let read = if total >= BY_TWO { self.by_two(conn, &all, total) } else { None };
            let ReadDiscussion { comments, states, last, .. } = match read {
                Some(read) => read,
                None => all.read(conn, total)?,
            };
            discussion.comments = comments;
            discussion.stubs = stubs::load(conn, id.0)?;
            mend_parents(&mut discussion.comments);
            Ok(Some(StoredDiscussion { id, discussion, last, states }))
        })
    }

    /// None where it cannot be read so: a store in memory, or comments that another copy changed between the halves.
    fn by_two(&self, conn: &Connection, all: &DiscussionPart, total: usize) -> Option<ReadDiscussion> {
        let beside = self.beside()?;
        let half = total / 2;
        let first = DiscussionPart { ordinals: 0..half as i64, ..*all };
        let second = DiscussionPart { ordinals: half as i64..i64::MAX, ..*all };
        let (first, second) = std::thread::scope(|scope| {
            let second = scope.spawn(move || second.read(&beside, total - half));
            (first.read(conn, total), second.join())
        });
        let (Ok(mut read), Ok(Ok(mut rest))) = (first, second) else { return None };
        if read.version != rest.version {
            return None;
        }
        read.comments.append(&mut rest.comments);
        read.states.append(&mut rest.states);
        read.last = read.last.max(rest.last);
        Some(read)
    }
}

/// A run of a discussion's comments.
/// Room is made at once for so many comments at most: the count that is stored may be wrong.
const MOST_RESERVED: usize = 1 << 16;

struct DiscussionPart {
    id: DiscussionId,
    seen_through: i64,
    ordinals: std::ops::Range<i64>,
}

struct ReadDiscussion {
    version: i64,
    comments: Vec<Comment>,
    states: Vec<CommentState>,
    last: LastComment,
}

impl DiscussionPart {
    fn read(&self, conn: &Connection, capacity: usize) -> Result<ReadDiscussion> {
        // One state of the store for the version and all that is read.
        let _held = if conn.is_autocommit() { Some(conn.unchecked_transaction()?) } else { None };
        let version =
            conn.prepare_cached("SELECT version FROM discussions WHERE id = ?1")?.query_row([self.id.0], |row| row.read(0))?;
        let capacity = capacity.min(MOST_RESERVED);
        let (comments, states) = (Vec::with_capacity(capacity), Vec::with_capacity(capacity));
        let mut read = ReadDiscussion { version, comments, states, last: LastComment::default() };
        let mut statement = conn.prepare_cached(&format!(
            "SELECT {COMMENT}, (seen_at IS NOT NULL OR id <= ?2), own_rating, vanished_at IS NOT NULL, id
             FROM comments INDEXED BY comments_received
             WHERE discussion_id = ?1 AND ordinal >= ?3 AND ordinal < ?4 ORDER BY ordinal"
        ))?;
        let mut rows = statement.query([self.id.0, self.seen_through, self.ordinals.start, self.ordinals.end])?;
        while let Some(row) = rows.next()? {
            read.comments.push(comment(row)?);
            read.last = read.last.max(LastComment(row.read(COMMENT_END + 3)?));
            read.states.push(CommentState {
                seen: row.read(COMMENT_END)?,
                own_rating: row.read(COMMENT_END + 1)?,
                vanished: row.read(COMMENT_END + 2)?,
            });
        }
        Ok(read)
    }
}

/// The discussion without its comments, how many there are, and through which id they were seen.
fn head(conn: &Connection, id: DiscussionId) -> Result<Option<(Discussion, usize, i64)>> {
    let mut statement = conn.prepare_cached(
        "SELECT place, nullif(url, ''), scale_kind, scale_max, complete, comments, seen_through FROM discussions WHERE id = ?1",
    )?;
    let head = statement.query_row([id.0], |row| {
        let discussion = Discussion {
            place: read_text(row, 0)?,
            url: read_some_text(row, 1)?,
            scale: scale(row.read(2)?, row.read(3)?),
            comments: Vec::new(),
            complete: row.read(4)?,
            stubs: Vec::new(),
        };
        Ok((discussion, row.read::<u32>(5)? as usize, row.read(6)?))
    });
    head.optional()
}

pub(super) fn comment(row: &Row<'_>) -> Result<Comment> {
    let body = body::decode_body(row.read(13)?, read_bytes(row, 14)?);
    let parent = read_parent(row, 1)?;
    Ok(Comment {
        id: row.read(0)?,
        parent,
        author: read_some_text(row, 3)?,
        posted: read_when(row, 4)?,
        edited: read_when(row, 6)?,
        rank: read_rank(row, 8)?,
        url: read_some_text(row, 12)?,
        body,
        role: role(row.read(15)?),
        awaits: if parent == Parent::Missing { row.read(16)? } else { None },
    })
}

pub(super) fn parent_columns(parent: Parent) -> (i64, Option<i64>) {
    match parent {
        Parent::Root => (0, None),
        Parent::Of(idx) => (1, Some(idx.0.into())),
        Parent::Guessed(idx) => (2, Some(idx.0.into())),
        Parent::Missing => (3, None),
    }
}

/// From the columns `parent_kind, parent` at `at`.
fn read_parent(row: &Row<'_>, at: usize) -> Result<Parent> {
    let to = |parent: fn(CommentIdx) -> Parent| -> Result<Parent> {
        let ordinal: Option<i64> = row.read(at + 1)?;
        let idx = ordinal.and_then(|ordinal| u32::try_from(ordinal).ok()).map(CommentIdx);
        Ok(idx.map_or(Parent::Missing, parent))
    };
    match row.read::<i64>(at)? {
        0 => Ok(Parent::Root),
        1 => to(Parent::Of),
        2 => to(Parent::Guessed),
        _ => Ok(Parent::Missing),
    }
}

/// Parents come from several files over time, and from a file that somebody may have touched: those that lead nowhere
/// or in a circle are missing.
fn mend_parents(comments: &mut [Comment]) {
    let total = comments.len();
    for comment in &mut *comments {
        if let Parent::Of(idx) | Parent::Guessed(idx) = comment.parent
            && idx.index() >= total
        {
            comment.parent = Parent::Missing;
        }
    }
    break_circles(comments);
}
