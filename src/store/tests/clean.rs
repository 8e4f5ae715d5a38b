//! Keep rules: what goes, what stays, and that it does not come back.

use super::fetched::{fetched, item, subscribed, with};
use super::*;
use crate::domain::time::DAY;
use crate::store::clean::{CleanRequest, Cleaned, Keeping};
use crate::store::entries::{Changed, FetchAttempt, FetchOutcome, FetchedFeed, Item};
use crate::store::subscriptions::NextFetch;

fn keeping(now: Timestamp, wishes: &[(SourceId, Option<u32>, Option<u32>)]) -> Keeping {
    let wishes = wishes.iter().map(|&(source, days, newest)| CleanRequest { source, days, newest });
    Keeping { now, wishes: wishes.collect(), spared: None }
}

/// Cleans to the end, after asking what would go: both have to be the same.
fn clean_all(store: &mut Store, keeping: &Keeping) -> u64 {
    let would = store.would_clean(keeping).unwrap();
    let mut went: Vec<Cleaned> = Vec::new();
    let mut from = Some(SourceId(0));
    while let Some(source) = from {
        let step = store.clean_some(keeping, source, 5).unwrap();
        for one in step.cleaned {
            match went.iter_mut().find(|known| known.source == one.source) {
                Some(known) => (known.articles, known.bytes) = (known.articles + one.articles, known.bytes + one.bytes),
                None => went.push(one),
            }
        }
        from = step.next;
    }
    assert_eq!(would, went);
    assert_eq!(store.would_clean(keeping).unwrap(), []);
    assert_whole(store);
    went.iter().map(|one| one.articles).sum()
}

/// Items 1 to `n`, the newest first.
fn items(n: usize) -> Vec<Item> {
    (1..=n).rev().map(numbered).collect()
}

fn numbered(n: usize) -> Item {
    item(&n.to_string(), &format!("https://a.example/{n}"), &n.to_string())
}

/// A whole answer at some time.
fn answered(store: &mut Store, source: SourceId, items: Vec<Item>, at: Timestamp, is_cut: bool) -> Changed {
    let feed = FetchedFeed { title: clean("A feed"), items, is_cut, ..FetchedFeed::default() };
    let tried = FetchAttempt { source, at, next: NextFetch::default(), outcome: FetchOutcome::Feed(Box::new(feed)) };
    store.keep_tries(&[tried]).unwrap().remove(0)
}

fn left(store: &Store) -> String {
    titles(store, &Section::All, "").join(" ")
}

#[test]
fn the_newest_so_many_are_kept_and_what_is_marked_counts_not() {
    let mut store = store();
    let source = subscribed(&mut store, "https://a.example/feed");
    let ids = fetched(&mut store, source, items(12)).new;
    let of = |n: usize| ids[12 - n];
    store.set_starred(&[of(1)], true, NOW).unwrap();
    store.set_watched(&[of(2)], true, NOW).unwrap();
    store.rate_article(of(3), 4, NOW).unwrap();
    store.set_starred(&[of(12)], true, NOW).unwrap();
    let talk = [of(4), of(5)].map(|id| {
        store.save_discussions(id, &[discussion(true, vec![comment("x", Parent::Root, points(1))])], NOW).unwrap();
        only_discussion(&store, id).id
    });
    store.rate_comment(talk[0], "x", 2, NOW).unwrap();
    let rule = Keeping { spared: Some(of(6)), ..keeping(NOW, &[(source, None, Some(3))]) };
    assert_eq!(clean_all(&mut store, &rule), 3);
    assert_eq!(left(&store), "12 11 10 9 6 4 3 2 1");
    assert_eq!(clean_all(&mut store, &keeping(NOW, &[(source, None, Some(3))])), 1);
    assert_eq!(clean_all(&mut store, &keeping(LATER, &[])), 0);
    assert_eq!(left(&store), "12 11 10 9 4 3 2 1");
}

#[test]
fn age_counts_from_what_was_later_of_publication_and_arrival() {
    let mut store = store();
    let source = subscribed(&mut store, "https://a.example/feed");
    let dated = |n: usize, days: i64| {
        with(&numbered(n), |article| article.published = Some(When::Instant(Timestamp(NOW.0 + days * DAY))))
    };
    answered(&mut store, source, vec![dated(2, 1), dated(1, -900)], NOW, false);
    let after = |days: i64| Timestamp(NOW.0 + days * DAY + 1);
    for (days, gone, kept) in [(10, 0, "2 1"), (30, 1, "2"), (31, 1, "")] {
        assert_eq!(clean_all(&mut store, &keeping(after(days), &[(source, Some(30), None)])), gone, "after {days} days");
        assert_eq!(left(&store), kept);
    }
}

#[test]
fn an_article_of_two_sources_goes_when_both_let_it_go() {
    let mut store = store();
    let [a, b, c] = ["a", "b", "c"].map(|name| subscribed(&mut store, &format!("https://{name}.example/feed")));
    fetched(&mut store, a, items(4));
    fetched(&mut store, b, items(2));
    fetched(&mut store, c, items(1));
    assert_eq!(
        clean_all(&mut store, &keeping(NOW, &[(b, None, Some(1)), (c, Some(0), None)])),
        0,
        "the first source keeps all"
    );
    assert_eq!(clean_all(&mut store, &keeping(LATER, &[(a, Some(0), None), (b, None, Some(1))])), 2);
    assert_eq!(left(&store), "2 1", "one is the newest of the second source, the other is kept by the third");
    assert_eq!(clean_all(&mut store, &keeping(LATER, &[(a, Some(0), None), (b, Some(0), None), (c, Some(0), None)])), 2);
}

#[test]
fn what_stands_on_a_front_page_stays() {
    let mut store = store();
    let source = subscribed(&mut store, "https://a.example/feed");
    let ids = fetched(&mut store, source, items(3)).new;
    let front = "INSERT INTO fronts (source_id, nth, article_id) VALUES (?1, 0, ?2)";
    store.conn.execute(front, [source.0, ids[1].0]).unwrap();
    assert_eq!(clean_all(&mut store, &keeping(LATER, &[(source, Some(0), None)])), 2);
    assert_eq!(left(&store), "2");
}

#[test]
fn only_what_was_fetched_goes() {
    let mut store = store();
    let source = subscribed(&mut store, "https://a.example/feed");
    let imported = Page { article: numbered(1).article(), ..page("1", 0) };
    store.save(&imported, NOW).unwrap();
    store.save(&page("kept", -9), NOW).unwrap();
    fetched(&mut store, source, items(2));
    assert_eq!(clean_all(&mut store, &keeping(LATER, &[(source, Some(0), None)])), 1);
    assert_eq!(left(&store), "1 kept");
}

#[test]
fn what_went_is_not_brought_back_by_its_feed() {
    let mut store = store();
    let source = subscribed(&mut store, "https://a.example/feed");
    answered(&mut store, source, items(3), NOW, false);
    assert_eq!(clean_all(&mut store, &keeping(NOW, &[(source, None, Some(1))])), 2);
    let mut edited = items(3);
    edited[1] = with(&edited[1], |article| article.title = clean("2, corrected"));
    // The feed makes its guids anew.
    edited[2] = with(&edited[2], |article| article.id = Some(clean("another")));
    for _ in 0..2 {
        assert_eq!(answered(&mut store, source, edited.clone(), LATER, false), Changed::default());
    }
    assert_eq!(left(&store), "3");
}

/// Each case: the answers by day with what each lists, whether it breaks off; and whether the old one then comes as new.
#[test]
fn what_went_is_forgotten_only_when_whole_answers_do_not_list_it_for_long() {
    type DailyAnswers = &'static [(i64, &'static [usize], bool)];
    let cases: [(DailyAnswers, bool); 8] = [
        (&[(1, &[2], false), (40, &[2], false), (41, &[2, 1], false)], true),
        (&[(1, &[2], false), (20, &[2], false), (41, &[2, 1], false)], false),
        (&[(40, &[2], false), (41, &[2, 1], false)], false),
        (&[(1, &[2], false), (20, &[2, 1], false), (40, &[2], false), (41, &[2, 1], false)], false),
        (&[(1, &[2], true), (40, &[2], true), (41, &[2, 1], false)], false),
        (&[(1, &[2], false), (40, &[2], true), (41, &[2, 1], false)], false),
        (&[(1, &[], false), (40, &[], false), (41, &[2, 1], false)], false),
        (&[(1, &[2], false), (40, &[2, 1], false), (41, &[2, 1], false)], false),
    ];
    for (answers, comes_back) in cases {
        let mut store = store();
        let source = subscribed(&mut store, "https://a.example/feed");
        answered(&mut store, source, items(2), NOW, false);
        clean_all(&mut store, &keeping(NOW, &[(source, None, Some(1))]));
        for (n, (day, listed, is_cut)) in answers.iter().enumerate() {
            let items = listed.iter().map(|n| numbered(*n)).collect();
            let changed = answered(&mut store, source, items, Timestamp(NOW.0 + day * DAY), *is_cut);
            let wanted = usize::from(comes_back && n + 1 == answers.len());
            assert_eq!(changed.new.len(), wanted, "{answers:?}");
        }
    }
}

#[test]
fn a_failure_forgets_nothing_of_what_went() {
    let mut store = store();
    let source = subscribed(&mut store, "https://a.example/feed");
    fetched(&mut store, source, items(2));
    clean_all(&mut store, &keeping(NOW, &[(source, None, Some(1))]));
    for outcome in [FetchOutcome::Unchanged, FetchOutcome::Failed { failure: clean("no"), hint: clean("wait") }] {
        let at = Timestamp(NOW.0 + 400 * DAY);
        store.keep_tries(&[FetchAttempt { source, at, next: NextFetch::default(), outcome }]).unwrap();
    }
    assert_eq!(fetched(&mut store, source, items(2)), Changed::default());
}

#[test]
fn what_went_is_found_no_more_and_its_room_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let mut store = Store::open(&path).unwrap();
    let source = subscribed(&mut store, "https://a.example/feed");
    let text = "grain ".repeat(3000);
    let long = items(1400).iter().map(|item| with(item, |article| article.body = Document::plain([text.as_str()]))).collect();
    fetched(&mut store, source, long);
    store.index_all().unwrap();
    let before = store.conn.query_row("PRAGMA page_count", [], |row| row.get::<_, u32>(0)).unwrap();
    assert_eq!(clean_all(&mut store, &keeping(NOW, &[(source, None, Some(100))])), 1300);
    assert!(store.is_index_behind().unwrap());
    store.index_all().unwrap();
    assert_eq!(titles(&store, &Section::All, "grain").len(), 100);
    assert_whole(&store);
    while store.vacuum_some().unwrap() {}
    let after = store.conn.query_row("PRAGMA page_count", [], |row| row.get::<_, u32>(0)).unwrap();
    assert!(after * 4 < before, "{before} pages are now {after}");
    assert_whole(&store);
}

#[test]
fn a_mark_that_is_set_while_cleaning_counts() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let (mut one, mut two) = (Store::open(&path).unwrap(), Store::open(&path).unwrap());
    let source = subscribed(&mut one, "https://a.example/feed");
    let ids = fetched(&mut one, source, items(900)).new;
    let rule = keeping(LATER, &[(source, Some(0), None)]);
    let marking = std::thread::spawn(move || {
        let starred: Vec<ArticleId> =
            ids.iter().copied().step_by(9).filter(|id| two.set_starred(&[*id], true, NOW).unwrap() > 0).collect();
        starred
    });
    while one.clean_some(&rule, source, 50).unwrap().next.is_some() {}
    let starred = marking.join().unwrap();
    while one.clean_some(&rule, source, 50).unwrap().next.is_some() {}
    let mut kept: Vec<ArticleId> =
        one.headlines(&Section::All, &everything(), Stretch::First, 999).unwrap().iter().map(|row| row.id).collect();
    kept.sort();
    let mut starred = starred;
    starred.sort();
    assert_eq!(kept, starred);
    assert_whole(&one);
}

#[test]
fn the_oldest_by_date_go_whatever_order_the_feed_lists_them_in() {
    let dated =
        |n: i64| with(&numbered(n as usize), |article| article.published = Some(When::Instant(Timestamp(NOW.0 - n * DAY))));
    for order in [[1, 2, 3, 4, 5], [5, 4, 3, 2, 1], [3, 5, 1, 4, 2]] {
        let mut store = store();
        let source = subscribed(&mut store, "https://a.example/feed");
        answered(&mut store, source, order.map(dated).to_vec(), NOW, false);
        assert_eq!(clean_all(&mut store, &keeping(NOW, &[(source, None, Some(2))])), 3);
        assert_eq!(left(&store), "1 2");
    }
}

#[test]
fn what_just_came_stays_however_old_its_date_until_something_newer_comes() {
    let mut store = store();
    let source = subscribed(&mut store, "https://a.example/feed");
    let dated =
        |n: i64| with(&numbered(n as usize), |article| article.published = Some(When::Instant(Timestamp(NOW.0 - n * DAY))));
    let rule = |at| keeping(at, &[(source, None, Some(2))]);
    answered(&mut store, source, [1, 2, 3].map(dated).to_vec(), NOW, false);
    clean_all(&mut store, &rule(NOW));
    assert_eq!(left(&store), "1 2");
    let later = Timestamp(NOW.0 + DAY);
    answered(&mut store, source, [900, 1, 2, 3].map(dated).to_vec(), later, false);
    clean_all(&mut store, &rule(later));
    assert_eq!(left(&store), "1 900");
    let latest = Timestamp(NOW.0 + 2 * DAY);
    answered(&mut store, source, [0, 900, 1, 2, 3].map(dated).to_vec(), latest, false);
    clean_all(&mut store, &rule(latest));
    assert_eq!(left(&store), "0 1");
}

#[test]
fn a_step_of_giving_room_back_gives_many_pages_back_and_ends() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(&folder.path().join("store.db")).unwrap();
    let pages: Vec<Page> = (0..300).map(|n| Page { source: source("a"), ..page(&n.to_string(), n) }).collect();
    store.save_all(&pages, NOW).unwrap();
    store
        .conn
        .execute_batch("CREATE TABLE filler (x); INSERT INTO filler VALUES (zeroblob(8000000)); DROP TABLE filler")
        .unwrap();
    let free = |store: &Store| store.conn.query_row("PRAGMA freelist_count", [], |row| row.get::<_, i64>(0)).unwrap();
    let before = free(&store);
    let mut steps = 0;
    assert!(store.is_index_behind().unwrap() && store.is_untidy().unwrap());
    while store.tidy_some(usize::MAX, NOW).unwrap() {
        steps += 1;
    }
    assert!(before > 1900 && steps < 15, "{before} pages in {steps} steps");
    assert!(!store.is_untidy().unwrap());
    while store.vacuum_some().unwrap() {}
    assert_eq!(free(&store), 0);
    assert!(!store.vacuum_some().unwrap());
}
