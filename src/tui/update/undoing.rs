//! `U`: taking back what was done last.

use super::{marks, reading};
use crate::store::{ArticleId, Section};
use crate::tui::message::{Effect, Mark};
use crate::tui::model::{Model, Undo};

pub(super) fn undo(model: &mut Model) -> Vec<Effect> {
    // The reader means the marking that is under way; it can be undone once it is over, or stopped.
    if super::bulk_marks::is_still_marking(model) {
        return Vec::new();
    }
    let Some(undo) = model.undo.pop() else {
        model.show_status("nothing to undo");
        return Vec::new();
    };
    model.show_status(format!("undone: {}", undo.label()));
    match undo {
        Undo::Marks { ids, back } => {
            marks::show_mark(model, &ids, &back);
            vec![Effect::SetMark { ids, mark: back }, Effect::LoadSections]
        }
        Undo::Mute { rule, muted: true } => vec![Effect::RemoveRule(rule.name)],
        Undo::Mute { rule, muted: false } => vec![Effect::SetRule(rule)],
        Undo::Source { source, back } => vec![Effect::ChangeSource { source, change: *back }, Effect::LoadSections],
        Undo::Unsubscribing { source, .. } => {
            let mut effects = vec![Effect::SubscribeAgain(source)];
            let focus = model.focus;
            effects.extend(super::subscribe::open_section(model, Section::Source(source)));
            model.set_focus(focus);
            effects
        }
        Undo::CommentRating { discussion, comment, back } => {
            reading::show_rating(model, discussion, &comment, back);
            vec![Effect::RateComment { discussion, comment, rating: back }]
        }
    }
}

/// Marks an article and keeps how to take it back.
pub(super) fn mark(model: &mut Model, ids: Vec<ArticleId>, mark: Mark, back: Mark) -> Vec<Effect> {
    marks::show_mark(model, &ids, &mark);
    if matches!(mark, Mark::Starred(_) | Mark::Rated(_)) {
        model.is_recommended_known = false;
    }
    model.can_undo(Undo::Marks { ids: ids.clone(), back });
    vec![Effect::SetMark { ids, mark }, Effect::LoadSections]
}
