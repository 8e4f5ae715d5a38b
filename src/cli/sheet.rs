//! Pages as commands show them, from the store or from a file.

use super::error::CliError;
use crate::domain::article::{Article, OtherText, Page, Source};
use crate::domain::tag::Tag;
use crate::domain::text::CleanText;
use crate::domain::thread::Discussion;
use crate::domain::time::Timestamp;
use crate::store::{ArticleId, CommentState, Previous, Store};

/// A page to be shown, from the store or from a file.
pub(super) struct Sheet {
    pub(super) id: Option<ArticleId>,
    pub(super) article: Article,
    pub(super) source: Source,
    pub(super) read: bool,
    pub(super) starred: bool,
    /// 1 to 5, 0 for none.
    pub(super) own_rating: u8,
    pub(super) tags: Vec<Tag>,
    pub(super) note: Option<CleanText>,
    pub(super) edited_at: Option<Timestamp>,
    pub(super) previous: Option<Previous>,
    /// Texts of other sources that differ.
    pub(super) texts: Vec<OtherText>,
    /// The titles of all sources that have it; none for a page that is not stored.
    pub(super) sources: Vec<CleanText>,
    /// Each with what the reader made of its comments; nothing for one that is not stored.
    pub(super) discussions: Vec<(Discussion, Vec<CommentState>)>,
}

impl From<Page> for Sheet {
    fn from(page: Page) -> Sheet {
        Sheet {
            id: None,
            article: page.article,
            source: page.source,
            read: false,
            starred: false,
            own_rating: 0,
            tags: Vec::new(),
            note: None,
            edited_at: None,
            previous: None,
            texts: Vec::new(),
            sources: Vec::new(),
            discussions: page.discussions.into_iter().map(|discussion| (discussion, Vec::new())).collect(),
        }
    }
}

impl Sheet {
    pub(super) fn stored(store: &Store, id: ArticleId) -> anyhow::Result<Sheet> {
        let stored = store.article(id)?.ok_or_else(|| no_article(id))?;
        let mut discussions = Vec::new();
        for head in &stored.discussions {
            if let Some(found) = store.discussion(head.id)? {
                let mut states = found.states;
                // On a first visit nothing is new, as in the reader.
                if head.new_comments == 0 {
                    for state in &mut states {
                        state.seen = true;
                    }
                }
                discussions.push((found.discussion, states));
            }
        }
        Ok(Sheet {
            id: Some(id),
            article: stored.article,
            source: stored.source,
            read: stored.read,
            starred: stored.starred,
            own_rating: stored.own_rating,
            tags: stored.tags,
            note: stored.note,
            edited_at: stored.edited_at,
            previous: stored.previous,
            texts: stored.texts,
            sources: stored.sources,
            discussions,
        })
    }
}

pub(super) fn no_article(id: ArticleId) -> CliError {
    CliError::failed(format!("there is no article {} in the store", id.0)).hint("`gleaner list` shows the ids")
}
