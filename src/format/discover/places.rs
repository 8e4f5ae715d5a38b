//! Sites whose feeds follow from the address of a page, as their own help pages and pages tell.

use url::Url;

use super::super::feed::Kind;
use super::{Offer, Subject};
use crate::domain::text::clean_line;

/// A site's pages and one of their feeds. `{a}` stands for a part of the path, `{h}` for what stands before the host,
/// `...` for any more parts; the first of each kind of page that fits comes first.
struct FeedPattern {
    /// "*" before a dot is any name; `www.` and `m.` are left out before it is compared.
    host: &'static str,
    path: &'static str,
    feed: &'static str,
    title: &'static str,
    subject: Subject,
}

const fn place(host: &'static str, path: &'static str, feed: &'static str, title: &'static str) -> FeedPattern {
    FeedPattern { host, path, feed, title, subject: Subject::Articles }
}

const fn thread(host: &'static str, path: &'static str, feed: &'static str) -> FeedPattern {
    FeedPattern { host, path, feed, title: "Comments", subject: Subject::Discussion }
}

#[rustfmt::skip]
const KNOWN: &[FeedPattern] = &[
    place("youtube.com", "/channel/{a}/...", "https://www.youtube.com/feeds/videos.xml?channel_id={a}", "Videos of the channel"),
    place("youtube.com", "/user/{a}/...", "https://www.youtube.com/feeds/videos.xml?user={a}", "Videos of {a}"),
    place("youtube.com", "/playlist?list={a}", "https://www.youtube.com/feeds/videos.xml?playlist_id={a}", "Videos of the playlist"),
    place("youtube.com", "/watch?list={a}", "https://www.youtube.com/feeds/videos.xml?playlist_id={a}", "Videos of the playlist"),
    thread("reddit.com", "/r/{a}/comments/{b}/...", "https://www.reddit.com/r/{a}/comments/{b}/.rss"),
    place("reddit.com", "/r/{a}/{b}/...", "https://www.reddit.com/r/{a}/{b}/.rss", "r/{a}, {b}"),
    place("reddit.com", "/r/{a}", "https://www.reddit.com/r/{a}/.rss", "r/{a}"),
    place("reddit.com", "/user/{a}/m/{b}", "https://www.reddit.com/user/{a}/m/{b}/.rss", "{b} of u/{a}"),
    place("reddit.com", "/user/{a}/...", "https://www.reddit.com/user/{a}/.rss", "u/{a}"),
    place("reddit.com", "/u/{a}/...", "https://www.reddit.com/user/{a}/.rss", "u/{a}"),
    place("reddit.com", "/domain/{a}", "https://www.reddit.com/domain/{a}/.rss", "Links to {a}"),
    place("reddit.com", "/", "https://www.reddit.com/.rss", "Reddit"),
    place("github.com", "/{a}/{b}/commits/{c}", "https://github.com/{a}/{b}/commits/{c}.atom", "Commits to {c} of {a}/{b}"),
    place("github.com", "/{a}/{b}/tree/{c}", "https://github.com/{a}/{b}/commits/{c}.atom", "Commits to {c} of {a}/{b}"),
    place("github.com", "/{a}/{b}/tags", "https://github.com/{a}/{b}/tags.atom", "Tags of {a}/{b}"),
    place("github.com", "/{a}/{b}/discussions/...", "https://github.com/{a}/{b}/discussions.atom", "Discussions of {a}/{b}"),
    place("github.com", "/{a}/{b}/wiki/...", "https://github.com/{a}/{b}/wiki.atom", "Wiki of {a}/{b}"),
    place("github.com", "/{a}/{b}/...", "https://github.com/{a}/{b}/releases.atom", "Releases of {a}/{b}"),
    place("github.com", "/{a}/{b}/...", "https://github.com/{a}/{b}/commits.atom", "Commits to {a}/{b}"),
    place("github.com", "/{a}/{b}/...", "https://github.com/{a}/{b}/tags.atom", "Tags of {a}/{b}"),
    place("github.com", "/{a}", "https://github.com/{a}.atom", "Activity of {a}"),
    place("gitlab.com", "/{a}/{b}/-/commits/{c}", "https://gitlab.com/{a}/{b}/-/commits/{c}?format=atom", "Commits to {c} of {a}/{b}"),
    place("gitlab.com", "/{a}/{b}/-/issues", "https://gitlab.com/{a}/{b}/-/issues.atom", "Issues of {a}/{b}"),
    place("gitlab.com", "/{a}/{b}/...", "https://gitlab.com/{a}/{b}/-/releases.atom", "Releases of {a}/{b}"),
    place("gitlab.com", "/{a}/{b}/...", "https://gitlab.com/{a}/{b}/-/tags?format=atom", "Tags of {a}/{b}"),
    place("gitlab.com", "/{a}/{b}/...", "https://gitlab.com/{a}/{b}.atom", "Activity of {a}/{b}"),
    place("gitlab.com", "/{a}", "https://gitlab.com/{a}.atom", "Activity of {a}"),
    place("codeberg.org", "/{a}/{b}/...", "https://codeberg.org/{a}/{b}/releases.rss", "Releases of {a}/{b}"),
    place("codeberg.org", "/{a}/{b}/...", "https://codeberg.org/{a}/{b}.rss", "Activity of {a}/{b}"),
    place("codeberg.org", "/{a}", "https://codeberg.org/{a}.rss", "Activity of {a}"),
    place("git.sr.ht", "/~{a}/{b}/...", "https://git.sr.ht/~{a}/{b}/log/rss.xml", "Commits to ~{a}/{b}"),
    place("git.sr.ht", "/~{a}/{b}/...", "https://git.sr.ht/~{a}/{b}/refs/rss.xml", "Releases of ~{a}/{b}"),
    place("medium.com", "/tag/{a}/...", "https://medium.com/feed/tag/{a}", "Tagged {a}"),
    place("medium.com", "/@{a}/...", "https://medium.com/feed/@{a}", "@{a}"),
    place("medium.com", "/{a}/...", "https://medium.com/feed/{a}", "{a}"),
    place("*.medium.com", "/...", "https://{h}.medium.com/feed", "{h}"),
    place("*.blogspot.com", "/search/label/{a}", "https://{h}.blogspot.com/feeds/posts/default/-/{a}", "{h}, {a}"),
    place("*.blogspot.com", "/...", "https://{h}.blogspot.com/feeds/posts/default", "{h}"),
    place("*.wordpress.com", "/category/{a}", "https://{h}.wordpress.com/category/{a}/feed/", "{h}, {a}"),
    place("*.wordpress.com", "/tag/{a}", "https://{h}.wordpress.com/tag/{a}/feed/", "{h}, {a}"),
    place("*.wordpress.com", "/author/{a}", "https://{h}.wordpress.com/author/{a}/feed/", "{h}, {a}"),
    place("*.wordpress.com", "/...", "https://{h}.wordpress.com/feed/", "{h}"),
    place("*.substack.com", "/...", "https://{h}.substack.com/feed", "{h}"),
    place("*.tumblr.com", "/tagged/{a}/...", "https://{h}.tumblr.com/tagged/{a}/rss", "{h}, {a}"),
    place("*.tumblr.com", "/...", "https://{h}.tumblr.com/rss", "{h}"),
    place("tumblr.com", "/{a}/...", "https://{a}.tumblr.com/rss", "{a}"),
    place("*.bearblog.dev", "/...", "https://{h}.bearblog.dev/feed/", "{h}"),
    place("dev.to", "/{a}/...", "https://dev.to/feed/{a}", "{a}"),
    place("bsky.app", "/profile/{a}/...", "https://bsky.app/profile/{a}/rss", "{a}"),
    place("vimeo.com", "/{a}", "https://vimeo.com/{a}/videos/rss", "Videos of {a}"),
    place("pypi.org", "/project/{a}/...", "https://pypi.org/rss/project/{a}/releases.xml", "Releases of {a}"),
    place("arxiv.org", "/list/{a}/...", "https://rss.arxiv.org/rss/{a}", "arXiv, {a}"),
    place("phys.org", "/{a}-news/{b}", "https://phys.org/rss-feed/{a}-news/{b}/", "phys.org, {b}"),
    place("phys.org", "/{a}-news", "https://phys.org/rss-feed/{a}-news/", "phys.org, {a}"),
    place("phys.org", "/...", "https://phys.org/rss-feed/", "phys.org"),
    place("medicalxpress.com", "/...", "https://medicalxpress.com/rss-feed/", "Medical Xpress"),
    place("techxplore.com", "/...", "https://techxplore.com/rss-feed/", "Tech Xplore"),
    place("news.ycombinator.com", "/...", "https://news.ycombinator.com/rss", "Hacker News"),
    thread("lobste.rs", "/s/{a}/...", "https://lobste.rs/s/{a}.rss"),
    place("lobste.rs", "/t/{a}", "https://lobste.rs/t/{a}.rss", "Lobsters, {a}"),
    place("lobste.rs", "/newest", "https://lobste.rs/newest.rss", "Lobsters, newest"),
    place("lobste.rs", "/...", "https://lobste.rs/rss", "Lobsters"),
    place("stackoverflow.com", "/questions/tagged/{a}", "https://stackoverflow.com/feeds/tag/{a}", "Questions about {a}"),
    place("*.stackexchange.com", "/questions/tagged/{a}", "https://{h}.stackexchange.com/feeds/tag/{a}", "Questions about {a}"),
    place("*.stackexchange.com", "/...", "https://{h}.stackexchange.com/feeds", "Questions of {h}"),
];

/// Software that many hosts run, by the shape of its paths: Mastodon, Lemmy, Discourse, GitLab and Forgejo.
#[rustfmt::skip]
const ANYWHERE: &[FeedPattern] = &[
    place("*", "/@{a}", "{o}/@{a}.rss", ""),
    place("*", "/tags/{a}", "{o}/tags/{a}.rss", ""),
    place("*", "/c/{a}", "{o}/feeds/c/{a}.xml?sort=New", ""),
    place("*", "/u/{a}", "{o}/feeds/u/{a}.xml?sort=New", ""),
    place("*", "/c/{a}/{b}", "{o}/c/{a}/{b}.rss", ""),
    place("*", "/t/{a}/{b}", "{o}/t/{a}/{b}.rss", ""),
    place("*", "/latest", "{o}/latest.rss", ""),
    place("*", "/category/{a}", "{o}/category/{a}/feed/", ""),
    place("*", "/tag/{a}", "{o}/tag/{a}/feed/", ""),
];

/// First parts of GitHub's own pages, which are nobody's.
const OWN: &[&str] = &[
    "about",
    "apps",
    "collections",
    "customer-stories",
    "enterprise",
    "explore",
    "features",
    "issues",
    "login",
    "marketplace",
    "notifications",
    "orgs",
    "pricing",
    "pulls",
    "search",
    "settings",
    "signup",
    "sponsors",
    "stars",
    "topics",
    "trending",
];

/// The feeds of a known site's page.
pub(super) fn known(address: &Url) -> Vec<Offer> {
    let host = plain_host(address);
    if host == "github.com"
        && address.path_segments().and_then(|mut parts| parts.next()).is_some_and(|part| OWN.contains(&part))
    {
        return Vec::new();
    }
    let mut offers: Vec<Offer> = Vec::new();
    let mut fitting: Option<&str> = None;
    for place in KNOWN {
        // The pattern that matches more of the path comes first; its feeds are the ones meant.
        if fitting.is_some_and(|path| path != place.path) {
            continue;
        }
        if let Some(held) = held(place, address, &host)
            && let Some(feed) = Url::parse(&filled(place.feed, &held, true)).ok()
            && feed != *address
        {
            fitting = Some(place.path);
            let title = clean_line(&filled(place.title, &held, false));
            offers.push(Offer { address: feed, title, kind: kind(place.feed), subject: place.subject });
        }
    }
    offers
}

/// Addresses that a feed has if the site runs what its path looks like.
pub(super) fn guesses(address: &Url) -> Vec<Url> {
    let host = plain_host(address);
    let fitting = ANYWHERE.iter().filter_map(|place| Some((place, held(place, address, &host)?)));
    fitting.filter_map(|(place, held)| Url::parse(&filled(place.feed, &held, true)).ok()).collect()
}

fn plain_host(address: &Url) -> String {
    let host = address.host_str().unwrap_or("").to_lowercase();
    let plain = ["www.", "m.", "old.", "new."].iter().find_map(|prefix| host.strip_prefix(prefix));
    plain.filter(|rest| rest.contains('.')).map(str::to_owned).unwrap_or(host)
}

fn kind(feed: &str) -> Option<Kind> {
    // Reddit and YouTube call RSS what is Atom.
    feed.contains("atom").then_some(Kind::Atom)
}

/// The values of the names in braces, if the address matches.
fn held(place: &FeedPattern, address: &Url, host: &str) -> Option<Vec<(char, String)>> {
    let mut held = vec![('o', address.origin().ascii_serialization())];
    match place.host.strip_prefix("*.") {
        Some(site) => held.push(('h', host.strip_suffix(site)?.strip_suffix('.')?.to_owned())),
        None if place.host == "*" || place.host == host => {}
        None => return None,
    }
    let (path, query) = place.path.split_once('?').unwrap_or((place.path, ""));
    if let Some((key, name)) = query.split_once('=') {
        let value = address.query_pairs().find(|(found, _)| found == key)?.1.into_owned();
        held.push((name.chars().nth(1)?, value));
    }
    let mut parts = address.path().split('/').filter(|part| !part.is_empty());
    for wanted in path.split('/').filter(|part| !part.is_empty()) {
        if wanted == "..." {
            return Some(held);
        }
        let part = parts.next()?;
        match wanted.split_once('{') {
            Some((before, name)) => {
                let (name, after) = name.split_once('}')?;
                let value = part.strip_prefix(before)?.strip_suffix(after)?;
                held.push((name.chars().next()?, Some(value).filter(|value| !value.is_empty())?.to_owned()));
            }
            None if wanted == part => {}
            None => return None,
        }
    }
    parts.next().is_none().then_some(held)
}

/// A template with its names filled in; in an address, what came from a query cannot add to it.
fn filled(template: &str, held: &[(char, String)], address: bool) -> String {
    held.iter().fold(template.to_owned(), |text, (name, value)| {
        let value = if address && *name != 'o' {
            value.chars().filter(|c| !matches!(c, '&' | '#' | '?' | '/' | ' ')).collect()
        } else {
            value.clone()
        };
        text.replace(&format!("{{{name}}}"), &value)
    })
}
