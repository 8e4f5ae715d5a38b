//! The set-up that every command receives: directories, settings, and how its output looks.

use super::dirs::AppDirs;
use super::globals::{Colour, Globals};
use super::output::{OutputStyle, may_colour, show_note};
use crate::tui::Settings;
use crate::tui::images::Images;

pub(super) struct Setup {
    pub(super) places: AppDirs,
    pub(super) settings: Settings,
    pub(super) look: OutputStyle,
}

pub(super) fn set_up(places: AppDirs, base: Settings, globals: &Globals) -> anyhow::Result<Setup> {
    let mut settings = match places.config_to_read() {
        Some(path) => {
            let (settings, warnings) = crate::config::load_over(path, base)?;
            for warning in warnings {
                show_note(&format!("warning: {warning}"));
            }
            settings
        }
        None => base,
    };
    if globals.color == Colour::Never || (globals.color == Colour::Auto && !may_colour()) {
        settings.theme = settings.theme.without_colour();
        settings.images = Images::Off;
    }
    let look = OutputStyle::of_stdout(globals.color, settings.ascii);
    Ok(Setup { places, settings, look })
}
