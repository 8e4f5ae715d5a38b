//! The comments in an article's own page, for a blog whose interface is shut. A long discussion is broken into pages, which
//! link to each other.

use std::collections::BTreeMap;

use url::Url;

use super::page;
use crate::domain::article::Page;
use crate::domain::completeness::SiteCount;
use crate::domain::rank::Scale;
use crate::domain::thread::Parent;
use crate::format::Origin;
use crate::format::html::find::all;
use crate::format::html::{self};
use crate::site::page_builder::Gathered;

/// Pages of comments that one article is worth.
const MOST: usize = 50;

#[derive(Default)]
pub(super) struct CommentPages {
    /// By address, those that have come with their text.
    known: BTreeMap<String, Option<String>>,
    /// The order in which they came.
    order: Vec<String>,
}

impl CommentPages {
    pub(super) fn has_comments(&self) -> bool {
        !self.order.is_empty()
    }

    pub(super) fn has_several(&self) -> bool {
        self.known.len() > 1 && self.order.len() > 1
    }

    /// Takes a page that has come, if comments stand in it.
    pub(super) fn take(&mut self, address: &str, text: &str) {
        if !page::has_comments(text) {
            return;
        }
        for link in links(address, text) {
            if self.known.len() <= MOST {
                self.known.entry(link).or_default();
            }
        }
        let text = Some(text.to_owned());
        if self.known.insert(address.to_owned(), text).flatten().is_none_or(|old| old.is_empty()) {
            self.order.push(address.to_owned());
        }
    }

    /// Pages that are linked to and have not been asked for; each is given once.
    pub(super) fn next(&mut self) -> Vec<String> {
        let open: Vec<String> = self.known.iter().filter(|(_, text)| text.is_none()).map(|(page, _)| page.clone()).collect();
        for page in &open {
            // Until it comes it holds nothing.
            self.known.insert(page.clone(), Some(String::new()));
        }
        open
    }

    /// The article with the comments of all pages that have come.
    pub(super) fn read(&self, origin: &Origin<'_>) -> Option<Page> {
        let read = |address: &String| {
            let text = self.known.get(address)?.as_deref()?;
            Some(page::read(text, &Origin { name: address, ..origin.clone() })?.0)
        };
        let mut pages = self.order.iter().filter_map(read);
        let first = pages.next()?;
        let url = first.discussions.first().and_then(|one| one.url.clone()).unwrap_or_default();
        let missing: usize = first.discussions.iter().map(crate::domain::thread::Discussion::missing).sum();
        let told = first.discussions.first().filter(|_| missing > 0).map(|one| one.comments.len() + missing);
        let mut gathered = Gathered::new(first.article.clone());
        for page in std::iter::once(first.clone()).chain(pages) {
            for discussion in page.discussions {
                let ids: Vec<Box<str>> = discussion.comments.iter().map(|comment| comment.id.clone()).collect();
                for comment in discussion.comments {
                    let parent = match comment.parent {
                        Parent::Of(above) => ids.get(above.index()).cloned(),
                        _ => comment.awaits.clone(),
                    };
                    gathered.push(comment, parent);
                }
            }
        }
        let told = told.map_or(SiteCount::Unknown, SiteCount::All);
        Some(gathered.into_page(first.source, None, Scale::None, &url, told))
    }
}

/// The pages of comments that a page of the same article links to.
fn links(address: &str, text: &str) -> Vec<String> {
    let Ok(base) = Url::parse(address) else { return Vec::new() };
    let dom = html::parse(text);
    let links = all(&dom.root(), "a[href*='comment-page-'], a[href*='cpage=']");
    let links = links.iter().filter_map(|link| base.join(link.attr("href")?.trim()).ok());
    let mut found: Vec<String> = links
        .filter(|link| link.origin() == base.origin() && article_path(link) == article_path(&base))
        .filter(|link| !link.query_pairs().any(|(name, _)| name == "replytocom"))
        .map(|mut link| {
            link.set_fragment(None);
            link.to_string()
        })
        .filter(|link| link.trim_end_matches('/') != address.trim_end_matches('/'))
        .collect();
    found.sort();
    found.dedup();
    found
}

/// An address's path without the part that names a page of comments.
fn article_path(url: &Url) -> String {
    let path = url.path().trim_end_matches('/');
    path.rsplit_once("/comment-page-").map_or(path, |(article, _)| article).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::Timestamp;
    use crate::site::tests::live::facts;

    fn blog_page(ids: &[u32], links: &str) -> String {
        let item = |id: &u32| {
            format!(
                "<li class='comment depth-1' id='comment-{id}'><cite class='fn'>ann</cite><div class='comment-content'><p>Words {id}</p></div></li>"
            )
        };
        let items: Vec<String> = ids.iter().map(item).collect();
        format!(
            "<html><head><title>Owls</title></head><body><article><h1>Owls</h1><p>{}</p></article><h2 class='comments-title'>5 comments</h2><ol class='commentlist'>{}</ol>{links}</body></html>",
            "Words of the article. ".repeat(20),
            items.concat()
        )
    }

    #[test]
    fn all_pages_of_comments_make_one_discussion() {
        let mut pages = CommentPages::default();
        let links = "<a href='/owls/comment-page-1/#comments'>older</a><a href='https://b.example/owls/comment-page-2'>x</a><a href='/mice/comment-page-1'>y</a>";
        pages.take("https://a.example/owls/", &blog_page(&[4, 5], links));
        assert_eq!(pages.next(), ["https://a.example/owls/comment-page-1/"]);
        assert!(pages.next().is_empty());
        pages.take(
            "https://a.example/owls/comment-page-1/",
            &blog_page(&[1, 2, 3], "<a href='/owls/comment-page-2/'>newer</a>"),
        );
        let page = pages.read(&Origin { name: "x", now: Timestamp(0) }).unwrap();
        assert_eq!(
            facts(&page.discussions[0]),
            "whole: 4<Root Unrated, 5<Root Unrated, 1<Root Unrated, 2<Root Unrated, 3<Root Unrated"
        );
        assert_eq!((&*page.article.title, page.discussions[0].url.as_deref()), ("Owls", Some("https://a.example/owls/")));
    }
}
