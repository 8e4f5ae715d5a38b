//! Each file in `configs/valid` is accepted; each in `configs/invalid` has one mistake, and ends with exit 2 and the
//! words of its first line (`# expects: unknown field`), the file's path and the mistake's line (`# line: 3`, if told).

use std::path::{Path, PathBuf};

use crate::home::Home;

#[test]
fn valid_configs_are_accepted() {
    for file in files("valid") {
        let run = Home::new().run(&["--config", file.to_str().unwrap(), "config"]);
        assert_eq!(run.code, 0, "{}: {}", file.display(), run.err);
    }
}

#[test]
fn invalid_configs_name_their_mistake() {
    for file in files("invalid") {
        let text = std::fs::read_to_string(&file).unwrap();
        let told = |prefix: &str| text.lines().find_map(|line| line.strip_prefix(prefix)).map(str::trim);
        let expected = told("# expects:").unwrap_or_else(|| panic!("{}: no `# expects:` line", file.display()));
        let line = told("# line:").map(|line| format!("line {line}"));
        let name = file.file_name().unwrap().to_str().unwrap();
        let words: Vec<&str> = [expected, name].into_iter().chain(line.as_deref()).collect();
        for command in ["config", "list"] {
            Home::new().run(&["--config", file.to_str().unwrap(), command]).failed(2, &words);
        }
    }
}

#[test]
fn a_config_that_is_asked_for_must_be_there() {
    let home = Home::new();
    let absent = home.path("absent.toml");
    home.run(&["--config", absent.to_str().unwrap(), "list"]).failed(2, &["absent.toml"]);
}

fn files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/configs").join(folder);
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty());
    files
}
