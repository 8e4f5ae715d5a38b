//! Titles that hold markup, and titles that are about it.
//!
//! Feeds escape both alike: `<b>Bold</b> news` is marked up, "When to use `<section>`" names an element. What a tag is
//! there for is told by where it stands: markup encloses words and touches them; a tag that is named stands like a word.

use std::borrow::Cow;
use std::collections::HashMap;

use super::references::unescape;

/// Elements of HTML. Another name in brackets is a word: "Vec<T>".
#[rustfmt::skip]
const ELEMENTS: &[&str] = &[
    "a", "abbr", "acronym", "address", "applet", "area", "article", "aside", "audio", "b", "base", "basefont", "bdi", "bdo",
    "big", "blink", "blockquote", "body", "br", "button", "canvas", "caption", "center", "cite", "code", "col", "colgroup",
    "data", "datalist", "dd", "del", "details", "dfn", "dialog", "dir", "div", "dl", "dt", "em", "embed", "fieldset",
    "figcaption", "figure", "font", "footer", "form", "frame", "frameset", "h1", "h2", "h3", "h4", "h5", "h6", "head",
    "header", "hgroup", "hr", "html", "i", "iframe", "img", "input", "ins", "kbd", "label", "legend", "li", "link", "main",
    "map", "mark", "marquee", "math", "menu", "meta", "meter", "nav", "nobr", "noscript", "object", "ol", "optgroup", "option",
    "output", "p", "param", "picture", "pre", "progress", "q", "rp", "rt", "ruby", "s", "samp", "script", "search", "section",
    "select", "slot", "small", "source", "span", "strike", "strong", "style", "sub", "summary", "sup", "svg", "table", "tbody",
    "td", "template", "textarea", "tfoot", "th", "thead", "time", "title", "tr", "track", "tt", "u", "ul", "var", "video",
    "wbr",
];

/// Elements that part words.
const PARTING: &[&str] = &["br", "center", "div", "hr", "li", "p", "td", "tr"];

/// The thing that a `<` begins.
#[derive(Clone, Copy, PartialEq, Debug)]
enum TitleKind {
    Start,
    End,
    Comment,
}

/// A tag or a comment.
struct TitleTag<'t> {
    kind: TitleKind,
    /// In small letters.
    name: Cow<'t, str>,
    /// The text behind the name.
    rest: &'t str,
    from: usize,
    to: usize,
    /// The tag that it belongs with.
    pair: Option<usize>,
}

/// True if a text shows a tag of HTML.
pub(super) fn has_element(text: &str) -> bool {
    let names_one = |rest: &str| {
        let name = rest.trim_start_matches('/');
        let end = name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len());
        is_element(&name[..end].to_ascii_lowercase())
    };
    text.match_indices('<').any(|(at, _)| {
        let rest = &text[at + 1..];
        rest.starts_with('!') || names_one(&rest[..rest.floor_char_boundary(16)])
    })
}

fn is_element(name: &str) -> bool {
    ELEMENTS.binary_search(&name).is_ok()
}

/// The words of a line of HTML without its tags, and with its references resolved.
pub(super) fn strip(html: &str) -> String {
    strip_tags(html, false)
}

/// As [`strip`], of a line whose tags are tags for certain: they were never escaped.
pub(super) fn strip_markup(html: &str) -> String {
    strip_tags(html, true)
}

fn strip_tags(html: &str, certain: bool) -> String {
    if !html.contains('<') {
        return unescape(Cow::Borrowed(html)).into_owned();
    }
    let tags = tags(html);
    let mut bare = String::with_capacity(html.len());
    let mut at = 0;
    for (n, tag) in tags.iter().enumerate() {
        // The content of a script went with it.
        if tag.from < at || !(certain || is_markup(html, &tags, n)) {
            continue;
        }
        bare.push_str(&html[at..tag.from]);
        at = tag.to;
        if tag.kind == TitleKind::Start && matches!(&*tag.name, "script" | "style") {
            at = tag.pair.map_or(html.len(), |end| tags[end].to);
        } else if PARTING.contains(&&*tag.name) {
            bare.push(' ');
        }
    }
    bare.push_str(&html[at..]);
    unescape(Cow::Owned(bare)).into_owned()
}

/// All tags of elements, and comments, in one pass; each end with the start that it ends.
fn tags(html: &str) -> Vec<TitleTag<'_>> {
    let mut found: Vec<TitleTag<'_>> = Vec::new();
    let mut open: HashMap<Cow<'_, str>, Vec<usize>> = HashMap::new();
    let (mut at, mut comments_end) = (0, true);
    while let Some(from) = html[at..].find('<').map(|found| at + found) {
        let rest = &html[from..];
        at = from + 1;
        if rest.starts_with("<!--") {
            let end = if comments_end { rest.find("-->").map(|end| end + 3) } else { None };
            comments_end = end.is_some();
            // Without one `>` more there is no tag either.
            let Some(end) = end.or_else(|| Some(rest.find('>')? + 1)) else { break };
            at = from + end;
            found.push(TitleTag { kind: TitleKind::Comment, name: Cow::Borrowed(""), rest: "", from, to: at, pair: None });
            continue;
        }
        let is_end = rest.starts_with("</");
        let inside = &rest[1 + usize::from(is_end)..];
        let name = &inside[..inside.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(inside.len())];
        let small = if name.bytes().any(|b| b.is_ascii_uppercase()) {
            Cow::Owned(name.to_ascii_lowercase())
        } else {
            Cow::Borrowed(name)
        };
        if !is_element(&small) {
            continue;
        }
        let Some(end) = inside.find(['>', '<']).filter(|end| inside.as_bytes()[*end] == b'>') else { continue };
        at = html.len() - inside.len() + end + 1;
        let kind = if is_end { TitleKind::End } else { TitleKind::Start };
        let pair = if is_end { open.get_mut(&small).and_then(Vec::pop) } else { None };
        if let Some(start) = pair {
            found[start].pair = Some(found.len());
        } else if !is_end {
            open.entry(small.clone()).or_default().push(found.len());
        }
        found.push(TitleTag { kind, name: small, rest: &inside[name.len()..end], from, to: at, pair });
    }
    found
}

/// True if a tag marks up the words around it, and is not one of them.
fn is_markup(html: &str, tags: &[TitleTag<'_>], n: usize) -> bool {
    let tag = &tags[n];
    let (before, after) = neighbours(html, tags, n);
    let ends_word = |c: Option<char>| c.is_none_or(|c| c.is_whitespace() || !(c.is_alphanumeric() || is_opening(c)));
    let begins_word = |c: Option<char>| c.is_none_or(|c| c.is_whitespace() || is_opening(c) || matches!(c, '/' | '-' | '–'));
    let is_quoted = before == after && before.is_some_and(|c| matches!(c, '"' | '\''));
    let is_followed = ends_word(after) || is_quoted || is_plural(html, tags, n);
    let stands_alone = begins_word(before) && is_followed;
    match tag.kind {
        TitleKind::Comment => !(before.is_some_and(char::is_whitespace) && after.is_some_and(char::is_whitespace)),
        TitleKind::Start | TitleKind::End if tag.pair.is_some() => {
            let (start, end) =
                if tag.kind == TitleKind::Start { (n, tag.pair.unwrap_or(n)) } else { (tag.pair.unwrap_or(n), n) };
            !are_words(html, tags, start, end)
        }
        TitleKind::End => !stands_alone,
        TitleKind::Start => {
            let has_values = tag.rest.contains('=');
            let closes_itself = tag.rest.trim_end().ends_with('/');
            match &*tag.name {
                "img" => ["src", "alt"].iter().any(|name| tag.rest.contains(name)),
                "br" | "hr" | "wbr" => closes_itself || !stands_alone,
                "p" | "div" | "li" | "center" | "font" | "table" | "td" | "tr" => !stands_alone,
                _ if has_values => !stands_alone,
                // "Vec<b> is", "a<b and c>d".
                _ if before.is_some_and(char::is_alphanumeric) && !matches!(&*tag.name, "script" | "style") => false,
                _ => !is_followed,
            }
        }
    }
}

/// True if a pair is named, not used: `the <b> and the </b> tag`, `an empty <p></p>`.
fn are_words(html: &str, tags: &[TitleTag<'_>], start: usize, end: usize) -> bool {
    let (from, to) = (&tags[start], &tags[end]);
    if !from.rest.trim_end_matches('/').is_empty() {
        return false;
    }
    let char_before = |tag: &TitleTag<'_>| html[..tag.from].chars().next_back();
    let char_after = |tag: &TitleTag<'_>| html[tag.to..].chars().next();
    let is_blank = |c: Option<char>| c.is_some_and(char::is_whitespace);
    let is_apart = is_blank(char_before(from)) && is_blank(char_after(from)) && is_blank(char_before(to));
    let follows = char_after(to).is_none_or(|c| !(c.is_alphanumeric() || c == '<'));
    let is_empty = from.to == to.from && is_blank(char_before(from));
    follows && (is_apart || is_empty)
}

/// The characters before and behind a tag and those that touch it.
fn neighbours(html: &str, tags: &[TitleTag<'_>], n: usize) -> (Option<char>, Option<char>) {
    // A run of tags stands or falls together; long ones say nothing.
    const RUN: usize = 8;
    let (mut first, mut last) = (n, n);
    while first > 0 && n - first < RUN && tags[first - 1].to == tags[first].from {
        first -= 1;
    }
    while last + 1 < tags.len() && last - n < RUN && tags[last + 1].from == tags[last].to {
        last += 1;
    }
    (html[..tags[first].from].chars().next_back(), html[tags[last].to..].chars().next())
}

/// "two <div>s"
fn is_plural(html: &str, tags: &[TitleTag<'_>], n: usize) -> bool {
    let mut behind = html[tags[n].to..].chars();
    behind.next() == Some('s') && behind.next().is_none_or(|c| !c.is_alphanumeric())
}

/// True if a character stands before a word that it belongs to.
fn is_opening(c: char) -> bool {
    matches!(c, '“' | '‘' | '«' | '„' | '"' | '\'' | '(' | '[' | '{' | '¿' | '¡' | '#' | '@' | '$' | '£' | '€')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_lose_their_markup_and_nothing_else() {
        assert!(ELEMENTS.is_sorted());
        let table = [
            ("<b>Bold</b> &amp; <a href='x>y'>plain</a>", "Bold & y'>plain"),
            ("Vec<T> is &lt;b&gt;", "Vec<T> is <b>"),
            ("one<br/>two<!-- <b> -->three", "one twothree"),
            ("a<script>alert('<b>')</script>b<style>x", "ab"),
            ("1 < 2 & 3 > 2 &bogus; &#8217;", "1 < 2 & 3 > 2 &bogus; ’"),
            ("Better <b>bold</b> and <i>italic</i> titles", "Better bold and italic titles"),
            ("<p>A title in a paragraph</p>", " A title in a paragraph "),
            ("<strong><em>Both</em></strong> of them", "Both of them"),
            ("Now <i>this one is never closed", "Now this one is never closed"),
            ("<a href=\"https://example.org/\">A link", "A link"),
            ("<img src=\"x.png\"> A picture first", " A picture first"),
            ("First line<br>second line", "First line second line"),
            ("H<sub>2</sub>O <span class=\"x\">and more</span>", "H2O and more"),
            ("Closed too often</b>", "Closed too often"),
            ("<font color=red>Sale</font>!", "Sale!"),
            ("<!-- wp:heading -->Owls", "Owls"),
        ];
        for (html, bare) in table {
            assert_eq!(strip(html), bare, "{html}");
        }
    }

    #[test]
    fn titles_about_markup_keep_their_words() {
        let table = [
            "When to use <section> and when <div>",
            "The <details> and <summary> elements get better",
            "Styling the <select> element",
            "<title> is not a heading",
            "<video> without controls",
            "<script> with type=module",
            "Generics: Vec<T> or Box<dyn Error>?",
            "Vec<b> is not Vec<i>",
            "The <b> tag and the <s> tag",
            "The <b> tag and the </b> tag",
            "We <3 RSS",
            "Use <!-- comments --> well",
            "int a<b and c>d in C",
            "HashMap<K, Vec<Option<S>>> explained",
            "Using <input type=\"date\"> in 2024",
            "What an empty <p></p> does",
            "Closing </div> tags, and <br>",
            "Too many <div>s (and \"<span>\")",
            "<ul><li> in the wild",
            "<dialog>, <popover> & friends",
            "<!doctype html> and other spells",
            "</rant>",
        ];
        for title in table {
            assert_eq!(strip(title), title);
        }
        assert_eq!(strip_markup("When to use <code>&lt;section></code>"), "When to use <section>");
    }

    #[test]
    fn a_name_in_brackets_is_an_element_or_a_word() {
        for (text, has) in [
            ("<p>x", true),
            ("x</SPAN>", true),
            ("a<!-- b", true),
            ("Vec<T>, Box<dyn E>", false),
            ("1 <2", false),
            ("<é>", false),
        ] {
            assert_eq!(has_element(text), has, "{text}");
        }
    }
}
