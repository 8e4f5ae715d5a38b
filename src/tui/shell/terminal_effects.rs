//! The terminal and other programs: titles, the clipboard, what opens an address.

use super::Shell;
use crate::domain::text::{clean_code, clean_line, prefix};
use crate::os::clipboard::ClipboardRoute;
use crate::tui::message::Msg;
use crate::tui::model::Model;
use crate::tui::programs::{Opener, feed};
use crate::tui::terminal::Screen;
use crate::work::Job;

/// The columns of a window's title.
const TITLE: usize = 200;

impl Shell {
    pub(super) fn on_screen(&mut self, act: impl FnOnce(&mut Screen)) {
        if let Some(screen) = &mut self.screen {
            act(screen);
        }
    }

    pub(super) fn set_title(&mut self, title: &str) {
        let title = if title.is_empty() { "Gleaner".to_owned() } else { format!("{title} · Gleaner") };
        self.on_screen(|screen| screen.set_title(&clean_line(prefix(&title, TITLE).0)));
    }

    pub(super) fn suspend(&mut self) -> Option<Msg> {
        let failed = self.screen.as_mut()?.suspend().err()?;
        Some(Msg::Failed(format!("the program could not be suspended: {failed}")))
    }

    /// Opens an address with a program for its kind, else with the browser.
    pub(super) fn open(&mut self, model: &Model, address: &str, program: Option<&[String]>) -> Option<Msg> {
        let settings = &model.settings;
        let in_terminal = program.is_none() && settings.browser_in_terminal;
        let opener = Opener::of(address, program.or(settings.browser.as_deref()), in_terminal);
        let lend = |argv: &[String]| match &mut self.screen {
            Some(screen) => screen.lend(argv, None),
            None => Ok(()),
        };
        opener.open(lend).err().map(Msg::Failed)
    }

    /// Tells at once, or when the program that takes the copy has ended.
    pub(super) fn copy(&mut self, text: &str, what: String, command: Option<&[String]>) -> Option<Msg> {
        // Whoever pastes it into a shell must not run what nobody saw.
        let text = clean_code(text).to_string();
        if let Some([program, arguments @ ..]) = command {
            let fed = feed(program, arguments, &text);
            return Some(fed.map_or_else(Msg::Failed, |()| Msg::Said(format!("copied {what} with {program}"))));
        }
        // Without a screen there is nobody whose clipboard it could be.
        let route = if self.screen.is_some() { ClipboardRoute::find() } else { ClipboardRoute::Terminal };
        match route {
            ClipboardRoute::Missing => {
                Some(Msg::Failed("not copied: this terminal has no clipboard (set [open] copy in the config)".to_owned()))
            }
            ClipboardRoute::Terminal => {
                self.on_screen(|screen| screen.copy(&text));
                Some(Msg::Said(format!("sent {what} to the terminal's clipboard")))
            }
            route => {
                let ticket = self.tickets.issue();
                self.programs.add(ticket);
                self.workers.submit(ticket, Job::Copy { route, text, what });
                None
            }
        }
    }
}
