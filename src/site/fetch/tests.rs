//! Discussions of made-up places that answer as the real ones do, in any order, some not at all.

#![allow(clippy::unnecessary_wraps, reason = "a place may have no answer")]

mod again;
mod faults;
mod shapes;
mod wordpress;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Write;

use proptest::prelude::*;

use super::*;
use crate::domain::rank::Rank;
use crate::domain::site::SiteId;
use crate::domain::thread::{Discussion, Parent};
use crate::site::look_up::{FoundThread, look_up};
use crate::site::{by_key, comments_of_page, thread_at};
use crate::source::told;

/// A thread: each comment's parent is an earlier one, or none. Comment `n` has the id `n + 2`.
type ThreadShape = Vec<Option<usize>>;

fn tree(most: usize) -> impl Strategy<Value = ThreadShape> {
    prop::collection::vec(prop::option::weighted(0.8, any::<prop::sample::Index>()), 0..most).prop_map(|parents| {
        let parent = |(n, above): (usize, Option<prop::sample::Index>)| above.filter(|_| n > 0).map(|above| above.index(n));
        parents.into_iter().enumerate().map(parent).collect()
    })
}

fn id(n: usize) -> u64 {
    n as u64 + 2
}

fn children(tree: &ThreadShape, of: Option<usize>) -> Vec<usize> {
    (0..tree.len()).filter(|n| tree[*n] == of).collect()
}

fn below(tree: &ThreadShape, of: usize) -> usize {
    children(tree, Some(of)).into_iter().map(|child| 1 + below(tree, child)).sum()
}

/// A site's answer to an address; none if it fails.
type Net<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Asks for all of a discussion; `order` picks which answer comes next. Gives what came of it and all that was asked for.
fn gather(thread: ThreadRef, places: &SiteBases, net: Net<'_>, order: &[usize]) -> (ThreadFetch, Vec<String>) {
    gather_since(thread, places, net, order, None)
}

fn gather_since(
    thread: ThreadRef,
    places: &SiteBases,
    net: Net<'_>,
    order: &[usize],
    since: Option<Since>,
) -> (ThreadFetch, Vec<String>) {
    let mut gathering = ThreadFetch::since(thread, places, since);
    let mut open = gathering.begin();
    let mut asked = Vec::new();
    for step in 0.. {
        if open.is_empty() {
            break;
        }
        let next = order.get(step % order.len().max(1)).copied().unwrap_or(0) % open.len();
        let (number, ask) = open.swap_remove(next);
        // An instance of Lemmy knows nothing of the newer interface.
        let failure = || {
            let host = told("place.test");
            if ask.address.contains("/api/v4/") {
                Failure::NotFound { host }
            } else {
                Failure::ServerTrouble { host, status: 503, retry_after: None }
            }
        };
        let answer = net(&ask.address).map(String::into_bytes).ok_or_else(failure);
        asked.push(ask.address);
        open.extend(gathering.take(number, answer));
        // The data that is there at any time can be read.
        if step % 7 == 0 && !open.is_empty() {
            assert!(gathering.page(Timestamp(0)).is_none_or(|page| !page.discussions[0].complete));
        }
    }
    assert!(gathering.is_over());
    let unique: HashSet<&String> = asked.iter().collect();
    assert_eq!(unique.len(), asked.len(), "nothing is asked for twice: {asked:?}");
    (gathering, asked)
}

/// The parents of a discussion's comments by their ids; each comment stands there once.
fn parents(discussion: &Discussion) -> BTreeMap<String, Option<String>> {
    let comments = &discussion.comments;
    let parent = |parent: Parent| match parent {
        Parent::Of(idx) => Some(comments[idx.index()].id.to_string()),
        Parent::Root => None,
        other => Some(format!("{other:?}")),
    };
    let found: BTreeMap<_, _> = comments.iter().map(|comment| (comment.id.to_string(), parent(comment.parent))).collect();
    assert_eq!(found.len(), comments.len());
    found
}

fn wanted(tree: &ThreadShape) -> BTreeMap<String, Option<String>> {
    tree.iter().enumerate().map(|(n, above)| (id(n).to_string(), above.map(|above| id(above).to_string()))).collect()
}

fn discussion(gathering: &ThreadFetch) -> Discussion {
    gathering.page(Timestamp(0)).unwrap().discussions.remove(0)
}

/// Hacker News with a thread whose order is by falling ids; `known` tells what Algolia has by now.
fn hacker_news(tree: &ThreadShape, known: impl Fn(usize) -> bool, address: &str) -> Option<String> {
    fn algolia(tree: &ThreadShape, known: &dyn Fn(usize) -> bool, of: Option<usize>) -> String {
        let all = children(tree, of).into_iter().filter(|n| known(*n)).map(|n| {
            let (id, above, children) = (id(n), of.map_or(1, id), algolia(tree, known, Some(n)));
            format!(r#"{{"id":{id},"created_at_i":9,"type":"comment","author":"a","text":"t{n}","parent_id":{above},"children":[{children}]}}"#)
        });
        all.collect::<Vec<_>>().join(",")
    }
    let kids = |of| {
        let kids: Vec<String> = children(tree, of).into_iter().rev().map(|n| id(n).to_string()).collect();
        kids.join(",")
    };
    if let Some(rest) = address.strip_prefix("http://firebase.test/v0/item/") {
        let (id, total) = (rest.strip_suffix(".json").unwrap(), tree.len());
        return Some(match id.parse::<usize>().unwrap() {
            1 => format!(
                r#"{{"id":1,"type":"story","by":"a","time":1,"title":"T","descendants":{total},"kids":[{}]}}"#,
                kids(None)
            ),
            id => {
                let above = tree[id - 2].map_or(1, super::tests::id);
                format!(
                    r#"{{"id":{id},"type":"comment","by":"a","time":9,"text":"t","parent":{above},"kids":[{}]}}"#,
                    kids(Some(id - 2))
                )
            }
        });
    }
    assert_eq!(address, "http://algolia.test/api/v1/items/1");
    let children = algolia(tree, &known, None);
    Some(format!(r#"{{"id":1,"created_at_i":1,"type":"story","author":"a","title":"T","children":[{children}]}}"#))
}

fn places() -> SiteBases {
    SiteBases::default()
        .with(SiteId::new("hacker news"), "firebase", &["http://firebase.test/"])
        .with(SiteId::new("hacker news"), "algolia", &["http://algolia.test"])
        .with(SiteId::new("lobsters"), "base", &["http://lobsters.test"])
        .with(SiteId::new("lemmy"), "instances", &["http://lemmy.test"])
        .with(SiteId::new("discourse"), "sites", &["http://discourse.test", "https://forum.example/below/"])
}

fn at_hacker_news(id: u64) -> ThreadRef {
    ThreadRef::new(by_key("hacker news").unwrap(), "", id.to_string())
}

fn at_lobsters(id: &str) -> ThreadRef {
    ThreadRef::new(by_key("lobsters").unwrap(), "", id)
}

fn at_lemmy(instance: &str, post: u64) -> ThreadRef {
    ThreadRef::new(by_key("lemmy").unwrap(), instance, post.to_string())
}

fn at_discourse(site: &str, topic: u64) -> ThreadRef {
    ThreadRef::new(by_key("discourse").unwrap(), site, topic.to_string())
}

/// A Lemmy instance that gives no more than `cap` comments at once.
fn lemmy(tree: &ThreadShape, cap: usize, address: &str) -> Option<String> {
    let rest = address.strip_prefix("http://lemmy.test/api/v3/")?;
    let post = r#""post":{"id":1,"name":"T","ap_id":"http://lemmy.test/post/1","published":"2024-01-01T00:00:00Z"}"#;
    if rest == "post?id=1" {
        return Some(format!(r#"{{"post_view":{{{post},"counts":{{"comments":{}}}}}}}"#, tree.len()));
    }
    let query: HashMap<&str, &str> =
        rest.strip_prefix("comment/list?").unwrap().split('&').map(|p| p.split_once('=').unwrap()).collect();
    let number = |name: &str| query.get(name).map(|value| value.parse::<usize>().unwrap());
    let path = |n: usize| {
        let above = std::iter::successors(Some(n), |n| tree[*n]).map(id).collect::<Vec<_>>();
        above.iter().rev().fold("0".to_owned(), |path, id| format!("{path}.{id}"))
    };
    let under = number("parent_id").map_or("0".to_owned(), |id| path(id - 2));
    let top = under.matches('.').count();
    let most = number("max_depth");
    let is_in = |n: &usize| {
        let own = path(*n);
        let is_under = own == under || own.starts_with(&format!("{under}."));
        let depth = own.matches('.').count().saturating_sub(top);
        is_under && most.is_none_or(|most| depth <= most)
    };
    // A request for a tree is not paged.
    let limit = if most.is_some() { cap } else { number("limit").unwrap() };
    let skipped = if most.is_some() { 0 } else { (number("page").unwrap_or(1) - 1) * limit };
    let views = (0..tree.len()).filter(is_in).skip(skipped).take(limit).map(|n| {
        let (id, path, below) = (id(n), path(n), below(tree, n));
        format!(
            r#"{{"comment":{{"id":{id},"post_id":1,"content":"t","path":"{path}"}},"creator":{{"name":"a"}},{post},
               "counts":{{"score":{n},"upvotes":{n},"downvotes":0,"child_count":{below}}}}}"#
        )
    });
    Some(format!(r#"{{"comments":[{}]}}"#, views.collect::<Vec<_>>().join(",")))
}

/// A Discourse site whose post with the id `n` has the number `n`: the first is the article.
fn discourse(tree: &ThreadShape, address: &str) -> Option<String> {
    let post = |id: u64| {
        let above = id
            .checked_sub(2)
            .and_then(|n| tree[n as usize])
            .map_or("null".to_owned(), |above| super::tests::id(above).to_string());
        format!(
            r#"{{"id":{id},"topic_id":7,"post_number":{id},"cooked":"<p>t</p>","username":"a","reply_to_post_number":{above},
               "created_at":"2024-01-01T00:00:00Z","actions_summary":[]}}"#
        )
    };
    let posts = |ids: &mut dyn Iterator<Item = u64>| ids.map(post).collect::<Vec<_>>().join(",");
    let last = tree.len() as u64 + 1;
    if address == "http://discourse.test/t/7.json" {
        let stream: Vec<String> = (1..=last).map(|id| id.to_string()).collect();
        let first = posts(&mut (1..=last.min(20)));
        return Some(format!(
            r#"{{"id":7,"title":"T","created_at":"2024-01-01T00:00:00Z","post_stream":{{"posts":[{first}],"stream":[{}]}}}}"#,
            stream.join(",")
        ));
    }
    let ids = address.strip_prefix("http://discourse.test/t/7/posts.json?").unwrap();
    let ids: Vec<u64> = ids.split('&').map(|id| id.strip_prefix("post_ids%5B%5D=").unwrap().parse().unwrap()).collect();
    assert!(ids.len() <= 20);
    Some(format!(r#"{{"id":7,"post_stream":{{"posts":[{}]}}}}"#, posts(&mut ids.into_iter())))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_hacker_news_thread_is_whole_with_its_order_as_far_as_it_was_asked_for(
        tree in tree(80),
        order in prop::collection::vec(0..50_usize, 1..9),
        late in 0..40_usize,
    ) {
        // Algolia does not have the newest yet.
        let known = tree.len().saturating_sub(late);
        let net = |address: &str| hacker_news(&tree, |n| n < known, address);
        let (gathering, asked) = gather(at_hacker_news(1), &places(), &net, &order);
        let found = discussion(&gathering);
        // A new answer to a comment that the tree has is seen by nobody.
        let (found_parents, wanted) = (parents(&found), wanted(&tree));
        prop_assert!(found_parents.iter().all(|(id, above)| wanted[id] == *above));
        prop_assert_eq!(found.complete, found_parents.len() == wanted.len());
        // The order of Firebase's own items is known, as is that of the first level.
        let has_orders: HashSet<u64> = asked.iter().filter_map(|address| address.rsplit('/').next()?.strip_suffix(".json")?.parse().ok()).collect();
        for (n, above) in tree.iter().enumerate() {
            let Some(comment) = found.comments.iter().find(|comment| *comment.id == *id(n).to_string()) else {
                prop_assert!(n >= known);
                continue;
            };
            let siblings = children(&tree, *above);
            let place = Rank::Position { nth: siblings.iter().rev().position(|other| *other == n).unwrap() as u32 + 1, of: siblings.len() as u32 };
            let is_only = found.complete && siblings.len() == 1;
            let is_told = has_orders.contains(&above.map_or(1, id)) || is_only;
            prop_assert_eq!(comment.rank, if is_told { place } else { Rank::Unrated });
        }
        if late == 0 {
            prop_assert_eq!(asked.len(), 2, "the tree and the story");
        }
    }

    #[test]
    fn a_lemmy_thread_is_whole_whatever_an_answer_holds_at_most(
        tree in tree(150),
        order in prop::collection::vec(0..50_usize, 1..9),
        cap in 50..70_usize,
    ) {
        let net = |address: &str| lemmy(&tree, cap, address);
        let (gathering, _) = gather(at_lemmy("http://lemmy.test", 1), &places(), &net, &order);
        let found = discussion(&gathering);
        prop_assert_eq!(parents(&found), wanted(&tree));
        prop_assert!(found.complete);
        let score = |n: usize| found.comments.iter().find(|comment| *comment.id == *id(n).to_string()).map(|comment| comment.rank);
        for n in 0..tree.len() {
            prop_assert_eq!(score(n), Some(Rank::Points { net: n as i64, split: Some((n as u32, 0)) }));
        }
    }

    #[test]
    fn a_discourse_topic_is_whole_in_batches_of_twenty(tree in tree(90), order in prop::collection::vec(0..50_usize, 1..9)) {
        let net = |address: &str| discourse(&tree, address);
        let thread = at_discourse("http://discourse.test", 7);
        let (gathering, asked) = gather(thread, &places(), &net, &order);
        let found = discussion(&gathering);
        prop_assert_eq!(parents(&found), wanted(&tree));
        prop_assert!(found.complete);
        prop_assert_eq!(asked.len(), 1 + (tree.len() + 1).saturating_sub(20).div_ceil(20));
    }

    /// Whatever fails: what came is there, nothing twice, and it is not called whole.
    #[test]
    fn what_fails_is_told_and_the_rest_is_there(tree in tree(60), lost in any::<u64>()) {
        let fails = |address: &str| !address.contains("/api/v4/") && (address.bytes().fold(lost, |hash, byte| hash.wrapping_mul(31).wrapping_add(u64::from(byte))) >> 5).is_multiple_of(3);
        let places = places();
        let all: [(ThreadRef, Net<'_>); 3] = [
            (at_hacker_news(1), &|address| hacker_news(&tree, |_| true, address)),
            (at_lemmy("http://lemmy.test", 1), &|address| lemmy(&tree, 50, address)),
            (at_discourse("http://discourse.test", 7), &|address| discourse(&tree, address)),
        ];
        for (thread, net) in all {
            let (gathering, asked) = gather(thread, &places, &|address| net(address).filter(|_| !fails(address)), &[0]);
            let has_failed = asked.iter().any(|address| fails(address));
            let is_hacker_news = asked[0].contains("algolia");
            let only_tree = is_hacker_news && asked.iter().all(|address| !fails(address) || address.contains("algolia"));
            prop_assert_eq!(gathering.failures().is_empty(), !has_failed || only_tree);
            let Some(page) = gathering.page(Timestamp(0)) else { continue };
            let found = &page.discussions[0];
            let wanted = wanted(&tree);
            prop_assert!(parents(found).keys().all(|id| wanted.contains_key(id)));
            prop_assert!(!found.complete || found.comments.len() == tree.len());
        }
    }
}

#[test]
fn what_is_not_there_any_more_is_passed_over() {
    let tree = vec![None, None, Some(0)];
    let net = |address: &str| match address {
        "http://firebase.test/v0/item/3.json" => Some("null".to_owned()),
        _ => hacker_news(&tree, |n| n != 1, address),
    };
    let (gathering, _) = gather(at_hacker_news(1), &places(), &net, &[0]);
    assert_eq!(parents(&discussion(&gathering)).into_keys().collect::<Vec<_>>(), ["2", "4"]);
    assert!(gathering.failures().is_empty());
}

#[test]
fn a_page_to_log_in_at_is_no_discussion() {
    for (answer, wanted) in [
        ("<!doctype html><form><input type=\"password\">", "lobsters.test answers with a page to log in at"),
        ("<html><p>Wait", "lobsters.test answers with a web page, not with a discussion"),
        ("", "lobsters.test answers with nothing, not with a discussion"),
    ] {
        let (gathering, _) = gather(at_lobsters("abc"), &places(), &|_| Some(answer.to_owned()), &[0]);
        assert_eq!(gathering.failures()[0].to_string(), wanted);
        assert!(gathering.page(Timestamp(0)).is_none());
    }
}

#[test]
fn a_blogs_comments_are_asked_for_as_atom_and_then_as_rss() {
    let feed = "https://blog.example/2024/a/feed/";
    let thread = comments_of_page(feed, None);
    let rss = r#"<rss version="2.0"><channel><title>Comments on: A</title><item><title>By: ann</title>
        <link>https://blog.example/2024/a/#comment-3</link><guid>https://blog.example/2024/a/#comment-3</guid><description>Yes</description></item></channel></rss>"#;
    let net = |address: &str| (address == feed).then(|| rss.to_owned());
    let (gathering, asked) = gather(thread, &places(), &net, &[0]);
    assert_eq!(
        asked,
        [
            "https://blog.example/2024/a/feed/atom/",
            feed,
            "https://blog.example/2024/a/",
            "https://blog.example/wp-json/wp/v2/posts?slug=a&_fields=id,link"
        ]
    );
    let found = discussion(&gathering);
    assert_eq!((found.comments.len(), found.complete, gathering.failures().len()), (1, false, 0));
}

#[test]
fn addresses_of_discussions_are_known() {
    let hacker_news = |id| Some(at_hacker_news(id));
    let lobsters = |id: &str| Some(at_lobsters(id));
    let lemmy = |instance: &str, post| Some(at_lemmy(instance, post));
    let discourse = |site: &str, topic| Some(at_discourse(site, topic));
    for (address, wanted) in [
        ("https://news.ycombinator.com/item?id=8863&p=2", hacker_news(8863)),
        ("https://news.ycombinator.com/news", None),
        ("https://lobste.rs/s/abc123/a_tale#c_x", lobsters("abc123")),
        ("http://lobsters.test/s/abc", lobsters("abc")),
        ("https://example.org/s/abc", None),
        ("https://lemmy.world/post/12?x", lemmy("https://lemmy.world", 12)),
        ("http://lemmy.test/post/12", lemmy("http://lemmy.test", 12)),
        ("https://example.org/post/12", None),
        ("https://meta.example.org/t/a-topic/77/3", discourse("https://meta.example.org", 77)),
        ("http://discourse.test/t/77", discourse("http://discourse.test", 77)),
        ("http://discourse.test/t/77/3", discourse("http://discourse.test", 77)),
        ("https://forum.example/below/t/a-topic/77?u=a", discourse("https://forum.example/below", 77)),
        ("https://forum.example/t/77", None),
        ("https://example.org/t/77", None),
        ("mailto:a@example.org", None),
    ] {
        assert_eq!(thread_at(address, &places()), wanted, "{address}");
    }
}

#[test]
fn an_article_is_looked_up_by_its_address() {
    let lookups = look_up("http://www.example.org/a?utm_source=b", &places());
    let mut asked = String::new();
    for lookup in &lookups {
        let _ = writeln!(asked, "{}", lookup.ask().address);
    }
    insta::assert_snapshot!(asked, @r"
    http://algolia.test/api/v1/search?query=example.org%2Fa&restrictSearchableAttributes=url&tags=story&hitsPerPage=50
    http://lobsters.test/stories/url/all.json?url=http%3A%2F%2Fwww.example.org%2Fa%3Futm_source%3Db
    http://lemmy.test/api/v3/search?q=http%3A%2F%2Fwww.example.org%2Fa%3Futm_source%3Db&type_=Url&limit=50
    http://discourse.test/search.json?q=example.org%2Fa
    https://forum.example/below/search.json?q=example.org%2Fa
    ");
    let answers = [
        r#"{"hits":[{"objectID":"5","url":"https://example.org/a/","num_comments":3},{"objectID":"6","url":"https://example.org/a","num_comments":0},
            {"objectID":"7","url":"https://example.org/ab","num_comments":3}]}"#,
        r#"[{"short_id":"abc","url":"https://example.org/a","comment_count":2}]"#,
        r#"{"posts":[{"post":{"id":9,"url":"https://example.org/a"},"counts":{"comments":1}}]}"#,
        r#"{"posts":[{"topic_id":4,"blurb":"see https://example.org/a there"},{"topic_id":5,"blurb":"nothing"}]}"#,
    ];
    let found = lookups.iter().zip(answers).flat_map(|(lookup, answer)| lookup.found(answer.as_bytes()).unwrap());
    let found: Vec<ThreadRef> = found.map(|found| found.thread).collect();
    let wanted =
        [at_hacker_news(5), at_lobsters("abc"), at_lemmy("http://lemmy.test", 9), at_discourse("http://discourse.test", 4)];
    assert_eq!(found, wanted);
    assert!(lookups[0].found(b"<html>").is_err(), "what stands before a place does not say that there is nothing");
}

#[test]
fn an_instance_of_lemmy_that_has_only_the_newer_interface_is_looked_through_by_that() {
    let older = look_up("http://www.example.org/a?b=c", &places()).remove(2);
    let gone = Failure::NotFound { host: told("lemmy.test") };
    let newer = older.instead(&gone).unwrap();
    let list = "http://lemmy.test/api/v4/post/list?search_term=http%3A%2F%2Fwww.example.org%2Fa%3Fb%3Dc&search_url_only=true&type_=all&time_range_seconds=0&limit=50";
    assert_eq!((newer.ask().address.as_str(), newer.site().id().key()), (list, "lemmy"));
    let answer = r#"{"items":[{"post":{"id":9,"url":"https://example.org/a?b=c","ap_id":"https://far.test/post/3","comments":2}},
        {"post":{"id":8,"url":"https://example.org/a?b=c","comments":0}},{"post":{"id":7,"url":"https://example.org/a?b=cd","comments":2}}]}"#;
    let thread = at_lemmy("http://lemmy.test", 9);
    assert_eq!(
        newer.found(answer.as_bytes()),
        Ok(vec![FoundThread { thread, name: Some("https://far.test/post/3".to_owned()) }])
    );
    assert_eq!(newer.instead(&gone), None);
    let down = Failure::ServerTrouble { host: told("lemmy.test"), status: 503, retry_after: None };
    assert_eq!(older.instead(&down), None);
}
