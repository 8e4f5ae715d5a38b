//! Gleaner's own form for pages written by hand: a Markdown article, then directives, each at the start of a line.
//!
//! ```text
//! # Title
//!
//! October 5, 2026 by the editor
//!
//! Body in Markdown.
//!
//! %% explore TITLE [| URL]
//! %% related TITLE | 2026-10-01 | teaser [| URL]
//! %% recommended TITLE | 2026-10-01 | teaser [| URL]
//! %% source KEY | TITLE
//! %% discussion PLACE | stars 5 [| URL]        or points, likes, place, none
//! %% comment ID [< PARENT] | AUTHOR | TIME | RANK
//! Its text in Markdown. AUTHOR and TIME may be "-". RANK: not rated, 4.5 / 5 (8), 12 points, 12 points (14 up, 2 down),
//! 3 likes, place 1 of 4, withheld, removed.
//! %% guess                                     guesses parents for the comments above that name none
//! ```
//!
//! It is the form of the welcome edition and of tests, not one for exchange.

use super::{Origin, dateline, markdown, page, stem};
use crate::domain::article::{Article, Page, Related, Source};
use crate::domain::guess::guess_parents;
use crate::domain::rank::{Hundredths, Rank, Scale};
use crate::domain::text::{Block, CleanText, Document, clean_line, spans_text};
use crate::domain::thread::{Comment, Discussion, link_parents};
use crate::domain::time::When;

const DIRECTIVES: &[&str] = &["explore", "related", "recommended", "source", "discussion", "comment", "guess"];

/// True if a text has one of the form's directives.
pub fn is_edition(text: &str) -> bool {
    text.lines()
        .filter_map(|line| line.strip_prefix("%% "))
        .any(|rest| DIRECTIVES.contains(&rest.split_whitespace().next().unwrap_or("")))
}

/// Reads a page; a directive that is wrong gives a note, and its text stays.
pub fn read_page(text: &str, origin: &Origin<'_>) -> (Page, Vec<CleanText>) {
    let mut sections = sections(text).into_iter();
    let mut reader = EditionReader::default();
    if let Some(first) = sections.next() {
        reader.markdown.push_str(&first.text);
    }
    for section in sections {
        reader.directive(&section);
    }
    reader.finish(origin)
}

/// A directive with the text under it; the first section has none.
#[derive(Default)]
struct EditionSection<'a> {
    directive: &'a str,
    text: String,
}

fn sections(text: &str) -> Vec<EditionSection<'_>> {
    let mut sections = vec![EditionSection::default()];
    let mut fenced = false;
    for line in text.lines() {
        if line.starts_with("```") || line.starts_with("~~~") {
            fenced = !fenced;
        }
        match line.strip_prefix("%%") {
            Some(directive) if !fenced => sections.push(EditionSection { directive: directive.trim(), text: String::new() }),
            _ => {
                if let Some(open) = sections.last_mut() {
                    open.text.push_str(line);
                    open.text.push('\n');
                }
            }
        }
    }
    sections
}

#[derive(Default)]
struct EditionReader {
    markdown: String,
    article: Article,
    source: Option<Source>,
    discussions: Vec<EditionDiscussion>,
    notes: Vec<String>,
}

/// A discussion with the parents that its comments name.
#[derive(Default)]
struct EditionDiscussion {
    discussion: Discussion,
    parents: Vec<Option<Box<str>>>,
    guess: bool,
}

impl EditionReader {
    fn directive(&mut self, section: &EditionSection<'_>) {
        let (word, rest) = section.directive.split_once(char::is_whitespace).unwrap_or((section.directive, ""));
        let fields: Vec<&str> = rest.split('|').map(str::trim).collect();
        match word {
            "comment" => return self.comment(&fields, &section.text),
            "explore" => {
                let (address, title) = split_address(&fields);
                self.article.explore_further =
                    Some(Related { title: clean_line(&title.join(" | ")), url: address, ..Related::default() });
            }
            "related" => {
                let related = self.related(&fields);
                self.article.related.push(related);
            }
            "recommended" => {
                let related = self.related(&fields);
                self.article.recommended.push(related);
            }
            "source" => match fields.as_slice() {
                [key, title] if !key.is_empty() => {
                    self.source = Some(Source { key: clean_line(key), title: clean_line(title) });
                }
                _ => self.wrong(section.directive, "a source is KEY | TITLE"),
            },
            "discussion" => self.discussion(&fields, section.directive),
            "guess" => match self.discussions.last_mut() {
                Some(told) => told.guess = true,
                None => self.wrong(section.directive, "no discussion stands before it"),
            },
            _ => self.wrong(section.directive, "there is no such directive"),
        }
        if self.discussions.is_empty() {
            self.markdown.push('\n');
            self.markdown.push_str(&section.text);
        } else {
            self.notes.extend(
                section
                    .text
                    .lines()
                    .filter(|line| !line.trim().is_empty())
                    .map(|line| format!("this stands in no comment: {line}")),
            );
        }
    }

    fn wrong(&mut self, directive: &str, why: &str) {
        self.notes.push(format!("\"%% {directive}\": {why}"));
    }

    fn related(&mut self, fields: &[&str]) -> Related {
        let (address, rest) = split_address(fields);
        let title = rest.first().copied().unwrap_or("");
        let published = rest.get(1).and_then(|field| page::dated(field));
        let told_no_date = rest.get(1).is_none_or(|field| matches!(*field, "-" | ""));
        if published.is_none() && !told_no_date {
            self.wrong(title, "its date is not valid");
        }
        let teaser_from = if published.is_some() || told_no_date { 2 } else { 1 };
        let teaser = rest.get(teaser_from..).map(|rest| clean_line(&rest.join(" | "))).filter(|teaser| !teaser.is_empty());
        Related { title: clean_line(title), published, teaser, url: address }
    }

    fn discussion(&mut self, fields: &[&str], directive: &str) {
        let scale = fields.get(1).and_then(|field| read_scale(field));
        if scale.is_none() {
            self.wrong(directive, "its scale is none of stars N, points, likes, place, none");
        }
        let discussion = Discussion {
            place: clean_line(fields.first().copied().unwrap_or("page")),
            url: fields.get(2).map(|url| clean_line(url)).filter(|url| !url.is_empty()),
            scale: scale.unwrap_or(Scale::None),
            comments: Vec::new(),
            complete: true,
            stubs: Vec::new(),
        };
        self.discussions.push(EditionDiscussion { discussion, ..EditionDiscussion::default() });
    }

    fn comment(&mut self, fields: &[&str], text: &str) {
        if self.discussions.is_empty() {
            self.wrong(&format!("comment {}", fields.join(" | ")), "no discussion stands before it");
            self.discussion(&["page", "none"], "");
        }
        let (id, parent) = fields[0].split_once('<').map_or((fields[0], None), |(id, parent)| (id, Some(parent)));
        let id = clean_line(id);
        let field = |n: usize| fields.get(n).copied().filter(|field| !matches!(*field, "-" | ""));
        let posted = field(2).and_then(page::dated);
        let rank = field(3).map_or(Some(Rank::Unrated), read_rank);
        let scale = self.discussions.last().map_or(Scale::None, |told| told.discussion.scale);
        let mut wrongs = Vec::new();
        if id.is_empty() || fields.len() > 4 {
            wrongs.push("a comment is ID [< PARENT] | AUTHOR | TIME | RANK");
        }
        if posted.is_none() && field(2).is_some() {
            wrongs.push("its time is not valid");
        }
        match rank {
            None => wrongs.push("its rank is not valid"),
            Some(rank) if !fits(rank, scale) => wrongs.push("its rank is not of its discussion's scale"),
            Some(_) => {}
        }
        for wrong in wrongs {
            self.wrong(&format!("comment {}", fields.join(" | ")), wrong);
        }
        let Some(told) = self.discussions.last_mut() else { return };
        told.parents.push(parent.map(|parent| clean_line(parent).as_str().into()));
        told.discussion.comments.push(Comment {
            id: if id.is_empty() { format!("{}", told.parents.len()).into_boxed_str() } else { id.as_str().into() },
            author: field(1).map(clean_line).filter(|author| !author.is_empty()),
            posted,
            rank: rank.filter(|rank| fits(*rank, scale)).unwrap_or_default(),
            body: markdown::to_document(text).into(),
            ..Comment::default()
        });
    }

    fn finish(self, origin: &Origin<'_>) -> (Page, Vec<CleanText>) {
        let EditionReader { markdown, mut article, source, discussions, mut notes } = self;
        let (title, published, author, body) = read_article(&markdown, origin);
        if title.is_none() {
            notes.push("it has no \"# \" title; its file name stands in".to_owned());
        }
        article.title = title.unwrap_or_else(|| clean_line(stem(origin.name)));
        (article.published, article.byline, article.body) = (published, author, body);
        let close = |told: EditionDiscussion| {
            let mut discussion = told.discussion;
            link_parents(&mut discussion.comments, &told.parents);
            if told.guess {
                guess_parents(&mut discussion.comments);
            }
            discussion
        };
        let source =
            source.unwrap_or_else(|| Source { key: clean_line("edition:welcome"), title: clean_line("Welcome edition") });
        let page = Page { article, source, discussions: discussions.into_iter().map(close).collect() };
        (page, notes.iter().map(|note| clean_line(note)).collect())
    }
}

/// Title, date, author and the rest.
fn read_article(text: &str, origin: &Origin<'_>) -> (Option<CleanText>, Option<When>, Option<CleanText>, Document) {
    let mut body = markdown::to_document(text);
    let title = match body.blocks.first() {
        Some(Block::Heading { spans, .. }) => Some(clean_line(&spans_text(spans))),
        _ => None,
    };
    if title.is_some() {
        body.blocks.remove(0);
    }
    let line = match body.blocks.first() {
        Some(Block::Paragraph(spans)) => dateline::read_dateline(&spans_text(spans), origin),
        _ => None,
    };
    let Some((published, author)) = line else { return (title, None, None, body) };
    body.blocks.remove(0);
    (title, published, author, body)
}

/// A last field that is an address, and the fields before it.
fn split_address<'a, 'b>(fields: &'b [&'a str]) -> (Option<CleanText>, &'b [&'a str]) {
    match fields.split_last() {
        Some((last, before)) if !before.is_empty() && (last.starts_with("http://") || last.starts_with("https://")) => {
            (Some(clean_line(last)), before)
        }
        _ => (None, fields),
    }
}

fn read_scale(text: &str) -> Option<Scale> {
    match text.split_once(' ').unwrap_or((text, "")) {
        ("stars", max) => Some(Scale::Stars { max: Hundredths::parse(max.trim())? }),
        ("points", "") => Some(Scale::Points),
        ("likes", "") => Some(Scale::Likes),
        ("place", "") => Some(Scale::Position),
        ("none", "") => Some(Scale::None),
        _ => None,
    }
}

fn read_rank(text: &str) -> Option<Rank> {
    let spaced = text.replace(['(', ')', ',', '/'], " ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    match words.as_slice() {
        ["not", "rated"] => Some(Rank::Unrated),
        ["withheld"] => Some(Rank::Withheld),
        ["removed"] => Some(Rank::Removed),
        [net, "points" | "point"] => Some(Rank::Points { net: net.parse().ok()?, split: None }),
        [net, "points" | "point", up, "up", down, "down"] => {
            Some(Rank::Points { net: net.parse().ok()?, split: Some((up.parse().ok()?, down.parse().ok()?)) })
        }
        [likes, "likes" | "like"] => Some(Rank::Likes(likes.parse().ok()?)),
        ["place", nth, "of", of] => Some(Rank::Position { nth: nth.parse().ok()?, of: of.parse().ok()? }),
        [mean, _, votes] if text.contains('/') => {
            Some(Rank::Stars { mean: Hundredths::parse(mean)?, votes: votes.parse().ok()? })
        }
        _ => None,
    }
}

fn fits(rank: Rank, scale: Scale) -> bool {
    match rank {
        Rank::Stars { mean, .. } => matches!(scale, Scale::Stars { max } if mean <= max),
        Rank::Points { .. } => scale == Scale::Points,
        Rank::Likes(_) => scale == Scale::Likes,
        Rank::Position { nth, of } => scale == Scale::Position && (1..=of).contains(&nth),
        Rank::Unrated | Rank::Withheld | Rank::Removed => true,
    }
}

#[cfg(test)]
mod tests;
