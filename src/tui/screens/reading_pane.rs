//! The reading pane: the lines on the screen, the cursor's mark beside them, the slider's row at the foot.

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::widgets::Widget;
use ratatui_image::sliced::SlicedImage;

use super::paint::{Pen, styled};
use crate::domain::text::{LinkId, width};
use crate::tui::geometry::Pane;
use crate::tui::model::Model;
use crate::tui::page::{DrawnLine, PageView, RowMarks, slider_row};
use crate::tui::terminal::ScreenLink;
use crate::tui::theme::Role;

pub(super) fn draw(model: &Model, buffer: &mut Buffer) {
    let inner = model.geometry.inner(Pane::Page);
    let Some(page) = &model.page else {
        let mut pen = Pen::new(model, buffer, inner);
        let is_coming = model.awaited.is_some();
        pen.text(if is_coming { " loading" } else { " no article" }, Role::Dim);
        return;
    };
    let governed = page.governed();
    let area = model.geometry.page_text(governed.is_some());
    let cursor = page.cursor();
    let mark = if model.settings.ascii { ">" } else { "▌" };
    let marks = page.marks_on_screen();
    for (row, (at, line)) in page.screen().into_iter().enumerate().take(usize::from(area.height)) {
        let y = area.y + row as u16;
        let laid = page.lines(at);
        let drawn = &laid[line];
        if page.element(at) == cursor && area.x > inner.x && (line + 1 < laid.len() || laid.len() == 1) {
            let role = if model.focus == Pane::Page { Role::Focus } else { Role::Border };
            Pen::new(model, buffer, Rect::new(inner.x, y, 1, 1)).text(mark, role);
        }
        write(model, buffer, Rect { y, height: 1, ..area }, drawn);
        highlight(model, buffer, Rect { y, height: 1, ..area }, drawn, &marks[row]);
    }
    // An overlay covers letters only, never pictures.
    if model.overlay.is_in_footer() {
        pictures(buffer, page, area);
    }
    if let Some(discussion) = governed {
        slider(model, buffer, page, discussion);
    }
}

/// Where the paragraph or comment under the page's cursor begins on the screen.
pub(super) fn reading_position(model: &Model) -> Option<Position> {
    let page = model.page.as_ref()?;
    let area = model.geometry.page_text(page.governed().is_some());
    let cursor = page.cursor();
    let row = page.screen().into_iter().position(|(at, _)| page.element(at) == cursor)? as u16;
    (row < area.height).then(|| Position::new(area.x, area.y + row))
}

/// The links of the text on the screen, row by row.
pub(super) fn links(model: &Model) -> Vec<ScreenLink> {
    let Some(page) = &model.page else { return Vec::new() };
    let area = model.geometry.page_text(page.governed().is_some());
    let mut links = Vec::new();
    for (row, (at, line)) in (area.y..area.bottom()).zip(page.screen()) {
        for (columns, LinkId(number), address) in page.links_of_line(at, line) {
            let column = |n: usize| area.x.saturating_add(n as u16).min(area.right());
            links.push(ScreenLink { row, columns: column(columns.start)..column(columns.end), number, address });
        }
    }
    links
}

/// Each picture in one piece, from the first of its rows that is on the screen.
fn pictures(buffer: &mut Buffer, page: &PageView, area: Rect) {
    let rows: Vec<_> = page.screen().into_iter().map(|(at, line)| page.lines(at)[line].picture).collect();
    let mut y = 0;
    for run in rows.chunk_by(|one, next| matches!((one, next), (Some(a), Some(b)) if a.link == b.link && a.row < b.row)) {
        if let Some(first) = run[0]
            && let Some(drawn) = page.drawn(first.link)
        {
            let indent = first.indent.min(area.width);
            let room = Rect { x: area.x + indent, y: area.y + y, width: area.width - indent, height: run.len() as u16 };
            let position = (0, -(first.row as i16)).into();
            SlicedImage::new(drawn.protocol(), position).render(room.intersection(buffer.area), buffer);
        }
        y += run.len() as u16;
    }
}

fn write(model: &Model, buffer: &mut Buffer, area: Rect, line: &DrawnLine) {
    let theme = &model.settings.theme;
    let mut pen = Pen::new(model, buffer, area);
    for (text, look) in &line.spans {
        pen.styled(text, styled(theme, *look));
    }
}

/// Lays the hit's style over every place on the line where the words stand.
fn highlight(model: &Model, buffer: &mut Buffer, area: Rect, line: &DrawnLine, marks: &[Range<usize>]) {
    if marks.is_empty() {
        return;
    }
    let text: String = line.spans.iter().map(|(text, _)| text.as_ref()).collect();
    for mark in marks {
        let x = area.x + width(&text[..mark.start]) as u16;
        let right = (x + width(&text[mark.clone()]) as u16).min(area.right());
        if x < right {
            buffer.set_style(Rect { x, width: right - x, ..area }, model.settings.theme.style(Role::Hit));
        }
    }
}

fn slider(model: &Model, buffer: &mut Buffer, page: &PageView, discussion: usize) {
    let area = model.geometry.slider();
    if area.is_empty() {
        return;
    }
    match &page.discussions[discussion].loaded {
        Some(loaded) => {
            let (came, columns) = (page.discussions[discussion].came(), usize::from(area.width));
            let row = slider_row(loaded, came, columns, RowMarks::of(&model.settings));
            write(model, buffer, area, &row.line);
        }
        None => {
            let mut pen = Pen::new(model, buffer, area);
            let count = page.discussions[discussion].head.comments;
            let what = if page.opened { "loading" } else { "enter loads them" };
            pen.styled(&format!("{count} comments: {what}"), Style::new().patch(model.settings.theme.style(Role::Dim)));
        }
    }
}
