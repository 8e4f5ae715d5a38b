//! The pages that links led to, and the way back to where each was followed.

use super::page::PageView;

/// The largest number of pages kept to go back to.
const DEEPEST: usize = 50;

/// The history of one visit to an article.
#[derive(Debug, Default)]
pub struct Visits {
    /// The page that the reader came to last is the last one.
    pub(super) back: Vec<PageView>,
    pub(super) forward: Vec<PageView>,
    /// The address that is being opened.
    pub(super) opening: Option<String>,
    /// The address that could not be opened, until another key than the browser's.
    pub(super) failed: Option<String>,
}

impl Visits {
    /// Keeps the page that a link was followed from. Beyond the deepest way back, the second page goes: the first is the
    /// one that the reader chose in the list.
    pub(super) fn push(&mut self, page: PageView) -> Option<PageView> {
        self.back.push(page);
        (self.back.len() > DEEPEST).then(|| self.back.remove(1))
    }

    pub fn is_followed(&self) -> bool {
        !self.back.is_empty()
    }

    pub fn may_go_forward(&self) -> bool {
        !self.forward.is_empty()
    }

    pub fn opening(&self) -> Option<&str> {
        self.opening.as_deref()
    }
}
