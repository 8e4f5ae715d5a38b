//! An article made ready to be shown: all that takes longer for a longer text, so that it can be done off the terminal's
//! thread.

use super::changes::{TextChange, changes};
use super::other_texts;
use crate::domain::article::{Article, OtherText};
use crate::domain::text::{Document, Piece, pieces};

/// The part of an article below its header.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct PreparedBody {
    pub pieces: Vec<Piece>,
    /// The changes that led here from the text before.
    pub changes: Vec<TextChange>,
    /// For the article's own text.
    pub words: usize,
}

/// Takes the article's text out of it; its links stay. What it said before is left in pieces, too, as the changes count
/// them.
pub fn prepare(article: &mut Article, previous: Option<&mut Document>, texts: &[OtherText]) -> PreparedBody {
    let body = std::mem::take(&mut article.body);
    let words = body.words();
    let changes = previous.map_or_else(Vec::new, |previous| {
        let own = Document { blocks: in_pieces(body.blocks.clone()), links: Vec::new() };
        previous.blocks = in_pieces(std::mem::take(&mut previous.blocks));
        changes(previous, &own)
    });
    article.body = other_texts::below(body, texts);
    super::attachments::append(article);
    let pieces = pieces(std::mem::take(&mut article.body.blocks));
    PreparedBody { pieces, changes, words }
}

fn in_pieces(blocks: Vec<crate::domain::text::Block>) -> Vec<crate::domain::text::Block> {
    pieces(blocks).into_iter().flat_map(|piece| piece.document.blocks).collect()
}
