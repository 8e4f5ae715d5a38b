//! The slider's keys: bar, floor, unrated, votes, order; and why a comment is shown as it is.

use crate::domain::order::Order;
use crate::domain::rank::{Scale, Standing};
use crate::domain::rules::{Rule, Verdict};
use crate::domain::slider::{Notch, Reason, Unrated};
use crate::domain::text::CleanText;
use crate::domain::thread::CommentIdx;
use crate::tui::keymap::Action;
use crate::tui::message::{Effect, TypedCommand};
use crate::tui::model::{Model, Overlay, SliderHandle};
use crate::tui::page::{PageThread, PageView, notch_label, rank_label};

/// The vote counts that `v` goes through.
const MIN_VOTES: [u32; 5] = [0, 2, 3, 5, 10];

/// Changes the governed discussion and says what `change` returns. The slider is remembered when the page is left: a
/// key that moves it writes nothing.
fn govern(model: &mut Model, change: impl FnOnce(&mut PageThread) -> Option<String>) -> Vec<Effect> {
    govern_by(model, |page, n| page.change(n, change))
}

fn govern_by(model: &mut Model, change: impl FnOnce(&mut PageView, usize) -> Option<Option<String>>) -> Vec<Effect> {
    let governed = model.page.as_mut().and_then(|page| Some((page.governed()?, page)));
    let Some((n, page)) = governed else {
        model.show_status("there are no comments on this page");
        return Vec::new();
    };
    let Some(said) = change(page, n) else {
        model.show_status("the comments are still loading");
        return Vec::new();
    };
    page.discussions[n].moved = true;
    if let Some(said) = said {
        model.show_status(said);
    }
    Vec::new()
}

pub(super) fn step(model: &mut Model, action: Action) -> Vec<Effect> {
    let bar = matches!(action, Action::BarUp | Action::BarDown);
    let up = matches!(action, Action::BarUp | Action::FloorUp);
    govern(model, |loaded| {
        if loaded.discussion.scale == Scale::None {
            return Some("this place has no ranks".to_owned());
        }
        if loaded.steps.len() < 2 && loaded.threshold.bar == Notch::Off {
            let rated = loaded.ranks.rated(loaded.threshold.min_votes).next().is_some();
            return Some(if rated { "all that is rated here is rated alike" } else { "nothing is rated here yet" }.to_owned());
        }
        let moved = loaded.step(bar, up);
        match (moved, bar) {
            (false, true) => Some(if up { "the bar is at its highest" } else { "the bar is Off" }.to_owned()),
            (false, false) => Some(if up { "the floor is at its highest" } else { "the floor is Off" }.to_owned()),
            (true, true) => None,
            (true, false) if loaded.threshold.bar == Notch::Off => {
                Some(format!("floor {}, in force once the bar is raised", notch_label(loaded.threshold.floor)))
            }
            (true, false) => Some(format!("floor {}", notch_label(loaded.threshold.floor))),
        }
    })
}

pub(super) fn command(model: &mut Model, command: TypedCommand) -> Vec<Effect> {
    govern(model, |loaded| {
        let scale = loaded.discussion.scale;
        let notch = match command {
            TypedCommand::Bar(notch) | TypedCommand::Floor(notch) => notch.on(scale),
        };
        let notch = match notch {
            Ok(notch) => loaded.ranks.settled(notch, loaded.threshold.min_votes),
            Err(error) => return Some(error.to_string()),
        };
        match command {
            TypedCommand::Bar(_) => loaded.threshold.bar = notch,
            TypedCommand::Floor(_) => loaded.threshold.floor = notch,
        }
        loaded.refilter();
        None
    })
}

/// Puts a handle of the slider on a notch.
pub(super) fn put(model: &mut Model, handle: SliderHandle, notch: Notch) -> Vec<Effect> {
    let governed = model.page.as_ref().and_then(|page| page.discussions[page.governed()?].loaded.as_ref());
    let side = |loaded: &PageThread| match handle {
        SliderHandle::Bar => loaded.threshold.bar,
        SliderHandle::Floor => loaded.threshold.floor,
    };
    if governed.is_some_and(|loaded| side(loaded) == notch) {
        return Vec::new();
    }
    govern(model, |loaded| {
        match handle {
            SliderHandle::Bar => loaded.threshold.bar = notch,
            SliderHandle::Floor => loaded.threshold.floor = notch,
        }
        loaded.refilter();
        None
    })
}

pub(super) fn toggle_unrated(model: &mut Model) -> Vec<Effect> {
    govern(model, |loaded| {
        let (next, said) = match loaded.threshold.unrated {
            Unrated::Open => (Unrated::AsBelow, "unrated comments count as below the bar"),
            Unrated::AsBelow => (Unrated::Open, "unrated comments pass the bar"),
        };
        loaded.threshold.unrated = next;
        loaded.refilter();
        Some(said.to_owned())
    })
}

pub(super) fn min_votes(model: &mut Model) -> Vec<Effect> {
    govern(model, |loaded| {
        if !loaded.ranks.tells_votes() {
            return Some("this place does not tell how many voted".to_owned());
        }
        let next = MIN_VOTES.into_iter().find(|votes| *votes > loaded.threshold.min_votes).unwrap_or(0);
        loaded.set_min_votes(next);
        loaded.refilter();
        Some(match next {
            0 => "every vote counts".to_owned(),
            votes => format!("ranks of fewer than {votes} votes count as unrated"),
        })
    })
}

pub(super) fn order(model: &mut Model, forward: bool) -> Vec<Effect> {
    let next_order = |loaded: &mut PageThread| {
        let suiting: Vec<Order> = Order::ALL.into_iter().filter(|order| order.suits(&loaded.discussion)).collect();
        let here = suiting.iter().position(|order| *order == loaded.order).unwrap_or(0);
        let next = if forward { here + 1 } else { here + suiting.len() - 1 };
        loaded.order = suiting[next % suiting.len()];
        loaded.is_order_chosen = true;
        loaded.rearrange();
        Some(loaded.order.label().to_owned())
    };
    govern_by(model, |page, n| {
        let said = page.change_order(n, next_order);
        page.search_again();
        said
    })
}

pub(super) fn flat(model: &mut Model) -> Vec<Effect> {
    let toggle = |loaded: &mut PageThread| {
        loaded.flat = !loaded.flat;
        loaded.rearrange();
        Some(if loaded.flat { format!("flat, {}", loaded.order.label()) } else { "threaded".to_owned() })
    };
    govern_by(model, |page, n| {
        let said = page.change(n, toggle);
        page.search_again();
        said
    })
}

/// `w`: which rule made the comment under the cursor what it is.
pub(super) fn why(model: &mut Model) -> Vec<Effect> {
    let told = model.page.as_ref().and_then(|page| {
        let (n, _, idx) = page.comment_at_cursor()?;
        let loaded = page.discussions[n].loaded.as_ref()?;
        Some(explain(loaded, idx, &model.rules))
    });
    match told {
        Some(lines) => model.overlay = Overlay::Why(lines),
        None => model.show_status("there is no comment under the cursor"),
    }
    Vec::new()
}

/// `i`: the governed discussion in figures.
pub(super) fn statistics(model: &mut Model) -> Vec<Effect> {
    let loaded = model.page.as_ref().and_then(|page| page.discussions[page.governed()?].loaded.as_ref());
    match loaded.map(PageThread::statistics) {
        Some(statistics) => model.overlay = Overlay::Statistics(statistics),
        None => model.show_status("there are no comments on this page"),
    }
    Vec::new()
}

fn explain(loaded: &PageThread, idx: CommentIdx, rules: &[Rule]) -> Vec<String> {
    let comment = loaded.comment(idx);
    let author = comment.author.as_ref().map_or("This comment", CleanText::as_str);
    let rank = rank_label(comment.rank, loaded.discussion.scale, loaded.ranks.estimate(idx.index()));
    let bar = notch_label(loaded.threshold.bar);
    let floor = notch_label(loaded.floor());
    let unrated = |standing, thin| match (standing, thin) {
        (_, true) => format!("Fewer than {} votes: it counts as unrated", loaded.threshold.min_votes),
        (Standing::Withheld, _) => "The place withholds its rank for now".to_owned(),
        _ => "Nobody has rated it".to_owned(),
    };
    let because = match loaded.why(idx) {
        Reason::InFoldedSubtree(_) => "Folded away: you folded a comment above it.".to_owned(),
        Reason::FoldedByHand => "A line: you folded it with its replies.".to_owned(),
        Reason::ByHand => "You opened or shut it by hand; moving the bar does not undo that.".to_owned(),
        Reason::ByRule(rule, verdict) => {
            let made = match verdict {
                Verdict::Lift => "Open",
                Verdict::Shrink => "A line",
                Verdict::Mute => "Muted",
            };
            let told = rules.get(usize::from(rule)).map_or_else(String::new, |rule| format!(" “{}”: {rule}", rule.name));
            format!("{made}, by your rule{told}.")
        }
        Reason::NewStaysOpen => "Open: it is new since your last visit, and new comments stay open.".to_owned(),
        Reason::ShownForNow => "Shown for now: a search or a jump led here, or its thread is shown alone.".to_owned(),
        Reason::BarOff => "Open: the bar is Off, so every comment is.".to_owned(),
        Reason::AtOrAboveBar => format!("Open: its rank is at or above the bar ({bar})."),
        Reason::UnratedPasses { standing, thin } => {
            format!("{}; the unrated switch says open, so it passes every bar.", unrated(standing, thin))
        }
        Reason::UnratedAsBelow { standing, thin } => {
            format!("{}; the unrated switch says as below, so it is a line.", unrated(standing, thin))
        }
        Reason::Removed => "It was removed: a line at any bar but Off, folded away under any floor.".to_owned(),
        Reason::BelowBar if loaded.floor() == Notch::Off => format!("A line: its rank is below the bar ({bar})."),
        Reason::BelowBar => format!("A line: its rank is below the bar ({bar}) and not below the floor ({floor})."),
        Reason::BelowFloor => format!("Folded away: its rank is below the floor ({floor})."),
        Reason::KeptForReply => {
            let why = if loaded.is_muted(idx) { "muted".to_owned() } else { format!("below the floor ({floor})") };
            format!("A line, though {why}: a comment under it is shown, and keeps its context.")
        }
    };
    let rank = if rank.is_empty() { "no rank".to_owned() } else { rank };
    vec![format!("{author}: {rank}"), because]
}
