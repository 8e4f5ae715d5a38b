//! Threads that come in parts: each file knows the thread's address, and the ids that its comments answer to.

use super::*;
use crate::domain::thread::{Stub, link_parents};

const THREAD: &str = "https://news.example/item?id=1";

/// A part as its file tells it: `id`, or `id>parent`, each placed among the siblings that the file has.
fn part(url: &str, title: &str, told: &str) -> Page {
    let (mut comments, parents): (Vec<Comment>, Vec<Option<Box<str>>>) = told
        .split_whitespace()
        .map(|one| one.split_once('>').map_or((one, None), |(id, parent)| (id, Some(parent.into()))))
        .map(|(id, parent)| (comment(id, Parent::Root, Rank::Unrated), parent))
        .unzip();
    for (n, parent) in parents.iter().enumerate() {
        let nth = 1 + parents[..n].iter().filter(|other| *other == parent).count() as u32;
        let of = parents.iter().filter(|other| *other == parent).count() as u32;
        comments[n].rank = Rank::Position { nth, of };
    }
    link_parents(&mut comments, &parents);
    let article = Article { title: clean(title), url: Some(clean(url)), ..Article::default() };
    let thread = Discussion {
        place: clean("hacker news"),
        url: Some(clean(THREAD)),
        scale: Scale::Position,
        comments,
        ..Discussion::default()
    };
    Page { article, source: source("news.example"), discussions: vec![thread] }
}

/// Title, address and comments of the only article: `id<parent nth/of`.
fn told(store: &Store) -> String {
    let list = store.headlines(&Section::All, &everything(), Stretch::First, 9).unwrap();
    assert_eq!(list.len(), 1, "{list:?}");
    let article = store.article(list[0].id).unwrap().unwrap().article;
    let comments = only_discussion(store, list[0].id).discussion.comments;
    let one = |comment: &Comment| {
        let above = match comment.parent {
            Parent::Of(idx) => format!("<{}", comments[idx.index()].id),
            Parent::Missing => "<?".to_owned(),
            _ => String::new(),
        };
        let Rank::Position { nth, of } = comment.rank else { return format!("{}{above}", comment.id) };
        format!("{}{above} {nth}/{of}", comment.id)
    };
    let comments: Vec<String> = comments.iter().map(one).collect();
    assert_whole(store);
    format!("{} {}: {}", article.title, article.url.unwrap_or_default(), comments.join(", "))
}

#[test]
fn parts_of_one_thread_become_one_in_any_order() {
    let whole = || part("https://example.org/story", "Story", "a b c>a");
    let more = || part(THREAD, "", "d>c e f>e");
    let mut store = store();
    store.save(&whole(), NOW).unwrap();
    store.save(&more(), LATER).unwrap();
    let both = told(&store);
    assert_eq!(both, "Story https://example.org/story: a 1/3, b 2/3, c<a 1/1, d<c 1/1, e 3/3, f<e 1/1");
    // Again, in either order: nothing changes.
    for part in [whole(), more()] {
        let saved = store.save(&part, LATER).unwrap();
        assert_eq!((saved.new_comments, saved.changed_ranks, saved.edited_article), (0, 0, false));
    }
    assert_eq!(told(&store), both);

    let mut store = Store::in_memory().unwrap();
    store.save(&more(), NOW).unwrap();
    assert_eq!(told(&store), format!(" {THREAD}: d<? 1/1, e 1/1, f<e 1/1"));
    store.save(&whole(), LATER).unwrap();
    assert_eq!(told(&store), "Story https://example.org/story: d<c 1/1, e 1/3, f<e 1/1, a 2/3, b 3/3, c<a 1/1");
    // From now on it is found by what it is about, too.
    let about = Article { url: Some(clean("https://example.org/story")), title: clean("Story"), ..Article::default() };
    let saved = store.save(&Page { article: about, source: source("feed"), discussions: Vec::new() }, LATER).unwrap();
    assert!(!saved.new_article);
}

#[test]
fn one_address_found_at_two_places_is_one_article_with_both_discussions() {
    let mut store = store();
    let here = part("https://www.example.org/story/?utm_source=feed", "Story", "a");
    let mut there = part("http://example.org/story/amp", "Story", "x y>x");
    there.discussions[0].place = clean("lobsters");
    there.discussions[0].url = Some(clean("https://lobsters.example/s/1"));
    let id = store.save(&here, NOW).unwrap().id;
    assert_eq!(store.save(&there, NOW).unwrap().id, id);
    let heads = store.article(id).unwrap().unwrap().discussions;
    assert_eq!(
        heads.iter().map(|head| (&*head.place, head.comments)).collect::<Vec<_>>(),
        [("hacker news", 1), ("lobsters", 2)]
    );
}

#[test]
fn a_feed_of_comments_does_not_rename_the_article() {
    let mut store = store();
    let known = page("Left on the field", 0);
    let url = Some(clean("https://a.example/left"));
    let known = Page { article: Article { url: url.clone(), ..known.article }, ..known };
    let id = store.save(&known, NOW).unwrap().id;
    let comments = discussion(true, vec![comment("1", Parent::Root, Rank::Unrated)]);
    let named_otherwise = Article { title: clean("Comments on: Left on the field"), url, ..Article::default() };
    let saved = store.save(&Page { article: named_otherwise, discussions: vec![comments], ..known }, LATER).unwrap();
    assert_eq!((saved.id, saved.new_comments), (id, 1));
    assert_eq!(store.headline(id).unwrap().unwrap().title, "Left on the field");
}

#[test]
fn what_is_not_here_is_told_until_it_comes() {
    let stubs = |told: &[(&str, u32)]| -> Vec<Stub> {
        told.iter()
            .map(|(below, count)| Stub { below: Some(*below).filter(|id| !id.is_empty()).map(Into::into), count: *count })
            .collect()
    };
    let lacking = |told: &str, lacks: &[(&str, u32)]| {
        let mut page = part("https://example.org/story", "Story", told);
        page.discussions[0].stubs = stubs(lacks);
        page
    };
    let mut store = store();
    let mut save = |page: &Page| {
        let id = store.save(page, NOW).unwrap().id;
        assert_whole(&store);
        only_discussion(&store, id).discussion.stubs
    };
    // Empty stands for what is below none of them, 0 for some.
    assert_eq!(save(&lacking("a b c>a", &[("", 9), ("a", 3), ("b", 0)])), stubs(&[("", 9), ("a", 3), ("b", 0)]));
    // A part that brings some of them, one of which says that it lacks others.
    assert_eq!(save(&lacking("d>a e>d f>c g", &[("e", 5)])), stubs(&[("", 8), ("b", 0), ("e", 5)]));
    // The first file again knows nothing of what came meanwhile.
    assert_eq!(save(&lacking("a b c>a", &[("", 9), ("a", 3), ("b", 0)])), stubs(&[("", 8), ("b", 0), ("e", 5)]));
    assert_eq!(save(&lacking("h>b", &[])), stubs(&[("", 8), ("e", 5)]));
    // A file that has some, and no more, of a comment's answers.
    assert_eq!(save(&lacking("e i>e", &[])), stubs(&[("", 8)]));
    let mut whole = lacking("a b c>a d>a e>d f>c g h>b i>e", &[]);
    whole.discussions[0].complete = true;
    assert_eq!(save(&whole), []);
}

#[test]
fn a_page_that_tells_less_takes_away_neither_time_nor_rank() {
    use crate::domain::time::{Date, When};
    let exact = When::Instant(Timestamp(1_700_000_000));
    let page = |posted: When, rank: Rank| {
        let mut page = part("https://example.org/story", "Story", "a");
        page.discussions[0].scale = Scale::Points;
        (page.discussions[0].comments[0].posted, page.discussions[0].comments[0].rank) = (Some(posted), rank);
        page
    };
    let known = || page(exact, Rank::Points { net: 7, split: None });
    let vague = || page(When::Day(Date::new(2023, 11, 14).unwrap()), Rank::Withheld);
    for pages in [[known(), vague()], [vague(), known()]] {
        let mut store = store();
        for page in &pages {
            store.save(page, NOW).unwrap();
        }
        let list = store.headlines(&Section::All, &everything(), Stretch::First, 9).unwrap();
        let comment = &only_discussion(&store, list[0].id).discussion.comments[0];
        assert_eq!((comment.posted, comment.rank), (Some(exact), Rank::Points { net: 7, split: None }));
    }
}
