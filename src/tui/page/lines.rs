//! Lines of the reading pane, ready to draw: text with a role for every stretch.

use crate::domain::text::{Emphasis, LinkId, width};
use crate::tui::layout::{Line, TagKind};
use crate::tui::page::PictureRow;
use crate::tui::theme::Role;

/// How a stretch of a line looks and where it leads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SpanLook {
    pub role: Role,
    pub emphasis: Emphasis,
    pub link: Option<LinkId>,
}

impl From<Role> for SpanLook {
    fn from(role: Role) -> SpanLook {
        SpanLook { role, emphasis: Emphasis::NONE, link: None }
    }
}

/// One line, drawn stretch by stretch.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct DrawnLine {
    pub spans: Vec<(Box<str>, SpanLook)>,
    /// The image whose caption this is, and how many stretches stand before it.
    pub caption: Option<(LinkId, usize)>,
    pub picture: Option<PictureRow>,
}

impl DrawnLine {
    pub fn push(&mut self, text: &str, look: impl Into<SpanLook>) {
        if !text.is_empty() {
            self.spans.push((text.into(), look.into()));
        }
    }

    pub fn width(&self) -> usize {
        self.spans.iter().map(|(text, _)| width(text)).sum()
    }

    /// A laid-out line behind a prefix of guides.
    pub fn of(prefix: &str, line: &Line, base: Role) -> DrawnLine {
        let mut drawn = DrawnLine::default();
        drawn.push(prefix, Role::Border);
        for (range, tag) in &line.runs {
            if let (TagKind::Caption, Some(link)) = (tag.kind, tag.link) {
                drawn.caption = Some((link, drawn.spans.len()));
            }
            let role = match tag.kind {
                TagKind::Text if tag.link.is_some() => Role::Link,
                TagKind::Text if tag.emphasis.code => Role::Code,
                TagKind::Text => base,
                TagKind::Heading => Role::Heading,
                TagKind::Code => Role::Code,
                TagKind::Ornament => Role::Border,
                TagKind::Quoted => Role::Quote,
                TagKind::Caption | TagKind::LinkNumber => Role::Dim,
            };
            drawn.push(&line.text[range.clone()], SpanLook { role, emphasis: tag.emphasis, link: tag.link });
        }
        drawn
    }
}

/// The `│ ` guides of a comment at a depth, never so many that less than `MIN_TEXT` columns are left for the text:
/// beyond that the depth is told as a number.
pub(super) fn guides(depth: u16, columns: usize, ascii: bool) -> String {
    const MIN_TEXT: usize = 28;
    let bar = if ascii { "| " } else { "│ " };
    let levels = usize::from(depth);
    let room = columns.saturating_sub(MIN_TEXT) / 2;
    if levels <= room {
        return bar.repeat(levels);
    }
    let number = format!("{depth}{}", if ascii { "> " } else { "› " });
    bar.repeat(room.saturating_sub(number.len() / 2)) + &number
}
