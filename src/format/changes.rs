//! The changes from one text to the next, by blocks: a block is kept, removed or added.

use similar::{Algorithm, DiffTag, capture_diff_slices};

use crate::domain::text::{Block, Document};

/// Blocks by their index: those that are gone of the old text, the others of the new one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TextChange {
    Kept(usize),
    Removed(usize),
    Added(usize),
}

/// Texts of more blocks together are not compared: all of the one is gone and all of the other new. Comparing takes the
/// square of what differs.
const COMPARED: usize = 4000;

/// In the order of reading, what went before what came in its place. Blocks are the same if they say the same.
pub fn changes(old: &Document, new: &Document) -> Vec<TextChange> {
    let (old, new) = (texts(&old.blocks), texts(&new.blocks));
    if old.len() + new.len() > COMPARED {
        return (0..old.len()).map(TextChange::Removed).chain((0..new.len()).map(TextChange::Added)).collect();
    }
    let mut changes = Vec::new();
    for op in capture_diff_slices(Algorithm::Patience, &old, &new) {
        match op.tag() {
            DiffTag::Equal => changes.extend(op.new_range().map(TextChange::Kept)),
            DiffTag::Delete | DiffTag::Insert | DiffTag::Replace => {
                changes.extend(op.old_range().map(TextChange::Removed));
                changes.extend(op.new_range().map(TextChange::Added));
            }
        }
    }
    changes
}

/// A block's text on lines, as it stands where only its words matter.
pub fn text_of(block: &Block) -> String {
    Document { blocks: vec![block.clone()], links: Vec::new() }.text()
}

fn texts(blocks: &[Block]) -> Vec<String> {
    blocks.iter().map(text_of).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn document(words: &str) -> Document {
        Document::plain(words.split(' '))
    }

    fn told(old: &str, new: &str) -> String {
        let (old, new) = (document(old), document(new));
        let sign = |change: &TextChange| match *change {
            TextChange::Kept(n) => text_of(&new.blocks[n]),
            TextChange::Removed(n) => format!("-{}", text_of(&old.blocks[n])),
            TextChange::Added(n) => format!("+{}", text_of(&new.blocks[n])),
        };
        changes(&old, &new).iter().map(sign).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn what_went_stands_before_what_came() {
        for (old, new, wanted) in [
            ("a b c", "a b c", "a b c"),
            ("a b c", "a x c", "a -b +x c"),
            ("a b", "a b c", "a b +c"),
            ("a b c", "b c", "-a b c"),
            ("", "a", "+a"),
            ("a", "", "-a"),
            ("a b a", "a a b", "a +a b -a"),
        ] {
            assert_eq!(told(old, new), wanted, "{old} → {new}");
        }
        let long = "x ".repeat(COMPARED);
        assert_eq!(changes(&document("a"), &document(&long)).len(), COMPARED + 1);
    }

    proptest! {
        #[test]
        fn both_texts_can_be_read_off(old in "[abc]( [abc]){0,9}", new in "[abc]( [abc]){0,9}") {
            let (one, two) = (document(&old), document(&new));
            let all = changes(&one, &two);
            let of_new: Vec<usize> = all.iter().filter_map(|c| match c { TextChange::Kept(n) | TextChange::Added(n) => Some(*n), TextChange::Removed(_) => None }).collect();
            prop_assert_eq!(of_new, (0..two.blocks.len()).collect::<Vec<_>>());
            let gone = all.iter().filter(|c| matches!(c, TextChange::Removed(_))).count();
            let kept = all.iter().filter(|c| matches!(c, TextChange::Kept(_))).count();
            prop_assert_eq!(gone + kept, one.blocks.len());
        }
    }
}
