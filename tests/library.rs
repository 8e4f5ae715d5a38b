//! The library from the command line: articles by the thousand in, found again, backed up.

use serde_json::Value;

use crate::fixtures;
use crate::home::Home;

/// Articles as JSON lines, the newest first; every tenth has a word of its own.
fn lines(count: usize) -> String {
    let line = |n: usize| {
        let rare = if n.is_multiple_of(10) { "winnowing" } else { "reaping" };
        let html = format!("<p>The {rare} of field {n}.</p><p>Ende gut, École gut; 東京で量子計算機。</p>");
        let date = 1_700_000_000 - n * 60;
        serde_json::json!({ "id": n, "title": format!("Report {n}"), "url": format!("https://example.org/{n}"),
                            "author": "Field Desk", "date": date, "html": html })
    };
    (0..count).map(|n| line(n).to_string() + "\n").collect()
}

fn titles(home: &Home, args: &[&str]) -> Vec<String> {
    let out = home.run(args).succeeded().out;
    let title = |line: &str| serde_json::from_str::<Value>(line).unwrap()["title"].as_str().unwrap().to_owned();
    out.lines().map(title).collect()
}

#[test]
fn json_lines_are_imported_and_found() {
    let home = Home::new();
    let text = format!("{}nonsense\n\n{{\"title\":\"\"}}\n", lines(1200));
    let run = home.run(&["import", &home.write("articles.jsonl", text.as_bytes())]).succeeded();
    assert!(run.out.contains("1200 articles") && run.out.contains("line 1201 was left out"), "{}", run.out);
    let again = home.run_with_input(&["import", "-"], lines(1200).as_bytes()).succeeded();
    assert!(again.out.contains("unchanged"), "{}", again.out);

    assert_eq!(titles(&home, &["search", "winnowing", "--by", "date", "--limit", "2", "--json"]), ["Report 0", "Report 10"]);
    assert_eq!(titles(&home, &["list", "winnowing", "--json"]).len(), 120);
    assert_eq!(titles(&home, &["search", "量子", "title:7", "--json"]), ["Report 7"]);
    assert_eq!(titles(&home, &["search", "ecole title:8", "--json"]), ["Report 8"]);
    let hit = home.run(&["search", "\"of field 30\"", "--json"]).succeeded().json();
    assert_eq!((&hit["title"], &hit["marks"][0]), (&"Report 30".into(), &serde_json::json!([14, 25])));
    let common = home.run(&["search", "field"]).succeeded().out;
    assert!(common.contains("of the newest 1000"), "{common}");
    assert!(home.run(&["search", "nowhere"]).succeeded().out.contains("nothing found"));
}

#[test]
fn a_wrong_search_is_told_with_a_caret() {
    let home = Home::with_pages(&[fixtures::page()]);
    let run = home.run(&["search", "field", "comments:>many"]);
    assert!(run.err.contains("\n  field comments:>many\n                 ^"), "{}", run.err);
    run.failed(2, &["comments: wants a number"]);
}

#[test]
fn comments_are_searched() {
    let home = Home::with_pages(&[fixtures::page()]);
    let hit = home.run(&["search", "in:comments", fixtures::RARE_WORD, "--json"]).succeeded().json();
    assert!(hit["comment"]["id"].is_string() && hit["excerpt"].as_str().unwrap().contains(fixtures::RARE_WORD), "{hit}");
}

#[test]
fn searches_are_saved() {
    let home = Home::with_pages(&[fixtures::page()]);
    home.run(&["searches", "add", "floors", "--", "threshing", "-title:x"]).succeeded();
    home.run(&["searches", "add", "floors", "x"]).failed(1, &["already"]);
    home.run(&["searches", "edit", "floor", "x"]).failed(1, &["did you mean `floors`"]);
    home.run(&["searches", "edit", "floors", "threshing", "is:unread"]).succeeded();
    home.run(&["searches", "add", "wrong", "is:purple"]).failed(2, &["is: wants"]);
    let saved = home.run(&["searches", "--json"]).succeeded().json();
    assert_eq!(saved, serde_json::json!({ "name": "floors", "query": "threshing is:unread" }));
    home.run(&["searches", "remove", "floors"]).succeeded();
    assert_eq!(home.run(&["searches", "--json"]).succeeded().out, "");
}

#[test]
fn articles_are_exported_to_be_read() {
    let home = Home::with_pages(&[fixtures::page()]);
    home.run_with_input(&["import", "-"], lines(3).as_bytes()).succeeded();
    let markdown = home.run(&["export", "1", "--markdown"]).succeeded().out;
    assert!(markdown.starts_with(&format!("# {}\n\n", fixtures::TITLE)) && markdown.contains("\n## Comments: "), "{markdown}");
    // The same words, read back.
    let again = Home::new();
    again.run(&["import", &again.write("page.md", markdown.as_bytes())]).succeeded();
    assert_eq!(titles(&again, &["search", fixtures::RARE_WORD, "--json"]), [fixtures::TITLE]);
    let html = home.run(&["export", "title:report", "--html"]).succeeded().out;
    assert_eq!((html.matches("<article>").count(), html.matches("<h1>Report 2</h1>").count()), (3, 1));
    assert!(html.starts_with("<!DOCTYPE html>") && html.ends_with("</html>\n"), "{html}");
    home.run(&["export", "99", "--markdown"]).failed(1, &["there is no article 99"]);
    home.run(&["export", "--markdown", "--html"]).failed(2, &["--html"]);
}

#[test]
fn what_is_recommended_says_why() {
    let home = Home::new();
    let line =
        |n: usize, title: &str| serde_json::json!({ "id": n, "title": title, "text": "No more.", "date": n }).to_string();
    let titles_in = ["Quasar bends galaxies", "Galaxies hide a quasar", "Bread rises", "Quasar in galaxies"];
    let lines: Vec<String> = titles_in.iter().enumerate().map(|(n, title)| line(n, title)).collect();
    home.run_with_input(&["import", "-"], lines.join("\n").as_bytes()).succeeded();
    assert_eq!(home.run(&["list", "--recommended"]).succeeded().out, "");
    home.run(&["mark", "star", "1"]).succeeded();
    home.run(&["mark", "read", "4"]).succeeded();
    let told = home.run(&["list", "--recommended", "--json"]).succeeded().json();
    assert_eq!(
        (&told["title"], &told["because"]),
        (&"Galaxies hide a quasar".into(), &"because you starred Quasar bends galaxies".into())
    );
    assert!(
        home.run(&["list", "--recommended"]).succeeded().out.ends_with("\n     because you starred Quasar bends galaxies\n")
    );
}

#[test]
fn a_backup_comes_back() {
    let home = Home::with_pages(&[fixtures::page()]);
    let file = home.path("backup.db").to_str().unwrap().to_owned();
    home.run(&["backup", &file]).succeeded();
    home.run(&["backup", &file]).failed(1, &["exists"]);
    home.run(&["mark", "star", "1"]).succeeded();
    let run = home.run(&["restore", &file]).succeeded();
    assert!(run.out.contains("(1 article)") && run.out.contains("before-restore"), "{}", run.out);
    assert_eq!(titles(&home, &["list", "is:starred", "--json"]), [""; 0]);
    assert_eq!(titles(&home, &["list", "--json"]), [fixtures::TITLE]);
}

#[test]
fn what_is_exported_is_taken_back_exactly() {
    let home = Home::with_pages(&[fixtures::page()]);
    home.run(&["import", &home.write("articles.jsonl", lines(30).as_bytes())]).succeeded();
    for mark in [&["mark", "star", "1"][..], &["mark", "read", "title:report"], &["rate", "2", "4"], &["mark", "watch", "3"]] {
        home.run(mark).succeeded();
    }
    let comment = home.run(&["show", "1", "--json"]).succeeded().json()["discussions"][0]["comments"][0]["id"].clone();
    home.run(&["rate", &format!("1#{}", comment.as_str().unwrap()), "5"]).succeeded();
    let given = home.run(&["export"]).succeeded().out;
    assert_eq!(given.lines().count(), 31);

    let other = Home::new();
    let file = other.write("given.jsonl", given.as_bytes());
    let run = other.run(&["import", &file]).succeeded();
    assert!(run.out.contains("imported"), "{}", run.out);
    assert_eq!(other.run(&["export"]).succeeded().out, given);
    for asked in [&["list", "--json"][..], &["search", "winnowing", "--json"], &["list", "is:starred", "--json"]] {
        assert_eq!(titles(&other, asked), titles(&home, asked), "{asked:?}");
    }
    let findings = other.run(&["doctor", "--json"]).out;
    let is_wrong = |line: &str| serde_json::from_str::<Value>(line).unwrap()["ok"] == false;
    assert!(findings.contains("counts") && !findings.lines().any(is_wrong), "{findings}");
    assert!(other.run(&["import", &file]).succeeded().out.contains("unchanged"));
    assert_eq!(other.run(&["export", "is:starred"]).succeeded().out, given.lines().next().unwrap().to_owned() + "\n");

    // Marks that were made later come with it; those that were made here since stay.
    other.run(&["mark", "star", "4"]).succeeded();
    let later = given.replacen("\"starred\":1,\"starred_at\":", "\"starred_at\":9", 1);
    let later = later.replacen("\"own_rating\":4,", "\"own_rating\":5,", 1).replace("\"rated_at\":", "\"rated_at\":9");
    let run = other.run(&["import", &other.write("later.jsonl", later.as_bytes())]).succeeded();
    assert!(run.out.contains("2 stored articles took newer marks from the file"), "{}", run.out);
    assert_eq!(titles(&other, &["list", "is:starred", "--json"]), ["Report 2"]);
    assert_eq!(other.run(&["list", "title:0", "--json"]).succeeded().json()["own_rating"], 5);

    // The damaged line is left out and named; the rest is imported.
    let touched = given.replacen("\"first_seen\":", "\"first_seen\":\"x\",\"y\":", 1);
    let third = Home::new();
    let run = third.run(&["import", &third.write("touched.jsonl", touched.as_bytes())]).succeeded();
    assert!(
        run.out.contains("line 1 was left out: discussions[0].comments[0].first_seen: \"x\" is not a number"),
        "{}",
        run.out
    );
    assert_eq!(third.run(&["export"]).succeeded().out.lines().count(), 30);
}
