//! Newsboat's own data as articles and saved searches: rows of its `cache.db`, and the filters of its query feeds.

pub mod filter;

use super::{html, plain};
use crate::domain::article::{Article, Enclosure, Page, Source};
use crate::domain::text::{CleanText, clean_id, clean_line};
use crate::domain::time::{Timestamp, When};
use url::Url;

/// A row of the table `rss_item`, with the title of its feed.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct CachedItem {
    pub guid: String,
    pub title: String,
    pub author: String,
    pub url: String,
    pub feed_address: String,
    pub feed_title: String,
    /// Seconds since 1970; 0 for none.
    pub published: i64,
    pub content: String,
    pub is_plain: bool,
    pub base: String,
    pub enclosure: String,
    pub enclosure_type: String,
}

/// The article that a row holds; none where it has neither a title nor a text.
pub fn page(item: &CachedItem, source: Source) -> Option<Page> {
    let parse = |address: &str| Url::parse(address.trim()).ok();
    let base = parse(&item.base).or_else(|| parse(&item.url)).or_else(|| parse(&item.feed_address));
    let body = if item.is_plain { plain::to_document(&item.content) } else { html::to_document(&item.content, base.as_ref()) };
    let label = |text: &str| Some(clean_line(text)).filter(|text: &CleanText| !text.is_empty());
    let title = label(&item.title).unwrap_or_default();
    if title.is_empty() && body.is_blank() {
        return None;
    }
    let enclosure = label(&item.enclosure).map(|address| Enclosure {
        address,
        media_type: label(&item.enclosure_type),
        ..Enclosure::default()
    });
    let article = Article {
        // Newsboat takes the address, else the title, where a feed gives no id.
        id: Some(item.guid.trim())
            .filter(|guid| !guid.is_empty() && *guid != item.url.trim() && *guid != item.title.trim())
            .map(|guid| clean_line(&clean_id(guid))),
        title,
        byline: label(&item.author),
        published: (item.published > 0).then_some(When::Instant(Timestamp(item.published))),
        url: label(&item.url),
        body,
        enclosures: enclosure.into_iter().collect(),
        ..Article::default()
    };
    Some(Page { article, source, discussions: Vec::new() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nowhere() -> Source {
        Source { key: clean_line("a.example"), title: clean_line("A") }
    }

    #[test]
    fn a_row_is_an_article_of_its_feed() {
        let item = CachedItem {
            guid: "tag:a,1".to_owned(),
            title: "Owls".to_owned(),
            url: "https://a.example/1".to_owned(),
            feed_address: "https://a.example/feed".to_owned(),
            published: 1_700_000_000,
            content: "<p>At <a href='/noon'>noon</a>".to_owned(),
            enclosure: "https://a.example/1.mp3".to_owned(),
            ..CachedItem::default()
        };
        let page = page(&item, nowhere()).unwrap();
        assert_eq!((page.article.id.as_deref(), &*page.article.body.text()), (Some("tag:a,1"), "At noon"));
        assert_eq!(&*page.article.body.links[0].address, "https://a.example/noon");
        assert_eq!(&*page.article.enclosures[0].address, "https://a.example/1.mp3");
        // Without an id of its own, as newsboat notes it.
        let item = CachedItem { guid: item.url.clone(), ..item };
        assert_eq!(super::page(&item, nowhere()).unwrap().article.id, None);
        assert_eq!(super::page(&CachedItem::default(), nowhere()), None);
    }
}
