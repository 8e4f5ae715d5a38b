//! Where the text leads: its links by number, and the files that go with an article, which stand at the text's end as if
//! they were links in it.

use std::borrow::Cow;

use super::{DrawnLine, Element, PageView};
use crate::domain::article::{Article, clock_time};
use crate::domain::slider::Shown;
use crate::domain::text::{Block, CleanText, Emphasis, Link, LinkId, Span, clean};

/// Puts them at the end of the body, with the parts of the recording and how many saw it.
pub(super) fn append_enclosures(article: &mut Article) {
    let mut links = article.body.links.clone();
    let mut linked = |address: &CleanText| {
        links.push(Link { address: address.clone() });
        Some(LinkId(links.len() as u32 - 1))
    };
    let files = article.listed_enclosures().map(|file| {
        let (name, told) = file.in_words();
        vec![span(&name, linked(&file.address)), span(&told, None)]
    });
    let files = listed("Enclosures", files.collect());
    let chapters = article.chapters.iter().map(|chapter| {
        let link = chapter.url.as_ref().and_then(&mut linked);
        vec![span(&format!("{} ", clock_time(chapter.start)), None), span(&chapter.title, link)]
    });
    let chapters = listed("Chapters", chapters.collect());
    let figures = article.audience.in_words().map(|figures| Block::Paragraph(vec![span(&figures, None)]));
    article.body.blocks.extend(files.into_iter().chain(chapters).chain(figures));
    article.body.links = links;
}

fn span(text: &str, link: Option<LinkId>) -> Span {
    Span { text: clean(text), emphasis: Emphasis::NONE, link }
}

/// A list under a heading, or nothing.
fn listed(heading: &str, items: Vec<Vec<Span>>) -> Vec<Block> {
    if items.is_empty() {
        return Vec::new();
    }
    let items = items.into_iter().map(|spans| vec![Block::Paragraph(spans)]).collect();
    vec![Block::Heading { level: 2, spans: vec![span(heading, None)] }, Block::List { start: None, items }]
}

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
        for (at, line) in lines {
            let ids = line.spans.iter().filter_map(|(_, look)| look.link);
            for LinkId(n) in ids {
                if let Some(link) = self.links_at(at).get(n as usize)
                    && !links.contains(link)
                {
                    links.push(link.clone());
                }
            }
        }
        links
    }

    /// Whether an address is that of a recording that goes with the article.
    pub fn is_recording(&self, address: &str) -> bool {
        self.article.article.enclosures.iter().any(|file| file.address.as_str() == address && file.is_recording())
    }
}
