//! The names that feeds use, whatever namespace address, prefix or case they are written with.
//!
//! A canonical name is the local name in lower case behind the usual prefix of its namespace; the elements of RSS, of
//! Atom 0.3 and of Atom 1.0 have none, since feeds of all kinds borrow them from each other.

/// A namespace that feeds are known to use.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Space {
    /// RSS of all versions, and Atom.
    Core,
    Prefix(&'static str),
    /// One that says nothing about news.
    Other,
}

/// Beginnings of namespace addresses, in lower case and without their scheme, and what stands in them.
const SPACES: &[(&str, Space)] = &[
    ("www.w3.org/2005/atom", Space::Core),
    ("purl.org/atom/", Space::Core),
    ("example.com/newformat", Space::Core),
    ("purl.org/rss/1.0/modules/content", Space::Prefix("content")),
    ("purl.org/rss/1.0/modules/slash", Space::Prefix("slash")),
    ("purl.org/rss/1.0/modules/syndication", Space::Prefix("sy")),
    ("purl.org/rss/1.0/modules/", Space::Other),
    ("purl.org/rss/", Space::Core),
    ("purl.org/net/rss1.1", Space::Core),
    ("my.netscape.com/", Space::Core),
    ("channel.netscape.com/", Space::Core),
    ("backend.userland.com/blogchannelmodule", Space::Other),
    ("backend.userland.com/creativecommons", Space::Other),
    ("backend.userland.com/", Space::Core),
    ("blogs.law.harvard.edu/tech/rss", Space::Core),
    ("cyber.law.harvard.edu/rss", Space::Core),
    ("www.rssboard.org/", Space::Core),
    ("www.w3.org/1999/02/22-rdf-syntax-ns", Space::Prefix("rdf")),
    ("purl.org/dc/terms", Space::Prefix("dcterms")),
    ("purl.org/dc/", Space::Prefix("dc")),
    ("www.itunes.com/dtds/podcast", Space::Prefix("itunes")),
    ("www.itunes.com/dtds/", Space::Prefix("itunes")),
    ("example.com/dtds/podcast", Space::Prefix("itunes")),
    ("search.yahoo.com/mrss", Space::Prefix("media")),
    ("www.rssboard.org/media-rss", Space::Prefix("media")),
    ("wellformedweb.org/commentapi", Space::Prefix("wfw")),
    ("purl.org/syndication/thread/", Space::Prefix("thr")),
    ("rssnamespace.org/feedburner/", Space::Prefix("feedburner")),
    ("www.w3.org/1999/xhtml", Space::Prefix("xhtml")),
    ("www.w3.org/2000/svg", Space::Other),
    ("www.w3.org/1998/math", Space::Other),
];

/// Prefixes that everybody writes as they are, where none is declared.
const PREFIXES: &[&str] =
    &["content", "dc", "dcterms", "feedburner", "itunes", "media", "rdf", "slash", "sy", "thr", "wfw", "xhtml"];

/// What a namespace's address names.
pub(super) fn space(address: &str) -> Space {
    let bare = address.split_once("://").map_or(address, |(_, bare)| bare);
    let starts = |start: &str| bare.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start));
    SPACES.iter().find(|(start, _)| starts(start)).map_or(Space::Other, |(_, space)| *space)
}

/// What a prefix means by custom.
pub(super) fn by_prefix(prefix: &str) -> Space {
    if prefix.is_empty() || ["atom", "atom10", "atom03", "rss", "a10"].iter().any(|core| prefix.eq_ignore_ascii_case(core)) {
        return Space::Core;
    }
    PREFIXES.iter().find(|known| known.eq_ignore_ascii_case(prefix)).map_or(Space::Other, |known| Space::Prefix(known))
}

/// All names that are read, sorted.
const NAMES: &[&str] = &[
    "abstract",
    "author",
    "body",
    "category",
    "channel",
    "comments",
    "content",
    "content:encoded",
    "copyright",
    "created",
    "dc:author",
    "dc:creator",
    "dc:date",
    "dc:description",
    "dc:identifier",
    "dc:rights",
    "dc:subject",
    "dc:title",
    "dcterms:created",
    "dcterms:issued",
    "dcterms:modified",
    "description",
    "email",
    "enclosure",
    "entry",
    "feed",
    "feedburner:origlink",
    "fullitem",
    "guid",
    "homepage",
    "id",
    "image",
    "info",
    "issued",
    "item",
    "items",
    "itunes:author",
    "itunes:category",
    "itunes:keywords",
    "itunes:subtitle",
    "itunes:summary",
    "itunes:title",
    "lastbuilddate",
    "link",
    "managingeditor",
    "media:category",
    "media:content",
    "media:credit",
    "media:description",
    "media:group",
    "media:keywords",
    "media:text",
    "media:title",
    "modified",
    "name",
    "pubdate",
    "published",
    "rdf:rdf",
    "rights",
    "rss",
    "slash:comments",
    "slash:hit_parade",
    "slash:section",
    "source",
    "subtitle",
    "summary",
    "sy:updatebase",
    "sy:updatefrequency",
    "sy:updateperiod",
    "tagline",
    "textinput",
    "thr:in-reply-to",
    "thr:total",
    "title",
    "ttl",
    "updated",
    "uri",
    "url",
    "wfw:comment",
    "wfw:commentrss",
    "xhtml:body",
    "xhtml:div",
];

/// The canonical name of an element, if it is one that is read. `scratch` is there to be used again.
pub(super) fn known(space: Space, local: &str, scratch: &mut String) -> Option<&'static str> {
    scratch.clear();
    match space {
        Space::Core => {}
        Space::Prefix(prefix) => {
            scratch.push_str(prefix);
            scratch.push(':');
        }
        Space::Other => return None,
    }
    scratch.push_str(local);
    scratch.make_ascii_lowercase();
    let at = NAMES.binary_search(&scratch.as_str()).ok()?;
    Some(NAMES[at])
}

/// What is read as an article.
pub(super) fn is_entry(name: &str) -> bool {
    matches!(name, "item" | "entry")
}

/// What stands around the parts of a feed.
pub(super) fn is_frame(name: &str) -> bool {
    matches!(name, "rss" | "rdf:rdf" | "channel" | "feed" | "items")
}

/// What holds elements, and no text of its own.
pub(super) fn is_container(name: &str) -> bool {
    is_entry(name)
        || is_frame(name)
        || matches!(name, "author" | "source" | "image" | "textinput" | "media:group" | "media:content")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_in_any_guise() {
        assert!(NAMES.is_sorted());
        let mut scratch = String::new();
        let mut found = |space, local| known(space, local, &mut scratch);
        assert_eq!(found(space("http://purl.org/rss/1.0/"), "pubDate"), Some("pubdate"));
        assert_eq!(found(space("HTTPS://www.w3.org/2005/Atom"), "entry"), Some("entry"));
        assert_eq!(found(space("http://purl.org/dc/elements/1.1/"), "date"), Some("dc:date"));
        assert_eq!(found(by_prefix("wfw"), "commentRSS"), Some("wfw:commentrss"));
        assert_eq!(found(by_prefix("foaf"), "name"), None);
        assert_eq!(found(space("http://www.w3.org/2000/svg"), "title"), None);
    }
}
