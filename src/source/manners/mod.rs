//! The manners of asking: how often, how many at once, how soon again. Pure: the time is always passed in.

mod pacing;
mod schedule;

pub use pacing::{Limits, Pacing, Turn};
pub use schedule::{Outcome, Plan, Reason, Schedule, Wishes, update_interval};
