//! Large libraries: work that is bounded however many articles there are.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::domain::article;
use crate::store::filter::{Values, comment_condition};
use crate::store::index::{partitions, walk};
use crate::store::recommended::{ANYTHING_LIKED, LIKED_STATEMENTS};
use crate::store::related::RARE;
use crate::store::{By, Liked, clean, index, ranking, related, search};

fn text(title: &str, after: i64, body: &str) -> Page {
    let mut page = page(title, after);
    page.article.body = Document::plain([body]);
    page
}

/// How much work of SQLite's an answer takes, in steps of some thousands of instructions.
fn work<T>(store: &mut Store, ask: impl FnOnce(&Store) -> Result<T, StoreError>) -> (usize, T) {
    let steps = Arc::new(AtomicUsize::new(0));
    let counting = Arc::clone(&steps);
    let count = move || {
        counting.fetch_add(1, Ordering::Relaxed);
        false
    };
    let answer = store.ask_until(count, ask).unwrap().unwrap();
    (steps.load(Ordering::Relaxed), answer)
}

#[test]
fn related_articles_take_no_more_work_in_a_larger_library() {
    let mut store = store();
    let common = (0..20).map(|n| format!("common{n}")).collect::<Vec<_>>().join(" ");
    let grow = |store: &mut Store, from: i64| {
        let pages: Vec<Page> = (from..from + RARE + 200).map(|n| text(&format!("Filler {n}"), n, &common)).collect();
        store.save_all(&pages, NOW).unwrap();
        store.index_all().unwrap();
    };
    let alike = [text("Quasar", 1, &format!("zephyr {common}")), text("A quasar", 2, &format!("zephyr {common}"))];
    let id = store.save_all(&alike, NOW).unwrap()[0].id;
    grow(&mut store, 10);
    let (before, related) = work(&mut store, |store| store.related(id, 5));
    assert_eq!(related.alike.iter().map(|row| row.title.as_str()).collect::<Vec<_>>(), ["A quasar"]);
    grow(&mut store, 10_000);
    let (after, _) = work(&mut store, |store| store.related(id, 5));
    assert!(before > 5 && after <= before + before / 10, "{after} after {before}");
}

#[test]
fn a_pages_own_stories_are_the_stored_articles_that_they_are() {
    let mut store = store();
    let at = |title: &str, url: Option<&str>| {
        let mut page = page(title, 0);
        page.article.url = url.map(clean);
        page
    };
    let saved = store.save_all(&[at("A", Some("https://www.example.org/a/")), at("B", None)], NOW).unwrap();
    let story = |title: &str, published: bool, url: Option<&str>| article::Related {
        title: clean(title),
        published: published.then_some(When::Instant(NOW)),
        teaser: None,
        url: url.map(clean),
    };
    let mut pointing = page("C", 1);
    pointing.article.explore_further = Some(story("Elsewhere", false, Some("https://example.org/elsewhere")));
    pointing.article.related =
        vec![story("As it is called there", false, Some("http://example.org/a?utm_source=x")), story("B", false, None)];
    pointing.article.recommended = vec![story("B", true, None)];
    let id = store.save(&pointing, NOW).unwrap().id;
    assert_eq!(store.related(id, 5).unwrap().own, [None, Some(saved[0].id), None, Some(saved[1].id)]);
}

#[test]
fn what_is_like_what_was_liked_is_recommended_with_the_reason() {
    let mut store = store();
    let pages = [
        text("Quasar light bent by a galaxy", 1, "The telescope saw it."),
        text("A quasar behind a galaxy", 2, "Far away."),
        text("Telescope finds another quasar", 3, "Near."),
        text("Sourdough rises slowly", 4, "Wholemeal flour."),
        text("Wholemeal sourdough for beginners", 5, "Bread."),
        text("Sourdough and other wholemeal bread", 6, "Bread."),
        text("Goalkeeper saves penalty", 7, "The season."),
        text("Penalty for goalkeeper", 8, "The season."),
    ];
    let ids: Vec<ArticleId> = store.save_all(&pages, NOW).unwrap().iter().map(|saved| saved.id).collect();
    store.index_all().unwrap();
    let recommended = |store: &Store, filter: &str| -> Vec<String> {
        let found = store.recommended(&query::parse(filter).unwrap(), LATER).unwrap();
        let mut told: Vec<String> = found.iter().map(|one| format!("{} {}", one.article.title, one.because)).collect();
        told.sort();
        told
    };
    let is_a_section = |store: &Store| store.sections().unwrap().iter().any(|row| row.section == Section::Recommended);
    assert!(recommended(&store, "").is_empty() && !is_a_section(&store));
    store.set_starred(&ids[..1], true, NOW).unwrap();
    store.rate_article(ids[3], 4, NOW).unwrap();
    store.set_finished(ids[6], NOW).unwrap();
    assert!(is_a_section(&store));
    let of_quasars = [
        "A quasar behind a galaxy because you starred Quasar light bent by a galaxy",
        "Telescope finds another quasar because you starred Quasar light bent by a galaxy",
    ];
    let of_bread = [
        "Wholemeal sourdough for beginners because you rated Sourdough rises slowly",
        "Sourdough and other wholemeal bread because you rated Sourdough rises slowly",
    ];
    let of_sport = ["Penalty for goalkeeper because you read Goalkeeper saves penalty"];
    let told = |lists: &[&[&str]]| {
        let mut told: Vec<String> = lists.concat().iter().map(ToString::to_string).collect();
        told.sort();
        told
    };
    assert_eq!(recommended(&store, ""), told(&[&of_quasars, &of_bread, &of_sport]));
    assert_eq!(recommended(&store, "title:quasar"), told(&[&of_quasars]));
    // Read articles are not recommended, nor those like low-rated ones; a star weighs more than a rating.
    store.set_read(&ids[5..6], true, NOW).unwrap();
    store.rate_article(ids[6], 2, NOW).unwrap();
    store.set_starred(&ids[3..4], true, NOW).unwrap();
    let of_bread = ["Wholemeal sourdough for beginners because you starred Sourdough rises slowly"];
    assert_eq!(recommended(&store, ""), told(&[&of_quasars, &of_bread]));
}

#[test]
fn a_search_before_a_day_goes_over_no_later_hits() {
    let mut store = store();
    let day = crate::domain::time::DAY;
    let mut pages = vec![text("Old", -40 * day, "grain")];
    pages.extend((0..3000).map(|n| text(&format!("New {n}"), n, "grain")));
    // They have no room in their second, and the last of them stand far behind it.
    pages.extend((0..200).map(|n| text(&format!("Old {n}"), -40 * day, "husk")));
    store.save_all(&pages, NOW).unwrap();
    store.index_all().unwrap();
    let before = |word: &str| query::parse(&format!("{word} before:2023-10-06")).unwrap();
    let (steps, rows) = work(&mut store, |store| store.headlines(&Section::All, &before("grain"), Stretch::First, 10));
    assert_eq!((rows.len(), steps), (1, 0));
    assert_eq!(store.headlines(&Section::All, &before("husk"), Stretch::First, 1000).unwrap().len(), 200);
    let (steps, _) = work(&mut store, |store| {
        store.headlines(&Section::All, &query::parse("grain comments:>1").unwrap(), Stretch::First, 10)
    });
    assert!(steps > 2, "a walk over all of them is seen by this count");
}

#[test]
fn hits_of_a_very_common_word_are_ranked_by_their_texts_and_no_more_than_some() {
    let mut store = store();
    let said = |n: i64| {
        let words = if n == ranking::COMMON { "grain grain of grain" } else { "grain and much else that is said here" };
        let mut comment = comment(&format!("c{n}"), Parent::Root, points(1));
        comment.posted = Some(When::Instant(Timestamp(NOW.0 + n)));
        comment.body = Document::plain([words]).into();
        comment
    };
    store.save(&with_discussion("a", discussion(true, (0..=ranking::COMMON + 5).map(said).collect())), NOW).unwrap();
    store.index_all().unwrap();
    let found = store.search(&query::parse("in:comments grain -husk").unwrap(), By::Fit, 2, LATER).unwrap();
    let keys: Vec<&str> = found.hits.iter().map(|hit| &*hit.comment.as_ref().unwrap().key).collect();
    assert_eq!(keys[0], format!("c{}", ranking::COMMON));
    assert_eq!((found.ranked, found.more), (Some(300), true));
}

#[test]
fn what_a_library_asks_for_goes_along_an_index() {
    let store = store();
    let ids = "SELECT id FROM articles WHERE id > ?1 ORDER BY id LIMIT ?2";
    let mut asked = vec![ids.to_owned(), ANYTHING_LIKED.to_owned()];
    asked.extend(LIKED_STATEMENTS.iter().map(|(_, sql)| (*sql).to_owned()));
    asked.extend(index::asked().into_iter().map(str::to_owned));
    for of_comments in [false, true] {
        store.conn.execute_batch("DELETE FROM word_partitions").unwrap();
        let kind = if of_comments { "comments" } else { "articles" };
        store
            .conn
            .execute_batch(&format!(
                "CREATE VIRTUAL TABLE {kind}_words USING fts5 (body, title, author, content = '');
                 INSERT INTO word_partitions (of_comments, least, most, docs, text, is_old) VALUES ({of_comments}, 0, 9, 1, 1, 1)"
            ))
            .unwrap();
        let partition = &partitions::all(&store.conn, of_comments).unwrap()[0];
        for upwards in [false, true] {
            asked.push(walk::docs_statement(of_comments, upwards));
            asked.push(walk::unindexed_statement(of_comments, upwards));
            asked.push(walk::hits_statement(partition, of_comments, false, upwards));
        }
        asked.push(walk::hits_statement(partition, of_comments, true, false));
        asked.push(walk::row_statement(of_comments).to_owned());
        asked.push(ranking::count_statement(partition));
        asked.push(related::hits_statement(partition));
        asked.push(related::count_statement(partition));
    }
    for query in ["in:comments rank:>4", "in:comments grain author:x"] {
        let condition = comment_condition(&query::parse(query).unwrap(), &mut Values(vec![0.into()])).unwrap();
        asked.push(search::comment_statement(&condition));
    }
    for sql in asked {
        let plan = lists::plan(&store, &sql);
        assert!(!plan.contains("TEMP B-TREE"), "{sql}\n{plan}");
        let scans =
            plan.lines().filter(|line| line.starts_with("SCAN") && !["SCAN (subquery-1)", "SCAN CONSTANT ROW"].contains(line));
        for line in scans {
            assert!(
                line.contains("USING INDEX") || line.contains("USING COVERING INDEX") || line.contains("_words VIRTUAL TABLE"),
                "{sql}\n{plan}"
            );
        }
    }
    let before = query::parse("before:2020-01-01 comments:>1").unwrap();
    for section in [Section::All, Section::Unread, Section::Source(SourceId(1))] {
        let (sql, _) = &lists::list_statements(&section, &before, Stretch::First)[0];
        assert!(lists::plan(&store, sql).contains("sort_at<?"), "{sql}");
    }
    // Only the articles of the source are sorted; no others are read.
    for (n, sql) in clean::asked().into_iter().enumerate() {
        let plan = lists::plan(&store, &sql);
        let own = |line: &str| ["SCAN listed", "SCAN ranked", "SCAN (subquery"].iter().any(|own| line.starts_with(own));
        assert!(plan.lines().filter(|line| line.starts_with("SCAN")).all(|line| n == 0 && own(line)), "{plan}");
    }
    assert_eq!(LIKED_STATEMENTS.map(|(kind, _)| kind), [Liked::Starred, Liked::Rated, Liked::Finished]);
}
