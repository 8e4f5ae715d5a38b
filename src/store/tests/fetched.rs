//! Storing fetched items: each once, whatever its feed does with guids and addresses.

use super::*;
use crate::store::entries::{Changed, FetchAttempt, FetchOutcome, FetchedFeed, Item};
use crate::store::subscriptions::{Health, NewSubscription, NextFetch, Validators};

pub(super) fn subscribed(store: &mut Store, address: &str) -> SourceId {
    let new = NewSubscription { address: address.to_owned(), ..NewSubscription::default() };
    store.subscribe(&new, NOW).unwrap().0
}

/// An item: guid, address, title.
pub(super) fn item(guid: &str, url: &str, title: &str) -> Item {
    let url = Some(clean(url)).filter(|url| !url.is_empty());
    let body = Document::plain([format!("The text of {title}.").as_str()]);
    let id = Some(clean(guid)).filter(|id| !id.is_empty());
    Item::new(Article { id, title: clean(title), url, body, ..Article::default() })
}

/// The item with its article changed.
pub(super) fn with(item: &Item, change: impl FnOnce(&mut Article)) -> Item {
    let mut article = item.article();
    change(&mut article);
    Item::new(article)
}

pub(super) fn fetched(store: &mut Store, source: SourceId, items: Vec<Item>) -> Changed {
    let feed = FetchedFeed { title: clean("A feed"), items, ..FetchedFeed::default() };
    let next = NextFetch { due_at: Some(LATER), due_reason: clean("as configured"), ..NextFetch::default() };
    let tried = FetchAttempt { source, at: NOW, next, outcome: FetchOutcome::Feed(Box::new(feed)) };
    store.keep_tries(&[tried]).unwrap().remove(0)
}

fn titles(store: &Store) -> Vec<String> {
    let rows = store.headlines(&Section::All, &Query::default(), Stretch::First, 99).unwrap();
    rows.iter().map(|row| row.title.to_string()).collect()
}

#[test]
fn a_feed_stores_each_item_once_newest_first() {
    let mut store = store();
    let source = subscribed(&mut store, "https://a.example/feed");
    let items = || vec![item("2", "https://a.example/2", "two"), item("1", "https://a.example/1", "one")];
    assert_eq!(fetched(&mut store, source, items()).in_words(), "2 new");
    assert_eq!(fetched(&mut store, source, items()).in_words(), "nothing new");
    assert_eq!(titles(&store), ["two", "one"]);
    let feed = store.subscription(source).unwrap().unwrap();
    assert_eq!((feed.title.as_str(), feed.articles, feed.unread), ("A feed", 2, 2));
    assert_eq!((feed.health.due_at, feed.health.answered_at), (Some(LATER), Some(NOW)));
    assert_eq!(store.tries(source).unwrap().len(), 1, "what brings nothing is no news");
}

/// Each case: what the feed has first, what it has then, what that changes, what is there in the end.
#[test]
fn items_are_known_by_guid_then_by_address() {
    type Items = &'static [(&'static str, &'static str, &'static str)];
    let cases: [(Items, Items, &str, &[&str]); 6] = [
        (&[("1", "u1", "one")], &[("1", "u1", "One, corrected")], "1 updated", &["One, corrected"]),
        (&[("1", "u1", "one")], &[("1", "u9", "one")], "nothing new", &["one"]),
        // Guids that were made anew lead to the same page.
        (&[("1", "u1", "one")], &[("one", "u1", "one")], "nothing new", &["one"]),
        // Several items of one page, side by side.
        (&[("1", "u", "one"), ("2", "u", "two")], &[("3", "u", "three"), ("2", "u", "two")], "1 new", &["three", "one", "two"]),
        (&[("1", "", "same"), ("2", "", "same")], &[("2", "", "same")], "nothing new", &["same", "same"]),
        (&[("1", "u1", "one")], &[], "nothing new", &["one"]),
    ];
    for (first, then, changed, left) in cases {
        let mut store = store();
        let source = subscribed(&mut store, "https://a.example/feed");
        let items = |list: Items| {
            let address = |url: &str| if url.is_empty() { String::new() } else { format!("https://a.example/{url}") };
            list.iter().map(|(guid, url, title)| item(guid, &address(url), title)).collect::<Vec<_>>()
        };
        fetched(&mut store, source, items(first));
        assert_eq!(fetched(&mut store, source, items(then)).in_words(), changed, "{first:?} {then:?}");
        let mut wanted: Vec<&str> = left.to_vec();
        let mut found = titles(&store);
        wanted.sort_unstable();
        found.sort_unstable();
        assert_eq!(found, wanted, "{first:?} {then:?}");
        assert_whole(&store);
    }
}

#[test]
fn an_article_of_two_sources_is_one_and_outlives_either() {
    let mut store = store();
    let (a, b) = (subscribed(&mut store, "https://a.example/feed"), subscribed(&mut store, "https://b.example/feed"));
    fetched(&mut store, a, vec![item("1", "https://news.example/x?utm_source=a", "x")]);
    let told = fetched(&mut store, b, vec![item("9", "http://www.news.example/x/", "X as b has it")]);
    assert_eq!(told.in_words(), "1 from other sources too");
    assert_eq!(titles(&store), ["X as b has it"]);
    assert_eq!(
        store.remove_source("https://a.example/feed", true, NOW).unwrap().map(|removed| removed.articles),
        Some(0),
        "it goes on as the other's"
    );
    assert_eq!(titles(&store), ["X as b has it"]);
    assert_eq!(store.remove_source("https://b.example/feed", true, NOW).unwrap().map(|removed| removed.articles), Some(1));
    assert_whole(&store);
}

#[test]
fn reading_state_outlives_an_edit() {
    let mut store = store();
    let source = subscribed(&mut store, "https://a.example/feed");
    let id = fetched(&mut store, source, vec![item("1", "https://a.example/1", "one")]).new[0];
    store.set_read(&[id], true, NOW).unwrap();
    store.set_starred(&[id], true, NOW).unwrap();
    fetched(&mut store, source, vec![item("1", "https://a.example/1", "One, corrected")]);
    let row = store.headline(id).unwrap().unwrap();
    assert_eq!((row.title.as_str(), row.read, row.starred), ("One, corrected", true, true));
}

#[test]
fn what_is_dated_far_ahead_stands_where_it_came() {
    let mut store = store();
    let source = subscribed(&mut store, "https://a.example/feed");
    let ahead = with(&item("1", "https://a.example/1", "from the future"), |article| {
        article.published = Some(When::Instant(Timestamp(NOW.0 + 400 * 86_400)));
    });
    fetched(&mut store, source, vec![ahead]);
    let rows = store.headlines(&Section::All, &Query::default(), Stretch::First, 9).unwrap();
    assert_eq!(rows[0].sort_at, NOW);
    assert!(rows[0].published.is_some_and(|when| when.sort_key() > NOW), "the date itself is told as it was given");
}

fn failed(store: &mut Store, source: SourceId, failure: &str, due_at: Option<Timestamp>) {
    let next = NextFetch { due_at, due_reason: clean("it has ended"), ..NextFetch::default() };
    let outcome = FetchOutcome::Failed { failure: clean(failure), hint: clean("wait") };
    store.keep_tries(&[FetchAttempt { source, at: NOW, next, outcome }]).unwrap();
}

#[test]
fn failures_are_counted_until_an_answer_comes() {
    let mut store = store();
    let source = subscribed(&mut store, "https://a.example/feed");
    failed(&mut store, source, "a.example refuses connections", Some(LATER));
    failed(&mut store, source, "a.example: gone for good (410)", None);
    let Health { failures, failure, due_at, .. } = store.subscription(source).unwrap().unwrap().health;
    assert_eq!((failures, due_at), (2, None));
    assert_eq!(failure.unwrap(), "a.example: gone for good (410)");
    assert_eq!((store.due(LATER, |_| 86_400).unwrap(), store.next_due(LATER, 86_400).unwrap()), (vec![], None));
    assert_eq!(store.tries(source).unwrap()[1].outcome, "a.example refuses connections");
    fetched(&mut store, source, vec![]);
    let health = store.subscription(source).unwrap().unwrap().health;
    assert_eq!((health.failures, health.failure, health.due_at), (0, None, Some(LATER)));
    for _ in 0..30 {
        failed(&mut store, source, "again", Some(LATER));
    }
    assert_eq!(store.tries(source).unwrap().len(), 12);
}

#[test]
fn what_changed_nothing_writes_only_the_times() {
    let mut store = store();
    let source = subscribed(&mut store, "https://a.example/feed");
    fetched(&mut store, source, vec![item("1", "https://a.example/1", "one")]);
    let before: i64 = store.conn.query_row("SELECT total_changes()", [], |row| row.get(0)).unwrap();
    let next = NextFetch { due_at: Some(LATER), due_reason: clean("as configured"), ..NextFetch::default() };
    store.keep_tries(&[FetchAttempt { source, at: LATER, next, outcome: FetchOutcome::Unchanged }]).unwrap();
    let after: i64 = store.conn.query_row("SELECT total_changes()", [], |row| row.get(0)).unwrap();
    assert_eq!(after - before, 1, "a row of the narrow table of times");
    assert_eq!(store.subscription(source).unwrap().unwrap().health.answered_at, Some(LATER));
}

#[test]
fn a_source_that_moved_is_asked_at_its_new_address() {
    let mut store = store();
    let source = subscribed(&mut store, "https://old.example/feed");
    let moved = |to: &str| FetchAttempt {
        source,
        at: NOW,
        next: NextFetch { due_at: Some(LATER), move_to: Some(to.to_owned()), ..NextFetch::default() },
        outcome: FetchOutcome::Unchanged,
    };
    store.keep_tries(&[moved("https://new.example/feed")]).unwrap();
    let feed = store.subscription(source).unwrap().unwrap();
    assert_eq!((feed.address.as_str(), feed.validators), ("https://new.example/feed", Validators::default()));
    subscribed(&mut store, "https://taken.example/feed");
    store.keep_tries(&[moved("https://taken.example/feed")]).unwrap();
    let feed = store.subscription(source).unwrap().unwrap();
    assert_eq!((feed.address.as_str(), feed.health.due_at), ("https://new.example/feed", None));
    assert!(feed.health.failure.unwrap().contains("which is subscribed to already"));
}

#[test]
fn a_try_of_a_source_that_was_removed_meanwhile_is_passed_over() {
    let mut store = store();
    let source = subscribed(&mut store, "https://a.example/feed");
    store.remove_source("https://a.example/feed", true, NOW).unwrap();
    assert_eq!(fetched(&mut store, source, vec![item("1", "https://a.example/1", "one")]), Changed::default());
    failed(&mut store, source, "late", None);
    assert_eq!(titles(&store), Vec::<String>::new());
}

#[test]
fn subscribing_again_changes_only_what_is_given() {
    let mut store = store();
    let source = subscribed(&mut store, "https://a.example/feed");
    fetched(&mut store, source, vec![]);
    let again = NewSubscription {
        address: "https://a.example/feed".to_owned(),
        title: Some(clean("Mine")),
        folder: vec![clean("Science"), clean("Physics/Optics")],
        ..NewSubscription::default()
    };
    assert_eq!(store.subscribe(&again, LATER).unwrap(), (source, false));
    fetched(&mut store, source, vec![]);
    let feed = store.subscriptions().unwrap().remove(0);
    assert_eq!((feed.title.as_str(), feed.health.added_at), ("Mine", NOW), "a name of the reader's own stays");
    assert_eq!(feed.folder, again.folder);
    assert_eq!(subscribed(&mut store, "https://a.example/feed"), source);
    assert_eq!(store.subscriptions().unwrap()[0].folder, again.folder);
}

#[test]
fn a_password_in_an_address_is_not_shown() {
    let mut store = store();
    let source = subscribed(&mut store, "https://reader7:secret@a.example/feed");
    let feed = store.subscription(source).unwrap().unwrap();
    assert_eq!((feed.shown_address().as_str(), feed.title.as_str()), ("https://a.example/feed", "https://a.example/feed"));
}

#[test]
fn only_another_headline_or_text_is_an_edit() {
    let mut store = store();
    let source = subscribed(&mut store, "https://a.example/feed");
    let one = item("1", "u1", "one");
    let edited = |store: &mut Store, item: &Item| {
        fetched(store, source, vec![item.clone()]);
        let id = store.headlines(&Section::All, &Query::default(), Stretch::First, 1).unwrap()[0].id;
        store.article(id).unwrap().unwrap().edited_at
    };
    assert_eq!(edited(&mut store, &one), None);
    let one = with(&one, |article| article.replies.count = Some(7));
    assert_eq!(edited(&mut store, &one), None, "more comments are no edit");
    let one = with(&one, |article| article.body = Document::plain(["Another text."]));
    assert_eq!(edited(&mut store, &one), Some(NOW));
    let one = with(&one, |article| article.replies.count = Some(8));
    assert_eq!(edited(&mut store, &one), Some(NOW));
}

#[test]
fn what_is_ignored_is_counted_once_and_never_an_article() {
    let mut store = store();
    let source = subscribed(&mut store, "https://a.example/feed");
    let items = |ignored: bool| {
        let mut unwanted = item("2", "https://a.example/2", "two");
        unwanted.is_ignored = ignored;
        vec![unwanted, item("1", "https://a.example/1", "one")]
    };
    assert_eq!(fetched(&mut store, source, items(true)).in_words(), "1 new, 1 ignored");
    assert_eq!(store.tries(source).unwrap()[0].outcome, "1 new, 1 ignored");
    assert_eq!(fetched(&mut store, source, items(true)).in_words(), "nothing new");
    assert_eq!(fetched(&mut store, source, items(false)).in_words(), "nothing new");
    assert_eq!(titles(&store), ["one"]);
    // An article that is there stays, and is still kept up to date.
    let mut edited = item("1", "https://a.example/1", "one, corrected");
    edited.is_ignored = true;
    assert_eq!(fetched(&mut store, source, vec![edited]).in_words(), "1 updated");
    assert_whole(&store);
}

#[test]
fn what_an_article_said_before_its_last_edit_is_kept() {
    let mut store = store();
    let source = subscribed(&mut store, "https://a.example/feed");
    let told = |title: &str, text: &str| {
        with(&item("1", "https://a.example/1", title), |article| article.body = Document::plain([text]))
    };
    let id = fetched(&mut store, source, vec![told("one", "First.")]).new[0];
    let previous = |store: &Store| {
        let previous = store.article(id).unwrap().unwrap().previous;
        previous.map(|previous| (previous.title.to_string(), previous.body.text()))
    };
    assert_eq!(previous(&store), None);
    for (item, wanted) in [
        (told("one", "Second."), ("one", "First.")),
        (told("one", "Third."), ("one", "Second.")),
        (told("One", "Third."), ("one", "Third.")),
    ] {
        fetched(&mut store, source, vec![item]);
        assert_eq!(previous(&store), Some((wanted.0.to_owned(), wanted.1.to_owned())));
    }
    // A whole text in place of a teaser is no edit, and what the teaser was no longer matters.
    let whole = Article { body: Document::plain(["First.", "And all the rest."]), ..Article::default() };
    store.set_full_text(id, &whole, LATER).unwrap();
    assert_eq!(previous(&store), None);
    assert_whole(&store);
}
