//! Comments as a web page lists them: inside each other or by how far in they stand. What the readers of saved pages of all
//! sites share.

use super::page_builder::{Gathered, Tally, missing};
use super::{SavedPage, Site};
use crate::domain::article::Source;
use crate::domain::completeness::SiteCount;
use crate::domain::plural::plural;
use crate::domain::rank::Scale;
use crate::domain::text::clean_line;
use crate::domain::thread::Comment;
use crate::format::Format;
use crate::format::html::lift::LiftedItem;

/// By element: the id of the nearest one around it that has an id.
pub(super) fn parents(items: &[LiftedItem<'_>], ids: &[Option<Box<str>>]) -> Vec<Option<Box<str>>> {
    // An element stands behind the one that it is in, so that one pass is enough.
    let mut nearest: Vec<Option<Box<str>>> = Vec::with_capacity(items.len());
    let mut parents = Vec::with_capacity(items.len());
    for (item, id) in items.iter().zip(ids) {
        let parent: Option<Box<str>> = item.above.and_then(|above| nearest.get(above).cloned().flatten());
        nearest.push(id.clone().or_else(|| parent.clone()));
        parents.push(parent);
    }
    parents
}

/// The comments above the next one of a flat list.
#[derive(Default)]
pub(super) struct LevelStack(Vec<(i64, Box<str>)>);

impl LevelStack {
    /// The nearest comment before this one that stands less far in.
    pub(super) fn parent(&mut self, level: i64, id: &str) -> Option<Box<str>> {
        while self.0.last().is_some_and(|(other, _)| *other >= level) {
            self.0.pop();
        }
        let parent = self.0.last().map(|(_, parent)| parent.clone());
        self.0.push((level, id.into()));
        parent
    }
}

/// A thread while the comments of its page come in.
#[derive(Default)]
pub(super) struct CommentList {
    pub(super) gathered: Gathered,
    pub(super) tally: Tally,
    /// Comments below which there are more, in a number that is not told.
    goes_on: usize,
    notes: Vec<String>,
}

impl CommentList {
    pub(super) fn push(&mut self, comment: Comment, parent: Option<Box<str>>) {
        self.tally.twice += usize::from(!self.gathered.push(comment, parent));
    }

    /// Notes comments that the page only links to; `count` is 0 where their number is not told.
    pub(super) fn lacks(&mut self, below: Option<&str>, count: usize) {
        self.goes_on += usize::from(count == 0);
        self.gathered.lacks(below, count);
    }

    pub(super) fn note(&mut self, count: usize, what: &str, rest: &str) {
        if count > 0 {
            self.notes.push(format!("{} {rest}", plural(count as u64, what)));
        }
    }

    /// Notes what the page says in words, or what is not known of it.
    pub(super) fn tell(&mut self, note: &str) {
        self.notes.push(note.to_owned());
    }

    /// The page with its one discussion. Without a site it stands on the article's own page.
    pub(super) fn into_saved(
        mut self,
        format: Format,
        source: Source,
        (site, scale): (Option<&dyn Site>, Scale),
        url: &str,
        told: SiteCount,
    ) -> SavedPage {
        let page = self.gathered.into_page(source, site, scale, url, told);
        self.tally.more = missing(&page);
        let mut notes = self.tally.notes();
        if self.goes_on > 0 {
            let more = plural(self.goes_on as u64, "comment");
            notes.push(clean_line(&format!("below {more} the thread goes on, not in this file")));
        }
        notes.extend(self.notes.iter().map(|note| clean_line(note)));
        SavedPage { format, page, notes }
    }
}
