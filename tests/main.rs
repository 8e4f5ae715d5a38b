//! Everything that needs the whole program: one binary, so that it is linked once.
//!
//! `GLEANER_BIN` names another binary to test (the release one), `GLEANER_SOAK=1` makes the random journeys long,
//! `GLEANER_CORPUS` says where real pages lie.

mod architecture;
mod cli;
mod configs;
mod escapes;
mod fixtures;
mod home;
mod journeys;
mod pty;
