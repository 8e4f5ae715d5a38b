use super::*;
use crate::domain::time::Date;
use crate::store::{By, Found, Hit};

/// A hit in one line: its title and text with what was found in brackets.
fn told(hit: &Hit) -> String {
    let marked = |text: &str, marks: &[std::ops::Range<usize>]| {
        let mut out = text.to_owned();
        for mark in marks.iter().rev() {
            out.replace_range(mark.clone(), &format!("[{}]", &text[mark.clone()]));
        }
        out
    };
    let title = marked(&hit.article.title, &hit.title_marks);
    let comment = hit.comment.as_ref().map_or(String::new(), |comment| format!(" #{}", comment.key));
    format!("{title}{comment}: {}", marked(&hit.excerpt.text, &hit.excerpt.marks))
}

fn found(store: &Store, text: &str, by: By, limit: usize) -> Found {
    store.search(&query::parse(text).unwrap(), by, limit, LATER).unwrap()
}

fn lines(store: &Store, text: &str, by: By) -> Vec<String> {
    found(store, text, by, 10).hits.iter().map(told).collect()
}

fn text(title: &str, after: i64, body: &str) -> Page {
    let mut page = page(title, after);
    page.article.body = Document::plain([body]);
    page
}

#[test]
fn what_shares_rare_words_is_related() {
    let mut store = store();
    let pages = [
        text("Quasar light bent by a galaxy", 5, "The telescope saw it."),
        text("A quasar behind a galaxy", 4, "Far away."),
        text("Telescope finds another quasar", 3, "Near."),
        text("Galaxy of stars on stage", 2, "A show."),
        text("Bread", 1, "Flour, water."),
    ];
    let saved = store.save_all(&pages, NOW).unwrap();
    store.index_all().unwrap();
    let related = |n: usize| -> Vec<String> {
        store.related(saved[n].id, 5).unwrap().alike.iter().map(|row| row.title.to_string()).collect()
    };
    assert_eq!(related(0), ["Telescope finds another quasar", "A quasar behind a galaxy"]);
    assert_eq!(related(4), [""; 0]);
    assert_eq!(store.related(ArticleId(99), 5).unwrap(), RelatedHit::default());
}

#[test]
fn hits_are_told_with_the_words_around_them() {
    let mut store = store();
    let mut talked = text("Drones over the field", 2, "A camera. It hums.");
    let old = Comment { posted: Date::new(2001, 2, 3).map(When::Day), ..comment("c1", Parent::Root, points(3)) };
    talked.discussions = vec![discussion(true, vec![old, comment("c2", Parent::Root, points(9))])];
    let pages = [
        text("Cyber threats", 3, &format!("{} the École of war {}", "before ".repeat(30), "after ".repeat(60))),
        talked,
        text("新しい計算", 1, "東京で量子計算機が動いた。"),
        text("Plain", 0, "Nothing of cyber here; drones neither."),
    ];
    store.save_all(&pages, NOW).unwrap();
    store.index_all().unwrap();
    for (query, by, wanted) in [
        ("cyber", By::Date, &["[Cyber] threats: before before", "Plain: Nothing of [cyber] here"][..]),
        ("camera", By::Fit, &["Drones over the field: A [camera]. It hums."]),
        ("ecole", By::Fit, &["Cyber threats: …before before"]),
        ("\"it hums\"", By::Fit, &["Drones over the field: A camera. [It hums]."]),
        ("量子", By::Fit, &["新しい計算: 東京で[量子]計算機が動いた。"]),
        ("計算", By::Fit, &["新しい[計算]: 東京で量子[計算]機が動いた。"]),
        ("機", By::Fit, &["新しい計算: 東京で量子計算[機]が動いた。"]),
        ("子量", By::Fit, &[]),
        ("cyb* -war", By::Fit, &["Plain: Nothing of [cyber] here"]),
        ("drones", By::Date, &["[Drones] over the field: A camera. It hums.", "Plain: Nothing of cyber here; [drones]"]),
        ("in:comments c2", By::Fit, &["Drones over the field #c2: words of [c2]"]),
        ("in:comments words rank:>5", By::Fit, &["Drones over the field #c2: [words] of c2"]),
        (
            "in:comments is:unread",
            By::Fit,
            &["Drones over the field #c2: words of c2", "Drones over the field #c1: words of c1"],
        ),
        ("in:comments words title:cyber", By::Fit, &[]),
        ("in:comments words before:2001-02-04", By::Fit, &["Drones over the field #c1: [words] of c1"]),
        ("in:comments after:2001-02-04", By::Fit, &["Drones over the field #c2: words of c2"]),
        ("-is:read has:comments", By::Fit, &["Drones over the field: A camera. It hums."]),
        ("'\"", By::Fit, &[]),
    ] {
        let lines = lines(&store, query, by);
        assert_eq!(lines.len(), wanted.len(), "{query}: {lines:?}");
        for (line, wanted) in lines.iter().zip(wanted) {
            assert!(line.starts_with(wanted), "{query}: {line}");
        }
    }
    let ecole = found(&store, "ecole", By::Fit, 10);
    let excerpt = &ecole.hits[0].excerpt;
    assert_eq!(&excerpt.text[excerpt.marks[0].clone()], "École");
    assert!(excerpt.text.starts_with('…') && excerpt.text.ends_with('…'));
}

#[test]
fn what_fits_better_and_what_is_newer_stands_first() {
    let mut store = store();
    let year = 365 * crate::domain::time::DAY;
    let pages = [
        text("a title with grain", -9 * year, "nothing else"),
        text("often", -9 * year, "grain grain grain grain and some more words"),
        text("once", -9 * year, "grain and some more words of another kind"),
        text("once again", -year / 12, "grain and some more words of another kind"),
    ];
    store.save_all(&pages, NOW).unwrap();
    store.index_all().unwrap();
    let order = |by| found(&store, "grain", by, 10).hits.iter().map(|hit| hit.article.title.to_string()).collect::<Vec<_>>();
    assert_eq!(order(By::Fit)[0], "a title with grain");
    assert_eq!(order(By::Fit)[3], "once");
    assert_eq!(order(By::Date)[0], "once again");
}

#[test]
fn the_newest_come_first_whatever_came_first() {
    let mut store = store();
    // In the order of an archive: the newest first; many of one second, and some before there was a clock.
    for after in [50, 40, 40, 40, 30, 20, -3_000_000_000] {
        let pages: Vec<Page> = (0..20).map(|n| page(&format!("word {n} of {after}"), after)).collect();
        store.save_all(&pages, NOW).unwrap();
        store.index_some(700).unwrap();
    }
    store.index_all().unwrap();
    assert_whole(&store);
    let word = query::parse("word").unwrap();
    let mut paged: Vec<Headline> = Vec::new();
    let mut stretch = Stretch::First;
    loop {
        let page = store.headlines(&Section::All, &word, stretch, 7).unwrap();
        let Some(last) = page.last() else { break };
        stretch = Stretch::After(last.key());
        paged.extend(page);
    }
    assert_eq!(paged.len(), 100);
    assert!(paged.is_sorted_by_key(|row| std::cmp::Reverse(row.sort_at)));
    let key = paged[40].key();
    let back = store.headlines(&Section::All, &word, Stretch::Before(key), 7).unwrap();
    assert_eq!(back, paged[33..40]);
    assert_eq!(store.headlines(&Section::All, &word, Stretch::Last, 7).unwrap(), paged[93..]);
    assert_eq!(store.headlines(&Section::All, &word, Stretch::From(key), 7).unwrap(), paged[40..47]);
}

#[test]
fn a_common_word_is_ranked_among_the_newest_and_it_is_told() {
    let mut store = store();
    let total = i64::try_from(super::super::FITTING).unwrap() + 5;
    let pages: Vec<Page> = (0..total).map(|n| page(&n.to_string(), n)).collect();
    store.save_all(&pages, NOW).unwrap();
    assert_eq!(store.unindexed().unwrap(), total as u64);
    let before = found(&store, "text", By::Fit, 10);
    assert_eq!((before.hits.len(), before.ranked, before.more), (10, Some(super::super::FITTING), true));
    store.index_all().unwrap();
    let all = found(&store, "text", By::Fit, 10);
    assert_eq!((all.hits.len(), all.ranked, all.more), (10, Some(super::super::FITTING), true));
    let some = found(&store, "\"text of 7\"", By::Fit, 10);
    assert_eq!((some.hits.len(), some.ranked, some.more), (1, None, false));
    let by_date = found(&store, "text", By::Date, 10);
    assert_eq!((by_date.hits.len(), by_date.ranked, by_date.more), (10, None, true));
}

#[test]
fn what_was_edited_or_went_is_found_so() {
    let mut store = store();
    let id = store.save(&text("a", 0, "old words"), NOW).unwrap().id;
    store.index_all().unwrap();
    store.save(&text("a", 0, "new words"), LATER).unwrap();
    assert_eq!(store.unindexed().unwrap(), 1);
    let old_and_new = |store: &Store| (lines(store, "old", By::Fit).len(), lines(store, "new", By::Fit).len());
    assert_eq!(old_and_new(&store), (0, 1), "right at once");
    assert!(!store.index_some(usize::MAX).unwrap());
    assert_eq!(old_and_new(&store), (0, 1));
    let before = writes(&store);
    store.set_read(&[id], true, LATER).unwrap();
    store.save(&text("a", 0, "new words"), LATER).unwrap();
    assert_eq!((store.unindexed().unwrap(), writes(&store) - before), (0, 4), "marks do not touch the index");
    store.remove_source("src", true, NOW).unwrap();
    assert_eq!(lines(&store, "new", By::Fit), [""; 0]);
    assert!(!store.index_some(usize::MAX).unwrap());
    assert_whole(&store);
}
