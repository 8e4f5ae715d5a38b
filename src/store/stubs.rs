//! Comments that a site counts in a discussion and that are missing here.

use std::collections::HashMap;

use rusqlite::{Connection, Result, params};

use super::columns::ReadColumn as _;
use super::merge::Slot;
use crate::domain::thread::{Discussion, Parent, Stub};

pub(super) fn load(conn: &Connection, discussion: i64) -> Result<Vec<Stub>> {
    let mut statement = conn.prepare_cached("SELECT below, count FROM stubs WHERE discussion_id = ?1 ORDER BY below")?;
    let stubs = statement.query_map([discussion], |row| {
        let below: Box<str> = row.read(0)?;
        Ok(Stub { below: Some(below).filter(|below| !below.is_empty()), count: row.read(1)? })
    })?;
    stubs.collect()
}

pub(super) fn write(conn: &Connection, discussion: i64, stubs: &[Stub]) -> Result<()> {
    conn.prepare_cached("DELETE FROM stubs WHERE discussion_id = ?1")?.execute([discussion])?;
    let mut insert = conn.prepare_cached("INSERT INTO stubs (discussion_id, below, count) VALUES (?1, ?2, ?3)")?;
    for stub in stubs {
        insert.execute(params![discussion, stub.below.as_deref().unwrap_or(""), stub.count])?;
    }
    Ok(())
}

/// The comments that a place counts and that are still not here, once a file was merged into the slots, of which the first
/// `stored` were in the store before. Below the comments that the file holds its own counts are taken; the counts that
/// were known elsewhere go down by the comments that came.
pub(super) fn settle(old: &[Stub], slots: &[Slot<'_>], stored: usize, is_here: &[bool], new: &Discussion) -> Vec<Stub> {
    struct Counted {
        count: u32,
        by_file: bool,
    }
    if old.is_empty() && new.stubs.is_empty() {
        return Vec::new();
    }
    let seats: HashMap<&str, usize> = slots.iter().enumerate().map(|(n, slot)| (&*slot.id, n)).collect();
    let seat_of = |stub: &Stub| stub.below.as_deref().and_then(|id| seats.get(id).copied());
    let mut counted: HashMap<Option<usize>, Counted> = HashMap::new();
    for stub in old {
        let seat = seat_of(stub);
        if seat.map_or(!new.complete, |seat| !is_here[seat]) {
            counted.insert(seat, Counted { count: stub.count, by_file: false });
        }
    }
    for stub in &new.stubs {
        counted.insert(seat_of(stub), Counted { count: stub.count, by_file: true });
    }
    for (seat, slot) in slots.iter().enumerate() {
        let came = seat >= stored;
        if (is_here[seat] && !came) || slot.vanished_at.is_some() {
            continue;
        }
        // A comment that came is one less of those counted before; one that was here already, of those the file lacks.
        let mut above = Some(slot.parent);
        while let Some(parent) = above {
            let at = match parent {
                Parent::Of(idx) | Parent::Guessed(idx) => Some(idx.index()),
                Parent::Root | Parent::Missing => None,
            };
            if let Some(found) = counted.get_mut(&at).filter(|found| found.by_file != came) {
                found.count = found.count.saturating_sub(1);
                if found.count == 0 {
                    counted.remove(&at);
                }
                break;
            }
            if came && at.is_some_and(|at| at < stored && is_here[at]) {
                // The file itself has counted the comments missing below this one.
                break;
            }
            above = at.map(|at| slots[at].parent);
        }
    }
    let stub = |(seat, counted): (Option<usize>, Counted)| Stub {
        below: seat.map(|seat| slots[seat].id.as_ref().into()),
        count: counted.count,
    };
    let mut stubs: Vec<Stub> = counted.into_iter().map(stub).collect();
    stubs.sort_by(|a, b| a.below.cmp(&b.below));
    stubs
}
