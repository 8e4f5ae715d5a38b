//! The mouse does what the keys do: wheel, click to select and to open, drag the slider's handle.

use super::{addresses, browsing, overlay_keys, reading, slider};
use crate::tui::geometry::Pane;
use crate::tui::message::Effect;
use crate::tui::model::{Arrival, Model, Overlay, SliderHandle};
use crate::tui::page::{RowMarks, SliderRow, slider_row};

/// Lines that one notch of the wheel scrolls.
const WHEEL: isize = 3;

pub(super) fn click(model: &mut Model, column: u16, row: u16) -> Vec<Effect> {
    model.said = None;
    model.fetching.forget();
    model.list.is_filling = false;
    if model.overlay != Overlay::None {
        model.overlay = Overlay::None;
        return Vec::new();
    }
    let Some(pane) = model.geometry.pane_at(column, row) else { return Vec::new() };
    let inner = if pane == Pane::List { model.list_area() } else { model.geometry.inner(pane) };
    if !inner.contains((column, row).into()) {
        return Vec::new();
    }
    let line = usize::from(row - inner.y);
    match pane {
        Pane::Sections => {
            if model.focus != Pane::Sections {
                model.set_focus(Pane::Sections);
            }
            let at = model.section_top + line;
            if at < model.sections.len() { browsing::choose_section(model, at) } else { Vec::new() }
        }
        Pane::List => {
            let at = model.list.top + line / model.row_height();
            if at >= model.list.rows.len() {
                return Vec::new();
            }
            let again = at == model.list.cursor && model.focus == Pane::List;
            model.list.put(at);
            if again {
                return browsing::open(model, Arrival::Open);
            }
            model.set_focus(Pane::List);
            browsing::move_by(model, 0)
        }
        Pane::Page => {
            if on_slider(model, row) {
                model.dragging = handle_at(model, column);
                // The floor's handle is only taken hold of: a click on it moves nothing.
                return if model.dragging == Some(SliderHandle::Bar) { drag(model, column) } else { Vec::new() };
            }
            let was_focused = model.focus == Pane::Page;
            let effects = if was_focused { Vec::new() } else { browsing::open(model, Arrival::Open) };
            let Some(page) = &mut model.page else { return effects };
            let Some(at) = page.element_on_row(line) else { return effects };
            let again = was_focused && page.element(at) == page.cursor();
            let text = model.geometry.page_text(page.governed().is_some());
            let link = column.checked_sub(text.x).and_then(|column| page.link_at(line, usize::from(column)));
            let opens = page.is_closed(at) || (again && page.opens_at_second_click(line));
            page.go_to(at);
            match link {
                Some(link) => [effects, addresses::open_address(model, link.address.to_string())].concat(),
                None if opens => [effects, reading::enter(model)].concat(),
                None => effects,
            }
        }
    }
}

fn on_slider(model: &Model, row: u16) -> bool {
    let area = model.geometry.slider();
    model.page.as_ref().is_some_and(|page| page.governed().is_some()) && row == area.y && !area.is_empty()
}

/// The handle that a click takes: the floor's on its own column, else the bar's on the track or right beside it. The row's
/// label and its counts are no part of it.
fn handle_at(model: &Model, column: u16) -> Option<SliderHandle> {
    let at = usize::from(column.saturating_sub(model.geometry.slider().x));
    let row = drawn_slider(model)?;
    if row.floor == Some(at) {
        return Some(SliderHandle::Floor);
    }
    (row.track.start <= at + 1 && at <= row.track.end).then_some(SliderHandle::Bar)
}

/// The slider's row as it is drawn.
fn drawn_slider(model: &Model) -> Option<SliderRow> {
    let page = model.page.as_ref()?;
    let view = &page.discussions[page.governed()?];
    let columns = usize::from(model.geometry.slider().width);
    Some(slider_row(view.loaded.as_ref()?, view.came(), columns, RowMarks::of(&model.settings)))
}

pub(super) fn drag(model: &mut Model, column: u16) -> Vec<Effect> {
    let Some(handle) = model.dragging else { return Vec::new() };
    let at = usize::from(column.saturating_sub(model.geometry.slider().x));
    match drawn_slider(model).and_then(|row| row.notch_at(at)) {
        Some(notch) => slider::put(model, handle, notch),
        None => Vec::new(),
    }
}

pub(super) fn release(model: &mut Model) -> Vec<Effect> {
    model.dragging = None;
    Vec::new()
}

pub(super) fn wheel(model: &mut Model, column: u16, row: u16, down: bool) -> Vec<Effect> {
    let by = if down { WHEEL } else { -WHEEL };
    if overlay_keys::wheel(model, by) {
        return Vec::new();
    }
    match model.geometry.pane_at(column, row) {
        Some(Pane::Page) => reading::moving(model, None, |page| page.scroll(by)),
        // The open article stays selected: only the list's view moves.
        Some(Pane::List) if model.focus == Pane::Page => browsing::scroll(model, by.signum()),
        Some(Pane::List) => browsing::move_by(model, by.signum()),
        Some(Pane::Sections) => browsing::choose_section(model, model.section_cursor.saturating_add_signed(by.signum())),
        None => Vec::new(),
    }
}
