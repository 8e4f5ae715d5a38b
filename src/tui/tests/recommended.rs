use super::*;
use crate::domain::text::clean;
use crate::store::{RelatedHit, Section, Store};
use crate::tui::Settings;
use crate::tui::tests::play::save;

fn page(title: &str, day: u32, words: usize) -> String {
    let text = format!("{title}.\n\n{}", format!("w{day} ").repeat(words));
    format!("# {title}\n\nOctober {day}, 2026\n\n{text}\n")
}

fn library(size: (u16, u16), settings: Settings) -> Play {
    let pages = [
        page("Quasar light bent by galaxies", 9, 100),
        page("Bread", 8, 10),
        page("Galaxies hide a quasar", 7, 10),
        page("Quasar behind galaxies", 6, 10),
    ];
    let pages: Vec<&str> = pages.iter().map(String::as_str).collect();
    Play::with(size, &pages, settings)
}

fn line(play: &Play) -> Option<String> {
    let pane = play.pane(Pane::Sections);
    pane.lines().find(|line| line.contains("Recommended")).map(|line| line.trim_start_matches(['▌', ' ']).to_owned())
}

#[test]
fn what_is_like_what_was_starred_is_a_section_with_the_reasons() {
    let mut play = library((150, 16), Settings::default());
    assert_eq!(line(&play), None);
    play.play("s");
    assert_eq!(line(&play).as_deref(), Some("Recommended      2"));
    play.play("h<down><down><down>");
    assert_eq!(play.model.list.section, Section::Recommended);
    assert_snapshot!(play.pane(Pane::List), @r"
    ▌●  Quasar behind galaxies
        because you starred Quasar light bent by gala…
        Welcome edition · Oct 6
     ●  Galaxies hide a quasar
        because you starred Quasar light bent by gala…
        Welcome edition · Oct 7
    ");
    assert!(play.screen().starts_with(" Gleaner   Recommended 2 · best first"), "{}", play.screen());
    // The order is its own; what is read is not recommended any longer, and stays until the list is asked for again.
    play.play("L");
    assert_eq!(play.footer(), "what is recommended stands in the order of how well it fits");
    play.play("lm");
    assert_eq!((line(&play).as_deref(), play.model.list.rows.len()), (Some("Recommended      1"), 2));
    play.play("A");
    assert_eq!(line(&play).as_deref(), Some("Recommended"));
    assert!(play.footer().starts_with("1 article marked read"), "{}", play.footer());
    play.play("hkj");
    assert!(play.model.list.rows.is_empty());
}

#[test]
fn recommending_ends_at_a_key_and_by_the_configuration() {
    let mut play = library((150, 16), Settings::default());
    play.play("sh<down><down><down><F3>");
    assert_eq!((line(&play), play.model.list.section.clone()), (None, Section::Unread));
    assert_eq!(play.footer(), "nothing is recommended any more (F3 brings it back)");
    let mut play = play.restart();
    assert_eq!(line(&play), None);
    play.play("<F3>");
    assert!(line(&play).is_some_and(|line| line.ends_with('2')));
    let mut play = library((150, 16), Settings { recommendations: false, ..Settings::default() });
    play.play("s");
    assert_eq!(line(&play), None);
}

#[test]
fn an_article_is_liked_that_was_read_to_its_end() {
    let mut play = library((150, 16), Settings::default());
    // Not by going past it, nor by a text of a few words.
    play.play("J<enter>jjjjqK<enter>cq");
    assert_eq!(line(&play), None);
    play.play("<enter>jj");
    play.play("q");
    play.send(Msg::StoreChanged);
    assert_eq!(line(&play).as_deref(), Some("Recommended      2"));
    play.play("h<down><down><down>");
    assert!(play.pane(Pane::List).contains("because you read Quasar light bent by galaxies"));
}

#[test]
fn a_pages_own_story_leads_to_the_stored_article() {
    let mut play = Play::new((60, 40), &[STARS, POINTS]);
    let other = play.model.list.rows[1].id;
    play.play("<enter>");
    let id = play.model.page.as_ref().unwrap().article.id;
    play.send(Msg::Related { id, related: RelatedHit { own: vec![Some(other)], alike: Vec::new() } });
    assert!(play.pane(Pane::Page).contains("September 1, 2026 · in your library"), "{}", play.pane(Pane::Page));
    play.play("r<down><enter>");
    assert_eq!(play.model.page.as_ref().unwrap().article.article.title, clean("Second article"));
}

#[test]
fn what_takes_long_is_answered_beside_the_keys() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let mut store = Store::open(&path).unwrap();
    // As in a store of many articles.
    let conn = rusqlite::Connection::open(&path).unwrap();
    conn.execute_batch("INSERT INTO sqlite_sequence VALUES ('articles', 1000000)").unwrap();
    let pages = [page("Quasar light bent by galaxies", 9, 100), page("Galaxies hide a quasar", 7, 10), STARS.to_owned()];
    for text in &pages {
        save(&mut store, text);
    }
    store.index_all().unwrap();
    store.close().unwrap();

    let mut play = Play::in_file((150, 16), &path);
    let found = |play: &Play| play.model.list.finding.as_ref().map_or(0, |finding| finding.hits.len());
    play.play("Sgalax");
    assert!(found(&play) == 0 && play.screen().contains("galax · searching"), "{}", play.screen());
    // Only the last text typed meanwhile is asked for; an answer to a cancelled request is dropped.
    play.until(|play| found(play) == 2).play("<ctrl-u>owls").until(|play| found(play) == 1);
    assert_eq!(play.model.list.rows[0].title, *"Owls at noon");
    play.play("<ctrl-u>quasar<esc>s");
    play.until(|play| line(play).is_some_and(|line| line.ends_with('1')));
    play.play("h<down><down><down>");
    assert!(play.pane(Pane::List).contains("looking"), "{}", play.pane(Pane::List));
    play.until(|play| !play.model.list.rows.is_empty());
    assert_eq!(play.model.list.rows[0].title, *"Galaxies hide a quasar");
    assert!(!play.model.list.is_waiting);
}
