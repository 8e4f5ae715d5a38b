//! The manners of asking: how often, how many at once, how soon again. The time is always passed in; [`Owed`] alone has a
//! clock, for those who share it.

mod owed;
mod pacing;
mod schedule;

pub use owed::{HostRequests, Owed, Window, host, is_of};
pub use pacing::{Limits, Pacing, Reach, Turn};
pub use schedule::{Outcome, Plan, Reason, Schedule, Wishes, update_interval};
