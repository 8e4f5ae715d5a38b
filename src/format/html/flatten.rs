//! Tames HTML before any tree is built of it: the tree builder takes quadratic time for deep nesting and for formatting
//! elements that are never closed, and quadratic time for a tag with endless attributes.

use std::borrow::Cow;
use std::cell::RefCell;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};

use crate::format::feed::references::escape;

/// Elements open at once, `html` and `body` included. Real pages stay well below.
const MAX_OPEN: usize = 64;
/// Formatting elements begun and not ended.
const MAX_FORMATTING: usize = 64;
/// Attributes of one tag.
const MAX_ATTRIBUTES: usize = 200;

/// The same HTML, rewritten with shallower nesting if it needs that; all of its text stays.
pub(super) fn flatten(html: &str) -> Cow<'_, str> {
    let html = trim_attributes(html);
    let measured = tokenize(&html, NodeMeasure::default());
    if measured.deepest.into_inner() <= MAX_OPEN && measured.formatting.into_inner().1 <= MAX_FORMATTING {
        return html;
    }
    Cow::Owned(tokenize(&html, Rewrite::default()).out.into_inner())
}

pub(super) fn tokenize<S: TokenSink>(html: &str, sink: S) -> S {
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(html));
    let tokenizer = Tokenizer::new(sink, TokenizerOpts::default());
    // A script or an encoding asks to be heard; there is nothing to say.
    while !input.is_empty() {
        let _ = tokenizer.feed(&input);
    }
    tokenizer.end();
    tokenizer.sink
}

/// The elements that are open, ended as a browser would where their end is implied.
#[derive(Default)]
pub(super) struct OpenTags(pub(super) Vec<String>);

impl OpenTags {
    /// Makes room for an element; gives the names that it ends.
    pub(super) fn start(&mut self, name: &str) -> Vec<String> {
        let ends_above: &[&str] = match name {
            "li" => &["ul", "ol", "menu"],
            "dt" | "dd" => &["dl"],
            "tr" | "tbody" | "thead" | "tfoot" => &["table"],
            "td" | "th" => &["tr", "table"],
            "option" | "optgroup" => &["select"],
            name if is_block(name) => {
                return if self.0.last().is_some_and(|top| top == "p") {
                    self.0.pop().into_iter().collect()
                } else {
                    Vec::new()
                };
            }
            _ => return Vec::new(),
        };
        let from = self.0.iter().rposition(|open| ends_above.contains(&open.as_str())).map_or(0, |at| at + 1);
        let alike = |open: &String| match name {
            "dt" | "dd" => open == "dt" || open == "dd",
            "td" | "th" => open == "td" || open == "th",
            "tr" => open == "tr",
            "tbody" | "thead" | "tfoot" => matches!(open.as_str(), "tbody" | "thead" | "tfoot"),
            _ => open == name,
        };
        match self.0[from..].iter().position(alike) {
            Some(at) => self.0.split_off(from + at),
            None => Vec::new(),
        }
    }

    /// Ends an element; gives the names that end with it, none if it was not open.
    pub(super) fn end(&mut self, name: &str) -> Vec<String> {
        match self.0.iter().rposition(|open| open == name) {
            Some(at) => self.0.split_off(at),
            None => Vec::new(),
        }
    }
}

/// How deep the nesting goes, and how many formatting elements were never ended.
#[derive(Default)]
struct NodeMeasure {
    open: RefCell<OpenTags>,
    deepest: RefCell<usize>,
    /// Begun and not ended: now, and at most.
    formatting: RefCell<(usize, usize)>,
}

impl TokenSink for NodeMeasure {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let Token::TagToken(tag) = token else { return TokenSinkResult::Continue };
        let name: &str = &tag.name;
        let (mut open, mut formatting) = (self.open.borrow_mut(), self.formatting.borrow_mut());
        if tag.kind == TagKind::StartTag {
            open.start(name);
            // Beyond the cap the answer is known.
            if !is_void(name) && open.0.len() <= MAX_OPEN {
                open.0.push(name.to_owned());
            }
            formatting.0 += usize::from(is_formatting(name));
        } else {
            open.end(name);
            formatting.0 = formatting.0.saturating_sub(usize::from(is_formatting(name)));
        }
        formatting.1 = formatting.1.max(formatting.0);
        let mut deepest = self.deepest.borrow_mut();
        *deepest = (*deepest).max(open.0.len());
        state_after(&tag)
    }
}

/// Writes the HTML anew, balanced, without the elements beyond the cap.
#[derive(Default)]
struct Rewrite {
    open: RefCell<OpenTags>,
    /// Elements left out and not yet ended.
    skipped: RefCell<Vec<String>>,
    out: RefCell<String>,
    raw: RefCell<bool>,
}

impl TokenSink for Rewrite {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut out = self.out.borrow_mut();
        match token {
            Token::CharacterTokens(text) if *self.raw.borrow() => out.push_str(&text),
            Token::CharacterTokens(text) => escape(&text, &mut out),
            Token::TagToken(tag) => {
                let name: &str = &tag.name;
                let (mut open, mut skipped) = (self.open.borrow_mut(), self.skipped.borrow_mut());
                let after = state_after(&tag);
                *self.raw.borrow_mut() = matches!(after, TokenSinkResult::RawData(RawKind::Rawtext | RawKind::ScriptData));
                if tag.kind == TagKind::EndTag {
                    if let Some(at) = skipped.iter().rposition(|open| open == name) {
                        skipped.truncate(at);
                        separate(name, &mut out);
                    } else {
                        close(&open.end(name), &mut out);
                    }
                    return after;
                }
                let must_stand = is_void(name) || matches!(after, TokenSinkResult::RawData(_));
                if open.0.len() >= MAX_OPEN - 2 && !must_stand {
                    // Bounded, so that endless unclosed tags cost no search; what is beyond has no end tag looked for.
                    if skipped.len() < MAX_OPEN {
                        skipped.push(name.to_owned());
                    }
                    separate(name, &mut out);
                    return after;
                }
                close(&open.start(name), &mut out);
                write_tag(&tag, &mut out);
                if !is_void(name) {
                    open.0.push(name.to_owned());
                }
                return after;
            }
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

/// Keeps words apart where a block's border was.
fn separate(name: &str, out: &mut String) {
    out.push_str(if is_block(name) || matches!(name, "li" | "dt" | "dd" | "tr" | "td" | "th") { "<br>" } else { "" });
}

pub(super) fn close(names: &[String], out: &mut String) {
    for name in names.iter().rev() {
        out.push_str("</");
        out.push_str(name);
        out.push('>');
    }
}

pub(super) fn write_tag(tag: &Tag, out: &mut String) {
    out.push('<');
    out.push_str(&tag.name);
    for attribute in &tag.attrs {
        // An odd name would not be read back as the same.
        if attribute.name.local.chars().all(|c| c.is_ascii_alphanumeric() || "-_:.".contains(c)) {
            out.push(' ');
            out.push_str(&attribute.name.local);
            out.push_str("=\"");
            out.push_str(&attribute.value.replace('&', "&amp;").replace('"', "&quot;"));
            out.push('"');
        }
    }
    out.push('>');
}

/// The tree builder's instructions to the tokenizer: in some elements tags are text.
pub(super) fn state_after(tag: &Tag) -> TokenSinkResult<()> {
    if tag.kind == TagKind::EndTag {
        return TokenSinkResult::Continue;
    }
    match &*tag.name {
        "script" => TokenSinkResult::RawData(RawKind::ScriptData),
        "style" | "xmp" | "iframe" | "noembed" | "noframes" => TokenSinkResult::RawData(RawKind::Rawtext),
        "title" | "textarea" => TokenSinkResult::RawData(RawKind::Rcdata),
        "plaintext" => TokenSinkResult::Plaintext,
        _ => TokenSinkResult::Continue,
    }
}

/// Cuts the attributes off a tag that has too many: finding doubles among them takes quadratic time.
pub(super) fn trim_attributes(html: &str) -> Cow<'_, str> {
    let bytes = html.as_bytes();
    let mut kept: Vec<&str> = Vec::new();
    let (mut from, mut at) = (0, 0);
    while let Some(tag) = bytes[at..].iter().position(|&b| b == b'<').map(|n| at + n) {
        at = tag + 1;
        if !bytes.get(at).is_some_and(u8::is_ascii_alphabetic) {
            continue;
        }
        let (mut quote, mut gaps, mut cut) = (0_u8, 0, None);
        while let Some(&byte) = bytes.get(at) {
            match byte {
                b'>' if quote == 0 => break,
                b'"' | b'\'' if quote == 0 && bytes[at - 1] == b'=' => quote = byte,
                _ if byte == quote => {
                    quote = 0;
                    gaps += 1;
                }
                b' ' | b'\n' | b'\t' | b'\r' | b'\x0c' | b'/' if quote == 0 => gaps += 1,
                _ => {}
            }
            if gaps > 2 * MAX_ATTRIBUTES && cut.is_none() && quote == 0 {
                cut = Some(at);
            }
            at += 1;
        }
        // A tag that never ends is left to the tokenizer, which drops it; only its length of attributes is cut.
        if let Some(cut) = cut {
            kept.push(&html[from..cut]);
            from = at;
        }
    }
    if kept.is_empty() {
        return Cow::Borrowed(html);
    }
    kept.push(&html[from..]);
    Cow::Owned(kept.concat())
}

pub(super) fn is_void(name: &str) -> bool {
    matches!(
        name,
        "area"
            | "base"
            | "br"
            | "col"
            | "embed"
            | "hr"
            | "img"
            | "input"
            | "link"
            | "meta"
            | "param"
            | "source"
            | "track"
            | "wbr"
    )
}

fn is_formatting(name: &str) -> bool {
    matches!(name, "b" | "big" | "code" | "em" | "font" | "i" | "s" | "small" | "strike" | "strong" | "tt" | "u")
}

/// True if an element begins and ends paragraphs.
pub(super) fn is_block(name: &str) -> bool {
    matches!(
        name,
        "address"
            | "article"
            | "aside"
            | "blockquote"
            | "body"
            | "center"
            | "details"
            | "dialog"
            | "dd"
            | "dir"
            | "div"
            | "dl"
            | "dt"
            | "fieldset"
            | "figcaption"
            | "figure"
            | "footer"
            | "form"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "header"
            | "hgroup"
            | "hr"
            | "legend"
            | "li"
            | "main"
            | "menu"
            | "nav"
            | "ol"
            | "optgroup"
            | "option"
            | "p"
            | "pre"
            | "search"
            | "section"
            | "summary"
            | "table"
            | "tbody"
            | "td"
            | "tfoot"
            | "th"
            | "thead"
            | "tr"
            | "ul"
            | "video"
            | "audio"
            | "textarea"
            | "button"
    )
}
