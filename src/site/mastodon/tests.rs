use std::collections::VecDeque;

use super::*;
use crate::domain::rank::Rank;
use crate::domain::text::Block;
use crate::domain::thread::{Discussion, Parent};
use crate::domain::time::Timestamp;
use crate::site::fetch::ThreadFetch;
use crate::site::{read, thread_at};
use crate::source::{Failure, told};

/// A post of the interface; `more` are further members.
fn status(id: u32, parent: Option<u32>, replies: u32, more: &str) -> String {
    let parent = parent.map_or("null".to_owned(), |parent| format!("\"{parent}\""));
    format!(
        r#"{{"id":"{id}","created_at":"2026-01-01T00:00:00.000Z","in_reply_to_id":{parent},"in_reply_to_account_id":null,
           "spoiler_text":"","url":"https://social.example/@ann/{id}","replies_count":{replies},"reblogs_count":2,
           "favourites_count":{id},"content":"<p>Post {id}</p>","account":{{"acct":"ann","display_name":"Ann"}}{more}}}"#
    )
}

fn context(above: &[String], below: &[String]) -> String {
    format!(r#"{{"ancestors":[{}],"descendants":[{}]}}"#, above.join(","), below.join(","))
}

fn facts(discussion: &Discussion) -> String {
    let fact = |comment: &crate::domain::thread::Comment| {
        let parent = match comment.parent {
            Parent::Of(above) => discussion.comments[above.index()].id.to_string(),
            other => format!("{other:?}"),
        };
        let likes = if let Rank::Likes(likes) = comment.rank { likes.to_string() } else { "?".to_owned() };
        format!("{}<{parent} {likes}", comment.id)
    };
    let facts: Vec<String> = discussion.comments.iter().map(fact).collect();
    let whole = if discussion.complete { "whole".to_owned() } else { format!("lacks {}", discussion.missing()) };
    format!("{whole}: {}", facts.join(", "))
}

fn saved(text: &str) -> (Vec<Page>, Vec<CleanText>) {
    let parsed = read(text.as_bytes(), &Origin { name: "a.json", now: Timestamp(0) }).unwrap();
    assert_eq!(parsed.format.label(), "Mastodon thread");
    (parsed.pages, parsed.notes)
}

#[test]
fn a_post_and_what_is_around_it_are_one_page() {
    let below = [status(2, Some(1), 1, ""), status(3, Some(2), 0, ""), status(4, Some(1), 0, "")];
    let text = format!("{}\n{}", status(1, None, 2, ""), context(&[], &below));
    let (pages, notes) = saved(&text);
    let article = &pages[0].article;
    assert_eq!((&*article.title, article.byline.as_deref()), ("Post 1", Some("Ann")));
    assert_eq!((&*pages[0].source.key, pages.len(), notes.len()), ("mastodon:social.example", 1, 0));
    assert_eq!(facts(&pages[0].discussions[0]), "whole: 2<Root 4, 3<2 5, 4<Root 6");
}

#[test]
fn posts_that_are_not_here_are_counted_once() {
    for (post, below, wanted) in [
        (status(1, None, 5, ""), vec![status(2, Some(1), 0, "")], "lacks 4: 2<Root 4"),
        // The answered post was hidden; it may be the one that the first is told to have beside.
        (status(1, None, 2, ""), vec![status(2, Some(1), 0, ""), status(4, Some(3), 0, "")], "lacks 1: 2<Root 4, 4<Missing 6"),
        (
            status(1, None, 0, ""),
            vec![status(4, Some(3), 0, ""), status(5, Some(3), 0, "")],
            "lacks 1: 4<Missing 6, 5<Missing 7",
        ),
        // It was taken away: only whom it answers is told.
        (
            status(1, None, 0, ""),
            vec![status(4, None, 0, "").replace("account_id\":null", "account_id\":\"9\"")],
            "lacks 1: 4<Missing 6",
        ),
    ] {
        let (pages, _) = saved(&format!("{post}{}", context(&[], &below)));
        assert_eq!((pages.len(), facts(&pages[0].discussions[0]).as_str()), (1, wanted));
    }
    // Without the post itself, as a context is saved.
    let (pages, notes) = saved(&context(&[status(1, None, 1, "")], &[status(3, Some(2), 0, "")]));
    assert_eq!(facts(&pages[0].discussions[0]), "lacks 1: 3<Missing 5");
    assert_eq!(notes, ["1 more, not in this file"]);
}

#[test]
fn posts_of_several_conversations_are_several_pages() {
    let list = [status(1, None, 0, ""), status(7, None, 1, ""), status(8, Some(7), 0, "")].join(",");
    let (pages, _) = saved(&format!("[{list}]"));
    assert_eq!(pages.iter().map(|page| page.discussions[0].comments.len()).collect::<Vec<_>>(), [0, 1]);
    // A boost is the post that it is of.
    let boost = status(9, None, 0, &format!(",\"reblog\":{}", status(1, None, 0, "")));
    assert_eq!(&*saved(&format!("[{boost}]")).0[0].article.title, "Post 1");
}

#[test]
fn warnings_fold_a_post_and_pictures_and_polls_are_part_of_it() {
    let more = r#","media_attachments":[{"type":"image","url":"https://social.example/a.png","description":"an \"owl\""},
        {"type":"video","url":"https://social.example/b.mp4"}],"poll":{"options":[{"title":"Owl","votes_count":3},{"title":"Hawk"}]}"#;
    let text = status(1, None, 0, more).replace("\"spoiler_text\":\"\"", "\"spoiler_text\":\"Birds\"");
    let article = saved(&text).0.remove(0).article;
    let [Block::Spoiler { title, blocks }] = &article.body.blocks[..] else { panic!("{:?}", article.body) };
    assert_eq!((&*article.title, &**title), ("Birds", "Birds"));
    assert!(blocks.iter().any(|block| matches!(block, Block::Image { alt, .. } if &**alt == "an \"owl\"")));
    let words = article.body.text();
    assert!(words.contains("Owl: 3 votes") && words.contains("Hawk") && words.contains("video"), "{words}");
}

#[test]
fn the_form_of_an_address_tells_a_post() {
    let bases = SiteBases::default();
    let at = |address: &str| thread_at(address, &bases).filter(|thread| thread.site.name() == "Mastodon");
    for (address, wanted) in [
        ("https://social.example/@ann/117020585487094447", Some("https://social.example/@ann/117020585487094447")),
        (
            "https://social.example/@ann@far.example/117020585487094447?x#y",
            Some("https://social.example/@ann@far.example/117020585487094447"),
        ),
        (
            "https://social.example/users/ann/statuses/117020585487094447",
            Some("https://social.example/@ann/117020585487094447"),
        ),
        ("https://social.example/@ann", None),
        ("https://blog.example/@ann/2024", None),
        ("https://blog.example/@ann/a-tale-117020585487", None),
        ("https://video.example/@ann/video/117020585487094447", None),
    ] {
        let found = at(address);
        assert_eq!(found.as_ref().map(|thread| thread.address(&bases)).as_deref(), wanted, "{address}");
        let stored = wanted.and_then(|url| crate::site::stored_thread("mastodon", url, &bases));
        assert_eq!(stored, found, "{address}");
    }
}

/// Fetches a thread from answers by the ends of their addresses; elsewhere there is nothing.
fn fetched(address: &str, answers: &[(&str, String)]) -> (ThreadFetch, Vec<String>) {
    let bases = SiteBases::default();
    let mut fetch = ThreadFetch::new(thread_at(address, &bases).unwrap(), &bases);
    let (mut open, mut asked) = (VecDeque::from(fetch.begin()), Vec::new());
    while let Some((number, ask)) = open.pop_front() {
        let answer = answers.iter().find(|(end, _)| ask.address.ends_with(end)).map(|(_, answer)| answer.clone().into_bytes());
        let rest = ask.address.strip_prefix("https://social.example/api/v1/statuses/").unwrap();
        asked.push(rest.to_owned());
        open.extend(fetch.take(number, answer.ok_or_else(|| Failure::NotFound { host: told("social.example") })));
    }
    assert!(fetch.is_over());
    (fetch, asked)
}

#[test]
fn a_conversation_takes_two_requests_and_one_for_each_branch_that_is_cut() {
    let own = "https://social.example/@ann/100001";
    let (post, first) = (status(100_001, None, 1, ""), status(100_002, Some(100_001), 2, ""));
    let below = [status(100_003, Some(100_002), 0, ""), status(100_004, Some(100_002), 0, "")];
    let answers = [
        ("100001", post.clone()),
        ("100001/context", context(&[], &[first.clone(), below[0].clone()])),
        ("100002/context", context(std::slice::from_ref(&post), &below)),
    ];
    let (fetch, asked) = fetched(own, &answers);
    assert_eq!(asked, ["100001", "100001/context", "100002/context"]);
    let discussion = fetch.page(Timestamp(0)).unwrap().discussions.remove(0);
    assert_eq!(discussion.url.as_deref(), Some(own));
    assert_eq!(facts(&discussion), "whole: 100002<Root 100004, 100003<100002 100005, 100004<100002 100006");
    // Comments that a branch does not give stay missing, and the branch is requested once.
    let (fetch, asked) = fetched(own, &answers[..2]);
    assert_eq!((asked.len(), fetch.failures().len()), (3, 0));
    let discussion = fetch.page(Timestamp(0)).unwrap().discussions.remove(0);
    assert_eq!(facts(&discussion), "lacks 1: 100002<Root 100004, 100003<100002 100005");
}

#[test]
fn an_answer_leads_to_its_whole_conversation() {
    let (post, answer) = (status(100_001, None, 2, ""), status(100_002, Some(100_001), 0, ""));
    let other = status(100_003, Some(100_001), 0, "");
    let (fetch, asked) = fetched(
        "https://social.example/@ann/100002",
        &[
            ("100002", answer.clone()),
            ("100002/context", context(std::slice::from_ref(&post), &[])),
            ("100001/context", context(&[], &[answer, other])),
        ],
    );
    assert_eq!(asked, ["100002", "100002/context", "100001/context"]);
    let page = fetch.page(Timestamp(0)).unwrap();
    assert_eq!(
        (&*page.article.title, facts(&page.discussions[0]).as_str()),
        ("Post 100001", "whole: 100002<Root 100004, 100003<Root 100005")
    );
    // A post that is not there is a failure.
    let (fetch, _) = fetched("https://social.example/@ann/100009", &[]);
    assert!(fetch.page(Timestamp(0)).is_none() && !fetch.failures().is_empty());
}
