//! The reader. Terminal events and workers' answers become messages; [`update`] alone changes the [`Model`] and gives
//! effects as data; the shell performs them; [`screens`] draw what is.

pub mod commands;
mod dates;
mod fetches;
mod fetching;
mod finding;
pub mod geometry;
mod help;
pub mod images;
mod input;
mod key;
mod keyboard;
pub mod keymap;
pub mod layout;
mod list;
pub mod message;
pub mod model;
mod overlay;
pub mod page;
mod palette;
mod programs;
pub mod screens;
mod section_names;
mod sections;
mod shell;
mod snapshot;
mod steps;
pub mod terminal;
#[cfg(test)]
mod tests;
pub mod theme;
mod undo;
pub mod update;
mod visits;

pub use model::Model;
pub use shell::{Start, run};
pub use snapshot::snapshot;

use crate::domain::notch::NotchInput;
use crate::domain::order::Order;
use crate::domain::rules::Rule;

/// How the reader looks and behaves, from the configuration.
#[derive(Clone, PartialEq, Debug)]
pub struct Settings {
    pub theme: theme::Theme,
    pub keymap: keymap::Keymap,
    /// Borders, histogram and marks in ASCII only.
    pub ascii: bool,
    /// Text is written in ASCII as well: the locale's encoding is not UTF-8.
    pub ascii_text: bool,
    /// The widest column of text, in columns.
    pub text_width: u16,
    pub mouse: bool,
    /// Links are hyperlinks of the terminal (OSC 8).
    pub hyperlinks: bool,
    pub widths: geometry::Widths,
    pub list: ListSettings,
    pub images: images::Images,
    /// True if an article's images are fetched as it is opened, not only by the key.
    pub images_unasked: bool,
    /// Recommend articles, made from what was starred, rated and read to its end.
    pub recommendations: bool,
    /// For who hears the screen read: one pane without borders, no histograms, and the terminal's cursor where one reads.
    pub screen_reader: bool,
    /// The order of a discussion that the reader has not chosen one for.
    /// The order of comments; none: the site's, see [`default_order`](crate::site::default_order).
    pub order: Option<Order>,
    pub flat: bool,
    /// Where the bar starts for a place that has no memory of its own; none: 2.5 for phys.org, Off elsewhere.
    pub bar: Option<NotchInput>,
    pub new_stay_open: bool,
    /// Score rules of the configuration; the store has more.
    pub rules: Vec<Rule>,
    /// Program and arguments that open an address, which is added as one argument; none: the system's browser.
    pub browser: Option<Vec<String>>,
    /// The same for sound and film; none: as any address.
    pub media: Option<Vec<String>>,
    /// The same for PDF files; none: as any address.
    pub documents: Option<Vec<String>>,
    /// Links open inside the reader, not in the browser.
    pub opens_in_place: bool,
    /// Program and arguments that take a copy on standard input; none: see [`crate::os::clipboard`].
    pub copy: Option<Vec<String>>,
    /// The browser has the terminal until it ends, as w3m and lynx want.
    pub browser_in_terminal: bool,
    /// The reader's own commands, and what writes articles for them; none: there are no programs to give them to.
    pub commands: Vec<commands::OwnCommand>,
    pub renderer: Option<commands::Renderer>,
    /// The program that shows text by screens.
    pub pager: Vec<String>,
    /// Settings for fetching sources.
    pub fetch: crate::work::fetch::FetchSettings,
}

/// How the list behaves.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct ListSettings {
    /// One line an article.
    pub is_compact: bool,
    pub mark_read: MarkRead,
    /// `m` goes on to the next article.
    pub mark_advances: bool,
}

/// When an article counts as read by itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum MarkRead {
    /// When the reader goes into it.
    #[default]
    OnOpen,
    /// Also when the list's cursor leaves it.
    OnScroll,
    Never,
}

impl MarkRead {
    pub const ALL: [(MarkRead, &'static str); 3] =
        [(MarkRead::OnOpen, "open"), (MarkRead::OnScroll, "scroll"), (MarkRead::Never, "never")];
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            theme: theme::Theme::default(),
            keymap: keymap::Keymap::default(),
            ascii: false,
            ascii_text: false,
            text_width: 80,
            mouse: true,
            hyperlinks: true,
            widths: geometry::Widths::default(),
            list: ListSettings::default(),
            images: images::Images::Auto,
            images_unasked: false,
            recommendations: true,
            screen_reader: false,
            order: None,
            flat: false,
            bar: None,
            new_stay_open: false,
            rules: Vec::new(),
            browser: None,
            media: None,
            documents: None,
            opens_in_place: true,
            copy: None,
            browser_in_terminal: false,
            commands: Vec::new(),
            renderer: None,
            pager: vec!["less".to_owned()],
            fetch: crate::work::fetch::FetchSettings::default(),
        }
    }
}
