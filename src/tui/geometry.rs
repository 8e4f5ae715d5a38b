//! Where the panes are for a size of the screen. Part of the state, so that neither scrolling nor the mouse waits for a
//! draw.

use ratatui::layout::Rect;

/// A pane that can have the keys.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Pane {
    Sections,
    #[default]
    List,
    Page,
}

impl Pane {
    pub const ALL: [Pane; 3] = [Pane::Sections, Pane::List, Pane::Page];
}

/// Side by side from so many columns on.
const TWO_PANES: u16 = 100;
const THREE_PANES: u16 = 140;
/// Below this the program only says that it needs more room.
const LEAST: (u16, u16) = (20, 5);

/// The widths of panes that the reader chose, in columns; none: as the screen has room.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Widths {
    pub sections: Option<u16>,
    pub list: Option<u16>,
    /// One pane at a time, and so no borders, however wide the screen is.
    pub one_pane: bool,
}

/// No pane is narrower.
pub const NARROWEST: u16 = 12;

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Geometry {
    pub screen: Rect,
    /// One row at the top, one at the bottom.
    pub title: Rect,
    pub footer: Rect,
    /// The panes with their borders; empty when not shown.
    pub sections: Rect,
    pub list: Rect,
    pub page: Rect,
    pub too_small: bool,
    /// True if panes have borders; one alone on a small screen has none.
    pub borders: bool,
}

fn fitting(wanted: Option<u16>, otherwise: u16, most: u16) -> u16 {
    wanted.map_or(otherwise, |wanted| wanted.clamp(NARROWEST, most.max(NARROWEST)))
}

impl Geometry {
    pub fn new(columns: u16, rows: u16, focus: Pane) -> Geometry {
        Geometry::with(columns, rows, focus, Widths::default())
    }

    /// With panes of these widths, as far as the page keeps half of the screen.
    pub fn with(columns: u16, rows: u16, focus: Pane, widths: Widths) -> Geometry {
        let screen = Rect::new(0, 0, columns, rows);
        let mut geometry = Geometry { screen, ..Geometry::default() };
        if columns < LEAST.0 || rows < LEAST.1 {
            geometry.too_small = true;
            return geometry;
        }
        geometry.title = Rect { height: 1, ..screen };
        geometry.footer = Rect { y: rows - 1, height: 1, ..screen };
        let body = Rect { y: 1, height: rows - 2, ..screen };
        // Neighbours share the border between them.
        let split = |area: Rect, first: u16| {
            (Rect { width: first + 1, ..area }, Rect { x: area.x + first, width: area.width - first, ..area })
        };
        if columns >= THREE_PANES && !widths.one_pane {
            let (sections, rest) = split(body, fitting(widths.sections, 21, columns / 4));
            let (list, page) = split(rest, fitting(widths.list, (rest.width * 2 / 5).min(56), rest.width * 2 / 3));
            geometry = Geometry { sections, list, page, borders: true, ..geometry };
        } else if columns >= TWO_PANES && !widths.one_pane {
            geometry.borders = true;
            if focus == Pane::Sections {
                let (sections, list) = split(body, fitting(widths.sections, 26, columns / 2));
                geometry = Geometry { sections, list, ..geometry };
            } else {
                let (list, page) = split(body, fitting(widths.list, body.width * 2 / 5, body.width * 2 / 3));
                geometry = Geometry { list, page, ..geometry };
            }
        } else {
            match focus {
                Pane::Sections => geometry.sections = body,
                Pane::List => geometry.list = body,
                Pane::Page => geometry.page = body,
            }
        }
        geometry
    }

    pub fn area(&self, pane: Pane) -> Rect {
        match pane {
            Pane::Sections => self.sections,
            Pane::List => self.list,
            Pane::Page => self.page,
        }
    }

    pub fn shows(&self, pane: Pane) -> bool {
        !self.area(pane).is_empty()
    }

    /// A pane's area without its border.
    pub fn inner(&self, pane: Pane) -> Rect {
        let area = self.area(pane);
        if !self.borders || area.is_empty() {
            return area;
        }
        Rect { x: area.x + 1, y: area.y + 1, width: area.width.saturating_sub(2), height: area.height.saturating_sub(2) }
    }

    /// The page's text: without the cursor's margin on both sides and without the slider's row.
    pub fn page_text(&self, slider: bool) -> Rect {
        let inner = self.inner(Pane::Page);
        let margin = if inner.width > 6 { 2 } else { 0 };
        Rect {
            x: inner.x + margin,
            width: inner.width - margin.saturating_mul(2).min(inner.width) + u16::from(margin > 0),
            height: inner.height.saturating_sub(u16::from(slider)),
            ..inner
        }
    }

    /// The slider's row, at the foot of the page pane.
    pub fn slider(&self) -> Rect {
        let inner = self.inner(Pane::Page);
        Rect {
            x: inner.x + 1,
            y: inner.bottom().saturating_sub(1),
            width: inner.width.saturating_sub(2),
            height: inner.height.min(1),
        }
    }

    pub fn pane_at(&self, column: u16, row: u16) -> Option<Pane> {
        let at = ratatui::layout::Position::new(column, row);
        Pane::ALL.into_iter().find(|pane| self.area(*pane).contains(at))
    }
}
