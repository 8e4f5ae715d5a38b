//! The short way from HTML to a document: most of what feeds and comments hold is a few well-nested tags, for which no
//! tree has to be built. [`read`] gives exactly what the tree would, or nothing where it is not sure; several times as
//! fast.

use std::borrow::Cow;

use url::Url;

use super::{Attributes, Reader, named_language, styled};
use crate::domain::text::{Block, Document, clean_code};
use crate::format::feed::references;
use crate::format::flow::{Container, Flow, Style};

/// Elements open at once; what is deeper goes the long way.
const MAX_OPEN: usize = 32;
/// Attributes of one tag, as above.
const MAX_ATTRIBUTES: usize = 50;

/// What to do with an element.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    /// Its words run on.
    Inline,
    Link,
    Quotation,
    /// In a heading it parts words; elsewhere it is nothing.
    Span,
    /// It begins and ends paragraphs.
    Block,
    Paragraph,
    Contain(Container),
    Heading(u8),
}

fn kind(name: &str) -> Option<Kind> {
    Some(match name {
        "a" => Kind::Link,
        "q" => Kind::Quotation,
        "span" => Kind::Span,
        "b" | "strong" | "i" | "em" | "cite" | "dfn" | "var" | "code" | "kbd" | "samp" | "tt" | "del" | "s" | "strike"
        | "u" | "small" | "big" | "mark" | "ins" | "abbr" | "acronym" | "font" | "time" | "bdi" => Kind::Inline,
        "p" => Kind::Paragraph,
        "div" | "section" | "article" | "header" | "footer" | "center" | "main" | "aside" => Kind::Block,
        "blockquote" => Kind::Contain(Container::Quote),
        "ul" => Kind::Contain(Container::List { start: None }),
        "ol" => Kind::Contain(Container::List { start: Some(1) }),
        "li" => Kind::Contain(Container::Item),
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => Kind::Heading(name.as_bytes()[1] - b'0'),
        _ => return None,
    })
}

struct Open<'h> {
    name: Cow<'h, str>,
    kind: Kind,
    /// Of the words around it.
    outer: Style,
    /// Of the words in it.
    style: Style,
}

struct Simple<'h> {
    rest: &'h str,
    reader: Reader<'h>,
    open: Vec<Open<'h>>,
}

/// A start tag.
struct Tag<'h> {
    name: Cow<'h, str>,
    attributes: Vec<(Cow<'h, str>, Cow<'h, str>)>,
}

impl Attributes for Tag<'_> {
    fn get(&self, name: &str) -> Option<Cow<'_, str>> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| Cow::Borrowed(&**value))
    }
}

/// The document of a fragment that is well nested and of simple tags; none where it is not, or may be read otherwise by a
/// browser.
pub(super) fn read(html: &str, base: Option<&Url>) -> Option<Document> {
    // What the tree builder would replace, and what begins a page or a state of its own.
    if html.contains('\0') {
        return None;
    }
    let reader = Reader { flow: Flow::new(), base, left_out: &|_| false };
    let mut simple = Simple { rest: html, reader, open: Vec::new() };
    simple.read()?;
    Some(simple.reader.flow.finish())
}

impl<'h> Simple<'h> {
    fn read(&mut self) -> Option<()> {
        while !self.rest.is_empty() {
            let end = self.rest.find('<').unwrap_or(self.rest.len());
            let (text, rest) = self.rest.split_at(end);
            self.rest = rest;
            if !text.is_empty() {
                let style = self.style();
                self.reader.flow.text(&decoded(text)?, style);
            }
            if rest.is_empty() {
                break;
            }
            if let Some(rest) = rest.strip_prefix("</") {
                self.rest = rest;
                self.end()?;
            } else if rest.starts_with("<!--") {
                self.comment()?;
            } else {
                let tag = self.tag()?;
                self.start(tag)?;
            }
        }
        self.open.is_empty().then_some(())
    }

    fn style(&self) -> Style {
        self.open.last().map_or(Style::default(), |open| open.style)
    }

    fn is_open(&self, kind: impl Fn(Kind) -> bool) -> bool {
        self.open.iter().any(|open| kind(open.kind))
    }

    fn in_heading(&self) -> bool {
        self.is_open(|kind| matches!(kind, Kind::Heading(_)))
    }

    /// Whether only spans stand between here and the heading around.
    fn is_heading_itself(&self) -> bool {
        let inner = self.open.iter().rev().find(|open| open.kind != Kind::Span);
        inner.is_some_and(|open| matches!(open.kind, Kind::Heading(_)))
    }

    /// Blocks end paragraphs that are open, headings hold none: the tree knows what comes of that.
    fn may_begin_block(&self) -> Option<()> {
        (!self.is_open(|kind| matches!(kind, Kind::Paragraph | Kind::Heading(_)))).then_some(())
    }

    fn start(&mut self, tag: Tag<'h>) -> Option<()> {
        let style = self.style();
        // What is hidden, and numbers out of their order, are for the tree.
        let is_styled = |value: &str| value.contains("display") || value.contains("visibility");
        let is_for_tree = |(name, value): &(Cow<'_, str>, Cow<'_, str>)| match &**name {
            "hidden" => true,
            "style" => is_styled(&value.to_ascii_lowercase()),
            "class" => value.contains("katex-html"),
            "value" => tag.name == "li",
            "reversed" => tag.name == "ol",
            _ => false,
        };
        if tag.attributes.iter().any(is_for_tree) {
            return None;
        }
        match &*tag.name {
            "br" if self.is_heading_itself() => self.reader.flow.text(" ", style),
            "br" | "img" if self.in_heading() => return None,
            "br" => self.reader.flow.end_paragraph(),
            "wbr" => {}
            "hr" => {
                self.may_begin_block()?;
                self.reader.flow.end_paragraph();
                self.reader.flow.push(Block::Rule);
            }
            "img" => self.reader.image(&tag, style),
            "pre" => {
                self.may_begin_block()?;
                self.reader.flow.end_paragraph();
                self.preformatted(&tag)?;
            }
            name => {
                let kind = kind(name)?;
                self.open(kind, tag, style)?;
            }
        }
        Some(())
    }

    fn open(&mut self, kind: Kind, tag: Tag<'h>, outer: Style) -> Option<()> {
        if self.open.len() >= MAX_OPEN {
            return None;
        }
        let mut style = styled(&tag.name, outer);
        match kind {
            Kind::Span if self.is_heading_itself() => self.reader.flow.text(" ", outer),
            Kind::Inline | Kind::Span => {}
            Kind::Link => {
                if self.is_open(|kind| kind == Kind::Link) {
                    return None;
                }
                let address = tag.get("href").and_then(|href| self.reader.address(&href));
                style.link = address.map(|address| self.reader.flow.link(&address)).or(style.link);
            }
            Kind::Quotation => self.reader.flow.text("“", outer),
            Kind::Block | Kind::Paragraph | Kind::Heading(_) => {
                self.may_begin_block()?;
                self.reader.flow.end_paragraph();
            }
            Kind::Contain(container) => {
                self.may_begin_block()?;
                let around = self.open.last().map(|open| open.kind);
                let in_list = matches!(around, Some(Kind::Contain(Container::List { .. })));
                match container {
                    Container::Item if !in_list => return None,
                    Container::List { start: Some(_) } => {
                        let start = tag.get("start").and_then(|start| start.trim().parse().ok()).unwrap_or(1);
                        self.reader.flow.open(Container::List { start: Some(start) });
                    }
                    container => self.reader.flow.open(container),
                }
            }
        }
        self.open.push(Open { name: tag.name, kind, outer, style });
        Some(())
    }

    /// An end tag, behind its `</`: that of the innermost element, or nothing is sure any more.
    fn end(&mut self) -> Option<()> {
        let (name, rest) = self.name()?;
        self.rest = rest.trim_start_matches(is_space).strip_prefix('>')?;
        let open = self.open.pop().filter(|open| open.name == name)?;
        match open.kind {
            Kind::Inline | Kind::Span | Kind::Link => {}
            Kind::Quotation => self.reader.flow.text("”", open.outer),
            Kind::Block | Kind::Paragraph => self.reader.flow.end_paragraph(),
            Kind::Heading(level) => self.reader.flow.end_heading(level),
            Kind::Contain(_) => self.reader.flow.close(),
        }
        Some(())
    }

    fn comment(&mut self) -> Option<()> {
        let inside = &self.rest[4..];
        let end = inside.find("-->")?;
        let odd = inside.starts_with('>')
            || inside.starts_with("->")
            || ["--!>", "<!--"].iter().any(|odd| inside[..end].contains(odd));
        self.rest = &inside[end + 3..];
        (!odd && !inside[..end].ends_with("<!-")).then_some(())
    }

    /// The verbatim text up to the end of a `pre`.
    fn preformatted(&mut self, pre: &Tag<'h>) -> Option<()> {
        let mut class = pre.get("class").map(Cow::into_owned);
        let (mut text, mut code_class): (String, Option<Option<String>>) = (String::new(), None);
        let mut open: Vec<Cow<'h, str>> = Vec::new();
        self.rest = self.rest.strip_prefix('\n').unwrap_or(self.rest);
        loop {
            let end = self.rest.find('<')?;
            let (words, rest) = self.rest.split_at(end);
            if words.contains('\r') {
                return None;
            }
            text.push_str(&decoded(words)?);
            self.rest = rest;
            if let Some(rest) = rest.strip_prefix("</") {
                self.rest = rest;
                let (name, rest) = self.name()?;
                self.rest = rest.trim_start_matches(is_space).strip_prefix('>')?;
                match open.pop() {
                    Some(inner) if inner == name => {}
                    None if name == "pre" => break,
                    _ => return None,
                }
            } else {
                let tag = self.tag()?;
                match &*tag.name {
                    "br" => text.push('\n'),
                    name if open.len() < MAX_OPEN && matches!(kind(name), Some(Kind::Inline | Kind::Span)) => {
                        if name == "code" && code_class.is_none() {
                            code_class = Some(tag.get("class").map(Cow::into_owned));
                        }
                        open.push(tag.name);
                    }
                    _ => return None,
                }
            }
        }
        let text = clean_code(text.trim_end_matches('\n'));
        if !text.trim().is_empty() {
            let classes = [class.take(), code_class.flatten()];
            let language = named_language(classes.iter().flatten().map(String::as_str));
            self.reader.flow.push(Block::Code { language, text });
        }
        Some(())
    }

    /// The name that stands here, in small letters, and what stands behind it.
    fn name(&self) -> Option<(Cow<'h, str>, &'h str)> {
        let end = self.rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at(end);
        if !name.starts_with(|c: char| c.is_ascii_alphabetic()) || !rest.starts_with(|c| is_space(c) || c == '>' || c == '/') {
            return None;
        }
        let is_small = !name.bytes().any(|b| b.is_ascii_uppercase());
        Some((if is_small { Cow::Borrowed(name) } else { Cow::Owned(name.to_ascii_lowercase()) }, rest))
    }

    /// A start tag whole.
    fn tag(&mut self) -> Option<Tag<'h>> {
        self.rest = &self.rest[1..];
        let (name, mut rest) = self.name()?;
        let mut attributes = Vec::new();
        loop {
            rest = rest.trim_start_matches(|c| is_space(c) || c == '/');
            if let Some(behind) = rest.strip_prefix('>') {
                self.rest = behind;
                return Some(Tag { name, attributes });
            }
            let end = rest.find(|c: char| is_space(c) || matches!(c, '/' | '>' | '='))?;
            let (key, behind) = rest.split_at(end);
            if key.is_empty() || key.contains(['"', '\'', '<']) || attributes.len() >= MAX_ATTRIBUTES {
                return None;
            }
            let (value, behind) = match behind.trim_start_matches(is_space).strip_prefix('=') {
                None => ("", behind),
                Some(value) => attribute_value(value.trim_start_matches(is_space))?,
            };
            rest = behind;
            let key =
                if key.bytes().any(|b| b.is_ascii_uppercase()) { Cow::Owned(key.to_ascii_lowercase()) } else { key.into() };
            if attributes.iter().all(|(known, _)| *known != key) {
                attributes.push((key, decoded_value(value)?));
            }
        }
    }
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\n' | '\t' | '\r' | '\u{c}')
}

/// The value of an attribute, and what stands behind it.
fn attribute_value(text: &str) -> Option<(&str, &str)> {
    if let Some(quote) = text.chars().next().filter(|c| matches!(c, '"' | '\'')) {
        let (value, rest) = text[1..].split_once(quote)?;
        // Without a space before the next name a browser goes on as if there were one; so few do that.
        return rest.starts_with(|c| is_space(c) || matches!(c, '>' | '/')).then_some((value, rest));
    }
    let end = text.find(|c| is_space(c) || c == '>')?;
    let (value, rest) = text.split_at(end);
    (!value.is_empty() && !value.contains(['"', '\'', '<', '=', '`'])).then_some((value, rest))
}

/// Text with its references resolved, where they are written as they should be.
fn decoded(text: &str) -> Option<Cow<'_, str>> {
    if !text.contains('&') {
        return Some(Cow::Borrowed(text));
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if !rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '#') {
            out.push('&');
            continue;
        }
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '#').filter(|end| rest[*end..].starts_with(';'))?;
        let name = &rest[..end];
        match name.strip_prefix('#') {
            Some(_) => out.push(references::character(name).filter(|c| is_sure(*c))?),
            None => out.push_str(&references::named(name)?),
        }
        rest = &rest[end + 1..];
    }
    out.push_str(rest);
    Some(Cow::Owned(out))
}

/// In values a reference without its semicolon has rules of its own.
fn decoded_value(value: &str) -> Option<Cow<'_, str>> {
    if value.contains('\r') { None } else { decoded(value) }
}

/// Whether a character that was given by number is what every reader makes of that number.
fn is_sure(c: char) -> bool {
    !c.is_control() && c != '\u{fffd}' && !matches!(c as u32, 0xfdd0..=0xfdef) && c as u32 & 0xfffe != 0xfffe
}

#[cfg(test)]
mod tests;
