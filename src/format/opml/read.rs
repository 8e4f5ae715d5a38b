//! Bytes to a [`List`], as tolerant as the reader of feeds, whose decoding, mending and references it shares.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::events::Event;
use quick_xml::events::attributes::Attributes;

use super::unescaped::escape_attributes;
use super::{List, MAX_DEPTH, MAX_ELEMENTS, OutlineNode};
use crate::domain::plural::plural;
use crate::domain::text::{CleanText, clean_code, clean_line};
use crate::format::feed::decode::decode;
use crate::format::feed::references::{character, named, unescape};
use crate::format::feed::repair::{Repairs, mend, restore_quotes};
use crate::format::{MAX_RECORD, Unreadable, sniff};

/// The offset before which the list must begin.
const HEAD: usize = 4096;
/// Attributes of one tag.
const MAX_ATTRIBUTES: usize = 100;
/// Attributes of all tags: several times as many as the elements of any list have.
const MAX_ALL_ATTRIBUTES: usize = 10 * MAX_ELEMENTS;

/// An open element: its index among the nodes, and its name as written.
struct OpenOutline<'t> {
    node: usize,
    name: &'t str,
}

#[derive(Default)]
struct OutlineBuilder<'t> {
    nodes: Vec<OutlineNode>,
    /// The texts of nodes, before they are cleaned.
    texts: Vec<String>,
    open: Vec<OpenOutline<'t>>,
    /// Tags beyond the cap that have not ended.
    beyond: usize,
    /// Attributes so far.
    attributes: usize,
    /// True if a node was ended by another's end.
    cut_short: Vec<bool>,
    repairs: Repairs,
    lost: Lost,
}

/// Counts of parts that a list cannot keep.
#[derive(Default)]
struct Lost {
    doubled: usize,
    nameless: usize,
    /// Elements beyond the depth that is kept.
    raised: usize,
    /// Elements beyond the number that is kept.
    left_out: usize,
    /// Elements and texts outside the `opml`.
    outside: usize,
}

/// Reads a list of any version.
pub fn read(bytes: &[u8]) -> Result<List, Unreadable> {
    if bytes.len() > MAX_RECORD {
        return Err(Unreadable::record_too_large(bytes.len()));
    }
    let (text, mut notes) = decode(bytes, None);
    if text.trim().is_empty() {
        return Err(Unreadable::Empty);
    }
    let text = &*restore_quotes(&text);
    let at = start(text).ok_or(Unreadable::Unknown { found: "XML" })?;
    let (junk, text) = (text[..at].trim().chars().count(), &text[at..]);
    let (escaped, bare) = escape_attributes(text);
    let text = &*escaped;
    let mut built = build(text);
    let mended;
    if built.repairs.calls_for_mending() {
        mended = mend(text);
        if let (text, count @ 1..) = &mended {
            built = build(text);
            built.repairs.characters += count;
        }
    }
    if junk > 0 {
        notes.push(format!("{} before the list passed over", plural(junk as u64, "character")));
    }
    if bare > 0 {
        let what = plural(bare as u64, "outline");
        notes.push(format!("{what} with bare quotation marks or brackets read as they were meant"));
    }
    notes.extend(built.repairs.notes());
    notes.extend(built.lost.notes());
    Ok(List { nodes: built.nodes, notes: notes.iter().map(|note| clean_line(note)).collect() })
}

/// True if bytes look like a list, by the first element.
pub fn is_opml(bytes: &[u8]) -> bool {
    let (head, _) = decode(&bytes[..bytes.len().min(4 * HEAD)], None);
    start(&head).is_some()
}

/// The start of the list: at once, or behind a few words that belong to no element.
fn start(text: &str) -> Option<usize> {
    let is_list = |text: &str| sniff::first_tag(text).is_some_and(|name| name == "opml");
    if is_list(text.trim_start_matches('\u{feff}')) {
        return Some(text.len() - text.trim_start_matches(|c: char| c == '\u{feff}' || c.is_whitespace()).len());
    }
    let at = text[..text.floor_char_boundary(HEAD)].find('<')?;
    is_list(&text[at..]).then_some(at)
}

fn build(text: &str) -> OutlineBuilder<'_> {
    let mut reader = Reader::from_str(text);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    let mut builder = OutlineBuilder::default();
    loop {
        let from = reader.buffer_position() as usize;
        let event = reader.read_event();
        let tag = |brackets: usize| text.get(from + 1..reader.buffer_position() as usize - brackets).unwrap_or("");
        match event {
            Ok(Event::Start(_)) => builder.start(tag(1), false),
            Ok(Event::Empty(_)) => builder.start(tag(2), true),
            Ok(Event::End(end)) => builder.end(end.name().0),
            Ok(Event::Text(words)) => builder.text(&words.into_inner()),
            Ok(Event::CData(words)) => builder.text(&words.into_inner()),
            Ok(Event::GeneralRef(name)) => builder.reference(&name),
            Ok(Event::DocType(words)) => builder.repairs.declares_entities |= words.contains("<!ENTITY"),
            Ok(Event::Eof) => break,
            Ok(_) => {}
            Err(_) => {
                builder.repairs.broken_off = true;
                let rest = text.get(reader.error_position() as usize..).unwrap_or("");
                if let Some(words) = rest.strip_prefix("<![CDATA[") {
                    builder.text(words);
                }
                break;
            }
        }
    }
    builder.finish();
    builder
}

impl<'t> OutlineBuilder<'t> {
    fn start(&mut self, tag: &'t str, is_empty: bool) {
        let name = &tag[..tag.find(|c: char| c.is_ascii_whitespace()).unwrap_or(tag.len())];
        if !is_name(name) {
            self.repairs.odd_tags += 1;
            return;
        }
        if self.open.is_empty() && !self.nodes.is_empty() {
            self.lost.outside += 1;
            return;
        }
        if self.is_full() {
            self.lost.left_out += 1;
            self.beyond += usize::from(!is_empty);
            return;
        }
        // A body ends a head that has no end.
        if name.eq_ignore_ascii_case("body") && self.open.iter().skip(1).any(|open| open.name.eq_ignore_ascii_case("head")) {
            self.repairs.unclosed += self.open.len() - 1;
            self.open.truncate(1);
        }
        if let Some(open) = self.open.last() {
            let text = &mut self.texts[open.node];
            if !text.is_empty() {
                text.push('\n');
            }
        }
        let attributes = self.attributes(tag, name);
        self.attributes += attributes.len();
        let depth = self.open.len().min(MAX_DEPTH - 1);
        self.nodes.push(OutlineNode { depth, name: name.into(), attributes, ..OutlineNode::default() });
        self.texts.push(String::new());
        self.cut_short.push(false);
        if self.open.len() >= MAX_DEPTH {
            self.lost.raised += 1;
            self.beyond += usize::from(!is_empty);
        } else if !is_empty {
            self.open.push(OpenOutline { node: self.nodes.len() - 1, name });
        }
    }

    fn is_full(&self) -> bool {
        self.nodes.len() >= MAX_ELEMENTS || self.attributes >= MAX_ALL_ATTRIBUTES
    }

    fn attributes(&mut self, tag: &str, name: &str) -> Vec<(Box<str>, CleanText)> {
        let mut kept: Vec<(Box<str>, _)> = Vec::new();
        for attribute in Attributes::html(tag, name.len()).with_checks(false) {
            match attribute {
                Ok(attribute) if is_name(attribute.key.0) => {
                    let key = attribute.key.0;
                    if kept.iter().any(|(before, _)| **before == *key) {
                        self.lost.doubled += 1;
                    } else if kept.len() < MAX_ATTRIBUTES {
                        kept.push((key.into(), clean_code(&unescape(attribute.value))));
                    } else {
                        self.lost.nameless += 1;
                    }
                }
                _ => self.lost.nameless += 1,
            }
        }
        kept
    }

    fn end(&mut self, name: &str) {
        if self.beyond > 0 {
            self.beyond -= 1;
            return;
        }
        let Some(at) = self.open.iter().rposition(|open| open.name.eq_ignore_ascii_case(name)) else {
            self.repairs.stray_ends += 1;
            return;
        };
        self.repairs.unclosed += self.open.len() - at - 1;
        for open in &self.open[at + 1..] {
            self.cut_short[open.node] = true;
        }
        self.open.truncate(at);
    }

    fn text(&mut self, words: &str) {
        match self.open.last() {
            Some(_) if self.lost.left_out > 0 && self.beyond > 0 => {}
            // Beyond the cap, text stands with the element that it is in.
            Some(_) if self.beyond > 0 => self.texts.last_mut().into_iter().for_each(|text| text.push_str(words)),
            Some(open) => self.texts[open.node].push_str(words),
            None => self.lost.outside += usize::from(!words.trim_matches(['\u{feff}', ' ', '\n', '\r', '\t']).is_empty()),
        }
    }

    fn reference(&mut self, name: &str) {
        let resolved = character(name).map(|c| Cow::Owned(c.to_string())).or_else(|| {
            let found = named(name)?;
            self.repairs.html_entities += usize::from(!matches!(name, "amp" | "lt" | "gt" | "quot" | "apos"));
            Some(found)
        });
        let resolved = resolved.unwrap_or_else(|| {
            self.repairs.unknown_entities += 1;
            Cow::Owned(format!("&{name};"))
        });
        self.text(&resolved);
    }

    fn finish(&mut self) {
        self.repairs.open_at_end = self.open.len();
        for open in self.open.drain(..) {
            self.cut_short[open.node] = true;
        }
        for (node, text) in self.nodes.iter_mut().zip(&self.texts) {
            node.text = clean_code(clean_code(text).trim());
        }
        self.raise();
    }

    /// Feeds without an end of their own are no folders: what stands in them stands beside them.
    fn raise(&mut self) {
        // For each depth that is open, the depth that its children get.
        let mut depths: Vec<usize> = Vec::new();
        for (node, cut_short) in self.nodes.iter_mut().zip(&self.cut_short) {
            depths.truncate(node.depth);
            node.depth = depths.last().copied().unwrap_or(0);
            let is_feed = node.is("outline") && node.address().is_some();
            depths.push(node.depth + usize::from(!(*cut_short && is_feed)));
        }
    }
}

impl Lost {
    fn notes(&self) -> Vec<String> {
        let left_out = format!("left out: the first {MAX_ELEMENTS} of a list are read");
        let told = [
            (self.doubled, "attribute", "given twice; the first is kept"),
            (self.nameless, "attribute", "that cannot be read passed over"),
            (self.raised, "element", "nested deeper than 256, kept at that depth"),
            (self.left_out, "element", &left_out),
            (self.outside, "piece", "outside the list passed over"),
        ];
        let some = told.into_iter().filter(|(n, ..)| *n > 0);
        some.map(|(n, noun, what)| format!("{} {what}", plural(n as u64, noun))).collect()
    }
}

/// True if it can be written as a name again.
fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_alphabetic() || c == '_' || c == ':')
        && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | ':' | '-' | '.'))
}
