//! The files that go with an article, which stand at its text's end as if they were links in it.

use crate::domain::article::{Article, clock_time};
use crate::domain::text::{Block, CleanText, Emphasis, Link, LinkId, Span, clean};

/// Puts them at the end of the body, with the parts of the recording and how many saw it.
pub(super) fn append(article: &mut Article) {
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
