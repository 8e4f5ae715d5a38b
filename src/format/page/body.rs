//! The article on a page: its densest text by readability's rules, else what the page marks as its main part.

use dom_query::{Document as Dom, NodeRef};
use dom_smoothie::{Config, Readability};
use url::Url;

use super::super::html;
use super::super::html::find::{all, first};
use super::super::html::nodes_to_document;
use super::{PageHead, article_extras, furniture, head, linked_data, tidy};
use crate::domain::article::Related;
use crate::domain::text::{Document, clean_line};

/// Pages of more elements are read by their marks alone: readability weighs every element several times over. The
/// longest real ones have some 30,000.
const MAX_ELEMENTS: usize = 50_000;
/// So many quoted posts and captions are looked at, since each may cost a count of the letters around it.
const MAX_WRAPPED: usize = 100;

/// The text of a page without what frames it, and the other articles that it points to. Fills in the author, where
/// only a line on the page tells.
pub(super) fn read(dom: Dom, head: &mut PageHead, title: &str) -> (Document, Vec<Related>) {
    article_extras::remove(&dom);
    let marked_byline = head::marked_byline(&dom).filter(|_| head.byline.is_none());
    unwrap_posts(&dom);
    frame_captions(&dom);
    let config = Config { disable_json_ld: true, keep_classes: true, max_elements_to_parse: MAX_ELEMENTS, ..Config::default() };
    let threshold = config.char_threshold;
    let whole = dom.clone();
    let mut page = Readability { doc: dom, doc_url: None, config };
    let base = head.base.clone();
    let base = base.as_ref();
    let (mut body, mut related) = (Document::default(), Vec::new());
    if let Ok(article) = page.parse()
        && let Some(found) = first(&page.doc, "#readability-page-1")
    {
        if head.byline.is_none() {
            head.byline = article.byline.and_then(|line| head::author(&line)).or(marked_byline);
        }
        related = furniture::remove(&found, base);
        body = nodes_to_document(&[found], base, &|_| false);
    }
    // For a page with so little text, readability returns everything.
    if body.is_blank() || body.text().len() < threshold {
        body = marked(&whole, base, title);
    }
    // A page that a script fills has its text in its data only.
    if body.text().len() < threshold
        && let Some(text) = linked_data::text(&whole).filter(|text| text.len() > threshold)
    {
        body = told(&text, base);
    }
    related.extend(tidy::tidy(&mut body, title, head));
    (body, tidy::keep_once(related))
}

/// A text of a page's data: HTML, or lines.
fn told(text: &str, base: Option<&Url>) -> Document {
    if text.contains("</") { html::to_document(text, base) } else { Document::plain(text.lines()) }
}

/// Posts of other sites, quoted: their wrappers are named as what readability takes for furniture.
fn unwrap_posts(dom: &Dom) {
    let posts = dom.select(
        "blockquote.twitter-tweet, blockquote.twitter-video, blockquote.instagram-media, blockquote.tiktok-embed, \
         blockquote.reddit-embed-bq, blockquote.bluesky-embed, blockquote.mastodon-embed",
    );
    for post in posts.nodes().iter().take(MAX_WRAPPED) {
        let own = post.normalized_char_count();
        let wrapper = post.ancestors_it(None).take_while(|above| is_box(above) && above.normalized_char_count() <= own);
        if let Some(wrapper) = wrapper.last() {
            wrapper.replace_with(post);
        }
    }
}

/// A picture and its words in boxes that only their class explains become a figure.
fn frame_captions(dom: &Dom) {
    let captions = dom.select("[class*=caption]");
    for caption in captions.nodes().iter().filter(|node| is_box(node) || node.has_name("p")).take(MAX_WRAPPED) {
        let own = caption.normalized_char_count();
        let around = caption.ancestors_it(Some(3)).take_while(|above| is_box(above) && above.normalized_char_count() <= own);
        if let Some(frame) = around.filter(|above| all(above, "img").len() == 1).last()
            && all(caption, "img, figcaption").is_empty()
        {
            frame.rename("figure");
            caption.rename("figcaption");
        }
    }
}

fn is_box(node: &NodeRef<'_>) -> bool {
    ["div", "section", "aside", "span", "dl", "dt", "dd"].iter().any(|name| node.has_name(name))
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
