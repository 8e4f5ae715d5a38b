//! Discussions that are fetched again, and those of blogs.

use super::*;

#[test]
fn a_blogs_comments_come_whole_where_its_interface_is_open() {
    let thread = comments_of_page("https://blog.example/2024/a/feed/", None);
    let comment = |n: u32| {
        format!(
            r#"{{"id": {n}, "post": 9, "parent": {}, "author_name": "a", "date_gmt": "2024-05-01T10:00:00", "link": "https://blog.example/2024/a/#comment-{n}", "content": {{"rendered": "<p>t</p>"}}}}"#,
            n.saturating_sub(7)
        )
    };
    let list = |range: std::ops::Range<u32>| Some(format!("[{}]", range.map(comment).collect::<Vec<_>>().join(",")));
    let net = |address: &str| match address.strip_prefix("https://blog.example/wp-json/wp/v2/").unwrap_or_default() {
        "posts?slug=a&_fields=id,link" => Some(r#"[{"id": 9, "link": "https://blog.example/2024/a/"}]"#.to_owned()),
        "comments?post=9&per_page=100&order=asc&page=1" => list(1..101),
        "comments?post=9&per_page=100&order=asc&page=2" => list(101..131),
        // A multiple of ten comments may be the page size of the blog.
        "comments?post=9&per_page=100&order=asc&page=3" => Some("[]".to_owned()),
        _ => None,
    };
    let (gathering, asked) = gather(thread, &places(), &net, &[0]);
    let found = discussion(&gathering);
    assert_eq!((asked.len(), found.comments.len(), found.complete), (7, 130, true));
    assert!(found.comments[7].parent != Parent::Root && gathering.failures().is_empty());
}

/// A site's answers for a thread.
type SiteAnswers = dyn Fn(&ThreadShape, &str) -> Option<String>;

/// A thread that grows: what is asked for again is what came, and with what was here that is all.
#[test]
fn only_what_is_new_is_asked_for_again_where_the_place_can_tell() {
    let grown: ThreadShape = (0..70).map(|n| (n % 3 > 0).then_some(n / 2)).collect();
    let small: ThreadShape = grown[..66].to_vec();
    let places = places();
    let all: [(ThreadRef, &SiteAnswers, usize, usize); 3] = [
        // The story alone; with news the tree.
        (at_hacker_news(1), &|tree, address| hacker_news(tree, |_| true, address), 1, 2),
        // The post alone; with news a page of the newest.
        (at_lemmy("http://lemmy.test", 1), &newest_of_lemmy, 1, 2),
        // The topic with its first posts; with news the others of them.
        (at_discourse("http://discourse.test", 7), &|tree, address| discourse(tree, address), 1, 2),
    ];
    for (thread, answers, unchanged, changed) in all {
        let (first, _) = gather(thread.clone(), &places, &|address| answers(&small, address), &[0]);
        let ids = discussion(&first).comments.iter().map(|comment| comment.id.clone()).collect();
        let since = || Some(Since { mark: first.mark().unwrap(), ids });
        let since = since();
        let again =
            |tree: &ThreadShape| gather_since(thread.clone(), &places, &|address| answers(tree, address), &[0], since.clone());
        let (gathering, asked) = again(&small);
        assert_eq!(asked.len(), unchanged, "{asked:?}");
        assert!(gathering.brings() != Brings::All);
        let (gathering, asked) = again(&grown);
        assert_eq!(asked.len(), changed, "{asked:?}");
        let found = discussion(&gathering);
        let new: HashSet<&str> = found.comments.iter().map(|comment| &*comment.id).collect();
        assert!((66..70).all(|n| new.contains(&*id(n).to_string())), "{thread:?}: {new:?}");
        assert!(gathering.brings() == Brings::All || (!found.complete && found.stubs.is_empty()));
    }
}

/// As [`lemmy`], with the list of the newest.
fn newest_of_lemmy(tree: &ThreadShape, address: &str) -> Option<String> {
    if !address.contains("&sort=New&") {
        return lemmy(tree, 50, address);
    }
    let path = |n: usize| {
        let above = std::iter::successors(Some(n), |n| tree[*n]).map(id).collect::<Vec<_>>();
        above.iter().rev().fold("0".to_owned(), |path, id| format!("{path}.{id}"))
    };
    let views = (0..tree.len()).rev().take(50).map(|n| {
        let (id, path) = (id(n), path(n));
        format!(r#"{{"comment":{{"id":{id},"post_id":1,"content":"t","path":"{path}"}},"creator":{{"name":"a"}},"post":{{"id":1,"name":"T","ap_id":"http://lemmy.test/post/1"}},"counts":{{"score":1,"child_count":0}}}}"#)
    });
    Some(format!(r#"{{"comments":[{}]}}"#, views.collect::<Vec<_>>().join(",")))
}
