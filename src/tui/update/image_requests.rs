//! Images: asked for by a key, or with the article where that is configured.

use crate::tui::geometry::Pane;
use crate::tui::images::Images;
use crate::tui::keymap::Action;
use crate::tui::message::Effect;
use crate::tui::model::Model;
use crate::work::pictures::Picture;

/// At most so many images are fetched with an article; those of a longer gallery come by the key.
const UNASKED: usize = 20;

/// `I`: the images on the screen, or their captions again.
pub(super) fn toggle(model: &mut Model) -> Vec<Effect> {
    let Some(page) = &mut model.page else { return Vec::new() };
    let on_screen = page.images_on_screen();
    if on_screen.is_empty() {
        let elsewhere = page.images().len();
        model.show_status(match elsewhere {
            0 => "this article has no images".to_owned(),
            1 => "the article's image is not on the screen".to_owned(),
            n => format!("none of the article's {n} images is on the screen"),
        });
        return Vec::new();
    }
    if model.settings.images == Images::Off {
        let browser = model.settings.keymap.hint(Action::Links);
        model.show_status(format!("images are not shown in this terminal (display.images); {browser} opens them"));
        return Vec::new();
    }
    let missing: Vec<String> = on_screen.iter().filter(|address| !page.shows_image(address)).cloned().collect();
    if missing.is_empty() {
        page.hide_images(&on_screen);
        return Vec::new();
    }
    ask(model, missing)
}

/// An article was gone into.
pub(super) fn opened(model: &mut Model) -> Vec<Effect> {
    let mut effects = again(model, false);
    if let Some(page) = model.page.as_ref().filter(|_| model.settings.images_unasked && model.settings.images != Images::Off) {
        let missing = page.images().into_iter().filter(|address| !page.shows_image(address)).take(UNASKED).collect();
        effects.extend(ask(model, missing));
    }
    effects
}

/// Shows an image that was opened itself.
pub(super) fn show_one(model: &mut Model, address: String) -> Vec<Effect> {
    if model.settings.images == Images::Off {
        let browser = model.settings.keymap.hint(Action::OpenBrowser);
        model.show_status(format!("images are not shown in this terminal (display.images); {browser} opens it"));
        return Vec::new();
    }
    ask(model, vec![address])
}

fn ask(model: &mut Model, addresses: Vec<String>) -> Vec<Effect> {
    let Some(page) = &mut model.page else { return Vec::new() };
    page.expect_images(&addresses);
    load(model, addresses)
}

fn load(model: &mut Model, addresses: Vec<String>) -> Vec<Effect> {
    let Some(page) = &mut model.page else { return Vec::new() };
    let ((columns, rows), _) = page.room_for_images();
    addresses.into_iter().map(|address| Effect::LoadPicture { address, columns, rows }).collect()
}

pub(super) fn arrived(model: &mut Model, picture: Picture) -> Vec<Effect> {
    if let Some(page) = &mut model.page {
        page.take_image(&picture.address, picture.drawn);
    }
    Vec::new()
}

/// Draws the shown pictures again if the page's size changed, or the terminal may have `lost` them.
pub(super) fn again(model: &mut Model, lost: bool) -> Vec<Effect> {
    let is_seen = model.geometry.shows(Pane::Page);
    let Some(page) = model.page.as_mut().filter(|_| is_seen) else { return Vec::new() };
    let shown = page.shown_images();
    if shown.is_empty() || !(page.room_for_images().1 || lost) {
        return Vec::new();
    }
    load(model, shown)
}
