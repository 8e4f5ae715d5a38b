//! phys.org: text dumps of its pages and its pages as saved HTML. Its comments stand below its articles.

mod head;
mod html;
mod related;
mod text;

use super::{SavedPage, Site};
use crate::domain::article::Source;
use crate::domain::notch::Notch;
use crate::domain::rank::{Hundredths, Scale};
use crate::domain::site::SiteId;
use crate::domain::text::clean_line;
use crate::format::html::find::at_saving;
use crate::format::{Format, Origin, Unreadable};

const SCALE: Scale = Scale::Stars { max: Hundredths(500) };

const KEY: &str = "phys.org";

pub(super) struct PhysOrg;

impl Site for PhysOrg {
    fn id(&self) -> SiteId {
        SiteId::new(KEY)
    }

    fn name(&self) -> &'static str {
        "phys.org"
    }

    fn file_label(&self) -> &'static str {
        "phys.org page"
    }

    fn read_html(&self, text: &str, origin: &Origin<'_>) -> Option<Result<SavedPage, Unreadable>> {
        html::is_page(text).then(|| {
            let (page, notes) = html::read_page(text, &at_saving(text, origin));
            Ok(SavedPage { format: super::file_format(self), page, notes })
        })
    }

    fn read_text(&self, text: &str, origin: &Origin<'_>) -> Option<SavedPage> {
        text::is_dump(text, origin).then(|| {
            let (page, notes) = text::read_dump(text, origin);
            SavedPage { format: Format::Saved { site: self.id(), label: "phys.org text dump" }, page, notes }
        })
    }

    /// As on its pages.
    fn default_bar(&self) -> Notch {
        Notch::Stars(Hundredths(250))
    }
}

fn source() -> Source {
    Source { key: clean_line(KEY), title: clean_line("phys.org") }
}

#[cfg(test)]
mod tests;
