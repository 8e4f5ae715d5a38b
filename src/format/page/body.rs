//! The article on a page: its densest text by readability's rules, else what the page marks as its main part.

use dom_query::{Document as Dom, NodeRef};
use dom_smoothie::{CandidateSelectMode, Config, Readability};
use url::Url;

use super::super::html::find::first;
use super::super::html::nodes_to_document;
use crate::domain::text::{Document, clean_line};

/// The text of a page without what frames it.
pub(super) fn read(mut page: Readability, base: Option<&Url>, title: &str) -> Document {
    let mode = std::env::var("MODE").unwrap_or_default();
    if mode == "marks" {
        return marked(&page.doc, base, title);
    }
    page.config.disable_json_ld = true;
    page.config.keep_classes = true;
    if mode == "alt" {
        page.config.candidate_select_mode = CandidateSelectMode::DomSmoothie;
    }
    let _ = Config::default();
    if page.parse().is_ok() && let Some(found) = first(&page.doc, "#readability-page-1") {
        return nodes_to_document(&[found], base, &|_| false);
    }
    marked(&page.doc, base, title)
}

/// The `<article>` with most text, else `<main>`, else the body without what frames it.
fn marked(dom: &Dom, base: Option<&Url>, title: &str) -> Document {
    let longest = |selector: &str| {
        let found = dom.select(selector);
        let sizes = || found.nodes().iter().map(NodeRef::normalized_char_count);
        let (size, node) = sizes().zip(found.nodes().iter().copied()).max_by_key(|(size, _)| *size)?;
        // One among many alike is an entry of a list, not the page.
        (size > 200 && size * 2 >= sizes().sum()).then_some(node)
    };
    let marked = longest("article").or_else(|| longest("main, [role=main]"));
    let whole = marked.is_none();
    let root = marked.or_else(|| dom.body()).unwrap_or_else(|| dom.root());
    let left_out = |node: &NodeRef<'_>| {
        let framing = node.has_name("nav") || (whole && ["header", "footer", "aside"].iter().any(|name| node.has_name(name)));
        // The headline stands above the body already.
        framing || (node.has_name("h1") && *clean_line(&node.text()) == *title)
    };
    nodes_to_document(&[root], base, &left_out)
}
