//! What makes an article or a comment the same one when it comes again.

use std::fmt::Write;

use sha2::{Digest, Sha256};
use url::Url;

use crate::domain::article::Article;
use crate::domain::time::When;

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

/// The address by which an article is known: https, no `www.`, no tracking, no slash at the end. A fragment stays, since
/// many changelogs and podcasts have an article at each; but not one that only leads to a part of the article. None for
/// what is not a web address.
pub fn canonical_address(address: &str) -> Option<String> {
    let url = Url::parse(address.trim()).ok()?;
    if !matches!(url.scheme(), "http" | "https") {
        return None;
    }
    let url = match thread_of(&url) {
        Some(Thread { address, is_whole: true }) => Url::parse(&address).ok()?,
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

/// Whether a fragment only leads to a part of an article, or tells how the reader came.
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

/// Whether two addresses are of the same page.
pub fn is_same_address(one: &str, other: &str) -> bool {
    one == other || canonical_address(one).is_some_and(|one| Some(one) == canonical_address(other))
}

/// The host of a web address, without `www.`.
pub fn host_of(address: &str) -> Option<String> {
    let url = Url::parse(address.trim()).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    let host = url.host_str()?.trim_end_matches('.');
    Some(host.strip_prefix("www.").unwrap_or(host).to_owned())
}

/// The short address of the thread that an address of Hacker News, Reddit or Lobsters leads into, whatever page or
/// comment of it: by this a thread that comes in several files is one. None for any other address.
pub fn thread_address(address: &str) -> Option<String> {
    thread_of(&Url::parse(address.trim()).ok()?).map(|thread| thread.address)
}

/// A comment's own address, by its id and its thread's address in the form of [`thread_address`]: what most comments
/// need not keep. None for a place whose comments' addresses do not follow from their ids.
pub fn comment_address(thread: &str, id: &str) -> Option<String> {
    if id.is_empty() {
        None
    } else if thread.starts_with("https://news.ycombinator.com/") {
        Some(format!("https://news.ycombinator.com/item?id={id}"))
    } else if thread.starts_with("https://www.reddit.com/comments/") {
        Some(format!("{thread}/_/{}", id.strip_prefix("t1_").unwrap_or(id)))
    } else if thread.starts_with("https://lobste.rs/s/") {
        Some(format!("https://lobste.rs/c/{id}"))
    } else {
        // Discourse: the posts of a topic are numbered.
        thread.contains("/t/").then(|| format!("{thread}/{id}"))
    }
}

struct Thread {
    address: String,
    /// Whether it is led to as a whole, not to one comment of it.
    is_whole: bool,
}

fn thread_of(url: &Url) -> Option<Thread> {
    let is_name = |id: &&str| !id.is_empty() && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    let mut parts = url.path_segments()?.filter(|part| !part.is_empty());
    let host = url.host_str()?.trim_start_matches("www.");
    match host {
        "news.ycombinator.com" => {
            let (_, id) = url.query_pairs().find(|(name, _)| name == "id").filter(|_| parts.next() == Some("item"))?;
            let address = is_name(&&*id).then(|| format!("https://news.ycombinator.com/item?id={id}"))?;
            Some(Thread { address, is_whole: true })
        }
        "lobste.rs" => {
            let id = parts.next().filter(|part| *part == "s").and_then(|_| parts.next()).filter(is_name)?;
            Some(Thread { address: format!("https://lobste.rs/s/{id}"), is_whole: true })
        }
        "redd.it" => {
            let id = parts.next().filter(is_name)?;
            Some(Thread { address: format!("https://www.reddit.com/comments/{id}"), is_whole: true })
        }
        host if host == "reddit.com" || host.ends_with(".reddit.com") => {
            let id = parts.find(|part| *part == "comments").and_then(|_| parts.next()).filter(is_name)?;
            // Behind the id stand the headline's words, then a comment's id.
            Some(Thread { address: format!("https://www.reddit.com/comments/{id}"), is_whole: parts.count() < 2 })
        }
        _ => None,
    }
}

fn is_tracking(pair: &str) -> bool {
    let name = pair.split('=').next().unwrap_or(pair).to_ascii_lowercase();
    let tracks = |known: &str| if known.ends_with('_') { name.starts_with(known) } else { name == known };
    TRACKING.iter().any(|known| tracks(known))
}

/// The key under which an article is stored: its canonical address, else a hash of headline and date; of headline and
/// text where there is no date either.
pub fn article_key(article: &Article) -> String {
    if let Some(address) = article.url.as_ref().and_then(|url| canonical_address(url)) {
        return address;
    }
    match article.published {
        Some(when) => hash(&[&article.title, &when.to_string()], 16),
        // A headline alone names nothing: two notes of the same first line are two, and neither may take the other's place.
        None => hash(&[&article.title, "", &article.body.text()], 16),
    }
}

/// An id for a comment of a place that gives none. `ordinal` counts the comments before it whose other parts are equal.
pub fn comment_id(author: Option<&str>, posted: Option<When>, text: &str, ordinal: u32) -> Box<str> {
    let posted = posted.map(|when| when.to_string()).unwrap_or_default();
    hash(&[author.unwrap_or(""), &posted, text, &ordinal.to_string()], 10).into_boxed_str()
}

/// The first `bytes` of the SHA-256 of the parts, in hex. Each part's length goes in first, so that no two lists of
/// parts read the same.
fn hash(parts: &[&str], bytes: usize) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update((part.len() as u64).to_le_bytes());
        digest.update(part.as_bytes());
    }
    digest.finalize().iter().take(bytes).fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::text::{Document, clean_line};
    use crate::domain::time::Date;

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

    #[test]
    fn an_article_without_an_address_is_its_headline_and_date() {
        let article = |title: &str, day| Article {
            title: clean_line(title),
            published: Date::new(2011, 6, day).map(When::Day),
            ..Article::default()
        };
        assert_eq!(article_key(&article("a", 4)), article_key(&article("a", 4)));
        assert_ne!(article_key(&article("a", 4)), article_key(&article("a", 5)));
        assert_ne!(article_key(&article("a", 4)), article_key(&article("b", 4)));
        assert_eq!(article_key(&article("a", 4)).len(), 32);
        let undated = |body: &str| Article { title: clean_line("Notes"), body: Document::plain([body]), ..Article::default() };
        assert_eq!(article_key(&undated("one")), article_key(&undated("one")));
        assert_ne!(article_key(&undated("one")), article_key(&undated("two")));
    }

    #[test]
    fn a_comment_is_its_author_time_text_and_ordinal() {
        let id = comment_id(None, None, "a", 0);
        assert_eq!(id, comment_id(None, None, "a", 0));
        for other in [comment_id(Some("a"), None, "", 0), comment_id(None, None, "a", 1), comment_id(None, None, "b", 0)] {
            assert_ne!(id, other);
        }
    }
}
