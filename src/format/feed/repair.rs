//! Notes on faults in a feed and how it was read all the same; and the repairs that must come before reading.

use std::borrow::Cow;

/// Faults that [`super::xml`] met, which no XML should hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::format) struct Repairs {
    /// Characters before the feed that are no part of it.
    pub(in crate::format) junk: usize,
    /// Bare `<` and `&`, and control characters.
    pub(in crate::format) characters: usize,
    pub(in crate::format) html_entities: usize,
    pub(in crate::format) unknown_entities: usize,
    /// Elements with a prefix that was never declared, of their own or of an attribute.
    pub(in crate::format) undeclared: usize,
    pub(in crate::format) declares_entities: bool,
    /// Elements whose end is missing in the middle.
    pub(in crate::format) unclosed: usize,
    /// Elements that were open when the document ended.
    pub(in crate::format) open_at_end: usize,
    pub(in crate::format) stray_ends: usize,
    pub(in crate::format) odd_tags: usize,
    /// Pieces of text behind the document's end.
    pub(in crate::format) outside: usize,
    pub(in crate::format) too_deep: bool,
    /// The document ends within a tag, a comment or CDATA.
    pub(in crate::format) broken_off: bool,
}

impl Repairs {
    /// True if mending the text might have helped.
    pub(in crate::format) fn calls_for_mending(&self) -> bool {
        self.odd_tags > 0 || self.broken_off || self.open_at_end > 0
    }

    /// True if something behind what was read may be missing.
    pub(in crate::format) fn breaks_off(&self) -> bool {
        self.open_at_end > 0 || self.broken_off
    }

    /// A line for each kind.
    pub(in crate::format) fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        let mut say = |n: usize, one: &str, many: &str, what: &str| {
            if n > 0 {
                notes.push(format!("{n} {} {what}", if n == 1 { one } else { many }));
            }
        };
        say(self.junk, "character", "characters", "before the feed passed over");
        say(self.characters, "character", "characters", "that XML does not allow there read as text");
        say(self.html_entities, "entity", "entities", "never declared, read as HTML has them");
        say(self.unknown_entities, "entity", "entities", "of unknown meaning left as written");
        say(self.undeclared, "element", "elements", "with a prefix never declared, read as it is used by custom");
        say(self.unclosed, "element", "elements", "without an end closed");
        say(self.stray_ends, "end", "ends", "of nothing that was open passed over");
        say(self.odd_tags, "tag", "tags", "without a name passed over");
        say(self.outside, "piece", "pieces", "behind the end passed over");
        if self.breaks_off() {
            notes.push("it breaks off; what stands before is read".to_owned());
        }
        if self.too_deep {
            notes.push("tags nested deeper than 256 are passed over".to_owned());
        }
        if self.declares_entities {
            notes.push("it declares entities of its own, which are not expanded".to_owned());
        }
        notes
    }
}

/// Quotation marks and dashes of Windows-1252 that were taken for Latin 1 on their way: the control characters that
/// they became mean nothing to anybody.
pub(in crate::format) fn restore_quotes(text: &str) -> Cow<'_, str> {
    let is_lost = |c: char| matches!(c, '\u{80}'..='\u{9f}');
    // In UTF-8 all of them begin with one byte.
    if !text.as_bytes().contains(&0xc2) || !text.contains(is_lost) {
        return Cow::Borrowed(text);
    }
    let restored = text.chars().map(|c| {
        let byte = [c as u8];
        let meant = is_lost(c).then(|| encoding_rs::WINDOWS_1252.decode_without_bom_handling(&byte).0.chars().next());
        meant.flatten().unwrap_or(c)
    });
    Cow::Owned(restored.collect())
}

/// The ends of elements that hold CDATA as a rule.
const CDATA_ENDS: [&str; 7] =
    ["</description>", "</content:encoded>", "</title>", "</content>", "</summary>", "</item>", "</entry>"];

/// The end of the construct that the text begins with, if that has an end mark of its own.
fn end_mark(text: &str) -> Option<&'static str> {
    let marks = [("<![CDATA[", "]]>"), ("<!--", "-->"), ("<?", "?>")];
    marks.into_iter().find(|(begin, _)| text.starts_with(begin)).map(|(_, end)| end)
}

/// True if the `<` that the text begins with begins a tag.
fn starts_tag(text: &str) -> bool {
    match text[1..].chars().next() {
        Some('/') => text[2..].starts_with(|c: char| c.is_alphabetic() || c == '_'),
        Some('!') => text.get(..9).is_some_and(|start| start.eq_ignore_ascii_case("<!doctype")),
        Some(c) => c.is_alphabetic() || c == '_' || c == ':',
        None => false,
    }
}

/// True if the tag that the text begins with does not break off at the next `<` or `>`: it ends before the next one begins,
/// unless that stands in an attribute.
fn ends_tag(text: &str, at: usize) -> bool {
    let is_quoted = |quote| text[..at].matches(quote).count() % 2 == 1;
    text.as_bytes()[at] != b'<' || is_quoted('"') || is_quoted('\'')
}

/// The text with every `<` escaped that begins no tag, comment or CDATA, each of which that has no end ended, and
/// without control characters; and how many there were.
pub(in crate::format) fn mend(text: &str) -> (Cow<'_, str>, usize) {
    let mut out = String::with_capacity(text.len() + 64);
    let (mut rest, mut mended) = (text, 0);
    // A missing end is searched for once: later ones of its kind have none either.
    let mut endless: Vec<&str> = Vec::new();
    while let Some(at) = rest.find('<') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(end) = end_mark(rest) {
            let long = if endless.contains(&end) { None } else { rest.find(end).map(|at| at + end.len()) };
            if let Some(long) = long {
                out.push_str(&rest[..long]);
                rest = &rest[long..];
                continue;
            }
            if end == "]]>" && !endless.contains(&end) {
                // CDATA without an end: it ends with the element that it began in, if that can be found.
                let stop = CDATA_ENDS.iter().filter_map(|stop| rest.find(stop)).min().unwrap_or(rest.len());
                out.push_str(&rest[..stop]);
                out.push_str("]]>");
                rest = &rest[stop..];
            } else {
                out.push_str("&lt;");
                rest = &rest[1..];
            }
            endless.push(end);
            mended += 1;
            continue;
        }
        let next = rest[1..].chars().next();
        let end = rest[1..].find(['<', '>']).map(|end| end + 1);
        if end.is_none() && next.is_some_and(|c| c.is_alphabetic() || matches!(c, '/' | '!' | '?')) {
            // The text breaks off within a tag, which is nothing.
            rest = "";
            break;
        }
        if starts_tag(rest) && (next == Some('!') || end.is_some_and(|end| ends_tag(rest, end))) {
            out.push('<');
        } else {
            out.push_str("&lt;");
            mended += 1;
        }
        rest = &rest[1..];
    }
    out.push_str(rest);
    if mended == 0 { (Cow::Borrowed(text), 0) } else { (Cow::Owned(out), mended) }
}
