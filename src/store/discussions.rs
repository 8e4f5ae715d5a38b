//! Discussions read whole.

use rusqlite::{Connection, OptionalExtension, Result, Row};

use super::body;
use super::columns::{read_bytes, read_rank, read_some_text, read_text, read_when, scale};
use super::{CommentState, DiscussionId, Store, StoreError, StoredDiscussion};
use crate::domain::thread::{Comment, CommentIdx, Discussion, Parent, break_circles};
use crate::domain::time::Timestamp;

/// The columns of a comment that [`comment`] reads.
pub(super) const COMMENT: &str = "key, parent_kind, parent, author, posted, posted_is_day, edited, edited_is_day,
    rank_kind, rank_value, rank_first, rank_second, url, encoding, body";

/// How many columns [`COMMENT`] has.
pub(super) const COMMENT_END: usize = 15;

impl Store {
    /// A discussion with all its comments, in the order received, and the reader's state of each.
    pub fn discussion(&self, id: DiscussionId) -> std::result::Result<Option<StoredDiscussion>, StoreError> {
        self.ask("reading a discussion", |conn| {
            let Some((mut discussion, total, seen_through)) = head(conn, id)? else { return Ok(None) };
            discussion.comments.reserve(total);
            let mut states = Vec::with_capacity(total);
            let mut statement = conn.prepare_cached(&format!(
                "SELECT {COMMENT}, first_seen, (seen_at IS NOT NULL OR id <= ?2), own_rating, vanished_at IS NOT NULL
                 FROM comments INDEXED BY comments_received WHERE discussion_id = ?1 ORDER BY ordinal"
            ))?;
            let mut rows = statement.query([id.0, seen_through])?;
            while let Some(row) = rows.next()? {
                discussion.comments.push(comment(row)?);
                states.push(CommentState {
                    first_seen: Timestamp(row.get(COMMENT_END)?),
                    seen: row.get(COMMENT_END + 1)?,
                    own_rating: row.get(COMMENT_END + 2)?,
                    vanished: row.get(COMMENT_END + 3)?,
                });
            }
            mend_parents(&mut discussion.comments);
            Ok(Some(StoredDiscussion { id, discussion, states }))
        })
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
            scale: scale(row.get(2)?, row.get(3)?),
            comments: Vec::new(),
            complete: row.get(4)?,
        };
        Ok((discussion, row.get::<_, u32>(5)? as usize, row.get(6)?))
    });
    head.optional()
}

pub(super) fn comment(row: &Row<'_>) -> Result<Comment> {
    let body = body::decode(row.get(13)?, read_bytes(row, 14)?).unwrap_or_else(|broken| broken.as_document());
    Ok(Comment {
        id: row.get(0)?,
        parent: read_parent(row, 1)?,
        author: read_some_text(row, 3)?,
        posted: read_when(row, 4)?,
        edited: read_when(row, 6)?,
        rank: read_rank(row, 8)?,
        url: read_some_text(row, 12)?,
        body,
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
        let ordinal: Option<i64> = row.get(at + 1)?;
        let idx = ordinal.and_then(|ordinal| u32::try_from(ordinal).ok()).map(CommentIdx);
        Ok(idx.map_or(Parent::Missing, parent))
    };
    match row.get(at)? {
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
