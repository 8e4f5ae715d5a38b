//! The servers of these tests against recorded exchanges: each recorded request, in its order, gets an answer of the recorded
//! status and shape, with as many items wherever the whole answer was recorded.

mod fever;
mod greader;
mod shape;
mod ttrss;

use std::path::{Path, PathBuf};

use shape::{Recorded, compare};

use crate::sync::state::ServerState;
use crate::sync::wire::{ServerRequest, Speak};

/// The recordings of one server in their order; empty where there is no corpus.
fn recordings(folder: &str) -> Vec<Recorded> {
    let named = std::env::var_os("GLEANER_CORPUS").map(PathBuf::from);
    let corpus = named.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus"));
    let Ok(entries) = std::fs::read_dir(corpus.join("sync").join(folder)) else {
        println!("no recordings of {folder} here");
        return Vec::new();
    };
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "http"));
    files.sort();
    files.iter().map(|path| Recorded::parse(path)).collect()
}

/// The number that a recording's name begins with.
fn number(name: &str) -> u64 {
    name[..2].parse().unwrap()
}

/// Replays recorded requests, after `prepare` has put this state's secrets in and brought the state to that moment.
fn replay(
    folder: &str,
    speak: Speak,
    state: &mut ServerState,
    mut prepare: impl FnMut(&mut ServerState, &mut Recorded),
) -> usize {
    let mut wrong = Vec::new();
    let mut recordings = recordings(folder);
    for recorded in &mut recordings {
        prepare(state, recorded);
        let request = ServerRequest::parse(&recorded.head, recorded.request_body.clone().into_bytes());
        let reply = speak(state, &request);
        wrong.extend(compare(recorded, &reply).into_iter().map(|what| format!("{}: {what}", recorded.name)));
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    recordings.len()
}
