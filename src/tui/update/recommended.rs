//! Recommended articles.

use super::browsing;
use crate::store::{Headline, Recommended, Section, Stretch};
use crate::tui::keymap::Action;
use crate::tui::list::ListPane;
use crate::tui::message::Effect;
use crate::tui::model::Model;

/// Leaves the section out where nothing is to be recommended; asks what is, unless that is known.
pub(super) fn sections_arrived(model: &mut Model) -> Option<Effect> {
    if !model.recommends {
        model.all_sections.retain(|row| row.section != Section::Recommended);
    }
    let is_there = model.all_sections.iter().any(|row| row.section == Section::Recommended);
    (is_there && !std::mem::replace(&mut model.is_recommended_known, true)).then_some(Effect::Recommend)
}

pub(super) fn arrived(model: &mut Model, recommended: Vec<Recommended>, listed: bool) -> Vec<Effect> {
    if !listed || model.list.filter.is_empty() {
        model.recommended = recommended.iter().map(|one| one.article.id).collect();
        model.show_sections();
    }
    if !listed || !model.list.is_recommended() {
        return Vec::new();
    }
    let (because, rows): (Vec<_>, Vec<Headline>) =
        recommended.into_iter().map(|one| ((one.article.id, one.because), one.article)).unzip();
    model.list.because = because.into_iter().collect();
    browsing::arrived(model, Stretch::First, rows, true)
}

/// Recommends, or no longer; it is remembered.
pub(super) fn toggle(model: &mut Model) -> Vec<Effect> {
    model.recommends = !model.recommends;
    model.is_recommended_known = false;
    let key = model.settings.keymap.hint(Action::ToggleRecommended);
    model.show_status(if model.recommends {
        "recommended is a section, once something is starred or read to its end".to_owned()
    } else {
        format!("nothing is recommended any more ({key} brings it back)")
    });
    let mut effects = vec![Effect::LoadSections];
    if !model.recommends && model.list.is_recommended() {
        let order = browsing::order_of(model, &Section::Unread);
        model.list = ListPane::new(Section::Unread, order);
        effects.push(browsing::more(model, Stretch::First));
    }
    effects.push(Effect::SaveSession(Box::new(model.session())));
    effects
}
