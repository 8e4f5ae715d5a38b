//! Chooses the part of a feed to read where there is too much.

use std::cmp::Reverse;

use crate::domain::plural::plural;
use crate::domain::text::{CleanText, clean_line};
use crate::domain::time::When;
use crate::format::MAX_PAGE;

/// Items of one feed that are read.
pub(super) const MAX_ITEMS: usize = 10_000;

/// The part of a feed's bytes that is read, and whether there is more. A character is not cut in two.
pub(super) fn first_bytes(bytes: &[u8]) -> (&[u8], bool) {
    let Some(first) = bytes.get(..MAX_PAGE).filter(|first| first.len() < bytes.len()) else { return (bytes, false) };
    match std::str::from_utf8(first) {
        Err(error) if error.error_len().is_none() => (&first[..error.valid_up_to()], true),
        _ => (first, true),
    }
}

/// The note on a feed of which only the beginning was read.
pub(super) fn cut_note(items: usize) -> CleanText {
    let mib = MAX_PAGE >> 20;
    clean_line(&format!(
        "larger than {mib} MiB: only the first {mib} MiB are read, with {}",
        plural(items as u64, "whole item")
    ))
}

/// Selects the items to keep by their dates: the newest, then those without a date in the feed's order.
pub(super) fn newest(dates: &[Option<When>], most: usize) -> Vec<bool> {
    let mut order: Vec<usize> = (0..dates.len()).collect();
    order.sort_by_key(|at| dates[*at].map_or((true, None), |when| (false, Some(Reverse(when.sort_key())))));
    let mut is_kept = vec![false; dates.len()];
    order.iter().take(most).for_each(|at| is_kept[*at] = true);
    is_kept
}

/// The note on the items that were not kept.
pub(super) fn note(left_out: usize, of: usize) -> Option<CleanText> {
    let told = format!("{left_out} of {of} items left out: only the newest {MAX_ITEMS} of a feed are read");
    (left_out > 0).then(|| clean_line(&told))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::Timestamp;

    #[test]
    fn the_newest_are_kept_and_the_undated_come_after_them() {
        let at = |second: i64| Some(When::Instant(Timestamp(second)));
        let dates = [None, at(5), at(9), None, at(7), at(9)];
        let kept = |most: usize| -> Vec<usize> {
            newest(&dates, most).iter().enumerate().filter(|(_, kept)| **kept).map(|(n, _)| n).collect()
        };
        assert_eq!(kept(1), [2]);
        assert_eq!(kept(3), [2, 4, 5]);
        assert_eq!(kept(5), [0, 1, 2, 4, 5]);
        assert_eq!(kept(9), [0, 1, 2, 3, 4, 5]);
    }

    #[test]
    fn the_first_bytes_end_with_a_whole_character() {
        assert_eq!(first_bytes(b"short"), (&b"short"[..], false));
        let long = format!("{}éé", "a".repeat(MAX_PAGE - 1));
        let (first, is_cut) = first_bytes(long.as_bytes());
        assert_eq!((first.len(), is_cut), (MAX_PAGE - 1, true));
        assert_eq!(first_bytes(&vec![b'a'; MAX_PAGE]), (&*vec![b'a'; MAX_PAGE], false));
    }
}
