//! A store that something else wrote to: one odd row stops no command, and `doctor` mends it.

use std::fmt::Write as _;

use crate::fixtures;
use crate::home::Home;

fn change(home: &Home, sql: &str) {
    let conn = rusqlite::Connection::open(home.store_file()).unwrap();
    // The triggers call functions of Gleaner; the columns changed here have none.
    conn.execute_batch(sql).unwrap();
}

#[test]
fn an_odd_row_is_exported_told_and_mended() {
    let home = Home::with_pages(&[fixtures::page()]);
    let two = "{\"title\":\"One\",\"text\":\"A\"}\n{\"title\":\"Two\",\"text\":\"B\"}\n";
    home.run_with_input(&["import", "-"], two.as_bytes()).succeeded();
    let all = home.run(&["export"]).succeeded().out;
    change(&home, "UPDATE comments SET parent_kind = 4294967296, rank_first = -1, ordinal = ordinal + 7 WHERE id = 1");
    change(&home, "UPDATE articles SET told = 99999999999, published = -9223372036854775808 WHERE id = 2");
    for args in [&["list"][..], &["show", "1"], &["show", "2"], &["search", "in:comments", fixtures::RARE_WORD], &["sources"]] {
        home.run(args).succeeded();
    }
    let run = home.run(&["export"]);
    assert_eq!((run.code, run.out.lines().count()), (1, all.lines().count()), "{}", run.err);
    for told in ["article 1 has odd values in comments.", "article 2 has odd values in articles.published", "2 odd articles"] {
        assert!(run.err.contains(told), "{told}: {}", run.err);
    }
    let other = Home::new();
    let taken = other.run_with_input(&["import", "-"], run.out.as_bytes()).succeeded();
    assert!(!taken.out.contains("left out"), "{}", taken.out);
    let markdown = home.run(&["export", "--markdown"]);
    assert!(markdown.code == 1 && markdown.err.contains("2 odd articles"), "{}", markdown.err);

    let doctor = home.run(&["doctor"]).succeeded().out;
    for told in ["comments.parent_kind", "comments.rank_first", "articles.told", "articles.published"] {
        assert!(doctor.contains(&format!("mended 1 odd value in {told}")), "{told}: {doctor}");
    }
    let again = home.run(&["doctor"]).succeeded().out;
    assert!(!again.contains("mended") && again.contains("every row can be read"), "{again}");
    home.run(&["export"]).succeeded();
}

#[test]
fn a_line_with_numbers_out_of_range_is_refused_with_its_number_and_its_field() {
    let home = Home::with_pages(&[fixtures::page()]);
    let line = home.run(&["export"]).succeeded().out;
    let mut text = String::new();
    for (field, value) in [("own_rating", "6"), ("first_seen", "1e300"), ("told", "-1")] {
        let mut wrong: serde_json::Value = serde_json::from_str(&line).unwrap();
        wrong[field] = serde_json::from_str(value).unwrap();
        // The mark stands first in a line.
        let mark = wrong.as_object_mut().unwrap().remove("gleaner").unwrap();
        writeln!(text, "{{\"gleaner\":{mark},{}", &wrong.to_string()[1..]).unwrap();
    }
    text += &line;
    let other = Home::new();
    let run = other.run_with_input(&["import", "-"], text.as_bytes()).succeeded();
    for told in ["line 1 was left out: own_rating: 6", "line 2 was left out: first_seen: 1e", "line 3 was left out: told: -1"] {
        assert!(run.out.contains(told), "{told}: {}", run.out);
    }
    assert_eq!(other.run(&["list", "--json"]).succeeded().out.lines().count(), 1);
}
