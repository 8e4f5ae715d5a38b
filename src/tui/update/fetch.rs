//! Fetching, as the reader sees it: asked for, counted, and what failed.

use super::{act, discussions};
use crate::domain::text::CleanText;
use crate::store::subscriptions::{Subscription, Try};
use crate::store::{ArticleId, Section, SourceId};
use crate::tui::geometry::Pane;
use crate::tui::keymap::Action;
use crate::tui::message::Effect;
use crate::tui::model::{Arrival, Model, Overlay};
use crate::work::background::{FetchTarget, Report};
use crate::work::fetch::Event;
use crate::work::sync::SyncOutcome;

/// `R`: what the list shows, if that is a source, a folder or what is watched, else all.
pub(super) fn fetch(model: &Model) -> Vec<Effect> {
    vec![Effect::Fetch(match &model.list.section {
        Section::Source(id) => FetchTarget::Source(*id),
        Section::Folder(folder) => FetchTarget::Folder(folder.clone()),
        Section::Watched => FetchTarget::Watched,
        _ => FetchTarget::All,
    })]
}

pub(super) fn cancel(model: &mut Model) -> Vec<Effect> {
    if !model.fetching.is_under_way() && model.discussing.is_empty() {
        model.show_status("nothing is being fetched");
        return Vec::new();
    }
    model.fetching.cancel();
    vec![Effect::CancelFetch]
}

pub(super) fn reported(model: &mut Model, report: Report) -> Vec<Effect> {
    match report {
        Report::Began { wanted: FetchTarget::Text(_), sources: 0, .. } => {
            model.show_error("this article has no address to fetch its text from");
        }
        Report::Began { wanted: FetchTarget::Watched, .. } => {
            model.fetching.watch();
            model.show_status("refreshing what is watched");
        }
        Report::Began { wanted: FetchTarget::Text(_), .. } | Report::Began { wanted: FetchTarget::Due, sources: 0, .. } => {}
        Report::Began { wanted, sources, ended } if ended > 0 => {
            say_ended(model, ended);
            if sources > 0 {
                model.fetching.begin(wanted != FetchTarget::Due, sources);
            }
        }
        Report::Began { wanted, sources: 0, .. } => model.show_status(match wanted {
            FetchTarget::Failed => "nothing failed when it was last asked for",
            FetchTarget::Source(_) => "this source is not subscribed to: there is nothing to fetch",
            _ => {
                let add = model.settings.keymap.hint(Action::Subscribe);
                return said(model, &format!("no feeds yet: {add} adds one"));
            }
        }),
        Report::Began { wanted, sources, .. } => model.fetching.begin(wanted != FetchTarget::Due, sources),
        Report::Of(Event::Ended { end, progress, .. }) => model.fetching.count(&end, progress),
        Report::Of(Event::Text { article, end }) => return text_arrived(model, article, end),
        Report::Of(Event::Idle) if model.fetching.is_under_way() => model.fetching.end(),
        Report::Of(Event::Idle | Event::Discuss(_) | Event::News(_)) => {}
        Report::Came(article) => return discussions::came(model, article),
        Report::LookupsFailed(failure) | Report::AfterFailed(failure) => model.show_error(failure),
        Report::Watched(comments) => model.fetching.count_comments(comments),
        Report::Discussions { article, told } => return discussions::told(model, article, told),
        Report::DiscussionsOver { article, error } => discussions::over(model, article, error),
        Report::Syncing(accounts) => {
            let names: Vec<&str> = accounts.iter().map(CleanText::as_str).collect();
            model.show_status(format!("syncing {}", names.join(", ")));
        }
        Report::Synced { account, outcome, is_wanted, failed_before } => {
            synced(model, &account, outcome, is_wanted, failed_before);
        }
        Report::Broken(error) => {
            model.fetching.end();
            model.show_error(format!("nothing can be fetched: {error}"));
        }
    }
    Vec::new()
}

/// A failure is told when it begins, and whenever somebody asked; the next one of the same kind is no news.
fn synced(model: &mut Model, account: &CleanText, outcome: SyncOutcome, is_wanted: bool, failed_before: bool) {
    match outcome {
        SyncOutcome::Failed(failed) if is_wanted || !failed_before => {
            model.show_error(format!("{account}: {} ({})", failed.failure, failed.hint));
        }
        SyncOutcome::Synced(summary) if is_wanted => {
            let changed = summary.new.len() + summary.updated + summary.joined;
            model.show_status(format!("synced {account}: {changed} new or updated, {} pushed", summary.pushed));
        }
        SyncOutcome::Held(_) if is_wanted => {
            model.show_error(format!("{account}: the server asked us to wait; `gleaner account list` tells until when"));
        }
        SyncOutcome::Busy if is_wanted => model.show_status(format!("{account}: another gleaner is syncing it")),
        _ => {}
    }
}

fn said(model: &mut Model, text: &str) -> Vec<Effect> {
    model.show_status(text);
    Vec::new()
}

fn say_ended(model: &mut Model, ended: usize) {
    let (which, fetch) = (model.settings.keymap.hint(Action::Failures), model.settings.keymap.hint(Action::Fetch));
    let sources =
        if ended == 1 { "1 source has ended and is".to_owned() } else { format!("{ended} sources have ended and are") };
    model.show_status(format!("{sources} not asked: {which} tells which, {fetch} there asks"));
}

/// `x`: the text of the article's own page.
pub(super) fn full_text(model: &mut Model) -> Vec<Effect> {
    let shown = model.page.as_ref().map(|page| page.article.id).filter(|_| model.focus == Pane::Page);
    let Some(id) = shown.or_else(|| model.list.selected().map(|row| row.id)) else { return Vec::new() };
    model.show_status("fetching the whole text");
    vec![Effect::Fetch(FetchTarget::Text(id))]
}

/// The page that is open is read anew where it was being read.
fn text_arrived(model: &mut Model, article: ArticleId, end: Result<(), (CleanText, CleanText)>) -> Vec<Effect> {
    if let Err((failure, hint)) = end {
        model.show_error(format!("{failure} ({hint})"));
        return Vec::new();
    }
    let Some(page) = model.page.as_ref().filter(|page| page.article.id == article) else { return Vec::new() };
    model.place = Some(page.place(true));
    model.awaited = Some((article, if model.focus == Pane::Page { Arrival::Open } else { Arrival::Preview }));
    model.show_status("the whole text");
    vec![Effect::LoadArticle(article)]
}

/// `i` in the sections pane.
pub(super) fn health(model: &mut Model) -> Vec<Effect> {
    match model.list.section {
        Section::Source(id) => vec![Effect::LoadHealth(id)],
        _ => {
            model.show_status("this section is not a source");
            Vec::new()
        }
    }
}

pub(super) fn health_arrived(model: &mut Model, subscription: Option<Box<Subscription>>, tries: Vec<Try>) -> Vec<Effect> {
    match subscription {
        Some(subscription) => model.overlay = Overlay::Health { subscription, tries, scroll: 0 },
        None => model.show_status("this source is not subscribed to: it is not fetched"),
    }
    Vec::new()
}

pub(super) fn failing_arrived(model: &mut Model, sources: Vec<Subscription>) -> Vec<Effect> {
    if sources.is_empty() {
        model.show_status("nothing failed when it was last asked for");
    } else {
        model.overlay = Overlay::Failing { sources, selected: 0 };
    }
    Vec::new()
}

/// A key while the sources that fail are shown.
pub(super) fn in_failing(
    model: &mut Model,
    sources: Vec<Subscription>,
    selected: usize,
    action: Option<Action>,
) -> Vec<Effect> {
    let rows = usize::from(model.geometry.screen.height);
    let by = match action {
        Some(Action::MoveDown) => 1,
        Some(Action::MoveUp) => -1,
        Some(Action::PageDown | Action::HalfDown) => (rows / 4).max(1) as isize,
        Some(Action::PageUp | Action::HalfUp) => -((rows / 4).max(1) as isize),
        Some(Action::Top) => isize::MIN,
        Some(Action::Bottom) => isize::MAX,
        Some(Action::Enter | Action::Statistics) => return vec![Effect::LoadHealth(sources[selected].id)],
        Some(Action::Fetch) => return retry(model, sources[selected].id),
        Some(Action::RetryFailed | Action::CancelFetch) => return action.map_or_else(Vec::new, |action| act(model, action)),
        _ => return Vec::new(),
    };
    let selected = selected.saturating_add_signed(by).min(sources.len() - 1);
    model.overlay = Overlay::Failing { sources, selected };
    Vec::new()
}

fn retry(model: &mut Model, source: SourceId) -> Vec<Effect> {
    model.show_status("fetching it again");
    vec![Effect::Fetch(FetchTarget::Source(source))]
}

/// A key while a source's health is shown.
pub(super) fn in_health(model: &mut Model, shown: Overlay, action: Option<Action>) -> Vec<Effect> {
    let Overlay::Health { subscription, tries, scroll } = shown else { return Vec::new() };
    let scroll = match action {
        Some(Action::MoveDown) => scroll + 1,
        Some(Action::MoveUp) => scroll.saturating_sub(1),
        Some(Action::Fetch) => return retry(model, subscription.id),
        _ => return Vec::new(),
    };
    // Further down there is nothing on any screen.
    let scroll = scroll.min(tries.len() * 2 + 16);
    model.overlay = Overlay::Health { subscription, tries, scroll };
    Vec::new()
}
