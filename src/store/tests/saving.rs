use super::*;
use crate::domain::article::Related;
use crate::domain::time::Date;
use crate::store::sources::RemovedSource;

fn full() -> Page {
    let day = Date::new(2011, 6, 4).map(When::Day);
    let related = |title: &str| Related { title: clean(title), published: day, teaser: Some(clean("t")), url: None };
    let mut page = page("US, Britain urge cooperation", 0);
    page.article = Article {
        byline: Some(clean("Philip Lim")),
        organisation: Some(clean("an agency")),
        kind: Some(clean("report")),
        published: day,
        url: Some(clean("https://example.org/1")),
        explore_further: Some(related("further")),
        related: vec![related("one"), related("two")],
        recommended: vec![related("three")],
        ..page.article
    };
    page
}

#[test]
fn a_removal_that_was_killed_goes_on_and_one_that_was_stopped_stays() {
    let mut store = store();
    let pages =
        |of: &str| -> Vec<Page> { (0..500).map(|n| Page { source: source(of), ..page(&format!("{of} {n}"), n) }).collect() };
    store.save_all(&pages("a"), NOW).unwrap();
    store.save_all(&pages("b"), NOW).unwrap();
    let mut steps = 0;
    let mut once = |_: &RemovedSource| {
        steps += 1;
        steps < 3
    };
    let removed = store.remove_source_until("a", true, NOW, &mut once).unwrap().unwrap();
    assert_eq!((removed.articles, removed.left), (400, 100));
    assert!(!store.has_removals().unwrap());

    let killed = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        store.remove_source_until("b", true, NOW, &mut |removed| {
            assert_eq!(removed.articles, 0, "killed after the first step");
            true
        })
    }));
    assert!(killed.is_err() && store.has_removals().unwrap() && store.is_untidy().unwrap());
    while store.tidy_some(usize::MAX, NOW).unwrap() {}
    assert!(!store.has_removals().unwrap());
    assert_eq!(store.remove_source("b", true, NOW).unwrap(), None);
    assert_whole(&store);
}

#[test]
fn a_source_whose_removal_was_stopped_is_still_found_by_its_address() {
    let mut store = store();
    let address = "http://www.a.example/feed/";
    super::fetched::subscribed(&mut store, address);
    assert!(store.remove_source_until(address, true, NOW, &mut |_| false).unwrap().is_some());
    assert!(store.remove_source(address, true, NOW).unwrap().is_some());
    assert!(store.remove_source(address, true, NOW).unwrap().is_none());
}

#[test]
fn an_article_comes_back_as_it_was_saved() {
    let mut store = store();
    let saved = store.save(&full(), NOW).unwrap();
    assert!(saved.new_article && !saved.edited_article);
    let stored = store.article(saved.id).unwrap().unwrap();
    assert_eq!(stored.article, full().article);
    assert_eq!(stored.source, full().source);
    assert!(!stored.read && !stored.starred && !stored.watched && stored.own_rating == 0);
    let headline = store.headline(saved.id).unwrap().unwrap();
    assert_eq!((headline.published, headline.sort_at), (full().article.published, Timestamp(1_307_145_600)));
    assert_eq!(store.article(ArticleId(99)).unwrap(), None);
    assert_eq!(store.headline(ArticleId(99)).unwrap(), None);
}

#[test]
fn an_article_without_a_date_stands_where_it_arrived() {
    let mut store = store();
    let mut undated = page("a", 0);
    undated.article.published = None;
    let id = store.save(&undated, NOW).unwrap().id;
    let row = store.headline(id).unwrap().unwrap();
    assert_eq!((row.published, row.sort_at), (None, NOW));
}

#[test]
fn saving_again_writes_nothing_and_keeps_the_readers_state() {
    let mut store = store();
    let page = Page { discussions: vec![discussion(true, vec![comment("a", Parent::Root, points(1))])], ..full() };
    let id = store.save(&page, NOW).unwrap().id;
    store.set_read(&[id], true, NOW).unwrap();
    store.set_starred(&[id], true, NOW).unwrap();
    store.rate_article(id, 4, NOW).unwrap();
    let (before, state) = (writes(&store), store.article(id).unwrap());
    let saved = store.save(&page, LATER).unwrap();
    assert_eq!(saved, Saved::unchanged(id));
    assert_eq!(writes(&store), before);
    assert_eq!(store.article(id).unwrap(), state);
    assert_eq!(first_seen(&store), [NOW]);
}

#[test]
fn a_teaser_takes_nothing_away_and_a_change_is_taken() {
    let mut store = store();
    let id = store.save(&full(), NOW).unwrap().id;
    let teaser = Article { title: full().article.title, url: full().article.url, ..Article::default() };
    let teaser = Page { article: teaser, ..full() };
    assert!(!store.save(&teaser, LATER).unwrap().edited_article);
    let before = writes(&store);
    assert!(!store.save(&teaser, LATER).unwrap().edited_article);
    assert_eq!(writes(&store), before);

    let mut edited = full();
    edited.article.body = Document::plain(["new"]);
    // The first time stored wins: a relative one would wander with each file.
    edited.article.published = Some(When::Instant(LATER));
    let saved = store.save(&edited, LATER).unwrap();
    assert!(saved.edited_article && !saved.new_article && saved.id == id);
    let stored = store.article(id).unwrap().unwrap().article;
    assert_eq!(stored, Article { body: Document::plain(["new"]), ..full().article });
}

#[test]
fn many_are_saved_as_one_or_not_at_all() {
    let mut store = store();
    let saved = store.save_all([&page("a", 0), &page("b", 1), &page("a", 0)], NOW).unwrap();
    assert_eq!(
        saved.iter().map(|saved| (saved.id.0, saved.new_article)).collect::<Vec<_>>(),
        [(1, true), (2, true), (1, false)]
    );
    store.conn.pragma_update(None, "max_page_count", 1).unwrap();
    let big = "x ".repeat(100_000);
    let error = store.save_all([&page("c", 0), &page(&big, 0)], NOW).unwrap_err();
    assert!(matches!(error, StoreError::Full { .. }), "{error}");
    assert_eq!(error.to_string(), "no room left on the disk of the store :memory: (met while saving articles)");
    assert_eq!(titles(&store, &Section::All, ""), ["b", "a"]);
    assert_whole(&store);
}

#[test]
fn a_relative_date_gives_the_same_article_in_the_next_file() {
    let mut store = store();
    let id = store.save(&page("a", 0), NOW).unwrap().id;
    let told = |title: &str, published| {
        let mut page = page(title, 0);
        page.article.published = published;
        page
    };
    let day = Some(When::Day(NOW.date(0)));
    for again in [told("a", Some(When::Instant(Timestamp(NOW.0 + 7 * 3600)))), told("a", day)] {
        let saved = store.save(&again, LATER).unwrap();
        assert_eq!((saved.id, saved.new_article, saved.edited_article), (id, false, false));
    }
    // Without an address the same title and text are the same article, too; another text on another day is not.
    assert_eq!(store.save(&told("a", None), LATER).unwrap().id, id);
    let other = |title: &str, text: &str, published| {
        let mut page = told(title, published);
        page.article.body = Document::plain([text]);
        page
    };
    let much_later = Some(When::Instant(Timestamp(NOW.0 + 60 * 3600)));
    let other_day = Some(When::Day(LATER.date(86_400)));
    let others = [other("a", "1", much_later), other("b", "2", day), other("c", "3", day), other("c", "4", other_day)];
    for page in &others {
        assert!(store.save(page, LATER).unwrap().new_article);
    }
}

#[test]
fn a_body_that_cannot_be_read_is_said_so_and_never_written_over_by_nothing() {
    let mut store = store();
    let id = store.save(&full(), NOW).unwrap().id;
    store.conn.execute("UPDATE article_bodies SET encoding = 9, body = x'00'", []).unwrap();
    let text = store.article(id).unwrap().unwrap().article.body.text();
    assert_eq!(text, "(This text is stored in a form, 9, that this gleaner does not know.)");
    let mut bare = full();
    (bare.article.body, bare.article.byline) = (Document::default(), Some(clean("B")));
    assert!(store.save(&bare, NOW).unwrap().edited_article);
    let kept: (i64, Vec<u8>) =
        store.conn.query_row("SELECT encoding, body FROM article_bodies", [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    assert_eq!(kept, (9, vec![0]));
}

#[test]
fn a_source_goes_with_all_that_is_its() {
    let mut store = store();
    let of = |key: &str, title: &str| Page { source: source(key), ..page(title, 0) };
    store.save_all(&[of("phys.org", "a"), of("phys.net", "b"), of("edition:welcome", "c")], NOW).unwrap();
    let id = store
        .save(
            &Page {
                source: source("phys.org"),
                ..with_discussion("d", discussion(true, vec![comment("x", Parent::Root, points(1))]))
            },
            NOW,
        )
        .unwrap()
        .id;
    store.set_starred(&[id], true, NOW).unwrap();
    store.set_position(id, "{}").unwrap();
    for unclear in ["phys", "edition", "nowhere", ""] {
        assert_eq!(store.remove_source(unclear, true, NOW).unwrap(), None, "{unclear}");
    }
    assert_eq!(store.remove_source("Phys.Org", true, NOW).unwrap().map(|removed| removed.articles), Some(2));
    assert_eq!(store.remove_source("edition:welcome", true, NOW).unwrap().map(|removed| removed.articles), Some(1));
    assert_eq!(titles(&store, &Section::All, ""), ["b"]);
    assert_eq!(store.article(id).unwrap(), None);
    let SectionRow { section: Section::Source(last), title, .. } = store.sections().unwrap().pop().unwrap() else { panic!() };
    let removed = store.remove_source(&last.0.to_string(), true, NOW).unwrap().unwrap();
    assert_eq!((removed.title, removed.articles), (title, 1), "by its id");
    let left: i64 = store.conn.query_row("SELECT count(*) FROM comments", [], |row| row.get(0)).unwrap();
    assert_eq!(left, 0);
    assert_whole(&store);
    // An id shown to the reader never names another article later.
    assert!(store.save(&page("e", 0), NOW).unwrap().id > id);
}
