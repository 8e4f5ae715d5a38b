//! Front pages of the sites where people discuss: stories, and how each stands there, in the site's own order.

use std::collections::{HashMap, HashSet};

use super::Site;
use crate::domain::article::Article;
use crate::domain::thread::VoteState;
use crate::format::json::{JsonPieces, Value};

/// A story of a front page.
#[derive(Clone, PartialEq, Debug)]
pub struct Story {
    /// Its site's own id.
    pub id: Box<str>,
    pub article: Article,
    pub standing: VoteState,
}

/// Reads what a site answered to the requests for one of its front pages; `base` is where the site stands. Where a list
/// of ids came, it is the order, and what is not in it is none of the page's. None where nothing of it is a front page.
pub(super) fn read(site: &dyn Site, answers: JsonPieces<'_>, base: &str) -> Option<Vec<Story>> {
    let mut is_front = false;
    let mut stories: Vec<Story> = Vec::new();
    let mut order: Option<HashMap<Box<str>, usize>> = None;
    for root in answers.roots() {
        let ids = || root.items().filter(|item| !item.is_object()).filter_map(Value::id);
        if ids().next().is_some() {
            order = Some(ids().enumerate().map(|(n, id)| (id.into(), n)).collect());
        }
        let found = site.stories(root, base);
        is_front |= root.is_array() || found.is_some();
        stories.extend(found.into_iter().flatten());
    }
    let mut seen = HashSet::new();
    stories.retain(|story| seen.insert(story.id.clone()) && order.as_ref().is_none_or(|order| order.contains_key(&story.id)));
    if let Some(order) = order {
        stories.sort_by_key(|story| order.get(&story.id).copied());
    }
    is_front.then_some(stories)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::json::Json;
    use crate::site::by_key;

    fn stories(key: &str, answers: &[&str], base: &str) -> Option<Vec<Story>> {
        let json: Vec<Json> = answers.iter().map(|answer| Json::parse(answer)).collect();
        read(by_key(key).unwrap(), JsonPieces(&json.iter().collect::<Vec<_>>()), base)
    }

    fn told(key: &str, answers: &[&str], base: &str) -> String {
        let line = |story: &Story| {
            let VoteState { place, url, points, comments, .. } = &story.standing;
            let article = &story.article;
            format!(
                "{} | {} | {} | {place} {url} {points:?} {comments:?}",
                article.title,
                article.url.as_deref().unwrap_or("-"),
                article.byline.as_deref().unwrap_or("-")
            )
        };
        stories(key, answers, base).unwrap().iter().map(line).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn a_list_of_ids_orders_what_searches_and_items_bring() {
        let hits = r#"{"hits": [
            {"objectID": "2", "title": "Two", "url": "https://two.example/", "author": "bob", "points": 7, "num_comments": 3, "created_at_i": 5},
            {"objectID": "9", "title": "Nine", "author": "cyd", "points": 1, "created_at_i": 6}]}"#;
        let item = r#"{"id": 1, "type": "story", "by": "ann", "time": 4, "title": "Ask HN: One?", "score": 12, "descendants": 0, "text": "Well?"}"#;
        let gone = r#"{"id": 3, "type": "story", "time": 4, "deleted": true}"#;
        insta::assert_snapshot!(told("hacker news", &["[1,3,2]", hits, item, gone], ""), @"
        Ask HN: One? | https://news.ycombinator.com/item?id=1 | ann | hacker news https://news.ycombinator.com/item?id=1 Some(12) Some(0)
        Two | https://two.example/ | bob | hacker news https://news.ycombinator.com/item?id=2 Some(7) Some(3)
        ");
        assert_eq!(told("hacker news", &["[1]", hits], ""), "");
        assert_eq!(stories("hacker news", &[r#"{"error": "no"}"#], ""), None);
    }

    #[test]
    fn other_places_keep_the_order_of_their_lists() {
        let lobsters = r#"[{"short_id": "abc", "title": "A", "url": "", "score": 4, "comment_count": 2, "submitter_user": "dan",
            "comments_url": "https://lobste.rs/s/abc/a"}, {"short_id": "x", "title": "X", "url": "https://x.example", "score": null, "comment_count": "1"}]"#;
        insta::assert_snapshot!(told("lobsters", &[lobsters], ""), @"
        A | https://lobste.rs/s/abc | dan | lobsters https://lobste.rs/s/abc Some(4) Some(2)
        X | https://x.example | - | lobsters https://lobste.rs/s/x None Some(1)
        ");
        let lemmy = r#"{"posts": [{"post": {"id": 5, "name": "Owls", "ap_id": "https://far.example/post/77", "url": "https://owls.example/", "published": "2026-01-01T00:00:00Z"},
            "creator": {"name": "eva"}, "counts": {"score": -2, "comments": 9}},
            {"post": {"id": 6, "name": "Gone", "ap_id": "https://far.example/post/78", "removed": true}, "counts": {"score": 1, "comments": 0}}]}"#;
        insta::assert_snapshot!(told("lemmy", &[lemmy], "https://near.example"), @"Owls | https://owls.example/ | eva | lemmy https://near.example/post/5 Some(-2) Some(9)");
        let discourse = r#"{"users": [{"id": 4, "username": "fay"}], "topic_list": {"topics": [{"id": 8, "title": "Mills & millers", "slug": "mills",
            "posts_count": 3, "like_count": 6, "created_at": "2026-01-01T00:00:00Z", "posters": [{"user_id": 4}]}]}}"#;
        insta::assert_snapshot!(told("discourse", &[discourse], "https://mills.example/forum"), @"Mills & millers | https://mills.example/forum/t/mills/8 | fay | discourse https://mills.example/forum/t/8 Some(6) Some(2)");
    }
}
