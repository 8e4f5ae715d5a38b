//! The text constructs of feeds: what is prose, what is HTML, and what an element that does not say so holds.

use std::borrow::Cow;

use url::Url;

use super::element::FeedElement;
use super::references::unescape;
use super::title::{has_element, strip, strip_markup};
use crate::domain::text::{CleanText, Document, clean_line};
use crate::format::{html, plain};

/// Content as an element gives it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum ElementText<'a> {
    Plain(Cow<'a, str>),
    /// Prose whose lines end where they were meant to.
    Lines(Cow<'a, str>),
    Html(Cow<'a, str>),
}

impl<'a> ElementText<'a> {
    /// The content of an RSS element: HTML by custom, prose if it has no tag.
    pub(super) fn loose(element: &'a FeedElement<'_>) -> ElementText<'a> {
        match &element.markup {
            Some(markup) => ElementText::Html(Cow::Borrowed(markup)),
            None if has_element(&element.text) => ElementText::Html(Cow::Borrowed(&element.text)),
            // By its specification; the lists of chapters and links under videos stand there.
            None if element.name == "media:description" && element.attribute("type") != Some("html") => {
                ElementText::Lines(unescape(Cow::Borrowed(&element.text)))
            }
            None => ElementText::Plain(unescape(Cow::Borrowed(&element.text))),
        }
    }

    /// The content of an Atom element by its `type` and, in Atom 0.3, its `mode`. None if it is not text.
    pub(super) fn typed(element: &'a FeedElement<'_>) -> Option<ElementText<'a>> {
        let kind = element.attribute("type").unwrap_or("text").to_ascii_lowercase();
        let kind = kind.split(';').next().unwrap_or("").trim();
        let is_text = kind == "text" || kind.is_empty() || kind.starts_with("text/");
        let is_html = kind.contains("html");
        // In Atom 1.0, any other media type is in base64.
        let is_xml = kind.ends_with("xml");
        let is_coded = element.attribute("mode") == Some("base64") || (!is_text && !is_html && !is_xml && kind.contains('/'));
        if is_coded
            && element.markup.is_none()
            && let Some(bytes) = base64(&element.text)
        {
            match String::from_utf8(bytes) {
                Ok(text) if has_tag(&text) => return Some(ElementText::Html(text.into())),
                Ok(text) => return Some(ElementText::Plain(text.into())),
                // A picture or a sound, or a word that only looks like base64.
                Err(_) if element.name == "content" => return None,
                Err(_) => {}
            }
        }
        Some(match &element.markup {
            Some(markup) => ElementText::Html(Cow::Borrowed(markup)),
            // Marked up by its type, yet without a single tag: the text is what is meant.
            None if kind == "xhtml" || kind.ends_with("xhtml+xml") && !has_tag(&element.text) => {
                ElementText::Plain(Cow::Borrowed(&element.text))
            }
            None if is_html => ElementText::Html(Cow::Borrowed(&element.text)),
            // Many escape twice: nobody means to show `&nbsp;` or `&#8217;`.
            None => ElementText::Plain(unescape(Cow::Borrowed(&element.text))),
        })
    }

    /// The title that an element holds, on one line.
    pub(super) fn title(self, element: &FeedElement<'_>) -> CleanText {
        match &element.markup {
            // Unescaped tags are certainly markup.
            Some(markup) => clean_line(&strip_markup(markup)),
            None => self.line(),
        }
    }

    /// As one line without markup: for titles and teasers.
    pub(super) fn line(&self) -> CleanText {
        match self {
            ElementText::Plain(text) | ElementText::Lines(text) => clean_line(text),
            ElementText::Html(html) => clean_line(&strip(html)),
        }
    }

    pub(super) fn document(&self, base: Option<&Url>) -> Document {
        match self {
            ElementText::Plain(text) => plain::to_document(text),
            ElementText::Lines(text) => Document::plain(text.lines()),
            ElementText::Html(html) if !html.contains(['<', '&']) => Document::plain([&**html]),
            ElementText::Html(html) => html::to_document(html, base),
        }
    }

    /// True if it shows nothing: no words, and no picture either.
    pub(super) fn is_blank(&self) -> bool {
        match self {
            ElementText::Plain(text) | ElementText::Lines(text) => clean_line(text).is_empty(),
            ElementText::Html(html) => !shows_words(html) && !self.document(None).shows_anything(),
        }
    }
}

/// True if HTML certainly shows words: the quick answer for nearly all of it, at its first word.
fn shows_words(html: &str) -> bool {
    let is_word = |text: &str| {
        let at = text.find(|c: char| c.is_alphanumeric() || c == '&');
        at.is_some_and(|at| !text[at..].starts_with('&'))
    };
    let mut pieces = html.split('<');
    if pieces.next().is_some_and(is_word) {
        return true;
    }
    for piece in pieces {
        let Some((tag, text)) = piece.split_once('>') else { return false };
        // The tree decides which elements are hidden.
        let name = tag.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
        let is_plain = tag.starts_with('/') || (!name.is_empty() && !html::is_hidden_element(name));
        if !is_plain || ["hidden", "display"].iter().any(|word| tag.contains(word)) {
            return false;
        }
        if is_word(text) {
            return true;
        }
    }
    false
}

/// True if a text shows a tag of HTML.
fn has_tag(text: &str) -> bool {
    text.match_indices('<').any(|(at, _)| text[at + 1..].starts_with(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '!'))
}

/// None for what is no base64.
fn base64(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut held) = (0_u32, 0_u32);
    for b in text.bytes().filter(|b| !b.is_ascii_whitespace()) {
        let value = match b {
            b'A'..=b'Z' => b - b'A',
            b'a'..=b'z' => b - b'a' + 26,
            b'0'..=b'9' => b - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            b'=' => break,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
            bits &= (1 << held) - 1;
        }
    }
    Some(bytes)
}

/// An address as it is kept: absolute where that can be made out.
pub(super) fn address(raw: &str, base: Option<&Url>) -> Option<CleanText> {
    let raw = raw.trim();
    if raw.is_empty() {
        return None;
    }
    let is_whole = raw.get(..8).is_some_and(|start| {
        start.eq_ignore_ascii_case("https://") || start.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("http://"))
    });
    let joined = if is_whole { None } else { base.and_then(|base| base.join(raw).ok()) };
    Some(joined.map_or_else(|| clean_line(raw), |url| clean_line(url.as_str()))).filter(|address| !address.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_read() {
        assert_eq!(base64("RXhhbXBsZSA8Yj5\n0aXRsZTwvYj4=").unwrap(), b"Example <b>title</b>");
        assert_eq!(base64("no, text"), None);
    }

    #[test]
    fn addresses_become_whole() {
        let base = Url::parse("http://example.org/a/b").unwrap();
        let table = [
            ("c", "http://example.org/a/c"),
            ("//other.example/x", "http://other.example/x"),
            ("mailto:a@b.c", "mailto:a@b.c"),
        ];
        for (raw, whole) in table {
            assert_eq!(address(raw, Some(&base)).as_deref(), Some(whole));
        }
        assert_eq!(address("http://example.org", Some(&base)).as_deref(), Some("http://example.org"));
        assert_eq!(address(" ", Some(&base)), None);
        assert_eq!(address("c", None).as_deref(), Some("c"));
    }
}
