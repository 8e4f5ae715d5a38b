//! Detects the format of bytes by their content. A machine's format that is not read yet is named, never shown as prose.

use super::json::Json;
use super::{Format, Origin, edition};

/// Beginnings of files that are no text.
const MAGIC: &[(&[u8], &str)] = &[
    (b"\x89PNG", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"GIF87a", "an image"),
    (b"GIF89a", "an image"),
    (b"II*\0", "an image"),
    (b"MM\0*", "an image"),
    (b"%PDF-", "a PDF"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x1f\x8b", "a compressed file"),
    (b"BZh", "a compressed file"),
    (b"\xfd7zXZ", "a compressed file"),
    (b"\x28\xb5\x2f\xfd", "a compressed file"),
    (b"SQLite format 3\0", "a database"),
    (b"\x7fELF", "a program"),
    (b"{\\rtf", "a rich text file"),
];

/// Tags with which HTML begins where it has no `<html>`.
const HTML_STARTS: &[&str] = &[
    "!doctype html",
    "html",
    "head",
    "body",
    "meta",
    "title",
    "link",
    "div",
    "p",
    "article",
    "section",
    "main",
    "h1",
    "h2",
    "h3",
    "span",
    "a",
    "table",
    "ul",
    "ol",
    "blockquote",
    "pre",
    "b",
    "i",
    "em",
    "strong",
    "img",
    "br",
    "hr",
    "script",
    "style",
    "center",
    "font",
    "header",
    "footer",
    "nav",
    "aside",
    "figure",
    "details",
    "dl",
    "form",
    "address",
    "code",
    "small",
    "u",
    "s",
];

pub fn foreign_bytes(bytes: &[u8]) -> Option<&'static str> {
    let riff = bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP");
    let known = MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic)).map(|(_, found)| *found);
    known.or(if riff { Some("an image") } else { None })
}

pub fn foreign_text(text: &str) -> Option<&'static str> {
    let text = text.trim_start();
    if text.starts_with("interactions:") && text.contains("\n- request:") {
        return Some("a recording of requests to a server");
    }
    let root = first_tag(text)?;
    match root.rsplit(':').next().unwrap_or(&root) {
        "svg" => Some("an image"),
        "html" => None,
        name if text.starts_with("<?xml") || is_one_element(text, &root, name) => Some("XML"),
        _ => None,
    }
}

pub fn format(text: &str, origin: &Origin<'_>) -> Format {
    let start = text.trim_start();
    let is_heading = {
        let rest = start.trim_start_matches('#');
        (1..=6).contains(&(start.len() - rest.len())) && rest.starts_with(' ')
    };
    let named_markdown = [".md", ".markdown"].iter().any(|end| origin.name.to_ascii_lowercase().ends_with(end));
    if edition::is_edition(text) {
        Format::Edition
    } else if is_html(start) {
        Format::Html
    } else if is_heading || named_markdown {
        Format::Markdown
    } else {
        Format::Plain
    }
}

/// True if a text is JSON, if perhaps a broken one.
pub fn is_json(text: &str) -> bool {
    let text = text.trim_start();
    let next = |text: &str| text.get(1..).and_then(|rest| rest.trim_start().chars().next());
    match (text.chars().next(), next(text)) {
        (Some('{'), Some('"')) | (Some('['), Some('{')) => true,
        (Some('{' | '['), Some(_)) => {
            // A broken one is told by its beginning, a short one only by being whole: prose may begin with a bracket.
            let listed = text.starts_with("[\"") || text.starts_with("[[\"");
            listed || Json::parse(text).faults().is_empty()
        }
        _ => false,
    }
}

/// JSON that a script gives a name or hands on.
pub struct NamedJson<'t> {
    pub json: &'t str,
    /// True if the words before it are a script's beyond doubt: prose may say `x = [1]`, too.
    pub is_script: bool,
}

/// The JSON in `var x = {…};`, `window.YTD.tweets.part0 = […]` or `callback({…});`.
pub fn named_json(text: &str) -> Option<NamedJson<'_>> {
    const LONGEST_NAME: usize = 200;
    let text = text.trim();
    let head = &text[..text.floor_char_boundary(LONGEST_NAME)];
    let at = head.find(['=', '('])?;
    let words: Vec<&str> = head[..at].split_whitespace().collect();
    let (keyword, name) = match words[..] {
        ["export", "default"] => (true, "default"),
        ["var" | "let" | "const", name] | ["export", "var" | "let" | "const", name] => (true, name),
        [name] => (false, name),
        _ => return None,
    };
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '.' | '[' | ']' | '"' | '\'');
    let is_name = name.starts_with(|c: char| c.is_alphabetic() || matches!(c, '_' | '$')) && name.chars().all(is_part);
    let json = text[at + 1..].trim_start();
    if !is_name || !json.starts_with(['{', '[']) {
        return None;
    }
    let json = json.trim_end_matches(|c: char| c == ';' || c.is_whitespace());
    let is_call = head[at..].starts_with('(');
    let json = if is_call { json.strip_suffix(')').unwrap_or(json) } else { json };
    is_json(json).then_some(NamedJson { json, is_script: keyword || is_call || name.contains('.') })
}

/// True if the whole text is one element, of a name that HTML does not have.
fn is_one_element(text: &str, root: &str, name: &str) -> bool {
    let end = text.trim_end().strip_suffix('>').map_or("", str::trim_end);
    let at = end.len().saturating_sub(root.len());
    let closes = end.get(at..).is_some_and(|end| end.eq_ignore_ascii_case(root)) && end[..at].ends_with("</");
    closes && !HTML_STARTS.contains(&name)
}

/// The name of the first element, behind declarations and comments, in lower case.
pub fn first_tag(text: &str) -> Option<String> {
    let name = behind_prolog(text).strip_prefix('<')?;
    let end = name.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, ':' | '-' | '_'))).unwrap_or(name.len());
    Some(name[..end].to_ascii_lowercase()).filter(|name| !name.is_empty())
}

/// The document without the spaces, comments, instructions and doctype that it may begin with.
pub fn behind_prolog(text: &str) -> &str {
    let mut rest = text.trim_start();
    loop {
        let end = match rest {
            _ if rest.starts_with("<!--") => "-->",
            _ if rest.starts_with("<?") => "?>",
            _ if rest.get(..9).is_some_and(|start| start.eq_ignore_ascii_case("<!doctype")) => {
                // It may declare entities of its own.
                let declares = rest.split('>').next().is_some_and(|start| start.contains('['));
                if declares { "]>" } else { ">" }
            }
            _ => return rest,
        };
        let Some(at) = rest.find(end) else { return rest };
        rest = rest[at + end.len()..].trim_start();
    }
}

pub fn is_html(start: &str) -> bool {
    if start.get(..14).is_some_and(|start| start.eq_ignore_ascii_case("<!doctype html")) {
        return true;
    }
    first_tag(start).is_some_and(|name| HTML_STARTS.contains(&name.as_str()))
}
