//! The domain: text, time, articles, threads, ranks.
//!
//! Pure: no I/O, no clock, no serialisation, no terminal; the functions here cannot fail. Whatever depends on the
//! world (the time now, the zone) comes in as a value.

pub mod article;
pub mod completeness;
pub mod guess;
pub mod notch;
pub mod order;
pub mod plural;
pub mod query;
pub mod rank;
pub mod rules;
pub mod site;
pub mod slider;
pub mod tag;
pub mod text;
pub mod thread;
pub mod thread_summary;
pub mod time;
pub mod view;

#[cfg(test)]
mod properties;
