//! The README's picture and key table are made from the program, so that neither can be out of date. With
//! `UPDATE_SCREEN=1` they are written anew instead of compared.

mod picture;

use std::fmt::Write;
use std::path::{Path, PathBuf};

use gleaner::domain::order::Order;
use gleaner::domain::time::{Timestamp, utc};
use gleaner::format::Origin;
use gleaner::site::read;
use gleaner::store::Store;
use gleaner::tui::keymap::{ACTIONS, Binding, Group, Key};
use gleaner::tui::theme::Theme;
use gleaner::tui::{Settings, Start, snapshot};

/// 2026-10-13T18:00:00Z
const NOW: Timestamp = Timestamp(1_791_914_400);

/// To the second article's discussion, with bar and floor raised, and to a comment in its middle.
const KEYS: &str = "j enter c ] ] ] ] ] ] ] ] } } } } ) ) ) k k";

#[test]
fn the_picture_is_what_the_program_draws() {
    let keys: Vec<Key> = KEYS.split(' ').map(|key| key.parse().unwrap()).collect();
    let start = Start { store: edition(), path: None, open: None, visit: None, zone: utc, now: || NOW };
    let theme = Theme::default().on_background(picture::PAPER, Some(picture::INK));
    let screen = snapshot(start, Settings { theme, ..Settings::default() }, (120, 36), &keys);
    compare(&of_project("assets/screen.svg"), &picture::svg(&screen));
}

#[test]
fn the_key_table_is_the_programs() {
    let path = of_project("README.md");
    let readme = std::fs::read_to_string(&path).unwrap();
    let (mark, end) = ("<!-- keys -->\n", "<!-- /keys -->");
    let (before, rest) = readme.split_once(mark).unwrap();
    let (_, after) = rest.split_once(end).unwrap();
    compare(&path, &format!("{before}{mark}{}{end}{after}", key_table()));
}

#[test]
fn the_orders_are_named_where_one_is_chosen() {
    for path in ["README.md", "assets/config.toml"] {
        let text = std::fs::read_to_string(of_project(path)).unwrap();
        let is_named = |name: &str| ['`', '"'].iter().any(|quote| text.contains(&format!("{quote}{name}{quote}")));
        let missing: Vec<&str> = Order::ALL.map(Order::name).into_iter().filter(|name| !is_named(name)).collect();
        assert!(missing.is_empty(), "{path} does not name the orders {missing:?}");
    }
}

#[test]
fn what_the_readme_names_is_there() {
    let readme = std::fs::read_to_string(of_project("README.md")).unwrap();
    let targets = readme.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target);
    let missing: Vec<&str> = targets.filter(|target| !target.contains("://") && !of_project(target).exists()).collect();
    assert!(missing.is_empty(), "the README links to what is not there: {missing:?}");
}

fn of_project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

#[track_caller]
fn compare(path: &Path, made: &str) {
    if std::env::var_os("UPDATE_SCREEN").is_some() {
        std::fs::write(path, made).unwrap();
    }
    let checked_in = std::fs::read_to_string(path).unwrap_or_default();
    assert!(checked_in == made, "{} is out of date: run the test with UPDATE_SCREEN=1 and look at it", path.display());
}

/// A store with the welcome edition.
fn edition() -> Store {
    let mut store = Store::in_memory().unwrap();
    let folder = std::fs::read_dir(of_project("assets/edition")).unwrap();
    let mut files: Vec<PathBuf> = folder.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for file in files {
        let name = file.file_name().unwrap().to_str().unwrap();
        for page in read(&std::fs::read(&file).unwrap(), &Origin { name, now: NOW }).unwrap().pages {
            store.save(&page, NOW).unwrap();
        }
    }
    store
}

fn key_table() -> String {
    let mut table = String::from("| keys | do | name |\n|---|---|---|\n");
    for group in Group::ALL {
        writeln!(table, "| | **{}** | |", group.title()).unwrap();
        for Binding { keys, help, name, .. } in ACTIONS.iter().filter(|entry| entry.group == group) {
            let keys: Vec<String> = keys.iter().map(|key| format!("`{key}`")).collect();
            writeln!(table, "| {} | {help} | `{name}` |", keys.join(" ")).unwrap();
        }
    }
    table
}
