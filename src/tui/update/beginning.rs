//! The reader's start: the section, the article and the pane where it was left.

use super::browsing;
use crate::store::{ArticleId, Headline, ListOrder, ReadingPosition, Section, Stretch};
use crate::tui::geometry::Pane;
use crate::tui::list::ListPane;
use crate::tui::message::Effect;
use crate::tui::model::{Arrival, Model};

/// The reader's first actions.
pub fn begin(model: &mut Model, section: Section, order: ListOrder, at: Option<ArticleId>) -> Vec<Effect> {
    model.list = ListPane::new(section, order);
    model.keep = at.map(|id| (id, 0));
    vec![Effect::LoadRules, Effect::LoadSections, browsing::more(model, Stretch::First)]
}

/// Puts the list's cursor on an article that is further down, or is no longer part of the section.
pub fn begin_at(model: &mut Model, row: Headline) -> Vec<Effect> {
    let key = row.key();
    model.keep = Some((row.id, 0));
    let belongs = match &model.list.section {
        Section::Unread => !row.read,
        Section::Starred => row.starred,
        Section::Watched => row.watched,
        Section::Tag(tag) => row.tags.contains(tag),
        Section::Recommended => false,
        Section::All | Section::Source(_) | Section::Folder(_) | Section::Search(_) => true,
    };
    // The article being read stays in the list until it is left, as it would without the restart.
    model.stay = (!belongs).then_some(row);
    let stretch = if model.list.is_ranked() { Stretch::First } else { Stretch::From(key) };
    vec![browsing::more(model, stretch)]
}

/// Goes to the pane and the place that the reader had left.
pub fn begin_in(model: &mut Model, focus: Pane, place: Option<ReadingPosition>) -> Vec<Effect> {
    match focus {
        Pane::Page if !model.list.rows.is_empty() => {
            let effects = browsing::open(model, Arrival::Open);
            if let (Some(page), Some(place)) = (&mut model.page, &place) {
                page.restore(place);
            }
            model.place = place;
            effects
        }
        Pane::Sections => {
            model.set_focus(Pane::Sections);
            Vec::new()
        }
        _ => Vec::new(),
    }
}
