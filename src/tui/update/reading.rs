//! The reading pane: arrival of pages and comments, moving over them, folding, ratings.

use super::{addresses, browsing, following, mark, page_of, searching};
use crate::store::{ArticleId, DiscussionId, ReadingPosition, SliderMemory};
use crate::tui::geometry::Pane;
use crate::tui::keymap::Action;
use crate::tui::message::{Effect, Mark};
use crate::tui::model::{Arrival, Model, Spot, Undo};
use crate::tui::page::{DiscussionView, Element, HitMove, HitTarget, PageView};
use crate::work::loading::{JudgedDiscussion, PreparedArticle};

pub(super) const FOLDED: &str = "these comments are folded away, enter shows them";

/// A page that is only passed over in the list loads no larger discussion.
const PREVIEW_COMMENTS: u32 = 300;

pub(super) fn arrived(model: &mut Model, article: Option<PreparedArticle>, place: Option<ReadingPosition>) -> Vec<Effect> {
    let Some((id, arrival)) = model.awaited.take() else { return Vec::new() };
    let Some(article) = article.filter(|article| article.stored.id == id) else {
        model.page = None;
        model.show_error("this article is no longer in the store");
        return Vec::new();
    };
    let frame = model.frame(!article.stored.discussions.is_empty());
    let view = PageView::new(article, frame);
    if arrival == Arrival::Follow {
        let mut effects = following::put(model, view);
        if let (Some(page), Some(place)) = (&mut model.page, &place) {
            page.restore(place);
        }
        model.place = place;
        effects.extend(opened(model, Arrival::Open));
        return effects;
    }
    let before = model.page.replace(view);
    match (&mut model.page, before) {
        (Some(page), Some(before)) if before.article.id == id => page.take_images_of(before),
        (_, before) => model.left.page = before,
    }
    model.place = model.place.take().or(place);
    if let (Some(page), Some(place)) = (&mut model.page, &model.place) {
        page.restore(place);
    }
    let effects = if arrival == Arrival::Preview { wanted(model, false) } else { opened(model, arrival) };
    searching::show_hit(model);
    effects
}

/// An article is being read. The one that is shown meanwhile would be taken for it.
pub(super) fn reading(model: &mut Model, id: ArticleId) -> Vec<Effect> {
    let is_followed = matches!(model.awaited, Some((_, Arrival::Follow)));
    if !is_followed && model.page.as_ref().is_some_and(|page| page.article.id != id) {
        model.left.page = model.page.take();
    }
    Vec::new()
}

/// A search of a long page goes on, and to the first hit once there is one.
pub(super) fn search_on(model: &mut Model) -> Vec<Effect> {
    let Some(page) = &mut model.page else { return Vec::new() };
    let gone = page.search_on();
    searching::show_hit(model);
    gone.map_or_else(Vec::new, |(target, moved)| gone_to_hit(model, target, moved))
}

/// After going to a hit: on to the list's next where the page has no more, and says so where there is none.
pub(super) fn gone_to_hit(model: &mut Model, target: HitTarget, moved: HitMove) -> Vec<Effect> {
    let Some(page) = model.page.as_mut().filter(|_| moved == HitMove::None) else { return Vec::new() };
    let Some(search) = &page.search else { return Vec::new() };
    if search.is_of_query() {
        return searching::next_hits(model, target != HitTarget::Previous);
    }
    let words = search.words.clone();
    page.end_search();
    searching::show_hit(model);
    model.show_status(format!("not found on this page: {words}"));
    Vec::new()
}

/// The discussions to load now.
pub(super) fn wanted(model: &Model, opened: bool) -> Vec<Effect> {
    let Some(page) = &model.page else { return Vec::new() };
    let wanted: Vec<(DiscussionId, u32)> =
        page.wants().filter(|(_, comments)| opened || *comments <= PREVIEW_COMMENTS).collect();
    load(model, &wanted)
}

/// Loads discussions of the page, each given with the number of its comments.
pub(super) fn load(model: &Model, wanted: &[(DiscussionId, u32)]) -> Vec<Effect> {
    let Some(page) = &model.page else { return Vec::new() };
    let effect = |&(id, comments): &(DiscussionId, u32)| {
        let place = page.discussions.iter().find(|view| view.head.id == id)?.head.place.to_string();
        Some(Effect::LoadDiscussion { id, comments, source: page.article.source.clone(), place })
    };
    wanted.iter().filter_map(effect).collect()
}

pub(super) fn discussion_arrived(model: &mut Model, judged: JudgedDiscussion, memory: Option<SliderMemory>) -> Vec<Effect> {
    let Some(source) = model.page.as_ref().map(|page| page.article.source.clone()) else { return Vec::new() };
    let defaults = model.defaults(&source);
    let place = model.place.take();
    let Some(page) = &mut model.page else { return Vec::new() };
    // The rules may have changed since it was asked for.
    let is_judged = judged.rules == model.rules;
    page.load(judged, memory, defaults);
    let unread = if is_judged { Vec::new() } else { page.apply_rules(&model.rules) };
    if let Some(place) = place {
        page.restore(&place);
        if page.wants().next().is_some() {
            model.place = Some(place);
        }
    }
    if let Some(element) = model.spot {
        put_at_top(page, element);
    }
    searching::show_hit(model);
    load(model, &unread)
}

/// The reader goes into the page: the keys are there, and it counts as read.
pub(super) fn opened(model: &mut Model, arrival: Arrival) -> Vec<Effect> {
    model.set_focus(Pane::Page);
    let Some(page) = &mut model.page else { return Vec::new() };
    page.opened = true;
    let (id, unread) = (page.article.id, !page.article.read);
    model.reading = Some(page.article.article.title.to_string());
    if let Arrival::OpenAt(spot) = arrival {
        model.spot = spot_on(page, spot);
        if let Some(element) = model.spot {
            put_at_top(page, element);
        }
    }
    let mut effects = wanted(model, true);
    effects.extend(super::image_requests::opened(model));
    let mut afterwards = super::title(model);
    if unread && model.settings.list.mark_read != crate::tui::MarkRead::Never {
        afterwards.extend(mark(model, vec![id], Mark::Read(true), Mark::Read(false)));
    }
    afterwards.push(Effect::SaveSession(Box::new(model.session())));
    afterwards.extend(super::discussions::opened(model));
    afterwards.push(Effect::Relate(id));
    effects.push(Effect::Afterwards(afterwards));
    effects
}

/// The page is left: its slider is remembered; if the reader went into it, its comments have been seen and the place
/// is kept.
pub(super) fn leave(model: &mut Model) -> Vec<Effect> {
    let mut effects = following::leave(model);
    effects.extend(model.page.as_mut().map(leave_page).unwrap_or_default());
    effects
}

/// The same for one page.
pub(super) fn leave_page(page: &mut PageView) -> Vec<Effect> {
    let source = page.article.source.clone();
    let save = |view: &mut DiscussionView| {
        let moved = std::mem::take(&mut view.moved);
        let memory = view.loaded.as_ref().filter(|_| moved)?.memory();
        Some(Effect::SaveSlider { source: source.clone(), place: view.head.place.to_string(), memory })
    };
    let mut effects: Vec<Effect> = page.discussions.iter_mut().filter_map(save).collect();
    if !std::mem::take(&mut page.opened) {
        return effects;
    }
    page.end_search();
    let seen = |view: &DiscussionView| Some(Effect::MarkSeen(view.head.id, view.loaded.as_ref()?.last));
    let mut afterwards: Vec<Effect> = page.discussions.iter().filter_map(seen).collect();
    afterwards.push(Effect::SavePlace { article: page.article.id, place: page.place(false) });
    afterwards.push(Effect::LoadHeadline(page.article.id));
    effects.push(Effect::Afterwards(afterwards));
    effects
}

/// Moves over the page, saying so where it cannot; new comments that are scrolled past have been seen.
pub(super) fn moving(model: &mut Model, at_end: Option<&str>, go: impl FnOnce(&mut PageView) -> bool) -> Vec<Effect> {
    let Some(page) = &mut model.page else { return Vec::new() };
    let was_finished = page.finished;
    let (moved, passed) = page.moving(go);
    let (article, finished) = (page.article.id, page.finished && !was_finished);
    if let Some(said) = at_end.filter(|_| !moved) {
        model.show_status(said);
    }
    let mark = |(discussion, comments)| Effect::MarkPassed { discussion, comments };
    let mut effects: Vec<Effect> = passed.into_iter().map(mark).collect();
    if !effects.is_empty() {
        effects.push(Effect::LoadHeadline(article));
    }
    if finished {
        model.is_recommended_known = false;
        effects.push(Effect::SetFinished(article));
    }
    effects
}

pub(super) fn enter(model: &mut Model) -> Vec<Effect> {
    let Some(page) = page_of(model) else { return Vec::new() };
    match page.cursor() {
        Element::Row(n, row) => {
            page.change(n, |loaded| loaded.toggle(row));
            Vec::new()
        }
        Element::Discussion(n) => {
            page.change(n, |loaded| loaded.fold_all());
            Vec::new()
        }
        Element::Related(_) | Element::Recommended(_) | Element::ExploreFurther => match page.address() {
            _ if page.stored_story().is_some() => {
                let id = page.stored_story().unwrap_or(page.article.id);
                following::follow_stored(model, id)
            }
            Some(address) if page.article.article.url.as_deref() != Some(address.as_str()) => {
                addresses::open_address(model, address)
            }
            _ => {
                model.show_status("this page tells no address for that story");
                Vec::new()
            }
        },
        _ => match page.links_under_cursor().as_slice() {
            [link] => {
                let address = link.address.to_string();
                addresses::open_address(model, address)
            }
            [] => {
                model.show_status("there is nothing to open here");
                Vec::new()
            }
            _ => addresses::on_screen(model),
        },
    }
}

/// `e`: what the last update changed, or the page as it is now.
pub(super) fn changes(model: &mut Model) -> Vec<Effect> {
    let Some(page) = page_of(model) else { return Vec::new() };
    let said = match page.toggle_changes() {
        None => "no change of this article is known: it is as it came".to_owned(),
        Some(_) if !page.shows_changes() => "the article as it is now".to_owned(),
        Some((removed, added)) => format!("what the update changed: {removed} gone (-), {added} new (+)"),
    };
    page.search_again();
    model.show_status(said);
    Vec::new()
}

/// `V`: what is in the spoilers under the cursor, or their titles only.
pub(super) fn spoilers(model: &mut Model) -> Vec<Effect> {
    let Some(page) = page_of(model) else { return Vec::new() };
    if page.toggle_spoilers().is_none() {
        model.show_status("there is no spoiler here");
    }
    Vec::new()
}

pub(super) fn fold(model: &mut Model, action: Action) -> Vec<Effect> {
    let Some(page) = page_of(model) else { return Vec::new() };
    match (action, page.cursor(), page.governed()) {
        (Action::Fold, Element::Row(n, row), _) => {
            page.change(n, |loaded| loaded.fold(row));
        }
        (Action::FoldAll, _, Some(n)) => {
            page.change(n, |loaded| loaded.fold_all());
        }
        (Action::FoldRead, _, Some(n)) => {
            let folded = page.change(n, |loaded| loaded.has_new().then(|| loaded.fold_read())).flatten();
            model.show_status(match folded {
                None => "no comment here is new".to_owned(),
                Some(1) => "1 thread without new comments folded".to_owned(),
                Some(n) => format!("{n} threads without new comments folded"),
            });
        }
        _ => model.show_status("there is no comment under the cursor"),
    }
    Vec::new()
}

pub(super) fn hoist(model: &mut Model, action: Action) -> Vec<Effect> {
    let down = action == Action::Hoist;
    let back = model.settings.keymap.hint(Action::Unhoist);
    let Some(page) = page_of(model) else { return Vec::new() };
    let done = page.hoist(down);
    page.search_again();
    model.show_status(match (down, done) {
        (true, true) => format!("this thread alone ({back} brings the page back)"),
        (true, false) => "there is no comment under the cursor".to_owned(),
        (false, true) => "the whole page".to_owned(),
        (false, false) => "this is the whole page".to_owned(),
    });
    Vec::new()
}

/// Where a part of the page begins; for the comments, the discussion after the one under the cursor.
fn spot_on(page: &PageView, spot: Spot) -> Option<Element> {
    let article = &page.article.article;
    match spot {
        Spot::Article => Some(Element::Header),
        Spot::Related if article.explore_further.is_some() => Some(Element::ExploreFurther),
        Spot::Related if !article.related.is_empty() => Some(Element::RelatedHead),
        Spot::Related if !article.recommended.is_empty() => Some(Element::RecommendedHead),
        Spot::Comments if !page.discussions.is_empty() => Some(Element::Discussion(match page.cursor() {
            Element::Discussion(n) | Element::Row(n, _) => (n + 1) % page.discussions.len(),
            _ => 0,
        })),
        _ => None,
    }
}

/// Puts a part of the page at the top of the screen. The cursor goes from the line that opens a discussion on to its
/// first comment, so that the keys for comments work at once.
fn put_at_top(page: &mut PageView, element: Element) {
    page.go_to_top(page.position(element));
    if let Element::Discussion(n) = element
        && page.discussions[n].loaded.as_ref().is_some_and(|loaded| !loaded.rows.is_empty())
    {
        page.move_down();
    }
}

/// `c`, `a`, `r`: to a part of the page, going into it first if need be.
pub(super) fn go(model: &mut Model, action: Action) -> Vec<Effect> {
    let spot = match action {
        Action::GoComments => Spot::Comments,
        Action::GoRelated => Spot::Related,
        _ => Spot::Article,
    };
    if model.focus != Pane::Page {
        return browsing::open(model, Arrival::OpenAt(spot));
    }
    model.spot = model.page.as_ref().and_then(|page| spot_on(page, spot));
    if let (Some(page), Some(element)) = (&mut model.page, model.spot) {
        put_at_top(page, element);
    } else {
        model.show_status(if spot == Spot::Comments {
            "there are no comments on this page"
        } else {
            "there are no related stories on this page"
        });
    }
    Vec::new()
}

/// `n` and `N`: search hits while a search is live, else new comments, else unread articles. Inside a discussion the key
/// first says that no more comments are new that way, and goes on to another article when it is pressed again. So it does
/// wherever it put comments on the page that `came` meanwhile: they would count as seen without having been shown.
pub(super) fn next(model: &mut Model, forward: bool, again: bool, came: bool) -> Vec<Effect> {
    let Some(page) = model.page.as_mut().filter(|_| model.focus == Pane::Page) else {
        return browsing::next_unread(model, forward);
    };
    if page.search.is_some() {
        let target = if forward { HitTarget::Next } else { HitTarget::Previous };
        let moved = page.go_to_hit(target);
        return gone_to_hit(model, target, moved);
    }
    if page.go_to_new(forward) {
        return Vec::new();
    }
    let in_discussion = matches!(page.cursor(), Element::Row(..) | Element::Discussion(_));
    if again || !(in_discussion || came) {
        return browsing::next_unread(model, forward);
    }
    let (key, way, goal) = if forward { (Action::Next, "below", "next") } else { (Action::Previous, "above", "previous") };
    let key = model.settings.keymap.hint(key);
    model.show_status(format!("no new comments {way} ({key}: {goal} unread)"));
    model.found_no_more = Some(forward);
    Vec::new()
}

/// Moves along the threads.
pub(super) fn walk(model: &mut Model, action: Action) -> Vec<Effect> {
    let Some(page) = page_of(model) else { return Vec::new() };
    let governed = page.governed().and_then(|n| Some((n, page.discussions[n].loaded.as_ref()?)));
    // The way into the comments from anywhere above them.
    let before = |n: usize| page.position(page.cursor()) <= page.position(Element::Discussion(n));
    if let (Action::NextOpen, Some((n, loaded))) = (action, governed)
        && before(n)
        && let Some(row) = loaded.next_open(None, true)
    {
        page.go_to(page.position(Element::Row(n, row)));
        return Vec::new();
    }
    let (Element::Row(n, row), Some((_, loaded))) = (page.cursor(), governed) else {
        model.show_status("there is no comment under the cursor");
        return Vec::new();
    };
    let thread = &loaded.thread;
    let seat = loaded.rows[row].place as usize;
    let seat_row = |seat: usize| crate::domain::slider::row_for(thread, &loaded.rows, seat);
    let depth = loaded.depth_of_row(row);
    let on_level = |rows: &mut dyn Iterator<Item = usize>| {
        rows.take_while(|n| loaded.depth_of_row(*n) >= depth).find(|n| loaded.depth_of_row(*n) == depth)
    };
    let (found, nothing) = match action {
        // By rows, since a folded run stands for several siblings.
        Action::NextSibling => (on_level(&mut (row + 1..loaded.rows.len())), "no further comment on this level"),
        Action::PreviousSibling => (on_level(&mut (0..row).rev()), "no earlier comment on this level"),
        Action::GoParent => (thread.parent(seat).and_then(seat_row), "this comment begins its thread"),
        Action::GoRoot => (seat_row(thread.root(seat)).filter(|root| *root != row), "this comment begins its thread"),
        Action::NextHigher => (loaded.higher(row, true), "no open comment of higher rank further down"),
        Action::PreviousHigher => (loaded.higher(row, false), "no open comment of higher rank further up"),
        Action::NextOpen => (loaded.next_open(Some(row), true), "no open comment further down"),
        _ => (loaded.next_open(Some(row), false), "no open comment further up"),
    };
    match found {
        Some(row) => page.go_to(page.position(Element::Row(n, row))),
        None => model.show_status(nothing),
    }
    Vec::new()
}

/// The reader's own rating of the comment under the cursor, else of the article.
pub(super) fn rate(model: &mut Model, rating: u8) -> Vec<Effect> {
    let in_page = model.page.as_ref().filter(|_| model.focus == Pane::Page);
    if in_page.is_some_and(PageView::is_on_run) {
        model.show_status(format!("not rated: {FOLDED}"));
        return Vec::new();
    }
    let comment = in_page.and_then(|page| {
        let (n, _, idx) = page.comment_at_cursor()?;
        let loaded = page.discussions[n].loaded.as_ref()?;
        let before = loaded.states.get(idx.index()).map_or(0, |state| state.own_rating);
        Some((page.discussions[n].head.id, loaded.comment(idx).id.clone(), before))
    });
    let said = if rating == 0 { "rating taken back".to_owned() } else { format!("rated {rating}") };
    if let Some((discussion, comment, back)) = comment {
        model.show_status(said);
        show_rating(model, discussion, &comment, rating);
        model.can_undo(Undo::CommentRating { discussion, comment: comment.clone(), back });
        return vec![Effect::RateComment { discussion, comment, rating }];
    }
    let page = model.page.as_ref().filter(|_| model.focus == Pane::Page).map(|page| (page.article.id, page.article.own_rating));
    let Some((id, before)) = page.or_else(|| model.list.selected().map(|row| (row.id, row.own_rating))) else {
        model.show_status("there is no article here");
        return Vec::new();
    };
    model.show_status(said);
    mark(model, vec![id], Mark::Rated(rating), Mark::Rated(before))
}

pub(super) fn show_rating(model: &mut Model, discussion: DiscussionId, comment: &str, rating: u8) {
    let Some(page) = &mut model.page else { return };
    let Some(n) = page.discussions.iter().position(|view| view.head.id == discussion) else { return };
    page.changing_text(|page| {
        if let Some(loaded) = &mut page.discussions[n].loaded
            && let Some(idx) = loaded.find(comment)
        {
            loaded.states[idx.index()].own_rating = rating;
        }
    });
}
