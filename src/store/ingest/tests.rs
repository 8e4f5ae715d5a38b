//! Identity as a table: what sources bring, in which order, and which entries and articles that makes.

use std::collections::BTreeMap;

use super::*;
use crate::domain::article::{Article, Enclosure, Page, Replies, Source};
use crate::domain::text::{Document, clean, clean_line};
use crate::domain::time::{Date, When};
use crate::store::subscriptions::NewSubscription;
use crate::store::{PageKind, Store};

const NOW: Timestamp = Timestamp(1_800_000_000);

/// An item as a line: `title @address #id +day *enclosure ~text %discussion`, each part but the title where it has one. An
/// address without a scheme is on `site.example`.
fn item(line: &str) -> Article {
    let mut article = Article::default();
    let mut title = Vec::new();
    for part in line.split(' ') {
        let (kind, value) = part.split_at(part.len().min(1));
        match kind {
            "@" => article.url = Some(clean(&address(value))),
            "#" => article.id = Some(clean(value)),
            "+" => article.published = Date::new(2026, 1, value.parse().unwrap()).map(When::Day),
            "*" => article.enclosures.push(enclosure(value)),
            "~" => article.body = Document::plain([value]),
            "%" => article.replies = Replies { address: Some(clean(value)), ..Replies::default() },
            _ => title.push(part),
        }
    }
    article.title = clean(&title.join(" "));
    article
}

fn address(value: &str) -> String {
    if value.contains("://") { value.to_owned() } else { format!("https://site.example/{value}") }
}

fn enclosure(value: &str) -> Enclosure {
    Enclosure { address: clean(value), ..Enclosure::default() }
}

/// The items of a source in one answer.
type SourceAnswer = (&'static str, &'static [&'static str]);

/// Stores answers in turn, each as a feed of its source. Titles, by article: `A:one B:one | A:two`.
fn stored(answers: &[SourceAnswer]) -> (Store, String) {
    let mut store = Store::in_memory().unwrap();
    for (source, items) in answers {
        let source = Source { key: clean(&format!("https://{source}.example/feed")), title: clean(source) };
        let page = |line: &&str| Page { article: item(line), source: source.clone(), discussions: Vec::new() };
        let pages: Vec<Page> = items.iter().map(page).collect();
        store.save_files(&[(PageKind::Feed, &pages)], NOW).unwrap();
    }
    let articles = articles(&store);
    let bad: Vec<_> = store.check().unwrap().into_iter().filter(|finding| !finding.ok).collect();
    assert_eq!(bad, [], "{answers:?}");
    (store, articles)
}

fn articles(store: &Store) -> String {
    let mut statement = store
        .conn
        .prepare(
            "SELECT e.article_id, s.title || ':' || ifnull(c.title, a.title) FROM entries e CROSS JOIN articles a ON a.id = e.article_id
             CROSS JOIN sources s ON s.id = e.source_id LEFT JOIN entry_contents c ON c.entry_id = e.id",
        )
        .unwrap();
    let mut by_article: BTreeMap<i64, Vec<String>> = BTreeMap::new();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    for (article, entry) in rows.map(Result::unwrap) {
        by_article.entry(article).or_default().push(entry);
    }
    let mut articles: Vec<String> = by_article
        .into_values()
        .map(|mut entries| {
            entries.sort();
            entries.join(" ")
        })
        .collect();
    articles.sort();
    articles.join(" | ")
}

#[test]
fn what_one_source_lists_is_known_again() {
    let cases: &[(&str, &[SourceAnswer], &str)] = &[
        ("the same twice", &[("A", &["x @1 #i +1"]), ("A", &["x @1 #i +1"])], "A:x"),
        ("an edited title", &[("A", &["x @1 #i +1"]), ("A", &["y @1 #i +1"])], "A:y"),
        ("an edited title without an id", &[("A", &["x @1 +1"]), ("A", &["y @1 +1"])], "A:y"),
        ("a changed address, the same id", &[("A", &["x @1 #i +1"]), ("A", &["x @2 #i +1"])], "A:x"),
        ("a changed id, the same address", &[("A", &["x @1 #i +1"]), ("A", &["x @1 #j +1"])], "A:x"),
        ("a changed id and date", &[("A", &["x @1 #i +1 ~t"]), ("A", &["x @1 #j +2 ~t"])], "A:x"),
        ("a reused id", &[("A", &["x @1 #i +1"]), ("A", &["y @2 #i +2"])], "A:x | A:y"),
        ("an id reused at one address", &[("A", &["x @1 #i +1"]), ("A", &["y @1 #i +2"])], "A:y"),
        ("a placeholder for an id", &[("A", &["x @1 #none +1", "y @2 #none +1"])], "A:x | A:y"),
        ("one id for unequal items", &[("A", &["x @1 #i +1", "y @1 #i +2", "z @2 #i +3"])], "A:x | A:y | A:z"),
        ("a poll at one address", &[("A", &["owls @poll +1"]), ("A", &["cats @poll +2"])], "A:cats | A:owls"),
        ("a date that changes with each fetch", &[("A", &["x @1 +1 ~t"]), ("A", &["x @1 +2 ~t"])], "A:x"),
        ("equal items", &[("A", &["x @1 #i +1", "x @1 #i +1"])], "A:x"),
        ("one address for all, ids", &[("A", &["x @p #i", "y @p #j", "z @p #k"])], "A:x | A:y | A:z"),
        ("one address for all, no ids", &[("A", &["x @p +1", "x @p +2", "y @p"])], "A:x | A:x | A:y"),
        (
            "one address for all, the oldest leaves",
            &[("A", &["b @p +2 *2", "a @p +1 *1"]), ("A", &["c @p +3 *3", "b @p +2 *2"])],
            "A:a | A:b | A:c",
        ),
        ("one address, one title, other recordings", &[("A", &["x @p *1", "x @p *2"]), ("A", &["x @p *2"])], "A:x | A:x"),
        ("fragments", &[("A", &["x @log#1", "y @log#2"]), ("A", &["x @log#1", "y @log#2"])], "A:x | A:y"),
        ("a fragment that leads to the comments", &[("A", &["x @1#comments +1"]), ("A", &["x @1 +1"])], "A:x"),
        ("no address, ids", &[("A", &["x #i +1 ~a", "x #j +1 ~b"]), ("A", &["x #j +1 ~b"])], "A:x | A:x"),
        ("no address, one id leaves", &[("A", &["x #i +1 ~a"]), ("A", &["x #j +1 ~b"])], "A:x | A:x"),
        ("no address, no id, a date", &[("A", &["x +1 ~a"]), ("A", &["x +1 ~b"])], "A:x"),
        ("no address, no id, another text and day", &[("A", &["x +1 ~a"]), ("A", &["x +2 ~b"])], "A:x | A:x"),
        ("no address, title and text", &[("A", &["x ~a"]), ("A", &["x ~a"])], "A:x"),
        ("no address, another text", &[("A", &["x ~a"]), ("A", &["x ~b"])], "A:x | A:x"),
        ("a title alone", &[("A", &["x"]), ("A", &["x"])], "A:x"),
        ("a recording alone", &[("A", &["*1", "*2"]), ("A", &["*2"])], "A: | A:"),
        ("no title, no address", &[("A", &["~a +1", "~b +1"]), ("A", &["~a +1"])], "A: | A:"),
        ("http and https", &[("A", &["x @http://site.example/1 +1"]), ("A", &["x @1 +1"])], "A:x"),
        ("two submissions", &[("A", &["x @1 #7 %https://n.example/7", "x @1 #8 %https://n.example/8"])], "A:x A:x"),
    ];
    for (what, answers, wanted) in cases {
        assert_eq!(stored(answers).1, *wanted, "{what}");
        // An item that comes again changes nothing.
        let last = answers.last().copied().into_iter();
        let again: Vec<SourceAnswer> = answers.iter().copied().chain(last).collect();
        assert_eq!(stored(&again).1, *wanted, "{what}, again");
    }
}

/// Each case in all orders of arrival.
#[test]
fn what_several_sources_have_is_one_article_in_any_order() {
    let cases: &[(&str, &[SourceAnswer], &str)] = &[
        ("a site and an aggregator", &[("A", &["x @1 #i"]), ("B", &["y @1 #j %https://n.example/1"])], "A:x B:y"),
        ("tracking, www, http, slash", &[("A", &["x @1"]), ("B", &["y @http://www.site.example/1/?utm_source=b"])], "A:x B:y"),
        ("three sources", &[("A", &["x @1"]), ("B", &["x @1"]), ("C", &["x @1"])], "A:x B:x C:x"),
        ("fragments are other articles", &[("A", &["x @1"]), ("B", &["y @1#v2"])], "A:x | B:y"),
        ("no address", &[("A", &["x #i ~t"]), ("B", &["x #j ~t"])], "A:x | B:x"),
        ("no address, the same id", &[("A", &["x #i +1 ~t"]), ("B", &["x #i +1 ~t"])], "A:x | B:x"),
        ("a host alone", &[("A", &["x @https://site.example/ +1"]), ("B", &["y @https://site.example +2"])], "A:x | B:y"),
        (
            "a host alone, title and day",
            &[("A", &["x @https://s.example +1"]), ("B", &["x @https://s.example/ +1"])],
            "A:x B:x",
        ),
        ("a source's own page", &[("A", &["x @https://B.example/feed"]), ("B", &["y @https://B.example/feed"])], "A:x | B:y"),
        (
            "a podcast of one page, mirrored",
            &[("A", &["x @p *1", "y @p *2"]), ("B", &["x @p *1", "y @p *2"])],
            "A:x B:x | A:y B:y",
        ),
        ("one page, by ids", &[("A", &["x @p #1", "y @p #2"]), ("B", &["u @p #2", "v @p #3"])], "A:x | A:y B:u | B:v"),
        ("one page, a stranger's link", &[("A", &["x @p #1", "y @p #2"]), ("B", &["z @p #9"])], "A:x | A:y | B:z"),
        ("AMP with the same title", &[("A", &["x @1"]), ("B", &["x @1/amp"])], "A:x B:x"),
        ("AMP with another title", &[("A", &["x @1"]), ("B", &["y @1/amp"])], "A:x | B:y"),
        ("one release on two hosts", &[("A", &["x @1 +1"]), ("B", &["x @https://other.example/1 +1"])], "A:x | B:x"),
        (
            "two submissions and the site",
            &[("A", &["x @1"]), ("B", &["x @1 #7 %https://n.example/7", "x @1 #8 %https://n.example/8"])],
            "A:x B:x B:x",
        ),
        (
            "two lists of one aggregator",
            &[("A", &["x @1 #7 %https://n.example/7"]), ("B", &["x @1 #7 %https://n.example/7"])],
            "A:x B:x",
        ),
    ];
    for (what, answers, wanted) in cases {
        for turn in orders(answers.len()) {
            let answers: Vec<SourceAnswer> = turn.iter().map(|&at| answers[at]).collect();
            assert_eq!(stored(&answers).1, *wanted, "{what}: {turn:?}");
        }
    }
}

fn orders(n: usize) -> Vec<Vec<usize>> {
    if n == 0 {
        return vec![Vec::new()];
    }
    let rest = orders(n - 1);
    rest.iter().flat_map(|order| (0..n).map(move |at| [&order[..at], &[n - 1], &order[at..]].concat())).collect()
}

#[test]
fn the_text_of_an_article_does_not_depend_on_who_was_first() {
    let site = ("site", &["Title of the site @1 ~The-full-story +1"][..]);
    let long = ("blog", &["Title of the blog @1 ~A-commentary-that-is-longer-than-the-story +2"][..]);
    let stub = ("stub", &["Stub @1"][..]);
    let shown = |answers: &[SourceAnswer]| {
        let (store, _) = stored(answers);
        let article = store.article(ArticleId(1)).unwrap().unwrap();
        (article.article.title.to_string(), article.article.body.text(), article.source.title.to_string())
    };
    let wanted = shown(&[site, long, stub]);
    assert_eq!(wanted, ("Title of the site".to_owned(), "The-full-story".to_owned(), "site".to_owned()));
    for order in orders(3) {
        let answers: Vec<SourceAnswer> = order.iter().map(|&at| [site, long, stub][at]).collect();
        assert_eq!(shown(&answers), wanted, "{order:?}");
    }
}

#[test]
fn an_article_that_gets_the_address_of_another_becomes_one_with_it() {
    let (mut store, before) = stored(&[("A", &["x @1 #i"]), ("B", &["y @2 #j"])]);
    assert_eq!(before, "A:x | B:y");
    let ids = [ArticleId(1), ArticleId(2)];
    store.set_read(&ids, true, NOW).unwrap();
    store.set_read(&ids[1..], false, NOW).unwrap();
    store.set_starred(&ids[1..], true, NOW).unwrap();
    store.set_note(ids[0], Some("first"), NOW).unwrap();
    store.set_note(ids[1], Some("second"), NOW).unwrap();
    let source = Source { key: clean("https://A.example/feed"), title: clean("A") };
    let moved = Page { article: item("x @2 #i"), source, discussions: Vec::new() };
    let saved = store.save_files(&[(PageKind::Feed, &[moved])], NOW).unwrap().remove(0);
    assert_eq!(saved.regrouped.merged, [(ArticleId(2), ArticleId(1))], "it is told");
    assert_eq!(articles(&store), "A:x B:y");
    let row = store.headline(ArticleId(1)).unwrap().unwrap();
    assert_eq!((row.read, row.starred), (false, true), "read only if both were, starred if either was");
    assert_eq!(row.note.as_deref(), Some("first · second"));
    assert!(store.check().unwrap().iter().all(|finding| finding.ok));
}

#[test]
fn a_source_that_goes_takes_only_its_entries() {
    let (mut store, _) = stored(&[("A", &["x @1 #i", "own @2 #j", "star @3 #k"]), ("B", &["y @1 #j"])]);
    let starred = store
        .headlines(&crate::store::Section::All, &crate::domain::query::Query::default(), crate::store::Stretch::First, 9)
        .unwrap();
    let starred = starred.iter().find(|row| &*row.title == "star").unwrap().id;
    store.set_starred(&[starred], true, NOW).unwrap();
    let removed = store.remove_source("https://A.example/feed", false, NOW).unwrap().unwrap();
    assert_eq!((removed.articles, removed.shared, removed.kept), (1, 1, 1));
    assert_eq!(articles(&store), "B:y | Saved:star");
    let removed = store.remove_source("saved", true, NOW).unwrap().unwrap();
    assert_eq!((removed.articles, removed.kept), (1, 0));
    assert!(store.check().unwrap().iter().all(|finding| finding.ok));
}

#[test]
fn import_and_fetch_give_the_same_rows() {
    let lines = ["x @1 #i +1 ~a", "y @1 +2", "z #k ~c", "z #k ~c", "w @p#4 *9", "v"];
    let pages = |key: &str| {
        let source = Source { key: clean(key), title: clean_line("A") };
        lines.map(|line| Page { article: item(line), source: source.clone(), discussions: Vec::new() })
    };
    let mut imported = Store::in_memory().unwrap();
    imported.save_files(&[(PageKind::Feed, &pages("https://a.example/feed"))], NOW).unwrap();
    let mut fetched = Store::in_memory().unwrap();
    let new = NewSubscription { address: "https://a.example/feed".to_owned(), ..NewSubscription::default() };
    let (source, _) = fetched.subscribe(&new, NOW).unwrap();
    let items: Vec<Item> = pages("other").map(Item::of_feed).into();
    IngestAnswer::default().upsert(&fetched.conn, source.0, &items, true, NOW).unwrap();
    let rows = |store: &Store| -> Vec<String> {
        let sql = "SELECT a.id || a.title || a.sort_at || ifnull(b.url, '-') || ifnull(e.guid, '-') || e.print
                   FROM articles a JOIN article_bodies b ON b.article_id = a.id JOIN entries e ON e.article_id = a.id ORDER BY a.id";
        let mut statement = store.conn.prepare(sql).unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    assert_eq!(rows(&imported), rows(&fetched));
    assert_eq!(rows(&imported).len(), 5);
}
