//! Many articles are marked beside the keys.

use std::path::PathBuf;

use super::play::{NOW, Play};
use crate::domain::article::{Article, Page, Source};
use crate::domain::query::Query;
use crate::domain::text::clean;
use crate::domain::time::{Timestamp, When};
use crate::store::subscriptions::NewSubscription;
use crate::store::{Section, Store};
use crate::work::clean::Stage;

const TOTAL: usize = 1301;

fn library() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let article = |n: usize| Article {
        title: clean(&format!("Article {n}")),
        published: Some(When::Instant(Timestamp(NOW.0 - 60 * n as i64))),
        ..Article::default()
    };
    let source = Source { key: clean("https://a.example/feed"), title: clean("A") };
    let pages: Vec<Page> =
        (0..TOTAL).map(|n| Page { source: source.clone(), article: article(n), discussions: Vec::new() }).collect();
    let mut store = Store::open(&path).unwrap();
    store.save_all(&pages, NOW).unwrap();
    store.close().unwrap();
    (folder, path)
}

/// The keep rules let all but the newest so many articles go.
fn cleaning(newest: u32) -> (tempfile::TempDir, Play) {
    let (folder, path) = library();
    let mut store = Store::open(&path).unwrap();
    let address = "https://a.example/feed".to_owned();
    store.subscribe(&NewSubscription { address, ..NewSubscription::default() }, NOW).unwrap();
    store.close().unwrap();
    let mut play = Play::in_file((80, 24), &path);
    play.model.settings.fetch.keep.newest = newest;
    play.shell.clean_beside(&play.model, Stage::FIRST);
    (folder, play)
}

#[test]
fn what_the_keep_rules_remove_is_counted_and_esc_stops_it() {
    let (_folder, mut play) = cleaning(10);
    play.until(|play| play.model.is_cleaning);
    assert!(play.footer().contains("articles removed by your keep rules so far (esc stops)"), "{}", play.footer());
    play.play("<esc>");
    assert_eq!(play.footer(), "stopping");
    play.until(|play| !play.model.is_cleaning);
    assert!(play.footer().ends_with("articles removed by your keep rules"), "{}", play.footer());
    let left = unread(&mut play);
    assert!((10..TOTAL as u64).contains(&left), "{left}");
}

#[test]
fn a_few_articles_go_by_the_keep_rules_without_a_word() {
    let (_folder, mut play) = cleaning(TOTAL as u32 - 5);
    let before = play.footer();
    play.until(|play| !play.shell.is_cleaning());
    assert_eq!(unread(&mut play), TOTAL as u64 - 5);
    assert_eq!(play.footer(), before);
}

fn unread(play: &mut Play) -> u64 {
    let sections = play.store().sections().unwrap();
    sections.iter().find(|row| row.section == Section::Unread).unwrap().total
}

fn shown_unread(play: &Play) -> usize {
    play.model.list.rows.iter().filter(|row| !row.read).count()
}

#[test]
fn what_is_shown_is_read_at_once_and_the_rest_follows_and_is_undone_as_one() {
    let (_folder, path) = library();
    let mut play = Play::in_file((80, 24), &path);
    play.play("Ay");
    assert_eq!(shown_unread(&play), 0);
    assert!(play.footer().contains("500 articles marked read so far (esc stops)"), "{}", play.footer());
    play.until(|play| !play.model.is_marking);
    assert_eq!(unread(&mut play), 0);
    assert!(play.footer().starts_with("1301 articles marked read"), "{}", play.footer());
    play.play("U").until(|play| !play.model.is_marking);
    assert_eq!((unread(&mut play), shown_unread(&play)), (TOTAL as u64, play.model.list.rows.len()));
    play.play("U");
    assert!(play.footer().contains("nothing to undo"), "{}", play.footer());
}

#[test]
fn esc_stops_and_what_was_marked_by_then_can_be_undone() {
    let (_folder, path) = library();
    let mut play = Play::in_file((80, 24), &path);
    play.play("Ay<esc>").until(|play| !play.model.is_marking);
    let left = unread(&mut play);
    assert!(0 < left && left < TOTAL as u64, "{left}");
    play.play("U").until(|play| !play.model.is_marking);
    assert_eq!(unread(&mut play), TOTAL as u64);
}

#[test]
fn a_kill_in_between_is_gone_on_with() {
    let (_folder, path) = library();
    let mut play = Play::in_file((80, 24), &path);
    play.play("Ay");
    drop(play);
    let mut play = Play::in_file((80, 24), &path);
    play.until(|play| !play.model.is_marking);
    assert_eq!(unread(&mut play), 0);
    // Later arrivals stay unread, and nothing is left to go on with.
    let source = Source { key: clean("b"), title: clean("B") };
    let page = Page { source, article: Article { title: clean("Late"), ..Article::default() }, discussions: Vec::new() };
    play.store().save(&page, NOW).unwrap();
    drop(play);
    let mut play = Play::in_file((80, 24), &path);
    assert!(!play.model.is_marking);
    assert_eq!(unread(&mut play), 1);
    assert_eq!(play.store().headlines(&Section::Unread, &Query::default(), crate::store::Stretch::First, 9).unwrap().len(), 1);
}

#[test]
fn marks_wait_for_another_copys_write_and_no_key_waits_for_them() {
    let (_folder, path) = library();
    let mut play = Play::in_file((80, 24), &path);
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    play.play("sjs");
    assert!(!play.saves_all());
    assert_eq!(play.model.list.rows.iter().filter(|row| row.starred).count(), 2, "they are shown at once");
    other.execute_batch("COMMIT").unwrap();
    assert!(play.saves_all());
    let starred = play.store().sections().unwrap().into_iter().find(|row| row.section == Section::Starred);
    assert_eq!(starred.map(|row| row.total), Some(2));
}

#[test]
fn many_are_marked_only_after_a_question() {
    let (_folder, path) = library();
    let mut play = Play::in_file((80, 24), &path);
    play.play("A");
    assert!(play.footer().contains(&format!("mark {TOTAL} articles read? y marks them")), "{}", play.footer());
    play.play("n");
    assert_eq!((unread(&mut play), play.footer().as_str()), (TOTAL as u64, "nothing was marked"));
}

#[test]
fn what_is_above_or_below_is_marked_as_far_as_the_list_goes_and_undone_as_one() {
    let (_folder, path) = library();
    let mut play = Play::in_file((80, 24), &path);
    play.play("10j(");
    assert_eq!(unread(&mut play), TOTAL as u64 - 11);
    play.play("U");
    assert_eq!(unread(&mut play), TOTAL as u64);
    play.play(")").until(|play| !play.model.is_marking);
    assert_eq!(unread(&mut play), 10);
}

#[test]
fn all_above_or_below_is_marked_in_steps_however_far_the_list_goes() {
    let (_folder, path) = library();
    let mut play = Play::in_file((80, 24), &path);
    play.play("G(");
    assert_eq!(shown_unread(&play), 0);
    assert!(play.footer().contains("marked read so far (esc stops)"), "{}", play.footer());
    play.play("U");
    assert_eq!(play.footer(), "articles are still being marked (esc stops)", "nothing else begins meanwhile");
    play.until(|play| !play.model.is_marking);
    assert_eq!(unread(&mut play), 0);
    assert!(play.footer().starts_with("1301 articles marked read"), "{}", play.footer());
    play.play("U");
    assert!(play.footer().contains("marked unread so far (esc stops)"), "{}", play.footer());
    play.until(|play| !play.model.is_marking);
    assert_eq!(unread(&mut play), TOTAL as u64);
    play.play("5k(<esc>").until(|play| !play.model.is_marking);
    let left = unread(&mut play);
    assert!(5 < left && left < TOTAL as u64, "{left}");
}

#[test]
fn what_is_below_in_a_list_of_the_oldest_is_what_is_newer() {
    let (_folder, path) = library();
    let mut play = Play::in_file((80, 24), &path);
    play.play("L");
    assert!(play.screen().contains("oldest first"), "{}", play.screen());
    play.play("j)").until(|play| !play.model.is_marking);
    assert_eq!(unread(&mut play), 1);
    play.play("U").until(|play| !play.model.is_marking);
    play.play("(").until(|play| !play.model.is_marking);
    assert_eq!(unread(&mut play), TOTAL as u64 - 2);
}

#[test]
fn a_kill_while_those_above_are_marked_is_gone_on_with_and_those_below_stay_unread() {
    let (_folder, path) = library();
    let mut play = Play::in_file((80, 24), &path);
    play.play("G3k(");
    drop(play);
    let mut play = Play::in_file((80, 24), &path);
    play.until(|play| !play.model.is_marking);
    assert_eq!(unread(&mut play), 3);
}
