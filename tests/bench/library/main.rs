//! Makes the libraries that `tests/bench/library.py` measures, and does the part of the measuring that needs no terminal.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)]

mod grown;
mod measure;

use std::path::Path;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args.as_slice() {
        ["build", path, count] => grown::build(Path::new(path), count.parse().unwrap()),
        ["newsboat", path, count] => measure::newsboat(Path::new(path), count.parse().unwrap()),
        ["measure", path] => measure::all(Path::new(path), None),
        ["measure", path, part] => measure::all(Path::new(path), Some(part)),
        ["sizes", path] => measure::sizes(Path::new(path)),
        ["reset", path] => measure::reset(Path::new(path)),
        _ => eprintln!(
            "library build|newsboat FILE COUNT, library sizes|reset FILE, library measure FILE [lists|searches|mark|add]"
        ),
    }
}
