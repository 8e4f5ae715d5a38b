//! Parts of a page by their selectors, for pages whose layout is known.

use dom_query::{Document as Dom, NodeRef};

use crate::domain::text::{CleanText, clean_line};

pub(in crate::format) fn first<'a>(dom: &'a Dom, selector: &str) -> Option<NodeRef<'a>> {
    dom.select(selector).nodes().first().copied()
}

pub(in crate::format) fn all<'a>(node: &NodeRef<'a>, selector: &str) -> Vec<NodeRef<'a>> {
    dom_query::Selection::from(*node).select(selector).nodes().to_vec()
}

pub(in crate::format) fn within<'a>(node: &NodeRef<'a>, selector: &str) -> Option<NodeRef<'a>> {
    all(node, selector).into_iter().next()
}

/// The line that the first such part holds, if it holds any.
pub(in crate::format) fn first_text(node: &NodeRef<'_>, selector: &str) -> Option<CleanText> {
    within(node, selector).map(|found| clean_line(&found.text())).filter(|text| !text.is_empty())
}

/// The nearest such element around a node.
pub(in crate::format) fn around<'a>(node: &NodeRef<'a>, name: &str) -> Option<NodeRef<'a>> {
    node.ancestors_it(None).find(|above| above.has_name(name))
}

/// The address that a browser wrote into a page as it saved it.
pub(in crate::format) fn saved_from(html: &str) -> Option<&str> {
    let (_, rest) = html.get(..html.floor_char_boundary(2000))?.split_once("<!-- saved from url=(")?;
    let (_, address) = rest.split_once(')')?;
    address.split_whitespace().next()
}
