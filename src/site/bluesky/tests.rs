use super::*;
use crate::domain::time::Timestamp;
use crate::site::front_page::FrontPage;
use crate::site::tests::live::{facts, fetched, fetched_facts};
use crate::site::{read, thread_at};

fn uri(n: u32) -> String {
    format!("at://did:plc:ann/app.bsky.feed.post/p{n}")
}

/// A post; `parent` is what it answers, and the first post is number 1.
fn post(n: u32, parent: Option<u32>, replies: usize) -> String {
    let reply = parent.map_or(String::new(), |parent| {
        format!(r#","reply":{{"root":{{"uri":"{}"}},"parent":{{"uri":"{}"}}}}"#, uri(1), uri(parent))
    });
    format!(
        r#"{{"uri":"{}","author":{{"did":"did:plc:ann","handle":"ann.example","displayName":"Ann"}},"likeCount":{n},"replyCount":{replies},
            "indexedAt":"2026-01-01T00:00:00.000Z","record":{{"text":"Post {n}","createdAt":"2026-01-01T00:00:00Z"{reply}}}}}"#,
        uri(n)
    )
}

fn node(post: &str, replies: &[String]) -> String {
    let replies = if replies.is_empty() { String::new() } else { format!(",\"replies\":[{}]", replies.join(",")) };
    format!("{{\"post\":{post}{replies}}}")
}

fn thread(node: &str) -> String {
    format!("{{\"thread\":{node}}}")
}

fn saved(text: &str) -> (Vec<Page>, Vec<String>) {
    let parsed = read(text.as_bytes(), &Origin { name: "a.json", now: Timestamp(0) }).unwrap();
    assert_eq!(parsed.format.label(), "Bluesky thread");
    (parsed.pages, parsed.notes.iter().map(ToString::to_string).collect())
}

fn short(facts: &str) -> String {
    facts.replace("at://did:plc:ann/app.bsky.feed.post/", "")
}

/// The facts without their order.
fn sorted(facts: &str) -> Vec<String> {
    let facts = short(facts);
    let (whole, comments) = facts.split_once(": ").unwrap();
    let mut facts: Vec<String> = comments.split(", ").map(str::to_owned).collect();
    facts.sort();
    facts.insert(0, whole.to_owned());
    facts
}

#[test]
fn a_thread_is_its_first_post_and_replies() {
    let gone = format!("{{\"uri\":\"{}\",\"notFound\":true}}", uri(4));
    let blocked = format!("{{\"uri\":\"{}\",\"blocked\":true}}", uri(5));
    let second = node(&post(2, Some(1), 3), &[node(&post(3, Some(2), 2), &[]), gone, blocked]);
    let (pages, notes) = saved(&thread(&node(&post(1, None, 1), &[second])));
    let page = &pages[0];
    assert_eq!((&*page.article.title, page.article.byline.as_deref()), ("Post 1", Some("Ann")));
    assert_eq!(page.article.url.as_deref(), Some("https://bsky.app/profile/ann.example/post/p1"));
    assert_eq!(short(&facts(&page.discussions[0])), "lacks 3: p2<Root 2, p3<p2 3, p4<p2 Removed");
    assert_eq!(notes, ["3 more, not in this file"]);
    let address = Bluesky.comment_address("", &page.discussions[0].comments[0].id);
    assert_eq!(address.as_deref(), Some("https://bsky.app/profile/did:plc:ann/post/p2"));
}

#[test]
fn a_reply_stands_below_what_it_answers() {
    let above = format!("{{\"post\":{},\"parent\":{}}}", post(2, Some(1), 1), node(&post(1, None, 1), &[]));
    let (pages, _) = saved(&thread(&format!("{{\"post\":{},\"parent\":{above}}}", post(3, Some(2), 0))));
    assert_eq!(short(&facts(&pages[0].discussions[0])), "whole: p2<Root 2, p3<p2 3");
    let gone = format!("{{\"uri\":\"{}\",\"notFound\":true}}", uri(2));
    let (pages, _) = saved(&thread(&format!("{{\"post\":{},\"parent\":{gone}}}", post(3, Some(2), 0))));
    assert_eq!((pages.len(), short(&facts(&pages[0].discussions[0])).as_str()), (1, "lacks 0: p3<p2 3, p2<Root Removed"));
}

#[test]
fn a_flat_list_tells_parents_by_depth() {
    let item = |n: u32, depth: i32, value: &str| {
        format!(r#"{{"uri":"{}","depth":{depth},"value":{{"$type":"app.bsky.unspecced.defs#{value}"}}}}"#, uri(n))
    };
    let of = |n: u32, parent, replies, more: usize| {
        format!("threadItemPost\",\"moreReplies\":{more},\"post\":{},\"x\":\"", post(n, parent, replies))
    };
    let list = [
        item(1, -1, &of(1, None, 2, 0)),
        item(2, 0, &of(2, Some(1), 4, 2)),
        item(3, 1, &of(3, Some(2), 0, 0)),
        item(4, 1, "threadItemNotFound"),
        item(5, 0, &of(5, Some(1), 0, 0)),
    ];
    let (pages, notes) = saved(&format!("{{\"thread\":[{}],\"hasOtherReplies\":true}}", list.join(",")));
    assert_eq!(notes, ["2 more, not in this file"], "{}", list.join(","));
    assert_eq!(short(&facts(&pages[0].discussions[0])), "lacks 2: p2<Root 2, p3<p2 3, p5<Root 5, p4<p2 Removed");
}

#[test]
fn links_pictures_and_quotes_are_part_of_a_post() {
    let more = r#""text":"Ähm, see a.example & b","facets":[{"index":{"byteStart":10,"byteEnd":19},"features":[{"$type":"app.bsky.richtext.facet#link","uri":"https://a.example/x"}]},
        {"index":{"byteStart":1,"byteEnd":3},"features":[{"uri":"https://no.example"}]}],"#;
    let embed = r#""embed":{"media":{"images":[{"alt":"an \"owl\"","fullsize":"https://a.example/owl.jpg"}]},
        "record":{"record":{"uri":"at://did:plc:bob/app.bsky.feed.post/q","author":{"handle":"bob.example"},"value":{"text":"Quoted <b>"}}}},"likeCount""#;
    let text = post(1, None, 0).replace("\"text\":\"Post 1\",", more).replace("\"likeCount\"", embed);
    let article = saved(&thread(&node(&text, &[]))).0.remove(0).article;
    let words = article.body.text();
    assert!(words.starts_with("Ähm, see a.example & b") && words.contains("@bob.example\nQuoted <b>"), "{words}");
    let links: Vec<&str> = article.body.links.iter().map(|link| link.address.as_str()).collect();
    assert!(
        links.contains(&"https://a.example/x") && links.contains(&"https://bsky.app/profile/did:plc:bob/post/q"),
        "{links:?}"
    );
}

/// A thread of eight levels of which an answer gives four.
fn deep(address: &str) -> Option<String> {
    const LAST: u32 = 8;
    if let Some((_, handle)) = address.split_once("resolveHandle?handle=") {
        return (handle == "ann.example").then(|| r#"{"did":"did:plc:ann"}"#.to_owned());
    }
    let from: u32 = address.split_once("app.bsky.feed.post/p")?.1.split('&').next()?.parse().ok()?;
    let end = LAST.min(from + 3);
    let below = (from..=end).rev().fold(None, |below: Option<String>, n| {
        let parent = (n > 1).then(|| n - 1);
        Some(node(&post(n, parent, usize::from(n < LAST)), below.as_slice()))
    });
    below.map(|below| thread(&below))
}

#[test]
fn what_is_deeper_than_an_answer_is_asked_for() {
    let (fetch, asked) = fetched("https://bsky.app/profile/ann.example/post/p1", &deep, false);
    assert_eq!(asked.len(), 4, "{asked:?}");
    let page = fetch.page(Timestamp(0)).unwrap();
    let wanted = "whole: p2<Root 2, p3<p2 3, p4<p3 4, p5<p4 5, p6<p5 6, p7<p6 7, p8<p7 8";
    assert_eq!(short(&facts(&page.discussions[0])), wanted);
    // A reply leads to its thread, and what cannot be had is missing.
    let address = "https://bsky.app/profile/did:plc:ann/post/p3";
    assert_eq!(sorted(&fetched_facts(address, &deep)), sorted(wanted));
    let without = |address: &str| deep(address).filter(|_| !address.contains("/p6&"));
    assert_eq!(sorted(&fetched_facts(address, &without)), sorted("lacks 1: p2<Root 2, p3<p2 3, p4<p3 4, p5<p4 5, p6<p5 6"));
    assert_eq!(fetched_facts("https://bsky.app/profile/bob.example/post/p1", &deep), "nothing");
}

#[test]
fn addresses_and_accounts_are_known() {
    let bases = SiteBases::default();
    for (address, wanted) in [
        ("https://bsky.app/profile/ann.example/post/3kabc?x", Some("https://bsky.app/profile/ann.example/post/3kabc")),
        ("https://bsky.app/profile/ann.example", None),
        ("https://bsky.app/profile/ann.example/feed/x", None),
        ("https://bsky.example/profile/ann.example/post/3kabc", None),
    ] {
        assert_eq!(thread_at(address, &bases).map(|thread| thread.address(&bases)).as_deref(), wanted, "{address}");
    }
    let front = |typed: &str| FrontPage::parse(typed).unwrap().map(|front| front.address());
    assert_eq!(front("bsky:@ann.example").as_deref(), Ok("bluesky:ann.example"));
    assert!(front("bluesky:ann").is_err());
    let json = crate::format::json::Json::parse(&format!("{{\"feed\":[{{\"post\":{}}}]}}", post(1, None, 3)));
    let stories = json.roots().next().and_then(|root| Bluesky.stories(root, "")).unwrap();
    assert_eq!((stories[0].standing.points, stories[0].standing.comments), (Some(1), Some(3)));
}
