//! Where the text leads: its links by number.

use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::Range;

use super::{DrawnLine, Element, PageView};
use crate::domain::slider::Shown;
use crate::domain::text::{CleanText, Link, LinkId, width};

impl PageView {
    /// The links of an element by the numbers that its text shows, and those of the whole body for any part of it.
    fn links_at(&self, at: usize) -> Cow<'_, [Link]> {
        match self.element(at) {
            Element::Header | Element::Body(_) => Cow::Borrowed(&self.article.article.body.links),
            Element::Row(n, row) => match &self.discussions[n].loaded {
                Some(loaded) if loaded.rows[row].shown == Shown::Open => loaded.comment(loaded.row_comment(row)).body.links(),
                _ => Cow::Borrowed(&[]),
            },
            _ => Cow::Borrowed(&[]),
        }
    }

    /// The link at a column of a row of the screen.
    pub fn link_at(&self, row: usize, column: usize) -> Option<Link> {
        let (at, line) = *self.screen().get(row)?;
        let lines = self.lines(at);
        let mut end = 0;
        let (_, look) = lines[line].spans.iter().find(|(text, _)| {
            end += width(text);
            column < end
        })?;
        let LinkId(n) = look.link?;
        self.links_at(at).get(n as usize).cloned()
    }

    /// The columns of a line that lead somewhere, with the link's number and its address. The number written behind
    /// a link belongs to it.
    pub fn links_of_line(&self, at: usize, line: usize) -> Vec<(Range<usize>, LinkId, CleanText)> {
        let lines = self.lines(at);
        let mut found: Vec<(Range<usize>, LinkId, CleanText)> = Vec::new();
        let mut column = 0;
        for (text, look) in &lines[line].spans {
            let columns = column..column + width(text);
            column = columns.end;
            let Some(id) = look.link else { continue };
            match found.last_mut() {
                Some((before, known, _)) if *known == id && before.end == columns.start => before.end = columns.end,
                _ => {
                    let links = self.links_at(at);
                    found.extend(links.get(id.0 as usize).map(|link| (columns, id, link.address.clone())));
                }
            }
        }
        found
    }

    /// True for a fold row, and for a comment that is one line: a click opens these at once.
    pub fn is_closed(&self, at: usize) -> bool {
        let Element::Row(n, row) = self.element(at) else { return false };
        self.discussions[n].loaded.as_ref().is_some_and(|loaded| loaded.rows[row].shown != Shown::Open)
    }

    /// True where a click on what is under the cursor already does what Enter does: on a story, a discussion's heading or a
    /// comment's header, and not on running text.
    pub fn opens_at_second_click(&self, row: usize) -> bool {
        let Some((at, line)) = self.screen().get(row).copied() else { return false };
        match self.element(at) {
            Element::Header | Element::Body(_) => false,
            Element::Row(..) => line == 0,
            _ => true,
        }
    }

    /// The links in the text under the cursor, each once, in reading order.
    pub fn links_under_cursor(&self) -> Vec<Link> {
        let lines = self.lines(self.cursor);
        self.links_of(lines.iter().map(|line| (self.cursor, line)))
    }

    pub fn links_at_cursor(&self) -> Cow<'_, [Link]> {
        self.links_at(self.cursor)
    }

    /// The links that are on the screen, each once, in reading order.
    pub fn links_on_screen(&self) -> Vec<Link> {
        let screen: Vec<_> = self.screen().into_iter().map(|(at, line)| (at, line, self.lines(at))).collect();
        self.links_of(screen.iter().map(|(at, line, laid)| (*at, &laid[*line])))
    }

    fn links_of<'a>(&self, lines: impl Iterator<Item = (usize, &'a DrawnLine)>) -> Vec<Link> {
        let mut links: Vec<Link> = Vec::new();
        let mut known = HashSet::new();
        for (at, line) in lines {
            let ids = line.spans.iter().filter_map(|(_, look)| look.link);
            for LinkId(n) in ids {
                if let Some(link) = self.links_at(at).get(n as usize)
                    && known.insert(link.clone())
                {
                    links.push(link.clone());
                }
            }
        }
        links
    }

    /// True if an address is that of a recording that goes with the article.
    pub fn is_recording(&self, address: &str) -> bool {
        self.article.article.enclosures.iter().any(|file| file.address.as_str() == address && file.is_recording())
    }
}
