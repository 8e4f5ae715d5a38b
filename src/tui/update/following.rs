//! Links followed inside the reader: what they lead to takes the page's place, and the way back leads to the exact row.

use std::sync::Arc;

use super::{addresses, image_requests, reading};
use crate::site::identity::is_same_address;
use crate::source::http::PrivateOrigins;
use crate::store::{ArticleId, DiscussionHead, SliderMemory};
use crate::tui::geometry::Pane;
use crate::tui::keymap::Action;
use crate::tui::message::{Effect, Mark};
use crate::tui::model::{Arrival, Model};
use crate::tui::page::PageView;
use crate::tui::undo::Undo;
use crate::work::visit::{OtherProgram, Visited, VisitedPage, is_unstored};

/// Follows a link of the page to a web address.
pub(super) fn follow(model: &mut Model, address: String) -> Vec<Effect> {
    let page = model.page.as_ref();
    let own = page.and_then(|page| page.article.article.url.as_deref());
    let whole = address.split('#').next().unwrap_or_default();
    if own.is_some_and(|own| is_same_address(own, whole)) && address.contains('#') {
        model.show_status("this link leads to a part of this page");
        return Vec::new();
    }
    let (of, private) = match page {
        Some(PageView { origin: Some(origin), .. }) => (None, origin.private.clone()),
        Some(page) => (Some(page.article.id), PrivateOrigins::default()),
        None => (None, PrivateOrigins::default()),
    };
    let back = model.settings.keymap.hint(Action::Back);
    model.show_status(format!("opening {address} ({back} stops)"));
    model.visits.opening = Some(address.clone());
    vec![Effect::Visit { address, of, private }]
}

/// Goes to a stored article that the page leads to.
pub(super) fn follow_stored(model: &mut Model, id: ArticleId) -> Vec<Effect> {
    model.awaited = Some((id, Arrival::Follow));
    model.place = None;
    vec![Effect::LoadArticle(id)]
}

/// The target of the link has come.
pub(super) fn arrived(model: &mut Model, visited: Visited, memories: &[Option<SliderMemory>]) -> Vec<Effect> {
    let Some(address) = model.visits.opening.take() else { return Vec::new() };
    model.said = None;
    match visited {
        Visited::Page(visited) => show(model, *visited, memories),
        Visited::Stored(id) => follow_stored(model, id),
        Visited::Program(program) => {
            model.show_status(Visited::label(program).to_string());
            vec![match program {
                OtherProgram::Player => Effect::OpenRecording(address),
                OtherProgram::Documents => Effect::OpenDocument(address),
                OtherProgram::Browser => Effect::OpenAddress(address),
            }]
        }
        Visited::Failed(trouble) => {
            let browser = model.settings.keymap.hint(Action::OpenBrowser);
            let hint = if trouble.hint.is_empty() { String::new() } else { format!("; {}", trouble.hint) };
            model.show_error(format!("{} ({browser}: browser{hint})", trouble.message));
            model.visits.failed = Some(address);
            Vec::new()
        }
    }
}

/// Shows a page that is not stored.
pub(super) fn show(model: &mut Model, visited: VisitedPage, memories: &[Option<SliderMemory>]) -> Vec<Effect> {
    let VisitedPage { article, discussions, origin, image } = visited;
    let frame = model.frame(!discussions.is_empty());
    let defaults = model.defaults(&article.stored.source);
    let mut view = PageView::new(article, frame);
    view.origin = Some(origin);
    for (n, judged) in discussions.into_iter().enumerate() {
        view.load(judged, memories.get(n).copied().flatten(), defaults);
    }
    let mut effects = put(model, view);
    effects.extend(reading::opened(model, Arrival::Open));
    if let Some((address, _)) = image {
        effects.extend(image_requests::show_one(model, address));
    }
    effects
}

/// Puts a page in the place of the one that led to it.
pub(super) fn put(model: &mut Model, view: PageView) -> Vec<Effect> {
    let mut gone: Vec<PageView> = std::mem::take(&mut model.visits.forward);
    let from = model.page.replace(view);
    // A page that was only passed over in the list is no step of the way.
    match from {
        Some(from) if from.opened => gone.extend(model.visits.push(from)),
        from => model.left.page = from,
    }
    (model.place, model.spot, model.hit) = (None, None, None);
    gone.iter_mut().flat_map(reading::leave_page).collect()
}

/// One page back, or forward again. None if there is no such page.
pub(super) fn go(model: &mut Model, forward: bool) -> Option<Vec<Effect>> {
    let visits = &mut model.visits;
    let (from, to) = if forward { (&mut visits.forward, &mut visits.back) } else { (&mut visits.back, &mut visits.forward) };
    let view = from.pop()?;
    to.extend(model.page.replace(view));
    (model.place, model.spot, model.hit, model.awaited) = (None, None, None, None);
    model.set_focus(Pane::Page);
    let page = model.page.as_ref()?;
    model.reading = Some(page.article.article.title.to_string());
    let id = page.article.id;
    let mut effects = reading::wanted(model, true);
    effects.extend(image_requests::again(model, false));
    // It may have changed meanwhile.
    effects.push(Effect::LoadMarks(vec![id]));
    effects.extend(super::title(model));
    Some(effects)
}

/// `alt-left` and `alt-right`.
pub(super) fn step(model: &mut Model, forward: bool) -> Vec<Effect> {
    go(model, forward).unwrap_or_else(|| {
        model.show_status(if forward { "there is no page to go forward to" } else { "no link was followed to this page" });
        Vec::new()
    })
}

/// Stops opening a link. False if none is being opened.
pub(super) fn stop(model: &mut Model) -> bool {
    let stopped = model.visits.opening.take();
    if let Some(address) = &stopped {
        model.show_status(format!("not opened: {address}"));
    }
    stopped.is_some()
}

/// The pages of the visit but for the one that is shown are left.
pub(super) fn leave(model: &mut Model) -> Vec<Effect> {
    let visits = std::mem::take(&mut model.visits);
    let stop = visits.opening.is_some().then_some(Effect::StopVisit);
    let pages = visits.back.into_iter().chain(visits.forward);
    pages.flat_map(|mut page| reading::leave_page(&mut page)).chain(stop).collect()
}

/// The page under the keys, if it is not stored.
fn unstored(model: &Model) -> Option<&PageView> {
    model.page.as_ref().filter(|page| model.focus == Pane::Page && is_unstored(page.article.id))
}

/// The effect of a key for stored articles on a page that is not stored; none if the page is stored, or the key does not
/// need that.
pub(super) fn act(model: &mut Model, action: Action) -> Option<Vec<Effect>> {
    use Action as A;
    let page = unstored(model)?;
    match action {
        A::ToggleStar => {
            let (id, origin) = (page.article.id, Arc::clone(page.origin.as_ref()?));
            Some(vec![Effect::KeepVisited { id, origin }])
        }
        A::ToggleRead
        | A::ToggleWatch
        | A::ReadLater
        | A::Tags
        | A::Note
        | A::Rate
        | A::DeleteArticle
        | A::Discussions
        | A::FullText => {
            let star = model.settings.keymap.hint(A::ToggleStar);
            model.show_status(format!("this page is not stored: {star} stars and stores it"));
            Some(Vec::new())
        }
        _ => None,
    }
}

/// `B` after a link could not be opened.
pub(super) fn in_browser(model: &mut Model) -> Option<Vec<Effect>> {
    let address = model.visits.failed.take()?;
    Some(addresses::open_outside(model, address))
}

/// A visited page was stored and starred.
pub(super) fn kept(model: &mut Model, was: ArticleId, id: ArticleId, heads: &[DiscussionHead]) -> Vec<Effect> {
    let Model { visits, page, .. } = &mut *model;
    let pages = visits.back.iter_mut().chain(&mut visits.forward).chain(page);
    for page in pages.filter(|page| page.article.id == was) {
        page.become_stored(id, heads);
    }
    model.can_undo(Undo::Marks { ids: vec![id], back: Mark::Starred(false) });
    model.show_status("starred and stored");
    vec![Effect::LoadSections, Effect::LoadHeadline(id)]
}
