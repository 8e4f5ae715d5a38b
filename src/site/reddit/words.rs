//! Reddit's words: Markdown in which `<`, `>` and `&` come escaped, and in which HTML means nothing.

use std::borrow::Cow;

use pulldown_cmark::{Event, Parser};
use url::Url;

use super::HOME;
use crate::domain::text::{Document, clean_line};
use crate::format::html;
use crate::format::markdown::{self, Dialect};

/// Markdown where it is there, else HTML.
pub(super) fn document(text: Option<&str>, rendered: Option<&str>) -> Document {
    let mut document = match (text, rendered) {
        (Some(text), _) => markdown::to_document_of(&without_html(&unescaped(text)), Dialect::Reddit),
        (None, Some(rendered)) => {
            let is_escaped = !rendered.contains('<');
            let rendered = if is_escaped { unescaped(rendered) } else { Cow::Borrowed(rendered) };
            html::to_document(&rendered, Url::parse(HOME).ok().as_ref())
        }
        (None, None) => Document::default(),
    };
    for link in &mut document.links {
        if link.address.starts_with('/') && !link.address.starts_with("//") {
            link.address = clean_line(&format!("{HOME}{}", link.address));
        }
    }
    document
}

/// The three characters that Reddit escapes in everything it gives.
pub(super) fn unescaped(text: &str) -> Cow<'_, str> {
    if text.contains('&') {
        Cow::Owned(text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
    } else {
        Cow::Borrowed(text)
    }
}

/// Tags are words here: `Vec<T>` must not lose its `<T>`.
fn without_html(text: &str) -> Cow<'_, str> {
    if !text.contains('<') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for (event, range) in Parser::new(text).into_offset_iter() {
        if matches!(event, Event::Html(_) | Event::InlineHtml(_)) && range.start >= done {
            out.push_str(&text[done..range.start]);
            out.push_str(&text[range.clone()].replace('<', "&lt;"));
            done = range.end;
        }
    }
    out.push_str(&text[done..]);
    Cow::Owned(out)
}
