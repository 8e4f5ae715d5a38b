//! Sync servers on loopback that behave as the recorded ones do, and what the program does with them.
//!
//! Each server is a state and a function from a request to an answer. [`recordings`] holds both against recorded exchanges.

mod faults;
mod fever;
mod greader;
mod miniflux;
mod recordings;
mod servers;
mod state;
mod ttrss;
mod wire;

pub(crate) use faults::Fault;
pub(crate) use state::{Endless, ServerState};
pub(crate) use wire::{ServerRequest, SyncServer};
