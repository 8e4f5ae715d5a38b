//! The time now and the local zone.

use std::sync::OnceLock;
use std::time::{SystemTime, UNIX_EPOCH};

use jiff::tz::TimeZone;

use crate::domain::time::Timestamp;

pub(super) fn now() -> Timestamp {
    timestamp(SystemTime::now())
}

pub(super) fn timestamp(time: SystemTime) -> Timestamp {
    match time.duration_since(UNIX_EPOCH) {
        Ok(since) => Timestamp(i64::try_from(since.as_secs()).unwrap_or(i64::MAX)),
        Err(before) => Timestamp(-i64::try_from(before.duration().as_secs()).unwrap_or(i64::MAX)),
    }
}

/// The system's zone: seconds east of Greenwich at an instant. The zone is looked up once.
pub(super) fn zone(at: Timestamp) -> i32 {
    static ZONE: OnceLock<TimeZone> = OnceLock::new();
    let zone = ZONE.get_or_init(TimeZone::system);
    jiff::Timestamp::from_second(at.0).map_or(0, |at| zone.to_offset(at).seconds())
}
