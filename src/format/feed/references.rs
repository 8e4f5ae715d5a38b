//! References to characters, `&amp;` and `&#8217;`, as HTML has them.

use std::borrow::Cow;

use html5ever::data::NAMED_ENTITIES;

/// Bytes of a reference, with what marks it: the longest in HTML is `&CounterClockwiseContourIntegral;`.
const LONGEST_NAME: usize = 34;

/// Attribute values and the like: references resolved as HTML knows them, what nobody knows left as it is.
pub(in crate::format) fn unescape(raw: Cow<'_, str>) -> Cow<'_, str> {
    if !raw.contains('&') {
        return raw;
    }
    let mut out = String::with_capacity(raw.len());
    let mut rest: &str = &raw;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let near = &rest[..rest.floor_char_boundary(LONGEST_NAME)];
        let name = near.find(';').map(|end| &near[1..end]);
        match name.and_then(|name| Some((name, resolve(name)?))) {
            Some((name, text)) => {
                out.push_str(&text);
                rest = &rest[name.len() + 2..];
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

fn resolve(name: &str) -> Option<Cow<'static, str>> {
    character(name).map(|c| Cow::Owned(c.to_string())).or_else(|| named(name))
}

/// A reference by name, as HTML has them. (The table of quick-xml has wrong letters: its `alpha` is a semicolon.)
pub(in crate::format) fn named(name: &str) -> Option<Cow<'static, str>> {
    let common = match name {
        "amp" => "&",
        "lt" => "<",
        "gt" => ">",
        "quot" => "\"",
        "apos" => "'",
        "nbsp" => "\u{a0}",
        _ => {
            let (first, second) = NAMED_ENTITIES.get(format!("{name};").as_str())?;
            let letters = [*first, *second].into_iter().filter(|letter| *letter != 0);
            return Some(Cow::Owned(letters.filter_map(char::from_u32).collect()));
        }
    };
    Some(Cow::Borrowed(common))
}

/// A reference by number. What browsers do: 128 to 159 are Windows-1252, impossible ones the replacement character.
pub(in crate::format) fn character(name: &str) -> Option<char> {
    let number = name.strip_prefix('#')?;
    let code = match number.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16),
        None => number.parse(),
    };
    let code = code.ok()?;
    if (0x80..0xa0).contains(&code) {
        return encoding_rs::WINDOWS_1252.decode_without_bom_handling(&[code as u8]).0.chars().next();
    }
    Some(char::from_u32(code).filter(|c| *c != '\0').unwrap_or('\u{fffd}'))
}

/// Text as it stands in HTML.
pub(in crate::format) fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_resolved_and_the_rest_stays() {
        let table = [
            ("a &amp; b & c &bogus; &#38; &#x26;", "a & b & c &bogus; & &"),
            ("&alpha;&nbsp;&rsquo;&NotEqualTilde;", "α\u{a0}’≂\u{338}"),
            ("&#146;&#0;&#xd800;&#99999999999;", "’\u{fffd}\u{fffd}&#99999999999;"),
            ("&", "&"),
        ];
        for (raw, text) in table {
            assert_eq!(unescape(Cow::Borrowed(raw)), text);
        }
        let mut out = String::new();
        escape("<a & b>", &mut out);
        assert_eq!(out, "&lt;a &amp; b&gt;");
    }
}
