//! Links followed inside the reader, and the way back.

use super::play::NOW;
use super::*;
use crate::domain::query::Query;
use crate::format::{Origin, edition};
use crate::source::http::PrivateOrigins;
use crate::store::{ArticleId, Section, Stretch};
use crate::tui::message::Effect;
use crate::tui::update::update;
use crate::work::subscribing::Trouble;
use crate::work::visit::{OtherProgram, Visited, VisitedPage, prepared};

const TARGET: &str = "\
# Where the link leads

October 1, 2026

A text with [another link](https://third.example/).

%% discussion page | points
%% comment a | reader1 | 2026-10-04T08:00:00Z | 12 points
Here.
";

const LONG: &str = "\
# A long page

October 6, 2026

First paragraph.

Second paragraph.

Third paragraph.

Fourth paragraph with a [link](https://owls.example/).

Fifth paragraph.

Sixth paragraph.
";

fn visited(text: &str, number: i64, private: PrivateOrigins) -> VisitedPage {
    let (page, _) = edition::read_page(text, &Origin { name: "page.md", now: NOW });
    prepared(page, None, private, (number, &[]), NOW).unwrap()
}

fn boxed(text: &str, number: i64, private: PrivateOrigins) -> Box<VisitedPage> {
    Box::new(visited(text, number, private))
}

/// The effects of a key, none of which is performed.
fn press(play: &mut Play, key: &str) -> Vec<Effect> {
    update(&mut play.model, Msg::Key(key.parse().unwrap()))
}

fn arrive(play: &mut Play, visited: Visited) {
    play.send(Msg::Visited { visited: Box::new(visited), memories: Vec::new() });
}

/// Follows the link 1 under the cursor.
fn follow(play: &mut Play, text: &str, number: i64) -> Vec<Effect> {
    let effects = press(play, "1");
    arrive(play, Visited::Page(boxed(text, number, PrivateOrigins::default())));
    effects
}

fn at_the_link() -> Play {
    let mut play = Play::new((60, 12), &[LONG, STARS]);
    play.play("<enter>jjjj");
    play
}

#[test]
fn a_link_opens_in_place_and_the_way_back_leads_to_the_exact_row() {
    let mut play = at_the_link();
    let before = play.pane(Pane::Page);
    let effects = follow(&mut play, TARGET, 1);
    let of = play.model.visits.back[0].article.id;
    let address = "https://owls.example/".to_owned();
    assert_eq!(effects, [Effect::Visit { address, of: Some(of), private: PrivateOrigins::default() }]);
    assert!(play.pane(Pane::Page).contains("Where the link leads"), "{}", play.screen());
    play.play("cjk");
    assert!(play.screen().contains("reader1 · 12 points"), "{}", play.screen());
    play.play("q");
    assert_eq!(play.pane(Pane::Page), before);
    play.play("<alt-right>");
    assert!(play.screen().contains("reader1 · 12 points"), "forward again: {}", play.screen());
    play.play("<ctrl-o>");
    assert_eq!(play.pane(Pane::Page), before);
    play.play("<ctrl-o>");
    assert_eq!(play.footer(), "no link was followed to this page");
}

#[test]
fn a_link_on_a_visited_page_reaches_what_that_page_may() {
    let mut play = at_the_link();
    press(&mut play, "1");
    let private = PrivateOrigins::of("http://127.0.0.1:9000/");
    arrive(&mut play, Visited::Page(boxed(TARGET, 1, private.clone())));
    play.play("j");
    let address = "https://third.example/".to_owned();
    assert_eq!(press(&mut play, "1"), [Effect::Visit { address, of: None, private }]);
}

#[test]
fn a_visited_page_is_stored_only_when_it_is_starred() {
    let mut play = at_the_link();
    let stored = |play: &mut Play| play.store().headlines(&Section::All, &Query::default(), Stretch::First, 99).unwrap().len();
    let before = stored(&mut play);
    follow(&mut play, TARGET, 1);
    for key in ["m", "W", "F", "T", ";", "*", "#", "D", "x"] {
        play.play(key);
        assert_eq!(play.footer(), "this page is not stored: s stars and stores it", "{key}");
    }
    play.play("c*5q<alt-right>");
    assert_eq!(stored(&mut play), before);
    assert!(play.screen().contains("not stored"), "{}", play.screen());
    play.play("s");
    assert_eq!(play.footer(), "starred and stored");
    assert_eq!(stored(&mut play), before + 1);
    let starred = play.store().headlines(&Section::Starred, &Query::default(), Stretch::First, 9).unwrap();
    assert_eq!((starred[0].title.as_str(), starred[0].source.as_str()), ("Where the link leads", "Saved"));
    assert!(!play.screen().contains("not stored"), "{}", play.screen());
    play.play("s");
    assert_eq!(play.footer(), "no longer starred", "it is an article as any other now");
}

#[test]
fn what_cannot_be_opened_is_told_where_one_is_and_the_browser_is_one_key_away() {
    let mut play = at_the_link();
    let before = play.pane(Pane::Page);
    press(&mut play, "1");
    arrive(&mut play, Visited::Failed(Trouble { message: "owls.example: not found (404)".to_owned(), ..Trouble::default() }));
    assert_eq!(play.footer(), "owls.example: not found (404) (B: browser)");
    assert_eq!(play.pane(Pane::Page), before);
    assert_eq!(press(&mut play, "B"), [Effect::OpenAddress("https://owls.example/".to_owned())]);
    press(&mut play, "1");
    let effects = update(
        &mut play.model,
        Msg::Visited { visited: Box::new(Visited::Program(OtherProgram::Documents)), memories: Vec::new() },
    );
    assert_eq!(effects, [Effect::OpenDocument("https://owls.example/".to_owned())]);
}

#[test]
fn opening_can_be_stopped_and_what_comes_late_is_not_shown() {
    let mut play = at_the_link();
    press(&mut play, "1");
    assert_eq!(press(&mut play, "<esc>".trim_matches(['<', '>'])), [Effect::StopVisit]);
    let before = play.pane(Pane::Page);
    arrive(&mut play, Visited::Page(boxed(TARGET, 1, PrivateOrigins::default())));
    assert_eq!(play.pane(Pane::Page), before);
}

#[test]
fn the_links_on_the_screen_open_here_or_in_the_browser() {
    let mut play = at_the_link();
    play.play("fB");
    assert!(play.screen().contains("in the browser, B first: here"), "{}", play.screen());
    assert_eq!(press(&mut play, "1"), [Effect::OpenAddress("https://owls.example/".to_owned())]);
    play.play("f");
    assert!(matches!(press(&mut play, "1")[..], [Effect::Visit { .. }]));
    let mut play = Play::with((60, 12), &[LONG], Settings { opens_in_place: false, ..Settings::default() });
    play.play("<enter>jjjj");
    assert_eq!(press(&mut play, "1"), [Effect::OpenAddress("https://owls.example/".to_owned())]);
}

#[test]
fn a_restart_comes_back_to_the_article_of_the_list() {
    let mut play = at_the_link();
    let cursor = play.at_cursor();
    follow(&mut play, TARGET, 1);
    let play = play.restart();
    assert!(play.screen().contains("A long page"), "{}", play.screen());
    assert_eq!(play.at_cursor(), cursor);
}

#[test]
fn another_article_of_the_list_ends_the_visit() {
    let mut play = at_the_link();
    follow(&mut play, TARGET, 1);
    play.play("J");
    assert!(play.screen().contains("Owls at noon") && !play.model.visits.is_followed(), "{}", play.screen());
    play.play("K");
    assert!(play.at_cursor().contains("Fourth paragraph"), "its place was kept: {}", play.screen());
}

#[test]
fn a_stored_story_is_one_step_from_the_page_that_tells_of_it() {
    let mut play = at_the_link();
    let before = play.pane(Pane::Page);
    press(&mut play, "1");
    let other = play.model.list.rows.iter().find(|row| row.title == "Owls at noon").map_or(ArticleId(0), |row| row.id);
    arrive(&mut play, Visited::Stored(other));
    assert!(play.screen().contains("Owls at noon"), "{}", play.screen());
    play.play("q");
    assert_eq!(play.pane(Pane::Page), before);
}
