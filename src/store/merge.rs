//! A discussion that comes again, brought together with the stored one.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use rusqlite::{Connection, Result, params};

use super::body::{self, Encoded};
use super::columns::{ReadColumn as _, rank_columns, role_column, scale, scale_columns, seconds};
use super::discussions::{COMMENT, COMMENT_END, comment, parent_columns};
use super::{DiscussionId, Saved, stubs, thread_summaries};
use crate::domain::rank::{Rank, Scale};
use crate::domain::thread::{AuthorRole, Comment, CommentIdx, Discussion, Parent};
use crate::domain::time::{Timestamp, When};
use crate::site::identity::is_same_address;

/// Saves a discussion of the article `saved.id`, counting into `saved` what changed.
pub(super) fn save_discussion(conn: &Connection, new: &Discussion, now: Timestamp, saved: &mut Saved) -> Result<()> {
    let stored = find(conn, saved, new)?;
    let (id, mut slots) = match &stored {
        Some(head) => (head.id, load(conn, head.id)?),
        None => (insert_head(conn, saved, new, now)?, Vec::new()),
    };
    let before = slots.len();
    let (changes, is_here) = take_in(&mut slots, new, now);
    let old_stubs = if stored.is_some() { stubs::load(conn, id.0)? } else { Vec::new() };
    let stubs = stubs::settle(&old_stubs, &slots, before, &is_here, new);
    if stubs != old_stubs {
        stubs::write(conn, id.0, &stubs)?;
    }
    if slots.iter().any(|slot| slot.is_changed) {
        conn.prepare_cached("UPDATE discussions SET version = version + 1 WHERE id = ?1")?.execute([id.0])?;
    }
    for slot in slots.iter().filter(|slot| slot.is_changed) {
        write(conn, id, slot, now)?;
    }
    let added = changes.added;
    if added + changes.ranks > 0 {
        thread_summaries::renew(conn, id.0)?;
    }
    if let Some(head) = stored {
        // Stubs add up to the count that the site tells: once none is left, all of it is here.
        let is_filled = !old_stubs.is_empty() && stubs.is_empty();
        update_head(conn, &head, new, added > 0, is_filled)?;
    }
    if added > 0 {
        for (table, id) in [("discussions", id.0), ("articles", saved.id.0)] {
            let sql = format!("UPDATE {table} SET comments = comments + ?2, unseen = unseen + ?2 WHERE id = ?1");
            conn.prepare_cached(&sql)?.execute(params![id, added])?;
        }
    }
    saved.new_comments += added;
    saved.changed_ranks += changes.ranks;
    saved.edited_comments += changes.edits;
    Ok(())
}

struct MergedHead {
    id: DiscussionId,
    url: String,
    scale: Scale,
    complete: bool,
}

/// The stored discussion at the same place and address. An address that one of the two does not tell is taken for
/// the same where there is only one that it could be.
fn find(conn: &Connection, saved: &Saved, new: &Discussion) -> Result<Option<MergedHead>> {
    let mut statement = conn.prepare_cached(
        "SELECT id, url, scale_kind, scale_max, complete FROM discussions WHERE article_id = ?1 AND place = ?2",
    )?;
    let heads = statement.query_map(params![saved.id.0, &*new.place], |row| {
        let scale = scale(row.read(2)?, row.read(3)?);
        Ok(MergedHead { id: DiscussionId(row.read(0)?), url: row.read(1)?, scale, complete: row.read(4)? })
    })?;
    let mut heads: Vec<MergedHead> = heads.collect::<Result<_>>()?;
    let url = new.url.as_deref().unwrap_or("");
    let is_same = |head: &MergedHead| head.url == url || (!url.is_empty() && is_same_address(&head.url, url));
    if let Some(same) = heads.iter().position(is_same) {
        return Ok(Some(heads.swap_remove(same)));
    }
    if url.is_empty() {
        return Ok(heads.pop().filter(|_| heads.is_empty()));
    }
    Ok(heads.into_iter().find(|head| head.url.is_empty()))
}

fn insert_head(conn: &Connection, saved: &Saved, new: &Discussion, now: Timestamp) -> Result<DiscussionId> {
    let (scale_kind, scale_max) = scale_columns(new.scale);
    let url = new.url.as_deref().unwrap_or("");
    conn.prepare_cached(
        "INSERT INTO discussions (article_id, place, url, scale_kind, scale_max, complete, first_seen)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute(params![saved.id.0, &*new.place, url, scale_kind, scale_max, new.complete, now.0])?;
    Ok(DiscussionId(conn.last_insert_rowid()))
}

fn update_head(conn: &Connection, head: &MergedHead, new: &Discussion, has_added: bool, is_filled: bool) -> Result<()> {
    let url = new.url.as_deref().filter(|url| !url.is_empty()).unwrap_or(&head.url);
    let scale = if new.scale == Scale::None { head.scale } else { new.scale };
    // An incomplete file that brings new comments may leave out others beside them.
    let complete = new.complete || is_filled || (head.complete && !has_added);
    if (url, scale, complete) == (&head.url, head.scale, head.complete) {
        return Ok(());
    }
    let (scale_kind, scale_max) = scale_columns(scale);
    conn.prepare_cached("UPDATE discussions SET url = ?2, scale_kind = ?3, scale_max = ?4, complete = ?5 WHERE id = ?1")?
        .execute(params![head.id.0, url, scale_kind, scale_max, complete])?;
    Ok(())
}

/// A comment on its way into the store.
pub(super) struct Slot<'a> {
    /// Its row, none for one that is not stored yet.
    row: Option<i64>,
    pub(super) id: Cow<'a, str>,
    comment: Cow<'a, Comment>,
    /// The comment's parent as an index into the slots, until all have their ordinals; the one in `comment` is not looked at.
    pub(super) parent: Parent,
    ordinal: usize,
    pub(super) vanished_at: Option<i64>,
    is_changed: bool,
}

#[derive(Default)]
struct Changes {
    added: u32,
    ranks: u32,
    edits: u32,
}

fn load(conn: &Connection, id: DiscussionId) -> Result<Vec<Slot<'static>>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {COMMENT}, id, vanished_at FROM comments INDEXED BY comments_received WHERE discussion_id = ?1 ORDER BY ordinal"
    ))?;
    let mut slots = Vec::new();
    let mut rows = statement.query([id.0])?;
    while let Some(row) = rows.next()? {
        let mut comment = comment(row)?;
        slots.push(Slot {
            row: Some(row.read(COMMENT_END)?),
            id: Cow::Owned(std::mem::take(&mut comment.id).into()),
            parent: comment.parent,
            comment: Cow::Owned(comment),
            ordinal: slots.len(),
            vanished_at: row.read(COMMENT_END + 1)?,
            is_changed: false,
        });
    }
    Ok(slots)
}

/// Brings the stored comments up to date with a file's, and adds those that are new. Tells which are in the file.
fn take_in<'a>(slots: &mut Vec<Slot<'a>>, new: &'a Discussion, now: Timestamp) -> (Changes, Vec<bool>) {
    let stored = slots.len();
    let seats = seats(slots, new);
    let mut changes = Changes { added: (slots.len() - stored) as u32, ..Changes::default() };
    let mut is_here = vec![false; slots.len()];
    for &seat in &seats {
        is_here[seat] = true;
    }
    let partial = partial_rows(slots, &is_here, new);
    for (comment, &seat) in new.comments.iter().zip(&seats) {
        let parent = match comment.parent {
            Parent::Of(idx) => seats.get(idx.index()).map_or(Parent::Missing, |&seat| Parent::Of(CommentIdx(seat as u32))),
            Parent::Guessed(idx) => {
                seats.get(idx.index()).map_or(Parent::Root, |&seat| Parent::Guessed(CommentIdx(seat as u32)))
            }
            other => other,
        };
        let slot = &mut slots[seat];
        if slot.row.is_none() {
            slot.parent = parent;
            continue;
        }
        let parent = merge_parent(slot.parent, parent, new.complete, &is_here);
        let mut merged = merge(&slot.comment, comment, new, parent);
        if partial.contains(&slot.parent) {
            merged.rank = slot.comment.rank;
        }
        changes.ranks += u32::from(merged.rank != slot.comment.rank);
        changes.edits += u32::from(merged.body != slot.comment.body);
        if merged != *slot.comment || parent != slot.parent || slot.vanished_at.is_some() {
            (slot.parent, slot.vanished_at, slot.is_changed) = (parent, None, true);
            slot.comment = Cow::Owned(merged);
        }
    }
    if changes.added > 0 {
        find_awaited(slots);
        changes.ranks += count_places_anew(slots, &partial);
    }
    if new.complete {
        for (slot, _) in slots.iter_mut().zip(&is_here).filter(|(slot, is_here)| !**is_here && slot.vanished_at.is_none()) {
            (slot.vanished_at, slot.is_changed) = (Some(now.0), true);
        }
        put_in_order(slots, &seats, &is_here);
    }
    (changes, is_here)
}

/// The parents of whose answers a part of a thread brings only some. Such a part counts places from its own first
/// answer, so that those of all answers have to be counted anew.
fn partial_rows(slots: &[Slot<'_>], is_here: &[bool], new: &Discussion) -> HashSet<Parent> {
    let placed = |slot: &Slot<'_>| matches!(slot.comment.rank, Rank::Position { .. });
    if new.complete || new.scale != Scale::Position {
        return HashSet::new();
    }
    let stored = slots.iter().zip(is_here).filter(|(slot, _)| slot.row.is_some());
    stored.filter(|(slot, is_here)| placed(slot) && !**is_here).map(|(slot, _)| slot.parent).collect()
}

/// Counts the places of the answers to these parents anew, over all parts. Gives how many stored comments changed.
fn count_places_anew(slots: &mut [Slot<'_>], partial: &HashSet<Parent>) -> u32 {
    let mut rows: HashMap<Parent, Vec<usize>> = HashMap::new();
    for (seat, slot) in slots.iter().enumerate() {
        if partial.contains(&slot.parent) && matches!(slot.comment.rank, Rank::Position { .. }) {
            rows.entry(slot.parent).or_default().push(seat);
        }
    }
    let mut changed = 0;
    for seats in rows.into_values() {
        for (n, &seat) in seats.iter().enumerate() {
            let place = Rank::Position { nth: n as u32 + 1, of: seats.len() as u32 };
            let slot = &mut slots[seat];
            if slot.comment.rank != place {
                slot.comment.to_mut().rank = place;
                changed += u32::from(slot.row.is_some());
                slot.is_changed = true;
            }
        }
    }
    changed
}

/// Joins comments to their parents that came in another part.
fn find_awaited(slots: &mut [Slot<'_>]) {
    let is_waiting = |slot: &Slot<'_>| slot.parent == Parent::Missing && slot.comment.awaits.is_some();
    if !slots.iter().any(is_waiting) {
        return;
    }
    let by_id: HashMap<String, usize> = slots.iter().enumerate().map(|(n, slot)| (slot.id.to_string(), n)).collect();
    for slot in slots.iter_mut().filter(|slot| is_waiting(slot)) {
        let found = slot.comment.awaits.as_deref().and_then(|id| by_id.get(id));
        if let Some(&seat) = found {
            slot.parent = Parent::Of(CommentIdx(seat as u32));
            slot.is_changed = true;
        }
    }
}

/// Where each of the new comments has its slot; slots are made for those that are not stored.
fn seats<'a>(slots: &mut Vec<Slot<'a>>, new: &'a Discussion) -> Vec<usize> {
    let by_id: HashMap<String, usize> = slots.iter().enumerate().map(|(n, slot)| (slot.id.to_string(), n)).collect();
    let mut taken: HashSet<Cow<'_, str>> = HashSet::with_capacity(new.comments.len());
    let mut seats = Vec::with_capacity(new.comments.len());
    for comment in &new.comments {
        // Ids should be unique; where they are not, no comment may be lost all the same.
        let mut id = Cow::from(&*comment.id);
        for again in 2.. {
            if !taken.contains(&id) {
                break;
            }
            id = Cow::from(format!("{}#{again}", comment.id));
        }
        taken.insert(id.clone());
        let seat = by_id.get(&*id).copied().unwrap_or_else(|| {
            slots.push(Slot {
                row: None,
                id,
                comment: Cow::Borrowed(comment),
                parent: Parent::Root,
                ordinal: slots.len(),
                vanished_at: None,
                is_changed: true,
            });
            slots.len() - 1
        });
        seats.push(seat);
    }
    seats
}

/// What is stored, brought up to date. As with articles nothing is taken away by what a file leaves out, and the first
/// time stored wins; a page that tells only ages in words, and hides some ranks, changes nothing that is known better.
fn merge(old: &Comment, new: &Comment, file: &Discussion, parent: Parent) -> Comment {
    let is_edited = !new.body.is_blank() && new.body != old.body;
    // Where only a part is known, or an order that is fetched apart, unrated means that the file does not tell.
    let is_hidden = new.rank == Rank::Withheld && matches!(old.rank, Rank::Points { .. } | Rank::Likes(_));
    let is_untold = new.rank == Rank::Unrated && (!file.complete || file.scale == Scale::Position || file.scale == Scale::None);
    Comment {
        id: old.id.clone(),
        parent: old.parent,
        awaits: new.awaits.clone().or_else(|| old.awaits.clone()).filter(|_| parent == Parent::Missing),
        role: if new.role == AuthorRole::Member { old.role } else { new.role },
        author: new.author.clone().or_else(|| old.author.clone()),
        posted: finer(old.posted, new.posted),
        edited: if is_edited { new.edited.or(old.edited) } else { old.edited.or(new.edited) },
        rank: if is_untold || is_hidden { old.rank } else { new.rank },
        url: new.url.clone().or_else(|| old.url.clone()),
        body: if is_edited { new.body.clone() } else { old.body.clone() },
    }
}

/// The first of two times, unless it is a day and the other is exact.
fn finer(old: Option<When>, new: Option<When>) -> Option<When> {
    match (old, new) {
        (Some(When::Day(_)), Some(When::Instant(_))) => new,
        _ => old.or(new),
    }
}

/// A parent once known stays known when a file does not have it: since it vanished, or in another part.
fn merge_parent(old: Parent, new: Parent, is_complete: bool, is_here: &[bool]) -> Parent {
    match (old, new) {
        (_, Parent::Of(_)) => new,
        (Parent::Of(_) | Parent::Guessed(_), Parent::Missing) => old,
        (Parent::Guessed(idx), Parent::Root) if !is_here[idx.index()] => old,
        (Parent::Of(_) | Parent::Guessed(_), _) if !is_complete => old,
        _ => new,
    }
}

/// Gives the file's order to all; one that is not in the file stays behind the one it stood behind.
fn put_in_order(slots: &mut [Slot<'_>], seats: &[usize], is_here: &[bool]) {
    let mut behind: HashMap<Option<usize>, Vec<usize>> = HashMap::new();
    let mut last_here = None;
    for (seat, here) in is_here.iter().enumerate() {
        if *here {
            last_here = Some(seat);
        } else {
            behind.entry(last_here).or_default().push(seat);
        }
    }
    let mut order = behind.remove(&None).unwrap_or_default();
    for &seat in seats {
        order.push(seat);
        order.extend(behind.remove(&Some(seat)).into_iter().flatten());
    }
    let mut ordinals = vec![0; slots.len()];
    for (ordinal, &seat) in order.iter().enumerate() {
        ordinals[seat] = ordinal;
    }
    for (slot, &ordinal) in slots.iter_mut().zip(&ordinals) {
        let moved = |idx: CommentIdx| CommentIdx(ordinals.get(idx.index()).map_or(u32::MAX, |&ordinal| ordinal as u32));
        let parent = match slot.parent {
            Parent::Of(idx) => Parent::Of(moved(idx)),
            Parent::Guessed(idx) => Parent::Guessed(moved(idx)),
            other => other,
        };
        slot.is_changed |= parent != slot.parent || ordinal != slot.ordinal;
        (slot.parent, slot.ordinal) = (parent, ordinal);
    }
}

fn write(conn: &Connection, discussion: DiscussionId, slot: &Slot<'_>, now: Timestamp) -> Result<()> {
    let comment = &slot.comment;
    let (parent_kind, parent) = parent_columns(slot.parent);
    let (posted, edited) = (comment.posted.map(seconds), comment.edited.map(seconds));
    let (rank_kind, value, first, second) = rank_columns(comment.rank);
    let Encoded { encoding, bytes } = body::encode_body(&comment.body);
    let sql = if slot.row.is_none() {
        "INSERT INTO comments (ordinal, parent_kind, parent, author, posted, posted_is_day, edited, edited_is_day, rank_kind,
            rank_value, rank_first, rank_second, url, vanished_at, encoding, body, role, awaits, discussion_id, key, first_seen)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21)"
    } else {
        "UPDATE comments SET (ordinal, parent_kind, parent, author, posted, posted_is_day, edited, edited_is_day, rank_kind,
            rank_value, rank_first, rank_second, url, vanished_at, encoding, body, role, awaits)
         = (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)
         WHERE discussion_id = ?19 AND key = ?20 AND ?21 IS NOT NULL"
    };
    conn.prepare_cached(sql)?.execute(params![
        slot.ordinal as i64,
        parent_kind,
        parent,
        comment.author.as_deref(),
        posted.map(|(at, _)| at),
        posted.is_some_and(|(_, is_day)| is_day),
        edited.map(|(at, _)| at),
        edited.is_some_and(|(_, is_day)| is_day),
        rank_kind,
        value,
        first,
        second,
        comment.url.as_deref(),
        slot.vanished_at,
        encoding,
        bytes,
        role_column(comment.role),
        comment.awaits.as_deref().filter(|_| slot.parent == Parent::Missing),
        discussion.0,
        &*slot.id,
        now.0,
    ])?;
    Ok(())
}
