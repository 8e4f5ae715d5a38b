//! Articles as the reading pane takes them.

use crate::format::prepared::{PreparedBody, prepare};
use crate::store::StoredArticle;

/// An article and its text, ready to be laid out piece by piece.
#[derive(Clone, PartialEq, Debug)]
pub struct PreparedArticle {
    /// Without its text, but for the links of it.
    pub stored: StoredArticle,
    pub body: PreparedBody,
}

impl From<StoredArticle> for PreparedArticle {
    fn from(mut stored: StoredArticle) -> PreparedArticle {
        let previous = stored.previous.as_mut().map(|previous| &mut previous.body);
        let body = prepare(&mut stored.article, previous, &stored.texts);
        PreparedArticle { stored, body }
    }
}
