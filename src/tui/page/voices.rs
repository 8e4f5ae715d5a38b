//! Authors who come back in a discussion, told apart at a glance.

use std::collections::HashMap;

use crate::domain::thread::Comment;
use crate::tui::theme::Role;

/// By comment: 0, or from 1 the look of an author who has several comments here; one author has it in every discussion.
pub(super) fn voices(comments: &[Comment]) -> Vec<u8> {
    let hashes: Vec<Option<u64>> = comments.iter().map(|comment| comment.author.as_deref().map(hash)).collect();
    // By hash: two names with the same one, which nobody will meet, would only share a colour.
    let mut comes_back: HashMap<u64, bool> = HashMap::with_capacity(comments.len() / 2);
    for hash in hashes.iter().flatten() {
        comes_back.entry(*hash).and_modify(|back| *back = true).or_default();
    }
    let voice = |hash: u64| if comes_back[&hash] { 1 + (hash % Role::VOICES.len() as u64) as u8 } else { 0 };
    hashes.into_iter().map(|hash| hash.map_or(0, voice)).collect()
}

/// FNV-1a (Fowler, Noll, Vo): an author's look is the same in every run.
fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
