//! The fetch that is under way, or the last one, in figures.

use crate::domain::plural::noun_for;
use crate::source::queue::Progress;
use crate::work::fetch::End;

#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Fetching {
    stage: FetchStage,
    /// The reader asked for it.
    by_hand: bool,
    /// The reader asked for what is watched.
    is_watching: bool,
    is_cancelled: bool,
    sources: usize,
    ended: usize,
    failed: usize,
    new: usize,
    /// Comments that came to watched articles.
    comments: u32,
    ignored: usize,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
enum FetchStage {
    /// There is nothing to tell.
    #[default]
    None,
    UnderWay,
    Over,
}

impl Fetching {
    pub fn is_under_way(&self) -> bool {
        self.stage == FetchStage::UnderWay
    }

    pub(super) fn begin(&mut self, by_hand: bool, sources: usize) {
        if self.is_under_way() {
            self.by_hand |= by_hand;
            self.sources = self.sources.max(sources);
        } else {
            *self = Fetching { stage: FetchStage::UnderWay, by_hand, sources, ..Fetching::default() };
        }
    }

    pub(super) fn count(&mut self, end: &End, progress: Progress) {
        self.ended += 1;
        self.sources = progress.total().max(self.ended);
        match end {
            End::Unchanged => {}
            End::Fetched { changed, .. } => {
                self.new += changed.new.len();
                self.ignored += changed.ignored as usize;
            }
            End::Failed { .. } => self.failed += 1,
        }
    }

    pub(super) fn watch(&mut self) {
        self.is_watching = true;
    }

    /// Also after the end: what is watched is refreshed beside the sources.
    pub(super) fn count_comments(&mut self, comments: u32) {
        self.comments += comments;
        let is_wanted = std::mem::take(&mut self.is_watching) || comments > 0;
        if is_wanted && self.stage == FetchStage::None {
            *self = Fetching { stage: FetchStage::Over, comments, ..Fetching::default() };
        }
    }

    pub(super) fn cancel(&mut self) {
        self.is_cancelled = true;
    }

    /// All has ended. One that came by itself and brought nothing leaves no word: whoever is offline knows it.
    pub(super) fn end(&mut self) {
        self.stage = if self.by_hand || self.new > 0 || self.comments > 0 { FetchStage::Over } else { FetchStage::None };
    }

    /// It was seen that it is over.
    pub(super) fn forget(&mut self) {
        if self.stage == FetchStage::Over {
            self.stage = FetchStage::None;
        }
    }

    /// `fetching 12/41 · 2 failed`, `fetched 41 · 17 new · 3 ignored · 2 failed`; the longest of the forms that `fits`.
    pub fn label(&self, dot: &str, fits: impl Fn(&str) -> bool) -> Option<String> {
        let (ended, sources) = (self.ended, self.sources);
        let failed = if self.failed > 0 && self.by_hand { format!("{dot}{} failed", self.failed) } else { String::new() };
        let what = noun_for(self.comments.into(), "comment");
        let new = match (self.new, self.comments) {
            (0, 0) => "nothing new".to_owned(),
            (new, 0) => format!("{new} new"),
            (0, comments) => format!("{comments} new {what}"),
            (new, comments) => format!("{new} new{dot}{comments} new {what}"),
        };
        let forms = match self.stage {
            FetchStage::None => return None,
            FetchStage::UnderWay => [
                format!("fetching {ended}/{sources}{failed}"),
                format!("fetching {ended}/{sources}"),
                format!("{ended}/{sources}"),
            ],
            FetchStage::Over => {
                let what = match ended {
                    _ if self.is_cancelled => format!("stopped at {ended}/{sources}{dot}"),
                    0 => String::new(),
                    ended => format!("fetched {ended}{dot}"),
                };
                let is_nothing = self.new == 0 && self.comments == 0;
                let least = if is_nothing && self.failed > 0 { format!("{} failed", self.failed) } else { new.clone() };
                let ignored =
                    if self.ignored > 0 && self.by_hand { format!("{dot}{} ignored", self.ignored) } else { String::new() };
                [format!("{what}{new}{ignored}{failed}"), format!("{new}{failed}"), least]
            }
        };
        forms.into_iter().find(|form| fits(form))
    }
}
