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
    /// One that is known and says nothing about news.
    Foreign,
    /// One that nobody knows.
    Unknown,
}

/// Beginnings of namespace addresses and what stands in them, the longest that fits being meant. They are in lower case
/// and without scheme and `www.`, which feeds write as they like; so they do a slash or hash at the end.
#[rustfmt::skip]
const SPACES: &[(&str, Space)] = &[
    ("w3.org/2005/atom", Space::Core),
    ("w3.org/atom", Space::Core),
    ("purl.org/atom/", Space::Core),
    ("example.com/newformat", Space::Core),
    ("purl.org/rss/", Space::Core),
    ("purl.org/net/rss1.1", Space::Core),
    ("my.netscape.com/", Space::Core),
    ("channel.netscape.com/", Space::Core),
    ("backend.userland.com/rss", Space::Core),
    ("blogs.law.harvard.edu/tech/rss", Space::Core),
    ("cyber.law.harvard.edu/rss", Space::Core),
    ("cyber.harvard.edu/rss", Space::Core),
    ("rssboard.org/rss", Space::Core),
    ("purl.org/rss/1.0/modules/", Space::Foreign),
    ("purl.org/rss/1.0/modules/content", Space::Prefix("content")),
    ("purl.org/rss/1.0/modules/slash", Space::Prefix("slash")),
    ("purl.org/rss/1.0/modules/syndication", Space::Prefix("sy")),
    ("purl.org/rss/modules/content", Space::Prefix("content")),
    ("w3.org/1999/02/22-rdf-syntax-ns", Space::Prefix("rdf")),
    ("purl.org/dc/", Space::Prefix("dc")),
    ("purl.org/metadata/dublin_core", Space::Prefix("dc")),
    ("dublincore.org/", Space::Prefix("dc")),
    ("purl.org/dc/terms", Space::Prefix("dcterms")),
    ("purl.org/dc/qualifiers", Space::Prefix("dcterms")),
    ("dublincore.org/documents/dcmi-terms", Space::Prefix("dcterms")),
    ("itunes.com/dtds/", Space::Prefix("itunes")),
    ("itunes.apple.com/dtds/", Space::Prefix("itunes")),
    ("example.com/dtds/podcast", Space::Prefix("itunes")),
    ("search.yahoo.com/mrss", Space::Prefix("media")),
    ("search.yahoo.com/rss", Space::Prefix("media")),
    ("tools.search.yahoo.com/mrss", Space::Prefix("media")),
    ("video.search.yahoo.com/mrss", Space::Prefix("media")),
    ("rssboard.org/media-rss", Space::Prefix("media")),
    ("podcastindex.org/namespace", Space::Prefix("podcast")),
    ("github.com/podcastindex-org/podcast-namespace", Space::Prefix("podcast")),
    ("podlove.org/simple-chapters", Space::Prefix("psc")),
    ("wellformedweb.org/commentapi", Space::Prefix("wfw")),
    ("purl.org/syndication/thread", Space::Prefix("thr")),
    ("rssnamespace.org/feedburner", Space::Prefix("feedburner")),
    ("feedburner.com/", Space::Prefix("feedburner")),
    ("w3.org/1999/xhtml", Space::Prefix("xhtml")),
    ("w3.org/2000/svg", Space::Foreign),
    ("w3.org/1998/math", Space::Foreign),
];

/// Prefixes that everybody writes as they are, where none is declared.
#[rustfmt::skip]
const PREFIXES: &[&str] = &[
    "content", "dc", "dcterms", "feedburner", "itunes", "media", "podcast", "psc", "rdf", "slash", "sy", "thr", "wfw", "xhtml",
];

/// The vocabulary of a namespace's address.
pub(super) fn space(address: &str) -> Space {
    let bare = address.split_once("://").map_or(address, |(_, bare)| bare);
    let bare = bare.get(..4).filter(|start| start.eq_ignore_ascii_case("www.")).map_or(bare, |_| &bare[4..]);
    let fits = |start: &str| bare.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start));
    let fitting = SPACES.iter().filter(|(start, _)| fits(start));
    fitting.max_by_key(|(start, _)| start.len()).map_or(Space::Unknown, |(_, space)| *space)
}

/// The customary meaning of a prefix.
pub(super) fn by_prefix(prefix: &str) -> Space {
    if prefix.is_empty() || ["atom", "atom10", "atom03", "rss", "a10"].iter().any(|core| prefix.eq_ignore_ascii_case(core)) {
        return Space::Core;
    }
    PREFIXES.iter().find(|known| known.eq_ignore_ascii_case(prefix)).map_or(Space::Unknown, |known| Space::Prefix(known))
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
    "itunes:duration",
    "itunes:image",
    "itunes:keywords",
    "itunes:subtitle",
    "itunes:summary",
    "itunes:title",
    "lastbuilddate",
    "link",
    "managingeditor",
    "media:category",
    "media:community",
    "media:content",
    "media:credit",
    "media:description",
    "media:group",
    "media:keywords",
    "media:starrating",
    "media:statistics",
    "media:text",
    "media:thumbnail",
    "media:title",
    "modified",
    "name",
    "podcast:chapters",
    "podcast:transcript",
    "psc:chapter",
    "psc:chapters",
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
        Space::Foreign | Space::Unknown => return None,
    }
    scratch.push_str(local);
    scratch.make_ascii_lowercase();
    let at = NAMES.binary_search(&scratch.as_str()).ok()?;
    Some(NAMES[at])
}

/// Elements that are read as articles.
pub(super) fn is_entry(name: &str) -> bool {
    matches!(name, "item" | "entry")
}

/// Elements around the parts of a feed.
pub(super) fn is_frame(name: &str) -> bool {
    matches!(name, "rss" | "rdf:rdf" | "channel" | "feed" | "items")
}

/// Elements that hold others and no text of their own.
pub(super) fn is_container(name: &str) -> bool {
    is_entry(name)
        || is_frame(name)
        || matches!(
            name,
            "author"
                | "source"
                | "image"
                | "itunes:category"
                | "media:community"
                | "media:content"
                | "media:group"
                | "psc:chapters"
                | "textinput"
        )
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

    /// Each namespace as feeds in the wild write it.
    #[test]
    fn namespaces_are_known_in_all_their_spellings() {
        use Space::{Core, Foreign, Prefix, Unknown};
        let table: &[(Space, &[&str])] = &[
            (
                Core,
                &[
                    "http://www.w3.org/2005/Atom",
                    "http://www.w3.org/2005/Atom/",
                    "https://w3.org/2005/atom",
                    "http://purl.org/atom/ns#",
                    "http://purl.org/rss/1.0/",
                    "http://purl.org/rss/1.0",
                    "http://purl.org/net/rss1.1#",
                    "http://my.netscape.com/rdf/simple/0.9/",
                    "http://channel.netscape.com/rdf/simple/0.9/",
                    "http://backend.userland.com/rss2",
                    "http://backend.userland.com/RSS091",
                    "http://blogs.law.harvard.edu/tech/rss",
                    "http://cyber.law.harvard.edu/rss/rss.html",
                    "https://www.rssboard.org/rss-specification",
                ],
            ),
            (
                Prefix("media"),
                &[
                    "http://search.yahoo.com/mrss/",
                    "http://search.yahoo.com/mrss",
                    "https://search.yahoo.com/mrss/",
                    "http://tools.search.yahoo.com/mrss/",
                    "http://search.yahoo.com/rss/",
                    "http://www.rssboard.org/media-rss",
                    "https://www.rssboard.org/media-rss/",
                    "http://rssboard.org/Media-RSS",
                ],
            ),
            (Prefix("content"), &["http://purl.org/rss/1.0/modules/content/", "http://purl.org/rss/1.0/modules/content"]),
            (
                Prefix("itunes"),
                &[
                    "http://www.itunes.com/dtds/podcast-1.0.dtd",
                    "http://www.itunes.com/DTDs/Podcast-1.0.dtd",
                    "https://itunes.com/dtds/podcast-1.0.dtd",
                    "http://itunes.apple.com/dtds/podcast-1.0.dtd",
                ],
            ),
            (
                Prefix("podcast"),
                &[
                    "https://podcastindex.org/namespace/1.0",
                    "http://podcastindex.org/namespace/1.0",
                    "https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/1.0.md",
                ],
            ),
            (Prefix("psc"), &["http://podlove.org/simple-chapters", "http://podlove.org/simple-chapters/"]),
            (Prefix("dc"), &["http://purl.org/dc/elements/1.1/", "http://purl.org/DC/elements/1.0/"]),
            (Prefix("dcterms"), &["http://purl.org/dc/terms/", "http://purl.org/dc/terms"]),
            (Prefix("sy"), &["http://purl.org/rss/1.0/modules/syndication/"]),
            (Prefix("slash"), &["http://purl.org/rss/1.0/modules/slash/"]),
            (Prefix("thr"), &["http://purl.org/syndication/thread/1.0"]),
            (Prefix("wfw"), &["http://wellformedweb.org/CommentAPI/", "http://www.wellformedweb.org/commentapi/"]),
            (Prefix("feedburner"), &["http://rssnamespace.org/feedburner/ext/1.0"]),
            (Prefix("rdf"), &["http://www.w3.org/1999/02/22-rdf-syntax-ns#"]),
            (Prefix("xhtml"), &["http://www.w3.org/1999/xhtml"]),
            (Foreign, &["http://www.w3.org/2000/svg", "http://purl.org/rss/1.0/modules/event/"]),
            (
                Unknown,
                &[
                    "",
                    "http://backend.userland.com/creativeCommonsRssModule",
                    "http://www.rssboard.org/",
                    "http://www.georss.org/georss",
                    "é",
                ],
            ),
        ];
        for (expected, addresses) in table {
            for address in *addresses {
                assert_eq!(space(address), *expected, "{address}");
            }
        }
    }
}
