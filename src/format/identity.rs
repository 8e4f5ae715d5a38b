//! Identity of an article without an address, or a comment without an id, when it comes again.

use std::fmt::Write;

use sha2::{Digest, Sha256};
use url::Url;

use crate::domain::article::Article;
use crate::domain::time::When;

/// The host of a web address, without `www.`.
pub fn host_of(address: &str) -> Option<String> {
    let url = Url::parse(address.trim()).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    let host = url.host_str()?.trim_end_matches('.');
    Some(host.strip_prefix("www.").unwrap_or(host).to_owned())
}

/// The key of an article that has no address: a hash of headline and date; of headline and text where there is no date.
pub fn article_key(article: &Article) -> String {
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
