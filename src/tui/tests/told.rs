//! Tests of the messages that tell what a key did, and what can be done next.

use insta::assert_snapshot;

use super::faults::LIKES;
use super::play::Play;
use super::{POINTS, STARS, open};
use crate::tui::geometry::Pane;
use crate::tui::message::{Effect, Msg};
use crate::tui::update::update;

#[test]
fn the_address_of_an_article_is_opened_and_copied_from_the_list() {
    let key = |key: &str| Msg::Key(key.parse().unwrap());
    let address = |copies| Msg::Address { address: Some("https://owls.example/".to_owned()), copies };
    for width in [80, 120] {
        let mut play = Play::new((width, 20), &[STARS]);
        let article = play.model.list.selected().unwrap().id;
        assert_eq!(update(&mut play.model, key("B")), [Effect::LoadAddress { article, copies: false }]);
        assert_eq!(update(&mut play.model, key("y")), [Effect::LoadAddress { article, copies: true }]);
        assert_eq!(
            update(&mut play.model, address(true)),
            [Effect::Copy { what: "https://owls.example/".to_owned(), text: "https://owls.example/".to_owned() }]
        );
        assert_eq!(update(&mut play.model, address(false)), [Effect::OpenAddress("https://owls.example/".to_owned())]);
        play.play("y");
        assert_eq!(play.footer(), "no address is known");
    }
}

#[test]
fn undo_says_what_it_undid() {
    let mut play = open();
    play.play("sWM*3a*4A");
    let mut said = Vec::new();
    for _ in 0..8 {
        play.play("U");
        said.push(play.footer());
    }
    assert_snapshot!(said.join("\n"), @r#"
        undone: unread again
        undone: no longer rated
        undone: the comment is no longer rated
        undone: editor is heard again
        undone: no longer watched
        undone: no longer starred
        undone: unread again
        nothing to undo
        "#);
}

#[test]
fn a_slider_counts_one_line() {
    let mut play = Play::new((90, 30), &[POINTS]);
    play.play("<enter>c]");
    assert_snapshot!(play.slider(), @"≥ 12 points · top 50 % █   █ Off ──────────● 12  1 open · 1 line · 0 folded of 2");
}

#[test]
fn sections_scroll_only_at_the_edges_of_their_pane() {
    let pages: Vec<String> = (0..9).map(|n| format!("# Page {n}\n\nText.\n\n%% source {n} | Source {n}\n")).collect();
    let mut play = Play::new((60, 8), &pages.iter().map(String::as_str).collect::<Vec<_>>());
    play.play("h");
    let at = |play: &Play| {
        let pane = play.pane(Pane::Sections);
        (pane.lines().next().unwrap().trim().to_owned(), pane.lines().position(|line| line.starts_with('▌')).unwrap())
    };
    let mut seen = vec![at(&play)];
    for keys in ["G", "k", "kk", "g"] {
        play.play(keys);
        seen.push(at(&play));
    }
    let seen: Vec<String> = seen.into_iter().map(|(first, row)| format!("{row} below {first}")).collect();
    assert_snapshot!(seen.join("\n"), @r#"
        1 below All                                                      9
        5 below Source 3                                                1
        4 below Source 3                                                1
        2 below Source 3                                                1
        0 below ▌All                                                      9
        "#);
}

#[test]
fn an_empty_section_says_what_would_fill_it() {
    let mut play = Play::new((60, 12), &[STARS]);
    play.play("mhg");
    let mut said = Vec::new();
    for keys in ["jl", "hjl", "hjl"] {
        play.play(keys);
        said.push(play.pane(Pane::List).trim_end().to_owned());
    }
    assert_snapshot!(said.join("\n--\n"), @r#"
         everything is read

         R fetches what is new
         h goes to the other sections
        --
         nothing is starred

         s stars an article
         h goes to the other sections
        --
         nothing is watched

         W refreshes an article's comments
         h goes to the other sections
        "#);
}

#[test]
fn an_answer_gives_way_to_the_other() {
    let mut play = open();
    play.play("iw");
    assert!(play.screen().contains("Why"), "{}", play.screen());
    play.play("i");
    assert!(play.screen().contains("Statistics"), "{}", play.screen());
    play.play("i");
    assert!(!play.screen().contains("Statistics"), "{}", play.screen());
}

#[test]
fn a_quote_is_the_markdown_that_it_was() {
    let mut play = Play::new((60, 30), &[LIKES]);
    play.play("<enter>jj");
    let copied = |play: &mut Play| match update(&mut play.model, Msg::Key("Y".parse().unwrap())).as_slice() {
        [Effect::Copy { text, .. }] => text.clone(),
        other => panic!("{other:?}"),
    };
    assert_snapshot!(copied(&mut play), @"> One with a [single link](<https://one.example/>).");
    play.play("c");
    assert_snapshot!(copied(&mut play), @r#"
        > > What was said.
        >
        > Three.
        >
        > — editor
        "#);
}

#[test]
fn what_is_looked_for_tells_how_it_ends() {
    let mut play = Play::new((80, 20), &[STARS, POINTS]);
    let mut said = Vec::new();
    for keys in ["/owl<enter>", "<esc>Sowl<enter>", "<esc><enter>/owl<enter>", "<esc>"] {
        play.play(keys);
        said.push(play.footer());
    }
    assert_snapshot!(said.join("\n"), @r#"
        esc end the filter  j k move  enter read  c comments  h sections  S find
        esc end the search  ctrl-s save  j k move  enter read  c comments  h sections
        /owl  1 of 4  n N hits  esc end  j k move  [ ] bar  c comments  enter open/fold
        j k move  [ ] bar  c comments  enter open/fold  o order  / search  q back
        "#);
}

#[test]
fn an_article_without_an_address_is_looked_for_nowhere() {
    let mut play = Play::new((80, 20), &["# Alone\n\nNo address, no comments.\n"]);
    play.play("<enter>");
    assert_eq!(update(&mut play.model, Msg::Key("D".parse().unwrap())), []);
    assert_eq!(play.footer(), "this article has no address that could be looked for");
}

#[test]
fn a_discussion_that_is_still_empty_counts_nothing() {
    let mut play = Play::new((80, 20), &["# Early\n\nText.\n\n%% discussion page | points\n"]);
    play.play("<enter>c");
    assert_eq!(play.slider(), "no comments here yet");
}
