//! The reader's score rules: taken in, and made by a key.

use super::reading;
use crate::domain::rules::{Conditions, Rule, Verdict, merged};
use crate::domain::text::fold;
use crate::tui::keymap::Action;
use crate::tui::message::Effect;
use crate::tui::model::{Model, Undo};

pub(super) fn loaded(model: &mut Model, stored: Vec<Rule>) -> Vec<Effect> {
    let rules = merged(&model.settings.rules, stored);
    if rules != model.rules {
        model.rules = rules;
        if let Some(page) = &mut model.page {
            let unread = page.apply_rules(&model.rules);
            return reading::load(model, &unread);
        }
    }
    Vec::new()
}

/// `M`: mutes the author of the comment under the cursor, or hears them again.
pub(super) fn mute(model: &mut Model) -> Vec<Effect> {
    let author = model.page.as_ref().and_then(|page| {
        let (n, _, idx) = page.comment_at_cursor()?;
        Some(page.discussions[n].loaded.as_ref()?.comment(idx).author.clone())
    });
    let Some(author) = author else {
        model.show_status("there is no comment under the cursor");
        return Vec::new();
    };
    let Some(author) = author else {
        model.show_status("this comment tells no author to mute");
        return Vec::new();
    };
    let undo = model.settings.keymap.hint(Action::Undo);
    let is_theirs = |rule: &&Rule| {
        let others = Conditions { author: None, ..rule.conditions.clone() };
        let names = rule.conditions.author.as_ref().is_some_and(|named| fold(named) == fold(&author));
        rule.verdict == Verdict::Mute && names && others.is_empty()
    };
    let (rule, muted) = match model.rules.iter().find(is_theirs) {
        Some(rule) if model.settings.rules.contains(rule) => {
            let said = format!("the rule “{}” of the configuration mutes {author}", rule.name);
            model.show_status(said);
            return Vec::new();
        }
        Some(rule) => (rule.clone(), false),
        None => (Rule::muting(&author), true),
    };
    model.show_status(format!("{author} is {} ({undo} undoes it)", if muted { "muted" } else { "heard again" }));
    model.can_undo(Undo::Mute { rule: rule.clone(), muted });
    vec![if muted { Effect::SetRule(rule) } else { Effect::RemoveRule(rule.name) }]
}
