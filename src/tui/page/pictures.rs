//! The images of the body that are shown: where they stand among its lines.

use std::collections::{HashMap, HashSet};

use super::{DrawnLine, Element, PageView};
use crate::domain::text::{Block, LinkId, Piece, clean_line, may_open, width};
use crate::tui::theme::Role;
use crate::work::pictures::Drawn;

/// A line of the page that a row of a picture stands on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PictureRow {
    pub link: LinkId,
    pub row: u16,
    /// Columns before it.
    pub indent: u16,
}

/// The images that were asked for, by address: none while one is on its way, an error if it could not be had.
pub(super) type PageImages = HashMap<String, Option<Result<Drawn, String>>>;

/// The page's rows that a picture leaves for its caption and what is around it.
const AROUND: u16 = 5;
/// A picture gets at least so many rows, though it fills the page.
const LEAST: u16 = 4;

impl PageView {
    /// The addresses of the images of which a part is on the screen.
    pub fn images_on_screen(&self) -> Vec<String> {
        let mut found: Vec<LinkId> = Vec::new();
        for (at, line) in self.screen().into_iter().filter(|(at, _)| matches!(self.element(*at), Element::Body(_))) {
            let lines = self.lines(at);
            let caption = lines[line].caption.map(|(link, _)| link);
            let link = lines[line].picture.map(|picture| picture.link).or(caption);
            found.extend(link.filter(|link| !found.contains(link)));
        }
        found.into_iter().filter_map(|link| self.image(link)).collect()
    }

    /// The addresses of all images of the body, in order.
    pub fn images(&self) -> Vec<String> {
        let mut found = Vec::new();
        let mut seen = HashSet::new();
        for Piece { document, .. } in &self.blocks {
            collect(&document.blocks, &mut seen, &mut found);
        }
        found.into_iter().filter_map(|link| self.image(link)).collect()
    }

    fn image(&self, LinkId(n): LinkId) -> Option<String> {
        let address = self.article.article.body.links.get(n as usize)?.address.as_str();
        (may_open(address) && !address.starts_with("mailto:")).then(|| address.to_owned())
    }

    /// True if it is shown, or will be.
    pub fn shows_image(&self, address: &str) -> bool {
        self.pictures.get(address).is_some_and(|picture| !matches!(picture, Some(Err(_))))
    }

    /// The pictures that are shown or will be.
    pub fn shown_images(&self) -> Vec<String> {
        self.images().into_iter().filter(|address| self.shows_image(address)).collect()
    }

    /// Columns and rows that an image may take, and whether that is other than when last asked.
    pub fn room_for_images(&mut self) -> ((u16, u16), bool) {
        let room = (self.columns() as u16, self.frame.rows.saturating_sub(AROUND).max(LEAST));
        (room, std::mem::replace(&mut self.pictures_room, room) != room)
    }

    pub fn expect_images(&mut self, addresses: &[String]) {
        self.changing_text(|page| {
            for address in addresses {
                page.pictures.insert(address.clone(), None);
            }
        });
    }

    pub fn hide_images(&mut self, addresses: &[String]) {
        self.changing_text(|page| page.pictures.retain(|address, _| !addresses.contains(address)));
    }

    /// The result of loading an image. The visible rows stay where they are.
    pub fn take_image(&mut self, address: &str, drawn: Result<Drawn, String>) {
        if self.pictures.contains_key(address) {
            self.changing_text(|page| {
                page.pictures.insert(address.to_owned(), Some(drawn));
            });
        }
    }

    /// Takes over what another view of the same article shows.
    pub fn take_images_of(&mut self, other: PageView) {
        self.changing_text(|page| page.pictures = other.pictures);
    }

    /// The picture of an image, if it is there.
    pub fn drawn(&self, link: LinkId) -> Option<&Drawn> {
        self.pictures.get(&self.image(link)?)?.as_ref()?.as_ref().ok()
    }

    /// Puts the rows of what is shown of an image, or what became of it, before the line that its caption begins on.
    pub(super) fn with_pictures(&self, lines: Vec<DrawnLine>) -> Vec<DrawnLine> {
        if self.pictures.is_empty() {
            return lines;
        }
        let mut all = Vec::with_capacity(lines.len());
        let mut last = None;
        for line in lines {
            if let Some((link, margins)) = line.caption
                && last.replace(link) != Some(link)
            {
                // A bullet stands once, a quote's bar beside all of it.
                let margin: String = line.spans[..margins].iter().flat_map(|(text, _)| text.chars()).collect();
                let margin = margin.replace(|c| c != '▎' && c != '>', " ");
                all.extend(self.draw_image(link, &margin));
            }
            all.push(line);
        }
        all
    }

    fn draw_image(&self, link: LinkId, margin: &str) -> Vec<DrawnLine> {
        let dots = if self.frame.ascii { "..." } else { "···" };
        match self.image(link).and_then(|address| self.pictures.get(&address)) {
            None => Vec::new(),
            Some(None) => self.draw_text(&format!("{dots} fetching the image"), Role::Dim),
            Some(Some(Err(error))) => self.draw_text(&clean_line(&format!("{dots} not shown: {error}")), Role::Warning),
            Some(Some(Ok(drawn))) => {
                let line = |row| {
                    let mut line = DrawnLine::default();
                    line.push(margin, Role::Border);
                    line.picture = Some(PictureRow { link, row, indent: width(margin) as u16 });
                    line
                };
                (0..drawn.rows()).map(line).collect()
            }
        }
    }
}

fn collect(blocks: &[Block], seen: &mut HashSet<LinkId>, into: &mut Vec<LinkId>) {
    for block in blocks {
        match block {
            Block::Image { link, .. } => into.extend(seen.insert(*link).then_some(*link)),
            Block::Quote(blocks) | Block::Spoiler { blocks, .. } => collect(blocks, seen, into),
            Block::List { items, .. } => items.iter().for_each(|item| collect(item, seen, into)),
            _ => {}
        }
    }
}
