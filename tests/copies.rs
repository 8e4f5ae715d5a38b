//! Backups and stores that come from elsewhere, through the command line.

use crate::fixtures;
use crate::home::Home;

#[test]
fn a_backup_is_the_file_that_was_named_whatever_its_name() {
    let home = Home::with_pages(&[fixtures::page()]);
    for name in [":memory:", "file:b.db", "file:c.db?mode=memory"] {
        let made = home.run(&["backup", name, "--json"]).succeeded().json();
        assert_eq!(made["articles"], 1, "{name}");
        assert_eq!(home.path(name).metadata().unwrap().len(), made["bytes"].as_u64().unwrap(), "{name}");
        let restored = home.run(&["restore", name, "--json"]).succeeded().json();
        assert_eq!(restored["articles"], 1, "{name}");
    }
    assert!(!home.path("b.db").exists() && !home.path("c.db").exists());
    assert_eq!(home.run(&["list", "--json"]).succeeded().out.lines().count(), 1);
}

#[test]
fn what_is_no_backup_is_called_so_and_changes_nothing() {
    let home = Home::new();
    home.run(&["backup", "none.db"]).failed(1, &["no store to back up"]);
    let home = Home::with_pages(&[fixtures::page()]);
    home.run(&["backup", "whole.db"]).succeeded();
    let whole = std::fs::read(home.path("whole.db")).unwrap();
    home.write("cut.db", &whole[..whole.len() / 3]);
    home.write("empty.db", b"");
    for (name, words) in [
        ("cut.db", "cut off"),
        ("empty.db", "it is empty"),
        ("data", "not a file"),
        ("data/store.db", "the store itself"),
        ("missing.db", "no such file"),
    ] {
        let run = home.run(&["restore", name]).failed(1, &[words]);
        assert!(!run.err.contains("right to write"), "{name}: {}", run.err);
    }
    home.run(&["backup", "data/store.db-wal"]).failed(1, &["part of another store"]);
    home.run(&["backup", "whole.db"]).failed(1, &["exists"]);
    assert_eq!(home.run(&["list", "--json"]).succeeded().out.lines().count(), 1);
}
