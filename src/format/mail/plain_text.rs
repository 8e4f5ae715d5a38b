//! The plain text of a message as blocks: quotations by their signs, long ones folded; patches and drawings as they stand;
//! paragraphs without the line ends that a mail program set.

use crate::domain::text::{Block, Document, Link, LinkId, Span, clean, clean_code, clean_line};

/// Deeper quotations stay as they are written.
const DEEPEST: usize = 8;
/// A quotation of more lines is folded.
const LONGEST_SHOWN: usize = 8;
/// A line that is shorter was ended by its author, not by the program.
const SHORTEST_FULL: usize = 50;

pub(super) struct PlainMailText {
    pub(super) document: Document,
    /// Files in the text, by name and size.
    pub(super) files: Vec<String>,
}

impl PlainMailText {
    /// `flowed` is given where blanks before line ends mark the soft ones: true if these blanks are no part of the text.
    pub(super) fn read(text: &str, flowed: Option<bool>) -> PlainMailText {
        let (text, files) = without_files(text);
        let joined = flowed.map(|is_mark_only| unflowed(&text, is_mark_only));
        let lines: Vec<&str> = joined.as_deref().unwrap_or(&text).lines().map(str::trim_end).collect();
        let mut reader = TextReader { links: Vec::new(), is_flowed: flowed.is_some() };
        let blocks = reader.blocks(&lines, 0);
        PlainMailText { document: Document { blocks, links: reader.links }, files }
    }
}

struct TextReader {
    links: Vec<Link>,
    is_flowed: bool,
}

impl TextReader {
    fn blocks(&mut self, lines: &[&str], depth: usize) -> Vec<Block> {
        let mut blocks = Vec::new();
        let mut at = 0;
        while at < lines.len() {
            let rest = &lines[at..];
            let taken = if lines[at].is_empty() {
                1
            } else if quoted(lines[at]).is_some() && depth < DEEPEST {
                self.quotation(rest, depth, &mut blocks)
            } else if begins_patch(rest) {
                let end = rest.iter().position(|line| *line == "--").unwrap_or(rest.len());
                blocks.push(code(&rest[..end], Some("diff")));
                end
            } else {
                self.paragraph(rest, depth, &mut blocks)
            };
            at += taken.max(1);
        }
        blocks
    }

    /// Lines behind the sign, with empty ones between such lines.
    fn quotation(&mut self, lines: &[&str], depth: usize, blocks: &mut Vec<Block>) -> usize {
        let inside: Vec<&str> = lines.iter().map_while(|line| quoted(line)).collect();
        let read = self.blocks(&inside, depth + 1);
        let count = inside.len();
        let quote = Block::Quote(read);
        blocks.push(if depth == 0 && count > LONGEST_SHOWN {
            Block::Spoiler { title: clean_line(&format!("quotation of {count} lines")), blocks: vec![quote] }
        } else {
            quote
        });
        count
    }

    fn paragraph(&mut self, lines: &[&str], depth: usize, blocks: &mut Vec<Block>) -> usize {
        let ends = |line: &&&str| line.is_empty() || (quoted(line).is_some() && depth < DEEPEST);
        let own = &lines[..lines.iter().position(|line| ends(&line)).unwrap_or(lines.len()).max(1)];
        // A patch begins without an empty line above.
        let ends = |n: &usize| begins_patch(&own[*n..]) || is_divider(own[*n]);
        let own = &own[..(1..own.len()).find(ends).unwrap_or(own.len())];
        if own[0] == "---" {
            blocks.push(Block::Rule);
            return 1;
        }
        if own[0] == "--" {
            // A signature's lines are ended by its author.
            blocks.push(Block::Rule);
            self.lines(&own[1..].join("\n"), blocks);
        } else if is_drawn(own) {
            blocks.push(code(own, None));
        } else {
            let words = if self.is_flowed { own.join("\n") } else { joined(own) };
            self.lines(&words, blocks);
        }
        own.len()
    }

    /// A line that ends on purpose is a paragraph, as in web pages.
    fn lines(&mut self, text: &str, blocks: &mut Vec<Block>) {
        blocks.extend(text.lines().map(|line| Block::Paragraph(self.spans(line))));
    }

    /// A text with its addresses as links.
    fn spans(&mut self, text: &str) -> Vec<Span> {
        let mut spans = Vec::new();
        let mut rest = text;
        while let Some(at) = ["https://", "http://"].iter().filter_map(|scheme| rest.find(scheme)).min() {
            let end = rest[at..].find(|c: char| c.is_whitespace() || "<>\"".contains(c)).map_or(rest.len(), |end| at + end);
            let address = rest[at..end].trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']', '\'', '}']);
            let end = at + address.len();
            spans.push(Span { text: clean(&rest[..at]), ..Span::default() });
            self.links.push(Link::new(address));
            let link = LinkId(self.links.len() as u32 - 1);
            spans.push(Span { text: clean(address), link: Some(link), ..Span::default() });
            rest = &rest[end..];
        }
        spans.push(Span { text: clean(rest), ..Span::default() });
        spans.retain(|span| !span.text.is_empty());
        spans
    }
}

/// The words behind a sign of quotation.
fn quoted(line: &str) -> Option<&str> {
    let behind = line.strip_prefix('>').or_else(|| line.strip_prefix(" >"))?;
    Some(behind.strip_prefix(' ').unwrap_or(behind))
}

/// True for the lines above a signature, and between the words and the files of a patch.
fn is_divider(line: &str) -> bool {
    matches!(line, "--" | "---")
}

fn begins_patch(lines: &[&str]) -> bool {
    let is_range = |line: Option<&&str>| line.is_some_and(|line| line.starts_with("@@ -"));
    let is_head = lines[0].starts_with("--- ") && lines.get(1).is_some_and(|line| line.starts_with("+++ "));
    lines[0].starts_with("diff --git ") || is_range(lines.first()) || (is_head && is_range(lines.get(2)))
}

/// True if most lines begin with blanks or are of signs: a listing, a table, a drawing.
fn is_drawn(lines: &[&str]) -> bool {
    let is_drawn = |line: &&&str| {
        let has_gap = line.trim_start().contains("   ") || line.contains('\t');
        line.starts_with("  ") || line.starts_with('\t') || has_gap || (line.contains(" | ") && line.ends_with(['+', '-']))
    };
    lines.iter().filter(is_drawn).count() * 2 > lines.len()
}

fn code(lines: &[&str], language: Option<&str>) -> Block {
    Block::Code { language: language.map(clean_line), text: clean_code(&lines.join("\n")) }
}

/// The lines of a paragraph as one, but for those that were ended on purpose.
fn joined(lines: &[&str]) -> String {
    let mut text = String::new();
    for (n, line) in lines.iter().enumerate() {
        let begins_item = line.trim_start().starts_with(['-', '*', '+', '•', '[', '|'])
            || line
                .trim_start()
                .split(['.', ')', ':'])
                .next()
                .is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
        let begins_tag = line.split_once(": ").is_some_and(|(tag, _)| tag.ends_with("-by") && !tag.contains(' '));
        if n > 0 {
            let is_full = lines[n - 1].chars().count() >= SHORTEST_FULL;
            text.push(if is_full && !begins_item && !begins_tag { ' ' } else { '\n' });
        }
        text.push_str(line.trim());
    }
    text
}

/// Lines whose end is soft, joined with the next of the same depth; and the blank that guards `>` and `From` taken off.
fn unflowed(text: &str, is_mark_only: bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut open: Option<usize> = None;
    for line in text.lines() {
        let depth = line.bytes().take_while(|b| *b == b'>').count();
        let words = &line[depth..];
        let words = words.strip_prefix(' ').unwrap_or(words);
        let is_signature = words == "-- ";
        if open != Some(depth) || is_signature {
            if !out.is_empty() {
                out.push('\n');
            }
            out.extend(std::iter::repeat_n('>', depth));
            if depth > 0 && !words.is_empty() {
                out.push(' ');
            } else if depth == 0 && words.starts_with('>') {
                // Such a sign is the text's own.
                out.push('\u{a0}');
            }
        }
        let is_soft = words.ends_with(' ') && !is_signature;
        out.push_str(if is_soft && is_mark_only { &words[..words.len() - 1] } else { words });
        open = is_soft.then_some(depth);
    }
    out
}

/// The text without the files that are written into it by `uuencode`, and their names.
fn without_files(text: &str) -> (String, Vec<String>) {
    let mut files = Vec::new();
    let mut kept = String::with_capacity(text.len());
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let name = line.strip_prefix("begin ").and_then(|rest| rest.split_once(' ')).filter(|(mode, name)| {
            (3..=4).contains(&mode.len()) && mode.bytes().all(|b| (b'0'..=b'7').contains(&b)) && !name.is_empty()
        });
        let encoded = name.and_then(|_| encoded_lines(lines.clone()));
        match (name, encoded) {
            (Some((_, name)), Some((count, bytes))) => {
                files.push(format!("attachment: {name} (uuencoded, {bytes} bytes)"));
                lines.nth(count - 1);
            }
            _ => {
                kept.push_str(line);
                kept.push('\n');
            }
        }
    }
    (kept, files)
}

/// How many lines of such a file stand here, with its last, and the bytes that they tell; none if it does not end.
fn encoded_lines<'t>(lines: impl Iterator<Item = &'t str>) -> Option<(usize, usize)> {
    let mut bytes = 0;
    for (n, line) in lines.enumerate() {
        if line == "end" {
            return Some((n + 1, bytes));
        }
        let length = usize::from(line.bytes().next().unwrap_or(b'`').checked_sub(b' ')? & 0x3f);
        if line.contains(' ') && line.len() < length {
            return None;
        }
        bytes += length;
    }
    None
}
