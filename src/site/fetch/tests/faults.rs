//! Faults that were found, each with its test.

use super::*;

fn story(address: &str, tree: &str, story: &str) -> Option<String> {
    match address {
        "http://algolia.test/api/v1/items/1" => Some(tree.to_owned()),
        "http://firebase.test/v0/item/1.json" => Some(story.to_owned()),
        _ => None,
    }
}

const TREE: &str = r#"{"id":1,"type":"story","author":"a","created_at_i":1,"title":"T","children":[
    {"id":2,"type":"comment","author":"b","created_at_i":2,"text":"t","parent_id":1,"children":[]}]}"#;

#[test]
fn what_a_story_names_and_does_not_count_is_not_asked_for() {
    let told = r#"{"id":1,"type":"story","by":"a","time":1,"title":"T","descendants":1,"kids":[4,2,3]}"#;
    let (gathering, asked) = gather(at_hacker_news(1), &places(), &|address| story(address, TREE, told), &[0]);
    let found = discussion(&gathering);
    assert_eq!((asked.len(), found.comments.len(), found.complete, found.stubs.len()), (2, 1, true, 0));
    assert_eq!(found.comments[0].rank, Rank::Position { nth: 2, of: 3 });
}

#[test]
fn one_answer_has_its_place_without_an_order() {
    let nested = TREE.replace(
        r#""children":[]"#,
        r#""children":[{"id":3,"type":"comment","author":"c","created_at_i":3,"text":"t","parent_id":2,"children":[]}]"#,
    );
    for (count, wanted) in [(2, Rank::Position { nth: 1, of: 1 }), (3, Rank::Unrated)] {
        let told = format!(r#"{{"id":1,"type":"story","by":"a","time":1,"title":"T","descendants":{count},"kids":[2]}}"#);
        let net = |address: &str| story(address, &nested, &told);
        let (gathering, asked) = gather(at_hacker_news(1), &places(), &net, &[0]);
        // Where more are told of than are here, there may be others beside it.
        assert_eq!((asked.len(), discussion(&gathering).comments[1].rank), (2, wanted));
    }
}

/// As [`gather`], where the same may be asked for twice: by address, what is answered first and then.
fn with_second(thread: ThreadRef, answers: &[(&str, &str, &str)]) -> (ThreadFetch, usize) {
    let mut gathering = ThreadFetch::new(thread, &places());
    let mut open = gathering.begin();
    let mut times: HashMap<String, usize> = HashMap::new();
    while let Some((number, ask)) = open.pop() {
        let time = times.entry(ask.address.clone()).or_default();
        *time += 1;
        let (_, first, second) = answers.iter().find(|(address, ..)| ask.address.ends_with(address)).unwrap();
        open.extend(gathering.take(number, Ok(if *time == 1 { first } else { second }.as_bytes().to_vec())));
    }
    let asked = gathering.asked();
    (gathering, asked)
}

#[test]
fn half_an_answer_is_none_and_is_asked_for_again_once() {
    let whole = r#"{"short_id":"abc","title":"T","comment_count":1,"comments":[{"short_id":"c1","score":1,"comment":"t","commenting_user":"a"}]}"#;
    let half = &whole[..whole.len() - 30];
    let thread = || at_lobsters("abc");
    let (gathering, asked) = with_second(thread(), &[("abc.json", half, whole)]);
    assert_eq!((asked, discussion(&gathering).comments.len(), gathering.failures().len()), (2, 1, 0));
    let (gathering, asked) = with_second(thread(), &[("abc.json", half, half)]);
    assert_eq!((asked, gathering.failures().len()), (2, 1));
    assert_eq!(gathering.failures()[0].to_string(), "the answer of lobsters.test breaks off, or is broken");
    assert!(gathering.page(Timestamp(0)).is_none(), "half a comment is none");
}

#[test]
fn a_mark_of_byte_order_before_json_is_passed_over() {
    let answer = "\u{feff} {\"short_id\":\"abc\",\"title\":\"T\",\"comments\":[{\"short_id\":\"c1\"}]}";
    let (gathering, _) = with_second(at_lobsters("abc"), &[("abc.json", answer, "")]);
    assert_eq!(discussion(&gathering).comments.len(), 1);
}

#[test]
fn a_web_page_in_place_of_an_atom_feed_is_no_feed() {
    let feed = "https://blog.example/2024/a/feed/";
    let net = |address: &str| {
        match address {
        _ if address == feed => Some("<rss version=\"2.0\"><channel><title>Comments on: A</title><item><title>By: ann</title><link>https://blog.example/2024/a/#comment-3</link></item></channel></rss>".to_owned()),
        "https://blog.example/2024/a/feed/atom/" => Some("<!doctype html><p>Not here.".to_owned()),
        _ => None,
    }
    };
    let (gathering, asked) = gather(comments_of_page(feed, None), &places(), &net, &[0]);
    assert_eq!((asked.len(), discussion(&gathering).comments.len(), gathering.failures().len()), (4, 1, 0));
}

#[test]
fn a_blog_that_knows_no_pages_of_comments_is_asked_once_more_and_no_further() {
    let comment = |n: u32| format!(r#"{{"id":{n},"post":9,"author_name":"a","content":{{"rendered":"t"}}}}"#);
    let list = format!("[{}]", (1..=100).map(comment).collect::<Vec<_>>().join(","));
    let net = |address: &str| {
        Some(if address.contains("/posts?") {
            r#"[{"id":9,"link":"https://blog.example/2024/a/"}]"#.to_owned()
        } else {
            list.clone()
        })
    };
    let thread = comments_of_page("https://blog.example/2024/a/feed/", None);
    let (gathering, asked) = gather(thread, &places(), &net, &[0]);
    let found = discussion(&gathering);
    assert_eq!((asked.len(), found.comments.len(), found.complete), (6, 100, true));
}

#[test]
fn a_post_that_is_taken_away_meanwhile_is_not_lacking() {
    let tree: ThreadShape = vec![None; 30];
    let thread = at_discourse("http://discourse.test", 7);
    let net = |address: &str| match address {
        "http://discourse.test/t/7/posts.json?post_ids%5B%5D=30" => Some(r#"{"id":7,"post_stream":{"posts":[]}}"#.to_owned()),
        _ => discourse(&tree, &address.replace("&post_ids%5B%5D=30", "")),
    };
    let (gathering, asked) = gather(thread, &places(), &net, &[0]);
    let found = discussion(&gathering);
    assert_eq!((found.comments.len(), found.complete, found.stubs.len(), asked.len()), (29, true, 0, 3));
}

#[test]
fn a_comment_that_is_taken_away_meanwhile_has_no_answers_and_is_no_failure() {
    let tree: ThreadShape = vec![None, Some(0), None];
    let thread = || at_lemmy("http://lemmy.test", 1);
    let mut gathering = ThreadFetch::new(thread(), &places());
    let mut open = gathering.begin();
    while let Some((number, ask)) = open.pop() {
        let gone = || Failure::NotFound { host: told("lemmy.test") };
        let answer = lemmy(&tree, 300, &ask.address).map(String::into_bytes).filter(|_| !ask.address.contains("parent_id"));
        open.extend(gathering.take(number, answer.ok_or_else(gone)));
    }
    assert!(gathering.failures().is_empty());
    assert_eq!(discussion(&gathering).comments.len(), 3, "the list of all has what the tree has not");
}

#[test]
fn what_is_no_discussion_is_named() {
    for (answer, wanted) in [("null", "nothing"), (r#"{"error":"x"}"#, "something else")] {
        let (gathering, _) = gather(at_lobsters("abc"), &places(), &|_| Some(answer.to_owned()), &[0]);
        assert!(gathering.page(Timestamp(0)).is_none() && gathering.failures().is_empty());
        let wanted = format!("lobsters.test answers with {wanted}, not with a discussion");
        assert_eq!(gathering.nothing().unwrap().to_string(), wanted);
    }
}

#[test]
fn a_lemmy_post_that_does_not_tell_how_many_comments_it_has_is_whole_at_the_end_of_its_list() {
    let tree: ThreadShape = (0..60).map(|n: usize| n.checked_sub(1)).collect();
    let net =
        |address: &str| lemmy(&tree, 300, address).map(|told| told.replace(r#""counts":{"comments":60}"#, r#""counts":null"#));
    let thread = at_lemmy("http://lemmy.test", 1);
    let (gathering, _) = gather(thread, &places(), &net, &[0]);
    let found = discussion(&gathering);
    assert_eq!((found.comments.len(), found.complete, found.stubs.len()), (60, true, 0));
}

#[test]
fn a_lemmy_thread_takes_a_request_for_each_fifty_comments() {
    let tree: ThreadShape = (0..300).map(|n: usize| (!n.is_multiple_of(10)).then_some(n / 10 * 10)).collect();
    let thread = || at_lemmy("http://lemmy.test", 1);
    let (gathering, asked) = gather(thread(), &places(), &|address| lemmy(&tree, 300, address), &[0]);
    let found = discussion(&gathering);
    assert_eq!((found.comments.len(), found.complete), (300, true));
    assert_eq!(asked.len(), 1 + 1 + 6, "a version, the post, six pages: {asked:?}");
}

/// Lemmy 1.0 answers to version 3 as well, but knows no pages there.
fn newer_lemmy(tree: &ThreadShape, address: &str) -> Option<String> {
    let (version, rest) = address.strip_prefix("http://lemmy.test/api/v")?.split_once('/')?;
    if version == "3" {
        let first = rest.split("&page=").next()?;
        let newest: ThreadShape = vec![None; 50.min(tree.len())];
        let answer =
            lemmy(if rest.contains("sort=New") { &newest } else { tree }, 300, &format!("http://lemmy.test/api/v3/{first}"))?;
        let to_newest =
            |n: usize| (format!(r#""id":{},"post_id""#, id(n)), format!(r#""id":{},"post_id""#, id(tree.len() - 50 + n)));
        let renamed = |answer: String, n: usize| {
            let (old, new) = to_newest(n);
            answer.replace(&old, &new)
        };
        return Some(if rest.contains("sort=New") { (0..50).rev().fold(answer, renamed) } else { answer });
    }
    if rest == "post?id=1" {
        let post = format!(r#""id":1,"name":"T","ap_id":"http://lemmy.test/post/1","comments":{}"#, tree.len());
        return Some(format!(r#"{{"post_view":{{"post":{{{post}}}}}}}"#));
    }
    let start = rest.split_once("page_cursor=P").map_or(0, |(_, at)| at.parse::<usize>().unwrap());
    let is_new = rest.contains("sort=new");
    let order: Vec<usize> = if is_new { (0..tree.len()).rev().collect() } else { (0..tree.len()).collect() };
    let views = order.iter().skip(start).take(50).map(|n| {
        let id = id(*n);
        format!(r#"{{"comment":{{"id":{id},"post_id":1,"content":"t","path":"0.{id}","child_count":0,"score":1}},"creator":{{"name":"a"}},"post":{{"id":1,"name":"T","ap_id":"http://lemmy.test/post/1"}}}}"#)
    });
    let views = views.collect::<Vec<_>>().join(",");
    let next = if start + 50 < tree.len() { format!(r#""P{}""#, start + 50) } else { "null".to_owned() };
    Some(format!(r#"{{"items":[{views}],"next_page":{next}}}"#))
}

#[test]
fn an_instance_of_lemmy_1_gives_all_comments_and_all_new_ones() {
    let tree: ThreadShape = vec![None; 1200];
    let thread = || at_lemmy("http://lemmy.test", 1);
    let (first, asked) = gather(thread(), &places(), &|address| newer_lemmy(&tree, address), &[0]);
    let found = discussion(&first);
    assert_eq!((found.comments.len(), found.complete, asked.len()), (1200, true, 25));
    let ids: HashSet<Box<str>> = found.comments.iter().map(|comment| comment.id.clone()).collect();
    let grown: ThreadShape = vec![None; 1330];
    // The mark may have been kept while the instance was of the older version.
    for mark in [first.mark().unwrap(), "3:1200".to_owned(), "1200".to_owned()] {
        let since = Since { mark, ids: ids.clone() };
        let (gathering, asked) = gather_since(thread(), &places(), &|address| newer_lemmy(&grown, address), &[0], Some(since));
        let found = discussion(&gathering);
        let new = found.comments.iter().filter(|comment| !ids.contains(&comment.id)).count();
        assert!(new == 130 && asked.len() <= 6, "{new} new in {} requests", asked.len());
    }
}
