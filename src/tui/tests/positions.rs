//! Where the reader is: in the list, on the page, and after a restart.

use super::*;

fn articles(n: usize) -> Play {
    let page = |n: usize| format!("# Article {n}\n\n2026-{:02}-{:02}\n\nText of it.\n", 1 + n / 28, 1 + n % 28);
    let pages: Vec<String> = (0..n).map(page).collect();
    let pages: Vec<&str> = pages.iter().map(String::as_str).collect();
    Play::new((60, 12), &pages)
}

fn title_row(play: &Play) -> String {
    play.screen().lines().next().unwrap_or_default().to_owned()
}

#[test]
fn the_list_and_the_page_tell_how_far_they_are() {
    let mut play = articles(20);
    assert!(title_row(&play).ends_with("1 of 20  ? help"), "{}", title_row(&play));
    play.play("jj");
    assert!(title_row(&play).ends_with("3 of 20  ? help"), "{}", title_row(&play));
    play.play("G");
    assert!(title_row(&play).ends_with("20 of 20  ? help"), "{}", title_row(&play));
    let mut play = Play::new((60, 9), &[STARS]);
    play.play("<enter>");
    assert!(title_row(&play).ends_with(" 0 %  ? help"), "{}", title_row(&play));
    play.play("G");
    assert!(title_row(&play).ends_with(" 100 %  ? help"), "{}", title_row(&play));
    // All of it is on the screen.
    let mut play = Play::new((60, 60), &[STARS]);
    play.play("<enter>");
    assert!(!title_row(&play).contains('%'), "{}", title_row(&play));
}

#[test]
fn after_a_restart_the_cursor_is_on_the_screen_and_moves_by_one() {
    let mut play = articles(280);
    play.play("Gkkkkkkkkkk<enter>");
    let read = play.model.page.as_ref().unwrap().article.article.title.to_string();
    let mut play = play.restart();
    assert_eq!(play.model.page.as_ref().unwrap().article.article.title.to_string(), read);
    play.play("q");
    assert!(play.pane(Pane::List).contains(&format!("▌   {read}")), "{}", play.screen());
    play.play("j");
    assert_eq!(play.model.list.selected().unwrap().title.to_string(), "Article 9", "{}", play.screen());
    assert!(!play.footer().contains("end of the list"), "{}", play.footer());
    play.play("kk");
    assert_eq!(play.model.list.selected().unwrap().title.to_string(), "Article 11");
}

#[test]
fn words_come_before_times_where_room_is_short() {
    let mut play = Play::new((40, 14), &[STARS]);
    play.play("<enter>c]]]]]]");
    let page = play.pane(Pane::Page);
    assert!(page.contains("│ sceptic · 1 / 5 (4)  No owl was th…"), "{page}");
}

#[test]
fn many_comments_of_one_day_are_told_apart_by_the_clock() {
    let comment = |n: usize| format!("%% comment c{n} | reader {n} | 2026-10-05T{:02}:30:00Z | 4 / 5 (2)\nWords.\n", 8 + n);
    let comments = (0..12).map(comment).collect::<Vec<_>>().concat();
    let page = format!("# A busy day\n\nOctober 5, 2026\n\nText.\n\n%% discussion page | stars 5\n{comments}");
    let mut play = Play::new((60, 20), &[&page]);
    play.play("<enter>c");
    assert!(play.at_cursor().contains("Oct 5 08:30"), "{}", play.at_cursor());
}
