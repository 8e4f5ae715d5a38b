//! The mouse does what is under it.

use super::*;

/// The column and row of some text on the screen.
fn at(play: &Play, text: &str) -> (u16, u16) {
    let screen = play.screen();
    let (row, line) = screen.lines().enumerate().find(|(_, line)| line.contains(text)).expect("it is on the screen");
    let before = &line[..line.find(text).unwrap()];
    (before.chars().count() as u16, row as u16)
}

fn click(play: &mut Play, text: &str) {
    let (column, row) = at(play, text);
    play.send(Msg::Click { column, row }).send(Msg::Released);
}

#[test]
fn a_click_on_a_link_opens_it() {
    let mut play = Play::new((60, 30), &[STARS]);
    play.play("<enter>");
    let (column, row) = at(&play, "link");
    let effects = crate::tui::update::update(&mut play.model, Msg::Click { column, row });
    assert!(matches!(&effects[..], [crate::tui::message::Effect::Visit { address, .. }] if address == "https://owls.example/"));
    play.send(Msg::Released);
    assert_eq!(play.footer(), "opening https://owls.example/ (esc stops)");
    click(&mut play, "Owls were seen");
    assert!(!play.footer().contains("opening"), "{}", play.footer());
}

#[test]
fn a_click_opens_a_line_and_unfolds_a_fold_row() {
    let mut play = open();
    play.play("]]]]]]]]}}}}}");
    click(&mut play, "··· 1 below");
    assert!(play.pane(Pane::Page).contains("commuter · 2 / 5 (1) · Oct 5  Trains were late."), "{}", play.screen());
    click(&mut play, "Trains were late.");
    assert_eq!(play.at_cursor(), "commuter · 2 / 5 (1) · Oct 5");
    assert!(play.pane(Pane::Page).contains("▌ Trains were late."), "{}", play.screen());
    // Moving the cursor to an open comment does not fold it.
    click(&mut play, "A fine sight.");
    assert!(play.pane(Pane::Page).contains("▌ A fine sight."), "{}", play.screen());
}

#[test]
fn bar_and_floor_are_dragged() {
    let mut play = open();
    play.play("]]]]]]]]}}}}}");
    let area = play.model.geometry.slider();
    let handle = |play: &Play, sign: char| play.slider().chars().position(|c| c == sign).unwrap() as u16 + area.x;
    let (floor, bar) = (handle(&play, '○'), handle(&play, '●'));
    play.send(Msg::Click { column: floor, row: area.y });
    assert_eq!((handle(&play, '○'), handle(&play, '●')), (floor, bar), "a click on a handle moves nothing");
    play.send(Msg::Drag { column: floor - 2 }).send(Msg::Released);
    assert_eq!((handle(&play, '○'), handle(&play, '●')), (floor - 2, bar));
    play.send(Msg::Click { column: bar, row: area.y }).send(Msg::Drag { column: bar - 2 }).send(Msg::Released);
    assert_eq!((handle(&play, '○'), handle(&play, '●')), (floor - 2, bar - 2));
}

#[test]
fn the_wheel_moves_the_list_under_it_and_not_what_is_selected() {
    let pages: Vec<String> = (0..30).map(|n| format!("# Article {n}\n\nJanuary {}, 2026\n\nText.\n", 1 + n % 28)).collect();
    let pages: Vec<&str> = pages.iter().map(String::as_str).collect();
    let mut play = Play::new((110, 14), &pages);
    play.play("<enter>");
    let (selected, list) = (play.model.list.cursor, play.pane(Pane::List));
    let inner = play.model.geometry.inner(Pane::List);
    play.send(Msg::Wheel { column: inner.x + 2, row: inner.y + 2, down: true });
    assert_ne!(play.pane(Pane::List), list);
    assert_eq!((play.model.list.cursor, play.model.focus), (selected, Pane::Page));
    play.send(Msg::Wheel { column: inner.x + 2, row: inner.y + 2, down: false });
    assert_eq!(play.pane(Pane::List), list);
}
