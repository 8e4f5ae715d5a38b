//! Everything that needs the whole program: one binary, so that it is linked once.
//!
//! `GLEANER_BIN` names another binary to test (the release one), `GLEANER_SOAK=1` makes the random journeys and the faults many,
//! `GLEANER_CORPUS` says where real pages lie, `UPDATE_SCREEN=1` writes the README's picture and key table anew.

// The helpers here are tests too, though no attribute says so.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)]

mod accounts;
mod architecture;
mod cli;
mod clock;
mod configs;
mod copies;
mod discussions;
mod escapes;
mod faults;
mod fixtures;
mod home;
mod journeys;
mod library;
mod net;
mod newsboat;
mod odd_rows;
mod payloads;
mod places;
mod private;
mod programs;
mod pty;
mod readme;
mod recorded;
#[allow(dead_code, reason = "shared with the tests of asking, which need more of it")]
#[path = "../src/source/tests/server.rs"]
mod server;
#[allow(dead_code, reason = "each backend's tests need other parts of the servers")]
mod sync;
