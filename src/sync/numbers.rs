//! Ids that are numbers, and lists of them in pages that overlap.

use super::{ItemId, NextPage, ServerMark, SyncError, SyncQuery, SyncReply};
use crate::format::json::Value;

/// Ids that two pages of a list have in common.
const OVERLAP: usize = 10;

/// An id that is a whole number above zero, written as a number or as a string.
pub(super) fn item_id(value: Value<'_>) -> Option<ItemId> {
    parse_id(value.id()?)
}

pub(super) fn parse_id(text: &str) -> Option<ItemId> {
    let number: u64 = text.trim().parse().ok()?;
    (number > 0).then(|| ItemId(number.to_string().into()))
}

pub(super) fn number(id: &ItemId) -> u64 {
    id.0.parse().unwrap_or(0)
}

/// The id before that of a mark: what comes after it begins with the item of the mark.
pub(super) fn before(mark: &ServerMark) -> u64 {
    mark.0.parse::<u64>().unwrap_or(0).saturating_sub(1)
}

/// Numbers with commas between them.
pub(super) fn comma_list(ids: &[ItemId]) -> String {
    ids.iter().map(|id| &*id.0).collect::<Vec<_>>().join(",")
}

/// True for `true`, and for numbers other than zero as PHP writes truth.
pub(super) fn flag(value: Option<Value<'_>>) -> Option<bool> {
    let value = value?;
    value.bool().or_else(|| value.i64().map(|number| number != 0))
}

/// A place in a list that is asked for by offset. The list may become shorter between two requests, because somebody reads
/// elsewhere: then what follows moves up, and is passed over. So pages overlap, and a page without any of the ids
/// that ended the one before it is an error: an id that is missed counts as read.
pub(super) struct ListPage {
    pub(super) skip: usize,
    /// The last ids of the page before.
    seam: Vec<ItemId>,
}

impl ListPage {
    pub(super) fn parse(page: Option<&NextPage>) -> ListPage {
        let text = page.map_or("", |page| &page.0);
        let (skip, seam) = text.split_once(':').unwrap_or((text, ""));
        ListPage { skip: skip.parse().unwrap_or(0), seam: seam.split(',').filter_map(parse_id).collect() }
    }

    /// The reply for a page of `ids`, which goes on if it is as long as was asked for.
    pub(super) fn reply(&self, ids: Vec<ItemId>, limit: usize, query: &SyncQuery) -> Result<SyncReply, SyncError> {
        if !self.seam.is_empty() && !ids.iter().any(|id| self.seam.contains(id)) {
            return Err(query.bad_answer("the list changed while it was read"));
        }
        let next = (ids.len() >= limit).then(|| {
            let seam = &ids[ids.len().saturating_sub(OVERLAP)..];
            let skip = self.skip + ids.len().saturating_sub(OVERLAP).max(1);
            NextPage(format!("{skip}:{}", comma_list(seam)).into())
        });
        Ok(SyncReply::Ids { ids, next })
    }
}
