//! The stories that a page points to, as far as the library has them; and whether the page was read to its end.

use super::{Element, PageView};
use crate::domain::article::Related as Story;
use crate::store::{ArticleId, RelatedHit};

/// A text of fewer words is a teaser: to have come to its end tells nothing.
const TEASER: usize = 80;

/// The stored articles behind a page's stories.
#[derive(Debug, Default)]
pub(super) struct Stories {
    /// A story that the page itself names: to explore further, related or recommended.
    own: Vec<Option<ArticleId>>,
    /// A story that shares words with the article; these follow its own related stories.
    alike: Vec<ArticleId>,
}

impl PageView {
    /// Adds what else the library has about this, behind the stories that the page tells itself.
    pub fn relate(&mut self, related: RelatedHit) {
        if !self.stories.alike.is_empty() || (related.alike.is_empty() && related.own.iter().all(Option::is_none)) {
            return;
        }
        self.changing_text(|page| {
            page.stories.own = related.own;
            for row in related.alike {
                page.stories.alike.push(row.id);
                let teaser = Some(row.source).filter(|source| !source.is_empty());
                let story = Story { title: row.title, published: row.published, teaser, url: None };
                page.article.article.related.push(story);
            }
        });
    }

    /// The stored article that the story under the cursor is.
    pub fn stored_story(&self) -> Option<ArticleId> {
        self.stored(self.cursor())
    }

    /// The stored article that a story is.
    pub(super) fn stored(&self, element: Element) -> Option<ArticleId> {
        let article = &self.article.article;
        let explore = usize::from(article.explore_further.is_some());
        let related = article.related.len() - self.stories.alike.len();
        let own = |n: usize| self.stories.own.get(n).copied().flatten();
        match element {
            Element::ExploreFurther => own(0),
            Element::Related(n) if n < related => own(explore + n),
            Element::Related(n) => self.stories.alike.get(n - related).copied(),
            Element::Recommended(n) => own(explore + related + n),
            _ => None,
        }
    }

    /// Notes whether the cursor went from `before`, in the text, to its last paragraph or over it.
    pub(super) fn finish(&mut self, before: usize) {
        if self.opened && self.words >= TEASER && !self.blocks.is_empty() {
            let end = self.position(Element::Body(self.blocks.len() - 1));
            self.finished |= before <= end && self.cursor >= end;
        }
    }
}
