//! The invariants of the house that can be read off its source text (see the map in `src/lib.rs`).

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Which rooms a room may name. Arrows point down and may skip levels; only `main` knows `cli`, only `cli` `config`.
const ARROWS: [(&str, &[&str]); 13] = [
    ("main", &["cli"]),
    ("cli", &["config", "tui", "work", "source", "store", "site", "sync", "format", "os", "domain"]),
    ("fuzz", &["config", "tui", "work", "source", "store", "site", "sync", "format", "os", "domain"]),
    ("config", &["tui", "work", "source", "store", "site", "sync", "format", "os", "domain"]),
    ("tui", &["work", "source", "store", "site", "sync", "format", "os", "domain"]),
    ("work", &["source", "store", "site", "sync", "format", "os", "domain"]),
    ("source", &["format", "os", "domain"]),
    ("store", &["site", "sync", "format", "os", "domain"]),
    ("site", &["source", "format", "domain"]),
    ("sync", &["source", "format", "domain"]),
    ("format", &["domain"]),
    ("os", &["domain"]),
    ("domain", &[]),
];

/// Words that stand in no room but those named, and why.
const WORDS: [(&str, &[&str], &str); 31] = [
    ("unsafe", &[], "the crate has none of its own"),
    ("todo!", &[], "a promise is no code"),
    ("unimplemented!", &[], "a promise is no code"),
    ("dbg!", &[], "left over"),
    (".unwrap()", &[], "say what failed, or make it impossible"),
    ("sleep(", &[], "waiting is a poll with a deadline"),
    ("print!", &[], "output passes the one writer, cli::output"),
    ("println!", &[], "output passes the one writer, cli::output"),
    ("eprint!", &[], "output passes the one writer, cli::output"),
    ("eprintln!", &[], "output passes the one writer, cli::output"),
    ("toml::", &["config"], "only config knows TOML"),
    ("clap::", &["cli"], "only cli knows its arguments"),
    ("anyhow::", &["cli", "main"], "below cli, errors are types"),
    ("rusqlite::", &["store"], "only the store knows SQLite"),
    ("crossterm::", &["tui", "config"], "only the reader knows the terminal"),
    ("ratatui::", &["tui", "config"], "only the reader draws"),
    ("ratatui_image::", &["tui", "work"], "pictures are made ready beside the reader"),
    ("serde", &["cli", "config", "source", "store", "format"], "serde stands where a wire or disk format is"),
    ("std::fs", &["cli", "config", "store", "source", "work", "tui", "os", "main"], "format and domain do no I/O"),
    ("std::net", &["source"], "only sources go out"),
    ("OpenOptions", &["os"], "files are written by os::files"),
    ("File::create", &["os"], "files are written by os::files"),
    ("fs::write", &["os"], "files are written by os::files"),
    ("fs::rename", &["os"], "files are written by os::files"),
    ("fs::copy", &["os"], "files are written by os::files"),
    ("File::options", &["os"], "files are written by os::files"),
    ("File::create_new", &["os"], "files are written by os::files"),
    ("fs::hard_link", &["os"], "files are written by os::files"),
    ("Command::new", &["os"], "programs are run by os::program"),
    ("Command as", &[], "programs are run by os::program"),
    ("CommandExt", &["os"], "programs are run by os::program"),
];

/// Words that stand in no file but those whose names begin so, and why.
const ONLY_IN: [(&str, &[&str], &str); 12] = [
    ("stdout().lock", &["src/cli/output.rs"], "output passes the one writer, cli::output"),
    ("stderr().lock", &["src/cli/output.rs"], "output passes the one writer, cli::output"),
    ("io::stdout()", &["src/cli/output.rs", "src/tui/terminal/windows.rs"], "output passes the one writer, cli::output"),
    ("io::stderr()", &["src/cli/output.rs", "src/tui/terminal/modes.rs"], "output passes the one writer, cli::output"),
    ("rustix::fs::open", &["src/tui/terminal/", "src/os/"], "files are written by os::files"),
    ("writeln!(io::std", &[], "output passes the one writer, cli::output"),
    ("write!(io::std", &[], "output passes the one writer, cli::output"),
    ("rustix::io::write", &["src/tui/terminal/", "src/os/", "src/work"], "frames are written by tui::terminal"),
    ("stdio::stdout", &["src/tui/terminal/"], "frames are written by tui::terminal"),
    ("\\x1b", &["src/cli/output.rs", "src/tui/terminal/"], "sequences come from the writers alone"),
    ("\\u{1b}", &["src/cli/output.rs", "src/tui/terminal/"], "sequences come from the writers alone"),
    ("set_hook", &["src/cli/output.rs", "src/tui/terminal/modes.rs"], "a panic's words pass the writer as well"),
];

/// Words that one room must do without.
const ABSENCES: [(&str, &str, &str); 10] = [
    ("cli", "serde_json::to_writer", "JSON is written by cli::output, which escapes it"),
    ("tui", "Mutex", "state has one owner, the terminal thread"),
    ("tui", "RwLock", "state has one owner, the terminal thread"),
    ("format", "SystemTime::now", "the time now comes in as a value"),
    ("site", "SystemTime::now", "the time now comes in as a value"),
    ("sync", "SystemTime::now", "the time now comes in as a value"),
    ("domain", "SystemTime", "a clock comes in as a value"),
    ("domain", "Instant::now", "a clock comes in as a value"),
    ("domain", "std::env", "domain does no I/O"),
    ("domain", "std::io", "domain does no I/O"),
];

/// The crates that domain may name.
const DOMAIN_CRATES: [&str; 3] = ["icu_normalizer", "unicode_segmentation", "unicode_width"];

/// Names allowed at the top level besides dotfiles.
const TOP: [&str; 7] = ["Cargo.toml", "Cargo.lock", "README.md", "assets", "src", "tests", "target"];

const MAX_LINES: usize = 450;

/// Files that are longer, and why.
const LONG: [(&str, &str); 0] = [];

const MAX_FUNCTION: usize = 60;

/// Functions that are longer, and why.
const LONG_FUNCTIONS: [(&str, &str, &str); 3] = [
    ("src/tui/update/mod.rs", "update", "a table with a line for each message"),
    ("src/tui/update/mod.rs", "act", "a table with a line for each action"),
    ("src/tui/shell/perform.rs", "perform", "a table with a line for each effect"),
];

#[test]
fn the_source_keeps_its_invariants() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let manifest = std::fs::read_to_string(root.join("Cargo.toml")).unwrap();
    let crates = dependencies(&manifest);
    let mut findings = Vec::new();
    for file in rust_files(&root.join("src")) {
        let name = file.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
        findings.extend(check(&name, &std::fs::read_to_string(&file).unwrap(), &crates));
    }
    assert!(findings.is_empty(), "\n{}", findings.join("\n"));
}

/// A name that types may share: each module has its own.
const SHARED_TYPE: &str = "Error";

/// Rooms whose folders are alike, one for each site or server, with parts of the same names.
const ALIKE: [&str; 2] = ["site", "sync"];

#[test]
fn each_name_stands_for_one_thing() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (mut types, mut files) = (BTreeMap::new(), BTreeMap::new());
    for file in rust_files(&root.join("src")) {
        let name = file.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
        for (line, found) in types_of(&std::fs::read_to_string(&file).unwrap()) {
            types.entry(found).or_insert_with(Vec::new).push(format!("{name}:{line}"));
        }
        let Some((room, _)) = place(&name) else { continue };
        let (_, last) = name.rsplit_once('/').unwrap();
        let is_tests = name.contains("/tests/") || last == "tests.rs";
        if !is_tests && last != "mod.rs" && !ALIKE.contains(&room) {
            files.entry(format!("{room}: {last}")).or_insert_with(Vec::new).push(name.clone());
        }
    }
    types.retain(|name, _| name != SHARED_TYPE);
    let twice = |(name, at): (String, Vec<String>)| (at.len() > 1).then(|| format!("{name}: {}", at.join(", ")));
    let findings: Vec<String> = types.into_iter().chain(files).filter_map(twice).collect();
    assert!(findings.is_empty(), "a name for two things:\n{}", findings.join("\n"));
}

/// The types that a file defines, each with its line; not those associated with a trait, whose names it gives.
fn types_of(text: &str) -> Vec<(usize, String)> {
    let definition = |line: &str| {
        let bare = line.trim_start();
        let item = match bare.strip_prefix("pub(").and_then(|rest| rest.split_once(") ")) {
            Some((_, item)) => item,
            None => bare.strip_prefix("pub ").unwrap_or(bare),
        };
        let (kind, rest) = item.split_once(' ')?;
        let is_type = ["struct", "enum", "trait", "union"].contains(&kind) || kind == "type" && bare.len() == line.len();
        let name: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        (is_type && name.starts_with(char::is_uppercase)).then_some(name)
    };
    text.lines().enumerate().filter_map(|(at, line)| Some((at + 1, definition(line)?))).collect()
}

#[test]
fn types_are_found_by_their_definitions() {
    let text = "pub struct A;\npub(in crate::a) enum B<T> {}\n    type Item = u8;\ntype C = u8;\n    struct D {\n/// struct E";
    let found: Vec<String> = types_of(text).into_iter().map(|(line, name)| format!("{line}{name}")).collect();
    assert_eq!(found, ["1A", "2B", "4C", "5D"]);
}

#[test]
fn only_the_wanted_names_stand_at_the_top() {
    let names = std::fs::read_dir(env!("CARGO_MANIFEST_DIR")).unwrap();
    let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let odd: Vec<String> = names.filter(|name| !name.starts_with('.') && !TOP.contains(&name.as_str())).collect();
    assert!(odd.is_empty(), "at the top stands what should not: {odd:?}");
}

fn rust_files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut entries: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    let nested = entries.into_iter().flat_map(|path| if path.is_dir() { rust_files(&path) } else { vec![path] });
    nested.filter(|path| path.extension().is_some_and(|extension| extension == "rs")).collect()
}

/// The names of the crates in `[dependencies]`, as code writes them.
fn dependencies(manifest: &str) -> Vec<String> {
    let section = manifest.split("\n[").find_map(|part| part.strip_prefix("dependencies]\n")).unwrap_or_default();
    section.lines().filter_map(|line| line.split_once(" = ")).map(|(name, _)| name.replace('-', "_")).collect()
}

/// The faults in one file, each with file and line.
fn check(file: &str, text: &str, crates: &[String]) -> Vec<String> {
    let Some((room, depth)) = place(file) else { return Vec::new() };
    let mut findings = Vec::new();
    let lines = text.lines().count();
    if lines > MAX_LINES && !LONG.iter().any(|(long, _)| *long == file) {
        findings.push(format!("{file}:{MAX_LINES}: {lines} lines: split it, or give a reason in LONG"));
    }
    let is_tests = file.ends_with("/tests.rs") || file.contains("/tests/");
    let code = if is_tests { Vec::new() } else { code_lines(text) };
    for (line, name, length) in functions(&code) {
        let has_reason = LONG_FUNCTIONS.iter().any(|(of, long, _)| *of == file && *long == name);
        if length > MAX_FUNCTION && !has_reason {
            findings.push(format!("{file}:{line}: {name} has {length} lines: split it, or give a reason in LONG_FUNCTIONS"));
        }
    }
    for (at, line) in code.iter().enumerate() {
        let mut say = |what: String| findings.push(format!("{file}:{}: {what}", at + 1));
        for (word, rooms, why) in WORDS {
            if !rooms.contains(&room) && has_word(line, word) {
                say(format!("`{word}` in {room}: {why}"));
            }
        }
        for (word, files, why) in ONLY_IN {
            // Any module may ask if it is a terminal.
            let line = &line.replace("io::stdout().is_terminal()", "").replace("io::stderr().is_terminal()", "");
            if has_word(line, word) && !files.iter().any(|known| file.starts_with(known)) {
                say(format!("`{word}` in {file}: {why}"));
            }
        }
        for (absent, word, why) in ABSENCES {
            if absent == room && has_word(line, word) {
                say(format!("`{word}` in {room}: {why}"));
            }
        }
        for name in crates.iter().filter(|name| room == "domain" && !DOMAIN_CRATES.contains(&name.as_str())) {
            if has_word(line, &format!("{name}::")) {
                say(format!("domain names the crate {name}"));
            }
        }
    }
    let allowed = ARROWS.iter().find(|(from, _)| *from == room).map_or(&[][..], |(_, to)| to);
    for (line, target) in rooms_named(&code.join("\n"), depth) {
        if target != room && !allowed.contains(&target) {
            findings.push(format!("{file}:{line}: an arrow from {room} to {target}"));
        }
    }
    findings
}

/// The functions with a body: the line of each, its name and how many lines it has. Their ends are found by the indent.
fn functions<'a>(code: &[&'a str]) -> Vec<(usize, &'a str, usize)> {
    let mut found = Vec::new();
    for (at, line) in code.iter().enumerate() {
        let bare = line.trim_start();
        let Some(head) = bare.starts_with("fn ").then_some(bare).or_else(|| bare.split_once(" fn ").map(|(_, rest)| rest))
        else {
            continue;
        };
        let is_definition = bare.starts_with("fn ") || ["pub", "const", "async"].iter().any(|word| bare.starts_with(word));
        let head = head.strip_prefix("fn ").unwrap_or(head);
        let name = head.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default();
        let end = format!("{}}}", &line[..line.len() - bare.len()]);
        let ends = |line: &&str| **line == end || line.ends_with(';') && line.len() - line.trim_start().len() < end.len();
        if is_definition && !bare.ends_with('}') && !bare.ends_with(';') {
            let length = code[at..].iter().position(ends).map_or(1, |length| length + 1);
            found.push((at + 1, name, length));
        }
    }
    found
}

#[test]
fn functions_are_measured_to_their_ends() {
    let text = "fn a() {\n    b\n}\n    pub(in crate::a) const fn c(\n        d: u8,\n    ) {\n    }\n    fn e();\nlet f = x;\nfn g() {}";
    let code: Vec<&str> = text.lines().collect();
    assert_eq!(functions(&code), [(1, "a", 3), (4, "c", 4)]);
}

/// The room that a file is in, and how many modules deep it stands; none for the map itself.
fn place(file: &str) -> Option<(&'static str, usize)> {
    let path = file.strip_prefix("src/")?.strip_suffix(".rs")?;
    let path = path.strip_suffix("/mod").unwrap_or(path);
    let first = path.split('/').next()?;
    let (room, _) = ARROWS.into_iter().find(|(room, _)| *room == first)?;
    Some((room, path.split('/').count()))
}

/// The lines without comments, and blank where they belong to tests.
fn code_lines(text: &str) -> Vec<&str> {
    let mut code = Vec::new();
    // The indent of the item under `#[cfg(test)]`, while its lines go by.
    let mut skipping: Option<usize> = None;
    for line in text.lines() {
        let trimmed = line.trim_start();
        let indent = line.len() - trimmed.len();
        if trimmed.starts_with("#[cfg(test)]") || trimmed.starts_with("#[cfg(all(test") {
            skipping = Some(indent);
        }
        code.push(if skipping.is_some() || trimmed.starts_with("//") { "" } else { line.split(" // ").next().unwrap_or(line) });
        let ends = trimmed.starts_with('}') || (trimmed.ends_with([';', ',', '}']) && !trimmed.starts_with("#["));
        if skipping == Some(indent) && ends {
            skipping = None;
        }
    }
    code
}

/// True if the word stands in the line with no letter, digit or `_` directly before or after it.
fn has_word(line: &str, word: &str) -> bool {
    let part_of_name = |c: char| c.is_alphanumeric() || c == '_';
    let open_end = !word.ends_with(part_of_name);
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back().is_some_and(part_of_name);
        let after = line[at + word.len()..].chars().next().is_some_and(part_of_name);
        !(before && word.starts_with(part_of_name)) && (open_end || !after)
    })
}

/// The rooms that some code names through `crate::`, `gleaner::` or enough `super::`, each with its line.
fn rooms_named(code: &str, depth: usize) -> BTreeSet<(usize, &'static str)> {
    let up = "super::".repeat(depth);
    let mut named = BTreeSet::new();
    for prefix in ["crate::", "gleaner::", up.as_str()] {
        for (at, _) in code.match_indices(prefix) {
            let inside_longer =
                code[..at].ends_with("super::") || code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
            if inside_longer {
                continue;
            }
            for (offset, name) in first_segments(&code[at + prefix.len()..]) {
                if let Some((room, _)) = ARROWS.into_iter().find(|(room, _)| *room == name) {
                    let line = code[..at + prefix.len() + offset].matches('\n').count() + 1;
                    named.insert((line, room));
                }
            }
        }
    }
    named
}

/// The first name of a path, or of each path in a group: `a::b` gives `a`, `{a, b::{c, d}}` gives `a` and `b`.
fn first_segments(rest: &str) -> Vec<(usize, &str)> {
    let name_at = |at: usize| {
        let end = rest[at..].find(|c: char| !c.is_alphanumeric() && c != '_').map_or(rest.len(), |n| at + n);
        (at, &rest[at..end])
    };
    if !rest.starts_with('{') {
        return vec![name_at(0)];
    }
    let (mut depth, mut fresh, mut names) = (0, false, Vec::new());
    for (at, c) in rest.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        match c {
            _ if depth == 0 => break,
            '{' | ',' => fresh = depth == 1,
            c if fresh && !c.is_whitespace() => {
                names.push(name_at(at));
                fresh = false;
            }
            _ => {}
        }
    }
    names
}

#[test]
fn the_checks_find_what_they_are_for() {
    let crates = ["toml".to_owned(), "unicode_width".to_owned(), "jiff".to_owned()];
    let table = [
        ("src/store/mod.rs", "use crate::domain::rank::Rank;", None),
        ("src/store/mod.rs", "use crate::work::Job;", Some("src/store/mod.rs:1: an arrow from store to work")),
        ("src/store/mod.rs", "\nuse super::tui;", Some("src/store/mod.rs:2: an arrow from store to tui")),
        ("src/store/schema.rs", "use super::tui;", None),
        ("src/store/schema.rs", "use super::super::tui;", Some("src/store/schema.rs:1: an arrow from store to tui")),
        (
            "src/tui/mod.rs",
            "use crate::{\n    domain::a::{self, b},\n    cli,\n};",
            Some("src/tui/mod.rs:3: an arrow from tui to cli"),
        ),
        ("src/tui/mod.rs", "use crate::{domain::{cli, rank}, store};", None),
        ("src/tui/view.rs", "let x = crate::config::load();", Some("src/tui/view.rs:1: an arrow from tui to config")),
        ("src/main.rs", "gleaner::tui::run()", Some("src/main.rs:1: an arrow from main to tui")),
        ("src/lib.rs", "pub mod cli;", None),
        (
            "src/format/mod.rs",
            "a.unwrap();",
            Some("src/format/mod.rs:1: `.unwrap()` in format: say what failed, or make it impossible"),
        ),
        ("src/format/mod.rs", "a.unwrap_or(1); // .unwrap() is not used\n/// todo!", None),
        (
            "src/format/mod.rs",
            "#[cfg(test)]\nmod tests {\n    a.unwrap();\n}\nb.unwrap()",
            Some("src/format/mod.rs:5: `.unwrap()` in format: say what failed, or make it impossible"),
        ),
        ("src/format/mod.rs", "#[cfg(test)]\nmod tests;\nlet unsafety = not_unsafe(1);", None),
        ("src/format/mod.rs", "#[cfg(all(test, unix))]\nmod tests {\n    a.unwrap();\n}", None),
        ("src/format/html/tests.rs", "a.unwrap();", None),
        ("src/domain/a.rs", "use jiff::Span;", Some("src/domain/a.rs:1: domain names the crate jiff")),
        ("src/domain/a.rs", "use unicode_width::UnicodeWidthStr;", None),
        (
            "src/domain/a.rs",
            "#[derive(serde::Serialize)]",
            Some("src/domain/a.rs:1: `serde` in domain: serde stands where a wire or disk format is"),
        ),
        (
            "src/tui/a.rs",
            "x: Arc<Mutex<App>>",
            Some("src/tui/a.rs:1: `Mutex` in tui: state has one owner, the terminal thread"),
        ),
        ("src/config.rs", "toml::from_str(text)", None),
        (
            "src/cli/a.rs",
            "stdout().lock()",
            Some("src/cli/a.rs:1: `stdout().lock` in src/cli/a.rs: output passes the one writer, cli::output"),
        ),
        ("src/cli/output.rs", "io::stdout().lock()", None),
        ("src/cli/a.rs", "if io::stdout().is_terminal() {", None),
        (
            "src/source/a.rs",
            "let out = io::stdout();",
            Some("src/source/a.rs:1: `io::stdout()` in src/source/a.rs: output passes the one writer, cli::output"),
        ),
        (
            "src/store/a.rs",
            "File::create_new(p)",
            Some("src/store/a.rs:1: `File::create_new` in store: files are written by os::files"),
        ),
        (
            "src/tui/a.rs",
            "let clear = \"\\x1b[2J\";",
            Some("src/tui/a.rs:1: `\\x1b` in src/tui/a.rs: sequences come from the writers alone"),
        ),
        ("src/cli/a.rs", "println!()", Some("src/cli/a.rs:1: `println!` in cli: output passes the one writer, cli::output")),
        (
            "src/store/a.rs",
            "eprintln!()",
            Some("src/store/a.rs:1: `eprintln!` in store: output passes the one writer, cli::output"),
        ),
    ];
    for (file, text, expected) in table {
        assert_eq!(check(file, text, &crates), expected.into_iter().collect::<Vec<_>>(), "{file}: {text}");
    }
    let long = "let a = 1;\n".repeat(MAX_LINES + 1);
    assert_eq!(check("src/store/a.rs", &long, &[]).len(), 1);
}
