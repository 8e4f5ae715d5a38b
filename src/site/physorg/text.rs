//! A phys.org page copied as text. Its law: every line that is not the page's own furniture ends in the page or in a
//! note, however the dump was cut or shuffled.

use std::collections::HashMap;

use super::head::{DumpHead, REMOVED, head, is_cut_head, is_name};
use super::related::stories;
use super::{SCALE, source};
use crate::domain::article::{Article, Page, Related};
use crate::domain::guess::guess_parents;
use crate::domain::plural::plural;
use crate::domain::rank::Rank;
use crate::domain::text::{Block, CleanText, Document, MAX_NESTING, Span, clean_line, width};
use crate::domain::thread::{Comment, Discussion};
use crate::format::dateline::{Dateline, byline, date, dateline};
use crate::format::{Origin, identity, stem};

/// Lines of the page itself, by their beginnings.
const SLIDER: &[&str] = &["Adjust slider to filter visible comments by rank", "Display comments:"];
const SIGN_IN: &[&str] = &[
    "Please sign in to add a comment",
    "Registration is free, and takes less than a minute",
    "Click here to reset your password",
    "Sign in to get notified via email when new comments are made",
];
/// A longer first line is a paragraph.
const LONGEST_HEADLINE: usize = 300;

/// True if a text is a dump: it has a page's furniture, a comment's head, or a dateline under or above its first line.
pub(super) fn is_dump(text: &str, origin: &Origin<'_>) -> bool {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let mut first = lines.iter().filter(|line| !line.is_empty()).take(2);
    let has_dateline = first.any(|line| dateline(line, origin).is_some_and(|found| !is_relative(&found)));
    let has_furniture = || lines.iter().any(|line| starts(line, SLIDER) || starts(line, SIGN_IN));
    let has_stories = || {
        let headings =
            lines.iter().enumerate().filter(|(_, line)| matches!(marker(line), Some(Marker::Related | Marker::Recommended)));
        headings.into_iter().any(|(n, _)| lines[n..].iter().take(8).any(|line| date(line, origin).is_some()))
    };
    has_dateline || has_furniture() || has_stories() || (0..lines.len()).any(|n| head(&lines[n..], origin).is_some())
}

fn is_relative(found: &Dateline) -> bool {
    matches!(found.published, Some(crate::domain::time::When::Instant(_)))
}

/// Reads a dump; gives notes on what is missing or odd.
pub(super) fn read_dump(text: &str, origin: &Origin<'_>) -> (Page, Vec<CleanText>) {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let mut dump = Dump::default();
    let ended = dump.set_aside_cut_end(text, &lines);
    let start = dump.header(&lines[..ended], origin);
    dump.rest(&lines[..ended], start, origin);
    dump.finish(is_wrapped(&lines), origin)
}

#[derive(Clone, Copy, PartialEq, Eq, Default)]
enum TextPart {
    #[default]
    Body,
    /// Behind the heading, before its title.
    Explore,
    Related,
    Recommended,
    Comments,
    SignIn,
}

enum Marker<'a> {
    Explore(&'a str),
    Related,
    Recommended,
}

fn marker(line: &str) -> Option<Marker<'_>> {
    const EXPLORE: &str = "explore further";
    let is = |heading: &str| line.trim_end_matches(':').eq_ignore_ascii_case(heading);
    if is("related stories") {
        return Some(Marker::Related);
    }
    if is("recommended for you") {
        return Some(Marker::Recommended);
    }
    let start = line.get(..EXPLORE.len()).filter(|start| start.eq_ignore_ascii_case(EXPLORE))?;
    let rest = &line[start.len()..];
    (rest.is_empty() || rest.starts_with(':')).then(|| Marker::Explore(rest.trim_start_matches(':').trim()))
}

fn starts(line: &str, forms: &[&str]) -> bool {
    forms.iter().any(|form| line.starts_with(form))
}

/// The dump taken apart: which lines belong to what.
#[derive(Default)]
struct Dump<'a> {
    headline: Option<&'a str>,
    dateline: Dateline,
    body: Vec<&'a str>,
    explore: Option<&'a str>,
    related: Vec<&'a str>,
    recommended: Vec<&'a str>,
    comments: Vec<(DumpHead<'a>, Vec<&'a str>)>,
    /// Among the comments, before any head.
    headless: Vec<&'a str>,
    /// Names stand on lines of their own above the heads.
    names_above: bool,
    has_slider: bool,
    /// The sign-in lines stand below the last comment.
    has_end: bool,
    notes: Vec<String>,
}

impl<'a> Dump<'a> {
    /// A last line without an end that is a part of the furniture or of a head says nothing: it goes to the notes.
    fn set_aside_cut_end(&mut self, text: &str, lines: &[&'a str]) -> usize {
        let Some(last) = lines.last().filter(|line| line.len() >= 4 && !text.ends_with('\n')) else { return lines.len() };
        let cut =
            |forms: &[&str]| forms.iter().any(|form| form.len() > last.len() && last.len() >= 6 && form.starts_with(last));
        let whole_head = head(&[last], &Origin { name: "", now: crate::domain::time::Timestamp(0) }).is_some();
        if whole_head || !(cut(SLIDER) || cut(SIGN_IN) || is_cut_head(last)) {
            return lines.len();
        }
        self.notes.push(format!("the page is cut off in: {last}"));
        lines.len() - 1
    }

    /// Takes headline, dateline and byline in whatever order they stand; gives the line after them.
    fn header(&mut self, lines: &[&'a str], origin: &Origin<'_>) -> usize {
        let mut dated = false;
        let mut at = 0;
        while at < lines.len() {
            let line = lines[at];
            if !line.is_empty() {
                let is_other = starts(line, SLIDER) || starts(line, SIGN_IN) || marker(line).is_some();
                if is_other || head(&lines[at..], origin).is_some() {
                    break;
                }
                let found = if dated {
                    None
                } else {
                    dateline(line, origin).filter(|found| !is_relative(found) || self.headline.is_some())
                };
                if let Some(found) = found {
                    self.dateline = found;
                    dated = true;
                } else if self.headline.is_none() {
                    let paragraph =
                        line.chars().count() > LONGEST_HEADLINE || (self.dateline.byline.is_some() && line.ends_with('.'));
                    if paragraph {
                        break;
                    }
                    self.headline = Some(line);
                } else if let Some(found) = byline(line).filter(|_| self.dateline.byline.is_none() && !line.ends_with('.')) {
                    self.dateline.byline = Some(found);
                } else {
                    break;
                }
            }
            at += 1;
        }
        at
    }

    fn rest(&mut self, lines: &[&'a str], start: usize, origin: &Origin<'_>) {
        let mut part = TextPart::Body;
        let mut at = start;
        while at < lines.len() {
            let line = lines[at];
            if starts(line, SLIDER) {
                self.has_slider = true;
                part = TextPart::Comments;
            } else if starts(line, SIGN_IN) {
                part = TextPart::SignIn;
            } else if let Some(head) = head(&lines[at..], origin) {
                at += head.lines;
                self.begin_comment(head);
                part = TextPart::Comments;
                continue;
            } else {
                part = self.take(line, part);
            }
            at += 1;
        }
        self.has_end = part == TextPart::SignIn;
    }

    /// One line that is neither furniture nor a head; gives the part in which the next one stands.
    fn take(&mut self, line: &'a str, part: TextPart) -> TextPart {
        let among_comments = part == TextPart::SignIn || (part == TextPart::Comments && !self.comments.is_empty());
        if !among_comments {
            match marker(line) {
                Some(Marker::Related) => return TextPart::Related,
                Some(Marker::Recommended) => return TextPart::Recommended,
                Some(Marker::Explore("")) if self.explore.is_none() => return TextPart::Explore,
                Some(Marker::Explore(title)) if self.explore.is_none() => {
                    self.explore = Some(title);
                    return TextPart::Body;
                }
                _ => {}
            }
        }
        match part {
            TextPart::Explore if line.is_empty() => return TextPart::Explore,
            TextPart::Explore => {
                self.explore = Some(line);
                return TextPart::Body;
            }
            TextPart::Body => self.body.push(line),
            TextPart::Related => self.related.push(line),
            TextPart::Recommended => self.recommended.push(line),
            TextPart::Comments => match self.comments.last_mut() {
                Some((_, text)) => text.push(line),
                None => self.headless.push(line),
            },
            TextPart::SignIn if line.is_empty() || line == "Read more" => {}
            TextPart::SignIn => self.notes.push(format!("below the comments stands: {line}")),
        }
        part
    }

    fn begin_comment(&mut self, mut head: DumpHead<'a>) {
        let above = match self.comments.last_mut() {
            Some((_, text)) if self.names_above => Some(text),
            None => {
                let mut words = self.headless.iter().flat_map(|line| line.split_whitespace());
                self.names_above = head.author.is_none() && words.next().is_some() && words.next().is_none();
                self.names_above.then_some(&mut self.headless)
            }
            Some(_) => None,
        };
        if let Some(above) =
            above.filter(|above| head.author.is_none() && above.last().is_some_and(|line| !line.is_empty() && is_name(line)))
        {
            head.author = above.pop();
        }
        self.comments.push((head, Vec::new()));
    }

    fn finish(mut self, wrapped: bool, origin: &Origin<'_>) -> (Page, Vec<CleanText>) {
        let title = self.headline.map_or_else(|| clean_line(stem(origin.name)), clean_line);
        if self.headline.is_none() {
            self.notes.push("it has no headline; its file name stands in".to_owned());
        }
        if self.dateline.published.is_none() {
            self.notes.push("it has no date line".to_owned());
        }
        if self.body.iter().all(|line| line.is_empty()) {
            self.notes.push("it has no text under its headline".to_owned());
        }
        let discussion = self.discussion(wrapped);
        let (author, organisation) =
            self.dateline.byline.map(|byline| (Some(byline.author), byline.organisation)).unwrap_or_default();
        let paragraphs = paragraphs(&self.body, wrapped);
        let article = Article {
            title,
            byline: author,
            organisation,
            kind: self.dateline.kind,
            published: self.dateline.published,
            url: None,
            body: Document::plain(paragraphs.iter().map(String::as_str)),
            explore_further: self.explore.map(|title| Related { title: clean_line(title), ..Related::default() }),
            related: stories(&self.related, wrapped, origin),
            recommended: stories(&self.recommended, wrapped, origin),
            ..Article::default()
        };
        let page = Page { article, source: source(), discussions: discussion.into_iter().collect() };
        (page, self.notes.iter().map(|note| clean_line(note)).collect())
    }

    fn discussion(&mut self, wrapped: bool) -> Option<Discussion> {
        let mut comments = Vec::new();
        let mut seen = HashMap::new();
        let headless = paragraphs(&self.headless, wrapped);
        if headless.iter().any(|text| width(text) > 60) {
            self.notes.push("the first comment has no head line".to_owned());
            comments.push(comment(None, Rank::Unrated, &self.headless, wrapped, &mut seen));
        } else {
            self.notes.extend(headless.iter().map(|text| format!("above the comments stands: {text}")));
        }
        let mut odd = 0;
        for (head, text) in &self.comments {
            odd += u32::from(head.odd);
            let mut made = comment(head.author, head.rank, text, wrapped, &mut seen);
            made.posted = head.posted;
            comments.push(made);
        }
        if odd > 0 {
            self.notes.push(format!("{} with a rank or a date that cannot be", plural(odd.into(), "comment")));
        }
        if comments.is_empty() {
            self.notes.push(if self.has_slider { "it has no comments yet" } else { "it holds no comments" }.to_owned());
            return None;
        }
        guess_parents(&mut comments);
        // Cut off at either end, it may have lost comments there.
        let complete = self.has_end && self.headline.is_some() && headless.is_empty();
        Some(Discussion { place: clean_line("page"), url: None, scale: SCALE, comments, complete, stubs: Vec::new() })
    }
}

fn comment(
    author: Option<&str>,
    rank: Rank,
    lines: &[&str],
    wrapped: bool,
    seen: &mut HashMap<(String, String), u32>,
) -> Comment {
    let body = quoted(&paragraphs(lines, wrapped));
    let author = author.map(clean_line).filter(|name| !name.is_empty());
    let text = body.text();
    let rank = if text == REMOVED { Rank::Removed } else { rank };
    let name = author.as_deref().unwrap_or("").to_owned();
    let ordinal = seen.entry((name, text.clone())).or_insert(0);
    // The page tells a young comment's time as hours ago and later as a day: time is no part of who it is.
    let id = identity::comment_id(author.as_deref(), None, &text, *ordinal);
    *ordinal += 1;
    Comment { id, author, rank, body: body.into(), ..Comment::default() }
}

/// True if a dump's lines were broken at some width, so that a paragraph is several lines.
fn is_wrapped(lines: &[&str]) -> bool {
    let longest = lines.iter().map(|line| line.len()).max().unwrap_or(0);
    let full = lines.windows(2).filter(|pair| pair[0].len() > 55 && !pair[1].is_empty()).count();
    (56..=100).contains(&longest) && full > 3
}

/// Lines as paragraphs: at blank lines, and unless the text is `wrapped` at every line end.
pub(super) fn paragraphs(lines: &[&str], wrapped: bool) -> Vec<String> {
    let mut paragraphs: Vec<String> = Vec::new();
    let mut open = false;
    for line in lines {
        match paragraphs.last_mut() {
            _ if line.is_empty() => {}
            Some(paragraph) if open && wrapped => {
                paragraph.push(' ');
                paragraph.push_str(line);
            }
            _ => paragraphs.push((*line).to_owned()),
        }
        open = !line.is_empty();
    }
    paragraphs
}

/// Paragraphs in which `[q]…[/q]` is a quote. A mark without its partner stays as it is written.
fn quoted(paragraphs: &[String]) -> Document {
    let text = paragraphs.join("\n");
    let mut blocks: Vec<Vec<Block>> = vec![Vec::new()];
    let mut from = 0;
    for (at, mark) in pairs(&text) {
        push_lines(&text[from..at], &mut blocks);
        from = at + mark.len();
        if mark == "[q]" {
            blocks.push(Vec::new());
        } else {
            let quote = blocks.pop().filter(|quote| !quote.is_empty()).map(Block::Quote);
            if let Some(outer) = blocks.last_mut() {
                outer.extend(quote);
            }
        }
    }
    push_lines(&text[from..], &mut blocks);
    Document { blocks: blocks.into_iter().flatten().collect(), links: Vec::new() }
}

fn push_lines(text: &str, blocks: &mut [Vec<Block>]) {
    let lines = text.split('\n').map(clean_line).filter(|line| !line.is_empty());
    if let Some(open) = blocks.last_mut() {
        open.extend(lines.map(|text| Block::Paragraph(vec![Span { text, ..Span::default() }])));
    }
}

/// The quote marks that have a partner, in order; those nested too deep are left out.
fn pairs(text: &str) -> Vec<(usize, &'static str)> {
    let mut open = Vec::new();
    let mut marks = Vec::new();
    for (at, _) in text.match_indices('[') {
        let is = |mark: &str| {
            text.as_bytes()[at..].get(..mark.len()).is_some_and(|found| found.eq_ignore_ascii_case(mark.as_bytes()))
        };
        if is("[q]") {
            open.push(at);
        } else if let Some(start) = is("[/q]").then(|| open.pop()).flatten().filter(|_| open.len() < MAX_NESTING) {
            marks.extend([(start, "[q]"), (at, "[/q]")]);
        }
    }
    marks.sort_unstable();
    marks
}
