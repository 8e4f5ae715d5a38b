//! Lists written without escaping: `text="The "Owl" & others"`. Read as they stand, such an outline would swallow those
//! behind it, up to the next quotation mark.

use std::borrow::Cow;

use quick_xml::events::Event;

/// The text with the quotation marks and brackets escaped that stand bare in the attributes of its outlines, and in how
/// many outlines they did. In linear time.
pub(super) fn escape_attributes(text: &str) -> (Cow<'_, str>, usize) {
    if is_well_formed(text) {
        return (Cow::Borrowed(text), 0);
    }
    let mut out = String::new();
    let (mut done, mut mended) = (0, 0);
    let starts: Vec<usize> = text.match_indices('<').map(|(at, _)| at).filter(|at| is_tag(&text[at + 1..])).collect();
    for (n, start) in starts.iter().enumerate() {
        let end = starts.get(n + 1).copied().unwrap_or(text.len());
        let piece = &text[*start..end];
        let Some(rest) = behind_outline(piece) else { continue };
        if let Some(escaped) = escape(rest) {
            let from = end - rest.len();
            out.push_str(&text[done..from]);
            out.push_str(&escaped);
            done = end;
            mended += 1;
        }
    }
    if mended == 0 {
        return (Cow::Borrowed(text), 0);
    }
    out.push_str(&text[done..]);
    (Cow::Owned(out), mended)
}

/// True if what stands behind a bracket is a tag of a list, and not a bracket in a value.
fn is_tag(rest: &str) -> bool {
    let name = rest.strip_prefix('/').unwrap_or(rest);
    let begins = |tag: &str| name.get(..tag.len()).is_some_and(|start| start.eq_ignore_ascii_case(tag));
    rest.starts_with("!--") || ["outline", "body", "opml", "head"].into_iter().any(begins)
}

fn behind_outline(piece: &str) -> Option<&str> {
    let name = piece.get(1..8)?;
    let rest = piece.get(8..)?;
    (name.eq_ignore_ascii_case("outline") && rest.starts_with(|c: char| c.is_ascii_whitespace())).then_some(rest)
}

/// The text behind an outline's name, escaped; none where nothing needs escaping or nothing can be made of it.
fn escape(rest: &str) -> Option<String> {
    // Behind the last value no `="` can stand.
    let last_value = ["=\"", "='"].into_iter().filter_map(|mark| rest.rfind(mark)).max()?;
    let mut out = String::with_capacity(rest.len() + 16);
    let (mut at, mut needed) = (0, false);
    loop {
        let word = rest[at..].len() - rest[at..].trim_start().len();
        out.push_str(&rest[at..at + word]);
        at += word;
        if rest[at..].starts_with(['>', '/']) {
            out.push_str(&rest[at..]);
            return needed.then_some(out);
        }
        let (begin, quote) = value_at(&rest[at..])?;
        out.push_str(&rest[at..at + begin]);
        at += begin;
        let ends = |end: &usize| {
            let behind = rest[end + 1..].trim_start();
            let closes = (behind.starts_with('>') || behind.starts_with("/>")) && *end > last_value;
            closes || value_at(behind).is_some()
        };
        let value = rest[at..].match_indices(quote).map(|(end, _)| at + end).find(ends)?;
        for c in rest[at..value].chars() {
            match c {
                '"' if quote == '"' => out.push_str("&quot;"),
                '\'' if quote == '\'' => out.push_str("&apos;"),
                '<' => out.push_str("&lt;"),
                c => out.push(c),
            }
            needed |= c == quote || c == '<';
        }
        out.push(quote);
        at = value + 1;
    }
}

/// True if all tags are well-formed XML. Nothing needs to be guessed then.
fn is_well_formed(text: &str) -> bool {
    let mut reader = quick_xml::Reader::from_str(text);
    loop {
        match reader.read_event() {
            Ok(Event::Start(tag) | Event::Empty(tag)) if tag.attributes().any(|attribute| attribute.is_err()) => return false,
            Ok(Event::Eof) => return true,
            Ok(_) => {}
            Err(_) => return false,
        }
    }
}

/// The offset of the value in a text that begins with an attribute, and its quotation mark: `name = "`.
fn value_at(text: &str) -> Option<(usize, char)> {
    const LONGEST_NAME: usize = 64;
    let name =
        text.bytes().take(LONGEST_NAME).take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b':' | b'-' | b'.'));
    let name = name.count();
    let behind = text[name..].trim_start().strip_prefix('=')?.trim_start();
    let quote = behind.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    (name > 0).then_some((text.len() - behind.len() + 1, quote))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_bare_is_escaped() {
        let same = [
            "<opml><body><outline text=\"a\" xmlUrl='b?c=\"d\"'/></body></opml>",
            "<outline text=\"x > y\" xmlUrl=\"u\">words</outline>",
            "<outline text=\"never closed",
            "<outline text='no end>",
            "<outline text=\"\" xmlUrl=\"&\"/>\n<a c=\"\"/>",
            "<outline>",
        ];
        for text in same {
            assert_eq!(escape_attributes(text), (Cow::Borrowed(text), 0), "{text}");
        }
        let (text, mended) = escape_attributes(
            "<outline text=\"The \"Owl\" & <b>others</b>\" xmlUrl=\"u\"/>\n<Outline text=\"A 5\" nail\" xmlUrl=\"v\"></outline><outline title='It's' xmlUrl='w'/>",
        );
        assert_eq!(mended, 3);
        assert_eq!(
            text,
            "<outline text=\"The &quot;Owl&quot; & &lt;b>others&lt;/b>\" xmlUrl=\"u\"/>\n<Outline text=\"A 5&quot; nail\" xmlUrl=\"v\"></outline><outline title='It&apos;s' xmlUrl='w'/>"
        );
    }
}
