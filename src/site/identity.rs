//! The address by which an article or a thread is known when it comes again.

use std::fmt::Write;

use url::Url;

use super::{SITES, ThreadAddress, by_key};

/// Query parameters that say how a reader came, not what is read. Those ending in `_` stand for all that begin so.
const TRACKING: &[&str] = &[
    "utm_",
    "fbclid",
    "gclid",
    "dclid",
    "gbraid",
    "wbraid",
    "msclkid",
    "yclid",
    "twclid",
    "igshid",
    "mc_cid",
    "mc_eid",
    "_hsenc",
    "_hsmi",
    "mkt_tok",
    "oly_enc_id",
    "oly_anon_id",
    "vero_id",
    "wt_mc",
    "ref_src",
    "ref_url",
    "cmpid",
    "ncid",
    "_ga",
    "_gl",
    "s_cid",
    "wickedid",
];

/// True if a part of an address can be an id.
pub(super) fn is_name(part: &&str) -> bool {
    !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// The address by which an article is known: https, no `www.`, no tracking, no slash at the end. A fragment stays, since
/// many changelogs and podcasts have an article at each; but not one that only leads to a part of the article. None for
/// what is not a web address.
pub fn canonical_address(address: &str) -> Option<String> {
    let url = Url::parse(address.trim()).ok()?;
    if !matches!(url.scheme(), "http" | "https") {
        return None;
    }
    let url = match thread_of(&url) {
        Some(ThreadAddress { address, is_whole: true }) => Url::parse(&address).ok()?,
        _ => url,
    };
    let host = url.host_str()?.trim_end_matches('.');
    let host = host.strip_prefix("www.").filter(|rest| rest.contains('.')).unwrap_or(host);
    let mut canonical = format!("https://{host}");
    if let Some(port) = url.port() {
        let _ = write!(canonical, ":{port}");
    }
    canonical.push_str(url.path().trim_end_matches('/'));
    let kept: Vec<&str> = url.query().unwrap_or("").split('&').filter(|pair| !pair.is_empty() && !is_tracking(pair)).collect();
    if !kept.is_empty() {
        canonical.push('?');
        canonical.push_str(&kept.join("&"));
    }
    if let Some(fragment) = url.fragment().filter(|fragment| !leads_into_the_article(fragment)) {
        canonical.push('#');
        canonical.push_str(fragment);
    }
    Some(canonical)
}

/// True if a fragment only leads to a part of an article, or tells how the reader came.
fn leads_into_the_article(fragment: &str) -> bool {
    let fragment = fragment.to_ascii_lowercase();
    let is_listed = matches!(
        fragment.as_str(),
        "" | "top"
            | "content"
            | "main"
            | "respond"
            | "comment"
            | "comments"
            | "comment-form"
            | "reply"
            | "replies"
            | "disqus_thread"
            | "more"
            | "readmore"
    );
    let prefixes = ["more-", ":~:", "xtor=", "utm_", "xtref=", "ref=rss", "ftag=", "at_medium=", "at_campaign="];
    is_listed || prefixes.iter().any(|prefix| fragment.starts_with(prefix))
}

/// The address of the page whose AMP form an address is; none for any other. What it leads to is the page's only where
/// the titles agree, too: "/amp" may be a page of its own.
pub fn page_of_amp(address: &str) -> Option<String> {
    let mut url = Url::parse(address.trim()).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    let host = url.host_str()?.to_owned();
    let path = url.path().trim_end_matches('/').to_owned();
    let is_amp = |pair: &str| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (name, value) = (name.to_ascii_lowercase(), value.to_ascii_lowercase());
        (name == "amp" && matches!(value.as_str(), "" | "1" | "true")) || (name == "outputtype" && value == "amp")
    };
    let pairs: Vec<String> = url.query().unwrap_or("").split('&').map(str::to_owned).collect();
    let kept = pairs.iter().filter(|pair| !is_amp(pair)).cloned().collect::<Vec<_>>().join("&");
    let plain_host = host.strip_prefix("amp.").filter(|rest| rest.contains('.')).unwrap_or(&host).to_owned();
    let plain_path = ["/amp", ".amp"].iter().find_map(|form| path.strip_suffix(form)).unwrap_or(&path).to_owned();
    let plain_path = plain_path.strip_prefix("/amp/").map_or(plain_path.clone(), |rest| format!("/{rest}"));
    if plain_host == host && plain_path == path && kept == url.query().unwrap_or("") {
        return None;
    }
    url.set_host(Some(&plain_host)).ok()?;
    url.set_path(&plain_path);
    url.set_query(Some(&kept).filter(|kept| !kept.is_empty()).map(String::as_str));
    canonical_address(url.as_str())
}

/// True if two addresses are of the same page.
pub fn is_same_address(one: &str, other: &str) -> bool {
    one == other || canonical_address(one).is_some_and(|one| Some(one) == canonical_address(other))
}

/// The short address of the thread that an address leads into, whatever page or comment of it, where a site is known by its
/// host. None for any other address.
pub fn thread_address(address: &str) -> Option<String> {
    thread_of(&Url::parse(address.trim()).ok()?).map(|thread| thread.address)
}

/// A comment's own address, by the key of its site, its thread's address and its id: what most comments need not keep.
/// None for a site whose comments' addresses do not follow from their ids.
pub fn comment_address(site: &str, thread: &str, id: &str) -> Option<String> {
    by_key(site).filter(|_| !id.is_empty())?.comment_address(thread, id)
}

fn thread_of(url: &Url) -> Option<ThreadAddress> {
    SITES.iter().find_map(|site| site.thread_address(url))
}

fn is_tracking(pair: &str) -> bool {
    let name = pair.split('=').next().unwrap_or(pair).to_ascii_lowercase();
    let tracks = |known: &str| if known.ends_with('_') { name.starts_with(known) } else { name == known };
    TRACKING.iter().any(|known| tracks(known))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_page_has_one_address() {
        let same = [
            "https://example.org/a/b",
            "http://www.example.org/a/b/",
            "https://example.org/a/b?utm_source=x&UTM_Medium=y&fbclid=1#top",
            "https://EXAMPLE.org:443/a/b",
            " https://example.org/a/b#comments ",
            "https://example.org/a/b#:~:text=an%20owl",
            "https://example.org/a/b#xtor=RSS-1",
            "https://example.org/a/b#utm_source=feed",
        ];
        for address in same {
            assert_eq!(canonical_address(address).as_deref(), Some("https://example.org/a/b"), "{address}");
        }
        let kept = [
            ("https://example.org/", "https://example.org"),
            ("https://example.org/item?id=3&gclid=q&p=2", "https://example.org/item?id=3&p=2"),
            ("https://example.org:8080/a", "https://example.org:8080/a"),
            ("https://example.org/log#2026-01-14", "https://example.org/log#2026-01-14"),
            ("https://example.org/a/amp", "https://example.org/a/amp"),
        ];
        for (address, canonical) in kept {
            assert_eq!(canonical_address(address).as_deref(), Some(canonical));
        }
        assert_eq!(canonical_address("mailto:a@example.org"), None);
        assert_eq!(canonical_address("no address"), None);
    }

    #[test]
    fn an_amp_form_leads_to_its_page() {
        let amp = [
            "https://amp.example.org/a/b",
            "https://www.example.org/a/b/amp/",
            "https://example.org/a/b.amp",
            "https://EXAMPLE.org:443/a/b?amp=1",
            " https://example.org/a/b?amp ",
            "https://example.org/a/b?outputType=amp&utm_source=x",
            "https://example.org/amp/a/b",
        ];
        for address in amp {
            assert_eq!(page_of_amp(address).as_deref(), Some("https://example.org/a/b"), "{address}");
        }
        for address in ["https://example.org/amplifier", "https://amp.dev/a", "https://example.org/a?amp=20", "x"] {
            assert_eq!(page_of_amp(address), None, "{address}");
        }
    }

    #[test]
    fn one_thread_has_one_address() {
        let cases = [
            ("https://old.reddit.com/r/food/comments/1abc/fish_and_chips/?sort=top", "https://www.reddit.com/comments/1abc"),
            ("https://www.reddit.com/user/reader7/comments/1abc/x/c9f", "https://www.reddit.com/comments/1abc"),
            ("https://redd.it/1abc", "https://www.reddit.com/comments/1abc"),
            ("http://news.ycombinator.com/item?id=8863&p=2#9224", "https://news.ycombinator.com/item?id=8863"),
            ("https://lobste.rs/s/abc/a_tale#c_def", "https://lobste.rs/s/abc"),
        ];
        for (address, thread) in cases {
            assert_eq!(thread_address(address).as_deref(), Some(thread), "{address}");
        }
        for address in ["https://www.reddit.com/r/food", "https://news.ycombinator.com/best", "https://example.org/s/abc", "x"]
        {
            assert_eq!(thread_address(address), None, "{address}");
        }
        let whole = canonical_address("https://old.reddit.com/r/food/comments/1abc/fish_and_chips/");
        assert_eq!(whole.as_deref(), Some("https://reddit.com/comments/1abc"));
        // A comment that is an entry of a feed is not its thread.
        let comment = canonical_address("https://www.reddit.com/r/food/comments/1abc/fish/c9f/");
        assert_eq!(comment.as_deref(), Some("https://reddit.com/r/food/comments/1abc/fish/c9f"));
    }
}
