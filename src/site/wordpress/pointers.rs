//! Where a page of `WordPress` says that its interface stands, and what its own number there is: in `Link` headers, and in
//! `<link>` elements.

use crate::format::page_links::link_elements;
use crate::source::http::LinkTarget;

#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Pointers {
    /// The interface, up to where what it has begins.
    pub(super) api: Option<String>,
    /// The number of the post or page.
    pub(super) post: Option<String>,
    /// The same, out of a short address: `/?p=10`.
    pub(super) short: Option<String>,
}

pub(super) fn in_headers(links: &[LinkTarget]) -> Pointers {
    let mut found = Pointers::default();
    for link in links {
        found.take(&link.rel, link.kind.as_deref().unwrap_or_default(), &link.address);
    }
    found
}

pub(super) fn in_page(text: &str) -> Pointers {
    let mut found = Pointers::default();
    for link in link_elements(text) {
        found.take(&link.rel, &link.kind, &link.href);
    }
    found
}

impl Pointers {
    fn take(&mut self, rel: &str, kind: &str, address: &str) {
        for rel in rel.split_whitespace() {
            match rel {
                "https://api.w.org/" => self.api = self.api.take().or_else(|| Some(address.to_owned())),
                "alternate" if kind.starts_with("application/json") && !kind.contains("oembed") => {
                    let number = address.rsplit('/').next().unwrap_or_default();
                    let is_post = ["/wp/v2/posts/", "/wp/v2/pages/"].iter().any(|kind| address.contains(kind));
                    self.post = self.post.take().or_else(|| number_of(number).filter(|_| is_post));
                }
                "shortlink" => {
                    let query = address.split_once('?').map_or("", |(_, query)| query);
                    let value = |name: &str| query.split('&').find_map(|pair| pair.strip_prefix(name));
                    let number = value("p=").or_else(|| value("page_id="));
                    self.short = self.short.take().or_else(|| number_of(number?));
                }
                _ => {}
            }
        }
    }
}

fn number_of(text: &str) -> Option<String> {
    (!text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(found: &Pointers) -> String {
        let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "-".to_owned());
        format!("{} {} {}", shown(&found.api), shown(&found.post), shown(&found.short))
    }

    #[test]
    fn headers_and_pages_point_to_the_interface() {
        let link = |address: &str, rel: &str, kind: Option<&str>| LinkTarget {
            address: address.to_owned(),
            rel: rel.to_owned(),
            kind: kind.map(str::to_owned),
        };
        let links = [
            link("https://a.example/b/wp-json/", "https://api.w.org/", None),
            link("https://a.example/b/wp-json/wp/v2/posts/10", "alternate", Some("application/json")),
            link("https://a.example/b/?p=10", "shortlink", None),
            link("https://a.example/b/wp-json/wp/v2/posts/11", "alternate", Some("text/html")),
        ];
        assert_eq!(told(&in_headers(&links)), "https://a.example/b/wp-json/ 10 10");
        let page = r#"<html><head><link rel="https://api.w.org/" href="https://a.example/?rest_route=/" />
            <link rel="alternate" type="application/json" href="https://a.example/?rest_route=/wp/v2/pages/7" />
            <link rel="alternate" type="application/json+oembed" href="https://a.example/?rest_route=/oembed/wp/v2/posts/8" />
            <link rel='shortlink' href='https://a.example/?page_id=7' /></head></html>"#;
        assert_eq!(told(&in_page(page)), "https://a.example/?rest_route=/ 7 7");
        assert_eq!(told(&in_page("<link rel=alternate href=x>")), "- - -");
    }
}
