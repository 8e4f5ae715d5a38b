//! Requests to the net: an address in, bytes or a named failure out, within the rate limits of hosts.
//!
//! [`http`] asks once and follows where it is sent, [`queue`] asks for many at a time, [`throttle`] decides when each may
//! be asked, now and next time, and [`Failure`] names all that can go wrong,
//! with what to do about it.
//!
//! Not for what the bytes mean (that is [`format`](mod@crate::format)) nor for where they are kept. Other sides are
//! taken to be hostile: whatever they say is bounded in size and time, and no word of theirs gets into a [`Failure`]
//! uncleaned.

mod failure;
pub mod http;
pub mod queue;
#[cfg(test)]
mod tests;
pub mod throttle;

pub use failure::{Failure, Recovery, RequestStage, told};
