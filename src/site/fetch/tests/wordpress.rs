//! A blog that answers as the published source of `WordPress` does: its heads name the article's number and the interface.

use super::*;
use crate::source::http::{Answer, LinkTarget, ResponseMeta};

struct Blog {
    /// Where the blog stands: in a folder, or behind a parameter.
    api: &'static str,
    article: &'static str,
    post: u64,
    comments: usize,
    has_pointers: bool,
    /// The page that comments say they are on.
    link: &'static str,
    is_shut: bool,
}

const OWL: Blog = Blog {
    api: "https://a.example/sub/blog/wp-json/",
    article: "https://a.example/sub/blog/owl.html",
    post: 10,
    comments: 230,
    has_pointers: true,
    link: "https://a.example/sub/blog/owl.html",
    is_shut: false,
};

impl Blog {
    fn feed(&self) -> String {
        format!("{}/feed/", self.article.trim_end_matches('/'))
    }

    fn comment(&self, n: usize) -> String {
        let (post, link) = (self.post, self.link);
        format!(
            r#"{{"id":{n},"post":{post},"parent":0,"author_name":"a","content":{{"rendered":"t"}},"link":"{link}/comment-page-{}/#comment-{n}"}}"#,
            n.div_ceil(50)
        )
    }

    fn answer(&self, address: &str) -> Option<Answer> {
        let mut particulars = ResponseMeta { address: address.to_owned(), ..ResponseMeta::default() };
        let list = format!("{}wp/v2/comments", self.api);
        let mark = if self.api.contains('?') { '&' } else { '?' };
        if let Some(query) = address.strip_prefix(&list) {
            let page = query.strip_prefix(&format!("{mark}post={}&per_page=100&order=asc&page=", self.post))?;
            let first = (page.parse::<usize>().ok()? - 1) * 100 + 1;
            let comments: Vec<String> = (first..=self.comments.min(first + 99)).map(|n| self.comment(n)).collect();
            particulars.total = Some(self.comments);
            particulars.total_pages = Some(self.comments.div_ceil(100));
            let body = format!("[{}]", comments.join(","));
            return (!self.is_shut).then(|| Answer::Fresh { bytes: body.into_bytes(), particulars });
        }
        let is_feed = address == format!("{}atom/", self.feed());
        if self.has_pointers && is_feed {
            let link = |address: String, rel: &str, kind: Option<&str>| LinkTarget {
                address,
                rel: rel.to_owned(),
                kind: kind.map(str::to_owned),
            };
            particulars.links = vec![
                link(self.api.to_owned(), "https://api.w.org/", None),
                link(format!("{}wp/v2/posts/{}", self.api, self.post), "alternate", Some("application/json")),
            ];
        }
        let entry = |n: usize| {
            format!("<entry><id>{0}#comment-{n}</id><link href=\"{0}#comment-{n}\"/><content>t</content></entry>", self.article)
        };
        let feed = format!(
            "<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>Comments on Owls</title>{}</feed>",
            entry(self.comments)
        );
        let page = format!(
            "<!doctype html><link rel=\"https://api.w.org/\" href=\"{0}\"><link rel=\"alternate\" type=\"application/json\" href=\"{0}wp/v2/posts/{1}\"><p>Owls",
            self.api, self.post
        );
        let body = if is_feed { feed } else { Some(page).filter(|_| address == self.article)? };
        Some(Answer::Fresh { bytes: body.into_bytes(), particulars })
    }

    /// The outcome, and all requests made.
    fn gather(&self) -> (ThreadFetch, Vec<String>) {
        let thread = comments_of_page(&self.feed(), Some(self.article));
        let mut gathering = ThreadFetch::new(thread, &places());
        let mut open = gathering.begin();
        let mut asked = Vec::new();
        while let Some((number, ask)) = open.pop() {
            let gone = || Failure::NotFound { host: told("a.example") };
            let answer = self.answer(&ask.address).ok_or_else(gone);
            asked.push(ask.address);
            open.extend(gathering.hear(number, answer));
        }
        (gathering, asked)
    }
}

#[test]
fn the_comment_feed_leads_to_all_comments_in_as_many_requests_as_pages_and_one() {
    let found = |blog: &Blog| {
        let (gathering, asked) = blog.gather();
        let found = discussion(&gathering);
        assert_eq!(found.url.as_deref(), Some(blog.article), "the discussion stands at the article's address");
        assert!(gathering.failures().is_empty(), "{:?}", gathering.failures());
        (asked.len(), found.comments.len(), found.complete)
    };
    assert_eq!(found(&OWL), (4, 230, true));
    for (article, api) in [
        ("https://a.example/archives/12", "https://a.example/wp-json/"),
        ("https://a.example/2026/11/07/owl/", "https://a.example/wp-json/"),
        ("https://a.example/index.php/owl/", "https://a.example/?rest_route=/"),
    ] {
        assert_eq!(found(&Blog { article, api, link: article.trim_end_matches('/'), ..OWL }), (4, 230, true), "{article}");
    }
    // Where a cache takes the heads away, the page itself says it.
    assert_eq!(found(&Blog { has_pointers: false, ..OWL }), (5, 230, true));
    // A shut interface leaves the feed, which does not tell how many there are.
    assert_eq!(found(&Blog { is_shut: true, ..OWL }).1, 1);
    assert!(!found(&Blog { is_shut: true, ..OWL }).2);
}

#[test]
fn comments_on_another_page_are_refused() {
    let (gathering, _) = Blog { link: "https://a.example/owl.html", ..OWL }.gather();
    let found = discussion(&gathering);
    assert_eq!((found.comments.len(), found.complete), (1, false), "only the article's own feed is left");
}

#[test]
fn what_is_missing_of_the_told_total_is_counted() {
    let blog = Blog { comments: 230, ..OWL };
    let thread = comments_of_page(&blog.feed(), Some(blog.article));
    let mut gathering = ThreadFetch::new(thread, &places());
    let mut open = gathering.begin();
    while let Some((number, ask)) = open.pop() {
        let down = Failure::ServerTrouble { host: told("a.example"), status: 500, retry_after: None };
        let answer = blog.answer(&ask.address).filter(|_| !ask.address.ends_with("page=2")).ok_or(down);
        open.extend(gathering.hear(number, answer));
    }
    let found = discussion(&gathering);
    assert_eq!((found.comments.len(), found.missing(), found.complete), (130, 100, false));
}

#[test]
fn comments_in_the_article_s_pages_are_read_where_the_interface_is_shut() {
    let item = |n: &usize| {
        format!(
            "<li class='comment depth-1' id='comment-{n}'><cite class='fn'>a</cite><div class='comment-content'><p>t{n}</p></div></li>"
        )
    };
    let page = |ids: &[usize], link: &str| {
        let items: Vec<String> = ids.iter().map(item).collect();
        format!(
            "<!doctype html><h1>Owls</h1><h2 class='comments-title'>5 comments</h2><ol class='commentlist'>{}</ol><a href='{link}'>more</a>",
            items.concat()
        )
    };
    let blog = Blog { is_shut: true, article: "https://a.example/owl/", link: "https://a.example/owl", ..OWL };
    let thread = comments_of_page(&blog.feed(), Some(blog.article));
    let mut gathering = ThreadFetch::new(thread, &places());
    let (mut open, mut asked) = (gathering.begin(), Vec::new());
    while let Some((number, ask)) = open.pop() {
        let text = match ask.address.as_str() {
            "https://a.example/owl/" => Some(page(&[4, 5], "/owl/comment-page-1/#comments")),
            "https://a.example/owl/comment-page-1/" => Some(page(&[1, 2, 3], "/owl/comment-page-2/")),
            _ => None,
        };
        let particulars = ResponseMeta { address: ask.address.clone(), ..ResponseMeta::default() };
        let of_page = text.map(|text| Answer::Fresh { bytes: text.into_bytes(), particulars });
        let answer = of_page.or_else(|| blog.answer(&ask.address)).ok_or_else(|| Failure::NotFound { host: told("a.example") });
        asked.push(ask.address);
        open.extend(gathering.hear(number, answer));
    }
    let found = discussion(&gathering);
    assert_eq!((found.comments.len(), found.missing(), found.complete), (5, 0, true), "{asked:?}");
    assert_eq!((found.url.as_deref(), gathering.failures().len()), (Some(blog.article), 0));
    let pages = asked.iter().filter(|address| address.contains("/owl/") && !address.contains("feed")).count();
    assert!(pages <= 3, "{asked:?}");
}
