//! The XML of a feed as a few shallow elements: what feeds are known to hold, by canonical name, and nothing else.
//!
//! A tolerant reader: it never refuses. Tags that never end, ends without a beginning and references that nobody
//! declared are read as they were meant, and counted in [`Repairs`]. Entities that a document declares itself are not
//! expanded. It takes linear time: names are looked up among at most [`MAX_OPEN`] that are open.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::events::Event;
use quick_xml::events::attributes::Attributes;
use url::Url;

use super::element::FeedElement;
use super::names::{self, Space};
use super::references::{character, escape, named, unescape};
use super::repair::Repairs;

/// Elements open at once; tags beyond are passed over, their text is kept.
const MAX_OPEN: usize = 256;
/// Attributes of one tag.
const MAX_ATTRIBUTES: usize = 100;

/// A feed's elements: those that tell of the feed, and those that are its entries.
#[derive(Debug, Default)]
pub(super) struct FeedTree<'t> {
    /// The canonical name of the outermost element, "" if none of a feed was found.
    pub(super) root: &'static str,
    pub(super) version: Option<String>,
    pub(super) feed: FeedElement<'t>,
    pub(super) entries: Vec<FeedElement<'t>>,
    /// So many of the last entries were open when the document ended.
    pub(super) cut_entries: usize,
    /// Where the document came from.
    pub(super) document: Option<Url>,
    /// The bases that `xml:base` names; the document's own address is not among them, since an entry's statement goes first.
    pub(super) bases: Vec<Url>,
    pub(super) repairs: Repairs,
    /// Elements, known or not.
    pub(super) elements: usize,
}

/// An open element: its name as written, and the use of its content.
struct OpenElement<'t> {
    name: &'t str,
    role: ElementRole,
    /// Bindings of prefixes to go back to, and the base, when it ends.
    bindings: usize,
    base: Option<u32>,
}

#[derive(Clone, Copy, PartialEq)]
enum ElementRole {
    /// An [`FeedElement`] on the stack of those being built.
    Element,
    /// A tag in the content of one.
    Markup,
    /// Neither known nor in a known one.
    Passed,
}

struct TreeBuilder<'t> {
    tree: FeedTree<'t>,
    open: Vec<OpenElement<'t>>,
    /// Elements begun and not ended; the first is the feed itself.
    building: Vec<FeedElement<'t>>,
    /// Prefixes as bound by `xmlns`, the innermost last.
    bindings: Vec<(&'t str, Space)>,
    base: Option<u32>,
    /// Tags beyond the cap that have not ended.
    beyond: usize,
    /// Tags of the content of one element that have not ended.
    inside: usize,
    /// Unknown elements that have not ended.
    passed: usize,
    scratch: String,
}

/// Reads a document. `base` is where it came from.
pub(super) fn read<'t>(text: &'t str, base: Option<&Url>) -> FeedTree<'t> {
    let mut reader = Reader::from_str(text);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    let mut builder = TreeBuilder {
        base: None,
        tree: FeedTree { document: base.cloned(), ..FeedTree::default() },
        open: Vec::new(),
        building: vec![FeedElement::default()],
        bindings: Vec::new(),
        beyond: 0,
        inside: 0,
        passed: 0,
        scratch: String::new(),
    };
    loop {
        let from = reader.buffer_position() as usize;
        let event = reader.read_event();
        // The text between the brackets, by its range in the document, since it outlives the event.
        let tag = |brackets: usize| text.get(from + 1..reader.buffer_position() as usize - brackets).unwrap_or("");
        match event {
            Ok(Event::Start(_)) => builder.start(tag(1), false),
            Ok(Event::Empty(_)) => builder.start(tag(2), true),
            Ok(Event::End(end)) => builder.end(end.name().0),
            Ok(Event::Text(words)) => builder.text(words.into_inner(), true),
            Ok(Event::CData(words)) => builder.text(words.into_inner(), false),
            Ok(Event::GeneralRef(name)) => builder.reference(&name),
            Ok(Event::DocType(words)) => builder.tree.repairs.declares_entities |= words.contains("<!ENTITY"),
            Ok(Event::Eof) => break,
            Ok(_) => {}
            Err(_) => {
                builder.broken_off(text, reader.error_position() as usize);
                break;
            }
        }
    }
    builder.finish()
}

impl<'t> TreeBuilder<'t> {
    fn start(&mut self, tag: &'t str, is_empty: bool) {
        let name = &tag[..tag.find(|c: char| c.is_ascii_whitespace()).unwrap_or(tag.len())];
        if !name.starts_with(|c: char| c.is_alphabetic() || c == '_' || c == ':') {
            self.tree.repairs.odd_tags += 1;
            return;
        }
        if self.open.len() >= MAX_OPEN {
            self.tree.repairs.too_deep = true;
            self.beyond += usize::from(!is_empty);
            return;
        }
        self.tree.elements += 1;
        let (bindings, base) = (self.bindings.len(), self.base);
        let role = if self.inside > 0 {
            ElementRole::Markup
        } else {
            if tag.contains("xmlns") {
                self.bind(tag, name);
            }
            self.role(tag, name)
        };
        match role {
            ElementRole::Markup => {
                self.inside += 1;
                self.open_markup(tag, name);
            }
            ElementRole::Passed => self.passed += 1,
            ElementRole::Element => {}
        }
        self.open.push(OpenElement { name, role, bindings, base });
        if is_empty {
            self.close();
        }
    }

    /// Decides the use of an element; one that is read begins here.
    fn role(&mut self, tag: &'t str, name: &'t str) -> ElementRole {
        self.tree.repairs.undeclared += usize::from(self.is_undeclared(tag, name));
        let known = self.known(name);
        let is_entry = known.is_some_and(names::is_entry);
        if is_entry && self.is_in_its_way() {
            self.tree.repairs.unclosed += 1;
            while self.is_in_its_way() && !self.open.is_empty() {
                self.close();
            }
        }
        let top = self.building.last().map_or("", |element| element.name);
        if self.building.len() > 1 && !names::is_container(top) {
            return ElementRole::Markup;
        }
        let Some(known) =
            known.filter(|known| self.passed == 0 || is_entry || self.building.len() == 1 && names::is_frame(known))
        else {
            return ElementRole::Passed;
        };
        if tag.contains("xml:base") {
            self.rebase(tag, name);
        }
        let element = FeedElement { name: known, attributes: attributes(tag, name), base: self.base, ..FeedElement::default() };
        if self.tree.root.is_empty() {
            self.tree.root = known;
            self.tree.version = element.attribute("version").map(str::to_owned);
        }
        self.building.push(element);
        ElementRole::Element
    }

    /// True if something is open that no entry can stand in: the entry before, or a part of the feed without an end.
    fn is_in_its_way(&self) -> bool {
        self.building.iter().skip(1).any(|element| names::is_entry(element.name) || !names::is_container(element.name))
    }

    fn end(&mut self, name: &str) {
        if self.beyond > 0 {
            self.beyond -= 1;
            return;
        }
        let Some(at) = self.open.iter().rposition(|open| open.name == name) else {
            self.tree.repairs.stray_ends += 1;
            return;
        };
        // HTML that was never escaped has tags that need no end.
        let unclosed = self.open[at + 1..].iter().filter(|open| open.role != ElementRole::Markup).count();
        self.tree.repairs.unclosed += unclosed;
        while self.open.len() > at {
            self.close();
        }
    }

    /// Ends the innermost element.
    fn close(&mut self) {
        let Some(open) = self.open.pop() else { return };
        self.bindings.truncate(open.bindings);
        self.base = open.base;
        match open.role {
            ElementRole::Passed => self.passed -= 1,
            ElementRole::Markup => {
                self.inside -= 1;
                let markup = self.building.last_mut().and_then(|element| element.markup.as_mut());
                if let Some(markup) = markup.filter(|_| !is_void(local(open.name))) {
                    markup.push_str("</");
                    markup.push_str(local(open.name));
                    markup.push('>');
                }
            }
            ElementRole::Element => {
                let Some(mut element) = self.building.pop() else { return };
                element.unwrap_cdata();
                if names::is_entry(element.name) && !self.building.iter().any(|above| above.name == "source") {
                    self.tree.entries.push(element);
                } else if let Some(above) = self.building.last_mut() {
                    // A feed's parts stand together, at whatever depth of `rss`, `channel` and the like.
                    if names::is_frame(element.name) {
                        above.children.extend(element.children);
                        above.attributes.extend(element.attributes);
                        above.base = above.base.or(element.base);
                    } else {
                        above.children.push(element);
                    }
                }
            }
        }
    }

    /// The element whose text is being read, if any is.
    fn reading(&mut self) -> Option<&mut FeedElement<'t>> {
        let wanted = |name: &str| !(name.is_empty() || names::is_frame(name) || names::is_entry(name));
        // A name may be marked up where it should not be.
        self.building.last_mut().filter(|element| (self.passed == 0 || element.name == "author") && wanted(element.name))
    }

    fn text(&mut self, words: Cow<'t, str>, escaped: bool) {
        if escaped {
            // Only ampersands that begin no reference are left in it.
            self.tree.repairs.characters += words.matches('&').count();
            let is_outside = self.open.is_empty() && !self.tree.root.is_empty();
            self.tree.repairs.outside += usize::from(is_outside && !words.trim().is_empty());
        }
        let Some(element) = self.reading() else { return };
        if let Some(markup) = &mut element.markup {
            if escaped {
                markup.push_str(&words);
            } else {
                escape(&words, markup);
            }
        }
        join(&mut element.text, words);
    }

    fn reference(&mut self, name: &str) {
        let resolved: Cow<'t, str> = match character(name) {
            Some(c) => {
                self.tree.repairs.characters += usize::from(c == '\u{fffd}' || c < ' ' && !c.is_ascii_whitespace());
                Cow::Owned(c.to_string())
            }
            None => match named(name) {
                Some(text) => {
                    if !matches!(name, "amp" | "lt" | "gt" | "quot" | "apos") {
                        self.tree.repairs.html_entities += 1;
                    }
                    text
                }
                None => {
                    self.tree.repairs.unknown_entities += 1;
                    Cow::Owned(format!("&{name};"))
                }
            },
        };
        let Some(element) = self.reading() else { return };
        if let Some(markup) = &mut element.markup {
            escape(&resolved, markup);
        }
        join(&mut element.text, resolved);
    }

    /// A tag within the content of an element: from here on the content is kept as HTML too.
    fn open_markup(&mut self, tag: &str, name: &str) {
        let Some(element) = self.building.last_mut() else { return };
        let markup = element.markup.get_or_insert_with(|| {
            let mut markup = String::with_capacity(element.text.len() + 64);
            escape(&element.text, &mut markup);
            markup
        });
        // Without prefixes, which HTML does not know.
        markup.push('<');
        markup.push_str(local(name));
        markup.push_str(&tag[name.len()..]);
        markup.push('>');
    }

    fn bind(&mut self, tag: &'t str, name: &str) {
        for attribute in Attributes::html(tag, name.len()).with_checks(false).flatten() {
            let key = attribute.key.0;
            if let Some(prefix) = if key == "xmlns" { Some("") } else { key.strip_prefix("xmlns:") } {
                self.bindings.push((prefix, names::space(attribute.value.trim())));
            }
        }
    }

    /// The canonical name of an element as it is written.
    fn known(&mut self, name: &str) -> Option<&'static str> {
        let (prefix, local) = name.split_once(':').unwrap_or(("", name));
        let bound = self.bindings.iter().rev().find(|(bound, _)| *bound == prefix).map(|(_, space)| *space);
        let declared = bound.and_then(|space| names::known(space, local, &mut self.scratch));
        if declared.is_some() || bound == Some(Space::Foreign) {
            return declared;
        }
        // If the namespace is unknown, undeclared, or does not have this name, the usual prefix decides.
        names::known(names::by_prefix(prefix), local, &mut self.scratch)
    }

    /// True if it or an attribute of it has a prefix that nothing declares.
    fn is_undeclared(&self, tag: &str, name: &str) -> bool {
        let is_bound =
            |prefix: &str| matches!(prefix, "xml" | "xmlns") || self.bindings.iter().any(|(bound, _)| *bound == prefix);
        let is_undeclared = |name: &str| name.split_once(':').is_some_and(|(prefix, _)| !is_bound(prefix));
        // Seldom does a colon stand outside the values.
        let has_prefixes = || tag[name.len()..].split('"').step_by(2).any(|outside| outside.contains(':'));
        let mut attributes = Attributes::html(tag, name.len());
        is_undeclared(name)
            || (has_prefixes() && attributes.with_checks(false).flatten().any(|attribute| is_undeclared(attribute.key.0)))
    }

    fn rebase(&mut self, tag: &str, name: &str) {
        let mut attributes = Attributes::html(tag, name.len());
        let attribute = attributes.with_checks(false).flatten().find(|attribute| attribute.key.0 == "xml:base");
        let Some(value) = attribute.map(|attribute| unescape(attribute.value)) else { return };
        let outer = self.base.and_then(|base| self.tree.bases.get(base as usize)).or(self.tree.document.as_ref());
        let value = value.trim();
        let joined = match outer {
            Some(outer) => outer.join(value).ok(),
            None => Url::parse(value).ok(),
        };
        if let Some(url) = joined {
            self.tree.bases.push(url);
            self.base = Some(self.tree.bases.len() as u32 - 1);
        }
    }

    /// The document ends within a tag, a comment or CDATA.
    fn broken_off(&mut self, text: &'t str, at: usize) {
        self.tree.repairs.broken_off = true;
        let rest = text.get(at..).unwrap_or("");
        // A cut CDATA section and its like still count; half a tag does not.
        if let Some(words) = rest.strip_prefix("<![CDATA[") {
            self.text(Cow::Borrowed(words), false);
        }
    }

    fn finish(mut self) -> FeedTree<'t> {
        if !self.open.is_empty() {
            self.tree.repairs.open_at_end = self.open.iter().filter(|open| open.role != ElementRole::Markup).count();
        }
        let whole = self.tree.entries.len();
        while !self.open.is_empty() {
            self.close();
        }
        self.tree.cut_entries = self.tree.entries.len() - whole;
        self.tree.feed = self.building.pop().unwrap_or_default();
        self.tree
    }
}

fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

fn attributes<'t>(tag: &'t str, name: &str) -> Vec<(Cow<'t, str>, Cow<'t, str>)> {
    if tag.len() == name.len() {
        return Vec::new();
    }
    let mut all = Attributes::html(tag, name.len());
    let all = all.with_checks(false).flatten().take(MAX_ATTRIBUTES);
    let read = all.filter(|attribute| !attribute.key.0.starts_with("xml")).map(|attribute| {
        let key = local(attribute.key.0);
        let key =
            if key.bytes().any(|b| b.is_ascii_uppercase()) { Cow::Owned(key.to_ascii_lowercase()) } else { Cow::Borrowed(key) };
        (key, unescape(attribute.value))
    });
    read.collect()
}

fn join<'t>(text: &mut Cow<'t, str>, more: Cow<'t, str>) {
    if text.is_empty() {
        *text = more;
    } else {
        text.to_mut().push_str(&more);
    }
}

/// Elements of HTML that have no end.
fn is_void(name: &str) -> bool {
    matches!(name, "area" | "base" | "br" | "col" | "embed" | "hr" | "img" | "input" | "link" | "meta" | "param" | "wbr")
}
