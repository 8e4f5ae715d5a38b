use proptest::prelude::*;

use super::*;

#[derive(Clone, Debug)]
enum CountStep {
    Save { article: u8, source: u8, comments: u8 },
    Read(u8, bool),
    Star(u8, bool),
    Watch(u8, bool),
    Seen(u8, Option<u8>),
    AllRead(u8),
    Remove(u8),
    Edit(u8),
    Index(bool),
}

fn step() -> impl Strategy<Value = CountStep> {
    let article = 0..6_u8;
    prop_oneof![
        4 => (article.clone(), 0..3_u8, 0..5_u8).prop_map(|(article, source, comments)| CountStep::Save { article, source, comments }),
        2 => (article.clone(), any::<bool>()).prop_map(|(article, on)| CountStep::Read(article, on)),
        2 => (article.clone(), any::<bool>()).prop_map(|(article, on)| CountStep::Star(article, on)),
        2 => (article.clone(), any::<bool>()).prop_map(|(article, on)| CountStep::Watch(article, on)),
        2 => (article, prop::option::of(0..5_u8)).prop_map(|(article, comment)| CountStep::Seen(article, comment)),
        1 => (0..3_u8).prop_map(CountStep::AllRead),
        1 => (0..3_u8).prop_map(CountStep::Remove),
        2 => article_number().prop_map(CountStep::Edit),
        2 => any::<bool>().prop_map(CountStep::Index),
    ]
}

fn article_number() -> impl Strategy<Value = u8> {
    0..6_u8
}

fn take(store: &mut Store, step: &CountStep) {
    let id = |article: u8| [ArticleId(i64::from(article) + 1)];
    match *step {
        CountStep::Save { article, source: of, comments } => {
            let comments = (0..comments).map(|n| comment(&n.to_string(), Parent::Root, points(1))).collect();
            let mut page = with_discussion(&article.to_string(), discussion(true, comments));
            page.source = source(&format!("s{of}"));
            store.save(&page, NOW).unwrap();
        }
        CountStep::Read(article, on) => drop(store.set_read(&id(article), on, NOW).unwrap()),
        CountStep::Star(article, on) => drop(store.set_starred(&id(article), on, NOW).unwrap()),
        CountStep::Watch(article, on) => drop(store.set_watched(&id(article), on, NOW).unwrap()),
        CountStep::Seen(article, comment) => {
            let comments = comment.map(|n| [crate::domain::thread::CommentIdx(n.into())]);
            let comments = comments.as_ref().map_or(Seen::All, |comments| Seen::Some(comments));
            store.mark_seen(DiscussionId(i64::from(article) + 1), comments, NOW).unwrap();
        }
        CountStep::AllRead(of) => {
            drop(mark_all(store, &Section::Source(SourceId(i64::from(of) + 1)), &everything()));
        }
        CountStep::Edit(article) => {
            let edited = Comment { author: Some(clean("somebody")), ..comment("0", Parent::Root, points(1)) };
            let mut page = with_discussion(&article.to_string(), discussion(false, vec![edited]));
            page.article.body = Document::plain(["edited"]);
            store.save(&page, NOW).unwrap();
        }
        CountStep::Index(all) => {
            store.index_some(if all { usize::MAX } else { 100 }).unwrap();
        }
        CountStep::Remove(of) => drop(store.remove_source(&format!("s{of}"), true, NOW).unwrap()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn kept_counts_equal_counting_whatever_was_done(steps in prop::collection::vec(step(), 0..60)) {
        let mut store = store();
        for step in &steps {
            take(&mut store, step);
        }
        assert_whole(&store);
        store.index_all().unwrap();
        assert_whole(&store);
        prop_assert_eq!(store.unindexed().unwrap(), 0);
        let edited = store.headlines(&Section::All, &query::parse("edited").unwrap(), Stretch::First, 1000).unwrap();
        let texts = store.headlines(&Section::All, &query::parse("\"the text of\"").unwrap(), Stretch::First, 1000).unwrap();
        prop_assert_eq!(edited.len() + texts.len(), store.headlines(&Section::All, &everything(), Stretch::First, 1000).unwrap().len());
        for row in store.sections().unwrap() {
            let listed = store.headlines(&row.section, &everything(), Stretch::First, 1000).unwrap();
            prop_assert_eq!((listed.len() as u64, listed.iter().filter(|row| !row.read).count() as u64), (row.total, row.unread));
        }
    }
}

#[test]
fn counts_hold_for_statements_that_change_several_things_at_once() {
    let mut store = store();
    store.save_all(&[page("a", 0), page("b", 0), Page { source: source("other"), ..page("c", 0) }], NOW).unwrap();
    store
        .conn
        .execute_batch(
            "UPDATE articles SET read = 1 - read, starred = 1, watched = id % 2, source_id = 2 WHERE id <> 2;
             UPDATE entries SET source_id = 2 WHERE article_id <> 2",
        )
        .unwrap();
    assert_whole(&store);
    store
        .conn
        .execute_batch(
            "UPDATE articles SET read = 0, starred = 0, source_id = 1; UPDATE entries SET source_id = 1;
             UPDATE articles SET source_id = 2, read = 1; UPDATE entries SET source_id = 2",
        )
        .unwrap();
    assert_whole(&store);
}

#[test]
fn a_wrong_count_is_found() {
    let mut store = store();
    store.save(&page("a", 0), NOW).unwrap();
    store.conn.execute("UPDATE counts SET total = 5 WHERE section = 'all'", []).unwrap();
    let bad: Vec<String> =
        store.check().unwrap().into_iter().filter(|finding| !finding.ok).map(|finding| finding.text).collect();
    assert_eq!(bad, ["the counts of the sections are wrong in 1 places"]);
}
