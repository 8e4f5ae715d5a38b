//! The text constructs of feeds: what is prose, what is HTML, and what an element that does not say so holds.

use std::borrow::Cow;

use url::Url;

use super::element::Element;
use super::references::unescape;
use crate::domain::text::{CleanText, Document, clean_line};
use crate::format::{html, plain};

/// Tags that a line may hold. Another one is a word of it: "Vec<T>".
#[rustfmt::skip]
const TITLE_TAGS: &[&str] = &[
    "a", "abbr", "acronym", "applet", "audio", "b", "base", "bdi", "bdo", "big", "blink", "blockquote", "body", "br", "button",
    "center", "cite", "code", "dd", "del", "dfn", "div", "dl", "dt", "em", "embed", "figcaption", "figure", "font", "form",
    "frame", "frameset", "h1", "h2", "h3", "h4", "h5", "h6", "head", "hr", "html", "i", "iframe", "img", "input", "ins", "kbd",
    "li", "link", "mark", "meta", "nobr", "object", "ol", "p", "param", "picture", "pre", "q", "s", "samp", "section", "small",
    "source", "span", "strike", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "time", "tr", "tt", "u",
    "ul", "var", "video", "wbr",
];

/// Content as an element gives it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Text<'a> {
    Plain(Cow<'a, str>),
    /// Prose whose lines end where they were meant to.
    Lines(Cow<'a, str>),
    Html(Cow<'a, str>),
}

impl<'a> Text<'a> {
    /// What an element of RSS holds: HTML by custom, prose where it shows no tag.
    pub(super) fn loose(element: &'a Element<'_>) -> Text<'a> {
        match &element.markup {
            Some(markup) => Text::Html(Cow::Borrowed(markup)),
            None if has_tag(&element.text) => Text::Html(Cow::Borrowed(&element.text)),
            // By its specification; the lists of chapters and links under videos stand there.
            None if element.name == "media:description" && element.attribute("type") != Some("html") => {
                Text::Lines(unescape(Cow::Borrowed(&element.text)))
            }
            None => Text::Plain(unescape(Cow::Borrowed(&element.text))),
        }
    }

    /// What an element of Atom holds, by its `type` and, in Atom 0.3, its `mode`. None for what is no text at all.
    pub(super) fn typed(element: &'a Element<'_>) -> Option<Text<'a>> {
        let kind = element.attribute("type").unwrap_or("text").to_ascii_lowercase();
        let kind = kind.split(';').next().unwrap_or("").trim();
        let is_text = kind == "text" || kind.is_empty() || kind.starts_with("text/");
        let is_html = kind.contains("html");
        // Of Atom 1.0, whatever else calls itself a media type is in base64.
        let is_xml = kind.ends_with("xml");
        let is_coded = element.attribute("mode") == Some("base64") || (!is_text && !is_html && !is_xml && kind.contains('/'));
        if is_coded
            && element.markup.is_none()
            && let Some(bytes) = base64(&element.text)
        {
            match String::from_utf8(bytes) {
                Ok(text) if has_tag(&text) => return Some(Text::Html(text.into())),
                Ok(text) => return Some(Text::Plain(text.into())),
                // A picture or a sound, or a word that only looks like base64.
                Err(_) if element.name == "content" => return None,
                Err(_) => {}
            }
        }
        Some(match &element.markup {
            Some(markup) => Text::Html(Cow::Borrowed(markup)),
            // Marked up by its type, yet without a single tag: the text is what is meant.
            None if kind == "xhtml" || kind.ends_with("xhtml+xml") && !has_tag(&element.text) => {
                Text::Plain(Cow::Borrowed(&element.text))
            }
            None if is_html => Text::Html(Cow::Borrowed(&element.text)),
            None => Text::Plain(Cow::Borrowed(&element.text)),
        })
    }

    /// As one line without markup: for titles and teasers.
    pub(super) fn line(&self) -> CleanText {
        match self {
            Text::Plain(text) | Text::Lines(text) => clean_line(text),
            Text::Html(html) => clean_line(&strip(html)),
        }
    }

    pub(super) fn document(&self, base: Option<&Url>) -> Document {
        match self {
            Text::Plain(text) => plain::to_document(text),
            Text::Lines(text) => Document::plain(text.lines()),
            Text::Html(html) if !html.contains(['<', '&']) => Document::plain([&**html]),
            Text::Html(html) => html::to_document(html, base),
        }
    }

    pub(super) fn is_blank(&self) -> bool {
        let (Text::Plain(text) | Text::Lines(text) | Text::Html(text)) = self;
        text.trim().is_empty()
    }
}

/// Whether a text shows a tag of HTML.
fn has_tag(text: &str) -> bool {
    text.match_indices('<').any(|(at, _)| text[at + 1..].starts_with(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '!'))
}

/// The words of HTML without its tags, and with its references resolved.
pub(super) fn strip(html: &str) -> String {
    let mut bare = String::with_capacity(html.len());
    let mut rest = html;
    // What has no end is looked for once.
    let mut comments_end = true;
    while let Some(at) = rest.find('<') {
        bare.push_str(&rest[..at]);
        rest = &rest[at..];
        if comments_end && rest.starts_with("<!--") {
            match rest.find("-->") {
                Some(end) => {
                    rest = &rest[end + 3..];
                    continue;
                }
                None => comments_end = false,
            }
        }
        if !comments_end && rest.starts_with("<!--") {
            rest = rest.find('>').map_or("", |end| &rest[end + 1..]);
            continue;
        }
        let Some(end) = rest.find('>') else { break };
        let name = rest[1..].trim_start_matches('/');
        let name = &name[..name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len())];
        let is_one_of = |tags: &[&str]| tags.iter().any(|tag| tag.eq_ignore_ascii_case(name));
        if is_one_of(TITLE_TAGS) {
            if is_one_of(&["br", "p", "div", "li", "tr", "td", "hr"]) {
                bare.push(' ');
            }
            rest = &rest[end + 1..];
        } else if is_one_of(&["script", "style"]) {
            // Not what they hold, either.
            let closes = |(at, _): (usize, &str)| {
                let tag = rest.get(at + 2..at + 2 + name.len())?;
                tag.eq_ignore_ascii_case(name).then_some(at)
            };
            let over = rest[end..].match_indices("</").find_map(|(at, tag)| closes((end + at, tag)));
            rest = over.and_then(|over| Some(&rest[over + rest[over..].find('>')? + 1..])).unwrap_or("");
        } else {
            bare.push('<');
            rest = &rest[1..];
        }
    }
    bare.push_str(rest);
    unescape(Cow::Owned(bare)).into_owned()
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
    fn titles_lose_their_markup_and_nothing_else() {
        let table = [
            ("<b>Bold</b> &amp; <a href='x>y'>plain</a>", "Bold & y'>plain"),
            ("Vec<T> is &lt;b&gt;", "Vec<T> is <b>"),
            ("one<br/>two<!-- <b> -->three", "one twothree"),
            ("a<script>alert('<b>')</script>b<style>x", "ab"),
            ("1 < 2 & 3 > 2 &bogus; &#8217;", "1 < 2 & 3 > 2 &bogus; ’"),
        ];
        for (html, bare) in table {
            assert_eq!(strip(html), bare, "{html}");
        }
    }

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
