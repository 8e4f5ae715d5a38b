//! The sections pane.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::paint::Pen;
use crate::domain::text::width;
use crate::store::{COUNTED_UNREAD, Section};
use crate::tui::geometry::Pane;
use crate::tui::model::{Model, Overlay};
use crate::tui::theme::Role;

/// Deeper folders stand no further to the right.
const DEEPEST: usize = 6;

pub(super) fn draw(model: &Model, buffer: &mut Buffer) {
    let area = model.geometry.inner(Pane::Sections);
    if model.sections.is_empty() && matches!(model.overlay, Overlay::FindSource { .. }) {
        Pen::new(model, buffer, Rect { height: 1.min(area.height), ..area }).fitting(" no source is called that", Role::Dim);
    }
    for (line, (at, row)) in
        model.sections.iter().enumerate().skip(model.section_top).take(usize::from(area.height)).enumerate()
    {
        let at_cursor = at == model.section_cursor;
        let row_area = Rect { y: area.y + line as u16, height: 1, ..area };
        let mut pen = Pen::row(model, buffer, row_area, at_cursor, model.focus == Pane::Sections);
        let (count, role) = match row.section {
            Section::Source(_) | Section::Folder(_) | Section::Search(_) | Section::Recommended | Section::All => {
                (row.unread, if row.unread > 0 { Role::Unread } else { Role::Text })
            }
            _ => (row.total, if row.total > 0 { Role::Unread } else { Role::Text }),
        };
        let new = if row.new_comments > 0 { format!("+{} ", short(row.new_comments)) } else { String::new() };
        // Beyond that, hits are not counted.
        let is_many = matches!(row.section, Section::Search(_)) && count >= COUNTED_UNREAD;
        let count = if is_many { format!("{}+", COUNTED_UNREAD - 1) } else { short(count) };
        let is_folded = model.is_folded(&row.section);
        let sign = match (&row.section, is_folded, model.settings.ascii) {
            (Section::Folder(_), false, false) => "▾ ",
            (Section::Folder(_), true, false) => "▸ ",
            (Section::Folder(_), false, true) => "- ",
            (Section::Folder(_), true, true) => "+ ",
            (Section::Source(_), ..) => " ",
            _ => "",
        };
        pen.text(&" ".repeat(row.depth.min(DEEPEST)), Role::Text);
        pen.text(sign, Role::Text);
        // An open folder need not say what its sources say.
        let fails = row.is_failing && (is_folded || matches!(row.section, Section::Source(_)));
        let gap = if new.is_empty() && count.is_empty() { "" } else { " " };
        let figures = width(gap) + width(&new) + width(&count) + 1;
        let room = pen.room().saturating_sub(figures + 2 * usize::from(fails));
        pen.field(&row.title, room, role);
        pen.text(if fails { " !" } else { "" }, Role::Warning);
        pen.text(gap, Role::Text);
        pen.text(&new, Role::New);
        pen.text(&format!("{count} "), Role::Dim);
    }
}

/// `128`, `99999`, `123k`, `1M`: never wider than five columns; nothing for none.
fn short(count: u64) -> String {
    match count {
        0 => String::new(),
        1..100_000 => count.to_string(),
        100_000..1_000_000 => format!("{}k", count / 1000),
        _ => format!("{}M", count / 1_000_000),
    }
}
