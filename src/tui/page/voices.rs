//! Authors who come back in a discussion, told apart at a glance.

use crate::domain::thread::Comment;
use crate::tui::theme::Role;

/// By comment: 0, or from 1 the look of an author who has several comments here; one author has it in every discussion.
pub(super) fn voices(comments: &[Comment]) -> Vec<u8> {
    let author = |n: u32| comments[n as usize].author.as_deref();
    let known = (0..comments.len() as u32).filter_map(|n| Some((hash(author(n)?), n)));
    // By hash, so that one author's comments stand together; names are compared only where hashes are the same.
    let mut by_author: Vec<(u64, u32)> = known.collect();
    by_author.sort_unstable();
    let mut voices = vec![0; comments.len()];
    for same in by_author.chunk_by(|a, b| a.0 == b.0) {
        for (hash, n) in same {
            if same.iter().any(|(_, other)| other != n && author(*other) == author(*n)) {
                voices[*n as usize] = 1 + (hash % Role::VOICES.len() as u64) as u8;
            }
        }
    }
    voices
}

/// FNV-1a (Fowler, Noll, Vo): an author's look is the same in every run.
fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
