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

/// The local zone: seconds east of Greenwich at an instant. The zone is looked up once.
pub(super) fn zone(at: Timestamp) -> i32 {
    static ZONE: OnceLock<TimeZone> = OnceLock::new();
    let zone = ZONE.get_or_init(local);
    jiff::Timestamp::from_second(at.0).map_or(0, |at| zone.to_offset(at).seconds())
}

/// The machine's zone read from its file. Looking it up by name instead reads the directory of all zones, which takes
/// as long as the rest of the start.
fn local() -> TimeZone {
    let file = std::env::var_os("TZ").is_none().then(|| std::fs::read("/etc/localtime").ok()).flatten();
    file.and_then(|data| TimeZone::tzif("local", &data).ok()).unwrap_or_else(TimeZone::system)
}
