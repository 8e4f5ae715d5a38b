//! Faults that were found by using the reader, each with the keys that showed it.

use super::play::Play;
use super::{POINTS, STARS, open};
use crate::tui::geometry::Pane;
use crate::tui::message::{Effect, Msg};
use crate::tui::update::update;

pub(super) const LIKES: &str = "\
# Third article

October 3, 2026

A paragraph without a link.

One with a [single link](https://one.example/).

%% discussion page | likes
%% comment a | editor | 2026-10-04T08:00:00Z | 3 likes
> What was said.

Three.
%% comment b | sceptic | 2026-10-04T09:00:00Z | 9 likes
Nine.
";

#[test]
fn a_bar_in_stars_folds_no_page_of_points() {
    let mut play = Play::new((60, 30), &[STARS, POINTS]);
    play.play("<enter>c]]]]]]]}}}}qj<enter>c");
    assert!(play.slider().contains("Off ●"), "{}", play.slider());
    assert!(play.slider().contains("2 open of 2"), "{}", play.slider());
}

#[test]
fn keys_of_the_page_change_no_page_that_is_not_on_the_screen() {
    let mut play = open();
    let before = play.slider();
    play.play("qj");
    for key in ["]", "[", "o", "t", "u", "v", "Z", "z", "w", "p", ".", "Y", "f"] {
        play.play(key);
        assert_eq!(play.footer(), "the page is not on the screen (enter opens it)", "{key}");
    }
    play.play("k<enter>c");
    assert_eq!(play.slider(), before);
}

#[test]
fn the_comments_key_goes_to_the_first_comment_from_the_list_too() {
    let mut play = Play::new((60, 30), &[STARS]);
    play.play("c");
    assert_eq!(play.at_cursor(), "editor · 4.5 / 5 (8) · Oct 5");
}

#[test]
fn enter_opens_only_a_link_under_the_cursor() {
    let mut play = Play::new((60, 30), &[LIKES]);
    play.play("<enter>j<enter>");
    assert_eq!(play.footer(), "there is nothing to open here");
}

#[test]
fn the_track_does_not_move_while_the_handle_does() {
    for width in 20..160 {
        let mut play = Play::new((width, 30), &[STARS]);
        play.play("<enter>c");
        let track = |play: &Play| {
            let slider = play.slider();
            let on_track = |c: char| matches!(c, '─' | '●' | '○');
            (slider.chars().position(on_track), slider.chars().filter(|c| on_track(*c)).count())
        };
        let before = track(&play);
        for key in "]]]]]]]]]]}}}}[[[[".chars() {
            play.play(&key.to_string());
            assert_eq!(track(&play), before, "{width} {key} {}", play.slider());
        }
    }
}

#[test]
fn a_click_on_the_counts_leaves_the_bar_where_it_is() {
    let mut play = open();
    let area = play.model.geometry.slider();
    let before = play.slider();
    play.send(Msg::Click { column: area.right() - 1, row: area.y }).send(Msg::Drag { column: area.x + 3 });
    assert_eq!(play.slider(), before);
}

#[test]
fn a_folded_run_is_not_rated_and_stays_under_the_cursor() {
    let mut play = open();
    play.play("]]]]]]]]}}}}}jjj");
    assert_eq!(play.at_cursor(), "··· 1 below 2.5");
    play.play("*3");
    assert_eq!(play.footer(), "not rated: these comments are folded away, enter shows them");
    play.play("[");
    assert_eq!(play.at_cursor(), "··· 1 below 2.5");
    let play = play.restart();
    assert_eq!(play.at_cursor(), "··· 1 below 2.5");
}

#[test]
fn rating_nothing_says_so() {
    let mut play = Play::new((60, 20), &[]);
    play.play("*3");
    assert_eq!(play.footer(), "there is no article here");
}

#[test]
fn suspend_and_redraw_work_while_typing() {
    for keys in ["/", ":", "?", "*"] {
        let mut play = open();
        play.play(keys);
        let overlay = play.model.overlay.clone();
        let key = |key: &str| Msg::Key(key.parse().unwrap());
        for (name, effect) in [("ctrl-z", Effect::Suspend), ("ctrl-l", Effect::Redraw)] {
            assert_eq!(update(&mut play.model, key(name)), [effect], "{keys} {name}");
            assert_eq!(play.model.overlay, overlay);
        }
    }
}

#[test]
fn the_help_scrolls_no_further_than_its_end() {
    let mut play = open();
    play.play("?");
    for _ in 0..200 {
        play.send(Msg::Wheel { column: 5, row: 5, down: true });
    }
    let end = play.screen();
    play.play("j");
    assert_eq!(play.screen(), end);
    play.send(Msg::Wheel { column: 5, row: 5, down: false });
    assert_ne!(play.screen(), end);
}

#[test]
fn nothing_is_cut_off_without_a_mark_in_forty_columns() {
    let mut play = Play::new((40, 12), &[STARS, &POINTS.replace("Second article", "Second article of a long title")]);
    let line = |play: &Play, n: usize| play.screen().lines().nth(n).unwrap_or_default().to_owned();
    assert_eq!(line(&play, 0), " Gleaner   Unread 2              ? help");
    play.play("j<enter>");
    assert_eq!(line(&play, 0), " Second article of a long title   0 % ?");
    play.play("ck");
    assert_eq!(play.at_cursor(), "── Comments 2 · oldest first ────────");
    play.play("]");
    assert_eq!(play.slider(), "≥ 12 points · top 50 % ──────────● 1/2");
    play.play("vv");
    assert_eq!(play.footer(), "ranks of fewer than 3 votes count as u…");
}

#[test]
fn another_copys_marks_move_nothing_under_the_readers_eyes() {
    let pages: Vec<String> = (0..300).map(|n| format!("# Page {n}\n\nOctober 5, 2026\n\nText.\n")).collect();
    let pages: Vec<&str> = pages.iter().map(String::as_str).collect();
    let mut play = Play::new((60, 30), &pages);
    for _ in 0..250 {
        play.play("j");
    }
    // Read, so no longer part of the section.
    play.play("<enter>q");
    let before = play.screen();
    play.send(Msg::StoreChanged);
    assert_eq!(play.screen(), before);
    play.play("jjjkkk");
    assert_eq!(play.screen(), before);
}

#[test]
fn a_quote_in_a_comment_is_not_taken_for_a_reply() {
    let mut play = Play::new((60, 30), &[LIKES]);
    play.play("<enter>c");
    assert!(play.screen().contains("▌ ▎ What was said."), "{}", play.screen());
}

#[test]
fn a_place_where_nothing_is_rated_says_so_instead_of_a_slider() {
    let unrated = POINTS.replace("12 points (14 up, 2 down)", "not rated").replace("-3 points (1 up, 4 down)", "not rated");
    let mut play = Play::new((80, 24), &[&unrated]);
    play.play("<enter>c]");
    assert_eq!(play.slider(), "nothing rated here  2 open · 0 lines · 0 folded of 2 · 2 unrated");
    assert_eq!(play.footer(), "nothing is rated here yet");
}

#[test]
fn a_resize_in_the_middle_of_a_long_paragraph_stays_there() {
    let words: Vec<String> = (0..600).map(|n| format!("word{n}")).collect();
    let page = format!("# Long\n\nOctober 5, 2026\n\n{}\n", words.join(" "));
    let mut play = Play::new((80, 24), &[&page]);
    play.play("<enter>jjjjjjjjjjjjjjjjjjjjjjjjjjj");
    let first = |play: &Play| -> usize {
        let page = play.pane(Pane::Page);
        page.split_whitespace().find_map(|word| word.strip_prefix("word")?.parse().ok()).unwrap()
    };
    let before = first(&play);
    assert!(before > 100);
    play.send(Msg::Resize(40, 12));
    assert!(before.abs_diff(first(&play)) < 20, "{before} {}", first(&play));
}

#[test]
fn three_hundred_levels_leave_room_for_the_text_in_forty_columns() {
    let mut page = String::from("# Deep\n\nOctober 5, 2026\n\nText.\n\n%% discussion page | points\n");
    for n in 0..300 {
        let parent = if n == 0 { String::new() } else { format!(" < c{}", n - 1) };
        page.extend([&format!("%% comment c{n}{parent} | reader | 2026-10-05T08:00:00Z | {n} points"), "\nSome words here.\n"]);
    }
    let mut play = Play::new((40, 12), &[&page]);
    play.play("<enter>G");
    assert!(play.pane(Pane::Page).contains("Some words here."), "{}", play.screen());
    assert!(play.at_cursor().contains("299› ◆ reader"), "{}", play.screen());
}

#[test]
fn a_window_that_shrinks_and_grows_again_shows_the_same() {
    let mut play = open();
    play.play("jj");
    let before = play.screen();
    for (columns, rows) in [(20, 5), (1, 1), (40, 12), (200, 60), (60, 30)] {
        play.send(Msg::Resize(columns, rows));
    }
    assert_eq!(play.screen(), before);
}

#[test]
fn a_page_left_at_its_end_fills_a_larger_screen() {
    let mut play = Play::new((80, 12), &[STARS]);
    play.play("<enter>G");
    let whole = |play: &Play| {
        let page = play.pane(Pane::Page);
        page.contains("Owls were seen at noon.") && page.contains("A bird.")
    };
    assert!(!whole(&play));
    let mut play = play.restart_on((200, 60));
    assert!(whole(&play), "{}", play.screen());
    let end = play.at_cursor();
    play.send(Msg::Resize(80, 12));
    assert!(!whole(&play) && play.at_cursor() == end, "{}", play.screen());
    play.play("G").send(Msg::Resize(200, 60));
    assert!(whole(&play) && play.at_cursor() == end, "{}", play.screen());
}

#[test]
fn c_in_the_list_has_the_comments_heading_at_the_top() {
    let mut play = Play::new((60, 12), &[STARS]);
    play.play("c");
    let page = play.pane(Pane::Page);
    assert!(page.lines().next().is_some_and(|line| line.contains("── Comments 6")), "{page}");
    assert_eq!(play.at_cursor(), "editor · 4.5 / 5 (8) · Oct 5");
}

#[test]
fn a_run_opened_by_hand_goes_back_to_its_ranks() {
    let mut play = open();
    play.play("]]]]]]]]}}}}}");
    let before = play.slider();
    play.play("G").play("kkk<enter>");
    assert_ne!(play.slider(), before, "{}", play.screen());
    play.play("ZZ");
    assert_eq!(play.slider(), before);
}

#[test]
fn the_way_down_a_thread_stands_in_the_title_once_it_has_left_the_screen() {
    let mut play = Play::new((60, 9), &[STARS]);
    let title = |play: &Play| play.screen().lines().next().unwrap_or_default().to_owned();
    play.play("c");
    assert!(title(&play).contains("Owls at noon"), "{}", play.screen());
    play.play("jj");
    assert_eq!(play.at_cursor(), "night reader · 3 / 5 (3) · Oct 5");
    assert!(title(&play).contains(" editor › ") && !title(&play).contains("sceptic"), "{}", play.screen());
    play.send(Msg::Resize(60, 6));
    assert!(title(&play).contains("editor › sceptic ›"), "{}", play.screen());
}

#[test]
fn threads_without_new_comments_are_folded_on_a_later_visit() {
    let mut play = open();
    play.play("X");
    assert_eq!(play.footer(), "no comment here is new");
    let late = "%% comment g < e | late reader | 2026-10-06T13:00:00Z | not rated\nStill new.\n";
    let mut play = play.reread(&format!("{STARS}{late}"));
    play.play("cX");
    assert_eq!(play.footer(), "2 threads without new comments folded");
    let page = play.pane(Pane::Page);
    assert!(page.contains("[+2] ◆ editor") && page.contains("Still new."), "{page}");
    assert!(play.screen().contains("1 new"));
}

#[test]
fn ranks_that_are_all_the_same_leave_nothing_to_slide() {
    let page = "# Test\n\nOctober 5, 2026\n\nText.\n\n%% discussion page | points\n%% comment a | - | - | 1 points\nHi\n";
    let mut play = Play::new((60, 20), &[page]);
    play.play("<enter>c");
    assert_eq!(play.slider(), "all rated alike  1 open · 0 lines · 0 folded of 1");
    play.play("]");
    assert_eq!(play.footer(), "all that is rated here is rated alike");
}

#[test]
fn the_original_poster_is_marked() {
    let page = STARS.replace("by the editor", "by sceptic");
    let mut play = Play::new((60, 30), &[&page]);
    play.play("cj");
    assert_eq!(play.at_cursor(), "sceptic · OP · 1 / 5 (4) · Oct 5");
}

#[test]
fn a_thread_can_be_a_page_of_its_own() {
    let mut play = open();
    play.play("jzz");
    let before = play.screen();
    play.play(">");
    let page = play.pane(Pane::Page);
    assert_eq!(play.at_cursor(), "sceptic · 1 / 5 (4) · Oct 5");
    assert!(page.contains("  │ night reader") && !page.contains("commuter") && !page.contains("Barn doors"), "{page}");
    play.play("Gg]]]o/owl<enter><esc>[[[O<");
    play.play("cj");
    assert!(play.screen().contains("commuter") && before.contains("commuter"));
    play.play("<");
    assert_eq!(play.footer(), "this is the whole page");
    play.play(">q");
    assert!(play.screen().contains("commuter") && play.model.focus == Pane::Page);
}

#[test]
fn an_article_is_on_the_screen_before_anything_is_saved() {
    let mut play = Play::new((120, 30), &[STARS, POINTS]);
    play.play("<enter>");
    let effects = update(&mut play.model, Msg::Key("J".parse().unwrap()));
    let [Effect::Afterwards(left), Effect::LoadArticle(id)] = &effects[..] else { panic!("{effects:?}") };
    assert!(left.iter().any(|effect| matches!(effect, Effect::SavePlace { .. })), "{left:?}");
    let article = play.store().article(*id).unwrap().map(|stored| Box::new(stored.into()));
    let effects = update(&mut play.model, Msg::Article { article, place: None });
    let [Effect::LoadDiscussion { .. }, Effect::Afterwards(opened)] = &effects[..] else { panic!("{effects:?}") };
    assert!(opened.iter().any(|effect| matches!(effect, Effect::SetMark { .. })), "{opened:?}");
}
