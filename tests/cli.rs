//! The command line, through pipes: what each command prints, and how each wrong use ends.

use std::io::{BufRead, BufReader};

use serde_json::Value;

use crate::fixtures;
use crate::home::Home;

#[test]
fn importing_twice_changes_nothing() {
    let home = Home::new();
    let file = home.write("page.txt", fixtures::page().as_bytes());
    let facts = || (home.run(&["list", "--json"]).succeeded().out, home.run(&["show", "1", "--json"]).succeeded().out);
    let first = home.run(&["import", &file]).succeeded();
    assert!(format!("{}{}", first.out, first.err).contains("page.txt"), "import says what it took: {}", first.out);
    let before = facts();
    home.run(&["import", &file]).succeeded();
    assert_eq!(facts(), before);
}

#[test]
fn importing_again_takes_new_ranks_and_comments() {
    let home = Home::with_pages(&[fixtures::page()]);
    let later = fixtures::page().replacen("1 / 5 (4)", "2.6 / 5 (5)", 1);
    let later = later.replacen("Please sign in", "5 / 5 (1) Mar 06, 2014\nA late word.\nPlease sign in", 1);
    home.run(&["import", &home.write("later.txt", later.as_bytes())]).succeeded();
    let page = home.run(&["show", "1", "--json"]).succeeded().json();
    let comments = page["discussions"][0]["comments"].as_array().unwrap();
    assert_eq!(comments.len(), fixtures::RANKS.len() + 1);
    assert_eq!(comments[2]["rank"], serde_json::json!({ "stars": 2.6, "votes": 5 }));
    assert_eq!(home.run(&["list", "--json"]).succeeded().out.lines().count(), 1);
}

#[test]
fn a_folder_is_imported_whole_and_each_bad_file_named() {
    let home = Home::new();
    std::fs::create_dir_all(home.path("pages/deeper")).unwrap();
    home.write("pages/one.txt", fixtures::page().as_bytes());
    home.write("pages/deeper/two.txt", fixtures::long_page(20).as_bytes());
    home.write("pages/empty.txt", b"");
    let run = home.run(&["import", home.path("pages").to_str().unwrap()]);
    let told = format!("{}{}", run.out, run.err);
    assert!(told.contains("empty.txt") && told.contains("empty"), "{told}");
    assert_eq!(home.run(&["list", "--json"]).succeeded().out.lines().count(), 2, "{told}");
}

#[test]
fn list_names_articles_and_takes_a_query() {
    let home = Home::with_pages(&[fixtures::page(), fixtures::long_page(20)]);
    let both = home.run(&["list"]).succeeded().out;
    assert!(both.contains(fixtures::TITLE) && both.contains("A long argument"), "{both}");
    for row in home.run(&["list", "--json"]).succeeded().out.lines() {
        let row: Value = serde_json::from_str(row).unwrap();
        assert!(row["id"].is_i64() && row["title"].is_string(), "{row}");
    }
    home.run(&["mark", "star", "1"]).succeeded();
    let starred = home.run(&["list", "is:starred"]).succeeded().out;
    assert!(starred.contains(fixtures::TITLE) && !starred.contains("A long argument"), "{starred}");
}

#[test]
fn show_gives_the_page_in_reading_order() {
    let home = Home::with_pages(&[fixtures::page()]);
    let text = home.run(&["show", "1"]).succeeded().out;
    let parts = [
        fixtures::TITLE,
        "Field Desk",
        "Paragraph 1 ",
        "Paragraph 12 ",
        "Hedges shelter the late grain",
        "Mice read the rows before we do",
        "A field seen from below",
        "The ledger of a single acre",
        "What became of",
        "Opinion 11 has nothing against",
    ];
    let mut rest = text.as_str();
    for part in parts {
        let at = rest.find(part).unwrap_or_else(|| panic!("{part:?} is missing or out of order in:\n{text}"));
        rest = &rest[at..];
    }
    assert!(!text.contains('\x1b'), "no escapes into a pipe");
    assert!(!text.contains("Please sign in"), "the page's furniture stays out");
}

#[test]
fn show_json_has_exactly_the_promised_names() {
    let home = Home::with_pages(&[fixtures::page()]);
    let page = home.run(&["show", "1", "--json"]).succeeded().json();
    let discussion = &page["discussions"][0];
    let table: [(&Value, &str); 7] = [
        (
            &page,
            "body byline discussions enclosures explore_further id published read recommended related source sources starred texts title url",
        ),
        (&page["body"][0], "kind text"),
        (&page["explore_further"], "title url"),
        (&page["related"][0], "published teaser title url"),
        (&page["recommended"][0], "published teaser title url"),
        (discussion, "bar comments complete counts floor missing order place scale url"),
        (&discussion["comments"][0], "author depth guessed_parent id parent posted rank shown text"),
    ];
    for (object, names) in table {
        assert_eq!(names_of(object), names, "{object}");
    }
    assert_eq!(names_of(&discussion["counts"]), "folded lines open total unrated");
    assert_eq!(discussion["scale"], serde_json::json!({ "kind": "stars", "max": 5 }));
    assert_eq!((&page["published"], &page["id"]), (&"2014-03-03".into(), &1.into()));
    assert_eq!((&discussion["order"], &discussion["bar"]), (&"oldest".into(), &Value::Null));
    let ranks: Vec<Value> = discussion["comments"].as_array().unwrap().iter().map(|comment| comment["rank"].clone()).collect();
    let wanted = fixtures::RANKS.map(|rank| match rank {
        None => Value::Null,
        Some((mean, votes)) if mean.is_multiple_of(10) => serde_json::json!({ "stars": mean / 10, "votes": votes }),
        Some((mean, votes)) => serde_json::json!({ "stars": f64::from(mean) / 10.0, "votes": votes }),
    });
    for (rank, wanted) in ranks.iter().zip(&wanted) {
        assert_eq!(rank["stars"].as_f64(), wanted["stars"].as_f64());
        assert_eq!(rank["votes"], wanted["votes"]);
    }
}

#[test]
fn the_bar_counts_as_on_the_page() {
    let home = Home::with_pages(&[fixtures::page()]);
    for (bar, tenths) in [("off", 0), ("1", 10), ("2.5", 25), ("3.7", 37), ("5", 50)] {
        let page = home.run(&["show", "1", "--json", "--bar", bar]).succeeded().json();
        let (counts, open) = (&page["discussions"][0]["counts"], fixtures::open_at(tenths));
        assert_eq!(counts["open"], open, "bar {bar}");
        assert_eq!(counts["lines"], fixtures::RANKS.len() - open, "bar {bar}");
        assert_eq!(counts["folded"], 0, "bar {bar}");
        assert_eq!(counts["unrated"], 2, "bar {bar}");
    }
    let page = home.run(&["show", "1", "--json", "--bar", "4", "--floor", "2", "--flat"]).succeeded().json();
    assert_eq!(page["discussions"][0]["counts"]["folded"], 3, "two of 1 and one of 1.7");
}

#[test]
fn a_file_is_shown_without_being_stored() {
    let home = Home::new();
    let file = home.write("page.txt", fixtures::page().as_bytes());
    for run in
        [home.run(&["show", "--json", &file]), home.run_with_input(&["show", "--json", "-"], fixtures::page().as_bytes())]
    {
        let page = run.succeeded().json();
        assert_eq!((&page["id"], &page["title"]), (&Value::Null, &fixtures::TITLE.into()));
    }
    assert!(!home.run(&["list"]).succeeded().out.contains(fixtures::TITLE));
}

#[test]
fn every_failure_names_the_thing_and_what_to_do() {
    let home = Home::with_pages(&[fixtures::page()]);
    std::fs::create_dir(home.path("hollow")).unwrap();
    let files = [
        home.write("empty.txt", b""),
        home.write("nul.txt", b"a page\0with a hole"),
        home.write("huge.txt", &b"grain ".repeat((16 << 20) / 6 + 2)),
    ];
    let [empty, nul, huge] = files.each_ref().map(String::as_str);
    let [absent, hollow] = ["absent.txt", "hollow"].map(|name| home.path(name).to_str().unwrap().to_owned());
    let table: [(&[&str], i32, &[&str]); 14] = [
        (&["show", "99"], 1, &["99", "hint: "]),
        (&["show", "--bar", "much", "1"], 2, &["much"]),
        (&["show", "--order", "upwards", "1"], 2, &["upwards", "oldest"]),
        (&["list", "is:purple"], 2, &["purple"]),
        (&["mark", "sideways", "1"], 2, &["sideways"]),
        (&["mark", "read", "99"], 1, &["99"]),
        (&["rate", "1", "9"], 2, &["9"]),
        (&["frobnicate"], 1, &["frobnicate"]),
        (&["list", "--nonsense"], 2, &["--nonsense"]),
        (&["import", empty], 1, &["empty.txt", "it is empty"]),
        (&["import", nul], 1, &["nul.txt", "NUL"]),
        (&["import", huge], 1, &["huge.txt", "16777216"]),
        (&["import", &absent], 1, &["absent.txt", "hint: "]),
        (&["show", &hollow], 1, &["hollow"]),
    ];
    for (args, code, words) in table {
        let run = home.run(args);
        // A word that is no command may be taken for a file, which is then missing: both ends are right.
        let code = if args == ["frobnicate"] { run.code.clamp(1, 2) } else { code };
        eprintln!("{args:?}");
        run.failed(code, words);
    }
    assert!(home.run(&["list"]).succeeded().out.contains(fixtures::TITLE), "nothing was lost");
}

#[cfg(unix)]
#[test]
fn an_unreadable_file_is_named() {
    use std::os::unix::fs::PermissionsExt;
    let home = Home::new();
    let file = home.write("locked.txt", fixtures::page().as_bytes());
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o000)).unwrap();
    if std::fs::File::open(&file).is_ok() {
        println!("skipped: this user may read every file");
        return;
    }
    home.run(&["import", &file]).failed(1, &["locked.txt", "permission denied"]);
}

#[cfg(unix)]
#[test]
fn a_folder_that_contains_itself_is_walked_once() {
    let home = Home::new();
    std::fs::create_dir(home.path("pages")).unwrap();
    home.write("pages/page.txt", fixtures::page().as_bytes());
    std::os::unix::fs::symlink(home.path("pages"), home.path("pages/again")).unwrap();
    home.run(&["import", home.path("pages").to_str().unwrap()]);
    assert_eq!(home.run(&["list", "--json"]).succeeded().out.lines().count(), 1);
}

#[cfg(unix)]
#[test]
fn the_store_is_the_readers_alone() {
    use std::os::unix::fs::PermissionsExt;
    let home = Home::with_pages(&[fixtures::page()]);
    assert_eq!(std::fs::metadata(home.store_file()).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn a_store_of_a_newer_version_is_left_alone() {
    let home = Home::with_pages(&[fixtures::page()]);
    let path = home.store_file();
    rusqlite::Connection::open(&path).unwrap().pragma_update(None, "user_version", 9999).unwrap();
    for args in [&["list"][..], &["show", "1"], &["mark", "read", "1"]] {
        home.run(args).failed(1, &["9999", "newer", path.file_name().unwrap().to_str().unwrap()]);
    }
    let version: i64 =
        rusqlite::Connection::open(&path).unwrap().pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    assert_eq!(version, 9999);
}

#[test]
fn a_reader_of_the_output_may_leave_early() {
    let home = Home::with_pages(&[fixtures::long_page(1500)]);
    let mut child = home.command(&["show", "1"]).spawn().unwrap();
    let mut first = String::new();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    stdout.read_line(&mut first).unwrap();
    drop(stdout);
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), String::from_utf8(output.stderr).unwrap().as_str()), (Some(0), ""));
}

#[test]
fn nothing_foreign_reaches_the_terminal() {
    let home = Home::with_pages(&[fixtures::nasty_page()]);
    for args in [&["list"][..], &["show", "1"], &["show", "1", "--json"], &["list", "--json"]] {
        let out = home.run(args).succeeded().out;
        let odd = |c: char| c.is_control() && c != '\n' || matches!(c, '\u{202a}'..='\u{202e}' | '\u{200b}');
        assert!(!out.contains(odd), "{args:?}: {}", out.escape_debug());
        assert!(out.contains("Calm "), "{args:?}: {out}");
    }
}

#[test]
fn state_is_kept_and_health_is_told() {
    let home = Home::with_pages(&[fixtures::page()]);
    home.run(&["mark", "read", "1"]).succeeded();
    home.run(&["mark", "star", "1"]).succeeded();
    home.run(&["rate", "1", "4"]).succeeded();
    let page = home.run(&["show", "1", "--json"]).succeeded().json();
    assert_eq!((&page["read"], &page["starred"]), (&true.into(), &true.into()));
    for args in [&["doctor"][..], &["config"], &["--help"], &["--version"], &["show", "--help"]] {
        assert!(!home.run(args).succeeded().out.is_empty(), "{args:?}");
    }
}

#[test]
fn the_page_this_reader_is_modelled_on_has_its_known_facts() {
    let corpus = std::env::var_os("GLEANER_CORPUS")
        .map_or_else(|| std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus"), Into::into);
    let file = corpus.join("physorg/2011-06-04-cyber-threats.txt");
    // The program runs in another folder, so the path must not be a relative one.
    let Ok(file) = file.canonicalize() else {
        println!("skipped: {} is not there", file.display());
        return;
    };
    let home = Home::new();
    home.run(&["import", file.to_str().unwrap()]).succeeded();
    let page = home.run(&["show", "1", "--json", "--bar", "5"]).succeeded().json();
    assert_eq!(page["title"], "US, Britain urge cooperation on cyber threats");
    assert_eq!((&page["byline"], &page["published"]), (&"Philip Lim".into(), &"2011-06-04".into()));
    assert!(page["body"].as_array().unwrap().len() >= 18);
    assert_eq!(page["explore_further"]["title"], "SKorea military networks under growing cyber attack");
    let dates = |list: &str| -> Vec<String> {
        page[list].as_array().unwrap().iter().map(|story| story["published"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(dates("related"), ["2011-01-31", "2010-09-15", "2009-05-04"]);
    assert_eq!(dates("recommended"), ["2017-11-24"]);
    let discussion = &page["discussions"][0];
    assert_eq!(discussion["counts"], serde_json::json!({ "total": 3, "open": 3, "lines": 0, "folded": 0, "unrated": 3 }));
    let comments = discussion["comments"].as_array().unwrap();
    let posted: Vec<&str> = comments.iter().map(|comment| comment["posted"].as_str().unwrap()).collect();
    assert_eq!(posted, ["2011-06-04", "2011-06-04", "2011-06-05"]);
    assert!(comments[1]["text"].as_str().unwrap().contains('\n'), "two paragraphs");
    assert_eq!((&comments[2]["parent"], &comments[2]["guessed_parent"]), (&comments[1]["id"], &true.into()));
}

/// An object's names in alphabetical order.
fn names_of(object: &Value) -> String {
    let mut names: Vec<&str> =
        object.as_object().unwrap_or_else(|| panic!("no object: {object}")).keys().map(String::as_str).collect();
    names.sort_unstable();
    names.join(" ")
}

#[test]
fn score_rules_are_made_listed_changed_and_removed() {
    let home = Home::with_pages(&[fixtures::page()]);
    let folded =
        |home: &Home| home.run(&["show", "1", "--json"]).succeeded().json()["discussions"][0]["counts"]["folded"].clone();
    assert_eq!(folded(&home), 0);
    let made = home.run(&["rules", "add", "no beans", "mute", "--words", "beans", "--site", "page"]).succeeded();
    assert_eq!(made.out, "no beans: mute if with “beans” and at page\n");
    assert_eq!(folded(&home), 3, "for beans, and two against them");
    home.run(&["rules", "add", "no beans", "lift", "--author", "a"]).failed(1, &["already", "rules edit"]);
    home.run(&["rules", "add", "idle", "mute"]).failed(2, &["matches nothing", "--author"]);
    home.run(&["rules", "add", "idle", "hush", "--author", "a"]).failed(2, &["lift, shrink, mute"]);
    let edited = home.run(&["rules", "edit", "no beans", "--does", "shrink", "--site", "", "--longer", "3"]).succeeded();
    assert_eq!(edited.out, "no beans: shrink if with “beans” and of more than 3 words\n");
    assert_eq!(folded(&home), 0);
    let config = home.write(
        "own.toml",
        b"[[rules]]\nname = \"quiet\"\ndoes = \"mute\"\nauthor = \"reader7\"\n\
        [[ignore]]\nsource = \"news\"\nwords = [\"horoscope\"]\n",
    );
    let all = home.run(&["--config", &config, "rules"]).succeeded().out;
    assert_eq!(
        all,
        "quiet: mute if by reader7 (config)\nno beans: shrink if with “beans” and of more than 3 words\n\
        ignored: articles with “horoscope” and at news (config)\n"
    );
    let json = home.run(&["rules", "--json"]).succeeded().json();
    assert_eq!(names_of(&json), "author does from longer name place shorter words");
    home.run(&["--config", &config, "rules", "remove", "quiet"]).failed(1, &["stands in the configuration", "own.toml"]);
    home.run(&["rules", "remove", "no bean"]).failed(1, &["did you mean `no beans`"]);
    home.run(&["rules", "remove", "no beans"]).succeeded();
    assert_eq!(home.run(&["rules"]).succeeded().out, "");
}
