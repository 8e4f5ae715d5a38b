//! Where the text leads: links and addresses, opened or copied; and its text as a quote.

use super::following;
use super::reading::FOLDED;
use crate::domain::text::may_open;
use crate::tui::geometry::Pane;
use crate::tui::message::Effect;
use crate::tui::model::{Model, Overlay};
use crate::tui::page::PageView;

pub(super) fn on_screen(model: &mut Model) -> Vec<Effect> {
    let links = model.page.as_ref().map(PageView::links_on_screen).unwrap_or_default();
    if links.is_empty() {
        model.show_status("no links on the screen");
    } else {
        model.overlay = Overlay::Links { links, outside: false };
    }
    Vec::new()
}

/// A digit: the link of that number in what is under the cursor.
pub(super) fn open_numbered(model: &mut Model, number: usize) -> Vec<Effect> {
    let page = model.page.as_ref().filter(|_| model.focus == Pane::Page);
    let link = page.and_then(|page| page.links_at_cursor().get(number - 1).map(|link| link.address.to_string()));
    match link {
        Some(address) => open_address(model, address),
        None => {
            model.show_status(format!("there is no link {number} under the cursor"));
            Vec::new()
        }
    }
}

/// Opens a link where the reader wants it: inside the reader, or in the browser. A recording has its own program.
pub(super) fn open_address(model: &mut Model, address: String) -> Vec<Effect> {
    let is_recording = model.page.as_ref().is_some_and(|page| page.is_recording(&address));
    let is_mail = !address.to_ascii_lowercase().starts_with("http");
    if is_recording || is_mail || !may_open(&address) || !model.settings.opens_in_place {
        return open_outside(model, address);
    }
    following::follow(model, address)
}

/// Opens an address with another program. Only web and mail addresses are opened; others are shown.
pub(super) fn open_outside(model: &mut Model, address: String) -> Vec<Effect> {
    if !may_open(&address) {
        model.show_status(format!("not opened, since it is not a web address: {address}"));
        return Vec::new();
    }
    model.show_status(format!("opening {address}"));
    let is_recording = model.page.as_ref().is_some_and(|page| page.is_recording(&address));
    vec![if is_recording { Effect::OpenRecording(address) } else { Effect::OpenAddress(address) }]
}

/// `B` and `y`: the address of what is under the page's cursor, or of the list's article.
pub(super) fn address(model: &mut Model, copies: bool) -> Vec<Effect> {
    if model.focus == Pane::Page {
        let address = model.page.as_ref().and_then(PageView::address);
        return address_arrived(model, address, copies);
    }
    let Some(article) = super::marks::marked(model) else {
        model.show_status("there is no article here");
        return Vec::new();
    };
    vec![Effect::LoadAddress { article, copies }]
}

pub(super) fn address_arrived(model: &mut Model, address: Option<String>, copies: bool) -> Vec<Effect> {
    match address {
        None => model.show_status("no address is known"),
        Some(address) if copies => {
            return vec![Effect::Copy { what: address.clone(), text: address }];
        }
        Some(address) => return open_outside(model, address),
    }
    Vec::new()
}

pub(super) fn copy_quote(model: &mut Model) -> Vec<Effect> {
    if model.page.as_ref().is_some_and(PageView::is_on_run) {
        model.show_status(format!("not copied: {FOLDED}"));
        return Vec::new();
    }
    match model.page.as_ref().and_then(PageView::quote) {
        Some(text) => vec![Effect::Copy { text, what: "the quote".to_owned() }],
        None => {
            model.show_status("there is no comment or paragraph under the cursor");
            Vec::new()
        }
    }
}
