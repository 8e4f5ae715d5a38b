//! One message changes the model and asks for effects: the only place where the reader's state changes.

mod addresses;
mod beginning;
mod browsing;
mod bulk_marks;
mod counting;
mod discussions;
mod fetch;
mod following;
mod image_requests;
mod marks;
mod mouse;
mod overlay_keys;
mod piping;
mod reading;
mod recommended;
mod rules;
mod searching;
mod slider;
mod source_keys;
mod subscribe;
mod undoing;

pub use beginning::{begin, begin_at, begin_in};
pub(super) use source_keys::FIELDS;

use super::geometry::Pane;
use super::keymap::{Action, Key};
use super::message::{Effect, Msg};
use super::model::{Arrival, Model, Overlay};
use super::page::PageView;
use crate::store::{Section, SectionRow};
use crate::work::background::FetchTarget;
use undoing::{mark, undo};

pub fn update(model: &mut Model, msg: Msg) -> Vec<Effect> {
    match msg {
        Msg::Key(key) => {
            let effects = press(model, key);
            after_input(model, effects)
        }
        Msg::Click { column, row } => {
            let effects = mouse::click(model, column, row);
            after_input(model, effects)
        }
        Msg::Drag { column } => mouse::drag(model, column),
        Msg::Released => mouse::release(model),
        Msg::Wheel { column, row, down } => {
            let effects = mouse::wheel(model, column, row, down);
            after_input(model, effects)
        }
        Msg::Paste(text) => overlay_keys::paste(model, &text),
        Msg::Resize(columns, rows) => resize(model, columns, rows),
        Msg::Colors { background, text } => {
            model.settings.theme = std::mem::take(&mut model.settings.theme).on_background(background, text);
            Vec::new()
        }
        Msg::Sections(rows) => sections_arrived(model, rows),
        Msg::Headlines { stretch, rows, is_last } => browsing::arrived(model, stretch, rows, is_last),
        Msg::FillList => browsing::fill(model),
        Msg::NextUnread(row) => browsing::next_unread_arrived(model, row.map(|row| *row)),
        Msg::Found(found) => searching::arrived(model, found.map(|found| *found)),
        Msg::Related { id, related } => {
            if let Some(page) = model.page.as_mut().filter(|page| page.article.id == id) {
                page.relate(related);
            }
            Vec::new()
        }
        Msg::Recommended { recommended, listed } => recommended::arrived(model, recommended, listed),
        Msg::Listing => {
            model.list.is_waiting = true;
            Vec::new()
        }
        Msg::Counted(counts) => {
            model.unread_found = counts.into_iter().collect();
            model.show_sections();
            Vec::new()
        }
        Msg::Headline(row) => {
            browsing::renew(model, &row);
            Vec::new()
        }
        Msg::Fetch(report) => fetch::reported(model, report),
        Msg::Heads { article, heads } => discussions::heads_arrived(model, article, &heads),
        Msg::Marks { of, rows } => browsing::renew_all(model, &of, rows),
        Msg::Failing(sources) => fetch::failing_arrived(model, sources),
        Msg::Health { subscription, tries } => fetch::health_arrived(model, subscription, tries),
        Msg::Gone(id) => browsing::remove(model, id),
        Msg::Article { article, place } => reading::arrived(model, article.map(|article| *article), place),
        Msg::ReadingArticle(id) => reading::reading(model, id),
        Msg::SearchPage => reading::search_on(model),
        Msg::Discussion { judged, memory } => reading::discussion_arrived(model, *judged, memory),
        Msg::Editing(subscription) => source_keys::editing(model, subscription),
        Msg::Subscribed(answered) => subscribe::arrived(model, *answered),
        Msg::StoreChanged => browsing::reload(model),
        Msg::Visited { visited, memories } => following::arrived(model, *visited, &memories),
        Msg::VisitKept { was, id, heads } => following::kept(model, was, id, &heads),
        Msg::Picture(picture) => image_requests::arrived(model, *picture),
        Msg::Rules(rules) => rules::loaded(model, rules),
        Msg::Address { address, copies } => addresses::address_arrived(model, address, copies),
        Msg::MarkedRead(ids) => bulk_marks::marked_read(model, ids),
        Msg::MarkedUnread(marked) => bulk_marks::marked_unread(model, marked),
        Msg::Marking { marked, read } => bulk_marks::marking(model, marked, read),
        Msg::CommandEnded { name, output } => piping::ended(model, &name, output.as_deref()),
        Msg::Cleaning { removed, is_over } => bulk_marks::cleaning(model, removed, is_over),
        Msg::Said(text) => {
            model.show_status(text);
            Vec::new()
        }
        Msg::Failed(text) => {
            model.list.is_waiting = false;
            model.show_error(text);
            Vec::new()
        }
    }
}

fn resize(model: &mut Model, columns: u16, rows: u16) -> Vec<Effect> {
    model.arrange(columns, rows);
    let mut effects = browsing::preview(model);
    effects.extend(image_requests::again(model, false));
    effects
}

fn sections_arrived(model: &mut Model, rows: Vec<SectionRow>) -> Vec<Effect> {
    model.all_sections = rows;
    browsing::keep_section(model);
    let recommend = recommended::sections_arrived(model);
    model.show_sections();
    browsing::count_above(model);
    let has_searches = model.all_sections.iter().any(|row| matches!(row.section, Section::Search(_)));
    let mut effects = title(model);
    effects.extend(has_searches.then_some(Effect::CountSearches));
    effects.extend(recommend);
    effects
}

/// Work after each key and each turn of the wheel.
fn after_input(model: &mut Model, mut effects: Vec<Effect>) -> Vec<Effect> {
    if let Some(page) = &mut model.page {
        page.close_what_was_left();
    }
    effects.extend(discussions::unordered(model));
    effects
}

/// The window's title: what is read, and how many new comments there are on what is watched. Set where it has changed.
fn title(model: &mut Model) -> Vec<Effect> {
    let watched = model.all_sections.iter().find(|row| row.section == Section::Watched);
    let news = watched.map(|row| row.new_comments).filter(|new| *new > 0);
    let title =
        [news.map(|new| format!("({new} new)")), model.reading.clone()].into_iter().flatten().collect::<Vec<_>>().join(" ");
    if model.title == title {
        return Vec::new();
    }
    model.title.clone_from(&title);
    vec![Effect::SetTitle(title)]
}

fn press(model: &mut Model, key: Key) -> Vec<Effect> {
    model.said = None;
    model.spot = None;
    model.hit = None;
    model.fetching.forget();
    model.list.is_filling = false;
    let action = model.settings.keymap.action_of(key, model.focus);
    model.visits.failed = model.visits.failed.take().filter(|_| action == Some(Action::OpenBrowser));
    model.found_no_more = model.found_no_more.filter(|_| matches!(action, Some(Action::Next | Action::Previous)));
    // These stand above everything else, but for a character that is typed into an input.
    if let Some(action @ (Action::Quit | Action::Suspend | Action::Redraw)) = action
        && (model.overlay == Overlay::None || key.typed().is_none())
    {
        return act(model, action);
    }
    if model.overlay != Overlay::None {
        return overlay_keys::press(model, key, action);
    }
    if model.focus != Pane::Page && counting::digit(model, key) {
        return Vec::new();
    }
    if let (Some(action), Some(count)) = (action, model.count.take()) {
        return counting::act(model, action, count);
    }
    match (action, key.typed().and_then(|c| c.to_digit(10))) {
        (Some(action), _) => act(model, action),
        (None, Some(number @ 1..)) if model.focus == Pane::Page => addresses::open_numbered(model, number as usize),
        (None, _) => {
            let help = model.settings.keymap.hint(Action::Help);
            model.show_status(format!("{key} has no action ({help} shows the keys)"));
            Vec::new()
        }
    }
}

/// Does an action, whatever way it was chosen.
pub fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    use Action as A;
    match action {
        A::Statistics if model.focus == Pane::Sections => return fetch::health(model),
        A::Fold if model.focus == Pane::Sections => return browsing::fold(model),
        _ => {}
    }
    if let Some(effects) = following::act(model, action) {
        return effects;
    }
    if is_of_the_page(action) && !model.geometry.shows(Pane::Page) {
        let enter = model.settings.keymap.hint(A::Enter);
        model.show_status(format!("the page is not on the screen ({enter} opens it)"));
        return Vec::new();
    }
    // Keys that make the rows anew, and those that go to what may have come.
    let takes_in =
        action.entry().group == super::keymap::Group::Slider || matches!(action, A::GoComments | A::Next | A::Previous);
    let came = model.page.as_mut().filter(|_| takes_in).is_some_and(PageView::take_waiting);
    let had_no_more = model.found_no_more.take();
    match action {
        A::MoveDown => step(model, 1),
        A::MoveUp => step(model, -1),
        A::PageDown => leap(model, true, false),
        A::PageUp => leap(model, false, false),
        A::HalfDown => leap(model, true, true),
        A::HalfUp => leap(model, false, true),
        A::Top => edge(model, false),
        A::Bottom => edge(model, true),
        A::PaneLeft => pane(model, -1, false),
        A::PaneRight => pane(model, 1, false),
        A::PaneNext => pane(model, 1, true),
        A::PanePrevious => pane(model, -1, true),
        A::Enter => enter(model),
        A::Back => back(model, false),
        A::BackOrQuit => back(model, true),
        A::HistoryBack | A::HistoryForward => following::step(model, action == A::HistoryForward),
        A::NextArticle => browsing::go_by(model, 1),
        A::PreviousArticle => browsing::go_by(model, -1),
        A::Next | A::Previous => reading::next(model, action == A::Next, had_no_more == Some(action == A::Next) && !came, came),
        A::GoComments | A::GoArticle | A::GoRelated => reading::go(model, action),
        A::Search => overlay_keys::search(model),
        A::FindInStore => searching::open(model),
        A::SaveSearch => searching::ask_name(model),
        A::RemoveSearch => searching::ask_removal(model),
        A::GoToDate => searching::ask_date(model),
        A::BarUp | A::BarDown | A::FloorUp | A::FloorDown => slider::step(model, action),
        A::ToggleUnrated => slider::toggle_unrated(model),
        A::MinVotes => slider::min_votes(model),
        A::OrderNext => slider::order(model, true),
        A::OrderPrevious => slider::order(model, false),
        A::ToggleFlat => slider::flat(model),
        A::NextSibling
        | A::PreviousSibling
        | A::GoParent
        | A::GoRoot
        | A::NextOpen
        | A::PreviousOpen
        | A::NextHigher
        | A::PreviousHigher => reading::walk(model, action),
        A::Changes => reading::changes(model),
        A::Spoilers => reading::spoilers(model),
        A::Fold | A::FoldAll | A::FoldRead => reading::fold(model, action),
        A::Hoist | A::Unhoist => reading::hoist(model, action),
        A::Mute => rules::mute(model),
        A::Why => slider::why(model),
        A::Statistics => slider::statistics(model),
        A::ToggleStar | A::ToggleRead | A::ToggleWatch => marks::toggle(model, action),
        A::ReadLater => marks::toggle_later(model),
        A::Tags => marks::ask_tags(model),
        A::Note => marks::ask_note(model),
        A::MarkAllRead => bulk_marks::ask_all(model),
        A::MarkAbove | A::MarkBelow => bulk_marks::mark_beyond(model, action == A::MarkBelow),
        A::ListOrder => browsing::next_order(model),
        A::Rate => {
            model.overlay = Overlay::Rating;
            Vec::new()
        }
        A::Undo => undo(model),
        A::Links => addresses::on_screen(model),
        A::OpenBrowser => following::in_browser(model).unwrap_or_else(|| addresses::address(model, false)),
        A::CopyLink => addresses::address(model, true),
        A::CopyComment => addresses::copy_quote(model),
        A::Palette => {
            model.overlay = Overlay::Palette { input: super::input::Input::default(), selected: 0 };
            Vec::new()
        }
        A::Help => {
            model.overlay = Overlay::Help { scroll: 0, search: None };
            Vec::new()
        }
        A::Subscribe => subscribe::ask(model),
        A::EditSource => source_keys::edit(model),
        A::SourceUp | A::SourceDown => source_keys::shift(model, action == A::SourceUp),
        A::SourcesOrder => source_keys::next_order(model),
        A::HideRead => source_keys::hide_read(model),
        A::CompactRows => source_keys::compact(model),
        A::Wider | A::Narrower => source_keys::widen(model, action == A::Wider),
        A::Fetch => fetch::fetch(model),
        A::RetryFailed => vec![Effect::Fetch(FetchTarget::Failed)],
        A::CancelFetch => fetch::cancel(model),
        A::FullText => fetch::full_text(model),
        A::Failures => vec![Effect::LoadFailing],
        A::Discussions => discussions::find(model),
        A::ToggleRecommended => recommended::toggle(model),
        A::ToggleMouse => {
            model.mouse = !model.mouse;
            model.show_status(if model.mouse { "mouse on" } else { "mouse off: the terminal's own selection works" });
            vec![Effect::SetMouse(model.mouse)]
        }
        A::Images => image_requests::toggle(model),
        A::Redraw => {
            let mut effects = image_requests::again(model, true);
            effects.push(Effect::Redraw);
            effects
        }
        A::Pipe => piping::ask(model),
        A::Pager => piping::page(model),
        A::Own(at) => piping::own(model, at),
        A::DeleteArticle => marks::ask_deletion(model),
        A::Suspend => vec![Effect::Suspend],
        A::Quit => vec![Effect::Quit],
    }
}

/// Actions on the visible page: on one that is not visible they would change things unseen.
fn is_of_the_page(action: Action) -> bool {
    use Action as A;
    let on_its_own = matches!(action, A::Why | A::Statistics | A::Links | A::Images | A::CopyComment);
    on_its_own || matches!(action.entry().group, super::keymap::Group::Slider | super::keymap::Group::Threads)
}

/// The reader is left: what is on the page has been seen, and its place is kept.
pub fn leave(model: &mut Model) -> Vec<Effect> {
    reading::leave(model)
}

fn step(model: &mut Model, by: isize) -> Vec<Effect> {
    match model.focus {
        Pane::Sections => browsing::choose_section(model, model.section_cursor.saturating_add_signed(by)),
        Pane::List => browsing::move_by(model, by),
        Pane::Page => {
            let said = if by > 0 { "the end of the page" } else { "the beginning of the page" };
            reading::moving(model, Some(said), |page| if by > 0 { page.move_down() } else { page.move_up() })
        }
    }
}

fn leap(model: &mut Model, down: bool, half: bool) -> Vec<Effect> {
    if model.focus != Pane::Page {
        let rows = match model.focus {
            Pane::Sections => usize::from(model.geometry.inner(Pane::Sections).height),
            _ => model.visible_headlines(),
        };
        let by = (if half { rows.div_ceil(2) } else { rows.saturating_sub(1) }).max(1) as isize;
        return step_many(model, if down { by } else { -by });
    }
    let Some(page) = &mut model.page else { return Vec::new() };
    if down && !half && page.at_end() {
        return browsing::next_unread(model, true);
    }
    let said = if down { "the end of the page" } else { "the beginning of the page" };
    reading::moving(model, Some(said), |page| page.page_by(down, half))
}

fn step_many(model: &mut Model, by: isize) -> Vec<Effect> {
    match model.focus {
        Pane::Sections => browsing::choose_section(model, model.section_cursor.saturating_add_signed(by)),
        _ => browsing::move_by(model, by),
    }
}

fn edge(model: &mut Model, end: bool) -> Vec<Effect> {
    match model.focus {
        Pane::Sections => browsing::choose_section(model, if end { usize::MAX } else { 0 }),
        Pane::List => browsing::edge(model, end),
        Pane::Page => {
            if let Some(page) = &mut model.page {
                if end { page.go_to_end() } else { page.go_to_start() }
            }
            Vec::new()
        }
    }
}

/// To a neighbouring pane; `around` from the last to the first. Going right from the list goes into the article.
fn pane(model: &mut Model, by: isize, around: bool) -> Vec<Effect> {
    let here = Pane::ALL.iter().position(|pane| *pane == model.focus).unwrap_or(0) as isize;
    let there = if around { (here + by).rem_euclid(3) } else { (here + by).clamp(0, 2) };
    if there == here {
        model.show_status(if by < 0 { "this is the leftmost pane" } else { "this is the rightmost pane" });
        return Vec::new();
    }
    match Pane::ALL[there as usize] {
        Pane::Page => browsing::open(model, Arrival::Open),
        pane => {
            model.set_focus(pane);
            browsing::preview(model)
        }
    }
}

fn enter(model: &mut Model) -> Vec<Effect> {
    match model.focus {
        Pane::Sections if matches!(model.list.section, Section::Folder(_)) => browsing::fold(model),
        Pane::Sections => {
            model.set_focus(Pane::List);
            browsing::enter(model)
        }
        Pane::List => browsing::open(model, Arrival::Open),
        Pane::Page => reading::enter(model),
    }
}

fn back(model: &mut Model, may_quit: bool) -> Vec<Effect> {
    if !may_quit && let Some(stop) = bulk_marks::stop(model) {
        return vec![stop];
    }
    if following::stop(model) {
        return vec![Effect::StopVisit];
    }
    let in_page = model.focus == Pane::Page;
    if let Some(page) = &mut model.page
        && (page.end_typed_search() || (in_page && page.hoist(false)))
    {
        searching::show_hit(model);
        return Vec::new();
    }
    if in_page && let Some(effects) = following::go(model, false) {
        return effects;
    }
    match model.focus {
        Pane::Sections if may_quit => vec![Effect::Quit],
        Pane::Page | Pane::Sections => {
            model.set_focus(Pane::List);
            browsing::preview(model)
        }
        Pane::List if model.list.finding.is_some() => searching::end(model),
        Pane::List if !model.list.filter.is_empty() => browsing::set_filter(model, String::new()),
        Pane::List if may_quit => vec![Effect::Quit],
        Pane::List => {
            let quit = model.settings.keymap.hint(Action::BackOrQuit);
            model.show_status(format!("{quit} quits"));
            Vec::new()
        }
    }
}

fn page_of(model: &mut Model) -> Option<&mut PageView> {
    model.page.as_mut()
}
