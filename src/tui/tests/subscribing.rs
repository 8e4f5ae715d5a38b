//! `+`: what the reader sees while and after a source is added.

use super::play::Play;
use super::{POINTS, STARS};
use crate::domain::text::clean;
use crate::tui::geometry::Pane;
use crate::tui::message::Msg;
use crate::work::subscribing::{Answered, Trouble};

#[test]
fn a_reader_without_feeds_is_told_how_to_add_the_first() {
    for size in [(200, 60), (80, 24), (40, 12)] {
        let mut play = Play::new(size, &[STARS, POINTS]);
        assert!(play.screen().contains("+ add your first feed"), "{}", play.screen());
        play.play("+");
        assert!(play.screen().contains("add (feed, page, hn:top, list file):"), "{}", play.screen());
        let empty = Play::new(size, &[]);
        assert!(empty.screen().contains("no feeds and no articles yet"), "{}", empty.screen());
        assert!(empty.screen().contains("+ adds a feed"), "{}", empty.screen());
    }
}

#[test]
fn on_the_page_plus_stays_the_bar() {
    let mut play = Play::new((60, 30), &[STARS]);
    play.play("<enter>c+");
    assert!(play.slider().contains("rank ≥ 0.5"), "{}", play.slider());
}

#[test]
fn the_feeds_of_a_page_are_a_choice() {
    let mut play = Play::new((60, 20), &[STARS]);
    let offers = ["Articles", "Photographs"].map(|title| (clean(title), format!("https://owls.example/{title}.xml")));
    play.send(Msg::Subscribed(Box::new(Answered::Choose {
        page: "https://owls.example/".to_owned(),
        folder: Vec::new(),
        offers: offers.to_vec(),
    })));
    assert!(play.screen().contains("This page offers 2 feeds"), "{}", play.screen());
    play.play("j<enter>");
    // A store in memory subscribes to nothing, and says so.
    assert!(play.screen().contains("pages opened from files are not kept"), "{}", play.screen());
}

#[test]
fn what_went_wrong_is_told_with_what_to_do() {
    let mut play = Play::new((80, 20), &[STARS]);
    play.send(Msg::Subscribed(Box::new(Answered::Failed(Trouble {
        message: "not found (404)".to_owned(),
        hint: "see whether the address is right".to_owned(),
        is_mistyped: false,
    }))));
    assert!(play.screen().contains("not found (404) (see whether the address is right)"), "{}", play.screen());
    assert_eq!(play.model.focus, Pane::List);
}

#[test]
fn a_list_says_what_it_left_out() {
    let mut play = Play::new((80, 20), &[STARS]);
    let notes = vec!["left out gopher://owls.example/: `gopher:` is not fetched, only http and https".to_owned()];
    play.send(Msg::Subscribed(Box::new(Answered::List { added: 2, listed: 3, notes })));
    assert!(play.screen().contains("Left out of the list"), "{}", play.screen());
    assert!(play.screen().contains("`gopher:` is not fetched"), "{}", play.screen());
}

#[test]
fn esc_goes_back_to_the_section_where_a_source_was_looked_for() {
    let mut play = Play::new((160, 24), &[STARS, POINTS]);
    play.play("hg");
    let before = play.model.list.section.clone();
    play.play("/welcome");
    assert_ne!(play.model.list.section, before, "{}", play.screen());
    play.play("<esc>");
    assert_eq!(play.model.list.section, before);
}

#[test]
fn q_in_the_sections_quits_as_the_help_says() {
    let mut play = Play::new((160, 24), &[STARS]);
    play.play("h");
    assert_eq!(play.model.focus, Pane::Sections);
    assert!(play.play("q").ended());
}
