//! Rate limits and schedules: how often, how many at once, how soon again. The time is always passed in; only
//! [`RateLimiter`] has a clock, for those who share it.

mod pacing;
mod rate_limiter;
mod schedule;

pub use pacing::{Limits, Pacing, Reach, Turn};
pub use rate_limiter::{HostRequests, RateLimiter, Window, host, is_of};
pub use schedule::{AttemptOutcome, DueReason, Plan, RefreshHints, Schedule, update_interval};
