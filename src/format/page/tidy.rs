//! Lines of an article that no class tells apart: its headline and dateline again, links to other articles under a
//! label, requests to subscribe.

use std::collections::HashSet;

use super::PageHead;
use crate::domain::article::Related;
use crate::domain::text::{Block, CleanText, Document, Span, spans_text};

/// Lines that begin a list of other articles, or a link to one.
#[rustfmt::skip]
const LABELS: &[&str] = &[
    "also", "also read", "also see", "don't miss", "don’t miss", "latest news", "latest stories", "more", "more news", "more on this",
    "more on this story", "more stories", "most popular", "most read", "popular", "read also", "read more", "read next",
    "recommended", "recommended for you", "recommended stories", "related", "related articles", "related content",
    "related coverage", "related links", "related news", "related post", "related posts", "related stories", "related story",
    "related topics", "see more", "top stories", "trending", "trending now", "up next", "what to read next", "you may also like",
    "you might also like", "you may like",
    "das könnte sie auch interessieren", "lesen sie auch", "mehr zum thema", "à lire aussi", "lire aussi", "sur le même sujet",
    "leggi anche", "potrebbe interessarti", "lea también", "lee también", "noticias relacionadas", "te puede interesar",
    "leia também", "veja também", "lees ook", "läs också", "les også", "læs også", "czytaj też", "czytaj także", "читайте также",
    "関連記事", "相关阅读", "相关新闻", "관련기사",
];

/// Lines that are no part of any text.
#[rustfmt::skip]
const LONE: &[&str] = &[
    "ad", "advert", "advertisement", "sponsored", "sponsored content", "article continues below", "close", "caption",
    "article continues after advertisement", "story continues below advertisement", "continue reading", "click to enlarge",
    "comment", "comments", "leave a comment", "post a comment", "post comment", "post comment (+)", "email", "print", "share", "share on",
    "share this", "share this article", "share this post", "share this story", "sharing is caring", "like this", "loading",
    "sign up", "subscribe", "subscribe now", "this slideshow requires javascript",
    "anzeige", "werbung", "publicité", "publicidad", "pubblicità", "publicidade", "reklama", "реклама", "广告", "広告",
];

/// Parts of a dateline beside numbers and names.
#[rustfmt::skip]
pub(super) const DATELINE: &[&str] = &[
    "am", "pm", "a", "m", "p", "at", "on", "by", "and", "updated", "posted", "published", "first", "last", "modified", "created", "date",
    "today", "yesterday", "gmt", "utc", "est", "edt", "cst", "cdt", "mst", "mdt", "pst", "pdt", "bst", "cet", "cest", "ist", "et",
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "mon", "tue", "tues", "wed", "thu", "thurs",
    "fri", "sat", "sun", "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "th", "st", "nd", "rd", "min", "read",
];

/// Takes such lines out; gives the other articles that were pointed to.
pub(super) fn tidy(body: &mut Document, title: &str, head: &PageHead) -> Vec<Related> {
    let related = take_related(body);
    body.blocks.retain(|block| !words(block).is_some_and(|spans| is_lone(&spans_text(spans))));
    trim_start(body, title, head);
    trim_end(body, head);
    name_images(body, title);
    body.blocks.dedup_by(|next, block| next == block && matches!(block, Block::Image { .. }));
    related
}

/// The first of each address.
pub(super) fn keep_once(mut related: Vec<Related>) -> Vec<Related> {
    const MOST: usize = 20;
    let mut seen = HashSet::new();
    related.retain(|story| seen.insert(story.url.clone()));
    related.truncate(MOST);
    related
}

/// The words of a paragraph or a heading.
fn words(block: &Block) -> Option<&[Span]> {
    match block {
        Block::Paragraph(spans) | Block::Heading { spans, .. } => Some(spans),
        _ => None,
    }
}

/// In lower case, without the signs around it.
fn bare(text: &str) -> String {
    let text = text
        .trim_matches(|c: char| c.is_whitespace() || matches!(c, ':' | '.' | '…' | '!' | '|' | '-' | '–' | '—' | '»' | '>'));
    text.to_lowercase()
}

fn is_lone(text: &str) -> bool {
    if text.len() > 60 {
        return false;
    }
    let text = bare(text);
    // "Image 1 of 23" stands in a gallery.
    let counted = text.strip_prefix("image ").or_else(|| text.strip_prefix("photo ")).is_some_and(|rest| {
        rest.split_whitespace().all(|word| matches!(word, "of" | "/") || word.bytes().all(|b| b.is_ascii_digit()))
    });
    counted || LONE.contains(&&*text)
}

fn is_label(text: &str) -> bool {
    if text.chars().count() > 60 {
        return false;
    }
    let text = bare(text);
    LABELS.contains(&&*text) || text.starts_with("more from ") || (text.starts_with("more ") && text.ends_with(" stories"))
}

/// True if all of its words lead somewhere.
fn is_linked(spans: &[Span]) -> bool {
    let mut text = spans.iter().filter(|span| span.text.chars().any(char::is_alphanumeric)).peekable();
    text.peek().is_some() && text.all(|span| span.link.is_some())
}

/// Takes out labels with the links under or behind them.
fn take_related(body: &mut Document) -> Vec<Related> {
    let mut related = Vec::new();
    let mut kept = Vec::with_capacity(body.blocks.len());
    let mut blocks = std::mem::take(&mut body.blocks).into_iter().peekable();
    while let Some(block) = blocks.next() {
        let Some(spans) = words(&block) else {
            kept.push(block);
            continue;
        };
        if let Some(stories) = labelled(spans, body) {
            related.extend(stories);
        } else if is_label(&spans_text(spans)) && blocks.peek().is_some_and(|next| stories(next, body).is_some()) {
            while let Some(more) = blocks.peek().and_then(|next| stories(next, body)) {
                related.extend(more);
                blocks.next();
            }
        } else {
            kept.push(block);
        }
    }
    body.blocks = kept;
    related
}

/// "Read more: a headline", in one paragraph.
fn labelled(spans: &[Span], body: &Document) -> Option<Vec<Related>> {
    let text = spans_text(spans);
    let (label, rest) = text.split_once(':')?;
    if rest.trim().is_empty() || rest.len() > 300 || !is_label(label) {
        return None;
    }
    let of_label = label.len() + 1;
    let mut at = 0;
    let behind: Vec<&Span> = spans
        .iter()
        .filter(|span| {
            at += span.text.len();
            at > of_label
        })
        .collect();
    let named = behind.iter().filter(|span| span.text.chars().any(char::is_alphanumeric));
    named.clone().all(|span| span.link.is_some()).then(|| named.filter_map(|span| story(span, body)).collect())
}

/// A block of nothing but links, as stories.
fn stories(block: &Block, body: &Document) -> Option<Vec<Related>> {
    let of = |spans: &[Span]| is_linked(spans).then(|| spans.iter().filter_map(|span| story(span, body)).collect::<Vec<_>>());
    match block {
        Block::List { items, .. } => {
            let lists: Option<Vec<_>> = items.iter().flatten().map(|block| stories(block, body)).collect();
            lists.map(|lists| lists.concat())
        }
        block => words(block).and_then(of),
    }
}

fn story(span: &Span, body: &Document) -> Option<Related> {
    let address = &body.link(span.link?)?.address;
    let title = CleanText::clone(&span.text);
    (span.text.split_whitespace().count() > 1).then(|| Related { title, url: Some(address.clone()), ..Related::default() })
}

/// Before the first real paragraph: the headline, its section, who wrote it and when, all told above the text already.
fn trim_start(body: &mut Document, title: &str, head: &PageHead) {
    const SHORT: usize = 15;
    let title = bare(title);
    let mut first = true;
    let mut at = 0;
    while let Some(block) = body.blocks.get(at) {
        if first && is_section(block) {
            body.blocks.remove(at);
            continue;
        }
        let Some(spans) = words(block) else {
            if !matches!(block, Block::Image { .. } | Block::Rule) {
                break;
            }
            at += 1;
            continue;
        };
        let text = spans_text(spans);
        let line = bare(&text);
        let count = text.split_whitespace().count();
        let is_title = is_headline(&line, &title);
        if is_title || is_dateline(&text, head) {
            body.blocks.remove(at);
        } else if count > SHORT {
            break;
        } else {
            first = false;
            at += 1;
        }
    }
}

/// True if a line is the title, with a label before it or without the site's name after it.
fn is_headline(line: &str, title: &str) -> bool {
    if title.is_empty() || line.is_empty() {
        return false;
    }
    let without_site = || {
        let site = title.strip_prefix(line).map(str::trim_start);
        site.is_some_and(|site| site.starts_with(['|', '–', '—', '-', '·', '«', ':', '»']))
    };
    line == title || (line.ends_with(title) && line.len() < title.len() + 60) || without_site()
}

/// The name of a section that leads there, or the way to it from the site's front page.
fn is_section(block: &Block) -> bool {
    match block {
        Block::List { items, .. } => items.len() <= 6 && items.iter().flatten().all(is_section),
        block => words(block).is_some_and(|spans| is_linked(spans) && spans_text(spans).split_whitespace().count() <= 3),
    }
}

/// Behind the last real paragraph: datelines, requests to subscribe, rights, headings of nothing.
fn trim_end(body: &mut Document, head: &PageHead) {
    const LAST: usize = 4;
    let from = body.blocks.len().saturating_sub(LAST).max(1);
    let mut at = body.blocks.len();
    while at > from {
        at -= 1;
        let text = words(&body.blocks[at]).map(|spans| (spans_text(spans), spans.iter().any(|span| span.link.is_some())));
        if text.is_some_and(|(text, links)| is_dateline(&text, head) || is_plea(&text, links) || is_rights(&text)) {
            body.blocks.remove(at);
        }
    }
    while body.blocks.len() > 3 && matches!(body.blocks.last(), Some(Block::Heading { .. } | Block::Rule)) {
        body.blocks.pop();
    }
}

/// A line of nothing but the date and the author that the page's head tells.
fn is_dateline(text: &str, head: &PageHead) -> bool {
    if text.len() > 120 || (head.published.is_none() && head.byline.is_none()) {
        return false;
    }
    let lower = text.to_lowercase();
    let byline = head.byline.as_deref().unwrap_or("").to_lowercase();
    let mut dated = false;
    let mut named = false;
    let mut words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let all = words.all(|word| {
        let number = word.trim_end_matches(|c: char| c.is_alphabetic());
        let is_number = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
        let is_name = word.len() > 1 && !is_number && byline.split(|c: char| !c.is_alphanumeric()).any(|part| part == word);
        dated |= is_number;
        named |= is_name;
        is_number || is_name || DATELINE.contains(&word)
    });
    all && ((dated && head.published.is_some()) || (named && !dated))
}

fn is_plea(text: &str, links: bool) -> bool {
    const MOST: usize = 30;
    let text = text.to_lowercase();
    let asks = ["subscribe to ", "sign up for ", "sign up to ", "newsletter", "follow us on ", "like us on "];
    links && text.split_whitespace().count() <= MOST && asks.iter().any(|ask| text.contains(ask))
}

fn is_rights(text: &str) -> bool {
    const MOST: usize = 60;
    let lower = text.to_lowercase();
    let claims = lower.starts_with('©') || lower.starts_with("copyright ") || lower.contains("all rights reserved");
    claims && lower.split_whitespace().count() <= MOST
}

/// A picture's alt text must describe it: a file's name and the page's headline do not.
fn name_images(body: &mut Document, title: &str) {
    let title = bare(title);
    for block in &mut body.blocks {
        let Block::Image { alt, .. } = block else { continue };
        let is_file = !alt.contains(' ') && alt.len() > 12 && alt.contains(['_', '-', '.']);
        if is_file || bare(alt) == title {
            *alt = CleanText::default();
        }
    }
}
