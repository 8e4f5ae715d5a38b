//! Reading: from the list to the page, its comments and back, and the same place after a restart.

use super::{FRAME, NARROW, WIDE, at_comments, at_list, counted, leave, wait_for_open};
use crate::fixtures::{self, RANKS};
use crate::home::Home;

#[test]
fn a_first_run_shows_the_welcome_edition() {
    let home = Home::new();
    let mut reader = home.open(&[], WIDE);
    reader.wait_until("the welcome edition", |screen| screen.to_lowercase().contains("welcome"));
    leave(reader);
    let list = || home.run(&["list", "--json"]).succeeded().out;
    let before = list();
    assert!(before.lines().count() == 5 && before.contains("Add your first feed"), "{before}");
    let mut again = home.open(&[], WIDE);
    again.wait_until("the welcome edition", |screen| screen.to_lowercase().contains("welcome"));
    leave(again);
    assert_eq!(list().lines().count(), before.lines().count(), "it is laid down once");
}

#[test]
fn the_page_is_read_as_one_from_headline_to_comments() {
    let home = Home::with_pages(&[fixtures::page()]);
    let mut reader = at_list(&home, NARROW);
    reader.type_keys("<Enter>").wait_for("Field Desk").wait_for("Paragraph 1 ");
    let parts = ["Paragraph 12 ", "Hedges shelter", "Mice read the rows", "The ledger of a", "What became of the"];
    for part in parts {
        for _ in 0..12 {
            if reader.screen().contains(part) {
                break;
            }
            reader.type_keys("<C-d>").settle(FRAME);
        }
        reader.wait_for(part);
    }
    reader.type_keys("g").wait_for("Field Desk");
    leave(reader);
}

#[test]
fn the_slider_opens_and_shuts_comments_with_counts() {
    for size in [NARROW, WIDE, (200, 60)] {
        let home = Home::with_pages(&[fixtures::page()]);
        let mut reader = at_comments(&home, size);
        for (key, bar) in [("]", 30), ("]", 35), ("]", 40), ("]", 45), ("]", 50), ("]", 50), ("[", 45), ("-", 40), ("+", 45)] {
            reader.type_keys(key);
            wait_for_open(&mut reader, fixtures::open_at(bar));
        }
        if let Some(lines) = counted(&reader.screen(), "lines") {
            assert_eq!(lines, RANKS.len() - fixtures::open_at(45));
        }
        reader.type_keys("[[[[");
        wait_for_open(&mut reader, fixtures::open_at(25));
        reader.type_keys("u");
        wait_for_open(&mut reader, fixtures::open_at(25) - 2);
        reader.type_keys("u");
        wait_for_open(&mut reader, fixtures::open_at(25));
        leave(reader);
    }
}

#[test]
fn the_slider_rests_where_it_was_left() {
    let home = Home::with_pages(&[fixtures::page()]);
    let mut reader = at_comments(&home, WIDE);
    reader.type_keys("]]]");
    wait_for_open(&mut reader, fixtures::open_at(40));
    leave(reader);
    let mut reader = home.open(&[], WIDE);
    wait_for_open(&mut reader, fixtures::open_at(40));
    leave(reader);
}

#[test]
fn folding_shuts_a_comment_and_opens_it_again() {
    let home = Home::with_pages(&[fixtures::page()]);
    let mut reader = at_comments(&home, WIDE);
    let open = fixtures::open_at(25);
    reader.type_keys("z").wait_until("fewer open", |screen| counted(screen, "open").is_some_and(|now| now < open));
    reader.type_keys("z");
    wait_for_open(&mut reader, open);
    leave(reader);
}

#[test]
fn windows_over_the_page_come_and_go() {
    let home = Home::with_pages(&[fixtures::page()]);
    let mut reader = at_comments(&home, WIDE);
    // Keys, and words of which one must show.
    let table: [(&str, &[&str]); 3] =
        [("w", &["unrated", "not rated"]), ("?", &["moving"]), (":", &["move-down", "down a row"])];
    for (keys, words) in table {
        let before = reader.settle(FRAME).screen();
        reader.type_keys(keys).wait_until(&format!("{keys:?} to tell {words:?}"), |screen| {
            screen != before && words.iter().any(|word| screen.to_lowercase().contains(word))
        });
        // A line of news may go with the next key; the page itself is as it was.
        reader.type_keys("<Esc>").wait_until(&format!("the page back after {keys:?}"), |screen| {
            let rows = |screen: &str| -> Vec<String> { screen.lines().skip(1).map(str::to_owned).collect() };
            let (now, then) = (rows(screen), rows(&before));
            now[..now.len() - 1] == then[..then.len() - 1]
        });
    }
    leave(reader);
}

#[test]
fn the_palette_finds_an_action_by_its_words() {
    let home = Home::with_pages(&[fixtures::page()]);
    let mut reader = at_comments(&home, WIDE);
    reader.type_keys(":rank 4<Enter>");
    wait_for_open(&mut reader, fixtures::open_at(40));
    reader.type_keys(":quit").settle(FRAME).type_keys("<Enter>").ends_well();
}

#[test]
fn a_search_goes_from_hit_to_hit_and_marks_them() {
    let home = Home::with_pages(&[fixtures::page()]);
    let mut reader = at_list(&home, NARROW);
    reader.type_keys("<Enter>").wait_for("Paragraph 1 ").type_keys("/").type_keys(fixtures::RARE_WORD).type_keys("<Enter>");
    reader.wait_for("Paragraph 2 ").settle(FRAME);
    let row = reader.row_of("Paragraph 2 ").unwrap();
    let line = reader.screen().lines().nth(row.into()).unwrap().to_owned();
    let column = |text: &str| line[..line.find(text).unwrap()].chars().count() as u16;
    assert_ne!(reader.style(column(fixtures::RARE_WORD), row), reader.style(column("Paragraph"), row));
    reader.type_keys("n").wait_for("Paragraph 9 ");
    reader.type_keys("n").wait_for("What became of the");
    reader.type_keys("N").wait_for("Paragraph 9 ");
    leave(reader);
}

#[test]
fn a_star_is_kept_and_q_goes_back_step_by_step() {
    let home = Home::with_pages(&[fixtures::page(), fixtures::long_page(30)]);
    let mut reader = at_list(&home, NARROW);
    reader.type_keys("<Enter>").wait_for("Paragraph 1 ").type_keys("s").settle(FRAME);
    let mut steps = 0;
    while !reader.ends_within(FRAME) {
        steps += 1;
        assert!(steps <= 4, "q does not lead out; the screen:\n{}", reader.screen());
        reader.type_keys("q");
    }
    reader.ends_well();
    assert!(steps > 1, "the page first, then the program");
    assert_eq!(home.run(&["list", "--json", "is:starred"]).succeeded().out.lines().count(), 1);
}

#[test]
fn a_restart_comes_back_to_the_same_place() {
    for size in [NARROW, WIDE] {
        let home = Home::with_pages(&[fixtures::page(), fixtures::long_page(200)]);
        let mut reader = at_list(&home, size);
        reader.type_keys("<Enter>").settle(FRAME).type_keys("c");
        reader.wait_until("comments", |screen| !page_rows(screen).is_empty());
        reader.type_keys("jjjj<Space>j").settle(FRAME);
        let before = page_rows(&reader.screen());
        assert!(!before.is_empty(), "comments are on the screen:\n{}", reader.screen());
        leave(reader);
        let mut again = home.open(&[], size);
        again.wait_until(&format!("the place again:\n{}", before.join("\n")), |screen| page_rows(screen) == before);
        leave(again);
    }
}

/// The rows that hold words of comments.
fn page_rows(screen: &str) -> Vec<String> {
    let of_a_comment = |line: &&str| line.contains("Remark") || line.contains("husks") || line.contains("Opinion");
    screen.lines().filter(of_a_comment).map(str::to_owned).collect()
}
