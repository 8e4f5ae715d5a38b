//! The spoilers that sites add to Markdown, found before the Markdown is read: what is in one is Markdown of its own.

use super::Dialect;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum SpoilerPart<'t> {
    Text(&'t str),
    /// With the title.
    Begin(&'t str),
    End,
}

/// A text by its spoilers; each that begins ends.
pub(super) fn parts(text: &str, dialect: Dialect) -> Vec<SpoilerPart<'_>> {
    match dialect {
        Dialect::Lemmy if text.contains(":::") => containers(text),
        Dialect::Reddit if text.contains(">!") => marked(text),
        _ => vec![SpoilerPart::Text(text)],
    }
}

/// `::: spoiler Title`, lines, `:::`.
fn containers(text: &str) -> Vec<SpoilerPart<'_>> {
    let (mut parts, mut open, mut from, mut at) = (Vec::new(), 0, 0, 0);
    let mut fence: Option<&str> = None;
    for line in text.split_inclusive('\n') {
        let (start, trimmed) = (at, line.trim());
        at += line.len();
        if let Some(mark) = ["```", "~~~"].into_iter().find(|mark| trimmed.starts_with(mark)) {
            fence = match fence {
                None => Some(mark),
                Some(open) if open == mark => None,
                fence => fence,
            };
        }
        let Some(rest) = trimmed.strip_prefix(":::").filter(|_| fence.is_none()) else { continue };
        let rest = rest.trim_start_matches(':').trim();
        let part = match rest.strip_prefix("spoiler") {
            Some(title) if title.is_empty() || title.starts_with(' ') => SpoilerPart::Begin(title.trim()),
            None if rest.is_empty() && open > 0 => SpoilerPart::End,
            _ => continue,
        };
        open = if part == SpoilerPart::End { open - 1 } else { open + 1 };
        parts.extend([SpoilerPart::Text(&text[from..start]), part]);
        from = at;
    }
    parts.push(SpoilerPart::Text(&text[from..]));
    parts.extend(std::iter::repeat_n(SpoilerPart::End, open));
    parts
}

/// `>!` words `!<`, within a paragraph.
fn marked(text: &str) -> Vec<SpoilerPart<'_>> {
    let (mut parts, mut rest) = (Vec::new(), text);
    let mut from = 0;
    while let Some(begin) = rest[from..].find(">!").map(|at| from + at) {
        let inner = &rest[begin + 2..];
        let paragraph = inner.find("\n\n").unwrap_or(inner.len());
        let is_code = rest[..begin].matches('`').count() % 2 == 1 || line_is_code(&rest[..begin]);
        match inner[..paragraph].find("!<").filter(|_| !is_code) {
            Some(end) => {
                parts.extend([
                    SpoilerPart::Text(&rest[..begin]),
                    SpoilerPart::Begin(""),
                    SpoilerPart::Text(&inner[..end]),
                    SpoilerPart::End,
                ]);
                rest = &inner[end + 2..];
                from = 0;
            }
            None => from = begin + 2,
        }
    }
    parts.push(SpoilerPart::Text(rest));
    parts
}

/// True if the last line is indented like code.
fn line_is_code(text: &str) -> bool {
    text.rsplit('\n').next().is_some_and(|line| line.starts_with("    ") || line.starts_with('\t'))
}
