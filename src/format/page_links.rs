//! The `<link>` elements in a page's head.

use super::html;

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PageLink {
    /// In lower case.
    pub rel: String,
    pub kind: String,
    pub href: String,
}

/// The `<link>` elements of a page, in order.
pub fn link_elements(text: &str) -> Vec<PageLink> {
    let dom = html::parse(text);
    let links = dom.select("link[rel][href]");
    let found = links.nodes().iter().filter_map(|link| {
        let attribute = |name: &str| link.attr(name).map(|value| value.trim().to_owned());
        Some(PageLink {
            rel: attribute("rel")?.to_ascii_lowercase(),
            kind: attribute("type").unwrap_or_default().to_ascii_lowercase(),
            href: attribute("href")?,
        })
    });
    found.collect()
}
